"""Functions of single values: scalars give one answer, a column for any argument gives one for each of its rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from plansheet.excel.cells import CallFailed, Cells, ExcelError, column, equal_heights, first_bad
from plansheet.excel.reading import BadCell, is_blank_or_zero, read_column


class Given(NamedTuple):
    """An argument as it arrives, what reads a cell of it, and whether an answer needs it."""

    cells: Cells
    read: Callable[[object], Any]
    is_needed: bool = True


def row_by_row(arguments: Mapping[str, Given], answer: Callable[..., Sequence[object]], width: int = 1) -> object:
    """The answer for each row; a single cell holds for all of them. A row without anything of its own stays blank.

    answer: takes the values in the order of the arguments, gives the cells of a row, as many as ``width``;
    a BadCell from it says why the row has none.
    """
    cells = {name: column(given.cells, name) for name, given in arguments.items()}
    columns = {name: each for name, each in cells.items() if len(each) > 1}
    height = equal_heights(columns) if columns else 1
    needed = [name for name, given in arguments.items() if given.is_needed and (name in columns or not columns)]
    is_blank = [bool(needed) and all(is_blank_or_zero(cells[name][i]) for name in needed) for i in range(height)]
    reads = {name: read_column(each, arguments[name].read) for name, each in columns.items()}
    for_all = {} if all(is_blank) else {n: _read(n, c[0], arguments[n]) for n, c in cells.items() if n not in columns}
    rows: list[list[object]] = []
    for i in range(height):
        if is_blank[i]:
            rows.append([""] * width)
        elif (error := first_bad(i, reads)) is not None:
            rows.append([error] * width)
        else:
            try:
                rows.append(list(answer(*(reads[n].values[i] if n in reads else for_all[n] for n in arguments))))
            except BadCell as none:
                rows.append([ExcelError(none.code, f"row {i + 1}: {none}")] * width)
    is_scalar = not any(isinstance(given.cells, (list, tuple)) for given in arguments.values())
    return rows[0][0] if is_scalar and width == 1 else rows


def _read(name: str, cell: object, given: Given) -> Any:
    try:
        return given.read(cell)
    except BadCell as bad:
        raise CallFailed(f"{name} {bad}", bad.code) from bad


def required(read: Callable[[object], Any]) -> Callable[[object], Any]:
    """What reads a cell as another reader does, and refuses a blank one."""

    def reading(cell: object) -> Any:
        value = read(cell)
        if value is None:
            raise BadCell("is blank; enter it")
        return value

    return reading
