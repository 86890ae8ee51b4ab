"""What comes due (plan §7, §10, §16(a)(ii), §22): for warnings, and for a calendar."""

import datetime
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from plansheet.core.dates import date_text, days_after
from plansheet.core.numbers import Number, counted_text, shares_text
from plansheet.core.records import Activity, Grant, Holder, Ledger, Record
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action, GrantType, Identifier
from plansheet.plan.after_end import after_end, window_of
from plansheet.plan.approval import approval_deadline
from plansheet.plan.approval_gate import plan_approvals, plan_approved
from plansheet.plan.plan_term import last_grant
from plansheet.plan.standing import Standing, merger_ended, standing
from plansheet.plan.termination import End, end_of, iso_deadline
from plansheet.plan.terms import ASSUMED_ADOPTION, Terms
from plansheet.plan.this_plan import own_grants
from plansheet.plan.unread import is_unread


class Due(Enum):
    """What a day is the last one for; the value says it for a calendar."""

    OPTION = "last day of the option"
    AGREEMENT = "last day to exercise by the agreement"
    ISO = "last day to exercise as an ISO"
    APPROVAL = "last day for the shareholders' approval"
    ISO_GRANT = "last day to grant ISOs under the plan"
    GRANT = "last day to grant options under the plan"
    MERGER = "last day to exercise before the merger"


class Deadline(NamedTuple):
    """A day that comes, what it is the last one for, whom and how many shares it concerns, and where it stands."""

    day: datetime.date
    what: Due
    holder: Identifier | None
    grant: Identifier | None
    shares: Number | None
    section: str
    record: Record | None
    field: str | None


def deadlines(
    ledger: Ledger, terms: Terms, as_of: datetime.date, until: datetime.date | None = None
) -> tuple[list[Deadline], list[Unsettled]]:
    """What comes due from a day on (until another), both inclusive, by day; and what is not known of it.

    Of an option only while shares of it are outstanding; of a time to exercise after employment, those that were
    exercisable when it ended.
    """
    last = datetime.date.max if until is None else until
    found: list[Deadline] = []
    unsettled: list[Unsettled] = []
    for each in (*_of_options(ledger, terms, as_of, last), *_of_windows(ledger, terms, as_of, last)):
        if isinstance(each, Unsettled):
            unsettled.append(each)
        else:
            found.append(each)
    found += [each for each in _of_plan(ledger, terms) if as_of <= each.day <= last]
    if terms.assumes("adopted"):
        unsettled.append(ASSUMED_ADOPTION)
    order = list(Due)
    return sorted(found, key=lambda each: (each.day, order.index(each.what))), unsettled


def _live_grants(ledger: Ledger, terms: Terms, as_of: datetime.date) -> list[Grant]:
    return [] if merger_ended(terms, as_of) else own_grants(ledger, terms)


def _of_options(
    ledger: Ledger, terms: Terms, as_of: datetime.date, last: datetime.date
) -> Iterator[Deadline | Unsettled]:
    """Options with shares outstanding that expire (§7), and do not end before with the agreement's time (§10)."""
    for grant in _live_grants(ledger, terms, as_of):
        if grant.expires is None or not as_of <= grant.expires <= last or _closes_before(ledger, grant, terms):
            continue
        now = standing(ledger, terms, grant, as_of)
        if isinstance(now, str):
            yield Unsettled(f"what is left of grant {grant.grant}", now)
        elif now.shares:
            yield Deadline(grant.expires, Due.OPTION, grant.holder, grant.grant, now.shares, "§7", grant, "expires")


def _closes_before(ledger: Ledger, grant: Grant, terms: Terms) -> bool:
    """Whether the agreement's time to exercise after the end of employment is over before the option expires."""
    end = end_of(ledger, grant)
    window = window_of(grant, end, terms) if isinstance(end, End) else None
    return window is not None and grant.expires is not None and window < grant.expires


def _of_windows(
    ledger: Ledger, terms: Terms, as_of: datetime.date, last: datetime.date
) -> Iterator[Deadline | Unsettled]:
    """Times to exercise after the end of employment that close before the option expires (§10)."""
    if (Holder, "terminated") not in ledger.columns:
        return
    for grant in _live_grants(ledger, terms, as_of):
        end = end_of(ledger, grant)
        if isinstance(end, Unsettled):
            yield end
        elif end is not None:
            windows = [(day, what) for day, what in _windows(grant, end, terms) if as_of <= day <= last]
            if windows:
                yield from _closing(ledger, terms, grant, end, as_of, windows)


def _windows(grant: Grant, end: End, terms: Terms) -> Iterator[tuple[datetime.date, Due]]:
    """A later window is none: an earlier end of the agreement's or of the option closes it."""
    binding = grant.expires or datetime.date.max
    by_agreement = window_of(grant, end, terms)
    if by_agreement is not None and by_agreement < binding:
        yield by_agreement, Due.AGREEMENT
        binding = by_agreement
    by_law = iso_deadline(end.day, end.reason, terms.last_exercise_day)
    if grant.grant_type is GrantType.ISO and by_law is not None and by_law < binding:
        yield by_law, Due.ISO


_FIELDS = {Due.AGREEMENT: "exercise_months", Due.ISO: "grant_type"}


def _closing(
    ledger: Ledger, terms: Terms, grant: Grant, end: End, as_of: datetime.date, windows: list[tuple[datetime.date, Due]]
) -> Iterator[Deadline | Unsettled]:
    left = after_end(ledger, terms, grant, end, as_of)
    if isinstance(left, str):
        yield Unsettled(f"what is left of grant {grant.grant}", left)
        return
    shares = left.exercisable * left.later.option.factor
    for day, what in windows if shares else ():
        yield Deadline(day, what, grant.holder, grant.grant, shares, "§10", grant, _FIELDS[what])


def _of_plan(ledger: Ledger, terms: Terms) -> Iterator[Deadline]:
    """The plan's own days: approvals, its last day to grant, the last day before a merger."""

    def of_plan(day: datetime.date, what: Due, section: str) -> Deadline:
        return Deadline(day, what, None, None, None, section, None, None)

    for row in _unapproved(ledger):
        assert row.date is not None
        day = approval_deadline(row.date, terms.approval_months)
        yield Deadline(day, Due.APPROVAL, None, row.grant, row.shares, "§22(a)", row, "approved")
    if terms.merger_exercise_by is not None:
        yield of_plan(terms.merger_exercise_by, Due.MERGER, "§16(a)(ii)")
    if terms.assumes("adopted"):
        return
    approved = plan_approved(ledger, terms)
    if approved is None and not plan_approvals(ledger):
        yield of_plan(approval_deadline(terms.adopted, terms.approval_months), Due.APPROVAL, "§22(a)")
    of_isos, own = (last_grant(terms.adopted, approved, kind, terms) for kind in (GrantType.ISO, None))
    if of_isos < own:
        yield of_plan(of_isos, Due.ISO_GRANT, "§22(b)")
    yield of_plan(own, Due.GRANT, "§22(b)")


def _unapproved(ledger: Ledger) -> Iterator[Activity]:
    """Increases of the reserve, and amendments that need the shareholders, without their approval."""
    if (Activity, "approved") not in ledger.columns:
        return
    for row in ledger.activity:
        increases = row.action is Action.RESERVE and (row.shares or 0) > 0
        amends = row.action is Action.AMEND and bool(row.needs_approval)
        if not (increases or amends) or row.date is None:
            continue
        if row.approved is None and not is_unread(ledger, row, "approved"):
            yield row


@rule(
    "DUE001",
    Severity.WARNING,
    plan="§7",
    message="Grant {grant} expires on {day} with {shares} outstanding{exercisable}.",
    fix="Give {holder} notice of it, and record on that day {ending}.",
    needs=((Grant, "expires"), (Activity, "action"), (Activity, "date")),
)
def expires_soon(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option with shares outstanding expires soon.

    Why: with its last day an option "and all rights thereunder shall expire", whatever it is worth.
    Example: checked on 2011-01-31, an option with 500 shares left expires on 2011-05-01, 90 days later.
    Not covered: the time that the end of employment leaves (DUE002). Warning days of the Plan sheet say what is soon.
    """
    until = days_after(as_of, terms.warning_days)
    for each in _of_options(ledger, terms, as_of, until):
        if isinstance(each, Unsettled):
            yield each
            continue
        assert isinstance(each.record, Grant) and each.shares is not None
        now = standing(ledger, terms, each.record, as_of)
        exercisable = None if isinstance(now, str) else now.exercisable(as_of)
        facts: dict[str, object] = {
            "grant": each.grant,
            "day": date_text(each.day),
            "shares": counted_text(each.shares),
            "exercisable": "" if exercisable is None else f", {shares_text(exercisable)} of them exercisable",
            "holder": each.holder or "the holder",
            "ending": _what_is_left(now, each.day),
        }
        yield Hit(each.record, each.field, facts)


def _what_is_left(now: Standing | str, day: datetime.date) -> str:
    """What will end what an option's last day leaves of it."""
    never = None if isinstance(now, str) else now.unexercisable(day)
    if not never or isinstance(now, str):
        return "an EXPIRE of what is left"
    forfeit = f"a FORFEIT of the {counted_text(never)} not exercisable by then"
    return forfeit if never == now.shares else f"an EXPIRE of what is left of those exercisable, and {forfeit}"


@rule(
    "DUE002",
    Severity.WARNING,
    plan="§10",
    law=("IRC §422(a)(2)",),
    message="Grant {grant} of {holder}: {what} is {day}, after the end of employment; {shares} are not exercised.",
    fix="Give {holder} notice of it; what is left after that day {then}.",
    needs=((Holder, "terminated"), (Activity, "action"), (Activity, "date")),
)
def window_closes_soon(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The time to exercise that is left after the end of employment is over soon.

    Why: the agreement's time ends the option, the law's three months (one year for disability) end what an ISO is.
    Example: employment ended on 2010-11-30, 100 shares exercisable; as an ISO until 2011-02-28.
    Not covered: options that expire before (DUE001). Warning days of the Plan sheet say what is soon.
    """
    until = days_after(as_of, terms.warning_days)
    for each in _of_windows(ledger, terms, as_of, until):
        if isinstance(each, Unsettled):
            yield each
            continue
        assert each.shares is not None
        facts: dict[str, object] = {
            "grant": each.grant,
            "holder": each.holder,
            "what": f"the {each.what.value}",
            "day": date_text(each.day),
            "shares": counted_text(each.shares),
            "then": "is exercised as an NSO" if each.what is Due.ISO else "expires and is to be recorded",
        }
        yield Hit(each.record, each.field, facts)
