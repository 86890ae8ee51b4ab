"""What the arguments of a formula are: references resolved to the values that were saved.

Values arrive as Excel hands them to a function: one cell as a scalar, more as a list of rows; blank cells None, dates
datetimes, errors their text. Whatever is not resolved here raises NotChecked: nothing is guessed.
"""

import datetime as dt
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from openpyxl.utils import get_column_letter

from plansheet.excel.reading import ERRORS
from plansheet.workbook.expressions import (
    SINGLE,
    SPILL,
    Array,
    Call,
    Literal,
    Negative,
    Node,
    NotChecked,
    Operation,
    Percent,
    Reference,
    parse,
    plan_name,
    shown_name,
)
from plansheet.workbook.regions import Region, rectangle, region_of
from plansheet.workbook.saved import Cell, DefinedName, Sheet, Table, Value, Workbook
from plansheet.workbook.structured import columns_of, parse_part, rows_of

Rows = list[list[Value]]
Argument = Value | Rows
Functions = Mapping[str, Callable[..., object]]

INDEX = "INDEX"
"""Excel's one function that refers to a part of a range, as a column of a spill."""
MOST_CELLS = 2_000_000
"""Cells that are read for one formula, and that are kept for the next."""
_BLANK_ROWS_OF_A_CELL = 8
"""Rows below the last used one take the room of one cell."""
MOST_STEPS = 10_000
"""Parts of one formula, with those of the names it uses: names that use names may grow without end."""
DEEPEST_NAME = 16

_ON_SHEET = re.compile(r"(?:'(?P<quoted>(?:[^']|'')*)'|(?P<plain>[^'!\[\]]+))!(?P<rest>.+)", re.DOTALL)
_OTHER_BOOK = re.compile(r"\[[^\]]*\][^\[]*!|\[\d+\]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a formula stands; ``names`` counts the defined names that led to it."""

    sheet: str
    row: int
    column: int
    names: int = 0


class Resolver:
    """Evaluates trees of formulas on the saved values of one workbook."""

    def __init__(self, workbook: Workbook, functions: Functions) -> None:
        self.functions = functions
        self.date_1904 = workbook.date_1904
        self.sheets = {sheet.name.casefold(): sheet for sheet in workbook.sheets}
        self.tables = {table.name.casefold(): table for table in workbook.tables}
        self.names: dict[tuple[str, str | None], DefinedName] = {
            (name.name.casefold(), name.sheet.casefold() if name.sheet is not None else None): name
            for name in workbook.names
        }
        self.signatures: dict[str, inspect.Signature] = {}
        self.read: dict[tuple[str, int, int, int, int], Rows] = {}
        self.remembered = 0
        self.steps, self.room = MOST_STEPS, MOST_CELLS

    def evaluate(self, node: Node, place: Place) -> object:
        """The value of a formula's tree at ``place``: a scalar or a list of rows; raises NotChecked."""
        self.steps, self.room = MOST_STEPS, MOST_CELLS
        return self._evaluate(node, place)

    def _evaluate(self, node: Node, place: Place) -> object:
        self.steps -= 1
        if self.steps < 0:
            raise NotChecked("uses names that lead to more names than are followed here")
        match node:
            case Literal(value):
                return value
            case Array(rows):
                return [list(row) for row in rows]
            case Reference():
                found = self._referred(node.text, place)
                return self._values(found) if isinstance(found, Region) else found
            case Negative(of):
                return _each(self._evaluate(of, place), lambda number: -number)
            case Percent(of):
                return _each(self._evaluate(of, place), lambda number: number / 100)
            case Operation(operator):
                raise NotChecked(f"uses the operator {operator}, which is not calculated here")
            case Call():
                return self._call(node, place)

    def region(self, node: Node, place: Place) -> Region | None:
        """The region that a formula's tree refers to, None where it has a value but no place; raises NotChecked."""
        self.steps, self.room = MOST_STEPS, MOST_CELLS
        return self._region(node, place)

    def saved(self, region: Region) -> Argument:
        """The saved values of a region: one cell as a scalar, more as rows; raises NotChecked."""
        self.room = MOST_CELLS
        return self._values(region)

    def _values(self, region: Region) -> Argument:
        rows = self._rows(region)
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows

    def spill(self, region: Region) -> Region | None:
        """The region that the array formula in the first cell of a region fills; None where there is none."""
        cell = region.sheet.cells.get((region.top, region.left))
        if cell is None or cell.array_ref is None:
            return None
        return rectangle(region.sheet, cell.array_ref)

    def _rows(self, region: Region) -> Rows:
        height, width = region.bottom - region.top + 1, region.right - region.left + 1
        used = max(0, min(region.bottom, region.sheet.last_row) - region.top + 1)
        self.room -= (used + (height - used) // _BLANK_ROWS_OF_A_CELL) * width
        if self.room < 0:
            raise NotChecked(f"uses a range of {height:,} rows and {width:,} columns, more than is read for a formula")
        key = (region.sheet.name, region.top, region.left, region.bottom, region.right)
        if key not in self.read:
            self.remembered += height * width
            if self.remembered > MOST_CELLS:
                self.read.clear()
                self.remembered = height * width
            rows = [
                [self._value(region.sheet, row, column) for column in range(region.left, region.right + 1)]
                for row in range(region.top, region.top + used)
            ]
            blank: list[Value] = [None] * width
            self.read[key] = rows + [blank] * (height - used)  # whole columns: a million rows, one list
        return self.read[key]

    def _value(self, sheet: Sheet, row: int, column: int) -> Value:
        cell = sheet.cells.get((row, column))
        if cell is None:
            return None
        if not cell.cached:
            address = f"{sheet.name}!{get_column_letter(column)}{row}"
            raise NotChecked(f"uses {address}, which was never calculated")
        return as_sent(cell)

    def _call(self, call: Call, place: Place) -> object:
        name = plan_name(call.name, self.functions)
        if name is not None:
            arguments = [self._evaluate(argument, place) for argument in call.arguments]
            self._check_number(name, len(arguments))
            return self.functions[name](*arguments)
        name = _native(call.name)
        match name, call.arguments:
            case (("TRUE" | "FALSE"), ()):
                return name == "TRUE"
            case _ if name in (SPILL, INDEX):
                for argument in call.arguments[1:]:
                    if is_error(number := self._evaluate(argument, place)):
                        return number
                region = self._region(call, place)
                return self._values(region) if region is not None else "#REF!"
            case _ if name == SINGLE and len(call.arguments) == 1:
                return self._single(call.arguments[0], place)
            case "MATCH", (wanted, among, Literal(0)):
                return self._position(self._evaluate(wanted, place), self._evaluate(among, place))
        raise NotChecked(f"uses {shown_name(call.name)}, which is not calculated here")

    def _position(self, wanted: object, among: object) -> object:
        """The first cell of a row or column that holds a value, MATCH(..., 0): text without regard to case."""
        rows = among if isinstance(among, list) else [[among]]
        if (isinstance(wanted, str) and re.search("[*?~]", wanted)) or min(len(rows), len(rows[0])) > 1:
            raise NotChecked("uses MATCH with a pattern or a block, which is not calculated here")
        if is_error(wanted):
            return wanted
        sought, kind = _comparable(wanted)
        cells = [_comparable(cell) for row in rows for cell in row]
        kinds = {each for _, each in cells}
        if kind in (list, type(None)) or (kind in _DAYS_AND_NUMBERS and kinds & (_DAYS_AND_NUMBERS - {kind})):
            raise NotChecked("uses MATCH for a range, a blank, or a date among numbers, which is not calculated here")
        return next((at for at, cell in enumerate(cells, start=1) if cell == (sought, kind)), "#N/A")

    def _check_number(self, name: str, given: int) -> None:
        if name not in self.signatures:
            self.signatures[name] = inspect.signature(self.functions[name])
        try:
            self.signatures[name].bind(*[None] * given)
        except TypeError as error:
            raise NotChecked(f"gives {name} {given} arguments, which is not their number") from error

    def _single(self, node: Node, place: Place) -> object:
        """The implicit intersection @: the cell beside or above the formula, or the first value of an array."""
        region = self._region(node, place)
        if region is None:
            return first_of(self._evaluate(node, place))
        row, column = place.row, place.column
        if region.top == region.bottom:
            row = region.top
        if region.left == region.right:
            column = region.left
        if not (region.top <= row <= region.bottom and region.left <= column <= region.right):
            return "#VALUE!"
        return self._values(replace(region, top=row, bottom=row, left=column, right=column))

    def _region(self, node: Node, place: Place) -> Region | None:
        """The region that a tree refers to, None where it has a value but no place."""
        match node:
            case Reference():
                found = self._referred(node.text, place)
                return found if isinstance(found, Region) else None
            case Call(name, (anchor,)) if _native(name) == SPILL:
                region = self._region(anchor, place)
                return self.spill(region) if region is not None else None
            case Call(name, (of, row, *column)) if _native(name) == INDEX and len(column) <= 1:
                region = self._region(of, place)
                if region is None and not (isinstance(of, Call) and _native(of.name) in (SPILL, INDEX)):
                    raise NotChecked("uses INDEX of what is no range, which is not calculated here")
                return self._part(region, row, column[0] if column else None, place) if region is not None else None
        return None

    def _part(self, region: Region, row: Node, column: Node | None, place: Place) -> Region | None:
        """What INDEX refers to: a row or column of 0, or none, is all of them; None outside the range."""
        numbers = [None if node is None else self._evaluate(node, place) for node in (row, column)]
        if not all(n is None or (isinstance(n, int | float) and n >= 0) for n in numbers):
            raise NotChecked("uses INDEX with what is no number, which is not calculated here")
        down, right = (int(n) if isinstance(n, int | float) else 0 for n in numbers)
        if column is None and region.top == region.bottom:
            down, right = 0, down  # the only number counts along a single row
        part = replace(
            region,
            top=region.top + down - 1 if down else region.top,
            bottom=region.top + down - 1 if down else region.bottom,
            left=region.left + right - 1 if right else region.left,
            right=region.left + right - 1 if right else region.right,
        )
        return part if part.bottom <= region.bottom and part.right <= region.right else None

    def _referred(self, text: str, place: Place) -> object:
        """The region that a reference means, or the value of a name that means none."""
        text = text.removeprefix("[0]!")  # this workbook
        if _OTHER_BOOK.match(text):
            raise NotChecked(f"refers to another workbook: {text}")
        match = _ON_SHEET.fullmatch(text)
        if match is None:
            return self._on_sheet(text, self._sheet(place.sheet), place)
        quoted, sheet = match["quoted"], match["plain"]
        if quoted is not None:
            if re.search(r"[\[\]\\/]", quoted):
                raise NotChecked(f"refers to another workbook: {text}")
            sheet = quoted.replace("''", "'")
        if ":" in sheet:
            raise NotChecked(f"refers to several sheets at once: {text}")
        return self._on_sheet(match["rest"], self._sheet(sheet), place, explicit=True)

    def _sheet(self, name: str) -> Sheet:
        sheet = self.sheets.get(name.casefold())
        if sheet is None:
            raise NotChecked(f"refers to the sheet {name}, which is not in the workbook")
        if sheet.kind != "worksheet":
            raise NotChecked(f"refers to the sheet {name}, which has no cells to read")
        return sheet

    def _on_sheet(self, text: str, sheet: Sheet, place: Place, *, explicit: bool = False) -> object:
        if "[" in text:
            return self._of_table(text, place)
        region = region_of(text, sheet, absolute=place.names > 0)
        if region is not None:
            return region
        key = text.casefold()
        name = self.names.get((key, sheet.name.casefold())) or self.names.get((key, None))
        if name is not None:
            return self._named(name, place)
        if key in self.tables and not explicit:
            return self._of_table(f"{text}[]", place)
        raise NotChecked(f"uses {text}, which is neither a cell nor a name of the workbook")

    def _named(self, name: DefinedName, place: Place) -> object:
        if place.names >= DEEPEST_NAME:
            raise NotChecked(f"uses the name {name.name}, which leads to itself")
        inside = replace(place, names=place.names + 1)
        node = parse(name.formula)
        return self._referred(node.text, inside) if isinstance(node, Reference) else self._evaluate(node, inside)

    def _of_table(self, text: str, place: Place) -> object:
        name, bracket, rest = text.partition("[")
        table = self.tables.get(name.casefold()) if name else self._table_around(place)
        if table is None:
            raise NotChecked(f"uses the table {name or 'around it'}, which is not in the workbook")
        part = parse_part(bracket + rest)
        around = rectangle(self._sheet(table.sheet), table.ref)
        rows = rows_of(table, around.top, around.bottom, part.items, place.row if place.sheet == table.sheet else 0)
        if rows is None:
            return "#VALUE!"
        first, last = columns_of(table, part.columns)
        right = min(around.left + last, around.right)
        return replace(around, top=rows[0], bottom=rows[1], left=around.left + first, right=right)

    def _table_around(self, place: Place) -> Table | None:
        for table in self._sheet(place.sheet).tables:
            around = rectangle(self._sheet(place.sheet), table.ref)
            if around.top <= place.row <= around.bottom and around.left <= place.column <= around.right:
                return table
        return None


def _native(name: str) -> str:
    """A function's name as Excel shows it; none where a range ends in it (A1:INDEX(...)), which is not followed."""
    return "" if ":" in name else shown_name(name)


def as_sent(cell: Cell) -> Value:
    """A cell's value as a function gets it: a date of 0 as 0 (a blank to Excel)."""
    return 0 if cell.kind == "date" and cell.value == _MIDNIGHT else cell.value


_MIDNIGHT = dt.time(0)


_DAYS_AND_NUMBERS = frozenset({dt.datetime, float})


def _comparable(value: object) -> tuple[object, type]:
    """A value as MATCH compares it, and its kind: text without regard to case, one kind of number, one of date."""
    if isinstance(value, str):
        return value.casefold(), str
    if isinstance(value, dt.date | dt.time):
        return value, dt.datetime
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value, float
    return value, type(value)


def is_error(value: object) -> bool:
    """Whether a value is an error, as saved: its text."""
    return isinstance(value, str) and value in ERRORS


def first_of(value: object) -> object:
    """The top left value of rows; a scalar is its own."""
    while isinstance(value, list):
        value = value[0] if value else None
    return value


def _each(value: object, change: Callable[[float], float]) -> object:
    """A number, or each number of rows, changed; blanks count as 0, errors stay. Other values are not ours."""
    if isinstance(value, list):
        return [[_each(cell, change) for cell in row] for row in value]
    if is_error(value):
        return value
    if value is None or isinstance(value, bool | int | float):
        return change(value or 0)
    raise NotChecked("uses a sign or a percentage of what is no number")
