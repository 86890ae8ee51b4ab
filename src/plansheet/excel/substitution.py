"""Worksheet function for substituted and assumed options (plan §16(a)(i), §16(b); IRC §424(a))."""

from plansheet.core.numbers import Number
from plansheet.excel.cells import (
    Cells,
    ExcelError,
    column,
    column_for_all,
    equal_heights,
    first_bad,
    number_cell,
    worksheet,
)
from plansheet.excel.reading import as_amount, as_positive, as_price, is_blank_or_zero, read_column
from plansheet.plan.substitution import Substitution, substitute


@worksheet
def SUBSTITUTE_OPTION(
    shares: Cells, exercise_price: Cells, old_fmv: Cells, new_fmv: Cells, ratio: Cells = None
) -> object:
    """Options in place of older ones, and whether they pass (plan §16(a)(i), §16(b)): seven columns, a row per option.

    Args:
        shares: Shares under the old option; a column, or one cell, as each of the arguments may be.
        exercise_price: Exercise price per share of the old option, in dollars.
        old_fmv: Value of an old share just before the transaction, in dollars.
        new_fmv: Value of a new share just after the transaction, in dollars.
        ratio: New shares per old share; left out: old value by new value. Columns: new shares, price, spread, ratio.
    """
    given = {
        "shares": shares, "exercise price": exercise_price, "old FMV": old_fmv, "new FMV": new_fmv, "ratio": ratio,
    }  # fmt: skip
    heights = [len(column(argument, name)) for name, argument in given.items() if argument is not None]
    height = next((each for each in heights if each != 1), 1)
    ranges = {name: column_for_all(argument, name, height) or [None] * height for name, argument in given.items()}
    equal_heights(ranges)
    reads = {name: read_column(cells, _READERS[name]) for name, cells in ranges.items()}
    rows: list[list[object]] = []
    for i in range(height):
        if is_blank_or_zero(ranges["shares"][i]) and is_blank_or_zero(ranges["exercise price"][i]):
            rows.append([""] * _COLUMNS)
            continue
        error = first_bad(i, reads)
        rows.append(_row(error, [reads[name].values[i] for name in given]))
    return rows


_COLUMNS = 7


def _row(error: ExcelError | None, values: list[Number]) -> list[object]:
    if error is not None:
        return [error] * _COLUMNS
    shares, price, old_fmv, new_fmv, exchange = values
    found: Substitution = substitute(shares or 0, price, old_fmv, new_fmv, exchange)
    old, new = found.old, found.new
    figures = (new.shares, new.price, old.spread, new.spread, old.ratio, new.ratio)
    return [*(number_cell(figure) for figure in figures), "PASS" if found.passes else "FAIL"]


def _exchange(cell: object) -> Number | None:
    return None if is_blank_or_zero(cell) else as_positive(cell)


_READERS = {
    "shares": as_amount, "exercise price": as_price, "old FMV": as_positive, "new FMV": as_positive, "ratio": _exchange,
}  # fmt: skip
