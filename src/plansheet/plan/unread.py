"""What of a ledger could not be read: to a rule it looks blank, in the sheet it is not (LEDGER001 says so)."""

from functools import lru_cache

from plansheet.core.records import Activity, Ledger, Record
from plansheet.core.words import Identifier


@lru_cache(maxsize=1)
def _cells(ledger: Ledger) -> frozenset[tuple[int, str | None]]:
    return frozenset((id(unread.record), unread.field) for unread in ledger.unread)


def is_unread(ledger: Ledger, record: Record, field: str) -> bool:
    """Whether a record's field is None because its cell could not be read."""
    return (id(record), field) in _cells(ledger)


def lost_row(ledger: Ledger, grant: Identifier) -> str | None:
    """Why rows of Activity that may concern a grant are missing, or None: a row of it could not be read."""
    for unread in ledger.unread:
        record = unread.record
        if isinstance(record, Activity) and unread.loses_row and record.grant in (None, grant):
            return unread.message
    return None
