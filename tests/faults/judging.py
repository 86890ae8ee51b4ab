"""What the check says of a planted fault: found at the right cell, found elsewhere, or missed."""

import tomllib
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from faults import in_books, in_ledgers
from faults.description import At, Book, Call, address
from faults.layouts import LAYOUTS
from faults.ledger import Ledger, after_merger, clean
from faults.planting import FAULTS, Unfit, places
from faults.writing import parts, saved
from plansheet.workbook.checked import Checked, Found, NotChecked
from plansheet.workbook.checks import Options, check_bytes

PLANTED = (in_ledgers, in_books)
"""The modules whose faults planting.FAULTS holds."""

RIGHT, ELSEWHERE, MISSED = "right", "elsewhere", "missed"


@cache
def kinds() -> dict[str, dict[str, str]]:
    """The list of faults."""
    with Path(__file__).with_name("kinds.toml").open("rb") as file:
        listed: dict[str, dict[str, str]] = tomllib.load(file)
    return listed


@dataclass(frozen=True)
class Outcome:
    """What came of a fault in a layout, and what the check said that it does not say of the clean workbook."""

    verdict: str
    said: tuple[str, ...]


def check(book: Book) -> Checked:
    """The check of a described workbook, saved."""
    return check_bytes(saved(book), "book.xlsx", Options(as_of=book.as_of))


def ledger_of(layout: str) -> Ledger:
    """A copy of the clean ledger that a layout shows."""
    return deepcopy(_ledger(after_merger if layout == "after_merger" else clean))


_ledger = cache(lambda made: made())


def laid_out(layout: str, ledger: Ledger | None = None) -> Book:
    """The clean ledger, or another one, in a layout; calculated."""
    book = LAYOUTS[layout](ledger or ledger_of(layout))
    book.calculate()
    return book


@cache
def of_clean(layout: str) -> tuple[dict[str, bytes], Checked]:
    """The parts of a layout's clean workbook, and what the check says of it."""
    book = laid_out(layout)
    return parts(book), check(book)


def alarms(layout: str) -> list[str]:
    """What is wrong with the check of a layout's clean workbook: findings, and what was not read or calculated."""
    book, checked = laid_out(layout), of_clean(layout)[1]
    formulas = [cell.formula for page in book.pages.values() for cell in page.cells.values() if cell.formula]
    of_plan = [each for each in formulas if any(isinstance(operand, Call) for operand in each.operands)]
    ledgers = book.blocks.keys() & {"Holders", "Grants", "Vesting", "Activity"}
    said = [f"{each.code} {each.sheet}!{each.cell} {each.message}" for each in checked.findings]
    if checked.verdict != "clean":
        said.append(f"{checked.verdict}: {[each for each in checked.not_checked if not each.code]}")
    if checked.recalculated != len(of_plan):
        said.append(f"{checked.recalculated} of {len(of_plan)} formulas calculated")
    if len(checked.taken_for) < len(ledgers):
        said.append(f"{len(checked.taken_for)} of {len(ledgers)} ledgers read: {checked.taken_for}")
    return said


def planted(kind: str, layout: str) -> tuple[Book, list[At]]:
    """The workbook with a fault, and where a finding may stand; raises Unfit where the layout has no place for it."""
    fault = FAULTS[kind]
    if fault.of == "ledger":
        ledger = ledger_of(layout)
        spots = list(fault.plant(ledger))
        book = laid_out(layout, ledger)
    else:
        book = laid_out(layout)
        try:
            spots = list(fault.plant(book))
        except (KeyError, AssertionError) as absent:
            raise Unfit from absent
        if fault.of == "book":
            book.calculate()
    if not fault.needs <= book.columns.keys():
        raise Unfit
    cells = places(book, spots)
    if parts(book) == of_clean(layout)[0]:
        raise Unfit
    return book, cells


def judged(kind: str, layout: str) -> Outcome:
    """Plants a fault in a layout and holds what the check says against the list; raises Unfit."""
    book, cells = planted(kind, layout)
    checked, before = check(book), of_clean(layout)[1]
    known = {(f.code, f.sheet, f.cell, f.message) for f in before.findings}
    findings = [f for f in checked.findings if (f.code, f.sheet, f.cell, f.message) not in known]
    unknown = [n for n in checked.not_checked if n not in before.not_checked and not n.code]
    said = (
        *(f"{f.code} {f.sheet}!{f.cell} {f.message}" for f in findings),
        *(f"not checked: {n.what}: {n.why}" for n in unknown),
    )
    keeping = unknown if checked.verdict == "unchecked" else []
    return Outcome(verdict(kinds()[kind]["counts"], cells, findings, keeping, is_said=bool(said)), said)


def verdict(counts: str, cells: list[At], findings: list[Found], unknown: list[NotChecked], is_said: bool) -> str:
    """What a check made of a fault. ``unknown``: what keeps the workbook from being clean; no remark beside a verdict.

    ``is_said``: whether it says anything more than of the clean workbook.
    """
    if counts == "clean":
        return ELSEWHERE if is_said else RIGHT
    if ("*", 0, 0) in cells:
        return RIGHT if findings or unknown else MISSED
    there = {
        "cell": lambda: any(_stands(f, cells) for f in findings),
        "row": lambda: any(_in_row(f, cells) for f in findings),
        "asked": lambda: any(_in_row(f, cells) for f in findings) or _named(unknown, cells),
        "unchecked": lambda: _named(unknown, cells),
    }[counts]()
    return RIGHT if there else ELSEWHERE if is_said else MISSED


def _stands(found: Found, cells: list[At]) -> bool:
    return any(found.sheet == sheet and found.cell == address(row, column) for sheet, row, column in cells)


def _in_row(found: Found, cells: list[At]) -> bool:
    row = int("".join(c for c in found.cell if c.isdigit()) or 0)
    return any(found.sheet == sheet and row == each for sheet, each, _ in cells)


def _named(unknown: list[NotChecked], cells: list[At]) -> bool:
    """Whether what is not checked names a sheet (or name) of the places."""
    texts = [f"{each.what} {each.why}" for each in unknown]
    return any(sheet in text for sheet, _, _ in cells for text in texts)
