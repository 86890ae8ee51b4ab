"""Rectangles of cells: A1, $A$1:B9, A:C, 2:5."""

import re
from dataclasses import dataclass
from typing import cast

from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries

from plansheet.workbook.expressions import NotChecked
from plansheet.workbook.saved import LAST_COLUMN, LAST_ROW, Sheet

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


def region_of(text: str, sheet: Sheet, *, absolute: bool) -> Region | None:
    """The cells, whole columns or whole rows of a sheet that a text means; None where it means none.

    Whole columns are as long as a sheet, whole rows end with the last used column. In a defined name (``absolute``)
    only references with $ are read, for the others move with the cell that asks: NotChecked.
    """
    if match := _CELLS.fullmatch(text):
        dollars, (column, row, *end) = match.groups()[::2], match.groups()[1::2]
        corners = (column, row, end[0] or column, end[1] or row)
    elif match := _COLUMNS.fullmatch(text):
        dollars, (first, last) = match.groups()[::2], match.groups()[1::2]
        corners = (first, "1", last, str(LAST_ROW))
    elif match := _ROWS.fullmatch(text):
        dollars, (first, last) = match.groups()[::2], match.groups()[1::2]
        corners = ("A", first, get_column_letter(max(sheet.last_column, 1)), last)
    else:
        return None
    left, right = sorted((column_index_from_string(corners[0]), column_index_from_string(corners[2])))
    top, bottom = sorted((int(corners[1]), int(corners[3])))
    if not (top >= 1 and bottom <= LAST_ROW and right <= LAST_COLUMN):
        return None
    if absolute and "" in dollars:
        raise NotChecked(f"uses a name for {text}, which moves with the cell (it has no $)")
    return Region(sheet, top, left, bottom, right)


def rectangle(sheet: Sheet, ref: str) -> Region:
    """The region of a range as files write it, A1:B9."""
    left, top, right, bottom = cast(tuple[int, int, int, int], range_boundaries(ref))
    return Region(sheet, top, left, bottom, right)
