"""Formulas that refer to deleted cells, and those that call a plan function by a wrong name."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from plansheet.excel import FUNCTIONS
from plansheet.excel.judgements.facts import Lost, Place
from plansheet.workbook.formulas.expressions import plan_name, shown_name
from plansheet.workbook.formulas.resolver import Resolver
from plansheet.workbook.judging.formula_columns import Columns, Run
from plansheet.workbook.judging.relative import references
from plansheet.workbook.judging.usage import Use, distinct

_TEXT = re.compile(r'"(?:[^"]|"")*"')
_CALLED = re.compile(r"([\w.]+)\s*\(")
_NEAR = 0.85
"""How alike a name must be to a function's: a letter more, less or other in a name of a dozen."""


def lost_references(used: Sequence[Run], uses: Sequence[Use], resolver: Resolver) -> Iterator[Lost]:
    """Formulas of plan functions, and those behind them, that refer to deleted cells, themselves or by a name."""
    lost = {name for (name, _), defined in resolver.names.items() if _is_lost(defined.formula)}
    for run in distinct(used, uses):
        if _is_lost(run.formula):
            yield Lost(Place(run.sheet.name, run.cell, run.formula), run.cells, "#REF!")
            continue
        name = next((text for text in references(run.formula) if text.casefold() in lost), None)
        if name is not None:
            yield Lost(Place(run.sheet.name, run.cell, run.formula), run.cells, f"the name {name} (#REF!)")


def _is_lost(formula: str) -> bool:
    return "#REF!" in formula and "#REF!" in _TEXT.sub("", formula)


def misspelt_functions(columns: Columns) -> Iterator[Lost]:
    """Formulas that show #NAME? and call what is nearly a plan function."""
    for runs in columns.values():
        for run in runs:
            is_unknown = run.sheet.cells[run.top, run.column].value == "#NAME?"
            names = _CALLED.findall(_TEXT.sub("", run.formula)) if is_unknown else []
            wrong = next((shown_name(name) for name in names if _nearest(name) is not None), None)
            if wrong is not None:
                yield Lost(Place(run.sheet.name, run.cell, run.formula), run.cells, f"{wrong} {_nearest(wrong)}")


def _nearest(name: str) -> str | None:
    """The plan function whose name is nearly this one; None for one's own name, and for others."""
    if plan_name(name, FUNCTIONS) is not None:
        return None
    parts = shown_name(name).split("_")  # an Office add-in's names begin with _XLDUDF_ and a namespace
    candidates = ("_".join(parts[start:]) for start in range(len(parts)))
    return next((near[0] for each in candidates if (near := get_close_matches(each, FUNCTIONS, 1, _NEAR))), None)
