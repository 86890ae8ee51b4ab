"""The VBA projects against olevba, an independent reader, and against the projects and texts that xlwings ships."""

from __future__ import annotations

import difflib
import io
import re
import struct
import sys
import warnings
import zipfile
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
import xlwings
from hypothesis import given
from hypothesis import strategies as st
from xlwings.utils import prepare_sys_path

import plansheet
from plansheet.excel import FUNCTIONS, SENTENCES_IN_CELLS
from plansheet.excel.reading import ERROR_NUMBERS
from plansheet.excel.signature import signature_of
from plansheet.template import vba, vba_of_xlwings
from plansheet.template.vba import Host, generated_wrapper, modules, vba_project, with_excel_errors
from plansheet.template.vba_project import (
    REFERENCES,
    Module,
    ModuleKind,
    compressed,
    dir_stream,
    obfuscated,
    project_stream,
    vba_project_bin,
)
from udfs.test_registration import NOT_FOR_NAMES
from udfs.windows import Workbook, windows

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the libraries below, when they are imported
    import olefile  # type: ignore[import-untyped]  # ships no type information
    from oletools.olevba import VBA_Parser, decompress_stream  # type: ignore[import-untyped]  # nor does this

HOSTS = pytest.mark.parametrize("host", Host)
NAMES = pytest.mark.parametrize("name", FUNCTIONS)
SHIPPED = ("quickstart_standalone.xlsm", "quickstart_addin.xlam")
BAS = "xlwings.bas"


def source(host: Host, name: str) -> str:
    """A module's text, its lines ended by LF."""
    return {module.name: module.source for module in modules(host, 1)}[name].replace("\r\n", "\n")


def unfolded(text: str) -> str:
    """A text without continued lines and without comments that fill their line."""
    joined = re.sub(r" _\n +", "", re.sub(r", _\n +", ", ", text))
    return "".join(line for line in joined.splitlines(keepends=True) if not line.lstrip().startswith("'"))


def shipped_text(file: str) -> str:
    return (resources.files(xlwings) / file).read_bytes().decode("cp1252").replace("\r\n", "\n")


def shipped_project(file: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO((resources.files(xlwings) / file).read_bytes())) as workbook:
        return workbook.read("xl/vbaProject.bin")


def unpacked(file: str, data: bytes) -> list[tuple[str, str]]:
    """The modules that olevba finds, in order: file name and text."""
    parser = VBA_Parser(file, data=data)
    try:
        return [(name, text) for _, _, name, text in parser.extract_macros()]
    finally:
        parser.close()


def stream(project: bytes, name: str) -> bytes:
    with olefile.OleFileIO(io.BytesIO(project), raise_defects=olefile.DEFECT_UNSURE) as file:
        data: bytes = file.openstream(name).read()
    return data


def decompressed(data: bytes) -> bytes:
    return bytes(decompress_stream(bytearray(data)))


# ---- The project -----------------------------------------------------------------------------------------------------


@HOSTS
@pytest.mark.parametrize("sheets", [1, 14])
def test_an_independent_reader_unpacks_every_module(host: Host, sheets: int) -> None:
    project = vba_project(host, sheets)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as workbook:
        workbook.writestr("[Content_Types].xml", "<Types/>")
        workbook.writestr("xl/vbaProject.bin", project)
    wanted = [
        (f"{module.name}.{'bas' if module.kind is ModuleKind.STANDARD else 'cls'}", module.source)
        for module in modules(host, sheets)
    ]
    assert unpacked("vbaProject.bin", project) == wanted
    assert unpacked(host.value, packed.getvalue()) == wanted


@HOSTS
def test_two_builds_are_equal(host: Host) -> None:
    assert vba_project(host, 3) == vba_project(host, 3)


def test_the_two_projects_can_be_told_apart() -> None:
    streams = [stream(vba_project(host, 1), "PROJECT").decode().splitlines() for host in Host]
    names = [line for lines in streams for line in lines if line.startswith(("ID=", "Name="))]
    assert len(set(names)) == 4


@HOSTS
def test_there_is_a_module_for_the_workbook_and_each_sheet(host: Host) -> None:
    found = [(module.name, module.kind) for module in modules(host, 2)]
    assert found == [
        *((name, ModuleKind.DOCUMENT) for name in ("ThisWorkbook", "Sheet1", "Sheet2")),
        *((name, ModuleKind.STANDARD) for name in ("plansheet_udfs", "plansheet_errors", "xlwings")),
    ]


def records(directory: bytes) -> list[tuple[int, bytes]]:
    """A dir stream's records; that of the version says 4 for the size of its 6 bytes."""
    found, position = [], 0
    while position < len(directory):
        number, size = struct.unpack_from("<HI", directory, position)
        size = 6 if number == 0x09 else size
        found.append((number, directory[position + 6 : position + 6 + size]))
        position += 6 + size
    return found


def shipped_modules(project: bytes) -> list[Module]:
    """Their modules in their order, with olevba's reading of the texts."""
    pairs = re.findall(r"^(Module|Class|Document)=(\w+)", stream(project, "PROJECT").decode(), re.MULTILINE)
    texts = {name.rpartition(".")[0]: text for name, text in unpacked("theirs.bin", project)}
    return [Module(name, ModuleKind(kind), texts[name]) for kind, name in pairs]


# What may differ: the system it was made on, its version, the references, and what belongs to compiled code.
OF_THEIR_OWN = {0x01, 0x09, 0x0D, 0x13, 0x16, 0x2C, 0x2F, 0x30, 0x31, 0x33, 0x3E}


@pytest.mark.parametrize("file", SHIPPED)
def test_a_shipped_project_written_again_has_their_records(file: str) -> None:
    theirs = shipped_project(file)
    directory = decompressed(stream(theirs, "VBA/dir"))
    name = dict(records(directory))[0x04].decode()
    rebuilt = vba_project_bin(name, shipped_modules(theirs))
    ours = decompressed(stream(rebuilt, "VBA/dir"))
    assert [r for r in records(ours) if r[0] not in OF_THEIR_OWN] == [
        r for r in records(directory) if r[0] not in OF_THEIR_OWN
    ]
    assert stream(rebuilt, "PROJECTwm") == stream(theirs, "PROJECTwm")
    assert stream(rebuilt, "VBA/_VBA_PROJECT") == stream(theirs, "VBA/_VBA_PROJECT")
    assert unpacked("ours.bin", rebuilt) == unpacked("theirs.bin", theirs)


@pytest.mark.parametrize("file", SHIPPED)
def test_a_shipped_project_written_again_says_the_same_for_reading(file: str) -> None:
    def said(project: bytes) -> list[str]:
        text = stream(project, "PROJECT").decode()
        own = re.sub(r'^(ID|CMG|DPB|GC)=".*"', r"\1", text, flags=re.MULTILINE)
        return re.sub(r"=\d+, \d+, \d+, \d+, [CZ]", "=window", own).split("\r\n")

    theirs = shipped_project(file)
    name = dict(records(decompressed(stream(theirs, "VBA/dir"))))[0x04].decode()
    ours = said(vba_project_bin(name, shipped_modules(theirs)))
    assert ours == said(theirs)[: len(ours)]
    assert set(said(theirs)[len(ours) :]) <= {""}


def test_the_reference_to_office_is_theirs() -> None:
    def office(directory: bytes) -> list[tuple[int, bytes]]:
        found = records(directory)
        at = next(i for i, (number, body) in enumerate(found) if (number, body) == (0x16, b"Office"))
        return found[at : at + 3]

    theirs = decompressed(stream(shipped_project(SHIPPED[0]), "VBA/dir"))
    assert office(dir_stream("anything", [])) == office(theirs)
    assert [reference.name for reference in REFERENCES] == ["stdole", "Office"]


def opened(line: str, identifier: str) -> bytes:
    """[MS-OVBA] 2.4.3.3: what a value of CMG, DPB or GC holds, in the project of that identifier."""
    digits = bytes.fromhex(line)
    seed, version, key = digits[0], digits[0] ^ digits[1], digits[0] ^ digits[2]
    assert version == 2
    assert key == sum(identifier.encode()) % 256
    plain, before = [], key
    for at in range(3, len(digits)):
        before = digits[at] ^ ((digits[at - 2] + before) % 256)
        plain.append(before)
    data = bytes(plain[(seed & 6) // 2 :])
    assert int.from_bytes(data[:4], "little") == len(data) - 4
    return data[4:]


def protection(text: str) -> list[bytes]:
    values = dict(re.findall(r'^(ID|CMG|DPB|GC)="(.*)"', text, re.MULTILINE))
    return [opened(values[name], values["ID"]) for name in ("CMG", "DPB", "GC")]


@HOSTS
def test_a_project_is_as_open_as_theirs(host: Host) -> None:
    ours = protection(stream(vba_project(host, 1), "PROJECT").decode().replace("\r\n", "\n"))
    theirs = protection(stream(shipped_project(SHIPPED[0]), "PROJECT").decode().replace("\r\n", "\n"))
    assert ours == theirs == [bytes(4), bytes(1), b"\xff"]  # no protection, no password, visible


@given(st.binary(max_size=40), st.uuids(), st.integers(0, 255))
def test_what_is_obfuscated_can_be_opened(data: bytes, identifier: Any, seed: int) -> None:
    assert opened(obfuscated(data, f"{{{identifier}}}", seed), f"{{{identifier}}}") == data


def test_names_are_unique_in_a_project() -> None:
    one = Module("Module1", ModuleKind.STANDARD, 'Attribute VB_Name = "Module1"\r\n')
    with pytest.raises(ValueError, match="same name"):
        vba_project_bin("plansheet", [one, replace(one, name="MODULE1")])
    with pytest.raises(ValueError, match="same name"):
        vba_project_bin("module1", [one])


def test_a_text_outside_the_code_page_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        vba_project_bin("plansheet", [Module("Module1", ModuleKind.STANDARD, "'\u0142\r\n")])


def test_the_streams_say_which_modules_there_are() -> None:
    built = modules(Host.WORKBOOK, 2)
    assert stream(vba_project(Host.WORKBOOK, 2), "PROJECT") == project_stream("plansheet_xlsm", built)
    assert decompressed(stream(vba_project(Host.WORKBOOK, 2), "VBA/dir")) == dir_stream("plansheet_xlsm", built)


# ---- Compression -----------------------------------------------------------------------------------------------------

TEXTS = st.text("ab \r\n", max_size=9000).map(str.encode) | st.binary(max_size=3000)


@given(TEXTS)
def test_what_is_compressed_comes_back(data: bytes) -> None:
    assert decompressed(compressed(data)) == data


@pytest.mark.parametrize("length", [0, 1, 4095, 4096, 4097, 8191, 8192, 8193])
@pytest.mark.parametrize("pattern", [b"a", b"ab", bytes(range(256))])
def test_chunks_end_where_they_should(length: int, pattern: bytes) -> None:
    data = (pattern * length)[:length]
    assert decompressed(compressed(data)) == data


@pytest.mark.parametrize("file", SHIPPED)
@pytest.mark.parametrize("name", ["VBA/dir", "VBA/xlwings"])
def test_nothing_becomes_larger_than_in_a_shipped_project(file: str, name: str) -> None:
    theirs = stream(shipped_project(file), name)
    assert len(compressed(decompressed(theirs))) <= len(theirs)


# [MS-OVBA] 3.2.1 and 3.2.3; in 3.2.2 another of several equal copies is taken.
@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"abcdefghijklmnopqrstuv.", "0119B000616263646566676800696A6B6C6D6E6F70007172737475762E"),
        (b"a" * 73, "0103B002614500"),
    ],
)
def test_the_examples_of_the_specification(data: bytes, wanted: str) -> None:
    assert compressed(data) == bytes.fromhex(wanted)


def test_a_chunk_that_cannot_be_compressed_stays_as_it_is() -> None:
    noise = bytes((number * number * 31 + (number >> 3)) % 251 for number in range(4096))
    assert len(compressed(noise)) < 4096  # it repeats
    random_like = b"".join(struct.pack(">H", number * 40503 % 65536) for number in range(2048))
    assert compressed(random_like)[1:3] == struct.pack("<H", 0x3FFF)
    assert decompressed(compressed(random_like)) == random_like
    with pytest.raises(ValueError, match="cannot be compressed"):
        compressed(random_like[:-1])


# ---- The text as VBA takes it ----------------------------------------------------------------------------------------


@HOSTS
def test_lines_are_as_the_editor_takes_them(host: Host) -> None:
    for module in modules(host, 1):
        text = module.source
        assert text.encode("cp1252").decode("cp1252") == text
        assert text.startswith(f'Attribute VB_Name = "{module.name}"\r\n')
        assert text.endswith("\r\n")
        assert text.count("\r\n") == text.count("\n") == text.count("\r")
        lines = text.split("\r\n")
        assert max(map(len, lines)) < 1023
        code = [line for line in lines if not line.startswith("Attribute ")]
        assert module.name == "xlwings" or max(map(len, code)) <= 120  # to be read
        continued = "".join("_" if line.endswith(" _") else "." for line in lines)
        assert max(map(len, continued.split("."))) <= 24


def public_procedures(text: str) -> list[str]:
    """What a module offers to others: whatever does not say that it is private."""
    heads = re.findall(r"^ *((?:\w+ )*?)(?:Function|Sub) (\w+)", text, re.MULTILINE)
    return [name for words, name in heads if not {"Private", "End", "Exit"} & set(words.split())]


@HOSTS
def test_nothing_but_the_functions_can_be_entered_in_a_cell(host: Host) -> None:
    """What the two private modules offer to the first takes no path, no command and no name of a setting."""
    standard = {module.name: module.source for module in modules(host, 1) if module.kind is ModuleKind.STANDARD}
    private = [name for name, text in standard.items() if "\r\nOption Private Module\r\n" in text]
    assert private == ["plansheet_errors", "xlwings"]
    assert {name: public_procedures(text) for name, text in standard.items()} == {
        "plansheet_udfs": sorted(FUNCTIONS),
        "plansheet_errors": ["AsExcelErrors", "ErrorAndSentence"],
        "xlwings": ["XLPy"],
    }
    assert "\r\nPublic Function XLPy()\r\n" in standard["xlwings"]
    assert re.findall(r"^ *Public (?:Declare|Const|\w+ As).*", standard["xlwings"], re.MULTILINE) == []


@HOSTS
def test_no_name_is_given_twice(host: Host) -> None:
    public = [
        name.lower()
        for module in modules(host, 1)
        if module.kind is ModuleKind.STANDARD
        for name in set(re.findall(r"^ *(?:Public )?(?:Function|Sub|Const) (\w+)", module.source, re.MULTILINE))
    ]
    assert len(public) > len(FUNCTIONS)
    names = [*public, *(module.name.lower() for module in modules(host, 1)), host.project.lower()]
    assert [name for name in sorted(set(names)) if names.count(name) > 1] == []


DECLARED = re.compile(r"(?:\bDim|ByVal|ByRef|WithEvents|Function|Sub) (\w+)|^(\w+):$", re.MULTILINE)
USED_BY_OURS = {"asexcelerrors", "errorandsentence", "xlerrvalue"}


def test_no_reserved_word_is_a_name() -> None:
    for name in FUNCTIONS:
        arguments = {argument.name.lower() for argument in signature_of(FUNCTIONS[name]).arguments}
        assert arguments & (NOT_FOR_NAMES | USED_BY_OURS) == set()
    declared = {
        (match[1] or match[2]).lower()
        for text in (source(Host.ADD_IN, "plansheet_errors"), source(Host.ADD_IN, "ThisWorkbook"))
        for match in DECLARED.finditer(unfolded(text))
    }
    assert {"asexcelerrors", "answer", "changed", "host", "book", "onedimension"} <= declared
    assert declared & NOT_FOR_NAMES == set()


# ---- What comes from xlwings -----------------------------------------------------------------------------------------


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


def test_documents_have_the_attributes_that_excel_writes() -> None:
    theirs = dict(unpacked("theirs.bin", shipped_project(SHIPPED[0])))
    ours = {module.name: module.source for module in modules(Host.WORKBOOK, 2)}
    for name in ("ThisWorkbook", "Sheet1", "Sheet2"):
        assert ours[name] == theirs[f"{name}.cls"]
    assert source(Host.ADD_IN, "ThisWorkbook").startswith(source(Host.WORKBOOK, "ThisWorkbook") + "Option Explicit\n")


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


# ---- The generator, off Windows --------------------------------------------------------------------------------------


def test_the_generator_writes_off_windows_what_it_writes_there() -> None:
    assert sys.platform == "win32" or "xlwings.udfs" not in sys.modules
    off_windows = generated_wrapper()
    with windows() as classic:
        written = io.StringIO()
        add_in = Workbook(Host.ADD_IN.value)
        classic.generator.generate_vba_wrapper("plansheet.udfs", classic.registered, written, add_in)
        there = generated_wrapper()
        assert sys.modules["xlwings.udfs"] is classic.generator  # theirs is left to them
    assert off_windows == written.getvalue() == there


@pytest.fixture(scope="module")
def wrapper() -> str:
    return generated_wrapper()


@pytest.mark.skipif(sys.platform == "win32", reason="pywin32 is there")
def test_stand_ins_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    own = object()
    monkeypatch.setitem(sys.modules, "pywintypes", own)
    before = dict(sys.modules)
    generated_wrapper()
    new = {name.partition(".")[0] for name in set(sys.modules) - set(before)}
    assert new <= sys.stdlib_module_names
    assert {"pythoncom", "win32com", "win32com.client", "xlwings.udfs"} & set(sys.modules) == set()
    assert {name: module for name, module in sys.modules.items() if name in before} == before
    assert not hasattr(xlwings, "udfs")


@pytest.mark.skipif(sys.platform == "win32", reason="pywin32 is there")
def test_stand_ins_go_when_the_import_fails_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(vba, "import_module", failing)
    before = set(sys.modules)
    with pytest.raises(ImportError, match=r"xlwings\.udfs"):
        generated_wrapper()
    assert set(sys.modules) == before


# ---- The functions ---------------------------------------------------------------------------------------------------


def function(host: Host, name: str) -> list[str]:
    """The lines of a function in the module, without what stands before them."""
    (text,) = re.findall(rf"^Function {name}\(.*?^End Function$", source(host, "plansheet_udfs"), re.M | re.S)
    return [line.strip() for line in unfolded(text).splitlines()]


@HOSTS
@NAMES
def test_a_function_is_called_with_all_it_is_given_and_answers_with_errors(host: Host, name: str) -> None:
    signature = signature_of(FUNCTIONS[name])
    heads = [f"Optional {a.name}" if a.optional else a.name for a in signature.arguments]
    call = f'XLPy.CallUDF("plansheet.udfs", "{name}", Array({", ".join(a.name for a in signature.arguments)})'
    lines = function(host, name)
    if name in SENTENCES_IN_CELLS:
        failed = "ErrorAndSentence(Err.Description)"
    elif name == "PLANSHEET_VERSION":
        failed = '"plansheet does not answer: " & Err.Description'
    else:
        failed = "CVErr(xlErrValue)"
    assert lines[0] == f"Function {name}({', '.join(heads)})"
    assert lines[3:] == [
        '#If App = "Microsoft Excel" Then',
        "If TypeOf Application.Caller Is Range Then On Error GoTo failed",
        f"{name} = AsExcelErrors({call}, Nothing, Application.Caller))",
        "Exit Function",
        "#Else",
        f"{name} = AsExcelErrors({call}))",
        "Exit Function",
        "#End If",
        "failed:",
        f"{name} = {failed}",
        "End Function",
    ]


@NAMES
def test_the_wizard_says_what_a_function_gives(name: str) -> None:
    lines = function(Host.ADD_IN, name)
    described = re.fullmatch(rf'Attribute {name}\.VB_Description = "(.*)"', lines[1])
    assert described is not None
    text = described[1].replace('""', '"')
    assert text == signature_of(FUNCTIONS[name]).summary.replace("§", "section ")
    assert text.isascii()
    assert 0 < len(text) <= 255
    assert lines[2] == rf'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \n14"'


def test_a_description_is_cut_and_its_quotes_are_doubled(monkeypatch: pytest.MonkeyPatch, wrapper: str) -> None:
    def described(summary: str) -> str:
        name = "SPLIT_TRANCHES"
        summaries = {**FUNCTIONS, name: type(name, (), {"__doc__": summary, "__init__": lambda self: None})}
        monkeypatch.setattr(vba, "FUNCTIONS", summaries)
        (found,) = re.findall(rf'^Attribute {name}\.VB_Description = "(.*)"$', with_excel_errors(wrapper), re.M)
        return str(found)

    assert described('The "floor" of §15') == 'The ""floor"" of section 15'
    assert described("a" * 254 + '"bc') == "a" * 254 + '""'
    with pytest.raises(ValueError, match="SPLIT_TRANCHES is described with characters that VBA does not keep"):
        described("Rounded – down")
    with pytest.raises(ValueError, match="characters that VBA does not keep"):
        described(r"a \n b")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("failed:\n    SPLIT_TRANCHES = Err.Description\n", "failed:\n    SPLIT_TRANCHES = Err.Description()\n"),
        ("failed:\n    SPLIT_TRANCHES = Err.Description\n", "failed:\n    Exit Function\n"),
        ("SPLIT_TRANCHES = XLPy.CallUDF(", "SPLIT_TRANCHES = XLPy.Call(XLPy.CallUDF, "),
        ("SPLIT_TRANCHES = XLPy.CallUDF(", "SPLIT_TRANCHES = Python.CallUDF("),
        (", split_old), ActiveWorkbook, Application", ", split_old), ActiveWorkbook.Name, Application"),
        (", split_old), ActiveWorkbook, Application", ", split_old), ThisWorkbook, Application"),
        ("Function SPLIT_TRANCHES(", "Public Function SPLIT_TRANCHES("),
        ("Function SPLIT_TRANCHES(", "Function SPLIT_ROWS("),
        ("failed:\n    SPLIT_TRANCHES", "    MsgBox Err.Description\nfailed:\n    SPLIT_TRANCHES"),
    ],
)
def test_a_wrapper_written_differently_stops_the_build(wrapper: str, old: str, new: str) -> None:
    assert wrapper.count(old) in (1, 2)
    with pytest.raises(ValueError, match=rf"xlwings {re.escape(xlwings.__version__)} .* generated VBA"):
        with_excel_errors(wrapper.replace(old, new))


def test_lines_that_the_generator_continues_are_read_whole(wrapper: str) -> None:
    continued = re.sub(r"(Array\(\w+, \w+, )", r"\1 _\n", wrapper)
    assert continued.count(" _\n") > 10
    assert unfolded(with_excel_errors(continued)).replace(",  ", ", ") == unfolded(with_excel_errors(wrapper))


@HOSTS
def test_no_other_text_of_an_error_reaches_a_cell(host: Host) -> None:
    text = source(host, "plansheet_udfs")
    told = re.findall(r"^ *(\w+) = .*Err\.", text, re.MULTILINE)
    assert sorted(told) == sorted([*SENTENCES_IN_CELLS, "PLANSHEET_VERSION"])
    assert text.count("Err.") == len(told)
    assert text.count("CallUDF(") == text.count("AsExcelErrors(XLPy.CallUDF(") == 2 * len(FUNCTIONS)
    assert text.count("On Error") == text.count("Then On Error GoTo failed\n") == len(FUNCTIONS)
    errors = unfolded(source(host, "plansheet_errors"))
    assert "Err." not in errors
    assert re.findall(r"On Error .*", errors) == ["On Error GoTo OneDimension"]


# ---- Errors ----------------------------------------------------------------------------------------------------------


def test_the_table_of_errors_is_that_of_the_cells() -> None:
    table = re.findall(r'Case "(.+)": ErrorOrSame = CVErr\((\d+)\)', source(Host.ADD_IN, "plansheet_errors"))
    assert {error: int(number) for error, number in table} == ERROR_NUMBERS
    assert len(table) == len(ERROR_NUMBERS)


def test_an_error_of_a_whole_call_is_the_one_that_the_others_answer() -> None:
    assert f"Array(CVErr({ERROR_NUMBERS['#VALUE!']}), sentence)" in source(Host.ADD_IN, "plansheet_errors")


# ---- Links to the add-in ---------------------------------------------------------------------------------------------


def test_only_the_add_in_turns_links_and_only_to_itself() -> None:
    text = source(Host.ADD_IN, "ThisWorkbook")
    assert text.count("ChangeLink") == 1
    assert "book.ChangeLink source, ThisWorkbook.FullName, xlLinkTypeExcelLinks" in text
    assert f'StrComp(fileName, "{Host.ADD_IN.value}", vbTextCompare)' in text
    assert "Private Sub Workbook_Open()" in text
    assert "Private Sub Host_WorkbookOpen(ByVal Wb As Workbook)" in text
    kept = re.findall(r"(\w+) = Application\.DisplayAlerts\n", text)
    assert len(kept) == 1
    assert re.findall(r"Application\.DisplayAlerts = (\w+)\n", text) == ["False", kept[0]]
    assert "AskToUpdateLinks" not in text
    assert "Sub" not in source(Host.WORKBOOK, "ThisWorkbook")
