"""Rows of Activity: the order in which they count, the grant that they name, and how a sentence speaks of them."""

import datetime
from collections.abc import Iterable

from plansheet.core.dates import on_text
from plansheet.core.records import Activity


def in_order(activity: Iterable[Activity]) -> list[Activity]:
    """Rows by date, those of one day as listed (only the user knows their order); without dates, as listed."""
    return sorted(activity, key=lambda a: a.date or datetime.date.min)


def grant_key(row: Activity) -> str:
    """The key of the grant that a row names; empty where it names none."""
    return "" if row.grant is None else row.grant.key


def rows_by_grant(activity: Iterable[Activity]) -> dict[str, list[Activity]]:
    """Rows by the key of their grant, as listed; under the empty key those that concern all."""
    rows: dict[str, list[Activity]] = {}
    for row in activity:
        rows.setdefault(grant_key(row), []).append(row)
    return rows


def of_grant_text(row: Activity) -> str:
    """Of a row's grant for a sentence; nothing where it names none."""
    return "" if row.grant is None else f" of grant {row.grant}"


def row_text(row: Activity) -> str:
    """A row for a sentence: EXERCISE of grant G-1 on 2005-01-15."""
    return f"{row.action}{of_grant_text(row)}{on_text(row.date)}"
