"""Days on which something falls due: the last days of options (plan §7)."""

import datetime
from typing import NamedTuple

from plansheet.core.numbers import Number
from plansheet.core.records import Ledger, Record
from plansheet.core.words import Identifier
from plansheet.plan.ledger import of_this_plan
from plansheet.plan.terms import Terms


class Deadline(NamedTuple):
    """A day, what falls due on it, whom it concerns, the section of the plan, and where the day stands."""

    day: datetime.date
    what: str
    holder: Identifier | None
    grant: Identifier | None
    shares: Number | None
    plan: str
    record: Record | None
    field: str | None


def deadlines(ledger: Ledger, terms: Terms, as_of: datetime.date) -> list[Deadline]:
    """The deadlines of a ledger from a day on, by day."""
    due = [
        Deadline(grant.expires, "The option expires", grant.holder, grant.grant, grant.shares, "§7", grant, "expires")
        for grant in of_this_plan(ledger, terms).values()
        if grant.expires is not None and grant.expires >= as_of
    ]
    return sorted(due, key=lambda each: each.day)
