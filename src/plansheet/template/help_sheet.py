"""The sheet Help: what to do, errors, actions, rules from their cards, functions from their docstrings."""

from plansheet.core.rule import Rule
from plansheet.core.words import Action
from plansheet.excel import FUNCTIONS
from plansheet.excel.manual import ALL_RULES
from plansheet.excel.signature import signature_of
from plansheet.template.pages import Book, Page

HELP = "Help"
_FIRST, _SECOND = 52, 78

_NO_ANSWER = (
    (
        "plansheet.xlsm, Excel for Windows",
        "Press Enable Content in the yellow bar. If there is none and cells show #NAME?: close Excel, right-click the "
        "file, Properties, tick Unblock. Then type plansheet doctor in a terminal: it names the next step.",
    ),
    (
        "Your own workbooks, Excel for Windows",
        "Type plansheet install in a terminal once. Every workbook then knows the functions by their names.",
    ),
    (
        "plansheet-lite.xlsx, Excel on Windows, Mac and web",
        "Open xlwings Lite (Home, Add-ins), paste main.py and requirements.txt into it, press Restart. Cells that "
        "still show #NAME? were entered before: press F2 and Enter in them once.",
    ),
    (
        "LibreOffice 25.2",
        "Tools, Extensions, Add: plansheet.oxt. Restart LibreOffice, then Data, Calculate, Recalculate Hard.",
    ),
    (
        "Excel without dynamic arrays (2019 and older)",
        "Select the cells that the result needs, type the formula, press Ctrl+Shift+Enter.",
    ),
    (
        "Semicolons",
        "Where Windows writes 1,5 for one and a half, Excel wants semicolons between arguments; the formulas of this "
        "workbook show them by themselves.",
    ),
)
_ERRORS = (
    (
        "#VALUE!",
        "A cell cannot be read, or the answer depends on one that cannot. ISO_LIMIT_WHY and the tables say which.",
    ),
    ("#NUM!", "What is recorded cannot have happened: more exercised or cancelled than there was, or too early."),
    ("#N/A", "The rows do not tell: a type or a number of shares is missing that the answer depends on."),
    (
        "#SPILL!",
        "The result has no room. Clear the cells below and to the right; inside a table a result cannot spill.",
    ),
    ("#NAME?", "The functions are not at hand: see above."),
)
_ACTIONS = {
    Action.RESERVE: "Adds shares to the plan's reserve; a number below zero takes some away.",
    Action.GRANT: "An option is granted. Type is ISO or NSO.",
    Action.SUBSTITUTE: "An option is granted in place of another company's (§16(b)).",
    Action.EXERCISE: "Always the full number exercised, whatever was tendered or withheld.",
    Action.CANCEL: "The option ends, exercisable or not. Shares left blank: all that is left.",
    Action.TERMINATE: "The same as CANCEL: the end of the option, not of the employment.",
    Action.FORFEIT: "Shares that are not exercisable yet end.",
    Action.EXPIRE: "Shares that are exercisable end.",
    Action.ACCELERATE: "Everything becomes exercisable that day; Grant left blank: of every grant made by then.",
    Action.PERFORMANCE_MET: "The installments of the grant that have no date become exercisable.",
    Action.APPROVAL: "The shareholders approve; nothing was exercisable before.",
    Action.SPLIT: "A stock split. Shares holds the ratio as text: 3-for-2.",
    Action.DISPOSITION: "Shares are sold; changes nothing here.",
    Action.TENDER: "Beside an EXERCISE: plan shares, given for the price. They come back to the pool, never for ISOs.",
    Action.TENDER_OTHER: "Beside an EXERCISE: other shares, given for the price. Nothing comes back.",
    Action.WITHHOLD: "Beside an EXERCISE: shares kept for tax. Recycling on Plan says whether they return.",
    Action.NET_EXERCISE: "Beside an EXERCISE: shares kept for the price. Recycling on Plan says whether they return.",
    Action.REPURCHASE: "Shares are bought back. Nothing comes back to the pool.",
    Action.AMEND: "The plan is amended; with a grant, its agreement. Changes no figure.",
    Action.BLOCK: "From this day nothing may be exercised (§13(b)); with a grant, that one.",
    Action.RELEASE: "From this day exercises are allowed again.",
}


def write_help(book: Book) -> None:
    """The sheet Help."""
    page = book.add(HELP)
    page.title("Help", "What to do where no function answers; errors, actions, rules; what can be typed into a cell.")
    row = _section(page, 3, "When the functions do not answer", "What to do")
    for where, text in _NO_ANSWER:
        row = _line(page, row, where, text, "function")
    row = _section(page, row + 1, "Error", "What it means")
    for error, text in _ERRORS:
        row = _line(page, row, error, text, "function")
    row = _section(page, row + 1, "Action in Activity", "What it means")
    for action in Action:
        row = _line(page, row, action.label, _ACTIONS[action], "function")
    row = _section(page, row + 1, "Rule", "What PLAN_CHECK and plansheet check find by it; PLAN_EXPLAIN says more")
    for rule in ALL_RULES:
        row = _line(page, row, f"{rule.code} ({rule.severity.value}{_section_of(rule)})", rule.title, "function")
    row = _section(page, row + 1, "Function", "What it gives")
    for function in FUNCTIONS.values():
        signature = signature_of(function)
        row = _line(page, row, str(signature), signature.summary, "function")
        for argument in signature.arguments:
            left_out = "may be left out" if argument.optional else "needed"
            row = _line(page, row, f"{argument.name} ({left_out})", argument.text, "argument")
    page.widths((_FIRST, _SECOND))
    page.portrait()


def _section_of(rule: Rule) -> str:
    return f", {rule.plan}" if rule.plan else ""


def _section(page: Page, row: int, first: str, second: str) -> int:
    page.headings(row, 0, (first, second), ("text", "wrapped"))
    return row + 1


def _line(page: Page, row: int, first: str, second: str, style: str) -> int:
    page.write(row, 0, first, style)
    page.write(row, 1, second, "wrapped")
    page.fit_height(row, {first: _FIRST - 6, second: _SECOND})
    return row + 1
