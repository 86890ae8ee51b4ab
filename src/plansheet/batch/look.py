"""What is done with one file: a workbook is checked, an archive or a mail is opened.

The messages about a file: ``{"inside": {...}}`` for each file in it, whose bytes then stand in the folder, and a last
one: ``{"opened": kind, "mail": ...}``, or ``{"verdict": record, "sha256": ..., "copy": ...}``, or ``{"closed": True}``
of an archive or a mail that was not to be opened, or, where only those are opened, ``{"bytes": number}``. With
``"failed": true`` a verdict is of this run only: plansheet itself has failed, or the disk.
"""

import base64
import datetime as dt
import errno
import hashlib
import io
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from plansheet.batch.asked import Asked
from plansheet.batch.decrypting import decrypted
from plansheet.batch.documents import Document
from plansheet.batch.opening.containers import ARCHIVE, CONTAINERS, HEADINGS, MAILBOX, kind_of
from plansheet.batch.opening.inside import Inside
from plansheet.batch.opening.mailbox import messages
from plansheet.batch.sources import why_left
from plansheet.core.rule import Severity
from plansheet.plan.terms import read_terms
from plansheet.report.annotated import annotated
from plansheet.report.records import to_record
from plansheet.workbook.checked import Checked, NotChecked, unread
from plansheet.workbook.checks import Options, check_bytes
from plansheet.workbook.ledgers.mapping import read_mapping
from plansheet.workbook.reading import guard
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

DEEPEST = 8
"""Archives and mails in one another."""

Message = dict[str, Any]


class Look:
    """Looks at files, one after the other."""

    def __init__(self, asked: str, folder: str, passwords: Sequence[str], *, checks: bool = True) -> None:
        what = Asked.from_json(asked)
        self._options = options_of(what)
        self._annotate = what.annotate
        self._folder = Path(folder)
        self._passwords = passwords
        self._checks = checks
        self._copies = 0

    def __call__(self, request: bytes) -> Iterator[Message]:
        """The messages about one file; never raises for what is in it."""
        document = Document.from_json(request.decode())
        try:
            yield from self._messages(document)
        except Unreadable as why:
            yield {"verdict": to_record(unread(document.origin.path, why))}
        except MemoryError:
            large = unreadable("too large", "it needs more memory than one file may take")
            yield {"verdict": to_record(unread(document.origin.path, large)), "retires": True}
        except Exception as bug:  # one file must not take the others with it
            failed = f"plansheet failed on it ({type(bug).__name__}: {bug}); report this with the file"
            if isinstance(bug, OSError) and bug.errno == errno.ENOSPC:
                failed = (
                    "there is no room on the disk for private copies of what is in it; make room, and check it again"
                )
            checked = Checked(document.origin.path, not_checked=[NotChecked("the file", failed)])
            yield {"verdict": to_record(checked), "failed": True}

    def _messages(self, document: Document) -> Iterator[Message]:
        with _opened(document) as file:
            kind = "mail" if document.length is not None else kind_of(file)  # a part of a mailbox is one mail
            if not kind:
                content = _content(document, file)
                yield self._checked(document, content) if self._checks else {"bytes": len(content)}
                return
            if document.closed:
                yield {"closed": True}
                return
            if document.depth >= DEEPEST:
                raise unreadable("nested", f"it is in {DEEPEST} archives and mails, one in the other")
            yield from self._inside(document, kind, file)

    def _inside(self, document: Document, kind: str, file: IO[bytes]) -> Iterator[Message]:
        """What is in an archive or a mail; the last message names the mail."""
        if kind == MAILBOX:
            for number, (offset, length) in enumerate(messages(file), start=1):
                part = {"path": document.path, "offset": offset, "length": length}
                yield {"inside": {"within": [f"message {number}"], "mail": None, "size": 0, **part}}
        else:
            for inside in CONTAINERS[kind](file, self._passwords):
                why = next(filter(None, map(why_left, _steps(inside.name))), "") if kind == ARCHIVE else ""
                yield {"inside": self._left(inside, why) if why else self._copied(inside)}
        mail = HEADINGS[kind](file) if kind in HEADINGS else None
        yield {"opened": kind, "mail": mail and asdict(mail)}

    def _left(self, inside: Inside, why: str) -> Message:
        return {"within": [inside.name], "mail": None, "size": len(inside.data), "left": why}

    def _copied(self, inside: Inside) -> Message:
        within = [*inside.within, inside.name]
        told: Message = {"within": within, "mail": inside.mail and asdict(inside.mail), "size": len(inside.data)}
        if inside.refused is not None:
            return told | {"refused": to_record(unread(" > ".join(within), inside.refused))}
        self._copies += 1
        path = self._folder / f"{os.getpid()}-{self._copies}"  # never a name from outside
        path.write_bytes(inside.data)
        sha256 = hashlib.sha256(inside.data).hexdigest()
        return told | {"path": str(path), "private": True, "damage": inside.damage, "sha256": sha256}

    def _checked(self, document: Document, data: bytes) -> Message:
        sha256, name = hashlib.sha256(data).hexdigest(), document.origin.path
        try:
            opened = self._unlocked(data)
        except Unreadable as why:
            return {"verdict": to_record(unread(name, why, sha256)), "sha256": sha256}
        checked = check_bytes(opened, name, self._options)
        checked.sha256 = sha256
        told: Message = {"verdict": to_record(checked), "sha256": sha256}
        told["retires"] = checked.unreadable == "too large"  # what memory it took may not come back
        if self._annotate and checked.findings:
            told["copy"] = base64.b64encode(annotated(read_bytes(opened, name), checked)).decode()
        return told

    def _unlocked(self, data: bytes) -> bytes:
        """A workbook without its password; every other file as it is."""
        if data.startswith(guard.OLE2):
            try:
                guard.inspect(data)
            except Unreadable as why:
                if why.kind == "password":
                    return decrypted(data, self._passwords)
        return data  # where it is no workbook the check says so


def options_of(asked: Asked) -> Options:
    """The options of the check; raises what reading the terms or the mapping raises."""
    return Options(
        as_of=dt.date.fromisoformat(asked.as_of),
        terms=read_terms(asked.terms.text, asked.terms.name) if asked.terms else None,
        mapping=read_mapping(asked.mapping.text, asked.mapping.name) if asked.mapping else None,
        fail_on=Severity(asked.fail_on),
        wanted=Wanted(asked.select, asked.ignore),
    )


class Wanted:
    """Whether a rule's findings are wanted: codes that begin as selected, less those ignored."""

    def __init__(self, select: Sequence[str], ignore: Sequence[str]) -> None:
        self._select = tuple(prefix.upper() for prefix in select or ("",))
        self._ignore = tuple(prefix.upper() for prefix in ignore)

    def __call__(self, code: str) -> bool:
        """Of the rule with a code."""
        return code.startswith(self._select) and not code.startswith(self._ignore)


def _steps(name: str) -> Sequence[str]:
    """The folders of a name in an archive, and its last part."""
    return [step for step in name.replace("\\", "/").split("/") if step not in (".", "..")]


def _opened(document: Document) -> IO[bytes]:
    """The document as a file of its own; raises Unreadable."""
    if document.length is None:
        return _open(document.path)
    with _open(document.path) as file:
        file.seek(document.offset)
        return io.BytesIO(file.read(document.length))


def _open(path: str) -> IO[bytes]:
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            os.scandir(path).close()  # says why, where it cannot be read
        if not stat.S_ISREG(mode):  # a pipe would be waited for
            raise unreadable("no file", "it is a folder or a device")
        return open(path, "rb")
    except (OSError, ValueError) as error:
        raise unreadable("no file", getattr(error, "strerror", None) or str(error)) from error


def _content(document: Document, file: IO[bytes]) -> bytes:
    """All bytes of a document of bearable size."""
    return file.read() if document.length is not None else guard.content(document.path)
