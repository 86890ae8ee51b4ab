"""Every rule of the plan, harvested from the modules of its subjects. To add a rule, write one function there.

Rules stand below the calculations that they use; where a module would hold too much, in one of their own beside it.
"""

from types import ModuleType

from plansheet.core.rule import Rule
from plansheet.plan import (
    adjustment,
    amendment,
    approval,
    foreign,
    iso_limit_rules,
    ledger_rules,
    merger,
    outlook,
    pool_rules,
    regrant,
)

MODULES: tuple[ModuleType, ...] = (
    ledger_rules,
    iso_limit_rules,
    pool_rules,
    adjustment,
    merger,
    approval,
    amendment,
    regrant,
    foreign,
    outlook,
)


def harvest(modules: tuple[ModuleType, ...]) -> tuple[Rule, ...]:
    """The rules that stand in the modules, in the order of their codes."""
    found = {rule.code: rule for module in modules for rule in vars(module).values() if isinstance(rule, Rule)}
    return tuple(found[code] for code in sorted(found))


RULES = harvest(MODULES)
