"""The rules of the share pool (plan §4), over a whole ledger."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from plansheet.core.dates import on_text
from plansheet.core.numbers import Number, counted_text, ratio, shares_text, whole_if_possible
from plansheet.core.records import Activity, Grant, Ledger
from plansheet.core.refusal import Refusal
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.activity import grant_key, in_order, of_grant_text
from plansheet.plan.increase import reserved, taken_back
from plansheet.plan.ledger import grants_by_key
from plansheet.plan.pool import Measure, PoolLine, pool_ledger
from plansheet.plan.standing import standing
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import no_own_grants, of_this_plan, rows_of_this_plan


def pool_of(ledger: Ledger, terms: Terms) -> Iterator[PoolLine | Refusal | Unsettled]:
    """The running pool of a ledger, grants of other plans left out; Unsettled alone where rows of it are unread.

    The plan's reserve is what all RESERVE rows, restated for splits, and the opening reserve add up to; so the opening
    reserve is what the rows leave of it. Where Activity holds no GRANT rows, they are made from Grants.
    """
    whose = no_own_grants(ledger, terms)
    if whose is not None:
        yield Unsettled("the share pool", whose, whole=True)
        return
    unread = _unread(ledger)
    if unread is not None:
        yield Unsettled("the share pool", unread)
        return
    rows = pool_rows(ledger, terms)
    yield from pool_ledger(opening_reserve(rows, terms), rows, terms.recycling)


def _unread(ledger: Ledger) -> str | None:
    """Why the pool cannot be told: a row of it cannot be read."""
    for unread in ledger.unread:
        if unread.loses_row:
            return f"{unread.message}, and every later balance depends on it"
        if isinstance(unread.record, Grant) and unread.field in _OF_A_GRANT and not _lists_grants(ledger.activity):
            return f"{unread.message}, and every later balance depends on it"
    return None


_OF_A_GRANT = frozenset({"grant", "grant_date", "shares", "grant_type", "plan"})


def _lists_grants(rows: Iterable[Activity]) -> bool:
    return any(row.action.grants_option for row in rows)


def pool_rows(ledger: Ledger, terms: Terms) -> list[Activity]:
    """The rows of Activity that concern this plan, with GRANT rows made from Grants where none is listed.

    An empty FORFEIT or EXPIRE has the number that it took where tranches tell it; a pool does not know it.
    """
    own = of_this_plan(ledger, terms)
    numbers = _taken(ledger, terms)
    rows = [
        replace(row, shares=numbers[at]) if (at := id(row)) in numbers else row
        for row in rows_of_this_plan(ledger, terms)
    ]
    if not _lists_grants(rows):
        made = [g for g in own.values() if g.grant_date is not None and g.shares is not None]
        rows = [Activity(g.grant_date, Action.GRANT, g.grant, g.shares, g.grant_type, row=g.row) for g in made] + rows
    return rows


def _taken(ledger: Ledger, terms: Terms) -> dict[int, Number]:
    """What each empty FORFEIT and EXPIRE took, in shares of its day, by the row's identity; where tranches tell it."""
    grants = grants_by_key(ledger)
    numbers: dict[int, Number] = {}
    for row in ledger.activity:
        if row.action not in _BY_EXERCISABILITY or row.shares is not None or row.grant is None or row.date is None:
            continue
        day = standing(ledger, terms, grants.get(row.grant.key, Grant(row.grant)), row.date)
        if isinstance(day, str) or not day.is_scheduled:
            continue
        for event, taken, factor in day.option.taken:
            if event is row:
                numbers[id(row)] = whole_if_possible(Fraction(taken * factor))
    return numbers


_BY_EXERCISABILITY = (Action.FORFEIT, Action.EXPIRE)


def opening_reserve(rows: Iterable[Activity], terms: Terms) -> Number:
    """The reserve before the first row, in the shares of that day; below zero where the rows exceed the plan's.

    Where all of the plan's reserve stands in the rows but for what they take back again, there was none before them:
    the Plan sheet still counts it.
    """
    ordered = in_order(rows)
    added = reserved(ordered)
    rest = terms.reserve - sum(added.values())
    positive = [row for row in ordered if added.get(id(row), 0) > 0]
    back = taken_back(ordered, positive[1:])
    if back and rest == sum(added[id(row)] for row in back):
        return 0
    return ratio(rest, Measure(ordered).of_start)


_POOL_NEEDS = ((Activity, "action"), (Activity, "shares"))


@rule(
    "POOL001",
    Severity.ERROR,
    plan="§4",
    message="After {action}{of_grant}{on} the pool is over-granted by {short}.",
    fix=(
        "Rescind grants from there on (remove their rows from Grants and Activity), reduce them, or record the "
        "increase of the reserve on its own day and raise Reserve on the Plan sheet by it."
    ),
    needs=_POOL_NEEDS,
)
def over_granted(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """More shares are granted than the plan has, at some date and not only today.

    Why: the plan fixes the most shares that may be issued; a later increase of the reserve does not cure a grant made
    before it.
    Example: 10,000 shares available, a grant of 12,000 on 23 October, the increase recorded on 19 November.
    Not covered: shares that the company may not issue for other reasons (charter, listing).
    """
    was_short = False
    for line in pool_of(ledger, terms):
        if isinstance(line, Unsettled):
            yield line
        if not isinstance(line, PoolLine):
            return  # a row that cannot have happened is POOL004
        if line.available < 0 and not was_short:
            facts = {"short": counted_text(-line.available)}
            yield Hit(record_of(ledger, line.activity), "shares", _line_facts(line) | facts)
        was_short = line.available < 0


@rule(
    "POOL002",
    Severity.ERROR,
    plan="§4",
    law=("Treas. Reg. §1.422-2(b)(3)",),
    message="After {action}{of_grant}{on} {short} more {serve} ISOs than may, though {available} {are} available.",
    fix="Make the grant an NSO, or reduce it: shares tendered for an exercise price may not serve ISOs.",
    needs=_POOL_NEEDS,
)
def recycled_for_iso(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """Shares tendered for an exercise price were counted for ISOs.

    Why: tendered shares are available again, "provided, that in no event shall such shares be made available for
    issuance pursuant to exercise of Incentive Stock Options".
    Example: 40 shares of the reserve are left and 30 were tendered; an ISO over 60 shares is 20 too many.
    Not covered: an over-grant of both kinds together, which is POOL001.
    """
    was_short = False
    for line in pool_of(ledger, terms):
        if isinstance(line, Unsettled):
            yield line
        if not isinstance(line, PoolLine):
            return
        if line.for_iso is None:
            why = f"grant {line.activity.grant} has no type, and recycled shares were there when it was made"
            yield Unsettled("the shares that may serve ISOs", why)
            return
        short = line.for_iso < 0 <= line.available
        if short and not was_short:
            facts = {
                "short": counted_text(-line.for_iso),
                "serve": "serves" if line.for_iso == -1 else "serve",
                "available": shares_text(line.available),
                "are": "is" if line.available == 1 else "are",
            }
            yield Hit(record_of(ledger, line.activity), "shares", _line_facts(line) | facts)
        was_short = line.for_iso < 0


@rule(
    "POOL003",
    Severity.ERROR,
    plan="§4",
    message="The RESERVE rows of Activity exceed the plan's reserve of {reserve} by {over}, splits counted.",
    fix="Correct the RESERVE rows, or the Reserve of the Plan sheet.",
    needs=_POOL_NEEDS,
)
def reserve_ties(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The reserve recorded in Activity is more than the plan has.

    Why: the reserve is a figure of the plan's text; an increase other than by a split needs the shareholders.
    Example: a reserve of 25,600,000 with RESERVE rows of 9,800,000 before a 2-for-1 split and 7,000,000 after it.
    Not covered: rows that add up to less; what is missing is taken as the reserve at the start.
    """
    rows = [a for a in ledger.activity if a.action is Action.RESERVE]
    opening = opening_reserve(pool_rows(ledger, terms), terms)
    if rows and opening < 0 and _unread(ledger) is None:
        over = -opening * Measure(in_order(ledger.activity)).of_start
        yield Hit(rows[-1], "shares", {"reserve": counted_text(terms.reserve), "over": shares_text(over)})


@rule(
    "POOL004",
    Severity.ERROR,
    plan="§4",
    message="The pool cannot be reckoned any further: {why}.",
    fix="Correct the row; nothing after it was checked against the reserve.",
    needs=_POOL_NEEDS,
)
def pool_breaks_off(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A row of Activity from which on the pool is unknown.

    Why: one row that takes more than a grant has left makes every later balance wrong.
    Example: a CANCEL of 500 shares of a grant with 400 left.
    Not covered: rows that concern only the $100,000 limit.
    """
    rows = in_order(pool_rows(ledger, terms))
    for row, line in zip(rows, pool_of(ledger, terms), strict=False):
        if isinstance(line, Unsettled):
            yield line
            return
        if isinstance(line, Refusal):
            yield Hit(record_of(ledger, row), "shares", {"why": line.message})


@lru_cache(maxsize=1)  # asked for every finding of the same ledger
def _listed(ledger: Ledger) -> frozenset[int]:
    return frozenset(map(id, ledger.activity))


def record_of(ledger: Ledger, row: Activity) -> Activity | Grant:
    """The record that a row of the pool stands on: its own, or the grant that it was made from."""
    if id(row) in _listed(ledger):
        return row
    for listed in ledger.activity:  # whose number was filled in
        if listed.row == row.row and replace(listed, shares=row.shares) == row:
            return listed
    return grants_by_key(ledger)[grant_key(row)]


def _line_facts(line: PoolLine) -> dict[str, object]:
    row = line.activity
    return {
        "action": row.action,
        "of_grant": of_grant_text(row),
        "on": on_text(row.date),
    }
