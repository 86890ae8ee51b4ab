"""Judgements on formula cells: the saved value of a plan function against what it gives now.

They stand here because PLAN_EXPLAIN explains them; the cells are read and calculated again on the floor above.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from plansheet.core.rule import Hit, Severity, rule
from plansheet.excel.reading import ERRORS


@dataclass(frozen=True, slots=True)
class Recalculated:
    """A plan-function cell: what was saved, what comes out now, and whether they are the same."""

    sheet: str
    cell: str
    formula: str
    function: str
    saved: object = None
    """A scalar, or rows where the formula fills more than one cell; None where nothing was calculated."""
    recomputed: object = None
    """A scalar or rows; None where it was not calculated."""
    same: bool = False
    unchecked: str | None = None
    """Why there is no verdict; completes the sentence "The cell ..."."""
    calculated: bool = True
    """False for a formula that the workbook saves no value for."""
    difference: str | None = None
    """For arrays: what differs, as a sentence."""
    rows: tuple[int, ...] = ()
    """For arrays: the rows of the sheet that differ."""

    @property
    def state(self) -> str:
        """The outcome in a word or two: same, different, never calculated or not checked."""
        if not self.calculated:
            return "never calculated"
        if self.unchecked is not None:
            return "not checked"
        return "same" if self.same else "different"


@rule(
    "CALC001",
    Severity.ERROR,
    plan="",
    message="{function} was saved as {saved}, it gives {recomputed}{difference}.",
    fix="Calculate the workbook again (Ctrl+Alt+F9) and save it; if that changes nothing, enter the formula again.",
)
def saved_value_differs(results: list[Recalculated]) -> Iterator[Hit]:
    """The value saved for a plan-function cell is not what the function gives for the cells that it uses.

    Why: a stale or typed-over value looks like a calculated one.
    Example: a spill of ISO_LIMIT_SPLIT in which somebody typed a number, or a workbook saved in manual calculation.
    Not covered: cells whose saved values are the same although the cells they use are wrong; the rules check those.
    """
    for result in results:
        if result.state == "different" and result.function != _VERSION and _error_of(result) is None:
            facts = {
                "function": result.function,
                "saved": _shown(_first_different(result, result.saved)),
                "recomputed": _shown(_first_different(result, result.recomputed)),
                "difference": f" ({result.difference})" if result.difference else "",
            }
            yield Hit(None, None, facts | {"result": result})


@rule(
    "CALC002",
    Severity.ERROR,
    plan="",
    message="{function} was never calculated: the workbook holds no value for it.",
    fix="Open the workbook in Excel with plansheet at hand, let it calculate, and save it.",
)
def never_calculated(results: list[Recalculated]) -> Iterator[Hit]:
    """A plan-function cell has no saved value.

    Why: whoever reads the workbook without plansheet sees an empty cell or a 0.
    Example: a workbook written by a program and never opened.
    Not covered: formulas of other functions.
    """
    for result in results:
        if result.state == "never calculated":
            yield Hit(None, None, {"function": result.function, "result": result})


@rule(
    "CALC003",
    Severity.ERROR,
    plan="",
    message="{function} was saved as the error {saved}, it gives {recomputed}.",
    fix="Calculate the workbook where plansheet is installed (#NAME? says that it is not), and save it.",
)
def saved_error(results: list[Recalculated]) -> Iterator[Hit]:
    """The value saved for a plan-function cell is an error, though the function has an answer.

    Why: the workbook was saved where the functions were not at hand, and every figure that rests on it is an error.
    Example: #NAME? in every plan-function cell.
    Not covered: an error that the function gives itself; the cells that cause it are findings of their own.
    """
    for result in results:
        error = _error_of(result) if result.state == "different" and result.function != _VERSION else None
        if error is not None:
            recomputed = _shown(result.recomputed)
            facts = {"function": result.function, "saved": error, "recomputed": recomputed}
            yield Hit(None, None, facts | {"result": result})


def _first_different(result: Recalculated, values: object) -> object:
    """Of rows that differ in places, the first such row; everything where the sizes differ or there is one value."""
    saved, recomputed = result.saved, result.recomputed
    if not (result.rows and isinstance(values, list) and isinstance(saved, list) and isinstance(recomputed, list)):
        return values
    at = result.rows[0] - int("".join(c for c in result.cell if c.isdigit()))
    return [values[at]] if len(saved) == len(recomputed) and at < len(values) else values


_VERSION = "PLANSHEET_VERSION"  # another version's number is no wrong figure


def _error_of(result: Recalculated) -> str | None:
    """The saved error of a cell; of rows, of the first."""
    saved: object = result.saved
    while isinstance(saved, list):
        saved = saved[0] if saved else None
    return saved if isinstance(saved, str) and saved in ERRORS else None


def _shown(value: object) -> str:
    """A value for a sentence; of rows, the first."""
    if isinstance(value, list):
        first = value[0] if value else []
        cells = first if isinstance(first, list) else [first]
        rest = f" and {len(value) - 1:,} more rows" if len(value) > 1 else ""
        return " | ".join(_shown(cell) for cell in cells) + rest
    if value is None or value == "":
        return "nothing"
    if isinstance(value, float):
        return format(value, ",.15g")
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
