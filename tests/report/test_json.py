"""The report as JSON: valid by its published schema, the same document whatever is streamed, ASCII."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.typing_in import VALIDATOR, report_of
from plansheet import __version__
from plansheet.report.json import write_json
from report.runs import HOSTILE, SHA, Batch, attached, clean, everything, faulty, written


def test_a_run_with_something_of_every_kind() -> None:
    report = report_of(written(write_json, everything()))
    first, mailed, zipped, hostile, warned = report["workbooks"]
    assert [each["verdict"] for each in report["workbooks"]] == ["clean", "findings", "unchecked", "findings", "clean"]
    assert mailed["path"] == "in/march.eml > ledger.xlsx"
    assert mailed["origin"] == {
        "file": "in/march.eml",
        "within": ["ledger.xlsx"],
        "mail": {
            "from": "Ann Ash <ann@issuer.example>",
            "subject": "Ledgers for March",
            "date": "2024-03-31T09:12:00+00:00",
        },
    }
    assert zipped["origin"]["within"] == ["all.zip", "b & c/locked.xlsx"]
    assert zipped["unreadable"] == "password"
    assert (hostile["known"], hostile["annotated"]) == (3, "out/x.xlsx")
    assert hostile["findings"][0]["message"] == HOSTILE
    assert {"origin", "known", "annotated", "unreadable"} & (set(first) | set(warned)) == set()
    assert report["left"] == [{"path": "in/notes.txt", "why": "This is plain text or CSV, not a workbook."}]
    assert report["interrupted"] == "Stopped by Ctrl-C after 5 of 9 files."


def test_an_archive_has_no_mail() -> None:
    [one] = report_of(written(write_json, Batch([attached(clean(), "a.xlsx", mail=None)])))["workbooks"]
    assert one["origin"]["mail"] is None


def test_what_is_not_there_is_not_told() -> None:
    assert json.loads(written(write_json, Batch([]))) == {"plansheet": __version__, "workbooks": []}
    [one] = json.loads(written(write_json, clean()))["workbooks"]
    assert one == {
        "path": "clean.xlsx",
        "sha256": SHA,
        "verdict": "clean",
        "findings": [],
        "recalculated": 2,
        "rows": 8,
        "not_checked": [],
        "taken_for": [],
    }


def test_a_finding_is_a_line() -> None:
    lines = written(write_json, faulty()).splitlines()
    assert sum('"code": "ISO001"' in line for line in lines) == 1
    assert '      "verdict": "findings",' in lines


def test_it_is_ascii() -> None:
    assert written(write_json, everything()).isascii()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("origin", {"file": "a"}),
        ("origin", {"file": "a", "within": [1], "mail": None}),
        ("known", 0),
        ("annotated", ""),
        ("unreadable", ""),
    ],
)
def test_the_schema_refuses(name: str, wrong: Any) -> None:
    report = json.loads(written(write_json, clean()))
    report["workbooks"][0][name] = wrong
    assert not VALIDATOR.is_valid(report)
