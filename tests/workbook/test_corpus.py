"""Other people's workbooks, and files made to break a reader: a verdict for each, in bounded time."""

import datetime as dt
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from plansheet.workbook.checks import Options, check_bytes
from plansheet.workbook.reading.unreadable import REASONS

CORPUS = os.environ.get("PLANSHEET_CORPUS")
FOLDERS = ("workbooks", "captable", "hostile")
SECONDS_A_FILE = 20  # measured: at most 1.2; a loaded machine is slower
DAY = dt.date(2005, 1, 1)
VERDICTS = {"clean", "findings", "unchecked"}


class Line(NamedTuple):
    """The verdict on one file; ``kind``: of a file that is not read, the reason (a key of REASONS)."""

    folder: str
    name: str
    verdict: str
    kind: str
    seconds: float
    findings: int
    said: str
    """Why the file or the workbook was not checked; what was taken for a ledger."""


def table(root: Path) -> Iterator[Line]:
    """A line for each file of the folders of ``root``."""
    for folder in FOLDERS:
        for path in sorted((root / folder).iterdir()):
            with stopped_after(SECONDS_A_FILE, path):
                began = time.perf_counter()
                checked = check_bytes(path.read_bytes(), path.name, Options(as_of=DAY))
                seconds = time.perf_counter() - began
            said = "; ".join([*checked.taken_for, *(f"{each.what}: {each.why}" for each in checked.not_checked)])
            why = next((each.why for each in checked.not_checked if each.what == "the file"), "")
            yield Line(folder, path.name, checked.verdict, _kind(why), seconds, len(checked.findings), said)


def _kind(why: str) -> str:
    """The reason whose fix a sentence ends with and whose beginning it has."""
    beginnings = {kind: what.partition("{")[0] for kind, (what, fix) in REASONS.items() if why.endswith(fix)}
    return next((kind for kind, beginning in beginnings.items() if why.startswith(beginning)), "workbook")


@contextmanager
def stopped_after(seconds: int, path: Path) -> Iterator[None]:
    """Ends with the name of the file if it takes longer (not on Windows, which has no alarm)."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt(f"{path} takes more than {seconds} seconds")  # a check lets no Exception out

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no folder of real workbooks")
def test_every_file_gets_a_verdict() -> None:
    lines = list(table(Path(CORPUS or "")))
    assert len(lines) > 100
    assert {line.verdict for line in lines} <= VERDICTS
    assert [line for line in lines if "plansheet failed on it" in line.said or "Traceback" in line.said] == []
    assert [line for line in lines if line.verdict == "unchecked" and not line.said] == []
    assert [line for line in lines if line.folder != "hostile" and line.kind in ("damaged", "unread", "strict")] == []
    # Among the hostile ones are ledgers of a plan, in a sound file and in many that another reader hangs on.
    read = {line.name for line in lines if line.folder == "hostile" and line.verdict == "findings"}
    assert {"derived__00_control_good.xlsx", "derived__31_hyperlink_all.xlsx", "derived__20_utf16_ok.xlsx"} <= read
