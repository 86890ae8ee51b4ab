"""Sheets about options at a moment: the split (plan §15), the merger (§16(a)(iii)), schedules in months (§8)."""

import datetime

from plansheet.core.numbers import exact
from plansheet.core.records import Grant, heading
from plansheet.core.words import CashoutMethod
from plansheet.plan.terms import label
from plansheet.template.ledgers import MERGER_PRICE
from plansheet.template.pages import Argument, Book, Page, literal, term_of
from plansheet.template.sample import (
    FIRST_EXERCISABLE,
    GRANT,
    GRANT_DATE,
    HOLDER,
    MONTHS,
    PRICE,
    SHARES,
    Position,
    Sample,
    day_of,
)
from plansheet.template.tables import Cell, Table, number_cell

SPLIT, MERGER, SCHEDULES = "Split", "Merger", "Schedules"
_OPTIONS_WIDTHS = (10, 18, 12, 14, 3)
_SCHEDULE = tuple(heading(Grant, name) for name in ("shares", "vesting_start", "months", "cliff", "every"))


def _write_options(
    page: Page, row: int, positions: tuple[Position, ...], shares_heading: str, price_heading: str
) -> tuple[Argument, Argument, Argument]:
    """Options below their headings; their shares, prices and holders as arguments."""
    page.headings(row, 0, (GRANT, HOLDER, shares_heading, price_heading), ("text", "text", "shares", "price"))
    for at, position in enumerate(positions, start=row + 1):
        page.write(at, 0, position.grant)
        page.write(at, 1, position.holder)
        page.write(at, 2, number_cell(position.shares), "shares")
        page.write(at, 3, number_cell(position.price), "price")
    shares, prices, holders = (page.down(row + 1, column, len(positions)) for column in (2, 3, 1))
    return shares, prices, holders


def write_split(book: Book, sample: Sample, plan: Table) -> None:
    """The options outstanding at the split, and the tranches of one of them."""
    page = book.add(SPLIT)
    ratio, day = sample.split.ratio, sample.split.date
    assert ratio is not None and day is not None
    page.title(
        f"The {ratio} split of {day}",
        "Options outstanding just before it, and after: whole shares down, price up to the cent, so that no benefit is "
        "added (§15).",
    )
    for row, (text, value) in enumerate((("New shares", ratio.new), ("Old shares", ratio.old)), start=2):
        page.write(row, 0, text, "label")
        page.write(row, 2, number_cell(value), "typed number")
    new, old = page.cell(2, 2), page.cell(3, 2)
    top = 5
    shares, prices, _ = _write_options(page, top, sample.at_split, "Shares before", "Price before")
    page.headings(top, 5, ("Shares after", "Price after"), ("shares", "price"))
    rounding = [term_of(plan, label(name)) for name in ("split_method", "split_decimals")]
    page.call(top + 1, 5, "ADJUST_FOR_SPLIT", [shares, prices, new, old, *rounding], ["shares", "price"], headed=False)
    example = _example(sample, day)
    page.write(top - 1, 8, f"Tranches of {example.name}, none of whose shares may be lost", "label")
    page.headings(top, 8, (FIRST_EXERCISABLE, "Shares before"), ("date", "shares"))
    page.headings(top, 11, ("Shares after",), ("shares",))
    for row, (first, number) in enumerate(example.rows, start=top + 1):
        page.write(row, 8, first, "date")
        page.write(row, 9, number, "shares")
    tranches = page.down(top + 1, 9, len(example.rows))
    page.call(top + 1, 11, "SPLIT_TRANCHES", [tranches, new, old], ["shares"], headed=False)
    page.widths((*_OPTIONS_WIDTHS, 12, 14, 3, 14, 12, 3, 12))
    page.freeze(top + 1)


def _example(sample: Sample, day: datetime.date) -> Table:
    """The tranches of the first grant before the split whose schedule is given in months."""
    grant = next(row[GRANT] for row in _scheduled(sample) if day_of(row[GRANT_DATE]) < day)
    rows = (row for row in sample.vesting.records() if row[GRANT] == grant)
    return Table(str(grant), (FIRST_EXERCISABLE, SHARES), tuple((row[FIRST_EXERCISABLE], row[SHARES]) for row in rows))


def _scheduled(sample: Sample) -> list[dict[str, Cell]]:
    """Grants whose schedule is given in months."""
    return [row for row in sample.grants.records() if row[MONTHS] is not None]


def write_merger(book: Book, sample: Sample, plan: Table) -> None:
    """The options outstanding at the closing, and their payment under both readings."""
    page = book.add(MERGER)
    page.title(
        f"Cash for options in the merger of {sample.merger_date}",
        "Options outstanding just before the closing, exercisable or not. The plan's words net a holder's underwater "
        "options; market practice floors each at zero.",
    )
    lookup = f'=INDEX({plan.name}[Value],MATCH("{MERGER_PRICE}",{plan.name}[Term],0))'
    page.write(2, 0, MERGER_PRICE, "label")
    page.calculate(2, 2, lookup, number_cell(sample.merger_price), "dollars")
    price = page.cell(2, 2)
    top = 6
    shares, prices, holders = _write_options(page, top, sample.at_merger, SHARES, PRICE)
    methods = {CashoutMethod.PLAN: "By the plan's words", CashoutMethod.PER_OPTION: "Option by option"}
    page.headings(top, 5, tuple(methods.values()), ("dollars", "dollars"))
    for offset, (method, text) in enumerate(methods.items()):
        arguments = [price, shares, prices, holders, literal(method.label)]
        rows = page.call(top + 1, 5 + offset, "MERGER_CASHOUT", arguments, ["dollars"], headed=False)
        amounts = page.down(top + 1, 5 + offset, len(rows))
        page.write(3 + offset, 0, f"Total {text[0].lower()}{text[1:]}", "label")
        total = number_cell(sum(exact(row[0]) for row in rows))
        page.calculate(3 + offset, 2, f"=SUM({amounts.text})", total, "dollars")
    styles = ["text", "shares", "dollars", "dollars", "dollars"]
    page.call(top, 8, "MERGER_CASHOUT_BY_HOLDER", [price, shares, prices, holders], styles, headed=True)
    page.widths((10, 18, 16, 14, 3, 16, 16, 3, 18, 12, 16, 16, 14))
    page.freeze(top + 1)


def write_schedules(book: Book, sample: Sample) -> None:
    """The installments of the grants whose schedule is given in months."""
    page = book.add(SCHEDULES)
    page.title(
        "Installments from schedules in months",
        "Type a grant's number: its schedule is looked up in Grants. What is earned so far is rounded down each "
        "time, so that no share is lost.",
    )
    top = 3
    scheduled = _scheduled(sample)
    styles = dict(zip(_SCHEDULE, ("shares", "date", "plain", "plain", "plain"), strict=True))
    page.headings(top, 0, (GRANT, *_SCHEDULE), ("text", *styles.values()))
    grants = sample.grants.name
    for row, record in enumerate(scheduled, start=top + 1):
        page.write(row, 0, record[GRANT], "typed text")
        for column, name in enumerate(_SCHEDULE, start=1):
            formula = f"=INDEX({grants}[{name}],MATCH($A{row + 1},{grants}[{GRANT}],0))"
            # INDEX gives 0 for an empty cell
            page.calculate(row, column, formula, 0 if record[name] is None else record[name], styles[name])
    arguments = [page.down(top + 1, column, len(scheduled)) for column in range(1 + len(_SCHEDULE))]
    page.call(top, 7, "VEST_TRANCHES", arguments, ["text", "plain", "date", "shares"], headed=True)
    page.widths((10, 12, 14, 10, 10, 10, 3, 10, 10, 14, 12))
    page.freeze(top + 1)
