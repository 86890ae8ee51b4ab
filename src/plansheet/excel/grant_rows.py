"""Grants from a block, their tranches from a Vesting block or from the grants' own schedules."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from plansheet.core.numbers import Number, shares_text
from plansheet.core.records import Grant, Tranche
from plansheet.core.words import GrantType, Identifier
from plansheet.excel.blocks import Block, read_block
from plansheet.excel.cells import Cells, ExcelError, first_bad, row_error
from plansheet.excel.reading import (
    BadCell,
    Read,
    as_amount,
    as_date,
    as_identifier,
    as_interval,
    as_months,
    as_positive,
    as_word,
    is_blank,
    is_blank_or_zero,
    read_column,
)
from plansheet.excel.tranche_rows import ONE_HOLDER, Entry, UnreadTranche
from plansheet.excel.vesting import schedule_error
from plansheet.plan.ledger import difference
from plansheet.plan.vesting import installments

Reader = Callable[[object], object]
_READERS: dict[str, Reader] = {
    "grant": as_identifier,
    "holder": as_identifier,
    "grant_type": lambda cell: as_word(cell, GrantType),
    "grant_date": as_date,
    "fmv": as_positive,
    "shares": as_amount,
    "first_exercisable": as_date,
    "vesting_start": as_date,
    "months": as_months,
    "cliff": as_months,
    "every": as_interval,
}

# What Vesting may say again of a grant, or leave blank.
_READERS_AGAIN: dict[str, Reader] = {**_READERS, "fmv": lambda cell: None if is_blank(cell) else as_positive(cell)}


@dataclass(slots=True)
class GrantLine:
    """A row of the Grants block: its grant and holder, where its tranches stand, or why it has none."""

    grant: Identifier | None
    holder: Identifier | None
    positions: list[int]
    error: ExcelError | None = None


@dataclass(slots=True)
class GrantRows:
    """The lines of a Grants block and the tranches of all of them."""

    lines: list[GrantLine]
    tranches: list[Entry]


class _Columns:
    """A block's columns read, by field name."""

    def __init__(self, block: Block, names: Sequence[str], readers: dict[str, Reader]) -> None:
        self.cells = {name: cells for name in names if (cells := block.cells(name)) is not None}
        self.reads: dict[str, Read] = {name: read_column(cells, readers[name]) for name, cells in self.cells.items()}
        self.height = len(block.rows)

    def value(self, name: str, position: int) -> Any:
        """A cell as its field's reader gives it; None where the block has no such column."""
        read = self.reads.get(name)
        return None if read is None else read.values[position]

    def is_blank(self, position: int, names: Sequence[str]) -> bool:
        return all(is_blank_or_zero(self.cells[name][position]) for name in names if name in self.cells)

    def error(self, position: int) -> ExcelError | None:
        return first_bad(position, {name.replace("_", " "): read for name, read in self.reads.items()})


def read_grants(grants: Cells, vesting: Cells) -> GrantRows:
    """The tranches of a Grants block; ``vesting`` None: from the schedule columns of the grants."""
    needed = ["grant", "grant_date", "fmv"]
    optional = ["holder", "grant_type"]
    if vesting is None:
        needed += ["shares", "vesting_start"]
        optional += ["months", "cliff", "every"]
    else:
        optional.append("shares")
    block = read_block(grants, "grants", Grant, needed, optional)
    columns = _Columns(block, [*needed, *optional], _READERS)
    rows = GrantRows([], [])
    twice = _duplicates(columns)
    by_key: dict[str, tuple[GrantLine, int]] = {}
    for i in range(columns.height):
        if columns.is_blank(i, ("grant", "grant_date", "shares")):
            continue
        line = _line(columns, i, twice.get(i))
        rows.lines.append(line)
        if line.grant is not None:
            by_key[line.grant.key] = line, i
        if line.error is not None:
            rows.tranches.append(_unread(line, columns, i, line.error))
        elif vesting is None:
            _from_schedule(rows, line, columns, i)
    if vesting is not None:
        _from_vesting(rows, by_key, columns, vesting)
    return rows


def _duplicates(columns: _Columns) -> dict[int, ExcelError]:
    """The error of every row whose grant has another row."""
    rows: dict[str, list[int]] = {}
    for i, grant in enumerate(columns.reads["grant"].values):
        if grant is not None:
            rows.setdefault(grant.key, []).append(i)
    return {
        i: row_error(i, "grant", BadCell(f"stands in rows {' and '.join(str(j + 1) for j in same)}; give it one row"))
        for same in rows.values()
        if len(same) > 1
        for i in same
    }


def _line(columns: _Columns, i: int, twice: ExcelError | None) -> GrantLine:
    grant, holder = columns.value("grant", i), columns.value("holder", i)
    assert grant is None or isinstance(grant, Identifier)
    assert holder is None or isinstance(holder, Identifier)
    error = columns.error(i) or twice
    if error is None and grant is None:
        error = row_error(i, "grant", BadCell("is blank; enter the number of the grant"))
    if error is None and columns.value("grant_date", i) is None:
        error = row_error(i, "grant date", BadCell("is blank; enter the day of the grant"))
    if error is None and holder is None and "holder" in columns.reads:
        error = row_error(i, "holder", BadCell("is blank; enter whose option it is"))
    if holder is None and "holder" not in columns.reads:
        holder = ONE_HOLDER
    return GrantLine(grant, holder, [], error and ExcelError(error, f"grants {error.message}"))


def _unread(line: GrantLine, columns: _Columns, i: int, error: ExcelError) -> UnreadTranche:
    return UnreadTranche(error, line.grant, line.holder, columns.value("grant_type", i) is GrantType.NSO)


def _tranche(
    rows: GrantRows, line: GrantLine, columns: _Columns, i: int, first: datetime.date | None, shares: Number
) -> None:
    assert line.grant is not None
    grant_type = columns.value("grant_type", i) or GrantType.ISO
    granted, fmv = columns.value("grant_date", i), columns.value("fmv", i)
    line.positions.append(len(rows.tranches))
    rows.tranches.append(Tranche(line.grant, line.holder, grant_type, granted, fmv, first, shares, row=i + 1))


def _fail(rows: GrantRows, line: GrantLine, columns: _Columns, i: int, error: ExcelError) -> None:
    line.error = error
    rows.tranches.append(_unread(line, columns, i, error))


def _from_schedule(rows: GrantRows, line: GrantLine, columns: _Columns, i: int) -> None:
    start, months = columns.value("vesting_start", i), columns.value("months", i)
    cliff, every = columns.value("cliff", i) or 0, columns.value("every", i) or 1
    shares = columns.value("shares", i) or 0
    error = schedule_error(i, line.grant, start, months, cliff)
    if error is not None:
        _fail(rows, line, columns, i, ExcelError(error, f"grants {error.message}"))
        return
    for day, installment in installments(shares, start, months or 0, cliff, every):
        _tranche(rows, line, columns, i, day, installment)


def _from_vesting(rows: GrantRows, by_key: dict[str, tuple[GrantLine, int]], grants: _Columns, vesting: Cells) -> None:
    names = ("grant", "first_exercisable", "shares")
    said_again = ("holder", "grant_type", "grant_date", "fmv")
    columns = _Columns(
        read_block(vesting, "vesting", Tranche, names, said_again), (*names, *said_again), _READERS_AGAIN
    )
    totals: dict[str, Number] = {}
    for i in range(columns.height):
        if columns.is_blank(i, names):
            continue
        grant = columns.value("grant", i)
        error = columns.error(i)
        if error is None and grant is None:
            error = row_error(i, "grant", BadCell("is blank; enter the number of the grant"))
        error = error and ExcelError(error, f"vesting {error.message}")
        if not isinstance(grant, Identifier):
            rows.tranches.append(UnreadTranche(error or ExcelError("#VALUE!"), None, None, False))
            continue
        if grant.key not in by_key:
            continue  # a sheet may be filtered; PLAN_CHECK reports it
        line, at = by_key[grant.key]
        if line.error is not None:
            continue
        if error is not None:
            _fail(rows, line, grants, at, error)
            continue
        shares = columns.value("shares", i) or 0
        _tranche(rows, line, grants, at, columns.value("first_exercisable", i), shares)
        _agree(rows, line, columns, i)
        totals[grant.key] = totals.get(grant.key, 0) + shares
    for key, (line, at) in by_key.items():
        total = totals.get(key, 0)
        granted = (grants.value("shares", at) or 0) if "shares" in grants.reads else total
        if line.error is None and total != granted:
            _fail(rows, line, grants, at, _does_not_add_up(line, at, granted, total))


def _agree(rows: GrantRows, line: GrantLine, vesting: _Columns, i: int) -> None:
    """What Vesting says again of a grant must be what Grants says: holder, type, date and value."""
    by_grants = rows.tranches[-1]
    assert isinstance(by_grants, Tranche)
    holder, grant_type, grant_date, fmv = (
        vesting.value(name, i) for name in ("holder", "grant_type", "grant_date", "fmv")
    )
    by_vesting = Tranche(by_grants.grant, holder, grant_type, grant_date, fmv)
    what = difference(by_grants, by_vesting)
    if what is not None:
        why = (
            f"grants row {by_grants.row}: grant {line.grant} has {what}, the second in vesting row {i + 1}; give it one"
        )
        line.error = ExcelError("#VALUE!", why)
        for who in {by_grants.held_by, by_vesting.holder or by_grants.held_by}:
            rows.tranches.append(UnreadTranche(line.error, line.grant, who, False))


def _does_not_add_up(line: GrantLine, at: int, granted: Number, total: Number) -> ExcelError:
    return ExcelError(
        "#VALUE!",
        f"grants row {at + 1}: grant {line.grant} is over {shares_text(granted)} shares, "
        f"but its tranches in vesting add up to {shares_text(total)}; "
        "correct the tranches or the number granted",
    )
