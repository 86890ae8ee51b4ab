"""The Plan sheets of a workbook: the terms that they set, and where each of their lines stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from plansheet.excel.plan_block import PlanLine, PlanRead, read_plan
from plansheet.excel.reading import as_date
from plansheet.plan.terms import Terms, atg_1996
from plansheet.workbook.ledgers.areas import Area, value_at
from plansheet.workbook.ledgers.locate import Located, of_1904


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """The Plan sheets of a workbook: what they say, and where each of their lines stands."""

    read: PlanRead
    _lines: Sequence[tuple[Area, int]]

    def address(self, line: PlanLine, column: str) -> tuple[str, str]:
        """The cell of a line, in the column of its term or its value."""
        area, row = self._lines[line.at]
        return area.sheet.name, f"{get_column_letter(area.columns[column])}{row}"

    def place(self, term: str) -> tuple[str, str]:
        """The cell of a term's value; nothing where no Plan sheet has it."""
        line = self.read.lines.get(term)
        return ("", "") if line is None else self.address(line, "value")


def plan_sheet(located: Located, terms: Terms | None, *, date_1904: bool) -> PlanSheet:
    """The terms given, or the default with what the Plan sheet says."""
    rows = [(area, row) for area in located.areas.terms for row in range(area.top, area.bottom + 1)]
    cells = [[value_at(area.sheet, row, area.columns[column]) for column in ("term", "value")] for area, row in rows]
    read = read_plan(
        (PlanLine(at, *pair) for at, pair in enumerate(cells)),
        terms or atg_1996(),
        facts_only=terms is not None,
        as_day=(lambda cell: as_date(of_1904(cell))) if date_1904 else as_date,
    )
    return PlanSheet(read, rows)
