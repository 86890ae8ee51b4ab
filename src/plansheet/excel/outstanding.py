"""The options outstanding at a moment (plan §15(a), §16(a)), as a worksheet function."""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

from plansheet.core.numbers import Number
from plansheet.core.records import Activity, Grant, Ledger, Tranche
from plansheet.core.refusal import Refusal
from plansheet.core.words import Action, Identifier, Moment, SplitMethod
from plansheet.excel.activity import Unreadable, read_activity_block
from plansheet.excel.adjustment import split_decimals
from plansheet.excel.blocks import read_block
from plansheet.excel.cells import (
    CallFailed,
    Cells,
    ExcelError,
    is_left_out,
    number_cell,
    refused,
    row_error,
    scalar_value,
    scalar_word,
    worksheet,
)
from plansheet.excel.grant_rows import read_grants
from plansheet.excel.reading import Read, as_amount, as_date, as_identifier, read_column
from plansheet.excel.tranche_rows import Entry, UnreadTranche
from plansheet.plan.iso_limit import IGNORED
from plansheet.plan.outstanding import Outstanding, Rounding, options_at, past_its_period
from plansheet.plan.terms import atg_1996
from plansheet.plan.this_plan import of_this_plan

_NOTHING = ["", "", "", "", ""]


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
    row. One whose history cannot be read or cannot have happened, or whose period is over with shares left, keeps its
    row: the sentence stands in Type, errors in Shares and Price. Fractions of a split are carried.

    Args:
        grants: Grants with their header row: Grant, Holder, Type, Grant date, FMV, Exercise price, Expires; a schedule,
            if no vesting. Grants of another Plan are left out.
        vesting: Tranches with their header row: Grant, First exercisable, Shares; left out: built from the schedules.
        activity: Activity with its header row: Date, Action, Grant, Shares, Type.
        as_of: The day; left out: after all activity.
        moment: END OF DAY (left out), BEFORE SPLIT or BEFORE MERGER: without the split, or what ends options, that day.
        method: Rounding of prices in a split: DOWN_UP (left out), PRESERVE_AGGREGATE or EXACT.
        decimals: Decimals of a price after a split; left out: 2.
    """
    day = scalar_value(as_of, "as_of", as_date)
    when = scalar_word(moment, "moment", Moment, Moment.END_OF_DAY)
    if day is None and when is not Moment.END_OF_DAY:
        raise CallFailed(f"moment is {when} and as_of is blank; give the day")
    rounding = Rounding(scalar_word(method, "method", SplitMethod, atg_1996().split_method), split_decimals(decimals))
    read = read_grants(grants, None if is_left_out(vesting) else vesting)
    facts = _grant_facts(grants)
    rows = [row for row in read_activity_block(activity) if row is not None]
    unread = _unread(rows, day) | _without_grant(read.tranches)
    tranches = [t for t in read.tranches if isinstance(t, Tranche)]
    prices = {key: None if isinstance(each.price, ExcelError) else each.price for key, each in facts.items()}
    left = options_at(tranches, [r for r in rows if isinstance(r, Activity)], prices, day, when, rounding)
    types = {t.grant.key: str(t.grant_type) for t in tranches}
    table: list[list[object]] = []
    for line in read.lines:
        key = line.grant.key if line.grant is not None else ""
        if line.grant is not None and key not in facts:
            continue  # of another plan
        error = line.error or unread.get("") or unread.get(key)
        if error is None and key in facts and isinstance(plan := facts[key].plan, ExcelError):
            error = plan
        option = left.get(key)
        if error is None and isinstance(option, Refusal):
            error = refused(option)
        if error is None and isinstance(option, Outstanding):
            error = _over(facts[key], day, option.shares)
        if error is not None:
            who = line.holder.text if line.holder else error
            table.append([str(line.grant or ""), who, error.message, error, error])
        elif isinstance(option, Outstanding):
            price = _price_cell(facts[key].price, option.price)
            named = [str(line.grant), line.holder.text if line.holder else "", types[key]]
            table.append([*named, number_cell(option.shares), price])
    return table or [_NOTHING]


class _Facts(NamedTuple):
    """What Grants says of an option beside its tranches: exercise price as granted, last day, plan; or why not."""

    price: Number | ExcelError | None
    expires: datetime.date | ExcelError | None
    plan: Identifier | ExcelError | None


def _grant_facts(grants: Cells) -> dict[str, _Facts]:
    """The facts of each grant under this plan, by key."""
    block = read_block(grants, "grants", Grant, ("grant", "exercise_price"), ("plan", "expires"))
    names, prices = block.cells("grant"), block.cells("exercise_price")
    assert names is not None and prices is not None
    nothing = [None] * len(names)
    read_plans = read_column(block.cells("plan") or nothing, as_identifier)
    read_prices = read_column(prices, as_amount)
    read_days = read_column(block.cells("expires") or nothing, as_date)
    facts: dict[str, _Facts] = {}
    known: list[Grant] = []
    for at, name in enumerate(read_column(names, as_identifier).values):
        if name is not None:
            plan = _of(read_plans, at, "plan")
            if not isinstance(plan, ExcelError):
                known.append(Grant(name, plan=plan.text if plan is not None else None))
            facts[name.key] = _Facts(_of(read_prices, at, "exercise price"), _of(read_days, at, "expires"), plan)
    own = of_this_plan(Ledger(grants=tuple(known)), atg_1996())
    return {key: each for key, each in facts.items() if key in own or isinstance(each.plan, ExcelError)}


def _of(read: Read, at: int, name: str) -> Any:
    return row_error(at, name, read.bad[at]) if at in read.bad else read.values[at]


def _over(facts: _Facts, day: datetime.date | None, shares: Number) -> ExcelError | None:
    """Why an option is not outstanding although shares are left: its period is over (plan §7)."""
    if isinstance(facts.expires, ExcelError):
        return facts.expires
    why = past_its_period(facts.expires, day, shares)
    return None if why is None else ExcelError("#N/A", why)


def _price_cell(granted: Number | ExcelError | None, price: Number | Refusal | None) -> object:
    if isinstance(granted, ExcelError):
        return granted
    if isinstance(price, Refusal):
        return refused(price)
    return "" if price is None else number_cell(price)


def _unread(rows: Sequence[Activity | Unreadable], day: datetime.date | None) -> dict[str, ExcelError]:
    """By grant key what its activity cannot be read for; under "" what concerns every grant.

    A row of a later day cannot have influenced the day, but for an approval.
    """
    unread: dict[str, ExcelError] = {}
    for row in rows:
        if not isinstance(row, Unreadable) or row.action in IGNORED:
            continue
        if day is not None and row.date is not None and row.date > day and row.action is not Action.APPROVAL:
            continue
        error = ExcelError("#VALUE!", f"Activity {row.message}")
        one = row.grant if row.action is not Action.SPLIT else None  # a split is of every grant, whatever it names
        unread.setdefault(one.key if one is not None else "", error)
    return unread


def _without_grant(entries: Sequence[Entry]) -> dict[str, ExcelError]:
    """A tranche of which nobody can tell whose it is, under ""."""
    errors = [entry.error for entry in entries if isinstance(entry, UnreadTranche) and entry.grant is None]
    return {"": errors[0]} if errors else {}
