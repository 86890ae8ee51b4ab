"""Builds plansheet.oxt, the extension that offers the worksheet functions in LibreOffice Calc."""

import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from plansheet.excel import FUNCTIONS
from plansheet.excel.signature import signature_of
from plansheet.template.libreoffice import registration

_TYPES, _COMPONENTS, _NAMES = "XFunctions.idl", "plansheet.components", "CalcAddIns.xcu"
_FLOORS = ("core", "plan", "excel")  # what needs nothing but the standard library
_CARRIED = (".py", ".toml")
_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold: two builds hold the same


def build_extension(path: Path) -> None:
    """Write the extension to ``path``; two builds hold the same."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in sorted(_parts().items()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            container.writestr(entry, content)


def _parts() -> dict[str, bytes]:
    here = files(__name__)
    signatures = [signature_of(function) for function in FUNCTIONS.values()]
    texts = {
        "META-INF/manifest.xml": registration.manifest(_TYPES, _COMPONENTS, _NAMES),
        "description.xml": registration.description(),
        _TYPES: registration.interface(signatures),
        _COMPONENTS: registration.components(),
        _NAMES: registration.add_in_functions(signatures),
        registration.SUMMARY_FILE: registration.SUMMARY,
        registration.LICENCE_FILE: _licence(),
    }
    parts = {name: text.encode() for name, text in texts.items()}
    for name in (registration.COMPONENT, "README.md"):
        parts[name] = here.joinpath(name).read_bytes()
    for name, file in _library(files("plansheet")):
        parts[f"pythonpath/plansheet/{name}"] = file.read_bytes()
    return parts


def _licence() -> str:
    text = distribution("plansheet").read_text("licenses/LICENSE")
    if text is None:
        raise FileNotFoundError("the installed plansheet has no licence text; install it again with pip")
    return text


def _library(package: Traversable) -> Iterator[tuple[str, Traversable]]:
    """The part of plansheet that the extension carries, as it is installed: names within the package, and files."""
    yield "__init__.py", package.joinpath("__init__.py")
    for floor in _FLOORS:
        for name, file in _files_below(package.joinpath(floor)):
            yield f"{floor}/{name}", file


def _files_below(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from ((f"{entry.name}/{name}", file) for name, file in _files_below(entry))
        elif entry.name.endswith(_CARRIED):
            yield entry.name, entry
