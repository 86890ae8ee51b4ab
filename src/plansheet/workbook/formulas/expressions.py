"""The text of a formula as a small tree: calls, references, literals, operators.

The tokens are openpyxl's. Two things are hidden from its tokenizer, which stumbles over them: square brackets (table
columns may hold any character, escaped by ') and the # of a spill, which becomes the ANCHORARRAY that files hold.

A column of formulas differs from row to row in the cells alone. So the cells are taken out before a text is looked up
among those already read, and put back into the tree.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

from plansheet.excel.reading import ERRORS

Scalar = bool | int | float | str | None
T = TypeVar("T")

SPILL = "ANCHORARRAY"
SINGLE = "SINGLE"
"""What @ is in a file: the one value of a range that stands beside the formula."""
EXPORTED = "DUMMYFUNCTION"
"""What Google Sheets writes for a function that Excel lacks: the formula as a text, and the value beside it."""
LOCAL = "_xlpm."
"""Before a name that LET or LAMBDA gives a value, in a file."""
RANGE, INTERSECTION, UNION = ":", " ", ","

_TEXT = r'"(?:[^"]|"")*"'
_QUOTED = r"'(?:[^']|'')*'"
_BRACKETS = r"\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]']){0,520}+\]){0,520}+\]"  # a name has 255 characters, each escaped
_ADDRESS = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_CELLS = re.compile(
    rf"{_TEXT}|{_BRACKETS}"
    rf"|(?P<cells>(?<![\w.$\\:!'\]\)}}])(?:(?:{_QUOTED}|[^\W\d][\w.]*)!)?{_ADDRESS}(?::{_ADDRESS})?)(?![\w.(!:\[#\\?$])"
    rf"|{_QUOTED}",
    re.DOTALL,
)
_HIDDEN = re.compile(
    rf"(?P<text>{_TEXT})"
    rf"|(?P<spill>(?<![\w.$\\])(?:(?:{_QUOTED}|[\w.]+)!)?[$\w\\.]+)#(?![\w/])"
    rf"|(?P<quoted>{_QUOTED})|(?P<brackets>{_BRACKETS})",
    re.DOTALL,
)
_PREFIXES = re.compile(r"(?:@|_xlfn\.|_xlws\.|_xll\.|__?xludf\.)*", re.IGNORECASE)
_OFFICE_ADD_IN = "_XLDUDF_"
_MARK = "\ue000"  # for private use: stands in no formula
_SLOT = re.compile("\ue001([0-9]+)\ue002")
_LONGEST_FORMULA = 32_768  # characters; Excel takes 8,192, before the prefixes of the file
_LONGEST_KEPT = 2_000
_DEEPEST = 64  # levels of nesting; Excel takes no more
_MOST_JOINED = 120  # values in a row, such as 1+2+3: each is a level of the tree

BINDS = {
    **dict.fromkeys((RANGE, INTERSECTION, UNION), 6),
    "^": 5,
    **dict.fromkeys("*/", 4),
    **dict.fromkeys("+-", 3),
    "&": 2,
    **dict.fromkeys(("=", "<>", "<", ">", "<=", ">="), 1),
}
"""How strongly an operator binds; a sign and % bind more strongly than those below them in Excel's table."""


class NotChecked(Exception):
    """What cannot be calculated here; ``reason`` completes the sentence "The cell ..."."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, TRUE or FALSE, an error value; None for an argument left out."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Array:
    """An array constant, {1,2;3,4}."""

    rows: tuple[tuple[Scalar, ...], ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell, a range, a defined name or a part of a table, as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function by the name in the file, with its arguments."""

    name: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Negative:
    """A value with a minus before it."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Percent:
    """A value with % after it."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Operation:
    """Two values joined by an operator."""

    operator: str
    left: "Node"
    right: "Node"


Node = Literal | Array | Reference | Call | Negative | Percent | Operation


def plan_name(name: str, functions: Mapping[str, Callable[..., object]]) -> str | None:
    """The plan function that a name in a file means, None for others.

    The same function is saved as ISO_LIMIT_SPLIT (in the workbook), [1]!ISO_LIMIT_SPLIT or 'C:\\x.xlam'!... (add-in),
    _xll. (XLL), _xludf. (unknown to the Excel that saved it), _xldudf_NAMESPACE_ISO_LIMIT_SPLIT (Office add-in).
    """
    bare = _PREFIXES.sub("", name.rpartition("!")[2], count=1).upper()
    if bare in functions:
        return bare
    if bare.startswith(_OFFICE_ADD_IN):
        parts = bare.removeprefix(_OFFICE_ADD_IN).split("_")
    elif "." in bare:  # a namespace typed by hand
        parts = bare.split(".")[-1:]
    else:
        return None
    candidates = ("_".join(parts[start:]) for start in range(len(parts)))
    return next((candidate for candidate in candidates if candidate in functions), None)


def shown_name(name: str) -> str:
    """A function's name as Excel shows it: without the prefixes of the file."""
    return _PREFIXES.sub("", name.rpartition("!")[2].rpartition(":")[2], count=1).upper()


def called(formula: str) -> Sequence[str]:
    """The functions that a formula calls, as named in the file, the outermost first; raises NotChecked."""
    text, cells = _apart(formula)
    return _with_reason(_called, text, cells)


def mentioned(formula: str) -> Sequence[str]:
    """The names, tables and cells that a formula refers to, as written; raises NotChecked."""
    text, cells = _apart(formula)
    return [_filled_text(each, cells) for each in _with_reason(_mentioned, text, cells)]


def parse(formula: str) -> Node:
    """The tree of a formula (with its = sign); raises NotChecked for what is no tree of the nodes above."""
    text, cells = _apart(formula)
    shape = _with_reason(_shape, text, cells)
    return _filled(shape, cells) if cells else shape


def shape_of(formula: str) -> Node:
    """The tree of a formula with something else in the place of its cells, for who asks what is called and how."""
    text, cells = _apart(formula)
    return _with_reason(_shape, text, cells)


def text_of(formula: str) -> str:
    """What is left of a formula without its cells: the same for a column that is filled down; raises NotChecked."""
    return _apart(formula)[0]


def below_of(node: Node) -> tuple[Node, ...]:
    """What a node is made of."""
    match node:
        case Call(_, arguments):
            return arguments
        case Negative(of) | Percent(of):
            return (of,)
        case Operation(_, left, right):
            return (left, right)
    return ()


# --- Cells taken out, and put back ----------------------------------------------------------------------------------


@lru_cache(maxsize=256)  # a calculated column has the same text in every row
def _apart(formula: str) -> tuple[str, tuple[str, ...]]:
    """A formula with a slot for each cell or range, and what stands in the slots."""
    if len(formula) > _LONGEST_FORMULA or _MARK in formula or "\ue001" in formula:
        raise NotChecked(f"has a formula that Excel does not take: {formula[:60]}")
    cells: list[str] = []

    def take(match: re.Match[str]) -> str:
        if match["cells"] is None:
            return match[0]
        cells.append(match["cells"])
        return f"\ue001{len(cells) - 1}\ue002"

    return _CELLS.sub(take, formula), tuple(cells)


def _filled_text(text: str, cells: Sequence[str]) -> str:
    return _SLOT.sub(lambda slot: cells[int(slot[1])], text) if "\ue001" in text else text


def _filled(node: Node, cells: Sequence[str]) -> Node:
    match node:
        case Reference(text):
            return Reference(_filled_text(text, cells))
        case Call(name, arguments):
            return Call(_filled_text(name, cells), tuple([_filled(argument, cells) for argument in arguments]))
        case Negative(of):
            return Negative(_filled(of, cells))
        case Percent(of):
            return Percent(_filled(of, cells))
        case Operation(operator, left, right):
            return Operation(operator, _filled(left, cells), _filled(right, cells))
    return node


def _with_reason(read: Callable[[str], T], text: str, cells: Sequence[str]) -> T:
    if len(text) > _LONGEST_KEPT:
        read = getattr(
            read, "__wrapped__", read
        )  # trees of long formulas are not kept: thousands would fill the memory
    try:
        return read(text)
    except NotChecked as refusal:
        raise NotChecked(_filled_text(refusal.reason, cells)) from None


@lru_cache(maxsize=4096)
def _called(text: str) -> tuple[str, ...]:
    return tuple(token.value[:-1] for token in _tokens(text) if _opens(token) and token.value != "(")


@lru_cache(maxsize=4096)
def _mentioned(text: str) -> tuple[str, ...]:
    tokens = _tokens(text)
    return tuple(token.value for token in tokens if token.type == Token.OPERAND and token.subtype == Token.RANGE)


@lru_cache(maxsize=4096)
def _shape(text: str) -> Node:
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[Token]:
    hidden: list[str] = []

    def hide(match: re.Match[str]) -> str:
        if match["brackets"]:
            hidden.append(match["brackets"])
            return f"{_MARK}{len(hidden) - 1}\ue002"
        return f"{SPILL}({match['spill']})" if match["spill"] else match[0]

    try:
        tokens: list[Token] = Tokenizer(_HIDDEN.sub(hide, text)).items
    except (TokenizerError, IndexError) as error:
        raise NotChecked(f"has a formula that is not understood: {text[:200]}") from error
    for token in tokens:
        if _MARK in token.value:
            token.value = re.sub(rf"{_MARK}([0-9]+)\ue002", lambda match: hidden[int(match[1])], token.value)
    return tokens


# --- The tree -------------------------------------------------------------------------------------------------------


class _Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = list(_without_spaces(tokens))
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self._expression()
        if self.at < len(self.tokens):
            raise self._lost()
        return node

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _next(self) -> Token:
        token = self._peek()
        if token is None:
            raise NotChecked("has a formula that breaks off")
        self.at += 1
        return token

    def _expression(self, binds: int = 1) -> Node:
        """Operands joined by operators that bind at least so strongly, those of one strength from left to right."""
        node = self._operand()
        joined = 0
        while (token := self._peek()) is not None and token.type == Token.OP_IN:
            strength = BINDS.get(token.value, 0)
            if strength < binds:
                break
            joined = self._one_more(joined)
            self.at += 1
            node = Operation(token.value, node, self._expression(strength + 1))
        return node

    def _operand(self) -> Node:
        """An operand with the signs before it and the % after it."""
        before = self.depth
        self._deeper()
        minuses = 0
        while (token := self._next()).type == Token.OP_PRE:
            minuses += token.value == "-"
        node = self._primary(token)
        joined = 0
        while self._joins_references():
            joined = self._one_more(joined)
            node = Operation(self._next().value, node, self._primary(self._next()))
        while (after := self._peek()) is not None and after.type == Token.OP_POST:
            self.at += 1
            self._deeper()
            node = Percent(node)
        self.depth = before
        for _ in range(min(minuses, 2 - minuses % 2)):  # two make a number of TRUE, more than two are one or two
            node = Negative(node)
        return node

    def _one_more(self, joined: int) -> int:
        if joined >= _MOST_JOINED:
            raise NotChecked(f"has a formula that joins more than {_MOST_JOINED} values")
        return joined + 1

    def _joins_references(self) -> bool:
        token = self._peek()
        return token is not None and token.type == Token.OP_IN and token.value in (RANGE, INTERSECTION, UNION)

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NotChecked("has a formula nested deeper than Excel allows")

    def _primary(self, token: Token) -> Node:
        match token.type, token.subtype:
            case Token.OPERAND, _:
                return _leaf(token)
            case Token.FUNC, Token.OPEN if token.value == "(":  # openpyxl's token of A1:(B2)
                inside = tuple(self._arguments())
                if len(inside) != 1:
                    raise NotChecked("refers to several ranges at once, which is not calculated here")
                return inside[0]
            case Token.FUNC, Token.OPEN:
                return Call(token.value[:-1], tuple(self._arguments()))
            case Token.PAREN, Token.OPEN:
                node = self._expression()
                if self._next().type != Token.PAREN:
                    raise self._lost()
                return node
            case Token.ARRAY, Token.OPEN:
                return Array(tuple(self._rows()))
        raise self._lost()

    def _arguments(self) -> Iterator[Node]:
        """Arguments up to the closing parenthesis; nothing between two commas is an argument left out."""
        if _closes(self._peek()):
            self.at += 1
            return
        while True:
            token = self._peek()
            yield Literal(None) if _closes(token) or _separates(token) else self._expression()
            token = self._next()
            if _closes(token):
                return
            if not _separates(token):
                raise self._lost()

    def _rows(self) -> Iterator[tuple[Scalar, ...]]:
        row: list[Scalar] = []
        while True:
            row.append(_constant(self._operand()))
            separator = self._next()
            if _separates(separator):
                continue
            yield tuple(row)
            row = []
            if separator.type == Token.ARRAY:
                return
            if separator.subtype != Token.ROW:
                raise self._lost()

    def _lost(self) -> NotChecked:
        rest = "".join(token.value for token in self.tokens[max(self.at - 1, 0) :])
        return NotChecked(f"has a formula that is not understood from {rest[:60]}")


def _separates(token: Token | None) -> bool:
    """Whether a token is a comma between arguments or between the values of a row."""
    return token is not None and token.type == Token.SEP and token.subtype == Token.ARG


def _closes(token: Token | None) -> bool:
    """Whether a token ends the arguments of a function."""
    return token is not None and token.type == Token.FUNC and token.subtype == Token.CLOSE


def _opens(token: Token) -> bool:
    return token.type == Token.FUNC and token.subtype == Token.OPEN


def _without_spaces(tokens: list[Token]) -> Iterator[Token]:
    """The tokens that matter. A space between two references is an operator: what both have in common."""
    ended = spaced = False
    for token in tokens:
        if token.type == Token.WSPACE:
            spaced = True
            continue
        begins = token.type == Token.OPERAND or token.subtype == Token.OPEN
        if ended and begins and not token.value.startswith(RANGE):
            if not spaced:
                raise NotChecked(f"has a formula that is not understood from {token.value[:60]}")
            yield Token(INTERSECTION, Token.OP_IN)
        yield from _ranges_apart(token)
        ended = token.type in (Token.OPERAND, Token.OP_POST) or token.subtype == Token.CLOSE
        spaced = False


_TO_CALL = re.compile(r"(?P<left>.*(?<!:)):(?P<right>[^:'\[\]]*\()", re.DOTALL)


def _ranges_apart(token: Token) -> Iterator[Token]:
    """The token of A1:INDEX( or of (A1):B2, which openpyxl leaves in one piece, as its parts."""
    if not _opens(token) and not (token.type == Token.OPERAND and token.value.startswith(RANGE)):
        yield token
        return
    if token.value.startswith(RANGE):
        yield Token(RANGE, Token.OP_IN)
        yield Token(token.value[1:], token.type, token.subtype)
    elif (match := _TO_CALL.fullmatch(token.value)) is None:
        yield token
    else:
        yield Token(match["left"], Token.OPERAND, Token.RANGE)
        yield Token(RANGE, Token.OP_IN)
        yield Token(match["right"], token.type, token.subtype)


def _leaf(token: Token) -> Node:
    text = token.value
    if token.subtype == Token.TEXT:
        said = text[1:-1].replace('""', '"')
        if said in ERRORS:
            raise NotChecked(f"has the text {said}, which cannot be told from the error here")
        return Literal(said)
    if token.subtype == Token.NUMBER and (text[0].isdigit() or text[0] == "."):  # not a name such as NaN
        return Literal(int(text) if text.isdigit() and len(text) <= 15 else float(text))  # as a cell would hold it
    if text.upper() in ("TRUE", "FALSE"):
        return Literal(text.upper() == "TRUE")
    if token.subtype == Token.ERROR or text.upper().endswith("!#REF!"):
        return Literal(text[text.index("#") :].upper())
    if text.startswith("@"):
        return Call(SINGLE, (_reference(text[1:]),))
    return _reference(text)


_ENDS = re.compile(rf"(?:{_QUOTED}|{_BRACKETS}|[^:'\[\]])+")
_COLUMN = r"\$?[A-Za-z]{1,3}"
_PLAIN_RANGE = re.compile(rf"(?:.*!)?(?:{_ADDRESS}:{_ADDRESS}|{_COLUMN}:{_COLUMN}|\$?\d+:\$?\d+)", re.DOTALL)


def _reference(text: str) -> Node:
    """A reference in one piece, or the range from one to another: Sheet1!A1:Sheet1!B2, Table[a]:Table[b], from:to."""
    ends = _ENDS.findall(text)
    across = len(ends) == 2 and "!" in ends[1] and not ends[1].startswith("'") and "!" not in ends[0]  # First:Last!A1
    if len(ends) != 2 or across or ":".join(ends) != text or (_PLAIN_RANGE.fullmatch(text) and "!" not in ends[1]):
        return Reference(text)
    return Operation(RANGE, Reference(ends[0]), Reference(ends[1]))


def _constant(node: Node) -> Scalar:
    match node:
        case Literal(value):
            return value
        case Negative(Literal(int() | float() as value)) if not isinstance(value, bool):
            return -value
    raise NotChecked("has an array constant that is not understood")
