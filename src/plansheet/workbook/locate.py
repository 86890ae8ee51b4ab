"""The ledgers of a workbook as records, and where each record stands."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from plansheet.core.dates import from_serial
from plansheet.core.numbers import Number
from plansheet.core.records import Activity, Column, Grant, Holder, Kind, Ledger, Record, Tranche, Unread, columns
from plansheet.core.words import GrantType, fold
from plansheet.excel.activity import Unreadable as UnreadableRow
from plansheet.excel.activity import read_activity
from plansheet.excel.reading import (
    ERRORS,
    BadCell,
    as_amount,
    as_date,
    as_identifier,
    as_months,
    as_positive,
    as_word,
    is_blank,
)
from plansheet.workbook.areas import KEYS, Area, Areas, find_areas, value_at
from plansheet.workbook.saved import Workbook

_DATES = {record: [c.name for c in columns(record) if c.kind is Kind.DATE] for record in KEYS}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    sheet: str
    row: int
    columns: dict[str, int]


@dataclass(slots=True)
class Located:
    """The ledger of a workbook, and the place of each of its records."""

    ledger: Ledger
    areas: Areas
    _places: dict[int, Place] = field(default_factory=dict)

    def place(self, record: Record | None) -> Place | None:
        """Where a record of the ledger stands; None for one that was made from others."""
        return self._places.get(id(record))


def locate(workbook: Workbook) -> Located:
    """Every ledger of a workbook as records."""
    located = Located(Ledger(), find_areas(workbook))
    found: dict[type[Any], list[Any]] = {Holder: [], Grant: [], Tranche: [], Activity: []}
    unread: list[Unread] = []
    there: set[tuple[type[Any], str]] = set()
    for area in located.areas.ledgers:
        assert area.record is not None
        there.update((area.record, name) for name in area.columns)
        read = _read_activity if area.record is Activity else _read_records
        for row, record, problems in read(area, workbook.date_1904):
            located._places[id(record)] = Place(area.sheet.name, row, area.columns)
            unread.extend(problems)
            if _has_key(record):
                found[area.record].append(record)
    located.ledger = Ledger(
        tuple(found[Holder]),
        tuple(found[Grant]),
        tuple(found[Tranche]),
        tuple(found[Activity]),
        frozenset(there),
        tuple(unread),
    )
    return located


Read = Iterator[tuple[int, Record, list[Unread]]]


def _cells(area: Area, name: str, date_1904: bool) -> list[object] | None:
    column = area.columns.get(name)
    if column is None:
        return None
    values = [value_at(area.sheet, row, column) for row in range(area.top, area.bottom + 1)]
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
            key = kinds[KEYS[area.record]]
            wrong.append((key.name, f"{area.name} row {row}: {key.heading} is blank; enter it"))
        yield row, record, [Unread(record, name, message) for name, message in wrong]


def _has_key(record: Record) -> bool:
    """Whether a record can stand in a ledger: a holder has a name, a grant or tranche its number, a row is readable."""
    if isinstance(record, Activity):
        return record.date is not None and record.action is not None
    return getattr(record, KEYS[type(record)]) is not None


def _is_total(area: Area, row: int) -> bool:
    """A row of totals: it has no date, and says so in its first cell, or sums up the rows above."""
    record = area.record
    assert record is not None
    dates = [area.columns[name] for name in _DATES[record] if name in area.columns]
    if any(isinstance(value_at(area.sheet, row, column), (int, float, datetime.date)) for column in dates):
        return False
    filled = [column for column in sorted(area.columns.values()) if not is_blank(value_at(area.sheet, row, column))]
    first = value_at(area.sheet, row, filled[0]) if filled else None
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
