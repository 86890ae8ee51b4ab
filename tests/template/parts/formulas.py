"""Formulas: as a file holds them, with spills and results saved whole, and what they refer to is there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import plansheet
from plansheet.excel import FUNCTIONS
from plansheet.workbook.formulas.expressions import called, plan_name
from template.parts.checking import Seen
from template.parts.products import LITE
from template.parts.reading import MAIN, Area, Package, Sheet, is_number, tree

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
OLD = frozenset(
    {"IF", "IFERROR", "INDEX", "ISNUMBER", "MATCH", "SUM", "LEFT", "VALUE", "EDATE", "ROW", "SUMPRODUCT", "ISERROR"}
)
"""Functions of Excel 2007, which have no prefix."""
_TEXT = r'"(?:[^"]|"")*"'  # in a formula


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
    for element in package.defined_names:
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
            see.that(cell.type == "str" or is_number(cell.value), f"{where} is {cell.value} as {cell.type}")


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
        shown = re.sub(rf"{_TEXT}|'(?:[^']|'')*'", "", formula)
        see.that(len(formula) < 8192, f"{where}: its formula is longer than Excel takes")
        see.that(not formula.startswith("="), f"{where}: a stored formula has no =")
        see.that("@" not in shown, f"{where}: @ stands in {formula}")
        unbracketed = re.sub(r"\[#(?:All|Headers|This Row|Data|Totals)\]", "", shown)
        see.that("#" not in unbracketed, f"{where}: # stands in {formula}")
        see.that(";" not in shown, f"{where}: arguments are separated by commas, not as in {formula}")


def references_lead_to_what_is_there(package: Package, see: Seen) -> None:
    """Tables, their columns, sheets and spills that formulas name; Excel repairs a file with a column that is not."""
    tables = {table.name: {e.get("name") for e in table.columns} for _, table in package.tables}
    anchors = {(sheet.name, cell.ref) for sheet in package.sheets for cell, _ in sheet.spills}
    names = {sheet.name for sheet in package.sheets}
    for where, formula in stored_formulas(package):
        text = re.sub(_TEXT, "", formula)
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
