"""The sheets of each file: set up for whoever types and prints."""

from __future__ import annotations

from template.parts.checking import Check, agree, each_of
from template.parts.reading import Package
from template.parts.sheets import SHEETS, pages_are_set_up


def test_every_sheet_prints_on_letter_paper(product: Package) -> None:
    agree(pages_are_set_up, product)


@each_of(SHEETS)
def test_sheets_are_set_up_for_whoever_types_and_prints(workbook: Package, check: Check) -> None:
    agree(check, workbook)
