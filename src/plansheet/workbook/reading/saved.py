"""A saved workbook as records: what stands in it, before anything is asked of it."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
"""Of a sheet in Excel."""

Value = None | bool | int | float | str | dt.datetime | dt.time


@dataclass(
    slots=True
)  # not frozen: a workbook has a million of them, and a frozen one takes three times as long to make
class Cell:
    """A cell that holds something.

    ``value`` is the saved one: for a formula, what was calculated last. Dates are datetimes by the cell's number
    format and the workbook's date system, and times below a day; a number that the calendar lacks (below 0, and 60, the
    29 February 1900 that never was) stays a number, as does elapsed time. An error is its text, with ``kind`` "error".
    """

    row: int
    column: int
    value: Value
    formula: str | None = None
    """As in the file, with its = sign."""
    array_ref: str | None = None
    """The range that the formula fills, where it is an array formula or a spill."""
    kind: str = "blank"
    """blank, number, text, boolean, date or error"""
    cached: bool = True
    """False for a formula that was never calculated; an empty text that was calculated is True and ""."""
    dynamic: bool = False
    """Whether an array formula spills, or fills the fixed block it was entered for ({=...})."""


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table: ``ref`` includes ``header_rows`` above and ``totals_rows`` below the data."""

    name: str
    sheet: str
    ref: str
    header_rows: int
    totals_rows: int
    columns: tuple[str, ...]
    column_formulas: tuple[str | None, ...] = ()
    """For each column the formula (with its = sign) that Excel enters in every new row, None where it has none."""


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A name for a formula, in the whole workbook or (``sheet``) in one sheet."""

    name: str
    formula: str
    sheet: str | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A formula that belongs to a data validation or a conditional format of the cells ``where``."""

    what: str
    where: str
    formula: str


@dataclass(frozen=True)
class Sheet:
    """A sheet; only a ``kind`` "worksheet" has cells (the others: chart, dialog, macro)."""

    name: str
    cells: dict[tuple[int, int], Cell]
    """By row and column, from 1."""
    hidden: bool
    tables: tuple[Table, ...]
    kind: str
    rules: tuple[Rule, ...]
    last_row: int
    last_column: int
    hidden_rows: frozenset[int] = frozenset()
    """Rows that do not show, by hand or by a filter; only those that hold something."""
    hidden_columns: frozenset[int] = frozenset()
    filters: tuple[str, ...] = ()
    """The ranges under a filter (of the sheet; a table's own is not told here)."""
    data_tables: tuple[str, ...] = ()
    """The ranges that what-if tables fill."""

    @cached_property
    def formulas(self) -> tuple[Cell, ...]:
        """The cells that have a formula, in the order of the file."""
        return tuple(cell for cell in self.cells.values() if cell.formula is not None)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook as saved."""

    path: str
    sha256: str
    sheets: tuple[Sheet, ...]
    tables: tuple[Table, ...]
    names: tuple[DefinedName, ...]
    date_1904: bool
    calc_mode: str
    """auto, autoNoTable or manual"""
    full_calc_on_load: bool
    """Excel is to calculate everything on opening: what is saved may never have been calculated by Excel."""
    calc_id: int
    """Version of the engine that calculated last, 0 where the file does not say; 124519 is what libraries write."""
    iterative: bool = False
    """Whether Excel goes round a circle of formulas a number of times instead of refusing it."""
    as_displayed: bool = False
    """Precision as displayed: Excel calculates with what a number's format shows of it."""
    links: tuple[str, ...] = ()
    """The other workbooks that formulas refer to, as [1], [2]...: a path or address each, "" where it is not told."""
