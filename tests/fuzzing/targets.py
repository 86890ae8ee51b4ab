"""What is fuzzed: each target takes bytes and raises for what must not happen."""

import datetime as dt
import importlib
import io
from collections.abc import Callable, Iterator

from plansheet.workbook.checks import Options, check_bytes
from plansheet.workbook.reading.guard import inspect
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.unreadable import Unreadable

SLOW = 5
"""Seconds."""
OPTIONS = Options(as_of=dt.date(2011, 1, 31))
OPENERS = {"mail": "open_mail", "archive": "open_archive", "outlook": "open_outlook"}
"""Modules of plansheet.batch.opening, and what opens a file there."""


def guard() -> Callable[[bytes], None]:
    """The look at a file before it is parsed."""

    def run(data: bytes) -> None:
        try:
            inspect(data)
        except Unreadable:
            return

    return run


def reader() -> Callable[[bytes], None]:
    """The reading of a workbook."""

    def run(data: bytes) -> None:
        try:
            read_bytes(data)
        except Unreadable as why:
            # What openpyxl or Python raises is told as it is; of our own code there must be no such error.
            if why.kind == "unread" and why.__cause__ is not None and _is_ours(why.__cause__):
                raise why.__cause__ from None

    return run


def check() -> Callable[[bytes], None]:
    """The whole check, which never raises and never fails."""

    def run(data: bytes) -> None:
        checked = check_bytes(data, "fuzzed.xlsx", OPTIONS)
        for each in checked.not_checked:
            if "plansheet failed on it" in each.why:
                raise AssertionError(each.why)

    return run


def mail() -> Callable[[bytes], None]:
    """The opening of mails and archives."""
    opens = [
        getattr(importlib.import_module(f"plansheet.batch.opening.{module}"), name) for module, name in OPENERS.items()
    ]

    def opened(open_one: Callable[..., Iterator[object]], data: bytes) -> None:
        try:
            for _ in (
                open_one(io.BytesIO(data), ()) if open_one.__name__ == "open_archive" else open_one(io.BytesIO(data))
            ):
                pass
        except Unreadable:
            return

    def run(data: bytes) -> None:
        for open_one in opens:
            opened(open_one, data)

    return run


def _is_ours(error: BaseException) -> bool:
    """Whether an error was raised by our own code, and not by what it calls."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return (
        last is not None
        and "plansheet" in last.tb_frame.f_code.co_filename
        and isinstance(
            error, (AttributeError, IndexError, RecursionError, TypeError, AssertionError, UnboundLocalError)
        )
    )


TARGETS: dict[str, Callable[[], Callable[[bytes], None]]] = {
    "guard": guard,
    "reader": reader,
    "check": check,
    "mail": mail,
}
