"""The sheets that hold what is recorded: Plan, Holders, Grants, Vesting, Activity, an Excel table each."""

import datetime
from typing import Any

from plansheet.core.records import Activity, Column, Grant, Holder, Kind, Tranche, columns, heading
from plansheet.plan.terms import FACTS, Term, Terms, atg_1996, label
from plansheet.template.facts import CASHOUT, GRANT, ISO_SHARES, LOOKED_UP, NSO_SHARES, Facts
from plansheet.template.flavour import Flavour
from plansheet.template.limit_sheets import BY_TRANCHE, SPLIT_COLUMN, SPLIT_ROW
from plansheet.template.pages import Book, spill_text
from plansheet.template.styles import OF_KIND
from plansheet.template.tables import Cell, Table, date_cell, number_cell
from plansheet.template.term_uses import read_by_calendar, read_by_rules

ACTION = heading(Activity, "action")
MERGER_PRICE, MERGER_DATE = label("merger_price"), label("merger_date")
_WIDTHS = {
    Kind.IDENTIFIER: 20, Kind.DATE: 13, Kind.SHARES: 13, Kind.MONEY: 13, Kind.MONTHS: 10, Kind.WORD: 9, Kind.FLAG: 10,
    Kind.TEXT: 16,
}  # fmt: skip
_SENTENCES = 76
_WIDTH_OF = {GRANT: 9, ACTION: 20, CASHOUT: 18}


def plan_table(facts: Facts, terms: Terms) -> Table:
    """The plan's terms (figures, then choices) and what happened to it, a line each, with the plan's own sections."""
    rows: list[tuple[Cell, ...]] = [
        (term.label, _value(term), ", ".join(filter(None, (term.section, term.law))), term.text, _term_used_by(term))
        for term in terms.listed
    ]
    known = {"merger_price": number_cell(facts.merger_price), "merger_date": date_cell(facts.merger_date)}
    rows += [
        (label(name), known.get(name), terms.cited(fact.section), fact.text, _used_by(name))
        for name, fact in FACTS.items()
    ]
    return Table("Plan", ("Term", "Value", "Section", "What it says", "Used by"), tuple(rows))


_FIXED = "fixed"
"""Of a term that has one value: nothing is to be typed there."""
_ON_SHEETS = {
    "iso_limit": "ISO sheets",
    "rounding": "ISO sheets",
    "split_method": "Split, Merger",
    "split_decimals": "Split, Merger",
    "recycling": "Pool",
    "approaching_dollars": "ISO by year (fixed there)",
    "merger_price": "Merger",
    "merger_date": "Merger",
}
"""Terms that sheets of results take by their names."""
_OF_THE_CALENDAR = frozenset({"warning_days"})
"""Beside what falls due: what it calls soon."""


def _used_by(name: str) -> str:
    """Which sheets and checks ask for a term; what nothing asks for must not look as if it did."""
    users = [_ON_SHEETS[name]] if name in _ON_SHEETS else []
    if name in read_by_calendar() | _OF_THE_CALENDAR:
        users.append("Calendar")
    if name in read_by_rules():
        users.append("checks")
    return ", ".join(users) or "nothing yet"


def _term_used_by(term: Term) -> str:
    return _FIXED if len(term.known) == 1 else _used_by(term.name)


def _value(term: Term) -> Cell:
    if isinstance(term.value, datetime.date):
        return date_cell(term.value)
    return term.value if isinstance(term.value, str) else number_cell(term.value)


def write_plan(book: Book, table: Table) -> None:
    """The sheet Plan. Its column Value mixes numbers, words and dates, each shown as what it is."""
    page = book.add(table.name)
    styles, widths = ("label", "typed number", "wrapped", "wrapped", "text"), (26, 16, 25, _SENTENCES, 27)
    unlike = {(row, 1): style for row, line in enumerate(table.rows, start=1) if (style := _value_style(*line))}
    page.table(table, styles, widths, {}, unlike)
    known = {term.label: term.known for term in atg_1996().listed}
    for row, (term, _, _, sentence, _) in enumerate(table.rows, start=1):
        page.fit_height(row, {str(sentence): _SENTENCES})
        if words := known.get(str(term)):
            page.validate(row, 1, row, {"validate": "list", "source": list(words)})


def _value_style(term: Cell, value: Cell, section: Cell, sentence: Cell, used_by: Cell) -> str | None:
    """How a value of Plan looks that is no number to be typed; None: that is what it is."""
    if used_by == _FIXED:
        return "text"
    if isinstance(value, datetime.datetime):
        return "typed date"
    return "typed price" if term == MERGER_PRICE else None


def write_ledgers(book: Book, facts: Facts) -> None:
    """The sheets Holders, Grants, Vesting and Activity."""
    _write(book, facts.holders, Holder)
    _write(book, facts.grants, Grant)
    formulas = {name: _lookup(facts, name) for name in LOOKED_UP}
    if not facts.is_sample:
        formulas |= {ISO_SHARES: _pick(book.flavour, facts, 1), NSO_SHARES: _pick(book.flavour, facts, 2)}
    _write(book, facts.vesting, Tranche, formulas)
    _write(book, facts.activity, Activity)


def _write(book: Book, table: Table, record: type[Any], formulas: dict[str, str] | None = None) -> None:
    known = {column.heading: column for column in columns(record)}
    page = book.add(table.name)
    styles = [OF_KIND[known[name].kind] for name in table.headings]
    widths = [_WIDTH_OF.get(name, _WIDTHS[known[name].kind]) for name in table.headings]
    page.table(table, styles, widths, formulas or {})
    for at, name in enumerate(table.headings):
        page.note(0, at, known[name].note)
        rule = _rule(known[name], record)
        if rule is not None and name not in (formulas or {}):
            page.validate(1, at, len(table.rows), rule)


_YES_OR_NO = ["Yes", "No"]
_EARLIEST = datetime.date(1950, 1, 1)
_MOST_MONTHS = 1200


def _rule(column: Column, record: type[Any]) -> dict[str, Any] | None:
    """What may be typed into a column, by what it holds; None: anything."""
    if column.words is not None:
        return {"validate": "list", "source": [word.label for word in column.words]}
    if column.kind is Kind.FLAG:
        return {"validate": "list", "source": _YES_OR_NO}
    if column.kind is Kind.DATE:
        text = "A date, typed as Excel takes it; text that looks like one is not read."
        return {
            "validate": "date",
            "criteria": ">=",
            "value": _EARLIEST,
            "error_title": "No date",
            "error_message": text,
        }
    if column.kind is Kind.MONTHS:
        return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": _MOST_MONTHS}
    if column.kind is Kind.MONEY or (column.kind is Kind.SHARES and record is not Activity):
        return {"validate": "decimal", "criteria": ">=", "value": 0}
    return None  # Shares of Activity hold a split's ratio as text, and a reserve may be reduced


def _lookup(facts: Facts, name: str) -> str:
    """What Grants says of the row's grant: written once there, and right for every tranche."""
    grants, grant = facts.grants.name, f"{facts.vesting.name}[[#This Row],[{GRANT}]]"
    return f'=IF({grant}="","",INDEX({grants}[{name}],MATCH({grant},{grants}[{GRANT}],0)))'


def _pick(flavour: Flavour, facts: Facts, column: int) -> str:
    """The row's cell of a result that spills on another sheet: inside a table nothing can spill."""
    spill = spill_text(flavour, SPLIT_ROW, SPLIT_COLUMN, len(facts.vesting.rows), 2, BY_TRANCHE)
    return f"=INDEX({spill},ROW()-ROW({facts.vesting.name}[[#Headers],[{GRANT}]]),{column})"
