"""Approval by the shareholders: the days around the deadline, and what the grants needed of an increase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.core.records import Activity, Grant, Ledger, Ratio
from plansheet.core.rule import find
from plansheet.core.words import Action, GrantType, Identifier
from plansheet.plan.approval import (
    Approval,
    amendment_not_approved_in_time,
    approval,
    approval_deadline,
    increase_not_approved_in_time,
    plan_not_approved_in_time,
)
from plansheet.plan.approval_gate import activity_of, plan_approved
from plansheet.plan.increase import Dependence, dependence, increases
from plansheet.plan.iso_limit_rules import classify_ledger
from plansheet.plan.merger import outstanding_at
from plansheet.plan.outlook import pool_outlook, pool_runs_low
from plansheet.plan.pool import PoolLine, pool_ledger
from plansheet.plan.roll_forward import OptionChanges
from plansheet.plan.standing import Standing, standing
from plansheet.plan.terms import Terms, atg_1996, with_values

ADOPTED = dt.date(2001, 4, 10)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("adopted", "deadline"),
    [("2001-04-10", "2002-04-10"), ("2000-02-29", "2001-02-28"), ("2001-02-28", "2002-02-28")],
)
def test_the_anniversary_is_the_last_day(adopted: str, deadline: str) -> None:
    assert approval_deadline(day(adopted), 12) == day(deadline)


@pytest.mark.parametrize(
    ("approved", "as_of", "stands"),
    [
        (None, "2002-04-10", Approval.PENDING),
        (None, "2002-04-11", Approval.LAPSED),
        ("2002-04-10", "2005-01-01", Approval.IN_TIME),
        ("2002-04-11", "2005-01-01", Approval.LAPSED),
        ("2002-04-11", "2002-04-01", Approval.LAPSED),  # a later day that is known is known
        ("2000-04-10", "2005-01-01", Approval.IN_TIME),  # IRC §422(b)(1): twelve months before counts too
        ("2000-04-09", "2005-01-01", Approval.LAPSED),
    ],
)
def test_an_approval_is_in_time_open_or_lapsed(approved: str | None, as_of: str, stands: Approval) -> None:
    assert approval(ADOPTED, day(approved) if approved else None, day(as_of), 12, 12) is stands


def test_the_plan_sheet_goes_before_the_first_approval_row() -> None:
    rows = [
        Activity(day("2001-05-01"), Action.APPROVAL, Identifier("G-1")),
        Activity(day("2001-08-01"), Action.APPROVAL),
        Activity(day("2001-07-01"), Action.APPROVAL),
        Activity(None, Action.APPROVAL),
    ]
    ledger = Ledger(activity=tuple(rows))
    assert plan_approved(Ledger(), atg_1996()) is None
    assert plan_approved(ledger, atg_1996()) == day("2001-07-01")
    assert plan_approved(ledger, with_values(atg_1996(), {"approved": ADOPTED}, "a test")) == ADOPTED


def gated(ledger: Ledger, terms: Terms) -> list[object]:
    """What every engine makes of G-1 in 2004."""
    option = standing(ledger, terms, ledger.grants[0], day("2004-12-31"))
    changes = OptionChanges(ledger, terms, day("2004-12-31"))
    return [
        [(split.stands, split.year, split.iso) for _, split in classify_ledger(ledger, terms)],
        [(lot.due, lot.live) for lot in option.option.lots] if isinstance(option, Standing) else option,
        outstanding_at(ledger, terms, day("2004-12-31")),
        changes.exercisable(day("2004-02-29")),
        changes.exercisable(day("2004-03-01")),
        [str(gap) for gap in changes.gaps],
    ]


@pytest.mark.parametrize("exercised", ["2004-02-29", "2004-03-01"])
def test_approved_of_the_plan_sheet_gates_what_an_approval_row_gates(exercised: str) -> None:
    adopted, approved = day("2003-12-01"), day("2004-03-01")
    granted = day("2003-12-15")
    grant = Grant(
        Identifier("G-1"), Identifier("Ada"), None, GrantType.ISO, granted, 10, 10, 9, vesting_start=granted, months=0
    )
    rows = Activity(day(exercised), Action.EXERCISE, Identifier("G-1"), 1), Activity(approved, Action.APPROVAL)
    terms = with_values(atg_1996(), {"adopted": adopted}, "a test")
    entered = with_values(terms, {"approved": approved}, "a test")
    by_row, by_sheet = (
        Ledger(grants=(grant,), activity=rows, columns=frozenset({(Grant, "vesting_start")})),
        Ledger(grants=(grant,), activity=rows[:1], columns=frozenset({(Grant, "vesting_start")})),
    )
    assert gated(by_sheet, entered) == gated(by_row, terms)
    assert gated(by_sheet, entered) != gated(by_sheet, terms)
    earlier = with_values(terms, {"approved": day("2003-11-01")}, "a test")
    assert gated(by_sheet, earlier) == gated(by_sheet, terms)


def test_the_options_of_another_plan_do_not_wait_for_this_ones_shareholders() -> None:
    own, other = Grant(Identifier("G-1")), Grant(Identifier("P-1"), plan="Primus 1999 Plan")
    terms = with_values(atg_1996(), {"approved": ADOPTED}, "a test")
    assert list(activity_of(Ledger(grants=(own, other)), terms)) == [Activity(ADOPTED, Action.APPROVAL, own.grant)]
    assert list(activity_of(Ledger(grants=(own,)), terms)) == [Activity(ADOPTED, Action.APPROVAL)]


@pytest.mark.parametrize("last", [dt.date.min, dt.date.max])
def test_the_ends_of_the_calendar_are_no_failure(last: dt.date) -> None:
    """Excel's last day is in 9999: no day comes twelve months after it."""
    rows = (
        Activity(last, Action.RESERVE, shares=5),
        Activity(last, Action.AMEND, needs_approval=True),
        Activity(last, Action.GRANT, Identifier("G-1"), 5),
    )
    columns = frozenset({(Activity, "approved")})
    ledger = Ledger(grants=(Grant(Identifier("G-1"), grant_date=last),), activity=rows, columns=columns)
    terms = with_values(atg_1996(), {"adopted": last, "approved": last}, "a test")
    rules = amendment_not_approved_in_time, increase_not_approved_in_time, plan_not_approved_in_time, pool_runs_low
    for rule in rules:
        find(rule, ledger, terms, last)


def test_the_outlook_of_a_pool_ends_with_its_day() -> None:
    rows = [
        Activity(day("2001-04-10"), Action.GRANT, Identifier("G-1"), 5, GrantType.NSO),
        Activity(day("2001-04-11"), Action.GRANT, Identifier("G-2"), 7, GrantType.NSO),
        Activity(day("2002-04-10"), Action.EXERCISE, Identifier("G-1"), 5),
        Activity(day("2002-04-11"), Action.CANCEL, Identifier("G-2"), 7),
    ]
    lines = [line for line in pool_ledger(100, rows) if isinstance(line, PoolLine)]
    outlook = pool_outlook(lines, since=day("2001-04-10"), as_of=day("2002-04-10"))
    assert outlook == (lines[2], 7)
    assert outlook.line.available == 88
    assert pool_outlook(lines, since=day("2001-04-10"), as_of=day("2001-04-09")) is None


# --- What the grants needed of an increase: a second computation, share by share -------------------------------------

Row = tuple[str, int, int]  # the word, the number of the grant (or of the split), shares


def written(rows: list[Row]) -> list[Activity]:
    actions = {"reserve": Action.RESERVE, "grant": Action.GRANT, "cancel": Action.CANCEL, "exercise": Action.EXERCISE}
    made = []
    for position, (word, number, shares) in enumerate(rows):
        on = ADOPTED + dt.timedelta(days=position + 1)
        if word == "split":
            made.append(Activity(on, Action.SPLIT, ratio=Ratio(2, 1)))
        elif word == "increase":
            approved = on if number == 0 else None  # the first of the increases is approved, if it is drawn so
            made.append(Activity(on, Action.RESERVE, shares=shares, approved=approved, row=position))
        else:
            grant = None if word == "reserve" else Identifier(f"G-{number}")
            kind = GrantType.NSO if word == "grant" else None
            made.append(Activity(on, actions[word], grant, shares, kind, row=position))
    return made


_WORDS = ["grant", "exercise", "cancel", "grant", "increase", "split"]


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, list[Row]]:
    """An opening reserve and rows that can have happened: nothing is taken that is not there."""
    opening = draw(st.integers(0, 4))
    rows: list[Row] = [("increase", draw(st.integers(0, 1)), draw(st.integers(1, 5)))]
    left: list[int] = []
    for word in draw(st.lists(st.sampled_from(_WORDS), min_size=2, max_size=12)):
        if word == "increase":
            rows.append((word, draw(st.integers(0, 1)), draw(st.integers(1, 5))))
        elif word == "split" and sum(row[0] == "split" for row in rows) < 2:
            rows.append((word, 0, 0))
            left = [2 * each for each in left]
        elif word == "grant":
            shares = draw(st.integers(1, 8))
            rows.append((word, len(left), shares))
            left.append(shares)
        elif word in ("cancel", "exercise") and any(left):
            number = draw(st.sampled_from([at for at, each in enumerate(left) if each]))
            shares = draw(st.integers(1, left[number]))
            rows.append((word, number, shares))
            left[number] -= shares
    return opening, rows


def dependence_of(opening: int, rows: list[Row]) -> tuple[Dependence, list[Activity]]:
    activity = written(rows)
    lines = [line for line in pool_ledger(opening, activity) if isinstance(line, PoolLine)]
    assert len(lines) == len(rows)
    listed = increases(activity, opening, ADOPTED)
    return dependence(lines, opening, listed, lambda row: row.approved is not None), activity


def share_by_share(opening: int, rows: list[Row]) -> Iterator[tuple[int, int, Fraction, Fraction, Fraction]]:
    """Grant, row of the increase, needed, outstanding, exercised: each share of the last day is a token of its own."""
    splits = sum(word == "split" for word, _, _ in rows)
    scale = 2**splits
    first = None if opening else next((at for at, row in enumerate(rows) if row[0] == "increase"), None)
    order = [None, *(at for at, r in enumerate(rows) if r[0] == "increase" and r[1] == 0 and at != first)]
    order += [at for at, r in enumerate(rows) if r[0] == "increase" and r[1] == 1 and at != first]
    there: dict[int | None, int] = dict.fromkeys(order, 0)
    there[None] = opening * scale
    tokens: dict[int, list[int | None]] = {}
    needed: dict[tuple[int, int], Fraction] = {}
    exercised: dict[tuple[int, int], int] = {}
    for at, (word, number, shares) in enumerate(rows):
        if word == "split":
            scale //= 2
        elif word == "increase":
            there[None if at == first else at] += shares * scale
        elif word == "grant":
            tokens[number] = []
            for _ in range(shares * scale):
                source = next((each for each in order if there[each] > 0), None)
                there[source] -= 1
                tokens[number].append(source)
                if source is not None:
                    needed[number, source] = needed.get((number, source), Fraction(0)) + Fraction(1, scale)
            # What no source served is an over-grant of the rest; it was drawn last.
        else:
            for _ in range(shares * scale):
                source = tokens[number].pop(0 if word == "exercise" else -1)
                if word == "cancel":
                    there[source] += 1
                elif source is not None:
                    exercised[number, source] = exercised.get((number, source), 0) + 1
    for (number, source), told in needed.items():
        kept = tokens[number].count(source)
        yield number, source, told, Fraction(kept), Fraction(exercised.get((number, source), 0))


@given(histories())
def test_what_grants_needed_is_what_a_count_of_single_shares_says(history: tuple[int, list[Row]]) -> None:
    opening, rows = history
    found, activity = dependence_of(opening, rows)
    at = {id(row): position for position, row in enumerate(activity)}
    told = [(rows[at[id(d.grant)]][1], at[id(d.increase)], d.needed, d.outstanding, d.exercised) for d in found.grants]
    assert sorted(told) == sorted(share_by_share(opening, rows))


@given(histories())
def test_the_exercises_of_needed_shares_are_told_one_by_one(history: tuple[int, list[Row]]) -> None:
    found, _ = dependence_of(*history)
    splits = [row.activity.date for row in found.exercises]
    assert splits == sorted(splits, key=lambda on: on or dt.date.max)
    assert bool(found.exercises) == any(each.exercised for each in found.grants)
