"""Options outstanding, slowly: one grant after another, one event after another, in fractions (plan §15(a), §16(a))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True)
class Option:
    """A grant whose shares are all exercisable from the day of the grant."""

    name: str
    granted: dt.date
    shares: Fraction
    price: Fraction


@dataclass(frozen=True)
class Event:
    """EXERCISE or CANCEL of a grant (``shares`` None: all that is left), or a SPLIT (new, old)."""

    day: dt.date
    action: str
    grant: str = ""
    shares: Fraction | None = None
    new: int = 1
    old: int = 1


def has_happened(event: Event, position: int, events: Sequence[Event], day: dt.date, moment: str) -> bool:
    """Whether an event lies before the moment; ``position`` is its place in the list."""
    if event.day != day:
        return event.day < day
    if moment == "BEFORE MERGER":
        return event.action != "CANCEL"
    if moment == "BEFORE SPLIT":
        return not any(other.day == day and other.action == "SPLIT" for other in events[: position + 1])
    return True


def outstanding(
    options: Sequence[Option], events: Sequence[Event], day: dt.date, moment: str
) -> list[tuple[str, Fraction, Fraction]] | None:
    """Name, shares and price of what is left at the moment; None where more was taken than was there."""
    happened = [e for at, e in enumerate(events) if has_happened(e, at, events, day, moment)]
    left = []
    for option in options:
        if option.granted > day or (option.granted == day and moment == "BEFORE SPLIT"):
            continue
        shares, new, old = option.shares, 1, 1
        for today in sorted({event.day for event in happened}):
            for event in happened:
                if event.day != today:
                    continue
                if event.action == "SPLIT" and option.granted < today:
                    shares = shares * event.new / event.old
                    new, old = new * event.new, old * event.old
                elif event.grant == option.name:
                    taken = shares if event.shares is None else event.shares
                    if taken > shares or today < option.granted:
                        return None
                    shares -= taken
        if shares:
            left.append((option.name, shares, price_after(option.price, new, old, shares)))
    return left


def price_after(price: Fraction, new: int, old: int, shares: Fraction) -> Fraction:
    """DOWN_UP: up to the cent; as it was where there was no split."""
    if new == old:
        return price
    assert floor(shares) <= shares
    return Fraction(ceil(price * old / new * 100), 100)
