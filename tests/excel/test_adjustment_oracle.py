"""ADJUST_FOR_SPLIT and SPLIT_TRANCHES against the oracle (plan §15)."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from hypothesis import assume, given
from hypothesis import strategies as st

from oracles.adjustment import NoWholeShareLeft, adjusted, split_tranches
from plansheet.excel import ADJUST_FOR_SPLIT, SPLIT_TRANCHES
from strategies.cells import column, exact, prices, share_counts

METHODS = ("DOWN_UP", "PRESERVE_AGGREGATE", "EXACT")

ratios = st.one_of(
    st.tuples(st.integers(1, 25).map(float), st.integers(1, 25).map(float)),
    st.integers(1, 50).map(lambda percent: (100.0 + percent, 100.0)),  # a stock dividend
    st.sampled_from([(1.4169, 1.0), (1.0, 1000.0), (0.5, 1.0), (1.0, 0.5)]),
)
options = st.lists(st.tuples(share_counts(), prices("0.0001")), min_size=1, max_size=6)


def as_cells(shares: Fraction, price: Fraction) -> list[object]:
    return [float(shares), float(price)]


def expected_row(shares: float, price: float, ratio: tuple[float, float], method: str, decimals: int) -> list[object]:
    try:
        return as_cells(*adjusted(exact(shares), exact(price), exact(ratio[0]), exact(ratio[1]), method, decimals))
    except NoWholeShareLeft:
        return ["#NUM!", "#NUM!"]


@given(options, ratios, st.sampled_from(METHODS), st.integers(0, 6))
def test_every_option_is_adjusted_as_the_oracle_does(
    rows: list[tuple[float, float]], ratio: tuple[float, float], method: str, decimals: int
) -> None:
    result = ADJUST_FOR_SPLIT(column(s for s, _ in rows), column(p for _, p in rows), *ratio, method, decimals)
    assert result == [expected_row(shares, price, ratio, method, decimals) for shares, price in rows]


@given(options, ratios)
def test_what_is_left_out_is_whole_shares_down_and_cents_up(
    rows: list[tuple[float, float]], ratio: tuple[float, float]
) -> None:
    result = ADJUST_FOR_SPLIT(column(s for s, _ in rows), column(p for _, p in rows), *ratio)
    assert result == [expected_row(shares, price, ratio, "DOWN_UP", 2) for shares, price in rows]


@given(options, ratios, st.sampled_from(METHODS), st.integers(0, 4))
def test_the_aggregate_price_of_the_retained_shares_is_not_lowered(
    rows: list[tuple[float, float]], ratio: tuple[float, float], method: str, decimals: int
) -> None:
    assume(method != "EXACT")  # its cells are the nearest doubles; the oracle test holds them
    result = ADJUST_FOR_SPLIT(column(s for s, _ in rows), column(p for _, p in rows), *ratio, method, decimals)
    for (shares, price), (new_shares, new_price) in zip(rows, result, strict=True):
        if new_shares == "#NUM!":
            continue
        retained = exact(price) * exact(ratio[1]) / exact(ratio[0]) * exact(new_shares)
        assert exact(new_shares).denominator == 1  # §15(b)
        assert exact(new_shares) <= exact(shares) * exact(ratio[0]) / exact(ratio[1])
        assert exact(new_shares) * exact(new_price) >= retained
        if method == "PRESERVE_AGGREGATE":
            assert exact(new_shares) * exact(new_price) >= exact(shares) * exact(price)  # §15(a)


@given(st.lists(share_counts(least=0, most=100_000), min_size=1, max_size=24), ratios)
def test_no_share_is_lost_in_tranches(tranches: list[float], ratio: tuple[float, float]) -> None:
    assume(any(tranches))
    result = SPLIT_TRANCHES(column(tranches), *ratio)
    exact_tranches = [exact(tranche) for tranche in tranches]
    expected = split_tranches(exact_tranches, exact(ratio[0]), exact(ratio[1]))
    blank_stays_blank = [[float(after)] if before else [""] for before, after in zip(tranches, expected, strict=True)]
    assert result == blank_stays_blank  # a 0 is what Excel on the desktop sends for a blank
    whole = [row[0] for row in result if row[0] != ""]
    assert sum(whole) == floor(sum(exact_tranches) * exact(ratio[0]) / exact(ratio[1]))
    assert all(shares >= 0 for shares in whole)


@given(st.integers(1, 10_000).map(float), prices(), st.integers(1, 20).map(float))
def test_a_split_and_its_reverse_give_the_option_back_in_exact(shares: float, price: float, new: float) -> None:
    assume(exact(price).denominator in (1, 100))
    [[there, price_there]] = ADJUST_FOR_SPLIT(shares, price, new, 1.0, "EXACT")
    [[back, price_back]] = ADJUST_FOR_SPLIT(there, price_there, 1.0, new, "EXACT")
    assert back == shares
    assert abs(exact(price_back) - exact(price)) < Fraction(1, 10**10)


def test_prices_are_read_by_their_fifteen_digits() -> None:
    assert ADJUST_FOR_SPLIT(105.0, 1.31, 1.0, 10.0) == [[10.0, 13.1]]  # 13.100000000000001 would go up to 13.11
    assert ADJUST_FOR_SPLIT(1000.0, 0.1 + 0.2, 1.0, 1.0) == [[1000.0, 0.3]]
