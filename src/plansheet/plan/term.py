"""The option period (plan §7, §11(b)(ii); IRC §422(b)(3), (c)(5)): how long an option may run, and when it is over."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from plansheet.core.dates import anniversary, date_text, days_after
from plansheet.core.numbers import counted_text
from plansheet.core.records import Activity, Grant, Holder, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.ledger import grants_by_key
from plansheet.plan.ownership import ten_percent_owner
from plansheet.plan.standing import ending_text, isos, merger_ended, standing
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan, own_grants
from plansheet.plan.unread import is_unread


def last_expiry(grant_date: datetime.date, years: int) -> datetime.date:
    """The last day on which an ISO may expire, "not later than ten years after": the anniversary; of 29 Feb, 28 Feb."""
    return anniversary(grant_date, years)


class _IsoPeriod(NamedTuple):
    """The option period of an ISO; ``owner``: whether its holder is a 10% shareholder, where that is known."""

    grant: Grant
    granted: datetime.date
    expires: datetime.date
    owner: bool | None

    def last(self, terms: Terms, owner: bool | None) -> datetime.date:
        """The last day on which it may expire."""
        return last_expiry(self.granted, _years(terms, owner))

    def facts(self, terms: Terms) -> dict[str, object]:
        last = self.last(terms, self.owner)
        return {
            "grant": self.grant.grant,
            "granted": date_text(self.granted),
            "expires": date_text(self.expires),
            "last": date_text(last),
            "before": date_text(days_after(last, -1)),
            "years": _years(terms, self.owner),
            "whose": "a 10% shareholder's ISO" if self.owner else "an ISO",
        }


def _years(terms: Terms, owner: bool | None) -> int:
    return terms.ten_percent_term_years if owner else terms.iso_term_years


def _iso_periods(ledger: Ledger, terms: Terms) -> Iterator[_IsoPeriod | Unsettled]:
    for grant in isos(ledger, terms):
        if isinstance(grant, Unsettled):
            yield grant
        elif grant.grant_date is not None and grant.expires is not None:
            holder = grant.holder
            owner = None if holder is None else ten_percent_owner(ledger, terms, holder, grant.grant_date)
            yield _IsoPeriod(grant, grant.grant_date, grant.expires, owner)


_ISO_PERIOD_NEEDS = ((Grant, "expires"), (Grant, "grant_date"), (Grant, "grant_type"))


@rule(
    "TERM001",
    Severity.ERROR,
    plan="§7, §11(b)(ii)",
    law=("IRC §422(b)(3)", "IRC §422(c)(5)"),
    message=(
        "Grant {grant}, {whose} of {granted}, expires on {expires}; it may run {years} years, and expire on {latest} "
        "at the latest."
    ),
    fix="Correct Expires if the agreement says otherwise, or make the grant an NSO.",
    needs=_ISO_PERIOD_NEEDS,
)
def period_too_long(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An ISO expires later than its longest option period lets it.

    Why: the date "shall not be later than ten years after the date on which the option is granted", and for a 10%
    shareholder the period "shall not exceed five years"; an option that may run longer was never an ISO.
    Example: granted on 2001-10-23, expires on 2011-10-24, the day after the tenth anniversary.
    Not covered: NSOs, whose period the plan does not limit; the anniversary itself, which is TERM002 unless the Plan
    sheet makes it an error.
    """
    strict = terms.anniversary_expiry == "ERROR"
    tells_owners = (Holder, "ten_percent") in ledger.columns

    def is_too_late(period: _IsoPeriod, owner: bool | None) -> bool:
        last = period.last(terms, owner)
        return period.expires > last or (strict and period.expires == last)

    for period in _iso_periods(ledger, terms):
        if isinstance(period, Unsettled):
            yield period
        elif is_too_late(period, period.owner):
            facts = period.facts(terms)
            yield Hit(period.grant, "expires", facts | {"latest": facts["before"] if strict else facts["last"]})
        elif period.owner is None and tells_owners and period.expires >= period.last(terms, owner=True):
            whose = period.grant.holder or "its holder"
            why = f"nothing tells whether {whose} is a 10% owner, and its last day depends on it"
            yield Unsettled(f"the option period of grant {period.grant.grant}", why)


@rule(
    "TERM002",
    Severity.WARNING,
    plan="§7, §11(b)(ii)",
    law=("IRC §422(b)(3)", "IRC §422(c)(5)"),
    message="Grant {grant}, {whose} of {granted}, expires on {expires}, {years} years after its grant to the day.",
    fix="Enter {before} in Expires if the agreement says so, or set Anniversary expiry on the Plan sheet to ACCEPT.",
    needs=_ISO_PERIOD_NEEDS,
)
def expires_on_anniversary(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An ISO expires on the very anniversary that ends its longest option period.

    Why: "not later than ten years after" includes that day, but agreements that count the day of the grant end on the
    day before; only the agreement tells which of the two this one is.
    Example: granted on 2001-10-23, expires on 2011-10-23; 2011-10-22 is beyond doubt.
    Not covered: a later day, which is TERM001.
    """
    if terms.anniversary_expiry != "WARNING":
        return
    for period in _iso_periods(ledger, terms):
        if isinstance(period, _IsoPeriod) and period.expires == period.last(terms, period.owner):
            yield Hit(period.grant, "expires", period.facts(terms))


@rule(
    "TERM003",
    Severity.ERROR,
    plan="§7",
    message="Grant {grant} has no Expires.",
    fix="Enter the day on which grant {grant} expires by its agreement.",
    needs=((Grant, "expires"),),
)
def no_expiry(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option has no day on which it expires.

    Why: "each option and all rights thereunder shall expire on such date as shall be set forth in the applicable option
    agreement".
    Example: a blank cell in a column Expires that is filled for all others.
    Not covered: a ledger without the column.
    """
    for grant in own_grants(ledger, terms):
        if grant.expires is None and not is_unread(ledger, grant, "expires"):
            yield Hit(grant, "expires", {"grant": grant.grant})


@rule(
    "TERM004",
    Severity.ERROR,
    plan="§7",
    message="Grant {grant} was exercised on {exercised}, after it expired on {expires}.",
    fix="Rescind the exercise, or correct its date or Expires.",
    needs=((Grant, "expires"), (Activity, "action"), (Activity, "date")),
)
def exercised_after_expiry(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option was exercised after it had expired.

    Why: with its last day an option "and all rights thereunder shall expire".
    Example: expires on 2006-04-30, exercised on 2006-05-01.
    Not covered: an exercise after the time that §10 leaves, which is END001.
    """
    for grant, row in exercises(ledger, terms):
        if grant.expires is not None and row.date is not None and row.date > grant.expires:
            facts = {"exercised": date_text(row.date), "expires": date_text(grant.expires)}
            yield Hit(row, "date", {"grant": grant.grant, **facts})


def exercises(ledger: Ledger, terms: Terms) -> Iterator[tuple[Grant, Activity]]:
    """The exercises of this plan's options, each with its grant."""
    own, grants = of_this_plan(ledger, terms), grants_by_key(ledger)
    for row in ledger.activity:
        if row.action is Action.EXERCISE and row.grant is not None and row.grant.key in own:
            yield grants[row.grant.key], row


@rule(
    "TERM005",
    Severity.WARNING,
    plan="§7",
    message="Grant {grant} expired on {expires} with {shares} left, which Activity does not end.",
    fix="Record {ending} of grant {grant} on {expires}, or correct Expires.",
    needs=((Grant, "expires"), (Activity, "action"), (Activity, "date")),
)
def expired_unrecorded(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option is past its last day, and the ledger still has shares of it.

    Why: shares of an expired option are again available for grants (plan §4); until it is recorded they are missing in
    the pool, and the option is counted where it is no more.
    Example: expired on 2006-04-30 with 500 shares left, and no EXPIRE row; of what was never exercisable, no FORFEIT.
    Not covered: options that a merger has ended before they expired.
    """
    for grant in own_grants(ledger, terms):
        expires = grant.expires
        if expires is None or expires >= as_of or merger_ended(terms, expires):
            continue
        now, then = standing(ledger, terms, grant, as_of), standing(ledger, terms, grant, expires)
        if isinstance(now, str) or isinstance(then, str):
            yield Unsettled(f"what is left of grant {grant.grant}", now if isinstance(now, str) else str(then))
        elif now.shares:
            facts = {"expires": date_text(expires), "shares": counted_text(now.shares)}
            facts["ending"] = ending_text(now, then, expires)
            yield Hit(grant, "expires", {"grant": grant.grant, **facts})


@rule(
    "TERM006",
    Severity.ERROR,
    plan="§7",
    message="Grant {grant} expires on {expires}; it was granted on {granted}, no earlier.",
    fix="Correct Expires of grant {grant}, or its Grant date.",
    needs=((Grant, "expires"), (Grant, "grant_date")),
)
def expires_before_granted(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option expires before it was granted, or on that day.

    Why: such an option has no day on which it can be exercised; one of its two days is wrong, and every period and
    limit of it with that.
    Example: granted on 2004-01-05, expires on 2003-01-05: the year was not typed over.
    Not covered: a day that is wrong and still later than the grant, but where another rule holds it against something.
    """
    for grant in own_grants(ledger, terms):
        if grant.expires is not None and grant.grant_date is not None and grant.expires <= grant.grant_date:
            days = {"expires": date_text(grant.expires), "granted": date_text(grant.grant_date)}
            yield Hit(grant, "expires", {"grant": grant.grant, **days})
