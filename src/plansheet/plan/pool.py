"""The share pool (plan §4; Treas. Reg. §1.422-2(b)(3)): a ledger of two buckets, never a closed formula.

``original`` is the reserve; ``recycled`` are plan shares given for an exercise price, which never serve ISOs again. All
figures are kept in the shares of the last day, so that a split needs no restating; a line is shown in those of its own.
"""

import datetime
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from plansheet.core.numbers import Number, counted_text, ratio, were_text, whole_if_possible
from plansheet.core.records import Activity
from plansheet.core.refusal import Reason, Refusal
from plansheet.core.words import Action, GrantType, Recycling
from plansheet.plan.activity import grant_key, in_order, of_grant_text

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
    measure = Measure(rows)
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


class Measure:
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
        if row.action.grants_option:
            return row.date
        if row.action is Action.RESERVE:
            return None
        return self._granted.get(grant_key(row))

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
        key = grant_key(row)
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
        draws = self._draws.get(grant_key(row))
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
            f"{_named(row)} takes {counted_text(row.shares or 0)}, but {were_text(ratio(taken, measure))} "
            "left of the grant; correct the number of shares",
        )


def _named(row: Activity) -> str:
    return f"row {row.row}: {row.action}{of_grant_text(row)}"
