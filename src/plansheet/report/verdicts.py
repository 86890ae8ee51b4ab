"""What every report is made from: the verdicts of a run in their order, where each file came from, what was left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Protocol

from plansheet.workbook.checked import Checked


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail that a file was attached to, as its headers tell."""

    sender: str = ""
    subject: str = ""
    date: str = ""
    """ISO 8601; empty where the mail has none that can be read."""

    @property
    def address(self) -> str:
        """Of the sender, without the name before it; what stands there where it is no address."""
        address = parseaddr(self.sender)[1]
        return address if "@" in address else self.sender.strip()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file came from."""

    file: str
    """The file on the disk as it was given or found; - for the standard input."""
    within: tuple[str, ...] = ()
    """Names in archives and mails, from the outermost to the file itself, as they tell them; empty for a file."""
    mail: Mail | None = None
    """The innermost mail."""

    @property
    def path(self) -> str:
        """The whole way to it, for people: ``march.zip > ledger.xlsx``."""
        return " > ".join((self.file, *self.within))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one file."""

    checked: Checked
    """``path`` is the origin's."""
    origin: Origin
    known: int = 0
    """Findings left out because the baseline has them."""
    same_as: str = ""
    """The path of the first workbook in the run that has the same bytes, where that is another one."""
    annotated: str = ""
    """The copy with its findings, where one was written."""


@dataclass(frozen=True, slots=True)
class Left:
    """A file that was found, is no workbook and was not asked for by name."""

    path: str
    why: str


class Run(Protocol):
    """A run that has ended; each iterator starts anew and holds one verdict at a time."""

    @property
    def interrupted(self) -> str:
        """Why the run ended before everything was checked; empty where it did not."""

    def verdicts(self) -> Iterator[Verdict]:
        """In the order of the sources, whatever the order in which they were checked."""

    def left(self) -> Iterator[Left]:
        """In the same order."""


class Files:
    """The Run of files that were checked one after the other."""

    interrupted = ""

    def __init__(self, checked: Sequence[Checked]) -> None:
        self._checked = checked

    def verdicts(self) -> Iterator[Verdict]:
        """A verdict for each file."""
        return (Verdict(each, Origin(each.path)) for each in self._checked)

    def left(self) -> Iterator[Left]:
        """Nothing."""
        return iter(())
