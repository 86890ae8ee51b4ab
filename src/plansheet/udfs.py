"""Registers the worksheet functions with Excel through xlwings.

In the classic add-in for Windows, enter plansheet.udfs as the UDF module; in xlwings Lite or on a server, write
``from plansheet.udfs import *``. Every function of plansheet.excel stands here under its Excel name, decorated with
whatever xlwings offers where this is imported; where there is no Excel, that is nothing.
"""

import inspect
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import xlwings as xw
from xlwings.conversion import CleanDataFromReadStage, ConversionContext, Pipeline, ValueAccessor

from plansheet.excel import FUNCTIONS, ExcelError, as_shown
from plansheet.excel.reading import ERROR_NUMBERS
from plansheet.excel.signature import signature_of

_COM_ERROR = -0x7FF60000  # 0x800A0000 as COM counts: an error cell is this and Excel's XlCVError
_ERRORS = {number: error for error, number in ERROR_NUMBERS.items()}


class StoredCells(ValueAccessor):
    """Cells as the workbook stores them, where COM's Range.Value would give something else.

    A cell of a currency format comes rounded to four decimals, as a Decimal; Range.Value2 has the double that it holds.
    An error comes as a number, and xlwings knows the seven oldest only. Dates stay as they come: Range.Value knows
    whether the workbook counts from 1900 or from 1904.
    """

    @staticmethod
    def reader(options: dict[str, Any]) -> Pipeline:
        """The stages of xlwings, with one more before the cells are cleaned."""
        stages: Pipeline = ValueAccessor.reader(options)  # type: ignore[no-untyped-call]  # xlwings has no types here
        stages.insert_stage(_as_stored, before=CleanDataFromReadStage)  # type: ignore[no-untyped-call]  # nor here
        return stages


def _as_stored(context: ConversionContext) -> None:
    rows: Sequence[Sequence[object]] = context.value
    kinds = {type(cell) for row in rows for cell in row}
    if not kinds & {Decimal, int}:
        return
    stored = rows
    if context.range is not None and Decimal in kinds:
        doubles = context.range.api.Value2
        stored = doubles if isinstance(doubles, (list, tuple)) else [[doubles]]  # COM gives a single cell bare
    context.value = [list(map(_stored_cell, *pair)) for pair in zip(rows, stored, strict=True)]


def _stored_cell(cell: object, stored: Any) -> object:
    if isinstance(cell, Decimal):
        return float(stored)
    if isinstance(cell, int) and 2000 <= cell - _COM_ERROR < 2100:
        return _ERRORS.get(cell - _COM_ERROR, "#UNKNOWN!")
    return cell


# Two dimensions keep a row apart from a column; text keeps an error apart from a blank. Only the classic add-in reads
# its cells through COM.
_ARRIVAL: dict[str, Any] = {"ndim": 2, "err_to_str": True}
if sys.platform == "win32" and not xw.on_server:
    _ARRIVAL["convert"] = StoredCells


def registered(func: Any = xw.func, arg: Any = xw.arg) -> dict[str, Callable[..., object]]:
    """Every worksheet function by its Excel name, under decorators of xlwings (left out: those of this system)."""
    return {name: _registered(name, function, func, arg) for name, function in FUNCTIONS.items()}


def _registered(name: str, function: Callable[..., object], func: Any, arg: Any) -> Callable[..., object]:
    """A worksheet function as xlwings takes it: positional arguments, documented, and without type hints.

    xlwings reads hints as conversions: ``-> object`` would make of every answer an object handle, or crash.
    """

    def on_sheet(*args: Any, **kwargs: Any) -> object:
        return _without_subclass(as_shown(name, function(*args, **kwargs)))

    parameters = inspect.signature(function).parameters
    signature = signature_of(function)
    on_sheet.__name__ = on_sheet.__qualname__ = name
    on_sheet.__doc__ = signature.summary
    on_sheet.__annotations__ = {}
    on_sheet.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # inspect.signature looks for it
        [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters.values()]
    )
    for argument in signature.arguments:
        on_sheet = arg(argument.name, doc=argument.text, **_ARRIVAL)(on_sheet)
    decorated: Callable[..., object] = func(on_sheet)
    return decorated


def _without_subclass(answer: object) -> object:
    """An answer with plain texts for errors, which xlwings compares with its list of codes."""
    if isinstance(answer, list):
        return [[_cell(cell) for cell in row] for row in answer]
    return _cell(answer)


def _cell(cell: object) -> object:
    return str(cell) if isinstance(cell, ExcelError) else cell


# xlwings finds functions among the attributes of the module, by their Excel names.
globals().update(registered())
__all__ = list(FUNCTIONS)
