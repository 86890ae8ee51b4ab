"""Files that hang, crash or mislead a reader: each gives a workbook or a reason, in seconds, in bounded memory."""

import json
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plansheet.workbook.formulas.recalc import recalculate
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.unreadable import REASONS, Unreadable
from workbook.making import CONTENT_TYPES, changed, packed, parts, workbook

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


def with_sheet(*, before: str = "", rows: str = "", after: str = "") -> bytes:
    row = '<row r="1"><c r="A1"><v>1</v></c></row>'
    return changed(workbook(), SHEET, "<sheetData/>", f"{before}<sheetData>{row}{rows}</sheetData>{after}")


def with_long_attributes() -> bytes:
    """Attributes that do not shrink when packed: the parser reads one from its start with every chunk of the part."""
    content = parts(with_sheet())
    for part, element, size in ((BOOK, b"<sheets", 6_000_000), (SHEET, b"<c ", 12_000_000)):
        long = random.Random(size).randbytes(size).hex().encode()
        content[part] = content[part].replace(element, element.strip() + b' long="' + long + b'" ', 1)
    return packed(content, zipfile.ZIP_STORED)


MADE: dict[str, Callable[[], bytes]] = {
    "attributes of 12 and 24 million characters": with_long_attributes,  # took minutes
    "all columns hidden thousands of times": lambda: with_sheet(
        before="<cols>"
        + "".join(f'<col min="{at}" max="16384" hidden="1"/>' for at in range(1, 16_000))
        + '<col min="1" max="16383" hidden="1"/>' * 3_000
        + "</cols>"
    ),
    "validations within one another": lambda: with_sheet(
        after="<dataValidations>"
        + '<dataValidation sqref="A1"><formula1>SUM(1)</formula1>' * 9_000
        + "</dataValidation>" * 9_000
        + "</dataValidations>"
    ),
    "a table named thousands of times": lambda: changed(
        workbook(lambda book: book.add_worksheet().add_table("A1:ALL2")),
        SHEET,
        '<tablePart r:id="rId1"/>',
        '<tablePart r:id="rId1"/>' * 20_000,
    ),
    "another workbook named thousands of times": lambda: changed(
        with_sheet(),
        BOOK,
        "</sheets>",
        "</sheets><externalReferences>" + '<externalReference r:id="rId1"/>' * 20_000 + "</externalReferences>",
    ),
    "a cell in the last corner": lambda: with_sheet(rows='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "a dimension over the whole sheet": lambda: with_sheet(before='<dimension ref="A1:XFD1048576"/>'),
    "all cells merged": lambda: with_sheet(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "a link over all cells": lambda: with_sheet(after='<hyperlinks><hyperlink ref="A1:XFD1048576"/></hyperlinks>'),
    "an array over all cells": lambda: with_sheet(
        rows='<row r="2"><c r="A2"><f t="array" ref="A1:XFD1048576">SUM(A:XFD)</f><v>1</v></c></row>'
    ),
    "a validation over all cells": lambda: with_sheet(
        after='<dataValidations><dataValidation sqref="A1:XFD1048576"><formula1>SUM(1)</formula1></dataValidation>'
        "</dataValidations>"
    ),
    "columns beyond the last": lambda: with_sheet(before='<cols><col min="1" max="2147483647" style="1"/></cols>'),
    "20,000 merged areas": lambda: with_sheet(
        after="<mergeCells>"
        + "".join(f'<mergeCell ref="A{row}:ZZ{row + 1}"/>' for row in range(1, 40_000, 2))
        + "</mergeCells>"
    ),
    "a comment in the last corner": lambda: workbook(
        lambda book: book.add_worksheet().write_comment("XFD1048576", "here")
    ),
}


@pytest.fixture(scope="module")
def outcomes_of_made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What reading each of them gives, by name, in one process."""
    folder = tmp_path_factory.mktemp("made")
    paths = {name: folder / f"{at}.xlsx" for at, name in enumerate(MADE)}
    for name, path in paths.items():
        path.write_bytes(MADE[name]())
    found = outcomes(list(paths.values()))
    return {name: found[str(path)] for name, path in paths.items()}


@pytest.mark.parametrize("name", MADE)
def test_what_hangs_other_readers_is_read(name: str, outcomes_of_made: dict[str, dict[str, Any]]) -> None:
    assert outcomes_of_made[name]["kind"] == "workbook"
    assert outcomes_of_made[name]["seconds"] < SECONDS_A_FILE


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
