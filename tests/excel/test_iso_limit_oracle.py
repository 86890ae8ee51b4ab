"""ISO_LIMIT_SPLIT and ISO_LIMIT_BY_YEAR against the independent oracle, as a sheet would send and show it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oracles.iso_limit import CANCELLING_WORDS, Event, Outcome, Tranche, iso_by_year, iso_limit, natural
from plansheet.excel import ISO_LIMIT_BY_YEAR, ISO_LIMIT_SPLIT
from strategies.iso_histories import NOTABLE_DAYS, History, histories

ROUNDINGS = ["FLOOR", "EXACT"]
HEADINGS = ["Date", "Action", "Grant", "Shares", "Type"]
YEAR_HEADINGS = ["Holder", "Year", "Counted", "ISO", "Over", "Headroom", "Status"]
Row = list[Any]


@dataclass(frozen=True)
class Layout:
    """How somebody typed the history into a sheet; none of it may change a figure."""

    date_cell: Callable[[date], object]
    word: Callable[[str], str]
    blank: str | None
    headings: Sequence[str]
    all_word: str | None
    leave_out: bool
    holder: Callable[[str, int], str]
    empty_rows: bool


def as_datetime(day: date) -> datetime:
    return datetime.combine(day, time(17, 30))


def as_serial(day: date) -> float:
    return float((day - date(1899, 12, 30)).days)


def as_part_of_a_day(day: date) -> float:
    return as_serial(day) + 0.75


def as_it_is(name: str, place: int) -> str:
    return name


def carelessly(name: str, place: int) -> str:
    """One person, spelled in three ways: a space more must not double the limit."""
    return [name.upper(), f" {name}\u00a0", name.lower()][place % 3]


layouts = st.builds(
    Layout,
    st.sampled_from([as_datetime, as_serial, as_part_of_a_day, lambda day: day]),
    st.sampled_from([str.upper, str.capitalize, lambda word: word.lower().replace(" ", "_")]),
    st.sampled_from([None, ""]),
    st.permutations(HEADINGS),
    st.sampled_from([None, "All"]),
    st.booleans(),
    st.sampled_from([as_it_is, carelessly]),
    st.booleans(),
)
PLAIN = Layout(as_datetime, str, None, HEADINGS, None, False, as_it_is, False)


def number_cell(number: Fraction) -> float:
    """The cell's double, which must say the number in 15 digits."""
    cell = float(number)
    assert Fraction(format(cell, ".15g")) == number, f"a cell cannot hold {number}"
    return cell


def holds_in_cells(history: History) -> bool:
    numbers = [number for row in history.tranches for number in (row.shares, row.fmv)]
    numbers += [event.shares for event in history.activity if event.shares is not None]
    return all(Fraction(format(float(number), ".15g")) == number for number in numbers)


def id_cell(text: str) -> object:
    return float(text) if text.isdigit() else text


def ratio_text(ratio: tuple[Fraction, Fraction]) -> str:
    new, old = (format(float(part), ".15g") for part in ratio)
    return f"{new}-for-{old}"


def activity_row(event: Event, layout: Layout) -> Row:
    shares: object = layout.blank
    if event.ratio:
        shares = ratio_text(event.ratio)
    elif event.shares is not None:
        shares = number_cell(event.shares)
    elif event.action in ("EXERCISE", *CANCELLING_WORDS):
        shares = layout.all_word or layout.blank
    cells = {
        "Date": layout.date_cell(event.date),
        "Action": layout.word(event.action),
        "Grant": layout.blank if event.grant is None else id_cell(event.grant),
        "Shares": shares,
        "Type": "ISO" if event.action == "GRANT" else layout.blank,
    }
    return [cells[heading] for heading in layout.headings]


def columns(rows: Sequence[Row], layout: Layout) -> list[list[Row]]:
    """Columns of one-cell rows; where there are empty rows, the first is one, and so is the last."""
    empty = [layout.blank] * len(rows[0])
    rows = [empty, *rows, empty] if layout.empty_rows else rows
    return [[[cell] for cell in cells] for cells in zip(*rows, strict=True)]


def sheet_row(row: Tranche, place: int, layout: Layout) -> Row:
    return [
        id_cell(row.grant),
        layout.date_cell(row.grant_date),
        number_cell(row.fmv),
        layout.blank if row.first_exercisable is None else layout.date_cell(row.first_exercisable),
        number_cell(row.shares),
        layout.holder(row.holder, place),
        row.grant_type,
    ]


def arguments(history: History, rounding: str, layout: Layout = PLAIN) -> list[object]:
    """What Excel sends: columns of one-cell rows, the ledger as a block with its header row."""
    rows = [sheet_row(row, place, layout) for place, row in enumerate(history.tranches)]
    *needed, holders, types = columns(rows, layout)
    activity = [list(layout.headings), *(activity_row(event, layout) for event in history.activity)]
    if layout.empty_rows:
        activity.append([layout.blank] * len(layout.headings))
    one_holder = len({row.holder for row in history.tranches}) == 1
    only_isos = {row.grant_type for row in history.tranches} == {"ISO"}
    return [
        *needed,
        None if layout.leave_out and one_holder else holders,
        None if layout.leave_out and only_isos else types,
        None if layout.leave_out and not history.activity else activity,
        number_cell(history.limit),
        rounding,
    ]


def split_rows(history: History, rounding: str, layout: Layout = PLAIN) -> list[Row]:
    result = ISO_LIMIT_SPLIT(*arguments(history, rounding, layout))
    assert isinstance(result, list), getattr(result, "message", result)
    if layout.empty_rows:
        assert result[0] == result[-1] == ["", ""]
        return result[1:-1]
    return result


def year_rows(history: History, rounding: str, layout: Layout = PLAIN) -> list[Row]:
    """The table's lines that say something about a holder whose ledger can be."""
    result = ISO_LIMIT_BY_YEAR(*arguments(history, rounding, layout))
    assert isinstance(result, list), getattr(result, "message", result)
    assert result[0] == YEAR_HEADINGS
    return [row for row in result[1:] if not isinstance(row[2], str) and row[2] > 0]


def shown(outcome: Outcome) -> Row:
    if isinstance(outcome, str):
        return [outcome, outcome]
    return [float(part) for part in outcome]


def status(headroom: Fraction) -> str:
    if headroom == 0:
        return "Reached"
    return "Approaching" if headroom < 10_000 else "OK"


def expected_years(history: History, rounding: str, layout: Layout) -> list[Row]:
    named: dict[str, str] = {}
    for place, row in enumerate(history.tranches):
        named.setdefault(row.holder, layout.holder(row.holder, place).strip())
    years = iso_by_year(history.tranches, history.activity, history.limit, rounding)
    table: list[Row] = []
    for (holder, year), (counted, iso) in sorted(years.items(), key=lambda item: (natural(item[0][0]), item[0][1])):
        headroom = max(history.limit - counted, Fraction(0))
        if counted:
            figures = [float(amount) for amount in (counted, iso, counted - iso, headroom)]
            table.append([named[holder], year, *figures, status(headroom)])
    return table


@given(histories(), layouts, st.sampled_from(ROUNDINGS))
def test_every_tranche_equals_the_oracle(history: History, layout: Layout, rounding: str) -> None:
    expected = [shown(row) for row in iso_limit(history.tranches, history.activity, history.limit, rounding)]
    assert split_rows(history, rounding, layout) == expected


@given(histories(), layouts, st.sampled_from(ROUNDINGS))
def test_every_year_equals_the_oracle(history: History, layout: Layout, rounding: str) -> None:
    if layout.leave_out and len({row.holder for row in history.tranches}) == 1:
        layout = replace(layout, leave_out=False)  # without a holder column there is no name to compare
    assert year_rows(history, rounding, layout) == expected_years(history, rounding, layout)


@given(histories(), st.data(), st.sampled_from(ROUNDINGS))
def test_the_order_of_the_rows_does_not_matter(history: History, data: st.DataObject, rounding: str) -> None:
    """Rows that say the same thing may change places among themselves."""

    def by_row(sorted_or_not: History) -> dict[tuple[object, ...], list[Row]]:
        found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
        for row, result in zip(sorted_or_not.tranches, split_rows(sorted_or_not, rounding), strict=True):
            found[row.grant, row.first_exercisable, row.shares].append([str(cell) for cell in result])
        return {key: sorted(results) for key, results in found.items()}

    resorted = replace(history, tranches=tuple(data.draw(st.permutations(history.tranches))))
    assert by_row(resorted) == by_row(history)


@given(histories())
def test_iso_dollars_of_a_year_never_exceed_the_limit(history: History) -> None:
    limit = float(history.limit)
    assert all(iso <= limit for _, _, _, iso, *_ in year_rows(history, "FLOOR"))
    assert all(iso == min(limit, counted) for _, _, counted, iso, *_ in year_rows(history, "EXACT"))


def without_cancellations(history: History) -> History:
    """No share leaves the count; exercises could then be of shares that were cancelled, and go too."""
    kept = [event for event in history.activity if event.action not in ("EXERCISE", *CANCELLING_WORDS)]
    return replace(history, activity=tuple(kept))


def restated(row: Tranche, activity: Sequence[Event]) -> Fraction:
    shares = row.shares
    for event in activity:
        if event.ratio and event.date > row.grant_date:
            shares *= event.ratio[0] / event.ratio[1]
    return shares


@given(histories().map(without_cancellations), st.sampled_from(ROUNDINGS))
def test_no_share_is_lost(history: History, rounding: str) -> None:
    assume(not any(isinstance(row, str) for row in iso_limit(history.tranches, history.activity)))
    for row, (iso, nso) in zip(history.tranches, split_rows(history, rounding), strict=True):
        assert iso + nso == pytest.approx(float(restated(row, history.activity)), rel=1e-14, abs=0)
        assert iso >= 0
        assert nso >= 0


def as_if_split(history: History, day: date) -> History:
    """The same history of a company whose shares were split two for one as that day began."""
    rows = [
        row if row.grant_date < day else replace(row, shares=row.shares * 2, fmv=row.fmv / 2)
        for row in history.tranches
    ]
    events = [
        event if event.date < day or event.shares is None else replace(event, shares=event.shares * 2)
        for event in history.activity
    ]
    split = Event(day, "SPLIT", ratio=(Fraction(2), Fraction(1)))
    return replace(history, tranches=tuple(rows), activity=(split, *events))


@given(histories(), st.sampled_from([*NOTABLE_DAYS, NOTABLE_DAYS[-1] + timedelta(days=900)]))
def test_a_split_leaves_the_dollars(history: History, day: date) -> None:
    in_new_shares = as_if_split(history, day)
    assume(holds_in_cells(in_new_shares))
    assert year_rows(in_new_shares, "EXACT") == year_rows(history, "EXACT")
