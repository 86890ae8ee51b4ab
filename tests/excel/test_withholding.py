"""CASHOUT_WITHHOLDING: the million straddled, the base of social security, bad input, and the oracle (plan §20)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.payment import taxes
from plansheet.excel import CASHOUT_WITHHOLDING, ExcelError, as_shown
from strategies.cells import decimals, exact

HEADINGS = ["Tax", "Wages", "Rate", "Amount"]
BELOW, ABOVE = "Federal income tax below the threshold", "Federal income tax above the threshold"
RATES = (0.22, 0.37, 1_000_000)


def test_a_payment_that_straddles_a_million_is_split() -> None:
    assert CASHOUT_WITHHOLDING(300_000, 900_000, *RATES) == [
        HEADINGS,
        [BELOW, 100_000.0, 0.22, 22_000.0],
        [ABOVE, 200_000.0, 0.37, 74_000.0],
        ["Total", 300_000.0, "", 96_000.0],
    ]
    assert CASHOUT_WITHHOLDING(1_200_000, 0, *RATES)[-1] == ["Total", 1_200_000.0, "", 294_000.0]
    assert CASHOUT_WITHHOLDING(1_200_000, None, *RATES)[-1] == ["Total", 1_200_000.0, "", 294_000.0]


@pytest.mark.parametrize(
    ("before", "below", "above"),
    [(699_999.99, 300_000, 0), (700_000, 300_000, 0), (700_000.01, 299_999.99, 0.01), (1_000_000, 0, 300_000)],
)
def test_the_pair_around_the_threshold(before: float, below: float, above: float) -> None:
    table = CASHOUT_WITHHOLDING(300_000, before, *RATES)
    assert [row[1] for row in table[1:3]] == [below, above]


def test_every_tax_has_its_line_and_social_security_stops_at_its_base() -> None:
    assert CASHOUT_WITHHOLDING(300_000, 900_000, *RATES, 0.062, 168_600, 150_000, 0.0145, 0.05) == [
        HEADINGS,
        [BELOW, 100_000.0, 0.22, 22_000.0],
        [ABOVE, 200_000.0, 0.37, 74_000.0],
        ["Social security", 18_600.0, 0.062, 1_153.2],
        ["Medicare", 300_000.0, 0.0145, 4_350.0],
        ["State income tax", 300_000.0, 0.05, 15_000.0],
        ["Total", 300_000.0, "", 116_503.2],
    ]


@pytest.mark.parametrize(
    ("wages", "expected"), [(None, 10_000), (158_600, 10_000), (158_600.01, 9_999.99), (168_600, 0), (500_000, 0)]
)
def test_wages_paid_before_use_up_the_base_and_nothing_else(wages: float | None, expected: float) -> None:
    table = CASHOUT_WITHHOLDING(10_000, 0, *RATES, 0.062, 168_600, wages, 0.0145)
    assert [row[1] for row in table[1:]] == [10_000.0, 0.0, expected, 10_000.0, 10_000.0]


def test_each_line_is_rounded_once_half_up_and_the_total_adds_up_what_is_shown() -> None:
    table = CASHOUT_WITHHOLDING(0.5, 0, 0.01, 0.37, 1, None, None, None, 0.01, 0.01)
    assert [row[3] for row in table[1:]] == [0.01, 0.0, 0.01, 0.01, 0.03]  # half a cent each
    table = CASHOUT_WITHHOLDING(0.49, 0, 0.01, 0.37, 1, None, None, None, 0.01, 0.01)
    assert [row[3] for row in table[1:]] == [0.0, 0.0, 0.0, 0.0, 0.0]


def test_a_0_of_a_blank_cell_leaves_a_tax_out() -> None:
    assert CASHOUT_WITHHOLDING(100, 0, *RATES, 0, 0, 0, 0, 0) == CASHOUT_WITHHOLDING(100, 0, *RATES)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((100, 0, 22, 0.37, 1_000_000), "rate_below is 22, more than the whole; enter 22% or 0.22"),
        ((100, 0, 0.22, 1.01, 1_000_000), "rate_above is 1.01, more than the whole"),
        ((100, 0, *RATES, 6.2, 168_600), "social_rate is 6.2, more than the whole; enter 6.2% or 0.062"),
        ((100, 0, *RATES, 0.062), "social_base is blank; enter it"),
        ((100, 0, *RATES, 0.062, 0), "social_base is blank or 0; enter it"),
        ((100, 0, None, 0.37, 1_000_000), "rate_below is blank; enter it"),
        ((100, 0, 0.22, 0.37, None), "threshold is blank; enter it"),
        ((100, 0, 0.22, -0.37, 1_000_000), "rate_above is -0.37, below zero"),
        ((None, 0, *RATES), "payment is blank; enter it"),
        (("300,000", 0, *RATES), 'payment holds the text "300,000"'),
        ((100, -1, *RATES), "prior_supplemental is -1, below zero"),
        (([[100], [200]], 0, *RATES), "payment has 2 cells; give one cell"),
    ],
)
def test_what_cannot_be_read_is_one_error_and_its_sentence_stands_beside_it(
    arguments: tuple[Any, ...], sentence: str
) -> None:
    answer = CASHOUT_WITHHOLDING(*arguments)
    assert answer == "#VALUE!"
    assert isinstance(answer, ExcelError)
    assert sentence in answer.message
    assert as_shown("CASHOUT_WITHHOLDING", answer) == [[answer, answer.message]]


def test_an_error_cell_gives_its_own_error() -> None:
    assert CASHOUT_WITHHOLDING(100, "#N/A", *RATES) == "#N/A"


money = decimals("0", "2500000", 2)
rates = decimals("0.0001", "1", 4)


@given(money, money, rates, rates, decimals("1", "2000000", 0), st.data())
def test_every_line_is_that_of_the_oracle(
    payment: float, before: float, below: float, above: float, threshold: float, data: st.DataObject
) -> None:
    social = data.draw(st.none() | st.tuples(rates, decimals("1", "200000", 0), money))
    medicare, state = data.draw(st.none() | rates), data.draw(st.none() | rates)
    table = CASHOUT_WITHHOLDING(
        payment, before, below, above, threshold, *(social or (None, None, None)), medicare, state
    )
    expected = taxes(
        *map(exact, (payment, before, below, above, threshold)),
        social=None if social is None else (exact(social[0]), exact(social[1]), exact(social[2])),
        medicare=None if medicare is None else exact(medicare),
        state=None if state is None else exact(state),
    )
    assert [row[1:] for row in table[1:-1]] == [[float(figure) for figure in line] for line in expected]
    total = sum((amount for *_, amount in expected), Fraction(0))
    assert table[-1] == ["Total", payment, "", float(total)]
    assert sum(exact(row[1]) for row in table[1:3]) == exact(payment)
