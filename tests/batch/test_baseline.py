"""Findings that an earlier report has are not told again; new ones are, each of them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from plansheet.batch.baseline import UnusableBaseline, read_baseline
from plansheet.core.rule import Severity
from plansheet.report.json import write_json
from plansheet.report.verdicts import Files, Mail, Origin, Verdict
from plansheet.workbook.checked import Checked, Found, NotChecked

FOUND = Found("ISO001", Severity.ERROR, "Vesting", "D2", "wrong", "mend it", "§11(c)", (), "")


def checked(path: str, *prints: str, verdict: str = "findings", severity: Severity = Severity.ERROR) -> Checked:
    found = [replace(FOUND, fingerprint=each.rjust(16, "0"), severity=severity) for each in prints]
    return Checked(path, "", verdict if prints else "clean", has_findings=bool(prints), findings=found)


def report(*of: Checked) -> str:
    text = io.StringIO()
    write_json(Files(of), text)
    return text.getvalue()


def told(before: tuple[Checked, ...], now: tuple[Checked, ...]) -> list[Verdict]:
    run = read_baseline(report(*before), "base.json").held_against(Files(now))
    first = list(run.verdicts())
    assert list(run.verdicts()) == first, "each report starts anew"
    return first


def news(before: tuple[Checked, ...], now: tuple[Checked, ...]) -> list[tuple[str, list[str], int, str]]:
    return [
        (v.checked.path, [f.fingerprint.lstrip("0") for f in v.checked.findings], v.known, v.checked.verdict)
        for v in told(before, now)
    ]


def test_known_findings_are_left_out_and_counted() -> None:
    assert news((checked("a", "1", "2"),), (checked("a", "1", "2", "3"),)) == [("a", ["3"], 2, "findings")]
    assert news((checked("a", "1"),), (checked("a", "1"),)) == [("a", [], 1, "clean")]
    assert news((), (checked("a", "1"),)) == [("a", ["1"], 0, "findings")]


def test_what_one_workbook_has_is_new_in_another() -> None:
    assert news((checked("a", "1"), checked("b")), (checked("a", "1"), checked("b", "1"))) == [
        ("a", [], 1, "clean"), ("b", ["1"], 0, "findings"),
    ]  # fmt: skip


def test_a_finding_that_is_there_twice_is_known_once() -> None:
    assert news((checked("a", "1"),), (checked("a", "1", "1"),)) == [("a", ["1"], 1, "findings")]


def test_the_ledger_of_the_next_month_is_held_against_that_of_the_last() -> None:
    """Its name, or the mail that it is in, is another one."""
    assert news((checked("oct", "1"), checked("b", "2")), (checked("nov", "1", "2"), checked("b", "2"))) == [
        ("nov", ["2"], 1, "findings"), ("b", [], 1, "clean"),
    ]  # fmt: skip
    assert news((checked("oct", "1"),), (checked("nov", "1"), checked("dec", "1"))) == [
        ("nov", [], 1, "clean"), ("dec", ["1"], 0, "findings"),
    ]  # fmt: skip


def of_senders(*senders_and_prints: tuple[str, str, str]) -> str:
    """A report on workbooks, each the only one of its mail."""
    text = io.StringIO()
    write_json(Mails(senders_and_prints), text)
    return text.getvalue()


class Mails(Files):
    def __init__(self, mails: Sequence[tuple[str, str, str]]) -> None:
        super().__init__([checked(path, *prints.split()) for path, _, prints in mails])
        self._senders = [sender for _, sender, _ in mails]

    def verdicts(self) -> Iterator[Verdict]:
        for verdict, sender in zip(super().verdicts(), self._senders, strict=True):
            origin = Origin("x.zip", (verdict.checked.path,), Mail(sender) if sender else None)
            yield replace(verdict, origin=origin)


def new_in(before: list[tuple[str, str, str]], now: list[tuple[str, str, str]]) -> dict[str, list[str]]:
    run = read_baseline(of_senders(*before), "base.json").held_against(Mails(now))
    return {v.checked.path: [f.fingerprint.lstrip("0") for f in v.checked.findings] for v in run.verdicts()}


ANN, BEN, CLEO = "Ann <ann@acorn.example>", "Ben <ben@birch.example>", "cleo@cedar.example"


def test_the_mistake_of_one_issuer_is_not_taken_for_that_of_another() -> None:
    """Ann has mended hers; Ben makes the same one in April."""
    march = [("a-march", ANN, "1"), ("b-march", BEN, "2")]
    assert new_in(march, [("a-april", ANN, ""), ("b-april", BEN, "1 2")]) == {"a-april": [], "b-april": ["1"]}
    assert new_in(march, [("a-april", "A. Ash <ANN@acorn.example>", "1")]) == {"a-april": []}


def test_the_same_place_in_the_next_mailbox_may_be_of_another_sender() -> None:
    march = [("box > message 1 > ledger.xlsx", ANN, "1"), ("box > message 2 > ledger.xlsx", BEN, "2")]
    april = [("box > message 1 > ledger.xlsx", BEN, "1 2"), ("box > message 2 > ledger.xlsx", ANN, "1 2")]
    assert list(new_in(march, april).values()) == [["1"], ["2"]]


def test_a_sender_whose_workbook_is_still_there_has_no_other_to_be_held_against() -> None:
    march = [("a", ANN, "1"), ("b-march", BEN, "2")]
    assert new_in(march, [("a", ANN, "1"), ("a-more", ANN, "1 2")]) == {"a": [], "a-more": ["1", "2"]}


def test_a_new_sender_is_held_against_those_that_are_gone() -> None:
    """Somebody else at the issuer has sent it."""
    march = [("a-march", ANN, "1"), ("b-march", BEN, "2"), ("folder/march", "", "3")]
    april = [("a-april", ANN, "1"), ("b-april", CLEO, "1 2"), ("folder/april", "", "3")]
    assert new_in(march, april) == {"a-april": [], "b-april": ["1"], "folder/april": []}


def test_what_could_not_be_checked_stays_so() -> None:
    now = replace(checked("a", "1"), verdict="unchecked", not_checked=[NotChecked("x", "y")])
    [verdict] = told((checked("a", "1"),), (now,))
    assert (verdict.checked.verdict, verdict.checked.has_findings, verdict.known) == ("unchecked", False, 1)


def test_warnings_that_do_not_count_leave_a_workbook_clean() -> None:
    now = replace(checked("a", "1", "2", severity=Severity.WARNING), verdict="clean", has_findings=False)
    [verdict] = told((checked("a", "1"),), (now,))
    assert (verdict.checked.verdict, verdict.known, len(verdict.checked.findings)) == ("clean", 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"workbooks": [{}]}',
        '{"workbooks": 3}',
        "[" * 99_999,
        '{"workbooks": [{"path": "a"}]}',
        '{"workbooks": [{"path": "a", "findings": [], "origin": 3}]}',
    ],
)
def test_what_is_no_report_is_told(text: str) -> None:
    with pytest.raises(UnusableBaseline, match=r"base\.json is no report of plansheet check --format json"):
        read_baseline(text, "base.json")
