"""Where the record of this computer is read from: the system, its programs and its registry."""

import importlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from plansheet.desktop.configuration import short_path
from plansheet.desktop.machine import SYSTEM_CODE_PAGE
from plansheet.desktop.registry import Registry, windows_registry

Run = Callable[..., "subprocess.CompletedProcess[str]"]
"""subprocess.run, or what stands in for it."""


def from_store(path: str) -> bool:
    """Whether a path leads into the folder of what the Microsoft Store installs."""
    return "windowsapps" in path.lower()


def _version_of(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _imports(module: str) -> bool:
    try:
        importlib.import_module(module)
    except Exception:  # a DLL of it may be missing, which is no ImportError everywhere
        return False
    return True


@dataclass(frozen=True)
class Sources:
    """Where the record is read from; each part has a stand-in in the tests."""

    platform: str = sys.platform
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    home: Path = field(default_factory=Path.home)
    executable: str = sys.executable
    base_folder: str = sys.base_prefix
    python_version: tuple[int, int, int] = sys.version_info[:3]
    virtual: bool = sys.prefix != sys.base_prefix
    bits: int = 64 if sys.maxsize > 2**32 else 32
    registry: Registry = windows_registry
    run: Run = subprocess.run
    which: Callable[[str], str | None] = shutil.which
    version_of: Callable[[str], str | None] = _version_of
    imports: Callable[[str], bool] = _imports
    code_page: str = SYSTEM_CODE_PAGE
    short_path: Callable[[str], str] = short_path
    root: Path = Path("/")
    """Where the usual places for programs on Linux and macOS begin."""
