"""Where the mails of a mailbox begin and end."""

import io
import tracemalloc
from pathlib import Path

import pytest

from batch.opening.making import BOOK, mail, opened, told
from plansheet.batch.opening.mail import open_mail
from plansheet.batch.opening.mailbox import LONGEST_LINE, is_maildir, messages

FROM = b"From ada@example.com Mon Oct 06 09:00:00 2025\n"


def parted(data: bytes) -> list[bytes]:
    return [data[start : start + length] for start, length in messages(io.BytesIO(data))]


@pytest.mark.parametrize(
    "separator",
    [
        FROM,
        FROM.replace(b"\n", b"\r\n"),
        b"From - Mon Oct  6 9:00:00 2025\n",
        b"From MAILER-DAEMON Mon Oct 06 09:00:00 +0000 2025\n",
        b"From 1234567890@xxx Mon, 06 Oct 2025 09:00:00 +0000\n",
    ],
)
def test_each_mail_begins_with_who_sent_it_and_when(separator: bytes) -> None:
    mails = [separator + b"Subject: a\n\nText\n\n", separator + b"Subject: b\n\nText\n\n", separator]
    assert parted(b"".join(mails)) == mails


@pytest.mark.parametrize(
    "line",
    [
        b"From here on the plan changes.\n",
        b"From 10:00 to 12:00 nobody is there.\n",
        b">" + FROM,
        b" " + FROM,
        b"x" * LONGEST_LINE + FROM,
    ],
)
def test_a_sentence_that_begins_so_ends_no_mail(line: bytes) -> None:
    data = FROM + b"Subject: a\n\n" + line + b"\n"
    assert parted(data) == [data]
    assert parted(FROM + b"Subject: a\n" + FROM) == [FROM + b"Subject: a\n" + FROM], "no empty line before it"


def test_a_blank_that_ends_a_long_line_is_no_empty_line() -> None:
    data = FROM + b"x" * LONGEST_LINE + b"\n" + FROM
    assert parted(data) == [data]


def test_what_has_no_beginning_is_one_mail() -> None:
    assert parted(b"") == []
    assert parted(b"Subject: a\n\nText") == [b"Subject: a\n\nText"]


def test_attachments_come_out_of_each() -> None:
    one, two = (mail((name, BOOK), subject=name).as_bytes() + b"\n" for name in ("a.xlsx", "b.xlsx"))
    opened_mails = [told(opened(open_mail, each)) for each in parted(FROM + one + FROM + two)]
    assert opened_mails == [[("a.xlsx", BOOK)], [("b.xlsx", BOOK)]]


def test_a_mailbox_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.mbox"
    with path.open("wb") as stream:
        for _ in range(20):
            stream.write(FROM + b"Subject: a\n\n" + b"x" * 1_000_000 + b"\n\n")
    tracemalloc.start()
    with path.open("rb") as stream:
        assert len(list(messages(stream))) == 20
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_maildir_is_known_by_its_folders(tmp_path: Path) -> None:
    for name in ("cur", "new"):
        (tmp_path / name).mkdir()
    assert not is_maildir(tmp_path)
    (tmp_path / "tmp").mkdir()
    assert is_maildir(tmp_path)
    assert not is_maildir(tmp_path / "missing")
