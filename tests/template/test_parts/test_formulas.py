"""The formulas of each file: stored as Excel stores them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from template.parts.checking import Check, agree, each_of
from template.parts.excel_saved import needs_corpus, of_corpus
from template.parts.formulas import DYNAMIC_ARRAYS, FORMULAS
from template.parts.reading import Cell, Package, tree


@each_of(FORMULAS)
def test_formulas_are_stored_as_excel_stores_them(workbook: Package, check: Check) -> None:
    agree(check, workbook)


@needs_corpus
def test_excel_writes_the_same_metadata() -> None:
    found = [
        package for package in of_corpus() if b'metadataTypes count="1"' in package.parts.get("xl/metadata.xml", b"")
    ]
    dynamic = [package for package in found if b'name="XLDAPR"' in package.parts["xl/metadata.xml"]]
    assert dynamic
    for package in dynamic:
        assert tree(package.root("xl/metadata.xml")) == tree(ET.fromstring(DYNAMIC_ARRAYS)), package.name


@needs_corpus
def test_excel_stores_its_own_dynamic_arrays_in_the_same_way() -> None:
    dynamic = [found for package in of_corpus() for found in _arrays(package) if found[1].cm]
    assert len(dynamic) > 10
    assert any(cell.type == "str" for _, cell in dynamic)
    assert any(cell.array == cell.ref for _, cell in dynamic)  # one value, as of a function that gives no more
    for where, cell in dynamic:
        assert (cell.array or "").split(":")[0] == cell.ref, where
        assert "@" not in (cell.formula or ""), where


def _arrays(package: Package) -> Iterator[tuple[str, Cell]]:
    for sheet in package.sheets:
        for cell, _ in sheet.spills:
            yield f"{sheet.name}!{cell.ref}", cell
