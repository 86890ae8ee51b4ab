"""Which cells a formula refers to, by itself and by the names that it uses."""

from collections.abc import Iterator

from plansheet.workbook.formulas.expressions import (
    SPILL,
    Call,
    Node,
    NotChecked,
    Reference,
    below_of,
    parse,
    shown_name,
)
from plansheet.workbook.formulas.references import Place
from plansheet.workbook.formulas.regions import Region
from plansheet.workbook.formulas.resolver import Resolver

_OF_PLACES = frozenset(("ROW", "ROWS", "COLUMN", "COLUMNS"))
"""Functions that ask where a range is, not what is in it: =ROW(A1) in A1 is no circle."""


def regions_used(formula: str, place: Place, resolver: Resolver) -> list[Region]:
    """The regions that a formula refers to; none where it is not understood. OFFSET and INDIRECT are not followed."""
    try:
        return list(_regions(parse(formula), place, resolver))
    except NotChecked:
        return []


def _regions(node: Node, place: Place, resolver: Resolver) -> Iterator[Region]:
    waiting = [(node, place)]
    seen: set[tuple[str, str, int, int]] = set()
    """What was followed: names that use names twice would be followed for ever."""
    while waiting:
        node, place = waiting.pop()
        match node:
            case Reference(text):
                asked = (text, place.sheet, place.row, place.column)
                if asked in seen:
                    continue
                seen.add(asked)
                try:
                    found = resolver.target(text, place)
                except NotChecked:
                    continue
                if isinstance(found, Region):
                    yield found
                elif isinstance(found, tuple):
                    waiting.append(found)
            case Call(name, arguments) if shown_name(name) == SPILL:
                for argument in arguments:
                    for region in _regions(argument, place, resolver):
                        yield resolver.spill(region) or region
            case Call(name) if shown_name(name) in _OF_PLACES:
                continue
            case _:
                waiting.extend((below, place) for below in below_of(node))
