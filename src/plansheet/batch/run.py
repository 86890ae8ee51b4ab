"""A run: every file of the sources looked at, each verdict kept in the journal, and told in the order of the files."""

import base64
import hashlib
import json
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from plansheet.batch.documents import CONTAINERS, Document, key_of, suffix
from plansheet.batch.journal import LEFT, OPENED, PENDING, SAME, SETTLED, TOLD, WAITING, Journal, Kept
from plansheet.batch.opening.containers import MAILBOX
from plansheet.batch.sources import FINDINGS_COPY
from plansheet.batch.walls import Limits
from plansheet.report.records import from_record, to_record
from plansheet.report.verdicts import Left, Mail, Origin, Verdict
from plansheet.workbook.checked import Checked, NotChecked, unread
from plansheet.workbook.reading.guard import LARGEST_FILE
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

MOST_FILES_INSIDE = 1 << 17
MOST_BYTES_INSIDE = 1 << 33
"""In one file that was given, at any depth; a month's mail of thousands of issuers is less."""
MOST_SOURCES = 1_000
"""Whose contents are counted at a time; they are opened one after the other, as many at once as there are workers."""
BESIDE = frozenset(["pdf", "word", "powerpoint", "text", "html", "xml", "other", "document", "lock", "empty", "add-in"])
"""What may lie beside workbooks in a folder, an archive or a mail: named, and left. (Kinds of REASONS.)"""
NEVER = frozenset({"mac"})
"""What is left though it is called a workbook: beside it is the workbook."""
LOCKED = frozenset({"password", "wrong password", "zip password"})
"""What another password may open."""
DOCUMENTS = frozenset({".docx", ".docm", ".pptx", ".pptm"})
"""No workbooks, though a password hides what they are."""
OF_ITS_PLACE = frozenset({"nested", "lock"})
"""What is said of the place or the name of a file: the same bytes elsewhere may be read."""
TOO_LARGE = "too large"
"""Perhaps only for the memory that it may take."""
LONGEST_STEM = 200
"""Bytes of the name of a copy, before its ending; systems take 255."""
NAMED = 3
"""Files in a mail without a workbook that are named."""
POLL_SECONDS = 0.2

Message = dict[str, Any]


class Hands(Protocol):
    """Who looks at the files: worker processes of this computer, or of others."""

    @property
    def has_room(self) -> bool:
        """Whether another file can be given."""

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""

    def give(self, task: str, request: bytes) -> None:
        """Have a file looked at."""

    def answers(self, seconds: float) -> Iterator[tuple[str, Message]]:
        """What was said meanwhile, waited for so long at most."""


@dataclass(slots=True)
class Progress:
    """How far a run is."""

    done: int = 0
    known: int = 0
    """Files that are known by now; an archive or a mail adds what is in it."""


class Batch:
    """A run over some sources. When it has ended it is what reports are made from (report.verdicts.Run)."""

    def __init__(self, journal: Journal, limits: Limits, *, new_passwords: bool = False) -> None:
        self.interrupted = ""
        self.progress = Progress()
        self._journal = journal
        self._walls = str(limits)
        self._again = LOCKED if new_passwords else frozenset()
        self._looked_at: dict[str, Document] = {}
        self._hashes: set[str] = set()
        """Of the files that are being looked at."""
        self._numbers: dict[str, int] = {}
        """How many files were told to be in those."""
        self._inside: dict[str, list[int]] = {}
        """Files and bytes in each source that is an archive or a mail."""
        self._overflowing: set[str] = set()
        """Of those that are being opened: in which something was not looked at."""

    # --- Looking at files -----------------------------------------------------------------------------------------

    def find(self, sources: Iterable[tuple[str, str, bool] | Left]) -> None:
        """Note down every file: its name, where its bytes are, and whether somebody named it."""
        self._journal.begin()
        for number, each in enumerate(sources, start=1):
            if isinstance(each, Left):
                self._journal.add_left(key_of(number), each.path, each.why)
                continue
            name, path, given = each
            self.progress.known += self._journal.add_given(Document(key_of(number), Origin(name), path, given=given))
        self._journal.end()

    def look(self, hands: Hands, go_on: Callable[[Progress], bool]) -> None:
        """Have every file looked at; ends early where ``go_on`` says so."""
        while go_on(self.progress):
            if hands.has_room and (document := self._journal.next()):
                self._begin(document, hands)
            elif hands.is_busy:
                for key, message in hands.answers(POLL_SECONDS):
                    self._take(self._looked_at[key], message)
            else:
                return

    def _begin(self, document: Document, hands: Hands) -> None:
        document = replace(document, sha256=document.sha256 or _sha256(document))
        sha256 = document.sha256
        if sha256 and self._journal.has(sha256, self._walls, self._again):
            self._settled(document, sha256)
        elif sha256 and sha256 in self._hashes:
            self._journal.mark(document.key, SAME, sha256=sha256)
        else:
            document = replace(document, closed=self._is_full(document))
            self._hashes.add(sha256)
            self._looked_at[document.key] = document
            hands.give(document.key, document.to_json().encode())

    def _take(self, document: Document, message: Message) -> None:
        if "inside" in message:
            self._found(document, message["inside"])
            return
        opened = message.get("opened", "")
        began = self._numbers.pop(document.key, 0) > 0
        read = message.get("sha256", "") or document.sha256
        if opened:
            self._journal.mark(document.key, OPENED, sha256=document.sha256)
            if message["mail"]:
                self._journal.replace(document.of_mail(Mail(**message["mail"])))
            self._done(document, keep=opened == MAILBOX)  # its messages are parts of the file
        elif "closed" in message:
            read = _own(document)
            self._refused(document, to_record(unread(document.origin.path, _too_many(), document.sha256)))
        else:
            ended = "ended" in message
            kept = _ended(document, message["ended"], self._walls) if ended else _kept(document, message, self._walls)
            if began or not read or kept.kind in OF_ITS_PLACE or message.get("failed"):
                read = _own(document)
            self._journal.keep(read, kept)
            self._settled(document, read)
        del self._looked_at[document.key]
        self._overflowing.discard(document.key)
        self._hashes.discard(document.sha256)
        for same in self._journal.same(document.sha256):
            if not opened and read == document.sha256:
                self._settled(same, read)
            else:  # what is in an archive or a mail is told once for each; other verdicts are this file's alone
                self._journal.mark(same.key, WAITING)

    def _settled(self, document: Document, sha256: str) -> None:
        self._journal.mark(document.key, SETTLED, sha256=sha256)
        self._done(document)

    def _done(self, document: Document, *, keep: bool = False) -> None:
        self.progress.done += 1
        if not keep:
            _remove_copy(document)

    def _refused(self, document: Document, record: Message) -> None:
        """A file that has a verdict without having been looked at."""
        self._journal.keep(_own(document), Kept(json.dumps(record), record.get("unreadable", "")))
        self._settled(document, _own(document))

    def _is_full(self, document: Document) -> bool:
        """Whether so much was found in the source of a file that nothing in it is opened any more."""
        files, size = self._inside.get(_source(document), (0, 0))
        return files > MOST_FILES_INSIDE or size > MOST_BYTES_INSIDE

    def _count(self, document: Document, size: int) -> None:
        """Count a file in its source."""
        totals = self._inside.setdefault(_source(document), [0, 0])
        totals[0] += 1
        totals[1] += size
        if len(self._inside) > MOST_SOURCES:  # those before the last few are done with
            del self._inside[min(self._inside)]

    def _found(self, document: Document, told: Message) -> None:
        """A file in an archive or a mail."""
        number = self._numbers[document.key] = self._numbers.get(document.key, 0) + 1
        record, size, why = told.pop("refused", None), told.pop("size"), told.pop("left", "")
        mail = told.pop("mail")
        inside = document.inside(number, told.pop("within"), mail and Mail(**mail), **told)
        self._count(inside, size)
        if self._is_full(inside):
            if document.key in self._overflowing:  # the first one too many has said so
                _remove_copy(inside)
                return
            self._overflowing.add(document.key)
            record = to_record(unread(inside.origin.path, _too_many(", and nothing that follows in the same place")))
        self.progress.known += 1
        self._journal.add(inside)
        if record is not None:
            self._refused(inside, record)
        elif why:
            self._journal.mark(inside.key, LEFT, why=why)
            self._done(inside)

    # --- When it has ended ----------------------------------------------------------------------------------------

    def sort_out(self) -> None:
        """Tell files that lie beside workbooks from those that are to have a verdict."""
        for row in self._journal.rows(SETTLED):
            document = Document.from_json(row.document)
            if not document.given and _is_beside(document, self._journal.kind_of(row.sha256)):
                self._journal.mark(row.key, LEFT, why=_what(self._journal.record(row.sha256)))
        told = "-"  # no key
        for row in self._journal.rows(OPENED):
            if self.interrupted or row.key.startswith(told) or self._journal.holds(row.key, SETTLED):
                continue
            told = f"{row.key}."
            document = Document.from_json(row.document)
            why = unreadable("nothing inside", self._taken_together(row.key))
            if document.depth == 0 and (document.given or suffix(document.name) in CONTAINERS):
                record = to_record(unread(row.path, why, row.sha256))
                self._journal.keep(_own(document), Kept(json.dumps(record), why.kind))
                self._journal.mark(row.key, SETTLED, sha256=_own(document))
            else:
                self._journal.mark(row.key, LEFT, why=" ".join(filter(None, (why.what, _from(document.origin.mail)))))

    def _taken_together(self, key: str) -> str:
        """What an archive or a mail without a workbook holds, told of it and no longer file by file."""
        inside = self._journal.inside(key, LEFT)
        for each, _ in inside:
            self._journal.mark(each, TOLD)
        named = ", ".join(path.rpartition(" > ")[2] for _, path in inside[:NAMED])
        more = f" and {len(inside) - NAMED:,} more" if len(inside) > NAMED else ""
        return f"; it holds {named}{more}" if inside else ""

    def verdicts(self) -> Iterator[Verdict]:
        """A verdict for each file, in the order of the sources."""
        for row in self._journal.rows(SETTLED, *PENDING):
            document = Document.from_json(row.document)
            text = self._journal.record(row.sha256) if row.state == SETTLED else None
            if text is None:
                checked = Checked(row.path, not_checked=[NotChecked("the file", self.interrupted)])
            else:
                checked = from_record(json.loads(text))
                checked.path = row.path
            if document.damage and checked.unreadable:
                checked.not_checked.insert(0, NotChecked("the file", document.damage))
            first = "" if checked.unreadable else self._journal.first(row.sha256)  # empty files are all the same
            same_as = first if first != row.path else ""
            yield Verdict(checked, document.origin, same_as=same_as, annotated=row.copied)

    def left(self) -> Iterator[Left]:
        """Files that are no workbooks and that nobody named."""
        return (Left(row.path, row.why) for row in self._journal.rows(LEFT))

    def write_copies(self, folder: Path) -> None:
        """The workbooks with their findings, under the names of the files that were given; raises OSError."""
        times: Counter[str] = Counter()
        taken: set[str] = set()
        for row in self._journal.rows(SETTLED):
            copy = self._journal.copy(row.sha256)
            if copy is None:
                continue
            name = stem = _stem(Document.from_json(row.document).origin.file)  # no name of a mail or archive
            while name.casefold() in taken:
                times[stem] += 1
                name = f"{stem}-{times[stem] + 1}"
            taken.add(name.casefold())
            path = folder / f"{name}{FINDINGS_COPY}"
            path.write_bytes(copy)
            self._journal.mark_copied(row.key, str(path))


def _remove_copy(document: Document) -> None:
    if document.private:
        with suppress(OSError):
            Path(document.path).unlink()


def _kept(document: Document, message: Message, walls: str) -> Kept:
    """A worker's verdict, as it is kept."""
    copy = base64.b64decode(message["copy"]) if "copy" in message else None
    record = message["verdict"]
    record["sha256"] = record["sha256"] or document.sha256  # of an archive or a mail that was opened in parts
    kind = record.get("unreadable", "")
    return Kept(json.dumps(record), kind, walls if kind == TOO_LARGE else "", copy)


def _ended(document: Document, why: str, walls: str) -> Kept:
    """The verdict on a file whose worker was ended, or has died."""
    reason = unreadable("stopped", f"{why} (a file may take {walls})")
    return Kept(json.dumps(to_record(unread(document.origin.path, reason, document.sha256))), reason.kind, walls)


def _stem(file: str) -> str:
    """What the copies of the workbooks in a file are called."""
    stem = Path(file).stem or "input"
    while len(os.fsencode(stem)) > LONGEST_STEM:
        stem = stem[:-1]
    return stem


def _too_many(more: str = "") -> Unreadable:
    most = f"{MOST_FILES_INSIDE:,} files or {MOST_BYTES_INSIDE:,} bytes"
    return unreadable("too many", f"{more}: more than {most} are packed in the file that it came in")


def _is_beside(document: Document, kind: str) -> bool:
    """Whether a file that could not be read, or was, merely lies beside workbooks."""
    if document.is_looked_for:
        return kind in NEVER
    return kind in BESIDE | NEVER or (kind in LOCKED and suffix(document.name) in DOCUMENTS)


def _source(document: Document) -> str:
    """What stands for the file that was given."""
    return document.key.partition(".")[0]


def _own(document: Document) -> str:
    """What stands for the SHA-256 of a file that could not be read."""
    return f"-{document.key}"


def _from(mail: Mail | None) -> str:
    """Who is to be asked for the workbook; a place in a mailbox does not tell."""
    if mail is None:
        return ""
    told = (mail.sender or "a sender it does not name", f'"{mail.subject}"' if mail.subject else "", mail.date)
    return f"It came from {', '.join(filter(None, told))}."


def _what(record: str | None) -> str:
    """What a file is, of the sentences on it."""
    checked = from_record(json.loads(record or "{}"))
    return checked.not_checked[0].why.partition(". ")[0] + "."


def _sha256(document: Document) -> str:
    """Of a file of bearable size; empty where it cannot be read, which the worker will say."""
    path = Path(document.path)
    try:
        status = path.stat()
        if document.length is not None or not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_FILE:
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
