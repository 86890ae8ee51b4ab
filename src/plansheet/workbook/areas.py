"""Where the ledgers of a workbook are: which tables and ranges hold which records.

A ledger is an Excel table, or a plain range below a row of headings. Headings are matched by the same matcher as the
blocks of worksheet functions. What a plan function spills is an answer and no ledger; a range whose grants are
calculated from other cells is a view of the ledger that has them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from plansheet.core.records import RECORDS, Grant, Holder, columns
from plansheet.excel import FUNCTIONS
from plansheet.excel.blocks import TwoForOne, fold_heading, match_headings
from plansheet.excel.cells import ExcelError
from plansheet.excel.reading import ERRORS, is_blank
from plansheet.excel.record_rows import KEYS, NEEDED
from plansheet.workbook.formulas import plan_cells
from plansheet.workbook.references import as_sent
from plansheet.workbook.regions import Region, rectangle
from plansheet.workbook.saved import Cell, Sheet, Workbook


@dataclass(frozen=True, slots=True)
class Area:
    """A ledger or Plan sheet: its data rows, and the column of each field."""

    sheet: Sheet
    name: str
    record: type[Any] | None
    top: int
    bottom: int
    columns: dict[str, int]
    is_table: bool
    problem: str | None = None
    """Why its columns cannot be told."""
    is_view: bool = False
    """Whether its grants (names, actions) are all calculated from other sheets or tables."""


@dataclass(slots=True)
class Areas:
    """The ledgers and Plan sheets of a workbook, and what only looks like one."""

    ledgers: list[Area] = field(default_factory=list)
    terms: list[Area] = field(default_factory=list)
    views: list[Area] = field(default_factory=list)
    """Ranges calculated from a ledger: they repeat it and are not read."""
    ambiguous: list[tuple[str, str]] = field(default_factory=list)
    """Ledgers that could not be read, and why."""


def find_areas(workbook: Workbook) -> Areas:
    """Every ledger; a plain range that repeats a table of the same records is not read, and told."""
    spilled: dict[str, list[Region]] = {sheet.name: [] for sheet in workbook.sheets}
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    for cell in plan_cells(workbook, FUNCTIONS):
        spilled[cell.sheet].append(rectangle(sheets[cell.sheet], cell.array_ref or cell.cell))
    found = Areas()
    areas = [a for sheet in workbook.sheets for a in _areas(sheet, spilled[sheet.name])]
    tables = {area.record: area.name for area in areas if area.is_table}
    held = {area.record for area in areas if not area.is_view}
    for area in areas:
        where = f"{area.sheet.name} ({area.name})"
        if area.record is None:
            found.terms.append(area)
        elif area.is_view and area.record in held:
            found.views.append(area)
        elif not area.is_table and area.record in tables:
            why = f"it has the headings of the table {tables[area.record]}; add its rows to the table, or rename them"
            found.ambiguous.append((where, why))
        elif area.problem is not None:
            found.ambiguous.append((where, area.problem))
        else:
            found.ledgers.append(area)
            found.ambiguous.extend(_left_below(area))
    return found


def _left_below(area: Area) -> Iterator[tuple[str, str]]:
    """A row that stands right below a table without being in it: Excel extends a table, a program may not."""
    for table in area.sheet.tables:
        row = rectangle(area.sheet, table.ref).bottom + 1
        if area.is_table and table.name == area.name:
            filled = [column for column in area.columns.values() if not is_blank(value_at(area.sheet, row, column))]
            if len(filled) > 1:  # one alone is a note
                why = f"row {row} stands right below the table and is not in it; extend the table, or leave a row free"
                yield f"{area.sheet.name} ({table.name})", why


_ELSEWHERE = re.compile(r"!|[\w\]]\[(?!\[?#This Row\])")
"""A reference to another sheet or to a table, other than to the formula's own row of it."""


class _Shown:
    """The cells of a sheet that are calculated from other sheets or tables."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.cells: set[tuple[int, int]] = set()
        self.spills: list[Region] = []
        for at, cell in sheet.cells.items():
            if cell.formula is not None and _ELSEWHERE.search(cell.formula):
                self.cells.add(at)
                if cell.array_ref is not None:
                    self.spills.append(rectangle(sheet, cell.array_ref))

    def holds_all(self, column: int, top: int, bottom: int) -> bool:
        """Whether every cell of a column that holds something is one of them."""
        filled = (row for row in range(top, bottom + 1) if not is_blank(value_at(self.sheet, row, column)))
        is_any = False
        for row in filled:
            is_any = True
            if (row, column) not in self.cells and not any(_holds(spill, row, column) for spill in self.spills):
                return False
        return is_any


def _areas(sheet: Sheet, spilled: Sequence[Region]) -> Iterator[Area]:
    tables = [(table, rectangle(sheet, table.ref)) for table in sheet.tables]
    shown = _Shown(sheet)
    for table, whole in tables:
        if table.header_rows:
            head = Region(sheet, whole.top, whole.left, whole.top, whole.right)
            bottom = min(whole.bottom - table.totals_rows, sheet.last_row)
            yield from _area(table.name, head, bottom, spilled, shown, True)
    heads = list(_plain_heads(sheet, [*spilled, *(whole for _, whole in tables)]))
    for position, head in enumerate(heads):
        later = (heads[at] for at in range(position + 1, len(heads)))
        below = (h.top for h in later if h.top > head.top and h.left <= head.right and head.left <= h.right)
        yield from _area(sheet.name, head, next(below, sheet.last_row + 1) - 1, spilled, shown, False)


def _area(
    name: str, head: Region, bottom: int, spilled: Sequence[Region], shown: _Shown, is_table: bool
) -> Iterator[Area]:
    """The ledger below a row of headings, if it is one; ``bottom``: the last row that can belong to it."""
    sheet, top = head.sheet, head.top + 1
    headings = _headings(head, spilled)
    if _is_plan_sheet(headings):
        folded = [_folded(h) for h in headings]
        at = {name: head.left + folded.index(name) for name in ("term", "value")}
        yield Area(sheet, name, None, top, bottom if is_table else _end(head, bottom, at, list(at)), at, is_table)
        return
    record = _record_of(headings)
    if record is None:
        return
    try:
        positions = match_headings(headings, record)
    except TwoForOne as two:
        yield Area(sheet, name, record, top, head.top, {}, is_table, f"{two}")
        return
    at = {each: head.left + position for each, position in positions.items()}
    if not is_table:
        bottom = _end(head, bottom, at, [each for each in at if each in dict(NEEDED)[record]])
    is_view = shown.holds_all(at[KEYS[record]], top, bottom)
    yield Area(sheet, name, record, top, bottom, at, is_table, is_view=is_view)


def _headings(head: Region, spilled: Sequence[Region]) -> list[object]:
    """The headings of a row. What a plan function fills is an answer, and counts only as a figure to be checked."""
    found: list[object] = []
    for column in range(head.left, head.right + 1):
        text = value_at(head.sheet, head.top, column)
        is_answer = any(_holds(region, head.top + 1, column) for region in spilled)
        found.append(None if is_answer and _folded(text) not in _RECORDED else text)
    return found


@lru_cache(maxsize=65_536)
def _folded(text: object) -> str:
    return fold_heading(text) if isinstance(text, str) and len(text) <= _LONGEST_HEADING else ""


_LONGEST_HEADING = 200
_OF_RECORD = {
    record: {fold_heading(h): c.name for c in columns(record) for h in (c.heading, *c.synonyms)} for record in RECORDS
}
_KNOWN = frozenset({"term", "value"}).union(*_OF_RECORD.values())
_RECORDED = {fold_heading(h) for r in RECORDS for c in columns(r) if c.recorded for h in (c.heading, *c.synonyms)}


def _is_plan_sheet(headings: Sequence[object]) -> bool:
    return {"term", "value"} <= {_folded(h) for h in headings}


def _record_of(headings: Sequence[object]) -> type[Any] | None:
    """The record that headings are of."""
    for record, needed in NEEDED:
        mentioned = _mentioned(headings, record)
        if needed <= mentioned and not (
            record is Holder and (len(mentioned) < 2 or "grant" in _mentioned(headings, Grant))
        ):
            return record
    return None


def _mentioned(headings: Sequence[object], record: type[Any]) -> set[str]:
    """The fields of a record that headings name, once or more often."""
    names = _OF_RECORD[record]
    return {names[folded] for h in headings if (folded := _folded(h)) in names}


def _plain_heads(sheet: Sheet, taken: Sequence[Region]) -> Iterator[Region]:
    """The rows of headings outside tables and spills: below one another, and side by side."""
    words: dict[int, list[int]] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.kind == "text" and _folded(cell.value) in _KNOWN:
            words.setdefault(row, []).append(column)
    for row in sorted(words):
        for known in _between(sorted(words[row]), [r for r in taken if r.top <= row <= r.bottom]):
            if len(known) > 1:
                yield from _heads(sheet, row, known)


def _between(known: Sequence[int], taken: Sequence[Region]) -> Iterator[list[int]]:
    """Columns of headings, parted where a table or a spill stands between them."""
    part: list[int] = []
    for column in known:
        if any(r.right >= (part[-1] if part else column) and r.left <= column for r in taken):
            yield part
            part = []
        if not any(r.left <= column <= r.right for r in taken):
            part.append(column)
    yield part


def _heads(sheet: Sheet, row: int, known: Sequence[int]) -> Iterator[Region]:
    """One ledger as wide as its known headings, or several with an empty column between them."""
    whole = Region(sheet, row, known[0], row, known[-1])
    parts = [whole]
    for left, right in pairwise(known):
        if any(_is_empty(sheet, row, column) for column in range(left + 1, right)):
            last = parts.pop()
            parts += [Region(sheet, row, last.left, row, left), Region(sheet, row, right, row, last.right)]
    ledgers = [part for part in parts if _is_head(part)]
    adds_nothing = len(ledgers) == 1 and _fields(ledgers[0]) == _fields(whole)
    if len(ledgers) < 2 and _is_head(whole) and not _has_doubles(whole) and not adds_nothing:
        yield whole
    else:
        yield from ledgers


def _is_empty(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a column stands between two ranges: no heading, and nothing in the first rows below."""
    return not any((each, column) in sheet.cells for each in range(row, row + 4))


def _is_head(head: Region) -> bool:
    headings = _headings(head, ())
    return _is_plan_sheet(headings) or _record_of(headings) is not None


def _fields(head: Region) -> set[str]:
    headings = _headings(head, ())
    record = _record_of(headings)
    return set() if record is None else _mentioned(headings, record)


def _has_doubles(head: Region) -> bool:
    headings = _headings(head, ())
    record = _record_of(headings)
    try:
        match_headings(headings, record or Grant)
    except TwoForOne:
        return True
    return False


def _holds(region: Region, row: int, column: int) -> bool:
    return region.top <= row <= region.bottom and region.left <= column <= region.right


def _end(head: Region, last: int, at: dict[str, int], needed: Sequence[str]) -> int:
    """The last data row of a plain range.

    It may have empty rows; after one, a row belongs to it that fills two of its needed columns (notes below it do not).
    """
    cells, used = head.sheet.cells, list(at.values())
    telling = [at[name] for name in needed] if len(needed) > 1 else used
    end = head.top
    for row in range(head.top + 1, last + 1):
        filled = {column for column in used if not is_blank(value_at(head.sheet, row, column))}
        if filled and (row == end + 1 or len(filled.intersection(telling)) > 1):
            end = row
        elif row - end > _LONGEST_GAP and not any((row, column) in cells for column in used):
            break
    return end


_LONGEST_GAP = 1000
"""Empty rows after which nothing more is looked for."""


def value_at(sheet: Sheet, row: int, column: int) -> object:
    """What a ledger holds in a cell; None where there is none."""
    cell = sheet.cells.get((row, column))
    return None if cell is None else cell_value(cell)


def cell_value(cell: Cell) -> object:
    """A cell as a ledger holds it: a formula that was never calculated is an error, and no blank."""
    if not cell.cached:
        return ExcelError(
            "#N/A", "its formula was never calculated: open the workbook in Excel, let it calculate, save it"
        )
    if cell.kind == "error" and cell.value not in ERRORS:
        return ExcelError("#VALUE!", f"it shows {cell.value}")
    return as_sent(cell)
