"""Rows that name grants and hold typed figures, and that are part of no ledger: what is not read is told.

Days with numbers of shares may be tranches or transactions under a heading that is lost, and are asked about. Other
lists beside the ledgers (who has signed, what the accountants need) are named as not read.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from openpyxl.utils import get_column_letter

from plansheet.core.dates import date_text
from plansheet.core.records import NEAR_MISSES, Grant
from plansheet.core.words import listed
from plansheet.excel import FUNCTIONS
from plansheet.excel.headings import column_named, near_miss
from plansheet.excel.layout_questions import Question
from plansheet.excel.reading import is_blank
from plansheet.workbook.formulas.plan_cells import plan_cells
from plansheet.workbook.formulas.references import Place
from plansheet.workbook.formulas.regions import Region, rectangle, whole_columns
from plansheet.workbook.formulas.resolver import Resolver
from plansheet.workbook.formulas.used import regions_used
from plansheet.workbook.ledgers.areas import Area, Areas, column_shown, holds
from plansheet.workbook.ledgers.heads import is_known
from plansheet.workbook.reading.saved import Cell, Sheet, Workbook

_FEWEST = 3
"""Rows that are no chance."""
_TYPED = 2
"""Typed figures that such a row has at least."""
_KNOWN = 2
"""Headings that make a list look like a ledger."""
_SHOWN = 3
_LOOKED_AT, _WIDEST = 1_000, 60
"""Rows of a list, and columns on each side of the numbers, that are looked at."""


class _Known:
    """What of a sheet is accounted for; a sheet may have an answer in each of its rows."""

    def __init__(self, regions: Iterable[Region] = ()) -> None:
        self._tall: list[Region] = []
        self._flat: dict[int, list[Region]] = {}
        for region in regions:
            self.add(region)

    def add(self, region: Region) -> None:
        if region.top == region.bottom:
            self._flat.setdefault(region.top, []).append(region)
        else:
            self._tall.append(region)

    def whole_columns(self, sheet: Sheet) -> frozenset[int]:
        return whole_columns(sheet, self._tall)

    def holds(self, row: int, column: int) -> bool:
        return any(
            region.top <= row <= region.bottom and region.left <= column <= region.right
            for region in (*self._tall, *self._flat.get(row, ()))
        )


def passed_over(
    workbook: Workbook, found: Areas, spilled: Mapping[str, Sequence[Region]], named: Collection[str]
) -> Iterator[Question]:
    """A question for every block of such rows, but in sheets that a mapping names or that have been asked about.

    What is no more than a list goes to ``found.lists``.
    """
    numbers = _grant_numbers(found.ledgers)
    asked = {where.rpartition(" (")[0] for where, _ in found.ambiguous}
    inputs: dict[str, _Known] | None = None
    for sheet in workbook.sheets:
        if sheet.name in asked or sheet.name in named:
            continue
        for column, block, known in _blocks(sheet, numbers, found, spilled[sheet.name]):
            question, headings = _question(sheet, column, block, known)
            if _is_asked(question, found.questions):
                continue
            if sum(map(is_known, headings.values())) < _KNOWN:  # then it may be a list for one formula
                inputs = _inputs(workbook) if inputs is None else inputs
                if any(inputs[sheet.name].holds(block[0], at) for at in headings):
                    continue
            if _may_be_events(sheet, column, block, known):
                yield question
            else:
                found.lists.append((sheet.name, str(question.facts["where"])))


def _blocks(
    sheet: Sheet, numbers: Collection[object], found: Areas, spilled: Sequence[Region]
) -> Iterator[tuple[int, list[int], _Known]]:
    """The columns that name grants, the rows in which they do, and what of the sheet is accounted for."""
    areas = [area for area in (*found.ledgers, *found.views, *found.terms) if area.sheet.name == sheet.name]
    known = _Known([*map(_region, areas), *spilled])
    for cell in sheet.formulas:
        if cell.array_ref is not None:
            known.add(rectangle(sheet, cell.array_ref))
    whole = known.whole_columns(sheet)
    named = [
        at
        for at, cell in sheet.cells.items()
        if at[1] not in whole and cell.formula is None and cell.kind != "boolean" and _number(cell.value) in numbers
    ]
    rows: dict[int, list[int]] = defaultdict(list)
    for row, column in named:
        if not known.holds(row, column):
            rows[column].append(row)
    for column in sorted(rows):
        if not _names_grants(sheet, column, rows[column]):
            continue
        all_of_them = sorted(rows[column])
        block = [row for row in all_of_them[:_LOOKED_AT] if len(_typed(sheet, row, column, known)) >= _TYPED]
        block += all_of_them[max(_LOOKED_AT, len(all_of_them) - 1) :]  # the last ends it, however many there are
        if len(block) >= _FEWEST and len({sheet.cells[row, column].value for row in block}) > 1:
            yield column, block, known


def _names_grants(sheet: Sheet, column: int, rows: Sequence[int]) -> bool:
    """Whether cells are grants' numbers by more than chance: bare numbers are where their heading says so."""
    if not all(str(sheet.cells[row, column].value).isdigit() for row in rows):
        return True
    above = (_text(sheet, row, column) for row in range(max(1, min(rows) - _SHOWN), min(rows)))
    named = (column_named(text, Grant) for text in above)
    return any(each is not None and each.name == "grant" for each in named)


def _inputs(workbook: Workbook) -> dict[str, _Known]:
    """What plan functions are given, by sheet: it is held against their rules, ledger or not."""
    resolver = Resolver(workbook, FUNCTIONS)
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    found = {sheet: _Known() for sheet in sheets}
    for plan in plan_cells(workbook, FUNCTIONS):
        cell = sheets[plan.sheet].cells[plan.row, plan.column]
        place = Place(plan.sheet, plan.row, plan.column)
        for region in regions_used(cell.formula or "", place, resolver):
            found[region.sheet.name].add(region)
    return found


def _grant_numbers(ledgers: Sequence[Area]) -> set[object]:
    """The numbers of the grants as they are typed in the ledgers of grants; without one, in the others."""
    of_grants = [area for area in ledgers if area.record is Grant] or ledgers
    return {
        _number(cell.value)
        for area in of_grants
        if "grant" in area.columns
        for row in range(area.top, area.bottom + 1)
        if (cell := area.sheet.cells.get((row, area.columns["grant"]))) is not None and _may_be_number(cell)
    }


def _number(value: object) -> object:
    """A grant's number as it is compared."""
    return value.strip().casefold() if isinstance(value, str) else value


def _may_be_number(cell: Cell) -> bool:
    return cell.kind == "number" or (cell.kind == "text" and not is_blank(cell.value))


def _region(area: Area) -> Region:
    """The rows and columns of a ledger, its headings and what it has beside the columns that were read."""
    columns = [column for part in area.passes() for column in part.columns.values()]
    columns += [column for several in area.joined.values() for column in several]
    columns += [column for column, _ in area.unused]
    return Region(area.sheet, min(area.header or area.top, area.top), min(columns), area.bottom, max(columns))


def _row_of(sheet: Sheet, row: int, column: int, known: _Known) -> list[int]:
    """The columns of a row that stand together with one of it."""
    there = [column]
    for step in (-1, 1):
        at, gap = column + step, 0
        while at > 0 and gap < _SHOWN - 1 and abs(at - column) <= _WIDEST and not known.holds(row, at):
            if holds(sheet, row, at):
                there.append(at)
            gap = 0 if holds(sheet, row, at) else gap + 1
            at += step
    return sorted(there)


def _typed(sheet: Sheet, row: int, column: int, known: _Known) -> list[int]:
    """The columns of a row that hold typed figures and days."""
    cells = ((at, sheet.cells[row, at]) for at in _row_of(sheet, row, column, known) if at != column)
    return [at for at, cell in cells if cell.formula is None and cell.kind in ("number", "date")]


def _may_be_events(sheet: Sheet, column: int, block: Sequence[int], known: _Known) -> bool:
    """Whether rows may be tranches or transactions: a day, typed beside or above them, with a whole number."""
    above = range(max(1, block[0] - _SHOWN), block[0])
    days = {at for (row, at), cell in sheet.cells.items() if row in above and cell.kind == "date"}
    rows = 0
    for row in block:
        there = {at: sheet.cells[row, at] for at in _typed(sheet, row, column, known)}
        whole = {at for at, cell in there.items() if _is_whole(cell.value)}
        rows += bool(whole) and (any(cell.kind == "date" for cell in there.values()) or bool(whole & days))
    return rows >= _FEWEST


def _is_whole(value: object) -> bool:
    return isinstance(value, int | float) and bool(value) and float(value).is_integer()


def _question(sheet: Sheet, column: int, block: Sequence[int], known: _Known) -> tuple[Question, dict[int, str]]:
    """What to ask about a block, and the headings of its columns."""
    first = block[0]
    there = _row_of(sheet, first, column, known)
    header = next((row for row in range(first - 1, max(0, first - 4), -1) if holds(sheet, row, column)), first - 1)
    headings = {at: _text(sheet, header, at) for at in there}
    unknown = [at for at in there if not headings[at] or not is_known(headings[at]) or _resembled(headings[at])]
    grants = list(dict.fromkeys(str(sheet.cells[row, column].value) for row in block))
    facts = {
        "where": f"{sheet.name} rows {first} to {block[-1]}",
        "grants": ", ".join(grants[:_SHOWN]) + (" ..." if len(grants) > _SHOWN else ""),
        "why": listed([_unknown(headings[at], at) for at in unknown]) if unknown else "no ledger has their headings",
        "what": "each column" if len(unknown) != 1 else f"column {get_column_letter(unknown[0])}",
        "column": sheet.name,
    }  # fmt: skip
    at = unknown[0] if unknown else column
    return Question("MAP009", sheet.name, f"{get_column_letter(at)}{max(header, 1)}", facts), headings


def _text(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cells.get((row, column))
    if cell is None or is_blank(cell.value):
        return ""
    return date_text(cell.value.date()) if isinstance(cell.value, dt.datetime) else str(cell.value)


def _unknown(heading: str, column: int) -> str:
    shown = column_shown(column, " ".join(heading.split())[:60])
    near = _resembled(heading)
    if near is not None:
        return f"{shown} {NEAR_MISSES[near].meaning}"
    return f"{shown} is not known" if heading else shown


def _resembled(heading: str) -> str | None:
    """The field that a heading resembles; of the day from which vesting counts, under whichever name, the first day."""
    named = column_named(heading, Grant)
    return "first_exercisable" if named is not None and named.name == "vesting_start" else near_miss(heading)


def _is_asked(question: Question, questions: Sequence[Question]) -> bool:
    """Whether another question of the same headings has been asked."""
    same = [each for each in questions if each.sheet == question.sheet and each.code in _OF_BLOCKS]
    return any(_row(each.cell) == _row(question.cell) for each in same)


_OF_BLOCKS = ("MAP002", "MAP006", "MAP007")


def _row(cell: str) -> str:
    return cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
