"""A file that is to be looked at: where its bytes are, where it came from, and its place in the order."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from plansheet.report.verdicts import Mail, Origin

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods", ".numbers"})
CONTAINERS = frozenset({".zip", ".eml", ".msg", ".mbox"})
APPLE_DOUBLE = "._"
"""With this begins the name of what macOS keeps of a file on disks that are not its own, and packs into archives."""
_DIGITS = 9
"""Of a number in a key; more files than that are in no folder."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file on the disk, or a part of one."""

    key: str
    """Its place: the numbers of the source, of what is in it, and so on, so that keys sort as the files stand."""
    origin: Origin
    path: str = ""
    """Where its bytes are: the file itself, or a private copy."""
    offset: int = 0
    length: int | None = None
    """Of the part of the file that it is, in bytes; None for all of it."""
    given: bool = True
    """Whether somebody named it, so that it has a verdict whatever it is."""
    private: bool = False
    """Whether ``path`` is a copy that is removed when it has been looked at."""
    sha256: str = ""
    """Of its bytes, where it is known."""
    damage: str = ""
    """Why it may not be whole."""

    @property
    def name(self) -> str:
        """Its own name, without folders."""
        return base_name(self.origin.within[-1] if self.origin.within else self.origin.file)

    @property
    def depth(self) -> int:
        """In how many archives and mails it is."""
        return self.key.count(".")

    @property
    def is_workbook_by_name(self) -> bool:
        """Whether it is called a workbook, whatever it is; macOS packs a ._ledger.xlsx beside each ledger.xlsx."""
        return suffix(self.name) in WORKBOOKS and not self.name.startswith(APPLE_DOUBLE)

    def inside(self, number: int, within: Sequence[str], mail: Mail | None, **fields: Any) -> "Document":
        """A file that is in this one."""
        origin = Origin(self.origin.file, (*self.origin.within, *within), mail or self.origin.mail)
        return Document(key_of(number, self.key), origin, given=False, **fields)

    def of_mail(self, mail: Mail) -> "Document":
        """The same, known to be a mail."""
        return replace(self, origin=replace(self.origin, mail=mail))

    def to_json(self) -> str:
        """All of it, as one text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Document":
        """The document of that text."""
        fields = json.loads(text)
        origin = fields.pop("origin")
        mail = Mail(**origin["mail"]) if origin["mail"] else None
        return cls(origin=Origin(origin["file"], tuple(origin["within"]), mail), **fields)


def key_of(number: int, of: str = "") -> str:
    """The key of the file with a number, in the file with the key ``of``."""
    own = f"{number:0{_DIGITS}}"
    return f"{of}.{own}" if of else own


def base_name(name: str) -> str:
    """A name without its folders, however they are written."""
    return PureWindowsPath(PurePosixPath(name).name).name or name


def suffix(name: str) -> str:
    """The ending of a name, in small letters."""
    return PurePosixPath(name.strip()).suffix.lower()
