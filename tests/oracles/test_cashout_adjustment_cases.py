"""The oracles of cash-out, split and vesting against figures worked by hand, before any engine."""

from datetime import date
from fractions import Fraction

import pytest

from oracles.adjustment import NoWholeShareLeft, adjusted, split_tranches, vest_tranches
from oracles.cashout import Row, cashout, cashout_by_holder, share_out, to_the_cent


def rows(*options: tuple[str, int, str]) -> list[Row]:
    return [Row(holder, Fraction(shares), Fraction(price)) for holder, shares, price in options]


def test_underwater_options_reduce_their_own_holders_payment_alone() -> None:
    options = rows(("E1", 10000, "1.31"), ("E1", 5000, "12"), ("E2", 10000, "20"), ("E2", 1, "5"))
    assert cashout(Fraction(6), options, "PLAN") == [16900, 0, 0, 0]
    assert cashout(Fraction(6), options, "PER_OPTION") == [46900, 0, 0, 1]
    lines = cashout_by_holder(Fraction(6), options)
    assert [(line.shares, line.plan, line.per_option) for line in lines] == [(15000, 16900, 46900), (10001, 0, 1)]


def test_a_payment_is_rounded_once_and_its_cents_go_to_the_largest_remainders() -> None:
    third = Fraction(10, 3)
    options = [Row("E1", Fraction(333), third), Row("E1", Fraction(333), third), Row("E1", Fraction(334), third)]
    assert sum(cashout(Fraction(6), options, "PLAN")) == Fraction("2666.67")
    assert share_out(Fraction(100), [Fraction(40)] * 3) == [Fraction("33.34"), Fraction("33.33"), Fraction("33.33")]
    assert share_out(Fraction(10), [Fraction(10), Fraction(20)]) == [Fraction("3.33"), Fraction("6.67")]
    assert [to_the_cent(Fraction(amount)) for amount in ("0.005", "0.0049")] == [Fraction("0.01"), 0]


@pytest.mark.parametrize(
    ("method", "expected"),
    [("DOWN_UP", ("151", "6.68")), ("PRESERVE_AGGREGATE", ("151", "6.70")), ("EXACT", ("303/2", "1001/150"))],
)
def test_three_for_two_of_101_shares(method: str, expected: tuple[str, str]) -> None:
    found = adjusted(Fraction(101), Fraction("10.01"), Fraction(3), Fraction(2), method)
    assert found == (Fraction(expected[0]), Fraction(expected[1]))


def test_one_for_ten_of_nine_shares() -> None:
    nine = (Fraction(9), Fraction("1.31"), Fraction(1), Fraction(10))
    assert adjusted(*nine, "DOWN_UP") == (0, Fraction("13.1"))
    with pytest.raises(NoWholeShareLeft):
        adjusted(*nine, "PRESERVE_AGGREGATE")


def test_tranches_by_cumulative_floor() -> None:
    assert split_tranches([Fraction(shares) for shares in (3, 3, 2, 2)], Fraction(3), Fraction(2)) == [4, 5, 3, 3]


def test_a_cliff_then_every_third_month_then_the_last() -> None:
    assert vest_tranches(100, date(2003, 10, 31), 14, 4, 3) == [
        (date(2004, 2, 29), 28),  # 100 x 4/14 is 28.57
        (date(2004, 4, 30), 14),
        (date(2004, 7, 31), 22),
        (date(2004, 10, 31), 21),
        (date(2004, 12, 31), 15),
    ]
    assert vest_tranches(100, date(2003, 10, 31), 0, 0, 1) == [(date(2003, 10, 31), 100)]
