"""The 10% shareholder (plan §11(b); IRC §424(d)): whose votes count as a holder's own, and who has too many."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from plansheet.core.dates import date_text
from plansheet.core.numbers import Number, ratio, shares_text
from plansheet.core.records import Grant, Holder, Holding, Ledger, heading
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import GrantType, HeldAs, Identifier, Relation
from plansheet.plan.adjustment import Split, splits_of, splits_since
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan
from plansheet.plan.unread import is_unread


class Ownership(NamedTuple):
    """The votes that count as a holder's own on a day, and all there are; None where no line says how many.

    ``is_whole``: whether every line says what the test needs; if not, the votes are the least that they can be.
    """

    votes: Number
    outstanding: Number | None
    is_whole: bool

    @property
    def percent(self) -> Number:
        """The votes in percent of all."""
        return ratio(100 * self.votes, self.outstanding) if self.outstanding else 0

    def exceeds(self, threshold: Number) -> bool | None:
        """Whether they are more than so many percent; None where the lines do not tell."""
        if not self.outstanding:
            return None
        if self.percent > threshold:  # what is missing can only add to it
            return True
        return False if self.is_whole else None


def ten_percent_owner(ledger: Ledger, terms: Terms, holder: Identifier, day: datetime.date) -> bool | None:
    """Whether a holder is a 10% shareholder just before a grant of that day (§11(b)); None where it is not known.

    Holdings tell, where they have a line of the holder from that day or before; if not, Holders does.
    """
    register = _register(ledger)
    if register.is_unread(holder):
        return None
    held = register.of(holder, day)
    if held is not None:
        return held.exceeds(terms.ten_percent_threshold)
    said = register.flags.get(holder.key, set())
    return next(iter(said)) if len(said) == 1 else None  # yes in one row and no in another tell nothing


def ownership(lines: Iterable[Holding], day: datetime.date) -> Ownership | None:
    """What one holder's lines come to on a day; None where none is of that day or before.

    A line holds until a later one of the same owner (of an owner without a name: of the same relation); lines of one
    owner from one day add up. The votes outstanding are those that the latest line gives.
    """
    known = sorted((line for line in lines if _from(line) <= day), key=_from)
    if not known:
        return None
    latest: dict[object, list[Holding]] = {}
    for line in known:
        owner = _owner(line)
        if owner not in latest or _from(latest[owner][0]) < _from(line):
            latest[owner] = []
        latest[owner].append(line)
    counted = [_counted(line) for same in latest.values() for line in same]
    votes = sum((each for each in counted if each is not None), start=0)
    return Ownership(votes, _votes_outstanding(known), None not in counted)


def _of_one_day(lines: list[Holding], splits: Sequence[Split]) -> list[Holding]:
    """A holder's lines in shares of one day, where a split lies between them; a line is in shares of its own day."""
    factors = [splits_since(_from(line), splits).factor for line in lines]
    if len(set(factors)) < 2:
        return lines
    return [
        replace(
            line,
            votes=None if line.votes is None else line.votes * factor,
            votes_outstanding=None if line.votes_outstanding is None else line.votes_outstanding * factor,
        )
        for line, factor in zip(lines, factors, strict=True)
    ]


def _from(line: Holding) -> datetime.date:
    return line.held_on or datetime.date.min


def _owner(line: Holding) -> object:
    """Whose stock a line is about; options and treasury stock are no part of it."""
    security = line.held_as if line.held_as in (HeldAs.OPTIONS, HeldAs.TREASURY) else HeldAs.STOCK
    if line.relation is Relation.SELF or not line.owner:
        return line.relation, security
    return Identifier(line.owner).key, security


def _counted(line: Holding) -> Number | None:
    """The votes of a line that count as the holder's own; None where it does not say how many."""
    if not _may_count(line):
        return 0
    if line.relation is None or line.votes is None:
        return None
    if line.relation is not Relation.ENTITY:
        return line.votes  # §424(d)(1): brothers and sisters, spouse, ancestors, lineal descendants
    if line.entity_percent is None:
        return None
    return ratio(line.votes * line.entity_percent, 100)  # §424(d)(2): proportionately


def _may_count(line: Holding) -> bool:
    """Options, one's own too, and treasury stock do not count (Treas. Reg. §1.422-2(f)(2))."""
    return line.relation is not Relation.NOT_COUNTED and line.held_as not in (HeldAs.OPTIONS, HeldAs.TREASURY)


def _votes_outstanding(known: Sequence[Holding]) -> Number | None:
    """The latest figure; None where lines of one day give two."""
    given = [line for line in known if line.votes_outstanding]
    figures = {line.votes_outstanding for line in given if _from(line) == _from(given[-1])}
    return figures.pop() if len(figures) == 1 else None


@dataclass(slots=True)
class _Register:
    """Holdings and what Holders says, by the holder's key; ``unread`` has "" where nobody knows whose line it is."""

    lines: dict[str, list[Holding]] = field(default_factory=lambda: defaultdict(list))
    flags: dict[str, set[bool]] = field(default_factory=lambda: defaultdict(set))
    unread: set[str] = field(default_factory=set)

    def is_unread(self, holder: Identifier) -> bool:
        """Whether a line that concerns a holder, or may, cannot be read."""
        return holder.key in self.unread or "" in self.unread

    def of(self, holder: Identifier, day: datetime.date | None) -> Ownership | None:
        """What Holdings say of a holder on a day; None where they say nothing."""
        if day is None or self.is_unread(holder):
            return None
        return ownership(self.lines.get(holder.key, ()), day)


@lru_cache(maxsize=1)  # asked for every grant of the same ledger
def _register(ledger: Ledger) -> _Register:
    register = _Register()
    splits = splits_of(ledger.activity)
    for line in ledger.holdings:
        register.lines[line.holder.key].append(line)
    for key, lines in register.lines.items():
        register.lines[key] = _of_one_day(lines, splits)
    for holder in ledger.holders:
        if holder.ten_percent is not None:
            register.flags[holder.holder.key].add(holder.ten_percent)
    for unread in ledger.unread:
        if isinstance(unread.record, Holding):
            named: Identifier | None = unread.record.holder  # none where it is what cannot be read
            register.unread.add(named.key if named is not None else "")
    return register


def _isos(ledger: Ledger, terms: Terms) -> dict[str, list[Grant]]:
    """This plan's ISOs by the holder's key, in the order of their days."""
    isos: dict[str, list[Grant]] = defaultdict(list)
    for grant in of_this_plan(ledger, terms).values():
        if grant.grant_type is GrantType.ISO and grant.holder is not None and grant.grant_date is not None:
            isos[grant.holder.key].append(grant)
    for of_holder in isos.values():
        of_holder.sort(key=_day)
    return isos


def _day(grant: Grant) -> datetime.date:
    assert grant.grant_date is not None
    return grant.grant_date


_NEEDS = ((Holder, "ten_percent"), (Holding, "votes"), (Grant, "grant_date"), (Grant, "grant_type"))
_LAW = ("IRC §424(d)", "Treas. Reg. §1.422-2(f)(2)")


@rule(
    "TEN001",
    Severity.ERROR,
    plan="§11(b)",
    law=_LAW,
    message=(
        "{holder} is not marked as a 10% owner, but had {votes} of {outstanding} votes ({percent}%, more than "
        "{threshold}%), family and entities counted, when ISO {grant} was granted on {date}."
    ),
    fix=(
        "Enter Yes in 10% owner of {holder}; the price of {grant} has to be at least {least}% of fair market value and "
        "its period at most {years} years."
    ),
    needs=_NEEDS,
)
def unmarked_owner(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A holder of an ISO is a 10% shareholder by Holdings, and not by Holders.

    Why: the stock of brothers and sisters, spouse, ancestors and lineal descendants counts as the holder's own, that of
    a corporation, partnership, estate or trust in proportion; above 10% of the votes price and period are others.
    Example: no stock of one's own, 7,500 of the father and 7,500 of the brother, of 100,000 votes.
    Not covered: a holder who is not in Holders; votes of parent and subsidiary corporations, which the Code counts too.
    """
    register, isos = _register(ledger), _isos(ledger, terms)
    for holder in ledger.holders:
        if holder.ten_percent or is_unread(ledger, holder, "ten_percent"):
            continue
        for grant in isos.get(holder.holder.key, ()):
            held = register.of(holder.holder, grant.grant_date)
            if held is not None and held.exceeds(terms.ten_percent_threshold):
                facts = {
                    "grant": grant.grant,
                    "date": date_text(_day(grant)),
                    "least": shares_text(terms.ten_percent_price_percent),
                    "years": terms.ten_percent_term_years,
                }
                yield Hit(holder, "ten_percent", _facts(holder, held, terms) | facts)
                break


@rule(
    "TEN002",
    Severity.WARNING,
    plan="§11(b)",
    law=_LAW,
    message=(
        "{holder} is marked as a 10% owner, but by Holdings had at most {votes} of {outstanding} votes ({percent}%, "
        "not more than {threshold}%) on the days of the ISO grants."
    ),
    fix="Correct 10% owner of {holder}, or enter in Holdings what is missing there.",
    needs=_NEEDS,
)
def marked_without_stock(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A holder of an ISO is a 10% shareholder by Holders, and on no grant's day by Holdings.

    Why: exactly 10% is not more than 10%, and neither options nor the stock of in-laws count; either the mark or the
    list is wrong, and the mark makes a price of 100% of fair market value look too low.
    Example: 10,000 of 100,000 votes, marked Yes.
    Not covered: a holder of whom Holdings do not tell for each ISO.
    """
    register, isos = _register(ledger), _isos(ledger, terms)
    for holder in ledger.holders:
        if not holder.ten_percent:
            continue
        days = [register.of(holder.holder, grant.grant_date) for grant in isos.get(holder.holder.key, ())]
        held = [each for each in days if each is not None and each.exceeds(terms.ten_percent_threshold) is False]
        if held and len(held) == len(days):
            most = max(held, key=lambda each: each.percent)
            yield Hit(holder, "ten_percent", _facts(holder, most, terms))


def _facts(holder: Holder, held: Ownership, terms: Terms) -> dict[str, object]:
    return {
        "holder": holder.holder,
        "votes": shares_text(held.votes),
        "outstanding": shares_text(held.outstanding or 0),
        "percent": shares_text(held.percent),
        "threshold": shares_text(terms.ten_percent_threshold),
    }


@rule(
    "TEN003",
    Severity.ERROR,
    plan="§11(b)",
    law=("IRC §424(d)",),
    message="Holdings of {holder}: the line of {owner} {why}; whether {holder} is a 10% owner cannot be told from it.",
    fix="Enter {what} in that line, as the stock records have it.",
    needs=((Holding, "votes"), (Grant, "grant_date"), (Grant, "grant_type")),
)
def line_lacks_what_is_needed(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A line of Holdings lacks what the 10% test of an ISO needs.

    Why: a line that is passed over is stock that is not counted, and a 10% owner who is taken for none.
    Example: stock of a partnership without the holder's share of it; a line without a relation.
    Not covered: lines from a day after the holder's last ISO, and those that count for nothing.
    """
    register = _register(ledger)
    for isos in _isos(ledger, terms).values():
        holder = isos[0].holder
        assert holder is not None
        if register.is_unread(holder):
            yield Unsettled(f"whether {holder} is a 10% owner", "a line of Holdings cannot be read")
            continue
        lines = [line for line in register.lines.get(holder.key, ()) if _from(line) <= _day(isos[-1])]
        for line in lines:
            for name in _missing(line):
                yield _lack(line, name, f"has no {heading(Holding, name)}")
        told: set[int] = set()
        for grant in isos:
            known = sorted((line for line in lines if _from(line) <= _day(grant)), key=_from)
            if known and id(known[-1]) not in told and _votes_outstanding(known) is None:
                told.add(id(known[-1]))
                yield _lack(known[-1], "votes_outstanding", _why_no_total(known))


def _missing(line: Holding) -> Iterator[str]:
    """What a line that may count does not say."""
    if not _may_count(line):
        return
    if line.relation is None:
        yield "relation"
    if line.votes is None:
        yield "votes"
    if line.relation is Relation.ENTITY and line.entity_percent is None:
        yield "entity_percent"


def _why_no_total(known: Sequence[Holding]) -> str:
    name = heading(Holding, "votes_outstanding")
    if any(line.votes_outstanding for line in known):
        return f"and another of the same day give two figures of {name}"
    return f"and those before it have no {name}"


def _lack(line: Holding, name: str, why: str) -> Hit:
    facts = {"holder": line.holder, "owner": line.owner or "the holder", "why": why, "what": heading(Holding, name)}
    return Hit(line, name, facts)
