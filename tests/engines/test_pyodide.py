"""The worksheet functions in the browser's Python, where xlwings Lite calculates, against the same calls here.

Not proved here: xlwings Lite itself, which is no open program, and the decorators and conversions that xlwings has for
it, which are under another licence. In their place stand the shapes of arguments that they are documented to deliver,
and stand-ins for the decorators that write down what they are told.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engines import told
from engines.browser import Missing, in_pyodide, own_wheel, pyodide_folder, python, unpack, xlwings_wheel
from plansheet import __version__, udfs
from plansheet.excel import FUNCTIONS
from plansheet.excel.signature import signature_of
from plansheet.template import lite
from plansheet.workbook.formulas.expressions import plan_name
from udfs.calls import ANSWERED, REFUSED
from udfs.test_arrival import arrive, bare, blank_text, laid_in_a_row, office_desktop, office_web, one_cell_range
from udfs.test_arrival import two_dimensions as standing

NAMES = pytest.mark.parametrize("name", FUNCTIONS)
ABSENT = ["numpy", "openpyxl", "pandas", "xlsxwriter", "xlwings"]

# ---- The calls, in every shape in which Office.js sends them ---------------------------------------------------------


def office_text(cell: Any) -> Any:
    return blank_text(office_web(cell))


SHAPES = list(product([office_web, office_desktop, office_text], [standing, laid_in_a_row], [bare, one_cell_range]))
CALLS = {
    f"{name}, {kind}: {', '.join(shape.__name__ for shape in shapes)}": (
        name,
        [arrive(argument, *shapes) for argument in arguments],
    )
    for kind, calls in (("answered", ANSWERED), ("refused", REFUSED))
    for name, arguments in calls.items()
    for shapes in SHAPES
}

# ---- What runs in Pyodide --------------------------------------------------------------------------------------------

TELL = Path(told.__file__).read_text(encoding="utf-8")
BEFORE = f"""
import importlib, sys

def can_be_imported(name):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return False
    return True

json.dumps({{"platform": sys.platform, "there": [name for name in {ABSENT!r} if can_be_imported(name)]}})
"""
PLAIN = """
import plansheet.excel

json.dumps(answers(plansheet.excel.FUNCTIONS, json.loads(given)))
"""
MAIN = """
text, calls = json.loads(given)
sheet = {}
exec(text, sheet)
sheet.pop("__builtins__")
json.dumps({"names": list(sheet), "answers": answers(sheet, calls)})
"""
LICENCE = """
import os, xlwings

json.dumps({
    "modules": [name for name in sys.modules if name.partition(".")[0] == "xlwings"],
    "pro": xlwings.__pro__,
    "key": [name for name in os.environ if name.startswith("XLWINGS")],
})
"""
DECORATED = """
import inspect

recorded = {}

def arg(name, **options):
    def told_of(function):
        function.arguments = [[name, options], *getattr(function, "arguments", [])]
        return function
    return told_of

def func(function):
    recorded[function.__name__] = {
        "doc": function.__doc__,
        "signature": str(inspect.signature(function)),
        "hints": [str(hint) for hint in function.__annotations__.values()],
        "arguments": getattr(function, "arguments", [])[::-1],
    }
    return function

xlwings.func, xlwings.arg = func, arg
del sys.modules["plansheet.udfs"]
exec(json.loads(given), {})
json.dumps(recorded)
"""


@pytest.fixture(scope="module")
def pyodide(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """What one Pyodide said: with plansheet alone, then with xlwings beside it, then with stand-ins for decorators."""
    try:
        folder = pyodide_folder()
    except Missing as missing:
        pytest.skip(str(missing))
    work = tmp_path_factory.mktemp("pyodide")
    calls = list(CALLS.values())
    steps = [
        unpack(own_wheel(work)),
        python(f"{TELL}\n{BEFORE}"),
        python(PLAIN, calls),
        unpack(xlwings_wheel(work)),
        python(MAIN, [lite.main_py(), calls]),
        python(LICENCE),
        python(DECORATED, lite.main_py()),
    ]
    before, plain, main, licence, decorated = in_pyodide(folder, steps, work)
    return SimpleNamespace(before=before, plain=plain, main=main, licence=licence, decorated=decorated)


def differing(name: str, there: list[str], function: Callable[..., Any]) -> list[str]:
    """The calls of a function whose answers there differ from those of `function` here, with both."""
    return [
        f"{call}\n  there {one}\n  here  {other}"
        for (call, (called, arguments)), one in zip(CALLS.items(), there, strict=True)
        if called == name and one != (other := told.told(function(*arguments)))
    ]


# ---- plansheet alone -------------------------------------------------------------------------------------------------


@pytest.mark.engines
def test_nothing_but_python_is_there(pyodide: SimpleNamespace) -> None:
    assert pyodide.before == {"platform": "emscripten", "there": []}


@pytest.mark.engines
@NAMES
def test_every_shape_has_the_answer_it_has_here(pyodide: SimpleNamespace, name: str) -> None:
    assert differing(name, pyodide.plain, FUNCTIONS[name]) == []


@pytest.mark.engines
def test_every_function_was_called_in_every_shape(pyodide: SimpleNamespace) -> None:
    assert set(ANSWERED) == set(FUNCTIONS)
    assert len(pyodide.plain) == len(pyodide.main["answers"]) == len(SHAPES) * (len(ANSWERED) + len(REFUSED))


# ---- main.py, beside xlwings -----------------------------------------------------------------------------------------


@pytest.mark.engines
def test_main_py_brings_every_function_under_its_excel_name(pyodide: SimpleNamespace) -> None:
    assert pyodide.main["names"] == list(FUNCTIONS)


@pytest.mark.engines
@NAMES
def test_what_main_py_brings_has_the_answer_it_has_here(pyodide: SimpleNamespace, name: str) -> None:
    assert differing(name, pyodide.main["answers"], getattr(udfs, name)) == []


@pytest.mark.engines
def test_no_key_and_no_part_of_xlwings_under_another_licence(pyodide: SimpleNamespace) -> None:
    modules = pyodide.licence["modules"]
    assert "xlwings.main" in modules
    assert [name for name in modules if name.split(".")[1:2] in (["pro"], ["server"])] == []
    assert (pyodide.licence["pro"], pyodide.licence["key"]) == (False, [])


@pytest.mark.engines
def test_main_py_registers_every_function_through_the_decorators_it_finds(pyodide: SimpleNamespace) -> None:
    assert list(pyodide.decorated) == list(FUNCTIONS)


@pytest.mark.engines
@NAMES
def test_the_decorators_are_told_everything_and_nothing_they_do_not_know(pyodide: SimpleNamespace, name: str) -> None:
    """No conversion either: the one for COM would ask for an Excel that is not there."""
    signature = signature_of(FUNCTIONS[name])
    wanted = [[each.name, {"doc": each.text, "ndim": 2, "err_to_str": True}] for each in signature.arguments]
    parameters = [f"{each.name}=None" if each.optional else each.name for each in signature.arguments]
    assert pyodide.decorated[name] == {
        "doc": signature.summary,
        "signature": f"({', '.join(parameters)})",
        "hints": [],
        "arguments": wanted,
    }


# ---- The texts, which need no Pyodide --------------------------------------------------------------------------------


def lines_that_count(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_texts_to_paste_are_one_line_each_and_say_what_they_are() -> None:
    assert lines_that_count(lite.main_py()) == ["from plansheet.udfs import *"]
    assert lines_that_count(lite.requirements_txt()) == [f"plansheet=={__version__}"]
    assert "not published yet" in lite.requirements_txt()
    for text in (lite.main_py(), lite.requirements_txt()):
        assert text.startswith("#")
        assert text.endswith("\n")
        assert "://" not in text


@NAMES
def test_a_stored_name_is_read_back_as_the_function(name: str) -> None:
    assert lite.stored_name(name) == f"_xldudf_{name}"
    assert plan_name(lite.stored_name(name), FUNCTIONS) == name
