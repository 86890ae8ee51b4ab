"""Identifiers and the words of a ledger: what is the same, what comes first, what is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansheet.core.words import (
    Action,
    CashoutMethod,
    GrantType,
    Identifier,
    PoolView,
    Provision,
    Recycling,
    Rounding,
    SplitMethod,
    UnknownWord,
    Word,
    fold,
    listed,
)

LISTS: tuple[type[Word], ...] = (
    GrantType, Action, Rounding, SplitMethod, CashoutMethod, Recycling, PoolView, Provision,
)  # fmt: skip


@pytest.mark.parametrize(
    "spelling",
    [
        "ada alder",
        "ADA ALDER",
        "  Ada Alder  ",
        "Ada\u00a0Alder",  # non-breaking, as web pages and Word leave it
        "Ada\u202fAlder",
        "\u00a0Ada Alder\u00a0",
        "Ada  \t Alder",
        "Ada\r\nAlder",
        "\ufeffAda Alder",
        "Ada Alder\u200b",  # zero width: nobody sees it
        "Ada\u200d Alder",
        "\u200eAda Alder\u200f",
        "A\u00adda Alder",  # soft hyphen
        "\uff21da Alder",  # a full-width letter
        "Ada\u3000Alder",
    ],
)
def test_a_holder_is_never_two_by_a_space_or_case(spelling: str) -> None:
    """Two spellings would be two limits of $100,000 (plan §11(c))."""
    assert Identifier(spelling) == Identifier("Ada Alder")
    assert hash(Identifier(spelling)) == hash(Identifier("Ada Alder"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ada Alder", "Ada Adler"), ("G-1", "G-10"), ("G-1", "G1"), ("G-01", "G-1"), ("1001", "1001A"), ("a b", "ab")],
)
def test_different_identifiers_stay_different(one: str, other: str) -> None:
    assert Identifier(one) != Identifier(other)


def test_an_identifier_is_shown_as_first_spelled_without_its_stray_spaces() -> None:
    assert str(Identifier("  McIntyre,\u00a0 Jane ")) == "McIntyre, Jane"


def test_an_identifier_is_not_its_text() -> None:
    assert Identifier("G-1") != "G-1"


@pytest.mark.parametrize(
    "ordered",
    [
        ["G-1", "G-2", "G-10", "G-100"],
        ["2", "10", "A", "A1", "A2", "A10", "B"],  # digits before letters
        ["1996-2", "1996-10", "2001-1"],
        ["ISO-9", "iso-10", "NSO-1"],  # case does not count
        ["G-2", "G-2a", "G-2b", "G-10"],
        ["9", "999999999999999999999", "1000000000000000000000"],
    ],
)
def test_natural_order(ordered: list[str]) -> None:
    shuffled = sorted(ordered, reverse=True)
    assert [i.text for i in sorted(map(Identifier, shuffled), key=lambda i: i.order)] == ordered


def test_natural_order_tells_apart_what_is_not_the_same() -> None:
    """G-1 and G-01 are two grants: an order that called them equal would depend on the sheet's."""
    assert Identifier("G-1").order != Identifier("G-01").order


@given(st.lists(st.text(max_size=12), max_size=8))
def test_natural_order_is_an_order_of_whatever_a_cell_may_hold(texts: list[str]) -> None:
    backwards = texts[::-1]
    assert sorted(Identifier(text).order for text in texts) == sorted(Identifier(text).order for text in backwards)


def test_a_cell_full_of_digits_is_an_identifier() -> None:
    """A cell holds up to 32,767 characters; a hostile one must not stop the check of a file."""
    digits = "9" * 32_767
    assert Identifier(digits) == Identifier(f" {digits} ")


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (GrantType.ISO, "ISO; iso; I S O; Incentive Stock Option; incentive-stock-options"),
        # The contract's list.
        (GrantType.NSO, "NSO; NQ; NQSO; NQO; Non-Qualified; Nonstatutory; nonqualified; NON STATUTORY"),
        # The plan's own words (§2(a)).
        (GrantType.NSO, "Non-Statutory Options; Non-Statutory Option; non_statutory_option"),
        (Action.CANCEL, "CANCEL; Canceled; Cancelled; cancel "),
        (Action.FORFEIT, "FORFEIT; Forfeited"),
        (Action.TENDER, "TENDER; Stock swap; STOCK-SWAP; stock_swap"),
        (Action.TENDER_OTHER, "TENDER OTHER; Tender-Other; tenderother"),
        (Action.PERFORMANCE_MET, "PERFORMANCE MET; performance_met"),
        (Action.NET_EXERCISE, "NET EXERCISE; Net-Exercise"),
        (Action.RESERVE, "RESERVE"),
        (Action.GRANT, "GRANT; Grant"),
        (Action.SUBSTITUTE, "SUBSTITUTE"),
        (Action.EXERCISE, "EXERCISE; Exercised"),
        (Action.TERMINATE, "TERMINATE"),
        (Action.EXPIRE, "EXPIRE; Expired"),
        (Action.ACCELERATE, "ACCELERATE"),
        (Action.APPROVAL, "APPROVAL"),
        (Action.SPLIT, "SPLIT; Stock split"),
        (Action.DISPOSITION, "DISPOSITION"),
        (Action.WITHHOLD, "WITHHOLD"),
        (Action.REPURCHASE, "REPURCHASE"),
        (Rounding.FLOOR, "FLOOR; floor"),
        (Rounding.EXACT, "EXACT"),
        (SplitMethod.DOWN_UP, "DOWN_UP; Down-Up; down up"),
        (SplitMethod.PRESERVE_AGGREGATE, "PRESERVE_AGGREGATE; preserve aggregate"),
        (SplitMethod.EXACT, "EXACT"),
        (CashoutMethod.PLAN, "PLAN"),
        (CashoutMethod.PER_OPTION, "PER_OPTION; per option; Per-Option"),
        (Recycling.PLAN, "PLAN"),
        (Recycling.NET, "NET"),
        (PoolView.ANY, "ANY"),
        (PoolView.ISO, "ISO"),
    ],
)
def test_words_are_read_without_regard_to_case_spaces_hyphens_and_underscores(known: Word, words: str) -> None:
    assert [type(known).read(word) for word in words.split(";")] == [known] * len(words.split(";"))


@pytest.mark.parametrize("words", LISTS)
def test_every_word_and_synonym_names_one_thing(words: type[Word]) -> None:
    named = [(fold(text), word) for word in words for text in (word.label, *word.synonyms)]
    twice = {text: word for text, word in named if [t for t, _ in named].count(text) > 1}
    assert twice == {}
    assert all(words.read(text) is word for text, word in named)


@pytest.mark.parametrize("words", LISTS)
@pytest.mark.parametrize("text", ["IS0", "REPRICE", "exercise?", "", "ISO NSO"])
def test_an_unknown_word_is_told_the_known_ones(words: type[Word], text: str) -> None:
    with pytest.raises(UnknownWord) as refused:
        words.read(text)
    assert all(word.label in str(refused.value) for word in words)
    assert f'"{text}"' in str(refused.value)


def test_the_words_that_end_options() -> None:
    ends = {action for action in Action if action.ends_options}
    assert ends == {Action.CANCEL, Action.TERMINATE, Action.FORFEIT, Action.EXPIRE}


def test_the_words_that_say_nothing_without_a_grant() -> None:
    """Contract §2: ACCELERATE and APPROVAL without a grant concern all; a SPLIT and a RESERVE have none."""
    free = {action for action in Action if not action.needs_grant}
    assert {Action.ACCELERATE, Action.APPROVAL, Action.SPLIT, Action.RESERVE} <= free
    assert not free & {Action.EXERCISE, Action.PERFORMANCE_MET, Action.CANCEL, Action.FORFEIT, Action.EXPIRE}


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        *((text, True) for text in ("Transferable", "assignable", "discount", "Term over 10 years")),
        *((text, True) for text in ("Exercise by others", "tandem SAR above spread")),
        # Plan §12(a) names these; IRC §422 leaves them alone.
        *(
            (text, False)
            for text in ("restrictions on transfer", "repurchase rights", "cash bonus", "loan", "guaranty")
        ),
        *((text, False) for text in ("Early-exercise", "acceleration", "other property")),
    ],
)
def test_which_provisions_keep_an_option_from_being_an_iso(text: str, breaks: bool) -> None:
    assert Provision.read(text).breaks_iso is breaks


@pytest.mark.parametrize(("texts", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_several_are_listed_as_a_sentence_names_them(texts: list[str], said: str) -> None:
    assert listed(texts) == said
