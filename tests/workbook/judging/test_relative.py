"""Formulas read from their own row, and what they refer to."""

import pytest

from plansheet.workbook.judging.relative import (
    builds_on_rows_above,
    changing,
    constants,
    other_books,
    references,
    relative,
)


@pytest.mark.parametrize(
    ("formula", "row", "expected"),
    [
        ("=A5*B$1", 5, "=A[0]*B$1"),
        ("=A4+$C6", 5, "=A[-1]+$C[1]"),
        ("=SUM(C$2:C9)", 9, "=SUM(C$2:C[0])"),
        ("='2004 A5'!A5&\"A5\"", 5, "='2004 A5'!A[0]&\"A5\""),
        ("=Q1!A5", 5, "=Q1!A[0]"),
        ("=LOG10(A5)+ABC1_x+A5B", 5, "=LOG10(A[0])+ABC1_x+A5B"),
        ("=Vesting[[#This Row],[A5]]", 5, "=Vesting[[#This Row],[A5]]"),
        ("=[1]Prices!B5", 5, "=[1]Prices!B[0]"),
        ("=1+2", 5, "=1+2"),
    ],
)
def test_a_formula_as_it_reads_from_its_row(formula: str, row: int, expected: str) -> None:
    assert relative(formula, row) == expected


def test_the_same_formula_further_down_is_the_same() -> None:
    assert relative("=Grants!E2*B$1", 2) == relative("=Grants!E99*B$1", 99)
    assert relative("=Grants!E2*B1", 2) != relative("=Grants!E99*B1", 99)


def test_what_builds_on_rows_above() -> None:
    assert builds_on_rows_above(relative("=D4+1", 5))
    assert not builds_on_rows_above(relative("=D5-1", 5))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=SUM(A1:B2,C$3)+D4", ("A1:B2", "C$3", "D4")),
        ("='My sheet'!A1+Other!$B$2", ("'My sheet'!A1", "Other!$B$2")),
        ("=INDEX(Grants[FMV],MATCH([@Grant],Grants[Grant],0))", ("Grants[FMV]", "[@Grant]", "Grants[Grant]")),
        ("=Plan_ISO_limit*2", ("Plan_ISO_limit",)),
        ("=SUM(A:A)", ("A:A",)),
        ('="A1"&A2', ("A2",)),
        ("=A1+A1", ("A1",)),
    ],
)
def test_what_a_formula_refers_to(formula: str, expected: tuple[str, ...]) -> None:
    assert references(formula) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=[1]Prices!B5", {1}),
        ("='[2]Prices 2004'!B5+[1]!Rate", {1, 2}),
        ("=[1]!ISO_MIN_PRICE(A2)", set()),
        ("=Table[1]", set()),
        ("=Table[[#This Row],[1]]&Prices!B5", set()),
        ("=A1", set()),
    ],
)
def test_other_workbooks(formula: str, expected: set[int]) -> None:
    assert other_books(formula) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=TODAY()-1", "TODAY"),
        ("=now()", "NOW"),
        ("=_xlfn.RANDARRAY(3)", "RANDARRAY"),
        ("=MY.TODAY()", None),
        ("=A1", None),
    ],
)
def test_what_changes_by_itself(formula: str, expected: str | None) -> None:
    assert changing(formula) == expected


def test_the_numbers_of_a_formula() -> None:
    assert constants("=A[0]*1.1+B$2") == ("=A[0]*{}+B$2", ("1.1",))
    assert constants('=IF(A[-1]>100,"12",3E5)') == ('=IF(A[-1]>{},"12",{})', ("100", "3E5"))
