"""POOL_AVAILABLE and POOL_LEDGER against the slow oracle, through the cells Excel sends, and the pool's own laws."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.pool import PoolLine, PoolRow, closed_total, pool, pool_ledger
from plansheet.excel import POOL_AVAILABLE, POOL_LEDGER, ExcelError
from strategies.cells import column
from strategies.pool_histories import PoolHistory, as_of_dates, excel_columns, pool_histories, relisted

HEADINGS = ["Date", "Action", "Grant", "Change", "Available", "Available for ISO"]

spellings = st.one_of(st.just(0), st.integers(1, 2**32))
types = st.sampled_from(("ANY", "ISO"))
recyclings = st.sampled_from(("PLAN", "NET"))


def available(
    history: PoolHistory,
    as_of: dt.date | None = None,
    for_type: str = "ANY",
    recycling: str = "PLAN",
    spelling: int = 0,
) -> object:
    """What Excel shows; the defaults are left out, as a user leaves them out."""
    cells = excel_columns(history, spelling)
    return POOL_AVAILABLE(
        cells.reserve,
        cells.action,
        cells.shares,
        cells.grant_id,
        cells.grant_type,
        cells.event_date,
        None if as_of is None else dt.datetime(as_of.year, as_of.month, as_of.day),
        None if for_type == "ANY" else for_type,
        None if recycling == "PLAN" else recycling,
    )


def ledger(history: PoolHistory, recycling: str = "PLAN", spelling: int = 0) -> Sequence[Sequence[object]]:
    cells = excel_columns(history, spelling)
    table = POOL_LEDGER(
        cells.reserve,
        cells.action,
        cells.shares,
        cells.grant_id,
        cells.grant_type,
        cells.event_date,
        None if recycling == "PLAN" else recycling,
    )
    assert isinstance(table, list), getattr(table, "message", table)
    return table


def figures(table: Sequence[Sequence[object]]) -> list[list[object]]:
    """The lines without the Grant column, whose sentence names a row by its place in the sheet."""
    return [[line[0], line[1], *line[3:]] for line in table[1:]]


def assert_shows(cell: object, figure: Fraction | str) -> None:
    """A figure is the double nearest to the exact one; an error is the code, with a sentence."""
    if isinstance(figure, str):
        assert cell == figure
        assert isinstance(cell, ExcelError)
        assert cell.message.strip()
    else:
        assert type(cell) is float, getattr(cell, "message", cell)
        assert cell == float(figure)


def assert_line(cells: Sequence[object], line: PoolLine) -> None:
    date, action, grant, change, both, for_iso = cells
    expected = line.row.date
    assert date == ("" if expected is None else dt.datetime(expected.year, expected.month, expected.day))
    assert str(action).upper().replace("_", " ").replace("-", " ") == line.row.action
    if isinstance(line.change, str):
        # A plain cell of the line holds the sentence, for routes that show an error by its code alone.
        assert isinstance(change, ExcelError)
        assert any(type(cell) is str and change.message in cell for cell in cells)
    else:
        assert str(grant) == (line.row.grant or "")
    assert_shows(change, line.change)
    assert_shows(both, line.available)
    assert_shows(for_iso, line.available_for_iso)


@given(st.data(), pool_histories(), types, recyclings, spellings)
def test_shares_available_are_the_oracle_s(
    data: st.DataObject, history: PoolHistory, for_type: str, recycling: str, spelling: int
) -> None:
    as_of = data.draw(as_of_dates(history), label="as_of")
    expected = pool(history.reserve, history.rows, as_of, for_type, recycling)
    assert_shows(available(history, as_of, for_type, recycling, spelling), expected)


@given(pool_histories(), recyclings)
def test_every_line_of_the_running_table_is_the_oracle_s(history: PoolHistory, recycling: str) -> None:
    heading, *lines = ledger(history, recycling)
    expected = pool_ledger(history.reserve, history.rows, recycling)
    assert heading == HEADINGS
    assert len(lines) == len(expected)
    for cells, line in zip(lines, expected, strict=True):
        assert_line(cells, line)


TENDERED_30 = (
    PoolRow(None, "GRANT", "I", Fraction(60), "ISO"),
    PoolRow(None, "EXERCISE", "I", Fraction(60)),
    PoolRow(None, "TENDER", "I", Fraction(30)),
)
NSO_40 = PoolRow(None, "GRANT", "N", Fraction(40), "NSO")  # 30 recycled shares, then 10 original ones


THEN = {
    "the last drawn come back": (NSO_40, PoolRow(None, "CANCEL", "N", Fraction(15))),
    "the first drawn are issued": (NSO_40, PoolRow(None, "EXERCISE", "N", Fraction(35)), PoolRow(None, "EXPIRE", "N")),
    "an EXERCISE without a number": (NSO_40, PoolRow(None, "EXERCISE", "N")),
    "a FORFEIT without a number, and a row after it": (NSO_40, PoolRow(None, "FORFEIT", "N"), NSO_40),
    "an unknown type": (PoolRow(None, "GRANT", "U", Fraction(1)), PoolRow(None, "CANCEL", "U")),
    "ended before it was granted": (PoolRow(None, "CANCEL", "N"), NSO_40),
}


@pytest.mark.parametrize("then", THEN.values(), ids=THEN)
def test_what_follows_a_tender_comes_from_and_goes_to_its_bucket(then: tuple[PoolRow, ...]) -> None:
    history = PoolHistory(Fraction(100), (*TENDERED_30, *then))
    lines = ledger(history)[1:]
    for cells, line in zip(lines, pool_ledger(history.reserve, history.rows), strict=True):
        assert_line(cells, line)
    for for_type in ("ANY", "ISO"):
        assert_shows(available(history, for_type=for_type), pool(history.reserve, history.rows, None, for_type))


@pytest.mark.parametrize("grant", [None, "G-1"])
def test_a_ledger_of_one_grant_reads_the_same_without_its_number(grant: str | None) -> None:
    """The grant is of the day of the split, so that day's rows of it are in new shares, wherever the SPLIT stands."""
    day = dt.date(2000, 3, 13)
    rows = (
        PoolRow(day, "GRANT", grant, Fraction(700), "ISO"),
        PoolRow(day, "FORFEIT", grant, Fraction(100)),
        PoolRow(day, "SPLIT", ratio=Fraction(2)),
    )
    history = PoolHistory(Fraction(1000), rows)
    assert [line[3:] for line in ledger(history)[1:]] == [
        [-350.0, 650.0, 650.0],
        [50.0, 700.0, 700.0],
        [700.0, 1400.0, 1400.0],
    ]
    assert available(history) == 1400.0


@given(pool_histories(), recyclings, spellings)
def test_the_spelling_of_a_cell_changes_no_figure(history: PoolHistory, recycling: str, spelling: int) -> None:
    plain = figures(ledger(history, recycling))
    assert [line[2:] for line in figures(ledger(history, recycling, spelling))] == [line[2:] for line in plain]


@given(pool_histories(troubles=False), recyclings)
def test_available_is_reserve_and_tendered_and_returned_less_granted(history: PoolHistory, recycling: str) -> None:
    expected = closed_total(history.reserve, history.rows, recycling)
    assert_shows(available(history, recycling=recycling), expected)


@given(st.data(), pool_histories())
def test_rows_of_different_days_may_stand_in_any_order(data: st.DataObject, history: PoolHistory) -> None:
    mixed = relisted(history.rows, data.draw(st.permutations([row.date for row in history.rows])))
    shuffled = PoolHistory(history.reserve, tuple(mixed))
    assert figures(ledger(shuffled)) == figures(ledger(history))
    assert available(shuffled, for_type="ISO") == available(history, for_type="ISO")


@given(st.data(), pool_histories(), recyclings)
def test_isos_never_have_more_than_both_buckets_hold(data: st.DataObject, history: PoolHistory, recycling: str) -> None:
    as_of = data.draw(as_of_dates(history), label="as_of")
    both, for_iso = (available(history, as_of, for_type, recycling) for for_type in ("ANY", "ISO"))
    if isinstance(both, float) and isinstance(for_iso, float):
        assert for_iso <= both
    else:
        # What breaks the ledger breaks both answers; an unknown type hides the ISO answer only.
        assert for_iso == "#N/A" or for_iso == both


@given(st.data(), pool_histories(), recyclings)
def test_the_running_table_ends_each_day_at_what_is_available(
    data: st.DataObject, history: PoolHistory, recycling: str
) -> None:
    as_of = data.draw(as_of_dates(history), label="as_of")
    lines = ledger(history, recycling)[1:]
    last = None if as_of is None else dt.datetime(as_of.year, as_of.month, as_of.day)
    until = [line for line in lines if last is None or (isinstance(line[0], dt.datetime) and line[0] <= last)]
    codes = [line[4] for line in until if isinstance(line[4], str)]
    if codes:
        assert available(history, as_of, recycling=recycling) == codes[0]
    elif until:
        assert available(history, as_of, "ANY", recycling) == until[-1][4]
        assert available(history, as_of, "ISO", recycling) == until[-1][5]
    else:
        assert available(history, as_of, recycling=recycling) == float(history.reserve)


@given(st.data(), pool_histories())
def test_blank_rows_change_nothing(data: st.DataObject, history: PoolHistory) -> None:
    cells = excel_columns(history)
    blank = data.draw(st.sampled_from((None, "", 0)), label="blank")
    at = data.draw(st.integers(0, len(history.rows)), label="at")

    def with_blank(cells: list[list[object]] | None) -> list[list[object]] | None:
        return None if cells is None else [*cells[:at], *column([blank]), *cells[at:]]

    assert isinstance(cells.grant_type, list)
    columns = (cells.action, cells.shares, cells.grant_id, cells.grant_type, cells.event_date)
    assert POOL_AVAILABLE(cells.reserve, *map(with_blank, columns)) == available(history)
