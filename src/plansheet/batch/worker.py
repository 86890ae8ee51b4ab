"""The worker process: looks at one file after the other, behind walls, and tells its parent in JSON.

Its parent sends a Setup, then requests; a request is a Document. What comes back for one stands in look.py. Nothing
that comes from a file is unpickled, and nothing is run.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from typing import Any

from plansheet.batch.walls import MEBIBYTE, OUT_OF_MEMORY, Limits, alarm, leave_the_network, memory_at_most, put_up

READY, STOP = b'{"ready": true}', b"stop"
MOST_FILES = 1_000
"""After so many files a worker makes room for a new one, and after a file that took half of the memory it may take."""
GRACE = 30
"""Seconds that the parent has to end a worker before the system does."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is told first."""

    asked: str
    """Asked.to_json()"""
    limits: Limits
    passwords: tuple[str, ...] = ()
    checks: bool = True
    """Whether it checks workbooks too, and does not only open archives and mails."""
    folder: str = ""
    """That of its crew, where alone it may write."""

    def to_json(self) -> str:
        """All of it, as one text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Setup":
        """The setup of that text."""
        fields = json.loads(text)
        fields["limits"] = Limits(**fields["limits"])
        fields["passwords"] = tuple(fields["passwords"])
        return cls(**fields)


Looking = Callable[[bytes], Iterator[dict[str, Any]]]
"""From a request to the messages about it."""


def main() -> None:
    """Look at files for the parent, which has said in the arguments where it listens."""
    serve(int(sys.argv[1]), _look)


def _look(setup: Setup) -> Looking:
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would import it: a quarter of a start, for nothing
    from plansheet.batch.look import Look  # imports that take most of a start: where there is no network any more

    return Look(setup.asked, setup.folder, setup.passwords, checks=setup.checks)


def serve(handle: int, look_of: Callable[[Setup], Looking]) -> None:
    """Serve a parent until it says stop, or is gone."""
    leave_the_network()
    connection = _connection(handle)
    setup = Setup.from_json(connection.recv_bytes())
    look = look_of(setup)
    put_up(setup.limits, setup.folder)
    try:
        connection.send_bytes(READY)
        _serve(connection, setup.limits, look)
    except (EOFError, ConnectionError):  # the parent is gone: what it would have removed is removed here
        _remove(setup.folder)
    except MemoryError:  # also for the message that would say so
        os._exit(OUT_OF_MEMORY)


def _connection(handle: int) -> "Connection[Any, Any]":
    """The pipe to the parent, whose end was inherited."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeConnection(handle)
    return Connection(handle)


def _serve(connection: "Connection[Any, Any]", limits: Limits, look: Looking) -> None:
    for number in range(1, MOST_FILES + 1):
        request = connection.recv_bytes()
        if request == STOP:
            return
        alarm(limits.seconds + GRACE)
        for message in look(request):
            if last := "inside" not in message:
                full = memory_at_most() > limits.megabytes * MEBIBYTE // 2
                message["retires"] = full or number == MOST_FILES or message.get("retires", False)
            connection.send_bytes(json.dumps(message).encode())
            if last and message["retires"]:
                return
            alarm(limits.seconds + GRACE)
        alarm(0)


def _remove(folder: str) -> None:
    with suppress(OSError):  # another worker does the same
        for entry in os.scandir(folder):
            with suppress(FileNotFoundError):
                os.unlink(entry.path)
        os.rmdir(folder)


if __name__ == "__main__":
    main()
