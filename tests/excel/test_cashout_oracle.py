"""MERGER_CASHOUT and MERGER_CASHOUT_BY_HOLDER against the oracle (plan §16(a)(iii))."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from oracles.cashout import Row, cashout, cashout_by_holder, holder_payment
from plansheet.excel import MERGER_CASHOUT, MERGER_CASHOUT_BY_HOLDER
from strategies.cells import column, decimals, exact, prices, share_counts

METHODS = ("PLAN", "PER_OPTION")
IN_NATURAL_ORDER = ("2", "10", "A-2", "A-10", "Osei")
SPELLINGS = {
    "2": (2, 2.0, "2", " 2"),
    "10": (10.0, "10", "10\u00a0"),
    "A-2": ("A-2", "a-2", " A-2 "),
    "A-10": ("A-10", "a-10\u00a0"),
    "Osei": ("Osei", "OSEI", "\u00a0osei "),
}


@dataclass(frozen=True)
class Deal:
    """A merger price and rows as (holder, as spelled in the cell, shares, exercise price)."""

    merger_price: float
    rows: tuple[tuple[str, object, float, float], ...]

    def columns(self) -> tuple[float, list[list[object]], list[list[object]], list[list[object]]]:
        return (
            self.merger_price,
            column(shares for _, _, shares, _ in self.rows),
            column(price for _, _, _, price in self.rows),
            column(spelled for _, spelled, _, _ in self.rows),
        )

    def records(self) -> list[Row]:
        return [Row(holder, exact(shares), exact(price)) for holder, _, shares, price in self.rows]


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    merger_price = draw(st.one_of(decimals("1", "60", 2), prices("1", "60")))
    near = st.one_of(
        st.just(merger_price),
        st.integers(-300, 300).map(lambda cents: max(round(merger_price * 100) + cents, 1) / 100),
        prices("0.01", "120"),
    )
    rows = []
    for _ in range(draw(st.integers(1, 10))):
        holder = draw(st.sampled_from(IN_NATURAL_ORDER))
        spelled = draw(st.sampled_from(SPELLINGS[holder]))
        rows.append((holder, spelled, draw(st.one_of(st.integers(1, 40).map(float), share_counts())), draw(near)))
    return Deal(merger_price, tuple(rows))


def cells_of(result: object) -> list[object]:
    assert isinstance(result, list), result
    assert all(len(row) == 1 for row in result)
    return [row[0] for row in result]


@given(deals(), st.sampled_from(METHODS))
def test_every_row_is_paid_what_the_oracle_pays(deal: Deal, method: str) -> None:
    expected = [float(amount) for amount in cashout(exact(deal.merger_price), deal.records(), method)]
    assert cells_of(MERGER_CASHOUT(*deal.columns(), method)) == expected


@given(deals())
def test_the_method_left_out_is_the_plans(deal: Deal) -> None:
    assert MERGER_CASHOUT(*deal.columns()) == MERGER_CASHOUT(*deal.columns(), "PLAN")


@given(deals(), st.sampled_from(METHODS))
def test_holder_left_out_is_one_holder(deal: Deal, method: str) -> None:
    one = [Row("one", row.shares, row.price) for row in deal.records()]
    merger_price, shares, price, _ = deal.columns()
    expected = [float(amount) for amount in cashout(exact(deal.merger_price), one, method)]
    assert cells_of(MERGER_CASHOUT(merger_price, shares, price, None, method)) == expected


@given(deals(), st.sampled_from(METHODS))
def test_a_holders_rows_add_up_to_the_payment_to_the_cent(deal: Deal, method: str) -> None:
    paid = [exact(amount) for amount in cells_of(MERGER_CASHOUT(*deal.columns(), method))]
    assert all(amount >= 0 and (amount * 100).denominator == 1 for amount in paid)
    for holder in {row.holder for row in deal.records()}:
        own = [row for row in deal.records() if row.holder == holder]
        received = sum(
            (amount for amount, row in zip(paid, deal.records(), strict=True) if row.holder == holder), Fraction(0)
        )
        assert received == holder_payment(exact(deal.merger_price), own, method)


@given(deals(), st.sampled_from(METHODS))
def test_nothing_is_netted_across_holders(deal: Deal, method: str) -> None:
    together = cells_of(MERGER_CASHOUT(*deal.columns(), method))
    for holder in {row.holder for row in deal.records()}:
        places = [place for place, row in enumerate(deal.rows) if row[0] == holder]
        alone = Deal(deal.merger_price, tuple(deal.rows[place] for place in places))
        assert cells_of(MERGER_CASHOUT(*alone.columns(), method)) == [together[place] for place in places]


@given(deals(), st.sampled_from(METHODS))
def test_rows_at_or_above_the_merger_price_get_nothing(deal: Deal, method: str) -> None:
    paid = cells_of(MERGER_CASHOUT(*deal.columns(), method))
    for amount, row in zip(paid, deal.records(), strict=True):
        if row.price >= exact(deal.merger_price):
            assert amount == 0.0


@given(deals(), st.sampled_from([None, *METHODS]))
def test_the_table_by_holder_is_the_oracles_whatever_the_method(deal: Deal, method: str | None) -> None:
    table = MERGER_CASHOUT_BY_HOLDER(*deal.columns(), method)
    assert table[0] == ["Holder", "Shares", "Plan", "Per option", "Difference"]
    lines = {line.holder: line for line in cashout_by_holder(exact(deal.merger_price), deal.records())}
    first_spelled = {holder: spelled for holder, spelled, _, _ in reversed(deal.rows)}
    expected = [
        [
            normal(first_spelled[holder]),
            *(float(x) for x in (line.shares, line.plan, line.per_option, line.per_option - line.plan)),
        ]
        for holder in IN_NATURAL_ORDER
        if (line := lines.get(holder)) is not None
    ]
    assert [[normal(row[0]), *row[1:]] for row in table[1:]] == expected
    assert all(row[4] >= 0 for row in table[1:])


def normal(holder: object) -> str:
    """The spelling without the spaces around it; 2.0 and "2" look the same in a cell."""
    text = f"{holder:g}" if isinstance(holder, float) else str(holder)
    return text.replace("\u00a0", " ").strip()


def test_doubles_are_read_by_their_fifteen_digits() -> None:
    assert MERGER_CASHOUT(0.1 + 0.2, [[100.0]], [[0.3]]) == [[0.0]]
    assert MERGER_CASHOUT([[1.005]], [[1.0]], [[1e-15]]) == [[1.0]]  # 1.004999999999999, not 1.005
    assert MERGER_CASHOUT(2.005, [[1.0]], [[1.0]]) == [[1.01]]  # 1.005 is half a cent, and goes up
