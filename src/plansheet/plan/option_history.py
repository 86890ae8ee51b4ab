"""One option through its life: what is exercisable, exercised, cancelled and accelerated (plan §8, §12(b), §22(a)).

A lot is a tranche with its history. An option's live lots stand in two queues in the order in which shares are
taken: ``ready`` (exercisable) and ``waiting``. Exercises take from the front; what ends options takes the latest first.
"""

import datetime
from collections import deque
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from plansheet.core.dates import date_text, on_text
from plansheet.core.numbers import Number, counted_text, ratio, were_text, whole_if_possible
from plansheet.core.records import Activity, Tranche
from plansheet.core.refusal import Reason, Refusal
from plansheet.core.words import Action, GrantType, Identifier
from plansheet.plan.activity import in_order

_NEVER = datetime.date.max

LIFE_EVENTS = frozenset(
    {
        Action.EXERCISE, Action.CANCEL, Action.TERMINATE, Action.FORFEIT, Action.EXPIRE, Action.ACCELERATE,
        Action.PERFORMANCE_MET, Action.SPLIT,
    }
)  # fmt: skip
"""Actions that happen to an option; an APPROVAL is known from the start, the others change nothing about it."""


class Lot:
    """A tranche's shares, in shares of the grant date."""

    __slots__ = ("disregarded", "due", "ended_in_year", "index", "live", "shares", "sheet", "triggered")

    def __init__(self, index: int, sheet: datetime.date | None, shares: Number) -> None:
        self.index = index
        self.sheet = sheet
        self.shares = shares
        self.live = shares
        self.due: datetime.date | None = None
        self.disregarded: Number = 0
        self.ended_in_year: Number = 0
        self.triggered: datetime.date | None = None

    def order(self) -> tuple[datetime.date, datetime.date, Number, int]:
        """First exercisable as it stands, then the date in the sheet, then the smaller, then as listed."""
        return self.due or _NEVER, self.sheet or _NEVER, self.shares, self.index


class Taken(NamedTuple):
    """What an exercise or an end took of an option."""

    event: Activity
    shares: Number
    """In shares of the grant date."""
    factor: Number
    """Shares of the event per share of the grant date."""


class Option:
    """A grant with its lots; every number in shares of the grant date."""

    def __init__(
        self, grant: Identifier, holder: Identifier, grant_date: datetime.date, fmv: Number, is_iso: bool
    ) -> None:
        self.grant = grant
        self.holder = holder
        self.grant_date = grant_date
        self.fmv = fmv
        self.is_iso = is_iso
        self.lots: list[Lot] = []
        self.ready: deque[Lot] = deque()
        self.waiting: deque[Lot] = deque()
        self.gate: datetime.date = grant_date
        self.factor: Number = 1  # shares of the present day per share of the grant date
        self.counted: dict[int, Number] = {}
        self.exercised: dict[int, Number] = {}
        self.locked: dict[int, tuple[Number, Number]] = {}
        self.refusal: Refusal | None = None
        self.taken: list[Taken] = []
        """What each exercise and each end took."""
        self._by_year: dict[int, list[Lot]] | None = None
        self._reordered = False  # whether a trigger has changed the order of the lots

    @classmethod
    def of(cls, tranche: Tranche) -> "Option":
        """The option a tranche belongs to, still without lots."""
        assert tranche.grant_date is not None and tranche.fmv is not None
        is_iso = tranche.grant_type is not GrantType.NSO
        return cls(tranche.grant, tranche.held_by, tranche.grant_date, tranche.fmv, is_iso)

    @property
    def outstanding(self) -> Number:
        """Shares neither exercised nor ended, in shares of the present day."""
        return sum((lot.live for lot in self.lots), start=0) * self.factor

    def exercisable(self, day: datetime.date) -> Number:
        """Shares exercisable at the end of a day, after its events and before any later one, in shares of that day."""
        self._arrive(day)
        return sum((lot.live for lot in self.ready), start=0) * self.factor

    def gate_at(self, approved: datetime.date | None) -> None:
        """Plan §22(a): nothing is exercisable before shareholders' approval; of several the latest."""
        if approved is not None and approved > self.gate:
            self.gate = approved

    def prepare(self, money: int) -> None:
        """Set each lot's first exercisable date and count its shares in that year."""
        self.fmv_units = whole_if_possible(Fraction(self.fmv) * money)
        for lot in self.lots:
            if lot.sheet is not None:
                lot.due = lot.sheet if lot.sheet > self.gate else self.gate
                self.counted[lot.due.year] = self.counted.get(lot.due.year, 0) + lot.shares
        self.lots.sort(key=Lot.order)
        self.waiting = deque(self.lots)

    def lots_of(self, year: int) -> list[Lot]:
        """The lots of one calendar year in the order in which they take ISO shares; after all events."""
        if self._by_year is None:
            self._by_year = {}
            if self._reordered:
                self.lots.sort(key=Lot.order)
            for lot in self.lots:
                if lot.due is not None:
                    self._by_year.setdefault(lot.due.year, []).append(lot)
        return self._by_year.get(year, [])

    def _arrive(self, day: datetime.date) -> None:
        """What has become exercisable by the day leaves the waiting."""
        while self.waiting and self.waiting[0].due is not None and self.waiting[0].due <= day:
            self.ready.append(self.waiting.popleft())

    def split(self, day: datetime.date, factor: Number) -> None:
        """A split restates what was granted before its date (plan §15(a)(y))."""
        if self.grant_date < day:
            self.factor = whole_if_possible(Fraction(self.factor * factor))

    def trigger(self, day: datetime.date, *, conditional_only: bool) -> None:
        """Make exercisable what is neither exercisable nor cancelled, or only what waits for a condition."""
        self._arrive(day)
        target = max(day, self.gate)
        kept = [lot for lot in self.waiting if lot.due is not None and (conditional_only or lot.due <= target)]
        moved = [lot for lot in self.waiting if lot.due is None or not (conditional_only or lot.due <= target)]
        for lot in moved:
            if lot.due is not None:
                self._count(lot.due.year, -lot.live)
            self._count(target.year, lot.live)
            lot.due = target
            lot.triggered = day
        moved.sort(key=Lot.order)
        self._reordered = True
        if target <= day:
            self.ready.extend(moved)
            self.waiting = deque(kept)
        else:
            self.waiting = deque(sorted([*kept, *moved], key=Lot.order))

    def _count(self, year: int, shares: Number) -> None:
        self.counted[year] = self.counted.get(year, 0) + shares

    def take(self, event: Activity, day: datetime.date) -> Refusal | None:
        """Take an event's shares: exercised, or ended. A Refusal where there are not so many."""
        self._arrive(day)
        exercise = event.action is Action.EXERCISE
        queues = self._queues(event.action)
        there = sum((lot.live for queue in queues for lot in queue), start=0) if event.shares is None else None
        wanted = there if there is not None else ratio(event.shares or 0, self.factor)
        left = wanted
        for queue in queues:
            while left > 0 and queue:
                lot = queue[0] if exercise else queue[-1]
                taken = min(lot.live, left)
                lot.live -= taken
                left -= taken
                if exercise:
                    assert lot.due is not None
                    self.exercised[lot.due.year] = self.exercised.get(lot.due.year, 0) + taken
                else:
                    self._end(lot, taken, day)
                if lot.live == 0:
                    queue.popleft() if exercise else queue.pop()
        self.taken.append(Taken(event, wanted - left, self.factor))
        if left == 0:
            return None
        return self._too_many(event, wanted - left, day)

    def _queues(self, action: Action) -> tuple[deque[Lot], ...]:
        """Where a word takes its shares from: FORFEIT unexercisable ones, EXERCISE and EXPIRE exercisable ones."""
        if action is Action.FORFEIT:
            return (self.waiting,)
        if action is Action.CANCEL or action is Action.TERMINATE:
            return self.waiting, self.ready
        return (self.ready,)

    def _end(self, lot: Lot, shares: Number, day: datetime.date) -> None:
        # Treas. Reg. §1.422-4(b)(5)(i): disregarded if cancelled before the year in which it would have become first
        # exercisable; (ii) cancelled at any other time, it counts as outstanding to the end of that year.
        if lot.due is None or lot.due.year > day.year:
            lot.disregarded += shares
            if lot.due is not None:
                self._count(lot.due.year, -shares)
        elif lot.due.year == day.year:
            lot.ended_in_year += shares

    def _too_many(self, event: Activity, there: Number, day: datetime.date) -> Refusal:
        what = {Action.EXERCISE: "exercisable", Action.EXPIRE: "exercisable", Action.FORFEIT: "unexercisable"}
        kind = what.get(event.action, "outstanding")
        why = self._waits_for_approval(day) if kind == "exercisable" else ""
        return Refusal(
            Reason.IMPOSSIBLE,
            f"grant {self.grant}: {event.action} of {counted_text(event.shares or 0)}{_when(event)}, "
            f"but {were_text(there * self.factor)} {kind}{why or self._next(event, there)}; "
            "correct the number or its date, or the tranches' dates",
        )

    def _next(self, event: Activity, there: Number) -> str:
        """Where none was exercisable: from when the next installment is, as its agreement sets it forth (plan §8)."""
        lot = self.waiting[0] if self.waiting else None
        if there or event.action not in (Action.EXERCISE, Action.EXPIRE) or lot is None or lot.due is None:
            return ""
        return f" (the next installment is first exercisable on {date_text(lot.due)})" if lot.due == lot.sheet else ""

    def _waits_for_approval(self, day: datetime.date) -> str:
        """For a sentence, where shares would be exercisable on a day but for an approval that came later (§22(a))."""
        gated = [lot for lot in self.waiting if lot.live and lot.due == self.gate > day]
        if not any((lot.triggered or lot.sheet or _NEVER) <= day for lot in gated):
            return ""
        return f": not exercisable before the approval of {date_text(self.gate)}"


class Broken(NamedTuple):
    """An event that cannot have happened to an option."""

    event: Activity
    option: Option
    refusal: Refusal


def _when(event: Activity) -> str:
    on = on_text(event.date)
    return f"{on} (Activity row {event.row})" if event.row else on


def options_of(tranches: Sequence[Tranche]) -> dict[str, Option]:
    """The options of complete tranches by grant key, still without a history."""
    options: dict[str, Option] = {}
    for index, tranche in enumerate(tranches):
        option = options.get(tranche.grant.key)
        if option is None:
            option = options[tranche.grant.key] = Option.of(tranche)
        option.lots.append(Lot(index, tranche.first_exercisable, tranche.shares or 0))
    return options


def replay(tranches: Sequence[Tranche], activity: Iterable[Activity]) -> tuple[dict[str, Option], list[Broken]]:
    """Every option after all events, and the events that cannot have happened; those are passed over."""
    options = options_of(tranches)
    rows = in_order(activity)
    for row in rows:
        if row.action is Action.APPROVAL:
            concerned = options.values() if row.grant is None else filter(None, [options.get(row.grant.key)])
            for option in concerned:
                option.gate_at(row.date)
    for option in options.values():
        option.prepare(1)
    broken: list[Broken] = []
    for row in rows:
        if row.action not in LIFE_EVENTS or row.date is None:
            continue
        for option in options.values() if row.grant is None else filter(None, [options.get(row.grant.key)]):
            refusal = apply(row, option)
            if refusal is not None:
                broken.append(Broken(row, option, refusal))
    return options, broken


def apply(event: Activity, option: Option) -> Refusal | None:
    """Let one event happen to one option; a Refusal where it cannot have happened."""
    day = event.date
    assert day is not None
    if event.action is Action.SPLIT:
        assert event.ratio is not None
        option.split(day, event.ratio.factor)
        return None
    if day < option.grant_date:
        if event.grant is None:
            return None  # an acceleration of all grants concerns those made by then
        return Refusal(
            Reason.IMPOSSIBLE,
            f"grant {option.grant}: {event.action}{_when(event)} is before its grant date "
            f"{date_text(option.grant_date)}; correct one of the two dates",
        )
    if event.action is Action.ACCELERATE or event.action is Action.PERFORMANCE_MET:
        option.trigger(day, conditional_only=event.action is Action.PERFORMANCE_MET)
        return None
    return option.take(event, day)
