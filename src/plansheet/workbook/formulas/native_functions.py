"""What is known of Excel's own functions and of how the engine calculates them.

The engine (formualizer 0.13) joins arrays by operators as Excel does, but a function that takes one value gets the
first of an array, or refuses it. So it is told here which arguments take a range: in all others an array is given to
the function value by value. A function that is not named here is calculated only where each argument is one value.
"""

import re
from collections.abc import Iterator

VALUE, CELLS, ARRAY = "one value", "a range or an array", "an array, whatever the formula around it"

_LETTERS = {".": VALUE, "r": CELLS, "a": ARRAY}


def _table(*lines: str) -> dict[str, tuple[str, str]]:
    """Functions by name: the letters of their first arguments, and those that repeat after them."""
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        arguments, names = line.split(":")
        first, _, repeated = arguments.strip().partition(" ")
        found |= dict.fromkeys(names.split(), (first.replace("-", ""), repeated))
    return found


_ONE = _table(
    "- r: SUM PRODUCT COUNT COUNTA COUNTBLANK AVERAGE AVERAGEA MAX MAXA MIN MINA MEDIAN SUMSQ AND OR XOR CONCAT",
    "- r: STDEV STDEVP STDEV.S STDEV.P VAR VARP VAR.S VAR.P SUMX2MY2 SUMX2PY2 SUMXMY2",
    ".. r: TEXTJOIN",
    ". r: NPV",
    "- a: SUMPRODUCT",
    "r: ROWS COLUMNS",
    "r.r: SUMIF AVERAGEIF",
    "r.: COUNTIF LARGE SMALL PERCENTILE PERCENTILE.INC QUARTILE QUARTILE.INC",
    "r r.: SUMIFS AVERAGEIFS MAXIFS MINIFS",
    "- r.: COUNTIFS",
    ".r.: RANK RANK.EQ",
    ".r..: MATCH VLOOKUP HLOOKUP",
    ".a..: XMATCH",
    ".aa: LOOKUP",
    "..r: WORKDAY NETWORKDAYS",
    "...r: WORKDAY.INTL NETWORKDAYS.INTL",
)
_SEVERAL = _table(
    "aar: FILTER",
    "a...: SORT",
    "a a.: SORTBY",
    "a..: UNIQUE INDEX TAKE DROP TOCOL TOROW",
    "a: TRANSPOSE",
    ".aar..: XLOOKUP",
    "a .: CHOOSECOLS CHOOSEROWS",
    "- r: HSTACK VSTACK",
    "rrr: IF",
    "rr: IFERROR",
    ". r: CHOOSE",
    "....: SEQUENCE",
)
_TAKES = {**_ONE, **_SEVERAL}


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


LIFTED = _words(
    "ABS SIGN SQRT EXP LN LOG LOG10 POWER MOD QUOTIENT INT TRUNC ROUND ROUNDUP ROUNDDOWN EVEN ODD MROUND ISEVEN ISODD",
    "CEILING FLOOR CEILING.MATH FLOOR.MATH YEAR MONTH DAY WEEKDAY ISOWEEKNUM HOUR MINUTE SECOND DATE TIME DAYS",
    "DATEVALUE LEN LEFT RIGHT MID UPPER LOWER PROPER TRIM CLEAN SUBSTITUTE REPLACE FIND SEARCH EXACT REPT TEXT VALUE",
    "CODE CHAR ISBLANK ISNUMBER ISTEXT ISNONTEXT ISERROR ISERR ISNA ISLOGICAL NOT IFNA IFS SWITCH ERROR.TYPE",
    "MATCH XMATCH VLOOKUP HLOOKUP LOOKUP XLOOKUP INDEX LARGE SMALL RANK RANK.EQ",
    "SUMIF AVERAGEIF COUNTIF SUMIFS AVERAGEIFS COUNTIFS MAXIFS MINIFS",
)
"""Functions that Excel calls for each value of an array that stands where they take one."""
OF_ARRAYS = _words("EDATE EOMONTH WEEKNUM WORKDAY NETWORKDAYS YEARFRAC")
"""Those that Excel calls so for an array, and that refuse a range."""

_APPROXIMATES = "which is found by approximation, to fewer digits than are compared"
_LOOKS_AROUND = "which looks at more than values"
REFUSED = {
    **dict.fromkeys(("RAND", "RANDBETWEEN", "RANDARRAY"), "which gives another value each time"),
    **dict.fromkeys(("CELL", "INFO", "SHEET", "SHEETS"), "which tells of the program and the place"),
    **dict.fromkeys(("RATE", "IRR", "XIRR", "MIRR", "YIELD", "ODDFYIELD", "ODDLYIELD"), _APPROXIMATES),
    **dict.fromkeys(("SUBTOTAL", "AGGREGATE"), "which leaves out rows that a filter hides"),
    **dict.fromkeys(("ISFORMULA", "FORMULATEXT", "ISREF", "AREAS"), _LOOKS_AROUND),
}
"""Functions that are not calculated, though the engine may have them, and why."""

FORMATS = re.compile(
    r"[$]?(?:#,##)?0(?:[.]0+)?%?"
    r"|[ ]?(?:yyyy|yy|mmmm|mmm|mm|m|dddd|ddd|dd|d)(?:[-/., ]{1,2}(?:yyyy|yy|mmmm|mmm|mm|m|dd|d))*",
    re.IGNORECASE,
)
"""The formats by which TEXT is calculated."""

SKIPS_BLANKS = _words(
    "SUM PRODUCT SUMSQ SUMPRODUCT SUMX2MY2 SUMX2PY2 SUMXMY2 COUNT COUNTA AVERAGE AVERAGEA MEDIAN NPV AND OR XOR CONCAT",
    "MAX MAXA MIN MINA LARGE SMALL RANK RANK.EQ PERCENTILE PERCENTILE.INC QUARTILE QUARTILE.INC",
    "STDEV STDEVP STDEV.S STDEV.P VAR VARP VAR.S VAR.P SUMIF SUMIFS AVERAGEIF AVERAGEIFS MAXIFS MINIFS",
    "MATCH XMATCH LOOKUP VLOOKUP HLOOKUP XLOOKUP",
)
"""Functions that give the same, however many blank cells follow the others in their ranges."""

DECIDES = frozenset(("IF", "IFERROR"))
"""Functions that decide by their first argument, value by value in array formulas alone."""
CHOOSES = DECIDES | {"IFNA", "IFS", "SWITCH", "CHOOSE"}
"""Functions that take an array's values one by one in array formulas alone, even within SUMPRODUCT."""

EXTENDS = frozenset(("SUMIF", "AVERAGEIF"))
"""Functions whose third range is as large as the first, whatever is written."""
ACROSS = _words(
    "SUM PRODUCT COUNT COUNTA AVERAGE AVERAGEA MAX MAXA MIN MINA",
    "STDEV STDEVP STDEV.S STDEV.P VAR VARP VAR.S VAR.P",
)
"""Functions that take a range of several sheets."""

OF_ONE_SIZE = _words("SUMIFS AVERAGEIFS MAXIFS MINIFS COUNTIFS")
"""Functions whose ranges have one size in Excel."""
CRITERIA = {
    "SUMIF": 1,
    "AVERAGEIF": 1,
    "COUNTIF": 1,
    "SUMIFS": 2,
    "AVERAGEIFS": 2,
    "MAXIFS": 2,
    "MINIFS": 2,
    "COUNTIFS": 1,
}
"""Where the first criterion stands; every second argument from there is one more."""
LOOKS_UP = {"MATCH": 2, "VLOOKUP": 3, "HLOOKUP": 3, "LOOKUP": None, "XMATCH": 2, "XLOOKUP": 4}
"""Functions that may look up by approximation, and the argument that tells whether they do."""
NEAR_WHOLE = _words("INT MOD QUOTIENT MROUND")
"""Functions by which it is a matter of the last binary digit whether a number is whole, or half."""
STEPS = _words("CEILING FLOOR CEILING.MATH FLOOR.MATH")
"""Functions that round to a step."""
GIVES_DAYS = _words("DATE EDATE EOMONTH WORKDAY WORKDAY.INTL")
"""Functions that give a day, and #NUM! where there is none."""
OF_TEXTS = _words(
    "LEN LEFT RIGHT MID UPPER LOWER PROPER TRIM CLEAN SUBSTITUTE REPLACE FIND SEARCH EXACT REPT CODE",
    "CONCAT CONCATENATE TEXTJOIN",
)
"""Functions that make a text of a number."""
SWALLOWS = _words("IFERROR ISERROR ISERR ISNUMBER ISTEXT ISNONTEXT COUNT ERROR.TYPE")
"""Functions whose answer does not show that an argument was an error."""
SURE = _words(
    "FIND SEARCH LEFT RIGHT MID LEN MATCH XMATCH LOOKUP VLOOKUP HLOOKUP XLOOKUP INDEX SUBSTITUTE TRIM UPPER LOWER"
)
"""Functions that are an error where they are one in Excel."""
NUMBERS = _words("FIND SEARCH LEN MATCH XMATCH ROW COLUMN ROWS COLUMNS")
"""Functions that give a number."""


def gives_several(name: str) -> bool:
    """Whether a function's answer may be more than one value though it got one of each."""
    return name in _SEVERAL


def takes(name: str, number: int) -> Iterator[str]:
    """What each of a function's arguments takes."""
    first, repeated = _TAKES.get(name, ("", "."))
    for at in range(number):
        if at < len(first):
            yield _LETTERS[first[at]]
        elif repeated:
            yield _LETTERS[repeated[(at - len(first)) % len(repeated)]]
        else:
            yield VALUE
