"""Workbooks with a mistake each, and the cell in which it is found."""

import datetime as dt

from workbook.books import (
    ACTIVITY,
    DAY,
    GRANTED,
    GRANTS,
    HOLDERS,
    LEDGERS,
    VESTING,
    Formula,
    Rows,
    Sheet,
    with_cell,
    with_columns,
    with_row,
)
from workbook.layouts import ASKED
from workbook.period_cells import OF_THE_PERIOD

MERGER: Rows = [["Term", "Value"], ["Merger price", 6], ["Merger date", dt.date(2011, 1, 5)]]
NOTICE: Rows = [
    *MERGER,
    ["Merger notice", dt.date(2010, 12, 1)],
    ["Merger exercise by", dt.date(2010, 12, 31)],
]
ENDED: Rows = with_row(ACTIVITY, *([dt.date(2011, 1, 5), "TERMINATE", grant, "", ""] for grant in ("G-1", "G-2")))
SPLIT: Rows = [["Date", "Action", "Grant", "Shares", "Type"], [dt.date(2004, 6, 1), "SPLIT", "", "3-for-1", ""]]


WARNED = (
    Sheet("Grants", [[*GRANTS[0], "Price after split"], [*GRANTS[1], 3.35]]),
    Sheet("Vesting", [VESTING[0], VESTING[1][:3]]),
    Sheet("Activity", SPLIT),
)


CALL = '=POOL_AVAILABLE(E7,"GRANT",30)'  # 970


def pool(value: object, formula: str = CALL) -> Sheet:
    return Sheet("Pool", [["Left"], [Formula(formula, value)], [], [], [], [], ["", "", "", "", 1000]])


PLAN = "Plan"
OVER: Rows = [
    ["Grant", "Holder", "Type", "Grant date", "FMV", "First exercisable", "Shares", "ISO shares", "NSO shares"],
    ["G-1", "Ada", "ISO", GRANTED, 10, dt.date(2004, 12, 31), 10_001, 10_001, 0],
]
RECORD_DATES: Rows = [
    [*ACTIVITY[0], "Record date"],
    [*ACTIVITY[1], ""],
    [dt.date(2004, 5, 18), "EXERCISE", "G-1", 100, "", ""],
    [dt.date(2004, 6, 1), "SPLIT", "", "2-for-1", "", dt.date(2004, 5, 17)],
]
SUBSTITUTES: Rows = [
    [*GRANTS[0], "Old shares", "Old price", "Old FMV", "New FMV"],
    ["G-1", "Ada", "ISO", GRANTED, 1.12, 0.62, 1416, 1000, 0.88, 1.586928, 1.12],
]
EARLIER = dt.date(2003, 12, 31)
REGISTERED: Rows = [["Term", "Value"], ["Registered", dt.date(1999, 7, 20)]]
COMMITTEE: Rows = [
    ["Committee", "Member", "Outside director", "Non-employee director"],
    ["Compensation committee", "Vi", "Yes", "Yes"],
    ["Compensation committee", "Wes", "Yes", "No"],
]
OWNED: Rows = [["Holder", "Relation", "Votes", "Votes outstanding"], ["Ada", "SELF", 101, 1_000]]
PAID: Rows = [
    ["Date", "Action", "Grant", "Shares", "Type", "FMV on the day", "Acquired", "Minimum tax"],
    [GRANTED, "GRANT", "G-1", 10_000, "ISO", "", "", ""],
    [DAY, "EXERCISE", "G-1", 100, "", "", "", ""],
    [DAY, "TENDER", "G-1", 101, "", 10, DAY, ""],
    [DAY, "WITHHOLD", "G-1", 31, "", 10, "", 300],
]
ADOPTED: Rows = [["Term", "Value"], ["Adopted", GRANTED]]
APPROVAL: Rows = [["Term", "Value"], ["Adopted", GRANTED], ["Approved", dt.date(2004, 2, 1)], ["Reserve", 10_500]]
INCREASED: Rows = [
    [*ACTIVITY[0], "Approved"],
    [GRANTED, "RESERVE", "", 10_000, "", ""],
    [dt.date(2004, 1, 6), "RESERVE", "", 500, "", ""],
    [dt.date(2004, 1, 7), "GRANT", "G-1", 10_000, "ISO", ""],
    [dt.date(2004, 1, 7), "GRANT", "G-2", 500, "NSO", ""],
]
AMENDED: Rows = [
    ["Date", "Action", "Grant", "Needs approval", "Approved", "Adverse", "Consent", "Shares"],
    [GRANTED, "AMEND", "G-1", "no", "", "no", "", ""],
    [GRANTED, "AMEND", "", "yes", "", "yes", "", ""],
]
REGRANTED: Rows = [
    [*GRANTS[0], "Replaces", "Consent"],
    [*GRANTS[1], "", ""],
    ["G-2", "Ada", "ISO", dt.date(2005, 1, 5), 5, 5, 500, "", ""],
    ["G-3", "Ada", "ISO", dt.date(2005, 1, 5), 5, 5, 500, "G-1", ""],
    ["G-4", "Ada", "ISO", dt.date(2005, 1, 5), 5, 5, 500, "G-2", ""],
]
CANCELLED: Rows = [["Date", "Action", "Grant", "Shares"], [dt.date(2005, 1, 5), "CANCEL", "G-1", 9_000]]
IN_THEIR_CELLS: dict[str, tuple[tuple[Sheet, ...], str]] = {
    "LEDGER001": ((Sheet("Grants", with_cell(GRANTS, 2, "FMV", "ten")),), "Grants!E3"),
    "LEDGER002": ((Sheet("Grants", GRANTS), Sheet("Activity", with_cell(ACTIVITY, 1, "Grant", "G-9"))), "Activity!C2"),
    "LEDGER003": ((Sheet("Grants", with_cell(GRANTS, 2, "Grant", "g-1")),), "Grants!A3"),
    "LEDGER004": ((Sheet("Grants", GRANTS), Sheet("Vesting", VESTING[:2])), "Grants!G3"),
    "LEDGER005": ((Sheet("Vesting", with_cell(OVER, 1, "FMV", "")),), "Vesting!G2"),
    "LEDGER006": ((Sheet("Vesting", [*OVER, [*OVER[1][:4], 11, *OVER[1][5:]]]),), "Vesting!A3"),
    "LEDGER007": ((Sheet("Holders", HOLDERS[:2]), Sheet("Grants", GRANTS)), "Grants!B3"),
    "LEDGER008": ((Sheet("Holders", with_row(HOLDERS, ["ada", "Officer", "No"])),), "Holders!A4"),
    "LEDGER009": (
        (Sheet("Grants", GRANTS), Sheet("Activity", with_cell(ACTIVITY, 2, "Shares", 5_000))),
        "Activity!D3",
    ),
    "LEDGER010": ((Sheet("Grants", GRANTS), Sheet("Activity", ACTIVITY[:2])), "Grants!A3"),
    "LEDGER011": ((Sheet("Activity", with_row(ACTIVITY, [DAY, "WITHHOLD", "G-2", 5, ""])),), "Activity!B4"),
    "LEDGER012": (
        (Sheet("Activity", with_row(ACTIVITY, [dt.date(2051, 1, 3), "EXERCISE", "G-2", 5, ""])),),
        "Activity!A4",
    ),
    "LEDGER013": (
        (Sheet("Grants", GRANTS), Sheet("Activity", with_row(ACTIVITY, [EARLIER, "DISPOSITION", "G-2", 5, ""]))),
        "Activity!A4",
    ),
    "TYPE001": ((Sheet("Grants", with_cell(GRANTS, 2, "Type", "")),), "Grants!C3"),
    "ELIG001": ((Sheet("Grants", with_cell(GRANTS, 2, "Type", "ISO")), Sheet("Holders", HOLDERS)), "Grants!C3"),
    "ELIG002": (
        (Sheet("Grants", GRANTS), Sheet("Holders", with_cell(HOLDERS, 2, "Relationship", "Supplier"))),
        "Holders!B3",
    ),
    "ELIG003": (
        (
            Sheet("Grants", GRANTS),
            Sheet("Holders", with_columns(HOLDERS, ["Employer", "Group ownership"], ["Venture", 49.9], ["", ""])),
        ),
        "Grants!C2",
    ),
    "ELIG004": (
        (Sheet("Grants", GRANTS), Sheet("Holders", with_columns(HOLDERS, ["Employment ended"], [""], [EARLIER]))),
        "Grants!D3",
    ),
    "AUTH001": (
        (
            Sheet("Grants", with_columns(GRANTS, ["Granted by"], ["Committee 2(b)(iv)"], ["Board"])),
            Sheet("Holders", HOLDERS),
        ),
        "Grants!H2",
    ),
    "AUTH002": (
        (
            Sheet(PLAN, REGISTERED),
            Sheet("Grants", with_columns(GRANTS, ["Granted by"], ["Board"], ["Board"])),
            Sheet("Holders", HOLDERS),
        ),
        "Grants!H2",
    ),
    "AUTH003": (
        (
            Sheet(PLAN, REGISTERED),
            Sheet("Grants", with_columns(GRANTS, ["Granted by"], [""], ["Compensation committee"])),
            Sheet("Committee", COMMITTEE),
        ),
        "Committee!D3",
    ),
    "LIMIT001": ((Sheet("Grants", with_cell(GRANTS, 2, "Shares", 500_001)),), "Grants!G3"),
    "ISO001": ((Sheet("Vesting", OVER),), "Vesting!H2"),
    "ISO002": (
        (Sheet("Grants", [[*GRANTS[0], "ISO shares", "Vesting start"], [*GRANTS[1], 9_999, GRANTED]]),),
        "Grants!H2",
    ),
    "VEST001": (
        (Sheet("Vesting", OVER), Sheet("Activity", [ACTIVITY[0], ACTIVITY[1], [GRANTED, "EXERCISE", "G-1", 5, ""]])),
        "Activity!D3",
    ),
    "VEST002": (
        (
            Sheet(
                "Grants",
                with_columns(GRANTS, ["Vesting start", "Months", "Cliff"], [dt.date(2003, 2, 1), 12, 12], ["", "", ""]),
            ),
            Sheet("Vesting", with_cell(VESTING, 1, "First exercisable", dt.date(2004, 1, 2))),
        ),
        "Vesting!B2",
    ),
    "POOL001": ((Sheet(PLAN, [["Term", "Value"], ["Reserve", 10_499]]), Sheet("Activity", ACTIVITY)), "Activity!D3"),
    "POOL002": (
        (
            Sheet(PLAN, [["Term", "Value"], ["Reserve", 10_000]]),
            Sheet(
                "Activity",
                [
                    ["Date", "Action", "Grant", "Type", "Shares"],
                    [GRANTED, "GRANT", "G-1", "NSO", 10_000],
                    [GRANTED, "EXERCISE", "G-1", "", 10_000],
                    [GRANTED, "TENDER", "G-1", "", 500],
                    [GRANTED, "GRANT", "G-2", "ISO", 500],
                ],
            ),
        ),
        "Activity!E5",
    ),
    "POOL003": ((Sheet("Activity", [ACTIVITY[0], [GRANTED, "RESERVE", "", 25_600_001, ""]]),), "Activity!D2"),
    "POOL004": ((Sheet("Activity", with_row(ACTIVITY, [DAY, "CANCEL", "G-2", 501, ""])),), "Activity!D4"),
    "SPLIT001": (
        (Sheet("Grants", [["Price after split", *GRANTS[0]], [3.33, *GRANTS[1]]]), Sheet("Activity", SPLIT)),
        "Grants!A2",
    ),
    "SPLIT002": (WARNED, "Grants!H2"),
    "SPLIT003": (
        (Sheet("Grants", [["Price after split", *GRANTS[0]], [5, *GRANTS[1]]]), Sheet("Activity", ACTIVITY)),
        "Grants!A2",
    ),
    "SPLIT004": ((Sheet("Activity", [ACTIVITY[0], ACTIVITY[1], [DAY, "EXERCISE", "G-1", 0.5, ""]]),), "Activity!D3"),
    "SPLIT005": (
        (Sheet("Grants", [[*GRANTS[0], "Shares after split"], [*GRANTS[1], 30_001]]), Sheet("Activity", SPLIT)),
        "Grants!H2",
    ),
    "SPLIT006": ((Sheet("Activity", RECORD_DATES),), "Activity!A3"),
    "SPLIT007": (
        (Sheet("Activity", with_cell(RECORD_DATES, 3, "Record date", dt.date(2004, 6, 2))),),
        "Activity!F4",
    ),
    "SPLIT008": (
        (
            Sheet("Grants", with_cell(GRANTS, 2, "Shares", 9)),
            Sheet("Activity", with_cell(SPLIT, 1, "Shares", "1-for-10")),
        ),
        "Grants!G3",
    ),
    "SUBST001": ((Sheet("Grants", SUBSTITUTES),), "Grants!F2"),
    "SUBST002": ((Sheet("Grants", with_cell(SUBSTITUTES, 1, "Type", "NSO")),), "Grants!F2"),
    "CASH001": (
        (
            Sheet(PLAN, MERGER),
            Sheet("Holders", with_columns(HOLDERS, ["Merger payment"], [1], [""])),
            *LEDGERS[:2],
            Sheet("Activity", ENDED),
        ),
        "Holders!D2",
    ),
    "CASH002": (
        (
            Sheet(PLAN, MERGER),
            Sheet("Holders", HOLDERS),
            Sheet("Grants", with_row(GRANTS, ["G-3", "Bo", "NSO", GRANTED, 1, 1, 100])),
            Sheet("Activity", ACTIVITY),
        ),
        "Holders!A3",
    ),
    "CASH003": ((Sheet(PLAN, [*MERGER, ["Merger contingent", "yes"]]), *LEDGERS), "Plan!B4"),
    "CASH004": (
        (
            Sheet(PLAN, MERGER),
            Sheet("Holders", [[*HOLDERS[0], "Merger payment"], [*HOLDERS[1], ""], [*HOLDERS[2], 0]]),
            Sheet("Grants", with_cell(GRANTS, 1, "Exercise price", 1)),
            Sheet("Activity", ENDED),
        ),
        "Holders!D2",
    ),
    "MERGER001": ((Sheet(PLAN, [*MERGER, ["Merger exercise by", DAY]]), *LEDGERS), "Plan!B4"),
    "MERGER002": (
        (
            Sheet(PLAN, NOTICE),
            Sheet("Grants", GRANTS),
            Sheet("Activity", with_row(ACTIVITY, [dt.date(2011, 1, 4), "EXERCISE", "G-2", 500, ""])),
        ),
        "Activity!A4",
    ),
    "MERGER003": (
        (
            Sheet(PLAN, NOTICE),
            Sheet("Grants", GRANTS),
            Sheet("Activity", with_row(ACTIVITY, [DAY, "CANCEL", "G-2", 5, ""])),
        ),
        "Activity!A4",
    ),
    "MERGER004": ((Sheet(PLAN, [*MERGER, ["Merger accelerates", "yes"]]), *LEDGERS), "Plan!B4"),
    "MERGER005": (
        (
            Sheet(PLAN, [*MERGER, ["Merger accelerates", "no"]]),
            Sheet("Activity", with_row(ACTIVITY, [dt.date(2011, 1, 5), "ACCELERATE", "", "", ""])),
        ),
        "Activity!B4",
    ),
    "MERGER006": ((Sheet(PLAN, NOTICE), Sheet("Grants", GRANTS), Sheet("Activity", ACTIVITY)), "Grants!A2"),
    "TEN001": ((Sheet("Holders", HOLDERS), Sheet("Holdings", OWNED), Sheet("Grants", GRANTS)), "Holders!C2"),
    "TEN002": (
        (
            Sheet("Holders", with_cell(HOLDERS, 1, "10% owner", "Yes")),
            Sheet("Holdings", with_cell(OWNED, 1, "Votes", 10)),
            Sheet("Grants", GRANTS),
        ),
        "Holders!C2",
    ),
    "TEN003": ((Sheet("Holdings", with_cell(OWNED, 1, "Relation", "")), Sheet("Grants", GRANTS)), "Holdings!B2"),
    "PRICE001": ((Sheet("Grants", with_cell(GRANTS, 1, "Exercise price", 9.99)),), "Grants!F2"),
    "PRICE002": ((Sheet("Grants", with_cell(GRANTS, 2, "Exercise price", 9.99)),), "Grants!F3"),
    "PAY001": ((Sheet("Activity", PAID),), "Activity!G4"),
    "PAY002": ((Sheet("Grants", GRANTS), Sheet("Activity", PAID)), "Activity!D4"),
    "PAY003": ((Sheet("Grants", GRANTS), Sheet("Activity", PAID)), "Activity!D4"),
    "TAX001": ((Sheet("Activity", PAID),), "Activity!D5"),
    "TAX002": (
        (Sheet(PLAN, [["Term", "Value"], ["Registered", dt.date(2011, 6, 1)]]), Sheet("Activity", PAID)),
        "Activity!A5",
    ),
    **OF_THE_PERIOD,
    "APPROVE001": (
        (Sheet(PLAN, APPROVAL), Sheet("Activity", with_row(ACTIVITY, [GRANTED, "EXERCISE", "G-2", 5, ""]))),
        "Activity!A4",
    ),
    "APPROVE002": (
        (Sheet(PLAN, with_cell(APPROVAL, 2, "Value", dt.date(2005, 1, 6))), Sheet("Grants", GRANTS)),
        "Grants!D2",
    ),
    "APPROVE003": ((Sheet(PLAN, APPROVAL), Sheet("Activity", INCREASED)), "Activity!F3"),
    "APPROVE004": ((Sheet(PLAN, APPROVAL), Sheet("Activity", INCREASED)), "Activity!D5"),
    "APPROVE005": ((Sheet("Activity", AMENDED),), "Activity!E3"),
    "APPROVE006": ((Sheet(PLAN, ADOPTED), Sheet("Grants", GRANTS), Sheet("Activity", AMENDED)), "Grants!D2"),
    "APPROVE007": (
        (Sheet(PLAN, APPROVAL), Sheet("Activity", with_row(ACTIVITY, [dt.date(2005, 1, 6), "APPROVAL", "", "", ""]))),
        "Activity!A4",
    ),
    "AMEND001": ((Sheet("Activity", AMENDED),), "Activity!G3"),
    "AMEND002": ((Sheet("Grants", GRANTS), Sheet("Activity", AMENDED)), "Activity!B2"),
    "REGRANT001": ((Sheet("Grants", REGRANTED), Sheet("Activity", CANCELLED)), "Grants!H5"),
    "REGRANT002": ((Sheet("Grants", REGRANTED),), "Grants!I4"),
    "REGRANT003": ((Sheet("Grants", REGRANTED), Sheet("Activity", CANCELLED)), "Grants!H3"),
    "REGRANT004": ((Sheet("Grants", REGRANTED), Sheet("Activity", CANCELLED)), "Grants!H4"),
    "FOREIGN001": (
        (Sheet("Holders", [[*HOLDERS[0], "Country"], [*HOLDERS[1], "Germany"]]), Sheet("Grants", GRANTS)),
        "Holders!D2",
    ),
    "ISO003": ((Sheet("Vesting", [OVER[0][:7], [*OVER[1][:5], dt.date(2011, 12, 31), 9_001]]),), "Vesting!F2"),
    "POOL005": (
        (
            Sheet(PLAN, with_cell(APPROVAL, 3, "Value", 600)),
            Sheet("Activity", [ACTIVITY[0], [dt.date(2010, 1, 5), "GRANT", "G-2", 500, "NSO"]]),
        ),
        "Activity!D2",
    ),
    **ASKED,
    "CALC001": ((pool(971),), "Pool!A2"),
    "CALC003": ((pool("#NAME?"),), "Pool!A2"),
}
