"""VEST_TRANCHES, and the schedules that ISO_LIMIT_BY_GRANT builds, against the oracle (plan §8, §11(c))."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from oracles.adjustment import months_after, vest_tranches
from plansheet.excel import ISO_LIMIT_BY_GRANT, ISO_LIMIT_SPLIT, VEST_TRANCHES
from strategies.cells import as_excel_dates, column

HEADINGS = ["Grant", "Tranche", "First exercisable", "Shares"]
MONTH_ENDS = [
    dt.date(2000, 1, 31),
    dt.date(2000, 2, 29),
    dt.date(2003, 8, 31),
    dt.date(2005, 5, 30),
    dt.date(2004, 12, 31),
]


@dataclass(frozen=True)
class Schedule:
    shares: int
    start: dt.date
    start_cell: object
    months: int
    cliff: int
    every: int


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    start = draw(st.one_of(st.dates(dt.date(1996, 4, 25), dt.date(2030, 12, 31)), st.sampled_from(MONTH_ENDS)))
    months = draw(st.one_of(st.sampled_from([0, 1, 12, 36, 48, 60]), st.integers(1, 60)))
    return Schedule(
        shares=draw(st.one_of(st.integers(1, 60), st.integers(1, 500_000))),
        start=start,
        start_cell=draw(as_excel_dates(start)),
        months=months,
        cliff=draw(st.one_of(st.sampled_from([0, months]), st.integers(0, months))),
        every=draw(st.one_of(st.sampled_from([1, 3, 6, 12]), st.integers(1, 70))),
    )


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day)


def expected_rows(grant: str, schedule: Schedule) -> list[list[object]]:
    tranches = vest_tranches(schedule.shares, schedule.start, schedule.months, schedule.cliff, schedule.every)
    return [[grant, float(number), midnight(day), float(shares)] for number, (day, shares) in enumerate(tranches, 1)]


@given(st.lists(schedules(), min_size=1, max_size=4))
def test_every_tranche_is_the_oracles(grants: list[Schedule]) -> None:
    names = [f"G-{number}" for number in range(1, len(grants) + 1)]
    table = VEST_TRANCHES(
        column(names),
        column(float(grant.shares) for grant in grants),
        column(grant.start_cell for grant in grants),
        column(float(grant.months) for grant in grants),
        column(float(grant.cliff) for grant in grants),
        column(float(grant.every) for grant in grants),
    )
    assert table[0] == HEADINGS
    assert table[1:] == [row for name, grant in zip(names, grants, strict=True) for row in expected_rows(name, grant)]


@given(schedules())
def test_no_share_is_lost_and_no_date_goes_back(grant: Schedule) -> None:
    start = midnight(grant.start)
    table = VEST_TRANCHES("G", float(grant.shares), start, float(grant.months), float(grant.cliff), float(grant.every))
    assert sum(row[3] for row in table[1:]) == grant.shares
    assert all(row[3] >= 0 for row in table[1:])
    dates = [row[2] for row in table[1:]]
    assert dates == sorted(set(dates))
    assert dates[-1] == midnight(months_after(grant.start, grant.months))


@given(schedules())
def test_left_out_there_is_no_cliff_and_a_tranche_every_month(grant: Schedule) -> None:
    monthly = Schedule(grant.shares, grant.start, grant.start_cell, grant.months, 0, 1)
    table = VEST_TRANCHES("G", float(grant.shares), grant.start_cell, float(grant.months))
    assert table[1:] == expected_rows("G", monthly)


def test_blank_months_is_one_tranche_at_the_start() -> None:
    start = dt.datetime(2001, 10, 23)
    for blank in (None, "", 0, 0.0):
        assert VEST_TRANCHES([["A"]], [[50000.0]], [[start]], [[blank]]) == [HEADINGS, ["A", 1.0, start, 50000.0]]


def test_anniversaries_are_counted_from_the_start() -> None:
    table = VEST_TRANCHES("A", 4.0, dt.datetime(2003, 8, 31), 8.0, None, 2.0)
    assert [row[2] for row in table[1:]] == [
        dt.datetime(2003, 10, 31),
        dt.datetime(2003, 12, 31),
        dt.datetime(2004, 2, 29),  # clipped, and not carried on
        dt.datetime(2004, 4, 30),
    ]


def test_tranches_of_no_shares_are_kept() -> None:
    table = VEST_TRANCHES("A", 2.0, dt.datetime(2004, 1, 1), 4.0, None, 1.0)
    assert [row[3] for row in table[1:]] == [0.0, 1.0, 0.0, 1.0]


@given(st.lists(schedules(), min_size=1, max_size=4), st.integers(0, 200), st.sampled_from([1.0, 2.5, 24.0]))
def test_one_row_per_grant_gives_what_its_tranches_give(grants: list[Schedule], days: int, fmv: float) -> None:
    """ISO_LIMIT_BY_GRANT from the schedule columns is ISO_LIMIT_SPLIT over VEST_TRANCHES, summed by grant."""
    names = [f"G-{number}" for number in range(1, len(grants) + 1)]
    granted = {name: midnight(grant.start) - dt.timedelta(days) for name, grant in zip(names, grants, strict=True)}
    tranches = [row for name, grant in zip(names, grants, strict=True) for row in expected_rows(name, grant)]
    by_tranche = ISO_LIMIT_SPLIT(
        column(row[0] for row in tranches),
        column(granted[row[0]] for row in tranches),
        column(fmv for _ in tranches),
        column(row[2] for row in tranches),
        column(row[3] for row in tranches),
    )
    by_grant = ISO_LIMIT_BY_GRANT(
        [
            ["Grant", "Holder", "Grant date", "FMV", "Shares", "Vesting start", "Months", "Cliff", "Every"],
            *(
                [name, "E", granted[name], fmv, grant.shares, grant.start_cell, grant.months, grant.cliff, grant.every]
                for name, grant in zip(names, grants, strict=True)
            ),
        ]
    )
    totals = {name: [0.0, 0.0] for name in names}
    for row, (iso, nso) in zip(tranches, by_tranche, strict=True):
        totals[row[0]][0] += iso
        totals[row[0]][1] += nso
    assert by_grant == [["Grant", "Holder", "ISO", "NSO"], *([name, "E", *totals[name]] for name in names)]
