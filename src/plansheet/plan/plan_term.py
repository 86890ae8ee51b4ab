"""The plan's end (plan §22(b); IRC §422(b)(2)): the last day on which an option may be granted under it."""

import datetime
from collections.abc import Iterator

from plansheet.core.dates import anniversary, date_text, days_after
from plansheet.core.records import Grant, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import GrantType
from plansheet.plan.approval_gate import plan_approved
from plansheet.plan.standing import isos
from plansheet.plan.statute import statute
from plansheet.plan.terms import ASSUMED_ADOPTION, Terms
from plansheet.plan.this_plan import own_grants


def last_grant(
    adopted: datetime.date, approved: datetime.date | None, grant_type: GrantType | None, terms: Terms
) -> datetime.date:
    """The last day on which an option may be granted; of an ISO also by law. No type: the plan's own last day.

    The plan ends "upon the close of business on the day next preceding the tenth anniversary" of its adoption.
    """
    own = _day_before(adopted, terms.plan_years)
    return min(own, last_iso_grant(adopted, approved)) if grant_type is GrantType.ISO else own


def last_iso_grant(adopted: datetime.date, approved: datetime.date | None) -> datetime.date:
    """The last day by law, "within 10 years from" the earlier of adoption and approval.

    Whether the anniversary itself is within them is not settled; the day before it is, and the plan says the same.
    """
    earlier = adopted if approved is None else min(adopted, approved)
    return _day_before(earlier, statute()["plan_years"].value)


def _day_before(day: datetime.date, years: int) -> datetime.date:
    return days_after(anniversary(day, years), -1)


def _unknown_adoption(ledger: Ledger, terms: Terms) -> Iterator[Unsettled]:
    if own_grants(ledger, terms):
        yield ASSUMED_ADOPTION


@rule(
    "PLAN001",
    Severity.ERROR,
    plan="§22",
    message="Grant {grant} was granted on {granted}, {when}.",
    fix=(
        "Rescind the grant (remove its rows from Grants and Activity), or correct its date or Adopted on the "
        "Plan sheet."
    ),
    needs=((Grant, "grant_date"),),
)
def granted_outside_plan(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option was granted before the plan was adopted or after it had ended.

    Why: the plan takes effect when the board adopts it and ends "upon the close of business on the day next preceding
    the tenth anniversary" of that day; options granted until then go on.
    Example: adopted on 1996-04-25, granted on 2006-04-25; 2006-04-24 was the last day.
    Not covered: an earlier end by a merger (§16), or by a decision of the board; grants under other plans.
    """
    if terms.assumes("adopted"):
        yield from _unknown_adoption(ledger, terms)
        return
    last = last_grant(terms.adopted, terms.approved, None, terms)
    for grant in own_grants(ledger, terms):
        if grant.grant_date is None:
            continue
        facts = {"grant": grant.grant, "granted": date_text(grant.grant_date)}
        if grant.grant_date < terms.adopted:
            yield Hit(
                grant, "grant_date", facts | {"when": f"before the plan was adopted on {date_text(terms.adopted)}"}
            )
        elif grant.grant_date > last:
            yield Hit(grant, "grant_date", facts | {"when": f"after the plan had ended on {date_text(last)}"})


@rule(
    "PLAN002",
    Severity.ERROR,
    plan="§22(b)",
    law=("IRC §422(b)(2)",),
    message=(
        "Grant {grant}, an ISO, was granted on {granted}; the ten years of the law, from {event} on {earlier}, ended "
        "on {last}."
    ),
    fix="Make the grant an NSO, or correct its date or those of the adoption and the approval.",
    needs=((Grant, "grant_type"), (Grant, "grant_date")),
)
def iso_granted_too_late(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An ISO was granted more than ten years after the plan was adopted or approved, whichever came first.

    Why: an ISO is granted "within 10 years from the date such plan is adopted, or the date such plan is approved by the
    stockholders, whichever is earlier".
    Example: approved on 1996-03-01, adopted on 1996-04-25: granted on 2006-03-01; 2006-02-28 was the last day.
    Not covered: a new plan that the shareholders approved later. The anniversary itself counts as too late, which is
    the careful reading; without a day of approval the adoption counts.
    """
    if terms.assumes("adopted"):
        yield from _unknown_adoption(ledger, terms)
        return
    approved = plan_approved(ledger, terms)
    last = last_iso_grant(terms.adopted, approved)
    earlier = terms.adopted if approved is None else min(terms.adopted, approved)
    for grant in isos(ledger, terms):
        if isinstance(grant, Unsettled):
            yield grant
        elif grant.grant_date is not None and grant.grant_date > last:
            facts = {"grant": grant.grant, "granted": date_text(grant.grant_date), "last": date_text(last)}
            event = "approval" if earlier < terms.adopted else "adoption"
            yield Hit(grant, "grant_date", facts | {"event": event, "earlier": date_text(earlier)})
