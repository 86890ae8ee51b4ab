"""The check of one workbook: read, calculated again, held against the rules; one verdict, whatever the file."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from plansheet.core.numbers import round_dollars_text
from plansheet.core.records import Ledger
from plansheet.core.rule import Severity
from plansheet.core.words import Action, GrantType
from plansheet.excel import FUNCTIONS
from plansheet.excel.judgements import Recalculated
from plansheet.excel.manual import JUDGEMENTS, LAYOUT_QUESTIONS
from plansheet.excel.plan_block import NO_TERM
from plansheet.plan.checking import Outcome, lacked_columns, named, outcome
from plansheet.plan.ledger import complete
from plansheet.plan.rules import RULES
from plansheet.plan.terms import Terms
from plansheet.workbook.checked import Checked, Found, NotChecked, unread
from plansheet.workbook.collector import collector_at_rest
from plansheet.workbook.findings import on_places, on_plan, on_records, order, told_apart
from plansheet.workbook.formulas import expressions
from plansheet.workbook.formulas.circles import Circle, circular
from plansheet.workbook.formulas.plan_cells import PlanCell, not_reached, plan_cells
from plansheet.workbook.formulas.recalc import recalculate
from plansheet.workbook.judging.facts import facts_of
from plansheet.workbook.ledgers.locate import Located, locate
from plansheet.workbook.ledgers.mapping import Mapping
from plansheet.workbook.ledgers.taken_for import not_read, taken_for
from plansheet.workbook.plan_sheet import PlanSheet, plan_sheet
from plansheet.workbook.reading.guard import LARGEST_FILE, content
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.saved import Workbook
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

MOST_SPLITS = 200
"""Of a ledger: shares are exact, so that their fractions grow with each split."""


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
        return unread(str(path), why)
    return check_bytes(data, str(path), options)


def check_bytes(data: bytes, name: str, options: Options) -> Checked:
    """Check a workbook that is not a file, under a name."""
    checked = Checked(name, hashlib.sha256(data).hexdigest(), fail_on=options.fail_on)
    try:
        if len(data) > LARGEST_FILE:
            raise unreadable("too large", f"at most {LARGEST_FILE:,} bytes are read")
        with collector_at_rest():
            _check(read_bytes(data, name), options, checked)
    except Unreadable as why:
        return unread(name, why, checked.sha256)
    except MemoryError:
        large = unreadable("too large", "the computer has not enough memory for it")
        return unread(name, large, checked.sha256)
    except Exception as bug:  # one file must not take the others with it
        failed = f"plansheet failed on it ({type(bug).__name__}: {bug}); report this with the workbook"
        checked.verdict = "unchecked"
        checked.not_checked.append(NotChecked("the workbook", failed))
    return checked


def _check(workbook: Workbook, options: Options, checked: Checked) -> None:
    cells = plan_cells(workbook, FUNCTIONS)
    located = locate(workbook, options.mapping, cells)
    splits = sum(1 for row in located.ledger.activity if row.action is Action.SPLIT)
    if splits > MOST_SPLITS:
        raise unreadable(
            "too large", f"its ledger has {splits:,} rows of splits, and at most {MOST_SPLITS:,} are followed"
        )
    results = recalculate(workbook, FUNCTIONS, options.as_of, cells)
    circles, not_followed = _circles(workbook, cells)
    unsettled = [*_unsettled(workbook, located, results), *not_followed]
    plan = plan_sheet(located, options.terms, date_1904=workbook.date_1904)
    terms = plan.read.terms
    asked = outcome(RULES, located.ledger, terms, options.as_of)
    states_reserve = options.terms is not None or "reserve" in plan.read.stated
    facts = facts_of(workbook, located, results, circles, terms, states_reserve=states_reserve)
    findings = told_apart(
        [
            *on_plan(plan),
            *on_places(JUDGEMENTS, facts, terms),
            *on_places(LAYOUT_QUESTIONS, located.areas.questions, terms),
            *on_records(located, plan, asked),
        ]
    )
    unsettled += [*_unseen(findings, options), *_questions(asked, options, whole=True)]
    unsettled += [NotChecked(rule.code, why) for rule, why in asked.failed]
    lacking = [
        NotChecked(named(rule, terms), why, rule.code, lacked_columns(rule, located.ledger))
        for rule, why in asked.lacking
        if options.wanted(rule.code)
    ]
    checked.findings = sorted((f for f in findings if options.wanted(f.code)), key=order(workbook))
    checked.rows = located.rows
    checked.recalculated = len(results) - sum(1 for r in results if r.unchecked is not None)
    beside = [*_without_vesting(located.ledger, terms), *(NotChecked(*each) for each in not_read(located.areas))]
    checked.not_checked = [*unsettled, *beside, *_questions(asked, options, whole=False), *_unknown(plan), *lacking]
    checked.taken_for = taken_for(located.areas)
    checked.has_findings = any(map(checked.counts, checked.findings))
    checked.verdict = "unchecked" if unsettled else "findings" if checked.has_findings else "clean"


def _circles(workbook: Workbook, cells: Sequence[PlanCell]) -> tuple[list[Circle], list[NotChecked]]:
    try:
        return circular(workbook, FUNCTIONS, cells), []
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


def _without_vesting(ledger: Ledger, terms: Terms) -> Iterator[NotChecked]:
    """Holders of ISOs whose yearly limit nobody can tell; where other grants have tranches, LEDGER004 tells it."""
    what = f"the {round_dollars_text(terms.iso_limit)} limit"
    of_isos = {g.holder.key for g in ledger.grants if g.holder is not None and g.grant_type is GrantType.ISO}
    if ledger.tranches:
        if of_isos and all(tranche.first_exercisable is None for tranche in ledger.tranches):
            yield NotChecked(what, "no tranche in Vesting has a day in First exercisable")
        return
    unvested = [grant for key, grant in complete(ledger).unvested.items() if key in of_isos]
    if unvested:
        whose = f"{len(unvested):,} holders" if len(unvested) > 1 else str(unvested[0].holder)
        when = "no tranches, and no schedule with Vesting start, say when ISOs are exercisable"
        yield NotChecked(f"{what} of {whose}", f"{when}; the first is grant {unvested[0].grant}")


def _unknown(plan: PlanSheet) -> Iterator[NotChecked]:
    """Lines of the Plan sheet that name no term."""
    for line in plan.read.unknown:
        yield NotChecked(f"{'!'.join(plan.address(line, 'term'))} ({line.term})", NO_TERM)
