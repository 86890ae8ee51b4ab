"""Worksheet function for the time left to exercise after employment ended (plan §10; IRC §422(a)(2))."""

import datetime

from plansheet.core.refusal import Reason
from plansheet.core.words import EndReason, GrantType
from plansheet.excel.cells import Cells, date_cell, worksheet
from plansheet.excel.reading import BadCell, as_date, as_months, as_word, is_blank_or_zero
from plansheet.excel.row_by_row import Given, row_by_row
from plansheet.plan.termination import exercise_deadline
from plansheet.plan.terms import atg_1996


@worksheet
def EXERCISE_DEADLINE(
    expiry: Cells, terminated: Cells, reason: Cells, months: Cells = None, grant_type: Cells = None
) -> object:
    """The last day to exercise an option after employment ended, the earliest of what binds (plan §10): one date each.

    What binds: the expiry; the months of the agreement; of an ISO, by IRC §422(a)(2), three months, or one year for
    disability. After that an ISO is exercised as an NSO; months are counted forward, which gives the earlier day.

    Args:
        expiry: The option's last day by its agreement, or a column of them; blank: the other dates alone.
        terminated: The last day of employment; blank: it goes on, and the expiry is the deadline.
        reason: TERMINATION (blank too), DISABILITY, DEATH or CAUSE.
        months: Months to exercise that the agreement gives after such an end; blank or 0: none, for CAUSE the same day.
        grant_type: ISO (left out) or NSO, of which the law asks nothing.
    """
    terms = atg_1996()

    def answer(
        expires: datetime.date | None,
        ended: datetime.date | None,
        why: EndReason | None,
        allowed: int | None,
        kind: GrantType | None,
    ) -> list[object]:
        why = why or EndReason.TERMINATION
        last = exercise_deadline(expires, ended, why, allowed, terms, kind or GrantType.ISO)
        if last is None:
            nothing = f"nothing sets a last day after {why}; enter the expiry or the months of the agreement"
            raise BadCell(nothing, Reason.UNKNOWN.value)
        return [date_cell(last)]

    arguments = {
        "expiry": Given(expiry, as_date),
        "terminated": Given(terminated, as_date),
        "reason": Given(reason, lambda cell: as_word(cell, EndReason), is_needed=False),
        "months": Given(months, lambda cell: None if is_blank_or_zero(cell) else as_months(cell), is_needed=False),
        "grant_type": Given(grant_type, lambda cell: as_word(cell, GrantType), is_needed=False),
    }
    return row_by_row(arguments, answer)
