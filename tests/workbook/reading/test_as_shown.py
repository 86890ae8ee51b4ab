"""Cells as Excel shows them: what openpyxl takes for something else, and files that it refuses and Excel opens."""

import datetime as dt
import io
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from plansheet.excel.reading import BadCell, as_date, as_number
from plansheet.workbook.ledgers.areas import cell_value
from plansheet.workbook.ledgers.find import find_areas
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.saved import Cell
from plansheet.workbook.reading.unreadable import Unreadable
from workbook.making import CONTENT_TYPES, changed, packed, parts, without, workbook

CORPUS = os.environ.get("PLANSHEET_CORPUS")
SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
TEXTS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"


def first(data: bytes) -> Cell:
    return read_bytes(data).sheets[0].cells[1, 1]


def numbered(number: str, number_format: str, **options: object) -> bytes:
    """A workbook with one number, written as the file has it, in a number format."""

    def fill(book: Any) -> None:
        book.add_worksheet("Grants").write_number(0, 0, 7, book.add_format({"num_format": number_format}))

    return changed(workbook(fill, **options), SHEET, "<v>7</v>", f"<v>{number}</v>")


DATE = "yyyy-mm-dd hh:mm"
NEVER = "holds 60, which is 29 February 1900, a day that never was; enter a date"
NO_DAY = "which is no date: Excel's dates run from 1 (1 January 1900) to 2958465; enter a date"


@pytest.mark.parametrize(
    ("serial", "shown", "seen"),
    [
        ("0", dt.time(0), None),  # a formula that refers to a blank cell
        ("1", dt.datetime(1900, 1, 1), dt.date(1900, 1, 1)),
        ("59", dt.datetime(1900, 2, 28), dt.date(1900, 2, 28)),
        ("60", 60, NEVER),
        ("61", dt.datetime(1900, 3, 1), dt.date(1900, 3, 1)),
        ("-1", -1, f"holds -1, {NO_DAY}"),
        ("-0.5", -0.5, f"holds -0.5, {NO_DAY}"),
        ("2958465", dt.datetime(9999, 12, 31), dt.date(9999, 12, 31)),
        ("2958466", 2958466, NO_DAY),
        ("0.5", dt.time(12), "holds 12:00:00, which is not a date; enter a date"),
        ("37214.5208333333", dt.datetime(2001, 11, 19, 12, 30), dt.date(2001, 11, 19)),
        ("44000.9999999999", dt.datetime(2020, 6, 18, 23, 59, 59, 999_000), dt.date(2020, 6, 18)),
        ("44000.999999999996", dt.datetime(2020, 6, 19), dt.date(2020, 6, 19)),  # 44001 by 15 digits
    ],
)
def test_what_a_date_shows_and_what_a_ledger_sees(serial: str, shown: object, seen: object) -> None:
    cell = first(numbered(serial, DATE))
    assert (cell.value, type(cell.value)) == (shown, type(shown))
    assert cell.kind == ("number" if isinstance(shown, int | float) else "date")
    if isinstance(seen, str):
        with pytest.raises(BadCell) as caught:
            as_date(cell_value(cell))
        assert seen in str(caught.value)
    else:
        assert as_date(cell_value(cell)) == seen


@pytest.mark.parametrize(
    ("serial", "shown"),
    [
        ("0", dt.time(0)),
        ("1", dt.datetime(1904, 1, 2)),
        ("59", dt.datetime(1904, 2, 29)),
        ("60", dt.datetime(1904, 3, 1)),
        ("-5", -5),
        ("2957003", dt.datetime(9999, 12, 31)),
        ("2957004", 2957004),
    ],
)
def test_dates_of_the_1904_system(serial: str, shown: object) -> None:
    assert first(numbered(serial, DATE, date_1904=True)).value == shown


@pytest.mark.parametrize(
    ("number_format", "is_date"),
    [
        ("General", False),
        ("d mmm yyyy", True),
        ("[$-409]d-mmm-yy;@", True),
        ("hh:mm AM/PM", True),
        ("[h]:mm", False),  # elapsed time: hours of any number of days
        ("[mm]:ss", False),
        ("@", False),
        ("#,##0.00_);[Red]($#,##0.00)", False),
        ('_-* #,##0.00\\ "kr"_-;-* #,##0.00\\ "kr"_-', False),
        ("[$USD] #,##0.00", False),
        ("[$\u20ac-2] #,##0.00", False),
        ('0 "days"', False),
        ("0\\d", False),
        ("#,##0_d", False),
        ("0.00E+00", False),
        ("[Red]0.0%", False),
        ('"my "0;yyyy', False),
    ],
)
def test_which_number_formats_show_a_date(number_format: str, is_date: bool) -> None:
    cell = first(numbered("37214.25", number_format))
    assert cell.value == (dt.datetime(2001, 11, 19, 6) if is_date else 37214.25)


def test_elapsed_time_is_the_number_it_is() -> None:
    cell = first(numbered("1234.56789", "[h]:mm:ss"))
    assert cell == Cell(1, 1, 1234.56789, kind="number")
    assert as_number(cell_value(cell)) == as_number(1234.56789)


def test_a_number_formatted_as_text_is_a_number_and_a_text_a_text() -> None:
    def fill(book: Any) -> None:
        text = book.add_format({"num_format": "@", "quote_prefix": True})
        sheet = book.add_worksheet("Grants")
        sheet.write_number(0, 0, 1000, text)
        sheet.write_string(0, 1, "1000", text)
        sheet.write_string(0, 2, "=A1*2", text)  # typed with an apostrophe before it
        sheet.write_string(0, 3, "2001-11-19", book.add_format({"num_format": DATE}))

    found = read_bytes(workbook(fill)).sheets[0].cells
    assert [(cell.value, cell.kind, cell.formula) for cell in found.values()] == [
        (1000, "number", None),
        ("1000", "text", None),
        ("=A1*2", "text", None),
        ("2001-11-19", "text", None),
    ]


@pytest.mark.parametrize("error", ["#N/A", "#SPILL!", "#CALC!", "#FIELD!", "#BUSY!", "#CONNECT!", "#WAT"])
def test_an_error_is_an_error_whatever_it_is_called(error: str) -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("Grants").write_formula(0, 0, "=F()", None, "#N/A")

    cell = first(changed(workbook(fill), SHEET, "<v>#N/A</v>", f"<v>{error}</v>"))
    assert cell == Cell(1, 1, error, "=F()", kind="error")
    for read in (as_number, as_date):
        with pytest.raises(BadCell, match="is the error #"):
            read(cell_value(cell))


RICH = (
    "<si><r><t>An</t></r><r><rPr><b/><color rgb='odd'/></rPr><t xml:space='preserve'> option</t></r>"
    "<rPh sb='0' eb='2'><t>READING</t></rPh><phoneticPr fontId='1'/></si>"
)


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (RICH, "An option"),
        ("<si><t>Grant_x000D_\nnumber</t></si>", "Grant\r\nnumber"),
        ("<si><t>a_x005F_x000D_b</t></si>", "a_x000D_b"),  # what was typed
        ("<si><t>Max005F_1</t></si>", "Max005F_1"),
        ("<si><t>\u5c65\u6b74</t><rPh sb='0' eb='1'><t>\u308a</t></rPh></si>", "\u5c65\u6b74"),
        ("<si><t/></si>", ""),
        ("<si/>", ""),
    ],
)
def test_a_shared_text_is_what_the_cell_shows(item: str, text: str) -> None:
    data = workbook(lambda book: book.add_worksheet("Grants").write_string(0, 0, "here"))
    assert first(changed(data, TEXTS, "<si><t>here</t></si>", item)) == Cell(1, 1, text, kind="text")


def test_inline_text_is_read_as_shared_text_is() -> None:
    data = workbook(lambda book: book.add_worksheet("Grants").write_number(0, 0, 7))
    inline = f'<c r="A1" t="inlineStr"><is>{RICH[4:-5]}</is></c>'
    assert first(changed(data, SHEET, '<c r="A1"><v>7</v></c>', inline)) == Cell(1, 1, "An option", kind="text")


def test_a_heading_with_an_escaped_line_end_is_known() -> None:
    headings = ["Grant", "Grant date", "Shares", "Fair market\nvalue"]

    def fill(book: Any) -> None:
        book.add_worksheet("Grants").add_table("A1:D2", {"name": "T", "columns": [{"header": h} for h in headings]})

    data = changed(workbook(fill), TEXTS, "Fair market\nvalue", "Fair market_x000D_\nvalue")
    data = changed(data, "xl/tables/table1.xml", "Fair market&#xA;value", "Fair market_x000D_&#xA;value")
    book = read_bytes(data)
    assert book.tables[0].columns[3] == book.sheets[0].cells[1, 4].value == "Fair market\r\nvalue"
    [area] = find_areas(book).ledgers
    assert area.columns == {"grant": 1, "grant_date": 2, "shares": 3, "fmv": 4}


@pytest.mark.parametrize("dimension", ["A1", "A1:B2", "A1:XFD1048576", "nonsense"])
def test_what_a_sheet_says_of_its_size_does_not_matter(dimension: str) -> None:
    data = workbook(lambda book: book.add_worksheet("Grants").write_column(0, 3, range(51)))
    lying = changed(data, SHEET, '<dimension ref="D1:D51"/>', f'<dimension ref="{dimension}"/>')
    [sheet] = read_bytes(lying).sheets
    assert (len(sheet.cells), sheet.last_row, sheet.last_column) == (51, 51, 4)


def test_fewer_sheets_than_are_listed_is_damage() -> None:
    data = changed(
        workbook(), BOOK, "</sheets>", '<x:sheet xmlns:x="urn:other" name="Lost" sheetId="2" r:id="rId1"/></sheets>'
    )
    with pytest.raises(Unreadable, match="it lists 2 sheets, and 1 can be read") as caught:
        read_bytes(data)
    assert caught.value.kind == "damaged"


def test_names_of_parts_are_the_same_in_other_letters() -> None:
    content = parts(workbook(lambda book: book.add_worksheet("Grants").write_string(0, 0, "here")))
    content["xl/Worksheets/Sheet1.xml"] = content.pop(SHEET)
    content["xl/SharedStrings.xml"] = content.pop(TEXTS)
    assert first(packed(content)).value == "here"


# --- Files that openpyxl refuses and Excel opens ---------------------------------------------------------------------


def ledger(book: Any) -> None:
    sheet = book.add_worksheet("Grants")
    sheet.write_row(0, 0, ["Grant", "Shares", "Granted"])
    sheet.write_row(1, 0, ["G-1", 1000])
    sheet.write_datetime(1, 2, dt.datetime(2001, 11, 19), book.add_format({"num_format": DATE}))
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Grants!$B$2"})
    sheet.insert_chart("E2", chart)


LEDGER = workbook(ledger)
RELATION = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '


def with_relation(kind: str, target: str, element: str, more: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """The ledger with one more thing that its workbook refers to."""
    content = parts(LEDGER)
    relation = f'{RELATION.format(kind)}Target="{target}"/></Relationships>'
    content[RELATIONS] = content[RELATIONS].replace(b"</Relationships>", relation.encode())
    content[BOOK] = content[BOOK].replace(b"</sheets>", f"</sheets>{element}".encode())
    return packed({**content, **dict(more)})


PIVOT = b'<pivotCacheDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" vendor="x"/>'
REFUSED: dict[str, Callable[[], bytes]] = {
    "a pivot cache of another program": lambda: with_relation(
        "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml",
        '<pivotCaches><pivotCache cacheId="1" r:id="rId99"/></pivotCaches>',
        [("xl/pivotCache/pivotCacheDefinition1.xml", PIVOT)],
    ),
    "a pivot cache that is missing": lambda: with_relation(
        "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml",
        '<pivotCaches><pivotCache cacheId="1" r:id="rId99"/></pivotCaches>',
    ),
    "an empty fill": lambda: changed(LEDGER, STYLES, '<fill><patternFill patternType="none"/></fill>', "<fill/>"),
    "a cell without a style's number": lambda: changed(LEDGER, SHEET, '<c r="B2">', '<c r="B2" s="">'),
    "a vendor's attribute of the workbook": lambda: changed(LEDGER, BOOK, "<workbookPr ", '<workbookPr vendor="x" '),
    "a vendor's attribute of a sheet's entry": lambda: changed(LEDGER, BOOK, "<sheet ", '<sheet vendor="x" '),
    "an extension without an address": lambda: changed(LEDGER, BOOK, "</sheets>", "</sheets><extLst><ext/></extLst>"),
    "a setting of calculation out of its kind": lambda: changed(LEDGER, BOOK, "<calcPr ", '<calcPr iterateDelta="x" '),
    "a picture that is missing": lambda: without(LEDGER, "xl/drawings/drawing1.xml"),
    "a chart that is missing": lambda: without(LEDGER, "xl/charts/chart1.xml"),
    "another workbook that is missing": lambda: with_relation(
        "externalLink", "externalLinks/externalLink1.xml",
        '<externalReferences><externalReference r:id="rId99"/></externalReferences>',
    ),
    "a merged area that is none": lambda: changed(
        LEDGER, SHEET, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:"/></mergeCells>'
    ),
    "a colour that is none": lambda: changed(LEDGER, STYLES, '<color theme="1"/>', '<color rgb="red"/>'),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_openpyxl_refuses_and_excel_opens_is_read(name: str) -> None:
    data = REFUSED[name]()
    with pytest.raises((TypeError, KeyError, ValueError)):
        openpyxl.load_workbook(io.BytesIO(data))
    assert read_bytes(data).sheets[0].cells == read_bytes(LEDGER).sheets[0].cells


def test_without_its_style_a_date_is_its_number() -> None:
    content = parts(LEDGER)
    one = b'<cellXfs count="1"><xf numFmtId="0"/></cellXfs>'
    short = packed({**content, STYLES: re.sub(b"<cellXfs.*</cellXfs>", one, content[STYLES])})
    for data in (without(LEDGER, STYLES), short):
        cell = read_bytes(data).sheets[0].cells[2, 3]
        assert (cell.value, cell.kind) == (37214, "number")
        assert as_date(cell_value(cell)) == dt.date(2001, 11, 19)


def test_a_table_that_is_missing_is_damage_that_names_it() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("Grants").add_table("A1:B3", {"name": "Grants"})

    with pytest.raises(Unreadable, match=r"a part that it refers to is missing \(xl/tables/table1\.xml\)") as caught:
        read_bytes(without(workbook(fill), "xl/tables/table1.xml"))
    assert caught.value.kind == "damaged"


def test_the_list_of_contents_need_not_know_every_part() -> None:
    content = parts(LEDGER)
    start = content[CONTENT_TYPES].index(b'<Override PartName="/xl/sharedStrings.xml"')
    end = content[CONTENT_TYPES].index(b"/>", start) + 2
    content[CONTENT_TYPES] = content[CONTENT_TYPES][:start] + content[CONTENT_TYPES][end:]
    assert read_bytes(packed(content)).sheets[0].cells[2, 1].value == "G-1"


@pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no folder of real workbooks")
def test_strict_workbooks_of_excel_are_read() -> None:
    found = {}
    for path in sorted(Path(CORPUS or "", "workbooks").glob("*strict*.xlsx")):
        book = read_bytes(path.read_bytes())
        found[path.name.partition("__")[0]] = [len(sheet.cells) for sheet in book.sheets]
    assert found.keys() == {"calamine", "poi", "test_files"}
    assert all(sum(cells) > 10 for cells in found.values())
