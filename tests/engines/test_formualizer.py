"""The proof workbook's formulas in formualizer, one at a time over the input cells, against the plain callables.

Each formula stands alone on a sheet, so that no saved value and no other formula's cells are in its way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from engines.proof import ANSWERS, FORMUALIZER, PROOF, Case, Formula, Proof, differs, serial
from plansheet.excel import FUNCTIONS, ExcelError, as_shown

formualizer = pytest.importorskip("formualizer", reason="formualizer is not installed: pip install formualizer")

pytestmark = pytest.mark.engines

KINDS = {
    "Null": "#NULL!",
    "Ref": "#REF!",
    "Name": "#NAME?",
    "Value": "#VALUE!",
    "Div": "#DIV/0!",
    "Na": "#N/A",
    "Num": "#NUM!",
    "Spill": "#SPILL!",
    "Calc": "#CALC!",
    "Circ": "a circle",
}
KIND_OF = {code: kind for kind, code in KINDS.items()}


def arrived(argument: Any) -> Any:
    """An argument as plansheet takes it: an error comes as a dict."""
    if isinstance(argument, list):
        return [[arrived(cell) for cell in row] for row in argument]
    return KINDS[argument["kind"]] if isinstance(argument, dict) else argument


def returned(answer: Any) -> Any:
    if isinstance(answer, list):
        return [[returned(cell) for cell in row] for row in answer]
    if isinstance(answer, ExcelError):
        return {"type": "Error", "kind": KIND_OF[str(answer)]}
    return serial(answer) if isinstance(answer, dt.datetime) else answer


def on_sheet(name: str) -> Callable[..., Any]:
    return lambda *arguments: returned(as_shown(name, FUNCTIONS[name](*map(arrived, arguments))))


@pytest.fixture(scope="module")
def book() -> Any:
    """The input cells, the tables and the functions."""
    book = formualizer.Workbook()
    fill(book, PROOF)
    for name in FUNCTIONS:
        book.register_function(name, on_sheet(name), min_args=0, max_args=20)
    return book


def fill(book: Any, proof: Proof) -> None:
    for sheet in {sheet for sheet, _, _ in proof.cells}:
        book.add_sheet(sheet)
    for (sheet, row, at), value in proof.cells.items():
        if isinstance(value, Formula):
            book.set_formula(sheet, row + 1, at + 1, value.text)
        else:
            book.set_value(sheet, row + 1, at + 1, serial(value) if isinstance(value, dt.datetime) else value)
    for name, (top, left, rows) in proof.tables.items():
        place = (top + 1, left + 1, top + len(rows), left + len(rows[0]))
        book.add_table(name, "Tables", place, rows[0])


@pytest.mark.parametrize("case", PROOF.cases, ids=lambda case: case.label)
def test_a_formula_shows_the_plain_answer(book: Any, case: Case) -> None:
    sheet = f"{ANSWERS} {case.row}"
    text = case.formula
    for name, meaning in PROOF.names.items():
        text = text.replace(name, meaning)
    book.add_sheet(sheet)
    book.set_formula(sheet, 1, 1, text)
    book.evaluate_cell(sheet, 1, 1)
    wrong = []
    for row, cells in enumerate(case.expected_in(FORMUALIZER), start=1):
        for at, expected in enumerate(cells, start=1):
            value = arrived(book.get_value(sheet, row, at))
            if differs(value, isinstance(book.get_value(sheet, row, at), dict), expected):
                wrong.append(f"row {row}, column {at}: {value!r}, expected {expected!r}")
    assert not wrong, f"{case.formula}: {wrong}"
