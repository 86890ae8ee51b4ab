"""What the Plan sheet of a workbook says of the terms, and where it cannot be read."""

import datetime as dt

import pytest

from plansheet.plan.terms import atg_1996, with_values
from plansheet.workbook.checks import Options, check_bytes
from workbook.books import (
    ACTIVITY,
    DAY,
    GRANTED,
    GRANTS,
    HOLDERS,
    LEDGERS,
    Error,
    Formula,
    Rows,
    Sheet,
    book,
    checked,
    found,
    with_columns,
    with_row,
)
from workbook.making import changed
from workbook.mistakes import (
    ENDED,
    IN_THEIR_CELLS,
    MERGER,
    OVER,
    WARNED,
)

THIRDS = [OVER[0], [*OVER[1][:4], 30, *OVER[1][5:7], 3_333, 6_668]]  # $100,000 is 3,333 1/3 shares


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
