"""A verdict as a record of plain values that JSON carries, and back again: nothing is lost on the way."""

from collections.abc import Mapping
from typing import Any

from plansheet.core.rule import Severity
from plansheet.workbook.checked import Checked, Found, NotChecked

Record = dict[str, Any]


def to_record(checked: Checked) -> Record:
    """Everything about a verdict; ``unreadable``, and a rule that lacks columns, only where there is one."""
    return {
        "path": checked.path,
        "sha256": checked.sha256,
        "verdict": checked.verdict,
        "has_findings": checked.has_findings,
        "fail_on": checked.fail_on.value,
        "findings": [_finding(found) for found in checked.findings],
        "recalculated": checked.recalculated,
        "rows": checked.rows,
        "not_checked": [_missed(missed) for missed in checked.not_checked],
        "taken_for": list(checked.taken_for),
        **({"unreadable": checked.unreadable} if checked.unreadable else {}),
    }


def from_record(record: Mapping[str, Any]) -> Checked:
    """The verdict that was made a record of."""
    return Checked(
        path=record["path"],
        sha256=record["sha256"],
        verdict=record["verdict"],
        has_findings=record["has_findings"],
        fail_on=Severity(record["fail_on"]),
        findings=[
            Found(**{**found, "severity": Severity(found["severity"]), "law": tuple(found["law"])})
            for found in record["findings"]
        ],
        recalculated=record["recalculated"],
        rows=record["rows"],
        not_checked=[
            NotChecked(**{**missed, "columns": tuple((table, heading) for table, heading in missed.get("columns", ()))})
            for missed in record["not_checked"]
        ],
        taken_for=list(record["taken_for"]),
        unreadable=record.get("unreadable", ""),
    )


def _finding(found: Found) -> Record:
    return {
        "code": found.code,
        "severity": found.severity.value,
        "sheet": found.sheet,
        "cell": found.cell,
        "message": found.message,
        "fix": found.fix,
        "plan": found.plan,
        "law": list(found.law),
        "fingerprint": found.fingerprint,
    }


def _missed(missed: NotChecked) -> Record:
    record: Record = {"what": missed.what, "why": missed.why}
    if missed.code:
        record["code"] = missed.code
    if missed.columns:
        record["columns"] = [list(column) for column in missed.columns]
    return record
