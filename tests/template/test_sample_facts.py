"""The sample's facts: whole, in lawful order, and within the plan wherever no mistake is meant."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from plansheet.core.dates import add_months, anniversary
from plansheet.core.words import Action, Identifier
from plansheet.plan.outstanding import outstanding
from plansheet.plan.terms import atg_1996
from plansheet.plan.vesting import installments

TERMS = atg_1996()
SPLIT = dt.date(2000, 3, 13)
CLOSING = dt.date(2011, 1, 5)


def grants(saved: Any) -> dict[str, dict[str, Any]]:
    return {row["Grant"]: row for row in saved.rows("Grants")}


def test_size(saved: Any) -> None:
    counts = {name: len(list(saved.rows(name))) for name in ("Holders", "Grants", "Vesting", "Activity")}
    assert counts == {"Holders": 42, "Grants": 120, "Vesting": 697, "Activity": 400}


def test_every_grant_has_a_holder_once(saved: Any) -> None:
    holders = [row["Holder"] for row in saved.rows("Holders")]
    assert len(set(holders)) == len(holders)
    assert {row["Holder"] for row in saved.rows("Grants")} == set(holders)
    assert len(grants(saved)) == len(list(saved.rows("Grants")))


def test_tranches_add_up_to_their_grants(saved: Any) -> None:
    totals: Counter[str] = Counter()
    for row in saved.rows("Vesting"):
        totals[row["Grant"]] += row["Shares"]
    assert totals == {number: row["Shares"] for number, row in grants(saved).items()}


def test_schedules_in_months_give_the_tranches(saved: Any) -> None:
    scheduled = [row for row in saved.rows("Grants") if row["Months"] is not None]
    assert len(scheduled) == 3
    for row in scheduled:
        start = row["Vesting start"].date()
        wanted = installments(row["Shares"], start, row["Months"], row["Cliff"] or 0, row["Every"] or 1)
        there = [t for t in saved.rows("Vesting") if t["Grant"] == row["Grant"]]
        assert [(t["First exercisable"].date(), t["Shares"]) for t in there] == wanted


def test_every_grant_was_made_once_as_grants_says(saved: Any) -> None:
    made = [row for row in saved.rows("Activity") if row["Action"] in ("GRANT", "SUBSTITUTE")]
    assert Counter(row["Grant"] for row in made) == Counter(list(grants(saved)))
    granted = grants(saved)
    for row in made:
        grant = granted[row["Grant"]]
        assert (row["Date"], row["Shares"], row["Type"]) == (grant["Grant date"], grant["Shares"], grant["Type"])


def test_activity_is_in_order_and_can_have_happened(saved: Any) -> None:
    dates = [event.date for event in saved.events]
    assert dates == sorted(dates)
    left = outstanding(saved.tranches, saved.events)
    assert set(left) == {
        Identifier(number).key for number in grants(saved)
    }  # a grant that cannot be settled is missing
    assert set(left.values()) == {0}  # the merger ended what was left


def test_nothing_outlives_its_option_period(saved: Any) -> None:
    tranches, events = saved.tranches, saved.events
    for number, grant in grants(saved).items():
        expires = grant["Expires"].date()
        if expires < CLOSING:
            own = [t for t in tranches if t.grant.text == number]
            until = [event for event in events if event.date <= expires]
            assert outstanding(own, until) == {Identifier(number).key: 0}
        assert [e for e in events if e.grant is not None and e.grant.text == number and e.date > expires] == []


def test_grants_keep_to_the_plan(saved: Any) -> None:
    owners = {row["Holder"] for row in saved.rows("Holders") if row["10% owner"] == "Yes"}
    relationship = {row["Holder"]: row["Relationship"] for row in saved.rows("Holders")}
    for grant in grants(saved).values():
        made, expires = grant["Grant date"].date(), grant["Expires"].date()
        assert TERMS.adopted <= made < anniversary(TERMS.adopted, TERMS.plan_years)  # §22(b)
        if grant["Type"] == "NSO":
            assert grant["Exercise price"] == grant["FMV"]
            continue
        owner = grant["Holder"] in owners
        percent = TERMS.ten_percent_price_percent if owner else TERMS.iso_price_percent
        years = TERMS.ten_percent_term_years if owner else TERMS.iso_term_years
        assert relationship[grant["Holder"]] in ("Employee", "Officer")  # §3
        assert round(grant["Exercise price"] * 10**6) * 100 >= round(grant["FMV"] * 10**6) * percent  # §6(a), §11(b)(i)
        assert expires < anniversary(made, years)  # §7, §11(b)(ii)


def test_nobody_is_granted_more_than_the_yearly_limit(saved: Any) -> None:
    """Under either reading of §3: the limit in shares of its day, or in those after the split."""
    yearly: Counter[tuple[str, int]] = Counter()
    for grant in grants(saved).values():
        factor = 2 if grant["Grant date"].date() < SPLIT else 1
        yearly[grant["Holder"], grant["Grant date"].year] += grant["Shares"] * factor
    assert max(yearly.values()) <= TERMS.yearly_grant_limit


def test_payments_stand_beside_exercises(saved: Any) -> None:
    beside = (Action.TENDER, Action.TENDER_OTHER, Action.WITHHOLD, Action.NET_EXERCISE)
    payments = [event for event in saved.events if event.action in beside]
    assert {event.action for event in payments} == set(beside)
    exercised = {(e.date, e.grant): e.shares for e in saved.events if e.action is Action.EXERCISE}
    for event in payments:
        assert 0 < event.shares < exercised[event.date, event.grant]


def test_tendered_plan_shares_were_held_for_six_months(saved: Any) -> None:
    """Plan §6(b)(i): the holder had exercised at least as many by then."""
    holder = {number: row["Holder"] for number, row in grants(saved).items()}
    tenders = [event for event in saved.events if event.action is Action.TENDER]
    assert len(tenders) == 3
    for tender in tenders:
        since = add_months(tender.date, -TERMS.tender_holding_months)
        owned = sum(
            event.shares
            for event in saved.events
            if event.action is Action.EXERCISE
            and event.date <= since
            and holder[event.grant.text] == holder[tender.grant.text]
        )
        assert owned >= tender.shares


def test_only_shareholders_and_the_closing_concern_all_grants(saved: Any) -> None:
    for_all = [(e.date, e.action) for e in saved.events if e.grant is None]
    assert for_all == [
        (dt.date(1996, 4, 25), Action.RESERVE),
        (dt.date(1996, 6, 14), Action.APPROVAL),
        (SPLIT, Action.SPLIT),
        (dt.date(2001, 5, 15), Action.RESERVE),
        (CLOSING, Action.ACCELERATE),
    ]


def test_the_reserve_is_the_plans(saved: Any) -> None:
    reserve = [event for event in saved.events if event.action is Action.RESERVE]
    assert sum(event.shares * (2 if event.date < SPLIT else 1) for event in reserve) == TERMS.reserve


def test_the_grant_on_public_record(saved: Any) -> None:
    """450,000 at $1.31: 50,000 at grant, 100,000 at the first anniversary, 25,000 each quarter to the fourth."""
    made = dt.date(2001, 10, 23)
    grant = next(row for row in saved.rows("Grants") if row["Shares"] == 450_000 and row["Grant date"].date() == made)
    assert (grant["Type"], grant["FMV"], grant["Exercise price"]) == ("NSO", 1.31, 1.31)
    assert grant["Expires"] == dt.datetime(2011, 10, 23)
    tranches = [t for t in saved.rows("Vesting") if t["Grant"] == grant["Grant"]]
    quarters = [(add_months(made, months), 25_000) for months in range(15, 49, 3)]
    wanted = [(made, 50_000), (anniversary(made, 1), 100_000), *quarters]
    assert [(t["First exercisable"].date(), t["Shares"]) for t in tranches] == wanted


def test_what_the_sample_is_to_show_is_there(saved: Any) -> None:
    actions = {event.action for event in saved.events}
    assert actions == set(Action) - {Action.REPURCHASE, Action.AMEND, Action.BLOCK, Action.RELEASE}
    blank = {event.action for event in saved.events if event.shares is None and event.grant is not None}
    assert blank >= {Action.CANCEL, Action.EXPIRE, Action.TERMINATE}
    dated = [t for t in saved.tranches if t.first_exercisable is not None]
    assert len(saved.tranches) - len(dated) == 1  # by a performance goal
    assert {t.grant for t in dated if t.first_exercisable < t.grant_date} == {  # vesting credit
        event.grant for event in saved.events if event.action is Action.SUBSTITUTE
    }
    reached = [row for row in saved.values["ISO by year"].iter_rows(5, values_only=True) if row[2] == TERMS.iso_limit]
    assert {row[0] for row in reached} == {"Lydia Linden"}
    over = {row[0] for row in saved.values["ISO by year"].iter_rows(5, values_only=True) if row[2] > TERMS.iso_limit}
    assert len(over) > 10


def test_a_reprice_is_a_cancellation_and_a_grant_of_one_day(saved: Any) -> None:
    ended: dict[tuple[Any, str], str] = {}
    for row in saved.rows("Activity"):
        if row["Action"] == "CANCEL" and row["Date"].date() < CLOSING:
            ended[row["Date"], grants(saved)[row["Grant"]]["Holder"]] = row["Grant"]
    repriced = [
        (grants(saved)[ended[grant["Grant date"], grant["Holder"]]], grant)
        for grant in grants(saved).values()
        if (grant["Grant date"], grant["Holder"]) in ended
    ]
    assert [(old["Shares"], new["Shares"]) for old, new in repriced] == [(20_000, 20_000)]
    assert all(new["Exercise price"] < old["Exercise price"] for old, new in repriced)


def test_acceleration_of_one_grant_bites_the_limit(saved: Any) -> None:
    (event,) = [e for e in saved.events if e.action is Action.ACCELERATE and e.grant is not None]
    rows = [row for row in saved.rows("Vesting") if row["Grant"] == event.grant.text]
    by_year = defaultdict(int)
    for row in rows:
        by_year[row["First exercisable"].year] += row["Shares"] * row["FMV"]
    assert max(by_year.values()) < TERMS.iso_limit  # as granted nothing was over
    assert sum(row["NSO shares"] for row in rows) == 80_000
