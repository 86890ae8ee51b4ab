"""The rules of the plan over frames."""

import datetime
from typing import NamedTuple

import pandas as pd

from plansheet.core.records import RECORDS, TABLES, Record, heading
from plansheet.core.rule import Finding, run
from plansheet.excel.reading import BadCell, as_date
from plansheet.frames.cells import cells_of
from plansheet.frames.columns import frame, labels, texts
from plansheet.frames.reading import FrameLedger, RowLabel, UnusableFrame
from plansheet.plan.rules import RULES
from plansheet.plan.terms import Terms, atg_1996


class Checked(NamedTuple):
    """What `check` gives: a frame of findings, and a frame of what was not checked, with the reason."""

    findings: pd.DataFrame
    not_checked: pd.DataFrame


def check(book: FrameLedger, as_of: object, terms: Terms | None = None) -> Checked:
    """Every rule of the plan and the law, as `plansheet check` holds them against a workbook.

    as_of: the day of the check. Index of both frames: a number. findings: code, severity (error: plan or law is broken;
    warning: a person must decide), table, row (label in its frame), column (the frame's own heading), message, fix,
    plan, law (sections); in the order of tables and rows. `plansheet explain CODE` says what a rule rests on.
    not_checked: what, why; a rule whose columns are not given is listed there, as is what a rule could not settle.
    """
    [cell] = cells_of(pd.Series([as_of], dtype=object))
    try:
        day = as_date(cell)
    except BadCell as bad:
        raise UnusableFrame(f"as_of {bad}") from bad
    if day is None:
        raise UnusableFrame("as_of is blank; give the day of the check")
    findings, open_ = _run(book, terms or atg_1996(), day)
    return Checked(_findings_frame(book, findings), frame({"what": texts(open_), "why": texts(open_.values())}))


def _run(book: FrameLedger, terms: Terms, day: datetime.date) -> tuple[list[Finding], dict[str, str]]:
    findings: list[Finding] = []
    not_checked: dict[str, str] = {}
    for rule in RULES:
        if lacking := rule.lacks(book.ledger):
            names = " and ".join(f"{heading(record, name)} in {TABLES[record]}" for record, name in lacking)
            not_checked[f"{rule.code} ({rule.title.rstrip('.')})"] = f"no column {names}"
            continue
        found, unsettled = run(rule, book.ledger, terms, day)
        findings += found
        not_checked |= {each.what: each.why for each in unsettled}
    findings.sort(key=lambda found: (_place(found.record), found.code))
    return findings, not_checked


def _place(record: Record | None) -> tuple[int, int]:
    return (-1, 0) if record is None else (RECORDS.index(type(record)), int(record.row))


def _findings_frame(book: FrameLedger, findings: list[Finding]) -> pd.DataFrame:
    records = [found.record for found in findings]
    return frame(
        {
            "code": texts(found.code for found in findings),
            "severity": texts(found.severity.value for found in findings),
            "table": texts(None if record is None else TABLES[type(record)] for record in records),
            "row": labels(_label(record) for record in records),
            "column": labels(f.record and book.column(f.record, f.field) for f in findings),
            "message": texts(found.message for found in findings),
            "fix": texts(found.fix for found in findings),
            "plan": texts(found.plan or None for found in findings),
            "law": texts("; ".join(found.law) or None for found in findings),
        }
    )


def _label(record: Record | None) -> object:
    return record.row.label if record is not None and isinstance(record.row, RowLabel) else None
