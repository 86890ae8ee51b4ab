"""The workbook of each file: it says rightly what it holds, and its VBA project knows it."""

from __future__ import annotations

from template.parts.checking import Check, agree, each_of
from template.parts.products import ADD_IN_FILE
from template.parts.reading import Package
from template.parts.workbook import MACROS, NAMES, WORKBOOKS, view_of_an_add_in


@each_of(WORKBOOKS)
def test_the_workbook_says_rightly_what_it_holds(product: Package, check: Check) -> None:
    agree(check, product)


@each_of(NAMES)
def test_names_and_links_lead_to_sheets_of_the_workbook(workbook: Package, check: Check) -> None:
    agree(check, workbook)


@each_of(MACROS)
def test_the_workbook_and_its_vba_project_know_each_other(with_macros: Package, check: Check) -> None:
    agree(check, with_macros)


def test_the_window_of_the_add_in_is_hidden_as_in_those_that_excel_saves(built: dict[str, Package]) -> None:
    agree(view_of_an_add_in, built[ADD_IN_FILE])
