"""A compound file ([MS-CFB], version 3) from a small tree of storages and streams: what a vbaProject.bin is inside.

Written here because no library for it fits: those that write compound files are under the AGPL, a first sketch with
heavy dependencies, or part of a package for mail. Times and class identifiers stay zero, so that two builds are equal.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Tree: TypeAlias = Mapping[str, "bytes | Tree"]
"""What a storage holds by name: streams as bytes, storages as trees."""

SECTOR = 512
MINI_SECTOR = 64
MINI_CUTOFF = 4096
"""A stream shorter than this stands in the mini stream."""

_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_FAT_IN_HEADER = 109
_PER_SECTOR = SECTOR // 4


class _Sectors:
    """Sectors of one size, and the table that chains those of a stream."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.data = bytearray()
        self.table: list[int] = []

    def add(self, data: bytes) -> int:
        """Append a stream; its first sector."""
        if not data:
            return _END
        first, count = len(self.table), -(-len(data) // self.size)
        self.table += [*range(first + 1, first + count), _END]
        self.data += data.ljust(count * self.size, b"\0")
        return first


@dataclass(slots=True)
class _Entry:
    """An entry of the directory; ``left``, ``right`` and ``child`` are positions in it."""

    name: str
    kind: int
    data: bytes = b""
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    color: int = _BLACK
    first: int = 0
    size: int = 0

    def __bytes__(self) -> bytes:
        name = self.name.encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII16xI8x8xIQ",
            *(name, len(name) + 2, self.kind, self.color, self.left, self.right, self.child, 0, self.first, self.size),
        )


def compound_file(root: Tree) -> bytes:
    """The bytes of a compound file that holds ``root``."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add(entries, root)
    sectors, mini = _Sectors(SECTOR), _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.first = (mini if entry.size < MINI_CUTOFF else sectors).add(entry.data)
    entries[0].size = len(mini.data)
    entries[0].first = sectors.add(bytes(mini.data))
    first_mini_fat = sectors.add(_table(mini.table))
    unused = struct.pack("<68xIII48x", _NONE, _NONE, _NONE) * (-len(entries) % (SECTOR // 128))
    first_directory = sectors.add(b"".join(map(bytes, entries)) + unused)
    # The FAT comes last, when all is known that it chains; it has a place for each of its own sectors too.
    first_fat = len(sectors.table)
    fat_sectors = -(-first_fat // (_PER_SECTOR - 1))
    if fat_sectors > _FAT_IN_HEADER:
        raise ValueError(f"{len(sectors.data):,} bytes are more than a compound file's header can chain")
    sectors.data += _table([*sectors.table, *[_FAT] * fat_sectors])
    fat = list(range(first_fat, first_fat + fat_sectors))
    header = struct.pack(
        "<8s16xHHHHH6x9I109I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),  # version 3, sectors of 2^9 and 2^6 bytes
        *(0, fat_sectors, first_directory, 0, MINI_CUTOFF, first_mini_fat, -(-len(mini.table) // _PER_SECTOR), _END, 0),
        *(fat + [_FREE] * (_FAT_IN_HEADER - fat_sectors)),
    )
    return header + sectors.data


def _table(places: list[int]) -> bytes:
    """A table of sectors, filled up to whole sectors."""
    full = places + [_FREE] * (-len(places) % _PER_SECTOR)
    return struct.pack(f"<{len(full)}I", *full)


def _add(entries: list[_Entry], tree: Tree) -> int:
    """Enter what a storage holds; the position of the root of its tree."""
    siblings = []
    for name in sorted(tree, key=_order):
        content = tree[name]
        position = len(entries)
        siblings.append(position)
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            entries[position].child = _add(entries, content)
    if len({_order(name) for name in tree}) < len(tree):
        raise ValueError(f"two of these names differ by case only: {', '.join(sorted(tree))}")
    return _balanced(entries, siblings, len(siblings).bit_length() - 1)


def _order(name: str) -> tuple[int, str]:
    """[MS-CFB] 2.6.4: the shorter name first, then by its capitals."""
    if not (name.isascii() and name.isprintable() and 0 < len(name) <= 31) or set(name) & set("/\\:!"):
        raise ValueError(f'"{name}" is no name for a storage or a stream')
    return len(name), name.upper()


def _balanced(entries: list[_Entry], siblings: list[int], below: int, top: bool = True) -> int:
    """Chain sorted siblings to a red-black tree: halved again and again, black but for the deepest level."""
    if not siblings:
        return _NONE
    middle = len(siblings) // 2
    entry = entries[siblings[middle]]
    entry.left = _balanced(entries, siblings[:middle], below - 1, top=False)
    entry.right = _balanced(entries, siblings[middle + 1 :], below - 1, top=False)
    entry.color = _RED if below == 0 and not top else _BLACK
    return siblings[middle]
