"""Other people's hostile files, and files broken byte by byte; those that are made to harm are in tests/hostile."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plansheet.workbook.formulas.recalc import recalculate
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.unreadable import REASONS, Unreadable
from workbook.making import CONTENT_TYPES, packed, parts, workbook

CORPUS = os.environ.get("PLANSHEET_CORPUS")
BOOK = "xl/workbook.xml"
SHEET = "xl/worksheets/sheet1.xml"
SECONDS_A_FILE = 20  # measured: below one; a loaded machine is slower
MEMORY = 2 << 30

READ_EACH = """
import json, resource, sys, time
from plansheet.workbook.reading.reader import read
from plansheet.workbook.formulas.plan_cells import not_reached, plan_cells
from plansheet.workbook.reading.unreadable import Unreadable
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
for path in map(str.strip, sys.stdin):
    print(json.dumps({"path": path, "begun": True}), flush=True)
    started = time.monotonic()
    try:
        book = read(path)
        plan_cells(book, {"SUM": sum}), not_reached(book, {"SUM": sum})
        kind = "workbook"
    except Unreadable as reason:
        kind = reason.kind
    print(json.dumps({"path": path, "kind": kind, "seconds": time.monotonic() - started}), flush=True)
"""


def outcomes(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """What reading each file gives, in a process of bounded memory; a crash or a hang names its file."""
    run = subprocess.run(
        [sys.executable, "-c", READ_EACH, str(MEMORY)],
        input="\n".join(str(path) for path in paths),
        capture_output=True,
        text=True,
        timeout=SECONDS_A_FILE * 4,
        check=False,
    )
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 0, (lines[-1], run.stderr[-2000:])
    return {line["path"]: line for line in lines if "kind" in line}


@pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no folder of hostile files")
def test_every_hostile_file_gives_a_workbook_or_a_reason() -> None:
    paths = [
        path for folder in ("hostile", "mail", "captable") for path in sorted(Path(CORPUS or "", folder).iterdir())
    ]
    found = outcomes(paths)
    assert set(found) == {str(path) for path in paths}
    assert {outcome["kind"] for outcome in found.values()} <= {"workbook", *REASONS}
    assert [path for path, outcome in found.items() if outcome["seconds"] > SECONDS_A_FILE] == []
    assert {outcome["kind"] for path, outcome in found.items() if "laughs" in path} == {"doctype"}
    assert {outcome["kind"] for path, outcome in found.items() if "mail/" in path} == {"mail"}
    assert {outcome["kind"] for path, outcome in found.items() if "trunc" in path} == {"cut off", "damaged"}


def test_every_byte_may_be_wrong() -> None:
    """A workbook with one byte after another overwritten, and cut off after any: a workbook or a reason, no crash."""
    data = workbook(lambda book: book.add_worksheet("Grants").write_row(0, 0, [1, "two", True]))
    kinds: set[str] = set()
    for at in range(0, len(data), 7):
        for broken in (data[:at] + b"\xff" + data[at + 1 :], data[:at]):
            try:
                read_bytes(broken)
                kinds.add("workbook")
            except Unreadable as reason:
                kinds.add(reason.kind)
    assert {"workbook", "damaged", "cut off", "empty"} <= kinds


def test_every_attribute_of_the_parts_that_are_read_may_be_wrong() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Grants")
        sheet.add_table("A1:B3", {"columns": [{"header": "Grant"}, {"header": "Shares"}]})
        sheet.write_dynamic_array_formula("D2:D3", "=TWICE(Table1[Shares])", None, 2)
        sheet.write("B2", 1, book.add_format({"num_format": "yyyy-mm-dd"}))
        book.define_name("Limit", "=Grants!$B$2")

    data = workbook(fill)
    whole = parts(data)
    kinds: set[str] = set()
    for part in (CONTENT_TYPES, BOOK, "xl/_rels/workbook.xml.rels", SHEET, "xl/tables/table1.xml", "xl/styles.xml"):
        content = whole[part]
        for start in [match.end() for match in re.finditer(b'="', content)][:60]:
            for wrong in (b"", b"x", b"-1", b"99999999999"):
                end = content.index(b'"', start)
                broken = packed(whole | {part: content[:start] + wrong + content[end:]})
                try:
                    recalculate(read_bytes(broken), {"TWICE": lambda rows: rows})
                    kinds.add("workbook")
                except Unreadable as reason:
                    kinds.add(reason.kind)
    assert {"workbook", "damaged", "no workbook", "unread"} <= kinds
