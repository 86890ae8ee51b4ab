"""The manual of a rule, from its card and its check's docstring: one text for every place that explains it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from plansheet.core.records import TABLES, heading
from plansheet.core.rule import Rule


class Line(NamedTuple):
    """A line of the manual; ``label`` is blank where the text speaks for itself."""

    label: str
    text: str

    def __str__(self) -> str:
        return f"{self.label}: {self.text}" if self.label else self.text


def manual(card: Rule, cited: Callable[[str], str] = str) -> tuple[Line, ...]:
    """Everything about a rule: title, what it rests on, why, an example, what it leaves out, what it says and needs.

    ``cited``: how a plan numbers the sections of a text (Terms.cited); left out: as the cards have them.
    """
    return (
        Line("", cited(card.title)),
        Line("", rests_on(card, cited)),
        *(Line(name, cited(text)) for name, text in card.sections.items()),
        Line("What it says", cited(shown(card.message))),
        Line("What to do", cited(shown(card.fix))),
        *([Line("Columns", needed_columns(card))] if card.needs else []),
    )


def rests_on(card: Rule, cited: Callable[[str], str]) -> str:
    """Severity, section of the plan and law, as far as there are any."""
    plan = cited(card.plan)
    return "; ".join([card.severity.value, *([f"plan {plan}"] if plan else []), *card.law])


def shown(sentence: str) -> str:
    """A sentence of a card with its blanks as words in brackets: [iso shares]."""
    named = re.sub(r"\{(\w+)[^}]*\}", lambda blank: f"[{blank[1].replace('_', ' ')}]", sentence)
    return named.replace("][", "] [")  # some blanks bring their own space, where there is something to say


def needed_columns(card: Rule) -> str:
    """The columns without which a rule is not checked, by table: "Grants: Grant, FMV"."""
    tables: dict[str, list[str]] = {}
    for record, name in card.needs:
        tables.setdefault(TABLES[record], []).append(heading(record, name))
    return "; ".join(f"{table}: {', '.join(headings)}" for table, headings in tables.items())
