"""Says what of plansheet works on this computer, what stands in the way, and the one next step."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plansheet import __version__
from plansheet.desktop.configuration import fits
from plansheet.desktop.machine import Excel, LibreOffice, Machine, Macros, Versions
from plansheet.desktop.trials import TRIALS, Trial

LEAST_PYTHON = (3, 11)
FIRST_CELL = f"type =PLANSHEET_VERSION() into a cell; it answers {__version__}"
_LITE = "type plansheet template, which writes plansheet-lite.xlsx for it"
_WIDTH = 110
_SUBJECT = 21


class State(StrEnum):
    """How a check came out."""

    WORKS = "works"
    FAILS = "does not work"
    UNKNOWN = "cannot be told here"


class Route(StrEnum):
    """A way for the functions into a spreadsheet program."""

    ADD_IN = "the add-in for Excel on Windows"
    LITE = "xlwings Lite, in Excel on Windows, Mac and the web"
    LIBRE_OFFICE = "the extension for LibreOffice"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    what: str
    state: State
    says: str
    do: str = ""
    route: Route | None = None
    """Whose check it is; None concerns every route."""
    needed: bool = True
    """Whether the route is closed without it."""


@dataclass(frozen=True)
class Diagnosis:
    """What works on this computer by the best route that it has, and what to do next."""

    system: str
    route: Route
    checks: tuple[Check, ...]

    @property
    def in_the_way(self) -> tuple[Check, ...]:
        """What keeps the route from working, the first to be cleared first."""
        return tuple(check for check in self._of_route() if check.needed and check.state is State.FAILS)

    @property
    def next_step(self) -> str:
        """The one thing to do now."""
        asked = [check for check in self._of_route() if check.state is State.UNKNOWN]
        for check in (*self.in_the_way, *asked):
            if check.do:
                return check.do
        if self.route is Route.LITE:
            return (
                "Type: plansheet template. Open plansheet-lite.xlsx from its folder in Excel, add xlwings Lite under "
                f"Home > Add-ins, paste main.py and requirements.txt as its sheet says, and {FIRST_CELL}."
            )
        program = "Excel" if self.route is Route.ADD_IN else "LibreOffice Calc"
        return f"Open {program} and {FIRST_CELL}."

    @property
    def exit_code(self) -> int:
        """0 when nothing is known to stand in the way of the route, 1 when something is to be done."""
        return 1 if self.in_the_way else 0

    def _of_route(self) -> list[Check]:
        return [check for check in self.checks if check.route in (None, self.route)]


def before_install(machine: Machine) -> list[Check]:
    """The checks of what the add-in must find here before it can be installed."""
    if not machine.windows:
        return [_no_add_in_route(machine)]
    if machine.excel is None or machine.excel.store:
        return [_excel(machine.excel)]  # what else the add-in needs is of no use then
    return [_excel(machine.excel), *_excel_python(machine)]


def doctor(machine: Machine, trials: Sequence[Trial] = TRIALS) -> Diagnosis:
    """Look at everything that can be looked at here. Changes nothing and starts no spreadsheet program."""
    checks = [
        _python(machine),
        *map(_tried, trials),
        *before_install(machine),
        *_add_in_route(machine),
        *_lite_route(machine),
        *_libre_office_route(machine.libre_office),
    ]
    return Diagnosis(machine.system, _best_route(machine), tuple(checks))


def _best_route(machine: Machine) -> Route:
    if machine.excel is not None and not machine.excel.store and machine.windows:
        return Route.ADD_IN
    if machine.excel is None and machine.libre_office is not None:
        return Route.LIBRE_OFFICE
    return Route.LITE


# --- every system -----------------------------------------------------------------------------------------------------


def _python(machine: Machine) -> Check:
    python = machine.python
    kind = ", a virtual environment" if python.virtual else ""
    says = f"{'.'.join(map(str, python.version))}, {python.bits}-bit{kind}: {python.executable}"
    if python.version[:2] >= LEAST_PYTHON:
        return Check("Python", State.WORKS, f"{says}.")
    wanted = f"{'.'.join(map(str, LEAST_PYTHON))} or later"
    return Check("Python", State.FAILS, f"{says}; plansheet needs {wanted}.", f"Install Python {wanted}.")


def _tried(trial: Trial) -> Check:
    try:
        return Check(trial.what, State.WORKS, trial.run())
    except Exception as error:  # whatever it is, it is what the user has to hear of
        return Check(
            trial.what,
            State.FAILS,
            _sentence(str(error) or type(error).__name__),
            "Install plansheet again, the way it was installed first, with --force-reinstall.",
        )


def _lite_route(machine: Machine) -> Iterator[Check]:
    here = ""
    if machine.excel is not None:
        here = f" Excel is here: {machine.excel.path}." if machine.excel.path else " Excel is here."
    yield Check(
        "xlwings Lite",
        State.UNKNOWN,
        "An add-in from Microsoft's store that runs the functions inside the workbook, in Microsoft 365 or Excel 2021 "
        "on Windows and Mac and in Excel on the web. It installs nothing, so that there is nothing to see from here."
        f"{here}",
        route=Route.LITE,
    )


# --- the add-in -------------------------------------------------------------------------------------------------------


def _no_add_in_route(machine: Machine) -> Check:
    return _add_in_check(
        "Excel add-in",
        State.FAILS,
        f"The add-in plansheet.xlam needs Excel on Windows, and this is {machine.system}. "
        "The routes here are xlwings Lite, in Excel on Mac and on the web, and LibreOffice.",
        "Type: plansheet template. It writes plansheet-lite.xlsx for xlwings Lite and plansheet.oxt for LibreOffice.",
    )


def _add_in_route(machine: Machine) -> Iterator[Check]:
    if not machine.windows or machine.excel is None or machine.excel.store:
        return
    yield _cells(machine.excel)
    yield from _macros(machine.macros)
    yield _installed(machine)
    yield _configured(machine)
    if machine.one_drive:
        yield Check(
            "OneDrive",
            State.WORKS,
            f"Excel may know workbooks below {', '.join(map(str, machine.one_drive))} by a web address only. The "
            "add-in does not mind: it finds Python through the configuration above and not beside the workbook.",
            route=Route.ADD_IN,
            needed=False,
        )


def _excel(excel: Excel | None) -> Check:
    if excel is None:
        return _add_in_check(
            "Excel",
            State.FAILS,
            "No Excel was found on this computer.",
            "Install Excel (Microsoft 365, or 2021 or later) and type: plansheet install. Or use xlwings Lite in Excel "
            f"on the web: {_LITE}.",
        )
    if excel.store:
        return _add_in_check(
            "Excel",
            State.FAILS,
            "Excel is the one of the Microsoft Store, which is shut off from programs such as Python.",
            f"Use xlwings Lite: {_LITE}. Or uninstall Office and install it from your Microsoft account page.",
        )
    known = [f"version {excel.version}" if excel.version else "", f"{excel.bits}-bit" if excel.bits else ""]
    return _add_in_check("Excel", State.WORKS, f"{', '.join(filter(None, known)) or 'Found'}: {excel.path}.")


def _excel_python(machine: Machine) -> Iterator[Check]:
    python, xlwings = machine.python, machine.xlwings
    if python.store:
        yield _add_in_check(
            "Python for Excel",
            State.FAILS,
            "Python is the one of the Microsoft Store, which Excel cannot start.",
            "Install Python from the Python website, and plansheet with it; then type: plansheet install.",
        )
        return
    yield from _names(machine)
    if xlwings.version is None:
        yield _add_in_check(
            "xlwings",
            State.FAILS,
            "xlwings is not installed.",
            "Install plansheet again; it brings xlwings with it.",
        )
        return
    if not xlwings.pywin32:
        yield _add_in_check(
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
        yield _add_in_check(
            "User folder",
            State.FAILS,
            f"Your user folder {machine.home} {letters}.",
            "Have Windows use the language of these letters for older programs (Settings > Language > Administrative "
            f"language settings > System locale) and type: plansheet install. Or use xlwings Lite: {_LITE}.",
        )
    elif machine.named_python is None:
        yield _add_in_check(
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
        return _add_in_check(
            "xlwings",
            State.FAILS,
            f"{' and '.join(missing)}, through which Excel reaches Python, should lie beside "
            f"{machine.python.executable} or one folder above, and does not.",
            "Make a Python environment (python -m venv), install plansheet in it without --user, and type there: "
            "plansheet install.",
        )
    found = ", ".join(str(libraries[width]) for width in wanted)
    return _add_in_check("xlwings", State.WORKS, f"Version {version}, with its library for Excel: {found}.")


def _cells(excel: Excel) -> Check:
    what = "Results in many cells"
    if excel.dynamic_arrays:
        return _add_in_check(what, State.WORKS, "This Excel lets a result fill the cells beside it.", needed=False)
    by_hand = "mark the cells that a result needs first, and end the formula with Ctrl+Shift+Enter"
    if excel.dynamic_arrays is None:
        says = (
            "In Microsoft 365 and Excel 2021 or later a result fills the cells beside it; whether this Excel is one of "
            f"these is not recorded. In an older one, {by_hand}."
        )
        return _add_in_check(what, State.UNKNOWN, says, needed=False)
    says = f"This Excel is older than 2021 and shows one cell of a result; {by_hand}."
    return _add_in_check(what, State.FAILS, says, needed=False)


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
        yield _add_in_check("Macros", State.FAILS, says, do)
    if not hindered:
        downloads = " Macros of downloaded files are blocked; files that plansheet builds here are not."
        yield _add_in_check(
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
        return _add_in_check("Add-in", State.FAILS, f"plansheet.xlam is not{where}.", again)
    versions = add_in.versions or Versions()
    if versions.plansheet is None:
        return _add_in_check(
            "Add-in",
            State.UNKNOWN,
            f"{add_in.path} does not say which plansheet built it.",
            f"In Excel, {FIRST_CELL}. If it does not, quit Excel and type: plansheet install.",
        )
    if versions.plansheet != __version__:
        says = f"{add_in.path} was built by plansheet {versions.plansheet}, and this is {__version__}."
        return _add_in_check("Add-in", State.FAILS, says, again)
    if versions.xlwings not in (None, machine.xlwings.version):
        says = f"{add_in.path} was built for xlwings {versions.xlwings}, and {machine.xlwings.version} is installed."
        return _add_in_check("Add-in", State.FAILS, says, again)
    return _add_in_check("Add-in", State.WORKS, f"Version {versions.plansheet}: {add_in.path}.")


def _configured(machine: Machine) -> Check:
    conf, again = machine.configuration, "Type: plansheet install."
    if conf.interpreter is None:
        lacks = "names no Python" if conf.exists else "does not exist"
        says = f"{conf.path} {lacks}; Excel reads there which Python to start."
        return _add_in_check("Configuration", State.FAILS, says, again)
    if not conf.interpreter_exists:
        says = f"{conf.path} names {conf.interpreter}, which does not exist."
        return _add_in_check("Configuration", State.FAILS, says, again)
    if not conf.is_this_python:
        return _add_in_check(
            "Configuration",
            State.UNKNOWN,
            f"{conf.path} names another Python, {conf.interpreter}; what is said here is of this one.",
            "To have Excel use this Python, type: plansheet install. If the other is right, run its own doctor.",
        )
    return _add_in_check("Configuration", State.WORKS, f"{conf.path} names this Python.")


def _add_in_check(what: str, state: State, says: str, do: str = "", *, needed: bool = True) -> Check:
    return Check(what, state, says, do, Route.ADD_IN, needed)


# --- LibreOffice ------------------------------------------------------------------------------------------------------


def _libre_office_route(office: LibreOffice | None) -> Iterator[Check]:
    if office is None:
        yield _libre_office_check(
            "LibreOffice", State.FAILS, "No LibreOffice was found.", "Install LibreOffice, or use xlwings Lite."
        )
        return
    yield _libre_office_check("LibreOffice", State.WORKS, f"{office.program}.")
    yield _libre_office_python(office)
    yield _libre_office_extension(office)


def _libre_office_python(office: LibreOffice) -> Check:
    what, wanted = "LibreOffice's Python", ".".join(map(str, LEAST_PYTHON))
    if office.python_bridge is False:
        return _libre_office_check(
            what,
            State.FAILS,
            "The part of LibreOffice that runs Python was not found.",
            "Install it from your system's packages (python3-uno on Debian and Ubuntu) or from LibreOffice's website.",
        )
    if office.python is None:
        says = f"The version of LibreOffice's own Python was not found; the extension needs {wanted} or later."
        return _libre_office_check(what, State.UNKNOWN, says)
    version = ".".join(map(str, office.python))
    if office.python < LEAST_PYTHON:
        says = f"LibreOffice runs Python {version} of its own; the extension needs {wanted} or later."
        return _libre_office_check(what, State.FAILS, says, "Install a later LibreOffice, or use xlwings Lite.")
    return _libre_office_check(what, State.WORKS, f"Version {version}.")


def _libre_office_extension(office: LibreOffice) -> Check:
    what = "LibreOffice extension"
    add = "Type: plansheet template. In LibreOffice, open Tools > Extensions, press Add and choose plansheet.oxt."
    if office.extension is None:
        says = "LibreOffice did not list its extensions; while it runs, it does not."
        ask = f"In LibreOffice Calc, {FIRST_CELL}. If it does not: {add}"
        return _libre_office_check(what, State.UNKNOWN, says, ask)
    if not office.extension:
        return _libre_office_check(what, State.FAILS, "plansheet.oxt is not installed in LibreOffice.", add)
    if office.extension_version not in (None, __version__):
        says = f"The extension is of plansheet {office.extension_version}, and this is {__version__}."
        return _libre_office_check(what, State.FAILS, says, add)
    return _libre_office_check(what, State.WORKS, f"Version {office.extension_version or 'not said'}.")


def _libre_office_check(what: str, state: State, says: str, do: str = "") -> Check:
    return Check(what, state, says, do, Route.LIBRE_OFFICE)


# --- what is printed --------------------------------------------------------------------------------------------------

_MARKS = {State.WORKS: "ok", State.FAILS: "no", State.UNKNOWN: "?"}


def doctor_text(diagnosis: Diagnosis) -> str:
    """The checks in lines of a terminal's width, then the best route and the next step."""
    legend = ", ".join(f"{mark} {state}" for state, mark in _MARKS.items())
    lines = [f"plansheet {__version__} on {diagnosis.system}: {legend}.", ""]
    for check in diagnosis.checks:
        lines += _wrapped(f"{_MARKS[check.state]:<4}{check.what:<{_SUBJECT}}  ", check.says)
        if check.do and check in diagnosis.in_the_way:
            lines += _wrapped(" " * (_SUBJECT + 6), check.do)
    lines += ["", *_wrapped("Best here:  ", f"{diagnosis.route}.")]
    lines += _wrapped("Next step:  ", diagnosis.next_step)
    return "\n".join(lines) + "\n"


def doctor_json(diagnosis: Diagnosis) -> str:
    """The same as JSON, with a state as works, fails or unknown and a route as add_in, lite or libre_office."""
    answer = {
        "plansheet": __version__,
        "system": diagnosis.system,
        "route": diagnosis.route.name.lower(),
        "works": not diagnosis.in_the_way,
        "next_step": diagnosis.next_step,
        "checks": [
            {
                "what": check.what,
                "state": check.state.name.lower(),
                "says": check.says,
                "do": check.do,
                "route": check.route.name.lower() if check.route else None,
                "needed": check.needed,
            }
            for check in diagnosis.checks
        ],
    }
    return json.dumps(answer, indent=2) + "\n"


def _wrapped(first: str, text: str) -> Iterable[str]:
    """Text behind a first column; a path is never broken, nor can one steer the terminal."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return textwrap.wrap(
        plain,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
