"""Plan-function cells calculated again, against everything a workbook can have saved for them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from plansheet.excel.judgements import Recalculated
from plansheet.workbook.formulas.recalc import NEVER_CALCULATED, recalculate, same_value
from plansheet.workbook.reading.reader import read_bytes
from workbook.making import changed, workbook

DAY = dt.datetime(2001, 11, 19)
SHEET = "xl/worksheets/sheet1.xml"


class ErrorValue(str):
    """As the plain callables give errors: a text equal to the error, with a sentence."""

    message = "G-1 has no shares."


def halves(shares: object) -> list[list[object]]:
    rows = shares if isinstance(shares, list) else [[shares]]
    return [[row[0] // 2, row[0] - row[0] // 2] if row[0] else ["", ""] for row in rows]


FUNCTIONS: dict[str, Callable[..., object]] = {
    "HALVES": halves,
    "TOTAL": lambda shares, limit=None: float(sum(row[0] or 0 for row in shares)),
    "THIRD": lambda number: number / 3,
    "DEADLINE": lambda date: DAY + dt.timedelta(days=90),
    "VERDICT": lambda number: "PASS" if number else "",
    "IS_OVER": lambda number: number > 100,
    "REFUSE": lambda number: ErrorValue("#NUM!"),
    "NOTHING": lambda: "",
    "ROW": lambda: [[1, 2, 3]],
    "NO_ROWS": list,
}


def recalculated(fill: Callable[[Any, Any], None], **options: object) -> dict[str, Recalculated]:
    """The plan cells of a sheet that has the shares 100, 201 and 300 in A2:A4."""
    return of(saved(fill, **options))


def saved(fill: Callable[[Any, Any], None], **options: object) -> bytes:
    def book_of(book: Any) -> None:
        sheet = book.add_worksheet("Grants")
        sheet.write_column("A1", ["Shares", 100, 201, 300])
        fill(sheet, book)

    return workbook(book_of, **options)


def of(data: bytes) -> dict[str, Recalculated]:
    return {result.cell: result for result in recalculate(read_bytes(data), FUNCTIONS)}


def one(formula: str, value: object, number_format: str = "General", **options: object) -> Recalculated:
    """A formula in C2 with its saved value."""

    def fill(sheet: Any, book: Any) -> None:
        sheet.write_formula("C2", formula, book.add_format({"num_format": number_format}), value)

    return recalculated(fill, **options)["C2"]


@pytest.mark.parametrize(
    ("formula", "value", "same"),
    [
        ("=TOTAL(A2:A4)", 601, True),
        ("=TOTAL(A2:A4)", 600, False),
        ("=total(A2:A4)", 601, True),
        ("=[1]!TOTAL(A2:A4)", 601, True),
        ("=THIRD(A2)", 33.3333333333333, True),
        ("=THIRD(A2)", 33.33333333333333, True),
        ("=THIRD(A2)", 33.3333333333334, False),
        ("=-THIRD(A2)", -33.3333333333333, True),
        ("=VERDICT(A2)", "PASS", True),
        ("=VERDICT(A2)", "FAIL", False),
        ("=VERDICT(A2)", "pass", False),
        ("=IS_OVER(A3)", True, True),
        ("=IS_OVER(A3)", False, False),
        ("=IS_OVER(A3)", 1, False),
        ("=REFUSE(A2)", "#NUM!", True),
        ("=REFUSE(A2)", "#VALUE!", False),
        ("=REFUSE(A2)", 0, False),
        ("=HALVES(A2:A4)", 50, True),
        ("=HALVES(A2:A4)", 51, False),
        ("=ROW()", 1, True),
        ("=THIRD(THIRD(A4))", 33.3333333333333, True),
    ],
)
def test_a_cell_is_the_same_or_not(formula: str, value: object, same: bool) -> None:
    result = one(formula, value)
    assert (result.same, result.state) == (same, "same" if same else "different")
    assert (result.unchecked, result.calculated, result.rows, result.difference) == (None, True, (), None)
    assert result.saved == value


def test_both_values_are_given() -> None:
    result = one("=TOTAL(A2:A4)", 600)
    assert (result.sheet, result.cell, result.formula, result.function) == ("Grants", "C2", "=TOTAL(A2:A4)", "TOTAL")
    assert (result.saved, result.recomputed) == (600, 601.0)


def test_the_sentence_of_an_error_is_kept() -> None:
    assert getattr(one("=REFUSE(A2)", 5).recomputed, "message", None) == "G-1 has no shares."


@pytest.mark.parametrize("number_format", ["yyyy-mm-dd", "General"])
@pytest.mark.parametrize("date_1904", [False, True])
def test_a_date_is_the_same_with_and_without_a_date_format(number_format: str, date_1904: bool) -> None:
    serial = 37304 - (1462 if date_1904 else 0)  # 17 February 2002
    assert one("=DEADLINE(A2)", serial, number_format, date_1904=date_1904).same
    assert not one("=DEADLINE(A2)", serial + 1, number_format, date_1904=date_1904).same


def test_an_empty_text_is_a_blank() -> None:
    data = changed(
        saved(lambda sheet, _: sheet.write_formula("C2", "=NOTHING()", None, 7)), SHEET, "<v>7</v>", "<v></v>"
    )
    assert of(data)["C2"].state == "never calculated"
    data = changed(data, SHEET, '<c r="C2">', '<c r="C2" t="str">')
    assert of(data)["C2"].state == "same"
    assert of(data)["C2"].saved == ""


def test_a_formula_never_calculated_is_neither_the_same_nor_different() -> None:
    data = saved(lambda sheet, _: sheet.write_formula("C2", "=TOTAL(A2:A4)", None, 7))
    result = of(changed(data, SHEET, "<v>7</v>", ""))["C2"]
    assert (result.state, result.same, result.calculated) == ("never calculated", False, False)
    assert (result.saved, result.recomputed, result.unchecked) == (None, 601.0, NEVER_CALCULATED)


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("=TOTAL(A2:A4)+RAND()", "uses RAND, which gives another value each time"),
        ("=TOTAL(_xlfn.BYROW(A2:A4,f))", "uses BYROW, which is not calculated here"),
        (
            "=TOTAL(A2:A4*2)",
            "takes a range value by value, and is no array formula: enter it again, so that it is one",
        ),
        (
            '=TOTAL(A2:A4)+"1,000"',
            "comes to #VALUE! in a function of Excel's that may be calculated otherwise in Excel",
        ),
        ("=TOTAL(Missing!A2:A4)", "refers to the sheet Missing, which is not in the workbook"),
        ("=TOTAL(A2:A4,1,2)", "gives TOTAL 3 arguments, which is not their number"),
        ("=TOTAL(#SPILL!)", "has a formula that is not understood: =TOTAL(#SPILL!)"),
    ],
)
def test_what_is_not_checked_says_why(formula: str, reason: str) -> None:
    result = one(formula, 601)
    assert (result.state, result.same, result.unchecked) == ("not checked", False, reason)
    assert result.saved == 601


def test_a_precedent_that_was_never_calculated_leaves_the_cell_unchecked() -> None:
    def fill(sheet: Any, _: Any) -> None:
        sheet.write_formula("A5", "=1+1", None, 2)
        sheet.write_formula("C2", "=TOTAL(A2:A5)", None, 603)

    assert recalculated(fill)["C2"].same
    result = of(changed(saved(fill), SHEET, "<f>1+1</f><v>2</v>", "<f>1+1</f>"))["C2"]
    assert result.unchecked == "uses Grants!A5, which was never calculated"


def test_a_difference_shows_where_it_starts() -> None:
    def fill(sheet: Any, _: Any) -> None:
        sheet.write_formula("C2", "=TOTAL(A2:A4)", None, 999)
        sheet.write_formula("C3", "=THIRD(C2)", None, 333)

    results = recalculated(fill)
    assert (results["C2"].same, results["C3"].same) == (False, True)


def spill(values: list[list[object]], formula: str = "=HALVES(A2:A4)", *, dynamic: bool = True) -> Recalculated:
    """A formula in C2 that fills the rows of ``values``."""

    def fill(sheet: Any, book: Any) -> None:
        write = sheet.write_dynamic_array_formula if dynamic else sheet.write_array_formula
        write(1, 2, len(values), 1 + len(values[0]), formula, None, values[0][0])
        for row, cells in enumerate(values, start=1):
            for column, cell in enumerate(cells, start=2):
                if cell is None:
                    sheet.write_blank(row, column, None, book.add_format({"bold": True}))
                elif (row, column) != (1, 2):
                    sheet.write(row, column, cell)

    return recalculated(fill)["C2"]


@pytest.mark.parametrize("dynamic", [True, False])
def test_a_spill_that_is_the_same(dynamic: bool) -> None:
    result = spill([[50, 50], [100, 101], [150, 150]], dynamic=dynamic)
    assert (result.state, result.rows, result.difference) == ("same", (), None)
    assert result.saved == [[50, 50], [100, 101], [150, 150]]


def test_the_rows_of_a_spill_that_differ_are_named() -> None:
    result = spill([[50, 50], [100, 100], [150, 151]])
    assert (result.state, result.rows) == ("different", (3, 4))
    assert result.difference == "2 rows of 3 not the same, the first in row 3"


def test_a_spill_of_another_size_is_a_difference_that_says_so() -> None:
    smaller = spill([[50, 50], [100, 101]])
    assert smaller.difference == "2 rows and 2 columns saved, 3 rows and 2 columns recomputed"
    assert smaller.rows == (4,)
    larger = spill([[50, 50], [100, 101], [150, 150], [0, 0]])
    assert larger.difference == "4 rows and 2 columns saved, 3 rows and 2 columns recomputed"
    assert larger.rows == (5,)
    wider = spill([[50, 50, 0], [100, 101, 0], [150, 150, 0]])
    assert wider.difference == "3 rows and 3 columns saved, 3 rows and 2 columns recomputed"
    assert wider.rows == (2, 3, 4)
    assert [smaller.same, larger.same, wider.same] == [False, False, False]


def test_a_spill_that_found_no_room_is_a_difference() -> None:
    result = spill([["#SPILL!"]])
    assert (result.state, result.saved) == ("different", "#SPILL!")
    assert result.difference == "1 row and 1 column saved, 3 rows and 2 columns recomputed"


def test_a_spill_of_one_cell_is_a_scalar() -> None:
    assert spill([[601]], "=TOTAL(A2:A4)").state == "same"
    result = spill([[600]], "=TOTAL(A2:A4)")
    assert (result.state, result.difference, result.rows) == ("different", None, ())


def test_blanks_in_a_spill_are_empty_texts() -> None:
    assert spill([[50, 50], [100, 101], [150, 150], [None, None]], "=HALVES(A2:A5)").same
    assert spill([[50, 50], [100, 101], [150, 150], [0, None]], "=HALVES(A2:A5)").rows == (5,)


def test_a_fixed_block_is_filled_as_excel_fills_it() -> None:
    padded = [[50, 50, "#N/A"], [100, 101, "#N/A"], [150, 150, "#N/A"], ["#N/A"] * 3]
    assert spill(padded, dynamic=False).same
    assert spill([[1, 2, 3], [1, 2, 3]], "=ROW()", dynamic=False).same
    assert spill([[601, 601], [601, 601]], "=TOTAL(A2:A4)", dynamic=False).same
    assert spill([[601, 601], [601, 600]], "=TOTAL(A2:A4)", dynamic=False).rows == (3,)


def test_a_fixed_block_that_hides_rows_is_a_difference() -> None:
    result = spill([[50, 50], [100, 101]], dynamic=False)
    assert (result.state, result.rows) == ("different", (4,))


def test_an_array_formula_in_one_cell_shows_the_first_value() -> None:
    assert spill([[50]], dynamic=False).same
    assert not spill([[51]], dynamic=False).same


def test_no_rows_at_all_are_a_blank() -> None:
    assert one("=NO_ROWS()", 0).recomputed is None
    assert not one("=NO_ROWS()", 0).same


def test_a_spill_is_an_argument_of_another_cell() -> None:
    def fill(sheet: Any, _: Any) -> None:
        sheet.write_dynamic_array_formula("C2:D4", "=HALVES(A2:A4)", None, 50)
        for row, cells in enumerate([[50, 50], [100, 101], [150, 150]], start=1):
            sheet.write_row(row, 2 if row > 1 else 3, cells if row > 1 else cells[1:])
        sheet.write_formula("F2", "=TOTAL(_xlfn.ANCHORARRAY(C2))", None, 300)

    results = recalculated(fill)
    assert (results["C2"].same, results["F2"].same) == (True, True)


def test_an_array_over_the_whole_sheet_is_not_walked() -> None:
    data = saved(lambda sheet, _: sheet.write_dynamic_array_formula("C2:C4", "=HALVES(A2:A4)", None, 50))
    result = of(changed(data, SHEET, 'ref="C2:C4"', 'ref="A1:XFD1048576"'))["C2"]
    assert result.unchecked == "uses a range of 1,048,576 rows and 16,384 columns, more than is read for a formula"


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (0.1 + 0.2, 0.3, True),
        (1e14 + 1, 1e14, False),
        (1e15 + 1, 1e15, True),
        (1e16 + 2, 1e16, True),
        (0, -0.0, True),
        (1, 1.0, True),
        (True, 1, False),
        (None, "", True),
        ("", 0, False),
        ("#N/A", ErrorValue("#N/A"), True),
        ("first\nsecond", "first\r\nsecond", True),
        (DAY, DAY.date(), True),
        (37214, DAY, True),
        (dt.time(12), 0.5, True),
        ("2001-11-19", DAY, False),
    ],
)
def test_same_to_excel(left: object, right: object, same: bool) -> None:
    assert same_value(left, right) is same
    assert same_value(right, left) is same


def test_the_functions_of_the_package_are_the_default() -> None:
    """Plan §11(c): of 12,000 shares at $10, first exercisable in one year, 10,000 carry ISO treatment."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Grants")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.add_table(
            "A1:E2",
            {"name": "Ledger", "columns": [{"header": h} for h in ("Grant", "Date", "FMV", "Exercisable", "Shares")]},
        )
        sheet.write_row("A2", ["G-1", None, 10, None, 12000])
        sheet.write_datetime("B2", DAY, day)
        sheet.write_datetime("D2", dt.datetime(2002, 11, 19), day)
        columns = ",".join(f"Ledger[{name}]" for name in ("Grant", "Date", "FMV", "Exercisable", "Shares"))
        for row, nso in ((2, 2000), (4, 1999)):
            sheet.write_dynamic_array_formula(row, 6, row, 7, f"=ISO_LIMIT_SPLIT({columns})", None, 10000)
            sheet.write(row, 7, nso)

    right, wrong = recalculate(read_bytes(workbook(fill)))
    assert (right.function, right.state, right.recomputed) == ("ISO_LIMIT_SPLIT", "same", [[10000, 2000]])
    assert (wrong.cell, wrong.state, wrong.rows) == ("G5", "different", (5,))


def test_a_whole_column_is_refused_as_the_sheet_refuses_it() -> None:
    """Excel hands over a million rows, the function takes at most 100,000: what was saved is the error."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Split")
        sheet.write_column("A1", [101, 7])
        sheet.write_formula("C1", "=SPLIT_TRANCHES(A:A,3,2)", None, "#VALUE!")
        sheet.write_formula("D1", "=SPLIT_TRANCHES(INDEX(A:A,1),3,2)", None, 151)

    assert [result.state for result in recalculate(read_bytes(workbook(fill), "book"))] == ["same", "same"]
