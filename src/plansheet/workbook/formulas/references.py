"""What a reference means: the cells of an address, a table or a name, seen from where the formula stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from plansheet.workbook.formulas.expressions import Node, NotChecked, parse
from plansheet.workbook.formulas.regions import Region, rectangle, region_of
from plansheet.workbook.formulas.structured import columns_of, parse_part, rows_of
from plansheet.workbook.reading.saved import DefinedName, Sheet, Table, Workbook

DEEPEST_NAME = 16
"""Names that lead to names."""
_ON_SHEET = re.compile(r"(?:'(?P<quoted>(?:[^']|'')*)'|(?P<plain>[^'!\[\]]+))!(?P<rest>.+)", re.DOTALL)
_OTHER_BOOK = re.compile(r"\[[^\]]*\][^\[]*!|\[\d+\]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a formula stands; ``names`` counts the defined names that led to it."""

    sheet: str
    row: int
    column: int
    names: int = 0
    is_array: bool = True
    """Whether it is an array formula; any other takes the one value beside it of a range where one value belongs."""
    is_argument: bool = False
    """Whether it is asked for by a plan function."""
    is_forced: bool = False
    """Whether it is treated as one only where a function such as SUMPRODUCT takes an array."""
    local: Mapping[str, object] = field(default_factory=dict, compare=False)
    """What LET has given names: regions and values."""

    def for_array(self) -> "Place":
        """The same where an array is taken, whatever the formula around it."""
        return self if self.is_array else replace(self, is_array=True, is_forced=True)


class References:
    """The sheets, tables and names of one workbook, and what references to them mean."""

    def __init__(self, workbook: Workbook) -> None:
        self.sheets = {sheet.name.casefold(): sheet for sheet in workbook.sheets}
        self.tables = {table.name.casefold(): table for table in workbook.tables}
        self.names: dict[tuple[str, str | None], DefinedName] = {
            (name.name.casefold(), name.sheet.casefold() if name.sheet is not None else None): name
            for name in workbook.names
        }

    def target(self, text: str, place: Place) -> "Region | tuple[Node, Place] | str":
        """The region that a reference means, the tree of a name and where it is asked for, or an error."""
        text = text.removeprefix("[0]!")  # this workbook
        if _OTHER_BOOK.match(text):
            raise NotChecked(f"refers to another workbook: {text}")
        if text.startswith("!"):  # in a name: the sheet that asks
            return self._on_sheet(text[1:], self._sheet(place.sheet), place, explicit=True)
        match = _ON_SHEET.fullmatch(text)
        if match is None:
            return self._on_sheet(text, self._sheet(place.sheet), place)
        sheet, is_other = _sheet_of(match)
        if is_other:
            raise NotChecked(f"refers to another workbook: {text}")
        if ":" in sheet:
            raise NotChecked(f"refers to several sheets at once: {text}")
        return self._on_sheet(match["rest"], self._sheet(sheet), place, explicit=True)

    def across(self, text: str, place: Place) -> list[Region] | None:
        """The regions that a reference to several sheets means, First:Last!A1, in their order; None for another."""
        match = _ON_SHEET.fullmatch(text)
        sheet, is_other = _sheet_of(match) if match is not None else ("", False)
        if match is None or is_other or ":" not in sheet:
            return None
        order = list(self.sheets)
        ends = [order.index(self._sheet(name).name.casefold()) for name in sheet.split(":", 1)]
        names = order[min(ends) : max(ends) + 1]
        found = [region_of(match["rest"], self.sheets[n]) for n in names if self.sheets[n].kind == "worksheet"]
        return [region for region in found if region is not None] or None

    def _sheet(self, name: str) -> Sheet:
        sheet = self.sheets.get(name.casefold())
        if sheet is None:
            raise NotChecked(f"refers to the sheet {name}, which is not in the workbook")
        if sheet.kind != "worksheet":
            raise NotChecked(f"refers to the sheet {name}, which has no cells to read")
        return sheet

    def _on_sheet(
        self, text: str, sheet: Sheet, place: Place, *, explicit: bool = False
    ) -> "Region | tuple[Node, Place] | str":
        if "[" in text:
            return self._of_table(text, place)
        beside = (place.row, place.column) if place.names else (1, 1)
        region = region_of(text, sheet, beside=beside)
        if region is not None:
            return region
        key = text.casefold()
        name = self.names.get((key, sheet.name.casefold())) or self.names.get((key, None))
        if name is not None:
            return self._named(name, place)
        if key in self.tables and not explicit:
            return self._of_table(f"{text}[]", place)
        raise NotChecked(f"uses {text}, which is neither a cell nor a name of the workbook")

    def _named(self, name: DefinedName, place: Place) -> tuple[Node, Place]:
        if place.names >= DEEPEST_NAME:
            raise NotChecked(f"uses the name {name.name}, which leads to itself")
        inside = replace(place, names=place.names + 1, is_array=True, is_forced=False, local={})
        return parse(name.formula), inside

    def _of_table(self, text: str, place: Place) -> Region | str:
        name, bracket, rest = text.partition("[")
        table = self.tables.get(name.casefold()) if name else self._table_around(place)
        if table is None:
            raise NotChecked(f"uses the table {name or 'around it'}, which is not in the workbook")
        part = parse_part(bracket + rest)
        around = rectangle(self._sheet(table.sheet), table.ref)
        rows = rows_of(table, around.top, around.bottom, part.items, place.row if place.sheet == table.sheet else 0)
        if rows is None:
            return "#VALUE!"
        first, last = columns_of(table, part.columns)
        right = min(around.left + last, around.right)
        return Region(around.sheet, rows[0], around.left + first, rows[1], right)

    def _table_around(self, place: Place) -> Table | None:
        for table in self._sheet(place.sheet).tables:
            around = rectangle(self._sheet(place.sheet), table.ref)
            if around.top <= place.row <= around.bottom and around.left <= place.column <= around.right:
                return table
        return None


def _sheet_of(match: re.Match[str]) -> tuple[str, bool]:
    """The sheet that stands before the ! of a reference, and whether it is one of another workbook."""
    quoted, plain = match["quoted"], match["plain"]
    if quoted is None:
        return plain, False
    return quoted.replace("''", "'"), re.search(r"[\[\]\\/]", quoted) is not None
