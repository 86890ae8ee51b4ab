"""Cells as Excel sends them: doubles of at most 15 significant digits, columns as lists of one-cell rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

from hypothesis import strategies as st

SERIAL_DAY_ZERO = dt.date(1899, 12, 30)  # the 1900 system, for every date after February 1900


def exact(cell: float) -> Fraction:
    """The number that Excel shows for this double: 15 significant digits."""
    return Fraction(format(cell, ".15g"))


def column(values: Iterable[object]) -> list[list[object]]:
    return [[value] for value in values]


def serial(day: dt.date) -> float:
    return float((day - SERIAL_DAY_ZERO).days)


def decimals(least: str, most: str, places: int) -> st.SearchStrategy[float]:
    """Doubles nearest to a decimal of that many places."""
    unit = 10**places
    return st.integers(ceil(Fraction(least) * unit), floor(Fraction(most) * unit)).map(lambda count: count / unit)


def prices(least: str = "0.01", most: str = "500") -> st.SearchStrategy[float]:
    """Whole dollars, cents, the four places of the exchanges, and the fifteen digits that a division leaves."""
    thirds = st.integers(1, 999).map(lambda count: float(format(count / 3, ".15g")))
    return st.one_of(decimals("1", most, 0), decimals(least, most, 2), decimals(least, most, 4), thirds)


def share_counts(least: int = 1, most: int = 2_000_000) -> st.SearchStrategy[float]:
    """Whole shares, and the fractions that an EXACT ledger carries after a split."""
    whole = st.integers(least, most).map(float)
    carried = st.integers(max(least, 1) * 8, 80_000).map(lambda count: count / 8)
    return st.one_of(whole, whole, carried)


def as_excel_dates(day: dt.date) -> st.SearchStrategy[object]:
    """One day in the forms that arrive: datetime, serial, date, with or without a time of day, ISO 8601 text."""
    midnight = dt.datetime(day.year, day.month, day.day)
    return st.sampled_from(
        [midnight, midnight.replace(hour=17, minute=30), serial(day), serial(day) + 0.75, day, day.isoformat()]
    )
