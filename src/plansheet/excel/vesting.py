"""Worksheet function for vesting schedules (plan §8)."""

import datetime

from plansheet.core.words import Identifier
from plansheet.excel.cells import (
    CallFailed,
    Cells,
    ExcelError,
    column,
    column_for_all,
    date_cell,
    equal_heights,
    first_bad,
    number_cell,
    row_error,
    worksheet,
)
from plansheet.excel.reading import BadCell, as_amount, as_date, as_identifier, as_months, is_blank_or_zero, read_column
from plansheet.plan.vesting import installments, schedule_problem

_ROWS_OF_A_SHEET = 1_048_576


@worksheet
def VEST_TRANCHES(
    grant_id: Cells, shares: Cells, vesting_start: Cells, months: Cells, cliff: Cells = None, every: Cells = None
) -> object:
    """Installments of grants from their schedules (plan §8): a headed table Grant, Tranche, First exercisable, Shares.

    Args:
        grant_id: Column of grant numbers.
        shares: Column of shares granted.
        vesting_start: Column of the days on which the schedules start.
        months: Column of months until all shares are exercisable; 0: all on the first day.
        cliff: Column of months until the first shares are exercisable; left out: none.
        every: Column of months from one installment to the next; left out: 1.
    """
    ranges = {"grant": column(grant_id, "grant_id"), "shares": column(shares, "shares")}
    height = len(ranges["grant"])
    for name, argument in (("vesting start", vesting_start), ("months", months), ("cliff", cliff), ("every", every)):
        cells = column_for_all(argument, name, height)
        ranges[name] = [None] * height if cells is None else cells
    equal_heights(ranges)
    readers = {"grant": as_identifier, "shares": as_amount, "vesting start": as_date}
    reads = {name: read_column(cells, readers.get(name, as_months)) for name, cells in ranges.items()}
    table: list[list[object]] = [["Grant", "Tranche", "First exercisable", "Shares"]]
    for i in range(height):
        if all(is_blank_or_zero(ranges[name][i]) for name in ("grant", "shares", "vesting start")):
            continue
        grant: Identifier | None = reads["grant"].values[i]
        start, total, every_months = (reads[name].values[i] for name in ("vesting start", "months", "every"))
        cliff_months = reads["cliff"].values[i] or 0
        error = first_bad(i, reads) or schedule_error(i, grant, start, total, cliff_months)
        if error is not None:
            table.append([grant.text if grant else "", error.message, error, error])
            continue
        schedule = installments(reads["shares"].values[i] or 0, start, total or 0, cliff_months, every_months or 1)
        for number, (day, installment) in enumerate(schedule, start=1):
            table.append([grant.text if grant else "", float(number), date_cell(day), number_cell(installment)])
        if len(table) > _ROWS_OF_A_SHEET:
            raise CallFailed(
                f"the installments are more than the {_ROWS_OF_A_SHEET:,} rows of a sheet; give fewer grants"
            )
    return table


def schedule_error(
    position: int, grant: object, start: datetime.date | None, months: int | None, cliff: int
) -> ExcelError | None:
    """What a schedule lacks, or None."""
    if grant is None:
        return row_error(position, "grant", BadCell("is blank; enter the number of the grant"))
    if start is None:
        return row_error(position, "vesting start", BadCell("is blank; enter the day on which the schedule starts"))
    problem = schedule_problem(start, months or 0, cliff)
    if problem is not None:
        of_cliff = cliff > (months or 0)
        name = "cliff" if of_cliff else "months"
        return row_error(position, name, BadCell(f"cannot be: {problem}; enter fewer months of {name}"))
    return None
