"""Findings in the cells where what they say is wrong."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from openpyxl.utils import get_column_letter

from plansheet.core.records import Record
from plansheet.core.rule import Finding, Hit, Rule, TermOf
from plansheet.excel.judgements import Place
from plansheet.plan.checking import Outcome
from plansheet.plan.rules import RULES
from plansheet.plan.terms import Terms
from plansheet.workbook.checked import Found
from plansheet.workbook.ledgers.locate import Located
from plansheet.workbook.plan_sheet import PlanSheet
from plansheet.workbook.reading.saved import Workbook

_UNREADABLE = next(rule for rule in RULES if rule.code == "LEDGER001")


def on_plan(plan: PlanSheet) -> Iterator[Found]:
    """Findings on lines of the Plan sheet that cannot be read."""
    cited = plan.read.terms.cited(_UNREADABLE.plan)
    for line, name, message in plan.read.misfits:
        yield _found(_UNREADABLE, *plan.address(line, "value"), message, _UNREADABLE.fix, cited, name)


def on_places(rules: Iterable[Rule], facts: object, terms: Terms) -> Iterator[Found]:
    """Findings of rules that say themselves where what they find stands."""
    for rule in rules:
        for hit in rule.check(facts):
            assert isinstance(hit, Hit)
            place = hit.facts["place"]
            assert isinstance(place, Place)
            message, fix = rule.message.format(**hit.facts), rule.fix.format(**hit.facts)
            subject, said = (_ROW_OF_REFERENCE.sub(r"\1", text) for text in (place.subject, message))
            yield _found(rule, place.sheet, place.cell, message, fix, terms.cited(rule.plan), subject, said)


def on_records(located: Located, plan: PlanSheet, asked: Outcome) -> Iterator[Found]:
    """Findings of the rules on records, each in the cell of the field that it names."""
    rules = {rule.code: rule for rule in RULES}
    for finding in asked.findings:
        sheet, cell = _cell_of(located, plan, finding)
        rule = rules[finding.code]
        yield _found(rule, sheet, cell, finding.message, finding.fix, finding.plan, _subject(finding.record))


def _cell_of(located: Located, plan: PlanSheet, finding: Finding) -> tuple[str, str]:
    """The cell of a finding; the row's first known cell where the field has no column, nothing where it has no row."""
    if isinstance(finding.record, TermOf):
        return plan.place(finding.record.name)
    place = located.place(finding.record)
    if place is None:
        return "", ""
    column = place.columns.get(finding.field or "", min(place.columns.values()))
    return place.sheet, f"{get_column_letter(column)}{place.row}"


def _subject(record: Record | TermOf | None) -> str:
    """What a finding is about, whatever row it stands in."""
    if record is None:
        return ""
    return repr(record).partition(", row=")[0]


def _found(
    rule: Rule, sheet: str, cell: str, message: str, fix: str, plan: str, subject: str, said: str | None = None
) -> Found:
    """A finding; ``said``: its message without what changes where a row is inserted, other than "row 5"."""
    same = "\x1f".join((rule.code, sheet, subject, _ROW.sub("row", message if said is None else said)))
    return Found(rule.code, rule.severity, sheet, cell, message, fix, plan, rule.law, _fingerprint(same))


_ROW = re.compile(r"\brows? (?:from )?[0-9]+(?:(?:, | and | to )[0-9]+\b)*")
_ROW_OF_REFERENCE = re.compile(r"(\$?\b[A-Z]{1,3})\$?[0-9]{1,7}\b")
"""Row numbers change where a row is inserted above: they are no part of what is wrong."""


def _fingerprint(said: str) -> str:
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def told_apart(findings: Iterable[Found]) -> list[Found]:
    """Findings that say the same of two equal rows: the second and later ones by their number."""
    times: Counter[str] = Counter()
    apart: list[Found] = []
    for found in findings:
        times[found.fingerprint] += 1
        number = times[found.fingerprint]
        again = _fingerprint(f"{found.fingerprint} {number}")
        apart.append(found if number == 1 else replace(found, fingerprint=again))
    return apart


def order(workbook: Workbook) -> Callable[[Found], tuple[int, int, str, str]]:
    """The key by which findings stand in the order of the workbook."""
    sheets = {sheet.name: position for position, sheet in enumerate(workbook.sheets)}

    def key(found: Found) -> tuple[int, int, str, str]:
        row = int("".join(c for c in found.cell if c.isdigit()) or 0)
        return sheets.get(found.sheet, -1), row, found.cell, found.code

    return key
