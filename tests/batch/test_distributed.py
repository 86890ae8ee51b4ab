"""The same work on a cluster: a real scheduler and two workers on this computer, one of them killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from plansheet.batch.asked import Asked
from plansheet.batch.crew import NoWorkers
from plansheet.batch.distributed import Cluster, OtherRules, check_there
from plansheet.batch.walls import Limits
from plansheet.batch.worker import Setup
from workbook.books import LEDGERS, VESTING, Sheet, book, with_cell

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers are killed as POSIX kills")
FILES = 60
PLANSHEET = [sys.executable, "-m", "plansheet"]


class Dask:
    """A scheduler and its workers, as commands start them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.file = folder / "scheduler.json"
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", self.file)
        self._until(self.file.exists)
        self.workers = [self.worker(), self.worker()]
        self.address = json.loads(self.file.read_text())["address"]

    def worker(self) -> subprocess.Popen[bytes]:
        typed = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "30")
        return self._start("worker", "--scheduler-file", self.file, *typed)

    def _start(self, what: str, *typed: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *map(str, typed)]
        output = self.stack.enter_context((self.folder / f"{what}-{len(list(self.folder.iterdir()))}.log").open("wb"))
        process = subprocess.Popen(command, cwd=self.folder, stdout=output, stderr=output)
        self.stack.callback(process.wait, 30)
        self.stack.callback(process.kill)
        return process

    def _until(self, is_so: Any) -> None:
        until = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < until
            time.sleep(0.05)


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    folder = tmp_path / "dask"
    folder.mkdir()
    with ExitStack() as stack:
        yield Dask(folder, stack)


def other(number: int) -> bytes:
    return book(LEDGERS[0], Sheet("Vesting", with_cell(VESTING, 1, "ISO shares", number)), *LEDGERS[2:])


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Workbooks, an archive of workbooks, and what cannot be read."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:02}.xlsx").write_bytes(other(9_000 + number))
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.xlsx", other(8_000 + number))
    (folder / "b.xlsx").write_bytes(b"%PDF")
    return folder


def check(*typed: object, **options: Any) -> subprocess.Popen[str]:
    command = [*PLANSHEET, "check", "--format", "json", "--as-of", "2011-01-31", *map(str, typed)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def test_a_worker_that_is_killed_loses_nothing_and_repeats_nothing(dask: Dask, many: Path, tmp_path: Path) -> None:
    here = json.loads(check(many).communicate(timeout=100)[0])
    journal = tmp_path / "journal"
    there = check(many, "--scheduler", dask.address, "--resume", journal)
    until = time.monotonic() + 60
    while not (journal.exists() and journal.stat().st_size > 130_000) and time.monotonic() < until:
        time.sleep(0.005)
    assert there.poll() is None, "it was over before a worker could be killed"
    os.kill(dask.workers[0].pid, signal.SIGKILL)
    out, err = there.communicate(timeout=100)
    assert (there.returncode, err) == (3, "")
    assert json.loads(out) == here
    assert len(here["workbooks"]) == FILES + 6
    with sqlite3.connect(journal) as kept:
        assert kept.execute("SELECT count(*), count(DISTINCT sha256) FROM verdicts").fetchone() == (
            FILES + 6,
            FILES + 6,
        )
    kept.close()


def test_a_scheduler_that_goes_is_told(dask: Dask, many: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    there = check(many, "--scheduler", dask.address, "--resume", journal)
    until = time.monotonic() + 60
    while not (journal.exists() and journal.stat().st_size > 130_000) and time.monotonic() < until:
        time.sleep(0.005)
    for worker in dask.workers:
        worker.kill()
    dask.stack.close()
    out, err = there.communicate(timeout=100)
    assert (there.returncode, out) == (2, "")
    assert "the scheduler is gone" in err
    again = check(many, "--resume", journal)
    assert len(json.loads(again.communicate(timeout=100)[0])["workbooks"]) == FILES + 6


def test_a_cluster_with_another_plansheet_is_refused() -> None:
    with pytest.raises(OtherRules, match="install the same"):
        check_there(b"", b"", "", "other")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense"])
def test_no_scheduler(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plansheet.batch.distributed.CONNECT_SECONDS", 1)
    with pytest.raises(NoWorkers, match=f"no scheduler answers at {address}"):
        Cluster(address, Setup(Asked("2011-01-31").to_json(), Limits()))
