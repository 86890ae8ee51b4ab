"""Blocks: ranges with a header row, columns found by heading in any order."""

from collections.abc import Sequence
from typing import Any

from plansheet.core.records import columns
from plansheet.excel.cells import MOST_ROWS, CallFailed, Cells, rows_of
from plansheet.excel.headings import TwoForOne, match_headings
from plansheet.excel.reading import is_blank


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
