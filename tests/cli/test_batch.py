"""plansheet check over mails, archives and many files, as it is typed: origins, resuming, ending, copies, passwords."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from batch.opening.making import attachment, mail, outlook
from cli.typing_in import CLEAN, FINDINGS, UNCHECKED, USAGE, Run, report_of
from plansheet.template.compound_file import compound_file
from plansheet.workbook.reading.reader import read_bytes
from workbook.books import LEDGERS, VESTING, Sheet, book, with_cell
from workbook.making import ole2

CORPUS = os.environ.get("PLANSHEET_CORPUS", "")
CLEAN_BOOK = book(*LEDGERS)
WRONG_BOOK = book(LEDGERS[0], Sheet("Vesting", with_cell(VESTING, 1, "ISO shares", 9_999)), *LEDGERS[2:])
WRONGER = with_cell(with_cell(VESTING, 1, "ISO shares", 9_999), 2, "ISO shares", 9_998)
WRONGER_BOOK = book(LEDGERS[0], Sheet("Vesting", WRONGER), *LEDGERS[2:])
PLANSHEET = [sys.executable, "-m", "plansheet"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
Report = dict[str, Any]


def put(name: str, data: bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def other(number: int) -> bytes:
    """A workbook that is like no other."""
    return book(LEDGERS[0], Sheet("Vesting", with_cell(VESTING, 1, "ISO shares", number)), *LEDGERS[2:])


def check(run: Run, *arguments: object) -> tuple[int, Report]:
    code, out, err = run("check", *arguments, "--format", "json")
    assert err == ""
    return code, report_of(out)


def verdicts(report: Report) -> list[tuple[str, str]]:
    return [(Path(each["path"]).as_posix(), each["verdict"]) for each in report["workbooks"]]


# --- Where workbooks come from ----------------------------------------------------------------------------------------


def test_every_kind_of_source_in_one_run(run: Run) -> None:
    put("in/a.eml", mail(("ledger.xlsx", CLEAN_BOOK), ("wrong.xlsx", WRONG_BOOK)).as_bytes())
    put("in/b.msg", outlook([attachment("ledger.xlsx", CLEAN_BOOK)]))
    put("in/c.zip", zipped(**{"deep/ledger.xlsx": WRONG_BOOK, "inner.zip": zipped(**{"x.xlsx": CLEAN_BOOK})}))
    messages = [mail(("m.xlsx", CLEAN_BOOK), subject=f"Month {number}").as_bytes() for number in (1, 2)]
    put("in/d.mbox", b"".join(b"From a@b Mon Oct  6 09:00:00 2025\n" + each + b"\n" for each in messages))
    for number in (1, 2):
        put(f"in/e/cur/{number}:2,S", mail((f"{number}.xlsx", CLEAN_BOOK)).as_bytes())
    put("in/e/new/3", mail().as_bytes())
    put("in/e/tmp/4", b"half")
    put("in/f.xlsx", CLEAN_BOOK)
    code, report = check(run, "in")
    assert code == FINDINGS
    assert verdicts(report) == [
        ("in/a.eml > ledger.xlsx", "clean"),
        ("in/a.eml > wrong.xlsx", "findings"),
        ("in/b.msg > ledger.xlsx", "clean"),
        ("in/c.zip > deep/ledger.xlsx", "findings"),
        ("in/c.zip > inner.zip > x.xlsx", "clean"),
        ("in/d.mbox > message 1 > m.xlsx", "clean"),
        ("in/d.mbox > message 2 > m.xlsx", "clean"),
        ("in/e/cur/1:2,S > 1.xlsx", "clean"),
        ("in/e/cur/2:2,S > 2.xlsx", "clean"),
        ("in/f.xlsx", "clean"),
    ]
    assert [Path(each["path"]).as_posix() for each in report["left"]] == ["in/e/new/3"]
    assert report["left"][0]["why"].startswith("There is no workbook in it. It came from ")
    assert {each["sha256"] for each in report["workbooks"]} == {
        hashlib.sha256(each).hexdigest() for each in (CLEAN_BOOK, WRONG_BOOK)
    }


def test_a_verdict_says_which_mail_it_came_in(run: Run) -> None:
    path = put("a.eml", mail(("grants.xlsx", CLEAN_BOOK), subject="Zoë’s ledger").as_bytes())
    [one] = check(run, path)[1]["workbooks"]
    sent = {"from": "Ada Arbor <ada@example.com>", "subject": "Zoë’s ledger", "date": "2025-10-06T09:00:00+02:00"}
    assert one["origin"] == {"file": "a.eml", "within": ["grants.xlsx"], "mail": sent}
    out = run("check", path)[1]
    assert 'Mail from Ada Arbor <ada@example.com>, "Zoë’s ledger", 2025-10-06T09:00:00+02:00 (a.eml):' in out


def test_a_mail_without_a_workbook_says_whose_it_is(run: Run) -> None:
    for path in (put("a.eml", mail().as_bytes()), put("b.msg", outlook())):
        code, report = check(run, path)
        [one] = report["workbooks"]
        assert (code, one["verdict"], one["unreadable"]) == (UNCHECKED, "unchecked", "nothing inside")
        assert one["origin"]["mail"]["subject"] == "Option ledger"
        assert one["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_forwarded_mail_is_the_one_that_is_told(run: Run) -> None:
    inner = mail(("ledger.xlsx", CLEAN_BOOK), subject="The ledger")
    outer = mail(subject="Fwd: The ledger")
    outer.add_attachment(inner)
    [one] = check(run, put("a.eml", outer.as_bytes()))[1]["workbooks"]
    assert one["origin"]["within"] == ["The ledger.eml", "ledger.xlsx"]
    assert one["origin"]["mail"]["subject"] == "The ledger"


def test_a_mail_from_the_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    content = mail(("ledger.xlsx", WRONG_BOOK)).as_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    code, report = check(run, "-")
    assert (code, verdicts(report)) == (FINDINGS, [("- > ledger.xlsx", "findings")])


def test_names_that_lie(run: Run) -> None:
    """Neither where they point nor what they end in counts."""
    names = ("../../up.xlsx", "ledger.pdf", "=HYPERLINK.xlsx", "a\u202excod.xlsx", "x" * 300 + ".xlsx")
    code, report = check(run, put("a.eml", mail(*((name, CLEAN_BOOK) for name in names)).as_bytes()))
    assert code == CLEAN
    assert len(report["workbooks"]) == len(names)
    assert report["workbooks"][0]["origin"]["within"] == ["up.xlsx"]
    assert list(Path().rglob("*.xlsx")) == list(Path("..").glob("up.xlsx")) == []
    out = run("check", "a.eml")[1]
    assert "\u202e" not in out
    assert all(character == "\n" or character.isprintable() for character in out)


def test_what_lies_beside_a_workbook_in_a_mail(run: Run) -> None:
    beside = [
        ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(50)),
        ("terms.pdf", b"%PDF-1.7"),
        ("grants.csv", b"Grant,Shares"),
    ]
    code, report = check(run, put("a.eml", mail(("ledger.xlsx", CLEAN_BOOK), *beside).as_bytes()))
    assert (code, len(report["workbooks"])) == (CLEAN, 1)
    assert [each["path"] for each in report["left"]] == [f"a.eml > {name}" for name, _ in beside]
    old = [("old.xls", ole2("Workbook")), ("csv.xlsx", b"Grant,Shares")]
    code, report = check(run, put("b.eml", mail(("ledger.xlsx", CLEAN_BOOK), *old).as_bytes()))
    assert (code, [each["verdict"] for each in report["workbooks"]]) == (UNCHECKED, ["clean", "unchecked", "unchecked"])


def test_a_cut_mail(run: Run) -> None:
    whole = mail(("a.xlsx", CLEAN_BOOK), ("b.xlsx", WRONG_BOOK)).as_bytes()
    code, report = check(run, put("a.eml", whole[: len(whole) - len(WRONG_BOOK) // 2]))
    first, second = report["workbooks"]
    assert (code, first["verdict"], second["verdict"]) == (UNCHECKED, "clean", "unchecked")
    assert "breaks off in this attachment" in second["not_checked"][0]["why"]


def test_identical_files_are_checked_once_and_told_each_time(run: Run) -> None:
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        put(f"in/{name}", WRONG_BOOK)
    put("in/d.zip", zipped(**{"e.xlsx": WRONG_BOOK}))
    report = check(run, "in", "--resume", "journal")[1]
    assert [verdict for _, verdict in verdicts(report)] == ["findings"] * 4
    with sqlite3.connect("journal") as journal:
        assert journal.execute("SELECT count(*) FROM verdicts").fetchone() == (1,)
    journal.close()
    first, *others = report["workbooks"]
    for each in others:
        assert {**each, "path": "", "origin": None} == {**first, "path": "", "origin": None}


# --- Passwords --------------------------------------------------------------------------------------------------------


def encrypted(data: bytes, password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, stream)
    return stream.getvalue()


def test_a_password_file_opens_what_it_can(run: Run) -> None:
    locked = put("locked.xlsx", encrypted(WRONG_BOOK, "Grants & options"))
    put("passwords", b"wrong\r\nGrants & options\n\n")
    put("others", b"wrong\n")
    code, report = check(run, locked)
    assert (code, report["workbooks"][0]["unreadable"]) == (UNCHECKED, "password")
    code, report = check(run, locked, "--password-file", "others")
    assert (code, report["workbooks"][0]["unreadable"]) == (UNCHECKED, "wrong password")
    code, report = check(run, locked, "--password-file", "passwords")
    [one] = report["workbooks"]
    assert (code, one["verdict"], one["findings"][0]["code"]) == (FINDINGS, "findings", "ISO001")
    assert one["sha256"] == hashlib.sha256(locked.read_bytes()).hexdigest(), "of the file as it came"


def test_another_password_is_tried_on_what_a_journal_has_as_locked(run: Run) -> None:
    locked = put("locked.xlsx", encrypted(CLEAN_BOOK, "secret"))
    put("passwords", b"secret\n")
    assert check(run, locked, "--resume", "journal")[0] == UNCHECKED
    assert check(run, locked, "--resume", "journal", "--password-file", "passwords")[0] == CLEAN
    assert b"secret" not in Path("journal").read_bytes()


@pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no encrypted workbooks of other programs")
def test_workbooks_that_other_programs_encrypted(run: Run) -> None:
    put("passwords", b"tika\npwd123\n")
    for name in ("tika__e2c06d__testEXCEL_protected_passtika_2", "poi__24d908__extenxls_pwd123"):
        [one] = check(run, f"{CORPUS}/hostile/{name}.xlsx", "--password-file", "passwords")[1]["workbooks"]
        assert "unreadable" not in one, one


# --- Baseline, copies -------------------------------------------------------------------------------------------------


def test_a_baseline_leaves_what_is_new(run: Run) -> None:
    path = put("ledger.xlsx", WRONG_BOOK)
    assert run("check", path, "--format", "json=base.json")[0] == FINDINGS
    code, report = check(run, path, "--baseline", "base.json")
    [one] = report["workbooks"]
    assert (code, one["verdict"], one["findings"], one["known"]) == (CLEAN, "clean", [], 1)
    put("ledger.xlsx", WRONGER_BOOK)
    code, report = check(run, path, "--baseline", "base.json")
    [one] = report["workbooks"]
    assert (code, one["known"], len(one["findings"])) == (FINDINGS, 1, 1)
    assert run("check", path, "--baseline", "base.json")[1].splitlines()[-1].count("1 finding of the baseline left out")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe"])
def test_a_baseline_that_is_none(run: Run, content: bytes) -> None:
    put("base.json", content)
    code, out, err = run("check", put("a.xlsx", CLEAN_BOOK), "--baseline", "base.json")
    assert (code, out) == (USAGE, "")
    assert "--baseline base.json" in err


def test_copies_with_their_findings(run: Run) -> None:
    put("in/ledger.xlsx", WRONG_BOOK)
    put("in/march.eml", mail(("../evil.xlsx", WRONGER_BOOK), ("fine.xlsx", CLEAN_BOOK)).as_bytes())
    before = {path: path.read_bytes() for path in Path("in").iterdir()}
    code, report = check(run, "in", "--annotate", "copies")
    assert code == FINDINGS
    names = {Path(each.get("annotated", "")).name for each in report["workbooks"] if each["findings"]}
    assert names == {"ledger.findings.xlsx", "march.findings.xlsx"}
    assert {path: path.read_bytes() for path in Path("in").iterdir()} == before
    copy = read_bytes(Path("copies/ledger.findings.xlsx").read_bytes())
    assert copy.sheets[0].name == "Findings"
    said = [str(cell.value) for cell in copy.sheets[0].cells.values()]
    assert "ISO001" in said
    assert any(hashlib.sha256(WRONG_BOOK).hexdigest() in each for each in said)
    assert not [cell for sheet in copy.sheets for cell in sheet.cells.values() if cell.formula]


def test_copies_are_written_over_nothing(run: Run) -> None:
    put("copies/ledger.findings.xlsx", b"with somebody's notes")
    code, out, err = run("check", put("ledger.xlsx", WRONG_BOOK), "--annotate", "copies")
    assert (code, out) == (USAGE, "")
    assert "is not empty" in err
    assert Path("copies/ledger.findings.xlsx").read_bytes() == b"with somebody's notes"


def test_a_ledger_with_formulas_for_text_is_safe_to_open_as_a_copy(run: Run) -> None:
    """What a cell holds as text stays text: =, +, - and @ at its beginning are no formula in the copy."""
    wrong, notes = with_cell(VESTING, 1, "ISO shares", 9_999), ("Note", "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0")
    texts = [[*row, note] for row, note in zip(wrong, (*notes, *[""] * len(wrong)), strict=False)]
    path = put("ledger.xlsx", book(LEDGERS[0], Sheet("Vesting", texts), *LEDGERS[2:]))
    assert check(run, path, "--annotate", "copies")[0] == FINDINGS
    copy = read_bytes(Path("copies/ledger.findings.xlsx").read_bytes())
    cells = [cell for sheet in copy.sheets for cell in sheet.cells.values()]
    assert {"=1+1", "@SUM(A1)"} <= {cell.value for cell in cells}
    assert [cell for cell in cells if cell.formula] == []


# --- Many files -------------------------------------------------------------------------------------------------------


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


# --- Odd containers ---------------------------------------------------------------------------------------------------


def test_an_archive_as_a_mac_packs_it(run: Run) -> None:
    """Beside each file it has one of a Mac's own under the same name; other programs add what they hide, or lock."""
    ours = {f"{at}.xlsx": WRONG_BOOK for at in ("~$ledger", ".old/ledger", "ledger.findings", "__MACOSX/ledger")}
    data = zipped(
        **{"march/ledger.xlsx": CLEAN_BOOK, "__MACOSX/march/._ledger.xlsx": b"\0\5\x16\7" + bytes(99)}, **ours
    )
    code, report = check(run, put("march.zip", data))
    assert (code, verdicts(report)) == (CLEAN, [("march.zip > march/ledger.xlsx", "clean")])
    note, copy = "the note of a program that has the workbook open", "a copy with findings, as --annotate writes it"
    assert [(each["path"].partition(" > ")[2], each["why"]) for each in report["left"]] == [
        ("__MACOSX/march/._ledger.xlsx", "hidden"),
        ("~$ledger.xlsx", note),
        (".old/ledger.xlsx", "hidden"),
        ("ledger.findings.xlsx", copy),
        ("__MACOSX/ledger.xlsx", "hidden"),
    ]


def test_an_archive_within_itself_ends(run: Run) -> None:
    data = zipped(**{"a.xlsx": CLEAN_BOOK})
    for level in range(12):
        data = zipped(**{f"{level}.zip": data})
    code, report = check(run, put("deep.zip", data))
    [one] = report["workbooks"]
    assert (code, one["unreadable"]) == (UNCHECKED, "nested")


def test_a_compound_file_that_is_no_mail(run: Run) -> None:
    [one] = check(run, put("a.msg", compound_file({"Contents": b"x"})))[1]["workbooks"]
    assert one["unreadable"] == "document"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif"])
def test_names_that_are_no_letters(run: Run, form: str) -> None:
    """A name on Linux may be any bytes: such a file is looked at, named and left like another."""
    Path("in").mkdir()
    for name, content in ((b"\xff.xlsx", WRONG_BOOK), (b"\xfe.txt", b"notes"), (b"a\n\x1b[31m.xlsx", CLEAN_BOOK)):
        Path(os.fsdecode(b"in/" + name)).write_bytes(content)
    code, out, err = run("check", "in", "--format", form, "--annotate", "copies", "--resume", "journal")
    assert (code, err) == (FINDINGS, "")
    assert "\x1b" not in out
    assert b"\xff.findings.xlsx" in os.listdir(b"copies")
    if form == "json":
        report = report_of(out)
        assert [each["path"] for each in report["workbooks"]] == ["in/a\n\x1b[31m.xlsx", "in/\udcff.xlsx"]
        assert [each["path"] for each in report["left"]] == ["in/\udcfe.txt"]


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
