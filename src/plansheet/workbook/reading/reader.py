"""A saved workbook as it stands: every cell with its formula and the value that Excel calculated, from one pass.

The parsing is openpyxl's; what of a file openpyxl need not see to give cells, tables and names is not shown to it, so
that a picture, a pivot or a font that it refuses is no reason to refuse a ledger.
"""

import hashlib
import os
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from operator import itemgetter
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from openpyxl.styles.numbers import builtin_format_code, is_date_format, is_timedelta_format
from openpyxl.utils.escape import unescape
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS

from plansheet.workbook.reading.bounded import Bounded, Bounds
from plansheet.workbook.reading.elements import tree
from plansheet.workbook.reading.guard import content, package_of
from plansheet.workbook.reading.package import STRICT_NAMESPACE, STRICT_RELATIONS, Package
from plansheet.workbook.reading.saved import DefinedName, Sheet, Table, Workbook
from plansheet.workbook.reading.sheet_parser import MOST_FORMULAS, SheetParser, is_range, strings
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

MOST_CELLS = 4_000_000
"""Cells with something in them; about 1.5 GB of memory."""
LONGEST_FORMAT = 255
"""Characters; Excel takes no longer number format."""

SHEET_KINDS = {"worksheet": "worksheet", "chartsheet": "chart", "dialogsheet": "dialog", "xlMacrosheet": "macro"}
_M = f"{{{SHEET_MAIN_NS}}}"
_PR, _CALCULATION = f"{_M}workbookPr", f"{_M}calcPr"
_TRUE, _FALSE = ("1", "true"), ("0", "false")


def read(path: str | os.PathLike[str]) -> Workbook:
    """The workbook in a file; raises Unreadable for anything that cannot be read as one."""
    return read_bytes(content(path), os.fspath(path))


def read_bytes(data: bytes, path: str = "") -> Workbook:
    """The workbook in ``data``, called ``path`` in what is said of it; raises Unreadable."""
    package = package_of(data)
    try:
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


class _Relation(NamedTuple):
    """What a part refers to."""

    kind: str
    part: str
    """The address of what stands outside of the file."""
    outside: bool


class _Load:
    """One reading of a package, part by part."""

    def __init__(self, data: bytes, package: Package) -> None:
        self.data = data
        self.package = package
        self.archive = zipfile.ZipFile(BytesIO(data))
        self.bounds = Bounds()
        self.parts = {name.casefold(): name for name in package.parts}
        self.known: dict[str, dict[str, _Relation]] = {}
        self.room, self.formula_room = MOST_CELLS, MOST_FORMULAS

    def workbook(self, path: str) -> Workbook:
        xml = self._xml(self.package.workbook_part)
        properties, calculated = ({} if found is None else found.attrib for found in map(xml.find, (_PR, _CALCULATION)))
        self.date_1904 = properties.get("date1904") in _TRUE
        self.relations = self._relations(self.package.workbook_part)
        self.strings = self._strings()
        self.dates = self._date_styles()
        sheets = tuple(self._sheets(xml))
        if len(sheets) != self.package.sheets:
            raise unreadable("damaged", f"it lists {self.package.sheets} sheets, and {len(sheets)} can be read")
        return Workbook(
            path=path,
            sha256=hashlib.sha256(self.data).hexdigest(),
            sheets=sheets,
            tables=tuple(table for sheet in sheets for table in sheet.tables),
            names=tuple(_names(xml, sheets)),
            date_1904=self.date_1904,
            calc_mode=calculated.get("calcMode", "auto"),
            full_calc_on_load=calculated.get("fullCalcOnLoad") in _TRUE,
            calc_id=int(calculated.get("calcId", 0)),
            iterative=calculated.get("iterate") in _TRUE,
            as_displayed=calculated.get("fullPrecision") in _FALSE,
            links=tuple(self._links(xml)),
        )

    # --- Parts ----------------------------------------------------------------------------------------------------

    def _open(self, part: str) -> Bounded:
        """A part as openpyxl takes it: one of Strict Open XML differs in the names of two namespaces."""
        stream = Bounded(self.archive.open(self.parts[part.casefold()]), part, self.bounds)
        if not self.package.roots.get(part, "").startswith(STRICT_NAMESPACE):
            return stream
        content = stream.read()
        if STRICT_NAMESPACE.encode() not in content:  # in another encoding than Excel's
            raise unreadable("strict")
        for strict, usual in ((STRICT_NAMESPACE, SHEET_MAIN_NS), (STRICT_RELATIONS, REL_NS)):
            content = content.replace(strict.encode(), usual.encode(), 1)  # the first is the outermost element's
        return Bounded(BytesIO(content), part, Bounds())

    def _xml(self, part: str) -> Element:
        with self._open(part) as stream:
            return tree(stream)

    def _relations(self, part: str) -> dict[str, _Relation]:
        """What a part refers to, by number; read once, for a part may be asked for any number of times."""
        if part not in self.known:
            self.known[part] = self._relations_of(part)
        return self.known[part]

    def _relations_of(self, part: str) -> dict[str, _Relation]:
        folder, name = posixpath.split(part)
        listed = self.parts.get(posixpath.join(folder, "_rels", f"{name}.rels").casefold())
        found = {}
        for each in self._xml(listed) if listed is not None else ():
            target, outside = each.get("Target", ""), each.get("TargetMode") == "External"
            at = target if outside else posixpath.normpath(posixpath.join("/", folder, target))[1:]
            found[each.get("Id", "")] = _Relation(
                each.get("Type", "").rpartition("/")[2], self.parts.get(at.casefold(), at), outside
            )
        return found

    def _part_of_kind(self, kind: str) -> str | None:
        """The part of the workbook that has its texts or styles; None where there is none."""
        parts = (each.part for each in self.relations.values() if each.kind == kind)
        return next((part for part in parts if part in self.package.parts), None)

    def _strings(self) -> list[str]:
        part = self._part_of_kind("sharedStrings")
        if part is None:
            return []
        with self._open(part) as stream:
            return strings(stream)

    def _date_styles(self) -> set[str]:
        """Indices of the cell styles that show a date; elapsed time is a number.

        Only the number formats are read: a font or fill that openpyxl refuses is no reason to refuse a ledger.
        """
        part = self._part_of_kind("styles")
        if part is None:
            return set()
        xml = self._xml(part)
        codes = {each.get("numFmtId"): each.get("formatCode", "") for each in xml.iterfind(f"{_M}numFmts/{_M}numFmt")}
        shows: dict[str, bool] = {}
        dates = set()
        for index, style in enumerate(xml.iterfind(f"{_M}cellXfs/{_M}xf")):
            number_format = style.get("numFmtId", "0")
            if number_format not in shows:
                code = codes.get(number_format) or builtin_format_code(int(number_format)) or ""
                readable = len(code) <= LONGEST_FORMAT
                shows[number_format] = readable and is_date_format(code) and not is_timedelta_format(code)
            dates.update([str(index)] if shows[number_format] else [])
        return dates

    # --- Sheets ---------------------------------------------------------------------------------------------------

    def _sheets(self, xml: Element) -> Iterator[Sheet]:
        seen: set[str] = set()
        parts: set[str] = set()
        for entry in xml.iterfind(f"{_M}sheets/{_M}sheet"):
            name, number = entry.attrib["name"], entry.get(f"{{{REL_NS}}}id")
            if name.casefold() in seen:
                raise unreadable("damaged", f"two of its sheets are named {name}")
            seen.add(name.casefold())
            hidden = entry.get("state", "visible") != "visible"
            # Old macro workbooks list their modules as sheets without a part: they hold no cells.
            relation = self.relations[number] if number else None
            kind = SHEET_KINDS.get(relation.kind, "other") if relation else "other"
            if relation and relation.part in parts:
                raise unreadable("damaged", f"its sheet {name} is another sheet's part again")
            if relation and kind == "worksheet":
                parts.add(relation.part)
                yield self._worksheet(name, hidden, relation)
            else:
                yield Sheet(name, {}, hidden, (), kind, (), 0, 0)

    def _worksheet(self, name: str, hidden: bool, relation: _Relation) -> Sheet:
        part = relation.part
        root = self.package.roots.get(part, "")
        if part not in self.package.parts or relation.outside:
            raise unreadable("damaged", f"the part of its sheet {name} is missing")
        if root and root not in (f"{SHEET_MAIN_NS} worksheet", f"{STRICT_NAMESPACE} worksheet"):
            raise unreadable("damaged", f"the part of its sheet {name} is no sheet")
        with self._open(part) as stream:
            parser = SheetParser(
                name,
                stream,
                self.strings,
                date_1904=self.date_1904,
                dates=self.dates,
                most=self.room,
                room=self.formula_room,
            )
            parser.read()
        self.formula_room = parser.room
        cells = parser.cells
        self.room -= len(cells)
        rows = set(map(itemgetter(0), cells))
        return Sheet(
            name=name,
            cells=cells,
            hidden=hidden,
            tables=tuple(self._tables(name, part, parser.table_ids)),
            kind="worksheet",
            rules=tuple(parser.rules),
            last_row=max(rows, default=0),
            last_column=max(map(itemgetter(1), cells), default=0),
            hidden_rows=frozenset(parser.hidden_rows & rows),
            hidden_columns=frozenset(parser.hidden_columns),
            filters=tuple(parser.filters),
            data_tables=tuple(parser.data_tables),
        )

    def _tables(self, sheet: str, part: str, ids: list[str]) -> Iterator[Table]:
        relations = self._relations(part) if ids else {}
        for relation_id in dict.fromkeys(ids):
            xml = self._xml(relations[relation_id].part)
            name, ref = xml.attrib["displayName"], xml.attrib["ref"]
            if not is_range(ref):
                raise unreadable("damaged", f"its table {name} fills the range {ref}, which is none")
            columns = list(xml.iterfind(f"{_M}tableColumns/{_M}tableColumn"))
            formulas = [column.findtext(f"{_M}calculatedColumnFormula") for column in columns]
            yield Table(
                name=name,
                sheet=sheet,
                ref=ref,
                header_rows=int(xml.get("headerRowCount", 1)),
                totals_rows=int(xml.get("totalsRowCount", 0)),
                columns=tuple(unescape(column.attrib["name"]) for column in columns),
                column_formulas=tuple(f"={formula}" if formula else None for formula in formulas),
            )

    def _links(self, xml: Element) -> Iterator[str]:
        """The other workbooks by their numbers; what cannot be told of one is no reason to refuse the ledger."""
        for entry in xml.iterfind(f"{_M}externalReferences/{_M}externalReference"):
            relation = self.relations.get(entry.get(f"{{{REL_NS}}}id", ""))
            targets = self._relations(relation.part).values() if relation is not None else ()
            yield next((target.part for target in targets), "")


def _names(xml: Element, sheets: tuple[Sheet, ...]) -> Iterator[DefinedName]:
    for name in xml.iterfind(f"{_M}definedNames/{_M}definedName"):
        scope = name.get("localSheetId")
        if scope is not None and not (scope.isdecimal() and int(scope) < len(sheets)):
            continue  # left behind by a deleted sheet: no formula can reach it
        sheet = None if scope is None else sheets[int(scope)].name
        yield DefinedName(name.attrib["name"], "=" + (name.text or ""), sheet, name.get("hidden") in _TRUE)
