"""The check finds the listed faults where they are, and nothing in workbooks without one.

The quick run plants each fault in one layout, another one for each kind in turn. All layouts: PLANSHEET_FAULTS=all.
"""

import os
from dataclasses import replace
from itertools import islice

import pytest

from faults.judging import ELSEWHERE, MISSED, RIGHT, Outcome, alarms, judged, kinds, verdict
from faults.layouts import LAYOUTS
from faults.planting import FAULTS, Unfit
from plansheet.core.rule import Severity
from plansheet.workbook.checked import Found, NotChecked

WHOLE = os.environ.get("PLANSHEET_FAULTS") == "all"
COUNTS = {"cell", "row", "asked", "unchecked", "clean"}


def test_every_listed_kind_is_planted() -> None:
    assert kinds().keys() == FAULTS.keys()
    assert len(kinds()) >= 70
    for kind, entry in kinds().items():
        assert entry.keys() == {"name", "change", "where", "counts"}, kind
        assert entry["counts"] in COUNTS, kind


def test_only_the_place_of_a_fault_counts() -> None:
    there, elsewhere = [("Grants", 3, 2)], [("Grants", 4, 2), ("Activity", 3, 2)]
    found = Found("X1", Severity.ERROR, "Grants", "B3", "", "", "", (), "")
    beside = replace(found, cell="C3")
    named = NotChecked("the ledger on Grants", "it has two headings for FMV")
    for counts in ("cell", "row", "asked"):
        assert verdict(counts, there, [found], [], is_said=True) == RIGHT
        assert verdict(counts, elsewhere, [found], [], is_said=True) == ELSEWHERE
        assert verdict(counts, there, [], [], is_said=True) == ELSEWHERE
        assert verdict(counts, there, [], [], is_said=False) == MISSED
    assert verdict("cell", there, [beside], [], is_said=True) == ELSEWHERE
    assert verdict("row", there, [beside], [], is_said=True) == RIGHT
    assert verdict("cell", there, [], [named], is_said=True) == ELSEWHERE
    assert verdict("asked", there, [], [named], is_said=True) == RIGHT
    assert verdict("unchecked", there, [], [named], is_said=True) == RIGHT
    assert verdict("unchecked", there, [found], [], is_said=True) == ELSEWHERE
    assert verdict("clean", there, [found], [], is_said=True) == ELSEWHERE
    assert verdict("clean", there, [], [], is_said=False) == RIGHT


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_clean_workbook_has_no_finding(layout: str) -> None:
    assert alarms(layout) == []


@pytest.mark.parametrize("kind", kinds())
def test_a_fault_is_found_where_it_is(kind: str) -> None:
    start = list(kinds()).index(kind) % len(LAYOUTS)
    outcomes = _outcomes(kind, [*LAYOUTS][start:] + [*LAYOUTS][:start])
    first = dict(islice(outcomes, 1))
    assert first, f"no layout has a place for {kind}"
    _hold(first)


@pytest.mark.skipif(not WHOLE, reason="a minute; PLANSHEET_FAULTS=all runs it")
@pytest.mark.parametrize("kind", kinds())
def test_a_fault_is_found_in_every_layout(kind: str) -> None:
    _hold(dict(_outcomes(kind, [*LAYOUTS])))


def _outcomes(kind: str, layouts: list[str]):  # type: ignore[no-untyped-def]
    for layout in layouts:
        try:
            yield layout, judged(kind, layout)
        except Unfit:
            continue


def _hold(outcomes: dict[str, Outcome]) -> None:
    assert {layout: outcome.said for layout, outcome in outcomes.items() if outcome.verdict != RIGHT} == {}
