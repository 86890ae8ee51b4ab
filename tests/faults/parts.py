"""What layouts are made of: ledgers as ranges or tables, and the plan's formulas over them."""

from collections.abc import Iterable, Sequence

from faults.description import Argument, Book, Call, Formula, Region, Table
from faults.ledger import Row
from plansheet.excel import ExcelError

Columns = dict[str, str]
"""Field to heading, from left to right."""

SPLIT_ORDER = ("grant", "grant_date", "fmv", "first_exercisable", "shares", "holder", "grant_type")
POOL_ORDER = ("action", "shares", "grant", "grant_type", "date")


def put(
    book: Book, sheet: str, ledger: str, rows: Sequence[Row], columns: Columns, top: int = 1, left: int = 1, *,
    table: str | None = None, more: Sequence[str] = (), total: str | None = None,
) -> int:  # fmt: skip
    """A ledger from a cell on; gives the column right of it. ``more``: headings of columns that formulas will fill.

    ``total``: the field that a totals row below sums up.
    """
    bottom = top + len(rows)
    for right, (field, heading) in enumerate(columns.items(), start=left):
        book.put((sheet, top, right), heading)
        book.headings[ledger, field] = (sheet, top, right)
        book.columns[ledger, field] = Region(sheet, top + 1, right, bottom, right)
        for down, row in enumerate(rows, start=top + 1):
            cell = row.get(field)
            if isinstance(cell, Formula):
                book.enter("total", (sheet, down, right), cell)
            else:
                book.put((sheet, down, right), cell)
            book.places.setdefault((ledger, str(row["key"])), {}).setdefault(field, []).append((sheet, down, right))
    end = left + len(columns)
    for right, heading in enumerate(more, start=end):
        book.put((sheet, top, right), heading)
    whole = Region(sheet, top, left, bottom, end + len(more) - 1)
    book.blocks[ledger] = whole
    if total is not None:
        book.put((sheet, bottom + 1, left), "Total")
        book.enter("total", (sheet, bottom + 1, left + list(columns).index(total)), summed(book.columns[ledger, total]))
    if table is not None:
        book.page(sheet).tables.append(Table(table, whole))
    return end + len(more)


def summed(region: Region) -> Formula:
    """The sum of a range."""
    return Formula([Argument(region, fixed=False)], "SUM({0})", _sum)


def _sum(values: object) -> object:
    cells = [cell for row in values for cell in row] if isinstance(values, list) else [values]
    errors = [cell for cell in cells if isinstance(cell, ExcelError)]
    return errors[0] if errors else sum(cell for cell in cells if isinstance(cell, int | float))


def table_of(book: Book, region: Region) -> Table | None:
    return next((t for t in book.pages[region.sheet].tables if set(region.cells()) <= set(t.region.cells())), None)


def column(book: Book, ledger: str, field: str) -> Argument:
    """A column of a ledger as an argument: by the table's name where it is one."""
    region = book.columns[ledger, field]
    table = table_of(book, region)
    if table is None:
        return Argument(region)
    return Argument(region, written=f"{table.name}[{book.value(book.headings[ledger, field])}]")


def block(book: Book, ledger: str) -> Argument:
    """A ledger with its headings as an argument."""
    region = book.blocks[ledger]
    table = table_of(book, region)
    return Argument(region, written=f"{table.name}[#All]" if table is not None else None)


def beside(book: Book, ledger: str, field: str, row: int) -> Argument:
    """The cell of a column in a formula's own row."""
    region = book.columns[ledger, field]
    own = Region(region.sheet, row, region.left, row, region.left)
    table = table_of(book, region)
    heading = book.value(book.headings[ledger, field])
    return Argument(own, written=f"{table.name}[[#This Row],[{heading}]]" if table else None, fixed=False)


def split_call(book: Book) -> Call:
    return Call("ISO_LIMIT_SPLIT", [*(column(book, "Vesting", each) for each in SPLIT_ORDER), block(book, "Activity")])


def pool_call(book: Book, as_column: object = column) -> Call:
    return Call("POOL_AVAILABLE", [Argument(constant=0), *(column(book, "Activity", each) for each in POOL_ORDER)])


def adjusted_call(book: Book) -> Call:
    two, one = Argument(constant=2), Argument(constant=1)
    return Call(
        "ADJUST_FOR_SPLIT", [column(book, "Grants", "shares"), column(book, "Grants", "exercise_price"), two, one]
    )


def headed(book: Book, sheet: str, top: int, left: int, headings: Iterable[str]) -> None:
    for right, heading in enumerate(headings, start=left):
        book.put((sheet, top, right), heading)


def least_prices(book: Book, left: int, heading: str = "Least price") -> None:
    """Beside the grants, in each row, the least price of an ISO."""
    region = book.columns["Grants", "fmv"]
    for row in range(region.top, region.bottom + 1):
        formula = Formula([Call("ISO_MIN_PRICE", [beside(book, "Grants", "fmv", row)])])
        book.enter("column", (region.sheet, row, left), formula)
    table = table_of(book, region)
    if table is not None:
        table.column_formulas[heading] = Formula([Call("ISO_MIN_PRICE", [beside(book, "Grants", "fmv", region.top)])])
        book.formulas["table column"] = book.formulas["column"]


def picked(book: Book, left: int, headings: Sequence[str], source: Region) -> None:
    """In each row of the tranches, the ISO and NSO shares that a split on another sheet gives for it."""
    region = book.columns["Vesting", "shares"]
    for right, heading in enumerate(headings):
        for at, row in enumerate(range(region.top, region.bottom + 1), start=1):
            formula = _pick(book, source, at, right, f"ROW()-{region.top - 1}")
            book.enter("column", (region.sheet, row, left + right), formula)
        table = table_of(book, region)
        if table is not None:
            table.column_formulas[heading] = _pick(book, source, 1, right, f"ROW()-{region.top - 1}")
            book.formulas["table column"] = book.formulas["column"]


def _pick(book: Book, source: Region, at: int, right: int, row: str) -> Formula:
    argument = Argument(source)
    return Formula(
        [argument],
        f"INDEX({{0}},{row},{right + 1})",
        lambda rows: 0 if rows[at - 1][right] is None else rows[at - 1][right],
    )
