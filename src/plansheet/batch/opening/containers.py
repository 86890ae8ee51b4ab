"""What holds other files, told from its content, and what opens it."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Final

from plansheet.batch.opening.archive import BROKEN, check_end, open_archive
from plansheet.batch.opening.compound_files import compound_file
from plansheet.batch.opening.inside import Inside
from plansheet.batch.opening.mail import heading_of_mail, open_mail
from plansheet.batch.opening.outlook import PROPERTIES, heading_of_outlook, open_outlook
from plansheet.batch.opening.tnef import SIGNATURE, open_tnef
from plansheet.report.verdicts import Mail
from plansheet.workbook.reading.guard import BEGINNING, OLE2, ZIP, is_mail, is_mailbox
from plansheet.workbook.reading.package import CONTENT_TYPES, archive_of_another_kind
from plansheet.workbook.reading.unreadable import Unreadable

ARCHIVE: Final = "zip"
MAILBOX: Final = "mbox"
"""Its mails are opened one by one: see mailbox.messages()."""
CONTAINERS: Final[dict[str, Callable[[IO[bytes], Sequence[str]], Iterator[Inside]]]] = {
    ARCHIVE: open_archive,
    "mail": lambda file, _: open_mail(file),
    "outlook": lambda file, _: open_outlook(file),
    "tnef": lambda file, _: open_tnef(file),
}
"""By what kind_of() says; each takes the passwords too."""
HEADINGS: Final[dict[str, Callable[[IO[bytes]], Mail]]] = {"mail": heading_of_mail, "outlook": heading_of_outlook}
"""Who sent a mail, what about and when."""
FIRST_PARTS: Final = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"mimetype")
"""Names with which the packages of documents begin."""


def kind_of(file: IO[bytes]) -> str:
    """A key of CONTAINERS, MAILBOX, or empty for everything else, workbooks and the packages of other documents too."""
    file.seek(0)
    beginning = file.read(BEGINNING)
    kind = ""
    if beginning.startswith(ZIP):
        kind = ARCHIVE if _is_archive(file, beginning) else ""
    elif beginning.startswith(OLE2):
        kind = "outlook" if _is_outlook(file) else ""
    elif beginning.startswith(SIGNATURE):
        kind = "tnef"
    elif is_mailbox(beginning):
        kind = MAILBOX
    elif is_mail(beginning):
        kind = "mail"
    file.seek(0)
    return kind


def _is_archive(file: IO[bytes], beginning: bytes) -> bool:
    """Whether a zip file is no document. Where its directory is gone, its first name tells."""
    if beginning[30:].startswith(FIRST_PARTS):
        return False
    try:
        check_end(file)
        with zipfile.ZipFile(file) as archive:
            names = frozenset(archive.namelist())
            return CONTENT_TYPES not in names and archive_of_another_kind(archive, names)[0] == "zip"
    except (*BROKEN, Unreadable):
        return True


def _is_outlook(file: IO[bytes]) -> bool:
    try:
        with compound_file(file, "mail damaged", "") as opened:
            return (PROPERTIES,) in opened.sizes
    except Unreadable:
        file.seek(0)
        return PROPERTIES.encode("utf-16-le") in file.read(1 << 20)
