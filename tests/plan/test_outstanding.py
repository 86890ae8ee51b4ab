"""Shares outstanding under each option at a moment (plan §16(a)), worked by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from plansheet.core.records import Activity, Ratio, Tranche
from plansheet.core.refusal import Refusal
from plansheet.core.words import Action, GrantType, Identifier
from plansheet.plan.outstanding import outstanding

GRANTED = dt.date(1999, 1, 4)


def tranche(grant: str, year: int | None, shares: int) -> Tranche:
    first = None if year is None else dt.date(year, 1, 4)
    return Tranche(Identifier(grant), Identifier("Ann"), GrantType.ISO, GRANTED, 1, first, shares)


def event(day: str, action: Action, grant: str | None = None, shares: int | None = None) -> Activity:
    ratio = Ratio(3, 2) if action is Action.SPLIT else None
    return Activity(dt.date.fromisoformat(day), action, grant and Identifier(grant), shares, None, ratio=ratio)


TRANCHES = [tranche("A", 2000, 100), tranche("A", 2001, 101), tranche("A", None, 50), tranche("B", 2000, 10)]


def refused(left: dict[str, Any]) -> set[str]:
    return {key for key, shares in left.items() if isinstance(shares, Refusal)}


@pytest.mark.parametrize(
    ("events", "a", "b"),
    [
        ([], 251, 10),
        ([event("2000-01-04", Action.EXERCISE, "A", 100)], 151, 10),
        ([event("2000-01-03", Action.ACCELERATE), event("2000-01-03", Action.EXERCISE, "A", 251)], 0, 10),
        ([event("2000-01-03", Action.ACCELERATE, "A"), event("2000-01-04", Action.CANCEL, "A", 51)], 200, 10),
        ([event("2000-06-01", Action.FORFEIT, "A"), event("2000-06-02", Action.EXPIRE, "B")], 100, 0),
        ([event("2000-06-01", Action.PERFORMANCE_MET, "A"), event("2000-06-01", Action.EXERCISE, "A", 150)], 101, 10),
    ],
)
def test_what_happened_is_taken_off(events: list[Activity], a: int, b: int) -> None:
    assert outstanding(TRANCHES, events) == {"a": a, "b": b}


def test_shares_are_those_of_the_last_moment() -> None:
    split = event("2000-06-01", Action.SPLIT)
    before = event("2000-01-05", Action.EXERCISE, "A", 1)
    after = event("2000-06-01", Action.EXERCISE, "A", 3)  # three new shares are two old ones
    assert outstanding(TRANCHES, [before, split, after]) == {"a": 250 * 3 / 2 - 3, "b": 15}


def test_rows_count_by_date_and_rows_of_other_grants_do_not() -> None:
    events = [
        event("2000-06-01", Action.EXERCISE, "A", 100),
        event("2000-01-03", Action.SPLIT),
        event("2000-06-01", Action.CANCEL, "Z"),
        event("2000-06-01", Action.DISPOSITION, "A", 100),
    ]
    assert outstanding([tranche("A", 2000, 100)], events) == {"a": 50}


def test_nothing_is_exercisable_before_approval() -> None:
    approval = event("2000-03-01", Action.APPROVAL)
    too_early = event("2000-02-29", Action.EXERCISE, "A", 1)
    assert refused(outstanding(TRANCHES, [too_early, approval])) == {"a"}
    assert outstanding(TRANCHES, [approval, event("2000-03-01", Action.EXERCISE, "A", 1)]) == {"a": 250, "b": 10}


def test_a_grant_whose_history_cannot_have_happened_is_refused() -> None:
    for impossible in (event("2000-06-01", Action.EXERCISE, "A", 101), event("1999-01-03", Action.CANCEL, "A")):
        left = outstanding(TRANCHES, [impossible])
        assert refused(left) == {"a"}
        assert left["b"] == 10
