"""The journal: files in their order, verdicts by what was asked, on the disk until they are no longer wanted."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from plansheet.batch.documents import Document, key_of
from plansheet.batch.journal import OPENED, PENDING, SAME, SETTLED, WAITING, Journal, Kept, UnusableJournal
from plansheet.report.verdicts import Mail, Origin

NONE: frozenset[str] = frozenset()


def document(number: int, name: str = "", of: str = "") -> Document:
    name = name or f"{number}.xlsx"
    return Document(key_of(number, of), Origin(name), name)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal", "asked")


def test_a_document_is_the_same_after_json() -> None:
    whole = Document(
        "000000001.000000002", Origin("a.mbox", ("message 1", "b.xlsx"), Mail("a@b", "§ grants", "2005-01-02")), "p",
        3, 4, given=False, private=True, sha256="ab", damage="cut",
    )  # fmt: skip
    assert Document.from_json(whole.to_json()) == whole
    assert (whole.name, whole.depth, whole.is_looked_for) == ("b.xlsx", 1, True)


@pytest.mark.parametrize(
    ("name", "base"),
    [("../../a.xlsx", "a.xlsx"), ("..\\a.xlsx", "a.xlsx"), ("c:\\x\\a.xlsx", "a.xlsx"), ("a.xlsx", "a.xlsx"), ("", "")],
)
def test_names_without_their_folders(name: str, base: str) -> None:
    assert Document("1", Origin("z.zip", (name,)), "").name == base


def test_files_come_in_the_order_of_their_keys_and_once(journal: Journal) -> None:
    for number in (10, 2, 1):
        assert journal.add_given(document(number))
    assert not journal.add_given(document(11, "2.xlsx"))
    first = journal.next()
    assert first is not None
    assert first.key == key_of(1)
    journal.add(document(1, "inside", key_of(1)))  # what is in a file comes before the file that follows
    rest = []
    while each := journal.next():
        rest.append(each.key)
    assert rest == [key_of(1, key_of(1)), key_of(2), key_of(10)]


def test_more_rows_than_a_page_and_marked_meanwhile(journal: Journal) -> None:
    journal.begin()
    for number in range(2_500):
        journal.add_given(document(number))
    journal.end()
    seen = []
    for row in journal.rows(WAITING):
        journal.mark(row.key, SETTLED, sha256="x")
        seen.append(row.key)
    assert seen == [key_of(number) for number in range(2_500)]
    assert list(journal.rows(WAITING)) == []


def test_a_verdict_holds_for_what_was_asked(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path, "asked")
    journal.keep("aa", Kept("{}"))
    journal.keep("bb", Kept("{}", kind="password"))
    journal.keep("cc", Kept("{}", kind="stopped", walls="1 second"))
    journal.keep("-1", Kept("{}"))
    journal.close()
    again = Journal(path, "asked")
    assert again.has("aa", "1 second", NONE)
    assert again.has("bb", "1 second", NONE)
    assert not again.has("bb", "1 second", frozenset({"password"}))
    assert again.has("cc", "1 second", NONE)
    assert not again.has("cc", "2 seconds", NONE), "more time may give another verdict"
    assert again.record("-1") is None, "a file that could not be opened may be opened now"
    again.close()
    assert not Journal(path, "something else").has("aa", "", NONE)


def test_what_another_run_found_of_files_is_gone_with_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", "asked")
    journal.add_given(document(1))
    journal.close()
    again = Journal(tmp_path / "journal", "asked")
    assert again.next() is None
    assert again.add_given(document(1))


def test_files_with_the_same_bytes_wait_for_one_another(journal: Journal) -> None:
    for number in (1, 2, 3):
        journal.add_given(document(number))
        journal.mark(key_of(number), SAME, sha256="aa")
    waiting = []
    for each in journal.same("aa"):
        journal.mark(each.key, WAITING)
        waiting.append(each.key)
    assert waiting == [key_of(1), key_of(2), key_of(3)]


def test_what_is_in_a_file_is_told_from_its_neighbours(journal: Journal) -> None:
    for number, of in ((1, ""), (1, key_of(1)), (1, key_of(1, key_of(1))), (2, key_of(1)), (2, "")):
        journal.add_given(document(number, f"{of}-{number}", of))
    for row in list(journal.rows(*PENDING)):
        journal.mark(row.key, SETTLED)
    assert len(journal.inside(key_of(1), SETTLED)) == 3
    assert journal.inside(key_of(2), SETTLED) == []
    assert journal.inside(key_of(1), OPENED) == []
    assert journal.holds(key_of(1), SETTLED)
    assert not journal.holds(key_of(2), SETTLED)


def test_a_journal_that_another_run_has(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", "asked")
    with pytest.raises(UnusableJournal, match="in use by another run"):
        Journal(tmp_path / "journal", "asked")
    journal.close()


@pytest.mark.parametrize("content", [b"Grant,Shares\r\n" * 99, b"PK\x03\x04" + bytes(4000)])
def test_what_is_no_journal_is_not_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnusableJournal, match="is no journal"):
        Journal(path, "asked")
    assert path.read_bytes() == content


def test_somebody_elses_database_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE files (key TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(UnusableJournal, match="is no journal"):
        Journal(path, "asked")
    assert path.read_bytes() == before


def test_a_journal_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UnusableJournal, match="name another file"):
        Journal(tmp_path / "no" / "folder" / "journal", "asked")


def test_a_journal_without_a_path_is_nobodys() -> None:
    first, second = Journal(None, "asked"), Journal(None, "asked")
    first.keep("aa", Kept("{}"))
    assert not second.has("aa", "", NONE)
