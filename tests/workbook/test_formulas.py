"""Plan functions found wherever a workbook uses them, under every name a file gives them."""

from typing import Any

import pytest

from plansheet.workbook.expressions import plan_name
from plansheet.workbook.formulas import NotReached, not_reached, plan_cells
from plansheet.workbook.reader import read_bytes
from workbook.making import changed, workbook

FUNCTIONS = {"ISO_LIMIT_SPLIT": lambda *_: 0, "SPLIT": lambda *_: 0, "POOL_AVAILABLE": lambda *_: 0}


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("Iso_Limit_Split", "ISO_LIMIT_SPLIT"),
        ("@ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("[1]!ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("'C:\\Users\\Ada\\AppData\\Roaming\\plansheet.xlam'!ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("plansheet.xlam!ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("_xll.ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("_xludf.ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("_xlfn.ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("_xlfn._xlws.ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("_xldudf_ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("_xldudf_XLWINGS_ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("_xlfn._xldudf_MY_NAMESPACE_ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("[2]!_xldudf_ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("XLWINGS.ISO_LIMIT_SPLIT", "ISO_LIMIT_SPLIT"),
        ("_xldudf_NS_SPLIT", "SPLIT"),
        ("MY_ISO_LIMIT_SPLIT", None),
        ("ISO_LIMIT_SPLITS", None),
        ("_xldudf_SUM", None),
        ("SUM", None),
    ],
)
def test_a_name_in_a_file_means_a_plan_function(name: str, function: str | None) -> None:
    assert plan_name(name, FUNCTIONS) == function


def cells(*formulas: str) -> list[tuple[str, str, bool]]:
    """Cell, function and whether it is the whole formula, for formulas in A1, A2..."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Grants")
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 0, formula, None, 1)

    found = plan_cells(read_bytes(workbook(fill)), FUNCTIONS)
    return [(cell.cell, cell.function, cell.whole) for cell in found]


@pytest.mark.parametrize(
    ("formula", "whole"),
    [
        ("=POOL_AVAILABLE(B1)", True),
        ("=pool_available(B1)", True),
        ("= POOL_AVAILABLE( B1 )", True),
        ("=+POOL_AVAILABLE(B1)", True),
        ("=(POOL_AVAILABLE(B1))", True),
        ("=_xlfn.SINGLE(POOL_AVAILABLE(B1))", True),
        ("=POOL_AVAILABLE(SPLIT(B1))", True),
        ("=POOL_AVAILABLE(FILTER(B1:B9,C1:C9))", True),
        ("=-POOL_AVAILABLE(B1)", False),
        ("=POOL_AVAILABLE(B1)+1", False),
        ("=IFERROR(POOL_AVAILABLE(B1),0)", False),
        ('=IF(A9>1,POOL_AVAILABLE(B1),"")', False),
        ("=LET(_xlpm.x,POOL_AVAILABLE(B1),_xlpm.x)", False),
        ("=INDEX(POOL_AVAILABLE(B1),2,#SPILL!)", False),
    ],
)
def test_a_plan_function_is_found_alone_and_inside_other_things(formula: str, whole: bool) -> None:
    assert cells(formula) == [("A1", "POOL_AVAILABLE", whole)]


@pytest.mark.parametrize(
    "formula",
    ['="see POOL_AVAILABLE(B1)"', "=SUM(B1:B9)", "=MY_POOL_AVAILABLE(B1)", "=POOL_AVAILABLE", "='POOL_AVAILABLE ('!A1"],
)
def test_what_only_looks_like_a_plan_function_is_left_alone(formula: str) -> None:
    assert cells(formula) == []


def test_the_outermost_plan_function_gives_the_name() -> None:
    assert cells("=SUM(SPLIT(POOL_AVAILABLE(B1)))") == [("A1", "SPLIT", False)]


def test_cells_come_by_sheet_row_and_column() -> None:
    def fill(book: Any) -> None:
        first, second = book.add_worksheet("B"), book.add_worksheet("A")
        for sheet in (second, first):
            for address in ("C10", "B2", "A10", "A2"):
                sheet.write_formula(address, "=SPLIT(1)", None, 0)

    found = plan_cells(read_bytes(workbook(fill)), FUNCTIONS)
    assert [f"{cell.sheet}!{cell.cell}" for cell in found] == [
        *("B!A2", "B!B2", "B!A10", "B!C10"),
        *("A!A2", "A!B2", "A!A10", "A!C10"),
    ]


def test_a_spill_keeps_its_range() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("Grants").write_dynamic_array_formula("D2:E4", "=ISO_LIMIT_SPLIT(A2:A4)", None, 1)

    [cell] = plan_cells(read_bytes(workbook(fill)), FUNCTIONS)
    assert (cell.cell, cell.array_ref, cell.row, cell.column) == ("D2", "D2:E4", 2, 4)
    assert cell.formula == "=ISO_LIMIT_SPLIT(A2:A4)"


def test_places_without_a_saved_value_are_named() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Grants")
        sheet.data_validation("A2:A9", {"validate": "custom", "value": "=A2<POOL_AVAILABLE(B1)"})
        sheet.data_validation("B2:B9", {"validate": "custom", "value": "=B2<SUM(B1)"})
        sheet.conditional_format("C2:C9", {"type": "formula", "criteria": "=C2>_xll.SPLIT(1)"})
        book.define_name("Room", "=POOL_AVAILABLE(Grants!$B$1)")
        book.define_name("Grants!Half", "=SPLIT(1)")
        book.define_name("Plain", "=Grants!$B$1")

    assert set(not_reached(read_bytes(workbook(fill)), FUNCTIONS)) == {
        NotReached(
            "POOL_AVAILABLE in the data validation of Grants!A2:A9", "a data validation saves no value to compare"
        ),
        NotReached("SPLIT in the conditional format of Grants!C2:C9", "a conditional format saves no value to compare"),
        NotReached("POOL_AVAILABLE in the name Room", "a name saves no value to compare"),
        NotReached("SPLIT in the name Half of the sheet Grants", "a name saves no value to compare"),
    }


def test_formulas_that_the_file_lost_are_named() -> None:
    cell = '<c r="{}"><f t="shared" si="3"/><v>3</v></c>'
    for addresses, what in (
        (("B2",), "the formula in Grants!B2"),
        (("B2", "C2"), "the formulas in Grants!B2 and 1 more"),
    ):
        row = f'<row r="2">{"".join(cell.format(address) for address in addresses)}</row>'
        data = changed(workbook(), "xl/worksheets/sheet1.xml", "<sheetData/>", f"<sheetData>{row}</sheetData>")
        [found] = not_reached(read_bytes(data), FUNCTIONS)
        assert found.what == what


def test_without_functions_nothing_is_found() -> None:
    data = workbook(lambda book: book.add_worksheet().write_formula("A1", "=SPLIT(1)", None, 0))
    assert plan_cells(read_bytes(data), {}) == []
