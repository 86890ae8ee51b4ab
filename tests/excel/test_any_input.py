"""Every worksheet function is pure, and returns errors whatever it is given; it never raises."""

from __future__ import annotations

import copy
import datetime as dt
import inspect
import math
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plansheet.excel import FUNCTIONS, ExcelError
from sentences import ERROR_CELLS, assert_sentence
from udfs.calls import ACTIVITY, ANSWERED


def cells_in(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for inner in value:
            yield from cells_in(inner)
    else:
        yield value


def assert_what_excel_can_show(result: object) -> None:
    """A scalar, or a rectangle of rows, of text, finite doubles, truth values and dates."""
    if isinstance(result, list):
        assert result
        assert all(isinstance(row, list) and row for row in result)
        assert len({len(row) for row in result}) == 1
        assert not any(isinstance(value, list) for row in result for value in row)
    for value in cells_in(result):
        assert isinstance(value, str | float | int | dt.datetime), repr(value)
        assert not isinstance(value, float) or math.isfinite(value)
        if isinstance(value, ExcelError):
            assert_sentence(value.message)
        elif isinstance(value, str):
            assert value not in ERROR_CELLS, "an error without its sentence"


def test_every_function_has_a_call_here() -> None:
    assert set(FUNCTIONS) == set(ANSWERED)
    assert all(callable(function) for function in FUNCTIONS.values())


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_call_that_is_right(name: str) -> None:
    arguments = copy.deepcopy(ANSWERED[name])
    result = FUNCTIONS[name](*arguments)
    assert_what_excel_can_show(result)
    assert not any(isinstance(value, ExcelError) for value in cells_in(result))
    assert arguments == ANSWERED[name], "the arguments were changed"
    assert FUNCTIONS[name](*arguments) == result


junk_cells = st.one_of(
    st.sampled_from(
        [None, "", 0, 0.0, *ERROR_CELLS, True, False, "\u00a0", "ISO", "SPLIT", "3-for-2", "A-1", "2001-02-01"]
    ),
    st.sampled_from([-1.0, 1e-300, 1e300, -1e300, math.nan, math.inf, -math.inf, 10**400, 2958466.0, 60, -0.0]),
    st.text(max_size=6),
    st.integers(-10, 10**6),
    st.floats(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.sampled_from([b"bytes", (), {}, object, 1j]),
)
junk_arguments = st.one_of(
    junk_cells,
    st.lists(junk_cells, max_size=4),
    st.lists(st.lists(junk_cells, max_size=4), max_size=4),
    st.lists(junk_cells.map(lambda cell: [cell]), min_size=1, max_size=4),
    st.lists(junk_cells, min_size=1, max_size=3).map(lambda row: [list(ACTIVITY[0]), row]),
)


def arity(function: Callable[..., object]) -> tuple[int, int]:
    parameters = inspect.signature(function).parameters.values()
    required = sum(parameter.default is inspect.Parameter.empty for parameter in parameters)
    return required, len(parameters)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@settings(max_examples=max(settings.default.max_examples // 4, 1))
@given(data=st.data())
def test_no_function_ever_raises_whatever_it_is_given(name: str, data: st.DataObject) -> None:
    least, most = arity(FUNCTIONS[name])
    arguments = data.draw(st.lists(junk_arguments, min_size=least, max_size=most))
    assert_what_excel_can_show(FUNCTIONS[name](*arguments))


@pytest.mark.parametrize("name", sorted(name for name in FUNCTIONS if ANSWERED[name]))
@settings(max_examples=max(settings.default.max_examples // 4, 1))
@given(data=st.data())
def test_no_function_ever_raises_when_a_right_sheet_has_one_wrong_cell(name: str, data: st.DataObject) -> None:
    arguments = list(copy.deepcopy(ANSWERED[name]))
    place = data.draw(st.integers(0, len(arguments) - 1))
    wrong = data.draw(junk_cells)
    if isinstance(arguments[place], list):
        row = data.draw(st.sampled_from(arguments[place]))
        row[data.draw(st.integers(0, len(row) - 1))] = wrong
    else:
        arguments[place] = data.draw(st.sampled_from([wrong, [[wrong]], [wrong]]))
    assert_what_excel_can_show(FUNCTIONS[name](*arguments))
