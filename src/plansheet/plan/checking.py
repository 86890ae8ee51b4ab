"""The rules over a ledger: what they find, what they leave open, which columns they lack."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from plansheet.core.records import TABLES, Ledger, heading
from plansheet.core.rule import Finding, Rule, Unsettled, run
from plansheet.core.words import listed
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import other_plans

_KNOWN_WORDS = re.compile("; use one of: [^;]*?(?=, and |$)")
"""All words of a column, which LEDGER001 lists for the cell; each question that rests on it need not."""


@dataclass(slots=True)
class Outcome:
    """What became of every rule; nothing is passed over in silence."""

    findings: list[Finding] = field(default_factory=list)
    unsettled: dict[Unsettled, list[str]] = field(default_factory=dict)
    """Each question once, with the codes of the rules that ask it."""
    lacking: list[tuple[Rule, str]] = field(default_factory=list)
    """Rules that could not be asked, and the columns that are not there."""
    failed: list[tuple[Rule, str]] = field(default_factory=list)
    """Rules in which plansheet itself failed, and how."""


def outcome(rules: Sequence[Rule], ledger: Ledger, terms: Terms, as_of: datetime.date) -> Outcome:
    """Ask every rule. One that fails must not stop the others."""
    all_of_them = Outcome()
    for rule in rules:
        lacking = rule.lacks(ledger)
        if lacking:
            tables: dict[str, list[str]] = {}
            for table, name in lacked_columns(rule, ledger):
                tables.setdefault(table, []).append(name)
            names = "; ".join(f"{listed(headings)} in {table}" for table, headings in tables.items())
            all_of_them.lacking.append((rule, f"no column {names}"))
            continue
        try:
            findings, unsettled = run(rule, ledger, terms, as_of)
        except Exception as bug:
            why = f"plansheet failed on it ({type(bug).__name__}: {bug}); report this with the workbook"
            all_of_them.failed.append((rule, why))
            continue
        all_of_them.findings += findings
        for question in unsettled:
            short = question._replace(why=_KNOWN_WORDS.sub("", question.why))
            all_of_them.unsettled.setdefault(short, []).append(rule.code)
    for plan, grants in other_plans(ledger, terms).items():
        what = f"{grants} grant{'s' if grants > 1 else ''} of {plan}"
        question = Unsettled(what, f"taken for another plan's, which the ISO limit alone counts; {_OWN}")
        all_of_them.unsettled[question] = [rule.code for rule in rules]
    return all_of_them


_OWN = "leave Plan blank for this plan's grants"


def lacked_columns(rule: Rule, ledger: Ledger) -> tuple[tuple[str, str], ...]:
    """Table and heading of each column that a rule needs and a ledger does not have."""
    return tuple((TABLES[record], heading(record, name)) for record, name in rule.lacks(ledger))


def named(rule: Rule, terms: Terms) -> str:
    """A rule as a list of what was not checked names it."""
    return f"{rule.code} ({terms.cited(rule.title).rstrip('.')})"
