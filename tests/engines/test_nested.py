"""Excel's own functions around and inside plan functions: calculated and saved by LibreOffice, and again by plansheet.

The values saved in the file are wrong throughout, so that only LibreOffice's calculation can make them right.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from engines.office import LibreOffice
from plansheet.excel.judgements import Recalculated
from plansheet.excel.reading import ERRORS
from plansheet.workbook.formulas.recalc import as_rows, recalculate
from plansheet.workbook.reading.reader import read

pytestmark = pytest.mark.engines

WRONG = -987654
GRANTS = [
    ["Grant", "Date", "FMV", "First", "Shares", "Holder", "Price"],
    ["G-1", dt.datetime(2001, 2, 1), 10, dt.datetime(2002, 2, 1), 6000, "Ann Lee", 10],
    ["G-1", dt.datetime(2001, 2, 1), 10, dt.datetime(2003, 2, 1), 6000, "Ann Lee", 10],
    ["G-2", dt.datetime(2001, 3, 1), 12.5, dt.datetime(2002, 3, 1), 4001, "Bo Hill", 12.5],
    ["G-10", dt.datetime(2001, 3, 1), 12.5, dt.datetime(2002, 6, 1), 8000, "Bo Hill", 20],
    ["G-11", dt.datetime(2002, 5, 15), 0.1, dt.datetime(2003, 5, 15), 333, "Ann Lee", 0.1],
]
ACTIVITY = [
    ["Date", "Action", "Grant", "Shares", "Type"],
    [dt.datetime(2001, 2, 1), "GRANT", "G-1", 12000, "ISO"],
    [dt.datetime(2001, 3, 1), "GRANT", "G-2", 4001, "NSO"],
    [dt.datetime(2002, 4, 1), "EXERCISE", "G-1", 1000, None],
    [dt.datetime(2002, 5, 1), "CANCEL", "G-2", 500, None],
    [dt.datetime(2002, 5, 15), "GRANT", "G-11", 333, "ISO"],
]
SPLIT = "ISO_LIMIT_SPLIT(T[Grant],T[Date],T[FMV],T[First],T[Shares],T[Holder])"
POOL = "POOL_AVAILABLE(50000,A[Action],A[Shares],A[Grant],A[Type])"
CASH = "MERGER_CASHOUT(15,T[Shares],T[Price],T[Holder])"
FILTER, LET = "_xlfn._xlws.FILTER", "_xlfn.LET"
ANN = f'{FILTER}(T[[Shares]:[Price]],T[Holder]="Ann Lee")'
ONE = [
    f"SUM({SPLIT})",
    f"SUM({SPLIT})-SUM(T[Shares])",
    f'IF(SUM({SPLIT})=SUM(T[Shares]),"all","not all")',
    f"SUM(INDEX({SPLIT},0,1))",
    f"INDEX({SPLIT},2,1)",
    f"INDEX({SPLIT},ROWS(T[Shares]),2)+0.5",
    f"MAX({SPLIT})/MIN(T[Shares])",
    f"IF({POOL}>0,{POOL},0)",
    f'IF({POOL}<0,"over","within")',
    f"IFERROR({POOL},0)",
    'IFERROR(POOL_AVAILABLE("much",A[Action],A[Shares]),-1)',
    f"ISERROR({POOL})",
    f"ROUND({POOL}/3,2)",
    f"ROUNDUP({POOL}/7,-2)",
    f"-{POOL}",
    f"{POOL}%",
    f"{POOL}^2",
    f"-{POOL}^2",
    f"({POOL}+1)*2-3^2/4",
    f'"left: "&{POOL}',
    f'"a third: "&{POOL}/3',
    f'TEXT({POOL},"#,##0")&" shares"',
    f'TEXT({POOL}/50000,"0.0%")',
    f"AND({POOL}>0,SUM({SPLIT})>1)",
    f'SUMPRODUCT({CASH}*(T[Holder]="Ann Lee"))',
    f'SUMPRODUCT(--(T[Holder]="Bo Hill"),{CASH})',
    f"SUM({CASH})-SUM(T[Shares])",
    f"ROUND(SUM({CASH}),-2)",
    f'IF(MAX({CASH})=LARGE({CASH},1),"yes","no")',
    f'COUNT({CASH})+COUNTIF(T[Holder],"B*")',
    f'SUMIFS(T[Shares],T[Holder],"Ann Lee")-INDEX({SPLIT},1,1)',
    f"MATCH(4001,INDEX({SPLIT},0,1),0)",
    f"CHOOSE(2,0,{POOL},1)",
    f"MOD({POOL},1000)",
    f"MEDIAN({CASH})",
    "POOL_AVAILABLE(SUM(20000,30000),A[Action],A[Shares],A[Grant],A[Type])",
    "POOL_AVAILABLE(5*10^4,A[Action],A[Shares],A[Grant],A[Type])",
    "POOL_AVAILABLE(50000,A[Action],A[Shares],A[Grant],A[Type],A[Date],DATE(2002,4,30))",
    "POOL_AVAILABLE(50000,A[Action],A[Shares],A[Grant],A[Type],A[Date],EDATE(Data!B2,14))",
    "POOL_AVAILABLE(50000,A[Action],A[Shares],A[Grant],A[Type],A[Date],MAX(A[Date])-1)",
    "POOL_AVAILABLE(Most*2,A[Action],A[Shares],A[Grant],A[Type])",
    'POOL_AVAILABLE(Data!E2:INDEX(Data!E:E,2),OFFSET(Data!J1,1,0,1,1),INDIRECT("Data!L2"),A[[#Headers],[Grant]])',
    'ISO_MIN_PRICE(VLOOKUP("G-2",T[],3,FALSE))',
    'ISO_MIN_PRICE(INDEX(T[FMV],MATCH("G-10",T[Grant],0)),IF(1>2,"yes","no"))',
    'ISO_MIN_PRICE(_xlfn.XLOOKUP("G-11",T[Grant],T[FMV]))',
    "ISO_MIN_PRICE(AVERAGE(T[FMV]))*2",
    "ISO_MIN_PRICE(0.1+0.2)",
    "YEAR(ISO_LAST_EXPIRY(Data!B2))",
    "ISO_LAST_EXPIRY(Data!B2)-Data!B2",
    'TEXT(ISO_LAST_EXPIRY(Data!B2),"yyyy-mm-dd")',
    'DATEDIF(Data!B2,ISO_LAST_EXPIRY(Data!B2),"m")',
    "EOMONTH(ISO_LAST_EXPIRY(Data!B2),0)",
    "SUM(SPLIT_TRANCHES({25;25;25},3,2))-112",
    f'SUM({FILTER}({CASH},T[Holder]="Ann Lee"))',
    f"{LET}(_xlpm.s,{SPLIT},_xlpm.i,INDEX(_xlpm.s,0,1),SUM(_xlpm.i)/SUM(_xlpm.s))",
    f"{LET}(_xlpm.a,{ANN},SUM(MERGER_CASHOUT(15,INDEX(_xlpm.a,0,1),INDEX(_xlpm.a,0,3))))",
    "Left+1",
    "SUM(Halves)",
    'LEFT(PLANSHEET_VERSION(),1)&"."',
    f"SUM({SPLIT} )*1",
]
"""Formulas of one value. Calc saves TRUE as 1 where a comparison is the whole of an array formula: none is."""
SEVERAL = [
    ("ISO_MIN_PRICE(One_down)*{1;2}", 2, 1),
    (f"{SPLIT}*2", 5, 2),
    (f'INDEX({SPLIT},0,2)&" NSO"', 5, 1),
    (f'IF({CASH}>0,{CASH},"")', 5, 1),
    (f"IFERROR(1/{CASH},0)", 5, 1),
    (f"{CASH}/T[Shares]", 5, 1),
    (f"ROUND({CASH}/7,1)", 5, 1),
    (f'{FILTER}({SPLIT},T[Holder]="Bo Hill")', 2, 2),
    ("SPLIT_TRANCHES(T[Shares]*2,3,2)", 5, 1),
    ('SPLIT_TRANCHES(IF(T[Holder]="Ann Lee",T[Shares],0),3,2)', 5, 1),
    ("SPLIT_TRANCHES(ROUND(T[Shares]/7,0),3,2)", 5, 1),
    (f"SPLIT_TRANCHES({FILTER}(T[Shares],YEAR(T[Date])=2001),3,2)", 4, 1),
    (f"MERGER_CASHOUT(15,{FILTER}(T[Shares],T[FMV]>5),{FILTER}(T[Price],T[FMV]>5))", 4, 1),
    ("MERGER_CASHOUT(15,T[Shares],T[Price],TRIM(UPPER(T[Holder])))", 5, 1),
    ("ISO_LIMIT_SPLIT(T[Grant],T[Date]+0,T[FMV]*1,T[First],T[Shares],LEFT(T[Holder],3))", 5, 2),
    ("ADJUST_FOR_SPLIT(_xlfn._xlws.SORT(T[Shares]),_xlfn._xlws.SORT(T[Price]),3,2)", 5, 2),
    ("_xlfn._xlws.SORT(MERGER_CASHOUT(15,T[Shares],T[Price],T[Holder]),1,-1)", 5, 1),
    (f"TRANSPOSE({CASH})", 1, 5),
    ("After*1", 5, 1),
    ("ISO_MIN_PRICE(Two_right)*{1;2}", 2, 1),
]
"""Formulas of several values, with their rows and columns."""


def write(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    answers, data = book.add_worksheet("Answers"), book.add_worksheet("Data")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, left, rows in (("T", 0, GRANTS), ("A", 8, ACTIVITY)):
        headings = [{"header": heading} for heading in rows[0]]
        data.add_table(0, left, len(rows) - 1, left + len(rows[0]) - 1, {"name": name, "columns": headings})
        for row, values in enumerate(rows[1:], start=1):
            for column, value in enumerate(values, start=left):
                if value is not None:
                    data.write(row, column, value, *([day] if isinstance(value, dt.datetime) else []))
    book.define_name("Most", "=25000")
    book.define_name("Left", f"={POOL}")
    book.define_name("Answers!Halves", "=SPLIT_TRANCHES(Data!$E$2:$E$6,1,2)")
    book.define_name("After", "=SPLIT_TRANCHES(T[Shares],3,2)")
    book.define_name("Two_right", "=Data!C$3")  # a name moves with the cell: from column C it is E3
    book.define_name("One_down", "=Data!$C2")
    for at, formula in enumerate(ONE):
        answers.write_array_formula(2 * at, 0, 2 * at, 0, f"={formula}", None, WRONG)
    row = 0
    for formula, height, width in SEVERAL:
        answers.write_array_formula(row, 2, row + height - 1, 1 + width, f"={formula}", None, WRONG)
        row += height + 1
    book.close()


@pytest.fixture(scope="module")
def results(libreoffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recalculated]:
    path = tmp_path_factory.mktemp("nested") / "nested.xlsx"
    write(path)
    return {r.cell: r for r in recalculate(read(libreoffice.recalculated(path)), as_of=dt.date(2005, 1, 1))}


def cells() -> list[Any]:
    rows = [2 * at + 1 for at in range(len(ONE))]
    found = [pytest.param(f"A{row}", formula, id=formula) for row, formula in zip(rows, ONE, strict=True)]
    row = 1
    for formula, height, _ in SEVERAL:
        found.append(pytest.param(f"C{row}", formula, id=formula))
        row += height + 1
    return found


@pytest.mark.parametrize(("cell", "formula"), cells())
def test_what_libreoffice_saved_is_what_is_recomputed(
    results: dict[str, Recalculated], cell: str, formula: str
) -> None:
    result = results[cell]
    shown = [value for row in as_rows(result.saved) for value in row]
    assert not {WRONG, *ERRORS}.intersection(shown)
    said = (formula, result.saved, result.recomputed, result.unchecked, result.difference)
    assert result.state == "same", said
