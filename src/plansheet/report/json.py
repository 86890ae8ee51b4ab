"""The report of a check, and of a recalculation, as JSON."""

import io
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, TextIO

from plansheet import __version__
from plansheet.excel.judgements import Recalculated
from plansheet.report.layout import write_json_value
from plansheet.report.records import Record, to_record
from plansheet.report.verdicts import Left, Origin, Run, Verdict

_LEVELS = 4  # the document, its workbooks, a workbook, its findings: a line for each finding


def write_json(run: Run, to: TextIO) -> None:
    """The document that report.schema.json describes, a workbook at a time."""
    document: dict[str, object] = {"plansheet": __version__, "workbooks": map(_workbook, run.verdicts())}
    if next(run.left(), None) is not None:
        document["left"] = map(_left, run.left())
    if run.interrupted:
        document["interrupted"] = run.interrupted
    write_json_value(to, document, _LEVELS)
    to.write("\n")


def recalc_json(path: str, results: Sequence[Recalculated]) -> str:
    """Every plan-function cell of a workbook with its saved and its recomputed value."""
    text = io.StringIO()
    write_json_value(text, {"plansheet": __version__, "path": path, "cells": list(map(_cell, results))}, _LEVELS)
    return f"{text.getvalue()}\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of a check's report."""
    text = files("plansheet.report").joinpath("report.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _workbook(verdict: Verdict) -> Record:
    """A workbook of the document: its record, less what is for the next program of ours, and where it came from."""
    record = to_record(verdict.checked)
    del record["has_findings"], record["fail_on"]
    record["not_checked"] = [{"what": missed["what"], "why": missed["why"]} for missed in record["not_checked"]]
    if verdict.origin.within or verdict.origin.mail:
        record["origin"] = _origin(verdict.origin)
    if verdict.known:
        record["known"] = verdict.known
    if verdict.annotated:
        record["annotated"] = verdict.annotated
    return record


def _origin(origin: Origin) -> Record:
    mail = origin.mail and {"from": origin.mail.sender, "subject": origin.mail.subject, "date": origin.mail.date}
    return {"file": origin.file, "within": list(origin.within), "mail": mail}


def _left(left: Left) -> Record:
    return {"path": left.path, "why": left.why}


def _cell(result: Recalculated) -> Record:
    return {
        "sheet": result.sheet,
        "cell": result.cell,
        "formula": result.formula,
        "saved": result.saved,
        "recomputed": result.recomputed,
        "same": result.same,
        "state": result.state,
        "why": result.unchecked or result.difference,
    }
