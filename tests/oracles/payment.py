"""ISO_MIN_PRICE, TENDER_SHARES, WITHHOLD_SHARES and CASHOUT_WITHHOLDING once more, by counting up (plan §6, §11, §20).

Nothing is floored or cut off: a price is raised step by step, shares are handed over block by block, and wages are laid
between the bounds of the year.
"""

from __future__ import annotations

from fractions import Fraction


def least_price(fmv: Fraction, ten_percent: bool, decimals: int) -> Fraction:
    """§6(a), §11(b)(i): the first price of so many decimals, counted up, that is not below the floor."""
    floor = fmv + fmv / 10 if ten_percent else fmv
    step = Fraction(1, 10**decimals)
    price = int(floor / step) * step - 2 * step
    while price < floor:
        price += step
    return price


def shares_for(sum_due: Fraction, fmv: Fraction) -> tuple[int, Fraction]:
    """§6(b)(i), §20: share after share, as long as what is due pays for one more; what is left of it is cash."""
    shares, left = 0, sum_due
    block = 1
    while block * fmv <= left:
        block *= 2
    while block:
        while block * fmv <= left:
            shares, left = shares + block, left - block * fmv
        block //= 2
    return shares, left


def to_the_cent(amount: Fraction) -> Fraction:
    """The nearest cent; of two as near, the higher."""
    cents = int(amount * 100)
    return Fraction(cents + 1 if amount * 100 - cents >= Fraction(1, 2) else cents, 100)


def overlap(start: Fraction, end: Fraction, low: Fraction, high: Fraction | None) -> Fraction:
    """The part of the wages from ``start`` to ``end`` of the year's that lies between two bounds."""
    left = start if start > low else low
    right = end if high is None or end < high else high
    return right - left if right > left else Fraction(0)


def taxes(
    payment: Fraction,
    prior_supplemental: Fraction,
    below: Fraction,
    above: Fraction,
    threshold: Fraction,
    social: tuple[Fraction, Fraction, Fraction] | None = None,
    medicare: Fraction | None = None,
    state: Fraction | None = None,
) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Wages, rate and amount of each tax. social: rate, base, wages paid earlier in the year."""
    start, end = prior_supplemental, prior_supplemental + payment
    lines = [
        (overlap(start, end, Fraction(0), threshold), below),
        (overlap(start, end, threshold, None), above),
    ]
    if social is not None:
        rate, base, earlier = social
        lines.append((overlap(earlier, earlier + payment, Fraction(0), base), rate))
    lines += [(payment, rate) for rate in (medicare, state) if rate is not None]
    return [(wages, rate, to_the_cent(wages * rate)) for wages, rate in lines]
