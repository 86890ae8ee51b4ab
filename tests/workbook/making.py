"""Workbooks and other files made in memory for the tests of the workbook floor."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import xlsxwriter

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
CONTENT_TYPES = "[Content_Types].xml"


def workbook(fill: Callable[[Any], None] = lambda book: book.add_worksheet("Grants"), **options: object) -> bytes:
    """A workbook as xlsxwriter saves it; ``fill`` gets the book."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, **options})
    fill(book)
    book.close()
    return stream.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Mapping[str, bytes] | Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, part in content.items() if isinstance(content, Mapping) else content:
            archive.writestr(name, part)
    return stream.getvalue()


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """The workbook with ``old`` replaced in one of its parts, where it must stand."""
    content = parts(data)
    assert old.encode() in content[part], content[part][:2000]
    content[part] = content[part].replace(old.encode(), new.encode())
    return packed(content)


def without(data: bytes, part: str) -> bytes:
    content = parts(data)
    del content[part]
    return packed(content)


def ole2(*streams: str) -> bytes:
    """An OLE2 file whose directory names these streams."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return OLE2 + entries
