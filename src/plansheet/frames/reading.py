"""DataFrames in: a ledger of core's records, and which row and column of which frame each stands in."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd

from plansheet.core.records import RECORDS, TABLES, Activity, Ledger, Record, Tranche, columns, heading, ledger_of
from plansheet.excel.headings import TwoForOne, match_headings
from plansheet.excel.record_rows import KEYS, Row, has_key, read_rows
from plansheet.frames.cells import cells_of

_NEEDED: dict[type[Any], tuple[str, ...]] = {
    Tranche: ("grant", "first_exercisable", "shares"),
    Activity: ("date", "action", "grant", "shares"),
}
"""Columns without which a table says nothing, where that is more than the one that names its rows."""


class UnusableFrame(ValueError):
    """A frame that cannot be used as a whole; the message names the table, what is wrong, and what to do."""


class RowLabel(int):
    """A row of a frame: counted from 1, and told in sentences by its label in the index."""

    labels: "pd.Index[Any]"

    @classmethod
    def first(cls, labels: "pd.Index[Any]") -> Self:
        """The first row of a frame."""
        return cls(1)._of(labels)

    def _of(self, labels: "pd.Index[Any]") -> Self:
        self.labels = labels
        return self

    def __add__(self, rows: int) -> Self:
        return type(self)(int(self) + rows)._of(self.labels)

    @property
    def label(self) -> Hashable:
        """Its label."""
        label: Hashable = self.labels[int(self) - 1]
        return label

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True, slots=True)
class Table:
    """A frame as it was read: its index, the column of each field, a row read (or None, a blank one) per row."""

    index: "pd.Index[Any]"
    columns: Mapping[str, Hashable]
    ignored: tuple[Hashable, ...]
    rows: tuple[Row | None, ...]


@dataclass(frozen=True, slots=True)
class FrameLedger:
    """A ledger read from frames. ``ledger``: the records; ``tables``: what each frame was read as."""

    ledger: Ledger
    tables: Mapping[type[Any], Table] = field(repr=False)

    @property
    def ignored(self) -> dict[str, list[Hashable]]:
        """Columns under headings that are not known, by table; nothing of them was used."""
        return {TABLES[record]: list(table.ignored) for record, table in self.tables.items() if table.ignored}

    def column(self, record: Record, name: str | None) -> Hashable | None:
        """What the frame of a record calls a field; None where it has no such column."""
        table = self.tables.get(type(record))
        return table.columns.get(name or "") if table is not None else None


def ledger_of_frames(
    *,
    grants: pd.DataFrame | None = None,
    vesting: pd.DataFrame | None = None,
    activity: pd.DataFrame | None = None,
    holders: pd.DataFrame | None = None,
    committee: pd.DataFrame | None = None,
    holdings: pd.DataFrame | None = None,
) -> FrameLedger:
    """A ledger from a DataFrame per table; the columns are found by their headings, as in a sheet.

    grants: a row per option: Grant; Holder, Type, Grant date, FMV, Exercise price, Shares, Expires, Plan; or a
    schedule: Vesting start, Months, Cliff, Every. vesting: a row per tranche: Grant, First exercisable, Shares.
    activity: a row per transaction: Date, Action, Grant, Shares, Type. holders, committee, holdings: for `check`.
    Shares are in shares of the grant date (activity: of the row's date), dollars per share. The frames are not changed.

    A cell that cannot be read takes the answers that depend on it, each with the sentence, and is a finding of `check`
    (LEDGER001). Raises UnusableFrame for what is no DataFrame, a needed column that is missing, and two columns under
    headings for one field.
    """
    frames = (holders, grants, vesting, activity, committee, holdings)
    given = [(record, frame) for record, frame in zip(RECORDS, frames, strict=True) if frame is not None]
    tables = {record: _table(record, frame) for record, frame in given}
    rows = {record: [row for row in table.rows if row is not None] for record, table in tables.items()}
    return FrameLedger(
        ledger_of(
            {record: [row.record for row in each if has_key(row.record)] for record, each in rows.items()},
            {(record, name) for record, table in tables.items() for name in table.columns},
            [unread for each in rows.values() for row in each for unread in row.unread],
        ),
        tables,
    )


def _table(record: type[Any], frame: pd.DataFrame) -> Table:
    name = TABLES[record]
    if not isinstance(frame, pd.DataFrame):
        raise UnusableFrame(f"{name.lower()} is a {type(frame).__name__}; give a pandas DataFrame")
    try:
        positions = match_headings(frame.columns, record)
        levels = match_headings(_level_names(frame), record)
    except TwoForOne as two:
        raise UnusableFrame(f"{name.lower()}: {two}") from two
    found: dict[str, Hashable] = {each: frame.columns[at] for each, at in positions.items()}
    cells = {each: cells_of(frame.iloc[:, at]) for each, at in positions.items()}
    for each, at in levels.items():
        if each not in found:
            found[each] = frame.index.names[at]
            cells[each] = cells_of(frame.index.get_level_values(at).to_series())
    _require(record, found, frame)
    rows: list[Row | None] = [None] * len(frame)
    for row in read_rows(record, cells, RowLabel.first(frame.index), TABLES[record], lambda number: False):
        rows[row.number - 1] = row
    known = set(positions.values())
    ignored = tuple(label for at, label in enumerate(frame.columns) if at not in known)
    return Table(frame.index, found, ignored, tuple(rows))


def _level_names(frame: pd.DataFrame) -> list[object]:
    return ["" if name is None else name for name in frame.index.names]


def _require(record: type[Any], found: Mapping[str, Hashable], frame: pd.DataFrame) -> None:
    needed = _NEEDED.get(record, (KEYS[record],))
    missing = [each.heading for each in columns(record) if each.name in needed and each.name not in found]
    if missing:
        there = ", ".join(f'"{label}"' for label in frame.columns) or "none"
        raise UnusableFrame(
            f"{TABLES[record].lower()} has no column {' and no column '.join(missing)} (its columns are {there}); "
            f"add it, or rename the one that holds it, such as frame.rename(columns={{...: {missing[0]!r}}})"
        )


def needed_table(book: FrameLedger, record: type[Any], *names: str) -> Table:
    """A table without which a question has no answer, with the columns that it needs."""
    table = book.tables.get(record)
    lacking = [heading(record, name) for name in names if table is None or name not in table.columns]
    if table is None or lacking:
        what = f"with {' and '.join(lacking)}" if lacking else ""
        raise UnusableFrame(f"this needs {TABLES[record].lower()} {what}".rstrip() + "; give it to ledger_of_frames")
    return table
