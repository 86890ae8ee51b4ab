"""The VBA module xlwings against the one that the installed xlwings ships: what is kept, what differs, what stops."""

from __future__ import annotations

import difflib
import re
import sys
from importlib import resources

import pytest
import xlwings
from xlwings.utils import prepare_sys_path

import plansheet
from plansheet.template import vba_of_xlwings
from plansheet.template.vba import Host, vba_project
from template.vba_texts import HOSTS, source

BAS = "xlwings.bas"


def shipped_text(file: str) -> str:
    return (resources.files(xlwings) / file).read_bytes().decode("cp1252").replace("\r\n", "\n")


@HOSTS
def test_versions_are_those_of_the_installed_xlwings(host: Host) -> None:
    text = source(host, "xlwings")
    assert re.findall(r'XLWINGS_VERSION As String = "(.*)"', text) == [xlwings.__version__]
    libraries = set(re.findall(r"xlwings(?:32|64)-[^\"]*\.dll", text))
    assert libraries == {f"xlwings{bits}-{xlwings.__version__}.dll" for bits in (32, 64)}
    assert f"'plansheet {plansheet.__version__}, xlwings {xlwings.__version__}" in source(host, "plansheet_udfs")


KEPT = [
    "XLPyCommand", "XLPyLoadDLL", "XLPy", "GetConfigFilePath", "GetConfig", "GetConfigFromFile", "WScript",
    "FileExists", "FileExistsOnWindows", "FileOrFolderExistsOnMac", "ParentFolder", "GetMacDir",
    "ExpandEnvironmentStrings",
]  # fmt: skip
START, END = (
    re.compile(r"^(?:Public |Private )?(?:Function|Sub) (\w+)", re.M),
    re.compile(r"^End (?:Function|Sub)$", re.M),
)


def procedures(text: str) -> dict[str, str]:
    """Each procedure of a module from its head to its end, without what says who may call it."""
    return {
        start[1]: re.sub("^(Public|Private) ", "", text[start.start() : end.end()])
        for start in START.finditer(text)
        if (end := END.search(text, start.end()))
    }


def head_of(text: str) -> str:
    """What stands above the procedures of a module."""
    start = START.search(text)
    assert start is not None
    return text[: start.start()]


def differences(theirs: str, ours: str) -> tuple[list[str], list[str]]:
    """Lines that are theirs alone and ours alone."""
    lines = list(difflib.ndiff(theirs.splitlines(), ours.splitlines()))
    removed, added = ([line[2:].strip() for line in lines if line.startswith(sign)] for sign in "-+")
    return removed, added


def code_of(text: str) -> str:
    """A text without its comments and without what stands in quotes."""
    return "\n".join(re.sub(r'"(?:[^"]|"")*"', '""', line).partition("'")[0] for line in text.splitlines())


def names_in(text: str) -> set[str]:
    return set(re.findall(r"[a-z_]\w*", code_of(text).lower()))


def test_both_files_have_the_same_code_but_for_the_add_ins_links() -> None:
    for name in ("plansheet_udfs", "plansheet_errors", "xlwings"):
        assert source(Host.ADD_IN, name) == source(Host.WORKBOOK, name)


def test_what_is_kept_is_what_the_functions_call_and_nothing_else() -> None:
    """Followed from XLPy through the text that is shipped, but where ours leaves a call out."""
    ours = procedures(source(Host.ADD_IN, "xlwings"))
    reached, new = set[str](), {"xlpy"}
    by_name = {name.lower(): text for name, text in ours.items()}
    while new:
        reached |= new
        new = {name for each in new for name in names_in(by_name[each]) & set(by_name)} - reached
    assert list(ours) == KEPT
    assert reached == {name.lower() for name in KEPT}


def test_no_procedure_that_is_left_out_is_called() -> None:
    theirs, ours = shipped_text(BAS), source(Host.ADD_IN, "xlwings")
    declared = {name.lower() for name in re.findall(r"Declare (?:PtrSafe )?Function (\w+)", theirs)}
    every = {name.lower() for name in procedures(theirs)} | declared
    left_out = every - {name.lower() for name in KEPT} - {"xlpydllactivateauto", "loadlibrary"}
    assert {"runpython", "executewindows", "saveconfigtofile", "readfile", "createguid", "system"} <= left_out
    assert left_out & names_in(ours) == set()


def test_the_head_of_the_module_is_theirs_but_for_what_is_private_now() -> None:
    removed, added = differences(head_of(shipped_text(BAS)), head_of(source(Host.ADD_IN, "xlwings")))
    assert added[:3] == [
        "Option Private Module",
        "'Changed for plansheet: only what its functions need is kept, and nothing but XLPy is public; settings come",
        "'from the file in the user's folder alone; nothing of a workbook reaches the command that starts Python.",
    ]
    assert [line for line in added[3:] if "Declare" not in line] == [
        f'Private Const XLWINGS_VERSION As String = "{xlwings.__version__}"',
        'Private Const PROJECT_NAME As String = "plansheet"',
    ]
    declared = re.findall(r"^ *(.*Declare .*)$", source(Host.ADD_IN, "xlwings"), re.MULTILINE)
    theirs = re.findall(r"(Declare .*)$", shipped_text(BAS), re.MULTILINE)
    assert declared == [f"Private {each}" for each in theirs if re.search(r"Function (XLPyDLLActivate|LoadLib)", each)]
    assert len(declared) == 5
    kinds = {line: bool(re.search(r"Declare |^Public Const |^#(If Mac|End If)|^$", line)) for line in removed}
    assert all(kinds.values()), kinds


CHANGED = ("XLPyCommand", "XLPyLoadDLL", "GetConfig")


@pytest.mark.parametrize("name", KEPT)
def test_a_procedure_is_theirs_but_for_what_must_differ(name: str) -> None:
    theirs, ours = procedures(shipped_text(BAS))[name], procedures(source(Host.ADD_IN, "xlwings"))[name]
    if name not in CHANGED:
        assert ours == theirs


NO_PYTHON = [
    r'PYTHON_WIN = Replace(PYTHON_WIN, "/", "\")',
    "Err.Raise 1002, Description:= _",
    '"no Python is named in plansheet.conf in your user folder; type plansheet install."',
    r'ElseIf Mid$(PYTHON_WIN, 2, 2) <> ":\" And Left$(PYTHON_WIN, 2) <> "\\" Then',
    "Err.Raise 1002, Description:= _",
    '"plansheet.conf in your user folder names " & PYTHON_WIN & " without its folder; type plansheet install."',
]
NO_BLANK_FOLDER = "sys.path[:]=filter(None,sys.path);"
LEGACY = ["' Legacy", 'PYTHON_WIN = GetConfig("INTERPRETER", "pythonw")']


def changes_of(name: str) -> tuple[list[str], list[str]]:
    return differences(procedures(shipped_text(BAS))[name], procedures(source(Host.ADD_IN, "xlwings"))[name])


def test_only_the_file_in_the_users_folder_is_read() -> None:
    removed, added = changes_of("GetConfig")
    assert added == []
    assert removed[0].startswith("' If source is provided")
    ours = procedures(source(Host.ADD_IN, "xlwings"))["GetConfig"]
    assert [line.strip() for line in ours.splitlines() if "Exists" in line or "From" in line] == [
        "If FileExists(GetConfigFilePath()) = True Then",
        "If GetConfigFromFile(GetConfigFilePath(), configKey, configValue) Then",
    ]
    assert ours.splitlines()[-7:] == procedures(shipped_text(BAS))["GetConfig"].splitlines()[-7:]
    assert "sheet" not in code_of(ours).lower()
    text = source(Host.ADD_IN, "xlwings")
    assert "xlwings.conf" not in code_of(text)
    assert re.findall(r'Environ\("(\w+)"\)', text) == ["SystemRoot", "SystemRoot", "USERPROFILE"]


def test_the_library_is_looked_for_beside_the_python_that_is_named_and_nowhere_else() -> None:
    assert changes_of("XLPyLoadDLL") == (LEGACY, NO_PYTHON)


def test_nothing_of_a_workbook_reaches_the_command() -> None:
    removed, added = changes_of("XLPyCommand")
    start, paths = added[0], added[0].split(" & ")
    assert start.startswith("PYTHONPATH = ")
    assert paths == [
        'PYTHONPATH = "False;;;"', 'GetConfig("ONEDRIVE_CONSUMER_WIN")', '";"',
        'GetConfig("ONEDRIVE_COMMERCIAL_WIN")', '";"', 'GetConfig("SHAREPOINT_WIN")', '";"',
        'GetConfig("PYTHONPATH")',
    ]  # fmt: skip
    assert added[1:7] == NO_PYTHON
    shell = r'Environ("SystemRoot") & "\System32\cmd.exe "'
    assert len(added) == 10
    assert [line.count(shell) for line in added[7:]] == [1, 1, 0]
    assert added[9].startswith('tail = " -B -P -c ""import sys, os;"')
    assert added[9].count(NO_BLANK_FOLDER) == 1
    back = [
        line.replace(shell, '"cmd.exe "').replace(" -B -P ", " -B ").replace(NO_BLANK_FOLDER, "") for line in added[7:]
    ]
    assert [line for line in removed if line in (*LEGACY, *back)] == [*LEGACY, *back]
    gone = [line for line in removed if line not in (*LEGACY, *back)]
    assert 'AddExcelDir = GetConfig("ADD_WORKBOOK_TO_PYTHONPATH", "true")' in gone
    assert "Dim wb As Workbook" in gone
    assert [line for line in gone if "FullName" in line] == [line for line in removed if "FullName" in line]


@pytest.mark.parametrize("name", ["plansheet_udfs", "xlwings"])
def test_no_workbook_is_named_in_what_starts_python_and_calls_it(name: str) -> None:
    for word in ("FullName", "ActiveWorkbook", "ThisWorkbook", "ActiveDocument", "Sheets"):
        assert word not in source(Host.ADD_IN, name)


@pytest.mark.parametrize(("own", "kept"), [("/mine", ["/mine"]), ("", []), ("/mine;", ["/mine"]), (";", [])])
def test_python_takes_no_folder_from_what_it_is_started_with(
    monkeypatch: pytest.MonkeyPatch, own: str, kept: list[str]
) -> None:
    """The flag, two workbooks, three clouds, then the user's paths: as xlwings.utils takes them apart."""
    text = source(Host.ADD_IN, "xlwings")
    (given,) = re.findall(r"^ *PYTHONPATH = (\"F.*)$", text, re.MULTILINE)
    settings = {"ONEDRIVE_CONSUMER_WIN": "/one", "ONEDRIVE_COMMERCIAL_WIN": "/two", "SHAREPOINT_WIN": "/three"}
    filled = re.sub(r'GetConfig\("(\w+)"\)', lambda key: f'"{settings.get(key[1], own)}"', given)
    argument = "".join(part.strip('"') for part in filled.split(" & "))
    assert argument == f"False;;;/one;/two;/three;{own}"
    monkeypatch.setattr(sys, "path", ["/before"])
    prepare_sys_path(argument)
    exec(NO_BLANK_FOLDER)  # the statement of the command that starts Python
    assert sys.path == [*kept, "/before"]


@HOSTS
def test_the_notice_of_the_licence_is_kept(host: Host) -> None:
    notice = shipped_text(BAS).split("'xlwings is distributed")[1].split("SUCH DAMAGE.")[0]
    assert "Zoomer Analytics" in notice
    assert notice in source(host, "xlwings")


CHANGES = {
    "another version": (f'XLWINGS_VERSION As String = "{xlwings.__version__}"', 'XLWINGS_VERSION As String = "0"'),
    "another name": ("Public Const PROJECT_NAME As String", "Public Const PROJECT As String"),
    "its name twice": ("Public Const XL", 'Public Const PROJECT_NAME As String = "xlwings"\nPublic Const XL'),
    "no name": ('Attribute VB_Name = "xlwings"\n', ""),
    "a procedure less": ("Function ParentFolder(", "Function FolderAbove("),
    "a procedure twice": ("Function ParentFolder(", "Function ParentFolder()\nEnd Function\nFunction ParentFolder("),
    "procedures without end": ("End Function\n", "End Functions\n"),
    "no procedures": ("Function ", "Functions "),
    "a call of what is left out": ("  ' open text file to read settings\n", "  sXFile = readfile(sFile)\n"),
    "a call of a library's": ('Left$(Folder, InStrRev(Folder, "\\") - 1)', "System(Folder)"),
    "another way to the interpreter": ('GetConfig("INTERPRETER", "pythonw")', 'GetConfig("INTERPRETER", "python3")'),
    "another start": ('tail = " -B -c ""', 'tail = " -c ""'),
    "another shell": ('"cmd.exe " &', '"cmd.exe" &'),
    "one path more": ('GetConfig("SHAREPOINT_WIN") & ";" &', 'GetConfig("SHAREPOINT_WIN") & ";;" &'),
    "the workbook's folder": ("    ' The first 6 args are", "    ' The first 7 args are"),
    "another order of paths": ("    ' Escaping backslashes and quotes\n", "    ' Escaping\n"),
    "no sheet's settings": ("    ' Sheet\n", "    ' Of the workbook\n"),
    "another order of settings": ("    ' User Config\n", "    ' Of the user\n"),
}


@HOSTS
@pytest.mark.parametrize("change", CHANGES)
def test_a_module_written_differently_stops_the_build(monkeypatch: pytest.MonkeyPatch, host: Host, change: str) -> None:
    old, new = CHANGES[change]
    assert old in shipped_text(BAS)
    text = shipped_text(BAS).replace(old, new)
    monkeypatch.setattr(vba_of_xlwings, "shipped", lambda file: text)
    said = rf"xlwings {re.escape(xlwings.__version__)} is installed, and its xlwings\.bas is written differently: .*\."
    with pytest.raises(ValueError, match=said):
        vba_project(host, 1)


def test_what_is_called_and_left_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shipped_text(BAS).replace("  ' open text file to read settings\n", "  sXFile = readfile(sFile)\n")
    monkeypatch.setattr(vba_of_xlwings, "shipped", lambda file: text)
    with pytest.raises(ValueError, match="what is kept of it calls readfile, which is left out"):
        vba_of_xlwings.xlwings_module()
