"""JSON that is written as it comes: long lists are never held, and each of their elements is a line or a few."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from plansheet.core.words import Identifier


def write_json_value(to: TextIO, value: object, levels: int, indent: str = "") -> None:
    """A value in ASCII, which is right in every encoding.

    What is nested no deeper than ``levels`` has a line for each part, what is deeper stands on one line. An iterator
    is written as an array, one element at a time; it may be an array or a member of an object.
    """
    if isinstance(value, Mapping) and value and (levels or any(isinstance(part, Iterator) for part in value.values())):
        _write_parts(to, "{}", ((f"{json.dumps(name)}: ", part) for name, part in value.items()), levels, indent)
    elif isinstance(value, Iterator) or (levels and isinstance(value, list)):
        _write_parts(to, "[]", (("", part) for part in value), levels, indent)
    else:
        to.write(json.dumps(value, default=_plain))


def _write_parts(to: TextIO, brackets: str, parts: Iterable[tuple[str, object]], levels: int, indent: str) -> None:
    deeper, empty = f"{indent}  ", True
    to.write(brackets[0])
    for name, part in parts:
        to.write(f"{'' if empty else ','}\n{deeper}{name}")
        write_json_value(to, part, max(levels - 1, 0), deeper)
        empty = False
    to.write(brackets[1] if empty else f"\n{indent}{brackets[1]}")


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time(0) else value.isoformat()
    if isinstance(value, (dt.date, dt.time, dt.timedelta, Identifier)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
