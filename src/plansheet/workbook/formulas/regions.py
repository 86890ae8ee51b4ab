"""Rectangles of cells: A1, $A$1:B9, A:C, 2:5."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries

from plansheet.workbook.reading.saved import LAST_COLUMN, LAST_ROW, Sheet

_COLUMN, _ROW = r"(\$?)([A-Z]{1,3})", r"(\$?)([0-9]{1,7})"
_CELLS = re.compile(rf"{_COLUMN}{_ROW}(?::{_COLUMN}{_ROW})?", re.IGNORECASE)
_COLUMNS = re.compile(rf"{_COLUMN}:{_COLUMN}", re.IGNORECASE)
_ROWS = re.compile(rf"{_ROW}:{_ROW}")


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a sheet."""

    sheet: Sheet
    top: int
    left: int
    bottom: int
    right: int
    is_rows: bool = field(default=False, compare=False)
    """Whether it is whole rows, which go on beyond ``right`` to the end of the sheet, without anything in them."""

    @property
    def is_cell(self) -> bool:
        """Whether it is a single cell."""
        return (self.top, self.left) == (self.bottom, self.right)


def region_of(text: str, sheet: Sheet, *, beside: tuple[int, int] = (1, 1)) -> Region | None:
    """The cells, whole columns or whole rows of a sheet that a text means; None where it means none.

    Whole columns are as long as a sheet, whole rows end with the last used column. A defined name is written as seen
    from A1: ``beside`` is the row and column of the cell that asks, by which what has no $ moves, round the end of the
    sheet.
    """
    is_rows = False
    if match := _CELLS.fullmatch(text):
        (fixed_left, left, fixed_top, top, *end) = match.groups()
        (fixed_right, right, fixed_bottom, bottom) = end if end[1] else match.groups()[:4]
    elif match := _COLUMNS.fullmatch(text):
        fixed_left, left, fixed_right, right = match.groups()
        fixed_top, top, fixed_bottom, bottom = "$", "1", "$", str(LAST_ROW)
    elif match := _ROWS.fullmatch(text):
        is_rows = True
        fixed_top, top, fixed_bottom, bottom = match.groups()
        fixed_left, left, fixed_right, right = "$", "A", "$", get_column_letter(max(sheet.last_column, 1))
    else:
        return None
    rows, columns = (int(top), int(bottom)), (column_index_from_string(left), column_index_from_string(right))
    if not (min(rows) >= 1 and max(rows) <= LAST_ROW and max(columns) <= LAST_COLUMN):
        return None
    if beside != (1, 1):
        rows = _moved(rows, (fixed_top, fixed_bottom), beside[0], LAST_ROW)
        columns = _moved(columns, (fixed_left, fixed_right), beside[1], LAST_COLUMN)
    return Region(sheet, min(rows), min(columns), max(rows), max(columns), is_rows)


def _moved(ends: tuple[int, int], fixed: tuple[str, str], by: int, last: int) -> tuple[int, int]:
    first, second = (end if dollar else (end + by - 2) % last + 1 for end, dollar in zip(ends, fixed, strict=True))
    return first, second


def whole_columns(sheet: Sheet, regions: Iterable[Region]) -> frozenset[int]:
    """The columns of a sheet of which every used cell lies in one of the regions."""
    whole = (region for region in regions if region.top == 1 and region.bottom >= sheet.last_row)
    columns: set[int] = set()
    reached = 0
    for left, right in sorted((region.left, min(region.right, sheet.last_column)) for region in whole):
        columns.update(range(max(left, reached + 1), right + 1))
        reached = max(reached, right)
    return frozenset(columns)


def rectangle(sheet: Sheet, ref: str) -> Region:
    """The region of a range as files write it, A1:B9."""
    left, top, right, bottom = _boundaries(ref)
    return Region(sheet, top, left, bottom, right)


@lru_cache(maxsize=4096)
def _boundaries(ref: str) -> tuple[int, int, int, int]:
    return cast(tuple[int, int, int, int], range_boundaries(ref))
