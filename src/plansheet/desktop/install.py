"""Puts the add-in into this computer's Excel, and takes it out again."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from plansheet.desktop.check import FIRST_CELL, State
from plansheet.desktop.configuration import with_ours, without_ours, write_whole
from plansheet.desktop.excel_checks import before_install
from plansheet.desktop.machine import ADD_IN, Machine
from plansheet.desktop.sources import Run

_PATIENCE = 180  # seconds; Excel starts and ends in them, on a slow morning too
_INSTALLED = "Successfully installed"
_REMOVED = "Successfully removed"
_WAS_NOT_THERE = "doesn't seem to be installed"
_QUIT_EXCEL = " Quit Excel, answer what it asks, and type again:"
_STATUS = re.compile(r"^The add-in is installed at (.+?)\s*$", re.MULTILINE)


class CannotInstall(Exception):
    """A sentence: what stands in the way, and what to do."""


def install(machine: Machine, build_add_in: Callable[[Path], None], run: Run = subprocess.run) -> str:
    """Build the add-in, tell it which Python to start, and have xlwings put it into Excel; says what was done.

    Doing it again gives the same. Raises CannotInstall.
    """
    for check in before_install(machine):
        if check.state is State.FAILS:
            raise CannotInstall(f"{check.says} {check.do}")
    assert machine.named_python is not None, "before_install has looked"
    conf = machine.configuration.path
    built = conf.parent / ADD_IN
    try:
        built.parent.mkdir(parents=True, exist_ok=True)
        build_add_in(built)
        write_whole(conf, with_ours(_present(conf), machine.named_python, machine.code_page))
    except OSError as error:
        raise _not_written(error, built.parent) from error
    said = _xlwings(machine, run, "install", "-f", str(built))
    if _INSTALLED not in said or "Error" in said:
        raise CannotInstall(f"xlwings did not install plansheet.xlam. {_quoted(said)}{_QUIT_EXCEL} plansheet install.")
    lies = _STATUS.search(_xlwings(machine, run, "status", "-f", ADD_IN))
    if lies is None or not _same(Path(lies[1]), built):
        where = f"the one at {lies[1]} is not the one just built" if lies else "it is not in Excel's start folder"
        raise CannotInstall(f"xlwings reported success, but of plansheet.xlam {where}.{_QUIT_EXCEL} plansheet install.")
    return (
        f"{lies[1]}: the add-in, which Excel opens when it starts\n"
        f"{conf}: which Python it starts, {machine.named_python}\n"
        f"Next: quit Excel if it is open, open it, and {FIRST_CELL}. If it shows #NAME?, type: plansheet doctor.\n"
    )


def uninstall(machine: Machine, run: Run = subprocess.run) -> str:
    """Take the add-in out of Excel, and our own keys out of the configuration; says what was done.

    Raises CannotInstall.
    """
    if not machine.windows:
        raise CannotInstall(f"This is {machine.system}; there is no add-in to remove, since it needs Excel on Windows.")
    conf = machine.configuration.path
    lines = [_out_of_excel(machine, run)]
    try:
        (conf.parent / ADD_IN).unlink(missing_ok=True)
        if conf.is_file():
            lines.append(_without_our_keys(conf, machine.code_page))
        if conf.parent.is_dir() and not any(conf.parent.iterdir()):
            conf.parent.rmdir()
    except OSError as error:
        raise _not_written(error, conf.parent) from error
    lines.append("Workbooks keep their formulas and last values; plansheet install brings the add-in back.")
    return "\n".join(lines) + "\n"


def have_configuration(machine: Machine) -> str:
    """On Windows, have the user's file name a Python for the template to start; says which, or nothing where it cannot.

    One that it names already stays if it is there: only an install changes that. Raises CannotInstall.
    """
    conf, python = machine.configuration, machine.named_python
    if not machine.windows:
        return ""
    if conf.interpreter_exists:
        other = "" if conf.is_this_python else "; for this one instead, type plansheet install"
        return f"{conf.path}: which Python the template starts, {conf.interpreter}{other}\n"
    if machine.python.store or python is None:
        return ""
    try:
        write_whole(conf.path, with_ours(_present(conf.path), python, machine.code_page))
    except OSError as error:
        raise _not_written(error, conf.path.parent) from error
    return f"{conf.path}: which Python the template starts, {python}\n"


# --- files and xlwings ------------------------------------------------------------------------------------------------


def _present(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _not_written(error: OSError, folder: Path) -> CannotInstall:
    what = error.filename or folder
    return CannotInstall(f"{what} cannot be written: {error.strerror or error}. Close what has it open and try again.")


def _same(installed: Path, built: Path) -> bool:
    try:
        return installed.read_bytes() == built.read_bytes()
    except OSError:
        return False


def _xlwings(machine: Machine, run: Run, *arguments: str) -> str:
    """What xlwings' own add-in command printed. It ends with 0 after most failures, too, so that only words tell."""
    # -P: a file xlwings.py in the current folder is not xlwings
    command = [str(machine.python.executable), "-P", "-c", "from xlwings.cli import main; main()", "addin", *arguments]
    try:
        done = run(
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotInstall(
            f"Excel did not answer within {_PATIENCE // 60} minutes. Open it, answer what it asks (to sign in, or at "
            "its first start), quit it, and type the command again."
        ) from error
    except OSError as error:
        raise CannotInstall(f"{machine.python.executable} did not start: {error.strerror or error}.") from error
    if done.returncode != 0:
        said = f"{done.stdout}\n{done.stderr}"
        raise CannotInstall(f"xlwings could not reach Excel. {_quoted(said)}{_QUIT_EXCEL} the command.")
    return str(done.stdout)


def _quoted(said: str) -> str:
    """The last line that xlwings printed, which names the error."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"It said: {lines[-1].removeprefix('Error: ').rstrip('.')}." if lines else "It said nothing."


def _out_of_excel(machine: Machine, run: Run) -> str:
    if machine.excel_for_add_in is None:  # xlwings asks Excel for the folder
        path = machine.add_in.path
        if path is None:
            return "plansheet.xlam was not in Excel."
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _not_written(error, path) from error
        return f"{path}: removed"
    said = _xlwings(machine, run, "remove", "-f", ADD_IN)
    if _REMOVED in said:
        return "plansheet.xlam: removed from Excel's start folder"
    if _WAS_NOT_THERE in said:
        return "plansheet.xlam was not in Excel."
    raise CannotInstall(f"xlwings did not remove plansheet.xlam. {_quoted(said)}{_QUIT_EXCEL} plansheet uninstall.")


def _without_our_keys(conf: Path, code_page: str) -> str:
    left = without_ours(conf.read_bytes(), code_page)
    if left:
        write_whole(conf, left)
        return f"{conf}: plansheet's keys removed, yours kept"
    conf.unlink()
    return f"{conf}: removed"
