"""plansheet recalc, rules and explain: what the functions give for a workbook, what the rules ask."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from plansheet.cli.printing import CLEAN, FINDINGS, UNCHECKED, UsageError, day_of, print_text
from plansheet.cli.terms_files import add_terms, terms_given
from plansheet.excel import FUNCTIONS
from plansheet.excel.judgements import Recalculated
from plansheet.excel.manual import ALL_RULES, no_rule, rule_of
from plansheet.plan.terms import atg_1996
from plansheet.report.characters import printable
from plansheet.report.json import recalc_json
from plansheet.report.manual import explanation, explanation_json, rule_list, rule_list_json, rule_list_markdown
from plansheet.workbook.formulas.recalc import recalculate
from plansheet.workbook.reading.reader import read
from plansheet.workbook.reading.unreadable import Unreadable


def add_rules(parser: argparse.ArgumentParser) -> None:
    """The command rules."""
    add_terms(parser, "with the sections of another plan: its terms as TOML")
    parser.add_argument("--format", choices=tuple(_LISTS), default="text", help="how it is said (%(default)s)")
    parser.set_defaults(
        run=lambda parsed: print_text(_LISTS[parsed.format](ALL_RULES, terms_given(parsed) or atg_1996()))
    )


_LISTS = {"text": rule_list, "json": rule_list_json, "markdown": rule_list_markdown}


def add_explain(parser: argparse.ArgumentParser) -> None:
    """The command explain."""
    parser.add_argument("code", metavar="CODE", help="a rule's code, such as ISO001")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is said (%(default)s)")
    add_terms(parser, "with the sections of another plan: its terms as TOML")
    parser.set_defaults(run=_explain)


def add_recalc(parser: argparse.ArgumentParser) -> None:
    """The command recalc."""
    parser.add_argument("workbook", metavar="WORKBOOK", help="the file; it is not changed")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is said (%(default)s)")
    parser.add_argument("--as-of", metavar="DATE", help="the day that TODAY gives, as 2005-04-03 (today)")
    parser.set_defaults(run=_recalc)


def _recalc(parsed: argparse.Namespace) -> int:
    path = Path(parsed.workbook)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file; check the path")
    try:
        results = recalculate(read(path), FUNCTIONS, day_of(parsed.as_of))
    except Unreadable as unreadable:
        print(f"{printable(str(path))}: {printable(str(unreadable))}", file=sys.stderr)
        return UNCHECKED
    print_text(recalc_json(str(path), results) if parsed.format == "json" else _recalc_text(results))
    states = {result.state for result in results}
    if "not checked" in states:
        return UNCHECKED
    return FINDINGS if states & {"different", "never calculated"} else CLEAN


def _recalc_text(results: Sequence[Recalculated]) -> str:
    lines = [f"{r.sheet}!{r.cell}  {r.state}  {r.formula}{_because(r)}" for r in results]
    same = sum(r.state == "same" for r in results)
    cells = f"{len(results):,} plan-function cell{'' if len(results) == 1 else 's'}"
    lines.append(f"{cells}, {same:,} the same, {len(results) - same:,} not.")
    return "\n".join(printable(line) for line in lines) + "\n"


def _because(result: Recalculated) -> str:
    if result.unchecked is not None:
        return f"  (the cell {result.unchecked})"
    if result.difference is not None:
        return f"  ({result.difference})"
    return "" if result.same else f"  (saved {result.saved}, recomputed {result.recomputed})"


def _explain(parsed: argparse.Namespace) -> int:
    rule = rule_of(parsed.code)
    if rule is None:
        raise UsageError(f"{no_rule(parsed.code)}; plansheet rules lists all")
    said = explanation_json if parsed.format == "json" else explanation
    return print_text(said(rule, terms_given(parsed) or atg_1996()))
