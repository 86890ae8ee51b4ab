"""ISO_LAST_EXPIRY: the anniversary of the grant (plan §7, §11(b)(ii))."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.excel import ISO_LAST_EXPIRY, ExcelError
from strategies.cells import as_excel_dates, column

DAY = dt.datetime(2001, 10, 23)


@pytest.mark.parametrize(
    ("granted", "ten_percent", "last"),
    [
        ("2001-10-23", None, "2011-10-23"),
        ("2001-10-23", "No", "2011-10-23"),
        ("2001-10-23", "Yes", "2006-10-23"),
        ("2001-10-23", True, "2006-10-23"),
        ("2004-02-29", None, "2014-02-28"),
        ("2004-02-29", "x", "2009-02-28"),
        ("2002-02-28", None, "2012-02-28"),  # not the 29th
        ("1999-12-31", 0, "2009-12-31"),
    ],
)
def test_the_anniversary(granted: str, ten_percent: object, last: str) -> None:
    assert ISO_LAST_EXPIRY(granted, ten_percent) == dt.datetime.fromisoformat(last)


@given(st.data(), st.dates(dt.date(1981, 1, 1), dt.date(2090, 12, 31)), st.sampled_from([True, False, None]))
def test_the_day_after_is_in_the_next_year_of_the_option(
    data: st.DataObject, granted: dt.date, ten_percent: bool | None
) -> None:
    """Counted a day at a time: the last day whose month and day are not past the grant's, so many years later."""
    last = ISO_LAST_EXPIRY(data.draw(as_excel_dates(granted)), ten_percent).date()
    year = granted.year + (5 if ten_percent else 10)
    day = dt.date(year, 1, 1)
    while (after := day + dt.timedelta(days=1)).year == year and (after.month, after.day) <= (
        granted.month,
        granted.day,
    ):
        day = after
    assert last == day


def test_columns_scalars_and_blank_rows() -> None:
    assert ISO_LAST_EXPIRY([[DAY]]) == [[dt.datetime(2011, 10, 23)]]
    ten, five = dt.datetime(2011, 10, 23), dt.datetime(2006, 10, 23)
    assert ISO_LAST_EXPIRY(column([DAY, None, DAY, 0]), column([None, "Yes", "yes", ""])) == [[ten], [""], [five], [""]]
    assert ISO_LAST_EXPIRY(column([DAY, None]), "Yes") == [[five], [""]]
    assert ISO_LAST_EXPIRY(DAY, column(["Yes", "No"])) == [[five], [ten]]
    assert [ISO_LAST_EXPIRY(blank) for blank in (None, "", " ", 0)] == [""] * 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("03/04/05",), "grant_date holds"),
        ((-5.0,), "grant_date holds"),
        ((True,), "grant_date holds"),
        ((DAY, "perhaps"), "ten_percent"),
        ((DAY, 2.0), "ten_percent"),
        ((dt.datetime(9995, 1, 1),), "grant_date is 9995-01-01"),
        ((column([DAY, DAY, DAY]), column(["Yes", "No"])), "grant_date has 3 rows and ten_percent 2"),
    ],
)
def test_what_cannot_be_read(arguments: tuple[object, ...], says: str) -> None:
    answer = ISO_LAST_EXPIRY(*arguments)
    assert isinstance(answer, ExcelError)
    assert answer == "#VALUE!"
    assert says in answer.message


def test_a_bad_row_costs_itself_alone() -> None:
    first, second, third = ISO_LAST_EXPIRY(column([DAY, "soon", "#N/A"]))
    assert first == [dt.datetime(2011, 10, 23)]
    assert second == ["#VALUE!"]
    assert "row 2" in second[0].message
    assert third == ["#N/A"]
