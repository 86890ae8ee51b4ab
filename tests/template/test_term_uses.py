"""What the sheet Plan says of who uses a term, against what the rules really read while they are asked."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, ClassVar

import pytest

from plan.test_rules import CASES, CHECK_DAY, ledger_in, terms_of
from plansheet.core.records import Activity, Grant, Holder, Tranche
from plansheet.core.rule import run
from plansheet.excel.ledger_blocks import read_ledger
from plansheet.plan.deadlines import deadlines
from plansheet.plan.rules import RULES
from plansheet.plan.terms import FACTS, Terms, atg_1996, label
from plansheet.template.facts import sample, starter
from plansheet.template.ledgers import plan_table
from plansheet.template.term_uses import read_by_calendar, read_by_rules

NO_TERMS = {"listed", "sections", "title"}


class Watched(Terms):
    """Terms that remember what was read of them."""

    __slots__ = ()
    read: ClassVar[set[str]] = set()
    __hash__, __eq__ = object.__hash__, object.__eq__  # those of Terms read every term, which no rule asked for

    def __getattribute__(self, name: str) -> Any:
        if name in Terms.__dataclass_fields__:
            Watched.read.add(name)
        return super().__getattribute__(name)


def watched(terms: Terms) -> Watched:
    return Watched(**{field.name: getattr(terms, field.name) for field in dataclasses.fields(terms)})


@pytest.fixture(scope="module")
def read_in_cases() -> set[str]:
    """Every term that a rule reads in some case."""
    Watched.read.clear()
    for case in CASES:
        ledger, terms = ledger_in(case), watched(terms_of(case))
        Watched.read.discard("listed")
        for rule in RULES:
            if not rule.lacks(ledger):
                run(rule, ledger, terms, CHECK_DAY)
    return set(Watched.read) - NO_TERMS


def test_what_rules_read_is_said(read_in_cases: set[str]) -> None:
    assert read_in_cases - read_by_rules() == set(), "write it as terms.<name>, so that it is found"


def test_what_is_said_is_read_in_some_case(read_in_cases: set[str]) -> None:
    assert read_by_rules() - NO_TERMS - read_in_cases == set()


@pytest.mark.parametrize("facts", [sample(), starter()], ids=["sample", "starter"])
def test_what_deadlines_read_is_said(facts: Any) -> None:
    tables = {Grant: facts.grants, Tranche: facts.vesting, Activity: facts.activity, Holder: facts.holders}
    ledger = read_ledger({record: table.block() for record, table in tables.items()}).ledger
    terms = watched(atg_1996())
    Watched.read.clear()
    deadlines(ledger, terms, dt.date(2005, 1, 1))
    assert Watched.read - NO_TERMS <= read_by_calendar() | read_by_rules()


def test_the_sheet_says_of_each_term_what_reads_it() -> None:
    said = {row[0]: str(row[4]) for row in plan_table(starter(), atg_1996()).rows}
    for term in atg_1996().listed:
        if len(term.known) == 1:
            assert said[term.label] == "fixed"
        else:
            assert ("checks" in said[term.label]) == (term.name in read_by_rules())
    for name in FACTS:
        assert ("checks" in said[label(name)]) == (name in read_by_rules())
    assert "Calendar" in said["Warning days"]
    assert "" not in said.values()


def test_the_watch_sees_what_is_read() -> None:
    Watched.read.clear()
    assert watched(atg_1996()).iso_limit == 100_000
    assert Watched.read == {"iso_limit"}
