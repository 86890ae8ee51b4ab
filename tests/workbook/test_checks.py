"""The check of one workbook: its verdict, and what it says it did not check."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plansheet.core.rule import Hit, Severity
from plansheet.core.words import Recycling
from plansheet.excel.manual import ALL_RULES, JUDGEMENTS, LAYOUT_QUESTIONS
from plansheet.plan.rules import RULES
from plansheet.plan.terms import atg_1996
from plansheet.workbook.checked import Checked
from plansheet.workbook.checks import Options, check, check_bytes
from workbook.books import (
    ACTIVITY,
    DAY,
    GRANTED,
    GRANTS,
    HOLDERS,
    LEDGERS,
    VESTING,
    Error,
    Formula,
    Rows,
    Sheet,
    book,
    checked,
    found,
    with_cell,
    with_columns,
    with_row,
)
from workbook.making import changed, workbook
from workbook.mistakes import (
    CALL,
    IN_THEIR_CELLS,
    MERGER,
    OVER,
    PLAN,
    WARNED,
    pool,
)


def vesting(*, iso: object, nso: object, shares: int = 10_001) -> Rows:
    return with_cell(with_cell(with_cell(VESTING, 1, "ISO shares", iso), 1, "NSO shares", nso), 1, "Shares", shares)


def test_nothing_is_wrong() -> None:
    result = checked(*LEDGERS)
    assert (result.verdict, result.findings, result.recalculated) == ("clean", [], 0)
    assert not result.has_findings


def test_a_finding() -> None:
    over = with_cell(GRANTS, 1, "Shares", 10_001)
    activity = with_cell(ACTIVITY, 1, "Shares", 10_001)
    result = checked(Sheet("Grants", over), Sheet("Vesting", vesting(iso=10_001, nso=0)), Sheet("Activity", activity))
    assert (result.verdict, result.has_findings, found(result)) == ("findings", True, [("ISO001", "Vesting!D2")])
    [one] = result.findings
    assert one.severity is Severity.ERROR
    assert (one.plan, one.law) == ("§11(c)", ("IRC §422(d)", "Treas. Reg. §1.422-4"))
    assert "recorded 10,001 ISO and 0 NSO" in one.message
    assert one.fix == "Enter 10,000 in ISO shares and 1 in NSO shares."


def test_a_warning_leaves_clean_and_is_listed() -> None:
    result = checked(*WARNED)
    assert (result.verdict, result.has_findings, found(result)) == ("clean", False, [("SPLIT002", "Grants!H2")])
    assert result.findings[0].severity is Severity.WARNING


def test_a_warning_counts_where_it_is_to() -> None:
    result = checked(*WARNED, fail_on=Severity.WARNING)
    assert (result.verdict, result.has_findings) == ("findings", True)


@pytest.mark.parametrize(
    "sheets",
    [(Sheet("Sheet1", [[]]),), (Sheet("Budget", [["Month", "Dollars"], ["May", 5]]),), (Sheet("Plan", MERGER),)],
    ids=["an empty sheet", "another subject", "a Plan sheet alone"],
)
def test_nothing_of_a_plan(sheets: tuple[Sheet, ...]) -> None:
    result = checked(*sheets)
    assert (result.verdict, result.findings) == ("unchecked", [])
    assert "it holds no plan function and no ledger" in result.not_checked[0].why


def test_a_ledger_with_two_headings_for_one_column_is_unchecked_and_the_others_are_checked() -> None:
    doubled = [[*row, extra] for row, extra in zip(GRANTS, ["Market price", "x", "x"], strict=True)]
    doubled[0][-1] = "Fair market value"
    tranches: Rows = [
        ["Grant", "Holder", "Type", "Grant date", "FMV", "First exercisable", "Shares", "ISO shares", "NSO shares"],
        ["G-1", "Ada", "ISO", GRANTED, 10, dt.date(2004, 12, 31), 10_001, 10_001, 0],
    ]
    result = checked(Sheet("Grants", doubled), Sheet("Vesting", tranches))
    assert result.verdict == "unchecked"
    assert found(result) == [("MAP001", "Grants!H1"), ("ISO001", "Vesting!H2")]
    assert result.has_findings
    [ledger] = [each for each in result.not_checked if each.what.startswith("the ledger")]
    assert ledger.what == "the ledger on Grants (Grants)"
    assert ledger.why == 'both "FMV" and "Fair market value" stand for FMV; rename or leave out one'


def test_rules_whose_columns_are_missing_are_listed_and_change_no_verdict() -> None:
    result = checked(*LEDGERS)
    listed = {each.what.split()[0]: each.why for each in result.not_checked}
    assert listed["ISO002"] == "no column ISO shares in Grants"
    assert listed["SPLIT001"] == "no column Price after split in Grants"
    assert listed["CASH001"] == "no column Merger payment in Holders"
    asked = {rule.code for rule in RULES} - set(listed)
    assert {"ISO001", "LEDGER001", "LEDGER004", "POOL001", "VEST001"} <= asked
    assert result.verdict == "clean"


def test_what_a_rule_could_not_settle_is_listed() -> None:
    """A payment is recorded, and the Plan sheet has no merger; told once, though several rules may ask."""
    holders = with_columns(HOLDERS, ["Merger payment"], [60_000], [""])
    result = checked(*LEDGERS[:3], Sheet("Holders", holders))
    assert result.findings == []
    [question] = [each for each in result.not_checked if each.what == "the merger payments in Holders"]
    assert question.why == "the Plan sheet has no Merger price or no Merger date"
    unread = with_cell(ACTIVITY, 1, "Shares", "many")
    asked = [each.what for each in checked(*LEDGERS[:2], Sheet("Activity", unread)).not_checked]
    assert asked.count("the share pool") == 1


def test_a_rule_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Hit]:
        raise ZeroDivisionError("no shares")

    rules = [replace(rule, check=broken) if rule.code == "LEDGER003" else rule for rule in RULES]
    monkeypatch.setattr("plansheet.workbook.checks.RULES", rules)
    result = checked(Sheet("Vesting", OVER), Sheet("Grants", GRANTS[:1]))
    assert ("ISO001", "Vesting!H2") in found(result)
    assert result.verdict == "unchecked"
    [failed] = [each for each in result.not_checked if each.what == "LEDGER003"]
    assert "ZeroDivisionError: no shares" in failed.why


def test_only_rules_that_are_wanted_are_listed() -> None:
    result = checked(*LEDGERS, wanted=lambda code: code == "ISO002")
    assert [each.what.split()[0] for each in result.not_checked] == ["ISO002"]


def test_every_area_is_told_with_its_columns() -> None:
    told = checked(*LEDGERS, Sheet("Empty", [["Grant", "First exercisable", "Shares"]])).taken_for
    assert told[3] == "Holders rows 2 to 3 taken for Holders: A = Holder, B = Relationship, C = 10% owner"
    assert told[4] == ("Empty below row 1 (no rows) taken for Vesting: A = Grant, B = First exercisable, C = Shares")


def test_isos_of_which_nothing_tells_when_they_are_exercisable_are_not_checked_against_the_limit() -> None:
    def of_limit(*sheets: Sheet) -> list[tuple[str, str]]:
        return [(each.what, each.why) for each in checked(*sheets).not_checked if each.what.startswith("the $100,000")]

    why = "no tranches, and no schedule with Vesting start, say when ISOs are exercisable; the first is grant G-1"
    assert of_limit(Sheet("Grants", GRANTS)) == [("the $100,000 limit of Ada", why)]
    more = with_row(GRANTS, ["G-3", "Cleo", "ISO", GRANTED, 10, 10, 500])
    assert of_limit(Sheet("Grants", more)) == [("the $100,000 limit of 2 holders", why)]
    assert of_limit(Sheet("Grants", GRANTS), Sheet("Vesting", VESTING)) == []
    assert of_limit(Sheet("Grants", [GRANTS[0], GRANTS[2]])) == []
    dayless = [VESTING[0], *([row[0], None, *row[2:]] for row in VESTING[1:])]
    blank = [("the $100,000 limit", "no tranche in Vesting has a day in First exercisable")]
    assert of_limit(Sheet("Grants", GRANTS), Sheet("Vesting", dayless)) == blank
    assert of_limit(Sheet("Grants", GRANTS), Sheet("Vesting", [*dayless[:2], VESTING[2]])) == []


def test_a_view_is_told_and_changes_no_verdict() -> None:
    view: Rows = [
        ["Grant", "First exercisable", "Shares"],
        [Formula("=Vesting!A2:C3", "G-1", "A2:C3"), GRANTED, 1],
        ["G-2", GRANTED, 1],
    ]
    result = checked(*LEDGERS, Sheet("Print", view))
    assert result.verdict == "clean"
    assert result.taken_for[-1] == "Print rows 2 to 3 not read: calculated from other cells, they repeat Vesting"


def test_a_ledger_that_was_not_read_is_unchecked() -> None:
    tables = [sheet._replace(table=sheet.name) for sheet in LEDGERS]
    late: Rows = [GRANTS[0], ["G-3", "Cy", "NSO", GRANTED, 10, 10, 7]]
    result = checked(*tables, Sheet("Late", late))
    assert result.verdict == "unchecked"
    assert any("Late" in each.what and "the table Grants" in each.why for each in result.not_checked)


def called(value: object, formula: str = CALL) -> Checked:
    return checked(*LEDGERS, pool(value, formula))


def test_a_plan_function_cell_that_is_right() -> None:
    result = called(970)
    assert (result.verdict, result.recalculated, result.findings) == ("clean", 1, [])


def test_a_workbook_of_plan_functions_alone_is_checked() -> None:
    result = checked(pool(970))
    assert (result.verdict, result.recalculated) == ("clean", 1)


def test_a_saved_value_that_differs() -> None:
    result = called(971)
    assert (result.verdict, found(result)) == ("findings", [("CALC001", "Pool!A2")])
    assert result.findings[0].message == "POOL_AVAILABLE was saved as 971, it gives 970, 1 share too many."


def test_a_saved_error() -> None:
    result = called("#NAME?")
    assert (result.verdict, found(result)) == ("findings", [("CALC003", "Pool!A2")])
    assert result.findings[0].message == "POOL_AVAILABLE was saved as the error #NAME?, it gives 970."


def test_the_error_that_the_function_gives_is_right() -> None:
    result = called("#VALUE!", '=POOL_AVAILABLE("ten","GRANT",30)')
    assert (result.verdict, result.findings) == ("clean", [])


def test_a_cell_that_was_never_calculated() -> None:
    data = changed(book(*LEDGERS, pool(77_777)), "xl/worksheets/sheet5.xml", "<v>77777</v>", "")
    result = check_bytes(data, "book.xlsx", Options(DAY))
    assert (result.verdict, found(result), result.recalculated) == ("findings", [("CALC002", "Pool!A2")], 0)
    assert result.findings[0].message == "POOL_AVAILABLE was never calculated: the workbook holds no value for it."


def test_a_plan_function_cell_that_cannot_be_checked() -> None:
    result = called(970, '=POOL_AVAILABLE(RANDBETWEEN(900,999),"GRANT",30)')
    assert (result.verdict, result.recalculated) == ("unchecked", 0)
    assert result.not_checked[0].what == "Pool!A2 (POOL_AVAILABLE)"
    assert result.not_checked[0].why == "the cell uses RANDBETWEEN, which gives another value each time"


def test_a_plan_function_where_no_value_is_saved() -> None:
    def fill(made: Any) -> None:
        made.add_worksheet("Sheet1").write("A1", 1)
        made.define_name("Least", '=POOL_AVAILABLE(Sheet1!$A$1,"GRANT",30)')

    result = check_bytes(workbook(fill), "book.xlsx", Options(DAY))
    assert result.verdict == "unchecked"
    assert any("name Least" in each.what for each in result.not_checked)


def test_a_spill_in_which_somebody_typed() -> None:
    rows: Rows = [
        [
            "G-1",
            GRANTED,
            10,
            GRANTED,
            10_001,
            Formula("=ISO_LIMIT_SPLIT(A1:A2,B1:B2,C1:C2,D1:D2,E1:E2)", 10_000, "F1:G2"),
            1,
        ],
        ["G-2", GRANTED, 10, GRANTED, 5, 5, 0],
    ]
    result = checked(Sheet("Split", rows))
    assert found(result) == [("CALC001", "Split!F2")]
    assert "1 row of 2 not the same: row 2" in result.findings[0].message


def test_another_version_of_plansheet_is_no_finding() -> None:
    result = called("0.0.1", "=PLANSHEET_VERSION()")
    assert (result.verdict, result.findings) == ("clean", [])


def test_an_unreadable_cell_stops_nothing_but_what_depends_on_it() -> None:
    grants = with_row(with_cell(GRANTS, 1, "FMV", Error("#REF!")), ["G-3", "Cy", "ISO", GRANTED, 10, 10, 10_001])
    tranches = with_row(VESTING, ["G-3", dt.date(2004, 12, 31), 10_001, 10_001, 0])
    result = checked(Sheet("Grants", grants), Sheet("Vesting", tranches))
    assert ("LEDGER001", "Grants!E2") in found(result)
    assert ("ISO001", "Vesting!D4") in found(result)
    assert result.verdict == "findings"


@pytest.mark.parametrize("code", ["LEDGER001", "LEDGER005", "LEDGER006", "CALC002"])
def test_who_leaves_out_the_rule_that_says_so_is_not_told_that_all_was_checked(code: str) -> None:
    """Contract §6: it says what it could not check rather than passing it."""
    if code == "CALC002":
        data = changed(book(pool(77_777)), "xl/worksheets/sheet1.xml", "<v>77777</v>", "")
    else:
        data = book(*IN_THEIR_CELLS[code][0])
    result = check_bytes(data, "book.xlsx", Options(DAY, wanted=lambda each: each != code))
    assert result.verdict == "unchecked"
    assert any(code in each.what and "left out" in each.why for each in result.not_checked)


def test_rules_that_are_not_wanted_find_nothing() -> None:
    result = checked(Sheet("Vesting", OVER), wanted=lambda code: code.startswith("POOL"))
    assert (result.verdict, result.findings) == ("clean", [])


def test_a_file_is_read_and_never_written_to(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book(*LEDGERS))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    changed_at = path.stat().st_mtime_ns
    result = check(path, Options(DAY))
    assert result.sha256 == before == hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.stat().st_mtime_ns == changed_at
    assert [each.name for each in tmp_path.iterdir()] == ["book.xlsx"]
    assert result.path == str(path)


def test_a_file_that_is_not_there() -> None:
    result = check(Path("nowhere/book.xlsx"), Options(DAY))
    assert (result.verdict, result.sha256) == ("unchecked", "")
    assert "cannot be opened" in result.not_checked[0].why


def test_what_goes_wrong_in_plansheet_is_told_and_is_no_verdict_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("plansheet.workbook.checks.recalculate", broken)
    result = checked(*LEDGERS)
    assert (result.verdict, result.findings) == ("unchecked", [])
    assert "RecursionError: too deep" in result.not_checked[-1].why
    assert "report this" in result.not_checked[-1].why


@pytest.mark.parametrize("text", ["\ud800", "a\x1b[2Jb", "x" * 32_767, "9" * 5000, "=1+1", "\u202eAda", "_xD800_"])
@pytest.mark.parametrize("heading", ["Grant", "Holder", "Type", "FMV", "Grant date", "Shares"])
def test_whatever_a_cell_holds_there_is_a_verdict(heading: str, text: str) -> None:
    try:
        data = book(Sheet("Grants", with_cell(GRANTS, 1, heading, text)), *LEDGERS[1:])
    except UnicodeEncodeError:
        data = book(Sheet("Grants", with_cell(GRANTS, 1, heading, "_xD800_")), *LEDGERS[1:])
    result = check_bytes(data, "book.xlsx", Options(DAY))
    assert not any("plansheet failed" in each.why for each in result.not_checked)
    assert result.verdict in ("clean", "findings")


def test_judgements_are_rules_like_the_others() -> None:
    assert [rule.code for rule in JUDGEMENTS if rule.code.startswith("CALC")] == [f"CALC00{n}" for n in range(1, 5)]
    assert set(ALL_RULES) == {*RULES, *JUDGEMENTS, *LAYOUT_QUESTIONS}
    assert atg_1996().recycling is Recycling.PLAN  # nothing above has changed the default


def test_a_spill_that_differs_shows_the_row_that_does() -> None:
    rows: Rows = [
        ["Grant", "Grant date", "FMV", "First exercisable", "Shares", "ISO", "NSO"],
        ["G-1", GRANTED, 10, GRANTED, 5, Formula("=ISO_LIMIT_SPLIT(A2:A3,B2:B3,C2:C3,D2:D3,E2:E3)", 5, "F2:G3"), 0],
        ["G-2", GRANTED, 10, GRANTED, 7, 6, 1],
    ]
    [one] = [each for each in checked(Sheet("Split", rows)).findings if each.code == "CALC001"]
    assert one.cell == "F3"
    assert "saved as 6 | 1, it gives 7 | 0, 1 share too few (1 row of 2 not the same: row 3)" in one.message


def test_a_number_longer_than_any_cell_holds_stops_nothing() -> None:
    result = called(970, f'=POOL_AVAILABLE({"9" * 5000},"GRANT",30)')
    assert result.verdict in ("findings", "unchecked")
    assert not any("failed" in each.why for each in result.not_checked)


def test_a_line_of_the_plan_sheet_that_is_no_term_is_named() -> None:
    result = checked(*LEDGERS, Sheet(PLAN, [["Term", "Value"], ["ISO limt", 90_000]]))
    assert [each.what for each in result.not_checked if "no term" in each.why] == ["Plan!A2 (ISO limt)"]


def test_merger_payments_without_a_merger_are_told_as_not_checked() -> None:
    result = checked(Sheet("Holders", [[*HOLDERS[0], "Merger payment"], [*HOLDERS[1], 1]]), *LEDGERS[:3])
    assert any("merger payments" in each.what for each in result.not_checked)


def test_ledgers_without_rows_are_not_checked() -> None:
    result = checked(Sheet("Grants", GRANTS[:1]), Sheet("Vesting", VESTING[:1]))
    assert result.verdict == "unchecked"
    assert result.not_checked[0].why == "its ledgers have headings and no rows"


def test_a_pool_of_which_no_grant_is_this_plan_s_is_not_checked() -> None:
    plans = ["Plan", "Primus 1999 Plan", "Other 2000 Plan"]
    grants = [[*row, plan] for row, plan in zip(GRANTS, plans, strict=True)]
    result = checked(Sheet("Grants", grants), Sheet("Vesting", VESTING), Sheet("Activity", ACTIVITY))
    assert result.verdict == "unchecked"
    assert {each.what for each in result.not_checked[:2]} == {"the share pool", "the yearly limit of §3"}


def test_the_words_of_a_column_are_listed_once_for_a_cell_that_has_another() -> None:
    activity = [*ACTIVITY, [ACTIVITY[1][0], "Gifted", *[None] * (len(ACTIVITY[0]) - 2)]]
    result = checked(Sheet("Grants", GRANTS), Sheet("Vesting", VESTING), Sheet("Activity", activity))
    [found] = [each for each in result.findings if "Gifted" in each.message]
    assert "use one of: RESERVE, GRANT" in found.message
    resting = [each.why for each in result.not_checked if "Gifted" in each.why]
    assert len(resting) > 1
    assert all("which is not known" in why and "use one of" not in why for why in resting)
