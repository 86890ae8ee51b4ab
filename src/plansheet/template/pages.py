"""Sheets being written, with the values of their cells, so that formulas are saved with what they would calculate.

A formula's cached value is what plansheet's own function gives for exactly the cells that the formula names: each
argument is a text for the formula and the cells that stand behind it.
"""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from plansheet.excel import FUNCTIONS, ExcelError
from plansheet.template.styles import add_formats, header_style
from plansheet.template.tables import Cell, Table

_POINTS_OF_A_LINE = 15
_CHARACTERS_OF_A_LINE = 120
_DAY_ZERO = datetime.datetime(1899, 12, 30)


class Argument(NamedTuple):
    """An argument of a worksheet function: as the formula names it, and the cells that it names."""

    text: str
    cells: object


OMITTED = Argument("", None)


def literal(value: str | int) -> Argument:
    """A text or a number written into the formula."""
    return Argument(f'"{value}"' if isinstance(value, str) else str(value), value)


def column_of(table: Table, heading: str) -> Argument:
    """One column of a table: Vesting[Shares]."""
    return Argument(f"{table.name}[{heading}]", table.column(heading))


def term_of(plan: Table, term: str) -> Argument:
    """The value of a term on the sheet Plan, by its cell: Plan!$B$4; the table stands at the top of its sheet."""
    row = [row[0] for row in plan.rows].index(term)
    column = plan.headings.index("Value")
    address = xl_rowcol_to_cell(row + 1, column, row_abs=True, col_abs=True)
    return Argument(f"{plan.name}!{address}", plan.rows[row][column])


def block_of(table: Table) -> Argument:
    """A table with its header row: Activity[#All]."""
    return Argument(f"{table.name}[#All]", table.block())


class Page:
    """One sheet: what is written is remembered, and can be named as an argument."""

    def __init__(self, workbook: Any, name: str, formats: dict[str, Any]) -> None:
        self.name = name
        self._formats = formats
        self._sheet = workbook.add_worksheet(name)
        self._values: dict[tuple[int, int], Cell] = {}
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._sheet.set_footer("&L&A&RPage &P of &N")
        self._sheet.hide_gridlines(2)

    # --- cells ---------------------------------------------------------------------------------------------------

    def write(self, row: int, column: int, value: Cell, style: str = "text") -> None:
        """A value; None leaves the cell empty."""
        shown = self._formats[style]
        self._values[row, column] = value
        if value is None:
            self._sheet.write_blank(row, column, None, shown)
        elif isinstance(value, str):
            self._sheet.write_string(row, column, value, shown)
        elif isinstance(value, int | float):
            self._sheet.write_number(row, column, value, shown)
        else:
            self._sheet.write_datetime(row, column, value, shown)

    def paragraph(self, row: int, first: int, last: int, text: str) -> None:
        """A text over several columns, with as many lines as it needs."""
        self._sheet.merge_range(row, first, row, last, text, self._formats["paragraph"])
        self.fit_height(row, text, _CHARACTERS_OF_A_LINE, more=_POINTS_OF_A_LINE // 2)

    def fit_height(self, row: int, text: str, characters: int, more: int = 0) -> None:
        """As many lines as a text needs at so many characters a line; not every program finds that out itself."""
        lines = -(-len(text) // characters)
        if lines > 1 or more:
            self._sheet.set_row(row, _POINTS_OF_A_LINE * lines + more)

    def link(self, row: int, column: int, sheet: str) -> None:
        """The name of another sheet, to be clicked."""
        self._sheet.write_url(row, column, f"internal:'{sheet}'!A1", self._formats["link"], sheet)

    def calculate(self, row: int, column: int, formula: str, value: Cell, style: str) -> None:
        """A formula of Excel's own functions, with its value."""
        self._values[row, column] = value
        self._sheet.write_formula(row, column, formula, self._formats[style], _saved(value))

    def headings(self, row: int, column: int, texts: Sequence[str], styles: Sequence[str]) -> None:
        """A line of headings above columns of these styles."""
        self._sheet.set_row(row, 2 * _POINTS_OF_A_LINE)
        for offset, (text, style) in enumerate(zip(texts, styles, strict=True)):
            self.write(row, column + offset, text, header_style(style))

    # --- ranges as arguments ---------------------------------------------------------------------------------------

    def cell(self, row: int, column: int) -> Argument:
        """One cell of this sheet, fixed: $B$3."""
        return Argument(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True), self._values[row, column])

    def down(self, row: int, column: int, height: int) -> Argument:
        """A column of cells of this sheet."""
        cells = [[self._values[row + offset, column]] for offset in range(height)]
        return Argument(xl_range(row, column, row + height - 1, column), cells)

    # --- formulas that spill ---------------------------------------------------------------------------------------

    def call(
        self, row: int, column: int, name: str, arguments: Sequence[Argument], styles: Sequence[str], *, headed: bool
    ) -> list[list[Any]]:
        """A plan function as a dynamic array formula, with every value that it spills; ``styles``: one per column."""
        while arguments[-1] is OMITTED:
            arguments = arguments[:-1]
        result: Any = FUNCTIONS[name](*(argument.cells for argument in arguments))
        rows = result if isinstance(result, list) else [[result]]
        wrong = [cell for line in rows for cell in line if isinstance(cell, ExcelError)]
        if wrong:
            raise ValueError(f"{self.name}: {name} shows {wrong[0]}; correct the facts: {wrong[0].message}")
        self.spill(row, column, f"={name}({','.join(a.text for a in arguments)})", rows, styles, headed=headed)
        return rows

    def spill(
        self, row: int, column: int, formula: str, rows: list[list[Any]], styles: Sequence[str], *, headed: bool = False
    ) -> None:
        """A dynamic array formula, saved with all the values that it spills."""
        if headed:
            self._sheet.set_row(row, 2 * _POINTS_OF_A_LINE)
        last_row, last_column = row + len(rows) - 1, column + len(rows[0]) - 1
        heads = [header_style(style, spilled=True) for style in styles] if headed else styles
        first = self._formats[heads[0]]
        value = _saved(rows[0][0])
        self._sheet.write_dynamic_array_formula(row, column, last_row, last_column, formula, first, value)
        for down, line in enumerate(rows):
            for right, cell in enumerate(line):
                style = styles[right] if down else heads[right]
                if down or right:
                    self.write(row + down, column + right, None if cell == "" else cell, style)
                else:
                    self._values[row, column] = cell

    # --- tables ----------------------------------------------------------------------------------------------------

    def table(self, table: Table, styles: Sequence[str], widths: Sequence[int], lookups: dict[str, str]) -> None:
        """An Excel table from A1; ``lookups``: heading to the formula of a calculated column."""
        sheet = self._sheet
        columns = [
            {
                "header": heading,
                "header_format": self._formats[header_style(style)],
                "format": self._formats[style],
                **({"formula": lookups[heading]} if heading in lookups else {}),
            }
            for heading, style in zip(table.headings, styles, strict=True)
        ]
        last_row, last_column = len(table.rows), len(table.headings) - 1
        options = {"name": table.name, "columns": columns, "style": "Table Style Light 9"}
        sheet.add_table(0, 0, last_row, last_column, options)
        for down, line in enumerate(table.rows, start=1):
            for right, (heading, cell, style) in enumerate(zip(table.headings, line, styles, strict=True)):
                if heading in lookups:
                    self.calculate(down, right, lookups[heading], cell, style)
                else:
                    self.write(down, right, cell, style)
        self.widths(widths)
        sheet.set_row(0, 2 * _POINTS_OF_A_LINE)
        self.freeze(1, 1)

    def choices(self, column: int, rows: int, words: Sequence[str]) -> None:
        """A list of words to choose from, below the header of a table."""
        self._sheet.data_validation(
            1, column, rows, column, {"validate": "list", "source": list(words), "error_type": "warning"}
        )

    # --- the sheet as a whole ----------------------------------------------------------------------------------------

    def title(self, title: str, *notes: str) -> None:
        """A title and a line or two on what the sheet shows, from A1."""
        self.write(0, 0, title, "title")
        self._sheet.set_row(0, 24)
        for row, note in enumerate(notes, start=1):
            self.write(row, 0, note, "note")

    def widths(self, widths: Sequence[int]) -> None:
        """Column widths in characters, from the first column."""
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    def freeze(self, rows: int, columns: int = 0) -> None:
        """Keep the headings in sight, and repeat them on every page."""
        self._sheet.freeze_panes(rows, columns)
        self._sheet.repeat_rows(rows - 1)


def _saved(value: Any) -> Any:
    """A value as a file caches it: a date is a serial number."""
    return (value - _DAY_ZERO).days if isinstance(value, datetime.datetime) else value


class Book:
    """A workbook being written."""

    def __init__(self, path: Path) -> None:
        self.workbook: Any = xlsxwriter.Workbook(str(path))
        self._formats = add_formats(self.workbook)

    def add(self, name: str) -> Page:
        """A new sheet at the end."""
        return Page(self.workbook, name, self._formats)
