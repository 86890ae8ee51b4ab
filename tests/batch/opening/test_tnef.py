"""winmail.dat, made here by the format's description ([MS-OXTNEF])."""

import struct
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.opening.making import BOOK, opened, survives, told
from plansheet.batch.opening import tnef
from plansheet.batch.opening.tnef import open_tnef
from plansheet.workbook.reading.unreadable import Unreadable

Properties = Iterable[tuple[int, int, bytes]]


def attribute(name: int, value: bytes, level: int = 2) -> bytes:
    return struct.pack("<BLL", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def winmail(*attributes: bytes) -> bytes:
    return (
        b"\x78\x9f\x3e\x22\x01\x00" + attribute(tnef.CODE_PAGE, struct.pack("<LL", 1252, 0), 1) + b"".join(attributes)
    )


def attached(title: bytes = b"", data: bytes = b"", properties: Properties = ()) -> bytes:
    """The attributes of an attachment; those that are empty left out."""
    parts = attribute(tnef.ATTACHMENT_BEGINS, bytes(14))
    parts += attribute(tnef.TITLE, title + b"\0") if title else b""
    parts += attribute(tnef.DATA, data) if data else b""
    return parts + (attribute(tnef.PROPERTIES, listed(list(properties))) if properties else b"")


def listed(properties: list[tuple[int, int, bytes]]) -> bytes:
    block = struct.pack("<L", len(properties))
    for tag, kind, value in properties:
        block += struct.pack("<HH", kind, tag)
        if kind in tnef.SIZES:
            block += value.ljust(tnef.SIZES[kind], b"\0")
        else:
            block += struct.pack("<LL", 1, len(value)) + value + bytes(-len(value) % 4)
    return block


def wide(text: str) -> bytes:
    return f"{text}\0".encode("utf-16-le")


def test_attachments_come_out_under_their_long_names() -> None:
    data = winmail(
        attached(b"LEDGER~1.XLS", BOOK, [(0x3707, 0x1F, wide("..\\März ledger.xlsx")), (0x3705, 3, b"\1")]),
        attached(b"M\xe4rz.csv", b"1,2"),
        attached(b"", b"3"),
        attached(b"", b"", [(0x3701, 0x102, b"4"), (0x3704, 0x1E, b"d.csv\0")]),
    )
    assert told(opened(open_tnef, data)) == [
        ("März ledger.xlsx", BOOK),
        ("März.csv", b"1,2"),
        ("attachment 3", b"3"),
        ("d.csv", b"4"),
    ]


def test_properties_of_every_kind_are_passed_over() -> None:
    others = [(0x1000 + kind, kind, b"") for kind in tnef.SIZES]
    block = listed([*others, (0x3707, 0x1F, wide("a.xlsx"))])
    named = struct.pack("<HH16sLL", 3, 0x8001, b"", 0, 7) + bytes(4)
    lettered = struct.pack("<HH16sLL", 3, 0x8002, b"", 1, 6) + b"abcdef\0\0" + bytes(4)
    several = struct.pack("<HHL", 0x1003, 0x1234, 2) + bytes(8)
    texts = struct.pack("<HHL", 0x101E, 0x1235, 2) + struct.pack("<L4sL8s", 2, b"a\0", 5, b"bcde\0")
    block = struct.pack("<L", len(others) + 5) + named + lettered + several + texts + block[4:]
    data = winmail(
        attribute(tnef.ATTACHMENT_BEGINS, b""), attribute(tnef.PROPERTIES, block), attribute(tnef.DATA, b"1")
    )
    assert told(opened(open_tnef, data)) == [("a.xlsx", b"1")]


def enclosed(depth: int) -> bytes:
    inner = attached(b"a.xlsx", BOOK)
    for _ in range(depth):
        inner = attached(b"mail", b"", [(0x3701, 0x0D, bytes(16) + winmail(inner))])
    return winmail(inner)


def test_attachments_of_enclosed_mails_come_out() -> None:
    [inside] = opened(open_tnef, enclosed(2))
    assert (inside.name, inside.data, inside.within) == ("a.xlsx", BOOK, ("mail", "mail"))


def test_mails_in_mails_have_a_limit() -> None:
    assert opened(open_tnef, enclosed(tnef.DEEPEST))[0].data == BOOK
    [inside] = opened(open_tnef, enclosed(tnef.DEEPEST + 1))
    assert inside.refused
    assert inside.refused.kind == "nested"


def test_an_attachment_without_bytes_says_so() -> None:
    assert told(opened(open_tnef, winmail(attached(b"a.xlsx")))) == [("a.xlsx", "mail damaged")]


def test_what_is_cut_off_says_so() -> None:
    data = winmail(attached(b"a.xlsx", BOOK), attached(b"b.xlsx", BOOK))
    assert told(opened(open_tnef, data[:-100])) == [
        ("a.xlsx", BOOK),
        ("b.xlsx", "mail damaged"),
        ("the rest of winmail.dat", "mail cut off"),
    ]


def test_a_file_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    data = winmail(attached(b"a.xlsx", BOOK))
    monkeypatch.setattr(tnef, "LARGEST_FILE", len(data))
    assert len(opened(open_tnef, data)) == 1
    monkeypatch.setattr(tnef, "LARGEST_FILE", len(data) - 1)
    with pytest.raises(Unreadable) as caught:
        opened(open_tnef, data)
    assert caught.value.kind == "container too large"


SMALL = winmail(attached(b"a", b"1", [(0x3707, 0x1F, wide("a")), (0x8001, 3, bytes(30))]), attached(b"b", b"2"))


@given(st.binary(max_size=200), st.data())
def test_any_bytes_are_survived(tail: bytes, data: st.DataObject) -> None:
    survives(open_tnef, tail)
    survives(open_tnef, SMALL[: data.draw(st.integers(0, len(SMALL)))] + tail)
    changed = bytearray(SMALL)
    for place in data.draw(st.lists(st.integers(6, len(SMALL) - 1), max_size=6)):
        changed[place] = data.draw(st.integers(0, 255))
    survives(open_tnef, bytes(changed))
