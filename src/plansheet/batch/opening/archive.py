"""Zip archives, opened: each entry inflated by itself, counted while it swells, whatever its header says."""

import bz2
import copy
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from lzma import FILTER_LZMA1, FORMAT_RAW, LZMADecompressor, LZMAError
from typing import IO, Final

from plansheet.batch.opening.inside import Inside
from plansheet.batch.opening.names import Apart, shown
from plansheet.workbook.reading.guard import LARGEST_FILE
from plansheet.workbook.reading.package import HIGHEST_RATIO, RATIO_FROM, check_overlap
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

MOST_ENTRIES: Final = 20_000
"""A month's batch is 10,000 workbooks; its folders are entries too."""
LARGEST_DIRECTORY: Final = 1 << 25
"""Bytes at the end that list the entries, some 100 for each."""
MOST_BYTES: Final = 1 << 32
"""All entries of an archive together, unpacked: 10,000 workbooks of 400 KB."""
LARGEST_LOCKED: Final = 1 << 24
"""A locked entry, packed: the cipher of zip files is calculated in Python, some 2 MB a second for each password."""
CHUNK: Final = 1 << 16

METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
SWELLING: Final = (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
LARGEST_DICTIONARY: Final = 1 << 28
"""Bytes of memory that an entry of LZMA asks for; the largest that packing programs offer for zip files."""
OTHER_METHODS: Final = {9: "as Deflate64", 93: "as Zstandard", 95: "as XZ", 98: "as PPMd", 99: "encrypted with AES"}
LOCKED: Final = 0x1
STRONGLY_LOCKED: Final = 0x40

_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENTRY = b"PK\x01\x02"
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, LZMAError, EOFError, NotImplementedError, RuntimeError),
    *(ValueError, LookupError, OSError, struct.error, OverflowError),
)
"""What zipfile and its decompressors raise for bytes that are not as they should be."""


def open_archive(file: IO[bytes], passwords: Sequence[str] = ()) -> Iterator[Inside]:
    """What a zip archive holds, entry by entry; archives in it are not opened. Raises Unreadable before the first."""
    check_end(file)
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise unreadable("archive damaged", _plain(error)) from error
    with archive:
        entries = archive.infolist()
        if all(_is_folder(entry) for entry in entries):
            raise unreadable("archive empty")
        check_overlap(entries, file.seek(0, 2), archive.start_dir)
        yield from _Unpacking(archive, passwords).each(entries)


def check_end(file: IO[bytes]) -> None:
    """Counts the entries in the directory at the end before zipfile makes an object of each."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - 98))  # the longest comment, and the records that stand at the end
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise unreadable("archive cut off")
    length, *_ = struct.unpack_from("<L", tail, at + 12)
    end = size - len(tail) + at
    if tail[max(0, at - 20) : at].startswith(_LOCATOR_64):
        end -= 76
        record = tail[max(0, at - 76) : at - 20]
        if record.startswith(_END_64) and len(record) == 56:
            (length,) = struct.unpack_from("<Q", record, 40)
    if length > end:
        raise unreadable("archive cut off")
    if length > LARGEST_DIRECTORY:
        raise unreadable("container too large", f"the list of its entries has {length:,} bytes")
    if _count(file, end - length, length) > MOST_ENTRIES:
        raise unreadable("container too large", f"it has more than {MOST_ENTRIES:,} entries")
    file.seek(0)


def _count(file: IO[bytes], start: int, length: int) -> int:
    """Entries in the directory: at least as many as zipfile will find."""
    file.seek(start)
    count, left, kept = 0, length, b""
    while left and (chunk := file.read(min(left, CHUNK))):
        left -= len(chunk)
        count += (kept + chunk).count(_ENTRY)
        kept = chunk[-3:]
    return count


def _encoded(password: str) -> list[bytes]:
    """A password as today's programs write it, and as older ones of Windows do where that is not the same."""
    keys: list[bytes] = []
    for encoding in ("utf-8", "cp437", "cp1252"):
        try:
            keys.append(password.encode(encoding))
        except UnicodeEncodeError:
            continue
    return list(dict.fromkeys(keys))


class _Unpacking:
    """One way through an archive."""

    def __init__(self, archive: zipfile.ZipFile, passwords: Sequence[str]) -> None:
        self.archive = archive
        self.keys = [key for password in passwords if password for key in _encoded(password)]
        self.left = MOST_BYTES

    def each(self, entries: Sequence[zipfile.ZipInfo]) -> Iterator[Inside]:
        """What each entry is, folders left out."""
        apart = Apart()
        for entry in entries:
            if _is_folder(entry):
                continue
            name = apart.name(shown(entry.filename) or "(no name)")
            try:
                _check_method(entry)
                data = self._unlocked(entry) if entry.flag_bits & LOCKED else self._inflated(entry)
            except Unreadable as refused:
                yield Inside(name, refused=refused)
            else:
                yield Inside(name, data)

    def _unlocked(self, entry: zipfile.ZipInfo) -> bytes:
        if not self.keys:
            raise unreadable("entry locked")
        if entry.compress_size > LARGEST_LOCKED:
            raise unreadable("too large", f"of a file with a zip password at most {LARGEST_LOCKED:,} bytes are read")
        for key in self.keys:
            try:
                data = self._inflated(entry, key)
            except Unreadable as refused:
                if refused.kind != "entry damaged":  # so look the bytes that a wrong password gives
                    raise
            else:
                self.keys.remove(key)
                self.keys.insert(0, key)  # the next entry will have the same
                return data
        raise unreadable("entry locked otherwise")

    def _inflated(self, entry: zipfile.ZipInfo, key: bytes | None = None) -> bytes:
        chunks = _chunks_inflated_here if entry.compress_type in SWELLING else _chunks
        data = bytearray()
        try:
            for chunk in chunks(self.archive, entry, key):
                data += chunk
                self.left -= len(chunk)
                self._check_swelling(len(data), entry.compress_size)
        except BROKEN as error:
            raise unreadable("entry damaged", _plain(error)) from error
        if len(data) != entry.file_size:
            raise unreadable("entry damaged", f"{len(data):,} of its {entry.file_size:,} bytes come out")
        return bytes(data)

    def _check_swelling(self, size: int, packed: int) -> None:
        if size > RATIO_FROM and size > HIGHEST_RATIO * packed:
            raise unreadable("bomb", f"it swells to more than {HIGHEST_RATIO} times its size")
        if size > LARGEST_FILE:
            raise unreadable("too large", f"unpacked it has more than {LARGEST_FILE:,} bytes")
        if self.left < 0:
            raise unreadable("container too large", f"unpacked the archive has more than {MOST_BYTES:,} bytes")


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith("/")  # zipfile's own is_dir() fails for a name without letters


def _check_method(entry: zipfile.ZipInfo) -> None:
    """What the directory alone tells of an entry."""
    locked = entry.flag_bits & LOCKED
    if entry.compress_type not in METHODS:
        method = OTHER_METHODS.get(entry.compress_type, f"by method {entry.compress_type}")
        raise unreadable("entry packed otherwise", method)
    if entry.flag_bits & STRONGLY_LOCKED or (locked and entry.compress_type in SWELLING):
        raise unreadable("entry packed otherwise", "locked by another cipher than that of common zip files")
    if entry.file_size > LARGEST_FILE:
        raise unreadable("too large", f"unpacked it has {entry.file_size:,} bytes, {LARGEST_FILE:,} at most are read")


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, key: bytes | None) -> Iterator[bytes]:
    with archive.open(entry, pwd=key) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _chunks_inflated_here(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, _: bytes | None) -> Iterator[bytes]:
    """Of bzip2 and LZMA, which zipfile lets swell from kilobytes to gigabytes before it gives back the first byte."""
    packed = copy.copy(entry)
    packed.compress_type, packed.file_size = zipfile.ZIP_STORED, entry.compress_size
    del packed.CRC  # of the inflated bytes
    checksum = 0
    with archive.open(packed) as stream:
        inflating = bz2.BZ2Decompressor() if entry.compress_type == zipfile.ZIP_BZIP2 else _lzma(stream.read(9))
        while not inflating.eof:
            wanted = inflating.needs_input
            given = stream.read(CHUNK) if wanted else b""
            chunk = inflating.decompress(given, CHUNK)
            checksum = zlib.crc32(chunk, checksum)
            yield chunk
            if wanted and not given and not chunk:
                break  # LZMA may have no mark at its end; the size tells
    if checksum != entry.CRC:
        raise zipfile.BadZipFile("CRC")


def _lzma(header: bytes) -> LZMADecompressor:
    """What inflates an entry that begins with this header (APPNOTE 5.8.8)."""
    length, packed, dictionary = struct.unpack("<2xHBL", header)
    if length != 5 or dictionary > LARGEST_DICTIONARY:
        raise LZMAError
    rest, literal_context = divmod(packed, 9)
    position, literal_position = divmod(rest, 5)
    return LZMADecompressor(
        FORMAT_RAW,
        filters=[
            {"id": FILTER_LZMA1, "lc": literal_context, "lp": literal_position, "pb": position, "dict_size": dictionary}
        ],
    )


def _plain(error: Exception) -> str:
    """What zipfile says, without the names that it quotes."""
    said = str(error)
    if "CRC" in said:
        return "its bytes do not give the checksum that was taken when it was packed"
    if isinstance(error, EOFError):
        return "its end is missing"
    return "its bytes are not where the archive says" if isinstance(error, zipfile.BadZipFile) else "it is garbled"
