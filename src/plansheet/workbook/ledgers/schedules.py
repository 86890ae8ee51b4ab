"""Schedules told in words: 1/48 monthly, 12 month cliff."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from plansheet.excel.reading import INTERVALS


class Schedule(NamedTuple):
    """A schedule in months: until all is vested, until the first shares are, from one installment to the next."""

    months: int
    cliff: int
    every: int


_INTERVAL = "|".join(sorted(INTERVALS, key=len, reverse=True))
_LENGTH = r"(\d{1,3})[ -]?(months?|mos?|years?|yrs?)"
_PARTS_OF = re.compile(rf"1/(\d{{1,3}}) ?(?:th|rd|nd|st)?(?: vests| vesting)? ({_INTERVAL})")
_OVER = re.compile(
    rf"(?:over )?{_LENGTH}(?: vesting)? ({_INTERVAL})(?: vesting)?|({_INTERVAL})(?: vesting)? (?:over|for) {_LENGTH}"
)
_CLIFF = re.compile(rf"{_LENGTH} cliff|cliff (?:of )?{_LENGTH}")
_NO_CLIFF = frozenset({"no cliff", "without cliff", "without a cliff"})
_AT_ONCE = frozenset({"immediate", "immediately", "fully vested", "fully vested at grant", "immediate vesting"})
_FIRST = re.compile(
    rf"(?:(\d{{1,3}})%|(\d{{1,2}})/(\d{{1,3}}))(?: of (?:the |such )?(?:shares|options))?(?: vests?| vesting)? (?:"
    rf"(?:after|at) {_LENGTH}|(?:on|at|after) (?:the )?(?:first|1st|1 year) anniversary)"
)
_PLAIN = re.compile(_LENGTH)
_CLAUSES = re.compile(r"\s*(?:[,;+/](?!\d)|\bwith\b(?: an?)?|\band\b(?: an?)?)\s*")
_LINKS = re.compile(r"\b(?:then|thereafter|(?:the )?(?:rest|remainder|balance)(?: vests?| vesting)?)\b")
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_WORDS = re.compile(rf"\b({'|'.join(_NUMBERS)})\b")


@lru_cache(maxsize=4096)
def read_schedule(text: str) -> Schedule | None:
    """A schedule that can be read in one way; None where it cannot be, or could be in several."""
    plain = " ".join(text.casefold().replace("-", " ").split()).rstrip(".")
    if plain in _AT_ONCE:
        return Schedule(0, 0, 1)
    plain = _WORDS.sub(lambda word: _NUMBERS[word[1]], _LINKS.sub(" ", plain))
    said = _Said()
    if not all(map(said.takes, (" ".join(clause.split()) for clause in _CLAUSES.split(plain) if clause.strip()))):
        return None
    return said.schedule()


class _Said:
    """What the clauses of a schedule say."""

    def __init__(self) -> None:
        self.lengths: list[tuple[int, int]] = []
        """Months and interval."""
        self.plain: list[int] = []
        """Months of which the interval is told elsewhere."""
        self.intervals: list[int] = []
        self.cliffs: list[int] = []
        self.parts: list[Fraction] = []
        """The part of the shares that a cliff is said to bring."""

    def takes(self, clause: str) -> bool:
        """Whether a clause is understood."""
        if (cliff := _cliff(clause)) is not None:
            self.cliffs.append(cliff)
        elif (length := _length(clause)) is not None:
            self.lengths.append(length)
        elif match := _FIRST.fullmatch(clause):
            percent, top, bottom, count, unit = match.groups()
            if bottom is not None and int(bottom) == 0:
                return False
            self.parts.append(Fraction(int(percent), 100) if percent else Fraction(int(top), int(bottom)))
            self.cliffs.append(_months(count, unit) if count else 12)
        elif match := _PLAIN.fullmatch(clause):
            self.plain.append(_months(match[1], match[2]))
        elif clause in INTERVALS:
            self.intervals.append(INTERVALS[clause])
        else:
            return False
        return True

    def schedule(self) -> Schedule | None:
        """The one schedule that is said."""
        lengths = [*self.lengths, *zip(self.plain, self.intervals, strict=False)]
        if len(lengths) != 1 or len(self.plain) != len(self.intervals) or len(self.cliffs) > 1:
            return None
        [(months, every)] = lengths
        cliff = self.cliffs[0] if self.cliffs else 0
        if self.parts:  # 1/48 monthly counts from the start, over 36 months from the cliff: its part tells which
            fits = [all_ for all_ in (months, months + cliff) if all_ and Fraction(cliff, all_) == self.parts[0]]
            if len(fits) != 1:
                return None
            [months] = fits
        return Schedule(months, cliff, every) if cliff <= months and months % every == 0 else None


def _length(clause: str) -> tuple[int, int] | None:
    """Months until all is vested, and from one installment to the next."""
    if match := _PARTS_OF.fullmatch(clause):
        every = INTERVALS[match[2]]
        return int(match[1]) * every, every
    if match := _OVER.fullmatch(clause):
        count, unit, interval = (match[1], match[2], match[3]) if match[1] else (match[5], match[6], match[4])
        return _months(count, unit), INTERVALS[interval]
    return None


def _cliff(clause: str) -> int | None:
    if clause in _NO_CLIFF:
        return 0
    match = _CLIFF.fullmatch(clause)
    return None if match is None else _months(match[1] or match[3], match[2] or match[4])


def _months(count: str, unit: str) -> int:
    return int(count) * (12 if unit.startswith("y") else 1)
