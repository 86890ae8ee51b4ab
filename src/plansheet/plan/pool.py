"""The share pool (plan §4; Treas. Reg. §1.422-2(b)(3)): a ledger of two buckets, never a closed formula.

``original`` is the reserve; ``recycled`` are plan shares given for an exercise price, which never serve ISOs again. All
figures are kept in the shares of the last day, so that a split needs no restating; a line is shown in those of its own.
"""

import datetime
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from plansheet.core.dates import date_text
from plansheet.core.numbers import Number, counted_text, ratio, shares_text, whole_if_possible
from plansheet.core.records import Activity, Grant, Ledger
from plansheet.core.refusal import Reason, Refusal
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action, GrantType, Recycling
from plansheet.plan.ledger import of_this_plan
from plansheet.plan.order import in_order
from plansheet.plan.terms import Terms

_NEEDS_SHARES = frozenset(
    {Action.RESERVE, Action.GRANT, Action.SUBSTITUTE, Action.TENDER, Action.WITHHOLD, Action.NET_EXERCISE}
)


@dataclass(frozen=True, slots=True)
class PoolLine:
    """The pool after one row of activity, in the shares of that moment.

    for_iso is None from where it depends on a type that is not given.
    """

    activity: Activity
    change: Number
    available: Number
    for_iso: Number | None


def pool_ledger(
    reserve: Number, activity: Iterable[Activity], recycling: Recycling = Recycling.PLAN
) -> Iterator[PoolLine | Refusal]:
    """The running pool, a line per row of activity in order; it ends with the first Refusal.

    reserve: shares at the start. Rows without a grant number where none has one are taken as one grant.
    """
    rows = in_order(activity)
    measure = _Measure(rows)
    pool = _Pool(reserve * measure.of_start, recycling)
    before = reserve
    for position, row in enumerate(rows):
        refusal = pool.apply(row, measure.of_row(position, row, pool.granted_on(row)))
        if refusal is not None:
            yield refusal
            return
        scale = measure.after(position)
        available = ratio(pool.original + pool.recycled, scale)
        yield PoolLine(row, available - before, available, pool.for_iso(scale))
        before = available


class _Measure:
    """How many of the last day's shares a row's share stands for (plan §15(a)(x), (y))."""

    def __init__(self, rows: Sequence[Activity]) -> None:
        self._after: list[Number] = [1] * len(rows)
        self._later_than: dict[datetime.date, Number] = {}
        factor: Number = 1
        for position in range(len(rows) - 1, -1, -1):
            row = rows[position]
            self._after[position] = factor
            if row.date is not None and row.date not in self._later_than:
                self._later_than[row.date] = factor  # the day's last row: only later days' splits are behind it
            if row.action is Action.SPLIT and row.ratio is not None:
                factor = whole_if_possible(Fraction(factor * row.ratio.factor))
        self.of_start = factor

    def after(self, position: int) -> Number:
        """Of a share after the row."""
        return self._after[position]

    def of_row(self, position: int, row: Activity, granted: datetime.date | None) -> Number:
        """Of a share that the row speaks of. A grant dated on a split's date is in new shares already."""
        if row.date is not None and granted == row.date:
            return self._later_than[row.date]
        return self._after[position]


class _Draw:
    """Shares of a grant that came out of one bucket and are still there."""

    __slots__ = ("recycled", "shares")

    def __init__(self, recycled: bool, shares: Number) -> None:
        self.recycled = recycled
        self.shares = shares


class _Pool:
    def __init__(self, reserve: Number, recycling: Recycling) -> None:
        self.original = reserve
        self.recycled: Number = 0
        self._recycling = recycling
        self._draws: dict[str, deque[_Draw]] = {}
        self._types: dict[str, GrantType | None] = {}
        self._granted: dict[str, datetime.date | None] = {}
        self._unknown = False

    def for_iso(self, scale: Number) -> Number | None:
        """Available for ISOs: the original shares, but not more than both together."""
        if self._unknown:
            return None
        return ratio(min(self.original, self.original + self.recycled), scale)

    def granted_on(self, row: Activity) -> datetime.date | None:
        """The date of the grant that a row concerns."""
        if row.action is Action.GRANT or row.action is Action.SUBSTITUTE:
            return row.date
        if row.action is Action.RESERVE:
            return None
        return self._granted.get(_key(row))

    def apply(self, row: Activity, measure: Number) -> Refusal | None:
        """Let one row happen; a Refusal where it cannot be read or cannot have happened."""
        shares = None if row.shares is None else row.shares * measure
        match row.action:
            case Action.RESERVE if shares is not None:
                self.original += shares
            case Action.GRANT | Action.SUBSTITUTE if shares is not None:
                return self._grant(row, shares)
            case Action.TENDER if shares is not None:
                # Plan §4: shares issued under the plan and tendered for a price come back, in no event for ISOs.
                self.recycled += shares
            case Action.WITHHOLD | Action.NET_EXERCISE if self._recycling is Recycling.PLAN:
                pass
            case Action.WITHHOLD | Action.NET_EXERCISE if shares is not None:
                self.recycled += shares
            case Action.EXERCISE | Action.FORFEIT if shares is None:
                return Refusal(
                    Reason.UNKNOWN,
                    f"{_named(row)} gives no shares, and the pool does not know what is exercisable; "
                    "give the number of shares",
                )
            case Action.EXERCISE | Action.FORFEIT | Action.CANCEL | Action.TERMINATE | Action.EXPIRE:
                return self._take(row, shares, measure)
            case action if action in _NEEDS_SHARES:
                return Refusal(Reason.UNREADABLE, f"{_named(row)} gives no shares; give the number of shares")
        return None

    def _grant(self, row: Activity, shares: Number) -> Refusal | None:
        key = _key(row)
        known = self._types.setdefault(key, row.grant_type)
        if row.grant is not None and known is not row.grant_type:
            return Refusal(
                Reason.UNREADABLE,
                f"{_named(row)} is {row.grant_type or 'without a type'}, an earlier row of the grant "
                f"{known or 'without a type'}; give the grant one type",
            )
        self._granted.setdefault(key, row.date)
        draws = self._draws.setdefault(key, deque())
        if row.grant_type is None and self.recycled > 0 and shares > 0:
            self._unknown = True
        from_recycled: Number = 0
        if row.grant_type is not GrantType.ISO:
            from_recycled = min(shares, self.recycled)
        if from_recycled:
            self.recycled -= from_recycled
            draws.append(_Draw(True, from_recycled))
        if shares - from_recycled:
            self.original -= shares - from_recycled
            draws.append(_Draw(False, shares - from_recycled))
        return None

    def _take(self, row: Activity, shares: Number | None, measure: Number) -> Refusal | None:
        draws = self._draws.get(_key(row))
        if draws is None:
            why = f"{_named(row)} comes before any GRANT row of it; list that row, or correct the grant's number"
            return Refusal(Reason.IMPOSSIBLE, why)
        exercise = row.action is Action.EXERCISE
        left = sum((d.shares for d in draws), start=0) if shares is None else shares
        taken: Number = 0
        while left > 0 and draws:
            draw = draws[0] if exercise else draws[-1]  # exercised is the first drawn, cancelled the last drawn
            part = min(draw.shares, left)
            draw.shares -= part
            left -= part
            taken += part
            if not exercise and draw.recycled:
                self.recycled += part
            elif not exercise:
                self.original += part
            if draw.shares == 0:
                draws.popleft() if exercise else draws.pop()
        if left == 0:
            return None
        return Refusal(
            Reason.IMPOSSIBLE,
            f"{_named(row)} takes {counted_text(row.shares or 0)}, but {shares_text(ratio(taken, measure))} were "
            "left of the grant; correct the number of shares",
        )


def _key(row: Activity) -> str:
    return "" if row.grant is None else row.grant.key


def _named(row: Activity) -> str:
    of_grant = "" if row.grant is None else f" of grant {row.grant}"
    return f"row {row.row}: {row.action}{of_grant}"


def pool_of(ledger: Ledger, terms: Terms) -> Iterator[PoolLine | Refusal | Unsettled]:
    """The running pool of a ledger, grants of other plans left out; Unsettled alone where rows of it are unread.

    The plan's reserve is what all RESERVE rows, restated for splits, and the opening reserve add up to; so the opening
    reserve is what the rows leave of it. Where Activity holds no GRANT rows, they are made from Grants.
    """
    why = _unread(ledger, terms)
    if why is not None:
        yield Unsettled("the share pool", why)
        return
    rows = _own_rows(ledger, terms)
    yield from pool_ledger(_opening(rows, terms), rows, terms.recycling)


def _unread(ledger: Ledger, terms: Terms) -> str | None:
    """Why the pool cannot be told: a row of it cannot be read, or no grant can be said to be this plan's."""
    for unread in ledger.unread:
        if isinstance(unread.record, Activity):
            return f"{unread.message}, and every later balance depends on it"
        if isinstance(unread.record, Grant) and unread.field in _OF_A_GRANT and not _lists_grants(ledger.activity):
            return f"{unread.message}, and every later balance depends on it"
    if ledger.grants and not of_this_plan(ledger, terms):
        return f"no grant's Plan is a part of the plan's title ({terms.title}); leave Plan blank for this plan's grants"
    return None


_OF_A_GRANT = frozenset({"grant", "grant_date", "shares", "grant_type", "plan"})


def _lists_grants(rows: Iterable[Activity]) -> bool:
    return any(row.action is Action.GRANT or row.action is Action.SUBSTITUTE for row in rows)


def _own_rows(ledger: Ledger, terms: Terms) -> list[Activity]:
    own = of_this_plan(ledger, terms)
    known = {g.grant.key for g in ledger.grants}
    rows = [a for a in ledger.activity if a.grant is None or a.grant.key in own or a.grant.key not in known]
    if not _lists_grants(rows):
        made = [g for g in own.values() if g.grant_date is not None and g.shares is not None]
        rows = [Activity(g.grant_date, Action.GRANT, g.grant, g.shares, g.grant_type, row=g.row) for g in made] + rows
    return rows


def _opening(rows: Iterable[Activity], terms: Terms) -> Number:
    """The reserve before the first row, in the shares of that day; below zero where the rows exceed the plan's."""
    ordered = in_order(rows)
    measure = _Measure(ordered)
    added: Number = 0
    for position, row in enumerate(ordered):
        if row.action is Action.RESERVE:
            added += (row.shares or 0) * measure.after(position)
    return ratio(terms.reserve - added, measure.of_start)


_POOL_NEEDS = ((Activity, "action"), (Activity, "shares"))


@rule(
    "POOL001",
    Severity.ERROR,
    plan="§4",
    message="After {action}{of_grant}{on} the pool is over-granted by {short} shares.",
    fix="Rescind or reduce the grants from there on, or record the increase of the reserve on its own day.",
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
            facts = {"short": shares_text(-line.available)}
            yield Hit(_record(ledger, line.activity), "shares", _line_facts(line) | facts)
        was_short = line.available < 0


@rule(
    "POOL002",
    Severity.ERROR,
    plan="§4",
    law=("Treas. Reg. §1.422-2(b)(3)",),
    message="After {action}{of_grant}{on} {short} shares more serve ISOs than may, though {available} are available.",
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
            facts = {"short": shares_text(-line.for_iso), "available": shares_text(line.available)}
            yield Hit(_record(ledger, line.activity), "shares", _line_facts(line) | facts)
        was_short = line.for_iso < 0


@rule(
    "POOL003",
    Severity.ERROR,
    plan="§4",
    message="The RESERVE rows of Activity exceed the plan's reserve of {reserve} shares by {over}, splits counted.",
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
    opening = _opening(_own_rows(ledger, terms), terms)
    if rows and opening < 0 and _unread(ledger, terms) is None:
        over = -opening * _Measure(in_order(ledger.activity)).of_start
        yield Hit(rows[-1], "shares", {"reserve": shares_text(terms.reserve), "over": shares_text(over)})


@rule(
    "POOL004",
    Severity.ERROR,
    plan="§4",
    message="The pool cannot be reckoned beyond this row: {why}.",
    fix="Correct the row; nothing after it was checked against the reserve.",
    needs=_POOL_NEEDS,
)
def pool_breaks_off(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A row of Activity from which on the pool is unknown.

    Why: one row that takes more than a grant has left makes every later balance wrong.
    Example: a CANCEL of 500 shares of a grant with 400 left.
    Not covered: rows that concern only the $100,000 limit.
    """
    rows = in_order(_own_rows(ledger, terms))
    for row, line in zip(rows, pool_of(ledger, terms), strict=False):
        if isinstance(line, Unsettled):
            yield line
            return
        if isinstance(line, Refusal):
            yield Hit(_record(ledger, row), "shares", {"why": line.message})


def _record(ledger: Ledger, row: Activity) -> Activity | Grant:
    """The record that a row of the pool stands on: its own, or the grant that it was made from."""
    if any(row is listed for listed in ledger.activity):
        return row
    return next(grant for grant in ledger.grants if grant.grant == row.grant)


def _line_facts(line: PoolLine) -> dict[str, object]:
    row = line.activity
    return {
        "action": row.action,
        "of_grant": f" of grant {row.grant}" if row.grant is not None else "",
        "on": f" on {date_text(row.date)}" if row.date is not None else "",
    }
