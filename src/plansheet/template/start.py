"""The first sheet: what to do, whether the functions answer, what stands where, what the workbook is not."""

from collections.abc import Sequence

from plansheet import __version__
from plansheet.plan.terms import atg_1996
from plansheet.template import check_sheets, help_sheet, limit_sheets, option_sheets, pool_sheet
from plansheet.template.facts import Facts
from plansheet.template.pages import Book, Page

START = "Start"
VERSION_CELL = "B5"
ANSWER = "The functions answer."
NOT_KNOWN = "Not known yet: press Enable Editing and Enable Content (Excel) or Ctrl+Shift+F9 (LibreOffice)."
"""What is saved: where nothing may be calculated, as in Protected View, nobody knows."""
NO_ANSWER = "No answer: the functions are not at hand. The sheet Help says what to do."
_WIDTHS = (16, 88)

_STEPS = (
    "Look at the line Functions above. If it says that there is no answer, the sheet Help says what to do.",
    "Plan: read the terms and the choices made where the plan is silent, and change what your plan has otherwise.",
    "Holders, Grants, Vesting, Activity: type or paste your own rows over the example rows, and delete those left "
    "over. Schedules works out installments. On all other sheets only the pale cells with a frame are to be typed in.",
    "Type the day on Checks, and read there what is wrong and what to do; Calendar shows what falls due. The results "
    "on the ISO sheets, Pool, Split and Merger follow every change, and each says its section.",
    'Save, and have everything checked again without Excel: type in a terminal plansheet check "the workbook\'s name".',
)


def _about_the_sample(facts: Facts) -> tuple[str, ...]:
    return (
        f"The plan is real: {atg_1996().title}, as filed with the company's registration statement of 19 November "
        "2001. The day of its adoption is an assumption.",
        "The people are invented: their names, their options and what they did with them. About forty of them stand "
        "for the hundreds of a real company, so their grants are large. Public record are the merger at $6.00 and its "
        "day, the share reserve and its last increase, the terms of the grant of 450,000 shares at $1.31 and a few of "
        f"the stock's prices. The split of {facts.split.date} is invented.",
        f"The ledgers hold {len(facts.mistakes)} mistakes on purpose, each of a kind that administrators make. "
        "plansheet check finds them, says what is wrong and what to do.",
        "The figures were calculated when the workbook was built, so they can be read without plansheet. Where its "
        "functions are at hand, they follow whatever you change: add rows to the tables, and everything is calculated "
        "again.",
    )


_EXAMPLE = "The example rows are invented: four people, seven grants, a little of all that can happen to them."
_NO_ADVICE = (
    "Nothing here is legal or tax advice. Where plan and law are silent, the choices made are listed on the sheet "
    "Plan; counsel decides."
)


def _recorded(facts: Facts) -> str:
    """Where the shares on Vesting come from: a record can be checked, a result cannot be held against itself."""
    return "recorded" if facts.is_sample else "the sheet ISO limit gives them"


def _sheets(facts: Facts) -> tuple[tuple[str, str], ...]:
    return (
        ("Plan", "The plan's figures and the choices made where it is silent, each with its section."),
        (facts.holders.name, "The people to whom options were granted, and what a merger paid them."),
        (facts.grants.name, "The options as granted, one line each."),
        (facts.vesting.name, f"The installments of every grant, with ISO and NSO shares as {_recorded(facts)}."),
        (facts.activity.name, "Everything that happened, day by day: the plan's one ledger of transactions."),
        (limit_sheets.BY_TRANCHE, "ISO and NSO shares of every installment under the yearly limit, and why (§11(c))."),
        (limit_sheets.BY_YEAR, "The same limit by holder and calendar year, with the room that is left."),
        (limit_sheets.BY_GRANT, "ISO and NSO shares of every grant."),
        (pool_sheet.POOL, "Shares available for grants: by year with a chart, and after every transaction (§4)."),
        (option_sheets.SPLIT, "What a split does to the options then outstanding (§15)."),
        (option_sheets.MERGER, "The cash payment for each option and each holder in a merger (§16(a)(iii))."),
        (option_sheets.SCHEDULES, "Installments worked out from a schedule in months (§8)."),
        (check_sheets.CHECKS, "What breaks the plan or the law, what to do about it, and what could not be checked."),
        (check_sheets.CALENDAR, "The days on which something falls due, and how many are left."),
        (help_sheet.HELP, "What to do where no function answers; every error, action, rule and function."),
    )


def write_start(book: Book, facts: Facts) -> None:
    """The sheet Start; with mistakes in the ledgers, it is the sample's."""
    page = book.add(START)
    name = "A sample of a stock option plan's ledgers" if facts.is_sample else "Stock option plan workbook"
    page.title(name, atg_1996().title)
    _write_status(page)
    row = 6
    if facts.is_sample:
        row = _paragraphs(page, row, _about_the_sample(facts))
    else:
        page.write(row, 0, "What to do", "section")
        page.write(row, 1, None, "section")
        for number, step in enumerate(_STEPS, start=1):
            page.write(row + number, 0, number, "step")
            page.write(row + number, 1, step, "instruction")
            page.fit_height(row + number, {step: _WIDTHS[1]}, more=5)
        row = _paragraphs(page, row + len(_STEPS) + 2, (_EXAMPLE,))
    row = _paragraphs(page, row, (_NO_ADVICE,)) + 1
    page.headings(row, 0, ("Sheet", "What it shows"), ("text", "wrapped"))
    for name, sentence in _sheets(facts):
        row += 1
        page.link(row, 0, name)
        page.write(row, 1, sentence, "wrapped")
        page.fit_height(row, {sentence: _WIDTHS[1]})
    page.widths(_WIDTHS)
    page.portrait()


def _write_status(page: Page) -> None:
    """Whether the functions answer: the version's cell is calculated at every opening (see excel_files.py).

    Where no function is at hand it is an error, where Python does not start a sentence that says why.
    """
    page.write(3, 0, "Functions", "label")
    formula = f'=IF(ISNUMBER(IFERROR(VALUE(LEFT({VERSION_CELL},1)),"")),"{ANSWER}","{NO_ANSWER}")'
    page.calculate(3, 1, formula, NOT_KNOWN, "status")
    page.write(4, 0, "Version", "label")
    page.calculate(4, 1, f"={page.name_in_file('PLANSHEET_VERSION')}()", __version__, "value")


def _paragraphs(page: Page, row: int, texts: Sequence[str]) -> int:
    """Texts over both columns; the row after them."""
    for text in texts:
        page.paragraph(row, 0, 1, text, sum(_WIDTHS))
        row += 1
    return row
