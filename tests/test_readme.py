"""The README's examples and what it says of the sample; its links and commands are tested with the guides'."""

import datetime as dt
import re
from pathlib import Path

import pytest

from examples import Example, assert_calculated, examples_in
from plansheet.excel.manual import ALL_RULES
from plansheet.plan.rules import RULES
from plansheet.report.text import write_text
from plansheet.template import build_sample
from plansheet.workbook.checks import Options, check
from report.runs import written

README = Path(__file__).parent.parent / "README.md"
TEXT = README.read_text(encoding="utf-8")
EXAMPLES = examples_in(TEXT)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: next(iter(e.formulas.values()))[1:].split("(")[0])
def test_the_figures_of_an_example_are_those_of_its_formulas(example: Example, tmp_path: Path) -> None:
    assert_calculated(example, tmp_path)


def test_there_is_an_example_of_each_of_the_four_functions() -> None:
    used = {formula[1:].split("(")[0] for example in EXAMPLES for formula in example.formulas.values()}
    assert used == {"ISO_LIMIT_SPLIT", "ADJUST_FOR_SPLIT", "MERGER_CASHOUT", "POOL_AVAILABLE"}


def test_the_demo_finds_what_the_readme_says(tmp_path: Path) -> None:
    build_sample(tmp_path / "sample.xlsx")
    report = written(write_text, check(tmp_path / "sample.xlsx", Options(as_of=dt.date(2011, 1, 5))))
    found = [line.strip() for line in report.splitlines() if line.startswith(("  error ", "  warning "))]
    assert found == re.findall(r"^(?:error|warning) .*$", TEXT, re.MULTILINE)


def test_it_says_how_many_rules_there_are() -> None:
    assert re.findall(r"^(\d+) rules hold a ledger", TEXT, re.MULTILINE) == [str(len(RULES))]
    assert re.findall(r"(\d+) more judge", TEXT) == [str(len(ALL_RULES) - len(RULES))]
