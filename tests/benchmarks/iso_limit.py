"""How long ISO_LIMIT_SPLIT takes, as a ratio to sorted() of the same rows in the same run.

    python tests/benchmarks/iso_limit.py [rows] [runs]

Rows are shuffled, over 2,000 holders and over one; the median of the runs is what counts. Not a test: times depend on
the machine, the ratio less so.
"""

import datetime as dt
import random
import sys
import time
from statistics import median

from plansheet.excel import ISO_LIMIT_SPLIT

Row = tuple[str, dt.datetime, float, dt.datetime, float, str]


def tranches(rows: int, holders: int) -> list[Row]:
    """Monthly installments of grants over ten years, shuffled."""
    draw = random.Random(1996)
    made: list[Row] = []
    while len(made) < rows:
        holder = len(made) * holders // rows
        granted = dt.datetime(1996, 4, 25) + dt.timedelta(days=draw.randrange(3650))
        fmv = round(draw.uniform(0.5, 40), draw.choice((2, 3, 4)))
        for month in range(1, min(48, rows - len(made)) + 1):
            first = dt.datetime(
                granted.year + (granted.month + month - 1) // 12, (granted.month + month - 1) % 12 + 1, 15
            )
            made.append(
                (f"G-{len(made) // 48}", granted, fmv, first, float(draw.randrange(1, 1000)), f"Holder {holder}")
            )
    # A grant has one holder: installments that crossed into the next holder go back to the grant's first.
    owner: dict[str, str] = {}
    made = [(*row[:5], owner.setdefault(row[0], row[5])) for row in made]
    draw.shuffle(made)
    return made


def measure(rows: list[Row], runs: int) -> tuple[float, float]:
    """Median ratio and median seconds."""
    columns = [[[row[position]] for row in rows] for position in range(6)]
    ratios, seconds = [], []
    for _ in range(runs):
        began = time.perf_counter()
        sorted(rows)
        baseline = time.perf_counter() - began
        began = time.perf_counter()
        answer = ISO_LIMIT_SPLIT(*columns)
        taken = time.perf_counter() - began
        assert isinstance(answer, list), getattr(answer, "message", answer)
        ratios.append(taken / baseline)
        seconds.append(taken)
    return median(ratios), median(seconds)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    for holders in (2000, 1):
        ratio, seconds = measure(tranches(rows, holders), runs)
        print(f"{rows:,} tranches, {holders:,} holders: {ratio:.1f} times sorted(), {seconds:.2f} s")


if __name__ == "__main__":
    main()
