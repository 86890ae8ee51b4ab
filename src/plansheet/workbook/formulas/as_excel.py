"""What Excel makes of values where the engine makes something else of them, or where nobody can tell."""

import math
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from plansheet.core.numbers import DIGITS
from plansheet.excel.reading import ERRORS
from plansheet.workbook.formulas.expressions import NotChecked

Rows = Sequence[Sequence[object]]

_CRITERION = re.compile(r"(?:<=|>=|<>|=|<|>)?\s*(?P<sought>.*)", re.DOTALL)
_SHOWN_NUMBER = re.compile(r"[-+($\u20ac\u00a3\s]*\d[\d,.]*[%)\s]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?")
_PLAIN = re.compile(r"[a-z0-9 .,'-]*")
_WORDS = re.compile(r"[^\W\d_]*(?:[ .,-]+[^\W\d_]+)*[ .,-]*")
_SMALLEST_WRITTEN, _LARGEST_WRITTEN = 1e-4, 1e20
_LEFT_OUT = str.maketrans("", "", "'-")


def in_digits(value: object) -> object:
    """A number as Excel compares it, and writes it in a text: 15 digits, and no 0 below 0."""
    if isinstance(value, list):
        return [in_digits(each) for each in value]
    return float(format(value, f".{DIGITS}g")) + 0.0 if isinstance(value, float) and math.isfinite(value) else value


def check_written(value: object) -> None:
    """Refuse to write into a text a number that Excel may write with a power of ten."""
    if isinstance(value, float) and value and not _SMALLEST_WRITTEN <= abs(value) < _LARGEST_WRITTEN:
        raise NotChecked("makes a text of a number that Excel may write with a power of ten")


def check_text(name: str, text: str, start: float = 1) -> None:
    """Refuse TRIM of blanks other than spaces, PROPER of more than words, REPLACE from behind the end."""
    match name:
        case "TRIM":
            is_plain = all(letter == " " or not letter.isspace() for letter in text)
        case "PROPER":
            is_plain = _WORDS.fullmatch(text) is not None
        case _:
            is_plain = 1 <= start <= len(text) + 1
    if not is_plain:
        raise NotChecked(f"uses {name} of {text[:40]!r}, which is not calculated here")


def numbers_alone(rows: Rows) -> list[list[object]]:
    """An array as SUMPRODUCT counts it: what is no number, such as TRUE, is 0; errors stay."""
    return [[cell if is_number(cell) or _is_error(cell) else 0 for cell in row] for row in rows]


def check_step(name: str, number: object, step: object) -> None:
    """Refuse CEILING and FLOOR below 0, by 0, and of a number that is a multiple but for the binary tail."""
    if is_number(number) and is_number(step):
        if _as_number(number) < 0 or _as_number(step) <= 0:
            raise NotChecked(f"uses {name} of a number or a step that is not above 0, which is not calculated here")
        check_whole(name, number, step)


def check_whole(name: str, *numbers: object) -> None:
    """Refuse INT, MOD, QUOTIENT and MROUND of what is whole, or half, but for the binary tail."""
    exact = [Fraction(number) for number in numbers if isinstance(number, int | float)]
    if not exact or len(exact) < len(numbers):
        return
    of, by = (*exact, Fraction(1))[:2]
    if by == 0:
        return
    times = of / by + (Fraction(1, 2) if name == "MROUND" else 0)
    if times.denominator != 1 and float(format(float(times), f".{DIGITS}g")).is_integer():
        raise NotChecked(f"uses {name} of a number that is whole but for its last binary digits")


def check_criterion(name: str, criterion: object) -> None:
    """Refuse what Excel reads as a number or an error and the engine as a text."""
    if not isinstance(criterion, str):
        return
    match = _CRITERION.fullmatch(criterion)
    sought = match["sought"].strip() if match else ""
    if sought in ERRORS:
        raise NotChecked(f"looks in {name} for the error {sought}, which is not calculated here")
    if _SHOWN_NUMBER.fullmatch(sought) and not _NUMBER.fullmatch(sought):
        raise NotChecked(f"looks in {name} for {sought[:60]}, which is not calculated here; write the number alone")


def is_in_order(values: Sequence[object]) -> bool:
    """Whether values are of one kind and none is smaller than the one before it."""
    kinds = {_kind(value) for value in values}
    if len(kinds) != 1 or None in kinds:
        return False
    keys = [_key(value) for value in values]
    return all(one <= other for one, other in pairwise(keys))


def check_tail(sought: object, values: Sequence[object]) -> None:
    """Refuse to look up a number that is one of the list but for its last binary digits."""
    shown = in_digits(sought)
    has_tail = isinstance(sought, float) and shown != sought and sought not in values
    if has_tail and any(is_number(value) and in_digits(value) == shown for value in values):
        raise NotChecked("looks up a number that is in the list but for its last binary digits")


def position(sought: object, values: Sequence[object]) -> int | None:
    """Where MATCH(..., 1) finds a value, counted from 1; None where it finds none.

    Excel halves the list and passes over what is of another kind. So what is no smaller than any is found as the last,
    in whatever order the list is; what lies between is found in a list in order alone.
    """
    sought = 0.0 if sought is None else sought
    kind = _kind(sought)
    alike = [(_key(value), at) for at, value in enumerate(values, start=1) if _kind(value) == kind]
    if kind is None:
        raise NotChecked("looks up by approximation what is neither a number nor a text")
    key = _key(sought)
    if not alike:
        return None
    if all(each <= key for each, _ in alike):
        return alike[-1][1]
    if not is_in_order([values[at - 1] for _, at in alike]):
        raise NotChecked("looks up by approximation in what is not in ascending order")
    return max((at for each, at in alike if each <= key), default=None)


def check_order(texts: Iterable[str]) -> None:
    """Refuse to put texts in order where Excel's order, which passes over ' and -, may be another one."""
    keys = {text.casefold() for text in texts} - {""}
    is_plain = all(map(_PLAIN.fullmatch, keys))
    if not is_plain or sorted(keys) != sorted(keys, key=lambda key: (key.translate(_LEFT_OUT), key)):
        raise NotChecked("puts texts in order that Excel may put in another one")


def is_number(value: object) -> bool:
    """Whether a value is a number, as TRUE is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _is_error(value: object) -> bool:
    return isinstance(value, str) and value in ERRORS


def _kind(value: object) -> type | None:
    if is_number(value):
        return float
    if isinstance(value, bool):
        return bool
    return str if isinstance(value, str) and value not in ERRORS else None


def _key(value: object) -> Any:
    """A value as it is put in order, among those of its own kind alone."""
    return value.casefold() if isinstance(value, str) else value
