"""Where a workbook uses plan functions: in cells, and in rules and names, which have no saved value to compare."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from plansheet.workbook.expressions import SINGLE, Call, Node, NotChecked, called, parse, plan_name, shown_name
from plansheet.workbook.saved import Cell, Workbook

Functions = Mapping[str, Callable[..., object]]


@dataclass(frozen=True, slots=True)
class PlanCell:
    """A cell whose formula calls a plan function."""

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


@dataclass(frozen=True, slots=True)
class NotReached:
    """A plan function where no value is saved: ``what`` names the place, ``why`` says that it is not checked."""

    what: str
    why: str


def plan_cells(workbook: Workbook, functions: Functions) -> list[PlanCell]:
    """Every cell whose formula calls one of ``functions``, by sheet, row and column."""
    pattern = _pattern(functions)
    found: list[PlanCell] = []
    for sheet in workbook.sheets:
        formulas = [(key, cell.formula) for key, cell in sheet.cells.items() if cell.formula is not None]
        for key, formula in sorted(pair for pair in formulas if pattern.search(pair[1])):
            function = _function_in(formula, functions)
            if function is not None:
                found.append(_plan_cell(sheet.name, sheet.cells[key], formula, function, functions))
    return found


def not_reached(workbook: Workbook, functions: Functions) -> list[NotReached]:
    """Plan functions in data validations, conditional formats and defined names, and shared formulas that are lost."""
    pattern = _pattern(functions)
    return [
        *_in_rules(workbook, functions, pattern),
        *_in_names(workbook, functions, pattern),
        *_lost_formulas(workbook),
    ]


def _plan_cell(sheet: str, cell: Cell, formula: str, function: str, functions: Functions) -> PlanCell:
    address = f"{get_column_letter(cell.column)}{cell.row}"
    whole = _is_whole(formula, functions)
    return PlanCell(sheet, address, cell.row, cell.column, formula, function, cell.array_ref, whole)


def _function_in(formula: str, functions: Functions) -> str | None:
    """The first plan function that a formula calls; one that cannot be read counts as calling what it names."""
    try:
        names = called(formula)
    except NotChecked:
        names = [match[0] for match in re.finditer(r"[\w.]+(?=\s*\()", formula)]
    return next((found for name in names if (found := plan_name(name, functions)) is not None), None)


def _is_whole(formula: str, functions: Functions) -> bool:
    try:
        node: Node = parse(formula)
    except NotChecked:
        return False
    while isinstance(node, Call) and shown_name(node.name) == SINGLE and len(node.arguments) == 1:
        node = node.arguments[0]
    return isinstance(node, Call) and plan_name(node.name, functions) is not None


def _pattern(functions: Functions) -> re.Pattern[str]:
    """Finds the formulas worth taking apart: a name and an opening parenthesis, whatever stands before it."""
    names = "|".join(re.escape(name) for name in functions)
    return re.compile(rf"(?:{names or '(?!)'})\s*\(", re.IGNORECASE)


def _in_rules(workbook: Workbook, functions: Functions, pattern: re.Pattern[str]) -> Iterator[NotReached]:
    for sheet in workbook.sheets:
        for rule in sheet.rules:
            function = _function_in(rule.formula, functions) if pattern.search(rule.formula) else None
            if function is not None:
                what = f"{function} in the {rule.what} of {sheet.name}!{rule.where}"
                yield NotReached(what, f"a {rule.what} saves no value to compare")


def _in_names(workbook: Workbook, functions: Functions, pattern: re.Pattern[str]) -> Iterator[NotReached]:
    for name in workbook.names:
        function = _function_in(name.formula, functions) if pattern.search(name.formula) else None
        if function is not None:
            where = f" of the sheet {name.sheet}" if name.sheet is not None else ""
            yield NotReached(f"{function} in the name {name.name}{where}", "a name saves no value to compare")


def _lost_formulas(workbook: Workbook) -> Iterator[NotReached]:
    for sheet in workbook.sheets:
        lost = sorted(key for key, cell in sheet.cells.items() if cell.formula == "=")
        if lost:
            row, column = lost[0]
            address = f"{sheet.name}!{get_column_letter(column)}{row}"
            more = len(lost) - 1
            what = f"the formulas in {address} and {more:,} more" if more else f"the formula in {address}"
            yield NotReached(what, "it is shared with another cell, whose formula the file does not give")
