"""SARIF: valid by the standard's own schema, and as code hosts take it."""

from __future__ import annotations

import json
from pathlib import Path, PureWindowsPath
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import pytest

from plansheet.excel.manual import ALL_RULES
from plansheet.report import sarif
from plansheet.report.sarif import write_sarif
from plansheet.workbook.checked import Checked
from report.runs import SHA, Batch, attached, clean, everything, faulty, finding, locked, of, written
from report.sarif_schema import sarif_validator


def read(run: Batch | Checked) -> dict[str, Any]:
    """The one run of a valid log."""
    log = json.loads(written(write_sarif, run))
    assert [error.message for error in sarif_validator().iter_errors(log)] == []
    [one] = log["runs"]
    return dict(one)


def test_the_schema_refuses() -> None:
    log = json.loads(written(write_sarif, faulty()))
    for wrong in ({"level": "fatal"}, {"message": "text"}, {"new": 1}, {"ruleIndex": -2}):
        result = {**log["runs"][0]["results"][0], **wrong}
        assert not sarif_validator().is_valid({**log, "runs": [{**log["runs"][0], "results": [result]}]})


@pytest.mark.parametrize("run", [everything(), Batch([]), locked()], ids=["all", "none", "locked"])
def test_it_is_valid_and_ascii(run: Batch | Checked) -> None:
    read(run)
    assert written(write_sarif, run).isascii()


def test_a_result() -> None:
    [result] = read(faulty())["results"]
    hashed = result["partialFingerprints"].pop("primaryLocationLineHash")
    assert result == {
        "ruleId": "ISO001",
        "ruleIndex": [rule.code for rule in ALL_RULES].index("ISO001"),
        "level": "error",
        "message": {"text": "Recorded 9,999 ISO, it is 10,000. Enter 10,000."},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": "book.xlsx"}, "region": {"startLine": 1}},
                "logicalLocations": [{"name": "D2", "fullyQualifiedName": "Vesting!D2", "kind": "cell"}],
            }
        ],
        "partialFingerprints": {"plansheet/v1": "00112233445566aa"},
    }
    assert len(hashed) == 18


def test_every_rule_is_explained() -> None:
    rules = read(clean())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in ALL_RULES]
    assert all(rule["help"]["text"] and rule["help"]["markdown"] and "helpUri" not in rule for rule in rules)
    [iso] = [rule for rule in rules if rule["id"] == "ISO001"]
    assert iso["defaultConfiguration"] == {"level": "error"}
    assert iso["properties"]["tags"][:2] == ["plan §11(c)", "IRC §422(d)"]


def test_an_attachment_stands_in_the_file_that_holds_it() -> None:
    run = read(Batch([attached(faulty(), "all.zip", "b & c.xlsx"), attached(clean(), "d.xlsx"), of(clean("e.xlsx"))]))
    [result] = run["results"]
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "in/march.eml"
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "all.zip > b & c.xlsx > Vesting!D2"
    told = [(each["location"]["uri"], each.get("parentIndex"), each.get("hashes")) for each in run["artifacts"]]
    assert told == [
        ("in/march.eml", None, None),
        ("/all.zip/b%20%26%20c.xlsx", 0, {"sha-256": SHA}),
        ("/d.xlsx", 0, {"sha-256": SHA}),
        ("e.xlsx", None, {"sha-256": SHA}),
    ]


def test_the_same_attachment_twice_is_two_artifacts_and_one_fingerprint_of_ours() -> None:
    run = read(Batch([attached(faulty(), "a.xlsx"), attached(faulty(), "a.xlsx"), attached(faulty(), "b.xlsx")]))
    assert len(run["artifacts"]) == 4
    prints = [result["partialFingerprints"] for result in run["results"]]
    assert len({each["plansheet/v1"] for each in prints}) == 1
    assert len({each["primaryLocationLineHash"] for each in prints}) == 2


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("in/a b#1?.xlsx", "in/a%20b%231%3F.xlsx"),
        ("./a.xlsx", "a.xlsx"),
        ("../a.xlsx", "../a.xlsx"),
        ("c:d.xlsx", "c%3Ad.xlsx"),
        ("100%.xlsx", "100%25.xlsx"),
        ("山.xlsx", "%E5%B1%B1.xlsx"),
        ("caf\udce9.xlsx", "caf%E9.xlsx"),
        ("-", "-"),
    ],
)
def test_addresses(path: str, uri: str) -> None:
    [result] = read(faulty(path=path))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert unquote_to_bytes(uri) == str(Path(path)).encode("utf-8", "surrogateescape")


def test_an_absolute_path_is_a_file_address(tmp_path: Path) -> None:
    path = tmp_path / "a b.xlsx"
    [result] = read(faulty(path=str(path)))["results"]
    address = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert address.startswith("file:///")
    assert unquote(address).endswith("/a b.xlsx")


def test_a_path_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "PurePath", PureWindowsPath)
    for path, uri in (("in\\a b.xlsx", "in/a%20b.xlsx"), ("C:\\in\\a.xlsx", "file:///C:/in/a.xlsx")):
        [result] = read(faulty(path=path))["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_what_was_not_checked_is_a_notification() -> None:
    run = read(everything())
    [invocation] = run["invocations"]
    assert not invocation["executionSuccessful"]
    told = [(each["descriptor"]["id"], each["level"]) for each in invocation["toolExecutionNotifications"]]
    assert told == [
        ("columns", "note"),
        ("open", "warning"),
        ("columns", "note"),
        ("unchecked", "error"),
        ("left", "note"),
        ("interrupted", "error"),
    ]
    ids = [each["id"] for each in run["tool"]["driver"]["notifications"]]
    assert all(ids[n["descriptor"]["index"]] == n["descriptor"]["id"] for n in invocation["toolExecutionNotifications"])
    [locked_] = [n for n in invocation["toolExecutionNotifications"] if n["descriptor"]["id"] == "unchecked"]
    assert locked_["properties"] == {"unreadable": "password"}
    assert locked_["message"]["text"].startswith("in/march.eml > all.zip > b & c/locked.xlsx: the file: The workbook")


def test_a_run_that_checked_everything_was_successful_whatever_it_found() -> None:
    [invocation] = read(Batch([of(clean()), of(faulty())]))["invocations"]
    assert invocation == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_a_text_of_a_cell_makes_no_link() -> None:
    [result] = read(faulty(finding(message="Holder [Ada](https://evil.example) \x1b[2J\u202e.")))["results"]
    assert result["message"]["text"] == "Holder [Ada] (https://evil.example)  [2J . Enter 10,000."
