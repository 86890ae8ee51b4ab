"""plansheet check against an earlier report, and with copies of the workbooks, as it is typed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from batch.opening.making import mail
from cli.batch_files import (
    CLEAN_BOOK,
    WRONG_BOOK,
    WRONGER_BOOK,
    check,
    put,
)
from cli.typing_in import CLEAN, FINDINGS, USAGE, Run
from plansheet.workbook.reading.reader import read_bytes
from workbook.books import LEDGERS, VESTING, Sheet, book, with_cell


def test_a_baseline_leaves_what_is_new(run: Run) -> None:
    path = put("ledger.xlsx", WRONG_BOOK)
    assert run("check", path, "--format", "json=base.json")[0] == FINDINGS
    code, report = check(run, path, "--baseline", "base.json")
    [one] = report["workbooks"]
    assert (code, one["verdict"], one["findings"], one["known"]) == (CLEAN, "clean", [], 1)
    put("ledger.xlsx", WRONGER_BOOK)
    code, report = check(run, path, "--baseline", "base.json")
    [one] = report["workbooks"]
    assert (code, one["known"], len(one["findings"])) == (FINDINGS, 1, 1)
    assert run("check", path, "--baseline", "base.json")[1].splitlines()[-1].count("1 finding of the baseline left out")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe"])
def test_a_baseline_that_is_none(run: Run, content: bytes) -> None:
    put("base.json", content)
    code, out, err = run("check", put("a.xlsx", CLEAN_BOOK), "--baseline", "base.json")
    assert (code, out) == (USAGE, "")
    assert "--baseline base.json" in err


def test_copies_with_their_findings(run: Run) -> None:
    put("in/ledger.xlsx", WRONG_BOOK)
    put("in/march.eml", mail(("../evil.xlsx", WRONGER_BOOK), ("fine.xlsx", CLEAN_BOOK)).as_bytes())
    before = {path: path.read_bytes() for path in Path("in").iterdir()}
    code, report = check(run, "in", "--annotate", "copies")
    assert code == FINDINGS
    names = {Path(each.get("annotated", "")).name for each in report["workbooks"] if each["findings"]}
    assert names == {"ledger.findings.xlsx", "march.findings.xlsx"}
    assert {path: path.read_bytes() for path in Path("in").iterdir()} == before
    copy = read_bytes(Path("copies/ledger.findings.xlsx").read_bytes())
    assert copy.sheets[0].name == "Findings"
    said = [str(cell.value) for cell in copy.sheets[0].cells.values()]
    assert "ISO001" in said
    assert any(hashlib.sha256(WRONG_BOOK).hexdigest() in each for each in said)
    assert not [cell for sheet in copy.sheets for cell in sheet.cells.values() if cell.formula]


def test_copies_are_written_over_nothing(run: Run) -> None:
    put("copies/ledger.findings.xlsx", b"with somebody's notes")
    code, out, err = run("check", put("ledger.xlsx", WRONG_BOOK), "--annotate", "copies")
    assert (code, out) == (USAGE, "")
    assert "is not empty" in err
    assert Path("copies/ledger.findings.xlsx").read_bytes() == b"with somebody's notes"


def test_a_ledger_with_formulas_for_text_is_safe_to_open_as_a_copy(run: Run) -> None:
    """What a cell holds as text stays text: =, +, - and @ at its beginning are no formula in the copy."""
    wrong, notes = with_cell(VESTING, 1, "ISO shares", 9_999), ("Note", "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0")
    texts = [[*row, note] for row, note in zip(wrong, (*notes, *[""] * len(wrong)), strict=False)]
    path = put("ledger.xlsx", book(LEDGERS[0], Sheet("Vesting", texts), *LEDGERS[2:]))
    assert check(run, path, "--annotate", "copies")[0] == FINDINGS
    copy = read_bytes(Path("copies/ledger.findings.xlsx").read_bytes())
    cells = [cell for sheet in copy.sheets for cell in sheet.cells.values()]
    assert {"=1+1", "@SUM(A1)"} <= {cell.value for cell in cells}
    assert [cell for cell in cells if cell.formula] == []
