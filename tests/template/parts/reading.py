"""A workbook's package: its parts, what leads from one to another, its sheets, cells and tables."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from openpyxl.utils import get_column_letter, range_boundaries

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
R_ID = f"{{{OFFICE}}}id"
VBA_PROJECT = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
CONTENT_TYPES = "[Content_Types].xml"
_NAMESPACE = re.compile(r"\{.*\}")
WORKBOOK, ADD_IN, NO_MACROS = (
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "application/vnd.ms-excel.addin.macroEnabled.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
)
"""Content types of a workbook, by what it is."""


class Relationship(NamedTuple):
    id: str
    type: str
    target: str
    """The part, by its name in the package; outside of it, as written."""
    inside: bool


@dataclass(frozen=True)
class Cell:
    """A cell as stored: ``formula`` has no = sign, ``array`` is the ref of an array formula."""

    ref: str
    row: int
    column: int
    type: str
    style: int
    cm: str | None
    formula: str | None
    array: str | None
    calculated_always: bool
    value: str | None


@dataclass(frozen=True)
class Table:
    part: str
    root: ET.Element

    @property
    def name(self) -> str:
        return self.root.get("displayName", "")

    @property
    def columns(self) -> list[ET.Element]:
        return self.root.findall(f"{MAIN}tableColumns/{MAIN}tableColumn")

    @property
    def area(self) -> Area:
        return area(self.root.get("ref", ""))


class Area(NamedTuple):
    """A range by its corners."""

    left: int
    top: int
    right: int
    bottom: int

    def __str__(self) -> str:
        return f"{cell_name(self.top, self.left)}:{cell_name(self.bottom, self.right)}"

    def meets(self, other: Area) -> bool:
        across = self.left <= other.right and other.left <= self.right
        return across and self.top <= other.bottom and other.top <= self.bottom

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def around(self) -> Area:
        """With the cells that touch it."""
        return Area(self.left - 1, self.top - 1, self.right + 1, self.bottom + 1)

    def cells(self) -> Iterator[tuple[int, int]]:
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


def cell_name(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"


@lru_cache(maxsize=65_536)
def area(ref: str) -> Area:
    corners = [corner for corner in range_boundaries(ref) if corner is not None]
    return Area(*corners)


@dataclass(frozen=True)
class Sheet:
    """A worksheet with what belongs to it."""

    name: str
    state: str
    part: str
    root: ET.Element = field(repr=False)
    package: Package = field(repr=False)

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        found = (_cell(element) for element in self.root.iterfind(f"{MAIN}sheetData/{MAIN}row/{MAIN}c"))
        return {(cell.row, cell.column): cell for cell in found}

    @cached_property
    def formulas(self) -> list[Cell]:
        return [cell for cell in self.cells.values() if cell.formula is not None]

    @cached_property
    def spills(self) -> list[tuple[Cell, Area]]:
        return [(cell, area(cell.array)) for cell in self.cells.values() if cell.array is not None]

    @cached_property
    def tables(self) -> list[Table]:
        return [Table(part, self.package.root(part)) for part in self.related("table")]

    def related(self, kind: str) -> list[str]:
        """Parts that belong to it, by the last word of the relationship's type."""
        return [relationship.target for relationship in self.package.related(self.part, kind)]

    @property
    def comments(self) -> list[ET.Element]:
        roots = (self.package.root(part) for part in self.related("comments"))
        return [comment for root in roots for comment in root.iter(f"{MAIN}comment")]

    def text(self, row: int, column: int) -> str | None:
        """What a cell shows, as stored; None where it is empty."""
        cell = self.cells.get((row, column))
        if cell is None or cell.value is None:
            return None
        return self.package.strings[int(cell.value)] if cell.type == "s" else cell.value

    def all(self, path: str) -> list[ET.Element]:
        return self.root.findall("/".join(f"{MAIN}{step}" for step in path.split("/")))

    def one(self, path: str) -> ET.Element | None:
        found = self.all(path)
        return found[0] if len(found) == 1 else None


def _cell(element: ET.Element) -> Cell:
    ref = element.get("r", "")
    at = area(ref)
    formula, value = element.find(f"{MAIN}f"), element.find(f"{MAIN}v")
    return Cell(
        ref,
        at.top,
        at.left,
        element.get("t", "n"),
        int(element.get("s", "0")),
        element.get("cm"),
        None if formula is None else formula.text or "",
        formula.get("ref") if formula is not None and formula.get("t") == "array" else None,
        formula is not None and formula.get("ca") == "1",
        None if value is None else value.text or "",
    )


@dataclass(frozen=True)
class Package:
    """The parts of a workbook by name."""

    name: str
    parts: dict[str, bytes] = field(repr=False)
    entries: tuple[str, ...] = field(repr=False)
    _roots: dict[str, ET.Element] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path) -> Package:
        with zipfile.ZipFile(path) as file:
            names = tuple(name for name in file.namelist() if not name.endswith("/"))
            return cls(path.name, {name: file.read(name) for name in names}, names)

    def changed(self, part: str, pattern: str, new: str) -> Package:
        """A copy with the first match of a pattern in a part's text replaced."""
        text, number = re.subn(pattern, new, self.parts[part].decode(), count=1, flags=re.DOTALL)
        assert number == 1, f"{part} holds no {pattern}"
        return self.with_part(part, text.encode())

    def with_part(self, part: str, data: bytes) -> Package:
        return Package(self.name, {**self.parts, part: data}, tuple(dict.fromkeys((*self.entries, part))))

    def without(self, part: str) -> Package:
        assert part in self.parts
        parts = {name: data for name, data in self.parts.items() if name != part}
        return Package(self.name, parts, tuple(name for name in self.entries if name != part))

    def root(self, part: str) -> ET.Element:
        if part not in self._roots:
            self._roots[part] = ET.fromstring(self.parts[part])
        return self._roots[part]

    @cached_property
    def defaults(self) -> dict[str, str]:
        elements = self.root(CONTENT_TYPES).findall(f"{_TYPES}Default")
        return {e.get("Extension", "").lower(): e.get("ContentType", "") for e in elements}

    @cached_property
    def overrides(self) -> dict[str, str]:
        elements = self.root(CONTENT_TYPES).findall(f"{_TYPES}Override")
        return {e.get("PartName", "").removeprefix("/"): e.get("ContentType", "") for e in elements}

    def content_type(self, part: str) -> str | None:
        return self.overrides.get(part, self.defaults.get(part.rpartition(".")[2].lower()))

    def relationships(self, part: str) -> list[Relationship]:
        """Those of a part; of the package for an empty name."""
        folder, _, name = part.rpartition("/")
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self.parts:
            return []
        found = []
        for element in self.root(rels):
            target, inside = element.get("Target", ""), element.get("TargetMode") != "External"
            if inside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found.append(Relationship(element.get("Id", ""), element.get("Type", ""), target, inside))
        return found

    def related(self, part: str, kind: str) -> list[Relationship]:
        """Those of a part of one kind, which is the last word of the type."""
        return [relationship for relationship in self.relationships(part) if relationship.type == f"{OFFICE}/{kind}"]

    def by_id(self, part: str) -> dict[str, Relationship]:
        return {relationship.id: relationship for relationship in self.relationships(part)}

    @cached_property
    def all_relationships(self) -> list[tuple[str, Relationship]]:
        sources = ["", *(name for name in self.parts if not name.endswith(".rels"))]
        return [(source, relationship) for source in sources for relationship in self.relationships(source)]

    @cached_property
    def workbook_part(self) -> str:
        return self.related("", "officeDocument")[0].target

    @property
    def workbook(self) -> ET.Element:
        return self.root(self.workbook_part)

    @property
    def tabs(self) -> list[ET.Element]:
        """The workbook's entries of its sheets, of every kind."""
        return self.workbook.findall(f"{MAIN}sheets/{MAIN}sheet")

    @property
    def defined_names(self) -> list[ET.Element]:
        return list(self.workbook.iter(f"{MAIN}definedName"))

    @property
    def window(self) -> ET.Element | None:
        return self.workbook.find(f"{MAIN}bookViews/{MAIN}workbookView")

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The worksheets, in the order of their tabs; sheets of other kinds are left out."""
        targets = self.by_id(self.workbook_part)
        found = []
        for element in self.tabs:
            target = targets[element.get(R_ID, "")]
            if target.type == f"{OFFICE}/worksheet":
                state, part = element.get("state", "visible"), target.target
                found.append(Sheet(element.get("name", ""), state, part, self.root(part), self))
        return found

    def sheet(self, name: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.name == name)

    @property
    def tables(self) -> list[tuple[Sheet, Table]]:
        return [(sheet, table) for sheet in self.sheets for table in sheet.tables]

    @cached_property
    def strings(self) -> list[str]:
        found = self.related(self.workbook_part, "sharedStrings")
        return [text_of(item) for item in self.root(found[0].target)] if found else []

    @cached_property
    def styles(self) -> ET.Element:
        return self.root(self.related(self.workbook_part, "styles")[0].target)

    def number_of(self, styles: str) -> int:
        element = self.styles.find(f"{MAIN}{styles}")
        return 0 if element is None else len(element)


def text_of(item: ET.Element) -> str:
    """The text of a shared string or a comment, its runs joined, phonetic runs left out."""
    runs = [*item.findall(f"{MAIN}t"), *item.findall(f"{MAIN}r/{MAIN}t")]
    return "".join(run.text or "" for run in runs)


def local(element: ET.Element) -> str:
    return _NAMESPACE.sub("", element.tag)


def tree(element: ET.Element) -> object:
    """An element as something that can be compared: no prefixes, no order of attributes, no indents."""
    attributes = tuple(sorted(element.attrib.items()))
    return (element.tag, attributes, (element.text or "").strip(), tuple(tree(child) for child in element))


def is_number(text: str | None) -> bool:
    """Whether a stored value is a number."""
    return bool(re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text or ""))
