"""Workbooks with ledgers, written in the test as their sheets show them."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from plansheet.workbook.checked import Checked
from plansheet.workbook.checks import Options, check_bytes
from plansheet.workbook.ledgers.locate import Located, locate
from plansheet.workbook.reading.reader import read_bytes
from workbook.making import workbook

DAY = dt.date(2011, 1, 31)
Rows = Sequence[Sequence[object]]


class Formula(NamedTuple):
    """A formula with its saved value; ``fills``: the range of an array that spills."""

    text: str
    value: object
    fills: str | None = None


class Error(NamedTuple):
    """A cell that shows an error."""

    shown: str


class Sheet(NamedTuple):
    """Rows from a cell on, as a plain range or (``table``) as an Excel table with ``totals`` rows at its end."""

    name: str
    rows: Rows
    at: tuple[int, int] = (0, 0)
    table: str | None = None
    totals: int = 0


def book(*sheets: Sheet, **options: object) -> bytes:
    """A workbook of these sheets; two of the same name are two ranges of one sheet."""

    def fill(made: Any) -> None:
        date = made.add_format({"num_format": "yyyy-mm-dd"})
        there: dict[str, Any] = {}
        for sheet in sheets:
            if sheet.name not in there:
                there[sheet.name] = made.add_worksheet(sheet.name)
            _write(there[sheet.name], sheet, date)

    return workbook(fill, **options)


def _write(worksheet: Any, sheet: Sheet, date: Any) -> None:
    top, left = sheet.at
    if sheet.table is not None:
        last = top + len(sheet.rows) - 1
        headings = [{"header": str(text)} for text in sheet.rows[0]]
        shown = {"name": sheet.table, "columns": headings, "total_row": bool(sheet.totals)}
        worksheet.add_table(top, left, last, left + len(sheet.rows[0]) - 1, shown)
    for row, cells in enumerate(sheet.rows, start=top):
        for column, cell in enumerate(cells, start=left):
            _write_cell(worksheet, row, column, cell, date)


def _write_cell(worksheet: Any, row: int, column: int, cell: object, date: Any) -> None:
    match cell:
        case None | "":
            return
        case Formula(text, value, None):
            shown = date if isinstance(value, dt.date) else None
            worksheet.write_formula(row, column, text, shown, _saved(value))
        case Formula(text, value, fills):
            worksheet.write_dynamic_array_formula(fills, text, None, _saved(value))
        case Error(shown):
            worksheet.write_formula(row, column, "=NA()", None, shown)
        case bool():
            worksheet.write_boolean(row, column, cell)
        case int() | float():
            worksheet.write_number(row, column, cell)
        case dt.date():
            worksheet.write_datetime(row, column, dt.datetime(cell.year, cell.month, cell.day), date)
        case _:
            worksheet.write_string(row, column, str(cell))


def _saved(value: object) -> object:
    return (value - dt.date(1899, 12, 30)).days if isinstance(value, dt.date) else value


def located(*sheets: Sheet, **options: object) -> Located:
    return locate(read_bytes(book(*sheets, **options)))


def checked(*sheets: Sheet, wanted: Callable[[str], bool] = lambda code: True, **options: Any) -> Checked:
    return check_bytes(book(*sheets), "book.xlsx", Options(as_of=DAY, wanted=wanted, **options))


def found(result: Checked) -> list[tuple[str, str]]:
    """Each finding's code and cell."""
    return [(each.code, f"{each.sheet}!{each.cell}") for each in result.findings]


GRANTED = dt.date(2004, 1, 5)
GRANTS: Rows = [
    ["Grant", "Holder", "Type", "Grant date", "FMV", "Exercise price", "Shares"],
    ["G-1", "Ada", "ISO", GRANTED, 10, 10, 10_000],
    ["G-2", "Bo", "NSO", GRANTED, 10, 10, 500],
]
VESTING: Rows = [
    ["Grant", "First exercisable", "Shares", "ISO shares", "NSO shares"],
    ["G-1", dt.date(2004, 12, 31), 10_000, 10_000, 0],
    ["G-2", dt.date(2005, 1, 5), 500, 0, 500],
]
ACTIVITY: Rows = [
    ["Date", "Action", "Grant", "Shares", "Type"],
    [GRANTED, "GRANT", "G-1", 10_000, "ISO"],
    [GRANTED, "GRANT", "G-2", 500, "NSO"],
]
HOLDERS: Rows = [["Holder", "Relationship", "10% owner"], ["Ada", "Officer", "No"], ["Bo", "Consultant", "no"]]
LEDGERS = (Sheet("Grants", GRANTS), Sheet("Vesting", VESTING), Sheet("Activity", ACTIVITY), Sheet("Holders", HOLDERS))
"""Two grants in which nothing is wrong."""


def with_row(rows: Rows, *added: Sequence[object]) -> Rows:
    return [*rows, *added]


def with_columns(rows: Rows, *added: Sequence[object]) -> Rows:
    """The rows with more cells at their right, headings first."""
    return [[*row, *more] for row, more in zip(rows, added, strict=True)]


def with_cell(rows: Rows, row: int, heading: str, cell: object) -> Rows:
    """The rows with one cell changed; ``row`` counts from 1 below the headings."""
    at = list(rows[0]).index(heading)
    return [[*r[:at], cell, *r[at + 1 :]] if position == row else r for position, r in enumerate(rows)]
