"""Shares outstanding under each option (plan §16(a): "whether or not then exercisable"), as its history leaves them."""

import datetime
from collections.abc import Iterable, Sequence

from plansheet.core.numbers import Number
from plansheet.core.records import Activity, Tranche
from plansheet.core.words import Action, Moment
from plansheet.plan.option_history import replay


def until(activity: Sequence[Activity], day: datetime.date | None, moment: Moment) -> list[Activity]:
    """The rows that have happened at a moment of a day, rows of one day as listed; all rows where there is no day.

    Before a merger those rows of the day that end options have not: they are its own (plan §16(a)). Before a split
    what is listed before it has: it adjusts the options "then outstanding" (plan §15(a)).
    """
    if day is None:
        return list(activity)
    earlier = [row for row in activity if row.date is not None and row.date < day]
    that_day = [row for row in activity if row.date == day]
    if moment is Moment.BEFORE_MERGER:
        that_day = [row for row in that_day if not row.action.ends_options]
    elif moment is Moment.BEFORE_SPLIT:
        actions = [row.action for row in that_day]
        that_day = that_day[: actions.index(Action.SPLIT)] if Action.SPLIT in actions else that_day
    return earlier + that_day


def is_made(granted: datetime.date, day: datetime.date | None, moment: Moment) -> bool:
    """Whether an option of that grant date is there at a moment; one of a split's day is in new shares already."""
    return day is None or granted < day or (granted == day and moment is not Moment.BEFORE_SPLIT)


def outstanding(tranches: Sequence[Tranche], activity: Iterable[Activity]) -> dict[str, Number]:
    """Shares neither exercised nor ended, by grant key, in the shares of the last moment (all splits given applied).

    tranches: complete and consistent, every grant in question. activity: up to the moment asked for, in any order; rows
    of one day as listed, rows of other grants are ignored. A grant with nothing left is 0; one whose history cannot
    have happened (more taken than there was, or before its grant date) is left out.
    """
    options, broken = replay(tranches, activity)
    impossible = {event.option.grant.key for event in broken}
    return {key: option.outstanding for key, option in options.items() if key not in impossible}
