"""The cash payment for options in a merger (plan §16(a)(iii)), by the plan's words and by market practice."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plansheet.core.dates import date_text
from plansheet.core.numbers import Number, dollars_text, ratio, round_down, round_half_up, shares_text
from plansheet.core.records import Activity, Grant, Holder, Ledger, Tranche, heading
from plansheet.core.refusal import Refusal
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action, CashoutMethod, Identifier, Moment
from plansheet.plan.ledger import Completed, complete, of_this_plan
from plansheet.plan.outstanding import Rounding, options_at, past_its_period
from plansheet.plan.terms import Terms

_CENT = 2


@dataclass(frozen=True, slots=True)
class HolderPayment:
    """A holder's payment under both readings, in dollars, rounded once, half up."""

    shares: Number
    plan: Number
    per_option: Number

    @property
    def difference(self) -> Number:
        """What the market's reading pays more than the plan's words."""
        return self.per_option - self.plan


def holder_payment(merger_price: Number, options: Sequence[tuple[Number, Number]]) -> HolderPayment:
    """One holder's payment for (shares, exercise price) pairs."""
    spreads = _spreads(merger_price, options)
    # "the amount (if any) by which (A) the Merger Price times the number of shares ... (whether or not then
    # exercisable) exceeds (B) the aggregate exercise price of all such outstanding options": netted, never below zero.
    plan = max(0, sum(spreads, start=0))
    per_option = sum((max(0, s) for s in spreads), start=0)
    shares = sum((s for s, _ in options), start=0)
    return HolderPayment(shares, round_half_up(plan, _CENT), round_half_up(per_option, _CENT))


def row_payments(merger_price: Number, options: Sequence[tuple[Number, Number]], method: CashoutMethod) -> list[Number]:
    """One holder's payment shared over the in-the-money options by spread; odd cents to the largest remainders.

    The rows add up to the holder's payment to the cent; an underwater option's row is 0.
    """
    payment = holder_payment(merger_price, options)
    total = payment.plan if method is CashoutMethod.PLAN else payment.per_option
    spreads = [max(0, s) for s in _spreads(merger_price, options)]
    whole = sum(spreads, start=0)
    if total == 0 or whole == 0:
        return [0] * len(options)
    exact = [ratio(total * spread, whole) for spread in spreads]
    rows = [round_down(amount, _CENT) for amount in exact]
    odd_cents = (total - sum(rows, start=0)) * 10**_CENT
    by_remainder = sorted(range(len(rows)), key=lambda i: (rows[i] - exact[i], i))
    for i in by_remainder[: int(odd_cents)]:
        rows[i] += ratio(1, 10**_CENT)
    return rows


def _spreads(merger_price: Number, options: Sequence[tuple[Number, Number]]) -> list[Number]:
    return [shares * (merger_price - price) for shares, price in options]


class HeldOption(NamedTuple):
    """An option outstanding at a closing, in the shares of that day; no price where Grants has none."""

    grant: Grant
    shares: Number
    price: Number | None


def outstanding_at(
    ledger: Ledger, terms: Terms, closing: datetime.date
) -> tuple[dict[str, list[HeldOption]], dict[str, str]]:
    """Options under this plan outstanding immediately before a closing, and why a holder's cannot be told; by holder.

    Shares and prices as adjusted for splits until then. The day's rows that end options are the closing's own.
    """
    done = complete(ledger)
    own = of_this_plan(ledger, terms)
    unclear = dict(done.of_holder)
    for one, why in _uncertain(ledger, own, closing):
        for each in [one] if one is not None else [h.holder for h in ledger.holders]:
            unclear.setdefault(each.key, why)
    tranches = _tranches(ledger, done)
    for grant, total in _totals(tranches, own):
        if grant.holder is not None and grant.shares is not None and total != grant.shares:
            why = f"the tranches of grant {grant.grant} add up to {shares_text(total)}, not {shares_text(grant.shares)}"
            unclear.setdefault(grant.holder.key, why)
    rounding = Rounding(terms.split_method, terms.split_decimals)
    prices = {key: grant.exercise_price for key, grant in own.items()}
    left = options_at(tranches, ledger.activity, prices, closing, Moment.BEFORE_MERGER, rounding)
    held: dict[str, list[HeldOption]] = {}
    for holder, key in dict.fromkeys((t.held_by.key, t.grant.key) for t in tranches):
        option = left.get(key)
        if key not in own or option is None:
            continue
        grant = own[key]
        if isinstance(option, Refusal):
            unclear.setdefault(holder, option.message.partition("; ")[0])
        elif (over := past_its_period(grant.expires, closing, option.shares)) is not None:
            unclear.setdefault(holder, f"grant {grant.grant}: {over}")
        elif isinstance(option.price, Refusal):
            unclear.setdefault(holder, f"grant {grant.grant}: {option.price.message}")
        else:
            held.setdefault(holder, []).append(HeldOption(grant, option.shares, option.price))
    return held, unclear


def payments_at(
    ledger: Ledger, terms: Terms, merger_price: Number, closing: datetime.date
) -> dict[str, HolderPayment | str]:
    """The payment for a holder's options outstanding at a closing, or why it cannot be told, by holder's key."""
    strange = {t.holder.key: t.grant for t in complete(ledger).strangers if t.holder is not None}
    held, unclear = outstanding_at(ledger, terms, closing)
    payments: dict[str, HolderPayment | str] = {}
    for holder in {**held, **unclear, **strange}:
        options = held.get(holder, [])
        unpriced = next((option.grant.grant for option in options if not option.price), None)
        why = unclear.get(holder) or (f"grant {unpriced} has no exercise price" if unpriced else None)
        if why is None and holder in strange:
            why = f"grant {strange[holder]} is not in Grants, so that its price is not known"
        priced = [(option.shares, option.price) for option in options if option.price is not None]
        payments[holder] = why or holder_payment(merger_price, priced)
    return payments


def _uncertain(
    ledger: Ledger, own: dict[str, Grant], closing: datetime.date
) -> Iterator[tuple[Identifier | None, str]]:
    """Holders of whose options the records do not say enough, with the reason; None for everybody."""
    tranches = {t.grant.key for t in ledger.tranches}
    seen: set[str] = set()
    for grant in ledger.grants:
        if grant.grant.key in seen:
            yield grant.holder, f"grant {grant.grant} is listed twice"
        seen.add(grant.grant.key)
    for grant in own.values():
        if grant.grant.key in tranches or grant.vesting_start is not None:
            continue  # what they lack unsettles their holder anyway
        needed = {"holder": grant.holder, "grant_date": grant.grant_date, "shares": grant.shares}
        if missing := [heading(Grant, name) for name, value in needed.items() if value is None]:
            yield grant.holder, f"grant {grant.grant} has no {', '.join(missing)}"
        elif ledger.tranches:
            yield grant.holder, f"grant {grant.grant} has no tranches"
        elif (row := _ending_by_exercisability(ledger, grant, closing)) is not None:
            yield (
                grant.holder,
                f"nothing tells when grant {grant.grant} became exercisable, and its {row} depends on it",
            )
    for unread in ledger.unread:
        if isinstance(unread.record, Grant) and unread.field in ("expires", "plan"):
            yield unread.record.holder, unread.message


def _ending_by_exercisability(ledger: Ledger, grant: Grant, closing: datetime.date) -> str | None:
    """What up to a closing has ended an option's unexercisable shares, or all exercisable ones."""
    for row in ledger.activity:
        counts = row.action is Action.FORFEIT or (row.action is Action.EXPIRE and row.shares is None)
        if counts and row.grant == grant.grant and row.date is not None and row.date <= closing:
            return f"{row.action} on {date_text(row.date)}"
    return None


def _totals(tranches: Sequence[Tranche], own: dict[str, Grant]) -> list[tuple[Grant, Number]]:
    totals: dict[str, Number] = {}
    for tranche in tranches:
        totals[tranche.grant.key] = totals.get(tranche.grant.key, 0) + (tranche.shares or 0)
    return [(own[key], total) for key, total in totals.items() if key in own]


def _tranches(ledger: Ledger, done: Completed) -> list[Tranche]:
    """All tranches that are known; a grant without any as one, for what is outstanding is paid exercisable or not."""
    tranches = [t for t in done.tranches if t.held_by.key not in done.of_holder and t.grant.key not in done.of_grant]
    known = {tranche.grant.key for tranche in done.tranches}
    whole = [
        Tranche(g.grant, g.holder, g.grant_type, g.grant_date, 1, g.grant_date, g.shares)
        for g in ledger.grants
        if g.grant.key not in known and None not in (g.holder, g.grant_date, g.shares)
    ]
    return tranches + whole


@rule(
    "CASH001",
    Severity.ERROR,
    plan="§16(a)(iii)",
    message=(
        "The merger payment of {holder} is recorded as {recorded}; at {price} a share the plan gives {right} "
        "(by the plan's words {plan}, with each option floored at zero {per_option})."
    ),
    fix="Pay {right} and enter it, or set Cashout method on the Plan sheet if the board has decided otherwise.",
    needs=((Holder, "cashout"), (Grant, "exercise_price"), (Activity, "action")),
)
def recorded_payment(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A holder's recorded payment in a merger is not what the plan gives.

    Why: the payment is the amount by which the merger price for all of a holder's options "exceeds (B) the aggregate
    exercise price of all such outstanding options": underwater options reduce it. Per option is market practice.
    Example: at $6.00, 10,000 shares at $1.31 and 5,000 at $12.00 give $16,900.00, per option $46,900.00.
    Not covered: a merger price paid later or in shares; taxes withheld from the payment.
    """
    if terms.merger_price is None or terms.merger_date is None:
        if any(holder.cashout is not None for holder in ledger.holders):
            yield Unsettled("the merger payments in Holders", "the Plan sheet has no Merger price or no Merger date")
        return
    payments = payments_at(ledger, terms, terms.merger_price, terms.merger_date)
    for holder in ledger.holders:
        if holder.cashout is None:
            continue
        payment = payments.get(holder.holder.key, HolderPayment(0, 0, 0))
        if isinstance(payment, str):
            yield Unsettled(f"the merger payment of {holder.holder}", payment)
            continue
        right = payment.plan if terms.cashout_method is CashoutMethod.PLAN else payment.per_option
        if holder.cashout != right:
            facts = {
                "holder": holder.holder,
                "recorded": dollars_text(holder.cashout),
                "price": dollars_text(terms.merger_price),
                "right": dollars_text(right),
                "plan": dollars_text(payment.plan),
                "per_option": dollars_text(payment.per_option),
            }
            yield Hit(holder, "cashout", facts)
