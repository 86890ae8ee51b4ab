"""Where the engine differs from Excel in a call: what it is given is refused, or given to it in another way."""

import re
from collections.abc import Iterator, Sequence
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
    is_in_order,
    is_number,
    numbers_alone,
    position,
)
from plansheet.workbook.formulas.expressions import NotChecked
from plansheet.workbook.formulas.native_functions import (
    ACROSS,
    CRITERIA,
    EXTENDS,
    FORMATS,
    GIVES_DAYS,
    LOOKS_UP,
    NEAR_WHOLE,
    OF_ONE_SIZE,
    STEPS,
)
from plansheet.workbook.formulas.written import Written, cells_of, value_of

_PLAIN_NUMBER = re.compile(r'"-?[0-9]+(?:[.][0-9]+)?"')
_END_OF_DAYS = 2_958_466  # the day after the last
_BY_PATTERN = 2  # of XMATCH and XLOOKUP


class Calculates(Protocol):
    """What is asked of that which calculates the parts of a formula."""

    def rows(self, part: Written) -> list[list[object]]:
        """The values of a part."""

    def texts(self, part: Written) -> Iterator[str]:
        """The texts of a part; none where it is a number, which is told without calculating it."""

    def has(self, part: Written, trait: str) -> bool:
        """Whether a cell of a range is of a kind: text, boolean, error, or a number of more than 15 digits."""

    def known(self, found: object) -> Written:
        """A value or the cells of a region as a part."""

    def calculated(self, part: Written) -> object:
        """The value of a part."""


class Differences:
    """Where the engine differs from Excel, for that which calculates the parts of calls."""

    def __init__(self, of: Calculates) -> None:
        self.of = of

    def check(self, name: str, parts: Sequence[Written]) -> None:
        """Refuse the arguments by which a function of the engine's differs from Excel's."""
        if name == "TEXT" and len(parts) == 2:
            self._check_format(parts[1])
            if not parts[0].is_numeric and any(isinstance(cell, bool) for cell in cells_of(self.of.rows(parts[0]))):
                raise NotChecked("uses TEXT of TRUE or FALSE, which is not calculated here")
        if name == "UNIQUE" and parts and parts[0].text:
            self._check_case(parts[0])
        if name in CRITERIA:
            self._check_criteria(name, parts)
        self._check_numbers(name, parts)
        self._check_values(name, parts)

    def _check_criteria(self, name: str, parts: Sequence[Written]) -> None:
        at = CRITERIA[name]
        for part in [*parts[:at], *parts[at + 1 :: 2]]:
            if part.region is None and not self._is_error(part):
                raise NotChecked(f"gives {name} an array where it takes a range")
        for part in parts[CRITERIA[name] :: 2]:
            for criterion in cells_of(self.of.rows(part)):
                check_criterion(name, criterion)
        of = parts[2:3] or parts[:1] if name in EXTENDS else parts[:1]
        if not name.startswith("COUNT") and any(self.of.has(part, "error") for part in of):
            raise NotChecked(f"uses {name} of a range that holds errors, which is not calculated here")

    def _check_numbers(self, name: str, parts: Sequence[Written]) -> None:
        for part in parts if name in ACROSS else ():
            if part.text.startswith('"') and not _PLAIN_NUMBER.fullmatch(part.text):
                raise NotChecked(f"gives {name} the text {part.text[:60]}, which is not calculated here")
        if name in ("SORT", "SORTBY") and parts:
            for part in parts[1::2] if name == "SORTBY" else self._keys(parts):
                check_order(self.of.texts(part))
        if name == "DATEDIF" and len(parts) == 3 and str(self.of.rows(parts[2])[0][0]).casefold() in ("md", "yd"):
            raise NotChecked("uses DATEDIF by md or yd, which Excel itself does not always calculate the same")

    def _check_values(self, name: str, parts: Sequence[Written]) -> None:
        if name in NEAR_WHOLE and parts:
            for numbers in self._together(parts):
                check_whole(name, *numbers)
        if name in STEPS and 1 <= len(parts) <= 2:
            for number, *step in self._together(parts):
                check_step(name, number, *step or (1.0,))
        if (name, len(parts)) in (("TRIM", 1), ("PROPER", 1), ("REPLACE", 4)):
            for text, *rest in self._together(parts):
                start = rest[0] if rest else 1
                if isinstance(text, str) and text not in ERRORS and isinstance(start, int | float):
                    check_text(name, text, start)

    def _keys(self, parts: Sequence[Written]) -> Iterator[Written]:
        """By what SORT sorts: one column, as a rule."""
        rows = self.of.rows(parts[0])
        at = self.of.rows(parts[1])[0][0] if len(parts) in (2, 3) and parts[1].text else 1
        if len(parts) < 4 and isinstance(at, int | float) and 1 <= at <= len(rows[0]):
            yield self.of.known([[row[int(at) - 1]] for row in rows])
        else:
            yield parts[0]

    def _together(self, parts: Sequence[Written]) -> Iterator[list[object]]:
        """The values of parts that a function takes together, row by row."""
        rows = [self.of.rows(part) for part in parts]
        height, width = max(map(len, rows)), max(len(each[0]) for each in rows)
        for row, column in product(range(height), range(width)):
            yield [value_of(each, row, column) for each in rows]

    def instead(self, name: str, parts: Sequence[Written]) -> Written | None:
        """A call where the engine would give something else; None where it is the engine's."""
        if name == "SUMPRODUCT":
            return self._sum_of_products(parts)
        if name in OF_ONE_SIZE:
            ranges = parts[::2] if name == "COUNTIFS" else [*parts[:1], *parts[1::2]]
            sizes = {part.size for part in ranges}
            return self.of.known("#VALUE!") if len(sizes - {None}) > 1 else None
        if name in GIVES_DAYS and not any(part.several for part in parts):
            return self._day_of(name, parts)
        if name == "FILTER" and len(parts) > 1:
            return self._not_filtered(parts[1])
        if name == "POWER" and len(parts) == 2 and self.is_zero(parts[1]) and self.is_zero(parts[0]):
            return self.of.known("#NUM!")
        return self._approximated(name, parts) if name in LOOKS_UP else None

    def _day_of(self, name: str, parts: Sequence[Written]) -> Written:
        """A day, which Excel counts up to the end of the year 9999 and not below 0."""
        value = self.of.calculated(Written(f"{name}({','.join(part.text for part in parts)})"))
        is_none = isinstance(value, int | float) and not 0 <= value < _END_OF_DAYS
        return self.of.known("#NUM!" if is_none else value)

    def _is_error(self, part: Written) -> bool:
        return not part.several and self.of.rows(part)[0][0] in ERRORS

    def _not_filtered(self, part: Written) -> Written | None:
        """The error by which FILTER ends where it is not told of each row whether it counts; None where it is."""
        for cell in cells_of(self.of.rows(part)):
            if isinstance(cell, str):
                return self.of.known(cell if cell in ERRORS else "#VALUE!")
        return None

    def _sum_of_products(self, parts: Sequence[Written]) -> Written | None:
        """SUMPRODUCT; None where all is numbers, which the engine multiplies as Excel does."""
        if len({part.size for part in parts} - {None}) > 1:
            return self.of.known("#VALUE!")
        if all(part.is_numeric or self._holds_numbers(part) for part in parts):
            return None
        arrays = [self.of.rows(part) for part in parts]
        if len({_size(rows) for rows in arrays}) > 1:
            return self.of.known("#VALUE!")
        is_doubtful = any(
            part.region is None and not part.several and not is_number(rows[0][0])
            for part, rows in zip(parts, arrays, strict=True)
        )
        if is_doubtful:
            return None
        return Written(f"SUMPRODUCT({','.join(self.of.known(numbers_alone(rows)).text for rows in arrays)})")

    def _holds_numbers(self, part: Written) -> bool:
        return part.region is not None and not self.of.has(part, "text") and not self.of.has(part, "boolean")

    def _mode(self, name: str, parts: Sequence[Written]) -> float:
        """How a function approximates: above 0 to what is smaller, below 0 to what is larger; 0 where it does not."""
        at = LOOKS_UP[name]
        mode: object = 0 if name in ("XMATCH", "XLOOKUP") else 1
        if at is not None and len(parts) > at:
            mode = self.of.rows(parts[at])[0][0] if parts[at].text else 0
        return mode if isinstance(mode, int | float) and mode != _BY_PATTERN else 0

    def _approximated(self, name: str, parts: Sequence[Written]) -> Written | None:
        """A look-up by approximation, where the list is not simply one of values in order; None for any other."""
        if len(parts) < (3 if name in ("VLOOKUP", "HLOOKUP") else 2) or not (mode := self._mode(name, parts)):
            return None
        table = self.of.rows(parts[1])
        values = _looked_through(name, table, has_answers=len(parts) > 2)
        falls = name == "MATCH" and mode < 0
        if not parts[0].several:
            check_tail(self.of.rows(parts[0])[0][0], values)
        if is_in_order(values[::-1] if falls else values):
            return None
        if falls or name.startswith("X") or parts[0].several:
            raise NotChecked(f"uses {name} by approximation in what is not in order")
        found = position(self.of.rows(parts[0])[0][0], values)
        if found is None:
            return self.of.known("#N/A")
        if name == "MATCH":
            return self.of.known(float(found))
        whole = parts[-1] if name == "LOOKUP" else parts[1]
        column = parts[2].text if name in ("VLOOKUP", "HLOOKUP") else ""
        if name == "LOOKUP" and len(parts) == 2 and min(len(table), len(table[0])) > 1:
            column = str(len(table[0]) if len(table) >= len(table[0]) else len(table))
        is_across = name == "HLOOKUP" or (name == "LOOKUP" and len(parts) == 2 and len(table) < len(table[0]))
        numbers = ",".join(filter(None, (column, str(found)) if is_across else (str(found), column)))
        return Written(f"INDEX({whole.text},{numbers})")

    def _check_format(self, part: Written) -> None:
        """The engine knows the common formats of numbers and dates, and guesses at others."""
        for shown in cells_of(self.of.rows(part)):
            if isinstance(shown, str) and shown not in ERRORS and not FORMATS.fullmatch(shown):
                raise NotChecked(f"uses TEXT with the format {shown[:60]}, which is not calculated here")

    def _check_case(self, part: Written) -> None:
        """To Excel's UNIQUE texts are the same in any case, to the engine's they are not."""
        texts = {cell for cell in cells_of(self.of.rows(part)) if isinstance(cell, str)}
        if len({text.casefold() for text in texts}) < len(texts):
            raise NotChecked("uses UNIQUE of texts that differ in case alone, which is not calculated here")

    def is_zero(self, part: Written) -> bool:
        """Whether a part is 0 or blank."""
        return not part.several and self.of.rows(part)[0][0] in (None, 0)


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
