"""A copy of a workbook with its findings: a sheet Findings, and the sheets concerned as values, coloured and noted.

It holds no formula, no macro, and no link but those from a finding to its cell. Cells keep their addresses, for the
findings cite them; that it is a copy is said in a box above the text of the first row, by the sheet's name and on each
page that is printed.
"""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Final

import xlsxwriter

from plansheet import __version__
from plansheet.core.rule import Severity
from plansheet.report.characters import printable
from plansheet.report.copied_sheet import LONGEST_TEXT, MARKS, Book, Looks, copied_names, copy_sheet, cut
from plansheet.workbook.checked import Checked, Found
from plansheet.workbook.reading.saved import Sheet, Workbook

MOST_FINDINGS: Final = 20_000
MOST_CELLS: Final = 200_000
"""What a copy holds: more of either helps nobody, and takes its time."""
_FINDINGS, _NOT_CHECKED = "Findings", "Not checked"
_INK = "#1F3864"
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CREATED = dt.datetime(2000, 1, 1)  # the same bytes of the same findings, whenever they are written
_WRAPPED = {"text_wrap": True, "valign": "top", "bottom": 1, "bottom_color": "#DDE1E8"}
_COLUMNS = {
    "Code": 11,
    "Severity": 10,
    "Sheet": 16,
    "Cell": 9,
    "What is wrong": 64,
    "What to do": 46,
    "Plan": 12,
    "Law": 24,
}
"""The headings of the sheet Findings, and how wide its columns are."""


def annotated(workbook: Workbook, checked: Checked) -> bytes:
    """The copy of a workbook that was read, as an .xlsx file."""
    stream = io.BytesIO()
    shown = checked.findings[:MOST_FINDINGS]
    sheets = _concerned(workbook, shown)
    names = copied_names((sheet.name for sheet in sheets), (_FINDINGS, _NOT_CHECKED))
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        book.set_properties({"title": "Findings of plansheet", "comments": __version__, "created": _CREATED})
        _write_findings(book, checked, shown, names)
        if checked.not_checked:
            _write_not_checked(book, checked)
        looks, room = Looks(book), MOST_CELLS
        for sheet in sheets:
            found = [each for each in shown if each.sheet == sheet.name]
            room -= copy_sheet(sheet, book.add_worksheet(names[sheet.name]), found, looks, max(room, 0))
    return stream.getvalue()


def _concerned(workbook: Workbook, shown: Iterable[Found]) -> list[Sheet]:
    """The sheets that a finding names, hidden ones too."""
    named = {found.sheet for found in shown}
    return [sheet for sheet in workbook.sheets if sheet.kind == "worksheet" and sheet.name in named]


def _write_findings(book: Book, checked: Checked, shown: Sequence[Found], names: dict[str, str]) -> None:
    sheet = book.add_worksheet(_FINDINGS)
    top = _write_head(book, sheet, checked, _said(checked), _COLUMNS)
    wrapped, link = book.add_format(_WRAPPED), book.add_format({**_WRAPPED, "font_color": "#0563C1", "underline": 1})
    marks = {severity: book.add_format({**_WRAPPED, **mark, "border": 1}) for severity, mark in MARKS.items()}
    for row, found in enumerate(shown, start=top + 1):
        law = "; ".join(found.law)
        texts = [found.code, "", found.sheet, "", found.message, found.fix, found.plan, law]
        for column, text in enumerate(texts):
            sheet.write_string(row, column, _text(text), wrapped)
        sheet.write_string(row, 1, found.severity.value, marks[found.severity])
        if found.cell and found.sheet in names:
            address = names[found.sheet].replace("'", "''")
            sheet.write_url(row, 3, f"internal:'{address}'!{found.cell}", link, found.cell)
        else:
            sheet.write_string(row, 3, _text(found.cell), wrapped)
    if shown:
        sheet.autofilter(top, 0, top + len(shown), len(_COLUMNS) - 1)
    sheet.activate()


def _said(checked: Checked) -> list[str]:
    """What there is to say above the list."""
    errors = sum(found.severity is Severity.ERROR for found in checked.findings)
    warnings, missed = len(checked.findings) - errors, len(checked.not_checked)
    beside = f"; not checked: {missed:,}, see the sheet {_NOT_CHECKED}" if missed else ""
    lines = [f"Verdict: {checked.verdict}; errors: {errors:,}; warnings: {warnings:,}{beside}."]
    if len(checked.findings) > MOST_FINDINGS:
        lines.append(f"Only the first {MOST_FINDINGS:,} findings are listed here; the text and JSON reports have all.")
    return lines


def _write_not_checked(book: Book, checked: Checked) -> None:
    sheet = book.add_worksheet(_NOT_CHECKED)
    said = ["What stands here was not held against the rules: no finding does not mean that it is right."]
    row = _write_head(book, sheet, checked, said, {"What": 90, "Why": 76})
    wrapped = book.add_format(_WRAPPED)
    for missed in sorted(checked.not_checked, key=lambda missed: bool(missed.columns)):
        row += 1
        sheet.write_string(row, 0, _text(missed.what), wrapped)
        sheet.write_string(row, 1, _text(missed.why), wrapped)


def _write_head(book: Book, sheet: Book, checked: Checked, said: Sequence[str], columns: dict[str, int]) -> int:
    """The lines above a list, and its headings; the row of the headings, from 0."""
    title = book.add_format({"font_size": 16, "bold": True, "font_color": _INK})
    notice = book.add_format({"bold": True, "font_color": "#9C0006", "bg_color": "#FFF2CC"})
    heading = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": _INK, "valign": "vcenter"})
    copy = "Copy without formulas, made to show findings. Correct the workbook itself; type nothing back from here."
    name = checked.path.rpartition(" > ")[2]  # not the mail: the copy serves each mail in which the same bytes came
    sheet.write_string(0, 0, _text(f"{sheet.get_name()} in {name}"), title)
    for column in range(len(columns)):
        sheet.write_blank(1, column, None, notice)
    sheet.write_string(1, 0, copy, notice)
    same = "a workbook of another name that has the same SHA-256 is the same"
    lines = [*said, f"The workbook that was checked has the SHA-256 {checked.sha256}; {same}."]
    for row, line in enumerate(lines, start=2):
        sheet.write_string(row, 0, line)
    top = len(lines) + 3
    for column, (name, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(top, column, name, heading)
    sheet.set_row(top, 20)
    sheet.freeze_panes(top + 1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer("&RPage &P of &N")
    sheet.hide_gridlines(2)
    return top


def _text(text: str) -> str:
    return cut(printable(text), LONGEST_TEXT)
