"""Checks a file of every hostile kind, each in a process of its own, and prints what came of it.

    python tests/hostile/table.py [NAME...]
    python tests/hostile/table.py --page > docs/hostile.md

Workbooks are checked by themselves; archives and mails are opened as a run opens them, by one worker.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile.kind import Kind
from hostile.kinds import KINDS
from hostile.opening import SETUP, Opened, opened, written
from hostile.running import MEMORY, SECONDS, Outcome, outcomes
from plansheet.batch.crew import Crew

TITLES = {
    "clean": "read: clean",
    "findings": "read: its findings",
    "unchecked": "read: says what is not checked",
}


def measured(kinds: Sequence[Kind]) -> Iterator[tuple[Kind, Outcome]]:
    """What came of each; two at a time."""

    def measure(kind: Kind) -> Outcome:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "hostile")
            path.write_bytes(kind.build())
            return outcomes({kind.name: (path, kind.file_name)}, together=False, seconds=SECONDS * 3)[kind.name]

    with ThreadPoolExecutor(2) as pool:
        yield from zip(kinds, pool.map(measure, kinds), strict=True)


def measured_containers(kinds: Sequence[Kind]) -> Iterator[tuple[Kind, Opened]]:
    """What came of each archive or mail."""
    with Crew(SETUP, 1) as crew:
        for kind in kinds:
            with tempfile.TemporaryDirectory() as folder:
                (path,) = written([kind], Path(folder))
                yield kind, opened(Path(folder), crew)[0][path]


def told(outcome: str) -> str:
    """An outcome as the page has it."""
    return TITLES.get(outcome, f"refused: {outcome}")


def page(found: Sequence[tuple[Kind, Outcome]], containers: Sequence[tuple[Kind, Opened]]) -> Iterator[str]:
    """The page of the documentation."""
    slowest = max(outcome.seconds for _, outcome in found)
    largest = max(outcome.megabytes for _, outcome in found)
    yield "# Hostile files\n"
    yield "Files that are made to hang, break, fool or harm whoever reads them, and what comes of each. A refused file"
    yield "is told with what is wrong and what to do. No macro runs, no link, document type or entity is followed, and"
    yield "no name from a file is used for writing.\n"
    yield (
        f"{len(found)} kinds of workbooks, each checked in a process with {MEMORY >> 30} GB: the slowest took "
        f"{slowest:.0f} seconds, the largest {largest:,} MB.\n{len(containers)} kinds of archives and mails.\n"
    )
    yield "## Workbooks\n"
    yield "| Kind | What it is | What comes of it | Seconds | MB |"
    yield "|---|---|---|---:|---:|"
    for kind, outcome in found:
        figures = f"{outcome.seconds:.1f} | {outcome.megabytes}"
        yield f"| {kind.name} | {_cell(kind.what)} | {told(outcome.outcome)} | {figures} |"
    yield from section(containers)


def section(containers: Sequence[tuple[Kind, Opened]]) -> Iterator[str]:
    """The part of the page on archives and mails."""
    yield "\n## Archives and mails\n"
    yield "Each in a folder that is checked with one worker. What comes of it: the verdict on each workbook in it (the"
    yield "ledger that is in most of them has a finding), or why it was refused, or the whole; and what was *left*,"
    yield "which is named and has no verdict.\n"
    yield "| Kind | What it is | What comes of it | Seconds |"
    yield "|---|---|---|---:|"
    for kind, outcome in containers:
        yield f"| {kind.name} | {_cell(kind.what)} | {outcome.outcome} | {outcome.seconds:.1f} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def main(arguments: Sequence[str]) -> None:
    """Print the table or the page."""
    chosen = [kind for kind in KINDS if kind.name in arguments] or list(KINDS)
    to_page = "--page" in arguments

    def tell(kind: Kind, outcome: Outcome | Opened, figures: str) -> None:
        other = "" if outcome.outcome == kind.outcome else f"  not {kind.outcome}: {'; '.join(outcome.said[:4])}"
        if other or not to_page:
            into = sys.stderr if to_page else sys.stdout
            print(f"{kind.name:45} {outcome.outcome:14} {outcome.seconds:6.2f} s{figures}{other}", file=into)

    found = []
    for kind, outcome in measured([kind for kind in chosen if not kind.container]):
        found.append((kind, outcome))
        tell(kind, outcome, f" {outcome.megabytes:5} MB")
    containers = []
    for kind, what in measured_containers([kind for kind in chosen if kind.container]):
        containers.append((kind, what))
        tell(kind, what, "")
    if to_page:
        print("\n".join(page(found, containers)))


if __name__ == "__main__":
    main(sys.argv[1:])
