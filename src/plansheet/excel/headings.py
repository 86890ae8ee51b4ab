"""Headings: which column of a record a heading means, however it is typed, numbered, explained or marked with a unit.

The one matcher of headings; blocks of worksheet functions, the workbook reader and DataFrames are read through it.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from plansheet.core.records import NEAR_MISSES, Column, Kind, columns
from plansheet.excel.reading import is_blank

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FOOTNOTE = re.compile(r"\[[0-9*]+\]|\([0-9*]\)|[*†‡§¹²³]+")
_KEPT = re.compile(r"[^0-9a-z#%]+")


def fold_heading(text: object) -> str:
    """A heading without case, spaces, line breaks, punctuation, footnote marks and file escapes."""
    return "" if is_blank(text) else _folded(_decoded(str(text)))


def _decoded(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _folded(text: str) -> str:
    return _KEPT.sub("", unicodedata.normalize("NFKC", _FOOTNOTE.sub(" ", text)).casefold())


# --- Numbers, examples and units --------------------------------------------------------------------------------------

_NUMBERING = re.compile(r"\s*\(?[0-9]{1,3}[.)]\s+")
_EXAMPLE = re.compile(r"\b(e\.\s?g\b|for example\b|such as\b|example:|format:).*", re.IGNORECASE | re.DOTALL)
_BRACKET = re.compile(r"[(\[]([^()\[\]]{1,30})[)\]]")
_COUNT = re.compile(r"(?:#|\bno\.?|\bnr\.?|\bnum\.?)\s*of\b", re.IGNORECASE)
_SIGN = re.compile(r"^\s*(US\$|[#$£€¥₹])\s*|\s*(US\$|[#$£€¥₹¢%])\s*$")
_LAST = re.compile(r"(?:[\s,:/–-]+in\s+|\s*[,:–]\s*|\s+-\s+)([^\s,][^,:\n]{0,19})$|\s+(USD|GBP|EUR|CAD|AUD|CHF|JPY)$")
_MARKED = re.compile(r"[(\[\n$£€¥₹¢#%,:]|^\s*[0-9]|\s(?:in|-|of)\s|\b[A-Z]{3}$|–")
"""What a heading has that may be more than its name; most texts of a sheet have none of it."""
_LONGEST = 300


class Unit(NamedTuple):
    """A unit that a heading names: of which kinds of column it can be, and whether their numbers are then others."""

    said: str
    kinds: frozenset[Kind]
    is_other: bool = False
    """Numbers in it are no dollars, shares or months until they are converted."""
    is_currency: bool = False
    """It is a currency other than the dollar."""


_MONEY, _NUMBERS = frozenset({Kind.MONEY}), frozenset({Kind.MONEY, Kind.SHARES})
_ANY = frozenset(Kind)


def _units() -> dict[str, Unit]:
    plain: dict[frozenset[Kind], tuple[str, ...]] = {
        _MONEY: ("$", "US$", "USD", "dollars", "US dollars", "per share", "$ per share", "$/share", "USD per share"),
        frozenset({Kind.SHARES}): ("shares", "options", "units"),
        frozenset({Kind.SHARES, Kind.MONTHS, Kind.IDENTIFIER}): ("#", "number", "no."),
        frozenset({Kind.MONTHS}): ("months", "mos", "mo"),
        frozenset({Kind.DATE}): (
            "yyyy-mm-dd", "mm/dd/yyyy", "mm/dd/yy", "dd/mm/yyyy", "dd/mm/yy", "m/d/yyyy", "m/d/yy", "d/m/yyyy", "date",
        ),
        frozenset({Kind.FLAG}): ("yes/no", "y/n", "yes or no"),
        frozenset({Kind.PERCENT}): ("%", "percent"),
        _ANY: ("if applicable", "optional", "required", "mandatory"),
    }  # fmt: skip
    known = {_unit_key(text): Unit(text, kinds) for kinds, texts in plain.items() for text in texts}
    for text in ("£", "GBP", "€", "EUR", "euro", "¥", "JPY", "CHF", "CAD", "C$", "AUD", "A$", "₹", "INR", "pounds"):
        known[_unit_key(text)] = Unit(text, _MONEY, is_currency=True)
    others: dict[frozenset[Kind], tuple[str, ...]] = {
        _NUMBERS: ("thousands", "000", "000s", "'000", "'000s", "k", "millions", "m", "mm", "$000", "$k", "$m"),
        _MONEY: ("cents", "¢", "pence", "p"),
        frozenset({Kind.MONTHS}): ("years", "year", "yrs", "yr", "quarters", "weeks", "days"),
    }
    for kinds, texts in others.items():
        known |= {_unit_key(text): Unit(text, kinds, is_other=True) for text in texts}
    return known


def _unit_key(text: str) -> str:
    key = re.sub(r"[\s'’.]", "", text.casefold())
    return key.removeprefix("in") if key not in ("in", "inr") else key


_UNITS = _units()


def _unit(text: str) -> Unit | None:
    return _UNITS.get(_unit_key(text))


class Parsed(NamedTuple):
    """A heading taken apart: its name folded, as it stands and without all else, and the units that it names."""

    folds: tuple[str, ...]
    units: tuple[Unit, ...]


@lru_cache(maxsize=65_536)
def parsed(text: str) -> Parsed:
    """A heading taken apart."""
    if len(text) > _LONGEST:
        return Parsed((), ())
    plain = _decoded(text)
    name, units = _bare(plain) if _MARKED.search(plain) else (plain, ())
    folds = {_folded(said): None for said in dict.fromkeys((plain, name, _spelled_out(name)))}
    as_typed, *others = folds
    return Parsed((as_typed, *(fold for fold in others if fold)), units)


_SHORT = {
    "qty": "quantity", "no": "number", "nos": "number", "num": "number", "nr": "number", "exp": "expiration",
    "dt": "date", "trans": "transaction", "tran": "transaction", "txn": "transaction", "cert": "certificate",
    "sched": "schedule", "comm": "commencement", "emp": "employee", "ref": "reference",
}  # fmt: skip
_SHORTENED = re.compile(rf"(?<![a-z])({'|'.join(_SHORT)})(?![a-z])", re.IGNORECASE)
_PER_SHARE = re.compile(r"\s*/\s*sh(?:are)?(?![a-z])", re.IGNORECASE)


def _spelled_out(name: str) -> str:
    """A name with its usual abbreviations in full: Exp. date, Qty granted, FMV @ grant, Strike/share."""
    spelled = _SHORTENED.sub(lambda match: _SHORT[match[1].casefold()], name.replace("@", " at "))
    return _PER_SHARE.sub(" per share", spelled) if "/" in spelled else spelled


def _bare(text: str) -> tuple[str, tuple[Unit, ...]]:
    """A heading's name without its number, example and units, and the units."""
    units: list[Unit] = []

    def taken(said: str) -> bool:
        unit = _unit(said)
        if unit is not None:
            units.append(unit)
        return unit is not None

    name = _EXAMPLE.sub("", _NUMBERING.sub("", text, count=1))
    lines = [line for line in name.splitlines() if line.strip()]
    name = "\n".join(line for at, line in enumerate(lines) if at == 0 or not taken(line.strip("()[] \t")))
    name = _BRACKET.sub(lambda m: " " if taken(m[1]) else m[0], name).strip()
    name = _COUNT.sub("number of", name)
    if (last := _LAST.search(name)) and taken(last[1] or last[2]):
        name = name[: last.start()]
    if (sign := _SIGN.search(name)) and taken(sign[1] or sign[2]):
        name = _SIGN.sub("", name, count=1)
    return name, tuple(units)


# --- Columns ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _by_heading(record: type[Any]) -> dict[str, Column]:
    return {fold_heading(h): c for c in columns(record) for h in (*c.synonyms, c.heading)}


def column_named(text: object, record: type[Any]) -> Column | None:
    """The column of a record that a heading names, in whatever unit; None where it names none."""
    known = _by_heading(record)  # type: ignore[arg-type]  # a class is hashable
    said = parsed(str(text)) if not is_blank(text) else _NOTHING
    column = next((known[fold] for fold in said.folds if fold in known), None) or _with_its_words(text, known)
    if column is None or not all(column.kind in unit.kinds for unit in said.units):
        return None
    return column


_NOTHING = Parsed((), ())
_REMARK = re.compile(r"[(\[\n:]([^()\[\]\n:]{1,60})[)\]]?\s*$")
_JOINT = re.compile(r"\s*(?:[,;/|]|\bor\b|\band\b)\s*", re.IGNORECASE)


def _with_its_words(text: object, known: dict[str, Column]) -> Column | None:
    """The column of a heading that also lists the words of its cells: Option type (ISO or NSO)."""
    remark = _REMARK.search(text) if isinstance(text, str) and len(text) <= _LONGEST else None
    if remark is None:
        return None
    column = next((known[fold] for fold in parsed(remark.string[: remark.start()]).folds if fold in known), None)
    if column is None or column.words is None:
        return None
    words = [word for word in _JOINT.split(remark[1].strip()) if word]
    return column if words and all(map(column.words.knows, words)) else None


def near_miss(text: object) -> str | None:
    """The field that a heading resembles without standing for it."""
    folds = (*parsed(text).folds, fold_heading(_BRACKET.sub(" ", text))) if isinstance(text, str) else ()
    return next((_NEAR[fold] for fold in folds if fold in _NEAR), None)


_NEAR = {fold_heading(text): name for name, near in NEAR_MISSES.items() for text in near.headings}


def other_unit(text: object, column: Column) -> Unit | None:
    """The unit of a heading in which the numbers of its column are others (thousands, cents, years)."""
    units = parsed(text).units if isinstance(text, str) else ()
    return next((unit for unit in units if unit.is_other and column.kind in unit.kinds), None)


def other_currency(text: object) -> str | None:
    """The currency that a heading names, where it is not the dollar."""
    units = parsed(text).units if isinstance(text, str) else ()
    return next((unit.said for unit in units if unit.is_currency), None)


class TwoForOne(ValueError):
    """Two headings that mean the same column."""

    def __init__(self, column: Column, first: object, second: object) -> None:
        super().__init__(f'both "{first}" and "{second}" stand for {column.heading}; rename or leave out one')
        self.column = column


def match_headings(
    headings: Iterable[object], record: type[Any], wanted: Iterable[str] | None = None
) -> dict[str, int]:
    """Field name to position of its column. ``wanted``: the fields looked for (left out: all of the record's).

    A heading in another unit (thousands of shares) is none of the record's. Raises TwoForOne where two headings mean
    one wanted column.
    """
    names = None if wanted is None else frozenset(wanted)
    found: dict[str, int] = {}
    seen: list[object] = []
    for position, heading in enumerate(headings):
        seen.append(heading)
        column = column_named(heading, record)
        if column is None or (names is not None and column.name not in names) or other_unit(heading, column):
            continue
        if column.name in found:
            raise TwoForOne(column, seen[found[column.name]], heading)
        found[column.name] = position
    return found
