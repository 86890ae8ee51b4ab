"""The plan's terms for a call, with those changed that are given by name."""

import pandas as pd

from plansheet.excel.reading import BadCell, as_number
from plansheet.excel.record_rows import read_of_kind
from plansheet.frames.cells import cells_of
from plansheet.frames.reading import UnusableFrame
from plansheet.plan.terms import FACTS, Terms, UnusableTerms, atg_1996, with_values


def plan_terms(base: Terms | None = None, **values: object) -> Terms:
    """The terms of the plan with some of them changed: ``plan_terms(iso_limit=200_000, rounding="EXACT")``.

    base: what is changed; left out: the Art Technology Group plan (`plansheet.plan.terms.read_terms` reads another
    plan's file). values: terms and facts (approved, merger_price, merger_date ...) under their names, as they would
    stand on a Plan sheet. Raises UnusableFrame for a name that is no term, and for a value that it cannot have.
    """
    terms = base or atg_1996()
    known = {term.name for term in terms.listed} | set(FACTS)
    if unknown := sorted(set(values) - known):
        raise UnusableFrame(f"{', '.join(unknown)} is no term; use one of: {', '.join(sorted(known))}")
    try:
        return with_values(terms, {name: _value(name, value) for name, value in values.items()}, "plan_terms")
    except UnusableTerms as unusable:
        raise UnusableFrame(str(unusable)) from unusable


def _value(name: str, value: object) -> object:
    [cell] = cells_of(pd.Series([value], dtype=object))
    try:
        if name in FACTS:
            return read_of_kind(FACTS[name].kind)(cell)
        return as_number(cell) if isinstance(cell, int | float) else cell
    except BadCell as bad:
        raise UnusableFrame(f"{name} {bad}") from bad
