"""The calendar of what comes due: options, times to exercise, approvals, the plan's end, a merger's notice."""

from __future__ import annotations

import datetime as dt

from plansheet.core.records import Activity, Grant, Holder, Ledger
from plansheet.core.words import Action, GrantType, Identifier
from plansheet.plan.deadlines import Due, deadlines
from plansheet.plan.terms import atg_1996, with_values

ADA, G1, G2 = Identifier("Ada"), Identifier("G-1"), Identifier("G-2")
GRANTED = dt.date(2004, 1, 5)
COLUMNS = frozenset({(Holder, "terminated"), (Activity, "approved")})
TERMS = with_values(
    atg_1996(),
    {
        "adopted": dt.date(2003, 6, 1),
        "approved": dt.date(2003, 5, 1),
        "merger_notice": dt.date(2005, 5, 1),
        "merger_exercise_by": dt.date(2005, 6, 1),
    },
    "a test",
)


def grant(number: Identifier, expires: dt.date) -> Grant:
    return Grant(
        number, ADA, None, GrantType.ISO, GRANTED, 1, 1, 100, vesting_start=GRANTED, months=0, expires=expires,
        exercise_months=6,
    )  # fmt: skip


LEDGER = Ledger(
    holders=(Holder(ADA, terminated=dt.date(2005, 1, 31)),),
    grants=(grant(G1, dt.date(2014, 1, 4)), grant(G2, dt.date(2005, 3, 31))),
    activity=(
        Activity(dt.date(2004, 9, 1), Action.RESERVE, shares=500),
        Activity(dt.date(2004, 9, 2), Action.RESERVE, shares=500, approved=dt.date(2004, 12, 1)),
        Activity(dt.date(2004, 9, 3), Action.RESERVE, shares=-500),
        Activity(dt.date(2004, 9, 4), Action.AMEND, needs_approval=True),
        Activity(dt.date(2004, 9, 5), Action.AMEND, needs_approval=False),
    ),
    columns=COLUMNS,
)


def calendar(ledger: Ledger, as_of: dt.date, until: dt.date | None = None) -> list[tuple[str, Due, object, str]]:
    found, unsettled = deadlines(ledger, TERMS, as_of, until)
    assert unsettled == []
    return [(str(each.day), each.what, each.grant, each.section) for each in found]


def test_everything_that_comes_due_by_day() -> None:
    assert calendar(LEDGER, dt.date(2005, 2, 1)) == [
        ("2005-03-31", Due.OPTION, G2, "§7"),
        ("2005-04-30", Due.ISO, G1, "§10"),
        ("2005-06-01", Due.MERGER, None, "§16(a)(ii)"),
        ("2005-07-31", Due.AGREEMENT, G1, "§10"),
        ("2005-09-01", Due.APPROVAL, None, "§22(a)"),
        ("2005-09-04", Due.APPROVAL, None, "§22(a)"),
        ("2013-04-30", Due.ISO_GRANT, None, "§22(b)"),
        ("2013-05-31", Due.GRANT, None, "§22(b)"),
    ]


def test_an_option_has_no_later_deadline_than_its_time_to_exercise() -> None:
    assert {what for _, what, number, _ in calendar(LEDGER, dt.date(2005, 4, 1)) if number == G1} == {
        Due.ISO,
        Due.AGREEMENT,
    }
    assert [each for each in calendar(LEDGER, dt.date(2005, 8, 1)) if each[2] == G1] == []
    employed = Ledger((Holder(ADA),), LEDGER.grants, activity=LEDGER.activity, columns=COLUMNS)
    assert ("2014-01-04", Due.OPTION, G1, "§7") in calendar(employed, dt.date(2005, 8, 1))


def test_both_ends_are_of_the_time_asked_for() -> None:
    days = [day for day, *_ in calendar(LEDGER, dt.date(2005, 4, 30), dt.date(2005, 7, 31))]
    assert days == ["2005-04-30", "2005-06-01", "2005-07-31"]
    assert calendar(LEDGER, dt.date(2005, 5, 1), dt.date(2005, 5, 31)) == []


def test_a_deadline_says_how_many_shares_and_where_it_stands() -> None:
    found, _ = deadlines(LEDGER, TERMS, dt.date(2005, 2, 1))
    option = found[0]
    assert (option.holder, option.shares, option.record, option.field) == (ADA, 100, LEDGER.grants[1], "expires")
    increase = found[4]
    assert (increase.shares, increase.record, increase.field) == (500, LEDGER.activity[0], "approved")


def test_a_plan_not_yet_approved() -> None:
    terms = with_values(atg_1996(), {"adopted": dt.date(2003, 2, 28)}, "a test")
    due, _ = deadlines(Ledger(), terms, dt.date(2003, 3, 1), dt.date(2004, 12, 31))
    assert [(each.day, each.what) for each in due] == [(dt.date(2004, 2, 28), Due.APPROVAL)]
    approved = Ledger(activity=(Activity(dt.date(2003, 6, 1), Action.APPROVAL),))
    assert deadlines(approved, terms, dt.date(2003, 3, 1), dt.date(2004, 12, 31)) == ([], [])


def test_without_the_columns_nothing_is_said_of_them() -> None:
    bare = Ledger(LEDGER.holders, LEDGER.grants, activity=LEDGER.activity)
    kinds = {what for _, what, *_ in calendar(bare, dt.date(2005, 2, 1))}
    assert kinds == {Due.OPTION, Due.MERGER, Due.ISO_GRANT, Due.GRANT}
