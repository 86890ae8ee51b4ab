"""Sheets for whoever types and prints: paper, frozen and printed headings, choices, notes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from plansheet.core.records import Column, Kind, columns
from plansheet.core.words import Action, GrantType
from template.parts.checking import Seen
from template.parts.products import LEDGERS
from template.parts.reading import MAIN, R_ID, Area, Package, Sheet, Table, area, cell_name

_WORDS = {"action": [word.label for word in Action], "grant_type": [word.label for word in GrantType]}
_FLAGS = ["Yes", "No"]
_RULES = {Kind.WORD: "list", Kind.FLAG: "list", Kind.DATE: "date", Kind.MONTHS: "whole", Kind.MONEY: "decimal"}
_VML = {"v": "{urn:schemas-microsoft-com:vml}", "o": "{urn:schemas-microsoft-com:office:office}"}
_X = "{urn:schemas-microsoft-com:office:excel}"


def pages_are_set_up(package: Package, see: Seen) -> None:
    """US letter, as wide as the paper, with the sheet's name and the page's number."""
    for sheet in package.sheets:
        setup, fit = sheet.one("pageSetup"), sheet.one("sheetPr/pageSetUpPr")
        setting = {} if setup is None else setup.attrib
        see.same(setting.get("paperSize"), "1", f"{sheet.name}: its paper")
        see.same(fit is not None and fit.get("fitToPage"), "1", f"{sheet.name}: whether it is fitted")
        pages = setting.get("fitToWidth", "1"), setting.get("fitToHeight", "1")
        see.same(pages, ("1", "0"), f"{sheet.name}: pages across and down")
        see.that(setting.get("orientation") in ("portrait", "landscape"), f"{sheet.name}: which way the paper lies")
        footer = sheet.one("headerFooter/oddFooter")
        text = "" if footer is None else footer.text or ""
        for code in ("&A", "&P", "&N"):
            see.that(code in text, f"{sheet.name}: its footer has no {code}")


def frozen_rows(sheet: Sheet) -> int:
    pane = sheet.one("sheetViews/sheetView/pane")
    frozen = pane is not None and pane.get("state") == "frozen"
    return int(pane.get("ySplit", "0")) if pane is not None and frozen else 0


def headings_stay_in_sight(package: Package, see: Seen) -> None:
    """The rows above a ledger or a result are frozen, the last of them a row of headings."""
    for sheet in package.sheets:
        rows = frozen_rows(sheet)
        wanted = {table.area.top for table in sheet.tables}
        if wanted or sheet.spills:
            see.that(rows > 0, f"{sheet.name} has results, and nothing is frozen")
            see.that(not wanted or wanted == {rows}, f"{sheet.name}: {rows} rows are frozen, its table's is {wanted}")
        pane = sheet.one("sheetViews/sheetView/pane")
        if pane is not None:
            first = cell_name(rows + 1, int(pane.get("xSplit", "0")) + 1)
            see.same(pane.get("topLeftCell"), first, f"{sheet.name}: the first cell that moves")


def headings_are_printed_on_every_page(package: Package, see: Seen) -> None:
    titles = {
        package.tabs[int(e.get("localSheetId", "0"))].get("name"): (e.text or "").rpartition("!")[2]
        for e in package.defined_names
        if e.get("localSheetId") is not None
    }
    for sheet in package.sheets:
        rows = frozen_rows(sheet)
        see.same(titles.get(sheet.name), f"${rows}:${rows}" if rows else None, f"{sheet.name}: its print titles")
        texts = [cell.ref for cell in sheet.cells.values() if cell.row == rows and cell.value is not None]
        see.that(texts or not rows, f"{sheet.name}: row {rows} is printed on every page, and it is empty")


def typed_columns(package: Package) -> Iterator[tuple[Sheet, Table, Column, Area]]:
    """The ledgers' columns that are typed: sheet, table, what the record says of it, the cells below the heading."""
    for name, record in LEDGERS.items():
        sheet, known = package.sheet(name), {column.heading: column for column in columns(record)}
        table = sheet.tables[0]
        for column, element in enumerate(table.columns, start=table.area.left):
            if element.find(f"{MAIN}calculatedColumnFormula") is None:
                at = table.area._replace(left=column, right=column, top=table.area.top + 1)
                yield sheet, table, known[element.get("name", "")], at


def choices_are_the_words_of_the_plan(package: Package, see: Seen) -> None:
    for sheet, table, column, at in typed_columns(package):
        where = f"{table.name}[{column.heading}]"
        found = [e for e in sheet.all("dataValidations/dataValidation") if area(e.get("sqref", "")) == at]
        if column.kind in _RULES:
            see.same([e.get("type") for e in found], [_RULES[column.kind]], f"{where}: what may be typed in {at}")
        if column.kind in (Kind.WORD, Kind.FLAG):
            words = ",".join(_WORDS.get(column.name, _FLAGS))
            lists = [e.findtext(f"{MAIN}formula1") for e in found]
            see.same(lists, [f'"{words}"'], f"{where}: the words to choose from")


def rules_ask_and_do_not_refuse(package: Package, see: Seen) -> None:
    """18.3.1.32, and the lengths that Excel allows: 255 for a list and a message, 32 for a title."""
    for sheet in package.sheets:
        for rule in sheet.all("dataValidations/dataValidation"):
            where = f"the rule of {sheet.name}!{rule.get('sqref')}"
            see.same(rule.get("errorStyle"), "warning", f"{where}: how it answers")
            see.same(rule.get("showErrorMessage"), "1", f"{where}: whether it answers")
            see.that(
                len(rule.get("errorTitle", "")) <= 32 and len(rule.get("error", "")) <= 255, f"{where}: its length"
            )
            if rule.get("type") == "list":
                text = rule.findtext(f"{MAIN}formula1") or ""
                words = text.strip('"').split(",")
                see.that(text == f'"{",".join(words)}"' and len(text) - 2 <= 255, f"{where}: its list is too long")
                see.that(all(word and word == word.strip() for word in words), f"{where}: a word has spaces")
                for at in area(rule.get("sqref", "")).cells():
                    value = sheet.text(*at)
                    see.that(value is None or value in words, f"{where} does not know {value}, which stands there")
        areas = [area(e.get("sqref", "")) for e in sheet.all("dataValidations/dataValidation")]
        for before, after in pairwise(sorted(areas)):
            see.that(not before.meets(after), f"{sheet.name}: two rules for {before} and {after}")


def notes_say_what_the_record_says(package: Package, see: Seen) -> None:
    for name, record in LEDGERS.items():
        sheet, known = package.sheet(name), {column.heading: column.note for column in columns(record)}
        table = sheet.tables[0]
        wanted = {
            cell_name(table.area.top, column): known.get(element.get("name", ""))
            for column, element in enumerate(table.columns, start=table.area.left)
        }
        found = {
            comment.get("ref", ""): "".join(text.text or "" for text in comment.iter(f"{MAIN}t"))
            for comment in sheet.comments
        }
        see.same(list(found), list(wanted), f"{name}: cells with notes")
        for ref, note in wanted.items():
            see.same(found.get(ref), note, f"{name}!{ref}: its note")


def notes_are_drawn(package: Package, see: Seen) -> None:
    """Every note has its shape in the sheet's VML drawing (ECMA-376 Part 4), under an id that is its own."""
    shapes: list[str] = []
    maps: list[str] = []
    for name in LEDGERS:
        sheet = package.sheet(name)
        drawings = {r.id: r.target for r in package.related(sheet.part, "vmlDrawing")}
        legacy = sheet.one("legacyDrawing")
        see.same([None if legacy is None else legacy.get(R_ID)], list(drawings), f"{name}: its drawing of notes")
        noted = {area(comment.get("ref", ""))[:2] for comment in sheet.comments}
        drawn = set()
        for part in drawings.values():
            root = package.root(part)
            maps += [e.get("data", "") for e in root.iter(f"{_VML['o']}idmap")]
            shapes += [e.get("id", "") for e in root.iter(f"{_VML['v']}shape")]
            for data in root.iter(f"{_X}ClientData"):
                see.same(data.get("ObjectType"), "Note", f"{part}: what is drawn")
                column, row = (int(data.findtext(f"{_X}{side}") or "-9") + 1 for side in ("Column", "Row"))
                drawn.add((column, row))
        see.same(drawn, noted, f"{name}: cells whose notes are drawn")
    see.same(len(set(shapes)), len(shapes), "shapes, and their ids")
    see.same(len(set(maps)), len(maps), "drawings, and their ranges of ids")


PAPER = (pages_are_set_up,)
SHEETS = (
    headings_stay_in_sight, headings_are_printed_on_every_page, choices_are_the_words_of_the_plan,
    rules_ask_and_do_not_refuse, notes_say_what_the_record_says, notes_are_drawn,
)  # fmt: skip
