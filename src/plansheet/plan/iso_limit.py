"""The $100,000 limit (plan §11(c); IRC §422(d); Treas. Reg. §1.422-4): which shares are ISO and which are NSO.

Every tranche is kept in shares of its grant date, where shares times fair market value are the dollars that the
limit counts; a split changes neither. Numbers of later days are brought back to that measure, results are brought
forward once.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from plansheet.core.numbers import (
    Number,
    ratio,
    round_down,
    whole_if_possible,
)
from plansheet.core.records import Activity, Tranche
from plansheet.core.refusal import Reason, Refusal
from plansheet.core.words import Action, Identifier, Rounding
from plansheet.plan.activity import in_order
from plansheet.plan.option_history import LIFE_EVENTS, Option, apply, options_of

_TRIGGERS = frozenset({Action.ACCELERATE, Action.PERFORMANCE_MET})
IGNORED = frozenset(Action) - LIFE_EVENTS - {Action.APPROVAL}
"""Actions that change nothing about the limit; of a disposition Treas. Reg. §1.422-4(b)(6) says so."""


class TrancheSplit(NamedTuple):
    """One tranche's answer, in today's shares (all splits applied), with what it rests on.

    year: the calendar year of the limit, None while no date is known or nothing is counted.
    disregarded: cancelled shares in neither column; still_counted: shares cancelled in that year, which count.
    stands: first exercisable as it stands after all events. locked: whether shares of the grant and year were exercised
    before a trigger and keep their status.
    units: the limit used before the tranche, counted by it, used by it, in dollars times ``money``.
    """

    iso: Number
    nso: Number
    year: int | None = None
    disregarded: Number = 0
    stands: datetime.date | None = None
    triggered: datetime.date | None = None
    by_designation: bool = False
    units: tuple[Number, Number, Number] = (0, 0, 0)
    money: int = 1
    still_counted: Number = 0
    locked: bool = False

    @property
    def used_before(self) -> Number:
        """Dollars of the year's limit used before the tranche."""
        return ratio(self.units[0], self.money)

    @property
    def counted(self) -> Number:
        """Dollars that the tranche counts toward the year's limit."""
        return ratio(self.units[1], self.money)

    @property
    def used(self) -> Number:
        """Dollars of the year's limit that the tranche uses."""
        return ratio(self.units[2], self.money)


@dataclass(frozen=True, slots=True)
class YearUse:
    """A holder's calendar year: dollars counted toward the limit, and those that are ISO."""

    holder: Identifier
    year: int
    counted: Number
    iso: Number

    @property
    def over(self) -> Number:
        """Dollars beyond the limit."""
        return self.counted - self.iso

    def headroom(self, limit: Number) -> Number:
        """Dollars that the year can still take."""
        return max(0, limit - self.counted)

    def status(self, limit: Number, approaching: Number) -> str:
        """Reached, Approaching (under so many dollars of room) or OK."""
        room = self.headroom(limit)
        if room == 0:
            return "Reached"
        return "Approaching" if room < approaching else "OK"


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer for each tranche, in the order given, and each holder's years."""

    tranches: list[TrancheSplit | Refusal]
    years: list[YearUse]


def classify(
    tranches: Sequence[Tranche], activity: Iterable[Activity], limit: Number, rounding: Rounding
) -> Classification:
    """Split every tranche into ISO and NSO shares after all events.

    tranches: complete and consistent (a grant has one holder, date, value and type); blank first_exercisable:
    exercisable only by a condition. activity: in any order; rows of one day as listed. limit: dollars a calendar year.
    """
    options = options_of(tranches)
    holders: dict[str, _Holder] = {}
    for option in options.values():
        holders.setdefault(option.holder.key, _Holder(option.holder)).options.append(option)
    for_all, for_grant = _by_grant([a for a in in_order(activity) if a.action not in IGNORED], options)
    money = lcm(*(o.fmv.denominator for o in options.values()), limit.denominator)
    answers: list[TrancheSplit | Refusal] = [_NOTHING] * len(tranches)
    years: list[YearUse] = []
    for holder in holders.values():
        holder.prepare(money, limit)
        events = sorted((e for o in holder.options for e in for_grant.get(o.grant.key, ())), key=lambda e: e[0])
        holder.live_through(sorted([*events, *for_all], key=lambda e: e[0]) if for_all else events)
        years.extend(holder.answer(rounding, answers))
    years.sort(key=lambda y: (y.holder.order, y.year))
    return Classification(answers, years)


_NOTHING = TrancheSplit(0, 0)

Event = tuple[int, Activity]


def _by_grant(activity: list[Activity], options: dict[str, Option]) -> tuple[list[Event], dict[str, list[Event]]]:
    """Events that concern every grant, and those of one; rows of grants that are not here are left out."""
    for_all: list[Event] = []
    for_grant: dict[str, list[Event]] = defaultdict(list)
    for position, event in enumerate(activity):
        key = event.grant.key if event.grant is not None else None
        if event.action is Action.APPROVAL:
            # Plan §22(a): nothing is exercisable before approval. A gate, known from the start; it protects nothing.
            for option in options.values() if key is None else filter(None, [options.get(key)]):
                option.gate_at(event.date)
        elif key is None:
            for_all.append((position, event))
        elif key in options:
            for_grant[key].append((position, event))
    return for_all, for_grant


class _Holder:
    """One individual's options and calendar years (Treas. Reg. §1.422-4(a)(2): all plans, per individual)."""

    def __init__(self, holder: Identifier) -> None:
        self.holder = holder
        self.options: list[Option] = []

    def prepare(self, money: int, limit: Number) -> None:
        """Bring the options into the order of grant, and dollars into whole units of 1/money."""
        # Treas. Reg. §1.422-4(b)(3): in the order granted; one day's grants by number, in natural order.
        self.options.sort(key=lambda o: (o.grant_date, o.grant.order))
        self.money = money
        self.limit = whole_if_possible(Fraction(limit) * money)
        for option in self.options:
            option.prepare(money)

    def live_through(self, events: Iterable[Event]) -> None:
        options = {o.grant.key: o for o in self.options}
        exercised_in: set[int] = set()  # years with exercises that no trigger has looked at yet
        for _, event in events:
            concerned = [options[event.grant.key]] if event.grant is not None else self.options
            if event.action in _TRIGGERS and event.date is not None and event.date.year in exercised_in:
                # Treas. Reg. §1.422-4(b)(4): what is triggered does not affect what was exercised before it.
                self._lock(event.date.year)
                exercised_in.discard(event.date.year)
            for option in concerned:
                if option.refusal is None:
                    option.refusal = apply(event, option)
            if event.action is Action.EXERCISE:
                exercised_in.update(concerned[0].exercised)

    def _lock(self, year: int) -> None:
        for option, iso, _ in self._year(year):
            locked_iso, locked_nso = option.locked.get(year, (0, 0))
            since = option.exercised.get(year, 0) - locked_iso - locked_nso
            # Treas. Reg. §1.422-4(c)(2): shares are purchased under the ISO first.
            new_iso = min(since, iso - locked_iso)
            option.locked[year] = locked_iso + new_iso, locked_nso + since - new_iso

    def _year(self, year: int) -> Iterator[tuple[Option, Number, Number]]:
        """Each ISO grant with shares in the year, its ISO shares (exact), and the dollars used before it."""
        here = [o for o in self.options if o.is_iso and year in o.counted]
        locked = {o.grant.key: o.locked.get(year, (0, 0)) for o in here}
        locked_dollars = sum((locked[o.grant.key][0] * o.fmv_units for o in here), start=0)
        room = self.limit - locked_dollars
        for option in here:
            locked_iso, locked_nso = locked[option.grant.key]
            rest = option.counted[year] - locked_iso - locked_nso
            used_before = self.limit - room - locked_iso * option.fmv_units
            if rest * option.fmv_units <= room:
                room -= rest * option.fmv_units
                yield option, locked_iso + rest, used_before
            else:
                yield option, locked_iso + ratio(room, option.fmv_units), used_before
                room = 0

    def answer(self, rounding: Rounding, answers: list[TrancheSplit | Refusal]) -> Iterator[YearUse]:
        """Write the answer of every tranche; the years that were counted."""
        first_refused = next((o for o in self.options if o.refusal is not None), None)
        if first_refused is not None and first_refused.refusal is not None:
            others = Refusal(
                Reason.UNREADABLE,
                f"the answer depends on grant {first_refused.grant}, which cannot be settled: "
                f"{first_refused.refusal.message}",
            )
            for option in self.options:
                for lot in option.lots:
                    answers[lot.index] = option.refusal or others
            return
        for option in self.options:
            if not option.is_iso:
                self._answer_nso(option, answers)
            else:
                self._answer_uncounted(option, answers)
        for year in sorted({year for o in self.options if o.is_iso for year in o.counted}):
            counted: Number = 0
            used: Number = 0
            for option, iso, used_before in self._year(year):
                if rounding is Rounding.FLOOR and iso < option.counted[year]:
                    iso = ratio(round_down(iso * option.factor), option.factor)  # once, after all splits
                counted += option.counted[year] * option.fmv_units
                used += iso * option.fmv_units
                self._answer_year(option, year, iso, used_before, answers)
            if counted:
                yield YearUse(self.holder, year, ratio(counted, self.money), ratio(used, self.money))

    @staticmethod
    def _answer_nso(option: Option, answers: list[TrancheSplit | Refusal]) -> None:
        for lot in option.lots:
            # Treas. Reg. §1.422-4(b)(1): what is no ISO by its terms is disregarded for the limit.
            nso = lot.shares * option.factor
            answers[lot.index] = TrancheSplit(0, nso, stands=lot.due, by_designation=True)

    @staticmethod
    def _answer_uncounted(option: Option, answers: list[TrancheSplit | Refusal]) -> None:
        """Blank-dated tranches whose condition is not met: no limit used, ISO."""
        for lot in option.lots:
            if lot.due is None:
                iso = (lot.shares - lot.disregarded) * option.factor
                gone = lot.disregarded * option.factor
                answers[lot.index] = TrancheSplit(iso, 0, disregarded=gone)

    def _answer_year(
        self, option: Option, year: int, iso_left: Number, used: Number, answers: list[TrancheSplit | Refusal]
    ) -> None:
        """Give a grant's ISO shares of a year to its tranches in their order."""
        factor, fmv = option.factor, option.fmv_units
        for lot in option.lots_of(year):
            shares = lot.shares - lot.disregarded
            iso = min(shares, iso_left)
            iso_left -= iso
            answers[lot.index] = TrancheSplit(
                iso * factor,
                (shares - iso) * factor,
                year,
                lot.disregarded * factor,
                lot.due,
                lot.triggered,
                units=(used, shares * fmv, iso * fmv),
                money=self.money,
                still_counted=lot.ended_in_year * factor,
                locked=year in option.locked,
            )
            used += iso * fmv
