"""Runs as a report gets them, and what it writes of them."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from plansheet.core.rule import Severity
from plansheet.report.verdicts import Files, Left, Mail, Origin, Run, Verdict
from plansheet.workbook.checked import Checked, Found, NotChecked

SHA = "0123456789abcdef" * 4
MAIL = Mail("Ann Ash <ann@issuer.example>", "Ledgers for March", "2024-03-31T09:12:00+00:00")
HOSTILE = "a\x1b[2J\u202eb\u200b\x00\ufffe\ud800<&\"'>"
"""What a file may say: orders to a terminal, marks that do not show, what XML forbids, half a letter."""


@dataclass(frozen=True)
class Batch:
    """A run of these verdicts."""

    held: Sequence[Verdict]
    passed: Sequence[Left] = ()
    interrupted: str = ""

    def verdicts(self) -> Iterator[Verdict]:
        return iter(self.held)

    def left(self) -> Iterator[Left]:
        return iter(self.passed)


def written(write: Callable[[Run, TextIO], None], run: Run | Checked) -> str:
    """The report of a run, or of one file."""
    text = io.StringIO()
    write(Files([run]) if isinstance(run, Checked) else run, text)
    return text.getvalue()


def finding(code: str = "ISO001", cell: str = "D2", severity: Severity = Severity.ERROR, **told: str) -> Found:
    sheet, message = told.get("sheet", "Vesting"), told.get("message", "Recorded 9,999 ISO, it is 10,000.")
    fingerprint = told.get("fingerprint", "00112233445566aa")
    return Found(code, severity, sheet, cell, message, "Enter 10,000.", "§11(c)", ("IRC §422(d)",), fingerprint)


def warning(code: str = "SPLIT002", cell: str = "H2", **told: str) -> Found:
    return finding(code, cell, Severity.WARNING, **told)


LACKING = NotChecked("TERM003", "Grants lacks Expires", "TERM003", (("Grants", "Expires"),))
ASKED = NotChecked("the ledger on Old", "two columns may be the price")
UNREAD = NotChecked("the file", "The workbook is protected by a password. Save a copy without it, and check that.")


def clean(path: str = "clean.xlsx", **more: object) -> Checked:
    return Checked(path, SHA, "clean", rows=8, recalculated=2, **more)  # type: ignore[arg-type]  # a field each


def faulty(*found: Found, path: str = "book.xlsx", **more: object) -> Checked:
    findings = list(found) or [finding()]
    counted = any(each.severity is Severity.ERROR for each in findings)
    verdict = "findings" if counted else "clean"
    return Checked(path, SHA, verdict, counted, findings=findings, rows=8, **more)  # type: ignore[arg-type]


def locked(path: str = "locked.xlsx") -> Checked:
    return Checked(path, SHA, not_checked=[UNREAD], unreadable="password")


def of(checked: Checked, **more: object) -> Verdict:
    """The verdict on a file of the disk."""
    return Verdict(checked, Origin(checked.path), **more)  # type: ignore[arg-type]


def attached(checked: Checked, *within: str, file: str = "in/march.eml", mail: Mail | None = MAIL) -> Verdict:
    """The verdict on a file in a mail, or in another archive."""
    origin = Origin(file, within, mail)
    checked.path = origin.path
    return Verdict(checked, origin)


HOSTILE_BOOK = faulty(finding(message=HOSTILE, sheet=HOSTILE), path=f"{HOSTILE}.xlsx")


def everything() -> Batch:
    """A run with something of every kind in it."""
    return Batch(
        [
            of(clean(not_checked=[LACKING], taken_for=["Grants!A: Grant"])),
            attached(faulty(finding(), warning(), not_checked=[ASKED, LACKING]), "ledger.xlsx"),
            attached(locked(), "all.zip", "b & c/locked.xlsx"),
            of(
                faulty(finding(message=HOSTILE, sheet=HOSTILE), path=f"{HOSTILE}.xlsx"), known=3, annotated="out/x.xlsx"
            ),
            of(faulty(warning(), path="warned.xlsx")),
        ],
        [Left("in/notes.txt", "This is plain text or CSV, not a workbook.")],
        "Stopped by Ctrl-C after 5 of 9 files.",
    )
