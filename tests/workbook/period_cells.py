"""Sheets in which each rule of the option period, its end and its agreement finds one thing, and where."""

import datetime as dt

from workbook.books import ACTIVITY, GRANTED, GRANTS, HOLDERS, VESTING, Sheet, with_cell

ENDED, LATE, SOON = dt.date(2005, 1, 31), dt.date(2005, 5, 2), dt.date(2011, 3, 1)


def grants(**more: object) -> Sheet:
    """The first grant alone, with further columns by their headings, spaces for underscores."""
    return Sheet("Grants", [[*GRANTS[0], *(name.replace("_", " ") for name in more)], [*GRANTS[1], *more.values()]])


def nso(**more: object) -> Sheet:
    """The same as an NSO."""
    sheet = grants(**more)
    return sheet._replace(rows=with_cell(sheet.rows, 1, "Type", "NSO"))


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
    "TERM006": ((grants(Expires=GRANTED),), "Grants!H2"),
    "END001": ((grants(Months_to_exercise=3), vesting(), EXERCISED, LEFT), "Activity!A3"),
    "END002": ((grants(), vesting(), EXERCISED, LEFT), "Activity!A3"),
    "TRANS001": ((grants(Transferred_on=LATE, Transferred_by="OTHER"),), "Grants!I2"),
    "TRANS002": ((nso(Transferred_on=LATE, Transferred_by="OTHER", Transferable="No"),), "Grants!I2"),
    "TRANS004": (
        (grants(Transferred_on=LATE, Transferred_by="WILL"), holders(Employment_ended="")),
        "Grants!H2",
    ),
    "TRANS003": ((grants(Transferable="Yes"),), "Grants!H2"),
    "AGREE001": ((grants(Agreement=""),), "Grants!H2"),
    "AGREE002": ((grants(Designated_ISO_on=ENDED),), "Grants!H2"),
    "PROV001": ((grants(Additional_provisions="Loan; Assignable"),), "Grants!H2"),
    "EXTEND001": ((grants(Extended_on=ENDED), vesting(), EXERCISED), "Grants!H2"),
    "BLOCK001": ((activity((ENDED, "BLOCK"), (LATE, "EXERCISE")),), "Activity!A4"),
    "BLOCK002": ((activity((ENDED, "RELEASE")),), "Activity!B3"),
    "PLAN001": ((grants(), Sheet("Plan", [["Term", "Value"], ["Adopted", LATE]])), "Grants!D2"),
    "PLAN002": (
        (
            grants(),
            Sheet("Plan", [["Term", "Value"], ["Adopted", dt.date(1996, 4, 25)], ["Approved", dt.date(1994, 1, 5)]]),
        ),
        "Grants!D2",
    ),
    "DUE001": ((grants(Expires=SOON), vesting(), activity()), "Grants!H2"),
    "DUE002": (
        (grants(Months_to_exercise=12), vesting(), activity(), holders(Employment_ended=dt.date(2010, 3, 1))),
        "Grants!H2",
    ),
    "END003": ((grants(), vesting(dt.date(2006, 1, 5)), activity(), LEFT), "Grants!G2"),
    "END004": ((grants(), vesting(dt.date(2005, 2, 1)), EXERCISED, LEFT), "Activity!D3"),
    "END005": ((grants(Months_to_exercise=3), vesting(), EXERCISED, LEFT), "Grants!H2"),
}
"""The sheets, and the cell of the finding."""
