"""Worksheet functions for the cash payment in a merger (plan §16(a)(iii))."""

from collections.abc import Iterator

from plansheet.core.numbers import Number
from plansheet.core.words import CashoutMethod, Identifier
from plansheet.excel.cells import (
    CallFailed,
    Cells,
    ExcelError,
    column,
    column_for_all,
    equal_heights,
    first_bad,
    number_cell,
    row_error,
    scalar_value,
    scalar_word,
    with_arguments_of,
    worksheet,
)
from plansheet.excel.reading import BadCell, as_amount, as_identifier, as_positive, is_blank_or_zero, read_column
from plansheet.excel.tranche_rows import ONE_HOLDER
from plansheet.plan.merger import holder_payment, row_payments
from plansheet.plan.terms import atg_1996


@worksheet
def MERGER_CASHOUT(
    merger_price: Cells, shares: Cells, exercise_price: Cells, holder: Cells = None, method: Cells = None
) -> object:
    """Cash payment for each option in a merger (plan §16(a)(iii)): one column; a holder's rows add up to the cent.

    Args:
        merger_price: Cash per share that shareholders receive, in dollars.
        shares: Column of shares under each outstanding option, exercisable or not.
        exercise_price: Column of exercise prices per share, in dollars.
        holder: Column of holders; left out: all options are one holder's.
        method: PLAN (left out: a holder's underwater options reduce the payment) or PER_OPTION (each floored at 0).
    """
    sheet = _Sheet(merger_price, shares, exercise_price, holder)
    how = scalar_word(method, "method", CashoutMethod, atg_1996().cashout_method)
    rows: list[list[object]] = [[error if error is not None else ""] for error in sheet.errors]
    for _, positions in sheet.payable():
        options = [sheet.options[i] for i in positions]
        for i, amount in zip(positions, row_payments(sheet.price, options, how), strict=True):
            rows[i] = [number_cell(amount)]
    return rows


@with_arguments_of(MERGER_CASHOUT)
@worksheet
def MERGER_CASHOUT_BY_HOLDER(
    merger_price: Cells, shares: Cells, exercise_price: Cells, holder: Cells = None, method: Cells = None
) -> object:
    """Cash payment per holder in a merger (plan §16(a)(iii)), by the plan's words and per option: a headed table."""
    sheet = _Sheet(merger_price, shares, exercise_price, holder)
    scalar_word(method, "method", CashoutMethod, atg_1996().cashout_method)
    lines: dict[Identifier, list[object]] = {}
    for who, positions in sheet.payable():
        payment = holder_payment(sheet.price, [sheet.options[i] for i in positions])
        figures = (payment.shares, payment.plan, payment.per_option, payment.difference)
        lines[who] = [who.text, *(number_cell(figure) for figure in figures)]
    for who, error in sheet.refused.items():
        lines[who] = [who.text, error.message, error, error, error]
    table: list[list[object]] = [["Holder", "Shares", "Plan", "Per option", "Difference"]]
    return table + [lines[who] for who in sorted(lines, key=lambda h: h.order)]


class _Sheet:
    """The ranges read: options by row, rows by holder, and the rows that have no answer."""

    def __init__(self, merger_price: Cells, shares: Cells, exercise_price: Cells, holder: Cells) -> None:
        price = scalar_value(merger_price, "merger_price", as_positive)
        if price is None:
            raise CallFailed("merger_price is blank; give the cash payment per share")
        self.price: Number = price
        ranges = {"shares": column(shares, "shares"), "exercise price": column(exercise_price, "exercise_price")}
        height = equal_heights(ranges)
        holders = column_for_all(holder, "holder", height)
        if holders is not None:
            ranges["holder"] = holders
        equal_heights(ranges)
        self._ranges = ranges
        self._reads = {name: read_column(cells, _READERS[name]) for name, cells in ranges.items()}
        amounts, strikes = self._reads["shares"].values, self._reads["exercise price"].values
        self.options: list[tuple[Number, Number]] = [(a or 0, s or 0) for a, s in zip(amounts, strikes, strict=True)]
        who = [ONE_HOLDER] * height if holders is None else self._reads["holder"].values
        self.errors: list[ExcelError | None] = [None] * height
        self.refused: dict[Identifier, ExcelError] = {}
        self._rows: dict[Identifier, list[int]] = {}
        self._find_errors(who)
        for each, error in self.refused.items():
            for i in self._rows[each]:
                self.errors[i] = self.errors[i] or ExcelError(
                    "#VALUE!", f"row {i + 1}: the holder's payment depends on what cannot be read: {error.message}"
                )

    def _find_errors(self, who: list[Identifier | None]) -> None:
        """Which rows cannot be read, and whose payment each takes down: everybody's where its holder is unknown."""
        everybody: ExcelError | None = None
        for i, holder in enumerate(who):
            if is_blank_or_zero(self._ranges["shares"][i]) and is_blank_or_zero(self._ranges["exercise price"][i]):
                continue
            error = self.errors[i] = self._error(i, holder)
            if holder is not None:
                self._rows.setdefault(holder, []).append(i)
                if error is not None:
                    self.refused.setdefault(holder, error)
            elif everybody is None:
                everybody = error
        if everybody is not None:
            for holder in self._rows:
                self.refused.setdefault(holder, everybody)

    def _error(self, i: int, holder: Identifier | None) -> ExcelError | None:
        shares, price = self.options[i]
        error = first_bad(i, self._reads)
        if error is None and price == 0 and shares:
            error = row_error(i, "exercise price", BadCell("is blank or 0 on a row with shares; enter the price"))
        if error is None and holder is None:
            error = row_error(i, "holder", BadCell("is blank; enter whose option it is"))
        return error

    def payable(self) -> Iterator[tuple[Identifier, list[int]]]:
        """Holders with an answer, and their rows."""
        for who, positions in self._rows.items():
            if who not in self.refused:
                yield who, positions


_READERS = {"shares": as_amount, "exercise price": as_amount, "holder": as_identifier}
