"""ANNUAL_GRANT_ROOM: shares granted to each employee in a calendar year, and room under the limit (plan §3, §15(a))."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.grant_limit import Given, Split, room
from plansheet.excel import ANNUAL_GRANT_ROOM, ExcelError
from strategies.cells import as_excel_dates, column

HEADINGS = ["Holder", "Granted", "Room"]
ACTIVITY = ["Date", "Action", "Grant", "Shares"]
MARCH, MAY, JUNE = dt.datetime(2001, 3, 1), dt.datetime(2001, 5, 1), dt.datetime(2001, 6, 1)


def rows(year: object, *grants: tuple[object, ...], activity: Any = None, limit: object = None) -> Any:
    """The answer for grants of date, shares and, where given, holder."""
    cells = [column(each) for each in zip(*grants, strict=True)]
    return ANNUAL_GRANT_ROOM(year, cells[0], cells[1], cells[2] if len(cells) > 2 else None, activity, limit)


def table(*lines: list[object]) -> list[list[object]]:
    return [HEADINGS, *lines]


# ---- The plan's words ------------------------------------------------------------------------------------------------


def test_a_cancelled_grant_keeps_counting() -> None:
    """§3(a): 300,000 cancelled in May and 250,000 granted in June are 550,000."""
    cancelled = [ACTIVITY, [MAY, "CANCEL", "G-1", None]]
    answer = rows(2001, (MARCH, 300_000), (JUNE, 250_000), activity=cancelled)
    assert answer == table(["", 550_000, -50_000])


def test_a_repriced_grant_counts_twice() -> None:
    """§3(b): a repricing is the grant of a new additional option."""
    repriced = [ACTIVITY, [MAY, "CANCEL", "G-1", None], [MAY, "GRANT", "G-2", 300_000]]
    assert rows(2001, (MARCH, 300_000), (MAY, 300_000), activity=repriced) == table(["", 600_000, -100_000])


def test_a_split_restates_the_limit_and_the_grants_before_it() -> None:
    """§15(a)(w): 400,000 before a 2-for-1 split and 300,000 after it are 1,100,000 of 1,000,000."""
    split = [ACTIVITY, [MAY, "SPLIT", None, "2-for-1"]]
    assert rows(2001, (MARCH, 400_000), (JUNE, 300_000), activity=split) == table(["", 1_100_000, -100_000])


def test_a_grant_on_the_day_of_the_split_is_in_new_shares() -> None:
    split = [ACTIVITY, [MAY, "SPLIT", None, "2-for-1"]]
    before = MAY - dt.timedelta(days=1)
    assert rows(2001, (MAY, 1_000_000), activity=split) == table(["", 1_000_000, 0])
    assert rows(2001, (before, 500_000), activity=split) == table(["", 1_000_000, 0])
    assert rows(2001, (before, 500_001), activity=split) == table(["", 1_000_002, -2])


def test_splits_of_other_years_restate_nothing() -> None:
    others = [
        ACTIVITY,
        [dt.datetime(2000, 12, 31), "SPLIT", None, "2-for-1"],
        [dt.datetime(2002, 1, 1), "SPLIT", None, "3-for-1"],
    ]
    assert rows(2001, (MARCH, 500_000), activity=others) == table(["", 500_000, 0])


@pytest.mark.parametrize(("shares", "left"), [(499_999, 1), (500_000, 0), (500_001, -1)])
def test_to_the_last_share(shares: int, left: int) -> None:
    assert rows(2001, (MARCH, shares)) == table(["", shares, left])


def test_a_year_ends_on_its_last_day() -> None:
    days = [dt.datetime(2000, 12, 31), dt.datetime(2001, 1, 1), dt.datetime(2001, 12, 31), dt.datetime(2002, 1, 1)]
    grants = tuple(zip(days, (1, 10, 100, 1000), strict=True))
    assert rows(2001, *grants) == table(["", 110, 499_890])


def test_holders_in_natural_order_as_first_spelled_those_of_the_year_alone() -> None:
    answer = rows(
        2001, (MARCH, 5, "Holder 10"), (MARCH, 7, "ann Lee"), (MAY, 1, "holder 2"), (MAY, 2, "Ann  Lee "),
        (dt.datetime(2002, 1, 1), 9, "Bo"),
    )  # fmt: skip
    assert answer == table(["ann Lee", 9, 499_991], ["holder 2", 1, 499_999], ["Holder 10", 5, 499_995])
    assert rows(1999, (MARCH, 5)) == table()


def test_one_cell_for_all_holders_and_another_limit() -> None:
    assert ANNUAL_GRANT_ROOM(2001, column([MARCH, MAY]), column([1, 2]), "Ann", None, 2) == table(["Ann", 3, -1])
    assert ANNUAL_GRANT_ROOM([[2001.0]], MARCH, 5) == table(["", 5, 499_995])


@pytest.mark.parametrize("blank", [None, "", 0, 0.0])
def test_blank_rows_say_nothing_and_a_row_of_no_shares_is_a_grant(blank: object) -> None:
    assert rows(2001, (blank, blank, "Bo"), (MARCH, 5, "Ann")) == table(["Ann", 5, 499_995])
    assert rows(2001, (MARCH, blank, "Bo")) == table(["Bo", 0, 500_000])


def test_fractions_of_shares_are_exact() -> None:
    split = [ACTIVITY, [MAY, "SPLIT", None, "1-for-3"]]
    assert rows(2001, (MARCH, 1), (MARCH, 1), (MARCH, 1), activity=split, limit=3) == table(["", 1, 0])


# ---- Bad input -------------------------------------------------------------------------------------------------------


def assert_refused(answer: object, *needles: str) -> None:
    assert isinstance(answer, ExcelError)
    assert answer == "#VALUE!"
    assert [needle for needle in needles if needle not in answer.message] == [], answer.message


@pytest.mark.parametrize(
    ("grant", "needles"),
    [
        ((MARCH, "1,000", "Ann"), ("row 2: shares", '"1,000"', "enter a number")),
        ((MARCH, -1, "Ann"), ("row 2: shares is -1, below zero",)),
        (("03/04/05", 5, "Ann"), ("row 2: grant date", "03/04/05")),
        ((None, 5, "Ann"), ("row 2: grant date is blank",)),
    ],
)
def test_a_bad_row_costs_its_holder_the_line_and_nobody_else(
    grant: tuple[object, ...], needles: tuple[str, ...]
) -> None:
    answer = rows(2001, (MARCH, 7, "Ann"), grant, (MARCH, 9, "Bo"))
    assert [line[0] for line in answer[1:]] == ["Ann", "Bo"]
    assert answer[2] == ["Bo", 9, 499_991]
    assert_refused(answer[1][2], *needles)
    assert answer[1][1] == answer[1][2].message


def test_an_error_cell_is_handed_on() -> None:
    assert rows(2001, (MARCH, "#N/A", "Ann"))[1][2] == "#N/A"


def test_a_bad_row_of_another_year_costs_nothing() -> None:
    other = dt.datetime(2002, 1, 1)
    answer = rows(2001, (MARCH, 7, "Ann"), (other, "many", "Ann"), (other, 7, None))
    assert answer == table(["Ann", 7, 499_993])


@pytest.mark.parametrize("who", [None, "", "#REF!"])
def test_a_holder_who_cannot_be_read_may_be_anybody(who: object) -> None:
    answer = rows(2001, (MARCH, 7, "Ann"), (MARCH, 9, "Bo"), (MAY, 1, who))
    assert [line[0] for line in answer[1:]] == ["Ann", "Bo"]
    assert all("row 3: holder" in line[1] for line in answer[1:])
    alone = rows(2001, (dt.datetime(2000, 1, 3), 1, "Ann"), (MAY, 1, who))
    assert isinstance(alone, ExcelError)
    assert "row 2: holder" in alone.message


@pytest.mark.parametrize(
    ("row", "needle"),
    [
        ([MAY, "SPLIT", None, 1.5], "type 3-for-2"),
        ([None, "SPLIT", None, "2-for-1"], "no date"),
        ([dt.datetime(2001, 12, 31), "SPLITT", None, "2-for-1"], "not known"),
        ([MAY, "SPLIT", "G-1", "2-for-1"], "leave its Grant blank"),
    ],
)
def test_a_split_that_cannot_be_read_costs_everybody(row: list[object], needle: str) -> None:
    assert_refused(rows(2001, (MARCH, 7, "Ann"), activity=[ACTIVITY, row]), "Activity row 1", needle)


@pytest.mark.parametrize(
    "row",
    [
        [MAY, "EXERCISE", "G-1", "many"],
        [MAY, "EXERCISES", "G-1", 5],
        [dt.datetime(2002, 5, 1), "SPLIT", None, 1.5],
    ],
)
def test_other_rows_that_cannot_be_read_cost_nothing(row: list[object]) -> None:
    assert rows(2001, (MARCH, 7, "Ann"), activity=[ACTIVITY, row]) == table(["Ann", 7, 499_993])


@pytest.mark.parametrize(
    ("year", "needle"),
    [
        (None, "year is blank"),
        (0, "year is blank"),
        (2001.5, "year is 2001.5"),
        (36_892, "year is 36892"),
        (-5, "year is -5"),
        ("2001", 'year holds the text "2001"'),
        (MARCH, "year holds a date"),
        ([[2001], [2002]], "year has 2 cells"),
    ],
)
def test_a_year_that_is_none(year: object, needle: str) -> None:
    assert_refused(rows(year, (MARCH, 7)), needle)


def test_shapes_and_limits_that_cannot_be() -> None:
    dates, shares = column([MARCH, MAY]), column([1])
    assert_refused(ANNUAL_GRANT_ROOM(2001, dates, shares), "grant date has 2 rows and shares 1")
    assert_refused(ANNUAL_GRANT_ROOM(2001, dates, dates, column(["Ann", "Bo", "Cy"])), "holder 3")
    assert_refused(ANNUAL_GRANT_ROOM(2001, [], shares), "grant_date is an empty range")
    assert_refused(ANNUAL_GRANT_ROOM(2001, MARCH, 1, None, None, -1), "limit is -1")
    assert_refused(ANNUAL_GRANT_ROOM(2001, MARCH, 1, None, [["Date", "Action"]]), "activity has no column")


# ---- Against the oracle ----------------------------------------------------------------------------------------------

DAYS = [
    *(dt.date(2000, 1, 1) + dt.timedelta(days=days) for days in range(-2, 3)),
    *(dt.date(2000, 12, 31) + dt.timedelta(days=days) for days in range(-2, 3)),
    dt.date(2000, 2, 29),
]
grants_made = st.builds(
    Given, st.sampled_from(["Ann", "Bo", "Cy"]), st.sampled_from(DAYS), st.integers(0, 500_001).map(Fraction)
)
splits_made = st.builds(Split, st.sampled_from(DAYS), st.integers(1, 7), st.integers(1, 7))


@given(
    grants=st.lists(grants_made, min_size=1, max_size=8),
    splits=st.lists(splits_made, max_size=4),
    limit=st.one_of(st.none(), st.integers(1, 10**6)),
    data=st.data(),
)
def test_it_is_the_oracles(grants: list[Given], splits: list[Split], limit: int | None, data: st.DataObject) -> None:
    activity = [ACTIVITY, *([split.day, "SPLIT", None, f"{split.new}-for-{split.old}"] for split in splits)]
    cells = [(data.draw(as_excel_dates(each.day)), float(each.shares), each.holder) for each in grants]
    answer = rows(2000, *cells, activity=activity, limit=limit)
    expected = room(2000, grants, splits, Fraction(500_000 if limit is None else limit))
    assert answer == table(*([who, float(had), float(left)] for who, (had, left) in sorted(expected.items())))
