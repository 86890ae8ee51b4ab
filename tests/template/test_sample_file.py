"""The sample workbook as a file: its tables, the values saved for its formulas, what two builds share."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

from plansheet.excel import FUNCTIONS
from plansheet.plan.terms import FACTS, atg_1996, label
from plansheet.template import build_sample

LEDGERS = ("Plan", "Holders", "Grants", "Vesting", "Activity")
CALL = re.compile(r"=([A-Z_]+)\((.*)\)")
COLUMN = re.compile(r"(\w+)\[([^\]#]+)\]")


def function_cells(saved: Any) -> Iterator[tuple[str, ArrayFormula, str, list[str]]]:
    """Sheet, array formula, function and the texts of its arguments."""
    for sheet in saved.formulas:
        for row in sheet.iter_rows():
            for cell in row:
                call = CALL.fullmatch(cell.value.text) if isinstance(cell.value, ArrayFormula) else None
                if call and call[1] in FUNCTIONS:
                    yield sheet.title, cell.value, call[1], call[2].split(",")


def argument(saved: Any, sheet: str, text: str) -> object:
    """What Excel would send for an argument: a column, a block, a range, a literal or nothing."""
    if not text:
        return None
    if text.startswith('"'):
        return text.strip('"')
    if text.isdigit():
        return int(text)
    if text.startswith("Plan_"):
        terms = {row["Term"]: row["Value"] for row in saved.rows("Plan")}
        return terms[text.removeprefix("Plan_").replace("_", " ")]
    if text.endswith("[#All]"):
        return saved.block(text.removesuffix("[#All]"))
    if column := COLUMN.fullmatch(text):
        return [[row[column[2]]] for row in saved.rows(column[1])]
    named, _, ref = text.rpartition("!")
    first_column, first_row, last_column, last_row = range_boundaries(ref.replace("$", ""))
    cells = saved.values[named or sheet].iter_rows(first_row, last_row, first_column, last_column, values_only=True)
    return [list(row) for row in cells]


@pytest.mark.parametrize(
    ("function", "terms"),
    [
        ("ISO_LIMIT_SPLIT", ["ISO limit", "Rounding"]),
        ("ISO_LIMIT_BY_GRANT", ["ISO limit", "Rounding"]),
        ("POOL_LEDGER", ["Recycling"]),
        ("ADJUST_FOR_SPLIT", ["Split method", "Split decimals"]),
    ],
)
def test_a_function_takes_its_terms_from_the_sheet_plan(saved: Any, function: str, terms: list[str]) -> None:
    arguments = next(arguments for _, _, name, arguments in function_cells(saved) if name == function)
    assert [text for text in arguments if text.startswith("Plan_")] == [f"Plan_{t.replace(' ', '_')}" for t in terms]


def test_what_plan_says_of_who_uses_a_term_is_so(saved: Any) -> None:
    """Every sheet that names a term, and none that does not; what the rules read is held by test_term_uses.py."""
    used: dict[str, set[str]] = {}
    for sheet in saved.formulas:
        for row in sheet.iter_rows():
            for cell in row:
                for name in re.findall(r"Plan_(\w+)", str(getattr(cell.value, "text", cell.value))):
                    used.setdefault(name.replace("_", " "), set()).add(sheet.title)
    for row in saved.rows("Plan"):
        said = row["Used by"]
        sheets = used.get(row["Term"], set())
        sheetnames = set(saved.formulas.sheetnames) - {"Calendar"}  # it takes the whole sheet Plan
        named = {sheet for sheet in sheetnames if sheet in said and "fixed there" not in said}
        if "ISO sheets" in said:
            named |= {sheet for sheet in saved.formulas.sheetnames if sheet.startswith("ISO ")}
        assert named == sheets, row["Term"]
    assert "fixed" in {row["Used by"] for row in saved.rows("Plan")}


def saved_values(saved: Any, sheet: str, ref: str) -> list[list[object]]:
    left, top, right, bottom = range_boundaries(ref)
    cells = saved.values[sheet].iter_rows(top, bottom, left, right, values_only=True)
    return [list(row) for row in cells]


def test_the_ledgers_are_tables_named_like_their_sheets(saved: Any) -> None:
    assert {name: list(saved.values[name].tables) for name in LEDGERS} == {name: [name] for name in LEDGERS}
    other = [sheet.title for sheet in saved.values if sheet.tables and sheet.title not in LEDGERS]
    assert other == []


def test_a_line_of_the_plan_for_every_term_and_the_mergers_facts(saved: Any) -> None:
    headings, *rows = saved.block("Plan")
    assert headings == ["Term", "Value", "Section", "What it says", "Used by"]
    assert [row[0] for row in rows] == [term.label for term in atg_1996().listed] + [label(name) for name in FACTS]
    values = {row[0]: row[1] for row in rows}
    assert values["ISO limit"] == atg_1996().iso_limit
    assert values["Adopted"] == dt.datetime(1996, 4, 25)
    assert (values["Merger price"], values["Merger date"]) == (6, dt.datetime(2011, 1, 5))


def test_every_function_of_the_plan_is_shown(saved: Any) -> None:
    used = Counter(name for _, _, name, _ in function_cells(saved))
    assert set(used) == {
        "ISO_LIMIT_SPLIT", "ISO_LIMIT_WHY", "ISO_LIMIT_BY_YEAR", "ISO_LIMIT_BY_GRANT", "POOL_AVAILABLE", "POOL_LEDGER",
        "ADJUST_FOR_SPLIT", "SPLIT_TRANCHES", "MERGER_CASHOUT", "MERGER_CASHOUT_BY_HOLDER", "VEST_TRANCHES",
        "OPTIONS_OUTSTANDING", "PLAN_CHECK", "PLAN_UNCHECKED", "PLAN_CALENDAR",
    }  # fmt: skip
    assert used["MERGER_CASHOUT"] == 2  # both readings


def test_the_saved_value_of_every_function_cell_is_what_the_sheet_gives(saved: Any) -> None:
    for sheet, formula, name, texts in function_cells(saved):
        result = FUNCTIONS[name](*(argument(saved, sheet, text) for text in texts))
        rows = result if isinstance(result, list) else [[result]]
        recomputed = [[None if cell == "" else cell for cell in row] for row in rows]
        assert saved_values(saved, sheet, formula.ref) == recomputed, (sheet, formula.ref)


def test_no_cell_shows_an_error(saved: Any) -> None:
    wrong = [(s.title, c.coordinate) for s in saved.values for row in s.iter_rows() for c in row if c.data_type == "e"]
    assert wrong == []


def test_looked_up_columns_hold_what_grants_says(saved: Any) -> None:
    of_grant = {row["Grant"]: row for row in saved.rows("Grants")}
    columns = ("Holder", "Type", "Grant date", "FMV")
    for row in saved.rows("Vesting"):
        assert [row[name] for name in columns] == [of_grant[row["Grant"]][name] for name in columns]
    formula = saved.formulas["Vesting"]["B2"].value
    grant = "Vesting[[#This Row],[Grant]]"
    assert formula == f'=IF({grant}="","",INDEX(Grants[Holder],MATCH({grant},Grants[Grant],0)))'


def test_totals_of_the_merger_are_those_of_its_rows(saved: Any) -> None:
    sheet = saved.values["Merger"]
    for total, column in (("D7", "G"), ("D8", "H")):
        assert sheet[total].value == pytest.approx(
            sum(cell.value for cell in sheet[column][10:] if cell.value), abs=1e-6
        )
    assert saved.formulas["Merger"]["D7"].value.startswith("=SUM($G$11:$G$")


def test_saved_values_are_kept_by_a_program_without_the_functions(saved: Any) -> None:
    with zipfile.ZipFile(saved.path) as package:
        workbook = package.read("xl/workbook.xml").decode()
    calculation = re.search(r"<calcPr [^>]*>", workbook)
    assert calculation is not None
    assert calculation[0] == '<calcPr calcId="191029"/>'


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_two_builds_hold_the_same(saved: Any, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    build_sample(again)
    assert parts(again) == parts(saved.path)


def test_nothing_in_the_file_tells_where_it_was_built(saved: Any) -> None:
    folder = str(saved.path.parent).encode()
    absolute = re.compile(rb"file:/|[A-Za-z]:\\|/home/|/Users/")
    assert [name for name, data in parts(saved.path).items() if folder in data or absolute.search(data)] == []


def test_the_workbook_says_that_its_people_are_invented(saved: Any) -> None:
    text = " ".join(str(cell.value) for row in saved.values["Start"].iter_rows() for cell in row if cell.value)
    assert "The people are invented" in text
    assert "Nothing here is legal or tax advice" in text
    named = {cell.value for cell in saved.values["Start"]["A"]} & set(saved.values.sheetnames)
    assert named == set(saved.values.sheetnames) - {"Start"}
