"""Dates: serials of both systems, months and anniversaries at the ends of months."""

import datetime as dt
from calendar import monthrange

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.core.dates import (
    add_months,
    anniversary,
    date_text,
    days_after,
    days_in,
    from_serial,
    months_after,
    on_text,
)

LAST = 2_958_465


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("serial", "date"),
    [
        (1, "1900-01-01"),
        (59, "1900-02-28"),
        (61, "1900-03-01"),
        (37_214, "2001-11-19"),
        (37_214.999_99, "2001-11-19"),  # a time of day is dropped, never rounded to the next day
        (LAST, "9999-12-31"),
        (LAST + 0.5, "9999-12-31"),
    ],
)
def test_serials_of_the_1900_system(serial: float, date: str) -> None:
    assert from_serial(serial) == day(date)


@pytest.mark.parametrize(
    ("serial", "date"),
    [
        (0, "1904-01-01"),
        (1, "1904-01-02"),
        (59, "1904-02-29"),  # 1904 was a leap year: nothing is skipped
        (60, "1904-03-01"),
        (35_752, "2001-11-19"),
        (LAST - 1462, "9999-12-31"),
    ],
)
def test_serials_of_the_1904_system(serial: float, date: str) -> None:
    assert from_serial(serial, date_1904=True) == day(date)


@pytest.mark.parametrize("serial", [60, 60.5])
def test_29_february_1900_never_was(serial: float) -> None:
    with pytest.raises(ValueError, match="29 February 1900"):
        from_serial(serial)


@pytest.mark.parametrize(
    ("serial", "date_1904"),
    [(0, False), (0.9, False), (-1, False), (-0.5, False), (LAST + 1, False), (-1, True), (LAST - 1461, True)],
)
def test_a_serial_that_is_no_day_is_refused_with_the_range(serial: float, date_1904: bool) -> None:
    with pytest.raises(ValueError, match=r"which is no date: .* run from"):
        from_serial(serial, date_1904=date_1904)


@given(st.integers(61, LAST))
def test_the_two_systems_are_1462_days_apart(serial: int) -> None:
    if serial >= 1462:
        assert from_serial(serial) == from_serial(serial - 1462, date_1904=True)
    assert from_serial(serial) == dt.date(1899, 12, 30) + dt.timedelta(days=serial)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2005-01-31", 1, "2005-02-28"),
        ("2004-01-31", 1, "2004-02-29"),
        ("2005-01-31", 3, "2005-04-30"),  # three months, not 90 days
        ("2005-01-31", 2, "2005-03-31"),  # counted from the start: the 31st comes back
        ("2005-12-31", 2, "2006-02-28"),
        ("2005-03-31", -1, "2005-02-28"),
        ("2005-01-15", -1, "2004-12-15"),
        ("2005-11-30", 1, "2005-12-30"),
        ("2005-05-31", 0, "2005-05-31"),
        ("1999-12-31", 1, "2000-01-31"),
    ],
)
def test_months_later_is_edate(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2005-01-31", 3, "2005-04-30"),
        ("9999-09-30", 3, "9999-12-30"),
        ("9999-10-01", 3, "9999-12-31"),  # no month comes after
        ("9999-01-01", 1200, "9999-12-31"),
    ],
)
def test_months_after_stay_within_the_calendar(start: str, months: int, end: str) -> None:
    assert months_after(day(start), months) == day(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2010-12-31", 1, "2011-01-01"),
        ("2011-01-01", -1, "2010-12-31"),
        ("9999-12-31", 1, "9999-12-31"),
        ("0001-01-01", -1, "0001-01-01"),
        ("2011-01-01", 10**12, "9999-12-31"),
    ],
)
def test_days_later_stay_in_the_calendar(start: str, days: int, end: str) -> None:
    assert days_after(day(start), days) == day(end)


@pytest.mark.parametrize(
    ("granted", "years", "anniversary_day"),
    [
        ("2001-10-23", 10, "2011-10-23"),
        ("2004-02-29", 10, "2014-02-28"),
        ("2004-02-29", 4, "2008-02-29"),
        ("1896-02-29", 4, "1900-02-28"),  # 1900 was no leap year
        ("1996-02-29", 5, "2001-02-28"),
        ("2004-02-28", 4, "2008-02-28"),
    ],
)
def test_anniversaries(granted: str, years: int, anniversary_day: str) -> None:
    assert anniversary(day(granted), years) == day(anniversary_day)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)), st.integers(0, 240))
def test_months_later_is_in_that_month_and_never_on_a_later_day(start: dt.date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + dt.timedelta(days=1)).day == 1)


def test_a_date_in_a_sentence_cannot_be_misread() -> None:
    assert date_text(dt.date(2005, 3, 4)) == "2005-03-04"
    assert on_text(dt.date(2005, 3, 4)) == " on 2005-03-04"
    assert on_text(None) == ""


def test_months_have_the_days_of_the_calendar() -> None:
    for year in range(1, 10_000):
        assert [days_in(year, month) for month in range(1, 13)] == [
            monthrange(year, month)[1] for month in range(1, 13)
        ]
