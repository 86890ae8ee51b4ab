"""plansheet.conf, read back as VBA reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.computers import get_config, input_items, windows, with_environment
from plansheet.desktop.configuration import (
    expanded,
    fits,
    interpreter_for_vba,
    pairs,
    short_path,
    values,
    with_ours,
    without_ours,
    write_whole,
)
from plansheet.desktop.machine import Configuration
from plansheet.desktop.reading import read_machine
from plansheet.desktop.sources import Sources

PYTHON = r"C:\Program Files\Python312\python.exe"
OURS = {"INTERPRETER_WIN": PYTHON}


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "plansheet.conf"
    path.write_bytes(data)
    return path


def test_a_new_file_is_what_vba_would_have_written() -> None:
    assert with_ours(b"", PYTHON, "cp1252") == b'"INTERPRETER_WIN","C:\\Program Files\\Python312\\python.exe"\r\n'


@pytest.mark.parametrize(
    ("had", "kept"),
    [
        (b"", {}),
        (b'"SHOW CONSOLE","True"\r\n', {"SHOW CONSOLE": "True"}),
        (b'"SHOW CONSOLE","True"', {"SHOW CONSOLE": "True"}),
        (b'"SHOW CONSOLE","True"\n\n"TEMP DIR","D:\\t"\n', {"SHOW CONSOLE": "True", "TEMP DIR": r"D:\t"}),
        (b'SHOW CONSOLE,True\r\n"X"  , "a, ""b"""\r\n', {"SHOW CONSOLE": "True", "X": 'a, "b"'}),
        (b'"interpreter_win","C:\\old\\python.exe"\r\n"X","1"\r\n', {"X": "1"}),
        (b'"INTERPRETER_WIN","a"\r\n"Interpreter_Win","b"\r\n"X","1"\r\n', {"X": "1"}),
        (b'"X","INTERPRETER_WIN"\r\n', {"X": "INTERPRETER_WIN"}),
        (b'"INTERPRETER_MAC","/usr/bin/python"\r\n', {"INTERPRETER_MAC": "/usr/bin/python"}),
        (b'"PYTHONPATH",""\r\n', {"PYTHONPATH": ""}),
        ('"SCHLÜSSEL","Größe"\r\n'.encode("cp1252"), {"SCHLÜSSEL": "Größe"}),
        (b'\xef\xbb\xbf"INTERPRETER_WIN","C:\\old\\python.exe"\r\n"X","1"\r\n', {"X": "1"}),
        (b'\xef\xbb\xbf"X","1"\r\n', {"X": "1"}),
        (b"a line that is no pair\r\n", {}),
    ],
    ids=[
        "nothing", "another key", "no line end", "a blank line", "as VBA may read it", "an older interpreter",
        "twice", "our key as a value", "the Mac's", "an empty search path", "other letters", "a byte order mark",
        "a byte order mark at a key of the user's", "half a pair",
    ],
)  # fmt: skip
def test_our_keys_are_read_and_the_users_are_kept(tmp_path: Path, had: bytes, kept: dict[str, str]) -> None:
    path = written(tmp_path, with_ours(had, PYTHON, "cp1252"))
    assert {key: get_config(path, key) for key in [*OURS, *kept]} == {**OURS, **kept}
    assert "old" not in path.read_bytes().decode("cp1252")


def test_doing_it_again_changes_nothing() -> None:
    once = with_ours(b'"X","1"\r\n', PYTHON, "cp1252")
    assert with_ours(once, PYTHON, "cp1252") == once
    other = with_ours(once, r"D:\python.exe", "cp1252")
    assert with_ours(other, PYTHON, "cp1252") == once


def test_taking_our_keys_out_leaves_the_users() -> None:
    assert without_ours(with_ours(b"", PYTHON, "cp1252"), "cp1252") == b""
    assert without_ours(with_ours(b'"X","1"\r\n', PYTHON, "cp1252"), "cp1252") == b'"X","1"\r\n'


@pytest.mark.parametrize(
    ("path", "code_page"),
    [(r"C:\Users\Jürgen Größe\python.exe", "cp1252"), (r"C:\Users\Łucja\python.exe", "cp1250"),
     (r"C:\Users\表計算\python.exe", "cp932"), (r"C:\Users\O'Brien & Söhne\python.exe", "cp1252")],
)  # fmt: skip
def test_names_in_the_code_page(tmp_path: Path, path: str, code_page: str) -> None:
    conf = written(tmp_path, with_ours('"X","1"\r\n'.encode(code_page), path, code_page))
    assert get_config(conf, "INTERPRETER_WIN", code_page) == path
    assert get_config(conf, "X", code_page) == "1"
    assert values(conf.read_bytes(), code_page)["INTERPRETER_WIN"] == path


@pytest.mark.parametrize(
    "text",
    [
        '"A","1"\r\n"B","2"\r\n',
        '"A","1","B","2"',
        'A,1\nB , 2 \n',
        '"A" , "say ""hi"", twice"\n"B",""\n',
        '\r\n"A","1"\r\n"B","2"',
        '"A","open to the end',
    ],
)  # fmt: skip
def test_our_reader_reads_as_vba_does(text: str) -> None:
    items = input_items(text)
    assert list(pairs(text.encode(), "cp1252")) == list(zip(items[::2], items[1::2], strict=False))


def test_the_first_value_counts() -> None:
    assert values(b'"A","1"\r\n"a","2"\r\n', "cp1252") == {"A": "1"}


def test_python_is_named_with_its_console(tmp_path: Path) -> None:
    """xlwings starts it below a hidden cmd.exe; pythonw.exe would hide its errors as well."""
    windowless = tmp_path / "pythonw.exe"
    assert interpreter_for_vba(windowless, "cp1252", short_path) == str(windowless)
    (tmp_path / "python.exe").touch()
    assert interpreter_for_vba(windowless, "cp1252", short_path) == str(tmp_path / "python.exe")


def test_a_name_that_does_not_fit_is_shortened_or_refused() -> None:
    python = Path("/Users/Łucja/python.exe")
    assert not fits(str(python), "cp1252")
    assert interpreter_for_vba(python, "cp1252", lambda path: "/Users/UCJA~1/python.exe") == "/Users/UCJA~1/python.exe"
    assert interpreter_for_vba(python, "cp1252", lambda path: path) is None


def test_variables_are_expanded_as_windows_does() -> None:
    environment = {"UserProfile": r"C:\Users\ada"}
    assert expanded(r"%USERPROFILE%\py\python.exe", environment) == r"C:\Users\ada\py\python.exe"
    assert expanded("%NOWHERE%\\python.exe", environment) == "%NOWHERE%\\python.exe"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "plansheet.conf"
    write_whole(path, b"old")
    assert path.read_bytes() == b"old"

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


# --- as part of the record --------------------------------------------------------------------------------------------


def configuration_file(sources: Sources) -> Path:
    return Path(sources.environment["USERPROFILE"], ".plansheet", "plansheet.conf")


def configured(sources: Sources, interpreter: str) -> Configuration:
    path = configuration_file(sources)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(with_ours(b"", interpreter, "cp1252"))
    return read_machine(sources).configuration


def test_the_configuration(tmp_path: Path) -> None:
    sources = windows(tmp_path)
    path = configuration_file(sources)
    assert read_machine(sources).configuration == Configuration(path)
    this = sources.executable
    assert configured(sources, this) == Configuration(path, True, this, True, True)
    gone = str(tmp_path / "gone" / "python.exe")
    assert configured(sources, gone) == Configuration(path, True, gone, False, False)
    other = tmp_path / "other.exe"
    other.touch()
    assert configured(sources, str(other)) == Configuration(path, True, str(other), True, False)
    path.write_bytes(b'"SHOW CONSOLE","True"\r\n')
    assert read_machine(sources).configuration == Configuration(path, True)


def test_a_python_without_its_folder_is_none_that_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The macro code refuses it: what lies in Excel's current folder may be anything."""
    sources = windows(tmp_path)
    monkeypatch.chdir(Path(sources.executable).parent)
    assert Path("python.exe").is_file()
    found = configured(sources, "python.exe")
    assert (found.interpreter, found.interpreter_exists) == ("python.exe", False)


def test_a_configuration_that_names_python_by_a_variable_or_without_a_window(tmp_path: Path) -> None:
    sources = windows(tmp_path)
    windowless = sources.executable.replace("python.exe", "pythonw.exe")
    Path(windowless).touch()
    assert configured(sources, windowless).is_this_python
    by_variable = with_environment(sources, PYTHONS=str(Path(sources.executable).parent))
    assert configured(by_variable, "%Pythons%/python.exe").is_this_python


def test_a_configuration_that_names_python_by_another_path(tmp_path: Path) -> None:
    sources = windows(tmp_path)
    other = tmp_path / "link.exe"
    other.symlink_to(sources.executable)
    assert configured(sources, str(other)).is_this_python
