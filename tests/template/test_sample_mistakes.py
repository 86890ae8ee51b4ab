"""The five mistakes left in the sample, and no others: what is recorded against what the plan's engines give."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from plansheet.core.numbers import exact
from plansheet.core.records import Ratio
from plansheet.core.words import Action, Identifier, SplitMethod
from plansheet.plan.adjustment import adjust
from plansheet.plan.iso_limit import classify
from plansheet.plan.merger import HolderPayment, holder_payment
from plansheet.plan.outstanding import outstanding
from plansheet.plan.pool import PoolLine, pool_ledger
from plansheet.plan.terms import atg_1996
from plansheet.template.facts import sample

TERMS = atg_1996()
CLOSING = dt.date(2011, 1, 5)


def test_one_tranche_is_recorded_as_iso_over_the_limit(saved: Any) -> None:
    answers = classify(saved.tranches, saved.events, TERMS.iso_limit, TERMS.rounding).tranches
    wrong = [
        (row["Grant"], row["First exercisable"].date(), row["ISO shares"], row["NSO shares"], answer.iso, answer.nso)
        for row, answer in zip(saved.rows("Vesting"), answers, strict=True)
        if (row["ISO shares"], row["NSO shares"]) != (answer.iso, answer.nso)
    ]
    assert wrong == [("G-100", dt.date(2007, 1, 20), 75_000, 0, 57_142, 17_858)]


@pytest.fixture(scope="module")
def pool(saved: Any) -> list[PoolLine]:
    lines = list(pool_ledger(0, saved.events))
    assert all(isinstance(line, PoolLine) for line in lines)
    return [line for line in lines if isinstance(line, PoolLine)]


def test_the_pool_is_over_granted_once_before_the_increase(pool: list[PoolLine]) -> None:
    below = [at for at, line in enumerate(pool) if line.available < 0]
    assert [(pool[at].activity.grant, pool[at].available) for at in below] == [(Identifier("G-70"), -31_989)]
    (at,) = below
    assert pool[at].activity.date == dt.date(2001, 4, 23)
    healed = pool[at + 1]
    assert (healed.activity.action, healed.activity.date) == (Action.RESERVE, dt.date(2001, 5, 15))


def test_one_iso_draws_shares_that_may_not_serve_isos(pool: list[PoolLine]) -> None:
    below = [
        at for at, line in enumerate(pool) if line.available >= 0 and line.for_iso is not None and line.for_iso < 0
    ]
    (at,) = below
    line = pool[at]
    assert (line.activity.grant, line.for_iso, line.available) == (Identifier("G-69"), -5_902, 8_011)
    tendered = [p.activity.shares for p in pool[:at] if p.activity.action is Action.TENDER]
    assert line.available - (line.for_iso or 0) == sum(tendered)
    healed = pool[at + 1]
    assert healed.activity.action is Action.FORFEIT
    assert healed.for_iso is not None
    assert healed.for_iso > 0


def test_one_price_after_the_split_is_rounded_to_the_nearest_cent(saved: Any) -> None:
    split = next(event for event in saved.events if event.action is Action.SPLIT)
    wrong = []
    never = set()
    for row in saved.rows("Grants"):
        if row["Grant date"].date() >= split.date:
            assert row["Price after split"] is None
            continue
        if row["Price after split"] is None:
            never.add(row["Grant"])
            continue
        _, price = adjust(row["Shares"], exact(row["Exercise price"]), Ratio(2, 1), SplitMethod.DOWN_UP, 2)
        if exact(row["Price after split"]) != price:
            wrong.append((row["Grant"], row["Exercise price"], row["Price after split"], price))
    assert wrong == [("G-46", 30.125, 15.06, Fraction("15.07"))]
    # §15(a)(z) adjusts options "then outstanding": of these nothing was left before the split.
    taken = {event.grant.text for event in saved.events if event.grant is not None and event.date < split.date}
    assert never == {"G-4", "G-9", "G-34"} <= taken


def payments(saved: Any) -> dict[str, HolderPayment]:
    """Each holder's payment for what was outstanding just before the closing's cancellations."""
    before = [e for e in saved.events if not (e.date == CLOSING and e.action is Action.CANCEL)]
    left = outstanding(saved.tranches, before)
    held: dict[str, list[tuple[Any, Any]]] = {}
    for row in saved.rows("Grants"):
        price = exact(row["Price after split"] or row["Exercise price"])
        if shares := left[Identifier(row["Grant"]).key]:
            held.setdefault(row["Holder"], []).append((shares, price))
    return {holder: holder_payment(6, options) for holder, options in held.items()}


def test_one_payment_is_reckoned_option_by_option(saved: Any) -> None:
    due = payments(saved)
    recorded = {row["Holder"]: exact(row["Merger payment"]) for row in saved.rows("Holders") if row["Merger payment"]}
    assert set(recorded) == set(due)
    wrong = {holder: (paid, due[holder].plan) for holder, paid in recorded.items() if paid != due[holder].plan}
    assert wrong == {"Wendy Willow": (440_220, 274_845)}
    assert recorded["Wendy Willow"] == due["Wendy Willow"].per_option


def test_the_closing_cancels_what_is_outstanding_and_nothing_else(saved: Any) -> None:
    cancelled = [e.grant.key for e in saved.events if e.date == CLOSING and e.action is Action.CANCEL]
    before = [e for e in saved.events if not (e.date == CLOSING and e.action is Action.CANCEL)]
    left = outstanding(saved.tranches, before)
    assert cancelled == [key for key, shares in left.items() if shares]


def test_each_mistake_has_its_sentence() -> None:
    told = {(mistake.sheet, mistake.record) for mistake in sample().mistakes if mistake.sentence}
    assert told == {
        ("Vesting", "G-100"),
        ("Activity", "G-70"),
        ("Activity", "G-69"),
        ("Grants", "G-46"),
        ("Holders", "Wendy Willow"),
    }
