"""The ledgers of a workbook, found without being told; what only looks like one is told.

A ledger is an Excel table, or a plain range below headings. What a plan function spills is an answer and no ledger; a
range whose grants are calculated from other cells is a view of the ledger that has them.
"""

import datetime as dt
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from openpyxl.utils import get_column_letter

from plansheet.core.records import TABLES, Activity, Grant
from plansheet.core.words import Action
from plansheet.excel import FUNCTIONS
from plansheet.excel.layout_questions import Question
from plansheet.excel.reading import is_blank
from plansheet.excel.record_rows import NEEDED
from plansheet.workbook.formulas.plan_cells import PlanCell, plan_cells
from plansheet.workbook.formulas.regions import Region, rectangle
from plansheet.workbook.ledgers.areas import Area, Areas, Part, holds, value_at
from plansheet.workbook.ledgers.heads import Head, PlainHeads, Room, head_of, is_head
from plansheet.workbook.ledgers.layouts import Layout, Range, key_column, layout_of
from plansheet.workbook.ledgers.mapping import Mapping, mapped_areas
from plansheet.workbook.ledgers.passed_over import passed_over
from plansheet.workbook.reading.saved import Sheet, Workbook


def find_areas(workbook: Workbook, mapping: Mapping | None = None, answers: Sequence[PlanCell] | None = None) -> Areas:
    """Every ledger; a plain range that repeats a table of the same records is not read, and told.

    The sheets that a mapping names are read as it says, the others as they are found. ``answers``: the cells of plan
    functions, where they are known.
    """
    spilled = _spilled(workbook, plan_cells(workbook, FUNCTIONS) if answers is None else answers)
    found = Areas()
    mapped: list[Area] = []
    named: frozenset[str] = frozenset()
    if mapping is not None:
        mapped, named, found.mistakes = mapped_areas(mapping, workbook)
    room = Room()
    layouts = [
        layout
        for sheet in workbook.sheets
        if sheet.name not in named
        for layout in _layouts(sheet, spilled[sheet.name], room)
    ]
    areas = [*mapped, *(area for layout in layouts for area in layout.areas)]
    _sort(areas, set(map(id, mapped)), found)
    found.questions = [question for layout in layouts for question in layout.questions]
    read = {area.record for area in found.ledgers if not area.is_beside}
    found.questions += [
        question
        for layout in layouts
        for record, question, rows in layout.unless
        if record not in read or (rows is not None and not _is_told(rows, found.ledgers))
    ]
    _leave_out_beside(found, set(map(id, mapped)))
    found.questions += passed_over(workbook, found, spilled, named)
    found.others = [
        sheet.name
        for sheet in workbook.sheets
        if sheet.name not in named and not spilled[sheet.name] and not _is_spoken_of(sheet, found) and _has_rows(sheet)
    ]
    _add_grant_rows(found)
    return found


def _is_spoken_of(sheet: Sheet, found: Areas) -> bool:
    areas = (*found.ledgers, *found.terms, *found.views)
    return (
        any(area.sheet.name == sheet.name for area in areas)
        or any(question.sheet == sheet.name for question in found.questions)
        or any(name == sheet.name for name, _ in found.lists)
        or any(where.startswith(f"{sheet.name} (") for where, _ in found.ambiguous)
    )


def _has_rows(sheet: Sheet) -> bool:
    """Whether a sheet has two rows of several cells that somebody entered, with a number or a date in one."""
    entered = [(row, cell.value) for (row, _), cell in sheet.cells.items() if cell.formula is None]
    cells = Counter(row for row, value in entered if not is_blank(value))
    rows = {row for row, several in cells.items() if several > 1}
    return len(rows) > 1 and any(row in rows and _is_figure(value) for row, value in entered)


def _is_figure(value: object) -> bool:
    return isinstance(value, (int, float, dt.date)) and not isinstance(value, bool)


def _is_told(rows: Area, ledgers: Sequence[Area]) -> bool:
    """Whether a ledger tells most rows of a range that lacks one column of the ledger's; of less, nobody can tell."""
    assert rows.record is not None
    if len(dict(NEEDED)[rows.record] - set(rows.columns)) != 1:
        return True
    names = ["grant"] if "grant" in rows.columns else ["holder", "grant_date"]
    if not set(names) <= set(rows.columns):
        return True
    there: set[tuple[str, ...]] = set()
    for ledger in ledgers:
        if ledger.record is rows.record and set(names) <= set(ledger.columns):
            there.update(_said(ledger, names))
    said = [each for each in _said(rows, names) if all(each)]
    return 2 * sum(each in there for each in said) >= len(said)


def _said(area: Area, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for row in range(area.top, area.bottom + 1):
        cells = (value_at(area.sheet, row, area.columns[name]) for name in names)
        yield tuple("" if is_blank(cell) else str(cell).strip().casefold() for cell in cells)


def _spilled(workbook: Workbook, answers: Sequence[PlanCell]) -> dict[str, list[Region]]:
    """What plan functions fill, by sheet."""
    spilled: dict[str, list[Region]] = {sheet.name: [] for sheet in workbook.sheets}
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    for cell in answers:
        spilled[cell.sheet].append(rectangle(sheets[cell.sheet], cell.array_ref or cell.cell))
    return spilled


def _sort(areas: Sequence[Area], mapped: set[int], found: Areas) -> None:
    """What is read, what is not, and why."""
    tables = {(area.record, _actions(area)): area.name for area in areas if area.is_table}
    held = {area.record for area in areas if not area.is_view}
    for area in areas:
        where = f"{area.sheet.name} ({area.name})"
        table = tables.get((area.record, _actions(area)))
        if area.record is None:
            found.terms.append(area)
        elif id(area) in mapped:
            found.ledgers.append(area)
        elif area.is_view and area.record in held:
            found.views.append(area)
        elif not area.is_table and table is not None and not area.is_beside:
            why = f"it has the headings of the table {table}; add its rows to the table, or rename them"
            found.ambiguous.append((where, why))
        elif area.problem is not None:
            found.ambiguous.append((where, area.problem))
        else:
            found.ledgers.append(area)
            found.ambiguous.extend(_left_below(area))


def _actions(area: Area) -> frozenset[Action | None]:
    return frozenset(part.action for part in area.parts)


def _left_below(area: Area) -> Iterator[tuple[str, str]]:
    """A row that stands right below a table without being in it: Excel extends a table, a program may not."""
    for table in area.sheet.tables:
        row = rectangle(area.sheet, table.ref).bottom + 1
        if area.is_table and table.name == area.name and not area.is_beside:
            filled = [column for column in area.columns.values() if holds(area.sheet, row, column)]
            if len(filled) > 1:  # one alone is a note
                why = f"row {row} stands right below the table and is not in it; extend the table, or leave a row free"
                yield f"{area.sheet.name} ({table.name})", why


def _layouts(sheet: Sheet, spilled: Sequence[Region], room: Room) -> Iterator[Layout]:
    tables = [(table, rectangle(sheet, table.ref)) for table in sheet.tables]
    ranges: list[Range] = []
    for table, whole in tables:
        if table.header_rows:
            head = head_of(sheet, whole.top, whole.top, whole.left, whole.right, spilled)
            ranges.append(Range(head, table.name, min(whole.bottom - table.totals_rows, sheet.last_row), True))
    heads = PlainHeads(sheet, spilled, [*spilled, *(whole for _, whole in tables)], room).all()
    sure = [head for head in heads if is_head(head) or _starts(head)]
    rows = [head.row for head in sure]
    for head in heads:
        later = (sure[at] for at in range(bisect_right(rows, head.row), len(sure)))
        tops = (h.row - h.rows for h in later if _overlap(h, head))
        ranges.append(Range(head, sheet.name, next(tops, sheet.last_row), False))
    shown, certain = _Shown(sheet), set(map(id, sure))
    read: list[tuple[Head, int]] = []
    for each in ranges:
        if (
            not each.is_table
            and id(each.head) not in certain
            and any(h.row < each.head.row <= last and _overlap(h, each.head) for h, last in read)
        ):
            continue  # words in a row of a ledger
        layout = layout_of(each)
        layout.areas = [_viewed(area, shown) for area in layout.areas]
        read += [(each.head, area.bottom) for area in layout.areas]
        yield layout


def _starts(head: Head) -> bool:
    """Whether a range begins with headings: above them stands nothing, or a title."""
    above = head.row - head.rows
    return sum(holds(head.sheet, above, column) for column in range(head.left, head.right + 1)) < _MORE_THAN_A_TITLE


_MORE_THAN_A_TITLE = 2


def _overlap(one: Head, other: Head) -> bool:
    return one.left <= other.right and other.left <= one.right


# --- Views ------------------------------------------------------------------------------------------------------------

_ELSEWHERE = re.compile(r"!|[\w\]]\[(?!\[?#This Row\])")
"""A reference to another sheet or to a table, other than to the formula's own row of it."""


class _Shown:
    """The cells of a sheet that are calculated from other sheets or tables."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.cells: set[tuple[int, int]] = set()
        self.spills: list[Region] = []
        for cell in sheet.formulas:
            if _ELSEWHERE.search(cell.formula or ""):
                self.cells.add((cell.row, cell.column))
                if cell.array_ref is not None:
                    self.spills.append(rectangle(sheet, cell.array_ref))

    def holds_all(self, column: int, top: int, bottom: int) -> bool:
        """Whether every cell of a column that holds something is one of them."""
        is_any = False
        for row in range(top, bottom + 1):
            if holds(self.sheet, row, column):
                is_any = True
                if (row, column) not in self.cells and not any(_covers(spill, row, column) for spill in self.spills):
                    return False
        return is_any


def _covers(region: Region, row: int, column: int) -> bool:
    return region.top <= row <= region.bottom and region.left <= column <= region.right


def _viewed(area: Area, shown: _Shown) -> Area:
    if area.record is None or area.problem is not None or not shown.cells:
        return area
    return replace(area, is_view=shown.holds_all(key_column(area), area.top, area.bottom))


# --- Columns beside the grants ----------------------------------------------------------------------------------------


def _leave_out_beside(found: Areas, mapped: set[int]) -> None:
    """Tranches and events beside the grants are read where no other ledger tells them."""
    kept: list[Area] = []
    for area in found.ledgers:
        others = [other for other in found.ledgers if other.record is area.record and not other.is_beside]
        told = [p for p in area.parts if area.is_beside and id(area) not in mapped and _teller(p, others) is not None]
        if not told:
            kept.append(area)
            continue
        teller = _teller(told[0], others)
        assert area.record is not None and teller is not None
        first = min(column for part in told for column in part.columns.values())
        columns = sorted({column for part in told for column in part.columns.values()})
        facts = {
            "what": f"{area.sheet.name}, columns {_letters(columns)},",
            "why": f"{teller.shown} tell the same as {TABLES[area.record]}",
        }
        cell = f"{get_column_letter(first)}{area.header}"
        found.questions.append(Question("MAP006", area.sheet.name, cell, facts))
        left = tuple(part for part in area.parts if part not in told)
        if left:
            kept.append(replace(area, parts=left))
    found.ledgers = kept


def _teller(part: Part, others: Sequence[Area]) -> Area | None:
    """The ledger that tells what a part does: one with an action in each row, or the sheet of the action."""
    for other in others:
        actions = _actions(other) - {None}
        if part.action is None or not actions or part.action in actions:
            return other
    return None


def _letters(columns: Sequence[int]) -> str:
    return ", ".join(map(get_column_letter, columns))


def _add_grant_rows(found: Areas) -> None:
    """Where Activity is put together from the events of single actions, each grant is an event too."""
    events = [area for area in found.ledgers if area.record is Activity]
    whole = any(not area.parts for area in events)
    if not events or whole or any(part.action is Action.GRANT for area in events for part in area.parts):
        return
    derived = [
        area.beside(Activity, (Part(_as_event(area.columns), Action.GRANT),))
        for area in found.ledgers
        if area.record is Grant and {"grant", "grant_date", "shares"} <= set(area.columns)
    ]
    found.ledgers = [*(area for area in found.ledgers if area.record is not Activity), *derived, *events]


def _as_event(columns: dict[str, int]) -> dict[str, int]:
    """The columns of a grant as those of its event."""
    names = {"grant_date": "date", "shares": "shares", "grant_type": "grant_type"}
    return {names[name]: column for name, column in columns.items() if name in names}
