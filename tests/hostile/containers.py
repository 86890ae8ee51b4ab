"""Archives and mails that are made to hang, fool or harm whoever opens them."""

import base64
import binascii
import gzip
import struct
import zipfile
from collections.abc import Callable, Sequence
from functools import partial

from hostile.kind import Kind, noise, packed, sound
from hostile.packages import CENTRAL, END, LOCAL, patched, shared_kernel

CRLF = b"\r\n"
APPLE_DOUBLE = b"\0\5\x16\7\0\2\0\0Mac OS X" + bytes(100)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ledger() -> bytes:
    """The sound ledger: it has one finding."""
    return packed(sound())


# --- Archives ---------------------------------------------------------------------------------------------------------


def nested(times: int, name: str = "inner.zip") -> bytes:
    """A ledger in a zip file in a zip file..."""
    data = packed({"ledger.xlsx": ledger()})
    for _ in range(times - 1):
        data = packed({name: data})
    return data


def branching(deep: int, wide: int) -> bytes:
    """Each level holds the one below that many times: wide to the power of deep."""
    data = packed({"bomb.txt": b"0" * 1_000_000})
    for _ in range(deep):
        data = packed([(f"{at}.zip", data) for at in range(wide)])
    return data


def droste() -> bytes:
    """A zip file that holds a zip file of the same name, and so on."""
    inner = packed({"droste.zip": b""})
    for _ in range(30):
        inner = packed({"droste.zip": inner}, zipfile.ZIP_STORED)
    return inner


def locked() -> bytes:
    data = packed({"ledger.xlsx": ledger()})
    return patched(patched(data, CENTRAL, 8, b"\1\0"), LOCAL, 6, b"\1\0")


def with_link_to(target: str) -> bytes:
    """A zip file with a symbolic link, as Unix packs it, beside a ledger."""
    data = packed([("ledger.xlsx", target.encode()), ("true.xlsx", ledger())])
    return patched(data, CENTRAL, 38, struct.pack("<I", 0o120777 << 16))


# --- Mails ------------------------------------------------------------------------------------------------------------


def headers(subject: bytes = b"Grants", more: bytes = b"") -> bytes:
    lines = (b"From: Ada <ada@example.com>", b"To: plan@example.com", b"Subject: " + subject)
    return CRLF.join((*lines, b"Date: Mon, 31 Jan 2011 10:00:00 +0000", b"MIME-Version: 1.0", more))


def attachment(
    data: bytes, name: bytes = b'"ledger.xlsx"', kind: bytes = XLSX.encode(), encoding: bytes = b"base64"
) -> bytes:
    body = base64.encodebytes(data) if encoding == b"base64" else data
    head = (
        b"Content-Type: " + kind,
        b"Content-Transfer-Encoding: " + encoding,
        b"Content-Disposition: attachment; filename=" + name,
    )
    return CRLF.join((*head, b"", body.replace(b"\n", CRLF) if encoding == b"base64" else body))


def mail(
    *parts: bytes, boundary: bytes = b"b1", close: bool = True, more: bytes = b"", subject: bytes = b"Grants"
) -> bytes:
    head = headers(subject, b"Content-Type: multipart/mixed; boundary=" + boundary + (CRLF + more if more else b""))
    body = b"".join(b"--" + boundary + CRLF + part + CRLF for part in parts)
    return head + CRLF * 2 + body + (b"--" + boundary + b"--" + CRLF if close else b"")


def attached(name: bytes = b'"ledger.xlsx"', kind: bytes = XLSX.encode()) -> bytes:
    return mail(attachment(ledger(), name, kind))


def multiparts(deep: int) -> bytes:
    """Parts within parts."""
    lines = [b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d" % (at, at) for at in range(deep)]
    return headers() + CRLF.join((*lines, attachment(ledger())))


def messages(deep: int) -> bytes:
    """Mails within mails."""
    data = attached()
    for _ in range(deep):
        data = headers(more=b"Content-Type: message/rfc822") + CRLF * 2 + data
    return data


def uuencoded() -> bytes:
    data = ledger()
    lines = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return headers() + CRLF + b"begin 644 ledger.xlsx\n" + lines + b"`\nend\n"


def mailbox(mails: int) -> bytes:
    one = attached().replace(CRLF, b"\n")
    return b"".join(
        b"From ada@example.com Mon Jan 31 10:00:%02d 2011\n" % (at % 60) + one + b"\n" for at in range(mails)
    )


def tnef() -> bytes:
    return mail(attachment(struct.pack("<IH", 0x223E9F78, 1) + noise(2_000), b'"winmail.dat"', b"application/ms-tnef"))


def kind(
    name: str, what: str, outcome: str, build: Callable[[], bytes], file_name: str = "mail.eml", *, heavy: bool = False
) -> Kind:
    return Kind(name, what, outcome, build, file_name, container=True, heavy=heavy)


archive = partial(kind, file_name="ledgers.zip")


def names(*each: str) -> Callable[[], bytes]:
    return lambda: packed([(name, ledger()) for name in each])


def repeated(parts: Sequence[tuple[str, bytes]], times: int) -> bytes:
    return packed([(f"{at}/{name}", data) for at in range(times) for name, data in parts])


CONTAINERS: tuple[Kind, ...] = (
    archive("zip in a zip", "three deep", "findings", lambda: nested(3)),
    archive("zip 50 deep", "a ledger below all", "nested", lambda: nested(50)),
    archive(
        "droste",
        "a zip file that holds one like itself, thirty times over",
        "nested",
        droste,
    ),
    archive(
        "zips that branch",
        "16 in each of 5 levels: a terabyte",
        "63 × too many, 13 × left",
        lambda: branching(5, 16),
        heavy=True,
    ),
    archive("zip bomb of zeros", "60 MB in 60 KB", "bomb", lambda: packed({"a.xlsx": bytes(60_000_000)})),
    archive("zip of shared bytes", "4,000 entries over the same bytes", "bomb", shared_kernel),
    archive(
        "zip of 20,000 files",
        "empty ones",
        "nothing inside",
        lambda: packed((f"{at}.txt", b"") for at in range(20_000)),
        heavy=True,
    ),
    archive("zip with a password", "the ledger is locked", "entry locked", locked),
    archive("zip cut off", "without its directory", "archive cut off", lambda: names("ledger.xlsx")()[:-200]),
    archive("zip of nothing", "no entries", "archive empty", lambda: END + bytes(18)),
    archive(
        "zip above the folder",
        "../../../etc/cron.d/ledger.xlsx",
        "findings",
        names("../../../etc/cron.d/ledger.xlsx"),
    ),
    archive(
        "zip with absolute names",
        "/etc/passwd and C:\\Windows\\ledger.xlsx",
        "2 × findings",
        names("/etc/passwd", "C:\\Windows\\ledger.xlsx"),
    ),
    archive(
        "zip with the same name twice",
        "two ledgers under one name",
        "findings, damaged",
        lambda: packed([("a.xlsx", ledger()), ("a.xlsx", ledger()[:-10])]),
    ),
    archive(
        "zip with other encodings",
        "names in CP437 and Shift-JIS",
        "findings",
        lambda: names("ledger.xlsx")().replace(b"ledger", b"\x8b\x8b\x97^\x8b\x8b"),
    ),
    archive(
        "zip with a symbolic link",
        "a link to /etc/passwd",
        "findings, text",
        lambda: with_link_to("/etc/passwd"),
    ),
    archive(
        "zip with escapes in a name",
        "a name that clears a terminal",
        "findings",
        names("\x1b[2J\x1b[31mledger.xlsx"),
    ),
    archive(
        "zip with a lying size",
        "4 GB promised, 7 KB there",
        "too large",
        lambda: patched(names("ledger.xlsx")(), CENTRAL, 24, b"\xfe\xff\xff\xff"),
    ),
    archive(
        "zip with bad sums",
        "a checksum of another file",
        "entry damaged",
        lambda: patched(names("ledger.xlsx")(), CENTRAL, 16, b"abcd"),
    ),
    archive(
        "zip by LZMA",
        "a method that may be opened or not",
        "findings",
        lambda: packed({"ledger.xlsx": ledger()}, zipfile.ZIP_LZMA),
    ),
    archive(
        "zip behind a program",
        "a self-extracting archive",
        "other",
        lambda: b"MZ" + noise(2_000) + names("ledger.xlsx")(),
    ),
    archive(
        "gzip",
        "a ledger in gzip",
        "archive",
        lambda: gzip.compress(ledger(), mtime=0),
        file_name="ledger.xlsx.gz",
    ),
    archive(
        "hidden and lock files",
        "__MACOSX/._ledger.xlsx and ~$ledger.xlsx",
        "findings, 3 × left",
        names("__MACOSX/._ledger.xlsx", "~$ledger.xlsx", ".hidden.xlsx", "ledger.xlsx"),
    ),
    archive(
        "zip from a Mac",
        "beside the ledger what the Mac keeps of it",
        "findings, left",
        lambda: packed({"march/ledger.xlsx": ledger(), "__MACOSX/march/._ledger.xlsx": APPLE_DOUBLE}),
    ),
    archive(
        "7-Zip called a zip file",
        "ledgers.zip is of another kind",
        "archive",
        lambda: b"7z\xbc\xaf\x27\x1c\0\4" + noise(2_000),
    ),
    archive(
        "the same ledger 500 times",
        "under 500 names",
        "500 × findings",
        lambda: repeated([("ledger.xlsx", ledger())], 500),
    ),
    kind("mail with a ledger", "as it should be", "findings", attached),
    kind(
        "mail cut in the attachment",
        "half of the base64 arrived",
        "cut off",
        lambda: attached()[: len(attached()) // 2],
    ),
    kind(
        "mail without its last boundary",
        "the attachment is whole",
        "findings",
        lambda: mail(attachment(ledger()), close=False),
    ),
    kind(
        "mail with junk in the base64",
        "letters that are none",
        "archive cut off",
        lambda: attached().replace(b"AAAA", b"A*A\x00AA!A", 3),
    ),
    kind(
        "mail that lies of its kind",
        "a ledger called image/png, picture.png",
        "findings",
        lambda: attached(b'"picture.png"', b"image/png"),
    ),
    kind(
        "mail with a program",
        "MZ called ledger.xlsx",
        "other",
        lambda: mail(attachment(b"MZ" + noise(500))),
    ),
    kind(
        "mail with a name above the folder",
        "../../../../etc/cron.d/ledger.xlsx",
        "findings",
        lambda: attached(b'"../../../../etc/cron.d/ledger.xlsx"'),
    ),
    kind(
        "mail with no name",
        "an attachment without a file name",
        "findings",
        lambda: attached().replace(b'; filename="ledger.xlsx"', b""),
    ),
    kind(
        "mail from a Mac",
        "beside the ledger what the Mac keeps of it, called ledger.xlsx too",
        "findings, left",
        lambda: mail(attachment(APPLE_DOUBLE, kind=b"application/applefile"), attachment(ledger())),
    ),
    kind(
        "mail with a web page of the same name",
        "two ledger.xlsx, of which the second is HTML",
        "findings, html",
        lambda: mail(attachment(ledger()), attachment(b"<html><table></table></html>")),
    ),
    kind(
        "mail with an encoded name",
        "=?utf-8?b?...?= with a line break in it",
        "findings",
        lambda: attached(b'"=?utf-8?b?' + base64.b64encode(b"a\r\nX-Evil: 1.xlsx") + b'?="'),
    ),
    kind(
        "mail with a name in pieces",
        "filename*0*, filename*1, filename*99",
        "findings",
        lambda: attached(b"x; filename*0*=utf-8''led; filename*1=ger; filename*99=.xlsx"),
    ),
    kind(
        "mail with a name of a megabyte",
        "in one line",
        "findings",
        lambda: attached(b'"' + noise(1_000_000) + b'.xlsx"'),
    ),
    kind(
        "mail with two ledgers of one name",
        "one of them cut",
        "findings, damaged",
        lambda: mail(attachment(ledger()), attachment(ledger()[:-10])),
    ),
    kind(
        "mail with parts 3,000 deep",
        "multipart in multipart",
        "nested",
        lambda: multiparts(3_000),
    ),
    kind(
        "mail with 20,000 parts",
        "empty ones",
        "container too large",
        lambda: mail(*([b"Content-Type: text/plain\r\n\r\n"] * 20_000)),
    ),
    kind("mail in a mail", "a ledger in the third of them", "findings", lambda: messages(2)),
    kind(
        "mail in a mail 200 times",
        "message/rfc822 in message/rfc822",
        "nested",
        lambda: messages(200),
    ),
    kind(
        "mail with 100,000 headers",
        "X-0: 0, X-1: 1, ...",
        "findings",
        lambda: attached().replace(
            b"MIME-Version", b"".join(b"X-%d: 1\r\n" % at for at in range(100_000)) + b"MIME-Version", 1
        ),
    ),
    kind(
        "mail with a header of 5 MB",
        "folded over 100,000 lines",
        "findings",
        lambda: mail(attachment(ledger()), more=b"X-Long: " + b"\r\n ".join([b"a" * 50] * 100_000)),
    ),
    kind(
        "mail with a boundary of nothing",
        'boundary=""',
        "mail cut off",
        lambda: attached().replace(b"boundary=b1", b'boundary=""'),
    ),
    kind(
        "mail with an unknown encoding",
        "x-secret",
        "text",
        lambda: attached().replace(b"base64", b"x-secret"),
    ),
    kind(
        "mail in an unknown alphabet",
        "charset=x-martian in the subject and text",
        "findings",
        lambda: mail(
            b"Content-Type: text/plain; charset=x-martian\r\n\r\n\xff\xfe",
            attachment(ledger()),
            subject=b"=?x-martian?q?=FF?=",
        ),
    ),
    kind(
        "mail with escapes in the subject",
        "a subject that clears a terminal, a sender =cmd|...",
        "findings",
        lambda: mail(attachment(ledger()), subject=b"\x1b[2J=cmd|'/c calc'!A1"),
    ),
    kind(
        "mail with a date that is none",
        "31 February 99999",
        "findings",
        lambda: attached().replace(b"31 Jan 2011", b"31 Feb 99999"),
    ),
    kind(
        "mail with a zip",
        "a zip file with a ledger attached",
        "findings",
        lambda: mail(attachment(nested(1), b'"march.zip"', b"application/zip")),
    ),
    kind("mail in uuencode", "begin 644 in the text", "findings", uuencoded),
    kind("mail of Outlook's own", "winmail.dat of noise", "mail cut off", tnef),
    kind("mail with single line feeds", "and no carriage return", "findings", lambda: attached().replace(CRLF, b"\n")),
    kind(
        "mail of NULs",
        "headers, then 1 MB of zeros",
        "nothing inside",
        lambda: headers() + CRLF * 2 + bytes(1_000_000),
    ),
    kind(
        "mailbox of 500",
        "mails with the same ledger",
        "500 × findings",
        lambda: mailbox(500),
        "march.mbox",
    ),
    kind(
        "mailbox that breaks off",
        "in the third mail",
        "2 × findings, cut off",
        lambda: mailbox(3)[:-5_000],
        "march.mbox",
    ),
)
