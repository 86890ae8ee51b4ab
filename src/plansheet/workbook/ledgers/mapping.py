"""A mapping: a TOML file that says which columns of which sheets hold what, where that is not found or found wrong."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import column_index_from_string

from plansheet.core.records import SCHEDULES, TABLES, Activity, Grant, columns, heading
from plansheet.core.words import Action, UnknownWord, fold, listed
from plansheet.excel.headings import column_named, fold_heading, parsed
from plansheet.excel.record_rows import NEEDED
from plansheet.workbook.formulas.regions import rectangle
from plansheet.workbook.ledgers.areas import PARTS, PLAN, Area, Part
from plansheet.workbook.ledgers.heads import PLAN_HEADINGS, Head, head_of, is_holder_number
from plansheet.workbook.ledgers.layouts import Range, end_of
from plansheet.workbook.reading.saved import Sheet, Workbook

IGNORE = "ignore"
RECORDS_BY_TABLE: dict[str, type[Any] | None] = {**{name: record for record, name in TABLES.items()}, PLAN: None}
SCHEDULE, NUMBER = "schedule", "holder_number"
"""What stands beside the fields of a record: a schedule in words, the numbers of holders beside their names."""
_KEYS = frozenset({"sheet", "excel_table", "table", "header", "rows", "action", "columns", *PARTS.values()})
_ROWS = re.compile(r"([0-9]{1,7})\s*-\s*([0-9]{1,7})?")
_LETTERS = re.compile(r"[A-Z]{1,3}", re.IGNORECASE)


class UnusableMapping(ValueError):
    """A mapping that cannot be used; the message says where it is wrong and what to write."""


@dataclass(frozen=True, slots=True)
class MappedPart:
    """A group of columns, as written, and the action of each of its rows."""

    columns: dict[str, tuple[str, ...]]
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class MappedLedger:
    """One [[ledger]]: where it stands, what it is, and the columns of its fields as written."""

    where: str
    sheet: str | None
    excel_table: str | None
    record: type[Any] | None
    is_ignored: bool
    header: int
    rows: tuple[int, int | None] | None
    columns: dict[str, tuple[str, ...]]
    parts: tuple[MappedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """The ledgers that a file names."""

    ledgers: tuple[MappedLedger, ...] = field(default_factory=tuple)


def read_mapping(text: str, name: str) -> Mapping:
    """A mapping from its text; UnusableMapping says what is wrong with it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnusableMapping(f"{name} is no TOML: {error}; see the page on mappings for how it is written") from error
    ledgers = document.get("ledger")
    if not isinstance(ledgers, list) or not ledgers or set(document) != {"ledger"}:
        raise UnusableMapping(f"{name} names no ledger; write [[ledger]] above the lines of each, and nothing else")
    return Mapping(tuple(_ledger(each, f"{name}, [[ledger]] {at}") for at, each in enumerate(ledgers, start=1)))


def _ledger(written: object, where: str) -> MappedLedger:
    if not isinstance(written, dict):
        raise UnusableMapping(f"{where} holds no lines; write sheet, table and header below it")
    if unknown := sorted(set(written) - _KEYS):
        raise UnusableMapping(f"{where} has a line {unknown[0]}, which is not known; use {listed(sorted(_KEYS))}")
    sheet, excel_table = (_text(written, key, where) for key in ("sheet", "excel_table"))
    if sheet is None and excel_table is None:
        raise UnusableMapping(f'{where} does not say where it stands; write sheet = "..." or excel_table = "..."')
    table = _text(written, "table", where)
    if table is None or fold(table) not in _TABLES:
        said = f'table = "{table}"' if table else "no table"
        raise UnusableMapping(f"{where} has {said}; write one of {listed([*RECORDS_BY_TABLE, IGNORE])}")
    record = RECORDS_BY_TABLE.get(_TABLES[fold(table)])
    is_ignored = _TABLES[fold(table)] == IGNORE
    header = written.get("header", 0)
    if not isinstance(header, int) or isinstance(header, bool) or header < 0:
        raise UnusableMapping(f"{where} has header = {header!r}; write the number of the row of its headings")
    if not header and excel_table is None and not is_ignored:
        raise UnusableMapping(f"{where} has no header; write the row of its headings, such as header = 9")
    action = _action(written, where)
    fields = _columns(written.get("columns", {}), record, f"{where}, columns")
    parts = tuple(_parts(written, record, action, where))
    if action is not None and not parts:
        parts = (MappedPart({}, action),)
    rows = _rows(written.get("rows"), where)
    if not is_ignored:
        _require(record, fields, parts, where)
    return MappedLedger(where, sheet, excel_table, record, is_ignored, header, rows, fields, parts)


_TABLES = {fold(name): name for name in (*RECORDS_BY_TABLE, IGNORE)}


def _text(written: Table[str, object], key: str, where: str) -> str | None:
    value = written.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise UnusableMapping(f'{where} has {key} = {value!r}; write its name in quotation marks: {key} = "..."')
    return value


def _action(written: Table[str, object], where: str) -> Action | None:
    text = _text(written, "action", where)
    if text is None:
        return None
    try:
        return Action.read(text)
    except UnknownWord as unknown:
        raise UnusableMapping(f"{where} has action = {unknown}") from unknown


def _rows(written: object, where: str) -> tuple[int, int | None] | None:
    if written is None:
        return None
    match = _ROWS.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        raise UnusableMapping(f'{where} has rows = {written!r}; write the first and the last, such as rows = "10-57"')
    return int(match[1]), int(match[2]) if match[2] else None


def _columns(written: object, record: type[Any] | None, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(written, dict):
        raise UnusableMapping(f'{where} holds no lines; write a line for each, such as Grant = "A"')
    found: dict[str, tuple[str, ...]] = {}
    for key, value in written.items():
        name = _field(key, record, where)
        if name == "holder" and is_holder_number(key) and not all(map(is_holder_number, _holders(written, record))):
            name = NUMBER
        several = [value] if isinstance(value, str) else value
        if not isinstance(several, list) or not several or not all(isinstance(v, str) and v.strip() for v in several):
            raise UnusableMapping(f'{where} has {key} = {value!r}; write a column: {key} = "A", or its heading')
        if name in found:
            raise UnusableMapping(f"{where} names {key} twice, under two names of one thing; leave out one")
        found[name] = tuple(several)
    return found


def _holders(written: Table[str, object], record: type[Any] | None) -> list[str]:
    """The lines that name the holder."""
    named = ((key, column_named(key, record)) for key in written if record is not None)
    return [key for key, column in named if column is not None and column.name == "holder"]


def _field(key: str, record: type[Any] | None, where: str) -> str:
    if record is None:
        if fold_heading(key) in PLAN_HEADINGS:
            return fold_heading(key)
        raise UnusableMapping(f"{where} names {key}, which a Plan sheet does not have; write Term and Value")
    column = column_named(key, record)
    if column is not None:
        return column.name
    if record is Grant and fold_heading(key) in map(fold_heading, SCHEDULES):
        return SCHEDULE
    known = listed([each.heading for each in columns(record)])
    raise UnusableMapping(f"{where} names {key}, which {TABLES[record]} does not have; it has {known}")


def _parts(
    written: Table[str, object], record: type[Any] | None, action: Action | None, where: str
) -> Iterator[MappedPart]:
    for of, key in PARTS.items():
        groups = written.get(key)
        if groups is None:
            continue
        if of is not record:
            raise UnusableMapping(f'{where} has {key}, which stand in table = "{TABLES[of]}"; write them there')
        if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
            raise UnusableMapping(f"{where} has {key} = {groups!r}; write [[ledger.{key}]] above the columns of each")
        for at, group in enumerate(groups, start=1):
            of_part = f"{where}, {key} {at}"
            fields = _columns({k: v for k, v in group.items() if k != "action"}, record, of_part)
            yield MappedPart(fields, _action(group, of_part) or action)


def _require(record: type[Any] | None, fields: Table[str, object], parts: Sequence[MappedPart], where: str) -> None:
    needed = frozenset(PLAN_HEADINGS) if record is None else dict(NEEDED)[record]
    if record is Activity and parts:
        needed = needed | {"grant"}
    for part in parts or (MappedPart({}),):
        there = {*fields, *part.columns, *(("action",) if part.action is not None else ())}
        missing = sorted(needed - there)
        if missing:
            names = [name.title() if record is None else heading(record, name) for name in missing]
            of = PLAN if record is None else TABLES[record]
            raise UnusableMapping(f'{where} has no {listed(names)}, which {of} needs; add {names[0]} = "..."')


# --- In a workbook ----------------------------------------------------------------------------------------------------


def mapped_areas(mapping: Mapping, workbook: Workbook) -> tuple[list[Area], frozenset[str], list[str]]:
    """The ledgers that a mapping names, the sheets that it speaks for, and what the workbook does not have of it."""
    areas: list[Area] = []
    named: set[str] = set()
    mistakes: list[str] = []
    for each in mapping.ledgers:
        try:
            sheet, range_ = _range(each, workbook)
            named.add(sheet.name)
            if range_ is not None:
                areas.append(_area(each, range_))
        except UnusableMapping as mistake:
            mistakes.append(str(mistake))
    return areas, frozenset(named), mistakes


def _range(ledger: MappedLedger, workbook: Workbook) -> tuple[Sheet, Range | None]:
    sheets = {fold(sheet.name): sheet for sheet in workbook.sheets}
    if ledger.excel_table is not None:
        table = next((t for t in workbook.tables if fold(t.name) == fold(ledger.excel_table)), None)
        if table is None:
            there = listed([each.name for each in workbook.tables] or ["none"])
            message = f'{ledger.where} names the table "{ledger.excel_table}", which is not there; its tables: {there}'
            raise UnusableMapping(message)
        sheet = sheets[fold(table.sheet)]
        whole = rectangle(sheet, table.ref)
        header = whole.top if table.header_rows else ledger.header
        head = head_of(sheet, header, header, 1, max(sheet.last_column, 1))
        last = min(whole.bottom - table.totals_rows, sheet.last_row)
        return sheet, None if ledger.is_ignored else Range(head, table.name, last, True)
    assert ledger.sheet is not None
    found = sheets.get(fold(ledger.sheet))
    if found is None:
        there = listed([each.name for each in workbook.sheets] or ["none"])
        raise UnusableMapping(f'{ledger.where} names the sheet "{ledger.sheet}", which is not there; sheets: {there}')
    if ledger.is_ignored:
        return found, None
    if ledger.header > found.last_row:
        message = f"{ledger.where} has header = {ledger.header}, the last row of {found.name} is {found.last_row}"
        raise UnusableMapping(f"{message}; write the row of its headings")
    head = head_of(found, ledger.header, ledger.header, 1, max(found.last_column, 1))
    return found, Range(head, found.name, found.last_row, False)


def _area(ledger: MappedLedger, range_: Range) -> Area:
    at = {name: _positions(texts, range_, ledger.where) for name, texts in ledger.columns.items()}
    parts = tuple(
        Part({name: _positions(t, range_, ledger.where)[0] for name, t in part.columns.items()}, part.action)
        for part in ledger.parts
    )
    schedule, number = at.pop(SCHEDULE, (None,))[0], at.pop(NUMBER, (None,))[0]
    first = {name: several[0] for name, several in at.items()}
    used = [*first.values(), *(column for part in parts for column in part.columns.values())]
    needed = PLAN_HEADINGS if ledger.record is None else dict(NEEDED)[ledger.record]
    top = range_.top if ledger.rows is None else ledger.rows[0]
    if ledger.rows is not None and ledger.rows[1] is not None:
        bottom = min(ledger.rows[1], range_.sheet.last_row)
    elif range_.is_table:
        bottom = range_.last
    else:
        bottom = end_of(range_, used, [first[name] for name in needed if name in first] if not parts else used)
    return Area(
        range_.sheet, range_.name, ledger.record, top, bottom, first, range_.is_table,
        joined={name: several for name, several in at.items() if len(several) > 1},
        parts=parts, schedule=schedule, header=range_.head.row, holder_number=number,
    )  # fmt: skip


def _positions(texts: Sequence[str], range_: Range, where: str) -> tuple[int, ...]:
    return tuple(_position(text, range_.head, where) for text in texts)


def _position(text: str, head: Head, where: str) -> int:
    """A column by its heading, or by its letters where no heading is called so."""
    wanted = set(parsed(text).folds) - {""}
    named = [at for at, texts in head.each() if any(wanted & set(parsed(t).folds) for t in texts if isinstance(t, str))]
    if len(named) > 1:
        raise UnusableMapping(
            f'{where} names the heading "{text}", which stands twice in row {head.row}; write letters'
        )
    if named:
        return named[0]
    sheet = head.sheet
    if not _LETTERS.fullmatch(text.strip()):
        raise UnusableMapping(
            f'{where} names the column "{text}", which is no heading in row {head.row} of {sheet.name} and no letter; '
            'write the letter of the column, such as "C"'
        )
    column = column_index_from_string(text.strip().upper())
    if column > max(sheet.last_column, 1):
        raise UnusableMapping(
            f"{where} names the column {text.strip().upper()}, which is beyond the last of {sheet.name}; "
            "write the letter of one that holds something"
        )
    return column
