"""What the rows below headings are read as: one ledger, or grants with their tranches or events in columns beside.

Where nothing or more than one thing can be read, a question says so.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from openpyxl.utils import get_column_letter

from plansheet.core.records import NEAR_MISSES, TABLES, Activity, Column, Grant, Tranche, columns, heading
from plansheet.core.words import Action, GrantType, UnknownWord, fold, listed
from plansheet.excel.headings import fold_heading, near_miss
from plansheet.excel.layout_questions import Question
from plansheet.excel.reading import is_blank, is_blank_or_zero
from plansheet.excel.record_rows import KEYS, NEEDED
from plansheet.workbook.ledgers.areas import Area, Part, column_shown, holds, value_at
from plansheet.workbook.ledgers.columns_taken import Taken, mapping_line, take_columns
from plansheet.workbook.ledgers.heads import (
    PLAN_HEADINGS,
    Head,
    event_field,
    event_number,
    is_plan_sheet,
    is_schedule,
    likeness,
    mentioned,
    record_of,
    repeated_tranches,
    tranche_field,
)
from plansheet.workbook.ledgers.mapping_text import ledger_text
from plansheet.workbook.reading.saved import Sheet


@dataclass(slots=True)
class Layout:
    """The areas below one head, and its questions.

    ``unless``: those that nobody has to answer where the workbook has another ledger of the record; with the rows that
    are then lost if that ledger does not tell them.
    """

    areas: list[Area] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unless: list[tuple[type[Any], Question, Area | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Range:
    """A head with the name of its sheet or table, and the last row that can belong to it."""

    head: Head
    name: str
    last: int
    is_table: bool

    @property
    def sheet(self) -> Sheet:
        """Where it stands."""
        return self.head.sheet

    @property
    def top(self) -> int:
        """Its first row of data."""
        return self.head.row + 1


def layout_of(range_: Range) -> Layout:
    """What the rows below headings are read as."""
    layout = Layout()
    if is_plan_sheet(range_.head):
        layout.areas.append(_plan_sheet(range_))
        return layout
    beside = _Beside(range_)
    plain = replace(range_, head=beside.rest)
    action = action_named(range_.name) or action_named(_title(range_))
    record = record_of(plain.head)
    if _read_event_sheet(plain, beside, action, record, layout):
        pass
    elif record is not None:
        layout.areas.append(_area(plain, record, layout))
        _ask_which_record(plain, layout.areas[-1], layout)
    elif not (action is Action.GRANT and _read_dated_grants(plain, layout)):
        _ask_for_key(plain, action, beside, layout)
    if not any(area.record is Activity for area in layout.areas):
        beside.read(plain, layout)
    _tell_unused(range_, layout)
    return layout


# --- A ledger of its own ----------------------------------------------------------------------------------------------


def _plan_sheet(range_: Range) -> Area:
    folded = [next((fold_heading(t) for t in texts), "") for texts in range_.head.texts]
    at = {name: range_.head.left + folded.index(name) for name in PLAN_HEADINGS}
    bottom = range_.last if range_.is_table else end_of(range_, list(at.values()), list(at.values()))
    return Area(
        range_.sheet, range_.name, None, range_.top, bottom, at, range_.is_table, header=range_.head.row
    )  # fmt: skip


def _area(range_: Range, record: type[Any], layout: Layout) -> Area:
    """The ledger of a record: its columns and its last row."""
    rough = take_columns(range_.head, record, range_.head.row)
    needed = [rough.columns[name] for name in dict(NEEDED)[record] if name in rough.columns]
    bottom = range_.last if range_.is_table else end_of(range_, list(rough.columns.values()), needed)
    taken = take_columns(range_.head, record, bottom)
    top = range_.top + _rows_of_units(range_, taken, bottom)
    area = Area(
        range_.sheet, range_.name, record, top, bottom, taken.columns, range_.is_table, taken.problem,
        joined=taken.joined, header=range_.head.row, holder_number=taken.holder_number,
    )  # fmt: skip
    layout.questions += [
        replace(question, draft=ledger_text(area)) if question.code == "MAP001" else question
        for question in taken.questions
    ]
    layout.questions += _near_misses(range_, record, area)
    if record is Grant and not {"months", "cliff", "every"} & set(taken.columns):
        schedules = [column for column, texts in range_.head.each() if is_schedule(texts)]
        if len(schedules) == 1:
            return replace(area, schedule=schedules[0])
    return area


def _near_misses(range_: Range, record: type[Any], area: Area) -> Iterator[Question]:
    """Columns that resemble a field which the ledger lacks."""
    for column in columns(record):
        if column.name in area.columns or column.name not in NEAR_MISSES:
            continue
        if column.name == "fmv" and _are_all_nso(area):
            continue  # they need none
        near = (at for at, texts in range_.head.each() if column.name in map(near_miss, texts))
        at = next((at for at in near if at not in area.columns.values()), None)
        if at is not None and any(holds(area.sheet, row, at) for row in _rows(area)):
            facts = {
                "column": f"{area.sheet.name}!{column_shown(at, range_.head.heading(at))}", "heading": column.heading,
                "meaning": NEAR_MISSES[column.name].meaning, "line": mapping_line(column, at),
            }  # fmt: skip
            yield Question("MAP010", area.sheet.name, _cell(range_, at), facts)


def _are_all_nso(area: Area) -> bool:
    """Whether a ledger says of each of its options that it is an NSO."""
    at = area.columns.get("grant_type")
    said = [] if at is None else [value_at(area.sheet, row, at) for row in _rows(area)]
    with suppress(UnknownWord):
        return bool(said) and all(isinstance(text, str) and GrantType.read(text) is GrantType.NSO for text in said)
    return False


_UNIT = re.compile(
    r"\(?([a-z]|[0-9]{1,2}|#|\$|%|£|€|usd|shares|months|date|number|text|yyyy-mm-dd|mm/dd/yyyy|dd/mm/yyyy|yes/no)\)?"
)


def _rows_of_units(range_: Range, taken: Taken, bottom: int) -> int:
    """1 where the row below the headings holds nothing but units, or letters and numbers of the columns."""
    if range_.is_table or bottom < range_.top:
        return 0
    cells = [value_at(range_.sheet, range_.top, column) for column in taken.columns.values()]
    said = [cell for cell in cells if not is_blank(cell)]
    return int(bool(said) and all(isinstance(c, str) and _UNIT.fullmatch(c.strip().casefold()) for c in said))


def end_of(range_: Range, used: Sequence[int], needed: Sequence[int]) -> int:
    """The last data row of a plain range.

    It may have empty rows; after one, a row belongs to it that fills two of its needed columns (notes below it do not).
    """
    sheet, telling = range_.sheet, needed if len(needed) > 1 else used
    end = range_.head.row
    for row in range(range_.top, range_.last + 1):
        if row == end + 1:
            if any(holds(sheet, row, column) for column in used):
                end = row
        elif sum(holds(sheet, row, column) for column in telling) > 1:
            end = row
        elif row - end > _LONGEST_GAP:
            break
    return end


_LONGEST_GAP = 1000
"""Empty rows after which nothing more is looked for."""


def _ask_which_record(range_: Range, area: Area, layout: Layout) -> None:
    """Tranches with what only grants have, and grants of which nothing says that they are options."""
    head = range_.head
    if area.record is Tranche:
        of_grants = [c.heading for c in columns(Grant) if c.name in _OF_GRANTS & mentioned(head, Grant)]
        if of_grants:
            other = f"it has {listed(of_grants)} as well, as grants have; they are not read as Grants"
            layout.unless.append((Grant, _other_record(range_, area, other, "Grants"), None))
    elif area.record is Grant:
        said = [range_.name, _title(range_), *(str(text) for texts in head.texts for text in texts)]
        if not any(word in fold_heading(text) for text in said for word in _SAYS_OPTION):
            other = "nothing in it says option, and it may list shares that were issued"
            layout.questions.append(_other_record(range_, area, other, "ignore"))


_OF_GRANTS = frozenset({"exercise_price", "expires", "vesting_start", "plan"})
_SAYS_OPTION = ("option", "grant", "award", "strike", "exercis", "vest", "iso", "nso")


def _other_record(range_: Range, area: Area, other: str, table: str) -> Question:
    assert area.record is not None
    name = TABLES[area.record]
    facts = {
        "taken": f"{range_.sheet.name}, row {area.top} and below,", "heading": f"a ledger of {name}", "other": other,
        "line": f'table = "{name}" or table = "{table}"',
    }  # fmt: skip
    return Question("MAP003", range_.sheet.name, _cell(range_, min(area.columns.values())), facts)


# --- A sheet for the events of one action -----------------------------------------------------------------------------

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAMES: dict[str, Action] = {
    fold(form): action
    for action in (Action.GRANT, Action.EXERCISE, Action.CANCEL, Action.FORFEIT, Action.EXPIRE, Action.TERMINATE)
    for word in (action.label, *action.synonyms)
    for form in (word, f"{word}s")
} | {"rcl": Action.CANCEL}
"""Words by which the name of a sheet, table or block says what happened; RCL: released, cancelled and lapsed."""


def action_named(name: str) -> Action | None:
    """The one action that a name tells, if it tells one: Equity Plan Exercises, OptionsGranted_V4."""
    actions = {_NAMES[word] for word in map(str.casefold, _WORD.findall(name)) if word in _NAMES}
    return actions.pop() if len(actions) == 1 else None


def _title(range_: Range) -> str:
    """The text that stands alone right above a range."""
    head = range_.head
    for row in range(head.row - head.rows, max(0, head.row - head.rows - 3), -1):
        texts = [
            cell.value
            for column in range(head.left, head.right + 1)
            if (cell := head.sheet.cells.get((row, column))) is not None and not is_blank(cell.value)
        ]
        if texts:
            return texts[0] if len(texts) == 1 and isinstance(texts[0], str) and len(texts[0]) <= 40 else ""
    return ""


def _read_event_sheet(
    range_: Range, beside: "_Beside", named: Action | None, record: type[Any] | None, layout: Layout
) -> bool:
    """Whether the rows are the events of one action, which a name tells, or headings such as Exercise date."""
    if record is Activity or "action" in mentioned(range_.head, Activity):
        return False
    is_named = named is not None and named is not Action.GRANT
    by_heading = list(dict.fromkeys(action for action, _ in beside.events))
    if not is_named and (record is not None or len(by_heading) != 1):
        return False
    action = named if is_named and named is not None else by_heading[0]
    pairs = beside.pairs(action)
    if len(pairs) > 1:
        return False
    own = pairs[0] if pairs else {}
    taken = take_columns(range_.head, Activity, range_.head.row)
    at = {name: column for name, column in taken.columns.items() if name in ("grant", "date", "shares")} | own
    if "date" not in at:
        return False
    if not {"grant", "shares"} <= set(at):
        if not (is_named or {"date", "shares"} <= set(own)) or record not in (None, Grant):
            return False
        layout.questions.append(_lacking(replace(range_, head=beside.head), Activity, at, action))
        return True
    used = list(at.values())
    bottom = range_.last if range_.is_table else end_of(range_, used, used)
    part = Part({}, action)
    layout.areas.append(
        Area(
            range_.sheet, range_.name, Activity, range_.top, bottom, at, range_.is_table,
            parts=(part,), header=range_.head.row,
        )
    )  # fmt: skip
    if "rcl" in (word.casefold() for word in _WORD.findall(range_.name)):
        facts = {
            "taken": f"{range_.sheet.name} row {range_.head.row}", "heading": f"a ledger of {action} rows",
            "other": "its name says released, cancelled or lapsed", "line": 'action = "CANCEL", or another',
        }  # fmt: skip
        layout.questions.append(Question("MAP003", range_.sheet.name, _cell(range_, at["date"]), facts))
    return True


def _read_dated_grants(range_: Range, layout: Layout) -> bool:
    """Grants whose sheet says that they are, and whose grant date is headed Date."""
    fields = mentioned(range_.head, Grant)
    taken = take_columns(range_.head, Activity, range_.head.row)
    if not {"grant", "shares"} <= fields or "grant_date" in fields or "date" not in taken.columns:
        return False
    date = taken.columns["date"]
    texts = tuple(
        ("Grant date",) if at == date else each for at, each in range_.head.each()
    )  # the heading that it stands for
    area = _area(replace(range_, head=replace(range_.head, texts=texts)), Grant, layout)
    layout.areas.append(area)
    facts = {
        "taken": f"{range_.sheet.name}!{column_shown(date, range_.head.heading(date))}", "heading": "Grant date",
        "other": "its heading may mean another day",
        "line": f'"Grant date" = "{get_column_letter(date)}", or another column',
    }  # fmt: skip
    layout.questions.append(Question("MAP003", range_.sheet.name, _cell(range_, date), facts))
    return True


# --- What only looks like a ledger ------------------------------------------------------------------------------------


def _ask_for_key(range_: Range, action: Action | None, beside: "_Beside", layout: Layout) -> None:
    """The ledger that the rows look like most, and what they lack to be one."""
    near: list[tuple[int, type[Any]]] = []
    for record, needed in NEEDED:
        fields = mentioned(range_.head, record)
        known = likeness(range_.head, record)
        if record is Grant and action is Action.GRANT:
            known = max(known, len(fields) if len(fields) > len(needed) - 1 else 0)
        if known and not (beside.tranches and record is Grant and "grant" in fields):
            near.append((known, record))
    if near:
        _, record = max(near, key=lambda each: each[0])
        taken = take_columns(range_.head, record, range_.head.row)
        used = sorted(taken.columns.values())
        if any(holds(range_.sheet, row, column) for row in range(range_.top, range_.top + 3) for column in used):
            bottom = range_.last if range_.is_table else end_of(range_, used, used)
            rows = Area(
                range_.sheet, range_.name, record, range_.top, bottom, taken.columns, range_.is_table,
                header=range_.head.row,
            )  # fmt: skip
            layout.unless.append((record, _lacking(range_, record, taken.columns), rows))
            layout.questions += [question for question in taken.questions if question.code == "MAP004"]


def _lacking(range_: Range, record: type[Any], at: dict[str, int], action: Action | None = None) -> Question:
    known = [column_shown(column, _short(range_.head.heading(column))) for column in sorted(at.values())]
    needed = dict(NEEDED)[record] if action is None else {"grant", "shares"}
    of = "" if action is None else f" of the action {action}"
    lacking = [column for column in columns(record) if column.name in needed and column.name not in at]
    facts = {
        "where": f"{range_.sheet.name} rows from {range_.top} on", "table": f"{TABLES[record]}{of}",
        "known": ", ".join(known), "lacking": " and no ".join(column.heading for column in lacking),
        "wanted": listed([_in_words(column) for column in lacking]),
        "line": mapping_line(lacking[0], "..."),
    }  # fmt: skip
    area = Area(
        range_.sheet, range_.name, record, range_.top, range_.last, at, range_.is_table,
        parts=() if action is None else (Part({}, action),), header=range_.head.row,
    )  # fmt: skip
    if lacking[0].name == "action" and (column := _with_actions(range_)) is not None:
        facts["line"] = mapping_line(lacking[0], column)
        area = replace(area, columns={name: each for name, each in at.items() if each != column})
    if lacking[0].name == "grant_date" and "date" in mentioned(range_.head, Activity):
        date = take_columns(range_.head, Activity, range_.head.row).columns["date"]
        facts["line"] = mapping_line(lacking[0], date)
    draft = ledger_text(area, lacking=[column.heading for column in lacking])
    return Question("MAP002", range_.sheet.name, _cell(range_, min(at.values())), facts, draft)


def _in_words(column: Column) -> str:
    """A heading as one is asked for it who does not know ours."""
    return f"{column.heading} (the number of each grant)" if column.name == "grant" else column.heading


def _with_actions(range_: Range) -> int | None:
    """The column whose cells all say what happened."""
    sheet = range_.sheet
    for column, _ in range_.head.each():
        cells = {value_at(sheet, row, column) for row in range(range_.top, range_.last + 1)}
        words = [fold(cell) for cell in cells if isinstance(cell, str)]
        if words and all(word in _DONE for word in words):
            return column
    return None


_DONE = {fold(word) for action in Action for word in (action.label, *action.synonyms)}


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


# --- Tranches and events in columns beside the grants -----------------------------------------------------------------


class _Beside:
    """Columns that hold tranches (Vest date 1, Vest shares 1) or the events of one action (Exercise date)."""

    def __init__(self, range_: Range) -> None:
        self.tranches: dict[int, dict[str, int]] = {}
        self.events: dict[tuple[Action, int], dict[str, int]] = {}
        """Those of an action in columns that are numbered, or stand several times, by their number."""
        taken: set[int] = set()
        for column, texts in range_.head.each():
            if (tranche := tranche_field(texts)) is not None:
                self.tranches.setdefault(tranche[0], {}).setdefault(tranche[1], column)
            elif (event := event_field(texts)) is not None:
                self._add_event(*event, event_number(texts), column)
        self.events = {  # a termination date alone is the day on which employment ended
            key: pair for key, pair in self.events.items() if key[0] is not Action.TERMINATE or "shares" in pair
        }
        if not any(len(pair) == _PAIR for pair in self.tranches.values()) and (pairs := repeated_tranches(range_.head)):
            self.tranches = dict(enumerate(pairs, start=1))
        if len(self.tranches) == 1 and all(_FOOTNOTE.search(range_.head.heading(c)) for c in self._at_tranches()):
            self.tranches = {}  # Vest date (1) alone: a mark of a footnote
        of_fields = Counter(name for pair in self.tranches.values() for name in pair)
        if len(self.tranches) == of_fields.total() and max(of_fields.values(), default=0) < _SEVERAL:
            self.tranches = {}  # 2. Vest date, 3. Vest shares: the numbers of the columns
        taken.update(self._at_tranches(), (column for pair in self.events.values() for column in pair.values()))
        texts_left = tuple(() if at in taken else texts for at, texts in range_.head.each())
        self.rest = replace(range_.head, texts=texts_left)
        self.head = range_.head

    def _add_event(self, action: Action, name: str, number: int, column: int) -> None:
        while name in self.events.setdefault((action, number), {}):
            number += 1
        self.events[action, number][name] = column

    def pairs(self, action: Action) -> list[dict[str, int]]:
        """The groups of columns of an action."""
        return [pair for (of, _), pair in sorted(self.events.items(), key=lambda each: each[0][1]) if of is action]

    def _at_tranches(self) -> list[int]:
        return [column for pair in self.tranches.values() for column in pair.values()]

    def read(self, range_: Range, layout: Layout) -> None:
        """The tranches and events as areas over the rows of the grants; half a pair is a question."""
        main = next((area for area in layout.areas if area.record is Grant), None)
        if "grant" not in mentioned(self.rest, Grant) or (layout.areas and main is None):
            return
        if main is not None and main.problem is not None:
            return
        tranches = [Part(pair) for _, pair in sorted(self.tranches.items()) if len(pair) == _PAIR]
        events = [Part(pair, action) for (action, _), pair in self.events.items() if {"date", "shares"} <= set(pair)]
        for record, parts in ((Tranche, tranches), (Activity, events)):
            if parts:
                layout.areas.append(self._area(range_, record, parts, main, layout))
        self._ask_for_halves(range_, main, layout)

    def _area(self, range_: Range, record: type[Any], parts: list[Part], main: Area | None, layout: Layout) -> Area:
        if main is None:  # tranches without a ledger of grants have the grant's columns themselves
            taken = take_columns(range_.head, record, range_.head.row)
            used = [*taken.columns.values(), *(column for part in parts for column in part.columns.values())]
            bottom = range_.last if range_.is_table else end_of(range_, used, used)
            taken = take_columns(range_.head, record, bottom)
            layout.questions += taken.questions
            area = Area(
                range_.sheet, range_.name, record, range_.top, bottom, taken.columns, range_.is_table, taken.problem,
                joined=taken.joined,
            )  # fmt: skip
            return replace(area, parts=tuple(parts), is_beside=True, header=range_.head.row)
        return main.beside(record, tuple(parts))

    def _ask_for_halves(self, range_: Range, main: Area | None, layout: Layout) -> None:
        last = main.bottom if main is not None else range_.last
        halves = [(number, pair) for number, pair in self.tranches.items() if len(pair) < _PAIR]
        for number, pair in halves[:1] if len(halves) == len(self.tranches) else halves:
            missing = next(name for name in ("first_exercisable", "shares") if name not in pair)
            other = f"{heading(Tranche, missing)} {number}"
            layout.unless.append((Tranche, self._half(next(iter(pair.values())), other), None))
        for pair in self.events.values():
            rows = range(range_.top, last + 1)
            if len({"date", "shares"} & set(pair)) == 1:
                name = "date" if "date" in pair else "shares"
                is_filled = any(not is_blank_or_zero(value_at(range_.sheet, row, pair[name])) for row in rows)
                if is_filled:
                    other = "a column of the days" if name == "shares" else "a column of the shares"
                    layout.unless.append((Activity, self._half(pair[name], other), None))

    def _half(self, column: int, other: str) -> Question:
        shown = f"{self.head.sheet.name}!{column_shown(column, self.head.heading(column))}"
        cell = f"{get_column_letter(column)}{self.head.row}"
        return Question("MAP007", self.head.sheet.name, cell, {"column": shown, "other": other})


_PAIR = 2
_SEVERAL = 2
_FOOTNOTE = re.compile(r"[(\[][0-9]+[)\]]\s*$")


# --- What was not used ------------------------------------------------------------------------------------------------


def _tell_unused(range_: Range, layout: Layout) -> None:
    if not layout.areas:
        return
    used = {column for area in layout.areas for part in area.passes() for column in part.columns.values()}
    used |= {column for area in layout.areas for several in area.joined.values() for column in several}
    used |= {at for area in layout.areas for at in (area.schedule, area.holder_number) if at is not None}
    first = layout.areas[0]
    unused = tuple(
        (column, range_.head.heading(column))
        for column, texts in range_.head.each()
        if column not in used and texts and any(holds(range_.sheet, row, column) for row in _rows(first))
    )
    layout.areas[0] = replace(first, unused=unused)


def _rows(area: Area) -> Iterator[int]:
    return iter(range(area.top, area.bottom + 1))


def key_column(area: Area) -> int:
    """The column that names what the rows are about."""
    assert area.record is not None
    return area.columns[KEYS[area.record] if KEYS[area.record] in area.columns else "grant"]


def _cell(range_: Range, column: int) -> str:
    return f"{get_column_letter(column)}{range_.head.row}"
