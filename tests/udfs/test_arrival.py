"""Arguments in the shapes in which Excel sends them: the classic add-in, computed arrays, Office.js on desktop and web.

The same sheet must have the same answers on every route, so each shape is compared with the plain one of calls.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from plansheet import udfs
from plansheet.excel import FUNCTIONS, SENTENCES_IN_CELLS, ExcelError
from udfs.calls import ANSWERED, CANNOT_BE_REFUSED, REFUSED, Rows, column

Shape = Callable[[Any], Any]

# ---- What a cell is on each route ------------------------------------------------------------------------------------


def serial(moment: dt.datetime) -> float:
    return (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)


def classic_range(cell: Any) -> Any:
    return float(cell) if isinstance(cell, int) else cell


def classic_computed_array(cell: Any) -> Any:
    return serial(cell) if isinstance(cell, dt.datetime) else classic_range(cell)


def office_web(cell: Any) -> Any:
    return int(serial(cell)) if isinstance(cell, dt.datetime) else cell


def office_desktop(cell: Any) -> Any:
    return 0 if cell is None else office_web(cell)


def blank_text(cell: Any) -> Any:
    return "" if cell is None else cell


def time_of_day(cell: Any) -> Any:
    return cell.replace(hour=17, minute=30) if isinstance(cell, dt.datetime) else cell


CELLS = [classic_range, classic_computed_array, office_web, office_desktop, blank_text, time_of_day]

# ---- What a range is -------------------------------------------------------------------------------------------------


def two_dimensions(rows: Rows) -> Any:
    return rows


def laid_in_a_row(rows: Rows) -> Any:
    return [[row[0] for row in rows]] if is_column(rows) else rows


def flat(rows: Rows) -> Any:
    return [row[0] for row in rows] if is_column(rows) else rows


def tuples(rows: Rows) -> Any:
    return tuple(tuple(row) for row in rows)


def is_column(rows: Rows) -> bool:
    return all(len(row) == 1 for row in rows)


RANGES = [two_dimensions, laid_in_a_row, flat, tuples]


def bare(cell: Any) -> Any:
    return cell


def one_cell_range(cell: Any) -> Any:
    return [[cell]]


SCALARS = [bare, one_cell_range]


def arrive(argument: Any, cell: Shape, rows: Shape, scalar: Shape) -> Any:
    if argument is None:
        return None  # left out: None on every route, never [[None]]
    if isinstance(argument, list):
        return rows([[cell(value) for value in row] for row in argument])
    return scalar(cell(argument))


def every_arrival(arguments: tuple[Any, ...], cell: Shape) -> Iterator[tuple[str, list[Any]]]:
    for rows, scalar in product(RANGES, SCALARS):
        shapes = f"ranges as {rows.__name__}, single cells as {scalar.__name__}"
        yield shapes, [arrive(argument, cell, rows, scalar) for argument in arguments]


def has_error(answer: Any) -> bool:
    cells = [cell for row in answer for cell in row] if isinstance(answer, list) else [answer]
    return any(isinstance(cell, ExcelError) for cell in cells)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_calls(name: str) -> None:
    assert not has_error(FUNCTIONS[name](*ANSWERED[name]))
    assert name in CANNOT_BE_REFUSED or isinstance(FUNCTIONS[name](*REFUSED[name]), ExcelError)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_shape_has_the_same_answer(name: str, cell: Shape) -> None:
    for shapes, arguments in every_arrival(ANSWERED[name], cell):
        assert FUNCTIONS[name](*arguments) == FUNCTIONS[name](*ANSWERED[name]), shapes


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", REFUSED)
def test_every_shape_is_refused_with_the_same_sentence(name: str, cell: Shape) -> None:
    for shapes, arguments in every_arrival(REFUSED[name], cell):
        refusal = FUNCTIONS[name](*arguments)
        assert isinstance(refusal, ExcelError), shapes
        assert (refusal, refusal.message) == (plain_refusal(name), plain_refusal(name).message), shapes


def plain_refusal(name: str) -> ExcelError:
    refusal = FUNCTIONS[name](*REFUSED[name])
    assert isinstance(refusal, ExcelError)
    return refusal


@pytest.mark.parametrize("blank", [None, 0, 0.0, "", " ", [[None]], [[0]], [[""]]])
@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        *(("ISO_LIMIT_SPLIT", position) for position in (6, 8, 9)),
        *(("ISO_LIMIT_BY_YEAR", position) for position in (6, 8, 9)),
        ("ISO_LIMIT_BY_GRANT", 3),
        ("ADJUST_FOR_SPLIT", 4),
        ("MERGER_CASHOUT", 4),
        *(("POOL_AVAILABLE", position) for position in (6, 7, 8)),
        ("POOL_LEDGER", 6),
        ("VEST_TRANCHES", 5),
        *(("OPTIONS_OUTSTANDING", position) for position in (3, 4, 5)),
        *(("ANNUAL_GRANT_ROOM", position) for position in (3, 5)),
        ("ISO_LAST_EXPIRY", 1),
        *(("PLAN_LAST_GRANT", position) for position in (1, 2)),
        *(("EXERCISE_DEADLINE", position) for position in (3, 4)),
    ],
)
def test_a_blank_cell_for_an_optional_one_is_its_default(name: str, left_out: int, blank: Any) -> None:
    arguments = list(ANSWERED[name])
    arguments[left_out] = None
    default = FUNCTIONS[name](*arguments)
    arguments[left_out] = blank
    assert FUNCTIONS[name](*arguments) == default
    assert not has_error(default)


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#CALC!"])
def test_an_error_cell_arrives_as_text_and_stays_that_error(error: str) -> None:
    prices = column(error, 12)
    assert udfs.ADJUST_FOR_SPLIT(column(1000, 500), prices, [[3]], [[2]]) == [[error, error], [750.0, 8.0]]
    assert udfs.MERGER_CASHOUT([[10]], column(1000, 500), column(4, 12), column("Ann Lee", "Bo"), [[error]]) == error


# ---- What goes back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_registered_function_gives_the_answer_of_the_plain_one(name: str) -> None:
    assert getattr(udfs, name)(*ANSWERED[name]) == FUNCTIONS[name](*ANSWERED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_call_shows_its_sentence_where_sentences_stand(name: str) -> None:
    shown = getattr(udfs, name)(*REFUSED[name])
    refusal = plain_refusal(name)
    assert shown == ([[str(refusal), refusal.message]] if name in SENTENCES_IN_CELLS else str(refusal))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_sentences_and_headed_tables_are_known_as_such(name: str) -> None:
    """Their first row is words throughout; no other function answers with rows of words."""
    answer = FUNCTIONS[name](*ANSWERED[name])
    words = isinstance(answer, list) and all(isinstance(cell, str) and cell for cell in answer[0])
    assert (name in SENTENCES_IN_CELLS) == words


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("calls", [ANSWERED, REFUSED, {"ISO_LIMIT_BY_YEAR": (*ANSWERED["ISO_LIMIT_SPLIT"][:5], "Ann")}])
def test_an_answer_is_of_the_types_that_xlwings_converts(name: str, calls: dict[str, tuple[Any, ...]]) -> None:
    """Texts, doubles and datetimes and no subclass of them, in rows of equal width, never an empty list."""
    answer = getattr(udfs, name)(*calls.get(name, ()))
    rows = answer if isinstance(answer, list) else [[answer]]
    assert {type(cell) for row in rows for cell in row} <= {str, float, dt.datetime}
    assert len({len(row) for row in rows}) == 1
    assert rows[0]
