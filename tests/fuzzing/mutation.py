"""Changes a workbook where a change means something: inside its parts, which are packed again."""

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable

from hostile.kind import packed

READ = ("xl/", "[Content_Types].xml")
# fmt: off
WORDS = (
    b"0", b"-1", b"1", b"2", b"60", b"1048576", b"1048577", b"16384", b"99999999999", b"1e999", b"NaN", b"", b"A1",
    b"$A$1", b"XFD1048576", b"A1:XFD1048576", b"A:A", b"1:1", b"#REF!", b"#N/A", b"TRUE", b"s", b"str",
    b"inlineStr", b"e", b"b", b"d", b"shared", b"array", b"dataTable", b"rId1", b"rId2",
    b"../worksheets/sheet1.xml", b"External", b"ISO", b"NSO", b"GRANT", b"SPLIT", b"EXERCISE", b"CANCEL",
    b"RESERVE", b"ACCELERATE", b"Grant", b"Shares", b"2004-01-05", b"SUM(A1:A9)", b"POOL_AVAILABLE(1,A1:A3,G1:G3)",
    b"ISO_LIMIT_SPLIT(A2:A3,D2:D3,E2:E3,D2:D3,G2:G3)", b"PLAN_CHECK(A1:G3)", b"LET(a,1,a)", b"IF(A1,B1,C1)", b"A1#",
    b"@A1", b"[1]Sheet!A1", b"T[Grant]", b"INDIRECT(A1)", b"{1,2;3,4}", b"1/0", b"&lt;", b"&#0;", b"_x0000_",
    b"\xff\xfe", b"<a>", b"</c>", b"<!--", b"<![CDATA[",
)
MAIL_WORDS = (  # and words of archives and of Outlook's files
    b"\r\n", b"\r\n\r\n", b"\r\n ", b"--b1", b"--b1--", b"Content-Type: ", b"multipart/mixed; boundary=b1",
    b"multipart/alternative", b"multipart/encrypted", b"message/rfc822", b"message/partial", b"application/pkcs7-mime",
    b"text/plain", b"charset=", b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"x-uuencode",
    b"Content-Disposition: attachment", b"; filename=", b"; filename*=utf-8''", b"; filename*0*=", b"; filename*1=",
    b"=?utf-8?b?", b"=?utf-8?q?", b"?=", b"Date: ", b"Subject: ", b"From: ", b"From a@b Mon Jan 31 10:00:00 2011\n",
    b"begin 644 a.xlsx\n", b"`\nend\n", b"../", b"\\", b"\0", b"\x1b[2J", b"\xff", b"\xe2\x80\xae",
    b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff",
    b"\x78\x9f\x3e\x22", b"\x1f\0", b"\x1e\0", b"\x0d\0", b"\x02\x01", b"\7\x37", b"\1\x37",
)
# fmt: on
_VALUE = re.compile(rb'="[^"]*"|>[^<]+<')
_ELEMENT = re.compile(rb"<(\w+)[^>]*?(?:/>|>[^<]*</\1>)")
_CELL = re.compile(rb"<c [^>]*>.*?</c>")


def mutated(data: bytes, largest: int, seed: int) -> bytes:
    """Another file like this one."""
    chance = random.Random(seed)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > 1 << 21:
                raise ValueError
            content = [(part.filename, archive.read(part)) for part in archive.infolist()]
        if not content:
            raise ValueError
    except Exception:  # whatever a broken zip file makes of zipfile
        return _bytes_changed(data, chance)[:largest]
    if chance.random() < 0.05:
        return _bytes_changed(data, chance)[:largest]
    read = [at for at, (name, _) in enumerate(content) if name.startswith(READ)] or [0]
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.choice(read)
        name, part = content[at]
        content[at] = name, chance.choice(CHANGES)(part, chance)
    if chance.random() < 0.05:
        at = chance.randrange(len(content))
        content[at] = chance.choice(content)[0], content[at][1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a part that is there twice
        made = packed(content)
    return made if len(made) <= largest else data


def lines_changed(data: bytes, largest: int, seed: int) -> bytes:
    """A mail with lines left out, doubled, moved, or with a word in them: most of its bytes are attachments."""
    chance = random.Random(seed)
    lines = data.splitlines(keepends=True) or [b""]
    speaking = [
        at for at, line in enumerate(lines) if b":" in line or line.startswith((b"--", b" ", b"begin", b"From"))
    ]
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.choice(speaking) if speaking and chance.random() < 0.8 else chance.randrange(len(lines))
        at = min(at, len(lines) - 1)
        line = lines[at]
        match chance.randrange(5):
            case 0 if len(lines) > 1:
                del lines[at]
            case 1:
                lines.insert(chance.randrange(len(lines)), line)
            case 2:
                lines[at : at + 1] = lines[chance.randrange(len(lines)) :][: chance.randrange(1, 20)]
            case 3:
                lines.insert(at, chance.choice(MAIL_WORDS))
            case _:
                place = chance.randrange(len(line) + 1)
                lines[at] = line[:place] + chance.choice(MAIL_WORDS) + line[place + chance.randrange(3) :]
        lines = lines or [b""]
    return b"".join(lines)[:largest]


def _bytes_changed(part: bytes, chance: random.Random) -> bytes:
    changed = bytearray(part)
    for _ in range(chance.choice((1, 1, 3))):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(3):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[at : at + chance.randrange(1, 9)]
            case _:
                changed[at:at] = chance.choice(WORDS)
    return bytes(changed)


def _value_changed(part: bytes, chance: random.Random) -> bytes:
    """An attribute or a text that says something else."""
    found = list(_VALUE.finditer(part))
    if not found:
        return _bytes_changed(part, chance)
    match = chance.choice(found)
    was = match[0]
    head, tail = (was[:2], was[-1:]) if was.startswith(b"=") else (was[:1], was[-1:])
    new = chance.choice(WORDS) if chance.random() < 0.7 else chance.choice(found)[0].strip(b'=<>"')
    return part[: match.start()] + head + new + tail + part[match.end() :]


def _element_moved(part: bytes, chance: random.Random) -> bytes:
    """An element left out, doubled, or copied to elsewhere."""
    found = list((_CELL if chance.random() < 0.5 else _ELEMENT).finditer(part))
    if not found:
        return _bytes_changed(part, chance)
    match, other = chance.choice(found), chance.choice(found)
    if chance.random() < 0.3:
        return part[: match.start()] + part[match.end() :]
    return part[: other.start()] + match[0] + part[other.start() :]


def _formula_added(part: bytes, chance: random.Random) -> bytes:
    """A cell that has a formula now."""
    at = [match.start() for match in re.finditer(rb"<v>", part)]
    if not at:
        return _value_changed(part, chance)
    where = chance.choice(at)
    formula = b"+".join(chance.choices(WORDS, k=chance.choice((1, 1, 2))))
    return part[:where] + b"<f>" + formula.replace(b"<", b"&lt;").replace(b"&#0;", b"") + b"</f>" + part[where:]


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _value_changed,
    _value_changed,
    _value_changed,
    _element_moved,
    _formula_added,
    _bytes_changed,
)
