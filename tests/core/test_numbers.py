"""Exact numbers: what a cell's double becomes, how results are rounded, how figures stand in sentences."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.core.numbers import (
    Number,
    dollars_text,
    entered_text,
    exact,
    ratio,
    round_dollars_text,
    round_down,
    round_half_up,
    round_up,
    same_as_shown,
    shares_text,
    whole_if_possible,
)

FIGURES = st.fractions(min_value=-10_000, max_value=10_000, max_denominator=997)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (0.1, Fraction(1, 10)),
        (0.1 + 0.2, Fraction(3, 10)),  # 0.30000000000000004 is shown as 0.3
        (3 * 1.1, Fraction(33, 10)),
        (1.005, Fraction(1005, 1000)),
        (100_000.00000000001, 100_000),
        (99_999.9999999999, Fraction(999_999_999_999_999, 10**10)),  # 15 digits, the last of them counts
        (10 / 3, Fraction(333_333_333_333_333, 10**14)),
        (2 / 3, Fraction(666_666_666_666_667, 10**15)),
        (-0.1, Fraction(-1, 10)),
        (-0.0, 0),
        (1e-300, Fraction(1, 10**300)),
        (1e300, 10**300),
        (123_456_789_012_345_678, 123_456_789_012_346_000),  # Excel keeps 15 digits of a typed number
        (123_456_789_012_345.0, 123_456_789_012_345),
        (999_999_999_999_999.0, 999_999_999_999_999),
        (1_000_000_000_000_001.0, 1_000_000_000_000_000),
        (Decimal("0.10"), Fraction(1, 10)),
        (Decimal("25600000"), 25_600_000),
    ],
)
def test_a_cell_becomes_the_decimal_that_excel_shows(cell: float | int | Decimal, number: Number) -> None:
    assert exact(cell) == number


def test_whole_numbers_are_integers() -> None:
    assert [type(exact(cell)) for cell in (7.0, 7, Decimal("7.00"), 7.5)] == [int, int, int, Fraction]
    assert [type(whole_if_possible(f)) for f in (Fraction(7), Fraction(7, 2))] == [int, Fraction]
    assert [type(ratio(6, 3)), type(ratio(7, 3))] == [int, Fraction]


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("Infinity")])
def test_what_no_cell_can_hold_is_refused(cell: float | Decimal) -> None:
    with pytest.raises(ValueError, match=r"."):
        exact(cell)


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 8))
def test_fifteen_digits_survive_the_way_through_a_double(digits: int, places: int) -> None:
    typed = Fraction(digits, 10**places)
    assert exact(float(typed)) == typed


@pytest.mark.parametrize(
    ("figure", "decimals", "down", "up", "half_up"),
    [
        (Fraction(10, 3), 2, "3.33", "3.34", "3.33"),
        (Fraction(20, 3), 2, "6.66", "6.67", "6.67"),
        (Fraction(6675, 1000), 2, "6.67", "6.68", "6.68"),  # the half cent goes up
        (Fraction(6674999, 10**6), 2, "6.67", "6.68", "6.67"),
        (Fraction(667, 100), 2, "6.67", "6.67", "6.67"),  # nothing to round
        (Fraction(303, 2), 0, "151", "152", "152"),
        (Fraction(-5, 2), 0, "-3", "-2", "-2"),  # down is toward less, a half goes up
        (0, 2, "0", "0", "0"),
    ],
)
def test_rounding(figure: Number, decimals: int, down: str, up: str, half_up: str) -> None:
    assert round_down(figure, decimals) == Fraction(down)
    assert round_up(figure, decimals) == Fraction(up)
    assert round_half_up(figure, decimals) == Fraction(half_up)


@given(FIGURES, st.integers(0, 4))
def test_rounding_is_to_a_neighbour(figure: Fraction, decimals: int) -> None:
    step = Fraction(1, 10**decimals)
    down, up, nearest = round_down(figure, decimals), round_up(figure, decimals), round_half_up(figure, decimals)
    assert down <= figure <= up < down + 2 * step
    assert (up - down) in (0, step)
    assert nearest in (down, up)
    assert abs(nearest - figure) <= step / 2


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (33.3333333333333, 33.33333333333333, True),
        (33.3333333333333, 33.3333333333334, False),
        (0.1 + 0.2, 0.3, True),
        (0.0, -0.0, True),
        (1000.0, 1000.0000000001, False),
        (1000.0, 1000.0000000000001, True),
    ],
)
def test_same_is_the_same_fifteen_digits(left: float, right: float, same: bool) -> None:
    assert same_as_shown(left, right) is same


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (25_600_000, "25,600,000"),
        (-2100, "-2,100"),
        (Fraction(10_000, 3), "3,333.3333"),
        (Fraction(1, 2), "0.5"),
        (Fraction(303, 2), "151.5"),
    ],
)
def test_shares_in_a_sentence(number: Number, text: str) -> None:
    assert shares_text(number) == text


@pytest.mark.parametrize("number", [Fraction(1, 100_000), Fraction(-1, 10**9)])
def test_a_part_of_a_share_is_never_told_as_none(number: Number) -> None:
    """A pool over-granted by 0 shares, or a difference of 0, is a sentence that contradicts itself."""
    assert shares_text(number).strip("-0.,") != ""


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0.00"),
        (100_000, "$100,000.00"),
        (Fraction(9_999_099, 100), "$99,990.99"),
        (Fraction(1, 10), "$0.10"),
        (Fraction(30_125, 1000), "$30.125"),
        (Fraction(1, 1000), "$0.001"),
        (Fraction(10, 3), "$3.333333"),
        (Fraction(20, 3), "$6.666667"),
        (-44, "-$44.00"),
        (Fraction(-1, 2), "-$0.50"),
    ],
)
def test_dollars_in_a_sentence(amount: Number, text: str) -> None:
    assert dollars_text(amount) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (25_600_000, "25,600,000"), (Fraction(10_000, 3), "3,333.33333333333"), (Fraction(3, 10), "0.3")],
)
def test_a_figure_to_be_entered_has_every_digit_that_a_cell_holds(number: Number, text: str) -> None:
    """Who types it in must not be told the next time that it is another."""
    assert entered_text(number) == text
    assert same_as_shown(float(text.replace(",", "")), float(number))


@pytest.mark.parametrize(
    ("amount", "text"), [(100_000, "$100,000"), (0, "$0"), (Fraction(120_001, 2), "$60,000.50"), (5, "$5")]
)
def test_a_round_sum_is_told_without_its_cents(amount: Number, text: str) -> None:
    assert round_dollars_text(amount) == text
