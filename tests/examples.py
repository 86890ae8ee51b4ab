"""Worked examples of README and guides: a table as a sheet, formulas below it; built as a workbook and calculated."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from plansheet.workbook.formulas.recalc import as_rows, recalculate
from plansheet.workbook.reading.reader import read

TABLE = re.compile(r"((?:^\|.*\|\n)+)\n((?:`[A-Z]+[0-9]+: =.*`\n\n?)+)", re.MULTILINE)
FORMULA = re.compile(r"`([A-Z]+)([0-9]+): (=.*)`")


@dataclass(frozen=True)
class Example:
    """A sheet of a page: its cells by address, and the formulas below it."""

    cells: dict[str, object]
    formulas: dict[str, str]


def examples_in(text: str) -> list[Example]:
    """Each table of a page that has formulas below it."""
    return [Example(sheet(match[1]), formulas(match[2])) for match in TABLE.finditer(text)]


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


def assert_calculated(example: Example, folder: Path) -> None:
    """The figures of an example are those of its formulas."""
    path = folder / "example.xlsx"
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
        # One value is all that a formula without a spill shows; the page's sheet shows the spill.
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
