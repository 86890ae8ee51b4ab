"""The sheet of the share pool (plan §4)."""

import datetime

from plansheet.core.records import Activity, heading
from plansheet.plan.terms import label
from plansheet.template.pages import OMITTED, Book, column_of, literal, term_of
from plansheet.template.sample import Sample
from plansheet.template.tables import Table

POOL = "Pool"
_HEADINGS = 3
_LEDGER_COLUMN = 4


def write_pool(book: Book, sample: Sample, plan: Table) -> None:
    """Shares available after all activity and at each year's end, and the ledger row by row."""
    page = book.add(POOL)
    page.title(
        "Shares available for grants",
        "The reserve stands in Activity (RESERVE rows), so the functions start from 0. Below zero: over-granted.",
    )
    page.headings(_HEADINGS, 0, ("As of", "Available", "Available for ISO"), ("date", "shares", "shares"))
    action, shares, grant, grant_type, date = (
        column_of(sample.activity, heading(Activity, name))
        for name in ("action", "shares", "grant", "grant_type", "date")
    )
    ledger = [literal(0), action, shares, grant, grant_type, date]
    recycling = term_of(plan, label("recycling"))
    first = _HEADINGS + 1
    years = sorted({event.date.year for event in sample.events if event.date is not None})
    page.write(first, 0, "today")
    for row, year in enumerate(years, start=first + 1):
        page.write(row, 0, datetime.datetime(year, 12, 31), "date")
    for row in range(first, first + 1 + len(years)):
        as_of = OMITTED if row == first else page.down(row, 0, 1)
        for column, view in ((1, literal("ANY")), (2, literal("ISO"))):
            page.call(row, column, "POOL_AVAILABLE", [*ledger, as_of, view, recycling], ["shares"], headed=False)
    styles = ["date", "text", "text", "change", "shares", "shares"]
    page.call(_HEADINGS, _LEDGER_COLUMN, "POOL_LEDGER", [*ledger, recycling], styles, headed=True)
    page.widths((13, 14, 14, 3, 13, 18, 10, 14, 14, 14))
    page.freeze(first)
