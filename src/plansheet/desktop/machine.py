"""What is known of this computer, as a record: Python, Excel and its add-in folder, macro policies, LibreOffice."""

import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from plansheet.desktop.configuration import (
    FOLDER,
    INTERPRETER,
    NAME,
    SYSTEM_CODE_PAGE,
    expanded,
    interpreter_for_vba,
    short_path,
    values,
)

ADD_IN = "plansheet.xlam"
WINDOWS, MAC = "win32", "darwin"
EXTENSION = "plansheet"  # in the identifier of the LibreOffice extension

Registry = Callable[[str], Mapping[str, object]]
"""The values of a key of the Windows registry by their names in small letters, "" for the default; {} without it."""
Run = Callable[..., "subprocess.CompletedProcess[str]"]
"""subprocess.run, or what stands in for it."""

_STORE = "windowsapps"  # the folder of what the Microsoft Store installs
_DYNAMIC_ARRAYS = 12_527  # the build of Microsoft 365 that every channel has had them from: version 2002
_PATIENCE = 30  # seconds


@dataclass(frozen=True)
class Python:
    """The Python that runs this."""

    executable: Path
    version: tuple[int, int, int]
    bits: int
    virtual: bool
    """Whether it is a virtual environment."""
    store: bool
    """Whether it is the one of the Microsoft Store, which Excel cannot start."""


@dataclass(frozen=True)
class Xlwings:
    """The installed xlwings, with what Excel needs of it."""

    version: str | None
    libraries: Mapping[int, Path] = field(default_factory=dict)
    """xlwings' DLL for 32-bit and for 64-bit Excel, where the add-in looks for it."""
    pywin32: bool = False


@dataclass(frozen=True)
class Versions:
    """What an add-in was built from, as far as it says."""

    plansheet: str | None = None
    xlwings: str | None = None


VersionsInside = Callable[[Path], Versions | None]
"""Tells what an .xlam was built from; None if it does not say."""


@dataclass(frozen=True)
class Excel:
    """The installed Excel."""

    path: str | None = None
    version: str | None = None
    bits: int | None = None
    store: bool = False
    """Whether it came from the Microsoft Store, shut off from other programs."""
    dynamic_arrays: bool | None = None
    """Whether a result fills several cells by itself; None if that cannot be told."""


@dataclass(frozen=True)
class Macros:
    """What the settings of Excel and of the firm's administrator say about macros; None is not set."""

    vba_off: bool = False
    add_ins_off: bool = False
    add_ins_signed: bool = False
    trusted_folders_off: bool = False
    warnings: int | None = None
    """1 all macros run, 2 Excel asks, 3 signed ones only, 4 none."""
    downloads_blocked: bool = False
    switched_off: bool = False
    """Whether Excel itself has switched our add-in off after a crash."""


@dataclass(frozen=True)
class AddIn:
    """The add-in in XLSTART, the folder whose workbooks Excel opens when it starts."""

    folder: Path | None = None
    path: Path | None = None
    versions: Versions | None = None


@dataclass(frozen=True)
class Configuration:
    """The user's plansheet.conf, and the Python that it names."""

    path: Path
    exists: bool = False
    interpreter: str | None = None
    interpreter_exists: bool = False
    is_this_python: bool = False


@dataclass(frozen=True)
class LibreOffice:
    """The installed LibreOffice."""

    program: Path
    python: tuple[int, int] | None = None
    """The version of its own Python; None if there is none, or it cannot be told."""
    python_bridge: bool | None = None
    """Whether its part that runs Python is installed."""
    extension: bool | None = None
    extension_version: str | None = None


@dataclass(frozen=True)
class Machine:
    """This computer."""

    platform: str
    home: Path
    python: Python
    named_python: str | None
    """This Python as the configuration can name it; None if VBA could not hand the name to Windows."""
    xlwings: Xlwings
    configuration: Configuration
    excel: Excel | None = None
    macros: Macros = Macros()
    add_in: AddIn = AddIn()
    libre_office: LibreOffice | None = None
    one_drive: tuple[Path, ...] = ()
    code_page: str = SYSTEM_CODE_PAGE

    @property
    def system(self) -> str:
        """The system's name as people call it."""
        return {WINDOWS: "Windows", MAC: "macOS", "linux": "Linux"}.get(self.platform, self.platform)

    @property
    def windows(self) -> bool:
        """Whether this is Windows."""
        return self.platform == WINDOWS


def windows_registry(key: str) -> Mapping[str, object]:
    """The values of a key such as ``HKLM\\SOFTWARE\\...``; {} where it is missing, closed or there is no registry."""
    found: dict[str, object] = {}
    if sys.platform == "win32":
        import winreg  # Windows alone has it

        hive, _, path = key.partition("\\")
        hives = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER, "HKCR": winreg.HKEY_CLASSES_ROOT}
        with (
            suppress(OSError),
            winreg.OpenKey(hives[hive], path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened,
        ):
            for index in range(winreg.QueryInfoKey(opened)[1]):
                name, value, _ = winreg.EnumValue(opened, index)
                found[name.lower()] = value
    return found


def _version_of(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _imports(module: str) -> bool:
    try:
        importlib.import_module(module)
    except Exception:  # a DLL of it may be missing, which is no ImportError everywhere
        return False
    return True


@dataclass(frozen=True)
class Sources:
    """Where the record is read from; each part has a stand-in in the tests."""

    platform: str = sys.platform
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    home: Path = field(default_factory=Path.home)
    executable: str = sys.executable
    base_folder: str = sys.base_prefix
    python_version: tuple[int, int, int] = sys.version_info[:3]
    virtual: bool = sys.prefix != sys.base_prefix
    bits: int = 64 if sys.maxsize > 2**32 else 32
    registry: Registry = windows_registry
    run: Run = subprocess.run
    which: Callable[[str], str | None] = shutil.which
    version_of: Callable[[str], str | None] = _version_of
    imports: Callable[[str], bool] = _imports
    code_page: str = SYSTEM_CODE_PAGE
    short_path: Callable[[str], str] = short_path
    root: Path = Path("/")
    """Where the usual places for programs on Linux and macOS begin."""


def read_machine(sources: Sources | None = None, versions_inside: VersionsInside = lambda path: None) -> Machine:
    """Read what is known of this computer. Changes nothing, starts no Excel, and never raises for what is missing."""
    sources = sources or Sources()
    windows = sources.platform == WINDOWS
    # VBA asks the environment for the user's folder, too
    home = Path(sources.environment.get("USERPROFILE") or sources.home) if windows else sources.home
    python = _python(sources)
    return Machine(
        platform=sources.platform,
        home=home,
        python=python,
        named_python=interpreter_for_vba(python.executable, sources.code_page, sources.short_path),
        xlwings=_xlwings(sources, python),
        configuration=_configuration(home / FOLDER / NAME, python, sources),
        excel=_excel_on_windows(sources) if windows else _excel_on_mac(sources),
        macros=_macros(sources.registry) if windows else Macros(),
        add_in=_add_in(sources, versions_inside) if windows else AddIn(),
        libre_office=_libre_office(sources),
        one_drive=_one_drive(sources.environment),
        code_page=sources.code_page,
    )


# --- Python and xlwings -----------------------------------------------------------------------------------------------


def _python(sources: Sources) -> Python:
    store = any(_STORE in path.lower() for path in (sources.executable, sources.base_folder))
    return Python(
        executable=Path(sources.executable),
        version=sources.python_version,
        bits=sources.bits,
        virtual=sources.virtual,
        store=sources.platform == WINDOWS and store,
    )


def _xlwings(sources: Sources, python: Python) -> Xlwings:
    version = sources.version_of("xlwings")
    if sources.platform != WINDOWS:
        return Xlwings(version)
    libraries: dict[int, Path] = {}
    for bits in (32, 64):
        # beside the interpreter, or one folder above as in a virtual environment: the add-in's XLPyLoadDLL
        for folder in (python.executable.parent, python.executable.parent.parent):
            library = folder / f"xlwings{bits}-{version}.dll"
            if bits not in libraries and library.is_file():
                libraries[bits] = library
    return Xlwings(version, libraries, sources.imports("pythoncom"))


def _configuration(path: Path, python: Python, sources: Sources) -> Configuration:
    try:
        data = path.read_bytes()
    except OSError:
        return Configuration(path)
    named = values(data, sources.code_page).get(INTERPRETER)
    if not named:
        return Configuration(path, exists=True)
    named = expanded(named, sources.environment)
    return Configuration(
        path,
        exists=True,
        interpreter=named,
        interpreter_exists=_is_file(Path(named)),
        is_this_python=_same_python(named, str(python.executable)),
    )


def _same_python(one: str, other: str) -> bool:
    """Whether two paths name one Python; pythonw.exe is python.exe without a window."""
    pair = [re.sub(r"pythonw(\.exe)?$", r"python\1", path.replace("/", "\\").lower()) for path in (one, other)]
    return pair[0] == pair[1] or _same_file(one, other)


def _same_file(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _one_drive(environment: Mapping[str, str]) -> tuple[Path, ...]:
    names = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
    return tuple(dict.fromkeys(Path(environment[name]) for name in names if environment.get(name)))


# --- Excel ------------------------------------------------------------------------------------------------------------

_SOFTWARE = (r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node")
_OFFICE = ("16.0", "15.0", "14.0")  # 16.0 is every Office since 2016


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
        store=_STORE in path.lower(),
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


def _macros(registry: Registry) -> Macros:
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


def _add_in(sources: Sources, versions_inside: VersionsInside) -> AddIn:
    roaming = sources.environment.get("APPDATA")
    if not roaming:
        return AddIn()
    folder = Path(roaming, "Microsoft", "Excel", "XLSTART")
    path = folder / ADD_IN
    if not _is_file(path):
        return AddIn(folder)
    return AddIn(folder, path, versions_inside(path))


# --- LibreOffice ------------------------------------------------------------------------------------------------------


def _libre_office(sources: Sources) -> LibreOffice | None:
    program = _office_program(sources)
    if program is None:
        return None
    folder = program.parent
    bridge = _python_bridge(folder)
    extension, version = _extension(sources, folder)
    return LibreOffice(program, *bridge, extension, version)


def _office_program(sources: Sources) -> Path | None:
    places: list[Path] = []
    if sources.platform == WINDOWS:
        for name in ("PROGRAMFILES", "PROGRAMFILES(X86)"):
            if folder := sources.environment.get(name):
                places.append(Path(folder, "LibreOffice", "program", "soffice.exe"))
    elif sources.platform == MAC:
        places.append(sources.root / "Applications/LibreOffice.app/Contents/MacOS/soffice")
    else:
        places += [sources.root / "usr/lib/libreoffice/program/soffice", sources.root / "usr/bin/soffice"]
        places += sorted((sources.root / "opt").glob("libreoffice*/program/soffice"), reverse=True)
    on_path = sources.which("soffice") or sources.which("libreoffice")
    if on_path:
        places.insert(0, Path(on_path))
    return next((place.resolve() for place in places if _is_file(place)), None)


def _python_bridge(folder: Path) -> tuple[tuple[int, int] | None, bool | None]:
    """The version of LibreOffice's Python, and whether it has one: from the library that joins the two."""
    names = ("libpyuno.so", "pyuno.pyd", "libpyuno.dylib", "../Frameworks/libpyuno.dylib")
    library = next((folder / name for name in names if _is_file(folder / name)), None)
    if library is None:
        return None, False
    try:
        linked = library.read_bytes()
    except OSError:
        return None, None
    named = re.search(rb"libpython3\.(\d+)|python3(\d+)\.dll|LibreOfficePython\.framework/Versions/3\.(\d+)", linked)
    return (3, int(next(filter(None, named.groups())))) if named else None, True


def _extension(sources: Sources, folder: Path) -> tuple[bool | None, str | None]:
    """Whether our extension is installed, for this user or for all, and its version."""
    tool = next((folder / name for name in ("unopkg.com", "unopkg.exe", "unopkg") if _is_file(folder / name)), None)
    if tool is None:
        return None, None
    answered = False
    for option in ((), ("--shared",)):
        listed = _listed(sources.run, [str(tool), "list", *option])
        if listed is None:
            continue
        answered = True
        named = re.search(rf"^\s*Identifier:[^\n]*{EXTENSION}", listed, re.IGNORECASE | re.MULTILINE)
        if named:
            version = re.match(r"[^\n]*\n\s*Version:\s*(\S+)", listed[named.end() :])
            return True, version[1] if version else None
    return (False if answered else None), None


def _listed(run: Run, command: list[str]) -> str | None:
    try:
        done = run(command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
