"""The proof workbook calculated and saved by LibreOffice with the extension, against the plain callables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from engines.office import LibreOffice
from engines.proof import ANSWERS, LIBREOFFICE, PROOF, UNKNOWN, WRONG, Case, differs, write
from plansheet.excel import FUNCTIONS, SENTENCES_IN_CELLS
from plansheet.excel.judgements import Recalculated
from plansheet.template.libreoffice.registration import ONE_CELL
from plansheet.workbook.formulas.recalc import recalculate
from plansheet.workbook.reading.reader import read
from udfs.calls import ANSWERED

pytestmark = pytest.mark.engines

CASES = pytest.mark.parametrize("case", PROOF.cases, ids=lambda case: case.label)


@dataclass(frozen=True)
class Saved:
    """The workbook as LibreOffice saved it: formulas, values, and plansheet's own recalculation."""

    path: Path
    formulas: Any
    values: Any
    recalculated: dict[str, Recalculated]


@pytest.fixture(scope="module")
def saved(libreoffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    path = tmp_path_factory.mktemp("proof") / "proof.xlsx"
    write(path)
    path = libreoffice.recalculated(path)
    return Saved(
        path,
        openpyxl.load_workbook(path)[ANSWERS],
        openpyxl.load_workbook(path, data_only=True)[ANSWERS],
        {result.cell: result for result in recalculate(read(path)) if result.sheet == ANSWERS},
    )


def first_cell(case: Case) -> str:
    return f"{get_column_letter(2)}{case.row + 1}"


def text_of(formula: Any) -> str:
    return str(getattr(formula, "text", formula))


def disagreements(sheet: Any, case: Case) -> Iterator[str]:
    expected = (value for row in case.expected_in(LIBREOFFICE) for value in row)
    for (row, at), value in zip(case.cells, expected, strict=True):
        cell = sheet.cell(row + 1, at + 1)
        if differs(cell.value, cell.data_type == "e", value):
            yield f"{cell.coordinate} shows {cell.value!r}, expected {value!r}"


@CASES
def test_every_cell_shows_the_plain_answer(saved: Saved, case: Case) -> None:
    wrong = list(disagreements(saved.values, case))
    assert not wrong, f"{case.formula}: {'; '.join(wrong)}"


def test_the_workbook_proves_something(saved: Saved) -> None:
    """Every function is in it, in several hundred cells, and no cell keeps the value that was wrong."""
    formulas = " ".join(case.formula for case in PROOF.cases)
    assert [name for name in FUNCTIONS if f"{name}(" not in formulas] == []
    cells = [saved.values.cell(row + 1, at + 1).value for case in PROOF.cases for row, at in case.cells]
    assert len(PROOF.cases) >= 100
    assert len(cells) >= 500
    assert WRONG not in cells


@CASES
def test_a_formula_keeps_the_bare_names(saved: Saved, case: Case) -> None:
    formula = text_of(saved.formulas[first_cell(case)].value)
    if UNKNOWN in case.expected_in(LIBREOFFICE)[0]:  # Calc saves a name that it does not know in small letters
        assert formula.lower() == case.formula.lower()
    else:
        assert formula == case.formula


def test_what_is_saved_is_an_array_formula_over_the_same_cells(saved: Saved) -> None:
    for case in PROOF.cases:
        if case.array:
            *_, (row, at) = case.cells
            first, last = first_cell(case), f"{get_column_letter(at + 1)}{row + 1}"
            assert saved.formulas[first].value.ref == f"{first}:{last}", case.label


@CASES
def test_our_own_recalculation_of_what_it_saved_agrees(saved: Saved, case: Case) -> None:
    result = saved.recalculated.get(first_cell(case))
    if result is None:
        assert not any(f"{name}(" in case.formula for name in FUNCTIONS), "a plan function that was not found"
        return
    states = {"same"}
    if case.judged is not None:
        states = {case.judged[0]}
    elif LIBREOFFICE in case.engines:  # where Calc shows something else, ours must differ
        states = {"different"}
    if case.nested:  # functions of the spreadsheet program: calculated, or said to be not checked
        states.add("not checked")
    assert result.state in states, (result.unchecked, result.difference, result.saved, result.recomputed)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_one_cell_is_known_as_such(name: str) -> None:
    """Add it to ONE_CELL in registration.py, or take it out: Calc needs to know before the call."""
    answer = FUNCTIONS[name](*ANSWERED[name])
    assert (name in ONE_CELL) == (not isinstance(answer, list) and name not in SENTENCES_IN_CELLS)


def test_a_document_with_other_days_is_refused(libreoffice: LibreOffice, tmp_path: Path) -> None:
    """In a workbook that counts from 1904 the same number is another day; the sentence says so where there is one."""
    path = tmp_path / "of 1904.xlsx"
    write(path, date_1904=True)
    sheet = openpyxl.load_workbook(libreoffice.recalculated(path), data_only=True)[ANSWERS]
    by_label = {case.label: case for case in PROOF.cases}
    split, table = by_label["ISO_LIMIT_SPLIT, answered"], by_label["ISO_LIMIT_BY_YEAR, answered"]
    assert {sheet.cell(row + 1, at + 1).value for row, at in split.cells} == {"#VALUE!"}
    refusal, sentence = (sheet.cell(table.row + 1, at).value for at in (2, 3))
    assert refusal == "#VALUE!"
    assert str(sentence).startswith("this document counts its days from 1904-01-01; ")
    version = by_label["the version in a cell"]
    assert sheet[first_cell(version)].value == version.expected[0][0]
