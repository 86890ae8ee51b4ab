"""The checks themselves: each is shown files that are broken on purpose, and finds what is wrong."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from template.parts import chart, formulas, order, package, sheets, strictness, tables, workbook
from template.parts.any_workbook import OF_ANY_WORKBOOK
from template.parts.checking import Check, seen
from template.parts.excel_saved import shipped
from template.parts.products import ADD_IN_FILE, LITE, SAMPLE, TEMPLATE
from template.parts.reading import CONTENT_TYPES, Package


class Break(NamedTuple):
    """A fault to be planted: where, what is replaced by what, and what the check says then."""

    check: Check
    file: str
    part: str
    """Its name, or that of a sheet."""
    old: str
    new: str
    says: str


_BOOK, _RELS, _CHART = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/charts/chart1.xml"

BREAKS = (
    Break(package.content_types, TEMPLATE, CONTENT_TYPES, '<Default Extension="vml"[^>]*>', "", "has no content type"),
    Break(package.content_types, ADD_IN_FILE, CONTENT_TYPES, "sheet1.xml", "sheet7.xml", "and no such part"),
    Break(package.content_types, SAMPLE, CONTENT_TYPES, "sheet2.xml", "sheet1.xml", "content types of"),
    Break(package.relationships, LITE, _RELS, "metadata.xml", "meta.xml", "is not there"),
    Break(package.relationships, LITE, _RELS, "metadata.xml", "meta.xml", "nothing leads to"),
    Break(package.relationships, TEMPLATE, _RELS, '"rId2"', '"rId1"', "and their ids"),
    Break(package.ids_in_use, SAMPLE, "xl/drawings/drawing1.xml", '"rId1"', '"rId9"', "names rId9"),
    Break(package.kinds_that_excel_writes, TEMPLATE, CONTENT_TYPES, "sheetMetadata", "metadata",
          "Excel writes no part"),
    Break(package.kinds_that_excel_writes, ADD_IN_FILE, _RELS, "2006/relationships/vba", "2006/vba", "vba"),
    Break(package.nothing_outside, TEMPLATE, _RELS, "<Relationship ",
          '<Relationship Id="x" Type="y" Target="https://example.org" TargetMode="External"/><Relationship ',
          "outside"),
    Break(package.nothing_outside, LITE, "docProps/app.xml", "<Company>", r"<Company>C:\\Users", "holds a path"),
    Break(package.what_every_workbook_needs, ADD_IN_FILE, CONTENT_TYPES, r"addin\.macro", "sheet.macro",
          "the content type"),
    Break(package.vba_as_excel_saves_it, TEMPLATE, CONTENT_TYPES, r"ms-office\.vbaProject", "ms-office.vba",
          "the VBA project"),
    Break(formulas.plan_functions_are_dynamic_arrays, TEMPLATE, "Pool", ' cm="1"', "", "makes it spill"),
    Break(formulas.plan_functions_are_dynamic_arrays, LITE, "Pool", r'<f t="array" ref="[^"]*">', "<f>",
          "no array formula"),
    Break(formulas.spills_are_saved_whole, SAMPLE, "ISO by year", r'(ref="A4:)G', r"\1F", "leaves out"),
    Break(formulas.spills_are_saved_whole, SAMPLE, "ISO by year", r'(ref="A4:)G', r"\1H", "is missing"),
    Break(formulas.spills_are_saved_whole, SAMPLE, "ISO limit", r"<v>[^<]*</v>(</c></row></sheetData>)", r"\1",
          "too large"),
    Break(formulas.spills_are_saved_whole, SAMPLE, "Checks", r'(ref="A9:)E', r"\1D", "leaves out"),
    Break(formulas.plan_functions_are_dynamic_arrays, TEMPLATE, "Calendar", ' cm="1"', "", "makes it spill"),
    Break(formulas.functions_are_named_as_the_file_wants_them, TEMPLATE, "Checks", "SUMPRODUCT", "XNEW",
          "is not written down"),
    Break(formulas.references_lead_to_what_is_there, TEMPLATE, "Checks", r"Plan\[#All\]", "Terms[#All]",
          "no table Terms"),
    Break(formulas.references_lead_to_what_is_there, LITE, "Calendar", "<f>Checks!", "<f>Cheques!", "no sheet Cheq"),
    Break(formulas.spills_are_saved_whole, TEMPLATE, "ISO by grant", r'(<c r="B5"[^>]*>)', r"\1<f>1</f>",
          "another formula"),
    Break(formulas.results_are_of_their_type, LITE, "Start", ' t="str"', "", "as n"),
    Break(formulas.results_are_of_their_type, LITE, "Start", ' t="str"', ' t="e"', "shows"),
    Break(formulas.one_formula_is_calculated_at_every_opening, LITE, "Start", ' ca="1"', "", "at every opening"),
    Break(formulas.one_formula_is_calculated_at_every_opening, SAMPLE, "Pool", "<f>EDATE", '<f ca="1">EDATE',
          "opening"),
    Break(formulas.functions_are_named_as_the_file_wants_them, LITE, "Pool", "_xldudf_", "", "a function's name"),
    Break(formulas.functions_are_named_as_the_file_wants_them, TEMPLATE, "Pool", ">POOL", ">_xludf.POOL",
          "a function's name"),
    Break(formulas.functions_are_named_as_the_file_wants_them, SAMPLE, "Split", r"_xlfn\._xlws\.FILTER", "FILTER",
          "name"),
    Break(formulas.functions_are_named_as_the_file_wants_them, TEMPLATE, "xl/tables/table4.xml", r"_xlfn\.", "",
          "name"),
    Break(formulas.functions_are_named_as_the_file_wants_them, SAMPLE, "Pool", "EDATE", "XNEW", "is not written down"),
    Break(formulas.formulas_are_written_as_files_hold_them, SAMPLE, "Vesting", r"\[#This Row\],\[Grant\]", "@Grant",
          "@ stands"),
    Break(formulas.formulas_are_written_as_files_hold_them, TEMPLATE, "Merger", r"_xlfn\.ANCHORARRAY\(\$A\$11\)",
          "A10#", "# stands"),
    Break(formulas.formulas_are_written_as_files_hold_them, LITE, "Pool", "<f>EDATE", "<f>=EDATE", "has no ="),
    Break(formulas.formulas_are_written_as_files_hold_them, LITE, "Pool", "<f>EDATE", f"<f>{'1+' * 4096}EDATE",
          "longer than"),
    Break(formulas.references_lead_to_what_is_there, SAMPLE, "Vesting", r"Grants\[Holder\]", "Grants[Owner]",
          "no column Owner"),
    Break(formulas.references_lead_to_what_is_there, LITE, "Pool", r"Activity\[Date\]", "Events[Date]",
          "no table Events"),
    Break(formulas.references_lead_to_what_is_there, LITE, "Vesting", r"'ISO limit'!", "'Limits'!", "no sheet Limits"),
    Break(formulas.references_lead_to_what_is_there, LITE, "Merger", r"ANCHORARRAY\(\$A\$11", "ANCHORARRAY($A$12",
          "spills from"),
    Break(formulas.the_metadata_is_that_of_dynamic_arrays, LITE, "xl/metadata.xml", 'fDynamic="1"', 'fDynamic="0"',
          "metadata"),
    Break(tables.names_of_tables, SAMPLE, "xl/tables/table2.xml", ' id="2"', ' id="1"', "tables called 1"),
    Break(tables.names_of_tables, SAMPLE, "xl/tables/table2.xml", 'displayName="Holders"', 'displayName="GRANTS"',
          "grants"),
    Break(tables.names_of_tables, SAMPLE, "xl/tables/table2.xml", 'displayName="Holders"', 'displayName="Q1"',
          "a cell"),
    Break(tables.names_of_tables, LITE, _BOOK, "_xlnm.Print_Titles", "Vesting", "a defined name too"),
    Break(tables.columns_of_tables, TEMPLATE, "xl/tables/table5.xml", 'name="Action"', 'name="Actions"', "a heading"),
    Break(tables.columns_of_tables, TEMPLATE, "xl/tables/table5.xml", '<autoFilter ref="A1:E', '<autoFilter ref="A1:D',
          "filter"),
    Break(tables.columns_of_tables, LITE, "Holders", r'<c r="C1"([^>]*) t="s"><v>\d+', r'<c r="C1"\1><v>10', "no text"),
    Break(tables.room_of_tables, LITE, "Holders", "</sheetData>",
          '</sheetData><mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>', "is merged"),
    Break(tables.room_of_tables, SAMPLE, "Grants", r'(<c r="B2"[^>]*>)', r'\1<f t="array" ref="B2:B3">1</f>',
          "spills into"),
    Break(strictness.texts, SAMPLE, "xl/sharedStrings.xml", r' count="\d', ' count="9', "its count"),
    Break(strictness.texts, ADD_IN_FILE, "xl/sharedStrings.xml", "<si>", f"<si><t>{'x' * 32768}</t></si><si>",
          "longer than"),
    Break(tables.calculated_columns, SAMPLE, "Vesting", r"INDEX\(Grants\[Holder\]", "INDEX(Grants[Type]",
          "formulas of its"),
    Break(tables.calculated_columns, SAMPLE, "Vesting", r"<f>", '<f t="array" ref="B2">', "rows with array formulas"),
    Break(tables.tables_stand_alone, LITE, "Holders", "</row></sheetData>",
          '</row><row r="6"><c r="B6"><v>1</v></c></row></sheetData>', "touches Holders"),
    Break(tables.tables_stand_alone, LITE, "Holders", "</row></sheetData>",
          '</row><row r="16"><c r="B16"><v>1</v></c></row></sheetData>', "in the way of Holders"),
    Break(tables.the_ledgers_are_tables, LITE, "xl/tables/table1.xml", "<autoFilter[^>]*>", "", "has no filter"),
    Break(workbook.names_of_sheets, TEMPLATE, _BOOK, 'name="Pool"', 'name="plan"', "and their names"),
    Break(workbook.names_of_sheets, TEMPLATE, _BOOK, 'name="Pool"', 'name="Pool/ISO"', "no name of a sheet"),
    Break(workbook.names_of_sheets, TEMPLATE, _BOOK, 'name="Pool"', f'name="{"P" * 32}"', "too long"),
    Break(workbook.names_of_sheets, TEMPLATE, _BOOK, 'sheetId="2"', 'sheetId="1"', "one sheetId"),
    Break(workbook.names_of_sheets, ADD_IN_FILE, _BOOK, "<workbookView", '<workbookView activeTab="1"', "in front"),
    Break(workbook.titles_of_parts, SAMPLE, "docProps/app.xml", "<vt:lpstr>Pool</vt:lpstr>", "", "TitlesOfParts"),
    Break(workbook.the_calculation_keeps_what_is_saved, SAMPLE, _BOOK, "<calcPr", '<calcPr fullCalcOnLoad="1"',
          "calcPr"),
    Break(workbook.the_versions_are_properties, LITE, "docProps/custom.xml", 'name="xlwings"', 'name="other"',
          "custom properties"),
    Break(workbook.each_sheet_is_numbered, LITE, _BOOK, 'sheetId="2"', 'sheetId="20"', "its sheetId"),
    Break(workbook.one_sheet_is_in_front, TEMPLATE, "Pool", "<sheetView ", '<sheetView tabSelected="1" ',
          "are selected"),
    Break(workbook.defined_names, LITE, _BOOK, 'localSheetId="5"', 'localSheetId="3"', "print titles of Grants"),
    Break(workbook.defined_names, LITE, _BOOK, 'localSheetId="5"', 'localSheetId="55"', "which is not there"),
    Break(workbook.names_are_print_titles_or_terms, LITE, _BOOK, r"_xlnm\.Print_Titles", "Limit", "a defined name"),
    Break(workbook.links_stay_in_the_workbook, SAMPLE, "Start", "location=\"'Pool'", "location=\"'Pond'",
          "leads to Pond"),
    Break(workbook.code_names, TEMPLATE, "Pool", 'codeName="Sheet10"', 'codeName="Sheet99"',
          "modules of the VBA project"),
    Break(workbook.each_sheet_has_a_code_name, ADD_IN_FILE, "About", 'codeName="Sheet1"', 'codeName="Sheet2"',
          "code names"),
    Break(workbook.every_sheet_is_visible, TEMPLATE, _BOOK, '<sheet name="Pool"', '<sheet name="Pool" state="hidden"',
          "its state"),
    Break(sheets.pages_are_set_up, ADD_IN_FILE, "About", 'paperSize="1"', 'paperSize="9"', "its paper"),
    Break(sheets.pages_are_set_up, LITE, "Pool", '<pageSetUpPr fitToPage="1"/>', "", "whether it is fitted"),
    Break(sheets.pages_are_set_up, LITE, "Pool", "&amp;N", "", "its footer"),
    Break(sheets.headings_stay_in_sight, LITE, "Pool", "<pane[^>]*>", "", "nothing is frozen"),
    Break(sheets.headings_stay_in_sight, LITE, "Grants", 'ySplit="1"', 'ySplit="2"', "rows are frozen"),
    Break(sheets.headings_are_printed_on_every_page, LITE, _BOOK, r"Merger!\$10:\$10", "Merger!$9:$9", "print titles"),
    Break(sheets.choices_are_the_words_of_the_plan, SAMPLE, "Activity", "RESERVE,", "", "the words to choose from"),
    Break(sheets.choices_are_the_words_of_the_plan, SAMPLE, "Grants", 'sqref="C2:C', 'sqref="C3:C',
          "what may be typed"),
    Break(sheets.rules_ask_and_do_not_refuse, SAMPLE, "Grants", ' errorStyle="warning"', "", "how it answers"),
    Break(sheets.rules_ask_and_do_not_refuse, LITE, "Activity", "RESERVE,", f"RESERVE,{'X' * 99},",
          "its list is too long"),
    Break(sheets.rules_ask_and_do_not_refuse, LITE, "Activity", "RESERVE,", "", "does not know RESERVE"),
    Break(sheets.notes_say_what_the_record_says, LITE, "xl/comments2.xml", "The number of the grant", "A number",
          "its note"),
    Break(sheets.notes_say_what_the_record_says, LITE, "xl/comments2.xml", '<comment ref="A1".*?</comment>', "",
          "with notes"),
    Break(sheets.notes_are_drawn, LITE, "xl/drawings/vmlDrawing2.vml", "<x:Column>0<", "<x:Column>30<",
          "notes are drawn"),
    Break(sheets.notes_are_drawn, LITE, "xl/drawings/vmlDrawing2.vml", "_x0000_s2050", "_x0000_s2049", "and their ids"),
    Break(chart.the_pool_has_one_line_chart, LITE, "xl/drawings/drawing1.xml", ' descr="[^"]*"', "",
          "alternative text"),
    Break(chart.the_pool_has_one_line_chart, LITE, _CHART, r"<c:tx><c:v>Available<", "<c:tx><c:v>X<", "series"),
    Break(chart.the_chart_shows_what_the_cells_hold, LITE, _CHART, r"(\$B\$)21", r"\g<1>22", "values of val"),
    Break(chart.the_chart_shows_what_the_cells_hold, SAMPLE, _CHART, r"\$30|\$3\d", "$29", "leaves out"),
    Break(chart.lines_are_told_apart_without_colour, LITE, _CHART, "<a:prstDash[^>]*>", "", "their dashes"),
    Break(chart.lines_are_told_apart_without_colour, LITE, _CHART, 'val="diamond"', 'val="circle"', "the marks"),
    Break(chart.lines_are_told_apart_without_colour, LITE, _CHART, "yyyy", "General", "number formats"),
    Break(chart.the_chart_hides_no_cell, LITE, "xl/drawings/drawing1.xml", "<xdr:row>16<", "<xdr:row>25<",
          "lies on Pool"),
    Break(order.order_of_elements, ADD_IN_FILE, "About", r"(<pageMargins[^>]*>)(<pageSetup[^>]*>)", r"\2\1",
          "after pageSetup"),
    Break(order.order_of_elements, SAMPLE, _BOOK, r"(<calcPr[^>]*>)", r"\1<definedNames/>", "after calcPr"),
    Break(order.order_of_elements, SAMPLE, "xl/styles.xml", "<font><b/><sz ([^>]*)>", r"<font><sz \1><b/>", "after sz"),
    Break(order.order_of_elements, LITE, _CHART, "(<c:idx [^>]*>)(<c:order [^>]*>)", r"\2\1", "idx after"),
    Break(order.order_of_elements, LITE, "xl/tables/table1.xml", "<autoFilter", "<filters/><autoFilter", "no place"),
    Break(order.every_element_has_an_order, LITE, "Pool", "<sheetData>", "<sheetData><new><c/></new>", "is not known"),
    Break(strictness.cells_ascend, LITE, "Holders", r'r="C2"', 'r="A2"', "out of order"),
    Break(strictness.cells_ascend, LITE, "Holders", r'<row r="3"', '<row r="2"', "stands after row"),
    Break(strictness.sizes, ADD_IN_FILE, "About", r' width="110', ' width="1110', "too wide"),
    Break(strictness.sizes, ADD_IN_FILE, "About", r' ht="24"', ' ht="410"', "too high"),
    Break(strictness.indexes, ADD_IN_FILE, "About", r' s="1"', ' s="99"', "there is no style 99"),
    Break(strictness.indexes, ADD_IN_FILE, "About", "<v>0</v>", "<v>999</v>", "no text 999"),
    Break(strictness.indexes, LITE, "ISO by year", r'dxfId="\d+"', 'dxfId="99"', "no differential format 99"),
    Break(strictness.indexes, LITE, "xl/tables/table1.xml", r'dataDxfId="\d+"', 'dataDxfId="99"', "format 99"),
    Break(strictness.styles, LITE, "xl/styles.xml", r'fontId="8"|fontId="1"', 'fontId="77"', "fontId is not there"),
    Break(strictness.styles, LITE, "xl/styles.xml", r'<fills count="\d+"', '<fills count="1"', "the count of fills"),
    Break(strictness.texts, LITE, "xl/comments1.xml", 'authorId="0"', 'authorId="5"', "has no author"),
    Break(strictness.counts, LITE, "Grants", r'<dataValidations count="\d+"', '<dataValidations count="1"',
          "the count of"),
    Break(strictness.counts, LITE, "Grants", r'<dimension ref="[^"]*"', '<dimension ref="A1:B2"',
          "outside its dimension"),
)  # fmt: skip


@pytest.mark.parametrize("fault", BREAKS, ids=lambda fault: f"{fault.check.__name__}: {fault.says}")
def test_a_fault_that_is_planted_is_found(built: dict[str, Package], fault: Break) -> None:
    whole = built[fault.file]
    part = fault.part if fault.part in whole.parts else whole.sheet(fault.part).part
    found = set(seen(fault.check, whole.changed(part, fault.old, fault.new)).faults)
    new = found - set(seen(fault.check, whole).faults)
    assert [text for text in new if fault.says in text], sorted(new)


def test_a_part_that_is_taken_away_is_missed(built: dict[str, Package]) -> None:
    without = built[TEMPLATE].without("xl/comments1.xml")
    assert any("no such part" in fault for fault in seen(package.content_types, without).faults)
    assert any("is not there" in fault for fault in seen(package.relationships, without).faults)
    assert any(
        "xl/styles.xml is missing" in fault
        for fault in seen(package.what_every_workbook_needs, built[SAMPLE].without("xl/styles.xml")).faults
    )


def test_an_add_in_with_a_window_is_found(built: dict[str, Package]) -> None:
    saved = next(file for file in shipped() if file.name == "quickstart_addin.xlam")
    shown = saved.changed(_BOOK, ' visibility="hidden"', "")
    assert seen(workbook.view_of_an_add_in, saved).faults == []
    assert len(seen(workbook.view_of_an_add_in, shown).faults) == 1


def test_every_check_has_a_fault_to_find() -> None:
    checks = {
        *package.PACKAGE, package.vba_as_excel_saves_it, *formulas.FORMULAS, *tables.TABLES, *workbook.WORKBOOKS,
        *workbook.NAMES, *workbook.MACROS, *sheets.PAPER, *sheets.SHEETS, *chart.CHART, *strictness.STRICT,
        *OF_ANY_WORKBOOK,
    }  # fmt: skip
    assert checks - {fault.check for fault in BREAKS} == {workbook.view_of_an_add_in}
