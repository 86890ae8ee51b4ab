"""Amendments of the plan and of options: the optionees' consent (plan §19(b)), modifications of ISOs (IRC §424(h))."""

import datetime
from collections.abc import Iterator

from plansheet.core.dates import date_text
from plansheet.core.records import Activity, Grant, Ledger, heading
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action, GrantType
from plansheet.plan.activity import of_grant_text
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan, rows_of_this_plan
from plansheet.plan.unread import is_unread


@rule(
    "AMEND001",
    Severity.ERROR,
    plan="§19(b)",
    message="The {amendment} affects rights under options granted before it, and {consent}.",
    fix="Enter the day of the consent in Consent, or remove the amendment: without consent it does not affect them.",
    needs=((Activity, "action"), (Activity, "date"), (Activity, "adverse"), (Activity, "consent")),
)
def adverse_without_consent(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An amendment affects rights under options granted before it, without the optionees' consent on its day.

    Why: an amendment of the plan "shall not, without the consent of an optionee, affect his or her rights under an
    option previously granted"; what was consented to later took effect later.
    Example: the time to exercise is cut on 1 March, the consent is dated 8 March.
    Not covered: whether every optionee affected consented; an amendment needed to qualify ISOs, which the board may
    make alone: record it as not adverse; one before the plan's first grant, which affects nobody.
    """
    days = [g.grant_date for g in of_this_plan(ledger, terms).values() if g.grant_date is not None]
    days += [r.date for r in rows_of_this_plan(ledger, terms) if r.action is Action.GRANT and r.date is not None]
    for row in rows_of_this_plan(ledger, terms):
        if row.action is not Action.AMEND or row.adverse is False or row.date is None:
            continue
        if days and min(days) > row.date:
            continue
        if is_unread(ledger, row, "adverse", "consent"):
            continue  # LEDGER001 says so
        amendment = f"amendment{of_grant_text(row)} of {date_text(row.date)}"
        if row.adverse is None:
            blank = f"{heading(Activity, 'adverse')} is blank"
            yield Unsettled(f"the {amendment}", f"nothing tells whether it affects rights: {blank}")
        elif row.consent is None:
            yield Hit(row, "consent", {"amendment": amendment, "consent": "no consent is recorded"})
        elif row.consent > row.date:
            consent = f"the consent is of {date_text(row.consent)}, after it"
            yield Hit(row, "consent", {"amendment": amendment, "consent": consent})


@rule(
    "AMEND002",
    Severity.WARNING,
    plan="§19(b), §21",
    law=("IRC §424(h)",),
    message="Grant {grant}, an ISO, was amended on {day}: if that benefits the holder, it is a new option of that day.",
    fix=(
        "Record a modification as a CANCEL and a new grant, with the fair market value of its day and the old one in "
        "Replaces; if it is none, keep the reason on file."
    ),
    needs=((Activity, "action"), (Activity, "date"), (Activity, "grant"), (Grant, "grant_type")),
)
def amended_iso(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An ISO was amended, and nothing tells that it was not modified.

    Why: a modification, which is any change that gives the employee additional benefits, is the grant of a new option:
    its price is held against the value of its own day, and it has another place under the $100,000 limit.
    Example: an ISO at $2.00, its price lowered to $1.00 by an amendment, on a day on which the stock is worth $1.10.
    Not covered: an acceleration, which is none (IRC §424(h)(3)(C)), and ACCELERATE rows; an extension recorded in
    Grants; an amendment recorded as adverse, which takes a right and gives none.
    """
    own = of_this_plan(ledger, terms)
    replaced = {(g.replaces.key, g.grant_date) for g in ledger.grants if g.replaces is not None}
    for row in ledger.activity:
        if row.action is not Action.AMEND or row.grant is None or row.date is None or row.adverse:
            continue
        grant = own.get(row.grant.key)
        is_iso = grant is not None and grant.grant_type is GrantType.ISO
        if is_iso and (row.grant.key, row.date) not in replaced:
            yield Hit(row, "action", {"grant": row.grant, "day": date_text(row.date)})
