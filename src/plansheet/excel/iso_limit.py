"""Worksheet functions for the $100,000 limit (plan §11(c); Treas. Reg. §1.422-4): one engine, four views."""

from collections.abc import Sequence

from plansheet.core.numbers import Number
from plansheet.core.records import Activity, Tranche
from plansheet.core.refusal import Refusal
from plansheet.core.words import Identifier, Rounding
from plansheet.excel.activity import Unreadable, read_activity_block
from plansheet.excel.cells import (
    CallFailed,
    Cells,
    ExcelError,
    column,
    column_for_all,
    equal_heights,
    first_bad,
    is_left_out,
    number_cell,
    scalar,
    scalar_value,
    scalar_word,
    with_arguments_of,
    worksheet,
)
from plansheet.excel.grant_rows import read_grants
from plansheet.excel.reading import as_amount, as_date, as_positive, is_blank_or_zero, read_column
from plansheet.excel.tranche_rows import ONE_HOLDER, Entry, Settled, read_tranches, settle
from plansheet.plan.iso_limit import IGNORED, TrancheSplit, YearUse
from plansheet.plan.iso_limit_why import why
from plansheet.plan.iso_room import Installment, NewGrant, largest_iso_grant
from plansheet.plan.terms import atg_1996


@worksheet
def ISO_LIMIT_SPLIT(
    grant_id: Cells,
    grant_date: Cells,
    fmv: Cells,
    first_exercisable: Cells,
    shares: Cells,
    holder: Cells = None,
    grant_type: Cells = None,
    activity: Cells = None,
    limit: Cells = None,
    rounding: Cells = None,
) -> object:
    """ISO shares and NSO shares of each tranche under the $100,000 limit (plan §11(c)): two columns.

    Args:
        grant_id: Column of grant numbers, one row per tranche.
        grant_date: Column of grant dates.
        fmv: Column of fair market values per share on the grant date (not the exercise price), in dollars.
        first_exercisable: Column of dates, each tranche's first exercisable by service; blank: by a condition.
        shares: Column of shares, in shares of the grant date.
        holder: Column of holders; left out: one holder.
        grant_type: Column of types, ISO or NSO; left out: ISO.
        activity: Activity with its header row: Date, Action, Grant, Shares, Type.
        limit: Dollars a calendar year; left out: 100,000.
        rounding: FLOOR (left out: the straddling share is NSO) or EXACT (fractions).
    """
    entries = read_tranches(grant_id, grant_date, fmv, first_exercisable, shares, holder, grant_type)
    settled = settle(entries, read_activity_block(activity), _limit(limit), _rounding(rounding))
    return [_pair(answer) for answer in settled.rows]


@with_arguments_of(ISO_LIMIT_SPLIT)
@worksheet
def ISO_LIMIT_BY_YEAR(
    grant_id: Cells,
    grant_date: Cells,
    fmv: Cells,
    first_exercisable: Cells,
    shares: Cells,
    holder: Cells = None,
    grant_type: Cells = None,
    activity: Cells = None,
    limit: Cells = None,
    rounding: Cells = None,
) -> object:
    """The $100,000 limit by holder and year (plan §11(c)): dollars counted, ISO, over, headroom; a headed table."""
    entries = read_tranches(grant_id, grant_date, fmv, first_exercisable, shares, holder, grant_type)
    dollars = _limit(limit)
    settled = settle(entries, read_activity_block(activity), dollars, _rounding(rounding))
    lines: list[tuple[Identifier, list[object]]] = [(use.holder, _year_line(use, dollars)) for use in settled.years]
    for who, error in settled.refused.items():
        lines.append((who, [who.text, "", error, error, error, error, error.message]))
    lines.sort(key=lambda line: line[0].order)
    return [["Holder", "Year", "Counted", "ISO", "Over", "Headroom", "Status"], *(line for _, line in lines)]


@with_arguments_of(ISO_LIMIT_SPLIT)
@worksheet
def ISO_LIMIT_WHY(
    grant_id: Cells,
    grant_date: Cells,
    fmv: Cells,
    first_exercisable: Cells,
    shares: Cells,
    holder: Cells = None,
    grant_type: Cells = None,
    activity: Cells = None,
    limit: Cells = None,
    rounding: Cells = None,
) -> object:
    """Why each tranche is ISO or NSO under the $100,000 limit (plan §11(c)): one sentence per tranche."""
    entries = read_tranches(grant_id, grant_date, fmv, first_exercisable, shares, holder, grant_type)
    dollars = _limit(limit)
    settled = settle(entries, read_activity_block(activity), dollars, _rounding(rounding))
    return [[_sentence(answer, dollars)] for answer in settled.rows]


@worksheet
def ISO_LIMIT_BY_GRANT(
    grants: Cells, vesting: Cells = None, activity: Cells = None, limit: Cells = None, rounding: Cells = None
) -> object:
    """ISO and NSO shares of each grant under the $100,000 limit (plan §11(c)): headed table Grant, Holder, ISO, NSO.

    Args:
        grants: Grants with their header row: Grant, Holder, Type, Grant date, FMV, Shares; a schedule if no vesting.
        vesting: Tranches with their header row: Grant, First exercisable, Shares; left out: built from the schedules.
        activity: Activity with its header row: Date, Action, Grant, Shares, Type.
        limit: Dollars a calendar year; left out: 100,000.
        rounding: FLOOR (left out: the straddling share is NSO) or EXACT (fractions).
    """
    read = read_grants(grants, None if is_left_out(vesting) else vesting)
    settled = settle(read.tranches, read_activity_block(activity), _limit(limit), _rounding(rounding), "grants ")
    table: list[list[object]] = [["Grant", "Holder", "ISO", "NSO"]]
    for line in read.lines:
        holder = line.holder.text if line.holder else ""
        sums = line.error or _sum(settled, line.positions)
        if isinstance(sums, ExcelError):
            table.append([line.grant.text if line.grant else "", sums.message, sums, sums])
        else:
            table.append([line.grant.text if line.grant else "", holder, *(number_cell(s) for s in sums)])
    return table


@worksheet
def ISO_MAX_GRANT(
    new_grant_date: Cells,
    new_fmv: Cells,
    new_first_exercisable: Cells,
    new_weight: Cells,
    grant_id: Cells = None,
    grant_date: Cells = None,
    fmv: Cells = None,
    first_exercisable: Cells = None,
    shares: Cells = None,
    holder: Cells = None,
    grant_type: Cells = None,
    activity: Cells = None,
    limit: Cells = None,
    rounding: Cells = None,
) -> object:
    """Most shares a new grant can carry wholly as ISO, and the year that binds (plan §11(c)): two cells in a row.

    Args:
        new_grant_date: Day on which the new grant is to be made.
        new_fmv: Fair market value per share on that day, in dollars.
        new_first_exercisable: Column of dates of its schedule; blank: exercisable by a condition.
        new_weight: Column of weights, each installment's part in any unit: shares, percent or months.
        grant_id: Column of the holder's grant numbers, one row per tranche; left out: no other grants.
        grant_date: Column of grant dates.
        fmv: Column of fair market values per share on the grant date (not the exercise price), in dollars.
        first_exercisable: Column of dates, each tranche's first exercisable by service; blank: by a condition.
        shares: Column of shares, in shares of the grant date.
        holder: Column of holders, all the same; left out: one holder.
        grant_type: Column of types, ISO or NSO; left out: ISO.
        activity: Activity with its header row: Date, Action, Grant, Shares, Type.
        limit: Dollars a calendar year; left out: 100,000.
        rounding: As for ISO_LIMIT_SPLIT; changes nothing here, where every share is wholly ISO.
    """
    day, value = scalar_value(new_grant_date, "new_grant_date", as_date), scalar_value(new_fmv, "new_fmv", as_positive)
    if day is None or value is None:
        raise CallFailed(f"{'new_grant_date' if day is None else 'new_fmv'} is blank; enter it")
    _rounding(rounding)
    schedule = _schedule(new_first_exercisable, new_weight)
    ranges = {"grant_id": grant_id, "grant_date": grant_date, "fmv": fmv, "first_exercisable": first_exercisable}
    given = [name for name, cells in (ranges | {"shares": shares}).items() if cells is not None]
    if given and len(given) <= len(ranges):
        raise CallFailed(
            f"only {', '.join(given)} of the holder's grants are given; give all of their columns, or none"
        )
    rows = read_tranches(grant_id, grant_date, fmv, first_exercisable, shares, holder, grant_type) if given else []
    events = read_activity_block(activity)
    dollars = _limit(limit)
    tranches = _of_one_holder(rows, settle(rows, events, dollars, Rounding.EXACT))
    new = NewGrant(tranches[0].held_by if tranches else ONE_HOLDER, day, value, schedule)
    answer = largest_iso_grant(new, tranches, _known(events), dollars)
    if isinstance(answer, Refusal):
        raise CallFailed(answer.message, answer.reason.value)
    return [[number_cell(answer.shares), float(answer.year)]]


def _of_one_holder(rows: Sequence[Entry], settled: Settled) -> list[Tranche]:
    """The rows' tranches: all of one holder, whose limit it is, and all with an answer."""
    errors = [*settled.refused.values(), *(row for row in settled.rows if isinstance(row, ExcelError))]
    if errors:
        raise CallFailed(errors[0].message, errors[0])
    tranches = [row for row in rows if isinstance(row, Tranche)]
    holders = {tranche.held_by.key: tranche.held_by for tranche in tranches}
    if len(holders) > 1:
        names = " and ".join(str(holder) for holder in list(holders.values())[:2])
        raise CallFailed(f"the rows are of several holders ({names}); give those of the new grant's holder alone")
    return tranches


def _known(events: Sequence[Activity | Unreadable | None]) -> list[Activity]:
    """The rows of activity; one that may concern every grant, and so the new one, must be readable."""
    for event in events:
        if isinstance(event, Unreadable) and event.grant is None and event.action not in IGNORED:
            raise CallFailed(f"Activity {event.message}", event.code)
    return [event for event in events if isinstance(event, Activity)]


def _schedule(dates: Cells, weights: Cells) -> list[Installment]:
    """The new grant's installments; a row without a date and a weight is none."""
    days = column(dates, "new_first_exercisable")
    parts = column_for_all(weights, "new_weight", len(days))
    if parts is None:
        raise CallFailed("new_weight is blank; give each installment's part, in shares, percent or months")
    equal_heights({"new_first_exercisable": days, "new_weight": parts})
    reads = {"new_first_exercisable": read_column(days, as_date), "new_weight": read_column(parts, as_amount)}
    schedule: list[Installment] = []
    for i in range(len(days)):
        error = first_bad(i, reads)
        if error is not None:
            raise CallFailed(error.message, error)
        weight = reads["new_weight"].values[i]
        if weight:
            schedule.append((reads["new_first_exercisable"].values[i], weight))
        elif not is_blank_or_zero(days[i]):
            raise CallFailed(
                f"row {i + 1}: new_weight is blank or 0; enter the installment's part, or leave the row out"
            )
    if not schedule:
        raise CallFailed("new_weight holds no weight above zero; give each installment's part")
    return schedule


def _sum(settled: Settled, positions: Sequence[int]) -> tuple[Number, Number] | ExcelError:
    iso: Number = 0
    nso: Number = 0
    for position in positions:
        answer = settled.rows[position]
        if isinstance(answer, ExcelError):
            return answer
        if answer is not None:
            iso += answer.iso
            nso += answer.nso
    return iso, nso


def _limit(argument: Cells) -> Number:
    if is_blank_or_zero(scalar(argument, "limit")):
        return atg_1996().iso_limit
    return scalar_value(argument, "limit", as_positive) or atg_1996().iso_limit


def _rounding(argument: Cells) -> Rounding:
    return scalar_word(argument, "rounding", Rounding, atg_1996().rounding)


def _pair(answer: TrancheSplit | ExcelError | None) -> list[object]:
    if answer is None:
        return ["", ""]
    if isinstance(answer, ExcelError):
        return [answer, answer]
    return [number_cell(answer.iso), number_cell(answer.nso)]


def _sentence(answer: TrancheSplit | ExcelError | None, limit: Number) -> str:
    if answer is None:
        return ""
    return answer.message if isinstance(answer, ExcelError) else why(answer, limit)


def _year_line(use: YearUse, limit: Number) -> list[object]:
    status = use.status(limit, atg_1996().approaching_dollars)
    figures = (use.counted, use.iso, use.over, use.headroom(limit))
    return [use.holder.text, float(use.year), *(number_cell(figure) for figure in figures), status]
