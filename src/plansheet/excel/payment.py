"""Worksheet function for paying an exercise price with shares (plan §6(b)(i))."""

from plansheet.core.numbers import Number
from plansheet.excel.cells import Cells, number_cell, worksheet
from plansheet.excel.reading import as_amount, as_positive
from plansheet.excel.row_by_row import Given, required, row_by_row
from plansheet.plan.payment import tender_shares


@worksheet
def TENDER_SHARES(cost: Cells, fmv: Cells) -> object:
    """Whole shares that pay an exercise price, and the rest in cash (plan §6(b)(i)): two cells in a row.

    Args:
        cost: Exercise price of all the options exercised, in dollars.
        fmv: Fair market value per share on the day of the exercise, in dollars.
    """
    return row_by_row({"cost": Given(cost, required(as_amount)), "fmv": Given(fmv, as_positive)}, _paid, width=2)


def _paid(cost: Number, fmv: Number) -> list[object]:
    return [number_cell(each) for each in tender_shares(cost, fmv)]
