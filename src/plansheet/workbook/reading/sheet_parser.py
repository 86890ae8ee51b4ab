"""openpyxl's parser of a sheet, giving each cell's formula and its saved value at once, as Excel shows it.

openpyxl gives formulas or values, a load at a time. Its parser is subclassed, not patched: nothing global changes. The
subclass takes the formulas from it and the values from the file, where openpyxl would take one for another (1_000 for
1000, 29 February 1900 for the 28th); and it leaves aside what can hang or break a load and holds no cell: merged areas,
links, comments, page settings. Private parts of openpyxl are used, so its version is checked.
"""

import datetime as dt
import math
import re
from collections.abc import Iterator
from typing import cast
from xml.etree.ElementTree import Element

import openpyxl
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import TranslatorError
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries
from openpyxl.utils.datetime import ISO_DURATION, ISO_REGEX, from_ISO8601
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import (
    CELL_TAG,
    CF_TAG,
    COL_TAG,
    EXT_TAG,
    FILTER_TAG,
    FORMULA_TAG,
    INLINE_STRING,
    ROW_TAG,
    TABLE_TAG,
    VALIDATION_TAG,
    VALUE_TAG,
    WorkSheetParser,
)
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS

from plansheet.core.dates import from_serial
from plansheet.core.numbers import DIGITS
from plansheet.workbook.reading.elements import Source, elements
from plansheet.workbook.reading.saved import LAST_COLUMN, LAST_ROW, Cell, Rule, Value
from plansheet.workbook.reading.shared_formulas import SharedFormula
from plansheet.workbook.reading.unreadable import Unreadable, unreadable

if not openpyxl.__version__.startswith("3.1."):
    raise ImportError(
        f"plansheet reads workbooks with openpyxl 3.1; version {openpyxl.__version__} is installed. "
        'Run: pip install "openpyxl>=3.1.5,<3.2"'
    )

MOST_FORMULAS = 1 << 26
"""Characters of all formulas of a workbook, shared ones written out: one long formula may stand for a million cells."""
LONGEST_ROW = 100
"""Digits of a row's number; Python takes no more than some thousand."""
MOST_KNOWN = 1 << 14
"""Numbers of a sheet that are kept to be found again: a ledger repeats its dates and prices."""

STRING_TAG = f"{{{SHEET_MAIN_NS}}}si"
TEXT_TAG = f"{{{SHEET_MAIN_NS}}}t"
RUN_TAG = f"{{{SHEET_MAIN_NS}}}r"
READ_TAGS = frozenset([ROW_TAG, COL_TAG, FILTER_TAG, CF_TAG, VALIDATION_TAG, EXT_TAG, TABLE_TAG])
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)
BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
RULES = {"conditionalFormatting": "conditional format", "dataValidation": "data validation"}
RULE_FORMULAS = frozenset(["formula", "formula1", "formula2", "f"])
FIRST_DAY = dt.datetime(1900, 1, 1)
MIDNIGHT = dt.time()
MILLISECONDS = 86_400_000


def strings(source: Source) -> list[str]:
    """The shared texts of a workbook."""
    found = []
    for element in elements(source):
        if element.tag == STRING_TAG:
            found.append(_text_of(element))
            element.clear()
    return found


class SheetParser(WorkSheetParser):
    """One pass over the XML of a sheet.

    ``dates``: the indices of the cell styles that show a date. ``most``: how many cells may hold something. ``room``:
    how many characters the formulas may have together.
    """

    def __init__(
        self,
        sheet: str,
        source: Source,
        texts: list[str],
        *,
        date_1904: bool,
        dates: set[str],
        most: int,
        room: int = MOST_FORMULAS,
    ) -> None:
        super().__init__(source, texts, data_only=True)
        self.sheet = sheet
        self.stream = source
        self.texts = texts
        self.date_1904 = date_1904
        self.dates = dates
        self.most = most
        self.room = room
        self.shared: dict[str | None, SharedFormula] = {}
        self.cells: dict[tuple[int, int], Cell] = {}
        """Those that hold something, by row and column, in the order of the file."""
        self.rules: list[Rule] = []
        self.table_ids: list[str] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.filters: list[str] = []
        self.data_tables: list[str] = []
        self._row = ""
        self._hidden: set[tuple[int, int]] = set()
        """First and last of columns that are hidden together."""
        self._letters: dict[str, int] = {}
        self._numbers: dict[str, tuple[Value, str]] = {}
        self._days: dict[str, tuple[Value, str]] = {}

    def read(self) -> None:
        """Reads the sheet to its end; the cells and what else is kept of it are complete then."""
        for element in elements(self.stream):
            if element.tag not in READ_TAGS:
                continue
            if element.tag == ROW_TAG:
                self._start_row(element)
                self._read_row(element)
            elif element.tag == COL_TAG:
                if _is_hidden(element, "width"):
                    self._hidden.update(_columns(element))
            elif element.tag == FILTER_TAG:
                self.filters.extend([element.attrib["ref"]] if is_range(element.get("ref")) else [])
            elif element.tag == TABLE_TAG:
                self.table_ids.extend(part.attrib[f"{{{REL_NS}}}id"] for part in element)
            else:
                self.rules.extend(_rules(element))
            element.clear()
        reached = 0
        for first, last in sorted(self._hidden):
            self.hidden_columns.update(range(max(first, reached + 1), last + 1))
            reached = max(reached, last)

    def _read_row(self, row: Element) -> None:
        cells, letters, number = self.cells, self._letters, self._row
        end = -len(number)
        for element in row:
            if element.tag != CELL_TAG:
                continue
            address = element.get("r", "")
            known_column = letters.get(address[:end]) if address[end:] == number else None
            self.col_counter = column = known_column or self._column(address)
            cell = self._cell(element, column)
            if cell is None:
                continue
            known = cells.setdefault((self.row_counter, column), cell)
            if known is not cell and known != cell:
                raise self._damaged(f"{get_column_letter(column)}{number}", "is there twice, with different content")
        if len(cells) > self.most:
            raise unreadable("too large", f"more than {self.most:,} cells of its sheet {self.sheet} hold something")

    def _start_row(self, element: Element) -> None:
        """Takes a row's number from it, from its first cell, or from the row before, in this order."""
        number = element.get("r")
        if number is None and len(element) and (address := element[0].get("r")):
            number = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if number is None:
            number = str(self.row_counter + 1)
        if not (number.isdecimal() and number.isascii() and len(number) <= LONGEST_ROW):
            raise unreadable("damaged", f"a row of its sheet {self.sheet} has the number {number[:40]}, which is none")
        self.row_counter, self.col_counter = int(number), 0
        self._row = str(self.row_counter)
        if len(element) and not 0 < self.row_counter <= LAST_ROW:
            raise unreadable("damaged", f"it has a cell outside of its sheet {self.sheet}, in row {self.row_counter:,}")
        if _is_hidden(element, "ht"):
            self.hidden_rows.add(self.row_counter)

    def _cell(self, element: Element, column: int) -> Cell | None:
        """A cell, None for one that holds nothing."""
        kind = element.get("t", "n")
        text = element.findtext(VALUE_TAG)
        formula = element.find(FORMULA_TAG) if len(element) > 1 or text is None else None
        if text and kind == "n":  # most cells
            known = self._days if element.get("s") in self.dates else self._numbers
            value, shown = known.get(text) or self._number(element, text, known)
        elif text and kind == "s":
            value, shown = self._shared(element, text), "text"
        else:
            value, shown = self._other(element, kind, text or "")
        if formula is not None and formula.get("t") == "dataTable":  # a what-if table's cells are values to us
            self.data_tables.extend([formula.attrib["ref"]] if is_range(formula.get("ref")) else [])
            formula = None
        if formula is None:
            return None if value is None else Cell(self.row_counter, column, value, None, None, shown)
        cached = value is not None
        if not cached and kind == "str":  # the only trace of a formula that gave an empty text
            value, shown, cached = "", "text", True
        written, fills, dynamic = self._formula(element, formula)
        return Cell(self.row_counter, column, value, written, fills, shown, cached, dynamic)

    def _column(self, address: str) -> int:
        """The column of a cell, which must stand in its row; the next one where it has no address."""
        if not address:
            column = self.col_counter + 1
        elif address.rstrip("0123456789") + self._row != address:
            raise self._damaged(address, f"stands in row {self._row}")
        else:
            try:
                column = column_index_from_string(address.removesuffix(self._row))
            except ValueError as error:
                raise self._damaged(address, f"is not understood ({error})") from error
        if column > LAST_COLUMN:
            where = f"row {self.row_counter:,} and column {column:,}"
            raise unreadable("damaged", f"it has a cell outside of its sheet {self.sheet}, in {where}")
        if address:
            self._letters[address.removesuffix(self._row)] = column
        return column

    def _number(self, element: Element, text: str, known: dict[str, tuple[Value, str]]) -> tuple[Value, str]:
        """A number, or in a style of ``dates`` a day or a time; and its kind."""
        if not NUMBER.fullmatch(text) or math.isinf(float(text)):
            raise self._unlike(element, text, "a number")
        number = int(text) if text.strip().lstrip("+-").isdecimal() else float(text)
        day = _day(number, date_1904=self.date_1904) if known is self._days else None
        if len(known) == MOST_KNOWN:
            known.clear()
        known[text] = found = (number, "number") if day is None else (day, "date")
        return found

    def _shared(self, element: Element, text: str) -> str:
        if text.isdecimal() and text.isascii() and int(text) < len(self.texts):  # -1 is not the last of them
            return self.texts[int(text)]
        raise self._damaged(element.get("r", ""), f"refers to text {text[:40]}, which is missing")

    def _other(self, element: Element, kind: str, text: str) -> tuple[Value, str]:
        """The value and kind of a cell that holds no number and no shared text."""
        match kind:
            case "inlineStr":
                inline = element.find(INLINE_STRING)
                return (None, "blank") if inline is None else (_text_of(inline), "text")
            case "n" | "s" | "str" | "e" | "b" | "d" if not text:
                return None, "blank"
            case "str":
                return unescape(text), "text"
            case "e":
                return text.strip(), "error"
            case "b" if text.strip() in BOOLEANS:
                return BOOLEANS[text.strip()], "boolean"
            case "b":
                raise self._unlike(element, text, "TRUE or FALSE")
            case "d":
                return self._iso(element, text.strip())
        raise self._damaged(element.get("r", ""), f"has the unknown type {kind}")

    def _iso(self, element: Element, text: str) -> tuple[Value, str]:
        """A date or time that is written in letters of ISO 8601, which Strict Open XML has."""
        try:
            if not (ISO_REGEX.fullmatch(text) or ISO_DURATION.fullmatch(text)):
                raise ValueError(text)
            found = from_ISO8601(text)  # type: ignore[no-untyped-call]  # no stub
        except ValueError as error:
            raise self._unlike(element, text, "a date") from error
        if isinstance(found, dt.timedelta):
            return found / dt.timedelta(days=1), "number"
        if isinstance(found, dt.date) and not isinstance(found, dt.datetime):
            found = dt.datetime.combine(found, MIDNIGHT)
        if isinstance(found, dt.datetime) and found < FIRST_DAY:  # a time of day has the day before the first
            found = found.time()
        return found, "date"

    def _formula(self, element: Element, formula: Element) -> tuple[str, str | None, bool]:
        """A formula with its = sign, the range it fills, and whether it spills."""
        if element.get("r") is None:
            element.set("r", f"{get_column_letter(self.col_counter)}{self._row}")
        if formula.get("t") == "shared":
            parsed: object = self._written_out(formula)
        else:
            parsed = self.parse_formula(element)  # type: ignore[no-untyped-call]  # its stubs lack this method
        text = str(parsed.text if isinstance(parsed, ArrayFormula) else parsed)
        self.room -= len(text)
        if self.room < 0:
            raise unreadable("too large", f"its formulas have more than {MOST_FORMULAS:,} characters")
        if isinstance(parsed, ArrayFormula):
            if not is_range(parsed.ref):
                raise self._damaged(element.get("r", ""), f"fills the range {parsed.ref}, which is none")
            return text, str(parsed.ref), element.get("cm") is not None
        return text, None, False

    def _written_out(self, formula: Element) -> str:
        """The formula of a cell that shares it."""
        index, own = formula.get("si"), "=" + (formula.text or "")
        try:
            if index in self.shared:
                return self.shared[index].at(self.row_counter, self.col_counter)
            if own != "=":
                self.shared[index] = SharedFormula(own, self.row_counter, self.col_counter)
        except (IndexError, TokenizerError, TranslatorError):  # no formula, or one that cannot be moved to this cell
            pass
        return own

    def _unlike(self, element: Element, text: str, wanted: str) -> Unreadable:
        return self._damaged(element.get("r", ""), f"holds {text[:40]!r} where {wanted} belongs")

    def _damaged(self, address: str, what: str) -> Unreadable:
        return unreadable("damaged", f"its cell {self.sheet}!{address} {what}")


def _day(serial: int | float, *, date_1904: bool) -> dt.datetime | dt.time | None:
    """What a number shows in a date's format: a time of day below 1; None where the calendar has no such day.

    The last moment of a day does not become the next: 44000.9999999999 is still of the day 44000.
    """
    days, time = serial, MIDNIGHT
    if isinstance(serial, float):
        days, part = divmod(float(format(serial, f".{DIGITS}g")), 1)
        time = (dt.datetime.min + dt.timedelta(milliseconds=min(round(part * MILLISECONDS), MILLISECONDS - 1))).time()
    if days == 0:
        return time
    try:
        return dt.datetime.combine(from_serial(days, date_1904=date_1904), time)
    except ValueError:
        return None


def _text_of(element: Element) -> str:
    """The text of a shared or inline string: of its runs, without how it is pronounced."""
    runs = (each.text if each.tag == TEXT_TAG else each.findtext(TEXT_TAG) for each in element if each.tag in TEXT_TAGS)
    return unescape("".join(run for run in runs if run))


TEXT_TAGS = frozenset([TEXT_TAG, RUN_TAG])


def _is_hidden(element: Element, size: str) -> bool:
    """Whether a row or column does not show; one may be hidden by having no ``size``."""
    return element.get("hidden") in ("1", "true") or element.get(size) in ("0", "0.0")


def _columns(element: Element) -> list[tuple[int, int]]:
    """The first and last column that an element of a sheet's <cols> is about; none where it does not say."""
    first, last = (element.get(end, "") for end in ("min", "max"))
    if not (first.isdecimal() and last.isdecimal() and int(first)):
        return []
    return [(int(first), min(int(last), LAST_COLUMN))]


def is_range(ref: str | None) -> bool:
    """Whether a text is a range as files write it, A1 or A1:B9, within a sheet."""
    try:
        left, top, right, bottom = cast(tuple[int, int, int, int], range_boundaries(ref or ""))
    except (ValueError, TypeError):
        return False
    return None not in (left, top) and 1 <= left <= right <= LAST_COLUMN and 1 <= top <= bottom <= LAST_ROW


def _rules(element: Element) -> Iterator[Rule]:
    """The formulas of validations and conditional formats, in their old place and in the extensions of later years."""
    ahead = [element]
    while ahead:
        rule = ahead.pop()
        what = RULES.get(_local(rule))
        if what is None:
            ahead.extend(reversed(rule))
            continue
        where = rule.get("sqref") or next((node.text for node in rule.iter() if _local(node) == "sqref"), None)
        for node in rule.iter():
            if _local(node) in RULE_FORMULAS and node.text and node.text.strip():
                yield Rule(what, where or "", "=" + node.text.strip())


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
