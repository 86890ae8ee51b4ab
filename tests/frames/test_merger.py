"""The cash payment in a merger from frames: the table of cases, and the same as MERGER_CASHOUT_BY_HOLDER."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frames.making import ACTIVITY, as_shown, assert_no_floats, book, day, rows, table
from plansheet.excel import MERGER_CASHOUT_BY_HOLDER
from plansheet.frames import FrameLedger, UnusableFrame, cashout, plan_terms
from strategies.cells import prices, share_counts

CASES = tomllib.loads((Path(__file__).parent.parent / "plan" / "merger.toml").read_text("utf-8"), parse_float=Decimal)
GRANTS = ["Grant", "Holder", "Grant date", "Shares", "Exercise price"]
GRANTED, CLOSING = day("2004-01-05"), day("2011-01-05")
FIGURES = ("holder", "shares", "plan", "per_option", "difference")


def granted(options: list[tuple[object, object, object]]) -> FrameLedger:
    """Options by holder, shares and price."""
    return book(
        grants=table(GRANTS, [[f"G-{at}", who, GRANTED, n, price] for at, (who, n, price) in enumerate(options)])
    )


def number(figure: object) -> Any:
    return Fraction(figure) if isinstance(figure, str) and "/" in figure else figure


def all_outstanding(case: Any) -> bool:
    """An option without shares is not, and Grants holds no price of 0."""
    return all(row["shares"] for row in case["rows"])


@pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in CASES["case"] if all_outstanding(c)])
def test_a_case_of_the_table(case: Any) -> None:
    options = [(row["holder"], number(row["shares"]), number(row["price"])) for row in case["rows"]]
    paid = cashout(granted(options), case["merger_price"], CLOSING)
    expected = [tuple(as_shown(number(figure)) for figure in line) for line in case["holders"]]
    assert [tuple(map(as_shown, row)) for row in rows(paid, *FIGURES)] == expected
    assert_no_floats(paid)


@given(
    st.lists(st.tuples(st.sampled_from(["2", "10", "Osei"]), share_counts(), prices()), min_size=1), prices("1", "60")
)
def test_the_payments_are_those_of_the_worksheet_function(
    options: list[tuple[str, float, float]], price: float
) -> None:
    sheet = MERGER_CASHOUT_BY_HOLDER(
        price, [[n] for _, n, _ in options], [[x] for _, _, x in options], [[w] for w, _, _ in options]
    )
    assert isinstance(sheet, list)
    paid = cashout(granted(list(options)), price, CLOSING)
    assert [list(map(as_shown, row)) for row in rows(paid, *FIGURES)] == [
        list(map(as_shown, line)) for line in sheet[1:]
    ]
    assert all(
        str(amount).rpartition(".")[2].isdigit() and len(str(amount).rpartition(".")[2]) == 2 for amount in paid["plan"]
    )


def test_price_and_day_may_stand_in_the_terms() -> None:
    options = granted([("Ada", 10, 1.31)])
    terms = plan_terms(merger_price=6, merger_date="2011-01-05")
    assert rows(cashout(options, terms=terms), "plan") == [(Decimal("46.90"),)]
    for arguments in ((), (6,), (None, CLOSING), ("six", CLOSING), (6, "05/01/11")):
        with pytest.raises(UnusableFrame):
            cashout(options, *arguments)


def test_prices_are_needed() -> None:
    with pytest.raises(UnusableFrame, match="this needs grants with Exercise price"):
        cashout(book(grants=table(["Grant", "Holder"], [])), 6, CLOSING)


def test_a_holder_that_cannot_be_told_stays_with_the_sentence_and_others_are_paid() -> None:
    grants = table(
        GRANTS,
        [
            ["G-1", "Ada", GRANTED, 10, 1],
            ["G-2", "Ada", GRANTED, 10, None],
            ["G-3", "Basil", GRANTED, 10, 1],
            ["G-4", "Clio", GRANTED, "ten", 1],
        ],
    )
    activity = table(ACTIVITY, [[day("2005-01-05"), "CANCEL", "G-3", 4]])
    paid = cashout(book(grants=grants, activity=activity), 6, CLOSING)
    assert rows(paid, "holder", "shares", "plan") == [
        ("Ada", None, None),
        ("Basil", 6, Decimal("30.00")),
        ("Clio", None, None),
    ]
    assert paid.problem[0] == "grant G-2 has no exercise price"
    assert 'Grants row 3: Shares holds the text "ten"' in paid.problem[2]


def test_what_may_concern_anybody_costs_everybody_the_answer() -> None:
    activity = table(ACTIVITY, [[day("2005-01-05"), "CANCEL", None, 4]])
    grants = table(GRANTS, [["G-1", "Ada", GRANTED, 10, 1], ["G-3", "Basil", GRANTED, 10, 1]])
    paid = cashout(book(grants=grants, activity=activity), 6, CLOSING)
    assert rows(paid, "holder", "plan") == [("Ada", None), ("Basil", None)]
    assert all("is CANCEL without a grant" in problem for problem in paid.problem)
