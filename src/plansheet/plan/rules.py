"""Every rule of the plan, harvested from the modules of its subjects. To add a rule, write one function there.

Rules stand below the calculations that they use; where a module would hold too much, in one of their own beside it.
"""

from types import ModuleType

from plansheet.core.rule import Rule
from plansheet.plan import (
    adjustment_rules,
    after_end,
    agreements,
    amendment,
    approval,
    authority,
    blocks,
    deadlines,
    eligibility,
    extension,
    foreign,
    grant_limit,
    iso_limit_rules,
    ledger_rules,
    ledger_ties,
    merger_rules,
    outlook,
    ownership,
    payment,
    plan_term,
    pool_rules,
    pricing,
    regrant,
    substitution,
    term,
    termination,
    transfers,
    vesting_rules,
    withholding,
)

MODULES: tuple[ModuleType, ...] = (
    ledger_rules,
    ledger_ties,
    eligibility,
    authority,
    grant_limit,
    pool_rules,
    agreements,
    pricing,
    ownership,
    payment,
    term,
    iso_limit_rules,
    transfers,
    vesting_rules,
    termination,
    extension,
    blocks,
    adjustment_rules,
    substitution,
    merger_rules,
    approval,
    amendment,
    regrant,
    withholding,
    plan_term,
    foreign,
    outlook,
    deadlines,
    after_end,
)


def harvest(modules: tuple[ModuleType, ...]) -> tuple[Rule, ...]:
    """The rules that stand in the modules, in the order of their codes."""
    found = {rule.code: rule for module in modules for rule in vars(module).values() if isinstance(rule, Rule)}
    return tuple(found[code] for code in sorted(found))


RULES = harvest(MODULES)
