"""Worksheet functions for stock splits (plan §15)."""

from plansheet.core.numbers import Number
from plansheet.core.records import Ratio
from plansheet.core.refusal import Refusal
from plansheet.core.words import SplitMethod
from plansheet.excel.cells import (
    CallFailed,
    Cells,
    ExcelError,
    column,
    equal_heights,
    first_bad,
    number_cell,
    refused,
    row_error,
    scalar_value,
    scalar_word,
    worksheet,
)
from plansheet.excel.reading import as_amount, as_decimals, as_positive, as_price, is_blank_or_zero, read_column
from plansheet.plan.adjustment import adjust, split_tranches
from plansheet.plan.terms import atg_1996


@worksheet
def ADJUST_FOR_SPLIT(
    shares: Cells,
    exercise_price: Cells,
    split_new: Cells,
    split_old: Cells,
    method: Cells = None,
    decimals: Cells = None,
) -> object:
    """Shares and exercise price of options after a stock split (plan §15): two columns, one row per option.

    Args:
        shares: Column of shares under each option before the split.
        exercise_price: Column of exercise prices per share before the split, in dollars.
        split_new: New shares of the split: 3 of a 3-for-2 split.
        split_old: Old shares of the split: 2 of a 3-for-2 split.
        method: DOWN_UP (left out: whole shares down, price up), PRESERVE_AGGREGATE or EXACT.
        decimals: Decimals of the new price; left out: 2. EXACT ignores it.
    """
    split = _split(split_new, split_old)
    how = scalar_word(method, "method", SplitMethod, atg_1996().split_method)
    places = split_decimals(decimals)
    ranges = {"shares": column(shares, "shares"), "exercise price": column(exercise_price, "exercise_price")}
    height = equal_heights(ranges)
    reads = {
        "shares": read_column(ranges["shares"], as_amount),
        "exercise price": read_column(ranges["exercise price"], as_price),
    }
    rows: list[list[object]] = []
    for i in range(height):
        if all(is_blank_or_zero(cells[i]) for cells in ranges.values()):
            rows.append(["", ""])
            continue
        error = first_bad(i, reads)
        if error is None:
            answer = adjust(reads["shares"].values[i] or 0, reads["exercise price"].values[i], split, how, places)
            if isinstance(answer, Refusal):
                error = refused(answer, f"row {i + 1}: ")
            else:
                rows.append([number_cell(figure) for figure in answer])
                continue
        rows.append([error, error])
    return rows


@worksheet
def SPLIT_TRANCHES(shares: Cells, split_new: Cells, split_old: Cells) -> object:
    """One grant's tranches after a stock split, by cumulative floor so that no share is lost (plan §15): one column.

    Args:
        shares: Column of the tranches' shares before the split, in the order of vesting; one grant.
        split_new: New shares of the split: 3 of a 3-for-2 split.
        split_old: Old shares of the split: 2 of a 3-for-2 split.
    """
    split = _split(split_new, split_old)
    cells = column(shares, "shares")
    read = read_column(cells, as_amount)
    after = split_tranches([value or 0 for value in read.values], split)
    rows: list[list[object]] = []
    lost: ExcelError | None = None
    for i, cell in enumerate(cells):
        if i in read.bad:
            error = row_error(i, "shares", read.bad[i])
            rows.append([error])
            lost = lost or ExcelError("#VALUE!", f"the tranches after row {i + 1} depend on it: {error.message}")
        elif is_blank_or_zero(cell):
            rows.append([""])
        else:
            rows.append([lost or number_cell(after[i])])
    return rows


def _split(split_new: Cells, split_old: Cells) -> Ratio:
    return Ratio(_positive(split_new, "split_new"), _positive(split_old, "split_old"))


def _positive(argument: Cells, name: str) -> Number:
    number = scalar_value(argument, name, as_positive)
    if number is None:
        raise CallFailed(f"{name} is blank; give both numbers, 3 and 2 for a 3-for-2 split")
    return number


def split_decimals(argument: Cells) -> int:
    """The argument ``decimals``: decimals of a price after a split, the plan's where it is left out."""
    places = scalar_value(argument, "decimals", as_decimals)
    return atg_1996().split_decimals if places is None else places
