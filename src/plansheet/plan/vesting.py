"""Installments from a schedule in months (plan §8)."""

import datetime

from plansheet.core.dates import add_months
from plansheet.core.numbers import Number, ratio, round_down

MOST_MONTHS = 1200


def schedule_problem(start: datetime.date, months: int, cliff: int) -> str | None:
    """Why a schedule gives no installments, or None."""
    if cliff > months:
        return f"its cliff of {cliff} months is longer than its schedule of {months}"
    if months > MOST_MONTHS:
        return f"its schedule of {months} months is longer than {MOST_MONTHS}"
    if start.year + months // 12 >= datetime.MAXYEAR:
        return f"its schedule runs past the year {datetime.MAXYEAR}"
    return None


def installments(
    shares: Number, start: datetime.date, months: int, cliff: int = 0, every: int = 1
) -> list[tuple[datetime.date, Number]]:
    """First exercisable dates and shares, by cumulative floor, so that no share is lost.

    At the cliff what the months until then have earned, then every so many months, the rest after ``months``. months 0:
    everything at the start. Dates are counted from the start, so that the 31st comes back after a short month.
    """
    if months == 0:
        return [(start, shares)]
    points = sorted({m for m in range(every, months, every) if m > cliff} | ({cliff} if cliff else set()) | {months})
    schedule: list[tuple[datetime.date, Number]] = []
    given: Number = 0
    for month in points:
        earned = shares if month == months else round_down(ratio(shares * month, months))
        schedule.append((add_months(start, month), earned - given))
        given = earned
    return schedule
