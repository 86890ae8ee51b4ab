"""What is left of a replaced option, where the records do not say it."""

import datetime as dt

from plansheet.core.records import Activity, Grant, Ledger
from plansheet.core.rule import run
from plansheet.core.words import Action, Identifier
from plansheet.plan.regrant import replaced_in_part
from plansheet.plan.terms import atg_1996

OLD, NEW = Identifier("G-1"), Identifier("G-9")
DAY = dt.date(2001, 3, 1)


def left_open(old: Grant, cancelled: int | None) -> list[str]:
    grants = (old, Grant(NEW, grant_date=DAY, replaces=OLD))
    ledger = Ledger(grants=grants, activity=(Activity(DAY, Action.CANCEL, OLD, cancelled),))
    findings, unsettled = run(replaced_in_part, ledger, atg_1996(), DAY)
    assert findings == []
    return [f"{each.what}: {each.why}" for each in unsettled]


def test_an_option_without_shares_or_a_day_leaves_open_what_is_left() -> None:
    for old in (Grant(OLD, grant_date=dt.date(2000, 3, 1)), Grant(OLD, shares=5)):
        [question] = left_open(old, 5)
        assert question.startswith("what was left of grant G-1 when it was replaced: it has no number of shares or")


def test_more_cancelled_than_there_was_leaves_it_open_too() -> None:
    [question] = left_open(Grant(OLD, grant_date=dt.date(2000, 3, 1), shares=5), 6)
    assert "CANCEL of 6 shares" in question


def test_nothing_is_left_of_what_was_cancelled_whole() -> None:
    assert left_open(Grant(OLD, grant_date=dt.date(2000, 3, 1), shares=5), None) == []
