"""PLAN_CHECK, PLAN_UNCHECKED and PLAN_CALENDAR: the validator's rules on blocks, the same findings and sentences."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from plan.test_rules import ADOPTED, CASES, TABLES, Case, as_of, found_in, open_in, where
from plansheet.core.records import TABLES as NAMES
from plansheet.core.records import Activity, Grant, Holder, Holding, Member, Tranche, heading
from plansheet.core.rule import Hit, Rule, Severity, Unsettled, rule
from plansheet.core.words import Identifier
from plansheet.excel import PLAN_CALENDAR, PLAN_CHECK, PLAN_UNCHECKED, ExcelError, as_shown
from plansheet.plan.deadlines import Deadline, Due
from plansheet.plan.rules import RULES
from plansheet.plan.terms import atg_1996, label
from plansheet.template import build_sample
from plansheet.template.facts import sample
from plansheet.template.ledgers import plan_table
from plansheet.workbook.checks import Options, check

ALL = (PLAN_CHECK, PLAN_UNCHECKED, PLAN_CALENDAR)
HEAD = ["Code", "Severity", "Where", "What is wrong", "What to do"]
DAY = dt.datetime(2004, 1, 5)
GRANTS = [
    ["Grant", "Holder", "Type", "Grant date", "FMV", "Shares", "Expires"],
    ["G-1", "Ada", "ISO", DAY, 10, 100, dt.datetime(2014, 1, 4)],
    ["G-2", "Bo", "NSO", DAY.replace(year=2005), 10, 100, dt.datetime(2013, 1, 4)],
]
VESTING = [
    ["Grant", "First exercisable", "Shares"],
    ["G-1", DAY.replace(year=2006), 100],
    ["G-2", DAY.replace(year=2006), 100],
]
ARGUMENTS = {
    Grant: "grants", Tranche: "vesting", Activity: "activity", Holder: "holders", Member: "committee",
    Holding: "holdings",
}  # fmt: skip


def without(head: list[str], rows: list[list[Any]], *headings: str) -> list[list[Any]]:
    kept = [at for at, heading in enumerate(head) if heading not in headings]
    return [[row[at] for at in kept] for row in rows]


# --- The same as plansheet check --------------------------------------------------------------------------------------


ADOPTED_PLAN = [["Term", "Value"], ["Adopted", dt.datetime(1996, 4, 25)]]


def is_block(case: Case) -> bool:
    """Whether the case's ledgers are such as a block can hold: no cell that only says that it cannot be read."""
    return not any(isinstance(cell, dict) for name in TABLES for row in case.get(name, []) for cell in row)


def cell(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def blocks_of(case: Case) -> dict[str, Any]:
    terms = [[label(name), cell(value)] for name, value in {"adopted": ADOPTED, **case.get("terms", {})}.items()]
    plan = [["Term", "Value"], *terms]
    day = dt.datetime.combine(as_of(case), dt.time())
    tables = {
        ARGUMENTS[record]: [[cell(value) for value in row] for row in case[name]]
        for name, record in TABLES.items()
        if name in case
    }
    return {"grants": None, **tables, "plan": plan, "as_of": day}


def of_the_block(place: str) -> str:
    """Where the case's finding stands in a block: cases count rows as a sheet does, with the headings in row 1."""
    return re.sub(r" (\d+),", lambda m: f" row {int(m[1]) - 1},", place) or "the ledger"


def sentences(text: str) -> str:
    return re.sub(r"\brow \d+", "row", text)


READABLE = [case for case in CASES if is_block(case)]


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c['rule']}: {c['name']}") for c in READABLE])
def test_a_case_of_the_rules_gives_the_same_in_a_sheet(case: Case) -> None:
    said = PLAN_CHECK(**blocks_of(case))
    if isinstance(said, ExcelError):  # no ledger without what makes it one
        assert re.search("has no (column|headings)", said.message), said.message
        return
    found = {(f.code, of_the_block(where(f)), sentences(f.message), sentences(f.fix)) for f in found_in(case)}
    assert said[0] == HEAD
    assert {(row[0], row[2], sentences(row[3]), sentences(row[4])) for row in said[1:]} == found
    open_ones = {f"{what}: {why}" for what, why in PLAN_UNCHECKED(**blocks_of(case))[1:]}
    assert {sentences(each) for each in open_in(case)} <= {sentences(each) for each in open_ones}


def test_many_cases_can_be_asked_in_a_sheet() -> None:
    asked = [case for case in READABLE if not isinstance(PLAN_CHECK(**blocks_of(case)), ExcelError)]
    assert len(asked) > len(CASES) // 3  # the others are of single tables, or without what a ledger is known by


def test_the_sample_gives_what_the_check_of_its_file_gives(tmp_path: Path) -> None:
    facts = sample()
    build_sample(tmp_path / "sample.xlsx")
    checked = check(tmp_path / "sample.xlsx", Options(as_of=facts.merger_date))
    day = dt.datetime.combine(facts.merger_date, dt.time())
    tables = {"grants": facts.grants, "vesting": facts.vesting, "activity": facts.activity, "holders": facts.holders}
    blocks = {**{name: table.block() for name, table in tables.items()}, "plan": plan_table(facts, atg_1996()).block()}
    said = PLAN_CHECK(**blocks, as_of=day)[1:]
    assert said
    assert sorted((c, s, m, f) for c, s, _, m, f in said) == sorted(
        (f.code, f.severity.value, f.message, f.fix) for f in checked.findings
    )
    rows = PLAN_UNCHECKED(**blocks, as_of=day)[1:]
    open_ones = {why for what, why in rows if ": no column " not in what}
    assert open_ones == {n.why for n in checked.not_checked if not n.columns}
    lacked = {f"{table}: no column {name}" for n in checked.not_checked for table, name in n.columns}
    assert {what for what, _ in rows if ": no column " in what} == lacked


# --- Where, and in what order -----------------------------------------------------------------------------------------


def test_a_sound_ledger_gives_the_headings_alone() -> None:
    assert PLAN_CHECK(GRANTS, VESTING) == [HEAD]


def test_rows_count_from_1_below_the_headings_and_blank_ones_count() -> None:
    blank = [None] * len(GRANTS[0])
    wrong = ["G-3", "Cy", "ISO", "03/04/05", 10, 100, None]
    tranche = [["G-3", DAY, 100]]
    (line,) = [r for r in PLAN_CHECK([*GRANTS, blank, wrong], VESTING + tranche)[1:] if r[0] == "LEDGER001"]
    assert line[1:3] == ["error", "Grants row 4, Grant date"]
    assert line[3].startswith('Grants row 4: Grant date holds the text "03/04/05"')


def test_errors_come_first_then_tables_then_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def toy(code: str, severity: Severity, kinds: tuple[str, ...]) -> Rule:
        @rule(code, severity, plan="§5", message="{n}.", fix="Enter {n}.")
        def found(ledger: Any, terms: Any, as_of: Any) -> Any:
            """One."""
            for kind in kinds:
                for record in reversed(getattr(ledger, kind)):
                    yield Hit(record, "grant", {"n": record.row})
            yield Hit(None, None, {"n": code})

        return found

    toys = (toy("A001", Severity.WARNING, ("tranches",)), toy("B001", Severity.ERROR, ("tranches", "grants")))
    monkeypatch.setattr("plansheet.excel.checking.RULES", toys)
    assert [row[:3] for row in PLAN_CHECK(GRANTS, VESTING)[1:]] == [
        ["B001", "error", "the ledger"],
        ["B001", "error", "Grants row 1, Grant"],
        ["B001", "error", "Grants row 2, Grant"],
        ["B001", "error", "Vesting row 1, Grant"],
        ["B001", "error", "Vesting row 2, Grant"],
        ["A001", "warning", "the ledger"],
        ["A001", "warning", "Vesting row 1, Grant"],
        ["A001", "warning", "Vesting row 2, Grant"],
    ]


def test_a_field_without_a_column_leaves_its_row() -> None:
    grants = [["Grant", "Grant date", "Shares"], ["G-1", DAY, 100]]
    said = PLAN_CHECK(grants, [*VESTING[:2], ["G-7", DAY, 5]])[1:]
    assert {row[2] for row in said} <= {"Grants row 1", "Grants row 1, Shares", "Vesting row 1, Shares"} | {
        f"Vesting row {n}, {heading}" for n in (1, 2) for heading in VESTING[0]
    }


def test_the_rows_of_totals_of_a_table_are_no_records() -> None:
    total = ["Total", None, None, None, None, 200, None]
    assert PLAN_CHECK([*GRANTS, total], [*VESTING, ["Total", None, 200]]) == [HEAD]


def test_zeros_for_blanks_are_blanks() -> None:
    """FILTER and CHOOSECOLS give 0 for an empty cell, and Excel on the desktop for a blank row."""
    grants = [[*GRANTS[0], "Plan", "Vesting start"], *([*row, 0, 0] for row in GRANTS[1:]), [0] * 9]
    assert PLAN_CHECK(grants, [*VESTING, [0, 0, 0]], 0, 0, 0, 0) == [HEAD]


def test_a_rule_that_fails_is_told_and_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    @rule("BROKEN001", Severity.WARNING, plan="§5", message="{n}.", fix="Enter {n}.")
    def broken(ledger: Any, terms: Any, as_of: Any) -> Any:
        """It breaks."""
        raise ZeroDivisionError("by zero")
        yield

    monkeypatch.setattr("plansheet.excel.checking.RULES", (broken, *RULES))
    twice = PLAN_CHECK([*GRANTS, GRANTS[1]], VESTING)[1:]
    assert [row[0] for row in twice] == ["BROKEN001", "LEDGER003"]
    assert "report this" in twice[0][3]
    assert "BROKEN001" in {row[0] for row in PLAN_UNCHECKED(GRANTS, VESTING)[1:]}


# --- The day and the terms --------------------------------------------------------------------------------------------


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> list[dt.date]:
    """The days as of which the rules are asked."""
    asked: list[dt.date] = []

    @rule("DAY001", Severity.ERROR, plan="§5", message="{n}.", fix="Enter {n}.")
    def day(ledger: Any, terms: Any, as_of: dt.date) -> Any:
        """A day."""
        asked.append(as_of)
        yield from ()

    monkeypatch.setattr("plansheet.excel.checking.RULES", (day,))
    return asked


ACTIVITY = [["Date", "Action", "Grant", "Shares"], [dt.datetime(2006, 3, 1), "EXERCISE", "G-2", 5]]


@pytest.mark.parametrize(
    ("activity", "as_of", "expected"),
    [
        (ACTIVITY, dt.datetime(2004, 2, 1), dt.date(2004, 2, 1)),
        (ACTIVITY, dt.datetime(2010, 2, 1, 17), dt.date(2010, 2, 1)),
        (ACTIVITY, "2010-02-01", dt.date(2010, 2, 1)),
        (ACTIVITY, None, dt.date(2006, 3, 1)),
        (ACTIVITY, [[0]], dt.date(2006, 3, 1)),
        (None, None, dt.date(2005, 1, 5)),
    ],
)
def test_the_day(days: list[dt.date], activity: Any, as_of: Any, expected: dt.date) -> None:
    PLAN_CHECK(GRANTS, VESTING, activity, as_of=as_of)
    assert days == [expected]
    left_out = [why for what, why in PLAN_UNCHECKED(GRANTS, VESTING, activity, as_of=as_of)[1:] if what == "as_of"]
    is_left_out = as_of is None or as_of == [[0]]
    assert [f"checked as of {expected}" in why for why in left_out] == [True] * is_left_out


def test_the_day_of_an_empty_ledger_is_that_of_the_plan(days: list[dt.date]) -> None:
    assert PLAN_CHECK([GRANTS[0], [None] * 7]) == [HEAD]
    assert days == [dt.date(1996, 4, 25)]


PLAN = [["Section", "Value", "Term"], ["", 50_000, "ISO limit"], ["", None, "Merger date"], [None, None, None]]


def test_the_terms_are_those_of_the_plan_block(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = []

    @rule("LIMIT001", Severity.ERROR, plan="§5", message="{n}.", fix="Enter {n}.")
    def limit(ledger: Any, terms: Any, as_of: Any) -> Any:
        """A limit."""
        limits.append(terms.iso_limit)
        yield from ()

    monkeypatch.setattr("plansheet.excel.checking.RULES", (limit,))
    assert PLAN_CHECK(GRANTS, plan=PLAN) == [HEAD]
    PLAN_CHECK(GRANTS)
    assert limits == [50_000, 100_000]


def test_a_term_that_cannot_be_used_is_found_and_one_that_is_none_is_told() -> None:
    plan = [*PLAN, ["", "many", "Reserve"], ["", 5, "Colour of the plan"], ["", 60_000, "iso limit"]]
    said = PLAN_CHECK(GRANTS, VESTING, plan=plan)[1:]
    assert [row[:3] for row in said] == [
        ["LEDGER001", "error", "Plan row 4, Value"],
        ["LEDGER001", "error", "Plan row 6, Value"],
    ]
    assert said[0][3] == "Reserve cannot be used: the Plan sheet: reserve is many; write a number, not below zero."
    assert "is another than the 50000 above" in said[1][3]
    unchecked = PLAN_UNCHECKED(GRANTS, VESTING, plan=plan)
    assert ["Plan row 5 (Colour of the plan)", "no term is called so; it was not used"] in unchecked


# --- What was not checked ---------------------------------------------------------------------------------------------


def test_a_rule_without_its_columns_is_named_with_them() -> None:
    grants = without(GRANTS[0], GRANTS, "FMV", "Expires")
    rows = dict(PLAN_UNCHECKED(grants, VESTING, plan=ADOPTED_PLAN, as_of=DAY)[1:])
    there = {(Grant, name) for name in ("grant", "holder", "grant_type", "grant_date", "shares")}
    there |= {(Tranche, name) for name in ("grant", "first_exercisable", "shares")}
    lacking = {(need, each.code) for each in RULES for need in set(each.needs) - there}
    told = {
        (what, code) for what, why in rows.items() for code in why.removeprefix("not checked without it: ").split(", ")
    }
    assert told == {(f"{NAMES[kind]}: no column {heading(kind, name)}", code) for (kind, name), code in lacking}


def test_a_zero_is_a_blank_as_a_calculated_array_has_it() -> None:
    """FILTER and the like give 0 for a blank cell: no adjusted price, no value, no day."""
    blanks = {"Expires", "Price after split", "Shares after split", "Old shares", "Old price", "Old FMV", "New FMV"}
    grants = [[*GRANTS[0], *sorted(blanks - {"Expires"})], *([*row, *[0] * 6] for row in GRANTS[1:])]
    activity = [["Date", "Action", "Grant", "Shares", "FMV on the day"], [DAY, "EXERCISE", "G-1", 1, 0]]
    plan = [*ADOPTED_PLAN, ["Approved", 0], ["Merger price", 0], ["Merger date", 0]]
    with_none = [grants[0], *([*row, *[None] * 6] for row in GRANTS[1:])]
    blank = [activity[0], [DAY, "EXERCISE", "G-1", 1, None]]
    expected = PLAN_CHECK(with_none, VESTING, blank, plan=ADOPTED_PLAN, as_of=DAY)
    assert PLAN_CHECK(grants, VESTING, activity, plan=plan, as_of=DAY) == expected


def test_grants_that_were_taken_for_another_plans_are_named() -> None:
    plans = [
        [*GRANTS[0], "Plan"],
        *([*row, name] for row, name in zip(GRANTS[1:], ("", "Primus 1999 Plan"), strict=False)),
    ]
    told = dict(PLAN_UNCHECKED(plans[:3], as_of=DAY)[1:])
    assert "taken for another plan's" in told["1 grant of Primus 1999 Plan"]
    for own in ("ATG 1996", "ATG 1996 Stock Option Plan", "1996 Stock Option Plan"):
        plans[2][-1] = own
        assert not any("taken for another" in why for why in dict(PLAN_UNCHECKED(plans[:3], as_of=DAY)[1:]).values())


def test_a_table_without_rows_is_named() -> None:
    assert ["Vesting", "it has headings and no rows"] in PLAN_UNCHECKED(GRANTS, [VESTING[0], [None, None, None]])


# --- Calls that are refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"grants": [["Grant", "Shares"], ["G-1", 5]]}, "grants has no column Grant date"),
        ({"grants": [[None]]}, "grants has no headings in its first row"),
        ({"vesting": [["Grant", "Grant No.", "First exercisable", "Shares"]]}, "vesting: both"),
        ({"activity": [["Date", "Shares"], [DAY, 5]]}, "activity has no column Action"),
        ({"plan": [["Term", "Amount"], ["ISO limit", 5]]}, "plan has no column Value"),
        ({"as_of": "soon"}, "as_of holds the text"),
        ({"as_of": [[DAY], [DAY]]}, "as_of has 2 cells"),
        ({"as_of": "#REF!"}, "as_of is the error #REF!"),
    ],
)
def test_a_bad_argument_is_one_error_with_a_sentence_in_cells(function: Any, arguments: Any, says: str) -> None:
    answer = function(**{"grants": GRANTS, "vesting": VESTING, **arguments})
    assert isinstance(answer, ExcelError)
    assert says in answer.message
    assert as_shown(function.__name__, answer) == [[answer, answer.message]]


# --- The calendar -----------------------------------------------------------------------------------------------------


def test_the_calendar_is_what_the_deadlines_are(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = Identifier("Ada")

    def due(ledger: Any, terms: Any, as_of: dt.date) -> tuple[list[Deadline], list[Unsettled]]:
        found = [
            Deadline(as_of, Due.OPTION, ada, Identifier("G-1"), 5, "§7", None, None),
            Deadline(as_of + dt.timedelta(1), Due.GRANT, None, None, None, "§22", None, None),
        ]
        return found, [Unsettled("what is left of grant G-2", "nobody knows"), Unsettled("the plan", "nor this")]

    monkeypatch.setattr("plansheet.excel.checking.deadlines", due)
    assert PLAN_CALENDAR(GRANTS, as_of=DAY) == [
        ["Date", "Days left", "What", "Holder", "Grant", "Shares"],
        [DAY, 0.0, "last day of the option", "Ada", "G-1", 5.0],
        [DAY + dt.timedelta(1), 1.0, "last day to grant options under the plan", "", "", ""],
        ["", "", "Not known: what is left of grant G-2: nobody knows", "", "", ""],
        ["", "", "Not known: the plan: nor this", "", "", ""],
    ]


def test_the_calendar_of_a_ledger_is_in_the_order_of_the_days() -> None:
    rows = PLAN_CALENDAR(GRANTS, VESTING, plan=ADOPTED_PLAN, as_of=DAY)[1:]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert {(row[0], row[4]) for row in rows} >= {(grant[6], grant[0]) for grant in GRANTS[1:]}
    assert all(row[1] == (row[0] - DAY).days for row in rows)


def test_every_kind_of_record_has_an_argument() -> None:
    assert set(ARGUMENTS) == set(NAMES)
