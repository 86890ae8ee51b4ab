"""Mailboxes: where the mails in an mbox file begin and end, and which folder is a Maildir."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

LONGEST_LINE: Final = 1 << 16
"""Bytes of a line that are read at a time."""
SEPARATOR: Final = re.compile(rb"From .*\d:\d\d\b.*\b\d{4}\b|From .*\b\d{4}\b.*\d:\d\d\b")
"""Who sent it and when. A sentence that begins so, below an empty line, has no date behind it."""
EMPTY: Final = (b"\n", b"\r\n")


def messages(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Where each mail of an mbox begins, with its line From, and how many bytes it has. Reads line by line."""
    file.seek(0)
    start = place = 0
    below_empty, at_beginning = True, True
    while line := file.readline(LONGEST_LINE):
        if below_empty and place > start and SEPARATOR.match(line):
            yield start, place - start
            start = place
        place += len(line)
        below_empty, at_beginning = at_beginning and line in EMPTY, line.endswith(b"\n")
    if place > start:
        yield start, place - start


def is_maildir(folder: Path) -> bool:
    """Whether a folder holds mails as a Maildir does, each in a file of its own."""
    return all((folder / part).is_dir() for part in ("cur", "new", "tmp"))
