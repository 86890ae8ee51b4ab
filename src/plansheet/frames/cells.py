"""A column of a DataFrame as the cells that a sheet would hold."""

import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

_SHORT_FLOATS = (np.dtype("float32"), np.dtype("float16"))


class _Moment:
    """A time of day in a time zone, which no column takes: which day it is depends on the zone."""

    def __init__(self, moment: datetime.datetime) -> None:
        self._moment = moment

    def __str__(self) -> str:
        return f"the moment {self._moment.isoformat(timespec='minutes')}"


def cells_of(column: "pd.Series[Any]") -> list[object]:
    """The values of a column as cells: Python's numbers, texts and days; None for what is missing."""
    if getattr(column.dtype, "numpy_dtype", column.dtype) in _SHORT_FLOATS:
        shorts = column.to_numpy(dtype="float32", na_value=np.nan)
        return [None if np.isnan(value) else float(str(value)) for value in shorts]
    return [_cell(value) for value in column.tolist()]


def _cell(value: object) -> object:
    if isinstance(value, np.generic):
        value = _of_numpy(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # a NaN is not itself
        return None
    if isinstance(value, datetime.datetime):
        return _day(value)
    if isinstance(value, Decimal | Fraction):
        return _number(value)
    return value


def _of_numpy(value: np.generic) -> object:
    if isinstance(value, np.datetime64):
        return pd.Timestamp(value)
    if isinstance(value, np.floating):
        return float(str(value))
    return value.item()


def _day(moment: datetime.datetime) -> object:
    if moment.tzinfo is not None and moment.time() != datetime.time():
        return _Moment(moment)
    return moment.date()


def _number(value: Decimal | Fraction) -> object:
    """As a cell holds it: whole, or the double of its 15 significant digits."""
    if isinstance(value, Decimal) and value.is_nan():
        return None
    try:
        return int(value) if value == int(value) else float(value)
    except (OverflowError, ValueError):
        return str(value)
