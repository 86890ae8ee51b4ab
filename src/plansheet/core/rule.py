"""Rules and findings. A rule is a generator under a card; it knows records and fields, no sheet and no cell."""

import datetime
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, Protocol

from plansheet.core.records import Ledger, Record


class Severity(Enum):
    """error: plan or law is broken. warning: a person must decide."""

    ERROR = "error"
    WARNING = "warning"


class TermOf(NamedTuple):
    """A line of the Plan sheet, by the name of its term or fact, where a finding stands on no row of a ledger."""

    name: str


class Hit(NamedTuple):
    """What a rule yields: the record, the field on which the finding stands, and the facts of its sentences.

    ``record`` may be a line of the Plan sheet; it has no fields.
    """

    record: Record | TermOf | None
    field: str | None
    facts: dict[str, object]


class Unsettled(NamedTuple):
    """What a rule yields for something that it could not check.

    ``whole``: a ledger as a whole, and no finding says so; the workbook is then not checked.
    """

    what: str
    why: str
    whole: bool = False


Check = Callable[..., Iterator[Hit | Unsettled]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with its card: what it is called, what it rests on, what it says."""

    code: str
    severity: Severity
    plan: str
    law: tuple[str, ...]
    message: str
    fix: str
    needs: tuple[tuple[type[Any], str], ...]
    check: Check

    @property
    def title(self) -> str:
        """The first line of the manual."""
        return _manual(self.check).split("\n", 1)[0]

    @property
    def sections(self) -> dict[str, str]:
        """Why, Example and Not covered, from the check's docstring."""
        parts = re.split(r"^(Why|Example|Not covered): *", _manual(self.check), flags=re.MULTILINE)
        return {name: " ".join(text.split()) for name, text in zip(parts[1::2], parts[2::2], strict=True)}

    def lacks(self, ledger: Ledger) -> tuple[tuple[type[Any], str], ...]:
        """The columns without which it cannot be checked and that the ledger does not have."""
        return tuple(need for need in self.needs if need not in ledger.columns)


def _manual(check: Check) -> str:
    return inspect.getdoc(check) or ""


def rule(
    code: str,
    severity: Severity,
    *,
    plan: str,
    law: tuple[str, ...] = (),
    message: str,
    fix: str,
    needs: tuple[tuple[type[Any], str], ...] = (),
) -> Callable[[Check], Rule]:
    """Make a rule of a check; nothing is registered, modules are harvested."""

    def carded(check: Check) -> Rule:
        return Rule(code, severity, plan, law, message, fix, needs, check)

    return carded


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken by a record: where, what is wrong, what to do, and what it rests on."""

    code: str
    severity: Severity
    record: Record | TermOf | None
    field: str | None
    message: str
    fix: str
    plan: str
    law: tuple[str, ...]


class Cites(Protocol):
    """What is known here of a plan's terms: they cite a text's sections as their plan numbers them."""

    def cited(self, text: str) -> str:
        """A text with the plan's own sections."""
        ...


def find(rule_: Rule, ledger: Ledger, terms: Cites, as_of: datetime.date) -> list[Finding]:
    """The findings of one rule over a ledger."""
    return run(rule_, ledger, terms, as_of)[0]


def run(rule_: Rule, ledger: Ledger, terms: Cites, as_of: datetime.date) -> tuple[list[Finding], list[Unsettled]]:
    """The findings of one rule over a ledger, and what it could not check."""
    findings: list[Finding] = []
    unsettled: list[Unsettled] = []
    for hit in rule_.check(ledger, terms, as_of):
        if isinstance(hit, Unsettled):
            unsettled.append(hit._replace(what=terms.cited(hit.what), why=terms.cited(hit.why)))
            continue
        said = (rule_.message.format(**hit.facts), rule_.fix.format(**hit.facts), rule_.plan)
        message, fix, plan = map(terms.cited, said)
        findings.append(Finding(rule_.code, rule_.severity, hit.record, hit.field, message, fix, plan, rule_.law))
    return findings, unsettled
