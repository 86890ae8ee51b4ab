"""Schedules told in words: 1/48 monthly, 12 month cliff."""

import re
from functools import lru_cache
from typing import NamedTuple


class Schedule(NamedTuple):
    """A schedule in months: until all is vested, until the first shares are, from one installment to the next."""

    months: int
    cliff: int
    every: int


_EVERY = {
    "monthly": 1, "per month": 1, "each month": 1, "a month": 1, "every month": 1, "month": 1,
    "quarterly": 3, "per quarter": 3, "each quarter": 3, "a quarter": 3, "every quarter": 3, "quarter": 3,
    "annually": 12, "yearly": 12, "per year": 12, "each year": 12, "a year": 12, "every year": 12, "annual": 12,
}  # fmt: skip
_INTERVAL = "|".join(sorted(_EVERY, key=len, reverse=True))
_LENGTH = r"(\d{1,3})[ -]?(months?|mos?|years?|yrs?)"
_PARTS_OF = re.compile(rf"1/(\d{{1,3}}) ?(?:th|rd|nd|st)?(?: vests| vesting)? ({_INTERVAL})")
_OVER = re.compile(
    rf"(?:over )?{_LENGTH}(?: vesting)? ({_INTERVAL})(?: vesting)?|({_INTERVAL})(?: vesting)? (?:over|for) {_LENGTH}"
)
_CLIFF = re.compile(rf"{_LENGTH} cliff|cliff (?:of )?{_LENGTH}")
_NO_CLIFF = frozenset({"no cliff", "without cliff", "without a cliff"})
_AT_ONCE = frozenset({"immediate", "immediately", "fully vested", "fully vested at grant", "immediate vesting"})
_CLAUSES = re.compile(r"\s*(?:[,;+/](?!\d)|\bwith\b(?: an?)?|\band\b(?: an?)?)\s*")


@lru_cache(maxsize=4096)
def read_schedule(text: str) -> Schedule | None:
    """A schedule that can be read in one way; None where it cannot be, or could be in several."""
    plain = " ".join(text.casefold().replace("-", " ").split()).rstrip(".")
    if plain in _AT_ONCE:
        return Schedule(0, 0, 1)
    lengths: list[tuple[int, int]] = []
    cliffs: list[int] = []
    for clause in filter(None, _CLAUSES.split(plain)):
        cliff = _cliff(clause)
        length = _length(clause)
        if cliff is not None:
            cliffs.append(cliff)
        elif length is not None:
            lengths.append(length)
        else:
            return None
    if len(lengths) != 1 or len(cliffs) > 1:
        return None
    [(months, every)] = lengths
    cliff = cliffs[0] if cliffs else 0
    return Schedule(months, cliff, every) if cliff <= months and months % every == 0 else None


def _length(clause: str) -> tuple[int, int] | None:
    """Months until all is vested, and from one installment to the next."""
    if match := _PARTS_OF.fullmatch(clause):
        every = _EVERY[match[2]]
        return int(match[1]) * every, every
    if match := _OVER.fullmatch(clause):
        count, unit, interval = (match[1], match[2], match[3]) if match[1] else (match[5], match[6], match[4])
        return _months(count, unit), _EVERY[interval]
    return None


def _cliff(clause: str) -> int | None:
    if clause in _NO_CLIFF:
        return 0
    match = _CLIFF.fullmatch(clause)
    return None if match is None else _months(match[1] or match[3], match[2] or match[4])


def _months(count: str, unit: str) -> int:
    return int(count) * (12 if unit.startswith("y") else 1)


def every_month(cell: object) -> object:
    """Months from one installment to the next, where a cell says them in a word (Quarterly); else as it stands."""
    return _EVERY.get(" ".join(cell.casefold().split()), cell) if isinstance(cell, str) else cell
