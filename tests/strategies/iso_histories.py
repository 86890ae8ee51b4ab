"""Random histories of one to four holders for the $100,000 rule: mostly lawful, often exactly at the limit.

Every number is a decimal of at most 15 digits, so that a cell can hold it without loss.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from hypothesis import strategies as st

from oracles.iso_limit import CANCELLING_WORDS, STATUTORY_LIMIT, WORDS_WITHOUT_EFFECT, Event, Tranche

FIRST_DAY, LAST_DAY = date(2003, 1, 1), date(2006, 12, 31)
#: Few days make many ties: year ends, a leap day, and days in between.
NOTABLE_DAYS = [
    date(2003, 6, 15),
    date(2003, 12, 31),
    date(2004, 1, 1),
    date(2004, 2, 29),
    date(2004, 6, 15),
    date(2004, 9, 30),
    date(2004, 12, 31),
    date(2005, 1, 1),
    date(2005, 3, 1),
    date(2005, 6, 15),
    date(2005, 12, 31),
    date(2006, 1, 1),
]
HOLDERS = ["E-2", "E-10", "Ann Lee", "Bo"]
GRANTS = [
    "G-2",
    "G-02",
    "G-10",
    "g-3",
    "1001",
    "9",
    "10",
    "A7",
    "A12",
    "G2",
    "B",
    "BA",
    "CN-7",
    "CN-07b",
    "2004-1",
    "2004-12",
]
UNKNOWN_GRANT = "ZZ-99"
FMVS = [Fraction(text) for text in ("10", "2.5", "0.88", "33.33", "7", "0.0123", "1.78", "0.003125", "16", "1234.567")]
RATIOS = [(Fraction(new), Fraction(old)) for new, old in (("2", "1"), ("3", "2"), ("1", "10"), ("1.4169", "1"))]
EIGHTHS = [Fraction(part, 8) for part in range(1, 9)]
QUARTERS = EIGHTHS[1::2]
#: How often the ledger asks for what is not there.
MODES = ["some"] * 20 + ["all"] * 10 + ["blank"] * 12 + ["too many"]
ACTIONS = [
    *["EXERCISE"] * 14,
    *CANCELLING_WORDS * 2,
    *["ACCELERATE"] * 5,
    *["PERFORMANCE MET"] * 3,
    *["SPLIT"] * 2,
    "NO EFFECT",
    "UNKNOWN GRANT",
]


@dataclass(frozen=True)
class History:
    """The rows of a vesting sheet and of a ledger, as somebody listed them."""

    tranches: tuple[Tranche, ...]
    activity: tuple[Event, ...]
    limit: Fraction = STATUTORY_LIMIT


@dataclass(frozen=True)
class Intent:
    """A wish for one row of the ledger, which the state of that day makes lawful, or drops."""

    day: date
    action: str
    grant: int
    mode: str
    part: Fraction
    ratio: tuple[Fraction, Fraction]
    everybody: bool


def short(number: Fraction) -> Fraction:
    """The next number below that a cell holds without loss, with at most four decimals."""
    for scale in (10_000, 100, 1):
        if number * scale < 10**15:
            return Fraction(floor(number * scale), scale)
    raise AssertionError(f"{number} is more than any sheet holds")


# ---- the vesting sheet


@dataclass(frozen=True)
class Calendar:
    """When things happen: anywhere in four years, or crowded into one, where what is exercised meets what is moved."""

    grants: st.SearchStrategy[date]
    first: st.SearchStrategy[date]
    events: st.SearchStrategy[date]
    crowded: bool


notable = st.sampled_from(NOTABLE_DAYS)
anywhere = st.one_of(notable, notable, st.dates(min_value=FIRST_DAY, max_value=LAST_DAY))
LOOSE = Calendar(st.one_of(notable, st.dates(FIRST_DAY, date(2005, 12, 31))), anywhere, anywhere, crowded=False)
CROWDED = Calendar(
    st.sampled_from([date(2004, 3, 1), date(2004, 3, 2), date(2004, 10, 1), date(2005, 1, 10), date(2005, 5, 2)]),
    st.sampled_from([date(2004, 11, 1), date(2005, 1, 10), date(2005, 3, 1), date(2005, 9, 1), date(2007, 3, 1)]),
    st.dates(date(2005, 1, 1), date(2005, 12, 31)),
    crowded=True,
)


@st.composite
def share_counts(draw: st.DrawFn, fmv: Fraction, limit: Fraction, calendar: Calendar) -> Fraction:
    """Parts of what fills the limit exactly, a share beside it, plain counts, fractions, a giant, nothing."""
    crowd = ["part"] * 4 + ["beside"]
    kind = draw(st.sampled_from(crowd if calendar.crowded else [*crowd, *["plain"] * 5, "fraction", "giant", "none"]))
    if kind in ("part", "beside"):
        filling = short(limit * draw(st.sampled_from(QUARTERS)) / fmv)
        return max(filling + draw(st.sampled_from([-1, 1])), Fraction(0)) if kind == "beside" else filling
    if kind == "plain":
        return Fraction(draw(st.integers(1, 20_000)))
    if kind == "fraction":
        return Fraction(draw(st.integers(1, 20_000_000)), draw(st.sampled_from([4, 1000])))
    return Fraction(draw(st.integers(10**6, 10**10))) if kind == "giant" else Fraction(0)


@st.composite
def first_dates(draw: st.DrawFn, made: date, calendar: Calendar) -> date | None:
    kind = draw(st.sampled_from(["later"] * 8 + ["at grant"] * 4 + ["blank"] * 3 + ["credit"]))
    if kind == "blank":
        return None
    if kind == "at grant":
        return made
    if kind == "credit":
        return made - timedelta(days=draw(st.sampled_from([1, 30, 365])))
    return max(made, draw(calendar.first))


@st.composite
def grants(draw: st.DrawFn, number: str, holder: str, limit: Fraction, calendar: Calendar) -> list[Tranche]:
    made = draw(calendar.grants)
    fmv = draw(st.sampled_from(FMVS))
    grant_type = draw(st.sampled_from(["ISO"] * 7 + ["NSO"]))
    sizes = share_counts(fmv, limit, calendar)
    return [
        Tranche(number, made, fmv, draw(first_dates(made, calendar)), draw(sizes), holder, grant_type)
        for _ in range(draw(st.integers(1, 3 if calendar.crowded else 4)))
    ]


def without_swapped_columns(rows: Sequence[Tranche]) -> list[Tranche]:
    """Where most rows vest before their grant the columns look swapped, which is refused: put them at the grant."""
    dated = [row for row in rows if row.first_exercisable]
    early = [row for row in dated if row.first_exercisable and row.first_exercisable < row.grant_date]
    if 2 * len(early) <= len(dated):
        return list(rows)
    return [replace(row, first_exercisable=row.grant_date) if row in early else row for row in rows]


@st.composite
def vesting_sheets(draw: st.DrawFn, limit: Fraction, calendar: Calendar) -> list[list[Tranche]]:
    """The rows, grant by grant."""
    holders = draw(st.permutations(HOLDERS))[: draw(st.sampled_from([1, 1, 2, 3, 4]))]
    numbers = iter(draw(st.permutations(GRANTS)))
    sheet: list[list[Tranche]] = []
    for holder in holders:
        for _ in range(draw(st.integers(1, 5 if len(holders) < 3 else 2))):
            sheet.append(draw(grants(next(numbers), holder, limit, calendar)))
    rows = without_swapped_columns([row for grant in sheet for row in grant])
    for _ in range(draw(st.integers(0, 2))):
        rows = filled_exactly(rows, draw(st.integers(0, len(rows) - 1)), limit)
    regrouped = iter(rows)
    return [[next(regrouped) for _ in grant] for grant in sheet]


def year_of(row: Tranche) -> tuple[str, int] | None:
    """The year that a row uses, as the sheet stands before any event."""
    if row.first_exercisable is None or row.grant_type != "ISO":
        return None
    return (row.holder, max(row.first_exercisable, row.grant_date).year)


def filled_exactly(rows: list[Tranche], place: int, limit: Fraction) -> list[Tranche]:
    """One row given the shares that bring its year to the limit to the cent, where a cell can hold them."""
    row = rows[place]
    used = sum((other.shares * other.fmv for other in rows if year_of(other) == year_of(row)), Fraction(0))
    shares = (limit - used) / row.fmv + row.shares
    if year_of(row) is None or shares <= 0 or short(shares) != shares:
        return rows
    return [*rows[:place], replace(row, shares=shares), *rows[place + 1 :]]


# ---- the ledger


@dataclass
class _Heap:
    """What is left of one tranche, in the shares of the day."""

    sheet: date | None
    first: date | None
    left: Fraction
    size: Fraction

    def open_on(self, day: date) -> bool:
        return self.first is not None and self.first <= day

    def rank(self) -> tuple[date, date, Fraction]:
        return (self.first or date.max, self.sheet or date.max, self.size)


@dataclass
class _Grant:
    number: str
    made: date
    gate: date
    heaps: list[_Heap] = field(default_factory=list)

    def taken_by(self, action: str, day: date) -> list[_Heap]:
        heaps = sorted(self.heaps, key=_Heap.rank)
        if action == "EXERCISE":
            return [heap for heap in heaps if heap.open_on(day)]
        if action == "EXPIRE":
            return [heap for heap in heaps if heap.open_on(day)][::-1]
        if action == "FORFEIT":
            return [heap for heap in heaps if not heap.open_on(day)][::-1]
        return heaps[::-1]

    def accelerate(self, day: date, conditional_only: bool) -> None:
        for heap in self.heaps:
            target = max(day, self.gate)
            if heap.left and (heap.sheet is None or not conditional_only) and (heap.first or date.max) > target:
                heap.first = target


def _take(heaps: Iterable[_Heap], number: Fraction) -> None:
    for heap in heaps:
        taken = min(heap.left, number)
        heap.left -= taken
        number -= taken


def _granted(rows: Sequence[Tranche], approvals: Sequence[Event]) -> _Grant:
    made = rows[0].grant_date
    gate = max([made, *(row.date for row in approvals if row.grant in (None, rows[0].grant))])
    heaps = [
        _Heap(row.first_exercisable, row.first_exercisable and max(row.first_exercisable, gate), row.shares, row.shares)
        for row in rows
    ]
    return _Grant(rows[0].grant, made, gate, heaps)


def _meant(intent: Intent, state: list[_Grant]) -> _Grant:
    """The wished grant, or the next one that has something to take that day."""
    start = intent.grant % len(state)
    candidates = [*state[start:], *state[:start]]
    if intent.action in ("EXERCISE", *CANCELLING_WORDS) and intent.mode != "too many":
        for grant in candidates:
            if grant.made <= intent.day and any(heap.left for heap in grant.taken_by(intent.action, intent.day)):
                return grant
    return candidates[0]


def _carry_out(intent: Intent, state: list[_Grant]) -> Iterator[Event]:
    """The row that the state of the day allows, if any; changes the state."""
    grant = _meant(intent, state)
    day, action = intent.day, intent.action
    if action == "SPLIT":
        for older in state:
            for heap in older.heaps if older.made < day else []:
                heap.left *= intent.ratio[0] / intent.ratio[1]
        yield Event(day, "SPLIT", ratio=intent.ratio)
    elif action == "NO EFFECT":
        word = WORDS_WITHOUT_EFFECT[int(intent.part * 8) % len(WORDS_WITHOUT_EFFECT)]
        yield Event(day, word, grant.number, Fraction(5))
    elif action == "UNKNOWN GRANT":
        yield Event(day, "EXERCISE", UNKNOWN_GRANT, Fraction(10**6))
    elif action == "ACCELERATE" and intent.everybody:
        for older in state:
            if older.made <= day:
                older.accelerate(day, conditional_only=False)
        yield Event(day, action)
    elif day < grant.made:
        if intent.mode == "too many" and action != "ACCELERATE":
            yield Event(day, action, grant.number, None if action == "PERFORMANCE MET" else Fraction(1))
    elif action in ("ACCELERATE", "PERFORMANCE MET"):
        grant.accelerate(day, conditional_only=action == "PERFORMANCE MET")
        yield Event(day, action, grant.number)
    else:
        yield from _carry_out_taking(intent, grant)


def _carry_out_taking(intent: Intent, grant: _Grant) -> Iterator[Event]:
    heaps = grant.taken_by(intent.action, intent.day)
    there = sum((heap.left for heap in heaps), Fraction(0))
    if intent.mode == "too many":
        surplus = Fraction(1, 1000 if intent.everybody else 1)
        yield Event(intent.day, intent.action, grant.number, short(there) + surplus)
        return
    number = {"some": short(there * intent.part), "all": there, "blank": there}[intent.mode]
    if number == 0 and intent.mode != "blank":
        return
    _take(heaps, number)
    as_blank = intent.mode == "blank" or short(number) != number
    yield Event(intent.day, intent.action, grant.number, None if as_blank else number)


@st.composite
def approvals(draw: st.DrawFn, numbers: list[str], calendar: Calendar) -> list[Event]:
    if draw(st.integers(0, 4)):
        return []
    gated = st.sampled_from([None, *numbers])
    return [
        Event(draw(st.one_of(notable, calendar.events)), "APPROVAL", draw(gated))
        for _ in range(draw(st.integers(1, 2)))
    ]


def _in_its_time(intent: Intent, state: list[_Grant]) -> Intent:
    """Not before the grant it wishes for, except now and then."""
    made = state[intent.grant % len(state)].made
    return intent if intent.mode == "too many" else replace(intent, day=max(intent.day, made))


def intents(calendar: Calendar) -> st.SearchStrategy[Intent]:
    return st.builds(
        Intent,
        calendar.events,
        st.sampled_from(ACTIONS),
        st.integers(0, 15),
        st.sampled_from(MODES),
        st.sampled_from(EIGHTHS),
        st.sampled_from(RATIOS),
        st.booleans(),
    )


def shuffled_days(rows: Sequence[Event], order: Sequence[int]) -> list[Event]:
    """The rows in any order of days; those of one day as they were."""
    waiting = {row.date: iter([other for other in rows if other.date == row.date]) for row in rows}
    return [next(waiting[rows[place].date]) for place in order]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A sheet and a ledger, rows shuffled."""
    limit = draw(st.sampled_from([STATUTORY_LIMIT] * 5 + [Fraction("250000.5")]))
    calendar = draw(st.sampled_from([LOOSE, CROWDED]))
    sheet = draw(vesting_sheets(limit, calendar))
    numbers = [rows[0].grant for rows in sheet]
    gates = draw(approvals(numbers, calendar))
    state = [_granted(rows, gates) for rows in sheet]
    count = draw(st.integers(0, 14))
    wishes = [
        _in_its_time(intent, state) for intent in draw(st.lists(intents(calendar), min_size=count, max_size=count))
    ]
    wishes.sort(key=lambda intent: intent.day)
    ledger = [row for intent in wishes for row in _carry_out(intent, state)]
    ledger = sorted([*gates, *ledger], key=lambda row: row.date)
    rows = draw(st.permutations([row for grant in sheet for row in grant]))
    activity = shuffled_days(ledger, draw(st.permutations(range(len(ledger)))))
    return History(tuple(rows), tuple(activity), limit)
