"""Which grants, and which rows of Activity, are this plan's: a ledger may hold those of other plans of the group."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from plansheet.core.records import Activity, Grant, Ledger
from plansheet.core.words import fold
from plansheet.plan.terms import Terms


@lru_cache(maxsize=1)  # most rules ask for the same ledger
def of_this_plan(ledger: Ledger, terms: Terms) -> Mapping[str, Grant]:
    """Grants under this plan by key: those of other plans of the group count for §11(c) only.

    A plan's name counts as this plan's where it is the only one and every grant has it, or made of two or more words of
    the plan's title and short name.
    """
    named = {fold(g.plan): _words(g.plan) for g in ledger.grants if g.plan}
    title = _words(f"{terms.title} {terms.short}")
    is_only = len(named) == 1 and all(g.plan for g in ledger.grants)
    own = set(named) if is_only else {name for name, words in named.items() if words <= title and len(words) > 1}
    found: dict[str, Grant] = {}
    for grant in ledger.grants:
        if not grant.plan or fold(grant.plan) in own:
            found.setdefault(grant.grant.key, grant)  # of two rows the first, as everywhere; LEDGER003 names the other
    return found


def of_other_plans(ledger: Ledger, terms: Terms) -> set[str]:
    """Keys of the grants that are not under this plan."""
    return {g.grant.key for g in ledger.grants} - set(of_this_plan(ledger, terms))


def other_plans(ledger: Ledger, terms: Terms) -> dict[str, int]:
    """The plans of which grants were taken for another's, as first spelled, and how many grants each has."""
    own = of_this_plan(ledger, terms)
    named: dict[str, str] = {}
    number: dict[str, int] = {}
    for grant in ledger.grants:
        if grant.plan and grant.grant.key not in own:
            name = named.setdefault(fold(grant.plan), grant.plan)
            number[name] = number.get(name, 0) + 1
    return number


def own_grants(ledger: Ledger, terms: Terms) -> list[Grant]:
    """The rows of Grants under this plan, as listed."""
    own = of_this_plan(ledger, terms)
    return [grant for grant in ledger.grants if grant.grant.key in own]


def no_own_grants(ledger: Ledger, terms: Terms) -> str | None:
    """Why it cannot be told which of the grants are this plan's; None where it can."""
    if not ledger.grants or of_this_plan(ledger, terms):
        return None
    return f"no grant's Plan is a part of the plan's title ({terms.title}); leave Plan blank for this plan's grants"


def rows_of_this_plan(ledger: Ledger, terms: Terms) -> Iterator[Activity]:
    """The rows of Activity but for those of other plans' grants."""
    others = of_other_plans(ledger, terms)
    return (row for row in ledger.activity if row.grant is None or row.grant.key not in others)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
