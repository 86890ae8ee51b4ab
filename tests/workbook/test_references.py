"""Every form in which a formula can name its arguments, resolved to saved values."""

import contextlib
import datetime as dt
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.workbook import references
from plansheet.workbook.expressions import NotChecked, parse
from plansheet.workbook.reader import read_bytes
from plansheet.workbook.references import Place, Resolver
from plansheet.workbook.saved import Workbook
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
    # plan functions inside plan functions
    ("BEST(C2)", 100),
    ("_xll.best(BEST(C2:C4))", SHARES),
    ("PAIRS(Ledger[Grant])", [["G-1", 1], ["G-2", 1], ["G-10", 1]]),
    ("BEST(,C2)", None),
    ("BEST(C2,)", 100),
    ("BEST( C2 ,\nC3 )", 100),
]

REFUSED: list[tuple[str, str]] = [
    ("FILTER(A2:A4,C2:C4>1)", "uses FILTER, which is not calculated here"),
    ("_xlfn._xlws.FILTER(A2:A4,C2:C4>1)", "uses FILTER, which is not calculated here"),
    ("C2+1", "uses the operator +, which is not calculated here"),
    ('A2&"x"', "uses the operator &"),
    ("(A2,A3)", "uses the operator ,"),
    ("A2:C4 B1:B9", "uses the intersection of two ranges"),
    ("A1:INDEX(A:A,3)", "uses INDEX, which is not calculated here"),
    ('MATCH("G-*",A2:A4,0)', "uses MATCH with a pattern or a block"),
    ("MATCH(100,A2:C4,0)", "uses MATCH with a pattern or a block"),
    ("MATCH(100,C2:C4,1)", "uses MATCH, which is not calculated here"),
    ("MATCH(36893,Ledger[Date],0)", "uses MATCH for a range, a blank, or a date among numbers"),
    ("MATCH(B2,C2:C4,0)", "uses MATCH for a range, a blank, or a date among numbers"),
    ("MATCH(C2:C3,C2:C4,0)", "uses MATCH for a range, a blank, or a date among numbers"),
    ("MATCH(A9,A2:A9,0)", "uses MATCH for a range, a blank, or a date among numbers"),
    ("INDEX({1,2},1)", "uses INDEX of what is no range"),
    ("INDEX(C2:C4,A2)", "uses INDEX with what is no number"),
    ("INDEX(C2:C4,-1)", "uses INDEX with what is no number"),
    ("Moving", "uses OFFSET, which is not calculated here"),
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
    ("Loose", "uses a name for A1, which moves with the cell"),
    ("Loop", "which leads to itself"),
    ("Ledger[Price]", "uses the column Price of the table Ledger, which has no such column"),
    ("Ledger[[Grant],[Date],[Shares]]", "which is not understood"),
    ("Ledger[[Grant]x]", "which is not understood"),
    ("Other[Grant]", "uses the table Other, which is not in the workbook"),
    ("-A2", "uses a sign or a percentage of what is no number"),
    ("B2%", "uses a sign or a percentage of what is no number"),
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
    monkeypatch.setattr(references, "MOST_CELLS", 50)
    resolver = Resolver(book, FUNCTIONS)
    for row in range(1, 100):
        resolver.evaluate(parse(f"=A{row}:A{row + 1}"), Place("Grants", 1, 7))
        assert sum(len(rows) * len(rows[0]) for rows in resolver.read.values()) <= 50


def test_what_one_formula_reads_is_bounded(book: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MOST_CELLS", 6)
    assert evaluated(book, "BEST(A2:A4,C2:C4)") == GRANTS
    with pytest.raises(NotChecked, match="uses a range of 3 rows and 1 columns, more than is read for a formula"):
        evaluated(book, "BEST(A2:A4,BEST(C2:C4,C2:C4))")


def test_names_that_use_names_do_not_grow_without_end() -> None:
    def laughing(book: Any) -> None:
        book.add_worksheet()
        for level in range(12):
            book.define_name(f"laugh_{level}", f"=BEST(laugh_{level + 1},laugh_{level + 1})")
        book.define_name("laugh_12", "=BEST(1,1)")

    book = read_bytes(workbook(laughing))
    assert evaluated(book, "laugh_8", Place("Sheet1", 1, 1)) == 1
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
