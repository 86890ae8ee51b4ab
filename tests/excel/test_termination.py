"""EXERCISE_DEADLINE: the earliest of expiry, agreement and law after employment ended (plan §10; IRC §422(a)(2))."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.core.words import EndReason, GrantType
from plansheet.excel import EXERCISE_DEADLINE, ExcelError
from plansheet.plan.termination import EARLIER, LITERAL, exercise_deadline, iso_deadline
from plansheet.plan.terms import atg_1996, with_values
from strategies.cells import as_excel_dates, column

EXPIRY = "2014-01-04"


@pytest.mark.parametrize(
    ("expiry", "ended", "reason", "months", "last"),
    [
        (EXPIRY, "2005-01-31", "TERMINATION", None, "2005-04-30"),  # not 1 May, the 90th day
        (EXPIRY, "2005-02-28", "Resigned", None, "2005-05-28"),
        (EXPIRY, "2005-01-31", None, None, "2005-04-30"),
        (EXPIRY, "2004-02-29", "DISABILITY", None, "2005-02-28"),
        (EXPIRY, "2005-01-31", "DISABILITY", 24, "2006-01-31"),  # the agreement gives more than the law
        (EXPIRY, "2005-01-31", "DEATH", None, EXPIRY),
        (EXPIRY, "2005-01-31", "DEATH", 18, "2006-07-31"),
        (EXPIRY, "2005-01-31", "TERMINATION", 1, "2005-02-28"),  # the agreement gives less
        (EXPIRY, "2005-01-31", "TERMINATION", 12, "2005-04-30"),
        (EXPIRY, "2005-01-31", "CAUSE", None, "2005-01-31"),
        (EXPIRY, "2005-01-31", "CAUSE", 0, "2005-01-31"),
        (EXPIRY, "2005-01-31", "CAUSE", 1, "2005-02-28"),
        ("2005-04-29", "2005-01-31", "TERMINATION", 3, "2005-04-29"),  # the day before the other two
        ("2005-04-30", "2005-01-31", "TERMINATION", 3, "2005-04-30"),
        ("2005-05-01", "2005-01-31", "TERMINATION", 3, "2005-04-30"),
        (EXPIRY, None, "TERMINATION", 3, EXPIRY),  # still employed
        (None, "2005-01-31", "TERMINATION", None, "2005-04-30"),
        (None, "2005-01-31", "DEATH", 12, "2006-01-31"),
        ("2004-06-01", "2005-01-31", "DEATH", 12, "2004-06-01"),  # over before employment was
    ],
)
def test_the_earliest_of_what_binds(
    expiry: str | None, ended: str | None, reason: str | None, months: int | None, last: str
) -> None:
    assert EXERCISE_DEADLINE(expiry, ended, reason, months) == dt.datetime.fromisoformat(last)


def test_an_nso_has_what_its_agreement_gives() -> None:
    assert EXERCISE_DEADLINE(EXPIRY, "2005-01-31", "TERMINATION", 12, "NSO") == dt.datetime(2006, 1, 31)
    assert EXERCISE_DEADLINE(EXPIRY, "2005-01-31", "TERMINATION", None, "NSO") == dt.datetime(2014, 1, 4)
    assert EXERCISE_DEADLINE(EXPIRY, "2005-01-31", "CAUSE", None, "NSO") == dt.datetime(2005, 1, 31)


@pytest.mark.parametrize(
    ("ended", "reason", "earlier", "literal"),
    [
        ("2005-01-31", "TERMINATION", "2005-04-30", "2005-04-30"),
        ("2005-02-28", "TERMINATION", "2005-05-28", "2005-05-31"),
        ("2005-02-27", "TERMINATION", "2005-05-27", "2005-05-27"),
        ("2004-02-28", "TERMINATION", "2004-05-28", "2004-05-28"),  # a leap year: not its month's last day
        ("2004-11-30", "CAUSE", "2005-02-28", "2005-02-28"),
        ("2007-02-28", "DISABILITY", "2008-02-28", "2008-02-29"),
        ("2004-02-29", "DISABILITY", "2005-02-28", "2005-02-28"),
    ],
)
def test_both_counts_of_the_statutes_months(ended: str, reason: str, earlier: str, literal: str) -> None:
    day = dt.date.fromisoformat(ended)
    days = [iso_deadline(day, EndReason.read(reason), count) for count in (EARLIER, LITERAL)]
    assert days == [dt.date.fromisoformat(earlier), dt.date.fromisoformat(literal)]
    terms = with_values(atg_1996(), {"last_exercise_day": "LITERAL"}, "a test")
    if reason != "CAUSE":
        assert exercise_deadline(None, day, EndReason.read(reason), None, terms) == days[1]


def back(day: dt.date, months: int) -> dt.date:
    """So many months before a day, a month at a time; where the month is too short, its last day."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))


@given(
    st.dates(dt.date(1981, 1, 1), dt.date(2090, 12, 31)), st.sampled_from([EndReason.TERMINATION, EndReason.DISABILITY])
)
def test_counted_backward_it_is_the_last_day_from_which_the_months_lead_back_to_the_employment(
    ended: dt.date, reason: EndReason
) -> None:
    months = 12 if reason is EndReason.DISABILITY else 3
    days = [ended + dt.timedelta(days=n) for n in range(70, 400)]
    qualifying = [day for day in days if back(day, months) <= ended]
    literal, earlier = (iso_deadline(ended, reason, count) for count in (LITERAL, EARLIER))
    assert literal == qualifying[-1]
    assert earlier in qualifying
    assert earlier == min(day for day in qualifying if back(day, months) == back(qualifying[-1], months))


@given(
    st.data(),
    st.dates(dt.date(1996, 4, 25), dt.date(2030, 1, 1)),
    st.integers(1, 120),
    st.sampled_from(list(EndReason)),
)
def test_no_later_than_anything_that_binds(data: st.DataObject, ended: dt.date, months: int, reason: EndReason) -> None:
    expires = data.draw(st.dates(ended, ended + dt.timedelta(days=3650)))
    expiry = data.draw(as_excel_dates(expires))
    last = EXERCISE_DEADLINE(expiry, data.draw(as_excel_dates(ended)), reason.label, float(months)).date()
    law = iso_deadline(ended, reason, EARLIER)
    assert last <= expires
    assert back(last, months) <= ended
    assert law is None or last <= law
    assert last in (expires, law) or back(last + dt.timedelta(days=4), months) > ended
    assert EXERCISE_DEADLINE(expiry, ended, reason.label, months, GrantType.NSO.label).date() >= last


def test_columns_scalars_and_blank_rows() -> None:
    expiries = column([EXPIRY, None, EXPIRY])
    ends = column(["2005-01-31", None, None])
    assert EXERCISE_DEADLINE(expiries, ends, "DEATH", 1) == [
        [dt.datetime(2005, 2, 28)],
        [""],
        [dt.datetime(2014, 1, 4)],
    ]
    assert EXERCISE_DEADLINE(None, None, "DEATH", 12) == ""
    for blank in (None, "", 0, 0.0):
        assert EXERCISE_DEADLINE(EXPIRY, blank, blank, blank, blank) == dt.datetime(2014, 1, 4)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (("03/04/05", "2005-01-31", "DEATH"), "#VALUE!", "expiry holds"),
        ((EXPIRY, "in May", "DEATH"), "#VALUE!", "terminated holds"),
        ((EXPIRY, "2005-01-31", "Bored"), "#VALUE!", "TERMINATION, DISABILITY, DEATH, CAUSE"),
        ((EXPIRY, "2005-01-31", "DEATH", "3"), "#VALUE!", "months holds the text"),
        ((EXPIRY, "2005-01-31", "DEATH", -3.0), "#VALUE!", "below zero"),
        ((EXPIRY, "2005-01-31", "DEATH", 1.5), "#VALUE!", "whole number of months"),
        ((EXPIRY, "2005-01-31", "DEATH", 3, "RSU"), "#VALUE!", "ISO, NSO"),
        ((None, "2005-01-31", "DEATH"), "#N/A", "nothing sets a last day after DEATH; enter the expiry"),
        ((column([EXPIRY] * 3), column(["2005-01-31"] * 2), "DEATH"), "#VALUE!", "expiry has 3 rows and terminated 2"),
    ],
)
def test_what_cannot_be_told(arguments: tuple[object, ...], error: str, says: str) -> None:
    answer = EXERCISE_DEADLINE(*arguments)
    assert isinstance(answer, ExcelError)
    assert answer == error
    assert says in answer.message
