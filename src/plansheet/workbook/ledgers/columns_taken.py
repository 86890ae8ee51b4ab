"""Which column stands for which field of a record: the headings first, and the cells where headings leave a choice."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from plansheet.core.records import TABLES, Column, Grant, Kind, columns
from plansheet.excel.headings import TwoForOne, column_named, fold_heading, other_currency, other_unit
from plansheet.excel.layout_questions import Question
from plansheet.excel.reading import BadCell, as_date, as_identifier
from plansheet.excel.record_rows import reader
from plansheet.workbook.ledgers.areas import column_shown, holds, value_at
from plansheet.workbook.ledgers.heads import Head, has_split_name, is_holder_number, name_part
from plansheet.workbook.reading.saved import Sheet


@dataclass(slots=True)
class Taken:
    """The columns of a record in a range, and what is in doubt about them."""

    columns: dict[str, int] = field(default_factory=dict)
    joined: dict[str, tuple[int, ...]] = field(default_factory=dict)
    holder_number: int | None = None
    """The column of the holders' numbers, beside that of their names."""
    problem: str | None = None
    questions: list[Question] = field(default_factory=list)


def candidates(head: Head, record: type[Any]) -> dict[str, list[int]]:
    """Every column whose heading names a field, in a unit that its cells can be read in."""
    found: dict[str, list[int]] = {}
    for column, heading in enumerate(head.headings(record), start=head.left):
        named = column_named(heading, record)
        if named is not None and not other_unit(heading, named):
            found.setdefault(named.name, []).append(column)
    if "holder" not in found and has_split_name(head) and any(c.name == "holder" for c in columns(record)):
        found["holder"] = [_name_columns(head)[0]]
    return found


def _name_columns(head: Head) -> tuple[int, ...]:
    """The columns of a name in parts, in the order in which they are joined."""
    parts = [(place, column) for column, texts in head.each() if (place := name_part(texts)) is not None]
    return tuple(column for _, column in sorted(parts))


def take_columns(head: Head, record: type[Any], bottom: int) -> Taken:
    """The column of each field, by the headings and by the cells below them until ``bottom``."""
    taken = Taken()
    kinds = {column.name: column for column in columns(record)}
    found = candidates(head, record)
    if "holder" in found:
        _take_holder(head, record, found["holder"], bottom, taken)
        del found["holder"]
    elif "holder" in kinds:
        _take_plain(head, kinds["holder"], "name", taken)
    for name, at in found.items():
        taken.columns[name] = at[0] if len(at) == 1 else _choose(head, record, kinds[name], at, bottom, taken)
    if record is Grant and "exercise_price" not in taken.columns:
        _take_plain(head, kinds["exercise_price"], "price", taken)
    if record is Grant:
        _ask_whether_swapped(head, kinds, bottom, taken)
    _ask_units(head, record, taken)
    return taken


def _take_holder(head: Head, record: type[Any], found: Sequence[int], bottom: int, taken: Taken) -> None:
    """A holder by name, in one column or in several; by number where there is no name."""
    numbers = [at for at in found if is_holder_number(head.heading(at))]
    names = [at for at in found if at not in numbers]
    parts = _name_columns(head) if has_split_name(head) else ()
    if parts and (not names or names == [parts[0]]):
        names = [parts[0]]
        taken.joined["holder"] = parts
    by = names or numbers
    column = next(each for each in columns(record) if each.name == "holder")
    taken.columns["holder"] = by[0] if len(by) == 1 else _choose(head, record, column, by, bottom, taken)
    if names and numbers:
        taken.holder_number = numbers[0]
    if names and numbers and "holder" not in taken.joined:
        _compare(head, taken.columns["holder"], numbers[0], bottom, taken)


def _take_plain(head: Head, column: Column, said: str, taken: Taken) -> None:
    """A column that is headed Name or Price and nothing more, where no other tells the holder or the exercise price."""
    plain = [at for at, texts in head.each() if any(fold_heading(text) == said for text in texts)]
    if len(plain) == 1:
        taken.columns[column.name] = plain[0]
        _ask_other(head, column, plain[0], f"its heading does not say whose {said} it is", taken)


def _ask_other(head: Head, column: Column, at: int, other: str, taken: Taken) -> None:
    facts = {
        "taken": f"{head.sheet.name}!{column_shown(at, head.heading(at))}", "heading": column.heading,
        "other": other, "line": f"{mapping_line(column, at)}, or another column",
    }  # fmt: skip
    taken.questions.append(Question("MAP003", head.sheet.name, _cell(head, at), facts))


_SWAPPED = (
    ("grant_date", "expires", "the option expires before it is granted"),
    ("exercise_price", "shares", "the exercise price of one share is more than the number of shares"),
)
"""Fields of which the first is hardly ever the later or larger one, and what is said where it is so in every row."""


def _ask_whether_swapped(head: Head, kinds: dict[str, Column], bottom: int, taken: Taken) -> None:
    """Whether two columns of grants hold each other's values: each cell alone looks right."""
    for name, than, said in _SWAPPED:
        if not {name, than} <= set(taken.columns):
            continue
        one, other = taken.columns[name], taken.columns[than]
        rows = range(head.row + 1, bottom + 1)
        value = taken.columns.get("fmv", 0) if name == "exercise_price" else 0
        cells = [[value_at(head.sheet, row, at) for at in (one, other, value)] for row in rows]
        compared = [
            larger and not _is_near(first, fmv, second)
            for first, second, fmv in cells
            if (larger := _is_larger(first, second)) is not None
        ]
        if len(compared) > 1 and all(compared):
            facts = {
                "first": f"{head.sheet.name}!{column_shown(one, head.heading(one))}",
                "second": column_shown(other, head.heading(other)), "what": said,
                "line": f"{mapping_line(kinds[name], one)} and {mapping_line(kinds[than], other)}",
            }  # fmt: skip
            taken.questions.append(Question("MAP011", head.sheet.name, _cell(head, one), facts))


def _is_larger(one: object, other: object) -> bool | None:
    """Whether a number or a date is larger than another; None where they cannot be compared."""
    if isinstance(one, dt.date) and isinstance(other, dt.date):
        first, second = as_date(one), as_date(other)
        return first is not None and second is not None and first > second
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one > other
    return None


def _is_near(price: object, value: object, shares: object) -> bool:
    """Whether an exercise price is nearer to the value of a share than the number of shares is: then it is a price."""
    given = (price, value, shares)
    numbers = [each for each in given if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(numbers) < len(given):
        return False
    price, value, shares = numbers
    return bool(value) and abs(price - value) < abs(shares - value)


def _choose(head: Head, record: type[Any], column: Column, at: Sequence[int], bottom: int, taken: Taken) -> int:
    """One of several columns for one field: the only filled one, any where all are the same, of words the known ones.

    Where that leaves several, the first, with the problem.
    """
    sheet, rows = head.sheet, range(head.row + 1, bottom + 1)
    filled = [each for each in at if any(holds(sheet, row, each) for row in rows)] or list(at[:1])
    first = filled[0]
    if all(_same(sheet, rows, first, each) for each in filled[1:]):
        return first
    readable = [each for each in filled if column.words is not None and _is_readable(sheet, rows, each, column)]
    shown = {each: column_shown(each, head.heading(each)) for each in filled}
    if len(readable) == 1:
        [only] = readable
        others = " and ".join(shown[each] for each in filled if each != only)
        _ask_other(head, column, only, f"the cells of {others} cannot be read as {column.kind.value}", taken)
        return only
    second = filled[1]
    taken.problem = taken.problem or str(TwoForOne(column, head.heading(first), head.heading(second)))
    facts = {
        "where": f"{sheet.name} rows {head.row + 1} to {bottom}", "table": TABLES[record],
        "first": shown[first], "second": shown[second], "heading": column.heading,
        "line": f"{mapping_line(column, first)} or {mapping_line(column, second)}",
    }  # fmt: skip
    taken.questions.append(Question("MAP001", sheet.name, _cell(head, second), facts))
    return first


def _same(sheet: Sheet, rows: range, first: int, second: int) -> bool:
    return all(value_at(sheet, row, first) == value_at(sheet, row, second) for row in rows)


def _is_readable(sheet: Sheet, rows: range, at: int, column: Column) -> bool:
    read = reader(column)
    try:
        for value in {value_at(sheet, row, at) for row in rows}:
            read(value)
    except BadCell:
        return False
    return True


def _compare(head: Head, names: int, numbers: int, bottom: int, taken: Taken) -> None:
    """Whether each name has one number, and each number one name."""
    of_name: dict[str, tuple[str, str, int]] = {}
    of_number: dict[str, tuple[str, str, int]] = {}
    for row in range(head.row + 1, bottom + 1):
        name, number = (_identifier(value_at(head.sheet, row, column)) for column in (names, numbers))
        if not name or not number:
            continue
        for known, key, other in ((of_name, name, number), (of_number, number, name)):
            first = known.setdefault(key.casefold(), (key, other, row))
            if first[1].casefold() != other.casefold():
                facts = {
                    "names": column_shown(names, head.heading(names)), "rows": f"{first[2]} and {row}",
                    "numbers": column_shown(numbers, head.heading(numbers)),
                    "what": f"{key} stands beside {first[1]} and beside {other}",
                    "line": f'Holder = "{get_column_letter(names)}" or Holder = "{get_column_letter(numbers)}"',
                }  # fmt: skip
                cell = f"{get_column_letter(names)}{row}"
                taken.questions.append(Question("MAP008", head.sheet.name, cell, facts))
                return


def _identifier(value: object) -> str:
    try:
        read = as_identifier(value)
    except BadCell:
        return ""
    return "" if read is None else str(read)


def _ask_units(head: Head, record: type[Any], taken: Taken) -> None:
    for at, heading in enumerate(head.headings(record), start=head.left):
        column = column_named(heading, record)
        if column is None:
            continue
        facts = {"column": f"{head.sheet.name}!{column_shown(at, head.heading(at))}", "heading": column.heading}
        unit, currency = other_unit(heading, column), other_currency(heading)
        if unit is not None and column.name not in taken.columns:
            facts |= {"unit": unit.said, "wanted": _IN_FULL[column.kind]}
            taken.questions.append(Question("MAP004", head.sheet.name, _cell(head, at), facts))
        elif currency is not None and taken.columns.get(column.name) == at:
            facts |= {"currency": currency}
            taken.questions.append(Question("MAP005", head.sheet.name, _cell(head, at), facts))


_IN_FULL = {Kind.MONEY: "dollars", Kind.SHARES: "single shares", Kind.MONTHS: "months"}


def mapping_line(column: Column, at: int | str) -> str:
    """The line of a mapping that takes a column for a field."""
    key = column.heading if column.heading.isalnum() else f'"{column.heading}"'
    return f'{key} = "{at if isinstance(at, str) else get_column_letter(at)}"'


def _cell(head: Head, column: int) -> str:
    return f"{get_column_letter(column)}{head.row}"
