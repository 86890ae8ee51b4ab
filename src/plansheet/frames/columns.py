"""Figures out: columns of shares, dollars, days, years, words. Nothing of it is binary floating point."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import numpy as np
import pandas as pd

from plansheet.core.numbers import DIGITS, Number, round_half_up

_MOST = 2**63 - 1  # of an Int64
Values = Any
"""What pandas takes for a column."""


def as_decimal(value: Number, decimals: int | None = None) -> Decimal:
    """The exact decimal; 15 significant digits where there is none. ``decimals``: rounded half up to so many."""
    if decimals is not None:
        return _exact(round_half_up(value, decimals)).quantize(Decimal(1).scaleb(-decimals), context=_wide(value))
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        return _exact(value)
    return Context(prec=DIGITS, rounding=ROUND_HALF_UP).divide(Decimal(value.numerator), Decimal(value.denominator))


def _exact(value: Number) -> Decimal:
    return _wide(value).divide(Decimal(value.numerator), Decimal(value.denominator))


def _wide(value: Number) -> Context:
    """With room for every digit of a decimal that ends."""
    return Context(prec=len(str(value.numerator)) + value.denominator.bit_length() + DIGITS)


def shares(values: Iterable[Number | None]) -> Values:
    """Int64 where all are whole, else Decimal."""
    numbers = list(values)
    if all(n is None or (n.denominator == 1 and -_MOST <= n <= _MOST) for n in numbers):
        return pd.array([pd.NA if n is None else int(n) for n in numbers], dtype="Int64")
    return dollars(numbers)


def dollars(values: Iterable[Number | None], decimals: int | None = None) -> Values:
    """Decimal; to so many decimals where they are given."""
    return _objects(pd.NA if value is None else as_decimal(value, decimals) for value in values)


def years(values: Iterable[int | None]) -> Values:
    """Int64."""
    return pd.array([pd.NA if value is None else value for value in values], dtype="Int64")


def days(values: Iterable[datetime.date | None]) -> Values:
    """datetime64[s]: it holds every day there is."""
    return pd.Series(np.array(list(values), dtype="datetime64[D]").astype("datetime64[s]")).array


def texts(values: Iterable[object]) -> Values:
    """string; None stays missing."""
    return pd.array([None if v is None else str(v) for v in values], dtype=pd.StringDtype("python"))


def labels(values: Iterable[object]) -> Values:
    """object; None stays missing."""
    return _objects(pd.NA if value is None else value for value in values)


def _objects(values: Iterable[object]) -> Values:
    listed = list(values)
    column = np.empty(len(listed), dtype=object)
    for at, value in enumerate(listed):
        column[at] = value  # a label may be a tuple
    return pd.Series(column, dtype=object)  # as a Series it stays what it is: no guess at texts or dates


def frame(columns: Mapping[str, Values], index: "pd.Index[Any] | None" = None) -> pd.DataFrame:
    """A frame of columns, on an index or on a new one."""
    made = pd.DataFrame(columns)
    if index is not None:
        made.index = index
    return made
