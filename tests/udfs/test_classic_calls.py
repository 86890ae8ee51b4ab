"""Calls of the classic add-in from end to end: cells of a range, through xlwings' own code, to the answer for COM."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from plansheet.excel import FUNCTIONS, SENTENCES_IN_CELLS
from udfs.calls import ANSWERED, FEBRUARY, LEDGER, LIMIT_ARGUMENTS, NEXT_FEBRUARY, REFUSED, TRANCHES, column
from udfs.windows import ERROR_NUMBERS, ClassicExcel, Currency

NAMES = pytest.mark.parametrize("name", FUNCTIONS)


def by_com(answer: Any) -> Any:
    """An answer as VBA has it: one cell bare, one row flat, datetimes with a zone (pywin32 wants one)."""
    rows = [[zoned(cell) for cell in row] for row in answer] if isinstance(answer, list) else [[zoned(answer)]]
    row = rows[0]
    if len(rows) > 1:
        return rows
    return row[0] if len(row) == 1 else row


def zoned(cell: Any) -> Any:
    return cell.replace(tzinfo=dt.UTC) if isinstance(cell, dt.datetime) else cell


def left_out(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(... if argument is None else argument for argument in arguments)


def as_arrays(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(tuple(row) for row in each) if isinstance(each, list) else each for each in arguments)


@NAMES
def test_ranges_have_the_answer_of_the_plain_function(excel: ClassicExcel, name: str) -> None:
    assert excel.call(name, *left_out(ANSWERED[name])) == by_com(FUNCTIONS[name](*ANSWERED[name]))


def test_a_workbook_with_a_sheet_of_python_is_not_looked_at(
    excel: ClassicExcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given the workbook, xlwings would run such sheets where it has a licence for that, and refuse the call here."""
    monkeypatch.setattr(excel.workbook, "Worksheets", [SimpleNamespace(Name="x.py", Parent=excel.workbook)])
    excel.generator.udf_modules.clear()  # it looks before it loads the functions
    with pytest.raises(Exception, match="Embedded code requires a valid LICENSE_KEY"):
        excel.call_of(excel.workbook, "PLANSHEET_VERSION")
    assert excel.generator.udf_modules == {}
    assert excel.call("PLANSHEET_VERSION") == FUNCTIONS["PLANSHEET_VERSION"]()


@NAMES
def test_one_cell_ranges_are_as_good_as_values(excel: ClassicExcel, name: str) -> None:
    cells = tuple(each if isinstance(each, list) or each is None else [[each]] for each in ANSWERED[name])
    assert excel.call(name, *left_out(cells)) == by_com(FUNCTIONS[name](*ANSWERED[name]))


@NAMES
def test_computed_arrays_have_the_answer_of_ranges(excel: ClassicExcel, name: str) -> None:
    assert excel.call(name, *left_out(as_arrays(ANSWERED[name]))) == by_com(FUNCTIONS[name](*ANSWERED[name]))


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_call_is_an_error_and_its_sentence_where_sentences_stand(excel: ClassicExcel, name: str) -> None:
    refusal: Any = FUNCTIONS[name](*REFUSED[name])
    shown = excel.call(name, *REFUSED[name])
    assert shown == ([refusal, refusal.message] if name in SENTENCES_IN_CELLS else refusal)


def test_a_split(excel: ClassicExcel) -> None:
    assert excel.call("ISO_LIMIT_SPLIT", *LIMIT_ARGUMENTS) == [[1000, 0], [2000, 0], [819, 681], [0, 400], ["", ""]]


def test_a_split_with_optional_arguments_left_out_in_the_middle(excel: ClassicExcel) -> None:
    one = (column("G-1"), column(FEBRUARY), column(30), column(NEXT_FEBRUARY), column(4000))
    assert excel.call("ISO_LIMIT_SPLIT", *one, ..., ..., ..., ..., "EXACT") == pytest.approx([10000 / 3, 2000 / 3])
    assert excel.call("ISO_LIMIT_SPLIT", *one, ..., ..., ..., 60000, ...) == [2000, 2000]


def test_a_pool(excel: ClassicExcel) -> None:
    assert excel.call("POOL_AVAILABLE", 1000, *LEDGER, dt.datetime(2001, 6, 30)) == 1635
    assert excel.call("POOL_AVAILABLE", 1000, *LEDGER, ..., "ISO") == 2085


def test_a_cashout(excel: ClassicExcel) -> None:
    options = (column(1000, 500, 200), column(5.25, 12, 3.1), column("Ann Lee", "Ann Lee", "Bo"))
    assert excel.call("MERGER_CASHOUT", 10, *options) == [[3750], [0], [1380]]
    assert excel.call("MERGER_CASHOUT", 10, *options, "PER_OPTION") == [[4750], [0], [1380]]


@pytest.mark.parametrize("error", sorted(set(ERROR_NUMBERS) - {"#OF THE FUTURE!"}))
def test_an_error_cell_is_that_error_and_never_a_number(excel: ClassicExcel, error: str) -> None:
    answer = excel.call("ADJUST_FOR_SPLIT", column(1000, error), column(5.25, 12), 3, 2)
    assert answer == [[1500, 3.5], [error, error]]
    assert excel.call("ADJUST_FOR_SPLIT", column(1000, 500), column(5.25, 12), error, 2) == error


def test_an_error_that_excel_adds_some_day_is_an_error_too(excel: ClassicExcel) -> None:
    answer = excel.call("ADJUST_FOR_SPLIT", column(1000, "#OF THE FUTURE!"), column(5.25, 12), 3, 2)
    assert answer == [[1500, 3.5], ["#UNKNOWN!", "#UNKNOWN!"]]


@pytest.mark.parametrize("price", [12.3456789, 0.00004, 25.0, 1 / 3])
def test_a_cell_of_a_currency_format_counts_as_it_is_stored(excel: ClassicExcel, price: float) -> None:
    plain = FUNCTIONS["ADJUST_FOR_SPLIT"](column(1000, None), column(price, None), 1, 1, "EXACT")
    formatted = column(Currency(price), None)
    assert excel.call("ADJUST_FOR_SPLIT", column(1000, None), formatted, 1, 1, "EXACT") == plain
    alone = [[Currency(1000.123456)]]
    assert excel.call("MERGER_CASHOUT", alone, column(1_000_000), column(0.5)) == 999_623_456


def test_currency_beside_dates_and_texts_leaves_them_alone(excel: ClassicExcel) -> None:
    headings = ["Grant", "Holder", "Type", "Grant date", "FMV", "Shares", "Vesting start", "Months"]
    grant = ["G-1", "Ann Lee", "ISO", FEBRUARY, Currency(33.33334), 4000, FEBRUARY, 0]
    answer = excel.call("ISO_LIMIT_BY_GRANT", [headings, grant])
    assert answer == [["Grant", "Holder", "ISO", "NSO"], ["G-1", "Ann Lee", 2999, 1001]]  # at 33.3333 it would be 3,000


def test_a_row_is_read_as_a_column(excel: ClassicExcel) -> None:
    rows = [[[cell for (cell,) in argument]] for argument in TRANCHES]
    assert excel.call("ISO_LIMIT_SPLIT", *rows) == by_com(FUNCTIONS["ISO_LIMIT_SPLIT"](*TRANCHES))
