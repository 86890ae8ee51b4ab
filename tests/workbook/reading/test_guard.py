"""What a file is, told from its content; every sentence that says so is provoked here."""

import io
import os
import pickle
import random
import subprocess
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from plansheet.workbook.reading import package
from plansheet.workbook.reading.guard import LARGEST_FILE, content, inspect
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.unreadable import REASONS, Unreadable, unreadable
from workbook.making import CONTENT_TYPES, changed, ole2, packed, parts, without, workbook

GOOD = workbook()
SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
HTML = (
    b"\xef\xbb\xbf\r\n <html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>1</td></tr></table></html>"
)
XML_2003 = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><ss:Table/></Workbook>'
MAIL = b"Received: from a\r\n\tby b\r\nFrom: Ada <ada@example.com>\r\nSubject: Grants\r\n\r\nHello"
MBOX = b"From ada@example.com Mon Jun 01 10:00:00 2009\n\nHello\n"
OWNER = bytes([3]) + b"Ada".ljust(54) + bytes([3, 0]) + "Ada".ljust(54).encode("utf-16-le")
OFFICE = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/%s" ContentType="%s"/></Types>'
)


def office(part: str, content_type: str) -> bytes:
    return packed({CONTENT_TYPES: OFFICE % (part.encode(), content_type.encode()), part: b"<document/>"})


def locked(data: bytes) -> bytes:
    """The zip file with the flag that its parts are locked by a password, in both places where it stands."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def overlapping(data: bytes) -> bytes:
    """The zip file with its last directory entry pointing at the first part."""
    changed = bytearray(data)
    at = changed.rfind(b"PK\x01\x02")
    changed[at + 42 : at + 46] = bytes(4)
    return bytes(changed)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
ADD_IN = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
BINARY = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
UNKNOWN = "application/vnd.example"
DOCTYPE = b'<?xml version="1.0"?><!-- %s --><!DOCTYPE r [<!ENTITY a "aaaa">]><r>&a;</r>'

HEX = random.Random(1).randbytes(600_000).hex()  # does not pack as bombs do

SAMPLES: list[tuple[str, str, bytes]] = [
    ("an empty file", "empty", b""),
    ("an owner file of Excel", "lock", OWNER),
    ("an encrypted workbook", "password", ole2("EncryptionInfo", "EncryptedPackage")),
    ("an .xls", "xls", ole2("Workbook")),
    ("an .xls of Excel 95", "xls", ole2("Book")),
    ("an .xls of Excel 4", "xls", b"\x09\x04\x06\x00\x00\x00\x10\x00"),
    ("a .doc", "word", ole2("1Table", "WordDocument")),
    ("a .doc with a workbook in it", "word", ole2("WordDocument", "ObjectPool", "Workbook")),
    ("a .ppt", "powerpoint", ole2("PowerPoint Document")),
    ("a .msg", "mail", ole2("__nameid_version1.0", "__properties_version1.0")),
    ("a .msg with an encrypted workbook", "mail", ole2("__properties_version1.0", "EncryptedPackage")),
    ("another OLE2 file", "document", ole2("Contents")),
    ("a .docx", "word", office("word/document.xml", WORD)),
    ("a .pptx", "powerpoint", office("ppt/presentation.xml", SLIDES)),
    ("an .xlsb", "xlsb", office("xl/workbook.bin", BINARY)),
    ("an .xlam", "add-in", office("xl/workbook.xml", ADD_IN)),
    ("an .rtf", "word", b"{\\rtf1\\ansi Grants}"),
    ("an .ods", "ods", packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"})),
    ("a Numbers document", "numbers", packed({"Index/Document.iwa": b"\0\0"})),
    ("an HTML table", "html", HTML),
    ("an HTML page in UTF-16", "html", "<html><body/></html>".encode("utf-16")),
    ("an XML Spreadsheet 2003", "xml spreadsheet", XML_2003),
    ("another XML file", "xml", b"<?xml version='1.0'?><ledger/>"),
    ("a CSV file", "text", b"Grant,Date,Shares\nG-1,2001-11-19,100\n"),
    ("a CSV file in UTF-16", "text", "Grant\tShares\nG-1\t100\n".encode("utf-16")),
    ("a CSV file in Windows-1252", "text", b"Grant;Inhaber\nG-1;M\xfcller\n"),
    ("a PDF file", "pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    ("a mail", "mail", MAIL),
    ("a mail with bytes as they are in it", "mail", MAIL + bytes(9)),
    ("a mail from behind many relays", "mail", b"Return-Path: <a>\r\n" + b"Received: b\r\n" * 30 + b"From: c\r\n\r\n"),
    ("a mailbox", "mail", MBOX),
    ("a zip archive", "zip", packed({"letters/a.txt": b"a"})),
    ("an empty zip archive", "zip", packed({})),
    ("a picture", "other", b"\x89PNG\r\n\x1a\n"),
    ("bytes of no known kind", "other", bytes(range(1, 32)) * 9),
    ("an archive of 7-Zip", "archive", b"7z\xbc\xaf\x27\x1c\0\4"),
    ("a tar archive", "archive", b"ledger.xlsx".ljust(257, b"\0") + b"ustar\00000" + bytes(600)),
    ("a tar archive in gzip", "archive", b"\x1f\x8b\x08\0"),
    ("what a Mac keeps beside a file", "mac", b"\0\5\x16\7\0\2\0\0Mac OS X"),
    ("white space", "other", b" \r\n" * 9),
    ("half a workbook", "cut off", GOOD[: len(GOOD) // 2]),
    ("a damaged directory", "damaged", GOOD.replace(b"PK\x01\x02", b"PK\x01\x03")),
    ("bytes before a workbook", "damaged", b"\0\1\2\3" + GOOD),
    ("a part twice", "damaged", packed([*parts(GOOD).items(), ("XL/Workbook.xml", b"<workbook/>")])),
    ("an unusual compression", "damaged", packed(parts(GOOD), zipfile.ZIP_BZIP2)),
    ("a part in UTF-7", "damaged", packed(parts(GOOD) | {"a.xml": b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-'})),
    ("a workbook part cut off", "damaged", changed(GOOD, BOOK, "</workbook>", "")),
    ("parts locked by a password", "zip password", locked(GOOD)),
    ("no list of contents", "no workbook", without(GOOD, CONTENT_TYPES)),
    ("no workbook part", "no workbook", without(GOOD, BOOK)),
    ("another kind of package", "no workbook", office("drawing.xml", UNKNOWN)),
    ("no sheets", "no sheets", changed(GOOD, BOOK, '<sheet name="Grants" sheetId="1" r:id="rId1"/>', "")),
    ("too many parts", "bomb", packed(parts(GOOD) | {f"xl/media/{i}.png": b"" for i in range(package.MOST_PARTS)})),
    ("overlapping parts", "bomb", overlapping(GOOD)),
    ("a sheet of nothing but spaces", "bomb", changed(GOOD, SHEET, "<sheetData/>", "<sheetData/>" + " " * 5_000_000)),
    ("a part of nothing but spaces", "bomb", packed(parts(GOOD) | {"xl/a.bin": b" " * 5_000_000})),
    ("an endless comment", "swollen", changed(GOOD, BOOK, "<sheets>", f"<!--{HEX}--><sheets>")),
    ("a document type", "doctype", packed(parts(GOOD) | {"docProps/core.xml": DOCTYPE % b""})),
    ("a document type late", "doctype", packed(parts(GOOD) | {"docProps/core.xml": DOCTYPE % (b"x" * 9_000)})),
    (
        "a document type in UTF-16",
        "doctype",
        packed(parts(GOOD) | {"xl/a.dat": (DOCTYPE % b"").decode().encode("utf-16")}),
    ),
]
KINDS_OF_THE_READER = {"strict", "unread"}
KINDS_OF_PATHS_AND_SIZES = {"no file", "too large"}
KINDS_OF_OPENING = {  # provoked in tests/batch/
    *("wrong password", "encryption", "container too large", "nested"),
    *("too many", "nothing inside", "stopped", "archive empty", "archive cut off", "archive damaged"),
    *("entry damaged", "entry locked", "entry locked otherwise", "entry packed otherwise"),
    *("mail damaged", "mail cut off", "mail sealed", "mail in pieces", "attached elsewhere", "drawn in"),
}


@pytest.mark.parametrize(("kind", "data"), [pytest.param(kind, data, id=name) for name, kind, data in SAMPLES])
def test_each_kind_of_file_is_told_from_its_content(kind: str, data: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        inspect(data)
    assert caught.value.kind == kind, caught.value.what


def test_every_reason_is_provoked() -> None:
    provoked = {kind for _, kind, _ in SAMPLES} | KINDS_OF_THE_READER | KINDS_OF_PATHS_AND_SIZES | KINDS_OF_OPENING
    assert provoked == set(REASONS)


@pytest.mark.parametrize("kind", REASONS)
def test_every_reason_says_what_is_wrong_and_what_to_do(kind: str) -> None:
    reason = unreadable(kind, "xl/workbook.xml")
    assert reason.what.endswith(".")
    assert reason.fix.endswith(".")
    assert str(reason) == f"{reason.what} {reason.fix}"
    assert "{" not in str(reason)
    assert "invalid" not in str(reason).lower()


def test_a_sound_workbook_passes() -> None:
    inspect(GOOD)
    inspect(GOOD + bytes(3_000))  # what mail gateways append


def test_the_sentence_names_the_part_and_what_to_do() -> None:
    with pytest.raises(Unreadable) as caught:
        inspect(packed(parts(GOOD) | {"docProps/core.xml": DOCTYPE % b""}))
    assert "docProps/core.xml" in caught.value.what
    with pytest.raises(Unreadable) as caught:
        inspect(ole2("EncryptedPackage"))
    assert caught.value.fix == "Open it in Excel with its password, save a copy without it, and check that."


def test_a_zip_archive_names_the_workbooks_in_it() -> None:
    with pytest.raises(Unreadable, match=r"it holds a/Grants\.xlsx"):
        inspect(packed({"a/Grants.xlsx": GOOD, "a/readme.txt": b"x"}))


def test_packed_pictures_are_no_bomb() -> None:
    inspect(packed(parts(GOOD) | {"xl/media/image1.bmp": b"BM" + bytes(2_000_000)}))


def test_a_document_type_is_refused_before_its_entities_are_read() -> None:
    laughs = b'<!DOCTYPE r [<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 12)
    )
    data = packed(parts(GOOD) | {"docProps/core.xml": laughs + b"]><r>&a11;</r>"})
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(Unreadable, match="DOCTYPE"):
        inspect(data)
    elapsed = time.perf_counter() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert elapsed < 2
    assert peak < 20_000_000


def test_the_bytes_of_all_parts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(len(part) for part in parts(GOOD).values())
    monkeypatch.setattr(package, "MOST_BYTES", size)
    inspect(GOOD)
    monkeypatch.setattr(package, "MOST_BYTES", size - 1)
    with pytest.raises(Unreadable) as caught:
        inspect(GOOD)
    assert caught.value.kind == "too large"
    assert f"{size:,} bytes" in caught.value.what


def test_a_ratio_is_refused_only_above_the_highest_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    spaces = changed(GOOD, SHEET, "<sheetData/>", "<sheetData/>" + " " * 1_200_000)
    with zipfile.ZipFile(io.BytesIO(spaces)) as archive:
        part = archive.getinfo(SHEET)
    ratio = part.file_size / part.compress_size
    monkeypatch.setattr(package, "HIGHEST_RATIO", ratio)
    inspect(spaces)
    monkeypatch.setattr(package, "HIGHEST_RATIO", ratio - 1)
    with pytest.raises(Unreadable, match="packed"):
        inspect(spaces)


def test_a_path_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "Grants.csv"
    path.write_bytes(GOOD)
    assert content(path) == GOOD
    inspect(str(path))


@pytest.mark.parametrize("name", ["~$Grants.xlsx", ".~lock.Grants.xlsx#"])
def test_the_note_beside_an_open_workbook_is_known_by_its_name_too(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b",ada,laptop,19.11.2001 10:00;")
    with pytest.raises(Unreadable) as caught:
        inspect(path)
    assert caught.value.kind == "lock"


def test_a_workbook_with_the_name_of_a_note_is_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "~$Grants.xlsx"
    path.write_bytes(GOOD)
    inspect(path)


def test_what_is_no_file_is_said_so(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.xlsx", tmp_path, Path(os.devnull), "a\0b.xlsx"):
        with pytest.raises(Unreadable) as caught:
            inspect(path)
        assert caught.value.kind == "no file"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as stream:
        stream.truncate(LARGEST_FILE + 1)
    with pytest.raises(Unreadable) as caught:
        inspect(path)
    assert caught.value.kind == "too large"


def test_what_nobody_foresaw_is_unreadable_by_us() -> None:
    data = changed(GOOD, BOOK, 'calcId="124519"', 'calcId="latest"')
    inspect(data)
    with pytest.raises(Unreadable) as caught:
        read_bytes(data)
    assert caught.value.kind == "unread"
    assert "ValueError" in caught.value.what


def test_the_refusal_survives_the_way_back_from_a_worker() -> None:
    reason = unreadable("damaged", "its part is missing")
    again = pickle.loads(pickle.dumps(reason))
    assert (again.kind, again.what, again.fix) == (reason.kind, reason.what, reason.fix)


def test_the_guard_needs_the_standard_library_only() -> None:
    script = (
        "import sys, plansheet.workbook.reading.guard; print([n for n in sys.modules if n.split('.')[0] == 'openpyxl'])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert run.stdout.strip() == "[]"
