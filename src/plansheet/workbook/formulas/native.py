"""Excel's own functions and operators around and inside plan functions, written down for the engine.

What they are given is resolved first: a range becomes the address of its cells, what a plan function or LET gives
becomes a value. So the engine meets neither a name nor a table nor a plan function, and a plan function gets the cells
of a range as they were saved.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from plansheet.core.numbers import DIGITS
from plansheet.excel.reading import ERRORS
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
    DECIDES,
    EXTENDS,
    FORMATS,
    LIFTED,
    OF_ARRAYS,
    REFUSED,
    SKIPS_BLANKS,
    VALUE,
    gives_several,
    takes,
)
from plansheet.workbook.formulas.regions import Region

if TYPE_CHECKING:
    from plansheet.workbook.formulas.references import Place, Resolver

BLANK_ROWS, BLANK_COLUMNS = 1_000, 100
"""Cells beyond the last used row and column of a sheet that are calculated with as blanks."""
MOST_LIFTED = 50_000
"""Values of an array that are given to a function one by one."""
_DOUBTFUL = frozenset(("#VALUE!", "#REF!", "#CALC!", "#SPILL!"))
"""Errors by which the engine also refuses what Excel calculates, such as a number in a text that has a comma."""
_COMPARES = frozenset(("=", "<>", "<", ">", "<=", ">=", "&"))
_JOINS = frozenset(("IF", "IFERROR"))
"""Functions whose answer has several values where an argument has."""
_NEAR_ZERO = 1e-15
_ATOM = 9


@dataclass(frozen=True, slots=True)
class _Text:
    """A part of a formula, and whether it may have several values."""

    text: str
    several: bool = False
    region: Region | None = None
    """The cells, where the part is a range: all of them, also those that its sheet does not use."""
    binds: int = _ATOM
    """How strongly its operator binds; the strongest where there is none."""

    def beside(self, strength: int) -> str:
        """It as an operand of an operator that binds so strongly, in parentheses where they are needed."""
        return self.text if self.binds >= strength else f"({self.text})"


class Native:
    """Calculates, for a resolver, what is neither a reference nor a plan function."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver: Resolver = weakref.proxy(resolver)  # which has this: no circle, for a workbook hangs on it
        self.engine = Engine(date_1904=resolver.date_1904)
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

    def _whole(self, part: _Text) -> object:
        value = self._calculated(part)
        if isinstance(value, list) and self._cut.intersection((len(value), len(value[0]))) - {1}:
            raise NotChecked("makes an array of a whole column, which is not calculated here")
        return value

    def _calculated(self, part: _Text) -> object:
        (value,) = self.engine.calculated([part.text])
        if isinstance(value, list) and len(value) == 1 and len(value[0]) == 1:
            (value,) = value[0]
        self._doubt(value)
        return value

    def _doubt(self, value: object) -> None:
        for cell in _cells(value):
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

    def _part(self, node: Node, place: Place) -> _Text:
        """A tree as the engine is to read it."""
        found = self.resolver.resolved(node, place)
        if not self.resolver.is_native(found):
            return self._known(found)
        match node:
            case Negative(of):
                part = self._operand(of, place)
                return _Text(f"(-{part.beside(_ATOM)})", part.several)
            case Percent(of):
                part = self._operand(of, place)
                return _Text(f"({part.beside(_ATOM)}%)", part.several)
            case Operation():
                return self._joined(node, place)
            case Call():
                return self._call(node, place)
        raise NotChecked("has a formula that is not understood")

    def _known(self, found: object) -> _Text:
        if isinstance(found, Region):
            used = self._used(found)
            several = (used.top, used.left) != (used.bottom, used.right)
            self._ranges.append(used)
            return _Text(self.engine.address(used), several, found)
        self._errors.update(cell for cell in _cells(found) if isinstance(cell, str) and cell in ERRORS)
        several = isinstance(found, list) and (len(found) > 1 or (bool(found) and len(found[0]) > 1))
        return _Text(self.engine.literal(found), several)

    def _used(self, region: Region) -> Region:
        """A region without the rows and columns far below and right of what its sheet uses."""
        last_row = region.sheet.last_row + BLANK_ROWS + self._longer
        last_column = region.sheet.last_column + BLANK_COLUMNS + self._longer
        bottom = max(region.top, min(region.bottom, last_row))
        right = max(region.left, min(region.right, last_column))
        if bottom < region.bottom:
            self._cut.add(bottom - region.top + 1)
        return replace(region, bottom=bottom, right=right)

    def _blanks_count(self, part: _Text) -> None:
        """Remember where the blank cells of a part may count that are not calculated with."""
        region = part.region
        if region is not None:
            below = region.bottom > region.sheet.last_row + BLANK_ROWS
            self._counts_blanks |= below or region.right > region.sheet.last_column + BLANK_COLUMNS

    def _operand(self, node: Node, place: Place) -> _Text:
        """One side of an operator. In what is no array formula it is one value."""
        part = self._part(node, place)
        if not place.is_array and part.region is not None:
            return self._beside(part, place)
        self._blanks_count(part)
        return part

    def _beside(self, part: _Text, place: Place) -> _Text:
        """Of a range in what is no array formula, the one cell beside the formula."""
        if part.region is None or part.region.is_cell:
            return part
        if place.is_argument:
            raise NotChecked("takes a range value by value, and is no array formula: enter it again, so that it is one")
        return self._known(self.resolver.beside(part.region, place))

    def _joined(self, node: Operation, place: Place) -> _Text:
        """Two values and an operator. What is compared, or joined to a text, are 15 digits of a number."""
        left, right = (self._operand(side, place) for side in (node.left, node.right))
        if node.operator in _COMPARES:
            left, right = (side if side.several else self._in_digits(side) for side in (left, right))
        return _combined(node.operator, left, right)

    def _in_digits(self, part: _Text) -> _Text:
        value = self._calculated(part)
        if isinstance(value, float) and not value.is_integer():
            return _Text(self.engine.literal(float(format(value, f".{DIGITS}g"))))
        return part

    # --- Functions --------------------------------------------------------------------------------------------------

    def _call(self, call: Call, place: Place) -> _Text:
        name = shown_name(call.name)
        if ":" in call.name or "!" in call.name:
            raise NotChecked(f"uses {call.name}, which is not calculated here")
        if name in REFUSED:
            raise NotChecked(f"uses {name}, {REFUSED[name]}")
        if not self.engine.knows(name):
            raise NotChecked(f"uses {name}, which is not calculated here")
        parts: list[_Text] = []
        singles: list[int] = []
        for argument, kind in zip(call.arguments, takes(name, len(call.arguments)), strict=True):
            inside = replace(place, is_array=True) if kind == ARRAY else place
            for part in self._argument(name, argument, parts, inside):
                if kind == VALUE:
                    part = self._typed(self._told_apart(part, place))
                    singles.extend([len(parts)] if part.several else [])
                elif name in DECIDES and not parts and not place.is_array:
                    part = self._beside(part, place)
                parts.append(part)
        self._look_at(name, parts)
        if singles:
            return self._lifted(name, parts, singles)
        several = gives_several(name) and (name not in _JOINS or any(part.several for part in parts))
        return _Text(f"{name}({','.join(part.text for part in parts)})", several)

    def _argument(self, name: str, argument: Node, before: Sequence[_Text], place: Place) -> Iterator[_Text]:
        if argument == Literal(None):
            yield _Text("")
            return
        if name in ACROSS and isinstance(argument, Reference):
            regions = self.resolver.across(argument.text, place)
            if regions is not None:
                yield from map(self._known, regions)
                return
        part = self._part(argument, place)
        if name in EXTENDS and len(before) == 2 and part.region is not None and before[0].region is not None:
            first = before[0].region
            height, width = first.bottom - first.top, first.right - first.left
            part = self._known(replace(part.region, bottom=part.region.top + height, right=part.region.left + width))
        yield part

    def _told_apart(self, part: _Text, place: Place) -> _Text:
        """A part where one value belongs, as what it turns out to be: one value, or several that are held."""
        if part.region is not None:
            return part if place.is_array else self._beside(part, place)
        return self._known(self._calculated(part)) if part.several else part

    def _typed(self, part: _Text) -> _Text:
        """A cell where one value belongs, as its value: rows that ask for the same are calculated once."""
        if part.region is None or part.several:
            return part
        cell = part.region.sheet.cells.get((part.region.top, part.region.left))
        if cell is None or cell.kind not in ("number", "text") or cell.value in ERRORS:
            return part
        return _Text(self.engine.literal(cell.value))

    def _lifted(self, name: str, parts: Sequence[_Text], singles: Sequence[int]) -> _Text:
        """A function of single values given several: called for each, as Excel does."""
        is_range = any(parts[at].region is not None for at in singles)
        if name not in LIFTED and (name not in OF_ARRAYS or is_range):
            raise NotChecked(f"gives {name} several values, for which it is not calculated here")
        whole = f"{name}({','.join(part.text for part in parts)})"
        if (answer := self.engine.lifted.get(whole)) is not None:
            return self._known(answer)
        values = {at: self._rows(parts[at]) for at in singles}
        height = max(len(rows) for rows in values.values())
        width = max(len(rows[0]) for rows in values.values())
        if height * width > MOST_LIFTED:
            raise NotChecked(f"gives {name} more than {MOST_LIFTED:,} values")
        texts: list[str] = []
        for row, column in product(range(height), range(width)):
            arguments = [
                self.engine.literal(_at(values[at], row, column)) if at in values else part.text
                for at, part in enumerate(parts)
            ]
            texts.append(f"{name}({','.join(arguments)})")
        answers = self.engine.calculated(texts)
        if any(isinstance(answer, list) for answer in answers):
            raise NotChecked(f"gives {name} several values, and each gives several")
        self._doubt(answers)
        answer = [list(answers[row * width : (row + 1) * width]) for row in range(height)]
        self.engine.remember_lifted(whole, answer)
        return self._known(answer)

    def _look_at(self, name: str, parts: Sequence[_Text]) -> None:
        """Refuse the arguments by which a function of the engine's differs from Excel's."""
        if name not in SKIPS_BLANKS:
            for part in parts:
                self._blanks_count(part)
        if name == "TEXT" and len(parts) == 2:
            self._check_format(parts[1])
        if name == "UNIQUE" and parts and parts[0].text:
            self._check_case(parts[0])

    def _check_format(self, part: _Text) -> None:
        """The engine knows the common formats of numbers and dates, and guesses at others."""
        for shown in _cells(self._rows(part)):
            if isinstance(shown, str) and shown not in ERRORS and not FORMATS.fullmatch(shown):
                raise NotChecked(f"uses TEXT with the format {shown[:60]}, which is not calculated here")

    def _check_case(self, part: _Text) -> None:
        """To Excel's UNIQUE texts are the same in any case, to the engine's they are not."""
        texts = {cell for cell in _cells(self._rows(part)) if isinstance(cell, str)}
        if len({text.casefold() for text in texts}) < len(texts):
            raise NotChecked("uses UNIQUE of texts that differ in case alone, which is not calculated here")

    def _rows(self, part: _Text) -> list[list[object]]:
        value = self.engine.calculated([part.text])[0] if part.text else None
        return value if isinstance(value, list) else [[value]]


def _combined(operator: str, left: _Text, right: _Text) -> _Text:
    """Two parts joined; operators of one strength are read from the left, so that the right one needs parentheses."""
    strength = BINDS[operator]
    text = f"{left.beside(strength)}{operator}{right.beside(strength + 1)}"
    return _Text(text, left.several or right.several, binds=strength)


def _at(rows: Sequence[Sequence[object]], row: int, column: int) -> object:
    """A value of rows; one row or column is that of all, and beyond the last there is none."""
    if len(rows) == 1:
        row = 0
    if len(rows[0]) == 1:
        column = 0
    return rows[row][column] if row < len(rows) and column < len(rows[0]) else "#N/A"


def _cells(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for each in value:
            yield from _cells(each)
    else:
        yield value


def _holds(region: Region, row: int, column: int) -> bool:
    return region.top <= row <= region.bottom and region.left <= column <= region.right
