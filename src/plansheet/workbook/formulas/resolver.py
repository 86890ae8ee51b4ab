"""What a formula gives: references resolved to the values that were saved, plan functions called on them.

Values arrive as Excel hands them to a function: one cell as a scalar, more as a list of rows; blank cells None, dates
datetimes, errors their text. What of a formula is neither a reference nor a plan function goes to an engine
(native.py). Whatever is not resolved here raises NotChecked: nothing is guessed.
"""

import datetime as dt
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from openpyxl.utils import get_column_letter

from plansheet.excel import as_shown
from plansheet.excel.reading import ERRORS
from plansheet.workbook.formulas.expressions import (
    EXPORTED,
    INTERSECTION,
    LOCAL,
    RANGE,
    SINGLE,
    SPILL,
    UNION,
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
from plansheet.workbook.formulas.native import NO_ARRAY_FORMULA, Native
from plansheet.workbook.formulas.references import Place, References
from plansheet.workbook.formulas.regions import Region, rectangle
from plansheet.workbook.reading.saved import LAST_COLUMN, LAST_ROW, Cell, Value, Workbook

Rows = list[list[Value]]
Argument = Value | Rows
Functions = Mapping[str, Callable[..., object]]

MOST_CELLS = 2_000_000
"""Cells that are read for one formula, and that are kept for the next."""
_BLANK_ROWS_OF_A_CELL = 8
"""Rows below the last used one take the room of one cell."""
MOST_STEPS = 10_000
"""Parts of one formula, with those of the names it uses: names that use names may grow without end."""


_GIVES_CELLS = frozenset(("CHOOSE", "IFS", "SWITCH", "XLOOKUP"))
"""Functions whose answer is a reference to Excel and a value to the engine."""


class _Elsewhere:
    """The answer to what is neither a reference nor a plan function: the engine has to calculate it."""


_ELSEWHERE = _Elsewhere()


class Resolver(References):
    """Evaluates trees of formulas on the saved values of one workbook.

    ``as_of`` is the day that TODAY gives; without one, formulas that ask for it are not checked.
    """

    def __init__(self, workbook: Workbook, functions: Functions, as_of: dt.date | None = None) -> None:
        super().__init__(workbook)
        self.functions = functions
        self.as_of = as_of
        self.date_1904 = workbook.date_1904
        self.native = Native(self)
        self.answers: dict[tuple[str, int, bool], object] = {}
        self.fitting: set[tuple[str, int]] = set()
        """Functions and numbers of arguments that they take."""
        self.read: dict[tuple[str, int, int, int, int], Rows] = {}
        self.remembered = 0
        self.steps, self.room = MOST_STEPS, MOST_CELLS

    def evaluate(self, node: Node, place: Place) -> object:
        """The value of a formula's tree at ``place``: a scalar or a list of rows; raises NotChecked."""
        self.steps, self.room = MOST_STEPS, MOST_CELLS
        self.native.begin()
        self.answers.clear()
        found = self._find(node, place)
        if isinstance(found, Region) and not place.is_array:
            found = found if found.is_cell else self.beside(found, place)
        return self._values(found) if isinstance(found, Region) else found

    def _evaluate(self, node: Node, place: Place) -> object:
        found = self._find(node, place)
        return self._values(found) if isinstance(found, Region) else found

    def region(self, node: Node, place: Place) -> Region | None:
        """The region that a formula's tree refers to, None where it has a value but no place; raises NotChecked."""
        self.steps, self.room = MOST_STEPS, MOST_CELLS
        found = self._find(node, place)
        return found if isinstance(found, Region) else None

    def _find(self, node: Node, place: Place) -> object:
        """The region that a tree refers to, or its value."""
        found = self.resolved(node, place)
        return self.native.value(node, place) if found is _ELSEWHERE else found

    def is_native(self, found: object) -> bool:
        """Whether ``resolved`` has left a tree to the engine."""
        return found is _ELSEWHERE

    def resolved(self, node: Node, place: Place) -> object:
        """The region or the value of a tree, as far as it is known without an engine."""
        self.steps -= 1
        if self.steps < 0:
            raise NotChecked("uses names that lead to more names than are followed here")
        match node:
            case Literal(value):
                return value
            case Array(rows):
                return [list(row) for row in rows]
            case Reference(text):
                return self._referred(text, place)
            case Negative(of) | Percent(of):
                return self._signed(node, of, place)
            case Operation(operator, left, right):
                return self._joined(operator, left, right, place)
            case Call():
                return self._call(node, place)

    def _signed(self, node: Node, of: Node, place: Place) -> object:
        found = self.resolved(of, place)
        if found is _ELSEWHERE or (isinstance(found, Region) and not place.is_array):
            return _ELSEWHERE
        value = self._values(found) if isinstance(found, Region) else found
        try:
            return _each(value, lambda number: -number if isinstance(node, Negative) else number / 100)
        except TypeError:  # of a text
            return _ELSEWHERE

    def _joined(self, operator: str, left: Node, right: Node, place: Place) -> object:
        """What two references mean together; other operators are the engine's."""
        if operator == UNION:
            raise NotChecked("refers to several ranges at once, which is not calculated here")
        if operator not in (RANGE, INTERSECTION):
            return _ELSEWHERE
        ends = [self._find(end, place) for end in (left, right)]
        if error := next(filter(is_error, ends), None):
            return error
        one, other = ends
        if not (isinstance(one, Region) and isinstance(other, Region) and one.sheet is other.sheet):
            raise NotChecked("joins what are no two ranges of one sheet")
        return around(one, other) if operator == RANGE else common(one, other) or "#NULL!"

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
        size = (used + (height - used) // _BLANK_ROWS_OF_A_CELL) * width
        self.room -= size
        if self.room < 0:
            raise NotChecked(f"uses a range of {height:,} rows and {width:,} columns, more than is read for a formula")
        key = (region.sheet.name, region.top, region.left, region.bottom, region.right)
        if key not in self.read:
            self.remembered += size + 1
            if self.remembered > MOST_CELLS:
                self.read.clear()
                self.remembered = size + 1
            columns = range(region.left, region.right + 1)
            cells = region.sheet.cells
            found = ([cells.get((row, column)) for column in columns] for row in range(region.top, region.top + used))
            rows = [
                [
                    None
                    if cell is None
                    else cell.value
                    if cell.cached and cell.kind != "date"
                    else self._value(region, cell)
                    for cell in row
                ]
                for row in found
            ]
            blank: list[Value] = [None] * width
            self.read[key] = rows + [blank] * (height - used)  # whole columns: a million rows, one list
        return self.read[key]

    def _value(self, region: Region, cell: Cell) -> Value:
        if not cell.cached:
            address = f"{region.sheet.name}!{get_column_letter(cell.column)}{cell.row}"
            raise NotChecked(f"uses {address}, which was never calculated")
        return cell.value if cell.kind != "date" else as_sent(cell)

    def _call(self, call: Call, place: Place) -> object:
        name = plan_name(call.name, self.functions)
        if name is not None:
            return self._plan(name, call, place)
        method = self._own.get(_native(call.name))
        return _ELSEWHERE if method is None else method(self, call, place)

    def _plan(self, name: str, call: Call, place: Place) -> object:
        """What a plan function gives; a formula that says the same twice is calculated once."""
        said = repr(call), place.names, place.is_array  # in words: 1 and TRUE are equal otherwise
        if said in self.answers and not place.local:
            return self.answers[said]
        if self.date_1904:
            self._check_days(call)
        inside = place if place.is_array else replace(place, is_argument=True)
        arguments = [self._evaluate(argument, inside) for argument in call.arguments]
        self._check_number(name, len(arguments))
        answer = as_shown(name, self.functions[name](*arguments))
        if not place.local:
            self.answers[said] = answer
        return answer

    def _check_days(self, call: Call) -> None:
        """Counted from 1904, a cell's date arrives as a date and an array's as a number: it matters which it is."""
        for argument in call.arguments:
            if isinstance(argument, Call) and _native(argument.name) in _GIVES_CELLS:
                name = shown_name(argument.name)
                raise NotChecked(f"gets cells by {name} in a workbook that counts its days from 1904; refer to them")

    def _truth(self, call: Call, place: Place) -> object:
        return _ELSEWHERE if call.arguments else shown_name(call.name) == "TRUE"

    def _day(self, call: Call, place: Place) -> object:
        """TODAY and NOW: the day as of which the workbook is looked at."""
        if self.as_of is None:
            raise NotChecked(f"uses {shown_name(call.name)}, which changes from day to day; give the day with --as-of")
        return dt.datetime.combine(self.as_of, dt.time())

    def _exported(self, call: Call, place: Place) -> object:
        was = call.arguments[0] if call.arguments else Literal(None)
        text = str(was.value) if isinstance(was, Literal) else ""
        raise NotChecked(f"was exported from Google Sheets, which keeps only the text of its formula: {text[:200]}")

    def _let(self, call: Call, place: Place) -> object:
        """LET: the last argument, with names for what the others give."""
        *pairs, body = call.arguments or (Literal(None),)
        if not pairs or len(pairs) % 2:
            raise NotChecked("uses LET with names and values that are not in pairs")
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            if not isinstance(name, Reference):
                raise NotChecked("uses LET with a name that is none")
            local = {**place.local, _local(name.text): self._find(value, place)}
            place = replace(place, local=local)
        return self._find(body, place)

    def _if(self, call: Call, place: Place) -> object:
        """IF of one condition: the branch that counts, which may be a reference. Of several, the engine's."""
        if not 2 <= len(call.arguments) <= 3:
            return _ELSEWHERE
        condition = self._find(call.arguments[0], place)
        if place.is_forced and (
            isinstance(condition, list) or (isinstance(condition, Region) and not condition.is_cell)
        ):
            raise NotChecked(NO_ARRAY_FORMULA)
        if isinstance(condition, Region) and not condition.is_cell:
            if place.is_array or place.is_argument:
                return _ELSEWHERE
            condition = self.beside(condition, place)
        value = self._values(condition) if isinstance(condition, Region) else condition
        if is_error(value):
            return value
        if isinstance(value, str | list):
            return _ELSEWHERE
        if not value:
            branch = call.arguments[2] if len(call.arguments) > 2 else Literal(value=False)
        else:
            branch = call.arguments[1]
        return self._find(Literal(0) if branch == Literal(None) else branch, place)

    def _choose(self, call: Call, place: Place) -> object:
        """CHOOSE by one number: the argument that it means, which may be a reference. By several, the engine's."""
        if len(call.arguments) < 2:
            return _ELSEWHERE
        number = self._find(call.arguments[0], place)
        if isinstance(number, Region) and not number.is_cell:
            if place.is_array or place.is_argument:
                return _ELSEWHERE
            number = self.beside(number, place)
        value = self._values(number) if isinstance(number, Region) else number
        if is_error(value):
            return value
        if not isinstance(value, int | float):
            return _ELSEWHERE
        if not 1 <= value < len(call.arguments):
            return "#VALUE!"
        chosen = call.arguments[int(value)]
        return self._find(Literal(0) if chosen == Literal(None) else chosen, place)

    def _spilled(self, call: Call, place: Place) -> object:
        anchors = [self._find(anchor, place) for anchor in call.arguments]
        if len(anchors) != 1:
            return _ELSEWHERE
        return (self.spill(anchors[0]) if isinstance(anchors[0], Region) else None) or "#REF!"

    def _index(self, call: Call, place: Place) -> object:
        """INDEX: a part of a range, which is a reference, or of an array. By several numbers it is the engine's."""
        if not 2 <= len(call.arguments) <= 3:
            return _ELSEWHERE
        of = self._find(call.arguments[0], place.for_array())
        if is_error(of):
            return of
        numbers = self._numbers(call.arguments[1:], place)
        if isinstance(numbers, str):
            return numbers
        if numbers is None or min(numbers) < 0:
            return self._of_array(call, of, place)
        rows = of if isinstance(of, list) else [[of]]
        height, width = _size(of) if isinstance(of, Region) else (len(rows), len(rows[0]))
        down, right = numbers[0], numbers[1] if len(numbers) > 1 else 0
        if len(numbers) == 1 and height == 1:
            down, right = 0, down  # the only number counts along a single row
        if down > height or right > width:
            return "#REF!"
        top, bottom = (down, down) if down else (1, height)
        left, right = (right, right) if right else (1, width)
        if isinstance(of, Region):
            return Region(of.sheet, of.top + top - 1, of.left + left - 1, of.top + bottom - 1, of.left + right - 1)
        part = [row[left - 1 : right] for row in rows[top - 1 : bottom]]
        return part[0][0] if len(part) == 1 and len(part[0]) == 1 else part

    def _of_array(self, call: Call, of: object, place: Place) -> object:
        """A function of references given an array, which the engine has to calculate."""
        if isinstance(of, Region) or isinstance(call.arguments[0], Literal | Array):
            return _ELSEWHERE
        return self.native.value(Call(call.name, (as_node(of), *call.arguments[1:])), place)

    def _offset(self, call: Call, place: Place) -> object:
        if not 3 <= len(call.arguments) <= 5:
            return _ELSEWHERE
        of = self._find(call.arguments[0], place)
        if not isinstance(of, Region):
            return "#VALUE!"
        sizes = list(_size(of))
        numbers = self._numbers(call.arguments[1:], place)
        if isinstance(numbers, str):
            return numbers
        if numbers is None:
            raise NotChecked("uses OFFSET by what is no number")
        for at, (node, number) in enumerate(zip(call.arguments[3:], numbers[2:], strict=True)):
            sizes[at] = sizes[at] if node == Literal(None) else number
        if min(sizes) < 1:
            raise NotChecked("uses OFFSET with a height or width below 1, which is not calculated here")
        top, left = of.top + numbers[0], of.left + numbers[1]
        part = Region(of.sheet, top, left, top + sizes[0] - 1, left + sizes[1] - 1)
        inside = top >= 1 and left >= 1 and part.bottom <= LAST_ROW and part.right <= LAST_COLUMN
        return part if inside else "#REF!"

    def _indirect(self, call: Call, place: Place) -> object:
        text = self._evaluate(call.arguments[0], place) if len(call.arguments) == 1 else None
        if is_error(text):
            return text
        if not isinstance(text, str):
            raise NotChecked("uses INDIRECT with more than a text, which is not calculated here")
        node = parse(f"={text}")
        if not isinstance(node, Reference | Operation):
            return "#REF!"
        return self._find(node, place)

    def _numbers(self, nodes: tuple[Node, ...], place: Place) -> list[int] | str | None:
        """Whole numbers, without what is behind the point; an error that is among them; None where one is no number."""
        found: list[int] = []
        for node in nodes:
            value = self._evaluate(node, place)
            if is_error(value):
                return str(value)
            if value is not None and not isinstance(value, int | float):
                return None
            found.append(int(value or 0))
        return found

    def _where(self, call: Call, place: Place) -> object:
        """ROW, COLUMN, ROWS and COLUMNS of a range."""
        name = _native(call.name)
        if len(call.arguments) > 1:
            return _ELSEWHERE
        here = Region(self._sheet(place.sheet), place.row, place.column, place.row, place.column)
        of = self._find(call.arguments[0], place) if call.arguments else here
        if is_error(of):
            return of
        if not isinstance(of, Region):
            return self._of_array(call, of, place)
        if name in ("ROWS", "COLUMNS"):
            return LAST_COLUMN if name == "COLUMNS" and of.is_rows else _size(of)[name == "COLUMNS"]
        first, last = (of.top, of.bottom) if name == "ROW" else (of.left, of.right)
        if last - first >= MOST_CELLS // 4:
            raise NotChecked(f"uses {name} of a whole column, which is not calculated here")
        numbers = list(range(first, last + 1))
        if len(numbers) == 1 or not place.is_array:
            return first
        return [[number] for number in numbers] if name == "ROW" else [numbers]

    def _match(self, call: Call, place: Place) -> object:
        """MATCH(..., 0) of a value that is no pattern, in a row or column. Otherwise the engine's."""
        if len(call.arguments) != 3 or call.arguments[2] != Literal(0):
            return _ELSEWHERE
        wanted, among = (self._evaluate(argument, place) for argument in call.arguments[:2])
        rows = among if isinstance(among, list) else [[among]]
        if (isinstance(wanted, str) and re.search("[*?~]", wanted)) or min(len(rows), len(rows[0])) > 1:
            return _ELSEWHERE
        if is_error(wanted):
            return wanted
        sought, kind = _comparable(wanted)
        cells = [_comparable(cell) for row in rows for cell in row]
        kinds = {each for _, each in cells}
        if kind in (list, type(None)) or (kind in _DAYS_AND_NUMBERS and kinds & (_DAYS_AND_NUMBERS - {kind})):
            return _ELSEWHERE
        return next((at for at, cell in enumerate(cells, start=1) if cell == (sought, kind)), "#N/A")

    _own: Mapping[str, Callable[["Resolver", Call, Place], object]] = MappingProxyType(
        {
            **dict.fromkeys(("TRUE", "FALSE"), _truth),
            **dict.fromkeys(("TODAY", "NOW"), _day),
            **dict.fromkeys(("ROW", "ROWS", "COLUMN", "COLUMNS"), _where),
            EXPORTED: _exported,
            "LET": _let,
            "IF": _if,
            "CHOOSE": _choose,
            SPILL: _spilled,
            SINGLE: lambda self, call, place: self._single(call, place),
            "INDEX": _index,
            "OFFSET": _offset,
            "INDIRECT": _indirect,
            "MATCH": _match,
        }
    )
    """What decides about references, and so cannot be left to an engine that knows values alone."""

    def _check_number(self, name: str, given: int) -> None:
        if (name, given) in self.fitting:
            return
        try:
            inspect.signature(self.functions[name]).bind(*[None] * given)
        except TypeError as error:
            raise NotChecked(f"gives {name} {given} arguments, which is not their number") from error
        self.fitting.add((name, given))

    def _single(self, call: Call, place: Place) -> object:
        """The implicit intersection @: the cell beside or above the formula, or the first value of an array."""
        if len(call.arguments) != 1:
            return _ELSEWHERE
        found = self._find(call.arguments[0], place)
        return self.beside(found, place) if isinstance(found, Region) else first_of(found)

    def beside(self, region: Region, place: Place) -> Region | str:
        """The one cell of a region that stands beside or above a formula, an error where none does."""
        row, column = place.row, place.column
        if region.top == region.bottom:
            row = region.top
        if region.left == region.right:
            column = region.left
        if not (region.top <= row <= region.bottom and region.left <= column <= region.right):
            return "#VALUE!"
        return Region(region.sheet, row, column, row, column)

    def _referred(self, text: str, place: Place) -> object:
        """The region that a reference means, or the value of a name that means none."""
        if (local := _local(text)) in place.local:
            return place.local[local]
        target = self.target(text, place)
        return self._find(*target) if isinstance(target, tuple) else target


def _native(name: str) -> str:
    """A function's name as Excel shows it; none where a range ends in it (A1:INDEX(...)), which is not followed."""
    return "" if ":" in name else shown_name(name)


def as_sent(cell: Cell) -> Value:
    """A cell's value as a function gets it: a date of 0 as 0 (a blank to Excel)."""
    return 0 if cell.kind == "date" and cell.value == _MIDNIGHT else cell.value


_MIDNIGHT = dt.time(0)


def as_node(value: object) -> Node:
    """A value in the place of the tree that gave it."""
    if isinstance(value, list):
        return Array(tuple(tuple(row) for row in value))
    return Literal(value)  # type: ignore[arg-type]  # dates and errors too: it came out of a cell or a function


def around(one: Region, other: Region) -> Region:
    """The rectangle from one region to another of the same sheet."""
    return Region(
        one.sheet,
        min(one.top, other.top),
        min(one.left, other.left),
        max(one.bottom, other.bottom),
        max(one.right, other.right),
    )


def common(one: Region, other: Region) -> Region | None:
    """What two regions of the same sheet have in common."""
    top, left = max(one.top, other.top), max(one.left, other.left)
    bottom, right = min(one.bottom, other.bottom), min(one.right, other.right)
    return Region(one.sheet, top, left, bottom, right) if top <= bottom and left <= right else None


def _size(region: Region) -> tuple[int, int]:
    """Rows and columns."""
    return region.bottom - region.top + 1, region.right - region.left + 1


def _local(text: str) -> str:
    """A name of LET as it is looked up: without the prefix of the file, in any case."""
    return text.casefold().removeprefix(LOCAL)


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
    """A number, or each number of rows, changed; blanks count as 0, errors stay. TypeError for other values."""
    if isinstance(value, list):
        return [[_each(cell, change) for cell in row] for row in value]
    if is_error(value):
        return value
    if value is None or isinstance(value, bool | int | float):
        return change(value or 0)
    raise TypeError("no number")
