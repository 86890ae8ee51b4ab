"""The report of a check, and of a recalculation, as JSON."""

import datetime as dt
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from plansheet import __version__
from plansheet.core.words import Identifier
from plansheet.excel.judgements import Recalculated
from plansheet.workbook.checks import Checked


def json_report(checked: Sequence[Checked]) -> str:
    """The document that report.schema.json describes."""
    return _dumped({"plansheet": __version__, "workbooks": [_workbook(each) for each in checked]})


def recalc_json(path: str, results: Sequence[Recalculated]) -> str:
    """Every plan-function cell of a workbook with its saved and its recomputed value."""
    cells = [
        {
            "sheet": r.sheet,
            "cell": r.cell,
            "formula": r.formula,
            "saved": r.saved,
            "recomputed": r.recomputed,
            "same": r.same,
            "state": r.state,
            "why": r.unchecked or r.difference,
        }
        for r in results
    ]
    return _dumped({"plansheet": __version__, "path": path, "cells": cells})


def schema() -> dict[str, Any]:
    """The JSON Schema of a check's report."""
    text = files("plansheet.report").joinpath("report.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _workbook(checked: Checked) -> dict[str, object]:
    return {
        "path": checked.path,
        "sha256": checked.sha256,
        "verdict": checked.verdict,
        "findings": [
            {
                "code": f.code,
                "severity": f.severity.value,
                "sheet": f.sheet,
                "cell": f.cell,
                "message": f.message,
                "fix": f.fix,
                "plan": f.plan,
                "law": list(f.law),
                "fingerprint": f.fingerprint,
            }
            for f in checked.findings
        ],
        "recalculated": checked.recalculated,
        "rows": checked.rows,
        "not_checked": [{"what": n.what, "why": n.why} for n in checked.not_checked],
        "taken_for": checked.taken_for,
    }


def _dumped(document: object) -> str:
    return json.dumps(document, indent=2, default=_plain) + "\n"  # ASCII: right in every encoding


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time(0) else value.isoformat()
    if isinstance(value, (dt.date, dt.time, dt.timedelta, Identifier)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
