"""A cap table that somebody else laid out, with the functions in it: other headings and order, one row per grant."""

from xlsxwriter.utility import xl_rowcol_to_cell

from plansheet.core.records import Activity, Grant, Tranche, heading
from plansheet.excel import ISO_LIMIT_SPLIT
from plansheet.template.facts import GRANT, Facts
from plansheet.template.pages import OMITTED, Argument, Book, Page, column_of, literal, spill_text
from plansheet.template.tables import Table

READ_ME, LEDGER, INSTALLMENTS, CALC, TRANSACTIONS = "Read me", "Option ledger", "Installments", "Calc", "Transactions"
_GRANT_COLUMNS = {
    "holder": ("Stakeholder name", 20, "text"),
    "grant": ("Security ID", 13, "text"),
    "grant_type": ("Option type", 12, "text"),
    "shares": ("Quantity issued", 14, "shares"),
    "exercise_price": ("Strike price", 12, "price"),
    "fmv": ("Market value at grant", 14, "price"),
    "grant_date": ("Issue date", 13, "date"),
    "vesting_start": ("Vesting commencement date", 16, "date"),
    "months": ("Vesting period (months)", 14, "plain"),
    "cliff": ("Vesting cliff (months)", 14, "plain"),
    "every": ("Interval months", 12, "plain"),
}
_TRANCHE_COLUMNS = {
    "first_exercisable": ("Vest date", 13, "date"),
    "shares": ("Vest shares", 12, "shares"),
    "grant": ("Certificate", 12, "text"),
    "holder": ("Optionee", 20, "text"),
    "grant_type": ("Award type", 11, "text"),
    "grant_date": ("Date of grant", 13, "date"),
    "fmv": ("Fair market value", 12, "price"),
}
_PICKED = {"ISO shares": 1, "NSO shares": 2}
_ACTIVITY_COLUMNS = {
    "date": ("Transaction date", 16, "date"),
    "grant": ("Certificate", 12, "text"),
    "action": ("Transaction type", 20, "text"),
    "shares": ("Quantity", 13, "shares"),
    "grant_type": ("Award type", 11, "text"),
}
_BANNER = 3
"""Rows above the headings of a plain range."""

Columns = dict[str, tuple[str, int, str]]


def write_existing(book: Book, facts: Facts) -> None:
    """The sheets of a cap table, and beside the data what the functions make of it."""
    grants = {str(row[GRANT]) for row in facts.scheduled}
    ledger = _renamed(LEDGER, facts.grants, grants, Grant, _GRANT_COLUMNS)
    tranches = _renamed(INSTALLMENTS, facts.vesting, grants, Tranche, _TRANCHE_COLUMNS)
    activity = _renamed(TRANSACTIONS, facts.activity, grants, Activity, _ACTIVITY_COLUMNS)
    _write_read_me(book)
    _write_ledger(book, ledger, activity)
    _write_installments(book, tranches, activity)
    _write_calc(book, tranches, activity)
    _write_transactions(book, activity)


def _renamed(name: str, table: Table, grants: set[str], record: type[object], columns: Columns) -> Table:
    """The rows of some grants, and of none, under their owner's headings, in the owner's order."""
    headings = tuple(text for text, _, _ in columns.values())
    rows = (row for row in table.records() if row[GRANT] is None or row[GRANT] in grants)
    return Table(name, headings, tuple(tuple(row[heading(record, field)] for field in columns) for row in rows))


def _transactions(activity: Table) -> Argument:
    """The plain range of transactions with its headings, as a formula on another sheet names it."""
    last = xl_rowcol_to_cell(_BANNER + len(activity.rows), len(_ACTIVITY_COLUMNS) - 1, row_abs=True, col_abs=True)
    return Argument(f"{TRANSACTIONS}!$A${_BANNER + 1}:{last}", activity.block())


def _split_arguments(tranches: Table, activity: Table) -> list[Argument]:
    order = ("grant", "grant_date", "fmv", "first_exercisable", "shares", "holder", "grant_type")
    return [*(column_of(tranches, _TRANCHE_COLUMNS[field][0]) for field in order), _transactions(activity)]


def _write_plain(page: Page, table: Table, columns: Columns) -> Argument:
    """A plain range below a banner; with its headings, as an argument."""
    page.headings(_BANNER, 0, table.headings, [style for _, _, style in columns.values()])
    for down, row in enumerate(table.rows, start=_BANNER + 1):
        for right, (cell, (_, _, style)) in enumerate(zip(row, columns.values(), strict=True)):
            page.write(down, right, cell, style)
    return page.block(_BANNER, 0, len(table.rows) + 1, len(columns))


def _write_read_me(book: Book) -> None:
    page = book.add(READ_ME)
    page.title("The functions in a cap table that was there before", "People and options are invented.")
    lines = {
        LEDGER: "One row per grant, in a plain range with the owner's headings: one formula in the cell M4 takes the "
        "range with its headings and spills a row per grant; installments come from the schedule columns.",
        INSTALLMENTS: "An Excel table. Inside a table no result can spill, so its columns ISO shares and NSO shares "
        "pick their row from the sheet Calc: never one function call per row.",
        CALC: "The function is called once, for the whole table, and spills.",
        TRANSACTIONS: "The ledger of transactions, a plain range. Beside it the shares available, after all rows and "
        "row by row.",
    }
    page.headings(3, 0, ("Sheet", "What it shows"), ("text", "wrapped"))
    for row, (name, text) in enumerate(lines.items(), start=4):
        page.link(row, 0, name)
        page.write(row, 1, text, "wrapped")
        page.fit_height(row, {text: 90})
    page.widths((18, 90))
    page.portrait()


def _write_ledger(book: Book, ledger: Table, activity: Table) -> None:
    page = book.add(LEDGER)
    page.title("Option ledger", "As kept before: nothing in the columns A to K was changed.")
    block = _write_plain(page, ledger, _GRANT_COLUMNS)
    right = len(_GRANT_COLUMNS) + 1
    styles = ["text", "text", "shares", "shares"]
    page.call(_BANNER, right, "ISO_LIMIT_BY_GRANT", [block, OMITTED, _transactions(activity)], styles, headed=True)
    page.widths([*(width for _, width, _ in _GRANT_COLUMNS.values()), 3, 12, 20, 13, 13])
    page.freeze(_BANNER + 1)


def _write_installments(book: Book, tranches: Table, activity: Table) -> None:
    page = book.add(INSTALLMENTS)
    spill = spill_text(book.flavour, 1, 1, len(tranches.rows), 2, CALC)
    above = f"{tranches.name}[[#Headers],[{tranches.headings[0]}]]"
    picks = {name: f"=INDEX({spill},ROW()-ROW({above}),{column})" for name, column in _PICKED.items()}
    split = ISO_LIMIT_SPLIT(*(argument.cells for argument in _split_arguments(tranches, activity)))
    rows = tuple((*row, *answer) for row, answer in zip(tranches.rows, split, strict=True))
    styles = [*(style for _, _, style in _TRANCHE_COLUMNS.values()), "shares", "shares"]
    widths = [*(width for _, width, _ in _TRANCHE_COLUMNS.values()), 13, 13]
    page.table(Table(tranches.name, (*tranches.headings, *picks), rows), styles, widths, picks)


def _write_calc(book: Book, tranches: Table, activity: Table) -> None:
    page = book.add(CALC)
    page.headings(0, 1, tuple(_PICKED), ("shares", "shares"))
    arguments = _split_arguments(tranches, activity)
    page.call(1, 1, "ISO_LIMIT_SPLIT", arguments, ["shares", "shares"], headed=False)
    page.widths((3, 14, 14))
    page.freeze(1)
    page.portrait()


def _write_transactions(book: Book, activity: Table) -> None:
    page = book.add(TRANSACTIONS)
    page.title("Transactions", "The reserve is one of the rows, so that the functions start from 0 shares.")
    _write_plain(page, activity, _ACTIVITY_COLUMNS)
    first, height = _BANNER + 1, len(activity.rows)
    columns = {name: page.down(first, at, height) for at, name in enumerate(_ACTIVITY_COLUMNS)}
    ledger = [literal(0), *(columns[name] for name in ("action", "shares", "grant", "grant_type", "date"))]
    right = len(_ACTIVITY_COLUMNS) + 1
    styles = ["date", "text", "text", "change", "shares", "shares"]
    page.call(_BANNER, right, "POOL_LEDGER", ledger, styles, headed=True)
    for row, (text, view) in enumerate((("Available today", "ANY"), ("of which for ISOs", "ISO"))):
        page.write(row, right + 3, text, "label")
        arguments = [*ledger, OMITTED, literal(view)]
        page.call(row, right + 5, "POOL_AVAILABLE", arguments, ["shares"], headed=False)
    page.widths([*(width for _, width, _ in _ACTIVITY_COLUMNS.values()), 3, 13, 19, 10, 14, 14, 15])
    page.freeze(_BANNER + 1)
