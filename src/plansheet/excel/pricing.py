"""Worksheet function for the least exercise price of an ISO (plan §6(a), §11(b)(i))."""

from plansheet.core.numbers import CENT, Number
from plansheet.excel.cells import Cells, number_cell, worksheet
from plansheet.excel.reading import as_decimals, as_positive
from plansheet.excel.record_rows import as_flag
from plansheet.excel.row_by_row import Given, row_by_row
from plansheet.plan.pricing import minimum_price
from plansheet.plan.terms import atg_1996


@worksheet
def ISO_MIN_PRICE(fmv: Cells, ten_percent: Cells = None, decimals: Cells = None) -> object:
    """Least exercise price of an ISO (plan §6(a), §11(b)(i)): 100% of the value, 110% for a 10% owner, rounded up.

    Args:
        fmv: Fair market value per share on the grant date, in dollars.
        ten_percent: Yes if the holder owns more than 10% of the votes (plan §11(b)); left out: no.
        decimals: Decimals of the price; left out: 2.
    """
    arguments = {
        "fmv": Given(fmv, as_positive),
        "ten_percent": Given(ten_percent, as_flag, is_needed=False),
        "decimals": Given(decimals, as_decimals, is_needed=False),
    }
    return row_by_row(arguments, _least)


def _least(fmv: Number, ten_percent: bool | None, decimals: int | None) -> list[object]:
    places = CENT if decimals is None else decimals
    return [number_cell(minimum_price(fmv, ten_percent or False, atg_1996(), places))]
