"""ISO_MAX_GRANT: the largest new grant that is wholly ISO, against worked figures and against the slow oracle."""

from __future__ import annotations

import datetime as dt
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oracles.iso_limit import Event, Tranche, iso_limit
from plansheet.excel import ISO_LIMIT_SPLIT, ISO_MAX_GRANT, ExcelError

NEW_DAY = dt.datetime(2004, 6, 15)
ACTIVITY_HEADINGS = ["Date", "Action", "Grant", "Shares", "Type"]


def day(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def column(*cells: Any) -> list[list[Any]]:
    return [[cell] for cell in cells]


OTHERS = (  # $60,000 of 2005 and $100,000 of 2006 are taken
    column("G-1", "G-2"),
    column(day("2004-01-05"), day("2004-02-02")),
    column(10, 20),
    column(day("2005-01-05"), day("2006-02-02")),
    column(6000, 5000),
)


@pytest.mark.parametrize(
    ("fmv", "dates", "weights", "others", "answer"),
    [
        # Alone, at once: $100,000 of stock and not a share more.
        (10, ["2004-06-15"], [1], (), (10_000, 2004)),
        (10.01, ["2004-06-15"], [1], (), (9_990, 2004)),
        (3.33, ["2004-06-15"], [7], (), (30_030, 2004)),
        # Four equal yearly installments carry four times as much.
        (10, ["2005-06-15", "2006-06-15", "2007-06-15", "2008-06-15"], [25, 25, 25, 25], (), (40_000, 2005)),
        # Vesting credit: what is due before the grant is first exercisable on its day.
        (10, ["2003-01-01", "2005-01-01"], [1, 1], (), (20_000, 2004)),
        # $40,000 of room in 2005 are 4,000 shares, of 2007 10,000: half and half, 2005 binds; the odd share comes last.
        (10, ["2005-06-15", "2007-06-15"], [1, 1], OTHERS, (8_001, 2005)),
        (10, ["2005-06-15", "2007-06-15"], [2, 5], OTHERS, (14_000, 2005)),
        (10, ["2005-06-15", "2007-06-15"], [1, 9], OTHERS, (11_111, 2007)),
        # 2006 is full: nothing fits a schedule with a share in it.
        (10, ["2005-06-15", "2006-06-15"], [1, 1], OTHERS, (0, 2006)),
        (10, ["2006-06-15", "2007-06-15"], [1, 1], OTHERS, (1, 2006)),
        # A condition uses no limit until it is met.
        (10, ["2005-06-15", None], [1, 3], OTHERS, (16_003, 2005)),
    ],
)
def test_worked_figures(
    fmv: float, dates: list[str | None], weights: list[int], others: tuple[Any, ...], answer: tuple[int, int]
) -> None:
    call = (NEW_DAY, fmv, column(*map(day, dates)), column(*weights), *others)
    assert ISO_MAX_GRANT(*call) == [[float(answer[0]), float(answer[1])]]


def test_the_limit_of_the_call_counts() -> None:
    assert ISO_MAX_GRANT(NEW_DAY, 10, NEW_DAY, 1, *[None] * 8, 50_000) == [[5000.0, 2004.0]]


def test_nsos_and_cancelled_options_leave_their_room() -> None:
    """Treas. Reg. §1.422-4(b)(1), (b)(5)(i): G-1 is an NSO, G-2 ends before the year in which it would have counted."""
    activity = [ACTIVITY_HEADINGS, [day("2005-12-31"), "CANCEL", "G-2", None, None]]
    schedule = (column(day("2005-06-15"), day("2006-06-15")), column(1, 1))
    call = (NEW_DAY, 10, *schedule, *OTHERS, None, column("NSO", "ISO"), activity)
    assert ISO_MAX_GRANT(*call) == [[20_000.0, 2005.0]]


def test_a_change_in_control_brings_the_schedule_into_one_year() -> None:
    activity = [ACTIVITY_HEADINGS, [day("2005-03-01"), "ACCELERATE", None, None, None]]
    schedule = (column(day("2005-01-15"), day("2006-06-15"), None), column(1, 1, 2))
    # Before 1 March 2005 a quarter was due; all of it counts in 2005, after the earlier grants' $160,000.
    assert ISO_MAX_GRANT(NEW_DAY, 10, *schedule, *OTHERS, None, None, activity) == [[0.0, 2005.0]]
    assert ISO_MAX_GRANT(NEW_DAY, 10, *schedule, *[None] * 7, activity) == [[10_000.0, 2005.0]]


def test_an_earlier_grant_of_the_same_day_counts_first() -> None:
    same_day = (column("Z-99"), column(NEW_DAY), column(10), column(NEW_DAY), column(9_000))
    assert ISO_MAX_GRANT(NEW_DAY, 10, NEW_DAY, 1, *same_day) == [[1000.0, 2004.0]]


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ((None, 10, NEW_DAY, 1), "#VALUE!", "new_grant_date is blank"),
        ((NEW_DAY, 0, NEW_DAY, 1), "#VALUE!", "new_fmv is blank or 0"),
        ((NEW_DAY, "10", NEW_DAY, 1), "#VALUE!", 'new_fmv holds the text "10"'),
        ((NEW_DAY, 10, "15/06/2004", 1), "#VALUE!", "row 1: new_first_exercisable holds the text"),
        ((NEW_DAY, 10, NEW_DAY, None), "#VALUE!", "new_weight is blank"),
        ((NEW_DAY, 10, column(NEW_DAY, NEW_DAY), column(1, 0)), "#VALUE!", "row 2: new_weight is blank or 0"),
        ((NEW_DAY, 10, column(NEW_DAY, NEW_DAY), column(1, -1)), "#VALUE!", "row 2: new_weight is -1, below zero"),
        ((NEW_DAY, 10, column(NEW_DAY, NEW_DAY), column(1, 1, 1)), "#VALUE!", "2 rows and new_weight 3"),
        ((NEW_DAY, 10, column(None, None), column(0, 0)), "#VALUE!", "no weight above zero"),
        ((NEW_DAY, 10, None, 1), "#N/A", "no installment of the new grant has a date"),
        ((NEW_DAY, 10, column(NEW_DAY, day("2005-01-01")), column(1, 1_000_000)), "#NUM!", "correct the weights"),
        ((NEW_DAY, 10, NEW_DAY, 1, *OTHERS[:4]), "#VALUE!", "give all of their columns, or none"),
        ((NEW_DAY, 10, NEW_DAY, 1, *OTHERS, column("Ann", "Bo")), "#VALUE!", "several holders (Ann and Bo)"),
        ((NEW_DAY, 10, NEW_DAY, 1, *OTHERS[:4], column(6000, "all")), "#VALUE!", "row 2: shares holds the text"),
        (
            (NEW_DAY, 10, NEW_DAY, 1, *OTHERS, None, None, [ACTIVITY_HEADINGS, [NEW_DAY, "EXERCISE", "G-2", 9, None]]),
            "#NUM!",
            "grant G-2: EXERCISE of 9 shares on 2004-06-15",
        ),
        (
            (NEW_DAY, 10, NEW_DAY, 1, *[None] * 7, [ACTIVITY_HEADINGS, ["1/2/2005", "ACCELERATE", None, None, None]]),
            "#VALUE!",
            "Activity row 1 (Date) holds the text",
        ),
    ],
)
def test_what_cannot_be_answered_says_why(arguments: tuple[Any, ...], error: str, says: str) -> None:
    answer = ISO_MAX_GRANT(*arguments)
    assert isinstance(answer, ExcelError)
    assert answer == error
    assert says in answer.message


# --- Against the oracle ----------------------------------------------------------------------------------------------

DAYS = st.sampled_from([date(2004, 6, 15), date(2004, 12, 31), date(2005, 1, 1), date(2005, 9, 9), date(2007, 2, 28)])
OLDER = st.sampled_from([date(2003, 1, 2), date(2004, 2, 29), date(2004, 6, 15)])
FMVS = st.sampled_from(["10", "2.5", "33.33", "7", "250"])


@st.composite
def holdings(draw: st.DrawFn) -> list[Tranche]:
    rows: list[Tranche] = []
    for number in range(draw(st.integers(0, 3))):
        made, fmv = draw(OLDER), Fraction(draw(FMVS))
        kind = draw(st.sampled_from(["ISO", "ISO", "NSO"]))
        for _ in range(draw(st.integers(1, 2))):
            shares = Fraction(draw(st.integers(1, 150_000)) // fmv.__ceil__())
            rows.append(Tranche(f"G-{number}", made, fmv, draw(st.none() | DAYS), shares, "E", kind))
    return rows


EVENTS = st.lists(
    st.builds(
        Event,
        st.sampled_from([date(2004, 7, 1), date(2005, 2, 1), date(2006, 1, 1)]),
        st.sampled_from(["ACCELERATE", "CANCEL", "SPLIT"]),
        st.sampled_from(["G-0", "G-1"]),
    ),
    max_size=2,
).map(
    lambda events: [
        Event(e.date, e.action, ratio=(Fraction(3), Fraction(2))) if e.action == "SPLIT" else e for e in events
    ]
)


def installments(shares: int, weights: list[int]) -> list[int]:
    ends = [shares * sum(weights[: at + 1]) // sum(weights) for at in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


@given(
    holdings(),
    EVENTS,
    FMVS,
    st.lists(st.tuples(st.none() | DAYS, st.integers(1, 5)), min_size=1, max_size=3),
    st.data(),
)
def test_no_larger_grant_is_wholly_iso_and_this_one_is(
    held: list[Tranche], events: list[Event], fmv: str, schedule: list[tuple[date | None, int]], data: st.DataObject
) -> None:
    known = {row.grant for row in held}
    events = [event for event in events if event.grant is None or event.grant in known]
    assume(any(due is not None for due, _ in schedule))
    schedule = sorted(schedule, key=lambda part: part[0] or date.max)
    weights = [weight for _, weight in schedule]

    def is_wholly_iso(shares: int) -> bool:
        parts = installments(shares, weights)
        new = [
            Tranche("ZZZ", NEW_DAY.date(), Fraction(fmv), due, Fraction(part))
            for (due, _), part in zip(schedule, parts, strict=True)
        ]
        answers = iso_limit([*held, *new], events, rounding="EXACT")[len(held) :]
        return all(not isinstance(answer, str) and answer[1] == 0 for answer in answers)

    assume(is_wholly_iso(0))
    as_cells = [
        column(*(row.grant for row in held)),
        column(*(dt.datetime.combine(row.grant_date, dt.time()) for row in held)),
        column(*(float(row.fmv) for row in held)),
        column(*(row.first_exercisable and dt.datetime.combine(row.first_exercisable, dt.time()) for row in held)),
        column(*(float(row.shares) for row in held)),
    ]
    rows = [
        [dt.datetime.combine(e.date, dt.time()), e.action, e.grant, "3-for-2" if e.ratio else None, None]
        for e in events
    ]
    others = (*as_cells, None, column(*(row.grant_type for row in held))) if held else (None,) * 7
    answer = ISO_MAX_GRANT(
        NEW_DAY,
        float(fmv),
        column(*(due and dt.datetime.combine(due, dt.time()) for due, _ in schedule)),
        column(*map(float, weights)),
        *others,
        [ACTIVITY_HEADINGS, *rows],
    )
    assert isinstance(answer, list), answer.message
    shares = int(answer[0][0])
    assert is_wholly_iso(shares)
    step = sum(weights)
    for more in range(1, step + 2):
        assert not is_wholly_iso(shares + more)
    assert not is_wholly_iso(shares + data.draw(st.integers(1, 10_000)))


def test_the_answer_holds_in_iso_limit_split() -> None:
    """What the two functions say of one grant is one thing."""
    schedule = (column(day("2005-06-15"), day("2007-06-15")), column(1, 9))
    [[shares, _]] = ISO_MAX_GRANT(NEW_DAY, 10, *schedule, *OTHERS)
    for granted, is_iso in ((shares, True), (shares + 1, False)):
        parts = installments(int(granted), [1, 9])
        grants = [[*left, *right] for left, right in zip(OTHERS, _rows(parts), strict=True)]
        split = ISO_LIMIT_SPLIT(*grants, None, None, None, None, "EXACT")
        assert (sum(nso for _, nso in split[2:]) == 0) is is_iso


def _rows(parts: list[int]) -> tuple[list[list[Any]], ...]:
    return (
        column("NEW", "NEW"),
        column(NEW_DAY, NEW_DAY),
        column(10, 10),
        column(day("2005-06-15"), day("2007-06-15")),
        column(*parts),
    )
