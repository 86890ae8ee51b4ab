"""Findings stand in their cells, move with them, and are told apart by fingerprints that stay."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from plansheet.core.records import Ledger
from plansheet.core.rule import Hit, TermOf
from plansheet.excel.manual import JUDGEMENTS, LAYOUT_QUESTIONS
from plansheet.plan.rules import RULES
from plansheet.workbook.checked import Checked
from workbook.books import (
    ACTIVITY,
    GRANTED,
    GRANTS,
    LEDGERS,
    Formula,
    Rows,
    Sheet,
    checked,
    found,
    with_cell,
)
from workbook.mistakes import (
    IN_THEIR_CELLS,
    MERGER,
    OVER,
)


@pytest.mark.parametrize("code", IN_THEIR_CELLS)
def test_a_finding_stands_in_its_cell(code: str) -> None:
    sheets, cell = IN_THEIR_CELLS[code]
    assert (code, cell) in found(checked(*sheets))


@pytest.mark.parametrize("code", IN_THEIR_CELLS)
def test_it_moves_with_its_cell(code: str) -> None:
    """The same sheets three rows further down and two columns to the right: the same findings, there."""
    sheets, cell = IN_THEIR_CELLS[code]
    if code.startswith("CALC"):
        return_to, moved = cell, checked(*sheets)
    else:
        moved = checked(*(sheet._replace(at=(3, 2)) for sheet in sheets))
        name, _, address = cell.partition("!")
        return_to = f"{name}!{chr(ord(address[0]) + 2)}{int(address[1:]) + 3}"
    assert (code, return_to) in found(moved)


def test_every_rule_has_been_seen_in_a_cell() -> None:
    """Those of formula cells are in test_judgements.py."""
    assert {rule.code for rule in (*RULES, *LAYOUT_QUESTIONS)} == IN_THEIR_CELLS.keys() - {
        rule.code for rule in JUDGEMENTS
    }


def test_findings_come_in_the_order_of_the_sheets_and_rows() -> None:
    rows = with_cell(with_cell(GRANTS, 1, "FMV", "ten"), 2, "Exercise price", "many")
    unknown = [OVER[0], ["G-9", "Zoe", *OVER[1][2:]]]
    cells = [cell for _, cell in found(checked(Sheet("Vesting", unknown), Sheet("Grants", rows)))]
    assert {"Vesting!A2", "Vesting!H2", "Grants!E2", "Grants!F3"} <= set(cells)
    assert cells == sorted(cells, key=lambda cell: (cell.startswith("Grants"), int(cell[-1]), cell))


def test_a_finding_without_a_column_of_its_own_stands_in_the_rows_first_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_expiry(ledger: Ledger, *_: object) -> Iterator[Hit]:
        yield Hit(ledger.grants[1], "expires", {"message": "Grant G-2 has no Expires"})

    rules = [replace(rule, check=no_expiry) for rule in RULES if rule.code == "LEDGER001"]
    monkeypatch.setattr("plansheet.workbook.checks.RULES", rules)
    assert found(checked(Sheet("Grants", [["Notes", *row] for row in GRANTS], at=(2, 1)))) == [
        ("LEDGER001", "Grants!C5")
    ]


def test_a_finding_on_a_term_stands_in_its_line_of_the_plan_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_merger(*_: object) -> Iterator[Hit]:
        yield Hit(TermOf("merger_date"), None, {"message": "There was no merger"})

    rules = [replace(rule, check=no_merger) for rule in RULES if rule.code == "LEDGER001"]
    monkeypatch.setattr("plansheet.workbook.checks.RULES", rules)
    assert found(checked(Sheet("Plan", MERGER, at=(2, 1)), *LEDGERS)) == [("LEDGER001", "Plan!C5")]
    assert found(checked(*LEDGERS)) == [("LEDGER001", "!")]


def test_a_finding_on_what_was_made_from_grants_stands_in_grants() -> None:
    plan: Rows = [["Term", "Value"], ["Reserve", 10_499]]
    activity = [ACTIVITY[0], [dt.date(2005, 6, 1), "CANCEL", "G-2", 1, ""]]
    result = checked(Sheet("Plan", plan), Sheet("Grants", GRANTS), Sheet("Activity", activity))
    assert found(result) == [("POOL001", "Grants!G3")]


def test_every_finding_says_a_sentence_and_gives_an_order() -> None:
    for sheets, _ in IN_THEIR_CELLS.values():
        for each in checked(*sheets).findings:
            for text in (each.message, each.fix):
                assert text.endswith("."), text
                assert not text.endswith(".."), text
                assert text[0].isupper() or text[0] == "$", text


def prints(result: Checked) -> list[tuple[str, str]]:
    return [(each.code, each.fingerprint) for each in result.findings]


@pytest.mark.parametrize("code", IN_THEIR_CELLS)
def test_a_row_inserted_above_changes_no_fingerprint(code: str) -> None:
    sheets, _ = IN_THEIR_CELLS[code]
    if code.startswith("CALC"):
        [sheet] = sheets
        call = sheet.rows[1][0]
        assert isinstance(call, Formula)
        shifted = [sheet.rows[0], [], [call._replace(text=call.text.replace("E7", "E8"))], *sheet.rows[2:]]
        assert prints(checked(sheet._replace(rows=shifted))) == prints(checked(sheet))
        return
    moved = checked(*(sheet._replace(at=(1, 0)) for sheet in sheets))
    assert prints(moved) == prints(checked(*sheets))


def test_another_mistake_has_another_fingerprint() -> None:
    result = checked(Sheet("Grants", with_cell(with_cell(GRANTS, 1, "FMV", "ten"), 2, "FMV", "nine")))
    once, other = (each.fingerprint for each in result.findings)
    assert once != other
    again = checked(Sheet("Grants", with_cell(with_cell(GRANTS, 1, "FMV", "ten"), 2, "FMV", "eight")))
    first, second = (each.fingerprint for each in again.findings)
    assert first == once
    assert second not in (once, other)


def test_two_findings_never_share_a_fingerprint() -> None:
    """A baseline that knows one of two equal rows must not hide the other."""
    twice = [*GRANTS, GRANTS[2], GRANTS[2]]
    result = checked(Sheet("Grants", twice))
    fingerprints = [each.fingerprint for each in result.findings]
    assert len(fingerprints) == 2
    assert len(set(fingerprints)) == 2


def test_a_fingerprint_does_not_depend_on_other_findings() -> None:
    first, second = ["G-2", "Bo", "NSO", GRANTED, 10, 10, 600], ["G-2", "Bo", "NSO", GRANTED, 10, 10, 700]
    both = checked(Sheet("Grants", [*GRANTS, first, second])).findings
    alone = checked(Sheet("Grants", [*GRANTS, second])).findings
    assert both[1].fingerprint == alone[0].fingerprint != both[0].fingerprint


def test_fingerprints_are_the_same_from_run_to_run() -> None:
    [one] = checked(Sheet("Vesting", OVER)).findings
    assert one.fingerprint == checked(Sheet("Vesting", OVER)).findings[0].fingerprint
    assert len(one.fingerprint) == 16
