"""A saved workbook as it stands: every cell with its formula and the value that Excel calculated, from one pass.

The parsing is openpyxl's; what of a file openpyxl need not see to give cells, tables and names is not shown to it, so
that a picture, a pivot or a font that it refuses is no reason to refuse a ledger.
"""

import hashlib
import os
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl.packaging.relationship import Relationship, get_dependents, get_rels_path
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import builtin_format_code, is_date_format, is_timedelta_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.utils.escape import unescape
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS, STYLES_TYPE
from openpyxl.xml.functions import fromstring

from plansheet.workbook.guard import content, package_of
from plansheet.workbook.package import STRICT_NAMESPACE, Package
from plansheet.workbook.saved import LAST_COLUMN, LAST_ROW, Cell, DefinedName, Sheet, Table, Workbook
from plansheet.workbook.sheet_parser import SheetParser, is_range
from plansheet.workbook.unreadable import Unreadable, unreadable

MOST_CELLS = 4_000_000
"""Cells with something in them; about 1.5 GB of memory."""
LONGEST_FORMAT = 255
"""Characters; Excel takes no longer number format."""

SHEET_KINDS = {"worksheet": "worksheet", "chartsheet": "chart", "dialogsheet": "dialog", "xlMacrosheet": "macro"}


def read(path: str | os.PathLike[str]) -> Workbook:
    """The workbook in a file; raises Unreadable for anything that cannot be read as one."""
    return read_bytes(content(path), os.fspath(path))


def read_bytes(data: bytes, path: str = "") -> Workbook:
    """The workbook in ``data``, called ``path`` in what is said of it; raises Unreadable."""
    package = package_of(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it drops on saving: nothing is saved here
            return _Load(data, package).workbook(path)
    except Unreadable:
        raise
    except MemoryError as error:
        raise unreadable("too large", "the computer has not enough memory for it") from error
    except Exception as error:  # openpyxl raises whatever comes; each is a file that we cannot read
        raise _translated(error) from error


def _translated(error: Exception) -> Unreadable:
    match error:
        case ParseError():
            return unreadable("damaged", f"one of its parts is not well-formed XML ({error})")
        case KeyError():
            return unreadable("damaged", f"a part that it refers to is missing ({error.args[0]})")
        case zipfile.BadZipFile() | zlib.error() | EOFError():
            return unreadable("damaged", f"its zip container does not hold together ({error})")
        case _:
            return unreadable("unread", f"{type(error).__name__}: {error}"[:300])


class _Load:
    """One reading of a package, part by part."""

    def __init__(self, data: bytes, package: Package) -> None:
        self.data = data
        self.package = package
        self.source: Any = ExcelReader(BytesIO(data), keep_links=False)  # its type stubs are not complete
        self.room = MOST_CELLS

    def workbook(self, path: str) -> Workbook:
        self.source.read_manifest()
        self.source.read_strings()
        self.source.read_workbook()
        self.strings = [unescape(text) for text in self.source.shared_strings]
        self.dates, self.durations = self._date_styles()
        sheets = tuple(self._sheets())
        xml = fromstring(self.source.archive.read(self.package.workbook_part))
        calculation = xml.find(f"{{{SHEET_MAIN_NS}}}calcPr")
        calculated = calculation.attrib if calculation is not None else {}
        return Workbook(
            path=path,
            sha256=hashlib.sha256(self.data).hexdigest(),
            sheets=sheets,
            tables=tuple(table for sheet in sheets for table in sheet.tables),
            names=tuple(self._names(sheets)),
            date_1904=self.source.wb.epoch == MAC_EPOCH,
            calc_mode=calculated.get("calcMode", "auto"),
            full_calc_on_load=calculated.get("fullCalcOnLoad", "0") in ("1", "true"),
            calc_id=int(calculated.get("calcId", 0)),
            iterative=calculated.get("iterate", "0") in ("1", "true"),
            as_displayed=calculated.get("fullPrecision", "1") in ("0", "false"),
            links=tuple(self._links(xml)),
        )

    def _date_styles(self) -> tuple[set[int], set[int]]:
        """Indices of the cell styles that show a date, and of those that show elapsed time.

        Only the number formats are read: a font or fill that openpyxl refuses is no reason to refuse a ledger.
        """
        part = self.source.package.find(STYLES_TYPE)
        if part is None or part.PartName[1:] not in self.package.parts:
            return set(), set()
        xml = fromstring(self.source.archive.read(part.PartName[1:]))
        tag = f"{{{SHEET_MAIN_NS}}}"
        codes = {f.get("numFmtId"): f.get("formatCode", "") for f in xml.iterfind(f"{tag}numFmts/{tag}numFmt")}
        shows: dict[str, tuple[bool, bool]] = {}
        dates, durations = set(), set()
        for index, style in enumerate(xml.iterfind(f"{tag}cellXfs/{tag}xf")):
            number_format = style.get("numFmtId", "0")
            if number_format not in shows:
                code = codes.get(number_format) or builtin_format_code(int(number_format)) or ""
                readable = len(code) <= LONGEST_FORMAT
                shows[number_format] = (readable and is_date_format(code), readable and is_timedelta_format(code))
            is_date, is_duration = shows[number_format]
            dates.update([index] if is_date else [])
            durations.update([index] if is_duration else [])
        return dates, durations

    def _sheets(self) -> Iterator[Sheet]:
        seen: set[str] = set()
        for entry in self.source.parser.sheets:
            if entry.name.casefold() in seen:
                raise unreadable("damaged", f"two of its sheets are named {entry.name}")
            seen.add(entry.name.casefold())
            hidden = entry.state not in (None, "visible")
            # Old macro workbooks list their modules as sheets without a part: they hold no cells.
            relation = self.source.parser.rels[entry.id] if entry.id else None
            kind = SHEET_KINDS.get(relation.Type.rpartition("/")[2], "other") if relation else "other"
            if relation and kind == "worksheet":
                yield self._worksheet(entry.name, hidden, relation)
            else:
                yield Sheet(entry.name, {}, hidden, (), kind, (), 0, 0)

    def _worksheet(self, name: str, hidden: bool, relation: Relationship) -> Sheet:
        part = relation.target
        root = self.package.roots.get(part, "")
        if part not in self.package.parts or relation.TargetMode == "External":
            raise unreadable("damaged", f"the part of its sheet {name} is missing")
        if root.startswith(STRICT_NAMESPACE):
            raise unreadable("strict")
        if root and root != f"{SHEET_MAIN_NS} worksheet":
            raise unreadable("damaged", f"the part of its sheet {name} is no sheet")
        with self.source.archive.open(part) as stream:
            parser = SheetParser(name, stream, self.strings, self.source.wb.epoch, self.dates, self.durations)
            cells = self._cells(name, parser)
        return Sheet(
            name=name,
            cells=cells,
            hidden=hidden,
            tables=tuple(self._tables(name, part, parser.table_ids)),
            kind="worksheet",
            rules=tuple(parser.rules),
            last_row=max((row for row, _ in cells), default=0),
            last_column=max((column for _, column in cells), default=0),
            hidden_rows=frozenset(parser.hidden_rows.intersection(row for row, _ in cells)),
            hidden_columns=frozenset(parser.hidden_columns),
            filters=tuple(parser.filters),
            data_tables=tuple(parser.data_tables),
        )

    def _cells(self, name: str, parser: SheetParser) -> dict[tuple[int, int], Cell]:
        cells: dict[tuple[int, int], Cell] = {}
        for cell in parser.cells():
            if not (0 < cell.row <= LAST_ROW and 0 < cell.column <= LAST_COLUMN):
                where = f"row {cell.row:,} and column {cell.column:,}"
                raise unreadable("damaged", f"it has a cell outside of its sheet {name}, in {where}")
            known = cells.setdefault((cell.row, cell.column), cell)
            if known is not cell and known != cell:
                address = f"{name}!{get_column_letter(cell.column)}{cell.row}"
                raise unreadable("damaged", f"its cell {address} is there twice, with different content")
            if len(cells) > self.room:
                raise unreadable("too large", f"more than {MOST_CELLS:,} of its cells hold something")
        self.room -= len(cells)
        return cells

    def _tables(self, sheet: str, part: str, ids: list[str]) -> Iterator[Table]:
        if not ids:
            return
        relations = get_dependents(self.source.archive, _relations_of(part))
        for relation_id in ids:
            xml = fromstring(self.source.archive.read(relations.get(relation_id).target))
            name, ref = xml.attrib["displayName"], xml.attrib["ref"]
            if not is_range(ref):
                raise unreadable("damaged", f"its table {name} fills the range {ref}, which is none")
            columns = list(xml.iterfind(f"{{{SHEET_MAIN_NS}}}tableColumns/{{{SHEET_MAIN_NS}}}tableColumn"))
            formulas = [column.findtext(f"{{{SHEET_MAIN_NS}}}calculatedColumnFormula") for column in columns]
            yield Table(
                name=name,
                sheet=sheet,
                ref=ref,
                header_rows=int(xml.get("headerRowCount", 1)),
                totals_rows=int(xml.get("totalsRowCount", 0)),
                columns=tuple(unescape(column.attrib["name"]) for column in columns),
                column_formulas=tuple(f"={formula}" if formula else None for formula in formulas),
            )

    def _links(self, xml: Any) -> Iterator[str]:
        """The other workbooks by their numbers; what cannot be told of one is no reason to refuse the ledger."""
        for entry in xml.iterfind(f"{{{SHEET_MAIN_NS}}}externalReferences/{{{SHEET_MAIN_NS}}}externalReference"):
            relation = self.source.parser.rels.get(entry.get(f"{{{REL_NS}}}id"))
            part = _relations_of(relation.target) if relation is not None else ""
            if part not in self.package.parts:
                yield ""
                continue
            targets = (link.get("Target", "") for link in fromstring(self.source.archive.read(part)))
            yield next(targets, "")

    def _names(self, sheets: tuple[Sheet, ...]) -> Iterator[DefinedName]:
        for name in self.source.parser.defined_names.definedName:
            scope = name.localSheetId
            if scope is not None and not 0 <= scope < len(sheets):
                continue  # left behind by a deleted sheet: no formula can reach it
            sheet = None if scope is None else sheets[scope].name
            yield DefinedName(name.name, "=" + (name.attr_text or ""), sheet, bool(name.hidden))


def _relations_of(part: str) -> str:
    """The part that says what a part refers to."""
    found: str = get_rels_path(part)  # type: ignore[no-untyped-call]  # no stub
    return found
