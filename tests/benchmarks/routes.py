"""What each route into Excel adds to the time of ISO_LIMIT_SPLIT, for one call over all rows.

    python tests/benchmarks/routes.py [runs]

Each route runs its own code: the classic add-in's call from the COM server down (its ranges and its computed arrays),
what xlwings Lite calls (with serials for dates), and the same inside the browser's Python, timed there. The times per
row are medians; the ratios are to the plain callable of the same run. Not a test: times depend on the machine, the
ratios less so. The classic routes grow faster than the rows: Python searches the new lists of their conversions for
cycles, the more often the more there are.

Not in it: Excel, and the way of the cells into Python and back. That is COM for the classic add-in, whose cells lie
ready here as COM would have delivered them; for Lite it is JavaScript, and the conversions that xlwings has for it,
which are under another licence. Nor is the start of a Python in it (that of the browser takes seconds).
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from iso_limit import tranches

from engines.browser import Missing, in_pyodide, own_wheel, pyodide_folder, python, unpack, xlwings_wheel
from plansheet import udfs
from plansheet.excel import ISO_LIMIT_SPLIT
from udfs.test_arrival import office_web
from udfs.windows import ClassicExcel, RawDispatch, Reference, windows

FUNCTION = "ISO_LIMIT_SPLIT"
SIZES = (2_000, 20_000)
ROWS_PER_HOLDER = 50
PLAIN = "the plain callable"

Columns = list[list[list[Any]]]
Call = Callable[[], Any]

INSIDE = f"""
import gc, json, time
from plansheet.udfs import {FUNCTION}

columns, runs = json.loads(given)
answer = {FUNCTION}(*columns)
times = []
for _ in range(runs):
    gc.collect()
    began = time.perf_counter()
    {FUNCTION}(*columns)
    times.append(time.perf_counter() - began)
json.dumps([times, answer])
"""


class Delivered(Reference):
    """A range whose cells COM has delivered before the call."""

    def __init__(self, rows: list[list[Any]], book: Any) -> None:
        super().__init__(rows, book)
        self.delivered = self._variants(formatted=True)

    @property
    def Value(self) -> Any:
        return self.delivered


def columns_of(rows: int) -> Columns:
    made = tranches(rows, rows // ROWS_PER_HOLDER)
    return [[[row[position]] for row in made] for position in range(6)]


def as_office(columns: Columns) -> Columns:
    return [[[office_web(cell) for cell in row] for row in column] for column in columns]


def classic(excel: ClassicExcel, arguments: tuple[Any, ...]) -> Call:
    """A call as `excel.call` makes it, with its arguments ready."""
    book, caller = RawDispatch(excel.workbook), RawDispatch(Reference([[None]], excel.workbook))
    return lambda: excel._python.CallUDF("plansheet.udfs", FUNCTION, arguments, book, caller)


def calls_here(excel: ClassicExcel, columns: Columns) -> dict[str, Call]:
    ranges = tuple(RawDispatch(Delivered(column, excel.workbook)) for column in columns)
    arrays = tuple(excel._argument(tuple(map(tuple, column))) for column in columns)
    serials = as_office(columns)
    return {
        PLAIN: lambda: ISO_LIMIT_SPLIT(*columns),
        "classic add-in, ranges": classic(excel, ranges),
        "classic add-in, computed arrays": classic(excel, arrays),
        "xlwings Lite, without the browser": lambda: getattr(udfs, FUNCTION)(*serials),
    }


def measured(calls: dict[str, Call], runs: int) -> dict[str, list[float]]:
    """Seconds of every run of every call, in turns; all calls must answer the same."""
    plain = calls[PLAIN]()
    for route, call in calls.items():
        assert call() == plain, f"{route}: another answer"
    times: dict[str, list[float]] = {route: [] for route in calls}
    for _ in range(runs):
        for route, call in calls.items():
            gc.collect()  # each call has its own garbage only
            began = time.perf_counter()
            call()
            times[route].append(time.perf_counter() - began)
    return times


def measured_in_the_browser(sizes: dict[int, Columns], runs: int) -> dict[int, list[float]]:
    """Seconds of every run inside Pyodide, by the number of rows; raises Missing."""
    folder = pyodide_folder()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        steps = [unpack(own_wheel(work)), unpack(xlwings_wheel(work))]
        steps += [python(INSIDE, [as_office(columns), runs]) for columns in sizes.values()]
        results = in_pyodide(folder, steps, work)
    for columns, (_, answer) in zip(sizes.values(), results, strict=True):
        assert answer == ISO_LIMIT_SPLIT(*columns), "in the browser: another answer"
    return {rows: times for rows, (times, _) in zip(sizes, results, strict=True)}


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    sizes = {rows: columns_of(rows) for rows in SIZES}
    browser: dict[int, list[float]] = {}
    try:
        browser = measured_in_the_browser(sizes, runs)
    except Missing as missing:
        print(f"Without the browser's Python: {missing}")
    with windows() as excel:
        for rows, columns in sizes.items():
            times = measured(calls_here(excel, columns), runs)
            if rows in browser:
                times["xlwings Lite, in the browser's Python"] = browser[rows]
            print(f"\n{rows:,} rows, {rows // ROWS_PER_HOLDER:,} holders, median of {runs}")
            for route, taken in times.items():
                ratio = median(one / plain for one, plain in zip(taken, times[PLAIN], strict=True))
                print(f"  {route:<40} {median(taken) / rows * 1e6:8.2f} us a row {ratio:7.2f} times")


if __name__ == "__main__":
    main()
