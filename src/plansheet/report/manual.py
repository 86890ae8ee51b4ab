"""The manual of the rules for the command line: text and JSON from the same words."""

import json
from collections.abc import Sequence
from textwrap import fill

from plansheet.core.manual import manual, shown
from plansheet.core.records import TABLES, heading
from plansheet.core.rule import Rule


def rule_list(rules: Sequence[Rule]) -> str:
    """One line per rule."""
    width = max(len(rule.code) for rule in rules)
    lines = [f"{r.code:<{width}}  {r.severity.value:<7}  {r.plan or '-':<13}  {r.title}" for r in rules]
    return "\n".join(lines) + "\n"


def rule_list_json(rules: Sequence[Rule]) -> str:
    """Everything about all rules, as JSON."""
    return json.dumps([_document(rule) for rule in rules], indent=2) + "\n"


def explanation(rule: Rule) -> str:
    """Everything about one rule, as text."""
    return "\n\n".join([rule.code, *(fill(str(line), width=100) for line in manual(rule))]) + "\n"


def explanation_json(rule: Rule) -> str:
    """Everything about one rule, as JSON."""
    return json.dumps(_document(rule), indent=2) + "\n"


def _document(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "plan": rule.plan,
        "law": list(rule.law),
        "title": rule.title,
        **{name.lower().replace(" ", "_"): text for name, text in rule.sections.items()},
        "message": shown(rule.message),
        "fix": shown(rule.fix),
        "needs": [{"table": TABLES[record], "heading": heading(record, name)} for record, name in rule.needs],
    }
