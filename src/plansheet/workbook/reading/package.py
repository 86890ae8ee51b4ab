"""The zip package of a workbook, looked at before anything is parsed: sound, of a bearable size, and with sheets in it.

Figures: a file of 500,000 ledger rows has parts of 231 MB, packed 7 to 1; the highest ratio of a part over 1 MB among
some 1,800 real files is 25; bombs reach 1,000.
"""

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from plansheet.workbook.reading.bounded import Bounded, Bounds
from plansheet.workbook.reading.unreadable import unreadable

MOST_PARTS = 5_000
MOST_BYTES = 1 << 29
"""All parts together, unpacked."""
RATIO_FROM = 1 << 20
HIGHEST_RATIO = 100
LONGEST_PROLOG = 1 << 20
"""Bytes before the end of a part's first tag."""
HEAD = 1 << 12
CHUNK = 1 << 16

CONTENT_TYPES = "[Content_Types].xml"
STRICT_NAMESPACE = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
UNKNOWN_ENCODING = expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]

_SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}.main+xml"
_MACRO_MAIN = "application/vnd.ms-excel.{}.macroEnabled.main+xml"
WORKBOOK_TYPES = frozenset(main.format(kind) for main in (_SHEET_MAIN, _MACRO_MAIN) for kind in ("sheet", "template"))
OTHER_MAIN_TYPES = {
    "application/vnd.ms-excel.addin.macroenabled.main": "add-in",
    "application/vnd.ms-excel.sheet.binary": "xlsb",
    "application/vnd.openxmlformats-officedocument.wordprocessingml": "word",
    "application/vnd.ms-word": "word",
    "application/vnd.openxmlformats-officedocument.presentationml": "powerpoint",
    "application/vnd.ms-powerpoint": "powerpoint",
}
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True, slots=True)
class Package:
    """What is known of a package that may be parsed."""

    parts: frozenset[str]
    workbook_part: str
    roots: dict[str, str]
    """The outermost element of each XML part, as "namespace name"."""
    sheets: int
    """Number of <sheet> elements in the workbook part."""


class _Doctype(Exception):
    """Ends the parsing where a document type begins, before its entities are read."""


def examine(data: bytes) -> Package:
    """The package in ``data``, which begins as a zip file; raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _examine(archive, len(data))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        if b"PK\x05\x06" not in data:
            raise unreadable("cut off") from error
        raise unreadable("damaged", f"its zip container does not hold together ({_plain(error)})") from error


def _examine(archive: zipfile.ZipFile, size: int) -> Package:
    parts = archive.infolist()
    names = frozenset(part.filename for part in parts)
    _check_directory(parts, size, archive.start_dir)
    if CONTENT_TYPES not in names:
        raise unreadable(*archive_of_another_kind(archive, names))
    roots = {part.filename: root for part in parts if (root := _root_of(archive, part))}
    workbook_part = _workbook_part(archive, names)
    sheets = _count_sheets(archive, workbook_part)
    if not sheets:
        raise unreadable("no sheets")
    return Package(names, workbook_part, roots, sheets)


def _check_directory(parts: list[zipfile.ZipInfo], size: int, start_of_directory: int) -> None:
    """What the zip directory alone tells. Its sizes bind: zipfile never unpacks more than they say."""
    if len(parts) > MOST_PARTS:
        raise unreadable("bomb", f"it has {len(parts):,} parts, and at most {MOST_PARTS:,} are read")
    seen: set[str] = set()
    for part in parts:
        name = part.filename.casefold()
        if name in seen:
            raise unreadable("damaged", f"its part {part.filename} is there twice")
        seen.add(name)
        if part.flag_bits & 1:
            raise unreadable("zip password", part.filename)
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise unreadable("damaged", f"its part {part.filename} is packed by a method that Excel does not know")
    total = sum(part.file_size for part in parts)
    if total > MOST_BYTES:
        raise unreadable("too large", f"unpacked it has {total:,} bytes, and at most {MOST_BYTES:,} are read")
    check_overlap(parts, size, start_of_directory)


def check_overlap(parts: list[zipfile.ZipInfo], size: int, start_of_directory: int) -> None:
    """Parts that share their bytes are how a small file unpacks to terabytes; older zipfile modules do not look."""
    ordered = sorted(parts, key=lambda part: part.header_offset)
    starts = [*(part.header_offset for part in ordered), min(start_of_directory, size)][1:]
    for part, following in zip(ordered, starts, strict=True):
        if part.header_offset + 30 + len(part.filename) + part.compress_size > following:  # 30: a local header's length
            raise unreadable("bomb", f"its part {part.filename} shares its bytes with another")


def archive_of_another_kind(archive: zipfile.ZipFile, names: frozenset[str]) -> tuple[str, str]:
    """Kind and detail of a zip file that is not an Open XML package."""
    if "mimetype" in names:
        with archive.open("mimetype") as part:
            mimetype = part.read(200).decode("ascii", "replace").strip()
        if "opendocument" in mimetype:
            return "ods", mimetype.rpartition(".")[2]
    if any(name.endswith(".iwa") for name in names) or "Index.zip" in names:
        return "numbers", ""
    if any(name.startswith("xl/") for name in names):
        return "no workbook", f"its list of contents, {CONTENT_TYPES}, is missing"
    inside = sorted(name for name in names if name.lower().endswith(WORKBOOK_ENDINGS))
    return "zip", f"; it holds {', '.join(inside[:3])}{' and others' if len(inside) > 3 else ''}" if inside else ""


def _root_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    """Root element of a part, "" where it is no XML. Raises for a DOCTYPE and for XML packed beyond all reason."""
    with archive.open(part) as stream:
        chunk = stream.read(HEAD)
        if not chunk or not _looks_like_xml(chunk):
            return ""
        if part.file_size > RATIO_FROM and part.file_size > HIGHEST_RATIO * part.compress_size:
            packed = part.file_size // max(part.compress_size, 1)
            raise unreadable("bomb", f"its part {part.filename} is packed {packed:,} to 1")
        try:
            return _root_element(chunk, stream)
        except _Doctype as error:
            raise unreadable("doctype", part.filename) from error
        except (ValueError, LookupError) as error:
            raise unreadable("damaged", f"its part {part.filename} has {error}") from error


def _root_element(chunk: bytes, stream: IO[bytes]) -> str:
    """The first element that expat meets, in whatever encoding, so that no comment and no UTF-16 hides a DOCTYPE.

    "" where the XML is not well formed: whoever needs the part will find that again.
    """
    roots: list[str] = []

    def doctype(*_: object) -> None:
        raise _Doctype

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda name, _: roots.append(name)
    seen = 0
    while chunk and not roots:
        seen += len(chunk)
        if seen > LONGEST_PROLOG:
            raise ValueError(f"no end of its first tag within {LONGEST_PROLOG:,} bytes")
        try:
            parser.Parse(chunk, False)
        except expat.ExpatError as error:
            if error.code == UNKNOWN_ENCODING:
                raise ValueError("an encoding that no spreadsheet program writes") from error
            break
        except ValueError as error:  # a codec of Python's that expat cannot use, such as UTF-7
            raise ValueError("an encoding that no spreadsheet program writes") from error
        chunk = stream.read(CHUNK)
    return roots[0] if roots else ""


def _looks_like_xml(chunk: bytes) -> bool:
    """Whether a part may be XML: its first character is <, after byte order marks, white space and UTF-16's zeros."""
    start = chunk.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return not start or start.startswith(b"<")


def _workbook_part(archive: zipfile.ZipFile, names: frozenset[str]) -> str:
    """Name of the part that [Content_Types].xml declares to be the workbook; raises for other kinds of documents."""
    declared: list[tuple[str, str]] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        if name.endswith((" Override", " Default")):
            declared.append((attributes.get("ContentType", ""), attributes.get("PartName", "").removeprefix("/")))

    _parse(archive, CONTENT_TYPES, element)
    for content_type, part in declared:
        if content_type in WORKBOOK_TYPES:
            part = part or "xl/workbook.xml"  # some programs declare the type for every .xml part
            if part not in names:
                raise unreadable("no workbook", f"its part {part} is missing")
            return part
    for content_type, _ in declared:
        for beginning, kind in OTHER_MAIN_TYPES.items():
            if content_type.lower().startswith(beginning):
                raise unreadable(kind)
    raise unreadable("no workbook", "its list of contents names no workbook part")


def _count_sheets(archive: zipfile.ZipFile, workbook_part: str) -> int:
    sheets = 0

    def element(name: str, _: object) -> None:
        nonlocal sheets
        sheets += name.endswith(" sheet")

    _parse(archive, workbook_part, element)
    return sheets


def _parse(archive: zipfile.ZipFile, part: str, element: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element
    try:
        with Bounded(archive.open(part), part, Bounds()) as stream:
            parser.Parse(stream.read(), True)
    except expat.ExpatError as error:
        raise unreadable("damaged", f"its part {part} breaks off or is garbled at line {error.lineno}") from error


def _plain(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
