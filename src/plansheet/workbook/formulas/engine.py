"""The engine that calculates Excel's own functions: formualizer, with the saved values of the cells it is asked for.

It gets one formula at a time, on a sheet of its own, so that no other formula and no order among them matters.
Whatever it does not know, and whatever befalls it, is a NotChecked.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, to_excel

from plansheet.excel.reading import ERRORS
from plansheet.workbook.formulas.expressions import NotChecked
from plansheet.workbook.formulas.regions import Region
from plansheet.workbook.reading.saved import Cell, Sheet

MOST_TEXTS = 1_000_000
"""Formulas, and values of arrays taken one by one, that are calculated for one workbook."""
MOST_WORK = 1_000_000_000
"""Cells that these look at, each time anew."""
MOST_HELD = 1 << 19
"""Values of one array that does not stand in cells."""
LONGEST_CELL = 32_767
"""Characters of a text; Excel makes no longer one."""
LONGEST = 10_000
"""Milliseconds for one formula."""

_ERROR_OF = {
    "Null": "#NULL!",
    "Div": "#DIV/0!",
    "Value": "#VALUE!",
    "Ref": "#REF!",
    "Name": "#NAME?",
    "Num": "#NUM!",
    "Na": "#N/A",
    "Spill": "#SPILL!",
    "Calc": "#CALC!",
}
_KIND_OF = {code: kind for kind, code in _ERROR_OF.items()}
_TYPED = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#N/A"))
_OWN_SHEET = "Formula"
_ANSWERS, _HELD = "PLANSHEET_ANSWERS", "PLANSHEET_HELD"
_AT_ONCE = 200  # texts in one formula; it may have 16,384 tokens
_LONGEST_GAP = 1_000  # rows without a value that are written rather than skipped
_LONGEST_TEXT = 1_000  # characters within a formula
_REMEMBERED = 50_000


class Engine:
    """formualizer with the cells of one workbook, loaded column by column when a formula asks for them."""

    def __init__(self, *, date_1904: bool) -> None:
        self.epoch = MAC_EPOCH if date_1904 else WINDOWS_EPOCH
        self.texts, self.work = MOST_TEXTS, MOST_WORK
        self._book: Any = None
        self._lifted = 0
        self._known: dict[str, bool] = {}
        self._remembered: dict[str, object] = {}
        self.lifted: dict[str, list[list[object]]] = {}
        """The arrays that functions of single values have given, by the formula of their call."""
        self._names: dict[str, str] = {}
        self._columns: dict[str, dict[int, list[tuple[int, Cell]]]] = {}
        self._never: dict[str, list[tuple[int, int]]] = {}
        self._held: dict[int, Any] = {}
        self._number = 0
        self._answers: list[tuple[Any, ...]] = []

    # --- What a formula is made of ----------------------------------------------------------------------------------

    def literal(self, value: object) -> str:
        """A value as it stands in a formula; rows, and what cannot be typed, are held and handed over when asked."""
        while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list) and len(value[0]) == 1:
            value = value[0][0]
        match value:
            case bool():
                return "TRUE" if value else "FALSE"
            case int() | float():
                text = format(value, ".17g")
                return f"({text})" if text.startswith("-") else text
            case str() if value in ERRORS:
                return str(value) if value in _TYPED else self._hold(value)
            case str() if len(value) <= _LONGEST_TEXT:
                return '"' + value.replace('"', '""') + '"'
            case dt.date() | dt.time() | dt.timedelta():
                return self.literal(self._sent(value))
        return self._hold(value)

    def address(self, region: Region) -> str:
        """The address of cells, whose saved values are then there; ``region`` lies in the used part of its sheet."""
        sheet = region.sheet
        self.work -= (region.bottom - region.top + 1) * (region.right - region.left + 1)
        if self.work < 0:
            raise NotChecked("looks at more cells than are calculated with for one workbook")
        name = self._sheet(sheet)
        for row, column in self._never[name]:
            if region.top <= row <= region.bottom and region.left <= column <= region.right:
                address = f"{sheet.name}!{get_column_letter(column)}{row}"
                raise NotChecked(f"uses {address}, which was never calculated")
        for column in range(region.left, region.right + 1):
            cells = self._columns[name].pop(column, None)
            if cells:
                self._load(name, column, cells)
        first = f"{get_column_letter(region.left)}{region.top}"
        last = f"{get_column_letter(region.right)}{region.bottom}"
        return f"{name}!{first}" if first == last else f"{name}!{first}:{last}"

    def release(self) -> None:
        """Forget what was held for the last formula."""
        self._held.clear()

    # --- What it answers --------------------------------------------------------------------------------------------

    def knows(self, name: str) -> bool:
        """Whether the engine has a function; it tells by the error of a call without arguments."""
        if name not in self._known:
            answer = self._evaluated(f"={name}()")
            self._known[name] = not (isinstance(answer, dict) and answer.get("kind") in ("Name", "NImpl"))
        return self._known[name]

    def calculated(self, texts: Sequence[str]) -> list[object]:
        """What formulas (without their = sign) give, one after the other; errors as their text."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._remembered))
        self.texts -= len(missing)
        if self.texts < 0:
            raise NotChecked("has more values to calculate than are calculated for one workbook")
        found: dict[str, object] = {}
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            found.update(zip(some, map(_shown, self._answered(some)), strict=True))
        answers = [found[text] if text in found else self._remembered[text] for text in texts]
        if len(self._remembered) + len(found) > _REMEMBERED:
            self._remembered.clear()
        self._remembered.update((text, answer) for text, answer in found.items() if _HELD not in text)
        return answers

    def remember_lifted(self, text: str, answer: list[list[object]]) -> None:
        """Keep the array that a call has given, unless it was given what is held for one formula."""
        self._lifted += len(answer) * len(answer[0])
        if _HELD not in text and self._lifted < MOST_TEXTS:
            self.lifted[text] = answer

    def _answered(self, texts: Sequence[str]) -> Sequence[object]:
        self._answers.clear()
        answer = self._evaluated(f"={_ANSWERS}({','.join(texts)})")
        if self._answers:
            return self._answers[-1]
        if len(texts) > 1:  # one of them ended the whole
            return [self._answered([text])[0] for text in texts]
        return [answer]

    def _evaluated(self, formula: str) -> object:
        book = self._book or self._opened()
        try:
            book.set_formula(_OWN_SHEET, 1, 1, formula)
            return book.evaluate_cell(_OWN_SHEET, 1, 1)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of the engine is no Exception; after one it is not used again
            if not isinstance(error, Exception):
                self.texts = 0
            raise NotChecked(f"has a formula that the engine refuses ({' '.join(str(error).split())[:120]})") from None

    # --- The workbook within ----------------------------------------------------------------------------------------

    def _opened(self) -> Any:
        try:
            import formualizer
        except ImportError:
            needs = "needs formualizer for Excel's own functions: python -m pip install formualizer"
            raise NotChecked(needs) from None
        settings = formualizer.EvaluationConfig()
        settings.enable_parallel = False
        settings.max_eval_time_ms = LONGEST
        settings.date_system = "1904" if self.epoch == MAC_EPOCH else "1900"
        book: Any = formualizer.Workbook(config=formualizer.WorkbookConfig(eval_config=settings))
        book.add_sheet(_OWN_SHEET)
        book.register_function(_ANSWERS, self._take, min_args=0, max_args=_AT_ONCE)
        book.register_function(_HELD, lambda number: self._held[int(number)], min_args=1, max_args=1)
        self._book = book
        return book

    def _take(self, *answers: Any) -> float:
        self._answers.append(answers)
        return 0.0

    def _sheet(self, sheet: Sheet) -> str:
        """The engine's own name for a sheet, which needs no quotes."""
        name = self._names.get(sheet.name)
        if name is None:
            name = self._names[sheet.name] = f"Sheet_{len(self._names) + 1}"
            (self._book or self._opened()).add_sheet(name)
            columns: dict[int, list[tuple[int, Cell]]] = defaultdict(list)
            for (row, column), cell in sheet.cells.items():
                columns[column].append((row, cell))
            self._columns[name] = dict(columns)
            self._never[name] = [at for at, cell in sheet.cells.items() if not cell.cached]
        return name

    def _load(self, name: str, column: int, cells: Iterable[tuple[int, Cell]]) -> None:
        """Write the values of a column, in runs without long gaps."""
        run: list[list[object]] = []
        top = 0
        for row, cell in sorted(cells, key=lambda item: item[0]):
            gap = row - top - len(run)
            if run and gap > _LONGEST_GAP:
                self._book.set_values_batch(name, top, column, run)
                run = []
            if not run:
                top, gap = row, 0
            run.extend([None] for _ in range(gap))
            run.append([self._sent(cell.value, is_error=cell.kind == "error")])
        if run:
            self._book.set_values_batch(name, top, column, run)

    def _hold(self, value: object) -> str:
        self._number += 1
        if isinstance(value, list):
            rows = value or [[None]]
            if len(rows) * len(rows[0]) > MOST_HELD:
                raise NotChecked(f"has an array of {len(rows):,} rows, more than is calculated with here")
            self._held[self._number] = [[self._sent(cell, is_error=_is_error(cell)) for cell in row] for row in rows]
        else:
            self._held[self._number] = self._sent(value, is_error=_is_error(value))
        return f"{_HELD}({self._number})"

    def _sent(self, value: object, *, is_error: bool = False) -> object:
        """A value as the engine takes it: a date as its number, an error as a record of its kind."""
        if is_error:
            return {"type": "Error", "kind": _KIND_OF.get(str(value), "Calc")}
        if isinstance(value, dt.date | dt.time | dt.timedelta):
            return float(to_excel(value, self.epoch))  # type: ignore[no-untyped-call]  # no stub
        if isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        return str(value) if isinstance(value, str) else value


def _is_error(value: object) -> bool:
    return isinstance(value, str) and value in ERRORS


def _shown(answer: Any) -> object:
    """An answer of the engine as cells have it."""
    if isinstance(answer, list):
        if not any(answer):
            return "#CALC!"  # no array is empty in Excel
        return [[_shown(cell) for cell in row] for row in answer]
    if isinstance(answer, float) and not math.isfinite(answer):
        return "#NUM!"
    if isinstance(answer, str) and len(answer) > LONGEST_CELL:
        raise NotChecked(f"makes a text of {len(answer):,} characters, more than a cell holds")
    if not isinstance(answer, dict):
        return answer
    code = _ERROR_OF.get(str(answer.get("kind")))
    if code is None:
        raise NotChecked(
            f"has a formula that the engine does not calculate ({answer.get('message') or answer.get('kind')})"
        )
    return code
