"""Which terms the rules and the calendar read, found in the modules of the plan themselves: a list would grow stale."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from plansheet.plan.terms import Terms

_OF_THE_CALENDAR = "deadlines.py"


@cache
def read_by_rules() -> frozenset[str]:
    """The terms that some rule, or a calculation below the rules, asks for."""
    return frozenset(name for _, name in _readings())


@cache
def read_by_calendar() -> frozenset[str]:
    """The terms that the deadlines ask for."""
    return frozenset(name for module, name in _readings() if module == _OF_THE_CALENDAR)


def _readings() -> Iterator[tuple[str, str]]:
    """Module and term wherever the plan's floor says terms.<term>."""
    terms = Terms.__dataclass_fields__
    for module in files("plansheet.plan").iterdir():
        if not module.name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and _is_terms(node.value) and node.attr in terms:
                yield module.name, node.attr


def _is_terms(node: ast.expr) -> bool:
    return getattr(node, "id", getattr(node, "attr", None)) == "terms"
