"""The share pool as a frame (plan §4; Treas. Reg. §1.422-2(b)(3))."""

import pandas as pd

from plansheet.core.rule import Unsettled
from plansheet.frames.columns import days, frame, labels, shares, texts
from plansheet.frames.reading import FrameLedger, RowLabel
from plansheet.plan.pool import PoolLine
from plansheet.plan.pool_rules import pool_of
from plansheet.plan.terms import Terms, atg_1996


def pool(book: FrameLedger, terms: Terms | None = None) -> pd.DataFrame:
    """The running pool of shares (plan §4): a row per transaction in order of date, rows of one day as listed.

    The terms' reserve is the plan's whole reserve: what the RESERVE rows of activity add is a part of it. Grants under
    other plans are left out. Where activity has no GRANT rows, they are made from grants.
    Index: a number. Columns: row (label in the frame it comes from), date, action, grant (string), change, available,
    available_for_iso (in shares of that moment; below zero when over-granted; for_iso is missing from where it depends
    on a type that is not given), problem. The frame ends with a row that has a problem where one cannot have happened
    or cannot be read: all later balances depend on it.
    """
    entries = list(pool_of(book.ledger, terms or atg_1996()))
    lines = [each if isinstance(each, PoolLine) else None for each in entries]
    rows = [None if line is None else line.activity for line in lines]
    return frame(
        {
            "row": labels(row.row.label if row and isinstance(row.row, RowLabel) else None for row in rows),
            "date": days(None if row is None else row.date for row in rows),
            "action": texts(row and row.action for row in rows),
            "grant": texts(row and row.grant for row in rows),
            "change": shares(None if line is None else line.change for line in lines),
            "available": shares(None if line is None else line.available for line in lines),
            "available_for_iso": shares(None if line is None else line.for_iso for line in lines),
            "problem": texts(_problem(each) for each in entries),
        }
    )


def _problem(entry: object) -> str | None:
    if isinstance(entry, PoolLine):
        return _NO_TYPE if entry.for_iso is None else None
    return entry.why if isinstance(entry, Unsettled) else getattr(entry, "message", None)


_NO_TYPE = (
    "a grant without a type was made while recycled shares were there, and ISOs may not use those; give the type of "
    "every GRANT row"
)
