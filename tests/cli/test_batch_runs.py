"""plansheet check over many files, as typed: ended, gone on with, at its limits, and what goes wrong around a run."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cli.batch_files import (
    CLEAN_BOOK,
    PLANSHEET,
    POSIX,
    WRONG_BOOK,
    Report,
    check,
    other,
    put,
    verdicts,
    zipped,
)
from cli.typing_in import CLEAN, FINDINGS, UNCHECKED, USAGE, Run, report_of
from workbook.books import LEDGERS, Sheet, book


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 60 workbooks, of which some are alike, and an archive of more."""
    folder = tmp_path_factory.mktemp("many")
    books = [other(9_000 + number % 50) for number in range(60)]
    for number, data in enumerate(books):
        (folder / f"{number:03}.xlsx").write_bytes(data)
    (folder / "more.zip").write_bytes(zipped(**{f"{number}.xlsx": other(8_000 + number) for number in range(20)}))
    return folder


def plansheet(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    command = [*PLANSHEET, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


def kept(journal: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(journal) as opened:
        rows = opened.execute("SELECT rowid, sha256 FROM verdicts ORDER BY rowid").fetchall()
    opened.close()
    return rows


def has_written(journal: Path, more_than: int) -> bool:
    return journal.exists() and journal.stat().st_size > more_than


@pytest.fixture(scope="module")
def undisturbed(many: Path) -> Report:
    code, out, err = ended(plansheet("check", many, "--format", "json", "--as-of", "2011-01-31"))
    assert (code, err) == (FINDINGS, "")
    return report_of(out)


def test_the_same_report_whatever_the_number_of_workers(many: Path, undisturbed: Report) -> None:
    assert len(undisturbed["workbooks"]) == 80
    for jobs in (1, 5):
        out = ended(plansheet("check", many, "--format", "json", "--as-of", "2011-01-31", "--jobs", jobs))[1]
        assert report_of(out) == undisturbed


@POSIX
def test_a_run_that_was_killed_is_gone_on_with(many: Path, undisturbed: Report, tmp_path: Path) -> None:
    """Killed twice, without a chance to clean up: the report is that of an undisturbed run."""
    journal, temporary = tmp_path / "journal", tmp_path / "temporary"
    temporary.mkdir()
    typed = ("check", many, "--format", "json", "--as-of", "2011-01-31", "--jobs", 2, "--resume", journal)
    found: list[tuple[Any, ...]] = []
    for _ in range(2):
        began = len(found)
        process = plansheet(*typed, env={**os.environ, "TMPDIR": str(temporary)})
        size = journal.stat().st_size if journal.exists() else 0
        until = time.monotonic() + 60
        while (
            not has_written(journal, max(size, 70_000) + 30_000) and process.poll() is None and time.monotonic() < until
        ):
            time.sleep(0.005)
        process.kill()
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, "it was over before it could be killed"
        found = kept(journal)
        assert began < len(found) < 70
    assert eventually_empty(temporary), "workers clean up when their parent is gone"
    code, out, err = ended(plansheet(*typed))
    assert (code, err) == (FINDINGS, "")
    assert report_of(out) == undisturbed
    assert kept(journal)[: len(found)] == found, "nothing was checked twice"


def eventually_empty(folder: Path) -> bool:
    until = time.monotonic() + 30
    while any(folder.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(folder.iterdir())


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_a_report_of_what_was_checked(many: Path, tmp_path: Path, number: int) -> None:
    journal, temporary = tmp_path / "journal", tmp_path / "temporary"
    temporary.mkdir()
    typed = (
        "check",
        many,
        "--format",
        "json",
        "--format",
        f"text={tmp_path / 'text'}",
        "--jobs",
        2,
        "--resume",
        journal,
    )
    process = plansheet(*typed, env={**os.environ, "TMPDIR": str(temporary)})
    until = time.monotonic() + 60
    while not has_written(journal, 100_000) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    process.send_signal(number)
    code, out, err = ended(process)
    assert (code, err) == (UNCHECKED, "")
    report = report_of(out)
    assert "the run was ended" in report["interrupted"]
    done = [each for each in report["workbooks"] if each["verdict"] != "unchecked"]
    assert 0 < len(done) < len(report["workbooks"])
    missed = {each["why"] for one in report["workbooks"] for each in one["not_checked"] if one not in done}
    assert missed == {report["interrupted"]}
    assert report["interrupted"] in (tmp_path / "text").read_text("utf-8")
    assert list(temporary.iterdir()) == []


def test_temporary_files_are_removed(many: Path, tmp_path: Path) -> None:
    ended(plansheet("check", many / "more.zip", env={**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)}))
    assert list(tmp_path.iterdir()) == []


def test_a_long_run_says_how_far_it_is_in_plain_lines(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plansheet.cli.progress.LINE_EVERY_SECONDS", -1)
    put("in/a.xlsx", CLEAN_BOOK)
    put("in/b.xlsx", WRONG_BOOK)
    code, out, err = run("check", "in", "--format", "json")
    assert code == FINDINGS
    report_of(out)
    assert "plansheet check: " in err
    assert "of 2 files" in err
    assert all(character == "\n" or character.isprintable() for character in err)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminal")
def test_a_bar_on_a_terminal(many: Path) -> None:
    import pty

    master, slave = pty.openpty()
    command = [*PLANSHEET, "check", str(many), "--jobs", "1", "--format", "json"]
    slow = "import plansheet.cli.progress as p; p.BAR_AFTER_SECONDS = 0; from plansheet.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", slow, *command[3:]], stdout=subprocess.DEVNULL, stderr=slave, stdin=slave
    ) as process:
        os.close(slave)
        shown = b"".join(read_all(master))
        process.wait(60)
    os.close(master)
    assert b"/81" in shown
    assert b"files a second" in shown


def read_all(master: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # how Linux says that the other end is closed
            return
        if not part:
            return
        yield part


# --- Walls ------------------------------------------------------------------------------------------------------------


@cache
def large() -> bytes:
    """A workbook that takes seconds, and more memory than one that has a few rows."""
    headings, grant = LEDGERS[0].rows[:2]
    return book(Sheet("Grants", [headings, *[grant] * 60_000]))


def test_a_file_that_takes_too_long_costs_its_verdict_only(run: Run) -> None:
    put("in/a.xlsx", CLEAN_BOOK)
    put("in/b.xlsx", large())
    put("in/c.xlsx", WRONG_BOOK)
    code, report = check(run, "in", "--time-limit", "1")
    assert code == UNCHECKED
    assert [verdict for _, verdict in verdicts(report)] == ["clean", "unchecked", "findings"]
    assert report["workbooks"][1]["unreadable"] == "stopped"


@pytest.mark.skipif(sys.platform != "linux", reason="the limit that Linux holds")
def test_a_file_that_takes_too_much_memory_costs_its_verdict_only(run: Run) -> None:
    put("in/a.xlsx", CLEAN_BOOK)
    put("in/b.xlsx", large())
    put("in/c.xlsx", WRONG_BOOK)
    code, report = check(run, "in", "--memory-limit", "170", "--time-limit", "10")
    assert code == UNCHECKED
    assert [verdict for _, verdict in verdicts(report)] == ["clean", "unchecked", "findings"]
    assert report["workbooks"][1]["unreadable"] in ("too large", "stopped")


@pytest.mark.parametrize("option", ["--jobs", "--time-limit", "--memory-limit"])
@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", ""])
def test_numbers_of_options(run: Run, option: str, value: str) -> None:
    code, _, err = run("check", put("a.xlsx", CLEAN_BOOK), option, value)
    assert code == USAGE
    assert option in err
    assert "whole number" in err
    assert "invalid" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize("target", ["journal.xlsx", "in"])
def test_a_journal_is_never_written_over_a_workbook(run: Run, target: str) -> None:
    put("in/a.xlsx", CLEAN_BOOK)
    put("journal.xlsx", WRONG_BOOK)
    for typed in (("check", "in", "--resume", target), ("check", "journal.xlsx", "--resume", "journal.xlsx")):
        code, out, err = run(*typed)
        assert (code, out) == (USAGE, "")
        assert "name another file" in err
    assert Path("journal.xlsx").read_bytes() == WRONG_BOOK


def test_a_module_that_lies_in_the_folder_is_not_imported(run: Run) -> None:
    """Worker processes take nothing from where somebody works, which may be where attachments were saved."""
    for name in ("openpyxl.py", "json.py", "plansheet.py"):
        put(name, b"raise SystemExit('run')")
    code, report = check(run, put("a.xlsx", CLEAN_BOOK))
    assert (code, verdicts(report)) == (CLEAN, [("a.xlsx", "clean")])


# --- What goes wrong around a run -------------------------------------------------------------------------------------


def test_what_is_written_is_written_over_nothing(run: Run) -> None:
    put("in/a.xlsx", WRONG_BOOK)
    put("passwords", b"secret\n")
    assert run("check", "in", "--format", "json=base.json")[0] == FINDINGS
    before = {path: path.read_bytes() for path in (Path("in/a.xlsx"), Path("passwords"), Path("base.json"))}
    for typed in (
        ("in/*.xlsx", "--format", "text=in/a.xlsx"),
        ("in", "--format", "json=report", "--format", "text=report"),
        ("in", "--format", "json=report", "--resume", "report"),
        ("in", "--format", "json=base.json", "--baseline", "base.json"),
        ("in", "--format", "text=passwords", "--password-file", "passwords"),
    ):
        code, out, err = run("check", *typed)
        assert (code, out) == (USAGE, "")
        assert "would be written over" in err
    assert {path: path.read_bytes() for path in before} == before


@POSIX
def test_a_pipe_is_not_waited_for(run: Run) -> None:
    os.mkfifo("a.xlsx")
    code, report = check(run, "a.xlsx", "--time-limit", "60")
    [one] = report["workbooks"]
    assert (code, one["unreadable"]) == (UNCHECKED, "no file")


def test_the_standard_input_named_twice_and_closed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(WRONG_BOOK)))
    code, report = check(run, "-", "-")
    assert (code, verdicts(report)) == (FINDINGS, [("-", "findings")])
    monkeypatch.setattr("sys.stdin", None)
    code, out, err = run("check", "-")
    assert (code, out) == (USAGE, "")
    assert "which is closed" in err


@pytest.mark.skipif(sys.platform != "linux", reason="a device that is always full")
@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif"])
def test_an_output_that_takes_nothing(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(CLEAN_BOOK)
    for shell in (">/dev/full", ">&-"):
        typed = f'"$@" {shell}'
        command = ["sh", "-c", typed, "sh", *PLANSHEET, "check", str(path), "--format", form]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == USAGE
        assert done.stderr.startswith("plansheet check: the standard output ")
        assert len(done.stderr.splitlines()) == 1


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_before_anything_was_looked_at(tmp_path: Path, number: int) -> None:
    with plansheet("check", "-", stdin=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}) as process:
        until = time.monotonic() + 60
        while not list(tmp_path.rglob("input")) and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.stdout, process.stderr
        assert out is not None
        assert err is not None
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # where it came while Python tidied up something: then it is typed again
            process.send_signal(number)
        assert process.wait(30) == 130
        assert (out.read(), err.read()) == ("", "plansheet check: ended\n")
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_fails_in_the_middle(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("plansheet.batch.journal.Journal.keep", keep)
    code, out, err = run("check", put("a.xlsx", CLEAN_BOOK), "--resume", "journal")
    assert (code, out) == (USAGE, "")
    assert "journal cannot be used any more: database or disk is full" in err
