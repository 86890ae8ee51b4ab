"""The compound file against an independent reader, olefile, which is told to take nothing doubtful."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

import olefile  # type: ignore[import-untyped]  # ships no type information
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.template.compound_file import MINI_CUTOFF, MINI_SECTOR, SECTOR, Tree, compound_file

RED, NOBODY = 0, 0xFFFFFFFF
BOUNDARIES = [near + by for near in (0, MINI_SECTOR, SECTOR, MINI_CUTOFF, MINI_CUTOFF + SECTOR) for by in (-1, 0, 1)]
SIZES = st.sampled_from([size for size in BOUNDARIES if size >= 0]) | st.integers(0, 3 * MINI_CUTOFF)
# The space is left out: olefile takes one at the end of a name away.
NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_-", min_size=1, max_size=31)


def contents(length: int) -> bytes:
    """Bytes that show when a sector is missing or in the wrong place."""
    return b"".join(number.to_bytes(4, "little") for number in range(length // 4 + 1))[:length]


def without_twins(tree: dict[str, Any]) -> dict[str, Any]:
    """Without names that differ by case only."""
    return {name: tree[name] for name in {name.upper(): name for name in tree}.values()}


def storages(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(NAMES, inner, max_size=12).map(without_twins)


TREES = storages(st.recursive(SIZES.map(contents), storages, max_leaves=30))


def opened(tree: Tree) -> Any:
    return olefile.OleFileIO(io.BytesIO(compound_file(tree)), raise_defects=olefile.DEFECT_UNSURE)


def flat(tree: Tree, *above: str) -> Iterator[tuple[tuple[str, ...], bytes | None]]:
    """Every stream with its bytes, every storage with None, by path."""
    for name, content in tree.items():
        if isinstance(content, bytes):
            yield (*above, name), content
        else:
            yield (*above, name), None
            yield from flat(content, *above, name)


def read_back(file: Any) -> dict[tuple[str, ...], bytes | None]:
    streams = {tuple(path): file.openstream(path).read() for path in file.listdir(streams=True, storages=False)}
    return streams | {tuple(path): None for path in file.listdir(streams=False, storages=True)}


@given(TREES)
def test_a_reader_finds_what_was_written(tree: dict[str, Any]) -> None:
    file = opened(tree)
    assert read_back(file) == dict(flat(tree))
    assert file.parsing_issues == []


@pytest.mark.parametrize("size", [size for size in BOUNDARIES if size >= 0])
def test_streams_beside_each_other_keep_their_bytes(size: int) -> None:
    tree = {"before": b"b" * 65, "this": contents(size), "after": b"a" * 4097}
    assert read_back(opened(tree)) == dict(flat(tree))


@given(st.dictionaries(NAMES, st.just(b""), min_size=1, max_size=40).map(without_twins))
def test_siblings_are_a_red_black_tree_in_the_order_of_the_format(siblings: dict[str, bytes]) -> None:
    entries = opened(siblings).direntries

    def walk(position: int, above_is_red: bool) -> tuple[list[str], int]:
        """The names in order, and how many black entries stand on every way down."""
        if position == NOBODY:
            return [], 0
        entry = entries[position]
        red = entry.color == RED
        assert not (red and above_is_red)
        left, black_left = walk(entry.sid_left, red)
        right, black_right = walk(entry.sid_right, red)
        assert black_left == black_right
        return [*left, entry.name, *right], black_left + (not red)

    root = entries[0].sid_child
    assert entries[root].color != RED
    in_order, _ = walk(root, above_is_red=False)
    assert in_order == sorted(siblings, key=lambda name: (len(name), name.upper()))


def test_nothing_in_it_changes_from_one_build_to_the_next() -> None:
    tree: dict[str, bytes | Tree] = {"VBA": {"dir": contents(5000), "a": b""}, "PROJECT": b"x"}
    file = opened(tree)
    assert compound_file(tree) == compound_file(dict(reversed(tree.items())))
    assert {(entry.createTime, entry.modifyTime, entry.clsid) for entry in file.direntries if entry} == {(0, 0, "")}


def test_it_says_what_it_is() -> None:
    data = compound_file({"PROJECT": b"x"})
    file = opened({"PROJECT": b"x"})
    assert olefile.isOleFile(data)
    assert (file.dll_version, file.sector_size, file.mini_sector_size, file.mini_stream_cutoff_size) == (
        3,
        SECTOR,
        MINI_SECTOR,
        MINI_CUTOFF,
    )
    assert len(data) % SECTOR == 0


def test_what_is_left_over_in_a_sector_is_marked_as_free() -> None:
    data = compound_file({"small": b"x", "large": contents(5000)})
    words = struct.unpack(f"<{len(data) // 4}I", data)
    sectors = len(data) // SECTOR - 1
    first_directory, first_mini_fat, fat = words[48 // 4], words[60 // 4], words[76 // 4]

    def sector(number: int) -> tuple[int, ...]:
        return words[(number + 1) * 128 : (number + 2) * 128]

    assert words[76 // 4 + 1 : SECTOR // 4] == (NOBODY,) * 108
    assert sector(fat)[sectors:] == (NOBODY,) * (128 - sectors)
    assert sector(fat)[fat] == 0xFFFFFFFD
    assert sector(first_mini_fat)[1:] == (NOBODY,) * 127
    assert sector(first_directory)[3 * 32 :] == (0,) * 17 + (NOBODY,) * 3 + (0,) * 12  # three entries, one left over


def test_an_empty_one_can_be_read_too() -> None:
    assert read_back(opened({})) == {}


@pytest.mark.parametrize("name", ["", "a" * 32, "a/b", "a\\b", "a:b", "a!b", "é", "a\tb"])
def test_a_name_that_the_format_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name for"):
        compound_file({"VBA": {name: b""}})


def test_names_that_differ_by_case_only_are_refused() -> None:
    with pytest.raises(ValueError, match=r"differ by case only: Dir, dir"):
        compound_file({"VBA": {"dir": b"", "Dir": b""}})


# 109 sectors of the FAT chain 128 each, their own among them; one more is the directory's.
MOST = (109 * 127 - 1) * SECTOR


def test_the_largest_file_whose_chains_fit_the_header_is_whole() -> None:
    assert read_back(opened({"large": contents(MOST)})) == {("large",): contents(MOST)}


def test_a_larger_file_is_refused() -> None:
    with pytest.raises(ValueError, match="more than a compound file's header can chain"):
        compound_file({"large": bytes(MOST + 1)})
