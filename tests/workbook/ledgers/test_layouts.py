"""Ledgers in other people's layouts: read as the same records, or asked about."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plansheet.core.records import Ledger
from plansheet.core.words import Action, Identifier
from plansheet.excel import ISO_LIMIT_BY_GRANT
from plansheet.report.text import write_text
from plansheet.workbook.ledgers.locate import locate
from plansheet.workbook.ledgers.schedules import read_schedule
from plansheet.workbook.reading.reader import read_bytes
from report.runs import written
from workbook.books import ACTIVITY, GRANTED, GRANTS, VESTING, Formula, Rows, Sheet, checked, located
from workbook.layouts import (
    LAYOUTS,
    LOST,
    PLAN,
    SAME_COLUMN_TWICE,
    Layout,
    Option,
    Plan,
    beside,
    our_way,
    tranches_beside_the_grants,
)
from workbook.making import workbook


def said(ledger: Ledger) -> dict[str, list[str]]:
    """Every record, in an order of its own: what stands where is no part of it."""
    kinds = {"grants": ledger.grants, "tranches": ledger.tranches, "activity": ledger.activity}
    return {name: sorted(repr(record).partition(", row=")[0] for record in records) for name, records in kinds.items()}


@pytest.mark.parametrize(("layout", "holds"), LAYOUTS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_ledger_reads_the_same_however_it_is_laid_out(layout: Layout, holds: Sequence[str]) -> None:
    found = located(*layout(PLAN))
    ours = located(*our_way(PLAN, *holds))
    assert said(found.ledger) == said(ours.ledger)
    assert sum(map(len, said(ours.ledger).values())) >= len(PLAN)
    assert (found.ledger.unread, found.areas.ambiguous, found.areas.mistakes) == ((), [], [])
    asked = {question.code for question in found.areas.questions}
    assert asked <= {"MAP006"} if layout.__name__ == "repeated_on_a_summary" else asked == set()


@pytest.mark.parametrize(
    "form",
    ["Vesting {what} {number}", "Tranche {number} {what}", "Vest {what} ({number})", "VEST_{what}_{number}",
     "Vest #{number} {what}", "Tranche {number} vest {what}", "{number}th vest {what}"],
)  # fmt: skip
def test_tranches_beside_the_grants_are_numbered_in_many_ways(form: str) -> None:
    found = located(*tranches_beside_the_grants(PLAN, form)).ledger
    assert said(found) == said(located(*our_way(PLAN, "Grants", "Vesting")).ledger)


days = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31))
counts = st.integers(1, 10_000)
events = st.lists(st.tuples(days, counts), max_size=1).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    names = [("Ada", "Arbor"), ("Bo", "Birch"), ("Cy", "Cedar"), ("Totally", "Sum")]
    return [
        Option(
            f"G-{number}", *draw(st.sampled_from(names)), draw(st.sampled_from(["ISO", "NSO"])), draw(days),
            draw(counts) / 100, draw(counts) / 100, draw(counts),
            tuple(draw(st.lists(st.tuples(days, counts), min_size=1, max_size=3))), draw(events), draw(events),
        )
        for number in range(1, draw(st.integers(2, 5)))
    ]  # fmt: skip


@given(plan=plans(), layout=st.sampled_from(LAYOUTS))
@settings(max_examples=25)
def test_any_ledger_in_any_layout(plan: Plan, layout: tuple[Layout, Sequence[str]]) -> None:
    build, holds = layout
    if "activity" in str(holds).lower() and not any(o.exercised or o.cancelled for o in plan):
        plan = [plan[0]._replace(exercised=((dt.date(2031, 1, 1), 1),)), *plan[1:]]
    found = located(*build(plan)).ledger
    assert said(found) == said(located(*our_way(plan, *holds)).ledger)
    assert found.unread == ()


# --- Headings ---------------------------------------------------------------------------------------------------------


def test_a_banner_over_merged_cells() -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet("Options")
        sheet.merge_range("A1:G1", "Example Inc.")
        sheet.merge_range("A2:C2", "Option")
        sheet.merge_range("D2:G2", "Terms")
        for row, cells in enumerate([["Number", "Holder", "Type", "Grant date", "FMV", "Strike", "Shares"],
                                     ["G-1", "Ada", "ISO", 38_000, 10, 10, 5]], start=2):  # fmt: skip
            sheet.write_row(row, 0, cells)

    [grant] = locate(read_bytes(workbook(fill))).ledger.grants
    assert (grant.grant, grant.shares, grant.exercise_price, grant.row) == (Identifier("G-1"), 5, 10, 4)


def test_a_row_of_units_below_the_headings_is_no_grant() -> None:
    rows = [GRANTS[0], ["", "", "", "yyyy-mm-dd", "$", "(USD)", "#"], *GRANTS[1:]]
    found = located(Sheet("Grants", rows)).ledger
    assert ([grant.row for grant in found.grants], found.unread) == ([3, 4], ())


@pytest.mark.parametrize("marks", [["(a)", "(b)", "(c)", "(d)", "(e)", "(f)", "(g)"], [*"1234567"]])
def test_a_row_of_letters_or_numbers_below_the_headings_is_no_grant(marks: list[object]) -> None:
    found = located(Sheet("Grants", [GRANTS[0], marks, *GRANTS[1:]])).ledger
    assert ([grant.row for grant in found.grants], found.unread) == ([3, 4], ())


def test_a_schedule_in_words() -> None:
    more = [["VCD", "Vesting schedule"], [GRANTED, "1/48 monthly, 12 month cliff"], [GRANTED, "1/24 Cliff"]]
    rows = [[*row, *cells] for row, cells in zip(GRANTS, more, strict=True)]
    found = located(Sheet("Grants", rows))
    first, second = found.ledger.grants
    assert (first.months, first.cliff, first.every) == (48, 12, 1)
    assert second.months is None
    [unread] = found.ledger.unread
    assert 'the schedule "1/24 Cliff" cannot be read' in unread.message
    assert unread.field == "months"
    place = found.place(unread.record)
    assert place is not None
    assert (place.row, place.columns["months"]) == (3, 9)
    with_tranches = located(Sheet("Grants", rows), Sheet("Vesting", VESTING)).ledger
    assert (with_tranches.unread, with_tranches.grants[0].months) == ((), None)


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        ("1/48 monthly", (48, 0, 1)), ("Monthly over 4 years, 1-year cliff.", (48, 12, 1)),
        ("4 years, one year cliff, monthly", (48, 12, 1)), ("Immediate", (0, 0, 1)),
        ("1/4 after 12 months, then 1/48 monthly", (48, 12, 1)),
        ("25% after one year, 1/48 monthly thereafter", (48, 12, 1)),
        ("25% of the shares on the first anniversary and the remainder monthly over 36 months", (48, 12, 1)),
        ("25% after 1 year, then quarterly over 4 years", (48, 12, 3)),
        ("20% after 1 year, then monthly over 36 months", None), ("4yr/1yr cliff", None), ("48 months", None),
        ("100% after 1 year", None), ("1/0 after 1 year, 1/48 monthly", None), ("25% per year", None),
        ("10% after 0 months, 1/10 monthly", None), ("50% after 1 year, 50% after 2 years", None),
    ],
)  # fmt: skip
def test_schedules_in_the_words_of_agreements(words: str, schedule: tuple[int, int, int] | None) -> None:
    """In one way or not at all: 20% after a year and the rest over three is no even schedule."""
    assert read_schedule(words) == schedule


def test_how_often_a_grant_vests_in_a_word() -> None:
    """Else a quarterly schedule would be taken for a monthly one."""
    schedule = ["Vesting frequency", "Quarterly", "monthly"]
    grants = located(Sheet("Grants", beside(GRANTS, schedule, ["Months", 48, 48]))).ledger.grants
    assert [grant.every for grant in grants] == [3, 1]
    headings = ["Grant", "Holder", "Type", "Grant date", "FMV", "Shares", "VCD", "Months", "Vesting frequency"]
    row = ["G-1", "Ada", "ISO", dt.datetime(2004, 1, 5), 10.0, 48_000.0, dt.datetime(2004, 1, 5), 12.0]
    by_word, by_number, unknown = (
        ISO_LIMIT_BY_GRANT([headings, [*row, every]]) for every in ("Quarterly", 3.0, "Often")
    )
    assert by_word == by_number
    assert unknown != by_number


def test_groups_of_columns_for_what_happened() -> None:
    """Exercises over Date and Shares."""
    rows: Rows = [
        ["Option", "", "Grant", "", "Exercises", "", "Cancellations", ""],
        ["Number", "Optionee", "Date", "Shares", "Date", "Shares", "Date", "Shares"],
        ["G-1", "Ada", GRANTED, 50, dt.date(2005, 1, 5), 7, dt.date(2005, 2, 5), 3],
    ]
    activity = located(Sheet("Ledger", rows)).ledger.activity
    assert [(a.action, a.shares) for a in activity] == [
        (Action.GRANT, 50), (Action.EXERCISE, 7), (Action.CANCEL, 3),
    ]  # fmt: skip


def test_groups_of_columns_for_tranches() -> None:
    """Tranche 1 over Date and Shares; the lower row alone has two columns of shares."""
    over = ["", "", "", "", "Tranche 1", "", "Tranche 2", ""]
    rows = [over, ["Grant #", "Optionee", "Grant date", "Options granted", "Date", "Qty", "Date", "Qty"],
            ["G-1", "Ada", GRANTED, 50, dt.date(2005, 1, 5), 30, dt.date(2006, 1, 5), 20]]  # fmt: skip
    ledger = located(Sheet("Ledger", rows)).ledger
    assert [grant.shares for grant in ledger.grants] == [50]
    assert [tranche.shares for tranche in ledger.tranches] == [30, 20]


@pytest.mark.parametrize(
    ("seen", "field"),
    [
        ("Fair Value", None), ("Exercise Date FMV", None), ("Modification Date FMV", None),
        ("Expiration period (months)", None), ("Date", None), ("Amount", None), ("Quantity Outstanding", None),
        ("Outstanding", None), ("Vested", None), ("Exercisable", None), ("Sellable", None),
        ("Board approval date", None), ("Vest Period", None), ("Investment Date [22]", None), ("Hurdle price", None),
        ("# Fully Diluted Shares [7]", None), ("Shares ($)", None), ("Shares (%)", None),
        ("Grant Vest Date", "vesting_start"), ("Options", "shares"), ("Option", "grant"), ("Type [37]", "grant_type"),
        ("Issue Date", "grant_date"), ("Certificate Number", "grant"), ("Wallet Address", "holder"),
    ],
)  # fmt: skip
def test_headings_that_are_easily_taken_for_another(seen: str, field: str | None) -> None:
    plain = {"grant": "Grant ID", "grant_date": "Grant date", "shares": "No. of shares"}
    headings = [heading for name, heading in plain.items() if name != field]
    [area] = located(Sheet("Grants", [[seen, *headings], [5, *[7 for _ in headings]]])).areas.ledgers
    assert {name for name, column in area.columns.items() if column == 1} == ({field} if field else set())


def test_events_beside_the_grants_with_grant_numbers_of_their_own() -> None:
    """Beyond an empty column, with headings that make no ledger of their own: else every exercise would be lost."""
    events: Rows = [["Grant", "Exercise date", "Shares exercised"], ["G-1", GRANTED, 5]]
    ledger = located(Sheet("All", GRANTS), Sheet("All", events, at=(0, 9))).ledger
    assert [(a.action, a.shares) for a in ledger.activity] == [
        (Action.GRANT, 10_000), (Action.GRANT, 500), (Action.EXERCISE, 5),
    ]  # fmt: skip


def test_events_beside_the_grants_beyond_an_empty_column() -> None:
    rows = beside(GRANTS, ["", "", ""], ["Exercise date", GRANTED, ""], ["Shares exercised", 5, ""])
    ledger = located(Sheet("All", rows)).ledger
    assert [a.shares for a in ledger.activity if a.action is Action.EXERCISE] == [5]


def test_columns_at_the_edge_are_told_beside_a_holders_name_and_number() -> None:
    rows = beside(GRANTS, ["Holder ID", 1, 2], ["Sign-off", "x", ""])
    assert located(Sheet("Grants", rows)).areas.ledgers[0].unused == ((9, "Sign-off"),)


# --- What is asked ----------------------------------------------------------------------------------------------------


def asked(*sheets: Sheet) -> list[tuple[str, str, str]]:
    found = located(*sheets).areas.questions
    return [(question.code, question.cell, " ".join(question.facts.values())) for question in found]


def test_two_columns_that_hold_the_same_leave_no_question() -> None:
    found = located(Sheet("Grants", SAME_COLUMN_TWICE))
    assert (len(found.ledger.grants), found.areas.questions) == (2, [])
    assert found.areas.ledgers[0].unused == ((8, "Date of award"),)


def test_of_two_columns_of_types_the_one_with_known_words_is_taken() -> None:
    rows = beside(GRANTS, ["Award type", "Option", "Option"])
    found = located(Sheet("Grants", rows))
    assert found.ledger.unread == ()
    [(code, cell, facts)] = asked(Sheet("Grants", rows))
    assert (code, cell) == ("MAP003", "C1")
    assert 'H "Award type"' in facts


@pytest.mark.parametrize("lacking", ["Grant", "Grant date", "Shares"])
def test_grants_without_a_column_that_they_need_are_told(lacking: str) -> None:
    at = list(GRANTS[0]).index(lacking)
    rows = [[*row[:at], *row[at + 1 :]] for row in GRANTS]
    result = checked(Sheet("Options", rows))
    assert [found.code for found in result.findings] == ["MAP002"]
    assert f"have no {lacking};" in result.findings[0].message
    assert result.verdict == "unchecked"
    assert not asked(Sheet("Options", rows), Sheet("Grants", GRANTS))


@pytest.mark.parametrize("lacking", ["Grant", "Grant date", "Shares"])
def test_a_second_sheet_of_other_grants_that_lacks_a_column_is_told(lacking: str) -> None:
    """What the ledger that is read does not tell would be lost in silence."""
    others: Rows = [GRANTS[0], ["G-7", "Cy", "ISO", dt.date(2005, 3, 3), 9, 9, 70]]
    at = list(GRANTS[0]).index(lacking)
    rows = [[*row[:at], *row[at + 1 :]] for row in others]
    [(code, cell, facts)] = asked(Sheet("2003 Plan", GRANTS), Sheet("1996 Plan", rows))
    assert (code, cell) == ("MAP002", "A1")
    assert "1996 Plan" in facts


@pytest.mark.parametrize(
    ("headings", "lacking"),
    [
        (["No.", "Name", "Date", "# of options", "Strike", "Vesting"], "Grant and no Grant date"),
        (["ID", "Employee", "Award Date", "Units", "Strike (USD)", "Type"], "Grant and no Shares"),
        (["When", "Action", "Grant #", "Shares"], "Date"),
    ],
)
def test_a_home_made_list_is_asked_about(headings: list[str], lacking: str) -> None:
    """Its headings say what it is, and none or one of those that a ledger needs is known."""
    rows = [headings, [1, "Ada", GRANTED, 100, 2.5, "4 years"][: len(headings)]]
    [(code, _, facts)] = asked(Sheet("Options", rows))
    assert code == "MAP002"
    assert lacking in facts


@pytest.mark.parametrize(
    "headings",
    [
        ["Class", "Shares", "Price per share", "Proceeds"],
        ["Shareholder", "Shares", "% owned", "Fully diluted"],
        ["Shareholder", "Shares", "Price per share", "Invested"],
        ["Valuation date", "FMV per share", "Provider", "Effective date"],
        ["Employee ID", "Employee name", "Pay date", "Gross"],
    ],
)
def test_lists_that_are_none_of_options_are_not_asked_about(headings: list[str]) -> None:
    assert asked(Sheet("Sheet1", [headings, ["x", 5, 1.5, 7]])) == []


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("", "C (no heading)"),
        ("Lot", 'C "Lot" is not known'),
        ("Vest base date", 'C "Vest base date" is the day from which vesting counts'),
        ("VCD", 'C "VCD" is the day from which vesting counts'),
    ],
)
def test_rows_that_name_grants_are_read_or_told(heading: str, why: str) -> None:
    rows = [[*LOST[0][:2], heading], *LOST[1:]]
    [(code, cell, facts)] = asked(Sheet("Grants", GRANTS), Sheet("Vested", rows))
    assert (code, cell) == ("MAP009", "C1")
    assert why in facts
    assert asked(Sheet("Grants", GRANTS), Sheet("Vested", rows[:3])) == []  # two rows may be a note


def test_bare_numbers_are_grants_where_their_heading_says_so() -> None:
    grants = [GRANTS[0], [1, *GRANTS[1][1:]], [2, *GRANTS[2][1:]]]
    months: Rows = [["Month", "Of", "Index"], *([number, GRANTED, 100] for number in (1, 2, 1, 2))]
    assert asked(Sheet("Grants", grants), Sheet("Prices", months)) == []
    months = [["Grant", *months[0][1:]], *months[1:]]
    assert [code for code, *_ in asked(Sheet("Grants", grants), Sheet("Prices", months))] == ["MAP009"]


def test_what_a_plan_function_is_given_is_no_lost_ledger() -> None:
    rows: Rows = [["Of", "Left", "Day"], *(["G-1", number, GRANTED] for number in (1, 2)), ["G-2", 3, GRANTED]]
    price = Sheet("Deal", [["Least"], [Formula("=ISO_MIN_PRICE(C2)", 10)]], at=(0, 5))
    assert [code for code, *_ in asked(Sheet("Grants", GRANTS), Sheet("Deal", rows))] == ["MAP009"]
    assert asked(Sheet("Grants", GRANTS), Sheet("Deal", rows), price) == []


def test_lists_that_cannot_be_tranches_or_transactions_are_named_and_not_asked_about() -> None:
    """Who has signed, what changes by a new valuation, an expense by year: no day has a number of shares."""
    signed: Rows = [["Grant", "Sent", "Signed"], *([name, GRANTED, GRANTED] for name in ("G-1", "G-2", "G-1"))]
    valued: Rows = [["Grant", "Old", "New", "Shares"], *([name, 10, 11.5, 100] for name in ("G-1", "G-2", "G-1"))]
    result = checked(Sheet("Grants", GRANTS), Sheet("Signatures", signed), Sheet("409A", valued, at=(2, 1)))
    assert result.findings == []
    named = ("Signatures rows 2 to 4, 409A rows 4 to 6", "they name grants and are part of no ledger")
    assert named in [(each.what, each.why) for each in result.not_checked]
    expense: Rows = [["Grant", GRANTED, dt.date(2004, 2, 5)], *([name, 1.5, 2.25] for name in ("G-1", "G-2", "G-1"))]
    assert asked(Sheet("Grants", GRANTS), Sheet("Expense", expense)) == []
    vested: Rows = [expense[0], *([name, 10, 20] for name in ("G-1", "G-2", "G-1"))]
    [(code, _, facts)] = asked(Sheet("Grants", GRANTS), Sheet("Vested", vested))
    assert (code, 'B "2004-01-05" is not known' in facts) == ("MAP009", True)


def test_grants_are_named_in_whatever_case() -> None:
    rows: Rows = [["Opt", "Bought", "N"], *([name, GRANTED, 5] for name in ("g-1 ", "g-2", "G-2"))]
    assert [code for code, *_ in asked(Sheet("Grants", GRANTS), Sheet("Bought", rows))] == ["MAP009"]


def test_a_value_for_accounting_is_asked_about_where_market_value_is_missing() -> None:
    rows = beside(GRANTS, ["Fair value", 3, 4])
    assert asked(Sheet("Grants", rows)) == []
    rows = [["Fair value" if cell == "FMV" else cell for cell in row] for row in GRANTS]
    [(code, cell, facts)] = asked(Sheet("Grants", rows))
    assert (code, cell) == ("MAP010", "E1")
    assert "may be the accounting value of the option" in facts
    for heading in ("Fair Value (ASC 718)", "FV", "Fair value [FAS 123R]"):
        named = [[heading if cell == "FMV" else cell for cell in row] for row in GRANTS]
        assert [code for code, *_ in asked(Sheet("Grants", named))] == ["MAP010"]
    nso = [[("NSO" if cell == "ISO" else cell) for cell in row] for row in rows]
    assert asked(Sheet("Grants", nso)) == []  # they need no value
    assert [code for code, *_ in asked(Sheet("Grants", GRANTS), Sheet("Expense", rows))] == ["MAP006"]
    shown = [rows[0], *([Formula(f"=Grants!A{at}", row[0]), *row[1:]] for at, row in enumerate(rows[1:], start=2))]
    assert asked(Sheet("Grants", GRANTS), Sheet("Expense", shown)) == []


@pytest.mark.parametrize("heading", ["Shares (000s)", "Shares, in thousands", "Shares ('000)"])
def test_shares_in_thousands_are_not_read(heading: str) -> None:
    rows = [[*GRANTS[0][:6], heading], *GRANTS[1:]]
    found = located(Sheet("Grants", rows))
    assert found.ledger.grants == ()
    assert "MAP002" in {question.code for question in found.areas.questions}


@pytest.mark.parametrize(
    "headings",
    [
        ["Vest date", "Vest shares", "Vest date", "Vest shares", "Vest date", "Vest shares"],
        ["Vest date", "Vest shares", "Vest date2", "Vest shares3", "Vest date4", "Vest shares5"],
    ],
)
def test_tranches_under_the_same_two_headings(headings: list[str]) -> None:
    """As in a plain range, and as Excel numbers them in a table."""
    [wide] = tranches_beside_the_grants(PLAN)
    found = located(Sheet("Options", [[*wide.rows[0][:7], *headings], *wide.rows[1:]]))
    assert said(found.ledger) == said(located(*our_way(PLAN, "Grants", "Vesting")).ledger)
    assert found.areas.questions == []


@pytest.mark.parametrize("number", [" 1", ""])
def test_several_exercises_of_a_grant_in_a_row(number: str) -> None:
    """The second would be lost, or both."""
    headings = [f"Exercise date{number}", f"Shares exercised{number}", "Exercise date 2", "Shares exercised 2"]
    later = dt.date(2006, 1, 5)
    more: Rows = [headings, [GRANTED, 5, later, 6], ["", "", "", ""]]
    ledger = located(Sheet("Options", [[*row, *cells] for row, cells in zip(GRANTS, more, strict=True)])).ledger
    exercises = [(a.date, a.shares) for a in ledger.activity if a.action is Action.EXERCISE]
    assert exercises == [(GRANTED, 5), (later, 6)]
    alone = located(Sheet("Exercises", [["Grant", *headings], ["G-1", *more[1]]])).ledger
    assert [(a.date, a.shares) for a in alone.activity] == exercises


def test_days_of_tranches_without_their_shares_are_asked_about_once() -> None:
    rows = beside(GRANTS, ["Vest date 1", GRANTED, GRANTED], ["Vest date 2", GRANTED, GRANTED])
    assert [(code, cell) for code, cell, _ in asked(Sheet("Grants", rows))] == [("MAP007", "H1")]


def test_grants_with_a_day_of_vesting_are_read_as_tranches_and_asked_about() -> None:
    rows = beside(GRANTS, ["8. Vest date", GRANTED, GRANTED])
    [(code, cell, facts)] = asked(Sheet("Options", rows))
    assert (code, cell) == ("MAP003", "A1")
    assert "a ledger of Vesting it has Exercise price as well" in facts
    assert asked(Sheet("Options", rows), Sheet("Grants", GRANTS)) == []


def test_a_list_of_issued_shares_is_taken_for_grants_and_asked_about() -> None:
    headings = ["Certificate No.", "Shareholder", "Class", "Issue date", "Shares", "Price per share"]
    rows = [headings, ["CS-1", "Ada", "Common", GRANTED, 1000, 0.01]]
    assert [(code, cell) for code, cell, _ in asked(Sheet("Stock ledger", rows))] == [("MAP003", "A1")]
    for name in ("Options", "2004 Grants"):
        assert asked(Sheet(name, rows)) == []


def test_events_without_a_grant_number_are_asked_about() -> None:
    rows: Rows = [["Optionee", "Exercise date", "Shares exercised"], ["Ada", GRANTED, 5]]
    for name in ("Exercises", "Sheet2"):
        [(code, cell, facts)] = asked(Sheet("Grants", GRANTS), Sheet(name, rows))
        assert (code, cell) == ("MAP002", "B1")
        assert "Activity of the action EXERCISE" in facts


def test_a_column_of_actions_under_another_heading_is_named() -> None:
    rows = [["Date", "Type", "Grant ID", "Qty"], [GRANTED, "Grant", "G-1", 5], [GRANTED, "Exercised", "G-1", 5]]
    [(code, _, facts)] = asked(Sheet("Transactions", rows))
    assert (code, 'Action = "B"' in facts) == ("MAP002", True)
    [question] = located(Sheet("Transactions", rows)).areas.questions
    assert "Type =" not in question.draft


def test_columns_that_hold_each_others_values_are_asked_about() -> None:
    swapped = [GRANTS[0], *([*row[:5], row[6], row[5]] for row in GRANTS[1:])]
    assert [(code, cell) for code, cell, _ in asked(Sheet("Grants", swapped))] == [("MAP011", "F1")]
    assert asked(Sheet("Grants", [*swapped[:2], *GRANTS[2:]])) == []  # one row may be right
    dear = [GRANTS[0], *([*row[:4], 60, 66, 50] for row in GRANTS[1:])]
    assert asked(Sheet("Grants", dear)) == []  # a price near to the value of a share
    dear = [GRANTS[0], *([*row[:4], "", 66, 50] for row in GRANTS[1:])]
    assert [code for code, *_ in asked(Sheet("Grants", dear))] == ["MAP011"]
    expires = beside(GRANTS, ["Expires", dt.date(2003, 1, 1), dt.date(2003, 1, 1)])
    assert [(code, cell) for code, cell, _ in asked(Sheet("Grants", expires))] == [("MAP011", "D1")]


def test_an_empty_half_of_a_pair_is_nobodys_question() -> None:
    assert asked(Sheet("Grants", beside(GRANTS, ["Shares exercised", 0, ""]))) == []
    assert [code for code, *_ in asked(Sheet("Grants", beside(GRANTS, ["Shares exercised", 0, 4])))] == ["MAP007"]


def test_the_sheet_of_an_event_is_no_ledger_of_grants() -> None:
    """It has a grant number, a grant date and shares; read as grants, every exercise would be a second grant."""
    rows: Rows = [["Grant", "Grant date", "Exercise date", "Shares"], ["G-1", GRANTED, dt.date(2005, 1, 5), 4]]
    ledger = located(Sheet("Grants", GRANTS), Sheet("Exercised", rows)).ledger
    assert len(ledger.grants) == 2
    assert [(a.action, a.shares) for a in ledger.activity if a.action is not Action.GRANT] == [(Action.EXERCISE, 4)]


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("Exercised", Action.EXERCISE), ("Equity Plan Exercises", Action.EXERCISE),
        ("OptionsExercised_V4", Action.EXERCISE),
        ("Cancelled", Action.CANCEL), ("Cancellations 2004", Action.CANCEL), ("Forfeitures", Action.FORFEIT),
        ("Lapsed", Action.EXPIRE), ("CSOP_OptionsRCL_V4", Action.CANCEL),
    ],
)  # fmt: skip
def test_a_sheet_is_named_for_what_happened(name: str, action: Action) -> None:
    rows: Rows = [["Date of event", "Grant No.", "No. of options"], [dt.date(2005, 1, 5), "G-1", 4]]
    found = located(Sheet("Granted", GRANTS), Sheet(name, rows))
    assert [a.action for a in found.ledger.activity] == [Action.GRANT, Action.GRANT, action]
    assert [q.code for q in found.areas.questions] == (["MAP003"] if "RCL" in name else [])


def test_a_day_of_termination_alone_is_no_event() -> None:
    day = dt.date(2005, 1, 5)
    rows: Rows = [["Grant number", "Termination date", "Shares terminated"], ["G-1", day, 4]]
    ledger = located(Sheet("Grants", GRANTS), Sheet("Terminated", rows)).ledger
    assert [(a.action, a.date, a.shares) for a in ledger.activity][2:] == [(Action.TERMINATE, day, 4)]
    assert asked(Sheet("Grants", beside(GRANTS, ["Termination date", day, ""]))) == []


def test_a_heading_may_list_the_words_of_its_cells() -> None:
    rows = [["3.\nOption type\n(ISO or NSO)" if cell == "Type" else cell for cell in row] for row in GRANTS]
    assert said(located(Sheet("Grants", rows)).ledger) == said(located(Sheet("Grants", GRANTS)).ledger)


def test_kinds_of_cancellations() -> None:
    rows = [["Grant", "Cancel date", "Shares cancelled", "Cancel type"],
            ["G-1", GRANTED, 5, "PRE-VEST"], ["G-1", GRANTED, 6, "POST-VEST"], ["G-2", GRANTED, 7, ""]]  # fmt: skip
    actions = [row.action for row in located(Sheet("Sheet1", rows)).ledger.activity]
    assert actions == [Action.FORFEIT, Action.EXPIRE, Action.CANCEL]


def test_a_ledger_of_activity_goes_before_columns_beside_the_grants() -> None:
    rows = [
        [*row, *more]
        for row, more in zip(GRANTS, [["Exercise date", "Exercised"], [GRANTED, 5], ["", ""]], strict=True)
    ]
    found = located(Sheet("Grants", rows), Sheet("Activity", ACTIVITY))
    assert len(found.ledger.activity) == 2
    assert [q.code for q in found.areas.questions] == ["MAP006"]


def test_sheets_that_share_some_rows_are_both_read() -> None:
    more: Rows = [GRANTS[0], GRANTS[1], ["G-3", "Cy", "NSO", GRANTED, 10, 10, 7]]
    found = located(Sheet("2004", GRANTS), Sheet("2005", more))
    assert [grant.grant.text for grant in found.ledger.grants] == ["G-1", "G-2", "G-1", "G-3"]


def test_tranches_that_are_alike_are_several() -> None:
    """Two sheets of one grant's installments of different days are parts of one ledger."""
    more: Rows = [VESTING[0][:3], ["G-1", dt.date(2006, 12, 31), 10_000], ["G-2", dt.date(2007, 1, 5), 500]]
    found = located(Sheet("A", VESTING), Sheet("B", more)).ledger
    assert len(found.tranches) == 4


# --- What is told -----------------------------------------------------------------------------------------------------


def test_the_report_names_each_column_and_those_not_used() -> None:
    wide = tranches_beside_the_grants(PLAN)[0]
    rows = [
        [*row, *more] for row, more in zip(wide.rows, [["Fair Value", ""], [5, "n"], [5, ""], [5, ""]], strict=True)
    ]
    assert checked(Sheet("Options", rows)).taken_for == [
        "Options rows 2 to 4 taken for Grants: A = Grant, B = Holder, C = Type, D = Grant date, E = FMV, "
        'F = Exercise price, G = Shares; not used: N "Fair Value"',
        "Options rows 2 to 4 taken for Vesting: A = Grant, H/I, J/K, L/M = First exercisable/Shares",
    ]


def test_the_report_names_the_sheets_without_a_ledger() -> None:
    """A ledger under headings that nobody knows must not be lost in silence; a page of words is none."""
    matrix: Rows = [["Nummer", "Inhaber", dt.date(2005, 1, 5)], ["G-1", "Ada", 600]]
    notes: Rows = [["Read me"], ["Grants", "are on the next sheet"], ["Others", "are not"]]
    result = checked(Sheet("Matrix", matrix), Sheet("Notes", notes), Sheet("Grants", GRANTS))
    told = [(each.what, each.why) for each in result.not_checked]
    assert ("what is on Matrix", "no ledger was seen there") in told
    assert not any("Notes" in what for what, _ in told)
    asked_about = checked(Sheet("Grants", GRANTS), Sheet("Vested", LOST))
    assert [found.code for found in asked_about.findings if found.code.startswith("MAP")] == ["MAP009"]
    vested = [each for each in asked_about.not_checked if "Vested" in each.what]
    assert [(each.what, each.why) for each in vested] == [
        ("Vested rows 2 to 5", "they name grants and are part of no ledger (MAP009)")
    ]
    number = sum(not each.columns for each in asked_about.not_checked)
    assert f"Not checked: 0 workbooks, {number} things" in written(write_text, asked_about)


def test_the_report_on_sheets_of_events() -> None:
    exercises: Rows = [["Grant", "Exercise date", "Shares"], ["G-1", GRANTED, 5]]
    names = [["Grant", "First name", "Last name", "Grant date", "Shares"], ["G-1", "Ada", "Arbor", GRANTED, 5]]
    told = checked(Sheet("Granted", names), Sheet("Exercised", exercises)).taken_for
    assert told == [
        "Granted rows 2 to 2 taken for Grants: A = Grant, B+C = Holder, D = Grant date, E = Shares",
        "Granted rows 2 to 2 taken for Activity: A = Grant, D/E = Date/Shares of GRANT",
        "Exercised rows 2 to 2 taken for Activity: all rows = EXERCISE, A = Grant, B = Date, C = Shares",
    ]


def test_findings_stand_in_the_cells_of_other_layouts() -> None:
    plan = [PLAN[0]._replace(tranches=((dt.date(2005, 1, 5), 600), (dt.date(2006, 1, 5), 601))), *PLAN[1:]]
    wide = tranches_beside_the_grants(plan)[0]
    bad = [list(row) for row in wide.rows]
    bad[1][10] = "600"
    result = checked(Sheet("Options", bad))
    assert ("LEDGER001", "K2") in [(found.code, found.cell) for found in result.findings]


def test_whatever_the_layout_is_the_clean_ledger_is_clean() -> None:
    for layout, _ in LAYOUTS:
        result = checked(*layout(PLAN))
        assert [
            f for f in result.findings if f.code.startswith(("MAP", "LEDGER"))
        ] == [] or layout.__name__ == "repeated_on_a_summary"


def test_holders_known_by_their_numbers_in_one_ledger_and_by_both_in_another() -> None:
    holders: Rows = [["Employee ID", "Employee name", "Role"], [7, "Ada", "Officer"], ["E-8", "Bo", "Consultant"]]
    numbers = [[*row[:1], number, *row[2:]] for row, number in zip(GRANTS, ["Employee ID", "7", "e-8"], strict=True)]
    ledger = located(Sheet("Holders", holders), Sheet("Grants", numbers)).ledger
    assert [str(grant.holder) for grant in ledger.grants] == ["Ada", "Bo"]
    unknown = located(Sheet("Holders", holders[:2]), Sheet("Grants", numbers)).ledger
    assert [str(grant.holder) for grant in unknown.grants] == ["Ada", "e-8"]


def test_holders_known_by_their_numbers_beside_grants_that_have_both() -> None:
    grants = beside(GRANTS, ["Participant ID", 7, "E-8"])
    tranches = beside(VESTING, ["Participant ID", *["7" for _ in VESTING[1:]]])
    result = located(Sheet("Grants", grants), Sheet("Vesting", tranches))
    assert {str(tranche.holder) for tranche in result.ledger.tranches} == {"Ada"}


@pytest.mark.parametrize("total", ["Ada Total", "Ada Arbor total:", "Subtotal", "2004 Totals"])
@pytest.mark.parametrize("at", [0, 1])
def test_subtotals_are_no_grants(total: str, at: int) -> None:
    row: list[object] = [*[""] * at, total, *[""] * (5 - at), 10_000]
    found = located(Sheet("Grants", [*GRANTS[:2], row, GRANTS[2], ["Grand Total", *[""] * 5, 10_500]])).ledger
    assert ([grant.grant.text for grant in found.grants], found.unread) == (["G-1", "G-2"], ())


def test_a_column_that_is_headed_price_is_taken_for_the_exercise_price_and_asked_about() -> None:
    rows = [["Price" if cell == "Exercise price" else cell for cell in row] for row in GRANTS]
    found = located(Sheet("Grants", rows))
    assert [(q.code, q.cell) for q in found.areas.questions] == [("MAP003", "F1")]
    assert found.ledger.grants == located(Sheet("Grants", GRANTS)).ledger.grants


def test_a_column_that_is_headed_name_is_taken_for_the_holder_and_asked_about() -> None:
    rows = [["Name" if cell == "Holder" else cell for cell in row] for row in GRANTS]
    found = located(Sheet("Grants", rows))
    assert [str(grant.holder) for grant in found.ledger.grants] == ["Ada", "Bo"]
    assert [(q.code, q.cell) for q in found.areas.questions] == [("MAP003", "B1")]
    with_holder = [[*row, *name] for row, name in zip(rows, [["Holder"], ["Cy"], ["Di"]], strict=True)]
    assert [str(grant.holder) for grant in located(Sheet("Grants", with_holder)).ledger.grants] == ["Cy", "Di"]
