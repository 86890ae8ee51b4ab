"""Worksheet function for the shares that may still be granted to an employee in a year (plan §3)."""

import datetime

from plansheet.core.numbers import Number
from plansheet.core.records import Activity
from plansheet.core.words import Action, Identifier
from plansheet.excel.activity import Unreadable, read_activity_block
from plansheet.excel.cells import (
    CallFailed,
    Cells,
    ExcelError,
    column,
    column_for_all,
    equal_heights,
    first_bad,
    number_cell,
    row_error,
    scalar,
    scalar_value,
    worksheet,
)
from plansheet.excel.reading import (
    BadCell,
    as_amount,
    as_date,
    as_identifier,
    as_number,
    as_positive,
    is_blank_or_zero,
    read_column,
)
from plansheet.excel.tranche_rows import ONE_HOLDER
from plansheet.plan.grant_limit import Splits
from plansheet.plan.terms import atg_1996


@worksheet
def ANNUAL_GRANT_ROOM(
    year: Cells, grant_date: Cells, shares: Cells, holder: Cells = None, activity: Cells = None, limit: Cells = None
) -> object:
    """Shares granted to each employee in a calendar year, and room under the plan's limit (plan §3): a headed table.

    Cancelled, expired and repriced grants count, and what replaces them counts again. Figures are in the shares of the
    year's end: splits of the year restate the limit and the grants before them. Room is below 0 where it is exceeded;
    holders without a grant in the year are left out.

    Args:
        year: The calendar year, such as 2001.
        grant_date: Column of grant dates.
        shares: Column of shares granted, in shares of the grant date.
        holder: Column of holders; left out: all grants are one holder's.
        activity: Activity with its header row: Date, Action, Grant, Shares; its SPLIT rows count.
        limit: Shares a year, in those of 1 January; left out: 500,000.
    """
    of_year = _year(year)
    splits = Splits(_splits(activity, of_year))
    most = _limit(limit) * splits.in_year(of_year)
    granted, refused = _granted(of_year, splits, grant_date, shares, holder)
    table: list[list[object]] = [["Holder", "Granted", "Room"]]
    for who in sorted({*granted, *refused}, key=lambda h: h.order):
        error = refused.get(who)
        if error is not None:
            table.append([who.text, error.message, error])
        else:
            table.append([who.text, number_cell(granted[who]), number_cell(most - granted[who])])
    return table


def _year(argument: Cells) -> int:
    year = scalar_value(argument, "year", as_number)
    if not year:
        raise CallFailed("year is blank; give the calendar year, such as 2001")
    if year.denominator != 1 or not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise CallFailed(f"year is {float(year):g}; give a calendar year, such as 2001")
    return int(year)


def _limit(argument: Cells) -> Number:
    usual = atg_1996().yearly_grant_limit
    given = None if is_blank_or_zero(scalar(argument, "limit")) else scalar_value(argument, "limit", as_positive)
    if given is None and usual is None:
        raise CallFailed("limit is blank, and the plan has none; give the shares a year")
    return given or usual or 0


def _splits(activity: Cells, year: int) -> list[Activity]:
    """The splits of Activity; a row of the year that cannot be read and may be a split refuses the call."""
    rows = read_activity_block(activity)
    for row in rows:
        if isinstance(row, Unreadable) and _may_split(row) and (row.date is None or row.date.year == year):
            raise CallFailed(f"Activity {row.message}", row.code)
    return [row for row in rows if isinstance(row, Activity)]


def _may_split(row: Unreadable) -> bool:
    return row.action is Action.SPLIT or (row.action is None and row.grant is None)


def _granted(
    year: int, splits: Splits, grant_date: Cells, shares: Cells, holder: Cells
) -> tuple[dict[Identifier, Number], dict[Identifier, ExcelError]]:
    """Shares by holder in those of the year's end, and the holders of whom a row that may count cannot be read."""
    ranges = {"grant date": column(grant_date, "grant_date"), "shares": column(shares, "shares")}
    height = equal_heights(ranges)
    holders = column_for_all(holder, "holder", height)
    if holders is not None:
        ranges["holder"] = holders
    equal_heights(ranges)
    reads = {name: read_column(cells, _READERS[name]) for name, cells in ranges.items()}
    whose = [ONE_HOLDER] * height if holders is None else reads["holder"].values
    granted: dict[Identifier, Number] = {}
    refused: dict[Identifier, ExcelError] = {}
    everybody: ExcelError | None = None
    for i, (day, number, who) in enumerate(zip(reads["grant date"].values, reads["shares"].values, whose, strict=True)):
        if is_blank_or_zero(ranges["grant date"][i]) and is_blank_or_zero(ranges["shares"][i]):
            continue
        if day is not None and day.year != year:
            continue
        error = first_bad(i, reads) or _missing(i, day, who)
        if who is None:
            everybody = everybody or error
        elif error is not None:
            refused.setdefault(who, error)
            granted.setdefault(who, 0)  # as first spelled
        elif day is not None:
            granted[who] = granted.get(who, 0) + (number or 0) * splits.in_year(year, day)
    if everybody is not None:
        if not granted:
            raise CallFailed(everybody.message, str(everybody))
        refused = {who: refused.get(who, everybody) for who in granted}
    return granted, refused


def _missing(position: int, day: object, who: object) -> ExcelError | None:
    if day is None:
        return row_error(position, "grant date", BadCell("is blank; enter the day of the grant"))
    if who is None:
        return row_error(position, "holder", BadCell("is blank; enter whose option it is"))
    return None


_READERS = {"grant date": as_date, "shares": as_amount, "holder": as_identifier}
