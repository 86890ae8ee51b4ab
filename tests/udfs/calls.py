"""A call of every worksheet function that is answered, and one that is refused as a whole.

Columns are lists of one-cell rows, blocks start with their headings, everything else is one bare cell.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

FEBRUARY, MARCH, APRIL = dt.datetime(2001, 2, 1), dt.datetime(2001, 3, 1), dt.datetime(2001, 4, 2)
NEXT_FEBRUARY, NEXT_MARCH = dt.datetime(2002, 2, 1), dt.datetime(2002, 3, 1)

Rows = list[list[Any]]


def column(*cells: Any) -> Rows:
    return [[cell] for cell in cells]


# The limit cuts the third tranche; the fourth has no date, the fifth row is blank.
TRANCHES = (
    column("G-2", "G-2", "G-10", 1001, None),
    column(FEBRUARY, FEBRUARY, MARCH, MARCH, None),
    column(25, 25, 30.5, 8.25, None),
    column(NEXT_FEBRUARY, NEXT_MARCH, NEXT_MARCH, None, None),
    column(1000, 2000, 1500, 400, None),
)
HOLDERS = column("Ann Lee", "Ann Lee", "Ann Lee", "Bo", None)
TYPES = column("ISO", "ISO", "ISO", "NSO", None)
ACTIVITY = [
    ["Date", "Action", "Grant", "Shares", "Type"],
    [dt.datetime(2002, 4, 1), "EXERCISE", "G-2", 500, None],
    [dt.datetime(2002, 5, 1), "CANCEL", "G-10", None, None],
    [None, None, None, None, None],
]
GRANTS = [
    ["Grant", "Holder", "Type", "Grant date", "FMV", "Shares", "Vesting start", "Months", "Cliff", "Every"],
    ["G-1", "Ann Lee", "ISO", FEBRUARY, 25, 12000, FEBRUARY, 48, 12, 12],
    ["G-2", "Bo", "NSO", MARCH, 30.5, 100, MARCH, 12, None, 6],
    [None, None, None, None, None, None, None, None, None, None],
]
LEDGER = (
    column("RESERVE", "GRANT", "EXERCISE", "TENDER", "SPLIT", "GRANT", "CANCEL", None),
    column(500, 400, 100, 30, "3-for-2", 60, None, None),
    column(None, "G-1", "G-1", "G-1", None, 1001, "G-1", None),
    column(None, "ISO", None, None, None, "NSO", None, None),
    column(FEBRUARY, MARCH, APRIL, APRIL, *[dt.datetime(2001, month, 1) for month in (5, 6, 7)], None),
)
LIMIT_ARGUMENTS = (*TRANCHES, HOLDERS, TYPES, ACTIVITY, 100_000, "FLOOR")
OPTIONS = (column(1000, 500, 200, None), column(5.25, 12, 3.1, None))
# A grant with two rows, a term that cannot be used and one that is none, an option that expires.
CHECKED = (
    [
        [*GRANTS[0], "Expires"],
        *([*row, expires] for row, expires in zip(GRANTS[1:], (NEXT_FEBRUARY, NEXT_MARCH, None), strict=True)),
        [*GRANTS[1], NEXT_MARCH],
    ],
    None,
    ACTIVITY,
    [["Holder", "10% owner"], ["Ann Lee", "No"], ["Bo", None]],
    [["Term", "Value"], ["ISO limit", 100_000], ["Reserve", "many"], ["Colour", "blue"]],
    dt.datetime(2001, 12, 31),
)

ANSWERED: dict[str, tuple[Any, ...]] = {
    "ISO_LIMIT_SPLIT": LIMIT_ARGUMENTS,
    "ISO_LIMIT_BY_YEAR": LIMIT_ARGUMENTS,
    "ISO_LIMIT_WHY": LIMIT_ARGUMENTS,
    "ISO_LIMIT_BY_GRANT": (GRANTS, None, ACTIVITY[:1], 100_000),
    "ISO_MAX_GRANT": (
        dt.datetime(2001, 6, 1),
        40,
        column(NEXT_FEBRUARY, NEXT_MARCH, dt.datetime(2003, 2, 1), None),
        column(25, 25, 50, None),
        *TRANCHES,
        column(*["Ann Lee"] * 4, None),
        TYPES,
        ACTIVITY,
        100_000,
        "FLOOR",
    ),
    "ADJUST_FOR_SPLIT": (*OPTIONS, 3, 2, "DOWN_UP", 2),
    "SPLIT_TRANCHES": (column(25, 25, 25), 3, 2),
    "SUBSTITUTE_OPTION": (*OPTIONS, column(1.586928, 12.5, 3.2, None), 1.12, column(1.4169, None, 2.5, None)),
    "MERGER_CASHOUT": (10, *OPTIONS, column("Ann Lee", "Ann Lee", "Bo", None), "PLAN"),
    "MERGER_CASHOUT_BY_HOLDER": (10, *OPTIONS, column("Ann Lee", "Ann Lee", "Bo", None), "PLAN"),
    "POOL_AVAILABLE": (1000, *LEDGER, dt.datetime(2001, 12, 31), "ANY", "PLAN"),
    "POOL_LEDGER": (1000, *LEDGER, "PLAN"),
    "VEST_TRANCHES": (
        column("G-1", 1001),
        column(1200, 10),
        column(FEBRUARY, MARCH),
        column(24, 3),
        column(12, None),
        6,
    ),
    "OPTIONS_OUTSTANDING": (
        [
            [*GRANTS[0], "Exercise price"],
            *([*row, price] for row, price in zip(GRANTS[1:], (26, 31, None), strict=True)),
        ],
        None,
        [ACTIVITY[0], [NEXT_FEBRUARY, "EXERCISE", "G-1", 1500, None], [NEXT_MARCH, "SPLIT", None, "3-for-2", None]],
        dt.datetime(2002, 12, 31),
        "END OF DAY",
        "DOWN_UP",
        2,
    ),
    "PLAN_CHECK": CHECKED,
    "PLAN_UNCHECKED": CHECKED,
    "PLAN_CALENDAR": CHECKED,
    "PLAN_EXPLAIN": ("iso001",),
    "ANNUAL_GRANT_ROOM": (
        2001,
        column(FEBRUARY, MARCH, MARCH, NEXT_MARCH, None),
        column(300_000, 250_000, 100, 7, None),
        column("Ann Lee", "ann lee", "Bo", "Cy", None),
        [ACTIVITY[0], [MARCH, "SPLIT", None, "3-for-2", None], [NEXT_MARCH, "SPLIT", None, "2-for-1", None]],
        400_000,
    ),
    "ISO_MIN_PRICE": (column(10.01, 3, None), column("yes", False, None), 2),
    "TENDER_SHARES": (column(1310, 99.99, None), column(6, 0.1, None)),
    "WITHHOLD_SHARES": (16250.85, 6),
    "CASHOUT_WITHHOLDING": (300000, 900000, 0.22, 0.37, 1000000, 0.062, 168600, 150000, 0.0145, 0.05),
    "ISO_LAST_EXPIRY": (column(FEBRUARY, MARCH, None), column("Yes", None, None)),
    "EXERCISE_DEADLINE": (
        column(NEXT_MARCH, None, NEXT_FEBRUARY, None),
        column(APRIL, MARCH, None, None),
        column("DEATH", "DISABILITY", None, None),
        12,
        "ISO",
    ),
    "PLAN_LAST_GRANT": (column(FEBRUARY, MARCH, None), column(None, FEBRUARY, None), "ISO"),
    "PLANSHEET_VERSION": (),
}
REFUSED: dict[str, tuple[Any, ...]] = {
    "ISO_LIMIT_SPLIT": (*TRANCHES[:4], column(1000, 2000)),
    "ISO_LIMIT_BY_YEAR": (*TRANCHES[:4], column(1000, 2000)),
    "ISO_LIMIT_WHY": (*TRANCHES[:4], column(1000, 2000)),
    "ISO_LIMIT_BY_GRANT": ([["Grant", "Holder"], ["G-1", "Ann Lee"]],),
    "ISO_MAX_GRANT": (MARCH, 40, column(NEXT_FEBRUARY, NEXT_MARCH), column(1, "many")),
    "ADJUST_FOR_SPLIT": (*OPTIONS, 3, 0),
    "SPLIT_TRANCHES": (column(25, 25, 25), 0, 2),
    "SUBSTITUTE_OPTION": (*OPTIONS, column(1.5, 1.5), 1.12),
    "MERGER_CASHOUT": (None, *OPTIONS),
    "MERGER_CASHOUT_BY_HOLDER": (None, *OPTIONS),
    "POOL_AVAILABLE": ("many", *LEDGER),
    "POOL_LEDGER": ("many", *LEDGER),
    "VEST_TRANCHES": (column("G-1", 1001), column(1200), column(FEBRUARY, MARCH), 24),
    "OPTIONS_OUTSTANDING": ([["Grant", "Holder"], ["G-1", "Ann Lee"]],),
    "PLAN_CHECK": ([["Grant", "Holder"], ["G-1", "Ann Lee"]],),
    "PLAN_UNCHECKED": ([["Grant", "Holder"], ["G-1", "Ann Lee"]],),
    "PLAN_CALENDAR": ([["Grant", "Holder"], ["G-1", "Ann Lee"]],),
    "PLAN_EXPLAIN": ("ISO01",),
    "ANNUAL_GRANT_ROOM": ("many", column(FEBRUARY, MARCH), column(100, 200)),
    "ISO_MIN_PRICE": (column(10, 3), column("yes", "no", "no")),
    "TENDER_SHARES": (1310, 0),
    "WITHHOLD_SHARES": ("much", 6),
    "CASHOUT_WITHHOLDING": (300000, 900000, 22, 37, 1000000),
    "ISO_LAST_EXPIRY": (column(FEBRUARY, MARCH, APRIL), column("Yes", "No")),
    "EXERCISE_DEADLINE": (column(FEBRUARY, MARCH, APRIL), column(APRIL, MARCH), "DEATH"),
    "PLAN_LAST_GRANT": (column(FEBRUARY, MARCH, APRIL), column(APRIL, MARCH)),
}
CANNOT_BE_REFUSED = {"PLANSHEET_VERSION"}
