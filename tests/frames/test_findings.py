"""The rules over frames: every case of the rules' tables, read from frames, gives what its records give."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from frames.making import ACTIVITY, book, day, rows, table
from plan.test_rules import as_of, terms_of
from plansheet.core.records import TABLES
from plansheet.frames import UnusableFrame, check
from plansheet.plan.rules import RULES

CHECK_DAY = dt.date(2011, 1, 31)
ARGUMENTS = {name: name.lower() for name in TABLES.values()}


def cases() -> Iterator[Any]:
    for path in sorted((Path(__file__).parent.parent / "plan" / "rules").glob("*.toml")):
        for case in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"]:
            cells = [cell for name in ARGUMENTS for row in case.get(name, []) for cell in row]
            if not any(isinstance(cell, dict) for cell in cells) and not any(lacks(name, case) for name in ARGUMENTS):
                yield pytest.param(case, id=f"{case['rule']}: {case['name']}")


def lacks(name: str, case: Any) -> bool:
    """Whether a table of a case has not the columns without which a frame is none."""
    needed = {"Vesting": {"Grant", "First exercisable", "Shares"}, "Activity": {"Date", "Action", "Grant", "Shares"}}
    return name in case and not needed.get(name, set()) <= set(case[name][0])


def frame_of(lines: list[list[Any]]) -> pd.DataFrame:
    """A case's table, its rows labelled as they would stand in a sheet."""
    headings, *listed = lines
    return table(headings, listed).set_index(pd.RangeIndex(2, len(listed) + 2))


@pytest.mark.parametrize("case", list(cases()))
def test_a_case_of_the_rules(case: Any) -> None:
    given = {argument: frame_of(case[name]) for name, argument in ARGUMENTS.items() if name in case}
    found = check(book(**given), as_of(case), terms_of(case)).findings
    told = sorted(
        (code, ", ".join(filter(None, (" ".join(str(part) for part in (table_, row) if part is not None), column))))
        for code, table_, row, column in rows(found, "code", "table", "row", "column")
    )
    assert told == sorted((each.get("code", case["rule"]), each["at"]) for each in case["finds"])


def test_a_finding_names_row_and_column_as_the_frame_does() -> None:
    grants = pd.DataFrame({"Certificate": ["CN-1", "CN-1"], "Strike": [1.0, 2.0]}, index=["a", "b"])
    found = check(book(grants=grants), "2011-01-31").findings
    twice = found[found.code == "LEDGER003"].iloc[0]
    assert (twice.severity, twice.table, twice.row, twice.column, twice.plan) == (
        "error",
        "Grants",
        "b",
        "Certificate",
        "§5",
    )
    assert twice.message == "Grant CN-1 stands twice in Grants, first in row a."
    assert twice.fix == "Give each grant one row and a number of its own."
    assert set(found.dtypes.astype(str)) == {"string", "object"}


def test_what_was_not_checked_is_told() -> None:
    checked = check(book(activity=table(ACTIVITY, [[day("2001-01-02"), "GRANT", "G-1", 1]])), CHECK_DAY)
    assert len(checked.findings) == 0
    not_checked = dict(rows(checked.not_checked, "what", "why"))
    [split] = [why for what, why in not_checked.items() if str(what).startswith("SPLIT001 (")]
    assert split == "no column Price after split, Exercise price and Grant date in Grants"
    lacking = {
        rule.code for rule in RULES if rule.needs and not all(record.__name__ == "Activity" for record, _ in rule.needs)
    }
    assert lacking <= {str(what).partition(" ")[0] for what in not_checked}


@pytest.mark.parametrize("as_of", [None, "31/01/2011", pd.NaT])
def test_the_day_is_needed(as_of: object) -> None:
    with pytest.raises(UnusableFrame, match="as_of"):
        check(book(), as_of)
