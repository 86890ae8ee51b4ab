"""What calls of plan functions are given, or not given, against what the workbook says of the plan."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from inspect import signature

from plansheet.core.numbers import exact
from plansheet.core.records import Grant, Tranche
from plansheet.core.words import Action, Recycling, Rounding, SplitMethod, UnknownWord, Word, listed
from plansheet.excel import FUNCTIONS
from plansheet.excel.judgements.facts import Adjusted, CountedTwice, LeftOut, OtherTerm, Place
from plansheet.excel.judgements.sentences import shown
from plansheet.excel.reading import is_blank_or_zero
from plansheet.plan.terms import Terms, atg_1996
from plansheet.workbook.formulas.expressions import Call, Literal, Node, NotChecked, Operation, parse, plan_name
from plansheet.workbook.formulas.references import Place as FormulaPlace
from plansheet.workbook.formulas.references import Resolver
from plansheet.workbook.judging.ranges import Holders, Ledgers
from plansheet.workbook.judging.usage import Given, Use, nodes
from plansheet.workbook.ledgers.locate import Located


def without_holder(uses: Sequence[Use], ledgers: Ledgers, holders: Holders) -> Iterator[LeftOut]:
    """Calls over several holders' rows that are not told whose they are."""
    for use in uses:
        if use.is_row_by_row or "holder" in use.arguments or "holder" not in _parameters(use):
            continue
        for given in use.given:
            rows = () if given.is_block else _rows(given, ledgers)
            names = {h: None for row in rows if (h := holders.get((given.region.sheet.name, row))) is not None}
            if len(names) > 1:
                told = [str(name) for name in list(names)[:2]]
                more = [f"{len(names) - len(told):,} more"] if len(names) > len(told) else []
                yield LeftOut(_place(use), use.function, given.shown, listed([*told, *more]))
                break


def _parameters(use: Use) -> Mapping[str, object]:
    return signature(FUNCTIONS[use.function]).parameters


def _place(use: Use) -> Place:
    return Place(use.run.sheet.name, use.cell, use.run.formula)


def _rows(given: Given, ledgers: Ledgers) -> tuple[int, ...]:
    """The rows of records that a parameter is given."""
    region = given.region
    ledger = next((ledger for ledger in ledgers if ledger.has(region)), None)
    return () if ledger is None else tuple(row for row in ledger.rows if region.top <= row <= region.bottom)


_SPLIT = frozenset({Action.SPLIT})
_LIMIT_EVENTS = frozenset(
    {
        Action.SPLIT, Action.CANCEL, Action.TERMINATE, Action.FORFEIT, Action.EXPIRE, Action.ACCELERATE,
        Action.PERFORMANCE_MET, Action.APPROVAL,
    }
)  # fmt: skip
_EVENTS = {
    "ISO_LIMIT_SPLIT": _LIMIT_EVENTS,
    "ISO_LIMIT_BY_YEAR": _LIMIT_EVENTS,
    "ISO_LIMIT_WHY": _LIMIT_EVENTS,
    "ISO_LIMIT_BY_GRANT": _LIMIT_EVENTS,
    "ISO_MAX_GRANT": _LIMIT_EVENTS,
    "ANNUAL_GRANT_ROOM": _SPLIT,
    "OPTIONS_OUTSTANDING": _LIMIT_EVENTS | {Action.EXERCISE},
}
"""The transactions that change the figures of a function."""


def without_activity(uses: Sequence[Use], ledgers: Ledgers, located: Located) -> Iterator[LeftOut]:
    """Calls that are not told of transactions of their grants."""
    records: list[Grant | Tranche] = [*located.ledger.grants, *located.ledger.tranches]
    places = ((located.place(record), record.grant) for record in records)
    grants = {(place.sheet, place.row): grant for place, grant in places if place is not None}
    for use in uses:
        events = frozenset() if "activity" in use.arguments else _EVENTS.get(use.function, frozenset())
        given = next((each for each in use.given if each.parameter in ("grant_id", "grants", "grant_date")), None)
        if use.is_row_by_row or not events or given is None:
            continue
        own = {grants.get((given.region.sheet.name, row)) for row in _rows(given, ledgers)}
        counts = Counter(
            row.action
            for row in located.ledger.activity
            if row.action in events and (not row.grant or row.grant in own)
        )
        if own and counts:
            told = listed([f"{number:,} {action.label}" for action, number in counts.items()])
            yield LeftOut(_place(use), use.function, given.shown, told)


def other_limits(uses: Sequence[Use], terms: Terms, resolver: Resolver) -> Iterator[OtherTerm]:
    """Calls with another ISO limit than the plan's."""
    for use in uses:
        if use.function.startswith("ISO_") and "limit" in _parameters(use):
            value = _value(use, "limit", resolver)
            limit = atg_1996().iso_limit if is_blank_or_zero(value) else value
            if isinstance(limit, int | float) and not isinstance(limit, bool) and exact(limit) != terms.iso_limit:
                is_given = not is_blank_or_zero(value)
                yield OtherTerm(_place(use), use.function, "limit", f"{limit:,}", f"{terms.iso_limit:,}", is_given)


def other_readings(uses: Sequence[Use], terms: Terms, resolver: Resolver) -> Iterator[OtherTerm]:
    """Calls with another rounding, recycling or split method than the plan's."""
    own = atg_1996()
    choices: dict[str, tuple[type[Word], Word, Word]] = {
        "rounding": (Rounding, terms.rounding, own.rounding),
        "recycling": (Recycling, terms.recycling, own.recycling),
        "method": (SplitMethod, terms.split_method, own.split_method),
    }
    for use in uses:
        for parameter, (words, of_plan, left_out) in choices.items():
            if parameter not in _parameters(use) or (parameter == "method" and use.function != "ADJUST_FOR_SPLIT"):
                continue
            value = _value(use, parameter, resolver)
            is_given = not is_blank_or_zero(value)
            with suppress(UnknownWord):
                reading = words.read(value) if isinstance(value, str) and is_given else left_out
                if reading is not of_plan and (is_given is isinstance(value, str)):
                    yield OtherTerm(_place(use), use.function, parameter, reading.label, of_plan.label, is_given)


_UNKNOWN = object()


def _value(use: Use, parameter: str, resolver: Resolver) -> object:
    """The value of an argument; None where it is left out, something that is no value where it cannot be told."""
    node = use.arguments.get(parameter)
    if node is None:
        return None
    try:
        return resolver.evaluate(node, FormulaPlace(use.run.sheet.name, use.run.top, use.run.column))
    except NotChecked:
        return _UNKNOWN


def reserves_twice(uses: Sequence[Use], resolver: Resolver) -> Iterator[CountedTwice]:
    """Calls whose reserve stands in a RESERVE row of their ranges too."""
    for use in uses:
        if not use.function.startswith("POOL_"):
            continue
        reserve, actions, shares = (_value(use, each, resolver) for each in ("reserve", "action", "shares"))
        is_number = isinstance(reserve, int | float) and not isinstance(reserve, bool)
        if is_number and reserve and isinstance(actions, list) and isinstance(shares, list):
            rows = zip(actions, shares, strict=False)
            if any(number == [reserve] and _is_reserve(action) for action, number in rows):
                yield CountedTwice(_place(use), use.function, reserve)


def _is_reserve(cells: object) -> bool:
    text = cells[0] if isinstance(cells, list) else None
    with suppress(UnknownWord):
        return isinstance(text, str) and Action.read(text) is Action.RESERVE
    return False


_OF_DAYS = frozenset({"ISO_LAST_EXPIRY", "EXERCISE_DEADLINE", "PLAN_LAST_GRANT"})
"""Functions that give a day, to which days are added in good faith."""


def adjusted_figures(uses: Sequence[Use]) -> Iterator[Adjusted]:
    """Formulas in which a typed number is added to, or taken from, the figure of a plan function."""
    for use in {id(use.run): use for use in uses}.values():
        with suppress(NotChecked):
            number = None if use.function in _OF_DAYS else _typed_beside_call(parse(use.run.formula))
            if number is not None:
                yield Adjusted(_place(use), use.run.cells, use.function, number)


def _typed_beside_call(node: Node) -> str | None:
    """The number that is added to a call or taken from it, with its sign."""
    if not isinstance(node, Operation) or node.operator not in ("+", "-"):
        return None
    for side, other, sign in ((node.right, node.left, node.operator), (node.left, node.right, "+")):
        calls = any(isinstance(each, Call) and plan_name(each.name, FUNCTIONS) for each in nodes(other))
        number = side.value if isinstance(side, Literal) else None
        if calls and isinstance(number, int | float) and number:
            return f"{sign}{shown(number)}"
    return _typed_beside_call(node.left) or _typed_beside_call(node.right)
