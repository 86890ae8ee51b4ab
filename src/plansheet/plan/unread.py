"""What of a ledger could not be read: to a rule it looks blank, in the sheet it is not (LEDGER001 says so)."""

from collections.abc import Iterator
from functools import lru_cache

from plansheet.core.records import Activity, Ledger, Record
from plansheet.core.words import Action, Identifier
from plansheet.plan.activity import grant_key


@lru_cache(maxsize=1)  # asked for every record of the same ledger
def _cells(ledger: Ledger) -> dict[tuple[int, str | None], str]:
    return {(id(unread.record), unread.field): unread.message for unread in ledger.unread}


def is_unread(ledger: Ledger, record: Record, *names: str) -> bool:
    """Whether a field of a record, or one of several, is None because its cell could not be read."""
    return why_unread(ledger, record, *names) is not None


def why_unread(ledger: Ledger, record: Record, *names: str) -> str | None:
    """The sentence about the first of these fields whose cell could not be read; None where all could be."""
    cells = _cells(ledger)
    return next((cells[id(record), name] for name in names if (id(record), name) in cells), None)


def lost_rows(ledger: Ledger, *actions: Action) -> Iterator[tuple[Activity, str]]:
    """Rows that Activity lacks because they cannot be read, and why: those that may be of an action (left out: any)."""
    for unread in ledger.unread:
        row = unread.record
        if isinstance(row, Activity) and unread.loses_row and (not actions or row.action in (*actions, None)):
            yield row, unread.message


def why_lost(ledger: Ledger, *actions: Action) -> str | None:
    """Why a row is lost that may be of one of the actions (left out: any); None where there is no such row."""
    return next((why for _, why in lost_rows(ledger, *actions)), None)


@lru_cache(maxsize=1)
def _lost_by_grant(ledger: Ledger) -> dict[str, tuple[int, str]]:
    """The first lost row of each grant, and under "" the first that may be of any: where it stands, and why."""
    first: dict[str, tuple[int, str]] = {}
    for at, (row, why) in enumerate(lost_rows(ledger)):
        first.setdefault(grant_key(row), (at, why))
    return first


def why_lost_of(ledger: Ledger, grant: Identifier) -> str | None:
    """Why a row is lost that may concern a grant; None where there is no such row."""
    first = _lost_by_grant(ledger)
    lost = [first[key] for key in (grant.key, "") if key in first]
    return min(lost)[1] if lost else None
