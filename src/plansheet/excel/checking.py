"""The rules of the plan on blocks inside a sheet: what they find, what was not checked, what falls due."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from plansheet.core.records import RECORDS, TABLES, Activity, Grant, Holder, Holding, Member, Tranche
from plansheet.core.rule import Finding, Severity, TermOf
from plansheet.excel.cells import Cells, date_cell, is_left_out, number_cell, scalar_value, with_arguments_of, worksheet
from plansheet.excel.ledger_blocks import LedgerRead, read_ledger
from plansheet.excel.plan_block import NO_TERM, VALUE, PlanRead, read_plan, read_plan_block
from plansheet.excel.reading import as_date
from plansheet.plan.checking import Outcome, lacked_columns, outcome
from plansheet.plan.deadlines import deadlines
from plansheet.plan.rules import RULES
from plansheet.plan.terms import atg_1996

_ORDER = {record: at for at, record in enumerate(RECORDS)}
_OF_A_CELL = next(rule for rule in RULES if rule.code == "LEDGER001")
"""The rule of cells that cannot be read, those of the Plan sheet among them."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a check was asked: the ledger, the plan, the day, and whether the day was given."""

    read: LedgerRead
    plan: PlanRead
    as_of: datetime.date
    has_day: bool

    def outcome(self) -> Outcome:
        return outcome(RULES, self.read.ledger, self.plan.terms, self.as_of)


def _asked(
    grants: Cells,
    vesting: Cells,
    activity: Cells,
    holders: Cells,
    plan: Cells,
    as_of: Cells,
    committee: Cells,
    holdings: Cells,
) -> _Asked:
    blocks = {
        Grant: grants, Tranche: vesting, Activity: activity, Holder: holders, Member: committee, Holding: holdings,
    }  # fmt: skip
    read = read_ledger(blocks)
    said = read_plan([] if is_left_out(plan) else read_plan_block(plan), atg_1996())
    day = scalar_value(as_of, "as_of", as_date)
    dates = [g.grant_date for g in read.ledger.grants] + [row.date for row in read.ledger.activity]
    latest = max((each for each in dates if each is not None), default=said.terms.adopted)
    return _Asked(read, said, day or latest, day is not None)


@worksheet
def PLAN_CHECK(
    grants: Cells,
    vesting: Cells = None,
    activity: Cells = None,
    holders: Cells = None,
    plan: Cells = None,
    as_of: Cells = None,
    committee: Cells = None,
    holdings: Cells = None,
) -> object:
    """What breaks the plan or the law (all sections): a headed table Code, Severity, Where, What is wrong, What to do.

    The rules are those of plansheet check, on blocks inside the sheet. Errors first, then by table and row; rows count
    from 1 below the headings. Nothing below the headings: nothing was found. PLAN_UNCHECKED tells what was not checked.

    Args:
        grants: Grants with their header row (Grants[#All]): Grant, Grant date, Shares, and what else there is.
        vesting: Tranches with their header row: Grant, First exercisable, Shares; left out: from the schedules.
        activity: Activity with its header row: Date, Action, Grant, Shares, Type.
        holders: Holders with their header row: Holder, and what else there is.
        plan: The sheet Plan with its header row: Term, Value; left out: the terms of the ATG plan.
        as_of: The day as of which deadlines are judged; left out: the day of the latest grant or transaction.
        committee: Members of the committee with their header row: Committee, Member.
        holdings: Stock of holders and their relatives with its header row: Holder, Relation, Votes.
    """
    asked = _asked(grants, vesting, activity, holders, plan, as_of, committee, holdings)
    all_of_them = asked.outcome()
    lines = [*_on_plan(asked.plan), *_on_records(asked, all_of_them.findings)]
    lines += [(Severity.ERROR, *_NOWHERE, rule.code, "the ledger", f"{why}.", "") for rule, why in all_of_them.failed]
    lines.sort(key=lambda line: (line[0] is not Severity.ERROR, *line[1:4]))
    head: list[object] = ["Code", "Severity", "Where", "What is wrong", "What to do"]
    return [head, *([code, severity.value, *said] for severity, _, _, code, *said in lines)]


_Line = tuple[Severity, int, int, str, str, str, str]
"""Severity, table and row to sort by, code, where, what is wrong, what to do."""
_NOWHERE = -1, 0
"""Before all tables."""


def _on_plan(plan: PlanRead) -> Iterator[_Line]:
    for line, _, message in plan.misfits:
        where = f"Plan row {line.at}, {VALUE}"
        yield _OF_A_CELL.severity, _NOWHERE[0], line.at, _OF_A_CELL.code, where, message, _OF_A_CELL.fix


def _on_records(asked: _Asked, findings: list[Finding]) -> Iterator[_Line]:
    for each in findings:
        record = each.record
        if isinstance(record, TermOf):
            line = asked.plan.lines.get(record.name)
            table, row = _NOWHERE[0], 0 if line is None else line.at
            where = "Plan" if line is None else f"Plan row {line.at}, {VALUE}"
        else:
            table, row = _NOWHERE if record is None else (_ORDER[type(record)], record.row)
            where = asked.read.where(record, each.field)
        yield each.severity, table, row, each.code, where, each.message, each.fix


@worksheet
@with_arguments_of(PLAN_CHECK)
def PLAN_UNCHECKED(
    grants: Cells,
    vesting: Cells = None,
    activity: Cells = None,
    holders: Cells = None,
    plan: Cells = None,
    as_of: Cells = None,
    committee: Cells = None,
    holdings: Cells = None,
) -> object:
    """What PLAN_CHECK could not check in the same ledgers, which must not pass in silence: a headed table What, Why."""
    asked = _asked(grants, vesting, activity, holders, plan, as_of, committee, holdings)
    return [["What", "Why"], *([what, why] for what, why in _unchecked(asked))]


def _unchecked(asked: _Asked) -> Iterator[tuple[str, str]]:
    if not asked.has_day:
        yield "as_of", f"left out: checked as of {asked.as_of}, the day of the latest grant or transaction"
    for table in asked.read.without_rows:
        yield table, "it has headings and no rows"
    for line in asked.plan.unknown:
        yield f"Plan row {line.at} ({line.term})", NO_TERM
    all_of_them = asked.outcome()
    yield from ((rule.code, why) for rule, why in all_of_them.failed)
    yield from ((question.what, question.why) for question in all_of_them.unsettled)
    waiting: dict[tuple[str, str], list[str]] = {}
    for rule, _ in all_of_them.lacking:
        for column in lacked_columns(rule, asked.read.ledger):
            waiting.setdefault(column, []).append(rule.code)
    tables = list(TABLES.values())
    for (table, heading), codes in sorted(waiting.items(), key=lambda each: tables.index(each[0][0])):
        yield f"{table}: no column {heading}", f"not checked without it: {', '.join(codes)}"


@worksheet
@with_arguments_of(PLAN_CHECK)
def PLAN_CALENDAR(
    grants: Cells,
    vesting: Cells = None,
    activity: Cells = None,
    holders: Cells = None,
    plan: Cells = None,
    as_of: Cells = None,
    committee: Cells = None,
    holdings: Cells = None,
) -> object:
    """Days on which something falls due under the plan: a headed table Date, Days left, What, Holder, Grant, Shares.

    In the order of the days, from as_of on. Lines without a day at the end: what the ledgers do not tell.
    """
    asked = _asked(grants, vesting, activity, holders, plan, as_of, committee, holdings)
    table: list[list[object]] = [["Date", "Days left", "What", "Holder", "Grant", "Shares"]]
    coming, unknown = deadlines(asked.read.ledger, asked.plan.terms, asked.as_of)
    for due in coming:
        left = float((due.day - asked.as_of).days)
        shares = "" if due.shares is None else number_cell(due.shares)
        table.append([date_cell(due.day), left, due.what.value, str(due.holder or ""), str(due.grant or ""), shares])
    for question in dict.fromkeys(unknown):
        table.append(["", "", f"Not known: {question.what}: {question.why}", "", "", ""])
    return table
