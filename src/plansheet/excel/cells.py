"""Arguments in, cells out: ranges become columns, what the plan answers becomes cells or real errors.

A bad cell is a BadCell with a sentence; a call that cannot be answered at all is a CallFailed. Neither leaves a
worksheet function: the ``worksheet`` decorator turns everything into what a cell shows.
"""

import datetime
import gc
import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import chain
from typing import Any, ParamSpec, TypeVar

from plansheet.core.numbers import Number
from plansheet.core.refusal import Refusal
from plansheet.core.words import Word
from plansheet.excel.reading import (
    BadCell,
    Read,
    as_word,
    is_blank,
    is_blank_or_zero,
)

P = ParamSpec("P")
T = TypeVar("T")
W = TypeVar("W", bound=Word)

Cells = Any
"""An argument as it arrives: a scalar, or a list of rows."""

MOST_ROWS = 100_000
_ROWS = frozenset({list, tuple})


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
        # getdoc, because a docstring is indented up to Python 3.12 and not from 3.13 on
        arguments = (inspect.getdoc(other) or "").partition("Args:\n")[2]
        function.__doc__ = f"{inspect.getdoc(function) or ''}\n\nArgs:\n{arguments}"
        return function

    return documented


# --- Arguments ------------------------------------------------------------------------------------------------------


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
    if isinstance(argument, (list, tuple)) and len(argument) > MOST_ROWS:  # before a million rows are looked at
        raise CallFailed(
            f"{name} has {len(argument):,} rows; give the rows that hold data (at most {MOST_ROWS:,}), "
            "not a whole column"
        )
    rows = rows_of(argument)
    widths = set(map(len, rows))
    if not rows or widths == {0}:
        raise CallFailed(f"{name} is an empty range; give the cells of one column")
    if widths == {1}:
        return list(chain.from_iterable(rows))
    if len(rows) == 1:
        return list(rows[0])
    raise CallFailed(f"{name} has {max(widths)} columns; give the cells of one column")


def equal_heights(columns: dict[str, list[object]]) -> int:
    """The common number of rows; CallFailed names two columns that differ."""
    names = list(columns)
    first = names[0]
    for name in names[1:]:
        if len(columns[name]) != len(columns[first]):
            raise CallFailed(
                f"{first} has {len(columns[first]):,} row{'' if len(columns[first]) == 1 else 's'} and {name} "
                f"{len(columns[name]):,}; "
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
