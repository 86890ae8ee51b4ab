"""winmail.dat, in which Outlook hides attachments from every other program ([MS-OXTNEF]), opened.

Written here because the one library for it is under the LGPL.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from plansheet.batch.opening.inside import Inside
from plansheet.batch.opening.names import Apart, last_part
from plansheet.workbook.reading.guard import LARGEST_FILE
from plansheet.workbook.reading.unreadable import unreadable

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
DEEPEST: Final = 5

ATTACHMENT_BEGINS, TITLE, DATA, PROPERTIES, CODE_PAGE = 0x69002, 0x18010, 0x6800F, 0x69005, 0x69007
LONG_NAME, SHORT_NAME, SHOWN_NAME, CONTENT = 0x3707, 0x3704, 0x3001, 0x3701
TEXT, WIDE_TEXT, OBJECT, BINARY = 0x1E, 0x1F, 0x0D, 0x102
MANY: Final = 0x1000
"""Marks a property that has several values."""
SIZES: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}


@dataclass(slots=True)
class _Attachment:
    title: bytes = b""
    data: bytes = b""
    properties: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def name(self, encoding: str) -> str:
        """The name, the longest first."""
        for tag in (LONG_NAME, SHORT_NAME, SHOWN_NAME):
            if wide := self.properties.get((tag, WIDE_TEXT)):
                return last_part(wide.decode("utf-16-le", "replace").rstrip("\0"))
            if narrow := self.properties.get((tag, TEXT)):
                return last_part(_letters(narrow, encoding))
        return last_part(_letters(self.title, encoding))

    @property
    def content(self) -> bytes:
        """The bytes of the file, or another winmail.dat where a mail is enclosed."""
        return self.data or self.properties.get((CONTENT, BINARY), b"") or self.properties.get((CONTENT, OBJECT), b"")


def open_tnef(file: IO[bytes]) -> Iterator[Inside]:
    """What a winmail.dat holds, that of enclosed mails too; raises Unreadable before the first."""
    file.seek(0)
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise unreadable("container too large", f"a winmail.dat of more than {LARGEST_FILE:,} bytes")
    yield from _opened(data, (), Apart())


def _opened(data: bytes, within: tuple[str, ...], apart: Apart) -> Iterator[Inside]:
    encoding, attachments, whole = _attachments(data)
    for number, attachment in enumerate(attachments, 1):
        name = apart.name(attachment.name(encoding) or f"attachment {number}")
        content = attachment.content
        enclosed = content[16:] if content[16:20] == SIGNATURE else content  # behind the name of its interface
        if enclosed.startswith(SIGNATURE) and len(within) >= DEEPEST:
            yield Inside(name, within=within, refused=unreadable("nested", f"mails in mails {DEEPEST} deep"))
        elif enclosed.startswith(SIGNATURE):
            yield from _opened(enclosed, (*within, name), Apart())
        elif content:
            yield Inside(name, content, within)
        else:
            reason = unreadable("mail damaged", "the bytes of this attachment are missing")
            yield Inside(name, within=within, refused=reason)
    if not whole:
        yield Inside("the rest of winmail.dat", within=within, refused=unreadable("mail cut off"))


def _attachments(data: bytes) -> tuple[str, list[_Attachment], bool]:
    """Encoding of the names, the attachments, and whether the end is there."""
    encoding, attachments, at = "cp1252", list[_Attachment](), 6  # a signature and a key
    while at + 9 <= len(data):
        level_and_name, length = struct.unpack_from("<xLL", data, at)
        value = data[at + 9 : at + 9 + length]
        if len(value) < length:
            return encoding, attachments, False
        at += 9 + length + 2  # a checksum
        if level_and_name == CODE_PAGE and length >= 4:
            encoding = f"cp{struct.unpack_from('<L', value)[0]}"
        elif level_and_name == ATTACHMENT_BEGINS:
            attachments.append(_Attachment())
        elif attachments:
            _fill(attachments[-1], level_and_name, value)
    return encoding, attachments, at == len(data)


def _fill(attachment: _Attachment, name: int, value: bytes) -> None:
    if name == TITLE:
        attachment.title = value
    elif name == DATA:
        attachment.data = value
    elif name == PROPERTIES:
        try:
            attachment.properties = dict(_properties(value))
        except struct.error:  # cut off; the title and the data stand elsewhere
            return


def _properties(block: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Number and type of each property with its first value."""
    (left,), at = struct.unpack_from("<L", block), 4
    while left and at < len(block):
        left -= 1
        kind, tag = struct.unpack_from("<HH", block, at)
        at = _behind_name(block, at + 4) if tag >= 0x8000 else at + 4
        size, many = SIZES.get(kind & ~MANY), 1
        if size is None or kind & MANY:
            (many,) = struct.unpack_from("<L", block, at)
            at += 4
        first = b""
        for number in range(min(many, len(block))):
            if at >= len(block):
                return
            length = size
            if length is None:
                (length,) = struct.unpack_from("<L", block, at)
                at += 4
            first = first if number else block[at : at + length]
            at += length + -length % 4
        yield (tag, kind), first


def _behind_name(block: bytes, at: int) -> int:
    """Behind the name of a property that has one: 16 bytes of whose, and a number or letters."""
    kind, length = struct.unpack_from("<LL", block, at + 16)
    return at + 24 + (length + -length % 4 if kind else 0)


def _letters(text: bytes, encoding: str) -> str:
    text = text.rstrip(b"\0")
    try:
        return text.decode(encoding)
    except (LookupError, ValueError):
        return text.decode("cp1252", "replace")
