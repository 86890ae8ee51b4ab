"""Which ranges of a workbook are taken for which ledger, and what is read from them."""

import datetime as dt
from typing import Any

import pytest

from plansheet.core.records import Activity, Grant, Holder, Tranche, columns
from plansheet.core.words import Action, GrantType, Identifier
from plansheet.workbook.ledgers.locate import locate
from plansheet.workbook.reading.reader import read_bytes
from workbook.books import (
    ACTIVITY,
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
    located,
    with_cell,
    with_row,
)
from workbook.making import changed, workbook

EMPTY = [""]


def taken(*sheets: Sheet, **options: object) -> list[tuple[str, str, int, int]]:
    """Each ledger: its sheet, its record, its first and its last row."""
    found = located(*sheets, **options)
    return [(a.sheet.name, a.record.__name__ if a.record else "Plan", a.top, a.bottom) for a in found.areas.ledgers]


def numbers(rows: Rows, **options: object) -> list[str]:
    """The grants read from a sheet of grants."""
    return [grant.grant.text for grant in located(Sheet("Grants", rows), **options).ledger.grants]


# --- What is taken for what -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_tables", [False, True], ids=["plain ranges", "tables"])
def test_the_four_ledgers(as_tables: bool) -> None:
    sheets = [sheet._replace(table=sheet.name if as_tables else None) for sheet in LEDGERS]
    assert taken(*sheets) == [
        ("Grants", "Grant", 2, 3),
        ("Vesting", "Tranche", 2, 3),
        ("Activity", "Activity", 2, 3),
        ("Holders", "Holder", 2, 3),
    ]
    ledger = located(*sheets).ledger
    assert ledger.grants[0] == Grant(Identifier("G-1"), Identifier("Ada"), None, GrantType.ISO, GRANTED, 10, 10, 10_000)
    assert ledger.tranches[1].shares == 500
    assert ledger.activity[0] == Activity(GRANTED, Action.GRANT, Identifier("G-1"), 10_000, GrantType.ISO)
    assert ledger.holders[0] == Holder(Identifier("Ada"), "Officer", ten_percent=False)
    assert ledger.unread == ()


def test_the_columns_that_were_there_are_known() -> None:
    there = located(*LEDGERS).ledger.columns
    assert (Grant, "fmv") in there
    assert (Tranche, "iso_shares") in there
    assert (Grant, "iso_shares") not in there
    assert (Tranche, "fmv") not in there


@pytest.mark.parametrize("sheet", LEDGERS, ids=lambda s: s.name)
def test_names_of_sheets_and_the_order_of_columns_do_not_matter(sheet: Sheet) -> None:
    turned = Sheet("Sheet1", [list(reversed(row)) for row in sheet.rows])
    assert taken(turned)[0][1:] == taken(sheet)[0][1:]
    for record in ("holders", "grants", "tranches", "activity"):
        assert getattr(located(turned).ledger, record) == getattr(located(sheet).ledger, record)


def test_headings_of_other_programs() -> None:
    rows: Rows = [
        ["Grant Number", "Optionholder Name", "Award Type", "Date of\nGrant", "Fair Market Value [7]", "Strike Price *",
         "Options_outstanding", "Quantity Granted"],
        ["1001", "Ada", "NQ", GRANTED, 10, 11, 40, 100],
    ]  # fmt: skip
    grant = located(Sheet("Export", rows)).ledger.grants[0]
    assert (grant.grant, grant.grant_type, grant.fmv, grant.exercise_price, grant.shares) == (
        Identifier("1001"), GrantType.NSO, 10, 11, 100,
    )  # fmt: skip
    assert grant.grant_date == GRANTED


@pytest.mark.parametrize(
    "rows",
    [
        [["Shareholder", "Shares", "Percent"], ["Ada", 100, 0.5]],
        [["Round", "Grant date", "Amount"], ["A", GRANTED, 100]],
        [["Holder", "Shares", "Shares"], ["Ada", 1, 2]],
        [["Grant", "Holder", "ISO", "NSO"], ["G-1", "Ada", 1, 2]],
        [["Action", "Owner", "Date"], ["Call the lawyer", "Ada", GRANTED]],
        [["Term", "Amount"], ["ISO limit", 5]],
        [["Holder"], ["Ada"]],
        [["Grant", "Holder", "Country"], ["G-1", "Ada", "United States"]],
        [["Grant", "Grant date", "Price"], ["G-1", GRANTED, 5]],
        [["Grant", "First exercisable", "Days"], ["G-1", GRANTED, 5]],
        [["Date", "Event", "Place"], [GRANTED, "Grant", "Boston"]],
    ],
    ids=lambda rows: ", ".join(rows[0]),
)
def test_a_table_of_other_things_is_no_ledger(rows: Rows) -> None:
    for table in (None, "Other"):
        found = located(Sheet("Other", rows, table=table if len(set(rows[0])) == len(rows[0]) else None))
        assert (found.areas.ledgers, found.areas.terms, found.areas.ambiguous, found.areas.views) == ([], [], [], [])


def test_titles_notes_and_empty_columns_around_a_ledger() -> None:
    rows: Rows = [
        ["", "Art Technology Group, Inc.: options granted"],
        EMPTY,
        ["", "All figures in shares of the grant date; see Help."],
        EMPTY,
        EMPTY,
        ["", *GRANTS[0]],
        EMPTY,  # as Foresight's sheets have it
        *(["", *row] for row in GRANTS[1:]),
        EMPTY,
        ["", "* Subject to approval by the board."],
        ["", "Prepared by Ada"],
    ]
    assert taken(Sheet("Grants", rows)) == [("Grants", "Grant", 7, 9)]
    found = located(Sheet("Grants", rows)).ledger
    assert [grant.grant.text for grant in found.grants] == ["G-1", "G-2"]
    assert found.unread == ()


def test_a_header_far_below_instructions() -> None:
    rows: Rows = [[f"Instruction {number}"] for number in range(1, 41)] + [list(row) for row in GRANTS]
    assert taken(Sheet("Granted", rows)) == [("Granted", "Grant", 42, 43)]


def test_empty_rows_within_a_ledger_are_passed_over_and_what_follows_is_read() -> None:
    """Nobody is told where a list ends: a gap must not hide grants."""
    more = ["G-3", "Cy", "NSO", GRANTED, 10, 10, 7]
    assert numbers([*GRANTS, EMPTY, more]) == ["G-1", "G-2", "G-3"]
    assert numbers([*GRANTS, EMPTY, EMPTY, EMPTY, more, EMPTY, ["Note: see the minutes"]]) == ["G-1", "G-2", "G-3"]


def test_empty_rows_within_a_table() -> None:
    rows = [*GRANTS, ["", "", "", "", "", "", ""], ["G-3", "Cy", "NSO", GRANTED, 10, 10, 7]]
    found = located(Sheet("Grants", rows, table="Grants"))
    assert [grant.row for grant in found.ledger.grants] == [2, 3, 5]


def test_an_empty_ledger_is_one() -> None:
    assert taken(Sheet("Grants", [GRANTS[0]])) == [("Grants", "Grant", 2, 1)]


# --- Totals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "total",
    [
        ["Total", "", "", "", "", "", 10_500],
        ["TOTAL:", "", "", "", "", "", 10_500],
        ["Grand total", "", "", "", "", "", 10_500],
        ["Subtotal 2004", "", "", "", "", "", 10_500],
        ["", "Totals", "", "", "", "", 10_500],
        ["", "", "", "", "", "Sum", 10_500],
        ["", "", "", "", "", "", Formula("=SUM(G2:G3)", 10_500)],
        ["", "", "", "", "", "", Formula("=SUBTOTAL(109,G2:G3)", 10_500)],
    ],
)
def test_a_row_of_totals_is_no_grant(total: list[object]) -> None:
    for rows in (with_row(GRANTS, total), [GRANTS[0], total, *GRANTS[1:]], [*GRANTS, EMPTY, total]):
        found = located(Sheet("Grants", rows)).ledger
        assert [grant.grant.text for grant in found.grants] == ["G-1", "G-2"]
        assert found.unread == ()


def test_the_totals_row_of_a_table_is_no_data() -> None:
    sheet = Sheet("Grants", with_row(GRANTS, ["All", "", "", "", "", "", 10_500]), table="Grants", totals=1)
    found = located(sheet).ledger
    assert [grant.grant.text for grant in found.grants] == ["G-1", "G-2"]


@pytest.mark.parametrize("name", ["Sumner", "Summers, Jane", "Totally Ltd", "Sum Ting", "Total", "Total Design Inc"])
def test_a_name_that_begins_like_a_total_is_a_holder(name: str) -> None:
    """A grant passed over without a word is the worst that a check can do."""
    ledger = located(Sheet("Grants", with_cell(GRANTS, 1, "Holder", name))).ledger
    assert [str(grant.holder) for grant in ledger.grants] == [name, "Bo"]
    rows = with_cell(GRANTS, 1, "Grant", "SUM-1")
    assert numbers(rows) == ["SUM-1", "G-2"]


def test_a_holder_whose_name_begins_like_a_total_stands_in_holders() -> None:
    rows = with_row(HOLDERS, ["Total Design Inc", "Consultant", "No"], ["Grand total", "", ""])
    assert [str(holder.holder) for holder in located(Sheet("Holders", rows)).ledger.holders][2:] == ["Total Design Inc"]


def test_totals_in_activity_and_holders() -> None:
    activity = with_row(ACTIVITY, ["Total", "", "", 10_500, ""])
    holders = with_row(HOLDERS, ["Total", "", ""], ["Sumner", "Officer", "No"])
    found = located(Sheet("Activity", activity), Sheet("Holders", holders)).ledger
    assert len(found.activity) == 2
    assert [str(holder.holder) for holder in found.holders] == ["Ada", "Bo", "Sumner"]
    assert found.unread == ()


# --- Several ledgers of one kind, or on one sheet ---------------------------------------------------------------------


def test_ledgers_below_one_another_on_one_sheet() -> None:
    rows: Rows = [*GRANTS, EMPTY, EMPTY, *VESTING, EMPTY, *ACTIVITY]
    assert taken(Sheet("All", rows)) == [
        ("All", "Grant", 2, 3),
        ("All", "Tranche", 7, 8),
        ("All", "Activity", 11, 12),
    ]
    found = located(Sheet("All", rows)).ledger
    assert (len(found.grants), len(found.tranches), len(found.activity), found.unread) == (2, 2, 2, ())


def test_ledgers_side_by_side_on_one_sheet() -> None:
    found = located(Sheet("All", HOLDERS), Sheet("All", GRANTS, at=(0, 4)), Sheet("All", ACTIVITY, at=(0, 13))).ledger
    assert (len(found.holders), len(found.grants), len(found.activity), found.unread) == (2, 2, 2, ())
    assert [grant.holder for grant in found.grants] == [Identifier("Ada"), Identifier("Bo")]


def test_ledgers_side_by_side_that_share_no_heading() -> None:
    """Taken for one, each grant would have the holder that happens to stand beside it."""
    grants = [[row[0], *row[2:]] for row in GRANTS]
    found = located(Sheet("All", [*HOLDERS[:1], *reversed(HOLDERS[1:])]), Sheet("All", grants, at=(0, 4))).ledger
    assert [str(holder.holder) for holder in found.holders] == ["Bo", "Ada"]
    assert [grant.holder for grant in found.grants] == [None, None]


def test_a_ledger_does_not_end_where_another_begins_beside_it() -> None:
    found = located(Sheet("All", GRANTS), Sheet("All", ACTIVITY, at=(2, 9))).ledger
    assert (len(found.grants), len(found.activity), found.unread) == (2, 2, ())


def test_parts_of_a_calculation_side_by_side_are_no_ledger_with_two_columns_for_one() -> None:
    """As on the sheet of a split: options before it, and beside them the tranches of one."""
    options: Rows = [["Grant", "Holder", "Shares", "Exercise price"], ["G-1", "Ada", 100, 10]]
    tranches: Rows = [["First exercisable", "Shares"], [GRANTED, 100]]
    found = located(Sheet("Split", options), Sheet("Split", tranches, at=(0, 5)))
    assert (found.areas.ledgers, found.areas.ambiguous) == ([], [])


def test_a_column_without_a_heading_does_not_part_a_ledger() -> None:
    rows: Rows = [
        ["Grant", "Grant date", "Shares", "", "Holder", "Country"],
        ["G-1", GRANTED, 100, "x", "Ada", "France"],
    ]
    found = located(Sheet("Grants", rows)).ledger
    assert [str(grant.holder) for grant in found.grants] == ["Ada"]
    assert found.holders == ()


def test_an_empty_column_within_a_ledger_does_not_part_it() -> None:
    rows: Rows = [[*row[:3], "", *row[3:]] for row in GRANTS]
    assert located(Sheet("Grants", rows)).ledger.grants == located(Sheet("Grants", GRANTS)).ledger.grants


def test_the_same_headings_again_are_the_same_ledger_continued() -> None:
    more: Rows = [GRANTS[0], ["G-3", "Cy", "NSO", GRANTED, 10, 10, 7]]
    rows: Rows = [*GRANTS, EMPTY, *more]
    assert numbers(rows) == ["G-1", "G-2", "G-3"]
    assert numbers([*GRANTS, *more]) == ["G-1", "G-2", "G-3"]


def test_two_tables_of_grants_are_both_read() -> None:
    more: Rows = [GRANTS[0], ["G-3", "Cy", "NSO", GRANTED, 10, 10, 7]]
    found = located(Sheet("2004", GRANTS, table="Grants04"), Sheet("2005", more, table="Grants05"))
    assert [grant.grant.text for grant in found.ledger.grants] == ["G-1", "G-2", "G-3"]
    places = [found.place(grant) for grant in found.ledger.grants]
    assert [place.sheet for place in places if place is not None] == ["2004", "2004", "2005"]


def test_a_plain_range_beside_a_table_of_the_same_is_not_passed_over_in_silence() -> None:
    more: Rows = [GRANTS[0], ["G-3", "Cy", "NSO", GRANTED, 10, 10, 7]]
    found = located(Sheet("Grants", GRANTS, table="Grants"), Sheet("Late grants", more))
    assert [grant.grant.text for grant in found.ledger.grants] == ["G-1", "G-2"]
    [(where, why)] = found.areas.ambiguous
    assert where == "Late grants (Late grants)"
    assert "the table Grants" in why


# --- Views and answers ------------------------------------------------------------------------------------------------

VIEW: Rows = [
    VESTING[0],
    [Formula("=Vesting!A2:E3", "G-1", "A2:E3"), GRANTED, 10_000, 10_000, 0],
    ["G-2", GRANTED, 500, 0, 500],
]


@pytest.mark.parametrize(
    "view",
    [
        VIEW,
        [
            VESTING[0],
            *([Formula(f"=Vesting!A{row}", number), GRANTED, 1, 1, 0] for row, number in ((2, "G-1"), (3, "G-2"))),
        ],
        [VESTING[0], [Formula("=Ledger[Grant]", "G-1", "A2:A3"), GRANTED, 1, 1, 0], ["G-2", GRANTED, 1, 1, 0]],
    ],
    ids=["spilled from a sheet", "cell by cell", "spilled from a table"],
)
@pytest.mark.parametrize("table", [None, "Ledger"], ids=["of a plain range", "of a table"])
def test_a_view_of_a_ledger_is_not_a_second_one(view: Rows, table: str | None) -> None:
    found = located(Sheet("Print", view), Sheet("Vesting", VESTING, table=table))
    assert [area.sheet.name for area in found.areas.ledgers] == ["Vesting"]
    assert [area.sheet.name for area in found.areas.views] == ["Print"]
    assert len(found.ledger.tranches) == 2


def test_a_view_is_the_ledger_where_there_is_no_other() -> None:
    raw: Rows = [["Number", "From", "How many"], ["G-1", dt.date(2004, 12, 31), 10_000]]
    shown: Rows = [
        ["Grant", "First exercisable", "Shares"],
        [Formula("=Raw!A2:C2", "G-1", "A2:C2"), dt.date(2004, 12, 31), 10_000],
    ]
    found = located(Sheet("Raw", raw), Sheet("Vesting", shown))
    assert [area.sheet.name for area in found.areas.ledgers] == ["Vesting"]


@pytest.mark.parametrize("formula", ['="G-"&ROW()-1', '="G-"&Numbered[[#This Row],[Shares]]', '="G-"&G2'])
def test_formulas_of_a_ledgers_own_row_do_not_make_it_a_view(formula: str) -> None:
    numbered = [GRANTS[0], *([Formula(formula, row[0]), *row[1:]] for row in GRANTS[1:])]
    more = [GRANTS[0], ["G-3", "Cy", "NSO", GRANTED, 10, 10, 7]]
    found = located(Sheet("One", numbered, table="Numbered"), Sheet("Two", more, table="Others"))
    assert [grant.grant.text for grant in found.ledger.grants] == ["G-1", "G-2", "G-3"]


def spill(text: str, fills: str, *rows: list[object]) -> Rows:
    first, *rest = rows
    return [[Formula(text, first[0], fills), *first[1:]], *rest]


@pytest.mark.parametrize(
    "rows",
    [
        spill("=VEST_TRANCHES(X1:X2,Y1:Y2,Z1:Z2,W1:W2)", "A1:D2",
              ["Grant", "Tranche", "First exercisable", "Shares"], ["G-1", 1, GRANTED, 10]),
        spill("=POOL_LEDGER(0,X1:X2,Y1:Y2)", "A1:E2",
              ["Date", "Action", "Grant", "Shares", "Available"], [GRANTED, "GRANT", "G-1", -10, 5]),
        spill("=MERGER_CASHOUT_BY_HOLDER(6,X1:X2,Y1:Y2)", "A1:C2",
              ["Holder", "Shares", "Country"], ["Ada", 10, 5]),
        [["Grant", "First exercisable", "Shares"],
         *spill("=DROP(VEST_TRANCHES(X1:X2,Y1:Y2,Z1:Z2,W1:W2),1)", "A2:C2", ["G-1", GRANTED, 10])],
    ],
    ids=["VEST_TRANCHES", "POOL_LEDGER", "MERGER_CASHOUT_BY_HOLDER", "below typed headings"],
)  # fmt: skip
def test_what_a_plan_function_spills_is_no_ledger(rows: Rows) -> None:
    found = located(Sheet("Answers", rows))
    assert (found.areas.ledgers, found.areas.terms, found.areas.ambiguous) == ([], [], [])


def test_iso_and_nso_shares_that_a_function_fills_are_figures_to_be_checked() -> None:
    """The function may have been given the exercise price for the value: the saved value is the same, and wrong."""
    call = Formula("=ISO_LIMIT_SPLIT(A2:A3,F2:F3,G2:G3,B2:B3,C2:C3)", 10_000, "D2:E3")
    rows = [VESTING[0], [*VESTING[1][:3], call, 0], VESTING[2]]
    found = located(Sheet("Vesting", rows)).ledger
    assert (Tranche, "iso_shares") in found.columns
    assert [tranche.iso_shares for tranche in found.tranches] == [10_000, 0]


# --- Headings that cannot be told -------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [None, "Grants"])
def test_two_headings_for_one_column(table: str | None) -> None:
    rows = [[*row, extra] for row, extra in zip(GRANTS, ["Fair market value", 1, 2], strict=True)]
    found = located(Sheet("Grants", rows, table=table), Sheet("Vesting", VESTING))
    [(where, why)] = found.areas.ambiguous
    assert where == "Grants (Grants)"
    assert why == 'both "FMV" and "Fair market value" stand for FMV; rename or leave out one'
    assert found.ledger.grants == ()
    assert len(found.ledger.tranches) == 2


def test_a_table_without_a_header_row_is_no_ledger_and_hides_none() -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet("Grants")
        sheet.write_row(0, 0, ["Grant", "Grant date", "Shares"])
        sheet.write_row(1, 0, ["G-1", 38_000, 5])
        sheet.add_table("A2:C2", {"header_row": False})

    assert [grant.shares for grant in locate(read_bytes(workbook(fill))).ledger.grants] == [5]


# --- Cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "cell", "said"),
    [
        ("Shares", "1,000", 'Shares holds the text "1,000"'),
        ("Shares", -5, "Shares is -5, below zero"),
        ("Shares", Error("#REF!"), "Shares is the error #REF!"),
        ("Shares", True, "Shares holds TRUE"),
        ("Shares", GRANTED, "Shares holds a date"),
        ("FMV", 0, "FMV is blank or 0"),
        ("FMV", "10", 'FMV holds the text "10"'),
        ("Exercise price", Error("#N/A"), "Exercise price is the error #N/A"),
        ("Grant date", "03/04/05", 'Grant date holds the text "03/04/05"'),
        ("Grant date", 60, "29 February 1900"),
        ("Grant date", -1, "Grant date"),
        ("Type", "IS0", 'Type holds "IS0"'),
        ("Type", 7, "Type holds 7"),
        ("Holder", Error("#NAME?"), "Holder is the error #NAME?"),
        ("Grant", "", "Grant is blank; enter it"),
        ("Grant", "\u00a0\u200b ", "Grant is blank; enter it"),
        ("Grant", GRANTED, "Grant holds a date"),
        ("Grant", Error("#DIV/0!"), "Grant is the error #DIV/0!"),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_and_its_neighbours_are_read(heading: str, cell: object, said: str) -> None:
    found = located(Sheet("Grants", with_cell(GRANTS, 2, heading, cell)))
    [unread] = found.ledger.unread
    assert said in unread.message
    assert unread.message.startswith("Grants row 3")
    name = {column.heading: column.name for column in columns(Grant)}[heading]
    assert unread.field == name
    assert getattr(unread.record, name) is None
    place = found.place(unread.record)
    assert place is not None
    assert (place.sheet, place.row, place.columns[name]) == ("Grants", 3, list(GRANTS[0]).index(heading) + 1)
    assert found.ledger.grants[0].shares == 10_000


@pytest.mark.parametrize("heading", ["Plan", "Country", "Relationship", "10% owner"])
def test_an_error_is_not_read_as_a_text(heading: str) -> None:
    """A plan named #REF! would be another plan, and its grants drawn from no pool."""
    rows = GRANTS if heading == "Plan" else HOLDERS
    sheet = Sheet("Sheet1", [[*rows[0], heading], *([*row, Error("#REF!")] for row in rows[1:])])
    if heading in HOLDERS[0]:
        sheet = Sheet("Sheet1", with_cell(HOLDERS, 1, heading, Error("#REF!")))
    found = located(sheet).ledger
    assert found.unread
    assert all("is the error #REF!" in unread.message for unread in found.unread)


@pytest.mark.parametrize("heading", ["Shares", "FMV", "Exercise price", "Grant date", "Holder", "Type"])
def test_a_formula_that_was_never_calculated_is_no_blank(heading: str) -> None:
    """Programs that write workbooks save no values: what is not there was not checked."""
    rows = with_cell(GRANTS, 1, heading, Formula("=Z1", 7777))
    data = changed(book(Sheet("Grants", rows)), "xl/worksheets/sheet1.xml", "<v>7777</v>", "")
    [unread] = locate(read_bytes(data)).ledger.unread
    assert "was never calculated" in unread.message
    assert unread.message.startswith(f"Grants row 2: {heading} ")


@pytest.mark.parametrize(
    ("cell", "is_owner"),
    [
        ("Yes", True),
        ("no", False),
        ("Y", True),
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("x", True),
        ("", None),
    ],
)
def test_yes_and_no(cell: object, is_owner: bool | None) -> None:
    found = located(Sheet("Holders", with_cell(HOLDERS, 1, "10% owner", cell))).ledger
    assert (found.holders[0].ten_percent, found.unread) == (is_owner, ())


def test_neither_yes_nor_no() -> None:
    [unread] = located(Sheet("Holders", with_cell(HOLDERS, 1, "10% owner", "12%"))).ledger.unread
    assert "enter yes or no" in unread.message


def test_an_error_of_a_later_excel_is_an_error() -> None:
    data = book(Sheet("Grants", with_cell(GRANTS, 1, "Holder", Error("#REF!"))))
    data = changed(data, "xl/worksheets/sheet1.xml", "<v>#REF!</v>", "<v>#WAT!</v>")
    [unread] = locate(read_bytes(data)).ledger.unread
    assert "it shows #WAT!" in unread.message


def test_identifiers_are_the_same_as_number_and_as_text() -> None:
    rows = with_row(GRANTS, [1001, "Cy", "NSO", GRANTED, 10, 10, 7], [" 1001\u00a0", "Cy", "NSO", GRANTED, 10, 10, 7])
    third, fourth = located(Sheet("Grants", rows)).ledger.grants[2:]
    assert third.grant == fourth.grant == Identifier("1001")


def test_iso_8601_text_is_a_date_and_a_time_of_day_is_dropped() -> None:
    rows = with_cell(with_cell(GRANTS, 1, "Grant date", "2004-01-05"), 2, "Grant date", 37_991.75)
    assert [grant.grant_date for grant in located(Sheet("Grants", rows)).ledger.grants] == [
        GRANTED,
        dt.date(2004, 1, 5),
    ]


def test_dates_of_the_1904_system() -> None:
    """With a date format and without one: the same serial is a day four years later."""
    serial = (GRANTED - dt.date(1904, 1, 1)).days
    rows = with_cell(GRANTS, 2, "Grant date", serial)
    dates = [grant.grant_date for grant in located(Sheet("Grants", rows), date_1904=True).ledger.grants]
    assert dates == [GRANTED, GRANTED]


def test_the_rows_of_activity() -> None:
    rows = with_row(
        ACTIVITY,
        [dt.date(2004, 6, 1), "Split", "", "3-for-2", ""],
        ["", "", "", "", ""],
        [dt.date(2004, 7, 1), "Forfeited", "g-1", "", ""],
        [dt.date(2004, 8, 1), "Stock swap", "G-1", 5.5, ""],
    )
    found = located(Sheet("Activity", rows, table="Activity")).ledger
    split, forfeit, tender = found.activity[2:]
    assert (split.action, str(split.ratio), split.shares) == (Action.SPLIT, "3-for-2", None)
    assert (forfeit.action, forfeit.grant, forfeit.shares) == (Action.FORFEIT, Identifier("G-1"), None)
    assert (tender.action, float(tender.shares or 0), tender.row) == (Action.TENDER, 5.5, 7)


@pytest.mark.parametrize(
    ("heading", "cell", "field", "said"),
    [
        ("Shares", "1,000", "shares", '"1,000"'),
        ("Action", "REPRICE", "action", '"REPRICE"'),
        ("Action", "", "action", "has no action"),
        ("Date", "03/04/05", "date", '"03/04/05"'),
        ("Date", "", "date", "has no date"),
        ("Grant", Error("#REF!"), "grant", "#REF!"),
        ("Grant", "", "grant", "without a grant"),
        ("Type", "IS0", "grant_type", '"IS0"'),
        ("Shares", -5, "shares", "below zero"),
    ],
)
def test_a_row_of_activity_that_cannot_be_read(heading: str, cell: object, field: str, said: str) -> None:
    found = located(Sheet("Activity", with_cell(ACTIVITY, 2, heading, cell)))
    [unread] = found.ledger.unread
    assert said in unread.message
    assert unread.message.startswith("Activity row 3")
    assert unread.field == field
    assert len(found.ledger.activity) == 1
    place = found.place(unread.record)
    assert place is not None
    assert (place.sheet, place.row) == ("Activity", 3)


@pytest.mark.parametrize(
    ("action", "grant", "shares", "field"), [("SPLIT", "G-1", "3-for-2", "grant"), ("ACCELERATE", "G-1", 100, "shares")]
)
def test_the_cell_to_blame_in_a_row_that_says_too_much(action: str, grant: str, shares: object, field: str) -> None:
    rows = with_row(ACTIVITY, [dt.date(2004, 6, 1), action, grant, shares, ""])
    [unread] = located(Sheet("Activity", rows)).ledger.unread
    assert unread.field == field


def test_a_split_ratio_that_excel_read_as_a_time() -> None:
    rows = with_row(ACTIVITY, [dt.date(2004, 6, 1), "SPLIT", "", 0.125, ""])
    [unread] = located(Sheet("Activity", rows)).ledger.unread
    assert "Excel read the ratio as a time; type 3-for-2" in unread.message


# --- The Plan sheet ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [None, "Plan"])
@pytest.mark.parametrize("headings", [["Term", "Value", "Section"], ["VALUE", "Note", "term"]])
def test_a_plan_sheet_is_known_by_its_two_headings(headings: list[str], table: str | None) -> None:
    [area] = located(Sheet("Terms of the plan", [headings, ["ISO limit", 5, 5]], table=table)).areas.terms
    assert (area.record, area.top, area.bottom) == (None, 2, 2)
    assert set(area.columns) == {"term", "value"}


# --- Hostile sizes ----------------------------------------------------------------------------------------------------


def test_a_table_over_the_whole_sheet_is_read_to_the_last_row_that_holds_something() -> None:
    data = book(Sheet("Grants", GRANTS, table="Grants"))
    data = changed(data, "xl/tables/table1.xml", 'ref="A1:G3" ', 'ref="A1:G1048576" ')
    [area] = locate(read_bytes(data)).areas.ledgers
    assert (area.top, area.bottom) == (2, 3)


def test_a_cell_in_the_last_row_is_far_from_the_ledger() -> None:
    found = located(Sheet("Grants", GRANTS), Sheet("Grants", [["G-9"]], at=(1_048_575, 0)))
    assert [grant.grant.text for grant in found.ledger.grants] == ["G-1", "G-2"]


def test_a_row_right_below_a_table_is_not_passed_over_in_silence() -> None:
    below = Sheet("Activity", [[GRANTED, "GRANT", "G-3", 30_000_000, "NSO"]], at=(len(ACTIVITY), 0))
    result = checked(Sheet("Activity", ACTIVITY, table="Activity"), below)
    assert result.verdict == "unchecked"
    assert any("row 4 stands right below the table" in each.why for each in result.not_checked)


def test_a_note_below_a_table_is_no_row() -> None:
    note = Sheet("Activity", [["Source: transfer agent"]], at=(len(ACTIVITY), 0))
    assert checked(Sheet("Activity", ACTIVITY, table="Activity"), note).verdict == "clean"
