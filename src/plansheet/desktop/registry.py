"""The registry of Windows, as far as it is open to this user."""

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

Registry = Callable[[str], Mapping[str, object]]
"""The values of a key of the Windows registry by their names in small letters, "" for the default; {} without it."""


def windows_registry(key: str) -> Mapping[str, object]:
    """The values of a key such as ``HKLM\\SOFTWARE\\...``; {} where it is missing, closed or there is no registry."""
    found: dict[str, object] = {}
    if sys.platform == "win32":
        import winreg  # Windows alone has it

        hive, _, path = key.partition("\\")
        hives = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER, "HKCR": winreg.HKEY_CLASSES_ROOT}
        with (
            suppress(OSError),
            winreg.OpenKey(hives[hive], path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened,
        ):
            for index in range(winreg.QueryInfoKey(opened)[1]):
                name, value, _ = winreg.EnumValue(opened, index)
                found[name.lower()] = value
    return found
