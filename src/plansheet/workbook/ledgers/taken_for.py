"""What a report says of each ledger: the rows and columns taken for what, and the columns that were not used."""

from collections.abc import Iterator, Sequence

from openpyxl.utils import get_column_letter

from plansheet.core.records import TABLES, heading
from plansheet.workbook.ledgers.areas import Area, Areas, Part, column_shown


def taken_for(areas: Areas) -> list[str]:
    """A line for each ledger, and one for each range that repeats one."""
    return [*map(_taken, areas.ledgers), *map(_not_taken, areas.views)]


def not_read(areas: Areas) -> list[tuple[str, str]]:
    """What is part of no ledger, with why: rows that may be one, lists that name grants, sheets without any."""
    rows = [(str(each.facts["where"]), "no ledger (MAP009)") for each in areas.questions if each.code == "MAP009"]
    said = "they name grants and are part of "
    lists = [where for _, where in areas.lists]
    told = [(where, f"{said}{why}") for where, why in [*rows, *([(_listed(lists), "no ledger")] if lists else [])]]
    seen = [(f"what is on {_listed(areas.others)}", "no ledger was seen there")] if areas.others else []
    return [*told, *seen]


def _taken(area: Area) -> str:
    assert area.record is not None
    said = sorted(_columns(area), key=lambda pair: pair[0])
    read_as = ", ".join(text for _, text in said)
    unused = f"; not used: {_listed([column_shown(*each) for each in area.unused])}" if area.unused else ""
    return f"{area.shown} taken for {TABLES[area.record]}: {read_as}{unused}"


def _not_taken(area: Area) -> str:
    assert area.record is not None
    return f"{area.shown} not read: calculated from other cells, they repeat {TABLES[area.record]}"


def _columns(area: Area) -> Iterator[tuple[int, str]]:
    """Each column, or group of columns, with what it was taken for."""
    for name, column in area.columns.items():
        letters = "+".join(map(get_column_letter, area.joined.get(name, (column,))))
        yield column, f"{letters} = {heading(area.record, name)}"  # type: ignore[arg-type]  # a ledger has a record
    if area.holder_number is not None:
        yield area.holder_number, f"{get_column_letter(area.holder_number)} = the holder's number"
    if area.schedule is not None:
        yield area.schedule, f"{get_column_letter(area.schedule)} = the schedule in words"
    own = [part for part in area.parts if part.columns]
    for names in dict.fromkeys(_names(area, part) for part in own):
        alike = [part for part in own if _names(area, part) == names]
        groups = ["/".join(get_column_letter(column) for column in part.columns.values()) for part in alike]
        yield min(alike[0].columns.values()), f"{_listed(groups)} = {names}"
    if area.parts and not own and area.parts[0].action is not None:
        yield 0, f"all rows = {area.parts[0].action}"


def _names(area: Area, part: Part) -> str:
    names = "/".join(heading(area.record, name) for name in part.columns)  # type: ignore[arg-type]  # a ledger has one
    return names if part.action is None else f"{names} of {part.action}"


_MOST = 8


def _listed(texts: Sequence[str]) -> str:
    rest = len(texts) - _MOST
    return ", ".join(texts) if rest <= 1 else f"{', '.join(texts[:_MOST])} and {rest} more"
