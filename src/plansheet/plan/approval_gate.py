"""The shareholders' approval of the plan as the gate before which no option was exercisable (plan §22(a))."""

import datetime
from collections.abc import Sequence
from dataclasses import replace

from plansheet.core.records import Activity, Ledger
from plansheet.core.words import Action
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_other_plans


def plan_approved(ledger: Ledger, terms: Terms) -> datetime.date | None:
    """The day on which shareholders approved the plan: of the Plan sheet, or the first APPROVAL row of no grant."""
    days = (row.date for row in plan_approvals(ledger))
    return terms.approved or min((day for day in days if day is not None), default=None)


def plan_approvals(ledger: Ledger) -> list[Activity]:
    """The APPROVAL rows without a grant."""
    return [row for row in ledger.activity if row.action is Action.APPROVAL and row.grant is None]


def activity_of(ledger: Ledger, terms: Terms) -> Sequence[Activity]:
    """The rows by which the options of a ledger are reckoned: Approved of the Plan sheet is an APPROVAL.

    An option of another plan does not wait for the shareholders' approval of this one.
    """
    approval = approval_of(terms)
    others = of_other_plans(ledger, terms) if approval else set()
    if others:
        named = dict.fromkeys([*(g.grant for g in ledger.grants), *(t.grant for t in ledger.tranches)])
        approval = [replace(row, grant=grant) for row in approval for grant in named if grant.key not in others]
    return [*approval, *ledger.activity]


def approval_of(terms: Terms) -> list[Activity]:
    """Approved of the Plan sheet as the row of Activity that says the same."""
    return [] if terms.approved is None else [Activity(terms.approved, Action.APPROVAL)]
