"""Excel's own functions and operators around and inside plan functions, written down for the engine.

What they are given is resolved first: a range becomes the address of its cells, what a plan function or LET gives
becomes a value. So the engine meets neither a name nor a table nor a plan function, and a plan function gets the cells
of a range as they were saved.
"""

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Protocol

from plansheet.excel.reading import ERRORS
from plansheet.workbook.formulas.as_excel import (
    check_order,
    check_written,
    in_digits,
)
from plansheet.workbook.formulas.differences import Differences
from plansheet.workbook.formulas.engine import Engine
from plansheet.workbook.formulas.expressions import (
    BINDS,
    Call,
    Literal,
    Negative,
    Node,
    NotChecked,
    Operation,
    Percent,
    Reference,
    shown_name,
)
from plansheet.workbook.formulas.native_functions import (
    ACROSS,
    ARRAY,
    CHOOSES,
    DECIDES,
    EXTENDS,
    LIFTED,
    NUMBERS,
    OF_ARRAYS,
    OF_TEXTS,
    REFUSED,
    SKIPS_BLANKS,
    SURE,
    SWALLOWS,
    VALUE,
    gives_several,
    takes,
)
from plansheet.workbook.formulas.references import Place
from plansheet.workbook.formulas.regions import Region
from plansheet.workbook.formulas.written import ATOM, Written, cells_of, value_of
from plansheet.workbook.reading.saved import LAST_COLUMN

BLANK_ROWS, BLANK_COLUMNS = 1_000, 100
"""Cells beyond the last used row and column of a sheet that are calculated with as blanks."""
MOST_LIFTED = 50_000
"""Values of an array that are given to a function one by one."""
_DOUBTFUL = frozenset(("#VALUE!", "#REF!", "#CALC!", "#SPILL!"))
"""Errors by which the engine also refuses what Excel calculates, such as a number in a text that has a comma."""
_COMPARES = frozenset(("=", "<>", "<", ">", "<=", ">=", "&"))
_ORDERS = frozenset(("<", ">", "<=", ">="))
_CALCULATES = frozenset(("+", "-", "*", "/", "^"))
_JOINS = frozenset(("IF", "IFERROR"))
"""Functions whose answer has several values where an argument has."""
_NEAR_ZERO = 1e-15
_MOST_TRAITS = 50_000
NO_ARRAY_FORMULA = "takes a range value by value, and is no array formula: enter it again, so that it is one"


class Resolves(Protocol):
    """What is asked of the resolver for which is calculated."""

    date_1904: bool

    def resolved(self, node: Node, place: Place) -> object:
        """The region or the value of a tree, as far as it is known without an engine."""

    def is_native(self, found: object) -> bool:
        """Whether ``resolved`` has left a tree to the engine."""

    def beside(self, region: Region, place: Place) -> Region | str:
        """The one cell of a region that stands beside or above a formula, an error where none does."""

    def across(self, text: str, place: Place) -> list[Region] | None:
        """The regions that a reference to several sheets means; None for another."""


class Native:
    """Calculates, for a resolver, what is neither a reference nor a plan function."""

    def __init__(self, resolver: Resolves) -> None:
        self.resolver: Resolves = weakref.proxy(resolver)  # which has this: no circle, for a workbook hangs on it
        self.engine = Engine(date_1904=resolver.date_1904)
        self.differences = Differences(weakref.proxy(self))
        self._traits: dict[tuple[str, int, int, int, int], frozenset[str]] = {}
        self.begin()

    def begin(self) -> None:
        """Forget what was of the last formula."""
        self.engine.release()
        self.doubt: str | None = None
        """An error that is the engine's own, so that Excel may have calculated where it refused."""
        self._errors: set[object] = set()
        self._ranges: list[Region] = []
        self._cut: set[int] = set()
        self._counts_blanks = False
        """Whether blank cells may count that lie beyond those calculated with."""
        self._longer = 0

    def value(self, node: Node, place: Place) -> object:
        """The value of a tree; raises NotChecked for what the engine has not.

        Of whole columns only the used cells are calculated with, and some blanks. Where blanks may count, it is
        calculated again with one more: if nothing has changed, nothing does with all of them.
        """
        before, self._counts_blanks = self._counts_blanks, False
        answer = self._value(node, place)
        if self._counts_blanks and not self._longer:
            self._longer = 1
            again = self._value(node, place)
            self._longer = 0
            if again != answer:
                raise NotChecked("counts the blank cells of a whole column or row, which is not calculated here")
        self._counts_blanks = before
        return answer

    def _value(self, node: Node, place: Place) -> object:
        if isinstance(node, Operation) and node.operator in ("+", "-"):
            return self._sum(node, place)
        return self._whole(self._part(node, place))

    def _whole(self, part: Written) -> object:
        value = self.calculated(part)
        if isinstance(value, list) and self._cut.intersection((len(value), len(value[0]))) - {1}:
            raise NotChecked("makes an array of a whole column, which is not calculated here")
        return value

    def calculated(self, part: Written) -> object:
        """The value of a part; an error of the engine's own is a doubt."""
        (value,) = self.engine.calculated([part.text])
        if isinstance(value, list) and len(value) == 1 and len(value[0]) == 1:
            (value,) = value[0]
        self._doubt(value)
        return value

    def _doubt(self, value: object) -> None:
        for cell in cells_of(value):
            if isinstance(cell, str) and cell in _DOUBTFUL and cell not in self._errors and not self._saved(cell):
                self.doubt = self.doubt or cell

    def _saved(self, error: str) -> bool:
        """Whether one of the cells used holds an error."""
        return any(
            cell.kind == "error" and cell.value == error and _holds(region, *at)
            for region in self._ranges
            for at, cell in region.sheet.cells.items()
        )

    def _sum(self, node: Operation, place: Place) -> object:
        """A sum or difference. One of two values that is 0 but for the binary tail is 0, as Excel has it."""
        left, right = (self._operand(side, place) for side in (node.left, node.right))
        answer = self._whole(_combined(node.operator, left, right))
        if left.several or right.several or not isinstance(answer, float) or answer == 0 or abs(answer) > 1:
            return answer
        ends = self.engine.calculated([left.text, right.text])
        largest = max(abs(end) if isinstance(end, int | float) else 0 for end in ends)
        return 0.0 if abs(answer) < _NEAR_ZERO * largest else answer

    # --- Parts of a formula -----------------------------------------------------------------------------------------

    def _part(self, node: Node, place: Place) -> Written:
        """A tree as the engine is to read it."""
        found = self.resolver.resolved(node, place)
        if not self.resolver.is_native(found):
            return self.known(found)
        match node:
            case Negative(of):
                part = self._operand(of, place)
                return Written(f"(-{part.beside(ATOM)})", part.several, is_numeric=True)
            case Percent(of):
                part = self._operand(of, place)
                return Written(f"({part.beside(ATOM)}%)", part.several, is_numeric=True)
            case Operation():
                return self._joined(node, place)
            case Call():
                return self._call(node, place)
        raise NotChecked("has a formula that is not understood")

    def known(self, found: object) -> Written:
        """A value, or the cells of a region, as a part."""
        if isinstance(found, Region):
            used = self._used(found)
            several = (used.top, used.left) != (used.bottom, used.right)
            self._ranges.append(used)
            return Written(self.engine.address(used), several, found)
        self._errors.update(cell for cell in cells_of(found) if isinstance(cell, str) and cell in ERRORS)
        several = isinstance(found, list) and (len(found) > 1 or (bool(found) and len(found[0]) > 1))
        values = found if isinstance(found, list) else [[found]]
        return Written(self.engine.literal(found), several, values=values if values and values[0] else None)

    def _used(self, region: Region) -> Region:
        """A region without the rows and columns far below and right of what its sheet uses."""
        last_row = region.sheet.last_row + BLANK_ROWS + self._longer
        last_column = region.sheet.last_column + BLANK_COLUMNS + self._longer
        bottom = max(region.top, min(region.bottom, last_row))
        end = LAST_COLUMN if region.is_rows else region.right
        right = max(region.left, min(end, last_column))
        if bottom < region.bottom:
            self._cut.add(bottom - region.top + 1)
        if right < end:
            self._cut.add(right - region.left + 1)
        return replace(region, bottom=bottom, right=right)

    def _blanks_count(self, part: Written) -> None:
        """Remember where the blank cells of a part may count that are not calculated with."""
        region = part.region
        if region is not None:
            below = region.bottom > region.sheet.last_row + BLANK_ROWS
            self._counts_blanks |= below or region.is_rows or region.right > region.sheet.last_column + BLANK_COLUMNS

    def _operand(self, node: Node, place: Place) -> Written:
        """One side of an operator. In what is no array formula it is one value."""
        part = self._part(node, place)
        if not place.is_array and part.region is not None:
            return self._beside(part, place)
        self._blanks_count(part)
        return part

    def _beside(self, part: Written, place: Place) -> Written:
        """Of a range in what is no array formula, the one cell beside the formula."""
        if part.region is None or part.region.is_cell:
            return part
        if place.is_argument:
            raise NotChecked(NO_ARRAY_FORMULA)
        return self.known(self.resolver.beside(part.region, place))

    def _joined(self, node: Operation, place: Place) -> Written:
        """Two values and an operator. What is compared, or joined to a text, are 15 digits of a number."""
        left, right = (self._operand(side, place) for side in (node.left, node.right))
        if node.operator in _COMPARES:
            in_digits = self._written if node.operator == "&" else self._in_digits
            left, right = in_digits(left), in_digits(right)
        if node.operator in _ORDERS:
            ends = [end for side in (left, right) if not side.several for end in self.texts(side)]
            if len(ends) == 2:
                check_order(ends)
        if node.operator == "^" and self.differences.is_zero(right) and self.differences.is_zero(left):
            return self.known("#NUM!")
        return _combined(node.operator, left, right)

    def texts(self, part: Written) -> Iterator[str]:
        """The texts of a part; none where it is a number, which is told without calculating it."""
        if not part.is_numeric:
            yield from (cell for cell in cells_of(self.rows(part)) if isinstance(cell, str) and cell not in ERRORS)

    def _in_digits(self, part: Written) -> Written:
        """A part with numbers of 15 digits."""
        if part.text.startswith('"') or (part.region is not None and part.several and not self.has(part, "digits")):
            return part
        rows = self.rows(part)
        rounded = in_digits(rows)
        if repr(rounded) == repr(rows):  # in words: 0 and -0 are equal otherwise
            return part
        return self.known(rounded if part.several else rounded[0][0])  # type: ignore[index]  # rows, as before

    def _written(self, part: Written) -> Written:
        """A part with numbers as they are written into a text."""
        if not part.text.startswith('"') and (part.region is None or not part.several):
            for cell in cells_of(self.rows(part)):
                check_written(cell)
        return self._in_digits(part)

    def has(self, part: Written, trait: str) -> bool:
        """Whether a cell of a range is of a kind: text, boolean, error, or a number of more than 15 digits."""
        region = part.region
        if region is None:
            return False
        key = (region.sheet.name, region.top, region.left, region.bottom, region.right)
        if key not in self._traits:
            if len(self._traits) > _MOST_TRAITS:
                self._traits.clear()
            self._traits[key] = frozenset(_traits(region))
        return trait in self._traits[key]

    # --- Functions --------------------------------------------------------------------------------------------------

    def _call(self, call: Call, place: Place) -> Written:
        name = shown_name(call.name)
        if ":" in call.name or "!" in call.name:
            raise NotChecked(f"uses {call.name}, which is not calculated here")
        if name in REFUSED:
            raise NotChecked(f"uses {name}, {REFUSED[name]}")
        if not self.engine.knows(name):
            raise NotChecked(f"uses {name}, which is not calculated here")
        parts, singles = self._parts(name, call, place)
        if name not in SKIPS_BLANKS:
            for part in parts:
                self._blanks_count(part)
        self.differences.check(name, parts)
        if (answer := self.differences.instead(name, parts)) is not None:
            return answer
        if singles:
            return self._lifted(name, parts, singles, is_sure=_is_sure(call))
        several = gives_several(name) and (name not in _JOINS or any(part.several for part in parts))
        return Written(f"{name}({','.join(part.text for part in parts)})", several)

    def _parts(self, name: str, call: Call, place: Place) -> tuple[list[Written], list[int]]:
        """The arguments of a call, and which of them have several values where one belongs."""
        parts: list[Written] = []
        singles: list[int] = []
        for argument, kind in zip(call.arguments, takes(name, len(call.arguments)), strict=True):
            inside = place.for_array() if kind == ARRAY else place
            for part in self._argument(name, argument, parts, inside):
                if name in OF_TEXTS:
                    part = self._written(part)
                if kind == VALUE:
                    part = self._typed(self._told_apart(part, place))
                    singles.extend([len(parts)] if part.several else [])
                elif name in DECIDES and not parts and not place.is_array:
                    part = self._beside(part, place)
                if name in SWALLOWS and part.region is None and not _is_sure(argument):
                    self._doubt(self.rows(part))
                parts.append(part)
        if name in CHOOSES and place.is_forced and parts and parts[0].several:
            raise NotChecked(NO_ARRAY_FORMULA)
        return parts, singles

    def _argument(self, name: str, argument: Node, before: Sequence[Written], place: Place) -> Iterator[Written]:
        if argument == Literal(None):
            yield Written("")
            return
        if name in ACROSS and isinstance(argument, Reference):
            regions = self.resolver.across(argument.text, place)
            if regions is not None:
                yield from map(self.known, regions)
                return
        part = self._part(argument, place)
        if name in EXTENDS and len(before) == 2 and part.region is not None and before[0].region is not None:
            first = before[0].region
            height, width = first.bottom - first.top, first.right - first.left
            bottom, right = part.region.top + height, part.region.left + width
            part = self.known(replace(part.region, bottom=bottom, right=right, is_rows=first.is_rows))
        yield part

    def _told_apart(self, part: Written, place: Place) -> Written:
        """A part where one value belongs, as what it turns out to be: one value, or several that are held."""
        if part.region is not None:
            return part if place.is_array else self._beside(part, place)
        return self.known(self.calculated(part)) if part.several else part

    def _typed(self, part: Written) -> Written:
        """A cell where one value belongs, as its value: rows that ask for the same are calculated once."""
        if part.region is None or part.several:
            return part
        cell = part.region.sheet.cells.get((part.region.top, part.region.left))
        if cell is None or cell.kind not in ("number", "text") or cell.value in ERRORS:
            return part
        return Written(self.engine.literal(cell.value))

    def _lifted(self, name: str, parts: Sequence[Written], singles: Sequence[int], *, is_sure: bool) -> Written:
        """A function of single values given several: called for each, as Excel does."""
        is_range = any(parts[at].region is not None for at in singles)
        if name not in LIFTED and (name not in OF_ARRAYS or is_range):
            raise NotChecked(f"gives {name} several values, for which it is not calculated here")
        whole = f"{name}({','.join(part.text for part in parts)})"
        if (answer := self.engine.lifted.get(whole)) is not None:
            return self.known(answer)
        values = {at: self.rows(parts[at]) for at in singles}
        height = max(len(rows) for rows in values.values())
        width = max(len(rows[0]) for rows in values.values())
        if height * width > MOST_LIFTED:
            raise NotChecked(f"gives {name} more than {MOST_LIFTED:,} values")
        texts: list[str] = []
        for row, column in product(range(height), range(width)):
            arguments = [
                self.engine.literal(value_of(values[at], row, column)) if at in values else part.text
                for at, part in enumerate(parts)
            ]
            texts.append(f"{name}({','.join(arguments)})")
        answers = self.engine.calculated(texts)
        if any(isinstance(answer, list) for answer in answers):
            raise NotChecked(f"gives {name} several values, and each gives several")
        if not is_sure:
            self._doubt(answers)
        answer = [list(answers[row * width : (row + 1) * width]) for row in range(height)]
        self.engine.remember_lifted(whole, answer)
        return self.known(answer)

    def rows(self, part: Written) -> list[list[object]]:
        """The values of a part, an error of the engine's own among them."""
        if part.values is not None:
            return part.values
        value = self.engine.calculated([part.text])[0] if part.text else None
        return value if isinstance(value, list) else [[value]]


def _combined(operator: str, left: Written, right: Written) -> Written:
    """Two parts joined; operators of one strength are read from the left, so that the right one needs parentheses."""
    strength = BINDS[operator]
    text = f"{left.beside(strength)}{operator}{right.beside(strength + 1)}"
    return Written(text, left.several or right.several, is_numeric=operator in _CALCULATES, binds=strength)


def _traits(region: Region) -> Iterator[str]:
    """What the cells of a range are, as far as it matters here."""
    for row in range(region.top, min(region.bottom, region.sheet.last_row) + 1):
        for column in range(region.left, min(region.right, region.sheet.last_column) + 1):
            cell = region.sheet.cells.get((row, column))
            if cell is not None:
                yield cell.kind
                if isinstance(cell.value, float) and in_digits(cell.value) != cell.value:
                    yield "digits"


def _is_sure(node: Node) -> bool:
    """Whether an error of a tree is one in Excel too: no text is read as a number in it."""
    match node:
        case Call(name, arguments):
            return shown_name(name) in SURE and all(map(_is_sure, arguments))
        case Operation(operator, left, right):
            is_safe = operator in _COMPARES or (_gives_number(left) and _gives_number(right))
            return is_safe and _is_sure(left) and _is_sure(right)
        case Negative(of) | Percent(of):
            return _gives_number(of) and _is_sure(of)
    return True


def _gives_number(node: Node) -> bool:
    match node:
        case Literal(value):
            return isinstance(value, int | float)
        case Call(name, _):
            return shown_name(name) in NUMBERS
        case Operation(operator, _, _):
            return operator in _CALCULATES
    return isinstance(node, Negative | Percent)


def _holds(region: Region, row: int, column: int) -> bool:
    return region.top <= row <= region.bottom and region.left <= column <= region.right
