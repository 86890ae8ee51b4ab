"""Where the ledgers of a workbook are, and what a ledger holds in a cell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Self

from openpyxl.utils import get_column_letter

from plansheet.core.records import Activity, Tranche
from plansheet.core.words import Action
from plansheet.excel.cells import ExcelError
from plansheet.excel.layout_questions import Question
from plansheet.excel.reading import ERRORS, is_blank
from plansheet.workbook.formulas.resolver import as_sent
from plansheet.workbook.reading.saved import Cell, Sheet

PLAN = "Plan"
"""What a Plan sheet is called where tables are named."""
PARTS: dict[type[Any], str] = {Tranche: "tranches", Activity: "events"}
"""What groups of columns that each hold a record are called, by the record."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of several groups of columns that each hold a record of every row: a tranche, or the events of an action."""

    columns: dict[str, int]
    action: Action | None = None
    """What happened in every row that does not say it in a column."""


@dataclass(frozen=True, slots=True)
class Area:
    """A ledger or Plan sheet: its data rows, and the column of each field."""

    sheet: Sheet
    name: str
    record: type[Any] | None
    top: int
    bottom: int
    columns: dict[str, int]
    """The column of each field, of one in several columns the first."""
    is_table: bool
    problem: str | None = None
    """Why its columns cannot be told."""
    is_view: bool = False
    """Whether its grants (names, actions) are all calculated from other sheets or tables."""
    joined: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """All columns of a field that stands in several, joined by spaces (first and last name)."""
    parts: tuple[Part, ...] = ()
    """Columns that hold several records of a row, beside those that they share; none: one record a row."""
    holder_number: int | None = None
    """The column of the holders' numbers, beside that of their names."""
    schedule: int | None = None
    """The column that tells the schedule in words, where months, cliff and every have none."""
    is_beside: bool = False
    """Whether it is columns beside the grants, which another ledger of the kind may repeat."""
    header: int = 0
    """The row of its headings; 0 where there is none."""
    unused: tuple[tuple[int, str], ...] = ()
    """Columns of its range that hold something and were not read, with their headings."""

    def passes(self) -> Iterator[Part]:
        """Each group of columns, completed by those that all share; once for a record a row."""
        for part in self.parts or (Part({}),):
            yield Part(self.columns | part.columns, part.action)

    def beside(self, record: type[Any], parts: tuple[Part, ...]) -> Self:
        """Records of another kind in further columns of its rows, which share its grants' numbers."""
        return replace(
            self, record=record, columns={"grant": self.columns["grant"]}, parts=parts, is_beside=True,
            joined={}, schedule=None, holder_number=None, unused=(),
        )  # fmt: skip

    @property
    def shown(self) -> str:
        """Its rows as a sentence names them."""
        if self.bottom < self.top:
            return f"{self.sheet.name} below row {self.top - 1} (no rows)"
        return f"{self.sheet.name} rows {self.top} to {self.bottom}"


@dataclass(slots=True)
class Areas:
    """The ledgers and Plan sheets of a workbook, and what only looks like one."""

    ledgers: list[Area] = field(default_factory=list)
    terms: list[Area] = field(default_factory=list)
    views: list[Area] = field(default_factory=list)
    """Ranges calculated from a ledger: they repeat it and are not read."""
    ambiguous: list[tuple[str, str]] = field(default_factory=list)
    """Ledgers that could not be read, and why."""
    questions: list[Question] = field(default_factory=list)
    """What a person who knows the sheets has to decide."""
    others: list[str] = field(default_factory=list)
    """Sheets with figures on which nothing was taken for a ledger or asked about, and which no mapping names."""
    lists: list[tuple[str, str]] = field(default_factory=list)
    """Lists that name grants and hold no tranches or transactions: the sheet, and the rows as a sentence names them."""
    mistakes: list[str] = field(default_factory=list)
    """What the mapping says of sheets or columns that the workbook does not have."""


def column_shown(column: int, heading: str) -> str:
    """A column as a sentence names it: C "Fair Value"."""
    return f'{get_column_letter(column)} "{heading}"' if heading else f"{get_column_letter(column)} (no heading)"


def holds(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a cell holds something."""
    cell = sheet.cells.get((row, column))
    return cell is not None and not (cell.cached and is_blank(cell.value))


def value_at(sheet: Sheet, row: int, column: int) -> object:
    """What a ledger holds in a cell; None where there is none."""
    cell = sheet.cells.get((row, column))
    return None if cell is None else cell_value(cell)


def column_values(sheet: Sheet, column: int, rows: Iterable[int]) -> list[object]:
    """What a ledger holds in the cells of a column."""
    cells = map(sheet.cells.get, ((row, column) for row in rows))
    return [
        None if cell is None else cell.value if cell.kind in _PLAIN and cell.cached else cell_value(cell)
        for cell in cells
    ]


_PLAIN = frozenset(("number", "text", "boolean"))
"""Kinds of cells that are what their value is."""


def cell_value(cell: Cell) -> object:
    """A cell as a ledger holds it: a formula that was never calculated is an error, and no blank."""
    if not cell.cached:
        return ExcelError(
            "#N/A", "its formula was never calculated: open the workbook in Excel, let it calculate, save it"
        )
    if cell.kind == "error" and cell.value not in ERRORS:
        return ExcelError("#VALUE!", f"it shows {cell.value}")
    return as_sent(cell)
