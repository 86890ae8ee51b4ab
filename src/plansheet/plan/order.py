"""The order of a ledger's rows: by date, rows of one day as listed (only the user knows the order within a day)."""

import datetime
from collections.abc import Iterable

from plansheet.core.records import Activity


def in_order(activity: Iterable[Activity]) -> list[Activity]:
    """Rows by date; where no dates are given, as listed."""
    return sorted(activity, key=lambda a: a.date or datetime.date.min)
