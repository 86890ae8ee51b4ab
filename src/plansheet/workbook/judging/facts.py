"""What a workbook's formula cells are judged by: every fact of them, gathered once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils import get_column_letter

from plansheet.core.records import Grant, Kind, Record, Tranche, columns
from plansheet.excel import FUNCTIONS, ExcelError
from plansheet.excel.judgements import Facts, Place, Recalculated
from plansheet.excel.judgements.facts import Changing, Circular, Interruption, OtherBook, Settings
from plansheet.excel.reading import is_blank
from plansheet.plan.terms import Terms
from plansheet.workbook.formulas.circles import Circle
from plansheet.workbook.formulas.expressions import NotChecked, parse
from plansheet.workbook.formulas.references import Place as FormulaPlace
from plansheet.workbook.formulas.regions import Region, rectangle
from plansheet.workbook.formulas.resolver import Resolver, first_of
from plansheet.workbook.judging.arguments import (
    adjusted_figures,
    other_limits,
    other_readings,
    other_reserves,
    reserves_twice,
    without_activity,
    without_holder,
)
from plansheet.workbook.judging.formula_columns import Body, Columns, Run, Spills, Stranger, formula_columns, strangers
from plansheet.workbook.judging.lost_formulas import lost_references, misspelt_functions
from plansheet.workbook.judging.parameters import DATES
from plansheet.workbook.judging.ranges import (
    LedgerRows,
    headings_in_ranges,
    other_columns,
    shifted_ranges,
    short_ranges,
    totals_in_ranges,
)
from plansheet.workbook.judging.relative import changing, constants, other_books
from plansheet.workbook.judging.usage import Use, changes_by_itself, distinct, plan_uses, runs_used
from plansheet.workbook.judging.used_cells import hidden_rows, texts_and_errors
from plansheet.workbook.ledgers.areas import value_at
from plansheet.workbook.ledgers.locate import Located
from plansheet.workbook.reading.saved import Cell, Sheet, Workbook

_MOST_CALCULATED = 100
"""Cells for which it is told what the formula would give that they do not have."""
_OF_LIBRARIES = 124519
"""The version of the engine that calculated last, as libraries write it that do not calculate."""


def facts_of(
    workbook: Workbook,
    located: Located,
    results: Sequence[Recalculated],
    circles: Sequence[Circle],
    terms: Terms,
    *,
    states_reserve: bool,
) -> Facts:
    """Every fact by which the formula cells of a workbook are judged.

    states_reserve: whether the plan's reserve is stated, on the Plan sheet or in terms that were given.
    """
    by_column = formula_columns(workbook)
    ledgers, views = _ledgers(located), [LedgerRows(area) for area in located.areas.views]
    regions = [ledger.region for ledger in ledgers]
    if not by_column:
        return Facts(results, hidden=hidden_rows((), regions))
    resolver, spills = Resolver(workbook, FUNCTIONS), Spills(by_column)
    uses = plan_uses(results, by_column, resolver)
    of_ledgers = [replace(each.region, left=column, right=column) for each in ledgers for column in each.fields]
    used = runs_used(uses, of_ledgers, by_column, resolver)
    ledgers += views
    odd = [
        (stranger, _interruption(stranger, resolver, is_calculated=at < _MOST_CALCULATED))
        for at, stranger in enumerate(_strangers(used, uses, by_column, _bodies(workbook, ledgers), spills))
    ]
    holders = _holders(located)
    short, twice = list(short_ranges(uses, ledgers, holders)), list(reserves_twice(uses, resolver))
    told = {*(each.place for each in twice), *(each.place for each in short if each.changes_figures)}
    texts, errors = texts_and_errors(uses, _Told(located, results, spills).has)
    return Facts(
        results,
        typed_over=[told for s, told in odd if s.piece.key is None and not s.piece.is_blank],
        unlike=[told for s, told in odd if s.piece.key is not None and "#REF!" not in s.piece.key],
        missing=[told for s, told in odd if s.piece.is_blank],
        lost=list(lost_references(used, uses, resolver)),
        misspelt=list(misspelt_functions(by_column)),
        circular=list(_each_once(circles, workbook)),
        adjusted=list(adjusted_figures(uses)),
        short_ranges=short,
        headings=list(headings_in_ranges(uses, ledgers)),
        totals=list(totals_in_ranges(uses, ledgers, by_column)),
        shifted=list(shifted_ranges(uses, ledgers)),
        other_columns=list(other_columns(uses, ledgers)),
        without_holder=list(without_holder(uses, ledgers, holders)),
        without_activity=list(without_activity(uses, ledgers, located)),
        other_limits=list(other_limits(uses, terms, resolver)),
        other_readings=list(other_readings(uses, terms, resolver)),
        reserves=twice,
        other_reserves=list(other_reserves(uses, terms, resolver, told, is_stated=states_reserve)),
        texts=texts,
        errors=errors,
        hidden=hidden_rows(uses, regions),
        other_books=list(_other_books(workbook, used, uses)),
        changing=list(_changing(used, uses)),
        settings=_settings(workbook, located, used, uses),
    )


def _ledgers(located: Located) -> list[LedgerRows]:
    """The ledgers, with the rows in which their records stand."""
    own = located.ledger
    records: list[Record] = [*own.holders, *own.grants, *own.tranches, *own.activity, *own.members, *own.holdings]
    rows: dict[tuple[str, type[Any]], set[int]] = {}
    for record in (*records, *(unread.record for unread in own.unread)):
        place = located.place(record)
        if place is not None:
            rows.setdefault((place.sheet, type(record)), set()).add(place.row)
    return [
        LedgerRows(area, frozenset(rows.get((area.sheet.name, area.record), ())))
        for area in located.areas.ledgers
        if area.record is not None
    ]


def _each_once(circles: Sequence[Circle], workbook: Workbook) -> Iterator[Circular]:
    """Each circle once, in the first of its plan functions."""
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    told: set[frozenset[str]] = set()
    for circle in circles:
        if frozenset(circle.path) not in told:
            told.add(frozenset(circle.path))
            at = rectangle(sheets[circle.sheet], circle.cell)
            formula = at.sheet.cells[at.top, at.left].formula or ""
            yield Circular(Place(circle.sheet, circle.cell, formula), circle.path)


# --- Columns of formulas ----------------------------------------------------------------------------------------------


def _bodies(workbook: Workbook, ledgers: Sequence[LedgerRows]) -> list[Body]:
    """Where columns are expected to hold the same throughout: ledgers with the columns beside them, and tables."""
    tables: list[Body] = []
    for table in workbook.tables:
        sheet = next(each for each in workbook.sheets if each.name == table.sheet)
        whole = rectangle(sheet, table.ref)
        top, bottom = whole.top + table.header_rows, whole.bottom - table.totals_rows
        calculated = frozenset(whole.left + at for at, formula in enumerate(table.column_formulas) if formula)
        region = Region(sheet, top, whole.left, bottom, whole.right)
        ledger = next((each for each in ledgers if each.area.is_table and each.has(region)), None)
        rows = None if ledger is None else frozenset(ledger.rows)
        tables.append(Body(region, rows, calculated, None if ledger is None else _grant_of(ledger)))
    plain = [
        Body(_beside(ledger), frozenset(ledger.rows), grant=_grant_of(ledger))
        for ledger in ledgers
        if not ledger.area.is_table
    ]
    return [*tables, *plain]


def _grant_of(ledger: LedgerRows) -> int | None:
    """The column of a schedule that says of which grant a tranche is; None of other ledgers."""
    return ledger.area.columns.get("grant") if ledger.area.record is Tranche else None


def _beside(ledger: LedgerRows) -> Region:
    """A ledger with the columns right of it that have a heading too."""
    region, right = ledger.region, ledger.region.right
    while not is_blank(value_at(region.sheet, ledger.head, right + 1)):
        right += 1
    return replace(region, right=right)


def _strangers(
    used: Sequence[Run], uses: Sequence[Use], by_column: Columns, bodies: Sequence[Body], spills: Spills
) -> Iterator[Stranger]:
    """What is unlike its neighbours in the columns that matter."""
    runs = [*used, *(use.run for use in uses)]
    for key in sorted({(run.sheet.name, run.column) for run in runs}):
        yield from strangers(by_column[key], bodies, spills)


def _interruption(stranger: Stranger, resolver: Resolver, *, is_calculated: bool) -> Interruption:
    sheet, column, row = stranger.sheet, stranger.column, stranger.piece.top
    letter = get_column_letter(column)
    like = sheet.cells[stranger.like, column].formula or ""
    formula = _moved(like, f"{letter}{stranger.like}", f"{letter}{row}")
    cell = sheet.cells.get((row, column))
    gives = _given_by(formula, FormulaPlace(sheet.name, row, column), resolver) if is_calculated else None
    place = Place(sheet.name, f"{letter}{row}", formula)
    holds = None if cell is None else cell.formula or cell.value
    return Interruption(place, stranger.cells, holds, formula, stranger.others, gives, _one_constant(stranger))


def _moved(formula: str, origin: str, to: str) -> str:
    """A formula as it would stand in another cell."""
    try:
        return str(Translator(formula, origin).translate_formula(to))
    except TranslatorError:
        return formula


def _given_by(formula: str, place: FormulaPlace, resolver: Resolver) -> object:
    """What a formula gives in a cell; None where that cannot be told, or is nothing."""
    try:
        value = first_of(resolver.evaluate(parse(formula), place))
    except NotChecked:
        return None
    return None if isinstance(value, ExcelError) or value == "" else value


def _one_constant(stranger: Stranger) -> tuple[str, str] | None:
    """The one number by which a formula differs from the others': its own and theirs."""
    if stranger.piece.key is None:
        return None
    (form, here), (usual, there) = constants(stranger.piece.key), constants(stranger.usual)
    pairs = [pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]]
    return pairs[0] if form == usual and len(pairs) == 1 else None


# --- What is used -----------------------------------------------------------------------------------------------------


class _Told:
    """Cells of which another finding tells: those of a ledger that cannot be read, and the answers of functions."""

    def __init__(self, located: Located, results: Sequence[Recalculated], spills: Spills) -> None:
        self.spills = spills
        self.cells = {(result.sheet, result.cell) for result in results}
        for unread in located.ledger.unread:
            place = located.place(unread.record)
            if place is not None:
                column = place.columns.get(unread.field or "", 0)
                self.cells.add((place.sheet, f"{get_column_letter(column)}{place.row}" if column else ""))

    def has(self, sheet: Sheet, cell: Cell) -> bool:
        """Whether another finding tells of a cell."""
        address = f"{get_column_letter(cell.column)}{cell.row}"
        return (sheet.name, address) in self.cells or self.spills.fill(sheet, cell.row, cell.column)


def _holders(located: Located) -> dict[tuple[str, int], object]:
    """The holder of each row of a ledger; a tranche has its grant's."""
    of_grant = {grant.grant: grant.holder for grant in located.ledger.grants}
    found: dict[tuple[str, int], object] = {}
    records: list[Grant | Tranche] = [*located.ledger.grants, *located.ledger.tranches]
    for record in records:
        place = located.place(record)
        if place is not None:
            found[place.sheet, place.row] = record.holder or of_grant.get(record.grant)
    return found


def _other_books(workbook: Workbook, used: Sequence[Run], uses: Sequence[Use]) -> Iterator[OtherBook]:
    """Each other workbook from which figures come, at the first cell that takes some."""
    cells: dict[int, list[Run]] = {}
    for run in distinct(used, uses):
        for number in sorted(other_books(run.formula)):
            cells.setdefault(number, []).append(run)
    for number, runs in cells.items():
        book = workbook.links[number - 1] if 0 < number <= len(workbook.links) else ""
        first = runs[0]
        place = Place(first.sheet.name, first.cell, book)
        yield OtherBook(place, book or f"the file does not say which ([{number}])", sum(map(len, runs)))


def _changing(used: Sequence[Run], uses: Sequence[Use]) -> Iterator[Changing]:
    """Formulas behind plan functions and ledgers that change by themselves, and calls with such an argument."""
    own = {id(use.run) for use in uses}
    for run in used:
        function = None if id(run) in own else changing(run.formula)
        if function is not None:
            yield _changing_in(run, function)
    for run in {id(use.run): use.run for use in uses if changes_by_itself(use)}.values():
        yield _changing_in(run, changing(run.formula) or "")


def _changing_in(run: Run, function: str) -> Changing:
    return Changing(Place(run.sheet.name, run.cell, run.formula), run.cells, function)


# --- The workbook as a whole ------------------------------------------------------------------------------------------


def _settings(workbook: Workbook, located: Located, used: Sequence[Run], uses: Sequence[Use]) -> Settings:
    if not (used or uses):
        return Settings()
    return Settings(
        manual=workbook.calc_mode == "manual",
        iterative=workbook.iterative,
        as_displayed=workbook.as_displayed,
        dates_of_1904=workbook.date_1904 and _uses_dates(located, uses),
        formulas=_count([*used, *(use.run for use in uses)]),
        never_calculated=_never_calculated(workbook, used, uses),
    )


def _count(runs: Iterable[Run]) -> int:
    """How many cells hold these formulas, each once."""
    return len({(run.sheet.name, run.column, row) for run in runs for row in range(run.top, run.bottom + 1)})


def _uses_dates(located: Located, uses: Sequence[Use]) -> bool:
    """Whether a ledger or a plan function has dates."""
    for area in located.areas.ledgers:
        days = {column.name for column in columns(area.record) if column.kind is Kind.DATE} if area.record else set()
        if days & area.columns.keys():
            return True
    return any(given.parameter in DATES or given.is_block for use in uses for given in use.given)


def _never_calculated(workbook: Workbook, used: Sequence[Run], uses: Sequence[Use]) -> int:
    """How many formulas hold 0, where a library wrote the workbook and none holds anything else."""
    if workbook.calc_id != _OF_LIBRARIES or not workbook.full_calc_on_load:
        return 0
    own = {id(use.run) for use in uses}
    number = 0
    for run in used:
        if id(run) not in own:
            cells = (run.sheet.cells[row, run.column] for row in range(run.top, run.bottom + 1))
            if not all(cell.kind == "number" and cell.value == 0 for cell in cells):
                return 0
            number += len(run)
    return number
