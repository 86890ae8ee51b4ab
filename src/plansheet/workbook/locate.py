"""The ledgers of a workbook: which tables hold which records, and where each record stands.

A ledger is an Excel table, or a plain range below a row of headings. Headings are matched by the same matcher as the
blocks of worksheet functions. What a plan function spills is an answer and no ledger; a range whose grants are
calculated from other cells is a view of the ledger that has them.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from plansheet.core.dates import from_serial
from plansheet.core.numbers import Number
from plansheet.core.records import Activity, Column, Grant, Holder, Kind, Ledger, Record, Tranche, Unread, columns
from plansheet.core.words import GrantType, fold
from plansheet.excel import FUNCTIONS
from plansheet.excel.activity import Unreadable as UnreadableRow
from plansheet.excel.activity import read_activity
from plansheet.excel.blocks import TwoForOne, fold_heading, match_headings
from plansheet.excel.cells import (
    ERRORS,
    BadCell,
    ExcelError,
    as_amount,
    as_date,
    as_identifier,
    as_months,
    as_positive,
    as_word,
    is_blank,
)
from plansheet.workbook.formulas import plan_cells
from plansheet.workbook.references import as_sent
from plansheet.workbook.regions import Region, rectangle
from plansheet.workbook.saved import Cell, Sheet, Workbook

_NEEDED: tuple[tuple[type[Any], frozenset[str]], ...] = (
    (Activity, frozenset({"date", "action", "shares"})),
    (Tranche, frozenset({"grant", "first_exercisable", "shares"})),
    (Grant, frozenset({"grant", "grant_date", "shares"})),
    (Holder, frozenset({"holder"})),
)
"""By which headings a ledger is known; the first that fits counts. Holders need a second heading, and no grants."""
_KEYS: dict[type[Any], str] = {Holder: "holder", Grant: "grant", Tranche: "grant", Activity: "action"}


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    sheet: str
    row: int
    columns: dict[str, int]


@dataclass(slots=True)
class Located:
    """The ledger of a workbook, the place of each of its records, and the ledgers that could not be read."""

    ledger: Ledger
    areas: list[Area] = field(default_factory=list)
    terms: list[Area] = field(default_factory=list)
    views: list[Area] = field(default_factory=list)
    """Ranges calculated from other cells that look like a ledger which the workbook has: they are not read."""
    ambiguous: list[tuple[str, str]] = field(default_factory=list)
    _places: dict[int, Place] = field(default_factory=dict)

    def place(self, record: Record | None) -> Place | None:
        """Where a record of the ledger stands; None for one that was made from others."""
        return self._places.get(id(record))


def locate(workbook: Workbook) -> Located:
    """Every ledger of a workbook as records."""
    located = Located(Ledger())
    _find_areas(workbook, located)
    found: dict[type[Any], list[Record]] = {Holder: [], Grant: [], Tranche: [], Activity: []}
    unread: list[Unread] = []
    there: set[tuple[type[Any], str]] = set()
    for area in located.areas:
        assert area.record is not None
        there.update((area.record, name) for name in area.columns)
        read = _read_activity if area.record is Activity else _read_records
        for row, record, problems in read(area, workbook.date_1904):
            located._places[id(record)] = Place(area.sheet.name, row, area.columns)
            unread.extend(problems)
            if _has_key(record):
                found[area.record].append(record)
    located.ledger = Ledger(
        tuple(found[Holder]),  # type: ignore[arg-type]  # each list holds its own records
        tuple(found[Grant]),  # type: ignore[arg-type]
        tuple(found[Tranche]),  # type: ignore[arg-type]
        tuple(found[Activity]),  # type: ignore[arg-type]
        frozenset(there),
        tuple(unread),
    )
    return located


# --- Where ----------------------------------------------------------------------------------------------------------


def _find_areas(workbook: Workbook, located: Located) -> None:
    """Every ledger; a plain range that repeats a table of the same records is not read, and told."""
    spilled: dict[str, list[Region]] = {sheet.name: [] for sheet in workbook.sheets}
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    for cell in plan_cells(workbook, FUNCTIONS):
        spilled[cell.sheet].append(rectangle(sheets[cell.sheet], cell.array_ref or cell.cell))
    areas = [a for sheet in workbook.sheets for a in _areas(sheet, spilled[sheet.name])]
    tables = {area.record: area.name for area in areas if area.is_table}
    held = {area.record for area in areas if not area.is_view}
    for area in areas:
        where = f"{area.sheet.name} ({area.name})"
        if area.record is None:
            located.terms.append(area)
        elif area.is_view and area.record in held:
            located.views.append(area)
        elif not area.is_table and area.record in tables:
            why = f"it has the headings of the table {tables[area.record]}; add its rows to the table, or rename them"
            located.ambiguous.append((where, why))
        elif area.problem is not None:
            located.ambiguous.append((where, area.problem))
        else:
            located.areas.append(area)
            located.ambiguous.extend(_left_below(area))


def _left_below(area: Area) -> Iterator[tuple[str, str]]:
    """A row that stands right below a table without being in it: Excel extends a table, a program may not."""
    for table in area.sheet.tables:
        row = rectangle(area.sheet, table.ref).bottom + 1
        if area.is_table and table.name == area.name:
            filled = [column for column in area.columns.values() if not is_blank(_value(area.sheet, row, column))]
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
        filled = (row for row in range(top, bottom + 1) if not is_blank(_value(self.sheet, row, column)))
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
        bottom = _end(head, bottom, at, [each for each in at if each in dict(_NEEDED)[record]])
    is_view = shown.holds_all(at[_KEYS[record]], top, bottom)
    yield Area(sheet, name, record, top, bottom, at, is_table, is_view=is_view)


def _headings(head: Region, spilled: Sequence[Region]) -> list[object]:
    """The headings of a row. What a plan function fills is an answer, and counts only as a figure to be checked."""
    found: list[object] = []
    for column in range(head.left, head.right + 1):
        text = _value(head.sheet, head.top, column)
        is_answer = any(_holds(region, head.top + 1, column) for region in spilled)
        found.append(None if is_answer and _folded(text) not in _RECORDED else text)
    return found


@lru_cache(maxsize=65_536)
def _folded(text: object) -> str:
    return fold_heading(text) if isinstance(text, str) and len(text) <= _LONGEST_HEADING else ""


_LONGEST_HEADING = 200
_OF_RECORD = {
    record: {fold_heading(h): c.name for c in columns(record) for h in (c.heading, *c.synonyms)} for record in _KEYS
}
_KNOWN = frozenset({"term", "value"}).union(*_OF_RECORD.values())
_DATES = {record: [c.name for c in columns(record) if c.kind is Kind.DATE] for record in _KEYS}
_RECORDED = {fold_heading(h) for r in _KEYS for c in columns(r) if c.recorded for h in (c.heading, *c.synonyms)}


def _is_plan_sheet(headings: Sequence[object]) -> bool:
    return {"term", "value"} <= {_folded(h) for h in headings}


def _record_of(headings: Sequence[object]) -> type[Any] | None:
    """The record that headings are of."""
    for record, needed in _NEEDED:
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
        filled = {column for column in used if not is_blank(_value(head.sheet, row, column))}
        if filled and (row == end + 1 or len(filled.intersection(telling)) > 1):
            end = row
        elif row - end > _LONGEST_GAP and not any((row, column) in cells for column in used):
            break
    return end


_LONGEST_GAP = 1000
"""Empty rows after which nothing more is looked for."""


def _value(sheet: Sheet, row: int, column: int) -> object:
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


# --- What -----------------------------------------------------------------------------------------------------------

Read = Iterator[tuple[int, Record, list[Unread]]]


def _cells(area: Area, name: str, date_1904: bool) -> list[object] | None:
    column = area.columns.get(name)
    if column is None:
        return None
    values = [_value(area.sheet, row, column) for row in range(area.top, area.bottom + 1)]
    kinds = {c.name: c.kind for c in columns(area.record)} if area.record is not None else {}
    if date_1904 and kinds.get(name) is Kind.DATE:
        return [of_1904(value) for value in values]
    return values


def of_1904(value: object) -> object:
    """A serial without a date format, as the workbook's own date system means it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value == 0:
        return value
    try:
        return from_serial(value, date_1904=True)
    except (ValueError, OverflowError):
        return value


def _read_activity(area: Area, date_1904: bool) -> Read:
    names = ("date", "action", "grant", "shares", "grant_type")
    dates, actions, grants, shares, types = (_cells(area, name, date_1904) for name in names)
    assert actions is not None and shares is not None
    for entry in read_activity(dates, actions, grants, shares, types, area.top):
        if isinstance(entry, Activity):
            yield entry.row, entry, []
        elif entry is not None and not _is_total(area, entry.row):
            yield _unread_activity(area, entry)


def _unread_activity(area: Area, entry: UnreadableRow) -> tuple[int, Record, list[Unread]]:
    values: dict[str, Any] = {"action": entry.action, "grant": entry.grant, "row": entry.row}
    record = Activity(**values)
    return entry.row, record, [Unread(record, entry.field, f"{area.name} {entry.message}")]


def _read_records(area: Area, date_1904: bool) -> Read:
    assert area.record is not None
    kinds = {c.name: c for c in columns(area.record) if c.name in area.columns}
    cells = {name: _cells(area, name, date_1904) or [] for name in kinds}
    for position in range(area.bottom - area.top + 1):
        row = area.top + position
        if all(is_blank(cells[name][position]) for name in kinds) or _is_total(area, row):
            continue
        values: dict[str, Any] = {}
        wrong: list[tuple[str, str]] = []
        for name, column in kinds.items():
            try:
                values[name] = _reader(column)(cells[name][position])
            except BadCell as bad:
                wrong.append((name, f"{area.name} row {row}: {column.heading} {bad}"))
        record: Record = area.record(**values, row=row)
        if not wrong and not _has_key(record):
            key = kinds[_KEYS[area.record]]
            wrong.append((key.name, f"{area.name} row {row}: {key.heading} is blank; enter it"))
        yield row, record, [Unread(record, name, message) for name, message in wrong]


def _has_key(record: Record) -> bool:
    """Whether a record can stand in a ledger: a holder has a name, a grant or tranche its number, a row is readable."""
    if isinstance(record, Activity):
        return record.date is not None and record.action is not None
    return getattr(record, _KEYS[type(record)]) is not None


def _is_total(area: Area, row: int) -> bool:
    """A row of totals: it has no date, and says so in its first cell, or sums up the rows above."""
    record = area.record
    assert record is not None
    dates = [area.columns[name] for name in _DATES[record] if name in area.columns]
    if any(isinstance(_value(area.sheet, row, column), (int, float, datetime.date)) for column in dates):
        return False
    filled = [column for column in sorted(area.columns.values()) if not is_blank(_value(area.sheet, row, column))]
    first = _value(area.sheet, row, filled[0]) if filled else None
    if isinstance(first, str) and (_TOTAL_ALONE if record is Holder else _TOTAL).fullmatch(first.strip()):
        return True
    formulas = [area.sheet.cells[row, column].formula or "" for column in filled]
    return all(map(_SUM.match, formulas))


_TOTAL = re.compile(r"(grand[ -]?|sub[ -]?)?totals?( .*)?:?|sum:?", re.IGNORECASE)
_TOTAL_ALONE = re.compile(r"(grand[ -]?|sub[ -]?)?totals?:?", re.IGNORECASE)
"""In a column of names, where a company may be called Total Design."""
_SUM = re.compile(r"=\s*(SUM|SUBTOTAL|AGGREGATE)\s*\(", re.IGNORECASE)


def _reader(column: Column) -> Callable[[object], object]:
    if column.name == "fmv":
        return _value_at_grant
    return _READERS[column.kind]


def _value_at_grant(cell: object) -> Number | None:
    return None if is_blank(cell) else as_positive(cell)


_YES = frozenset({"yes", "y", "true", "x", "1"})
_NO = frozenset({"no", "n", "false", "0"})


def _flag(cell: object) -> bool | None:
    if isinstance(cell, bool) or is_blank(cell):
        return cell if isinstance(cell, bool) else None
    _text(cell)
    word = fold(format(cell, "g") if isinstance(cell, float) else str(cell))
    if word not in _YES | _NO:
        raise BadCell(f'holds "{cell}"; enter yes or no')
    return word in _YES


def _text(cell: object) -> str | None:
    if isinstance(cell, str) and cell in ERRORS:
        as_identifier(cell)  # refuses it: a #REF! is no name of a plan
    return None if is_blank(cell) else str(cell).strip()


_READERS: dict[Kind, Callable[[object], object]] = {
    Kind.IDENTIFIER: as_identifier,
    Kind.DATE: as_date,
    Kind.SHARES: as_amount,
    Kind.MONEY: as_amount,
    Kind.MONTHS: as_months,
    Kind.WORD: lambda cell: as_word(cell, GrantType),
    Kind.FLAG: _flag,
    Kind.TEXT: _text,
}
