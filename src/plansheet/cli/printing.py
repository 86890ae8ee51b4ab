"""What every command uses: exit codes, what cannot be carried out, files that options name, output, the day."""

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

T = TypeVar("T")
CLEAN, FINDINGS, USAGE, UNCHECKED = 0, 1, 2, 3


class UsageError(Exception):
    """A command that cannot be carried out as typed."""


def text_of(option: str, path: str) -> str:
    """The text of a file that an option names."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{option} {path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{option} {path} is no text in UTF-8; save it as UTF-8") from error


def read_file(option: str, path: str, read: Callable[[str, str], T], unusable: type[Exception]) -> T:
    """What ``read`` makes of the text of a file that an option names; it raises ``unusable``, with a sentence."""
    text = text_of(option, path)
    try:
        return read(text, path)
    except unusable as error:
        raise UsageError(f"{option} {error}") from error


def not_written(what: object, error: OSError, instead: str) -> UsageError:
    """A file that cannot be written; ``instead``: what to name."""
    where = error.filename2 or error.filename or what
    why = "a file of that name is there" if isinstance(error, FileExistsError) else error.strerror or error
    return UsageError(f"{where} cannot be written: {why}; name another {instead}")


@contextmanager
def output(target: str | None) -> Iterator[TextIO]:
    """Where a report goes: a file, or (None) the screen."""
    if target is not None:
        try:
            with Path(target).open("w", encoding="utf-8") as file:
                yield file
        except OSError as error:
            raise not_written(target, error, "file") from error
        return
    if sys.stdout is None:
        raise UsageError("the standard output is closed, so nothing can be printed")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would fail once more at the end
        if not isinstance(error, BrokenPipeError):  # whoever read it has seen enough; the exit code says what was found
            raise UsageError(f"the standard output cannot be written: {error.strerror or error}") from error


def print_text(text: str) -> int:
    """Print a text that has its line ends; exit code 0."""
    with output(None) as screen:
        screen.write(text)
    return CLEAN


def today() -> dt.date:
    """The day on this computer."""
    return dt.date.today()


def day_of(text: str | None) -> dt.date:
    """The day given with --as-of, today where none is."""
    if text is None:
        return today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--as-of {text} is not a date; write it as 2005-04-03") from None
