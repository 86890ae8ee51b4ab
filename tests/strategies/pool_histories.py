"""Histories of a share pool: every action of the ledger, mostly lawful, through a light simulation of what is left.

`pool_histories()` gives rows as records for the oracle; `excel_columns()` gives the same rows as Excel would send
them, in the spellings, date forms and blanks that the contract allows.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import strategies as st

from oracles.pool import ENDING, GRANTING, WITHOUT_EFFECT, PoolRow
from strategies.cells import column, serial

Column = list[list[object]]

RATIO_TEXTS = {
    Fraction(2): ("2-for-1", "2:1"),
    Fraction(3, 2): ("3-for-2", "3:2"),
    Fraction(1, 10): ("1-for-10", "1:10"),
    Fraction("1.4169"): ("1.4169-for-1", "1.4169:1"),
}
PAYMENTS = ("TENDER", "TENDER", "TENDER OTHER", "WITHHOLD", "NET EXERCISE")
WEIGHTED_KINDS = (
    *("GRANT",) * 6,
    *("EXERCISE",) * 6,
    *("END",) * 5,
    *("TENDER",) * 3,
    *("SPLIT",) * 2,
    "SUBSTITUTE",
    "SECOND ROW",
    "RESERVE",
    "WITHOUT EFFECT",
)
TROUBLES = ("EXERCISE TOO MUCH", "END TOO MUCH", "NEVER GRANTED", "EMPTY EXERCISE", "EMPTY FORFEIT")
FIRST_DAY, LAST_DAY = dt.date(1996, 4, 25), dt.date(2011, 1, 5)
MOST_SPLITS = 4
RESERVES = tuple(Fraction(shares) for shares in (25_600_000, 10**10, 10**10, 1000, 0))


@dataclass(frozen=True)
class PoolHistory:
    """What a POOL function is asked: the reserve at the start and the rows as listed."""

    reserve: Fraction
    rows: tuple[PoolRow, ...]

    @property
    def dated(self) -> bool:
        return self.rows[0].date is not None


@dataclass
class Under:
    """One grant of the simulation: shares left under it, in the shares of the moment."""

    name: str | None
    grant_type: str | None
    made_on: dt.date | None
    left: Fraction


@dataclass
class Simulation:
    grants: list[Under] = field(default_factory=list)
    issued: Fraction = Fraction(0)
    tendered: Fraction = Fraction(0)
    splits: int = 0
    named: bool = True
    types: Sequence[str | None] = ("ISO", "NSO")

    def split(self, ratio: Fraction) -> None:
        self.issued *= ratio
        self.tendered *= ratio
        for under in self.grants:
            under.left *= ratio


# Above zero, up to 10^10, now and then a fraction: always a number of at most 15 digits, as a cell holds it.
SHARE_COUNTS = st.one_of(
    st.integers(1, 200).map(Fraction),
    st.integers(1, 10**6).map(Fraction),
    st.sampled_from((1, 60, 100_000, 10**10)).map(Fraction),
    st.integers(1, 10**10).map(Fraction),
    st.builds(Fraction, st.integers(1, 10**9), st.sampled_from((10, 100, 10_000))),
)
PERCENTS = st.sampled_from((100, 100, 50, 25, 10, 1, 99))
PLACES = st.sampled_from((0, 0, 4))
PERCENTS_OF_TENDERED = st.sampled_from((0, 50, 100, 150))


def cell_floor(shares: Fraction, places: int) -> Fraction:
    return Fraction(shares * 10**places // 1, 10**places)


def parts_of(draw: st.DrawFn, left: Fraction) -> Fraction:
    """Some of `left`, or all of it where a cell can hold it; zero where no cell can."""
    places = draw(PLACES) if left < 10**9 else 0
    percent = draw(PERCENTS)
    return cell_floor(left * percent / 100, places) or cell_floor(left, 4)


@st.composite
def pool_histories(draw: st.DrawFn, *, troubles: bool = True) -> PoolHistory:
    """A history of one to six days of one to five rows; lawful throughout where `troubles` is off."""
    dated = draw(st.sampled_from((True, True, True, False)))
    named = draw(st.sampled_from((True, True, True, False)))
    types = draw(st.sampled_from((("ISO", "NSO"), ("ISO", "NSO"), ("NSO",), ("ISO", "NSO", None), (None,))))
    simulation = Simulation(named=named, types=types)
    reserve = draw(st.one_of(st.sampled_from(RESERVES), SHARE_COUNTS))
    days: Sequence[dt.date | None] = [None]
    if dated:
        days = sorted(draw(st.lists(st.dates(FIRST_DAY, LAST_DAY), min_size=1, max_size=6, unique=True)))
    rows: list[PoolRow] = []
    for day in days:
        rows.extend(days_of_rows(draw, simulation, day, longest=5 if dated else 16, troubles=troubles))
    if dated and draw(st.booleans()):
        rows = relisted(rows, draw(st.permutations([row.date for row in rows])))
    return PoolHistory(reserve, tuple(rows))


def relisted(rows: Sequence[PoolRow], order_of_days: Sequence[dt.date | None]) -> list[PoolRow]:
    """The rows with their days mixed; rows of one day keep their order, which only the list tells."""
    waiting = {day: [row for row in rows if row.date == day] for day in order_of_days}
    return [waiting[day].pop(0) for day in order_of_days]


def days_of_rows(
    draw: st.DrawFn, simulation: Simulation, day: dt.date | None, longest: int, troubles: bool
) -> list[PoolRow]:
    kinds = [*WEIGHTED_KINDS * 2, "TROUBLE"] if troubles else list(WEIGHTED_KINDS)
    planned = []
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=longest)):
        ratio = None
        if kind == "SPLIT":
            simulation.splits += 1
            if simulation.splits > MOST_SPLITS:
                continue
            ratio = draw(st.sampled_from(tuple(RATIO_TEXTS)))
        planned.append((kind, ratio))
    rows: list[PoolRow] = []
    for position, (kind, ratio) in enumerate(planned):
        # The day's later splits: a grant of this day counts in the shares after them.
        factor = Fraction(1)
        for _, later in planned[position + 1 :]:
            factor *= later if day is not None and later is not None else 1
        rows.extend(rows_of_one_step(draw, simulation, day, kind, ratio, factor))
    return rows


def rows_of_one_step(
    draw: st.DrawFn,
    simulation: Simulation,
    day: dt.date | None,
    kind: str,
    ratio: Fraction | None,
    factor: Fraction,
) -> list[PoolRow]:
    if kind == "SPLIT":
        assert ratio is not None
        simulation.split(ratio)
        return [PoolRow(day, "SPLIT", ratio=ratio)]
    if kind == "RESERVE":
        shares = draw(SHARE_COUNTS) * draw(st.sampled_from((1, 1, -1)))
        return [PoolRow(day, "RESERVE", shares=shares)]
    if kind == "WITHOUT EFFECT":
        return [rows_without_effect(draw, simulation, day)]
    if kind == "TENDER" and cell_floor(simulation.issued, 4) > 0:
        # Shares issued on any earlier day may pay for any option; nothing ties the row to one grant.
        shares = parts_of(draw, simulation.issued)
        simulation.tendered += shares
        return [PoolRow(day, "TENDER", shares=shares)]
    if simulation.grants and kind in ("EXERCISE", "END", "TROUBLE"):
        under = draw(st.sampled_from([*simulation.grants, simulation.grants[-1]]))
        own_factor = factor if under.made_on == day else Fraction(1)
        if kind == "TROUBLE":
            return troublesome_rows(draw, simulation, under, day, own_factor)
        if kind == "END":
            return [ending_rows(draw, under, day, own_factor)]
        if cell_floor(under.left * own_factor, 4) > 0:
            rows = exercise_rows(draw, simulation, under, day, own_factor)
            if any(row.action == "TENDER" for row in rows):
                rows += rows_after_a_tender(draw, simulation, day, factor)
            return rows
    return [grant_rows(draw, simulation, day, kind, factor)]


def grant_rows(draw: st.DrawFn, simulation: Simulation, day: dt.date | None, kind: str, factor: Fraction) -> PoolRow:
    action = "SUBSTITUTE" if kind == "SUBSTITUTE" else "GRANT"
    shares = granted_shares(draw, simulation.tendered * factor)
    last = simulation.grants[-1] if simulation.grants else None
    if simulation.named and kind == "SECOND ROW" and last is not None and last.made_on == day:
        last.left += shares / factor
        return PoolRow(day, action, last.name, shares, last.grant_type)
    grant_type = draw(st.sampled_from(simulation.types))
    if not simulation.named and last is not None:
        last.left += shares / factor
        return PoolRow(day, action, None, shares, grant_type)
    name = next_name(simulation) if simulation.named else None
    simulation.grants.append(Under(name, grant_type, day, shares / factor))
    return PoolRow(day, action, name, shares, grant_type)


def granted_shares(draw: st.DrawFn, tendered: Fraction) -> Fraction:
    """Often about what was tendered: a little less, just as much, or more than the recycled bucket can hold."""
    percent = draw(PERCENTS_OF_TENDERED)
    near = cell_floor(tendered * percent / 100, 4 if tendered < 10**9 else 0)
    return near or draw(SHARE_COUNTS)


def next_name(simulation: Simulation) -> str:
    number = len(simulation.grants) + 1
    return f"G-{number}" if number % 3 else str(1000 + number)


def exercise_rows(
    draw: st.DrawFn, simulation: Simulation, under: Under, day: dt.date | None, factor: Fraction
) -> list[PoolRow]:
    shares = parts_of(draw, under.left * factor)
    under.left -= shares / factor
    simulation.issued += shares / factor
    rows = [PoolRow(day, "EXERCISE", under.name, shares)]
    for payment in draw(st.lists(st.sampled_from(PAYMENTS), max_size=2)):
        given = parts_of(draw, shares)
        rows.append(PoolRow(day, payment, under.name, given))
        if payment == "TENDER":
            simulation.tendered += given / factor
    return rows


def rows_after_a_tender(
    draw: st.DrawFn, simulation: Simulation, day: dt.date | None, factor: Fraction
) -> list[PoolRow]:
    """The story that two buckets are kept for: what was tendered is granted, in part exercised, and ended."""
    rows = []
    for kind in draw(st.sampled_from(((), ("GRANT",), ("GRANT", "END"), ("GRANT", "EXERCISE", "END")))):
        under = simulation.grants[-1]
        own_factor = factor if under.made_on == day else Fraction(1)
        if kind == "GRANT":
            rows.append(grant_rows(draw, simulation, day, kind, factor))
        elif kind == "END":
            rows.append(ending_rows(draw, under, day, own_factor))
        elif cell_floor(under.left * own_factor, 4) > 0:
            rows.extend(exercise_rows(draw, simulation, under, day, own_factor))
    return rows


def ending_rows(draw: st.DrawFn, under: Under, day: dt.date | None, factor: Fraction) -> PoolRow:
    action = draw(st.sampled_from(ENDING))
    shares = parts_of(draw, under.left * factor)
    may_be_empty = action != "FORFEIT"
    if may_be_empty and (shares == 0 or draw(st.booleans())):
        under.left = Fraction(0)
        return PoolRow(day, action, under.name)
    if shares == 0:
        return PoolRow(day, "DISPOSITION", under.name, Fraction(1))
    under.left -= shares / factor
    return PoolRow(day, action, under.name, shares)


def rows_without_effect(draw: st.DrawFn, simulation: Simulation, day: dt.date | None) -> PoolRow:
    action = draw(st.sampled_from(WITHOUT_EFFECT))
    if not simulation.grants or action == "APPROVAL":
        return PoolRow(day, "APPROVAL")
    under = draw(st.sampled_from(simulation.grants))
    if action in ("ACCELERATE", "PERFORMANCE MET"):
        return PoolRow(day, action, under.name)
    return PoolRow(day, action, under.name, draw(SHARE_COUNTS))


def troublesome_rows(
    draw: st.DrawFn, simulation: Simulation, under: Under, day: dt.date | None, factor: Fraction
) -> list[PoolRow]:
    trouble = draw(st.sampled_from(TROUBLES))
    if trouble == "NEVER GRANTED" and simulation.named:
        # The next grant takes this very name, so that the row may also stand before its GRANT row.
        action, shares = draw(st.sampled_from((("EXERCISE", Fraction(1)), ("CANCEL", Fraction(1)), ("EXPIRE", None))))
        return [PoolRow(day, action, next_name(simulation), shares)]
    if trouble == "EMPTY EXERCISE":
        return [PoolRow(day, "EXERCISE", under.name)]
    if trouble == "EMPTY FORFEIT":
        return [PoolRow(day, "FORFEIT", under.name)]
    action = "EXERCISE" if trouble == "EXERCISE TOO MUCH" else draw(st.sampled_from(ENDING))
    left = under.left * factor
    over = cell_floor(left, 4) + Fraction(1, 10_000) if left < 10**9 else cell_floor(left, 0) + 1
    return [PoolRow(day, action, under.name, over)]


def as_of_dates(history: PoolHistory) -> st.SearchStrategy[dt.date | None]:
    """None, a day of the history, or the day before or after one."""
    days = sorted({row.date for row in history.rows if row.date is not None})
    near = [day + dt.timedelta(days=shift) for day in days for shift in (-1, 0, 1)]
    return st.sampled_from([None, *near])


@dataclass(frozen=True)
class ExcelColumns:
    """The arguments of a POOL function as Excel sends them: columns as lists of one-cell rows."""

    reserve: float
    action: Column
    shares: Column
    grant_id: Column | None
    grant_type: Column | str | None
    event_date: Column | None


ACTION_SYNONYMS = {
    "CANCEL": ("Canceled",),
    "FORFEIT": ("Forfeited",),
    "TENDER": ("Stock swap",),
}
TYPE_SPELLINGS = {
    "ISO": ("ISO", "iso", " Iso "),
    "NSO": ("NSO", "nso", "NQ", "NQSO", "NQO", "Non-Qualified", "nonstatutory"),
}


def excel_columns(history: PoolHistory, seed: int = 0) -> ExcelColumns:
    """The history in cells; seed 0 spells everything plainly, any other one as users and programs do."""
    spelling = Spelling(seed)
    rows = history.rows
    granting = [row for row in rows if row.action in GRANTING]
    types: Column | str | None = column(spelling.grant_type(row.grant_type) for row in rows)
    one_type = {row.grant_type for row in granting}
    if granting and len(one_type) == 1 and spelling.maybe():
        types = one_type.pop()
    return ExcelColumns(
        reserve=float(history.reserve),
        action=column(spelling.action(row.action) for row in rows),
        shares=column(spelling.shares(row) for row in rows),
        grant_id=column(spelling.grant(row.grant) for row in rows) if any(row.grant for row in rows) else None,
        grant_type=types,
        event_date=column(spelling.date(row.date) for row in rows if row.date) if history.dated else None,
    )


class Spelling:
    """The ways to type one thing that the contract reads as the same."""

    def __init__(self, seed: int) -> None:
        self.plain = seed == 0
        self.random = random.Random(seed)

    def maybe(self) -> bool:
        return not self.plain and self.random.random() < 0.5

    def one_of(self, ways: Sequence[object]) -> object:
        return ways[0] if self.plain else self.random.choice(ways)

    def action(self, action: str) -> object:
        spaced = (action, action.title(), action.lower(), action.replace(" ", "_"), action.replace(" ", "-"))
        return self.one_of((*spaced, action.replace(" ", ""), *ACTION_SYNONYMS.get(action, ())))

    def shares(self, row: PoolRow) -> object:
        if row.ratio is not None:
            return self.one_of(RATIO_TEXTS[row.ratio])
        if row.shares is None:
            return self.one_of((None, "", "ALL", "all") if row.action in ENDING else (None, ""))
        if row.shares.denominator == 1:
            return self.one_of((float(row.shares), int(row.shares)))
        return float(row.shares)

    def grant(self, grant: str | None) -> object:
        if grant is None:
            return self.one_of((None, ""))
        ways: tuple[object, ...] = (grant, grant.lower(), f"{grant} ", f"\u00a0{grant}")
        return self.one_of((*ways, int(grant), float(grant)) if grant.isdigit() else ways)

    def grant_type(self, grant_type: str | None) -> object:
        return self.one_of((None, "") if grant_type is None else TYPE_SPELLINGS[grant_type])

    def date(self, day: dt.date) -> object:
        midnight = dt.datetime(day.year, day.month, day.day)
        later = midnight + dt.timedelta(minutes=self.random.randrange(24 * 60))
        return self.one_of((midnight, later, serial(day), int(serial(day)), serial(day) + 0.75, day, day.isoformat()))
