"""SUBSTITUTE_OPTION once more, share by share and cent by cent (IRC §424(a); Treas. Reg. §1.424-1(a)(5))."""

from __future__ import annotations

from fractions import Fraction

CENT = Fraction(1, 100)


def substituted(
    shares: Fraction, price: Fraction, old_fmv: Fraction, new_fmv: Fraction, per_old: Fraction | None
) -> list[Fraction | str]:
    """New shares, new price, spreads and ratios before and after, PASS or FAIL."""
    exchange = old_fmv / new_fmv if per_old is None else per_old
    whole = shares * exchange
    new_shares = whole - whole % 1
    cents = price / exchange / CENT
    new_price = (cents if cents % 1 == 0 else cents - cents % 1 + 1) * CENT
    before = shares * old_fmv - shares * price if old_fmv > price else Fraction(0)
    after = new_shares * new_fmv - new_shares * new_price if new_fmv > new_price else Fraction(0)
    # The ratios by cross-multiplication: price after to value after is not less than price before to value before.
    fails = after > before or new_price * old_fmv < price * new_fmv
    return [new_shares, new_price, before, after, price / old_fmv, new_price / new_fmv, "FAIL" if fails else "PASS"]
