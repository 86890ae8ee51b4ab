"""The roll-forward of options outstanding as a frame (ASC 718-10-50-2(c); before it, FAS 123 ¶47(a))."""

import datetime
from collections.abc import Iterable

import pandas as pd

from plansheet.core.numbers import Number
from plansheet.core.records import Grant
from plansheet.core.refusal import Refusal
from plansheet.frames.columns import Values, days, dollars, frame, shares, texts, years
from plansheet.frames.reading import FrameLedger, UnusableFrame, needed_table
from plansheet.plan.roll_forward import Amount, FiscalYear, FiscalYearEnd, Line, OptionChanges
from plansheet.plan.roll_forward import roll_forward as lines_of
from plansheet.plan.terms import Terms, atg_1996

CALENDAR = (12, 31)


def roll_forward(
    book: FrameLedger,
    fiscal_years: Iterable[int] | None = None,
    *,
    year_end: tuple[int, int] = CALENDAR,
    all_plans: bool = False,
    decimals: int | None = None,
    terms: Terms | None = None,
) -> pd.DataFrame:
    """Options outstanding from year to year, as in the note of a 10-K (ASC 718-10-50-2(c); FAS 123 ¶47(a)).

    fiscal_years: years by the calendar year in which they end, the first and last of which bound the table; left out:
    from the first grant to the last transaction. year_end: month and day on which they end. all_plans: grants under
    other plans of the group too. decimals: round the average price half up to so many; left out: 15 significant digits.

    Index: MultiIndex (fiscal_year, line); line is an ordered category: outstanding at beginning, granted, exercised,
    forfeited, expired, cancelled (CANCEL and TERMINATE rows), outstanding at end, exercisable at end.
    Columns: shares, average_price (dollars per share, weighted; missing of no shares), dollars (shares at their prices:
    the aggregate exercise price), problem.
    Everything is in shares and prices of the table's last day: splits until then restate what is before them, not
    rounded. So beginning + granted - exercised - forfeited - expired - cancelled = end in shares and in dollars, and a
    year begins with what the last one ended with.
    A year that depends on what the records do not tell has the sentence in problem and no figures; so have those after
    it. Raises UnusableFrame without Grant date, Exercise price and Shares in grants, and without any grant date.
    """
    changes, span = _changes(book, fiscal_years, year_end, all_plans, terms)
    rows = [(each.year.year, line, amount) for each in lines_of(changes, span) for line, amount in each.lines.items()]
    amounts = [amount if isinstance(amount, Amount) else None for _, _, amount in rows]
    names = [line.value for line in Line]
    index = pd.MultiIndex.from_arrays(
        [
            years(year for year, _, _ in rows),
            pd.Categorical([line.value for _, line, _ in rows], categories=names, ordered=True),
        ],
        names=["fiscal_year", "line"],
    )
    columns: dict[str, Values] = {
        "shares": shares(None if a is None else a.shares for a in amounts),
        "average_price": dollars((None if a is None else a.average for a in amounts), decimals),
        "dollars": dollars(None if a is None else a.dollars for a in amounts),
        "problem": texts(amount.message if isinstance(amount, Refusal) else None for _, _, amount in rows),
    }
    return frame(columns, index)


def option_changes(
    book: FrameLedger,
    fiscal_years: Iterable[int] | None = None,
    *,
    year_end: tuple[int, int] = CALENDAR,
    all_plans: bool = False,
    terms: Terms | None = None,
) -> pd.DataFrame:
    """What the roll-forward adds up, one by one: each grant made and what each transaction took of it.

    Arguments as of `roll_forward`. Index: a number, in order of date. Columns: fiscal_year, date, grant, holder, line
    (string), shares, price (dollars per share), dollars, problem; on the basis of the table's last day. What the
    records do not tell stands at the end, with the sentence in problem.
    """
    changes, span = _changes(book, fiscal_years, year_end, all_plans, terms)
    end = FiscalYearEnd(*year_end)
    made = [change for change in changes.changes if change.date <= span[-1].last]
    gaps = changes.gaps
    blank: list[Number | None] = [None] * len(gaps)
    return frame(
        {
            "fiscal_year": years(
                [*(end.of(change.date) for change in made), *(end.of(g.since) if g.since else None for g in gaps)]
            ),
            "date": days([*(change.date for change in made), *(gap.since for gap in gaps)]),
            "grant": texts([*(change.grant.grant for change in made), *blank]),
            "holder": texts([*(change.grant.holder for change in made), *blank]),
            "line": texts([*(change.line.value for change in made), *blank]),
            "shares": shares([*(change.shares for change in made), *blank]),
            "price": dollars([*(change.price for change in made), *blank]),
            "dollars": dollars([*(change.shares * change.price for change in made), *blank]),
            "problem": texts([*(None for _ in made), *(gap.message for gap in gaps)]),
        }
    )


def _changes(
    book: FrameLedger,
    fiscal_years: Iterable[int] | None,
    year_end: tuple[int, int],
    all_plans: bool,
    terms: Terms | None,
) -> tuple[OptionChanges, list[FiscalYear]]:
    needed_table(book, Grant, "grant_date", "exercise_price", "shares")
    try:
        datetime.date(2000, *year_end)  # a leap year: 29 February is a day to end on
    except (TypeError, ValueError):
        raise UnusableFrame(f"year_end is {year_end!r}; give month and day, such as (6, 30)") from None
    end = FiscalYearEnd(*year_end)
    asked = sorted(set(fiscal_years)) if fiscal_years is not None else _all_years(book, end)
    if not asked:
        raise UnusableFrame("there is no fiscal year to show: no grant has a Grant date, or fiscal_years is empty")
    span = [end.year(number) for number in range(asked[0], asked[-1] + 1)]
    return OptionChanges(book.ledger, terms or atg_1996(), span[-1].last, all_plans=all_plans), span


def _all_years(book: FrameLedger, end: FiscalYearEnd) -> list[int]:
    made = [end.of(grant.grant_date) for grant in book.ledger.grants if grant.grant_date is not None]
    happened = [end.of(row.date) for row in book.ledger.activity if row.date is not None]
    return [min(made), max(made + happened)] if made else []
