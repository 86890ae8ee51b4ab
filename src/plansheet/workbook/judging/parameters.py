"""What the parameters of plan functions are: numbers or dates, and the columns of a ledger that they stand for."""

from collections.abc import Iterable
from functools import lru_cache

from plansheet.core.records import RECORDS, columns
from plansheet.core.records import heading as heading_of
from plansheet.excel.headings import column_named

BLOCKS = frozenset({"grants", "vesting", "activity", "holders", "plan", "committee", "holdings"})
"""Parameters that are blocks, given with their headings."""
AS_OF = "as_of"
NEW = "new_"
"""How the parameters of a grant that is not made yet begin; they stand in no ledger."""
DATES = frozenset(
    {
        "grant_date", "first_exercisable", "vesting_start", "event_date", "expiry", "terminated", "adopted", "approved",
        "new_grant_date", "new_first_exercisable", AS_OF,
    }
)  # fmt: skip
NUMBERS = frozenset(
    {
        "fmv", "shares", "exercise_price", "months", "cliff", "every", "limit", "new_fmv", "old_fmv", "new_weight",
        "merger_price", "reserve", "split_new", "split_old", "ratio", "tax", "cost", "payment", "prior_supplemental",
    }
)  # fmt: skip
_FIELDS: dict[str, tuple[str, ...]] = {
    "grant_id": ("grant",),
    "grant_date": ("grant_date", "date"),
    "fmv": ("fmv",),
    "first_exercisable": ("first_exercisable",),
    "shares": ("shares",),
    "holder": ("holder",),
    "grant_type": ("grant_type",),
    "exercise_price": ("exercise_price", "split_price"),
    "action": ("action",),
    "event_date": ("date",),
    "vesting_start": ("vesting_start", "grant_date"),
    "months": ("months",),
    "cliff": ("cliff",),
    "every": ("every",),
    "old_fmv": ("old_fmv", "fmv"),
    "new_fmv": ("new_fmv", "fmv"),
    "expiry": ("expires",),
    "terminated": ("terminated",),
    "reason": ("end_reason",),
    "tax": ("tax",),
    "ten_percent": ("ten_percent",),
}
_MORE_FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("SUBSTITUTE_OPTION", "shares"): ("old_shares",),
    ("SUBSTITUTE_OPTION", "exercise_price"): ("old_price",),
    ("MERGER_CASHOUT", "shares"): ("split_shares", "iso_shares", "nso_shares"),
    ("MERGER_CASHOUT_BY_HOLDER", "shares"): ("split_shares", "iso_shares", "nso_shares"),
    ("EXERCISE_DEADLINE", "months"): ("exercise_months", "exercise_months_death"),
}
DAYS_BEFORE_EXERCISABLE = frozenset({"grant_date", "vesting_start"})


def fields_for(function: str, parameter: str) -> tuple[str, ...]:
    """The fields of records that a parameter may stand for; none where that is open."""
    return (*_FIELDS.get(parameter, ()), *_MORE_FIELDS.get((function, parameter), ()))


@lru_cache(maxsize=4096)
def fields_under(heading: str) -> frozenset[str]:
    """The fields that a heading may mean, in whatever ledger it stands."""
    named = (column_named(heading, record) for record in RECORDS)
    return frozenset(column.name for column in named if column is not None)


def heading_for(names: Iterable[str]) -> str:
    """The heading of the first of these fields."""
    first = next(iter(names))
    record = next(r for r in RECORDS if any(column.name == first for column in columns(r)))
    return heading_of(record, first)
