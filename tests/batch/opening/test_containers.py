"""What holds other files, told from its content."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.opening.making import BOOK, attachment, mail, multipart, outlook, told
from batch.opening.test_tnef import attached, winmail
from plansheet.batch.opening.containers import CONTAINERS, MAILBOX, kind_of
from plansheet.template.compound_file import compound_file
from workbook.making import CONTENT_TYPES, ole2, packed, without, workbook

MAIL = mail(("a.xlsx", BOOK)).as_bytes()
OPENDOCUMENT = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
MAIL_IN_WORD = compound_file({"WordDocument": b"", "ObjectPool": {"_1": {"__properties_version1.0": b""}}})
SAMPLES: list[tuple[str, str, bytes]] = [
    ("a workbook", "", BOOK),
    ("a workbook with macros", "", workbook(lambda book: book.add_worksheet("a"))),
    ("a workbook cut off", "", BOOK[:2000]),
    ("a workbook with a damaged directory", "", BOOK.replace(b"PK\x01\x02", b"PK\x01\x03")),
    ("a workbook without its list of contents", "", without(BOOK, CONTENT_TYPES)),
    ("a workbook with its list of contents last", "", packed({"a.xml": b"<a/>", CONTENT_TYPES: b"<Types/>"})),
    ("an .ods", "", packed(OPENDOCUMENT)),
    ("a document of Numbers", "", packed({"Index/Document.iwa": b"\0"})),
    ("a zip archive", "zip", packed({"a.xlsx": BOOK})),
    ("a zip archive in which the workbook is only stored", "zip", packed({"a.xlsx": BOOK}, zipfile.ZIP_STORED)),
    ("a zip archive without files", "zip", packed({})),
    ("a zip archive cut off", "zip", packed({"a.xlsx": BOOK})[:2000]),
    ("a zip archive with a damaged directory", "zip", packed({"a": b"1"}).replace(b"PK\x01\x02", b"PK\x01\x03")),
    ("something before a zip archive", "", b"\0\1\2" + packed({"a.xlsx": BOOK})),
    ("a program that unpacks itself", "", b"MZ\x90\0" + packed({"a.xlsx": BOOK})),
    ("a mail", "mail", MAIL),
    ("a mail with bytes as they are", "mail", multipart(b"Content-Type: application/x\r\n\r\n" + BOOK)),
    ("a mail with CR only", "mail", MAIL.replace(b"\n", b"\r")),
    ("a mail behind a mark", "mail", b"\xef\xbb\xbf" + MAIL),
    ("a mailbox", MAILBOX, b"From ada@example.com Mon Oct 06 09:00:00 2025\n" + MAIL),
    ("a mail of Outlook", "outlook", outlook([attachment("a.xlsx")])),
    ("a mail of Outlook cut off", "outlook", outlook([attachment("a.xlsx")])[:-600]),
    ("a damaged mail of Outlook", "outlook", ole2("__properties_version1.0")),
    ("an .xls", "", compound_file({"Workbook": b"x"})),
    ("a document with a mail in it", "", MAIL_IN_WORD),
    ("an encrypted workbook", "", ole2("EncryptionInfo", "EncryptedPackage")),
    ("a winmail.dat", "tnef", winmail(attached(b"a.xlsx", BOOK))),
    ("a CSV file", "", b"From,To\n1,2\n"),
    ("a web page", "", b"<html><body>From: a</body></html>"),
    ("nothing", "", b""),
]


@pytest.mark.parametrize(("kind", "data"), [pytest.param(kind, data, id=name) for name, kind, data in SAMPLES])
def test_it_is_told_from_its_content(kind: str, data: bytes) -> None:
    file = io.BytesIO(data)
    assert kind_of(file) == kind
    assert file.tell() == 0


@pytest.mark.parametrize("name", ["a zip archive", "a mail", "a mail of Outlook", "a winmail.dat"])
def test_each_kind_has_what_opens_it(name: str) -> None:
    [data] = [data for sample, _, data in SAMPLES if sample == name]
    assert told(CONTAINERS[kind_of(io.BytesIO(data))](io.BytesIO(data), ["p"])) == [("a.xlsx", BOOK)]


def test_every_kind_is_sampled() -> None:
    assert {kind for _, kind, _ in SAMPLES} == {*CONTAINERS, MAILBOX, ""}


@given(st.sampled_from([data for *_, data in SAMPLES]), st.data())
def test_any_bytes_are_survived(sample: bytes, data: st.DataObject) -> None:
    changed = bytearray(sample[: data.draw(st.integers(0, len(sample)))])
    for place in data.draw(st.lists(st.integers(0, max(0, len(changed) - 1)), max_size=4)):
        changed[place : place + 1] = bytes([data.draw(st.integers(0, 255))])
    assert kind_of(io.BytesIO(bytes(changed))) in {*CONTAINERS, MAILBOX, ""}
