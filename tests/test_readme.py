"""The README's examples: each is built as a workbook and calculated; each command line is one that exists."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter

from plansheet.cli.commands import parser
from plansheet.report.text import text_report
from plansheet.template import build_sample
from plansheet.workbook.checks import Options, check
from plansheet.workbook.reader import read
from plansheet.workbook.recalc import as_rows, recalculate

README = Path(__file__).parent.parent / "README.md"
TEXT = README.read_text(encoding="utf-8")
TABLE = re.compile(r"((?:^\|.*\|\n)+)\n((?:`[A-Z]+[0-9]+: =.*`\n\n?)+)", re.MULTILINE)
FORMULA = re.compile(r"`([A-Z]+)([0-9]+): (=.*)`")


@dataclass(frozen=True)
class Example:
    """A sheet of the README: its cells by address, and the formulas below it."""

    cells: dict[str, object]
    formulas: dict[str, str]


def examples() -> list[Example]:
    return [Example(sheet(match[1]), formulas(match[2])) for match in TABLE.finditer(TEXT)]


def sheet(table: str) -> dict[str, object]:
    columns, _, *lines = ([cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines())
    return {
        f"{column}{line[0]}": value(text)
        for line in lines
        for column, text in zip(columns[1:], line[1:], strict=True)
        if text
    }


def formulas(text: str) -> dict[str, str]:
    return {f"{column}{row}": formula for column, row, formula in FORMULA.findall(text)}


def value(text: str) -> object:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return dt.datetime.fromisoformat(text)
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else text


@pytest.mark.parametrize("example", examples(), ids=lambda e: next(iter(e.formulas.values()))[1:].split("(")[0])
def test_the_figures_of_an_example_are_those_of_its_formulas(example: Example, tmp_path: Path) -> None:
    path = tmp_path / "example.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        worksheet = workbook.add_worksheet()
        for address, cell in example.cells.items():
            if address not in example.formulas:
                worksheet.write(address, cell)
        for address, formula in example.formulas.items():
            worksheet.write_formula(address, formula, None, 0)
    results = recalculate(read(path))
    assert {result.cell for result in results} == set(example.formulas)
    for result in results:
        assert result.unchecked is None
        column, row = result.cell[0], int(result.cell[1:])
        # One value is all that a formula without a spill shows; the README's sheet shows the spill.
        for down, line in enumerate(spill(path, result.formula)):
            for right, cell in enumerate(line):
                shown = example.cells.get(f"{chr(ord(column) + right)}{row + down}")
                assert cell == shown, f"{result.formula} gives {line} in row {row + down}"


def spill(path: Path, formula: str) -> list[list[object]]:
    """The whole answer of a formula: the example again, with the formula as a dynamic array."""
    again = path.with_name("spill.xlsx")
    source = read(path).sheets[0]
    with xlsxwriter.Workbook(again, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        worksheet = workbook.add_worksheet()
        for (row, column), cell in source.cells.items():
            if cell.formula is None:
                worksheet.write(row - 1, column - 1, cell.value)
        worksheet.write_dynamic_array_formula("Z30", formula, None, 0)
    return as_rows(recalculate(read(again))[0].recomputed)


def test_there_is_an_example_of_each_of_the_four_functions() -> None:
    used = {formula[1:].split("(")[0] for example in examples() for formula in example.formulas.values()}
    assert used == {"ISO_LIMIT_SPLIT", "ADJUST_FOR_SPLIT", "MERGER_CASHOUT", "POOL_AVAILABLE"}


COMMANDS = [
    line.removeprefix("plansheet ")
    for block in re.findall(r"^```\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line.startswith("plansheet ")
]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_readme_is_one(line: str) -> None:
    assert parser().parse_args(line.split()).run is not None


def test_the_demo_finds_what_the_readme_says(tmp_path: Path) -> None:
    build_sample(tmp_path / "sample.xlsx")
    report = text_report([check(tmp_path / "sample.xlsx", Options(as_of=dt.date(2011, 1, 5)))])
    found = [line.strip() for line in report.splitlines() if line.startswith(("  error ", "  warning "))]
    assert found == re.findall(r"^(?:error|warning) .*$", TEXT, re.MULTILINE)


def test_every_picture_and_page_that_it_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (README.parent / target).is_file(), target
