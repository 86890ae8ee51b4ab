"""What is read of a computer beside its spreadsheet programs: Python, xlwings, OneDrive; and of this very one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.computers import APP_PATH, XLWINGS, not_windows, windows, with_environment
from plansheet.desktop.machine import Macros
from plansheet.desktop.reading import read_machine
from plansheet.desktop.registry import windows_registry
from plansheet.desktop.sources import Sources


@pytest.mark.parametrize(
    ("executable", "base", "store"),
    [
        (r"C:\Users\ada\AppData\Local\Microsoft\WindowsApps\python.exe", r"C:\Python312", True),
        (r"C:\work\.venv\Scripts\python.exe", r"C:\Program Files\WindowsApps\PythonSoftwareFoundation", True),
        (r"C:\Python312\python.exe", r"C:\Python312", False),
    ],
    ids=["the Store's", "an environment made from it", "another"],
)
def test_the_python_of_the_store(tmp_path: Path, executable: str, base: str, store: bool) -> None:
    assert read_machine(windows(tmp_path, executable=executable, base_folder=base)).python.store is store


def test_the_dlls_are_looked_for_where_the_add_in_looks(tmp_path: Path) -> None:
    scripts = tmp_path / "venv" / "Scripts"
    scripts.mkdir(parents=True)
    sources = windows(tmp_path, executable=str(scripts / "python.exe"))
    assert read_machine(sources).xlwings.libraries == {}
    above = tmp_path / "venv" / f"xlwings64-{XLWINGS}.dll"
    for file in (above, tmp_path / f"xlwings32-{XLWINGS}.dll", scripts / "xlwings64-0.1.0.dll"):
        file.touch()
    assert read_machine(sources).xlwings.libraries == {64: above}, "neither two folders above nor of another version"
    beside = scripts / above.name
    beside.touch()
    assert read_machine(sources).xlwings.libraries == {64: beside}


@pytest.mark.parametrize(("loads", "version"), [(True, XLWINGS), (False, None)])
def test_xlwings_and_pywin32(tmp_path: Path, loads: bool, version: str | None) -> None:
    sources = windows(tmp_path, version_of=lambda package: version, imports=lambda module: loads)
    xlwings = read_machine(sources).xlwings
    assert (xlwings.version, xlwings.pywin32) == (version, loads)


def test_how_python_can_be_named(tmp_path: Path) -> None:
    folder = tmp_path / "Łucja"
    folder.mkdir()
    sources = windows(tmp_path, executable=str(folder / "python.exe"))
    assert read_machine(sources).named_python is None
    assert (
        read_machine(replace(sources, short_path=lambda path: "/UCJA~1/python.exe")).named_python
        == "/UCJA~1/python.exe"
    )
    assert read_machine(windows(tmp_path)).named_python == windows(tmp_path).executable


def test_one_drive(tmp_path: Path) -> None:
    sources = with_environment(windows(tmp_path), OneDrive="/o", OneDriveCommercial="/o", OneDriveConsumer="/p")
    assert read_machine(sources).one_drive == (Path("/o"), Path("/p"))
    assert read_machine(windows(tmp_path)).one_drive == ()


def test_off_windows_nothing_of_windows_is_asked(tmp_path: Path) -> None:
    def asked(key: str) -> Mapping[str, object]:
        raise AssertionError(key)

    machine = read_machine(not_windows(tmp_path, registry=asked))
    assert (machine.system, machine.windows) == ("Linux", False)
    assert (machine.macros, machine.add_in.folder) == (Macros(), None)


def test_this_computer_is_read_without_changing_it() -> None:
    machine = read_machine()
    assert machine.python.version[:2] >= (3, 11)
    assert machine.xlwings.version
    assert windows_registry(APP_PATH) == {} or machine.windows
    sources = Sources()
    assert sources.version_of("no-such-package") is None
    assert sources.imports("json")
    assert not sources.imports("no_such_module")
