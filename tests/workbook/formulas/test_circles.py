"""Plan functions that use their own result, by way of other cells."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from plansheet.workbook.formulas import circles
from plansheet.workbook.formulas.circles import Circle, circles_among, circular
from plansheet.workbook.formulas.expressions import NotChecked
from plansheet.workbook.reading.reader import read_bytes
from workbook.making import workbook

FUNCTIONS: dict[str, Callable[..., object]] = {"ROOM": lambda *_: 1}


def found(*formulas: tuple[str, str], sheets: tuple[str, ...] = ("Pool",), **names: str) -> list[Circle]:
    """The circles among formulas, each in its cell of the first sheet unless it names another."""

    def fill(book: Any) -> None:
        made = {name: book.add_worksheet(name) for name in sheets}
        for address, formula in formulas:
            sheet, _, cell = address.rpartition("!")
            if ":" in cell:
                made[sheet or sheets[0]].write_dynamic_array_formula(cell, formula, None, 1)
            else:
                made[sheet or sheets[0]].write_formula(cell, formula, None, 1)
        for name, meaning in names.items():
            book.define_name(name, meaning)

    return circular(read_bytes(workbook(fill)), FUNCTIONS)


def paths(*formulas: tuple[str, str], **options: Any) -> list[str]:
    return [" ".join(circle.path) for circle in found(*formulas, **options)]


def test_a_cell_that_uses_itself() -> None:
    assert found(("B2", "=ROOM(A1:B3)")) == [Circle("Pool", "B2", ("Pool!B2", "Pool!B2"))]


def test_a_circle_by_way_of_other_formulas() -> None:
    assert paths(("B2", "=ROOM(C2)"), ("C2", "=D2+1"), ("D2", "=B2*2")) == ["Pool!B2 Pool!C2 Pool!D2 Pool!B2"]


def test_the_shortest_way_is_told() -> None:
    around = [("B2", "=ROOM(C2,F2)"), ("C2", "=D2"), ("D2", "=E2"), ("E2", "=B2"), ("F2", "=B2")]
    assert paths(*around) == ["Pool!B2 Pool!F2 Pool!B2"]


def test_each_plan_function_of_a_circle_is_named() -> None:
    both = [("B2", "=ROOM(C2)"), ("C2", "=ROOM(B2)"), ("D2", "=ROOM(C2)")]
    assert [circle.cell for circle in found(*both)] == ["B2", "C2"]


def test_two_ways_that_meet() -> None:
    """C2 closes no circle of its own on the way that is found first; it is in one all the same."""
    around = [("B2", "=ROOM(E2,C2)"), ("E2", "=D2"), ("C2", "=ROOM(D2)"), ("D2", "=B2")]
    assert [circle.cell for circle in found(*around)] == ["B2", "C2"]


def test_a_circle_across_sheets_and_names() -> None:
    around = [("B2", "=ROOM(Shares)"), ("Grants!C5", "=Pool!B2")]
    assert paths(*around, sheets=("Pool", "Grants"), Shares="=Grants!$C$2:$C$9") == ["Pool!B2 Grants!C5 Pool!B2"]
    within = [("B2", "=Most"), ("C2", "=B2")]
    assert paths(*within, Most="=ROOM(Pool!$C$2)") == ["Pool!B2 Pool!C2 Pool!B2"]


def test_a_circle_through_a_spill() -> None:
    assert paths(("B2:C4", "=ROOM(E2)"), ("E2", "=C4")) == ["Pool!B2 Pool!E2 Pool!B2"]
    assert paths(("B2:C4", "=ROOM(E2)"), ("E2", "=SUM(_xlfn.ANCHORARRAY(B2))")) == ["Pool!B2 Pool!E2 Pool!B2"]
    assert paths(("B2:C4", "=ROOM(E2)"), ("E2", "=C5")) == []


@pytest.mark.parametrize(
    "formulas",
    [
        [("B2", "=ROOM(A1:A9)"), ("C2", "=B2")],
        [("B2", "=ROOM(B1)"), ("B3", "=ROOM(B2)"), ("B4", "=ROOM(B3)")],
        [("B2", "=ROOM(B3)"), ("B3", "=ROOM(B4)")],
        [("B2", "=ROOM(ROW(B2),ROWS(B1:B9))")],
        [("C2", "=D2"), ("D2", "=C2"), ("B2", "=ROOM(C2)")],
        [("B2", "=ROOM(C3)"), ("C2", "=B2"), ("C3", "=C4")],
        [("B2", "=ROOM(C2)"), ("C2", "=ROOM(B3)"), ("B3", "=A1")],
        [("B2", "=ROOM("), ("C2", "=B2")],
    ],
    ids=["none", "from above", "from below", "places", "beside one", "other rows", "both ways", "not understood"],
)
def test_what_is_no_circle(formulas: list[tuple[str, str]]) -> None:
    assert found(*formulas) == []


def test_a_long_way_is_told_by_its_ends() -> None:
    chain = [(f"C{row}", f"=C{row + 1}") for row in range(2, 40)]
    [circle] = found(("B2", "=ROOM(C2)"), *chain, ("C40", "=B2"))
    assert circle.path[:3] == ("Pool!B2", "Pool!C2", "Pool!C3")
    assert circle.path[-3:] == ("Pool!C39", "Pool!C40", "Pool!B2")
    assert "..." in circle.path


def test_a_chain_as_long_as_a_ledger_needs_no_recursion() -> None:
    chain = [(f"C{row}", f"=C{row + 1}") for row in range(2, 5_000)]
    assert [circle.cell for circle in found(("B2", "=ROOM(C2)"), *chain, ("C5000", "=B2"))] == ["B2"]


def test_running_totals_are_not_followed_pair_by_pair() -> None:
    totals = [(f"B{row}", f"=ROOM(SUM(B$1:B{row - 1}))") for row in range(2, 3_000)]
    started = time.perf_counter()
    assert found(*totals) == []
    assert time.perf_counter() - started < 5


def test_more_than_is_followed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circles, "MOST_STEPS", 50)
    both_ways = [(f"B{row}", "=ROOM(B$1:B$19)") for row in range(2, 20)]
    with pytest.raises(NotChecked, match="than are followed round a circle"):
        found(*both_ways)


def test_nodes_that_lead_to_each_other() -> None:
    uses = {1: [2, 6], 2: [3], 3: [1], 4: [3, 5], 5: [5], 6: []}
    assert sorted(sorted(circle) for circle in circles_among([4, 1], uses.__getitem__)) == [[1, 2, 3], [5]]
