"""What the fuzzer changes are workbooks again, most of them, and no check fails on one."""

import io
import zipfile

import pytest

from batch.opening.making import mail
from fuzzing.mutation import lines_changed, mutated
from fuzzing.seeds import seeds
from fuzzing.targets import OPENED, TARGETS, check, reader
from hostile.kind import packed, sound


def test_a_changed_workbook_is_a_zip_file_mostly_and_is_checked() -> None:
    data = packed(sound())
    made = [mutated(data, 1 << 17, seed) for seed in range(60)]
    assert len(set(made)) > 40
    assert sum(1 for each in made if zipfile.is_zipfile(io.BytesIO(each))) > 50
    for each in made:
        reader()(each)
        check()(each)


def test_bytes_that_are_no_zip_file_are_changed_too() -> None:
    assert mutated(b"PK\x03\x04", 100, 1) != b"PK\x03\x04"
    assert len(mutated(b"", 100, 1)) <= 100


def test_a_changed_mail_is_survived() -> None:
    data = mail(("ledger.xlsx", b"PK"), ("a.csv", b"b")).as_bytes()
    made = [lines_changed(data, 1 << 15, seed) for seed in range(200)]
    assert len(set(made)) > 150
    for each in (*made, lines_changed(b"", 10, 1)):
        TARGETS["mail"]()(each)


def test_every_target_of_the_command_is_there() -> None:
    assert set(TARGETS) == {"guard", "reader", "check", "mail", "archive", "outlook", "tnef"}


@pytest.mark.parametrize("target", OPENED)
def test_every_seed_of_mails_and_archives_is_survived(target: str) -> None:
    found = [*seeds(target, 1 << 17)]
    assert len(found) > 1
    for data in found:
        TARGETS[target]()(data)
