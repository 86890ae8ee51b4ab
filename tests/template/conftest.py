"""The sample workbook, built once and read as another program would read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from plansheet.core.records import Activity, Tranche
from plansheet.excel.activity import read_activity_block
from plansheet.excel.grant_rows import read_grants
from plansheet.template import build_sample

Block = list[list[Any]]


@dataclass(frozen=True)
class Saved:
    """The workbook's cells: formulas as typed, values as saved."""

    path: Path
    formulas: Any
    values: Any

    def block(self, table: str) -> Block:
        """A table with its header row, values as saved."""
        sheet = self.values[table]
        return [[cell.value for cell in row] for row in sheet[sheet.tables[table].ref]]

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, heading to value."""
        headings, *rows = self.block(table)
        for row in rows:
            yield dict(zip(headings, row, strict=True))

    @property
    def events(self) -> list[Activity]:
        events = read_activity_block(self.block("Activity"))
        assert all(isinstance(event, Activity) for event in events)
        return [event for event in events if isinstance(event, Activity)]

    @property
    def tranches(self) -> list[Tranche]:
        entries = read_grants(self.block("Grants"), self.block("Vesting")).tranches
        assert all(isinstance(entry, Tranche) for entry in entries)
        return [entry for entry in entries if isinstance(entry, Tranche)]


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    path = tmp_path_factory.mktemp("sample") / "sample.xlsx"
    build_sample(path)
    return Saved(path, openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True))
