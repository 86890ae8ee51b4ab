"""The extension as a file: what it holds, and what its component does where plansheet cannot be loaded."""

from __future__ import annotations

import ast
import importlib.util
import math
import re
import struct
import subprocess
import sys
import types
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

import plansheet
from plansheet.excel import FUNCTIONS
from plansheet.excel.signature import signature_of
from plansheet.template.libreoffice import build_extension, registration

pytestmark = pytest.mark.engines

PACKAGE = Path(plansheet.__file__).parent
NAME = "{http://openoffice.org/2001/registry}name"
VALUE_NUMBER = 0x7FF8_0000_0000_0000 | 519


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extension")
    build_extension(folder / "plansheet.oxt")
    with zipfile.ZipFile(folder / "plansheet.oxt") as container:
        container.extractall(folder / "content")
    return folder / "content"


def test_two_builds_hold_the_same(tmp_path: Path) -> None:
    for name in ("first", "second"):
        build_extension(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "first") as first, zipfile.ZipFile(tmp_path / "second") as second:
        assert first.namelist() == second.namelist() == sorted(first.namelist())
        assert [first.read(name) for name in first.namelist()] == [second.read(name) for name in second.namelist()]
        assert {entry.date_time for entry in first.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_it_carries_the_standard_library_floors_as_they_are_installed(unpacked: Path) -> None:
    carried = unpacked / "pythonpath" / "plansheet"
    files = {path.relative_to(carried) for path in carried.rglob("*") if path.is_file()}
    assert files == {
        Path("__init__.py"),
        *(
            path.relative_to(PACKAGE)
            for floor in ("core", "plan", "excel")
            for path in (PACKAGE / floor).rglob("*")
            if path.suffix in (".py", ".toml")
        ),
    }
    assert all((carried / file).read_bytes() == (PACKAGE / file).read_bytes() for file in files)


def test_the_functions_work_from_what_it_carries_alone(unpacked: Path) -> None:
    work = (
        "import sys; sys.path.insert(0, sys.argv[1]); from plansheet.excel import FUNCTIONS, ISO_LIMIT_SPLIT;"
        "print(ISO_LIMIT_SPLIT('G-1', 36923, 25, 37000, 5000), len(FUNCTIONS), sys.modules['plansheet'].__file__)"
    )
    library = unpacked / "pythonpath"
    run = [sys.executable, "-I", "-S", "-c", work, str(library)]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()
    assert said == f"[[4000.0, 1000.0]] {len(FUNCTIONS)} {library / 'plansheet' / '__init__.py'}"


def test_every_function_and_argument_is_described(unpacked: Path) -> None:
    root = ElementTree.parse(unpacked / "CalcAddIns.xcu").getroot()
    (add_in,) = (node for node in root.iter("node") if node.get(NAME) == "AddInFunctions")
    idl = (unpacked / "XFunctions.idl").read_text(encoding="utf-8")
    described = {}
    for node in add_in.findall("node"):
        name = node.get(NAME)
        texts = {prop.get(NAME): prop.findtext("value") for prop in node.findall("prop")}
        assert texts["DisplayName"] == texts["CompatibilityName"] == name
        # LibreOffice finds the texts of an argument by its name in the IDL.
        declared = re.search(rf" {name}\((.+)\);", idl)
        assert declared is not None, name
        in_order = [argument.split()[-1] for argument in declared[1].split(", ")]
        texts_of = {
            parameter.get(NAME): [prop.findtext("value") for prop in parameter.findall("prop")]
            for parameter in node.findall("node/node")
        }
        assert in_order.pop(0) == "document"
        described[name] = (texts["Description"], [texts_of.get(argument) for argument in in_order])
    signatures = {name: signature_of(function) for name, function in FUNCTIONS.items()}
    assert described == {
        name: (signature.summary, [[argument.name, argument.text] for argument in signature.arguments])
        for name, signature in signatures.items()
    }


def test_what_the_manager_shows(unpacked: Path) -> None:
    space = "{http://openoffice.org/extensions/description/2006}"
    root = ElementTree.parse(unpacked / "description.xml").getroot()
    shown = {name: root.find(f"{space}{name}") for name in ("identifier", "version", "platform")}
    assert {name: None if node is None else node.get("value") for name, node in shown.items()} == {
        "identifier": "plansheet",
        "version": plansheet.__version__,
        "platform": "all",
    }
    assert root.findtext(f"{space}publisher/{space}name") == "plansheet contributors"
    assert (unpacked / "LICENSE.txt").read_text(encoding="utf-8").startswith("MIT License")
    assert (unpacked / "README.md").read_text(encoding="utf-8").startswith("# plansheet")
    assert (unpacked / "summary.txt").exists()


def test_every_file_of_the_manifest_is_there(unpacked: Path) -> None:
    space = "{http://openoffice.org/2001/manifest}"
    entries = ElementTree.parse(unpacked / "META-INF" / "manifest.xml").getroot().iter(f"{space}file-entry")
    named = [entry.get(f"{space}full-path", "") for entry in entries]
    assert len(named) == 3
    assert all((unpacked / name).is_file() for name in named)


# ---- The component where plansheet cannot be loaded ------------------------------------------------------------------


def test_the_component_can_be_read_by_an_older_python(unpacked: Path) -> None:
    ast.parse((unpacked / "calc_addin.py").read_text(encoding="utf-8"), feature_version=(3, 8))


class Context:
    """As much of LibreOffice as the component asks: the interface that it has read from the IDL."""

    ServiceManager = property(lambda self: self)

    def createInstanceWithContext(self, name: str, context: object) -> Context:
        return self

    def forName(self, name: str) -> Context:
        assert name == registration.SERVICE.replace("Functions", "XFunctions")
        return self

    def getMethods(self) -> list[Any]:
        def gives(name: str) -> Any:
            kind = "any" if name in registration.ONE_CELL else "[][]any"
            return lambda: SimpleNamespace(getName=lambda: kind)

        return [SimpleNamespace(getName=lambda name=name: name, getReturnType=gives(name)) for name in FUNCTIONS]


def component(unpacked: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]) -> Any:
    """The object that Calc would call, loaded by a Python of that version, as far as it can tell."""
    registered: list[tuple[Any, str]] = []
    helper = SimpleNamespace(addImplementation=lambda kind, name, services: registered.append((kind, name)))
    monkeypatch.setitem(sys.modules, "uno", types.ModuleType("uno"))
    stub: Any = types.ModuleType("unohelper")
    stub.ImplementationHelper = lambda: helper
    monkeypatch.setitem(sys.modules, "unohelper", stub)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "version_info", version)
    spec = importlib.util.spec_from_file_location("calc_addin", unpacked / "calc_addin.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    ((kind, name),) = registered
    assert name == registration.SERVICE
    return kind(Context())


def is_value_error(cell: float) -> bool:
    (bits,) = struct.unpack("<Q", struct.pack("<d", cell))
    return math.isnan(cell) and bits == VALUE_NUMBER


def test_an_older_python_is_named_and_nothing_else_breaks(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    functions = component(unpacked, monkeypatch, (3, 10, 4))
    assert functions.PLANSHEET_VERSION(None) == (
        "plansheet cannot work here: it needs Python 3.11 or later, and this program runs 3.10; install a newer "
        "LibreOffice (see README.md in the extension)"
    )
    for name in FUNCTIONS.keys() - {"PLANSHEET_VERSION"}:
        answer = getattr(functions, name)(None, "G-1")
        assert is_value_error(answer if name in registration.ONE_CELL else answer[0][0]), name


def test_a_python_that_will_do_answers(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    functions = component(unpacked, monkeypatch, (3, 11, 0))
    assert functions.PLANSHEET_VERSION(None) == plansheet.__version__
    assert functions.SPLIT_TRANCHES(None, ((25.0,), (25.0,)), 3.0, 2.0) == ((37.0,), (38.0,))
    assert not hasattr(functions, "NO_SUCH_FUNCTION")
