"""The chart of the pool: right without being seen."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from template.parts.checking import Seen
from template.parts.reading import Area, Package, Sheet, area, is_number, local

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
SERIES = ("Available", "Available for ISO")


def charts_of(package: Package) -> Iterator[tuple[Sheet, str, ET.Element]]:
    """Sheet, drawing and chart."""
    for sheet in package.sheets:
        for drawing in sheet.related("drawing"):
            for relationship in package.related(drawing, "chart"):
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
                see.that(all(map(is_number, cached)), f"{kind} {at} holds numbers")
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
