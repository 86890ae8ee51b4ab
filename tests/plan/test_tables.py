"""The tables beside this file, run through the worksheet functions: every figure in them is asked for."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from plansheet.excel import (
    ADJUST_FOR_SPLIT,
    ISO_LIMIT_BY_GRANT,
    ISO_LIMIT_BY_YEAR,
    ISO_LIMIT_SPLIT,
    MERGER_CASHOUT,
    MERGER_CASHOUT_BY_HOLDER,
    POOL_AVAILABLE,
    POOL_LEDGER,
    SPLIT_TRANCHES,
)

Case = Mapping[str, Any]

KEYS = {  # a word misspelled in a table would leave its figure untested
    "iso_limit.case": {"name", "tranches", "activity", "years", "rounding", "limit"},
    "iso_limit.case.tranches": {
        "grant", "holder", "type", "granted", "fmv", "first_exercisable", "shares", "iso", "nso",
    },
    "iso_limit.case.activity": {"date", "action", "grant", "shares", "type"},
    "iso_limit.case.years": {"holder", "year", "counted", "iso", "over", "headroom", "status"},
    "iso_limit.schedule": {"name", "grants"},
    "pool.case": {
        "name", "reserve", "events", "available", "for_iso", "ledger", "recycling", "as_of", "types_left_out",
    },
    "pool.case.events": {"date", "action", "grant", "shares", "type"},
    "adjustment.split": {"name", "option", "new", "old", "method", "decimals", "adjusted"},
    "adjustment.tranches": {"name", "before", "new", "old", "after"},
    "merger.case": {"name", "merger_price", "rows", "holders"},
    "merger.case.rows": {"holder", "shares", "price", "plan", "per_option"},
}  # fmt: skip


def table(file: str, kind: str) -> list[Any]:
    path = Path(__file__).with_name(f"{file}.toml")
    cases = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)[kind]
    return [pytest.param(case, id=case["name"]) for case in cases]


def cell(value: object) -> object:
    """A figure of the table as the cell that Excel would hold: doubles, datetimes, text; 'p/q' is a figure too."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    if isinstance(value, str) and value.replace("/", "").isdigit():
        return float(Fraction(value))
    return value


def column(rows: list[Case], key: str, absent: object = None) -> list[list[object]]:
    return [[cell(row.get(key, absent))] for row in rows]


def column_if_given(rows: list[Case], key: str) -> list[list[object]] | None:
    return column(rows, key) if any(key in row for row in rows) else None


def block(headings: Mapping[str, str], rows: list[Case]) -> list[list[object]]:
    """A range with its header row; `headings` gives the key of the table for each."""
    return [list(headings), *([cell(row.get(key)) for key in headings.values()] for row in rows)]


def activity_block(case: Case) -> list[list[object]] | None:
    headings = {"Date": "date", "Action": "action", "Grant": "grant", "Shares": "shares", "Type": "type"}
    return block(headings, case["activity"]) if "activity" in case else None


def iso_arguments(case: Case) -> tuple[object, ...]:
    rows = case["tranches"]
    return (
        column(rows, "grant"),
        column(rows, "granted"),
        column(rows, "fmv"),
        column(rows, "first_exercisable"),
        column(rows, "shares"),
        column_if_given(rows, "holder"),
        column_if_given(rows, "type"),
        activity_block(case),
        cell(case.get("limit")),
        case.get("rounding"),
    )


@pytest.mark.parametrize("case", table("iso_limit", "case"))
class TestIsoLimit:
    """Plan §11(c)."""

    def test_iso_and_nso_shares(self, case: Case) -> None:
        expected = [[cell(row["iso"]), cell(row["nso"])] for row in case["tranches"]]
        assert ISO_LIMIT_SPLIT(*iso_arguments(case)) == expected

    def test_re_sorting_the_sheet_changes_nothing(self, case: Case) -> None:
        turned = {**case, "tranches": case["tranches"][::-1]}
        expected = [[cell(row["iso"]), cell(row["nso"])] for row in turned["tranches"]]
        assert ISO_LIMIT_SPLIT(*iso_arguments(turned)) == expected


@pytest.mark.parametrize("case", [case for case in table("iso_limit", "case") if "years" in case.values[0]])
def test_iso_limit_by_year(case: Case) -> None:
    keys = ("year", "counted", "iso", "over", "headroom", "status")
    result = ISO_LIMIT_BY_YEAR(*iso_arguments(case))
    assert result[0] == ["Holder", "Year", "Counted", "ISO", "Over", "Headroom", "Status"]
    assert [row[1:] for row in result[1:]] == [[cell(year[key]) for key in keys] for year in case["years"]]
    named = [year["holder"] for year in case["years"] if "holder" in year]
    assert not named or [row[0] for row in result[1:]] == named


@pytest.mark.parametrize("case", table("iso_limit", "schedule"))
def test_iso_limit_by_grant(case: Case) -> None:
    headings = {
        "Grant": "grant",
        "Holder": "holder",
        "Type": "type",
        "Grant date": "granted",
        "FMV": "fmv",
        "Shares": "shares",
        "Vesting start": "start",
        "Months": "months",
        "Cliff": "cliff",
        "Every": "every",
    }
    result = ISO_LIMIT_BY_GRANT(block(headings, case["grants"]))
    assert result == [
        ["Grant", "Holder", "ISO", "NSO"],
        *([cell(grant[key]) for key in ("grant", "holder", "iso", "nso")] for grant in case["grants"]),
    ]


@pytest.mark.parametrize("case", table("pool", "case"))
class TestPool:
    """Plan §4."""

    def columns(self, case: Case) -> tuple[object, ...]:
        rows = case["events"]
        return (
            cell(case["reserve"]),
            column(rows, "action"),
            column(rows, "shares"),
            column(rows, "grant"),
            None if case.get("types_left_out") else column(rows, "type"),
            column_if_given(rows, "date"),
        )

    def test_available(self, case: Case) -> None:
        as_of, recycling = cell(case.get("as_of")), case.get("recycling")
        assert POOL_AVAILABLE(*self.columns(case), as_of, None, recycling) == cell(case["available"])
        assert POOL_AVAILABLE(*self.columns(case), as_of, "ANY", recycling) == cell(case["available"])

    def test_available_for_incentive_stock_options(self, case: Case) -> None:
        result = POOL_AVAILABLE(*self.columns(case), cell(case.get("as_of")), "ISO", case.get("recycling"))
        assert result == cell(case["for_iso"])

    def test_the_ledger_ends_where_the_total_stands(self, case: Case) -> None:
        result = POOL_LEDGER(*self.columns(case), case.get("recycling"))
        if not isinstance(result, list):
            assert result == cell(case["available"])  # one error for the call
            return
        assert result[0] == ["Date", "Action", "Grant", "Change", "Available", "Available for ISO"]
        assert len(result) == 1 + len(case["events"])
        if "as_of" not in case and not isinstance(case["available"], str):
            assert result[-1][4] == cell(case["available"])
            assert result[-1][5] == cell(case["for_iso"])
        if "ledger" in case:
            assert [row[3:] for row in result[1:]] == [[cell(figure) for figure in line] for line in case["ledger"]]


@pytest.mark.parametrize("case", table("adjustment", "split"))
def test_adjust_for_split(case: Case) -> None:
    option, adjusted = case["option"], case["adjusted"]
    result = ADJUST_FOR_SPLIT(
        cell(option["shares"]),
        cell(option["price"]),
        cell(case["new"]),
        cell(case["old"]),
        case.get("method"),
        cell(case.get("decimals")),
    )
    assert result == [[cell(adjusted["shares"]), cell(adjusted["price"])]]


@pytest.mark.parametrize("case", table("adjustment", "tranches"))
def test_split_tranches(case: Case) -> None:
    before = [[cell(shares)] for shares in case["before"]]
    assert SPLIT_TRANCHES(before, cell(case["new"]), cell(case["old"])) == [[cell(shares)] for shares in case["after"]]


@pytest.mark.parametrize("case", table("merger", "case"))
class TestMerger:
    """Plan §16(a)(iii)."""

    def columns(self, case: Case) -> tuple[object, ...]:
        rows = case["rows"]
        return cell(case["merger_price"]), column(rows, "shares"), column(rows, "price"), column(rows, "holder")

    @pytest.mark.parametrize("method", ["PLAN", "PER_OPTION"])
    def test_row_by_row(self, case: Case, method: str) -> None:
        assert MERGER_CASHOUT(*self.columns(case), method) == column(case["rows"], method.lower())

    def test_by_holder(self, case: Case) -> None:
        assert MERGER_CASHOUT_BY_HOLDER(*self.columns(case)) == [
            ["Holder", "Shares", "Plan", "Per option", "Difference"],
            *([cell(figure) for figure in line] for line in case["holders"]),
        ]


def unknown_words(path: str, case: Case) -> set[str]:
    found = set(case) - KEYS[path]
    for key, value in case.items():
        if f"{path}.{key}" in KEYS:
            found |= {word for row in value for word in unknown_words(f"{path}.{key}", row)}
    return found


@pytest.mark.parametrize("path", sorted(path for path in KEYS if path.count(".") == 1))
def test_no_word_of_the_tables_is_misspelled_and_no_name_stands_twice(path: str) -> None:
    cases = [parameter.values[0] for parameter in table(*path.split("."))]
    assert [word for case in cases for word in unknown_words(path, case)] == []
    assert len({case["name"] for case in cases}) == len(cases)
