"""Judgements on formula cells: each by a workbook that it finds something in, and by its neighbour that is right."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from plansheet.excel.manual import JUDGEMENTS
from plansheet.workbook.checks import Checked, Options, check_bytes
from workbook.ledgers import DAY, Error, Formula, Rows, Sheet, book, found
from workbook.making import changed

GRANTED, EXERCISABLE = dt.date(2004, 1, 5), dt.date(2005, 1, 5)
GRANTS: Rows = [
    ["Grant", "Holder", "Type", "Grant date", "FMV", "Exercise price", "Shares"],
    *(
        [f"G-{n}", holder, "ISO", GRANTED, 10, 12, 400]
        for n, holder in enumerate(["Ada", "Ada", "Ada", *["Bo"] * 5], 1)
    ),
]
HEADINGS = ["Grant", "Holder", "Grant date", "FMV", "First exercisable", "Shares"]
LAST = len(GRANTS)
CLEAN: Rows = [
    HEADINGS,
    *(
        [g[0], g[1], GRANTED, Formula(f"=Grants!E{row}", 10), EXERCISABLE, 400]
        for row, g in enumerate(GRANTS[1:], start=2)
    ),
]
"""Vesting with one tranche a grant, whose FMV is looked up; rows 2 to 9."""
COLUMNS = {"grant_id": "A", "grant_date": "C", "fmv": "D", "first_exercisable": "E", "shares": "F", "holder": "B"}
RIGHT = [400, 0]


def spill(formula: str, rows: Sequence[Sequence[object]], name: str = "Split") -> Sheet:
    """A sheet that holds nothing but a spill from A1."""
    fills = f"A1:{'ABCDEFG'[len(rows[0]) - 1]}{len(rows)}"
    return Sheet(name, [[Formula(formula, rows[0][0], fills), *rows[0][1:]], *rows[1:]])


def split(first: int = 2, last: int = LAST, name: str = "Split", **other: str) -> Sheet:
    """ISO_LIMIT_SPLIT over these rows of Vesting; ``other``: a range for one of its parameters."""
    ranges = {parameter: f"Vesting!{c}{first}:{c}{last}" for parameter, c in COLUMNS.items()} | other
    return spill(f"=ISO_LIMIT_SPLIT({','.join(ranges.values())})", [RIGHT] * (last - first + 1), name)


def vesting(*rows: Sequence[object], headings: Sequence[str] = HEADINGS) -> Sheet:
    return Sheet("Vesting", [headings, *rows])


def with_fmv(*cells: tuple[int, object]) -> Sheet:
    """Vesting with other cells in the column FMV, by row."""
    rows = [list(row) for row in CLEAN]
    for row, cell in cells:
        rows[row - 1][3] = cell
    return Sheet("Vesting", rows)


def clean(*others: Sheet, of: Sheet | None = None) -> bytes:
    return book(Sheet("Grants", GRANTS), of or Sheet("Vesting", CLEAN), *(others or (split(),)))


def judged(data: bytes) -> Checked:
    result = check_bytes(data, "book.xlsx", Options(as_of=DAY))
    assert not any("plansheet failed" in each.why for each in result.not_checked), result.not_checked
    return result


def of_cells(result: Checked) -> list[tuple[str, str]]:
    """The findings of judgements."""
    codes = {rule.code for rule in JUDGEMENTS}
    return [(code, cell) for code, cell in found(result) if code in codes]


PRICES: Rows = [["Person", "Options", "Strike", "Payment"], *([n, 100, 4, 1200] for n in ("Ada", "Bo", "Cy", "Di"))]


def cashout(shares: str = "Deal!B2:B5", price: str = "Deal!C2:C5", *, rows: int = 4) -> Sheet:
    """MERGER_CASHOUT at $16 over a sheet that is no ledger."""
    holders = shares.replace("B", "A")
    return spill(f'=MERGER_CASHOUT(16,{shares},{price},{holders},"PLAN")', [[1200]] * rows, "Cash")


def deal(*cells: tuple[int, int, object]) -> Sheet:
    """The sheet of a deal with other cells, by row and column from 1."""
    rows = [list(row) for row in PRICES]
    for row, column, cell in cells:
        while len(rows) < row:
            rows.append([None] * 4)
        rows[row - 1][column - 1] = cell
    return Sheet("Deal", rows)


def hidden(sheets: Sequence[Sheet], part: str, row: int) -> bytes:
    return changed(book(*sheets), f"xl/worksheets/{part}.xml", f'<row r="{row}"', f'<row hidden="1" r="{row}"')


def calculates(attributes: str) -> bytes:
    return changed(clean(), "xl/workbook.xml", 'fullCalcOnLoad="1"', attributes)


def never_opened(*sheets: Sheet) -> bytes:
    return book(*sheets)


def linked(formula: str) -> bytes:
    return clean(split(), of=with_fmv(*((row, Formula(formula.format(row=row), 10)) for row in range(2, LAST + 1))))


POOL = '=POOL_AVAILABLE(1000,"GRANT",30)'


def pool(value: object, formula: str = POOL) -> bytes:
    return book(Sheet("Pool", [["Left"], [Formula(formula, value)]]))


def events(grant: str, action: str, shares: int) -> Sheet:
    headings = ["Date", "Action", "Grant", "Shares", "Type"]
    return Sheet("Activity", [headings, [dt.date(2006, 1, 5), action, grant, shares, None]])


def reserved(formula: str, value: int) -> bytes:
    activity = events("G-1", "GRANT", 30)
    reserve = [dt.date(2000, 1, 5), "RESERVE", None, 900, None]
    rows: Rows = [activity.rows[0], reserve, activity.rows[1]]
    return book(
        Sheet("Grants", GRANTS), activity._replace(rows=rows), Sheet("Pool", [["Left"], [Formula(formula, value)]])
    )


def without_value() -> bytes:
    return changed(pool(77_777), "xl/worksheets/sheet1.xml", "<v>77777</v>", "")


class Case(NamedTuple):
    """A workbook with one thing wrong, the cell of the finding, and the same workbook where it is right."""

    wrong: Callable[[], bytes]
    cell: str
    right: Callable[[], bytes]
    says: str = ""


CASES: dict[str, Case] = {
    "CALC001": Case(lambda: pool(971), "Pool!A2", lambda: pool(970), "as 971, it gives 970, 1 share too many."),
    "CALC002": Case(without_value, "Pool!A2", lambda: pool(970)),
    "CALC003": Case(lambda: pool("#NAME?"), "Pool!A2", lambda: pool(970)),
    "CALC004": Case(lambda: pool("#N/A waiting..."), "Pool!A2", lambda: pool("n/a"), 'the text "#N/A waiting..."'),
    "FORM001": Case(
        lambda: clean(
            of=with_fmv((5, 11), (6, 11)),
        ),
        "Vesting!D5",
        lambda: clean(of=with_fmv((2, 10), (3, 10), (4, 10), (5, 10), (6, 10), (7, 10))),
        "D5:D6 hold 11, typed over the formula that 6 cells of the column have; it gives 10 in D5.",
    ),
    "FORM002": Case(
        lambda: clean(of=with_fmv((5, Formula("=Grants!E4", 10)))),
        "Vesting!D5",
        lambda: clean(of=with_fmv((5, Formula("=Grants!E5", 10)))),
        "D5 holds =Grants!E4, unlike the formula that 7 cells of the column have; it gives 10 in D5.",
    ),
    "FORM003": Case(
        lambda: clean(of=with_fmv((9, None))),
        "Vesting!D9",
        lambda: clean(of=with_fmv((7, None), (9, None))),
        "D9 is blank; 7 cells of the column have a formula.",
    ),
    "INPUT001": Case(
        lambda: clean(split(last=LAST - 1)),
        "Split!A1",
        lambda: clean(split(last=4), split(first=5, name="Others")),
        "Vesting!A2:A8 and leaves out row 9 of Vesting rows 2 to 9 (1 row)",
    ),
    "INPUT002": Case(
        lambda: clean(split(last=4)),
        "Split!A1",
        lambda: clean(split(last=4), split(first=5, name="Others")),
        "no cell has its answer for rows 5 to 9 of Vesting rows 2 to 9 (5 rows)",
    ),
    "INPUT003": Case(lambda: clean(split(first=1)), "Split!A1", clean, 'with the heading "Grant" in row 1'),
    "INPUT004": Case(
        lambda: book(deal((6, 2, Formula("=SUM(B2:B5)", 400)), (6, 3, 4)), cashout("Deal!B2:B6", "Deal!C2:C6", rows=5)),
        "Cash!A1",
        lambda: book(deal((6, 2, Formula("=SUM(B2:B5)", 400)), (6, 3, 4)), cashout()),
        "with the totals of row 6 (=SUM(B2:B5))",
    ),
    "INPUT005": Case(
        lambda: clean(split(fmv="Vesting!D3:D10")),
        "Split!A1",
        clean,
        "Vesting!D3:D10 as fmv and Vesting!A2:A9 as grant_id: not the same rows.",
    ),
    "INPUT006": Case(
        lambda: clean(split(fmv="Grants!F2:F9")),
        "Split!A1",
        lambda: clean(split(fmv="Grants!E2:E9")),
        'fmv from Grants!F2:F9, under the heading "Exercise price".',
    ),
    "INPUT007": Case(
        lambda: clean(split(first_exercisable="Vesting!C2:C9")),
        "Split!A1",
        clean,
        'first_exercisable from Vesting!C2:C9, under the heading "Grant date": exercisable from that day on?',
    ),
    "INPUT008": Case(
        lambda: book(deal((3, 2, "1,000")), cashout(), cashout()._replace(name="Again")),
        "Deal!B3",
        lambda: book(deal(), cashout(), cashout()._replace(name="Again")),
        'The text "1,000" is given as shares, where a number is needed; 2 formulas use it, the first in Cash!A1.',
    ),
    "INPUT009": Case(
        lambda: book(deal((3, 3, Error("#REF!"))), cashout()),
        "Deal!C3",
        lambda: book(deal(), cashout()),
        "The error #REF! is given as exercise_price; 1 formula uses it, the first in Cash!A1.",
    ),
    "INPUT010": Case(
        lambda: hidden([deal(), cashout()], "sheet1", 3),
        "Deal!B3",
        lambda: hidden([deal((7, 1, "Note")), cashout()], "sheet1", 7),
        "Row 3 of the sheet does not show, and 1 formula counts it, the first in Cash!A1.",
    ),
    "INPUT011": Case(
        lambda: linked("='[1]Prices 2004'!$B${row}"),
        "Vesting!D2",
        lambda: linked("=Grants!E{row}"),
        "8 cells that plan functions or ledgers use take figures from another workbook",
    ),
    "INPUT012": Case(
        lambda: pool(970, '=POOL_AVAILABLE(1000,"GRANT",30,,,TODAY(),,"ANY")'),
        "Pool!A2",
        lambda: pool(970, '=POOL_AVAILABLE(1000,"GRANT",30,,,38000,TODAY(),"ANY")'),
        "A2 rests on TODAY()",
    ),
    "INPUT013": Case(
        lambda: clean(split(holder="")),
        "Split!A1",
        lambda: clean(split(last=4, holder=""), split(first=5, name="Others")),
        "Vesting!A2:A9 without holder: Ada and Bo are taken for one",
    ),
    "INPUT014": Case(
        lambda: clean(split(), events("G-2", "CANCEL", 100)),
        "Split!A1",
        lambda: clean(split(), events("G-2", "EXERCISE", 100)),
        "Vesting!A2:A9 without activity, which has 1 CANCEL.",
    ),
    "INPUT015": Case(
        lambda: clean(split(grant_type='"ISO"', activity="", limit="1000000")),
        "Split!A1",
        lambda: clean(split(grant_type='"ISO"', activity="", limit="100000")),
        "takes a limit of 1,000,000; the plan's is 100,000.",
    ),
    "INPUT016": Case(
        lambda: clean(split(grant_type='"ISO"', activity="", limit="", rounding='"Exact"')),
        "Split!A1",
        lambda: clean(split(grant_type='"ISO"', activity="", limit="", rounding='"Floor"')),
        "takes EXACT as rounding; the plan has FLOOR.",
    ),
    "INPUT017": Case(
        lambda: reserved("=POOL_AVAILABLE(900,Activity!B2:B3,Activity!D2:D3)", 1770),
        "Pool!A2",
        lambda: reserved("=POOL_AVAILABLE(0,Activity!B2:B3,Activity!D2:D3)", 870),
        "a reserve of 900, and a RESERVE row",
    ),
    "FORM004": Case(
        lambda: pool("#REF!", '=POOL_AVAILABLE(#REF!,"GRANT",30)'),
        "Pool!A2",
        lambda: pool(970, '=POOL_AVAILABLE(1000,"GRANT",30,"#REF!")'),
        "A2 refers to #REF!, which was deleted.",
    ),
    "FORM005": Case(
        lambda: pool("#NAME?", '=POOL_AVAILBLE(1000,"GRANT",30)'),
        "Pool!A2",
        lambda: pool("#NAME?", '=POOL(1000,"GRANT",30)'),
        "A2 calls POOL_AVAILBLE, which is no function; the nearest one is POOL_AVAILABLE.",
    ),
    "BOOK001": Case(lambda: calculates('calcMode="manual"'), "!", lambda: calculates('calcMode="autoNoTable"')),
    "BOOK002": Case(lambda: calculates('fullPrecision="0"'), "!", lambda: calculates('fullPrecision="1"')),
    "BOOK003": Case(lambda: calculates('iterate="1"'), "!", lambda: calculates('iterate="0"')),
    "BOOK004": Case(
        lambda: book(Sheet("Grants", GRANTS), Sheet("Vesting", CLEAN), split(), date_1904=True),
        "!",
        lambda: book(Sheet("Pool", [["Left"], [Formula(POOL, 970)]]), date_1904=True),
    ),
    "BOOK005": Case(
        lambda: clean(of=with_fmv(*((row, Formula(f"=Grants!E{row}", 0)) for row in range(2, LAST + 1)))),
        "!",
        lambda: clean(of=with_fmv(*((row, Formula(f"=Grants!E{row}", 0)) for row in range(2, LAST)))),
        "8 formulas with 0",
    ),
}


def test_every_judgement_has_a_workbook_that_breaks_it_and_one_that_does_not() -> None:
    assert {rule.code for rule in JUDGEMENTS} == CASES.keys()


@pytest.mark.parametrize("code", CASES)
def test_what_is_wrong_is_found_once_in_its_cell(code: str) -> None:
    case = CASES[code]
    result = judged(case.wrong())
    assert [cell for each, cell in found(result) if each == code] == [case.cell]
    [finding] = [each for each in result.findings if each.code == code]
    assert case.says in finding.message
    assert "{" not in finding.message + finding.fix


@pytest.mark.parametrize("code", CASES)
def test_what_is_right_is_not_found(code: str) -> None:
    assert code not in [each for each, _ in found(judged(CASES[code].right()))]


def test_a_workbook_in_which_nothing_is_wrong() -> None:
    assert judged(clean()).findings == []
    assert judged(book(deal(), cashout())).findings == []
