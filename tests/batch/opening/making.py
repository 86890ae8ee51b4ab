"""Mails and files of Outlook made in memory, and what comes out of any of them."""

import contextlib
import io
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.message import EmailMessage
from typing import IO

from plansheet.batch.opening.inside import Inside
from plansheet.template.compound_file import Tree, compound_file
from plansheet.workbook.reading.unreadable import Unreadable
from workbook.making import workbook

BOOK = workbook()
XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Opener = Callable[[IO[bytes]], Iterator[Inside]]


def mail(*attached: tuple[str, bytes], subject: str = "Option ledger", text: str = "Please check.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ada Arbor <ada@example.com>"
    message["Subject"] = subject
    message["Date"] = "Mon, 06 Oct 2025 09:00:00 +0200"
    message.set_content(text)
    for name, data in attached:
        message.add_attachment(data, "application", XLSX, filename=name)
    return message


def multipart(*parts: bytes, kind: bytes = b"mixed", end: bytes = b"--b--\r\n") -> bytes:
    """A mail of these parts as they are, headers and body."""
    head = b'From: a@example.com\r\nSubject: s\r\nContent-Type: multipart/%s; boundary="b"\r\n\r\n' % kind
    return head + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


def outlook(attached: Iterable[Tree] = (), texts: Mapping[int, str] | None = None, **numbers: int) -> bytes:
    return compound_file(storage(attached, texts, 32, **numbers))


def storage(
    attached: Iterable[Tree] = (), texts: Mapping[int, str] | None = None, header: int = 24, **numbers: int
) -> dict[str, bytes | Tree]:
    """A mail of Outlook as a storage: its texts by number, its attachments."""
    tree = properties(texts or {0x0037: "Option ledger", 0x0C1A: "Ada", 0x0C1F: "ada@example.com"}, header)
    return tree | {f"__attach_version1.0_#{number:08X}": each for number, each in enumerate(attached)}


def attachment(name: str, data: bytes | Tree | None = BOOK, tag: int = 0x3707, **more: bytes) -> Tree:
    tree = properties({tag: name} if name else {}, 8)
    if isinstance(data, bytes):
        tree["__substg1.0_37010102"] = data
    elif data is not None:
        tree["__substg1.0_3701000D"] = data
    return tree | more


def properties(texts: Mapping[int, str], header: int) -> dict[str, bytes | Tree]:
    listed = b"".join(struct.pack("<HHLQ", 0x1F, tag, 6, 2 * len(text)) for tag, text in texts.items())
    tree: dict[str, bytes | Tree] = {"__properties_version1.0": bytes(header) + listed}
    return tree | {f"__substg1.0_{tag:04X}001F": text.encode("utf-16-le") for tag, text in texts.items()}


def opened(opener: Opener, data: bytes) -> list[Inside]:
    return list(opener(io.BytesIO(data)))


def told(insides: Iterable[Inside]) -> list[tuple[str, bytes | str]]:
    """Name, and the bytes or the kind of the reason why there are none."""
    return [(each.name, each.refused.kind if each.refused else each.data) for each in insides]


def survives(opener: Opener, data: bytes) -> None:
    """Whatever the bytes: Inside or Unreadable, with names that can be shown."""
    insides: list[Inside] = []
    with contextlib.suppress(Unreadable):
        insides += opener(io.BytesIO(data))
    for each in insides:
        assert each.name
        assert each.name.isprintable()
        for text in (*each.within, each.damage, *((each.mail.sender, each.mail.subject) if each.mail else ())):
            assert text.isprintable()
        assert not (each.data and each.refused)
