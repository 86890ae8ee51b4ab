"""The check of one workbook: read, calculated again, held against the rules; one verdict, whatever the file."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.utils import get_column_letter

from plansheet.core.records import Column, Record, columns
from plansheet.core.rule import Finding, Rule, Severity, find
from plansheet.core.words import fold
from plansheet.excel import FUNCTIONS
from plansheet.excel.cells import BadCell, as_date, as_number, is_blank
from plansheet.plan.rules import RULES, harvest
from plansheet.plan.terms import EVENTS, Terms, UnusableTerms, atg_1996, label, with_values
from plansheet.workbook import judgements
from plansheet.workbook.formulas import not_reached
from plansheet.workbook.guard import content
from plansheet.workbook.locate import Area, Located, locate
from plansheet.workbook.reader import read_bytes
from plansheet.workbook.recalc import Recalculated, recalculate
from plansheet.workbook.references import as_sent
from plansheet.workbook.saved import Workbook
from plansheet.workbook.unreadable import Unreadable

JUDGEMENTS = harvest((judgements,))
ALL_RULES: tuple[Rule, ...] = tuple(sorted((*RULES, *JUDGEMENTS), key=lambda r: r.code))


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


@dataclass(slots=True)
class Checked:
    """The verdict on one file: ``findings``, ``clean`` or ``unchecked``."""

    path: str
    sha256: str = ""
    verdict: str = "unchecked"
    findings: list[Found] = field(default_factory=list)
    recalculated: int = 0
    not_checked: list[NotChecked] = field(default_factory=list)
    taken_for: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Options:
    """What a check is to do: the day it is made as of, the terms (left out: the Plan sheet's), the rules wanted."""

    as_of: dt.date
    terms: Terms | None = None
    fail_on: Severity = Severity.ERROR
    wanted: Callable[[str], bool] = lambda code: True


def check(path: Path, options: Options) -> Checked:
    """Check one file. Never raises for what is in the file."""
    try:
        data = content(path)
    except Unreadable as unreadable:
        return Checked(str(path), not_checked=[NotChecked("the file", str(unreadable))])
    return check_bytes(data, str(path), options)


def check_bytes(data: bytes, name: str, options: Options) -> Checked:
    """Check a workbook that is not a file, under a name."""
    checked = Checked(name, hashlib.sha256(data).hexdigest())
    try:
        _check(read_bytes(data, name), options, checked)
    except Unreadable as unreadable:
        checked.not_checked.append(NotChecked("the file", str(unreadable)))
    except Exception as bug:  # one file must not take the others with it
        why = f"plansheet failed on it ({type(bug).__name__}: {bug}); report this with the workbook"
        checked.verdict = "unchecked"
        checked.not_checked.append(NotChecked("the workbook", why))
    return checked


def _check(workbook: Workbook, options: Options, checked: Checked) -> None:
    located = locate(workbook)
    results = recalculate(workbook, FUNCTIONS)
    unsettled = _unsettled(workbook, located, results)
    terms, wrong_terms = _terms(located, options)
    findings = [*wrong_terms, *_on_cells(results), *_on_records(located, terms, options.as_of)]
    checked.findings = sorted((f for f in findings if options.wanted(f.code)), key=_order(workbook))
    checked.recalculated = len(results) - sum(1 for r in results if r.unchecked is not None)
    checked.not_checked = [*unsettled, *_without_columns(located, options)]
    checked.taken_for = [*map(_taken_for, located.areas), *map(_not_taken, located.views)]
    serious = [f for f in checked.findings if options.fail_on is Severity.WARNING or f.severity is Severity.ERROR]
    checked.verdict = "unchecked" if unsettled else "findings" if serious else "clean"


# --- What was not checked -------------------------------------------------------------------------------------------


def _unsettled(workbook: Workbook, located: Located, results: Sequence[Recalculated]) -> list[NotChecked]:
    """What keeps a file from being clean: cells and ledgers that could not be checked, or nothing of a plan at all."""
    cells = [
        NotChecked(f"{r.sheet}!{r.cell} ({r.function})", f"the cell {r.unchecked}")
        for r in results
        if r.state == "not checked"
    ]
    places = [NotChecked(n.what, n.why) for n in not_reached(workbook, FUNCTIONS)]
    ledgers = [NotChecked(f"the ledger on {name}", why) for name, why in located.ambiguous]
    if not results and not located.areas and not ledgers:
        nothing = "it holds no plan function and no ledger that is known here (Grants, Vesting, Activity, Holders)"
        return [*cells, *places, NotChecked("the workbook", nothing)]
    return [*cells, *places, *ledgers]


def _without_columns(located: Located, options: Options) -> Iterator[NotChecked]:
    for rule in RULES:
        lacking = rule.lacks(located.ledger)
        if lacking and options.wanted(rule.code):
            names = " and ".join(f"{_heading(record, name)} in {_TABLES[record.__name__]}" for record, name in lacking)
            yield NotChecked(f"{rule.code} ({rule.title.rstrip('.')})", f"no column {names}")


_TABLES = {"Holder": "Holders", "Grant": "Grants", "Tranche": "Vesting", "Activity": "Activity"}


def _heading(record: type[object], name: str) -> str:
    column: Column
    for column in columns(record):
        if column.name == name:
            return column.heading
    raise KeyError(name)


def _taken_for(area: Area) -> str:
    assert area.record is not None
    read_as = ", ".join(
        f"{get_column_letter(column)} = {_heading(area.record, name)}"
        for name, column in sorted(area.columns.items(), key=lambda item: item[1])
    )
    return f"{area.sheet.name} rows {area.top} to {area.bottom} taken for {_TABLES[area.record.__name__]}: {read_as}"


def _not_taken(area: Area) -> str:
    assert area.record is not None
    rows = f"{area.sheet.name} rows {area.top} to {area.bottom}"
    return f"{rows} not read: they look like {_TABLES[area.record.__name__]}, of which there is a table"


# --- Terms ----------------------------------------------------------------------------------------------------------


def _terms(located: Located, options: Options) -> tuple[Terms, list[Found]]:
    """The terms given, or the default with what the Plan sheet says; each value that cannot be used is a finding."""
    terms = options.terms or atg_1996()
    names = {fold(label(term.name)): term.name for term in terms.listed if options.terms is None}
    names |= {fold(label(name)): name for name in EVENTS}
    wrong: list[Found] = []
    for area in located.terms:
        for row in range(area.top, area.bottom + 1):
            words = area.sheet.cells.get((row, area.columns["term"]))
            cell = area.sheet.cells.get((row, area.columns["value"]))
            name = names.get(fold(str(words.value))) if words is not None else None
            if name is None or cell is None or is_blank(cell.value):
                continue
            try:
                terms = with_values(terms, {name: _term_value(name, as_sent(cell))}, "the Plan sheet")
            except (BadCell, UnusableTerms) as unusable:
                address = f"{get_column_letter(cell.column)}{cell.row}"
                message = f"{label(name)} cannot be used: {unusable}."
                wrong.append(_found(_UNREADABLE, area.sheet.name, address, message, _UNREADABLE.fix, name))
    return terms, wrong


_UNREADABLE = next(rule for rule in RULES if rule.code == "LEDGER001")


def _term_value(name: str, value: object) -> object:
    if name in ("adopted", "merger_date"):
        return as_date(value)
    return value if isinstance(value, str) else as_number(value)


# --- Findings in their cells ----------------------------------------------------------------------------------------


def _on_cells(results: list[Recalculated]) -> Iterator[Found]:
    for rule in JUDGEMENTS:
        for hit in rule.check(results):
            result = hit.facts["result"]
            assert isinstance(result, Recalculated)
            message = rule.message.format(**hit.facts)
            yield _found(rule, result.sheet, result.cell, message, rule.fix.format(**hit.facts), result.formula)


def _on_records(located: Located, terms: Terms, as_of: dt.date) -> Iterator[Found]:
    for rule in RULES:
        if rule.lacks(located.ledger):
            continue
        for finding in find(rule, located.ledger, terms, as_of):
            sheet, cell = _cell_of(located, finding)
            yield _found(rule, sheet, cell, finding.message, finding.fix, _subject(finding.record))


def _cell_of(located: Located, finding: Finding) -> tuple[str, str]:
    """The cell of a finding; the row's first known cell where the field has no column, nothing where it has no row."""
    place = located.place(finding.record)
    if place is None:
        return "", ""
    column = place.columns.get(finding.field or "", min(place.columns.values()))
    return place.sheet, f"{get_column_letter(column)}{place.row}"


def _subject(record: Record | None) -> str:
    """What a finding is about, whatever row it stands in."""
    if record is None:
        return ""
    return repr(record).partition(", row=")[0]


def _found(rule: Rule, sheet: str, cell: str, message: str, fix: str, subject: str) -> Found:
    print_of = hashlib.sha256("\x1f".join((rule.code, sheet, subject, message)).encode()).hexdigest()[:16]
    return Found(rule.code, rule.severity, sheet, cell, message, fix, rule.plan, rule.law, print_of)


def _order(workbook: Workbook) -> Callable[[Found], tuple[int, int, str, str]]:
    sheets = {sheet.name: position for position, sheet in enumerate(workbook.sheets)}

    def key(found: Found) -> tuple[int, int, str, str]:
        row = int("".join(c for c in found.cell if c.isdigit()) or 0)
        return sheets.get(found.sheet, -1), row, found.cell, found.code

    return key
