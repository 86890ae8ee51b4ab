"""How long a check takes and how much memory, as a ratio to one bare openpyxl.load_workbook of the same file.

    python tests/benchmarks/check.py [rows...] [--kind ledger|plan] [--runs N] [--keep DIR]

Two kinds of workbooks. "ledger": grants alone, typed, in an Excel table of 12 columns. "plan": a grant, its eight
tranches, its entry in Activity, and an exercise of every fifth, in Excel tables of 12, 12 and 5 columns; the least
price of every grant in a calculated column, the split of every tranche as one spill (the last two of the 12), the pool
in one cell. Each of the two runs in a process of its own, in turns, after a small file, so that what a process does
once does not count; the median of the runs does, in seconds of the processor. Not a test: times depend on the machine,
the ratio less so.
"""

import argparse
import datetime as dt
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import xlsxwriter

from plansheet.core.dates import add_months
from plansheet.excel import ISO_LIMIT_SPLIT, ISO_MIN_PRICE, POOL_AVAILABLE

SIZES = (1_000, 20_000, 100_000)
SMALL = 20
TRANCHES, EXERCISED, GRANTS_OF_A_HOLDER = 8, 5, 4
RESERVE = 20_000_000
FIRST_DAY = dt.date(1996, 5, 1)
GRANTS = (
    "Grant", "Holder", "Type", "Grant date", "FMV", "Exercise price", "Shares", "Expires", "Agreement",
    "Designated ISO on", "Granted by", "Least price",
)  # fmt: skip
VESTING = (
    "Grant", "Holder", "Type", "Grant date", "FMV", "First exercisable", "Shares", "ISO shares", "NSO shares", "Note",
)  # fmt: skip
ACTIVITY = ("Date", "Action", "Grant", "Shares", "Type")
Row = list[Any]

LOAD = "import openpyxl; run = openpyxl.load_workbook"
CHECK = """
import datetime, pathlib
from plansheet.workbook.checks import Options, check
run = lambda path: check(pathlib.Path(path), Options(as_of=datetime.date(2005, 1, 1)))
"""
MEASURED = """
import json, resource, sys, time
{code}
run(sys.argv[2])
began = time.process_time()
answer = run(sys.argv[1])
seconds = time.process_time() - began
said = [answer.verdict, len(answer.findings), answer.recalculated] if hasattr(answer, "verdict") else []
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, said]))
"""


def ledgers(rows: int) -> tuple[list[Row], list[Row], list[Row]]:
    """Grants, Vesting and Activity, ``rows`` of them together."""
    grants: list[Row] = []
    vesting: list[Row] = []
    activity: list[Row] = []
    while len(grants) + len(vesting) + len(activity) < rows:
        number = len(grants)
        grant, holder = f"G-{number + 1}", f"Holder {number // GRANTS_OF_A_HOLDER + 1}"
        day = FIRST_DAY + dt.timedelta(days=number * 7 % 2900)
        fmv = round(5 + number % 4000 / 100, 2)
        shares = 25 * (1 + number % 9)
        about = [f"ISO agreement {number % 40 + 1}", day, "BOARD"]
        grants.append([grant, holder, "ISO", day, fmv, fmv, TRANCHES * shares, add_months(day, 119), *about])
        activity.append([day, "GRANT", grant, TRANCHES * shares, "ISO"])
        first = [add_months(day, 6 * (at + 1)) for at in range(TRANCHES)]
        vesting.extend([grant, holder, "ISO", day, fmv, each, shares] for each in first)
        if number % EXERCISED == 0 and first[0] < dt.date(2004, 12, 1):
            activity.append([first[0] + dt.timedelta(days=9), "EXERCISE", grant, shares, None])
    activity.sort(key=lambda row: row[0])
    return grants, vesting, activity


def column(rows: Sequence[Row], position: int) -> list[list[object]]:
    """A column as a range arrives in a function."""
    return [[row[position]] for row in rows]


def make_ledger(path: Path, rows: int) -> None:
    """A workbook with a ledger of so many grants, nothing else."""
    grants = ledgers(rows * (TRANCHES + 3))[0][:rows]
    for grant in grants:
        grant.append(ISO_MIN_PRICE(grant[4]))
    book = xlsxwriter.Workbook(str(path))
    add(book, book.add_format({"num_format": "yyyy-mm-dd"}), "Grants", GRANTS, grants, {})
    book.close()


def make_plan(path: Path, rows: int) -> None:
    """The workbook with these ledgers, saved with the values that its formulas have."""
    grants, vesting, activity = ledgers(rows)
    split: Any = ISO_LIMIT_SPLIT(*(column(vesting, at) for at in (0, 3, 4, 5, 6, 1, 2)))
    pool = POOL_AVAILABLE(RESERVE, *(column(activity, at) for at in (1, 3, 2, 4, 0)))
    assert isinstance(split, list), split
    assert isinstance(pool, float), pool
    for tranche, parts in zip(vesting, split, strict=True):
        tranche.extend([*parts, "by time"])
    for grant in grants:
        grant.append(ISO_MIN_PRICE(grant[4]))
    book = xlsxwriter.Workbook(str(path))
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    formula = {"Least price": "=ISO_MIN_PRICE(Grants[[#This Row],[FMV]])"}
    add(book, date, "Grants", GRANTS, grants, formula)
    sheet = add(book, date, "Vesting", VESTING, vesting, {})
    names = ("Grant", "Grant date", "FMV", "First exercisable", "Shares", "Holder", "Type")
    arguments = ",".join(f"Vesting[{name}]" for name in names)
    sheet.write_dynamic_array_formula(1, 11, len(split), 12, f"=ISO_LIMIT_SPLIT({arguments})", None, split[0][0])
    for row, parts in enumerate(split, start=1):
        for at, value in enumerate(parts, start=11):
            if (row, at) != (1, 11):
                sheet.write_number(row, at, value)
    sheet = add(book, date, "Activity", ACTIVITY, activity, {})
    names = ("Action", "Shares", "Grant", "Type", "Date")
    arguments = ",".join(f"Activity[{name}]" for name in names)
    sheet.write_formula(0, 7, f"=POOL_AVAILABLE({RESERVE},{arguments})", None, pool)
    book.close()


def add(
    book: Any, date: Any, name: str, headings: Sequence[str], rows: Sequence[Row], formulas: Mapping[str, str]
) -> Any:
    """A sheet with an Excel table of the same name; ``formulas`` of columns by their headings."""
    sheet = book.add_worksheet(name)
    write: Callable[..., Any]
    for number, row in enumerate(rows, start=1):
        for at, (heading, value) in enumerate(zip(headings, row, strict=True)):
            if heading in formulas:
                sheet.write_formula(number, at, formulas[heading], None, value)
            elif value is not None:
                write = sheet.write_datetime if isinstance(value, dt.date) else sheet.write
                write(number, at, value, *[date] * isinstance(value, dt.date))
    columns = [{"header": heading} for heading in headings]
    sheet.add_table(0, 0, len(rows), len(headings) - 1, {"name": name, "columns": columns})
    return sheet


KINDS = {"ledger": make_ledger, "plan": make_plan}


def make(kind: str, rows: int, path: Path) -> None:
    """A workbook, made in a process of its own: those that measure start with the memory of the one they come from."""
    subprocess.run([sys.executable, __file__, str(rows), "--kind", kind, "--make", str(path)], check=True)


def measure(path: Path, small: Path, code: str) -> tuple[float, float, list[object]]:
    """Seconds, megabytes at the peak and the verdict, in a process of its own and after a ``small`` file."""
    run = subprocess.run(
        [sys.executable, "-c", MEASURED.format(code=code), str(path), str(small)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds, megabytes, said = json.loads(run.stdout)
    return seconds, megabytes, said


def main() -> None:
    """Measure and print a line per size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make is not None:
        KINDS[options.kind[0]](options.make, options.rows[0])
        return
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.xlsx"
        make("plan", SMALL, small)
        for kind, rows in product(options.kind or KINDS, options.rows):
            path = (options.keep or Path(folder)) / f"{kind}-{rows}.xlsx"
            if not path.exists():
                make(kind, rows, path)
            runs = [(measure(path, small, LOAD), measure(path, small, CHECK)) for _ in range(options.runs)]
            load, check = ([median(run[which][at] for run in runs) for at in (0, 1)] for which in (0, 1))
            ratio = [median(run[1][at] / run[0][at] for run in runs) for at in (0, 1)]
            print(
                f"{kind}, {rows:,} rows, {path.stat().st_size:,} bytes: check {check[0]:.2f} s, {check[1]:.0f} MB; "
                f"load_workbook {load[0]:.2f} s, {load[1]:.0f} MB; ratio {ratio[0]:.2f} in time, "
                f"{ratio[1]:.2f} in memory; {runs[0][1][2]}",
                flush=True,
            )


if __name__ == "__main__":
    main()
