"""The shares granted in a calendar year, slowly: lived through day by day, in fractions (plan §3, §15(a)(w))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Given:
    """A grant."""

    holder: str
    day: dt.date
    shares: Fraction


@dataclass(frozen=True)
class Split:
    day: dt.date
    new: int
    old: int


def room(
    year: int, grants: Sequence[Given], splits: Sequence[Split], limit: Fraction
) -> dict[str, tuple[Fraction, Fraction]]:
    """What each holder with a grant in the year was granted, and what is left of the limit, on 31 December."""
    granted: dict[str, Fraction] = {}
    today = dt.date(year, 1, 1)
    while today.year == year:
        for split in splits:
            if split.day == today:  # in the morning: what is granted that day is in new shares
                limit = limit * split.new / split.old
                granted = {holder: shares * split.new / split.old for holder, shares in granted.items()}
        for grant in grants:
            if grant.day == today:
                granted[grant.holder] = granted.get(grant.holder, Fraction(0)) + grant.shares
        today += dt.timedelta(days=1)
    return {holder: (shares, limit - shares) for holder, shares in granted.items()}
