"""The roll-forward: a note worked out by hand, that its lines tie, and what the records do not tell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given

from frames.making import ACTIVITY, as_shown, assert_no_floats, book, day, plain, rows, table
from oracles.iso_limit import Event, Tranche
from plansheet.core.refusal import Refusal
from plansheet.excel import OPTIONS_OUTSTANDING, ExcelError
from plansheet.frames import FrameLedger, UnusableFrame, option_changes, roll_forward
from plansheet.plan.roll_forward import Amount, FiscalYearEnd, Line, OptionChanges
from plansheet.plan.roll_forward import roll_forward as lines_of
from plansheet.plan.terms import atg_1996
from strategies.iso_histories import History, histories

# Four options over three years with a 2-for-1 split in the last: everything before it is told in new shares, at half
# the price. The figures of THE_NOTE were worked out by hand, line by line.
GRANTS = table(
    ["Grant", "Holder", "Type", "Grant date", "Exercise price", "Shares", "Expires"],
    [
        ["G-1", "Ada", "ISO", day("2003-02-01"), 2.00, 10_000, day("2013-02-01")],  # 20,000 at 1.00
        ["G-2", "Basil", "NSO", day("2003-07-01"), 5.00, 6_000, day("2013-07-01")],  # 12,000 at 2.50
        ["G-3", "Clio", "ISO", day("2004-03-01"), 8.00, 4_000, day("2014-03-01")],  # 8,000 at 4.00
        ["G-4", "Dora", "ISO", day("2005-06-01"), 3.00, 3_000, day("2015-06-01")],  # granted in new shares
    ],
)
VESTING = table(
    ["Grant", "First exercisable", "Shares"],
    [
        ["G-1", day("2004-02-01"), 5_000],
        ["G-1", day("2005-02-01"), 5_000],
        ["G-2", day("2004-07-01"), 3_000],
        ["G-2", day("2005-07-01"), 3_000],
        ["G-3", day("2005-03-01"), 4_000],
        ["G-4", day("2006-06-01"), 3_000],
    ],
)
TRANSACTIONS = table(
    ACTIVITY,
    [
        [day("2004-03-15"), "EXERCISE", "G-1", 2_000],
        [day("2004-09-30"), "FORFEIT", "G-2", None],  # what is not exercisable: 3,000
        [day("2004-12-31"), "EXPIRE", "G-2", 1_000],
        [day("2005-05-02"), "SPLIT", None, "2-for-1"],
        [day("2005-08-01"), "EXERCISE", "G-1", 3_000],
        [day("2005-09-01"), "CANCEL", "G-3", None],  # all: 8,000 new shares
        [day("2005-10-01"), "TERMINATE", "G-4", 500],
    ],
)
THE_NOTE = [
    (2003, "outstanding at beginning", 0, None, "0"),
    (2003, "granted", 32_000, "1.56", "50000"),
    (2003, "exercised", 0, None, "0"),
    (2003, "forfeited", 0, None, "0"),
    (2003, "expired", 0, None, "0"),
    (2003, "cancelled", 0, None, "0"),
    (2003, "outstanding at end", 32_000, "1.56", "50000"),
    (2003, "exercisable at end", 0, None, "0"),
    (2004, "outstanding at beginning", 32_000, "1.56", "50000"),
    (2004, "granted", 8_000, "4.00", "32000"),
    (2004, "exercised", 4_000, "1.00", "4000"),
    (2004, "forfeited", 6_000, "2.50", "15000"),
    (2004, "expired", 2_000, "2.50", "5000"),
    (2004, "cancelled", 0, None, "0"),
    (2004, "outstanding at end", 28_000, "2.07", "58000"),
    (2004, "exercisable at end", 10_000, "1.60", "16000"),
    (2005, "outstanding at beginning", 28_000, "2.07", "58000"),
    (2005, "granted", 3_000, "3.00", "9000"),
    (2005, "exercised", 3_000, "1.00", "3000"),
    (2005, "forfeited", 0, None, "0"),
    (2005, "expired", 0, None, "0"),
    (2005, "cancelled", 8_500, "3.94", "33500"),
    (2005, "outstanding at end", 19_500, "1.56", "30500"),
    (2005, "exercisable at end", 17_000, "1.35", "23000"),
]


def given_(**frames: pd.DataFrame) -> FrameLedger:
    return book(**{"grants": GRANTS, "vesting": VESTING, "activity": TRANSACTIONS} | frames)


def told(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return [
        (
            year,
            line,
            plain(row.shares),
            None if pd.isna(row.average_price) else str(row.average_price),
            str(row.dollars),
        )
        for (year, line), row in zip(frame.index, frame.itertuples(), strict=True)
    ]


def figures(frame: pd.DataFrame, year: int) -> dict[str, object]:
    return {line: plain(shares) for line, shares in frame.loc[year].shares.items()}


def test_a_note_worked_out_by_hand() -> None:
    note = roll_forward(given_(), decimals=2)
    assert told(note) == THE_NOTE
    assert note.problem.isna().all()
    assert_no_floats(note)
    assert (str(note.shares.dtype), note.index.names) == ("Int64", ["fiscal_year", "line"])


def test_it_unstacks_in_the_order_of_the_note() -> None:
    note = roll_forward(given_()).shares.unstack("fiscal_year")
    assert list(note.index) == [line.value for line in Line]
    assert note.loc["outstanding at end"].tolist() == [32_000, 28_000, 19_500]


def test_averages_are_not_rounded_unless_asked() -> None:
    note = roll_forward(given_())
    assert note.loc[(2004, "outstanding at end"), "average_price"] == Decimal("2.07142857142857")
    assert note.loc[(2004, "granted"), "average_price"] == 4


def test_a_table_that_ends_before_the_split_is_in_the_shares_of_then() -> None:
    note = roll_forward(given_(), [2003, 2004])
    assert note.loc[(2004, "outstanding at end")].tolist()[:3] == [14_000, Decimal("4.14285714285714"), 58_000]
    assert roll_forward(given_(), [2004]).equals(note.loc[[2004]])


def test_a_fiscal_year_is_named_by_the_year_in_which_it_ends() -> None:
    note = roll_forward(given_(), year_end=(6, 30))
    assert list(note.index.get_level_values("fiscal_year").unique()) == [2003, 2004, 2005, 2006]
    assert figures(note, 2003)["granted"] == 20_000  # G-2 was granted on the first day of the next
    assert figures(note, 2004) == {
        "outstanding at beginning": 20_000,
        "granted": 20_000,
        "exercised": 4_000,
        "forfeited": 0,
        "expired": 0,
        "cancelled": 0,
        "outstanding at end": 36_000,
        "exercisable at end": 6_000,
    }


@pytest.mark.parametrize(
    ("month", "last", "day_", "year"),
    [
        (12, 31, "2004-12-31", 2004),
        (12, 31, "2005-01-01", 2005),
        (6, 30, "2004-06-30", 2004),
        (6, 30, "2004-07-01", 2005),
        (2, 29, "2005-02-28", 2005),
        (2, 29, "2004-02-29", 2004),
        (2, 29, "2005-03-01", 2006),
        (1, 31, "2005-01-31", 2005),
    ],
)
def test_the_fiscal_year_of_a_day(month: int, last: int, day_: str, year: int) -> None:
    end = FiscalYearEnd(month, last)
    assert end.of(day(day_)) == year
    assert end.year(year).first <= day(day_) <= end.year(year).last
    assert end.year(year).last + dt.timedelta(days=1) == end.year(year + 1).first


def test_the_changes_are_what_it_adds_up() -> None:
    changes = option_changes(given_())
    note = roll_forward(given_())
    assert len(changes) == 10
    assert_no_floats(changes)
    for (year, line), row in note.iterrows():
        if "outstanding" not in line and "exercisable" not in line:
            here = changes[(changes.fiscal_year == year) & (changes.line == line)]
            assert (here.shares.sum(), here.dollars.sum()) == (row.shares, row.dollars)
    assert rows(changes, "fiscal_year", "date", "grant", "holder", "line", "shares", "price")[4] == (
        2004, day("2004-09-30"), "G-2", "Basil", "forfeited", 6_000, Decimal("2.5"),
    )  # fmt: skip


def test_grants_of_other_plans_are_left_out_unless_asked_for() -> None:
    grants = GRANTS.assign(Plan=[None, "Foreign Plan of 1990", None, None])
    assert figures(roll_forward(given_(grants=grants)), 2003)["granted"] == 20_000
    assert figures(roll_forward(given_(grants=grants), all_plans=True), 2003)["granted"] == 32_000


def test_holder_type_and_value_are_not_needed() -> None:
    grants = GRANTS[["Grant", "Grant date", "Exercise price", "Shares"]]
    assert told(roll_forward(given_(grants=grants), decimals=2)) == THE_NOTE


# --- What the records do not tell -------------------------------------------------------------------------------------


def without_vesting(*events: list[object]) -> pd.DataFrame:
    grants = GRANTS[["Grant", "Grant date", "Exercise price", "Shares"]].head(2)
    return roll_forward(book(grants=grants, activity=table(ACTIVITY, list(events))), [2003, 2004])


def test_without_vesting_nothing_tells_what_is_exercisable_and_all_else_is_there() -> None:
    note = without_vesting([day("2004-03-15"), "FORFEIT", "G-1", 500], [day("2004-04-15"), "EXPIRE", "G-2", 100])
    assert [figures(note, 2004)[line] for line in ("forfeited", "expired", "cancelled")] == [500, 100, 0]
    assert figures(note, 2004)["outstanding at end"] == 15_400
    assert figures(note, 2004)["exercisable at end"] is None
    assert note.loc[(2004, "exercisable at end"), "problem"] == "nothing tells when grant G-1 becomes exercisable"


@pytest.mark.parametrize("word", ["FORFEIT", "EXPIRE"])
def test_without_vesting_all_that_is_forfeited_or_expired_cannot_be_told(word: str) -> None:
    note = without_vesting([day("2004-03-15"), word, "G-1", None])
    assert figures(note, 2003)["outstanding at end"] == 16_000
    assert set(figures(note, 2004).values()) == {None}
    assert set(note.loc[2004].problem) == {
        f"nothing tells when grant G-1 became exercisable, and its {word} depends on it"
    }


def changed(row: int, column: str, cell: object) -> pd.DataFrame:
    grants = GRANTS.copy()
    grants.loc[row, column] = cell
    return grants


@pytest.mark.parametrize(
    ("frames", "first_year", "says"),
    [
        ({"grants": changed(2, "Exercise price", None)}, 2004, "grant G-3 has no Exercise price"),
        ({"grants": changed(2, "Exercise price", "8,00")}, 2004, 'Grants row 2: Exercise price holds the text "8,00"'),
        ({"grants": changed(2, "Shares", 4_001)}, 2004, "the tranches of grant G-3 add up to 4,000, not 4,001"),
        ({"grants": changed(2, "Grant", "G-1")}, 2003, "grant G-1 is listed twice"),
        ({"grants": changed(2, "Grant date", "03/01/04")}, 2003, 'Grant date holds the text "03/01/04"'),
        ({"grants": changed(2, "Expires", day("2005-08-31"))}, 2006, None),
        ({"grants": changed(1, "Expires", day("2005-08-31"))}, 2005, "grant G-2: it expired on 2005-08-31 with 4,000"),
        ({"activity": table(ACTIVITY, [[day("2004-02-02"), "EXERCISE", "G-1", 5_001]])}, 2004, "but 5,000 were"),
        ({"activity": table(ACTIVITY, [[day("2004-02-02"), "CANCEL", "G-2", "x"]])}, 2003, "Activity row 0 (Shares)"),
        ({"activity": table(ACTIVITY, [[day("2004-02-02"), "SPLIT", None, 2]])}, 2003, "Excel read the ratio"),
    ],
)
def test_a_year_that_depends_on_what_is_not_told_says_so(frames: Any, first_year: int, says: str | None) -> None:
    note = roll_forward(given_(**frames), [2003, 2004, 2005])
    for year in (2003, 2004, 2005):
        if year < first_year:
            assert note.loc[year].problem.isna().all()
            assert None not in figures(note, year).values()
        else:
            assert set(figures(note, year).values()) == {None}
            assert says is not None
            assert all(says in problem for problem in note.loc[year].problem)


def test_the_first_of_several_reasons_is_told_and_their_number() -> None:
    grants = GRANTS.assign(**{"Exercise price": [None, 5, None, 3]})
    problems = roll_forward(given_(grants=grants)).problem
    assert problems.loc[2003].unique().tolist() == ["grant G-1 has no Exercise price"]
    assert problems.loc[2005].unique().tolist() == ["grant G-1 has no Exercise price (and 1 more)"]
    assert option_changes(given_(grants=grants)).problem.dropna().tolist() == [
        "grant G-1 has no Exercise price",
        "grant G-3 has no Exercise price",
    ]


@pytest.mark.parametrize(
    ("frames", "arguments", "says"),
    [
        ({"grants": GRANTS.drop(columns="Exercise price")}, {}, "this needs grants with Exercise price"),
        ({}, {"year_end": (2, 30)}, "year_end is (2, 30); give month and day"),
        ({}, {"fiscal_years": []}, "there is no fiscal year to show"),
        ({"grants": GRANTS.head(0)}, {}, "there is no fiscal year to show"),
    ],
)
def test_what_cannot_be_asked_is_refused(frames: Any, arguments: Any, says: str) -> None:
    with pytest.raises(UnusableFrame) as refused:
        roll_forward(given_(**frames), **arguments)
    assert says in str(refused.value)


# --- Any history ------------------------------------------------------------------------------------------------------

GRANT_HEADINGS = ["Grant", "Grant date", "FMV", "Exercise price", "Shares"]
VESTING_HEADINGS = ["Grant", "First exercisable", "Shares"]


def ratio_text(ratio: tuple[Fraction, Fraction]) -> str:
    return f"{float(ratio[0]):g}:{float(ratio[1]):g}"


def event_row(event: Event) -> list[object]:
    shares = None if event.shares is None else float(event.shares)
    return [event.date, event.action, event.grant, ratio_text(event.ratio) if event.ratio else shares]


def sheets(history: History) -> tuple[list[list[object]], list[list[object]], list[list[object]]]:
    """Grants, vesting and activity; the price is the value."""
    made: dict[str, Tranche] = {}
    totals: Counter[str] = Counter()
    for tranche in history.tranches:
        made.setdefault(tranche.grant, tranche)
        totals[tranche.grant] += tranche.shares  # type: ignore[assignment]  # a Fraction counts too
    grants = [[g, t.grant_date, float(t.fmv), float(t.fmv), float(totals[g])] for g, t in made.items()]
    vesting = [[t.grant, t.first_exercisable, float(t.shares)] for t in history.tranches]
    return grants, vesting, [event_row(event) for event in history.activity]


@given(histories())
def test_the_lines_of_any_history_tie_and_end_with_what_the_worksheet_lists(history: History) -> None:
    grants, vesting, activity = sheets(history)
    frames = book(
        grants=table(GRANT_HEADINGS, grants),
        vesting=table(VESTING_HEADINGS, vesting),
        activity=table(ACTIVITY, activity),
    )
    span = [FiscalYearEnd(12, 31).year(year) for year in range(2003, 2007)]
    changes = OptionChanges(frames.ledger, atg_1996(), span[-1].last)
    before = Amount(0, 0)
    for year, lines in lines_of(changes, span):
        listed = OPTIONS_OUTSTANDING(
            [GRANT_HEADINGS, *grants], [VESTING_HEADINGS, *vesting], [ACTIVITY, *activity], year.last, None, "EXACT"
        )
        assert isinstance(listed, list)
        if any(isinstance(amount, Refusal) for amount in lines.values()):
            assert any(isinstance(row[-1], ExcelError) for row in listed) or changes.gaps
            continue
        amounts = {line: amount for line, amount in lines.items() if isinstance(amount, Amount)}
        assert amounts[Line.BEGINNING] == before
        for part in (0, 1):  # shares, dollars
            gone = (Line.EXERCISED, Line.FORFEITED, Line.EXPIRED, Line.CANCELLED)
            left = amounts[Line.BEGINNING][part] + amounts[Line.GRANTED][part] - sum(amounts[g][part] for g in gone)
            assert amounts[Line.END][part] == left
            assert 0 <= amounts[Line.EXERCISABLE][part] <= left
        before = amounts[Line.END]
        later = Fraction(1)
        for event in history.activity:
            if event.ratio and event.date > year.last:
                later *= event.ratio[0] / event.ratio[1]
        cells = [row for row in listed if row[0] != ""]
        shares = sum(Fraction(format(row[3], ".15g")) for row in cells) * later
        assert float(shares) == pytest.approx(float(amounts[Line.END].shares), rel=1e-12)
        dollars = sum(row[3] * row[4] for row in cells)
        assert dollars == pytest.approx(float(amounts[Line.END].dollars), rel=1e-12)


def test_figures_are_shown_by_15_digits() -> None:
    assert as_shown(Fraction(1, 3)) == "0.333333333333333"
