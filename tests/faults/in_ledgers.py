"""Faults of the ledger: cells, rows, columns, names and what the plan does not allow."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from faults.ledger import Day, Ledger, Row, add_event, add_grant
from faults.planting import FORMULAS, Spot, in_ledger, of_grant, of_records
from plansheet.excel import ExcelError


def _number(row: Row, field: str) -> Any:
    return row[field]


def change(
    kind: str, ledger_name: str, key: str, *more: Spot, needs: tuple[tuple[str, str], ...] = (), **cells: object
) -> None:
    """A fault that enters other cells in one record; the finding stands there, or at ``more``."""

    @in_ledger(kind, *needs)
    def plant(ledger: Ledger) -> Iterable[Spot]:
        ledger.row(ledger_name, key).update(cells)
        return [*((ledger_name, key, field) for field in cells), *more]


def drop(kind: str, ledger_name: str, key: str, *shows: Spot) -> None:
    @in_ledger(kind)
    def plant(ledger: Ledger) -> Iterable[Spot]:
        ledger.rows(ledger_name).remove(ledger.row(ledger_name, key))
        return shows


def repeat(kind: str, ledger_name: str, key: str, *more: Spot) -> None:
    @in_ledger(kind)
    def plant(ledger: Ledger) -> Iterable[Spot]:
        rows = ledger.rows(ledger_name)
        again = {**ledger.row(ledger_name, key), "key": f"{key} again"}
        rows.insert(rows.index(ledger.row(ledger_name, key)) + 1, again)
        return [*of_records(ledger_name, key, f"{key} again"), *more]


MISSING, LOST = ExcelError("#N/A", ""), ExcelError("#REF!", "")

# --- Cells ------------------------------------------------------------------------------------------------------------

change("date-as-text", "Grants", "G-104", grant_date="01/15/2002")
change("exercisable-date-as-text", "Vesting", "G-105/1", first_exercisable="3/2/03")
change("number-as-text", "Vesting", "G-105/1", shares="3,000")
change("number-as-text-in-transaction", "Activity", "EXERCISE G-103", shares="3000")
change("date-day-and-month-exchanged", "Grants", "G-102", *of_grant("G-102"), grant_date=Day(2001, 1, 5))
_SCHEDULED = (("Grants", "months"), ("Vesting", "first_exercisable"))  # nothing else tells when it was to be
change(
    "exercisable-day-and-month-exchanged", "Vesting", "G-105/1", ("Grants", "G-105", None), needs=_SCHEDULED,
    first_exercisable=Day(2003, 2, 3),
)  # fmt: skip
change(
    "transaction-day-and-month-exchanged", "Activity", "EXERCISE G-103", ("Grants", "G-103", None), date=Day(2002, 5, 9)
)
change("date-of-another-century", "Grants", "G-104", grant_date=Day(1902, 1, 15))
change("date-from-1904", "Grants", "G-107", *of_grant("G-107"), grant_date=Day(2003, 3, 3) - dt.timedelta(days=1462))
change("date-blank", "Grants", "G-106", grant_date=None)
change("shares-negative", "Grants", "G-107", shares=-40_000)
change("tranche-negative", "Vesting", "G-107/2", shares=-10_000)
change("value-zero", "Grants", "G-102", fmv=0)
change("value-blank", "Grants", "G-102", fmv=None)
change("error-in-a-cell", "Vesting", "G-107/2", shares=MISSING)
change("error-in-a-name", "Grants", "G-107", holder=LOST)
change("shares-in-thousands", "Grants", "G-108", *of_grant("G-108"), shares=12)
change("shares-digits-exchanged", "Grants", "G-101", *of_grant("G-101"), shares=42_000)
change("tranche-of-part-shares", "Vesting", "G-107/3", *of_grant("G-107"), shares=9_999)
change("price-in-cents", "Grants", "G-101", fmv=1_000)
change("exercise-of-half-a-share", "Activity", "EXERCISE G-103", shares=1_000.5)

# --- Rows and columns -------------------------------------------------------------------------------------------------

_EXERCISED = ("Activity", "EXERCISE G-103", None)
drop("grant-row-deleted", "Grants", "G-103", *of_grant("G-103"), _EXERCISED)
drop("tranche-row-deleted", "Vesting", "G-107/4", *of_grant("G-107"))
drop("grant-transaction-deleted", "Activity", "GRANT G-107", ("Grants", "G-107", None))
drop("holder-row-deleted", "Holders", "Cleo Mann", ("Grants", "G-103", None))
repeat("grant-row-twice", "Grants", "G-107")
repeat("tranche-row-twice", "Vesting", "G-107/3", *of_grant("G-107"))
repeat("exercise-row-twice", "Activity", "EXERCISE G-103", ("Grants", "G-103", None))
repeat("holder-row-twice", "Holders", "Fay Lund")


@in_ledger("row-blank-in-the-middle")
def _(ledger: Ledger) -> Iterable[Spot]:
    ledger.Vesting.insert(7, {"key": "blank"})
    return [("Vesting", "blank", None)]


@in_ledger("total-without-a-word")
def _(ledger: Ledger) -> Iterable[Spot]:
    ledger.Grants.append({"key": "total", "shares": sum(_number(row, "shares") for row in ledger.Grants)})
    return [("Grants", "total", None)]


@in_ledger("value-and-price-columns-exchanged")
def _(ledger: Ledger) -> Iterable[Spot]:
    for row in ledger.Grants:
        row.update(fmv=row["exercise_price"], exercise_price=row["fmv"])
    return of_records("Grants", "G-104", "G-112")


@in_ledger("date-columns-exchanged", ("Vesting", "grant_date"))
def _(ledger: Ledger) -> Iterable[Spot]:
    for row in ledger.Vesting:
        row.update(grant_date=row["first_exercisable"], first_exercisable=row["grant_date"])
    return [*of_records("Vesting", *(str(row["key"]) for row in ledger.Vesting)), (FORMULAS, "split", None)]


@in_ledger("column-down-by-one")
def _(ledger: Ledger) -> Iterable[Spot]:
    shares = [row["shares"] for row in ledger.Grants]
    for row, moved in zip(ledger.Grants, [shares[-1], *shares], strict=False):
        row["shares"] = moved
    return of_records("Grants", *(str(row["key"]) for row in ledger.Grants))


@in_ledger("column-sorted-alone")
def _(ledger: Ledger) -> Iterable[Spot]:
    days = sorted(_number(row, "first_exercisable") for row in ledger.Vesting)
    for row, day in zip(ledger.Vesting, days, strict=True):
        row["first_exercisable"] = day
    keys = [str(row["key"]) for row in ledger.Vesting]
    return [*of_records("Vesting", *keys), *of_records("Grants", *(key[:5] for key in keys))]


# --- Names and words --------------------------------------------------------------------------------------------------

change("holder-misspelt", "Grants", "G-105", holder="Ana Orti")
change("holder-with-a-space", "Grants", "G-105", holder="Ana Ortiz ")
change("holder-with-a-hard-space", "Grants", "G-105", holder="Ana Ortiz\u00a0")
change("grant-number-in-small-letters", "Activity", "EXERCISE G-103", grant="g-103")
change("grant-misspelt-in-tranche", "Vesting", "G-105/2", grant="G-905")
change("grant-misspelt-in-transaction", "Activity", "EXERCISE G-102", grant="G-907")
change("action-misspelt", "Activity", "EXERCISE G-102", action="EXCERCISE")
change("type-of-another-kind", "Activity", "GRANT G-102", ("Grants", "G-102", None), grant_type="NSO")
change("type-unknown", "Grants", "G-102", grant_type="ISOP")
change("transaction-of-other-shares", "Activity", "GRANT G-102", ("Grants", "G-102", None), shares=14_000)
change("transaction-of-another-day", "Activity", "GRANT G-102", ("Grants", "G-102", None), date=Day(2001, 6, 1))

# --- The plan ---------------------------------------------------------------------------------------------------------

change("value-and-price-exchanged", "Grants", "G-104", fmv=11, exercise_price=10)
change("price-of-another-grant", "Grants", "G-105", exercise_price=5)
change("tranche-of-another-value", "Vesting", "G-105/2", fmv=5)
change("iso-to-consultant", "Holders", "Fay Lund", *of_records("Grants", "G-107", "G-110"), relationship="Consultant")
change("iso-below-value", "Grants", "G-102", exercise_price=7.99)
_OWNERS = (("Holders", "ten_percent"),)
change("ten-percent-owner-at-value", "Grants", "G-104", needs=_OWNERS, exercise_price=10)
change("iso-over-ten-years", "Grants", "G-102", expires=Day(2011, 5, 2))
change("ten-percent-owner-over-five-years", "Grants", "G-104", needs=_OWNERS, expires=Day(2012, 1, 14))
change("expiry-blank", "Grants", "G-102", expires=None)
change("expires-before-it-was-granted", "Grants", "G-102", expires=Day(2001, 1, 2))
_GRANTED = of_records("Activity", *(f"GRANT G-{number}" for number in range(101, 113)))
drop("reserve-deleted", "Activity", "RESERVE", *_GRANTED, (FORMULAS, "pool", None))


@in_ledger("reserve-too-small", ("Plan", "value"))
def _(ledger: Ledger) -> Iterable[Spot]:
    add_grant(ledger, "G-113", "Fay Lund", "NSO", Day(2003, 6, 2), 5, 5, 900_000, 2, Day(2013, 6, 1))
    return of_records("Activity", "GRANT G-113", "SPLIT")


@in_ledger("grant-after-the-plan", ("Plan", "value"))
def _(ledger: Ledger) -> Iterable[Spot]:
    add_grant(ledger, "G-113", "Fay Lund", "ISO", Day(2006, 5, 2), 4, 4, 8_000, 2, Day(2016, 5, 1))
    return [("Grants", "G-113", None)]


@in_ledger("over-the-yearly-limit")
def _(ledger: Ledger) -> Iterable[Spot]:
    add_grant(ledger, "G-113", "Fay Lund", "NSO", Day(2003, 6, 2), 5, 5, 600_000, 2, Day(2013, 6, 1))
    return [*of_records("Grants", "G-107", "G-113"), ("Activity", "GRANT G-113", None), ("Holders", "Fay Lund", None)]


@in_ledger("exercise-too-early")
def _(ledger: Ledger) -> Iterable[Spot]:
    add_event(ledger, Day(2005, 2, 1), "EXERCISE", "G-110", 1_000)
    return [("Activity", "EXERCISE G-110", None)]


change("exercise-of-too-much", "Activity", "EXERCISE G-102", shares=100_000)


@in_ledger("cancelled-twice")
def _(ledger: Ledger) -> Iterable[Spot]:
    add_event(ledger, Day(2004, 3, 2), "CANCEL", "G-109", 5_000)
    ledger.Activity[-1]["key"] = "CANCEL G-109 again"
    ledger.Activity.sort(key=lambda row: _number(row, "date"))
    return of_records("Activity", "CANCEL G-109", "CANCEL G-109 again")


change(
    "exercise-after-expiry", "Grants", "G-102", ("Grants", "G-102", None), ("Activity", "EXERCISE G-102", None),
    expires=Day(2004, 1, 31),
)  # fmt: skip
_EMPLOYED = (("Holders", "terminated"), ("Grants", "exercise_months"))
change("exercise-after-employment", "Activity", "EXERCISE G-108", needs=_EMPLOYED, date=Day(2005, 6, 1), shares=8_000)


def _of_tranche(kind: str, tranche: dict[str, float], grant: dict[str, float]) -> None:
    @in_ledger(kind)
    def plant(ledger: Ledger) -> Iterable[Spot]:
        ledger.row("Vesting", "G-101/1").update(tranche)
        ledger.row("Grants", "G-101").update(grant)  # a layout shows one of the two
        fields = ("iso_shares", "nso_shares")
        return [*(("Vesting", "G-101/1", f) for f in fields), *(("Grants", "G-101", f) for f in fields)]


_of_tranche(
    "recorded-iso-by-one", {"iso_shares": 19_999, "nso_shares": 4_001}, {"iso_shares": 39_999, "nso_shares": 8_001}
)
_of_tranche(
    "recorded-iso-with-too-much", {"iso_shares": 24_000, "nso_shares": 0}, {"iso_shares": 48_000, "nso_shares": 0}
)
change("split-not-in-price", "Grants", "G-107", split_price=6.25)
change("split-not-in-shares", "Grants", "G-107", split_shares=40_000)
change("split-twice-in-price", "Grants", "G-107", split_price=1.57)
change("split-twice-in-shares", "Grants", "G-107", split_shares=160_000)
change("split-price-by-a-cent", "Grants", "G-107", split_price=3.12)
change("split-read-as-a-time", "Activity", "SPLIT", shares=(2 + 1 / 60) / 24)
_AFTER_SPLIT: list[Spot] = [
    *of_records("Activity", "SPLIT", "EXERCISE G-102", "TERMINATE G-108"),
    *of_records("Grants", *(f"G-{number}" for number in range(101, 110))),
    *of_records("Vesting", *(f"G-{number}/{year}" for number in range(101, 110) for year in range(1, 5))),
]
change("split-the-wrong-way", "Activity", "SPLIT", *_AFTER_SPLIT, shares="1-for-2")
drop("split-deleted", "Activity", "SPLIT", *_AFTER_SPLIT)


@in_ledger("recorded-payment-of-the-other-reading")
def _(ledger: Ledger) -> Iterable[Spot]:
    ledger.row("Holders", "Ana Ortiz")["cashout"] = 16_800
    return [("Holders", "Ana Ortiz", "cashout")]


@in_ledger("recorded-payment-by-a-cent")
def _(ledger: Ledger) -> Iterable[Spot]:
    row = ledger.row("Holders", "Fay Lund")
    row["cashout"] = round(float(row.get("cashout") or 0) + 0.01, 2)  # type: ignore[arg-type]  # a number
    return [("Holders", "Fay Lund", "cashout")]
