"""What Excel would repair, and words that it does not write: neither is in any file."""

from __future__ import annotations

from template.parts.checking import Check, agree, each_of
from template.parts.excel_saved import needs_corpus, of_corpus, shipped
from template.parts.reading import Package, local
from template.parts.strictness import STRICT

RARE = {
    # Part 1: in the standard, but in no workbook of the corpus.
    *(("worksheet", "dataValidation", f"@{name}") for name in ("errorStyle", "errorTitle", "error", "operator")),
    *(("worksheet", "hyperlink", f"@{name}") for name in ("location", "display")),  # 18.3.1.47
    ("worksheet", "pane", "@xSplit"),  # 18.3.1.66; errorStyle and so on: 18.3.1.32
    ("chartSpace", "rPr", "@sz"),  # 21.1.2.3.9
    ("chartSpace", "rPr", "solidFill"),
}
"""Element and attribute or child that the products hold and no Excel-saved file of the corpus happens to."""


@each_of(STRICT)
def test_nothing_is_there_that_excel_would_repair(product: Package, check: Check) -> None:
    agree(check, product)


def words(package: Package) -> set[tuple[str, str, str]]:
    """What a file's parts say: their root, an element, and an attribute or a child of it."""
    found = set()
    for part in package.parts:
        if part.endswith(".xml") and part.startswith("xl/"):
            root = package.root(part)
            for element in root.iter():
                found |= {(local(root), local(element), f"@{name}") for name in element.attrib}
                found |= {(local(root), local(element), local(child)) for child in element}
    return found


@needs_corpus
def test_every_element_and_attribute_is_one_that_excel_writes(product: Package) -> None:
    known = RARE.union(*map(words, (*shipped(), *of_corpus())))
    ours = words(product)
    assert len(ours) > 100
    assert ours - known == set()


def test_what_is_called_rare_is_in_the_products(built: dict[str, Package]) -> None:
    assert RARE - set().union(*map(words, built.values())) == set()
