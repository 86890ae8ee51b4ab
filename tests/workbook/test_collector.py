"""Nothing that a check keeps goes in circles: Python's search for them rests meanwhile."""

import gc

import pytest

from plansheet.workbook.checks import Options, check_bytes
from plansheet.workbook.collector import collector_at_rest
from workbook.books import DAY, LEDGERS, Formula, Sheet, book

PRICES = Sheet("Prices", [["Price"], [Formula("=ISO_MIN_PRICE(10)", 10)], [Formula("=SUM(ISO_MIN_PRICE(10),A2)", 20)]])


def test_the_collector_rests_and_goes_on() -> None:
    assert gc.isenabled()
    with collector_at_rest():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="none"), collector_at_rest():
        int("none")
    assert gc.isenabled()
    gc.disable()
    try:
        with collector_at_rest():
            pass
        assert not gc.isenabled()  # as it was
    finally:
        gc.enable()


def test_a_check_leaves_no_circles_behind() -> None:
    data = book(*LEDGERS, PRICES)
    check_bytes(data, "book.xlsx", Options(as_of=DAY))  # what is imported or remembered once
    with collector_at_rest():
        gc.collect()
        result = check_bytes(data, "book.xlsx", Options(as_of=DAY))
        assert gc.collect() == 0
    assert result.recalculated == 2
