"""Mails as they are sent (RFC 822, MIME), opened: every attachment, and what of it is missing.

The library's parser does the parting. A mail enclosed in the mail is left as it came, for whoever opens the next level.
"""

import quopri
from collections.abc import Callable, Iterator
from email.errors import CloseBoundaryNotFoundDefect
from email.message import Message
from email.parser import BytesFeedParser, BytesHeaderParser
from email.policy import Compat32, Policy
from itertools import count
from typing import IO, Final, cast

from plansheet.batch.opening.headers import decoded, file_name, mail_of, readable
from plansheet.batch.opening.inside import Inside
from plansheet.batch.opening.names import Apart, last_part, shown
from plansheet.batch.opening.transfer import AS_IT_IS, CUT, UNKNOWN, from_base64, from_uu, uuencoded
from plansheet.report.verdicts import Mail
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

LARGEST_MAIL: Final = 1 << 27
"""Bytes; servers of mail take 25 to 150 million. Parsed, such a mail needs seven times its size in memory."""
MOST_PARTS: Final = 10_000
DEEPEST: Final = 20
"""Parts in parts; a signed mail with pictures has five. The parser asks at each line for the end of each of them."""
CHUNK: Final = 1 << 16

ENCLOSED: Final = "enclosed/"
"""What message/… is called here, so that the parser takes it for a file."""
MAILS: Final = frozenset(ENCLOSED + kind for kind in ("rfc822", "global", "news"))
MACHINE_TEXTS: Final = frozenset(
    ENCLOSED + kind
    for kind in ("delivery-status", "disposition-notification", "feedback-report", "global-delivery-status")
)
"""What servers write to each other about a mail."""
PGP_TEXT: Final = b"-----BEGIN PGP MESSAGE-----"
REFUSED: Final[dict[str, tuple[str, str]]] = {
    "multipart/encrypted": ("mail sealed", "PGP or S/MIME encryption"),
    "application/pkcs7-mime": ("mail sealed", "S/MIME encryption or an S/MIME signature around it"),
    "application/x-pkcs7-mime": ("mail sealed", "S/MIME encryption or an S/MIME signature around it"),
    ENCLOSED + "partial": ("mail in pieces", ""),
    ENCLOSED + "external-body": ("attached elsewhere", ""),
}
REST: Final = "the rest of the mail"


class _Headers(Compat32):
    """Headers as text, whatever bytes they are. The library's newer policies take each apart: slowly, and some fail."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The value as it is asked for."""
        return readable(value)


POLICY: Final = _Headers()


HEADING: Final = ("From", "Subject", "Date")


class _Part(Message):
    """A mail or a part of one."""

    def __init__(self, policy: Policy = POLICY) -> None:
        super().__init__(policy)
        self.depth = 0

    def get_content_type(self) -> str:
        """The kind in small letters, with message/… under another name."""
        kind = super().get_content_type()
        return ENCLOSED + kind.removeprefix("message/") if kind.startswith("message/") else kind

    def attach(self, payload: "_Part") -> None:  # type: ignore[override]  # the parser attaches what _parts() makes
        """Called by the parser for each part; raises Unreadable where they lie too deep."""
        payload.depth = self.depth + 1
        if payload.depth > DEEPEST:
            raise unreadable("nested", f"a mail with parts in parts {DEEPEST} deep")
        super().attach(payload)

    @property
    def parts(self) -> "list[_Part]":
        """The parts of a multipart; none of a part by itself."""
        payload = self.get_payload() if self.is_multipart() else None  # a text would be read in the alphabet it names
        return [part for part in payload if isinstance(part, _Part)] if isinstance(payload, list) else []

    @property
    def breaks_off(self) -> bool:
        """Whether the line that ends a multipart is missing."""
        return any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in self.defects)


def open_mail(file: IO[bytes]) -> Iterator[Inside]:
    """What is attached to a mail, in its order. Raises Unreadable, and nothing else, before the first."""
    root = _parsed(file)
    mail = mail_of(*(_header(root, name) for name in HEADING))
    apart, numbers = Apart(), count(1)
    for part, breaks_off in _leaves(root):
        for inside in _insides(part, breaks_off, mail):
            number = next(numbers)
            yield Inside(
                *(apart.name(inside.name or f"attachment {number}"), inside.data, (), mail),
                *(inside.refused, inside.damage),
            )


def heading_of_mail(file: IO[bytes]) -> Mail:
    """Who sent a mail, what about and when; raises Unreadable."""
    root = _parsed(file)
    return mail_of(*(_header(root, name) for name in HEADING))


def _parsed(file: IO[bytes]) -> _Part:
    size = file.seek(0, 2)
    if size > LARGEST_MAIL:
        raise unreadable("container too large", f"a mail of {size:,} bytes, where at most {LARGEST_MAIL:,} are read")
    file.seek(0)
    parser = BytesFeedParser(_parts(), policy=POLICY)
    try:
        parser.feed(file.read(CHUNK).lstrip(b"\xef\xbb\xbf \t\r\n"))
        while chunk := file.read(CHUNK):
            parser.feed(chunk)
        root = cast(_Part, parser.close())  # made by _parts()
    except Unreadable:
        raise
    except Exception as error:  # whatever the library does with bytes that nobody sends
        raise unreadable("mail damaged", "its parts cannot be told from each other") from error
    return root


def _parts() -> Callable[[], _Part]:
    """Makes the parts of one mail, and no more than are bearable."""
    numbers = count()

    def part(policy: Policy = POLICY) -> _Part:
        if next(numbers) > MOST_PARTS:
            raise unreadable("container too large", f"a mail of more than {MOST_PARTS:,} parts")
        return _Part(policy)

    return part


def _header(part: Message, name: str) -> str:
    return str(part.get(name, ""))


def _leaves(part: _Part, announced: bool = False) -> Iterator[tuple[_Part | None, bool]]:
    """The parts that are no multipart, and whether the mail breaks off in them; None for what came after its end.

    ``announced``: whether something may be attached, which multipart/alternative does not tell of the texts in it.
    """
    kind = part.get_content_type()
    if part.get_content_maintype() != "multipart" or kind in REFUSED:
        yield part, False
        return
    announced = announced or kind != "multipart/alternative"
    last = part.parts[-1] if part.parts else None
    in_the_last = last is not None and part.breaks_off and _is_attached(last)
    for each in part.parts:
        if each is last and in_the_last:
            yield last, True
        else:
            yield from _leaves(each, announced)
    if last is None and not announced:
        yield part, False
    elif last is None or (part.breaks_off and announced and not in_the_last and not last.breaks_off):
        yield None, True


def _is_attached(part: _Part) -> bool:
    """Whether a part is a file, and no text of the mail and no multipart."""
    kind = part.get_content_type()
    if part.get_content_maintype() == "multipart" or kind in MACHINE_TEXTS:
        return False
    named = part.get_content_disposition() == "attachment" or bool(file_name(part))
    return named or part.get_content_maintype() != "text"


def _insides(part: _Part | None, breaks_off: bool, mail: Mail) -> Iterator[Inside]:
    if part is None:
        yield Inside(REST, mail=mail, refused=unreadable("mail cut off"))
        return
    kind = part.get_content_type()
    if kind in REFUSED:
        yield Inside(file_name(part), mail=mail, refused=unreadable(*REFUSED[kind]))
        return
    data, damage = _content(part)
    if not _is_attached(part):
        yield from _insides_of_text(data, mail)
        return
    name = file_name(part)
    if kind in MAILS:
        name = name or f"{_subject_of(data) or 'mail'}.eml"
    yield Inside(name, data, mail=mail, damage=CUT if breaks_off else damage)


def _insides_of_text(text: bytes, mail: Mail) -> Iterator[Inside]:
    """Files that stand in the text of a mail itself."""
    for name, data, damage in uuencoded(text):
        yield Inside(last_part(readable_name(name)), data, mail=mail, damage=damage)
    if text.lstrip().startswith(PGP_TEXT):
        yield Inside("", mail=mail, refused=unreadable("mail sealed", "PGP encryption"))


def readable_name(name: bytes) -> str:
    """A name that stands in a mail as bytes."""
    return readable(name.decode("ascii", "surrogateescape"))


def _subject_of(data: bytes) -> str:
    headers = BytesHeaderParser(_Part, policy=POLICY).parsebytes(data[:CHUNK])
    return shown(decoded(_header(headers, "Subject")))


def _content(part: _Part) -> tuple[bytes, str]:
    """The bytes of a part and what is wrong with them."""
    encoding = _header(part, "Content-Transfer-Encoding").strip().lower()
    sent = _as_sent(part)
    if encoding == "base64":
        return from_base64(sent)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        found = next(uuencoded(sent), None)
        return found[1:] if found else from_uu(iter(sent.splitlines()))
    if encoding == "quoted-printable":
        return quopri.decodestring(sent), ""
    return sent, "" if encoding in AS_IT_IS else UNKNOWN.format(shown(encoding))


def _as_sent(part: _Part) -> bytes:
    """The bytes of a part as they came; its encoding is forgotten."""
    del part["Content-Transfer-Encoding"]  # or the library would look at it, and at what alphabet the part names
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
