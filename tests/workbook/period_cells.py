"""Sheets in which each rule of the option period and of the end of employment finds one thing, and where."""

import datetime as dt

from workbook.ledgers import ACTIVITY, GRANTED, GRANTS, HOLDERS, VESTING, Sheet

ENDED, LATE = dt.date(2005, 1, 31), dt.date(2005, 5, 2)


def grants(**more: object) -> Sheet:
    """The first grant alone, with further columns by their headings, spaces for underscores."""
    return Sheet("Grants", [[*GRANTS[0], *(name.replace("_", " ") for name in more)], [*GRANTS[1], *more.values()]])


def activity(*rows: tuple[dt.date, str]) -> Sheet:
    """What happened to the first grant, 1 share at a time."""
    return Sheet("Activity", [*ACTIVITY[:2], *([day, action, "G-1", 1, ""] for day, action in rows)])


def holders(**more: object) -> Sheet:
    return Sheet("Holders", [[*HOLDERS[0], *(name.replace("_", " ") for name in more)], [*HOLDERS[1], *more.values()]])


def vesting(day: dt.date = GRANTED) -> Sheet:
    return Sheet("Vesting", [VESTING[0][:3], ["G-1", day, 10_000]])


EXERCISED = activity((LATE, "EXERCISE"))
LEFT = holders(Employment_ended=ENDED)

OF_THE_PERIOD: dict[str, tuple[tuple[Sheet, ...], str]] = {
    "TERM001": ((grants(Expires=dt.date(2014, 1, 6)),), "Grants!H2"),
    "TERM002": ((grants(Expires=dt.date(2014, 1, 5)),), "Grants!H2"),
    "TERM003": ((grants(Expires=""),), "Grants!H2"),
    "TERM004": ((grants(Expires=ENDED), vesting(), EXERCISED), "Activity!A3"),
    "TERM005": ((grants(Expires=ENDED), vesting(), EXERCISED), "Grants!H2"),
    "END001": ((grants(Months_to_exercise=3), vesting(), EXERCISED, LEFT), "Activity!A3"),
    "END002": ((grants(), vesting(), EXERCISED, LEFT), "Activity!A3"),
    "END003": ((grants(), vesting(dt.date(2006, 1, 5)), activity(), LEFT), "Grants!G2"),
}
"""The sheets, and the cell of the finding."""
