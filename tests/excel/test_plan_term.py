"""PLAN_LAST_GRANT: the day before the tenth anniversary (plan §22(b); IRC §422(b)(2))."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.excel import PLAN_LAST_GRANT, ExcelError
from strategies.cells import as_excel_dates, column

ADOPTED, APPROVED = dt.datetime(1996, 4, 25), dt.datetime(1996, 3, 1)
OWN, OF_ISOS = dt.datetime(2006, 4, 24), dt.datetime(2006, 2, 28)


@pytest.mark.parametrize(
    ("adopted", "approved", "grant_type", "last"),
    [
        ("1996-04-25", None, None, "2006-04-24"),
        ("1996-04-25", "1996-06-01", None, "2006-04-24"),
        ("1996-04-25", "1996-06-01", "ISO", "2006-04-24"),
        ("1996-04-25", "1996-04-24", "ISO", "2006-04-23"),
        ("1996-04-25", "1996-03-01", "ISO", "2006-02-28"),
        ("1996-04-25", "1996-03-01", "NSO", "2006-04-24"),
        ("1996-04-25", "1996-03-01", None, "2006-04-24"),
        ("1996-02-29", None, "ISO", "2006-02-27"),  # the anniversary is 28 February
        ("1996-03-01", None, None, "2006-02-28"),
    ],
)
def test_the_last_day(adopted: str, approved: str | None, grant_type: str | None, last: str) -> None:
    assert PLAN_LAST_GRANT(adopted, approved, grant_type) == dt.datetime.fromisoformat(last)


@given(st.data(), st.dates(dt.date(1981, 1, 1), dt.date(2090, 12, 31)), st.integers(-365, 365))
def test_an_iso_never_has_longer_than_the_plan_and_always_less_than_ten_years(
    data: st.DataObject, adopted: dt.date, later: int
) -> None:
    approved = adopted + dt.timedelta(days=later)
    cells = data.draw(as_excel_dates(adopted)), data.draw(as_excel_dates(approved))
    own, of_isos = (PLAN_LAST_GRANT(*cells, kind).date() for kind in ("NSO", "ISO"))
    assert of_isos == min(own, PLAN_LAST_GRANT(approved).date())
    day = adopted
    while (day.year - adopted.year, day.month, day.day) < (10, adopted.month, adopted.day):
        day += dt.timedelta(days=1)  # the anniversary, or of 29 February the day after 28 February
    leap_day = (adopted.month, adopted.day) == (2, 29)
    assert own == day - dt.timedelta(days=2 if leap_day else 1)


def test_columns_scalars_and_blank_rows() -> None:
    days, types = column([ADOPTED, None, ADOPTED]), column(["ISO", "ISO", ""])
    assert PLAN_LAST_GRANT(days, column([APPROVED, None, APPROVED]), types) == [[OF_ISOS], [""], [OWN]]
    assert PLAN_LAST_GRANT(ADOPTED, APPROVED, column(["NSO", "ISO"])) == [[OWN], [OF_ISOS]]
    for blank in (None, "", 0, 0.0):
        assert PLAN_LAST_GRANT(blank, blank, blank) == ""
        assert PLAN_LAST_GRANT(ADOPTED, blank, blank) == OWN


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("25/04/96",), "adopted holds the text"),
        ((True,), "adopted holds"),
        ((-1.0,), "adopted holds"),
        ((ADOPTED, "in spring"), "approved holds"),
        ((ADOPTED, None, "RSU"), "ISO, NSO"),
        ((None, APPROVED), "adopted is blank; enter"),
        ((column([ADOPTED] * 3), column([APPROVED] * 2)), "adopted has 3 rows and approved 2"),
    ],
)
def test_what_cannot_be_read(arguments: tuple[object, ...], says: str) -> None:
    answer = PLAN_LAST_GRANT(*arguments)
    assert isinstance(answer, ExcelError)
    assert answer == "#VALUE!"
    assert says in answer.message
