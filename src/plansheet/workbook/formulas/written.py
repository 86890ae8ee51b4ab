"""A part of a formula as it is written down for the engine, and its values row by row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plansheet.workbook.formulas.regions import Region
from plansheet.workbook.reading.saved import LAST_COLUMN

ATOM = 9
"""How strongly binds what has no operator."""


@dataclass(frozen=True, slots=True)
class Written:
    """A part of a formula, and whether it may have several values."""

    text: str
    several: bool = False
    region: Region | None = None
    """The cells, where the part is a range: all of them, also those that its sheet does not use."""
    values: list[list[object]] | None = None
    """What it has, where it is a value or an array that was known before."""
    is_numeric: bool = False
    """Whether an operator of numbers gave it."""
    binds: int = ATOM
    """How strongly its operator binds; the strongest where there is none."""

    @property
    def size(self) -> tuple[int, int] | None:
        """Rows and columns of a range, with those that its sheet does not use."""
        region = self.region
        if region is None:
            return None
        return region.bottom - region.top + 1, LAST_COLUMN if region.is_rows else region.right - region.left + 1

    def beside(self, strength: int) -> str:
        """It as an operand of an operator that binds so strongly, in parentheses where they are needed."""
        return self.text if self.binds >= strength else f"({self.text})"


def value_of(rows: Sequence[Sequence[object]], row: int, column: int) -> object:
    """A value of rows; one row or column is that of all, and beyond the last there is none."""
    if len(rows) == 1:
        row = 0
    if len(rows[0]) == 1:
        column = 0
    return rows[row][column] if row < len(rows) and column < len(rows[0]) else "#N/A"


def cells_of(value: object) -> Iterator[object]:
    """Every value of rows, or the one that there is."""
    if isinstance(value, list):
        for each in value:
            yield from cells_of(each)
    else:
        yield value
