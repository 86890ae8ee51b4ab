"""The rule that ties tranches to the schedules of their grants (plan §8)."""

import datetime
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from plansheet.core.dates import add_months, date_text, days_after
from plansheet.core.records import Activity, Grant, Ledger, Tranche
from plansheet.core.rule import Hit, Severity, rule
from plansheet.core.words import Action, listed
from plansheet.plan.activity import rows_by_grant
from plansheet.plan.approval_gate import activity_of
from plansheet.plan.ledger import grants_by_key, people
from plansheet.plan.terms import Terms
from plansheet.plan.unread import is_unread
from plansheet.plan.vesting import schedule_problem

_MOVING = frozenset(
    {Action.ACCELERATE, Action.PERFORMANCE_MET, Action.APPROVAL, Action.AMEND, Action.BLOCK, Action.RELEASE}
)
"""Transactions on whose day shares may become exercisable that the schedule has on another one."""
_SHORTEST_MONTH = 28
_MONDAY, _FRIDAY = 0, 4
_MONTHS, _QUARTERS, _YEARS = 1, 3, 12
_FEW = 3
"""Tranches that are told one by one; of more it is likely the schedule that is wrong."""
_NEAR = datetime.timedelta(366)


@rule(
    "VEST002",
    Severity.WARNING,
    plan="§8",
    message="{what} not on the schedule of the grant: {schedule}{nearest}.",
    fix=(
        "Correct First exercisable in Vesting or the schedule in Grants, by the option agreement; leave both where the "
        "agreement was changed."
    ),
    needs=((Grant, "vesting_start"), (Grant, "months"), (Tranche, "first_exercisable")),
)
def off_schedule(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A tranche first becomes exercisable on a day that is not on its grant's schedule.

    Why: the tranche's day decides in which year its shares count toward the limit, and when they may be bought; of two
    answers in one workbook one is wrong.
    Example: a grant of 2 March 2002 over 24 months, every 12, with a tranche of 3 February 2003: day and month of 2
    March 2003 exchanged.
    Not covered: how many shares each tranche has, several installments in one row, and a schedule that goes on after
    the last tranche. A tranche may also have the grant date (exercisable at once), or the day of an acceleration, a
    performance goal, an approval, an amendment, a block, the merger or the end of employment. The last days of a month
    are one; where most of a grant's tranches do not have the schedule's day of the month, any day of its month will
    do; where they do, a weekend may be avoided. Two tranches may have one day, but not where just one day of the
    schedule has none for it.
    """
    tranches: dict[str, list[Tranche]] = {}
    for tranche in ledger.tranches:
        if tranche.first_exercisable is not None:
            tranches.setdefault(tranche.grant.key, []).append(tranche)
    moving = rows_by_grant(row for row in activity_of(ledger, terms) if row.action in _MOVING)
    for key, grant in grants_by_key(ledger).items():
        if key in tranches and not is_unread(ledger, grant, "vesting_start", "months", "cliff", "every"):
            rows = chain(moving.get(key, ()), moving.get("", ()))
            yield from _off(grant, tranches[key], _excused(ledger, terms, grant, rows))


def _excused(ledger: Ledger, terms: Terms, grant: Grant, rows: Iterator[Activity]) -> set[datetime.date | None]:
    """Days on which shares may become exercisable whatever the schedule says."""
    holder = None if grant.holder is None else people(ledger).get(grant.holder.key)
    ended = None if holder is None else holder.terminated
    return {grant.grant_date, ended, terms.merger_date, *(row.date for row in rows)}


def _off(grant: Grant, tranches: Sequence[Tranche], excused: Collection[datetime.date | None]) -> Iterator[Hit]:
    """The findings of one grant: at each tranche, or at the grant where none of several is on its schedule."""
    start = grant.vesting_start
    scheduled = [tranche for tranche in tranches if tranche.first_exercisable not in excused]
    if start is None or grant.months is None or schedule_problem(start, grant.months, grant.cliff or 0) is not None:
        return
    schedule = _Schedule(grant, start, _MONTHS)
    wrong = schedule.off(scheduled)
    facts: dict[str, object] = {"schedule": _text(grant, start), "nearest": ""}
    if not wrong:
        second = schedule.twice(tranches)
        if second is not None:
            tranche, day = second
            what = f"A second tranche of grant {grant.grant} first exercisable {_day(tranche)} is"
            yield Hit(tranche, "first_exercisable", facts | {"what": what, "nearest": _nearest(day)})
        return
    if any(_Schedule(grant, start, unit).is_meant_by(scheduled) for unit in (_QUARTERS, _YEARS)):
        return
    if len(wrong) == len(tranches) > 1:
        what = f"The days of the {len(wrong)} tranches of grant {grant.grant} are"
        yield Hit(grant, "vesting_start", facts | {"what": what})
        return
    if len(wrong) > _FEW:
        days = listed([*map(_day, wrong[:_FEW]), f"{len(wrong) - _FEW} more"])
        what = f"Of the {len(tranches)} tranches of grant {grant.grant} {len(wrong)} (first exercisable {days}) are"
        yield Hit(grant, "vesting_start", facts | {"what": what})
        return
    taken = {tranche.first_exercisable for tranche in tranches}
    for tranche in wrong:
        what = f"Tranche of grant {grant.grant} first exercisable {_day(tranche)} is"
        nearest = _nearest(schedule.nearest(tranche, taken))
        yield Hit(tranche, "first_exercisable", facts | {"what": what, "nearest": nearest})


def _day(tranche: Tranche) -> str:
    assert tranche.first_exercisable is not None
    return date_text(tranche.first_exercisable)


def _nearest(day: datetime.date | None) -> str:
    return "" if day is None else f"; the nearest day of it without a tranche is {date_text(day)}"


def _text(grant: Grant, start: datetime.date) -> str:
    parts = [f"{grant.months} months from {date_text(start)}"]
    parts += [f"cliff {grant.cliff}"] if grant.cliff else []
    parts += [f"every {grant.every}"] if grant.every else []
    return ", ".join(parts)


class _Schedule:
    """The months of a schedule, its numbers read as months, quarters or years."""

    def __init__(self, grant: Grant, start: datetime.date, unit: int) -> None:
        last, cliff, every = ((number or 0) * unit for number in (grant.months, grant.cliff, grant.every or 1))
        of_start, of_cliff = range(every, last, every), range(cliff + every, last, every)
        self.start = start
        self.last = last
        self.months = {last, cliff or last, *of_cliff, *(month for month in of_start if month > cliff)}

    def off(self, tranches: Sequence[Tranche]) -> list[Tranche]:
        """The tranches whose day is not on it."""
        days = [tranche.first_exercisable for tranche in tranches]
        inexact = [
            (tranche, day) for tranche, day in zip(tranches, days, strict=True) if day and not self._is_exact(day)
        ]
        is_usual = self._avoids_weekend if 2 * len(inexact) <= len(tranches) else self._is_in_month
        return [tranche for tranche, day in inexact if not is_usual(day)]

    def is_meant_by(self, tranches: Sequence[Tranche]) -> bool:
        """Whether tranches are on it to its end."""
        days = [tranche.first_exercisable for tranche in tranches if tranche.first_exercisable is not None]
        return bool(days) and self._month(max(days)) == self.last and not self.off(tranches)

    def twice(self, tranches: Sequence[Tranche]) -> tuple[Tranche, datetime.date] | None:
        """The second tranche of one day, where each day of the schedule has one but for a single other, and that day.

        Of the two the one that stands where the other day belongs.
        """
        days = [tranche.first_exercisable for tranche in tranches]
        due = [add_months(self.start, month) for month in sorted(self.months)]
        lacking = set(due).difference(days)
        if len(days) != len(due) or len(lacking) != 1 or not set(due).issuperset(day for day in days if day):
            return None
        [day] = lacking
        at = due.index(day)
        second = at if days.count(days[at]) > 1 else max(at for at, each in enumerate(days) if days.count(each) > 1)
        return tranches[second], day

    def nearest(self, tranche: Tranche, taken: Collection[datetime.date | None]) -> datetime.date | None:
        """The day of the schedule that is nearest to a tranche's, of those that are not taken; not one far from it."""
        assert tranche.first_exercisable is not None
        own = tranche.first_exercisable
        free = [each for month in sorted(self.months) if (each := add_months(self.start, month)) not in taken]
        near = free if len(free) == 1 else [each for each in free if abs(each - own) <= _NEAR]
        return min(near, key=lambda each: abs(each - own), default=None)

    def _month(self, day: datetime.date) -> int:
        return 12 * (day.year - self.start.year) + day.month - self.start.month

    def _is_exact(self, day: datetime.date) -> bool:
        """Whether a day is on the schedule; of a start at the end of a month, the ends of months are all alike."""
        month = self._month(day)
        if month in self.months and day.day == self.start.day:
            return True
        if self.start.day <= _SHORTEST_MONTH and days_after(self.start, 1).day != 1:
            return False
        return (month in self.months and day.day >= _SHORTEST_MONTH) or (month - 1 in self.months and day.day == 1)

    def _avoids_weekend(self, day: datetime.date) -> bool:
        """Whether a day is the Friday before, or the Monday after, a weekend in which the schedule's is."""
        beside = {_FRIDAY: (1, 2), _MONDAY: (-1, -2)}.get(day.weekday(), ())
        return any(self._is_exact(days_after(day, days)) for days in beside)

    def _is_in_month(self, day: datetime.date) -> bool:
        """Whether a day is in a month of the schedule, or the last before or the first after it."""
        month = self._month(day)
        after = days_after(day, 1)
        return (
            month in self.months
            or (day.day == 1 and month - 1 in self.months)
            or (after.day == 1 and month + 1 in self.months)
        )
