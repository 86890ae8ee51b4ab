"""OPTIONS_OUTSTANDING: what is left of each option at a moment, in that day's shares and prices (plan §15, §16(a))."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.outstanding import Event, Option, outstanding
from plansheet.excel import MERGER_CASHOUT, OPTIONS_OUTSTANDING, ExcelError

GRANTED, SPLIT_DAY, CLOSING = dt.datetime(1999, 1, 4), dt.datetime(2000, 3, 1), dt.datetime(2001, 6, 1)
HEADINGS = ["Grant", "Holder", "Type", "Grant date", "FMV", "Exercise price", "Shares", "Vesting start", "Months"]
ACTIVITY = ["Date", "Action", "Grant", "Shares"]


def grant(name: str, shares: float, price: float | None, granted: dt.datetime = GRANTED, who: str = "Ann") -> list[Any]:
    return [name, who, "ISO", granted, 10.0, price, shares, granted, 0]


GRANTS = [HEADINGS, grant("A", 101, 10.01), grant("B", 50, 30), grant("C", 40, 7, SPLIT_DAY, who="Bo")]
EVENTS = [
    ACTIVITY,
    [dt.datetime(2000, 1, 3), "EXERCISE", "A", 1],
    [SPLIT_DAY, "CANCEL", "B", 10],
    [SPLIT_DAY, "SPLIT", None, "3-for-2"],
    [SPLIT_DAY, "CANCEL", "B", 15],
    [CLOSING, "EXERCISE", "C", 5],
    [CLOSING, "CANCEL", "A", None],
    [CLOSING, "CANCEL", "B", None],
    [CLOSING, "CANCEL", "C", None],
]


def names_shares_prices(*arguments: Any) -> list[tuple[object, object, object]]:
    return [(row[0], row[3], row[4]) for row in OPTIONS_OUTSTANDING(*arguments)]


def at(day: dt.datetime | None, moment: str | None = None) -> list[tuple[object, object, object]]:
    return names_shares_prices(GRANTS, None, EVENTS, day, moment)


def test_before_the_split_of_a_day_counts_what_is_listed_before_it() -> None:
    assert at(SPLIT_DAY, "BEFORE SPLIT") == [("A", 100, 10.01), ("B", 40, 30)]


def test_after_the_split_shares_and_prices_are_new_and_grants_of_the_day_are_there() -> None:
    assert at(SPLIT_DAY) == [("A", 150, 6.68), ("B", 45, 20), ("C", 40, 7)]
    assert at(SPLIT_DAY - dt.timedelta(days=1)) == [("A", 100, 10.01), ("B", 50, 30)]


def test_before_the_merger_the_days_exercises_count_and_its_endings_do_not() -> None:
    assert at(CLOSING, "BEFORE MERGER") == [("A", 150, 6.68), ("B", 45, 20), ("C", 35, 7)]
    assert at(CLOSING) == [("", "", "")]
    assert at(None) == [("", "", "")]


def test_columns_are_named_in_the_order_of_the_grants() -> None:
    assert OPTIONS_OUTSTANDING(GRANTS, None, EVENTS, SPLIT_DAY)[2] == ["C", "Bo", "ISO", 40, 7]


def test_prices_round_as_asked() -> None:
    assert [row[4] for row in OPTIONS_OUTSTANDING(GRANTS, None, EVENTS, SPLIT_DAY, None, None, 4)] == [6.6734, 20, 7]
    exact = OPTIONS_OUTSTANDING(GRANTS, None, EVENTS, SPLIT_DAY, None, "EXACT")
    assert exact[0][4] == pytest.approx(10.01 / 1.5, rel=1e-15)


def test_its_columns_are_what_a_cash_out_takes() -> None:
    rows = OPTIONS_OUTSTANDING(GRANTS, None, EVENTS, CLOSING, "BEFORE MERGER")
    shares, prices, holders = ([[row[at]] for row in rows] for at in (3, 4, 1))
    # Ann: 150 x (21 - 6.68) + 45 x (21 - 20); Bo: 35 x (21 - 7)
    assert sum(row[0] for row in MERGER_CASHOUT(21, shares, prices, holders)) == 2148 + 45 + 490


def test_tranches_of_a_vesting_block_are_the_same_option() -> None:
    without = [[*row[:7]] for row in GRANTS]
    vesting = [
        ["Grant", "First exercisable", "Shares"],
        *[[n, day, s] for n, day, s in (("A", GRANTED, 100), ("A", None, 1), ("B", GRANTED, 50), ("C", SPLIT_DAY, 40))],
    ]
    assert names_shares_prices(without, vesting, EVENTS, SPLIT_DAY) == at(SPLIT_DAY)


def test_grants_of_another_plan_are_left_out() -> None:
    plans = ["Plan", None, "1999 Outside Director Stock Option Plan", "1996 Stock Option Plan"]
    grants = [[*row, plan] for row, plan in zip(GRANTS, plans, strict=True)]
    assert names_shares_prices(grants, None, EVENTS, SPLIT_DAY) == [("A", 150, 6.68), ("C", 40, 7)]


def test_a_blank_price_stays_blank() -> None:
    rows = OPTIONS_OUTSTANDING([HEADINGS, grant("A", 100, None)], None, EVENTS[:2], SPLIT_DAY)
    assert rows == [["A", "Ann", "ISO", 99, ""]]


@pytest.mark.parametrize(
    ("event", "error", "needle"),
    [
        ([GRANTED, "EXERCISE", "A", 102], "#NUM!", "101"),
        ([dt.datetime(1998, 1, 1), "CANCEL", "A", 1], "#NUM!", "before its grant date"),
        ([GRANTED, "EXERCISE", "A", "ten"], "#VALUE!", "row 1"),
        (["soon", "EXERCISE", "A", 1], "#VALUE!", "soon"),
    ],
)
def test_what_cannot_be_costs_the_grant_its_answer_and_nobody_else(event: list[Any], error: str, needle: str) -> None:
    first, second, _ = OPTIONS_OUTSTANDING(GRANTS, None, [ACTIVITY, event], CLOSING)
    assert (first[:2], first[3:]) == (["A", "Ann"], [error] * 2)  # named, so that the holder's other rows are not paid
    assert needle in first[2]
    assert isinstance(first[3], ExcelError)
    assert first[3].message == first[2]
    assert second == ["B", "Ann", "ISO", 50, 30]


@pytest.mark.parametrize("event", [[GRANTED, "SPLIT", None, 1.5], [GRANTED, "CANCEL", None, 1]])
def test_a_row_that_may_concern_anybody_costs_everybody(event: list[Any]) -> None:
    rows = OPTIONS_OUTSTANDING(GRANTS, None, [ACTIVITY, event], CLOSING)
    assert [row[3] for row in rows] == ["#VALUE!"] * 3


def test_a_holder_with_an_impossible_grant_is_paid_nothing_by_the_sheet() -> None:
    rows = OPTIONS_OUTSTANDING(GRANTS, None, [ACTIVITY, [GRANTED, "EXERCISE", "A", 102]], CLOSING, "BEFORE MERGER")
    shares, prices, holders = ([[row[at]] for row in rows] for at in (3, 4, 1))
    assert MERGER_CASHOUT(40, shares, prices, holders) == [["#NUM!"], ["#VALUE!"], [1320]]


def test_a_moment_needs_its_day() -> None:
    for moment in ("BEFORE SPLIT", "BEFORE MERGER"):
        answer = OPTIONS_OUTSTANDING(GRANTS, None, EVENTS, None, moment)
        assert answer == "#VALUE!"
        assert "give the day" in answer.message


def test_a_row_that_cannot_be_read_counts_from_its_own_day_on() -> None:
    later = [*EVENTS, [CLOSING, "SPLIT", None, 1.5], [CLOSING, "EXERCISE", "A", "ten"]]
    day = CLOSING - dt.timedelta(days=1)
    assert names_shares_prices(GRANTS, None, later, day) == names_shares_prices(GRANTS, None, EVENTS, day)
    assert {row[3] for row in OPTIONS_OUTSTANDING(GRANTS, None, later, CLOSING)} == {"#VALUE!"}


def test_an_approval_of_a_later_day_gates_all_the_same() -> None:
    """Nothing was exercisable before it: the FORFEIT took what was not exercisable, which was everything (§22(a))."""
    approved = [ACTIVITY, [SPLIT_DAY, "FORFEIT", "A", None], [CLOSING, "APPROVAL", None, None]]
    for day in (SPLIT_DAY, CLOSING):
        assert [row[0] for row in OPTIONS_OUTSTANDING(GRANTS[:3], None, approved, day)] == ["B"]


@pytest.mark.parametrize(("day", "is_over"), [(CLOSING, False), (CLOSING + dt.timedelta(days=1), True)])
def test_an_option_whose_period_is_over_is_not_outstanding(day: dt.datetime, is_over: bool) -> None:
    grants = [[*HEADINGS, "Expires"], [*grant("A", 100, 10), CLOSING], [*grant("B", 50, 30), None]]
    first, second = OPTIONS_OUTSTANDING(grants, None, None, day)
    assert (first[3] == "#N/A") == is_over
    assert not is_over or "expired on 2001-06-01 with 100 shares left" in first[2]
    assert second == ["B", "Ann", "ISO", 50, 30]
    assert OPTIONS_OUTSTANDING([grants[0], [*grants[1][:-1], "soon"]], None, None, day)[0][3] == "#VALUE!"


@pytest.mark.parametrize(("exercised", "price"), [(None, 0.67), (100, 0.67), (150, 0.67)])
def test_an_aggregate_price_is_kept_from_the_shares_at_the_split(exercised: float | None, price: float) -> None:
    """What is exercised afterwards changes nothing of it: 101 at $1.00 are 151 at $0.67."""
    events = [ACTIVITY, [SPLIT_DAY, "SPLIT", None, "3-for-2"]]
    if exercised:
        events.append([CLOSING, "EXERCISE", "A", exercised])
    rows = OPTIONS_OUTSTANDING([HEADINGS, grant("A", 101, 1)], None, events, CLOSING, None, "PRESERVE_AGGREGATE")
    assert [row[4] for row in rows] == [price]


def test_an_aggregate_price_is_kept_from_what_was_left_then() -> None:
    events = [ACTIVITY, [GRANTED, "EXERCISE", "A", 98], [SPLIT_DAY, "SPLIT", None, "3-for-2"]]
    [row] = OPTIONS_OUTSTANDING([HEADINGS, grant("A", 101, 1)], None, events, CLOSING, None, "PRESERVE_AGGREGATE")
    assert row[3:] == [4.5, 0.75]  # $3.00 over four whole shares


def test_no_whole_share_left_has_no_price_that_keeps_the_aggregate() -> None:
    events = [ACTIVITY, [SPLIT_DAY, "SPLIT", None, "1-for-10"]]
    [row] = OPTIONS_OUTSTANDING([HEADINGS, grant("A", 3, 3)], None, events, CLOSING, None, "PRESERVE_AGGREGATE")
    assert row[3:] == [pytest.approx(0.3), "#NUM!"]


def test_a_tranche_without_a_grant_costs_everybody() -> None:
    without = [row[:6] for row in GRANTS]
    vesting = [["Grant", "First exercisable", "Shares"], ["A", GRANTED, 60], ["B", GRANTED, 5], [None, GRANTED, 40]]
    assert {row[3] for row in OPTIONS_OUTSTANDING(without[:3], vesting)} == {"#VALUE!"}


def test_a_split_that_names_a_grant_spoils_every_answer() -> None:
    events = [ACTIVITY, [SPLIT_DAY, "SPLIT", "A", "2-for-1"]]
    answer = OPTIONS_OUTSTANDING(GRANTS, None, events, CLOSING, "BEFORE MERGER")
    assert [row[3] for row in answer] == ["#VALUE!"] * 3
    assert all("SPLIT" in row[2] for row in answer)
    elsewhere = [ACTIVITY, [SPLIT_DAY, "SPLIT", "Z", "2-for-1"]]
    assert [row[3] for row in OPTIONS_OUTSTANDING(GRANTS, None, elsewhere)] == ["#VALUE!"] * 3


def test_an_error_in_plan_is_the_answer_of_its_grant_alone() -> None:
    plans = ["Plan", "#N/A", "1996 Stock Option Plan", "2005 Plan"]
    rows = OPTIONS_OUTSTANDING([[*row, plan] for row, plan in zip(GRANTS, plans, strict=True)])
    assert [(row[0], row[3]) for row in rows] == [("A", "#N/A"), ("B", 50)]
    assert "plan is the error #N/A" in rows[0][2]
    alone = ["Plan", "#N/A", "2005 Plan", "2005 Plan"]
    rows = OPTIONS_OUTSTANDING([[*row, plan] for row, plan in zip(GRANTS, alone, strict=True)])
    assert [(row[0], row[3]) for row in rows] == [("A", "#N/A"), ("B", 50), ("C", 40)]


@pytest.mark.parametrize("method", ["DOWN_UP", "PRESERVE_AGGREGATE", "EXACT"])
def test_an_approval_after_a_split_counts_before_it_too(method: str) -> None:
    # Nothing is exercisable until the approval, so that the forfeited 3 are unexercisable ones; 3 at $3 become 9 at $1.
    grants = [HEADINGS, ["A", "Ann", "ISO", GRANTED, 3, 3, 6, GRANTED, 0]]
    events = [
        ACTIVITY,
        [dt.datetime(2000, 1, 9), "FORFEIT", "A", 3],
        [SPLIT_DAY, "SPLIT", None, "3-for-1"],
        [CLOSING, "APPROVAL", None, None],
    ]
    assert names_shares_prices(grants, None, events, None, None, method) == [("A", 9, 1)]


def test_prices_are_needed() -> None:
    answer = OPTIONS_OUTSTANDING([row[:5] + row[6:] for row in GRANTS])
    assert answer == "#VALUE!"
    assert "Exercise price" in answer.message


# ---- Against the oracle ----------------------------------------------------------------------------------------------

DAYS = [dt.date(2000, 1, day) for day in range(3, 9)]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Option], list[Event]]:
    options = [
        Option(name, draw(st.sampled_from(DAYS)), Fraction(draw(st.integers(1, 60))), Fraction(draw(cents), 100))
        for name in ("G-1", "G-2", "G-10")[: draw(st.integers(1, 3))]
    ]
    events = []
    for _ in range(draw(st.integers(0, 6))):
        day, action = draw(st.sampled_from(DAYS)), draw(st.sampled_from(("EXERCISE", "CANCEL", "CANCEL", "SPLIT")))
        if action == "SPLIT":
            events.append(Event(day, action, new=draw(st.integers(1, 4)), old=draw(st.integers(1, 3))))
        else:
            name = draw(st.sampled_from(options)).name
            shares = draw(st.one_of(st.integers(1, 20)))
            every = action == "CANCEL" and draw(st.booleans())
            events.append(Event(day, action, name, None if every else Fraction(shares)))
    return options, events


cents = st.integers(1, 3000)


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day)


@given(
    history=histories(),
    day=st.sampled_from(DAYS),
    moment=st.sampled_from(("END OF DAY", "BEFORE SPLIT", "BEFORE MERGER")),
)
def test_it_agrees_with_the_oracle(history: tuple[list[Option], list[Event]], day: dt.date, moment: str) -> None:
    options, events = history
    grants = [HEADINGS, *(grant(o.name, float(o.shares), float(o.price), midnight(o.granted)) for o in options)]
    rows = [
        [
            midnight(e.day),
            e.action,
            e.grant or None,
            f"{e.new}-for-{e.old}" if e.action == "SPLIT" else e.shares and float(e.shares),
        ]
        for e in events
    ]
    answer = names_shares_prices(grants, None, [ACTIVITY, *rows], midnight(day), moment)
    expected = outstanding(options, events, day, moment)
    if expected is None:
        assert any(shares == "#NUM!" for _, shares, _ in answer)
    else:
        assert answer == ([(n, float(s), float(p)) for n, s, p in expected] or [("", "", "")])
