"""Blocks: ranges with a header row, columns found by heading in any order.

One matcher of headings serves the blocks of worksheet functions and the workbook reader.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from plansheet.core.records import Column, columns
from plansheet.excel.cells import MOST_ROWS, CallFailed, Cells, rows_of
from plansheet.excel.reading import is_blank

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FOOTNOTE = re.compile(r"\[[0-9*]+\]|\([0-9*]\)|[*†‡]+")
_KEPT = re.compile(r"[^0-9a-z#%]+")


def fold_heading(text: object) -> str:
    """A heading without case, spaces, line breaks, punctuation, footnote marks and file escapes."""
    if is_blank(text):
        return ""
    plain = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), str(text))
    plain = unicodedata.normalize("NFKC", plain).casefold()
    return _KEPT.sub("", _FOOTNOTE.sub(" ", plain))


@lru_cache(maxsize=32)
def _by_heading(record: type[Any]) -> dict[str, Column]:
    return {fold_heading(h): c for c in columns(record) for h in (*c.synonyms, c.heading)}


class TwoForOne(ValueError):
    """Two headings that mean the same column."""

    def __init__(self, column: Column, first: object, second: object) -> None:
        super().__init__(f'both "{first}" and "{second}" stand for {column.heading}; rename or leave out one')
        self.column = column


def match_headings(
    headings: Iterable[object], record: type[Any], wanted: Iterable[str] | None = None
) -> dict[str, int]:
    """Field name to position of its column. ``wanted``: the fields looked for (left out: all of the record's).

    Raises TwoForOne where two headings mean one wanted column.
    """
    names = None if wanted is None else frozenset(wanted)
    known = _by_heading(record)  # type: ignore[arg-type]  # a class is hashable
    found: dict[str, int] = {}
    seen: list[object] = []
    for position, heading in enumerate(headings):
        seen.append(heading)
        column = known.get(fold_heading(heading))
        if column is None or (names is not None and column.name not in names):
            continue
        if column.name in found:
            raise TwoForOne(column, seen[found[column.name]], heading)
        found[column.name] = position
    return found


class Block:
    """The rows of a block below its headings, and where each field stands."""

    def __init__(self, rows: list[Sequence[object]], positions: dict[str, int]) -> None:
        self.rows = rows
        self.positions = positions

    def cells(self, name: str) -> list[object] | None:
        """The cells of one field; None where the block has no such column."""
        position = self.positions.get(name)
        if position is None:
            return None
        return [row[position] if position < len(row) else None for row in self.rows]


def read_block(
    argument: Cells, name: str, record: type[Any], needed: Sequence[str], optional: Sequence[str] = ()
) -> Block:
    """A block argument. CallFailed names a needed heading that is missing, or two that mean the same."""
    rows = rows_of(argument)
    if not rows or not any(not is_blank(cell) for cell in rows[0]):
        raise CallFailed(f"{name} has no headings in its first row; give the range with its header row (Table[#All])")
    if len(rows) - 1 > MOST_ROWS:
        raise CallFailed(f"{name} has {len(rows) - 1:,} rows; give the rows that hold data, at most {MOST_ROWS:,}")
    try:
        positions = match_headings(rows[0], record, (*needed, *optional))
    except TwoForOne as two:
        raise CallFailed(f"{name}: {two}") from two
    missing = [c.heading for c in columns(record) if c.name in needed and c.name not in positions]
    if missing:
        there = ", ".join(f'"{" ".join(str(h).split())}"' for h in rows[0] if not is_blank(h))
        raise CallFailed(
            f"{name} has no column {' and no column '.join(missing)} (its headings are {there}); "
            "give the range with its header row, or rename the heading"
        )
    return Block(rows[1:], positions)
