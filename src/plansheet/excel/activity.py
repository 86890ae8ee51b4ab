"""Rows of activity from cells: dates, actions, grants, shares, split ratios."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from plansheet.core.numbers import whole_if_possible
from plansheet.core.records import Activity, Ratio, heading
from plansheet.core.words import Action, GrantType, Identifier, fold
from plansheet.excel.blocks import read_block
from plansheet.excel.cells import Cells, is_left_out
from plansheet.excel.reading import (
    BadCell,
    as_date,
    as_identifier,
    as_number,
    as_word,
    is_blank,
    is_blank_or_zero,
    read_column,
)

_RATIO = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-\s*for\s*-|\s+for\s+|for|:)\s*(\d+(?:\.\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row of activity that cannot be read; what could be read tells whom it concerns."""

    row: int
    action: Action | None
    grant: Identifier | None
    message: str
    code: str = "#VALUE!"
    field: str | None = None
    date: datetime.date | None = None


def as_ratio(cell: object) -> Ratio:
    """A split ratio from text such as 3-for-2 or 3:2."""
    if isinstance(cell, str) and not is_blank(cell):
        match = _RATIO.fullmatch(cell.strip().translate({0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-"}))
        if match:
            ratio = Ratio(whole_if_possible(Fraction(match[1])), whole_if_possible(Fraction(match[2])))
            if ratio.new == 0 or ratio.old == 0:
                raise BadCell(f'holds "{cell}", a split ratio with a 0; give new shares for old, such as 3-for-2')
            return ratio
        raise BadCell(f'holds "{cell}", not a split ratio; type new for old shares, such as 3-for-2')
    if is_blank_or_zero(cell):
        raise BadCell("holds no split ratio; type new for old shares, such as 3-for-2")
    if isinstance(cell, datetime.time | datetime.timedelta) or (isinstance(cell, float) and 0 < cell < 1):
        read_as = "time"
    elif isinstance(cell, datetime.date):
        read_as = "date"
    else:
        read_as = "number"
    raise BadCell(f"holds no text: Excel read the ratio as a {read_as}; type 3-for-2")


def read_activity(
    dates: Sequence[object] | None,
    actions: Sequence[object],
    grants: Sequence[object] | None,
    shares: Sequence[object],
    types: Sequence[object] | None,
    first_row: int = 1,
) -> list[Activity | Unreadable | None]:
    """One entry per row: what it records, why it cannot be read, or None for a blank row.

    Rows count from ``first_row``. Where no dates or no grants are given at all (None), rows have none.
    """
    blanks = [None] * len(actions)
    read_dates = read_column(blanks if dates is None else dates, as_date)
    read_actions = read_column(actions, lambda c: as_word(c, Action))
    read_grants = read_column(blanks if grants is None else grants, as_identifier)
    read_types = read_column(blanks if types is None else types, lambda c: as_word(c, GrantType))
    entries: list[Activity | Unreadable | None] = []
    for i, cell in enumerate(shares):
        if all(is_blank_or_zero(c) for c in (actions[i], cell, grants[i] if grants is not None else None)):
            entries.append(None)
            continue
        action: Action | None = read_actions.values[i]
        grant: Identifier | None = read_grants.values[i]
        try:
            for name, read in (("action", read_actions), ("grant", read_grants), ("date", read_dates)):
                if i in read.bad:
                    raise _in_column(name, read.bad[i])
            if action is None:
                raise BadCell(f"has no action; enter one of: {', '.join(a.label for a in Action)}", field="action")
            if dates is not None and read_dates.values[i] is None:
                raise BadCell("has no date; enter the day of the transaction", field="date")
            if grants is not None and action.needs_grant and grant is None:
                raise BadCell(f"is {action} without a grant; enter the grant's number", field="grant")
            number, ratio = _shares(action, grant, cell)
            grant_type = None
            if action is Action.GRANT or action is Action.SUBSTITUTE:
                if i in read_types.bad:
                    raise _in_column("grant_type", read_types.bad[i])
                grant_type = read_types.values[i]
            row = first_row + i
            date = read_dates.values[i]
            entries.append(Activity(date, action, grant, number, grant_type, ratio=ratio, row=row))
        except BadCell as bad:
            row = first_row + i
            date = read_dates.values[i]
            entries.append(Unreadable(row, action, grant, f"row {row} {bad}", bad.code, bad.field, date))
    return entries


def _in_column(name: str, bad: BadCell) -> BadCell:
    return BadCell(f"({heading(Activity, name)}) {bad}", bad.code, name)


def _shares(action: Action, grant: Identifier | None, cell: object) -> tuple[int | Fraction | None, Ratio | None]:
    if action is Action.SPLIT:
        if grant is not None:
            message = f"is a SPLIT with the grant {grant}; a split restates every grant, leave its Grant blank"
            raise BadCell(message, field="grant")
        try:
            return None, as_ratio(cell)
        except BadCell as bad:
            raise _in_column("shares", bad) from None
    if is_blank_or_zero(cell) or (isinstance(cell, str) and fold(cell) == "all"):
        return None, None  # all that is left; a 0 is a blank of Excel on the desktop
    try:
        number = as_number(cell)
    except BadCell as bad:
        raise _in_column("shares", bad) from None
    if number is not None and number < 0 and action is not Action.RESERVE:
        raise _in_column("shares", BadCell(f"is {float(number):g}, below zero; enter the number of shares"))
    if action is Action.ACCELERATE:
        raise BadCell(
            "is an ACCELERATE with a number of shares, which does not tell which tranches; leave Shares blank for all, "
            "or enter the tranches' new dates in First exercisable",
            field="shares",
        )
    return number, None


def read_activity_block(argument: Cells) -> list[Activity | Unreadable | None]:
    """The rows of an Activity block; nothing where it is left out."""
    if is_left_out(argument):
        return []
    block = read_block(argument, "activity", Activity, ("date", "action", "grant", "shares"), ("grant_type",))
    dates, actions, grants, shares = (block.cells(name) for name in ("date", "action", "grant", "shares"))
    assert dates is not None and actions is not None and grants is not None and shares is not None
    return read_activity(dates, actions, grants, shares, block.cells("grant_type"))
