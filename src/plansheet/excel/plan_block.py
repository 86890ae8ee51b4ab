"""The lines of a Plan sheet, a term and its value each: one reader for blocks and for workbooks."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from plansheet.core.records import Kind
from plansheet.core.words import fold
from plansheet.excel.blocks import Block
from plansheet.excel.cells import CallFailed, Cells, rows_of
from plansheet.excel.headings import fold_heading
from plansheet.excel.reading import ERRORS, BadCell, as_date, as_number, is_blank, is_blank_or_zero
from plansheet.excel.record_rows import read_of_kind
from plansheet.plan.terms import FACTS, Terms, UnusableTerms, atg_1996, label, with_values

TERM, VALUE = "Term", "Value"
"""The headings by which a Plan sheet is known."""
NO_TERM = "no term is called so; it was not used"


class PlanLine(NamedTuple):
    """A line of a Plan sheet; ``at`` tells its reader where it stands."""

    at: int
    term: object
    value: object


class Misfit(NamedTuple):
    """A line whose value cannot be used: of which term, and why."""

    line: PlanLine
    name: str
    message: str


@dataclass(slots=True)
class PlanRead:
    """What a Plan sheet says: the terms with its values; the lines that cannot be used, are no term, stand where."""

    terms: Terms
    misfits: list[Misfit] = field(default_factory=list)
    unknown: list[PlanLine] = field(default_factory=list)
    lines: dict[str, PlanLine] = field(default_factory=dict)
    """The line of each term and fact, by its name."""
    stated: set[str] = field(default_factory=set)
    """The terms and facts that have a value there."""


def read_plan(
    lines: Iterable[PlanLine],
    terms: Terms,
    *,
    facts_only: bool = False,
    as_day: Callable[[object], datetime.date | None] = as_date,
) -> PlanRead:
    """The terms with what the lines say; of one term's two lines, both must say the same.

    facts_only: the terms are given and stay, only what happened to the plan is read. as_day: what reads a date.
    """
    facts = {fold(label(name)): name for name in FACTS}
    listed = {fold(label(term.name)): term.name for term in terms.listed}
    known = {**{fold(label(term.name)): "" for term in atg_1996().listed}, **({} if facts_only else listed), **facts}
    read = PlanRead(terms)
    said: dict[str, object] = {}
    for line in lines:
        if is_blank(line.term):
            continue
        name = known.get(fold(str(line.term)))
        if name is None:
            read.unknown.append(line)
            continue
        if name:
            read.lines.setdefault(name, line)
        if name and not _is_blank(name, line.value):
            try:
                value = _value(name, line.value, as_day)
                if said.setdefault(name, value) != value:
                    raise BadCell(f"is another than the {said[name]} above; leave one of the two lines")
                read.terms = with_values(read.terms, {name: value}, "the Plan sheet")
                read.stated.add(name)
            except (BadCell, UnusableTerms) as unusable:
                it = "it " if isinstance(unusable, BadCell) else ""
                read.misfits.append(Misfit(line, name, f"{label(name)} cannot be used: {it}{unusable}."))
    return read


_NEVER_ZERO = frozenset({"adopted", *(name for name, fact in FACTS.items() if fact.kind in (Kind.DATE, Kind.MONEY))})


def _is_blank(name: str, value: object) -> bool:
    """Of a day or a price a 0 is the blank of Excel on the desktop; a number of months may be 0."""
    return is_blank_or_zero(value) if name in _NEVER_ZERO else is_blank(value)


def _value(name: str, value: object, as_day: Callable[[object], datetime.date | None]) -> object:
    kind = FACTS[name].kind if name in FACTS else Kind.DATE if name == "adopted" else None
    if kind is Kind.DATE:
        return as_day(value)
    if kind is not None:
        return read_of_kind(kind)(value)
    return value if isinstance(value, str) and value not in ERRORS else as_number(value)


def read_plan_block(argument: Cells) -> list[PlanLine]:
    """The lines of a block with the headings Term and Value, numbered from 1 below the headings."""
    head, *rows = rows_of(argument) or [()]
    at = {fold_heading(cell): position for position, cell in reversed(list(enumerate(head)))}
    missing = [name for name in (TERM, VALUE) if fold_heading(name) not in at]
    if missing:
        raise CallFailed(
            f"plan has no column {' and no column '.join(missing)}; "
            "give the sheet Plan with its header row (Plan[#All])"
        )
    block = Block(rows, {name: at[fold_heading(name)] for name in (TERM, VALUE)})
    terms, values = block.cells(TERM), block.cells(VALUE)
    assert terms is not None and values is not None
    return [PlanLine(number, *pair) for number, pair in enumerate(zip(terms, values, strict=True), start=1)]
