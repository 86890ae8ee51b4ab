"""What is known of this computer, as a record: Python, Excel and its add-in folder, macro policies, LibreOffice."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ADD_IN = "plansheet.xlam"
WINDOWS, MAC = "win32", "darwin"
SYSTEM_CODE_PAGE = "mbcs" if sys.platform == WINDOWS else "utf-8"


@dataclass(frozen=True)
class Python:
    """The Python that runs this."""

    executable: Path
    version: tuple[int, int, int]
    bits: int
    virtual: bool
    """Whether it is a virtual environment."""
    store: bool
    """Whether it is the one of the Microsoft Store, which Excel cannot start."""


@dataclass(frozen=True)
class Xlwings:
    """The installed xlwings, with what Excel needs of it."""

    version: str | None
    libraries: Mapping[int, Path] = field(default_factory=dict)
    """xlwings' DLL for 32-bit and for 64-bit Excel, where the add-in looks for it."""
    pywin32: bool = False


@dataclass(frozen=True)
class Versions:
    """What an add-in was built from, as far as it says."""

    plansheet: str | None = None
    xlwings: str | None = None


@dataclass(frozen=True)
class Excel:
    """The installed Excel."""

    path: str | None = None
    version: str | None = None
    bits: int | None = None
    store: bool = False
    """Whether it came from the Microsoft Store, shut off from other programs."""
    dynamic_arrays: bool | None = None
    """Whether a result fills several cells by itself; None if that cannot be told."""


@dataclass(frozen=True)
class Macros:
    """What the settings of Excel and of the firm's administrator say about macros; None is not set."""

    vba_off: bool = False
    add_ins_off: bool = False
    add_ins_signed: bool = False
    trusted_folders_off: bool = False
    warnings: int | None = None
    """1 all macros run, 2 Excel asks, 3 signed ones only, 4 none."""
    downloads_blocked: bool = False
    switched_off: bool = False
    """Whether Excel itself has switched our add-in off after a crash."""


@dataclass(frozen=True)
class AddIn:
    """The add-in in XLSTART, the folder whose workbooks Excel opens when it starts."""

    folder: Path | None = None
    path: Path | None = None
    versions: Versions | None = None


@dataclass(frozen=True)
class Configuration:
    """The user's plansheet.conf, and the Python that it names."""

    path: Path
    exists: bool = False
    interpreter: str | None = None
    interpreter_exists: bool = False
    """Whether it is named with its folder, and there."""
    is_this_python: bool = False


@dataclass(frozen=True)
class LibreOffice:
    """The installed LibreOffice."""

    program: Path
    python: tuple[int, int] | None = None
    """The version of its own Python; None if there is none, or it cannot be told."""
    python_bridge: bool | None = None
    """Whether its part that runs Python is installed."""
    extension: bool | None = None
    extension_version: str | None = None


@dataclass(frozen=True)
class Machine:
    """This computer."""

    platform: str
    home: Path
    python: Python
    named_python: str | None
    """This Python as the configuration can name it; None if VBA could not hand the name to Windows."""
    xlwings: Xlwings
    configuration: Configuration
    excel: Excel | None = None
    macros: Macros = Macros()
    add_in: AddIn = AddIn()
    libre_office: LibreOffice | None = None
    one_drive: tuple[Path, ...] = ()
    code_page: str = SYSTEM_CODE_PAGE

    @property
    def system(self) -> str:
        """The system's name as people call it."""
        return {WINDOWS: "Windows", MAC: "macOS", "linux": "Linux"}.get(self.platform, self.platform)

    @property
    def windows(self) -> bool:
        """Whether this is Windows."""
        return self.platform == WINDOWS

    @property
    def excel_for_add_in(self) -> Excel | None:
        """The Excel that the add-in can be put into: on Windows, and not the Store's."""
        return self.excel if self.windows and self.excel is not None and not self.excel.store else None
