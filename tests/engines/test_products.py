"""The workbooks that plansheet builds, calculated and saved by LibreOffice: every cell as it was built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from engines.office import LibreOffice
from engines.proof import differs
from plansheet.template import build_sample, build_starter
from plansheet.template.flavour import BARE
from plansheet.template.start import ANSWER, NOT_KNOWN
from plansheet.workbook.formulas.recalc import recalculate
from plansheet.workbook.reading.reader import read

pytestmark = pytest.mark.engines


def template(path: Path) -> None:
    build_starter(path, BARE)  # LibreOffice has no reference that follows a spill


BUILDERS: dict[str, Callable[[Path], None]] = {"sample": build_sample, "template": template}


@pytest.fixture(scope="module", params=BUILDERS)
def before_and_after(
    libreoffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, Path]:
    built = tmp_path_factory.mktemp("built") / f"{request.param}.xlsx"
    BUILDERS[request.param](built)
    return built, libreoffice.recalculated(built)


def test_every_cell_is_the_same(before_and_after: tuple[Path, Path]) -> None:
    built, saved = (openpyxl.load_workbook(path, data_only=True) for path in before_and_after)
    compared = 0
    wrong = []
    for sheet in built:
        for row in sheet.iter_rows():
            for cell in row:
                compared += 1
                there: Any = saved[sheet.title][cell.coordinate]
                expected = ANSWER if cell.value == NOT_KNOWN else cell.value
                if differs(there.value, there.data_type == "e", expected):
                    wrong.append(f"{sheet.title}!{cell.coordinate} shows {there.value!r}, built as {cell.value!r}")
    assert compared > 1_000
    assert wrong == []


def test_our_own_recalculation_agrees_with_what_it_saved(
    before_and_after: tuple[Path, Path],
) -> None:
    built, saved = (recalculate(read(path)) for path in before_and_after)
    assert len(built) == len(saved) > 30
    assert [(r.sheet, r.cell, r.state, r.unchecked, r.difference) for r in saved if r.state != "same"] == []


def test_the_first_sheet_says_that_the_functions_answer(before_and_after: tuple[Path, Path]) -> None:
    assert openpyxl.load_workbook(before_and_after[1], data_only=True)["Start"]["B4"].value == ANSWER
