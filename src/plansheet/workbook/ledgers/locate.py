"""The ledgers of a workbook as records, and where each record stands."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import Any

from openpyxl.utils import get_column_letter

from plansheet.core.dates import from_serial
from plansheet.core.records import (
    RECORDS,
    TABLES,
    Activity,
    Grant,
    Holder,
    Kind,
    Ledger,
    Record,
    Tranche,
    Unread,
    columns,
    ledger_of,
)
from plansheet.excel.layout_questions import Question
from plansheet.excel.reading import BadCell, as_identifier, is_blank, is_blank_or_zero
from plansheet.excel.record_rows import KEYS, has_key, read_rows, says_total
from plansheet.workbook.formulas.plan_cells import PlanCell
from plansheet.workbook.ledgers.areas import Area, Areas, Part, column_values, value_at
from plansheet.workbook.ledgers.find import find_areas
from plansheet.workbook.ledgers.heads import is_holder_number
from plansheet.workbook.ledgers.mapping import Mapping
from plansheet.workbook.ledgers.schedules import read_schedule
from plansheet.workbook.reading.saved import Workbook


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    sheet: str
    row: int
    columns: dict[str, int]


@dataclass(slots=True)
class Located:
    """The ledger of a workbook, and the place of each of its records."""

    ledger: Ledger
    areas: Areas
    _places: dict[int, Place] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows of the workbook's ledgers are records."""
        return len(self._places)

    def place(self, record: Record | None) -> Place | None:
        """Where a record of the ledger stands; None for one that was made from others."""
        return self._places.get(id(record))


@dataclass(slots=True)
class _Read:
    """What was read from an area."""

    area: Area
    fields: set[str]
    records: list[Any] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def locate(workbook: Workbook, mapping: Mapping | None = None, answers: Sequence[PlanCell] | None = None) -> Located:
    """Every ledger of a workbook as records; ``mapping`` and ``answers`` as in find_areas."""
    located = Located(Ledger(), find_areas(workbook, mapping, answers))
    areas = located.areas
    has_tranches = any(area.record is Tranche for area in areas.ledgers)
    names = _names_by_number(areas.ledgers)
    read = [_read(area, workbook, located, names, by_schedule=not has_tranches) for area in areas.ledgers]
    repeated = _repeated(read)
    not_read = [*areas.views, *(each.area for each, _ in repeated)]
    areas.questions = [each for each in areas.questions if not _is_of_other(each, not_read)]
    for each, of in repeated:
        areas.questions.append(_repeats(each.area, of.area))
    left_out = {id(each) for each, _ in repeated}
    kept = [each for each in read if id(each) not in left_out]
    areas.ledgers = [each.area for each in kept]
    found: dict[type[Any], list[Any]] = {record: [] for record in RECORDS}
    there: set[tuple[type[Any], str]] = set()
    unread: list[Unread] = []
    for each in kept:
        assert each.area.record is not None
        there.update((each.area.record, name) for name in each.fields)
        found[each.area.record] += each.records
        unread += each.unread
    located.ledger = ledger_of(found, there, unread)
    return located


def _read(area: Area, workbook: Workbook, located: Located, names: dict[str, object], *, by_schedule: bool) -> _Read:
    assert area.record is not None
    read = _Read(area, set())
    for part in area.passes():
        cells = {name: _cells(area, name, column, workbook.date_1904) for name, column in part.columns.items()}
        at = dict(part.columns)
        if names and "holder" in cells and _is_by_number(area):
            cells["holder"] = [names.get(_number(value), value) for value in cells["holder"]]
        if area.parts:
            _keep_rows_of(part, area, cells)
        if area.schedule is not None and by_schedule:
            cells |= _scheduled(area)
            at |= dict.fromkeys(("months", "cliff", "every"), area.schedule)
        read.fields |= set(cells)
        total = _Totals(area, at)
        for row in read_rows(area.record, cells, area.top, area.name, total.is_one):
            located._places[id(row.record)] = Place(area.sheet.name, row.number, at)
            read.unread.extend(_of_schedule(unread, area, at) for unread in row.unread)
            if has_key(row.record):
                read.records.append(row.record)
    return read


def _cells(area: Area, name: str, column: int, date_1904: bool) -> list[object]:
    rows = range(area.top, area.bottom + 1)
    several = area.joined.get(name)
    if several is not None:
        return [_joined([value_at(area.sheet, row, each) for each in several]) for row in rows]
    values = column_values(area.sheet, column, rows)
    if date_1904 and _KINDS[area.record].get(name) is Kind.DATE:
        return [of_1904(value) for value in values]
    return values


_KINDS: dict[Any, dict[str, Kind]] = {record: {c.name: c.kind for c in columns(record)} for record in RECORDS}


def _joined(cells: Sequence[object]) -> object:
    """The parts of a name as one text; an error among them stands for all."""
    said = [cell for cell in cells if not is_blank(cell)]
    if any(not isinstance(cell, str) for cell in said) or not said:
        return said[0] if said else None
    wrong = next((cell for cell in said if getattr(cell, "message", None)), None)
    return wrong if wrong is not None else " ".join(str(cell).strip() for cell in said)


def _names_by_number(areas: Sequence[Area]) -> dict[str, object]:
    """The names of holders by their numbers, where a ledger has both: another one may have the numbers alone.

    Holders tells before Grants, and of two names of one number (which is asked about) the first counts.
    """
    names: dict[str, object] = {}
    for area in sorted(areas, key=lambda area: area.record is not Holder):
        if area.holder_number is not None:
            for row, name in enumerate(_cells(area, "holder", area.columns["holder"], False), start=area.top):
                number = _number(value_at(area.sheet, row, area.holder_number))
                if number and not is_blank(name):
                    names.setdefault(number, name)
    return names


def _is_by_number(area: Area) -> bool:
    heading = area.sheet.cells.get((area.header, area.columns["holder"]))
    return heading is not None and is_holder_number(heading.value)


def _number(value: object) -> str:
    try:
        return getattr(as_identifier(value), "key", "")
    except BadCell:
        return ""


def _keep_rows_of(part: Part, area: Area, cells: dict[str, list[object]]) -> None:
    """Blank the rows in which a group of columns holds nothing, and enter its action in the others."""
    own = [cells[name] for name in part.columns if name in cells and name not in area.columns] or list(cells.values())
    filled = [not all(map(is_blank_or_zero, row)) for row in zip(*own, strict=True)]
    for name, values in cells.items():
        cells[name] = [value if is_filled else None for value, is_filled in zip(values, filled, strict=True)]
    if part.action is not None:
        said = cells.get("action") or [None] * len(filled)
        label = part.action.label
        cells["action"] = [
            (label if is_blank(word) else word) if is_filled else None
            for word, is_filled in zip(said, filled, strict=True)
        ]


def _scheduled(area: Area) -> dict[str, list[object]]:
    """Months, cliff and every from a schedule in words; a text that cannot be read stands as it is."""
    assert area.schedule is not None
    texts = [value_at(area.sheet, row, area.schedule) for row in range(area.top, area.bottom + 1)]
    read = [read_schedule(text) if isinstance(text, str) else None for text in texts]
    both = list(zip(texts, read, strict=True))
    return {
        "months": [text if schedule is None else schedule.months for text, schedule in both],
        "cliff": [None if schedule is None else schedule.cliff for _, schedule in both],
        "every": [None if schedule is None else schedule.every for _, schedule in both],
    }


_MOST_WORDS = 100
"""Letters of a schedule that a sentence shows."""


def _of_schedule(unread: Unread, area: Area, at: dict[str, int]) -> Unread:
    """A cell that cannot be read; of a schedule in words it is no number of months that is asked for."""
    if unread.field != "months" or area.schedule is None or at.get("months") != area.schedule:
        return unread
    row = unread.record.row
    words = " ".join(str(value_at(area.sheet, row, area.schedule)).split())
    said = f'the schedule "{words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 3] + "..."}" cannot be read'
    instead = "enter Months, Cliff and Every in columns of their own, or words such as 1/48 monthly, 12 month cliff"
    return replace(unread, message=f"{area.name} row {row}: {said}; {instead}")


def of_1904(value: object) -> object:
    """A serial without a date format, as the workbook's own date system means it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value == 0:
        return value
    try:
        return from_serial(value, date_1904=True)
    except (ValueError, OverflowError):
        return value


# --- Totals -----------------------------------------------------------------------------------------------------------


class _Totals:
    """The rows of totals of an area: they have no date, and say so, or sum up the rows above."""

    def __init__(self, area: Area, at: dict[str, int]) -> None:
        assert area.record is not None
        self.area, self.record = area, area.record
        self.in_order = sorted(at, key=lambda name: at[name])
        self.at = at
        self.days = [at[name] for name in at if _KINDS[area.record][name] is Kind.DATE]

    def is_one(self, row: int) -> bool:
        """Whether a row is one of totals."""
        sheet = self.area.sheet
        if any(isinstance(value_at(sheet, row, column), (int, float, dt.date)) for column in self.days):
            return False
        cells = {name: value_at(sheet, row, self.at[name]) for name in self.in_order}
        filled = [name for name in self.in_order if not is_blank(cells[name])]
        others = [name for name in filled if not _says_total(cells[name])]
        formulas = [sheet.cells[row, self.at[name]].formula or "" for name in others]
        if says_total(self.record, cells.values()) or all(map(_SUM.match, formulas)):
            return True
        first = cells[filled[0]] if filled else None
        return self.record in _IN_SHARES and isinstance(first, str) and bool(_SUBTOTAL.fullmatch(first.strip()))


def _says_total(cell: object) -> bool:
    return isinstance(cell, str) and bool(_TOTAL.search(cell))


_SUM = re.compile(r"=\s*\+?\s*(SUM|SUBTOTAL|AGGREGATE|SUMIFS?)\s*\(", re.IGNORECASE)
_IN_SHARES = (Grant, Tranche, Activity)
_SUBTOTAL = re.compile(r".+\stotals?:?", re.IGNORECASE)
"""As Excel writes it below each group: Ada Arbor Total."""
_TOTAL = re.compile(r"\b(sub|grand[ -]?)?totals?\b", re.IGNORECASE)


# --- Ranges that repeat one another -----------------------------------------------------------------------------------


def _repeated(read: Sequence[_Read]) -> list[tuple[_Read, _Read]]:
    """Each range of which another, larger one holds every record, with that one."""
    found: list[tuple[_Read, _Read]] = []
    for record in RECORDS:
        same = [each for each in read if each.area.record is record and each.records]
        same.sort(key=lambda each: (-len(each.records), not each.area.is_table, -len(each.fields)))
        masters: list[_Read] = []
        for each in same:
            master = next((of for of in masters if _holds_all(of, each)), None)
            if master is None:
                masters.append(each)
            else:
                found.append((each, master))
    return found


def _holds_all(of: _Read, each: _Read) -> bool:
    """Whether every record of a range stands in another as well, in all fields that both have."""
    if each.unread or KEYS[type(each.records[0])] is None:
        return False
    names = sorted(of.fields & each.fields)
    if not _told_apart(names, type(each.records[0])):
        return False
    there = {tuple(getattr(record, name) for name in names) for record in of.records}
    return all(tuple(getattr(record, name) for name in names) in there for record in each.records)


def _told_apart(names: Sequence[str], record: type[Any]) -> bool:
    """Whether fields say enough for two equal records to be one."""
    return KEYS[record] in names and (record is Grant or len(names) > 1)


def _is_of_other(question: Question, areas: Sequence[Area]) -> bool:
    """Whether a question asks what a column means of a range that is not read, for another tells it."""
    return question.code == "MAP010" and any(
        area.sheet.name == question.sheet and question.cell.lstrip(ascii_uppercase) == str(area.header)
        for area in areas
    )


def _repeats(area: Area, of: Area) -> Question:
    assert area.record is not None
    facts = {"what": area.shown, "why": f"{of.shown} hold the same rows of {TABLES[area.record]}"}
    column = min(area.columns.values())
    return Question("MAP006", area.sheet.name, f"{get_column_letter(column)}{area.header or area.top}", facts)
