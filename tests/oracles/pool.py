"""The share pool of section 4, slow and obvious: a drawn share lies in a lot that remembers its grant and bucket.

Two buckets. `original` is the reserve and serves every option; `recycled` holds shares that came back by another way
than an option's end, and section 4 bars those from incentive stock options. All figures are Fractions in the shares
of the moment: a split multiplies every bucket and every lot, section 15(a).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

ZERO = Fraction(0)

GRANTING = ("GRANT", "SUBSTITUTE")
ENDING = ("CANCEL", "TERMINATE", "FORFEIT", "EXPIRE")
NET_RETURNS = ("WITHHOLD", "NET EXERCISE")
WITHOUT_EFFECT = (
    "ACCELERATE",
    "PERFORMANCE MET",
    "APPROVAL",
    "DISPOSITION",
    "TENDER OTHER",
    "REPURCHASE",
)
ACTIONS = ("RESERVE", *GRANTING, "EXERCISE", *ENDING, "TENDER", *NET_RETURNS, "SPLIT", *WITHOUT_EFFECT)


@dataclass(frozen=True)
class PoolRow:
    """One row of activity. `shares` None is an empty cell; `ratio` is new shares per old share, on SPLIT rows."""

    date: dt.date | None
    action: str
    grant: str | None = None
    shares: Fraction | None = None
    grant_type: str | None = None
    ratio: Fraction | None = None


@dataclass(frozen=True)
class PoolLine:
    """One line of the running table: what the row changed, and what stood available after it; or an Excel code."""

    row: PoolRow
    change: Fraction | str
    available: Fraction | str
    available_for_iso: Fraction | str


@dataclass
class Lot:
    """Shares drawn from one bucket by one grant, in the order of drawing."""

    grant: str | None
    bucket: str
    shares: Fraction


class LedgerBreaks(Exception):
    """A row that asks for what is not there; carries the code that Excel shows."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class State:
    """The pool after some rows."""

    buckets: dict[str, Fraction]
    lots: list[Lot] = field(default_factory=list)
    made_on: dict[str | None, dt.date | None] = field(default_factory=dict)
    iso_known: bool = True

    @property
    def available(self) -> Fraction:
        return self.buckets["original"] + self.buckets["recycled"]

    @property
    def available_for_iso(self) -> Fraction | str:
        if not self.iso_known:
            return "#N/A"
        return min(self.buckets["original"], self.available)

    def lots_of(self, grant: str | None) -> list[Lot]:
        return [lot for lot in self.lots if lot.grant == grant]

    def left_of(self, grant: str | None) -> Fraction:
        return sum((lot.shares for lot in self.lots_of(grant)), ZERO)

    def draw(self, grant: str | None, bucket: str, shares: Fraction) -> None:
        self.buckets[bucket] -= shares
        self.lots.append(Lot(grant, bucket, shares))


def pool(
    reserve: Fraction,
    rows: Sequence[PoolRow],
    as_of: dt.date | None = None,
    for_type: str = "ANY",
    recycling: str = "PLAN",
) -> Fraction | str:
    """Shares available, or the code of the first row that breaks the ledger on or before `as_of`."""
    state = start(reserve)
    ordered = in_order(rows)
    for position, row in enumerate(ordered):
        if as_of is not None and day(row) > as_of:
            break
        try:
            apply(state, ordered, position, recycling)
        except LedgerBreaks as broken:
            return broken.code
    return state.available_for_iso if for_type == "ISO" else state.available


def pool_ledger(reserve: Fraction, rows: Sequence[PoolRow], recycling: str = "PLAN") -> list[PoolLine]:
    """A line per row in date order, each in the shares of its own moment."""
    state = start(reserve)
    ordered = in_order(rows)
    lines: list[PoolLine] = []
    for position, row in enumerate(ordered):
        before = state.available
        try:
            apply(state, ordered, position, recycling)
        except LedgerBreaks as broken:
            lines.append(PoolLine(row, broken.code, broken.code, broken.code))
            lines.extend(PoolLine(later, "#VALUE!", "#VALUE!", "#VALUE!") for later in ordered[position + 1 :])
            break
        lines.append(PoolLine(row, state.available - before, state.available, state.available_for_iso))
    return lines


def start(reserve: Fraction) -> State:
    return State({"original": reserve, "recycled": ZERO})


def in_order(rows: Iterable[PoolRow]) -> list[PoolRow]:
    """By date, rows of one day as listed; a ledger without any dates as listed."""
    listed = list(rows)
    if all(row.date is None for row in listed):
        return listed
    return sorted(listed, key=day)


def day(row: PoolRow) -> dt.date:
    if row.date is None:
        raise ValueError("a ledger is dated throughout or not at all")
    return row.date


def apply(state: State, ordered: Sequence[PoolRow], position: int, recycling: str) -> None:
    row = ordered[position]
    shares = in_shares_of_the_moment(state, ordered, position)
    if row.action == "RESERVE":
        state.buckets["original"] += given(shares)
    elif row.action in GRANTING:
        grant(state, row, given(shares))
    elif row.action == "EXERCISE":
        exercise(state, row, shares)
    elif row.action in ENDING:
        end(state, row, shares)
    elif row.action == "TENDER":
        # Section 4, third sentence: issued under the plan, tendered for an exercise price, never again for an ISO.
        state.buckets["recycled"] += given(shares)
    elif row.action in NET_RETURNS:
        if recycling == "NET":
            state.buckets["recycled"] += given(shares)
    elif row.action == "SPLIT":
        split(state, row.ratio)
    elif row.action not in WITHOUT_EFFECT:
        raise ValueError(row.action)


def in_shares_of_the_moment(state: State, ordered: Sequence[PoolRow], position: int) -> Fraction | None:
    """The row's number in the shares the pool counts at that point of the list.

    A grant made on the day of a split is in new shares, wherever the SPLIT row stands that day; so are the day's
    other rows of that grant. Listed before the SPLIT row, they are brought to old shares, which the split restates.
    """
    row = ordered[position]
    if row.shares is None:
        return None
    if row.date is None or day_of_grant(row, state.made_on) != row.date:
        return row.shares
    shares = row.shares
    for later in ordered[position + 1 :]:
        if later.action == "SPLIT" and later.date == row.date and later.ratio is not None:
            shares = shares / later.ratio
    return shares


def day_of_grant(row: PoolRow, made_on: Mapping[str | None, dt.date | None]) -> dt.date | None:
    """The day of the grant the row belongs to. The reserve belongs to none, even where one unnamed grant is all."""
    if row.action == "RESERVE":
        return None
    return row.date if row.action in GRANTING else made_on.get(row.grant)


def given(shares: Fraction | None) -> Fraction:
    if shares is None:
        raise ValueError("the histories give this action's shares")
    return shares


def grant(state: State, row: PoolRow, shares: Fraction) -> None:
    state.made_on.setdefault(row.grant, row.date)
    recycled = state.buckets["recycled"]
    if row.grant_type is None and recycled > 0 and shares > 0:
        # An NSO would draw the recycled shares, an ISO may not: what is left for ISOs cannot be told from here on.
        state.iso_known = False
    if row.grant_type == "NSO":
        from_recycled = min(shares, recycled)
        state.draw(row.grant, "recycled", from_recycled)
        state.draw(row.grant, "original", shares - from_recycled)
    else:
        state.draw(row.grant, "original", shares)


def exercise(state: State, row: PoolRow, shares: Fraction | None) -> None:
    """Issued shares are gone for good; the first drawn are issued first."""
    taken = taken_from_grant(state, row, shares, empty_is_all=False)
    for lot in state.lots_of(row.grant):
        part = min(lot.shares, taken)
        lot.shares -= part
        taken -= part


def end(state: State, row: PoolRow, shares: Fraction | None) -> None:
    """Section 4, second sentence: unpurchased shares are available again, in the bucket they came from."""
    taken = taken_from_grant(state, row, shares, empty_is_all=row.action != "FORFEIT")
    for lot in reversed(state.lots_of(row.grant)):
        part = min(lot.shares, taken)
        lot.shares -= part
        state.buckets[lot.bucket] += part
        taken -= part


def taken_from_grant(state: State, row: PoolRow, shares: Fraction | None, empty_is_all: bool) -> Fraction:
    if row.grant not in state.made_on:
        raise LedgerBreaks("#NUM!")
    left = state.left_of(row.grant)
    if shares is None:
        # The pool knows no vesting, so it cannot tell how many shares are exercisable or unexercisable.
        if not empty_is_all:
            raise LedgerBreaks("#N/A")
        return left
    if shares > left:
        raise LedgerBreaks("#NUM!")
    return shares


def split(state: State, ratio: Fraction | None) -> None:
    """Section 15(a)(x) and (y): the reserve and what is under option are restated alike; so is what was issued."""
    if ratio is None:
        raise ValueError("a SPLIT row carries its ratio")
    for bucket in state.buckets:
        state.buckets[bucket] *= ratio
    for lot in state.lots:
        lot.shares *= ratio


def closed_total(reserve: Fraction, rows: Sequence[PoolRow], recycling: str = "PLAN") -> Fraction:
    """Section 4 as one equation for a lawful ledger: reserve + tendered + returned - granted, all restated.

    It keeps no buckets, so it answers for both together only; its lots are one number per grant.
    """
    ordered = in_order(rows)
    total = reserve * splits_after(ordered, -1, None)
    under: dict[str | None, Fraction] = {}
    made_on: dict[str | None, dt.date | None] = {}
    for position, row in enumerate(ordered):
        if row.action in GRANTING:
            made_on.setdefault(row.grant, row.date)
        shares = (row.shares or ZERO) * splits_after(ordered, position, day_of_grant(row, made_on))
        if row.action == "RESERVE" or row.action == "TENDER" or (row.action in NET_RETURNS and recycling == "NET"):
            total += shares
        elif row.action in GRANTING:
            total -= shares
            under[row.grant] = under.get(row.grant, ZERO) + shares
        elif row.action == "EXERCISE":
            under[row.grant] -= shares
        elif row.action in ENDING:
            returned = under[row.grant] if row.shares is None else shares
            under[row.grant] -= returned
            total += returned
    return total


def splits_after(ordered: Sequence[PoolRow], position: int, made_on: dt.date | None) -> Fraction:
    """What one share of the row becomes; a split of `made_on`, the day of its grant, is in its number already."""
    here = ordered[position] if position >= 0 else None
    factor = Fraction(1)
    for later in ordered[position + 1 :]:
        is_in_already = here is not None and here.date is not None and later.date == here.date == made_on
        if later.ratio is not None and not is_in_already:
            factor *= later.ratio
    return factor
