"""How long ISO_LIMIT_SPLIT takes in LibreOffice Calc, as a ratio to the plain callable in the same run.

    python tests/benchmarks/libreoffice.py [runs]

LibreOffice opens, calculates and saves the same rows with and without a number of calls; the difference is theirs. Each
call is within SUM, so that what it costs to save its answer does not count; the sum is all shares of the rows. Not a
test: times depend on the machine, the ratio less so.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl
import xlsxwriter

sys.path.append(str(Path(__file__).resolve().parents[1]))

from iso_limit import Row, tranches

from engines.office import LibreOffice, NotThere
from plansheet.excel import ISO_LIMIT_SPLIT

SIZES = {2_000: 20, 20_000: 4}
"""Rows, and calls on them in one workbook: enough for the difference to be more than noise."""
HOLDERS = 200


def serial(cell: object) -> object:
    return float((cell - dt.datetime(1899, 12, 30)).days) if isinstance(cell, dt.datetime) else cell


def write(path: Path, rows: list[Row], calls: int) -> None:
    book = xlsxwriter.Workbook(path)
    data, answers = book.add_worksheet("Data"), book.add_worksheet("Answers")
    for down, row in enumerate(rows):
        data.write_row(down, 0, [serial(cell) for cell in row])
    columns = ",".join(f"Data!{letter}1:{letter}{len(rows)}" for letter in "ABCDEF")
    for call in range(calls):
        # Another limit for each, so that no two calls are the same to Calc.
        answers.write_formula(call, 0, f"=SUM(ISO_LIMIT_SPLIT({columns},,,{100_000 + call}))")
    book.close()


def timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def check(saved: Path, shares: float, calls: int) -> None:
    """What was measured was calculated: ISO and NSO shares together are all shares, in every call."""
    answers = openpyxl.load_workbook(saved, data_only=True)["Answers"]
    assert [answers.cell(call, 1).value for call in range(1, calls + 1)] == [shares] * calls


def measure(office: LibreOffice, folder: Path, rows: list[Row], calls: int, runs: int) -> tuple[float, float]:
    """Seconds of one call in LibreOffice, and of the plain callable."""
    columns = [[[serial(row[at])] for row in rows] for at in range(6)]
    with_calls, without = folder / f"{len(rows)} with.xlsx", folder / f"{len(rows)} without.xlsx"
    write(with_calls, rows, calls)
    write(without, rows, 0)
    check(office.recalculated(with_calls), float(sum(row[4] for row in rows)), calls)
    in_office, plain = [], []
    for _ in range(runs):
        seconds = [timed(lambda path=path: office.recalculated(path)) for path in (with_calls, without)]
        in_office.append((seconds[0] - seconds[1]) / calls)
        plain.append(timed(lambda: ISO_LIMIT_SPLIT(*columns)))
    return median(in_office), median(plain)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        try:
            office = LibreOffice.with_extension(Path(folder))
        except NotThere as missing:
            raise SystemExit(f"{missing}: install LibreOffice Calc with its Python (.ci/setup does)") from missing
        for size, calls in SIZES.items():
            call, plain = measure(office, Path(folder), tranches(size, HOLDERS), calls, runs)
            print(
                f"{size:,} tranches: {call * 1e6 / size:.0f} microseconds a row in LibreOffice, "
                f"{plain * 1e6 / size:.0f} plain, {call / plain:.1f} times"
            )


if __name__ == "__main__":
    main()
