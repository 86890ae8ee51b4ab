"""A described workbook as a file: Open XML with everything that a fault needs to say, saved values or none included."""

import datetime as dt
from xml.sax.saxutils import escape, quoteattr

from faults.description import Argument, Book, Cell, Formula, Page, Region, Table, address
from plansheet.excel import ExcelError
from workbook.making import packed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
DATE_STYLE = 1
_SHEET, _LINK = "worksheets/sheet{}.xml", "externalLinks/externalLink{}.xml"

_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
    '<xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
_METADATA = (
    f'<metadata xmlns="{MAIN}" xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">'
    '<metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" cellMeta="1"/></metadataTypes>'
    '<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">'
    '<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>'
    '<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)


def saved(book: Book) -> bytes:
    """The file of a workbook."""
    return packed(parts(book))


def parts(book: Book) -> dict[str, bytes]:
    """The parts of the file of a workbook."""
    return _Package(book).parts()


class _Package:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.strings: dict[str, int] = {}
        self.tables: list[Table] = [table for page in book.pages.values() for table in page.tables]

    def parts(self) -> dict[str, bytes]:
        made: dict[str, str] = {}
        types = {"xl/workbook.xml": f"{SHEET_TYPE}.sheet.main+xml", "xl/styles.xml": f"{SHEET_TYPE}.styles+xml"}
        relations = [
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
            ("sheetMetadata", "metadata.xml"),
        ]
        for number, page in enumerate(self.book.pages.values(), start=1):
            name = f"xl/worksheets/sheet{number}.xml"
            made[name] = self._sheet(page)
            types[name] = f"{SHEET_TYPE}.worksheet+xml"
            relations.append(("worksheet", _SHEET.format(number)))
            if page.tables:
                links = [("table", f"../tables/table{self.tables.index(table) + 1}.xml") for table in page.tables]
                made[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = _relations(links)
        for number, table in enumerate(self.tables, start=1):
            made[f"xl/tables/table{number}.xml"] = self._table(number, table)
            types[f"xl/tables/table{number}.xml"] = f"{SHEET_TYPE}.table+xml"
        for number, target in enumerate(self.book.links, start=1):
            name = _LINK.format(number)
            made[f"xl/{name}"] = (
                f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"><sheetNames>'
                '<sheetName val="Sheet1"/></sheetNames></externalBook></externalLink>'
            )
            made[f"xl/externalLinks/_rels/externalLink{number}.xml.rels"] = _relations(
                [("externalLinkPath", target)], external=True
            )
            types[f"xl/{name}"] = f"{SHEET_TYPE}.externalLink+xml"
            relations.append(("externalLink", name))
        made["xl/workbook.xml"] = self._workbook(relations)
        made["xl/_rels/workbook.xml.rels"] = _relations(relations)
        made["xl/styles.xml"], made["xl/metadata.xml"] = _STYLES, _METADATA
        types["xl/metadata.xml"] = f"{SHEET_TYPE}.sheetMetadata+xml"
        texts = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in self.strings)
        made["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{texts}</sst>'
        types["xl/sharedStrings.xml"] = f"{SHEET_TYPE}.sharedStrings+xml"
        made["_rels/.rels"] = _relations([("officeDocument", "xl/workbook.xml")])
        overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items())
        made["[Content_Types].xml"] = (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        )
        return {name: (DECLARED + text).encode() for name, text in made.items()}

    def _workbook(self, relations: list[tuple[str, str]]) -> str:
        ids = {target: f"rId{number}" for number, (_, target) in enumerate(relations, start=1)}
        sheets = "".join(
            f'<sheet name={quoteattr(page.name)} sheetId="{n}"{_if("state", "hidden", page.hidden)} '
            f'r:id="{ids[_SHEET.format(n)]}"/>'
            for n, page in enumerate(self.book.pages.values(), start=1)
        )
        links = "".join(
            f'<externalReference r:id="{ids[_LINK.format(n)]}"/>' for n in range(1, len(self.book.links) + 1)
        )
        names = "".join(
            f"<definedName name={quoteattr(name)}>{escape(self._name(meant))}</definedName>"
            for name, meant in self.book.names.items()
        )
        settings = {"calcId": "191029", **self.book.settings}
        return (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr{_if("date1904", "1", self.book.date_1904)}/>'
            f"<sheets>{sheets}</sheets>"
            + (f"<externalReferences>{links}</externalReferences>" if links else "")
            + (f"<definedNames>{names}</definedNames>" if names else "")
            + f"<calcPr {' '.join(f'{key}={quoteattr(value)}' for key, value in settings.items())}/></workbook>"
        )

    def _name(self, meant: object) -> str:
        if isinstance(meant, Region):
            return self.book.written(Argument(meant), "")
        return self.book.formula_text(meant, "") if isinstance(meant, Formula) else str(meant)

    def _sheet(self, page: Page) -> str:
        rows: dict[int, list[str]] = {row: [] for row in sorted({row for row, _ in page.cells} | page.hidden_rows)}
        for row, column in sorted(page.cells):
            rows[row].append(self._cell(page, row, column, page.cells[row, column]))
        data = "".join(
            f'<row r="{row}"{_if("hidden", "1", row in page.hidden_rows)}>{"".join(cells)}</row>'
            for row, cells in rows.items()
        )
        columns = "".join(f'<col min="{c}" max="{c}" width="9" hidden="1"/>' for c in sorted(page.hidden_columns))
        formats = "".join(
            f'<conditionalFormatting sqref="{where.text(False)}"><cfRule type="expression" priority="1"><formula>'
            f"{escape(self.book.formula_text(formula, page.name))}</formula></cfRule></conditionalFormatting>"
            for where, formula in page.formats
        )
        validations = "".join(
            f'<dataValidation type="custom" sqref="{where.text(False)}"><formula1>'
            f"{escape(self.book.formula_text(formula, page.name))}</formula1></dataValidation>"
            for where, formula in page.validations
        )
        tables = "".join(f'<tablePart r:id="rId{n}"/>' for n in range(1, len(page.tables) + 1))
        return (
            f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">'
            + (f"<cols>{columns}</cols>" if columns else "")
            + f"<sheetData>{data}</sheetData>"
            + (f'<autoFilter ref="{page.filter.text(False)}"/>' if page.filter else "")
            + formats
            + (f"<dataValidations>{validations}</dataValidations>" if validations else "")
            + (f'<tableParts count="{len(page.tables)}">{tables}</tableParts>' if tables else "")
            + "</worksheet>"
        )

    def _cell(self, page: Page, row: int, column: int, cell: Cell) -> str:
        formula = ""
        marks = f'r="{address(row, column)}"'
        if isinstance(cell.value, dt.date):
            marks += f' s="{DATE_STYLE}"'
        if cell.formula is not None:
            text = escape(self.book.formula_text(cell.formula, page.name))
            if cell.formula.array:
                height, width = cell.formula.size
                fills = Region(page.name, row, column, row + height - 1, column + width - 1).text(False)
                formula = f'<f t="array" ref="{fills}">{text}</f>'
                marks += ' cm="1"' if cell.formula.array == "spill" else ""
            else:
                formula = f"<f>{text}</f>"
        if not cell.saved or (cell.value is None and formula):
            return f"<c {marks}>{formula}</c>"
        match cell.value:
            case None:
                return f"<c {marks}/>"
            case ExcelError():
                return f'<c {marks} t="e">{formula}<v>{escape(str(cell.value))}</v></c>'
            case bool():
                return f'<c {marks} t="b">{formula}<v>{int(cell.value)}</v></c>'
            case dt.date():
                return f"<c {marks}>{formula}<v>{serial(cell.value):.15g}</v></c>"
            case int() | float():
                return f"<c {marks}>{formula}<v>{cell.value!r}</v></c>"
            case str() if formula or cell.part_of is not None:
                return f'<c {marks} t="str">{formula}<v>{escape(cell.value)}</v></c>'
            case str():
                return f'<c {marks} t="s"><v>{self.strings.setdefault(cell.value, len(self.strings))}</v></c>'
        raise TypeError(f"a cell of {type(cell.value).__name__}")

    def _table(self, number: int, table: Table) -> str:
        region = table.region
        headings = [str(self.book.value((region.sheet, region.top, c))) for c in range(region.left, region.right + 1)]
        columns = ""
        for position, heading in enumerate(headings, start=1):
            name = quoteattr(heading, {"\n": "_x000a_"})
            formula = table.column_formulas.get(heading)
            inside = ""
            if formula is not None:
                text = escape(self.book.formula_text(formula, region.sheet))
                inside = f"<calculatedColumnFormula>{text}</calculatedColumnFormula>"
            columns += f'<tableColumn id="{position}" name={name}>{inside}</tableColumn>'
        totals = f' totalsRowCount="{table.totals}"' if table.totals else ""
        return (
            f'<table xmlns="{MAIN}" id="{number}" name="{table.name}" displayName="{table.name}" '
            f'ref="{region.text(False)}"{totals}><tableColumns count="{len(headings)}">{columns}</tableColumns></table>'
        )


def serial(day: dt.date) -> float:
    """A date as the number of the 1900 system."""
    moment = day if isinstance(day, dt.datetime) else dt.datetime(day.year, day.month, day.day)
    return (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)


def _if(attribute: str, value: str, flag: bool) -> str:
    return f' {attribute}="{value}"' if flag else ""


def _relations(links: list[tuple[str, str]], external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target={quoteattr(target)}{mode}/>'
        for number, (kind, target) in enumerate(links, start=1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{inside}</Relationships>'
