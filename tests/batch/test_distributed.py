"""The same work on a cluster: a real scheduler and two workers on this computer, one of them killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from plansheet.batch.asked import Asked, rules_version
from plansheet.batch.crew import NoWorkers
from plansheet.batch.distributed import Cluster, OtherRules, _crew, _crews, check_there
from plansheet.batch.documents import Document
from plansheet.batch.walls import Limits
from plansheet.batch.worker import Setup
from plansheet.report.verdicts import Origin
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


class Client:
    """A client of a cluster as a run uses it, whose scheduler may be gone."""

    def __init__(self, *_: object, **__: object) -> None:
        self.gone = False
        self.sent: list[bytes] = []

    def nthreads(self) -> dict[str, int]:
        if self.gone:
            raise AttributeError("'NoneType' object has no attribute 'ncores'")  # as Dask says it
        return {"one": 1}

    def submit(self, *arguments: Any, pure: bool, **others: object) -> Any:
        assert (pure, others) == (False, {}), "a key of its own for each, whoever else uses the cluster"
        if self.gone:
            raise RuntimeError("Client is closed")
        if len(arguments[1]) > 10:
            warnings.warn("Sending large graph of size 40.01 MiB.", UserWarning, stacklevel=2)
        self.sent.append(arguments[1])
        return Future()

    def close(self) -> None: ...


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setattr("plansheet.batch.distributed.Client", Client)
    with Cluster("tcp://127.0.0.1:1", Setup(Asked("2011-01-31").to_json(), Limits())) as cluster:
        yield cluster


def told(cluster: Cluster, path: Path, meanwhile: Any = lambda: None) -> list[dict[str, Any]]:
    """What is said of a file; ``meanwhile``: between its kind being told and its bytes being sent."""
    cluster.give("1", Document("1", Origin(path.name), str(path)).to_json().encode())
    opening = cluster._opening.answers
    said: list[dict[str, Any]] = []

    def answers(seconds: float) -> Iterator[tuple[str, dict[str, Any]]]:
        for each in opening(seconds):
            meanwhile()
            yield each

    cluster._opening.answers = answers  # type: ignore[method-assign]
    until = time.monotonic() + 60
    while cluster._requests and time.monotonic() < until:
        said += [message for _, message in cluster.answers(1)]
    return said


def test_a_file_that_goes_before_it_is_sent(cluster: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF")
    [message] = told(cluster, path, path.unlink)
    assert message["verdict"]["unreadable"] == "no file"


@pytest.mark.filterwarnings("error")
def test_a_large_file_is_sent_without_advice(cluster: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF" * 9)
    assert told(cluster, path) == []
    assert cluster._client.sent == [b"%PDF" * 9]


def test_a_scheduler_that_goes(cluster: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF")
    cluster._client.gone = True
    with pytest.raises(NoWorkers, match="the scheduler is gone"):
        _ = cluster.has_room
    with pytest.raises(NoWorkers, match="the scheduler is gone"):
        told(cluster, path)


def test_a_worker_of_the_cluster_whose_process_did_not_start_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next workbook has another process, and no copy is left."""
    setup = Setup(Asked("2011-01-31").to_json(), Limits()).to_json()
    request = Document("1", Origin("a.xlsx"), "gone").to_json().encode()
    with monkeypatch.context() as broken:
        broken.setattr("plansheet.batch.crew.WORKER", ("-c", "raise SystemExit('not today')"))
        with pytest.raises(NoWorkers, match="not today"):
            check_there(b"%PDF", request, setup, rules_version())
    message = json.loads(check_there(b"%PDF", request, setup, rules_version()))
    assert message["verdict"]["unreadable"] == "pdf"
    assert not (Path(_crew(setup).folder) / "copy").exists()
    _crew(setup).close()
    del _crews.setup
