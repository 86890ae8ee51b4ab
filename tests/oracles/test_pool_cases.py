"""The oracle against figures worked by hand from sections 4 and 15(a), boundary pairs, and the pool's equation."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.pool import PoolRow, closed_total, pool, pool_ledger
from strategies.pool_histories import PoolHistory, pool_histories


def row(
    action: str,
    grant: str | None = None,
    shares: int | str | None = None,
    grant_type: str | None = None,
    on: str | None = None,
    ratio: str | None = None,
) -> PoolRow:
    return PoolRow(
        date=None if on is None else dt.date.fromisoformat(on),
        action=action,
        grant=grant,
        shares=None if shares is None else Fraction(shares),
        grant_type=grant_type,
        ratio=None if ratio is None else Fraction(ratio),
    )


BASIC = [row("GRANT", "A", 20_000_000, "ISO"), row("EXERCISE", "A", 4_000_000), row("CANCEL", "A", 3_000_000)]
TENDER = [row("GRANT", "A", 500_000, "ISO"), row("EXERCISE", "A", 500_000), row("TENDER", "A", 100_000)]
WITHHELD = [row("GRANT", "A", 100_000, "NSO"), row("EXERCISE", "A", 100_000), row("WITHHOLD", "A", 30_000)]
NET_EXERCISED = [*WITHHELD[:2], row("NET EXERCISE", "A", 30_000)]
SPLIT = [row("GRANT", "A", 17_000_000, "ISO"), row("EXERCISE", "A", 4_000_000), row("SPLIT", ratio="2")]
BUCKET = [
    row("GRANT", "I", 60, "ISO"),
    row("EXERCISE", "I", 60),
    row("TENDER", "I", 30),
    row("GRANT", "N", 30, "NSO"),
]
REPRICE = [row("GRANT", "A", 300_000, "ISO"), row("CANCEL", "A"), row("GRANT", "B", 300_000, "ISO")]
OVERGRANT = [row("GRANT", "A", 60_000, "NSO"), row("GRANT", "B", 50_000, "NSO")]
# The original is overdrawn by 10 before 30 shares are tendered: ISOs stay barred, NSOs have 20.
LATE_TENDER = [row("GRANT", "A", 110, "ISO"), row("EXERCISE", "A", 110), row("TENDER", "A", 30)]
# N drew 30 recycled, then 10 original; 15 cancelled are the last drawn: 10 original, 5 recycled.
LAST_DRAWN = [*BUCKET[:3], row("GRANT", "N", 40, "NSO"), row("CANCEL", "N", 15)]
# Of the same draws 35 are exercised first: only 5 original are left to come back.
FIRST_DRAWN = [*BUCKET[:3], row("GRANT", "N", 40, "NSO"), row("EXERCISE", "N", 35), row("TERMINATE", "N")]


@pytest.mark.parametrize(
    ("reserve", "rows", "recycling", "available", "for_iso"),
    [
        pytest.param(25_600_000, BASIC, "PLAN", 8_600_000, 8_600_000, id="POOL-BASIC"),
        pytest.param(1_000_000, TENDER, "PLAN", 600_000, 500_000, id="POOL-TENDER"),
        pytest.param(1_000_000, WITHHELD, "PLAN", 900_000, 900_000, id="POOL-WITHHELD"),
        pytest.param(1_000_000, WITHHELD, "NET", 930_000, 900_000, id="POOL-WITHHELD, net issued"),
        pytest.param(1_000_000, NET_EXERCISED, "PLAN", 900_000, 900_000, id="net exercise stays gone"),
        pytest.param(1_000_000, NET_EXERCISED, "NET", 930_000, 900_000, id="net exercise, net issued"),
        pytest.param(25_600_000, SPLIT, "PLAN", 17_200_000, 17_200_000, id="POOL-SPLIT"),
        pytest.param(100, BUCKET, "PLAN", 40, 40, id="POOL-BUCKET"),
        pytest.param(1_000_000, REPRICE, "PLAN", 700_000, 700_000, id="POOL-REPRICE"),
        pytest.param(100_000, OVERGRANT, "PLAN", -10_000, -10_000, id="POOL-OVERGRANT"),
        pytest.param(100, LATE_TENDER, "PLAN", 20, -10, id="tender after an over-grant"),
        pytest.param(100, LAST_DRAWN, "PLAN", 45, 40, id="last drawn comes back first"),
        pytest.param(100, FIRST_DRAWN, "PLAN", 35, 35, id="first drawn is exercised first"),
    ],
)
def test_available(reserve: int, rows: list[PoolRow], recycling: str, available: int, for_iso: int) -> None:
    assert pool(Fraction(reserve), rows, recycling=recycling) == available
    assert pool(Fraction(reserve), rows, for_type="ISO", recycling=recycling) == for_iso


GRANT_100 = row("GRANT", "A", 100, "ISO")


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        pytest.param([GRANT_100, row("EXERCISE", "A", 100)], 900, id="exercise of all that is left"),
        pytest.param([GRANT_100, row("EXERCISE", "A", 101)], "#NUM!", id="exercise of one share more"),
        pytest.param([GRANT_100, row("CANCEL", "A", 100)], 1000, id="cancel of all that is left"),
        pytest.param([GRANT_100, row("CANCEL", "A", 101)], "#NUM!", id="cancel of one share more"),
        pytest.param([row("EXERCISE", "A", 1), GRANT_100], "#NUM!", id="exercise before its GRANT row"),
        pytest.param([GRANT_100, row("CANCEL", "B")], "#NUM!", id="cancel of a grant never granted"),
        pytest.param([GRANT_100, row("EXERCISE", "A")], "#N/A", id="empty EXERCISE"),
        pytest.param([GRANT_100, row("FORFEIT", "A")], "#N/A", id="empty FORFEIT"),
        pytest.param([GRANT_100, row("EXERCISE", "A", 40), row("EXPIRE", "A")], 960, id="empty EXPIRE"),
        pytest.param([row("RESERVE", shares=-400), GRANT_100], 500, id="RESERVE takes"),
    ],
)
def test_the_first_breaking_row_decides(rows: list[PoolRow], outcome: int | str) -> None:
    assert pool(Fraction(1000), rows) == outcome


def test_an_untyped_grant_beside_recycled_shares_hides_the_answer_for_isos_only() -> None:
    untyped_after_tender = [*TENDER, row("GRANT", "U", 10), row("CANCEL", "U")]
    assert pool(Fraction(1_000_000), untyped_after_tender) == 600_000
    assert pool(Fraction(1_000_000), untyped_after_tender, for_type="ISO") == "#N/A"
    untyped_before_tender = [row("GRANT", "U", 10), *TENDER]
    assert pool(Fraction(1_000_000), untyped_before_tender, for_type="ISO") == 499_990


def test_a_grant_of_the_split_day_is_in_new_shares_wherever_it_is_listed() -> None:
    before = row("GRANT", "A", 300, "ISO", on="2000-03-01")
    on_the_day = row("GRANT", "B", 300, "ISO", on="2000-03-13")
    split = row("SPLIT", on="2000-03-13", ratio="3/2")
    for listed in ([before, on_the_day, split], [before, split, on_the_day], [on_the_day, split, before]):
        assert pool(Fraction(1000), listed) == 750  # 1,500 less 450 less 300
        assert pool(Fraction(1000), listed, as_of=dt.date(2000, 3, 12)) == 700
    undated = [row("GRANT", "A", 300, "ISO"), row("SPLIT", ratio="3/2")]
    assert pool(Fraction(1000), undated) == 1050


def test_the_ledger_runs_in_date_order_and_stops_at_the_row_that_breaks() -> None:
    rows = [
        row("EXERCISE", "A", 250, on="2001-01-02"),
        row("GRANT", "A", 100, "ISO", on="2000-01-03"),
        row("SPLIT", on="2000-06-01", ratio="2"),
        row("CANCEL", "A", on="2001-02-01"),
    ]
    lines = pool_ledger(Fraction(1000), rows)
    assert [line.row.action for line in lines] == ["GRANT", "SPLIT", "EXERCISE", "CANCEL"]
    assert [line.change for line in lines] == [-100, 900, "#NUM!", "#VALUE!"]
    assert [line.available for line in lines] == [900, 1800, "#NUM!", "#VALUE!"]
    assert pool(Fraction(1000), rows, as_of=dt.date(2001, 1, 1)) == 1800
    assert pool(Fraction(1000), rows) == "#NUM!"


@given(pool_histories(troubles=False), st.sampled_from(("PLAN", "NET")))
def test_the_lots_add_up_to_the_equation(history: PoolHistory, recycling: str) -> None:
    total = closed_total(history.reserve, history.rows, recycling)
    assert pool(history.reserve, history.rows, recycling=recycling) == total
    lines = pool_ledger(history.reserve, history.rows, recycling)
    assert lines[-1].available == total
    assert sum((Fraction(line.change) for line in lines), history.reserve) == total
