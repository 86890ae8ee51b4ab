"""Plan-function cells calculated again from what the workbook saved, and compared with what it saved for them.

Each cell is calculated from the saved values of the cells it uses, so that a difference shows where it starts and not
in every cell after it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, to_excel

from plansheet.core.numbers import same_as_shown
from plansheet.excel import FUNCTIONS, ExcelError
from plansheet.excel.judgements import Recalculated
from plansheet.workbook.formulas.expressions import NotChecked, parse
from plansheet.workbook.formulas.plan_cells import PlanCell, plan_cells
from plansheet.workbook.formulas.references import Place
from plansheet.workbook.formulas.regions import Region
from plansheet.workbook.formulas.resolver import Functions, Resolver, first_of
from plansheet.workbook.reading.saved import Workbook

NEVER_CALCULATED = (
    "was never calculated: open the workbook in Excel with plansheet at hand, let it calculate, and save it"
)
NOT_AVAILABLE = "#N/A"


def recalculate(
    workbook: Workbook,
    functions: Functions = FUNCTIONS,
    as_of: dt.date | None = None,
    cells: Sequence[PlanCell] | None = None,
) -> list[Recalculated]:
    """Every plan-function cell of a workbook, by sheet, row and column; ``as_of`` is the day that TODAY gives.

    ``cells``: those that plan_cells finds, where they are known.
    """
    resolver = Resolver(workbook, functions, as_of)
    return [_recalculated(cell, resolver) for cell in (plan_cells(workbook, functions) if cells is None else cells)]


def _recalculated(plan_cell: PlanCell, resolver: Resolver) -> Recalculated:
    sheet = resolver.sheets[plan_cell.sheet.casefold()]
    cell = sheet.cells[plan_cell.row, plan_cell.column]
    here = Region(sheet, cell.row, cell.column, cell.row, cell.column)
    block = resolver.spill(here) or here
    told = plan_cell.sheet, plan_cell.cell, plan_cell.formula, plan_cell.function
    saved: object = None
    try:
        if cell.cached:
            saved = resolver.saved(block)
        place = Place(sheet.name, cell.row, cell.column, is_array=cell.array_ref is not None)
        recomputed = resolver.evaluate(parse(plan_cell.formula), place)
    except NotChecked as refusal:
        why = refusal.reason if cell.cached else NEVER_CALCULATED
        return Recalculated(*told, saved, unchecked=why, calculated=cell.cached)
    if not plan_cell.whole:
        recomputed = _blanks_as_0(recomputed)
    if block == here and (not cell.dynamic or isinstance(first_of(recomputed), ExcelError)):
        recomputed = first_of(recomputed)  # one cell shows the first value of an array
    if not cell.cached:
        return Recalculated(*told, saved, recomputed, unchecked=NEVER_CALCULATED, calculated=False)
    epoch = MAC_EPOCH if resolver.date_1904 else WINDOWS_EPOCH
    same, difference, rows = _compared(saved, recomputed, block, epoch, is_fixed=not cell.dynamic)
    if not same and resolver.native.doubt is not None:
        doubt = f"comes to {resolver.native.doubt} in a function of Excel's that may be calculated otherwise in Excel"
        return Recalculated(*told, saved, recomputed, unchecked=doubt)
    return Recalculated(*told, saved, recomputed, same, difference=difference, rows=rows)


def _compared(
    was: object, now: object, block: Region, epoch: dt.datetime, *, is_fixed: bool
) -> tuple[bool, str | None, tuple[int, ...]]:
    """Whether two results are the same; of arrays what differs, and the rows of the sheet that do."""
    if not isinstance(was, list) and not isinstance(now, list):
        return same_value(was, now, epoch), None, ()
    saved, recomputed = as_rows(was), as_rows(now)
    if is_fixed:
        recomputed = _fitted(recomputed, len(saved), len(saved[0]))
    size, size_now = (len(saved), len(saved[0])), (len(recomputed), len(recomputed[0]))
    pairs: Iterator[tuple[list[object], list[object]]] = zip_longest(saved, recomputed, fillvalue=[])
    rows = tuple(block.top + at for at, (old, new) in enumerate(pairs) if not _same_row(old, new, epoch))
    if size != size_now:
        difference = f"{_size(*size)} saved, {_size(*size_now)} recomputed"
    elif rows and size != (1, 1):
        difference = f"{_counted(len(rows), 'row')} of {len(saved)} not the same, the first in row {rows[0]}"
    else:
        difference = None
    return not rows, difference, rows if size != (1, 1) else ()


def _fitted(rows: Sequence[Sequence[object]], height: int, width: int) -> list[list[object]]:
    """Rows as an array formula shows them that was entered for a fixed block ({=...}).

    One row or column is repeated over the block, and what the block has more is #N/A. What it has less is not cut
    off: values that nobody sees are a difference.
    """
    fitted = [list(row) * width if len(row) == 1 else [*row, *[NOT_AVAILABLE] * (width - len(row))] for row in rows]
    if len(fitted) == 1:
        return fitted * height
    return fitted + [[NOT_AVAILABLE] * len(fitted[0]) for _ in range(height - len(fitted))]


def _blanks_as_0(value: object) -> object:
    """A formula that gives a blank cell shows 0."""
    if isinstance(value, list):
        return [[_blanks_as_0(cell) for cell in row] for row in value]
    return 0 if value is None else value


def as_rows(value: object) -> list[list[object]]:
    """A result as rows, a scalar as one row of one cell."""
    return value if isinstance(value, list) and value else [[first_of(value)]]


def same_value(saved: object, recomputed: object, epoch: dt.datetime = WINDOWS_EPOCH) -> bool:
    """Whether two values are the same to Excel: 15 digits of a number, a date by its serial, "" as a blank."""
    left, right = _comparable(saved, epoch), _comparable(recomputed, epoch)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return same_as_shown(left, right)
    return left == right


def _comparable(value: object, epoch: dt.datetime) -> object:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value).replace("\r\n", "\n")
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return to_excel(value, epoch)  # type: ignore[no-untyped-call]  # no stub
    return value


def _same_row(saved: list[object], recomputed: list[object], epoch: dt.datetime) -> bool:
    pairs = zip(saved, recomputed, strict=False)
    return len(saved) == len(recomputed) and all(
        (value == now and type(value) in _PLAIN and type(now) in _PLAIN) or same_value(value, now, epoch)
        for value, now in pairs
    )


_PLAIN = frozenset((int, float, str))
"""Types of which equal values are the same to Excel too."""


def _size(rows: int, columns: int) -> str:
    return f"{_counted(rows, 'row')} and {_counted(columns, 'column')}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
