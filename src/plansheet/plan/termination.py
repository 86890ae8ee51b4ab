"""The time left to exercise after employment ended (plan §10; IRC §422(a)(2), (c)(6))."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from plansheet.core.dates import date_text, days_in, months_after
from plansheet.core.records import Activity, Grant, Holder, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import EndReason, GrantType
from plansheet.plan.ledger import people
from plansheet.plan.standing import untyped
from plansheet.plan.statute import statute
from plansheet.plan.term import exercises
from plansheet.plan.terms import Terms
from plansheet.plan.unread import is_unread

EARLIER, LITERAL = "EARLIER", "LITERAL"
"""How the statute's months are counted: forward from the end of employment, or backward from the exercise."""


def exercise_deadline(
    expires: datetime.date | None,
    terminated: datetime.date | None,
    reason: EndReason,
    months: int | None,
    terms: Terms,
    grant_type: GrantType = GrantType.ISO,
) -> datetime.date | None:
    """The last day to exercise: the earliest of what binds; None where nothing does.

    months: what the agreement gives after such an end; None where it gives none.
    """
    binding = [expires]
    if terminated is not None:
        binding.append(agreement_deadline(terminated, reason, months, terms))
        if grant_type is GrantType.ISO:
            binding.append(iso_deadline(terminated, reason, terms.last_exercise_day))
    return min((day for day in binding if day is not None), default=None)


def agreement_deadline(
    terminated: datetime.date, reason: EndReason, months: int | None, terms: Terms
) -> datetime.date | None:
    """The last day to exercise that the agreement gives, "the period of time ... set forth in the agreement" (§10)."""
    if months is None and reason is EndReason.CAUSE:
        months = terms.cause_months
    return None if months is None else months_after(terminated, months)


def iso_deadline(terminated: datetime.date, reason: EndReason, count: str) -> datetime.date | None:
    """The last day on which an exercise is still that of an ISO; None after death, which sets no time.

    The law asks for employment until "the day 3 months before the date of such exercise". EARLIER counts the months
    forward from the end of employment. LITERAL is the last day from which they lead back to that end: where it is the
    last day of a month, every later day of the longer month does too (28 Feb 2005: 31 May, not 28 May).
    """
    months = _months_of_law(reason)
    if months is None:
        return None
    day = months_after(terminated, months)
    ends_month = terminated.day == days_in(terminated.year, terminated.month)
    return day.replace(day=days_in(day.year, day.month)) if count == LITERAL and ends_month else day


def _months_of_law(reason: EndReason) -> int | None:
    if reason is EndReason.DEATH:
        return None
    figure = "disability_months" if reason is EndReason.DISABILITY else "employment_months"
    return statute()[figure].value


def months_of(grant: Grant, reason: EndReason) -> int | None:
    """The months that a grant's agreement gives after such an end (§10(i), (ii)); None where it gives none."""
    if reason in (EndReason.DEATH, EndReason.DISABILITY) and grant.exercise_months_death is not None:
        return grant.exercise_months_death
    return grant.exercise_months


class End(NamedTuple):
    """The end of a holder's employment or other relationship; a blank reason is TERMINATION."""

    holder: Holder
    day: datetime.date
    reason: EndReason


def end_of(ledger: Ledger, grant: Grant) -> End | Unsettled | None:
    """The end of employment of a grant's holder; None while it goes on."""
    what = f"the end of employment, for grant {grant.grant}"
    if grant.holder is None:
        return None if is_unread(ledger, grant, "holder") else Unsettled(what, "its Holder is blank")
    holder = people(ledger).get(grant.holder.key)
    if holder is None:
        return Unsettled(what, f"its holder {grant.holder} is not in Holders")
    if holder.terminated is None or is_unread(ledger, holder, "end_reason"):
        return None  # what cannot be read is LEDGER001
    if grant.grant_date is not None and grant.grant_date > holder.terminated:
        granted, ended = date_text(grant.grant_date), date_text(holder.terminated)
        return Unsettled(what, f"it was granted on {granted}, after that of {grant.holder} on {ended}")
    return End(holder, holder.terminated, holder.end_reason or EndReason.TERMINATION)


class LateExercise(NamedTuple):
    """An exercise after its holder's employment had ended."""

    grant: Grant
    row: Activity
    day: datetime.date
    end: End

    def facts(self) -> dict[str, object]:
        """What a sentence says of it."""
        return {
            "grant": self.grant.grant,
            "exercised": date_text(self.day),
            "ended": date_text(self.end.day),
            "reason": self.end.reason,
            "holder": self.end.holder.holder,
        }


def late_exercises(ledger: Ledger, terms: Terms) -> Iterator[LateExercise | Unsettled]:
    """Exercises of this plan's options after their holders' employment had ended; Unsettled where that is not known."""
    for grant, row in exercises(ledger, terms):
        end = end_of(ledger, grant)
        if isinstance(end, Unsettled):
            yield end
        elif end is not None and row.date is not None and row.date > end.day:
            yield LateExercise(grant, row, row.date, end)


_EXERCISE_NEEDS = ((Holder, "terminated"), (Activity, "action"), (Activity, "date"))


@rule(
    "END001",
    Severity.ERROR,
    plan="§10",
    message=(
        "Grant {grant} was exercised on {exercised}; the employment of {holder} ended on {ended} ({reason}), and the "
        "agreement lets it be exercised until {last} ({months})."
    ),
    fix="Rescind the exercise, or correct its date, the end of employment or the months of the agreement.",
    needs=(*_EXERCISE_NEEDS, (Grant, "exercise_months")),
)
def exercised_after_window(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option was exercised after the time that its agreement gives once employment has ended.

    Why: the board determines "the period of time during which an optionee may exercise an option following" the end of
    employment, death or disability, and the agreement sets it forth.
    Example: employment ended on 2005-01-31, three months to exercise, exercised on 2005-05-01; 2005-04-30 was the last.
    Not covered: leaves of absence, which end employment later. A blank reason is taken as TERMINATION; an end for cause
    has the Cause months of the Plan sheet where the agreement gives none.
    """
    for each in late_exercises(ledger, terms):
        if isinstance(each, Unsettled):
            yield each
            continue
        months = months_of(each.grant, each.end.reason)
        last = agreement_deadline(each.end.day, each.end.reason, months, terms)
        if last is None:
            if not is_unread(ledger, each.grant, "exercise_months"):
                why = "its agreement's months to exercise are not entered, and it was exercised after employment ended"
                yield Unsettled(f"the time to exercise grant {each.grant.grant}", why)
        elif each.day > last:
            given = terms.cause_months if months is None else months
            yield Hit(each.row, "date", each.facts() | {"last": date_text(last), "months": _months_text(given)})


def _months_text(months: int) -> str:
    return "the same day" if months == 0 else "1 month" if months == 1 else f"{months} months"


@rule(
    "END002",
    Severity.WARNING,
    plan="§10",
    law=("IRC §422(a)(2)", "IRC §422(c)(6)"),
    message=(
        "Grant {grant}, an ISO, was exercised on {exercised}; the employment of {holder} ended on {ended} ({reason}). "
        "As an ISO it could be exercised until {until}: this was the exercise of an NSO."
    ),
    fix="Record it as the exercise of an NSO and withhold tax, or correct the date or the end of employment.",
    needs=(*_EXERCISE_NEEDS, (Grant, "grant_type")),
)
def iso_exercised_too_late(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An ISO was exercised more than three months after employment ended, or a year after it ended for disability.

    Why: an exercise is that of an ISO only if its holder was employed until "the day 3 months before the date of such
    exercise"; months are not 90 days, and which of two days near a month's end is the last one is a setting.
    Example: employment ended on 2005-02-28; 2005-05-28 counted forward, 2005-05-31 counted backward.
    Not covered: the holder's death, after which the law sets no time; work for a parent, a subsidiary or a successor,
    which goes on as employment; leaves of absence, where the end deemed by law is to be entered.
    """
    for each in late_exercises(ledger, terms):
        if isinstance(each, Unsettled):
            yield each
        elif each.grant.grant_type is GrantType.ISO:
            earlier, literal = (iso_deadline(each.end.day, each.end.reason, count) for count in (EARLIER, LITERAL))
            last = literal if terms.last_exercise_day == LITERAL else earlier
            if earlier is not None and literal is not None and last is not None and each.day > last:
                until = date_text(earlier)
                if literal != earlier:
                    until += f", counted backward from the exercise until {date_text(literal)}"
                yield Hit(each.row, "date", each.facts() | {"until": until})
        elif (question := untyped(ledger, each.grant)) is not None:
            yield question
