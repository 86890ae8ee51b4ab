"""Every rule that there is, and what the worksheet says of one."""

from plansheet.core.rule import Rule
from plansheet.excel import judgements
from plansheet.plan.rules import RULES, harvest

JUDGEMENTS = harvest((judgements,))
"""The rules of formula cells, which only a saved workbook can break."""
ALL_RULES: tuple[Rule, ...] = tuple(sorted((*RULES, *JUDGEMENTS), key=lambda r: r.code))
