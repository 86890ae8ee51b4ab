"""Zip archives: what comes out, and for what does not, why."""

import bz2
import io
import os
import random
import struct
import time
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.opening.making import BOOK, opened, survives, told
from plansheet.batch.opening import archive
from plansheet.batch.opening.archive import open_archive
from plansheet.workbook.reading.unreadable import Unreadable
from workbook.making import packed

MIB = 1 << 20


def reason(data: bytes, *passwords: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        list(open_archive(io.BytesIO(data), passwords))
    return caught.value


def patched(data: bytes, at: int, new: bytes, mark: bytes = b"PK\x01\x02") -> bytes:
    """The archive with bytes changed in the last entry of its directory."""
    place = data.rfind(mark) + at
    return data[:place] + new + data[place + len(new) :]


def locked(name: str, content: bytes, password: bytes) -> bytes:
    """An archive as old programs lock it (APPNOTE 6.1), stored."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        def crc(value: int, by: int) -> int:
            return zlib.crc32(bytes([by]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    checksum, cipher = zlib.crc32(content), bytearray()
    for byte in bytes(11) + bytes([checksum >> 24]) + content:
        mix = keys[2] | 2
        cipher.append(byte ^ ((mix * (mix ^ 1)) >> 8 & 0xFF))
        update(byte)
    letters = name.encode()
    fixed = struct.pack("<HHHHHLLLHH", 20, 1, 0, 0, 0, checksum, len(cipher), len(content), len(letters), 0)
    local = b"PK\x03\x04" + fixed + letters + cipher
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + fixed + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + letters
    return local + entry + struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(local), 0)


def test_what_is_in_it_comes_in_its_order_without_its_folders() -> None:
    insides = opened(open_archive, packed({"march/": b"", "march/b.xlsx": BOOK, "a.txt": b"a"}))
    assert told(insides) == [("march/b.xlsx", BOOK), ("a.txt", b"a")]
    assert all(each.mail is None and each.within == () and each.damage == "" for each in insides)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_the_usual_ways_of_packing_are_read(method: int) -> None:
    large = random.Random(1).randbytes(3 * archive.CHUNK)
    assert told(opened(open_archive, packed({"a.xlsx": large, "empty": b""}, method))) == [
        ("a.xlsx", large),
        ("empty", b""),
    ]


@pytest.mark.parametrize(("number", "said"), [(9, "Deflate64"), (93, "Zstandard"), (99, "AES"), (42, "method 42")])
def test_another_way_of_packing_is_named_and_the_others_still_come(number: int, said: str) -> None:
    data = patched(packed({"a.xlsx": BOOK, "b.xlsx": BOOK}), 10, struct.pack("<H", number))
    first, second = opened(open_archive, data)
    assert first.data == BOOK
    assert second.refused
    assert second.refused.kind == "entry packed otherwise"
    assert said in second.refused.what


def test_an_archive_is_read_one_entry_at_a_time() -> None:
    content = {f"{number}.bin": random.Random(number).randbytes(2 * MIB) for number in range(8)}
    data = packed(content, zipfile.ZIP_STORED)
    tracemalloc.start()
    for inside in open_archive(io.BytesIO(data)):
        assert len(inside.data) == 2 * MIB
        del inside
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MIB


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Bestände/Zuteilungen März.xlsx", "Bestände/Zuteilungen März.xlsx"),
        ("..\\..\\x.xlsx", "..\\..\\x.xlsx"),
        ("/etc/passwd", "/etc/passwd"),
        ("C:\\x.xlsx", "C:\\x.xlsx"),
        ("a\x1b[31m\nb.xlsx", "a\ufffd[31m b.xlsx"),
        ("\u202excod.xlsx", "\ufffdxcod.xlsx"),
        ("x" * 300, "x" * 254 + "…"),
    ],
)
def test_names_are_for_showing(name: str, shown: str) -> None:
    [inside] = opened(open_archive, packed({name: b"a"}))
    assert inside.name == (shown.replace("\\", "/") if os.sep == "\\" else shown)


def test_a_name_of_dos_is_read_in_its_letters() -> None:
    data = packed({"M__rz.xlsx": b"a"}).replace(b"M__rz", "M_ärz".encode("cp437"))
    assert told(opened(open_archive, data)) == [("M_ärz.xlsx", b"a")]


def test_a_name_without_letters_is_none() -> None:
    assert told(opened(open_archive, packed({"x": b"a"}).replace(b"x", b"\0"))) == [("(no name)", b"a")]


def test_two_of_one_name_are_told_apart() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = packed([("a.xlsx", b"1"), ("a.xlsx", b"2"), ("a.xlsx (2)", b"3"), ("a.xlsx", b"4")])
    assert told(opened(open_archive, data)) == [
        ("a.xlsx", b"1"),
        ("a.xlsx (2)", b"2"),
        ("a.xlsx (2) (2)", b"3"),
        ("a.xlsx (3)", b"4"),
    ]


def test_an_entry_that_was_changed_is_refused_and_the_others_come() -> None:
    data = packed({"a.xlsx": b"abc" * 99, "b.xlsx": b"b", "c.xlsx": b"c"}, zipfile.ZIP_STORED)
    assert told(opened(open_archive, data.replace(b"abcabc", b"abcabd", 1))) == [
        ("a.xlsx", "entry damaged"),
        ("b.xlsx", b"b"),
        ("c.xlsx", b"c"),
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packed_bytes_that_were_changed_are_refused(method: int) -> None:
    data = packed({"a.xlsx": random.Random(1).randbytes(900), "b.xlsx": b"b"}, method)
    garbled = data[:200] + bytes(byte ^ 0x55 for byte in data[200:400]) + data[400:]
    assert told(opened(open_archive, garbled)) == [("a.xlsx", "entry damaged"), ("b.xlsx", b"b")]


@pytest.mark.parametrize("declared", [10, 1_000_000])
def test_a_size_that_is_not_so_is_refused(declared: int) -> None:
    data = patched(packed({"a.txt": b"x" * 1000}), 24, struct.pack("<L", declared))
    assert told(opened(open_archive, data)) == [("a.txt", "entry damaged")]


# --- Passwords --------------------------------------------------------------------------------------------------------


def test_a_locked_entry_comes_out_with_its_password() -> None:
    data = locked("a.xlsx", BOOK, b"s3cret")
    assert told(open_archive(io.BytesIO(data), ["wrong", "s3cret"])) == [("a.xlsx", BOOK)]
    assert told(open_archive(io.BytesIO(data), ["wrong", ""])) == [("a.xlsx", "entry locked otherwise")]
    assert told(open_archive(io.BytesIO(data), [])) == [("a.xlsx", "entry locked")]


@pytest.mark.parametrize("encoding", ["utf-8", "cp437", "cp1252"])
def test_a_password_with_umlauts_opens_what_older_programs_locked(encoding: str) -> None:
    assert told(open_archive(io.BytesIO(locked("a", b"1", "März".encode(encoding))), ["März"])) == [("a", b"1")]


def test_a_large_locked_entry_would_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    data = locked("a", b"1" * 100, b"p")
    monkeypatch.setattr(archive, "LARGEST_LOCKED", 112)  # the cipher puts 12 bytes before
    assert told(open_archive(io.BytesIO(data), ["p"])) == [("a", b"1" * 100)]
    monkeypatch.setattr(archive, "LARGEST_LOCKED", 111)
    assert told(open_archive(io.BytesIO(data), ["p"])) == [("a", "too large")]


def test_a_locked_entry_without_room_for_its_lock_is_refused() -> None:
    data = patched(locked("a", b"1", b"p"), 20, struct.pack("<L", 5))
    assert told(open_archive(io.BytesIO(data), ["p"])) == [("a", "entry locked otherwise")]


def test_strong_locks_are_named() -> None:
    data = packed({"a": b"1"})
    assert told(opened(open_archive, patched(data, 8, b"\x41\x00"))) == [("a", "entry packed otherwise")]
    bzip2 = packed({"a": b"1"}, zipfile.ZIP_BZIP2)
    assert told(opened(open_archive, patched(bzip2, 8, b"\x01\x00"))) == [("a", "entry packed otherwise")]


# --- Limits -----------------------------------------------------------------------------------------------------------


def test_entries_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed({f"{number}": b"" for number in range(7)})
    monkeypatch.setattr(archive, "MOST_ENTRIES", 7)
    assert len(opened(open_archive, data)) == 7
    monkeypatch.setattr(archive, "MOST_ENTRIES", 6)
    assert reason(data).kind == "container too large"
    assert reason(data + b"junk" * 9).kind == "container too large"


def test_many_entries_are_counted_before_each_becomes_an_object() -> None:
    entry = b"PK\x01\x02" + bytes(42)
    data = b"PK\x03\x04" + entry * 400_000
    data += struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(data) - 4, 4, 0)
    tracemalloc.start()
    assert "20,000" in reason(data).what
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MIB


def test_the_directory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed({"a": b""})
    monkeypatch.setattr(archive, "LARGEST_DIRECTORY", 47)
    assert told(opened(open_archive, data)) == [("a", b"")]
    monkeypatch.setattr(archive, "LARGEST_DIRECTORY", 46)
    assert reason(data).kind == "container too large"


def test_one_entry_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed({"a": b"x" * 1000, "b": b"b"})
    monkeypatch.setattr(archive, "LARGEST_FILE", 1000)
    assert told(opened(open_archive, data)) == [("a", b"x" * 1000), ("b", b"b")]
    monkeypatch.setattr(archive, "LARGEST_FILE", 999)
    assert told(opened(open_archive, data)) == [("a", "too large"), ("b", b"b")]


def test_all_entries_together_are_bounded_and_each_gets_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed({"a": b"x" * 1000, "b": b"x" * 1000, "c": b"x"})
    monkeypatch.setattr(archive, "MOST_BYTES", 2001)
    assert [kind for _, kind in told(opened(open_archive, data))] == [b"x" * 1000, b"x" * 1000, b"x"]
    monkeypatch.setattr(archive, "MOST_BYTES", 1999)
    assert [kind for _, kind in told(opened(open_archive, data))] == [b"x" * 1000, *["container too large"] * 2]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_is_refused_early_and_the_others_come(method: int) -> None:
    data = packed({"bomb": bytes(100 * MIB), "b": b"b"}, method)
    tracemalloc.start()
    started = time.perf_counter()
    assert told(opened(open_archive, data)) == [("bomb", "bomb"), ("b", b"b")]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.perf_counter() - started < 5
    assert peak < 64 * MIB


def test_bzip2_that_claims_to_be_small_swells_no_further_than_the_limit() -> None:
    bomb = bz2.compress(bytes(300 * MIB))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a", bomb)
    data = stream.getvalue()
    for mark, method, size in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        data = patched(patched(data, method, b"\x0c\x00", mark), size, struct.pack("<L", 100), mark)
    tracemalloc.start()
    [inside] = opened(open_archive, data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert inside.refused
    assert inside.refused.kind == "bomb"
    assert peak < 16 * MIB


def test_a_small_file_may_be_packed_tightly() -> None:
    data = packed({"a.csv": b"0" * MIB})
    assert told(opened(open_archive, data)) == [("a.csv", b"0" * MIB)]
    assert told(opened(open_archive, packed({"a.csv": b"0" * (MIB + 1)}))) == [("a.csv", "bomb")]


def test_entries_that_share_their_bytes_are_refused() -> None:
    data = packed({"a": b"x" * 50, "b": b"x" * 50}, zipfile.ZIP_STORED)
    assert reason(patched(data, 42, bytes(4))).kind == "bomb"


# --- Containers that are broken ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("archive cut off", packed({"a": BOOK})[:-30]),
        ("archive cut off", b"PK\x03\x04"),
        ("archive cut off", patched(packed({"a": b"a"}), 12, b"\xff\xff\xff\x00", b"PK\x05\x06")),
        ("archive damaged", packed({"a": BOOK}).replace(b"PK\x01\x02", b"PK\x01\x03")),
        ("archive damaged", patched(packed({"é": b"a"}), 46, b"\xff\xff")),
        ("archive empty", packed({})),
        ("archive empty", packed({"folder/": b""})),
    ],
)
def test_a_broken_container_is_told(kind: str, data: bytes) -> None:
    assert reason(data).kind == kind


def test_what_gateways_append_does_no_harm() -> None:
    assert told(opened(open_archive, packed({"a": b"a"}) + bytes(3000))) == [("a", b"a")]


def test_an_archive_of_zip64_is_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made, made.open("a.xlsx", "w", force_zip64=True) as entry:
        entry.write(BOOK)
    assert told(opened(open_archive, stream.getvalue())) == [("a.xlsx", BOOK)]


SOUND = packed({"march/a.xlsx": b"abc" * 40, "b.csv": b"1,2\n", "c/": b""})


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(data: bytes) -> None:
    survives(open_archive, data)
    survives(open_archive, b"PK\x03\x04" + data)
    survives(open_archive, data + SOUND[-22:])


@given(st.data())
def test_any_change_is_survived(data: st.DataObject) -> None:
    changed = bytearray(SOUND)
    for place in data.draw(st.lists(st.integers(0, len(SOUND) - 1), min_size=1, max_size=6)):
        changed[place] = data.draw(st.integers(0, 255))
    survives(open_archive, bytes(changed[: data.draw(st.integers(len(SOUND) // 2, len(SOUND)))]))
    survives(lambda file: open_archive(file, ["p"]), bytes(changed))
