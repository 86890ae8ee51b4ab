"""Cells in: what Excel sends becomes exact values; a cell that cannot be read is a BadCell with a sentence."""

import datetime
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from plansheet.core.dates import from_serial
from plansheet.core.numbers import Number, exact
from plansheet.core.words import Identifier, UnknownWord, Word

W = TypeVar("W", bound=Word)

ERROR_NUMBERS = {
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
    "#GETTING_DATA": 2043,
    "#SPILL!": 2045,
    "#CONNECT!": 2046,
    "#BLOCKED!": 2047,
    "#UNKNOWN!": 2048,
    "#FIELD!": 2049,
    "#CALC!": 2050,
}
"""Excel's errors and their numbers (XlCVError), by which VBA and COM know them."""
ERRORS = frozenset({*ERROR_NUMBERS, "#BUSY!", "#EXTERNAL!", "#PYTHON!"})
_KEYS = frozenset({int, float, str, type(None), datetime.date, datetime.datetime})
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
_DIGITS_ALONE = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}")


class BadCell(ValueError):
    """A cell that cannot be read.

    ``code`` is the error it gives (an error cell's own, or #VALUE!), ``field`` the record's field where it is known.
    """

    def __init__(self, message: str, code: str = "#VALUE!", field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


def is_blank(cell: object) -> bool:
    """Nothing, an empty text, or one of spaces only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_blank_or_zero(cell: object) -> bool:
    """Blank as Excel on the desktop sends it: a 0 too."""
    return is_blank(cell) or (isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == 0)


class Read:
    """A column's values; ``bad`` holds what could not be read, by position."""

    __slots__ = ("bad", "values")

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.bad: dict[int, BadCell] = {}


def read_column(cells: Sequence[object], read: Callable[[object], object]) -> Read:
    """Read each cell; equal cells are read once (a calculated column repeats its values)."""
    result = Read()
    if _KEYS.issuperset(map(type, cells)):
        known = {cell: _read_or_bad(cell, read) for cell in set(cells)}
        values = [known[cell] for cell in cells]
        has_bad = any(isinstance(value, BadCell) for value in known.values())
    else:  # TRUE would be taken for 1, a list is no key
        values = [_read_or_bad(cell, read) for cell in cells]
        has_bad = True
    if has_bad:
        result.bad = {i: value for i, value in enumerate(values) if isinstance(value, BadCell)}
        values = [None if isinstance(value, BadCell) else value for value in values]
    result.values = values
    return result


def _read_or_bad(cell: object, read: Callable[[object], object]) -> object:
    try:
        return read(cell)
    except BadCell as bad:
        return bad


def as_number(cell: object) -> Number | None:
    """An exact number, None for a blank."""
    if isinstance(cell, (float, int)) and not isinstance(cell, bool):
        try:
            return exact(cell)
        except (ValueError, OverflowError):
            raise BadCell("holds what no cell can hold; enter a number") from None
    if is_blank(cell):
        return None
    _refuse_error(cell)
    if isinstance(cell, bool):
        raise BadCell(f"holds {str(cell).upper()}; enter a number")
    if isinstance(cell, (datetime.date, datetime.time, datetime.timedelta)):
        raise BadCell("holds a date or time where a number is wanted; enter a number")
    if isinstance(cell, str):
        raise BadCell(f'holds the text "{_short(cell)}"; enter a number (not text that looks like one)')
    raise BadCell(f"holds {_short(str(cell))}, which is not a number; enter a number")


def as_amount(cell: object) -> Number | None:
    """A number of shares or dollars, not below zero; None for a blank."""
    number = as_number(cell)
    if number is not None and number < 0:
        raise BadCell(f"is {float(number):g}, below zero; enter 0 or more")
    return number


def as_price(cell: object) -> Number:
    """An exercise price: 0 is one, a blank is refused."""
    price = as_amount(cell)
    if price is None:
        raise BadCell("is blank; enter the exercise price")
    return price


def as_positive(cell: object) -> Number | None:
    """A number above zero; a blank or a 0 (which Excel on the desktop sends for one) is refused."""
    number = as_number(cell)
    if number is None or number == 0:
        raise BadCell("is blank or 0; enter it")
    if number < 0:
        raise BadCell(f"is {float(number):g}, below zero; enter a number above zero")
    return number


def as_date(cell: object) -> datetime.date | None:
    """A day; None for a blank, or a 0. A time of day is dropped; text is refused unless it is ISO 8601."""
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if is_blank_or_zero(cell):
        return None
    _refuse_error(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        try:
            return from_serial(cell)
        except (ValueError, OverflowError) as no_day:
            raise BadCell(f"holds {no_day}; enter a date") from None
    if isinstance(cell, str):
        iso = _ISO_DATE.fullmatch(cell.strip())
        if iso is None:
            why = " (day or month first cannot be told)" if _DIGITS_ALONE.fullmatch(cell.strip()) else ""
            raise BadCell(f'holds the text "{_short(cell)}", not a date{why}; enter a date, or text such as 2005-04-03')
        try:
            return datetime.date.fromisoformat(iso[1])
        except ValueError:
            raise BadCell(f'holds "{_short(cell)}", a day that is not in the calendar; enter a date') from None
    raise BadCell(f"holds {_short(str(cell))}, which is not a date; enter a date")


def as_identifier(cell: object) -> Identifier | None:
    """A grant number or a name; None for a blank, or a 0. 1001 and "1001" are the same."""
    if isinstance(cell, str):
        _refuse_error(cell)
        if len(cell) > _LONGEST_NAME:
            raise BadCell(f"holds a text of {len(cell):,} characters; enter a number or a name")
        identifier = Identifier(cell)
        return identifier if identifier.key else None
    if is_blank_or_zero(cell):
        return None
    if isinstance(cell, bool):
        raise BadCell(f"holds {str(cell).upper()}; enter a number or a name")
    if isinstance(cell, (int, float)):
        number = as_number(cell)
        return Identifier(str(number) if isinstance(number, int) else format(cell, ".15g"))
    if isinstance(cell, (datetime.date, datetime.time)):
        raise BadCell("holds a date (Excel may have made it of something like 1-2); enter it as text")
    raise BadCell(f"holds {_short(str(cell))}; enter a number or a name")


def as_word(cell: object, words: type[W]) -> W | None:
    """A word of a list; None for a blank, or a 0."""
    if is_blank_or_zero(cell):
        return None
    _refuse_error(cell)
    if not isinstance(cell, str):
        raise BadCell(f"holds {_short(str(cell))}; use one of: {', '.join(w.label for w in words)}")
    try:
        return words.read(cell)
    except UnknownWord as unknown:
        raise BadCell(f"holds {unknown}") from None


def as_months(cell: object) -> int | None:
    """A whole number of months, not below zero; None for a blank."""
    number = as_amount(cell)
    if number is None:
        return None
    if number.denominator != 1 or number > 1200:
        raise BadCell(f"is {float(number):g}; enter a whole number of months, at most 1200")
    return int(number)


INTERVALS = {
    "monthly": 1, "per month": 1, "each month": 1, "a month": 1, "every month": 1, "month": 1,
    "quarterly": 3, "per quarter": 3, "each quarter": 3, "a quarter": 3, "every quarter": 3, "quarter": 3,
    "annually": 12, "yearly": 12, "per year": 12, "each year": 12, "a year": 12, "every year": 12, "annual": 12,
}  # fmt: skip
"""Words for the months from one installment to the next."""


def as_interval(cell: object) -> int | None:
    """Months from one installment to the next, as a number or in a word (Quarterly); None for a blank."""
    months = INTERVALS.get(" ".join(cell.casefold().split())) if isinstance(cell, str) else None
    return as_months(cell) if months is None else months


_MOST_DECIMALS = 10
_LONGEST_NAME = 1_000  # characters of a name or a grant number


def as_decimals(cell: object) -> int | None:
    """A number of decimals to round to; None for a blank."""
    number = as_number(cell)
    if number is None:
        return None
    if number.denominator != 1 or not 0 <= number <= _MOST_DECIMALS:
        raise BadCell(f"is {float(number):g}; give a whole number from 0 to {_MOST_DECIMALS}")
    return int(number)


def as_percent(cell: object) -> Number | None:
    """A number of percent, 50 for 50%; None for a blank. What may be either 50% or half a percent is refused."""
    number = as_amount(cell)
    if number is not None and 0 < number <= 1:
        raise BadCell(
            f"is {float(number):g}, which may be {float(number * 100):g}% or {float(number):g}%; "
            "enter percent as a number (50 for a half), without Excel's percent format"
        )
    if number is not None and number > 100:
        raise BadCell(f"is {float(number):g}, more than 100 percent; enter a number of percent, at most 100")
    return number


def _refuse_error(cell: object) -> None:
    if isinstance(cell, str) and cell.strip().upper() in ERRORS:
        own = getattr(cell, "message", "")
        code = cell.strip().upper()
        raise BadCell(f"is the error {code}{f' ({own})' if own else ''}; correct it first", code)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:37]}..."
