"""Which characters of a file's texts a report passes on."""

import re

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Text without control characters and marks that do not show, with which a file could rewrite what is seen."""
    return "".join(c if c.isprintable() else " " for c in text)


def in_xml(text: str) -> str:
    """Text without the characters that XML 1.0 forbids, however they are written."""
    return _NOT_XML.sub("", text)
