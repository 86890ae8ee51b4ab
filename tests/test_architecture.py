"""What holds for the code as a whole: which floor may import what, where figures may stand, who may read the clock."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "plansheet"
MODULES = sorted(PACKAGE.rglob("*.py"))
EXACT_FLOORS = ("core", "plan", "excel")  # the standard library only, and no figure in binary floating point
WHERE_DOUBLES_ARRIVE = "core/numbers.py"  # a cell's double becomes a decimal here

PLAN_FIGURES = {100_000, 500_000, 25_600_000}  # plan §11(c), §3, §4: they stand in the terms file
NOT_THE_PLANS = {"MOST_ROWS"}  # the one other 100,000 of the contract: rows of a column that a function reads
ONE_PLANS_NAME = re.compile(r"Art Technology|\bATG\b|Example Instruments")
# Where a text names a section: Terms.cited() turns it into another plan's, or it is a note of a record or a word of a
# list. The template's sheets say which plan they are of.
CITING = ("plan/", "excel/judgements/", "core/records.py", "core/words.py", "template/")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
OTHER_LICENCE = re.compile(r"xlwings\.(pro|server)(\.\w+)*")
CLOCK_METHODS = {"today", "now", "utcnow"}
CLOCK_FUNCTIONS = {"time", "time_ns", "localtime", "gmtime", "ctime"}

Scanner = Callable[[ast.Module], Iterator[tuple[int, str]]]


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def floor_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def complaints(scan: Scanner, paths: list[Path]) -> list[str]:
    """Where `scan` finds something in the modules, as `file:line: what`."""
    return [
        f"{name_of(path)}:{line}: {what}"
        for path in paths
        for line, what in scan(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))
    ]


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every module named by an import, `from a import b` as `a.b`; imports relative to the package are left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def third_party(tree: ast.Module) -> Iterator[tuple[int, str]]:
    known = sys.stdlib_module_names | {"plansheet"}
    return ((line, name) for line, name in imports(tree) if name.partition(".")[0] not in known)


def licensed_xlwings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """xlwings.pro and xlwings.server as an import, as an attribute (`xw.pro`) and as a name to be imported later."""
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "xlwings"
    }
    yield from ((line, name) for line, name in imports(tree) if OTHER_LICENCE.match(name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"pro", "server"}:
            if isinstance(node.value, ast.Name) and node.value.id in aliases:
                yield node.lineno, f"xlwings.{node.attr}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and OTHER_LICENCE.fullmatch(node.value):
            yield node.lineno, node.value


def clock_readings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    yield from ((line, name) for line, name in imports(tree) if name in {f"time.{clock}" for clock in CLOCK_FUNCTIONS})
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        of_time = isinstance(node.value, ast.Name) and node.value.id == "time"
        if node.attr in CLOCK_METHODS or (of_time and node.attr in CLOCK_FUNCTIONS):
            yield node.lineno, ast.unparse(node)


def plan_figures(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The plan's figures as a number, or as a text that is a number ("100,000"); prose and docstrings may name them."""
    excused = {
        id(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id in NOT_THE_PLANS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in excused and number(node.value) in PLAN_FIGURES:
            yield node.lineno, repr(node.value)


def plan_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    return texts(tree, ONE_PLANS_NAME)


def sections(tree: ast.Module) -> Iterator[tuple[int, str]]:
    return texts(tree, re.compile(r"§[0-9]"))


def texts(tree: ast.Module, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Texts with a pattern in them; a docstring, or what stands below the thing that it is about, may have it."""
    about = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in about
        if is_text and pattern.search(node.value):
            yield node.lineno, repr(node.value)


def number(value: object) -> float | None:
    if isinstance(value, str) and re.fullmatch(r"\$?[0-9][0-9,_]*(\.0+)?", value.strip()):
        return float(re.sub(r"[$,_]", "", value))
    return value if isinstance(value, int | float) else None


def float_literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, repr(node.value)


def test_import_contracts() -> None:
    """The contracts of pyproject.toml, on this checkout (an installed copy may be older)."""
    lint = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True, no_logo=True))"
    run = subprocess.run(
        [sys.executable, "-c", lint],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_floors_below_the_faces_need_the_standard_library_only() -> None:
    floors = [path for path in MODULES if floor_of(path) in EXACT_FLOORS]
    assert {floor_of(path) for path in floors} == set(EXACT_FLOORS)
    assert complaints(third_party, floors) == []


def test_nothing_uses_the_parts_of_xlwings_under_another_licence() -> None:
    assert complaints(licensed_xlwings, MODULES) == []


def test_only_the_command_line_reads_the_clock() -> None:
    assert complaints(clock_readings, [path for path in MODULES if floor_of(path) != "cli"]) == []


def test_no_figure_of_the_plan_stands_in_code() -> None:
    assert complaints(plan_figures, MODULES) == []


def test_no_text_in_code_names_one_plan() -> None:
    assert complaints(plan_names, MODULES) == []


def test_sections_stand_where_they_become_another_plans() -> None:
    assert complaints(sections, [path for path in MODULES if not name_of(path).startswith(CITING)]) == []


def test_no_float_literal_where_arithmetic_is_exact() -> None:
    exact = [path for path in MODULES if floor_of(path) in EXACT_FLOORS and name_of(path) != WHERE_DOUBLES_ARRIVE]
    assert complaints(float_literals, exact) == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [name_of(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_nothing_is_left_unfinished() -> None:
    written = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.toml"), *(ROOT / "tests").rglob("*.py")]
    assert [path.name for path in written if UNFINISHED.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("scan", "offence", "lawful"),
    [
        (third_party, "from numpy.linalg import norm", "from decimal import Decimal\nfrom plansheet.core import dates"),
        (licensed_xlwings, "from xlwings import server", "from xlwings import func"),
        (licensed_xlwings, "import xlwings.pro.reports", "import xlwings.utils"),
        (licensed_xlwings, "import xlwings as xw\nxw.server.func", "import xlwings as xw\nxw.func"),
        (licensed_xlwings, "import_module('xlwings.pro')", "'never import xlwings.pro here'"),
        (clock_readings, "datetime.date.today()", "datetime.date(2001, 11, 19)"),
        (clock_readings, "now = dt.datetime.now", "grant.granted_on"),
        (clock_readings, "time.time()", "time.monotonic()"),
        (clock_readings, "from time import time", "from time import monotonic"),
        (plan_figures, "limit = 100_000", "limit = terms.iso_limit"),
        (plan_figures, "limit = Decimal('100,000.00')", "'''Plan §11(c): $100,000 a year.'''"),
        (plan_figures, "reserve = 25600000.0", "MOST_ROWS = 100_000"),
        (plan_names, "title = 'ATG 1996'", "'The ATG plan.'\ntitle = terms.title"),
        (sections, "why = f'the limit of §11(c) of {holder}'", "limit = terms.iso_limit  # §11(c)"),
        (float_literals, "rate = 0.1", "rate = Decimal('0.1')"),
    ],
)
def test_each_scan_sees_what_it_forbids(scan: Scanner, offence: str, lawful: str) -> None:
    assert len(list(scan(ast.parse(offence)))) == 1
    assert list(scan(ast.parse(lawful))) == []
