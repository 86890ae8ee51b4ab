"""Cells, tables, names and rules as they stand in a saved workbook."""

import datetime as dt
import hashlib
import io
import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from plansheet.workbook.reading import reader
from plansheet.workbook.reading.reader import read, read_bytes
from plansheet.workbook.reading.saved import Cell, Rule, Table, Workbook
from plansheet.workbook.reading.unreadable import Unreadable
from workbook.making import changed, packed, parts, without, workbook

CORPUS = os.environ.get("PLANSHEET_CORPUS")
SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
LARGEST_COMPARED = 30_000  # bytes; openpyxl takes seconds for some of the larger files
DAY = dt.datetime(2001, 11, 19)


def cells(data: bytes, sheet: int = 0) -> dict[str, Cell]:
    found = read_bytes(data).sheets[sheet].cells.values()
    return {f"{openpyxl.utils.get_column_letter(cell.column)}{cell.row}": cell for cell in found}


def one_sheet(*rows: str) -> bytes:
    """A workbook whose one sheet holds these <row> elements."""
    return changed(workbook(), SHEET, "<sheetData/>", f"<sheetData>{''.join(rows)}</sheetData>")


def value(cell: str) -> Cell:
    """The one cell of a sheet with this <c> element."""
    return cells(one_sheet(f'<row r="1">{cell}</row>'))["A1"]


def ledger(book: Any) -> None:
    sheet = book.add_worksheet("Grants")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["Grant", "Date", "Shares", "ISO", "Note"])
    for row in range(1, 6):
        sheet.write(row, 0, f"G-{row}")
        sheet.write_datetime(row, 1, DAY, day)
        sheet.write(row, 2, row * 1000.5)
        sheet.write_formula(row, 3, f"=C{row + 1}*2", None, row * 2001)
    sheet.write_boolean(1, 4, True)
    sheet.write_formula(3, 4, "=1/0", None, "#DIV/0!")
    sheet.write_array_formula("G2:G4", "{=C2:C4}", None, 1000.5)
    sheet.write_dynamic_array_formula("H2:H4", "=UNIQUE(C2:C4)", None, 1000.5)
    sheet.write_formula("I1", "=B2", day, 37214)
    book.add_worksheet("Empty")


def test_each_cell_has_its_formula_and_its_saved_value() -> None:
    found = cells(workbook(ledger))
    assert found["A2"] == Cell(2, 1, "G-1", kind="text")
    assert found["B2"] == Cell(2, 2, DAY, kind="date")
    assert found["C2"] == Cell(2, 3, 1000.5, kind="number")
    assert found["D2"] == Cell(2, 4, 2001, formula="=C2*2", kind="number")
    assert found["E2"] == Cell(2, 5, True, kind="boolean")
    assert found["E4"] == Cell(4, 5, "#DIV/0!", formula="=1/0", kind="error")
    assert found["G2"] == Cell(2, 7, 1000.5, formula="=C2:C4", array_ref="G2:G4", kind="number")
    assert found["H2"].formula == "=_xlfn.UNIQUE(C2:C4)"
    assert (found["H2"].array_ref, found["H2"].dynamic) == ("H2:H4", True)
    assert found["H3"].formula is None
    assert found["I1"] == Cell(1, 9, DAY, formula="=B2", kind="date")


def test_the_workbook_says_what_it_is(tmp_path: Path) -> None:
    data = workbook(ledger)
    path = tmp_path / "Grants.xlsx"
    path.write_bytes(data)
    book = read(path)
    assert book.path == str(path)
    assert book.sha256 == hashlib.sha256(data).hexdigest()
    assert [(sheet.name, sheet.last_row, sheet.last_column) for sheet in book.sheets] == [
        ("Grants", 6, 9),
        ("Empty", 0, 0),
    ]
    assert (book.date_1904, book.calc_mode, book.full_calc_on_load, book.calc_id) == (False, "auto", True, 124519)


@pytest.mark.parametrize(
    ("calculation", "mode", "full"),
    [
        ('<calcPr calcId="191029" calcMode="manual"/>', "manual", False),
        ('<calcPr calcId="191029" fullCalcOnLoad="0"/>', "auto", False),
        ("", "auto", False),
    ],
)
def test_how_the_workbook_calculates_is_read_from_the_file(calculation: str, mode: str, full: bool) -> None:
    book = read_bytes(changed(workbook(), BOOK, '<calcPr calcId="124519" fullCalcOnLoad="1"/>', calculation))
    assert (book.calc_mode, book.full_calc_on_load) == (mode, full)


def test_dates_follow_the_1904_system() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, DAY, book.add_format({"num_format": "d mmm yyyy"}))

    data = workbook(fill, date_1904=True)
    assert read_bytes(data).date_1904
    assert cells(data)["A1"].value == DAY
    assert cells(changed(data, BOOK, 'date1904="1"', 'date1904="0"'))["A1"].value == DAY - dt.timedelta(days=1462)


def test_a_long_shared_formula_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}"><f t="shared" si="0"/></c></row>' for row in range(2, 50))
    master = f'<row r="1"><c r="A1"><f t="shared" ref="A1:A50" si="0">{"+".join(["B1"] * 100)}</f></c></row>'
    data = one_sheet(master, rows)
    assert len(cells(data)) == 49
    monkeypatch.setattr(reader, "MOST_FORMULAS", 10_000)
    with pytest.raises(Unreadable) as caught:
        read_bytes(data)
    assert caught.value.kind == "too large"


@pytest.mark.parametrize(
    ("cell", "value_", "cached"),
    [
        ('<c r="A1"><f>F()</f></c>', None, False),
        ('<c r="A1"><f>F()</f><v></v></c>', None, False),
        ('<c r="A1"><f>F()</f><v/></c>', None, False),
        ('<c r="A1" t="str"><f>F()</f><v></v></c>', "", True),
        ('<c r="A1" t="str"><f>F()</f></c>', "", True),
        ('<c r="A1"><f>F()</f><v>0</v></c>', 0, True),
        ('<c r="A1" t="b"><f>F()</f><v>0</v></c>', False, True),
    ],
)
def test_a_formula_never_calculated_is_told_from_one_that_gave_nothing(cell: str, value_: object, cached: bool) -> None:
    found = value(cell)
    assert (found.formula, found.value, found.cached) == ("=F()", value_, cached)


def test_what_openpyxl_writes_was_never_calculated() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=ISO_MIN_PRICE(10)"
    stream = io.BytesIO()
    book.save(stream)
    assert not cells(stream.getvalue())["A1"].cached


def test_a_shared_formula_is_translated_for_each_cell() -> None:
    found = cells(
        one_sheet(
            '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">F(B1)</f><v>1</v></c></row>',
            '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>',
            '<row r="3"><c r="A3"><f t="shared" si="7"/><v>3</v></c></row>',
        )
    )
    assert [(cell.formula, cell.value) for cell in found.values()] == [("=F(B1)", 1), ("=F(B2)", 2), ("=", 3)]


def test_a_shared_formula_that_cannot_be_translated_is_no_reason_to_refuse_the_workbook() -> None:
    assert value('<c r="A1"><f t="shared" ref="A1:A2" si="0">F(#SPILL!)</f><v>1</v></c>').formula == "=F(#SPILL!)"


def test_the_cells_of_a_what_if_table_are_values() -> None:
    cell = '<c r="A1"><f t="dataTable" ref="A1:A2" dt2D="1" dtr="1" r1="B1" r2="B2"/><v>7</v></c>'
    [sheet] = read_bytes(one_sheet(f'<row r="1">{cell}</row>')).sheets
    assert sheet.cells == {(1, 1): Cell(1, 1, 7, kind="number")}
    assert sheet.data_tables == ("A1:A2",)


@pytest.mark.parametrize(
    ("cell", "value_", "kind"),
    [
        ('<c r="A1" t="d"><v>2001-11-19</v></c>', DAY, "date"),
        ('<c r="A1" t="d"><v>2001-11-19T12:30:00</v></c>', dt.datetime(2001, 11, 19, 12, 30), "date"),
        ('<c r="A1" t="inlineStr"><is><r><t>G</t></r><r><t>-1</t></r></is></c>', "G-1", "text"),
        ('<c r="A1" t="str"><v>First_x000D_\nsecond</v></c>', "First\r\nsecond", "text"),
        ('<c r="A1" t="e"><v>#SPILL!</v></c>', "#SPILL!", "error"),
        ('<c r="A1" s="1"><v>-5</v></c>', -5.0, "number"),
        ('<c r="A1" s="1"><v>1000000000000</v></c>', 1e12, "number"),
        ('<c r="A1" s="1"><v>0.5</v></c>', dt.time(12), "date"),
        ('<c r="A1"><v>1.1000000000000001</v></c>', 1.1, "number"),
        ('<c r="A1" s="99"><v>1</v></c>', 1, "number"),
    ],
)
def test_values_and_their_kinds(cell: str, value_: object, kind: str) -> None:
    def fill(book: Any) -> None:
        book.add_worksheet().write_datetime("B1", DAY, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))

    data = changed(workbook(fill), SHEET, '<c r="B1"', f'{cell}<c r="B1"')
    assert (cells(data)["A1"].value, cells(data)["A1"].kind) == (value_, kind)


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ('<c r="A1"><v>1_000</v></c>', "'1_000' where a number belongs"),
        ('<c r="A1"><v>\u0661\u0662</v></c>', "where a number belongs"),
        ('<c r="A1"><v>1e999</v></c>', "'1e999' where a number belongs"),
        ('<c r="A1"><v>NaN</v></c>', "'NaN' where a number belongs"),
        ('<c r="A1" t="s"><v>-1</v></c>', "refers to text -1"),
        ('<c r="A1" t="s"><v>9</v></c>', "refers to text 9"),
        ('<c r="A1" t="zz"><v>9</v></c>', "unknown type zz"),
        ('<c r="A1" t="d"><v>soon</v></c>', "'soon' where a date belongs"),
        ('<c r="A1" t="d"><v>2001-11-19 or so</v></c>', "'2001-11-19 or so' where a date belongs"),
        ('<c r="A1" t="d"><v>2001-02-29</v></c>', "'2001-02-29' where a date belongs"),
        ('<c r="A1" t="b"><v>2</v></c>', "'2' where TRUE or FALSE belongs"),
        ('<c r="ZZZZ1"><v>9</v></c>', "ZZZZ1 is not understood"),
        ('<c r="XFE1"><v>9</v></c>', "outside of its sheet Grants, in row 1 and column 16,385"),
        ('<c r="A2"><v>9</v></c>', "its cell Grants!A2 stands in row 1"),
        ('<c r="B1"><v>9</v></c><c r="B"><v>9</v></c>', "its cell Grants!B stands in row 1"),
        ('<c r="1"><v>9</v></c>', "its cell Grants!1 is not understood"),
        ('<c r="A1"><v>9</v></c><c r="A1"><v>8</v></c>', "A1 is there twice"),
        ('<c r="A1"><f t="array" ref="A1:">F()</f><v>8</v></c>', "fills the range A1:, which is none"),
        ('<c r="A1"><f t="array" ref="B2:A1">F()</f><v>8</v></c>', "fills the range B2:A1, which is none"),
        ('<c r="A1"><v>9</v>', "not well-formed XML"),
    ],
)
def test_what_openpyxl_would_read_as_something_else_is_damage(cell: str, complaint: str) -> None:
    with pytest.raises(Unreadable) as caught:
        value(cell)
    assert caught.value.kind == "damaged"
    assert complaint in caught.value.what


def test_a_shared_text_is_unescaped_once() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet().write_string("A1", "a_x000D_b")  # xlsxwriter saves it as a_x005F_x000D_b

    data = workbook(fill)
    assert b"_x005F_x000D_" in parts(data)["xl/sharedStrings.xml"]
    assert cells(changed(data, "xl/sharedStrings.xml", "_x005F_x000D_", "_x000D_"))["A1"].value == "a\rb"


def test_blank_cells_with_a_format_are_not_kept() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for row in range(50):
            sheet.write_blank(row, row, None, bold)
        sheet.write("C3", 1)

    assert list(cells(workbook(fill))) == ["C3"]


def test_values_under_a_merged_area_are_kept() -> None:
    data = one_sheet('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>')
    merged = changed(data, SHEET, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
    assert [cell.value for cell in cells(merged).values()] == [1, 2]


def tables(book: Any) -> None:
    sheet = book.add_worksheet("Grants")
    sheet.add_table(
        "B2:D6",
        {"name": "Ledger", "total_row": True, "columns": [{"header": h} for h in ("Grant", "FMV\n$", "It's [x]")]},
    )
    sheet.add_table("F2:F4", {"name": "Bare", "header_row": False, "columns": [{"header": "Only"}]})


def test_tables_have_their_rows_and_columns() -> None:
    assert read_bytes(workbook(tables)).tables == (
        Table("Ledger", "Grants", "B2:D6", 1, 1, ("Grant", "FMV\n$", "It's [x]"), (None,) * 3),
        Table("Bare", "Grants", "F2:F4", 0, 0, ("Only",), (None,)),
    )


def test_what_does_not_show_is_told() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Grants")
        sheet.write_column("A1", range(6))
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(4, 0)
        sheet.set_row(9, None, None, {"hidden": True})  # holds nothing
        sheet.set_column("C:D", None, None, {"hidden": True})
        sheet.set_column("F:F", 0)
        sheet.autofilter("A1:B6")

    [sheet] = read_bytes(workbook(fill)).sheets
    assert sheet.hidden_rows == {3, 5}
    assert sheet.hidden_columns == {3, 4, 6}
    assert sheet.filters == ("A1:B6",)


def test_the_formula_of_a_table_column_is_told() -> None:
    def fill(book: Any) -> None:
        columns = [{"header": "A"}, {"header": "B", "formula": "=Grants[[#This Row],[A]]*2"}]
        book.add_worksheet("Grants").add_table("A1:B3", {"name": "Grants", "columns": columns})

    [table] = read_bytes(workbook(fill)).tables
    assert table.column_formulas == (None, "=Grants[[#This Row],[A]]*2")


@pytest.mark.parametrize(
    ("calculation", "iterative", "as_displayed"),
    [("", False, False), ('iterate="1"', True, False), ('fullPrecision="0"', False, True)],
)
def test_settings_that_change_figures_are_told(calculation: str, iterative: bool, as_displayed: bool) -> None:
    read = read_bytes(changed(workbook(), "xl/workbook.xml", 'fullCalcOnLoad="1"', calculation))
    assert (read.iterative, read.as_displayed) == (iterative, as_displayed)


LINKED = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="x" Target="values.xlsx" TargetMode="External"/></Relationships>"""


def test_other_workbooks_are_told_by_their_numbers() -> None:
    content = parts(workbook())
    ids = ("rId8", "rId9")
    references = "".join(f'<externalReference r:id="{each}"/>' for each in ids)
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace(
        b"</sheets>", f"</sheets><externalReferences>{references}</externalReferences>".encode()
    )
    relations = "".join(
        f'<Relationship Id="{each}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'externalLink" Target="externalLinks/externalLink{number}.xml"/>'
        for number, each in enumerate(ids, start=1)
    )
    at = "xl/_rels/workbook.xml.rels"
    content[at] = content[at].replace(b"</Relationships>", f"{relations}</Relationships>".encode())
    content["xl/externalLinks/externalLink2.xml"] = b"<externalLink/>"
    content["xl/externalLinks/_rels/externalLink2.xml.rels"] = LINKED.encode()
    assert read_bytes(packed(content)).links == ("", "values.xlsx")


def test_a_table_without_a_range_is_damage() -> None:
    with pytest.raises(Unreadable, match="its table Ledger fills the range A0:B1, which is none"):
        read_bytes(changed(workbook(tables), "xl/tables/table1.xml", 'ref="B2:D6"', 'ref="A0:B1"'))


def test_names_have_their_scope() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("Grants")
        book.add_worksheet("Plan")
        book.define_name("Limit", "=Plan!$B$2")
        book.define_name("Plan!Rate", "=0.05")

    names = read_bytes(workbook(fill)).names
    assert {(name.name, name.formula, name.sheet) for name in names} == {
        ("Limit", "=Plan!$B$2", None),
        ("Rate", "=0.05", "Plan"),
    }


def test_a_chart_sheet_keeps_the_scope_of_names_in_place() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Grants")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Grants!$A$1:$A$2"})
        book.add_chartsheet("Chart").set_chart(chart)
        book.add_worksheet("Plan").hide()
        book.define_name("Plan!Rate", "=0.05")
        sheet.write(0, 0, 1)

    book = read_bytes(workbook(fill))
    assert [(sheet.name, sheet.kind, sheet.hidden) for sheet in book.sheets] == [
        ("Grants", "worksheet", False),
        ("Chart", "chart", False),
        ("Plan", "worksheet", True),
    ]
    assert [name.sheet for name in book.names] == ["Plan"]


def test_rules_of_both_generations_are_found() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Grants")
        sheet.data_validation("A2:A9", {"validate": "custom", "value": "=A2<POOL_AVAILABLE(B1)"})
        sheet.conditional_format("C2:C9", {"type": "formula", "criteria": "=C2>ISO_MIN_PRICE(1)"})

    extension = (
        '<extLst><ext uri="{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidations><x14:dataValidation>'
        "<x14:formula1><xm:f>F(Plan!A1)</xm:f></x14:formula1><xm:sqref>D2:D9</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
    )
    data = changed(workbook(fill), SHEET, "</worksheet>", extension)
    assert set(read_bytes(data).sheets[0].rules) == {
        Rule("data validation", "A2:A9", "=A2<POOL_AVAILABLE(B1)"),
        Rule("conditional format", "C2:C9", "=C2>ISO_MIN_PRICE(1)"),
        Rule("data validation", "D2:D9", "=F(Plan!A1)"),
    }


@pytest.mark.parametrize(
    ("part", "old", "new", "complaint"),
    [
        (BOOK, 'r:id="rId1"', 'r:id="rId9"', "a part that it refers to is missing"),
        (
            "xl/_rels/workbook.xml.rels",
            "worksheets/sheet1.xml",
            "workbook.xml",
            "the part of its sheet Grants is no sheet",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "worksheets/sheet1.xml",
            "sheet9.xml",
            "the part of its sheet Grants is missing",
        ),
        (BOOK, "</sheets>", '<sheet name="GRANTS" sheetId="2" r:id="rId1"/></sheets>', "two of its sheets"),
        (
            BOOK,
            "</sheets>",
            '<sheet name="Plan" sheetId="2" r:id="rId1"/></sheets>',
            "Plan is another sheet's part again",
        ),
    ],
)
def test_a_lost_sheet_is_damage(part: str, old: str, new: str, complaint: str) -> None:
    with pytest.raises(Unreadable, match=complaint) as caught:
        read_bytes(changed(workbook(), part, old, new))
    assert caught.value.kind == "damaged"


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (['<row r="0"><c r="A0"><v>9</v></c></row>'], "outside of its sheet Grants, in row 0"),
        (['<row r="1048577"><c r="A1048577"><v>9</v></c></row>'], "in row 1,048,577"),
        (['<row r="one"><c r="A1"><v>9</v></c></row>'], "a row of its sheet Grants has the number one, which is none"),
        (['<row r="1">', "<c/>" * 16_384, "<c><v>1</v></c></row>"], "in row 1 and column 16,385"),
        (['<row r="1"><c r="A1"><v>1</v></c></row>', '<row r="1"><c r="A1"><v>2</v></c></row>'], "A1 is there twice"),
    ],
)
def test_a_row_that_no_sheet_has_is_damage(rows: list[str], complaint: str) -> None:
    with pytest.raises(Unreadable, match=complaint) as caught:
        read_bytes(one_sheet(*rows))
    assert caught.value.kind == "damaged"


def test_cells_without_addresses_follow_one_another() -> None:
    found = cells(
        one_sheet(
            '<row><c><v>1</v></c><c r="C1"><v>3</v></c><c><f t="shared" ref="D1:D2" si="0">C1*2</f><v>6</v></c></row>',
            '<row><c/><c/><c/><c><f t="shared" si="0"/><v>0</v></c></row>',
            '<row><c r="B7"><v>7</v></c></row>',
        )
    )
    assert {address: (cell.formula, cell.value) for address, cell in found.items()} == {
        "A1": (None, 1),
        "C1": (None, 3),
        "D1": ("=C1*2", 6),
        "D2": ("=C2*2", 0),
        "B7": (None, 7),
    }


STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def strict(data: bytes) -> bytes:
    """The workbook as Excel's Strict Open XML Spreadsheet: other namespaces and types of relations."""
    content = parts(data)
    for name, part in content.items():
        for usual, other in STRICT.items():
            part = part.replace(usual, other)
        content[name] = part
    return packed(content)


def test_strict_open_xml_is_read_as_any_other() -> None:
    for fill in (ledger, tables):
        data = workbook(fill)
        assert b"purl.oclc.org" in parts(strict(data))[SHEET]
        usual, other = read_bytes(data), read_bytes(strict(data))
        assert [sheet.cells for sheet in other.sheets] == [sheet.cells for sheet in usual.sheets]
        assert (other.tables, other.names) == (usual.tables, usual.names)
    dated = changed(one_sheet('<row r="1"><c r="A1" t="d"><v>2001-11-19</v></c></row>'), SHEET, *WHOLE_SHEET)
    assert cells(dated)["A1"] == Cell(1, 1, DAY, kind="date")


WHOLE_SHEET = tuple(each.decode() for each in next(iter(STRICT.items())))


def test_strict_open_xml_in_an_encoding_of_no_spreadsheet_program_is_refused() -> None:
    content = parts(strict(workbook()))
    content[SHEET] = content[SHEET].decode().replace("UTF-8", "UTF-16").encode("utf-16")
    with pytest.raises(Unreadable) as caught:
        read_bytes(packed(content))
    assert caught.value.kind == "strict"


def test_a_module_of_an_old_macro_workbook_is_a_sheet_without_cells() -> None:
    data = changed(
        workbook(), BOOK, "</sheets>", '<sheet name="Module1" sheetId="2" state="veryHidden" r:id=""/></sheets>'
    )
    assert [(sheet.name, sheet.kind, sheet.hidden) for sheet in read_bytes(data).sheets] == [
        ("Grants", "worksheet", False),
        ("Module1", "other", True),
    ]


def test_styles_that_are_missing_or_odd_do_not_matter() -> None:
    assert len(cells(without(workbook(ledger), "xl/styles.xml"))) == len(cells(workbook(ledger)))
    odd = changed(workbook(ledger), "xl/styles.xml", "<fills ", '<fills vendor="x" ')
    assert cells(odd) == cells(workbook(ledger))


def test_the_number_of_cells_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    held = sum(len(sheet.cells) for sheet in read_bytes(workbook(ledger)).sheets)
    monkeypatch.setattr(reader, "MOST_CELLS", held)
    read_bytes(workbook(ledger))
    monkeypatch.setattr(reader, "MOST_CELLS", held - 1)
    with pytest.raises(Unreadable) as caught:
        read_bytes(workbook(ledger))
    assert caught.value.kind == "too large"


def test_the_version_of_openpyxl_is_one_whose_private_parts_are_known() -> None:
    assert openpyxl.__version__.startswith("3.1.")


def test_reading_leaves_openpyxl_as_it_was() -> None:
    before = dict(vars(WorkSheetParser))
    read_bytes(workbook(ledger))
    assert dict(vars(WorkSheetParser)) == before


def test_workbooks_are_read_at_the_same_time() -> None:
    data = workbook(ledger)
    alone = read_bytes(data)
    with ThreadPoolExecutor(4) as threads:
        assert all(book == alone for book in threads.map(read_bytes, [data] * 8))


def plain_loads(data: bytes) -> Iterator[tuple[str, tuple[int, int], tuple[Any, ...]]]:
    """Sheet, address and (formula, array range, value, whether an error) of each cell, from two loads of openpyxl."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formulas = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
        values = openpyxl.load_workbook(io.BytesIO(data), keep_links=False, data_only=True)
    for sheet in formulas.worksheets:
        for key, cell in sheet._cells.items():
            saved = values[sheet.title]._cells[key]
            match cell.value:
                case ArrayFormula() as array:
                    formula, ref = array.text, array.ref
                case DataTableFormula():
                    formula, ref = None, None
                case text:
                    formula, ref = (text if cell.data_type == "f" else None), None
            if formula is not None or saved.value is not None:
                shown = unescape(saved.value) if isinstance(saved.value, str) else saved.value
                yield sheet.title, key, (formula, ref, shown, saved.data_type == "e")


def one_pass(book: Workbook) -> Iterator[tuple[str, tuple[int, int], tuple[Any, ...]]]:
    """The same of our reader, with its differences from openpyxl taken back."""
    for sheet in book.sheets:
        for key, cell in sheet.cells.items():
            saved: object = cell.value
            if cell.formula is not None and saved == "":  # openpyxl: None
                saved = None
            yield sheet.name, key, (cell.formula, cell.array_ref, saved, cell.kind == "error")


def assert_equal_to_two_loads(data: bytes) -> int:
    """Compares and returns the number of cells compared."""
    plain = {(sheet, key): content for sheet, key, content in plain_loads(data)}
    ours = {(sheet, key): content for sheet, key, content in one_pass(read_bytes(data))}
    for where, (formula, ref, saved, error) in plain.items():
        ours_formula, ours_ref, ours_saved, ours_error = ours[where]
        assert (ours_formula, ours_ref, ours_error) == (formula, ref, error), where
        if isinstance(saved, dt.datetime) and saved.year < 1900:  # a negative number in a date format
            assert isinstance(ours_saved, int | float), where
            assert ours_saved < 0, where
        elif isinstance(saved, dt.timedelta):  # elapsed time is a number to Excel
            assert ours_saved == pytest.approx(saved / dt.timedelta(days=1), abs=1e-8), where
        else:
            if type(saved) is dt.date:
                saved = dt.datetime.combine(saved, dt.time())
            assert (ours_saved, type(ours_saved)) == (saved, type(saved)), where
    return len(plain)


def test_one_pass_gives_what_two_loads_give() -> None:
    assert assert_equal_to_two_loads(workbook(ledger)) > 30
    assert assert_equal_to_two_loads(workbook(ledger, date_1904=True)) > 30
    assert assert_equal_to_two_loads(workbook(tables)) == 3
    assert assert_equal_to_two_loads(one_sheet('<row r="1"><c r="A1" t="str"><f>F()</f><v></v></c></row>')) == 1


@pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no folder of real workbooks")
def test_one_pass_gives_what_two_loads_give_over_real_workbooks() -> None:
    compared = 0
    refused: list[str] = []
    for path in sorted(Path(CORPUS or "", "workbooks").glob("*.xls[xm]")):
        data = path.read_bytes()
        if len(data) > LARGEST_COMPARED:
            continue
        try:
            read_bytes(data)
        except Unreadable as reason:
            refused.append(reason.kind)
            continue
        try:
            compared += assert_equal_to_two_loads(data)
        except (TypeError, IndexError, KeyError):  # what openpyxl raises for files that we read
            continue
    assert compared > 2_000
    assert refused == []


def test_parts_that_hold_no_cells_are_not_looked_at() -> None:
    def fill(book: Any) -> None:
        ledger(book)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Grants!$C$2:$C$6"})
        book.get_worksheet_by_name("Grants").insert_chart("K2", chart)

    data = workbook(fill)
    broken = packed(
        {name: b"<a>" if "drawing" in name or "chart" in name else part for name, part in parts(data).items()}
    )
    assert cells(broken) == cells(data)
