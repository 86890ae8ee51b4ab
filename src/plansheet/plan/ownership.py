"""Whether a holder owns more than 10% of the company (plan §11(b))."""

import datetime

from plansheet.core.records import Ledger
from plansheet.core.words import Identifier
from plansheet.plan.terms import Terms


def ten_percent_owner(ledger: Ledger, terms: Terms, holder: Identifier, day: datetime.date) -> bool | None:
    """Whether a holder is a 10% shareholder on a day, as Holders says it; None where nothing tells."""
    return next((each.ten_percent for each in ledger.holders if each.holder == holder), None)
