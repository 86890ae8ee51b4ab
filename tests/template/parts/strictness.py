"""What Excel is strict about beside the order of elements: cells, sizes, indexes, counts."""

from __future__ import annotations

from template.parts.checking import Seen
from template.parts.order import every_element_has_an_order, order_of_elements
from template.parts.reading import MAIN, Package, area, local, text_of


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
    used = sum(cell.type == "s" for sheet in package.sheets for cell in sheet.cells.values())
    for relationship in package.related(package.workbook_part, "sharedStrings"):
        part, root = relationship.target, package.root(relationship.target)
        see.same(int(root.get("uniqueCount", len(root))), len(root), f"{part}: its uniqueCount")
        see.same(int(root.get("count", used)), used, f"{part}: its count")
        for item in root:
            see.that(len(text_of(item)) <= 32_767, f"{part}: a text is longer than a cell takes")
    for sheet in package.sheets:
        for part in sheet.related("comments"):
            authors = package.root(part).find(f"{MAIN}authors")
            number = 0 if authors is None else len(authors)
            for comment in package.root(part).iter(f"{MAIN}comment"):
                where = f"{sheet.name}!{comment.get('ref')}"
                see.that(int(comment.get("authorId", "0")) < number, f"{where}: its comment has no author")
                body = comment.find(f"{MAIN}text")
                see.that(body is not None and len(text_of(body)) <= 32_767, f"{where}: its comment is too long")


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


STRICT = (
    order_of_elements, every_element_has_an_order, cells_ascend, sizes, indexes, styles, texts, counts,
)  # fmt: skip
