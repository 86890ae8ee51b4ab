"""Worksheet function for the option period of an ISO (plan §7, §11(b)(ii))."""

import datetime
from typing import Any

from plansheet.excel.cells import Cells, date_cell, row_error, worksheet
from plansheet.excel.reading import BadCell, as_date
from plansheet.excel.record_rows import as_flag
from plansheet.excel.row_by_row import Given, row_by_row
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

    def answer(row: int, values: dict[str, Any]) -> object:
        granted: datetime.date = values["grant_date"]
        years = terms.ten_percent_term_years if values["ten_percent"] else terms.iso_term_years
        if granted.year + years > datetime.MAXYEAR:
            return row_error(row, "grant_date", BadCell(f"is {granted}, too late for an anniversary; correct it"))
        return date_cell(last_expiry(granted, years))

    arguments = {"grant_date": Given(grant_date, as_date), "ten_percent": Given(ten_percent, as_flag)}
    return row_by_row(arguments, ["grant_date"], answer)
