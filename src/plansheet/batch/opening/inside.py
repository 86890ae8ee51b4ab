"""A file in an archive, or attached to a mail."""

from dataclasses import dataclass

from plansheet.report.verdicts import Mail
from plansheet.workbook.reading.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class Inside:
    """What an archive or a mail holds."""

    name: str
    """As the archive or mail tells it, without its folders in a mail; for showing only, never for writing."""
    data: bytes = b""
    within: tuple[str, ...] = ()
    """Names of the containers between the one that was opened and this file, where they were opened along with it."""
    mail: Mail | None = None
    """The mail that it is attached to; None in an archive."""
    refused: Unreadable | None = None
    """Why ``data`` is not here."""
    damage: str = ""
    """Why ``data`` may not be whole: said only where it cannot be read."""
