"""What the registry and the folders of a computer say of Excel: the program, its macro settings, our add-in."""

import re
from collections.abc import Callable, Mapping
from os.path import isfile  # unlike Path.is_file, False for what may not be looked at
from pathlib import Path

from plansheet.desktop.machine import ADD_IN, MAC, WINDOWS, AddIn, Excel, Macros, Versions
from plansheet.desktop.registry import Registry
from plansheet.desktop.sources import Sources, from_store

VersionsInside = Callable[[Path], Versions | None]
"""Tells what an .xlam was built from; None if it does not say."""

_SOFTWARE = (r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node")
_OFFICE = ("16.0", "15.0", "14.0")  # 16.0 is every Office since 2016
_DYNAMIC_ARRAYS = 12_527  # the build of Microsoft 365 that every channel has had them from: version 2002


def read_excel(sources: Sources) -> Excel | None:
    """The installed Excel; None if there is none."""
    return _excel_on_windows(sources) if sources.platform == WINDOWS else _excel_on_mac(sources)


def _excel_on_mac(sources: Sources) -> Excel | None:
    program = sources.root / "Applications" / "Microsoft Excel.app"
    return Excel(str(program)) if sources.platform == MAC and program.exists() else None


def _excel_on_windows(sources: Sources) -> Excel | None:
    registry = sources.registry
    path = _excel_path(registry)
    click_to_run = registry(r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration")
    if path is None and _store_package(sources.environment):
        return Excel(store=True)
    if path is None:
        return None
    path = path.strip('"')
    version = _text(click_to_run.get("versiontoreport")) or _version_from_class(registry)
    return Excel(
        path=path,
        version=version,
        bits=_excel_bits(registry, click_to_run, path),
        store=from_store(path),
        dynamic_arrays=_has_dynamic_arrays(version, _text(click_to_run.get("productreleaseids"))),
    )


def _excel_path(registry: Registry) -> str | None:
    app_path = r"Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
    for software in (*_SOFTWARE, r"HKCU\SOFTWARE"):
        if path := _text(registry(rf"{software}\{app_path}").get("")):
            return path
    for software in _SOFTWARE:
        for version in _OFFICE:
            if folder := _text(registry(rf"{software}\Microsoft\Office\{version}\Excel\InstallRoot").get("path")):
                return folder.rstrip("\\") + r"\EXCEL.EXE"
    return None


def _store_package(environment: Mapping[str, str]) -> bool:
    local = environment.get("LOCALAPPDATA")
    return bool(local) and Path(str(local), "Packages", "Microsoft.Office.Desktop_8wekyb3d8bbwe").is_dir()


def _version_from_class(registry: Registry) -> str | None:
    number = re.fullmatch(r"Excel\.Application\.(\d+)", _text(registry(r"HKCR\Excel.Application\CurVer").get("")) or "")
    return f"{number[1]}.0" if number else None


def _excel_bits(registry: Registry, click_to_run: Mapping[str, object], path: str) -> int | None:
    words = [_text(click_to_run.get("platform"))]
    words += [
        _text(registry(rf"{software}\Microsoft\Office\{version}\{program}").get("bitness"))
        for software in _SOFTWARE
        for version in _OFFICE
        for program in ("Excel", "Outlook")
    ]
    for word in words:
        if word and word.lower() in {"x86", "x64"}:
            return 32 if word.lower() == "x86" else 64
    return 32 if "(x86)" in path.lower() else None


def _has_dynamic_arrays(version: str | None, products: str | None) -> bool | None:
    """By the products, since every Excel from 2016 on calls itself 16.0."""
    numbers = [int(part) for part in (version or "").split(".") if part.isdigit()]
    if numbers and numbers[0] < 16:
        return False
    names = [name.strip().lower() for name in (products or "").split(",")]
    names = [name for name in names if name and not name.startswith(("visio", "project"))]
    if not names:
        return None
    if any(re.search(r"20(2[1-9]|[3-9]\d)", name) for name in names):
        return True
    if any(name.startswith(("o365", "m365")) for name in names):
        return len(numbers) < 3 or numbers[2] >= _DYNAMIC_ARRAYS
    return False if all(re.search(r"201\d", name) for name in names) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def read_macros(registry: Registry) -> Macros:
    """What keeps macros from running, the administrator's word before the user's."""
    policies, settings = (rf"HKCU\SOFTWARE{part}\Microsoft\Office\16.0" for part in (r"\Policies", ""))
    security = {**registry(rf"{settings}\Excel\Security"), **registry(rf"{policies}\Excel\Security")}
    trusted = {
        **registry(rf"{settings}\Excel\Security\Trusted Locations"),
        **registry(rf"{policies}\Excel\Security\Trusted Locations"),
    }
    common = {**registry(r"HKLM\SOFTWARE\Policies\Microsoft\Office\16.0\Common"), **registry(rf"{policies}\Common")}
    warnings = security.get("vbawarnings")
    disabled = registry(rf"{settings}\Excel\Resiliency\DisabledItems").values()  # each holds a path in UTF-16
    texts = [item.decode("utf-16-le", errors="replace").lower() for item in disabled if isinstance(item, bytes)]
    return Macros(
        vba_off=common.get("vbaoff") == 1,
        add_ins_off=security.get("disablealladdins") == 1,
        add_ins_signed=security.get("requireaddinsig") == 1,
        trusted_folders_off=trusted.get("alllocationsdisabled") == 1,
        warnings=warnings if isinstance(warnings, int) else None,
        downloads_blocked=security.get("blockcontentexecutionfrominternet") == 1,
        switched_off=any(ADD_IN in text for text in texts),
    )


def read_add_in(sources: Sources, versions_inside: VersionsInside) -> AddIn:
    """The add-in in Excel's start folder on Windows."""
    roaming = sources.environment.get("APPDATA")
    if not roaming:
        return AddIn()
    folder = Path(roaming, "Microsoft", "Excel", "XLSTART")
    path = folder / ADD_IN
    if not isfile(path):
        return AddIn(folder)
    return AddIn(folder, path, versions_inside(path))
