"""Shares outstanding under each option (plan §16(a): "whether or not then exercisable"), as its history leaves them."""

from collections.abc import Iterable, Sequence

from plansheet.core.numbers import Number
from plansheet.core.records import Activity, Tranche
from plansheet.plan.option_history import replay


def outstanding(tranches: Sequence[Tranche], activity: Iterable[Activity]) -> dict[str, Number]:
    """Shares neither exercised nor ended, by grant key, in the shares of the last moment (all splits given applied).

    tranches: complete and consistent, every grant in question. activity: up to the moment asked for, in any order; rows
    of one day as listed, rows of other grants are ignored. A grant with nothing left is 0; one whose history cannot
    have happened (more taken than there was, or before its grant date) is left out.
    """
    options, broken = replay(tranches, activity)
    impossible = {event.option.grant.key for event in broken}
    return {key: option.outstanding for key, option in options.items() if key not in impossible}
