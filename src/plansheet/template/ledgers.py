"""The sheets that hold what is recorded: Plan, Holders, Grants, Vesting, Activity, an Excel table each."""

import datetime
from collections.abc import Sequence
from typing import Any

from plansheet.core.records import Activity, Grant, Holder, Kind, Tranche, columns, heading
from plansheet.core.words import Action, GrantType
from plansheet.plan.terms import EVENTS, Term, atg_1996, label
from plansheet.template.pages import Book, Page
from plansheet.template.sample import CASHOUT, GRANT, LOOKED_UP, TYPE, Sample
from plansheet.template.styles import OF_KIND
from plansheet.template.tables import Cell, Table, date_cell, number_cell

ACTION = heading(Activity, "action")
MERGER_PRICE, MERGER_DATE = map(label, EVENTS)
_WIDTHS = {
    Kind.IDENTIFIER: 20, Kind.DATE: 13, Kind.SHARES: 13, Kind.MONEY: 13, Kind.MONTHS: 10, Kind.WORD: 9, Kind.FLAG: 10,
    Kind.TEXT: 16,
}  # fmt: skip
_WIDTH_OF = {GRANT: 9, ACTION: 20, CASHOUT: 18}


def plan_table(sample: Sample) -> Table:
    """The plan's terms (figures, then choices) and the merger's, a line each."""
    rows: list[tuple[Cell, ...]] = [
        (term.label, _value(term), ", ".join(filter(None, (term.section, term.law))), term.text)
        for term in atg_1996().listed
    ]
    merger = "§16(a)(iii)"
    rows += [
        (MERGER_PRICE, number_cell(sample.merger_price), merger, "Cash per share that shareholders receive, dollars."),
        (MERGER_DATE, date_cell(sample.merger_date), merger, "Day on which the merger closed."),
    ]
    return Table("Plan", ("Term", "Value", "Section", "What it says"), tuple(rows))


def _value(term: Term) -> Cell:
    if isinstance(term.value, datetime.date):
        return date_cell(term.value)
    return term.value if isinstance(term.value, str) else number_cell(term.value)


def write_plan(book: Book, table: Table) -> None:
    """The sheet Plan. Its column Value mixes numbers, words and dates, each shown as what it is."""
    page = book.add(table.name)
    page.table(table, ("label", "number on the left", "wrapped", "wrapped"), (28, 18, 28, 96), {})
    for row, (term, value, *_) in enumerate(table.rows, start=1):
        if isinstance(value, datetime.datetime):
            page.write(row, 1, value, "date")
        elif term == MERGER_PRICE:
            page.write(row, 1, value, "price on the left")


def write_ledgers(book: Book, sample: Sample) -> None:
    """The sheets Holders, Grants, Vesting and Activity."""
    _write(book, sample.holders, Holder)
    grants = _write(book, sample.grants, Grant)
    _choices(grants, sample.grants, TYPE, [word.label for word in GrantType])
    _write(book, sample.vesting, Tranche, {name: _lookup(sample, name) for name in LOOKED_UP})
    activity = _write(book, sample.activity, Activity)
    _choices(activity, sample.activity, ACTION, [word.label for word in Action])


def _write(book: Book, table: Table, record: type[Any], lookups: dict[str, str] | None = None) -> Page:
    kinds = {column.heading: column.kind for column in columns(record)}
    page = book.add(table.name)
    styles = [OF_KIND[kinds[name]] for name in table.headings]
    widths = [_WIDTH_OF.get(name, _WIDTHS[kinds[name]]) for name in table.headings]
    page.table(table, styles, widths, lookups or {})
    return page


def _choices(page: Page, table: Table, column: str, words: Sequence[str]) -> None:
    page.choices(table.headings.index(column), len(table.rows), words)


def _lookup(sample: Sample, name: str) -> str:
    """What Grants says of the row's grant: written once there, and right for every tranche."""
    grants, vesting = sample.grants.name, sample.vesting.name
    return f"=INDEX({grants}[{name}],MATCH({vesting}[[#This Row],[{GRANT}]],{grants}[{GRANT}],0))"
