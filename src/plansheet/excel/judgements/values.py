"""The saved value of a plan function against what it gives now."""

import re
from collections.abc import Iterator
from typing import TypeGuard

from plansheet.core.numbers import counted_text, dollars_text, entered_text, exact, same_as_shown
from plansheet.core.rule import Hit, Severity, rule
from plansheet.excel.judgements.facts import Facts, Place, Recalculated, hit
from plansheet.excel.judgements.sentences import counted, rows_text, shown
from plansheet.excel.reading import ERRORS


@rule(
    "CALC001",
    Severity.ERROR,
    plan="",
    message="{function} was saved as {saved}, it gives {recomputed}{by}{difference}.",
    fix="Calculate the workbook again (Ctrl+Alt+F9) and save it; if that changes nothing, enter the formula again.",
)
def saved_value_differs(facts: Facts) -> Iterator[Hit]:
    """The value saved for a plan-function cell is not what the function gives for the cells that it uses.

    Why: a stale or typed-over value looks like a calculated one.
    Example: a spill of ISO_LIMIT_SPLIT in which somebody typed a number, or a workbook saved in manual calculation.
    Not covered: cells whose saved values are the same although the cells they use are wrong; the rules check those.
    """
    for result in _different(facts):
        if _error_of(result) is None and not _is_text_for_number(result):
            saved, recomputed = _first_different(result, result.saved), _first_different(result, result.recomputed)
            yield _hit(
                result,
                saved=shown(saved),
                recomputed=shown(recomputed),
                by=_by(result),
                difference=_difference(result),
            )


@rule(
    "CALC002",
    Severity.ERROR,
    plan="",
    message="{function} was never calculated: the workbook holds no value for it.",
    fix="Open the workbook in Excel with plansheet at hand, let it calculate, and save it.",
)
def never_calculated(facts: Facts) -> Iterator[Hit]:
    """A plan-function cell has no saved value.

    Why: whoever reads the workbook without plansheet sees an empty cell or a 0.
    Example: a workbook written by a program and never opened.
    Not covered: formulas of other functions.
    """
    for result in facts.results:
        if result.state == "never calculated":
            yield _hit(result)


@rule(
    "CALC003",
    Severity.ERROR,
    plan="",
    message="{function} was saved as the error {saved}, it gives {recomputed}.",
    fix="Calculate the workbook where plansheet is installed (#NAME? says that it is not), and save it.",
)
def saved_error(facts: Facts) -> Iterator[Hit]:
    """The value saved for a plan-function cell is an error, though the function has an answer.

    Why: the workbook was saved where the functions were not at hand, and every figure that rests on it is an error.
    Example: #NAME? in every plan-function cell.
    Not covered: an error that the function gives itself; the cells that cause it are findings of their own.
    """
    for result in _different(facts):
        error = _error_of(result)
        if error is not None:
            yield _hit(result, saved=error, recomputed=shown(result.recomputed))


@rule(
    "CALC004",
    Severity.ERROR,
    plan="",
    message='{function} was saved as the text "{saved}" where a number belongs; it gives {recomputed}.',
    fix="Correct what the text names, calculate the workbook again (Ctrl+Alt+F9), and save it.",
)
def saved_sentence(facts: Facts) -> Iterator[Hit]:
    """A plan-function cell was saved with the text of an error, or of waiting, in place of its number.

    Why: a text is no error to Excel: SUM passes over it without a word, and the total is short by the figure.
    Example: "#N/A waiting..." of a call that was not finished, or the sentence of a macro that failed.
    Not covered: real errors such as #NAME? (CALC003), and a short text that somebody typed (CALC001).
    """
    for result in _different(facts):
        if _error_of(result) is None and _is_text_for_number(result):
            saved, recomputed = _first_pair(result)
            yield _hit(result, saved=shown(saved), recomputed=shown(recomputed))


def _different(facts: Facts) -> Iterator[Recalculated]:
    return (r for r in facts.results if r.state == "different" and r.function != _VERSION)


_VERSION = "PLANSHEET_VERSION"  # another version's number is no wrong figure


def _hit(result: Recalculated, **said: object) -> Hit:
    return hit(Place(result.sheet, _cell(result), result.formula), function=result.function, **said)


def _cell(result: Recalculated) -> str:
    """The first cell that differs; the formula's own where all do, or where there is one."""
    at = _at(result)
    if at is None:
        return result.cell
    column, row = _ADDRESS.findall(result.cell)[0]
    return f"{_later(column, at[1])}{int(row) + at[0]}"


_ADDRESS = re.compile("([A-Z]+)([0-9]+)")
_LETTERS = 26
_BEFORE_A = ord("A") - 1


def _later(column: str, number: int) -> str:
    """The letters of a column so many to the right: AA is one right of Z."""
    position = 0
    for letter in column:
        position = position * _LETTERS + ord(letter) - _BEFORE_A
    position += number
    letters = ""
    while position:
        position, letter_at = divmod(position - 1, _LETTERS)
        letters = chr(_BEFORE_A + 1 + letter_at) + letters
    return letters


def _at(result: Recalculated) -> tuple[int, int] | None:
    """Of rows of one size that differ in places, the first such row and column, from 0."""
    saved, recomputed = result.saved, result.recomputed
    if not (result.rows and isinstance(saved, list) and isinstance(recomputed, list) and len(saved) == len(recomputed)):
        return None
    row = result.rows[0] - int(_ADDRESS.findall(result.cell)[0][1])
    pairs = enumerate(zip(saved[row], recomputed[row], strict=False))
    return row, next((column for column, pair in pairs if not _same(*pair)), 0)


def _same(saved: object, recomputed: object) -> bool:
    if isinstance(saved, int | float) and isinstance(recomputed, int | float):
        return same_as_shown(saved, recomputed)
    return (saved or "") == (recomputed or "")


def _first_different(result: Recalculated, values: object) -> object:
    """Of rows that differ in places, the first such row; everything where the sizes differ or there is one value."""
    at = _at(result)
    return [values[at[0]]] if at is not None and isinstance(values, list) else values


def _first_pair(result: Recalculated) -> tuple[object, object]:
    """The first two values that differ, as saved and as recomputed."""
    row, column = _at(result) or (0, 0)
    return _value(result.saved, row, column), _value(result.recomputed, row, column)


def _value(values: object, row: int, column: int) -> object:
    if not isinstance(values, list):
        return values
    cells = values[row] if row < len(values) else [None]
    return cells[column] if column < len(cells) else None


def _by(result: Recalculated) -> str:
    """By how much the first figure that differs is wrong, in the function's unit."""
    saved, recomputed = _first_pair(result)
    if not (_is_number(saved) and _is_number(recomputed)):
        return ""
    difference = exact(saved) - exact(recomputed)
    size = max(difference, -difference)
    more = saved > recomputed
    column = (_at(result) or (0, 0))[1]
    match _UNITS.get(result.function, ())[column : column + 1]:
        case ("shares",):
            return f", {counted_text(size)} too {'many' if more else 'few'}"
        case ("dollars",):
            return f", {dollars_text(size)} too {'much' if more else 'little'}"
    return f", {entered_text(size)} too {'much' if more else 'little'}"


_UNITS: dict[str, tuple[str, ...]] = {
    "ISO_LIMIT_SPLIT": ("shares", "shares"),
    "ISO_LIMIT_BY_GRANT": ("", "", "shares", "shares"),
    "ISO_LIMIT_BY_YEAR": ("", "", "dollars", "dollars", "dollars", "dollars"),
    "ISO_MAX_GRANT": ("shares",),
    "ADJUST_FOR_SPLIT": ("shares", "dollars"),
    "SPLIT_TRANCHES": ("shares",),
    "SUBSTITUTE_OPTION": ("shares", "dollars", "dollars", "dollars"),
    "MERGER_CASHOUT": ("dollars",),
    "MERGER_CASHOUT_BY_HOLDER": ("", "shares", "dollars", "dollars", "dollars"),
    "POOL_AVAILABLE": ("shares",),
    "POOL_LEDGER": ("", "", "", "shares", "shares", "shares"),
    "ANNUAL_GRANT_ROOM": ("", "shares", "shares"),
    "VEST_TRANCHES": ("", "", "", "shares"),
    "ISO_MIN_PRICE": ("dollars",),
    "TENDER_SHARES": ("shares", "dollars"),
    "WITHHOLD_SHARES": ("shares", "dollars"),
}
"""What the columns of an answer count."""


def _difference(result: Recalculated) -> str:
    """Which rows differ; for another size of the answer, both sizes."""
    if _at(result) is None:
        return f" ({result.difference})" if result.difference else ""
    assert isinstance(result.saved, list)
    rows = f"{counted(len(result.rows), 'row')} of {len(result.saved):,}"
    return f" ({rows} not the same: {rows_text(result.rows)})"


def _error_of(result: Recalculated) -> str | None:
    """The saved error of a cell; of rows, of the first."""
    saved = _value(result.saved, 0, 0)
    return saved if isinstance(saved, str) and saved in ERRORS else None


def _is_text_for_number(result: Recalculated) -> bool:
    """Whether the first value that differs is an error's text, or a sentence, and should be a number."""
    saved, recomputed = _first_pair(result)
    if not isinstance(saved, str) or saved in ERRORS or not _is_number(recomputed):
        return False
    return saved.startswith("#") or (len(saved) > _LONGEST_WORD and " " in saved.strip())


_LONGEST_WORD = 20
"""Characters of what somebody may have typed for a figure; the texts of errors are sentences."""


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
