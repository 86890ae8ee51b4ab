"""No rule fails on a ledger for what it holds: blank or unreadable cells, days at the calendar's ends, odd numbers.

A rule that fails leaves everybody without its answer, and the ledger that needs it most is the one that is odd.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from plansheet.core.records import (
    ACTIVITY_ESSENTIALS,
    RECORDS,
    TABLES,
    Activity,
    Column,
    Grant,
    Holder,
    Holding,
    Kind,
    Ledger,
    Member,
    Ratio,
    Tranche,
    Unread,
    columns,
    ledger_of,
)
from plansheet.core.words import Action, CashoutMethod, GrantType, Identifier, Recycling, SplitMethod
from plansheet.excel.record_rows import KEYS
from plansheet.plan.checking import outcome
from plansheet.plan.deadlines import deadlines
from plansheet.plan.rules import RULES
from plansheet.plan.terms import Terms, atg_1996, with_values

CHECK_DAY = dt.date(2011, 1, 31)
Records = dict[type[Any], list[Any]]

USUAL: dict[Kind, Any] = {
    Kind.IDENTIFIER: Identifier("Ada"), Kind.DATE: dt.date(2004, 3, 1), Kind.SHARES: 100, Kind.MONEY: 10,
    Kind.MONTHS: 3, Kind.FLAG: True, Kind.PERCENT: 40, Kind.TEXT: "Employee",
}  # fmt: skip
ODD: dict[Kind, tuple[Any, ...]] = {
    Kind.DATE: (dt.date.min, dt.date.max, dt.date(2004, 2, 29)),
    Kind.SHARES: (0, 10**15, Fraction(1, 3)),
    Kind.MONEY: (0, 10**15, Fraction(1, 10**9)),
    Kind.MONTHS: (0, 1200),
    Kind.FLAG: (False,),
    Kind.PERCENT: (0, 100, Fraction(1, 3)),
    Kind.TEXT: ("", "; ; ", "."),
    Kind.IDENTIFIER: (Identifier("Nobody"),),
}


def full(record: type[Any], row: int, **known: Any) -> Any:
    """A record with something in every field."""
    usual = {c.name: USUAL[c.kind] if c.words is None else next(iter(c.words)) for c in columns(record)}
    return record(**(usual | known), row=row)


def usual_records() -> Records:
    """An ISO, an NSO and an option in place of the first; every action of Activity twice: of one grant and of all."""
    day = dt.date(2004, 3, 1)
    grants = [Identifier(f"G-{number}") for number in (1, 2, 3)]
    of_all = {"date": dt.date(2006, 3, 1), "shares": 5, "grant": None}
    activity = [
        full(Activity, row, action=action, date=dt.date(2005, 3, 1), shares=5, grant=grants[row % 3])
        for row, action in enumerate((Action.GRANT, Action.GRANT, Action.GRANT, *Action), start=2)
    ]
    activity += [full(Activity, row, action=action, **of_all) for row, action in enumerate(Action, start=40)]
    splits = [replace(row, ratio=Ratio(1, 200), shares=None) for row in activity if row.action is Action.SPLIT]
    return {
        Holder: [full(Holder, 2, holder=Identifier("Ada"), terminated=dt.date(2010, 12, 1), country="France")],
        Grant: [
            full(Grant, 2, grant=grants[0], grant_type=GrantType.ISO, plan=None, replaces=None, vesting_start=None),
            full(Grant, 3, grant=grants[1], grant_type=GrantType.NSO, plan=None, replaces=None, expires=CHECK_DAY),
            full(Grant, 4, grant=grants[2], plan=None, replaces=grants[0], expires=dt.date(2011, 3, 1)),
        ],
        Tranche: [
            full(Tranche, row, grant=grant, grant_type=None, first_exercisable=first)
            for row, (grant, first) in enumerate(((grants[0], day), (grants[2], None)), start=2)
        ],
        Activity: [row for row in activity if row.action is not Action.SPLIT] + splits,
        Member: [full(Member, 2), full(Member, 3, member=Identifier("Bob"), until=None)],
        Holding: [full(Holding, 2, owner=None), full(Holding, 3, owner="Eve", held_as=None)],
    }


MERGER = {
    "merger_price": 30, "merger_date": dt.date(2010, 12, 15), "merger_notice": dt.date(2010, 11, 15),
    "merger_exercise_by": dt.date(2010, 12, 10), "merger_accelerates": True, "merger_contingent": True,
}  # fmt: skip
FACTS = {"adopted": dt.date(1996, 4, 25), "registered": dt.date(1999, 7, 1)}
USUAL_TERMS = with_values(atg_1996(), FACTS, "the case")
IN_A_MERGER = with_values(atg_1996(), FACTS | MERGER, "the case")


def everything(records: Records, unread: list[Unread]) -> Ledger:
    return ledger_of(records, ((record, column.name) for record in RECORDS for column in columns(record)), unread)


def failures(ledger: Ledger, terms: Terms, day: dt.date = CHECK_DAY) -> list[str]:
    deadlines(ledger, terms, day)
    asked = outcome(RULES, ledger, terms, day)
    assert not asked.lacking
    return [f"{rule.code}: {why}" for rule, why in asked.failed]


FIELDS = [
    pytest.param(record, column, id=f"{TABLES[record]}, {column.heading}")
    for record in RECORDS
    for column in columns(record)
]


def with_field(record: type[Any], name: str, value: object, wanted: Callable[[int], bool]) -> Records:
    records = usual_records()
    records[record] = [replace(r, **{name: value}) if wanted(at) else r for at, r in enumerate(records[record])]
    return records


def everywhere_or_first() -> tuple[Callable[[int], bool], ...]:
    return (lambda at: True), (lambda at: at == 0)


@pytest.mark.parametrize("terms", [USUAL_TERMS, IN_A_MERGER], ids=["no merger", "a merger"])
@pytest.mark.parametrize(("record", "column"), FIELDS)
def test_a_blank_or_unreadable_cell_fails_no_rule(record: type[Any], column: Column, terms: Terms) -> None:
    """A record without its key, or a row of Activity without a date or an action, is none and stands in no ledger."""
    key, lost = KEYS[record], record is Activity and column.name in ACTIVITY_ESSENTIALS
    for wanted in everywhere_or_first():
        records = with_field(record, column.name, None, wanted)
        changed = [r for at, r in enumerate(records[record]) if wanted(at)]
        unread = [Unread(r, column.name, f"row {r.row} cannot be read") for r in changed]
        if column.name == key or (record is Activity and column.name == "date"):
            records[record] = [r for at, r in enumerate(records[record]) if not wanted(at)]
        else:
            assert failures(everything(records, []), terms) == []
        if lost:
            records[record] = [r for at, r in enumerate(records[record]) if not wanted(at)]
        assert failures(everything(records, unread), terms) == []


def odd_values(column: Column) -> Iterator[object]:
    yield from column.words or ODD[column.kind]


@pytest.mark.parametrize(("record", "column"), FIELDS)
def test_no_value_that_a_cell_may_hold_fails_a_rule(record: type[Any], column: Column) -> None:
    for value in odd_values(column):
        for wanted, terms in zip(everywhere_or_first(), (USUAL_TERMS, IN_A_MERGER), strict=True):
            if value is not Action.SPLIT:  # which is no row without its ratio
                assert failures(everything(with_field(record, column.name, value, wanted), []), terms) == []


TERMS = [
    {"split_method": method.label, "recycling": recycling.label, "cashout_method": cashout.label}
    for method, recycling, cashout in zip(SplitMethod, (*Recycling, Recycling.NET), (*CashoutMethod,) * 2, strict=False)
]
DAYS = [dt.date.min, dt.date(2004, 3, 1), CHECK_DAY, dt.date.max]


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("values", [*TERMS, {"yearly_grant_limit": "NONE"}, {"reserve": 0}], ids=str)
def test_no_term_and_no_day_of_a_check_fails_a_rule(values: dict[str, Any], day: dt.date) -> None:
    for terms in (USUAL_TERMS, IN_A_MERGER):
        ledger = everything(usual_records(), [])
        assert failures(ledger, with_values(terms, values, "the case"), day) == []


@pytest.mark.parametrize("day", [dt.date.min, dt.date(2004, 2, 29), dt.date.max], ids=str)
@pytest.mark.parametrize("name", ["adopted", "registered", "approved", *(n for n in MERGER if "_" in n)])
def test_no_date_of_the_plan_fails_a_rule(name: str, day: dt.date) -> None:
    terms = with_values(IN_A_MERGER, {name: day if not isinstance(MERGER.get(name), int) else 0}, "the case")
    assert failures(everything(usual_records(), []), terms) == []


@pytest.mark.parametrize("left_out", RECORDS, ids=lambda record: TABLES[record])
def test_no_empty_ledger_fails_a_rule(left_out: type[Any]) -> None:
    for records in ({**usual_records(), left_out: []}, {left_out: usual_records()[left_out]}):
        for terms in (USUAL_TERMS, IN_A_MERGER):
            assert failures(everything(records, []), terms) == []


def test_the_records_have_something_in_every_field() -> None:
    """So that a field added later is asked about too."""
    for record, made in usual_records().items():
        blank = {c.name for c in columns(record) if all(getattr(one, c.name) is None for one in made)}
        assert blank <= {"plan", "grant_type"}, record
