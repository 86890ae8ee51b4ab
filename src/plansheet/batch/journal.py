"""The journal of a run: every file that is to be looked at, and every verdict as soon as it is there.

It is a database on the disk (SQLite), so that a run takes no more memory for more files, and so that a run that was
ended in the middle can be gone on with. A verdict is kept under the SHA-256 of the file and the digest of what was
asked of which rules: the same file under other names, or in another mail, is not checked twice.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from plansheet.batch.documents import Document

APPLICATION = 0x504C5348
"""SQLite's mark of whose database it is."""
FORM = 1
IN_MEMORY = ""
"""SQLite's name for a private file that it removes itself."""

_TABLES = """
CREATE TABLE IF NOT EXISTS verdicts (
    sha256 TEXT, asked TEXT, walls TEXT, kind TEXT, record BLOB, copy BLOB, PRIMARY KEY (sha256, asked)
);
DROP TABLE IF EXISTS files;
CREATE TABLE files (
    key TEXT PRIMARY KEY, path BLOB, document TEXT DEFAULT '', state TEXT, sha256 TEXT DEFAULT '',
    why BLOB DEFAULT x'', copied BLOB DEFAULT x''
) WITHOUT ROWID;
CREATE INDEX waiting ON files (state, key);
CREATE INDEX same ON files (sha256, state);
DROP TABLE IF EXISTS given;
CREATE TABLE given (path BLOB PRIMARY KEY) WITHOUT ROWID;
"""

WAITING, LOOKED_AT, SAME, OPENED = "waiting", "looked at", "same", "opened"
SETTLED, LEFT, TOLD = "settled", "left", "told"
"""What has become of a file. The same: as another one that is being looked at. Opened: others were in it. Settled: it
has a verdict. Left: it needs none. Told: neither; what it was in says so."""
PENDING = (WAITING, LOOKED_AT, SAME)
PAGE = 1_000


class UnusableJournal(Exception):
    """A journal that is none, or that another run is using."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A verdict as the journal keeps it."""

    record: str
    """As report.records writes it."""
    kind: str = ""
    """Why the file could not be read, if it could not."""
    walls: str = ""
    """The limits at which the check was ended, if it was."""
    copy: bytes | None = None
    """The workbook with its findings, where one was asked for."""


class Row(NamedTuple):
    """What the journal knows of a file."""

    key: str
    path: str
    document: str
    """Document.to_json(); empty for a file that was never looked at."""
    state: str
    sha256: str
    """Under which its verdict is kept."""
    why: str
    """Why it was left."""
    copied: str
    """Where its copy with the findings is."""


class Journal:
    """A journal in a file that is kept, or in one that is gone with the run."""

    def __init__(self, path: Path | None, asked: str) -> None:
        self._path, self._asked = path, asked
        try:
            self._db = sqlite3.connect(str(path) if path else IN_MEMORY, isolation_level=None, timeout=0.5)
            self._open(path)
        except sqlite3.Error as error:
            raise UnusableJournal(_why(path, error)) from error

    def _open(self, path: Path | None) -> None:
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA synchronous = OFF")  # what is written outlives this process, if not the system
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (form,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and (application, form) != (APPLICATION, FORM):
            raise UnusableJournal(f"{path} is no journal of this version; name another file, or delete it")
        self._db.execute("BEGIN EXCLUSIVE")
        for statement in _TABLES.split(";"):
            self._db.execute(statement)
        self._db.execute("DELETE FROM verdicts WHERE sha256 LIKE '-%'")  # of files that could not be opened
        self._db.execute("COMMIT")
        self._db.execute(f"PRAGMA application_id = {APPLICATION}")
        self._db.execute(f"PRAGMA user_version = {FORM}")

    def close(self) -> None:
        """Close it; a journal without a path is gone."""
        self._db.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self.close()
        if isinstance(error, sqlite3.Error):
            raise UnusableJournal(f"{self._path or 'the private journal'} cannot be used any more: {error}") from error

    # --- Files ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """What follows is written at once, by end()."""
        self._db.execute("BEGIN")

    def end(self) -> None:
        """See begin()."""
        self._db.execute("COMMIT")

    def add_given(self, document: Document) -> bool:
        """A file of the sources; False for one that is there already."""
        if self._db.execute("INSERT OR IGNORE INTO given VALUES (?)", (_bytes(document.path),)).rowcount < 1:
            return False
        self.add(document)
        return True

    def add(self, document: Document) -> None:
        """A file that is to be looked at."""
        row = (document.key, _bytes(document.origin.path), document.to_json(), WAITING)
        self._db.execute("INSERT INTO files (key, path, document, state) VALUES (?, ?, ?, ?)", row)

    def replace(self, document: Document) -> None:
        """What is known of a file by now."""
        self._db.execute("UPDATE files SET document = ? WHERE key = ?", (document.to_json(), document.key))

    def add_left(self, key: str, path: str, why: str) -> None:
        """A file that is not looked at."""
        row = (key, _bytes(path), LEFT, _bytes(why))
        self._db.execute("INSERT INTO files (key, path, state, why) VALUES (?, ?, ?, ?)", row)

    def next(self) -> Document | None:
        """The first file that waits; it does so no longer."""
        row = self._one("SELECT key, document FROM files WHERE state = ? ORDER BY key LIMIT 1", WAITING)
        if row is None:
            return None
        self.mark(row[0], LOOKED_AT)
        return Document.from_json(row[1])

    def mark(self, key: str, state: str, *, sha256: str = "", why: str = "") -> None:
        """What has become of a file."""
        row = (state, sha256, _bytes(why), key)
        self._db.execute("UPDATE files SET state = ?, sha256 = ?, why = ? WHERE key = ?", row)

    def same(self, sha256: str) -> Iterator[Document]:
        """The files that wait for another one with the same bytes; each is to be marked otherwise before the next."""
        sql = "SELECT key, document FROM files WHERE sha256 = ? AND state = ? LIMIT 1"
        while row := self._one(sql, sha256, SAME):
            yield Document.from_json(row[1])

    def first(self, sha256: str) -> str:
        """The path of the first file with a verdict that has these bytes."""
        row = self._one("SELECT path FROM files WHERE sha256 = ? AND state = ? ORDER BY key LIMIT 1", sha256, SETTLED)
        return "" if row is None else _text(row[0])

    def mark_copied(self, key: str, path: str) -> None:
        """Where the copy of a file with its findings was written."""
        self._db.execute("UPDATE files SET copied = ? WHERE key = ?", (_bytes(path), key))

    def rows(self, *states: str) -> Iterator[Row]:
        """The files in one of the states, in their order; they may be marked meanwhile."""
        marks, after = ",".join("?" * len(states)), ""
        while page := self._db.execute(
            f"SELECT key, path, document, state, sha256, why, copied FROM files "
            f"WHERE state IN ({marks}) AND key > ? ORDER BY key LIMIT {PAGE}",
            (*states, after),
        ).fetchall():
            for key, path, document, state, sha256, why, copied in page:
                yield Row(key, _text(path), document, state, sha256, _text(why), _text(copied))
            after = page[-1][0]

    def holds(self, key: str, state: str) -> bool:
        """Whether there are files in a file, at any depth, that are in a state."""
        return self._one(f"SELECT 1 {_INSIDE} LIMIT 1", *_bounds(key), state) is not None

    def inside(self, key: str, state: str) -> list[tuple[str, str]]:
        """Keys and paths of the files in a file, at any depth, that are in a state."""
        rows = self._db.execute(f"SELECT key, path {_INSIDE} ORDER BY key", (*_bounds(key), state))
        return [(inside, _text(path)) for inside, path in rows]

    # --- Verdicts -------------------------------------------------------------------------------------------------

    def keep(self, sha256: str, kept: Kept) -> None:
        """A verdict on a file, or on all files with the same bytes."""
        record = zlib.compress(kept.record.encode(), 1)  # a tenth: most of it says which columns are lacking
        row = (sha256, self._asked, kept.walls, kept.kind, record, kept.copy)
        self._db.execute("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?)", row)

    def has(self, sha256: str, walls: str, again: frozenset[str]) -> bool:
        """Whether there is a verdict that need not be found again: neither ended at other walls, nor of those kinds."""
        row = self._of(sha256, "walls, kind")
        return row is not None and row[0] in ("", walls) and row[1] not in again

    def kind_of(self, sha256: str) -> str:
        """Why a file could not be read; empty where it could."""
        row = self._of(sha256, "kind")
        return "" if row is None else str(row[0])

    def record(self, sha256: str) -> str | None:
        """A verdict's record."""
        row = self._of(sha256, "record")
        return None if row is None else zlib.decompress(row[0]).decode()

    def copy(self, sha256: str) -> bytes | None:
        """A workbook with its findings."""
        row = self._of(sha256, "copy")
        return None if row is None or row[0] is None else bytes(row[0])

    def _of(self, sha256: str, columns: str) -> Any:
        sql = f"SELECT {columns} FROM verdicts WHERE sha256 = ? AND asked = ?"
        return self._one(sql, sha256, self._asked)

    def _one(self, sql: str, *values: str) -> Any:
        return self._db.execute(sql, values).fetchone()


_INSIDE = "FROM files WHERE key > ? AND key < ? AND state = ?"


def _bytes(text: str) -> bytes:
    """A text with the name of a file, which need not be UTF-8: SQLite takes no half letters as text."""
    return text.encode("utf-8", "surrogatepass")


def _text(kept: bytes) -> str:
    return kept.decode("utf-8", "surrogatepass")


def _bounds(key: str) -> tuple[str, str]:
    return f"{key}.", f"{key}/"  # / follows . in the order of characters


def _why(path: Path | None, error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return f"{path} is in use by another run; wait for it, or name another file"
    if isinstance(error, sqlite3.OperationalError):
        return f"{path} cannot be written as a journal: {error}; name another file"
    return f"{path} is no journal ({error}); name another file, or delete it"
