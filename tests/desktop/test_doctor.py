"""plansheet doctor: what it says of each state of a computer, the best route, and the one next step."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from desktop.computers import STORE_PYTHON, XLWINGS, bare, pc
from plansheet import __version__
from plansheet.desktop import trials
from plansheet.desktop.check import Check, Route, State
from plansheet.desktop.doctor import Diagnosis, doctor
from plansheet.desktop.doctor_forms import doctor_json, doctor_text
from plansheet.desktop.machine import (
    AddIn,
    Configuration,
    Excel,
    LibreOffice,
    Machine,
    Macros,
    Python,
    Versions,
    Xlwings,
)
from plansheet.desktop.reading import read_machine
from plansheet.desktop.trials import TRIALS, Trial, TrialFailed, checker_finds, functions_answer
from plansheet.excel import FUNCTIONS
from plansheet.workbook.checks import check_bytes

FINE = (Trial("Worksheet functions", lambda: "They answer."),)
CONF, XLAM = Path("/ada/plansheet.conf"), Path("/ada/XLSTART/plansheet.xlam")
EXCEL, SHEETS = "EXCEL.EXE", "Results in many cells"
EXTENSION = "LibreOffice extension"
OLD_PYTHON = Python(Path("python"), (3, 10, 1), 64, virtual=False, store=False)
OFFICE = LibreOffice(Path("/usr/bin/soffice"), (3, 12), True, True, __version__)


def examined(machine: Machine, trials: Iterable[Trial] = FINE) -> Diagnosis:
    return doctor(machine, tuple(trials))


def named(diagnosis: Diagnosis, what: str) -> Check:
    found = [check for check in diagnosis.checks if check.what == what]
    assert len(found) == 1, [check.what for check in diagnosis.checks]
    return found[0]


def test_a_pc_where_all_is_well(tmp_path: Path) -> None:
    diagnosis = examined(pc(tmp_path))
    assert diagnosis.route is Route.ADD_IN
    assert diagnosis.exit_code == 0
    assert diagnosis.next_step == f"Open Excel and type =PLANSHEET_VERSION() into a cell; it answers {__version__}."
    of_route = [check for check in diagnosis.checks if check.route in (None, Route.ADD_IN)]
    assert {check.state for check in of_route} == {State.WORKS}


@pytest.mark.parametrize(
    ("changes", "what", "state", "says", "next_step"),
    [
        ({"python": OLD_PYTHON}, "Python", "no", "3.10.1", "Install Python 3.11"),
        ({"python": STORE_PYTHON}, "Python for Excel", "no", "Store", "Install Python"),
        ({"named_python": None}, "Python for Excel", "no", "letters", "plain letters"),
        ({"home": Path("/Users/Łucja")}, "User folder", "no", "/Users/Łucja", "System locale"),
        ({"xlwings": Xlwings(None)}, "xlwings", "no", "not installed", "Install plansheet again"),
        ({"xlwings": Xlwings(XLWINGS, {}, True)}, "xlwings", "no", f"xlwings64-{XLWINGS}.dll", "python -m venv"),
        ({"xlwings": Xlwings(XLWINGS, {64: CONF}, False)}, "pywin32", "no", "does not load", "reinstall pywin32"),
        ({"excel": Excel(EXCEL, "16.0", 64, dynamic_arrays=None)}, SHEETS, "?", "Ctrl+Shift+Enter", "Open Excel"),
        ({"excel": Excel(EXCEL, "15.0", 64, dynamic_arrays=False)}, SHEETS, "no", "older than 2021", "Open Excel"),
        ({"macros": Macros(vba_off=True)}, "Macros", "no", "altogether", "allow VBA"),
        ({"macros": Macros(add_ins_off=True)}, "Macros", "no", "no add-ins", "allow Excel add-ins"),
        ({"macros": Macros(add_ins_signed=True)}, "Macros", "no", "not signed", "sign it"),
        ({"macros": Macros(warnings=4, trusted_folders_off=True)}, "Macros", "no", "XLSTART", "trusted locations"),
        ({"macros": Macros(warnings=3, trusted_folders_off=True)}, "Macros", "no", "XLSTART", "trusted locations"),
        ({"macros": Macros(warnings=2, trusted_folders_off=True)}, "Macros", "ok", "No setting", "Open Excel"),
        ({"macros": Macros(warnings=4)}, "Macros", "ok", "plansheet.xlsm runs in a trusted folder only", "Open Excel"),
        ({"macros": Macros(downloads_blocked=True)}, "Macros", "ok", "downloaded files are blocked", "Open Excel"),
        ({"macros": Macros(switched_off=True)}, "Macros", "no", "after a crash", "Disabled Items"),
        ({"add_in": AddIn(Path("/XLSTART"))}, "Add-in", "no", "is not in /XLSTART", "plansheet install"),
        ({"add_in": AddIn()}, "Add-in", "no", "is not.", "plansheet install"),
        ({"add_in": AddIn(CONF, XLAM, None)}, "Add-in", "?", "does not say", "=PLANSHEET_VERSION()"),
        ({"add_in": AddIn(CONF, XLAM, Versions("0.0.1", XLWINGS))}, "Add-in", "no", "0.0.1", "plansheet install"),
        ({"add_in": AddIn(CONF, XLAM, Versions(__version__, "0.1"))}, "Add-in", "no", "xlwings 0.1", "install"),
        ({"configuration": Configuration(CONF)}, "Configuration", "no", "does not exist", "plansheet install"),
        ({"configuration": Configuration(CONF, True)}, "Configuration", "no", "names no Python", "plansheet install"),
        ({"configuration": Configuration(CONF, True, "/gone")}, "Configuration", "no", "/gone, which", "install"),
        ({"configuration": Configuration(CONF, True, "/other", True)}, "Configuration", "?", "/other", "own doctor"),
        ({"one_drive": (Path("/ada/OneDrive"),)}, "OneDrive", "ok", "/ada/OneDrive", "Open Excel"),
    ],
)  # fmt: skip
def test_each_state_of_a_pc(
    tmp_path: Path, changes: dict[str, object], what: str, state: str, says: str, next_step: str
) -> None:
    diagnosis = examined(pc(tmp_path, **changes))
    check = named(diagnosis, what)
    assert {State.WORKS: "ok", State.FAILS: "no", State.UNKNOWN: "?"}[check.state] == state
    assert says in check.says
    assert next_step in diagnosis.next_step
    assert diagnosis.exit_code == (1 if state == "no" and check.needed else 0)
    assert f"{state:<4}{what}" in doctor_text(diagnosis)


def test_the_least_python(tmp_path: Path) -> None:
    least = Python(Path("python"), (3, 11, 0), 64, virtual=False, store=False)
    assert named(examined(pc(tmp_path, python=least)), "Python").state is State.WORKS


def test_dynamic_arrays_are_no_condition(tmp_path: Path) -> None:
    old = examined(pc(tmp_path, excel=Excel(EXCEL, "15.0", 64, dynamic_arrays=False)))
    assert named(old, SHEETS).state is State.FAILS
    assert old.exit_code == 0


def test_what_is_first_in_the_way_comes_first(tmp_path: Path) -> None:
    """The add-in is missing as well, but it cannot be installed before the DLL is there."""
    diagnosis = examined(
        pc(tmp_path, xlwings=Xlwings(XLWINGS, {}, True), add_in=AddIn(), configuration=Configuration(CONF))
    )
    assert [check.what for check in diagnosis.in_the_way] == ["xlwings", "Add-in", "Configuration"]
    assert "venv" in diagnosis.next_step


def test_what_is_in_the_way_comes_before_what_is_unknown(tmp_path: Path) -> None:
    diagnosis = examined(pc(tmp_path, add_in=AddIn(CONF, XLAM, None), configuration=Configuration(CONF)))
    assert diagnosis.next_step == "Type: plansheet install."


@pytest.mark.parametrize(
    ("excel", "office", "route"),
    [
        (Excel(EXCEL), None, Route.ADD_IN),
        (Excel(EXCEL), OFFICE, Route.ADD_IN),
        (Excel(EXCEL, store=True), None, Route.LITE),
        (Excel(EXCEL, store=True), OFFICE, Route.LITE),
        (None, OFFICE, Route.LIBRE_OFFICE),
        (None, None, Route.LITE),
    ],
)
def test_the_best_route_of_a_pc(tmp_path: Path, excel: Excel | None, office: LibreOffice | None, route: Route) -> None:
    diagnosis = examined(pc(tmp_path, excel=excel, libre_office=office))
    assert diagnosis.route is route
    assert diagnosis.exit_code == 0
    if route is not Route.ADD_IN:
        assert named(diagnosis, "Excel").state is State.FAILS
        assert "XLSTART" not in doctor_text(diagnosis)


@pytest.mark.parametrize(
    ("platform", "excel", "office", "route", "code"),
    [
        ("linux", None, None, Route.LITE, 0),
        ("linux", None, OFFICE, Route.LIBRE_OFFICE, 0),
        ("linux", None, LibreOffice(Path("s"), (3, 12), True, extension=False), Route.LIBRE_OFFICE, 1),
        ("darwin", None, None, Route.LITE, 0),
        ("darwin", Excel("/Applications/Microsoft Excel.app"), OFFICE, Route.LITE, 0),
        ("darwin", None, OFFICE, Route.LIBRE_OFFICE, 0),
    ],
)
def test_off_windows(
    tmp_path: Path, platform: str, excel: Excel | None, office: LibreOffice | None, route: Route, code: int
) -> None:
    diagnosis = examined(bare(platform, tmp_path, office, excel))
    assert (diagnosis.route, diagnosis.exit_code) == (route, code)
    add_in = named(diagnosis, "Excel add-in")
    assert add_in.state is State.FAILS
    assert f"needs Excel on Windows, and this is {diagnosis.system}" in add_in.says
    assert "xlwings Lite" in add_in.says
    assert "LibreOffice" in add_in.says
    assert "XLSTART" not in doctor_text(diagnosis)


@pytest.mark.parametrize(
    ("office", "what", "state", "says", "next_step"),
    [
        (OFFICE, EXTENSION, State.WORKS, __version__, "Open LibreOffice Calc"),
        (LibreOffice(CONF, (3, 12), True, True), EXTENSION, State.WORKS, "not said", "Open LibreOffice"),
        (LibreOffice(CONF, (3, 12), True, False), EXTENSION, State.FAILS, "not installed", "plansheet.oxt"),
        (LibreOffice(CONF, (3, 12), True, None), EXTENSION, State.UNKNOWN, "did not list", "If it does not"),
        (LibreOffice(CONF, (3, 12), True, True, "0.0.1"), EXTENSION, State.FAILS, "0.0.1", "plansheet.oxt"),
        (LibreOffice(CONF, (3, 8), True, True), "LibreOffice's Python", State.FAILS, "3.8", "later LibreOffice"),
        (LibreOffice(CONF, (3, 11), True, True), "LibreOffice's Python", State.WORKS, "3.11", "Open LibreOffice"),
        (LibreOffice(CONF, None, True, True), "LibreOffice's Python", State.UNKNOWN, "not found", "Open LibreOffice"),
        (LibreOffice(CONF, None, False, True), "LibreOffice's Python", State.FAILS, "not found", "python3-uno"),
        (None, "LibreOffice", State.FAILS, "No LibreOffice", "plansheet-lite.xlsx"),
    ],
)  # fmt: skip
def test_each_state_of_libre_office(
    tmp_path: Path, office: LibreOffice | None, what: str, state: State, says: str, next_step: str
) -> None:
    diagnosis = examined(bare("linux", tmp_path, office))
    check = named(diagnosis, what)
    assert check.state is state
    assert says in check.says
    assert next_step in diagnosis.next_step
    assert diagnosis.exit_code == (1 if state is State.FAILS and office else 0)


# --- trials -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.what)
def test_each_trial_succeeds_here(trial: Trial) -> None:
    assert trial.run().endswith(".")


def test_a_wrong_answer_is_seen() -> None:
    wrong = {**FUNCTIONS, "POOL_AVAILABLE": lambda *cells: 971}
    with pytest.raises(TrialFailed, match="POOL_AVAILABLE answered 971, and the right answer is 970"):
        functions_answer(wrong)


def test_a_checker_that_finds_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    blind = trials._workbook('POOL_AVAILABLE(1000,"GRANT",30)', 970)
    monkeypatch.setattr(trials, "check_bytes", lambda data, name, options: check_bytes(blind, name, options))
    with pytest.raises(TrialFailed, match="saved as 971 was judged clean, and it is findings"):
        checker_finds()


def test_a_trial_that_fails_is_in_the_way_of_every_route(tmp_path: Path) -> None:
    def broken() -> str:
        raise ImportError("No module named 'openpyxl'")

    for machine in (pc(tmp_path), bare("linux", tmp_path), bare("linux", tmp_path, OFFICE)):
        diagnosis = examined(machine, [Trial("File check", broken)])
        assert named(diagnosis, "File check").says == "No module named 'openpyxl'."
        assert diagnosis.exit_code == 1
        assert "Install plansheet again" in diagnosis.next_step


# --- what is printed --------------------------------------------------------------------------------------------------


def test_the_text_is_lined_up_and_ends_with_one_next_step(tmp_path: Path) -> None:
    text = doctor_text(examined(pc(tmp_path, add_in=AddIn(Path("/XLSTART")), one_drive=(Path("/ada/OneDrive"),))))
    lines = text.splitlines()
    assert lines[0] == f"plansheet {__version__} on Windows: ok works, no does not work, ? cannot be told here."
    checks = [line for line in lines if line.startswith(("ok  ", "no  ", "?   "))]
    assert len(checks) > 8
    assert {line[25:27] for line in checks} == {"  "}
    assert all(line[27] != " " for line in checks)
    assert [line for line in lines if line.startswith("Next step:")] == [
        "Next step:  Quit Excel and type: plansheet install."
    ]
    assert text.isascii()


def test_a_path_is_not_broken_and_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = Path("/a", "folder-with-a-long-name" * 9, "python\x1b[2J")
    text = doctor_text(examined(pc(tmp_path, python=Python(path, (3, 12, 4), 64, False, False))))
    assert str(path.parent) in text
    assert "\x1b" not in text


def test_the_json_says_the_same(tmp_path: Path) -> None:
    diagnosis = examined(pc(tmp_path, add_in=AddIn(Path("/XLSTART"))))
    said = json.loads(doctor_json(diagnosis))
    assert said["plansheet"] == __version__
    assert (said["system"], said["route"], said["works"]) == ("Windows", "add_in", False)
    assert said["next_step"] == diagnosis.next_step
    assert [check["what"] for check in said["checks"]] == [check.what for check in diagnosis.checks]
    assert {check["state"] for check in said["checks"]} == {"works", "fails", "unknown"}
    assert {check["route"] for check in said["checks"]} == {None, "add_in", "lite", "libre_office"}


def test_on_this_very_machine() -> None:
    diagnosis = doctor(read_machine())
    assert diagnosis.exit_code in (0, 1)
    assert f"Next step:  {diagnosis.next_step[:40]}" in doctor_text(diagnosis)
    assert {named(diagnosis, trial.what).state for trial in TRIALS} == {State.WORKS}
