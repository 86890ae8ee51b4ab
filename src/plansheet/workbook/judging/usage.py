"""What plan functions and ledgers use: the ranges that each call is given, and the formulas behind them."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import signature

from openpyxl.utils import get_column_letter

from plansheet.excel import FUNCTIONS
from plansheet.excel.judgements import Recalculated
from plansheet.workbook.formulas.expressions import (
    SPILL,
    Call,
    Literal,
    Node,
    NotChecked,
    Reference,
    below_of,
    parse,
    plan_name,
    shown_name,
)
from plansheet.workbook.formulas.references import Place
from plansheet.workbook.formulas.regions import Region
from plansheet.workbook.formulas.resolver import Resolver
from plansheet.workbook.judging.formula_columns import Columns, Run
from plansheet.workbook.judging.parameters import AS_OF, BLOCKS
from plansheet.workbook.judging.relative import changes, references


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter and the cells that it is given."""

    parameter: str
    region: Region
    is_block: bool

    @property
    def shown(self) -> str:
        """As a sentence names them: Vesting!A2:A89."""
        r = self.region
        first, last = f"{get_column_letter(r.left)}{r.top}", f"{get_column_letter(r.right)}{r.bottom}"
        return f"{r.sheet.name}!{first}" if first == last else f"{r.sheet.name}!{first}:{last}"


@dataclass(frozen=True, slots=True)
class Use:
    """A call of a plan function, or the same in cells one below another (``given``: what they are given in all)."""

    function: str
    run: Run
    given: tuple[Given, ...]
    arguments: Mapping[str, Node]
    """By parameter, what stands in the first cell's formula; those left out are not there."""

    @property
    def cell(self) -> str:
        """The first cell of the call."""
        return self.run.cell

    @property
    def where(self) -> str:
        """The first cell of the call with its sheet."""
        return f"{self.run.sheet.name}!{self.cell}"

    @property
    def is_row_by_row(self) -> bool:
        """Whether each row of a column has its own call."""
        return len(self.run) > 1


def plan_uses(results: Sequence[Recalculated], columns: Columns, resolver: Resolver) -> list[Use]:
    """Every call of a plan function, with the cells that its parameters are given."""
    plan = {(r.sheet, r.cell) for r in results}
    sheets = {r.sheet for r in results}
    found: list[Use] = []
    for (sheet, column), runs in columns.items():
        letter = get_column_letter(column)
        for run in runs if sheet in sheets else ():
            if (sheet, f"{letter}{run.top}") in plan:
                found += _uses(run, resolver)
    return found


def _uses(run: Run, resolver: Resolver) -> Iterator[Use]:
    first, last = (list(_calls(run.sheet.cells[row, run.column].formula or "")) for row in (run.top, run.bottom))
    for call, again in zip(first, last, strict=False):
        name = plan_name(call.name, FUNCTIONS)
        assert name is not None
        parameters = signature(FUNCTIONS[name]).parameters
        given: list[Given] = []
        for parameter, one, other in zip(parameters, call.arguments, again.arguments, strict=False):
            above, below = _region(one, run, run.top, resolver), _region(other, run, run.bottom, resolver)
            if above is not None and below is not None and above.sheet is below.sheet:
                given.append(Given(parameter, _hull(above, below), parameter in BLOCKS))
        named = zip(parameters, call.arguments, strict=False)
        yield Use(name, run, tuple(given), {key: node for key, node in named if node != Literal(None)})


def changes_by_itself(use: Use) -> bool:
    """Whether an argument, other than as of, is what changes by itself, such as TODAY()."""
    parts = (part for parameter, tree in use.arguments.items() if parameter != AS_OF for part in nodes(tree))
    return any(isinstance(part, Call) and changes(part.name) for part in parts)


def _calls(formula: str) -> Iterator[Call]:
    """The calls of plan functions in a formula, the outermost first; none in one that cannot be read."""
    try:
        tree = parse(formula)
    except NotChecked:
        return
    yield from (node for node in nodes(tree) if isinstance(node, Call) and plan_name(node.name, FUNCTIONS))


def nodes(node: Node) -> Iterator[Node]:
    """A tree and all its parts."""
    yield node
    for below in below_of(node):
        yield from nodes(below)


def _region(node: Node, run: Run, row: int, resolver: Resolver) -> Region | None:
    """The cells that a tree refers to; those that another function finds are not looked for again."""
    if not isinstance(node, Reference) and not (isinstance(node, Call) and shown_name(node.name) in (SPILL, "INDEX")):
        return None
    try:
        return resolver.region(node, Place(run.sheet.name, row, run.column))
    except NotChecked:
        return None


def _hull(one: Region, other: Region) -> Region:
    """What a column of formulas is given in all, from what its first and its last are given."""
    return replace(
        one,
        top=min(one.top, other.top),
        left=min(one.left, other.left),
        bottom=max(one.bottom, other.bottom),
        right=max(one.right, other.right),
    )


# --- Formulas behind what is used -------------------------------------------------------------------------------------


def runs_used(uses: Sequence[Use], ledgers: Sequence[Region], columns: Columns, resolver: Resolver) -> list[Run]:
    """The formulas that plan functions (as of a day apart) and ledgers rest on, directly or through others.

    ``ledgers``: their columns.
    """
    rest = [given.region for use in uses for given in use.given if given.parameter != AS_OF]
    rest += ledgers
    by_sheet: dict[str, list[int]] = {}
    for sheet, column in columns:
        by_sheet.setdefault(sheet, []).append(column)
    found: dict[int, Run] = {}
    seen: set[tuple[str, int, int, int, int]] = set()
    while rest:
        region = rest.pop()
        key = (region.sheet.name, region.top, region.left, region.bottom, region.right)
        if key not in seen:
            seen.add(key)
            new = [run for run in _in_region(region, by_sheet, columns) if id(run) not in found]
            found.update((id(run), run) for run in new)
            rest += [behind for run in new for behind in _behind(run, resolver)]
    return sorted(found.values(), key=lambda run: (run.sheet.name, run.column, run.top))


def _in_region(region: Region, by_sheet: Mapping[str, Sequence[int]], columns: Columns) -> Iterator[Run]:
    """The runs with a cell in a region; an array formula counts by its first cell."""
    name = region.sheet.name
    for column in by_sheet.get(name, ()):
        if region.left <= column <= region.right:
            runs = columns[name, column]
            at = bisect_left(runs, region.top, key=lambda run: run.bottom)
            while at < len(runs) and runs[at].top <= region.bottom:
                yield runs[at]
                at += 1


def _behind(run: Run, resolver: Resolver) -> Iterator[Region]:
    """What the first and the last formula of a run refer to, and so all between them."""
    first, last = (references(run.sheet.cells[row, run.column].formula or "") for row in (run.top, run.bottom))
    for one, other in zip(first, last, strict=False):
        above = _region(Reference(one), run, run.top, resolver)
        below = _region(Reference(other), run, run.bottom, resolver)
        if above is not None and below is not None and above.sheet is below.sheet:
            yield _hull(above, below)


def distinct(used: Sequence[Run], uses: Sequence[Use]) -> list[Run]:
    """The runs of plan functions and those behind them, each once."""
    return list({id(run): run for run in (*used, *(use.run for use in uses))}.values())
