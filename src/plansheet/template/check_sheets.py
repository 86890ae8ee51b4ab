"""The sheets of the rules: what they find in the ledgers and what they could not check; what falls due."""

from plansheet.core.rule import Severity
from plansheet.plan.terms import label
from plansheet.template.facts import Facts
from plansheet.template.pages import Argument, Book, Page, Spill, block_of, name_of_term
from plansheet.template.tables import Table, date_cell

CHECKS, CALENDAR = "Checks", "Calendar"
_DAY = 4, 1
"""Where the day stands on both sheets; it is typed on the first."""
_TOP, _TOP_OF_CALENDAR = 8, 6
_SEVERITY = 1
_FINDINGS = (11, 12, 22, 52, 42)
_UNCHECKED = (40, 46)
_DUE = (13, 14, 60, 24, 12, 14)
_ASIDE = len(_FINDINGS) + 1
_ROWS_TO_COME = 200
"""With room for sentences of two lines: a result that grows does not fit its rows to its texts."""
_SHORT = (
    "In LibreOffice a result fills the rows for which it was entered and no more: select more rows and enter its "
    "formula again with Ctrl+Shift+Enter; spare rows show #N/A."
)
"""What a result that grew must not hide."""


def _arguments(facts: Facts, plan: Table, as_of: Argument) -> list[Argument]:
    ledgers = (facts.grants, facts.vesting, facts.activity, facts.holders, plan)
    return [*map(block_of, ledgers), as_of]


def _hints(book: Book, facts: Facts) -> list[str]:
    """What is to be said where a result may be cut off; the sample's ledgers stay as they are."""
    return [] if book.flavour.follows_spills or facts.is_sample else [_SHORT]


def write_checks(book: Book, facts: Facts, plan: Table) -> None:
    """What the rules find, errors first; beside it what they could not check."""
    page = book.add(CHECKS)
    page.title(
        "The rules of the plan over the ledgers",
        "On the left, what breaks the plan or the law (PLAN_CHECK; plansheet check says the same). Nothing below the "
        "headings: nothing was found. Rows count from 1 below a ledger's headings.",
        "On the right, what could not be checked, and why (PLAN_UNCHECKED). Where a column is missing: add one with "
        "that heading to the ledger, and the rule is asked.",
        *_hints(book, facts),
    )
    page.write(_DAY[0], 0, "As of", "label")
    page.write(*_DAY, date_cell(facts.as_of), "typed date")
    arguments = _arguments(facts, plan, page.cell(*_DAY))
    styles = ["text", "text", "wrapped", "wrapped", "wrapped"]
    found = page.call(_TOP, 0, "PLAN_CHECK", arguments, styles, headed=True)
    missed = page.call(_TOP, _ASIDE, "PLAN_UNCHECKED", arguments, ["wrapped", "wrapped"], headed=True)
    if not _hints(book, facts):
        _write_counts(page, found)
    page.emphasize(_TOP + 1, _SEVERITY, {Severity.ERROR.value: "reached", Severity.WARNING.value: "approaching"})
    _fit(page, found, missed)
    if not facts.is_sample:
        page.give_room(_TOP + max(len(found.rows), len(missed.rows)), _ROWS_TO_COME)
    page.widths((*_FINDINGS, 2, *_UNCHECKED))
    page.freeze(_TOP + 1)


def _write_counts(page: Page, found: Spill) -> None:
    """How many errors and warnings there are, so that none is missed that stands below the screen.

    To Calc a text of a result is equal to another only where a text is added to it.
    """
    severities = page.range_down(_TOP + 1, _SEVERITY)
    first = page.cell(_TOP, 0).text
    for row, severity in enumerate(Severity, start=_DAY[0] + 1):
        count = sum(line[_SEVERITY] == severity.value for line in found.rows)
        counted = f'SUMPRODUCT(--({severities}&""="{severity.value}"))'
        page.write(row, 0, f"{severity.value.capitalize()}s", "label")
        page.calculate(row, _DAY[1], f'=IF(ISERROR({first}),"not checked",{counted})', count, "number on the left")


def _fit(page: Page, found: Spill, missed: Spill) -> None:
    """As many lines as the sentences need, those of both results: they share their rows."""
    for at in range(1, max(len(found.rows), len(missed.rows))):
        texts: dict[str, int] = {}
        for spill, widths in ((found, _FINDINGS), (missed, _UNCHECKED)):
            if at < len(spill.rows):
                texts |= {str(text): width for text, width in zip(spill.rows[at], widths, strict=True)}
        page.fit_height(_TOP + at, texts)


def write_calendar(book: Book, facts: Facts, plan: Table) -> None:
    """What falls due, by day, and how many days are left."""
    page = book.add(CALENDAR)
    warning = label("warning_days")
    page.title(
        "What falls due",
        f"PLAN_CALENDAR over the ledgers, as of the day on the sheet {CHECKS}. Nothing below the headings: nothing "
        "falls due.",
        f"Days left say overdue where the day is over, and soon where it falls within the {warning} of the sheet Plan.",
        *_hints(book, facts),
    )
    page.write(_DAY[0], 0, "As of", "label")
    page.calculate(*_DAY, f"={CHECKS}!$B$5", date_cell(facts.as_of), "linked date")
    styles = ["date", "days", "wrapped", "text", "text", "shares"]
    due = page.call(
        _TOP_OF_CALENDAR, 0, "PLAN_CALENDAR", _arguments(facts, plan, page.cell(*_DAY)), styles, headed=True
    )
    page.emphasize_days(_TOP_OF_CALENDAR + 1, 1, f"={name_of_term(plan, warning)}")
    for at, row in enumerate(due.rows[1:], start=_TOP_OF_CALENDAR + 1):
        page.fit_height(at, {str(row[2]): _DUE[2], str(row[3]): _DUE[3]})
    page.widths(_DUE)
    page.freeze(_TOP_OF_CALENDAR + 1)
