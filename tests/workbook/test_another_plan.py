"""One ledger by two plans: clean by the terms of its own, and by the ATG plan's exactly what is otherwise there."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from plansheet.cli import main
from plansheet.plan.terms import FACTS, Terms, atg_1996, read_terms
from plansheet.report.text import write_text
from plansheet.template.facts import starter
from plansheet.template.ledgers import plan_table
from plansheet.workbook.checked import Checked
from plansheet.workbook.checks import Options, check_bytes
from report.runs import written
from workbook.another_plan import SHEETS, ledger
from workbook.books import Sheet, book, with_cell

DAY = dt.date(2012, 2, 29)
EXAMPLE = read_terms(files("plansheet.plan").joinpath("example_2008.toml").read_text(encoding="utf-8"), "example")
BY_ATG = {  # without --terms: the ATG plan's, with the three lines of the sheet Plan
    "Grants!G2": ("LIMIT001", "§3, §15(a)", "600,000 shares granted in 2008, the limit is 500,000"),
    "Activity!D8": ("POOL001", "§4", "over-granted by 20,000 shares"),  # §4: withheld shares stay gone
    "Grants!H3": ("SPLIT002", "§15(a)", "recorded as $2.6667; the plan's rounding gives $2.67"),
    "Holders!B2": (
        "CASH001",
        "§16(a)(iii)",
        "recorded as $2,430,000.00; at $6.00 a share the plan gives $2,280,000.00",
    ),
}


def judged(terms: Terms | None, data: bytes | None = None) -> Checked:
    return check_bytes(data or ledger(), "ledger.xlsx", Options(as_of=DAY, terms=terms))


def test_by_its_own_terms_it_is_clean() -> None:
    result = judged(EXAMPLE)
    assert (result.verdict, result.findings) == ("clean", [])


def test_by_the_terms_of_the_atg_plan_these_are_found() -> None:
    result = judged(None)
    assert result.verdict == "findings"
    found = {f"{each.sheet}!{each.cell}": each for each in result.findings}
    for cell, (code, section, said) in BY_ATG.items():
        assert (found[cell].code, found[cell].plan) == (code, section)
        assert said in found[cell].message
    assert set(found) == set(BY_ATG)
    assert len(found) == len(result.findings)


def with_sheet(changed: Sheet) -> bytes:
    return book(*(changed if changed.name == each.name else each for each in SHEETS))


DISCOUNT = Sheet("Grants", with_cell(SHEETS[2].rows, 2, "Price after split", 2.6666))
NETTED = Sheet("Holders", with_cell(SHEETS[1].rows, 1, "Merger payment", 2_280_000))
OVER = Sheet("Activity", with_cell(SHEETS[4].rows, 7, "Shares", 20_001))
UNREADABLE = Sheet("Grants", with_cell(SHEETS[2].rows, 2, "Shares", "many"))


@pytest.mark.parametrize("changed", [DISCOUNT, NETTED, OVER], ids=lambda sheet: sheet.name)
def test_it_is_not_clean_because_nothing_was_asked(changed: Sheet) -> None:
    assert {found.sheet for found in judged(EXAMPLE, with_sheet(changed)).findings} == {changed.name}


@pytest.mark.parametrize(
    ("changed", "section"),
    [(DISCOUNT, "§10.1"), (NETTED, "§10.3(b)"), (OVER, "§5.1"), (UNREADABLE, "§7.1")],
    ids=["a split", "a merger", "the pool", "a cell that cannot be read"],
)
def test_findings_cite_the_sections_of_its_plan(changed: Sheet, section: str) -> None:
    assert section in {found.plan for found in judged(EXAMPLE, with_sheet(changed)).findings}


def test_a_line_of_the_plan_sheet_that_cannot_be_used_cites_them_too() -> None:
    data = book(*SHEETS[1:], Sheet("Plan", [["Term", "Value"], ["Merger date", "soon"]]))
    [found] = [found for found in judged(EXAMPLE, data).findings if found.sheet == "Plan"]
    assert (found.code, found.plan) == ("LEDGER001", "§7.1")


def test_a_section_that_is_not_mapped_says_whose_it_is() -> None:
    [found] = judged(replace(EXAMPLE, sections={}), with_sheet(DISCOUNT)).findings
    assert found.plan == "ATG 1996 §15(a)"


def test_the_plan_sheet_shows_its_sections() -> None:
    shown = {str(row[0]): str(row[2]) for row in plan_table(starter(), EXAMPLE).rows}
    assert shown["Reserve"] == "§5.1"
    assert shown["Merger price"] == "§10.3(b)"
    assert shown["Approved"] == "§12.2"
    of_atg = {str(row[0]): str(row[2]) for row in plan_table(starter(), atg_1996()).rows}
    assert of_atg["Approved"] == FACTS["approved"].section


# --- What the page says -----------------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "another-plan.md").read_text(encoding="utf-8")


def test_the_page_quotes_what_is_found() -> None:
    quoted = set(re.findall(r"^(?:error|warning) .*$", PAGE, re.MULTILINE))
    said = {line.strip() for line in written(write_text, judged(None)).splitlines()}
    assert len(quoted) == len(BY_ATG)
    assert quoted - said == set()


def test_the_sections_of_the_page_are_those_of_the_example() -> None:
    [shown] = re.findall(r"\[sections\]\n(.*?)```", PAGE, re.DOTALL)
    assert EXAMPLE.sections is not None
    assert tomllib.loads(shown).items() <= EXAMPLE.sections.items()
    [unmapped] = re.findall(r"`ATG 1996 (§[0-9]+)`", PAGE)
    assert EXAMPLE.cited(unmapped) == f"ATG 1996 {unmapped}"


def test_the_steps_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.xlsx").write_bytes(ledger())
    for name in re.findall(r"^ *```\n *plansheet (.*)\n *```$", PAGE, re.MULTILINE):
        assert main(name.split()) == 0, name
        if name == "terms":
            Path("our_plan.toml").write_bytes(Path("example_2008.toml").read_bytes())
    assert main(["check", "ledger.xlsx"]) == 1
