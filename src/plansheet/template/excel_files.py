"""The files for Excel: what xlsxwriter has written, with the parts it does not know."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from plansheet import __version__
from plansheet.template.pages import SPILL, SPILL_IN_A_CELL, Book
from plansheet.template.start import START, VERSION_CELL

Change = Callable[[str], str]

_EMPTY_TEXT = re.compile(rb'(<c r="[A-Z]+\d+"(?: s="\d+")?)(><f>[^<]*</f><v></v></c>)')
"""A formula that gives an empty text: without its type it would look as if it had never been calculated."""
_SPILLS = SPILL_IN_A_CELL.encode(), SPILL.encode()
_CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADD_IN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"


def versions() -> dict[str, str]:
    """Of what makes a file what it is; each file carries them as document properties."""
    return {"plansheet": __version__, "xlwings": version("xlwings"), "XlsxWriter": version("xlsxwriter")}


def versions_in(path: Path) -> dict[str, str] | None:
    """The versions that a file carries; None where it is no file of ours, or cannot be read."""
    try:
        with zipfile.ZipFile(path) as package:
            text = package.read("docProps/custom.xml").decode()
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    return dict(re.findall(r'name="(\w+)"><vt:lpwstr>([^<]*)<', text)) or None


def add_versions(book: Book) -> None:
    """Write the versions into a workbook."""
    for name, text in versions().items():
        book.workbook.set_custom_property(name, text)


def add_macros(book: Book, project: Callable[[int], bytes]) -> None:
    """Put a VBA project into a workbook that has all its sheets: ``project`` makes it for so many."""
    workbook: Any = book.workbook
    workbook.set_vba_name("ThisWorkbook")
    sheets = workbook.worksheets()
    for number, sheet in enumerate(sheets, start=1):
        sheet.set_vba_name(f"Sheet{number}")
    workbook.add_vba_project(io.BytesIO(project(len(sheets))), is_stream=True)


def save(book: Book, path: Path, changes: Mapping[str, Change] | None = None) -> None:
    """Close a workbook, then apply ``changes`` to its parts, each as text."""
    start = book.workbook.get_worksheet_by_name(START)
    book.workbook.close()
    changes = dict(changes or {})
    if start is not None:
        changes[f"xl/worksheets/sheet{start.index + 1}.xml"] = _calculated_at_every_opening
    _change(path, changes)


def _as_add_in(text: str) -> str:
    """The content types of a workbook with macros, as those of an add-in."""
    return _replaced(text, _WORKBOOK_TYPE, _ADD_IN_TYPE)


def _without_window(text: str) -> str:
    """The workbook part of an add-in, whose window stays hidden."""
    return _replaced(text, "<workbookView ", '<workbookView visibility="hidden" ')


ADD_IN_CHANGES: Mapping[str, Change] = {_CONTENT_TYPES: _as_add_in, "xl/workbook.xml": _without_window}


def _calculated_at_every_opening(text: str) -> str:
    """Mark the version's formula to be calculated whenever the workbook is opened; all others keep what they show.

    Otherwise it would go on showing the version with which the file was built where no function answers.
    """
    cell = f'<c r="{VERSION_CELL}"'
    before, found, after = text.partition(cell)
    return before + found + _replaced_once(after, "<f>", '<f ca="1">')


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise ValueError(
            f"xlsxwriter writes {old} {text.count(old)} times where once is expected; adapt excel_files.py"
        )
    return text.replace(old, new)


def _replaced_once(text: str, old: str, new: str) -> str:
    if old not in text:
        raise ValueError(f"xlsxwriter writes no {old} where it is expected; adapt excel_files.py")
    return text.replace(old, new, 1)


def _change(path: Path, changes: Mapping[str, Change]) -> None:
    """Write a package again with some parts changed; the order and the dates of its parts stay."""
    with zipfile.ZipFile(path) as package:
        parts = [(entry, package.read(entry)) for entry in package.infolist()]
    missing = changes.keys() - {entry.filename for entry, _ in parts}
    if missing:
        raise ValueError(f"xlsxwriter writes no part {', '.join(sorted(missing))}; adapt excel_files.py")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for entry, data in parts:
            change = changes.get(entry.filename)
            changed = change(data.decode()).encode() if change else data
            if entry.filename.startswith(("xl/worksheets/", "xl/tables/")):
                changed = _EMPTY_TEXT.sub(rb'\1 t="str"\2', changed.replace(*_SPILLS))
            package.writestr(entry, changed, zipfile.ZIP_DEFLATED)
