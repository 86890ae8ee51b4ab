"""An invented ledger in which nothing is wrong: twelve options of eight holders, with a split, exercises and endings.

Every installment is a year after the one before, so that the same plan can be laid out by schedule or by tranche. What
an administrator would have recorded (ISO and NSO shares, figures after the split) is computed by the worksheet
functions.
"""

import datetime as dt
from dataclasses import dataclass, field

from plansheet.excel import ADJUST_FOR_SPLIT, ISO_LIMIT_SPLIT, MERGER_CASHOUT_BY_HOLDER

Row = dict[str, object]
"""A record by field; "key" names it."""
Day = dt.datetime
SPLIT_DAY = Day(2004, 6, 1)
RESERVE = 1_000_000
RESERVE_TODAY = 2 * RESERVE
MERGER_DAY = Day(2005, 7, 15)


@dataclass
class Ledger:
    """The records of a plan, by ledger."""

    Holders: list[Row] = field(default_factory=list)
    Grants: list[Row] = field(default_factory=list)
    Vesting: list[Row] = field(default_factory=list)
    Activity: list[Row] = field(default_factory=list)

    def rows(self, name: str) -> list[Row]:
        rows: list[Row] = getattr(self, name)
        return rows

    def row(self, name: str, key: str) -> Row:
        return next(row for row in self.rows(name) if row["key"] == key)


_HOLDERS = (
    ("Ana Ortiz", "Employee", "No"),
    ("Ben Katz", "Officer", "No"),
    ("Cleo Mann", "Consultant", "No"),
    ("Dana Wu", "Employee", "Yes"),
    ("Eli Roth", "Director", "No"),
    ("Fay Lund", "Employee", "No"),
    ("Gus Park", "Employee", "No"),
    ("Hana Sato", "Advisor", "No"),
)
_GRANTS = (  # number, holder, type, day, value, price, shares, years to vest, expiry
    ("G-101", "Ana Ortiz", "ISO", Day(2001, 2, 1), 10, 10, 24_000, 2, Day(2011, 1, 31)),
    ("G-102", "Ben Katz", "ISO", Day(2001, 5, 1), 8, 8, 15_000, 3, Day(2011, 4, 30)),
    ("G-103", "Cleo Mann", "NSO", Day(2001, 8, 1), 9, 9, 6_000, 2, Day(2011, 7, 31)),
    ("G-104", "Dana Wu", "ISO", Day(2002, 1, 15), 10, 11, 9_000, 3, Day(2007, 1, 14)),
    ("G-105", "Ana Ortiz", "ISO", Day(2002, 3, 2), 12, 12, 6_000, 2, Day(2012, 3, 1)),
    ("G-106", "Eli Roth", "NSO", Day(2002, 9, 3), 7.5, 7.5, 4_000, 2, Day(2012, 9, 2)),
    ("G-107", "Fay Lund", "ISO", Day(2003, 3, 3), 6.25, 6.25, 40_000, 4, Day(2013, 3, 2)),
    ("G-108", "Gus Park", "ISO", Day(2003, 4, 1), 5, 5, 12_000, 3, Day(2013, 3, 31)),
    ("G-109", "Hana Sato", "NSO", Day(2003, 10, 1), 4, 4, 5_000, 1, Day(2013, 9, 30)),
    ("G-110", "Fay Lund", "ISO", Day(2004, 8, 2), 4, 4, 8_000, 2, Day(2014, 8, 1)),
    ("G-111", "Ben Katz", "NSO", Day(2004, 9, 1), 4.5, 4.5, 10_000, 2, Day(2014, 8, 31)),
    ("G-112", "Dana Wu", "ISO", Day(2005, 1, 10), 5, 5.5, 12_000, 3, Day(2010, 1, 9)),
)
_EVENTS = (
    (Day(2001, 1, 2), "RESERVE", None, RESERVE),
    (Day(2002, 9, 5), "EXERCISE", "G-103", 3_000),
    (Day(2003, 6, 2), "EXERCISE", "G-101", 12_000),
    (Day(2004, 3, 1), "CANCEL", "G-109", 5_000),
    (Day(2004, 5, 3), "EXERCISE", "G-108", 4_000),
    (SPLIT_DAY, "SPLIT", None, "2-for-1"),
    (Day(2004, 12, 31), "TERMINATE", "G-108", 16_000),
    (Day(2005, 2, 1), "EXERCISE", "G-102", 10_000),
)


def clean() -> Ledger:
    """The ledger, complete."""
    ledger = Ledger()
    for name, relationship, owner in _HOLDERS:
        ledger.Holders.append({"key": name, "holder": name, "relationship": relationship, "ten_percent": owner})
    ledger.row("Holders", "Gus Park").update(terminated=Day(2004, 12, 31), end_reason="TERMINATION")
    for terms in _GRANTS:
        add_grant(ledger, *terms)
    for day, action, grant, shares in _EVENTS:
        add_event(ledger, day, action, grant, shares)
    ledger.Activity.sort(key=lambda row: row["date"])  # type: ignore[arg-type,return-value]  # all are dates
    _record(ledger)
    return ledger


def add_grant(
    ledger: Ledger, number: str, holder: str, kind: str, day: Day, fmv: float, price: float, shares: int, years: int,
    expires: Day,
) -> None:  # fmt: skip
    common: Row = {"grant": number, "holder": holder, "grant_type": kind, "grant_date": day, "fmv": fmv}
    schedule: Row = {"vesting_start": day, "months": 12 * years, "cliff": 12, "every": 12}
    row = {"key": number, **common, "exercise_price": price, "shares": shares, "expires": expires, **schedule}
    ledger.Grants.append({**row, "exercise_months": 3})
    for number_of_year in range(1, years + 1):
        first = day.replace(year=day.year + number_of_year)
        tranche = {**common, "first_exercisable": first, "shares": shares // years}
        ledger.Vesting.append({"key": f"{number}/{number_of_year}", **tranche})
    add_event(ledger, day, "GRANT", number, shares, kind)


def add_event(
    ledger: Ledger, day: Day, action: str, grant: str | None, shares: object, kind: str | None = None
) -> None:
    key = f"{action} {grant}" if grant else action
    row: Row = {"date": day, "action": action, "grant": grant, "shares": shares, "grant_type": kind}
    ledger.Activity.append({"key": key, **row})


def _record(ledger: Ledger) -> None:
    """What is recorded of the limit and of the split."""
    order = ("grant", "grant_date", "fmv", "first_exercisable", "shares", "holder", "grant_type")
    columns = [[[row[name]] for row in ledger.Vesting] for name in order]
    fields = ("date", "action", "grant", "shares", "grant_type")
    headings = ["Date", "Action", "Grant", "Shares", "Type"]
    activity = [headings, *([row[name] for name in fields] for row in ledger.Activity)]
    answers = ISO_LIMIT_SPLIT(*columns, activity)
    assert isinstance(answers, list), answers
    for row, (iso, nso) in zip(ledger.Vesting, answers, strict=True):
        row.update(iso_shares=iso, nso_shares=nso)
    for row in ledger.Grants:
        tranches = [tranche for tranche in ledger.Vesting if tranche["grant"] == row["grant"]]
        for name in ("iso_shares", "nso_shares"):
            row[name] = sum(tranche[name] for tranche in tranches)  # type: ignore[misc]  # numbers all
        if row["grant_date"] < SPLIT_DAY and row["grant"] not in ("G-109",):  # type: ignore[operator]  # a date
            adjusted = ADJUST_FOR_SPLIT(row["shares"], row["exercise_price"], 2, 1)
            assert isinstance(adjusted, list), adjusted
            row.update(split_shares=adjusted[0][0], split_price=adjusted[0][1])


OUTSTANDING = (  # at the merger, in its shares and prices
    ("G-101", "Ana Ortiz", 24_000, 5),
    ("G-102", "Ben Katz", 20_000, 4),
    ("G-103", "Cleo Mann", 6_000, 4.5),
    ("G-104", "Dana Wu", 18_000, 5.5),
    ("G-105", "Ana Ortiz", 12_000, 6),
    ("G-106", "Eli Roth", 8_000, 3.75),
    ("G-107", "Fay Lund", 80_000, 3.13),
    ("G-110", "Fay Lund", 8_000, 4),
    ("G-111", "Ben Katz", 10_000, 4.5),
    ("G-112", "Dana Wu", 12_000, 5.5),
)


def after_merger() -> Ledger:
    """The ledger after a merger at $5.80 that ended every option, each paid for itself; one was under water."""
    ledger = clean()
    price = MERGER_CASHOUT_BY_HOLDER(5.8, *([[each[at]] for each in OUTSTANDING] for at in (2, 3, 1)))
    assert isinstance(price, list), price
    for holder, _, _, per_option, _ in price[1:]:
        ledger.row("Holders", str(holder))["cashout"] = per_option
    for number, *_ in OUTSTANDING:
        add_event(ledger, MERGER_DAY, "CANCEL", number, None)
    _record(ledger)
    return ledger
