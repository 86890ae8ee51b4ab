"""Excel's own functions and operators around and inside plan functions, written down for the engine.

What they are given is resolved first: a range becomes the address of its cells, what a plan function or LET gives
becomes a value. So the engine meets neither a name nor a table nor a plan function, and a plan function gets the cells
of a range as they were saved.
"""

import re
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Protocol

from plansheet.excel.reading import ERRORS
from plansheet.workbook.formulas.as_excel import (
    check_criterion,
    check_order,
    check_step,
    check_tail,
    check_text,
    check_whole,
    check_written,
    in_digits,
    is_in_order,
    is_number,
    numbers_alone,
    position,
)
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
    CRITERIA,
    DECIDES,
    EXTENDS,
    FORMATS,
    GIVES_DAYS,
    LIFTED,
    LOOKS_UP,
    NEAR_WHOLE,
    NUMBERS,
    OF_ARRAYS,
    OF_ONE_SIZE,
    OF_TEXTS,
    REFUSED,
    SKIPS_BLANKS,
    STEPS,
    SURE,
    SWALLOWS,
    VALUE,
    gives_several,
    takes,
)
from plansheet.workbook.formulas.references import Place
from plansheet.workbook.formulas.regions import Region
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
_ATOM = 9
_PLAIN_NUMBER = re.compile(r'"-?[0-9]+(?:[.][0-9]+)?"')
_END_OF_DAYS = 2_958_466  # the day after the last
_BY_PATTERN = 2  # of XMATCH and XLOOKUP
_MOST_TRAITS = 50_000
NO_ARRAY_FORMULA = "takes a range value by value, and is no array formula: enter it again, so that it is one"


@dataclass(frozen=True, slots=True)
class _Text:
    """A part of a formula, and whether it may have several values."""

    text: str
    several: bool = False
    region: Region | None = None
    """The cells, where the part is a range: all of them, also those that its sheet does not use."""
    values: list[list[object]] | None = None
    """What it has, where it is a value or an array that was known before."""
    is_numeric: bool = False
    """Whether an operator of numbers gave it."""
    binds: int = _ATOM
    """How strongly its operator binds; the strongest where there is none."""

    @property
    def size(self) -> tuple[int, int] | None:
        """Rows and columns of a range, with those that its sheet does not use."""
        region = self.region
        if region is None:
            return None
        return region.bottom - region.top + 1, LAST_COLUMN if region.is_rows else region.right - region.left + 1

    def beside(self, strength: int) -> str:
        """It as an operand of an operator that binds so strongly, in parentheses where they are needed."""
        return self.text if self.binds >= strength else f"({self.text})"


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
                return _Text(f"(-{part.beside(_ATOM)})", part.several, is_numeric=True)
            case Percent(of):
                part = self._operand(of, place)
                return _Text(f"({part.beside(_ATOM)}%)", part.several, is_numeric=True)
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
        values = found if isinstance(found, list) else [[found]]
        return _Text(self.engine.literal(found), several, values=values if values and values[0] else None)

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

    def _blanks_count(self, part: _Text) -> None:
        """Remember where the blank cells of a part may count that are not calculated with."""
        region = part.region
        if region is not None:
            below = region.bottom > region.sheet.last_row + BLANK_ROWS
            self._counts_blanks |= below or region.is_rows or region.right > region.sheet.last_column + BLANK_COLUMNS

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
            raise NotChecked(NO_ARRAY_FORMULA)
        return self._known(self.resolver.beside(part.region, place))

    def _joined(self, node: Operation, place: Place) -> _Text:
        """Two values and an operator. What is compared, or joined to a text, are 15 digits of a number."""
        left, right = (self._operand(side, place) for side in (node.left, node.right))
        if node.operator in _COMPARES:
            in_digits = self._written if node.operator == "&" else self._in_digits
            left, right = in_digits(left), in_digits(right)
        if node.operator in _ORDERS:
            ends = [end for side in (left, right) if not side.several for end in self._texts(side)]
            if len(ends) == 2:
                check_order(ends)
        if node.operator == "^" and self._is_zero(right) and self._is_zero(left):
            return self._known("#NUM!")
        return _combined(node.operator, left, right)

    def _is_zero(self, part: _Text) -> bool:
        return not part.several and self._rows(part)[0][0] in (None, 0)

    def _texts(self, part: _Text) -> Iterator[str]:
        """The texts of a part; none where it is a number, which is told without calculating it."""
        if not part.is_numeric:
            yield from (cell for cell in _cells(self._rows(part)) if isinstance(cell, str) and cell not in ERRORS)

    def _in_digits(self, part: _Text) -> _Text:
        """A part with numbers of 15 digits."""
        if part.text.startswith('"') or (part.region is not None and part.several and not self._has(part, "digits")):
            return part
        rows = self._rows(part)
        rounded = in_digits(rows)
        if repr(rounded) == repr(rows):  # in words: 0 and -0 are equal otherwise
            return part
        return self._known(rounded if part.several else rounded[0][0])  # type: ignore[index]  # rows, as before

    def _written(self, part: _Text) -> _Text:
        """A part with numbers as they are written into a text."""
        if not part.text.startswith('"') and (part.region is None or not part.several):
            for cell in _cells(self._rows(part)):
                check_written(cell)
        return self._in_digits(part)

    def _has(self, part: _Text, trait: str) -> bool:
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

    def _call(self, call: Call, place: Place) -> _Text:
        name = shown_name(call.name)
        if ":" in call.name or "!" in call.name:
            raise NotChecked(f"uses {call.name}, which is not calculated here")
        if name in REFUSED:
            raise NotChecked(f"uses {name}, {REFUSED[name]}")
        if not self.engine.knows(name):
            raise NotChecked(f"uses {name}, which is not calculated here")
        parts, singles = self._parts(name, call, place)
        self._look_at(name, parts)
        if (answer := self._as_excel(name, parts)) is not None:
            return answer
        if singles:
            return self._lifted(name, parts, singles, is_sure=_is_sure(call))
        several = gives_several(name) and (name not in _JOINS or any(part.several for part in parts))
        return _Text(f"{name}({','.join(part.text for part in parts)})", several)

    def _parts(self, name: str, call: Call, place: Place) -> tuple[list[_Text], list[int]]:
        """The arguments of a call, and which of them have several values where one belongs."""
        parts: list[_Text] = []
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
                    self._doubt(self._rows(part))
                parts.append(part)
        if name in CHOOSES and place.is_forced and parts and parts[0].several:
            raise NotChecked(NO_ARRAY_FORMULA)
        return parts, singles

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
            bottom, right = part.region.top + height, part.region.left + width
            part = self._known(replace(part.region, bottom=bottom, right=right, is_rows=first.is_rows))
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

    def _lifted(self, name: str, parts: Sequence[_Text], singles: Sequence[int], *, is_sure: bool) -> _Text:
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
        if not is_sure:
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
            if not parts[0].is_numeric and any(isinstance(cell, bool) for cell in _cells(self._rows(parts[0]))):
                raise NotChecked("uses TEXT of TRUE or FALSE, which is not calculated here")
        if name == "UNIQUE" and parts and parts[0].text:
            self._check_case(parts[0])
        if name in CRITERIA:
            self._check_criteria(name, parts)
        self._check_numbers(name, parts)
        self._check_values(name, parts)

    def _check_criteria(self, name: str, parts: Sequence[_Text]) -> None:
        at = CRITERIA[name]
        for part in [*parts[:at], *parts[at + 1 :: 2]]:
            if part.region is None and not self._is_error(part):
                raise NotChecked(f"gives {name} an array where it takes a range")
        for part in parts[CRITERIA[name] :: 2]:
            for criterion in _cells(self._rows(part)):
                check_criterion(name, criterion)
        of = parts[2:3] or parts[:1] if name in EXTENDS else parts[:1]
        if not name.startswith("COUNT") and any(self._has(part, "error") for part in of):
            raise NotChecked(f"uses {name} of a range that holds errors, which is not calculated here")

    def _check_numbers(self, name: str, parts: Sequence[_Text]) -> None:
        for part in parts if name in ACROSS else ():
            if part.text.startswith('"') and not _PLAIN_NUMBER.fullmatch(part.text):
                raise NotChecked(f"gives {name} the text {part.text[:60]}, which is not calculated here")
        if name in ("SORT", "SORTBY") and parts:
            for part in parts[1::2] if name == "SORTBY" else self._keys(parts):
                check_order(self._texts(part))
        if name == "DATEDIF" and len(parts) == 3 and str(self._rows(parts[2])[0][0]).casefold() in ("md", "yd"):
            raise NotChecked("uses DATEDIF by md or yd, which Excel itself does not always calculate the same")

    def _check_values(self, name: str, parts: Sequence[_Text]) -> None:
        if name in NEAR_WHOLE and parts:
            for numbers in self._together(parts):
                check_whole(name, *numbers)
        if name in STEPS and 1 <= len(parts) <= 2:
            for number, *step in self._together(parts):
                check_step(name, number, *step or (1.0,))
        if (name, len(parts)) in (("TRIM", 1), ("PROPER", 1), ("REPLACE", 4)):
            for text, *rest in self._together(parts):
                if isinstance(text, str) and text not in ERRORS and all(isinstance(at, int | float) for at in rest[:1]):
                    check_text(name, text, *rest[:1])  # type: ignore[arg-type]  # numbers, as the line before says

    def _keys(self, parts: Sequence[_Text]) -> Iterator[_Text]:
        """By what SORT sorts: one column, as a rule."""
        rows = self._rows(parts[0])
        at = self._rows(parts[1])[0][0] if len(parts) in (2, 3) and parts[1].text else 1
        is_column = len(parts) < 4 and isinstance(at, int | float) and 1 <= at <= len(rows[0])
        yield self._known([[row[int(at) - 1]] for row in rows]) if is_column else parts[0]  # type: ignore[call-overload]

    def _together(self, parts: Sequence[_Text]) -> Iterator[list[object]]:
        """The values of parts that a function takes together, row by row."""
        rows = [self._rows(part) for part in parts]
        height, width = max(map(len, rows)), max(len(each[0]) for each in rows)
        for row, column in product(range(height), range(width)):
            yield [_at(each, row, column) for each in rows]

    def _as_excel(self, name: str, parts: Sequence[_Text]) -> _Text | None:
        """A call where the engine would give something else; None where it is the engine's."""
        if name == "SUMPRODUCT":
            return self._sum_of_products(parts)
        if name in OF_ONE_SIZE:
            ranges = parts[::2] if name == "COUNTIFS" else [*parts[:1], *parts[1::2]]
            sizes = {part.size for part in ranges}
            return self._known("#VALUE!") if len(sizes - {None}) > 1 else None
        if name in GIVES_DAYS and not any(part.several for part in parts):
            return self._day_of(name, parts)
        if name == "FILTER" and len(parts) > 1:
            return self._not_filtered(parts[1])
        if name == "POWER" and len(parts) == 2 and self._is_zero(parts[1]) and self._is_zero(parts[0]):
            return self._known("#NUM!")
        return self._approximated(name, parts) if name in LOOKS_UP else None

    def _day_of(self, name: str, parts: Sequence[_Text]) -> _Text:
        """A day, which Excel counts up to the end of the year 9999 and not below 0."""
        value = self._calculated(_Text(f"{name}({','.join(part.text for part in parts)})"))
        is_none = isinstance(value, int | float) and not 0 <= value < _END_OF_DAYS
        return self._known("#NUM!" if is_none else value)

    def _is_error(self, part: _Text) -> bool:
        return not part.several and self._rows(part)[0][0] in ERRORS

    def _not_filtered(self, part: _Text) -> _Text | None:
        """The error by which FILTER ends where it is not told of each row whether it counts; None where it is."""
        for cell in _cells(self._rows(part)):
            if isinstance(cell, str):
                return self._known(cell if cell in ERRORS else "#VALUE!")
        return None

    def _sum_of_products(self, parts: Sequence[_Text]) -> _Text | None:
        """SUMPRODUCT; None where all is numbers, which the engine multiplies as Excel does."""
        if len({part.size for part in parts} - {None}) > 1:
            return self._known("#VALUE!")
        if all(part.is_numeric or self._holds_numbers(part) for part in parts):
            return None
        arrays = [self._rows(part) for part in parts]
        if len({_size(rows) for rows in arrays}) > 1:
            return self._known("#VALUE!")
        is_doubtful = any(
            part.region is None and not part.several and not is_number(rows[0][0])
            for part, rows in zip(parts, arrays, strict=True)
        )
        if is_doubtful:
            return None
        return _Text(f"SUMPRODUCT({','.join(self._known(numbers_alone(rows)).text for rows in arrays)})")

    def _holds_numbers(self, part: _Text) -> bool:
        return part.region is not None and not self._has(part, "text") and not self._has(part, "boolean")

    def _mode(self, name: str, parts: Sequence[_Text]) -> float:
        """How a function approximates: above 0 to what is smaller, below 0 to what is larger; 0 where it does not."""
        at = LOOKS_UP[name]
        mode: object = 0 if name in ("XMATCH", "XLOOKUP") else 1
        if at is not None and len(parts) > at:
            mode = self._rows(parts[at])[0][0] if parts[at].text else 0
        return mode if isinstance(mode, int | float) and mode != _BY_PATTERN else 0

    def _approximated(self, name: str, parts: Sequence[_Text]) -> _Text | None:
        """A look-up by approximation, where the list is not simply one of values in order; None for any other."""
        if len(parts) < (3 if name in ("VLOOKUP", "HLOOKUP") else 2) or not (mode := self._mode(name, parts)):
            return None
        table = self._rows(parts[1])
        values = _looked_through(name, table, has_answers=len(parts) > 2)
        falls = name == "MATCH" and mode < 0
        if not parts[0].several:
            check_tail(self._rows(parts[0])[0][0], values)
        if is_in_order(values[::-1] if falls else values):
            return None
        if falls or name.startswith("X") or parts[0].several:
            raise NotChecked(f"uses {name} by approximation in what is not in order")
        found = position(self._rows(parts[0])[0][0], values)
        if found is None:
            return self._known("#N/A")
        if name == "MATCH":
            return self._known(float(found))
        whole = parts[-1] if name == "LOOKUP" else parts[1]
        column = parts[2].text if name in ("VLOOKUP", "HLOOKUP") else ""
        if name == "LOOKUP" and len(parts) == 2 and min(len(table), len(table[0])) > 1:
            column = str(len(table[0]) if len(table) >= len(table[0]) else len(table))
        is_across = name == "HLOOKUP" or (name == "LOOKUP" and len(parts) == 2 and len(table) < len(table[0]))
        numbers = ",".join(filter(None, (column, str(found)) if is_across else (str(found), column)))
        return _Text(f"INDEX({whole.text},{numbers})")

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
        if part.values is not None:
            return part.values
        value = self.engine.calculated([part.text])[0] if part.text else None
        return value if isinstance(value, list) else [[value]]


def _combined(operator: str, left: _Text, right: _Text) -> _Text:
    """Two parts joined; operators of one strength are read from the left, so that the right one needs parentheses."""
    strength = BINDS[operator]
    text = f"{left.beside(strength)}{operator}{right.beside(strength + 1)}"
    return _Text(text, left.several or right.several, is_numeric=operator in _CALCULATES, binds=strength)


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


def _looked_through(name: str, table: Sequence[Sequence[object]], *, has_answers: bool) -> list[object]:
    """The values among which a function looks: a column or row, or the first of a table."""
    is_table = name in ("VLOOKUP", "HLOOKUP") or (name == "LOOKUP" and not has_answers)
    is_down = name == "VLOOKUP" or (name == "LOOKUP" and len(table) >= len(table[0]))
    if is_table:
        values = [row[0] for row in table] if is_down else list(table[0])
    else:
        values = [cell for row in table for cell in row]
    while values and values[-1] is None:
        values.pop()
    return values


def _size(rows: Sequence[Sequence[object]]) -> tuple[int, int]:
    return len(rows), len(rows[0])


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
