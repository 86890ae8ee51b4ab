"""What is read of Excel: the program, the settings of its macros, the add-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.computers import APP_PATH, PROGRAM, Keys, not_windows, registry_of, windows
from plansheet.desktop.machine import ADD_IN, Excel, Macros, Versions
from plansheet.desktop.reading import read_machine

CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
STORE_PROGRAM = r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop.Excel_16051\Office16\EXCEL.EXE"
POLICY, SETTING = r"HKCU\SOFTWARE\Policies\Microsoft\Office\16.0", r"HKCU\SOFTWARE\Microsoft\Office\16.0"


def excel_of(tmp_path: Path, keys: Keys) -> Excel:
    excel = read_machine(windows(tmp_path, keys)).excel
    assert excel is not None
    return excel


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
    sources = not_windows(tmp_path, "darwin")
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
