"""Worksheet function for the last day on which a plan lets an option be granted (plan §22(b))."""

import datetime

from plansheet.core.words import GrantType
from plansheet.excel.cells import Cells, date_cell, worksheet
from plansheet.excel.reading import BadCell, as_date, as_word
from plansheet.excel.row_by_row import Given, row_by_row
from plansheet.plan.plan_term import last_grant
from plansheet.plan.terms import atg_1996


@worksheet
def PLAN_LAST_GRANT(adopted: Cells, approved: Cells = None, grant_type: Cells = None) -> object:
    """The last day to grant options, the day before the plan's tenth anniversary (plan §22(b)): one date per plan.

    Args:
        adopted: The day on which the board adopted the plan, or a column of them.
        approved: The day on which the shareholders approved it; left out: not yet, the adoption counts.
        grant_type: Left out or NSO: the plan's own last day; ISO: also within the law's ten years (IRC §422(b)(2)).
    """

    def answer(adoption: datetime.date | None, approval: datetime.date | None, kind: GrantType | None) -> list[object]:
        if adoption is None:
            raise BadCell("adopted is blank; enter the day of adoption")
        return [date_cell(last_grant(adoption, approval, kind, atg_1996()))]

    arguments = {
        "adopted": Given(adopted, as_date),
        "approved": Given(approved, as_date),
        "grant_type": Given(grant_type, lambda cell: as_word(cell, GrantType), is_needed=False),
    }
    return row_by_row(arguments, answer)
