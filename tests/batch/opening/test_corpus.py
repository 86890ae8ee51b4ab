"""Other people's mails and archives: what is in each, as read by eye."""

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from plansheet.batch.opening.containers import CONTAINERS, MAILBOX, kind_of
from plansheet.batch.opening.inside import Inside
from plansheet.batch.opening.mailbox import messages
from plansheet.batch.opening.transfer import CUT, GARBLED
from plansheet.workbook.reading.unreadable import Unreadable

CORPUS = os.environ.get("PLANSHEET_CORPUS")
# By the beginning of each name: the name and the damage of what it holds.
HELD: dict[str, list[tuple[str, str]]] = {
    "derived__03": [("ledger.xlsx", "")],
    "derived__11": [("ledger.zip", "")],
    "derived__17": [("ledger.xlsx", CUT)],
    "derived__18": [("ledger.xlsx", GARBLED)],
    "derived__19": [("ledger.xlsx", "")],
    "derived__20": [("ledger.xlsx", "")],
    "derived__28": [("ledger.xlsm", "")],
    "php-imap__14f5ae": [("demo.eml", "")],
    "php-imap__172c04": [("first.eml", ""), ("second.eml", "")],
    "php-imap__305dc9": [("Example Domain.pdf", GARBLED)],
    "php-imap__7f107e": [("file1.xlsx", ""), ("file2.xlsx", "")],
    "php-imap__93094a": [
        (
            "Buchungsbestätigung- Rechnung-Geschäftsbedingungen-Nr.B123-45 - XXXXX xxxxxxxxxxxxxxxxx XxxX, Lüxxxxxxxxxx"
            " - VM Klaus XXXXXX - xxxxxxxx.pdf",
            "",
        ),
        (f"01_A€àä????@Z-{'0123456789-qwertyuiopasdfghjklzxcvbnmopqrstuvz-' * 3}"[:-1] + ".txt", ""),
        (f"02_A€àäąбيد@Z-{'0123456789-qwertyuiopasdfghjklzxcvbnmopqrstuvz-' * 3}"[:-1] + ".txt", ""),
    ],
    "php-imap__c1d2ff": [("MyFile.txt", ""), ("foo", "")],
    "php-imap__e781fe": [("google.com!yyy.cz!1423872000!1423958399.zip", "")],
    "php-imap__ea9df0": [("attachment1.pdf", ""), ("attachment2.pdf", "")],
    "poi__134d86": [("attachment 1", "")],
    "poi__56a323": [("attachment 1", "mail damaged"), ("attachment 2", "")],
    "tika__86e5fe": [("Test TxtA.txt", ""), ("Test TxtB.txt", "")],
    "tika__9e3133": [("test.eml", ""), ("Neues Textdokument.txt", "")],
}
MAILBOXES = {"tika__0519c1": 2, "tika__c8e7dd": 1}
pytestmark = pytest.mark.skipif(not CORPUS, reason="PLANSHEET_CORPUS is not set: no folder of mails")
MAILS = sorted(Path(CORPUS or "", "mail").iterdir()) if CORPUS else []


def held(file: io.BytesIO) -> Iterator[Inside]:
    kind = kind_of(file)
    if kind == MAILBOX:
        for start, length in messages(file):
            yield from held_by_mail(file.getvalue()[start : start + length])
    elif kind:
        yield from CONTAINERS[kind](file, [])


def held_by_mail(data: bytes) -> Iterator[Inside]:
    yield from CONTAINERS["mail"](io.BytesIO(data), [])


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in MAILS])
def test_each_mail_gives_what_is_in_it(path: Path) -> None:
    file = io.BytesIO(path.read_bytes())
    expected = {".eml": "mail", ".msg": "outlook", ".mbox": MAILBOX}[path.suffix]
    assert kind_of(file) == expected
    [wanted] = [held for beginning, held in HELD.items() if path.name.startswith(beginning)] or [[]]
    insides = list(held(file))
    assert [(each.name, each.refused.kind if each.refused else each.damage) for each in insides] == wanted


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in MAILS if path.suffix == ".mbox"])
def test_mailboxes_are_counted(path: Path) -> None:
    [count] = [count for beginning, count in MAILBOXES.items() if path.name.startswith(beginning)]
    assert len(list(messages(io.BytesIO(path.read_bytes())))) == count


def test_the_ledger_is_the_same_whatever_the_mail_did_to_it() -> None:
    sums = {}
    for path in MAILS:
        if path.name.startswith(("derived__03", "derived__18", "derived__19", "derived__20", "derived__28")):
            [inside] = held(io.BytesIO(path.read_bytes()))
            sums[path.name] = hashlib.sha256(inside.data).hexdigest()
    assert len(sums) == 5
    assert len(set(sums.values())) == 1


def test_no_hostile_file_does_harm() -> None:
    for path in sorted(Path(CORPUS or "", "hostile").iterdir()):
        try:
            kinds = [kind_of(io.BytesIO(each.data)) for each in held(io.BytesIO(path.read_bytes()))]
        except Unreadable:
            continue
        assert len(kinds) < 10, path.name
