"""ADJUST_FOR_SPLIT, SPLIT_TRANCHES and VEST_TRANCHES once more, step by step (plan §15, §8)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from fractions import Fraction
from math import ceil, floor


class NoWholeShareLeft(Exception):
    """PRESERVE_AGGREGATE has nothing to divide the aggregate price by."""


def rounded_up(amount: Fraction, decimals: int) -> Fraction:
    unit = Fraction(1, 10**decimals)
    return ceil(amount / unit) * unit


def adjusted(
    shares: Fraction, price: Fraction, split_new: Fraction, split_old: Fraction, method: str, decimals: int = 2
) -> tuple[Fraction, Fraction]:
    """Shares and price after the split; §15(a) keeps the aggregate price, §15(b) issues no fraction."""
    new_shares = shares * split_new / split_old
    new_price = price * split_old / split_new
    if method == "EXACT":
        return new_shares, new_price
    whole = Fraction(floor(new_shares))
    if method == "DOWN_UP":
        return whole, rounded_up(new_price, decimals)
    if method == "PRESERVE_AGGREGATE":
        if whole == 0:
            raise NoWholeShareLeft
        return whole, rounded_up(shares * price / whole, decimals)
    raise ValueError(method)


def split_tranches(tranches: list[Fraction], split_new: Fraction, split_old: Fraction) -> list[int]:
    """Whole tranches: what had vested by then, split and floored, less what the earlier tranches already got."""
    new_tranches: list[int] = []
    vested_before_split = Fraction(0)
    for tranche in tranches:
        vested_before_split += tranche
        new_tranches.append(floor(vested_before_split * split_new / split_old) - sum(new_tranches))
    return new_tranches


def months_after(start: date, months: int) -> date:
    """The anniversary counted from the start; the last day of the month where the month is too short."""
    years, month_index = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month_index + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def vest_months(months: int, cliff: int, every: int) -> list[int]:
    """The months at which something vests: the cliff, each multiple of ``every`` after it, and the last month."""
    if months == 0:
        return [0]
    points = []
    for month in range(1, months + 1):
        at_the_cliff = month == cliff
        after_the_cliff = month > cliff and month % every == 0
        if at_the_cliff or after_the_cliff or month == months:
            points.append(month)
    return points


def vest_tranches(shares: int, start: date, months: int, cliff: int, every: int) -> list[tuple[date, int]]:
    """First exercisable date and shares of each tranche, by cumulative floor of shares x month / months."""
    if months == 0:
        return [(start, shares)]
    tranches: list[tuple[date, int]] = []
    given = 0
    for month in vest_months(months, cliff, every):
        vested = floor(Fraction(shares * month, months))
        tranches.append((months_after(start, month), vested - given))
        given = vested
    return tranches
