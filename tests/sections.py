"""The plan's sections, each with the functions and rules that compute or check it: a table for the page of rules."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from plansheet.excel import FUNCTIONS
from plansheet.excel.signature import signature_of
from plansheet.plan.rules import RULES
from plansheet.report.manual import SECTIONS

TABLES = Path(__file__).parent / "plan"
FIGURES = {"iso_limit": (8, 11), "pool": (4,), "adjustment": (15,), "merger": (16,)}
"""The tables of figures, by the sections whose functions they hold."""
NOTHING = {
    17: "nothing to compute: no option gives a right to employment",
    18: "nothing to compute: income from an option is no base of other benefits, unless their plan says so",
}


def numbers(text: str) -> list[int]:
    """The sections that a text cites: 16 of "§16(a)(i), §16(b)"."""
    return sorted({int(number) for number in re.findall(r"(?<!IRC )(?<!Reg\. )§(\d+)(?![.\d])", text)})


def functions() -> Iterator[tuple[int, str]]:
    """Section and function, wherever a function's summary cites the plan."""
    for name, function in FUNCTIONS.items():
        cited = re.search(r"\(plan ((?:[^()]|\([^()]*\))*)\)", signature_of(function).summary)
        yield from ((number, name) for number in (numbers(cited[1]) if cited else []))


def cases() -> tuple[Counter[str], Counter[int]]:
    """How many cases each rule has, and how many tables of figures each section."""
    of_rule: Counter[str] = Counter()
    for path in (TABLES / "rules").glob("*.toml"):
        of_rule.update(case["rule"] for case in tomllib.loads(path.read_text("utf-8"))["case"])
    of_section: Counter[int] = Counter()
    for name, sections in FIGURES.items():
        lists = tomllib.loads((TABLES / f"{name}.toml").read_text("utf-8")).values()
        of_section.update(dict.fromkeys(sections[-1:], sum(len(each) for each in lists)))
    return of_rule, of_section


def sections_table() -> str:
    """The table as Markdown, a line for each section."""
    named = list(functions())
    of_rule, of_section = cases()
    lines = ["| Section | Functions | Rules | Cases |", "|---|---|---|---|"]
    for number, title in enumerate(SECTIONS, start=1):
        own = [name for section, name in named if section == number]
        codes = [rule.code for rule in RULES if number in numbers(rule.plan)]
        told = sum(of_rule[code] for code in codes) + of_section[number]
        shown = ", ".join(f"`{name}`" for name in own) or ("" if codes else NOTHING[number])
        lines.append(f"| §{number} {title} | {shown} | {' '.join(codes)} | {told or ''} |")
    return "\n".join(lines) + "\n"
