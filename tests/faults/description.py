"""A workbook described before it is written: cells, formulas, tables, names, settings, and what stands where.

Faults are changes of such a description, so that one fault is planted in every layout. A formula is described by its
arguments and calculated here, as the program that saves a workbook would.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from plansheet.excel import FUNCTIONS, ExcelError, as_shown

At = tuple[str, int, int]
"""A cell: sheet, row, column, from 1."""


def letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def address(row: int, column: int) -> str:
    return f"{letters(column)}{row}"


@dataclass(frozen=True)
class Region:
    """A rectangle of a sheet."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def text(self, fixed: bool = True) -> str:
        mark = "$" if fixed else ""
        first = f"{mark}{letters(self.left)}{mark}{self.top}"
        last = f"{mark}{letters(self.right)}{mark}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    def moved(self, top: int = 0, bottom: int = 0) -> "Region":
        return replace(self, top=self.top + top, bottom=self.bottom + bottom)

    def cells(self) -> Iterator[At]:
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield self.sheet, row, column


@dataclass
class Argument:
    """An argument: a range, a name, or (``region`` None) a constant; None is one left out.

    ``written``: how the formula writes it where that is not its address. ``values``: what it is where that is not what
    stands in the range.
    """

    region: Region | None = None
    constant: object = None
    written: str | None = None
    name: str | None = None
    values: Callable[["Book"], object] | None = None
    fixed: bool = True


@dataclass
class Call:
    """A plan function with its arguments."""

    function: str
    arguments: list[Argument]


@dataclass
class Formula:
    """A formula: plan functions and ranges, ``text`` around them ({0}, {1}...), and ``gives`` what it makes of them.

    ``array``: "" for one value, "spill", or "fixed" for a block of ``size`` that it was entered for.
    """

    operands: list[Call | Argument]
    text: str = "{0}"
    gives: Callable[..., object] = lambda value: value
    array: str = ""
    size: tuple[int, int] = (1, 1)

    @property
    def call(self) -> Call:
        return next(each for each in self.operands if isinstance(each, Call))


@dataclass
class Cell:
    """A value, or a formula with its saved value (``saved`` False: none). ``part_of``: the cell it was spilled from."""

    value: object = None
    formula: Formula | None = None
    saved: bool = True
    part_of: At | None = None


@dataclass
class Table:
    """An Excel table over a region, headings and ``totals`` rows included."""

    name: str
    region: Region
    totals: int = 0
    column_formulas: dict[str, Formula] = field(default_factory=dict)
    """By heading: a formula of the first data row."""


@dataclass
class Page:
    """A sheet."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filter: Region | None = None
    validations: list[tuple[Region, Formula]] = field(default_factory=list)
    formats: list[tuple[Region, Formula]] = field(default_factory=list)


@dataclass
class Book:
    """A workbook, and where the records and the formulas of its plan stand in it."""

    pages: dict[str, Page] = field(default_factory=dict)
    names: dict[str, Region | Formula | ExcelError] = field(default_factory=dict)
    name_in_file: Callable[[str], str] = str
    links: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    """Attributes of calcPr, as in the file."""
    date_1904: bool = False
    as_of: dt.date = dt.date(2005, 6, 30)

    places: dict[tuple[str, str], dict[str, list[At]]] = field(default_factory=dict)
    """By ledger and key of the record: the cells of each of its fields."""
    columns: dict[tuple[str, str], Region] = field(default_factory=dict)
    """By ledger and field: the data cells of the column."""
    headings: dict[tuple[str, str], At] = field(default_factory=dict)
    blocks: dict[str, Region] = field(default_factory=dict)
    """By ledger: its range with the headings."""
    formulas: dict[str, list[At]] = field(default_factory=dict)
    """By subject: the cells of the formulas."""

    def page(self, name: str) -> Page:
        return self.pages.setdefault(name, Page(name))

    def cell(self, at: At) -> Cell:
        return self.pages[at[0]].cells.setdefault(at[1:], Cell())

    def value(self, at: At) -> object:
        cell = self.pages[at[0]].cells.get(at[1:])
        return None if cell is None else cell.value

    def put(self, at: At, value: object) -> None:
        if value is not None:
            self.page(at[0]).cells[at[1:]] = Cell(value)

    def enter(self, subject: str, at: At, formula: Formula) -> None:
        """A formula, under the subject by which faults find it."""
        self.page(at[0]).cells[at[1:]] = Cell(formula=formula)
        self.formulas.setdefault(subject, []).append(at)

    def read(self, region: Region) -> object:
        rows = [
            [self.value((region.sheet, row, column)) for column in range(region.left, region.right + 1)]
            for row in range(region.top, region.bottom + 1)
        ]
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows

    def spilled(self, at: At) -> list[At]:
        """The cells that the formula in a cell fills, itself first, row by row."""
        page = self.pages[at[0]]
        return [at, *sorted((at[0], *key) for key, cell in page.cells.items() if cell.part_of == at)]

    def calculate(self) -> None:
        """Every formula from the cells that it uses, until nothing changes."""
        for _ in range(6):
            before = [page.cells.copy() for page in self.pages.values()]
            for page in self.pages.values():
                for key in [key for key, cell in page.cells.items() if cell.formula is not None]:
                    self._calculate((page.name, *key))
            if before == [page.cells for page in self.pages.values()]:
                return

    def _calculate(self, at: At) -> None:
        page, formula = self.pages[at[0]], self.cell(at).formula
        assert formula is not None
        answer = formula.gives(*(self._operand(each) for each in formula.operands))
        rows = answer if isinstance(answer, list) else [[answer]]
        if formula.array == "":
            rows = [[rows[0][0]]]
        elif formula.array == "fixed":
            rows = _fitted(rows, *formula.size)
        formula.size = (len(rows), len(rows[0]))
        for key in [key for key, cell in page.cells.items() if cell.part_of == at]:
            del page.cells[key]
        for down, row in enumerate(rows):
            for right, answered in enumerate(row):
                key = (at[1] + down, at[2] + right)
                value = 0 if answered is None else answered  # what a formula shows of a blank
                page.cells[key] = Cell(value, part_of=at) if down or right else Cell(value, formula)

    def _operand(self, operand: Call | Argument) -> object:
        if isinstance(operand, Argument):
            return self._argument(operand)
        function = FUNCTIONS.get(operand.function)
        if function is None:
            return ExcelError("#NAME?", "")
        try:
            return as_shown(operand.function, function(*map(self._argument, operand.arguments)))
        except TypeError:  # more arguments than it takes
            return ExcelError("#VALUE!", "")

    def _argument(self, argument: Argument) -> object:
        if argument.values is not None:
            return argument.values(self)
        region = self.names[argument.name] if argument.name is not None else argument.region
        return self.read(region) if isinstance(region, Region) else argument.constant if region is None else region

    def written(self, operand: Call | Argument, sheet: str) -> str:
        """A part of a formula on ``sheet``, as the file has it."""
        if isinstance(operand, Call):
            arguments = [self.written(each, sheet) for each in operand.arguments]
            while arguments and not arguments[-1]:
                arguments.pop()
            return f"{self.name_in_file(operand.function)}({','.join(arguments)})"
        if operand.written is not None or operand.name is not None:
            return operand.written or operand.name or ""
        if operand.region is not None:
            other = "" if operand.region.sheet == sheet else f"{_quoted(operand.region.sheet)}!"
            return other + operand.region.text(operand.fixed)
        match operand.constant:
            case None:
                return ""
            case ExcelError():
                return str(operand.constant)
            case str() as text:
                return '"' + text.replace('"', '""') + '"'
            case bool() as flag:
                return str(flag).upper()
            case number:
                return format(number, "g") if isinstance(number, float) else str(number)

    def formula_text(self, formula: Formula, sheet: str) -> str:
        """A formula as the file has it, without =."""
        return formula.text.format(*(self.written(each, sheet) for each in formula.operands))


def _quoted(sheet: str) -> str:
    return sheet if sheet.isidentifier() else "'" + sheet.replace("'", "''") + "'"


def _fitted(rows: list[list[object]], height: int, width: int) -> list[list[object]]:
    """Rows in a fixed block: one row or column repeated, what it has more is #N/A."""
    missing = ExcelError("#N/A", "")
    wide = [row * width if len(row) == 1 else [*row, *[missing] * (width - len(row))][:width] for row in rows]
    return (
        wide * height if len(wide) == 1 else [*wide, *[[missing] * width for _ in range(height - len(wide))]][:height]
    )
