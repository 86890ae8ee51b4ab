"""Judgements on formula cells: each by a workbook that it finds something in, and by its neighbour that is right."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from plansheet.excel.manual import JUDGEMENTS
from plansheet.plan.terms import atg_1996, with_values
from plansheet.workbook.checked import Checked
from plansheet.workbook.checks import Options, check_bytes
from workbook.books import DAY, Error, Formula, Rows, Sheet, book, found
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


POOL_OF_LEDGER = "Activity!B{0}:B{1},Activity!D{0}:D{1},Activity!C{0}:C{1},Activity!E{0}:E{1},Activity!A{0}:A{1}"


def started(
    start: object,
    *actions: tuple[str, object],
    reserve: object = None,
    more: str = "",
    form: str = "={}",
    first: int = 2,
) -> bytes:
    """POOL_AVAILABLE over an Activity of these actions; ``reserve``: of the Plan sheet, None where there is none."""
    rows: Rows = [
        ["Date", "Action", "Grant", "Shares", "Type"],
        *(
            [dt.date(2004, 1, 4 + at), action, "G-1" if action == "GRANT" else None, shares, None]
            for at, (action, shares) in enumerate(actions)
        ),
    ]
    call = f"POOL_AVAILABLE({start},{POOL_OF_LEDGER.format(first, len(rows))}{more})"
    sheets = [Sheet("Activity", rows), Sheet("Pool", [["Left", 900], [Formula(form.format(call), 0)]])]
    if reserve is not None:
        sheets.append(Sheet("Plan", [["Term", "Value"], ["Reserve", reserve]]))
    return book(*sheets)


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
        'first_exercisable from Vesting!C2:C9, under the heading "Grant date": as if exercisable that day.',
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
    "INPUT018": Case(
        lambda: started(0, ("GRANT", 30)),
        "Pool!A2",
        lambda: started(0, ("RESERVE", 900), ("GRANT", 30)),
        "POOL_AVAILABLE starts without a reserve, and its rows have no RESERVE",
    ),
    "INPUT019": Case(
        lambda: started(901, ("GRANT", 30), reserve=900),
        "Pool!A2",
        lambda: started(900, ("GRANT", 30), reserve=900),
        "starts with a reserve of 901; the plan's is 900.",
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
    "FORM006": Case(
        lambda: book(Sheet("Pool", [[Formula('=POOL_AVAILABLE(B1,"GRANT",30)', 970), Formula("=A1+30", 1000)]])),
        "Pool!A1",
        lambda: book(Sheet("Pool", [[Formula('=POOL_AVAILABLE(B1,"GRANT",30)', 970), Formula("=C1+30", 1000), 970]])),
        "Pool!A1 uses its own result: Pool!A1 uses Pool!B1 uses Pool!A1.",
    ),
    "FORM007": Case(
        lambda: pool(1070, f"{POOL}+100"),
        "Pool!A2",
        lambda: pool(970, f"{POOL}+B2"),
        "A2 adds a typed number to what POOL_AVAILABLE gives: +100.",
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


def test_the_fix_names_the_column_that_is_wanted() -> None:
    for code, column_wanted in (("INPUT006", "FMV"), ("INPUT007", "First exercisable")):
        [finding] = [each for each in judged(CASES[code].wrong()).findings if each.code == code]
        assert finding.fix.startswith(f"Give it the column {column_wanted}")


def test_a_workbook_in_which_nothing_is_wrong() -> None:
    assert judged(clean()).findings == []
    assert judged(book(deal(), cashout())).findings == []


# --- The reserve of a pool --------------------------------------------------------------------------------------------


def of_reserve(data: bytes) -> list[str]:
    """The codes of what is found of a pool's reserve."""
    return [code for code, _ in of_cells(judged(data)) if code in ("INPUT017", "INPUT018", "INPUT019")]


GRANTED_30, SPLIT_IN_TWO = ("GRANT", 30), ("SPLIT", "2-for-1")


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (lambda: started("", GRANTED_30), ["INPUT018"]),
        (lambda: started("Pool!C9", GRANTED_30), ["INPUT018"]),
        (lambda: started("Pool!B1", GRANTED_30), []),
        (lambda: started(0, GRANTED_30, reserve=900), ["INPUT018"]),
        (lambda: started(0, GRANTED_30, more=",38000"), ["INPUT018"]),
        (lambda: started(0, SPLIT_IN_TWO), []),
        (lambda: started(0, ("RESRVE", 900), GRANTED_30), []),
        (lambda: started(0, GRANTED_30, form="=B1+{}"), []),
        (lambda: started(0, GRANTED_30, form="=SUM(B1,{})"), []),
        (lambda: started(0, GRANTED_30, form="=SUM({})"), ["INPUT018"]),
        (lambda: started(0, GRANTED_30, form="=IF({}-B1>0,1,0)"), ["INPUT018"]),
        (lambda: started(1, GRANTED_30), []),
    ],
    ids=[
        "left out", "a blank cell", "a cell with one", "and the plan has one", "as of a day", "nothing granted",
        "what may be its row", "added beside", "summed with it", "summed alone", "compared", "another, and no plan",
    ],
)  # fmt: skip
def test_a_pool_without_a_reserve(data: Callable[[], bytes], codes: list[str]) -> None:
    assert of_reserve(data()) == codes


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (lambda: started(450, GRANTED_30, SPLIT_IN_TWO, reserve=900), []),
        (lambda: started(900, GRANTED_30, SPLIT_IN_TWO, reserve=900), ["INPUT019"]),
        (lambda: started(0, ("RESERVE", 450), GRANTED_30, SPLIT_IN_TWO, reserve=900), []),
        (lambda: started(0, ("RESERVE", 449), GRANTED_30, SPLIT_IN_TWO, reserve=900), ["INPUT019"]),
        (lambda: started(700, GRANTED_30, ("RESERVE", 200), reserve=900), []),
        (lambda: started(700, GRANTED_30, ("RESERVE", 201), reserve=900), ["INPUT019"]),
        (lambda: started(0, ("RESERVE", 901), GRANTED_30, reserve=900), []),
        (lambda: started(900, ("RESERVE", 900), GRANTED_30, reserve=900), ["INPUT017"]),
        (lambda: started(901, GRANTED_30, reserve=""), []),
        (lambda: started(901, GRANTED_30, reserve="many"), []),
        (lambda: started(901, GRANTED_30, GRANTED_30, reserve=900, more=",37990"), []),
        (lambda: started(901, GRANTED_30, GRANTED_30, reserve=900, more=",37991"), ["INPUT019"]),
        (lambda: started(901, GRANTED_30, reserve=900, more=",TODAY()"), ["INPUT019"]),
        (lambda: started(800, GRANTED_30, reserve=900, more=',,"ISO"'), []),
        (lambda: started(800, GRANTED_30, reserve=900, more=',,"ANY"'), ["INPUT019"]),
        (lambda: started(800, GRANTED_30, reserve=900, form="=B1+{}"), []),
    ],
    ids=[
        "before a split", "after a split", "in rows", "in rows, a share less", "with an increase",
        "with another increase", "rows of more: POOL003", "twice", "the plan's is blank", "the plan's cannot be read",
        "as of a day", "as of the last", "as of today", "for ISOs", "for any", "added beside",
    ],
)  # fmt: skip
def test_a_pool_with_another_reserve_than_the_plan(data: Callable[[], bytes], codes: list[str]) -> None:
    assert of_reserve(data()) == codes


def test_another_reserve_than_the_plan_is_told_with_what_its_rows_leave() -> None:
    data = started(0, ("RESERVE", 449), GRANTED_30, SPLIT_IN_TWO, reserve=900)
    [told] = [each for each in judged(data).findings if each.code == "INPUT019"]
    left = "starts with a reserve of 0; the plan's is 900, of which the RESERVE and SPLIT rows leave 1 for the start."
    assert told.message == f"POOL_AVAILABLE {left}"
    assert told.fix.startswith("Give it 1 as reserve, record what is missing of an increase as a RESERVE row")


def test_terms_that_were_given_state_a_reserve() -> None:
    terms = with_values(atg_1996(), {"reserve": 900}, "the test")
    for start, found_there in ((900, []), (901, ["INPUT019"])):
        checked = check_bytes(started(start, GRANTED_30), "book.xlsx", Options(as_of=DAY, terms=terms))
        assert [f.code for f in checked.findings if f.code == "INPUT019"] == found_there


def test_a_pool_that_leaves_out_the_row_of_its_reserve_is_told_once() -> None:
    data = started(0, ("RESERVE", 900), GRANTED_30, ("FORFEIT", 10), first=3)
    assert [code for code, _ in of_cells(judged(data)) if code.startswith("INPUT")] == ["INPUT001"]


# --- Columns of formulas ----------------------------------------------------------------------------------------------


def column(*cells: object, more: Rows = ()) -> list[tuple[str, str]]:
    """The judgements on Vesting whose column FMV holds these cells."""
    rows: list[Sequence[object]] = [HEADINGS]
    for row, cell in enumerate(cells, start=2):
        grant = [f"G-{row - 1}", "Ada" if row < 5 else "Bo", GRANTED]
        rows.append([*grant, Formula(f"=Grants!E{row}", 10) if cell is LOOKED_UP else cell, EXERCISABLE, 400])
    sheet = Sheet("Vesting", [*rows, *more])
    return of_cells(judged(book(Sheet("Grants", GRANTS), sheet)))


LOOKED_UP = object()
THREE = [LOOKED_UP] * 3


@pytest.mark.parametrize(
    ("cells", "found_in"),
    [
        ([*THREE, 11], ["D5"]),
        ([11, *THREE], ["D2"]),
        ([LOOKED_UP, 11, LOOKED_UP, LOOKED_UP], ["D3"]),
        ([LOOKED_UP, 11, LOOKED_UP], []),
        ([11, 11, *THREE], ["D2"]),
        ([11, 11, 11, *THREE], []),
        ([*THREE, 11, 11, 11], []),
        ([LOOKED_UP, *[11] * 200, LOOKED_UP, LOOKED_UP], ["D3"]),
        ([*[LOOKED_UP, 11, LOOKED_UP, LOOKED_UP] * 2, LOOKED_UP, LOOKED_UP], ["D3", "D7"]),
        ([LOOKED_UP, 11, LOOKED_UP, LOOKED_UP] * 4, []),
        ([*THREE, "n/a", LOOKED_UP], []),
        ([*THREE, "10.5", LOOKED_UP], ["D5"]),
        ([*THREE, "n/a", 11, LOOKED_UP], ["D6"]),
        ([*THREE, True], ["D5"]),
    ],
    ids=lambda value: None,
)
def test_what_is_typed_over_in_a_column(cells: list[object], found_in: list[str]) -> None:
    assert [cell for code, cell in column(*cells) if code == "FORM001"] == [f"Vesting!{cell}" for cell in found_in]


@pytest.mark.parametrize(
    ("cells", "found_in"),
    [
        ([*THREE, Formula("=Grants!E2", 10)], ["D5"]),
        ([*THREE, Formula("=Grants!E5*1.1", 10)], ["D5"]),
        ([LOOKED_UP, Formula("=Grants!E2", 10), LOOKED_UP], []),
        ([*THREE, Formula("=Grants!$E5", 10)], ["D5"]),
        ([LOOKED_UP, *[Formula(f"=Grants!E{row}+0", 10) for row in (3, 4)], *THREE], ["D3"]),
        ([LOOKED_UP, *[Formula(f"=Grants!E{row}+0", 10) for row in (3, 4, 5)], *THREE], []),
        ([x for row in (3, 5, 7) for x in (LOOKED_UP, Formula(f"=Grants!E{row}+0", 10))] + [LOOKED_UP] * 6, []),
        ([Formula("=Grants!E2", 10), *(Formula(f"=D{row - 1}", 10) for row in (3, 4, 5, 6))], []),
        ([10, *(Formula(f"=D{row - 1}", 10) for row in (3, 4, 5, 6))], []),
    ],
    ids=lambda value: None,
)
def test_what_is_unlike_its_neighbours(cells: list[object], found_in: list[str]) -> None:
    assert [cell for code, cell in column(*cells) if code[:4] == "FORM"] == [f"Vesting!{cell}" for cell in found_in]


def test_the_number_that_differs_is_named() -> None:
    cells = [(row, Formula(f"=Grants!E{row}*{'1.1' if row == 5 else 1}", 10)) for row in range(2, LAST + 1)]
    [finding] = [each for each in judged(clean(of=with_fmv(*cells))).findings if each.code == "FORM002"]
    assert "(with 1.1 for 1)" in finding.message
    assert finding.fix == "Enter their formula =Grants!E5*1 in D5."


def test_a_totals_row_below_a_column_is_no_stranger() -> None:
    total = ["Total", None, None, Formula("=SUM(D2:D5)", 40), None, Formula("=SUM(F2:F5)", 1600)]
    assert column(*THREE, LOOKED_UP, more=[total]) == []


def test_a_blank_cell_in_a_column_without_grants_is_none() -> None:
    assert column(*THREE, None) == [("FORM003", "Vesting!D5")]
    assert column(*THREE, more=[["Note: looked up by hand", None, None, None, None, None]]) == []


def schedule(first: Sequence[object], last: Sequence[object]) -> list[tuple[str, str]]:
    """The judgements on two grants of four tranches: ``first`` are their first days, ``last`` their last shares."""
    rows: list[Sequence[object]] = [HEADINGS]
    for grant in (0, 1):
        for tranche in range(4):
            row = len(rows) + 1
            exercisable = dt.date(2005 + tranche, 1, 5)
            days = first[grant] if tranche == 0 else Formula(f"=EDATE(E{row - 1},12)", exercisable)
            shares = last[grant] if tranche == 3 else Formula("=ROUNDDOWN(Grants!$G$2/4,0)", 100)
            if isinstance(shares, str):
                shares = Formula(shares.format(row=row, top=row - 3, above=row - 1), 100)
            rows.append([f"G-{grant + 1}", "Ada", GRANTED, 10, days, shares])
    return of_cells(judged(book(Sheet("Grants", GRANTS[:3]), Sheet("Vesting", rows))))


def test_the_first_and_the_last_tranche_of_each_grant() -> None:
    rest = "=400-SUM(F{top}:F{above})"
    assert schedule([EXERCISABLE] * 2, [rest, rest]) == []
    typed = dt.date(2005, 1, 5)
    assert schedule([Formula("=C2+366", EXERCISABLE), typed], [rest, rest]) == [("FORM001", "Vesting!E6")]
    assert schedule([EXERCISABLE] * 2, [rest, "=F{above}*1.1"]) == []
    assert schedule([EXERCISABLE] * 2, [rest, 101]) == [("FORM002", "Vesting!F5"), ("FORM001", "Vesting!F9")]


def test_a_column_that_nothing_of_a_plan_uses_is_left_alone() -> None:
    rows: Rows = [["Rent"], *([Formula(f"=B{row}*2", 2)] for row in (2, 3, 4)), [7], [Formula("=B6*2", 2)]]
    assert of_cells(judged(book(Sheet("Grants", GRANTS), Sheet("Rent", rows)))) == []
    used = spill("=ISO_MIN_PRICE(Rent!A2:A6)", [[2]] * 3 + [[7], [2]], "Prices")
    assert of_cells(judged(book(Sheet("Rent", rows), used))) == [("FORM001", "Rent!A5")]


def test_what_is_typed_into_a_spill_is_told_once_and_in_its_cell() -> None:
    typed = split()._replace(rows=[*split().rows[:4], [400, 7], *split().rows[5:]])
    result = judged(clean(typed))
    assert of_cells(result) == [("CALC001", "Split!B5")]
    assert result.findings[0].message == (
        "ISO_LIMIT_SPLIT was saved as 400 | 7, it gives 400 | 0, 7 shares too many (1 row of 8 not the same: row 5)."
    )


def test_many_rows_that_differ_are_told_by_the_first_five() -> None:
    wrong = [[row[0] if isinstance(row[0], Formula) else 399, *row[1:]] for row in split().rows]
    [finding] = judged(clean(split()._replace(rows=wrong))).findings
    assert finding.cell == "A2"
    assert "399 | 0, it gives 400 | 0, 1 share too few (7 rows of 8 not the same: rows 2 to 8)" in finding.message
    every_other = [row if at % 2 else [*row[:1], 1] for at, row in enumerate(split(last=9).rows)]
    [finding] = judged(clean(split()._replace(rows=every_other))).findings
    assert "4 rows of 8 not the same: rows 1, 3, 5 and 7" in finding.message


# --- What calls are given ---------------------------------------------------------------------------------------------


def pool_of(*spans: tuple[int, int]) -> list[tuple[str, str]]:
    """The judgements on calls of POOL_AVAILABLE over these rows of an Activity of rows 2 to 7."""
    rows: Rows = [["Date", "Action", "Grant", "Shares"], *([GRANTED, "GRANT", f"G-{n}", 10] for n in range(1, 7))]
    calls = [
        [Formula(f"=POOL_AVAILABLE(100,Activity!B{a}:B{b},Activity!D{a}:D{b})", 100 - 10 * (min(b, 7) - a + 1))]
        for a, b in spans
    ]
    return of_cells(judged(book(Sheet("Activity", rows), Sheet("Pool", calls))))


FIRST_THREE = Formula("=POOL_AVAILABLE(100,Activity!B2:B4,Activity!D2:D4)", 70)
FIRST_FIVE = Formula("=POOL_AVAILABLE(100,Activity!B2:B6,Activity!D2:D6)", 50)
ALL_SIX = Formula("=POOL_AVAILABLE(100,Activity!B2:B7,Activity!D2:D7)", 40)


def test_parts_of_a_pool_that_make_it_whole() -> None:
    assert pool_of((2, 7)) == pool_of((2, 4), (5, 7)) == pool_of((2, 9)) == []
    assert pool_of((2, 6)) == pool_of((3, 7)) == [("INPUT001", "Pool!A1")]
    assert pool_of((2, 4), (6, 7)) == [("INPUT001", "Pool!A1"), ("INPUT001", "Pool!A2")]
    assert pool_of((2, 7), (2, 5)) == [("INPUT001", "Pool!A2")]
    assert pool_of((2, 5), (2, 7)) == [("INPUT001", "Pool!A1")]  # forgotten, or of another day


def test_a_series_of_figures_each_of_which_reaches_further() -> None:
    """The pool at the end of each year, in cells one below another."""
    assert pool_of((2, 3), (2, 5), (2, 7)) == []
    labelled: Rows = [["Q1"], [FIRST_THREE], ["Q2"], [FIRST_FIVE], ["Q3"], [ALL_SIX]]
    for rows in (labelled, [[FIRST_THREE, "", FIRST_FIVE, ALL_SIX]]):
        activity = [["Date", "Action", "Grant", "Shares"], *([GRANTED, "GRANT", f"G-{n}", 10] for n in range(1, 7))]
        assert of_cells(judged(book(Sheet("Activity", activity), Sheet("Pool", rows)))) == []
    assert pool_of((2, 3), (3, 5), (2, 7)) == [("INPUT001", "Pool!A1"), ("INPUT001", "Pool!A2")]


@pytest.mark.parametrize(
    ("formula", "value", "is_told"),
    [
        (f"{POOL}-30", 940, True),
        ('=ROUND(POOL_AVAILABLE(1000,"GRANT",30),0)+30', 1000, True),
        ('=30+POOL_AVAILABLE(1000,"GRANT",30)', 1000, True),
        ('=1000-POOL_AVAILABLE(1000,"GRANT",30)', 30, False),
        ('=1-POOL_AVAILABLE(1000,"GRANT",30)/1000', 0.03, False),
        ('=POOL_AVAILABLE(1000,"GRANT",30)/1000+1', 1.97, False),
        ('=ROUND(POOL_AVAILABLE(1000,"GRANT",30)+30,0)', 1000, True),
        ('=(POOL_AVAILABLE(1000,"GRANT",30)+30)/1000', 1, True),
        ('=IF(1>2,0,POOL_AVAILABLE(1000,"GRANT",30)+3*10)', 1000, True),
        ('=MAX(0,POOL_AVAILABLE(1000,"GRANT",30)-(-30))', 1000, True),
        ('=SUM(POOL_AVAILABLE(1000,"GRANT",30),30)', 1000, True),
        ('=-(POOL_AVAILABLE(1000,"GRANT",30)+30)', -1000, True),
        ('=IF(POOL_AVAILABLE(1000,"GRANT",30)-30>0,1,0)', 1, False),
        ('=POOL_AVAILABLE(1000,"GRANT",30)+0', 970, False),
        ('=ROWS(POOL_AVAILABLE(1000,"GRANT",30))+1', 2, False),
        ('=INDEX(POOL_AVAILABLE(1000,"GRANT",30),0+1)', 970, False),
        ("=INDEX(VEST_TRANCHES(100,DATE(2004,1,5),12,12),1,1)+90", 38447, False),
    ],
)
def test_a_number_beside_a_figure_and_what_is_a_figure_of_its_own(formula: str, value: float, is_told: bool) -> None:
    assert of_cells(judged(pool(value, formula))) == ([("FORM007", "Pool!A2")] if is_told else [])


def test_a_holder_whose_rows_are_parted_has_two_limits() -> None:
    parted = [split(last=5), split(first=6, name="Others")]
    assert of_cells(judged(clean(*parted))) == [("INPUT001", "Split!A1"), ("INPUT001", "Others!A1")]


def test_a_block_that_stops_short() -> None:
    for last, expected in ((LAST, []), (LAST - 1, [("INPUT001", "By grant!A1")])):
        rows = [
            ["Grant", "Holder", "ISO", "NSO"],
            *([f"G-{n}", "Ada" if n < 4 else "Bo", 400, 0] for n in range(1, last)),
        ]
        call = spill(f"=ISO_LIMIT_BY_GRANT(Grants!A1:G{LAST},Vesting!A1:F{last})", rows, "By grant")
        result = judged(clean(call))
        assert [each for each in of_cells(result) if not each[0].startswith("CALC")] == expected


def test_ranges_of_another_height_are_shifted_too() -> None:
    short = split(shares="Vesting!F2:F8")
    failed = short._replace(rows=[[short.rows[0][0]._replace(value="#VALUE!", fills=None)]])  # type: ignore[attr-defined]
    assert ("INPUT005", "Split!A1") in of_cells(judged(clean(failed)))


def test_a_column_of_calls_that_takes_the_row_below_is_shifted() -> None:
    def least(down: int) -> list[tuple[str, str]]:
        formulas = [[Formula(f"=ADJUST_FOR_SPLIT(Grants!G{r},Grants!F{r + down},1,1)", 400)] for r in range(2, LAST)]
        return of_cells(judged(book(Sheet("Grants", GRANTS), Sheet("Prices", [["Price"], *formulas]))))

    assert least(0) == []
    assert least(1) == [("INPUT005", "Prices!A2")]


def test_text_in_a_ledger_is_told_once() -> None:
    text = with_fmv((3, "10,00"))
    assert [each for each in found(judged(clean(of=text))) if each[1] == "Vesting!D3"] == [
        ("FORM001", "Vesting!D3"),
        ("LEDGER001", "Vesting!D3"),
    ]


@pytest.mark.parametrize(("cell", "told"), [("2005-04-03", False), ("03/04/2005", True), ("", False)])
def test_a_date_as_text(cell: str, told: bool) -> None:
    rows: Rows = [["When", "Which"], [GRANTED, "TERMINATION"], [cell, "TERMINATION"]]
    call = Formula("=EXERCISE_DEADLINE(DATES!A2:A3,DATES!A2:A3,DATES!B2:B3)", 38000)
    result = judged(book(Sheet("Dates", rows), Sheet("Deadline", [[call]])))
    assert (("INPUT008", "Dates!A3") in of_cells(result)) is told


def test_a_ratio_among_the_shares_of_a_pool_is_no_text() -> None:
    for text, told in (("3-for-2", False), ("3:2", False), ("1,000", True)):
        rows: Rows = [["What", "How many"], ["GRANT", 10], ["SPLIT", text]]
        call = Formula("=POOL_AVAILABLE(100,Log!A2:A3,Log!B2:B3)", 90)
        assert (("INPUT008", "Log!B3") in of_cells(judged(book(Sheet("Log", rows), Sheet("Pool", [[call]]))))) is told


def test_a_ledger_that_changes_by_itself() -> None:
    day = dt.date(2004, 1, 5)
    rows = [list(row) for row in CLEAN]
    rows[4][2] = Formula("=TODAY()", day)
    assert ("INPUT012", "Vesting!C5") in of_cells(judged(clean(of=Sheet("Vesting", rows))))


def test_settings_of_a_workbook_without_formulas_are_left_alone() -> None:
    values = [[cell.value if isinstance(cell, Formula) else cell for cell in row] for row in CLEAN]
    plain = book(Sheet("Grants", GRANTS), Sheet("Vesting", values), date_1904=True)
    for attributes in ('calcMode="manual"', 'fullPrecision="0"', 'iterate="1"'):
        assert of_cells(judged(changed(plain, "xl/workbook.xml", 'fullCalcOnLoad="1"', attributes))) == []


# --- Fingerprints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sheets",
    [
        (with_fmv((5, 11), (6, 11)), split()),
        (with_fmv((5, Formula("=Grants!E4", 10))), split()),
        (with_fmv(), split(last=LAST - 1)),
        (with_fmv(), split(fmv="Vesting!D3:D10")),
        (with_fmv(), split(first=1)),
    ],
    ids=["typed over", "unlike", "short", "shifted", "heading"],
)
def test_a_row_inserted_above_changes_no_fingerprint(sheets: tuple[Sheet, Sheet]) -> None:
    own = [Sheet("Grants", GRANTS), *sheets]
    lower = [_lower(sheet) for sheet in own]
    before, after = (judged(book(*those)) for those in (own, lower))
    assert {f.fingerprint for f in before.findings} == {f.fingerprint for f in after.findings}
    assert of_cells(before)


def _lower(sheet: Sheet) -> Sheet:
    """A sheet one row further down, with the formulas that Excel then makes of its own."""

    def moved(cell: object) -> object:
        if not isinstance(cell, Formula):
            return cell
        text = re.sub(r"(?<=[A-Z])\d+", lambda found: str(int(found[0]) + 1), cell.text)
        return cell._replace(text=text)

    at = (0, 0) if sheet.name == "Split" else (1, 0)
    return sheet._replace(rows=[[moved(cell) for cell in row] for row in sheet.rows], at=at)
