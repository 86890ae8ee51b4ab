"""The worksheet functions under their Excel names, as plain callables. Standard library only.

They take what Excel sends (scalars, or lists of rows) and return what Excel shows (a scalar, or a list of rows). They
are pure: no clock, no file, no network. Where an error stands they return an ExcelError and never raise.
"""

from collections.abc import Callable

from plansheet.excel.adjustment import ADJUST_FOR_SPLIT, SPLIT_TRANCHES
from plansheet.excel.cells import ExcelError
from plansheet.excel.checking import PLAN_CALENDAR, PLAN_CHECK, PLAN_UNCHECKED
from plansheet.excel.grant_limit import ANNUAL_GRANT_ROOM
from plansheet.excel.iso_limit import (
    ISO_LIMIT_BY_GRANT,
    ISO_LIMIT_BY_YEAR,
    ISO_LIMIT_SPLIT,
    ISO_LIMIT_WHY,
    ISO_MAX_GRANT,
)
from plansheet.excel.manual import PLAN_EXPLAIN
from plansheet.excel.merger import MERGER_CASHOUT, MERGER_CASHOUT_BY_HOLDER
from plansheet.excel.outstanding import OPTIONS_OUTSTANDING
from plansheet.excel.payment import TENDER_SHARES
from plansheet.excel.plan_term import PLAN_LAST_GRANT
from plansheet.excel.pool import POOL_AVAILABLE, POOL_LEDGER
from plansheet.excel.pricing import ISO_MIN_PRICE
from plansheet.excel.substitution import SUBSTITUTE_OPTION
from plansheet.excel.term import ISO_LAST_EXPIRY
from plansheet.excel.termination import EXERCISE_DEADLINE
from plansheet.excel.version import PLANSHEET_VERSION
from plansheet.excel.vesting import VEST_TRANCHES
from plansheet.excel.withholding import CASHOUT_WITHHOLDING, WITHHOLD_SHARES

FUNCTIONS: dict[str, Callable[..., object]] = {
    function.__name__: function
    for function in (
        ISO_LIMIT_SPLIT,
        ISO_LIMIT_BY_YEAR,
        ISO_LIMIT_WHY,
        ISO_LIMIT_BY_GRANT,
        ISO_MAX_GRANT,
        ADJUST_FOR_SPLIT,
        SPLIT_TRANCHES,
        SUBSTITUTE_OPTION,
        MERGER_CASHOUT,
        MERGER_CASHOUT_BY_HOLDER,
        POOL_AVAILABLE,
        POOL_LEDGER,
        VEST_TRANCHES,
        OPTIONS_OUTSTANDING,
        ANNUAL_GRANT_ROOM,
        ISO_MIN_PRICE,
        ISO_LAST_EXPIRY,
        TENDER_SHARES,
        WITHHOLD_SHARES,
        CASHOUT_WITHHOLDING,
        EXERCISE_DEADLINE,
        PLAN_LAST_GRANT,
        PLAN_CHECK,
        PLAN_UNCHECKED,
        PLAN_CALENDAR,
        PLAN_EXPLAIN,
        PLANSHEET_VERSION,
    )
}
"""Every worksheet function by its Excel name."""

SENTENCES_IN_CELLS: frozenset[str] = frozenset(
    function.__name__
    for function in (
        ISO_LIMIT_BY_YEAR,
        ISO_LIMIT_WHY,
        ISO_LIMIT_BY_GRANT,
        MERGER_CASHOUT_BY_HOLDER,
        POOL_LEDGER,
        VEST_TRANCHES,
        ANNUAL_GRANT_ROOM,
        CASHOUT_WITHHOLDING,
        PLAN_CHECK,
        PLAN_UNCHECKED,
        PLAN_CALENDAR,
        PLAN_EXPLAIN,
    )
)
"""Those that answer with sentences or a headed table: where the whole call fails, a sheet shows error and sentence."""


def as_shown(name: str, answer: object) -> object:
    """The answer of the function of that name as a sheet shows it: a refused call of those, in two cells."""
    if name in SENTENCES_IN_CELLS and isinstance(answer, ExcelError):
        return [[answer, answer.message]]
    return answer


__all__ = [
    "ADJUST_FOR_SPLIT",
    "ANNUAL_GRANT_ROOM",
    "CASHOUT_WITHHOLDING",
    "EXERCISE_DEADLINE",
    "FUNCTIONS",
    "ISO_LAST_EXPIRY",
    "ISO_LIMIT_BY_GRANT",
    "ISO_LIMIT_BY_YEAR",
    "ISO_LIMIT_SPLIT",
    "ISO_LIMIT_WHY",
    "ISO_MAX_GRANT",
    "ISO_MIN_PRICE",
    "MERGER_CASHOUT",
    "MERGER_CASHOUT_BY_HOLDER",
    "OPTIONS_OUTSTANDING",
    "PLANSHEET_VERSION",
    "PLAN_CALENDAR",
    "PLAN_CHECK",
    "PLAN_EXPLAIN",
    "PLAN_LAST_GRANT",
    "PLAN_UNCHECKED",
    "POOL_AVAILABLE",
    "POOL_LEDGER",
    "SENTENCES_IN_CELLS",
    "SPLIT_TRANCHES",
    "SUBSTITUTE_OPTION",
    "TENDER_SHARES",
    "VEST_TRANCHES",
    "WITHHOLD_SHARES",
    "ExcelError",
    "as_shown",
]
