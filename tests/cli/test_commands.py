"""The command line: what each command prints, where it writes, and its exit codes 0, 1, 2 and 3."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli.typing_in import CLEAN, FINDINGS, UNCHECKED, USAGE, VALIDATOR, Run, report_of
from plansheet import __version__
from plansheet.batch.asked import Asked
from plansheet.batch.look import options_of
from plansheet.batch.worker import Setup
from plansheet.cli import main
from plansheet.core.rule import Severity
from plansheet.excel.manual import ALL_RULES
from plansheet.plan.terms import read_terms
from plansheet.report.json import schema
from plansheet.workbook.checks import Options
from workbook.books import GRANTED, GRANTS, HOLDERS, LEDGERS, VESTING, Formula, Rows, Sheet, book, with_cell
from workbook.making import changed, ole2, packed, workbook

CORPUS = os.environ.get("PLANSHEET_CORPUS")
TOY = Path(__file__).parents[1] / "plan" / "toy_plan.toml"

CLEAN_BOOK = book(*LEDGERS)
WRONG = Sheet("Vesting", with_cell(VESTING, 1, "ISO shares", 9_999))
FINDINGS_BOOK = book(LEDGERS[0], WRONG, *LEDGERS[2:])
WARNING_BOOK = book(
    Sheet("Grants", [[*GRANTS[0], "Price after split"], [*GRANTS[1], 3.35]]),
    Sheet("Activity", [["Date", "Action", "Shares"], [dt.date(2004, 6, 1), "SPLIT", "3-for-1"]]),
)
OTHER_BOOK = book(Sheet("Budget", [["Month", "Dollars"], ["May", 5]]))
CALL = '=POOL_AVAILABLE(B1,"GRANT",30)'  # 970


def call_book(value: object, formula: str = CALL) -> bytes:
    return book(Sheet("Pool", [[Formula(formula, value), 1000]]))


def never_calculated() -> bytes:
    return changed(call_book(77_777), "xl/worksheets/sheet1.xml", "<v>77777</v>", "")


def put(name: str, data: bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


# --- check: exit codes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (CLEAN_BOOK, CLEAN),
        (FINDINGS_BOOK, FINDINGS),
        (WARNING_BOOK, CLEAN),
        (OTHER_BOOK, UNCHECKED),
        (b"", UNCHECKED),
        (call_book(970), CLEAN),
        (call_book(971), FINDINGS),
        (never_calculated(), FINDINGS),
        (call_book(970, '=POOL_AVAILABLE(RAND(),"GRANT",30)'), UNCHECKED),
    ],
    ids=[
        "clean", "a finding", "a warning", "nothing of a plan", "no workbook", "a right cell", "a wrong cell",
        "a cell never calculated", "a cell that cannot be checked",
    ],
)  # fmt: skip
def test_exit_codes(run: Run, data: bytes, code: int) -> None:
    assert run("check", put("book.xlsx", data))[0] == code


def test_three_beats_one_and_one_beats_zero(run: Run) -> None:
    clean, wrong, other = put("a.xlsx", CLEAN_BOOK), put("b.xlsx", FINDINGS_BOOK), put("c.xlsx", OTHER_BOOK)
    assert run("check", clean, wrong)[0] == FINDINGS
    assert run("check", wrong, clean)[0] == FINDINGS
    assert run("check", clean, wrong, other)[0] == UNCHECKED
    assert run("check", other, clean)[0] == UNCHECKED


def test_allow_unchecked_leaves_the_other_codes(run: Run) -> None:
    clean, wrong, other = put("a.xlsx", CLEAN_BOOK), put("b.xlsx", FINDINGS_BOOK), put("c.xlsx", OTHER_BOOK)
    assert run("check", other, "--allow-unchecked")[0] == CLEAN
    assert run("check", clean, other, "--allow-unchecked")[0] == CLEAN
    assert run("check", wrong, other, "--allow-unchecked")[0] == FINDINGS


def test_allow_unchecked_does_not_turn_warnings_into_findings(run: Run) -> None:
    """A file that is unchecked in part, with a warning in the rest."""
    late = [["Holder", "Relationship"], ["Cy", "Officer"]]
    sheets = [
        Sheet("Grants", [[*GRANTS[0], "Price after split"], [*GRANTS[1], 3.35]]),
        Sheet("Activity", [["Date", "Action", "Shares"], [dt.date(2004, 6, 1), "SPLIT", "3-for-1"]]),
        Sheet("Holders", HOLDERS, table="Holders"),
        Sheet("Late", late),
    ]
    path = put("book.xlsx", book(*sheets))
    assert run("check", path)[0] == UNCHECKED
    assert run("check", path, "--allow-unchecked")[0] == CLEAN
    assert run("check", path, "--allow-unchecked", "--fail-on", "warning")[0] == FINDINGS


def test_fail_on_warning(run: Run) -> None:
    path = put("book.xlsx", WARNING_BOOK)
    code, out, _ = run("check", path)
    assert code == CLEAN
    assert "warning SPLIT002 Grants!H2" in out
    assert run("check", path, "--fail-on", "error")[0] == CLEAN
    assert run("check", path, "--fail-on", "warning")[0] == FINDINGS


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check"],
        ["no-such-command"],
        ["check", "book.xlsx", "--fail-on", "everything"],
        ["check", "book.xlsx", "--no-such-option"],
        ["check", "book.xlsx", "--format", "xml"],
        ["check", "book.xlsx", "--format", ""],
        ["check", "book.xlsx", "--as-of", "31/01/2011"],
        ["check", "book.xlsx", "--as-of", "2011-02-30"],
        ["check", "book.xlsx", "--select", "ISO999"],
        ["check", "book.xlsx", "--ignore", "XYZ"],
        ["check", "book.xlsx", "--terms", "no-such.toml"],
        ["check", "book.xlsx", "--format", "json=no/such/folder/out.json"],
        ["check", "no-such.xlsx"],
        ["check", "book.xlsx", "no-such.xlsx"],
        ["check", "*.nothing"],
        ["check", "empty"],
        ["recalc"],
        ["recalc", "no-such.xlsx"],
        ["recalc", "empty"],
        ["explain"],
        ["explain", "ISO999"],
        ["demo", "book.xlsx"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_with_a_sentence_and_no_traceback(run: Run, arguments: list[str]) -> None:
    put("book.xlsx", CLEAN_BOOK)
    Path("empty").mkdir()
    code, out, err = run(*arguments)
    assert code == USAGE
    assert "plansheet" in err
    assert "Traceback" not in out + err
    assert "verdict" not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "book.xlsx", "--as-of", "31/01/2011"], "write it as 2005-04-03"),
        (["check", "book.xlsx", "--select", "ISO999"], "plansheet rules lists them"),
        (["check", "book.xlsx", "--format", "xml"], "use text, json, junit or sarif"),
        (["check", "no-such.xlsx"], "no-such.xlsx"),
        (["check", "empty"], "no workbook in that folder"),
        (["explain", "ISO999"], 'there is no rule "ISO999"; give a code'),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_wrong_usage_is_told_what_to_do(run: Run, arguments: list[str], said: str) -> None:
    put("book.xlsx", CLEAN_BOOK)
    Path("empty").mkdir()
    assert said in run(*arguments)[2]


def test_a_path_that_is_not_there_is_told_before_anything_is_checked(run: Run) -> None:
    code, out, err = run("check", put("book.xlsx", FINDINGS_BOOK), "no-such.xlsx")
    assert (code, out) == (USAGE, "")
    assert "no-such.xlsx" in err


# --- check: what is given ---------------------------------------------------------------------------------------------


def paths_of(out: str) -> list[str]:
    return [each["path"] for each in report_of(out)["workbooks"]]


def test_folders_are_searched_for_what_is_a_workbook_or_is_called_one(run: Run) -> None:
    for name in ("in/b.xlsx", "in/deep/a.XLSM", "in/export", "in/~$b.xlsx", "in/.b.xlsx"):
        put(name, CLEAN_BOOK)
    for name in ("in/notes.txt", "in/x.csv"):
        put(name, b"Grant,Shares")
    code, out, _ = run("check", "in", "--format", "json")
    assert paths_of(out) == [str(Path(name)) for name in ("in/b.xlsx", "in/deep/a.XLSM", "in/export")]
    assert code == CLEAN
    assert sorted(Path(each["path"]).as_posix() for each in report_of(out)["left"]) == [
        "in/.b.xlsx", "in/notes.txt", "in/x.csv", "in/~$b.xlsx",
    ]  # fmt: skip
    put("in/csv.xlsx", b"Grant,Shares")
    assert run("check", "in")[0] == UNCHECKED


def test_a_folder_without_a_workbook_is_wrong_usage(run: Run) -> None:
    put("in/notes.txt", b"Grant,Shares")
    code, _, err = run("check", "in")
    assert code == USAGE
    assert "in/notes.txt: This is plain text" in Path(err).as_posix()


def test_patterns_and_each_file_once(run: Run) -> None:
    for name in ("in/b.xlsx", "in/a.xlsx", "in/deep/c.xlsx"):
        put(name, CLEAN_BOOK)
    assert paths_of(run("check", "in/*.xlsx", "--format", "json")[1]) == [
        str(Path("in/a.xlsx")),
        str(Path("in/b.xlsx")),
    ]
    assert len(paths_of(run("check", "in/**/*.xlsx", "--format", "json")[1])) == 3
    assert len(paths_of(run("check", "in/a.xlsx", "./in/a.xlsx", "in", "in/*.xlsx", "--format", "json")[1])) == 3


def test_a_named_file_is_checked_whatever_it_is_called(run: Run) -> None:
    assert run("check", put("ledger.backup", CLEAN_BOOK))[0] == CLEAN
    assert run("check", put("grants [final].xlsx", CLEAN_BOOK))[0] == CLEAN


def test_one_verdict_for_every_file_given(run: Run) -> None:
    given = {"a.xlsx": CLEAN_BOOK, "b.xlsx": FINDINGS_BOOK, "c.xlsx": b"%PDF-1.4", "d.xlsx": OTHER_BOOK}
    paths = [put(name, data) for name, data in given.items()]
    report = report_of(run("check", *paths, "--format", "json")[1])
    assert [(each["path"], each["verdict"]) for each in report["workbooks"]] == [
        ("a.xlsx", "clean"), ("b.xlsx", "findings"), ("c.xlsx", "unchecked"), ("d.xlsx", "unchecked"),
    ]  # fmt: skip


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(FINDINGS_BOOK)))
    code, out, _ = run("check", "-", "--format", "json")
    [one] = report_of(out)["workbooks"]
    assert (code, one["path"], one["sha256"]) == (FINDINGS, "-", hashlib.sha256(FINDINGS_BOOK).hexdigest())


def test_standard_input_is_not_read_without_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plansheet.cli.checking.LARGEST_INPUT", 1000)
    endless = io.BytesIO(bytes(10 << 20))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(endless))
    code, _, err = run("check", "-")
    assert (code, endless.tell()) == (USAGE, 1 << 20)
    assert "more than 1,000 bytes" in err


# --- check: files that are no workbook --------------------------------------------------------------------------------


def ods() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office:document-content/>")
    return stream.getvalue()


NO_WORKBOOK: dict[str, tuple[bytes, str]] = {
    "encrypted.xlsx": (ole2("EncryptedPackage", "EncryptionInfo"), "encrypted in a way that is not opened"),
    "truncated.xlsx": (CLEAN_BOOK[: len(CLEAN_BOOK) // 2], "cut off"),
    "old.xls": (ole2("Workbook"), "Excel 97-2003"),
    "open.ods": (ods(), "OpenDocument"),
    "csv.xlsx": (b"Grant,Shares\r\nG-1,100\r\n", "plain text or CSV"),
    "grants.csv": (b"Grant,Shares\r\nG-1,100\r\n", "plain text or CSV"),
    "web.xls": (b"<html><table><tr><td>Grant</td></tr></table></html>", "web page (HTML)"),
    "print.xlsx": (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    "empty.xlsx": (b"", "empty"),
    "letter.xlsx": (ole2("WordDocument"), "Word document"),
    "lock/~$book.xlsx": (bytes([3]) + b"Ada".ljust(54) + bytes(107), "~$"),
    "mail.eml": (b"From: a@example.com\r\nTo: b@example.com\r\nSubject: grants\r\n\r\nSee below.", "no workbook in it"),
    "zip.xlsx": (packed({"a.txt": b"a"}), "no workbook in it; it holds a.txt"),
    "picture.xlsx": (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
    "noise.xlsx": (bytes(range(1, 32)) * 9, "not a workbook"),
}


@pytest.mark.parametrize("name", NO_WORKBOOK)
def test_a_file_that_is_no_workbook(run: Run, name: str) -> None:
    data, said = NO_WORKBOOK[name]
    path = put(name, data)
    code, out, err = run("check", path)
    assert (code, err) == (UNCHECKED, "")
    assert said in out
    assert f"{path}: unchecked" in out
    [one] = report_of(run("check", path, "--format", "json")[1])["workbooks"]
    assert one["verdict"] == "unchecked"
    assert one["sha256"] == hashlib.sha256(data).hexdigest()
    [why] = [each["why"] for each in one["not_checked"]]
    assert said in why
    assert why.count(". ") >= 1, "it says what the file is, and then what to do"


def test_each_says_what_it_is() -> None:
    assert len({said for _, said in NO_WORKBOOK.values()}) == len(NO_WORKBOOK) - 1  # the CSV file stands there twice


@pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no folder of hostile files")
def test_hostile_files_each_get_a_verdict(run: Run) -> None:
    code, out, err = run("check", f"{CORPUS}/hostile/*", "--format", "json")
    report = report_of(out)
    assert (code, err) == (UNCHECKED, "")
    assert len(report["workbooks"]) == sum(path.is_file() for path in Path(CORPUS or "", "hostile").iterdir())
    failed = [w["path"] for w in report["workbooks"] for n in w["not_checked"] if "plansheet failed" in n["why"]]
    assert failed == []
    assert {w["path"] for w in report["workbooks"] if w["verdict"] == "unchecked" and not w["not_checked"]} == set()


# --- check: formats ---------------------------------------------------------------------------------------------------


def test_text(run: Run) -> None:
    code, out, _ = run("check", put("book.xlsx", FINDINGS_BOOK))
    lines = out.splitlines()
    assert lines[0] == "book.xlsx: findings"
    assert any(
        line.startswith("  error ISO001 Vesting!D2: Tranche of grant G-1 first exercisable 2004-12-31")
        for line in lines
    )
    assert (
        "      Enter 10,000 in ISO shares and 0 in NSO shares. [plan §11(c); IRC §422(d); Treas. Reg. §1.422-4]"
        in lines
    )
    open_ones = sum(line.startswith("  not checked:") for line in lines)
    [without] = [line.split()[6] for line in lines if line.startswith("  not checked for lack of columns:")]
    assert lines[-1] == (
        "Checked: 1 workbook, 0 plan-function cells calculated again, 8 ledger rows held against the rules: 1 error, "
        f"0 warnings. Not checked: 0 workbooks, {open_ones} thing{'' if open_ones == 1 else 's'} in them, {without} "
        "rules for lack of columns."
    )
    told = "\n".join(lines)
    for code_, heading in (("TERM003", "Expires"), ("TAX001", "Minimum tax"), ("TRANS003", "Transferable")):
        assert re.search(rf"{heading}\s+\([A-Z0-9\s]*{code_}", told), "which column to add for it"
    assert code == FINDINGS


def test_json(run: Run) -> None:
    path = put("book.xlsx", FINDINGS_BOOK)
    report = report_of(run("check", path, "--format", "json")[1])
    assert report["plansheet"] == __version__
    [one] = report["workbooks"]
    assert one["sha256"] == hashlib.sha256(FINDINGS_BOOK).hexdigest()
    [finding] = one["findings"]
    assert set(finding) == {"code", "severity", "sheet", "cell", "message", "fix", "plan", "law", "fingerprint"}
    assert (finding["code"], finding["severity"]) == ("ISO001", "error")
    assert (finding["sheet"], finding["cell"]) == ("Vesting", "D2")
    assert finding["law"] == ["IRC §422(d)", "Treas. Reg. §1.422-4"]
    assert one["recalculated"] == 0


def test_formats_are_repeated_and_go_where_they_are_told(run: Run) -> None:
    path = put("book.xlsx", FINDINGS_BOOK)
    code, out, _ = run("check", path, "--format", "text", "--format", "json=out.json", "--format", "text=out.txt")
    assert code == FINDINGS
    assert out.startswith("book.xlsx: findings")
    assert Path("out.txt").read_text("utf-8") == out
    assert report_of(Path("out.json").read_text("utf-8"))["workbooks"][0]["verdict"] == "findings"


def test_a_format_to_a_file_prints_nothing(run: Run) -> None:
    code, out, err = run("check", put("book.xlsx", CLEAN_BOOK), "--format", "json=out.json")
    assert (code, out, err) == (CLEAN, "", "")
    assert Path("out.json").is_file()


def test_a_report_is_never_written_over_what_it_reports_on(run: Run) -> None:
    path = put("in/book.xlsx", FINDINGS_BOOK)
    for target in ("in/book.xlsx", "./in/../in/book.xlsx"):
        code, _, err = run("check", path, "--format", f"json={target}")
        assert code == USAGE
        assert "name another file" in err
        assert path.read_bytes() == FINDINGS_BOOK


def test_the_schema_refuses_what_it_should() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    whole = {"path": "a", "sha256": "", "verdict": "clean", "findings": [], "recalculated": 0, "not_checked": []}
    assert VALIDATOR.is_valid({"plansheet": "1", "workbooks": [whole]})
    for name, wrong in (("verdict", "passed"), ("recalculated", -1), ("sha256", "abc"), ("findings", [{}]), ("new", 1)):
        assert not VALIDATOR.is_valid({"plansheet": "1", "workbooks": [{**whole, name: wrong}]})
    for name in whole:
        assert not VALIDATOR.is_valid({"plansheet": "1", "workbooks": [{k: v for k, v in whole.items() if k != name}]})


def test_json_is_ascii_so_that_every_terminal_and_file_holds_it(run: Run) -> None:
    rows = with_cell(with_cell(GRANTS, 1, "Holder", "Zoë 山田 \u202e"), 1, "FMV", "_xD800_ten")
    out = run("check", put("book.xlsx", book(Sheet("Grants", rows))), "--format", "json")[1]
    assert out.isascii()
    report_of(out)


def test_a_terminal_that_cannot_show_a_name_does_not_stop_the_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book(Sheet("Grants", with_cell(GRANTS, 1, "Type", "山田"))))
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["check", str(path)]) == FINDINGS
    assert b"LEDGER001 Grants!C2" in written.getvalue()


# --- check: what is asked ---------------------------------------------------------------------------------------------


def codes_of(out: str) -> list[str]:
    return [finding["code"] for each in report_of(out)["workbooks"] for finding in each["findings"]]


MANY = book(
    Sheet("Grants", [*GRANTS, [*GRANTS[2][:6], 501]]),  # LEDGER003, LEDGER004
    WRONG,  # ISO001
)


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ([], ["ISO001", "LEDGER003", "LEDGER004"]),
        (["--select", "LEDGER"], ["LEDGER003", "LEDGER004"]),
        (["--select", "ledger004"], ["LEDGER004"]),
        (["--select", "ISO", "--select", "LEDGER003"], ["ISO001", "LEDGER003"]),
        (["--ignore", "LEDGER"], ["ISO001"]),
        (["--ignore", "ISO001", "--ignore", "LEDGER003"], ["LEDGER004"]),
        (["--select", "LEDGER", "--ignore", "LEDGER004"], ["LEDGER003"]),
        (["--select", "POOL"], []),
    ],
    ids=lambda each: " ".join(each) or "all",
)
def test_select_and_ignore_by_the_beginning_of_a_code(run: Run, arguments: list[str], codes: list[str]) -> None:
    code, out, _ = run("check", put("book.xlsx", MANY), "--format", "json", *arguments)
    assert sorted(codes_of(out)) == codes
    assert code == (FINDINGS if codes else CLEAN)


def test_terms_of_another_plan(run: Run) -> None:
    path = put("book.xlsx", CLEAN_BOOK)
    code, out, _ = run("check", path, "--terms", TOY, "--format", "json")
    assert code == FINDINGS
    assert {"ISO001", "POOL001"} <= set(codes_of(out))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[plan", "is not readable as TOML"),
        (b"", "copy each from atg_1996.toml"),
        (b"\xff\xfe\x00", "terms.toml"),
        (TOY.read_bytes().replace(b"60000.50", b'"sixty"'), "iso_limit is sixty; write a number"),
        (TOY.read_bytes().replace(b"60000.50", b"nan"), "iso_limit"),
        (TOY.read_bytes().replace(b'value = "LITERAL"', b'value = "\\u009bLATER"'), "use one of: EARLIER, LITERAL"),
    ],
    ids=["no TOML", "empty", "no text", "a word for a number", "no number", "an unknown choice"],
)
def test_terms_that_cannot_be_used(run: Run, text: bytes, said: str) -> None:
    code, out, err = run("check", put("book.xlsx", CLEAN_BOOK), "--terms", put("terms.toml", text))
    assert (code, out) == (USAGE, "")
    assert said in err
    assert all(c.isprintable() or c == "\n" for c in err)


def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """The options with which worker processes check."""
    options: list[Options] = []

    def setup(asked: str, *rest: Any) -> Setup:
        options.append(options_of(Asked.from_json(asked)))
        return Setup(asked, *rest)

    monkeypatch.setattr("plansheet.cli.checking.Setup", setup)
    return options


def test_the_day_of_the_check(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    options = asked(monkeypatch)
    path = put("book.xlsx", CLEAN_BOOK)
    before = dt.date.today()
    run("check", path, "--as-of", "2005-04-03")
    run("check", path)
    assert options[0].as_of == dt.date(2005, 4, 3)
    assert before <= options[1].as_of <= dt.date.today()


def test_what_is_left_out_is_the_default(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given = asked(monkeypatch)
    run("check", put("book.xlsx", CLEAN_BOOK))
    assert given[0].terms is None
    assert given[0].fail_on is Severity.ERROR
    assert all(given[0].wanted(rule.code) for rule in ALL_RULES)


# --- Nothing is written to, nothing is let through --------------------------------------------------------------------

COMMANDS = [["check"], ["recalc"], ["check", "--format", "json"], ["recalc", "--format", "json"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("data", [FINDINGS_BOOK, call_book(971), b"%PDF"], ids=["ledgers", "a call", "no workbook"])
def test_what_is_read_is_never_written_to(run: Run, command: list[str], data: bytes) -> None:
    path = put("in/book.xlsx", data)
    path.chmod(0o444)
    before = path.stat()
    run(command[0], path, *command[1:])
    after = path.stat()
    assert path.read_bytes() == data
    assert (before.st_mtime_ns, before.st_size, before.st_ino) == (after.st_mtime_ns, after.st_size, after.st_ino)
    assert [each.name for each in path.parent.iterdir()] == ["book.xlsx"]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_control_characters_never_reach_the_terminal(run: Run, command: list[str]) -> None:
    """A sheet, a cell or a formula could clear the screen, or write an exit code that was none."""

    def fill(made: Any) -> None:
        sheet = made.add_worksheet("Grants\x9b2J\u202e")
        sheet.write_row(0, 0, ["Grant", "Grant date", "Shares", "Holder_x001B_[2J"])
        sheet.write_row(1, 0, ["G_x001B_[2J_x0007_", "_x001B_]0;clean_x0007_", 5, "Ada\x9b1m"])
        sheet.write_formula("F1", '=POOL_AVAILABLE(1000,"GRANT",30,"\x9b2J")', None, "_x001B_[2J")
        doubled = made.add_worksheet("Holders\x9b2J")
        doubled.write_row(0, 0, ["Holder", "Country", "Employee\x9b2J", "Employee"])

    _, out, err = run(command[0], put("book.xlsx", workbook(fill)), *command[1:])
    assert "POOL_AVAILABLE" in out
    assert [c for c in out + err if not c.isprintable() and c != "\n"] == []


def test_a_file_name_reaches_the_terminal_without_its_control_characters(run: Run) -> None:
    try:
        path = put("b\x1b[2Jook.xlsx", CLEAN_BOOK)
    except OSError:
        pytest.skip("this system has no such file names")
    for command in ("check", "recalc"):
        _, out, err = run(command, path)
        assert "\x1b" not in out + err


def test_an_unexpected_end_of_the_pipe_changes_no_exit_code(tmp_path: Path) -> None:
    """plansheet check ... | head -1 must not turn findings into a success."""
    (tmp_path / "book.xlsx").write_bytes(FINDINGS_BOOK)
    reader, writer = os.pipe()
    os.close(reader)
    run_it = "import sys; from plansheet.cli import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.run(
        [sys.executable, "-c", run_it, "check", "book.xlsx"],
        stdout=writer,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        check=False,
    )
    os.close(writer)
    assert (process.returncode, process.stderr) == (FINDINGS, b"")


# --- recalc -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "state"),
    [
        (call_book(970), CLEAN, "same"),
        (call_book(971), FINDINGS, "different"),
        (call_book("#NAME?"), FINDINGS, "different"),
        (never_calculated(), FINDINGS, "never calculated"),
        (call_book(970, '=POOL_AVAILABLE(RAND(),"GRANT",30)'), UNCHECKED, "not checked"),
    ],
    ids=["same", "different", "an error", "never calculated", "not checked"],
)
def test_recalc(run: Run, data: bytes, code: int, state: str) -> None:
    path = put("book.xlsx", data)
    told, out, err = run("recalc", path)
    assert (told, err) == (code, "")
    assert out.startswith(f"Pool!A1  {state}  =POOL_AVAILABLE(")
    assert out.splitlines()[-1] == f"1 plan-function cell, {int(state == 'same')} the same, {int(state != 'same')} not."
    report = json.loads(run("recalc", path, "--format", "json")[1])
    assert report["plansheet"] == __version__
    [cell] = report["cells"]
    assert (cell["sheet"], cell["cell"], cell["state"], cell["same"]) == ("Pool", "A1", state, state == "same")
    assert cell["formula"].startswith("=POOL_AVAILABLE(")
    assert set(cell) == {"sheet", "cell", "formula", "saved", "recomputed", "same", "state", "why"}


@pytest.mark.parametrize("command", ["recalc", "map"])
def test_formulas_that_are_too_long_are_told_as_such(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr("plansheet.workbook.formulas.plan_cells.MOST_TEXT", 20)
    code, out, err = run(command, put("book.xlsx", call_book(970)))
    assert (code, out) == (UNCHECKED, "")
    assert err.startswith("book.xlsx: The workbook is larger than what is read here: its formulas with plan functions ")
    assert err.count("\n") == 1


def test_recalc_as_of_a_day(run: Run) -> None:
    path = put("book.xlsx", call_book(5, '=POOL_AVAILABLE(1000,"GRANT",30)-970+DAY(TODAY())'))
    assert run("recalc", path, "--as-of", "2005-04-05")[0] == CLEAN
    assert run("recalc", path, "--as-of", "2005-04-06")[0] == FINDINGS
    assert run("recalc", path, "--as-of", "yesterday")[0] == USAGE


def test_recalc_tells_both_values(run: Run) -> None:
    path = put("book.xlsx", call_book(971))
    assert "saved 971, recomputed 970" in run("recalc", path)[1]
    [cell] = json.loads(run("recalc", path, "--format", "json")[1])["cells"]
    assert (cell["saved"], cell["recomputed"]) == (971, 970)


def test_recalc_of_a_spill_with_dates(run: Run) -> None:
    call = Formula("=VEST_TRANCHES(A6:A7,B6:B7,C6:C7,D6:D7)", "Grant", "A1:D4")
    saved: Rows = [
        [call, "Tranche", "First exercisable", "Shares"],
        *([f"G-{n}", 1, GRANTED, 10 * n] for n in (1, 2, 3)),
    ]
    rows: Rows = [*saved, [], ["G-1", 10, GRANTED, 0], ["G-2", 20, GRANTED, 0]]
    path = put("book.xlsx", book(Sheet("Sheet1", rows)))
    code, out, _ = run("recalc", path)
    assert code == FINDINGS
    assert "4 rows and 4 columns saved, 3 rows and 4 columns recomputed" in out
    [cell] = json.loads(run("recalc", path, "--format", "json")[1])["cells"]
    assert cell["recomputed"][1] == ["G-1", 1, "2004-01-05", 10]
    assert cell["saved"][1][2] == "2004-01-05"


def test_recalc_beside_a_file_that_is_no_workbook(run: Run) -> None:
    code, out, err = run("recalc", put("book.xlsx", b"%PDF-1.7"))
    assert (code, out) == (UNCHECKED, "")
    assert "book.xlsx: This is a PDF file" in err


def test_recalc_without_plan_functions(run: Run) -> None:
    code, out, _ = run("recalc", put("book.xlsx", CLEAN_BOOK))
    assert (code, out) == (CLEAN, "0 plan-function cells, 0 the same, 0 not.\n")


# --- rules, explain, help ---------------------------------------------------------------------------------------------


def test_rules(run: Run) -> None:
    code, out, _ = run("rules")
    lines = out.splitlines()
    assert code == CLEAN
    assert [line.split()[0] for line in lines] == [rule.code for rule in ALL_RULES]
    for rule, line in zip(ALL_RULES, lines, strict=True):
        assert line.split()[1] == rule.severity.value
        assert line.endswith(rule.title)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda r: r.code)
def test_explain_says_the_same_as_text_and_as_json(run: Run, rule: Any) -> None:
    code, out, _ = run("explain", rule.code.lower())
    assert code == CLEAN
    words = " ".join(out.split())
    document = json.loads(run("explain", rule.code, "--format", "json")[1])
    assert document["code"] == rule.code
    assert set(document) == {
        "code", "severity", "plan", "law", "title", "why", "example", "not_covered", "message", "fix", "needs",
    }  # fmt: skip
    needs = [text for need in document.pop("needs") for text in need.values()]
    for name, text in [*document.items(), *(("needs", text) for text in needs)]:
        for each in text if name == "law" else [text]:
            assert each in words, name


def test_rules_and_explain_cite_the_sections_of_the_terms(run: Run) -> None:
    assert run("terms")[0] == CLEAN
    lines = {line.split()[0]: line for line in run("rules", "--terms", "example_2008.toml")[1].splitlines()}
    assert set(lines) == {rule.code for rule in ALL_RULES}
    assert re.match(r"SPLIT001 +error +§10\.1 +A price", lines["SPLIT001"])
    said = run("explain", "SPLIT002", "--terms", "example_2008.toml")[1]
    assert "\n\nwarning; plan §10.1\n" in said
    assert "takes something from the holder (plan §12.4)" in " ".join(said.split())
    document = json.loads(run("explain", "SPLIT002", "--terms", "example_2008.toml", "--format", "json")[1])
    assert document["plan"] == "§10.1"
    # A copy of the plan's own file has no table of sections: it may be any plan's by now.
    assert "plan ATG 1996 §15(a)" in run("explain", "SPLIT001", "--terms", "atg_1996.toml")[1]
    assert run("explain", "SPLIT001", "--terms", "none.toml")[0] == USAGE


def test_terms_writes_files_to_copy(run: Run) -> None:
    code, out, _ = run("terms", "our plan")
    assert code == CLEAN
    written = [line.partition(": ")[0] for line in out.splitlines()]
    assert written == [str(Path("our plan", name)) for name in ("atg_1996.toml", "example_2008.toml")]
    assert all(read_terms(Path(path).read_text(encoding="utf-8"), path).title for path in written)
    assert run("terms", "our plan") == (CLEAN, out, "")


def test_terms_writes_over_nobodys_work(run: Run) -> None:
    Path("example_2008.toml").write_text("title = 'ours'", encoding="utf-8")
    code, out, err = run("terms")
    assert (code, out) == (USAGE, "")
    assert "example_2008.toml is there already and is not as it is written; name another folder" in err
    assert not Path("atg_1996.toml").exists()
    Path("file").write_text("", encoding="utf-8")
    assert run("terms", "file")[0] == USAGE


def test_rules_as_json_are_the_explanations_of_all(run: Run) -> None:
    documents = json.loads(run("rules", "--format", "json")[1])
    assert [document["code"] for document in documents] == [rule.code for rule in ALL_RULES]
    assert documents[0] == json.loads(run("explain", ALL_RULES[0].code, "--format", "json")[1])


def test_version_and_help(run: Run) -> None:
    assert run("--version") == (CLEAN, f"plansheet {__version__}\n", "")
    code, out, _ = run("--help")
    assert code == CLEAN
    assert "0 clean, 1 findings, 2 wrong usage, 3 something could not be checked" in " ".join(out.split())
