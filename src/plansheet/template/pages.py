"""Sheets being written, with the values of their cells, so that formulas are saved with what they would calculate.

A formula's cached value is what plansheet's own function gives for exactly the cells that the formula names: each
argument is a text for the formula and the cells that stand behind it.
"""

import datetime
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from plansheet.core.numbers import exact
from plansheet.excel import FUNCTIONS, ExcelError
from plansheet.template.flavour import Flavour
from plansheet.template.styles import ACCENT, BELOW, INK, add_formats, header_style
from plansheet.template.tables import Cell, Table, number_cell

_POINTS_OF_A_LINE = 15
_CHARACTERS_OF_A_DIGIT = Fraction(6, 5)
"""Of running text; the width of a column counts digits."""
_DAY_ZERO = datetime.datetime(1899, 12, 30)
_LETTER = 1
SPILL = "_xlfn.ANCHORARRAY("
"""What A9# is in a file: the start of _xlfn.ANCHORARRAY(A9)."""
SPILL_IN_A_CELL = "PLANSHEET.SPILL("
"""The same until the file is saved (excel_files.py): with the other one xlsxwriter makes every formula spill, which is
an error inside a table."""
_MOST_RESULTS = 5000
"""Rows below a heading that a result may come to fill, for what is formatted beforehand."""


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
    """The value of a term on the sheet Plan, by its name: Plan_ISO_limit."""
    values = dict(zip((row[0] for row in plan.rows), (row[1] for row in plan.rows), strict=True))
    return Argument(name_of_term(plan, term), values[term])


def name_of_term(plan: Table, term: str) -> str:
    """The workbook's name for a term's value."""
    return f"{plan.name}_{term.replace(' ', '_')}"


def cell_of(argument: Argument) -> Cell:
    """The value behind an argument that is one cell."""
    assert argument.cells is None or isinstance(argument.cells, str | int | float | datetime.datetime)
    return argument.cells


def block_of(table: Table) -> Argument:
    """A table with its header row: Activity[#All]."""
    return Argument(f"{table.name}[#All]", table.block())


class Spill(NamedTuple):
    """What a formula fills: its first cell, its size, its values, and the sheet where it stands."""

    page: "Page"
    row: int
    column: int
    rows: list[list[Any]]

    @property
    def text(self) -> str:
        """All of it, as another formula names it: A9#, or the range that it fills."""
        return self.page.spill_text(self)

    def part(self, column: int) -> Argument:
        """One of its columns, from 0."""
        return Argument(self.page.spill_text(self, column), [[row[column]] for row in self.rows])

    def total(self, column: int) -> Cell:
        """The sum of one of its columns, as a cell holds it."""
        return number_cell(sum((exact(row[column]) for row in self.rows), start=0))


def spill_text(flavour: Flavour, row: int, column: int, height: int, width: int, sheet: str = "") -> str:
    """What a formula fills from a cell, as another formula names it: A9#, or the range."""
    before = f"'{sheet}'!" if sheet else ""
    if flavour.follows_spills:
        return f"{SPILL}{before}{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)})"
    return f"{before}{xl_range_abs(row, column, row + height - 1, column + width - 1)}"


class Page:
    """One sheet: what is written is remembered, and can be named as an argument."""

    def __init__(self, workbook: Any, name: str, formats: dict[str, Any], flavour: Flavour) -> None:
        self.name = name
        self._formats = formats
        self._flavour = flavour
        self._workbook = workbook
        self._sheet = workbook.add_worksheet(name)
        self._values: dict[tuple[int, int], Cell] = {}
        self._below: dict[int, str] = {}
        self._sheet.set_paper(_LETTER)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._sheet.set_footer("&L&A&RPage &P of &N")
        self._sheet.hide_gridlines(2)
        self._sheet.set_default_row(_POINTS_OF_A_LINE + 2)

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

    def paragraph(self, row: int, first: int, last: int, text: str, width: int) -> None:
        """A text over several columns of that width in all, with as many lines as it needs."""
        self._sheet.merge_range(row, first, row, last, text, self._formats["paragraph"])
        self.fit_height(row, {text: width}, more=_POINTS_OF_A_LINE // 2)

    def fit_height(self, row: int, texts: dict[str, int], more: int = 0) -> None:
        """As many lines as the texts need in columns of their widths; not every program finds that out itself."""
        lines = max(-(-len(text) // int(width * _CHARACTERS_OF_A_DIGIT)) for text, width in texts.items())
        if lines > 1 or more:
            self._sheet.set_row(row, _POINTS_OF_A_LINE * lines + 2 + more)

    def give_room(self, row: int, count: int) -> None:
        """Two lines of height for rows that are still empty."""
        for below in range(row, row + count):
            self._sheet.set_row(below, 2 * _POINTS_OF_A_LINE + 2)

    def link(self, row: int, column: int, sheet: str) -> None:
        """The name of another sheet, to be clicked."""
        self._sheet.write_url(row, column, f"internal:'{sheet}'!A1", self._formats["link"], sheet)

    def calculate(self, row: int, column: int, formula: str, value: Cell, style: str) -> None:
        """A formula of Excel's own functions, with its value."""
        self._values[row, column] = value
        self._sheet.write_formula(row, column, _of_one_cell(formula), self._formats[style], _saved(value))

    def headings(self, row: int, column: int, texts: Sequence[str], styles: Sequence[str]) -> None:
        """A line of headings above columns of these styles."""
        self._sheet.set_row(row, 2 * _POINTS_OF_A_LINE + 2)
        for offset, (text, style) in enumerate(zip(texts, styles, strict=True)):
            self.write(row, column + offset, text, header_style(style))

    def emphasize(self, row: int, column: int, styles: dict[str, str]) -> None:
        """Words that stand out in a column, from a row downwards."""
        for word, style in styles.items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": self._formats[style]}
            self._sheet.conditional_format(row, column, row + _MOST_RESULTS, column, rule)

    def emphasize_days(self, row: int, column: int, soon: str) -> None:
        """Numbers of days in a column, from a row downwards: what is over, and what falls due within ``soon`` days."""
        for rule in (
            {"type": "cell", "criteria": "<", "value": 0, "format": self._formats["overdue"]},
            {"type": "cell", "criteria": "between", "minimum": 0, "maximum": soon, "format": self._formats["soon"]},
        ):
            self._sheet.conditional_format(row, column, row + _MOST_RESULTS, column, rule)

    # --- ranges as arguments ---------------------------------------------------------------------------------------

    def cell(self, row: int, column: int) -> Argument:
        """One cell of this sheet, fixed: $B$3."""
        return Argument(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True), self._values[row, column])

    def cell_above(self, row: int, column: int) -> str:
        """The address of the cell above one: A5."""
        address: str = xl_rowcol_to_cell(row - 1, column)
        return address

    def down(self, row: int, column: int, height: int) -> Argument:
        """A column of cells of this sheet."""
        cells = [[self._values[row + offset, column]] for offset in range(height)]
        return Argument(xl_range(row, column, row + height - 1, column), cells)

    def range_down(self, row: int, column: int) -> str:
        """The range that a result may come to fill in a column, from a row downwards."""
        address: str = xl_range_abs(row, column, row + _MOST_RESULTS, column)
        return address

    def block(self, row: int, column: int, height: int, width: int) -> Argument:
        """Rows of cells of this sheet, fixed: $A$4:$K$9."""
        cells = [[self._values[row + down, column + right] for right in range(width)] for down in range(height)]
        return Argument(xl_range_abs(row, column, row + height - 1, column + width - 1), cells)

    # --- formulas that spill ---------------------------------------------------------------------------------------

    def call(
        self, row: int, column: int, name: str, arguments: Sequence[Argument], styles: Sequence[str], *, headed: bool
    ) -> Spill:
        """A plan function as a dynamic array formula, with every value that it spills; ``styles``: one per column."""
        while arguments and arguments[-1] is OMITTED:
            arguments = arguments[:-1]
        result: Any = FUNCTIONS[name](*(argument.cells for argument in arguments))
        rows = result if isinstance(result, list) else [[result]]
        wrong = [cell for line in rows for cell in line if isinstance(cell, ExcelError)]
        if wrong:
            raise ValueError(f"{self.name}: {name} shows {wrong[0]}; correct the facts: {wrong[0].message}")
        in_file = self._flavour.name_in_file(name)
        formula = f"={in_file}({','.join(a.text for a in arguments)})"
        return self.spill(row, column, formula, rows, styles, headed=headed)

    def name_in_file(self, function: str) -> str:
        """A worksheet function's name as the formulas of this workbook store it."""
        return self._flavour.name_in_file(function)

    def spill_text(self, spill: Spill, column: int | None = None) -> str:
        """A spill, or one column of it, as a formula on the same sheet names it."""
        height, width = len(spill.rows), len(spill.rows[0])
        if column is None:
            return spill_text(self._flavour, spill.row, spill.column, height, width)
        if self._flavour.follows_spills:
            return f"INDEX({spill_text(self._flavour, spill.row, spill.column, height, width)},,{column + 1})"
        return spill_text(self._flavour, spill.row, spill.column + column, height, 1)

    def spill(
        self, row: int, column: int, formula: str, rows: list[list[Any]], styles: Sequence[str], *, headed: bool = False
    ) -> Spill:
        """A dynamic array formula, saved with all the values that it spills."""
        if headed:
            self._sheet.set_row(row, 2 * _POINTS_OF_A_LINE + 2)
        last_row, last_column = row + len(rows) - 1, column + len(rows[0]) - 1
        self._below |= {column + right: f"{BELOW}{style}" for right, style in enumerate(styles)}
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
        return Spill(self, row, column, rows)

    # --- tables ----------------------------------------------------------------------------------------------------

    def table(
        self,
        table: Table,
        styles: Sequence[str],
        widths: Sequence[int],
        lookups: dict[str, str],
        unlike: dict[tuple[int, int], str] | None = None,
    ) -> None:
        """An Excel table from A1.

        lookups: heading to the formula of a calculated column. unlike: styles of cells that are not as their column.
        """
        sheet = self._sheet
        columns = [
            {
                "header": heading,
                "header_format": self._formats[header_style(style)],
                "format": self._formats[style],
                **({"formula": _of_one_cell(lookups[heading])} if heading in lookups else {}),
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
                    self.write(down, right, cell, (unlike or {}).get((down, right), style))
        self.widths(widths)
        sheet.set_row(0, 2 * _POINTS_OF_A_LINE + 2)
        self.freeze(1, 1)

    def note(self, row: int, column: int, text: str) -> None:
        """A note that shows when the mouse rests on a cell."""
        lines = -(-len(text) // 34) + 1
        options = {"author": "plansheet", "x_scale": 1.7, "height": 17 * lines, "font_size": 9, "color": "#FFFFE1"}
        self._sheet.write_comment(row, column, text, options)

    def validate(self, first_row: int, column: int, last_row: int, rule: dict[str, Any]) -> None:
        """What may be typed into cells of a column; anything else is asked about, not refused."""
        self._sheet.data_validation(first_row, column, last_row, column, {"error_type": "warning", **rule})

    def choices(self, column: int, rows: int, words: Sequence[str]) -> None:
        """A list of words to choose from, below the header of a table."""
        self.validate(1, column, rows, {"validate": "list", "source": list(words)})

    # --- charts ----------------------------------------------------------------------------------------------------

    def line_chart(self, row: int, column: int, title: str, rows: tuple[int, int], series: dict[int, str]) -> None:
        """Columns of these rows as lines over the first column; told apart by dashes and marks, not by colour only."""
        chart = self._workbook.add_chart({"type": "line"})
        looks = (
            {"line": {"color": INK, "width": 2.25}, "marker": {"type": "circle", "size": 5, "fill": {"color": INK}}},
            {
                "line": {"color": ACCENT, "width": 2.25, "dash_type": "dash"},
                "marker": {"type": "diamond", "size": 7, "fill": {"color": "#FFFFFF"}, "border": {"color": ACCENT}},
            },
        )
        for (at, name), look in zip(series.items(), looks, strict=True):
            values = [self.name, rows[0], at, rows[1], at]
            chart.add_series(
                {"name": name, "categories": [self.name, rows[0], 0, rows[1], 0], "values": values, **look}
            )
        grey = {"color": "#595959"}
        chart.set_title({"name": title, "name_font": {"size": 12, "color": INK}, "overlay": False})
        chart.set_x_axis({"date_axis": False, "num_format": "yyyy", "num_font": {"rotation": -45, **grey}})
        chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 350, "height": 330})
        options = {"object_position": 2, "description": f"{title}: {' and '.join(series.values())}"}
        self._sheet.insert_chart(row, column, chart, options)

    # --- the sheet as a whole ----------------------------------------------------------------------------------------

    def title(self, title: str, *notes: str) -> None:
        """A title and a line or two on what the sheet shows, from A1."""
        self.write(0, 0, title, "title")
        self._sheet.set_row(0, 24)
        for row, note in enumerate(notes, start=1):
            self.write(row, 0, note, "note")

    def portrait(self) -> None:
        """Print upright."""
        self._sheet.set_portrait()

    def widths(self, widths: Sequence[int]) -> None:
        """Column widths in characters, from the first column; below its results a column looks like them."""
        for column, width in enumerate(widths):
            below = self._below.get(column)
            self._sheet.set_column(column, column, width, below and self._formats[below])

    def freeze(self, rows: int, columns: int = 0) -> None:
        """Keep the headings in sight, and repeat them on every printed page."""
        self._sheet.freeze_panes(rows, columns)
        self._sheet.repeat_rows(rows - 1)


def _of_one_cell(formula: str) -> str:
    """A formula of one value that xlsxwriter would make one of an array, because it names a spill."""
    return formula.replace(SPILL, SPILL_IN_A_CELL)


def _saved(value: Any) -> Any:
    """A value as a file caches it: a date is a serial number."""
    return (value - _DAY_ZERO).days if isinstance(value, datetime.datetime) else value


class Book:
    """A workbook being written."""

    def __init__(self, path: Path, flavour: Flavour) -> None:
        self.workbook: Any = xlsxwriter.Workbook(str(path))
        self.flavour = flavour
        self._formats = add_formats(self.workbook)

    def define_terms(self, plan: Table) -> None:
        """A name for the value of every term, which finds it by its words: the sheet may be sorted."""
        term, value = plan.headings[:2]
        for row in plan.rows:
            where = f'MATCH("{row[0]}",{plan.name}[{term}],0)'
            self.workbook.define_name(name_of_term(plan, str(row[0])), f"=INDEX({plan.name}[{value}],{where})")

    def add(self, name: str) -> Page:
        """A new sheet at the end."""
        return Page(self.workbook, name, self._formats, self.flavour)
