"""The sheets of the $100,000 limit (plan §11(c)): by tranche, by year, by grant."""

from plansheet.plan.terms import label
from plansheet.template.pages import Argument, Book, block_of, column_of, term_of
from plansheet.template.sample import (
    FIRST_EXERCISABLE,
    FMV,
    GRANT,
    GRANT_DATE,
    HOLDER,
    ISO_SHARES,
    NSO_SHARES,
    SHARES,
    TYPE,
    Sample,
)
from plansheet.template.tables import Table

BY_TRANCHE, BY_YEAR, BY_GRANT = "ISO limit", "ISO by year", "ISO by grant"
_CHARACTERS = 140
"""Of a sentence in one line of the column Why."""
_HEADINGS = 3
"""Row of the headings, below the title and its lines."""


def _arguments(sample: Sample, plan: Table) -> list[Argument]:
    headings = (GRANT, GRANT_DATE, FMV, FIRST_EXERCISABLE, SHARES, HOLDER, TYPE)
    return [*(column_of(sample.vesting, heading) for heading in headings), block_of(sample.activity), *_terms(plan)]


def _terms(plan: Table) -> list[Argument]:
    """The limit and the rounding, as the sheet Plan has them."""
    return [term_of(plan, label(name)) for name in ("iso_limit", "rounding")]


def write_by_tranche(book: Book, sample: Sample, plan: Table) -> None:
    """ISO and NSO shares of every tranche, and why."""
    page = book.add(BY_TRANCHE)
    page.title(
        "The $100,000 limit, tranche by tranche",
        "ISO_LIMIT_SPLIT and ISO_LIMIT_WHY over Vesting and Activity (plan §11(c), IRC §422(d)).",
    )
    page.headings(_HEADINGS, 0, (GRANT, FIRST_EXERCISABLE, SHARES), ("text", "date", "shares"))
    page.headings(_HEADINGS, 4, (ISO_SHARES, NSO_SHARES, "Why"), ("shares", "shares", "wrapped"))
    first = _HEADINGS + 1
    table = sample.vesting
    page.spill(first, 0, f"={table.name}[{GRANT}]", list(table.column(GRANT)), ["text"])
    dates = f"{table.name}[{FIRST_EXERCISABLE}]"
    shown = [["" if row[0] is None else row[0]] for row in table.column(FIRST_EXERCISABLE)]
    page.spill(first, 1, f'=IF({dates}="","",{dates})', shown, ["date"])
    page.spill(first, 2, f"={table.name}[{SHARES}]", list(table.column(SHARES)), ["shares"])
    arguments = _arguments(sample, plan)
    page.call(first, 4, "ISO_LIMIT_SPLIT", arguments, ["shares", "shares"], headed=False)
    sentences = page.call(first, 6, "ISO_LIMIT_WHY", arguments, ["wrapped"], headed=False)
    for row, (sentence,) in enumerate(sentences, start=first):
        page.fit_height(row, sentence, _CHARACTERS)
    page.widths((10, 14, 12, 3, 12, 12, 120))
    page.freeze(first)


def write_by_year(book: Book, sample: Sample, plan: Table) -> None:
    """Each holder's calendar years."""
    page = book.add(BY_YEAR)
    page.title(
        "The $100,000 limit by holder and year",
        "Dollars at grant-date value that become first exercisable in the year. Reached: no room is left.",
    )
    styles = ["text", "plain", "dollars", "dollars", "dollars", "dollars", "text"]
    page.call(_HEADINGS, 0, "ISO_LIMIT_BY_YEAR", _arguments(sample, plan), styles, headed=True)
    page.widths((20, 8, 14, 14, 14, 14, 14))
    page.freeze(_HEADINGS + 1)


def write_by_grant(book: Book, sample: Sample, plan: Table) -> None:
    """Each grant's ISO and NSO shares."""
    page = book.add(BY_GRANT)
    page.title("ISO and NSO shares by grant", "ISO_LIMIT_BY_GRANT takes whole tables; shares are those of today.")
    blocks = [block_of(table) for table in (sample.grants, sample.vesting, sample.activity)]
    page.call(
        _HEADINGS,
        0,
        "ISO_LIMIT_BY_GRANT",
        [*blocks, _terms(plan)[0]],
        ["text", "text", "shares", "shares"],
        headed=True,
    )
    page.widths((12, 22, 14, 14))
    page.freeze(_HEADINGS + 1)
