"""The cash payment in a merger as a frame (plan §16(a)(iii))."""

import datetime
from dataclasses import replace

import pandas as pd

from plansheet.core.numbers import CENT, Number
from plansheet.core.records import Grant, Holder, Ledger, Tranche
from plansheet.core.words import Identifier
from plansheet.excel.reading import BadCell, as_date, as_positive
from plansheet.frames.cells import cells_of
from plansheet.frames.columns import dollars, frame, shares, texts
from plansheet.frames.reading import FrameLedger, UnusableFrame, needed_table
from plansheet.plan.merger import HolderPayment, payments
from plansheet.plan.terms import Terms, atg_1996


def cashout(
    book: FrameLedger, merger_price: object = None, closing: object = None, terms: Terms | None = None
) -> pd.DataFrame:
    """The payment for each holder's outstanding options in a merger (plan §16(a)(iii)), in both readings.

    merger_price: cash per share; closing: its day. Left out: merger_price and merger_date of the terms. Options of this
    plan that are outstanding just before the closing, exercisable or not, in that day's shares and prices; what ends
    options on that day is the merger's own.
    Index: a number. Columns: holder (string), shares, plan (the plan's words: underwater options reduce the payment,
    never below zero), per_option (each option floored at zero), difference (dollars, rounded once, half up), problem.
    Holders in natural order; those without options are left out. Raises UnusableFrame without price or day, and without
    Exercise price in grants.
    """
    terms = terms or atg_1996()
    price = _argument("merger_price", merger_price, terms.merger_price)
    day = _argument("closing", closing, terms.merger_date)
    assert isinstance(day, datetime.date)
    assert not isinstance(price, datetime.date)
    needed_table(book, Grant, "exercise_price", "holder")
    owed = payments(_with_everybody(book.ledger), terms, price, day)
    told = [(who, each) for who, each in owed.items() if isinstance(each, str) or each.shares]
    told.sort(key=lambda each: each[0].order)
    paid = [payment if isinstance(payment, HolderPayment) else None for _, payment in told]
    return frame(
        {
            "holder": texts(holder for holder, _ in told),
            "shares": shares(None if p is None else p.shares for p in paid),
            "plan": dollars((None if p is None else p.plan for p in paid), CENT),
            "per_option": dollars((None if p is None else p.per_option for p in paid), CENT),
            "difference": dollars((None if p is None else p.difference for p in paid), CENT),
            "problem": texts(payment if isinstance(payment, str) else None for _, payment in told),
        }
    )


def _argument(name: str, given: object, otherwise: Number | datetime.date | None) -> Number | datetime.date:
    value: Number | datetime.date | None = otherwise
    if given is not None:
        [cell] = cells_of(pd.Series([given], dtype=object))
        try:
            value = as_positive(cell) if name == "merger_price" else as_date(cell)
        except BadCell as bad:
            raise UnusableFrame(f"{name} {bad}") from bad
    if value is None:
        raise UnusableFrame(f"{name} is not given, and the terms have none; give it")
    return value


def _with_everybody(ledger: Ledger) -> Ledger:
    """The ledger with everybody who is named in it as a holder: what concerns all of them must reach each."""
    everybody: dict[Identifier, Holder] = {}
    for holder in ledger.holders:
        everybody.setdefault(holder.holder, holder)
    records: list[Grant | Tranche] = [*ledger.grants, *ledger.tranches]
    for record in records:
        if record.holder is not None:
            everybody.setdefault(record.holder, Holder(record.holder))
    return replace(ledger, holders=tuple(everybody.values()))
