"""Circles of formulas that lead through a plan function: such a cell uses its own result.

A circle among cells is one among their columns, too. The columns are looked at first, with a formula of each kind:
most workbooks have none there, and nothing is left to do. Where columns go round, as a running total does, the cells
of these are followed one by one, unless each uses only rows above its own (or below).

What OFFSET and INDIRECT lead to is not followed.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from openpyxl.utils import get_column_letter

from plansheet.excel import FUNCTIONS
from plansheet.workbook.formulas.expressions import NotChecked
from plansheet.workbook.formulas.plan_cells import PlanCell, plan_cells
from plansheet.workbook.formulas.references import Place
from plansheet.workbook.formulas.regions import Region, rectangle
from plansheet.workbook.formulas.resolver import Functions, Resolver
from plansheet.workbook.formulas.used import regions_used
from plansheet.workbook.reading.saved import Cell, Sheet, Workbook

MOST_STEPS = 2_000_000
"""Cells that cells use, which are followed one by one."""
LONGEST_PATH = 8

N = TypeVar("N", bound=Hashable)
_At = tuple[str, int, int]
_Column = tuple[str, int]
_DIGITS = re.compile(r"(?<=[A-Za-z$])[0-9]+")


@dataclass(frozen=True, slots=True)
class Circle:
    """A plan-function cell that uses its own result; ``path`` names the cells on the way, from it and back to it."""

    sheet: str
    cell: str
    path: tuple[str, ...]


def circular(
    workbook: Workbook, functions: Functions = FUNCTIONS, plan: Sequence[PlanCell] | None = None
) -> list[Circle]:
    """Every plan-function cell that uses its own result, by sheet, row and column; ``plan``: all of them, if known.

    Raises NotChecked where so many cells use each other that they are not followed.
    """
    plan = plan_cells(workbook, functions) if plan is None else plan
    cells = [(cell.sheet, cell.row, cell.column) for cell in plan]
    if not cells:
        return []
    graph = _Graph(workbook, functions)
    columns = graph.columns_in_circles({(sheet, column) for sheet, _, column in cells})
    suspects = [at for at in cells if (at[0], at[2]) in columns]
    if not suspects or graph.goes_one_way(columns):
        return []
    return list(graph.circles(suspects, columns))


class _Graph:
    """Which cells the formulas of a workbook use."""

    def __init__(self, workbook: Workbook, functions: Functions) -> None:
        self.resolver = Resolver(workbook, functions)
        self.sheets = {sheet.name: sheet for sheet in workbook.sheets}
        self.formulas: dict[_Column, list[Cell]] = defaultdict(list)
        self.spills: dict[_Column, list[tuple[Region, Cell]]] = defaultdict(list)
        """The arrays that fill cells of a column, with the cell of their formula."""
        self.room = MOST_STEPS
        for sheet in workbook.sheets:
            for cell in sheet.formulas:
                self.formulas[sheet.name, cell.column].append(cell)
                if cell.array_ref is not None:
                    self._add_spill(sheet, cell)
        for cells in self.formulas.values():
            cells.sort(key=lambda cell: cell.row)

    def _add_spill(self, sheet: Sheet, cell: Cell) -> None:
        region = rectangle(sheet, cell.array_ref or "")
        if (region.top, region.left) != (region.bottom, region.right):
            self.room -= min(region.right, sheet.last_column) - region.left + 1
            if self.room < 0:
                raise NotChecked("has more arrays than are followed")
            for column in range(region.left, min(region.right, sheet.last_column) + 1):
                self.spills[sheet.name, column].append((region, cell))

    # --- Columns ----------------------------------------------------------------------------------------------------

    def columns_in_circles(self, wanted: Collection[_Column]) -> set[_Column]:
        """The columns of all circles through one of those ``wanted``."""
        uses: dict[_Column, set[_Column]] = {}

        def used_by(column: _Column) -> Collection[_Column]:
            if column not in uses:
                uses[column] = set(self._columns_used(column))
            return uses[column]

        return {
            column
            for circle in circles_among(wanted, used_by)
            if any(column in wanted for column in circle)
            for column in circle
        }

    def _columns_used(self, column: _Column) -> Iterator[_Column]:
        """The columns that the formulas of a column use, one formula of each kind being looked at."""
        name, _ = column
        kinds = {_DIGITS.sub("", cell.formula or ""): cell for cell in self.formulas.get(column, ())}
        for cell in kinds.values():
            for region in self.used(name, cell):
                last = min(region.right, region.sheet.last_column)
                yield from ((region.sheet.name, at) for at in range(region.left, last + 1))
        for _, anchor in self.spills.get(column, ()):
            if anchor.column != column[1]:
                yield name, anchor.column

    # --- Cells ------------------------------------------------------------------------------------------------------

    def goes_one_way(self, columns: Collection[_Column]) -> bool:
        """Whether every formula of the columns uses, of these, only rows above its own, or each only rows below."""
        up = down = True
        for name, column in columns:
            if self.spills.get((name, column)):
                return False
            for cell in self.formulas.get((name, column), ()):
                for region in self.used(name, cell):
                    sheet = region.sheet.name
                    if any((sheet, at) in columns for at in range(region.left, region.right + 1)):
                        up, down = up and region.bottom < cell.row, down and region.top > cell.row
                if not (up or down):
                    return False
        return True

    def circles(self, suspects: Iterable[_At], columns: Collection[_Column]) -> Iterator[Circle]:
        """Those of the cells that use themselves, by way of cells of the columns."""
        steps = MOST_STEPS
        uses: dict[_At, list[_At]] = {}

        def used_by(at: _At) -> list[_At]:
            nonlocal steps
            if at not in uses:
                uses[at] = list(islice(self._cells_used(at, columns), steps))
                steps -= len(uses[at])
                if steps <= 0:
                    raise NotChecked("has more formulas that use each other than are followed round a circle")
            return uses[at]

        suspects = list(suspects)
        found = map(frozenset, circles_among(suspects, used_by))
        round_of = {at: circle for circle in found for at in circle}
        for at in suspects:
            if at in round_of:
                yield Circle(at[0], _address(at), tuple(self._path(at, round_of[at], used_by)))

    def _cells_used(self, at: _At, columns: Collection[_Column]) -> Iterator[_At]:
        name, row, column = at
        for region in self.used(name, self.sheets[name].cells[row, column]):
            sheet = region.sheet.name
            for used in range(region.left, min(region.right, region.sheet.last_column) + 1):
                if (sheet, used) not in columns:
                    continue
                cells = self.formulas.get((sheet, used), [])
                first = bisect_left(cells, region.top, key=lambda cell: cell.row)
                last = bisect_right(cells, region.bottom, key=lambda cell: cell.row)
                yield from ((sheet, cell.row, used) for cell in cells[first:last])
                for spill, anchor in self.spills.get((sheet, used), ()):
                    if spill.top <= region.bottom and region.top <= spill.bottom:
                        yield sheet, anchor.row, anchor.column

    def _path(self, start: _At, among: Collection[_At], used_by: Callable[[_At], list[_At]]) -> Iterator[str]:
        """The shortest way from a cell back to it, in words."""
        came_from: dict[_At, _At] = {}
        waiting = [start]
        for at in waiting:
            for used in used_by(at):
                if used == start:
                    yield from _told([start, *reversed(list(_back(at, start, came_from))), start])
                    return
                if used in among and used not in came_from:
                    came_from[used] = at
                    waiting.append(used)

    def used(self, sheet: str, cell: Cell) -> list[Region]:
        """The regions that a formula refers to."""
        return regions_used(cell.formula or "", Place(sheet, cell.row, cell.column), self.resolver)


def circles_among(starts: Iterable[N], used_by: Callable[[N], Collection[N]]) -> Iterator[list[N]]:
    """The circles that can be reached from some nodes: nodes each of which leads to each other, or one to itself.

    Tarjan's strongly connected components, without recursion.
    """
    index: dict[N, int] = {}
    lowest: dict[N, int] = {}
    open_nodes: dict[N, None] = {}
    for start in starts:
        if start in index:
            continue
        path: list[tuple[N, Iterator[N]]] = [(start, iter(used_by(start)))]
        index[start] = lowest[start] = len(index)
        open_nodes[start] = None
        while path:
            node, rest = path[-1]
            for used in rest:
                if used not in index:
                    index[used] = lowest[used] = len(index)
                    open_nodes[used] = None
                    path.append((used, iter(used_by(used))))
                    break
                if used in open_nodes:
                    lowest[node] = min(lowest[node], index[used])
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == index[node]:
                    circle = _closed(node, open_nodes)
                    if len(circle) > 1 or node in used_by(node):
                        yield circle


def _closed(node: N, open_nodes: dict[N, None]) -> list[N]:
    """The nodes opened since one, itself included, which are open no more."""
    circle: list[N] = []
    while not circle or circle[-1] != node:
        circle.append(open_nodes.popitem()[0])
    return circle


def _back(at: _At, start: _At, came_from: Mapping[_At, _At]) -> Iterator[_At]:
    while at != start:
        yield at
        at = came_from[at]


def _told(path: list[_At]) -> Iterator[str]:
    """The cells of a path; of a long one the ends."""
    names = [f"{at[0]}!{_address(at)}" for at in path]
    half = LONGEST_PATH // 2
    yield from names if len(names) <= LONGEST_PATH else [*names[:half], "...", *names[-half:]]


def _address(at: _At) -> str:
    return f"{get_column_letter(at[2])}{at[1]}"
