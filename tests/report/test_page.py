"""The page of reports shows what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from plansheet.report.json import write_json
from plansheet.report.junit import write_junit
from plansheet.report.sarif import write_sarif
from plansheet.report.text import write_text
from plansheet.report.verdicts import Left, Mail
from plansheet.workbook.checked import Checked, NotChecked
from plansheet.workbook.reading.unreadable import unreadable
from report.runs import Batch, attached, finding, written
from test_docs import DOCS, fences, text_of

PAGE: Path = DOCS / "reports.md"
MAIL = Mail("Ann Ash <ann@issuer.example>", "Ledgers for March", "2024-03-31T09:12:00+00:00")
WRONG = finding(
    message="Tranche of grant G-1 first exercisable 2004-12-31: recorded 9,999 ISO and 0 NSO; "
    "under the $100,000 limit it is 10,000 ISO and 0 NSO shares.",
)
LEDGER = Checked("", "5" * 64, "findings", True, findings=[WRONG], rows=8, recalculated=120)
LOCKED = Checked("", "7" * 64, not_checked=[NotChecked("the file", str(unreadable("password")))], unreadable="password")
EXAMPLE = Batch(
    [attached(LEDGER, "ledger.xlsx", mail=MAIL), attached(LOCKED, "cap table.xlsx", mail=MAIL)],
    [Left("in/notes.txt", "This is plain text or CSV, not a workbook.")],
)


def block_under(heading: str) -> str:
    """The first block of a section."""
    section = text_of(PAGE).partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return fences(section)[0]


def test_the_text_is_shown_as_it_is_printed() -> None:
    assert block_under("Text") == written(write_text, EXAMPLE).strip()


@pytest.mark.parametrize(
    ("heading", "write"), [("JSON", write_json), ("JUnit XML", write_junit), ("SARIF", write_sarif)]
)
def test_a_part_of_each_other_report_is_shown_as_it_is_written(heading: str, write: object) -> None:
    report = [line.strip() for line in written(write, EXAMPLE).splitlines()]  # type: ignore[arg-type]  # a report
    shown = [line.strip() for line in block_under(heading).splitlines()]
    assert [
        line for line in shown if line.removesuffix("...") and not any(_begins(line, each) for each in report)
    ] == []
    assert len(shown) > 3


def _begins(shown: str, line: str) -> bool:
    """Whether a line of the page is a line of the report; what the page leaves out at its end is ..."""
    return line.startswith(shown[:-3]) if shown.endswith("...") else line == shown
