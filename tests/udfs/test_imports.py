"""The worksheet functions run where nothing is installed but Python, and the registration where only xlwings is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import plansheet

WITHOUT = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Absent())
before = set(sys.modules)
from {module} import ADJUST_FOR_SPLIT, MERGER_CASHOUT
assert ADJUST_FOR_SPLIT([[100]], [[12]], [[3]], [[2]]) == [[150.0, 8.0]]
assert MERGER_CASHOUT(10, 5, "soon") == [["#VALUE!"]]
tops = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(tops - sys.stdlib_module_names))
"""
HEAVY = ["numpy", "openpyxl", "pandas", "polars", "xlsxwriter"]


def top_modules(module: str, absent: list[str]) -> list[str]:
    """What is loaded beyond the standard library by `module`, called in a Python that has no `absent`."""
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(module=module, absent=absent)],
        env={**os.environ, "PYTHONPATH": str(Path(plansheet.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_the_worksheet_functions_need_nothing_but_python() -> None:
    assert top_modules("plansheet.excel", [*HEAVY, "xlwings"]) == ["plansheet"]


def test_they_import_nothing_else_where_it_is_there() -> None:
    assert top_modules("plansheet.excel", []) == ["plansheet"]


def test_the_registration_needs_xlwings_only() -> None:
    assert {"plansheet", "xlwings"} <= set(top_modules("plansheet.udfs", HEAVY))


def test_what_is_absent_cannot_be_imported() -> None:
    with pytest.raises(AssertionError, match="No module named 'xlwings'"):
        top_modules("plansheet.udfs", ["xlwings"])
