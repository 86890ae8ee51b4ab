"""Where a workbook uses plan functions: in cells, and in rules and names, which have no saved value to compare."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from openpyxl.utils import get_column_letter

from plansheet.workbook.formulas.expressions import (
    EXPORTED,
    SINGLE,
    Call,
    Node,
    NotChecked,
    called,
    mentioned,
    plan_name,
    shape_of,
    shown_name,
    text_of,
)
from plansheet.workbook.formulas.regions import rectangle, region_of
from plansheet.workbook.reading.saved import Cell, DefinedName, Sheet, Workbook
from plansheet.workbook.reading.unreadable import unreadable

Functions = Mapping[str, Callable[..., object]]


@dataclass(frozen=True, slots=True)
class PlanCell:
    """A cell whose formula calls a plan function, itself or by a defined name."""

    sheet: str
    cell: str
    """Its address, as C7."""
    row: int
    column: int
    formula: str
    function: str
    """The outermost plan function."""
    array_ref: str | None
    whole: bool
    """Whether the formula is that one call, and not something around or beside it."""


MOST_TEXT = 2_000_000
"""Characters of the plan functions' formulas in a workbook, those that differ by their cells alone counted once."""


@dataclass(frozen=True, slots=True)
class NotReached:
    """A plan function where no value is saved: ``what`` names the place, ``why`` says that it is not checked."""

    what: str
    why: str


def plan_cells(workbook: Workbook, functions: Functions) -> list[PlanCell]:
    """Every cell whose formula calls one of ``functions``, itself or by a name, by sheet, row and column.

    Raises Unreadable where their formulas are too long to be taken apart.
    """
    search = _Search(workbook, functions)
    found: list[PlanCell] = []
    for sheet in workbook.sheets:
        cells: list[tuple[tuple[int, int], str]] = []
        for cell in sheet.formulas:
            if (function := search.function_in(cell.formula or "", sheet.name)) is not None:
                cells.append(((cell.row, cell.column), function))
        found.extend(_plan_cell(sheet.name, sheet.cells[key], function, functions) for key, function in sorted(cells))
    return found


def not_reached(workbook: Workbook, functions: Functions) -> list[NotReached]:
    """Plan functions where no value is saved for them: in rules, in names that no cell uses, in what-if tables.

    And formulas that the file shares with a cell whose own it does not give.
    """
    search = _Search(workbook, functions)
    return [
        *_in_rules(workbook, search),
        *_in_names(workbook, search),
        *_in_data_tables(workbook, search),
        *_lost_formulas(workbook),
    ]


class _Search:
    """What finds plan functions in formulas: by a call, and by a defined name that leads to one."""

    def __init__(self, workbook: Workbook, functions: Functions) -> None:
        self.functions = functions
        self.known: dict[str, str | None] = {}
        self.texts: set[str] = set()
        self.room = MOST_TEXT
        self.names: dict[tuple[str, str | None], str] = {}
        """The plan function of each defined name (and sheet) that leads to one."""
        self.words: set[str] = set()
        """Those names as a formula has them."""
        using: dict[str, list[DefinedName]] = {}
        for name in workbook.names:
            for word in _words(name.formula):
                using.setdefault(word, []).append(name)
        ahead = [(name, self.function_in(name.formula, name.sheet)) for name in workbook.names]
        while ahead:  # names that use names: until none is added
            name, function = ahead.pop()
            key = name.name.casefold(), _folded(name.sheet)
            if function is None or key in self.names:
                continue
            self.names[key] = function
            self.words.add(key[0])
            ahead.extend((user, self.function_in(user.formula, user.sheet)) for user in using.get(key[0], ()))

    def may_find(self, formula: str) -> bool:
        """Whether a formula is worth taking apart."""
        if any(self.function(name) is not None for name in _CALLS.findall(formula)):
            return True
        return bool(self.words) and not self.words.isdisjoint(_words(formula))

    def _count(self, formula: str) -> None:
        with suppress(NotChecked):
            text = text_of(formula)
            if text not in self.texts:
                self.texts.add(text)
                self.room -= len(text)
        if self.room < 0:
            raise unreadable("too large", f"its formulas with plan functions have more than {MOST_TEXT:,} characters")

    def function(self, name: str) -> str | None:
        """The plan function that a name before a parenthesis means."""
        if name not in self.known:
            self.known[name] = plan_name(name, self.functions)
        return self.known[name]

    def function_in(self, formula: str, sheet: str | None) -> str | None:
        """The first plan function that a formula calls; one that cannot be read counts as calling what it names."""
        if not self.may_find(formula):
            return None
        self._count(formula)
        try:
            names, uses = called(formula), [*called(formula), *mentioned(formula)] if self.names else ()
        except NotChecked:
            names, uses = _CALLS.findall(formula), ()
        if any(shown_name(name) == EXPORTED for name in names):
            names = _CALLS.findall(formula)
        calls = (self.function(name) for name in names)
        by_name = (self.names.get(key) for use in uses for key in _keys(use, sheet))
        return next((function for function in (*calls, *by_name) if function is not None), None)

    def used(self, formula: str, sheet: str) -> Iterator[tuple[str, str | None]]:
        """The defined names that a formula on a sheet may ask for, of those that lead to a plan function."""
        if not self.words.isdisjoint(_words(formula)):
            with suppress(NotChecked):
                for use in (*called(formula), *mentioned(formula)):
                    yield from _keys(use, sheet)


_CALLS = re.compile(r"[\w.]+(?=\s*\()")
_WORDS = re.compile(r"[\w.\\?]+")
_MOST_TABLES = 100
"""What-if tables of a sheet that are looked at; each may be as large as the sheet."""


def _words(formula: str) -> set[str]:
    """What in a formula may be a defined name."""
    return {word.casefold() for word in _WORDS.findall(formula)}


def _folded(sheet: str | None) -> str | None:
    return None if sheet is None else sheet.casefold()


def _keys(use: str, sheet: str | None) -> tuple[tuple[str, str | None], tuple[str, str | None]]:
    """Where a name may be defined that is used on a sheet: for that sheet, or the one before its !, and for all."""
    before, _, name = use.rpartition("!")
    owner = before.strip("'").replace("''", "'") if before else sheet
    return (name.casefold(), _folded(owner)), (name.casefold(), None)


def _plan_cell(sheet: str, cell: Cell, function: str, functions: Functions) -> PlanCell:
    address = f"{get_column_letter(cell.column)}{cell.row}"
    formula = cell.formula or ""
    whole = _is_whole(formula, functions)
    return PlanCell(sheet, address, cell.row, cell.column, formula, function, cell.array_ref, whole)


def _is_whole(formula: str, functions: Functions) -> bool:
    try:
        node: Node = shape_of(formula)
    except NotChecked:
        return False
    while isinstance(node, Call) and shown_name(node.name) == SINGLE and len(node.arguments) == 1:
        node = node.arguments[0]
    return isinstance(node, Call) and plan_name(node.name, functions) is not None


def _in_rules(workbook: Workbook, search: _Search) -> Iterator[NotReached]:
    for sheet in workbook.sheets:
        for rule in sheet.rules:
            function = search.function_in(rule.formula, sheet.name)
            if function is not None:
                what = f"{function} in the {rule.what} of {sheet.name}!{rule.where}"
                yield NotReached(what, f"a {rule.what} saves no value to compare")


def _in_names(workbook: Workbook, search: _Search) -> Iterator[NotReached]:
    """Names that no cell uses: those of a cell are calculated there."""
    used = _used_names(workbook, search) if search.names else set()
    for name in workbook.names:
        key = name.name.casefold(), _folded(name.sheet)
        function = search.names.get(key)
        if function is not None and key not in used:
            where = f" of the sheet {name.sheet}" if name.sheet is not None else ""
            yield NotReached(f"{function} in the name {name.name}{where}", "a name saves no value to compare")


def _used_names(workbook: Workbook, search: _Search) -> set[tuple[str, str | None]]:
    return {
        key
        for sheet in workbook.sheets
        for cell in sheet.formulas
        for key in search.used(cell.formula or "", sheet.name)
    }


def _in_data_tables(workbook: Workbook, search: _Search) -> Iterator[NotReached]:
    """What-if tables whose formula, above or left of their values, leads to a plan function."""
    for sheet in workbook.sheets:
        tables = dict.fromkeys(sheet.data_tables)
        if len(tables) > _MOST_TABLES:
            yield NotReached(f"what-if tables on {sheet.name}", f"there are {len(tables):,}, more than are looked at")
        for ref in islice(tables, _MOST_TABLES):
            table = rectangle(sheet, ref)
            formulas = [
                cell.formula or ""
                for cell in sheet.formulas
                if (cell.row == table.top - 1 and table.left - 1 <= cell.column <= table.right)
                or (cell.column == table.left - 1 and table.top <= cell.row <= table.bottom)
            ]
            found = (_behind(formula, sheet, workbook, search) for formula in formulas)
            function = next((each for each in found if each is not None), None)
            if function is not None:
                what = f"{function} in the what-if table {sheet.name}!{ref}"
                yield NotReached(what, "its values come from a formula in other cells, tried with other figures")


def _behind(formula: str, sheet: Sheet, workbook: Workbook, search: _Search) -> str | None:
    """The plan function that a formula calls, or that a cell calls to which it refers."""
    function = search.function_in(formula, sheet.name)
    if function is not None:
        return function
    sheets = {each.name.casefold(): each for each in workbook.sheets}
    try:
        uses = mentioned(formula)
    except NotChecked:
        return None
    for use in uses:
        before, _, address = use.rpartition("!")
        of = sheets.get(before.strip("'").replace("''", "'").casefold()) if before else sheet
        region = region_of(address, of) if of is not None else None
        cell = of.cells.get((region.top, region.left)) if of is not None and region is not None else None
        if of is not None and cell is not None and cell.formula is not None:
            function = search.function_in(cell.formula, of.name)
        if function is not None:
            return function
    return None


def _lost_formulas(workbook: Workbook) -> Iterator[NotReached]:
    for sheet in workbook.sheets:
        lost = sorted((cell.row, cell.column) for cell in sheet.formulas if cell.formula == "=")
        if lost:
            row, column = lost[0]
            address = f"{sheet.name}!{get_column_letter(column)}{row}"
            more = len(lost) - 1
            what = f"the formulas in {address} and {more:,} more" if more else f"the formula in {address}"
            yield NotReached(what, "it is shared with another cell, whose formula the file does not give")
