"""The package of each file: whole, and of parts that Excel writes."""

from __future__ import annotations

from template.parts.checking import Check, agree, each_of
from template.parts.excel_saved import needs_corpus, of_corpus
from template.parts.package import KINDS_OF_THE_STANDARD, PACKAGE, kinds, vba_as_excel_saves_it
from template.parts.reading import Package


@each_of(PACKAGE)
def test_the_package_is_whole_and_of_parts_that_excel_writes(product: Package, check: Check) -> None:
    agree(check, product)


def test_the_vba_project_is_in_the_package_as_excel_puts_it_there(with_macros: Package) -> None:
    agree(vba_as_excel_saves_it, with_macros)


@needs_corpus
def test_the_kinds_of_parts_written_down_here_are_in_files_that_excel_has_saved() -> None:
    assert KINDS_OF_THE_STANDARD - set().union(*map(kinds, of_corpus())) == set()
