"""The checks of the route into Excel on Windows: what the add-in needs before it is installed, and how it is then."""

from collections.abc import Iterator
from pathlib import Path

from plansheet import __version__
from plansheet.desktop.check import FIRST_CELL, Check, Route, State
from plansheet.desktop.configuration import fits
from plansheet.desktop.machine import Excel, Machine, Macros, Versions

_LITE = "type plansheet template, which writes plansheet-lite.xlsx for it"


def before_install(machine: Machine) -> list[Check]:
    """The checks of what the add-in must find here before it can be installed."""
    if not machine.windows:
        return [_not_windows(machine)]
    if machine.excel_for_add_in is None:
        return [_excel(machine.excel)]  # what else the add-in needs is of no use then
    return [_excel(machine.excel), *_excel_python(machine)]


def after_install(machine: Machine) -> Iterator[Check]:
    """The checks of the installed add-in and of what it runs under; none where it cannot be."""
    if machine.excel_for_add_in is None:
        return
    yield _cells(machine.excel_for_add_in)
    yield from _macros(machine.macros)
    yield _installed(machine)
    yield _configured(machine)
    if machine.one_drive:
        yield _check(
            "OneDrive",
            State.WORKS,
            f"Excel may know workbooks below {', '.join(map(str, machine.one_drive))} by a web address only. The "
            "add-in does not mind: it finds Python through the configuration above and not beside the workbook.",
            needed=False,
        )


def _not_windows(machine: Machine) -> Check:
    return _check(
        "Excel add-in",
        State.FAILS,
        f"The add-in plansheet.xlam needs Excel on Windows, and this is {machine.system}. "
        "The routes here are xlwings Lite, in Excel on Mac and on the web, and LibreOffice.",
        "Type: plansheet template. It writes plansheet-lite.xlsx for xlwings Lite and plansheet.oxt for LibreOffice.",
    )


def _excel(excel: Excel | None) -> Check:
    if excel is None:
        return _check(
            "Excel",
            State.FAILS,
            "No Excel was found on this computer.",
            "Install Excel (Microsoft 365, or 2021 or later) and type: plansheet install. Or use xlwings Lite in Excel "
            f"on the web: {_LITE}.",
        )
    if excel.store:
        return _check(
            "Excel",
            State.FAILS,
            "Excel is the one of the Microsoft Store, which is shut off from programs such as Python.",
            f"Use xlwings Lite: {_LITE}. Or uninstall Office and install it from your Microsoft account page.",
        )
    known = [f"version {excel.version}" if excel.version else "", f"{excel.bits}-bit" if excel.bits else ""]
    return _check("Excel", State.WORKS, f"{', '.join(filter(None, known)) or 'Found'}: {excel.path}.")


def _excel_python(machine: Machine) -> Iterator[Check]:
    python, xlwings = machine.python, machine.xlwings
    if python.store:
        yield _check(
            "Python for Excel",
            State.FAILS,
            "Python is the one of the Microsoft Store, which Excel cannot start.",
            "Install Python from the Python website, and plansheet with it; then type: plansheet install.",
        )
        return
    yield from _names(machine)
    if xlwings.version is None:
        yield _check(
            "xlwings",
            State.FAILS,
            "xlwings is not installed.",
            "Install plansheet again; it brings xlwings with it.",
        )
        return
    if not xlwings.pywin32:
        yield _check(
            "pywin32",
            State.FAILS,
            "pywin32, through which Python talks to Excel, does not load.",
            "Type: python -m pip install --force-reinstall pywin32.",
        )
    yield _library(machine)


def _names(machine: Machine) -> Iterator[Check]:
    """Folders whose names VBA, which knows the letters of the system's code page only, garbles."""
    letters = "has letters that Excel's macro language cannot pass on to Windows"
    if not fits(str(machine.home), machine.code_page):  # it would not find the configuration in there
        yield _check(
            "User folder",
            State.FAILS,
            f"Your user folder {machine.home} {letters}.",
            "Have Windows use the language of these letters for older programs (Settings > Language > Administrative "
            f"language settings > System locale) and type: plansheet install. Or use xlwings Lite: {_LITE}.",
        )
    elif machine.named_python is None:
        yield _check(
            "Python for Excel",
            State.FAILS,
            f"{machine.python.executable} {letters}.",
            "Make a Python environment in a folder of plain letters, such as C:\\plansheet, install plansheet in it, "
            "and type there: plansheet install.",
        )


def _library(machine: Machine) -> Check:
    bits = machine.excel.bits if machine.excel is not None else None
    version, libraries = machine.xlwings.version, machine.xlwings.libraries
    wanted = [bits] if bits else list(libraries) or [64]
    missing = [f"xlwings{width}-{version}.dll" for width in wanted if width not in libraries]
    if missing:
        return _check(
            "xlwings",
            State.FAILS,
            f"{' and '.join(missing)}, through which Excel reaches Python, should lie beside "
            f"{machine.python.executable} or one folder above, and does not.",
            "Make a Python environment (python -m venv), install plansheet in it without --user, and type there: "
            "plansheet install.",
        )
    found = ", ".join(str(libraries[width]) for width in wanted)
    return _check("xlwings", State.WORKS, f"Version {version}, with its library for Excel: {found}.")


def _cells(excel: Excel) -> Check:
    what = "Results in many cells"
    if excel.dynamic_arrays:
        return _check(what, State.WORKS, "This Excel lets a result fill the cells beside it.", needed=False)
    by_hand = "mark the cells that a result needs first, and end the formula with Ctrl+Shift+Enter"
    if excel.dynamic_arrays is None:
        says = (
            "In Microsoft 365 and Excel 2021 or later a result fills the cells beside it; whether this Excel is one of "
            f"these is not recorded. In an older one, {by_hand}."
        )
        return _check(what, State.UNKNOWN, says, needed=False)
    says = f"This Excel is older than 2021 and shows one cell of a result; {by_hand}."
    return _check(what, State.FAILS, says, needed=False)


def _macros(macros: Macros) -> Iterator[Check]:
    ask = "Ask whoever manages your Office to allow"
    closed = [
        (macros.vba_off, "An Office policy switches macros off altogether.", f"{ask} VBA."),
        (macros.add_ins_off, "Excel is set to load no add-ins.", f"{ask} Excel add-ins."),
        (macros.add_ins_signed, "Excel is set to load signed add-ins only, and plansheet.xlam, built on this computer, "
         "is not signed.", f"{ask} plansheet.xlam, or to sign it."),
        (macros.trusted_folders_off and macros.warnings in (3, 4), "Excel runs no macros that are not signed, and "
         "trusts no folder, not even XLSTART, where the add-in lies.", f"{ask} trusted locations in Excel."),
        (macros.switched_off, "Excel has switched plansheet.xlam off after a crash.", "In Excel, open File > Options > "
         "Add-ins, choose Disabled Items under Manage, press Go and enable plansheet.xlam; then start Excel again."),
    ]  # fmt: skip
    hindered = [(says, do) for holds, says, do in closed if holds]
    for says, do in hindered:
        yield _check("Macros", State.FAILS, says, do)
    if not hindered:
        downloads = " Macros of downloaded files are blocked; files that plansheet builds here are not."
        yield _check(
            "Macros",
            State.WORKS,
            "No setting that can be read keeps the add-in from running."
            f"{downloads if macros.downloads_blocked else ''}{_template_macros(macros)}",
        )


def _template_macros(macros: Macros) -> str:
    if macros.warnings not in (3, 4):
        return ""
    return " The template plansheet.xlsm runs in a trusted folder only; the add-in lies in one."


def _installed(machine: Machine) -> Check:
    add_in, again = machine.add_in, "Quit Excel and type: plansheet install."
    if add_in.path is None:
        where = f" in {add_in.folder}" if add_in.folder else ""
        return _check("Add-in", State.FAILS, f"plansheet.xlam is not{where}.", again)
    versions = add_in.versions or Versions()
    if versions.plansheet is None:
        return _check(
            "Add-in",
            State.UNKNOWN,
            f"{add_in.path} does not say which plansheet built it.",
            f"In Excel, {FIRST_CELL}. If it does not, quit Excel and type: plansheet install.",
        )
    if versions.plansheet != __version__:
        says = f"{add_in.path} was built by plansheet {versions.plansheet}, and this is {__version__}."
        return _check("Add-in", State.FAILS, says, again)
    if versions.xlwings not in (None, machine.xlwings.version):
        says = f"{add_in.path} was built for xlwings {versions.xlwings}, and {machine.xlwings.version} is installed."
        return _check("Add-in", State.FAILS, says, again)
    return _check("Add-in", State.WORKS, f"Version {versions.plansheet}: {add_in.path}.")


def _configured(machine: Machine) -> Check:
    conf, again = machine.configuration, "Type: plansheet install."
    if conf.interpreter is None:
        lacks = "names no Python" if conf.exists else "does not exist"
        says = f"{conf.path} {lacks}; Excel reads there which Python to start."
        return _check("Configuration", State.FAILS, says, again)
    if not conf.interpreter_exists:
        lacks = "which does not exist" if Path(conf.interpreter).is_absolute() else "without its folder"
        says = f"{conf.path} names {conf.interpreter}, {lacks}."
        return _check("Configuration", State.FAILS, says, again)
    if not conf.is_this_python:
        return _check(
            "Configuration",
            State.UNKNOWN,
            f"{conf.path} names another Python, {conf.interpreter}; what is said here is of this one.",
            "To have Excel use this Python, type: plansheet install. If the other is right, run its own doctor.",
        )
    return _check("Configuration", State.WORKS, f"{conf.path} names this Python.")


def _check(what: str, state: State, says: str, do: str = "", *, needed: bool = True) -> Check:
    return Check(what, state, says, do, Route.ADD_IN, needed)
