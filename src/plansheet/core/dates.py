"""Civil dates: a date is a day on the calendar, never a moment in a time zone."""

import datetime

_1900 = datetime.date(1899, 12, 30)
_1904 = datetime.date(1904, 1, 1)
_LAST_SERIAL = 2_958_465  # 9999-12-31 in the 1900 system
_PHANTOM = 60  # 29 February 1900: Excel counts it, the calendar does not


def from_serial(serial: float, *, date_1904: bool = False) -> datetime.date:
    """The day an Excel serial stands for; a time of day is dropped.

    Raises ValueError, with a sentence, for a serial that is no day of the calendar.
    """
    day = int(serial // 1)
    if date_1904:
        if not 0 <= day <= _LAST_SERIAL - 1462:
            last = _LAST_SERIAL - 1462
            raise ValueError(f"{serial:g}, which is no date: dates of the 1904 system run from 0 to {last}")
        return _1904 + datetime.timedelta(days=day)
    if not 1 <= day <= _LAST_SERIAL:
        raise ValueError(f"{serial:g}, which is no date: Excel's dates run from 1 (1 January 1900) to {_LAST_SERIAL}")
    if day == _PHANTOM:
        raise ValueError("60, which is 29 February 1900, a day that never was")
    return _1900 + datetime.timedelta(days=day + (day < _PHANTOM))


_FEBRUARY = 2
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def days_in(year: int, month: int) -> int:
    """How many days a month has; the module calendar tells too, with a megabyte of names of the days."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if is_leap and month == _FEBRUARY else _DAYS[month - 1]


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month so many months later, the last of the month where it has no such day (EDATE)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, days_in(year, month + 1)))


def months_after(day: datetime.date, months: int) -> datetime.date:
    """As add_months, forward; the last day of the calendar where there is no such month."""
    if (day.year * 12 + day.month - 1 + months) // 12 > datetime.MAXYEAR:
        return datetime.date.max
    return add_months(day, months)


def days_after(day: datetime.date, days: int) -> datetime.date:
    """So many days later, below zero earlier; the calendar's first or last day where it does not reach so far."""
    try:
        return day + datetime.timedelta(days=days)
    except OverflowError:
        return datetime.date.max if days > 0 else datetime.date.min


def anniversary(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years later, as months_after; of 29 February, 28 February in a common year."""
    return months_after(day, 12 * years)


def on_text(day: datetime.date | None) -> str:
    """Of a day in a sentence: " on 2005-03-04"; nothing where it is not known."""
    return "" if day is None else f" on {date_text(day)}"


def date_text(day: datetime.date) -> str:
    """A date for a sentence, in the one form nobody can misread: 2005-03-04."""
    return day.isoformat()
