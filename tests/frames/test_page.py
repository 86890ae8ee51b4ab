"""The page on pandas: its workbook, read as it says, gives what it shows."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
import xlsxwriter

from examples import sheet
from plansheet import frames

PAGE = Path(__file__).parent.parent.parent / "docs" / "pandas.md"
TEXT = PAGE.read_text(encoding="utf-8")
SHEETS = re.findall(r"the sheet (\w+):\n\n((?:^\|.*\|\n)+)", TEXT, re.MULTILINE)
SESSION = "\n".join(re.findall(r"^```\n(>>>.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


def test_the_examples_give_what_they_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with xlsxwriter.Workbook(tmp_path / "cap-table.xlsx", {"default_date_format": "yyyy-mm-dd"}) as workbook:
        for name, table in SHEETS:
            worksheet = workbook.add_worksheet(name)
            for address, cell in sheet(table).items():
                worksheet.write(address, cell)
    monkeypatch.chdir(tmp_path)
    page = doctest.DocTestParser().get_doctest(SESSION, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    assert len(page.examples) > 10
    assert (
        doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE).run(page, out=said.append).failed
        == 0
    ), "".join(said)


def test_every_function_of_the_page_is_there_and_each_is_on_it() -> None:
    functions = {name for name in frames.__all__ if callable(getattr(frames, name)) and name.islower()}
    assert {name for name in functions if re.search(rf"\b{name}\(", TEXT)} == functions
