"""Reads the record of this computer; Python, xlwings and OneDrive are read here, the rest in modules of their own."""

from collections.abc import Mapping
from pathlib import Path

from plansheet.desktop.configuration import FOLDER, NAME, interpreter_for_vba, read_configuration
from plansheet.desktop.excel_reading import VersionsInside, read_add_in, read_excel, read_macros
from plansheet.desktop.libreoffice_reading import read_libre_office
from plansheet.desktop.machine import WINDOWS, AddIn, Machine, Macros, Python, Xlwings
from plansheet.desktop.sources import Sources, from_store


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
        configuration=read_configuration(
            home / FOLDER / NAME, python.executable, sources.environment, sources.code_page
        ),
        excel=read_excel(sources),
        macros=read_macros(sources.registry) if windows else Macros(),
        add_in=read_add_in(sources, versions_inside) if windows else AddIn(),
        libre_office=read_libre_office(sources),
        one_drive=_one_drive(sources.environment),
        code_page=sources.code_page,
    )


def _python(sources: Sources) -> Python:
    store = from_store(sources.executable) or from_store(sources.base_folder)
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


def _one_drive(environment: Mapping[str, str]) -> tuple[Path, ...]:
    names = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
    return tuple(dict.fromkeys(Path(environment[name]) for name in names if environment.get(name)))
