"""Shares outstanding under each option (plan §16(a): "whether or not then exercisable"), as its history leaves them."""

from collections.abc import Iterable

from plansheet.core.numbers import Number
from plansheet.core.records import Activity, Tranche
from plansheet.core.words import Action
from plansheet.plan.iso_limit import IGNORED
from plansheet.plan.option_history import Lot, Option, apply
from plansheet.plan.order import in_order


def outstanding(tranches: Iterable[Tranche], activity: Iterable[Activity]) -> dict[str, Number]:
    """Shares neither exercised nor ended, by grant key, in the shares of the last moment (all splits given applied).

    tranches: complete and consistent, every grant in question. activity: up to the moment asked for, in any order; rows
    of one day as listed, rows of other grants are ignored. A grant with nothing left is 0; one whose history cannot
    have happened (more taken than there was, or before its grant date) is left out.
    """
    options: dict[str, Option] = {}
    for index, tranche in enumerate(tranches):
        option = options.setdefault(tranche.grant.key, Option.of(tranche))
        option.lots.append(Lot(index, tranche.first_exercisable, tranche.shares or 0))
    events = [row for row in in_order(activity) if row.action not in IGNORED]
    for row in events:
        if row.action is Action.APPROVAL:
            for option in _concerned(row, options):
                option.gate_at(row.date)
    for option in options.values():
        option.prepare(1)
    for row in events:
        for option in _concerned(row, options):
            if row.action is not Action.APPROVAL and option.refusal is None:
                option.refusal = apply(row, option)
    return {key: _left(option) for key, option in options.items() if option.refusal is None}


def _concerned(row: Activity, options: dict[str, Option]) -> Iterable[Option]:
    """The options that a row speaks of: its grant's, or all."""
    if row.grant is None:
        return options.values()
    option = options.get(row.grant.key)
    return [] if option is None else [option]


def _left(option: Option) -> Number:
    return sum((lot.live for lot in option.lots), start=0) * option.factor
