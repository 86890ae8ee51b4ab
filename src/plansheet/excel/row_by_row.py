"""Functions that answer each row by itself: a value for scalars, a column where one of the arguments is a range."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from plansheet.excel.cells import Cells, column, equal_heights, first_bad
from plansheet.excel.reading import is_blank_or_zero, read_column


class Given(NamedTuple):
    """An argument as it arrived, and what reads its cells."""

    cells: Cells
    read: Callable[[object], object]


def row_by_row(
    arguments: Mapping[str, Given], blank_without: Sequence[str], answer: Callable[[int, dict[str, Any]], object]
) -> object:
    """The answer to each row; a scalar, or a range of one cell, holds for all rows.

    A row is blank where the arguments ``blank_without`` all are. ``answer`` is given the row's position and values.
    """
    columns: dict[str, list[object]] = {
        name: [None] if given.cells is None else column(given.cells, name) for name, given in arguments.items()
    }
    ranges = {name: cells for name, cells in columns.items() if len(cells) > 1}
    height = equal_heights(ranges) if ranges else 1
    columns |= {name: cells * height for name, cells in columns.items() if len(cells) == 1}
    reads = {name: read_column(columns[name], given.read) for name, given in arguments.items()}
    rows: list[object] = []
    for i in range(height):
        if all(is_blank_or_zero(columns[name][i]) for name in blank_without):
            rows.append("")
        elif (error := first_bad(i, reads)) is not None:
            rows.append(error)
        else:
            rows.append(answer(i, {name: read.values[i] for name, read in reads.items()}))
    if any(isinstance(given.cells, (list, tuple)) for given in arguments.values()):
        return [[row] for row in rows]
    return rows[0]
