"""The order of elements (ECMA-376 Part 1): out of order, Excel repairs a file or refuses it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise

from template.parts.checking import Seen
from template.parts.reading import Package, local

_NAMESPACES = ("spreadsheetml/2006/main}", "drawingml/2006/")
"""Namespaces of ECMA-376; whatever else a part holds is an extension and may stand between."""


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
    return any(namespace in element.tag for namespace in _NAMESPACES)


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
