"""Plan functions found wherever a workbook uses them, under every name a file gives them."""

from typing import Any

import pytest

from plansheet.workbook.formulas.expressions import plan_name
from plansheet.workbook.formulas.plan_cells import NotReached, not_reached, plan_cells
from plansheet.workbook.reading.reader import read_bytes
from workbook.making import changed, workbook

SHEET = "xl/worksheets/sheet1.xml"
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


def named(formula: str, at: str = "A1", **names: str) -> bytes:
    """A workbook with a formula on the sheet Grants, and names; of_sheet is one of that sheet."""

    def fill(book: Any) -> None:
        book.add_worksheet("Grants").write_formula(at, formula, None, 1)
        for name, meaning in names.items():
            book.define_name("Grants!Own" if name == "of_sheet" else name, meaning)

    return workbook(fill)


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("=Room", {"Room": "=SPLIT(1)"}),
        ("=room*2", {"Room": "=SPLIT(1)"}),
        ("=SUM(Room,Plain)", {"Room": "=SPLIT(1)", "Plain": "=2"}),
        ("=Outer", {"Inner": "=SPLIT(1)", "Outer": "=Inner+1"}),
        ("=Outer", {"Inner": "=Outer", "Outer": "=Inner+SPLIT(1)"}),
        ("=Own", {"of_sheet": "=SPLIT(1)"}),
        ("=Grants!Own", {"of_sheet": "=SPLIT(1)"}),
        ("=Twice(3)", {"Twice": "=_xlfn.LAMBDA(_xlpm.x,SPLIT(_xlpm.x)*2)"}),
    ],
)
def test_a_name_that_leads_to_a_plan_function_makes_a_plan_cell(formula: str, names: dict[str, str]) -> None:
    book = read_bytes(named(formula, **names))
    assert [(cell.cell, cell.function, cell.whole) for cell in plan_cells(book, FUNCTIONS)] == [("A1", "SPLIT", False)]
    used = {"Room", "Outer", "Own", "Twice"}
    assert not [found for found in not_reached(book, FUNCTIONS) if found.what.split()[4] in used]


@pytest.mark.parametrize("formula", ["=Rooms", "=Room_2+1", '="Room"', "=Other!Room", "=Room.x", "=Room(1)"])
def test_what_only_looks_like_such_a_name_is_left_alone(formula: str) -> None:
    book = read_bytes(named(formula, of_sheet="=SPLIT(1)", Plain="=1"))
    assert plan_cells(book, FUNCTIONS) == []
    assert [found.what for found in not_reached(book, FUNCTIONS)] == ["SPLIT in the name Own of the sheet Grants"]


def test_a_name_of_another_sheet_is_not_meant() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("Grants").write_formula("A1", "=Own", None, 1)
        book.add_worksheet("Other").write_formula("A1", "=Own", None, 1)
        book.define_name("Other!Own", "=SPLIT(1)")

    assert [cell.sheet for cell in plan_cells(read_bytes(workbook(fill)), FUNCTIONS)] == ["Other"]


def test_a_formula_exported_from_google_sheets_is_found() -> None:
    assert cells('=IFERROR(__xludf.DUMMYFUNCTION("POOL_AVAILABLE(B1:B9)"),970)') == [("A1", "POOL_AVAILABLE", False)]
    assert cells('=IFERROR(__xludf.DUMMYFUNCTION("SORT(B1:B9)"),970)') == []


EXTENSION = """<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
 xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}">
<x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule type="expression" id="{1}">
<xm:f>Room&gt;1</xm:f></x14:cfRule><xm:sqref>C2:C9</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>
</ext><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
 xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}">
<x14:dataValidations><x14:dataValidation type="custom"><x14:formula1><xm:f>Other!A1&lt;SPLIT(2)</xm:f></x14:formula1>
<xm:sqref>D2</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"""


def test_rules_of_later_years_and_rules_that_use_a_name_are_named() -> None:
    data = changed(named("=1", Room="=SPLIT(1)"), SHEET, "</worksheet>", f"{EXTENSION}</worksheet>")
    assert [found.what for found in not_reached(read_bytes(data), FUNCTIONS)] == [
        "SPLIT in the conditional format of Grants!C2:C9",
        "SPLIT in the data validation of Grants!D2",
        "SPLIT in the name Room",
    ]


@pytest.mark.parametrize(
    ("at", "formula", "found"),
    [
        ("B1", "=SPLIT(A1)", True),
        ("A2", "=SPLIT(A9)*2", True),
        ("A1", "=$F$1", True),
        ("B1", "=Room", True),
        ("B1", "=SUM(A1)", False),
        ("C9", "=SPLIT(A1)", False),
    ],
)
def test_a_what_if_table_over_a_plan_function_is_named(at: str, formula: str, found: bool) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Grants")
        sheet.write_formula(at, formula, None, 1)
        sheet.write_formula("F1", "=SPLIT(A9)", None, 1)
        sheet.write_formula("F2", "=Room", None, 1)
        sheet.write("B2", 5)
        book.define_name("Room", "=SPLIT(1)")

    data = changed(
        workbook(fill), SHEET, '<c r="B2"><v>5</v>', '<c r="B2"><f t="dataTable" ref="B2:B3" dt2D="0" r1="A9"/><v>5</v>'
    )
    what = [each.what for each in not_reached(read_bytes(data), FUNCTIONS)]
    assert what == (["SPLIT in the what-if table Grants!B2:B3"] if found else [])


def test_formulas_that_the_file_lost_are_named() -> None:
    cell = '<c r="{}"><f t="shared" si="3"/><v>3</v></c>'
    for addresses, what in (
        (("B2",), "the formula in Grants!B2"),
        (("B2", "C2"), "the formulas in Grants!B2 and 1 more"),
    ):
        row = f'<row r="2">{"".join(cell.format(address) for address in addresses)}</row>'
        data = changed(workbook(), SHEET, "<sheetData/>", f"<sheetData>{row}</sheetData>")
        [found] = not_reached(read_bytes(data), FUNCTIONS)
        assert found.what == what


def test_without_functions_nothing_is_found() -> None:
    data = workbook(lambda book: book.add_worksheet().write_formula("A1", "=SPLIT(1)", None, 0))
    assert plan_cells(read_bytes(data), {}) == []
