"""Increases of the reserve that shareholders must approve (plan §19(a), §22(a)): which options needed which.

The pool's lines are read again with every increase as a bucket of its own. A grant is served by the rest of the pool
first, then by increases that were approved, the earliest approval first, then by the others: an increase "was
required" for a grant only to the extent that nothing else served it. As in the pool, exercised is what was drawn
first, ended what was drawn last. Shares are those of the last day.
"""

import datetime
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from plansheet.core.numbers import Number, ratio
from plansheet.core.records import Activity
from plansheet.core.words import Action
from plansheet.plan.activity import grant_key, in_order
from plansheet.plan.pool import Measure, PoolLine


def increases(rows: Iterable[Activity], opening: Number, adopted: datetime.date) -> list[Activity]:
    """The RESERVE rows that add to a reserve which was there, in order; the first one of an empty pool is none.

    A split adds no shares of this kind (Treas. Reg. §1.422-2(b)(2)(iii)), and it is no RESERVE row.
    """
    found: list[Activity] = []
    there = opening > 0
    for row in in_order(rows):
        if row.action is Action.RESERVE and row.shares is not None and row.shares > 0:
            if there and row.date is not None and row.date > adopted:
                found.append(row)
            there = True
    return found


def reserved(rows: Iterable[Activity]) -> dict[int, Number]:
    """What each RESERVE row adds, in the shares of the last day, by the row's id."""
    ordered = in_order(rows)
    measure = Measure(ordered)
    return {id(r): (r.shares or 0) * measure.after(at) for at, r in enumerate(ordered) if r.action is Action.RESERVE}


def taken_back(rows: Iterable[Activity], listed: Sequence[Activity]) -> list[Activity]:
    """The increases that a later RESERVE row takes back whole, each row one of them."""
    ordered = in_order(rows)
    size = reserved(ordered)
    of_listed = set(map(id, listed))
    back: list[Activity] = []
    open_ones: list[Activity] = []
    for row in ordered:
        if id(row) in of_listed:
            open_ones.append(row)
        elif row.action is Action.RESERVE:
            taken = next((each for each in open_ones if size[id(each)] == -size[id(row)]), None)
            if taken is not None:
                back.append(taken)
                open_ones = [each for each in open_ones if each is not taken]
    return back


@dataclass(slots=True)
class Dependent:
    """What a grant needed of an increase, and how much of that is left or was exercised: the rest has ended.

    needed: in the shares of the grant's day; outstanding, exercised: in those of the last day.
    """

    grant: Activity
    increase: Activity
    needed: Number = 0
    outstanding: Number = 0
    exercised: Number = 0


@dataclass(frozen=True, slots=True)
class Exercised:
    """Shares of an EXERCISE that an increase enabled, in the shares of its day."""

    activity: Activity
    increase: Activity
    shares: Number


@dataclass(slots=True)
class Dependence:
    """Every grant that needed an increase, in the order of the ledger, and the exercises of such shares."""

    grants: list[Dependent]
    exercises: list[Exercised]


def dependence(
    lines: Sequence[PoolLine], opening: Number, listed: Sequence[Activity], in_time: Callable[[Activity], bool]
) -> Dependence:
    """What the grants of a pool needed of its increases.

    lines: the running pool. opening: the reserve before its first row. listed: the increases, as ``increases`` gives
    them. in_time: whether an increase was approved in time.
    """
    never = datetime.date.max
    approved = sorted((row for row in listed if in_time(row)), key=lambda row: row.approved or never)
    measure = Measure([line.activity for line in lines])
    buckets = _Buckets(opening * measure.of_start, [*approved, *(row for row in listed if not in_time(row))])
    for position, line in enumerate(lines):
        row, scale = line.activity, measure.after(position)
        match row.action:
            case Action.RESERVE:
                buckets.reserve(row, line.change * scale)
            case Action.GRANT | Action.SUBSTITUTE:
                buckets.grant(row, -line.change * scale, scale)
            case Action.EXERCISE:
                own = measure.of_row(position, row, buckets.granted_on(row))
                buckets.exercise(row, own)
            case action if action.ends_options:
                buckets.end(row, line.change * scale)
            case Action.SPLIT:
                pass  # what it restates is counted in the shares of the last day already
            case _:
                buckets.rest += line.change * scale
    return Dependence(buckets.dependents, buckets.exercises)


@dataclass(slots=True)
class _Draw:
    """Shares of a grant from the rest of the pool (no dependent) or from an increase."""

    of: Dependent | None
    shares: Number


class _Buckets:
    def __init__(self, rest: Number, listed: Sequence[Activity]) -> None:
        self.rest = rest
        self.dependents: list[Dependent] = []
        self.exercises: list[Exercised] = []
        self._order = listed
        self._left: dict[int, Number] = {id(row): 0 for row in listed}
        self._draws: dict[str, deque[_Draw]] = {}
        self._granted: dict[str, datetime.date | None] = {}

    def granted_on(self, row: Activity) -> datetime.date | None:
        return self._granted.get(grant_key(row))

    def reserve(self, row: Activity, shares: Number) -> None:
        if id(row) in self._left:
            self._left[id(row)] += shares
            return
        for increase in reversed(self._order):  # what is taken back comes out of what was not approved, if it is there
            back = min(self._left[id(increase)], max(-shares, 0))
            self._left[id(increase)] -= back
            shares += back
        self.rest += shares

    def grant(self, row: Activity, shares: Number, scale: Number) -> None:
        self._granted.setdefault(grant_key(row), row.date)
        draws = self._draws.setdefault(grant_key(row), deque())
        from_rest = min(max(self.rest, 0), shares)
        draws.append(_Draw(None, from_rest))
        wanted = shares - from_rest
        for increase in self._order:
            if not wanted:
                break
            taken = min(self._left[id(increase)], wanted)
            if taken > 0:
                self._left[id(increase)] -= taken
                wanted -= taken
                dependent = Dependent(row, increase, ratio(taken, scale), taken)
                self.dependents.append(dependent)
                draws.append(_Draw(dependent, taken))
        self.rest -= from_rest + wanted  # what nothing serves is an over-grant, whoever approved what
        if wanted:
            draws.append(_Draw(None, wanted))

    def exercise(self, row: Activity, measure: Number) -> None:
        for draw, taken in self._take(row, (row.shares or 0) * measure, first=True):
            if draw.of is not None:
                draw.of.outstanding -= taken
                draw.of.exercised += taken
                self.exercises.append(Exercised(row, draw.of.increase, ratio(taken, measure)))

    def end(self, row: Activity, shares: Number) -> None:
        for draw, taken in self._take(row, shares, first=False):
            if draw.of is None:
                self.rest += taken
            else:
                draw.of.outstanding -= taken
                self._left[id(draw.of.increase)] += taken

    def _take(self, row: Activity, shares: Number, *, first: bool) -> list[tuple[_Draw, Number]]:
        """Shares of a grant by what they were drawn from."""
        draws = self._draws.get(grant_key(row), deque())
        parts: list[tuple[_Draw, Number]] = []
        while shares > 0 and draws:
            draw = draws[0] if first else draws[-1]
            taken = min(draw.shares, shares)
            draw.shares -= taken
            shares -= taken
            parts.append((draw, taken))
            if draw.shares == 0:
                draws.popleft() if first else draws.pop()
        return parts
