"""A workbook that proves an engine: calls of every worksheet function on cells, with what they must show.

What is expected stands beside each formula, from the plain callable on the same cells; no formula is parsed here. The
values saved in the file are wrong throughout, so that only a calculation can make them right.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from plansheet import __version__
from plansheet.core.numbers import same_as_shown
from plansheet.excel import FUNCTIONS, ExcelError, as_shown
from udfs.calls import ACTIVITY, ANSWERED, FEBRUARY, GRANTS, HOLDERS, MARCH, OPTIONS, REFUSED, TRANCHES, Rows, column

ANSWERS, DATA, QUOTED, TABLES = "Answers", "Data", "Ann's data, 2001", "Tables"
WRONG = -987654
"""The value saved for every cell of every formula. No formula has it."""

LIBREOFFICE, FORMUALIZER = "LibreOffice", "formualizer"
NOT_AVAILABLE, VALUE, DIVISION = ExcelError("#N/A"), ExcelError("#VALUE!"), ExcelError("#DIV/0!")
UNKNOWN = ExcelError("#NAME?")


@dataclass(frozen=True)
class Formula:
    """A formula's own cell, as an input: what it calculates to."""

    text: str
    value: ExcelError


ERROR_CELL = Formula("=NA()", NOT_AVAILABLE)


@dataclass(frozen=True)
class Case:
    """A formula in the answers' sheet, with what its cells must show."""

    label: str
    formula: str
    expected: Rows
    array: bool = True
    dynamic: bool = False
    """Whether it is written as Excel writes one that spills, and not for a fixed block."""
    nested: bool = False
    """Whether functions of the spreadsheet program stand in the formula or in what it uses."""
    engines: dict[str, tuple[Rows, str]] = field(default_factory=dict)
    """What an engine shows instead, and why."""
    judged: tuple[str, str] | None = None
    """What plansheet's own recalculation says of what LibreOffice saved, if not that it is the same, and why."""
    row: int = 0

    def expected_in(self, engine: str) -> Rows:
        return self.engines[engine][0] if engine in self.engines else self.expected

    @property
    def cells(self) -> Iterator[tuple[int, int]]:
        """Its rows and columns in the sheet, counted from 0."""
        for row in range(len(self.expected)):
            for at in range(len(self.expected[0])):
                yield self.row + row, 1 + at


@dataclass
class Proof:
    """The content of the workbook: input cells by sheet, row and column (from 0), tables, names, cases."""

    cells: dict[tuple[str, int, int], Any] = field(default_factory=dict)
    tables: dict[str, tuple[int, int, Sequence[Sequence[Any]]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    next_row: int = 0

    def given(self, argument: Any, sheet: str = DATA) -> str:
        """Lay an argument out in cells of its own, and say how a formula refers to them; "" for one left out."""
        if argument is None:
            return ""
        rows: Rows = argument if isinstance(argument, list) else [[argument]]
        left = self.columns.get(sheet, 1)  # column A is for the calls with whole columns
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                if cell is not None:
                    self.cells[sheet, down + 1, left + across] = cell
        width = len(rows[0])
        self.columns[sheet] = left + width + 1
        first, last = xl_rowcol_to_cell(1, left), xl_rowcol_to_cell(len(rows), left + width - 1)
        quoted = "'{}'".format(sheet.replace("'", "''")) if not sheet.isalnum() else sheet
        return f"{quoted}!{first}" if first == last else f"{quoted}!{first}:{last}"

    def table(self, name: str, rows: Any) -> None:
        left = self.columns.get(TABLES, 0)
        self.tables[name] = (0, left, rows)
        self.columns[TABLES] = left + len(rows[0]) + 1
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                if cell is not None:
                    self.cells[TABLES, down, left + across] = cell

    def call(self, name: str, *arguments: Any, sheet: str = DATA) -> str:
        """The text of a call of a function on cells that hold these arguments."""
        while arguments and arguments[-1] is None:
            arguments = arguments[:-1]
        return f"{name}({','.join(self.given(argument, sheet) for argument in arguments)})"

    def case(self, label: str, formula: str, expected: object, **more: Any) -> None:
        rows: Rows = expected if isinstance(expected, list) else [[expected]]
        self.cases.append(Case(label, f"={formula}", rows, row=self.next_row, **more))
        self.next_row += len(rows) + 1

    def plain(self, label: str, name: str, *arguments: Any, sheet: str = DATA, **more: Any) -> None:
        """A call on cells that hold the arguments, expected to show what the plain callable answers."""
        self.case(label, self.call(name, *arguments, sheet=sheet), shown(name, *arguments), **more)


def shown(name: str, *arguments: Any) -> Rows:
    """What a sheet shows of the plain callable's answer: rows."""
    answer = as_shown(name, FUNCTIONS[name](*(_value(argument) for argument in arguments)))
    return answer if isinstance(answer, list) else [[answer]]


def _value(argument: Any) -> Any:
    if isinstance(argument, list):
        return [[_value(cell) for cell in row] for row in argument]
    return argument.value if isinstance(argument, Formula) else argument


def everywhere(error: ExcelError, rows: Rows) -> Rows:
    return [[error] * len(row) for row in rows]


def wider(rows: Rows) -> Rows:
    """A block of one row and one column more than an answer has."""
    return [*([*row, NOT_AVAILABLE] for row in rows), [NOT_AVAILABLE] * (len(rows[0]) + 1)]


def total(rows: Sequence[Sequence[Any]], at: int = 0) -> float:
    return float(sum(row[at] for row in rows if isinstance(row[at], float)))


# ---- The cases ---------------------------------------------------------------------------------------------------


def _every_function(proof: Proof) -> None:
    for name, arguments in ANSWERED.items():
        proof.plain(f"{name}, answered", name, *arguments)
    for name, arguments in REFUSED.items():
        as_0 = [0.0 if argument is None else argument for argument in arguments]
        instead = {FORMUALIZER: (shown(name, *as_0), LEFT_OUT_IS_0)} if None in arguments else {}
        proof.plain(f"{name}, refused", name, *arguments, engines=instead)
        proof.plain(f"{name}, refused, to spill", name, *arguments, engines=instead, dynamic=True)
    for name, arguments in ANSWERED.items():
        proof.plain(f"{name}, answered, to spill", name, *arguments, dynamic=True)
    for name in ("ISO_LIMIT_SPLIT", "POOL_LEDGER"):
        proof.plain(f"{name} on a sheet with a quoted name", name, *ANSWERED[name], sheet=QUOTED)


def _arguments(proof: Proof) -> None:
    shares, prices = OPTIONS
    limit = ANSWERED["ISO_LIMIT_SPLIT"]
    proof.plain("optional arguments left out at the end", "ISO_LIMIT_SPLIT", *TRANCHES)
    proof.plain("optional arguments left out in the middle", "ISO_LIMIT_SPLIT", *TRANCHES, None, None, None, 50000)
    proof.plain("activity left out before the limit", "ISO_LIMIT_SPLIT", *limit[:7], None, *limit[8:])
    proof.plain("as_of left out", "POOL_AVAILABLE", *ANSWERED["POOL_AVAILABLE"][:6], None, "ISO")
    proof.plain("one cell for all rows", "ISO_LIMIT_SPLIT", *TRANCHES, "Ann Lee", "ISO")
    proof.plain("one cell for a column", "VEST_TRANCHES", "G-1", 1200, FEBRUARY, 24, 12, 6)
    proof.plain("columns laid in rows", "ADJUST_FOR_SPLIT", *([[c for [c] in cells]] for cells in OPTIONS), 3, 2)
    proof.plain("a method in small letters", "ADJUST_FOR_SPLIT", *OPTIONS, 3, 2, "preserve aggregate")
    proof.plain("a text that is a limit", "ISO_LIMIT_SPLIT", *TRANCHES, None, None, None, "100,000")
    proof.plain("grant numbers as numbers", "VEST_TRANCHES", column(1001, "1002"), column(12, 9), FEBRUARY, 3)
    proof.plain("one cell for one answer", "ISO_MIN_PRICE", 10.01, "yes")
    proof.plain("one cell and a pair", "TENDER_SHARES", 1310, 6)
    proof.plain("one cell for all rows of a column", "WITHHOLD_SHARES", column(16250.85, None, 600), 6)
    between = (None, None, None, 0.0145)
    proof.plain("taxes left out", "CASHOUT_WITHHOLDING", 300000, 900000, 0.22, 0.37, 1000000, *between)
    for word, tranches in {
        "a blank text within": (column(25, "", 25), 3, 2),
        "a blank cell within": (column(25, None, 25, 0), 3, 2),
        "spaces within": (column(25, "  ", 25), 3, 2),
        "a text that is a number": (column(25, "25", 25), 3, 2),
        "negative shares": (column(25, -1, 25), 3, 2),
        "a very small fraction": (column(0.1, 0.2, 0.3), 1, 3),
        "more than 15 digits": (column(1234567.123456789, 2), 1, 3),
    }.items():
        proof.plain(f"SPLIT_TRANCHES with {word}", "SPLIT_TRANCHES", *tranches)
    dates = column("2001-02-01", FEBRUARY, "2001-03-01T00:00:00", MARCH, None)
    proof.plain("dates as ISO text", "ISO_LIMIT_SPLIT", TRANCHES[0], dates, *TRANCHES[2:], HOLDERS)
    dates = column("02/01/2001", FEBRUARY, MARCH, MARCH, None)
    proof.plain("a date as other text", "ISO_LIMIT_SPLIT", TRANCHES[0], dates, *TRANCHES[2:], HOLDERS)
    dates = column(FEBRUARY.replace(hour=17, minute=30), FEBRUARY, MARCH, MARCH, None)
    proof.plain("a date with a time of day", "ISO_LIMIT_SPLIT", TRANCHES[0], dates, *TRANCHES[2:], HOLDERS)
    fewer = column(1000, -2000, 1500, 400, None)
    proof.plain("negative shares of one holder", "ISO_LIMIT_SPLIT", *TRANCHES[:4], fewer, HOLDERS)
    proof.plain("why, with negative shares", "ISO_LIMIT_WHY", *TRANCHES[:4], fewer, HOLDERS)
    proof.plain("years, with negative shares", "ISO_LIMIT_BY_YEAR", *TRANCHES[:4], fewer, HOLDERS)
    proof.plain("a merger price as text", "MERGER_CASHOUT", "ten", *OPTIONS)
    merger = proof.given([[None]])
    arguments = ",".join(proof.given(cells) for cells in OPTIONS)
    proof.case("a blank cell as merger price", f"MERGER_CASHOUT({merger},{arguments})", VALUE)
    proof.case("constants in the formula", 'ADJUST_FOR_SPLIT(100,5.5,3,2,"EXACT")', [[150.0, 5.5 * 2 / 3]])
    constants = "SPLIT_TRANCHES({25;25;25},3,2)"
    proof.case("an array constant", constants, shown("SPLIT_TRANCHES", column(25, 25, 25), 3, 2))
    flags = column(1000, True, 200)
    where_true_is_1 = {LIBREOFFICE: (shown("SPLIT_TRANCHES", column(1000, 1, 200), 3, 2), TRUE_IS_1)}
    proof.plain("TRUE among shares", "SPLIT_TRANCHES", flags, 3, 2, engines=where_true_is_1)
    proof.cells.update({(DATA, 0, 0): 1000, (DATA, 1, 0): 500})
    used: dict[str, tuple[Rows, str]] = {FORMUALIZER: ([[1500.0]], USED_PART)}
    proof.case("a whole column", f"SPLIT_TRANCHES({DATA}!A:A,3,2)", VALUE, engines=used)
    used = {FORMUALIZER: ([["Holder"]], USED_PART)}
    whole = f"MERGER_CASHOUT_BY_HOLDER(10,{DATA}!A:A,{DATA}!A:A)"
    proof.case("whole columns of a headed table", whole, VALUE, engines=used)
    answer = shown("ADJUST_FOR_SPLIT", shares, prices, 3, 2)
    call = proof.call("ADJUST_FOR_SPLIT", *OPTIONS, 3, 2)
    only = {FORMUALIZER: ([*([*row, ""] for row in answer), [""] * 3], NO_BLOCKS)}
    proof.case("a block larger than the answer", call, wider(answer), engines=only)
    one = proof.call("SPLIT_TRANCHES", 25, 3, 2)
    only = {FORMUALIZER: ([[37.0, ""], ["", ""]], NO_BLOCKS)}
    proof.case("a block with one value throughout", one, [[37.0] * 2] * 2, engines=only)
    cut = ("different", "what a fixed block cuts off is a difference")
    proof.case("a block smaller than the answer", call, answer[:2], judged=cut)


def _errors(proof: Proof) -> None:
    bad = column(1000, ERROR_CELL, 1500, 400, None)
    arguments = (*TRANCHES[:4], bad, column("Ann Lee", "Bo", "Bo", "Cy", None))
    arguments = (column("G-2", "G-3", "G-10", 1001, None), *arguments[1:])
    for name in ("ISO_LIMIT_SPLIT", "ISO_LIMIT_WHY", "ISO_LIMIT_BY_YEAR"):
        expected = shown(name, *arguments)
        instead = {LIBREOFFICE: (everywhere(VALUE, expected), ERRORS_STOP_A_CALL)}
        proof.plain(f"{name} with an error cell", name, *arguments, engines=instead)
    expected = shown("ADJUST_FOR_SPLIT", column(1000, ERROR_CELL), column(4, 5), 3, 2)
    instead = {LIBREOFFICE: (everywhere(VALUE, expected), ERRORS_STOP_A_CALL)}
    cells = (column(1000, ERROR_CELL), column(4, 5))
    proof.plain("an error cell in one row", "ADJUST_FOR_SPLIT", *cells, 3, 2, engines=instead)
    caught = ",".join(f'IFERROR({proof.given(part)},"#N/A")' for part in cells)
    proof.case("error cells made texts", f"ADJUST_FOR_SPLIT({caught},3,2)", expected, nested=True)
    division = Formula("=1/0", DIVISION)
    proof.case("an error cell as a scalar", proof.call("MERGER_CASHOUT", division, *OPTIONS), DIVISION)
    proof.case("an error in the formula", f"SPLIT_TRANCHES({proof.given(column(1, 2))},1/0,2)", DIVISION, nested=True)
    text = f"SPLIT_TRANCHES({proof.given(column(1, 2))},no_such_name,2)"
    proof.case("an unknown name", text, UNKNOWN, judged=("not checked", "it knows no such name"))
    by_row = shown("ADJUST_FOR_SPLIT", column(1000, "1,000"), column(4, 5), 3, 2)
    assert by_row[1] == [VALUE, VALUE]
    proof.plain("one row refused", "ADJUST_FOR_SPLIT", column(1000, "1,000"), column(4, 5), 3, 2)
    over = [ACTIVITY[0], [dt.datetime(2002, 4, 1), "EXERCISE", "G-2", 50000, None]]
    answer = shown("ISO_LIMIT_SPLIT", *TRANCHES, HOLDERS, None, over)
    assert {"#NUM!", "#VALUE!"} <= {cell for row in answer for cell in row if isinstance(cell, ExcelError)}
    proof.plain("more exercised than is there", "ISO_LIMIT_SPLIT", *TRANCHES, HOLDERS, None, over)
    ledger = (column("GRANT", "FORFEIT"), column(400, None), column("G-1", "G-1"))
    assert shown("POOL_AVAILABLE", 1000, *ledger) == [[NOT_AVAILABLE]]
    proof.plain("not to be told", "POOL_AVAILABLE", 1000, *ledger, array=False)


def _tables(proof: Proof) -> None:
    proof.table("Grants", GRANTS)
    proof.table("Activity", ACTIVITY)
    headings = ["Grant", "Grant date", "FMV", "First exercisable", "Shares", "Holder"]
    body = [list(row) for row in zip(*(map(first, cells) for cells in (*TRANCHES, HOLDERS)), strict=True)]
    proof.table("Tranches", [headings, *body])
    columns = ",".join(f"Tranches[{heading}]" for heading in headings)
    grants = "ISO_LIMIT_BY_GRANT(Grants[#All],,Activity[#Headers])"
    proof.case("whole tables", grants, shown("ISO_LIMIT_BY_GRANT", GRANTS, None, ACTIVITY[:1]))
    split = shown("ISO_LIMIT_SPLIT", *TRANCHES, HOLDERS, None, ACTIVITY)
    proof.case("table columns", f"ISO_LIMIT_SPLIT({columns},,Activity[#All])", split)
    adjacent = "INDEX(Tranches[[Grant]:[FMV]],0,3)"
    price = shown("ADJUST_FOR_SPLIT", TRANCHES[4], TRANCHES[2], 3, 2)
    text = f"ADJUST_FOR_SPLIT(Tranches[Shares],{adjacent},3,2)"
    instead = {FORMUALIZER: ([[VALUE, ""], *[["", ""]] * 4], NO_INDEX_OF_A_TABLE)}
    proof.case("columns of a table within INDEX", text, price, nested=True, engines=instead)


def first(row: Sequence[Any]) -> Any:
    return row[0]


def _nested(proof: Proof) -> None:
    answer = shown("ADJUST_FOR_SPLIT", *OPTIONS, 3, 2)
    call = proof.call("ADJUST_FOR_SPLIT", *OPTIONS, 3, 2)
    refused = proof.call("ADJUST_FOR_SPLIT", *REFUSED["ADJUST_FOR_SPLIT"])
    pool = proof.call("POOL_AVAILABLE", *ANSWERED["POOL_AVAILABLE"])
    (left,) = shown("POOL_AVAILABLE", *ANSWERED["POOL_AVAILABLE"])[0]

    def one(label: str, formula: str, expected: object, **more: Any) -> None:
        proof.case(label, formula, expected, array=False, nested=True, **more)

    one("SUM around a column", f"SUM(INDEX({call},0,1))", total(answer))
    one("INDEX of a cell", f"INDEX({call},2,2)", answer[1][1])
    one("INDEX of a blank", f'INDEX({call},4,1)=""', True)
    one("ROWS and COLUMNS", f"ROWS({call})*10+COLUMNS({call})", 42.0)
    one("IFERROR around a refusal", f'IFERROR({refused},"refused")', "refused")
    one("ISERROR of a refusal", f"ISERROR({refused})", True)
    one("ERROR.TYPE of a refusal", f"ERROR.TYPE(INDEX({refused},1,1))", 3.0)
    one("IFERROR around an answer", f"IFERROR({pool},0)", left)
    one("arithmetic", f"-{pool}*2", -2 * left)
    one("a comparison", f"{pool}>0", left > 0)
    one("a text", f'"left: "&{pool}', f"left: {left:.15g}")
    version = f'"{__version__}"'
    one("the version within a formula", f"IF(PLANSHEET_VERSION()={version},1,2)", 1.0)
    proof.case("the version in a cell", "PLANSHEET_VERSION()", __version__, array=False)

    shares = column(1000, None, 501, 7)
    cells = proof.given(shares)
    blank = shown("SPLIT_TRANCHES", column(1000, "", 501, 7), 3, 2)
    proof.case("an array in memory", f'SPLIT_TRANCHES(IF({cells}="","",{cells}),3,2)', blank, nested=True)
    some = shown("SPLIT_TRANCHES", column(1000, 501, 7), 3, 2)
    kept = f"_xlfn._xlws.FILTER({cells},{cells}>0)"
    proof.case("FILTER within", f"SPLIT_TRANCHES({kept},3,2)", some, nested=True)
    block = proof.given([["x", 1000], ["y", 501]])
    chosen = shown("SPLIT_TRANCHES", column(1000, 501), 3, 2)
    instead = {LIBREOFFICE: (everywhere(UNKNOWN, chosen), NO_CHOOSECOLS)}
    text = f"SPLIT_TRANCHES(_xlfn.CHOOSECOLS({block},2),3,2)"
    proof.case("CHOOSECOLS within", text, chosen, nested=True, engines=instead)
    found = f'_xlfn.XLOOKUP("y",INDEX({block},0,1),INDEX({block},0,2))'
    proof.case("XLOOKUP for a scalar", f"SPLIT_TRANCHES({found},3,2)", 751.0, nested=True)
    sorted_cells = f"_xlfn.SORTBY({cells},{cells},-1)"
    descending = shown("SPLIT_TRANCHES", column(1000, 501, 7, None), 3, 2)
    proof.case("SORTBY within", f"SPLIT_TRANCHES({sorted_cells},3,2)", descending, nested=True)
    after = shown("SPLIT_TRANCHES", column(1000, 501, 7), 3, 2)
    tranches = proof.call("SPLIT_TRANCHES", column(1000, 501, 7), 3, 2)
    again = shown("ADJUST_FOR_SPLIT", after, column(3, 4, 5), 2, 1)
    prices = proof.given(column(3, 4, 5))
    proof.case("a plan function within another", f"ADJUST_FOR_SPLIT({tranches},{prices},2,1)", again)
    tranches_of = proof.call("VEST_TRANCHES", *ANSWERED["VEST_TRANCHES"])
    vested = shown("VEST_TRANCHES", *ANSWERED["VEST_TRANCHES"])
    assert isinstance(vested[1][2], dt.datetime)
    rows = float(sum(row[0] == "G-1" for row in vested))
    assert rows
    alone = {LIBREOFFICE: ([[0.0]], TEXTS_ARE_STRANGERS)}
    one("texts of an answer, compared", f'SUMPRODUCT(--({tranches_of}="G-1"))', rows, engines=alone)
    one("texts of an answer and a text", f'SUMPRODUCT(--({tranches_of}&""="G-1"))', rows)
    one("a text found in an answer", f"MATCH(1001,--INDEX({tranches_of},0,1),0)", float(rows_before(vested, "1001")))
    one("a date of an answer", f'TEXT(INDEX({tranches_of},2,3),"yyyy-mm-dd")', f"{vested[1][2]:%Y-%m-%d}")
    proof.names["After_split"] = tranches
    proof.case("a function in a name", "After_split", after, nested=True)
    one("SUM of a function in a name", "SUM(After_split)", total(after))
    proof.names["Option_shares"] = proof.given(OPTIONS[0])
    named = f"ADJUST_FOR_SPLIT(Option_shares,{proof.given(OPTIONS[1])},3,2)"
    proof.case("a name of cells", named, answer)


def rows_before(rows: Rows, text: str) -> int:
    return [row[0] for row in rows].index(text) + 1


TRUE_IS_1 = "a cell with TRUE reaches an add-in of Calc as the number 1"
ERRORS_STOP_A_CALL = "Calc does not call an add-in with a range or an array that holds an error: the call is Err:504"
TEXTS_ARE_STRANGERS = "Calc finds no text equal to one in an add-in's array, unless a text is added to it"
LEFT_OUT_IS_0 = "formualizer hands over 0 for an argument left out before others"
USED_PART = "formualizer hands over the used part of a whole column"
NO_BLOCKS = "formualizer fills the cells that the answer needs: it has no fixed blocks"
NO_INDEX_OF_A_TABLE = "formualizer 0.13 gives #REF! for INDEX of a table's columns"
NO_CHOOSECOLS = "LibreOffice 25.2 has no CHOOSECOLS"


def _made() -> Proof:
    proof = Proof()
    for part in (_every_function, _arguments, _errors, _tables, _nested):
        part(proof)
    return proof


PROOF = _made()


# ---- The file ----------------------------------------------------------------------------------------------------


def write(path: Path, proof: Proof = PROOF, **options: object) -> None:
    """The workbook as Excel would save it, with values that are wrong."""
    book = xlsxwriter.Workbook(path, options)
    sheets = {name: book.add_worksheet(name) for name in (ANSWERS, DATA, QUOTED, TABLES)}
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    for (name, row, at), value in proof.cells.items():
        _write_cell(sheets[name], row, at, value, date)
    for name, (top, left, rows) in proof.tables.items():
        headings = [{"header": heading} for heading in rows[0]]
        sheets[TABLES].add_table(
            top, left, top + len(rows) - 1, left + len(rows[0]) - 1, {"name": name, "columns": headings}
        )
    for name, text in proof.names.items():
        book.define_name(name, f"={_absolute(text)}")
    answers = sheets[ANSWERS]
    for case in proof.cases:
        answers.write_string(case.row, 0, case.label)
        if case.array:
            *_, (last_row, last_at) = case.cells
            written = answers.write_dynamic_array_formula if case.dynamic else answers.write_array_formula
            written(case.row, 1, last_row, last_at, case.formula, None, WRONG)
        else:
            answers.write_formula(case.row, 1, case.formula, None, WRONG)
        for row, at in list(case.cells)[1:]:
            answers.write_number(row, at, WRONG)
    book.close()


def _write_cell(sheet: Any, row: int, at: int, value: Any, date: Any) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(row, at, value.text, None, value.value)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, at, value, date)
    elif isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, str):
        sheet.write_string(row, at, value)
    else:
        sheet.write_number(row, at, value)


def _absolute(text: str) -> str:
    """References of a name as absolute ones: relative ones would move with the cell that uses the name."""
    return re.sub(r"(?<=[!:])([A-Z]+)(\d+)\b", r"$\1$\2", text)


# ---- The comparison ----------------------------------------------------------------------------------------------


def differs(shown_value: object, is_error: bool, expected: object) -> bool:
    """Whether a cell shows something else than expected; an error must be an error, not the text of one."""
    if isinstance(expected, ExcelError):
        return not is_error or shown_value != str(expected)
    if is_error:
        return True
    if isinstance(expected, str) or expected is None:
        return (shown_value or "") != (expected or "") or isinstance(shown_value, int | float)
    if isinstance(expected, bool):
        return shown_value is not expected
    if isinstance(expected, dt.datetime):
        expected = serial(expected)
    if isinstance(shown_value, dt.datetime):
        shown_value = serial(shown_value)
    if isinstance(shown_value, bool) or not isinstance(shown_value, int | float):
        return True
    assert isinstance(expected, int | float)
    return not same_as_shown(shown_value, expected)


def serial(moment: dt.datetime) -> float:
    return (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
