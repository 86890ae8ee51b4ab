"""Files that Excel has saved: those which xlwings ships, and those of a folder of other people's workbooks."""

from __future__ import annotations

import os
import re
import zipfile
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
import xlwings

from template.parts.reading import MAIN, Package

CORPUS = os.environ.get("PLANSHEET_CORPUS")
needs_corpus = pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no folder of workbooks of others")
SHIPPED = (
    "quickstart.xlsm", "quickstart_standalone.xlsm", "quickstart_addin.xlam", "quickstart_addin_ribbon.xlam",
    "addin/xlwings.xlam",
)  # fmt: skip
"""Of xlwings: saved by Excel."""


@cache
def shipped() -> tuple[Package, ...]:
    """What xlwings ships, saved by Excel."""
    folder = Path(str(resources.files(xlwings)))
    return tuple(Package.read(folder / name) for name in SHIPPED)


@cache
def of_corpus() -> tuple[Package, ...]:
    """The corpus' workbooks that Excel 2010 or later has saved; older numbers are also what libraries claim to be."""
    assert CORPUS is not None
    found = (Package.read(path) for path in sorted(Path(CORPUS, "workbooks").iterdir()) if zipfile.is_zipfile(path))
    return tuple(package for package in found if _saved_by_excel(package))


def _saved_by_excel(package: Package) -> bool:
    program, book = (package.parts.get(part, b"") for part in ("docProps/app.xml", "xl/workbook.xml"))
    version = re.search(rb'<fileVersion appName="xl" lastEdited="[5-7]"', book)
    named = re.search(rb"<Application>Microsoft (Macintosh )?Excel<", program)
    return bool(version and named) and MAIN[1:-1].encode() in book
