"""The report of a check as SARIF 2.1.0, which code hosts show: rules, a result for each finding, what went unchecked.

Section numbers are those of the OASIS standard. A workbook has no lines; each result stands on line 1 of its file, for
GitHub asks for a line, and says its sheet and cell as a logical location.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Final, TextIO
from urllib.parse import quote

from plansheet import __version__
from plansheet.core.manual import manual, rests_on
from plansheet.core.rule import Rule
from plansheet.excel.manual import ALL_RULES
from plansheet.report.characters import printable
from plansheet.report.layout import write_json_value
from plansheet.report.verdicts import Origin, Run, Verdict
from plansheet.workbook.checked import Found

Object = dict[str, Any]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = 4  # the document, its runs, a run, its results: a line for each result
_NOTICES: Final = {
    "unchecked": "A workbook, or a ledger or cell of it, could not be checked.",
    "open": "Something beside the verdict was not checked.",
    "columns": "Rules were not checked because the workbook lacks columns.",
    "left": "A file is no workbook and was not asked for by name.",
    "interrupted": "The run ended before everything was checked.",
}
"""What a run says about itself, by id."""


def write_sarif(run: Run, to: TextIO) -> None:
    """One log with one run, a result at a time; the verdicts are gone through four times."""
    one = {
        "tool": {"driver": _driver()},
        "columnKind": "unicodeCodePoints",
        "artifacts": _artifacts(run),
        "results": _results(run),
        "invocations": [{"executionSuccessful": _whole(run), "toolExecutionNotifications": _notifications(run)}],
    }
    write_json_value(to, {"$schema": _SCHEMA, "version": "2.1.0", "runs": [one]}, _LEVELS)
    to.write("\n")


def _whole(run: Run) -> bool:
    """Whether everything was checked (3.20.14): what a failing exit code 3 denies."""
    return not run.interrupted and all(verdict.checked.verdict != "unchecked" for verdict in run.verdicts())


# --- The rules --------------------------------------------------------------------------------------------------------

_POSITIONS: Final = {rule.code: position for position, rule in enumerate(ALL_RULES)}


def _driver() -> Object:
    return {
        "name": "plansheet",
        "version": __version__,
        "rules": [_rule(rule) for rule in ALL_RULES],
        "notifications": [{"id": name, "shortDescription": {"text": text}} for name, text in _NOTICES.items()],
    }


def _rule(rule: Rule) -> Object:
    _, *lines = manual(rule)
    text = "\n".join(map(str, lines))
    markdown = "\n".join(f"- **{line.label}:** {line.text}" if line.label else line.text for line in lines)
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.sections.get("Why", rule.title)},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": rests_on(rule, str).split("; ")[1:], "problem.severity": rule.severity.value},
    }


# --- The files --------------------------------------------------------------------------------------------------------


def _artifacts(run: Run) -> Iterator[Object]:
    """Each workbook with its hash; one in an archive or a mail below the file that holds it (3.24.5)."""
    number, holder = 0, (-1, "")
    for verdict in run.verdicts():
        origin, parent = verdict.origin, {}
        if origin.within:
            if holder[1] != origin.file:
                holder = (number, origin.file)
                yield _artifact(number, {"uri": _uri(origin.file)}, origin.file)
                number += 1
            parent = {"parentIndex": holder[0]}
        uri = f"/{'/'.join(map(_quoted, origin.within))}" if origin.within else _uri(origin.file)
        hashes = {"hashes": {"sha-256": verdict.checked.sha256}} if verdict.checked.sha256 else {}
        yield {**_artifact(number, {"uri": uri}, origin.path), **parent, **hashes}
        number += 1


def _artifact(number: int, location: Object, path: str) -> Object:
    """``number`` tells apart what is otherwise the same, such as a workbook that is twice in a zip file."""
    return {
        "location": location,
        "description": {"text": _text(path)},
        "roles": ["analysisTarget"],
        "properties": {"number": number},
    }


def _uri(file: str) -> str:
    """The address of a file on the disk: relative to where the check ran, unless its path is absolute."""
    path = PurePath(file)
    if path.is_absolute():
        return path.as_uri()
    return "/".join(map(_quoted, path.parts)) or "."


def _quoted(name: str) -> str:
    """A name as one segment of an address, by the bytes that it has on the disk, whatever they are."""
    try:
        return quote(os.fsencode(name), safe="")
    except UnicodeEncodeError:  # half a letter, from a header or an archive
        return quote(name, safe="", errors="replace")


# --- The results ------------------------------------------------------------------------------------------------------


def _results(run: Run) -> Iterator[Object]:
    for verdict in run.verdicts():
        for found in verdict.checked.findings:
            yield _result(found, verdict.origin)


def _result(found: Found, origin: Origin) -> Object:
    return {
        "ruleId": found.code,
        "ruleIndex": _POSITIONS[found.code],
        "level": found.severity.value,
        "message": {"text": _text(f"{found.message} {found.fix}")},
        "locations": [{**_location(origin), "logicalLocations": list(_places(found, origin))}],
        "partialFingerprints": {
            "plansheet/v1": found.fingerprint,
            "primaryLocationLineHash": _of_place(found, origin),  # the one by which GitHub knows an alert again
        },
    }


def _location(origin: Origin) -> Object:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(origin.file)}, "region": {"startLine": 1}}}


def _places(found: Found, origin: Origin) -> Iterator[Object]:
    """The cell, or the sheet where the finding has none, by its whole name."""
    where = f"{found.sheet}!{found.cell}" if found.cell else found.sheet
    if where:
        name, kind = (found.cell, "cell") if found.cell else (found.sheet, "sheet")
        whole = " > ".join((*origin.within, where))
        yield {"name": printable(name), "fullyQualifiedName": printable(whole), "kind": kind}
    elif origin.within:
        yield {"fullyQualifiedName": printable(" > ".join(origin.within)), "kind": "workbook"}


def _of_place(found: Found, origin: Origin) -> str:
    """The finding's fingerprint in this file; the same ledger in two mails has two alerts."""
    said = f"{origin.path}\x1f{found.fingerprint}"
    return f"{hashlib.sha256(said.encode('utf-8', 'backslashreplace')).hexdigest()[:16]}:1"


def _text(text: str) -> str:
    """Text that shows as it is: no orders to a terminal, and no link that a cell's text makes (3.11.6)."""
    return printable(text).replace("](", "] (")


# --- What was not checked ---------------------------------------------------------------------------------------------


def _notifications(run: Run) -> Iterator[Object]:
    for verdict in run.verdicts():
        yield from _unchecked(verdict)
    for left in run.left():
        yield _notice("left", "note", f"{left.path}: {left.why}")
    if run.interrupted:
        yield _notice("interrupted", "error", run.interrupted)


def _unchecked(verdict: Verdict) -> Iterator[Object]:
    checked, place = verdict.checked, {"locations": [_location(verdict.origin)]}
    kind = {"properties": {"unreadable": checked.unreadable}} if checked.unreadable else {}
    name, level = ("unchecked", "error") if checked.verdict == "unchecked" else ("open", "warning")
    for missed in checked.not_checked:
        if not missed.columns:
            yield {**_notice(name, level, f"{checked.path}: {missed.what}: {missed.why}"), **place, **kind}
    lacking = [missed.code for missed in checked.not_checked if missed.columns]
    if lacking:
        told = f"{checked.path}: rules not checked for lack of columns: {' '.join(lacking)}"
        yield {**_notice("columns", "note", told), **place}


def _notice(name: str, level: str, text: str) -> Object:
    descriptor = {"id": name, "index": list(_NOTICES).index(name)}
    return {"descriptor": descriptor, "level": level, "message": {"text": _text(text)}}
