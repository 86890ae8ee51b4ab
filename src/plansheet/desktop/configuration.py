"""The file plansheet.conf, where the macro code of the add-in and of the template reads which Python to start.

VBA reads it with ``Input #`` and xlwings writes it as ``Write #`` does: one ``"KEY","value"`` a line, in the code page
of the system. The first pair with a key counts, and environment variables in values are expanded.
"""

import ctypes
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from os.path import isfile  # unlike Path.is_file, False for what may not be looked at
from pathlib import Path

from plansheet.desktop.machine import Configuration

FOLDER, NAME = ".plansheet", "plansheet.conf"

INTERPRETER = "INTERPRETER_WIN"

_ITEM = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"?[^,\r\n]*|([^,\r\n]*))(?:,|\r?\n|\r|$)')
_BOM = b"\xef\xbb\xbf"  # what an editor may have put before the first key


def pairs(data: bytes, code_page: str) -> Iterator[tuple[str, str]]:
    """Keys in capitals and their values, as VBA's ``Input #`` finds them: two items at a time, whatever the lines."""
    text = data.removeprefix(_BOM).decode(code_page, errors="replace")
    items = []
    position = 0
    while position < len(text):
        item = _ITEM.match(text, position)
        if item is None or item.end() == position:
            break
        quoted, bare = item.groups()
        items.append(quoted.replace('""', '"') if quoted is not None else bare.strip())
        position = item.end()
    yield from ((key.upper(), value) for key, value in zip(items[::2], items[1::2], strict=False))


def values(data: bytes, code_page: str) -> dict[str, str]:
    """Each key's first value, which is the one that counts."""
    found: dict[str, str] = {}
    for key, value in pairs(data, code_page):
        found.setdefault(key, value)
    return found


def with_ours(data: bytes, interpreter: str, code_page: str) -> bytes:
    """The file with our key, and the user's own as they stand. Raises UnicodeEncodeError for the interpreter.

    Ours comes first: a line of somebody else's that is no pair would put every later key into the place of a value.
    """
    ours = f'"{INTERPRETER}","{interpreter}"\r\n'.encode(code_page)
    return ours + without_ours(data, code_page)


def without_ours(data: bytes, code_page: str) -> bytes:
    """The file without our key."""
    lines = (line for line in data.removeprefix(_BOM).splitlines() if line.strip())
    kept = [line for line in lines if all(key != INTERPRETER for key, _ in pairs(line, code_page))]
    return b"".join(line + b"\r\n" for line in kept)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that whoever reads it meanwhile finds the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def expanded(value: str, environment: Mapping[str, str]) -> str:
    """A value with its %VARIABLES% as Windows expands them: names in any case, unknown ones left as they stand."""
    known = {name.upper(): text for name, text in environment.items()}
    return re.sub(r"%([^%]+)%", lambda variable: known.get(variable[1].upper(), variable[0]), value)


def fits(text: str, code_page: str) -> bool:
    """Whether VBA can hold a text: it hands every path to Windows in the code page of the system."""
    try:
        text.encode(code_page)
    except UnicodeEncodeError:
        return False
    return True


def short_path(path: str) -> str:
    """Windows' second name for a path, of plain letters (``C:\\PROGRA~1``); the path itself where there is none."""
    if sys.platform == "win32":
        room = ctypes.create_unicode_buffer(32_768)
        if 0 < ctypes.windll.kernel32.GetShortPathNameW(path, room, len(room)) < len(room):
            path = room.value
    return path


def interpreter_for_vba(executable: Path, code_page: str, short: Callable[[str], str]) -> str | None:
    """The path of a Python as it can stand in the file; None if it has letters that VBA cannot hand to Windows.

    python.exe and not pythonw.exe: the add-in starts it below a hidden cmd.exe either way, and python.exe shows its
    errors where the user asks for the console (SHOW CONSOLE). A variable such as %USERPROFILE% would not help a name
    with other letters: VBA has it expanded before it hands the path on in the code page of the system.
    """
    with_console = executable.with_name(re.sub("(?i)^pythonw", "python", executable.name))
    named = str(with_console if with_console.is_file() else executable)
    return next((path for path in (named, short(named)) if fits(path, code_page) and '"' not in path), None)


def read_configuration(path: Path, python: Path, environment: Mapping[str, str], code_page: str) -> Configuration:
    """What a file says, and whether the Python that it names is this one."""
    try:
        data = path.read_bytes()
    except OSError:
        return Configuration(path)
    named = values(data, code_page).get(INTERPRETER)
    if not named:
        return Configuration(path, exists=True)
    named = expanded(named, environment)
    return Configuration(
        path,
        exists=True,
        interpreter=named,
        interpreter_exists=Path(named).is_absolute() and isfile(named),  # VBA wants its folder
        is_this_python=_same_python(named, str(python)),
    )


def _same_python(one: str, other: str) -> bool:
    """Whether two paths name one Python; pythonw.exe is python.exe without a window."""
    pair = [re.sub(r"pythonw(\.exe)?$", r"python\1", path.replace("/", "\\").lower()) for path in (one, other)]
    return pair[0] == pair[1] or _same_file(one, other)


def _same_file(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False
