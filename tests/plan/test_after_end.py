"""What the rules say of an option after employment ended is done as they say it, and they say nothing more."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from plansheet.core.numbers import exact
from plansheet.core.records import Activity, Grant, Holder, Ledger, Ratio, Tranche
from plansheet.core.rule import Finding, find
from plansheet.core.words import Action, GrantType, Identifier
from plansheet.plan.after_end import exercised_what_was_lost, unexercisable_kept, window_over_unrecorded
from plansheet.plan.iso_limit_rules import taken_only_what_is_there
from plansheet.plan.terms import atg_1996

ADA, G1 = Identifier("Ada"), Identifier("G-1")
GRANTED, ENDED, CHECKED = dt.date(2004, 1, 5), dt.date(2005, 1, 31), dt.date(2008, 1, 31)
MONTHS = 6
FIX = re.compile(
    r"Record (?P<action>\w+) of (?P<shares>[\d,.]+) shares? of grant G-1 on (?P<day>[\d-]+)(?P<instead>.*), or "
)

DAYS = st.dates(GRANTED, dt.date(2007, 1, 5))
INSTALLMENTS = st.lists(st.tuples(DAYS, st.integers(1, 9)), min_size=1, max_size=4)
ACTIONS = st.sampled_from([Action.EXERCISE, Action.FORFEIT, Action.CANCEL, Action.EXPIRE, Action.SPLIT])
EVENTS = st.lists(st.tuples(DAYS, ACTIONS, st.none() | st.integers(1, 9)), max_size=4)


def row(day: dt.date, action: Action, shares: int | None) -> Activity:
    if action is Action.SPLIT:
        return Activity(day, action, ratio=Ratio(2, 1))
    return Activity(day, action, G1, shares)


def ledger_of(installments: list[tuple[dt.date, int]], activity: list[Activity]) -> Ledger:
    return Ledger(
        (Holder(ADA, terminated=ENDED),),
        (Grant(G1, ADA, None, GrantType.NSO, GRANTED, 1, 1, sum(n for _, n in installments), exercise_months=MONTHS),),
        tuple(Tranche(G1, first_exercisable=day, shares=n) for day, n in installments),
        tuple(activity),
    )


def findings(rule_: object, ledger: Ledger) -> list[Finding]:
    return find(rule_, ledger, atg_1996(), CHECKED)  # type: ignore[arg-type]


def done(ledger: Ledger, finding: Finding) -> list[Activity]:
    """The rows of Activity after what a fix says."""
    asked = FIX.match(finding.fix)
    assert asked is not None, finding.fix
    shares, day = exact(Decimal(asked["shares"].replace(",", ""))), dt.date.fromisoformat(asked["day"])
    instead = {dt.date.fromisoformat(each) for each in re.findall(r"\d+-\d+-\d+", asked["instead"])}
    kept = [r for r in ledger.activity if r.action is not Action.FORFEIT or r.date not in instead]
    return [*kept, Activity(day, Action[asked["action"]], G1, shares)]


@given(INSTALLMENTS, EVENTS)
def test_what_is_done_as_said_is_not_found_again(installments: list[tuple[dt.date, int]], events: list[object]) -> None:
    activity = [row(*each) for each in events]  # type: ignore[misc]
    before = ledger_of(installments, activity)
    if findings(taken_only_what_is_there, before) or findings(exercised_what_was_lost, before):
        return
    for rule_ in (unexercisable_kept, window_over_unrecorded):
        for finding in findings(rule_, before):
            after = ledger_of(installments, done(before, finding))
            assert findings(rule_, after) == [], finding.fix
            assert findings(taken_only_what_is_there, after) == [], finding.fix
