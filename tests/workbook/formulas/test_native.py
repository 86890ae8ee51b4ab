"""Excel's own functions around and inside plan functions: what the engine is given, and what it is not asked for."""

import datetime as dt
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from plansheet.workbook.formulas import engine, native
from plansheet.workbook.formulas.expressions import NotChecked, parse
from plansheet.workbook.formulas.references import Place
from plansheet.workbook.formulas.resolver import Resolver
from plansheet.workbook.reading.reader import read_bytes
from workbook.making import changed, workbook

pytest.importorskip("formualizer", reason="formualizer is not installed: python -m pip install formualizer")

SHEET = "xl/worksheets/sheet1.xml"
DAY = dt.datetime(2001, 11, 19)
FUNCTIONS: dict[str, Callable[..., object]] = {
    "GIVE": lambda *given: given[0] if given else None,
    "LONG": lambda: 'say "no"\n' * 500,
    "DAY_OF": lambda: DAY,
    "PAIRS": lambda: [["G-1", DAY, None], ["", -2.5, True]],
    "REFUSE": lambda: "#NUM!",
}


def resolver(fill: Callable[[Any, Any], None] = lambda *_: None, **options: object) -> Resolver:
    """A workbook whose sheet Data has 1, 2, 3 in A1:A3, texts in B1:B3, an error in D1, a blank E1, a day in F1."""
    return Resolver(read_bytes(saved(fill, **options)), FUNCTIONS, dt.date(2005, 4, 3))


def saved(fill: Callable[[Any, Any], None], **options: object) -> bytes:
    def filled(book: Any) -> None:
        sheet = book.add_worksheet("Data")
        sheet.write_column("A1", [1, 2, 3])
        sheet.write_column("B1", ["x", "y", "X"])
        sheet.write_formula("D1", "=1/0", None, "#DIV/0!")
        sheet.write_datetime("F1", DAY, book.add_format({"num_format": "yyyy-mm-dd"}))
        fill(sheet, book)

    return workbook(filled, **options)


def value(of: Resolver, formula: str, *, is_array: bool = True) -> object:
    return of.evaluate(parse(f"={formula}"), Place("Data", 9, 9, is_array=is_array))


def refusal(of: Resolver, formula: str) -> str:
    with pytest.raises(NotChecked) as caught:
        value(of, formula)
    return caught.value.reason


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("GIVE(5)+1", 6.0),
        ("GIVE(-5)^2", 25.0),
        ("2-GIVE(-5)", 7.0),
        ("GIVE(1)&GIVE(TRUE)", "1TRUE"),
        ('GIVE("a ""b""")&"c"', 'a "b"c'),
        ("LEN(LONG())", 4500.0),
        ('GIVE(E1)&"x"', "x"),
        ("DAY_OF()+1", 37215.0),
        ('TEXT(DAY_OF(),"d mmm yyyy")', "19 Nov 2001"),
        ("SUM(PAIRS())", 37211.5),
        ('IF(PAIRS()="","none",PAIRS())', [["G-1", 37214.0, "none"], ["none", -2.5, True]]),
        ("GIVE(D1)+1", "#DIV/0!"),
        ("IFERROR(REFUSE(),0)", 0.0),
        ("REFUSE()+1", "#NUM!"),
        ("SUM(A1:A3,REFUSE())", "#NUM!"),
        ("F1=DAY_OF()", True),
        ("YEAR(TODAY())", 2005.0),
        ("NOW()-TODAY()", 0.0),
        ("ISBLANK(E1)", True),
        ("E1+1", 1.0),
        ("SUM(A:A)", 6.0),
        ("SUM(1:3)-37214", "#DIV/0!"),
        ("COUNTIF(B:B,B1)", 2.0),
        ("LEN(GIVE(B1:B3))", [[1.0], [1.0], [1.0]]),
        ("SUM(GIVE(A1):A3)", "refused"),
    ],
)
def test_what_a_plan_function_gives_is_calculated_with(formula: str, expected: object) -> None:
    if expected == "refused":
        assert refusal(resolver(), formula) == "joins what are no two ranges of one sheet"
    else:
        assert value(resolver(), formula) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("GIVE(IF(A1>0,F1,E1))", DAY),
        ("GIVE(IF(A1>1,F1,E1))", None),
        ("GIVE(INDEX(A1:F3,1,6))", DAY),
        ("GIVE(CHOOSE(2,E1,F1))", DAY),
        ("GIVE(OFFSET(A1,0,5))", DAY),
        ('GIVE(INDIRECT("F"&1))', DAY),
        ("GIVE(TODAY())", dt.datetime(2005, 4, 3)),
        ("GIVE(_xlfn.LET(_xlpm.d,F1:F2,INDEX(_xlpm.d,1)))", DAY),
        ("GIVE(_xlfn._xlws.FILTER(F1:F3,A1:A3=1))", 37214.0),
    ],
)
def test_a_plan_function_gets_cells_as_they_were_saved(formula: str, expected: object) -> None:
    """Of an array, as of FILTER, Excel itself has no more than numbers."""
    assert value(resolver(), formula) == expected


def test_the_text_of_an_error_is_no_error() -> None:
    for formula in ('IF(B1="#N/A",0,1)', 'COUNTIF(B1:B3,"#N/A")'):
        with pytest.raises(NotChecked, match="has the text #N/A, which cannot be told from the error here"):
            parse(f"={formula}")
    assert value(resolver(), "IFERROR(#N/A,1)") == 1


def test_a_branch_that_does_not_count_is_not_looked_at() -> None:
    data = saved(lambda sheet, _: sheet.write_formula("C1", "=1+1", None, 2))
    of = Resolver(read_bytes(changed(data, SHEET, "<f>1+1</f><v>2</v>", "<f>1+1</f>")), FUNCTIONS)
    assert value(of, "IF(A1>0,GIVE(A2),GIVE(C1))") == 2
    assert refusal(of, "IF(A1>1,GIVE(A2),GIVE(C1))") == "uses Data!C1, which was never calculated"
    assert refusal(of, "SUM(A1:C3)") == "uses Data!C1, which was never calculated"
    assert value(of, "SUM(A1:A3)") == 6


def test_a_column_with_long_gaps_is_loaded() -> None:
    of = resolver(lambda sheet, _: [sheet.write(row, 7, 1) for row in (0, 5, 2_000, 900_000)])
    assert value(of, "SUM(H:H)") == 4
    assert value(of, "SUM(H6:H2001)") == 2


def test_the_third_range_of_sumif_is_as_large_as_the_first() -> None:
    assert value(resolver(), 'SUMIF(B1:B3,"x",A1)') == 4
    assert value(resolver(), 'SUMIF(B1:B3,"x",A1:A2)') == 4
    assert value(resolver(), 'AVERAGEIF(B1:B3,"x",A1)') == 2


def test_a_range_of_several_sheets() -> None:
    def fill(sheet: Any, book: Any) -> None:
        for number in (2, 3, 4):
            book.add_worksheet(f"Data {number}").write("A1", 10**number)

    of = resolver(fill)
    assert value(of, "SUM('Data:Data 3'!A1)") == 1101
    assert value(of, "SUM('Data 4:Data 2'!A1:B2)+MAX('Data 2:Data 3'!A1)") == 12100
    assert refusal(of, "GIVE('Data:Data 3'!A1)") == "refers to several sheets at once: 'Data:Data 3'!A1"
    assert "uses the intersection" not in refusal(of, "SUMIF('Data:Data 3'!A1,1)")


@pytest.mark.parametrize("date_1904", [False, True])
def test_days_are_counted_as_in_the_workbook(date_1904: bool) -> None:
    of = resolver(date_1904=date_1904)
    assert value(of, 'TEXT(F1,"yyyy-mm-dd")&TEXT(DAY_OF()+1," d")') == "2001-11-19 20"
    assert value(of, "YEAR(_xlfn._xlws.FILTER(F1:F3,A1:A3=1))") == 2001


def test_cells_by_reference_and_days_from_1904() -> None:
    """Excel hands over a date where XLOOKUP finds a cell, the engine a number: of 1904 they are not the same day."""
    formula = "GIVE(_xlfn.XLOOKUP(1,A1:A3,F1:F3))"
    assert value(resolver(), formula) == 37214
    assert refusal(resolver(date_1904=True), formula).startswith("gets cells by XLOOKUP in a workbook that counts")


@pytest.mark.parametrize(
    ("formula", "beside"),
    [
        ("A1:A3*2", 4),
        ("-A1:A3", -2),
        ("A:A%", 0.02),
        ("LEN(B1:B3)", 1),
        ('IF(A1:A3>1,"more","one")', "more"),
        ("IF(A1:A3,5,6)", 5),
        ("1:1*10", "#VALUE!"),
        ("A5:A9+1", "#VALUE!"),
        ("ROUND(SUM(A1:A3)/A1:A3,1)", 3),
        ("IF(GIVE(1)>0,A1:A3,0)", 2),
        ("IF(A1:A3>1,B1:B3,0)", "y"),
        ("CHOOSE(2,B1:B3,A:A)", 2),
        ("CHOOSE(A1:A3,5,6,7)", 6),
        ("SUM(CHOOSE(2,B1:B3,A1:A3))", 6),
        ("CHOOSE(4,1,2,3)", "#VALUE!"),
        ("CHOOSE(1.9,,2)", 0),
        ("CHOOSE(D1,1,2)", "#DIV/0!"),
        ("(A1:A3)", 2),
        ("A5:A9", "#VALUE!"),
    ],
)
def test_what_is_no_array_formula_takes_the_value_beside_it(formula: str, beside: object) -> None:
    of = resolver()
    assert of.evaluate(parse(f"={formula}"), Place("Data", 2, 9, is_array=False)) == beside


@pytest.mark.parametrize("formula", ["GIVE(A1:A3>1)", "GIVE(LEN(B1:B3))", "GIVE(IF(A1:A3,1,2))"])
def test_what_a_plan_function_gets_of_a_range_is_not_guessed(formula: str) -> None:
    assert isinstance(value(resolver(), formula), list)
    with pytest.raises(NotChecked, match="is no array formula: enter it again"):
        value(resolver(), formula, is_array=False)


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        ("SUM(A1:A100+1)", 106),
        ("SUMPRODUCT(--(LEN(A1:A100)=0))", 97),
        ("SUM(IF(A1:A100=0,1,0))", 97),
        ("COUNTBLANK(A2:B100)", 97 + 97),
        ("MIN(A:A+1)", 1),
        ("SUM(A:A*2)", 12),
        ("SUMPRODUCT((A:A>1)*A:A)", 5),
        ("SUM(_xlfn._xlws.FILTER(A:A,A:A>1))", 5),
        ("COUNTIF(A:A,2)", 1),
        ("SUM(A:A+1)", None),
        ("COUNTBLANK(A:A)", None),
        ("AVERAGE(A:A+1)", None),
        ('COUNTIF(A:A,"<>2")', None),
    ],
)
def test_blank_cells_below_the_last_used_row_count_as_in_excel(formula: str, answer: int | None) -> None:
    if answer is None:
        assert refusal(resolver(), formula) == (
            "counts the blank cells of a whole column or row, which is not calculated here"
        )
    else:
        assert value(resolver(), formula) == answer


def fill_mixed(sheet: Any, _: Any) -> None:
    """H: a number, a number as a text, TRUE, a number; I: numbers in order below a heading; J: an error; K: a tail."""
    sheet.write_column("H1", [5, "750", True, 7])
    sheet.write_column("I1", ["From", 0, 10, 20])
    sheet.write_column("J1", [1, 2])
    sheet.write_formula("J3", "=1/0", None, "#DIV/0!")
    sheet.write("K1", 0.1 + 0.2)


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        ("SUMPRODUCT(H1:H4)", 12),
        ("SUMPRODUCT(B1:B3=B1,A1:A3)", 0),
        ("SUMPRODUCT(--(B1:B3=B1),A1:A3)", 4),
        ("SUMPRODUCT(A1:A3,A1:A2)", "#VALUE!"),
        ("SUMPRODUCT(A1:A3=2,5)", "#VALUE!"),
        ("SUMPRODUCT((A:A>1)*1,A:A)", 5),
        ("SUMPRODUCT((H:H>6)*1,H:H)", 7),
        ('SUMIFS(A1:A3,B1:B2,"x")', "#VALUE!"),
        ('COUNTIFS(A:A,1,B1:B3,"x")', "#VALUE!"),
        ('SUMIFS(A1:A3,B1:B3,"x",A1:A3,">1")', 3),
        ('SUMIF(B1:B3,"x",J1:J3)', "uses SUMIF of a range that holds errors, which is not calculated here"),
        ("COUNTIF(J1:J3,J3)", "looks in COUNTIF for the error #DIV/0!, which is not calculated here"),
        (
            'COUNTIF(A1:A3,">$1,000")',
            "looks in COUNTIF for $1,000, which is not calculated here; write the number alone",
        ),
        ('LOOKUP(2,1/(B1:B3="x"),A1:A3)', 3),
        ("LOOKUP(9.9E+307,H1:H4)", 7),
        ("MATCH(15,I1:I4,1)", 3),
        ("VLOOKUP(15,I1:J4,1)", 10),
        ("HLOOKUP(2,{3,1,2;7,8,9},2)", "looks up by approximation in what is not in ascending order"),
        ("HLOOKUP(3,{3,1,2;7,8,9},2)", 9),
        ("MATCH(-1,I1:I4,1)", "#N/A"),
        ("MATCH(2,{1,3,2},-1)", "uses MATCH by approximation in what is not in order"),
        ("_xlfn.XLOOKUP(2.5,{3,1,2},{7,8,9},,-1)", "uses XLOOKUP by approximation in what is not in order"),
        ("_xlfn.XLOOKUP(2.5,{1,2,3},{7,8,9},,-1)", 8),
        ("CEILING(-7,-3)", "uses CEILING of a number or a step that is not above 0, which is not calculated here"),
        ("CEILING(2.5,1)", 3),
        ("FLOOR(5,0)", "uses FLOOR of a number or a step that is not above 0, which is not calculated here"),
        ("FLOOR(10.7,0.1)", "uses FLOOR of a number that is whole but for its last binary digits"),
        ("FLOOR(10.75,0.1)", 10.7),
        ("FLOOR(A1:A3,2)", [[0], [2], [2]]),
        (
            "_xlfn.FLOOR.MATH(-7,3)",
            "uses FLOOR.MATH of a number or a step that is not above 0, which is not calculated here",
        ),
        ("INT(0.29*100)", "uses INT of a number that is whole but for its last binary digits"),
        ("INT(1000/48*12)", 250),
        ("MOD(1,0.1)", "uses MOD of a number that is whole but for its last binary digits"),
        ("MOD(-7,3)", 2),
        ("0^0", "#NUM!"),
        ("POWER(0,0)", "#NUM!"),
        ("LEN(1/3)", 17),
        ("LEN(0.1+0.2)", 3),
        ('SUBSTITUTE(K1,".",",")', "0,3"),
        ("_xlfn.CONCAT(K1:K2)", "0.3"),
        ("SUM(--(K1:K2=0.3))", 1),
        ("SUM(--({0.1,0.2}+{0.2,0.1}=0.3))", 2),
        ('ROUND(-0.4,0)&""', "0"),
        ("COLUMNS(1:1)", 16_384),
        ("SUM(--(2:2=0))", "counts the blank cells of a whole column or row, which is not calculated here"),
        ("SUM(2:2)", 754 - 750 + 10 + 2 - 12),
        ("WORKDAY(F1,5,{37215,37216})", 37223),
        ("NETWORKDAYS(F1,F1+6,F1:F2)", 4),
        ('DATEDIF(F1,F1+40,"md")', "uses DATEDIF by md or yd, which Excel itself does not always calculate the same"),
        ('INDEX(_xlfn._xlws.SORT({"A-B";"AA"}),1)', "puts texts in order that Excel may put in another one"),
        ('INDEX(_xlfn._xlws.SORT({"G-2";"G-10"}),1)', "G-10"),
        ('"é">"f"', "puts texts in order that Excel may put in another one"),
        ('B1>""', True),
        ("IFERROR(INT(D1),7)", 7),
        ("COUNT(INT(B1:B3))", None),
        ("EDATE(1,-1)", "#NUM!"),
        ("DATE(9999,12,31)", 2_958_465),
        ("DATE(10000,1,1)", "#NUM!"),
        ("EDATE(F1,1)", 37244),
        ('MAX("1,000",5)', 'gives MAX the text "1,000", which is not calculated here'),
        ('MAX("7",5)', 7),
        ("_xlfn._xlws.FILTER(A1:A3,J1:J3>1)", "#DIV/0!"),
        ("_xlfn._xlws.FILTER(A1:A2,H1:H2)", "#VALUE!"),
        ("_xlfn.LET(_xlpm.a,A1:A3*1,COUNTIF(_xlpm.a,1))", "gives COUNTIF an array where it takes a range"),
        ("SUMIF(B1:B3,B1,INDEX(A1:A3,9))", "#REF!"),
        ('LEN(TRIM("a"&CHAR(10)&" "))', r"uses TRIM of 'a\n ', which is not calculated here"),
        ('SUBSTITUTE(TRIM("  a   b ")," ","_")', "a_b"),
        ('PROPER("o\'neil-2nd")', 'uses PROPER of "o\'neil-2nd", which is not calculated here'),
        ('PROPER("ada-ARBOR")', "Ada-Arbor"),
        ('REPLACE("abc",9,1,"x")', "uses REPLACE of 'abc', which is not calculated here"),
        ('REPLACE(B1:B2,1,1,"z")', [["z"], ["z"]]),
        ('TRIM(5)&"!"', "5!"),
        ('0.0001/7&""', "makes a text of a number that Excel may write with a power of ten"),
        ("LEN(1E+21)", "makes a text of a number that Excel may write with a power of ten"),
        ("MATCH(1-0.9,{0.1,0.2},1)", "looks up a number that is in the list but for its last binary digits"),
    ],
)
def test_what_the_engine_has_otherwise_is_as_in_excel_or_not_checked(formula: str, answer: object) -> None:
    of = resolver(fill_mixed)
    if isinstance(answer, str) and " " in answer:
        assert refusal(of, formula) == answer
    else:
        expected = 0 if answer is None else answer  # None: 0, which is in doubt, for it counts no errors
        assert value(of, formula) == (pytest.approx(answer) if isinstance(answer, float) else expected)
        assert (of.native.doubt is None) is (answer is not None)


@pytest.mark.parametrize(
    ("formula", "doubt"),
    [
        ('IFERROR("1,000"*1,0)', "#VALUE!"),
        ('ISERROR(VALUE("$5"))', "#VALUE!"),
        ('IFERROR(YEAR("2020-05-06"),0)', "#VALUE!"),
        ('IFERROR(LEFT(B1,FIND("-",B1)-1),B1)', None),
        ('SUM(--ISNUMBER(SEARCH("y",B1:B3)))', None),
        ('IFERROR(INDEX(A1:A3,MATCH("z",B1:B3,0)),0)', None),
    ],
)
def test_an_error_of_the_engines_own_is_a_doubt_also_where_it_is_swallowed(formula: str, doubt: str | None) -> None:
    of = resolver()
    value(of, formula)
    assert of.native.doubt == doubt


@pytest.mark.parametrize(
    "formula", ["SORT()", "VLOOKUP(1,A1:B3)", "SUMIF()", "FLOOR()", "INT()", "MATCH(1)", "FILTER(A1:A3)"]
)
def test_a_call_that_lacks_arguments_ends_without_a_fault(formula: str) -> None:
    with suppress(NotChecked):
        assert isinstance(value(resolver(), formula), str)


def test_what_takes_arrays_without_being_an_array_formula() -> None:
    """INDEX(...,0) makes an array of what stands in it, MATCH and IF do not, even within SUMPRODUCT."""
    of = resolver()
    for formula, answer in (
        ('INDEX(A1:A3,MATCH(1,INDEX((B1:B3="y")*1,0),0))', 2),
        ('MATCH(1,(B1:B3="y")*1,0)', "#N/A"),
        ('LOOKUP(2,1/(B1:B3="x"),A1:A3)', 3),
    ):
        assert of.evaluate(parse(f"={formula}"), Place("Data", 3, 9, is_array=False)) == answer
    for formula in ('SUMPRODUCT(IF(B1:B3="x",A1:A3,0))', "SUMPRODUCT(IFERROR(A1:A3*1,0))"):
        assert refusal_beside(of, formula) == native.NO_ARRAY_FORMULA
        assert isinstance(value(of, formula), float)


def refusal_beside(of: Resolver, formula: str) -> str:
    with pytest.raises(NotChecked) as caught:
        value(of, formula, is_array=False)
    return caught.value.reason


@pytest.mark.parametrize(
    ("number", "shown_as", "text"),
    [
        ("1234.5", "0", "1235"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("1234.5", "$#,##0", "$1,235"),
        ("0.0725", "0.0%", "7.3%"),
        ("37215", "yyyy-mm-dd", "2001-11-20"),
        ("37215", "mmmm d, yyyy", "November 20, 2001"),
        ("37215", "ddd d/m/yy", "Tue 20/11/01"),
        ("5", "0.0E+0", None),
        ("5", "[h]:mm", None),
        ("5", "#,##0;(#,##0)", None),
        ("5", '0 "shares"', None),
    ],
)
def test_text_by_the_formats_that_are_known(number: str, shown_as: str, text: str | None) -> None:
    formula = f'TEXT({number},"{shown_as.replace(chr(34), chr(34) * 2)}")'
    if text is None:
        assert refusal(resolver(), formula) == f"uses TEXT with the format {shown_as}, which is not calculated here"
    else:
        assert value(resolver(), formula) == text


@pytest.mark.parametrize("formula", ["SUMPRODUCT(A1:A3*2)", "SUM(_xlfn._xlws.FILTER(A1:A3,B1:B3=B1))*3", "A1*12"])
def test_what_asks_for_arrays_gets_them_in_every_formula(formula: str) -> None:
    assert value(resolver(), formula, is_array=False) == 12


def test_an_error_that_may_be_the_engines_own_is_a_doubt() -> None:
    of = resolver(lambda sheet, _: sheet.write_formula("G1", '="a"+1', None, "#VALUE!"))
    for formula, doubt in (('"1,000"+1', "#VALUE!"), ("SUM(G1:G3)", None), ("1/0", None), ("LEN(B1:B3)", None)):
        value(of, formula)
        assert of.native.doubt == doubt, formula


def test_an_error_the_engine_has_not_is_a_doubt() -> None:
    of = resolver(lambda sheet, _: sheet.write_formula("G1", "=NOW()", None, "#N/A"))
    cells = of.sheets["data"].cells
    object.__setattr__(cells[1, 7], "value", "#FIELD!")
    assert value(of, "G1&1") == "#CALC!"
    assert of.native.doubt == "#CALC!"


def test_without_the_engine_what_needs_none_is_calculated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "formualizer", None)
    of = resolver()
    assert value(of, "GIVE(INDEX(A1:A3,MATCH(2,A1:A3,0)))") == 2
    assert value(of, "-GIVE(A1)") == -1
    assert refusal(of, "GIVE(A1)+1") == "needs formualizer for Excel's own functions: python -m pip install formualizer"


class Panic(BaseException):
    """As a library in another language ends: no Exception."""


class Broken:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def set_formula(self, *_: object) -> None:
        raise self.error

    def add_sheet(self, *_: object) -> None:
        pass

    set_values_batch = add_sheet


def test_whatever_befalls_the_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    of = resolver()
    monkeypatch.setattr(of.native.engine, "_book", Broken(RuntimeError("out of\n  memory")))
    assert refusal(of, "A1+1") == "has a formula that the engine refuses (out of memory)"
    monkeypatch.setattr(of.native.engine, "_book", Broken(Panic("lost")))
    assert refusal(of, "A1+1") == "has a formula that the engine refuses (lost)"
    assert refusal(of, "A1+2") == "has more values to calculate than are calculated for one workbook"
    monkeypatch.setattr(of.native.engine, "texts", 9)
    monkeypatch.setattr(of.native.engine, "_book", Broken(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        value(of, "A1+1")


def test_what_is_calculated_for_one_workbook_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "MOST_LIFTED", 2)
    assert refusal(resolver(), "LEN(B1:B3)") == "gives LEN more than 2 values"
    of = resolver()
    of.native.engine.work = 5
    assert value(of, "SUM(A1:A3)") == 6
    assert refusal(of, "SUM(A1:A3)") == "looks at more cells than are calculated with for one workbook"
    monkeypatch.setattr(engine, "MOST_HELD", 5)
    assert refusal(resolver(), "PAIRS()&1") == "has an array of 2 rows, more than is calculated with here"


def test_what_is_asked_twice_is_calculated_once() -> None:
    of = resolver()
    value(of, "SUMIFS(A1:A3,B1:B3,B1)&LEN(B1:B3)")
    left = of.native.engine.texts
    value(of, 'SUMIFS(A1:A3,B1:B3,"x")&LEN(B1:B3)')
    assert of.native.engine.texts >= left - 1  # the whole is another formula, with an array of its own


def test_a_formula_that_says_the_same_twice_calls_once() -> None:
    calls: list[object] = []
    of = Resolver(read_bytes(saved(lambda *_: None)), {"GIVE": lambda given: calls.append(given) or given})
    assert value(of, "IF(ISERROR(GIVE(A1)),0,GIVE(A1))") == 1
    assert calls == [1]
    value(of, "GIVE(A1)")
    assert calls == [1, 1]
