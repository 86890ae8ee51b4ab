"""The checks of what every route stands on, and of xlwings Lite, which any system may have."""

from plansheet.desktop.check import LEAST_PYTHON, PYTHON_WANTED, Check, Route, State
from plansheet.desktop.machine import Machine
from plansheet.desktop.trials import Trial


def python_check(machine: Machine) -> Check:
    """Whether this Python is new enough."""
    python = machine.python
    kind = ", a virtual environment" if python.virtual else ""
    says = f"{'.'.join(map(str, python.version))}, {python.bits}-bit{kind}: {python.executable}"
    if python.version[:2] >= LEAST_PYTHON:
        return Check("Python", State.WORKS, f"{says}.")
    says = f"{says}; plansheet needs {PYTHON_WANTED}."
    return Check("Python", State.FAILS, says, f"Install Python {PYTHON_WANTED}.")


def trial_check(trial: Trial) -> Check:
    """What came of a trial."""
    try:
        return Check(trial.what, State.WORKS, trial.run())
    except Exception as error:  # whatever it is, it is what the user has to hear of
        return Check(
            trial.what,
            State.FAILS,
            _sentence(str(error) or type(error).__name__),
            "Install plansheet again, the way it was installed first, with --force-reinstall.",
        )


def lite_check(machine: Machine) -> Check:
    """xlwings Lite, of which nothing can be seen from here."""
    here = ""
    if machine.excel is not None:
        here = f" Excel is here: {machine.excel.path}." if machine.excel.path else " Excel is here."
    return Check(
        "xlwings Lite",
        State.UNKNOWN,
        "An add-in from Microsoft's store that runs the functions inside the workbook, in Microsoft 365 or Excel 2021 "
        "on Windows and Mac and in Excel on the web. It installs nothing, so that there is nothing to see from here."
        f"{here}",
        route=Route.LITE,
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
