"""Worksheet functions for taxes withheld (plan §20)."""

from collections.abc import Callable

from plansheet.core.numbers import Number
from plansheet.excel.cells import CallFailed, Cells, number_cell, scalar_value, worksheet
from plansheet.excel.reading import BadCell, as_amount, as_positive
from plansheet.excel.row_by_row import Given, required, row_by_row
from plansheet.plan.withholding import TaxRates, cashout_taxes, withhold_shares


@worksheet
def WITHHOLD_SHARES(tax: Cells, fmv: Cells) -> object:
    """Most whole shares that may be kept for the minimum tax, and the rest in cash (plan §20): two cells in a row.

    Args:
        tax: Minimum statutory withholding of the exercise, in dollars.
        fmv: Fair market value per share on the day of the exercise, in dollars.
    """
    return row_by_row({"tax": Given(tax, required(as_amount)), "fmv": Given(fmv, as_positive)}, _kept, width=2)


def _kept(tax: Number, fmv: Number) -> list[object]:
    return [number_cell(each) for each in withhold_shares(tax, fmv)]


@worksheet
def CASHOUT_WITHHOLDING(
    payment: Cells,
    prior_supplemental: Cells,
    rate_below: Cells,
    rate_above: Cells,
    threshold: Cells,
    social_rate: Cells = None,
    social_base: Cells = None,
    prior_wages: Cells = None,
    medicare_rate: Cells = None,
    state_rate: Cells = None,
) -> object:
    """Taxes withheld from an employee's cash payment for options (plan §20): a headed table Tax, Wages, Rate, Amount.

    Each tax is rounded once, half up to the cent; Total adds them up. A rate left out leaves out its tax. Rates are of
    the year of the payment, and differ from year to year. Additional Medicare tax (0.9% of high wages) is not computed.

    Args:
        payment: The payment, in dollars; that for an ISO is wages too.
        prior_supplemental: Supplemental wages paid earlier in the year; they use up the threshold.
        rate_below: Rate of federal income tax up to the threshold: 22% or 0.22.
        rate_above: Rate of federal income tax above it: 37% or 0.37.
        threshold: Supplemental wages of the year to which the lower rate holds: 1000000.
        social_rate: Rate of social security: 6.2% or 0.062; left out: not computed.
        social_base: Wages of the year of which social security is taken at most; needed with social_rate.
        prior_wages: All wages paid earlier in the year; they use up social_base, nothing else. Left out: 0.
        medicare_rate: Rate of Medicare: 1.45% or 0.0145; left out: not computed.
        state_rate: Rate of state income tax on supplemental wages; left out: not computed.
    """
    social = _optional_rate(social_rate, "social_rate")
    rates = TaxRates(
        below=_needed(rate_below, "rate_below", _rate),
        above=_needed(rate_above, "rate_above", _rate),
        threshold=_needed(threshold, "threshold", as_positive),
        social=social,
        social_base=_needed(social_base, "social_base", as_positive) if social is not None else 0,
        medicare=_optional_rate(medicare_rate, "medicare_rate"),
        state=_optional_rate(state_rate, "state_rate"),
    )
    paid = _needed(payment, "payment", as_amount)
    before, wages = _amount(prior_supplemental, "prior_supplemental"), _amount(prior_wages, "prior_wages")
    table: list[list[object]] = [["Tax", "Wages", "Rate", "Amount"]]
    total: Number = 0
    for line in cashout_taxes(paid, before, wages, rates):
        table.append([line.tax, *(number_cell(figure) for figure in (line.wages, line.rate, line.amount))])
        total += line.amount
    return [*table, ["Total", number_cell(paid), "", number_cell(total)]]


def _rate(cell: object) -> Number | None:
    rate = as_amount(cell)
    if rate is not None and rate > 1:
        percent = f"{float(rate):g}"
        raise BadCell(f"is {percent}, more than the whole; enter {percent}% or {float(rate / 100):g}")
    return rate


def _optional_rate(argument: Cells, name: str) -> Number | None:
    return scalar_value(argument, name, _rate) or None  # a 0 is a blank cell of Excel on the desktop


def _amount(argument: Cells, name: str) -> Number:
    return scalar_value(argument, name, as_amount) or 0


def _needed(argument: Cells, name: str, read: Callable[[object], Number | None]) -> Number:
    number = scalar_value(argument, name, read)
    if number is None:
        raise CallFailed(f"{name} is blank; enter it")
    return number
