"""A worker process that does what its file's name says: what a workbook could make a reader do, if it found a way."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plansheet.batch.documents import Document
from plansheet.batch.walls import OUT_OF_MEMORY
from plansheet.batch.worker import Setup, serve

HERE = str(Path(__file__))
own: list[Path] = []
"""A file in the folder where alone this process may write."""
FORBIDDEN: dict[str, Any] = {
    "network": lambda: socket.create_connection(("127.0.0.1", 9), timeout=5),
    "names": lambda: socket.getaddrinfo("localhost", 9),
    "program": lambda: subprocess.run(["true"], check=True),
    "shell": lambda: os.system("true"),
    "fork": getattr(os, "fork", None),
    "write": lambda: Path(HERE).with_suffix(".new").write_text("x"),
    "append": lambda: os.open(HERE, os.O_APPEND | os.O_WRONLY),
    "remove": lambda: Path(HERE).with_suffix(".old").unlink(),
    "rename": lambda: Path(HERE).rename(f"{HERE}.old"),
    "out": lambda: (own[0].touch(), own[0].rename(f"{HERE}.out")),
    "link": lambda: (own[0].touch(), os.link(own[0], f"{HERE}.out")),
    "symbolic": lambda: Path(f"{HERE}.out").symlink_to(own[0]),
    "database": lambda: sqlite3.connect(f"{HERE}.out").execute("CREATE TABLE a (b)"),
    "folder": lambda: Path(HERE).with_suffix(".dir").mkdir(),
}


def look(request: bytes) -> Iterator[dict[str, Any]]:
    document = Document.from_json(request.decode())
    what = document.origin.file
    if what == "dies":
        os.abort()
    elif what == "dies old" and look_count():
        os._exit(3)
    elif what == "hangs":
        time.sleep(600)
    elif what == "out of memory":
        os._exit(OUT_OF_MEMORY)
    elif what == "eats":
        try:
            bytearray(1 << 32)
        except MemoryError:
            yield said("no memory", retires=True)
            return
    elif what == "holds":
        yield {"inside": {"within": ["a"], "mail": None, "size": 1, "path": "a"}}
        yield {"opened": "zip"}
        return
    elif what == "holds and dies":
        yield {"inside": {"within": ["a"], "mail": None, "size": 1, "path": "a"}}
        os._exit(4)
    elif what in FORBIDDEN:
        try:
            FORBIDDEN[what]()
        except OSError as error:  # BehindWalls is one, and so is what the system says
            yield said(type(error).__name__)
            return
        yield said("was let")
        return
    yield said(f"{what} by {os.getpid()}")


_looked: list[int] = []


def look_count() -> int:
    """How many files were asked about before this one."""
    _looked.append(1)
    return len(_looked) - 1


def said(what: str, **more: object) -> dict[str, Any]:
    return {"verdict": {"said": what}, **more}


def look_of(setup: Setup) -> Any:
    own.append(Path(setup.folder, "mine"))
    if setup.asked == "broken":
        raise RuntimeError("no such thing is installed")

    def counted(request: bytes) -> Iterator[dict[str, Any]]:
        yield from look(request)
        if Document.from_json(request.decode()).origin.file != "dies old":
            _looked.append(1)

    return counted


if __name__ == "__main__":
    serve(int(sys.argv[1]), look_of)
