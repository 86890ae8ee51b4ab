"""Where headings stand: in one row or in two above one another, below one another and side by side on a sheet."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from plansheet.core.records import (
    EVENTS,
    HOLDER_NUMBERS,
    NAME_PARTS,
    NAMED_PERSONS,
    RECORDS,
    SCHEDULES,
    Activity,
    Grant,
    Holder,
    Tranche,
    columns,
)
from plansheet.core.words import Action
from plansheet.excel.headings import column_named, fold_heading, other_unit, parsed
from plansheet.excel.reading import is_blank
from plansheet.excel.record_rows import NEEDED
from plansheet.workbook.formulas.regions import Region, whole_columns
from plansheet.workbook.reading.saved import Sheet
from plansheet.workbook.reading.unreadable import unreadable

T = TypeVar("T")
PLAN_HEADINGS = ("term", "value")
"""Of a Plan sheet, folded."""
_STACKED_WITHIN = 200
"""Rows of a sheet in which headings are looked for in two rows; in one row they are found anywhere."""


_NO_SHEET = Sheet("", {}, False, (), "worksheet", (), 0, 0)


@dataclass(frozen=True, slots=True)
class Head:
    """A row of headings, the lower one of two: for each column what its heading may be, the best first."""

    sheet: Sheet
    row: int
    left: int
    right: int
    texts: tuple[tuple[object, ...], ...]
    rows: int = 1

    def headings(self, record: type[Any]) -> list[object]:
        """For each column the heading that the record knows; where it knows none, the first."""
        return [_best(texts, record) for texts in self.texts]

    def each(self) -> Iterator[tuple[int, tuple[object, ...]]]:
        """The columns with what their headings may be."""
        return enumerate(self.texts, start=self.left)

    def heading(self, column: int) -> str:
        """A column's heading as a sentence shows it."""
        texts = self.texts[column - self.left]
        return " ".join(str(texts[0]).split()) if texts and not is_blank(texts[0]) else ""


def _best(texts: Sequence[object], record: type[Any]) -> object:
    known = (text for text in texts if column_named(text, record) is not None)
    return next(known, texts[0] if texts else None)


def mentioned(head: Head, record: type[Any]) -> set[str]:
    """The fields of a record that headings name, once or more often, in a unit that can be read."""
    named = {
        c.name
        for text in head.headings(record)
        if (c := column_named(text, record)) is not None and not other_unit(text, c)
    }
    if "holder" not in named and has_split_name(head) and any(c.name == "holder" for c in columns(record)):
        named.add("holder")
    return named


def record_of(head: Head) -> type[Any] | None:
    """The record that headings are of."""
    for record, needed in NEEDED:
        fields = mentioned(head, record)
        if needed <= fields and not (record is Holder and (len(fields) < 2 or "grant" in mentioned(head, Grant))):
            return record
    return None


def is_plan_sheet(head: Head) -> bool:
    """Whether headings are those of a Plan sheet."""
    return set(PLAN_HEADINGS) <= {fold_heading(text) for texts in head.texts for text in texts}


# --- Headings that stand for no field alone ---------------------------------------------------------------------------

_PARTS = {
    fold_heading(f"{who} {text}"): place
    for place, texts in enumerate(NAME_PARTS)
    for text in texts
    for who in ("", *NAMED_PERSONS)
}
_FIRST, _LAST = 0, 2
_SCHEDULES = frozenset(map(fold_heading, SCHEDULES))
_OF_EVENTS = {
    fold_heading(text): (action, name)
    for action, headings in EVENTS.items()
    for name, texts in (("date", headings.dates), ("shares", headings.shares), ("action", headings.kinds))
    for text in texts
}
_OF_TRANCHES = {
    fold_heading(f"{of} {text}"): column.name
    for column in columns(Tranche)
    if column.name in ("first_exercisable", "shares")
    for text in (column.heading, *column.synonyms)
    for of in ("", "Tranche", "Installment")
} | {"vesting": "first_exercisable", "tranche": "shares", "vest": "first_exercisable"}
_NUMBER = re.compile(r"(?<![0-9])[#(]*([0-9]{1,3})(?:st|nd|rd|th)?\)?(?![0-9])")


def name_part(texts: Sequence[object]) -> int | None:
    """The place in a name of the part that a heading names (first, middle, last); None where it names none."""
    return _first(texts, _PARTS)


def has_split_name(head: Head) -> bool:
    """Whether a holder's name stands in several columns."""
    parts = {name_part(texts) for texts in head.texts}
    return {_FIRST, _LAST} <= parts


def is_schedule(texts: Sequence[object]) -> bool:
    """Whether a heading is of a schedule in words."""
    return any(fold in _SCHEDULES for text in texts for fold in _folds(text))


def event_field(texts: Sequence[object]) -> tuple[Action, str] | None:
    """The action and the field of Activity that a heading of one action's own column names (Exercise date 2)."""
    found = _first(texts, _OF_EVENTS)
    return found if found is not None else next((event for event, _ in _numbered_events(texts)), None)


def event_number(texts: Sequence[object]) -> int:
    """The number of such a heading; 0 where it has none."""
    numbers = (number for _, number in _numbered_events(texts))
    return 0 if _first(texts, _OF_EVENTS) is not None else next(numbers, 0)


def _numbered_events(texts: Sequence[object]) -> Iterator[tuple[tuple[Action, str], int]]:
    for text in texts:
        if isinstance(text, str) and (parted := _parted_from_number(text)) is not None:
            event = _first((parted[1],), _OF_EVENTS)
            if event is not None:
                yield event, parted[0]


def tranche_field(texts: Sequence[object]) -> tuple[int, str] | None:
    """The number and the field of a heading such as Vest date 2 or Tranche 2 shares."""
    for text in texts:
        if isinstance(text, str) and (found := _numbered(text)) is not None:
            return found
    return None


@lru_cache(maxsize=4096)
def _numbered(text: str) -> tuple[int, str] | None:
    parted = _parted_from_number(text)
    name = None if parted is None else _first((parted[1],), _OF_TRANCHES)
    return None if parted is None or name is None else (parted[0], name)


@lru_cache(maxsize=4096)
def _parted_from_number(text: str) -> tuple[int, str] | None:
    """The one number in a heading, and the heading without it."""
    numbers = list(_NUMBER.finditer(text)) if len(text) <= _LONGEST_NUMBERED else []
    if len(numbers) != 1:
        return None
    [number] = numbers
    return int(number[1]), f"{text[: number.start()]} {text[number.end() :]}"


def repeated_tranches(head: Head) -> list[dict[str, int]]:
    """Columns of tranches side by side under the same two headings (Vest date, Vest shares, Vest date, Vest shares).

    Excel numbers them through where they stand in a table: Vest date, Vest shares, Vest date2, Vest shares3.
    """
    run: list[tuple[int, str, str]] = []
    for column, texts in head.each():
        heading = texts[0] if texts and isinstance(texts[0], str) else ""
        said = _parted_from_number(heading) or (0, heading)
        name = _first((said[1],), _OF_TRANCHES) if heading else None
        at = (column, name or "", fold_heading(said[1]))
        if name is None or not _goes_on(run, at):
            if len(run) >= 2 * _PAIR:
                break
            run = [at] if name == "first_exercisable" else []
        else:
            run.append(at)
    if len(run) < 2 * _PAIR or len(run) % _PAIR:
        return []
    return [{name: column for column, name, _ in run[at : at + _PAIR]} for at in range(0, len(run), _PAIR)]


def _goes_on(run: Sequence[tuple[int, str, str]], at: tuple[int, str, str]) -> bool:
    if len(run) < _PAIR:
        return len(run) == 1 and at[1] == "shares" and at[0] == run[0][0] + 1
    return at[0] == run[-1][0] + 1 and at[1:] == run[-_PAIR][1:]


_PAIR = 2


_LONGEST_NUMBERED = 60
MOST_HEADINGS = 15_000
"""Of a workbook, outside of tables; fifty ledgers have a thousand. Each takes a third of a millisecond."""


def _first(texts: Sequence[object], known: dict[str, T]) -> T | None:
    return next((known[fold] for text in texts for fold in _folds(text) if fold in known), None)


def _folds(text: object) -> tuple[str, ...]:
    return parsed(text).folds if isinstance(text, str) else ()


# --- Rows of headings -------------------------------------------------------------------------------------------------

_OF_RECORDS = (fold_heading(h) for r in RECORDS for c in columns(r) for h in (c.heading, *c.synonyms))
_KNOWN = frozenset({*PLAN_HEADINGS, *_OF_RECORDS, *_PARTS, *_OF_EVENTS, *_SCHEDULES})
_RECORDED = frozenset(
    fold_heading(h) for r in RECORDS for c in columns(r) if c.recorded for h in (c.heading, *c.synonyms)
)


@lru_cache(maxsize=65_536)
def is_known(text: str) -> bool:
    """Whether a heading is one of a ledger or Plan sheet."""
    if not _KNOWN.isdisjoint(parsed(text).folds):
        return True
    parted = _parted_from_number(text)
    return parted is not None and not _NUMBERED.isdisjoint(parsed(parted[1]).folds)


_NUMBERED = frozenset({*_OF_TRANCHES, *_OF_EVENTS})


def head_of(sheet: Sheet, top: int, row: int, left: int, right: int, answers: Sequence[Region] = ()) -> Head:
    """The headings in a row, or in the rows from ``top`` on, between two columns.

    What a plan function fills below (``answers``) has none, but for figures that it fills for others to check.
    """
    above = _carried(sheet, top, left, right) if top < row else {}
    texts: list[tuple[object, ...]] = []
    for column in range(left, right + 1):
        own, over = _text(sheet, row, column), above.get(column)
        is_answer = any(_holds(region, row + 1, column) for region in answers)
        if is_answer and (not isinstance(own, str) or _RECORDED.isdisjoint(parsed(own).folds)):
            texts.append(())
        elif over is None:
            texts.append((own,))
        else:
            texts.append((over,) if own is None else (f"{over} {own}", own))
    return Head(sheet, row, left, right, tuple(texts), 1 + row - top)


def _text(sheet: Sheet, row: int, column: int) -> object:
    cell = sheet.cells.get((row, column))
    return None if cell is None or is_blank(cell.value) else cell.value


def _carried(sheet: Sheet, row: int, left: int, right: int) -> dict[int, str]:
    """The headings of an upper row, each until the next: a group's stands in the first of its columns."""
    carried: dict[int, str] = {}
    last: str | None = None
    for column in range(left, right + 1):
        own = _text(sheet, row, column)
        if isinstance(own, str):
            last = own
        elif _text(sheet, row + 1, column) is None:
            last = None  # an empty column parts the groups
        if last is not None:
            carried[column] = last
    return carried


class Room:
    """How many headings of a workbook may still be looked at."""

    def __init__(self) -> None:
        self.headings = MOST_HEADINGS

    def take(self, number: int) -> None:
        """Raises Unreadable for a workbook that is made of headings."""
        self.headings -= number
        if self.headings < 0:
            raise unreadable("too large", f"it has more than {MOST_HEADINGS:,} headings of ledgers")


class PlainHeads:
    """The rows of headings of a sheet outside its tables and spills; raises Unreadable where they are too many."""

    def __init__(self, sheet: Sheet, answers: Sequence[Region], taken: Sequence[Region], room: Room) -> None:
        self.sheet, self.answers, self.taken, self.room = sheet, answers, taken, room
        self.tall = [region for region in taken if region.top < region.bottom]
        self.flat: dict[int, list[Region]] = {}
        """Those of one row, by it: a sheet may have an answer in each."""
        for region in taken:
            if region.top == region.bottom:
                self.flat.setdefault(region.top, []).append(region)
        self.known: dict[int, list[int]] = {}
        self.filled: dict[int, dict[int, bool]] = {}
        """Of the first rows: whether a cell holds a text."""
        whole = whole_columns(sheet, self.tall)
        for (row, column), cell in sheet.cells.items():
            if column in whole:
                continue
            if cell.kind == "text" and isinstance(cell.value, str) and is_known(cell.value):
                self.known.setdefault(row, []).append(column)
            if row <= _STACKED_WITHIN and not is_blank(cell.value):
                self.filled.setdefault(row, {})[column] = cell.kind == "text"

    def all(self) -> list[Head]:
        """Every head, from top to bottom and left to right."""
        rows = sorted(row for row, columns in self.known.items() if len(columns) > 1)
        heads = [head for row in rows for head in self._in(row, row, sorted(self.known[row]))]
        for row, cells in self.filled.items():
            above = self.filled.get(row - 1)
            if above and all(cells.values()) and self._says_more(row, min(*above, *cells), max(*above, *cells)):
                for head in self._in(row - 1, row, sorted({*above, *cells})):
                    heads = _better(heads, head)
        return sorted(heads, key=lambda head: (head.row, head.left))

    def _says_more(self, row: int, left: int, right: int) -> bool:
        """Whether a row makes known headings together with the one above it."""
        over = _carried(self.sheet, row - 1, left, right)
        own = ((text, _text(self.sheet, row, column)) for column, text in over.items())
        return any(own_text is not None and is_known(f"{text} {own_text}") for text, own_text in own)

    def _in(self, top: int, row: int, at: Sequence[int]) -> Iterator[Head]:
        beside = [r for r in self.tall if r.top <= row and top <= r.bottom]
        for part in _between(at, beside + [r for each in range(top, row + 1) for r in self.flat.get(each, ())]):
            if len(part) > 1 and self._may_be_head(top, row, part):
                self.room.take(len(part))
                yield from self._parted(top, row, part)

    def _may_be_head(self, top: int, row: int, part: Sequence[int]) -> bool:
        """Whether it is worth a look: words in the rows of a ledger may be headings too (GRANT, ISO)."""
        if top < row:
            return all(self.filled[top].get(column, True) for column in part)
        return _may_be_headings(frozenset(str(self.sheet.cells[row, column].value) for column in part))

    def _parted(self, top: int, row: int, known: Sequence[int]) -> Iterator[Head]:
        """One ledger as wide as its headings, or several with an empty column between them."""
        spans = [(known[0], known[-1])]
        for left, right in pairwise(known):
            if any(self._is_empty(top, row, column) for column in range(left + 1, right)):
                first, _ = spans.pop()
                spans += [(first, left), (right, known[-1])]
        whole = self._head(top, row, known[0], known[-1])
        parts = [self._head(top, row, *span) for span in spans]
        ledgers = [head for head in parts if is_head(head)]
        adds_nothing = len(ledgers) == 1 and _says(ledgers[0]) == _says(whole)
        if len(ledgers) < 2 and is_head(whole) and not _doubles(whole) and not adds_nothing:
            ledgers = [whole]
        elif ledgers or _doubles(whole):
            ledgers = [head for head in parts if is_head(head) or is_nearly(head)]
        elif is_nearly(whole):
            ledgers = [whole]
        yield from (self._widened(head, top) for head in ledgers)

    def _head(self, top: int, row: int, left: int, right: int) -> Head:
        return head_of(self.sheet, top, row, left, right, self.answers)

    def _is_empty(self, top: int, row: int, column: int) -> bool:
        """Whether a column stands between two ranges: no heading, and nothing in the first rows below."""
        return not any((each, column) in self.sheet.cells for each in range(top, row + 4))

    def _widened(self, head: Head, top: int) -> Head:
        """With the columns on both sides whose headings are not known."""
        left, right = head.left, head.right
        while self._has_text(top, head.row, left - 1):
            left -= 1
        while self._has_text(top, head.row, right + 1):
            right += 1
        wider = self._head(top, head.row, left, right)
        return wider if record_of(wider) == record_of(head) and _doubles(wider) == _doubles(head) else head

    def _has_text(self, top: int, row: int, column: int) -> bool:
        is_taken = any(_holds(region, row, column) for region in self.taken)
        return not is_taken and any(isinstance(_text(self.sheet, each, column), str) for each in range(top, row + 1))


@lru_cache(maxsize=4096)
def _may_be_headings(texts: frozenset[str]) -> bool:
    """Whether known words may be the headings of a ledger, whatever others stand beside them."""
    head = Head(_NO_SHEET, 0, 1, len(texts), tuple((text,) for text in texts))
    return is_head(head) or is_nearly(head) or len(mentioned(head, Holder)) > 1


def _between(known: Sequence[int], taken: Sequence[Region]) -> Iterator[list[int]]:
    """Columns of headings, parted where a table or a spill stands between them."""
    part: list[int] = []
    for column in known:
        if any(r.right >= (part[-1] if part else column) and r.left <= column for r in taken):
            yield part
            part = []
        if not any(r.left <= column <= r.right for r in taken):
            part.append(column)
    yield part


def is_head(head: Head) -> bool:
    """Whether headings are of a ledger or a Plan sheet."""
    return is_plan_sheet(head) or record_of(head) is not None


def is_nearly(head: Head) -> bool:
    """Whether headings may be of a ledger that is laid out otherwise, or that lacks a column."""
    beside = any(event_field(texts) or tranche_field(texts) for texts in head.texts)
    event, fields = mentioned(head, Activity), mentioned(head, Grant)
    happened = "date" in event and ("grant" in event or "holder" in mentioned(head, Holder))
    pairs = [of for texts in head.texts if (of := event_field(texts)) is not None]
    is_event = any((action, "shares") in pairs for action, name in pairs if name == "date")
    is_beside = beside and "grant" in fields
    return happened or is_event or is_beside or any(likeness(head, record) for record in (Grant, Activity))


def likeness(head: Head, record: type[Any]) -> int:
    """How many headings tell that rows may be of a record, though one that it needs is not known; 0 for too few.

    Grants may be told by one heading that they need and one that only options have; then what says too little
    alone (Name, Date) counts as well.
    """
    fields, needed = mentioned(head, record), dict(NEEDED)[record]
    known = sum(column.name in fields and not column.recorded for column in columns(record))
    if len(needed) > _FEW and len(needed & fields) > 1 and known > _FEW:
        return known
    folds = {fold for texts in head.texts for text in texts for fold in _folds(text)}
    if record is not Grant or not fields & needed or not (fields & _OF_OPTIONS or folds & _SCHEDULES):
        return 0
    known += len(folds & _VAGUE) + bool(folds & _SCHEDULES)
    says = "grant_date" in fields or any(word in fold for word in ("option", "strike", "vest") for fold in folds)
    return known if says and known > _FEW else 0


_FEW = 2
"""Headings that any list may have by chance."""
_VAGUE = frozenset({"name", "date"})
_OF_OPTIONS = frozenset({"grant_type", "exercise_price", "fmv", "vesting_start", "expires"})
"""Fields of a grant that lists of other things seldom have."""


def _says(head: Head) -> set[object]:
    """What headings say, of their record and of tranches and events beside it."""
    record = record_of(head)
    named: set[object] = set() if record is None else set(mentioned(head, record))
    return named.union(event_field(texts) or tranche_field(texts) for texts in head.texts)


def _doubles(head: Head) -> set[str]:
    """The fields that more than one heading names; a holder's name and number are no two."""
    record = record_of(head) or Grant
    headings = head.headings(record)
    names = [None if is_holder_number(text) else text for text in headings]
    if any((column := column_named(text, record)) is not None and column.name == "holder" for text in names):
        headings = names
    named = [c.name for text in headings if (c := column_named(text, record)) is not None and not other_unit(text, c)]
    return {name for name in named if named.count(name) > 1}


def is_holder_number(heading: object) -> bool:
    """Whether a heading for a holder is one for a number."""
    return isinstance(heading, str) and not _NUMBERS.isdisjoint(parsed(heading).folds)


_NUMBERS = frozenset(map(fold_heading, HOLDER_NUMBERS))


def _better(heads: list[Head], stacked: Head) -> list[Head]:
    """Headings in two rows instead of those in one of the two, where they say more."""
    rows = (stacked.row - 1, stacked.row)
    same = [h for h in heads if h.row in rows and h.left <= stacked.right and stacked.left <= h.right]
    said = max((_worth(head) for head in same), default=0)
    if _worth(stacked) <= said or any(is_plan_sheet(head) for head in same):
        return heads
    return [*(head for head in heads if head not in same), stacked]


def _worth(head: Head) -> int:
    """How much headings say: the fields of their record, and less where they are of none."""
    record = record_of(head)
    if record is not None:
        return 100 + len(_says(head))
    return max(len(mentioned(head, record)) for record in RECORDS)


def _holds(region: Region, row: int, column: int) -> bool:
    return region.top <= row <= region.bottom and region.left <= column <= region.right
