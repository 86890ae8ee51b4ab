"""What a parser is not given: endless pieces, and more elements than fit into memory."""

import io
from collections.abc import Sequence

import pytest

from plansheet.workbook.reading import bounded
from plansheet.workbook.reading.bounded import CHUNK, LONGEST_PIECE, Bounded, Bounds
from plansheet.workbook.reading.unreadable import Unreadable

LONG = b"x" * LONGEST_PIECE
SHORT = b"x" * (LONGEST_PIECE // 2)


def read(content: bytes, size: int = -1) -> bytes:
    with Bounded(io.BytesIO(content), "a.xml", Bounds()) as stream:
        chunks = []
        while chunk := stream.read(size):
            chunks.append(chunk)
        return b"".join(chunks)


@pytest.mark.parametrize(
    "content",
    [
        b'<a b="' + LONG + b'"/>',
        b"<a>" + LONG + b"</a>",
        b"<" + LONG + b"/>",
        b"<a><!--" + b"<b>" * (LONGEST_PIECE // 2) + b"--></a>",
        b"<a><?b " + b"<b>" * (LONGEST_PIECE // 2) + b"?></a>",
        b"<a><![CDATA[" + b"<b>" * (LONGEST_PIECE // 2) + b"]]></a>",
        ("<a>" + "x" * (LONGEST_PIECE + 9) + "</a>").encode("utf-16"),
        ("<a><!--" + "<b>" * (LONGEST_PIECE // 2) + "--></a>").encode("utf-16"),
    ],
    ids=["attribute", "text", "name", "comment", "instruction", "CDATA", "text in UTF-16", "comment in UTF-16"],
)
@pytest.mark.parametrize("size", [-1, 1_000, CHUNK, CHUNK * 3])
def test_an_endless_piece_is_refused(content: bytes, size: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read(content, size)
    assert caught.value.kind == "swollen"
    assert "a.xml" in caught.value.what


@pytest.mark.parametrize(
    "pieces",
    [
        (b"<a>", SHORT, b"<b/>", SHORT, b"<b/>", SHORT, b"</a>"),
        (b"<a><!--", SHORT, b"--><!--", SHORT, b"--><!--", SHORT, b"--></a>"),
        (b"<a><![CDATA[", SHORT, b"]]><![CDATA[", SHORT, b"]]><![CDATA[", SHORT, b"]]></a>"),
        (b"<?xml version='1.0'?><a>", SHORT, b"<?b?>", SHORT, b"<?b?>", SHORT, b"</a>"),
    ],
    ids=["elements", "comments", "CDATA", "instructions"],
)
@pytest.mark.parametrize("size", [-1, 777, CHUNK])
def test_many_pieces_are_read(pieces: Sequence[bytes], size: int) -> None:
    content = b"".join(pieces)
    assert read(content, size) == content


@pytest.mark.parametrize("before", range(CHUNK - 5, CHUNK))
def test_the_beginning_of_a_comment_may_fall_between_two_chunks(before: int) -> None:
    with pytest.raises(Unreadable):
        read(b"<a>".ljust(before) + b"<!--" + b"<b>" * (LONGEST_PIECE // 2) + b"--></a>")


@pytest.mark.parametrize("before", range(CHUNK - 12, CHUNK - 4))
def test_the_end_of_a_comment_may_fall_between_two_chunks(before: int) -> None:
    content = (b"<a>".ljust(before) + b"<!--c-->") + (b"<b>" * 9 + SHORT) * 4 + b"</a>"
    assert read(content) == content


def test_the_elements_of_all_parts_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST_ELEMENTS", 5)
    bounds = Bounds()
    Bounded(io.BytesIO(b"<a><b>1</b><b/></a>"), "a.xml", bounds).read()
    with pytest.raises(Unreadable) as caught:
        Bounded(io.BytesIO(b"<a><b>1</b><b/></a>"), "b.xml", bounds).read()
    assert caught.value.kind == "too large"
