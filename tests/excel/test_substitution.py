"""SUBSTITUTE_OPTION: worked figures, boundary pairs, bad input, and the oracle (plan §16(a)(i), §16(b))."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.substitution import substituted
from plansheet.excel import SUBSTITUTE_OPTION, ExcelError
from strategies.cells import column, decimals, exact, prices, share_counts


def only(*arguments: object) -> list[Any]:
    [row] = SUBSTITUTE_OPTION(*arguments)
    assert len(row) == 7
    return row


def test_the_example_of_the_regulation_is_equal_before_and_after() -> None:
    assert only(100.0, 200.0, 400.0, 200.0) == [200.0, 100.0, 20000.0, 20000.0, 0.5, 0.5, "PASS"]


def test_shares_go_down_and_the_price_up_to_the_cent() -> None:
    row = only(1000.0, 0.88, 1.586928, 1.12, 1.4169)
    assert row == [1416.0, 0.63, 706.928, 693.84, 0.88 / 1.586928, 0.5625, "PASS"]


@pytest.mark.parametrize(
    ("ratio", "verdict"), [(2.0, "PASS"), (2.01, "FAIL"), (1.99, "PASS"), (None, "PASS"), ("", "PASS"), (0, "PASS")]
)
def test_equality_passes_and_a_more_generous_ratio_fails(ratio: object, verdict: str) -> None:
    assert only(100.0, 200.0, 400.0, 200.0, ratio)[-1] == verdict


def test_a_ratio_that_lowers_the_price_against_the_value_fails_although_the_spread_is_none() -> None:
    """Under water before and after: the spread cannot tell."""
    row = only(100.0, 50.0, 10.0, 10.0, 2.0)
    assert row == [200.0, 25.0, 0.0, 0.0, 5.0, 2.5, "FAIL"]


def test_fewer_shares_than_one_leave_none() -> None:
    assert only(1.0, 10.0, 20.0, 50.0) == [0.0, 25.0, 10.0, 0.0, 0.5, 0.5, "PASS"]


def test_one_cell_holds_for_all_rows_and_a_blank_row_gives_blanks() -> None:
    shares = column([100.0, None, 100.0])
    rows = SUBSTITUTE_OPTION(shares, column([200.0, None, 100.0]), 400.0, 200.0, column([None, None, 2.0]))
    assert rows == [only(100.0, 200.0, 400.0, 200.0), [""] * 7, only(100.0, 100.0, 400.0, 200.0, 2.0)]
    assert SUBSTITUTE_OPTION(100.0, 200.0, column([400.0, 800.0]), 200.0) == [
        only(100.0, 200.0, 400.0, 200.0),
        only(100.0, 200.0, 800.0, 200.0),
    ]


@pytest.mark.parametrize(
    ("at", "cell", "code", "said"),
    [
        (0, "100", "#VALUE!", 'row 2: shares holds the text "100"'),
        (0, -1.0, "#VALUE!", "row 2: shares is -1, below zero"),
        (0, "#REF!", "#REF!", "row 2: shares is the error"),
        (1, None, "#VALUE!", "row 2: exercise price is blank"),
        (1, "0.88", "#VALUE!", "row 2: exercise price holds the text"),
        (2, 0.0, "#VALUE!", "row 2: old FMV is blank or 0"),
        (2, dt.datetime(2004, 11, 1), "#VALUE!", "row 2: old FMV holds a date"),
        (3, None, "#VALUE!", "row 2: new FMV is blank or 0"),
        (3, -1.12, "#VALUE!", "row 2: new FMV is -1.12, below zero"),
        (4, -2.0, "#VALUE!", "row 2: ratio is -2, below zero"),
        (4, "3-for-2", "#VALUE!", "row 2: ratio holds the text"),
    ],
)
def test_a_bad_cell_is_the_error_of_its_row_alone(at: int, cell: object, code: str, said: str) -> None:
    columns = [column([value, value]) for value in (100.0, 200.0, 400.0, 200.0, 2.0)]
    columns[at][1] = [cell]
    good, bad = SUBSTITUTE_OPTION(*columns)
    assert good == only(100.0, 200.0, 400.0, 200.0, 2.0)
    assert bad == [code] * 7
    assert said in bad[0].message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((column([1.0, 2.0]), column([1.0, 2.0, 3.0]), 1.0, 1.0), "give ranges of the same rows"),
        (([], 1.0, 1.0, 1.0), "shares is an empty range"),
        (([[1.0, 2.0], [3.0, 4.0]], 1.0, 1.0, 1.0), "shares has 2 columns"),
        ((column([1.0] * 100_001), 1.0, 1.0, 1.0), "not a whole column"),
    ],
)
def test_a_call_that_cannot_be_answered_is_one_error(arguments: tuple[Any, ...], said: str) -> None:
    error = SUBSTITUTE_OPTION(*arguments)
    assert isinstance(error, ExcelError)
    assert error == "#VALUE!"
    assert said in error.message


ratios = st.one_of(st.none(), decimals("0.01", "5", 4), st.integers(1, 12).map(float))
options = st.tuples(share_counts(), prices(), prices(), prices(), ratios)


@given(st.lists(options, min_size=1, max_size=5))
def test_every_figure_is_the_oracles(rows: list[tuple[float, float, float, float, float | None]]) -> None:
    found = SUBSTITUTE_OPTION(*(column(cells) for cells in zip(*rows, strict=True)))
    for (*cells, ratio), row in zip(rows, found, strict=True):
        figures = substituted(*map(exact, cells), None if ratio is None else exact(ratio))
        assert row == [each if isinstance(each, str) else float(each) for each in figures]


@given(share_counts(), prices(), prices(), prices())
def test_at_the_ratio_of_the_values_every_option_passes(shares: float, price: float, old: float, new: float) -> None:
    assert only(shares, price, old, new)[-1] == "PASS"
