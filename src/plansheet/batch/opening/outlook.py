"""Mails as Outlook saves them (.msg), opened: what is attached by value, and that of mails enclosed in them.

A mail enclosed in a .msg is no file by itself, so it is opened along with it. The only user of python-oxmsg.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import HeaderParser
from typing import IO, TYPE_CHECKING, Final

from plansheet.batch.opening.compound_files import CompoundFile, compound_file
from plansheet.batch.opening.headers import iso, mail_of
from plansheet.batch.opening.inside import Inside
from plansheet.batch.opening.names import Apart, last_part
from plansheet.batch.opening.transfer import CUT
from plansheet.report.verdicts import Mail
from plansheet.workbook.reading.guard import LARGEST_FILE
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

if TYPE_CHECKING:
    from oxmsg.properties import Properties

DEEPEST: Final = 20
MOST_ATTACHMENTS: Final = 10_000

ATTACHMENT: Final = "__attach_version1.0_#"
PROPERTIES: Final = "__properties_version1.0"
CONTENT: Final = "__substg1.0_37010102"
ENCLOSED: Final = "__substg1.0_3701000D"
LINKS: Final = ("__substg1.0_3708", "__substg1.0_370D")
"""Where a file lies that is attached by a link, in few letters and in full."""
SEALED: Final = "ipm.note.smime"
HEADER_OF_FILE, HEADER_OF_ENCLOSED, HEADER_OF_ATTACHMENT = 32, 24, 8
"""Bytes before the properties in their stream."""
DISPLAY_NAME, HEADERS, SUBJECT, MESSAGE_CLASS = 0x3001, 0x007D, 0x0037, 0x001A
SENDERS: Final = ((0x0C1A, 0x5D01, 0x0C1F), (0x0042, 0x5D02, 0x0065))
"""Name and addresses: of who sent it, and on whose behalf."""
SENT, DELIVERED = 0x0039, 0x0E06
NAMES: Final = (0x3707, 0x3704, DISPLAY_NAME)

Path = tuple[str, ...]


def open_outlook(file: IO[bytes]) -> Iterator[Inside]:
    """What is attached to a mail of Outlook, in its order; raises Unreadable, and nothing else."""
    with _opened(file) as opened:
        if sum(path[-1].startswith(ATTACHMENT) for path in opened.storages) > MOST_ATTACHMENTS:
            raise unreadable("container too large", f"a mail of more than {MOST_ATTACHMENTS:,} attachments")
        yield from _attached(opened, (), HEADER_OF_FILE, ())


def heading_of_outlook(file: IO[bytes]) -> Mail:
    """Who sent a mail of Outlook, what about and when; raises Unreadable."""
    with _opened(file) as opened:
        return _mail(_properties(opened, (), HEADER_OF_FILE))


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[CompoundFile]:
    size = file.seek(0, 2)
    if size > LARGEST_FILE:
        raise unreadable("container too large", f"a mail of {size:,} bytes, where at most {LARGEST_FILE:,} are read")
    with compound_file(file, "mail damaged", "it does not hold together as a file of Outlook") as opened:
        if (PROPERTIES,) not in opened.sizes:
            raise unreadable("mail damaged", f"its part {PROPERTIES} is missing")
        yield opened


class _Storage:
    """A storage as python-oxmsg wants it; its streams are read when they are asked for."""

    def __init__(self, opened: CompoundFile, path: Path) -> None:
        self._opened, self._path = opened, path

    @property
    def path(self) -> str:
        """Where it is in the file."""
        return "/".join(self._path)

    @property
    def properties_stream_bytes(self) -> bytes:
        """The stream that lists the properties."""
        return self._opened.stream((*self._path, PROPERTIES))

    def property_stream_bytes(self, pid: int, ptyp: int) -> bytes:
        """The value of a property that has a stream to itself."""
        return self._opened.stream((*self._path, f"__substg1.0_{pid:04X}{ptyp:04X}"))


def _properties(opened: CompoundFile, path: Path, header: int) -> "Properties":
    from oxmsg.properties import Properties  # here, because most runs meet no such file

    return Properties(_Storage(opened, path), header)


def _attached(opened: CompoundFile, path: Path, header: int, within: Path) -> Iterator[Inside]:
    """What is attached to the mail at ``path``."""
    properties = _properties(opened, path, header)
    mail, apart = _mail(properties), Apart()
    storages = sorted(each for each in opened.storages if each[:-1] == path and each[-1].startswith(ATTACHMENT))
    sealed = _text(properties, MESSAGE_CLASS).casefold() == SEALED
    for number, storage in enumerate(storages, 1):
        name = apart.name(_name(opened, storage) or f"attachment {number}")
        if sealed:
            yield Inside(name, b"", within, mail, unreadable("mail sealed", "S/MIME encryption or a signature"))
        elif (*storage, CONTENT) in opened.sizes:
            yield _file(opened, storage, name, within, mail)
        elif (*storage, ENCLOSED, PROPERTIES) not in opened.sizes or len(within) >= DEEPEST:
            yield Inside(name, b"", within, mail, _why_not(opened, storage))
        else:
            yield from _attached(opened, (*storage, ENCLOSED), HEADER_OF_ENCLOSED, (*within, name))


def _why_not(opened: CompoundFile, storage: Path) -> Unreadable:
    """Why an attachment has no bytes."""
    if (*storage, ENCLOSED, PROPERTIES) in opened.sizes:
        return unreadable("nested", f"mails in mails {DEEPEST} deep")
    if (*storage, ENCLOSED) in opened.storages:
        return unreadable("drawn in")
    if any(path[:-1] == storage and path[-1].startswith(LINKS) for path in opened.sizes):
        return unreadable("attached elsewhere")
    return unreadable("mail damaged", "the bytes of this attachment are missing")


def _file(opened: CompoundFile, storage: Path, name: str, within: Path, mail: Mail) -> Inside:
    path = (*storage, CONTENT)
    data = opened.stream(path)
    return Inside(name, data, within, mail, damage="" if len(data) == opened.sizes[path] else CUT)


def _name(opened: CompoundFile, storage: Path) -> str:
    properties = _properties(opened, storage, HEADER_OF_ATTACHMENT)
    return next((name for tag in NAMES if (name := last_part(_text(properties, tag)))), "")


def _mail(properties: "Properties") -> Mail:
    headers = HeaderParser().parsestr(_text(properties, HEADERS))
    senders = [str(headers.get("From", "")), *(_sender(properties, *tags) for tags in SENDERS)]
    sender = next(filter(None, senders), "")
    mail = mail_of(sender, _text(properties, SUBJECT), str(headers.get("Date", "")))
    date = mail.date or _date(properties, SENT) or _date(properties, DELIVERED)
    return Mail(mail.sender, mail.subject, date)


def _sender(properties: "Properties", name: int, *addresses: int) -> str:
    shown = _text(properties, name)
    address = next((address for tag in addresses if "@" in (address := _text(properties, tag))), "")
    return f"{shown} <{address}>" if shown and address and shown != address else shown or address


def _text(properties: "Properties", tag: int) -> str:
    """A text; empty where it is not there or in an encoding that is not known."""
    try:
        return (properties.str_prop_value(tag) or "").rstrip("\0")
    except Exception:  # the library raises many kinds for bytes that are not as they should be
        return ""


def _date(properties: "Properties", tag: int) -> str:
    try:
        moment = properties.date_prop_value(tag)
        return iso(moment) if moment else ""
    except Exception:  # as above
        return ""
