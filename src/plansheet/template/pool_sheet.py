"""The sheet of the share pool (plan §4)."""

import datetime

from plansheet.core.dates import add_months
from plansheet.core.records import Activity, heading
from plansheet.plan.terms import label
from plansheet.template.facts import Facts
from plansheet.template.pages import OMITTED, Book, Page, column_of, literal, term_of
from plansheet.template.tables import Table, date_cell

POOL = "Pool"
_LEDGER = 3, 4
_YEAR_ENDS = 18
"""Row of the headings of the years' ends, below the chart."""
_FEWEST_YEARS = 10
_WIDTHS = (16, 15, 16, 4, 13, 19, 10, 14, 14, 14)


def write_pool(book: Book, facts: Facts, plan: Table) -> None:
    """The ledger row by row; beside it the shares available at each year's end, as a chart and in figures."""
    page = book.add(POOL)
    page.title(
        "Shares available for grants",
        "The reserve stands in Activity (RESERVE rows), so the functions start from 0. Below zero: over-granted (§4).",
    )
    action, shares, grant, grant_type, date = (
        column_of(facts.activity, heading(Activity, name))
        for name in ("action", "shares", "grant", "grant_type", "date")
    )
    ledger = [literal(0), action, shares, grant, grant_type, date]
    recycling = term_of(plan, label("recycling"))
    styles = ["date", "text", "text", "change", "shares", "shares"]
    page.call(*_LEDGER, "POOL_LEDGER", [*ledger, recycling], styles, headed=True)
    page.headings(_YEAR_ENDS, 0, ("As of", "Available", "Available for ISO"), ("date", "shares", "shares"))
    first = _YEAR_ENDS + 1
    page.write(first, 0, "all activity")
    dates = [event.date.year for event in facts.events if event.date is not None]
    count = max(_FEWEST_YEARS, max(dates) - min(dates) + 1)
    _write_year_ends(page, first + 1, min(dates), count)
    for row in range(first, first + 1 + count):
        as_of = OMITTED if row == first else page.down(row, 0, 1)
        for column, view in ((1, literal("ANY")), (2, literal("ISO"))):
            page.call(row, column, "POOL_AVAILABLE", [*ledger, as_of, view, recycling], ["shares"], headed=False)
    page.widths(_WIDTHS)
    page.freeze(_LEDGER[0] + 1)
    years = (first + 1, first + count)
    page.line_chart(
        _LEDGER[0], 0, "Shares available at each year's end", years, {1: "Available", 2: "Available for ISO"}
    )


def _write_year_ends(page: Page, row: int, first_year: int, count: int) -> None:
    """Year ends in a row: the first is typed, the others follow it."""
    day = datetime.date(first_year, 12, 31)
    page.write(row, 0, date_cell(day), "typed date")
    for below in range(1, count):
        cell = page.cell_above(row + below, 0)
        page.calculate(row + below, 0, f"=EDATE({cell},12)", date_cell(add_months(day, 12 * below)), "date")
