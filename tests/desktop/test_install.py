"""plansheet install and uninstall on a Windows machine whose xlwings and Excel are stand-ins."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.computers import (
    SAID_INSTALLED,
    STORE_PYTHON,
    XLWINGS,
    FakeExcel,
    bare,
    builder,
    get_config,
    pc,
    tree,
)
from plansheet import __version__
from plansheet.desktop.install import CannotInstall, have_configuration, install, uninstall
from plansheet.desktop.machine import ADD_IN, AddIn, Configuration, Excel, Machine, Xlwings


def never(path: Path) -> None:
    raise AssertionError("nothing is built where nothing can be installed")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return pc(tmp_path)


@pytest.fixture
def excel(machine: Machine) -> FakeExcel:
    assert machine.add_in.folder is not None
    return FakeExcel(machine.add_in.folder)


def test_it_installs_and_says_what_and_where(machine: Machine, excel: FakeExcel) -> None:
    said = install(machine, builder(b"fresh"), excel)
    placed, conf = excel.start / ADD_IN, machine.configuration.path
    assert placed.read_bytes() == b"fresh"
    assert get_config(conf, "INTERPRETER_WIN") == str(machine.python.executable)
    for part in (str(placed), str(conf), str(machine.python.executable), "=PLANSHEET_VERSION()", __version__):
        assert part in said


def test_xlwings_is_asked_by_its_own_command_with_a_limit(machine: Machine, excel: FakeExcel) -> None:
    install(machine, builder(), excel)
    built = machine.configuration.path.parent / ADD_IN
    python = str(machine.python.executable)
    script = "from xlwings.cli import main; main()"
    assert excel.commands == [
        [python, "-P", "-c", script, "addin", "install", "-f", str(built)],
        [python, "-P", "-c", script, "addin", "status", "-f", ADD_IN],
    ]
    for options in excel.options:
        assert isinstance(options["timeout"], int)
        assert options["check"] is False


def test_a_second_install_gives_the_same(machine: Machine, excel: FakeExcel, tmp_path: Path) -> None:
    machine.configuration.path.parent.mkdir()
    machine.configuration.path.write_bytes(b'"SHOW CONSOLE","True"\r\n')
    first = install(machine, builder(), excel)
    files = tree(tmp_path)
    assert install(machine, builder(), excel) == first
    assert tree(tmp_path) == files
    assert get_config(machine.configuration.path, "SHOW CONSOLE") == "True"


def test_an_older_add_in_is_replaced(machine: Machine, excel: FakeExcel) -> None:
    install(machine, builder(b"old"), excel)
    install(machine, builder(b"new"), excel)
    assert (excel.start / ADD_IN).read_bytes() == b"new"


@pytest.mark.parametrize(
    ("changes", "why", "what_to_do"),
    [
        ({"excel": None}, "No Excel was found", "Install Excel"),
        ({"excel": Excel(r"C:\Program Files\WindowsApps\EXCEL.EXE", store=True)}, "Microsoft Store", "xlwings Lite"),
        ({"python": STORE_PYTHON}, "Microsoft Store", "Install Python"),
        ({"xlwings": Xlwings(None)}, "xlwings is not installed", "Install plansheet again"),
        ({"xlwings": Xlwings(XLWINGS, {}, True)}, f"xlwings64-{XLWINGS}.dll", "python -m venv"),
        ({"xlwings": Xlwings(XLWINGS, {32: Path("x.dll")}, True)}, f"xlwings64-{XLWINGS}.dll", "python -m venv"),
        ({"xlwings": Xlwings(XLWINGS, {64: Path("x.dll")}, False)}, "pywin32", "pip install"),
        ({"named_python": None}, "letters", "plain letters"),
        ({"home": Path("/Users/Łucja")}, "letters", "System locale"),
    ],
    ids=[
        "no Excel", "Store Excel", "Store Python", "no xlwings", "no DLL", "the other DLL", "no pywin32",
        "Python's folder", "the user's folder",
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_said_before_anything_is_done(
    tmp_path: Path, changes: dict[str, object], why: str, what_to_do: str
) -> None:
    machine = pc(tmp_path, **changes)
    before = tree(tmp_path)
    with pytest.raises(CannotInstall, match=why) as refused:
        install(machine, never, FakeExcel(tmp_path))
    assert what_to_do in str(refused.value)
    assert str(refused.value).endswith(".")
    assert tree(tmp_path) == before


@pytest.mark.parametrize(("platform", "name"), [("linux", "Linux"), ("darwin", "macOS")])
def test_off_windows_it_names_the_other_routes(tmp_path: Path, platform: str, name: str) -> None:
    with pytest.raises(CannotInstall, match=f"needs Excel on Windows, and this is {name}") as refused:
        install(bare(platform, tmp_path), never)
    assert "xlwings Lite" in str(refused.value)
    assert "plansheet.oxt" in str(refused.value)
    with pytest.raises(CannotInstall, match=name):
        uninstall(bare(platform, tmp_path))
    assert have_configuration(bare(platform, tmp_path)) == ""
    assert tree(tmp_path) == {}


def test_32_bit_excel_takes_the_other_dll(tmp_path: Path) -> None:
    machine = pc(tmp_path, excel=Excel("EXCEL.EXE", bits=32), xlwings=Xlwings(XLWINGS, {32: Path("x.dll")}, True))
    assert machine.add_in.folder is not None
    assert install(machine, builder(), FakeExcel(machine.add_in.folder))


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (
            {"install": "Error: Failed to install the add-in: If Excel is running, quit Excel and try again."},
            "Failed to",
        ),
        ({"install": "FileNotFoundError(2, 'No such file or directory')"}, "FileNotFoundError"),
        ({"install": f"{SAID_INSTALLED}\nError: something else"}, "something else"),
        ({"install": ""}, "It said nothing"),
        ({"install": SAID_INSTALLED}, "not in Excel's start folder"),
        ({"status": "The add-in is not installed.\n"}, "not in Excel's start folder"),
        ({"status": "The add-in is installed at /nowhere/plansheet.xlam\n"}, "/nowhere/plansheet.xlam is not the one"),
    ],
    ids=["Excel runs", "an exception", "both", "silence", "nothing arrived", "no status", "elsewhere"],
)
def test_failures_of_xlwings_that_end_with_0(
    machine: Machine, excel: FakeExcel, says: dict[str, str], told: str
) -> None:
    excel.says = says
    with pytest.raises(CannotInstall, match="plansheet install") as failed:
        install(machine, builder(), excel)
    assert told in str(failed.value)
    assert "Traceback" not in str(failed.value)


def test_an_old_add_in_that_stays_is_a_failure(machine: Machine, excel: FakeExcel) -> None:
    (excel.start / ADD_IN).write_bytes(b"old")
    excel.says = {"install": SAID_INSTALLED}
    with pytest.raises(CannotInstall, match="not the one just built"):
        install(machine, builder(b"new"), excel)


def test_excel_that_cannot_be_reached(machine: Machine, excel: FakeExcel) -> None:
    excel.exit_code = 1
    with pytest.raises(CannotInstall, match=r"could not reach Excel\. It said: pywintypes\.com_error: Invalid class"):
        install(machine, builder(), excel)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (subprocess.TimeoutExpired("python", 180), "did not answer within 3 minutes"),
        (OSError(5, "Access is denied"), "did not start: Access is denied"),
    ],
)
def test_a_command_that_does_not_end(machine: Machine, excel: FakeExcel, error: Exception, told: str) -> None:
    excel.error = error
    with pytest.raises(CannotInstall, match=told):
        install(machine, builder(), excel)


def test_a_folder_that_cannot_be_written(machine: Machine, excel: FakeExcel) -> None:
    machine.configuration.path.parent.write_bytes(b"a file where the folder should be")
    with pytest.raises(CannotInstall, match=r"\.plansheet cannot be written"):
        install(machine, builder(), excel)
    assert excel.commands == []


def test_a_broken_build_touches_neither_excel_nor_the_configuration(machine: Machine, excel: FakeExcel) -> None:
    def breaks(path: Path) -> None:
        raise OSError(28, "No space left on device", str(path))

    with pytest.raises(CannotInstall, match=r"plansheet\.xlam cannot be written: No space left"):
        install(machine, breaks, excel)
    assert excel.commands == []
    assert not machine.configuration.path.exists()


# --- uninstall --------------------------------------------------------------------------------------------------------


def test_uninstall_takes_back_what_install_did(machine: Machine, excel: FakeExcel, tmp_path: Path) -> None:
    before = tree(tmp_path)
    install(machine, builder(), excel)
    assert tree(tmp_path) != before
    said = uninstall(machine, excel)
    assert tree(tmp_path) == before
    assert not machine.configuration.path.parent.exists()
    assert "removed" in said


def test_uninstall_keeps_the_users_keys(machine: Machine, excel: FakeExcel) -> None:
    conf = machine.configuration.path
    conf.parent.mkdir()
    conf.write_bytes(b'"SHOW CONSOLE","True"\r\n')
    install(machine, builder(), excel)
    assert "yours kept" in uninstall(machine, excel)
    assert conf.read_bytes() == b'"SHOW CONSOLE","True"\r\n'


def test_uninstall_twice_is_no_failure(machine: Machine, excel: FakeExcel) -> None:
    assert "was not in Excel" in uninstall(machine, excel)


def test_uninstall_that_excel_hinders_keeps_everything(machine: Machine, excel: FakeExcel, tmp_path: Path) -> None:
    install(machine, builder(), excel)
    before = tree(tmp_path)
    excel.says = {"remove": "Error: Failed to remove the add-in: If Excel is running, quit Excel and try again."}
    with pytest.raises(CannotInstall, match=r"Failed to remove .* Quit Excel"):
        uninstall(machine, excel)
    assert tree(tmp_path) == before


def test_uninstall_when_excel_is_gone(machine: Machine, excel: FakeExcel) -> None:
    install(machine, builder(), excel)
    asked = len(excel.commands)
    gone = replace(machine, excel=None)
    assert f"{excel.start / ADD_IN}: removed" in uninstall(gone, excel)
    assert not (excel.start / ADD_IN).exists()
    assert len(excel.commands) == asked
    assert "was not in Excel" in uninstall(replace(gone, add_in=AddIn(excel.start)), excel)


# --- for a template ---------------------------------------------------------------------------------------------------


@pytest.fixture
def unset(machine: Machine) -> Machine:
    """The machine before anything has named a Python for Excel."""
    return replace(machine, configuration=Configuration(machine.configuration.path))


def test_a_template_has_a_python_named_in_the_users_folder(unset: Machine, tmp_path: Path) -> None:
    said = have_configuration(unset)
    conf, python = unset.configuration.path, str(unset.python.executable)
    assert said == f"{conf}: which Python the template starts, {python}\n"
    assert get_config(conf, "INTERPRETER_WIN") == python
    assert [path.name for path in conf.parent.iterdir()] == [conf.name]
    written = tree(tmp_path)
    assert have_configuration(unset) == said
    assert tree(tmp_path) == written


def test_a_python_that_is_gone_is_replaced_and_the_users_keys_stay(unset: Machine) -> None:
    conf = unset.configuration.path
    conf.parent.mkdir()
    conf.write_bytes(b'"INTERPRETER_WIN","C:\\gone\\python.exe"\r\n"SHOW CONSOLE","True"\r\n')
    have_configuration(
        replace(unset, configuration=Configuration(conf, True, r"C:\gone\python.exe", interpreter_exists=False))
    )
    assert get_config(conf, "INTERPRETER_WIN") == str(unset.python.executable)
    assert get_config(conf, "SHOW CONSOLE") == "True"


def test_a_python_that_is_named_and_there_stays(machine: Machine, tmp_path: Path) -> None:
    before, conf = tree(tmp_path), machine.configuration
    assert have_configuration(machine) == f"{conf.path}: which Python the template starts, {conf.interpreter}\n"
    other = Configuration(conf.path, True, r"D:\python.exe", interpreter_exists=True)
    assert have_configuration(replace(machine, configuration=other)) == (
        f"{conf.path}: which Python the template starts, D:\\python.exe; for this one instead, type plansheet install\n"
    )
    assert tree(tmp_path) == before


def test_no_python_is_named_that_excel_could_not_start(unset: Machine, tmp_path: Path) -> None:
    before = tree(tmp_path)
    assert have_configuration(replace(unset, named_python=None)) == ""
    assert have_configuration(replace(unset, python=replace(unset.python, store=True))) == ""
    assert tree(tmp_path) == before


def test_a_users_folder_that_cannot_be_written(unset: Machine) -> None:
    unset.configuration.path.parent.write_bytes(b"a file where the folder should be")
    with pytest.raises(CannotInstall, match=r"plansheet.* cannot be written"):
        have_configuration(unset)
