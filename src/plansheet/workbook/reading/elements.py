"""The XML of a part, element by element.

The standard library's parser, whatever else is installed: package.py has refused every document type, so that there
are no entities to be wary of, and bounded.py refuses what would take it for ever.
"""

from collections.abc import Iterator
from typing import Any, Protocol
from xml.etree.ElementTree import Element, XMLPullParser, fromstring

__all__ = ["Source", "elements", "tree"]

CHUNK = 1 << 16


class Source(Protocol):
    """What bytes are read from."""

    def read(self, size: int = -1, /) -> bytes:
        """That many bytes, or all."""


def elements(source: Source) -> Iterator[Element]:
    """Each element at its end.

    An attribute is read over from its start with every chunk that does not end it, so that a long one would take
    long: while nothing ends, the chunks grow.
    """
    parser: Any = XMLPullParser(("end",))  # its stubs do not say what an event gives
    size = CHUNK
    while chunk := source.read(size):
        parser.feed(chunk)
        size *= 2
        for _, element in parser.read_events():
            size = CHUNK
            yield element
    parser.close()  # raises for what is left open; newer parsers give the last elements only now
    for _, element in parser.read_events():
        yield element


def tree(source: Source) -> Element:
    """The outermost element of a part."""
    return fromstring(source.read())
