"""demo, template, install, uninstall and doctor: what they leave, what they print, their exit codes."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from cli.typing_in import CLEAN, FINDINGS, USAGE, Run, report_of
from desktop.computers import bare, pc
from plansheet import __version__
from plansheet.cli import main
from plansheet.cli.products import EXISTING, SAMPLE
from plansheet.desktop.machine import Configuration
from plansheet.template import PRODUCTS, THEIRS, versions_in
from workbook.books import LEDGERS, book

CLEAN_BOOK = book(*LEDGERS)

# --- demo -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "here"
    assert main(["demo", str(folder)]) == CLEAN
    return folder


def test_demo_leaves_two_workbooks_and_the_reports(demo: Path) -> None:
    assert sorted(path.name for path in demo.iterdir()) == [SAMPLE, "check.json", "check.txt", EXISTING]
    report_of((demo / "check.json").read_text("utf-8"))


def test_demo_finds_the_five_planted_mistakes_and_nothing_else(demo: Path) -> None:
    one, other = report_of((demo / "check.json").read_text("utf-8"))["workbooks"]
    codes = Counter(finding["code"] for finding in one["findings"])
    assert codes == dict.fromkeys(["ISO001", "POOL001", "POOL002", "SPLIT001", "CASH001"], 1)
    assert (one["verdict"], other["verdict"]) == ("findings", "clean")
    assert one["recalculated"] > 0
    assert other["recalculated"] > 0


def test_the_sample_is_as_its_report_says(run: Run, demo: Path) -> None:
    code, out, _ = run("check", demo / SAMPLE, "--format", "json")
    assert code == FINDINGS
    said = json.loads((demo / "check.json").read_text("utf-8"))["workbooks"][0]["findings"]
    assert report_of(out)["workbooks"][0]["findings"] == said
    assert run("recalc", demo / SAMPLE)[0] == CLEAN


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo of small workbooks."""

    def build(path: Path) -> None:
        assert not path.is_dir(), "nothing is built where it cannot be written"
        path.write_bytes(CLEAN_BOOK)

    for name in ("build_sample", "build_existing"):
        monkeypatch.setattr(f"plansheet.cli.products.{name}", build)


@pytest.mark.usefixtures("quickly")
def test_demo_says_where_the_files_are(run: Run) -> None:
    code, out, _ = run("demo")
    assert code == CLEAN
    for name in (SAMPLE, EXISTING, "check.txt", "check.json"):
        assert str(Path("plansheet-demo", name)) in out
        assert Path("plansheet-demo", name).is_file()


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("name", [SAMPLE, EXISTING, "check.txt", "check.json"])
def test_demo_where_a_file_cannot_be_written(run: Run, name: str) -> None:
    Path("here", name).mkdir(parents=True)
    code, _, err = run("demo", "here")
    assert code == USAGE
    assert f"{Path('here', name)} cannot be written" in err
    assert "name another folder" in err


# --- template ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "here"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("USERPROFILE", str(folder.parent / "user"))  # on Windows it may write into the user's folder
        assert main(["template", str(folder)]) == CLEAN
    return folder


def test_template_leaves_every_product(templates: Path) -> None:
    assert {path.name for path in templates.iterdir()} == set(PRODUCTS)
    assert all(path.stat().st_size for path in templates.iterdir())


@pytest.mark.parametrize("name", [name for name in PRODUCTS if name.endswith(("xlam", "xlsm", "xlsx"))])
def test_a_product_says_what_it_was_built_from(templates: Path, name: str) -> None:
    said = versions_in(templates / name)
    assert said is not None
    assert set(said) == {"plansheet", "xlwings", "XlsxWriter"}
    assert said["plansheet"] == __version__


def test_the_templates_are_clean(run: Run, templates: Path) -> None:
    code, out, _ = run("check", templates, "--format", "json")
    assert code == CLEAN
    verdicts = {Path(one["path"]).name: one["verdict"] for one in report_of(out)["workbooks"]}
    workbooks = ("plansheet.xlsm", "plansheet-lite.xlsx", "plansheet-libreoffice.xlsx")
    assert verdicts == dict.fromkeys(workbooks, "clean")


@pytest.mark.parametrize("name", ["plansheet.xlsm", "main.py", "plansheet.oxt"])
def test_template_where_a_file_cannot_be_written(run: Run, name: str) -> None:
    Path("here", name).mkdir(parents=True)
    code, _, err = run("template", "here")
    assert code == USAGE
    assert f"{Path('here', name)} cannot be written" in err
    assert "close the file where it is open" in err
    assert [path.name for path in Path("here").iterdir()] == [name], "nothing is left half done"


def built_quickly(folder: Path) -> list[Path]:
    files = [folder / name for name in PRODUCTS]
    for file in files:
        file.write_text("as built", encoding="utf-8")
    return files


@pytest.fixture
def nothing_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template command that builds files of two words."""
    monkeypatch.setattr("plansheet.cli.products.build_products", built_quickly)


SAID = "".join(f"{Path('plansheet-template', name)}: {text}\n" for name, text in PRODUCTS.items())


@pytest.mark.usefixtures("nothing_built")
@pytest.mark.parametrize("name", sorted(THEIRS))
def test_what_may_be_somebodys_work_is_not_written_over(run: Run, name: str) -> None:
    assert run("template", "here")[0] == CLEAN
    assert run("template", "here")[0] == CLEAN  # nothing was typed into it
    Path("here", name).write_text("with rows", encoding="utf-8")
    Path("here", "plansheet.xlam").unlink()
    code, _, err = run("template", "here")
    assert code == USAGE
    assert f"{Path('here', name)} is there already" in err
    assert Path("here", name).read_text(encoding="utf-8") == "with rows"
    assert not Path("here", "plansheet.xlam").exists()
    assert run("template", "here", "--force")[0] == CLEAN
    assert {path.read_text(encoding="utf-8") for path in Path("here").iterdir()} == {"as built"}


def test_template_where_a_file_has_the_folders_name(run: Run) -> None:
    Path("here").write_text("", encoding="utf-8")
    code, _, err = run("template", "here")
    assert code == USAGE
    assert "here cannot be written: a file of that name is there; name another folder" in err


@pytest.mark.usefixtures("nothing_built")
def test_template_says_what_each_file_is(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("plansheet.cli.products._machine", lambda: bare("linux", tmp_path))
    assert run("template") == (CLEAN, SAID, "")
    assert not (tmp_path / ".plansheet").exists()


@pytest.mark.usefixtures("nothing_built")
def test_template_on_windows_says_which_file_names_which_python(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine = pc(tmp_path, configuration=Configuration(tmp_path / "user" / "plansheet.conf"))
    monkeypatch.setattr("plansheet.cli.products._machine", lambda: machine)
    conf = machine.configuration.path
    said = f"{conf}: which Python the template starts, {machine.named_python}\n"
    assert run("template") == (CLEAN, SAID + said, "")
    assert conf.is_file()
    assert not Path("plansheet-template", "plansheet.conf").exists()
    conf.unlink()
    conf.parent.rmdir()
    conf.parent.write_bytes(b"a file where the folder should be")
    code, out, err = run("template")
    assert (code, out) == (FINDINGS, SAID)
    assert "cannot be written" in err
    assert str(conf.parent) in err


# --- this computer ----------------------------------------------------------------------------------------------------


def test_doctor_says_the_same_as_text_and_as_json(run: Run) -> None:
    code, text, _ = run("doctor")
    again, document, _ = run("doctor", "--format", "json")
    said = json.loads(document)
    assert code == again == (CLEAN if said["works"] else FINDINGS)
    words = " ".join(text.split())
    assert " ".join(said["next_step"].split()) in words
    for check in said["checks"]:
        assert check["what"] in text
        assert " ".join(check["says"].split()) in words


@pytest.mark.skipif(sys.platform == "win32", reason="it is Windows")
@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_the_add_in_needs_windows(run: Run, command: str) -> None:
    code, out, err = run(command)
    assert (code, out) == (FINDINGS, "")
    assert "Excel on Windows" in err


def test_install_is_told_how_the_add_in_is_built(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def install(machine: object, build_add_in: object) -> str:
        assert callable(build_add_in)
        build_add_in(tmp_path / "plansheet.xlam")
        return "done\n"

    monkeypatch.setattr("plansheet.cli.products.install", install)
    assert run("install") == (CLEAN, "done\n", "")
    assert versions_in(tmp_path / "plansheet.xlam") is not None
