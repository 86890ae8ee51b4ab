"""The checks of the route into LibreOffice: the program, its own Python, the extension."""

from collections.abc import Iterator

from plansheet import __version__
from plansheet.desktop.check import FIRST_CELL, LEAST_PYTHON, PYTHON_WANTED, Check, Route, State
from plansheet.desktop.machine import LibreOffice


def libre_office_checks(office: LibreOffice | None) -> Iterator[Check]:
    """The checks of LibreOffice, or the one that there is none."""
    if office is None:
        yield _check(
            "LibreOffice", State.FAILS, "No LibreOffice was found.", "Install LibreOffice, or use xlwings Lite."
        )
        return
    yield _check("LibreOffice", State.WORKS, f"{office.program}.")
    yield _python(office)
    yield _extension(office)


def _python(office: LibreOffice) -> Check:
    what = "LibreOffice's Python"
    if office.python_bridge is False:
        return _check(
            what,
            State.FAILS,
            "The part of LibreOffice that runs Python was not found.",
            "Install it from your system's packages (python3-uno on Debian and Ubuntu) or from LibreOffice's website.",
        )
    if office.python is None:
        says = f"The version of LibreOffice's own Python was not found; the extension needs {PYTHON_WANTED}."
        return _check(what, State.UNKNOWN, says)
    version = ".".join(map(str, office.python))
    if office.python < LEAST_PYTHON:
        says = f"LibreOffice runs Python {version} of its own; the extension needs {PYTHON_WANTED}."
        return _check(what, State.FAILS, says, "Install a later LibreOffice, or use xlwings Lite.")
    return _check(what, State.WORKS, f"Version {version}.")


def _extension(office: LibreOffice) -> Check:
    what = "LibreOffice extension"
    add = "Type: plansheet template. In LibreOffice, open Tools > Extensions, press Add and choose plansheet.oxt."
    if office.extension is None:
        says = "LibreOffice did not list its extensions; while it runs, it does not."
        ask = f"In LibreOffice Calc, {FIRST_CELL}. If it does not: {add}"
        return _check(what, State.UNKNOWN, says, ask)
    if not office.extension:
        return _check(what, State.FAILS, "plansheet.oxt is not installed in LibreOffice.", add)
    if office.extension_version not in (None, __version__):
        says = f"The extension is of plansheet {office.extension_version}, and this is {__version__}."
        return _check(what, State.FAILS, says, add)
    return _check(what, State.WORKS, f"Version {office.extension_version or 'not said'}.")


def _check(what: str, state: State, says: str, do: str = "") -> Check:
    return Check(what, state, says, do, Route.LIBRE_OFFICE)
