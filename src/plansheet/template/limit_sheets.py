"""The sheets of the $100,000 limit (plan §11(c)): by tranche with the reason, by year, by grant."""

from plansheet.plan.terms import label
from plansheet.template.facts import (
    FIRST_EXERCISABLE,
    FMV,
    GRANT,
    GRANT_DATE,
    HOLDER,
    ISO_SHARES,
    NSO_SHARES,
    SHARES,
    TYPE,
    Facts,
)
from plansheet.template.pages import Argument, Book, block_of, column_of, term_of
from plansheet.template.tables import Table

BY_TRANCHE, BY_YEAR, BY_GRANT = "ISO limit", "ISO by year", "ISO by grant"
_WIDTH_OF_WHY = 84
_WIDTH_OF_FIGURES = 78
"""What is left of it for sentences full of figures, which are wider than words."""
_ROWS_TO_COME = 200
"""With room for a sentence of two lines: a result that grows does not fit its rows to its texts."""
_HEADINGS = 3
"""Row of the headings, below the title and its lines."""
SPLIT_ROW, SPLIT_COLUMN = _HEADINGS + 1, 4
"""Where the ISO and NSO shares of the tranches start."""


def _arguments(facts: Facts, plan: Table) -> list[Argument]:
    headings = (GRANT, GRANT_DATE, FMV, FIRST_EXERCISABLE, SHARES, HOLDER, TYPE)
    return [*(column_of(facts.vesting, heading) for heading in headings), block_of(facts.activity), *_terms(plan)]


def _terms(plan: Table) -> list[Argument]:
    """The limit and the rounding, as the sheet Plan has them."""
    return [term_of(plan, label(name)) for name in ("iso_limit", "rounding")]


def write_by_tranche(book: Book, facts: Facts, plan: Table) -> None:
    """ISO and NSO shares of every tranche, and why."""
    page = book.add(BY_TRANCHE)
    page.title(
        "The $100,000 limit, installment by installment",
        "ISO_LIMIT_SPLIT and ISO_LIMIT_WHY over Vesting and Activity (plan §11(c), IRC §422(d)). ISO and NSO "
        "shares are those of today: all splits are counted.",
    )
    page.headings(_HEADINGS, 0, (GRANT, FIRST_EXERCISABLE, SHARES), ("text", "date", "shares"))
    page.headings(_HEADINGS, SPLIT_COLUMN, (ISO_SHARES, NSO_SHARES, "Why"), ("shares", "shares", "wrapped"))
    first, table = SPLIT_ROW, facts.vesting
    for column, (heading, style) in enumerate(((GRANT, "text"), (FIRST_EXERCISABLE, "date"), (SHARES, "shares"))):
        cells = f"{table.name}[{heading}]"
        shown = [["" if row[0] is None else row[0]] for row in table.column(heading)]
        page.spill(first, column, f'=IF({cells}="","",{cells})', shown, [style])
    arguments = _arguments(facts, plan)
    page.call(first, SPLIT_COLUMN, "ISO_LIMIT_SPLIT", arguments, ["shares", "shares"], headed=False)
    sentences = page.call(first, SPLIT_COLUMN + 2, "ISO_LIMIT_WHY", arguments, ["wrapped"], headed=False)
    for row, (sentence,) in enumerate(sentences.rows, start=first):
        page.fit_height(row, {sentence: _WIDTH_OF_FIGURES})
    if not facts.is_sample:
        page.give_room(first + len(sentences.rows), _ROWS_TO_COME)
    page.widths((10, 14, 12, 3, 12, 12, _WIDTH_OF_WHY))
    page.freeze(first, 1)


def write_by_year(book: Book, facts: Facts, plan: Table) -> None:
    """Each holder's calendar years."""
    page = book.add(BY_YEAR)
    page.title(
        "The $100,000 limit by holder and year",
        "Dollars at grant-date value that become first exercisable in the year. Reached: no room is left.",
    )
    styles = ["text", "plain", "dollars", "dollars", "dollars", "dollars", "text"]
    page.call(_HEADINGS, 0, "ISO_LIMIT_BY_YEAR", _arguments(facts, plan), styles, headed=True)
    page.emphasize(_HEADINGS + 1, 6, {"Reached": "reached", "Approaching": "approaching"})
    page.widths((24, 9, 16, 16, 16, 16, 16))
    page.freeze(_HEADINGS + 1)
    page.portrait()


def write_by_grant(book: Book, facts: Facts, plan: Table) -> None:
    """Each grant's ISO and NSO shares."""
    page = book.add(BY_GRANT)
    page.title("ISO and NSO shares by grant", "ISO_LIMIT_BY_GRANT takes whole tables; shares are those of today.")
    blocks = [block_of(table) for table in (facts.grants, facts.vesting, facts.activity)]
    arguments = [*blocks, *_terms(plan)]
    styles = ["text", "text", "shares", "shares"]
    page.call(_HEADINGS, 0, "ISO_LIMIT_BY_GRANT", arguments, styles, headed=True)
    page.widths((14, 26, 16, 16))
    page.freeze(_HEADINGS + 1)
    page.portrait()
