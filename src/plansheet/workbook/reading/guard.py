"""What a file is, told from its content and not from its name, before anything parses it. Standard library only.

OLE2 files (password-protected workbooks, .xls, .doc, .msg) are told apart by the names in their directory, looked for
as bytes anywhere in the file. That is simple and enough to choose a sentence; none of them is read.
"""

import os
import re
import stat
from pathlib import Path

from plansheet.workbook.reading.package import Package, examine
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

__all__ = ["LARGEST_FILE", "OLE2", "ZIP", "Unreadable", "content", "inspect", "is_mail", "is_mailbox", "package_of"]

LARGEST_FILE = 1 << 28
"""Bytes on disk."""
BEGINNING = 1 << 12
"""Bytes that tell what a text is."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
"""Excel 2 to 4 and bare Excel 5 streams: a BOF record without a container around it."""

# In this order: a message or a document may have a whole workbook inside.
OLE2_STREAMS = (
    ("__properties_version1.0", "mail"),
    ("EncryptedPackage", "password"),
    ("WordDocument", "word"),
    ("PowerPoint Document", "powerpoint"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
BEGINNINGS = (
    (b"%PDF", "pdf", ""),
    (b"{\\rtf", "word", ""),
    (b"\x89PNG", "other", "it is a picture (PNG)"),
    (b"\xff\xd8\xff", "other", "it is a picture (JPEG)"),
    (b"GIF8", "other", "it is a picture (GIF)"),
    (b"\x1f\x8b", "other", "it is a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "other", "it is a 7-Zip archive"),
    (b"Rar!", "other", "it is a RAR archive"),
    (b"\x00\x05\x16\x07", "other", "it is what macOS keeps beside a file (AppleDouble)"),
    (b"MZ", "other", "it is a Windows program; do not open it"),
)
UTF_16 = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
MAIL_HEADERS = frozenset(
    [
        "arc-seal",
        "authentication-results",
        "cc",
        "content-type",
        "date",
        "delivered-to",
        "dkim-signature",
        "from",
        "message-id",
        "mime-version",
        "received",
        "reply-to",
        "return-path",
        "sender",
        "subject",
        "to",
    ]
)
END_OF_HEADERS = re.compile(rb"\r\n\r\n|\n\n|\r\r")
HEADER = re.compile(r"([A-Za-z][A-Za-z-]*):(?:\s|$)")
MBOX = re.compile(r"From \S+ +\w{3} \w{3} .*\d\d:\d\d")


def inspect(data_or_path: bytes | str | os.PathLike[str]) -> None:
    """Passes a file that may be parsed as a workbook; raises Unreadable for every other."""
    package_of(data_or_path if isinstance(data_or_path, bytes) else content(data_or_path))


def content(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file of bearable size; raises Unreadable where there is none."""
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            raise unreadable("no file", "it is a folder or a device")
        if status.st_size > LARGEST_FILE:
            raise unreadable("too large", f"it has {status.st_size:,} bytes, and at most {LARGEST_FILE:,} are read")
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path that no system takes
        raise unreadable("no file", getattr(error, "strerror", None) or str(error)) from error
    if Path(path).name.startswith(("~$", ".~lock.")) and not data.startswith(ZIP):
        raise unreadable("lock")
    return data


def package_of(data: bytes) -> Package:
    """The package of a workbook; raises Unreadable where the bytes are something else or are not to be parsed."""
    if not data.startswith(ZIP):
        raise unreadable(*_kind_of(data))
    return examine(data)


def _kind_of(data: bytes) -> tuple[str, str]:
    """Kind and detail of a file that does not begin as a zip package."""
    if not data:
        return "empty", ""
    if data.startswith(OLE2):
        return _ole2_kind(data), ""
    if data.startswith(BIFF):
        return "xls", ""
    if _is_lock(data):
        return "lock", ""
    for beginning, kind, detail in BEGINNINGS:
        if data.startswith(beginning):
            return kind, detail
    beginning = data[:BEGINNING]
    if is_mail(beginning) or is_mailbox(beginning):
        return "mail", ""
    text = _text(beginning)
    if text is not None:
        return _text_kind(text)
    if any(mark in data for mark in ZIP[:2]):
        return "damaged", "something stands before its zip container"
    return "other", "its beginning is that of no kind of file known here"


def _ole2_kind(data: bytes) -> str:
    names = (kind for name, kind in OLE2_STREAMS if name.encode("utf-16-le") in data)
    return next(names, "document")


def _is_lock(data: bytes) -> bool:
    """An owner file: the length of a user's name, the name padded to 54 bytes, and both again in UTF-16."""
    return len(data) in (162, 165) and 0 < data[0] <= 54 and not data[1 + data[0] : 55].strip(b" \x00")


def _text(beginning: bytes) -> str | None:
    """The beginning of a file as text, None where it is not text."""
    for mark, encoding in UTF_16:
        if beginning.startswith(mark):
            return beginning.decode(encoding, "replace").lstrip("\ufeff").strip()
    if any(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in beginning):
        return None
    return beginning.decode("utf-8", "replace").lstrip("\ufeff").strip()


def _text_kind(text: str) -> tuple[str, str]:
    if not text:
        return "other", "it holds nothing but white space"
    start = text.lower()
    if start.startswith("<"):
        return _markup_kind(start)
    if "%pdf" in start[:1024]:
        return "pdf", ""
    return "text", ""


def _markup_kind(start: str) -> tuple[str, str]:
    if "schemas-microsoft-com:office:spreadsheet" in start or "excel.sheet" in start:
        return "xml spreadsheet", "XML Spreadsheet 2003"
    if re.search(r"<!doctype html|<(html|table)\b", start):
        return "html", ""
    return "xml", ""


def is_mail(beginning: bytes) -> bool:
    """Whether a file that begins so is a mail: its first lines are headers, two of them such as every mail has.

    What stands below the headers does not count; it may be the bytes of a workbook.
    """
    text = _text(END_OF_HEADERS.split(beginning.lstrip(b"\xef\xbb\xbf \t\r\n"), maxsplit=1)[0]) or ""
    lines = text.splitlines()
    if not lines or not HEADER.match(lines[0]):
        return False
    headers = {match[1].lower() for line in lines if (match := HEADER.match(line))}
    return len(MAIL_HEADERS & headers) >= 2 or "content-type" in headers


def is_mailbox(beginning: bytes) -> bool:
    """Whether a file that begins so holds mails one after the other (mbox)."""
    text = _text(END_OF_HEADERS.split(beginning, maxsplit=1)[0]) or ""
    return MBOX.match(text) is not None
