"""Tables: their names and columns are what their cells say, and nothing is in their way."""

from __future__ import annotations

import re
from collections import Counter

from template.parts.checking import Seen
from template.parts.products import LEDGERS
from template.parts.reading import MAIN, R_ID, Package, area, cell_name
from template.parts.strictness import texts

# ---- Of any workbook -------------------------------------------------------------------------------------------------


def names_of_tables(package: Package, see: Seen) -> None:
    found = package.tables
    ids = Counter(table.root.get("id") for _, table in found)
    names = Counter(table.name.casefold() for _, table in found)
    for name, count in (*ids.items(), *names.items()):
        see.same(count, 1, f"tables called {name}")
    defined = {e.get("name", "").casefold() for e in package.defined_names}
    for _, table in found:
        see.that(table.name.casefold() not in defined, f"{table.name} is a defined name too")
        see.same(table.root.get("name"), table.name, f"{table.name}: its name")
        see.that(re.fullmatch(r"[^\W\d]\w*", table.name), f"{table.name} is no name")
        cell = re.fullmatch(r"[A-Za-z]{1,3}[0-9]+|[Rr]([0-9]*)[Cc]?[0-9]*|[Cc][0-9]*", table.name)
        see.that(cell is None, f"{table.name} could be a cell")
    for sheet in package.sheets:
        parts = {e.get(R_ID) for e in sheet.all("tableParts/tablePart")}
        ours = {relationship.id for relationship in package.related(sheet.part, "table")}
        see.same(parts, ours, f"{sheet.name}: its tables, and its relationships to tables")


def columns_of_tables(package: Package, see: Seen) -> None:
    for sheet, table in package.tables:
        at, names = table.area, [_unescaped(column.get("name", "")) for column in table.columns]
        see.same(len({name.casefold() for name in names}), len(names), f"{table.name}: columns, and their names")
        see.same(len({column.get("id") for column in table.columns}), len(names), f"{table.name}: columns, and ids")
        see.same(len(names), at.right - at.left + 1, f"{table.name}: columns, and the width of {at}")
        columns = table.root.find(f"{MAIN}tableColumns")
        see.same(columns is not None and columns.get("count"), str(len(names)), f"{table.name}: count of columns")
        see.that(at.bottom > at.top, f"{table.name} has no row below its headings")
        if table.root.get("headerRowCount") == "0":
            continue
        for offset, name in enumerate(names):
            where = f"{sheet.name}!{cell_name(at.top, at.left + offset)}"
            see.same(sheet.text(at.top, at.left + offset), name, f"{where}, a heading of {table.name}")
            cell = sheet.cells.get((at.top, at.left + offset))
            see.that(cell is not None and cell.type in ("s", "str"), f"{where} is a heading and no text")
        filtered = table.root.find(f"{MAIN}autoFilter")
        if filtered is not None:
            totals = int(table.root.get("totalsRowCount", "0"))
            wanted = at._replace(bottom=at.bottom - totals)
            see.same(area(filtered.get("ref", "")), wanted, f"{table.name}: what its filter filters")


def _unescaped(name: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), name)


def room_of_tables(package: Package, see: Seen) -> None:
    """Nothing merged in a table, no table on another or on a spill."""
    for sheet, table in package.tables:
        for merged in sheet.all("mergeCells/mergeCell"):
            meets = table.area.meets(area(merged.get("ref", "")))
            see.that(not meets, f"{sheet.name}: {merged.get('ref')} is merged in {table.name}")
        for other in sheet.tables:
            see.that(other is table or not table.area.meets(other.area), f"{table.name} stands on {other.name}")
        for cell, spilled in sheet.spills:
            one = (spilled.top, spilled.left) == (spilled.bottom, spilled.right)
            see.that(one or not table.area.meets(spilled), f"{sheet.name}!{cell.ref} spills into {table.name}")


# ---- Of plansheet's files --------------------------------------------------------------------------------------------


def calculated_columns(package: Package, see: Seen) -> None:
    """A calculated column's formula is that of every row, and an array formula where those are (18.5.1.1).

    Otherwise Excel marks every row as one that departs from its column, and fills new rows with another formula.
    """
    for sheet, table in package.tables:
        at = table.area
        for column, element in enumerate(table.columns, start=at.left):
            found = element.find(f"{MAIN}calculatedColumnFormula")
            where = f"{table.name}[{element.get('name')}]"
            cells = [sheet.cells.get((row, column)) for row in range(at.top + 1, at.bottom + 1)]
            formulas = {None if cell is None else cell.formula for cell in cells}
            see.same(formulas, {None if found is None else found.text}, f"{where}: formulas of its rows")
            if found is not None:
                arrays = {cell is not None and cell.array is not None for cell in cells}
                says = found.get("array") in ("1", "true")
                see.same(arrays, {says}, f"{where}: rows with array formulas (array= on calculatedColumnFormula)")
                ones = all(cell is None or cell.array in (None, cell.ref) for cell in cells)
                see.that(ones, f"{where}: an array formula in a table fills one cell")


def tables_stand_alone(package: Package, see: Seen) -> None:
    """Nothing touches a table, so that it can grow and nothing is taken into it."""
    for sheet, table in package.tables:
        around = table.area.around()
        for cell in sheet.cells.values():
            inside = table.area.holds(cell.row, cell.column)
            free = cell.value is None and cell.formula is None
            see.that(inside or free or not around.holds(cell.row, cell.column), f"{cell.ref} touches {table.name}")
            below = cell.row > table.area.bottom and table.area.left <= cell.column <= table.area.right
            see.that(inside or free or not below, f"{cell.ref} stands in the way of {table.name}")


def the_ledgers_are_tables(package: Package, see: Seen) -> None:
    found = {sheet.name: table for sheet, table in package.tables}
    see.same(list(found), ["Plan", *LEDGERS], "sheets with a table")
    for name, table in found.items():
        see.same(table.name, name, f"the table of {name}")
        see.that(table.root.find(f"{MAIN}autoFilter") is not None, f"{name} has no filter")
        see.same((table.area.left, table.area.top), (1, 1), f"where the table of {name} starts")
        see.that(len(package.sheet(name).tables) == 1, f"{name} has more than one table")


TABLES = (
    names_of_tables, columns_of_tables, room_of_tables, texts, calculated_columns,
    tables_stand_alone, the_ledgers_are_tables,
)  # fmt: skip
