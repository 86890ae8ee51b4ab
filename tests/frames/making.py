"""Frames for the tests: tables of cells as DataFrames, and figures out of frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from plansheet.excel.reading import ERRORS
from plansheet.frames import FrameLedger, ledger_of_frames

ACTIVITY = ["Date", "Action", "Grant", "Shares"]


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Cells as they are, whatever pandas would make of them."""
    return pd.DataFrame([list(row) for row in rows], columns=list(headings), dtype=object)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def plain(value: Any) -> object:
    """A value of a frame for comparison: None for what is missing, a date for a timestamp."""
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, np.integer):
        return int(value)
    return None if pd.isna(value) else value


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """The rows of some columns."""
    return [tuple(plain(value) for value in row) for row in frame[list(columns)].itertuples(index=False)]


def as_shown(value: object) -> object:
    """A figure by its 15 significant digits, in which a cell and a decimal say the same; no figure for an error."""
    if isinstance(value, str):
        return None if value in ERRORS else value
    return format(float(value), ".15g") if isinstance(value, int | float | Decimal | Fraction) else value


def alike(value: object, cell: object) -> bool:
    """Whether a figure of a frame is that of a cell, which has been rounded to a double before it is shown."""
    if isinstance(cell, str):
        return value == (None if cell in ERRORS else cell)
    if isinstance(value, int | Decimal) and isinstance(cell, int | float):
        return as_shown(value) == as_shown(cell) or abs(value - Decimal(cell)) <= abs(Decimal(cell)) / 10**14
    return value is cell is None


def assert_no_floats(frame: pd.DataFrame) -> None:
    """No column is binary floating point, and none holds one."""
    for name in frame.columns:
        assert "float" not in str(frame[name].dtype).lower(), (name, frame[name].dtype)
        assert not [value for value in frame[name] if isinstance(value, float)], name


def book(**frames: pd.DataFrame) -> FrameLedger:
    return ledger_of_frames(**frames)
