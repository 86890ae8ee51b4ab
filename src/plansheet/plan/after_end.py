"""What becomes of an option after its holder's employment has ended (plan §8, §10): who could exercise how much of it.

By service nothing more becomes exercisable afterwards. What was exercisable on the last day of employment may be
exercised until the agreement's time is over and then expires; what was not is lost with that day.
"""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from plansheet.core.dates import date_text
from plansheet.core.numbers import Number, counted_text
from plansheet.core.records import Activity, Grant, Holder, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action, listed
from plansheet.plan.option_history import Taken
from plansheet.plan.standing import Standing, merger_ended, standing
from plansheet.plan.termination import End, agreement_deadline, end_of, late_exercises, months_of
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import own_grants

_FIRST_EXERCISABLE = frozenset({Action.EXERCISE, Action.EXPIRE})
"""What takes exercisable shares; the other ends take unexercisable ones first."""


class AfterEnd(NamedTuple):
    """An option at a later day by what it was on the last day of employment, in shares of the grant date."""

    exercisable: Number
    """Exercisable when employment ended, and still outstanding."""
    lost: Number
    """Not exercisable when employment ended, and still outstanding."""
    forfeits: tuple[tuple[Activity, Number], ...]
    """FORFEIT rows after that day, with what they took."""
    excess: tuple[tuple[Taken, Number], ...]
    """Exercises after that day that took what was not exercisable, with how much of it."""
    factor: Number
    """Shares of the last day of employment per share of the grant date."""
    later: Standing


def after_end(ledger: Ledger, terms: Terms, grant: Grant, end: End, day: datetime.date) -> AfterEnd | str:
    """An option whose holder's employment has ended, at the end of a later day; or why that is not known.

    An option of which nothing tells when it becomes exercisable counts as exercisable.
    """
    then, now = standing(ledger, terms, grant, end.day), standing(ledger, terms, grant, day)
    if isinstance(now, str):
        return now
    if isinstance(then, str):
        return then
    lots, factor = then.option.lots, then.option.factor
    vested = sum((lot.live for lot in lots if lot.due is not None and lot.due <= end.day), start=0)
    lost = sum((lot.live for lot in lots), start=0) - vested
    forfeits, excess = [], []
    for taken in now.option.taken:
        event, shares = taken.event, taken.shares
        if event.date is None or event.date <= end.day:
            continue
        of_lost = max(shares - vested, 0) if event.action in _FIRST_EXERCISABLE else min(shares, lost)
        vested, lost = vested - (shares - of_lost), lost - of_lost
        if event.action is Action.FORFEIT:
            forfeits.append((event, of_lost))
        elif event.action is Action.EXERCISE and of_lost:
            excess.append((taken, of_lost))
    return AfterEnd(vested, lost, tuple(forfeits), tuple(excess), factor, now)


def _ended(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[tuple[Grant, End] | Unsettled]:
    """Options whose holders' employment ended before a day, and which neither their last day nor a merger has ended."""
    if merger_ended(terms, as_of):
        return
    for grant in own_grants(ledger, terms):
        end = end_of(ledger, grant)
        if isinstance(end, Unsettled):
            yield end
        elif end is not None and end.day < as_of and (grant.expires is None or grant.expires >= as_of):
            yield grant, end


_NEEDS = ((Holder, "terminated"), (Activity, "action"), (Activity, "date"))


@rule(
    "END003",
    Severity.WARNING,
    plan="§10",
    message=(
        "Grant {grant}: {shares} {were} not exercisable when the employment of {holder} ended on {ended}, and {are} "
        "still outstanding."
    ),
    fix="Record FORFEIT of {forfeit} of grant {grant} on {ended}{instead}, or correct Employment ended.",
    needs=_NEEDS,
)
def unexercisable_kept(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """Shares that were not exercisable when employment ended are still in the ledger.

    Why: after employment nothing more becomes exercisable by service; until the end of those shares is recorded, they
    are missing in the pool (plan §4) and become exercisable by their dates.
    Example: employment ended on 2005-01-31 with 600 of 1,000 shares not yet exercisable, and no FORFEIT row.
    Not covered: agreements by which shares stay or become exercisable after the end of employment, which an ACCELERATE
    row of its day tells; options past their last day (TERM005) or ended by a merger. Shares are those of the last day
    of employment; a later FORFEIT may have come after more had become exercisable, and is to be dated on that day.
    """
    for each in _ended(ledger, terms, as_of):
        if isinstance(each, Unsettled):
            yield each
            continue
        grant, end = each
        left = after_end(ledger, terms, grant, end, as_of)
        what = f"what grant {grant.grant} lost at the end of employment"
        if isinstance(left, str):
            yield Unsettled(what, left)
        elif left.later.shares and not left.later.is_scheduled:
            yield Unsettled(what, f"nothing tells when grant {grant.grant} became exercisable")
        elif left.lost:
            shares = left.lost * left.factor
            forfeit = shares + sum((taken for _, taken in left.forfeits), start=0) * left.factor
            later = dict.fromkeys(date_text(row.date) for row, _ in left.forfeits if row.date is not None)
            facts: dict[str, object] = {
                "grant": grant.grant,
                "shares": counted_text(shares),
                "were": "was" if shares == 1 else "were",
                "are": "is" if shares == 1 else "are",
                "holder": end.holder.holder,
                "ended": date_text(end.day),
                "forfeit": counted_text(forfeit),
                "instead": f", in place of that on {listed(list(later))}" if later else "",
            }
            yield Hit(grant, "shares", facts)


@rule(
    "END004",
    Severity.ERROR,
    plan="§8, §10",
    message=(
        "EXERCISE of grant {grant} on {exercised}: {over} of {shares} {were} not exercisable when the employment of "
        "{holder} ended on {ended}."
    ),
    fix="Rescind the exercise of {over}; or correct Employment ended, or record the ACCELERATE that was made by then.",
    needs=(*_NEEDS, (Activity, "shares")),
)
def exercised_what_was_lost(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """More was exercised after employment ended than was exercisable on its last day.

    Why: an option is exercisable "in full or in installments" by its agreement, and after the end of employment for a
    time: what had become exercisable by then, no later installment.
    Example: of three installments of 100 one was exercisable when employment ended; 200 were exercised afterwards.
    Not covered: agreements that let installments become exercisable after the end of employment. An ACCELERATE dated on
    the last day of employment counts, a later one does not.
    """
    last: dict[str, tuple[Grant, End, datetime.date]] = {}
    for each in late_exercises(ledger, terms):
        if isinstance(each, Unsettled):
            yield each
        else:
            _, _, day = last.get(each.grant.grant.key, (each.grant, each.end, each.day))
            last[each.grant.grant.key] = each.grant, each.end, max(day, each.day)
    for grant, end, day in last.values():
        left = after_end(ledger, terms, grant, end, day)
        what = f"what of grant {grant.grant} could be exercised after employment ended"
        if isinstance(left, str):
            yield Unsettled(what, left)
        elif not left.later.is_scheduled:
            yield Unsettled(what, f"nothing tells when grant {grant.grant} became exercisable")
        else:
            yield from (_exceeding(taken, over, end) for taken, over in left.excess)


def _exceeding(taken: Taken, over: Number, end: End) -> Hit:
    row, over, shares = taken.event, over * taken.factor, taken.shares * taken.factor
    assert row.date is not None
    facts: dict[str, object] = {
        "grant": row.grant,
        "exercised": date_text(row.date),
        "over": counted_text(over),
        "shares": counted_text(shares),
        "were": "was" if over == 1 else "were",
        "holder": end.holder.holder,
        "ended": date_text(end.day),
    }
    return Hit(row, "shares", facts)


@rule(
    "END005",
    Severity.WARNING,
    plan="§10, §4",
    message=(
        "Grant {grant}: the time to exercise it ended on {last}, after the employment of {holder} ended on {ended}, "
        "with {shares} left, which Activity does not end."
    ),
    fix="Record EXPIRE of {expire} of grant {grant} on {last}, or correct Employment ended or Months to exercise.",
    needs=(*_NEEDS, (Grant, "exercise_months")),
)
def window_over_unrecorded(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The time that the agreement gives after employment is over, and the ledger still has shares of the option.

    Why: with that time the option ends, and its shares are again available for grants (plan §4); until it is recorded
    they are missing in the pool.
    Example: employment ended on 2005-01-31, three months to exercise; 400 shares were exercisable and are still there.
    Not covered: what was not exercisable when employment ended, which is END003; options past their own last day
    (TERM005) or ended by a merger; agreements whose months are not entered.
    """
    for each in _ended(ledger, terms, as_of):
        if isinstance(each, Unsettled):
            yield each
            continue
        grant, end = each
        last = window_of(grant, end, terms)
        if last is None or last >= as_of:
            continue
        left, at_last = after_end(ledger, terms, grant, end, as_of), standing(ledger, terms, grant, last)
        if isinstance(left, str) or isinstance(at_last, str):
            yield Unsettled(f"what is left of grant {grant.grant}", left if isinstance(left, str) else str(at_last))
        elif left.exercisable:
            facts: dict[str, object] = {
                "grant": grant.grant,
                "last": date_text(last),
                "holder": end.holder.holder,
                "ended": date_text(end.day),
                "shares": counted_text(left.exercisable * left.later.option.factor),
                "expire": counted_text(left.exercisable * at_last.option.factor),
            }
            yield Hit(grant, "exercise_months", facts)


def window_of(grant: Grant, end: End, terms: Terms) -> datetime.date | None:
    """The last day to exercise that a grant's agreement gives after such an end; None where it gives none."""
    return agreement_deadline(end.day, end.reason, months_of(grant, end.reason), terms)
