"""The tables of cases for other programs: their schemas hold, the page says what is there, the sample runner runs."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from plansheet.core.records import TABLES, columns
from plansheet.plan.terms import FACTS, atg_1996

ROOT = Path(__file__).parent.parent
PLAN = ROOT / "tests" / "plan"
PUBLISHED = ROOT / "docs" / "conformance"
PAGE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
TERMS_OF_A_TOY = "toy_plan"  # the one file there that holds no cases
RULE_CASES = sorted((PLAN / "rules").glob("*.toml"))
FIGURES = [path for path in sorted(PLAN.glob("*.toml")) if path.stem != TERMS_OF_A_TOY]


def schema(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((PUBLISHED / name).read_text(encoding="utf-8"))
    return read


RULES_SCHEMA, FIGURES_SCHEMA = schema("rule-cases.schema.json"), schema("figures.schema.json")


def as_json(value: Any) -> Any:
    """What TOML holds as JSON has it: a date as text."""
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def loaded(path: Path) -> dict[str, Any]:
    table: dict[str, Any] = as_json(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal))
    return table


def problems(table: object, of: Mapping[str, Any]) -> list[str]:
    validator = jsonschema.Draft202012Validator(of, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(table)]


def of_figures(name: str) -> dict[str, Any]:
    return {**FIGURES_SCHEMA, "$ref": f"#/$defs/{name}"}


# --- Every table is as published --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RULE_CASES, ids=lambda path: path.stem)
def test_every_file_of_rule_cases_is_valid(path: Path) -> None:
    assert problems(loaded(path), RULES_SCHEMA) == []


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_every_table_of_figures_is_valid(path: Path) -> None:
    assert path.stem in FIGURES_SCHEMA["$defs"], "describe it in docs/conformance/figures.schema.json"
    assert problems(loaded(path), of_figures(path.stem)) == []


@pytest.mark.parametrize("name", ["rule-cases.schema.json", "figures.schema.json"])
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_the_schema_knows_the_tables_columns_and_terms_that_there_are() -> None:
    case = RULES_SCHEMA["$defs"]["case"]["properties"]
    listed = {name: case[name]["prefixItems"][0]["items"]["enum"] for name in TABLES.values()}
    assert listed == {name: [column.heading for column in columns(record)] for record, name in TABLES.items()}
    terms = {*(term.name for term in atg_1996().listed), *FACTS}
    assert set(RULES_SCHEMA["$defs"]["terms"]["properties"]) == terms


GOOD = {
    "rule": "POOL001",
    "name": "a case",
    "as_of": "2005-01-31",
    "terms": {"reserve": 10},
    "Activity": [["Date", "Action", "Shares"], ["2004-01-05", "GRANT", 11], ["", "GRANT", {"unreadable": "No."}]],
    "finds": [{"code": "POOL001", "at": "Activity 2, Shares", "says": ["over"]}, {"at": "", "says": ["all"]}],
    "open": [["the pool", "why"]],
}


def test_a_case_that_is_well_written_is_valid() -> None:
    assert problems({"case": [GOOD]}, RULES_SCHEMA) == []


@pytest.mark.parametrize(
    "change",
    [
        {"Grant": [["Grant"]]},
        {"Grants": [["Grant", "Holdr"]]},
        {"Grants": [["Grant", "Grant"]]},
        {"Grants": []},
        {"Grants": [["Grant"], [{"unreadable": ""}]]},
        {"Grants": [["Grant"], [{"unread": "No."}]]},
        {"terms": {"reserved": 10}},
        {"as_of": "31 January 2005"},
        {"as_of": "2005-02-30"},
        {"rule": "POOL1"},
        {"name": ""},
        {"finds": [{"at": "Grants 2", "says": ["over"]}]},
        {"finds": [{"at": "Grant 2, Shares", "says": ["over"]}]},
        {"finds": [{"at": "Grants 2, Shares", "says": []}]},
        {"finds": [{"at": "Grants 2, Shares"}]},
        {"finds": [{"at": "Grants 2, Shares", "says": ["over"], "say": ["over"]}]},
        {"open": [[]]},
        {"opens": []},
    ],
    ids=str,
)
def test_a_word_misspelled_is_refused(change: dict[str, Any]) -> None:
    assert problems({"case": [{**GOOD, **change}]}, RULES_SCHEMA) != []
    assert problems({"case": [GOOD], "cases": []}, RULES_SCHEMA) != []


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_an_unknown_word_in_a_table_of_figures_is_refused(path: Path) -> None:
    for kind, cases in loaded(path).items():
        assert problems({**loaded(path), kind: [{**cases[0], "nam": "x"}]}, of_figures(path.stem)) != []
    assert problems({**loaded(path), "kase": []}, of_figures(path.stem)) != []


@pytest.mark.parametrize("figure", ["1/0x", "#REF!", "", True, None, "1,000"])
def test_what_is_no_figure_is_refused(figure: object) -> None:
    tranches = [{"name": "x", "before": [1], "new": 2, "old": 1, "after": [figure]}]
    assert problems({"split": [], "tranches": tranches}, of_figures("adjustment")) != []


# --- The sample runner ------------------------------------------------------------------------------------------------


def test_the_sample_runner_counts_the_tables() -> None:
    command = [sys.executable, str(PUBLISHED / "count.py"), str(PLAN)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT.anchor)
    counted = dict(line.split(": ", 1) for line in done.stdout.splitlines() if line.startswith("rules/"))
    assert counted == {
        f"rules/{path.stem}": f"{len(cases)} cases, {sum(len(case['finds']) for case in cases)} findings"
        for path in RULE_CASES
        for cases in [loaded(path)["case"]]
    }
    others = [f"{path.stem}: {len(cases)} of {kind}" for path in FIGURES for kind, cases in loaded(path).items()]
    assert [line for line in done.stdout.splitlines() if not line.startswith("rules/")] == others


def test_the_sample_runner_knows_nothing_of_plansheet() -> None:
    text = (PUBLISHED / "count.py").read_text(encoding="utf-8")
    imported = {name for node in ast.walk(ast.parse(text)) for name in _imported(node)}
    assert imported <= sys.stdlib_module_names
    assert str(tuple(TABLES.values())).replace("'", '"') in text
    assert len(text.splitlines()) < 50


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_a_case_that_is_one_of_those() -> None:
    [shown] = re.findall(r"^```\n(\[\[case.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert any(shown in path.read_text(encoding="utf-8") for path in RULE_CASES)


def test_the_page_names_every_table_and_every_key() -> None:
    named = set(re.findall(r"`([^`]+)`", re.sub(r"^```\n.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)))
    assert named >= {*RULES_SCHEMA["$defs"]["case"]["properties"], "code", "at", "says", "unreadable"}
    for path in FIGURES:
        assert f"`{path.stem}.toml`" in PAGE
        for kind in loaded(path):
            assert f"`[[{kind}]]`" in PAGE


def test_the_page_says_on_which_day_a_case_is_judged() -> None:
    default = RULES_SCHEMA["$defs"]["case"]["properties"]["as_of"]["default"]
    assert default in PAGE
    tests = (PLAN / "test_rules.py").read_text(encoding="utf-8")
    day = dt.date.fromisoformat(default)
    assert f"CHECK_DAY = dt.date({day.year}, {day.month}, {day.day})" in tests
    assert f"datetime.date({day.year}, {day.month}, {day.day})" in (PUBLISHED / "count.py").read_text(encoding="utf-8")
