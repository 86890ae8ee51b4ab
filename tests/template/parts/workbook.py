"""The workbook: its sheets and names, its properties, and the code names that its VBA project knows."""

from __future__ import annotations

import io
import re
from collections import Counter
from importlib.metadata import version

import pytest

import plansheet
from template.parts.checking import Seen
from template.parts.reading import ADD_IN, MAIN, OFFICE, R_ID, Package, local

# ---- Of any workbook -------------------------------------------------------------------------------------------------


def names_of_sheets(package: Package, see: Seen) -> None:
    elements = package.tabs
    names = [element.get("name", "") for element in elements]
    see.same(len({name.casefold() for name in names}), len(names), "sheets, and their names")
    for name in names:
        see.that(1 <= len(name) <= 31, f"{name} is too long for a sheet")
        see.that(not re.search(r"[\[\]:*?/\\]", name) and name.strip("'") == name, f"{name} is no name of a sheet")
        see.that(name.casefold() != "history", f"{name} is kept by Excel for itself")
    for attribute in ("sheetId", R_ID):
        values = [element.get(attribute) for element in elements]
        see.that(None not in values and len(set(values)) == len(values), f"each sheet has one {attribute}: {values}")
    targets = package.by_id(package.workbook_part)
    for element in elements:
        target = targets.get(element.get(R_ID, ""))
        is_sheet = target is not None and target.type.endswith("sheet")
        see.that(is_sheet, f"{element.get('name')} leads to no sheet")
    states = [element.get("state", "visible") for element in elements]
    view = package.window
    active = int(view.get("activeTab", "0")) if view is not None else 0
    see.that(active < len(states) and states[active] == "visible", f"the sheet in front, {active}, is not visible")


def defined_names(package: Package, see: Seen) -> None:
    tabs = package.tabs
    found: Counter[tuple[str, str | None]] = Counter()
    for element in package.defined_names:
        name, sheet = element.get("name", ""), element.get("localSheetId")
        found[name.casefold(), sheet] += 1
        see.that(sheet is None or int(sheet) < len(tabs), f"{name} belongs to sheet {sheet}, which is not there")
        if name == "_xlnm.Print_Titles" and sheet is not None and int(sheet) < len(tabs):
            title = tabs[int(sheet)].get("name", "").replace("'", "''")
            starts = (element.text or "").startswith((f"'{title}'!", f"{title}!"))
            see.that(starts, f"the print titles of {title} are {element.text}")
    for (name, _), count in found.items():
        see.same(count, 1, f"names called {name} of one sheet")


def titles_of_parts(package: Package, see: Seen) -> None:
    """docProps/app.xml lists the sheets and the names there are."""
    if "docProps/app.xml" not in package.parts:
        return
    vt = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}"
    vectors = {local(e): e.find(f"{vt}vector") for e in package.root("docProps/app.xml") if len(e)}
    for name, vector in vectors.items():
        if vector is not None:
            see.same(int(vector.get("size", "0")), len(vector), f"docProps/app.xml: the size of {name}")
    titles, pairs = vectors.get("TitlesOfParts"), vectors.get("HeadingPairs")
    if titles is not None and pairs is not None:
        numbers = [int(element.text or "0") for element in pairs.iter(f"{vt}i4")]
        see.same(sum(numbers), len(titles), "docProps/app.xml: titles of parts, and their numbers")


def document_modules(package: Package) -> list[str]:
    """The modules of the workbook and its sheets, by the VBA project itself ([MS-OVBA] 2.3.1, the PROJECT stream).

    Without olefile the test that asks is skipped.
    """
    olefile = pytest.importorskip("olefile")
    ole = olefile.OleFileIO(io.BytesIO(package.parts["xl/vbaProject.bin"]))
    try:
        text = ole.openstream("PROJECT").read().decode("cp1252")
    finally:
        ole.close()
    return re.findall(r"^Document=(.+?)/&H", text, re.MULTILINE)


def code_names_in(package: Package) -> list[str]:
    """The code names of the workbook and of its sheets, those of charts too; one without is left out."""
    found = [package.workbook.find(f"{MAIN}workbookPr")]
    for relationship in package.relationships(package.workbook_part):
        if relationship.type in (f"{OFFICE}/worksheet", f"{OFFICE}/chartsheet"):
            found.append(package.root(relationship.target).find(f"{MAIN}sheetPr"))
    return [element.get("codeName", "") for element in found if element is not None and element.get("codeName")]


def code_names(package: Package, see: Seen) -> None:
    """Each code name is a document module of the VBA project, and the other way round."""
    if "xl/vbaProject.bin" in package.parts:  # the others have no modules
        names, modules = sorted(code_names_in(package)), sorted(document_modules(package))
        see.same(names, modules, "code names, and modules of the VBA project")


def view_of_an_add_in(package: Package, see: Seen) -> None:
    """An add-in's window is hidden, in every one that Excel has saved."""
    if package.content_type(package.workbook_part) == ADD_IN:
        view = package.window
        hidden = view is not None and view.get("visibility") in ("hidden", "veryHidden")
        see.that(hidden, "the add-in's window is not hidden: workbookView has no visibility")


# ---- Of plansheet's files --------------------------------------------------------------------------------------------


def names_are_print_titles_or_terms(package: Package, see: Seen) -> None:
    """A term's name finds it by its words, wherever the sheet Plan has it."""
    for element in package.defined_names:
        name, text = element.get("name", ""), element.text or ""
        if name.startswith("Plan_"):
            term = f'INDEX(Plan[Value],MATCH("{name.removeprefix("Plan_").replace("_", " ")}",Plan[Term],0))'
            see.same(text, term, f"the name {name}")
            see.same(element.get("localSheetId"), None, f"the sheet of {name}")
            plan = package.sheet("Plan")
            words = [plan.text(cell.row, 1) for cell in plan.cells.values() if cell.ref.startswith("A")]
            see.that(name.removeprefix("Plan_").replace("_", " ") in words, f"{name} names a term of the sheet Plan")
        else:
            see.same(name, "_xlnm.Print_Titles", "a defined name")
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
    targets = package.by_id(package.workbook_part)
    for number, element in enumerate(package.tabs, start=1):
        name, target = element.get("name"), targets.get(element.get(R_ID, ""))
        see.same(element.get("sheetId"), str(number), f"{name}: its sheetId")
        see.same(target and target.target, f"xl/worksheets/sheet{number}.xml", f"{name}: its part")


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


def every_sheet_is_visible(package: Package, see: Seen) -> None:
    for sheet in package.sheets:
        see.same(sheet.state, "visible", f"{sheet.name}: its state")


def each_sheet_has_a_code_name(package: Package, see: Seen) -> None:
    wanted = ["ThisWorkbook", *(f"Sheet{number}" for number in range(1, len(package.sheets) + 1))]
    see.same(code_names_in(package), wanted, "code names")
    see.same(document_modules(package), wanted, "document modules of the VBA project, in order")


WORKBOOKS = (
    names_of_sheets, titles_of_parts, the_calculation_keeps_what_is_saved, the_versions_are_properties,
    each_sheet_is_numbered, one_sheet_is_in_front, every_sheet_is_visible,
)  # fmt: skip
NAMES = (defined_names, names_are_print_titles_or_terms, links_stay_in_the_workbook)
MACROS = (code_names, each_sheet_has_a_code_name)
