"""A plan's terms: the figures of the plan's text, what a file of terms may hold, and that nothing else decides."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from plansheet.core.records import Activity, Grant, Holder, Ledger, Ratio, Tranche
from plansheet.core.rule import Finding, find
from plansheet.core.words import (
    Action,
    CashoutMethod,
    GrantType,
    Identifier,
    Recycling,
    Rounding,
    SplitMethod,
    YearlyLimitBasis,
)
from plansheet.plan.rules import RULES
from plansheet.plan.statute import statute
from plansheet.plan.terms import FACTS, Fact, Terms, UnusableTerms, atg_1996, label, read_terms, with_values

ATG = files("plansheet.plan").joinpath("atg_1996.toml").read_text(encoding="utf-8")
TOY = Path(__file__).with_name("toy_plan.toml").read_text(encoding="utf-8")

# --- The Art Technology Group 1996 plan -----------------------------------------------------------------------------

FIGURES = {  # as the plan's text has them, with the section in which they stand
    "reserve": (25_600_000, "§4"),  # "is 25,600,000 shares"
    "yearly_grant_limit": (500_000, "§3"),  # "shall not exceed 500,000 shares of Common Stock during any calendar year"
    "iso_limit": (100_000, "§11(c)"),  # "of more than $100,000"
    "iso_price_percent": (100, "§6(a)"),  # "not be less than 100% of the fair market value"
    "ten_percent_price_percent": (110, "§11(b)(i)"),  # "shall not be less than 110%"
    "ten_percent_threshold": (10, "§11(b)"),  # "more than 10% of the total combined voting power"
    "iso_term_years": (10, "§7"),  # "not be later than ten years after the date on which the option is granted"
    "ten_percent_term_years": (5, "§11(b)(ii)"),  # "shall not exceed five years from the date of grant"
    "tender_holding_months": (6, "§6(b)(i)"),  # "owned by the optionee at least six months prior to such delivery"
    "committee_members": (2, "§2(b)(iii)"),  # "a Committee of not less than two members"
    "plan_years": (10, "§22(b)"),  # "the day next preceding the tenth anniversary of the date of its adoption"
    "approval_months": (12, "§22(a)"),  # "within twelve months after the date of the Board's adoption"
}
DECIDED = {  # the defaults decided where plan and law are silent
    "rounding": Rounding.FLOOR,
    "leftover_dollars": "LOST",
    "same_day_order": "GRANT NUMBER",
    "approaching_dollars": 10_000,
    "split_method": SplitMethod.DOWN_UP,
    "split_decimals": 2,
    "cashout_method": CashoutMethod.PLAN,
    "recycling": Recycling.PLAN,
    "nso_draws_first": "RECYCLED",
    "anniversary_expiry": "WARNING",
    "last_exercise_day": "EARLIER",
    "yearly_limit_basis": YearlyLimitBasis.EACH_YEAR,
    "cause_months": 0,
    "warning_days": 90,
    "pool_warning_percent": 100,
    "pool_warning_years": 3,
}


@pytest.mark.parametrize(("name", "figure", "section"), [(name, *each) for name, each in FIGURES.items()])
def test_the_figures_of_the_plans_text(name: str, figure: int, section: str) -> None:
    [term] = [term for term in atg_1996().listed if term.name == name]
    assert getattr(atg_1996(), name) == term.value == figure
    assert term.section == section
    assert not term.is_policy


def test_the_day_of_adoption_is_an_assumption_and_says_so() -> None:
    [term] = [term for term in atg_1996().listed if term.name == "adopted"]
    assert atg_1996().adopted == term.value == dt.date(1996, 4, 25)
    assert "assumption" in term.text
    assert "enter the true one" in term.text


@pytest.mark.parametrize(("name", "default"), DECIDED.items())
def test_the_choices_where_plan_and_law_are_silent(name: str, default: object) -> None:
    [term] = [term for term in atg_1996().listed if term.name == name]
    assert getattr(atg_1996(), name) == default
    assert term.is_policy


def test_these_are_all_its_terms() -> None:
    assert {term.name for term in atg_1996().listed} == {*FIGURES, "adopted", *DECIDED}


def test_it_is_named_as_in_the_exhibit() -> None:
    assert atg_1996().title == "Art Technology Group, Inc. Amended and Restated 1996 Stock Option Plan"


def test_nothing_is_known_to_have_happened_until_a_workbook_says_so() -> None:
    assert [getattr(atg_1996(), name) for name in FACTS] == [None] * len(FACTS)


@pytest.mark.parametrize("fact", FACTS.values(), ids=list(FACTS))
def test_every_fact_says_where_it_matters_and_what_it_is(fact: Fact) -> None:
    assert re.fullmatch(r"§\d+(\([a-z]+\))*", fact.section)
    assert re.fullmatch(r"[A-Z].*\.", fact.text)


@pytest.mark.parametrize("term", atg_1996().listed, ids=lambda t: t.name)
def test_every_term_says_where_it_stands_and_what_it_is(term: Any) -> None:
    assert re.fullmatch(r"§\d+(\([a-z]+\))*(, §\d+(\([a-z]+\))*)*", term.section)
    assert re.fullmatch(r"(IRC §\d+(\([a-z0-9]+\))*)?", term.law)
    assert re.fullmatch(r"[A-Z].*\.", term.text)
    assert not term.known or str(term.value) in term.known


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("reserve", "Reserve"),
        ("iso_limit", "ISO limit"),
        ("iso_term_years", "ISO term years"),
        ("nso_draws_first", "NSO draws first"),
        ("ten_percent_price_percent", "Ten percent price percent"),
        ("merger_price", "Merger price"),
    ],
)
def test_a_term_as_a_sheet_shows_it(name: str, shown: str) -> None:
    assert label(name) == shown


# --- The statute ------------------------------------------------------------------------------------------------------

CODE = {
    "iso_limit": (100_000, "IRC §422(d)(1)"),
    "iso_price_percent": (100, "IRC §422(b)(4)"),
    "iso_term_years": (10, "IRC §422(b)(3)"),
    "ten_percent_threshold": (10, "IRC §422(b)(6)"),
    "ten_percent_price_percent": (110, "IRC §422(c)(5)"),
    "ten_percent_term_years": (5, "IRC §422(c)(5)"),
    "plan_years": (10, "IRC §422(b)(2)"),
    "approval_months": (12, "IRC §422(b)(1)"),
    "group_percent": (50, "IRC §424(e)"),
    "employment_months": (3, "IRC §422(a)(2)"),
    "disability_months": (12, "IRC §422(c)(6)"),
}


@pytest.mark.parametrize(("name", "value", "citation"), [(name, *each) for name, each in CODE.items()])
def test_the_figures_of_the_code(name: str, value: int, citation: str) -> None:
    figure = statute()[name]
    assert figure.value == value
    assert figure.citation.startswith(citation)
    assert re.fullmatch(r"[A-Z].*\.", figure.text)


def test_every_figure_of_the_code_holds_from_a_day() -> None:
    assert set(statute()) == set(CODE)
    for figure in statute().values():
        assert dt.date(1981, 1, 1) <= figure.since <= dt.date(1987, 1, 1)
    # The limit in its present form, by the year of first exercisability, is for options granted after 1986.
    assert statute()["iso_limit"].since == dt.date(1987, 1, 1)


def test_the_plan_is_nowhere_looser_than_the_code() -> None:
    for name in set(CODE) & set(FIGURES):
        plan, code = getattr(atg_1996(), name), statute()[name].value
        assert plan >= code if name.endswith("price_percent") else plan <= code, name


# --- What a file may hold ---------------------------------------------------------------------------------------------


def with_term(name: str, value: str) -> str:
    """The ATG plan's file with one value written otherwise."""
    changed, times = re.subn(rf"(\.{name}\]\nvalue = )[^\n]*", rf"\g<1>{value}", ATG)
    assert times == 1, name
    return changed


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rounding", '"UP"', "rounding is UP; use one of: FLOOR, EXACT"),
        ("split_method", '"NEAREST"', "split_method is NEAREST; use one of: DOWN_UP, PRESERVE_AGGREGATE, EXACT"),
        ("cashout_method", '"COMPANY_WIDE"', "cashout_method is COMPANY_WIDE; use one of: PLAN, PER_OPTION"),
        ("leftover_dollars", '"NEXT GRANT"', "leftover_dollars is NEXT GRANT; use one of: LOST"),
        ("anniversary_expiry", "1", "anniversary_expiry is 1; use one of: WARNING, ERROR, ACCEPT"),
        ("rounding", "true", "rounding is True; use one of: FLOOR, EXACT"),
        ("iso_limit", '"100,000"', "iso_limit is 100,000; write a number"),
        ("iso_limit", "-1", "iso_limit is -1; write a number, not below zero"),
        ("iso_limit", "2001-11-19", "iso_limit is 2001-11-19; write a number"),
        ("iso_limit", "true", "iso_limit is True; write a number"),
        ("iso_limit", "[1]", "iso_limit is [1]; write a number"),
        ("iso_limit", "nan", "iso_limit"),
        ("iso_limit", "inf", "iso_limit"),
        ("plan_years", "9.5", "plan_years is 9.5; write a whole number"),
        ("split_decimals", "2.5", "split_decimals is 2.5; write a whole number"),
        ("adopted", '"25 April 1996"', "adopted is 25 April 1996; write a date such as 1996-04-25"),
        ("adopted", "35180", "adopted is 35180; write a date"),
        ("adopted", "1996-04-25T09:00:00", "adopted"),
        ("adopted", "09:00:00", "adopted is 09:00:00; write a date"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_what_to_write(name: str, value: str, said: str) -> None:
    with pytest.raises(UnusableTerms) as refused:
        read_terms(with_term(name, value), "other.toml")
    assert str(refused.value).startswith("other.toml")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ATG.replace("[plan.reserve]", "[plan.reserved]"), "reserve; copy each from atg_1996.toml"),
        (ATG + "\n[plan.vesting_years]\nvalue = 4\n", "vesting_years, which is no term"),
        (ATG.replace("[plan.reserve]\nvalue = 25600000", "[plan.reserve]"), "reserve has no value"),
        ("", "has no adopted, anniversary_expiry"),
        ("title = 'x'\nplan = 5", "plan"),
        ("[plan", "is not readable as TOML"),
        ("reserve = 25600000\n" + ATG, "reserve"),
    ],
)
def test_a_file_that_lacks_or_adds_a_term_is_told_which(text: str, said: str) -> None:
    with pytest.raises(UnusableTerms) as refused:
        read_terms(text, "other.toml")
    assert "other.toml" in str(refused.value)
    assert said in str(refused.value)


def test_words_are_read_as_everywhere() -> None:
    terms = read_terms(TOY, "toy_plan.toml")
    assert (terms.rounding, terms.split_method) == (Rounding.EXACT, SplitMethod.PRESERVE_AGGREGATE)


def test_a_sheet_changes_what_it_names_and_nothing_else() -> None:
    changed = with_values(atg_1996(), {"iso_limit": 50_000, "rounding": "exact", "merger_price": 6}, "the Plan sheet")
    assert (changed.iso_limit, changed.rounding, changed.merger_price) == (50_000, Rounding.EXACT, 6)
    names = set(Terms.__dataclass_fields__) - {"iso_limit", "rounding", "merger_price", "listed", "sections"}
    assert all(getattr(changed, name) == getattr(atg_1996(), name) for name in names)
    assert {term.name: term.value for term in changed.listed}["iso_limit"] == 50_000
    assert atg_1996().iso_limit == 100_000


def test_a_choice_that_is_not_known_is_refused_from_a_sheet_too() -> None:
    with pytest.raises(UnusableTerms, match="the Plan sheet: rounding is UP; use one of: FLOOR, EXACT"):
        with_values(atg_1996(), {"rounding": "UP"}, "the Plan sheet")


# --- Another plan is another file -------------------------------------------------------------------------------------


def toy() -> Terms:
    return read_terms(TOY, "toy_plan.toml")


def test_every_figure_and_choice_of_the_toy_plan_is_another() -> None:
    """So that a figure of the ATG plan that stands in code would show below."""
    only_choice = {"leftover_dollars", "same_day_order", "nso_draws_first"}
    names = set(Terms.__dataclass_fields__) - {"listed", "sections", *only_choice, *FACTS}
    assert [name for name in sorted(names) if getattr(toy(), name) == getattr(atg_1996(), name)] == []
    assert toy().iso_limit == Fraction(120_001, 2)


EXAMPLE = files("plansheet.plan").joinpath("example_2008.toml").read_text(encoding="utf-8")


def test_the_example_to_copy_says_that_it_is_invented_and_differs_where_plans_do() -> None:
    example = read_terms(EXAMPLE, "example_2008.toml")
    assert EXAMPLE.startswith(f"# {example.title}: invented, as is the company")
    assert (example.yearly_grant_limit, example.recycling, example.cashout_method) == (
        None,
        Recycling.NET,
        CashoutMethod.PER_OPTION,
    )
    assert (example.split_method, example.split_decimals) == (SplitMethod.PRESERVE_AGGREGATE, 4)
    assert example.reserve != atg_1996().reserve


def test_the_example_to_copy_has_every_line_of_the_other_and_sections_of_its_own() -> None:
    example = read_terms(EXAMPLE, "example_2008.toml")
    assert [(term.name, term.known, term.law) for term in example.listed] == [
        (term.name, term.known, term.law) for term in atg_1996().listed
    ]
    for term in example.listed:
        assert re.fullmatch(r"§\d+\.\d+(\([a-z]\))?(, §\d+\.\d+)*", term.section)
        assert re.fullmatch(r"[A-Z].*\.", term.text)
    for ours, theirs in zip(atg_1996().listed, example.listed, strict=True):
        assert theirs.is_policy or theirs.section.startswith(example.cited(ours.section)), ours.name


ADA = Identifier("Ada")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def option(number: str, price: float = 1, **recorded: Any) -> Grant:
    return Grant(
        Identifier(number), ADA, None, GrantType.ISO, day("2021-01-04"), 10, Fraction(str(price)), 1000, **recorded
    )


def tranche(number: str, shares: int, iso: int) -> Tranche:
    first = day("2021-06-01")
    return Tranche(
        Identifier(number), ADA, GrantType.ISO, day("2021-01-04"), 10, first, shares, iso_shares=iso,
        nso_shares=shares - iso,
    )  # fmt: skip


def columns_of(*names: tuple[type[Any], str]) -> frozenset[tuple[type[Any], str]]:
    return frozenset(names)


SPLIT = Activity(day("2021-07-01"), Action.SPLIT, ratio=Ratio(3, 1))
CASES: dict[str, tuple[Ledger, dict[str, object], list[str], list[str]]] = {
    # ledger, events, what is found under the ATG plan's terms, what under the toy plan's
    "§11(c): $80,000 in a year": (
        Ledger(tranches=(tranche("G-1", 8000, 8000),), columns=columns_of((Tranche, "iso_shares"))),
        {},
        [],
        ["ISO001"],
    ),
    "§11(c): the straddling share, wholly NSO": (
        Ledger(tranches=(tranche("G-1", 10_001, 10_000),), columns=columns_of((Tranche, "iso_shares"))),
        {},
        [],
        ["ISO001"],
    ),
    "§4: 1,001 shares granted": (
        Ledger(
            activity=(Activity(day("2021-01-04"), Action.GRANT, Identifier("G-1"), 1001, GrantType.NSO),),
            columns=columns_of((Activity, "action"), (Activity, "shares")),
        ),
        {},
        [],
        ["POOL001"],
    ),
    "§4: a reserve of 2,000 recorded": (
        Ledger(
            activity=(Activity(day("2021-01-04"), Action.RESERVE, None, 2000),),
            columns=columns_of((Activity, "action"), (Activity, "shares")),
        ),
        {},
        [],
        ["POOL003"],
    ),
    "§4: 40 withheld of 1,000, 40 granted": (
        Ledger(
            activity=(
                Activity(day("2021-01-04"), Action.RESERVE, None, 1000),
                Activity(day("2021-01-04"), Action.GRANT, Identifier("G-1"), 1000, GrantType.NSO),
                Activity(day("2021-02-04"), Action.EXERCISE, Identifier("G-1"), 1000),
                Activity(day("2021-02-04"), Action.WITHHOLD, Identifier("G-1"), 40),
                Activity(day("2021-03-04"), Action.GRANT, Identifier("G-2"), 40, GrantType.NSO),
            ),
            columns=columns_of((Activity, "action"), (Activity, "shares")),
        ),
        {"reserve": 1000},
        ["POOL001"],
        [],
    ),
    "§15: $10.00 in a 3-for-1 split, to the cent": (
        Ledger(
            grants=(option("G-1", 10, split_price=Fraction("3.34")),),
            activity=(SPLIT,),
            columns=columns_of(
                (Grant, "split_price"), (Grant, "exercise_price"), (Grant, "grant_date"), (Activity, "action")
            ),
        ),
        {"adopted": day("2020-01-02")},
        [],
        ["SPLIT002"],
    ),
    "§16(a)(iii): an underwater option": (
        Ledger(
            holders=(Holder(ADA, cashout=3000),),
            grants=(option("G-1", 9), option("G-2", 3)),
            tranches=(
                Tranche(Identifier("G-1"), first_exercisable=day("2022-01-04"), shares=1000),
                Tranche(Identifier("G-2"), first_exercisable=day("2022-01-04"), shares=1000),
            ),
            columns=columns_of((Holder, "cashout"), (Grant, "exercise_price"), (Activity, "action")),
        ),
        {"merger_price": 6, "merger_date": day("2023-01-05")},
        ["CASH001"],
        [],
    ),
}


def findings(ledger: Ledger, terms: Terms) -> list[Finding]:
    asked = [rule for rule in RULES if not rule.lacks(ledger)]
    return [finding for rule in asked for finding in find(rule, ledger, terms, day("2023-01-31"))]


@pytest.mark.parametrize("name", CASES)
def test_other_terms_give_other_findings(name: str) -> None:
    ledger, events, atg, other = CASES[name]
    assert [f.code for f in findings(ledger, with_values(atg_1996(), events, "the case"))] == atg
    assert [f.code for f in findings(ledger, with_values(toy(), events, "the case"))] == other


@pytest.mark.parametrize("name", CASES)
def test_no_sentence_about_another_plan_names_a_figure_of_this_one(name: str) -> None:
    """A limit of $60,000.50 is not "the $100,000 limit"."""
    ledger, events, _, _ = CASES[name]
    for finding in findings(ledger, with_values(toy(), events, "the case")):
        said = f"{finding.message} {finding.fix}"
        assert not re.search(r"100,000|500,000|25,600,000", said), said
