"""A shared formula is written out as openpyxl's own Translator writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils import get_column_letter

from plansheet.workbook.reading.shared_formulas import SharedFormula

FORMULAS = [
    "=A1+$B$2*$C3-D$4",
    "=SUM(A1:B9,$A:$A,B:C,3:4,$5:6)",
    "='It''s 100%'!A1&\"A1 100% %d\"",
    "=Sheet1!$A$1:B2:C3",
    "=name+T[Column]+T[[#This Row],[A1]]",
    "=[1]Sheet1!A1+Sheet1:Sheet3!B2",
    "=A1%",
    "=LOG10(A1)+x_1+A1B",
    "={1,2;3,4}*A1",
    "=A1 B1",
    "=name:C2",
    "=#REF!+A1",
    "=A1)",
    "no formula A1",
]


def both(formula: str, row: int, column: int) -> tuple[str, str]:
    """Ours and openpyxl's, or that it cannot be moved there."""
    results = []
    for write in (
        lambda: SharedFormula(formula, 5, 5).at(row, column),
        lambda: Translator(formula, "E5").translate_formula(f"{get_column_letter(column)}{row}"),
    ):
        try:
            results.append(write())
        except (IndexError, TokenizerError, TranslatorError) as error:
            results.append(type(error).__name__)
    return results[0], results[1]


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(("row", "column"), [(5, 5), (6, 5), (900, 5), (5, 9), (7, 800), (1, 1), (4, 5), (5, 2)])
def test_it_is_written_as_openpyxl_writes_it(formula: str, row: int, column: int) -> None:
    ours, theirs = both(formula, row, column)
    assert ours == theirs


@given(
    st.lists(st.sampled_from([*"$ABZ1290:()+-%,\"'#[]{} @", "A1", "$C$7", "SUM("]), min_size=1, max_size=12),
    st.integers(1, 40),
    st.integers(1, 40),
)
def test_whatever_it_is_it_is_written_so(pieces: list[str], row: int, column: int) -> None:
    ours, theirs = both("=" + "".join(pieces), row, column)
    assert ours == theirs


def test_the_sheet_before_a_name_stays() -> None:
    """openpyxl's Translator leaves it out."""
    assert SharedFormula("=Sheet1!name+'A b'!A1", 1, 1).at(2, 1) == "=Sheet1!name+'A b'!A2"


def test_a_column_of_cells_is_written_one_after_the_other() -> None:
    formula = SharedFormula("=A1+B$1", 1, 3)
    assert [formula.at(row, column) for row, column in ((2, 3), (3, 3), (3, 4), (2, 3))] == [
        "=A2+B$1",
        "=A3+B$1",
        "=B3+C$1",
        "=A2+B$1",
    ]
