"""The first sheet: what the workbook is, what stands where, what it is not."""

from plansheet.plan.terms import atg_1996
from plansheet.template import limit_sheets, option_sheets, pool_sheet
from plansheet.template.pages import Book
from plansheet.template.sample import Sample

ABOUT = "About"
_TITLE = "A sample of a stock option plan's ledgers"


def _paragraphs(sample: Sample) -> tuple[str, ...]:
    return (
        f"The plan is real: {atg_1996().title}, as filed with the company's registration statement of 19 November "
        "2001. The day of its adoption is an assumption.",
        "The people are invented: their names, their options and what they did with them. About forty of them stand "
        "for the hundreds of a real company, so their grants are large. Public record are the merger at $6.00 and its "
        "day, the share reserve and its last increase, the terms of the grant of 450,000 shares at $1.31 and a few of "
        f"the stock's prices. The split of {sample.split.date} is invented.",
        f"The ledgers hold {len(sample.mistakes)} mistakes on purpose, each of a kind that administrators make. "
        "plansheet check finds them, says what is wrong and what to do.",
        "The figures were calculated when the workbook was built, so they can be read without plansheet. Where its "
        "functions are installed, they follow whatever you change: add rows to the tables, and everything is "
        "calculated again.",
        "Nothing here is legal or tax advice. Where plan and law are silent, the choices made are listed on the sheet "
        "Plan; counsel decides.",
    )


def _sheets(sample: Sample) -> tuple[tuple[str, str], ...]:
    return (
        ("Plan", "The plan's figures and the choices made where it is silent, each with its section."),
        (sample.holders.name, "The people to whom options were granted, and what the merger paid them."),
        (sample.grants.name, "The options as granted, one line each."),
        (sample.vesting.name, "The installments of every grant, with ISO and NSO shares as recorded."),
        (sample.activity.name, "Everything that happened, day by day: the plan's one ledger of transactions."),
        (limit_sheets.BY_TRANCHE, "ISO and NSO shares of every installment under the yearly limit, and why (§11(c))."),
        (limit_sheets.BY_YEAR, "The same limit by holder and calendar year, with the room that is left."),
        (limit_sheets.BY_GRANT, "ISO and NSO shares of every grant."),
        (pool_sheet.POOL, "Shares available for grants: today, at each year's end and after every transaction (§4)."),
        (option_sheets.SPLIT, "What the split did to the options then outstanding (§15)."),
        (option_sheets.MERGER, "The cash payment for each option and each holder in the merger (§16(a)(iii))."),
        (option_sheets.SCHEDULES, "Installments worked out from a schedule in months (§8)."),
    )


def write_about(book: Book, sample: Sample) -> None:
    """The sheet About."""
    page = book.add(ABOUT)
    page.title(_TITLE)
    row = 2
    for paragraph in _paragraphs(sample):
        page.paragraph(row, 0, 1, paragraph)
        row += 1
    row += 1
    page.headings(row, 0, ("Sheet", "What it shows"), ("text", "wrapped"))
    for name, sentence in _sheets(sample):
        row += 1
        page.link(row, 0, name)
        page.write(row, 1, sentence, "wrapped")
    page.widths((18, 100))
