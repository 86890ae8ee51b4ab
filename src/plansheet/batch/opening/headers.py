"""The headers of a mail as people read them: encoded words, raw bytes and dates that are none survived."""

from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from plansheet.batch.opening.names import last_part, shown
from plansheet.report.verdicts import Mail

LONGEST_HEADER = 1 << 14
"""Characters of a header that are looked at; the library takes its parameters apart in quadratic time."""


def readable(raw: str) -> str:
    """A header as the parser keeps it, with bytes outside ASCII as what they most likely mean."""
    value = raw[:LONGEST_HEADER].encode("utf-8", "surrogateescape")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def decoded(value: str) -> str:
    """The text of a header, its encoded words (RFC 2047) put into letters."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):  # no base64 after all
        return value
    return "".join(piece if isinstance(piece, str) else _letters(piece, charset) for piece, charset in pieces)


def _letters(piece: bytes, charset: str | None) -> str:
    try:
        return piece.decode(charset or "raw-unicode-escape")  # the latter is how decode_header keeps the rest
    except (LookupError, ValueError):
        return piece.decode("utf-8", "replace")


def mail_of(sender: str, subject: str, date: str) -> Mail:
    """The mail of which these are the headers."""
    return Mail(shown(decoded(sender)), shown(decoded(subject)), iso_date(date))


def iso_date(header: str) -> str:
    """The date in ISO 8601; empty where it is none."""
    try:
        return iso(parsedate_to_datetime(header))
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return ""


def iso(moment: datetime) -> str:
    """The moment to the second, with its offset."""
    return moment.isoformat(timespec="seconds")


def file_name(part: Message) -> str:
    """The name that a part gives itself, without folders; empty where it has none."""
    try:
        name = part.get_filename("")
    except Exception:  # the library raises many kinds for parameters that are numbered or encoded badly
        name = ""
    return last_part(decoded(name))
