"""Mails: what is attached, under which name, and what of it is missing."""

import base64
import binascii
import codecs
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.opening.making import BOOK, mail, multipart, opened, survives, told
from plansheet.batch.opening import mail as mail_module
from plansheet.batch.opening.inside import Inside
from plansheet.batch.opening.mail import REST, open_mail
from plansheet.batch.opening.transfer import CUT, GARBLED, UNKNOWN
from plansheet.report.verdicts import Mail
from plansheet.workbook.reading.unreadable import Unreadable

TEXT = b"Content-Type: text/plain\r\n\r\nPlease check.\r\n"
PLAIN = mail(("ledger.xlsx", BOOK)).as_bytes()


def in_base64(data: bytes = BOOK, name: bytes = b'filename="ledger.xlsx"', kind: bytes = b"application/x") -> bytes:
    head = b"Content-Type: %s\r\nContent-Disposition: attachment; %s\r\n" % (kind, name)
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).replace(b"\n", b"\r\n")


def in_uu(data: bytes, name: bytes = b"ledger.xlsx") -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45], backtick=True) for at in range(0, len(data), 45)]
    return b"begin 644 " + name + b"\n" + b"".join(lines) + b"`\nend\n"


def only(data: bytes) -> Inside:
    [inside] = opened(open_mail, data)
    return inside


def test_what_is_attached_comes_with_the_mail() -> None:
    message = mail(("a.xlsx", BOOK), ("b.xlsx", b"b"))
    message.add_attachment("1,2\n", subtype="csv", filename="c.csv")
    insides = opened(open_mail, message.as_bytes())
    assert told(insides) == [("a.xlsx", BOOK), ("b.xlsx", b"b"), ("c.csv", b"1,2\n")]
    expected = Mail("Ada Arbor <ada@example.com>", "Option ledger", "2025-10-06T09:00:00+02:00")
    assert {each.mail for each in insides} == {expected}
    assert all(each.damage == "" and each.within == () for each in insides)


def test_a_mail_with_nothing_attached_holds_nothing() -> None:
    message = mail()
    message.add_alternative("<p>Please check.</p>", subtype="html")
    assert opened(open_mail, message.as_bytes()) == []


def test_a_mail_may_be_its_attachment() -> None:
    assert told(opened(open_mail, b"From: a\r\nSubject: b\r\n" + in_base64())) == [("ledger.xlsx", BOOK)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_whatever_ends_its_lines(end: bytes) -> None:
    assert told(opened(open_mail, PLAIN.replace(b"\n", end))) == [("ledger.xlsx", BOOK)]


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n\r\n", b"From ada Mon Oct 06 09:00:00 2025\n"])
def test_what_stands_before_the_headers_is_passed_over(before: bytes) -> None:
    inside = only(before + PLAIN)
    assert inside.data == BOOK
    assert inside.mail
    assert inside.mail.subject == "Option ledger"


def test_a_picture_in_the_text_is_attached_too() -> None:
    picture = b"Content-Type: image/png\r\nContent-Disposition: inline\r\nContent-ID: <1>\r\n\r\n\x89PNG"
    assert told(opened(open_mail, multipart(TEXT, picture, kind=b"related"))) == [("attachment 1", b"\x89PNG")]


def test_the_same_name_twice_is_told_apart() -> None:
    data = mail(("a.xlsx", b"1"), ("a.xlsx", b"2")).as_bytes()
    assert told(opened(open_mail, data)) == [("a.xlsx", b"1"), ("a.xlsx (2)", b"2")]


# --- Names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (b'filename="a b.xlsx"', "a b.xlsx"),
        (b"filename=a.xlsx", "a.xlsx"),
        (b'filename="=?utf-8?B?TcOkcnoueGxzeA==?="', "März.xlsx"),
        (b'filename="=?iso-8859-1?Q?M=E4rz=2Exlsx?="', "März.xlsx"),
        (b'filename="=?utf-8?Q?M=C3?=\r\n =?utf-8?Q?=A4rz.xlsx?="', "März.xlsx"),
        (b"filename==?utf-8?Q?M=C3=A4rz.xlsx?=", "März.xlsx"),
        (b"filename*=utf-8''M%C3%A4rz.xlsx", "März.xlsx"),
        (b"filename*0*=utf-8''M%C3%A4;\r\n filename*1=rz.xlsx", "März.xlsx"),
        (b"filename*=x-none''M%E4rz.xlsx", None),
        ('filename="März.xlsx"'.encode(), "März.xlsx"),
        ('filename="März.xlsx"'.encode("iso-8859-1"), "März.xlsx"),
        (b'filename="=?utf-8?B?A?="', None),
        (b'filename="=?x-none?Q?a=2Exlsx?="', "a.xlsx"),
        (b'filename="../../../etc/a.xlsx"', "a.xlsx"),
        (b'filename="C:\\\\Users\\\\ada\\\\a.xlsx"', "a.xlsx"),
        (b'filename="..\\\\a.xlsx"', "a.xlsx"),
        (b'filename="/"', "attachment 1"),
        (b'filename=""', "attachment 1"),
        (b"filename", None),
        (b"filename*0*=''%;filename*x=1;filename*99999999999999999999*=b", None),
        (b'filename="a\x1b]0;b.xlsx"', "a\ufffd]0;b.xlsx"),
        (b'filename="' + b"a" * 400 + b'"', "a" * 254 + "…"),
        (b'filename="' + b";" * 400_000, None),
    ],
)
def test_a_name_is_read_as_it_was_meant_and_never_with_its_folders(sent: bytes, shown: str | None) -> None:
    started = time.perf_counter()
    inside = only(multipart(TEXT, in_base64(name=sent)))
    assert time.perf_counter() - started < 2
    assert inside.data == BOOK
    assert inside.name
    assert inside.name.isprintable()
    if shown is not None:
        assert inside.name == shown


def test_a_name_may_stand_beside_the_kind() -> None:
    part = b'Content-Type: text/plain; name="a.xlsx"\r\n\r\nPK'
    assert told(opened(open_mail, multipart(TEXT, part))) == [("a.xlsx", b"PK")]


def test_headers_that_cannot_be_read_are_left_empty_and_the_rest_is_read() -> None:
    data = PLAIN.replace(b"Mon, 06 Oct 2025 09:00:00 +0200", b"yesterday").replace(b"Option", b"Opti\xf6n")
    assert only(data).mail == Mail("Ada Arbor <ada@example.com>", "Optiön ledger", "")
    assert only(PLAIN.replace(b"Mon, 06 Oct 2025", b"Mon, 99 Oct 99999")).mail == Mail(
        "Ada Arbor <ada@example.com>", "Option ledger", ""
    )


# --- Encodings of the bytes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", [b"binary", b"8bit", b"7bit", b"", b"foobar"])
def test_bytes_as_they_are_stay_as_they_are(encoding: bytes) -> None:
    data = bytes(range(256)) * 3 + b"\r\r\n\n\r"
    part = b"Content-Type: application/x\r\nContent-Transfer-Encoding: %s\r\n\r\n%s" % (encoding, data)
    assert only(multipart(TEXT, part)).data == data


def test_an_encoding_that_is_not_known_is_named() -> None:
    part = b"Content-Type: application/x\r\nContent-Transfer-Encoding: X-\x1bSecret\r\n\r\nletters"
    inside = only(multipart(TEXT, part))
    assert inside.data == b"letters"
    assert inside.damage == UNKNOWN.format("x-\ufffdsecret")


@pytest.mark.parametrize("charset", [b'"u\0tf"', b"x-martian", b"*=utf-8''utf-8", b"*0*=a", b"hex", b"idna"])
@pytest.mark.parametrize("encoding", [b"base64", b"8bit", b"x-uuencode"])
def test_the_alphabet_that_an_attachment_names_does_not_matter(charset: bytes, encoding: bytes) -> None:
    head = b"Content-Type: application/x; charset%s%s\r\n" % (b"" if charset.startswith(b"*") else b"=", charset)
    part = b"%sContent-Transfer-Encoding: %s\r\n\r\n" % (head, encoding)
    body = {b"base64": b"UEsD\xff", b"8bit": b"PK\3\xff", b"x-uuencode": b"begin 644 \xff\n#4$L#\n`\nend\n"}[encoding]
    assert only(multipart(TEXT, part + body)).data == (b"PK\3\xff" if encoding == b"8bit" else b"PK\3")


def test_nor_does_the_alphabet_of_a_multipart_without_parts() -> None:
    head = b'From: a@example.com\r\nSubject: s\r\nContent-Type: multipart/mixed; charset="u\0tf"\r\n\r\n'
    assert told(opened(open_mail, head + b"\xff")) == [(REST, "mail cut off")]


def test_quoted_printable_with_a_blank_behind_its_name_is_read() -> None:
    part = b"Content-Type: application/x\r\nContent-Transfer-Encoding: quoted-printable \r\n\r\na=3Db"
    assert only(multipart(TEXT, part)).data == b"a=b"


def test_quoted_printable_is_read() -> None:
    part = b"Content-Type: application/x\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\n"
    assert only(multipart(TEXT, part + codecs.encode(BOOK, "quopri"))).data == BOOK


@pytest.mark.parametrize(
    ("change", "damage"),
    [
        ((b"UEsDB", b"U*E!s$DB"), GARBLED),
        ((b"UEsDB", b"UEsD\xffB"), GARBLED),
        ((b"UEsDB", b"UE sDB"), ""),
    ],
)
def test_of_bad_base64_what_it_holds_is_read(change: tuple[bytes, bytes], damage: str) -> None:
    part = in_base64()
    assert change[0] in part
    inside = only(multipart(TEXT, part.replace(*change, 1)))
    assert (inside.data, inside.damage) == (BOOK, damage)


def test_base64_that_was_closed_and_goes_on_is_put_together() -> None:
    head, body = in_base64(b"").rstrip() + b"\r\n\r\n", base64.b64encode(b"a") + b"\r\n" + base64.b64encode(b"bc")
    inside = only(multipart(TEXT, head + body))
    assert (inside.data, inside.damage) == (b"abc", GARBLED)
    assert only(multipart(TEXT, head + b"QQ=" * 5_000_000)).damage == GARBLED


@pytest.mark.parametrize("cut", [1, 2, 3, 5])
def test_base64_without_its_end_is_cut(cut: int) -> None:
    inside = only(multipart(TEXT, in_base64(b"abcdef" * 20).rstrip()[:-cut]))
    assert inside.damage == CUT
    assert (b"abcdef" * 20).startswith(inside.data)


def test_uuencoded_parts_are_read() -> None:
    part = b"Content-Type: application/x; name=a\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
    assert only(multipart(TEXT, part + in_uu(BOOK))).data == BOOK
    assert only(multipart(TEXT, part + in_uu(BOOK).partition(b"\n")[2])).data == BOOK


def test_uuencoded_files_in_the_text_are_found() -> None:
    text = b"Hello,\n" + in_uu(BOOK, b"..\\M\xe4rz.xlsx") + b"and\n" + in_uu(b"b" * 99, b"b.csv") + b"Ada\n"
    assert told(opened(open_mail, b"From: a\nSubject: b\n\n" + text)) == [("März.xlsx", BOOK), ("b.csv", b"b" * 99)]
    assert told(opened(open_mail, multipart(b"\r\n" + text)))[0] == ("März.xlsx", BOOK)


def test_uuencoded_files_may_be_damaged() -> None:
    whole = b"From: a\nSubject: b\n\n" + in_uu(BOOK)
    cut = only(whole[:3000])
    assert cut.damage == CUT
    assert cut.data[:2000] == BOOK[:2000]
    garbled = only(whole[:3000] + b"\nM~~~~\nend\n")
    assert garbled.damage == GARBLED


def test_a_sentence_that_begins_so_is_no_file() -> None:
    assert opened(open_mail, b"From: a\nSubject: b\n\nbegin 644 things\nand go on with them\n") == []


# --- Mails in mails ---------------------------------------------------------------------------------------------------


def test_an_enclosed_mail_is_left_as_it_came() -> None:
    inner = PLAIN[:-40]  # its end is missing, which opening it will tell
    enclosed = b"Content-Type: message/rfc822\r\n\r\n" + inner
    assert told(opened(open_mail, multipart(TEXT, enclosed))) == [("Option ledger.eml", inner)]
    assert told(opened(open_mail, multipart(b"\r\n" + PLAIN, kind=b"digest"))) == [("Option ledger.eml", PLAIN)]


def test_an_enclosed_mail_has_the_name_that_it_is_given() -> None:
    enclosed = b'Content-Type: message/rfc822; name="a/b.eml"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    data = multipart(TEXT, enclosed + base64.encodebytes(PLAIN), b"Content-Type: message/rfc822\r\n\r\nno headers")
    assert told(opened(open_mail, data)) == [("b.eml", PLAIN), ("mail.eml", b"no headers")]


def test_what_servers_report_is_no_attachment() -> None:
    report = b"Content-Type: message/delivery-status\r\n\r\nStatus: 5.0.0\r\n\r\nAction: failed\r\n"
    assert told(opened(open_mail, multipart(TEXT, report, in_base64()))) == [("ledger.xlsx", BOOK)]


def nested(depth: int) -> bytes:
    lines = [b"From: a", b"Subject: b"]
    for level in range(depth):
        lines += [b'Content-Type: multipart/mixed; boundary="b%d"' % level, b"", b"--b%d" % level]
    lines += [in_base64(), *(b"--b%d--" % level for level in reversed(range(depth)))]
    return b"\r\n".join(lines)


def test_parts_in_parts_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_module, "DEEPEST", 7)
    assert only(nested(7)).data == BOOK
    with pytest.raises(Unreadable) as caught:
        opened(open_mail, nested(8))
    assert caught.value.kind == "nested"


def test_a_mail_of_thousands_of_levels_does_no_harm() -> None:
    with pytest.raises(Unreadable) as caught:
        opened(open_mail, nested(3000))
    assert caught.value.kind == "nested"


def test_parts_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_module, "MOST_PARTS", 4)
    assert len(opened(open_mail, multipart(*[in_base64()] * 3))) == 3
    with pytest.raises(Unreadable) as caught:
        opened(open_mail, multipart(*[in_base64()] * 4))
    assert caught.value.kind == "container too large"


def test_a_mail_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_module, "LARGEST_MAIL", len(PLAIN))
    assert only(PLAIN).data == BOOK
    with pytest.raises(Unreadable, match="a mail of"):
        opened(open_mail, PLAIN + b"\n")


# --- What is missing --------------------------------------------------------------------------------------------------


def test_a_mail_that_breaks_off_in_an_attachment_says_so_there() -> None:
    first, second = opened(open_mail, multipart(in_base64(), in_base64(), end=b""))
    assert (first.data, first.damage) == (BOOK, "")
    assert (second.data, second.damage) == (BOOK, CUT)


def test_a_mail_that_breaks_off_before_an_attachment_says_so() -> None:
    texts = multipart(TEXT, kind=b"alternative").partition(b"\r\n\r\n")[2]
    alternative = b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    outer = b'From: a\r\nSubject: s\r\nContent-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\n'
    for data in (
        multipart(TEXT, end=b""),
        multipart(end=b""),
        outer + alternative + texts,
        outer + alternative + texts[:-9],
    ):
        assert told(opened(open_mail, data)) == [("the rest of the mail", "mail cut off")]
    assert opened(open_mail, outer + alternative + texts + b"\r\n--c--\r\n") == []
    assert opened(open_mail, multipart(TEXT, kind=b"alternative", end=b"")) == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("mail sealed", multipart(b"\r\nVersion: 1", in_base64(), kind=b"encrypted")),
        ("mail sealed", b"From: a\r\nSubject: b\r\n" + in_base64(kind=b"application/pkcs7-mime; smime-type=x")),
        ("mail sealed", b"From: a\r\nSubject: b\r\n" + in_base64(kind=b"application/x-pkcs7-mime")),
        ("mail sealed", b"From: a\nSubject: b\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"),
        ("mail in pieces", b"From: a\nSubject: b\nContent-Type: message/partial; id=x; number=1\n\nFrom: c\n\nd"),
        ("attached elsewhere", multipart(TEXT, b"Content-Type: message/external-body; access-type=URL\r\n\r\nurl")),
    ],
)
def test_what_cannot_be_opened_says_why(kind: str, data: bytes) -> None:
    inside = only(data)
    assert inside.refused
    assert inside.refused.kind == kind
    assert inside.data == b""
    assert inside.name
    assert inside.mail


def test_a_signed_mail_is_read() -> None:
    data = multipart(in_base64(), in_base64(b"0\x82", b"filename=smime.p7s"), kind=b"signed")
    assert told(opened(open_mail, data)) == [("ledger.xlsx", BOOK), ("smime.p7s", b"0\x82")]


def test_a_failure_of_the_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def attach(*_: object) -> Iterator[None]:
        raise IndexError

    monkeypatch.setattr(mail_module._Part, "attach", attach)
    with pytest.raises(Unreadable) as caught:
        opened(open_mail, PLAIN)
    assert caught.value.kind == "mail damaged"


# --- Whatever the bytes -----------------------------------------------------------------------------------------------

SMALL = multipart(TEXT, in_base64(b"PK" * 9), b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n" + in_uu(b"a"))
WORDS = st.sampled_from(
    [
        *(b"\r\n", b"\r\n\r\n", b"\r", b"--b", b"--", b"From ", b"begin 644 a\n", b"end\n", b"=?utf-8?B?", b"?=", b'"'),
        *(b"Content-Type: ", b"multipart/mixed", b"; boundary=b", b"message/rfc822", b"; name*0*=", b"''%", b";"),
        *(
            b"Content-Transfer-Encoding: ",
            b"base64",
            b"quoted-printable",
            b"x-uuencode",
            b"\0",
            b"\xff",
            b"charset=rot13",
        ),
    ]
)


@given(st.lists(WORDS | st.binary(max_size=9), max_size=40))
def test_any_bytes_are_survived(pieces: list[bytes]) -> None:
    survives(open_mail, b"".join(pieces))
    survives(open_mail, SMALL[:120] + b"".join(pieces))


@given(st.data())
def test_any_change_is_survived(data: st.DataObject) -> None:
    changed = SMALL
    for place in data.draw(st.lists(st.integers(0, len(SMALL)), min_size=1, max_size=5)):
        changed = changed[:place] + data.draw(WORDS) + changed[place + data.draw(st.integers(0, 9)) :]
    survives(open_mail, changed)


def test_an_empty_file_holds_nothing() -> None:
    assert opened(open_mail, b"") == []
