"""An answer that cannot be given, with the sentence that says why."""

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """Why there is no answer; the value is the error that a worksheet shows for it."""

    UNREADABLE = "#VALUE!"
    """The input cannot be read, or the answer depends on one that cannot."""
    IMPOSSIBLE = "#NUM!"
    """More is taken than is there, or before it is there."""
    UNKNOWN = "#N/A"
    """The input does not tell."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Stands where an answer would; ``message`` names the thing, what is wrong and what to do."""

    reason: Reason
    message: str
