"""What is fuzzed: each target takes bytes and raises for what must not happen."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import IO

from batch.opening.making import Opener, survives
from plansheet.batch.opening.archive import open_archive
from plansheet.batch.opening.containers import MAILBOX, kind_of
from plansheet.batch.opening.inside import Inside
from plansheet.batch.opening.mail import heading_of_mail, open_mail
from plansheet.batch.opening.mailbox import messages
from plansheet.batch.opening.outlook import heading_of_outlook, open_outlook
from plansheet.batch.opening.tnef import open_tnef
from plansheet.report.verdicts import Mail
from plansheet.workbook.checks import Options, check_bytes
from plansheet.workbook.reading.guard import inspect
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.unreadable import Unreadable

SLOW = 5
"""Seconds."""
OPTIONS = Options(as_of=dt.date(2011, 1, 31))
PASSWORDS = ("secret", "pässwört")


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


def openers(*openers: Opener) -> Callable[[], Callable[[bytes], None]]:
    """The opening of mails or archives, with the look that tells what they are."""

    def run(data: bytes) -> None:
        kind_of(io.BytesIO(data))
        for each in openers:
            survives(each, data)

    return lambda: run


def mailbox(file: IO[bytes]) -> Iterator[Inside]:
    """What is attached to the mails of a mailbox, which lie one behind the other and are all of it."""
    data, at = file.read(), 0
    for start, length in messages(file):
        assert start == at
        at += length
        yield from open_mail(io.BytesIO(data[start : start + length]))
    assert at == len(data)


def headed(opener: Opener, heading: Callable[[IO[bytes]], Mail]) -> Opener:
    """The opening of a mail as a run does it: what is attached, and then its heading, which are of one mail."""

    def opened(file: IO[bytes]) -> Iterator[Inside]:
        yield from opener(file)
        yield Inside("heading", mail=heading(file))

    return opened


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
    "mail": openers(headed(open_mail, heading_of_mail), mailbox),
    "archive": openers(open_archive, lambda file: open_archive(file, PASSWORDS)),
    "outlook": openers(headed(open_outlook, heading_of_outlook)),
    "tnef": openers(open_tnef),
}
OPENED = {"mail": ("mail", MAILBOX), "archive": ("zip",), "outlook": ("outlook",), "tnef": ("tnef",)}
"""What kind_of() says of files that a target opens."""
