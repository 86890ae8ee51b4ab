"""Zip containers and parts that lie, swell, hide or point elsewhere."""

import re
import struct
import zipfile

from hostile.kind import (
    BOOK,
    BOOK_RELATIONS,
    CONTENT_TYPES,
    CORE,
    SHEET,
    STRINGS,
    STYLES,
    Kind,
    grainy,
    noise,
    packed,
    sound,
    with_parts,
    with_sheet,
    with_text,
)

CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
STORED = zipfile.ZIP_STORED
LAUGHS = b"".join(
    (b'<!DOCTYPE r [<!ENTITY a0 "ha">', *(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 12)))
)
XXE = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
OUTSIDE = (
    '<Relationship Id="rId%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '
    'Target="{}" TargetMode="External"/>'
)


def patched(data: bytes, mark: bytes, offset: int, new: bytes, *, nth: int = 0) -> bytes:
    """Bytes overwritten behind the ``nth`` of the marks of a zip file."""
    at = -1
    for _ in range(nth + 1):
        at = data.index(mark, at + 1)
    return data[: at + offset] + new + data[at + offset + len(new) :]


def whole() -> bytes:
    return packed(sound())


def nth(part: str) -> int:
    return list(sound()).index(part)


def renamed(part: str, name: str) -> bytes:
    return packed((name if each == part else each, content) for each, content in sound().items())


def twice(part: str, name: str) -> bytes:
    return packed([*sound().items(), (name, sound()[part])])


def local_name_differs() -> bytes:
    """The directory says sheet1, the bytes before the part say sheet9."""
    return whole().replace(SHEET.encode(), SHEET.replace("1", "9").encode(), 1)


def lying_size(size: int) -> bytes:
    return patched(whole(), CENTRAL, 24, struct.pack("<I", size), nth=nth(SHEET))


def shared_kernel() -> bytes:
    """Thousands of parts over the same packed bytes, as they reach terabytes."""
    kernel = packed({"0.xml": b"<a>" + b" " * 900_000 + b"</a>"})
    start = kernel.index(CENTRAL)
    entry, tail = kernel[start : kernel.index(END)], kernel[kernel.index(END) :]
    entries = entry * 4_000
    end = tail[:8] + struct.pack("<HHII", 4_000, 4_000, len(entries), start) + tail[20:]
    return kernel[:start] + entries + end


def zip64_lies() -> bytes:
    """Sizes of 2^62 in the extra fields of zip64."""
    data = whole()
    at = data.index(CENTRAL)
    name_length = struct.unpack("<H", data[at + 28 : at + 30])[0]
    extra = struct.pack("<HHQQ", 1, 16, 1 << 62, 1 << 62)
    head = data[at : at + 20] + b"\xff" * 8 + data[at + 28 : at + 30] + struct.pack("<H", len(extra))
    entry = head + data[at + 32 : at + 46 + name_length] + extra
    rest = data[at + 46 + name_length :]
    end = rest.index(END)
    size = struct.unpack("<I", rest[end + 12 : end + 16])[0] + len(extra)
    return data[:at] + entry + rest[: end + 12] + struct.pack("<I", size) + rest[end + 16 :]


def in_encoding(part: str, codec: str, declared: str) -> bytes:
    text = sound()[part].decode().replace('encoding="UTF-8"', f'encoding="{declared}"')
    return with_parts({part: text.encode(codec)})


def with_relation(kind: str, target: str) -> bytes:
    """The sheet's relation leads outside of the file."""
    return with_text(
        BOOK_RELATIONS,
        'Target="worksheets/sheet1.xml"',
        f'Target="{target}" TargetMode="{kind}"',
    )


def with_link(target: str) -> bytes:
    """A link to another workbook, which no check may follow."""
    relation = OUTSIDE.format("externalLinkPath", target) % 1
    book = sound()[BOOK].replace(
        b"</sheets>", b'</sheets><externalReferences><externalReference r:id="rId90"/></externalReferences>'
    )
    listed = (
        '<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>'
    )
    return with_parts(
        {
            BOOK: book,
            BOOK_RELATIONS: sound()[BOOK_RELATIONS].replace(b"</Relationships>", listed.encode()),
            "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/'
            b'package/2006/relationships">' + relation.encode() + b"</Relationships>",
        }
    )


def with_prolog(part: str, prolog: bytes) -> bytes:
    head, end, rest = sound()[part].partition(b"?>")
    return with_parts({part: head + end + prolog + rest})


def in_a_string(text: bytes) -> bytes:
    """A shared text that no cell uses, stored so that it is no bomb by its ratio."""
    content = sound()[STRINGS].replace(b"</sst>", b"<si><t>" + text + b"</t></si></sst>")
    return with_parts({STRINGS: content}, STORED)


def many_sheets(number: int) -> bytes:
    entries = "".join(f'<sheet name="S{at}" sheetId="{at + 10}" r:id="rId1"/>' for at in range(number))
    return with_text(BOOK, "</sheets>", f"{entries}</sheets>")


def sheets_of_their_own(number: int) -> bytes:
    """Sheets with a part each."""
    entries = "".join(f'<sheet name="S{at}" sheetId="{at + 10}" r:id="rX{at}"/>' for at in range(number))
    relations = "".join(
        f'<Relationship Id="rX{at}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'worksheet" Target="worksheets/x{at}.xml"/>'
        for at in range(number)
    )
    empty = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
    added = {f"xl/worksheets/x{at}.xml": empty for at in range(number)}
    return with_parts(
        added
        | {
            BOOK: sound()[BOOK].replace(b"</sheets>", f"{entries}</sheets>".encode()),
            BOOK_RELATIONS: sound()[BOOK_RELATIONS].replace(
                b"</Relationships>", f"{relations}</Relationships>".encode()
            ),
        }
    )


def styled(number: int) -> bytes:
    return with_text(STYLES, "</cellXfs>", grainy(b'<xf numFmtId="14" applyNumberFormat="1"/>', number) + b"</cellXfs>")


def formatted(code: str) -> bytes:
    """A number format in use, whose text is looked through for what makes it a date."""
    content = sound()[STYLES].replace(b'formatCode="yyyy-mm-dd"', f'formatCode="{code}"'.encode())
    return with_parts({STYLES: content})


LONG = noise(1_500_000)
PACKAGES: tuple[Kind, ...] = (
    Kind("cut in the middle", "the second half did not arrive", "cut off", lambda: whole()[: len(whole()) // 2]),
    Kind("cut at the end", "the last ten bytes did not arrive", "damaged", lambda: whole()[:-10]),
    Kind("no bytes", "a name and nothing else", "empty", lambda: b""),
    Kind("beginning of a zip", "four bytes, PK 3 4", "cut off", lambda: LOCAL),
    Kind("empty zip", "a directory with no entries", "zip", lambda: END + bytes(18)),
    Kind("junk before", "64 bytes before the container", "damaged", lambda: b"\x00\x01" * 32 + whole()),
    Kind("junk behind", "64 KB of a mail gateway behind the container", "findings", lambda: whole() + b"\0" * 65_000),
    Kind(
        "a second container behind",
        "two workbooks in one file: the last counts, as in Excel",
        "findings",
        lambda: whole() + whole(),
    ),
    Kind(
        "a script before", "a shell script before the container", "damaged", lambda: b"#!/bin/sh\nrm -rf /\n" + whole()
    ),
    Kind(
        "wrong checksum",
        "a part whose checksum is another's",
        "damaged",
        lambda: patched(whole(), CENTRAL, 16, b"\0\0\0\0", nth=nth(SHEET)),
    ),
    Kind("size too small", "the directory gives a part 10 bytes", "damaged", lambda: lying_size(10)),
    Kind("size too large", "the directory gives a part 500 MB", "bomb", lambda: lying_size(500_000_000)),
    Kind("zip64 sizes", "a part of 4 exabytes", "too large", zip64_lies),
    Kind(
        "another name inside",
        "the directory names a part otherwise than the part itself",
        "damaged",
        local_name_differs,
    ),
    Kind("part twice", "two sheets of one name", "damaged", lambda: twice(SHEET, SHEET)),
    Kind(
        "part twice in capitals", "XL/WORKSHEETS/SHEET1.XML beside it", "damaged", lambda: twice(SHEET, SHEET.upper())
    ),
    Kind("other case", "a part named in capitals", "findings", lambda: renamed(SHEET, SHEET.upper())),
    Kind("backslashes", "xl\\worksheets\\sheet1.xml", "damaged", lambda: renamed(SHEET, SHEET.replace("/", "\\"))),
    Kind(
        "part above the folder",
        "../../sheet.xml beside the parts",
        "findings",
        lambda: with_parts({"../../s.xml": b"<a/>"}),
    ),
    Kind(
        "absolute part",
        "/etc/cron.d/job as a part",
        "findings",
        lambda: with_parts({"/etc/cron.d/job": b"* * * * * sh"}),
    ),
    Kind(
        "device as a part", "CON and NUL.xml as parts", "findings", lambda: with_parts({"CON": b"", "NUL.xml": b"<a/>"})
    ),
    Kind("NUL in a name", "sheet9.xml, NUL, .png", "findings", lambda: with_parts({"xl/a.xml\0.png": b"<a/>"})),
    Kind(
        "control characters in a name",
        "colours of a terminal as a part's name",
        "findings",
        lambda: with_parts({"\x1b[31m": b""}),
    ),
    Kind(
        "100,000 parts",
        "a directory of 100,000 entries",
        "bomb",
        lambda: packed((f"{i}", b"") for i in range(100_000)),
        heavy=True,
    ),
    Kind(
        "6,000 parts",
        "6,000 empty parts beside the workbook",
        "bomb",
        lambda: with_parts({f"xl/{i}": b"" for i in range(6_000)}),
    ),
    Kind("shared bytes", "4,000 entries over the same packed bytes", "damaged", shared_kernel),
    Kind("spaces", "a sheet with 30 MB of spaces behind it", "bomb", lambda: with_sheet(after=b" " * 30_000_000)),
    Kind("zeros", "a part of 30 MB of zeros without XML", "bomb", lambda: with_parts({"xl/a.xml": b"\0" * 30_000_000})),
    Kind(
        "bomb in a picture",
        "a picture of 30 MB, packed to 30 KB, which nobody unpacks",
        "findings",
        lambda: with_parts({"xl/media/a.png": b"\x89PNG" + b"\0" * 30_000_000}),
    ),
    Kind(
        "workbook in a workbook",
        "the file as a part of itself",
        "findings",
        lambda: with_parts({"xl/embeddings/b.xlsx": whole()}),
    ),
    Kind("packed by bzip2", "a method that Excel does not know", "damaged", lambda: packed(sound(), zipfile.ZIP_BZIP2)),
    Kind("packed by LZMA", "another of them", "damaged", lambda: packed(sound(), zipfile.ZIP_LZMA)),
    Kind(
        "locked part",
        "one part under a zip password",
        "zip password",
        lambda: patched(patched(whole(), CENTRAL, 8, b"\1\0", nth=3), LOCAL, 6, b"\1\0", nth=3),
    ),
    Kind(
        "long attribute",
        "an attribute of 1.5 MB that does not pack",
        "swollen",
        lambda: with_text(SHEET, "<sheetData>", b'<sheetPr a="' + LONG + b'"/><sheetData>', STORED),
    ),
    Kind(
        "long attribute of the workbook",
        "the same in the list of sheets",
        "swollen",
        lambda: with_text(BOOK, "<sheets>", b'<sheets a="' + LONG + b'">', STORED),
    ),
    Kind(
        "long attribute of the contents",
        "the same in [Content_Types].xml",
        "swollen",
        lambda: with_text(CONTENT_TYPES, "<Default", b'<Default a="' + LONG + b'"', STORED),
    ),
    Kind(
        "long attribute of the styles",
        "the same in the styles",
        "swollen",
        lambda: with_text(STYLES, "<cellXfs", b'<cellXfs a="' + LONG + b'"', STORED),
    ),
    Kind(
        "long comment",
        "an XML comment of 1.5 MB",
        "swollen",
        lambda: with_sheet(after=b"<!--" + LONG + b"-->", method=STORED),
    ),
    Kind(
        "long comment of tags",
        "a comment of millions of < and >",
        "swollen",
        lambda: with_sheet(after=b"<!--" + b"<a>" * 500_000 + b"-->", method=STORED),
    ),
    Kind(
        "long instruction",
        "a processing instruction of 1.5 MB of tags",
        "swollen",
        lambda: with_sheet(after=b"<?a " + b"<a>" * 500_000 + b"?>", method=STORED),
    ),
    Kind("long text", "a shared text of 1.5 MB", "swollen", lambda: in_a_string(LONG)),
    Kind(
        "long CDATA",
        "a shared text of 1.5 MB of tags in CDATA",
        "swollen",
        lambda: in_a_string(b"<![CDATA[" + b"<a>" * 500_000 + b"]]>"),
    ),
    Kind(
        "long name of an element",
        "an element's name of 1.5 MB",
        "swollen",
        lambda: with_sheet(after=b"<" + b"a" * 1_500_000 + b"/>", method=STORED),
    ),
    Kind(
        "comment before the first tag",
        "a comment of 2 MB in the prolog",
        "damaged",
        lambda: with_prolog(CORE, b"<!--" + noise(2_000_000) + b"-->"),
    ),
    Kind(
        "deep elements",
        "a million elements within one another",
        "findings",
        lambda: with_sheet(after=b"<a>" * 1_000_000 + b"</a>" * 1_000_000, method=STORED),
        heavy=True,
    ),
    Kind(
        "deep elements in the workbook",
        "the same in the list of sheets",
        "findings",
        lambda: with_text(BOOK, "</sheets>", b"</sheets>" + b"<a>" * 1_000_000 + b"</a>" * 1_000_000, STORED),
        heavy=True,
    ),
    Kind(
        "16,000 attributes",
        "of one element",
        "findings",
        lambda: with_sheet(after="<a " + " ".join(f'a{i}=""' for i in range(16_000)) + "/>"),
    ),
    Kind(
        "16,000 namespaces",
        "declared by one element",
        "findings",
        lambda: with_sheet(after="<a " + " ".join(f'xmlns:a{i}="{i}"' for i in range(16_000)) + "/>"),
    ),
    Kind(
        "20 million elements",
        "empty ones behind the cells",
        "too large",
        lambda: with_sheet(after=b"<a/>" * 20_000_000, method=STORED),
        heavy=True,
    ),
    Kind("entities", "a billion laughs in the sheet", "doctype", lambda: with_prolog(SHEET, LAUGHS + b"]>")),
    Kind(
        "entities in the properties",
        "the same where nobody reads",
        "doctype",
        lambda: with_prolog(CORE, LAUGHS + b"]>"),
    ),
    Kind(
        "entities in the relations",
        "the same in _rels/.rels",
        "doctype",
        lambda: with_prolog("_rels/.rels", LAUGHS + b"]>"),
    ),
    Kind(
        "outside entity", "file:///etc/passwd as an entity of the texts", "doctype", lambda: with_prolog(STRINGS, XXE)
    ),
    Kind(
        "outside document type",
        "a DTD on another computer",
        "doctype",
        lambda: with_prolog(BOOK, b'<!DOCTYPE r SYSTEM "http://example.com/a.dtd">'),
    ),
    Kind(
        "document type in UTF-16",
        "hidden from whoever looks for bytes",
        "doctype",
        lambda: with_parts({CORE: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE r><r/>'.encode("utf-16")}),
    ),
    Kind(
        "sheet in UTF-16",
        "a sheet in the other encoding of XML",
        "findings",
        lambda: in_encoding(SHEET, "utf-16", "UTF-16"),
    ),
    Kind(
        "sheet in UTF-8 with a mark",
        "a byte order mark before the sheet",
        "findings",
        lambda: in_encoding(SHEET, "utf-8-sig", "UTF-8"),
    ),
    Kind(
        "sheet in UTF-7",
        "an encoding in which < need not stand",
        "damaged",
        lambda: in_encoding(SHEET, "utf-7", "UTF-7"),
    ),
    Kind(
        "sheet in UTF-32",
        "an encoding that no program writes",
        "damaged",
        lambda: in_encoding(SHEET, "utf-32", "UTF-32"),
    ),
    Kind(
        "declared otherwise", "UTF-16 declared, UTF-8 written", "damaged", lambda: in_encoding(SHEET, "utf-8", "UTF-16")
    ),
    Kind("no XML", "a sheet that is plain text", "damaged", lambda: with_parts({SHEET: b"Grant;Shares"})),
    Kind("empty sheet part", "a sheet of no bytes", "damaged", lambda: with_parts({SHEET: b""})),
    Kind("control characters", "a NUL in the sheet", "damaged", lambda: with_sheet(after=b"<a>\0</a>")),
    Kind(
        "contents that lie",
        "[Content_Types].xml calls the workbook a Word document",
        "word",
        lambda: with_text(
            CONTENT_TYPES,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        ),
    ),
    Kind(
        "contents without end",
        "[Content_Types].xml breaks off",
        "damaged",
        lambda: with_text(CONTENT_TYPES, "</Types>", ""),
    ),
    Kind(
        "a million content types",
        "the list of contents names a million parts",
        "findings",
        lambda: with_text(
            CONTENT_TYPES,
            "</Types>",
            grainy(b'<Override PartName="/xl/none.xml" ContentType="a/b"/>', 1_000_000) + b"</Types>",
        ),
        heavy=True,
    ),
    Kind(
        "sheet on the web",
        "a sheet's part is http://...",
        "damaged",
        lambda: with_relation("External", "http://example.com/sheet1.xml"),
    ),
    Kind(
        "sheet on a share",
        "a sheet's part is \\\\host\\share, which sends a password",
        "damaged",
        lambda: with_relation("External", "\\\\example.com\\share\\sheet1.xml"),
    ),
    Kind(
        "sheet in a file",
        "a sheet's part is file:///etc/passwd",
        "damaged",
        lambda: with_relation("External", "file:///etc/passwd"),
    ),
    Kind(
        "sheet above the package",
        "a sheet's part is ../../../etc/passwd",
        "damaged",
        lambda: with_relation("Internal", "../../../../etc/passwd"),
    ),
    Kind(
        "sheet is the workbook",
        "a sheet's part is the list of sheets",
        "damaged",
        lambda: with_relation("Internal", "workbook.xml"),
    ),
    Kind(
        "relations in a circle",
        "the relations' part relates to itself",
        "damaged",
        lambda: with_relation("Internal", "_rels/workbook.xml.rels"),
    ),
    Kind(
        "link to the web",
        "another workbook at http://, not followed",
        "findings",
        lambda: with_link("http://example.com/a.xlsx"),
    ),
    Kind(
        "link to a share",
        "another workbook at \\\\host\\share, not followed",
        "findings",
        lambda: with_link("\\\\example.com\\a.xlsx"),
    ),
    Kind("5,000 sheets", "of one part", "damaged", lambda: many_sheets(5_000)),
    Kind("4,900 sheets", "with a part each", "findings", lambda: sheets_of_their_own(4_900)),
    Kind(
        "sheet name twice",
        "two sheets of one name",
        "damaged",
        lambda: with_text(BOOK, 'name="Holders"', 'name="GRANTS"'),
    ),
    Kind(
        "long sheet name",
        "a name of 1 MB",
        "swollen",
        lambda: with_text(BOOK, 'name="Holders"', b'name="' + noise(1_100_000) + b'"'),
    ),
    Kind(
        "no sheets",
        "an empty list",
        "no sheets",
        lambda: with_parts({BOOK: re.sub(b"<sheet .*?/>", b"", sound()[BOOK])}),
    ),
    Kind(
        "64,000 cell styles",
        "the most that Excel has, as programs leave them behind",
        "findings",
        lambda: styled(64_000),
    ),
    Kind("format that hangs", "a number format of 200,000 brackets", "findings", lambda: formatted("[" * 200_000)),
    Kind(
        "format of 255",
        "the longest, of backslashes and quotes",
        "findings",
        lambda: formatted("\\" * 100 + "&quot;y" * 77),
    ),
    Kind(
        "macros",
        "a vbaProject.bin, which never runs",
        "findings",
        lambda: with_parts({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + noise(5_000)}),
        "ledger.xlsm",
    ),
    Kind(
        "embedded program",
        "an OLE package with a program in it",
        "findings",
        lambda: with_parts({"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0MZ"}),
    ),
    Kind(
        "macro sheet",
        "a sheet of Excel 4 macros in place of Holders",
        "findings",
        lambda: with_text(
            BOOK_RELATIONS,
            'relationships/worksheet" Target="worksheets/sheet4.xml"',
            'relationships/xlMacrosheet" Target="worksheets/sheet4.xml"',
        ),
        "ledger.xlsm",
    ),
    Kind("lying name", "a workbook called invoice.pdf", "findings", whole, "invoice.pdf"),
    Kind("name of escapes", "a file name that clears a terminal", "findings", whole, "\x1b[2J=cmd|'/c calc'!A1.xlsx"),
)
