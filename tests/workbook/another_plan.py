"""A ledger of Example Instruments, Inc., as its administrator keeps it: right by its own plan in every cell."""

from __future__ import annotations

import datetime as dt

from workbook.books import Rows, Sheet, book

GRANTS: Rows = [
    ["Grant", "Holder", "Type", "Grant date", "FMV", "Exercise price", "Shares", "Price after split"],
    ["E-1", "Noor", "NSO", dt.date(2008, 6, 2), 4.50, 4.50, 600_000, 3],  # more than 500,000 in a year
    ["E-2", "Ivo", "ISO", dt.date(2008, 6, 2), 4, 4, 50_000, 2.6667],
    ["E-3", "Noor", "NSO", dt.date(2009, 1, 5), 12, 12, 50_000, 8],  # under water at $6.00
    ["E-4", "Bea", "NSO", dt.date(2010, 4, 1), 4.50, 4.50, 20_000, 3],  # the 20,000 shares withheld from E-1
]
VESTING: Rows = [
    ["Grant", "First exercisable", "Shares"],
    ["E-1", dt.date(2009, 6, 2), 600_000],
    ["E-2", dt.date(2009, 6, 2), 25_000],
    ["E-2", dt.date(2010, 6, 2), 25_000],
    ["E-3", dt.date(2010, 1, 5), 50_000],
    ["E-4", dt.date(2011, 4, 1), 20_000],
]
ACTIVITY: Rows = [
    ["Date", "Action", "Grant", "Shares", "Type", "Approved"],
    [dt.date(2008, 3, 12), "RESERVE", "", 700_000, "", dt.date(2008, 5, 20)],
    [dt.date(2008, 6, 2), "GRANT", "E-1", 600_000, "NSO", ""],
    [dt.date(2008, 6, 2), "GRANT", "E-2", 50_000, "ISO", ""],
    [dt.date(2009, 1, 5), "GRANT", "E-3", 50_000, "NSO", ""],
    [dt.date(2010, 3, 1), "EXERCISE", "E-1", 60_000, "", ""],
    [dt.date(2010, 3, 1), "WITHHOLD", "E-1", 20_000, "", ""],
    [dt.date(2010, 4, 1), "GRANT", "E-4", 20_000, "NSO", ""],
    [dt.date(2010, 5, 18), "RESERVE", "", 200_000, "", dt.date(2010, 5, 18)],
    [dt.date(2010, 9, 1), "SPLIT", "", "3-for-2", "", ""],
    [dt.date(2011, 6, 30), "CANCEL", "E-2", "", "", ""],
    *([dt.date(2012, 2, 1), "TERMINATE", grant, "", "", ""] for grant in ("E-1", "E-3", "E-4")),
]
HOLDERS: Rows = [["Holder", "Merger payment"], ["Noor", 2_430_000], ["Bea", 90_000], ["Ivo", ""]]
PLAN: Rows = [
    ["Term", "Value"],
    ["Reserve", 1_350_000],
    ["Adopted", dt.date(2008, 3, 12)],
    ["Approved", dt.date(2008, 5, 20)],
    ["Merger price", 6],
    ["Merger date", dt.date(2012, 2, 1)],
]
SHEETS = (
    Sheet("Plan", PLAN),
    Sheet("Holders", HOLDERS),
    Sheet("Grants", GRANTS),
    Sheet("Vesting", VESTING),
    Sheet("Activity", ACTIVITY),
)


def ledger() -> bytes:
    """The workbook."""
    return book(*SHEETS)
