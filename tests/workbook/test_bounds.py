"""What keeps the check of a workbook within bounds that no ledger of people reaches."""

import pytest

from plansheet.workbook import checks
from plansheet.workbook.formulas import plan_cells
from plansheet.workbook.ledgers import heads
from workbook.books import ACTIVITY, GRANTED, GRANTS, LEDGERS, Formula, Sheet, checked, with_row

POOL = "=POOL_AVAILABLE(1000,B2:B3,D2:D3)"


def why(result: checks.Checked) -> str:
    """Why the file is not checked."""
    [reason] = [each.why for each in result.not_checked if each.what == "the file"]
    assert result.verdict == "unchecked"
    return reason


def test_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = with_row(ACTIVITY, *([GRANTED, "SPLIT", "", "2:1", ""] for _ in range(3)))
    sheets = (Sheet("Grants", GRANTS), Sheet("Activity", rows))
    monkeypatch.setattr(checks, "MOST_SPLITS", 3)
    assert not [each for each in checked(*sheets).not_checked if each.what == "the file"]
    monkeypatch.setattr(checks, "MOST_SPLITS", 2)
    assert "3 rows of splits" in why(checked(*sheets))


def test_headings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "MOST_HEADINGS", 20)
    assert checked(*LEDGERS).verdict == "clean"
    monkeypatch.setattr(heads, "MOST_HEADINGS", 19)
    assert "19 headings" in why(checked(*LEDGERS))


def test_formulas_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_cells, "MOST_TEXT", 100)
    same = [[Formula(POOL, 500)]] * 50
    assert not [each for each in checked(*LEDGERS, Sheet("Pool", same)).not_checked if each.what == "the file"]
    different = [[Formula(POOL.replace("1000", str(at)), 500)] for at in range(50)]
    assert "100 characters" in why(checked(*LEDGERS, Sheet("Pool", different)))


def test_a_name_too_long_for_one_is_told() -> None:
    result = checked(Sheet("Grants", with_row(GRANTS, ["G-3", "A" * 1_001, "NSO", GRANTED, 10, 10, 1])))
    assert any("1,001 characters" in each.message for each in result.findings)


def test_too_little_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(checks, "recalculate", fails)
    assert "not enough memory" in why(checked(*LEDGERS))


def test_a_text_longer_than_a_cell_is_not_checked() -> None:
    long = ",".join(f"a{at},a{at - 1}&a{at - 1}" for at in range(1, 40))
    result = checked(*LEDGERS, Sheet("Pool", [[Formula(f'=LET(a0,"xxxxxxxx",{long},{POOL[1:]}+LEN(a39))', 1)]]))
    assert any("more than a cell holds" in each.why for each in result.not_checked)
