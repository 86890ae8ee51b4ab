"""Worksheet functions for the $100,000 limit (plan §11(c); Treas. Reg. §1.422-4): one engine, four views."""

from collections.abc import Sequence

from plansheet.core.numbers import Number
from plansheet.core.words import Identifier, Rounding
from plansheet.excel.activity import read_activity_block
from plansheet.excel.cells import (
    Cells,
    ExcelError,
    is_left_out,
    number_cell,
    scalar,
    scalar_value,
    scalar_word,
    with_arguments_of,
    worksheet,
)
from plansheet.excel.grant_rows import read_grants
from plansheet.excel.reading import as_positive, is_blank_or_zero
from plansheet.excel.tranche_rows import Settled, read_tranches, settle
from plansheet.plan.iso_limit import TrancheSplit, YearUse
from plansheet.plan.iso_limit_why import why
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
