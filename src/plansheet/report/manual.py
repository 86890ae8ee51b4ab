"""The manual of the rules for the command line and the page of rules: text, JSON and Markdown from the same words."""

import json
import re
from collections.abc import Iterator, Sequence
from textwrap import fill

from plansheet.core.manual import manual, shown
from plansheet.core.records import RECORDS, TABLES, columns, heading
from plansheet.core.rule import Rule
from plansheet.plan.terms import FACTS, Terms, label


def rule_list(rules: Sequence[Rule], terms: Terms) -> str:
    """One line per rule, with the sections of the plan of these terms."""
    code = max(len(rule.code) for rule in rules)
    sections = [terms.cited(rule.plan) or "-" for rule in rules]
    plan = max(map(len, sections))
    lines = [
        f"{r.code:<{code}}  {r.severity.value:<7}  {section:<{plan}}  {terms.cited(r.title)}"
        for r, section in zip(rules, sections, strict=True)
    ]
    return "\n".join(lines) + "\n"


def rule_list_json(rules: Sequence[Rule], terms: Terms) -> str:
    """Everything about all rules, as JSON."""
    return json.dumps([_document(rule, terms) for rule in rules], indent=2) + "\n"


SECTIONS = (
    "Purpose", "Type of options and administration", "Eligibility", "Stock subject to plan",
    "Forms of option agreements", "Purchase price", "Option period", "Exercise of options",
    "Nontransferability of options", "Effect of termination of employment or other relationship",
    "Incentive stock options", "Additional provisions", "General restrictions", "Rights as a shareholder",
    "Adjustment provisions for recapitalizations and related transactions",
    "Merger, consolidation, asset sale, liquidation, etc.", "No special employment rights", "Other employee benefits",
    "Amendment of the plan", "Withholding", "Cancellation and new grant of options, etc.",
    "Effective date and duration of the plan", "Provision for foreign participants",
)  # fmt: skip
"""The plan's sections from 1 on, as it entitles them."""
_WIDTH = 118


def rule_list_markdown(rules: Sequence[Rule], terms: Terms) -> str:
    """All rules in the order of the plan, under its sections; at the end those of a workbook's formulas."""
    return "\n\n".join(_by_section(rules, terms)) + "\n"


def _by_section(rules: Sequence[Rule], terms: Terms) -> Iterator[str]:
    for number, title in [*enumerate(SECTIONS, start=1), (0, "The formulas of a workbook")]:
        here = [rule for rule in rules if _section(rule) == number]
        if here:
            yield f"## {f'§{number} ' if number else ''}{title}"
        for rule in here:
            yield f"### {rule.code}"
            title_line, rests_on, *lines = manual(rule, terms.cited)
            yield f"{_folded(f'**{title_line.text}**')}\n{_folded(f'({rests_on.text})')}"
            yield "\n".join(f"- {_folded(f'**{line.label}:** {line.text}', indent='  ')}" for line in lines)


def _section(rule: Rule) -> int:
    """The number of the first section that a rule rests on; 0 for none."""
    found = re.match(r"§(\d+)", rule.plan)
    return int(found[1]) if found else 0


def _folded(text: str, indent: str = "") -> str:
    return fill(text, width=_WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def column_list_markdown(rules: Sequence[Rule], terms: Terms) -> str:
    """Every column of every ledger: what to enter, and which rules are not asked without it; then the terms."""
    return "\n\n".join(_columns(rules, terms)) + "\n"


def _columns(rules: Sequence[Rule], terms: Terms) -> Iterator[str]:
    for record in RECORDS:
        yield f"## {TABLES[record]}"
        lines = ["| Heading | What to enter | Not asked without it |", "|---|---|---|"]
        for column in columns(record):
            known = _choices(column.note, [word.label for word in column.words or ()])
            asked = " ".join(rule.code for rule in rules if (record, column.name) in rule.needs)
            lines.append(
                f"| **{column.heading}** ({column.kind.value}) | {terms.cited(column.note)}{known} | {asked} |"
            )
        yield "\n".join(lines)
    yield "## The Plan sheet"
    lines = ["| Term | What it says |", "|---|---|"]
    for term in terms.listed:
        lines.append(f"| **{term.label}** | {term.text}{_choices(term.text, term.known)} |")
    lines += [f"| **{label(name)}** | {fact.text} |" for name, fact in FACTS.items()]
    yield "\n".join(lines)


def _choices(told: str, words: Sequence[str]) -> str:
    """The words of a list, where not all of them are told already."""
    return "" if all(word in told for word in words) else f" One of: {', '.join(words)}."


def explanation(rule: Rule, terms: Terms) -> str:
    """Everything about one rule, as text, with the sections of the plan of these terms."""
    return (
        "\n\n".join(
            [rule.code, *(fill(str(line), width=100, break_on_hyphens=False) for line in manual(rule, terms.cited))]
        )
        + "\n"
    )


def explanation_json(rule: Rule, terms: Terms) -> str:
    """Everything about one rule, as JSON, with the sections of the plan of these terms."""
    return json.dumps(_document(rule, terms), indent=2) + "\n"


def _document(rule: Rule, terms: Terms) -> dict[str, object]:
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "plan": terms.cited(rule.plan),
        "law": list(rule.law),
        "title": terms.cited(rule.title),
        **{name.lower().replace(" ", "_"): terms.cited(text) for name, text in rule.sections.items()},
        "message": terms.cited(shown(rule.message)),
        "fix": terms.cited(shown(rule.fix)),
        "needs": [{"table": TABLES[record], "heading": heading(record, name)} for record, name in rule.needs],
    }
