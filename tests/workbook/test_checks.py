"""The check of one workbook: its findings in their cells, its verdict, and what it says it did not check."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plansheet.core.records import Ledger
from plansheet.core.rule import Hit, Severity, TermOf
from plansheet.core.words import Recycling
from plansheet.excel.manual import ALL_RULES, JUDGEMENTS, LAYOUT_QUESTIONS
from plansheet.plan.rules import RULES
from plansheet.plan.terms import atg_1996, with_values
from plansheet.workbook.checks import Checked, Options, check, check_bytes
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
from workbook.layouts import ASKED
from workbook.making import changed, workbook
from workbook.period_cells import OF_THE_PERIOD

MERGER: Rows = [["Term", "Value"], ["Merger price", 6], ["Merger date", dt.date(2011, 1, 5)]]
NOTICE: Rows = [
    *MERGER,
    ["Merger notice", dt.date(2010, 12, 1)],
    ["Merger exercise by", dt.date(2010, 12, 31)],
]
ENDED: Rows = with_row(ACTIVITY, *([dt.date(2011, 1, 5), "TERMINATE", grant, "", ""] for grant in ("G-1", "G-2")))
SPLIT: Rows = [["Date", "Action", "Grant", "Shares", "Type"], [dt.date(2004, 6, 1), "SPLIT", "", "3-for-1", ""]]


def vesting(*, iso: object, nso: object, shares: int = 10_001) -> Rows:
    return with_cell(with_cell(with_cell(VESTING, 1, "ISO shares", iso), 1, "NSO shares", nso), 1, "Shares", shares)


# --- Verdicts ---------------------------------------------------------------------------------------------------------


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


WARNED = (
    Sheet("Grants", [[*GRANTS[0], "Price after split"], [*GRANTS[1], 3.35]]),
    Sheet("Vesting", [VESTING[0], VESTING[1][:3]]),
    Sheet("Activity", SPLIT),
)


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


# --- Plan functions ---------------------------------------------------------------------------------------------------

CALL = '=POOL_AVAILABLE(E7,"GRANT",30)'  # 970


def pool(value: object, formula: str = CALL) -> Sheet:
    return Sheet("Pool", [["Left"], [Formula(formula, value)], [], [], [], [], ["", "", "", "", 1000]])


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


# --- Findings in their cells ------------------------------------------------------------------------------------------

PLAN = "Plan"
OVER: Rows = [
    ["Grant", "Holder", "Type", "Grant date", "FMV", "First exercisable", "Shares", "ISO shares", "NSO shares"],
    ["G-1", "Ada", "ISO", GRANTED, 10, dt.date(2004, 12, 31), 10_001, 10_001, 0],
]
RECORD_DATES: Rows = [
    [*ACTIVITY[0], "Record date"],
    [*ACTIVITY[1], ""],
    [dt.date(2004, 5, 18), "EXERCISE", "G-1", 100, "", ""],
    [dt.date(2004, 6, 1), "SPLIT", "", "2-for-1", "", dt.date(2004, 5, 17)],
]
SUBSTITUTES: Rows = [
    [*GRANTS[0], "Old shares", "Old price", "Old FMV", "New FMV"],
    ["G-1", "Ada", "ISO", GRANTED, 1.12, 0.62, 1416, 1000, 0.88, 1.586928, 1.12],
]
EARLIER = dt.date(2003, 12, 31)
REGISTERED: Rows = [["Term", "Value"], ["Registered", dt.date(1999, 7, 20)]]
COMMITTEE: Rows = [
    ["Committee", "Member", "Outside director", "Non-employee director"],
    ["Compensation committee", "Vi", "Yes", "Yes"],
    ["Compensation committee", "Wes", "Yes", "No"],
]
THIRDS = [OVER[0], [*OVER[1][:4], 30, *OVER[1][5:7], 3_333, 6_668]]  # $100,000 is 3,333 1/3 shares
OWNED: Rows = [["Holder", "Relation", "Votes", "Votes outstanding"], ["Ada", "SELF", 101, 1_000]]
PAID: Rows = [
    ["Date", "Action", "Grant", "Shares", "Type", "FMV on the day", "Acquired", "Minimum tax"],
    [GRANTED, "GRANT", "G-1", 10_000, "ISO", "", "", ""],
    [DAY, "EXERCISE", "G-1", 100, "", "", "", ""],
    [DAY, "TENDER", "G-1", 101, "", 10, DAY, ""],
    [DAY, "WITHHOLD", "G-1", 31, "", 10, "", 300],
]
ADOPTED: Rows = [["Term", "Value"], ["Adopted", GRANTED]]
APPROVAL: Rows = [["Term", "Value"], ["Adopted", GRANTED], ["Approved", dt.date(2004, 2, 1)], ["Reserve", 10_500]]
INCREASED: Rows = [
    [*ACTIVITY[0], "Approved"],
    [GRANTED, "RESERVE", "", 10_000, "", ""],
    [dt.date(2004, 1, 6), "RESERVE", "", 500, "", ""],
    [dt.date(2004, 1, 7), "GRANT", "G-1", 10_000, "ISO", ""],
    [dt.date(2004, 1, 7), "GRANT", "G-2", 500, "NSO", ""],
]
AMENDED: Rows = [
    ["Date", "Action", "Grant", "Needs approval", "Approved", "Adverse", "Consent", "Shares"],
    [GRANTED, "AMEND", "G-1", "no", "", "no", "", ""],
    [GRANTED, "AMEND", "", "yes", "", "yes", "", ""],
]
REGRANTED: Rows = [
    [*GRANTS[0], "Replaces", "Consent"],
    [*GRANTS[1], "", ""],
    ["G-2", "Ada", "ISO", dt.date(2005, 1, 5), 5, 5, 500, "", ""],
    ["G-3", "Ada", "ISO", dt.date(2005, 1, 5), 5, 5, 500, "G-1", ""],
    ["G-4", "Ada", "ISO", dt.date(2005, 1, 5), 5, 5, 500, "G-2", ""],
]
CANCELLED: Rows = [["Date", "Action", "Grant", "Shares"], [dt.date(2005, 1, 5), "CANCEL", "G-1", 9_000]]
IN_THEIR_CELLS: dict[str, tuple[tuple[Sheet, ...], str]] = {
    "LEDGER001": ((Sheet("Grants", with_cell(GRANTS, 2, "FMV", "ten")),), "Grants!E3"),
    "LEDGER002": ((Sheet("Grants", GRANTS), Sheet("Activity", with_cell(ACTIVITY, 1, "Grant", "G-9"))), "Activity!C2"),
    "LEDGER003": ((Sheet("Grants", with_cell(GRANTS, 2, "Grant", "g-1")),), "Grants!A3"),
    "LEDGER004": ((Sheet("Grants", GRANTS), Sheet("Vesting", VESTING[:2])), "Grants!G3"),
    "LEDGER005": ((Sheet("Vesting", with_cell(OVER, 1, "FMV", "")),), "Vesting!G2"),
    "LEDGER006": ((Sheet("Vesting", [*OVER, [*OVER[1][:4], 11, *OVER[1][5:]]]),), "Vesting!A3"),
    "LEDGER007": ((Sheet("Holders", HOLDERS[:2]), Sheet("Grants", GRANTS)), "Grants!B3"),
    "LEDGER008": ((Sheet("Holders", with_row(HOLDERS, ["ada", "Officer", "No"])),), "Holders!A4"),
    "LEDGER009": (
        (Sheet("Grants", GRANTS), Sheet("Activity", with_cell(ACTIVITY, 2, "Shares", 5_000))),
        "Activity!D3",
    ),
    "LEDGER010": ((Sheet("Grants", GRANTS), Sheet("Activity", ACTIVITY[:2])), "Grants!A3"),
    "LEDGER011": ((Sheet("Activity", with_row(ACTIVITY, [DAY, "WITHHOLD", "G-2", 5, ""])),), "Activity!B4"),
    "LEDGER012": (
        (Sheet("Activity", with_row(ACTIVITY, [dt.date(2051, 1, 3), "EXERCISE", "G-2", 5, ""])),),
        "Activity!A4",
    ),
    "LEDGER013": (
        (Sheet("Grants", GRANTS), Sheet("Activity", with_row(ACTIVITY, [EARLIER, "DISPOSITION", "G-2", 5, ""]))),
        "Activity!A4",
    ),
    "TYPE001": ((Sheet("Grants", with_cell(GRANTS, 2, "Type", "")),), "Grants!C3"),
    "ELIG001": ((Sheet("Grants", with_cell(GRANTS, 2, "Type", "ISO")), Sheet("Holders", HOLDERS)), "Grants!C3"),
    "ELIG002": (
        (Sheet("Grants", GRANTS), Sheet("Holders", with_cell(HOLDERS, 2, "Relationship", "Supplier"))),
        "Holders!B3",
    ),
    "ELIG003": (
        (
            Sheet("Grants", GRANTS),
            Sheet("Holders", with_columns(HOLDERS, ["Employer", "Group ownership"], ["Venture", 49.9], ["", ""])),
        ),
        "Grants!C2",
    ),
    "ELIG004": (
        (Sheet("Grants", GRANTS), Sheet("Holders", with_columns(HOLDERS, ["Employment ended"], [""], [EARLIER]))),
        "Grants!D3",
    ),
    "AUTH001": (
        (
            Sheet("Grants", with_columns(GRANTS, ["Granted by"], ["Committee 2(b)(iv)"], ["Board"])),
            Sheet("Holders", HOLDERS),
        ),
        "Grants!H2",
    ),
    "AUTH002": (
        (
            Sheet(PLAN, REGISTERED),
            Sheet("Grants", with_columns(GRANTS, ["Granted by"], ["Board"], ["Board"])),
            Sheet("Holders", HOLDERS),
        ),
        "Grants!H2",
    ),
    "AUTH003": (
        (
            Sheet(PLAN, REGISTERED),
            Sheet("Grants", with_columns(GRANTS, ["Granted by"], [""], ["Compensation committee"])),
            Sheet("Committee", COMMITTEE),
        ),
        "Committee!D3",
    ),
    "LIMIT001": ((Sheet("Grants", with_cell(GRANTS, 2, "Shares", 500_001)),), "Grants!G3"),
    "ISO001": ((Sheet("Vesting", OVER),), "Vesting!H2"),
    "ISO002": (
        (Sheet("Grants", [[*GRANTS[0], "ISO shares", "Vesting start"], [*GRANTS[1], 9_999, GRANTED]]),),
        "Grants!H2",
    ),
    "VEST001": (
        (Sheet("Vesting", OVER), Sheet("Activity", [ACTIVITY[0], ACTIVITY[1], [GRANTED, "EXERCISE", "G-1", 5, ""]])),
        "Activity!D3",
    ),
    "VEST002": (
        (
            Sheet(
                "Grants",
                with_columns(GRANTS, ["Vesting start", "Months", "Cliff"], [dt.date(2003, 2, 1), 12, 12], ["", "", ""]),
            ),
            Sheet("Vesting", with_cell(VESTING, 1, "First exercisable", dt.date(2004, 1, 2))),
        ),
        "Vesting!B2",
    ),
    "POOL001": ((Sheet(PLAN, [["Term", "Value"], ["Reserve", 10_499]]), Sheet("Activity", ACTIVITY)), "Activity!D3"),
    "POOL002": (
        (
            Sheet(PLAN, [["Term", "Value"], ["Reserve", 10_000]]),
            Sheet(
                "Activity",
                [
                    ["Date", "Action", "Grant", "Type", "Shares"],
                    [GRANTED, "GRANT", "G-1", "NSO", 10_000],
                    [GRANTED, "EXERCISE", "G-1", "", 10_000],
                    [GRANTED, "TENDER", "G-1", "", 500],
                    [GRANTED, "GRANT", "G-2", "ISO", 500],
                ],
            ),
        ),
        "Activity!E5",
    ),
    "POOL003": ((Sheet("Activity", [ACTIVITY[0], [GRANTED, "RESERVE", "", 25_600_001, ""]]),), "Activity!D2"),
    "POOL004": ((Sheet("Activity", with_row(ACTIVITY, [DAY, "CANCEL", "G-2", 501, ""])),), "Activity!D4"),
    "SPLIT001": (
        (Sheet("Grants", [["Price after split", *GRANTS[0]], [3.33, *GRANTS[1]]]), Sheet("Activity", SPLIT)),
        "Grants!A2",
    ),
    "SPLIT002": (WARNED, "Grants!H2"),
    "SPLIT003": (
        (Sheet("Grants", [["Price after split", *GRANTS[0]], [5, *GRANTS[1]]]), Sheet("Activity", ACTIVITY)),
        "Grants!A2",
    ),
    "SPLIT004": ((Sheet("Activity", [ACTIVITY[0], ACTIVITY[1], [DAY, "EXERCISE", "G-1", 0.5, ""]]),), "Activity!D3"),
    "SPLIT005": (
        (Sheet("Grants", [[*GRANTS[0], "Shares after split"], [*GRANTS[1], 30_001]]), Sheet("Activity", SPLIT)),
        "Grants!H2",
    ),
    "SPLIT006": ((Sheet("Activity", RECORD_DATES),), "Activity!A3"),
    "SPLIT007": (
        (Sheet("Activity", with_cell(RECORD_DATES, 3, "Record date", dt.date(2004, 6, 2))),),
        "Activity!F4",
    ),
    "SPLIT008": (
        (
            Sheet("Grants", with_cell(GRANTS, 2, "Shares", 9)),
            Sheet("Activity", with_cell(SPLIT, 1, "Shares", "1-for-10")),
        ),
        "Grants!G3",
    ),
    "SUBST001": ((Sheet("Grants", SUBSTITUTES),), "Grants!F2"),
    "SUBST002": ((Sheet("Grants", with_cell(SUBSTITUTES, 1, "Type", "NSO")),), "Grants!F2"),
    "CASH001": (
        (
            Sheet(PLAN, MERGER),
            Sheet("Holders", with_columns(HOLDERS, ["Merger payment"], [1], [""])),
            *LEDGERS[:2],
            Sheet("Activity", ENDED),
        ),
        "Holders!D2",
    ),
    "CASH002": (
        (
            Sheet(PLAN, MERGER),
            Sheet("Holders", HOLDERS),
            Sheet("Grants", with_row(GRANTS, ["G-3", "Bo", "NSO", GRANTED, 1, 1, 100])),
            Sheet("Activity", ACTIVITY),
        ),
        "Holders!A3",
    ),
    "CASH003": ((Sheet(PLAN, [*MERGER, ["Merger contingent", "yes"]]), *LEDGERS), "Plan!B4"),
    "CASH004": (
        (
            Sheet(PLAN, MERGER),
            Sheet("Holders", [[*HOLDERS[0], "Merger payment"], [*HOLDERS[1], ""], [*HOLDERS[2], 0]]),
            Sheet("Grants", with_cell(GRANTS, 1, "Exercise price", 1)),
            Sheet("Activity", ENDED),
        ),
        "Holders!D2",
    ),
    "MERGER001": ((Sheet(PLAN, [*MERGER, ["Merger exercise by", DAY]]), *LEDGERS), "Plan!B4"),
    "MERGER002": (
        (
            Sheet(PLAN, NOTICE),
            Sheet("Grants", GRANTS),
            Sheet("Activity", with_row(ACTIVITY, [dt.date(2011, 1, 4), "EXERCISE", "G-2", 500, ""])),
        ),
        "Activity!A4",
    ),
    "MERGER003": (
        (
            Sheet(PLAN, NOTICE),
            Sheet("Grants", GRANTS),
            Sheet("Activity", with_row(ACTIVITY, [DAY, "CANCEL", "G-2", 5, ""])),
        ),
        "Activity!A4",
    ),
    "MERGER004": ((Sheet(PLAN, [*MERGER, ["Merger accelerates", "yes"]]), *LEDGERS), "Plan!B4"),
    "MERGER005": (
        (
            Sheet(PLAN, [*MERGER, ["Merger accelerates", "no"]]),
            Sheet("Activity", with_row(ACTIVITY, [dt.date(2011, 1, 5), "ACCELERATE", "", "", ""])),
        ),
        "Activity!B4",
    ),
    "MERGER006": ((Sheet(PLAN, NOTICE), Sheet("Grants", GRANTS), Sheet("Activity", ACTIVITY)), "Grants!A2"),
    "TEN001": ((Sheet("Holders", HOLDERS), Sheet("Holdings", OWNED), Sheet("Grants", GRANTS)), "Holders!C2"),
    "TEN002": (
        (
            Sheet("Holders", with_cell(HOLDERS, 1, "10% owner", "Yes")),
            Sheet("Holdings", with_cell(OWNED, 1, "Votes", 10)),
            Sheet("Grants", GRANTS),
        ),
        "Holders!C2",
    ),
    "TEN003": ((Sheet("Holdings", with_cell(OWNED, 1, "Relation", "")), Sheet("Grants", GRANTS)), "Holdings!B2"),
    "PRICE001": ((Sheet("Grants", with_cell(GRANTS, 1, "Exercise price", 9.99)),), "Grants!F2"),
    "PRICE002": ((Sheet("Grants", with_cell(GRANTS, 2, "Exercise price", 9.99)),), "Grants!F3"),
    "PAY001": ((Sheet("Activity", PAID),), "Activity!G4"),
    "PAY002": ((Sheet("Grants", GRANTS), Sheet("Activity", PAID)), "Activity!D4"),
    "PAY003": ((Sheet("Grants", GRANTS), Sheet("Activity", PAID)), "Activity!D4"),
    "TAX001": ((Sheet("Activity", PAID),), "Activity!D5"),
    "TAX002": (
        (Sheet(PLAN, [["Term", "Value"], ["Registered", dt.date(2011, 6, 1)]]), Sheet("Activity", PAID)),
        "Activity!A5",
    ),
    **OF_THE_PERIOD,
    "APPROVE001": (
        (Sheet(PLAN, APPROVAL), Sheet("Activity", with_row(ACTIVITY, [GRANTED, "EXERCISE", "G-2", 5, ""]))),
        "Activity!A4",
    ),
    "APPROVE002": (
        (Sheet(PLAN, with_cell(APPROVAL, 2, "Value", dt.date(2005, 1, 6))), Sheet("Grants", GRANTS)),
        "Grants!D2",
    ),
    "APPROVE003": ((Sheet(PLAN, APPROVAL), Sheet("Activity", INCREASED)), "Activity!F3"),
    "APPROVE004": ((Sheet(PLAN, APPROVAL), Sheet("Activity", INCREASED)), "Activity!D5"),
    "APPROVE005": ((Sheet("Activity", AMENDED),), "Activity!E3"),
    "APPROVE006": ((Sheet(PLAN, ADOPTED), Sheet("Grants", GRANTS), Sheet("Activity", AMENDED)), "Grants!D2"),
    "APPROVE007": (
        (Sheet(PLAN, APPROVAL), Sheet("Activity", with_row(ACTIVITY, [dt.date(2005, 1, 6), "APPROVAL", "", "", ""]))),
        "Activity!A4",
    ),
    "AMEND001": ((Sheet("Activity", AMENDED),), "Activity!G3"),
    "AMEND002": ((Sheet("Grants", GRANTS), Sheet("Activity", AMENDED)), "Activity!B2"),
    "REGRANT001": ((Sheet("Grants", REGRANTED), Sheet("Activity", CANCELLED)), "Grants!H5"),
    "REGRANT002": ((Sheet("Grants", REGRANTED),), "Grants!I4"),
    "REGRANT003": ((Sheet("Grants", REGRANTED), Sheet("Activity", CANCELLED)), "Grants!H3"),
    "REGRANT004": ((Sheet("Grants", REGRANTED), Sheet("Activity", CANCELLED)), "Grants!H4"),
    "FOREIGN001": (
        (Sheet("Holders", [[*HOLDERS[0], "Country"], [*HOLDERS[1], "Germany"]]), Sheet("Grants", GRANTS)),
        "Holders!D2",
    ),
    "ISO003": ((Sheet("Vesting", [OVER[0][:7], [*OVER[1][:5], dt.date(2011, 12, 31), 9_001]]),), "Vesting!F2"),
    "POOL005": (
        (
            Sheet(PLAN, with_cell(APPROVAL, 3, "Value", 600)),
            Sheet("Activity", [ACTIVITY[0], [dt.date(2010, 1, 5), "GRANT", "G-2", 500, "NSO"]]),
        ),
        "Activity!D2",
    ),
    **ASKED,
    "CALC001": ((pool(971),), "Pool!A2"),
    "CALC003": ((pool("#NAME?"),), "Pool!A2"),
}


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


# --- Cells that cannot be read ----------------------------------------------------------------------------------------


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


# --- The Plan sheet and terms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows", [[["Term", "Value"], ["ISO limit", 60_000]], [["Value", "", "TERM"], [60_000, "", "iso_limit"]]]
)
def test_the_plan_sheets_limit_is_the_one_that_counts(rows: Rows) -> None:
    assert found(checked(*LEDGERS)) == []
    result = checked(Sheet("Plan", rows), *LEDGERS)
    assert found(result) == [("ISO001", "Vesting!D2")]
    assert "6,000 ISO and 4,000 NSO" in result.findings[0].message


ROUNDED = (WARNED[0]._replace(rows=[[*GRANTS[0], "Price after split"], [*GRANTS[1], 3.34]]), *WARNED[1:])
WITHHELD = Sheet(
    "Activity",
    [
        ACTIVITY[0],
        [GRANTED, "GRANT", "G-1", 10_000, "NSO"],
        [GRANTED, "EXERCISE", "G-1", 10_000, ""],
        [GRANTED, "WITHHOLD", "G-1", 4_000, ""],
        [GRANTED, "GRANT", "G-2", 4_000, "NSO"],
    ],
)
UNDERWATER = (
    Sheet("Holders", [[*HOLDERS[0], "Merger payment"], [*HOLDERS[1], 40_000]]),
    Sheet("Grants", [GRANTS[0], [*GRANTS[1][:4], 2, 2, 10_000], ["G-2", "Ada", "NSO", GRANTED, 10, 10, 500]]),
    LEDGERS[1],
    Sheet("Activity", ENDED),
)


@pytest.mark.parametrize(
    ("term", "value", "sheets", "before", "after"),
    [
        ("Reserve", 10_499, LEDGERS, [], ["POOL001"]),
        ("Rounding", "exact", (Sheet("Vesting", THIRDS),), [], ["ISO001"]),
        ("Split decimals", 4, ROUNDED, [], ["SPLIT002"]),
        ("Split method", "Exact", ROUNDED, [], ["SPLIT002"]),
        ("Recycling", "NET", (Sheet("Plan", [["", ""], ["Reserve", 10_000]]), WITHHELD), ["POOL001"], []),
        (
            "Cashout method",
            "PER_OPTION",
            (Sheet("Plan", [["", ""], *MERGER[1:]]), *UNDERWATER),
            ["CASH001"],
            [],
        ),
    ],
)
def test_other_terms_of_the_plan_sheet(
    term: str, value: object, sheets: tuple[Sheet, ...], before: list[str], after: list[str]
) -> None:
    """Rows of a sheet Plan among the sheets are terms that hold before and after."""
    held = [row for sheet in sheets if sheet.name == "Plan" for row in sheet.rows[1:]]
    others = [sheet for sheet in sheets if sheet.name != "Plan"]
    plans = ([["Term", "Value"], *held], [["Term", "Value"], *held, [term, value]])
    codes = [[code for code, _ in found(checked(Sheet("Plan", plan), *others))] for plan in plans]
    assert codes == [before, after]


def test_terms_that_were_given_go_before_the_plan_sheet() -> None:
    plan = Sheet("Plan", [["Term", "Value"], ["ISO limit", 60_000]])
    assert found(checked(plan, *LEDGERS, terms=atg_1996())) == []
    less = with_values(atg_1996(), {"iso_limit": 50_000}, "a test")
    assert found(checked(plan, *LEDGERS, terms=less)) == [("ISO001", "Vesting!D2")]


def test_the_merger_is_the_workbooks_also_where_terms_were_given() -> None:
    sheets, cell = IN_THEIR_CELLS["CASH001"]
    assert found(checked(*sheets, terms=atg_1996())) == [("CASH001", cell)]


@pytest.mark.parametrize(
    ("term", "value", "said"),
    [
        ("ISO limit", "100,000", "ISO limit cannot be used: the Plan sheet: iso_limit is 100,000; write a number"),
        ("ISO limit", -1, "iso_limit is -1; write a number, not below zero"),
        ("ISO limit", Error("#REF!"), "is the error #REF!"),
        ("ISO limit", GRANTED, "holds a date or time where a number is wanted"),
        ("ISO limit", True, "holds TRUE"),
        ("Rounding", "UP", "rounding is UP; use one of: FLOOR, EXACT"),
        ("Rounding", 5, "rounding is 5; use one of: FLOOR, EXACT"),
        ("Split decimals", 2.5, "split_decimals is 2.5; write a whole number"),
        ("Adopted", "25 April 1996", "Adopted cannot be used: it holds the text"),
        ("Merger price", "$6.00", "Merger price cannot be used: it holds the text"),
        ("Merger price", -6, "below zero"),
        ("Merger date", "5 Jan 2011", "Merger date cannot be used: it holds the text"),
        ("Merger date", Error("#N/A"), "is the error #N/A"),
    ],
)
def test_a_plan_cell_that_cannot_be_used(term: str, value: object, said: str) -> None:
    """The rest is checked with the plan's own figure; the finding says so by standing there."""
    result = checked(Sheet("Plan", [["Term", "Value"], ["Reserve", 25_600_000], [term, value]]), *LEDGERS)
    assert found(result) == [("LEDGER001", "Plan!B3")]
    assert said in result.findings[0].message
    assert result.verdict == "findings"


def test_a_plan_cell_that_was_never_calculated_is_not_the_default() -> None:
    plan = Sheet("Plan", [["Term", "Value"], ["ISO limit", Formula("=Z9", 77_777)]])
    data = changed(book(plan, *LEDGERS), "xl/worksheets/sheet1.xml", "<v>77777</v>", "")
    result = check_bytes(data, "book.xlsx", Options(DAY))
    assert found(result) == [("LEDGER001", "Plan!B2")]
    assert "was never calculated" in result.findings[0].message


def test_a_term_with_two_values() -> None:
    rows: Rows = [["Term", "Value"], ["ISO limit", 100_000], ["iso_limit", 60_000], ["ISO LIMIT", 100_000]]
    result = checked(Sheet("Plan", rows), *LEDGERS)
    assert found(result) == [("LEDGER001", "Plan!B3")]
    assert "another than the 100000 above; leave one of the two lines" in result.findings[0].message


def test_words_that_are_no_term_are_told_and_blank_values_leave_the_default() -> None:
    rows: Rows = [["Term", "Value"], ["ISO limits", 60_000], ["ISO limit", ""], ["Prepared by", 5]]
    result = checked(Sheet("Plan", rows), *LEDGERS)
    assert (result.verdict, result.findings) == ("clean", [])
    told = [each.what for each in result.not_checked if each.why == "no term is called so; it was not used"]
    assert told == ["Plan!A2 (ISO limits)", "Plan!A4 (Prepared by)"]


def test_dates_of_the_1904_system() -> None:
    """A merger date as a number without a date format counts from 1904, as the workbook does."""
    serial = (dt.date(2011, 1, 5) - dt.date(1904, 1, 1)).days
    plan = Sheet("Plan", [["Term", "Value"], ["Merger price", 16], ["Merger date", serial]])
    holders = with_columns(HOLDERS, ["Merger payment"], [0], [3000])
    closing = [dt.date(2011, 1, 5), "TERMINATE", "G-2", "", ""]
    ended = with_row(ACTIVITY, [dt.date(2010, 1, 5), "CANCEL", "G-1", "", ""], closing)
    sheets = (plan, Sheet("Holders", holders), *LEDGERS[:2], Sheet("Activity", ended))
    data = book(*sheets, date_1904=True)
    assert check_bytes(data, "book.xlsx", Options(DAY)).findings == []


# --- Fingerprints -----------------------------------------------------------------------------------------------------


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


# --- Files ------------------------------------------------------------------------------------------------------------


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
