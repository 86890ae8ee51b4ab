"""ISO_MIN_PRICE: worked figures, bad input, columns, and the oracle (plan §6(a), §11(b)(i))."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.payment import least_price
from plansheet.excel import ISO_MIN_PRICE, ExcelError
from strategies.cells import column, exact, prices


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((10,), 10.0),
        ((10, "no"), 10.0),
        ((3.0, "yes"), 3.3),
        ((3.0, True), 3.3),
        ((10.01, "Yes"), 11.02),  # 11.011: to the nearest cent it would be too low
        ((10.01, "yes", 3), 11.011),
        ((10.01, "yes", 0), 12.0),
        ((10.005,), 10.01),
        ((10.005, False, 4), 10.005),
        ((0.1 + 0.2, None, None), 0.3),
        ((0.0001,), 0.01),
    ],
)
def test_worked_figures(arguments: tuple[Any, ...], expected: float) -> None:
    assert ISO_MIN_PRICE(*arguments) == expected


def test_a_column_for_any_argument_gives_a_row_each() -> None:
    assert ISO_MIN_PRICE(column([10.01, None, 3]), "yes") == [[11.02], [""], [3.3]]
    assert ISO_MIN_PRICE(10.01, column(["yes", "no", None])) == [[11.02], [10.01], [10.01]]
    assert ISO_MIN_PRICE(column([10.01, 3]), column([True, False]), column([3, None])) == [[11.011], [3.0]]
    assert ISO_MIN_PRICE([[10.01, 3]], "yes") == [[11.02], [3.3]]
    assert ISO_MIN_PRICE([[10.01]], "yes") == [[11.02]]
    assert ISO_MIN_PRICE(None) == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("10.01",), 'fmv holds the text "10.01"; enter a number'),
        ((-1,), "fmv is -1, below zero"),
        ((10, "maybe"), 'ten_percent holds "maybe"; enter yes or no'),
        ((10, None, 11), "decimals is 11; give a whole number from 0 to 10"),
        ((10, None, 1.5), "decimals is 1.5; give a whole number"),
        ((column([10, 3]), column(["yes", "no", "no"])), "fmv has 2 rows and ten_percent 3"),
        (([],), "fmv is an empty range"),
    ],
)
def test_what_cannot_be_read_is_one_error_with_its_sentence(arguments: tuple[Any, ...], sentence: str) -> None:
    answer = ISO_MIN_PRICE(*arguments)
    assert answer == "#VALUE!"
    assert isinstance(answer, ExcelError)
    assert sentence in answer.message


def test_a_bad_row_leaves_the_others() -> None:
    answer = ISO_MIN_PRICE(column([10, "ten", 3, 4, None]), column(["yes", "no", "perhaps", "#N/A", None]))
    assert answer == [[11.0], ["#VALUE!"], ["#VALUE!"], ["#N/A"], [""]]
    assert [answer[i][0].message.partition(" holds")[0] for i in (1, 2)] == ["row 2: fmv", "row 3: ten_percent"]


@given(st.lists(prices("0.0001"), min_size=2, max_size=6), st.booleans(), st.integers(0, 6))
def test_every_price_is_that_of_the_oracle(values: list[float], ten_percent: bool, decimals: int) -> None:
    answer = ISO_MIN_PRICE(column(values), ten_percent, decimals)
    assert answer == [[float(least_price(exact(value), ten_percent, decimals))] for value in values]


@given(prices("0.0001"), st.booleans())
def test_a_cent_less_is_below_the_floor(fmv: float, ten_percent: bool) -> None:
    cents = exact(ISO_MIN_PRICE(fmv, ten_percent)) * 100
    floor = exact(fmv) * (11 if ten_percent else 10) * 10
    assert cents - 1 < floor <= cents
