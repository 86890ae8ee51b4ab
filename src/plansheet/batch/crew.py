"""The worker processes of a run, as their parent sees them: they are given files, answer, are ended, are replaced."""

import ctypes
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from plansheet.batch.walls import MEBIBYTE, OUT_OF_MEMORY, Limits
from plansheet.batch.windows_job import Job
from plansheet.batch.worker import STOP, Setup

Message = dict[str, Any]
WORKER = ("-P", "-m", "plansheet.batch.worker")
"""What Python is to run; -P: nothing that lies in the folder where somebody works."""
START_SECONDS = 60
"""Until a worker that was started is ready; a busy machine takes five."""


class NoWorkers(Exception):
    """Worker processes cannot be started here."""


@dataclass(slots=True)
class _Worker:
    process: "subprocess.Popen[bytes]"
    pipe: "Connection[Any, Any]"
    ends_at: float = 0.0
    ready: bool = field(default=False)
    """Whether it has begun to work."""
    task: str = ""
    request: bytes = b""
    looked_at: int = 0
    """Files before this one."""
    told: bool = field(default=False)
    """Whether something was said about this one."""


class Crew:
    """Up to ``jobs`` worker processes; each is started when there is work for it, and serves until it ends."""

    def __init__(self, setup: Setup, jobs: int) -> None:
        self._folder = TemporaryDirectory(prefix="plansheet-")
        self._setup = replace(setup, folder=self._folder.name)
        self._jobs = jobs
        self._errors = Path(self._folder.name) / "errors"
        self._job = _job(setup.limits)
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def folder(self) -> str:
        """A private one, which is gone when the crew is."""
        return self._folder.name

    @property
    def has_room(self) -> bool:
        """Whether a file can be given out."""
        return len(self._busy) < self._jobs

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._busy)

    def give(self, task: str, request: bytes) -> None:
        """Have a file looked at."""
        worker = self._idle.pop() if self._idle else self._started()
        self._send(worker, task, request)

    def _send(self, worker: _Worker, task: str, request: bytes) -> None:
        worker.task, worker.request, worker.told = task, request, False
        worker.ends_at = time.monotonic() + (self._setup.limits.seconds if worker.ready else START_SECONDS)
        self._busy.append(worker)
        with suppress(OSError):  # it has died: the pipe tells that when it is read
            worker.pipe.send_bytes(request)

    def answers(self, seconds: float) -> Iterator[tuple[str, Message]]:
        """What workers have said, waited for so long at most; the last message on a task has no "inside"."""
        now = time.monotonic()
        until = min([worker.ends_at for worker in self._busy], default=now) - now
        ready = set(wait([worker.pipe for worker in self._busy], max(0, min(seconds, until))))
        for worker in list(self._busy):
            if worker.pipe in ready:
                yield from self._heard(worker)
            elif time.monotonic() >= worker.ends_at:
                yield self._ended(worker, f"it took longer than {self._setup.limits.seconds:,} seconds")

    def _heard(self, worker: _Worker) -> Iterator[tuple[str, Message]]:
        try:
            message = json.loads(worker.pipe.recv_bytes())
        except (EOFError, OSError):
            yield from self._died(worker)
            return
        worker.ends_at = time.monotonic() + self._setup.limits.seconds  # an archive may have any number of files
        if "ready" in message:
            worker.ready = True
            return
        worker.told = True
        if "inside" not in message:
            self._busy.remove(worker)
            worker.looked_at += 1
            if message.pop("retires", False):
                _end(worker)
            else:
                self._idle.append(worker)
        yield worker.task, message

    def _died(self, worker: _Worker) -> Iterator[tuple[str, Message]]:
        """A worker that has looked at other files may have died of them: the file gets a fresh one, once."""
        _end(worker, kindly=True)  # it is ending by itself, and how says why
        if not worker.ready:
            raise NoWorkers(f"worker processes do not start here: {self._said()}")
        if worker.looked_at and not worker.told:
            self._busy.remove(worker)
            self._send(self._started(), worker.task, worker.request)
            return
        yield self._ended(worker, _cause(worker.process.returncode))

    def _ended(self, worker: _Worker, why: str) -> tuple[str, Message]:
        self._busy.remove(worker)
        _end(worker)
        return worker.task, {"ended": why}

    def _started(self) -> _Worker:
        ours, its = Pipe()
        with its, self._errors.open("ab") as errors:
            process = _process(its, errors)
        if self._job is not None:
            self._job.take(process._handle)  # type: ignore[attr-defined]  # Windows' handle has no public name
        with suppress(OSError):
            ours.send_bytes(self._setup.to_json().encode())
        return _Worker(process, ours)

    def _said(self) -> str:
        """The last line that a worker wrote of its troubles."""
        lines = self._errors.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")

    def close(self) -> None:
        """End all workers."""
        for worker in self._idle:
            with suppress(OSError):
                worker.pipe.send_bytes(STOP)
        for worker in (*self._idle, *self._busy):
            _end(worker, kindly=worker in self._idle)
        self._idle, self._busy = [], []
        if self._job is not None:
            self._job.close()
        self._folder.cleanup()


def _job(limits: Limits) -> Job | None:
    """What bounds the workers on Windows; elsewhere they do it themselves."""
    if sys.platform == "win32":
        return Job(ctypes.WinDLL("kernel32"), limits.megabytes * MEBIBYTE)
    return None


def _process(pipe: "Connection[Any, Any]", errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    handle = pipe.fileno()
    how: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": errors}
    how["env"] = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # its threads take address space and are not used
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        how["startupinfo"] = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        how["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    else:
        how.update(pass_fds=[handle], start_new_session=True)  # Ctrl-C is for the parent
    return subprocess.Popen([sys.executable, *WORKER, str(handle)], **how)


def _end(worker: _Worker, *, kindly: bool = False) -> None:
    if kindly:
        with suppress(subprocess.TimeoutExpired):
            worker.process.wait(1)
    worker.process.kill()
    worker.process.wait()
    worker.pipe.close()


def _cause(code: int | None) -> str:
    """Why a process ended, by its exit code."""
    if code == OUT_OF_MEMORY:
        return "it needs more memory than one file may take"
    how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
    return f"the process that read it ended without an answer ({how})"
