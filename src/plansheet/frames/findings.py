"""The rules of the plan over frames."""

from typing import NamedTuple

import pandas as pd

from plansheet.core.records import RECORDS, TABLES, Record
from plansheet.core.rule import Finding, TermOf
from plansheet.excel.reading import BadCell, as_date
from plansheet.frames.cells import cells_of
from plansheet.frames.columns import frame, labels, texts
from plansheet.frames.reading import FrameLedger, RowLabel, UnusableFrame
from plansheet.plan.checking import named, outcome
from plansheet.plan.rules import RULES
from plansheet.plan.terms import Terms, atg_1996, label


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
    terms = terms or atg_1996()
    asked = outcome(RULES, book.ledger, terms, day)
    findings = sorted(asked.findings, key=lambda found: (_place(found.record), found.code))
    open_ = [(named(rule, terms), why) for rule, why in (*asked.lacking, *asked.failed)]
    open_ += [(each.what, each.why) for each in asked.unsettled]
    not_checked = frame({"what": texts(what for what, _ in open_), "why": texts(why for _, why in open_)})
    return Checked(_findings_frame(book, findings), not_checked)


def _place(record: Record | TermOf | None) -> tuple[int, int]:
    if record is None or isinstance(record, TermOf):
        return -1, 0
    return RECORDS.index(type(record)), int(record.row)


def _findings_frame(book: FrameLedger, findings: list[Finding]) -> pd.DataFrame:
    records = [None if isinstance(found.record, TermOf) else found.record for found in findings]
    return frame(
        {
            "code": texts(found.code for found in findings),
            "severity": texts(found.severity.value for found in findings),
            "table": texts(map(_table, findings)),
            "row": labels(_label(record) for record in records),
            "column": labels(_column(book, found) for found in findings),
            "message": texts(found.message for found in findings),
            "fix": texts(found.fix for found in findings),
            "plan": texts(found.plan or None for found in findings),
            "law": texts("; ".join(found.law) or None for found in findings),
        }
    )


def _table(found: Finding) -> str | None:
    if isinstance(found.record, TermOf):
        return "Plan"
    return None if found.record is None else TABLES[type(found.record)]


def _column(book: FrameLedger, found: Finding) -> object:
    """The frame's own heading; of a term, what it is called."""
    if isinstance(found.record, TermOf):
        return label(found.record.name)
    return found.record and book.column(found.record, found.field)


def _label(record: Record | None) -> object:
    return record.row.label if record is not None and isinstance(record.row, RowLabel) else None
