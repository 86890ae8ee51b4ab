"""Rules and their cards: what each says, that it says it in the same form, and that a check fills its sentences."""

import datetime as dt
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from plansheet.core.records import Activity, Grant, Ledger, columns
from plansheet.core.rule import Hit, Rule, Severity, find, rule
from plansheet.core.words import Identifier
from plansheet.excel.manual import ALL_RULES
from plansheet.plan.rules import MODULES, RULES, harvest
from plansheet.plan.terms import atg_1996

DAY = dt.date(2001, 11, 19)
SECTION = r"§[0-9]+(\([a-z]+\))*"
CITATION = re.compile(r"IRC §[0-9]+A?(\([a-zA-Z0-9]+\))*|Treas\. Reg\. §1\.[0-9]+A?-[0-9]+(\([a-zA-Z0-9]+\))*")
SENTENCE = re.compile(r"(\{[a-z_]+\}|[A-Z(]).*\.", re.DOTALL)
EVERY = pytest.mark.parametrize("card", ALL_RULES, ids=lambda r: r.code)


@rule(
    "TOY001",
    Severity.WARNING,
    plan="§5",
    law=("IRC §422(b)",),
    message="Grant {grant} is over {shares} shares.",
    fix="Enter {shares}.",
    needs=((Grant, "grant"), (Grant, "shares")),
)
def toy(ledger: Ledger, terms: object, as_of: dt.date) -> Iterator[Hit]:
    """A toy.

    Why: to be
    seen.
    Example: one: 1:2.
    Not covered: everything
      else.
    """
    for grant in ledger.grants:
        yield Hit(grant, "shares", {"grant": grant.grant, "shares": grant.shares})


LEDGER = Ledger(
    grants=(Grant(Identifier("G-1"), shares=5), Grant(Identifier("G-2"), shares=7)),
    columns=frozenset({(Grant, "grant"), (Grant, "shares")}),
)


class Another:
    """Terms of a plan whose §5 is its §7.1."""

    def cited(self, text: str) -> str:
        return text.replace("§5", "§7.1")


def test_a_finding_is_a_hit_with_the_rules_words() -> None:
    first, second = find(toy, LEDGER, atg_1996(), DAY)
    assert (first.code, first.severity, first.plan, first.law) == ("TOY001", Severity.WARNING, "§5", ("IRC §422(b)",))
    assert (first.record, first.field) == (LEDGER.grants[0], "shares")
    assert (second.message, second.fix) == ("Grant G-2 is over 7 shares.", "Enter 7.")


def test_a_finding_cites_the_sections_of_the_terms() -> None:
    assert [finding.plan for finding in find(toy, LEDGER, Another(), DAY)] == ["§7.1", "§7.1"]


def test_the_manual_is_the_checks_docstring() -> None:
    assert toy.title == "A toy."
    assert toy.sections == {"Why": "to be seen.", "Example": "one: 1:2.", "Not covered": "everything else."}


def test_a_rule_knows_the_columns_that_it_lacks() -> None:
    assert toy.lacks(LEDGER) == ()
    assert toy.lacks(Ledger(columns=frozenset({(Grant, "grant"), (Activity, "shares")}))) == ((Grant, "shares"),)


def test_the_decorator_registers_nothing_and_modules_are_harvested() -> None:
    assert toy not in RULES
    assert harvest(MODULES) == RULES
    assert list(RULES) == sorted(RULES, key=lambda r: r.code)


def test_codes_are_given_once() -> None:
    codes = [each.code for each in ALL_RULES]
    assert sorted(set(codes)) == codes
    assert set(RULES) <= set(ALL_RULES)


@EVERY
def test_a_code_is_a_subject_and_a_number(card: Rule) -> None:
    assert re.fullmatch(r"[A-Z]+[0-9]{3}", card.code)


@EVERY
def test_a_rule_rests_on_a_section_of_the_plan_and_on_law_as_cited(card: Rule) -> None:
    if card in RULES:
        assert re.fullmatch(rf"{SECTION}(, {SECTION})*", card.plan), card.plan
    assert [citation for citation in card.law if not CITATION.fullmatch(citation)] == []


@EVERY
def test_the_title_is_one_sentence(card: Rule) -> None:
    assert re.fullmatch(r"[A-Z][^\n]*[^.]\.", card.title)
    assert len(card.title) <= 120


@EVERY
def test_the_manual_says_why_gives_an_example_and_says_what_is_not_covered(card: Rule) -> None:
    assert list(card.sections) == ["Why", "Example", "Not covered"]
    for text in card.sections.values():
        assert text.endswith("."), text
        assert len(text) > 10, text
    assert len(set(card.sections.values())) == 3


@EVERY
def test_the_manual_has_nothing_beside_its_sections(card: Rule) -> None:
    """A fourth heading, or a line before the first, would be lost to all who read the manual."""
    lines = (card.check.__doc__ or "").strip().splitlines()
    assert lines[1].strip() == ""
    assert re.match(r"\s*Why: ", lines[2])


@EVERY
def test_message_and_fix_are_sentences(card: Rule) -> None:
    for text in (card.message, card.fix):
        assert SENTENCE.fullmatch(text), text
        assert ".." not in text
        assert not re.search(r"(?i)\binvalid\b|\bplease\b|\berror occurred\b", text), text


@EVERY
def test_the_fix_is_an_order(card: Rule) -> None:
    """House rule: which thing, what is wrong, both numbers, then the fix as an order."""
    orders = {
        "Enter", "Correct", "Give", "Pay", "Make", "Rescind", "Calculate", "Open", "Reduce", "Record", "Remove",
        "Set", "Clear", "Show",
    }  # fmt: skip
    assert card.fix.split()[0] in orders, card.fix


@EVERY
def test_the_facts_that_the_words_ask_for_are_plain_names(card: Rule) -> None:
    fields = [name for text in (card.message, card.fix) for _, name, *_ in Formatter().parse(text) if name is not None]
    assert all(re.fullmatch(r"[a-z_]+", name) for name in fields), fields
    assert fields, "a message without a fact does not say which thing"


@EVERY
def test_what_a_rule_needs_are_columns_that_there_are(card: Rule) -> None:
    for record, name in card.needs:
        assert name in {column.name for column in columns(record)}
