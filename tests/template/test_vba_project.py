"""The files of VBA projects against olevba, an independent reader, and against the projects that xlwings ships."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
import xlwings
from hypothesis import given
from hypothesis import strategies as st

from plansheet.template.vba import Host, modules, vba_project
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
from template.vba_texts import HOSTS, source

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the libraries below, when they are imported
    import olefile  # type: ignore[import-untyped]  # ships no type information
    from oletools.olevba import VBA_Parser, decompress_stream  # type: ignore[import-untyped]  # nor does this

SHIPPED = ("quickstart_standalone.xlsm", "quickstart_addin.xlam")


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


def test_documents_have_the_attributes_that_excel_writes() -> None:
    theirs = dict(unpacked("theirs.bin", shipped_project(SHIPPED[0])))
    ours = {module.name: module.source for module in modules(Host.WORKBOOK, 2)}
    for name in ("ThisWorkbook", "Sheet1", "Sheet2"):
        assert ours[name] == theirs[f"{name}.cls"]
    assert source(Host.ADD_IN, "ThisWorkbook").startswith(source(Host.WORKBOOK, "ThisWorkbook") + "Option Explicit\n")


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
