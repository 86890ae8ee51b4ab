"""Answers of worksheet functions as texts of JSON. The same text runs here and in the browser's Python.

Texts are compared, so that 5 is not 5.0, an error is not the text that looks like it, and a double is itself to the
last digit: JSON writes the shortest decimal that reads back as the same double.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from plansheet.excel import ExcelError

Calls = list[tuple[str, list[Any]]]


def told_cell(cell: Any) -> Any:
    if isinstance(cell, ExcelError):
        return {"error": str(cell), "message": cell.message}
    if isinstance(cell, dt.datetime):
        return {"date": cell.isoformat()}
    if type(cell) in (str, float, int, bool):
        return cell
    raise TypeError(f"a cell holds {cell!r}, a {type(cell).__name__}")


def told(answer: Any) -> str:
    whole = [[told_cell(cell) for cell in row] for row in answer] if isinstance(answer, list) else told_cell(answer)
    return json.dumps(whole, allow_nan=False)


def answers(functions: dict[str, Callable[..., Any]], calls: Calls) -> list[str]:
    return [told(functions[name](*arguments)) for name, arguments in calls]
