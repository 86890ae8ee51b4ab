"""A run, by stand-ins for worker processes: each file once, in the order of the sources, whatever comes when."""

from __future__ import annotations

import base64
import errno
import hashlib
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from plansheet.batch import run as runs
from plansheet.batch.asked import Asked
from plansheet.batch.documents import Document
from plansheet.batch.journal import Journal
from plansheet.batch.look import Look
from plansheet.batch.run import Batch
from plansheet.batch.walls import Limits
from plansheet.report.records import to_record
from plansheet.report.verdicts import Left, Origin
from plansheet.workbook.checked import Checked, unread
from plansheet.workbook.reading.unreadable import unreadable

Message = dict[str, Any]


class StandIn:
    """Does what a file's content says, and answers in an order that chance gives."""

    def __init__(self, folder: Path, jobs: int = 2, seed: int = 0) -> None:
        self.asked: list[str] = []
        self._folder, self._jobs, self._chance = folder, jobs, random.Random(seed)
        self._tasks: list[tuple[str, Document]] = []
        self._copies = 0

    @property
    def has_room(self) -> bool:
        return len(self._tasks) < self._jobs

    @property
    def is_busy(self) -> bool:
        return bool(self._tasks)

    def give(self, task: str, request: bytes) -> None:
        assert self.has_room
        document = Document.from_json(request.decode())
        self.asked.append(document.origin.path)
        self._tasks.append((task, document))

    def answers(self, seconds: float) -> Iterator[tuple[str, Message]]:
        task, document = self._tasks.pop(self._chance.randrange(len(self._tasks)))
        for message in self._said(document):
            yield task, message

    def _said(self, document: Document) -> Iterator[Message]:
        content = Path(document.path).read_bytes()
        kind, _, rest = content.decode().partition(":")
        path, sha256 = document.origin.path, hashlib.sha256(content).hexdigest()
        if kind == "holds" and document.closed:
            yield {"closed": True}
        elif kind == "holds":
            for each in filter(None, rest.split("|")):
                name, _, inner = each.partition("=")
                yield {"inside": self._copy(name, inner.replace("^", ":").replace("/", "|").replace("~", "="))}
            yield {"opened": "zip", "mail": None}
        elif kind == "dies":
            yield {"ended": "it took longer than 1 seconds"}
        elif kind == "is":
            yield {"verdict": to_record(unread(path, unreadable(rest), sha256)), "sha256": sha256}
        else:
            told: Message = {"verdict": to_record(Checked(path, sha256, "clean", rows=len(rest))), "sha256": sha256}
            if kind == "copy":
                told["copy"] = base64.b64encode(content).decode()
            yield told

    def _copy(self, name: str, content: str) -> Message:
        self._copies += 1
        path = self._folder / f"copy-{self._copies}"
        path.write_text(content)
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        told = {"within": [name], "mail": None, "size": len(content), "path": str(path), "private": True}
        return told | {"damage": "cut" if name.startswith("cut") else "", "sha256": sha256}


Go = Callable[..., Batch]


@pytest.fixture
def go(tmp_path: Path) -> Go:
    """A run over files by their names and contents, all of them named unless said otherwise."""

    def gone(
        contents: dict[str, str], *, hands: StandIn | None = None, journal: Journal | None = None,
        given: bool = True, stop_after: int = 1 << 30, limits: Limits = Limits(),  # noqa: B008 - it is frozen
    ) -> Batch:  # fmt: skip
        sources: list[tuple[str, str, bool] | Left] = []
        for name, content in contents.items():
            path = tmp_path / name
            path.write_text(content)
            sources.append((name, str(path), given))
        batch = Batch(journal or Journal(None, "asked"), limits)
        batch.find(sources)
        batch.look(hands or StandIn(tmp_path), lambda progress: progress.done < stop_after)
        batch.interrupted = "ended" if stop_after < 1 << 30 else ""
        batch.sort_out()
        return batch

    return gone


def paths(batch: Batch) -> list[str]:
    return [verdict.checked.path for verdict in batch.verdicts()]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("jobs", [1, 2, 7])
def test_the_order_of_the_sources_whatever_is_ready_when(go: Go, tmp_path: Path, seed: int, jobs: int) -> None:
    contents = {f"{number:02}.xlsx": f"w:{number}" for number in range(10)}
    contents["03.xlsx"] = "holds:a.xlsx=w^1|b.zip=holds^c.xlsx~w^2/d.xlsx~w^9|e.xlsx=w^3"
    batch = go(contents, hands=StandIn(tmp_path, jobs, seed))
    at_three = ["03.xlsx > a.xlsx", "03.xlsx > b.zip > c.xlsx", "03.xlsx > b.zip > d.xlsx", "03.xlsx > e.xlsx"]
    assert paths(batch) == [*sorted(contents)[:3], *at_three, *sorted(contents)[4:]]
    assert batch.progress.done == batch.progress.known == 15


def test_the_same_bytes_are_looked_at_once_and_told_each_time(go: Go, tmp_path: Path) -> None:
    hands = StandIn(tmp_path, 3)
    batch = go(
        {"a.xlsx": "w:1", "b.xlsx": "w:1", "c.zip": "holds:d.xlsx=w^1|e.xlsx=w^1", "f.xlsx": "w:22"}, hands=hands
    )
    assert sorted(path for path in hands.asked if path != "c.zip") == ["a.xlsx", "f.xlsx"]
    assert paths(batch) == ["a.xlsx", "b.xlsx", "c.zip > d.xlsx", "c.zip > e.xlsx", "f.xlsx"]
    assert [verdict.checked.rows for verdict in batch.verdicts()] == [1, 1, 1, 1, 2]
    assert [verdict.same_as for verdict in batch.verdicts()] == ["", "a.xlsx", "a.xlsx", "a.xlsx", ""]


def test_empty_files_are_no_copies_of_one_another(go: Go) -> None:
    batch = go({"a.xlsx": "is:empty", "b.xlsx": "is:empty", "c.xlsx": "dies:", "d.xlsx": "dies:"})
    assert [verdict.same_as for verdict in batch.verdicts()] == [""] * 4


def test_the_same_archive_twice_is_opened_twice(go: Go, tmp_path: Path) -> None:
    hands = StandIn(tmp_path, 2)
    batch = go({"a.zip": "holds:x.xlsx=w^1", "b.zip": "holds:x.xlsx=w^1"}, hands=hands)
    assert paths(batch) == ["a.zip > x.xlsx", "b.zip > x.xlsx"]
    assert len([path for path in hands.asked if path.endswith(".xlsx")]) == 1


def test_private_copies_are_removed_when_they_have_been_looked_at(go: Go, tmp_path: Path) -> None:
    go({"a.zip": "holds:x.xlsx=w^1|y.xlsx=w^1|z.zip=holds^q.xlsx~w^1|n.pdf=is^pdf|d.xlsx=dies^"})
    assert list(tmp_path.glob("copy-*")) == []
    assert (tmp_path / "a.zip").exists()


def test_what_lies_beside_workbooks_is_left_and_named(go: Go) -> None:
    batch = go({"a.zip": "holds:x.xlsx=w^1|logo.png=is^other|y.xlsx=is^pdf|z.pdf=is^pdf|s.xls=is^xls|e.bin=is^empty"})
    assert paths(batch) == ["a.zip > x.xlsx", "a.zip > y.xlsx", "a.zip > s.xls"]
    assert [(left.path, left.why) for left in batch.left()] == [
        ("a.zip > logo.png", "The file is not a workbook: ."),
        ("a.zip > z.pdf", "This is a PDF file, not a workbook."),
        ("a.zip > e.bin", "The file is empty: it has 0 bytes."),
    ]


def test_what_is_locked_may_be_a_workbook_unless_its_name_says_otherwise(go: Go) -> None:
    batch = go({"a.zip": "holds:x.bin=is^password|y.docx=is^password|z.xlsx=is^password"})
    assert paths(batch) == ["a.zip > x.bin", "a.zip > z.xlsx"]


def test_what_was_named_has_a_verdict_whatever_it_is(go: Go) -> None:
    assert paths(go({"a.pdf": "is:pdf"})) == ["a.pdf"]
    assert paths(go({"a.pdf": "is:pdf"}, given=False)) == []


def test_an_archive_without_a_workbook_has_a_verdict_itself(go: Go) -> None:
    batch = go({"a.zip": "holds:x.pdf=is^pdf|y.png=is^other"})
    [verdict] = batch.verdicts()
    [missed] = verdict.checked.not_checked
    assert verdict.checked.unreadable == "nothing inside"
    assert "it holds x.pdf, y.png." in missed.why
    assert list(batch.left()) == [], "that is told once"
    [verdict] = go({"a.zip": "holds:" + "|".join(f"{number}.pdf=is^pdf" for number in range(9))}).verdicts()
    assert "it holds 0.pdf, 1.pdf, 2.pdf and 6 more." in verdict.checked.not_checked[0].why
    assert list(go({"a.zip": "holds:b.zip=holds^x.pdf~is^pdf"}).left()) == []
    [verdict] = go({"a.zip": "holds:"}).verdicts()
    assert verdict.checked.verdict == "unchecked"


def test_a_mail_in_a_mailbox_without_a_workbook_is_left(go: Go) -> None:
    """A mailbox has many; that they hold none is no news of the workbooks that others hold."""
    batch = go({"all.mbox": "holds:message 1=holds^|message 2=holds^x.xlsx~w^1"})
    assert paths(batch) == ["all.mbox > message 2 > x.xlsx"]
    [left] = batch.left()
    assert (left.path, left.why) == ("all.mbox > message 1", "There is no workbook in it.")
    assert paths(go({"1:2,S": "holds:", "2": "holds:x.xlsx=w^1"}, given=False)) == ["2 > x.xlsx"]


def test_a_cut_attachment_says_that_the_mail_is_cut(go: Go) -> None:
    batch = go({"a.eml": "holds:cut.xlsx=is^cut off|cut-too.xlsx=w^1"})
    whole, fine = batch.verdicts()
    assert [missed.why for missed in whole.checked.not_checked][:1] == ["cut"]
    assert fine.checked.not_checked == []


def test_a_worker_that_was_ended_costs_its_file_only(go: Go) -> None:
    batch = go({"a.xlsx": "w:1", "b.xlsx": "dies:", "c.xlsx": "w:2"})
    assert [verdict.checked.verdict for verdict in batch.verdicts()] == ["clean", "unchecked", "clean"]
    [missed] = [missed for verdict in batch.verdicts() for missed in verdict.checked.not_checked]
    assert "longer than 1 seconds" in missed.why
    assert "--time-limit" in missed.why


def test_more_in_a_file_than_is_looked_at(go: Go, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(runs, "MOST_FILES_INSIDE", 3)
    batch = go({"a.zip": "holds:1.xlsx=w^1|2.xlsx=w^22|3.xlsx=w^333|4.xlsx=w^4444|5.xlsx=w^55555|6.xlsx=w^6"})
    assert paths(batch) == [f"a.zip > {number}.xlsx" for number in (1, 2, 3, 4)]
    assert [verdict.checked.verdict for verdict in batch.verdicts()] == ["clean", "clean", "clean", "unchecked"]
    assert list(tmp_path.glob("copy-*")) == []
    assert batch.progress.done >= batch.progress.known


def test_more_bytes_in_a_file_than_are_looked_at(go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_BYTES_INSIDE", 10)
    batch = go({"a.zip": "holds:1.xlsx=w^1|2.xlsx=w^22|3.xlsx=w^333|4.xlsx=w^4"})
    assert [verdict.checked.verdict for verdict in batch.verdicts()] == ["clean", "clean", "unchecked"]


def test_where_there_is_too_much_in_a_file_no_more_is_opened_and_each_says_so(
    go: Go, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Opened all the same they would be unpacked for nothing, and told as archives without a workbook."""
    monkeypatch.setattr(runs, "MOST_FILES_INSIDE", 5)
    two = "holds^1.xlsx~w^1/2.xlsx~w^2"
    contents = {"a.zip": f"holds:b.zip={two}|c.zip={two}|d.zip={two}|e.xlsx=w^333"}
    contents["z.zip"] = f"holds:d.zip={two}"
    hands = StandIn(tmp_path, 1)
    batch = go(contents, hands=hands)
    kinds = {verdict.checked.path: verdict.checked.unreadable or "read" for verdict in batch.verdicts()}
    assert kinds == {
        "a.zip > b.zip > 1.xlsx": "read",
        "a.zip > b.zip > 2.xlsx": "too many",
        "a.zip > c.zip": "too many",
        "a.zip > d.zip": "too many",
        "a.zip > e.xlsx": "read",
        "z.zip > d.zip > 1.xlsx": "read",
        "z.zip > d.zip > 2.xlsx": "read",
    }
    assert list(batch.left()) == []
    assert list(tmp_path.glob("copy-*")) == []
    assert batch.progress.done == batch.progress.known


def test_what_is_called_an_archive_or_a_mail_has_a_verdict_as_what_is_called_a_workbook(go: Go) -> None:
    batch = go({"a.zip": "is:other", "b.eml": "is:empty", "c.msg": "is:document", "d.txt": "is:text"}, given=False)
    assert paths(batch) == ["a.zip", "b.eml", "c.msg"]


def test_what_is_called_as_the_one_before_it_is_called_a_workbook_too(go: Go) -> None:
    batch = go({"a.zip": "holds:b.xlsx=w^1|b.xlsx (2)=is^html|b.txt (2)=is^html"})
    assert paths(batch) == ["a.zip > b.xlsx", "a.zip > b.xlsx (2)"]


def test_what_a_mac_keeps_beside_a_workbook_is_left_whatever_it_is_called(go: Go) -> None:
    batch = go({"a.zip": "holds:b.xlsx=is^mac|b.xlsx (2)=w^1", "c.zip": "holds:b.xlsx=is^mac"})
    assert paths(batch) == ["a.zip > b.xlsx (2)", "c.zip"]
    assert [left.path for left in batch.left()] == ["a.zip > b.xlsx"]


def test_an_archive_of_another_kind_may_hold_workbooks(go: Go) -> None:
    batch = go({"a.7z": "is:archive", "b.zip": "holds:c.tar.gz=is^archive"}, given=False)
    assert [(verdict.checked.path, verdict.checked.unreadable) for verdict in batch.verdicts()] == [
        ("a.7z", "archive"),
        ("b.zip > c.tar.gz", "archive"),
    ]


def test_what_is_left_in_an_archive_is_named(go: Go, tmp_path: Path) -> None:
    class Leaving(StandIn):
        def _said(self, document: Document) -> Iterator[Message]:
            if document.name == "a.zip":
                yield {"inside": {"within": [".b.xlsx"], "mail": None, "size": 9, "left": "hidden"}}
            yield from super()._said(document)

    batch = go({"a.zip": "holds:c.xlsx=w^1"}, hands=Leaving(tmp_path))
    assert paths(batch) == ["a.zip > c.xlsx"]
    assert list(batch.left()) == [Left("a.zip > .b.xlsx", "hidden")]


def test_what_is_counted_of_many_sources_takes_no_room(go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_SOURCES", 4)
    batch = go({f"{number}.zip": f"holds:a.xlsx=w^{number}" for number in range(9)})
    assert len(paths(batch)) == 9
    assert len(batch._inside) == 4
    assert batch._numbers == {}


def test_a_run_that_was_ended_has_a_verdict_for_every_file(go: Go) -> None:
    contents = {f"{number}.xlsx": f"w:{number}" for number in range(9)}
    batch = go(contents, stop_after=4)
    assert paths(batch) == sorted(contents)
    said = [verdict.checked for verdict in batch.verdicts()]
    assert 4 <= sum(each.verdict == "clean" for each in said) < 9
    assert {missed.why for each in said for missed in each.not_checked} == {"ended"}


def test_a_run_is_gone_on_with_without_looking_twice(go: Go, tmp_path: Path) -> None:
    contents = {f"{number}.xlsx": f"w:{'x' * number}" for number in range(9)} | {"z.zip": "holds:q.xlsx=w^1"}
    undisturbed = [verdict.checked for verdict in go(contents).verdicts()]
    journal = Journal(tmp_path / "journal", "asked")
    first = StandIn(tmp_path)
    go(contents, hands=first, journal=journal, stop_after=4)
    journal.close()
    second = StandIn(tmp_path)
    batch = go(contents, hands=second, journal=Journal(tmp_path / "journal", "asked"))
    assert [verdict.checked for verdict in batch.verdicts()] == undisturbed
    looked_at = [path for path in first.asked + second.asked if path != "z.zip"]
    # What was given out when the first run ended is looked at again; what was answered is not.
    assert len(set(looked_at)) == 10
    assert len(looked_at) <= 12


def test_a_changed_file_is_told_as_it_was_read(go: Go, tmp_path: Path) -> None:
    """The bytes that were checked are those that the report names."""

    class Changes(StandIn):
        def give(self, task: str, request: bytes) -> None:
            (tmp_path / "a.xlsx").write_text("w:another")
            super().give(task, request)

    [verdict] = go({"a.xlsx": "w:one"}, hands=Changes(tmp_path)).verdicts()
    assert verdict.checked.sha256 == hashlib.sha256(b"w:another").hexdigest()


def test_copies_are_named_after_the_files_that_were_given(go: Go, tmp_path: Path) -> None:
    names: Sequence[str] = ("../../evil.xlsx", "@cmd.xlsx", "a.xlsx")
    inner = "|".join(f"{name.replace('/', chr(0x2215))}=copy^{at}" for at, name in enumerate(names))
    batch = go({"march.eml": f"holds:{inner}", "ledger.xlsx": "copy:x", "clean.xlsx": "w:1"})
    out = tmp_path / "out"
    out.mkdir()
    batch.write_copies(out)
    assert sorted(path.name for path in out.iterdir()) == [
        "ledger.findings.xlsx", "march-2.findings.xlsx", "march-3.findings.xlsx", "march.findings.xlsx",
    ]  # fmt: skip
    assert [Path(verdict.annotated).name for verdict in batch.verdicts()][-2:] == ["ledger.findings.xlsx", ""]


class Odd(StandIn):
    """Stands for workers that are ended in the middle of an archive, that fail, and that read other bytes."""

    def _said(self, document: Document) -> Iterator[Message]:
        content = Path(document.path).read_text()
        kind, _, rest = content.partition(":")
        path = document.origin.path
        if kind == "breaks off":
            yield {"inside": self._copy("a.xlsx", f"w:{rest}")}
            yield {"ended": "it took longer than 1 seconds"}
        elif kind == "fails":
            yield {"verdict": to_record(Checked(path, not_checked=[])), "failed": True}
        elif kind == "changed" and len(self.asked) == 1:
            changed = hashlib.sha256(b"other bytes").hexdigest()
            yield {"verdict": to_record(Checked(path, changed, "findings")), "sha256": changed}
        else:
            yield from super()._said(document)


def test_what_is_said_of_a_place_is_not_said_of_the_same_bytes_elsewhere(go: Go, tmp_path: Path) -> None:
    hands = StandIn(tmp_path, 1)
    go({"a.zip": "holds:deep.zip=is^nested", "b.zip": "is:nested"}, hands=hands)
    assert hands.asked == ["a.zip", "a.zip > deep.zip", "b.zip"]


def test_an_archive_that_was_given_up_in_the_middle_is_opened_again(go: Go, tmp_path: Path) -> None:
    """For each of two that are the same, and by the next run: what was found in it is not lost."""
    contents = {"a.zip": "breaks off:1", "b.zip": "breaks off:1"}
    for _ in range(2):
        journal = Journal(tmp_path / "journal", "asked")
        batch = go(contents, hands=Odd(tmp_path), journal=journal)
        assert paths(batch) == ["a.zip", "a.zip > a.xlsx", "b.zip", "b.zip > a.xlsx"]
        journal.close()


@pytest.mark.parametrize("content", ["is:too large", "fails:"])
def test_what_another_run_may_read(go: Go, tmp_path: Path, content: str) -> None:
    """It was too large for the memory it may take, or plansheet failed on it, perhaps for a full disk."""
    path = tmp_path / "journal"
    for limits in (Limits(), Limits(4_096)):
        hands = Odd(tmp_path)
        journal = Journal(path, "asked")
        go({"a.xlsx": content}, hands=hands, journal=journal, limits=limits)
        journal.close()
        assert hands.asked == ["a.xlsx"]


def test_a_file_that_changes_while_it_is_read_says_nothing_of_its_like(go: Go, tmp_path: Path) -> None:
    batch = go({"a.xlsx": "changed:1", "b.xlsx": "changed:1"}, hands=Odd(tmp_path))
    assert [verdict.checked.verdict for verdict in batch.verdicts()] == ["findings", "clean"]


def test_files_whose_verdicts_are_known_are_no_hindrance_to_ending_a_run(go: Go, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    contents = {f"{number}.xlsx": f"w:{number}" for number in range(9)}
    for stop_after in (9, 3):
        journal = Journal(path, "asked")
        batch = go(contents, journal=journal, stop_after=stop_after)
        done = batch.progress.done
        journal.close()
    assert done == 3


def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "notes")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    look = Look(Asked("2011-01-31").to_json(), str(tmp_path), ())
    [message] = look(Document("1", Origin("a.zip"), str(path)).to_json().encode())
    assert message["failed"]
    assert "no room on the disk" in message["verdict"]["not_checked"][0]["why"]


def test_copies_never_have_the_same_name(go: Go, tmp_path: Path) -> None:
    names = ["a.xlsx", "A.xlsm", "a-2.xlsx", "a-2.xlsm", f"{'é' * 120}.xlsx"]
    batch = go({name: f"copy:{number}" for number, name in enumerate(names)})
    (tmp_path / "copies").mkdir()
    batch.write_copies(tmp_path / "copies")
    assert len({verdict.annotated.casefold() for verdict in batch.verdicts()}) == len(names)
    for number, verdict in enumerate(batch.verdicts()):
        assert Path(verdict.annotated).read_text() == f"copy:{number}"
