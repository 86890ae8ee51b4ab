"""MERGER_CASHOUT once more, in the order a person would do it with paper and fractions (plan §16(a)(iii))."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor


@dataclass(frozen=True)
class Row:
    """One row of options; ``holder`` is already the same text for the same person."""

    holder: str
    shares: Fraction
    price: Fraction


@dataclass(frozen=True)
class HolderLine:
    holder: str
    shares: Fraction
    plan: Fraction
    per_option: Fraction


def to_the_cent(amount: Fraction) -> Fraction:
    """Half a cent goes up."""
    return Fraction(floor(amount * 100 + Fraction(1, 2)), 100)


def spread(merger_price: Fraction, row: Row) -> Fraction:
    return (merger_price - row.price) * row.shares


def holder_payment(merger_price: Fraction, rows: list[Row], method: str) -> Fraction:
    """What one holder is paid, rounded once. PLAN: "all such outstanding options"; PER_OPTION: each by itself."""
    if method == "PLAN":
        total_value = sum((merger_price * row.shares for row in rows), Fraction(0))
        total_price = sum((row.price * row.shares for row in rows), Fraction(0))
        payment = total_value - total_price
    elif method == "PER_OPTION":
        payment = sum((max(spread(merger_price, row), Fraction(0)) for row in rows), Fraction(0))
    else:
        raise ValueError(method)
    return to_the_cent(max(payment, Fraction(0)))


def share_out(payment: Fraction, spreads: list[Fraction]) -> list[Fraction]:
    """The payment by spread in whole cents; odd cents one by one to the largest remainder, the earlier row first."""
    in_the_money = [max(amount, Fraction(0)) for amount in spreads]
    total = sum(in_the_money, Fraction(0))
    if total == 0:
        return [Fraction(0) for _ in spreads]
    exact = [payment * 100 * amount / total for amount in in_the_money]
    cents = [floor(amount) for amount in exact]
    while sum(cents) < payment * 100:
        waiting = [index for index in range(len(cents)) if exact[index] > cents[index]]
        chosen = waiting[0]
        for index in waiting:
            if exact[index] - cents[index] > exact[chosen] - cents[chosen]:
                chosen = index
        cents[chosen] += 1
    return [Fraction(count, 100) for count in cents]


def cashout(merger_price: Fraction, rows: list[Row], method: str) -> list[Fraction]:
    """One amount per row, in the order of the rows."""
    paid = [Fraction(0) for _ in rows]
    for holder in {row.holder for row in rows}:
        places = [place for place, row in enumerate(rows) if row.holder == holder]
        own = [rows[place] for place in places]
        payment = holder_payment(merger_price, own, method)
        for place, amount in zip(places, share_out(payment, [spread(merger_price, row) for row in own]), strict=True):
            paid[place] = amount
    return paid


def cashout_by_holder(merger_price: Fraction, rows: list[Row]) -> list[HolderLine]:
    """One line per holder, in the order in which the holders first appear (sorting is the caller's matter)."""
    lines = []
    for holder in dict.fromkeys(row.holder for row in rows):
        own = [row for row in rows if row.holder == holder]
        lines.append(
            HolderLine(
                holder=holder,
                shares=sum((row.shares for row in own), Fraction(0)),
                plan=holder_payment(merger_price, own, "PLAN"),
                per_option=holder_payment(merger_price, own, "PER_OPTION"),
            )
        )
    return lines
