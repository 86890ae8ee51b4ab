"""Formulas as they read from their own row, so that those of a column can be compared, and what they refer to."""

import re
from functools import lru_cache

_HIDDEN = r"""(?P<hidden>"(?:[^"]|"")*"|'(?:[^']|'')*'!?|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\])"""
_ROWS = re.compile(
    rf"{_HIDDEN}|(?<![\w.\\])(?P<column>\$?[A-Z]{{1,3}})(?P<row>[0-9]{{1,7}})(?![\w.(\\!])", re.IGNORECASE
)
_REFERENCE = re.compile(
    r'"(?:[^"]|"")*"|(?P<reference>'
    r"(?:(?:'(?:[^']|'')*'|[\w.\\]+)!)?"
    r"(?:\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?(?![\w.\\\[])|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}(?![\w.\\])"
    r"|[\w.\\]*\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]|[A-Z_\\][\w.\\]*))(?![\w.\\(!\[])",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"{_HIDDEN}|(?<![\w.\\$:\[\]])(?P<number>[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?)(?![\w.\\:!\]])")
_OTHER_BOOK = re.compile(r"(?<![\w\[\],])\[([0-9]+)\](?=[^\[\]\"',()!]*'?!(?![\w.\\]+\())")
_CHANGING_FUNCTIONS = frozenset({"TODAY", "NOW", "RAND", "RANDBETWEEN", "RANDARRAY"})
_CHANGING = re.compile(rf"(?<![\w.])(?:_xlfn\.)?({'|'.join(_CHANGING_FUNCTIONS)})\(", re.IGNORECASE)


def relative(formula: str, row: int) -> str:
    """A formula with each row that moves with it as a distance from its own: =A5*B$1 in row 5 is =A[0]*B$1."""
    if not _moves(formula):
        return formula
    return _ROWS.sub(
        lambda found: found[0] if found["hidden"] else f"{found['column']}[{int(found['row']) - row}]", formula
    )


@lru_cache(maxsize=4096)  # a calculated column holds the same text in every row
def _moves(formula: str) -> bool:
    return any(found["row"] for found in _ROWS.finditer(formula))


def builds_on_rows_above(key: str) -> bool:
    """Whether a relative formula refers to rows above its own: the first of such a column is another one."""
    return "[-" in key


def references(formula: str) -> tuple[str, ...]:
    """The cells, ranges, table parts and possible names that a formula holds, as written."""
    found = (match["reference"] for match in _REFERENCE.finditer(formula))
    return tuple(dict.fromkeys(text for text in found if text))


def other_books(formula: str) -> set[int]:
    """The numbers of the other workbooks from which a formula takes figures; an add-in's functions are none."""
    return {int(number) for number in _OTHER_BOOK.findall(formula)} if "[" in formula else set()


def changing(formula: str) -> str | None:
    """The function in a formula that gives something else each day, or each time; None where there is none."""
    match = _CHANGING.search(formula)
    return match[1].upper() if match else None


def changes(function: str) -> bool:
    """Whether a function by the name in a file gives something else each day, or each time."""
    return function.rpartition(".")[2].upper() in _CHANGING_FUNCTIONS


def constants(formula: str) -> tuple[str, tuple[str, ...]]:
    """A formula without its numbers, and the numbers."""
    numbers: list[str] = []

    def taken(found: re.Match[str]) -> str:
        if found["hidden"]:
            return found[0]
        numbers.append(found["number"])
        return "{}"

    return _NUMBER.sub(taken, formula), tuple(numbers)
