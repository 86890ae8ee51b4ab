"""Mails as Outlook saves them, made here as compound files."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.opening.making import BOOK, attachment, opened, outlook, properties, storage, survives, told
from plansheet.batch.opening import outlook as outlook_module
from plansheet.batch.opening.compound_files import CompoundFile
from plansheet.batch.opening.outlook import open_outlook
from plansheet.batch.opening.transfer import CUT
from plansheet.report.verdicts import Mail
from plansheet.template.compound_file import Tree, compound_file
from plansheet.workbook.reading.unreadable import Unreadable


def reason(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        opened(open_outlook, data)
    return caught.value.kind


def test_what_is_attached_comes_with_the_mail() -> None:
    insides = opened(open_outlook, outlook([attachment("a.xlsx"), attachment("b.csv", b"1,2")]))
    assert told(insides) == [("a.xlsx", BOOK), ("b.csv", b"1,2")]
    assert {each.mail for each in insides} == {Mail("Ada <ada@example.com>", "Option ledger", "")}
    assert all(each.damage == "" and each.within == () for each in insides)


def test_a_mail_with_nothing_attached_holds_nothing() -> None:
    assert opened(open_outlook, outlook()) == []


def test_the_headers_of_the_mail_come_first_where_it_was_sent_over_the_net() -> None:
    headers = "From: =?utf-8?Q?=C3=84da?= <a@b.example>\r\nDate: Mon, 06 Oct 2025 09:00:00 +0200\r\n"
    [inside] = opened(open_outlook, outlook([attachment("a")], {0x007D: headers, 0x0037: "S", 0x0C1A: "Bob"}))
    assert inside.mail == Mail("Äda <a@b.example>", "S", "2025-10-06T09:00:00+02:00")


def test_the_day_is_that_on_which_it_was_sent() -> None:
    tree = storage([attachment("a")], {0x0037: "S", 0x0042: "Ada"}, 32)
    listed = tree["__properties_version1.0"]
    assert isinstance(listed, bytes)
    for tag, hours in ((0x0E06, 2), (0x0039, 1)):
        moment = struct.pack("<HHLQ", 0x40, tag, 6, 10**7 * (12_411_273_600 + 3600 * hours))
        listed += moment
        [inside] = opened(open_outlook, compound_file(tree | {"__properties_version1.0": listed}))
        assert inside.mail == Mail("Ada", "S", f"1994-04-20T0{hours}:00:00+00:00")


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({0x3707: "März ledger.xlsx", 0x3704: "MRZLED~1.XLS", 0x3001: "ledger"}, "März ledger.xlsx"),
        ({0x3704: "MRZLED~1.XLS", 0x3001: "ledger"}, "MRZLED~1.XLS"),
        ({0x3001: "ledger"}, "ledger"),
        ({0x3707: "..\\../etc/a.xlsx\0"}, "a.xlsx"),
        ({}, "attachment 1"),
    ],
)
def test_the_longest_name_is_shown_without_its_folders(names: dict[int, str], shown: str) -> None:
    tree = properties(names, 8) | {"__substg1.0_37010102": b"1"}
    assert told(opened(open_outlook, outlook([tree]))) == [(shown, b"1")]


def test_names_in_an_unknown_alphabet_are_replaced_and_the_bytes_come() -> None:
    tree = storage([attachment("a.xlsx")], {0x0037: "S"}, 32)
    page = struct.pack("<HHLQ", 3, 0x3FFD, 6, 99_999)
    changed = tree | {"__properties_version1.0": bytes(32) + page}
    assert opened(open_outlook, compound_file(changed))[0].data == BOOK


def test_enclosed_mails_are_opened_along() -> None:
    inner = storage([attachment("a.xlsx")], {0x0037: "Inner", 0x0042: "Bob"})
    data = outlook([attachment("Forwarded", inner), attachment("b.xlsx", b"b")])
    first, second = opened(open_outlook, data)
    assert (first.name, first.data, first.within, first.mail) == ("a.xlsx", BOOK, ("Forwarded",), Mail("Bob", "Inner"))
    assert (second.name, second.within, second.mail and second.mail.subject) == ("b.xlsx", (), "Option ledger")


def test_mails_in_mails_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = storage([attachment("a.xlsx")])
    for _ in range(3):
        tree = storage([attachment("mail", tree)])
    data = outlook([attachment("mail", tree)])
    monkeypatch.setattr(outlook_module, "DEEPEST", 4)
    assert told(opened(open_outlook, data)) == [("a.xlsx", BOOK)]
    monkeypatch.setattr(outlook_module, "DEEPEST", 3)
    assert told(opened(open_outlook, data)) == [("mail", "nested")]


def test_attachments_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    data = outlook([attachment("a"), attachment("b")])
    monkeypatch.setattr(outlook_module, "MOST_ATTACHMENTS", 2)
    assert len(opened(open_outlook, data)) == 2
    monkeypatch.setattr(outlook_module, "MOST_ATTACHMENTS", 1)
    assert reason(data) == "container too large"


def test_a_file_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    data = outlook([attachment("a")])
    monkeypatch.setattr(outlook_module, "LARGEST_FILE", len(data))
    assert len(opened(open_outlook, data)) == 1
    monkeypatch.setattr(outlook_module, "LARGEST_FILE", len(data) - 1)
    assert reason(data) == "container too large"


@pytest.mark.parametrize(
    ("kind", "tree"),
    [
        ("attached elsewhere", attachment("a", None, **{"__substg1.0_370D001F": b"h\0t\0t\0p\0"})),
        ("drawn in", attachment("a", {"CONTENTS": b"1"})),
        ("mail damaged", attachment("a", None)),
    ],
)
def test_what_has_no_bytes_says_why(kind: str, tree: Tree) -> None:
    assert told(opened(open_outlook, outlook([tree, attachment("b")]))) == [("a", kind), ("b", BOOK)]


def test_a_sealed_mail_says_so() -> None:
    data = outlook([attachment("smime.p7m", b"0\x82")], {0x001A: "IPM.Note.SMIME"})
    assert told(opened(open_outlook, data)) == [("smime.p7m", "mail sealed")]
    signed = outlook([attachment("smime.p7m", b"Content-Type: x")], {0x001A: "IPM.Note.SMIME.MultipartSigned"})
    assert told(opened(open_outlook, signed)) == [("smime.p7m", b"Content-Type: x")]


# --- Files that are broken --------------------------------------------------------------------------------------------

LARGE = outlook([attachment("a.xlsx", b"x" * 20_000)])


def entry_of(data: bytes, name: str) -> int:
    """Where the directory has the entry of this name."""
    return data.index(name.encode("utf-16-le"))


@pytest.mark.parametrize("size", [1 << 20, (1 << 32) - 1])
def test_a_stream_that_claims_more_than_the_file_has_is_refused_before_it_is_read(size: int) -> None:
    at = entry_of(LARGE, "__substg1.0_37010102")
    data = LARGE[: at + 120] + struct.pack("<Q", size) + LARGE[at + 128 :]
    assert reason(data) == "container too large"


def test_streams_that_share_their_sectors_are_refused() -> None:
    data = outlook([attachment("a", b"x" * 20_000), attachment("b", b"x" * 20_000), attachment("c", b"x" * 20_000)])
    claimed = data.replace(struct.pack("<Q", 20_000), struct.pack("<Q", 40_000))
    assert reason(claimed) == "container too large"


def test_a_file_that_is_cut_off_says_so() -> None:
    assert reason(b"") == reason(LARGE[:100]) == reason(LARGE[:600]) == "mail damaged"
    assert reason(compound_file({"Workbook": b"x"})) == "mail damaged"


def test_an_attachment_whose_sectors_are_missing_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CompoundFile, "stream", lambda *_: b"x")
    [inside] = opened(open_outlook, LARGE)
    assert inside.damage == CUT


SMALL = outlook([attachment("a.xlsx", b"x" * 5000), attachment("m", storage([attachment("b", b"y")]))])


@given(st.data())
def test_any_change_is_survived(data: st.DataObject) -> None:
    changed = bytearray(SMALL)
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(8, len(SMALL) // 4 - 1)) * 4
        changed[place : place + 4] = data.draw(
            st.binary(min_size=4, max_size=4) | st.integers(0, 40).map(lambda sector: struct.pack("<L", sector))
        )
    survives(open_outlook, bytes(changed[: data.draw(st.integers(len(SMALL) // 2, len(SMALL)))]))
