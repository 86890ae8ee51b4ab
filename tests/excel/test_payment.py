"""TENDER_SHARES and WITHHOLD_SHARES: worked figures, bad input, columns, and the oracle (plan §6(b)(i), §20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.payment import shares_for
from plansheet.excel import TENDER_SHARES, WITHHOLD_SHARES, ExcelError
from strategies.cells import column, decimals, exact, prices

EACH = pytest.mark.parametrize(
    ("function", "name"), [(TENDER_SHARES, "cost"), (WITHHOLD_SHARES, "tax")], ids=["TENDER_SHARES", "WITHHOLD_SHARES"]
)
Function = Callable[..., Any]


def test_an_exercise_price_of_1310_dollars_with_shares_of_6() -> None:
    assert TENDER_SHARES(1310, 6) == [[218.0, 2.0]]


def test_a_tax_of_16250_85_with_shares_of_6() -> None:
    """10,000 options at $1.31 and a rate of 34.65%: a share more would be $16,254.00."""
    assert WITHHOLD_SHARES(16250.85, 6) == [[2708.0, 2.85]]


@EACH
def test_the_pair_around_a_whole_share(function: Function, name: str) -> None:
    assert function(599.99, 6) == [[99.0, 5.99]]
    assert function(600, 6) == [[100.0, 0.0]]
    assert function(600.01, 6) == [[100.0, 0.01]]
    assert function(100000, 0.1) == [[1_000_000.0, 0.0]]  # in doubles 999,999
    assert function(0.1 + 0.2, 0.1) == [[3.0, 0.0]]
    assert function(5.99, 6) == [[0.0, 5.99]]
    assert function(0, 6) == [[0.0, 0.0]]


@EACH
def test_a_column_gives_a_row_each_and_one_cell_holds_for_all(function: Function, name: str) -> None:
    assert function(column([1310, None, 12]), 6) == [[218.0, 2.0], ["", ""], [2.0, 0.0]]
    assert function(100, column([6, 7, None])) == [[16.0, 4.0], [14.0, 2.0], ["", ""]]
    assert function(column([1310, 0, 12]), column([6, 0, 5])) == [[218.0, 2.0], ["", ""], [2.0, 2.0]]
    assert function(None, None) == [["", ""]]


@EACH
def test_what_cannot_be_read(function: Function, name: str) -> None:
    for arguments, sentence in (
        (("1,310", 6), f'{name} holds the text "1,310"'),
        ((-1, 6), f"{name} is -1, below zero"),
        ((None, 6), f"{name} is blank; enter it"),
        ((1310, None), "fmv is blank or 0; enter it"),
        ((1310, -6), "fmv is -6, below zero"),
        ((column([1, 2]), column([1, 2, 3])), f"{name} has 2 rows and fmv 3"),
    ):
        answer = function(*arguments)
        assert isinstance(answer, ExcelError)
        assert (answer, sentence in answer.message) == ("#VALUE!", True), answer.message


@EACH
def test_a_bad_row_leaves_the_others(function: Function, name: str) -> None:
    answer = function(column([1310, 12, 12, None]), column([6, None, "#DIV/0!", 5]))
    assert answer == [[218.0, 2.0], ["#VALUE!"] * 2, ["#DIV/0!"] * 2, ["#VALUE!"] * 2]
    assert [row[0].message[:11] for row in answer[1:]] == ["row 2: fmv ", "row 3: fmv ", f"row 4: {name:4}"[:11]]


@EACH
@given(st.lists(st.tuples(decimals("0.01", "3000000", 2), prices()), min_size=1, max_size=6))
def test_every_row_is_that_of_the_oracle(function: Function, name: str, rows: list[tuple[float, float]]) -> None:
    answer = function(column(due for due, _ in rows), column(fmv for _, fmv in rows))
    assert answer == [[float(part) for part in shares_for(exact(due), exact(fmv))] for due, fmv in rows]
