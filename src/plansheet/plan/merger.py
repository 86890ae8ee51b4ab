"""The cash payment for options in a merger (plan §16(a)(iii)), by the plan's words and by market practice."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plansheet.core.dates import days_after
from plansheet.core.numbers import CENT, Number, ratio, round_down, round_half_up
from plansheet.core.records import Grant, Ledger, heading
from plansheet.core.refusal import Refusal
from plansheet.core.words import Action, CashoutMethod, Identifier, Moment
from plansheet.plan.activity import rows_by_grant
from plansheet.plan.approval_gate import activity_of
from plansheet.plan.ledger import complete, known_tranches, shares_by_grant, why_not_whole
from plansheet.plan.outstanding import Rounding, exercisability_asked, options_at, past_its_period
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan


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
    return HolderPayment(shares, round_half_up(plan, CENT), round_half_up(per_option, CENT))


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
    rows = [round_down(amount, CENT) for amount in exact]
    odd_cents = (total - sum(rows, start=0)) * 10**CENT
    by_remainder = sorted(range(len(rows)), key=lambda i: (rows[i] - exact[i], i))
    for i in by_remainder[: int(odd_cents)]:
        rows[i] += ratio(1, 10**CENT)
    return rows


def _spreads(merger_price: Number, options: Sequence[tuple[Number, Number]]) -> list[Number]:
    return [shares * (merger_price - price) for shares, price in options]


class HeldOption(NamedTuple):
    """An option outstanding at a closing, in the shares of that day; no price where Grants has none."""

    grant: Grant
    shares: Number
    price: Number | None


def outstanding_at(
    ledger: Ledger, terms: Terms, closing: datetime.date, moment: Moment = Moment.BEFORE_MERGER
) -> tuple[dict[str, list[HeldOption]], dict[str, str]]:
    """Options under this plan outstanding at a closing, and why a holder's cannot be told; by holder.

    Shares and prices as adjusted for splits until then. Immediately before the closing (where no other moment is given)
    the day's rows that end options are the closing's own. Options that were assumed (§16(a)(i)) go on and are left out.
    """
    done = complete(ledger)
    own = of_this_plan(ledger, terms)
    unclear = dict(done.of_holder)
    for one, why in _uncertain(ledger, own, closing):
        for each in [one] if one is not None else [h.holder for h in ledger.holders]:
            unclear.setdefault(each.key, why)
    tranches = known_tranches(ledger)
    for key, total in shares_by_grant(tranches).items():
        grant = own.get(key)
        if grant is not None and grant.holder is not None and (wrong := why_not_whole(grant, total)) is not None:
            unclear.setdefault(grant.holder.key, wrong)
    rounding = Rounding.of(terms)
    prices = {key: grant.exercise_price for key, grant in own.items()}
    left = options_at(tranches, activity_of(ledger, terms), prices, closing, moment, rounding)
    held: dict[str, list[HeldOption]] = {}
    for holder, key in dict.fromkeys((t.held_by.key, t.grant.key) for t in tranches):
        option = left.get(key)
        if key not in own or option is None or own[key].assumed:
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


def payments(
    ledger: Ledger, terms: Terms, merger_price: Number, closing: datetime.date, *, whole_shares: bool = False
) -> dict[Identifier, HolderPayment | str]:
    """What each holder is to be paid, or why that cannot be told; of Holders all, of others those with options.

    whole_shares: of each option's shares only the whole ones, a fraction from a split lapses.
    """
    held, unclear = outstanding_at(ledger, terms, closing)
    if whole_shares:
        held = {
            holder: [option._replace(shares=round_down(option.shares)) for option in options]
            for holder, options in held.items()
        }
    for tranche in complete(ledger).strangers:
        if tranche.holder is not None:
            why = f"grant {tranche.grant} is not in Grants, so that its price is not known"
            unclear.setdefault(tranche.holder.key, why)
    granted = [grant.holder for grant in of_this_plan(ledger, terms).values() if grant.holder is not None]
    names = {name.key: name for name in [*granted, *(holder.holder for holder in ledger.holders)]}
    listed = {holder.holder.key for holder in ledger.holders}
    owed: dict[Identifier, HolderPayment | str] = {}
    for key, name in names.items():
        options = held.get(key, [])
        unpriced = next((option.grant.grant for option in options if not option.price), None)
        if key in unclear:
            owed[name] = unclear[key]
        elif unpriced is not None:
            owed[name] = f"grant {unpriced} has no exercise price"
        elif options or key in listed:
            owed[name] = holder_payment(merger_price, [(o.shares, o.price) for o in options if o.price is not None])
    return owed


def _uncertain(
    ledger: Ledger, own: Mapping[str, Grant], closing: datetime.date
) -> Iterator[tuple[Identifier | None, str]]:
    """Holders of whose options the records do not say enough, with the reason; None for everybody."""
    tranches = {t.grant.key for t in ledger.tranches}
    seen: set[str] = set()
    for grant in ledger.grants:
        if grant.grant.key in seen:
            yield grant.holder, f"grant {grant.grant} is listed twice"
        seen.add(grant.grant.key)
    rows = rows_by_grant(row for row in ledger.activity if row.date is not None and row.date <= closing)
    for grant in own.values():
        if grant.grant.key in tranches or grant.vesting_start is not None:
            continue  # what they lack unsettles their holder anyway
        needed = {"holder": grant.holder, "grant_date": grant.grant_date, "shares": grant.shares}
        if missing := [heading(Grant, name) for name, value in needed.items() if value is None]:
            yield grant.holder, f"grant {grant.grant} has no {', '.join(missing)}"
        elif ledger.tranches:
            yield grant.holder, f"grant {grant.grant} has no tranches"
        elif (asked := exercisability_asked(grant, rows.get(grant.grant.key, ()))) is not None:
            yield grant.holder, asked
    for ended in ledger.activity:
        is_of_the_eve = ended.action is Action.TERMINATE and ended.date == days_after(closing, -1)
        if is_of_the_eve and ended.grant is not None and ended.grant.key in own:
            told = f"grant {ended.grant} was ended on the day before the closing"
            yield own[ended.grant.key].holder, f"{told}; date what the merger ended on its own day"
    for unread in ledger.unread:
        if isinstance(unread.record, Grant) and unread.field in ("expires", "plan", "assumed"):
            yield unread.record.holder, unread.message
