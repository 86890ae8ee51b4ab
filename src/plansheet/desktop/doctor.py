"""Says what of plansheet works on this computer, what stands in the way, and the one next step."""

from collections.abc import Sequence
from dataclasses import dataclass

from plansheet.desktop.check import FIRST_CELL, Check, Route, State
from plansheet.desktop.excel_checks import after_install, before_install
from plansheet.desktop.general_checks import lite_check, python_check, trial_check
from plansheet.desktop.libreoffice_checks import libre_office_checks
from plansheet.desktop.machine import Machine
from plansheet.desktop.trials import TRIALS, Trial


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


def doctor(machine: Machine, trials: Sequence[Trial] = TRIALS) -> Diagnosis:
    """Look at everything that can be looked at here. Changes nothing and starts no spreadsheet program."""
    checks = [
        python_check(machine),
        *map(trial_check, trials),
        *before_install(machine),
        *after_install(machine),
        lite_check(machine),
        *libre_office_checks(machine.libre_office),
    ]
    return Diagnosis(machine.system, _best_route(machine), tuple(checks))


def _best_route(machine: Machine) -> Route:
    if machine.excel_for_add_in is not None:
        return Route.ADD_IN
    if machine.excel is None and machine.libre_office is not None:
        return Route.LIBRE_OFFICE
    return Route.LITE
