"""A VBA project ([MS-OVBA]) from the sources of its modules: the bytes of xl/vbaProject.bin.

Sources only, no compiled code: Excel compiles them when it opens the workbook, as it does with the workbooks that
xlwings ships. Everything is fixed by the sources and the project's name, so that two builds are equal.
"""

import enum
import re
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from plansheet.template.compound_file import compound_file

CODE_PAGE = 1252
_ENCODING = f"cp{CODE_PAGE}"
_CHUNK = 4096
_UNKNOWN_COOKIE = struct.pack("<H", 0xFFFF)
_OURS = uuid.UUID(int=0)
"""Project identifiers are made of this and the project's name."""


class ModuleKind(enum.Enum):
    """What a module is, by the word for it in the PROJECT stream."""

    STANDARD = "Module"
    CLASS = "Class"
    DOCUMENT = "Document"


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its source starts with its attributes, and its lines end in CR LF."""

    name: str
    kind: ModuleKind
    source: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A type library that the project refers to, as [MS-OVBA] 2.1.1.8 writes it."""

    name: str
    library: str


REFERENCES = (
    Reference(
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    Reference(
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared\OFFICE16"
        r"\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
"""What Excel gives a new project besides itself and VBA. It looks them up by number; the path is a hint."""


def vba_project_bin(name: str, modules: Sequence[Module]) -> bytes:
    """The vbaProject.bin of the project ``name``, not protected and without a password."""
    names = [module.name.lower() for module in modules]
    if len({name.lower(), *names}) <= len(names):
        raise ValueError(f"two of these have the same name: project {name}, {', '.join(m.name for m in modules)}")
    sources = {module.name: compressed(module.source.encode(_ENCODING)) for module in modules}
    return compound_file(
        {
            "VBA": {
                "dir": compressed(dir_stream(name, modules)),
                "_VBA_PROJECT": bytes.fromhex("cc61ffff000100"),  # [MS-OVBA] 2.3.4.1: no compiled code
                **sources,
            },
            "PROJECT": project_stream(name, modules),
            "PROJECTwm": b"".join(_text(m.name) + b"\0" + _wide(m.name) + b"\0\0" for m in modules) + b"\0\0",
        }
    )


def compressed(data: bytes) -> bytes:
    """[MS-OVBA] 2.4.1.3: in chunks of 4096 bytes; where a text repeats, its distance and length."""
    return b"\x01" + b"".join(_chunk(data[start : start + _CHUNK]) for start in range(0, len(data), _CHUNK))


def _chunk(data: bytes) -> bytes:
    tokens: list[bytes] = []
    flags: list[int] = []
    seen: dict[bytes, list[int]] = {}  # where three bytes stood
    position = 0
    while position < len(data):
        distance_bits = max((position - 1).bit_length(), 4)
        longest = min((0xFFFF >> distance_bits) + 3, len(data) - position)
        length, found = 0, 0
        for earlier in reversed(seen.get(data[position : position + 3], ())):  # the nearest of the longest
            same = 3
            while same < longest and data[earlier + same] == data[position + same]:
                same += 1
            if same > length:
                length, found = same, earlier
            if length >= longest:
                break
        flags.append(int(length >= 3))
        if length >= 3:
            token = (position - found - 1) << (16 - distance_bits) | (length - 3)
            tokens.append(struct.pack("<H", token))
        else:
            length = 1
            tokens.append(data[position : position + 1])
        for passed in range(position, min(position + length, len(data) - 2)):
            seen.setdefault(data[passed : passed + 3], []).append(passed)
        position += length
    body = b"".join(
        bytes([sum(flag << bit for bit, flag in enumerate(flags[at : at + 8]))]) + b"".join(tokens[at : at + 8])
        for at in range(0, len(tokens), 8)
    )
    if len(body) <= _CHUNK:
        return struct.pack("<H", 0xB000 | (len(body) - 1)) + body
    if len(data) == _CHUNK:  # as it is
        return struct.pack("<H", 0x3000 | (_CHUNK - 1)) + data
    raise ValueError("the last bytes cannot be compressed, and are no whole chunk; is this a text?")


def dir_stream(name: str, modules: Sequence[Module], references: Sequence[Reference] = REFERENCES) -> bytes:
    """[MS-OVBA] 2.3.4.2: what the project is, refers to and consists of, not yet compressed."""
    return b"".join(
        [
            _record(0x01, struct.pack("<I", 3)),  # 64-bit Windows; the others open it too
            _record(0x02, struct.pack("<I", 0x409)),
            _record(0x14, struct.pack("<I", 0x409)),
            _record(0x03, struct.pack("<H", CODE_PAGE)),
            _record(0x04, _text(name)),
            *(_record(0x05, b""), _record(0x40, b"")),  # description
            *(_record(0x06, b""), _record(0x3D, b"")),  # help file
            _record(0x07, struct.pack("<I", 0)),
            _record(0x08, struct.pack("<I", 0)),
            struct.pack("<HIIH", 0x09, 4, 1, 0),  # version 1.0; its size does not count the minor part
            *(_record(0x0C, b""), _record(0x3C, b"")),  # constants
            *(_reference(reference) for reference in references),
            _record(0x0F, struct.pack("<H", len(modules))),
            _record(0x13, _UNKNOWN_COOKIE),
            *(_module(module) for module in modules),
            _record(0x10, b""),
        ]
    )


def _reference(reference: Reference) -> bytes:
    library = _text(reference.library)
    return (
        _record(0x16, _text(reference.name))
        + _record(0x3E, _wide(reference.name))
        + _record(0x0D, struct.pack("<I", len(library)) + library + bytes(6))
    )


def _module(module: Module) -> bytes:
    described = re.search(r'^Attribute VB_Description = "(.*)"\r$', module.source, re.MULTILINE)
    description = described[1].replace('""', '"').replace(r"\r", "\r").replace(r"\n", "\n") if described else ""
    return b"".join(
        [
            *(_record(0x19, _text(module.name)), _record(0x47, _wide(module.name))),
            *(_record(0x1A, _text(module.name)), _record(0x32, _wide(module.name))),  # the stream of the same name
            *(_record(0x1C, _text(description)), _record(0x48, _wide(description))),
            _record(0x31, struct.pack("<I", 0)),  # the source starts at once: no compiled code before it
            _record(0x1E, struct.pack("<I", 0)),
            _record(0x2C, _UNKNOWN_COOKIE),
            _record(0x21 if module.kind is ModuleKind.STANDARD else 0x22, b""),
            _record(0x2B, b""),
        ]
    )


def _record(number: int, body: bytes) -> bytes:
    return struct.pack("<HI", number, len(body)) + body


def _text(text: str) -> bytes:
    return text.encode(_ENCODING)


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def project_stream(name: str, modules: Sequence[Module]) -> bytes:
    """[MS-OVBA] 2.3.1: the project for reading, with the state of its protection."""
    identifier = f"{{{str(uuid.uuid5(_OURS, name)).upper()}}}"
    lines = [
        f'ID="{identifier}"',
        *(f"{m.kind.value}={m.name}{'/&H00000000' if m.kind is ModuleKind.DOCUMENT else ''}" for m in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{obfuscated(bytes(4), identifier)}"',  # nobody protected it
        f'DPB="{obfuscated(bytes(1), identifier)}"',  # no password
        f'GC="{obfuscated(bytes([0xFF]), identifier)}"',  # to be seen
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
        "",
    ]
    return _text("\r\n".join(lines))


def obfuscated(data: bytes, identifier: str, seed: int = 0) -> str:
    """[MS-OVBA] 2.4.3.2: data that holds only in the project of this identifier, as hexadecimal digits."""
    key = sum(identifier.encode()) & 0xFF
    written = [seed, seed ^ 2, seed ^ key]
    before = key
    for byte in [*[0] * ((seed & 6) // 2), *struct.pack("<I", len(data)), *data]:
        written.append(byte ^ (written[-2] + before) & 0xFF)
        before = byte
    return bytes(written).hex().upper()
