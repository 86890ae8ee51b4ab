"""What calls of plan functions are given, or not given, against what the workbook says of the plan."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from inspect import signature

from plansheet.core.numbers import exact
from plansheet.core.records import Activity, Grant, Tranche
from plansheet.core.words import Action, PoolView, Recycling, Rounding, SplitMethod, UnknownWord, Word, listed
from plansheet.excel import FUNCTIONS
from plansheet.excel.activity import Unreadable, read_activity
from plansheet.excel.cells import MOST_ROWS
from plansheet.excel.judgements.facts import Adjusted, CountedTwice, LeftOut, OtherReserve, OtherTerm, Place
from plansheet.excel.judgements.sentences import shown
from plansheet.excel.reading import BadCell, as_date, is_blank_or_zero
from plansheet.plan.pool_rules import opening_reserve
from plansheet.plan.terms import Terms, atg_1996
from plansheet.workbook.formulas.expressions import (
    Call,
    Literal,
    Negative,
    Node,
    NotChecked,
    Operation,
    Percent,
    parse,
    plan_name,
    shown_name,
)
from plansheet.workbook.formulas.references import Place as FormulaPlace
from plansheet.workbook.formulas.resolver import Resolver
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
        value = resolver.evaluate(node, FormulaPlace(use.run.sheet.name, use.run.top, use.run.column))
    except NotChecked:
        return _UNKNOWN
    # A whole column is refused by every function, and looking for something in its million blanks takes a second.
    return _UNKNOWN if isinstance(value, list) and len(value) > MOST_ROWS else value


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


def other_reserves(
    uses: Sequence[Use], terms: Terms, resolver: Resolver, told: Collection[Place], *, is_stated: bool
) -> Iterator[OtherReserve]:
    """Calls that start without a reserve, or with another than the plan's leaves for the start.

    told: the calls that count it twice or leave out rows. is_stated: whether the reserve of the terms is the plan's,
    or only that of the default terms.
    """
    for use in uses:
        if not use.function.startswith("POOL_") or _place(use) in told or _adds_to_pool(use):
            continue
        start, rows = _value(use, "reserve", resolver), _pool_rows(use, resolver)
        reserve = 0 if is_blank_or_zero(start) else start
        if rows is None or not isinstance(reserve, int | float) or isinstance(reserve, bool):
            continue
        if not reserve and not any(row.action is Action.RESERVE for row in rows):
            if any(row.action.grants_option for row in rows):
                wanted, of_plan = (opening_reserve(rows, terms), terms.reserve) if is_stated else (None, None)
                yield OtherReserve(_place(use), use.function, 0, wanted, of_plan, is_none=True)
        elif is_stated and _is_of_whole_pool(use, rows, resolver):
            wanted = opening_reserve(rows, terms)
            if wanted >= 0 and exact(reserve) != wanted:  # where the rows alone have more, POOL003 tells
                yield OtherReserve(_place(use), use.function, exact(reserve), wanted, terms.reserve, is_none=False)


def _pool_rows(use: Use, resolver: Resolver) -> list[Activity] | None:
    """The rows that a call is given, without their types; None where other findings tell that they cannot be read."""
    columns: dict[str, list[object] | None] = {}
    for parameter in ("event_date", "action", "grant_id", "shares"):
        value = _value(use, parameter, resolver)
        if value is _UNKNOWN:
            return None
        cells = value if isinstance(value, list) else [[value]]
        columns[parameter] = None if value is None else [row[0] if isinstance(row, list) else row for row in cells]
    actions, shares = columns["action"], columns["shares"]
    if actions is None or shares is None or len({len(cells) for cells in columns.values() if cells is not None}) > 1:
        return None
    entries = read_activity(columns["event_date"], actions, columns["grant_id"], shares, None)
    rows = [entry for entry in entries if isinstance(entry, Activity)]
    return None if any(isinstance(entry, Unreadable) for entry in entries) else rows


def _is_of_whole_pool(use: Use, rows: Sequence[Activity], resolver: Resolver) -> bool:
    """Whether a call is one over a ledger as it stands: not as of an earlier day, nor for ISOs.

    On an earlier day, and for ISOs, less may have been reserved.
    """
    as_of, view = (_value(use, parameter, resolver) for parameter in ("as_of", "for_type"))
    if use.is_row_by_row or not any(each.parameter == "action" for each in use.given):
        return False
    if not is_blank_or_zero(as_of):
        with suppress(BadCell):
            day = as_date(as_of)
            if day is None or any(row.date is None or row.date > day for row in rows):
                return False
    with suppress(UnknownWord):
        return is_blank_or_zero(view) or (isinstance(view, str) and PoolView.read(view) is PoolView.ANY)
    return False


def _adds_to_pool(use: Use) -> bool:
    """Whether the formula adds something to a pool, which may be the reserve."""
    with suppress(NotChecked):
        for node in nodes(parse(use.run.formula)):
            sums = isinstance(node, Call) and shown_name(node.name) == "SUM" and len(node.arguments) > 1
            if (sums or (isinstance(node, Operation) and node.operator == "+")) and any(
                isinstance(part, Call) and plan_name(part.name, FUNCTIONS) == use.function for part in nodes(node)
            ):
                return True
    return False


def _is_reserve(cells: object) -> bool:
    text = cells[0] if isinstance(cells, list) else None
    with suppress(UnknownWord):
        return isinstance(text, str) and Action.read(text) is Action.RESERVE
    return False


_OF_DAYS = frozenset({"ISO_LAST_EXPIRY", "EXERCISE_DEADLINE", "PLAN_LAST_GRANT", "PLAN_CALENDAR", "VEST_TRANCHES"})
"""Functions that give days, to which days are added in good faith."""
_OF_SAME_UNIT = frozenset(
    {
        "ROUND", "ROUNDUP", "ROUNDDOWN", "MROUND", "INT", "TRUNC", "ABS", "N", "VALUE", "MAX", "MIN", "SUM", "IF",
        "IFS", "IFERROR", "IFNA", "CHOOSE", "INDEX", "TAKE", "DROP", "CHOOSECOLS", "CHOOSEROWS", "SINGLE", "LET",
    }
)  # fmt: skip
"""Functions of Excel that give a figure in the unit of their arguments; others count, look up or write it."""


def adjusted_figures(uses: Sequence[Use]) -> Iterator[Adjusted]:
    """Formulas in which a typed number is added to, or taken from, the figure of a plan function."""
    for use in {id(use.run): use for use in uses}.values():
        with suppress(NotChecked):
            told = _typed_beside_figure(parse(use.run.formula))
            if told is not None:
                yield Adjusted(_place(use), use.run.cells, *told)


def _typed_beside_figure(node: Node) -> tuple[str, str] | None:
    """The function whose figure a typed number is added to or taken from, and that number with its sign.

    Not of 1000-POOL_AVAILABLE(...).
    """
    own = _added(node)
    if own is not None:
        return own
    parts: tuple[Node, ...] = ()
    match node:
        case Operation(_, left, right):
            parts = (left, right)
        case Negative(of) | Percent(of):
            parts = (of,)
        case Call():
            parts = _of_same_unit(node)
    return next((told for part in parts if (told := _typed_beside_figure(part)) is not None), None)


def _added(node: Node) -> tuple[str, str] | None:
    """The same of a sum or a difference itself."""
    pairs: list[tuple[Node, Node, int]] = []
    match node:
        case Operation("+" | "-" as operator, left, right):
            pairs = [(right, left, 1 if operator == "+" else -1)] + ([(left, right, 1)] if operator == "+" else [])
        case Call(name, arguments) if shown_name(name) == "SUM":
            pairs = [(typed, other, 1) for typed in arguments for other in arguments]
    for typed, other, sign in pairs:
        number, function = _constant(typed), _figure(other)
        if number and function is not None:
            return function, ("-" if number * sign < 0 else "+") + shown(abs(number))
    return None


def _constant(node: Node) -> int | float | None:
    """The number that a tree is by itself, without any cell or function."""
    match node:
        case Literal(value) if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        case Negative(of):
            number = _constant(of)
            return None if number is None else -number
        case Operation("+" | "-" | "*" as operator, left, right):
            one, other = _constant(left), _constant(right)
            if one is not None and other is not None:
                return one * other if operator == "*" else one + other if operator == "+" else one - other
    return None


def _figure(node: Node) -> str | None:
    """The plan function in the unit of whose figure a tree is: its call, rounded, or a sum with it, and no ratio."""
    match node:
        case Call(name):
            function = plan_name(name, FUNCTIONS)
            if function:
                return None if function in _OF_DAYS else function
            return next((own for each in _of_same_unit(node) if (own := _figure(each)) is not None), None)
        case Operation("+" | "-", left, right):
            return _figure(left) or _figure(right)
        case Negative(of):
            return _figure(of)
    return None


def _of_same_unit(call: Call) -> tuple[Node, ...]:
    """The arguments of a function of Excel that its result is in the unit of: not a condition, nor a place."""
    name = shown_name(call.name)
    if plan_name(call.name, FUNCTIONS) or name not in _OF_SAME_UNIT:
        return ()
    if name in ("IF", "CHOOSE"):
        return call.arguments[1:]
    if name == "IFS":
        return call.arguments[1::2]
    return call.arguments if name in _OF_ALL else call.arguments[:1]


_OF_ALL = frozenset({"MAX", "MIN", "SUM", "IFERROR", "IFNA", "LET"})
