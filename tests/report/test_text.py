"""The report as text: by mail and workbook, a table, what was left, and last the sum."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from plansheet.report.text import write_text
from plansheet.report.verdicts import Left, Mail
from report.runs import (
    HOSTILE,
    LACKING,
    Batch,
    attached,
    clean,
    everything,
    faulty,
    finding,
    locked,
    of,
    warning,
    written,
)


def lines_of(*verdicts: object, **more: object) -> list[str]:
    return written(write_text, Batch(verdicts, **more)).splitlines()  # type: ignore[arg-type]  # verdicts


def table_of(lines: list[str]) -> list[str]:
    [top] = [position for position, line in enumerate(lines) if line.startswith("Workbook  ")]
    return lines[top : lines.index("", top)]


def test_one_workbook_has_no_table() -> None:
    lines = written(write_text, faulty()).splitlines()
    assert lines[:3] == [
        "book.xlsx: findings",
        "  error ISO001 Vesting!D2: Recorded 9,999 ISO, it is 10,000.",
        "      Enter 10,000. [plan §11(c); IRC §422(d)]",
    ]
    assert lines[3:] == ["", lines[-1]]
    assert lines[-1] == (
        "Checked: 1 workbook, 0 plan-function cells calculated again, 8 ledger rows held against the rules: 1 error, "
        "0 warnings. Not checked: 0 workbooks, 0 things in them, 0 rules for lack of columns."
    )


def test_nothing_at_all_has_its_last_line() -> None:
    [last] = lines_of()
    assert last.startswith("Checked: 0 workbooks, ")


def test_a_heading_where_the_mail_changes() -> None:
    other = Mail("bo@issuer.example", "", "")
    lines = lines_of(
        of(clean("first.xlsx")),
        attached(clean(), "a.xlsx"),
        attached(clean(), "all.zip", "b.xlsx"),
        attached(clean(), "c.xlsx", mail=other),
        attached(clean(), "d.xlsx", file="in/april.eml", mail=other),
        attached(clean(), "e.xlsx", file="x.zip", mail=None),
        attached(clean(), "f.xlsx", file="in/april.eml", mail=Mail()),
    )
    assert [line for line in lines if line.startswith("Mail ") or line.endswith(": clean")] == [
        "first.xlsx: clean",
        'Mail from Ann Ash <ann@issuer.example>, "Ledgers for March", 2024-03-31T09:12:00+00:00 (in/march.eml):',
        "in/march.eml > a.xlsx: clean",
        "in/march.eml > all.zip > b.xlsx: clean",
        "Mail from bo@issuer.example (in/march.eml):",
        "in/march.eml > c.xlsx: clean",
        "Mail from bo@issuer.example (in/april.eml):",
        "in/april.eml > d.xlsx: clean",
        "x.zip > e.xlsx: clean",
        "Mail from a sender it does not name (in/april.eml):",
        "in/april.eml > f.xlsx: clean",
    ]


def test_the_table() -> None:
    lines = lines_of(*everything().held[1:3], of(clean("clean.xlsx")), of(faulty(*[warning()] * 1_234, path="w.xlsx")))
    assert table_of(lines) == [
        "Workbook                                    From                Verdict      Errors  Warnings  Not checked",
        "in/march.eml > ledger.xlsx                  ann@issuer.example  findings          1         1            1",
        "in/march.eml > all.zip > b & c/locked.xlsx  ann@issuer.example  unchecked         0         0            1",
        "clean.xlsx                                                      clean             0         0            0",
        "w.xlsx                                                          clean             0     1,234            0",
    ]


def test_the_table_of_what_came_in_no_mail_has_no_senders() -> None:
    assert table_of(lines_of(of(faulty(), known=2), of(clean()))) == [
        "Workbook    Verdict      Errors  Warnings     Known  Not checked",
        "book.xlsx   findings          1         0         2            0",
        "clean.xlsx  clean             0         0         0            0",
    ]


@pytest.mark.parametrize(
    ("sender", "shown"),
    [("Ann Ash <ann@issuer.example>", "ann@issuer.example"), ("Ann Ash", "Ann Ash"), (f"{'a' * 90}@b.example", "...")],
)
def test_the_table_says_whom_to_write_to(sender: str, shown: str) -> None:
    """A place in a mailbox does not."""
    long = "message 1/" * 20
    lines = table_of(lines_of(of(clean()), attached(clean(), long, mail=Mail(sender))))
    assert shown in lines[2].partition("clean")[0].removeprefix(lines[1].partition(" clean")[0])
    assert all(len(line) <= 120 for line in lines)


def test_the_columns_to_add_are_listed_once() -> None:
    other = replace(LACKING, columns=(("Grants", "Expires"), ("Grants", "Type")))
    lines = lines_of(
        *(of(clean(f"{at}.xlsx", not_checked=[lack])) for at, lack in enumerate([LACKING, other, LACKING]))
    )
    begins = "  not checked for lack of columns: 1 rule; "
    assert [line for line in lines if "columns" in line or "(TERM003)" in line][:-1] == [
        f"{begins}to have them checked, add these columns (plansheet explain CODE says more)",
        "      Grants: Expires (TERM003)",
        f"{begins}to have them checked, add these columns (plansheet explain CODE says more)",
        "      Grants: Expires (TERM003), Type (TERM003)",
        f"{begins}the same as in 0.xlsx",
    ]


@pytest.mark.parametrize("name", ["x" * 300, "山田" * 90, "\u0065\u0301" * 200, "x" * 75 + "山田.xlsx"])
def test_a_long_path_loses_its_middle(name: str) -> None:
    lines = table_of(lines_of(of(clean(f"in/{name}.xlsx")), of(clean())))
    assert all(len(line) <= 120 for line in lines if line.isascii())
    assert lines[1].startswith("in/")
    assert re.search(r"\.xlsx {2,3}clean ", lines[1])
    assert "..." in lines[1]


def test_what_the_baseline_has_is_told() -> None:
    lines = lines_of(of(faulty(), known=2), of(clean(), known=1))
    assert "  left out, for the baseline has them: 2 findings" in lines
    assert ": 1 error, 0 warnings, 3 findings of the baseline left out. Not checked: 0 workbooks" in lines[-1]


def test_a_workbook_that_came_twice_is_told() -> None:
    lines = lines_of(of(faulty()), of(faulty(path="again.xlsx"), same_as="book.xlsx"))
    assert lines[lines.index("again.xlsx: findings") + 1] == "  the same file as book.xlsx"
    assert sum("the same file" in line for line in lines) == 1


def test_the_end_of_a_run_with_something_of_every_kind() -> None:
    lines = written(write_text, everything()).splitlines()
    assert lines[-6:-1] == [
        "Left, for they are no workbooks and were not asked for by name:",
        "  in/notes.txt: This is plain text or CSV, not a workbook.",
        "",
        "Stopped by Ctrl-C after 5 of 9 files.",
        "",
    ]
    assert lines[-1].startswith("Checked: 4 workbooks, ")
    assert "  a copy with its findings: out/x.xlsx" in lines
    assert "locked.xlsx" in " ".join(lines)


def test_no_file_gives_orders_to_the_terminal() -> None:
    said = HOSTILE
    everywhere = replace(faulty(finding(message=said, sheet=said)), path=said, taken_for=[said])
    mailed = attached(locked(), said, file=said, mail=Mail(said, said, said))
    text = written(write_text, Batch([of(everywhere, annotated=said), mailed], [Left(said, said)], said))
    assert {c for c in text if not c.isprintable()} == {"\n"}
