"""Options outstanding at a moment (plan §15(a), §16(a)), "whether or not then exercisable", as history left them."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from plansheet.core.dates import date_text, on_text
from plansheet.core.numbers import Number, counted_text, ratio
from plansheet.core.records import Activity, Grant, Tranche
from plansheet.core.refusal import Reason, Refusal
from plansheet.core.words import Action, Moment, SplitMethod
from plansheet.plan.activity import in_order
from plansheet.plan.adjustment import Split, adjust, splits_of, splits_since
from plansheet.plan.option_history import replay
from plansheet.plan.terms import Terms


class Outstanding(NamedTuple):
    """What is left of an option: shares, and the exercise price of the day; None where no price is known."""

    shares: Number
    price: Number | Refusal | None


class Rounding(NamedTuple):
    """How prices are rounded in a split (plan §15)."""

    method: SplitMethod
    decimals: int

    @classmethod
    def of(cls, terms: Terms) -> "Rounding":
        """As a plan's terms say."""
        return cls(terms.split_method, terms.split_decimals)


def until(activity: Sequence[Activity], day: datetime.date | None, moment: Moment) -> list[Activity]:
    """The rows that have happened at a moment of a day, rows of one day as listed; all rows where there is no day.

    Before a merger those rows of the day that end options have not: they are its own (plan §16(a)). Before a split
    what is listed before it has: it adjusts the options "then outstanding" (plan §15(a)). An approval of a later day
    counts all the same: what it gates was not exercisable before it (plan §22(a)), and so not on that day.
    """
    if day is None:
        return list(activity)
    that_day = [row for row in activity if row.date == day]
    if moment is Moment.BEFORE_MERGER:
        that_day = [row for row in that_day if not row.action.ends_options]
    elif moment is Moment.BEFORE_SPLIT:
        actions = [row.action for row in that_day]
        that_day = that_day[: actions.index(Action.SPLIT)] if Action.SPLIT in actions else that_day
    earlier = [row for row in activity if row.date is not None and row.date < day]
    later = [row for row in _approvals(activity) if row.date is not None and row.date >= day]
    return earlier + that_day + [row for row in later if row not in that_day]


def is_made(granted: datetime.date, day: datetime.date | None, moment: Moment) -> bool:
    """Whether an option of that grant date is there at a moment; one of a split's day is in new shares already."""
    return day is None or granted < day or (granted == day and moment is not Moment.BEFORE_SPLIT)


def outstanding(tranches: Sequence[Tranche], activity: Iterable[Activity]) -> dict[str, Number | Refusal]:
    """Shares neither exercised nor ended, by grant key, in the shares of the last moment (all splits given applied).

    tranches: complete and consistent, every grant in question. activity: up to the moment asked for, in any order; rows
    of one day as listed, rows of other grants are ignored. A grant with nothing left is 0; one whose history cannot
    have happened (more taken than there was, or before its grant date) has the Refusal that says so.
    """
    options, broken = replay(tranches, activity)
    impossible = {event.option.grant.key: event.refusal for event in reversed(broken)}
    return {key: impossible.get(key, option.outstanding) for key, option in options.items()}


def options_at(
    tranches: Sequence[Tranche],
    activity: Sequence[Activity],
    prices: Mapping[str, Number | None],
    day: datetime.date | None,
    moment: Moment,
    rounding: Rounding,
) -> dict[str, Outstanding | Refusal]:
    """The options with shares left at a moment, by grant key, in that day's shares and prices.

    prices: exercise prices as granted, by grant key. A history that cannot have happened is a Refusal.
    """
    events = in_order(until(activity, day, moment))
    made = [t for t in tranches if t.grant_date is not None and is_made(t.grant_date, day, moment)]
    granted = {t.grant.key: t.grant_date for t in made}
    splits = splits_of(events)
    at_split = _before_splits(made, events) if rounding.method is SplitMethod.PRESERVE_AGGREGATE else []
    found: dict[str, Outstanding | Refusal] = {}
    for key, shares in outstanding(made, events).items():
        if isinstance(shares, Refusal):
            found[key] = shares
        elif shares:
            price = prices.get(key)
            if price is not None and rounding.method is SplitMethod.PRESERVE_AGGREGATE:
                found[key] = Outstanding(shares, _aggregate_kept(price, key, at_split, rounding))
            else:
                day_granted = granted[key]
                assert day_granted is not None
                found[key] = Outstanding(shares, _chained(price, day_granted, shares, splits, rounding))
    return found


def past_its_period(expires: datetime.date | None, day: datetime.date | None, shares: Number) -> str | None:
    """Why an option with shares left cannot be outstanding: it "and all rights thereunder shall expire" (plan §7)."""
    if expires is None or day is None or expires >= day:
        return None
    return (
        f"it expired on {date_text(expires)} with {counted_text(shares)} left; record that in Activity (EXPIRE), "
        "or correct Expires"
    )


def exercisability_asked(grant: Grant, rows: Iterable[Activity]) -> str | None:
    """Why rows of a grant cannot be reckoned with where nothing tells when it became exercisable.

    They ended its unexercisable shares, or all exercisable ones: nobody can tell how many.
    """
    for row in rows:
        counts = row.action is Action.FORFEIT or (row.action is Action.EXPIRE and row.shares is None)
        if counts and row.grant is not None and row.date is not None:
            when = f"{row.action}{on_text(row.date)}"
            return f"nothing tells when grant {grant.grant} became exercisable, and its {when} depends on it"
    return None


def _chained(
    price: Number | None, granted: datetime.date, shares: Number, splits: Sequence[Split], rounding: Rounding
) -> Number | Refusal | None:
    """A price after all splits since the grant as one, rounded once."""
    split = splits_since(granted, splits)
    if price is None or split.new == split.old:
        return price
    adjusted = adjust(ratio(shares, split.factor), price, split, rounding.method, rounding.decimals)
    return adjusted if isinstance(adjusted, Refusal) else adjusted[1]


_Split = tuple[Activity, dict[str, Number | Refusal]]


def _before_splits(tranches: Sequence[Tranche], events: Sequence[Activity]) -> list[_Split]:
    """Each split with the shares of every option just before it: its aggregate price is what stays the same."""
    splits = [(at, row) for at, row in enumerate(events) if row.action is Action.SPLIT]
    return [
        (row, outstanding([t for t in tranches if _is_before(t, row)], [*events[:at], *_approvals(events[at:])]))
        for at, row in splits
    ]


def _approvals(events: Iterable[Activity]) -> list[Activity]:
    """What counts on a day before it too: what an approval gates was not exercisable until then (plan §22(a))."""
    return [row for row in events if row.action is Action.APPROVAL]


def _is_before(tranche: Tranche, split: Activity) -> bool:
    return tranche.grant_date is not None and split.date is not None and tranche.grant_date < split.date


def _aggregate_kept(price: Number, key: str, splits: Sequence[_Split], rounding: Rounding) -> Number | Refusal:
    """A price after each split in turn, reckoned from the shares that were outstanding then."""
    for row, shares in splits:
        left = shares.get(key)
        if isinstance(left, Refusal) or not left:
            continue
        assert row.ratio is not None
        adjusted = adjust(left, price, row.ratio, rounding.method, rounding.decimals)
        if isinstance(adjusted, Refusal):
            return Refusal(Reason.IMPOSSIBLE, f"the price after the {row.ratio} split: {adjusted.message}")
        price = adjusted[1]
    return price
