"""PLAN_EXPLAIN: the manual of a rule in cells, and what is said of a code that there is not."""

from __future__ import annotations

import pytest

from plansheet.core.manual import manual
from plansheet.core.rule import Rule
from plansheet.excel import PLAN_EXPLAIN, ExcelError, as_shown
from plansheet.excel.manual import ALL_RULES


@pytest.mark.parametrize("card", ALL_RULES, ids=lambda r: r.code)
def test_every_rule_is_explained_a_line_each(card: Rule) -> None:
    rows = PLAN_EXPLAIN(card.code)
    assert rows == [[str(line)] for line in manual(card)]
    assert rows[0] == [card.title]
    labels = ["Why: ", "Example: ", "Not covered: ", "What it says: ", "What to do: "]
    assert [row[0].startswith(label) for row, label in zip(rows[2:], labels, strict=False)] == [True] * 5


@pytest.mark.parametrize("code", ["iso001", " ISO001 ", "ISO 001", [["ISO001"]]])
def test_a_code_may_be_spelled_in_small_letters_or_with_spaces(code: object) -> None:
    assert PLAN_EXPLAIN(code) == PLAN_EXPLAIN("ISO001")


@pytest.mark.parametrize("code", [None, "", 0, [[None]]])
def test_a_blank_cell_is_a_blank(code: object) -> None:
    assert PLAN_EXPLAIN(code) == ""


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        ("ISO01", "#N/A", 'there is no rule "ISO01"; give a code that the sheet Help lists, such as ISO001'),
        ("POOL999", "#N/A", "POOL001"),
        ("Unheard of", "#N/A", 'there is no rule "Unheard of"; give a code that the sheet Help lists'),
        (17, "#N/A", 'there is no rule "17"'),
        ([["ISO001"], ["ISO002"]], "#VALUE!", "code has 2 cells"),
        ("#REF!", "#REF!", "correct it first"),
        (True, "#VALUE!", "code holds TRUE"),
    ],
)
def test_another_code_is_an_error_with_a_sentence_in_cells(code: object, error: str, says: str) -> None:
    answer = PLAN_EXPLAIN(code)
    assert isinstance(answer, ExcelError)
    assert answer == error
    assert says in answer.message
    assert as_shown("PLAN_EXPLAIN", answer) == [[answer, answer.message]]
