"""The limit of §11(c) from frames: the table of cases, the worksheet functions' answers, and what is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frames.making import ACTIVITY, alike, as_shown, assert_no_floats, book, day, plain, rows, table
from oracles.iso_limit import Event
from plansheet.excel import ISO_LIMIT_BY_YEAR, ISO_LIMIT_SPLIT, ISO_LIMIT_WHY, ExcelError
from plansheet.frames import FrameLedger, UnusableFrame, iso_by_grant, iso_by_year, iso_split, plan_terms
from strategies.iso_histories import History, histories

CASES = tomllib.loads(
    (Path(__file__).parent.parent / "plan" / "iso_limit.toml").read_text("utf-8"), parse_float=Decimal
)
VESTING = ["Grant", "Grant date", "FMV", "First exercisable", "Shares", "Holder", "Type"]
SCHEDULE = ["Grant", "Holder", "Type", "Grant date", "FMV", "Shares", "Vesting start", "Months", "Cliff", "Every"]


def named(cases: Sequence[Any]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


def number(figure: object) -> object:
    return Fraction(figure) if isinstance(figure, str) and figure.replace("/", "").isdigit() else figure


def of_case(case: Any) -> FrameLedger:
    keys = ["grant", "granted", "fmv", "first_exercisable", "shares", "holder", "type"]
    given = [[number(row.get(key)) for key in keys] for row in case["tranches"]]
    vesting = [[*row[:5], row[5] or "one holder", row[6]] for row in given]
    activity = [[number(e.get(key)) for key in ("date", "action", "grant", "shares")] for e in case.get("activity", [])]
    return book(vesting=table(VESTING, vesting), activity=table(ACTIVITY, activity))


def terms_of(case: Any) -> Any:
    return plan_terms(iso_limit=case.get("limit", 100_000), rounding=case.get("rounding", "FLOOR"))


@pytest.mark.parametrize("case", named(CASES["case"]))
def test_a_case_of_the_table(case: Any) -> None:
    split = iso_split(of_case(case), terms_of(case))
    expected = [(as_shown(number(row["iso"])), as_shown(number(row["nso"]))) for row in case["tranches"]]
    assert [tuple(map(as_shown, row)) for row in rows(split, "iso_shares", "nso_shares")] == expected
    assert split.problem.isna().tolist() == [iso is not None for iso, _ in expected]
    assert_no_floats(split)


@pytest.mark.parametrize("case", named([case for case in CASES["case"] if "years" in case]))
def test_the_years_of_a_case(case: Any) -> None:
    keys = ["year", "counted", "iso", "over", "headroom", "status"]
    years = iso_by_year(of_case(case), terms_of(case))
    assert [tuple(map(as_shown, row)) for row in rows(years, *keys)] == [
        tuple(as_shown(year[key]) for key in keys) for year in case["years"]
    ]
    assert_no_floats(years)


@pytest.mark.parametrize("case", named(CASES["schedule"]))
def test_the_schedules_of_the_table(case: Any) -> None:
    keys = ["grant", "holder", "type", "granted", "fmv", "shares", "start", "months", "cliff", "every"]
    given = book(grants=table(SCHEDULE, [[row.get(key) for key in keys] for row in case["grants"]]))
    summed = rows(iso_by_grant(given), "grant", "holder", "iso_shares", "nso_shares", "problem")
    assert summed == [(row["grant"], row["holder"], row["iso"], row["nso"], None) for row in case["grants"]]
    tranches = iso_split(given)
    assert tranches.index.names == ["grant", "tranche"]
    for row in case["grants"]:
        of_grant = tranches.loc[row["grant"]]
        assert (of_grant.iso_shares.sum(), of_grant.nso_shares.sum()) == (row["iso"], row["nso"])
        assert of_grant.index.tolist() == list(range(1, len(of_grant) + 1))


# --- The same as in a sheet -------------------------------------------------------------------------------------------


def exact(value: Fraction | None) -> object:
    """A double, as pandas has it from a file."""
    return None if value is None else float(value)


def sheet(history: History) -> list[list[object]]:
    return [
        [t.grant, t.grant_date, exact(t.fmv), t.first_exercisable, exact(t.shares), t.holder, t.grant_type]
        for t in history.tranches
    ]


def ledger(events: Sequence[Event]) -> list[list[object]]:
    ratios = [f"{float(e.ratio[0]):g}:{float(e.ratio[1]):g}" if e.ratio else None for e in events]
    return [[e.date, e.action, e.grant, text or exact(e.shares)] for e, text in zip(events, ratios, strict=True)]


@given(histories(), st.sampled_from(["FLOOR", "EXACT"]))
def test_the_answers_are_those_of_the_worksheet_functions(history: History, rounding: str) -> None:
    events = ledger(history.activity)
    columns = [[[cell] for cell in column] for column in zip(*sheet(history), strict=True)]
    arguments = [*columns, [ACTIVITY, *events], float(history.limit), rounding]
    frames = book(vesting=table(VESTING, sheet(history)), activity=table(ACTIVITY, events))
    terms = plan_terms(iso_limit=float(history.limit), rounding=rounding)
    split = iso_split(frames, terms)
    shown = ISO_LIMIT_SPLIT(*arguments)
    assert isinstance(shown, list)
    reasons = ISO_LIMIT_WHY(*arguments)
    assert isinstance(reasons, list)
    figures = rows(split, "iso_shares", "nso_shares", "why", "problem")
    for (iso, nso, why, problem), cells, [reason] in zip(figures, shown, reasons, strict=True):
        if isinstance(cells[0], ExcelError):
            assert (iso, nso, why) == (None, None, None)
            assert problem is not None
        else:
            assert alike(iso, cells[0])
            assert alike(nso, cells[1])
            assert (why, problem) == (reason, None)
    sheet_years = ISO_LIMIT_BY_YEAR(*arguments)
    assert isinstance(sheet_years, list)
    years = iso_by_year(frames, terms)
    columns_ = ("holder", "year", "counted", "iso", "over", "headroom", "status")
    lines = [line for line in sheet_years[1:] if not isinstance(line[2], ExcelError)]
    for got, line in zip(rows(years.dropna(subset="year"), *columns_), lines, strict=True):
        assert all(map(alike, got, line)), (got, line)
    refused = {line[0] for line in sheet_years[1:] if isinstance(line[2], ExcelError)}
    assert set(years[years.problem.notna()].holder) == refused


# --- Index, problems --------------------------------------------------------------------------------------------------

ONE = ["G-1", day("2004-01-05"), 10, day("2005-01-05"), 6000, "Ada", "ISO"]
TWO = ["G-2", day("2004-02-05"), 10, day("2005-01-05"), 6000, "Ada", "ISO"]
BASIL = ["G-3", day("2004-02-05"), 10, day("2005-01-05"), 100, "Basil", "ISO"]


def test_the_index_of_vesting_is_kept_row_by_row() -> None:
    vesting = table(VESTING, [TWO, [None] * 7, ONE]).set_index(pd.Index(["b", "blank", "a"]))
    split = iso_split(book(vesting=vesting))
    assert split.index.tolist() == ["b", "blank", "a"]
    assert rows(split, "grant", "iso_shares", "nso_shares") == [
        ("G-2", 4000, 2000),
        (None, None, None),
        ("G-1", 6000, 0),
    ]
    assert rows(vesting.join(split), "Grant", "iso_shares")[0] == ("G-2", 4000)
    assert (split.iso_shares.dtype, split.year.dtype) == ("Int64", "Int64")
    assert split.loc["a", "first_exercisable"] == pd.Timestamp("2005-01-05")


def test_fractions_are_carried_as_decimals() -> None:
    vesting = table(VESTING, [[*ONE[:2], 33.33, ONE[3], 6000, *ONE[5:]]])
    split = iso_split(book(vesting=vesting), plan_terms(rounding="EXACT"))
    assert split.iso_shares.tolist() == [Decimal("3000.30003000300")]
    assert split.iso_shares.dtype == object


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            ["G-2", day("2004-02-05"), "ten", day("2005-01-05"), 6000, "Ada", "ISO"],
            'Vesting row 1: FMV holds the text "ten"',
        ),
        (["G-2", day("2004-02-05"), 10, "05/01/2005", 6000, "Ada", "ISO"], "not a date"),
        (["G-2", None, 10, day("2005-01-05"), 6000, "Ada", "ISO"], "grant G-2 has no Grant date"),
        (["G-1", day("2004-01-05"), 10, day("2006-01-05"), 6000, "Basil", "ISO"], "grant G-1 has two holders"),
    ],
)
def test_a_holder_that_cannot_be_settled_keeps_the_rows_with_the_sentence(row: list[object], says: str) -> None:
    frames = book(vesting=table(VESTING, [ONE, row, [*BASIL[:5], "Clio", "ISO"]]))
    split = iso_split(frames)
    assert rows(split, "iso_shares")[:2] == [(None,), (None,)]
    assert all(says in problem for problem in split.problem[:2])
    assert rows(split, "iso_shares", "problem")[2] == (100, None)
    years = iso_by_year(frames)
    assert rows(years, "holder", "year", "iso")[0] == ("Ada", None, None)
    assert says in years.problem[0]
    assert ("Clio", 2005, 1000) in rows(years, "holder", "year", "iso")


def test_a_row_without_a_grant_costs_its_holder_the_answer() -> None:
    split = iso_split(book(vesting=table(VESTING, [ONE, [None, *TWO[1:]], BASIL])))
    assert rows(split, "iso_shares") == [(None,), (None,), (100,)]
    assert "Vesting row 1: Grant is blank" in split.problem[1]


GRANTS = ["Grant", "Holder", "Type", "Grant date", "FMV", "Shares"]


def test_grants_complete_their_tranches_and_are_held_to_their_shares() -> None:
    grants = table(
        GRANTS,
        [
            ["G-1", "Ada", "ISO", day("2004-01-05"), 10, 9000],
            ["G-3", "Basil", None, day("2004-01-05"), 10, 100],
            ["G-4", "Clio", "NSO", day("2004-01-05"), None, 7],
        ],
    )
    vesting = table(
        ["Grant", "First exercisable", "Shares"], [["G-1", day("2005-01-05"), 8000], ["G-3", day("2005-01-05"), 100]]
    )
    summed = iso_by_grant(book(grants=grants.set_index(pd.Index([7, 5, 3])), vesting=vesting))
    assert summed.index.tolist() == [7, 5, 3]
    assert rows(summed, "holder", "iso_shares", "problem") == [
        ("Ada", None, "the tranches of grant G-1 add up to 8,000, not 9,000"),
        ("Basil", 100, None),
        ("Clio", None, "grant G-4 has no tranches and no schedule"),
    ]


def test_a_grant_listed_twice_has_no_answer() -> None:
    grants = table(SCHEDULE, [["G-1", "Ada", "ISO", day("2004-01-05"), 10, 10, day("2004-01-05"), 0, None, None]] * 2)
    assert iso_by_grant(book(grants=grants)).problem.tolist() == ["grant G-1 is listed twice"] * 2


def test_swapped_columns_are_refused() -> None:
    swapped = [[f"G-{n}", day("2005-01-05"), 10, day("2004-01-05"), 10, "Ada", "ISO"] for n in range(3)]
    with pytest.raises(UnusableFrame, match="look swapped"):
        iso_split(book(vesting=table(VESTING, swapped)))


def test_nothing_given_is_nothing() -> None:
    empty = iso_split(book(vesting=table(VESTING, [])))
    assert len(empty) == len(iso_by_year(book())) == len(iso_by_grant(book())) == 0
    assert plain(pd.NaT) is None
