"""Computers for the tests: records and what they are read from, a stand-in for Excel, VBA's way to read a file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from plansheet import __version__
from plansheet.desktop.machine import (
    ADD_IN,
    AddIn,
    Configuration,
    Excel,
    LibreOffice,
    Machine,
    Python,
    Versions,
    Xlwings,
)
from plansheet.desktop.registry import Registry
from plansheet.desktop.sources import Sources

XLWINGS = "0.37.8"
APP_PATH = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
PROGRAM = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
STORE_PYTHON = Python(Path("python.exe"), (3, 12, 4), 64, virtual=False, store=True)
SAID_INSTALLED = "Successfully installed the xlwings add-in! "
SAID_REMOVED = "Successfully removed the add-in!"
SAID_MISSING = "Error: Could not remove the add-in. The add-in doesn't seem to be installed."

Keys = Mapping[str, Mapping[str, object]]


def input_items(text: str) -> list[str]:
    """The items that VBA's Input # reads into strings, one after the other: commas and line ends part them, a quoted
    one runs to its closing quote, and two quotes in it are one."""
    items: list[str] = []
    here = 0
    while here < len(text):
        while text[here : here + 1] in (" ", "\t"):
            here += 1
        item = ""
        if text[here : here + 1] == '"':
            here += 1
            while here < len(text):
                if text.startswith('""', here):
                    item, here = item + '"', here + 2
                elif text[here] == '"':
                    here += 1
                    break
                else:
                    item, here = item + text[here], here + 1
            while here < len(text) and text[here] not in ",\r\n":
                here += 1
        else:
            while here < len(text) and text[here] not in ",\r\n":
                item, here = item + text[here], here + 1
            item = item.strip()
        items.append(item)
        here += 2 if text.startswith("\r\n", here) else 1
    return items


def get_config(path: Path, key: str, code_page: str = "cp1252") -> str | None:
    """GetConfigFromFile of xlwings: two items at a time until the key comes; None if it does not."""
    items = input_items(path.read_bytes().decode(code_page))
    while items:
        name, value, *items = items if len(items) > 1 else [*items, ""]
        if name.lower() == key.lower():
            return value
    return None


def registry_of(keys: Keys) -> Registry:
    """A registry that is asked in any case, and gives names in small letters."""
    known = {key.lower(): {name.lower(): value for name, value in values.items()} for key, values in keys.items()}
    return lambda key: known.get(key.lower(), {})


def windows(tmp_path: Path, keys: Keys | None = None, **changes: Any) -> Sources:
    """A Windows PC below a folder, with an Excel unless the registry is told."""
    home = tmp_path / "Users" / "ada"
    python = tmp_path / "Python312" / "python.exe"
    python.parent.mkdir(exist_ok=True)
    python.touch()
    roaming = home / "AppData" / "Roaming"
    roaming.mkdir(parents=True, exist_ok=True)
    environment = {"USERPROFILE": str(home), "APPDATA": str(roaming), "LOCALAPPDATA": str(home / "AppData" / "Local")}
    known = keys if keys is not None else {APP_PATH: {"": PROGRAM}}
    sources = Sources(
        platform="win32",
        environment=environment,
        executable=str(python),
        base_folder=str(python.parent),
        python_version=(3, 12, 4),
        virtual=False,
        bits=64,
        registry=registry_of(known),
        run=nothing_runs,
        which=lambda name: None,
        version_of=lambda package: XLWINGS,
        imports=lambda module: module == "pythoncom",
        code_page="cp1252",
        short_path=lambda path: path,
        root=tmp_path,
    )
    return replace(sources, **changes)


def nothing_runs(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    raise AssertionError(f"{command} was run")


def with_environment(sources: Sources, **variables: str) -> Sources:
    return replace(sources, environment={**sources.environment, **variables})


def not_windows(tmp_path: Path, platform: str = "linux", **changes: Any) -> Sources:
    """A computer of another system below a folder, with no spreadsheet program until there is a file of one."""
    sources = Sources(platform=platform, home=tmp_path, root=tmp_path, which=lambda name: None, run=nothing_runs)
    return replace(sources, **changes)


def pc(folder: Path, **changes: object) -> Machine:
    """A Windows machine with all that the add-in needs, the add-in installed, and files below the folder."""
    home = folder / "Users" / "ada"
    python = folder / "Python" / "python.exe"
    for file in (python, library := python.with_name(f"xlwings64-{XLWINGS}.dll")):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    start = home / "AppData" / "XLSTART"
    start.mkdir(parents=True, exist_ok=True)
    conf = home / ".plansheet" / "plansheet.conf"
    parts: dict[str, object] = {
        "platform": "win32",
        "home": home,
        "python": Python(python, (3, 12, 4), 64, virtual=False, store=False),
        "named_python": str(python),
        "xlwings": Xlwings(XLWINGS, {64: library}, pywin32=True),
        "configuration": Configuration(conf, True, str(python), interpreter_exists=True, is_this_python=True),
        "excel": Excel(r"C:\Program Files\Microsoft Office\EXCEL.EXE", "16.0.17928.20156", 64, dynamic_arrays=True),
        "add_in": AddIn(start, start / ADD_IN, Versions(__version__, XLWINGS)),
        "code_page": "cp1252",
    }
    return Machine(**{**parts, **changes})  # type: ignore[arg-type]  # the tests name the fields they change


def bare(platform: str, folder: Path, office: LibreOffice | None = None, excel: Excel | None = None) -> Machine:
    """A machine that is not Windows."""
    python = Python(folder / "bin" / "python", (3, 12, 4), 64, virtual=True, store=False)
    conf = Configuration(folder / ".plansheet" / "plansheet.conf")
    return Machine(platform, folder, python, str(python.executable), Xlwings(XLWINGS), conf, excel, libre_office=office)


@dataclass
class FakeExcel:
    """xlwings' add-in command and the start folder it works on: what it prints, always with exit code 0 unless told."""

    start: Path
    says: Mapping[str, str] = field(default_factory=dict)
    """By subcommand, what is printed instead of doing it."""
    exit_code: int = 0
    error: Exception | None = None
    commands: list[list[str]] = field(default_factory=list)
    options: list[dict[str, object]] = field(default_factory=list)

    def __call__(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        self.options.append(options)
        if self.error is not None:
            raise self.error
        subcommand, file = command[command.index("addin") + 1], Path(command[-1])
        said = self.says.get(subcommand) if subcommand in self.says else getattr(self, f"_{subcommand}")(file)
        stderr = "pywintypes.com_error: Invalid class string" if self.exit_code else ""
        return subprocess.CompletedProcess(command, self.exit_code, f"{said}\n", stderr)

    def _install(self, file: Path) -> str:
        (self.start / file.name).write_bytes(file.read_bytes())
        return SAID_INSTALLED

    def _status(self, file: Path) -> str:
        place = self.start / file.name
        if place.is_file():
            return f'The add-in is installed at {place}\nUse "xlwings addin remove" to uninstall it.'
        return f'The add-in is not installed.\n"xlwings addin install" will install it at: {place}'

    def _remove(self, file: Path) -> str:
        place = self.start / file.name
        if not place.is_file():
            return SAID_MISSING
        place.unlink()
        return SAID_REMOVED


def builder(content: bytes = b"an add-in") -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(content), None)[1]


def tree(folder: Path) -> dict[str, bytes]:
    files: Iterable[Path] = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
