"""What is to be looked at: files, folders with all that is in them, patterns; in an order that does not change."""

import glob
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from plansheet.batch.documents import WORKBOOKS, suffix
from plansheet.batch.opening.mailbox import is_maildir
from plansheet.report.verdicts import Left

STANDARD_INPUT = "-"
FINDINGS_COPY = ".findings.xlsx"
"""How the names of copies with findings end, which are no workbooks of anybody's."""
RESOURCES = "__MACOSX"
"""Where a Mac puts what belongs to the files in an archive, under their names."""

_STROKES = tuple(filter(None, (os.sep, os.altsep)))
_ANY_FOLDERS = re.compile(r"(?:^|(?<=[{0}]))(\*\*)(?:[{0}]|$)".format(re.escape("".join(_STROKES))))


class NoSource(Exception):
    """A path that leads to nothing."""


class Sources:
    """The files of some paths; ``left`` are those that are named and not looked at."""

    def __init__(self, paths: Sequence[str], leave_out: Callable[[Path], bool] = lambda path: False) -> None:
        self._paths = paths
        self._leave_out = leave_out

    def __iter__(self) -> Iterator[tuple[str, bool] | Left]:
        """Each file with whether it was named itself; a file may come twice where two paths lead to it."""
        for text in self._paths:
            nothing = True
            try:
                for each in self._of(text):
                    nothing = False
                    yield each
            except (OSError, ValueError) as error:  # longer than a path can be, or with a NUL
                raise NoSource(f"{text[:80]}: {getattr(error, 'strerror', None) or error}; check the path") from error
            if nothing:
                raise NoSource(f"{text}: there is no such file, or no workbook in that folder; check the path")

    def _of(self, text: str) -> Iterator[tuple[str, bool] | Left]:
        if text == STANDARD_INPUT:
            yield text, True
        elif Path(text).is_dir():
            yield from self._folder(Path(text))
        elif os.path.lexists(text):
            yield str(Path(text)), True
        else:
            for match in sorted(set(_matches(text))):
                if os.path.isdir(match) and not text.endswith(("/", os.sep)):
                    continue  # * means the files here; a pattern that ends in / means the folders
                yield from self._of(match)

    def _folder(self, folder: Path) -> Iterator[tuple[str, bool] | Left]:
        open_folders = [iter(_in(folder))]  # no recursion: folders may be deeper than that goes
        while open_folders:
            path = next(open_folders[-1], None)
            if path is None:
                open_folders.pop()
            elif why := self._why_left(path):
                yield Left(str(path), why)
            elif os.path.isdir(path):
                try:
                    open_folders.append(iter(_in(path)))
                except OSError:  # it has a verdict, for nobody knows what is in it
                    yield str(path), True
            elif not self._leave_out(path):
                yield str(path), False

    def _why_left(self, path: Path) -> str:
        """Why something in a folder is left alone; empty where it is not."""
        name = path.name
        if why := why_left(name):
            return why
        try:
            status = path.stat()
        except OSError as error:
            return "" if suffix(name) in WORKBOOKS else error.strerror or "cannot be read"
        if stat.S_ISDIR(status.st_mode):
            return "a link to a folder" if path.is_symlink() else ""
        return "" if stat.S_ISREG(status.st_mode) else "neither a file nor a folder"


def why_left(name: str) -> str:
    """Why something of that name, in a folder or an archive, is left alone; empty where it is not."""
    if name.startswith(("~$", ".~lock.")):
        return "the note of a program that has the workbook open"
    if name.startswith(".") or name == RESOURCES:
        return "hidden"
    return "a copy with findings, as --annotate writes it" if name.lower().endswith(FINDINGS_COPY) else ""


def _in(folder: Path) -> list[Path]:
    """What is to be looked at in a folder."""
    if is_maildir(folder):  # tmp holds what is still being delivered
        return [path for part in ("cur", "new") for path in sorted((folder / part).iterdir()) if not path.is_dir()]
    return sorted(folder.iterdir())


def _matches(pattern: str) -> Iterator[str]:
    """What fits a pattern. The library's own ** follows links to folders, round in circles without an end."""
    found = _ANY_FOLDERS.search(pattern)
    if found is None:
        yield from glob.iglob(pattern)
        return
    before, behind = pattern[: found.start(1)], pattern[found.end() :]
    for root in glob.glob(before) if before else [os.curdir]:
        for folder, folders, _ in os.walk(root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            if not behind and pattern.endswith(_STROKES):
                yield folder
            else:
                yield from _matches(os.path.join(glob.escape(folder), behind or "*"))
