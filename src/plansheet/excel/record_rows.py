"""Rows of cells as records, whatever they were read from: a block, a sheet or a DataFrame.

A row of which something cannot be read is a record all the same, with None in its place and a sentence beside it; of
Activity it is none where what is missing decides what the row says.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from plansheet.core.numbers import Number
from plansheet.core.records import (
    ACTIVITY_ESSENTIALS,
    Activity,
    Column,
    Grant,
    Holder,
    Holding,
    Kind,
    Member,
    Record,
    Tranche,
    Unread,
    columns,
    heading,
)
from plansheet.core.words import Word, fold
from plansheet.excel.activity import Unreadable, read_activity
from plansheet.excel.reading import (
    ERRORS,
    BadCell,
    as_amount,
    as_date,
    as_identifier,
    as_interval,
    as_months,
    as_percent,
    as_positive,
    as_word,
    is_blank,
    is_blank_or_zero,
    read_column,
)

KEYS: dict[type[Any], str] = {
    Holder: "holder", Grant: "grant", Tranche: "grant", Activity: "action", Member: "member", Holding: "holder",
}  # fmt: skip
"""The field without which a row is no record."""
NEEDED: tuple[tuple[type[Any], frozenset[str]], ...] = (
    (Activity, frozenset({"date", "action", "shares"})),
    (Tranche, frozenset({"grant", "first_exercisable", "shares"})),
    (Grant, frozenset({"grant", "grant_date", "shares"})),
    (Member, frozenset({"committee", "member"})),
    (Holding, frozenset({"holder", "relation", "votes"})),
    (Holder, frozenset({"holder"})),
)
"""By which headings a ledger is known; the first that fits counts. Holders need a second heading, and no grants."""


class Row(NamedTuple):
    """A row read: where it stands, its record, and what of it could not be read."""

    number: int
    record: Record
    unread: tuple[Unread, ...]


Cells = Mapping[str, Sequence[object]]
"""Columns of equal height by field name."""


def read_rows(record: type[Any], cells: Cells, top: int, name: str, skips: Callable[[int], bool]) -> Iterator[Row]:
    """The records of a table's rows, numbered from ``top``; blank rows and those that ``skips`` names are left out.

    ``name``: what messages call the table.
    """
    return (_activity if record is Activity else _records)(record, cells, top, name, skips)


def _records(record: type[Any], cells: Cells, top: int, name: str, skips: Callable[[int], bool]) -> Iterator[Row]:
    known = [column for column in columns(record) if column.name in cells]
    there = [cells[column.name] for column in known]
    read = _Columns(known, cells, name)
    for position in range(len(next(iter(cells.values()), ()))):
        row = top + position
        if all(is_blank(column[position]) for column in there) or skips(row):
            continue
        values, wrong = read.row(position, row)
        made: Record = record(**values, row=row)
        if not wrong and not has_key(made):
            key = next(column for column in known if column.name == KEYS[record])
            wrong.append((key.name, f"{name} row {row}: {key.heading} is blank; enter it"))
        yield Row(row, made, tuple(Unread(made, field, message) for field, message in wrong))


class _Columns:
    """The columns of a table, read; equal cells once, for a ledger repeats itself."""

    def __init__(self, known: Sequence[Column], cells: Cells, name: str) -> None:
        self.name = name
        self.columns = [(column, read_column(cells[column.name], reader(column))) for column in known]
        self.names = [column.name for column in known]
        self.values = list(zip(*(read.values for _, read in self.columns), strict=True))
        self.bad = [(column, read.bad) for column, read in self.columns if read.bad]

    def row(self, position: int, row: int) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """The values of a row by field name, and what of it could not be read, by field name."""
        values = dict(zip(self.names, self.values[position], strict=True))
        wrong = [
            (column.name, f"{self.name} row {row}: {column.heading} {bad[position]}")
            for column, bad in self.bad
            if position in bad
        ]
        return values, wrong


def _activity(record: type[Any], cells: Cells, top: int, name: str, skips: Callable[[int], bool]) -> Iterator[Row]:
    dates, actions, grants, shares, types = (cells.get(field) for field in ACTIVITY_ESSENTIALS)
    assert actions is not None and shares is not None
    names = [column for column in columns(record) if column.name in cells and column.name not in ACTIVITY_ESSENTIALS]
    more = _Columns(names, cells, name)
    for entry in read_activity(dates, actions, grants, shares, types, top):
        if isinstance(entry, Activity):
            values, wrong = more.row(entry.row - top, entry.row) if names else ({}, [])
            made = replace(entry, **values) if values else entry
            yield Row(entry.row, made, tuple(Unread(made, field, message) for field, message in wrong))
        elif entry is not None and not skips(entry.row):
            yield _unread_activity(name, entry)


def _unread_activity(name: str, entry: Unreadable) -> Row:
    values: dict[str, Any] = {"action": entry.action, "grant": entry.grant, "row": entry.row}
    made = Activity(**values)
    return Row(entry.row, made, (Unread(made, entry.field, f"{name} {entry.message}"),))


def has_key(record: Record) -> bool:
    """Whether a record can stand in a ledger: a holder has a name, a grant or tranche its number, a row is readable."""
    if isinstance(record, Activity):
        return record.date is not None and record.action is not None
    return getattr(record, KEYS[type(record)]) is not None


def has_day(record: type[Any], row: Mapping[str, object]) -> bool:
    """Whether a row's cells, by field name, hold a date or what may be one."""
    days = (row[column.name] for column in columns(record) if column.kind is Kind.DATE and column.name in row)
    return any(isinstance(cell, (int, float, datetime.date)) for cell in days)


def says_total(record: type[Any], row: Iterable[object]) -> bool:
    """Whether a row, its cells in the order of the sheet, says in the first that it is one of totals."""
    first = next((cell for cell in row if not is_blank(cell)), None)
    return isinstance(first, str) and bool((_TOTAL_ALONE if record is Holder else _TOTAL).fullmatch(first.strip()))


_TOTAL = re.compile(r"(grand[ -]?|sub[ -]?)?totals?( .*)?:?|sum:?", re.IGNORECASE)
_TOTAL_ALONE = re.compile(r"(grand[ -]?|sub[ -]?)?totals?:?", re.IGNORECASE)
"""In a column of names, where a company may be called Total Design."""


def reader(column: Column) -> Callable[[object], object]:
    """What reads the cells of a column."""
    if column.words is not None:
        return _word_reader(column.words)
    if column.name == "fmv" and column.heading == heading(Grant, "fmv"):
        return _value_at_grant
    if column.name in _VALUES:
        return _value
    if column.name == "every":
        return as_interval
    return read_of_kind(column.kind)


def read_of_kind(kind: Kind) -> Callable[[object], object]:
    """What reads a cell that holds no word."""
    return _READERS[kind]


_VALUES = frozenset({"fmv", "old_fmv", "new_fmv", "old_price", "old_shares", "split_price", "split_shares"})


def _word_reader(words: type[Word]) -> Callable[[object], object]:
    return lambda cell: as_word(cell, words)


def _value_at_grant(cell: object) -> Number | None:
    """The value by which a grant counts, which must not be 0."""
    return None if is_blank(cell) else as_positive(cell)


def _value(cell: object) -> Number | None:
    """A value or adjusted number per share; none is 0, which is a blank of Excel on the desktop."""
    return None if is_blank_or_zero(cell) else as_positive(cell)


_YES = frozenset({"yes", "y", "true", "x", "1"})
_NO = frozenset({"no", "n", "false", "0"})


def as_flag(cell: object) -> bool | None:
    """Yes or no; None for a blank."""
    if isinstance(cell, bool) or is_blank(cell):
        return cell if isinstance(cell, bool) else None
    as_text(cell)
    word = fold(format(cell, "g") if isinstance(cell, float) else str(cell))
    if word not in _YES | _NO:
        raise BadCell(f'holds "{cell}"; enter yes or no')
    return word in _YES


def as_text(cell: object) -> str | None:
    """A text; None for a blank."""
    if isinstance(cell, str) and cell in ERRORS:
        as_identifier(cell)  # refuses it: a #REF! is no name of a plan
    return None if is_blank(cell) else str(cell).strip()


_READERS: dict[Kind, Callable[[object], object]] = {
    Kind.IDENTIFIER: as_identifier,
    Kind.DATE: as_date,
    Kind.SHARES: as_amount,
    Kind.MONEY: as_amount,
    Kind.MONTHS: as_months,
    Kind.FLAG: as_flag,
    Kind.PERCENT: as_percent,
    Kind.TEXT: as_text,
}
