"""The $100,000 rule a second time: slow, obvious, and written from the law without a look at the engine.

IRC §422(d); Treas. Reg. §1.422-4(a)-(c); the plan's §11(c). Every tranche row is a heap of share lots; the ledger is
walked event by event; a year is classified by walking through its lots in the order of grant. Lots are kept in shares
after all splits, as fractions.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor
from typing import Literal

Pair = tuple[Fraction, Fraction]
Outcome = Pair | str
Fate = Literal["held", "exercised", "cancelled", "disregarded"]

STATUTORY_LIMIT = Fraction(100_000)
CANCELLING_WORDS = ("CANCEL", "TERMINATE", "FORFEIT", "EXPIRE")
#: Words that need a grant which exists on their day.
WORDS_OF_A_GRANT = ("EXERCISE", *CANCELLING_WORDS, "PERFORMANCE MET")
#: Words that are no business of the yearly limit; a disposition has no effect by Treas. Reg. §1.422-4(b)(6).
WORDS_WITHOUT_EFFECT = (
    "RESERVE",
    "GRANT",
    "SUBSTITUTE",
    "DISPOSITION",
    "TENDER",
    "TENDER OTHER",
    "WITHHOLD",
    "NET EXERCISE",
    "REPURCHASE",
)


@dataclass(frozen=True)
class Tranche:
    """One row of a vesting sheet, in shares and value of the grant date; no date = by a condition only."""

    grant: str
    grant_date: date
    fmv: Fraction
    first_exercisable: date | None
    shares: Fraction
    holder: str = "E"
    grant_type: str = "ISO"


@dataclass(frozen=True)
class Event:
    """One row of the activity ledger; no shares = all that the word takes; ratio = (new, old) of a split."""

    date: date
    action: str
    grant: str | None = None
    shares: Fraction | None = None
    ratio: tuple[Fraction, Fraction] | None = None


@dataclass
class _Lot:
    shares: Fraction
    fate: Fate = "held"
    locked: Literal["ISO", "NSO"] | None = None


@dataclass
class _Row:
    """A tranche in the shares of today, with what became of them."""

    index: int
    tranche: Tranche
    fmv: Fraction
    first: date | None
    lots: list[_Lot] = field(default_factory=list)

    @property
    def is_iso(self) -> bool:
        return self.tranche.grant_type == "ISO"

    @property
    def held(self) -> Fraction:
        return sum((lot.shares for lot in self.lots if lot.fate == "held"), Fraction(0))

    @property
    def counted(self) -> Fraction:
        return sum((lot.shares for lot in self.lots if lot.fate != "disregarded"), Fraction(0))

    @property
    def restated(self) -> Fraction:
        return sum((lot.shares for lot in self.lots), Fraction(0))

    def exercisable_on(self, day: date) -> bool:
        return self.first is not None and self.first <= day

    def order(self) -> tuple[date, date, Fraction, int]:
        """First exercisable as it stands, the date in the sheet (blank last), the smaller, as listed."""
        last = date.max
        return (self.first or last, self.tranche.first_exercisable or last, self.tranche.shares, self.index)


def same(text: str) -> str:
    """Identifiers compare trimmed and without regard to case."""
    return text.replace("\u00a0", " ").strip().casefold()


Natural = tuple[list[tuple[int, int, str]], str]


def natural(text: str) -> Natural:
    """G-2 before G-10: runs of digits by value, digits before letters; of G-02 and G-2 some fixed one is first."""
    runs = re.findall(r"[0-9]+|[^0-9]", same(text))
    return ([(0, int(run), "") if run.isdigit() else (1, 0, run) for run in runs], same(text))


class _World:
    """The grants of all holders while the ledger is walked."""

    def __init__(self, tranches: Sequence[Tranche], activity: Sequence[Event], limit: Fraction) -> None:
        self.limit = limit
        self.events = sorted(activity, key=lambda event: event.date)  # stable: rows of one day as listed
        self.failed: set[str] = set()
        self.rows = [self._row(index, tranche) for index, tranche in enumerate(tranches)]
        for place, event in enumerate(self.events):
            self._apply(place, event)

    # ---- what is fixed before the first event

    def _row(self, index: int, tranche: Tranche) -> _Row:
        factor = Fraction(1)
        for event in self.events:
            if event.action == "SPLIT" and event.date > tranche.grant_date:
                factor *= self._factor(event)
        first = tranche.first_exercisable
        if first is not None:
            first = max(first, tranche.grant_date, self._approved(tranche))
        return _Row(index, tranche, tranche.fmv / factor, first, [_Lot(tranche.shares * factor)])

    @staticmethod
    def _factor(event: Event) -> Fraction:
        assert event.ratio is not None
        new, old = event.ratio
        return new / old

    def _approved(self, tranche: Tranche) -> date:
        """The last approval by shareholders that the grant had to wait for, or the day of grant."""
        gate = tranche.grant_date
        for event in self.events:
            if event.action == "APPROVAL" and (event.grant is None or same(event.grant) == same(tranche.grant)):
                gate = max(gate, event.date)
        return gate

    # ---- one event

    def _apply(self, place: int, event: Event) -> None:
        if event.action in ("SPLIT", "APPROVAL", *WORDS_WITHOUT_EFFECT):
            return
        rows = self._rows_of(event)
        if not rows:
            return
        if event.action in WORDS_OF_A_GRANT and event.date < rows[0].tranche.grant_date:
            self.failed.add(same(rows[0].tranche.grant))
        elif event.action == "ACCELERATE":
            self._trigger(rows, event.date)
        elif event.action == "PERFORMANCE MET":
            self._trigger([row for row in rows if row.tranche.first_exercisable is None], event.date)
        elif event.action == "EXERCISE":
            rows = [row for row in rows if row.exercisable_on(event.date)]
            self._take(rows, self._number(place, event, rows), lambda row: "exercised")
        else:
            assert event.action in CANCELLING_WORDS, event.action
            rows = [row for row in rows if self._is_taken_by(event.action, row, event.date)]
            self._take(rows[::-1], self._number(place, event, rows), lambda row: self._fate(row, event.date))

    def _rows_of(self, event: Event) -> list[_Row]:
        """The rows that an event speaks of, in the order of tranches; a blank grant is every grant made by then."""
        if event.grant is None:
            rows = [row for row in self.rows if row.tranche.grant_date <= event.date]
        else:
            rows = [row for row in self.rows if same(row.tranche.grant) == same(event.grant)]
        return sorted(rows, key=_Row.order)

    def _number(self, place: int, event: Event, rows: list[_Row]) -> Fraction:
        """The event's number of shares in shares of today."""
        if event.shares is None:
            return sum((row.held for row in rows), Fraction(0))
        number = event.shares
        granted = next(row.tranche.grant_date for row in self._rows_of(event))
        for later in self.events[place + 1 :]:
            if later.action == "SPLIT" and later.date > granted:
                number *= self._factor(later)
        if number > sum((row.held for row in rows), Fraction(0)):
            assert event.grant is not None
            self.failed.add(same(event.grant))
            return Fraction(0)
        return number

    @staticmethod
    def _is_taken_by(word: str, row: _Row, day: date) -> bool:
        if word == "FORFEIT":
            return not row.exercisable_on(day)
        if word == "EXPIRE":
            return row.exercisable_on(day)
        return True

    @staticmethod
    def _fate(row: _Row, day: date) -> Fate:
        """Treas. Reg. §1.422-4(b)(5): disregarded if cancelled before the year of first exercisability."""
        return "disregarded" if row.first is None or row.first.year > day.year else "cancelled"

    @staticmethod
    def _take(rows: Iterable[_Row], number: Fraction, fate: Callable[[_Row], Fate]) -> None:
        for row in rows:
            for lot in list(row.lots):
                if lot.fate == "held" and number > 0:
                    taken = min(lot.shares, number)
                    lot.shares -= taken
                    number -= taken
                    row.lots.append(_Lot(taken, fate(row)))

    # ---- acceleration, Treas. Reg. §1.422-4(b)(4)

    def _trigger(self, rows: list[_Row], day: date) -> None:
        moving: list[tuple[_Row, date]] = []
        for row in rows:
            target = max(day, self._approved(row.tranche))
            if row.held > 0 and not row.exercisable_on(day) and (row.first is None or row.first > target):
                moving.append((row, target))
        for holder, year in sorted({(same(row.tranche.holder), target.year) for row, target in moving}):
            self._lock(holder, year, day)
        for row, target in moving:
            row.first = target

    def _lock(self, holder: str, year: int, day: date) -> None:
        """Acceleration "does not affect the application of the limit to any option exercised prior" to it."""
        stood = self.classify(holder, year, made_by=day)
        for grant, iso in stood.items():
            lots = [lot for row in self._year_rows(holder, year, grant) for lot in row.lots]
            iso -= sum((lot.shares for lot in lots if lot.locked == "ISO"), Fraction(0))
            for row in self._year_rows(holder, year, grant):
                for lot in list(row.lots):
                    if lot.fate != "exercised" or lot.locked:
                        continue
                    # §1.422-4(c)(2): without a designation the shares first purchased are the ISO's
                    as_iso = min(lot.shares, iso)
                    iso -= as_iso
                    row.lots.append(_Lot(lot.shares - as_iso, "exercised", "NSO"))
                    lot.shares, lot.locked = as_iso, "ISO"

    # ---- a year

    def _year_rows(self, holder: str, year: int, grant: str) -> list[_Row]:
        """The ISO rows of a grant that are first exercisable in the year, in the order of tranches."""
        rows = [row for row in self.rows if same(row.tranche.grant) == grant and same(row.tranche.holder) == holder]
        return sorted((row for row in rows if row.is_iso and row.first and row.first.year == year), key=_Row.order)

    def classify(self, holder: str, year: int, made_by: date = date.max) -> dict[str, Fraction]:
        """ISO shares of each grant in the year: what is locked, then the grants in order (§1.422-4(b)(3))."""
        made: dict[str, tuple[date, Natural]] = {}
        for row in self.rows:
            if same(row.tranche.holder) == holder and row.tranche.grant_date <= made_by:
                made[same(row.tranche.grant)] = (row.tranche.grant_date, natural(row.tranche.grant))
        grants = sorted(made, key=lambda grant: made[grant])
        room = self.limit
        iso = {grant: Fraction(0) for grant in grants}
        for grant, row, lot in self._lots(holder, year, grants):
            if lot.locked == "ISO":
                room -= lot.shares * row.fmv
                iso[grant] += lot.shares
        for grant, row, lot in self._lots(holder, year, grants):
            if lot.locked is None and lot.fate != "disregarded":
                within = min(lot.shares, room / row.fmv)
                room -= within * row.fmv
                iso[grant] += within
        return iso

    def _lots(self, holder: str, year: int, grants: list[str]) -> Iterator[tuple[str, _Row, _Lot]]:
        for grant in grants:
            for row in self._year_rows(holder, year, grant):
                for lot in row.lots:
                    yield grant, row, lot

    # ---- the end

    def holders_failed(self) -> set[str]:
        return {same(row.tranche.holder) for row in self.rows if same(row.tranche.grant) in self.failed}

    def iso_shares(self, rounding: str) -> list[Fraction]:
        """ISO shares of each row, in input order."""
        result = [Fraction(0) for _ in self.rows]
        for row in self.rows:
            if row.is_iso and row.first is None:
                result[row.index] = row.counted
        for holder, year in self.holder_years():
            for grant, iso in self.classify(holder, year).items():
                rows = self._year_rows(holder, year, grant)
                if rounding == "FLOOR" and iso < sum(row.counted for row in rows):
                    iso = Fraction(floor(iso))
                for row in rows:
                    result[row.index] = min(row.counted, iso)
                    iso -= result[row.index]
        return result

    def holder_years(self) -> list[tuple[str, int]]:
        return sorted({(same(row.tranche.holder), row.first.year) for row in self.rows if row.is_iso and row.first})


def iso_limit(
    tranches: Sequence[Tranche],
    activity: Sequence[Event] = (),
    limit: Fraction = STATUTORY_LIMIT,
    rounding: str = "FLOOR",
) -> list[Outcome]:
    """One (ISO shares, NSO shares) per tranche, in input order; "#NUM!" or "#VALUE!" where the ledger cannot be."""
    world = _World(tranches, activity, limit)
    shares = world.iso_shares(rounding)
    failed_holders = world.holders_failed()
    outcome: list[Outcome] = []
    for row in world.rows:
        if same(row.tranche.grant) in world.failed:
            outcome.append("#NUM!")
        elif same(row.tranche.holder) in failed_holders:
            outcome.append("#VALUE!")
        elif row.is_iso:
            outcome.append((shares[row.index], row.counted - shares[row.index]))
        else:
            outcome.append((Fraction(0), row.restated))
    return outcome


def iso_by_year(
    tranches: Sequence[Tranche],
    activity: Sequence[Event] = (),
    limit: Fraction = STATUTORY_LIMIT,
    rounding: str = "FLOOR",
) -> dict[tuple[str, int], Pair]:
    """{(holder as first spelled, year): (counted, ISO dollars)}; holders whose ledger cannot be are left out."""
    world = _World(tranches, activity, limit)
    shares = world.iso_shares(rounding)
    spelled: dict[str, str] = {}
    for tranche in tranches:
        spelled.setdefault(same(tranche.holder), tranche.holder)
    years: dict[tuple[str, int], Pair] = {}
    for row in world.rows:
        holder = same(row.tranche.holder)
        if not row.is_iso or row.first is None or holder in world.holders_failed():
            continue
        key = (spelled[holder], row.first.year)
        counted, iso = years.get(key, (Fraction(0), Fraction(0)))
        years[key] = (counted + row.counted * row.fmv, iso + shares[row.index] * row.fmv)
    return years
