"""The largest new grant that is wholly ISO under the $100,000 limit (plan §11(c); Treas. Reg. §1.422-4(b)).

The engine that splits tranches answers here too: a new grant that is far too large joins the holder's others, and what
it gets of each year's limit is the room that a grant in its place has.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from plansheet.core.numbers import Number, ratio, round_up
from plansheet.core.records import Activity, Tranche
from plansheet.core.refusal import Reason, Refusal
from plansheet.core.words import GrantType, Identifier, Rounding
from plansheet.plan.iso_limit import TrancheSplit, classify

Installment = tuple[datetime.date | None, Number]
"""First exercisable (None: on a condition) and weight: its part of the grant, in any unit."""

MOST_PARTS = 200_000
"""How many times the whole may weigh what a year's installments do."""


class NewGrant(NamedTuple):
    """A grant to be made: whose, when, at what value per share, and its schedule."""

    holder: Identifier
    grant_date: datetime.date
    fmv: Number
    schedule: Sequence[Installment]


class Room(NamedTuple):
    """The most shares that are wholly ISO, and the year with the least room for its part; of equal ones the first."""

    shares: int
    year: int


class _Year(NamedTuple):
    """What a new grant finds in a calendar year: which of its installments, shares for them, and their weight."""

    year: int
    parts: tuple[int, ...]
    shares: Number
    weight: Number

    def carries(self, installments: Sequence[int]) -> bool:
        return sum(installments[at] for at in self.parts) <= self.shares


def largest_iso_grant(
    new: NewGrant, tranches: Sequence[Tranche], activity: Iterable[Activity], limit: Number
) -> Room | Refusal:
    """The most whole shares of a new grant that are ISO, installments by cumulative floor of their weights.

    tranches: the holder's, complete and consistent; of grants made on the same day the new one counts last. Refusal:
    no installment has a date, so that no year binds, or the history given cannot have happened.
    """
    schedule = sorted((part for part in new.schedule if part[1]), key=lambda part: part[0] or datetime.date.max)
    weights = [weight for _, weight in schedule]
    whole = sum(weights, start=Fraction(0))
    rows = list(activity)
    filled = [round_up(ratio(limit, new.fmv)) + 1] * len(schedule)
    answers = _answers(new, schedule, filled, tranches, rows, limit)
    if isinstance(answers, Refusal):
        return answers
    years = _years(answers, weights, new.fmv)
    if not years:
        why = "no installment of the new grant has a date, so that no year's limit binds; give the schedule's dates"
        return Refusal(Reason.UNKNOWN, why)
    if any(whole > MOST_PARTS * year.weight for year in years):
        why = f"a year's installments weigh less than one part in {MOST_PARTS:,} of the grant; correct the weights"
        return Refusal(Reason.IMPOSSIBLE, why)
    for shares in _downwards(years, weights, whole):
        if not _is_over(new, schedule, _installments(shares, weights, whole), tranches, rows, limit):
            return Room(shares, min(years, key=lambda year: (ratio(year.shares, year.weight), year.year)).year)
    raise AssertionError("a grant of no shares exceeds nothing")


def _answers(
    new: NewGrant,
    schedule: Sequence[Installment],
    shares: Sequence[Number],
    tranches: Sequence[Tranche],
    activity: Sequence[Activity],
    limit: Number,
) -> list[TrancheSplit] | Refusal:
    """What the new grant's installments are, after all of the holder's other grants and all events."""
    # Nothing is spelled like its number, and nothing comes after it in natural order.
    number = Identifier("\U0010fffd new")
    added = [
        Tranche(number, new.holder, GrantType.ISO, new.grant_date, new.fmv, day, part)
        for (day, _), part in zip(schedule, shares, strict=True)
    ]
    answers = classify([*tranches, *added], activity, limit, Rounding.EXACT).tranches
    for answer in answers:
        if isinstance(answer, Refusal):
            return answer
    return [answer for answer in answers[len(tranches) :] if isinstance(answer, TrancheSplit)]


def _years(answers: Sequence[TrancheSplit], weights: Sequence[Number], fmv: Number) -> list[_Year]:
    parts: dict[int, list[int]] = {}
    for at, answer in enumerate(answers):
        if answer.year is not None:
            parts.setdefault(answer.year, []).append(at)
    found: list[_Year] = []
    for year in sorted(parts):
        dollars = sum((answers[at].used for at in parts[year]), start=Fraction(0))
        weight = sum((weights[at] for at in parts[year]), start=Fraction(0))
        found.append(_Year(year, tuple(parts[year]), ratio(dollars, fmv), weight))
    return found


def _downwards(years: Sequence[_Year], weights: Sequence[Number], whole: Number) -> Iterator[int]:
    """Numbers of shares that fit every year, the largest first.

    By cumulative floor a year gets less than one share more or less than its part: so many shares fit for certain, and
    of those between a few do.
    """
    most = min(round_up(ratio((year.shares + 1) * whole, year.weight)) for year in years)
    for shares in range(int(most), -1, -1):
        parts = _installments(shares, weights, whole)
        if all(year.carries(parts) for year in years):
            yield shares


def _installments(shares: int, weights: Sequence[Number], whole: Number) -> list[int]:
    given, weight = 0, Fraction(0)
    parts: list[int] = []
    for part in weights:
        weight += part
        earned = int(shares * weight / whole)
        parts.append(earned - given)
        given = earned
    return parts


def _is_over(
    new: NewGrant,
    schedule: Sequence[Installment],
    shares: Sequence[int],
    tranches: Sequence[Tranche],
    activity: Sequence[Activity],
    limit: Number,
) -> bool:
    """Whether such a grant is not wholly ISO.

    The room was measured beside a grant that takes all of it. What others exercised before an acceleration keeps its
    status, and a smaller grant leaves them more of it, which then counts first (Treas. Reg. §1.422-4(b)(4)).
    """
    answers = _answers(new, schedule, shares, tranches, activity, limit)
    return isinstance(answers, Refusal) or any(answer.nso for answer in answers)
