"""Every form in which a formula can name its arguments, resolved to saved values."""

import contextlib
import datetime as dt
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.workbook.formulas.expressions import NotChecked, parse
from plansheet.workbook.formulas.references import Place
from plansheet.workbook.formulas.resolver import Resolver
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.saved import Workbook
from workbook.making import changed, workbook

DAY = dt.datetime(2001, 11, 19)
SHEET = "xl/worksheets/sheet1.xml"


def fill(book: Any) -> None:
    """Grants!A1:E4 is the table Ledger with totals in row 5; My Plan holds single cells and names."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    time = book.add_format({"num_format": "h:mm"})
    elapsed = book.add_format({"num_format": "[h]:mm"})
    grants = book.add_worksheet("Grants")
    headings = ("Grant", "Date", "Shares", "It's [#]", "FMV, $")
    grants.add_table(
        "A1:E5", {"name": "Ledger", "total_row": True, "columns": [{"header": heading} for heading in headings]}
    )
    for row, grant in enumerate(("G-1", "G-2", "G-10"), start=1):
        grants.write(row, 0, grant)
        grants.write_datetime(row, 1, DAY + dt.timedelta(days=row), day)
        grants.write(row, 2, row * 100)
        grants.write(row, 4, row + 0.5)
    grants.write("C5", 600)
    grants.write_formula("H1", "=1/0", None, "#DIV/0!")
    grants.write_dynamic_array_formula("J2:K3", "=SPILLED()", None, 1)
    grants.write("K2", 2)
    grants.write("J3", 3)
    plan = book.add_worksheet("My Plan")
    plan.write("A1", 100000)
    plan.write("A2", "FLOOR")
    plan.write("A3", True)
    plan.write("B1", 0, day)
    plan.write("B2", 3.125 / 24, time)
    plan.write("B3", 1.5, elapsed)
    plan.write("C7", 7)
    book.add_worksheet("It's")
    book.get_worksheet_by_name("It's").write("A1", "quoted")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Grants!$C$2:$C$4"})
    book.add_chartsheet("Chart").set_chart(chart)
    for name, meaning in {
        "Limit": "='My Plan'!$A$1",
        "Dates": "=Grants!$B$2:$B$4",
        "Rate": "=0.05",
        "Method": '="DOWN_UP"',
        "Loose": "='My Plan'!A1",
        "Chain": "=Limit",
        "Loop": "=Pool",
        "Pool": "=Loop",
        "Moving": "=OFFSET(Grants!$A$1,1,1)",
        "Everything": "=Ledger[#All]",
        "'My Plan'!Local": "='My Plan'!$A$2",
        "Grants!Local": "=1",
        "Best": "=BEST(2)",
        "Lost": "=#REF!",
        "Nan": "='My Plan'!$C$7",
        "Above": "=Grants!$C1048576",
        "Beside": "=Grants!XFD$3",
        "Round": "=Grants!XFD1048576:A1",
        "To_the_last": "=Grants!$C2:$C$4",
        "Left_columns": "=Grants!XFC:XFC",
        "Here": "=!$A$2",
        "Sum_above": "=SUM(Above,Above)",
    }.items():
        book.define_name(name, meaning)


@pytest.fixture(scope="module")
def book() -> Workbook:
    return read_bytes(workbook(fill))


FUNCTIONS = {
    "BEST": lambda value, other=None: value,
    "PAIRS": lambda rows: [[row[0], 1] for row in rows],
}
GRANTS = [["G-1"], ["G-2"], ["G-10"]]
SHARES = [[100], [200], [300]]
DATES = [[DAY + dt.timedelta(days=row)] for row in (1, 2, 3)]


def whole_column(*rows: list[Any]) -> list[list[Any]]:
    """As long as a sheet, whatever is used of it."""
    return [*rows, *[[None]] * (1_048_576 - len(rows))]


RESOLVED: list[tuple[str, object]] = [
    # literals
    ("3", 3),
    ("0.25", 0.25),
    ("1E3", 1000.0),
    ('"3-for-2"', "3-for-2"),
    ('"say ""no"", [x] #"', 'say "no", [x] #'),
    ("TRUE", True),
    ("false", False),
    ("TRUE()", True),
    ("#N/A", "#N/A"),
    ("#REF!", "#REF!"),
    ("Grants!#REF!", "#REF!"),
    # signs
    ("-3", -3),
    ("+3", 3),
    ("--3", 3),
    ("5%", 0.05),
    ("-5%", -0.05),
    ("(3)", 3),
    ("-C2:C4", [[-100], [-200], [-300]]),
    ("-H1:H2", [["#DIV/0!"], [0]]),
    # array constants
    ("{1,2;3,4}", [[1, 2], [3, 4]]),
    ('{"a";-1;TRUE;#N/A}', [["a"], [-1], [True], ["#N/A"]]),
    # cells and ranges
    ("A2", "G-1"),
    ("$A$2", "G-1"),
    ("a2", "G-1"),
    ("A9", None),
    ("A2:A4", GRANTS),
    ("A4:A2", GRANTS),
    ("A2:C3", [["G-1", DATES[0][0], 100], ["G-2", DATES[1][0], 200]]),
    ("C4:C6", [[300], [600], [None]]),
    ("H1", "#DIV/0!"),
    ("C:C", whole_column(["Shares"], *SHARES, [600])),
    ("INDEX(C:C,2)", 100),
    ("$C:$C", whole_column(["Shares"], *SHARES, [600])),
    ("2:2", [["G-1", DATES[0][0], 100, None, 1.5, None, None, None, None, 1, 2]]),
    # other sheets
    ("'My Plan'!A1", 100000),
    ("'my plan'!$A$2", "FLOOR"),
    ("'It''s'!A1", "quoted"),
    ("Grants!A2:A4", GRANTS),
    ("'It''s'!B:B", whole_column()),
    # dates, times and blanks
    ("B2", DATES[0][0]),
    ("'My Plan'!B1", 0),
    ("'My Plan'!B2", dt.time(3, 7, 30)),
    ("'My Plan'!B3", 1.5),
    # names
    ("Limit", 100000),
    ("limit", 100000),
    ("Chain", 100000),
    ("Rate", 0.05),
    ("Method", "DOWN_UP"),
    ("Dates", DATES),
    ("Local", 1),
    ("'My Plan'!Local", "FLOOR"),
    ("[0]!Limit", 100000),
    ("Best", 2),
    ("Lost", "#REF!"),
    ("Nan", 7),
    # tables
    ("Ledger[Shares]", SHARES),
    ("ledger[SHARES]", SHARES),
    ("Ledger[[Shares]]", SHARES),
    ("Ledger[[Grant]:[Shares]]", [[g, d, s] for [g], [d], [s] in zip(GRANTS, DATES, SHARES, strict=True)]),
    ("Ledger[[Shares]:[Grant]]", [[g, d, s] for [g], [d], [s] in zip(GRANTS, DATES, SHARES, strict=True)]),
    ("Ledger[[#All],[Shares]]", [["Shares"], *SHARES, [600]]),
    ("Ledger[[#Headers],[Grant]:[Date]]", [["Grant", "Date"]]),
    ("Ledger[#Headers]", [["Grant", "Date", "Shares", "It's [#]", "FMV, $"]]),
    ("Ledger[[#Totals],[Shares]]", 600),
    ("Ledger[[#Data],[#Totals],[Shares]]", [*SHARES, [600]]),
    ("Ledger[[#Headers],[#Data],[Shares]]", [["Shares"], *SHARES]),
    ("Ledger[[#This Row],[Shares]]", 200),
    ("Ledger[@Shares]", 200),
    ("Ledger[@[FMV, $]]", 2.5),
    ("Ledger[[#This Row],[Grant]:[Date]]", [["G-2", DATES[1][0]]]),
    ("[@Shares]", 200),
    ("[Shares]", SHARES),
    ("Ledger[It''s '['#']]", [[None], [None], [None]]),
    ("Ledger[ [#All] , [FMV, $] ]", [["FMV, $"], [1.5], [2.5], [3.5], [None]]),
    ("Ledger[@]", [["G-2", DATES[1][0], 200, None, 2.5]]),
    ("Ledger[#This Row]", [["G-2", DATES[1][0], 200, None, 2.5]]),
    ("Ledger[[#This Row]]", [["G-2", DATES[1][0], 200, None, 2.5]]),
    ("Ledger[@[Grant]:[Date]]", [["G-2", DATES[1][0]]]),
    ("Ledger[@Grant]:Ledger[@Date]", [["G-2", DATES[1][0]]]),
    ("Ledger[[#Data],[Date]:[Shares]]", [[d, s] for [d], [s] in zip(DATES, SHARES, strict=True)]),
    ("Ledger[#Totals]", [[None, None, 600, None, None]]),
    ("Ledger[[#Headers],[It''s '['#']]]", "It's [#]"),
    ("[@]", [["G-2", DATES[1][0], 200, None, 2.5]]),
    ("[[#Headers],[Shares]]", "Shares"),
    # names that move with the cell: they are saved as seen from A1, and go round the end of the sheet
    ("Above", 100),
    ("Beside", None),
    ("Round", [[None, None], [None, None]]),
    ("To_the_last", 300),
    ("Left_columns", whole_column(["FMV, $"], [1.5], [2.5], [3.5])),
    ("Here", "G-1"),
    ("Sum_above", 200.0),
    # spills and @
    ("_xlfn.ANCHORARRAY(J2)", [[1, 2], [3, 0]]),
    ("J2#", [[1, 2], [3, 0]]),
    ("Grants!$J$2#", [[1, 2], [3, 0]]),
    ("K2#", "#REF!"),
    ("_xlfn.SINGLE(C2:C4)", 200),
    ("@C2:C4", 200),
    ("@Ledger[Shares]", 200),
    ("_xlfn.SINGLE(C9:C10)", "#VALUE!"),
    ("_xlfn.SINGLE(A2:C2)", "#VALUE!"),
    ("_xlfn.SINGLE(PAIRS(A2:A4))", "G-1"),
    # INDEX, which refers to a part of a range
    ("INDEX(C2:C4,2)", 200),
    ("INDEX(A2:C2,3)", 100),
    ("INDEX(A2:C4,3,3)", 300),
    ("INDEX(Ledger[[Grant]:[Shares]],0,3)", SHARES),
    ("INDEX(J2#,,2)", [[2], [0]]),
    ("INDEX(_xlfn.ANCHORARRAY(J2),2,)", [[3, 0]]),
    ("BEST(INDEX(INDEX(A2:C4,,3),3))", 300),
    ("INDEX(C2:C4,4)", "#REF!"),
    ("INDEX(K2#,1)", "#REF!"),
    # MATCH of a value, as the row or column of INDEX
    ('MATCH("g-10",A2:A4,0)', 3),
    ("MATCH(200,Ledger[Shares],0)", 2),
    ('MATCH("Shares",A1:C1,0)', 3),
    ('MATCH("G-3",A2:A4,0)', "#N/A"),
    ("MATCH(H1,A2:A4,0)", "#DIV/0!"),
    ("MATCH(B3,Ledger[Date],0)", 2),
    ("MATCH(2E2,C2:C4,0)", 2),
    ("MATCH(TRUE,{1;TRUE},0)", 2),
    ('MATCH("#1",{"#2";"#1"},0)', 2),
    ('MATCH(100,{"100";100},0)', 2),
    ('INDEX(Ledger[Shares],MATCH("G-2",Ledger[Grant],0))', 200),
    ('INDEX(Ledger[Shares],MATCH("G-3",Ledger[Grant],0))', "#N/A"),
    ("MATCH(36893,Ledger[Date],0)", "#N/A"),
    ("MATCH(37216,Ledger[Date],0)", 2),
    # operators, as strong as Excel has them
    ("C2+1", 101.0),
    ("-2^2", 4.0),
    ("2^3^2", 64.0),
    ("1+2*3", 7.0),
    ("(1+2)*3", 9.0),
    ("2-(3-4)", 3.0),
    ("2^(1+1)", 4.0),
    ("10/4%", 250.0),
    ('A2&"x"', "G-1x"),
    ('1+1&"x"="2x"', True),
    ("C2:C4>150", [[False], [True], [True]]),
    ('--(A2:A4="g-2")', [[0.0], [1.0], [0.0]]),
    ("-A2", "#VALUE!"),
    ("B2%", 372.15),
    # to 15 digits, as Excel compares and shows
    ("0.1+0.2=0.3", True),
    ('0.1+0.2&""', "0.3"),
    ("0.3-0.1-0.2", 0.0),
    ("1/3", 1 / 3),
    # ranges of ranges
    ("A1:INDEX(A:A,3)", [["Grant"], ["G-1"], ["G-2"]]),
    ("INDEX(C2:C4,2):INDEX(C2:C4,3)", SHARES[1:]),
    ("C2:(C3)", SHARES[:2]),
    ("Grants!C2:Grants!C4", SHARES),
    ("Ledger[Grant]:Ledger[Date]", [[g, d] for [g], [d] in zip(GRANTS, DATES, strict=True)]),
    ("A2:C4 B1:B9", DATES),
    ("A3:C3 C1:C9", 200),
    ("A2:A4 C2:C4", "#NULL!"),
    ("OFFSET(A1,1,2)", 100),
    ("OFFSET(C2,,,2,1)", SHARES[:2]),
    ("OFFSET(A1,-1,0)", "#REF!"),
    ("Moving", DATES[0][0]),
    ('INDIRECT("C3")', 200),
    ("INDIRECT(\"'My Plan'!A1\")", 100000),
    ('INDIRECT("Ledger[Shares]")', SHARES),
    ("ROW()", 3),
    ("ROW(C9)", 9),
    ("COLUMN(C9)", 3),
    ("ROW(C2:C4)", [[2], [3], [4]]),
    ("ROWS(C:C)", 1_048_576),
    ("COLUMNS(Ledger)", 5),
    ("ROWS(PAIRS(A2:A4))", 3),
    ("SUM('Grants:My Plan'!A1)", 100000.0),
    # functions of Excel's, which get the saved values
    ("SUM(Ledger[Shares])", 600.0),
    ('IF(C2>50,"much","little")', "much"),
    ("IF(C2>500,BEST(1))", False),
    ("IF(C2>50,Ledger[Shares])", SHARES),
    ("IF(Ledger[Shares]>150,Ledger[Shares],0)", [[0.0], [200.0], [300.0]]),
    ('IFERROR(H1,"none")', "none"),
    ("IFERROR(BEST(H1),0)", 0.0),
    ("_xlfn._xlws.FILTER(A2:A4,C2:C4>100)", GRANTS[1:]),
    ("_xlfn._xlws.FILTER(Ledger[Date],Ledger[Shares]=200)", 37216.0),
    ("BEST(_xlfn._xlws.FILTER(A2:A4,YEAR(B2:B4)=2001))", GRANTS),
    ("_xlfn.LET(_xlpm.x,C2:C4,_xlpm.y,SUM(_xlpm.x),_xlpm.y/ROWS(_xlpm.x))", 200.0),
    ("_xlfn.LET(_xlpm.some,_xlfn._xlws.FILTER(A2:A4,C2:C4>100),BEST(INDEX(_xlpm.some,1)))", "G-2"),
    ('SUMIFS(C2:C4,A2:A4,"<>G-1")', 500.0),
    ('SUMIF(A2:A4,"G-2",C2)', 200.0),
    ("COUNTIF(A2:A4,A2:A4)", [[1.0], [1.0], [1.0]]),
    ('_xlfn.XLOOKUP("G-2",Ledger[Grant],Ledger[Shares])', 200.0),
    ("VLOOKUP(A2:A3,A1:C4,3,FALSE)", SHARES[:2]),
    ("INDEX({1,2},2)", 2),
    ("INDEX(PAIRS(A2:A4),0,1)", GRANTS),
    ("SUM(INDEX(PAIRS(A2:A4),0,2))", 3.0),
    ('MATCH("G-*",A2:A4,0)', 1),
    ("MATCH(150,C2:C4,1)", 1),
    ("INDEX(C2:C4,A2)", "#VALUE!"),
    ('TEXT(B2,"yyyy-mm-dd")', "2001-11-20"),
    ("YEAR(Ledger[Date])", [[2001.0]] * 3),
    ("EDATE(B2,12)", 37580.0),
    ("EDATE(B2:B4+0,12)", [[37580.0], [37581.0], [37582.0]]),
    ("LEN(A2:A4)", [[3.0], [3.0], [4.0]]),
    ("ROUND(Ledger[FMV, $]*1.1,1)", [[1.7], [2.8], [3.9]]),
    ('SUMPRODUCT((LEFT(A2:A4,3)="G-1")*C2:C4)', 400.0),
    ("ISBLANK(A9)", True),
    ("ISNUMBER(H1:H2)", [[False], [False]]),
    ("SUM(1,,2)", 3.0),
    ("SUM(C:C)", 1200.0),
    ("BEST(IFERROR(1/0,C2:C4))", SHARES),
    ("0+BEST(,C2)", 0.0),
    # plan functions inside plan functions
    ("BEST(C2)", 100),
    ("_xll.best(BEST(C2:C4))", SHARES),
    ("PAIRS(Ledger[Grant])", [["G-1", 1], ["G-2", 1], ["G-10", 1]]),
    ("BEST(,C2)", None),
    ("BEST(C2,)", 100),
    ("BEST( C2 ,\nC3 )", 100),
]

REFUSED: list[tuple[str, str]] = [
    ("(A2,A3)", "refers to several ranges at once"),
    ("BEST((A2,A3))", "refers to several ranges at once"),
    ("A1:'My Plan'!A1", "joins what are no two ranges of one sheet"),
    ("A1:BEST(C2)", "joins what are no two ranges of one sheet"),
    ("OFFSET(A1,0,0,-1)", "uses OFFSET with a height or width below 1"),
    ('OFFSET(A1,"x",0)', "uses OFFSET by what is no number"),
    ('INDIRECT("R1C1",FALSE)', "uses INDIRECT with more than a text"),
    ("TODAY()", "uses TODAY, which changes from day to day; give the day with --as-of"),
    ("BEST(_xlfn.RANDARRAY(3))", "uses RANDARRAY, which gives another value each time"),
    ("RAND()", "uses RAND, which gives another value each time"),
    ('CELL("row",A2)', "uses CELL, which tells of the program and the place"),
    ("BYROW(A2:C4,_xlfn.LAMBDA(_xlpm.r,SUM(_xlpm.r)))", "uses BYROW, which is not calculated here"),
    ("_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(3)", "has a formula that is not understood from ("),
    ("NO_SUCH_FUNCTION(1)", "uses NO_SUCH_FUNCTION, which is not calculated here"),
    ("MMULT({1,2},{1;2})", "uses MMULT, which is not calculated here"),
    ("SUBTOTAL(9,C2:C4)", "uses SUBTOTAL, which leaves out rows that a filter hides"),
    ("XIRR({-1,2},{1,400})", "uses XIRR, which is found by approximation"),
    ("_xlfn.LET(_xlpm.x,1)", "uses LET with names and values that are not in pairs"),
    (
        '__xludf.DUMMYFUNCTION("BEST(A1:A2)")',
        "was exported from Google Sheets, which keeps only the text of its formula: BEST(A1:A2)",
    ),
    ("EDATE(B2:B4,1)", "gives EDATE several values, for which it is not calculated here"),
    ("PMT(0.1,C2:C4,1)", "gives PMT several values, for which it is not calculated here"),
    ('UNIQUE({"a";"A"})', "uses UNIQUE of texts that differ in case alone"),
    ("SUM(Grants:Other!A1)", "refers to the sheet Other, which is not in the workbook"),
    ("BEST('Grants:It''s'!A1)", "refers to several sheets at once"),
    ("TRANSPOSE(C:C)", "makes an array of a whole column"),
    ("1" + "+1" * 200, "has a formula that joins more than 120 values"),
    ("[1]Grants!A1", "refers to another workbook"),
    ("'[1]My Plan'!A1", "refers to another workbook"),
    ("'C:\\plans\\[old.xlsx]Grants'!A1", "refers to another workbook"),
    ("[2]!Limit", "refers to another workbook"),
    ("'Grants:My Plan'!A1", "refers to several sheets"),
    ("Grants:Other!A1", "refers to several sheets"),
    ("Missing!A1", "refers to the sheet Missing, which is not in the workbook"),
    ("Chart!A1", "refers to the sheet Chart, which has no cells"),
    ("Nowhere", "uses Nowhere, which is neither a cell nor a name"),
    ("XFE1", "uses XFE1, which is neither a cell nor a name"),
    ("A1048577", "neither a cell nor a name"),
    ("Loop", "which leads to itself"),
    ("Ledger[Price]", "uses the column Price of the table Ledger, which has no such column"),
    ("Ledger[[Grant],[Date],[Shares]]", "which is not understood"),
    ("Ledger[[Grant]x]", "which is not understood"),
    ("Other[Grant]", "uses the table Other, which is not in the workbook"),
    ("A1:XFD1048576", "uses a range of 1,048,576 rows and 16,384 columns"),
    ("BEST()", "gives BEST 0 arguments"),
    ("BEST(1,2,3)", "gives BEST 3 arguments"),
    ("BEST(1;2)", "is not understood"),
    ("{1,2", "breaks off"),
    ("{1,A1}", "an array constant that is not understood"),
    ("BEST(", "breaks off"),
    ("BEST(1))", "not understood"),
    ("#SPILL!", "not understood"),
    ("(" * 200 + "1" + ")" * 200, "nested deeper than Excel allows"),
    ("BEST(" + "1," * 20_000 + "1)", "has a formula that Excel does not take"),
]


def evaluated(book: Workbook, text: str, place: Place | None = None) -> object:
    return Resolver(book, FUNCTIONS).evaluate(parse("=" + text), place or Place("Grants", 3, 7))


@pytest.mark.parametrize(("text", "expected"), RESOLVED, ids=[text for text, _ in RESOLVED])
def test_resolved(book: Workbook, text: str, expected: object) -> None:
    place = Place("Grants", 3, 3 if text.startswith("[") and "!" not in text else 7)
    found = evaluated(book, text, place)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[text[:40] for text, _ in REFUSED])
def test_refused(book: Workbook, text: str, reason: str) -> None:
    with pytest.raises(NotChecked) as caught:
        evaluated(book, text)
    assert reason in caught.value.reason


def test_a_table_row_beside_the_data_is_an_error(book: Workbook) -> None:
    assert evaluated(book, "Ledger[@Shares]", Place("Grants", 1, 7)) == "#VALUE!"
    assert evaluated(book, "Ledger[@Shares]", Place("Grants", 5, 7)) == "#VALUE!"
    assert evaluated(book, "Ledger[@Shares]", Place("My Plan", 3, 7)) == "#VALUE!"


def test_a_column_without_its_table_needs_one_around(book: Workbook) -> None:
    with pytest.raises(NotChecked, match="the table around it"):
        evaluated(book, "[@Shares]", Place("Grants", 9, 9))


def test_a_table_without_headings_or_totals_has_no_such_rows() -> None:
    def bare(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.add_table("A1:A2", {"name": "Bare", "header_row": False, "columns": [{"header": "Only"}]})
        sheet.write_column("A1", [1, 2])

    book = read_bytes(workbook(bare))
    assert evaluated(book, "Bare[Only]", Place("Sheet1", 1, 2)) == [[1], [2]]
    assert evaluated(book, "Bare", Place("Sheet1", 1, 2)) == [[1], [2]]
    assert evaluated(book, "Bare[#All]", Place("Sheet1", 1, 2)) == [[1], [2]]
    with pytest.raises(NotChecked, match="uses #headers of the table Bare, which has no such rows"):
        evaluated(book, "Bare[#Headers]", Place("Sheet1", 1, 2))
    with pytest.raises(NotChecked, match="which has no such rows"):
        evaluated(book, "Bare[#Totals]", Place("Sheet1", 1, 2))


def test_a_precedent_that_was_never_calculated_is_no_blank(book: Workbook) -> None:
    data = changed(workbook(fill), SHEET, "<f>1/0</f><v>#DIV/0!</v>", "<f>1/0</f>")
    with pytest.raises(NotChecked, match="uses Grants!H1, which was never calculated"):
        evaluated(read_bytes(data), "BEST(H1:H4)")


def test_a_range_is_read_once_for_all_formulas(book: Workbook) -> None:
    resolver = Resolver(book, FUNCTIONS)
    first = resolver.evaluate(parse("=A2:A4"), Place("Grants", 1, 7))
    assert resolver.evaluate(parse("=Grants!$A$2:$A$4"), Place("My Plan", 1, 7)) is first


def test_what_is_remembered_is_bounded(book: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plansheet.workbook.formulas.resolver.MOST_CELLS", 50)
    resolver = Resolver(book, FUNCTIONS)
    for row in range(1, 100):
        resolver.evaluate(parse(f"=A{row}:A{row + 1}"), Place("Grants", 1, 7))
        assert sum(len(set(map(id, rows))) for rows in resolver.read.values()) <= 50  # blank rows are one list


def test_what_one_formula_reads_is_bounded(book: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plansheet.workbook.formulas.resolver.MOST_CELLS", 6)
    assert evaluated(book, "BEST(A2:A4,C2:C4)") == GRANTS
    with pytest.raises(NotChecked, match="uses a range of 3 rows and 1 columns, more than is read for a formula"):
        evaluated(book, "BEST(A2:A4,BEST(C2:C4,C2:C4))")


def test_names_that_use_names_do_not_grow_without_end() -> None:
    def laughing(book: Any) -> None:
        book.add_worksheet()
        for level in range(12):
            book.define_name(f"laugh_{level}", f"=laugh_{level + 1}+laugh_{level + 1}")
        book.define_name("laugh_12", "=1")

    book = read_bytes(workbook(laughing))
    assert evaluated(book, "laugh_8", Place("Sheet1", 1, 1)) == 16
    with pytest.raises(NotChecked, match="names that lead to more names"):
        evaluated(book, "laugh_0", Place("Sheet1", 1, 1))


@given(st.text(st.sampled_from("A1$:!,;(){}[]@#%+-*\"' \n.Ff_x"), max_size=40))
def test_no_text_of_a_formula_is_more_than_not_understood(book: Workbook, text: str) -> None:
    with contextlib.suppress(NotChecked):
        evaluated(book, text)


@pytest.mark.parametrize(
    "text", ["[" * 9_000, "'" * 9_001, '"' * 9_001, "a" * 30_000, "a!" * 9_000, "{" * 900, "1" + "%" * 900]
)
def test_a_long_formula_is_read_or_refused_at_once(book: Workbook, text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(NotChecked):
        evaluated(book, text)
    assert time.perf_counter() - started < 5
