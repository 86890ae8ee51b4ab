"""Excel's own functions around and inside plan functions: what the engine is given, and what it is not asked for."""

import datetime as dt
import sys
from collections.abc import Callable
from typing import Any

import pytest

from plansheet.workbook.formulas import engine, native
from plansheet.workbook.formulas.expressions import NotChecked, parse
from plansheet.workbook.formulas.references import Place, Resolver
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
