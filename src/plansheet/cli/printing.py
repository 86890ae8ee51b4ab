"""What every command uses: exit codes, a command that cannot be carried out, output, the day."""

import datetime as dt
import os
import sys

CLEAN, FINDINGS, USAGE, UNCHECKED = 0, 1, 2, 3


class UsageError(Exception):
    """A command that cannot be carried out as typed."""


def not_written(what: object, error: OSError, instead: str) -> UsageError:
    """A file that cannot be written; ``instead``: what to name."""
    return UsageError(f"{error.filename or what} cannot be written: {error.strerror or error}; name another {instead}")


def print_text(text: str) -> int:
    """Print a text that has its line ends; exit code 0."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough; the exit code still says what was found
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLEAN


def today() -> dt.date:
    """The day on this computer."""
    return dt.date.today()
