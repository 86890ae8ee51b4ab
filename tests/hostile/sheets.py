"""Sheets and cells that hang, mislead or swell."""

from hostile.kind import (
    BOOK,
    SHEET,
    STORED,
    STRINGS,
    Kind,
    grainy,
    noise,
    sound,
    with_cells,
    with_parts,
    with_sheet,
    with_text,
)

AREA = "A1:XFD1048576"


def behind(element: str, inside: str = "") -> bytes:
    return with_sheet(after=f"<{element}>{inside}</{element}>")


def merged(rows: int, step: int = 2) -> bytes:
    areas = "".join(f'<mergeCell ref="A{row}:ZZ{row + 1}"/>' for row in range(100, 100 + rows * step, step))
    return behind("mergeCells", areas)


def hidden_columns() -> bytes:
    return with_text(
        SHEET,
        "<sheetData>",
        "<cols>"
        + "".join(f'<col min="{at}" max="16384" hidden="1"/>' for at in range(100, 16_000))
        + '<col min="100" max="16383" hidden="1"/>' * 3_000
        + "</cols><sheetData>",
    )


def repeated_rows(number: int) -> bytes:
    """The same row again and again."""
    return with_sheet(rows=grainy(b'<row r="9"><c r="L9"><v>1</v></c></row>', number))


def numbered(number: int, cell: str = "<c><v>%d</v></c>", wide: int = 1) -> bytes:
    """That many rows of cells without addresses."""
    row = "<row>" + cell * wide + "</row>"
    return "".join(row.replace("%d", str(at * 7919 % 999_983)) for at in range(number)).encode()


def with_value(cell: str) -> bytes:
    return with_cells([cell])


def texts(number: int, text: str) -> bytes:
    """Texts in the list of shared texts, each one in a cell."""
    return with_parts(
        {
            STRINGS: sound()[STRINGS].replace(
                b"</sst>", b"".join(f"<si><t>{at}{text}</t></si>".encode() for at in range(number)) + b"</sst>"
            )
        }
    )


def runs(number: int) -> bytes:
    return with_parts(
        {STRINGS: sound()[STRINGS].replace(b"</sst>", b"<si>" + grainy(b"<r><t>a</t></r>", number) + b"</si></sst>")}
    )


def one_text_everywhere(cells: int) -> bytes:
    """A text of 32,767 characters in so many cells."""
    content = sound()[STRINGS]
    at = content.count(b"<si>")
    long = b"<si><t>" + noise(32_766) + b"</t></si></sst>"
    sheet = "".join(f'<row r="{row}"><c r="L{row}" t="s"><v>{at}</v></c></row>' for row in range(10, 10 + cells))
    head, ended, tail = sound()[SHEET].partition(b"</sheetData>")
    return with_parts({STRINGS: content.replace(b"</sst>", long), SHEET: head + sheet.encode() + ended + tail})


def validations(number: int) -> bytes:
    return behind(
        "dataValidations",
        "".join(
            f'<dataValidation sqref="L{at}"><formula1>SUM(A{at})</formula1></dataValidation>' for at in range(1, number)
        ),
    )


def wide_validation(number: int) -> bytes:
    where = " ".join(f"L{at}" for at in range(1, number))
    return behind("dataValidations", f'<dataValidation sqref="{where}"><formula1>SUM(A1)</formula1></dataValidation>')


def conditional(number: int) -> bytes:
    return with_sheet(
        after="".join(
            f'<conditionalFormatting sqref="L{at}:L9"><cfRule type="expression"><formula>AND(A{at}&gt;{at})</formula>'
            "</cfRule></conditionalFormatting>"
            for at in range(1, number)
        )
    )


SHEETS: tuple[Kind, ...] = (
    Kind(
        "cell in the last corner",
        "XFD1048576",
        "findings",
        lambda: with_sheet(rows='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ),
    Kind(
        "row 99,999,999,999",
        "a row far below the last",
        "damaged",
        lambda: with_sheet(rows='<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'),
    ),
    Kind(
        "column ZZZZZZ",
        "a column far behind the last",
        "damaged",
        lambda: with_sheet(rows='<row r="9"><c r="ZZZZZZ9"><v>1</v></c></row>'),
    ),
    Kind(
        "row 0", "a row above the first", "damaged", lambda: with_sheet(rows='<row r="0"><c r="A0"><v>1</v></c></row>')
    ),
    Kind(
        "row of letters",
        "a row numbered x",
        "damaged",
        lambda: with_sheet(rows='<row r="x"><c r="A9"><v>1</v></c></row>'),
    ),
    Kind(
        "row of a million digits",
        "a number that takes minutes to read",
        "damaged",
        lambda: with_sheet(rows='<row r="' + "9" * 900_000 + '"/>'),
    ),
    Kind(
        "cell of another row",
        "L8 in row 9",
        "damaged",
        lambda: with_sheet(rows='<row r="9"><c r="L8"><v>1</v></c></row>'),
    ),
    Kind(
        "no addresses",
        "rows and cells without r",
        "findings",
        lambda: with_sheet(rows="<row><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c><v>1</v></c></row>"),
    ),
    Kind(
        "rows out of order",
        "row 9 before row 2",
        "findings",
        lambda: with_text(SHEET, "<sheetData>", '<sheetData><row r="9"><c r="L9"><v>1</v></c></row>'),
    ),
    Kind(
        "cell twice",
        "A2 again with something else",
        "damaged",
        lambda: with_sheet(rows='<row r="2"><c r="A2"><v>666</v></c></row>'),
    ),
    Kind("row 100,000 times", "the same row, the same cell", "findings", lambda: repeated_rows(100_000)),
    Kind(
        "dimension that lies",
        "A1 for the whole",
        "findings",
        lambda: with_text(SHEET, 'dimension ref="A1:G3"', 'dimension ref="A1"'),
    ),
    Kind(
        "dimension over all",
        AREA,
        "findings",
        lambda: with_text(SHEET, 'dimension ref="A1:G3"', f'dimension ref="{AREA}"'),
    ),
    Kind("all cells merged", AREA, "findings", lambda: behind("mergeCells", f'<mergeCell ref="{AREA}"/>')),
    Kind("20,000 merged areas", "of 702 columns each", "findings", lambda: merged(20_000)),
    Kind(
        "link over all cells",
        AREA,
        "findings",
        lambda: behind("hyperlinks", f'<hyperlink ref="{AREA}" location="A1"/>'),
    ),
    Kind(
        "a million links",
        "to nowhere",
        "findings",
        lambda: with_sheet(
            after=b"<hyperlinks>" + grainy(b'<hyperlink ref="A1" r:id="rId9"/>', 1_000_000) + b"</hyperlinks>"
        ),
        heavy=True,
    ),
    Kind(
        "validation over all cells",
        AREA,
        "findings",
        lambda: behind(
            "dataValidations", f'<dataValidation sqref="{AREA}"><formula1>SUM(1)</formula1></dataValidation>'
        ),
    ),
    Kind("20,000 validations", "with a formula each", "findings", lambda: validations(20_000)),
    Kind("validation of 100,000 areas", "in one list", "findings", lambda: wide_validation(100_000)),
    Kind("20,000 conditional formats", "with a formula each", "findings", lambda: conditional(20_000)),
    Kind(
        "validations within one another",
        "9,000 deep",
        "findings",
        lambda: with_sheet(
            after=b"<dataValidations>"
            + b'<dataValidation sqref="A1"><formula1>SUM(1)</formula1>' * 9_000
            + b"</dataValidation>" * 9_000
            + b"</dataValidations>",
            method=STORED,
        ),
    ),
    Kind("columns hidden thousands of times", "19,000 overlapping hidden areas", "findings", hidden_columns),
    Kind(
        "columns to 2,147,483,647",
        "one style for them all",
        "findings",
        lambda: with_text(
            SHEET, "<sheetData>", '<cols><col min="8" max="2147483647" style="1" hidden="1"/></cols><sheetData>'
        ),
    ),
    Kind(
        "a million empty rows",
        "with a height each",
        "findings",
        lambda: with_sheet(rows=grainy(b'<row ht="15"/>', 1_000_000)),
        heavy=True,
    ),
    Kind(
        "300,000 styled blanks",
        "cells with a style and nothing else",
        "findings",
        lambda: with_sheet(
            rows="".join(
                f'<row r="{row}">' + "".join(f'<c r="{letter}{row}" s="1"/>' for letter in "HIJ") + "</row>"
                for row in range(10, 100_010)
            )
        ),
        heavy=True,
    ),
    Kind(
        "500,000 numbers",
        "below the ledger without a heading",
        "findings",
        lambda: with_sheet(rows=b'<row r="2000"/>' + numbered(100_000, wide=5)),
        heavy=True,
    ),
    Kind(
        "cells to the last column",
        "a number in every column of 20 rows",
        "findings",
        lambda: with_sheet(rows=b'<row r="20"/>' + numbered(20, wide=16_384), method=STORED),
        heavy=True,
    ),
    Kind(
        "too many columns",
        "20,000 cells in a row",
        "damaged",
        lambda: with_sheet(rows=b'<row r="20"/>' + numbered(1, wide=20_000)),
    ),
    Kind(
        "4.2 million cells",
        "more than are read",
        "too large",
        lambda: with_sheet(rows=b'<row r="20"/>' + numbered(4_200, "<c><v>1</v></c>", 1_000), method=STORED),
        heavy=True,
    ),
    Kind(
        "text of 33,000",
        "longer than a cell holds",
        "findings",
        lambda: with_value(' t="inlineStr"><is><t>' + "a" * 33_000 + "</t></is>"),
    ),
    Kind(
        "text of a million",
        "in one cell",
        "findings",
        lambda: with_sheet(
            rows=b'<row r="9"><c r="L9" t="inlineStr"><is><t>' + noise(1_000_000) + b"</t></is></c></row>"
        ),
    ),
    Kind("100,000 runs", "of one letter each, in one text", "findings", lambda: runs(100_000)),
    Kind("200,000 texts", "that no cell uses", "findings", lambda: texts(200_000, "abc"), heavy=True),
    Kind("long text in 3,000 cells", "one of 32,767 characters", "findings", lambda: one_text_everywhere(3_000)),
    Kind("text that is missing", "an index behind the last text", "damaged", lambda: with_value(' t="s"><v>99999</v>')),
    Kind("text -1", "which some readers take for the last", "damaged", lambda: with_value(' t="s"><v>-1</v>')),
    Kind("type that is unknown", 't="zz"', "damaged", lambda: with_value(' t="zz"><v>1</v>')),
    Kind("style that is missing", "s=65,000", "findings", lambda: with_value(' s="65000"><v>1</v>')),
    Kind("1e999", "a number that is none", "damaged", lambda: with_value("><v>1e999</v>")),
    Kind("1_000", "Python's way to write a number", "damaged", lambda: with_value("><v>1_000</v>")),
    Kind("NaN", "no number", "damaged", lambda: with_value("><v>NaN</v>")),
    Kind(
        "other digits", "Arabic-Indic digits, which Python reads", "damaged", lambda: with_value("><v>\u0661\u0662</v>")
    ),
    Kind(
        "number of 900,000 digits",
        "which takes minutes to read",
        "damaged",
        lambda: with_value("><v>" + "9" * 900_000 + "</v>"),
    ),
    Kind("date 2,958,466", "the day after the last", "findings", lambda: with_value(' s="1"><v>2958466</v>')),
    Kind("date -1", "before the first day", "findings", lambda: with_value(' s="1"><v>-1</v>')),
    Kind("date 60", "29 February 1900, which never was", "findings", lambda: with_value(' s="1"><v>60</v>')),
    Kind("date of 400 digits", "as a day", "damaged", lambda: with_value(' s="1"><v>' + "9" * 400 + "</v>")),
    Kind(
        "years from 1904",
        "the other calendar, which moves every day by four years",
        "findings",
        lambda: with_text(BOOK, "<workbookPr ", '<workbookPr date1904="1" '),
    ),
    Kind(
        "formula injection",
        "a text =cmd|' /c calc'!A1, which a report must not make a formula",
        "findings",
        lambda: with_value(" t=\"inlineStr\"><is><t>=cmd|' /c calc'!A1</t></is>"),
    ),
    Kind(
        "text from right to left",
        "a name that shows backwards",
        "findings",
        lambda: with_value(' t="inlineStr"><is><t>\u202egpj.xslx</t></is>'),
    ),
    Kind(
        "escapes in a text",
        "_x001B_[2J, which clears a terminal",
        "findings",
        lambda: with_value(' t="inlineStr"><is><t>_x001B_[2J</t></is>'),
    ),
    Kind("table over all cells", AREA, "findings", lambda: tabled(f'ref="{AREA}"', 1)),
    Kind("table outside of the sheet", "A1:XFE9999999", "damaged", lambda: tabled('ref="A1:XFE9999999"', 1)),
    Kind("table of 50,000 columns", "declared for three", "unchecked", lambda: tabled('ref="A1:C3"', 50_000)),
    Kind(
        "table of -1 rows",
        "headerRowCount of a billion and totals of -1",
        "unchecked",
        lambda: tabled('ref="A1:C3" headerRowCount="1000000000" totalsRowCount="-1"', 3),
    ),
    Kind(
        "table 20,000 times",
        "named by its sheet again and again",
        "unchecked",
        lambda: tabled('ref="A1:C3"', 3, times=20_000),
    ),
    Kind("filter over all cells", AREA, "findings", lambda: with_sheet(after=f'<autoFilter ref="{AREA}"/>')),
)


def tabled(attributes: str, columns: int, times: int = 1) -> bytes:
    """The sheet Grants with a table of such attributes."""
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    listed = "".join(f'<tableColumn id="{at}" name="Column {at}"/>' for at in range(1, columns + 1))
    table = (
        f'<table {namespace} id="1" name="T" displayName="T" {attributes}><tableColumns>{listed}</tableColumns></table>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/table" Target="../tables/t.xml"/>'
        "</Relationships>"
    )
    sheet = sound()[SHEET].replace(
        b"</worksheet>", b"<tableParts>" + b'<tablePart r:id="rId1"/>' * times + b"</tableParts></worksheet>"
    )
    return with_parts(
        {
            SHEET: sheet,
            "xl/tables/t.xml": table.encode(),
            "xl/worksheets/_rels/sheet1.xml.rels": relations.encode(),
        },
        STORED,
    )
