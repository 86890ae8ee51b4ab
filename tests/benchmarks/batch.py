"""How many files a second a batch checks, as a ratio to a loop of bare openpyxl.load_workbook over the same files.

    python tests/benchmarks/batch.py [--files N] [--rows N] [--kind ledger|plan] [--jobs N] [--runs N]

The files are those of check.py, each with another day in its properties, so that no two are the same. Each run is a
process of its own, in turns: the loop, the batch over all files, and the batch over a quarter of them for its memory.
Seconds are those that pass; memory is the most of the parent and of any one worker. Not a test: times depend on the
machine, the ratio less so.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from statistics import median

from check import make_ledger, make_plan

ORIGINALS = 40
LOOP = """
import json, sys, time
from pathlib import Path
import openpyxl
began = time.monotonic()
for path in sorted(Path(sys.argv[1]).iterdir()):
    openpyxl.load_workbook(path)
print(json.dumps([time.monotonic() - began]))
"""
BATCH = """
import json, resource, sys, time
from plansheet.cli import main
began = time.monotonic()
main(["check", sys.argv[1], "--as-of", "2005-01-01", "--format", "json=" + sys.argv[2], *sys.argv[3:]])
seconds = time.monotonic() - began
most = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([seconds, *most]))
"""


def made(folder: Path, files: int, rows: int, kind: str) -> Path:
    """A folder of so many workbooks of so many rows."""
    make = {"ledger": make_ledger, "plan": make_plan}[kind]
    originals = folder / "originals"
    originals.mkdir()
    for number in range(min(ORIGINALS, files)):
        make(originals / f"{number}.xlsx", rows + number)
    books = folder / "books"
    books.mkdir()
    for number in range(files):
        with (
            zipfile.ZipFile(originals / f"{number % ORIGINALS}.xlsx") as original,
            zipfile.ZipFile(books / f"{number:06}.xlsx", "w", zipfile.ZIP_DEFLATED) as book,
        ):
            for part in original.namelist():
                text = original.read(part)
                if part == "docProps/core.xml":
                    text = text.replace(b"</cp:coreProperties>", b"<!-- %d --></cp:coreProperties>" % number)
                book.writestr(part, text)
    return books


def run(code: str, *arguments: object) -> list[float]:
    """What a process says of itself."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    answer: list[float] = json.loads(said.splitlines()[-1])
    return answer


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--kind", choices=("ledger", "plan"), default="ledger")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        books = made(folder, given.files, given.rows, given.kind)
        quarter = folder / "quarter"
        quarter.mkdir()
        for path in sorted(books.iterdir())[: given.files // 4]:
            shutil.copy(path, quarter)
        loops, batches, quarters = [], [], []
        for _ in range(given.runs):
            loops.append(run(LOOP, books)[0])
            batches.append(run(BATCH, books, folder / "all.json", "--jobs", given.jobs))
            quarters.append(run(BATCH, quarter, folder / "quarter.json", "--jobs", given.jobs))
            print(f"  loop {loops[-1]:.1f} s, batch {batches[-1][0]:.1f} s, ratio {loops[-1] / batches[-1][0]:.2f}")
        ratio = median(loop / batch[0] for loop, batch in zip(loops, batches, strict=True))
        checked = json.loads((folder / "all.json").read_text(encoding="utf-8"))["workbooks"]
        print(
            f"{given.kind}, {given.files:,} files of {given.rows} rows, {given.jobs} workers: {len(checked):,} verdicts"
        )
        print(f"  {given.files / median(b[0] for b in batches):.1f} files a second; {ratio:.2f} of the loop's")
        for what, runs, files in (("all", batches, given.files), ("a quarter", quarters, given.files // 4)):
            parent, worker = (median(each[at] for each in runs) for at in (1, 2))
            print(f"  memory over {what} ({files:,} files): parent {parent:.0f} MB, a worker {worker:.0f} MB")


if __name__ == "__main__":
    main()
