"""The same work on other computers: workbooks are handed to a cluster of Dask, which a scheduler's address names.

Archives and mails are opened here, in a worker process of this computer; the bytes of each workbook go to the cluster.
There each is looked at in a process behind the same walls, so that a workbook that ends one does not end the cluster's
worker. Where that is lost or ended itself, Dask gives its workbooks to another one.
"""

import json
import logging
import queue
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

from distributed import Client, Future

from plansheet.batch.asked import rules_version
from plansheet.batch.crew import Crew, Message, NoWorkers
from plansheet.batch.documents import Document
from plansheet.batch.worker import Setup
from plansheet.report.records import to_record
from plansheet.workbook.checked import unread
from plansheet.workbook.reading.unreadable import unreadable

AHEAD = 2
"""Workbooks for each thread of the cluster that are on their way: enough to keep it busy, few enough to hold here."""
CONNECT_SECONDS = 15
ASK_SECONDS = 1.0
GONE = "the scheduler is gone; what was found is kept where --resume named a journal"


class Cluster:
    """A cluster, as a run sees it (run.Hands)."""

    def __init__(self, address: str, setup: Setup) -> None:
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise NoWorkers(f"no scheduler answers at {address}; start one with dask scheduler") from error
        for name in ("distributed", "distributed.client"):  # what there is to tell is told here
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._setup = setup.to_json()
        self._opening = Crew(replace(setup, checks=False), 1)
        self._counted, self._asked_at = 0, -ASK_SECONDS
        self._requests: dict[str, bytes] = {}
        """Of the files that are being opened here."""
        self._there: dict[str, Future[bytes]] = {}
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        self._opening.close()
        for future in self._there.values():
            future.cancel()
        self._client.close()

    @property
    def folder(self) -> str:
        """A private one on this computer, which is gone when this is."""
        return self._opening.folder

    @property
    def has_room(self) -> bool:
        """Whether another file can be given."""
        return self._opening.has_room and len(self._there) < max(1, AHEAD * self._threads())

    def _threads(self) -> int:
        """Of the cluster; asked of the scheduler once in a while, for workers come and go."""
        if time.monotonic() - self._asked_at > ASK_SECONDS:
            try:
                self._counted = sum(self._client.nthreads().values())
            except Exception as gone:  # Dask has many kinds for it, AttributeError among them
                raise NoWorkers(GONE) from gone
            self._asked_at = time.monotonic()
        return self._counted

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._requests or self._there)

    def give(self, task: str, request: bytes) -> None:
        """Have a file looked at."""
        self._requests[task] = request
        self._opening.give(task, request)

    def answers(self, seconds: float) -> Iterator[tuple[str, Message]]:
        """What was said meanwhile, waited for so long at most."""
        if self._requests:
            for task, message in self._opening.answers(seconds if not self._there else 0.01):
                request = self._requests[task] if "inside" in message else self._requests.pop(task)
                if "bytes" in message:
                    message = self._sent(task, request)
                if message:
                    yield task, message
            seconds = 0  # the next file can be given
        try:
            while self._there:
                task = self._ended.get(timeout=seconds)
                yield task, self._answer(self._there.pop(task))
                seconds = 0
        except queue.Empty:
            return

    def _sent(self, task: str, request: bytes) -> Message:
        """Nothing; or the last message on a file that has gone since its kind was told."""
        document = Document.from_json(request.decode())
        try:
            with open(document.path, "rb") as file:
                file.seek(document.offset)
                content = file.read(-1 if document.length is None else document.length)
        except OSError as error:
            why = unreadable("no file", error.strerror or str(error))
            return {"verdict": to_record(unread(document.origin.path, why)), "failed": True}
        try:
            with warnings.catch_warnings(action="ignore", category=UserWarning):  # of a large graph: it is the workbook
                future = self._client.submit(check_there, content, request, self._setup, rules_version(), pure=False)
        except Exception as gone:  # as above
            raise NoWorkers(GONE) from gone
        self._there[task] = future
        future.add_done_callback(lambda _: self._ended.put(task))
        return {}

    def _answer(self, future: "Future[bytes]") -> Message:
        try:
            error = future.exception()
            if error is None:
                message: Message = json.loads(future.result())
                return message
        except (CancelledError, OSError) as gone:
            raise NoWorkers(GONE) from gone
        if isinstance(error, OtherRules):
            raise NoWorkers(str(error))
        return {"ended": f"the cluster gave it up ({type(error).__name__}: {error})"}


class OtherRules(Exception):
    """A worker of the cluster that has another plansheet."""


def check_there(content: bytes, request: bytes, setup: str, rules: str) -> bytes:
    """What a worker of the cluster does: the last message on one file (look.py)."""
    if rules_version() != rules:
        raise OtherRules("a worker of the cluster has another plansheet than this computer; install the same on both")
    crew = _crew(setup)
    path = Path(crew.folder, "copy")  # where the process behind the walls removes it if this one is killed
    document = replace(Document.from_json(request.decode()), path=str(path), offset=0, length=None)
    try:
        path.write_bytes(content)
        crew.give("", document.to_json().encode())
        while crew.is_busy:
            for _, message in crew.answers(1):
                if "inside" not in message:
                    return json.dumps(message).encode()
    except BaseException:  # such a crew serves nobody else
        crew.close()
        del _crews.setup
        raise
    finally:
        path.unlink(missing_ok=True)
    raise AssertionError("a worker process ended without a last word")


_crews = threading.local()


def _crew(setup: str) -> Crew:
    """The one process of this thread; it serves until another setup comes."""
    if getattr(_crews, "setup", None) != setup:
        if hasattr(_crews, "setup"):
            _crews.crew.close()
        _crews.crew, _crews.setup = Crew(Setup.from_json(setup), 1), setup
    crew: Crew = _crews.crew
    return crew
