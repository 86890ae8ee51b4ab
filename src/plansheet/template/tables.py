"""Tables of cells: what an Excel table holds, and how a worksheet function receives it."""

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any

from plansheet.core.numbers import Number
from plansheet.core.records import Kind, columns

Cell = str | int | float | datetime.datetime | None
Column = list[list[Cell]]
"""A range of one column as Excel sends it: a list of rows of one cell."""

_NUMBERS = frozenset({Kind.SHARES, Kind.MONEY, Kind.MONTHS})


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table: its name, its headings and the cells of its rows; None is an empty cell."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def column(self, heading: str) -> Column:
        """The cells of one column, Name[Heading]."""
        at = self.headings.index(heading)
        return [[row[at]] for row in self.rows]

    def block(self) -> list[list[Cell]]:
        """The table with its header row, Name[#All]."""
        return [list(self.headings), *(list(row) for row in self.rows)]

    def records(self) -> Iterator[dict[str, Cell]]:
        """Each row as heading to cell."""
        for row in self.rows:
            yield dict(zip(self.headings, row, strict=True))

    def arranged(self, headings: tuple[str, ...], rows: list[dict[str, Cell]]) -> "Table":
        """A table of the same name with other columns."""
        return Table(self.name, headings, tuple(tuple(row[heading] for heading in headings) for row in rows))


def read_text(path: str) -> str:
    """A file of this package, by its path in it."""
    return files("plansheet.template").joinpath(path).read_text(encoding="utf-8")


def read_facts(folder: str, name: str, record: type[Any]) -> Table:
    """The table of that name, from <folder>/<name>.csv; its headings are the record's."""
    headings, *lines = csv.reader(read_text(f"{folder}/{name.casefold()}.csv").splitlines())
    kinds = {column.heading: column.kind for column in columns(record)}
    rows = (tuple(_cell(text, kinds[heading]) for heading, text in zip(headings, line, strict=True)) for line in lines)
    return Table(name, tuple(headings), tuple(rows))


def _cell(text: str, kind: Kind) -> Cell:
    if not text:
        return None
    if kind is Kind.DATE:
        return date_cell(datetime.date.fromisoformat(text))
    if kind in _NUMBERS and text.replace(".", "").isdigit():  # a split's ratio, 2-for-1, is text in Shares
        return number_cell(Decimal(text))
    return text


def date_cell(day: datetime.date) -> datetime.datetime:
    """A day as a cell holds it."""
    return datetime.datetime(day.year, day.month, day.day)


def number_cell(value: Number | Decimal) -> int | float:
    """A number as a cell holds it, whole ones as whole."""
    return int(value) if value == int(value) else float(value)
