"""Every rule against small ledgers: the cases in rules/*.toml, each with all that is found in it and nothing else.

A ledger is written as its sheets would show it, headings in the first row; a record stands in the row that it would
have there. A case lists what is found, by every rule: `at` the table, row and column, `says` parts of message and fix;
and in `open` parts of what the rules could not settle. It is judged on CHECK_DAY unless it names its own day, `as_of`.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from plansheet.core.numbers import exact
from plansheet.core.records import TABLES as NAMES
from plansheet.core.records import Column, Kind, Ledger, Record, Unread, columns, heading, ledger_of
from plansheet.core.rule import Finding, Hit, TermOf, find, run
from plansheet.core.words import Action, Identifier
from plansheet.excel.activity import as_ratio
from plansheet.excel.record_rows import as_flag, has_key
from plansheet.plan.checking import outcome
from plansheet.plan.ledger import complete
from plansheet.plan.rules import RULES
from plansheet.plan.terms import ASSUMED_ADOPTION, FACTS, Terms, atg_1996, label, read_terms, with_values

Case = Mapping[str, Any]

TABLES: dict[str, type[Any]] = {name: record for record, name in NAMES.items()}
# A word misspelled in a case would leave it untested.
KEYS = {"rule", "name", "as_of", "terms", "finds", "open", *TABLES}
CHECK_DAY = dt.date(2011, 1, 31)
ADOPTED = dt.date(1996, 4, 25)  # of every case that does not say otherwise, as a Plan sheet would hold it


def cases() -> Iterator[Case]:
    for path in sorted(Path(__file__).with_name("rules").glob("*.toml")):
        for case in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"]:
            assert set(case) <= KEYS, (path.name, case["name"], set(case) - KEYS)
            yield case


CASES = list(cases())


def value(column: Column, cell: Any) -> object:
    """A cell of a case as the field of a record holds it; "" is a blank cell."""
    if cell == "" or isinstance(cell, dict):
        return None
    if column.words is not None:
        return column.words.read(cell)
    match column.kind:
        case Kind.IDENTIFIER:
            return Identifier(str(cell))
        case Kind.FLAG:
            return as_flag(cell)
        case Kind.SHARES | Kind.MONEY | Kind.PERCENT:
            return exact(cell)
        case _:
            return cell


def record_of(table: str, row: int, headings: list[str], cells: list[Any]) -> Record:
    kinds = {column.heading: column for column in columns(TABLES[table])}
    assert len(headings) == len(cells), (table, row)
    fields: dict[str, Any] = {"row": row}
    for text, cell in zip(headings, cells, strict=True):
        column = kinds[text]
        if fields.get("action") is Action.SPLIT and column.name == "shares" and isinstance(cell, str):
            fields["ratio"] = as_ratio(cell)
        else:
            fields[column.name] = value(column, cell)
    made: Record = TABLES[table](**fields)
    return made


def ledger_in(case: Case) -> Ledger:
    """The case's ledger; a cell `{unreadable = "sentence"}` is one that could not be read."""
    records: dict[type[Any], list[Any]] = {record: [] for record in NAMES}
    unread: list[Unread] = []
    there: set[tuple[type[Any], str]] = set()
    for table, record in TABLES.items():
        headings, *rows = case.get(table, [[]])
        names = {column.heading: column.name for column in columns(record)}
        there.update((record, names[text]) for text in headings)
        for row, cells in enumerate(rows, start=2):
            made = record_of(table, row, headings, cells)
            problems = [(names[h], cell) for h, cell in zip(headings, cells, strict=True) if isinstance(cell, dict)]
            wrong = [Unread(made, name, cell["unreadable"]) for name, cell in problems]
            unread += wrong
            # As the reader does it: no record without its key, of Activity none without something essential.
            if has_key(made) and not any(each.loses_row for each in wrong):
                records[record].append(made)
    return ledger_of(records, there, unread)


def terms_of(case: Case) -> Terms:
    given = {"adopted": ADOPTED, **case.get("terms", {})}
    values = {name: exact(term) if isinstance(term, int | Decimal) else term for name, term in given.items()}
    return with_values(atg_1996(), values, "the case")


def as_of(case: Case) -> dt.date:
    day: dt.date = case.get("as_of", CHECK_DAY)
    return day


def found_in(case: Case) -> list[Finding]:
    ledger, terms = ledger_in(case), terms_of(case)
    checked = [each for each in RULES if not each.lacks(ledger)]
    return [finding for each in checked for finding in find(each, ledger, terms, as_of(case))]


def open_in(case: Case) -> set[str]:
    """What the rules could not settle, and why."""
    ledger, terms = ledger_in(case), terms_of(case)
    checked = [each for each in RULES if not each.lacks(ledger)]
    return {f"{q.what}: {q.why}" for each in checked for q in run(each, ledger, terms, as_of(case))[1]}


def where(finding: Finding) -> str:
    """Grants 3, Shares: the table, its row and its column; Plan, Reserve: a line of the Plan sheet."""
    if finding.record is None:
        return ""
    if isinstance(finding.record, TermOf):
        return f"Plan, {label(finding.record.name)}"
    record = type(finding.record)
    return f"{NAMES[record]} {finding.record.row}, {heading(record, finding.field or '')}"


def expected(case: Case) -> list[tuple[str, str]]:
    return sorted((each.get("code", case["rule"]), each["at"]) for each in case["finds"])


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case['rule']}: {case['name']}") for case in CASES])
def test_case(case: Case) -> None:
    [own] = [each for each in RULES if each.code == case["rule"]]
    assert own.lacks(ledger_in(case)) == (), "its rule is not asked: columns are missing"
    found = found_in(case)
    assert sorted((finding.code, where(finding)) for finding in found) == expected(case)
    for each in case["finds"]:
        code = each.get("code", case["rule"])
        [finding] = [finding for finding in found if (finding.code, where(finding)) == (code, each["at"])]
        said = f"{finding.message}\n{finding.fix}"
        assert [part for part in each["says"] if part not in said] == [], said
    questions = open_in(case)
    assert len(questions) == len(case.get("open", [])), questions
    for parts in case.get("open", []):
        assert any(all(part in question for part in parts) for question in questions), (parts, questions)


@pytest.mark.parametrize("code", [each.code for each in RULES])
def test_every_rule_has_a_case_that_passes_and_one_that_fails(code: str) -> None:
    own = [case for case in CASES if case["rule"] == code]
    assert any(code in dict(expected(case)) for case in own), "no case fails it"
    assert any(code not in dict(expected(case)) for case in own), "no case passes it"


def test_every_case_says_something_of_each_finding() -> None:
    assert [case["name"] for case in CASES for each in case["finds"] if not each["says"]] == []


def test_no_case_is_told_twice() -> None:
    names = [(case["rule"], case["name"]) for case in CASES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("card", RULES, ids=lambda r: r.code)
def test_every_hit_fills_the_words_of_its_rule(card: Any) -> None:
    asked = {name for text in (card.message, card.fix) for _, name, *_ in Formatter().parse(text) if name}
    own = [case for case in CASES if case["rule"] == card.code]
    hits = [hit for case in own for hit in card.check(ledger_in(case), terms_of(case), as_of(case))]
    assert hits
    for hit in (hit for hit in hits if isinstance(hit, Hit)):
        assert asked <= set(hit.facts)
        assert not [name for name in asked if hit.facts[name] is None]


def test_findings_read_as_sentences() -> None:
    for case in CASES:
        for finding in found_in(case):
            for text in (finding.message, finding.fix):
                assert text[0].isupper() or text[0] in "$(", text
                assert text.endswith("."), text
                assert not any(odd in text for odd in ("None", "..", "  ", "Fraction", "Identifier", "{")), text


def test_a_finding_stands_on_a_field_that_its_record_has() -> None:
    for case in CASES:
        for finding in found_in(case):
            if isinstance(finding.record, TermOf):
                assert finding.record.name in {*FACTS, *(term.name for term in atg_1996().listed)}
                assert finding.field is None
            elif finding.record is not None:
                assert finding.field in {column.name for column in columns(type(finding.record))}


def test_a_rule_changes_nothing_by_being_asked_twice() -> None:
    for case in CASES:
        assert found_in(case) == found_in(case)


# --- Nothing is passed over in silence -------------------------------------------------------------------------------

SCHEDULE = ["Grant", "Holder", "Type", "Grant date", "FMV", "Shares", "Vesting start", "Months", "Cliff"]


def granted_on(day: dt.date, fmv: object, start: object, months: object, cliff: object = "") -> Ledger:
    """Two grants to Ada with schedules and no Vesting sheet; the second is sound, and 9,000 of 10,000 shares a year."""
    first = ["G-1", "Ada", "ISO", day, fmv, 9000, start, months, cliff]
    second = ["G-2", "Ada", "ISO", day, 10, 9000, day, 0, ""]
    rows = [[*row, 9000, 0] for row in (first, second)]
    return ledger_in({"Grants": [[*SCHEDULE, "ISO shares", "NSO shares"], *rows]})


@pytest.mark.parametrize(
    ("fmv", "start", "months", "cliff"),
    [
        ("", dt.date(2004, 1, 5), 0, ""),
        (10, "", "", ""),
        (10, dt.date(2004, 1, 5), 48, 60),
        (10, dt.date(9998, 1, 5), 48, ""),
    ],
    ids=["no FMV", "no vesting start", "a cliff after the last month", "a schedule past the year 9999"],
)
def test_a_grant_that_cannot_be_counted_is_found_and_not_left_out(
    fmv: object, start: object, months: object, cliff: object
) -> None:
    """Without it the other grant of the holder looks wholly ISO: ISO_LIMIT_BY_GRANT gives an error for both."""
    ledger = granted_on(dt.date(2004, 1, 5), fmv, start, months, cliff)
    found = [
        finding for each in RULES if not each.lacks(ledger) for finding in find(each, ledger, atg_1996(), CHECK_DAY)
    ]
    assert [finding.code for finding in found if finding.record == ledger.grants[0]]
    assert [finding.code for finding in found if finding.record == ledger.grants[1]] == []


def test_a_schedule_never_gives_more_shares_than_were_granted() -> None:
    ledger = granted_on(dt.date(2004, 1, 5), 10, dt.date(2004, 1, 5), 48, 60)
    given = sum(tranche.shares or 0 for tranche in complete(ledger).tranches if tranche.grant == ledger.grants[0].grant)
    assert given in (0, 9000)


# --- Nothing is decided by whose plan it is --------------------------------------------------------------------------

EXAMPLE = read_terms(files("plansheet.plan").joinpath("example_2008.toml").read_text("utf-8"), "example_2008.toml")


def by(terms: Terms, case: Case) -> list[Finding]:
    ledger = ledger_in(case)
    return [f for each in RULES if not each.lacks(ledger) for f in find(each, ledger, terms, as_of(case))]


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case['rule']}: {case['name']}") for case in CASES])
def test_another_plan_with_the_same_values_is_judged_the_same_in_its_own_sections(case: Case) -> None:
    """Only the values decide, and the title, by which grants are known as this plan's; no section and no sentence."""
    terms = terms_of(case)
    values = {term.name: term.value for term in terms.listed} | {name: getattr(terms, name) for name in FACTS}
    same = with_values(replace(EXAMPLE, title=terms.title), values, "the case")
    assert by(same, case) == [
        replace(f, message=same.cited(f.message), fix=same.cited(f.fix), plan=same.cited(f.plan))
        for f in by(terms, case)
    ]


def test_other_values_are_judged_otherwise() -> None:
    """The same cases by the example's own values: so that the test above asks something."""
    otherwise = [case for case in CASES if [f.code for f in by(EXAMPLE, case)] != [f.code for f in found_in(case)]]
    assert {case["rule"] for case in otherwise} >= {"CASH001", "POOL001", "SPLIT002"}


def test_by_a_day_of_adoption_that_is_only_assumed_nothing_is_judged() -> None:
    """The exhibit does not give it: a grant of another year must not be outside the plan by a guess."""
    rows = [[f"G-{year}", "Ada", "ISO", dt.date(year, 1, 5), 10, 100] for year in (1990, 2024)]
    grants = [["Grant", "Holder", "Type", "Grant date", "FMV", "Shares"], *rows]
    activity = [["Date", "Action", "Grant", "Shares", "Approved"], [dt.date(2024, 1, 5), "GRANT", "G-2024", 100, ""]]
    ledger = ledger_in({"Grants": grants, "Activity": activity})
    asked = outcome(RULES, ledger, atg_1996(), dt.date(2024, 6, 1))
    rests_on_it = {"PLAN001", "PLAN002", "APPROVE002", "APPROVE006"}
    assert rests_on_it.isdisjoint(finding.code for finding in asked.findings)
    assert set(asked.unsettled[ASSUMED_ADOPTION]) == {"PLAN001", "PLAN002", "APPROVE006", "POOL005"}
    entered = with_values(atg_1996(), {"adopted": ADOPTED}, "the Plan sheet")
    assert {"PLAN001", "PLAN002"} <= {each.code for each in outcome(RULES, ledger, entered, CHECK_DAY).findings}
