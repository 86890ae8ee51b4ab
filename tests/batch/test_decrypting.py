"""Encrypted workbooks, made by the library that opens them, and its two faults that are worked around here."""

import contextlib
import hashlib
import io
import os
import struct
from base64 import b64encode
from pathlib import Path
from typing import Any

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method import ecma376_agile

from plansheet.batch.decrypting import HARDEST, READ_ONLY, decrypted
from plansheet.template.compound_file import Tree, compound_file
from plansheet.workbook.reading.unreadable import Unreadable
from workbook.making import workbook

CORPUS = os.environ.get("PLANSHEET_CORPUS")
BOOK = workbook()


def encrypted(password: str, book: bytes = BOOK) -> bytes:
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(book)).encrypt(password, stream)
    return stream.getvalue()


SECRET = encrypted("s3cret")


def streams(data: bytes = SECRET) -> dict[str, bytes]:
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        return {name: ole.openstream(name).read() for name in ("EncryptionInfo", "EncryptedPackage")}


def reason(data: bytes, *passwords: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        decrypted(data, passwords)
    return caught.value


def test_it_opens_with_its_password() -> None:
    assert decrypted(SECRET, ["wrong", "", "s3cret"]) == BOOK


def test_without_a_password_it_stays_closed() -> None:
    assert reason(SECRET).kind == reason(SECRET, "").kind == "password"
    assert reason(SECRET, "wrong", "S3cret").kind == "wrong password"


def test_what_is_only_protected_against_writing_opens_by_itself() -> None:
    assert decrypted(encrypted(READ_ONLY)) == BOOK


def test_sha_1_is_read_as_excel_2010_writes_it() -> None:
    """Made here: the library encrypts with SHA-512 only."""
    password, salt, key = "s3cret", b"0123456789abcdef", b"fedcba9876543210"
    digest = hashlib.sha1(salt + password.encode("utf-16-le")).digest()
    for turn in range(10):
        digest = hashlib.sha1(struct.pack("<L", turn) + digest).digest()

    def sealed(text: bytes, name: bytes) -> str:
        by = hashlib.sha1(digest + name).digest()[:16]
        return b64encode(ecma376_agile._encrypt_aes_cbc(text, by, salt)).decode()

    verifier = b"a" * 16
    code = '<keyData saltSize="16" blockSize="16" keyBits="128" hashSize="20" cipherAlgorithm="AES" cipherChaining="x" '
    code += 'hashAlgorithm="SHA1" saltValue="{salt}"/><dataIntegrity encryptedHmacKey="" encryptedHmacValue=""/>'
    xml = (
        '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="http://schemas.microsoft.com'
    )
    xml += f'/office/2006/keyEncryptor/password">{code}<keyEncryptors><keyEncryptor><p:encryptedKey spinCount="10" '
    xml += 'saltSize="16" blockSize="16" keyBits="128" hashSize="20" hashAlgorithm="SHA1" saltValue="{salt}" '
    xml += 'encryptedVerifierHashInput="{input}" encryptedVerifierHashValue="{value}" encryptedKeyValue="{key}"/>'
    xml += "</keyEncryptor></keyEncryptors></encryption>"
    values = {
        "salt": b64encode(salt).decode(),
        "input": sealed(verifier, bytes.fromhex("fea7d2763b4b9e79")),
        "value": sealed(hashlib.sha1(verifier).digest().ljust(32, b"\0"), bytes.fromhex("d7aa0f6d3061344e")),
        "key": sealed(key, bytes.fromhex("146e0be7abacd0d6")),
    }
    package = struct.pack("<Q", len(BOOK))
    padded = BOOK.ljust(-(-len(BOOK) // 16) * 16, b"\0")
    for number in range(0, len(padded), 4096):
        start = hashlib.sha1(salt + struct.pack("<L", number // 4096)).digest()[:16]
        package += ecma376_agile._encrypt_aes_cbc(padded[number : number + 4096], key, start)
    description = struct.pack("<HHL", 4, 4, 0x40) + xml.format(**values).encode()
    tree: Tree = {"EncryptionInfo": description, "EncryptedPackage": package}
    assert decrypted(compound_file(tree), ["wrong", "s3cret"]) == BOOK
    padded_further: Tree = {"EncryptionInfo": description, "EncryptedPackage": package + bytes(24)}
    assert decrypted(compound_file(padded_further), ["s3cret"]) == BOOK


def changed(**streams_: bytes) -> bytes:
    return compound_file({**streams(), **streams_})


def test_other_encryptions_are_told() -> None:
    tree: Any = {"EncryptedPackage": b"x" * 5000}
    assert "rights management" in reason(compound_file(tree), "s3cret").what
    extensible = struct.pack("<HHL", 4, 3, 0) + bytes(99)
    assert "not known here" in reason(changed(EncryptionInfo=extensible), "s3cret").what
    assert "damaged" in reason(changed(EncryptionInfo=b""), "s3cret").what
    assert "damaged" in reason(changed(EncryptionInfo=bytes(1 << 17)), "s3cret").what
    assert "damaged" in reason(changed(EncryptionInfo=struct.pack("<HHL", 4, 4, 0x40) + b"<a/>"), "s3cret").what


def test_a_hash_that_takes_minutes_is_not_begun() -> None:
    description = streams()["EncryptionInfo"]
    spin = b'spinCount="100000"'
    assert spin in description
    slow = description.replace(spin, b'spinCount="%d"' % (HARDEST + 1))
    assert "1,000,001 turns" in reason(changed(EncryptionInfo=slow), "s3cret").what


def test_a_workbook_that_is_cut_off_says_so() -> None:
    package = streams()["EncryptedPackage"]
    assert f"{len(BOOK):,} bytes" in reason(changed(EncryptedPackage=package[:-16]), "s3cret").what
    assert reason(SECRET[:600], "s3cret").kind == "encryption"
    assert reason(b"", "s3cret").kind == "encryption"


FAST = changed(EncryptionInfo=streams()["EncryptionInfo"].replace(b'spinCount="100000"', b'spinCount="1"'))


@given(st.data())
def test_any_change_is_survived(data: st.DataObject) -> None:
    broken = bytearray(FAST)
    for place in data.draw(st.lists(st.integers(0, len(FAST) - 1), max_size=5)):
        broken[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        assert decrypted(bytes(broken), ["s3cret"])


@pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no folder of encrypted workbooks")
@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("excelize__5ac214__encryptSHA1.xlsx", "password"),
        ("excelize__6c6fa3__encryptSHA512.xlsx", "password"),
        ("poi__24d908__extenxls_pwd123.xlsx", "pwd123"),
        ("poi__316aaf__protected_passtika.xlsb", "tika"),
        ("tika__e2c06d__testEXCEL_protected_passtika_2.xlsx", "tika"),
    ],
)
def test_workbooks_of_other_programs_open(name: str, password: str) -> None:
    data = Path(CORPUS or "", "hostile", name).read_bytes()
    assert decrypted(data, ["wrong", password]).startswith(b"PK")
    assert reason(data, "wrong").kind == "wrong password"
