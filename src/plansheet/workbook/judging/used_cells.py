"""Cells that plan functions use, one by one: text for numbers and dates, errors, rows that do not show."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from plansheet.excel.judgements.facts import HiddenRows, Place, UsedCell
from plansheet.excel.judgements.sentences import shown
from plansheet.excel.reading import BadCell, as_date, as_number, is_blank
from plansheet.workbook.formulas.regions import Region, rectangle
from plansheet.workbook.judging.parameters import DATES, NUMBERS, fields_under
from plansheet.workbook.judging.usage import Given, Use
from plansheet.workbook.reading.saved import Cell, Sheet

DATE, NUMBER, NUMBER_OR_RATIO, ANYTHING = "a date", "a number", "a number or ratio", "anything"
_NUMBER_AS_TEXT = re.compile(r"[\s$€£(+-]*[0-9][0-9.,\s]*[%)]?\s*")


class _Taken(NamedTuple):
    """Cells, what they are taken for, by how many formulas, and the first of them."""

    given: Given
    wanted: str
    formulas: int
    first: str


def texts_and_errors(
    uses: Sequence[Use], passed_over: Callable[[Sheet, Cell], bool]
) -> tuple[list[UsedCell], list[UsedCell]]:
    """Cells with text where a number or date is wanted, and cells with errors.

    ``passed_over``: for cells of which another finding tells, and the answers of plan functions.
    """
    texts: dict[tuple[str, int, int], UsedCell] = {}
    errors: dict[tuple[str, int, int], UsedCell] = {}
    for taken in _taken(uses):
        sheet = taken.given.region.sheet
        kinds = ("error",) if taken.wanted == ANYTHING else ("error", "text")
        for cell in (cell for cell in _filled(taken.given.region) if cell.kind in kinds):
            if cell.kind == "text" and not _is_refused(cell.value, taken.wanted):
                continue
            key = (sheet.name, cell.row, cell.column)
            if not passed_over(sheet, cell):
                found = errors if cell.kind == "error" else texts
                known = found.get(key)
                found[key] = _used(sheet, cell, taken, known.formulas if known else 0, known.first if known else "")
    return list(texts.values()), list(errors.values())


def _used(sheet: Sheet, cell: Cell, taken: _Taken, before: int, first: str) -> UsedCell:
    address = f"{get_column_letter(cell.column)}{cell.row}"
    return UsedCell(
        Place(sheet.name, address, shown(cell.value)),
        shown(cell.value),
        taken.given.parameter,
        taken.wanted == DATE,
        before + taken.formulas,
        first or taken.first,
    )


def _taken(uses: Sequence[Use]) -> list[_Taken]:
    """Each range once for what it is taken for."""
    found: dict[tuple[str, int, int, int, int, str], _Taken] = {}
    for use in uses:
        of_use: dict[tuple[str, int, int, int, int, str], Given] = {}
        for given in use.given:
            r, wanted = given.region, _wanted(use.function, given.parameter)
            if not given.is_block:
                of_use.setdefault((r.sheet.name, r.top, r.left, r.bottom, r.right, wanted), given)
        for key, given in of_use.items():
            moves = use.is_row_by_row and given.region.bottom > given.region.top
            number = 1 if moves else len(use.run)
            known = found.get(key, _Taken(given, key[-1], 0, use.where))
            found[key] = known._replace(formulas=known.formulas + number)
    return list(found.values())


def _wanted(function: str, parameter: str) -> str:
    if parameter in DATES:
        return DATE
    if parameter == "shares" and function.startswith("POOL_"):
        return NUMBER_OR_RATIO  # of a SPLIT row
    return NUMBER if parameter in NUMBERS else ANYTHING


def _filled(region: Region) -> Iterator[Cell]:
    sheet = region.sheet
    rows = range(region.top, min(region.bottom, sheet.last_row) + 1)
    columns = range(region.left, min(region.right, sheet.last_column) + 1)
    return filter(None, map(sheet.cells.get, product(rows, columns)))


def _is_refused(text: object, wanted: str) -> bool:
    """Whether a function that wants a number or a date gives no answer for a text; a heading is told as such."""
    if is_blank(text) or wanted == ANYTHING or fields_under(str(text)):
        return False
    if wanted == NUMBER_OR_RATIO:
        return _NUMBER_AS_TEXT.fullmatch(str(text)) is not None
    try:
        (as_date if wanted == DATE else as_number)(text)
    except BadCell:
        return True
    return False


def hidden_rows(uses: Sequence[Use], ledgers: Sequence[Region]) -> list[HiddenRows]:
    """By sheet, the rows that do not show and that functions, or the check of a ledger, count."""
    rows: dict[str, dict[int, int]] = {}
    formulas: dict[str, dict[str, None]] = {}
    sheets: dict[str, Sheet] = {}
    ranges = [(given.region, use.where) for use in uses if not use.is_row_by_row for given in use.given]
    for region, where in [*ranges, *((ledger, "") for ledger in ledgers)]:
        counted = dict(_hidden(region))
        if counted:
            name = region.sheet.name
            sheets[name] = region.sheet
            rows[name] = counted | rows.get(name, {})
            formulas.setdefault(name, {}).update({where: None} if where else {})
    return [_told(sheets[name], those, list(formulas[name])) for name, those in rows.items()]


def _hidden(region: Region) -> Iterator[tuple[int, int]]:
    """The hidden rows of a range that hold something in it, each with the first such column."""
    if region.top == region.bottom:
        return
    for row in region.sheet.hidden_rows:
        if region.top <= row <= region.bottom:
            filled = (
                c.column
                for c in _filled(Region(region.sheet, row, region.left, row, region.right))
                if not is_blank(c.value)
            )
            column = next(filled, None)
            if column is not None:
                yield row, column


def _told(sheet: Sheet, rows: dict[int, int], formulas: Sequence[str]) -> HiddenRows:
    first = min(rows)
    filters = [rectangle(sheet, ref) for ref in sheet.filters]
    is_filtered = any(r.top <= first <= r.bottom for r in filters)
    place = Place(sheet.name, f"{get_column_letter(rows[first])}{first}")
    return HiddenRows(place, tuple(sorted(rows)), is_filtered, len(formulas), formulas[0] if formulas else "")
