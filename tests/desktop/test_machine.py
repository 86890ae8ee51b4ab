"""What is read of a computer: from its registry, folders and environment, with stand-ins for each."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.computers import XLWINGS, registry_of
from plansheet.desktop import machine as reading
from plansheet.desktop.configuration import with_ours
from plansheet.desktop.machine import (
    ADD_IN,
    Configuration,
    Excel,
    Machine,
    Macros,
    Sources,
    Versions,
    read_machine,
    windows_registry,
)

APP_PATH = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
PROGRAM = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
STORE_PROGRAM = r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop.Excel_16051\Office16\EXCEL.EXE"
POLICY, SETTING = r"HKCU\SOFTWARE\Policies\Microsoft\Office\16.0", r"HKCU\SOFTWARE\Microsoft\Office\16.0"
OUR_EXTENSION = "All deployed user extensions:\n\nIdentifier: org.plansheet.functions\n  Version: 0.1.0\n  URL: x.oxt\n"
NO_EXTENSION = "All deployed user extensions:\n\nIdentifier: org.other\n  Version: 9\n  URL: plansheet-like.oxt\n"

Keys = Mapping[str, Mapping[str, object]]


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


def excel_of(tmp_path: Path, keys: Keys) -> Excel:
    excel = read_machine(windows(tmp_path, keys)).excel
    assert excel is not None
    return excel


# --- Excel ------------------------------------------------------------------------------------------------------------


def test_an_excel_of_microsoft_365(tmp_path: Path) -> None:
    click_to_run = {"Platform": "x64", "VersionToReport": "16.0.17928.20156", "ProductReleaseIds": "O365ProPlusRetail"}
    assert excel_of(tmp_path, {APP_PATH: {"": PROGRAM}, CLICK_TO_RUN: click_to_run}) == Excel(
        PROGRAM, "16.0.17928.20156", 64, store=False, dynamic_arrays=True
    )


def test_no_excel(tmp_path: Path) -> None:
    assert read_machine(windows(tmp_path, {})).excel is None


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (APP_PATH, {"": f'"{PROGRAM}"'}),
        (APP_PATH.replace("HKLM", "HKCU"), {"": PROGRAM}),
        (APP_PATH.replace("SOFTWARE", r"SOFTWARE\WOW6432Node"), {"": PROGRAM}),
        (r"HKLM\SOFTWARE\Microsoft\Office\16.0\Excel\InstallRoot", {"Path": PROGRAM.removesuffix("EXCEL.EXE")}),
    ],
)
def test_where_excel_is_found(tmp_path: Path, key: str, values: Mapping[str, object]) -> None:
    assert excel_of(tmp_path, {key: values}).path == PROGRAM


@pytest.mark.parametrize(
    ("keys", "bits"),
    [
        ({CLICK_TO_RUN: {"Platform": "x86"}}, 32),
        ({CLICK_TO_RUN: {"Platform": "x64"}, r"HKLM\SOFTWARE\Microsoft\Office\16.0\Outlook": {"Bitness": "x86"}}, 64),
        ({r"HKLM\SOFTWARE\Microsoft\Office\16.0\Outlook": {"Bitness": "x64"}}, 64),
        ({r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Office\15.0\Outlook": {"Bitness": "x86"}}, 32),
        ({r"HKLM\SOFTWARE\Microsoft\Office\16.0\Excel": {"Bitness": "x86"}}, 32),
        ({APP_PATH: {"": r"C:\Program Files (x86)\Office\EXCEL.EXE"}}, 32),
        ({}, None),
    ],
)
def test_the_width_of_excel(tmp_path: Path, keys: Keys, bits: int | None) -> None:
    assert excel_of(tmp_path, {APP_PATH: {"": PROGRAM}, **keys}).bits == bits


def test_the_excel_of_the_store(tmp_path: Path) -> None:
    assert excel_of(tmp_path, {APP_PATH: {"": STORE_PROGRAM}}).store
    assert not excel_of(tmp_path, {APP_PATH: {"": PROGRAM}}).store


def test_the_excel_of_the_store_that_the_registry_does_not_show(tmp_path: Path) -> None:
    sources = windows(tmp_path, {})
    local = Path(sources.environment["LOCALAPPDATA"])
    (local / "Packages" / "Microsoft.Office.Desktop_8wekyb3d8bbwe").mkdir(parents=True)
    assert read_machine(sources).excel == Excel(store=True)
    found = read_machine(replace(sources, registry=registry_of({APP_PATH: {"": PROGRAM}}))).excel
    assert found is not None
    assert not found.store, "what an uninstalled one leaves behind does not count"


@pytest.mark.parametrize(
    ("version", "products", "expected"),
    [
        ("16.0.17928.20156", "O365ProPlusRetail", True),
        ("16.0.12527.20278", "O365BusinessRetail", True),
        ("16.0.12526.20000", "O365BusinessRetail", False),
        ("16.0.14332.20000", "ProPlus2021Volume", True),
        ("16.0.17932.20000", "Standard2024Volume,VisioPro2019Retail", True),
        ("16.0.17928.20156", "HomeBusiness2019Retail", False),
        ("16.0.17928.20156", "Professional2019Retail,VisioPro2021Retail", False),
        ("16.0.17928.20156", "ProjectPro2021Retail", None),
        ("16.0.17928.20156", "HomeStudentRetail", None),
        ("16.0.17928.20156", None, None),
        ("15.0.5603.1000", "O365ProPlusRetail", False),
    ],
)
def test_whether_results_fill_several_cells(
    tmp_path: Path, version: str, products: str | None, expected: bool | None
) -> None:
    values = {"VersionToReport": version, "ProductReleaseIds": products or ""}
    assert excel_of(tmp_path, {APP_PATH: {"": PROGRAM}, CLICK_TO_RUN: values}).dynamic_arrays is expected


def test_the_version_of_an_excel_without_click_to_run(tmp_path: Path) -> None:
    curver = {r"HKCR\Excel.Application\CurVer": {"": "Excel.Application.15"}}
    excel = excel_of(tmp_path, {APP_PATH: {"": PROGRAM}, **curver})
    assert (excel.version, excel.dynamic_arrays) == ("15.0", False)


def test_values_of_the_wrong_kind_are_no_values(tmp_path: Path) -> None:
    odd: Keys = {
        APP_PATH: {"": PROGRAM},
        CLICK_TO_RUN: {"Platform": 64, "VersionToReport": b"16", "ProductReleaseIds": None},
    }
    assert excel_of(tmp_path, odd) == Excel(PROGRAM)


def test_excel_on_a_mac(tmp_path: Path) -> None:
    sources = Sources(platform="darwin", home=tmp_path, root=tmp_path, which=lambda name: None, run=nothing_runs)
    assert read_machine(sources).excel is None
    program = tmp_path / "Applications" / "Microsoft Excel.app"
    program.mkdir(parents=True)
    assert read_machine(sources).excel == Excel(str(program))
    assert read_machine(replace(sources, platform="linux")).excel is None


# --- macros and the add-in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "values", "macros"),
    [
        (rf"{POLICY}\Common", {"VBAOff": 1}, Macros(vba_off=True)),
        (r"HKLM\SOFTWARE\Policies\Microsoft\Office\16.0\Common", {"VBAOff": 1}, Macros(vba_off=True)),
        (rf"{POLICY}\Common", {"VBAOff": 0}, Macros()),
        (rf"{POLICY}\Excel\Security", {"DisableAllAddins": 1}, Macros(add_ins_off=True)),
        (rf"{SETTING}\Excel\Security", {"RequireAddinSig": 1}, Macros(add_ins_signed=True)),
        (rf"{SETTING}\Excel\Security", {"VBAWarnings": 4}, Macros(warnings=4)),
        (rf"{POLICY}\Excel\Security", {"VBAWarnings": 3}, Macros(warnings=3)),
        (rf"{POLICY}\Excel\Security", {"VBAWarnings": "3"}, Macros()),
        (rf"{POLICY}\Excel\Security", {"blockcontentexecutionfrominternet": 1}, Macros(downloads_blocked=True)),
        (rf"{SETTING}\Excel\Security\Trusted Locations", {"AllLocationsDisabled": 1}, Macros(trusted_folders_off=True)),
        (
            rf"{SETTING}\Excel\Resiliency\DisabledItems",
            {"A1": b"\x01\0\0\0" + r"c:\users\ada\xlstart\PLANSHEET.xlam".encode("utf-16-le")},
            Macros(switched_off=True),
        ),
        (rf"{SETTING}\Excel\Resiliency\DisabledItems", {"A1": "other.xlam".encode("utf-16-le")}, Macros()),
    ],
)
def test_macro_settings(tmp_path: Path, key: str, values: Mapping[str, object], macros: Macros) -> None:
    assert read_machine(windows(tmp_path, {key: values})).macros == macros


def test_the_administrators_word_counts_before_the_users(tmp_path: Path) -> None:
    keys = {rf"{SETTING}\Excel\Security": {"VBAWarnings": 1}, rf"{POLICY}\Excel\Security": {"vbawarnings": 4}}
    assert read_machine(windows(tmp_path, keys)).macros.warnings == 4


def test_the_add_in_and_what_it_was_built_from(tmp_path: Path) -> None:
    sources = windows(tmp_path)
    folder = Path(sources.environment["APPDATA"], "Microsoft", "Excel", "XLSTART")
    asked: list[Path] = []

    def versions(path: Path) -> Versions:
        asked.append(path)
        return Versions("0.0.1", "0.37.8")

    absent = read_machine(sources, versions).add_in
    assert (absent.folder, absent.path, absent.versions, asked) == (folder, None, None, [])
    folder.mkdir(parents=True)
    (folder / ADD_IN).touch()
    present = read_machine(sources, versions).add_in
    assert (present.path, present.versions, asked) == (folder / ADD_IN, Versions("0.0.1", "0.37.8"), [folder / ADD_IN])
    assert read_machine(sources).add_in.versions is None


# --- Python, xlwings, configuration -----------------------------------------------------------------------------------


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


def configured(sources: Sources, interpreter: str) -> Configuration:
    path = Path(sources.environment["USERPROFILE"], ".plansheet", "plansheet.conf")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(with_ours(b"", interpreter, "cp1252"))
    return read_machine(sources).configuration


def test_the_configuration(tmp_path: Path) -> None:
    sources = windows(tmp_path)
    path = Path(sources.environment["USERPROFILE"], ".plansheet", "plansheet.conf")
    assert read_machine(sources).configuration == Configuration(path)
    this = sources.executable
    assert configured(sources, this) == Configuration(path, True, this, True, True)
    gone = str(tmp_path / "gone" / "python.exe")
    assert configured(sources, gone) == Configuration(path, True, gone, False, False)
    other = tmp_path / "other.exe"
    other.touch()
    assert configured(sources, str(other)) == Configuration(path, True, str(other), True, False)
    path.write_bytes(b'"SHOW CONSOLE","True"\r\n')
    assert read_machine(sources).configuration == Configuration(path, True)


def test_a_configuration_that_names_python_by_a_variable_or_without_a_window(tmp_path: Path) -> None:
    sources = windows(tmp_path)
    windowless = sources.executable.replace("python.exe", "pythonw.exe")
    Path(windowless).touch()
    assert configured(sources, windowless).is_this_python
    by_variable = with_environment(sources, PYTHONS=str(Path(sources.executable).parent))
    assert configured(by_variable, "%Pythons%/python.exe").is_this_python


def test_a_configuration_that_names_python_by_another_path(tmp_path: Path) -> None:
    sources = windows(tmp_path)
    other = tmp_path / "link.exe"
    other.symlink_to(sources.executable)
    assert configured(sources, str(other)).is_this_python


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


# --- LibreOffice ------------------------------------------------------------------------------------------------------


def office(tmp_path: Path, run: Callable[..., Any], bridge: bytes | None = b"..libpython3.12.so..") -> Machine:
    program = tmp_path / "usr" / "lib" / "libreoffice" / "program"
    program.mkdir(parents=True, exist_ok=True)
    for name in ("soffice", "unopkg"):
        (program / name).touch()
    if bridge is not None:
        (program / "libpyuno.so").write_bytes(bridge)
    return read_machine(Sources(platform="linux", home=tmp_path, root=tmp_path, which=lambda name: None, run=run))


def lists(*answers: tuple[int, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    left = list(answers)

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert options["timeout"]
        code, text = left.pop(0)
        return subprocess.CompletedProcess(command, code, text, "")

    return run


@pytest.mark.parametrize(
    ("answers", "extension", "version"),
    [
        ([(0, OUR_EXTENSION)], True, "0.1.0"),
        ([(0, NO_EXTENSION), (0, OUR_EXTENSION)], True, "0.1.0"),
        ([(1, ""), (0, OUR_EXTENSION)], True, "0.1.0"),
        ([(0, NO_EXTENSION), (0, "<none>")], False, None),
        ([(1, ""), (1, OUR_EXTENSION)], None, None),
        ([(0, "Identifier: Plansheet"), (0, "")], True, None),
    ],
    ids=["for the user", "for all", "for root", "neither", "not listed", "without a version"],
)
def test_the_extension(
    tmp_path: Path, answers: list[tuple[int, str]], extension: bool | None, version: str | None
) -> None:
    found = office(tmp_path, lists(*answers)).libre_office
    assert found is not None
    assert (found.extension, found.extension_version) == (extension, version)
    assert (found.python, found.python_bridge) == ((3, 12), True)


@pytest.mark.parametrize("error", [subprocess.TimeoutExpired("unopkg", 30), PermissionError(13, "no")])
def test_a_libre_office_that_does_not_answer(tmp_path: Path, error: Exception) -> None:
    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        raise error

    found = office(tmp_path, run).libre_office
    assert found is not None
    assert found.extension is None


@pytest.mark.parametrize(
    ("bridge", "python", "has_bridge"),
    [
        (b"x\0libpython3.9.so.1.0\0", (3, 9), True),
        (b"x\0python311.dll\0", (3, 11), True),
        (b"/LibreOfficePython.framework/Versions/3.12/", (3, 12), True),
        (b"nothing known", None, True),
        (None, None, False),
    ],
)
def test_the_python_of_libre_office(
    tmp_path: Path, bridge: bytes | None, python: tuple[int, int] | None, has_bridge: bool
) -> None:
    found = office(tmp_path, lists((0, ""), (0, "")), bridge).libre_office
    assert found is not None
    assert (found.python, found.python_bridge) == (python, has_bridge)


def test_where_libre_office_is_found(tmp_path: Path) -> None:
    def program(*parts: str) -> Path:
        path = tmp_path.joinpath(*parts)
        path.parent.mkdir(parents=True)
        path.touch()
        return path

    nowhere = Sources(platform="linux", home=tmp_path, root=tmp_path, which=lambda name: None, run=nothing_runs)
    assert read_machine(nowhere).libre_office is None
    linux = program("opt", "libreoffice25.2", "program", "soffice")
    mac = program("Applications", "LibreOffice.app", "Contents", "MacOS", "soffice")
    pc = program("PF", "LibreOffice", "program", "soffice.exe")
    on_path = program("bin", "soffice")
    on_windows = with_environment(windows(tmp_path), PROGRAMFILES=str(tmp_path / "PF"))
    for sources, expected in (
        (nowhere, linux),
        (replace(nowhere, platform="darwin"), mac),
        (on_windows, pc),
        (replace(nowhere, which=lambda name: str(on_path)), on_path),
    ):
        found = read_machine(sources).libre_office
        assert found is not None
        assert found.program == expected
        assert found.extension is None, "there is no unopkg beside it to ask"


# --- here -------------------------------------------------------------------------------------------------------------


def test_off_windows_nothing_of_windows_is_asked(tmp_path: Path) -> None:
    def asked(key: str) -> Mapping[str, object]:
        raise AssertionError(key)

    sources = Sources(
        platform="linux", home=tmp_path, root=tmp_path, registry=asked, which=lambda name: None, run=nothing_runs
    )
    machine = read_machine(sources)
    assert (machine.system, machine.windows) == ("Linux", False)
    assert (machine.macros, machine.add_in.folder) == (Macros(), None)


def test_this_computer_is_read_without_changing_it() -> None:
    machine = read_machine()
    assert machine.python.version[:2] >= (3, 11)
    assert machine.xlwings.version
    assert windows_registry(APP_PATH) == {} or machine.windows
    assert reading._version_of("no-such-package") is None
    assert reading._imports("json")
    assert not reading._imports("no_such_module")
