"""The tables of each file: what their cells say."""

from __future__ import annotations

from template.parts.checking import Check, agree, each_of
from template.parts.reading import Package
from template.parts.tables import TABLES


@each_of(TABLES)
def test_tables_are_what_their_cells_say(workbook: Package, check: Check) -> None:
    agree(check, workbook)
