"""Runs the batch over archives and mails in a folder, and says what came of each.

    python opening.py FOLDER

It prints JSON: the outcomes, the report as text, the names of the files that it wrote meanwhile, and the megabytes
that it had at most.
"""

import datetime as dt
import io
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile.kind import Kind
from hostile.running import peak
from plansheet.batch.asked import Asked
from plansheet.batch.crew import Crew
from plansheet.batch.journal import Journal
from plansheet.batch.run import Batch
from plansheet.batch.sources import Sources
from plansheet.batch.walls import Limits
from plansheet.batch.worker import Setup
from plansheet.report.text import write_text
from plansheet.report.verdicts import Left

ASKED = Asked(dt.date(2011, 1, 31).isoformat())
LIMITS = Limits()
SETUP = Setup(ASKED.to_json(), LIMITS)


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of an archive or a mail."""

    outcome: str
    seconds: float
    said: Sequence[str]
    """Where each workbook was and why it was not checked, and what was left."""


def written(kinds: Iterable[Kind], folder: Path) -> dict[str, Kind]:
    """The files of some kinds in a folder, by their numbered names, which end as a sender would have them end."""
    files: dict[str, Kind] = {}
    for number, kind in enumerate(kinds):
        path = folder / f"{number:03}{Path(kind.file_name).suffix}"
        path.write_bytes(kind.build())
        files[str(path)] = kind
    return files


def opened(folder: Path, crew: Crew, seen: Callable[[], object] = lambda: None) -> tuple[dict[str, Opened], str]:
    """What came of each file of a folder, and the report as text; ``seen`` is called again and again meanwhile."""
    batch, began = Batch(Journal(None, ASKED.digest()), LIMITS), time.monotonic()

    def go_on(_: object) -> bool:
        seen()
        return True

    batch.find(each if isinstance(each, Left) else (each[0], each[0], each[1]) for each in Sources([str(folder)]))
    batch.look(crew, go_on)
    batch.sort_out()
    seconds = time.monotonic() - began
    words: dict[str, Counter[str]] = {}
    said: dict[str, list[str]] = {}
    for verdict in batch.verdicts():
        checked = verdict.checked
        file = verdict.origin.file
        words.setdefault(file, Counter())[checked.unreadable or checked.verdict] += 1
        why = "; ".join(each.why for each in checked.not_checked if each.what == "the file")
        said.setdefault(file, []).append(f"{verdict.origin.path}: {why or checked.verdict}")
    for left in batch.left():
        file = left.path.partition(" > ")[0]
        words.setdefault(file, Counter())[LEFT] += 1
        said.setdefault(file, []).append(f"{left.path}: {LEFT}: {left.why}")
    text = io.StringIO()
    write_text(batch, text)
    return {file: Opened(outcome(words[file]), seconds, said[file][:40]) for file in words}, text.getvalue()


LEFT = "left"


def outcome(words: Counter[str]) -> str:
    """How many workbooks had which verdict, or could not be read for which reason, and how many files were left."""
    order = sorted(words, key=lambda word: (word == LEFT, word != "findings", word))
    return ", ".join(word if words[word] == 1 else f"{words[word]:,} × {word}" for word in order)


def _main() -> None:
    wrote: set[str] = set()
    with Crew(SETUP, 2) as crew:
        found, text = opened(Path(sys.argv[1]), crew, lambda: wrote.update(os.listdir(crew.folder)))
    outcomes = {file: asdict(each) for file, each in found.items()}
    json.dump({"outcomes": outcomes, "text": text, "wrote": sorted(wrote), "megabytes": peak()}, sys.stdout)


if __name__ == "__main__":
    _main()
