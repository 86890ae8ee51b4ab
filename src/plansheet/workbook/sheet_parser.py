"""openpyxl's parser of a sheet, giving each cell's formula and its saved value at once.

openpyxl gives formulas or values, a load at a time. Its parser is subclassed, not patched: nothing global changes. The
subclass asks for values and adds the formula; and it leaves aside what can hang or break a load and holds no cell:
merged areas, links, comments, page settings. Private parts of openpyxl are used, so its version is checked.
"""

import datetime as dt
import math
import re
from collections.abc import Iterator
from typing import IO, Any, cast
from xml.etree.ElementTree import Element

import openpyxl
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import TranslatorError
from openpyxl.utils import range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import (
    CELL_TAG,
    CF_TAG,
    COL_TAG,
    EXT_TAG,
    FILTER_TAG,
    FORMULA_TAG,
    ROW_TAG,
    TABLE_TAG,
    VALIDATION_TAG,
    VALUE_TAG,
    WorkSheetParser,
)
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.xml.constants import REL_NS
from openpyxl.xml.functions import iterparse

from plansheet.workbook.saved import LAST_COLUMN, LAST_ROW, Cell, Rule, Value
from plansheet.workbook.unreadable import Unreadable, unreadable

if not openpyxl.__version__.startswith("3.1."):
    raise ImportError(
        f"plansheet reads workbooks with openpyxl 3.1; version {openpyxl.__version__} is installed. "
        'Run: pip install "openpyxl>=3.1.5,<3.2"'
    )

MOST_SHARED = 1 << 27
"""Characters of all shared formulas of a sheet, written out: one long formula may stand for a million cells."""

VALUE_TYPES = frozenset(["n", "s", "b", "e", "str", "inlineStr", "d"])  # ECMA-376 part 1, 18.18.11
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)
RULES = {"conditionalFormatting": "conditional format", "dataValidation": "data validation"}
RULE_FORMULAS = frozenset(["formula", "formula1", "formula2", "f"])


class SheetParser(WorkSheetParser):
    """One pass over the XML of a sheet. After ``cells()`` is exhausted, ``rules`` and ``table_ids`` are complete."""

    def __init__(
        self,
        sheet: str,
        source: IO[bytes],
        strings: list[str],
        epoch: dt.datetime,
        dates: set[int],
        durations: set[int],
    ) -> None:
        super().__init__(source, strings, data_only=True, epoch=epoch, date_formats=dates, timedelta_formats=durations)
        self.sheet = sheet
        self.number_of_strings = len(strings)
        self.room = MOST_SHARED
        self.rules: list[Rule] = []
        self.table_ids: list[str] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.filters: list[str] = []
        self.data_tables: list[str] = []

    def cells(self) -> Iterator[Cell]:
        """The cells that hold something, in the order of the file."""
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                _, row = self.parse_row(element)
                yield from (Cell(**cell) for cell in row if cell)
                self.row_dimensions.clear()
                if _is_hidden(element, "ht"):
                    self.hidden_rows.add(self.row_counter)
            elif element.tag == COL_TAG:
                if _is_hidden(element, "width"):
                    self.hidden_columns.update(_columns(element))
            elif element.tag == FILTER_TAG and is_range(element.get("ref")):
                self.filters.append(element.attrib["ref"])
            elif element.tag in (CF_TAG, VALIDATION_TAG, EXT_TAG):
                self.rules.extend(_rules(element))
            elif element.tag == TABLE_TAG:
                self.table_ids.extend(part.attrib[f"{{{REL_NS}}}id"] for part in element)
            else:
                continue
            element.clear()

    def parse_cell(self, element: Element) -> dict[str, Any]:
        """The fields of a Cell, none for a cell that holds nothing."""
        if element.tag != CELL_TAG:
            return {}
        text = element.findtext(VALUE_TAG)
        value_type = element.get("t", "n")
        if text or value_type not in VALUE_TYPES:
            self._check(element.get("r", ""), value_type, text or "")
        try:
            parsed = super().parse_cell(element)
        except ValueError as error:
            raise self._damaged(element.get("r", ""), f"is not understood ({error})") from error
        value, kind = _value(parsed["value"], value_type, text)
        formula = element.find(FORMULA_TAG)
        cell = {"row": parsed["row"], "column": parsed["column"], "value": value, "kind": kind}
        if formula is not None and formula.get("t") == "dataTable" and is_range(formula.get("ref")):
            self.data_tables.append(formula.attrib["ref"])
        if formula is None or formula.get("t") == "dataTable":  # a what-if table's cells are values to us
            return cell if value is not None else {}
        cached = value is not None
        if not cached and value_type == "str":  # the only trace of a formula that gave an empty text
            cell |= {"value": "", "kind": "text"}
            cached = True
        return cell | self._formula(element, formula) | {"cached": cached}

    def _formula(self, element: Element, formula: Element) -> dict[str, Any]:
        try:
            parsed = self.parse_formula(element)  # type: ignore[no-untyped-call]  # its stubs lack this method
        except (TokenizerError, TranslatorError):  # a shared formula that openpyxl cannot move to this cell
            parsed = "=" + (formula.text or "")
        if formula.get("t") == "shared":
            self.room -= len(parsed)
            if self.room < 0:
                raise unreadable("too large", f"the shared formulas of its sheet {self.sheet} are too long")
        if isinstance(parsed, ArrayFormula):
            if not is_range(parsed.ref):
                raise self._damaged(element.get("r", ""), f"fills the range {parsed.ref}, which is none")
            return {"formula": parsed.text, "array_ref": parsed.ref, "dynamic": element.get("cm") is not None}
        return {"formula": parsed}

    def _check(self, address: str, value_type: str, text: str) -> None:
        """Refuses what openpyxl would take for something else: 1_000 for 1000, string -1 for the last string."""
        if value_type not in VALUE_TYPES:
            what = f"has the unknown type {value_type}"
        elif value_type == "n" and (not NUMBER.fullmatch(text) or math.isinf(float(text))):
            what = f"holds {text[:40]!r} where a number belongs"
        elif value_type == "s" and not (text.strip().isdecimal() and int(text) < self.number_of_strings):
            what = f"refers to text {text[:40]}, which is missing"
        else:
            return
        raise self._damaged(address, what)

    def _damaged(self, address: str, what: str) -> Unreadable:
        return unreadable("damaged", f"its cell {self.sheet}!{address} {what}")


def _is_hidden(element: Element, size: str) -> bool:
    """Whether a row or column does not show; one may be hidden by having no ``size``."""
    return element.get("hidden") in ("1", "true") or element.get(size) in ("0", "0.0")


def _columns(element: Element) -> range:
    """The columns that an element of a sheet's <cols> is about; none where it does not say."""
    first, last = (element.get(end, "") for end in ("min", "max"))
    if not (first.isdecimal() and last.isdecimal()):
        return range(0)
    return range(int(first), min(int(last), LAST_COLUMN) + 1)


def is_range(ref: str | None) -> bool:
    """Whether a text is a range as files write it, A1 or A1:B9, within a sheet."""
    try:
        left, top, right, bottom = cast(tuple[int, int, int, int], range_boundaries(ref or ""))
    except (ValueError, TypeError):
        return False
    return None not in (left, top) and 1 <= left <= right <= LAST_COLUMN and 1 <= top <= bottom <= LAST_ROW


def _value(parsed: object, value_type: str, text: str | None) -> tuple[Value, str]:
    """A saved value and its kind from what openpyxl makes of it."""
    match parsed:
        case None:
            return None, "blank"
        case bool():
            return parsed, "boolean"
        case int() | float():
            return parsed, "number"
        case str() if value_type == "n":  # a number formatted as a date that no calendar has
            return float(text or ""), "number"
        case str():
            if value_type == "e":
                return parsed, "error"
            return parsed if value_type == "s" else unescape(parsed), "text"  # the shared texts are unescaped already
        case dt.datetime() if value_type == "n" and parsed.year < 1900:  # a negative number formatted as a date
            return float(text or ""), "number"
        case dt.datetime() | dt.time() | dt.timedelta():
            return parsed, "date"
        case dt.date():
            return dt.datetime.combine(parsed, dt.time()), "date"
    raise TypeError(f"a cell value of {type(parsed).__name__}")


def _rules(element: Element) -> Iterator[Rule]:
    """The formulas of validations and conditional formats, in their old place and in the extensions of later years."""
    for rule in element.iter():
        what = RULES.get(_local(rule))
        if what is None:
            continue
        where = rule.get("sqref") or next((node.text for node in rule.iter() if _local(node) == "sqref"), None)
        for node in rule.iter():
            if _local(node) in RULE_FORMULAS and node.text and node.text.strip():
                yield Rule(what, where or "", "=" + node.text.strip())


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
