"""A workbook's package read part by part, and the checks of what any workbook needs that Excel is to open unasked.

The checks here ask nothing that the files which Excel saves do not have: test_parts.py holds them against such files.
"""

from __future__ import annotations

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from openpyxl.utils import get_column_letter, range_boundaries

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
R_ID = f"{{{OFFICE}}}id"
VBA_PROJECT = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_CONTENT_TYPES = "[Content_Types].xml"
_NAMESPACE = re.compile(r"\{.*\}")
_OURS = ("spreadsheetml/2006/main}", "drawingml/2006/")
"""Namespaces of ECMA-376; whatever else a part holds is an extension and may stand between."""
WORKBOOK, ADD_IN, NO_MACROS = (
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "application/vnd.ms-excel.addin.macroEnabled.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
)


class Seen:
    """What a check has compared, and what it found wrong."""

    def __init__(self) -> None:
        self.compared = 0
        self.faults: list[str] = []

    def that(self, right: object, fault: str) -> None:
        self.compared += 1
        if not right:
            self.faults.append(fault)

    def same(self, found: object, wanted: object, where: str) -> None:
        self.that(found == wanted, f"{where}: {found!r} where {wanted!r} is expected")


class Relationship(NamedTuple):
    id: str
    type: str
    target: str
    """The part, by its name in the package; outside of it, as written."""
    inside: bool


@dataclass(frozen=True)
class Cell:
    """A cell as stored: ``formula`` has no = sign, ``array`` is the ref of an array formula."""

    ref: str
    row: int
    column: int
    type: str
    style: int
    cm: str | None
    formula: str | None
    array: str | None
    calculated_always: bool
    value: str | None


@dataclass(frozen=True)
class Table:
    part: str
    root: ET.Element

    @property
    def name(self) -> str:
        return self.root.get("displayName", "")

    @property
    def columns(self) -> list[ET.Element]:
        return self.root.findall(f"{MAIN}tableColumns/{MAIN}tableColumn")

    @property
    def area(self) -> Area:
        return area(self.root.get("ref", ""))


class Area(NamedTuple):
    """A range by its corners."""

    left: int
    top: int
    right: int
    bottom: int

    def __str__(self) -> str:
        return f"{get_column_letter(self.left)}{self.top}:{get_column_letter(self.right)}{self.bottom}"

    def meets(self, other: Area) -> bool:
        across = self.left <= other.right and other.left <= self.right
        return across and self.top <= other.bottom and other.top <= self.bottom

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def around(self) -> Area:
        """With the cells that touch it."""
        return Area(self.left - 1, self.top - 1, self.right + 1, self.bottom + 1)

    def cells(self) -> Iterator[tuple[int, int]]:
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


@lru_cache(maxsize=65_536)
def area(ref: str) -> Area:
    corners = [corner for corner in range_boundaries(ref) if corner is not None]
    return Area(*corners)


@dataclass(frozen=True)
class Sheet:
    """A worksheet with what belongs to it."""

    name: str
    state: str
    part: str
    root: ET.Element = field(repr=False)
    package: Package = field(repr=False)

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        found = (_cell(element) for element in self.root.iterfind(f"{MAIN}sheetData/{MAIN}row/{MAIN}c"))
        return {(cell.row, cell.column): cell for cell in found}

    @cached_property
    def formulas(self) -> list[Cell]:
        return [cell for cell in self.cells.values() if cell.formula is not None]

    @cached_property
    def spills(self) -> list[tuple[Cell, Area]]:
        return [(cell, area(cell.array)) for cell in self.cells.values() if cell.array is not None]

    @cached_property
    def tables(self) -> list[Table]:
        return [Table(part, self.package.root(part)) for part in self.related("table")]

    def related(self, kind: str) -> list[str]:
        """Parts that belong to it, by the last word of the relationship's type."""
        return [r.target for r in self.package.relationships(self.part) if r.type == f"{OFFICE}/{kind}"]

    def text(self, row: int, column: int) -> str | None:
        """What a cell shows, as stored; None where it is empty."""
        cell = self.cells.get((row, column))
        if cell is None or cell.value is None:
            return None
        return self.package.strings[int(cell.value)] if cell.type == "s" else cell.value

    def all(self, path: str) -> list[ET.Element]:
        return self.root.findall("/".join(f"{MAIN}{step}" for step in path.split("/")))

    def one(self, path: str) -> ET.Element | None:
        found = self.all(path)
        return found[0] if len(found) == 1 else None


def _cell(element: ET.Element) -> Cell:
    ref = element.get("r", "")
    at = area(ref)
    formula, value = element.find(f"{MAIN}f"), element.find(f"{MAIN}v")
    return Cell(
        ref,
        at.top,
        at.left,
        element.get("t", "n"),
        int(element.get("s", "0")),
        element.get("cm"),
        None if formula is None else formula.text or "",
        formula.get("ref") if formula is not None and formula.get("t") == "array" else None,
        formula is not None and formula.get("ca") == "1",
        None if value is None else value.text or "",
    )


@dataclass(frozen=True)
class Package:
    """The parts of a workbook by name."""

    name: str
    parts: dict[str, bytes] = field(repr=False)
    entries: tuple[str, ...] = field(repr=False)
    _roots: dict[str, ET.Element] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path) -> Package:
        with zipfile.ZipFile(path) as file:
            names = tuple(name for name in file.namelist() if not name.endswith("/"))
            return cls(path.name, {name: file.read(name) for name in names}, names)

    def changed(self, part: str, pattern: str, new: str) -> Package:
        """A copy with the first match of a pattern in a part's text replaced."""
        text, number = re.subn(pattern, new, self.parts[part].decode(), count=1, flags=re.DOTALL)
        assert number == 1, f"{part} holds no {pattern}"
        return self.with_part(part, text.encode())

    def with_part(self, part: str, data: bytes) -> Package:
        return Package(self.name, {**self.parts, part: data}, tuple(dict.fromkeys((*self.entries, part))))

    def without(self, part: str) -> Package:
        assert part in self.parts
        parts = {name: data for name, data in self.parts.items() if name != part}
        return Package(self.name, parts, tuple(name for name in self.entries if name != part))

    def root(self, part: str) -> ET.Element:
        if part not in self._roots:
            self._roots[part] = ET.fromstring(self.parts[part])
        return self._roots[part]

    @cached_property
    def defaults(self) -> dict[str, str]:
        elements = self.root(_CONTENT_TYPES).findall(f"{_TYPES}Default")
        return {e.get("Extension", "").lower(): e.get("ContentType", "") for e in elements}

    @cached_property
    def overrides(self) -> dict[str, str]:
        elements = self.root(_CONTENT_TYPES).findall(f"{_TYPES}Override")
        return {e.get("PartName", "").removeprefix("/"): e.get("ContentType", "") for e in elements}

    def content_type(self, part: str) -> str | None:
        return self.overrides.get(part, self.defaults.get(part.rpartition(".")[2].lower()))

    def relationships(self, part: str) -> list[Relationship]:
        """Those of a part; of the package for an empty name."""
        folder, _, name = part.rpartition("/")
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self.parts:
            return []
        found = []
        for element in self.root(rels):
            target, inside = element.get("Target", ""), element.get("TargetMode") != "External"
            if inside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found.append(Relationship(element.get("Id", ""), element.get("Type", ""), target, inside))
        return found

    @cached_property
    def all_relationships(self) -> list[tuple[str, Relationship]]:
        sources = ["", *(name for name in self.parts if not name.endswith(".rels"))]
        return [(source, relationship) for source in sources for relationship in self.relationships(source)]

    @cached_property
    def workbook_part(self) -> str:
        return next(r.target for r in self.relationships("") if r.type == f"{OFFICE}/officeDocument")

    @property
    def workbook(self) -> ET.Element:
        return self.root(self.workbook_part)

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The worksheets, in the order of their tabs; sheets of other kinds are left out."""
        targets = {r.id: r for r in self.relationships(self.workbook_part)}
        found = []
        for element in self.workbook.findall(f"{MAIN}sheets/{MAIN}sheet"):
            target = targets[element.get(R_ID, "")]
            if target.type == f"{OFFICE}/worksheet":
                state, part = element.get("state", "visible"), target.target
                found.append(Sheet(element.get("name", ""), state, part, self.root(part), self))
        return found

    def sheet(self, name: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.name == name)

    @cached_property
    def strings(self) -> list[str]:
        found = [r.target for r in self.relationships(self.workbook_part) if r.type == f"{OFFICE}/sharedStrings"]
        return [_text(item) for item in self.root(found[0])] if found else []

    @cached_property
    def styles(self) -> ET.Element:
        found = next(r.target for r in self.relationships(self.workbook_part) if r.type == f"{OFFICE}/styles")
        return self.root(found)

    def number_of(self, styles: str) -> int:
        element = self.styles.find(f"{MAIN}{styles}")
        return 0 if element is None else len(element)


def _text(item: ET.Element) -> str:
    """The text of a shared string or a comment, its runs joined, phonetic runs left out."""
    runs = [*item.findall(f"{MAIN}t"), *item.findall(f"{MAIN}r/{MAIN}t")]
    return "".join(run.text or "" for run in runs)


def local(element: ET.Element) -> str:
    return _NAMESPACE.sub("", element.tag)


def tree(element: ET.Element) -> object:
    """An element as something that can be compared: no prefixes, no order of attributes, no indents."""
    attributes = tuple(sorted(element.attrib.items()))
    return (element.tag, attributes, (element.text or "").strip(), tuple(tree(child) for child in element))


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


# ---- The package (ECMA-376 Part 2) -----------------------------------------------------------------------------------


def content_types(package: Package, see: Seen) -> None:
    see.same(len(package.entries), len({name.casefold() for name in package.entries}), "parts, and their names")
    for part in package.parts:
        see.that(part == _CONTENT_TYPES or package.content_type(part), f"{part} has no content type")
    for part in package.overrides:
        see.that(part in package.parts, f"there is a content type of {part}, and no such part")
    elements = package.root(_CONTENT_TYPES)
    names = Counter((local(e), e.get("PartName", e.get("Extension", "")).casefold()) for e in elements)
    for (_, name), count in names.items():
        see.same(count, 1, f"content types of {name}")


def relationships(package: Package, see: Seen) -> None:
    for source, relationship in package.all_relationships:
        if relationship.inside:
            found = relationship.target in package.parts
            see.that(found, f"{source or 'the package'} leads to {relationship.target}, which is not there")
    for source in {source for source, _ in package.all_relationships}:
        ids = [relationship.id for relationship in package.relationships(source)]
        see.same(len(ids), len(set(ids)), f"{source}: relationships, and their ids")
    reached = {relationship.target for _, relationship in package.all_relationships}
    for part in package.parts:
        leads = part == _CONTENT_TYPES or part.endswith(".rels")
        see.that(leads or part in reached, f"nothing leads to {part}")
    for rels in (part for part in package.parts if part.endswith(".rels")):
        folder, _, name = rels.rpartition("_rels/")
        source = f"{folder}{name.removesuffix('.rels')}"
        see.that(not source or source in package.parts, f"{rels} belongs to no part")


def ids_in_use(package: Package, see: Seen) -> None:
    """Every r:id in a part is one of its relationships."""
    for part in package.parts:
        if part.endswith(".xml") and part != _CONTENT_TYPES:
            ids = {relationship.id for relationship in package.relationships(part)}
            for element in package.root(part).iter():
                if (used := element.get(R_ID)) is not None:
                    see.that(used in ids, f"{part}: {local(element)} names {used}, which its relationships do not have")


# ---- The order of elements (ECMA-376 Part 1) -------------------------------------------------------------------------


def _orders(table: str) -> dict[str, dict[str, int]]:
    """An element to its children's ranks; words joined by | share one."""
    ranks = {}
    for line in table.strip().splitlines():
        parents, _, children = line.partition(":")
        order = {name: rank for rank, names in enumerate(children.split()) for name in names.split("|")}
        ranks.update(dict.fromkeys(parents.split(), order))
    return ranks


SPREADSHEET = _orders(
    # 18.2 workbook, 18.3 worksheet, 18.4 shared strings, 18.5 table, 18.7 comments, 18.8 styles, 18.9 metadata
    """
    workbook: fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences \
definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing fileRecoveryPr \
webPublishObjects extLst
    bookViews: workbookView
    sheets: sheet
    definedNames: definedName
    worksheet: sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges \
scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting \
dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties \
cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls \
webPublishItems tableParts extLst
    sheetPr: tabColor outlinePr pageSetUpPr
    sheetViews: sheetView extLst
    sheetView: pane selection pivotSelection extLst
    cols: col
    sheetData: row
    row: c extLst
    c: f v is extLst
    mergeCells: mergeCell
    conditionalFormatting: cfRule extLst
    cfRule: formula colorScale dataBar iconSet extLst
    dataValidations: dataValidation
    dataValidation: formula1 formula2
    hyperlinks: hyperlink
    headerFooter: oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter
    tableParts: tablePart
    sst: si extLst
    si text: t r rPh phoneticPr
    r: rPr t
    rPr: b i strike condense extend outline shadow u vertAlign sz color rFont family charset scheme
    table: autoFilter sortState tableColumns tableStyleInfo extLst
    autoFilter: filterColumn sortState extLst
    tableColumns: tableColumn
    tableColumn: calculatedColumnFormula totalsRowFormula xmlColumnPr extLst
    comments: authors commentList extLst
    authors: author
    commentList: comment
    comment: text commentPr
    styleSheet: numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst
    numFmts: numFmt
    fonts: font
    font: b i strike condense extend outline shadow u vertAlign sz color name family charset scheme
    fills: fill
    fill: patternFill|gradientFill
    patternFill: fgColor bgColor
    borders: border
    border: start end left right top bottom diagonal vertical horizontal
    left right top bottom diagonal vertical horizontal: color
    cellStyleXfs cellXfs: xf
    xf: alignment protection extLst
    cellStyles: cellStyle
    dxfs: dxf
    dxf: font numFmt fill alignment border protection extLst
    tableStyles: tableStyle
    metadata: metadataTypes metadataStrings mdxMetadata futureMetadata cellMetadata valueMetadata extLst
    metadataTypes: metadataType
    futureMetadata: bk extLst
    cellMetadata valueMetadata: bk
    bk: rc extLst
    extLst: ext
    """
)
_FILLS = "noFill|solidFill|gradFill|blipFill|pattFill|grpFill"
_AXIS = (
    "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr "
    "txPr crossAx crosses|crossesAt"
)
DRAWING = _orders(
    # 20.1 DrawingML, 20.5 spreadsheet drawings, 21.2 charts
    f"""
    wsDr: twoCellAnchor|oneCellAnchor|absoluteAnchor
    twoCellAnchor: from to sp|grpSp|graphicFrame|cxnSp|pic|contentPart clientData
    from to: col colOff row rowOff
    graphicFrame: nvGraphicFramePr xfrm graphic
    nvGraphicFramePr: cNvPr cNvGraphicFramePr
    cNvPr: hlinkClick hlinkHover extLst
    cNvGraphicFramePr: graphicFrameLocks extLst
    xfrm: off ext chOff chExt
    graphic: graphicData
    graphicData: chart
    chartSpace: date1904 lang roundedCorners style clrMapOvr pivotSource protection chart spPr txPr externalData \
printSettings userShapes extLst
    chart: title autoTitleDeleted pivotFmts view3D floor sideWall backWall plotArea legend plotVisOnly dispBlanksAs \
showDLblsOverMax|extLst
    title: tx layout overlay spPr txPr extLst
    tx: strRef|rich|v
    rich txPr: bodyPr lstStyle p
    layout: manualLayout extLst
    p: pPr r|br|fld endParaRPr
    pPr: lnSpc spcBef spcAft buClrTx buClr buSzTx buFontTx buFont buNone buChar tabLst defRPr extLst
    r: rPr t
    rPr defRPr endParaRPr: ln {_FILLS} effectLst|effectDag highlight uLnTx|uLn uFillTx|uFill latin ea cs sym \
hlinkClick hlinkMouseOver rtl extLst
    plotArea: layout areaChart|area3DChart|lineChart|line3DChart|stockChart|radarChart|scatterChart|pieChart|\
pie3DChart|doughnutChart|barChart|bar3DChart|ofPieChart|surfaceChart|surface3DChart|bubbleChart \
valAx|catAx|dateAx|serAx dTable spPr extLst
    lineChart: grouping varyColors ser dLbls dropLines hiLowLines upDownBars marker smooth axId extLst
    ser: idx order tx spPr invertIfNegative pictureOptions marker explosion dPt dLbls trendline errBars cat xVal val \
yVal smooth bubbleSize bubble3D shape extLst
    marker: symbol size spPr extLst
    spPr: xfrm custGeom|prstGeom {_FILLS} ln effectLst|effectDag scene3d sp3d extLst
    ln: {_FILLS} prstDash|custDash round|bevel|miter headEnd tailEnd extLst
    solidFill: scrgbClr|srgbClr|hslClr|sysClr|schemeClr|prstClr
    cat val: multiLvlStrRef|numLit|numRef|strLit|strRef
    numRef: f numCache extLst
    numCache: formatCode ptCount pt extLst
    strRef: f strCache extLst
    strCache: ptCount pt extLst
    pt: v
    catAx: {_AXIS} auto lblAlgn lblOffset tickLblSkip tickMarkSkip noMultiLvlLbl extLst
    dateAx: {_AXIS} auto lblOffset baseTimeUnit majorUnit majorTimeUnit minorUnit minorTimeUnit extLst
    valAx: {_AXIS} crossBetween majorUnit minorUnit dispUnits extLst
    scaling: logBase orientation max min extLst
    majorGridlines minorGridlines: spPr
    legend: legendPos legendEntry layout overlay spPr txPr extLst
    printSettings: headerFooter pageMargins pageSetup legacyDrawingHF
    theme: themeElements objectDefaults extraClrSchemeLst custClrLst extLst
    themeElements: clrScheme fontScheme fmtScheme extLst
    clrScheme: dk1 lt1 dk2 lt2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink extLst
    dk1 lt1 dk2 lt2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink: srgbClr|sysClr
    fontScheme: majorFont minorFont extLst
    majorFont minorFont: latin ea cs font extLst
    fmtScheme: fillStyleLst lnStyleLst effectStyleLst bgFillStyleLst
    fillStyleLst bgFillStyleLst: {_FILLS}
    lnStyleLst: ln
    effectStyleLst: effectStyle
    effectStyle: effectLst|effectDag scene3d sp3d
    effectLst: blur fillOverlay glow innerShdw outerShdw prstShdw reflection softEdge
    outerShdw: srgbClr|schemeClr|prstClr
    scene3d: camera lightRig backdrop extLst
    camera: rot
    lightRig: rot
    sp3d: bevelT bevelB extrusionClr contourClr extLst
    gradFill: gsLst lin|path tileRect
    gsLst: gs
    gs: srgbClr|schemeClr
    path: fillToRect
    """
)
_COLOURS = frozenset({"srgbClr", "schemeClr", "sysClr", "prstClr"})
"""Whose children (tint, alpha ...) stand in the order in which they are applied."""
_KINDS = {
    "worksheet": SPREADSHEET,
    "workbook": SPREADSHEET,
    "styleSheet": SPREADSHEET,
    "sst": SPREADSHEET,
    "table": SPREADSHEET,
    "comments": SPREADSHEET,
    "metadata": SPREADSHEET,
    "chartSpace": DRAWING,
    "wsDr": DRAWING,
    "theme": DRAWING,
}


def _standard(element: ET.Element) -> bool:
    return any(namespace in element.tag for namespace in _OURS)


def ordered_parts(package: Package) -> Iterator[tuple[str, ET.Element, dict[str, dict[str, int]]]]:
    for part in package.parts:
        if part.endswith(".xml") and part.startswith("xl/"):
            root = package.root(part)
            if local(root) in _KINDS and _standard(root):
                yield part, root, _KINDS[local(root)]


def order_of_elements(package: Package, see: Seen) -> None:
    """Elements stand in the order of their type's sequence: out of order, Excel repairs the file or refuses it."""
    for part, root, orders in ordered_parts(package):
        for parent in root.iter():
            children = [local(child) for child in parent if _standard(child)]
            if not children or not _standard(parent) or local(parent) not in orders:
                continue
            order = orders[local(parent)]
            for name in children:
                see.that(name in order, f"{part}: {local(parent)} holds {name}, which has no place in it")
            known = [name for name in children if name in order]
            for before, after in pairwise(known):
                see.that(order[before] <= order[after], f"{part}: {local(parent)} holds {after} after {before}")


def every_element_has_an_order(package: Package, see: Seen) -> None:
    """For our own files: no element holds others whose order is not written down above."""
    for part, root, orders in ordered_parts(package):
        for parent in root.iter():
            if len(parent) and _standard(parent) and local(parent) not in (*_COLOURS, "ext"):
                see.that(local(parent) in orders, f"{part}: the order of elements in {local(parent)} is not known")


# ---- What Excel is strict about in worksheets ------------------------------------------------------------------------


def cells_ascend(package: Package, see: Seen) -> None:
    for sheet in package.sheets:
        last_row = 0
        for row in sheet.all("sheetData/row"):
            number = int(row.get("r", "0"))
            see.that(number > last_row, f"{sheet.name}: row {number} stands after row {last_row}")
            last_row, last_column = number, 0
            for cell in row:
                at = area(cell.get("r", ""))
                see.same(at.top, number, f"{sheet.name}!{cell.get('r')}: its row")
                see.that(at.left > last_column, f"{sheet.name}!{cell.get('r')} stands out of order")
                last_column = at.left


def sizes(package: Package, see: Seen) -> None:
    for sheet in package.sheets:
        last = 0
        for column in sheet.all("cols/col"):
            first, until = int(column.get("min", "0")), int(column.get("max", "0"))
            see.that(last < first <= until <= 16_384, f"{sheet.name}: columns {first} to {until} after {last}")
            see.that(0 <= float(column.get("width", "0")) <= 255, f"{sheet.name}: column {first} is too wide")
            last = until
        for row in sheet.all("sheetData/row"):
            see.that(0 <= float(row.get("ht", "0")) <= 409.5, f"{sheet.name}: row {row.get('r')} is too high")
        for element in sheet.all("headerFooter/*"):
            see.that(len(element.text or "") <= 255, f"{sheet.name}: its {local(element)} is too long")


def indexes(package: Package, see: Seen) -> None:
    """Styles, shared strings and differential formats that are named exist."""
    formats, strings, dxfs = package.number_of("cellXfs"), len(package.strings), package.number_of("dxfs")
    for sheet in package.sheets:
        for cell in sheet.cells.values():
            see.that(cell.style < formats, f"{sheet.name}!{cell.ref}: there is no style {cell.style}")
            if cell.type == "s":
                see.that(int(cell.value or "-1") in range(strings), f"{sheet.name}!{cell.ref}: no text {cell.value}")
        for column in (*sheet.all("cols/col"), *sheet.all("sheetData/row")):
            number = int(column.get("style", column.get("s", "0")))
            see.that(number < formats, f"{sheet.name}: there is no style {number}")
        for element in sheet.root.iter(f"{MAIN}cfRule"):
            number = int(element.get("dxfId", "0"))
            see.that(number < max(dxfs, 1), f"{sheet.name}: there is no differential format {number}")
        for table in sheet.tables:
            for element in table.root.iter():
                for name, value in element.attrib.items():
                    if name.lower().endswith("dxfid"):
                        see.that(int(value) < dxfs, f"{table.name}: there is no differential format {value}")


def styles(package: Package, see: Seen) -> None:
    numbers = {name: package.number_of(name) for name in ("fonts", "fills", "borders", "cellStyleXfs")}
    own = {int(e.get("numFmtId", "0")) for e in package.styles.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")}
    see.same(len(own), package.number_of("numFmts"), "number formats, and their ids")
    for kind in ("cellStyleXfs", "cellXfs"):
        for number, xf in enumerate(package.styles.iterfind(f"{MAIN}{kind}/{MAIN}xf")):
            where = f"{kind} {number}"
            for attribute, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
                see.that(int(xf.get(attribute, "0")) < numbers[name], f"{where}: its {attribute} is not there")
            see.that(kind == "cellStyleXfs" or int(xf.get("xfId", "0")) < numbers["cellStyleXfs"], f"{where}: its xfId")
            number_format = int(xf.get("numFmtId", "0"))
            see.that(number_format < 164 or number_format in own, f"{where}: no number format {number_format}")
    for element in package.styles.iter():
        if element.get("count") is not None:
            see.same(int(element.get("count", "0")), len(element), f"styles: the count of {local(element)}")


def texts(package: Package, see: Seen) -> None:
    """Shared strings are counted rightly (18.4.9) and no longer than a cell takes; so are comments."""
    found = [r.target for r in package.relationships(package.workbook_part) if r.type == f"{OFFICE}/sharedStrings"]
    used = sum(cell.type == "s" for sheet in package.sheets for cell in sheet.cells.values())
    for part in found:
        root = package.root(part)
        see.same(int(root.get("uniqueCount", len(root))), len(root), f"{part}: its uniqueCount")
        see.same(int(root.get("count", used)), used, f"{part}: its count")
        for item in root:
            see.that(len(_text(item)) <= 32_767, f"{part}: a text is longer than a cell takes")
    for sheet in package.sheets:
        for part in sheet.related("comments"):
            authors = package.root(part).find(f"{MAIN}authors")
            number = 0 if authors is None else len(authors)
            for comment in package.root(part).iter(f"{MAIN}comment"):
                where = f"{sheet.name}!{comment.get('ref')}"
                see.that(int(comment.get("authorId", "0")) < number, f"{where}: its comment has no author")
                body = comment.find(f"{MAIN}text")
                see.that(body is not None and len(_text(body)) <= 32_767, f"{where}: its comment is too long")


def counts(package: Package, see: Seen) -> None:
    for sheet in package.sheets:
        for name in ("mergeCells", "dataValidations", "tableParts"):
            if (element := sheet.one(name)) is not None and element.get("count") is not None:
                see.same(int(element.get("count", "0")), len(element), f"{sheet.name}: the count of {name}")
        dimension = sheet.one("dimension")
        if dimension is not None and sheet.cells:
            whole = area(dimension.get("ref", ""))
            outside = [cell.ref for cell in sheet.cells.values() if not whole.holds(cell.row, cell.column)]
            see.same(outside, [], f"{sheet.name}: cells outside its dimension {whole}")


# ---- Tables ----------------------------------------------------------------------------------------------------------


def all_tables(package: Package) -> list[tuple[Sheet, Table]]:
    return [(sheet, table) for sheet in package.sheets for table in sheet.tables]


def names_of_tables(package: Package, see: Seen) -> None:
    found = all_tables(package)
    ids = Counter(table.root.get("id") for _, table in found)
    names = Counter(table.name.casefold() for _, table in found)
    for name, count in (*ids.items(), *names.items()):
        see.same(count, 1, f"tables called {name}")
    defined = {e.get("name", "").casefold() for e in package.workbook.iter(f"{MAIN}definedName")}
    for _, table in found:
        see.that(table.name.casefold() not in defined, f"{table.name} is a defined name too")
        see.same(table.root.get("name"), table.name, f"{table.name}: its name")
        see.that(re.fullmatch(r"[^\W\d]\w*", table.name), f"{table.name} is no name")
        cell = re.fullmatch(r"[A-Za-z]{1,3}[0-9]+|[Rr]([0-9]*)[Cc]?[0-9]*|[Cc][0-9]*", table.name)
        see.that(cell is None, f"{table.name} could be a cell")
    for sheet in package.sheets:
        parts = {e.get(R_ID) for e in sheet.all("tableParts/tablePart")}
        ours = {r.id for r in package.relationships(sheet.part) if r.type == f"{OFFICE}/table"}
        see.same(parts, ours, f"{sheet.name}: its tables, and its relationships to tables")


def columns_of_tables(package: Package, see: Seen) -> None:
    for sheet, table in all_tables(package):
        at, names = table.area, [_unescaped(column.get("name", "")) for column in table.columns]
        see.same(len({name.casefold() for name in names}), len(names), f"{table.name}: columns, and their names")
        see.same(len({column.get("id") for column in table.columns}), len(names), f"{table.name}: columns, and ids")
        see.same(len(names), at.right - at.left + 1, f"{table.name}: columns, and the width of {at}")
        columns = table.root.find(f"{MAIN}tableColumns")
        see.same(columns is not None and columns.get("count"), str(len(names)), f"{table.name}: count of columns")
        see.that(at.bottom > at.top, f"{table.name} has no row below its headings")
        if table.root.get("headerRowCount") == "0":
            continue
        for offset, name in enumerate(names):
            where = f"{sheet.name}!{get_column_letter(at.left + offset)}{at.top}"
            see.same(sheet.text(at.top, at.left + offset), name, f"{where}, a heading of {table.name}")
            cell = sheet.cells.get((at.top, at.left + offset))
            see.that(cell is not None and cell.type in ("s", "str"), f"{where} is a heading and no text")
        filtered = table.root.find(f"{MAIN}autoFilter")
        if filtered is not None:
            totals = int(table.root.get("totalsRowCount", "0"))
            wanted = at._replace(bottom=at.bottom - totals)
            see.same(area(filtered.get("ref", "")), wanted, f"{table.name}: what its filter filters")


def _unescaped(name: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), name)


def room_of_tables(package: Package, see: Seen) -> None:
    """Nothing merged in a table, no table on another or on a spill."""
    for sheet, table in all_tables(package):
        for merged in sheet.all("mergeCells/mergeCell"):
            meets = table.area.meets(area(merged.get("ref", "")))
            see.that(not meets, f"{sheet.name}: {merged.get('ref')} is merged in {table.name}")
        for other in sheet.tables:
            see.that(other is table or not table.area.meets(other.area), f"{table.name} stands on {other.name}")
        for cell, spilled in sheet.spills:
            one = (spilled.top, spilled.left) == (spilled.bottom, spilled.right)
            see.that(one or not table.area.meets(spilled), f"{sheet.name}!{cell.ref} spills into {table.name}")


# ---- The workbook ----------------------------------------------------------------------------------------------------


def names_of_sheets(package: Package, see: Seen) -> None:
    elements = package.workbook.findall(f"{MAIN}sheets/{MAIN}sheet")
    names = [element.get("name", "") for element in elements]
    see.same(len({name.casefold() for name in names}), len(names), "sheets, and their names")
    for name in names:
        see.that(1 <= len(name) <= 31, f"{name} is too long for a sheet")
        see.that(not re.search(r"[\[\]:*?/\\]", name) and name.strip("'") == name, f"{name} is no name of a sheet")
        see.that(name.casefold() != "history", f"{name} is kept by Excel for itself")
    for attribute in ("sheetId", R_ID):
        values = [element.get(attribute) for element in elements]
        see.that(None not in values and len(set(values)) == len(values), f"each sheet has one {attribute}: {values}")
    targets = {r.id: r for r in package.relationships(package.workbook_part)}
    for element in elements:
        target = targets.get(element.get(R_ID, ""))
        is_sheet = target is not None and target.type.endswith("sheet")
        see.that(is_sheet, f"{element.get('name')} leads to no sheet")
    states = [element.get("state", "visible") for element in elements]
    view = package.workbook.find(f"{MAIN}bookViews/{MAIN}workbookView")
    active = int(view.get("activeTab", "0")) if view is not None else 0
    see.that(active < len(states) and states[active] == "visible", f"the sheet in front, {active}, is not visible")


def defined_names(package: Package, see: Seen) -> None:
    elements = package.workbook.findall(f"{MAIN}sheets/{MAIN}sheet")
    found: Counter[tuple[str, str | None]] = Counter()
    for element in package.workbook.iter(f"{MAIN}definedName"):
        name, sheet = element.get("name", ""), element.get("localSheetId")
        found[name.casefold(), sheet] += 1
        see.that(sheet is None or int(sheet) < len(elements), f"{name} belongs to sheet {sheet}, which is not there")
        if name == "_xlnm.Print_Titles" and sheet is not None and int(sheet) < len(elements):
            title = elements[int(sheet)].get("name", "").replace("'", "''")
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
        view = package.workbook.find(f"{MAIN}bookViews/{MAIN}workbookView")
        hidden = view is not None and view.get("visibility") in ("hidden", "veryHidden")
        see.that(hidden, "the add-in's window is not hidden: workbookView has no visibility")


Check = Callable[[Package, Seen], None]
OF_ANY_WORKBOOK: tuple[Check, ...] = (
    content_types, relationships, ids_in_use, order_of_elements, cells_ascend, sizes, indexes, styles, texts, counts,
    names_of_tables, columns_of_tables, room_of_tables, names_of_sheets, defined_names, titles_of_parts, code_names,
    view_of_an_add_in,
)  # fmt: skip


def seen(check: Check, package: Package) -> Seen:
    result = Seen()
    check(package, result)
    return result
