"""What is wrong with the ranges that plan functions are given, against the ledgers in which they lie."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import signature

from plansheet.excel import FUNCTIONS
from plansheet.excel.judgements.facts import ExtraRows, OtherColumn, Place, ShiftedRanges, ShortRange
from plansheet.excel.reading import is_blank, is_blank_or_zero
from plansheet.excel.record_rows import KEYS, says_total
from plansheet.workbook.formulas.expressions import NotChecked
from plansheet.workbook.formulas.regions import Region, region_of
from plansheet.workbook.judging.formula_columns import Columns, Run
from plansheet.workbook.judging.parameters import (
    DAYS_BEFORE_EXERCISABLE,
    NEW,
    fields_for,
    fields_under,
    heading_for,
)
from plansheet.workbook.judging.relative import references
from plansheet.workbook.judging.usage import Given, Use
from plansheet.workbook.ledgers.areas import Area, value_at

_PARTS_OF_GRANTS = frozenset({"SPLIT_TRANCHES"})
"""Functions that take one grant's rows."""
_ROW_BY_ROW = frozenset(
    {
        "ADJUST_FOR_SPLIT", "SUBSTITUTE_OPTION", "VEST_TRANCHES", "ISO_MIN_PRICE", "ISO_LAST_EXPIRY", "TENDER_SHARES",
        "WITHHOLD_SHARES", "CASHOUT_WITHHOLDING", "EXERCISE_DEADLINE", "PLAN_LAST_GRANT",
    }
)  # fmt: skip
"""Functions that answer each row by itself."""
_BELOW = 2
"""Rows below a ledger in which its totals may stand."""
_SUM = re.compile(r"=\s*(SUM|SUBTOTAL|AGGREGATE)\s*\(", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class LedgerRows:
    """A ledger, or a view of one, and the rows of it that hold a record."""

    area: Area
    placed: frozenset[int] | None = None
    """The rows of its sheet in which a record of the kind was read; None of a view, of which nothing is read."""

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """The rows of records: with a key (a grant, an action) and something beside it, for one alone is a note."""
        cells, columns = self.area.sheet.cells, tuple(self.fields)

        def is_filled(row: int, column: int) -> bool:
            cell = cells.get((row, column))
            return cell is not None and not (cell.cached and is_blank_or_zero(cell.value))

        def has_two(row: int) -> bool:
            first = next((at for at, column in enumerate(columns) if is_filled(row, column)), len(columns))
            return any(is_filled(row, column) for column in columns[first + 1 :])

        rows = (row for row in range(self.area.top, self.area.bottom + 1) if row not in self.totals)
        if self.placed is not None:
            rows = (row for row in rows if row in self.placed)
        else:
            rows = (row for row in rows if is_filled(row, self.key))
        return tuple(filter(has_two, rows))

    @cached_property
    def totals(self) -> frozenset[int]:
        """The rows that say that they are totals, those right below the last one too."""
        sheet, column = self.area.sheet, self.key
        cells = ((row, value_at(sheet, row, column)) for row in range(self.area.top, self.area.bottom + _BELOW + 1))
        return frozenset(row for row, text in cells if isinstance(text, str) and self._says_total(text))

    @property
    def key(self) -> int:
        """The column without which a row is no record; of a ledger of one kind of event, its first."""
        assert self.area.record is not None
        columns = self.area.columns
        return columns.get(KEYS[self.area.record], min(columns.values()))

    def _says_total(self, text: str) -> bool:
        assert self.area.record is not None
        return text.lstrip()[:1] in tuple("TtSsGg") and says_total(self.area.record, [text])

    @property
    def head(self) -> int:
        """The row of the headings."""
        return self.area.header or self.area.top - 1

    @cached_property
    def fields(self) -> dict[int, str]:
        """The field of each column, those of tranches side by side too."""
        return {column: name for part in self.area.passes() for name, column in part.columns.items()}

    @cached_property
    def region(self) -> Region:
        """Its data rows, from the first of its columns to the last."""
        area = self.area
        return Region(area.sheet, area.top, min(self.fields), area.bottom, max(self.fields))

    def has(self, region: Region) -> bool:
        """Whether a region lies in its columns and over some of its rows."""
        own = self.region
        across = own.left <= region.right and region.left <= own.right
        return region.sheet is own.sheet and across and region.top <= own.bottom and region.bottom >= own.top


Ledgers = Sequence[LedgerRows]
Holders = Mapping[tuple[str, int], object]
"""The holder of each row of a ledger, by sheet and row."""


def _ledger_of(given: Given, ledgers: Ledgers) -> LedgerRows | None:
    return next((ledger for ledger in ledgers if ledger.has(given.region)), None)


def _place(use: Use) -> Place:
    return Place(use.run.sheet.name, use.cell, use.run.formula)


def _height(region: Region) -> int:
    return region.bottom - region.top + 1


def _columns_given(use: Use) -> Iterator[Given]:
    """The parameters of a call that are columns of records."""
    for given in use.given:
        if not given.is_block and not given.parameter.startswith(NEW) and _height(given.region) > 1:
            yield given


# --- Rows that are left out -------------------------------------------------------------------------------------------


def short_ranges(uses: Sequence[Use], ledgers: Ledgers, holders: Holders) -> Iterator[ShortRange]:
    """Calls that leave out rows of their ledger."""
    calls: dict[tuple[str, int, bool], list[tuple[Use, Given]]] = {}
    for use in uses:
        if use.is_row_by_row or use.function in _PARTS_OF_GRANTS:
            continue
        for (at, is_block), given in _first_in_each_ledger(use, ledgers).items():
            calls.setdefault((use.function, at, is_block), []).append((use, given))
    for (function, at, is_block), those in calls.items():
        ledger = ledgers[at]
        wrong = list(_needed_rows(function, is_block, ledger, those, holders))
        yield from (_short(*each, ledger, changes_figures=True) for each in wrong)
        if not is_block and (function in _ROW_BY_ROW or _is_by_holder(function)):
            told = {id(use) for use, _, _ in wrong}
            alone = (each for each in _rows_of_no_call(ledger.rows, those) if id(each[0]) not in told)
            yield from (_short(*each, ledger, changes_figures=False) for each in alone)


def _short(use: Use, given: Given, rows: tuple[int, ...], ledger: LedgerRows, *, changes_figures: bool) -> ShortRange:
    first, last = ledger.rows[0], ledger.rows[-1]
    name = f"{ledger.area.sheet.name} rows {first} to {last}"
    return ShortRange(_place(use), use.function, given.shown, name, rows, first, last, changes_figures)


def _is_by_holder(function: str) -> bool:
    return "holder" in signature(FUNCTIONS[function]).parameters


def _first_in_each_ledger(use: Use, ledgers: Ledgers) -> dict[tuple[int, bool], Given]:
    """By ledger, and whether as a block, the first parameter that lies in it."""
    found: dict[tuple[int, bool], Given] = {}
    for given in use.given:
        if given.parameter.startswith(NEW) or _height(given.region) < 2:
            continue
        at = next((at for at, ledger in enumerate(ledgers) if ledger.has(given.region)), None)
        if at is not None:
            found.setdefault((at, given.is_block), given)
    return found


_LeftOut = Iterator[tuple[Use, Given, tuple[int, ...]]]


def _needed_rows(
    function: str, is_block: bool, ledger: LedgerRows, calls: Sequence[tuple[Use, Given]], holders: Holders
) -> _LeftOut:
    """By call, the rows left out on which its figures rest: those of its holders, or those that no part beside it has.

    A holder has one limit and one payment, which two calls cannot share; a sum may be put together from parts.
    """
    if function in _ROW_BY_ROW and not is_block:
        return
    outside = (
        _of_same_holders(ledger, holders) if _is_by_holder(function) and not is_block else _in_no_part(ledger, calls)
    )
    answers: dict[tuple[int, int], tuple[int, ...]] = {}
    continued = _continued(calls)
    for use, given in calls:
        if id(use) in continued and not _is_by_holder(function):
            continue
        span = given.region.top, given.region.bottom
        if span not in answers:
            answers[span] = outside(*span)
        if answers[span]:
            yield use, given, answers[span]


def _continued(calls: Sequence[tuple[Use, Given]]) -> set[int]:
    """Calls that say the same as the next one in their column or row, and stop earlier: figures of a series of days."""
    found: set[int] = set()
    lines: dict[tuple[str, str, int], list[Use]] = {}
    for use in sorted((use for use, _ in calls), key=lambda use: (use.run.top, use.run.column)):
        for key in (("column", use.run.sheet.name, use.run.column), ("row", use.run.sheet.name, use.run.top)):
            lines.setdefault(key, []).append(use)
    for line in lines.values():
        series: list[Use] = []
        for use in line:
            if series and not _reaches_further(use, series[-1]):
                series = []
            series.append(use)
            if len(series) >= _SERIES:  # of two, the upper one may have been forgotten
                found.update(map(id, series[:-1]))
    return found


_SERIES = 3


def _reaches_further(one: Use, other: Use) -> bool:
    """Whether a call differs from another in the last rows of its ranges alone, which are later ones."""
    columns = {given.parameter: given.region for given in _columns_given(one)}
    others = {given.parameter: given.region for given in _columns_given(other)}
    rest, of_other = ({k: v for k, v in use.arguments.items() if k not in columns} for use in (one, other))
    return (
        columns.keys() == others.keys()
        and rest == of_other
        and all(
            (a.sheet, a.top, a.left, a.right) == (b.sheet, b.top, b.left, b.right) and a.bottom > b.bottom
            for a, b in ((region, others[parameter]) for parameter, region in columns.items())
        )
    )


def _of_same_holders(ledger: LedgerRows, holders: Holders) -> Callable[[int, int], tuple[int, ...]]:
    """The rows outside of a span that are of the holders inside."""
    sheet = ledger.area.sheet.name
    rows_of: dict[object, list[int]] = {}
    for row in ledger.rows:
        rows_of.setdefault(holders.get((sheet, row)), []).append(row)

    def outside(top: int, bottom: int) -> tuple[int, ...]:
        inside = ledger.rows[bisect_left(ledger.rows, top) : bisect_right(ledger.rows, bottom)]
        held = {holders.get((sheet, row)) for row in inside}
        cut = [rows_of[holder] for holder in held if rows_of[holder][0] < top or rows_of[holder][-1] > bottom]
        return tuple(sorted(row for rows in cut for row in rows if not top <= row <= bottom))

    return outside


def _in_no_part(ledger: LedgerRows, calls: Sequence[tuple[Use, Given]]) -> Callable[[int, int], tuple[int, ...]]:
    """The rows outside of a span that no span beside it has."""
    spans = {(given.region.top, given.region.bottom) for _, given in calls}

    def outside(top: int, bottom: int) -> tuple[int, ...]:
        rest = [row for row in ledger.rows if not top <= row <= bottom]
        for above, below in spans if rest else ():
            if below < top or above > bottom:
                rest = [row for row in rest if not above <= row <= below]
        return tuple(rest)

    return outside


def _rows_of_no_call(rows: Sequence[int], calls: Sequence[tuple[Use, Given]]) -> _LeftOut:
    """Rows that no call has, with the call that reaches nearest to them from above, or else begins first below."""
    in_order = sorted(calls, key=lambda call: (call[1].region.top, call[1].region.bottom))
    found: dict[int, list[int]] = {}
    at = reach = nearest = 0
    for row in rows:
        while at < len(in_order) and in_order[at][1].region.top <= row:
            if in_order[at][1].region.bottom > reach:
                reach, nearest = in_order[at][1].region.bottom, at
            at += 1
        if row > reach:
            found.setdefault(nearest, []).append(row)
    for position, those in found.items():
        yield *in_order[position], tuple(those)


# --- Rows that are no records -----------------------------------------------------------------------------------------


def headings_in_ranges(uses: Sequence[Use], ledgers: Ledgers) -> Iterator[ExtraRows]:
    """Calls whose ranges begin with headings."""
    for use in uses:
        for given in _columns_given(use):
            region = given.region
            ledger = _ledger_of(given, ledgers)
            row = region.top if ledger is None else ledger.head
            text = value_at(region.sheet, row, region.left)
            if not region.top <= row <= region.bottom or not isinstance(text, str) or is_blank(text):
                continue
            if ledger is not None or fields_under(text).intersection(fields_for(use.function, given.parameter)):
                yield ExtraRows(_place(use), use.function, given.shown, (row,), " ".join(text.split()))
                break


def totals_in_ranges(uses: Sequence[Use], ledgers: Ledgers, columns: Columns) -> Iterator[ExtraRows]:
    """Calls whose ranges hold rows of totals."""
    for use in uses:
        if use.is_row_by_row:
            continue
        for given in _columns_given(use):
            rows = sorted({*_sums(given.region, columns), *_said(given, ledgers)})
            if rows:
                shows = _shown(given.region, rows[0])
                yield ExtraRows(_place(use), use.function, given.shown, tuple(rows), shows)
                break


def _sums(region: Region, columns: Columns) -> Iterator[int]:
    """The rows of a range that sum up other rows of it."""
    for column in range(region.left, min(region.right, region.sheet.last_column) + 1):
        for run in columns.get((region.sheet.name, column), ()):
            is_sum = len(run) == 1 and region.top <= run.top <= region.bottom and _SUM.match(run.formula)
            if is_sum and any(_is_of_others(text, run, region) for text in references(run.formula)):
                yield run.top


def _is_of_others(text: str, run: Run, region: Region) -> bool:
    """Whether a reference is to other rows of the column."""
    try:
        summed = region_of(text, run.sheet)
    except NotChecked:
        return False
    if summed is None:
        return "[" in text and "#This Row" not in text  # the column of a table, in its totals row
    return summed.left <= run.column <= summed.right and summed.top < summed.bottom <= region.bottom


def _said(given: Given, ledgers: Ledgers) -> Iterator[int]:
    """The rows of a range that say in their ledger that they are totals."""
    ledger, region = _ledger_of(given, ledgers), given.region
    yield from (row for row in (ledger.totals if ledger else ()) if region.top <= row <= region.bottom)


def _shown(region: Region, row: int) -> str:
    cell = region.sheet.cells.get((row, region.left))
    return "" if cell is None else cell.formula or str(cell.value)


# --- Ranges against each other ----------------------------------------------------------------------------------------


def shifted_ranges(uses: Sequence[Use], ledgers: Ledgers) -> Iterator[ShiftedRanges]:
    """Calls whose ranges do not begin and end in the same rows, though they lie in one ledger or beside each other."""
    for use in uses:
        given = [(each, _ledger_of(each, ledgers)) for each in _columns_given(use)]
        for one, own in given:
            if use.is_row_by_row and own is None:
                continue
            other = next(
                (each for each, ledger in given if ledger is own and _is_shifted(one.region, each.region)), None
            )
            if other is not None:
                if _agreeing(one, given) > _agreeing(other, given):
                    one, other = other, one
                yield ShiftedRanges(_place(use), use.function, one.parameter, one.shown, other.parameter, other.shown)
                break


def _is_shifted(one: Region, other: Region) -> bool:
    overlap = one.top <= other.bottom and other.top <= one.bottom
    return one.sheet is other.sheet and overlap and (one.top, one.bottom) != (other.top, other.bottom)


def _agreeing(one: Given, given: Iterable[tuple[Given, LedgerRows | None]]) -> int:
    rows = one.region.top, one.region.bottom
    return sum(1 for each, _ in given if (each.region.top, each.region.bottom) == rows)


def other_columns(uses: Sequence[Use], ledgers: Ledgers) -> Iterator[OtherColumn]:
    """Calls that take a parameter from a column with the heading of another."""
    for use in uses:
        for given in use.given:
            wanted = () if given.is_block else fields_for(use.function, given.parameter)
            found = _heading_over(given, ledgers) if wanted and given.region.left == given.region.right else None
            if found is None:
                continue
            text, fields = found
            if fields and not fields.intersection(wanted):
                is_day = given.parameter == "first_exercisable" and bool(fields & DAYS_BEFORE_EXERCISABLE)
                yield OtherColumn(
                    _place(use), use.function, given.parameter, given.shown, text, heading_for(wanted), is_day
                )


def _heading_over(given: Given, ledgers: Ledgers) -> tuple[str, frozenset[str]] | None:
    """The heading of a column that is given, and the fields that it means."""
    region, ledger = given.region, _ledger_of(given, ledgers)
    if ledger is None and _height(region) == 1:
        return None
    row = region.top - 1 if ledger is None else ledger.head
    text = value_at(region.sheet, row, region.left)
    if ledger is not None and region.left in ledger.fields:
        fields = frozenset({ledger.fields[region.left]})
        return (" ".join(str(text).split()) if isinstance(text, str) else heading_for(fields)), fields
    return (" ".join(text.split()), fields_under(text)) if isinstance(text, str) else None
