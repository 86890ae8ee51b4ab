"""Worksheet function for the option period of an ISO (plan §7, §11(b)(ii))."""

import datetime

from plansheet.excel.cells import Cells, date_cell, worksheet
from plansheet.excel.reading import BadCell, as_date
from plansheet.excel.record_rows import as_flag
from plansheet.excel.row_by_row import Given, required, row_by_row
from plansheet.plan.term import last_expiry
from plansheet.plan.terms import atg_1996


@worksheet
def ISO_LAST_EXPIRY(grant_date: Cells, ten_percent: Cells = None) -> object:
    """The last day on which an ISO may expire, the anniversary of its grant (plan §7, §11(b)): one date per grant.

    Args:
        grant_date: The day of the grant, or a column of them.
        ten_percent: Yes if the holder owns more than 10% of the votes: five years, not ten; left out: no.
    """
    terms = atg_1996()

    def answer(granted: datetime.date, is_ten_percent: bool | None) -> list[object]:
        years = terms.ten_percent_term_years if is_ten_percent else terms.iso_term_years
        if granted.year + years > datetime.MAXYEAR:
            raise BadCell(f"grant_date is {granted}, too late for an anniversary; correct it")
        return [date_cell(last_expiry(granted, years))]

    arguments = {
        "grant_date": Given(grant_date, required(as_date)),
        "ten_percent": Given(ten_percent, as_flag, is_needed=False),
    }
    return row_by_row(arguments, answer)
