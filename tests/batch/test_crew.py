"""Worker processes: they answer, die, hang and are replaced; what one file does costs no other file anything."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from batch import stub_worker
from plansheet.batch import crew as crews
from plansheet.batch.crew import Crew, NoWorkers
from plansheet.batch.documents import Document
from plansheet.batch.walls import Limits
from plansheet.batch.worker import GRACE, STOP, Setup, _serve
from plansheet.report.verdicts import Origin

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what Linux gives")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals")
Start = Callable[..., Crew]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """A crew of the stub worker."""
    monkeypatch.setattr(crews, "WORKER", ("-P", stub_worker.HERE))
    begun: list[Crew] = []

    def started(jobs: int = 1, seconds: int = 60, asked: str = "") -> Crew:
        begun.append(Crew(Setup(asked, Limits(512, seconds)), jobs))
        return begun[-1]

    yield started
    for crew in begun:
        crew.close()


def give(crew: Crew, what: str) -> None:
    crew.give(what, Document("000000001", Origin(what), what).to_json().encode())


def answers(crew: Crew) -> dict[str, Any]:
    """All last answers, by file; the files that were inside under "inside"."""
    heard: dict[str, Any] = {"inside": []}
    until = time.monotonic() + 60
    while crew.is_busy and time.monotonic() < until:
        for task, message in crew.answers(5):
            if "inside" in message:
                heard["inside"].append(task)
            else:
                heard[task] = message.get("ended") or message.get("opened") or message["verdict"]["said"]
    assert not crew.is_busy
    return heard


def one(crew: Crew, what: str) -> str:
    give(crew, what)
    return str(answers(crew)[what])


def test_a_worker_serves_again_and_again(start: Start) -> None:
    crew = start()
    first, second = one(crew, "a"), one(crew, "b")
    assert first.startswith("a by ")
    assert second == first.replace("a by", "b by")


def test_as_many_workers_as_jobs_and_no_more(start: Start) -> None:
    crew = start(jobs=2)
    give(crew, "a")
    assert crew.has_room
    give(crew, "b")
    assert not crew.has_room
    heard = answers(crew)
    assert heard["a"].split()[-1] != heard["b"].split()[-1]


@POSIX
def test_a_worker_that_dies_costs_one_file_its_verdict(start: Start) -> None:
    crew = start()
    assert "signal 6" in one(crew, "dies")
    assert one(crew, "a").startswith("a by ")


def test_a_worker_that_hangs_is_ended(start: Start) -> None:
    crew = start(seconds=1)
    one(crew, "a")
    began = time.monotonic()
    assert one(crew, "hangs") == "it took longer than 1 seconds"
    assert time.monotonic() - began < 10
    assert one(crew, "b").startswith("b by ")


def test_a_worker_that_dies_of_earlier_files_is_given_the_file_anew(start: Start) -> None:
    """It may be the memory that others left: a fresh worker reads the file."""
    crew = start()
    one(crew, "a")
    assert one(crew, "dies old").startswith("dies old by ")


@POSIX
def test_a_file_that_ends_fresh_workers_is_not_tried_without_end(start: Start) -> None:
    crew = start()
    one(crew, "a")
    assert "signal 6" in one(crew, "dies")


def test_a_worker_that_dies_within_an_archive_is_not_given_it_again(start: Start) -> None:
    """What was in it would be told twice."""
    crew = start()
    one(crew, "a")
    give(crew, "holds and dies")
    heard = answers(crew)
    assert heard["inside"] == ["holds and dies"]
    assert "exit code 4" in heard["holds and dies"]


def test_what_is_in_an_archive_comes_before_its_last_word(start: Start) -> None:
    crew = start()
    give(crew, "holds")
    assert answers(crew) == {"inside": ["holds"], "holds": "zip"}


@LINUX
def test_memory_is_bounded_and_the_worker_replaced(start: Start) -> None:
    crew = start()
    before = one(crew, "a").split()[-1]
    assert one(crew, "eats") == "no memory"
    assert one(crew, "a").split()[-1] != before


def test_a_worker_that_ended_itself_for_its_memory_says_so(start: Start) -> None:
    assert one(start(), "out of memory") == "it needs more memory than one file may take"


@pytest.mark.parametrize("what", [each for each in stub_worker.FORBIDDEN if hasattr(os, "fork") or each != "fork"])
def test_what_a_worker_may_not_do(start: Start, what: str) -> None:
    assert one(start(), what) in ("BehindWalls", "OSError", "PermissionError", "gaierror")
    assert sorted(path.name for path in Path(stub_worker.HERE).parent.glob("stub_worker.*")) == ["stub_worker.py"]


@LINUX
def test_there_is_no_network_where_the_system_gives_none(start: Start) -> None:
    """Not only Python's own sockets: the namespace has no way out, where the system lets a process leave it."""
    crew = start()
    pid = int(one(crew, "a").split()[-1])
    if os.readlink(f"/proc/{pid}/ns/net") == os.readlink("/proc/self/ns/net"):
        pytest.skip("this system grants no namespace")
    assert {line.split(":")[0].strip() for line in Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]} <= {"lo"}


def test_workers_that_do_not_start_are_told_with_the_reason(start: Start) -> None:
    crew = start(asked="broken")
    give(crew, "a")
    with pytest.raises(NoWorkers, match="no such thing is installed"):
        answers(crew)


@POSIX
def test_a_worker_goes_with_its_parent_and_cleans_up(start: Start) -> None:
    """The parent was killed: its end of the pipe closes, and nobody else removes the private copies."""
    crew = start()
    pid = int(one(crew, "a").split()[-1])
    folder = Path(crew._setup.folder)
    (folder / "copy").write_bytes(b"x")
    [worker] = crew._idle
    worker.pipe.close()
    assert worker.process.wait(10) == 0
    assert worker.process.pid == pid
    assert not folder.exists()
    crew._idle.clear()
    folder.mkdir()


@POSIX
def test_a_worker_whose_parent_went_while_it_started_cleans_up_too(start: Start) -> None:
    crew = start()
    Path(crew.folder, "1-1").write_bytes(b"a ledger")
    give(crew, "a")
    (worker,) = crew._busy
    worker.pipe.close()
    assert worker.process.wait(30) == 0
    assert not Path(crew.folder).exists()


def test_a_crew_leaves_nothing_behind(start: Start) -> None:
    crew = start()
    one(crew, "a")
    folder = Path(crew._setup.folder)
    assert folder.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    crew.close()
    assert not folder.exists()


@POSIX
def test_ctrl_c_is_for_the_parent(start: Start) -> None:
    crew = start()
    pid = int(one(crew, "a").split()[-1])
    assert os.getpgid(pid) != os.getpgid(0)
    assert signal.SIGINT


def test_the_system_watches_the_time_from_the_beginning_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the parent is gone nobody else ends a worker that a workbook keeps busy."""
    set_to: list[int] = []
    monkeypatch.setattr("plansheet.batch.worker.alarm", set_to.append)

    class Parent:
        def __init__(self) -> None:
            self.requests = [b"a file", STOP]

        def recv_bytes(self) -> bytes:
            return self.requests.pop(0)

        def send_bytes(self, _: bytes) -> None: ...

    def look(_: bytes) -> Iterator[dict[str, Any]]:
        assert set_to == [5 + GRACE]
        yield {"opened": "zip"}

    _serve(Parent(), Limits(1 << 20, 5), look)  # type: ignore[arg-type]  # a stand-in for the pipe
    assert set_to[-1] == 0
