"""The ledgers of a workbook as records, and where each record stands."""

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from plansheet.core.dates import from_serial
from plansheet.core.records import RECORDS, Kind, Ledger, Record, Unread, columns, ledger_of
from plansheet.excel.reading import is_blank
from plansheet.excel.record_rows import has_day, has_key, read_rows, says_total
from plansheet.workbook.areas import Area, Areas, find_areas, value_at
from plansheet.workbook.saved import Workbook


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

    @property
    def rows(self) -> int:
        """How many rows of the workbook's ledgers are records."""
        return len(self._places)

    def place(self, record: Record | None) -> Place | None:
        """Where a record of the ledger stands; None for one that was made from others."""
        return self._places.get(id(record))


def locate(workbook: Workbook) -> Located:
    """Every ledger of a workbook as records."""
    located = Located(Ledger(), find_areas(workbook))
    found: dict[type[Any], list[Any]] = {record: [] for record in RECORDS}
    unread: list[Unread] = []
    there: set[tuple[type[Any], str]] = set()
    for area in located.areas.ledgers:
        assert area.record is not None
        there.update((area.record, name) for name in area.columns)
        cells = {name: _cells(area, name, workbook.date_1904) for name in area.columns}
        for row in read_rows(area.record, cells, area.top, area.name, partial(_is_total, area)):
            located._places[id(row.record)] = Place(area.sheet.name, row.number, area.columns)
            unread.extend(row.unread)
            if has_key(row.record):
                found[area.record].append(row.record)
    located.ledger = ledger_of(found, there, unread)
    return located


def _cells(area: Area, name: str, date_1904: bool) -> list[object]:
    values = [value_at(area.sheet, row, area.columns[name]) for row in range(area.top, area.bottom + 1)]
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


def _is_total(area: Area, row: int) -> bool:
    """A row of totals: it has no date, and says so in its first cell, or sums up the rows above."""
    assert area.record is not None
    in_order = sorted(area.columns, key=lambda name: area.columns[name])
    cells = {name: value_at(area.sheet, row, area.columns[name]) for name in in_order}
    if has_day(area.record, cells):
        return False
    formulas = [
        area.sheet.cells[row, area.columns[name]].formula or "" for name, cell in cells.items() if not is_blank(cell)
    ]
    return says_total(area.record, cells.values()) or all(map(_SUM.match, formulas))


_SUM = re.compile(r"=\s*(SUM|SUBTOTAL|AGGREGATE)\s*\(", re.IGNORECASE)
