"""The copy with findings: equal addresses, exact values, nothing calculates or leads out, and it says what it is."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook import Workbook as Read

from plansheet.report import annotated as module
from plansheet.report.annotated import annotated
from plansheet.report.copied_sheet import copied_names
from plansheet.workbook.checked import Checked, NotChecked
from plansheet.workbook.checks import Options, check_bytes
from plansheet.workbook.reading.reader import read_bytes
from plansheet.workbook.reading.saved import Cell, Sheet, Value, Workbook
from report.runs import HOSTILE, SHA, clean, faulty, finding, warning
from workbook.books import LEDGERS, VESTING, Error, Formula, book, with_cell
from workbook.books import Sheet as Typed
from workbook.making import parts

DAY = dt.date(2011, 1, 31)
WRONG = book(LEDGERS[0], Typed("Vesting", with_cell(VESTING, 1, "ISO shares", 9_999)), *LEDGERS[2:])


def opened(data: bytes) -> Read:
    return openpyxl.load_workbook(io.BytesIO(data))


def annotated_of(data: bytes, name: str = "book.xlsx") -> tuple[Read, Checked]:
    checked = check_bytes(data, name, Options(as_of=DAY))
    return opened(annotated(read_bytes(data, name), checked)), checked


def sheet_of(values: dict[str, Value], name: str = "Vesting", **more: Any) -> Sheet:
    """A sheet with these values at these addresses."""
    cells = {}
    for address, value in values.items():
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()  # type: ignore[union-attr]  # addresses
        at = int(row), openpyxl.utils.column_index_from_string(column)
        cells[at] = Cell(*at, value, kind="error" if str(value).startswith("#") else "text")
    last = max((row for row, _ in cells), default=0)
    told = {"hidden": False, "tables": (), "kind": "worksheet", "rules": (), "last_row": last, "last_column": 1, **more}
    return Sheet(name, cells, **told)


def workbook_of(*sheets: Sheet) -> Workbook:
    return Workbook("book.xlsx", SHA, sheets, (), (), False, "auto", False, 0)


def copied(values: dict[str, Value], *found: Any, name: str = "Vesting") -> Any:
    """The copy of one sheet."""
    checked = faulty(*(found or [finding(sheet=name)]))
    return opened(annotated(workbook_of(sheet_of(values, name)), checked)).worksheets[-1]


def rows_of(sheet: Any) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


# --- Findings and what was not checked --------------------------------------------------------------------------------


def test_the_head_names_no_mail() -> None:
    """The same copy serves the next mail in which the same bytes come, of another issuer perhaps."""
    sheet = annotated_of(WRONG, "in/a.eml > all.zip > book.xlsx")[0]["Findings"]
    assert sheet["A1"].value == "Findings in book.xlsx"


def test_the_findings_come_first_with_a_link_to_the_cell() -> None:
    made, checked = annotated_of(WRONG)
    assert made.sheetnames == ["Findings", "Not checked", "Vesting (copy)"]
    sheet = made["Findings"]
    assert sheet["A1"].value == "Findings in book.xlsx"
    assert "Copy without formulas" in sheet["A2"].value
    assert "type nothing back" in sheet["A2"].value
    assert sheet["A4"].value == (
        f"The workbook that was checked has the SHA-256 {checked.sha256}; "
        "a workbook of another name that has the same SHA-256 is the same."
    )
    [top] = [row for row in range(1, 12) if sheet.cell(row, 1).value == "Code"]
    [found] = checked.findings
    assert [cell.value for cell in sheet[top + 1]] == [
        "ISO001", "error", "Vesting", "D2", found.message, found.fix, "§11(c)", "IRC §422(d); Treas. Reg. §1.422-4",
    ]  # fmt: skip
    assert sheet.cell(top + 1, 4).hyperlink.location == "'Vesting (copy)'!D2"
    assert sheet.auto_filter.ref == f"A{top}:H{top + 1}"
    assert sheet.freeze_panes == f"A{top + 1}"


def test_what_was_not_checked_has_its_sheet() -> None:
    made, checked = annotated_of(WRONG)
    rows = rows_of(made["Not checked"])
    missed = sorted(checked.not_checked, key=lambda missed: bool(missed.columns))
    assert rows[rows.index(["What", "Why"]) + 1 :] == [[each.what, each.why] for each in missed]
    assert not missed[0].columns
    assert missed[-1].columns


def test_without_findings_there_is_nothing_to_copy() -> None:
    made = opened(annotated(workbook_of(sheet_of({"A1": 1})), clean()))
    assert made.sheetnames == ["Findings"]
    assert made["Findings"]["A3"].value == "Verdict: clean; errors: 0; warnings: 0."


def test_a_finding_without_a_cell_or_a_sheet_is_listed() -> None:
    nowhere = [finding(cell="", sheet=""), finding(cell="", sheet="Vesting"), finding(sheet="Gone")]
    made = opened(annotated(workbook_of(sheet_of({"A1": 1})), faulty(*nowhere)))
    rows = rows_of(made["Findings"])[-3:]
    assert [row[2:4] for row in rows] == [["", ""], ["Vesting", ""], ["Gone", "D2"]]
    assert not [cell for row in made["Findings"] for cell in row if cell.hyperlink]


def test_more_findings_than_anybody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FINDINGS", 3)
    many = [finding(cell=f"A{row}") for row in range(1, 6)]
    made = opened(annotated(workbook_of(sheet_of({f"A{row}": row for row in range(1, 6)})), faulty(*many)))
    told = [row[0] for row in rows_of(made["Findings"])]
    assert told.count("ISO001") == 3
    assert any(str(text).startswith("Only the first 3 findings are listed here") for text in told)
    assert rows_of(made["Findings"])[2][0] == "Verdict: findings; errors: 5; warnings: 0."


# --- The copies -------------------------------------------------------------------------------------------------------


def test_cells_keep_their_addresses_and_values() -> None:
    made, _ = annotated_of(WRONG)
    sheet = made["Vesting (copy)"]
    assert [[cell.value for cell in row] for row in sheet["A1:E3"]] == [
        list(VESTING[0]),
        ["G-1", dt.datetime(2004, 12, 31), 10_000, 9_999, 0],
        ["G-2", dt.datetime(2005, 1, 5), 500, 0, 500],
    ]
    assert sheet["B2"].number_format == "yyyy-mm-dd"


VALUES: dict[str, Value] = {
    "A1": True,
    "A2": 0.1 + 0.2,
    "A3": 1e-300,
    "A4": 123_456_789_012_345.6,
    "A5": -7,
    "A6": "#DIV/0!",
    "A7": "two\nlines",
    "A8": "_x0041_",
    "A9": "007",
    "B1": dt.datetime(1900, 3, 1),
    "B2": dt.datetime(2004, 2, 29, 13, 30, 5),
    "B3": dt.time(8, 15),
    "XFD9": "last",
}


def test_values_of_every_kind() -> None:
    sheet = copied(VALUES)
    shown = {address: sheet[address].value for address in VALUES}
    assert shown == VALUES
    assert sheet["A6"].data_type == "s"
    assert type(shown["A1"]) is bool
    assert sheet["B2"].number_format == "yyyy-mm-dd hh:mm:ss"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("inf"), "inf"),
        (10**400, str(10**400)),
        ("a\x00b\ud800\ufffec", "abc"),
        ("x" * 40_000, "x" * 32_767),
        ("\U0001f600" * 20_000, "\U0001f600" * 16_383),
        (dt.datetime(1850, 1, 1), "1850-01-01 00:00:00"),
    ],
    ids=["infinite", "huge", "forbidden", "long", "long in UTF-16", "before the calendar"],
)
def test_values_that_a_cell_cannot_hold(value: Value, shown: str) -> None:
    assert copied({"A1": value})["A1"].value == shown


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example")', "\t=1", "{=1}"])
def test_a_text_is_never_a_formula(text: str) -> None:
    sheet = copied({"A1": text, "D2": text}, finding(message=text, sheet="Vesting"))
    assert (sheet["A1"].value, sheet["A1"].data_type, sheet["D2"].data_type) == (text, "s", "s")
    assert sheet["A1"].quotePrefix == (not text.startswith("{"))


def test_nothing_calculates_and_nothing_leads_out() -> None:
    data = book(
        *LEDGERS[:1],
        Typed("Vesting", with_cell(VESTING, 1, "ISO shares", Formula("=1+9998", 9_999))),
        Typed("Links", [["http://evil.example", Formula('=HYPERLINK("http://evil.example")', "x"), Error("#N/A")]]),
    )
    checked = check_bytes(data, "book.xlsx", Options(as_of=DAY))
    checked.findings.append(finding(sheet="Links", cell="A1", message="http://evil.example mailto:a@b.example =1"))
    content = parts(annotated(read_bytes(data), checked))
    assert not [name for name in content if b"<f>" in content[name] or b"<f " in content[name]]
    outside = [name for name in content if b"TargetMode" in content[name] or "externalLink" in name or "vba" in name]
    assert outside == []


def test_cells_are_coloured_by_severity_and_noted() -> None:
    both = [finding(cell="A1"), warning(cell="A1", sheet="Vesting"), warning(cell="B2", sheet="Vesting")]
    sheet = copied({"A1": 5, "A2": 6}, *both)
    error, warned, plain = (sheet[address].fill.start_color.rgb for address in ("A1", "B2", "A2"))
    assert (error, warned, plain) == ("FFFFC7CE", "FFFFEB9C", "00000000")
    assert sheet["A1"].comment.text.split("\n\n") == [
        "ERROR ISO001\nRecorded 9,999 ISO, it is 10,000.\nEnter 10,000.",
        "WARNING SPLIT002\nRecorded 9,999 ISO, it is 10,000.\nEnter 10,000.",
    ]
    assert sheet["B2"].comment is not None
    assert sheet["A2"].comment is None


def test_a_copy_says_what_it_is_wherever_one_looks() -> None:
    data = annotated(workbook_of(sheet_of({"A1": "Grant"})), faulty())
    sheet = opened(data).worksheets[-1]
    assert sheet.title.endswith("(copy)")
    assert "Copy without formulas" in sheet.oddHeader.left.text
    assert sheet.sheet_properties.tabColor.rgb == "FFC00000"
    assert sheet.protection.sheet
    assert (sheet.sheet_view.pane.ySplit, sheet.sheet_view.pane.state) == (1, "frozen")
    box = parts(data)["xl/drawings/drawing1.xml"].decode()
    assert "COPY WITHOUT FORMULAS" in box
    high = float(sheet.row_dimensions[1].height)
    assert high * 4 / 3 >= int(re.search(r"<xdr:to>.*?<xdr:rowOff>(\d+)", box, re.DOTALL)[1]) / 9525 + 20  # type: ignore[index]  # there


def test_a_copy_opens_at_its_first_finding() -> None:
    sheet = copied({"A1": "Grant", "B90": 5}, finding(cell="C80"), finding(cell="B90"))
    assert sheet.sheet_view.pane.topLeftCell == "A75"
    assert sheet.sheet_view.selection[-1].activeCell == "C80"
    assert copied({"A1": 1}, finding(cell="")).sheet_view.pane.topLeftCell == "A2"


def test_a_hidden_sheet_is_copied_visibly() -> None:
    sheets = workbook_of(sheet_of({"A1": 1}, hidden=True, hidden_rows=frozenset({1}), hidden_columns=frozenset({1})))
    sheet = opened(annotated(sheets, faulty())).worksheets[-1]
    assert sheet.sheet_state == "visible"
    assert not sheet.row_dimensions[1].hidden
    assert not sheet.column_dimensions["A"].hidden


def test_a_sheet_that_is_too_large_is_copied_as_far_as_it_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CELLS", 10)
    values: dict[str, Value] = {f"{column}{row}": row for column in "AB" for row in range(1, 21)}
    found = faulty(finding(cell="A15", sheet="One"), finding(cell="A3", sheet="Two"))
    data = annotated(workbook_of(sheet_of(values, "One"), sheet_of(values, "Two")), found)
    *_, one, two = opened(data).worksheets
    assert [row[0].row for row in one if row[0].value is not None] == [1, 2, 3, 4, 5, 15]
    assert [row[0].row for row in two if row[0].value is not None] == [3]
    content = parts(data)
    assert "Below row 5 only rows with a finding are copied" in content["xl/drawings/drawing1.xml"].decode()
    assert "Only rows with a finding are copied" in content["xl/drawings/drawing2.xml"].decode()


def test_names_of_sheets() -> None:
    names = [
        "Grants",
        "Grants (copy)",
        "x" * 31,
        "x" * 30 + "y",
        "a/b",
        "'q'",
        "O'Brien",
        "\U0001f600" * 15,
        "\x00",
        "GRANTS",
    ]
    made = copied_names(names, ("Findings", "Not checked"))
    assert list(made) == names
    assert made["Grants"] == "Grants (copy)"
    assert made["GRANTS"] == "GRANTS (copy 2)"
    assert len({name.casefold() for name in made.values()}) == len(names)
    assert all(len(name.encode("utf-16-le")) <= 62 for name in made.values())
    with xlsxwriter.Workbook(io.BytesIO()) as there:
        for name in made.values():
            there.add_worksheet(name)  # refuses what Excel does


@pytest.mark.parametrize("name", ["O'Brien", "a#b", "100%", HOSTILE, "'!A1", "山田"])
def test_a_link_leads_to_the_copy_of_a_sheet_of_any_name(name: str) -> None:
    made = opened(annotated(workbook_of(sheet_of({"D2": 1}, name)), faulty(finding(sheet=name))))
    [location] = [cell.hyperlink.location for row in made["Findings"] for cell in row if cell.hyperlink]
    assert location == f"""'{made.worksheets[-1].title.replace("'", "''")}'!D2"""


def test_hostile_texts_make_no_broken_file() -> None:
    checked = faulty(finding(message=HOSTILE, sheet=HOSTILE), not_checked=[NotChecked(HOSTILE, HOSTILE)], path=HOSTILE)
    data = annotated(workbook_of(sheet_of({"D2": HOSTILE}, HOSTILE)), checked)
    assert opened(data)["Findings"]["A1"].value.startswith("Findings in a [2J b")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None


def test_the_same_findings_are_the_same_bytes() -> None:
    made: Sequence[bytes] = [annotated(workbook_of(sheet_of(VALUES)), faulty()) for _ in range(2)]
    assert made[0] == made[1]


def test_addresses_that_are_none() -> None:
    sheet = copied({"A1": 1}, finding(cell="XFE1"), finding(cell="A1048577"), replace(finding(), cell="A0"))
    assert sheet["A1"].value == 1
