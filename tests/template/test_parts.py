"""The files for Excel, part by part: what they hold is what Excel itself writes, and what it opens without a question.

No Excel is needed. What it writes is learned from files that it has saved: those which xlwings ships, and, where
PLANSHEET_CORPUS names a folder of other people's workbooks, those among them. What neither shows is written down here
with its place in ECMA-376. Each check is also shown a file that is broken on purpose.
"""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import xlwings
from openpyxl.utils import get_column_letter

import plansheet
from plansheet.core.records import Activity, Column, Grant, Holder, Kind, Tranche, columns
from plansheet.core.words import Action, GrantType
from plansheet.excel import FUNCTIONS
from plansheet.template import build_products, build_sample
from plansheet.workbook.expressions import called, plan_name
from template import parts
from template.parts import (
    ADD_IN,
    MAIN,
    NO_MACROS,
    OF_ANY_WORKBOOK,
    OFFICE,
    R_ID,
    VBA_PROJECT,
    WORKBOOK,
    Area,
    Cell,
    Check,
    Package,
    Seen,
    Sheet,
    Table,
    all_tables,
    area,
    local,
    seen,
    tree,
)

ADD_IN_FILE, TEMPLATE, LITE, SAMPLE = "plansheet.xlam", "plansheet.xlsm", "plansheet-lite.xlsx", "sample.xlsx"
WITH_SHEETS = (TEMPLATE, LITE, SAMPLE)
WITH_MACROS = (ADD_IN_FILE, TEMPLATE)
SETTINGS = "plansheet.conf"
LEDGERS: dict[str, type[Any]] = {"Holders": Holder, "Grants": Grant, "Vesting": Tranche, "Activity": Activity}
CORPUS = os.environ.get("PLANSHEET_CORPUS")
needs_corpus = pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no folder of workbooks of others")
SHIPPED = (
    "quickstart.xlsm", "quickstart_standalone.xlsm", "quickstart_addin.xlam", "quickstart_addin_ribbon.xlam",
    "addin/xlwings.xlam",
)  # fmt: skip
"""Of xlwings: saved by Excel."""

KINDS_OF_THE_STANDARD = {
    # Part 1, 12.3: the parts of a workbook. 14.2.1: charts. 15.2.12.2: custom properties. Part 4: VML drawings.
    ("xl/workbook.xml", NO_MACROS, f"{OFFICE}/officeDocument"),  # 12.3.23
    *(
        (part, f"application/vnd.openxmlformats-officedocument.{kind}", f"{OFFICE}/{relationship}")
        for part, kind, relationship in (
            ("xl/comments#.xml", "spreadsheetml.comments+xml", "comments"),  # 12.3.3
            ("xl/drawings/drawing#.xml", "drawing+xml", "drawing"),  # 12.3.8
            ("xl/metadata.xml", "spreadsheetml.sheetMetadata+xml", "sheetMetadata"),  # 12.3.10
            ("xl/tables/table#.xml", "spreadsheetml.table+xml", "table"),  # 12.3.21
            ("xl/charts/chart#.xml", "drawingml.chart+xml", "chart"),
            ("xl/drawings/vmlDrawing#.vml", "vmlDrawing", "vmlDrawing"),
            ("docProps/custom.xml", "custom-properties+xml", "custom-properties"),
        )
    ),
}
"""Part, content type and relationship's type of what the files that xlwings ships do not have."""

RARE = {
    # Part 1: in the standard, but in no workbook of the corpus.
    *(("worksheet", "dataValidation", f"@{name}") for name in ("errorStyle", "errorTitle", "error", "operator")),
    *(("worksheet", "hyperlink", f"@{name}") for name in ("location", "display")),  # 18.3.1.47
    ("worksheet", "pane", "@xSplit"),  # 18.3.1.66; errorStyle and so on: 18.3.1.32
    ("chartSpace", "rPr", "@sz"),  # 21.1.2.3.9
    ("chartSpace", "rPr", "solidFill"),
}
"""Element and attribute or child that the products hold and no Excel-saved file of the corpus happens to."""

DYNAMIC_ARRAYS = """\
<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">
  <metadataTypes count="1">
    <metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" pasteValues="1" merge="1"
      splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" coerce="1" cellMeta="1"/>
  </metadataTypes>
  <futureMetadata name="XLDAPR" count="1">
    <bk><extLst><ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">
      <xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/>
    </ext></extLst></bk>
  </futureMetadata>
  <cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata>
</metadata>"""
"""xl/metadata.xml of a workbook with dynamic arrays: [MS-XLSX], and the files of the corpus."""

PREFIXED = {
    "ANCHORARRAY": "_xlfn.ANCHORARRAY",
    "SINGLE": "_xlfn.SINGLE",
    "FILTER": "_xlfn._xlws.FILTER",
    "SORT": "_xlfn._xlws.SORT",
    **{
        name: f"_xlfn.{name}"
        for name in (
            "UNIQUE", "SEQUENCE", "SORTBY", "XLOOKUP", "XMATCH", "LET", "LAMBDA", "TAKE", "DROP", "CHOOSECOLS",
            "CHOOSEROWS", "VSTACK", "HSTACK", "TOCOL", "TOROW", "IFNA", "IFS", "TEXTJOIN", "CONCAT", "MAXIFS", "MINIFS",
        )
    },
}  # fmt: skip
"""Functions that came after Excel 2007 as a file names them ([MS-XLSX]); bare, they are #NAME? in it."""
OLD = frozenset({"IF", "INDEX", "MATCH", "SUM", "ISERROR", "EDATE", "ROW"})
"""Functions of Excel 2007, which have no prefix."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Package]:
    folder = tmp_path_factory.mktemp("products")
    build_products(folder)
    build_sample(folder / SAMPLE)
    return {name: Package.read(folder / name) for name in (ADD_IN_FILE, *WITH_SHEETS)}


@pytest.fixture(scope="session", params=(ADD_IN_FILE, *WITH_SHEETS))
def product(request: pytest.FixtureRequest, built: dict[str, Package]) -> Package:
    return built[request.param]


@pytest.fixture(scope="session", params=WITH_SHEETS)
def workbook(request: pytest.FixtureRequest, built: dict[str, Package]) -> Package:
    return built[request.param]


@pytest.fixture(scope="session", params=WITH_MACROS)
def with_macros(request: pytest.FixtureRequest, built: dict[str, Package]) -> Package:
    return built[request.param]


@cache
def shipped() -> tuple[Package, ...]:
    """What xlwings ships, saved by Excel."""
    folder = Path(str(resources.files(xlwings)))
    return tuple(Package.read(folder / name) for name in SHIPPED)


@cache
def of_corpus() -> tuple[Package, ...]:
    """The corpus' workbooks that Excel 2010 or later has saved; older numbers are also what libraries claim to be."""
    assert CORPUS is not None
    found = (Package.read(path) for path in sorted(Path(CORPUS, "workbooks").iterdir()) if zipfile.is_zipfile(path))
    return tuple(package for package in found if _saved_by_excel(package))


def _saved_by_excel(package: Package) -> bool:
    program, book = (package.parts.get(part, b"") for part in ("docProps/app.xml", "xl/workbook.xml"))
    version = re.search(rb'<fileVersion appName="xl" lastEdited="[5-7]"', book)
    named = re.search(rb"<Application>Microsoft (Macintosh )?Excel<", program)
    return bool(version and named) and MAIN[1:-1].encode() in book


def agree(check: Check, package: Package) -> None:
    """Nothing is wrong, and the check has looked at something."""
    found = seen(check, package)
    assert found.faults == []
    assert found.compared > 0


# ---- 1. The package --------------------------------------------------------------------------------------------------


def kinds(package: Package) -> set[tuple[str, str | None, str]]:
    """Of every part that something leads to: its name, content type and relationship; a number in it is #."""
    return {
        (re.sub(r"\d+", "#", r.target), package.content_type(r.target), r.type) for _, r in package.all_relationships
    }


def kinds_that_excel_writes(package: Package, see: Seen) -> None:
    known = KINDS_OF_THE_STANDARD.union(*map(kinds, shipped()))
    for kind in kinds(package):
        see.that(kind in known, f"Excel writes no part such as {kind}")


def nothing_outside(package: Package, see: Seen) -> None:
    """No link leaves the file, and no part tells of a computer."""
    for source, relationship in package.all_relationships:
        see.that(relationship.inside, f"{source} leads outside, to {relationship.target}")
    path = re.compile(rb"file:/|[A-Za-z]:\\[\w]|/home/|/Users/|/tmp/|/root/")
    for part, data in package.parts.items():
        see.that("externalLink" not in part, f"{part} is a link to another workbook")
        match = path.search(data) if part.endswith((".xml", ".rels", ".vml")) else None
        see.that(match is None, f"{part} holds a path: {match and match[0]!r}")


def what_every_workbook_needs(package: Package, see: Seen) -> None:
    wanted = {
        "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/sharedStrings.xml", "xl/theme/theme1.xml", "xl/worksheets/sheet1.xml", "docProps/app.xml",
        "docProps/core.xml", "docProps/custom.xml",
    }  # fmt: skip
    wanted |= {"xl/vbaProject.bin"} if package.name in WITH_MACROS else {"xl/metadata.xml"}
    wanted |= {"xl/metadata.xml", "xl/tables/table1.xml"} if package.name in WITH_SHEETS else set()
    for part in wanted:
        see.that(part in package.parts, f"{part} is missing")
    see.same("xl/vbaProject.bin" in package.parts, package.name in WITH_MACROS, "whether there are macros")
    kind = {ADD_IN_FILE: ADD_IN, TEMPLATE: WORKBOOK}.get(package.name, NO_MACROS)
    see.same(package.content_type("xl/workbook.xml"), kind, "the content type of the workbook")


def vba_as_excel_saves_it(package: Package, see: Seen) -> None:
    def of(package: Package) -> list[tuple[str, str, str | None, str]]:
        found = [(s, r) for s, r in package.all_relationships if r.type == VBA_PROJECT or "vba" in r.target.lower()]
        return [(source, r.target, package.content_type(r.target), r.type) for source, r in found]

    for saved in shipped():
        see.same(of(package), of(saved), f"the VBA project beside that of {saved.name}")


PACKAGE = (
    parts.content_types, parts.relationships, parts.ids_in_use, kinds_that_excel_writes, nothing_outside,
    what_every_workbook_needs,
)  # fmt: skip


@pytest.mark.parametrize("check", PACKAGE, ids=lambda check: check.__name__)
def test_the_package_is_whole_and_of_parts_that_excel_writes(product: Package, check: Check) -> None:
    agree(check, product)


def test_the_vba_project_is_in_the_package_as_excel_puts_it_there(with_macros: Package) -> None:
    agree(vba_as_excel_saves_it, with_macros)


@needs_corpus
def test_the_kinds_of_parts_written_down_here_are_in_files_that_excel_has_saved() -> None:
    assert KINDS_OF_THE_STANDARD - set().union(*map(kinds, of_corpus())) == set()


# ---- 2. Formulas -----------------------------------------------------------------------------------------------------


def plan_functions(formula: str) -> list[str]:
    """The plan functions that a stored formula calls, as it names them."""
    return [name for name in called(f"={formula}") if plan_name(name, FUNCTIONS)]


def stored_formulas(package: Package) -> Iterator[tuple[str, str]]:
    """Every formula in the file and where it stands: cells, columns of tables, rules, names."""
    for sheet in package.sheets:
        for cell in sheet.formulas:
            yield f"{sheet.name}!{cell.ref}", cell.formula or ""
        for tag in ("formula", "formula1", "formula2"):
            for element in sheet.root.iter(f"{MAIN}{tag}"):
                yield f"a rule of {sheet.name}", element.text or ""
        for table in sheet.tables:
            for element in table.root.iter(f"{MAIN}calculatedColumnFormula"):
                yield f"a column of {table.name}", element.text or ""
    for element in package.workbook.iter(f"{MAIN}definedName"):
        yield f"the name {element.get('name')}", element.text or ""


def plan_functions_are_dynamic_arrays(package: Package, see: Seen) -> None:
    for sheet in package.sheets:
        for cell in sheet.formulas:
            if plan_functions(cell.formula or "") and not cell.calculated_always:
                where = f"{sheet.name}!{cell.ref}"
                see.that(cell.array is not None, f"{where} is no array formula: it would show one value")
                see.that(cell.array is None or cell.array.split(":")[0] == cell.ref, f"{where} fills {cell.array}")
                see.same(cell.cm, "1", f"{where}: the metadata that makes it spill")


def spills_are_saved_whole(package: Package, see: Seen) -> None:
    """A spill's ref holds all the values saved with it and no more; those are plain cells."""
    for sheet in package.sheets:
        for cell, spilled in sheet.spills:
            where = f"{sheet.name}!{cell.ref}"
            see.same(cell.cm, "1", f"{where}: the metadata of an array formula")
            for at in spilled.cells():
                other = sheet.cells.get(at)
                see.that(other is not None, f"{where} fills {spilled}, where row {at[0]} column {at[1]} is missing")
                plain = other is cell or other is None or (other.formula is None and other.cm is None)
                see.that(plain, f"{where} spills over another formula")
            below = [(spilled.bottom, column) for column in range(spilled.left, spilled.right + 1)]
            right = [(row, spilled.right) for row in range(spilled.top, spilled.bottom + 1)]
            for side in (below, right):
                filled = any(sheet.text(*at) is not None for at in side)
                see.that(filled, f"{where}: {spilled} ends with nothing saved, so it is too large")
            for at in spilled.around().cells():
                if not spilled.holds(*at) and at[0] >= spilled.top and at[1] >= spilled.left:
                    free = sheet.text(*at) is None or _belongs_elsewhere(sheet, at, spilled)
                    see.that(free, f"{where}: {spilled} leaves out what is saved beside it, in {at}")


def _belongs_elsewhere(sheet: Sheet, at: tuple[int, int], spilled: Area) -> bool:
    """Whether a cell beside a spill is another formula's, another spill's or a table's."""
    others = [*(other for _, other in sheet.spills if other != spilled), *(table.area for table in sheet.tables)]
    return sheet.cells[at].formula is not None or any(other.holds(*at) for other in others)


def results_are_of_their_type(package: Package, see: Seen) -> None:
    for sheet in package.sheets:
        for cell in sheet.cells.values():
            see.that(cell.type != "e", f"{sheet.name}!{cell.ref} shows {cell.value}")
        for cell in sheet.formulas:
            where = f"{sheet.name}!{cell.ref}, the result of a formula,"
            see.that(cell.value is not None, f"{where} is not saved")
            see.that(cell.type == "str" or _is_number(cell.value), f"{where} is {cell.value} as {cell.type}")


def _is_number(text: str | None) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text or ""))


def one_formula_is_calculated_at_every_opening(package: Package, see: Seen) -> None:
    found = [(sheet.name, cell) for sheet in package.sheets for cell in sheet.formulas if cell.calculated_always]
    see.same([(name, cell.ref) for name, cell in found], [("Start", "B5")], "calculated at every opening")
    for _, cell in found:
        bare = [plan_name(name, FUNCTIONS) for name in called(f"={cell.formula}")]
        see.same(bare, ["PLANSHEET_VERSION"], "what is calculated at every opening")
        see.same((cell.type, cell.value), ("str", plansheet.__version__), "the version saved with it")


def functions_are_named_as_the_file_wants_them(package: Package, see: Seen) -> None:
    """Lite knows its functions by Excel's prefix for add-ins; the others know ours by their names."""
    before = "_xldudf_" if package.name == LITE else ""
    for where, formula in stored_formulas(package):
        for name in called(f"={formula}"):
            plan = plan_name(name, FUNCTIONS)
            last = name.rpartition(".")[2].upper()
            wanted = f"{before}{plan}" if plan else PREFIXED.get(last, last)
            see.same(name, wanted, f"{where}: a function's name")
            known = plan is not None or last in PREFIXED or last in OLD
            see.that(known, f"{where}: whether {last} needs a prefix is not written down here")


def formulas_are_written_as_files_hold_them(package: Package, see: Seen) -> None:
    for where, formula in stored_formulas(package):
        shown = re.sub(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'', "", formula)
        see.that(len(formula) < 8192, f"{where}: its formula is longer than Excel takes")
        see.that(not formula.startswith("="), f"{where}: a stored formula has no =")
        see.that("@" not in shown, f"{where}: @ stands in {formula}")
        unbracketed = re.sub(r"\[#(?:All|Headers|This Row|Data|Totals)\]", "", shown)
        see.that("#" not in unbracketed, f"{where}: # stands in {formula}")
        see.that(";" not in shown, f"{where}: arguments are separated by commas, not as in {formula}")


def references_lead_to_what_is_there(package: Package, see: Seen) -> None:
    """Tables, their columns, sheets and spills that formulas name; Excel repairs a file with a column that is not."""
    tables = {table.name: {e.get("name") for e in table.columns} for _, table in all_tables(package)}
    anchors = {(sheet.name, cell.ref) for sheet in package.sheets for cell, _ in sheet.spills}
    names = {sheet.name for sheet in package.sheets}
    for where, formula in stored_formulas(package):
        text = re.sub(r'"(?:[^"]|"")*"', "", formula)
        for table, inside in re.findall(r"(\w+)(\[(?:[^\[\]]|\[[^\[\]]*\])*\])", text):
            for column in re.findall(r"\[([^\[\]#]+)\]", inside):
                see.that(column in tables.get(table, ()), f"{where}: {table} has no column {column}")
            see.that(table in tables, f"{where}: there is no table {table}")
        for quoted, bare in re.findall(r"(?:'((?:[^']|'')+)'|\b(\w+))!", text):
            see.that((quoted.replace("''", "'") or bare) in names, f"{where}: there is no sheet {quoted or bare}")
        for quoted, ref in re.findall(r"ANCHORARRAY\((?:'((?:[^']|'')+)'!)?([$A-Z0-9]+)\)", text):
            anchor = (quoted or where.partition("!")[0], ref.replace("$", ""))
            see.that(anchor in anchors, f"{where}: nothing spills from {anchor}")


def the_metadata_is_that_of_dynamic_arrays(package: Package, see: Seen) -> None:
    see.same(tree(package.root("xl/metadata.xml")), tree(ET.fromstring(DYNAMIC_ARRAYS)), "xl/metadata.xml")
    used = {cell.cm for sheet in package.sheets for cell in sheet.cells.values()}
    see.same(used, {None, "1"}, "the metadata that cells name")


FORMULAS = (
    plan_functions_are_dynamic_arrays, spills_are_saved_whole, results_are_of_their_type,
    one_formula_is_calculated_at_every_opening, functions_are_named_as_the_file_wants_them,
    formulas_are_written_as_files_hold_them, references_lead_to_what_is_there, the_metadata_is_that_of_dynamic_arrays,
)  # fmt: skip


@pytest.mark.parametrize("check", FORMULAS, ids=lambda check: check.__name__)
def test_formulas_are_stored_as_excel_stores_them(workbook: Package, check: Check) -> None:
    agree(check, workbook)


@needs_corpus
def test_excel_writes_the_same_metadata() -> None:
    found = [
        package for package in of_corpus() if b'metadataTypes count="1"' in package.parts.get("xl/metadata.xml", b"")
    ]
    dynamic = [package for package in found if b'name="XLDAPR"' in package.parts["xl/metadata.xml"]]
    assert dynamic
    for package in dynamic:
        assert tree(package.root("xl/metadata.xml")) == tree(ET.fromstring(DYNAMIC_ARRAYS)), package.name


@needs_corpus
def test_excel_stores_its_own_dynamic_arrays_in_the_same_way() -> None:
    dynamic = [found for package in of_corpus() for found in _arrays(package) if found[1].cm]
    assert len(dynamic) > 10
    assert any(cell.type == "str" for _, cell in dynamic)
    assert any(cell.array == cell.ref for _, cell in dynamic)  # one value, as of a function that gives no more
    for where, cell in dynamic:
        assert (cell.array or "").split(":")[0] == cell.ref, where
        assert "@" not in (cell.formula or ""), where


def _arrays(package: Package) -> Iterator[tuple[str, Cell]]:
    for sheet in package.sheets:
        for cell, _ in sheet.spills:
            yield f"{sheet.name}!{cell.ref}", cell


# ---- 3. Tables -------------------------------------------------------------------------------------------------------


def calculated_columns(package: Package, see: Seen) -> None:
    """A calculated column's formula is that of every row, and an array formula where those are (18.5.1.1).

    Otherwise Excel marks every row as one that departs from its column, and fills new rows with another formula.
    """
    for sheet, table in all_tables(package):
        at = table.area
        for column, element in enumerate(table.columns, start=at.left):
            found = element.find(f"{MAIN}calculatedColumnFormula")
            where = f"{table.name}[{element.get('name')}]"
            cells = [sheet.cells.get((row, column)) for row in range(at.top + 1, at.bottom + 1)]
            formulas = {None if cell is None else cell.formula for cell in cells}
            see.same(formulas, {None if found is None else found.text}, f"{where}: formulas of its rows")
            if found is not None:
                arrays = {cell is not None and cell.array is not None for cell in cells}
                says = found.get("array") in ("1", "true")
                see.same(arrays, {says}, f"{where}: rows with array formulas (array= on calculatedColumnFormula)")
                ones = all(cell is None or cell.array in (None, cell.ref) for cell in cells)
                see.that(ones, f"{where}: an array formula in a table fills one cell")


def tables_stand_alone(package: Package, see: Seen) -> None:
    """Nothing touches a table, so that it can grow and nothing is taken into it."""
    for sheet, table in all_tables(package):
        around = table.area.around()
        for cell in sheet.cells.values():
            inside = table.area.holds(cell.row, cell.column)
            free = cell.value is None and cell.formula is None
            see.that(inside or free or not around.holds(cell.row, cell.column), f"{cell.ref} touches {table.name}")
            below = cell.row > table.area.bottom and table.area.left <= cell.column <= table.area.right
            see.that(inside or free or not below, f"{cell.ref} stands in the way of {table.name}")


def the_ledgers_are_tables(package: Package, see: Seen) -> None:
    found = {sheet.name: table for sheet, table in all_tables(package)}
    see.same(list(found), ["Plan", *LEDGERS], "sheets with a table")
    for name, table in found.items():
        see.same(table.name, name, f"the table of {name}")
        see.that(table.root.find(f"{MAIN}autoFilter") is not None, f"{name} has no filter")
        see.same((table.area.left, table.area.top), (1, 1), f"where the table of {name} starts")
        see.that(len(package.sheet(name).tables) == 1, f"{name} has more than one table")


TABLES = (
    parts.names_of_tables, parts.columns_of_tables, parts.room_of_tables, parts.texts, calculated_columns,
    tables_stand_alone, the_ledgers_are_tables,
)  # fmt: skip


@pytest.mark.parametrize("check", TABLES, ids=lambda check: check.__name__)
def test_tables_are_what_their_cells_say(workbook: Package, check: Check) -> None:
    agree(check, workbook)


# ---- 4. The workbook -------------------------------------------------------------------------------------------------


def only_print_titles_are_names(package: Package, see: Seen) -> None:
    for element in package.workbook.iter(f"{MAIN}definedName"):
        see.same(element.get("name"), "_xlnm.Print_Titles", "a defined name")
        see.that(element.get("localSheetId") is not None, "print titles belong to a sheet")


def the_calculation_keeps_what_is_saved(package: Package, see: Seen) -> None:
    found = package.workbook.find(f"{MAIN}calcPr")
    see.same(None if found is None else found.attrib, {"calcId": "191029"}, "calcPr")


def the_versions_are_properties(package: Package, see: Seen) -> None:
    wanted = {name: version(name) for name in ("xlwings", "XlsxWriter")} | {"plansheet": plansheet.__version__}
    root = package.root("docProps/custom.xml")
    see.same({e.get("name"): e[0].text for e in root}, wanted, "custom properties")
    see.same([e.get("pid") for e in root], [str(number) for number in range(2, len(wanted) + 2)], "their numbers")
    see.same({e.get("fmtid") for e in root}, {"{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"}, "their format")
    see.same({local(e[0]) for e in root}, {"lpwstr"}, "their types")


def each_sheet_is_numbered(package: Package, see: Seen) -> None:
    """sheetId, part and relationship count in the order of the tabs, so that code names do too."""
    elements = package.workbook.findall(f"{MAIN}sheets/{MAIN}sheet")
    targets = {r.id: r.target for r in package.relationships(package.workbook_part)}
    for number, element in enumerate(elements, start=1):
        name = element.get("name")
        see.same(element.get("sheetId"), str(number), f"{name}: its sheetId")
        see.same(targets.get(element.get(R_ID, "")), f"xl/worksheets/sheet{number}.xml", f"{name}: its part")


def one_sheet_is_in_front(package: Package, see: Seen) -> None:
    """Several selected sheets would be a group, where what is typed goes into each."""
    found = [s.name for s in package.sheets for view in s.all("sheetViews/sheetView") if view.get("tabSelected") == "1"]
    see.same(found, [package.sheets[0].name], "sheets that are selected")


def links_stay_in_the_workbook(package: Package, see: Seen) -> None:
    names = {sheet.name for sheet in package.sheets if sheet.state == "visible"}
    for sheet in package.sheets:
        for link in sheet.all("hyperlinks/hyperlink"):
            see.that(link.get(R_ID) is None, f"{sheet.name}!{link.get('ref')} leads out of the workbook")
            to = link.get("location", "").rpartition("!")[0].strip("'").replace("''", "'")
            see.that(to in names, f"{sheet.name}!{link.get('ref')} leads to {to}, which is no sheet to be seen")


def settings_are_hidden(package: Package, see: Seen) -> None:
    found = [sheet for sheet in package.sheets if sheet.name == SETTINGS]
    see.same([sheet.state for sheet in found], ["hidden"], f"the state of the sheet {SETTINGS}")
    for sheet in found:
        texts = {at: sheet.text(*at) for at in sheet.cells}
        wanted = {(1, 1): "ADD_WORKBOOK_TO_PYTHONPATH", (1, 2): "False"}
        see.same(texts, wanted, f"what {SETTINGS} says")
        see.that(all(cell.type == "s" for cell in sheet.cells.values()), f"{SETTINGS} holds texts")
    others = {sheet.state for sheet in package.sheets if sheet.name != SETTINGS}
    see.same(others, {"visible"}, "the state of all other sheets")


def each_sheet_has_a_code_name(package: Package, see: Seen) -> None:
    wanted = ["ThisWorkbook", *(f"Sheet{number}" for number in range(1, len(package.sheets) + 1))]
    see.same(parts.code_names_in(package), wanted, "code names")
    see.same(parts.document_modules(package), wanted, "document modules of the VBA project, in order")


WORKBOOKS = (
    parts.names_of_sheets, parts.titles_of_parts, the_calculation_keeps_what_is_saved, the_versions_are_properties,
    each_sheet_is_numbered, one_sheet_is_in_front,
)  # fmt: skip
NAMES = (parts.defined_names, only_print_titles_are_names, links_stay_in_the_workbook)
MACROS = (parts.code_names, each_sheet_has_a_code_name, settings_are_hidden)


@pytest.mark.parametrize("check", WORKBOOKS, ids=lambda check: check.__name__)
def test_the_workbook_says_rightly_what_it_holds(product: Package, check: Check) -> None:
    agree(check, product)


@pytest.mark.parametrize("check", NAMES, ids=lambda check: check.__name__)
def test_names_and_links_lead_to_sheets_of_the_workbook(workbook: Package, check: Check) -> None:
    agree(check, workbook)


@pytest.mark.parametrize("check", MACROS, ids=lambda check: check.__name__)
def test_the_workbook_and_its_vba_project_know_each_other(with_macros: Package, check: Check) -> None:
    agree(check, with_macros)


def test_the_window_of_the_add_in_is_hidden_as_in_those_that_excel_saves(built: dict[str, Package]) -> None:
    agree(parts.view_of_an_add_in, built[ADD_IN_FILE])


def test_no_other_workbook_hides_a_sheet(built: dict[str, Package]) -> None:
    for name in (LITE, SAMPLE):
        assert {sheet.state for sheet in built[name].sheets} == {"visible"}


# ---- 5. Paper, headings, notes, choices ------------------------------------------------------------------------------


def pages_are_set_up(package: Package, see: Seen) -> None:
    """US letter, as wide as the paper, with the sheet's name and the page's number."""
    for sheet in package.sheets:
        setup, fit = sheet.one("pageSetup"), sheet.one("sheetPr/pageSetUpPr")
        setting = {} if setup is None else setup.attrib
        see.same(setting.get("paperSize"), "1", f"{sheet.name}: its paper")
        see.same(fit is not None and fit.get("fitToPage"), "1", f"{sheet.name}: whether it is fitted")
        pages = setting.get("fitToWidth", "1"), setting.get("fitToHeight", "1")
        see.same(pages, ("1", "0"), f"{sheet.name}: pages across and down")
        see.that(setting.get("orientation") in ("portrait", "landscape"), f"{sheet.name}: which way the paper lies")
        footer = sheet.one("headerFooter/oddFooter")
        text = "" if footer is None else footer.text or ""
        for code in ("&A", "&P", "&N"):
            see.that(code in text, f"{sheet.name}: its footer has no {code}")


def frozen_rows(sheet: Sheet) -> int:
    pane = sheet.one("sheetViews/sheetView/pane")
    frozen = pane is not None and pane.get("state") == "frozen"
    return int(pane.get("ySplit", "0")) if pane is not None and frozen else 0


def headings_stay_in_sight(package: Package, see: Seen) -> None:
    """The rows above a ledger or a result are frozen, the last of them a row of headings."""
    for sheet in package.sheets:
        rows = frozen_rows(sheet)
        wanted = {table.area.top for table in sheet.tables}
        if wanted or sheet.spills:
            see.that(rows > 0, f"{sheet.name} has results, and nothing is frozen")
            see.that(not wanted or wanted == {rows}, f"{sheet.name}: {rows} rows are frozen, its table's is {wanted}")
        pane = sheet.one("sheetViews/sheetView/pane")
        if pane is not None:
            first = f"{get_column_letter(int(pane.get('xSplit', '0')) + 1)}{rows + 1}"
            see.same(pane.get("topLeftCell"), first, f"{sheet.name}: the first cell that moves")


def headings_are_printed_on_every_page(package: Package, see: Seen) -> None:
    elements = package.workbook.findall(f"{MAIN}sheets/{MAIN}sheet")
    titles = {
        elements[int(e.get("localSheetId", "0"))].get("name"): (e.text or "").rpartition("!")[2]
        for e in package.workbook.iter(f"{MAIN}definedName")
    }
    for sheet in package.sheets:
        rows = frozen_rows(sheet)
        see.same(titles.get(sheet.name), f"${rows}:${rows}" if rows else None, f"{sheet.name}: its print titles")
        texts = [cell.ref for cell in sheet.cells.values() if cell.row == rows and cell.value is not None]
        see.that(texts or not rows, f"{sheet.name}: row {rows} is printed on every page, and it is empty")


def typed_columns(package: Package) -> Iterator[tuple[Sheet, Table, Column, Area]]:
    """The ledgers' columns that are typed: sheet, table, what the record says of it, the cells below the heading."""
    for name, record in LEDGERS.items():
        sheet, known = package.sheet(name), {column.heading: column for column in columns(record)}
        table = sheet.tables[0]
        for column, element in enumerate(table.columns, start=table.area.left):
            if element.find(f"{MAIN}calculatedColumnFormula") is None:
                at = table.area._replace(left=column, right=column, top=table.area.top + 1)
                yield sheet, table, known[element.get("name", "")], at


_WORDS = {"action": [word.label for word in Action], "grant_type": [word.label for word in GrantType]}
_FLAGS = ["Yes", "No"]
_RULES = {Kind.WORD: "list", Kind.FLAG: "list", Kind.DATE: "date", Kind.MONTHS: "whole", Kind.MONEY: "decimal"}


def choices_are_the_words_of_the_plan(package: Package, see: Seen) -> None:
    for sheet, table, column, at in typed_columns(package):
        where = f"{table.name}[{column.heading}]"
        found = [e for e in sheet.all("dataValidations/dataValidation") if area(e.get("sqref", "")) == at]
        if column.kind in _RULES:
            see.same([e.get("type") for e in found], [_RULES[column.kind]], f"{where}: what may be typed in {at}")
        if column.kind in (Kind.WORD, Kind.FLAG):
            words = ",".join(_WORDS.get(column.name, _FLAGS))
            lists = [e.findtext(f"{MAIN}formula1") for e in found]
            see.same(lists, [f'"{words}"'], f"{where}: the words to choose from")


def rules_ask_and_do_not_refuse(package: Package, see: Seen) -> None:
    """18.3.1.32, and the lengths that Excel allows: 255 for a list and a message, 32 for a title."""
    for sheet in package.sheets:
        for rule in sheet.all("dataValidations/dataValidation"):
            where = f"the rule of {sheet.name}!{rule.get('sqref')}"
            see.same(rule.get("errorStyle"), "warning", f"{where}: how it answers")
            see.same(rule.get("showErrorMessage"), "1", f"{where}: whether it answers")
            see.that(
                len(rule.get("errorTitle", "")) <= 32 and len(rule.get("error", "")) <= 255, f"{where}: its length"
            )
            if rule.get("type") == "list":
                text = rule.findtext(f"{MAIN}formula1") or ""
                words = text.strip('"').split(",")
                see.that(text == f'"{",".join(words)}"' and len(text) - 2 <= 255, f"{where}: its list is too long")
                see.that(all(word and word == word.strip() for word in words), f"{where}: a word has spaces")
                for at in area(rule.get("sqref", "")).cells():
                    value = sheet.text(*at)
                    see.that(value is None or value in words, f"{where} does not know {value}, which stands there")
        areas = [area(e.get("sqref", "")) for e in sheet.all("dataValidations/dataValidation")]
        for before, after in pairwise(sorted(areas)):
            see.that(not before.meets(after), f"{sheet.name}: two rules for {before} and {after}")


def notes_say_what_the_record_says(package: Package, see: Seen) -> None:
    for name, record in LEDGERS.items():
        sheet, known = package.sheet(name), {column.heading: column.note for column in columns(record)}
        table = sheet.tables[0]
        wanted = {
            f"{get_column_letter(column)}{table.area.top}": known.get(element.get("name", ""))
            for column, element in enumerate(table.columns, start=table.area.left)
        }
        comments = [package.root(part) for part in sheet.related("comments")]
        found = {
            comment.get("ref", ""): "".join(text.text or "" for text in comment.iter(f"{MAIN}t"))
            for root in comments
            for comment in root.iter(f"{MAIN}comment")
        }
        see.same(list(found), list(wanted), f"{name}: cells with notes")
        for ref, note in wanted.items():
            see.same(found.get(ref), note, f"{name}!{ref}: its note")


_VML = {"v": "{urn:schemas-microsoft-com:vml}", "o": "{urn:schemas-microsoft-com:office:office}"}
_X = "{urn:schemas-microsoft-com:office:excel}"


def notes_are_drawn(package: Package, see: Seen) -> None:
    """Every note has its shape in the sheet's VML drawing (ECMA-376 Part 4), under an id that is its own."""
    shapes: list[str] = []
    maps: list[str] = []
    for name in LEDGERS:
        sheet = package.sheet(name)
        drawings = {r.id: r.target for r in package.relationships(sheet.part) if r.type == f"{OFFICE}/vmlDrawing"}
        legacy = sheet.one("legacyDrawing")
        see.same([None if legacy is None else legacy.get(R_ID)], list(drawings), f"{name}: its drawing of notes")
        comments = [package.root(part) for part in sheet.related("comments")]
        noted = {area(c.get("ref", ""))[:2] for root in comments for c in root.iter(f"{MAIN}comment")}
        drawn = set()
        for part in drawings.values():
            root = package.root(part)
            maps += [e.get("data", "") for e in root.iter(f"{_VML['o']}idmap")]
            shapes += [e.get("id", "") for e in root.iter(f"{_VML['v']}shape")]
            for data in root.iter(f"{_X}ClientData"):
                see.same(data.get("ObjectType"), "Note", f"{part}: what is drawn")
                column, row = (int(data.findtext(f"{_X}{side}") or "-9") + 1 for side in ("Column", "Row"))
                drawn.add((column, row))
        see.same(drawn, noted, f"{name}: cells whose notes are drawn")
    see.same(len(set(shapes)), len(shapes), "shapes, and their ids")
    see.same(len(set(maps)), len(maps), "drawings, and their ranges of ids")


PAPER = (pages_are_set_up,)
SHEETS = (
    headings_stay_in_sight, headings_are_printed_on_every_page, choices_are_the_words_of_the_plan,
    rules_ask_and_do_not_refuse, notes_say_what_the_record_says, notes_are_drawn,
)  # fmt: skip


def test_every_sheet_prints_on_letter_paper(product: Package) -> None:
    agree(pages_are_set_up, product)


@pytest.mark.parametrize("check", SHEETS, ids=lambda check: check.__name__)
def test_sheets_are_set_up_for_whoever_types_and_prints(workbook: Package, check: Check) -> None:
    agree(check, workbook)


# ---- 6. The chart ----------------------------------------------------------------------------------------------------

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
SERIES = ("Available", "Available for ISO")


def charts_of(package: Package) -> Iterator[tuple[Sheet, str, ET.Element]]:
    """Sheet, drawing and chart."""
    for sheet in package.sheets:
        for drawing in sheet.related("drawing"):
            for relationship in package.relationships(drawing):
                if relationship.type == f"{OFFICE}/chart":
                    yield sheet, drawing, package.root(relationship.target)


def the_pool_has_one_line_chart(package: Package, see: Seen) -> None:
    found = list(charts_of(package))
    see.same([sheet.name for sheet, _, _ in found], ["Pool"], "sheets with a chart")
    for _, drawing, chart in found:
        kinds = [local(e) for e in chart.find(f"{C}chart/{C}plotArea") or () if local(e).endswith("Chart")]
        see.same(kinds, ["lineChart"], "what the chart draws")
        see.same([s.findtext(f"{C}tx/{C}v") for s in chart.iter(f"{C}ser")], list(SERIES), "the chart's series")
        title = "".join(t.text or "" for t in (chart.find(f"{C}chart/{C}title") or ET.Element("x")).iter(f"{A}t"))
        see.that(title, "the chart has no title")
        shown = [e.get("descr", "") for e in package.root(drawing).iter(f"{XDR}cNvPr")]
        see.same(len(shown), 1, "what is drawn on Pool")
        for text in shown:
            see.that(all(name in text for name in SERIES), f"the chart's alternative text is {text!r}")


def the_chart_shows_what_the_cells_hold(package: Package, see: Seen) -> None:
    for sheet, _, chart in charts_of(package):
        ranges = []
        for series in chart.iter(f"{C}ser"):
            for kind in ("cat", "val"):
                reference = series.find(f"{C}{kind}/{C}numRef")
                name, _, ref = (reference.findtext(f"{C}f") or "").rpartition("!") if reference else ("", "", "A1")
                see.same(name.strip("'"), sheet.name, f"the sheet of the chart's {kind}")
                at = area(ref.replace("$", ""))
                ranges.append((at.top, at.bottom))
                values = [sheet.text(*cell) for cell in at.cells()]
                cache = series.findall(f"{C}{kind}/{C}numRef/{C}numCache/{C}pt")
                cached = [point.findtext(f"{C}v") for point in cache]
                see.same(list(map(_float, cached)), list(map(_float, values)), f"values of {kind} {at}")
                see.that(all(map(_is_number, cached)), f"{kind} {at} holds numbers")
                points = series.find(f"{C}{kind}/{C}numRef/{C}numCache/{C}ptCount")
                see.same(points is not None and points.get("val"), str(len(values)), f"how many {kind} has")
                see.that(sheet.text(at.bottom + 1, at.left) is None, f"{kind} {at} leaves out what stands below")
        see.same(len(set(ranges)), 1, "the rows that the chart's series show")


def _float(text: str | None) -> float | None:
    return None if text is None else float(text)


def lines_are_told_apart_without_colour(package: Package, see: Seen) -> None:
    for _, _, chart in charts_of(package):
        dashes, marks = [], []
        for series in chart.iter(f"{C}ser"):
            dash = series.find(f"{C}spPr/{A}ln/{A}prstDash")
            mark = series.find(f"{C}marker/{C}symbol")
            dashes.append("solid" if dash is None else dash.get("val"))
            marks.append(None if mark is None else mark.get("val"))
        see.same(len(set(dashes)), len(SERIES), f"lines, and their dashes {dashes}")
        see.that(len(set(marks)) == len(SERIES) and "none" not in marks and None not in marks, f"the marks are {marks}")
        formats: dict[str, str | None] = {}
        for axis in ("catAx", "valAx"):
            element = chart.find(f"{C}chart/{C}plotArea/{C}{axis}/{C}numFmt")
            formats[axis] = None if element is None else element.get("formatCode")
        see.same(formats, {"catAx": "yyyy", "valAx": "#,##0"}, "number formats of the axes")
        ids = [e.get("val", "") for e in chart.iter(f"{C}axId")]
        see.same(sorted(ids[:2]), sorted(ids[2:]), "axes, and those that the lines name")


def the_chart_hides_no_cell(package: Package, see: Seen) -> None:
    for sheet, drawing, _ in charts_of(package):
        for anchor in package.root(drawing).iter(f"{XDR}twoCellAnchor"):
            left, top, right, bottom = (
                int(anchor.findtext(f"{XDR}{corner}/{XDR}{side}") or "-1") + 1
                for corner in ("from", "to")
                for side in ("col", "row")
            )
            for at in Area(left, top, right, bottom).cells():
                see.that(sheet.text(*at) is None, f"the chart lies on {sheet.name} row {at[0]} column {at[1]}")


CHART = (
    the_pool_has_one_line_chart, the_chart_shows_what_the_cells_hold, lines_are_told_apart_without_colour,
    the_chart_hides_no_cell,
)  # fmt: skip


@pytest.mark.parametrize("check", CHART, ids=lambda check: check.__name__)
def test_the_chart_of_the_pool_is_right_without_being_seen(workbook: Package, check: Check) -> None:
    agree(check, workbook)


# ---- 7. What Excel is strict about -----------------------------------------------------------------------------------

STRICT = (
    parts.order_of_elements, parts.every_element_has_an_order, parts.cells_ascend, parts.sizes, parts.indexes,
    parts.styles, parts.texts, parts.counts,
)  # fmt: skip


@pytest.mark.parametrize("check", STRICT, ids=lambda check: check.__name__)
def test_nothing_is_there_that_excel_would_repair(product: Package, check: Check) -> None:
    agree(check, product)


def words(package: Package) -> set[tuple[str, str, str]]:
    """What a file's parts say: their root, an element, and an attribute or a child of it."""
    found = set()
    for part in package.parts:
        if part.endswith(".xml") and part.startswith("xl/"):
            root = package.root(part)
            for element in root.iter():
                found |= {(local(root), local(element), f"@{name}") for name in element.attrib}
                found |= {(local(root), local(element), local(child)) for child in element}
    return found


@needs_corpus
def test_every_element_and_attribute_is_one_that_excel_writes(product: Package) -> None:
    known = RARE.union(*map(words, (*shipped(), *of_corpus())))
    ours = words(product)
    assert len(ours) > 100
    assert ours - known == set()


def test_what_is_called_rare_is_in_the_products(built: dict[str, Package]) -> None:
    assert RARE - set().union(*map(words, built.values())) == set()


# ---- The checks themselves -------------------------------------------------------------------------------------------

FAULTS_OF_EXCEL = {
    ("quickstart_addin.xlam", "relationships"): "to NULL",  # what Excel writes for a part that it has lost
    ("integration_write.xlsm", "code_names"): "code names",  # sheets added on a Mac get theirs when VBA is opened
}
"""File and check: what even a file that Excel has saved has wrong."""


def excused(package: Package, check: Check, fault: str) -> bool:
    return any(
        package.name.endswith(name) and check.__name__ == of and text in fault
        for (name, of), text in FAULTS_OF_EXCEL.items()
    )


@pytest.mark.parametrize("check", OF_ANY_WORKBOOK, ids=lambda check: check.__name__)
def test_what_xlwings_ships_passes_the_checks_of_any_workbook(check: Check) -> None:
    assert {package.name: faults for package in shipped() if (faults := seen(check, package).faults)} == {}


@needs_corpus
@pytest.mark.parametrize("check", OF_ANY_WORKBOOK, ids=lambda check: check.__name__)
def test_what_excel_has_saved_passes_the_checks_of_any_workbook(check: Check) -> None:
    assert len(of_corpus()) > 30
    faults = {
        package.name: wrong
        for package in of_corpus()
        if (wrong := [fault for fault in seen(check, package).faults if not excused(package, check, fault)])
    }
    assert faults == {}


class Break(NamedTuple):
    """A fault to be planted: where, what is replaced by what, and what the check says then."""

    check: Check
    file: str
    part: str
    """Its name, or that of a sheet."""
    old: str
    new: str
    says: str


_TYPES = "[Content_Types].xml"
_BOOK, _RELS, _CHART = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/charts/chart1.xml"
BREAKS = (
    # 1
    Break(parts.content_types, TEMPLATE, _TYPES, '<Default Extension="vml"[^>]*>', "", "has no content type"),
    Break(parts.content_types, ADD_IN_FILE, _TYPES, "sheet2.xml", "sheet7.xml", "and no such part"),
    Break(parts.content_types, SAMPLE, _TYPES, "sheet2.xml", "sheet1.xml", "content types of"),
    Break(parts.relationships, LITE, _RELS, "metadata.xml", "meta.xml", "is not there"),
    Break(parts.relationships, LITE, _RELS, "metadata.xml", "meta.xml", "nothing leads to"),
    Break(parts.relationships, TEMPLATE, _RELS, '"rId2"', '"rId1"', "and their ids"),
    Break(parts.ids_in_use, SAMPLE, "xl/drawings/drawing1.xml", '"rId1"', '"rId9"', "names rId9"),
    Break(kinds_that_excel_writes, TEMPLATE, _TYPES, "sheetMetadata", "metadata", "Excel writes no part"),
    Break(kinds_that_excel_writes, ADD_IN_FILE, _RELS, "2006/relationships/vba", "2006/vba", "vba"),
    Break(
        nothing_outside,
        TEMPLATE,
        _RELS,
        "<Relationship ",
        '<Relationship Id="x" Type="y" Target="https://example.org" TargetMode="External"/><Relationship ',
        "outside",
    ),
    Break(nothing_outside, LITE, "docProps/app.xml", "<Company>", r"<Company>C:\\Users", "holds a path"),
    Break(what_every_workbook_needs, ADD_IN_FILE, _TYPES, r"addin\.macro", "sheet.macro", "the content type"),
    Break(vba_as_excel_saves_it, TEMPLATE, _TYPES, r"ms-office\.vbaProject", "ms-office.vba", "the VBA project"),
    # 2
    Break(plan_functions_are_dynamic_arrays, TEMPLATE, "Pool", ' cm="1"', "", "makes it spill"),
    Break(plan_functions_are_dynamic_arrays, LITE, "Pool", r'<f t="array" ref="[^"]*">', "<f>", "no array formula"),
    Break(spills_are_saved_whole, SAMPLE, "ISO by year", r'(ref="A4:)G', r"\1F", "leaves out"),
    Break(spills_are_saved_whole, SAMPLE, "ISO by year", r'(ref="A4:)G', r"\1H", "is missing"),
    Break(spills_are_saved_whole, TEMPLATE, "ISO limit", r"<v>[^<]*</v>(</c></row></sheetData>)", r"\1", "too large"),
    Break(spills_are_saved_whole, TEMPLATE, "ISO by grant", r'(<c r="B5"[^>]*>)', r"\1<f>1</f>", "another formula"),
    Break(results_are_of_their_type, LITE, "Start", ' t="str"', "", "as n"),
    Break(results_are_of_their_type, LITE, "Start", ' t="str"', ' t="e"', "shows"),
    Break(one_formula_is_calculated_at_every_opening, LITE, "Start", ' ca="1"', "", "at every opening"),
    Break(one_formula_is_calculated_at_every_opening, SAMPLE, "Pool", "<f>EDATE", '<f ca="1">EDATE', "opening"),
    Break(functions_are_named_as_the_file_wants_them, LITE, "Pool", "_xldudf_", "", "a function's name"),
    Break(functions_are_named_as_the_file_wants_them, TEMPLATE, "Pool", ">POOL", ">_xludf.POOL", "a function's name"),
    Break(functions_are_named_as_the_file_wants_them, SAMPLE, "Split", r"_xlfn\._xlws\.FILTER", "FILTER", "name"),
    Break(functions_are_named_as_the_file_wants_them, TEMPLATE, "xl/tables/table4.xml", r"_xlfn\.", "", "name"),
    Break(functions_are_named_as_the_file_wants_them, SAMPLE, "Pool", "EDATE", "XNEW", "is not written down"),
    Break(formulas_are_written_as_files_hold_them, SAMPLE, "Vesting", r"\[#This Row\],\[Grant\]", "@Grant", "@ stands"),
    Break(
        formulas_are_written_as_files_hold_them,
        TEMPLATE,
        "Merger",
        r"_xlfn\.ANCHORARRAY\(\$A\$10\)",
        "A10#",
        "# stands",
    ),
    Break(formulas_are_written_as_files_hold_them, LITE, "Pool", "<f>EDATE", "<f>=EDATE", "has no ="),
    Break(formulas_are_written_as_files_hold_them, LITE, "Pool", "<f>EDATE", f"<f>{'1+' * 4096}EDATE", "longer than"),
    Break(references_lead_to_what_is_there, SAMPLE, "Vesting", r"Grants\[Holder\]", "Grants[Owner]", "no column Owner"),
    Break(references_lead_to_what_is_there, LITE, "Pool", r"Activity\[Date\]", "Events[Date]", "no table Events"),
    Break(references_lead_to_what_is_there, LITE, "Pool", r"Plan!", "Terms!", "no sheet Terms"),
    Break(
        references_lead_to_what_is_there, LITE, "Merger", r"ANCHORARRAY\(\$A\$10", "ANCHORARRAY($A$11", "spills from"
    ),
    Break(the_metadata_is_that_of_dynamic_arrays, LITE, "xl/metadata.xml", 'fDynamic="1"', 'fDynamic="0"', "metadata"),
    # 3
    Break(parts.names_of_tables, SAMPLE, "xl/tables/table2.xml", ' id="2"', ' id="1"', "tables called 1"),
    Break(
        parts.names_of_tables, SAMPLE, "xl/tables/table2.xml", 'displayName="Holders"', 'displayName="GRANTS"', "grants"
    ),
    Break(parts.names_of_tables, SAMPLE, "xl/tables/table2.xml", 'displayName="Holders"', 'displayName="Q1"', "a cell"),
    Break(parts.names_of_tables, LITE, _BOOK, "_xlnm.Print_Titles", "Vesting", "a defined name too"),
    Break(parts.columns_of_tables, TEMPLATE, "xl/tables/table5.xml", 'name="Action"', 'name="Actions"', "a heading"),
    Break(
        parts.columns_of_tables,
        TEMPLATE,
        "xl/tables/table5.xml",
        '<autoFilter ref="A1:E',
        '<autoFilter ref="A1:D',
        "filter",
    ),
    Break(parts.columns_of_tables, LITE, "Holders", r'<c r="C1"([^>]*) t="s"><v>\d+', r'<c r="C1"\1><v>10', "no text"),
    Break(
        parts.room_of_tables,
        LITE,
        "Holders",
        "</sheetData>",
        '</sheetData><mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>',
        "is merged",
    ),
    Break(
        parts.room_of_tables, SAMPLE, "Grants", r'(<c r="B2"[^>]*>)', r'\1<f t="array" ref="B2:B3">1</f>', "spills into"
    ),
    Break(parts.texts, SAMPLE, "xl/sharedStrings.xml", r' count="\d', ' count="9', "its count"),
    Break(
        parts.texts, ADD_IN_FILE, "xl/sharedStrings.xml", "<si>", f"<si><t>{'x' * 32768}</t></si><si>", "longer than"
    ),
    Break(calculated_columns, SAMPLE, "Vesting", r"INDEX\(Grants\[Holder\]", "INDEX(Grants[Type]", "formulas of its"),
    Break(calculated_columns, SAMPLE, "Vesting", r"<f>", '<f t="array" ref="B2">', "rows with array formulas"),
    Break(
        tables_stand_alone,
        LITE,
        "Holders",
        "</row></sheetData>",
        '</row><row r="6"><c r="B6"><v>1</v></c></row></sheetData>',
        "touches Holders",
    ),
    Break(
        tables_stand_alone,
        LITE,
        "Holders",
        "</row></sheetData>",
        '</row><row r="16"><c r="B16"><v>1</v></c></row></sheetData>',
        "in the way of Holders",
    ),
    Break(the_ledgers_are_tables, LITE, "xl/tables/table1.xml", "<autoFilter[^>]*>", "", "has no filter"),
    # 4
    Break(parts.names_of_sheets, TEMPLATE, _BOOK, 'name="Pool"', 'name="plan"', "and their names"),
    Break(parts.names_of_sheets, TEMPLATE, _BOOK, 'name="Pool"', 'name="Pool/ISO"', "no name of a sheet"),
    Break(parts.names_of_sheets, TEMPLATE, _BOOK, 'name="Pool"', f'name="{"P" * 32}"', "too long"),
    Break(parts.names_of_sheets, ADD_IN_FILE, _BOOK, 'sheetId="2"', 'sheetId="1"', "one sheetId"),
    Break(parts.names_of_sheets, ADD_IN_FILE, _BOOK, "<workbookView", '<workbookView activeTab="1"', "in front"),
    Break(parts.titles_of_parts, SAMPLE, "docProps/app.xml", "<vt:lpstr>Pool</vt:lpstr>", "", "TitlesOfParts"),
    Break(the_calculation_keeps_what_is_saved, SAMPLE, _BOOK, "<calcPr", '<calcPr fullCalcOnLoad="1"', "calcPr"),
    Break(
        the_versions_are_properties, LITE, "docProps/custom.xml", 'name="xlwings"', 'name="other"', "custom properties"
    ),
    Break(each_sheet_is_numbered, LITE, _BOOK, 'sheetId="2"', 'sheetId="20"', "its sheetId"),
    Break(one_sheet_is_in_front, ADD_IN_FILE, SETTINGS, "<sheetView ", '<sheetView tabSelected="1" ', "are selected"),
    Break(parts.defined_names, LITE, _BOOK, 'localSheetId="5"', 'localSheetId="3"', "print titles of Grants"),
    Break(parts.defined_names, LITE, _BOOK, 'localSheetId="5"', 'localSheetId="55"', "which is not there"),
    Break(only_print_titles_are_names, LITE, _BOOK, r"_xlnm\.Print_Titles", "Limit", "a defined name"),
    Break(links_stay_in_the_workbook, SAMPLE, "Start", "location=\"'Pool'", "location=\"'Pond'", "leads to Pond"),
    Break(parts.code_names, TEMPLATE, "Pool", 'codeName="Sheet10"', 'codeName="Sheet99"', "modules of the VBA project"),
    Break(each_sheet_has_a_code_name, ADD_IN_FILE, "About", 'codeName="Sheet1"', 'codeName="Sheet2"', "code names"),
    Break(settings_are_hidden, ADD_IN_FILE, _BOOK, ' state="hidden"', "", "the state of the sheet"),
    Break(
        settings_are_hidden, TEMPLATE, "xl/sharedStrings.xml", "<t>False</t>", "<t>True</t>", "what plansheet.conf says"
    ),
    # 5
    Break(pages_are_set_up, ADD_IN_FILE, "About", 'paperSize="1"', 'paperSize="9"', "its paper"),
    Break(pages_are_set_up, LITE, "Pool", '<pageSetUpPr fitToPage="1"/>', "", "whether it is fitted"),
    Break(pages_are_set_up, LITE, "Pool", "&amp;N", "", "its footer"),
    Break(headings_stay_in_sight, LITE, "Pool", "<pane[^>]*>", "", "nothing is frozen"),
    Break(headings_stay_in_sight, LITE, "Grants", 'ySplit="1"', 'ySplit="2"', "rows are frozen"),
    Break(headings_are_printed_on_every_page, LITE, _BOOK, r"Merger!\$9:\$9", "Merger!$8:$8", "print titles"),
    Break(choices_are_the_words_of_the_plan, SAMPLE, "Activity", "RESERVE,", "", "the words to choose from"),
    Break(choices_are_the_words_of_the_plan, SAMPLE, "Grants", 'sqref="C2:C', 'sqref="C3:C', "what may be typed"),
    Break(rules_ask_and_do_not_refuse, SAMPLE, "Grants", ' errorStyle="warning"', "", "how it answers"),
    Break(rules_ask_and_do_not_refuse, LITE, "Activity", "RESERVE,", f"RESERVE,{'X' * 99},", "its list is too long"),
    Break(rules_ask_and_do_not_refuse, LITE, "Activity", "RESERVE,", "", "does not know RESERVE"),
    Break(notes_say_what_the_record_says, LITE, "xl/comments2.xml", "The number of the grant", "A number", "its note"),
    Break(notes_say_what_the_record_says, LITE, "xl/comments2.xml", '<comment ref="A1".*?</comment>', "", "with notes"),
    Break(notes_are_drawn, LITE, "xl/drawings/vmlDrawing2.vml", "<x:Column>0<", "<x:Column>30<", "notes are drawn"),
    Break(notes_are_drawn, LITE, "xl/drawings/vmlDrawing2.vml", "_x0000_s2050", "_x0000_s2049", "and their ids"),
    # 6
    Break(the_pool_has_one_line_chart, LITE, "xl/drawings/drawing1.xml", ' descr="[^"]*"', "", "alternative text"),
    Break(the_pool_has_one_line_chart, LITE, _CHART, r"<c:tx><c:v>Available<", "<c:tx><c:v>X<", "series"),
    Break(the_chart_shows_what_the_cells_hold, LITE, _CHART, r"(\$B\$)21", r"\g<1>22", "values of val"),
    Break(the_chart_shows_what_the_cells_hold, SAMPLE, _CHART, r"\$30|\$3\d", "$29", "leaves out"),
    Break(lines_are_told_apart_without_colour, LITE, _CHART, "<a:prstDash[^>]*>", "", "their dashes"),
    Break(lines_are_told_apart_without_colour, LITE, _CHART, 'val="diamond"', 'val="circle"', "the marks"),
    Break(lines_are_told_apart_without_colour, LITE, _CHART, "yyyy", "General", "number formats"),
    Break(the_chart_hides_no_cell, LITE, "xl/drawings/drawing1.xml", "<xdr:row>16<", "<xdr:row>25<", "lies on Pool"),
    # 7
    Break(
        parts.order_of_elements,
        ADD_IN_FILE,
        "About",
        r"(<pageMargins[^>]*>)(<pageSetup[^>]*>)",
        r"\2\1",
        "after pageSetup",
    ),
    Break(parts.order_of_elements, SAMPLE, _BOOK, r"(<calcPr[^>]*>)", r"\1<definedNames/>", "after calcPr"),
    Break(parts.order_of_elements, SAMPLE, "xl/styles.xml", "<font><b/><sz ([^>]*)>", r"<font><sz \1><b/>", "after sz"),
    Break(parts.order_of_elements, LITE, _CHART, "(<c:idx [^>]*>)(<c:order [^>]*>)", r"\2\1", "idx after"),
    Break(parts.order_of_elements, LITE, "xl/tables/table1.xml", "<autoFilter", "<filters/><autoFilter", "no place"),
    Break(parts.every_element_has_an_order, LITE, "Pool", "<sheetData>", "<sheetData><new><c/></new>", "is not known"),
    Break(parts.cells_ascend, LITE, "Holders", r'r="C2"', 'r="A2"', "out of order"),
    Break(parts.cells_ascend, LITE, "Holders", r'<row r="3"', '<row r="2"', "stands after row"),
    Break(parts.sizes, ADD_IN_FILE, "About", r' width="110', ' width="1110', "too wide"),
    Break(parts.sizes, ADD_IN_FILE, "About", r' ht="24"', ' ht="410"', "too high"),
    Break(parts.indexes, ADD_IN_FILE, "About", r' s="1"', ' s="99"', "there is no style 99"),
    Break(parts.indexes, ADD_IN_FILE, "About", "<v>0</v>", "<v>999</v>", "no text 999"),
    Break(parts.indexes, LITE, "ISO by year", r'dxfId="\d+"', 'dxfId="99"', "no differential format 99"),
    Break(parts.indexes, LITE, "xl/tables/table1.xml", r'dataDxfId="\d+"', 'dataDxfId="99"', "format 99"),
    Break(parts.styles, LITE, "xl/styles.xml", r'fontId="8"|fontId="1"', 'fontId="77"', "fontId is not there"),
    Break(parts.styles, LITE, "xl/styles.xml", r'<fills count="\d+"', '<fills count="1"', "the count of fills"),
    Break(parts.texts, LITE, "xl/comments1.xml", 'authorId="0"', 'authorId="5"', "has no author"),
    Break(parts.counts, LITE, "Grants", r'<dataValidations count="\d+"', '<dataValidations count="1"', "the count of"),
    Break(parts.counts, LITE, "Grants", r'<dimension ref="[^"]*"', '<dimension ref="A1:B2"', "outside its dimension"),
)


@pytest.mark.parametrize("fault", BREAKS, ids=lambda fault: f"{fault.check.__name__}: {fault.says}")
def test_a_fault_that_is_planted_is_found(built: dict[str, Package], fault: Break) -> None:
    package = built[fault.file]
    part = fault.part if fault.part in package.parts else package.sheet(fault.part).part
    found = set(seen(fault.check, package.changed(part, fault.old, fault.new)).faults)
    new = found - set(seen(fault.check, package).faults)
    assert [text for text in new if fault.says in text], sorted(new)


def test_a_part_that_is_taken_away_is_missed(built: dict[str, Package]) -> None:
    without = built[TEMPLATE].without("xl/comments1.xml")
    assert any("no such part" in fault for fault in seen(parts.content_types, without).faults)
    assert any("is not there" in fault for fault in seen(parts.relationships, without).faults)
    assert any(
        "xl/styles.xml is missing" in fault
        for fault in seen(what_every_workbook_needs, built[SAMPLE].without("xl/styles.xml")).faults
    )


def test_an_add_in_with_a_window_is_found(built: dict[str, Package]) -> None:
    saved = next(package for package in shipped() if package.name == "quickstart_addin.xlam")
    shown = saved.changed(_BOOK, ' visibility="hidden"', "")
    assert seen(parts.view_of_an_add_in, saved).faults == []
    assert len(seen(parts.view_of_an_add_in, shown).faults) == 1


def test_every_check_has_a_fault_to_find() -> None:
    checks = {*PACKAGE, vba_as_excel_saves_it, *FORMULAS, *TABLES, *WORKBOOKS, *NAMES, *MACROS, *PAPER, *SHEETS, *CHART,
              *STRICT, *OF_ANY_WORKBOOK}  # fmt: skip
    assert checks - {fault.check for fault in BREAKS} == {parts.view_of_an_add_in}
