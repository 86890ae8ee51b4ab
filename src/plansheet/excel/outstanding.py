"""The options outstanding at a moment (plan §15(a), §16(a)), as a worksheet function."""

import datetime
from collections.abc import Mapping, Sequence

from plansheet.core.numbers import Number
from plansheet.core.records import Activity, Grant, Ledger, Tranche
from plansheet.core.words import Moment, SplitMethod
from plansheet.excel.activity import Unreadable, read_activity_block
from plansheet.excel.adjustment import split_decimals
from plansheet.excel.blocks import read_block
from plansheet.excel.cells import (
    Cells,
    ExcelError,
    is_left_out,
    number_cell,
    row_error,
    scalar_value,
    scalar_word,
    worksheet,
)
from plansheet.excel.grant_rows import read_grants
from plansheet.excel.reading import as_amount, as_date, as_identifier, is_blank_or_zero, read_column
from plansheet.plan.adjustment import splits_since
from plansheet.plan.iso_limit import IGNORED
from plansheet.plan.ledger import of_this_plan
from plansheet.plan.merger import price_after
from plansheet.plan.option_history import replay
from plansheet.plan.outstanding import is_made, until
from plansheet.plan.terms import atg_1996

_NOTHING = ["", "", "", "", ""]
Price = Number | ExcelError | None


@worksheet
def OPTIONS_OUTSTANDING(
    grants: Cells,
    vesting: Cells = None,
    activity: Cells = None,
    as_of: Cells = None,
    moment: Cells = None,
    method: Cells = None,
    decimals: Cells = None,
) -> object:
    """Options with shares left, exercisable or not (plan §15, §16(a)): Grant, Holder, Type, Shares, Price; no headings.

    Shares and prices are those of the day, adjusted for the splits since the grant. A grant with nothing left has no
    row. A grant whose history cannot be read or cannot have happened keeps its row: the sentence, and errors.

    Args:
        grants: Grants with their header row: Grant, Holder, Type, Grant date, FMV, Exercise price; a schedule, if no
            vesting. Grants of another Plan are left out.
        vesting: Tranches with their header row: Grant, First exercisable, Shares; left out: built from the schedules.
        activity: Activity with its header row: Date, Action, Grant, Shares, Type.
        as_of: The day; left out: after all activity.
        moment: END OF DAY (left out), BEFORE SPLIT or BEFORE MERGER: without the split, or what ends options, that day.
        method: Rounding of prices in a split: DOWN_UP (left out), PRESERVE_AGGREGATE or EXACT.
        decimals: Decimals of a price after a split; left out: 2.
    """
    day = scalar_value(as_of, "as_of", as_date)
    when = scalar_word(moment, "moment", Moment, Moment.END_OF_DAY)
    how = scalar_word(method, "method", SplitMethod, atg_1996().split_method)
    places = split_decimals(decimals)
    read = read_grants(grants, None if is_left_out(vesting) else vesting)
    prices, types = _prices(grants), _types(read.tranches)
    rows = [row for row in read_activity_block(activity) if row is not None]
    unread = _unread(rows)
    events = until([row for row in rows if isinstance(row, Activity)], day, when)
    tranches = [t for t in read.tranches if isinstance(t, Tranche) and is_made(_granted(t), day, when)]
    options, broken = replay(tranches, events)
    impossible = {event.option.grant.key: event.refusal for event in reversed(broken)}
    table: list[list[object]] = []
    for line in read.lines:
        if line.grant is not None and line.grant.key not in prices:
            continue
        error = line.error or unread.get("") or unread.get(line.grant.key if line.grant else "")
        if error is None and line.grant is not None and line.grant.key in impossible:
            refusal = impossible[line.grant.key]
            error = ExcelError(refusal.reason.value, refusal.message)
        if error is not None:
            table.append([line.grant.text if line.grant else "", error.message, error, error, error])
            continue
        assert line.grant is not None
        option = options.get(line.grant.key)
        if option is None or not option.outstanding:
            continue
        split = splits_since(option.grant_date, events)
        price = prices.get(line.grant.key)
        if isinstance(price, Number):
            price = price_after(split, option.outstanding, price, how, places)
        named = [line.grant.text, line.holder.text if line.holder else "", types[line.grant.key]]
        table.append([*named, number_cell(option.outstanding), _price_cell(price)])
    return table or [_NOTHING]


def _granted(tranche: Tranche) -> datetime.date:
    assert tranche.grant_date is not None
    return tranche.grant_date


def _price_cell(price: Price) -> object:
    if price is None:
        return ""
    return price if isinstance(price, ExcelError) else number_cell(price)


def _prices(grants: Cells) -> Mapping[str, Price]:
    """The exercise price of each grant under this plan as granted, by key; None for a blank cell."""
    block = read_block(grants, "grants", Grant, ("grant", "exercise_price"), ("plan",))
    names, cells, plans = (block.cells(name) for name in ("grant", "exercise_price", "plan"))
    assert names is not None and cells is not None
    read = read_column(cells, as_amount)
    prices: dict[str, Price] = {}
    known: list[Grant] = []
    for position, name in enumerate(read_column(names, as_identifier).values):
        if name is not None:
            plan = None if plans is None or is_blank_or_zero(plans[position]) else str(plans[position])
            known.append(Grant(name, plan=plan))
            bad = read.bad.get(position)
            prices[name.key] = read.values[position] if bad is None else row_error(position, "exercise price", bad)
    own = of_this_plan(Ledger(grants=tuple(known)), atg_1996())
    return {key: price for key, price in prices.items() if key in own}


def _types(tranches: Sequence[object]) -> dict[str, str]:
    return {t.grant.key: str(t.grant_type) for t in tranches if isinstance(t, Tranche)}


def _unread(rows: Sequence[Activity | Unreadable]) -> dict[str, ExcelError]:
    """By grant key what its activity cannot be read for; under "" what concerns every grant."""
    unread: dict[str, ExcelError] = {}
    for row in rows:
        if isinstance(row, Unreadable) and row.action not in IGNORED:
            error = ExcelError("#VALUE!", f"Activity {row.message}")
            unread.setdefault(row.grant.key if row.grant is not None else "", error)
    return unread
