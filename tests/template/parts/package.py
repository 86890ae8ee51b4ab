"""The package (ECMA-376 Part 2): every part is known, led to and of a kind that Excel writes."""

from __future__ import annotations

import re
from collections import Counter

from template.parts.checking import Seen
from template.parts.excel_saved import shipped
from template.parts.products import ADD_IN_FILE, TEMPLATE, WITH_MACROS, WITH_SHEETS
from template.parts.reading import ADD_IN, CONTENT_TYPES, NO_MACROS, OFFICE, R_ID, VBA_PROJECT, WORKBOOK, Package, local

KINDS_OF_THE_STANDARD = {
    # Part 1, 12.3: the parts of a workbook. 14.2.1: charts. 15.2.12.2: custom properties. Part 4: VML drawings.
    ("xl/workbook.xml", NO_MACROS, f"{OFFICE}/officeDocument"),  # 12.3.23
    *(
        (part, f"application/vnd.openxmlformats-officedocument.{kind}", f"{OFFICE}/{relationship}")
        for part, kind, relationship in (
            ("xl/comments#.xml", "spreadsheetml.comments+xml", "comments"),  # 12.3.3
            ("xl/drawings/drawing#.xml", "drawing+xml", "drawing"),  # 12.3.8
            ("xl/metadata.xml", "spreadsheetml.sheetMetadata+xml", "sheetMetadata"),  # 12.3.10
            ("xl/tables/table#.xml", "spreadsheetml.table+xml", "table"),  # 12.3.21
            ("xl/charts/chart#.xml", "drawingml.chart+xml", "chart"),
            ("xl/drawings/vmlDrawing#.vml", "vmlDrawing", "vmlDrawing"),
            ("docProps/custom.xml", "custom-properties+xml", "custom-properties"),
        )
    ),
}
"""Part, content type and relationship's type of what the files that xlwings ships do not have."""

# ---- Of any workbook -------------------------------------------------------------------------------------------------


def content_types(package: Package, see: Seen) -> None:
    see.same(len(package.entries), len({name.casefold() for name in package.entries}), "parts, and their names")
    for part in package.parts:
        see.that(part == CONTENT_TYPES or package.content_type(part), f"{part} has no content type")
    for part in package.overrides:
        see.that(part in package.parts, f"there is a content type of {part}, and no such part")
    elements = package.root(CONTENT_TYPES)
    names = Counter((local(e), e.get("PartName", e.get("Extension", "")).casefold()) for e in elements)
    for (_, name), count in names.items():
        see.same(count, 1, f"content types of {name}")


def relationships(package: Package, see: Seen) -> None:
    for source, relationship in package.all_relationships:
        if relationship.inside:
            found = relationship.target in package.parts
            see.that(found, f"{source or 'the package'} leads to {relationship.target}, which is not there")
    for source in {source for source, _ in package.all_relationships}:
        ids = [relationship.id for relationship in package.relationships(source)]
        see.same(len(ids), len(set(ids)), f"{source}: relationships, and their ids")
    reached = {relationship.target for _, relationship in package.all_relationships}
    for part in package.parts:
        leads = part == CONTENT_TYPES or part.endswith(".rels")
        see.that(leads or part in reached, f"nothing leads to {part}")
    for rels in (part for part in package.parts if part.endswith(".rels")):
        folder, _, name = rels.rpartition("_rels/")
        source = f"{folder}{name.removesuffix('.rels')}"
        see.that(not source or source in package.parts, f"{rels} belongs to no part")


def ids_in_use(package: Package, see: Seen) -> None:
    """Every r:id in a part is one of its relationships."""
    for part in package.parts:
        if part.endswith(".xml") and part != CONTENT_TYPES:
            ids = {relationship.id for relationship in package.relationships(part)}
            for element in package.root(part).iter():
                if (used := element.get(R_ID)) is not None:
                    see.that(used in ids, f"{part}: {local(element)} names {used}, which its relationships do not have")


# ---- Of plansheet's files --------------------------------------------------------------------------------------------


def kinds(package: Package) -> set[tuple[str, str | None, str]]:
    """Of every part that something leads to: its name, content type and relationship; a number in it is #."""
    return {
        (re.sub(r"\d+", "#", r.target), package.content_type(r.target), r.type) for _, r in package.all_relationships
    }


def kinds_that_excel_writes(package: Package, see: Seen) -> None:
    known = KINDS_OF_THE_STANDARD.union(*map(kinds, shipped()))
    for kind in kinds(package):
        see.that(kind in known, f"Excel writes no part such as {kind}")


def nothing_outside(package: Package, see: Seen) -> None:
    """No link leaves the file, and no part tells of a computer."""
    for source, relationship in package.all_relationships:
        see.that(relationship.inside, f"{source} leads outside, to {relationship.target}")
    path = re.compile(rb"file:/|[A-Za-z]:\\[\w]|/home/|/Users/|/tmp/|/root/")
    for part, data in package.parts.items():
        see.that("externalLink" not in part, f"{part} is a link to another workbook")
        match = path.search(data) if part.endswith((".xml", ".rels", ".vml")) else None
        see.that(match is None, f"{part} holds a path: {match and match[0]!r}")


def what_every_workbook_needs(package: Package, see: Seen) -> None:
    wanted = {
        CONTENT_TYPES, "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/sharedStrings.xml", "xl/theme/theme1.xml", "xl/worksheets/sheet1.xml", "docProps/app.xml",
        "docProps/core.xml", "docProps/custom.xml",
    }  # fmt: skip
    wanted |= {"xl/vbaProject.bin"} if package.name in WITH_MACROS else {"xl/metadata.xml"}
    wanted |= {"xl/metadata.xml", "xl/tables/table1.xml"} if package.name in WITH_SHEETS else set()
    for part in wanted:
        see.that(part in package.parts, f"{part} is missing")
    see.same("xl/vbaProject.bin" in package.parts, package.name in WITH_MACROS, "whether there are macros")
    kind = {ADD_IN_FILE: ADD_IN, TEMPLATE: WORKBOOK}.get(package.name, NO_MACROS)
    see.same(package.content_type("xl/workbook.xml"), kind, "the content type of the workbook")


def vba_as_excel_saves_it(package: Package, see: Seen) -> None:
    def of(package: Package) -> list[tuple[str, str, str | None, str]]:
        found = [(s, r) for s, r in package.all_relationships if r.type == VBA_PROJECT or "vba" in r.target.lower()]
        return [(source, r.target, package.content_type(r.target), r.type) for source, r in found]

    for saved in shipped():
        see.same(of(package), of(saved), f"the VBA project beside that of {saved.name}")


PACKAGE = (
    content_types, relationships, ids_in_use, kinds_that_excel_writes, nothing_outside, what_every_workbook_needs,
)  # fmt: skip
