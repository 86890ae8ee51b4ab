"""The 10% test of a holder on a day (plan §11(b)): from Holdings where they tell, from Holders where they do not."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from plansheet.core.records import Holder, Holding, Ledger, Unread
from plansheet.core.words import HeldAs, Identifier, Relation
from plansheet.plan.ownership import ownership, ten_percent_owner
from plansheet.plan.terms import atg_1996

ADA, BO = Identifier("Ada"), Identifier("Bo")
DAY = dt.date(2001, 2, 1)


def line(
    relation: Relation | None = Relation.SELF, votes: int | None = 0, total: int | None = 100_000, **more: Any
) -> Holding:
    return Holding(ADA, relation=relation, votes=votes, votes_outstanding=total, **more)


def is_owner(*lines: Holding, flags: tuple[bool | None, ...] = (), unread: tuple[Unread, ...] = ()) -> bool | None:
    holders = tuple(Holder(ADA, ten_percent=flag) for flag in flags)
    return ten_percent_owner(Ledger(holders=holders, holdings=lines, unread=unread), atg_1996(), ADA, DAY)


def test_more_than_ten_percent_is_strict_and_exact() -> None:
    assert is_owner(line(votes=10_000)) is False
    assert is_owner(line(votes=10_001)) is True
    third = line(Relation.ENTITY, 29_999, entity_percent=Fraction(100, 3))
    assert is_owner(third, line(votes=0)) is False
    assert is_owner(third, line(votes=1)) is True  # 9,999 2/3 and 1


def test_holdings_say_more_than_the_mark() -> None:
    assert is_owner(line(votes=10_001), flags=(False,)) is True
    assert is_owner(line(votes=1), flags=(True,)) is False
    assert is_owner(line(votes=None), flags=(True,)) is None


def test_without_a_line_from_the_day_or_before_the_mark_tells() -> None:
    assert [is_owner(flags=flags) for flags in ((True,), (False,), (None,), ())] == [True, False, None, None]
    later = line(votes=50_000, held_on=DAY + dt.timedelta(days=1))
    assert [is_owner(later, flags=(flag,)) for flag in (True, False, None)] == [True, False, None]
    assert is_owner(flags=(True, None)) is True
    assert is_owner(flags=(True, False)) is None


def test_what_a_line_lacks_leaves_it_open_unless_the_rest_is_enough() -> None:
    for gap in (line(None, 5), line(votes=None), line(Relation.ENTITY, 5)):
        assert is_owner(gap) is None
        assert is_owner(gap, line(Relation.SPOUSE, 10_001)) is True
    assert is_owner(line(votes=50_000, total=None)) is None
    assert is_owner(line(votes=50_000, total=0)) is None
    assert is_owner(line(None, 50_000, held_as=HeldAs.OPTIONS), line(votes=5)) is False


def test_an_unread_line_leaves_its_holder_open_and_one_without_a_holder_everybody() -> None:
    def unread(who: Identifier | None) -> tuple[Unread, ...]:
        return (Unread(Holding(who), "votes", "Holdings row 2: ..."),)  # type: ignore[arg-type]  # as the reader makes it

    assert is_owner(line(votes=50_000), unread=unread(ADA)) is None
    assert is_owner(line(votes=50_000), unread=unread(BO)) is True
    assert is_owner(line(votes=50_000), unread=unread(None)) is None
    assert is_owner(flags=(True,), unread=unread(None)) is None


def test_the_latest_line_of_an_owner_holds_and_lines_of_one_day_add_up() -> None:
    old, new = dt.date(2000, 1, 3), dt.date(2000, 6, 1)
    common, preferred = (line(votes=votes, held_on=new) for votes in (3000, 4000))
    held = ownership([line(votes=9000, held_on=old), common, preferred, line(Relation.SIBLING, 500)], DAY)
    assert held is not None
    assert (held.votes, held.outstanding, held.percent) == (7500, 100_000, Fraction(15, 2))
    before = ownership([line(votes=9000, held_on=old), common, preferred], new - dt.timedelta(days=1))
    assert before is not None
    assert before.votes == 9000


def test_the_votes_in_all_are_those_of_the_latest_line_that_gives_them() -> None:
    old, new = dt.date(2000, 1, 3), dt.date(2000, 6, 1)
    lines = [
        line(votes=9000, total=200_000, held_on=new),
        line(Relation.SPOUSE, 100, 50_000, held_on=old),
        line(Relation.SIBLING, 100, None, held_on=DAY),
    ]
    held = ownership(lines, DAY)
    assert held is not None
    assert held.outstanding == 200_000
    assert ownership(lines, dt.date(2000, 1, 2)) is None


def test_options_and_treasury_stock_replace_no_stock() -> None:
    later = dt.date(2000, 6, 1)
    lines = [
        line(votes=10_001),
        *(line(votes=0, held_as=what, held_on=later) for what in (HeldAs.OPTIONS, HeldAs.TREASURY)),
    ]
    assert is_owner(*lines) is True
    assert is_owner(*lines, line(votes=0, held_on=later)) is False
