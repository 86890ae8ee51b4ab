"""References to tables: which rows and columns of a table Table[...] means."""

import re
from dataclasses import dataclass

from plansheet.workbook.formulas.expressions import NotChecked
from plansheet.workbook.reading.saved import Table

_GROUP = re.compile(r"\s*\[((?:'.|[^\[\]'])*)\]\s*([,:]?)")
_ITEMS = frozenset(["#all", "#data", "#headers", "#totals", "#this row"])


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in the brackets: parts of the table's rows ("#headers"...) and a first and last column."""

    items: frozenset[str]
    columns: tuple[str, str] | None


def parse_part(text: str) -> Part:
    """The brackets of a table reference, [Col], [[#All],[A]:[B]], [@Col] or []; raises NotChecked."""
    inner = text[1:-1].strip()
    items: list[str] = []
    if inner.startswith("@"):
        items.append("#this row")
        inner = inner[1:].strip()
    if not re.match(r"\s*\[", inner):
        groups = [inner] if inner else []
        joined: list[int] = []
    else:
        groups, joined = _groups(inner)
    items += [group.lower() for group in groups if group.lower() in _ITEMS]
    columns = [(at, _unescaped(group)) for at, group in enumerate(groups) if group.lower() not in _ITEMS]
    match columns:
        case []:
            return Part(frozenset(items), None)
        case [(_, only)]:
            return Part(frozenset(items), (only, only))
        case [(at, first), (_, last)] if at in joined:
            return Part(frozenset(items), (first, last))
    raise NotChecked(f"uses the table reference {text}, which is not understood")


def rows_of(table: Table, top: int, bottom: int, items: frozenset[str], row: int) -> tuple[int, int] | None:
    """First and last sheet row of the ``items`` of a table from ``top`` to ``bottom``; None for a row beside its data.

    ``row`` is the row of the formula, for [#This Row].
    """
    first, last = top + table.header_rows, bottom - table.totals_rows
    spans = {
        "#all": (top, bottom),
        "#data": (first, last),
        "#headers": (top, first - 1),
        "#totals": (last + 1, bottom),
        "#this row": (row, row),
    }
    if "#this row" in items and not first <= row <= last:
        return None
    wanted = [spans[item] for item in items or {"#data"}]
    if any(start > end for start, end in wanted):
        raise NotChecked(f"uses {' and '.join(sorted(items))} of the table {table.name}, which has no such rows")
    return min(start for start, _ in wanted), max(end for _, end in wanted)


def columns_of(table: Table, columns: tuple[str, str] | None) -> tuple[int, int]:
    """Positions, from 0, of the first and the last column meant; raises NotChecked for one that is not there."""
    if columns is None:
        return 0, len(table.columns) - 1
    names = [name.casefold() for name in table.columns]
    for column in columns:
        if column.casefold() not in names:
            raise NotChecked(f"uses the column {column} of the table {table.name}, which has no such column")
    first, last = sorted(names.index(column.casefold()) for column in columns)
    return first, last


def _groups(inner: str) -> tuple[list[str], list[int]]:
    """The bracketed parts of [a],[b]:[c], and the positions of those followed by a colon."""
    groups: list[str] = []
    joined: list[int] = []
    at = 0
    while at < len(inner):
        match = _GROUP.match(inner, at)
        if match is None:
            raise NotChecked(f"uses the table reference [{inner}], which is not understood")
        if match[2] == ":":
            joined.append(len(groups))
        groups.append(match[1])
        at = match.end()
    return groups, joined


def _unescaped(name: str) -> str:
    return re.sub(r"'(.)", r"\1", name)
