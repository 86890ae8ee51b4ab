"""The verdict on one file, and what it is made of."""

from dataclasses import dataclass, field

from plansheet.core.rule import Severity
from plansheet.workbook.reading.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in its cell. ``fingerprint`` stays the same while what is wrong does."""

    code: str
    severity: Severity
    sheet: str
    cell: str
    message: str
    fix: str
    plan: str
    law: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class NotChecked:
    """What was not checked, and why."""

    what: str
    why: str
    code: str = ""
    """Of a rule that lacks columns."""
    columns: tuple[tuple[str, str], ...] = ()
    """The columns that it lacks: table and heading."""


@dataclass(slots=True)
class Checked:
    """The verdict on one file: ``findings``, ``clean`` or ``unchecked``."""

    path: str
    sha256: str = ""
    verdict: str = "unchecked"
    has_findings: bool = False
    """Whether there is a finding that counts, whatever the verdict."""
    fail_on: Severity = Severity.ERROR
    """The least severity that counts."""
    findings: list[Found] = field(default_factory=list)
    recalculated: int = 0
    rows: int = 0
    """Rows of ledgers that were held against the rules."""
    not_checked: list[NotChecked] = field(default_factory=list)
    taken_for: list[str] = field(default_factory=list)
    unreadable: str = ""
    """Why the file could not be read at all, as a key of REASONS."""

    def counts(self, found: Found) -> bool:
        """Whether a finding is severe enough to count."""
        return self.fail_on is Severity.WARNING or found.severity is Severity.ERROR


def unread(name: str, why: Unreadable, sha256: str = "") -> Checked:
    """The verdict on a file that could not be read."""
    return Checked(name, sha256, not_checked=[NotChecked("the file", str(why))], unreadable=why.kind)
