"""The manual of a rule, from its card and its check's docstring: text and JSON from the same words."""

import json
from collections.abc import Sequence
from textwrap import fill

from plansheet.core.rule import Rule
from plansheet.plan.terms import Terms

_PLAN = 13  # as wide as most sections are


def rule_list(rules: Sequence[Rule], terms: Terms) -> str:
    """One line per rule, with the sections of the plan of these terms."""
    code = max(len(rule.code) for rule in rules)
    sections = [terms.cited(rule.plan) or "-" for rule in rules]
    plan = _PLAN if terms.sections is None else max(map(len, sections))
    lines = [
        f"{r.code:<{code}}  {r.severity.value:<7}  {section:<{plan}}  {terms.cited(r.title)}"
        for r, section in zip(rules, sections, strict=True)
    ]
    return "\n".join(lines) + "\n"


def explanation(rule: Rule, terms: Terms) -> str:
    """Everything about one rule, as text, with the sections of the plan of these terms."""
    plan = terms.cited(rule.plan)
    rests_on = "; ".join([*([f"plan {plan}"] if plan else []), *rule.law])
    parts = [f"{rule.code} ({rule.severity.value}){f', {rests_on}' if rests_on else ''}", terms.cited(rule.title)]
    said = {**rule.sections, "Message": rule.message, "Fix": rule.fix}
    parts += [fill(f"{name}: {terms.cited(text)}", width=100) for name, text in said.items()]
    return "\n\n".join(parts) + "\n"


def explanation_json(rule: Rule, terms: Terms) -> str:
    """Everything about one rule, as JSON, with the sections of the plan of these terms."""
    document = {
        "code": rule.code,
        "severity": rule.severity.value,
        "plan": terms.cited(rule.plan),
        "law": list(rule.law),
        "title": terms.cited(rule.title),
        **{name.lower().replace(" ", "_"): terms.cited(text) for name, text in rule.sections.items()},
        "message": terms.cited(rule.message),
        "fix": terms.cited(rule.fix),
    }
    return json.dumps(document, indent=2) + "\n"
