"""Exact numbers: a cell's double becomes a decimal at once, a result becomes a double last.

Between the two every figure is an ``int`` or, where it is not whole, a ``fractions.Fraction``.
"""

import math
from decimal import Decimal
from fractions import Fraction

Number = int | Fraction

_LARGEST = 9.99999999999999e307  # the largest number that can be typed into a cell

DIGITS = 15
"""Significant digits that Excel keeps of a typed number and shows of a calculated one."""
CENT = 2
"""Decimals of a sum of money that is paid."""


def exact(value: float | int | Decimal) -> Number:
    """The decimal that Excel shows for a double: 15 significant digits, nothing of the binary tail.

    Raises ValueError for NaN, the infinities, and the last doubles before them, which no cell can hold.
    """
    if isinstance(value, float):
        if value.is_integer() and -1e15 < value < 1e15:
            return int(value)
    elif isinstance(value, int):
        if -(10**DIGITS) < value < 10**DIGITS:
            return value
        value = float(value)
    if (isinstance(value, Decimal) and value.is_nan()) or not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"{value} is no number of a cell")
    return whole_if_possible(Fraction(format(value, f".{DIGITS}g")))


def whole_if_possible(value: Fraction | int) -> Number:
    """The same number, as an ``int`` where it is whole (integers are several times faster)."""
    return value.numerator if value.denominator == 1 else value


def ratio(new: Number, old: Number) -> Number:
    """new / old, exactly."""
    if isinstance(new, int) and isinstance(old, int) and new % old == 0:  # most: a Fraction takes ten times as long
        return new // old
    return whole_if_possible(Fraction(new, old))


def round_down(value: Number, decimals: int = 0) -> Number:
    """The largest multiple of 10**-decimals that is not above the value."""
    scale = 10**decimals
    return whole_if_possible(Fraction(math.floor(value * scale), scale))


def round_up(value: Number, decimals: int = 0) -> Number:
    """The smallest multiple of 10**-decimals that is not below the value."""
    scale = 10**decimals
    return whole_if_possible(Fraction(math.ceil(value * scale), scale))


def round_half_up(value: Number, decimals: int = 2) -> Number:
    """The nearest multiple of 10**-decimals; a half goes up."""
    scale = 10**decimals
    return whole_if_possible(Fraction(math.floor(value * scale + Fraction(1, 2)), scale))


def same_as_shown(left: float, right: float) -> bool:
    """Whether two doubles are the same number to Excel: the same 15 significant digits."""
    return left == right or format(left, f".{DIGITS}g") == format(right, f".{DIGITS}g")


def shares_text(value: Number) -> str:
    """A number of shares for a sentence: 1,000 or 3,333.3333."""
    if value.denominator == 1:
        return f"{int(value):,}"
    decimals = 4
    while round_half_up(value, decimals).denominator == 1 and decimals < 16:
        decimals += 4  # a part of a share is never told as none
    return f"{float(value):,.{decimals}f}".rstrip("0").rstrip(".")


def counted_text(shares: Number) -> str:
    """A number of shares with its noun: 1 share, 1,000 shares."""
    return f"{shares_text(shares)} {'share' if shares == 1 else 'shares'}"


def were_text(shares: Number) -> str:
    """A number of shares with its verb, for a sentence that has said shares: 1 was, 400 were."""
    return f"{shares_text(shares)} {'was' if shares == 1 else 'were'}"


def entered_text(value: Number) -> str:
    """A figure to be entered: every digit that a cell holds."""
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.{DIGITS}g}"


def round_dollars_text(value: Number) -> str:
    """A round sum without its cents: $100,000; another as it is."""
    return f"${value:,}" if isinstance(value, int) else dollars_text(value)


def dollars_text(value: Number, decimals: int = 2) -> str:
    """A sum of money for a sentence: $99,990.00; more decimals are shown where cents do not say it all."""
    sign = "-" if value < 0 else ""
    size = abs(value)
    while decimals < 6 and (size * 10**decimals).denominator != 1:
        decimals += 1
    units = math.floor(size * 10**decimals + Fraction(1, 2))
    whole, part = divmod(units, 10**decimals)
    digits = f"{part:0{decimals}d}"
    return f"{sign}${whole:,}.{digits[:2]}{digits[2:].rstrip('0')}"
