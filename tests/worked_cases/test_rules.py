"""The worked cases of the rules, and of the functions beside them, from the file that PLANSHEET_CASES names."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from plansheet.core.records import Activity, Grant, Holder, Holding, Ledger, Member, columns
from plansheet.core.rule import Finding, find
from plansheet.core.words import Action, GrantingBody, GrantType, Identifier, Relation
from plansheet.excel import CASHOUT_WITHHOLDING, ISO_MIN_PRICE, TENDER_SHARES, WITHHOLD_SHARES
from plansheet.plan.approval import (
    approval_deadline,
    exercised_before_approval,
    increase_not_approved_in_time,
    option_without_approved_shares,
)
from plansheet.plan.authority import second_committee, sole_authority, sound_committee
from plansheet.plan.eligibility import employer_in_group, iso_to_employees
from plansheet.plan.ownership import ownership, ten_percent_owner
from plansheet.plan.payment import owned_long_enough
from plansheet.plan.pricing import iso_below_floor, price_floor
from plansheet.plan.terms import atg_1996, with_values
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


# --- Who may grant and who may hold -----------------------------------------------------------------------------------

BODIES = {"2(b)(iii)": GrantingBody.OUTSIDE_COMMITTEE, "2(b)(iv)": GrantingBody.SECOND_COMMITTEE}
REGISTERED = with_values(atg_1996(), {"registered": dt.date(1999, 7, 21)}, "the case")


@cases_of("CHECK_GRANT_AUTHORITY")
def test_grant_authority(case: Case) -> None:
    """A committee of one member, and an officer; with another member, and an employee, nothing is found."""
    given, expected = case["inputs"], case["expected"]
    assert set(given) <= {"granted_by", "members", "recipient_is_officer"}
    assert expected["passes"] is False

    def judged(members: int, relationship: str) -> list[str]:
        body = BODIES[given["granted_by"]]
        grant = Grant(G_1, ADA, grant_type=GrantType.NSO, grant_date=DAY, granted_by=body)
        sitting = tuple(Member(body, Identifier(f"D-{at}"), True, True) for at in range(members))
        there = columns_of(Grant, Holder, Member)
        ledger = Ledger((Holder(ADA, relationship=relationship),), (grant,), columns=there, members=sitting)
        rules = (second_committee, sole_authority, sound_committee)
        return [finding.code for rule in rules for finding in find(rule, ledger, REGISTERED, DAY)]

    members = given.get("members", 2)
    code = "AUTH001" if given.get("recipient_is_officer") else "AUTH003"
    assert judged(members, "Officer" if given.get("recipient_is_officer") else "Employee") == [code]
    assert judged(2, "Employee") == []


@cases_of("CHECK_ISO_ELIGIBILITY")
def test_iso_eligibility(case: Case) -> None:
    given, passes = dict(case["inputs"]), case["expected"]["passes"]
    percent = Fraction(given.pop("ownership_pct", 100))
    assert set(given) <= {"role", "type", "employer"}
    kind = GrantType[given.get("type", "ISO")]
    grant = Grant(G_1, ADA, grant_type=kind, grant_date=DAY)

    def judged(percent: Fraction) -> list[str]:
        holder = Holder(ADA, relationship=given["role"], employer=given.get("employer"), employer_percent=percent)
        ledger = Ledger((holder,), (grant,), columns=columns_of(Grant, Holder))
        return [
            each.code for rule in (iso_to_employees, employer_in_group) for each in find(rule, ledger, REGISTERED, DAY)
        ]

    assert (judged(percent) == []) is passes
    if "employer" in given:  # "50 percent or more" (IRC §424(e), (f))
        assert judged(percent - Fraction(1, 100)) == ["ELIG003"]


# --- Approval ---------------------------------------------------------------------------------------------------------


@cases_of("CHECK_SHAREHOLDER_APPROVAL")
def test_shareholder_approval(case: Case) -> None:
    """An increase of the reserve that nobody approved, the grant that needed it, and an exercise of its shares."""
    given, expected = case["inputs"], case["expected"]
    adopted, as_of = (dt.date.fromisoformat(given[name]) for name in ("adopted", "as_of"))
    [exercised] = map(dt.date.fromisoformat, given["exercises"])
    assert given["approved"] is None
    assert approval_deadline(adopted, atg_1996().approval_months) == dt.date.fromisoformat(
        expected["approval_deadline"]
    )
    terms = with_values(atg_1996(), {"adopted": dt.date(1996, 4, 25), "reserve": 1_100}, "the case")
    rows = (
        Activity(dt.date(1996, 4, 25), Action.RESERVE, shares=1_000, approved=dt.date(1996, 6, 1), row=2),
        Activity(adopted, Action.RESERVE, shares=100, row=3),
        Activity(adopted, Action.GRANT, G_1, 1_100, GrantType.NSO, row=4),
        Activity(exercised, Action.EXERCISE, G_1, 1_100, row=5),
    )
    grant = Grant(G_1, ADA, grant_type=GrantType.NSO, grant_date=adopted, shares=1_100)
    ledger = Ledger(grants=(grant,), activity=rows, columns=columns_of(Grant, Activity))

    def codes(day: dt.date) -> set[str]:
        rules = (exercised_before_approval, increase_not_approved_in_time, option_without_approved_shares)
        return {finding.code for rule in rules for finding in find(rule, ledger, terms, day)}

    assert (expected["status"], expected["dependent_options"]) == ("LAPSED", "TERMINATED")
    assert expected[f"exercise_{exercised.isoformat().replace('-', '_')}"] == "VIOLATION"
    assert codes(as_of) == {"APPROVE001", "APPROVE003", "APPROVE004"}
    assert codes(as_of - dt.timedelta(days=1)) == {"APPROVE001"}  # the last day: not lapsed, and exercised too early


def columns_of(*records: type[Any]) -> frozenset[tuple[type[Any], str]]:
    return frozenset((record, column.name) for record in records for column in columns(record))
