"""Payment of an exercise price with shares (plan §6(b)(i)): how many whole shares, and how long they were owned."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from plansheet.core.dates import date_text, months_after
from plansheet.core.numbers import Number, counted_text, dollars_text, ratio, round_down, round_up
from plansheet.core.records import Activity, Grant, Ledger, Record, heading
from plansheet.core.refusal import Refusal
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.activity import in_order, of_grant_text, row_text
from plansheet.plan.adjustment import adjust, splits_of, splits_since
from plansheet.plan.pool import Measure
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan, rows_of_this_plan
from plansheet.plan.unread import is_unread, lost_rows, why_lost, why_unread

_TENDERS = (Action.TENDER, Action.TENDER_OTHER)
_PAYMENTS = (*_TENDERS, Action.NET_EXERCISE)


def tender_shares(cost: Number, fmv: Number) -> tuple[Number, Number]:
    """The whole shares worth at most the exercise price, and what is left of it to be paid in cash."""
    shares = round_down(ratio(cost, fmv))  # "having a fair market value equal in amount": the plan gives no change
    return shares, cost - shares * fmv


def tenderable_from(acquired: datetime.date, terms: Terms) -> datetime.date:
    """The first day on which shares acquired directly from the company may pay an exercise price."""
    return months_after(acquired, terms.tender_holding_months)


@rule(
    "PAY001",
    Severity.ERROR,
    plan="§6(b)(i)",
    message=(
        "{action}{of_grant}: the shares were delivered on {date} and acquired from the company on {acquired}; they may "
        "pay an exercise price from {first} on, {months} months later."
    ),
    fix="Correct Acquired or Date if one is recorded wrong; if not, give the shares back for cash.",
    needs=((Activity, "acquired"), (Activity, "action"), (Activity, "date")),
)
def owned_long_enough(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """Shares from the company paid an exercise price before they were owned for six months.

    Why: "such Common Stock, if acquired directly from the Company, was owned by the optionee at least six months prior
    to such delivery"; calendar months, so that 31 August to 28 February is enough.
    Example: exercised on 2005-01-15, tendered on 2005-07-14.
    Not covered: TENDER OTHER without Acquired, which was bought elsewhere; whether the agreement permits this payment.
    """
    for row in rows_of_this_plan(ledger, terms):
        if row.action not in _TENDERS or row.date is None:
            continue
        if row.acquired is None:
            if row.action is Action.TENDER and not is_unread(ledger, row, "acquired"):
                why = f"{heading(Activity, 'acquired')} is blank"
                yield Unsettled(f"how long the shares of {row_text(row)} were owned", why)
            continue
        first = tenderable_from(row.acquired, terms)
        if row.date < first:
            facts = {
                "action": row.action,
                "of_grant": of_grant_text(row),
                "date": date_text(row.date),
                "acquired": date_text(row.acquired),
                "first": date_text(first),
                "months": terms.tender_holding_months,
            }
            yield Hit(row, "acquired", facts)


@rule(
    "PAY002",
    Severity.ERROR,
    plan="§6(b)(i)",
    message=(
        "The shares {given} for grant {grant} on {date} are worth {value}, more than the exercise price of {cost} "
        "({exercised} exercised)."
    ),
    fix="Reduce what is {given} by {over}; the rest of the price is paid in cash, for the plan gives no change.",
    needs=(
        (Activity, "fmv"), (Activity, "shares"), (Activity, "action"), (Activity, "date"), (Grant, "exercise_price"),
    ),
)  # fmt: skip
def worth_no_more_than_the_price(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """Shares tendered or kept for an exercise price are worth more than it.

    Why: the shares have "a fair market value equal in amount to the exercise price of the options being exercised";
    what whole shares leave of it is paid in cash.
    Example: 219 shares at $6.00 for 1,000 options at $1.31; 218 and $2.00 in cash pay it.
    Not covered: shares worth less than the price, the rest of which may have been paid in cash.
    """
    own, lost = of_this_plan(ledger, terms), _lost(ledger)
    for row in rows_of_this_plan(ledger, terms):
        if row.action in _PAYMENTS and row.grant is None:
            yield Unsettled(f"what {row_text(row)} paid", "it names no grant")
    for key, date, day in _days(ledger, terms):
        grant = own.get(key)
        if grant is None or not grant.exercise_price:
            continue  # LEDGER002 and LEDGER005 say so
        why = lost.get("") or lost.get(key) or _unread_cell(ledger, grant, day) or _lacking(grant, day)
        cost = _cost(grant, day, terms)
        if isinstance(cost, Refusal):
            why = why or cost.message
        if isinstance(cost, Refusal) or why is not None:
            yield Unsettled(
                f"what the shares {_given(day)} for grant {grant.grant} on {date_text(date)} paid", why or ""
            )
            continue
        value = sum(((row.shares or 0) * (row.fmv or 0) for row in day.tenders), start=0)
        if value > cost:
            last = day.tenders[-1]
            facts = {
                "grant": grant.grant,
                "given": _given(day),
                "date": date_text(date),
                "value": dollars_text(value),
                "cost": dollars_text(cost),
                "exercised": counted_text(sum((row.shares or 0 for row in day.exercises), start=0)),
                "over": counted_text(round_up(ratio(value - cost, last.fmv or 1))),
            }
            yield Hit(last, "shares", facts)


@dataclass(slots=True)
class _Day:
    """What happened to one grant on one day: its exercises, the splits before the last of them, and what paid."""

    exercises: list[Activity] = field(default_factory=list)
    splits: list[Activity] = field(default_factory=list)
    tenders: list[Activity] = field(default_factory=list)


def _days(ledger: Ledger, terms: Terms) -> Iterator[tuple[str, datetime.date, _Day]]:
    """Every day on which shares paid the price of a grant, by its key."""
    days: dict[tuple[str, datetime.date], _Day] = defaultdict(_Day)
    splits: list[Activity] = []
    for row in in_order(ledger.activity):
        if row.action is Action.SPLIT:
            splits.append(row)
        if row.grant is None or row.date is None:
            continue
        if row.action is Action.EXERCISE:
            days[row.grant.key, row.date].exercises.append(row)
            days[row.grant.key, row.date].splits = list(splits)
        elif row.action in _PAYMENTS:
            days[row.grant.key, row.date].tenders.append(row)
    for (key, date), day in days.items():
        if day.tenders:
            yield key, date, day


def _cost(grant: Grant, day: _Day, terms: Terms) -> Number | Refusal:
    """The exercise price of what was exercised, in the price of that day: adjusted for the splits before it (§15)."""
    price, shares = grant.exercise_price or 0, sum((row.shares or 0 for row in day.exercises), start=0)
    split = splits_since(grant.grant_date or datetime.date.max, splits_of(day.splits))
    if split.new != split.old:
        adjusted = adjust(grant.shares or 0, price, split, terms.split_method, terms.split_decimals)
        if isinstance(adjusted, Refusal):
            return adjusted
        price = adjusted[1]
    return shares * price


def _given(day: _Day) -> str:
    """How the shares of a day pay: plan shares and others are tendered, those of a net exercise are kept."""
    kept = [row.action is Action.NET_EXERCISE for row in day.tenders]
    return "kept" if all(kept) else "tendered and kept" if any(kept) else "tendered"


def _worth(row: Activity) -> Number:
    return (row.shares or 0) * (row.fmv or 0)


def _unread_cell(ledger: Ledger, grant: Grant, day: _Day) -> str | None:
    """Why a price or a value of a day is not known: its cell cannot be read."""
    records: tuple[Record, ...] = (grant, *day.tenders)
    cells = (why_unread(ledger, record, "exercise_price", "fmv", "grant_date") for record in records)
    return next(filter(None, cells), None)


def _lacking(grant: Grant, day: _Day) -> str | None:
    """What the records of a day do not say."""
    if not day.exercises:
        return "Activity has no EXERCISE of it on that day"
    for row in (*day.exercises, *day.tenders):
        needed = ["shares"] if row.action is Action.EXERCISE else ["shares", "fmv"]
        for name in needed:
            if getattr(row, name) is None:
                return f"{heading(Activity, name)} of its {row.action} is blank"
    if day.splits and (grant.grant_date is None or grant.shares is None):
        return "the price after a split depends on its grant date and shares, and Grants does not have both"
    return None


def _lost(ledger: Ledger) -> dict[str, str]:
    """Why the rows of a grant, by key, are not all there: one of Activity cannot be read; under "" of any grant."""
    lost: dict[str, str] = {}
    for row, why in lost_rows(ledger):
        one = row.grant if row.action is not Action.SPLIT else None
        lost.setdefault(one.key if one is not None else "", why)
    return lost


@rule(
    "PAY003",
    Severity.WARNING,
    plan="§4",
    message=(
        "TENDER{of_grant} on {date}: with it {holder} has tendered {tendered}, but {issued} of the plan {were} issued "
        "to {holder} by then and not disposed of."
    ),
    fix="Correct it to TENDER OTHER if they were no plan shares, or record the exercise by which they were issued.",
    needs=(
        (Activity, "action"), (Activity, "date"), (Activity, "shares"), (Activity, "grant"), (Grant, "holder"),
        (Grant, "grant_date"),
    ),
)  # fmt: skip
def tendered_what_was_issued(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """More plan shares were tendered than their holder had been issued under the plan.

    Why: only shares "issued upon exercise of an option under the Plan" that are tendered for a price are again
    available for grants; other shares bring nothing back to the pool.
    Example: a TENDER of 400 shares by a holder whose exercises until then are of 300.
    Not covered: shares issued before the first row of Activity, and those given or sold without a DISPOSITION; a
    DISPOSITION without its number counts as none. Shares kept for a price or a tax were not issued.
    """
    own = of_this_plan(ledger, terms)
    rows = [row for row in in_order(ledger.activity) if row.date is not None]
    if not any(row.action is Action.TENDER for row in rows):
        return
    if (why := why_lost(ledger)) is not None:
        yield Unsettled("whether the shares tendered were plan shares", why)
        return
    measure = Measure(rows)
    held: dict[str, Number | None] = defaultdict(int)
    tendered: dict[str, Number] = defaultdict(int)
    for at, row in enumerate(rows):
        grant = own.get(row.grant.key) if row.grant is not None else None
        if grant is None or row.action not in _OF_HELD_SHARES:
            continue
        if grant.holder is None:
            yield from _untold(row, f"grant {grant.grant} has no Holder")
            continue
        key, of_row = grant.holder.key, measure.of_row(at, row, grant.grant_date)
        before = held[key]
        if row.action is Action.EXERCISE:
            held[key] = None if before is None or row.shares is None else before + row.shares * of_row
        elif row.action is not Action.TENDER:
            held[key] = None if before is None else before - (row.shares or 0) * of_row
        elif before is None or row.shares is None:
            yield from _untold(row, "a row of Activity gives no shares")
        else:
            tendered[key] += row.shares * of_row
            if tendered[key] > max(before, 0):
                yield Hit(row, "shares", _tender_facts(row, grant, tendered[key], max(before, 0), of_row))


_OF_HELD_SHARES = frozenset(
    {
        Action.EXERCISE, Action.TENDER, Action.DISPOSITION, Action.WITHHOLD, Action.NET_EXERCISE, Action.REPURCHASE,
    }
)  # fmt: skip


def _untold(row: Activity, why: str) -> Iterator[Unsettled]:
    if row.action is Action.TENDER:
        yield Unsettled(f"whether the shares of {row_text(row)} were plan shares", why)


def _tender_facts(row: Activity, grant: Grant, tendered: Number, issued: Number, of_row: Number) -> dict[str, object]:
    assert row.date is not None
    number = ratio(issued, of_row)
    return {
        "of_grant": of_grant_text(row),
        "date": date_text(row.date),
        "holder": grant.holder,
        "tendered": counted_text(ratio(tendered, of_row)),
        "issued": counted_text(number),
        "were": "was" if number == 1 else "were",
    }
