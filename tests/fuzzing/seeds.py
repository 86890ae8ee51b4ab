"""Small files to begin with."""

import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from batch.opening import making, test_tnef
from fuzzing.targets import OPENED
from hostile.kinds import KINDS
from plansheet.batch.opening.containers import CONTAINERS, kind_of
from plansheet.workbook.reading.unreadable import Unreadable


def seeds(target: str, largest: int) -> Iterator[bytes]:
    """Those of a target, none with more bytes."""
    if target in OPENED:
        for data in _containers(largest):
            if kind_of(io.BytesIO(data)) in OPENED[target]:
                yield data
        return
    for kind in KINDS:
        if not kind.container and not kind.heavy:
            data = kind.build()
            if len(data) <= largest and _unpacked(data) <= largest * 4:
                yield data
    yield from _corpus("workbooks", "captable", "hostile", largest=largest)


def _containers(largest: int) -> Iterator[bytes]:
    """Mails and archives, and what is in them."""
    for data in (*_made(), *_corpus("mail", largest=largest)):
        yield data
        with suppress(Unreadable):
            for inside in CONTAINERS.get(kind_of(io.BytesIO(data)), lambda *_: iter(()))(io.BytesIO(data), ()):
                if len(inside.data) <= largest:
                    yield inside.data


def _made() -> Iterator[bytes]:
    for kind in KINDS:
        if kind.container and not kind.heavy and len(data := kind.build()) <= 1 << 17:
            yield data
    small = b"PK\3\4 and no more"
    yield making.mail(("ledger.xlsx", small), ("zweites Büchlein.xlsx", small)).as_bytes()
    yield making.multipart(b"Content-Type: message/rfc822\r\n\r\n" + making.mail(("a.xlsx", small)).as_bytes())
    held = making.storage([making.attachment("inner.xlsx", small)])
    yield making.outlook([making.attachment("ledger.xlsx", small), making.attachment("mail", held)])
    yield making.outlook([making.attachment("ledger.xlsx")])
    title = test_tnef.attached(b"a.xlsx", small)
    tags = [(0x3707, 0x1F, "Büchlein.xlsx".encode("utf-16-le")), (0x3701, 0x102, small)]
    winmail = test_tnef.winmail(title, test_tnef.attached(properties=tags))
    yield winmail
    yield test_tnef.winmail(test_tnef.attached(b"mail", properties=[(0x3701, 0x0D, bytes(16) + winmail)]))


def _corpus(*folders: str, largest: int) -> Iterator[bytes]:
    corpus = os.environ.get("PLANSHEET_CORPUS")
    for folder in folders if corpus else ():
        for path in sorted(Path(corpus or "", folder).iterdir()):
            if path.is_file() and path.stat().st_size <= largest * 4:
                data = path.read_bytes()
                if len(data) <= largest or folder == "mail":
                    yield data


def _unpacked(data: bytes) -> int:
    """How many bytes a zip file says that it has."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return len(data)
