"""Workbooks encrypted with a password, opened with one of those given. The only user of msoffcrypto."""

import io
import struct
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Final

from plansheet.batch.opening.compound_files import CompoundFile, compound_file
from plansheet.workbook.reading.guard import ZIP
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

if TYPE_CHECKING:
    from msoffcrypto.format.ooxml import OOXMLFile

READ_ONLY: Final = "VelvetSweatshop"
"""With this Excel encrypts a workbook that is only protected against writing, and opens it without asking."""
HARDEST: Final = 1_000_000
"""Turns of the hash that each password takes; Excel writes 100,000."""
LARGEST_DESCRIPTION: Final = 1 << 16
"""Bytes that tell how a workbook is encrypted; Excel writes some 1,200."""

DESCRIPTION, ENCRYPTED = "EncryptionInfo", "EncryptedPackage"
BLOCK: Final = 16
DAMAGED: Final = "its description is damaged"


class _Package:
    """Stands for the compound file, so that the library reads the encrypted workbook without what pads its stream."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream

    def openstream(self, _: str) -> IO[bytes]:
        """The encrypted workbook behind its length."""
        return io.BytesIO(self._stream)


def decrypted(data: bytes, passwords: Sequence[str] = ()) -> bytes:
    """The workbook inside an encrypted one; raises Unreadable where no password fits or the encryption is another."""
    with compound_file(io.BytesIO(data), "encryption", DAMAGED) as opened:
        package = _package(opened)
    # Here, because it brings a cryptographic library of some 10 MB, and few workbooks are encrypted.
    from msoffcrypto import exceptions
    from msoffcrypto.format.ooxml import OOXMLFile

    try:
        file = OOXMLFile(io.BytesIO(data))
        file.file = package
        if file.type == "agile" and file.info["spinValue"] > HARDEST:
            raise unreadable("encryption", f"each password takes {file.info['spinValue']:,} turns to try")
        workbook = _opened(file, dict.fromkeys([READ_ONLY, *filter(None, passwords)]), exceptions.InvalidKeyError)
    except Unreadable:
        raise
    except exceptions.DecryptionError as error:
        raise unreadable("encryption", "its kind of encryption is not known here") from error
    except Exception as error:  # the library raises many kinds for a description that is not as it should be
        raise unreadable("encryption", DAMAGED) from error
    if workbook is None:
        raise unreadable("wrong password" if any(passwords) else "password")
    return workbook


def _package(opened: CompoundFile) -> _Package:
    if (DESCRIPTION,) not in opened.sizes:
        raise unreadable("encryption", "by rights management, or by a program of its own")
    stream = opened.stream((ENCRYPTED,))
    if opened.sizes[DESCRIPTION,] > LARGEST_DESCRIPTION or len(stream) < 8:
        raise unreadable("encryption", DAMAGED)
    (length,) = struct.unpack_from("<Q", stream)
    end = 8 + length + -length % BLOCK
    if end > len(stream):
        raise unreadable("encryption", f"it should have {length:,} bytes, and {len(stream) - 8:,} are there")
    return _Package(stream[:end])


def _opened(file: "OOXMLFile", passwords: Iterable[str], wrong: type[Exception]) -> bytes | None:
    """The workbook, by the first password that fits; None where none does.

    What comes out tells whether it fits: with SHA-1, as Excel 2010 writes, the library's own test fails for each.
    """
    for password in passwords:
        stream = io.BytesIO()
        try:
            file.load_key(password=password, verify_password=file.type == "standard")
            file.decrypt(stream)
        except wrong:
            continue
        if stream.getvalue().startswith(ZIP):
            return stream.getvalue()
    return None
