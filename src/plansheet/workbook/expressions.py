"""The text of a formula as a small tree: calls, references, literals.

The tokens are openpyxl's. Two things are hidden from its tokenizer, which stumbles over them: square brackets (table
columns may hold any character, escaped by ') and the # of a spill, which becomes the ANCHORARRAY that files hold.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

Scalar = bool | int | float | str | None

SPILL = "ANCHORARRAY"
SINGLE = "SINGLE"
"""What @ is in a file: the one value of a range that stands beside the formula."""

_TEXT = r'"(?:[^"]|"")*"'
_QUOTED = r"'(?:[^']|'')*'"
_BRACKETS = r"\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]"
_HIDDEN = re.compile(
    rf"(?P<text>{_TEXT})"
    rf"|(?P<spill>(?<![\w.$\\])(?:(?:{_QUOTED}|[\w.]+)!)?[$\w\\.]+)#(?![\w/])"
    rf"|(?P<quoted>{_QUOTED})|(?P<brackets>{_BRACKETS})",
    re.DOTALL,
)
_PREFIXES = re.compile(r"(?:@|_xlfn\.|_xlws\.|_xll\.|_xludf\.)*", re.IGNORECASE)
_OFFICE_ADD_IN = "_XLDUDF_"
_MARK = "\ue000"  # for private use: stands in no formula
_LONGEST_FORMULA = 32_768  # characters; Excel takes 8,192, before the prefixes of the file
_DEEPEST = 64  # levels of nesting; Excel takes no more


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


def called(formula: str) -> list[str]:
    """The functions that a formula calls, as named in the file, the outermost first; raises NotChecked."""
    tokens = _tokens(formula)
    return [token.value[:-1] for token in tokens if token.type == Token.FUNC and token.subtype == Token.OPEN]


@lru_cache(maxsize=4096)  # a calculated column holds the same text in every row
def parse(formula: str) -> Node:
    """The tree of a formula (with its = sign); raises NotChecked for what is no tree of the nodes above."""
    return _Parser(_tokens(formula)).whole()


def _tokens(formula: str) -> list[Token]:
    if len(formula) > _LONGEST_FORMULA or _MARK in formula:
        raise NotChecked(f"has a formula that Excel does not take: {formula[:60]}")
    hidden: list[str] = []

    def hide(match: re.Match[str]) -> str:
        if match["brackets"]:
            hidden.append(match["brackets"])
            return f"[{_MARK}{len(hidden) - 1}]"
        return f"{SPILL}({match['spill']})" if match["spill"] else match[0]

    try:
        tokens: list[Token] = Tokenizer(_HIDDEN.sub(hide, formula)).items
    except (TokenizerError, IndexError) as error:
        raise NotChecked(f"has a formula that is not understood: {formula[:200]}") from error
    for token in tokens:
        if _MARK in token.value:
            token.value = re.sub(rf"\[{_MARK}(\d+)\]", lambda match: hidden[int(match[1])], token.value)
    return tokens


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

    def _expression(self) -> Node:
        """Operands joined by operators. What joins them is not calculated here, so the operands are let go."""
        node = self._operand()
        while (token := self._peek()) is not None and token.type == Token.OP_IN:
            self.at += 1
            self._operand()
            node = Operation(token.value)
        return node

    def _operand(self) -> Node:
        """An operand with the signs before it and the % after it."""
        before = self.depth
        self._deeper()
        negative = False
        while (token := self._next()).type == Token.OP_PRE:
            negative ^= token.value == "-"
        node = self._primary(token)
        while (after := self._peek()) is not None and after.type == Token.OP_POST:
            self.at += 1
            self._deeper()
            node = Percent(node)
        self.depth = before
        return Negative(node) if negative else node

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NotChecked("has a formula nested deeper than Excel allows")

    def _primary(self, token: Token) -> Node:
        match token.type, token.subtype:
            case Token.OPERAND, _:
                return _leaf(token)
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


def _without_spaces(tokens: list[Token]) -> Iterator[Token]:
    """The tokens that matter. A space between two references is an operator: what both have in common."""
    ended = spaced = False
    for token in tokens:
        if token.type == Token.WSPACE:
            spaced = True
            continue
        begins = token.type == Token.OPERAND or token.subtype == Token.OPEN
        if ended and spaced and begins:
            raise NotChecked("uses the intersection of two ranges, which is not calculated here")
        ended = token.type in (Token.OPERAND, Token.OP_POST) or token.subtype == Token.CLOSE
        spaced = False
        yield token


def _leaf(token: Token) -> Node:
    text = token.value
    if token.subtype == Token.TEXT:
        return Literal(text[1:-1].replace('""', '"'))
    if token.subtype == Token.NUMBER and (text[0].isdigit() or text[0] == "."):  # not a name such as NaN
        return Literal(int(text) if text.isdigit() and len(text) <= 15 else float(text))  # as a cell would hold it
    if text.upper() in ("TRUE", "FALSE"):
        return Literal(text.upper() == "TRUE")
    if token.subtype == Token.ERROR or text.upper().endswith("!#REF!"):
        return Literal(text[text.index("#") :].upper())
    if text.startswith("@"):
        return Call(SINGLE, (Reference(text[1:]),))
    return Reference(text)


def _constant(node: Node) -> Scalar:
    match node:
        case Literal(value):
            return value
        case Negative(Literal(int() | float() as value)) if not isinstance(value, bool):
            return -value
    raise NotChecked("has an array constant that is not understood")
