"""A ledger from blocks inside a sheet, with every column that its records have."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from plansheet.core.records import RECORDS, TABLES, Grant, Kind, Ledger, Record, Unread, columns, heading, ledger_of
from plansheet.excel.blocks import Block, read_block
from plansheet.excel.cells import Cells, is_left_out
from plansheet.excel.reading import is_blank_or_zero
from plansheet.excel.record_rows import NEEDED, has_day, has_key, read_rows, says_total

_TEXTS = {record: frozenset(c.name for c in columns(record) if c.kind is Kind.TEXT) for record in RECORDS}


@dataclass(frozen=True, slots=True)
class LedgerRead:
    """A ledger, the records read from rows by their id, and the tables that have headings and no rows."""

    ledger: Ledger
    records: dict[int, Record]
    without_rows: tuple[str, ...]

    def where(self, record: Record | None, field: str | None) -> str:
        """Grants row 3, FMV: rows count from 1 below the headings."""
        if record is None or id(record) not in self.records:
            return "the ledger"
        kind = type(record)
        at = f"{TABLES[kind]} row {record.row}"
        return f"{at}, {heading(kind, field)}" if field and (kind, field) in self.ledger.columns else at


def read_ledger(blocks: Mapping[type[Any], Cells]) -> LedgerRead:
    """The ledger of these blocks, by the record that each holds; one that is left out is a table that is not there.

    Grants cannot be left out: a check of nothing finds nothing.
    """
    found: dict[type[Any], list[Any]] = {}
    records: dict[int, Record] = {}
    unread: list[Unread] = []
    there: set[tuple[type[Any], str]] = set()
    without_rows: list[str] = []
    for kind, argument in blocks.items():
        if kind is not Grant and is_left_out(argument):
            continue
        needed = [c.name for c in columns(kind) if c.name in dict(NEEDED)[kind]]
        optional = [c.name for c in columns(kind) if c.name not in needed]
        block = read_block(argument, TABLES[kind].casefold(), kind, needed, optional)
        cells = {name: _cells(block, kind, name) for name in sorted(block.positions, key=block.positions.__getitem__)}
        there.update((kind, name) for name in cells)
        rows = list(read_rows(kind, cells, 1, TABLES[kind], partial(_is_no_record, kind, cells)))
        if not rows:
            without_rows.append(TABLES[kind])
        for row in rows:
            records[id(row.record)] = row.record
            unread.extend(row.unread)
            if has_key(row.record):
                found.setdefault(kind, []).append(row.record)
    return LedgerRead(ledger_of(found, there, unread), records, tuple(without_rows))


def _cells(block: Block, kind: type[Any], name: str) -> list[object]:
    """The cells of a column; in a column of texts a 0 is the blank of a calculated array."""
    cells = block.cells(name)
    assert cells is not None
    return [None if is_blank_or_zero(cell) else cell for cell in cells] if name in _TEXTS[kind] else cells


def _is_no_record(kind: type[Any], cells: Mapping[str, list[object]], row: int) -> bool:
    """A row that is blank as a calculated array has it, or the totals row of a table."""
    in_order = {name: column[row - 1] for name, column in cells.items()}
    if all(map(is_blank_or_zero, in_order.values())):
        return True
    return says_total(kind, in_order.values()) and not has_day(kind, in_order)
