"""A hostile kind of file, and what they are made from: a small ledger with one finding that must not get lost."""

import io
import random
import warnings
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain

from workbook.books import ACTIVITY, GRANTS, HOLDERS, VESTING, Sheet, book, with_cell
from workbook.making import parts

BOOK = "xl/workbook.xml"
BOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"
CORE = "docProps/core.xml"
CONTENT_TYPES = "[Content_Types].xml"
STORED = zipfile.ZIP_STORED


@dataclass(frozen=True, slots=True)
class Kind:
    """A file that is made to hang, break, fool or harm whoever reads it."""

    name: str
    what: str
    """In a few words."""
    outcome: str
    """A key of REASONS, or what comes of a workbook that is read: clean, findings or unchecked. Of an archive or a
    mail: that of each workbook in it, and how many files were left (opening.outcome)."""
    build: Callable[[], bytes]
    file_name: str = "ledger.xlsx"
    container: bool = False
    """An archive or a mail: no workbook, so that the check of one does not open it."""
    heavy: bool = False
    """Takes seconds: left to the table."""


@cache
def sound() -> dict[str, bytes]:
    """The parts of a ledger with one finding: ISO001 on Vesting, one share over the limit."""
    vesting = with_cell(with_cell(VESTING, 1, "Shares", 10_001), 1, "ISO shares", 10_001)
    return parts(
        book(
            Sheet("Grants", with_cell(GRANTS, 1, "Shares", 10_001)),
            Sheet("Vesting", vesting),
            Sheet("Activity", with_cell(ACTIVITY, 1, "Shares", 10_001)),
            Sheet("Holders", HOLDERS),
        )
    )


def packed(content: dict[str, bytes] | Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file, packed as quickly as it goes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method, compresslevel=1) as archive:
        for name, part in content.items() if isinstance(content, dict) else content:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a part that is there twice
                archive.writestr(zipfile.ZipInfo(name), part, method)
    return stream.getvalue()


def with_parts(added: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The ledger with parts added or replaced."""
    return packed(sound() | added, method)


def with_text(part: str, old: str, new: str | bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The ledger with a text of a part replaced once, where it must stand."""
    content = sound()[part]
    assert old.encode() in content, content[:2000]
    wanted = new if isinstance(new, bytes) else new.encode()
    return with_parts({part: content.replace(old.encode(), wanted, 1)}, method)


def with_sheet(
    *, before: str = "", rows: str | bytes = "", after: str | bytes = "", method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The ledger with something before, at the end of, or behind the cells of its sheet Grants."""
    head, begun, rest = sound()[SHEET].partition(b"<sheetData>")
    cells, ended, tail = rest.partition(b"</sheetData>")
    rows, after = (each if isinstance(each, bytes) else each.encode() for each in (rows, after))
    return with_parts({SHEET: b"".join((head, before.encode(), begun, cells, rows, ended, after, tail))}, method)


def with_cells(cells: Iterable[str], first: int = 10) -> bytes:
    """The ledger with a row of one cell each below its grants, in column L: what stands between <c ...> and </c>."""
    rows = (f'<row r="{row}"><c r="L{row}"{cell}</c></row>' for row, cell in enumerate(cells, start=first))
    return with_sheet(rows="".join(rows))


def with_formulas(*formulas: str) -> bytes:
    """The ledger with a formula each in column L, every one saved as 1."""
    return with_cells(f"><f>{escaped(formula)}</f><v>1</v>" for formula in formulas)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def noise(size: int, seed: int = 1) -> bytes:
    """Hexadecimal digits, which shrink to half when packed and no further."""
    return random.Random(seed).randbytes(size // 2).hex().encode()


def grainy(text: bytes, times: int) -> bytes:
    """A text again and again with a number in each, so that it does not pack as bombs do."""
    return b"".join(chain.from_iterable((text, b"<!--%x-->" % (at * 2654435761 % (1 << 32))) for at in range(times)))
