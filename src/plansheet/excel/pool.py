"""Worksheet functions for the share pool (plan §4)."""

import datetime
from collections.abc import Iterator
from itertools import takewhile

from plansheet.core.numbers import Number
from plansheet.core.records import Activity
from plansheet.core.refusal import Refusal
from plansheet.core.words import Action, PoolView, Recycling
from plansheet.excel.activity import Unreadable, read_activity
from plansheet.excel.cells import (
    CallFailed,
    Cells,
    ExcelError,
    column,
    column_for_all,
    date_cell,
    equal_heights,
    number_cell,
    refused,
    scalar_value,
    scalar_word,
    worksheet,
)
from plansheet.excel.reading import as_date, as_number
from plansheet.plan.pool import PoolLine, pool_ledger
from plansheet.plan.terms import atg_1996

_NO_TYPE = ExcelError(
    "#N/A",
    "a grant without a type was made while recycled shares were there, and ISOs may not use those; "
    "give the type of every GRANT row",
)


@worksheet
def POOL_AVAILABLE(
    reserve: Cells,
    action: Cells,
    shares: Cells,
    grant_id: Cells = None,
    grant_type: Cells = None,
    event_date: Cells = None,
    as_of: Cells = None,
    for_type: Cells = None,
    recycling: Cells = None,
) -> object:
    """Shares available for grants (plan §4) after a ledger of activity; below zero when over-granted.

    Args:
        reserve: Shares at the start.
        action: Column of actions: RESERVE, GRANT, EXERCISE, CANCEL, TENDER, SPLIT and so on.
        shares: Column of shares in the shares of the row's day; a SPLIT row holds text such as 3-for-2.
        grant_id: Column of grant numbers; left out: all rows are one grant.
        grant_type: Column of types, ISO or NSO, read on GRANT rows.
        event_date: Column of dates; left out: in the order listed.
        as_of: Last day that counts; left out: all rows.
        for_type: ANY (left out: all available shares) or ISO (those that may serve ISOs).
        recycling: PLAN (left out: withheld shares stay gone) or NET (they come back, never for ISOs).
    """
    until = scalar_value(as_of, "as_of", as_date)
    view = scalar_word(for_type, "for_type", PoolView, PoolView.ANY)
    ledger = _Ledger(reserve, action, shares, grant_id, grant_type, event_date, recycling)
    if until is not None and event_date is None:
        raise CallFailed("as_of needs event_date; give the column of dates, or leave as_of out")
    available: Number | None = ledger.reserve
    for line in ledger.lines(until):
        if isinstance(line, ExcelError):
            return line
        available = line.for_iso if view is PoolView.ISO else line.available
    if available is None:
        return _NO_TYPE
    return number_cell(available)


@worksheet
def POOL_LEDGER(
    reserve: Cells,
    action: Cells,
    shares: Cells,
    grant_id: Cells = None,
    grant_type: Cells = None,
    event_date: Cells = None,
    recycling: Cells = None,
) -> object:
    """The running share pool (plan §4): a headed table, a line per row in order of date, in the shares of its moment.

    Args:
        reserve: Shares at the start.
        action: Column of actions: RESERVE, GRANT, EXERCISE, CANCEL, TENDER, SPLIT and so on.
        shares: Column of shares in the shares of the row's day; a SPLIT row holds text such as 3-for-2.
        grant_id: Column of grant numbers; left out: all rows are one grant.
        grant_type: Column of types, ISO or NSO, read on GRANT rows.
        event_date: Column of dates; left out: in the order listed.
        recycling: PLAN (left out: withheld shares stay gone) or NET (they come back, never for ISOs).
    """
    ledger = _Ledger(reserve, action, shares, grant_id, grant_type, event_date, recycling)
    table: list[list[object]] = [["Date", "Action", "Grant", "Change", "Available", "Available for ISO"]]
    failed: ExcelError | None = None
    for row, line in zip(ledger.rows, _then_nothing(ledger.lines(None)), strict=False):
        if isinstance(line, ExcelError):
            failed = line
            table.append([*ledger.named(row, line.message), line, line, line])
        elif line is None:
            assert failed is not None
            later = ExcelError("#VALUE!", f"the pool from here on depends on an earlier row: {failed.message}")
            table.append([*ledger.named(row, later.message), later, later, later])
        else:
            for_iso = _NO_TYPE if line.for_iso is None else number_cell(line.for_iso)
            table.append([*ledger.named(row), number_cell(line.change), number_cell(line.available), for_iso])
    return table


def _then_nothing(lines: Iterator[PoolLine | ExcelError]) -> Iterator[PoolLine | ExcelError | None]:
    yield from lines
    while True:
        yield None


class _Ledger:
    """The ranges read, rows in order of date."""

    def __init__(
        self,
        reserve: Cells,
        action: Cells,
        shares: Cells,
        grant_id: Cells,
        grant_type: Cells,
        event_date: Cells,
        recycling: Cells,
    ) -> None:
        start = scalar_value(reserve, "reserve", as_number)
        self.reserve: Number = 0 if start is None else start
        self.recycling = scalar_word(recycling, "recycling", Recycling, atg_1996().recycling)
        ranges = {"action": column(action, "action"), "shares": column(shares, "shares")}
        height = equal_heights(ranges)
        for name, argument in (("grant_id", grant_id), ("event_date", event_date)):
            if argument is not None:
                ranges[name] = column(argument, name)
        types = column_for_all(grant_type, "grant_type", height)
        if types is not None:
            ranges["grant_type"] = types
        equal_heights(ranges)
        entries = read_activity(
            ranges.get("event_date"), ranges["action"], ranges.get("grant_id"), ranges["shares"], types
        )
        self.rows: list[Activity | Unreadable] = [entry for entry in entries if entry is not None]
        for row in self.rows:
            if isinstance(row, Unreadable) and row.action is Action.SPLIT:
                raise CallFailed(row.message, row.code)  # what came before it cannot be restated
        dates = ranges.get("event_date")
        self._days = {} if dates is None else self._read_days(dates)
        self.rows.sort(key=lambda row: self._days.get(row.row, datetime.date.min))

    def _read_days(self, dates: list[object]) -> dict[int, datetime.date]:
        """The day of each row; one that cannot be read refuses the whole ledger, for its place is unknown."""
        days: dict[int, datetime.date] = {}
        for row in self.rows:
            try:
                day = as_date(dates[row.row - 1])
            except ValueError:
                day = None
            if day is None:
                message = row.message if isinstance(row, Unreadable) else f"row {row.row} has no date"
                raise CallFailed(message, row.code if isinstance(row, Unreadable) else "#VALUE!")
            days[row.row] = day
        return days

    def named(self, row: Activity | Unreadable, message: str | None = None) -> list[object]:
        """Date, action and grant of a line; the sentence of an error, which names the grant, stands in its place."""
        grant = row.grant.text if row.grant else ""
        action = row.action.label if row.action else ""
        return [date_cell(self._days.get(row.row)), action, grant if message is None else message]

    def lines(self, until: datetime.date | None) -> Iterator[PoolLine | ExcelError]:
        """The pool's lines up to a day; the last is an error where a row cannot be read or cannot have happened."""
        rows = [row for row in self.rows if until is None or self._days[row.row] <= until]
        readable = list(takewhile(lambda row: isinstance(row, Activity), rows))
        for line in pool_ledger(self.reserve, [r for r in readable if isinstance(r, Activity)], self.recycling):
            if isinstance(line, Refusal):
                yield refused(line)
                return
            yield line
        for row in rows[len(readable) : len(readable) + 1]:
            if isinstance(row, Unreadable):
                yield ExcelError(row.code, row.message)
