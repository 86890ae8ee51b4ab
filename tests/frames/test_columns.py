"""Figures out: exact decimals, whole shares, days; nothing in binary floating point."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.core.numbers import round_half_up
from plansheet.frames.columns import as_decimal, days, dollars, frame, labels, shares, texts, years


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (100_000, "100000"),
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 3), "0.333333333333333"),
        (Fraction(2, 3), "0.666666666666667"),
        (Fraction(123_456_789_012_345_678_901, 100), "1234567890123456789.01"),
        (Fraction(-1, 3), "-0.333333333333333"),
        (0, "0"),
    ],
)
def test_a_number_is_its_exact_decimal_or_15_digits_of_it(value: Fraction | int, shown: str) -> None:
    assert str(as_decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(Fraction(25, 1000), "0.03"), (Fraction(1, 3), "0.33"), (6, "6.00"), (10**20, f"{10**20}.00")]
)
def test_cents_are_rounded_half_up_and_shown(value: Fraction | int, shown: str) -> None:
    assert str(as_decimal(value, 2)) == shown


@given(st.integers(-(10**25), 10**25), st.integers(0, 30), st.integers(0, 30), st.integers(0, 6))
def test_a_decimal_that_ends_loses_nothing(number: int, twos: int, fives: int, decimals: int) -> None:
    value = Fraction(number, 2**twos * 5**fives)
    assert Fraction(as_decimal(value)) == value
    assert Fraction(as_decimal(value, decimals)) == round_half_up(value, decimals)


def test_the_kinds_of_columns() -> None:
    made = frame(
        {
            "whole": shares([1, None]),
            "part": shares([Fraction(1, 2), 1]),
            "giant": shares([10**19, None]),
            "dollars": dollars([Fraction(1, 4), None]),
            "years": years([2004, None]),
            "days": days([dt.date(1, 1, 1), None]),
            "last": days([dt.date(9999, 12, 31), dt.date(2004, 2, 29)]),
            "texts": texts(["a", None]),
            "labels": labels([("a", 1), None]),
            "text labels": labels(["a", "b"]),
            "date labels": labels([dt.datetime(2004, 1, 5), dt.datetime(2004, 1, 6)]),
        }
    )
    kinds = [
        "Int64",
        "object",
        "object",
        "object",
        "Int64",
        "datetime64[s]",
        "datetime64[s]",
        "string",
        *["object"] * 3,
    ]
    assert [str(kind) for kind in made.dtypes] == kinds
    assert made["last"].dt.year.tolist() == [9999, 2004]
    assert made["part"].tolist() == [Decimal("0.5"), Decimal(1)]
    assert made["labels"].tolist() == [("a", 1), pd.NA]
    assert made["dollars"].dropna().sum() == Decimal("0.25")


def test_a_frame_without_rows_keeps_its_kinds() -> None:
    made = frame({"shares": shares([]), "dollars": dollars([]), "days": days([]), "texts": texts([])})
    assert [str(kind) for kind in made.dtypes] == ["Int64", "object", "datetime64[s]", "string"]
    assert len(made) == 0
