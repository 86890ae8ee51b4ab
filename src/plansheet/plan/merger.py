"""The cash payment for options in a merger (plan §16(a)(iii)), by the plan's words and by market practice."""

from collections.abc import Sequence
from dataclasses import dataclass

from plansheet.core.numbers import Number, ratio, round_down, round_half_up
from plansheet.core.words import CashoutMethod

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


def row_payments(
    merger_price: Number, options: Sequence[tuple[Number, Number]], method: CashoutMethod
) -> list[Number]:
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
