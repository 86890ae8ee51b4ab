"""Bytes that travelled as text, base64 and uuencode, taken back as far as they go, and whether something is wrong."""

import binascii
import re
from collections.abc import Iterator
from typing import Final

NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
WHITE: Final = b" \t\r\n"
MOST_PIECES: Final = 1_000
"""Of base64 that was closed by = and goes on."""
UU_BEGIN: Final = re.compile(rb"begin [0-7]{3,4} +(.+?)\s*$")

CUT: Final = "The mail breaks off in this attachment: its end is missing."
UNKNOWN: Final = "The mail says that the attachment is encoded as {}, which is not known here: it is taken as it came."
AS_IT_IS: Final = frozenset({"", "7bit", "8bit", "binary"})
"""Encodings that are none."""
GARBLED: Final = "The attachment was garbled on its way: characters in it are none of its encoding."


def from_base64(text: bytes) -> tuple[bytes, str]:
    """The bytes of base64 and what is wrong with it, as a sentence or empty. What is no base64 is passed over."""
    clean = text.translate(None, NOT_BASE64)
    junk = len(clean) + sum(text.count(each) for each in (b" ", b"\t", b"\r", b"\n")) != len(text)
    pieces = [piece for piece in re.split(rb"=+", clean, maxsplit=MOST_PIECES) if piece]
    data = b"".join(_piece(piece.replace(b"=", b"")) for piece in pieces)
    if junk or len(pieces) > 1:
        return data, GARBLED
    return data, CUT if len(clean) % 4 else ""


def _piece(piece: bytes) -> bytes:
    whole = piece[:-1] if len(piece) % 4 == 1 else piece
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def uuencoded(text: bytes) -> Iterator[tuple[bytes, bytes, str]]:
    """Name, bytes and damage of each uuencoded file that stands in the text of a mail."""
    if b"begin " not in text:
        return
    lines = iter(text.splitlines())
    for line in lines:
        if name := UU_BEGIN.match(line):
            data, damage = from_uu(lines)
            if data:
                yield name[1], data, damage


def from_uu(lines: Iterator[bytes]) -> tuple[bytes, str]:
    """The bytes of uuencoded lines up to their end, and what is wrong with them; none where the first line is text."""
    data = bytearray()
    for line in lines:
        if line.strip() == b"end":
            return bytes(data), ""
        length = ((((line[0] - 32) & 63) * 4 + 5) // 3) if line else 0
        try:
            data += binascii.a2b_uu(line[:length])  # some programs add a sum to each line
        except binascii.Error:
            return bytes(data), GARBLED
    return bytes(data), CUT
