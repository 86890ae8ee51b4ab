"""The ledgers of a workbook: which tables hold which records, and where each record stands.

A ledger is an Excel table, or a plain range below a row of headings. Headings are matched by the same matcher as the
blocks of worksheet functions. What a plan function spills is an answer and no ledger.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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
    BadCell,
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
from plansheet.workbook.saved import Sheet, Workbook

_NEEDED: tuple[tuple[type[Any], frozenset[str]], ...] = (
    (Activity, frozenset({"date", "action", "shares"})),
    (Tranche, frozenset({"grant", "first_exercisable", "shares"})),
    (Grant, frozenset({"grant", "grant_date", "shares"})),
    (Holder, frozenset({"holder"})),
)
"""By which headings a ledger is known; the first that fits counts. Holders need a second heading, and no grants."""
_HEADER_WITHIN = 30


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
    """Plain ranges that look like a ledger of which the workbook has a table: they repeat it and are not read."""
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
    """Tables first; a plain range is a ledger only where no table holds the same records."""
    spilled: dict[str, list[Region]] = {sheet.name: [] for sheet in workbook.sheets}
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    for cell in plan_cells(workbook, FUNCTIONS):
        spilled[cell.sheet].append(rectangle(sheets[cell.sheet], cell.array_ref or cell.cell))
    areas = [a for sheet in workbook.sheets for a in _areas(sheet, spilled[sheet.name])]
    held = {area.record for area in areas if area.is_table}
    for area in areas:
        if area.record is None:
            located.terms.append(area)
        elif not area.is_table and area.record in held:
            located.views.append(area)
        elif area.problem is not None:
            located.ambiguous.append((f"{area.sheet.name} ({area.name})", area.problem))
        else:
            located.areas.append(area)


def _areas(sheet: Sheet, spilled: Sequence[Region]) -> Iterator[Area]:
    for table in sheet.tables:
        whole = rectangle(sheet, table.ref)
        if table.header_rows:
            head = Region(sheet, whole.top, whole.left, whole.top, whole.right)
            yield from _area(sheet, table.name, head, whole.bottom - table.totals_rows, spilled)
    taken = [*spilled, *(rectangle(sheet, table.ref) for table in sheet.tables)]
    for head in _plain_headers(sheet, taken):
        yield from _area(sheet, sheet.name, head, None, spilled)


def _area(sheet: Sheet, name: str, head: Region, bottom: int | None, spilled: Sequence[Region]) -> Iterator[Area]:
    """The ledger below a row of headings, if it is one; ``bottom`` None: not a table, look for the end."""
    is_table = bottom is not None
    # What a plan function fills below a heading is an answer, nothing that somebody recorded.
    headings = [
        None if any(_holds(region, head.top + 1, column) for region in spilled) else _value(sheet, head.top, column)
        for column in range(head.left, head.right + 1)
    ]
    if _is_plan_sheet(headings):
        folded = [fold_heading(h) for h in headings]
        at = {name: head.left + folded.index(name) for name in ("term", "value")}
        yield Area(sheet, name, None, head.top + 1, _bottom(sheet, head, bottom, list(at.values())), at, is_table)
        return
    record = _record_of(headings)
    if record is None:
        return
    try:
        positions = match_headings(headings, record)
    except TwoForOne as two:
        yield Area(sheet, name, record, head.top + 1, head.top, {}, is_table, f"{two}")
        return
    at = {each: head.left + position for each, position in positions.items()}
    yield Area(sheet, name, record, head.top + 1, _bottom(sheet, head, bottom, list(at.values())), at, is_table)


def _is_plan_sheet(headings: Sequence[object]) -> bool:
    folded = {fold_heading(h) for h in headings}
    return {"term", "value"} <= folded


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
    folded = {fold_heading(h) for h in headings}
    return {c.name for c in columns(record) if any(fold_heading(h) in folded for h in (c.heading, *c.synonyms))}


def _plain_headers(sheet: Sheet, taken: Sequence[Region]) -> Iterator[Region]:
    """The first row of headings outside tables and spills, where the sheet begins with one."""
    rows = sorted({row for row, _ in sheet.cells if row <= _HEADER_WITHIN})
    for row in rows:
        free = [
            column
            for (r, column), cell in sheet.cells.items()
            if r == row and cell.kind == "text" and not any(_holds(region, row, column) for region in taken)
        ]
        if not free:
            continue
        head = Region(sheet, row, min(free), row, max(free))
        headings = [_value(sheet, row, column) for column in range(head.left, head.right + 1)]
        if _is_plan_sheet(headings) or _record_of(headings) is not None:
            yield head
            return


def _holds(region: Region, row: int, column: int) -> bool:
    return region.top <= row <= region.bottom and region.left <= column <= region.right


def _bottom(sheet: Sheet, head: Region, bottom: int | None, used: Sequence[int]) -> int:
    """The last data row: a table's own, or the last before a row without anything in the used columns."""
    if bottom is not None:
        return bottom
    row = head.top + 1
    while any(not is_blank(_value(sheet, row, column)) for column in used):
        row += 1
    return row - 1


def _value(sheet: Sheet, row: int, column: int) -> object:
    cell = sheet.cells.get((row, column))
    return None if cell is None else as_sent(cell)


# --- What -----------------------------------------------------------------------------------------------------------

Read = Iterator[tuple[int, Record, list[Unread]]]


def _cells(area: Area, name: str, date_1904: bool) -> list[object] | None:
    column = area.columns.get(name)
    if column is None:
        return None
    values = [_value(area.sheet, row, column) for row in range(area.top, area.bottom + 1)]
    kinds = {c.name: c.kind for c in columns(area.record)} if area.record is not None else {}
    if date_1904 and kinds.get(name) is Kind.DATE:
        return [_of_1904(value) for value in values]
    return values


def _of_1904(value: object) -> object:
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


_KEYS: dict[type[Any], str] = {Holder: "holder", Grant: "grant", Tranche: "grant"}


def _has_key(record: Record) -> bool:
    """Whether a record can stand in a ledger: a holder has a name, a grant or tranche its number, a row is readable."""
    if isinstance(record, Activity):
        return record.date is not None and record.action is not None
    return getattr(record, _KEYS[type(record)]) is not None


def _is_total(area: Area, row: int) -> bool:
    """A row of totals: one of its first cells says so."""
    first = min(area.columns.values())
    words = (_value(area.sheet, row, column) for column in range(first, first + 3))
    return any(isinstance(word, str) and fold(word).startswith(("total", "grandtotal", "sum")) for word in words)


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
    word = fold(str(cell))
    if word not in _YES | _NO:
        raise BadCell(f'holds "{cell}"; enter yes or no')
    return word in _YES


def _text(cell: object) -> str | None:
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
