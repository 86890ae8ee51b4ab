"""plansheet check over mails and archives, as it is typed: what is taken, what it is told of, passwords."""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from batch.opening.making import attachment, mail, outlook
from cli.batch_files import (
    CLEAN_BOOK,
    CORPUS,
    WRONG_BOOK,
    check,
    encrypted,
    put,
    verdicts,
    zipped,
)
from cli.typing_in import CLEAN, FINDINGS, UNCHECKED, Run, report_of
from plansheet.template.compound_file import compound_file
from workbook.making import ole2


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
