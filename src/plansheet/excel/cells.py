"""Cells in, cells out: what Excel sends becomes exact values, what the plan answers becomes cells or real errors.

A bad cell is a BadCell with a sentence; a call that cannot be answered at all is a CallFailed. Neither leaves this
floor: the ``worksheet`` decorator turns everything into what a cell shows.
"""

import datetime
import gc
import re
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import chain
from typing import Any, ParamSpec, TypeVar

from plansheet.core.dates import from_serial
from plansheet.core.numbers import Number, exact
from plansheet.core.refusal import Refusal
from plansheet.core.words import Identifier, UnknownWord, Word

P = ParamSpec("P")
T = TypeVar("T")
W = TypeVar("W", bound=Word)

Cells = Any
"""An argument as it arrives: a scalar, or a list of rows."""

ERRORS = frozenset(
    {
        "#VALUE!", "#NUM!", "#N/A", "#DIV/0!", "#REF!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
        "#CONNECT!", "#BUSY!", "#GETTING_DATA", "#EXTERNAL!", "#PYTHON!", "#UNKNOWN!",
    }
)  # fmt: skip
MOST_ROWS = 100_000
_ROWS = frozenset({list, tuple})
_KEYS = frozenset({int, float, str, type(None), datetime.date, datetime.datetime})
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")


class ExcelError(str):
    """An Excel error as a cell shows it, equal to "#VALUE!", "#NUM!" or "#N/A"; ``message`` says what to do."""

    __slots__ = ("message",)
    message: str

    def __new__(cls, code: str, message: str = "") -> "ExcelError":
        """An error with its sentence."""
        error = super().__new__(cls, code)
        error.message = message
        return error

    def __reduce__(self) -> tuple[type["ExcelError"], tuple[str, str]]:
        return ExcelError, (str(self), self.message)


class BadCell(ValueError):
    """A cell that cannot be read.

    ``code`` is the error it gives (an error cell's own, or #VALUE!), ``field`` the record's field where it is known.
    """

    def __init__(self, message: str, code: str = "#VALUE!", field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class CallFailed(Exception):
    """The whole call has no answer."""

    def __init__(self, message: str, code: str = "#VALUE!") -> None:
        super().__init__(message)
        self.error = ExcelError(code, message)


def refused(refusal: Refusal, where: str = "") -> ExcelError:
    """A Refusal as a cell shows it."""
    return ExcelError(refusal.reason.value, f"{where}{refusal.message}")


def worksheet(function: Callable[P, object]) -> Callable[P, Any]:
    """A worksheet function: it returns errors and never raises."""

    @wraps(function)
    def contained(*args: P.args, **kwargs: P.kwargs) -> object:
        # Hundreds of thousands of records and no cycle among them: searching for cycles would take a third of the time.
        collects = gc.isenabled()
        gc.disable()
        try:
            return function(*args, **kwargs)
        except CallFailed as failed:
            return failed.error
        except Exception as bug:  # a cell must never show a traceback; the sentence asks for a report
            return ExcelError(
                "#VALUE!",
                f"{function.__name__} failed inside plansheet ({type(bug).__name__}: {bug}); "
                "report it with the input that caused it",
            )
        finally:
            if collects:
                gc.enable()

    return contained


def with_arguments_of(other: Callable[..., object]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Give a function the Args of another that takes the same, so that they are written once."""

    def documented(function: Callable[P, T]) -> Callable[P, T]:
        arguments = (other.__doc__ or "").partition("    Args:\n")[2]
        function.__doc__ = f"{(function.__doc__ or '').rstrip()}\n\n    Args:\n{arguments}"
        return function

    return documented


# --- Arguments ------------------------------------------------------------------------------------------------------


def is_blank(cell: object) -> bool:
    """Nothing, an empty text, or one of spaces only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_blank_or_zero(cell: object) -> bool:
    """Blank as Excel on the desktop sends it: a 0 too."""
    return is_blank(cell) or (isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == 0)


def is_left_out(argument: Cells) -> bool:
    """Whether an optional argument is missing, or one blank cell."""
    rows = rows_of(argument)
    return len(rows) == 1 and len(rows[0]) == 1 and is_blank_or_zero(rows[0][0])


def rows_of(argument: Cells) -> list[Sequence[object]]:
    """An argument as rows; a scalar is one row of one cell, a flat list a column."""
    if not isinstance(argument, (list, tuple)):
        return [(argument,)]
    if _ROWS.issuperset(map(type, argument)):
        return list(argument)
    return [row if isinstance(row, (list, tuple)) else (row,) for row in argument]


def column(argument: Cells, name: str) -> list[object]:
    """The cells of a column, in order; a row or a single cell will do."""
    rows = rows_of(argument)
    widths = set(map(len, rows))
    if not rows or widths == {0}:
        raise CallFailed(f"{name} is an empty range; give the cells of one column")
    if widths == {1}:
        cells = list(chain.from_iterable(rows))
    elif len(rows) == 1:
        cells = list(rows[0])
    else:
        raise CallFailed(f"{name} has {max(widths)} columns; give the cells of one column")
    if len(cells) > MOST_ROWS:
        raise CallFailed(
            f"{name} has {len(cells):,} rows; give the rows that hold data (at most {MOST_ROWS:,}), not a whole column"
        )
    return cells


def equal_heights(columns: dict[str, list[object]]) -> int:
    """The common number of rows; CallFailed names two columns that differ."""
    names = list(columns)
    first = names[0]
    for name in names[1:]:
        if len(columns[name]) != len(columns[first]):
            raise CallFailed(
                f"{first} has {len(columns[first]):,} rows and {name} {len(columns[name]):,}; "
                "give ranges of the same rows"
            )
    return len(columns[first])


def column_for_all(argument: Cells, name: str, height: int) -> list[object] | None:
    """A column, or one cell that holds for every row; None where the argument is left out or one blank cell."""
    if argument is None:
        return None
    cells = column(argument, name)
    if len(cells) == 1:
        return None if is_blank_or_zero(cells[0]) else cells * height
    return cells


def scalar(argument: Cells, name: str) -> object:
    """The one cell of an argument; None where it is left out or blank."""
    cells = column(argument, name) if isinstance(argument, (list, tuple)) else [argument]
    if len(cells) != 1:
        raise CallFailed(f"{name} has {len(cells)} cells; give one cell")
    return None if is_blank(cells[0]) else cells[0]


def scalar_value(argument: Cells, name: str, read: Callable[[object], T]) -> T | None:
    """The value of a scalar argument; None where it is blank."""
    cell = scalar(argument, name)
    try:
        return None if cell is None else read(cell)
    except BadCell as bad:
        raise CallFailed(f"{name} {bad}", bad.code) from bad


def scalar_word(argument: Cells, name: str, words: type[W], default: W) -> W:
    """A scalar that is a word of a list; 0 is a blank cell of Excel on the desktop."""
    cell = scalar(argument, name)
    if is_blank_or_zero(cell):
        return default
    word = scalar_value(cell, name, lambda c: as_word(c, words))
    return default if word is None else word


# --- Cells in -------------------------------------------------------------------------------------------------------


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
            raise BadCell(
                f'holds the text "{_short(cell)}", not a date (day or month first cannot be told); '
                "enter a date, or text such as 2005-04-03"
            )
        try:
            return datetime.date.fromisoformat(iso[1])
        except ValueError:
            raise BadCell(f'holds "{_short(cell)}", a day that is not in the calendar; enter a date') from None
    raise BadCell(f"holds {_short(str(cell))}, which is not a date; enter a date")


def as_identifier(cell: object) -> Identifier | None:
    """A grant number or a name; None for a blank, or a 0. 1001 and "1001" are the same."""
    if isinstance(cell, str):
        _refuse_error(cell)
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


def _refuse_error(cell: object) -> None:
    if isinstance(cell, str) and cell.strip().upper() in ERRORS:
        own = getattr(cell, "message", "")
        code = cell.strip().upper()
        raise BadCell(f"is the error {code}{f' ({own})' if own else ''}; correct it first", code)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:37]}..."


# --- Cells out ------------------------------------------------------------------------------------------------------


def date_cell(day: datetime.date | None) -> datetime.datetime | str:
    """A date as Excel takes it; a blank for none."""
    return "" if day is None else datetime.datetime(day.year, day.month, day.day)


def number_cell(value: Number) -> float:
    """A result becomes a double last. What no double can hold is refused."""
    try:
        return float(value)
    except OverflowError:
        raise CallFailed("the result is too large for a cell; correct the numbers that lead to it", "#NUM!") from None


def row_error(position: int, name: str, bad: BadCell) -> ExcelError:
    """The error of a row, with the row (from 1 within the range) and the column in its sentence."""
    return ExcelError(bad.code, f"row {position + 1}: {name} {bad}")


def first_bad(position: int, reads: dict[str, Read]) -> ExcelError | None:
    """The first bad cell of a row, columns in the order given."""
    for name, read in reads.items():
        bad = read.bad.get(position)
        if bad is not None:
            return row_error(position, name, bad)
    return None
