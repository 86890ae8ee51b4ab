"""The bytes of an XML part, looked at before a parser gets them: no endless piece, not too many elements.

A parser reads an attribute or a comment over from its start with each chunk that does not end it, and keeps an object
for each element. What no spreadsheet program writes is refused while it is still bytes. Standard library only.
"""

import re
from typing import IO

from plansheet.workbook.reading.unreadable import Unreadable, unreadable

LONGEST_PIECE = 1 << 20
"""Bytes of a tag, a text, a comment or an instruction; a cell holds 32,767 characters, a list of ranges some more."""
MOST_ELEMENTS = 16_000_000
"""Of all parts that are read; four million cells with a formula each have twelve million. About 1.4 GB of memory."""
CHUNK = 1 << 16

_OPENS = re.compile(rb"<!--|<\?|<!\[CDATA\[")
_ENDS = {b"<!--": b"-->", b"<?": b"?>", b"<![CDATA[": b"]]>"}
_BEGUN = re.compile(rb"<(!-?|!\[C?D?A?T?A?)?\Z")


class Bounds:
    """What may still be read of a workbook."""

    def __init__(self) -> None:
        self.elements = MOST_ELEMENTS


class Bounded:
    """A part's stream that raises Unreadable before it gives what would hang or fill a parser."""

    def __init__(self, stream: IO[bytes], part: str, bounds: Bounds) -> None:
        self.stream = stream
        self.part = part
        self.bounds = bounds
        self._since = 0
        """Bytes since the last <."""
        self._end = b""
        """What ends the comment, instruction or CDATA section that has begun."""
        self._length = 0
        self._begun = b""
        """What the last chunk ended with and may be the beginning of one."""
        self._two_bytes = False

    def read(self, size: int = -1) -> bytes:
        """That many bytes, or all."""
        chunks = []
        while size and (chunk := self.stream.read(min(size, CHUNK) if size > 0 else CHUNK)):
            self._look_at(chunk)
            chunks.append(chunk)
            size -= len(chunk) if size > 0 else 0
        return b"".join(chunks)

    def __enter__(self) -> "Bounded":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def _look_at(self, chunk: bytes) -> None:
        self._two_bytes = self._two_bytes or b"\0" in chunk  # UTF-16
        text = chunk.replace(b"\0", b"") if self._two_bytes else chunk
        tags = text.count(b"<")
        self.bounds.elements -= tags - text.count(b"</")
        if self.bounds.elements < 0:
            raise unreadable("too large", f"its parts have more than {MOST_ELEMENTS:,} elements")
        self._since += text.find(b"<") if tags else len(text)
        if self._since > LONGEST_PIECE:
            raise self._endless()
        if tags:
            self._since = len(text) - text.rindex(b"<")
        if self._end or self._begun or b"<!" in text or b"<?" in text or text.endswith(b"<"):
            self._follow(self._begun + text)

    def _follow(self, text: bytes) -> None:
        """Comments, instructions and CDATA, in which any < may stand."""
        at = 0
        self._begun = b""
        while True:
            if not self._end:
                match = _OPENS.search(text, at)
                if match is None:
                    begun = _BEGUN.search(text, max(at, len(text) - 8))
                    self._begun = begun[0] if begun else b""
                    return
                self._end, self._length, at = _ENDS[match[0]], 0, match.end()
            end = text.find(self._end, at)
            self._length += (len(text) if end < 0 else end) - at
            if self._length > LONGEST_PIECE:
                raise self._endless()
            if end < 0:
                ends = next((n for n in (2, 1) if text.endswith(self._end[:n]) and len(text) - at >= n), 0)
                self._begun = self._end[:ends]
                self._length -= ends
                return
            self._end, at = b"", end + len(self._end)

    def _endless(self) -> Unreadable:
        return unreadable("swollen", f"its part {self.part} has a piece of more than {LONGEST_PIECE:,} bytes")
