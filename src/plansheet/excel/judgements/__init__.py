"""Judgements on formula cells, which only a saved workbook can break.

They stand here because PLAN_EXPLAIN explains them; the cells are read and calculated again on the floor above.
"""

from plansheet.excel.judgements import formulas, inputs, settings, values
from plansheet.excel.judgements.facts import Facts, Place, Recalculated

MODULES = (values, formulas, inputs, settings)

__all__ = ["MODULES", "Facts", "Place", "Recalculated"]
