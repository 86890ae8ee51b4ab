"""What is asked of a check, as texts and numbers: it is sent to worker processes and tells journals apart."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from plansheet.core.rule import Severity


@dataclass(frozen=True, slots=True)
class Text:
    """A file that was given with an option: its text, and its name for messages."""

    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a check, before they are read."""

    as_of: str
    """ISO 8601."""
    terms: Text | None = None
    mapping: Text | None = None
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    fail_on: str = Severity.ERROR.value
    annotate: bool = False
    """Whether a copy with the findings is to be made."""

    def to_json(self) -> str:
        """All of it, as one text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Asked":
        """What was asked, of that text."""
        fields = json.loads(text)
        for name in ("terms", "mapping"):
            fields[name] = fields[name] and Text(**fields[name])
        return cls(**fields)

    def digest(self) -> str:
        """The same only where the same is asked of the same rules, so that a verdict may be used again."""
        return hashlib.sha256(f"{rules_version()}\n{self.to_json()}".encode()).hexdigest()


@cache
def rules_version() -> str:
    """A digest of everything that a verdict depends on beside the file: this package, its readers and its engine."""
    digest = hashlib.sha256()
    for name, content in sorted(_contents(files("plansheet"), "")):
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    for package in ("openpyxl", "formualizer", "msoffcrypto-tool", "python-oxmsg"):
        digest.update(f"{package} {version(package)}\n".encode())
    return digest.hexdigest()


def _contents(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            found += _contents(entry, name)
        elif entry.name.endswith((".py", ".toml", ".csv")):
            found.append((name, entry.read_bytes()))
    return found
