"""What the tests of checks of many files share: workbooks, archives, a report that is read."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cli.typing_in import Run, report_of
from workbook.books import LEDGERS, VESTING, Sheet, book, with_cell

CORPUS = os.environ.get("PLANSHEET_CORPUS", "")
CLEAN_BOOK = book(*LEDGERS)
WRONG_BOOK = book(LEDGERS[0], Sheet("Vesting", with_cell(VESTING, 1, "ISO shares", 9_999)), *LEDGERS[2:])
WRONGER = with_cell(with_cell(VESTING, 1, "ISO shares", 9_999), 2, "ISO shares", 9_998)
WRONGER_BOOK = book(LEDGERS[0], Sheet("Vesting", WRONGER), *LEDGERS[2:])
PLANSHEET = [sys.executable, "-m", "plansheet"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
Report = dict[str, Any]


def put(name: str, data: bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def other(number: int) -> bytes:
    """A workbook that is like no other."""
    return book(LEDGERS[0], Sheet("Vesting", with_cell(VESTING, 1, "ISO shares", number)), *LEDGERS[2:])


def check(run: Run, *arguments: object) -> tuple[int, Report]:
    code, out, err = run("check", *arguments, "--format", "json")
    assert err == ""
    return code, report_of(out)


def verdicts(report: Report) -> list[tuple[str, str]]:
    return [(Path(each["path"]).as_posix(), each["verdict"]) for each in report["workbooks"]]


def encrypted(data: bytes, password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, stream)
    return stream.getvalue()
