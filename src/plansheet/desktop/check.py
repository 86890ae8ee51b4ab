"""What a check of this computer says, and the words that the checks of several routes have in common."""

from dataclasses import dataclass
from enum import StrEnum

from plansheet import __version__

LEAST_PYTHON = (3, 11)
PYTHON_WANTED = f"{'.'.join(map(str, LEAST_PYTHON))} or later"
FIRST_CELL = f"type =PLANSHEET_VERSION() into a cell; it answers {__version__}"


class State(StrEnum):
    """How a check came out."""

    WORKS = "works"
    FAILS = "does not work"
    UNKNOWN = "cannot be told here"


class Route(StrEnum):
    """A way for the functions into a spreadsheet program."""

    ADD_IN = "the add-in for Excel on Windows"
    LITE = "xlwings Lite, in Excel on Windows, Mac and the web"
    LIBRE_OFFICE = "the extension for LibreOffice"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    what: str
    state: State
    says: str
    do: str = ""
    route: Route | None = None
    """Whose check it is; None concerns every route."""
    needed: bool = True
    """Whether the route is closed without it."""
