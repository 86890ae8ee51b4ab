"""Every rule that there is, and the manual of one in cells."""

from difflib import get_close_matches
from string import digits

from plansheet.core.manual import manual
from plansheet.core.rule import Rule
from plansheet.core.words import fold
from plansheet.excel import judgements, layout_questions
from plansheet.excel.cells import CallFailed, Cells, is_left_out, scalar_value, worksheet
from plansheet.excel.reading import as_identifier
from plansheet.plan.rules import RULES, harvest

JUDGEMENTS = harvest(judgements.MODULES)
"""The rules of formula cells, which only a saved workbook can break."""
LAYOUT_QUESTIONS = harvest((layout_questions,))
"""The rules of a sheet's layout, which only a saved workbook can break."""
ALL_RULES: tuple[Rule, ...] = tuple(sorted((*RULES, *JUDGEMENTS, *LAYOUT_QUESTIONS), key=lambda r: r.code))


@worksheet
def PLAN_EXPLAIN(code: Cells) -> object:
    """The manual of a rule of PLAN_CHECK or plansheet check, a line each: what it rests on, why, an example, the fix.

    Args:
        code: The code of the rule, such as ISO001.
    """
    if is_left_out(code):
        return ""
    said = scalar_value(code, "code", as_identifier)
    rule = rule_of(str(said))
    if rule is None:
        raise CallFailed(no_rule(str(said)), "#N/A")
    return [[str(line)] for line in manual(rule)]


def rule_of(code: str) -> Rule | None:
    """The rule of that code, however it is spelled: iso001, ISO 001."""
    return {fold(rule.code): rule for rule in ALL_RULES}.get(fold(code))


def no_rule(code: str) -> str:
    """The sentence for a code that no rule has, with those that are near."""
    codes = [rule.code for rule in ALL_RULES]
    near = get_close_matches(code.upper(), codes)
    subjects = {each.rstrip(digits) for each in (code.upper(), *near[:1])}
    near += [each for each in codes if each.rstrip(digits) in subjects and each not in near]
    such_as = f", such as {', '.join(near)}" if near else ""
    return f'there is no rule "{code}"; give a code that the sheet Help lists{such_as}'
