"""A sheet of a saved workbook as values in their own cells, those with findings coloured and noted."""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from xlsxwriter.utility import xl_cell_to_rowcol

from plansheet.core.rule import Severity
from plansheet.report.characters import in_xml, printable
from plansheet.workbook.checked import Found
from plansheet.workbook.reading.saved import LAST_COLUMN, LAST_ROW, Cell, Sheet, Value

LONGEST_TEXT: Final = 32_767
LONGEST_NAME: Final = 31
"""Of a cell and of a sheet in Excel, in units of UTF-16."""
MARKS: Final = {
    Severity.ERROR: {
        "bg_color": "#FFC7CE",
        "font_color": "#9C0006",
        "bold": True,
        "border": 2,
        "border_color": "#C00000",
    },
    Severity.WARNING: {
        "bg_color": "#FFEB9C",
        "font_color": "#7F6000",
        "bold": True,
        "border": 1,
        "border_color": "#BF9000",
    },
}
"""How a cell with a finding looks; the frame and the bold are seen without colour too."""
COPY = " (copy)"
_NUMBERS: Final = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss"}
_BANNER = {
    "object_position": 3,  # neither moves nor grows with the cells
    "font": {"bold": True, "color": "#9C0006", "size": 10},
    "fill": {"color": "#FFF2CC"},
    "line": {"color": "#C00000", "width": 1.5},
    "align": {"vertical": "middle"},
    "width": 760,
}
_LINE, _ROW = 17, 22  # pixels of a line of the box, and of a row
_WIDEST_TEXT = 28
_FIRST_YEAR = 1900  # of Excel's calendar
_ORDERS = ("=", "+", "-", "@", "\t", "\r")

Book = Any
"""A workbook, a sheet or a format of xlsxwriter, which has no types."""


class Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._made: dict[object, Book] = {}

    def of(self, value: Value, mark: Severity | None) -> Book:
        """How a value looks in a copy."""
        number = _NUMBERS.get(_kind(value), "")
        quoted = isinstance(value, str) and value.startswith(_ORDERS)  # else it becomes a formula when it is typed over
        key = (number, mark, quoted)
        if key not in self._made:
            look = dict(MARKS[mark]) if mark is not None else {}
            if number:
                look |= {"num_format": number, "align": "right"}
            self._made[key] = self._book.add_format({**look, "quote_prefix": quoted})
        return self._made[key]


def copied_names(sheets: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """For each sheet the name of its copy, as Excel takes it: another one than every other, in whatever letters."""
    used = {name.casefold() for name in taken}
    names: dict[str, str] = {}
    for sheet in sheets:
        plain = "".join("_" if c in "[]:*?/\\" else c for c in printable(sheet)).strip("' ") or "Sheet"
        ends = (COPY, *(f" (copy {number})" for number in range(2, len(used) + 3)))
        fitting = (f"{cut(plain, LONGEST_NAME - len(end)).rstrip()}{end}" for end in ends)
        names[sheet] = next(name for name in fitting if name.casefold() not in used)
        used.add(names[sheet].casefold())
    return names


def copy_sheet(sheet: Sheet, to: Book, found: Sequence[Found], looks: Looks, most: int) -> int:
    """Copy what a sheet shows, at most so many cells and every one with a finding; how many cells it has now."""
    at: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for each in found:
        if (place := _place(each.cell)) is not None:
            at[place].append(each)
    last = _last_row(sheet, most)
    rows = {row for row, _ in at}
    cells = [cell for cell in sheet.cells.values() if cell.row <= last or cell.row in rows]
    for cell in cells:
        marked = at.get((cell.row, cell.column))
        _write(to, cell.row, cell.column, cell.value, looks, _mark(marked) if marked else None)
    for (row, column), here in at.items():
        if (row, column) not in sheet.cells:
            _write(to, row, column, None, looks, _mark(here))
        _note(to, row, column, here)
    for column, width in _widths(cells).items():
        to.set_column(column - 1, column - 1, width)
    _dress(to, last if last < sheet.last_row else None)
    _open_at(to, *min(at, default=(1, 1)))
    return len(cells)


def cut(text: str, most: int) -> str:
    """As much of a text's beginning as there is room for, in the units of UTF-16 that Excel counts."""
    if len(text) * 2 <= most:
        return text
    return text.encode("utf-16-le", "replace")[: most * 2].decode("utf-16-le", "ignore")


def _mark(found: Iterable[Found]) -> Severity:
    return Severity.ERROR if any(each.severity is Severity.ERROR for each in found) else Severity.WARNING


def _place(cell: str) -> tuple[int, int] | None:
    """Row and column of an address, from 1."""
    if not cell:
        return None
    row, column = xl_cell_to_rowcol(cell)
    inside = 0 <= row < LAST_ROW and 0 <= column < LAST_COLUMN
    return (row + 1, column + 1) if inside else None


def _last_row(sheet: Sheet, most: int) -> int:
    """The last row that can be copied with all rows above it."""
    if len(sheet.cells) <= most:
        return sheet.last_row
    last = room = 0
    for row, number in sorted(Counter(row for row, _ in sheet.cells).items()):
        room += number
        if room > most:
            break
        last = row
    return last


# --- Cells ------------------------------------------------------------------------------------------------------------


class _Exact(float):
    """A number that is written with all its digits; xlsxwriter writes 16 of them."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def _kind(value: Value) -> str:
    match value:
        case dt.datetime():
            return "date" if value.time() == dt.time(0) else "moment"
        case dt.time():
            return "time"
        case _:
            return ""


def _write(to: Book, row: int, column: int, value: Value, looks: Looks, mark: Severity | None) -> None:
    at, look = (row - 1, column - 1), looks.of(value, mark)
    match value:
        case None:
            to.write_blank(*at, None, look)
        case bool():
            to.write_boolean(*at, value, look)
        case int() | float() if _fits(value):
            to.write_number(*at, _Exact(value), look)
        case dt.datetime() | dt.time() if not isinstance(value, dt.datetime) or value.year >= _FIRST_YEAR:
            to.write_datetime(*at, value, look)
        case _:
            to.write_string(*at, cut(in_xml(str(value)), LONGEST_TEXT), look)


def _fits(number: float) -> bool:
    try:
        return math.isfinite(float(number))
    except OverflowError:
        return False


def _note(to: Book, row: int, column: int, found: Sequence[Found]) -> None:
    text = "\n\n".join(f"{each.severity.value.upper()} {each.code}\n{each.message}\n{each.fix}" for each in found)
    lines = sum(1 + len(line) // 52 for line in text.split("\n"))
    look = {
        "author": "plansheet",
        "width": 340,
        "height": min(14 * lines + 14, 600),
        "font_size": 9,
        "color": "#FFF8E1",
    }
    to.write_comment(row - 1, column - 1, cut(in_xml(text), LONGEST_TEXT), look)


# --- The sheet --------------------------------------------------------------------------------------------------------


def _dress(to: Book, last: int | None) -> None:
    """What says that it is a copy, whatever is seen of it; ``last``: the row from which on not all were copied."""
    lines = [
        "COPY WITHOUT FORMULAS, made to show findings. Correct the workbook itself; type nothing back from here.",
        "Red cells: errors. Yellow cells: warnings. Point at one to read what is wrong; the sheet Findings lists all.",
    ]
    if last is not None:
        lines.append(f"{f'Below row {last:,} only' if last else 'Only'} rows with a finding are copied.")
    height = _LINE * len(lines) + 10
    to.set_row_pixels(0, height + _ROW + 4)  # the text of row 1 stands at its foot, below the box
    to.insert_textbox(0, 0, "\n".join(lines), {**_BANNER, "height": height, "x_offset": 4, "y_offset": 2})
    to.set_tab_color("#C00000")
    to.set_header("&L&BCopy without formulas, made to show findings&R&A")
    to.set_footer("&RPage &P of &N")
    to.print_row_col_headers()
    to.set_landscape()
    to.fit_to_pages(1, 0)
    to.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def _open_at(to: Book, row: int, column: int) -> None:
    """Open the sheet with its first finding in view, below the first row, which stays."""
    to.freeze_panes(1, 0, max(1, row - 6), 0)
    to.set_selection(row - 1, column - 1, row - 1, column - 1)


def _widths(cells: Iterable[Cell]) -> Mapping[int, float]:
    """Widths in which every number shows, and a text as far as it is not long."""
    widths: dict[int, float] = defaultdict(lambda: 9.0)
    for column, wanted in _wanted(cells):
        widths[column] = max(widths[column], wanted)
    return widths


def _wanted(cells: Iterable[Cell]) -> Iterator[tuple[int, float]]:
    for cell in cells:
        match cell.value:
            case str() as text:
                yield cell.column, min(len(text), _WIDEST_TEXT) + 2
            case dt.datetime() as day:
                yield cell.column, 12 if day.time() == dt.time(0) else 20
            case value:
                yield cell.column, min(len(str(value)), _WIDEST_TEXT) + 2
