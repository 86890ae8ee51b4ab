"""Faults of the workbook: formulas, names, settings, headings, and what was saved for the formulas."""

import math
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from faults.description import Argument, At, Book, Call, Cell, Formula, Page, Region, Table
from faults.ledger import RESERVE
from faults.parts import beside, pool_call, summed, table_of
from faults.planting import ANYWHERE, FORMULAS, Spot, Unfit, in_book, in_saved, of_grant
from plansheet.excel import ExcelError

LOST = ExcelError("#REF!", "")


def _first(book: Book, *subjects: str) -> At:
    """The first formula of one of the subjects."""
    for subject in subjects:
        if subject in book.formulas:
            return book.formulas[subject][0]
    raise Unfit


def _formula(book: Book, at: At) -> Formula:
    formula = book.cell(at).formula
    assert formula is not None
    return formula


def _split(book: Book) -> At:
    """The formula of ISO and NSO shares: by tranche, or by grant."""
    return _first(book, "split", "by grant")


def _answers(book: Book) -> list[list[At]]:
    """The cells of ISO and NSO shares that the split fills, row by row."""
    at = _split(book)
    height, width = _formula(book, at).size
    headings = 0 if width == 2 else 1
    sheet, top, left = at
    right = left + width - 2
    return [[(sheet, row, right), (sheet, row, right + 1)] for row in range(top + headings, top + height)]


# --- What was saved ---------------------------------------------------------------------------------------------------


def _add(book: Book, at: At, number: float) -> None:
    cell = book.cell(at)
    if not isinstance(cell.value, int | float):
        raise Unfit
    cell.value = cell.value + number


def _in_row(kind: str, where: float, right: int, number: float) -> None:
    @in_saved(kind)
    def plant(book: Book) -> Iterable[Spot]:
        rows = _answers(book)
        at = rows[round(where * (len(rows) - 1))][right]
        _add(book, at, number)
        return [_split(book), at]


_in_row("saved-one-share", 0, 0, 1)
_in_row("saved-one-share-in-the-middle", 0.5, 0, -1)
_in_row("saved-one-share-in-the-last-row", 1, 1, 1)


@in_saved("saved-one-cent")
def _(book: Book) -> Iterable[Spot]:
    at = _first(book, "payments", "amounts", "column")
    spilled = book.spilled(at)
    of_cents = spilled[1] if len(spilled) > 1 and "payments" not in book.formulas else at
    _add(book, of_cents, 0.01)
    return [at, of_cents]


@in_saved("saved-noise-of-doubles")
def _(book: Book) -> Iterable[Spot]:
    at = _first(book, "payments", "amounts", "column")
    spilled = book.spilled(at)
    cell = book.cell(spilled[1] if len(spilled) > 1 else at)
    assert isinstance(cell.value, int | float)
    cell.value = math.nextafter(cell.value, math.inf)
    return [ANYWHERE]


def _saved_as(kind: str, value: Callable[[Any], object], *subjects: str) -> None:
    @in_saved(kind)
    def plant(book: Book) -> Iterable[Spot]:
        at = _first(book, *subjects)
        cell = book.cell(at)
        cell.value = value(cell.value)
        return [at]


_saved_as("saved-shares-available-by-one", lambda number: number + 1, "pool")
_saved_as("saved-text-for-a-number", lambda number: f"{number:,.0f}", "pool")
_saved_as("saved-blank", lambda number: "", "pool")
_saved_as("saved-name-error", lambda number: ExcelError("#NAME?", ""), "pool")
_saved_as("saved-not-available", lambda number: ExcelError("#N/A", ""), "pool")
_saved_as("saved-sentence-of-an-error", lambda number: "Object variable or With block variable not set", "pool")
_saved_as("saved-while-waiting", lambda number: "#N/A waiting...", "pool")
_saved_as("saved-sum-by-one", lambda number: number + 1, "nested")


@in_saved("saved-rows-exchanged")
def _(book: Book) -> Iterable[Spot]:
    rows = [row for row in _answers(book) if isinstance(book.value(row[0]), int | float)]
    first = rows[0]
    second = next((row for row in rows if [book.value(at) for at in row] != [book.value(at) for at in first]), None)
    assert second is not None
    for one, other in zip(first, second, strict=True):
        book.cell(one).value, book.cell(other).value = book.cell(other).value, book.cell(one).value
    return [_split(book), *first, *second]


@in_saved("saved-iso-as-nso")
def _(book: Book) -> Iterable[Spot]:
    iso, nso = _answers(book)[0]
    book.cell(iso).value, book.cell(nso).value = book.cell(nso).value, book.cell(iso).value
    return [_split(book), iso, nso]


@in_saved("saved-spill-too-short")
def _(book: Book) -> Iterable[Spot]:
    at = _split(book)
    formula = _formula(book, at)
    height, width = formula.size
    for cell in book.spilled(at)[-width:]:
        del book.pages[at[0]].cells[cell[1:]]
    formula.size = (height - 1, width)
    return [at]


@in_saved("saved-spill-too-long")
def _(book: Book) -> Iterable[Spot]:
    at = _split(book)
    formula = _formula(book, at)
    height, width = formula.size
    for right in range(width):
        book.page(at[0]).cells[at[1] + height, at[2] + right] = Cell(0, part_of=at)
    formula.size = (height + 1, width)
    return [at]


@in_saved("saved-all-zero")
def _(book: Book) -> Iterable[Spot]:
    for row in _answers(book):
        for at in row:
            book.cell(at).value = 0
    return [_split(book), *(at for row in _answers(book) for at in row)]


@in_saved("saved-from-an-older-ledger")
def _(book: Book) -> Iterable[Spot]:
    at = book.places.get(("Vesting", "G-107/2"), {}).get("shares", [None])[0]
    if at is None:
        raise Unfit
    book.cell(at).value = 5_000
    split = _first(book, "split")
    return [split, *book.spilled(split)]


@in_saved("never-calculated")
def _(book: Book) -> Iterable[Spot]:
    at = _split(book)
    for cell in book.spilled(at)[1:]:
        del book.pages[at[0]].cells[cell[1:]]
    book.cell(at).saved = False
    _formula(book, at).size = (1, 1)
    return [at]


@in_saved("saved-reference-error")
def _(book: Book) -> Iterable[Spot]:
    for row in _answers(book):
        for at in row:
            book.cell(at).value = LOST
    return [_split(book), _answers(book)[0][0]]


@in_saved("saved-value-error-in-one-row")
def _(book: Book) -> Iterable[Spot]:
    at = _answers(book)[-1][0]
    book.cell(at).value = ExcelError("#VALUE!", "")
    return [_split(book), at]


@in_saved("typed-into-spill")
def _(book: Book) -> Iterable[Spot]:
    rows = _answers(book)
    at = rows[len(rows) // 2][0]
    book.cell(at).value = 1_234
    return [_split(book), at]


@in_saved("typed-over-with-the-same")
def _(book: Book) -> Iterable[Spot]:
    at = _middle(book, "column")
    book.cell(at).formula = None
    return [at]


# --- Formulas ---------------------------------------------------------------------------------------------------------


def _ranges(call: Call) -> list[Argument]:
    """The arguments of a call that stand side by side, row by row."""
    side_by_side = {"ISO_LIMIT_SPLIT": slice(0, 7), "POOL_AVAILABLE": slice(1, 6), "ISO_LIMIT_BY_GRANT": slice(0, 1)}
    return call.arguments[side_by_side[call.function]]


def _move(book: Book, argument: Argument, top: int, bottom: int) -> None:
    meant = book.names[argument.name] if argument.name is not None else argument.region
    assert isinstance(meant, Region)
    argument.region, argument.written, argument.name = meant.moved(top, bottom), None, None


def _moved(kind: str, top: Callable[[int], int], bottom: Callable[[int], int], *subjects: str) -> None:
    @in_book(kind)
    def plant(book: Book) -> Iterable[Spot]:
        at = _first(book, *subjects)
        for argument in _ranges(_formula(book, at).call):
            region = book.names[argument.name] if argument.name is not None else argument.region
            assert isinstance(region, Region)
            height = region.bottom - region.top + 1
            _move(book, argument, top(height), bottom(height))
        return [at]


_moved("range-without-the-last-row", lambda height: 0, lambda height: -1, "split", "by grant")
_moved("range-without-the-first-row", lambda height: 1, lambda height: 0, "split")
_moved("range-of-half-the-ledger", lambda height: 0, lambda height: -(height // 2), "split", "by grant")
_moved("range-with-headings", lambda height: -1, lambda height: 0, "split")
_moved("pool-range-without-the-last-row", lambda height: 0, lambda height: -1, "pool")


@in_book("range-with-totals")
def _(book: Book) -> Iterable[Spot]:
    at = _first(book, "split")
    call = _formula(book, at).call
    shares = book.columns["Vesting", "shares"]
    if table_of(book, shares) is not None or any(argument.name for argument in call.arguments):
        raise Unfit
    if "total" not in book.formulas:
        book.put((shares.sheet, shares.bottom + 1, book.columns["Vesting", "grant"].left), "Total")
        book.enter("total", (shares.sheet, shares.bottom + 1, shares.left), summed(shares))
    for argument in _ranges(call):
        _move(book, argument, 0, 1)
    return [at]


def _argument(kind: str, subject: str, position: int, changed: Callable[[Book, Argument], None]) -> None:
    """A fault in one argument of a formula."""

    @in_book(kind)
    def plant(book: Book) -> Iterable[Spot]:
        at = _first(book, subject)
        arguments = _formula(book, at).call.arguments
        arguments += [Argument() for _ in range(position + 1 - len(arguments))]
        changed(book, arguments[position])
        return [at]


def _constant(argument: Argument, constant: object) -> None:
    argument.region = argument.name = argument.written = argument.values = None
    argument.constant = constant


_GRANT, _DAY, _VALUE, _FIRST, _SHARES, _HOLDER, _TYPE, _ACTIVITY, _LIMIT, _ROUNDING = range(10)
_argument("range-shifted-by-a-row", "split", _SHARES, lambda book, argument: _move(book, argument, 1, 1))
_argument("range-of-another-height", "split", _SHARES, lambda book, argument: _move(book, argument, 0, -1))
_argument("holders-left-out", "split", _HOLDER, lambda book, argument: _constant(argument, None))
_argument("activity-left-out", "split", _ACTIVITY, lambda book, argument: _constant(argument, None))
_argument("limit-typed-tenfold", "split", _LIMIT, lambda book, argument: _constant(argument, 1_000_000))
_argument("limit-of-another-rule", "split", _LIMIT, lambda book, argument: _constant(argument, 500_000))
_argument("rounding-of-another-reading", "split", _ROUNDING, lambda book, argument: _constant(argument, "EXACT"))
_argument("reserve-counted-twice", "pool", 0, lambda book, argument: _constant(argument, RESERVE))
_argument("error-inside-a-formula", "split", _SHARES, lambda book, argument: _constant(argument, LOST))
_argument("too-many-arguments", "pool", 11, lambda book, argument: _constant(argument, 1))


@in_book("range-in-two-parts")
def _(book: Book) -> Iterable[Spot]:
    at = _first(book, "split")
    argument = _formula(book, at).call.arguments[_SHARES]
    _move(book, argument, 0, 0)
    assert argument.region is not None
    region = argument.region
    parts = replace(region, bottom=region.top + 3), replace(region, top=region.top + 5)
    argument.written = f"({','.join(book.written(Argument(part), at[0]) for part in parts)})"
    argument.values = lambda of: ExcelError("#VALUE!", "")
    return [at]


@in_book("argument-in-another-workbook")
def _(book: Book) -> Iterable[Spot]:
    at = _first(book, "split")
    argument = _formula(book, at).call.arguments[_SHARES]
    region = book.names[argument.name] if argument.name is not None else argument.region
    assert isinstance(region, Region)
    argument.region, argument.name = region, None
    argument.written = f"[{_linked(book)}]Sheet1!{region.text()}"
    return [at]


def _linked(book: Book) -> int:
    """The number of another workbook, for formulas."""
    book.links.append("file:///C:/Plan/Values.xlsx")
    return len(book.links)


@in_book("two-arguments-exchanged")
def _(book: Book) -> Iterable[Spot]:
    at = _first(book, "split")
    arguments = _formula(book, at).call.arguments
    arguments[_DAY], arguments[_FIRST] = arguments[_FIRST], arguments[_DAY]
    return [at]


@in_book("price-for-value")
def _(book: Book) -> Iterable[Spot]:
    cells = book.formulas.get("column", [])
    formulas = [_formula(book, at) for at in cells]
    if not formulas or not all(any(isinstance(each, Call) for each in formula.operands) for formula in formulas):
        raise Unfit
    for at, formula in zip(cells, formulas, strict=True):
        formula.call.arguments[0] = beside(book, "Grants", "exercise_price", at[1])
    for table in book.pages[cells[0][0]].tables:
        for formula in table.column_formulas.values():
            formula.call.arguments[0] = beside(book, "Grants", "exercise_price", cells[0][1])
    return cells


@in_book("number-added-to-a-formula")
def _(book: Book) -> Iterable[Spot]:
    at = _first(book, "pool")
    formula = _formula(book, at)
    formula.text, formula.gives = "{0}+100", lambda number: number + 100
    return [at]


@in_book("function-misspelt")
def _(book: Book) -> Iterable[Spot]:
    at = _split(book)
    _formula(book, at).call.function = "ISO_LIMIT_SPLT"
    return [at]


def _middle(book: Book, subject: str) -> At:
    cells = book.formulas.get(subject)
    if not cells:
        raise Unfit
    return cells[len(cells) // 2 - 1]


def _of_plan(book: Book) -> At:
    """A formula in the middle of a column of plan functions."""
    at = _middle(book, "column")
    if not any(isinstance(each, Call) for each in _formula(book, at).operands):
        raise Unfit
    return at


def _typed(kind: str, is_table: bool) -> None:
    @in_book(kind)
    def plant(book: Book) -> Iterable[Spot]:
        at = _middle(book, "column")
        if ("table column" in book.formulas) is not is_table:
            raise Unfit
        book.page(at[0]).cells[at[1:]] = Cell(3.21)
        return [at]


_typed("typed-over-formula", is_table=False)
_typed("typed-over-in-table", is_table=True)


def _other_row(kind: str, down: int) -> None:
    @in_book(kind)
    def plant(book: Book) -> Iterable[Spot]:
        at = _of_plan(book)
        region = book.columns["Grants", "fmv"]
        taken = Region(region.sheet, at[1] + down, region.left, at[1] + down, region.left)
        _formula(book, at).call.arguments[0] = Argument(taken, fixed=False)
        return [at]


_other_row("range-drifts-with-the-rows", 1)
_other_row("formula-unlike-its-neighbours", -1)


@in_book("formula-of-another-function")
def _(book: Book) -> Iterable[Spot]:
    at = _of_plan(book)
    formula = _formula(book, at)
    formula.operands = [beside(book, "Grants", "fmv", at[1])]
    formula.text, formula.gives = "{0}*1", lambda value: value
    return [at]


@in_saved("circle")
def _(book: Book) -> Iterable[Spot]:
    split = _first(book, "split")
    at = book.columns["Vesting", "shares"]
    cell = (at.sheet, at.top, at.left)
    iso, nso = _answers(book)[0]
    both = [Argument(Region(*each, *each[1:]), fixed=False) for each in (iso, nso)]
    book.cell(cell).formula = Formula(both, "({0}+{1})/2")  # type: ignore[arg-type]  # arguments are operands
    return [split, cell]


@in_book("name-too-short")
def _(book: Book) -> Iterable[Spot]:
    meant = book.names.get("activity_all")
    if not isinstance(meant, Region):
        raise Unfit
    book.names["activity_all"] = meant.moved(bottom=-1)
    return [_first(book, "split")]


@in_book("name-lost")
def _(book: Book) -> Iterable[Spot]:
    if "vest_shares" not in book.names:
        raise Unfit
    book.names["vest_shares"] = LOST
    return [_first(book, "split")]


def _shares_left(book: Book) -> Formula:
    if ("Activity", "grant_type") not in book.columns:
        raise Unfit
    return Formula([pool_call(book)], "{0}>=0")


@in_book("function-in-validation")
def _(book: Book) -> Iterable[Spot]:
    region = book.columns["Grants", "shares"]
    book.page(region.sheet).validations.append((region, _shares_left(book)))
    return list(region.cells())


@in_book("function-in-conditional-format")
def _(book: Book) -> Iterable[Spot]:
    region = book.columns["Grants", "shares"]
    book.page(region.sheet).formats.append((region, _shares_left(book)))
    return list(region.cells())


@in_book("function-in-name")
def _(book: Book) -> Iterable[Spot]:
    book.names["Left_today"] = _shares_left(book)
    return [("Left_today", 0, 0)]


# --- Settings, and what does not show ---------------------------------------------------------------------------------


def _set(kind: str, **settings: str) -> None:
    @in_book(kind)
    def plant(book: Book) -> Iterable[Spot]:
        book.settings |= settings
        return [ANYWHERE]


_set("manual-calculation", calcMode="manual")
_set("precision-as-displayed", fullPrecision="0")
_set("iterative-calculation", iterate="1")


@in_saved("dates-of-1904")
def _(book: Book) -> Iterable[Spot]:
    book.date_1904 = True
    return [ANYWHERE]


def _used(book: Book) -> Region:
    """A column that formulas use: of the tranches, or of the grants."""
    return book.columns.get(("Vesting", "shares")) or book.columns["Grants", "shares"]


@in_saved("hidden-row")
def _(book: Book) -> Iterable[Spot]:
    region = _used(book)
    book.page(region.sheet).hidden_rows.add(region.top + 3)
    return [(FORMULAS, "", None), *_whole_rows(book, region.sheet, [region.top + 3])]


@in_saved("filtered-rows")
def _(book: Book) -> Iterable[Spot]:
    region = _used(book)
    if table_of(book, region) is not None:
        raise Unfit  # a table has its own filter, which a sheet does not tell
    block = book.blocks["Vesting" if ("Vesting", "shares") in book.columns else "Grants"]
    book.page(region.sheet).filter = block
    hidden = [region.top + 2, region.top + 3]
    book.page(region.sheet).hidden_rows.update(hidden)
    return [(FORMULAS, "", None), *_whole_rows(book, region.sheet, hidden)]


def _whole_rows(book: Book, sheet: str, rows: list[int]) -> Iterator[Spot]:
    return ((sheet, *key) for key in book.pages[sheet].cells if key[0] in rows)


@in_book("hidden-column")
def _(book: Book) -> Iterable[Spot]:
    region = book.columns["Grants", "fmv"]
    book.page(region.sheet).hidden_columns.add(region.left)
    return [ANYWHERE]


@in_book("fault-on-a-hidden-sheet")
def _(book: Book) -> Iterable[Spot]:
    [at] = book.places["Grants", "G-107"]["shares"]
    book.page(at[0]).hidden = True
    book.cell(at).value = 400_000
    return of_grant("G-107")


# --- Cells, rows and headings of the sheets ---------------------------------------------------------------------------


@in_book("input-from-another-workbook")
def _(book: Book) -> Iterable[Spot]:
    ledger = "Vesting" if ("Vesting", "fmv") in book.columns else "Grants"
    key = "G-102/1" if ledger == "Vesting" else "G-102"
    [at] = book.places[ledger, key]["fmv"]
    value = book.value(at)
    link = Argument(written=f"[{_linked(book)}]Sheet1!$B$2", values=lambda of: value)
    book.page(at[0]).cells[at[1:]] = Cell(value, Formula([link]))
    return [at, (FORMULAS, "", None)]


@in_saved("ledger-cell-never-calculated")
def _(book: Book) -> Iterable[Spot]:
    at = book.places.get(("Vesting", "G-107/2"), {}).get("shares", [None])[0]
    if at is None:
        raise Unfit
    book.page(at[0]).cells[at[1:]] = Cell(None, Formula([Argument(constant=5_000)], "{0}*2"), saved=False)
    return [at, (FORMULAS, "", None)]


@in_book("row-below-the-table")
def _(book: Book) -> Iterable[Spot]:
    region = book.columns["Activity", "shares"]
    table = table_of(book, region)
    if table is None:
        raise Unfit
    last = table.region.bottom
    cells = []
    for (ledger, field), column in book.columns.items():
        if ledger == "Activity":
            at = (region.sheet, last + 1, column.left)
            book.put(at, 500 if field == "shares" else book.value((region.sheet, last, column.left)))
            cells.append(at)
    return cells


@in_book("note-below")
def _(book: Book) -> Iterable[Spot]:
    block = book.blocks["Grants"]
    page = book.pages[block.sheet]
    last = max(row for row, _ in page.cells)
    book.put((block.sheet, last + 3, block.left), "Reviewed by counsel; see the minutes of March.")
    return [ANYWHERE]


@in_book("columns-exchanged-with-headings")
def _(book: Book) -> Iterable[Spot]:
    """Excel moves cells, and every reference to them."""
    one, other = book.columns["Grants", "fmv"], book.columns["Grants", "exercise_price"]
    sheet, top, bottom = one.sheet, one.top - 1, one.bottom
    cells = book.pages[sheet].cells
    for row in range(top, bottom + 1):
        cells[row, one.left], cells[row, other.left] = cells[row, other.left], cells[row, one.left]

    def follows(region: Region) -> Region:
        within = region.sheet == sheet and region.left == region.right and top <= region.top <= region.bottom <= bottom
        left = {one.left: other.left, other.left: one.left}.get(region.left, region.left) if within else region.left
        return replace(region, left=left, right=left if within else region.right)

    for argument in _arguments(book):
        if argument.region is not None:
            argument.region = follows(argument.region)
    return [ANYWHERE]


def _arguments(book: Book) -> Iterator[Argument]:
    seen: set[int] = set()
    formulas = [
        cell.formula for page in book.pages.values() for cell in page.cells.values() if cell.formula is not None
    ]
    formulas += [
        each for page in book.pages.values() for table in page.tables for each in table.column_formulas.values()
    ]
    for formula in formulas:
        for operand in formula.operands:
            for argument in operand.arguments if isinstance(operand, Call) else [operand]:
                if id(argument) not in seen:
                    seen.add(id(argument))
                    yield argument


def _rename(book: Book, ledger: str, field: str, text: str) -> list[Spot]:
    """Another heading; formulas that name the table's column follow."""
    at = book.headings.get((ledger, field))
    if at is None:
        raise Unfit
    table = table_of(book, book.columns[ledger, field])
    old = str(book.value(at))
    book.cell(at).value = text
    if table is not None:
        for argument in _arguments(book):
            if argument.written is not None and argument.written.startswith(table.name):
                argument.written = argument.written.replace(f"[{old}]", f"[{text}]")
        table.column_formulas = {text if h == old else h: f for h, f in table.column_formulas.items()}
    return [at]


@in_book("heading-of-another-value")
def _(book: Book) -> Iterable[Spot]:
    return _rename(book, "Grants", "fmv", "Fair Value")


@in_book("heading-of-the-start-of-vesting")
def _(book: Book) -> Iterable[Spot]:
    spots = _rename(book, "Vesting", "first_exercisable", "Grant vest date")
    return [*spots, *book.columns["Vesting", "first_exercisable"].cells()]


@in_book("heading-lost")
def _(book: Book) -> Iterable[Spot]:
    if ("Vesting", "shares") not in book.columns:
        raise Unfit
    if table_of(book, book.columns["Vesting", "shares"]) is not None:
        return _rename(book, "Vesting", "shares", "Column1")  # what Excel writes into an empty heading
    at = book.headings["Vesting", "shares"]
    del book.pages[at[0]].cells[at[1:]]
    return [at]


@in_book("heading-twice")
def _(book: Book) -> Iterable[Spot]:
    block = book.blocks["Grants"]
    right = block.right + 1
    if any((block.top, right + gap) in book.pages[block.sheet].cells for gap in (0, 1)):
        raise Unfit
    book.put((block.sheet, block.top, right), "Market value at grant")
    for row in range(block.top + 1, block.bottom + 1):
        book.put((block.sheet, row, right), 3)
    table = table_of(book, block)
    if table is not None:
        table.region = replace(table.region, right=right)
    return [(block.sheet, block.top, right), book.headings["Grants", "fmv"]]


@in_book("sheet-copied")
def _(book: Book) -> Iterable[Spot]:
    region = book.columns["Grants", "shares"]
    page = book.pages[region.sheet]
    name = f"{page.name} (2)"
    cells = {key: Cell(cell.value) for key, cell in page.cells.items()}
    tables = [Table(f"{t.name}2", replace(t.region, sheet=name), t.totals) for t in page.tables]
    book.pages[name] = Page(name, deepcopy(cells), tables)
    book.cell((name, region.top + 2, region.left)).value = 6_500
    return [(name, *key) for key in cells]
