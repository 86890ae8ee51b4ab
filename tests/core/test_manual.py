"""The manual of a rule: what it says of each, and that a sentence's blanks can be read."""

from collections.abc import Iterator

import pytest

from plansheet.core.manual import manual, needed_columns, rests_on, shown
from plansheet.core.records import Activity, Grant, Ledger
from plansheet.core.rule import Hit, Rule, Severity, rule
from plansheet.excel.manual import ALL_RULES


@rule(
    "TOY001",
    Severity.WARNING,
    plan="§5",
    law=("IRC §422(b)",),
    message="Grant {grant} is over {iso_shares:,} shares.",
    fix="Enter {iso_shares}.",
    needs=((Grant, "grant"), (Activity, "date"), (Grant, "iso_shares")),
)
def toy(ledger: Ledger, terms: object, as_of: object) -> Iterator[Hit]:
    """A toy.

    Why: to be seen.
    Example: one.
    Not covered: everything else.
    """
    yield from ()


def test_the_manual_has_a_line_for_everything_on_the_card() -> None:
    assert [str(line) for line in manual(toy)] == [
        "A toy.",
        "warning; plan §5; IRC §422(b)",
        "Why: to be seen.",
        "Example: one.",
        "Not covered: everything else.",
        "What it says: Grant [grant] is over [iso shares] shares.",
        "What to do: Enter [iso shares].",
        "Columns: Grants: Grant, ISO shares; Activity: Date",
    ]


@pytest.mark.parametrize("card", ALL_RULES, ids=lambda r: r.code)
def test_every_manual_reads_well(card: Rule) -> None:
    lines = manual(card)
    assert [line.label for line in lines][:7] == ["", "", "Why", "Example", "Not covered", "What it says", "What to do"]
    assert not any("{" in line.text or "}" in line.text or not line.text for line in lines)
    assert rests_on(card, str).startswith(card.severity.value)
    assert ("Columns" in {line.label for line in lines}) == bool(needed_columns(card))


def test_a_blank_is_shown_by_its_name() -> None:
    assert shown("{a_b} of {c:,}{on}.") == "[a b] of [c] [on]."
