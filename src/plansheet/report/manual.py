"""The manual of a rule, from its card and its check's docstring: text and JSON from the same words."""

import json
from collections.abc import Sequence
from textwrap import fill

from plansheet.core.rule import Rule


def rule_list(rules: Sequence[Rule]) -> str:
    """One line per rule."""
    width = max(len(rule.code) for rule in rules)
    lines = [f"{r.code:<{width}}  {r.severity.value:<7}  {r.plan or '-':<13}  {r.title}" for r in rules]
    return "\n".join(lines) + "\n"


def explanation(rule: Rule) -> str:
    """Everything about one rule, as text."""
    rests_on = "; ".join([*([f"plan {rule.plan}"] if rule.plan else []), *rule.law])
    parts = [f"{rule.code} ({rule.severity.value}){f', {rests_on}' if rests_on else ''}", rule.title]
    parts += [fill(f"{name}: {text}", width=100) for name, text in rule.sections.items()]
    parts += [fill(f"Message: {rule.message}", width=100), fill(f"Fix: {rule.fix}", width=100)]
    return "\n\n".join(parts) + "\n"


def explanation_json(rule: Rule) -> str:
    """Everything about one rule, as JSON."""
    document = {
        "code": rule.code,
        "severity": rule.severity.value,
        "plan": rule.plan,
        "law": list(rule.law),
        "title": rule.title,
        **{name.lower().replace(" ", "_"): text for name, text in rule.sections.items()},
        "message": rule.message,
        "fix": rule.fix,
    }
    return json.dumps(document, indent=2) + "\n"
