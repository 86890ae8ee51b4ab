"""The worked cases of prices, 10% owners, tendered and withheld shares, from the file that PLANSHEET_CASES names."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from plansheet.core.records import Activity, Grant, Holder, Holding, Ledger
from plansheet.core.rule import Finding, find
from plansheet.core.words import Action, GrantType, Identifier, Relation
from plansheet.excel import CASHOUT_WITHHOLDING, ISO_MIN_PRICE, TENDER_SHARES, WITHHOLD_SHARES
from plansheet.plan.ownership import ownership, ten_percent_owner
from plansheet.plan.payment import owned_long_enough
from plansheet.plan.pricing import iso_below_floor, price_floor
from plansheet.plan.terms import atg_1996
from plansheet.plan.withholding import no_more_than_the_minimum

CASES_FILE = os.environ.get("PLANSHEET_CASES")
pytestmark = pytest.mark.skipif(
    CASES_FILE is None, reason="PLANSHEET_CASES is unset: it names the file of worked cases"
)

Case = Mapping[str, Any]
G_1, ADA = Identifier("G-1"), Identifier("Ada")
DAY = dt.date(2005, 7, 15)


def cases_of(function: str) -> Any:
    cases = json.loads(Path(CASES_FILE).read_text("utf-8"))["cases"] if CASES_FILE else []
    own = [pytest.param(case, id=case["id"]) for case in cases if case["function"] == function]
    assert own or CASES_FILE is None, function
    return pytest.mark.parametrize("case", own)


def found(rule: Any, **records: Any) -> list[Finding]:
    return find(rule, Ledger(**records), atg_1996(), DAY)


@cases_of("CHECK_PRICE_FLOOR")
def test_price_floor(case: Case) -> None:
    given, expected = case["inputs"], case["expected"]
    price, fmv, is_owner = Fraction(given["price"]), Fraction(given["fmv"]), given["ten_percent_holder"]
    grant = Grant(G_1, ADA, None, GrantType[given["option_type"]], DAY, fmv, price)
    holder = Holder(ADA, ten_percent=is_owner)
    assert (not found(iso_below_floor, grants=(grant,), holders=(holder,))) is expected["passes"]
    assert price_floor(fmv, is_owner, atg_1996()) == Fraction(expected["minimum_exact"])
    assert ISO_MIN_PRICE(float(fmv), is_owner) == float(expected["minimum_cents"])


RELATIONS = {
    "own": Relation.SELF,
    "father": Relation.read("Father"),
    "brother": Relation.read("Brother"),
    "father_in_law": Relation.read("Father-in-law"),
}


@cases_of("CHECK_TEN_PERCENT")
def test_ten_percent(case: Case) -> None:
    given = dict(case["inputs"])
    total = given.pop("outstanding")
    lines = tuple(
        Holding(ADA, relation=RELATIONS[who], votes=votes, votes_outstanding=total) for who, votes in given.items()
    )
    held = ownership(lines, DAY)
    assert held is not None
    assert held.votes == case["expected"]["attributed_shares"]
    is_owner = ten_percent_owner(Ledger(holdings=lines), atg_1996(), ADA, DAY)
    assert is_owner is case["expected"]["is_ten_percent_holder"]


@cases_of("TENDER_SHARES")
def test_tender_shares(case: Case) -> None:
    given, expected = case["inputs"], case["expected"]
    cost, fmv = given["exercise_shares"] * Fraction(given["price"]), Fraction(given["fmv"])
    assert TENDER_SHARES(float(cost), float(fmv)) == [[expected["shares_tendered"], float(expected["cash_due"])]]
    assert cost / fmv == Fraction(expected["exact_shares"])


@cases_of("CHECK_TENDER_HOLDING")
def test_tender_holding(case: Case) -> None:
    acquired, delivered = (dt.date.fromisoformat(case["inputs"][name]) for name in ("acquired", "delivered"))
    assert case["inputs"]["acquired_from_company"]
    row = Activity(delivered, Action.TENDER, G_1, 100, acquired=acquired)
    assert (not found(owned_long_enough, activity=(row,))) is case["expected"]["passes"]
    day_before = Activity(delivered - dt.timedelta(days=1), Action.TENDER, G_1, 100, acquired=acquired)
    assert len(found(owned_long_enough, activity=(day_before,))) == 1


@cases_of("WITHHOLD_SHARES")
def test_withhold_shares(case: Case) -> None:
    given, expected = case["inputs"], case["expected"]
    fmv = Fraction(given["fmv"])
    spread = given["shares"] * (fmv - Fraction(given["price"]))
    tax = spread * Fraction(given["min_rate"])
    assert (spread, tax) == (Fraction(expected["spread"]), Fraction(expected["max_tax"]))
    [[shares, cash]] = WITHHOLD_SHARES(float(tax), float(fmv))
    assert (shares, cash) == (expected["shares_withheld"], float(expected["cash_due"]))
    assert shares * fmv == Fraction(expected["value_withheld"])
    assert given["shares"] - shares == expected["shares_delivered"]
    for more, findings in ((0, 0), (1, 1)):
        row = Activity(DAY, Action.WITHHOLD, G_1, int(shares) + more, fmv=fmv, tax=tax)
        assert len(found(no_more_than_the_minimum, activity=(row,))) == findings


@cases_of("MERGER_CASHOUT_WITHHOLDING")
def test_cashout_withholding(case: Case) -> None:
    given = {name: float(figure) for name, figure in case["inputs"].items()}
    rates = given["rate_below"], given["rate_above"], given["threshold"]
    table = CASHOUT_WITHHOLDING(given["payment"], given["prior_ytd_supplemental"], *rates)
    assert table[-1][-1] == float(case["expected"]["federal"])
    alone = CASHOUT_WITHHOLDING(1_200_000, 0, *rates)
    assert alone[-1][-1] == float(case["expected"]["if_prior_zero_and_payment_1200000"])
