"""The pool from frames: the table of cases, and the same as POOL_LEDGER."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given

from frames.making import ACTIVITY, alike, assert_no_floats, book, day, rows, table
from plansheet.excel import POOL_LEDGER, ExcelError
from plansheet.frames import plan_terms, pool
from strategies.pool_histories import PoolHistory, pool_histories

CASES = tomllib.loads((Path(__file__).parent.parent / "plan" / "pool.toml").read_text("utf-8"), parse_float=Decimal)
ANY_DAY = dt.date(2001, 1, 2)


def is_of_a_ledger(case: Any) -> bool:
    """Every row has its grant, the reserve stays, and there is an answer."""
    of_grants = all("grant" in row and row["action"] not in ("SPLIT", "RESERVE") for row in case["events"])
    return of_grants and not isinstance(case["available"], str) and not {"as_of", "types_left_out"} & set(case)


@pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in CASES["case"] if is_of_a_ledger(c)])
def test_a_case_of_the_table(case: Any) -> None:
    listed = [
        [row.get("date", ANY_DAY), row["action"], row["grant"], row.get("shares"), row.get("type")]
        for row in case["events"]
    ]
    lines = pool(
        book(activity=table([*ACTIVITY, "Type"], listed)),
        plan_terms(reserve=case["reserve"], recycling=case.get("recycling", "PLAN")),
    )
    assert rows(lines, "available", "available_for_iso")[-1] == (case["available"], case["for_iso"])
    assert lines.problem.isna().all()
    assert_no_floats(lines)


def spelled(history: PoolHistory) -> list[list[object]]:
    """The rows with their figures as a cell holds them."""
    cells: list[list[object]] = []
    for row in history.rows:
        shares: object = None if row.shares is None else float(row.shares)
        if row.ratio is not None:
            shares = f"{float(row.ratio):.15g}:1" if row.ratio.denominator != 2 else "3:2"
            shares = "1:10" if row.ratio == Fraction(1, 10) else shares
        cells.append([row.date, row.action, row.grant, shares, row.grant_type])
    return cells


@given(pool_histories())
def test_the_lines_are_those_of_the_worksheet_function(history: PoolHistory) -> None:
    assume(history.dated and all(row.grant is not None or row.action == "SPLIT" for row in history.rows))
    assume(not any(row.action == "RESERVE" for row in history.rows))
    cells = spelled(history)
    columns = [[[cell] for cell in column] for column in zip(*cells, strict=True)]
    dates, actions, grants, shares, types = columns
    sheet = POOL_LEDGER(float(history.reserve), actions, shares, grants, types, dates)
    assert isinstance(sheet, list)
    last_day_reserve = history.reserve
    for row in history.rows:
        last_day_reserve *= row.ratio or 1
    terms = plan_terms(reserve=Decimal(str(float(last_day_reserve))))
    assume(Fraction(terms.reserve) == last_day_reserve)
    assume(any(row.action in ("GRANT", "SUBSTITUTE") for row in history.rows))
    lines = rows(
        pool(book(activity=table([*ACTIVITY, "Type"], cells)), terms),
        "date",
        "change",
        "available",
        "available_for_iso",
        "problem",
    )
    for line, [date, _, _, *figures] in zip(lines, sheet[1:], strict=False):
        if line[0] is None:
            assert isinstance(figures[0], ExcelError)
            assert line[-1] is not None
            break
        assert line[0] == date.date()
        for got, shown in zip(line[1:4], figures, strict=True):
            assert alike(got, shown)
    else:
        assert len(lines) == len(sheet) - 1


def test_rows_are_named_by_label_in_order_of_date() -> None:
    activity = table(
        [*ACTIVITY, "Type"],
        [
            [day("2001-03-01"), "EXERCISE", "G-1", 40, None],
            [day("2001-01-02"), "GRANT", "G-1", 100, "ISO"],
            [day("2001-02-01"), "SPLIT", None, "2-for-1", None],
        ],
    ).set_index(pd.Index(["c", "a", "b"]))
    lines = pool(book(activity=activity), plan_terms(reserve=1000))
    assert rows(lines, "row", "action", "grant", "change", "available") == [
        ("a", "GRANT", "G-1", -100, 400),
        ("b", "SPLIT", None, 400, 800),
        ("c", "EXERCISE", "G-1", 0, 800),
    ]


def test_without_grant_rows_the_grants_are_the_rows() -> None:
    grants = pd.DataFrame({"Grant": ["G-1"], "Grant date": [day("2001-01-02")], "Shares": [100], "Type": ["NSO"]})
    lines = pool(book(grants=grants.set_index(pd.Index(["first"]))), plan_terms(reserve=1000))
    assert rows(lines, "row", "action", "available") == [("first", "GRANT", 900)]


def test_what_cannot_have_happened_ends_the_ledger_with_its_sentence() -> None:
    activity = table(
        ACTIVITY,
        [
            [day("2001-01-02"), "GRANT", "G-1", 10],
            [day("2001-01-03"), "EXERCISE", "G-1", 11],
            [day("2001-01-04"), "GRANT", "G-2", 1],
        ],
    )
    lines = pool(book(activity=activity), plan_terms(reserve=1000))
    assert rows(lines, "available")[0] == (990,)
    assert len(lines) == 2
    assert "takes 11 shares, but 10 were left" in lines.problem[1]


def test_a_row_that_cannot_be_read_leaves_no_balance() -> None:
    activity = table(ACTIVITY, [[day("2001-01-02"), "GRANT", "G-1", 10], ["01/03/01", "EXERCISE", "G-1", 1]])
    [[available, problem]] = rows(pool(book(activity=activity)), "available", "problem")
    assert available is None
    assert str(problem).startswith("Activity row 1 (Date) holds the text")


def test_a_type_that_is_needed_and_not_given_is_said() -> None:
    activity = table(
        [*ACTIVITY, "Type"],
        [
            [day("2001-01-02"), "GRANT", "G-1", 10, "NSO"],
            [day("2001-01-03"), "EXERCISE", "G-1", 10, None],
            [day("2001-01-04"), "TENDER", "G-1", 4, None],
            [day("2001-01-05"), "GRANT", "G-2", 4, None],
        ],
    )
    last = pool(book(activity=activity), plan_terms(reserve=100)).iloc[-1]
    assert (last.available, last.available_for_iso) == (90, pd.NA) or pd.isna(last.available_for_iso)
    assert "give the type of every GRANT row" in last.problem
