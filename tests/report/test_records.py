"""A verdict goes through JSON and comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from plansheet.core.rule import Severity
from plansheet.report.records import from_record, to_record
from plansheet.workbook.checked import Checked, NotChecked
from report.runs import everything, faulty, locked, warning
from workbook.books import LEDGERS, VESTING, Sheet, checked, with_cell

WRONG = checked(LEDGERS[0], Sheet("Vesting", with_cell(VESTING, 1, "ISO shares", 9_999)), *LEDGERS[2:])


@pytest.mark.parametrize(
    "verdict",
    [
        WRONG,
        locked(),
        Checked("only a path"),
        replace(faulty(warning()), fail_on=Severity.WARNING, has_findings=True, verdict="findings"),
        *(verdict.checked for verdict in everything().verdicts()),
    ],
)
def test_there_and_back(verdict: Checked) -> None:
    assert from_record(json.loads(json.dumps(to_record(verdict)))) == verdict


def test_a_check_fills_what_a_record_holds() -> None:
    assert WRONG.has_findings
    assert any(missed.code and missed.columns for missed in WRONG.not_checked)


def test_a_record_holds_every_field() -> None:
    full = replace(locked(), not_checked=[NotChecked("a", "b", "TERM003", (("Grants", "Expires"),))])
    record = to_record(full)
    assert set(record) == set(Checked.__slots__)
    assert set(record["not_checked"][0]) == set(NotChecked.__slots__)
    assert record["not_checked"][0]["columns"] == [["Grants", "Expires"]]
