"""A mapping says what is read: written for a workbook it changes nothing, edited it decides, wrong it says where."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from plansheet.core.records import Activity
from plansheet.core.words import Action, Identifier
from plansheet.workbook.checked import Checked
from plansheet.workbook.ledgers.locate import Located, locate
from plansheet.workbook.ledgers.mapping import Mapping, UnusableMapping, read_mapping
from plansheet.workbook.ledgers.mapping_text import mapping_text
from plansheet.workbook.reading.reader import read_bytes
from workbook.books import GRANTED, GRANTS, LEDGERS, Rows, Sheet, book, checked, found
from workbook.layouts import ASKED, LAYOUTS, PLAN, Layout

PAGE = Path(__file__).parents[3] / "docs" / "mapping.md"
BLOCKS = [
    inspect.cleandoc(f"\n{block}")
    for block in re.findall(r"^ *```\n(.*?)^ *```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]
MAPPINGS = [block for block in BLOCKS if block.startswith("[[ledger]]")]


def written(*sheets: Sheet) -> str:
    """The mapping that is written for these sheets."""
    areas = locate(read_bytes(book(*sheets))).areas
    return mapping_text("book.xlsx", areas, [question.code for question in areas.questions])


def mapping(text: str) -> Mapping:
    return read_mapping(text, "mapping.toml")


def mapped(text: str, *sheets: Sheet) -> Located:
    return locate(read_bytes(book(*sheets)), mapping(text))


def records(located: Located) -> list[str]:
    ledger = located.ledger
    each = (*ledger.grants, *ledger.tranches, *ledger.activity, *ledger.holders)
    return [repr(record) for record in each]


def said(result: Checked) -> list[tuple[str, str, str]]:
    return [(f.code, f.cell, f.fingerprint) for f in result.findings if not f.code.startswith("MAP")]


@pytest.mark.parametrize(("layout", "holds"), LAYOUTS, ids=lambda each: getattr(each, "__name__", ""))
def test_the_mapping_that_is_written_changes_nothing(layout: Layout, holds: object) -> None:
    sheets = layout(PLAN)
    text = written(*sheets)
    assert records(mapped(text, *sheets)) == records(locate(read_bytes(book(*sheets))))
    assert said(checked(*sheets, mapping=mapping(text))) == said(checked(*sheets))


@pytest.mark.parametrize("code", ASKED)
def test_a_mapping_can_be_written_where_something_is_asked(code: str) -> None:
    sheets, _ = ASKED[code]
    text = written(*sheets)
    assert code in text
    document = tomllib.loads(text)
    assert ("ledger" in document) is (code not in ("MAP001", "MAP002"))
    draft = [line.removeprefix("# ").removeprefix("#") for line in text.splitlines()]
    if code in ("MAP001", "MAP002"):
        completed = "\n".join(draft[draft.index("[[ledger]]") :]).replace('"..."', '"B"')
        assert mapped(completed, *sheets).ledger.grants


def test_a_mapping_with_a_plan_sheet_and_tables() -> None:
    plan: Rows = [["Term", "Value"], ["Reserve", 10_499]]
    sheets = [Sheet("Terms", plan, table="Plan"), *(sheet._replace(table=sheet.name) for sheet in LEDGERS)]
    text = written(*sheets)
    assert 'excel_table = "Plan"' in text
    assert ("POOL001", "Activity!D3") in found(checked(*sheets))
    assert said(checked(*sheets, mapping=mapping(text))) == said(checked(*sheets))


def test_the_numbers_of_holders_are_written_and_read() -> None:
    holders: Rows = [["Employee ID", "Employee name", "Role"], [7, "Ada", "Officer"], [8, "Bo", "Consultant"]]
    numbers = [[*row[:1], number, *row[2:]] for row, number in zip(GRANTS, ["Employee ID", 7, 8], strict=True)]
    sheets = (Sheet("Holders", holders), Sheet("Grants", numbers))
    text = written(*sheets)
    assert '"Holder ID" = "A"  # Employee ID' in text
    assert [str(grant.holder) for grant in mapped(text, *sheets).ledger.grants] == ["Ada", "Bo"]


def test_a_mapping_decides_between_two_columns() -> None:
    sheets, _ = ASKED["MAP001"]
    text = """
        [[ledger]]
        sheet = "grants"
        table = "Grants"
        header = 1
        [ledger.columns]
        Grant = "A"
        "Grant date" = "Grant Date"
        Strike = "h"
        "No. of shares" = "Shares"
    """
    located = mapped(text, *sheets)
    assert [grant.exercise_price for grant in located.ledger.grants] == [9, 8]
    assert located.areas.questions == []
    assert located.ledger.grants[0].holder is None


def test_a_sheet_that_is_ignored_is_not_read_and_the_others_are() -> None:
    text = '[[ledger]]\nsheet = "Grants"\ntable = "ignore"\n'
    ledger = mapped(text, *LEDGERS).ledger
    assert (len(ledger.grants), len(ledger.tranches)) == (0, 2)


def test_rows_and_an_action_for_a_whole_sheet() -> None:
    rows: Rows = [["Option", "When", "How many"], *([f"G-{n}", GRANTED, n] for n in range(1, 6)), ["Sum", "", 15]]
    text = """
        [[ledger]]
        sheet = "Old"
        table = "Activity"
        header = 1
        rows = "3-5"
        action = "exercised"
        [ledger.columns]
        Grant = "A"
        Date = "When"
        Shares = "How many"
    """
    ledger = mapped(text, Sheet("Old", rows)).ledger
    assert ledger.activity[0] == Activity(GRANTED, Action.EXERCISE, Identifier("G-2"), 2)
    assert [row.row for row in ledger.activity] == [3, 4, 5]


LEDGER = '[[ledger]]\nsheet = "Grants"\ntable = "Grants"\nheader = 1\n[ledger.columns]\n'
COLUMNS = 'Grant = "A"\n"Grant date" = "D"\nShares = "G"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "names no ledger; write [[ledger]]"),
        ("[[ledger]", "is no TOML"),
        ('ledger = "Grants"', "names no ledger"),
        ("[[ledger]]\n[[ledgers]]\n", "names no ledger"),
        (f'{LEDGER}{COLUMNS}Fair = "B"', "1, columns names Fair, which Grants does not have; it has Grant, "),
        (f'{LEDGER}{COLUMNS}Optionee = "B"\nHolder = "C"', "columns names Holder twice, under two names of one thing"),
        (f"{LEDGER}{COLUMNS}Holder = 2", 'has Holder = 2; write a column: Holder = "A", or its heading'),
        (f"{LEDGER}{COLUMNS}Holder = []", 'has Holder = []; write a column: Holder = "A", or its heading'),
        (f'{LEDGER}Grant = "A"\n"Grant date" = "D"', 'has no Shares, which Grants needs; add Shares = "..."'),
        (LEDGER.replace('"Grants"\nheader', '"Options"\nheader'), 'has table = "Options"; write one of Holders'),
        (LEDGER.replace('table = "Grants"\n', ""), "has no table; write one of"),
        (LEDGER.replace('sheet = "Grants"', ""), "does not say where it stands; write sheet"),
        (LEDGER.replace('"Grants"\ntable', '7\ntable'), "has sheet = 7; write its name in quotation marks"),
        (LEDGER.replace("header = 1", ""), "has no header; write the row of its headings, such as header = 9"),
        (LEDGER.replace("header = 1", 'header = "1"'), "has header = '1'; write the number of the row"),
        (LEDGER.replace("header = 1", "header = 1\nheadings = 2"), "has a line headings, which is not known; use"),
        (LEDGER.replace("header = 1", 'header = 1\nrows = "9"'), 'has rows = \'9\'; write the first and the last'),
        (LEDGER.replace("header = 1", 'header = 1\nrows = "9-3"'), "write the first and the last"),
        (LEDGER.replace("header = 1", 'header = 1\naction = "REPRICE"'), '"REPRICE", which is not known; use one of'),
        (f'{LEDGER}{COLUMNS}[[ledger.tranches]]\nShares = "H"', 'has tranches, which stand in table = "Vesting"'),
        ('[[ledger]]\nsheet = "A"\ntable = "Plan"\nheader = 1\n[ledger.columns]\nGrant = "A"', "write Term and Value"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_mapping_is_told_with_its_place(text: str, why: str) -> None:
    with pytest.raises(UnusableMapping) as refused:
        mapping(text)
    assert why in str(refused.value)
    assert str(refused.value).startswith("mapping.toml")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            '"Grants"\ntable',
            '"Grantd"\ntable',
            '1 names the sheet "Grantd", which is not there; sheets: Grants',
        ),
        (
            'sheet = "Grants"',
            'excel_table = "Grants"',
            'the table "Grants", which is not there; its tables: none',
        ),
        ("header = 1", "header = 99", "has header = 99, the last row of Grants is 3; write the row of its headings"),
        ('"G"', '"ZZ"', "names the column ZZ, which is beyond the last of Grants"),
        ('"G"', '"Number granted"', 'names the column "Number granted", which is no heading in row 1 of Grants'),
    ],
)
def test_what_a_workbook_does_not_have_leaves_it_unchecked(old: str, new: str, why: str) -> None:
    text = f"{LEDGER}{COLUMNS}".replace(old, new)
    result = checked(Sheet("Grants", GRANTS), mapping=mapping(text))
    assert result.verdict == "unchecked"
    [missed] = [each for each in result.not_checked if each.what == "the mapping"]
    assert why in missed.why


def test_a_heading_that_stands_twice_does_not_name_a_column() -> None:
    rows = [[*row, row[-1]] for row in GRANTS]
    text = f"{LEDGER}{COLUMNS}".replace('"G"', '"Shares"')
    [mistake] = mapped(text, Sheet("Grants", rows)).areas.mistakes
    assert 'names the heading "Shares", which stands twice in row 1' in mistake


# --- The page ---------------------------------------------------------------------------------------------------------

REGISTER: Rows = [
    ["Register of options"],
    [],
    ["Option", "First name", "Last name", "Granted on", "Granted", "Strike price", "Option price"],
    ["G-1", "Ada", "Arbor", GRANTED, 100, 10, 11],
    ["G-2", "Bo", "Birch", GRANTED, 200, 12, 13],
]


def test_the_example_of_the_page() -> None:
    without = checked(Sheet("Register", REGISTER))
    [asked] = without.findings
    assert f"error {asked.code} {asked.sheet}!{asked.cell}: {asked.message}" in BLOCKS
    answered = checked(Sheet("Register", REGISTER), mapping=mapping(MAPPINGS[0]))
    assert "\n".join(answered.taken_for) in BLOCKS
    assert [f.code for f in answered.findings if f.code.startswith("MAP")] == []


def test_the_groups_of_the_page() -> None:
    headings = ["No", "", "", "", "", "", "", "on", "n", "on", "n", "sold on", "n"]
    row = ["G-1", "", "", "", "", "", "", GRANTED, 5, GRANTED, 6, GRANTED, 4]
    ledger = mapped(MAPPINGS[1], Sheet("Options", [headings, row])).ledger
    assert [tranche.shares for tranche in ledger.tranches] == [5, 6]
    assert [(each.action, each.shares) for each in ledger.activity] == [(Action.EXERCISE, 4)]
