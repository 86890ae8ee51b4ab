"""The check of one workbook: read, calculated again, held against the rules; one verdict, whatever the file."""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from openpyxl.utils import get_column_letter

from plansheet.core.records import Record
from plansheet.core.rule import Finding, Hit, Rule, Severity, TermOf
from plansheet.excel import FUNCTIONS
from plansheet.excel.judgements import Facts, Recalculated
from plansheet.excel.judgements import Place as PlaceOfFinding
from plansheet.excel.layout_questions import Question
from plansheet.excel.manual import JUDGEMENTS, LAYOUT_QUESTIONS
from plansheet.excel.plan_block import NO_TERM, PlanLine, PlanRead, read_plan
from plansheet.excel.reading import as_date
from plansheet.plan.checking import Outcome, lacked_columns, named, outcome
from plansheet.plan.rules import RULES
from plansheet.plan.terms import Terms, atg_1996
from plansheet.workbook import expressions
from plansheet.workbook.areas import Area, value_at
from plansheet.workbook.circles import Circle, circular
from plansheet.workbook.collector import collector_at_rest
from plansheet.workbook.formulas import not_reached
from plansheet.workbook.guard import LARGEST_FILE, content
from plansheet.workbook.judging import facts_of
from plansheet.workbook.locate import Located, locate, of_1904
from plansheet.workbook.mapping import Mapping
from plansheet.workbook.reader import read_bytes
from plansheet.workbook.recalc import recalculate
from plansheet.workbook.saved import Workbook
from plansheet.workbook.taken_for import taken_for
from plansheet.workbook.unreadable import Unreadable, unreadable


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in its cell. ``fingerprint`` stays the same while what is wrong does."""

    code: str
    severity: Severity
    sheet: str
    cell: str
    message: str
    fix: str
    plan: str
    law: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class NotChecked:
    """What was not checked, and why."""

    what: str
    why: str
    code: str = ""
    """Of a rule that lacks columns."""
    columns: tuple[tuple[str, str], ...] = ()
    """The columns that it lacks: table and heading."""


@dataclass(slots=True)
class Checked:
    """The verdict on one file: ``findings``, ``clean`` or ``unchecked``."""

    path: str
    sha256: str = ""
    verdict: str = "unchecked"
    has_findings: bool = False
    """Whether there is a finding that counts, whatever the verdict."""
    findings: list[Found] = field(default_factory=list)
    recalculated: int = 0
    rows: int = 0
    """Rows of ledgers that were held against the rules."""
    not_checked: list[NotChecked] = field(default_factory=list)
    taken_for: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Options:
    """What a check is to do: the day it is made as of, the terms (left out: the Plan sheet's), the rules wanted."""

    as_of: dt.date
    terms: Terms | None = None
    fail_on: Severity = Severity.ERROR
    wanted: Callable[[str], bool] = lambda code: True
    mapping: Mapping | None = None


def check(path: Path, options: Options) -> Checked:
    """Check one file. Never raises for what is in the file."""
    try:
        data = content(path)
    except Unreadable as why:
        return Checked(str(path), not_checked=[NotChecked("the file", str(why))])
    return check_bytes(data, str(path), options)


def check_bytes(data: bytes, name: str, options: Options) -> Checked:
    """Check a workbook that is not a file, under a name."""
    checked = Checked(name, hashlib.sha256(data).hexdigest())
    try:
        if len(data) > LARGEST_FILE:
            raise unreadable("too large", f"at most {LARGEST_FILE:,} bytes are read")
        with collector_at_rest():
            _check(read_bytes(data, name), options, checked)
    except Unreadable as why:
        checked.not_checked.append(NotChecked("the file", str(why)))
    except Exception as bug:  # one file must not take the others with it
        failed = f"plansheet failed on it ({type(bug).__name__}: {bug}); report this with the workbook"
        checked.verdict = "unchecked"
        checked.not_checked.append(NotChecked("the workbook", failed))
    return checked


def _check(workbook: Workbook, options: Options, checked: Checked) -> None:
    located = locate(workbook, options.mapping)
    results = recalculate(workbook, FUNCTIONS, options.as_of)
    circles, not_followed = _circles(workbook)
    unsettled = [*_unsettled(workbook, located, results), *not_followed]
    plan = _plan_sheet(located, options, workbook.date_1904)
    terms = plan.read.terms
    asked = outcome(RULES, located.ledger, terms, options.as_of)
    states_reserve = options.terms is not None or "reserve" in plan.read.stated
    facts = facts_of(workbook, located, results, circles, terms, states_reserve=states_reserve)
    findings = _told_apart(
        [
            *plan.misfits(),
            *_on_cells(facts, terms),
            *_on_layouts(located),
            *_on_records(located, plan, asked),
        ]
    )
    unsettled += [*_unseen(findings, options), *_questions(asked, options, whole=True)]
    unsettled += [NotChecked(rule.code, why) for rule, why in asked.failed]
    lacking = [
        NotChecked(named(rule, terms), why, rule.code, lacked_columns(rule, located.ledger))
        for rule, why in asked.lacking
        if options.wanted(rule.code)
    ]
    checked.findings = sorted((f for f in findings if options.wanted(f.code)), key=_order(workbook))
    checked.rows = located.rows
    checked.recalculated = len(results) - sum(1 for r in results if r.unchecked is not None)
    checked.not_checked = [*unsettled, *_questions(asked, options, whole=False), *plan.unknown(), *lacking]
    checked.taken_for = taken_for(located.areas)
    counted = [f for f in checked.findings if options.fail_on is Severity.WARNING or f.severity is Severity.ERROR]
    checked.has_findings = bool(counted)
    checked.verdict = "unchecked" if unsettled else "findings" if counted else "clean"


def _circles(workbook: Workbook) -> tuple[list[Circle], list[NotChecked]]:
    try:
        return circular(workbook), []
    except expressions.NotChecked as refusal:
        return [], [NotChecked("plan functions that use their own results", f"the workbook {refusal.reason}")]


# --- What was not checked -------------------------------------------------------------------------------------------


def _unsettled(workbook: Workbook, located: Located, results: Sequence[Recalculated]) -> list[NotChecked]:
    """What keeps a file from being clean: cells and ledgers that could not be checked, or nothing of a plan at all."""
    cells = [
        NotChecked(f"{r.sheet}!{r.cell} ({r.function})", f"the cell {r.unchecked}")
        for r in results
        if r.state == "not checked"
    ]
    places = [NotChecked(n.what, n.why) for n in not_reached(workbook, FUNCTIONS)]
    ledgers = [NotChecked(f"the ledger on {name}", why) for name, why in located.areas.ambiguous]
    ledgers += [NotChecked("the mapping", why) for why in located.areas.mistakes]
    ledgers += [
        NotChecked(f"the ledger on {each.sheet}", f"it has no {each.facts['lacking']} (MAP002)")
        for each in located.areas.questions
        if each.code == "MAP002"
    ]
    areas = located.areas.ledgers
    if not results and not ledgers and areas and all(area.bottom < area.top for area in areas):
        return [*cells, *places, NotChecked("the workbook", "its ledgers have headings and no rows")]
    if not results and not areas and not ledgers:
        nothing = "it holds no plan function and no ledger that is known here (Grants, Vesting, Activity, Holders)"
        return [*cells, *places, NotChecked("the workbook", nothing)]
    return [*cells, *places, *ledgers]


_GAPS = frozenset({"LEDGER001", "LEDGER005", "LEDGER006", "CALC002"})
"""Rules whose findings say that something could not be checked: who leaves them out must not be told that it was."""


def _unseen(findings: Sequence[Found], options: Options) -> list[NotChecked]:
    left_out = Counter(f.code for f in findings if f.code in _GAPS and not options.wanted(f.code))
    why = "they could not be checked, and the rule that says so was left out; select it, or correct them"
    return [NotChecked(f"cells with a finding of {code}: {number:,}", why) for code, number in sorted(left_out.items())]


def _questions(asked: Outcome, options: Options, *, whole: bool) -> list[NotChecked]:
    """What the rules that are wanted left open; ``whole``: that for which the workbook counts as not checked."""
    return [
        NotChecked(each.what, each.why)
        for each, codes in asked.unsettled.items()
        if each.whole is whole and any(map(options.wanted, codes))
    ]


# --- Terms ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _PlanSheet:
    """The Plan sheets of a workbook: what they say, and where each of their lines stands."""

    read: PlanRead
    _lines: Sequence[tuple[Area, int]]

    def address(self, line: PlanLine, column: str) -> tuple[str, str]:
        area, row = self._lines[line.at]
        return area.sheet.name, f"{get_column_letter(area.columns[column])}{row}"

    def place(self, term: str) -> tuple[str, str]:
        """The cell of a term's value; nothing where no Plan sheet has it."""
        line = self.read.lines.get(term)
        return ("", "") if line is None else self.address(line, "value")

    def misfits(self) -> Iterator[Found]:
        plan = self.read.terms.cited(_UNREADABLE.plan)
        for line, name, message in self.read.misfits:
            yield _found(_UNREADABLE, *self.address(line, "value"), message, _UNREADABLE.fix, plan, name)

    def unknown(self) -> Iterator[NotChecked]:
        for line in self.read.unknown:
            yield NotChecked(f"{'!'.join(self.address(line, 'term'))} ({line.term})", NO_TERM)


def _plan_sheet(located: Located, options: Options, date_1904: bool) -> _PlanSheet:
    """The terms given, or the default with what the Plan sheet says."""
    rows = [(area, row) for area in located.areas.terms for row in range(area.top, area.bottom + 1)]
    cells = [[value_at(area.sheet, row, area.columns[column]) for column in ("term", "value")] for area, row in rows]
    read = read_plan(
        (PlanLine(at, *pair) for at, pair in enumerate(cells)),
        options.terms or atg_1996(),
        facts_only=options.terms is not None,
        as_day=(lambda cell: as_date(of_1904(cell))) if date_1904 else as_date,
    )
    return _PlanSheet(read, rows)


_UNREADABLE = next(rule for rule in RULES if rule.code == "LEDGER001")


# --- Findings in their cells ----------------------------------------------------------------------------------------


def _on_cells(facts: Facts, terms: Terms) -> Iterator[Found]:
    for rule in JUDGEMENTS:
        for hit in rule.check(facts):
            assert isinstance(hit, Hit)
            place = hit.facts["place"]
            assert isinstance(place, PlaceOfFinding)
            message, fix = rule.message.format(**hit.facts), rule.fix.format(**hit.facts)
            subject, said = (_ROW_OF_REFERENCE.sub(r"\1", text) for text in (place.subject, message))
            yield _found(rule, place.sheet, place.cell, message, fix, terms.cited(rule.plan), subject, said)


def _on_layouts(located: Located) -> Iterator[Found]:
    for rule in LAYOUT_QUESTIONS:
        for hit in rule.check(located.areas.questions):
            assert isinstance(hit, Hit)
            asked = hit.facts["question"]
            assert isinstance(asked, Question)
            message, fix = rule.message.format(**hit.facts), rule.fix.format(**hit.facts)
            yield _found(rule, asked.sheet, asked.cell, message, fix, rule.plan, asked.facts.get("column", ""))


def _on_records(located: Located, plan: _PlanSheet, asked: Outcome) -> Iterator[Found]:
    rules = {rule.code: rule for rule in RULES}
    for finding in asked.findings:
        sheet, cell = _cell_of(located, plan, finding)
        rule = rules[finding.code]
        yield _found(rule, sheet, cell, finding.message, finding.fix, finding.plan, _subject(finding.record))


def _cell_of(located: Located, plan: _PlanSheet, finding: Finding) -> tuple[str, str]:
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


def _told_apart(findings: Iterable[Found]) -> list[Found]:
    """Findings that say the same of two equal rows: the second and later ones by their number."""
    times: Counter[str] = Counter()
    apart: list[Found] = []
    for found in findings:
        times[found.fingerprint] += 1
        number = times[found.fingerprint]
        again = _fingerprint(f"{found.fingerprint} {number}")
        apart.append(found if number == 1 else replace(found, fingerprint=again))
    return apart


def _order(workbook: Workbook) -> Callable[[Found], tuple[int, int, str, str]]:
    sheets = {sheet.name: position for position, sheet in enumerate(workbook.sheets)}

    def key(found: Found) -> tuple[int, int, str, str]:
        row = int("".join(c for c in found.cell if c.isdigit()) or 0)
        return sheets.get(found.sheet, -1), row, found.cell, found.code

    return key
