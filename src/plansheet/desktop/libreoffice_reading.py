"""What the folders of a computer say of LibreOffice, and what it says itself of its extensions."""

import re
import subprocess
from os.path import isfile  # unlike Path.is_file, False for what may not be looked at
from pathlib import Path

from plansheet.desktop.machine import MAC, WINDOWS, LibreOffice
from plansheet.desktop.sources import Run, Sources

_EXTENSION = "plansheet"  # in the identifier of the extension
_PATIENCE = 30  # seconds


def read_libre_office(sources: Sources) -> LibreOffice | None:
    """The installed LibreOffice; None if there is none."""
    program = _program(sources)
    if program is None:
        return None
    folder = program.parent
    bridge = _python_bridge(folder)
    extension, version = _extension(sources, folder)
    return LibreOffice(program, *bridge, extension, version)


def _program(sources: Sources) -> Path | None:
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
    return next((place.resolve() for place in places if isfile(place)), None)


def _python_bridge(folder: Path) -> tuple[tuple[int, int] | None, bool | None]:
    """The version of LibreOffice's Python, and whether it has one: from the library that joins the two."""
    names = ("libpyuno.so", "pyuno.pyd", "libpyuno.dylib", "../Frameworks/libpyuno.dylib")
    library = next((folder / name for name in names if isfile(folder / name)), None)
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
    tool = next((folder / name for name in ("unopkg.com", "unopkg.exe", "unopkg") if isfile(folder / name)), None)
    if tool is None:
        return None, None
    answered = False
    for option in ((), ("--shared",)):
        listed = _listed(sources.run, [str(tool), "list", *option])
        if listed is None:
            continue
        answered = True
        named = re.search(rf"^\s*Identifier:[^\n]*{_EXTENSION}", listed, re.IGNORECASE | re.MULTILINE)
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
