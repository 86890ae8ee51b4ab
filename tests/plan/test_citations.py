"""Sections of the plan that the rules cite, as another plan numbers them; the law's stay as they are."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from plansheet.core.rule import Rule
from plansheet.excel.manual import ALL_RULES
from plansheet.plan.citations import cited
from plansheet.plan.terms import FACTS, UnusableTerms, atg_1996, read_terms

SECTIONS = {"§2(b)": "§3.2", "§4": "§5.1", "§11": "Article VI", "§11(c)": "§6.4", "§16(a)(iii)": "§10.3(b)"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the limit of §11(c) was not checked", "the limit of §6.4 was not checked"),
        ("§11(b)(i)", "Article VI"),  # as the whole is cited that is mapped
        ("§16(a)(iii)", "§10.3(b)"),
        ("§16(a)(ii)", "OLD §16(a)(ii)"),  # not as its neighbour
        ("§4, §20", "§5.1, OLD §20"),
        ("(§4).", "(§5.1)."),
        ("§2(b)(iii), (iv)", "§3.2"),
        ("§9(a), (b) and §4", "OLD §9(a), OLD §9(b) and §5.1"),
        ("§9, (b) says", "OLD §9, (b) says"),
        ("IRC §4", "IRC §4"),
        ("IRC §422(b)(6), §424(d)", "IRC §422(b)(6), §424(d)"),
        ("IRC §422(d); plan §4", "IRC §422(d); plan §5.1"),
        ("Treas. Reg. §1.422-4(b)(1)", "Treas. Reg. §1.422-4(b)(1)"),
        ("§422 and §401(k) and §1.422-4", "§422 and §401(k) and §1.422-4"),
        ('the note says "as §4 has it" (§4)', 'the note says "as §4 has it" (§5.1)'),
        ("nothing is cited", "nothing is cited"),
        ("", ""),
    ],
)
def test_a_text_with_another_plans_sections(text: str, said: str) -> None:
    assert cited(text, SECTIONS, "OLD") == said


def test_the_plan_for_which_the_rules_are_written_is_cited_as_they_are() -> None:
    assert atg_1996().cited("§11(c), IRC §422(d)") == "§11(c), IRC §422(d)"


def test_a_copy_of_its_terms_says_whose_sections_they_are() -> None:
    """Whoever changes a figure in a copy may have other sections too; only the file itself is known to have these."""
    text = files("plansheet.plan").joinpath("atg_1996.toml").read_text(encoding="utf-8")
    assert read_terms(text, "copy.toml").cited("§11(c)") == "ATG 1996 §11(c)"


def texts_of(rule: Rule) -> list[str]:
    return [rule.plan, rule.title, *rule.sections.values(), rule.message, rule.fix]


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda r: r.code)
def test_every_section_in_the_words_of_a_rule_is_seen(rule: Rule) -> None:
    """Each is the law's by its name or number, or is found; none is written so that it would stay as it is."""
    for text in texts_of(rule):
        unquoted = re.sub(r'"[^"]*"', "", cited(text, {}, "OLD"))
        left = re.findall(r"(?<!OLD )(?<!IRC )(?<!Reg\. )§(?![0-9]{3}|1\.4)", unquoted)
        assert left == [], text
        assert not re.search(r"§\S+ (?:and|or) \(|\b[Ss]ections? [0-9]+\(", unquoted), text
        assert not re.search(r"IRC §[^ ]+(?:,| and| or) §[0-9]{1,2}\b", unquoted), f"the law's or the plan's? {text}"


def test_every_fact_has_a_section_that_is_seen() -> None:
    assert all(re.fullmatch(r"(OLD §[^ ,]+(, )?)+", cited(fact.section, {}, "OLD")) for fact in FACTS.values())


# --- The table in a file of terms -------------------------------------------------------------------------------------

EXAMPLE = files("plansheet.plan").joinpath("example_2008.toml").read_text(encoding="utf-8")


def test_the_table_of_the_example_is_read() -> None:
    terms = read_terms(EXAMPLE, "example_2008.toml")
    assert terms.cited("§11(c), §14, IRC §422(d)") == "§6.4, ATG 1996 §14, IRC §422(d)"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"11(c)" = "§6.4"', '11(c) under [sections] is no section; write it as "§11(c)"'),
        ('"§11(C)" = "§6.4"', "§11(C) under [sections] is no section"),
        ('"§ 11" = "§6.4"', "§ 11 under [sections] is no section"),
        ('"§11, §12" = "§6.4"', "§11, §12 under [sections] is no section"),
        ('"§111" = "§6.4"', "§111 under [sections] is no section"),
        ('"IRC §42" = "§6.4"', "IRC §42 under [sections] is no section"),
        ('"§17" = 6.4', '§17 under [sections] is 6.4; write a section such as "§6.4"'),
        ('"§17" = ""', '§17 under [sections] is ; write a section such as "§6.4"'),
        ('"§17" = " § "', "§17 under [sections] is  § ; write a section"),
        ('"§17" = "§6\\n.4"', "§17 under [sections] is"),
        ('"§17" = ["§6.4"]', "§17 under [sections] is ['§6.4']; write a section"),
        ('"§4" = "§5.1"', "is not readable as TOML"),  # twice
    ],
)
def test_a_line_that_cannot_be_used_is_told(line: str, said: str) -> None:
    with pytest.raises(UnusableTerms) as refused:
        read_terms(f"{EXAMPLE}{line}\n", "other.toml")
    assert str(refused.value).startswith("other.toml")
    assert said in str(refused.value)


def test_no_table_at_all() -> None:
    with pytest.raises(UnusableTerms, match=r"sections is §4; write a table \[sections\]"):
        read_terms('sections = "§4"\n' + EXAMPLE.rpartition("[sections]")[0], "other.toml")
