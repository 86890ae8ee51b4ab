"""One ledger in the layouts that people use: each builder lays the same grants, tranches and events out its own way."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from workbook.books import ACTIVITY, GRANTED, GRANTS, VESTING, Formula, Rows, Sheet, with_cell


class Option(NamedTuple):
    """A grant, its tranches (day, shares), what was exercised and what was cancelled of it (day, shares)."""

    grant: str
    first: str
    last: str
    kind: str
    day: dt.date
    fmv: float
    price: float
    shares: int
    tranches: tuple[tuple[dt.date, int], ...]
    exercised: tuple[tuple[dt.date, int], ...] = ()
    cancelled: tuple[tuple[dt.date, int], ...] = ()

    @property
    def holder(self) -> str:
        return f"{self.first} {self.last}"


Plan = Sequence[Option]
day = dt.date
PLAN: Plan = (
    Option("G-1", "Ada", "Arbor", "ISO", day(2004, 1, 5), 10, 10, 1200,
           ((day(2005, 1, 5), 600), (day(2006, 1, 5), 600)), ((day(2005, 6, 1), 100),), ((day(2006, 3, 1), 50),)),
    Option("G-2", "Bo", "Birch", "NSO", day(2004, 2, 2), 12, 12.5, 500, ((day(2005, 2, 2), 500),)),
    Option("G-3", "Ada", "Arbor", "ISO", day(2005, 3, 3), 15, 15, 300,
           ((day(2006, 3, 3), 100), (day(2007, 3, 3), 100), (day(2008, 3, 3), 100)), ((day(2006, 4, 1), 100),)),
)  # fmt: skip


def of_grants(plan: Plan, *headings: str) -> Rows:
    """Grants under other headings than ours, in our order."""
    ours = ("Grant", "Holder", "Type", "Grant date", "FMV", "Exercise price", "Shares")
    return [headings or ours, *([o.grant, o.holder, o.kind, o.day, o.fmv, o.price, o.shares] for o in plan)]


def of_tranches(plan: Plan, *headings: str) -> Rows:
    rows = [[o.grant, *tranche] for o in plan for tranche in o.tranches]
    return [headings or ("Grant", "First exercisable", "Shares"), *rows]


def of_activity(plan: Plan) -> Rows:
    """Grants as events, then the exercises, then the cancellations."""
    rows: list[list[object]] = [[o.day, "GRANT", o.grant, o.shares, o.kind] for o in plan]
    rows += [[when, "EXERCISE", o.grant, shares, ""] for o in plan for when, shares in o.exercised]
    rows += [[when, "CANCEL", o.grant, shares, ""] for o in plan for when, shares in o.cancelled]
    return [["Date", "Action", "Grant", "Shares", "Type"], *rows]


def our_way(plan: Plan, *tables: str) -> list[Sheet]:
    made = {"Grants": of_grants(plan), "Vesting": of_tranches(plan), "Activity": of_activity(plan)}
    return [Sheet(name, made[name]) for name in tables or made]


def beside(rows: Rows, *columns: Sequence[object]) -> Rows:
    """Rows with further columns at their right."""
    return [[*row, *more] for row, *more in zip(rows, *columns, strict=True)]


# --- Layouts ----------------------------------------------------------------------------------------------------------


def banner_and_notes(plan: Plan) -> list[Sheet]:
    rows: Rows = [
        ["Example Inc.: options"], [], ["As of", day(2011, 1, 31)], [],
        *of_grants(plan, "Security ID", "Stakeholder Name", "Base Award Type", "Issue Date", "FMV [1]", "Strike*",
                   "Quantity Issued"),
        [], ["[1] By the board"], ["* per share"],
    ]  # fmt: skip
    return [Sheet("Equity Plan Granted", rows, at=(2, 1))]


def numbered_headings(plan: Plan) -> list[Sheet]:
    headings = (
        "1.\nGrant number", "2.\nName of employee", "3.\nAward type\n(if applicable)",
        "4.\nDate of grant\n(yyyy-mm-dd)",
        "5.\nUnrestricted market value of a security at date of grant\n$\ne.g. 10.1234",
        "6.\nOption exercise price per share\n$\ne.g. 10.1234",
        "7.\nNumber of securities over which options granted\ne.g. 100.00",
    )  # fmt: skip
    return [Sheet("Granted_V4", [[f"Instruction {n}"] for n in range(8)] + list(of_grants(plan, *headings)))]


def names_of_programs(plan: Plan) -> list[Sheet]:
    headings = (
        "custom_id", "legal_name", "stockOptionType", "issueDate", "marketPriceAtTimeOfGrant", "grant_price",
        "grantedShares",
    )  # fmt: skip
    return [Sheet("export", of_grants(plan, *headings))]


def unit_marks(plan: Plan) -> list[Sheet]:
    headings = (
        "Grant_x000D_\n#", "Holder", "Type", "Date of grant", "FMV (USD)", "Exercise price, $", "# Options [7]",
    )  # fmt: skip
    return [Sheet("Options", of_grants(plan, *headings))]


def headings_in_two_rows(plan: Plan) -> list[Sheet]:
    return [
        Sheet(
            "Register",
            [["Register of options"], [],
             ["Option", "", "", "Grant", "", "Option", "Shares"],
             ["Number", "Holder", "Type", "Date", "FMV", "Price", "Granted"],
             *of_grants(plan)[1:]],
        )
    ]  # fmt: skip


def headings_that_are_formulas(plan: Plan) -> list[Sheet]:
    first, *rest = of_grants(plan)
    return [Sheet("Grants", [[Formula(f'="{text}"&""', text) for text in first], *rest])]


def spacers_and_totals(plan: Plan) -> list[Sheet]:
    rows = [[*row[:2], "", *row[2:5], "", *row[5:]] for row in of_grants(plan)]
    total = ["", "", "", "", "", "", "", "", Formula("=SUM(I3:I4)", 1)]
    rows = [rows[0], [], *rows[1:3], ["Ada Arbor Total", *total[1:]], [], *rows[3:], ["Grand total", *total[1:]]]
    return [Sheet("Options", rows)]


def split_names(plan: Plan) -> list[Sheet]:
    rows = [["Grant ID", "4.\nEmployee first name", "Employee second name\n(if applicable)", "6.\nEmployee last name",
             "Type", "Grant date", "FMV", "Exercise price", "Shares"]]  # fmt: skip
    rows += [[o.grant, o.first, "", o.last, o.kind, o.day, o.fmv, o.price, o.shares] for o in plan]  # type: ignore[list-item]
    return [Sheet("Grants", rows)]


def name_and_number(plan: Plan) -> list[Sheet]:
    numbers = {name: at for at, name in enumerate(dict.fromkeys(o.holder for o in plan), start=101)}
    return [Sheet("Grants", beside(of_grants(plan), ["Employee ID", *(numbers[o.holder] for o in plan)]))]


def a_sheet_for_each_holder(plan: Plan) -> list[Sheet]:
    names = dict.fromkeys(o.holder for o in plan)
    return [
        Sheet(name, [["Options of", name], [], *of_grants([o for o in plan if o.holder == name]), ["Total"]])
        for name in names
    ]


def a_sheet_for_each_event(plan: Plan) -> list[Sheet]:
    exercised = [[o.grant, when, shares] for o in plan for when, shares in o.exercised]
    cancelled = [[o.grant, shares, when] for o in plan for when, shares in o.cancelled]
    return [
        Sheet("Granted", of_grants(plan)),
        Sheet("Exercises", [["Options exercised in all years"], [], ["Grant", "Exercise date", "Shares"], *exercised]),
        Sheet("Options cancelled", [["Grant", "Quantity", "Date"], *cancelled]),
    ]


def events_beside_the_grants(plan: Plan) -> list[Sheet]:
    def one(events: tuple[tuple[dt.date, int], ...]) -> list[object]:
        return list(events[0]) if events else ["", ""]

    headings = [["Exercise date", "Shares exercised", "Cancel date", "Shares cancelled"]]
    more = headings + [[*one(o.exercised), *one(o.cancelled)] for o in plan]  # type: ignore[list-item]
    return [Sheet("Options", [[*row, *cells] for row, cells in zip(of_grants(plan), more, strict=True)])]


def tranches_beside_the_grants(plan: Plan, form: str = "Vest {what} {number}") -> list[Sheet]:
    most = max(len(o.tranches) for o in plan)
    names = [form.format(what=w, number=n) for n in range(1, most + 1) for w in ("date", "shares")]
    cells = [[c for tranche in o.tranches for c in tranche] + ["", ""] * (most - len(o.tranches)) for o in plan]
    return [Sheet("Options", [[*row, *more] for row, more in zip(of_grants(plan), [names, *cells], strict=True)])]


def side_by_side(plan: Plan) -> list[Sheet]:
    return [
        Sheet("All", of_grants(plan), at=(3, 0)),
        Sheet("All", of_tranches(plan), at=(3, 9)),
        Sheet("All", of_activity(plan), at=(5, 14)),
    ]


def below_one_another(plan: Plan) -> list[Sheet]:
    return [Sheet("All", [["Grants"], *of_grants(plan), [], ["Tranches"], *of_tranches(plan), [], *of_activity(plan)])]


def tables(plan: Plan) -> list[Sheet]:
    return [sheet._replace(table=f"tbl{sheet.name}", at=(4, 2)) for sheet in our_way(plan)]


def repeated_on_a_summary(plan: Plan) -> list[Sheet]:
    summary = [[row[0], row[1], row[3], row[6]] for row in of_grants(plan)]
    return [Sheet("Summary", summary), Sheet("Grants", of_grants(plan))]


Layout = Callable[[Plan], list[Sheet]]
GRANTS_ONLY: tuple[Layout, ...] = (
    banner_and_notes, numbered_headings, names_of_programs, unit_marks, headings_in_two_rows,
    headings_that_are_formulas, spacers_and_totals, split_names, name_and_number, a_sheet_for_each_holder,
    repeated_on_a_summary,
)  # fmt: skip
LAYOUTS: tuple[tuple[Layout, tuple[str, ...]], ...] = (
    *((layout, ("Grants",)) for layout in GRANTS_ONLY),
    (a_sheet_for_each_event, ("Grants", "Activity")),
    (events_beside_the_grants, ("Grants", "Activity")),
    (tranches_beside_the_grants, ("Grants", "Vesting")),
    (side_by_side, ("Grants", "Vesting", "Activity")),
    (below_one_another, ("Grants", "Vesting", "Activity")),
    (tables, ("Grants", "Vesting", "Activity")),
)
"""Each layout with the ledgers that it holds."""


# --- Layouts that leave a question ------------------------------------------------------------------------------------


def _with_column(heading: str, *cells: object) -> Rows:
    return [[*row, cell] for row, cell in zip(GRANTS, (heading, *cells), strict=True)]


_NUMBERS = [[*row, *more] for row, more in zip(GRANTS, [["Holder ID"], [7], [7]], strict=True)]
_EXERCISES: Rows = _with_column("Shares exercised", 5, "")
LOST: Rows = [
    ["Grant", "First exercisable", None],
    *(["G-1", dt.date(2005, month, 5), 100] for month in (1, 2, 3)),
    ["G-2", dt.date(2005, 4, 5), 100],
]
"""Tranches of which the column of shares has lost its heading."""
ASKED: dict[str, tuple[tuple[Sheet, ...], str]] = {
    "MAP001": ((Sheet("Grants", _with_column("Strike price", 9, 8)),), "Grants!H1"),
    "MAP002": ((Sheet("Grants", [list(row[1:]) for row in GRANTS]),), "Grants!A1"),
    "MAP003": (
        (Sheet("Granted", [["Date" if c == "Grant date" else c for c in row] for row in GRANTS]),),
        "Granted!D1",
    ),
    "MAP004": ((Sheet("Grants", [["FMV (cents)" if c == "FMV" else c for c in row] for row in GRANTS]),), "Grants!E1"),
    "MAP005": ((Sheet("Grants", [["FMV (£)" if c == "FMV" else c for c in row] for row in GRANTS]),), "Grants!E1"),
    "MAP006": (
        (
            Sheet("Grants", [[*r, *m] for r, m in zip(_EXERCISES, [["Exercise date"], [GRANTED], [""]], strict=True)]),
            Sheet("Activity", ACTIVITY),
        ),
        "Grants!H1",
    ),
    "MAP007": ((Sheet("Grants", _EXERCISES), Sheet("Vesting", VESTING)), "Grants!H1"),
    "MAP008": ((Sheet("Grants", _NUMBERS),), "Grants!B3"),
    "MAP009": ((Sheet("Grants", GRANTS), Sheet("Vested", LOST)), "Vested!C1"),
    "MAP011": ((Sheet("Grants", [*GRANTS[:1], *([*row[:5], row[6], row[5]] for row in GRANTS[1:])]),), "Grants!F1"),
    "MAP010": ((Sheet("Grants", [["Fair value" if c == "FMV" else c for c in row] for row in GRANTS]),), "Grants!E1"),
}
"""For each question a workbook that asks it, and the cell that it asks about."""
SAME_COLUMN_TWICE = with_cell(_with_column("Date of award", GRANTED, GRANTED), 1, "Grant date", GRANTED)
