"""The ledger as a whole: its rows by grant and by name, tranches completed from their grants, whether those agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from plansheet.core.dates import date_text
from plansheet.core.numbers import Number, dollars_text, shares_text
from plansheet.core.records import Activity, Grant, Holder, Ledger, Tranche, Unread, heading
from plansheet.core.words import Action, GrantType, Identifier
from plansheet.plan.vesting import installments, schedule_problem

_PART_OF_THE_LIMIT = frozenset(
    {
        None, "grant", "holder", "grant_type", "grant_date", "fmv", "shares", "vesting_start", "months", "cliff",
        "every", "first_exercisable",
    }
)  # fmt: skip
MOST_INSTALLMENTS = 1_000_000


class Incomplete(NamedTuple):
    """A record that cannot be reckoned with: why not, what is to be entered, which fields nobody filled in."""

    record: Tranche | Grant
    why: str
    what: str
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Completed:
    """Tranches that can be reckoned with, each with the record it stands on; and what could not be completed.

    of_grant, of_holder: keys of grants and of holders whose answers depend on something that is missing, unread or said
    in two ways, with the reason. incomplete, disagreeing: the records concerned, with what is wrong (and to be done).
    """

    tranches: list[Tranche] = field(default_factory=list)
    records: list[Tranche | Grant] = field(default_factory=list)
    of_grant: dict[str, str] = field(default_factory=dict)
    of_holder: dict[str, str] = field(default_factory=dict)
    incomplete: list[Incomplete] = field(default_factory=list)
    disagreeing: list[tuple[Tranche, str]] = field(default_factory=list)
    unvested: dict[str, Grant] = field(default_factory=dict)
    """Keys of holders of a grant of which nothing tells when it becomes exercisable, with the grant."""
    strangers: list[Tranche] = field(default_factory=list)
    """Tranches of grants that Grants does not have."""
    of_everybody: bool = False
    """Whether the answers of every holder have been taken back: once is enough."""

    def settled(self) -> tuple[list[Tranche], list[Tranche | Grant]]:
        """The tranches of holders whose every tranche is there."""
        pairs = [
            (t, r)
            for t, r in zip(self.tranches, self.records, strict=True)
            if t.held_by.key not in self.of_holder
            and t.grant.key not in self.of_grant
            and t.held_by.key not in self.unvested
        ]
        return [t for t, _ in pairs], [r for _, r in pairs]

    def unsettle(self, grant: Identifier | None, holder: Identifier | None, why: str) -> None:
        """Take back the answers of a grant and of its holder; of everybody where neither is known."""
        if grant is not None:
            self.of_grant.setdefault(grant.key, why)
        if holder is not None:
            self.of_holder.setdefault(holder.key, why)
        if grant is None and holder is None and not self.of_everybody:
            self.of_everybody = True
            for key in [*(tranche.held_by.key for tranche in self.tranches), *self.unvested]:
                self.of_holder.setdefault(key, why)


@lru_cache(maxsize=1)
def people(ledger: Ledger) -> dict[str, Holder]:
    """The rows of Holders by key of the name, of two for one name the first."""
    return {holder.holder.key: holder for holder in reversed(ledger.holders)}


@lru_cache(maxsize=1)
def grants_by_key(ledger: Ledger) -> dict[str, Grant]:
    """The rows of Grants by key, of two for one grant the first."""
    return {grant.grant.key: grant for grant in reversed(ledger.grants)}


@lru_cache(maxsize=1)
def substitutes(ledger: Ledger) -> frozenset[str]:
    """Keys of the grants that Activity says were made in place of another company's options (plan §16(b))."""
    return frozenset(row.grant.key for row in ledger.activity if row.action is Action.SUBSTITUTE and row.grant)


@lru_cache(maxsize=1)
def tranches_by_grant(ledger: Ledger) -> dict[str, list[Tranche]]:
    """The completed tranches of each grant, by its key."""
    tranches: dict[str, list[Tranche]] = {}
    for tranche in complete(ledger).tranches:
        tranches.setdefault(tranche.grant.key, []).append(tranche)
    return tranches


def as_one_tranche(grant: Grant) -> Tranche:
    """A grant as one tranche, for what does not depend on when its shares become exercisable; no value counts."""
    return Tranche(grant.grant, grant.holder, grant.grant_type, grant.grant_date, 1, grant.grant_date, grant.shares)


def shares_by_grant(tranches: Iterable[Tranche]) -> dict[str, Number]:
    """What the tranches of each grant add up to, by its key."""
    totals: dict[str, Number] = {}
    for tranche in tranches:
        totals[tranche.grant.key] = totals.get(tranche.grant.key, 0) + (tranche.shares or 0)
    return totals


def why_not_whole(grant: Grant, total: Number) -> str | None:
    """Why tranches that add up to so many shares are not the grant's; None where they are."""
    if grant.shares is None or total == grant.shares:
        return None
    return f"the tranches of grant {grant.grant} add up to {shares_text(total)}, not {shares_text(grant.shares)}"


@lru_cache(maxsize=1)  # several rules ask for the same ledger
def complete(ledger: Ledger) -> Completed:
    """Every tranche with its grant's holder, type, date and value; from schedules where a grant has no tranches.

    A ledger's grants and tranches have a grant number, its holders a name; what else is missing unsettles an answer.
    """
    grants = grants_by_key(ledger)
    first: dict[str, Tranche] = {}
    done = Completed()
    for tranche in ledger.tranches:
        grant = grants.get(tranche.grant.key)
        if grant is None and grants:
            done.strangers.append(tranche)
        whole = _completed(tranche, grant)
        _agree(done, first.setdefault(tranche.grant.key, _of_grant(grant) or whole), whole, tranche)
        _add(done, tranche, whole)
    for grant in ledger.grants:
        if grant.grant.key in first:
            continue
        if grant.vesting_start is None and (ledger.tranches or (Grant, "vesting_start") not in ledger.columns):
            # Without a tranche among others it is LEDGER004; where nothing tells of vesting, nothing is wrong.
            if grant.holder is not None:
                done.unvested.setdefault(grant.holder.key, grant)
        else:
            _add_schedule(done, grant)
    for unread in ledger.unread:
        _unsettle(done, unread, grants)
    return done


def _completed(tranche: Tranche, grant: Grant | None) -> Tranche:
    if grant is None or None not in (tranche.holder, tranche.grant_type, tranche.grant_date, tranche.fmv):
        return tranche
    return replace(
        tranche,
        holder=tranche.holder or grant.holder,
        grant_type=tranche.grant_type or grant.grant_type,
        grant_date=tranche.grant_date or grant.grant_date,
        fmv=tranche.fmv if tranche.fmv is not None else grant.fmv,
    )


def _of_grant(grant: Grant | None) -> Tranche | None:
    """What Grants says of every tranche of a grant."""
    if grant is None:
        return None
    return Tranche(grant.grant, grant.holder, grant.grant_type, grant.grant_date, grant.fmv, row=grant.row)


def difference(one: Tranche, other: Tranche) -> str | None:
    """In what two rows of a grant disagree: a grant has one holder, one date, one value and one type."""
    if one.holder is not None and other.holder is not None and one.holder != other.holder:
        return f"two holders ({one.holder} and {other.holder})"
    if one.grant_date is not None and other.grant_date is not None and one.grant_date != other.grant_date:
        return f"two grant dates ({date_text(one.grant_date)} and {date_text(other.grant_date)})"
    if one.fmv is not None and other.fmv is not None and one.fmv != other.fmv:
        return f"two fair market values ({dollars_text(one.fmv)} and {dollars_text(other.fmv)})"
    if one.grant_type is not None and other.grant_type is not None and one.grant_type is not other.grant_type:
        return f"two types ({one.grant_type} and {other.grant_type})"
    return None


def _agree(done: Completed, first: Tranche, other: Tranche, record: Tranche) -> None:
    what = difference(first, other)
    if what is not None:
        done.disagreeing.append((record, what))
        for holder in (first.holder, other.holder):
            done.unsettle(record.grant, holder, f"grant {record.grant} has {what}")


def missing(record: Tranche | Grant) -> tuple[str, ...]:
    """The fields that a grant or a completed tranche needs and lacks.

    An NSO needs no value: nothing of it counts toward the limit.
    """
    needed = {"holder": record.holder, "grant_date": record.grant_date, "shares": record.shares}
    if record.grant_type is not GrantType.NSO:
        needed["fmv"] = record.fmv or None
    return tuple(name for name, value in needed.items() if value is None)


def headings_text(fields: Iterable[str]) -> str:
    """Fields that grants and tranches have in common, for a sentence."""
    return ", ".join(heading(Grant, name) for name in fields)


def _add(done: Completed, record: Tranche | Grant, tranche: Tranche) -> None:
    lacking = missing(tranche)
    if lacking:
        what = headings_text(lacking)
        _leave_out(done, Incomplete(record, f"has no {what}", what, lacking), tranche.holder)
        return
    if tranche.grant_type is None or not tranche.fmv:
        tranche = replace(tranche, grant_type=tranche.grant_type or GrantType.ISO, fmv=tranche.fmv or 1)
    done.tranches.append(tranche)
    done.records.append(record)


def _leave_out(done: Completed, left_out: Incomplete, holder: Identifier | None) -> None:
    done.incomplete.append(left_out)
    number = left_out.record.grant
    done.unsettle(number, holder, f"grant {number} {left_out.why}")


def _add_schedule(done: Completed, grant: Grant) -> None:
    start, months, cliff = grant.vesting_start, grant.months or 0, grant.cliff or 0
    if start is None:
        why: str | None = f"has no {heading(Grant, 'vesting_start')}"
    elif len(done.tranches) > MOST_INSTALLMENTS:
        why = f"cannot be counted: the schedules before it give more than {MOST_INSTALLMENTS:,} installments"
    else:
        problem = schedule_problem(start, months, cliff)
        why = None if problem is None else f"cannot be counted: {problem}"
    if why is not None or start is None:
        _leave_out(done, Incomplete(grant, why or "", "another schedule"), grant.holder)
        return
    whole = Tranche(grant.grant, grant.holder, grant.grant_type, grant.grant_date, grant.fmv, None, grant.shares)
    if missing(whole):
        _add(done, grant, whole)
        return
    for day, shares in installments(grant.shares or 0, start, months, cliff, grant.every or 1):
        _add(done, grant, replace(whole, first_exercisable=day, shares=shares, row=grant.row))


def _unsettle(done: Completed, unread: Unread, grants: dict[str, Grant]) -> None:
    """What could not be read takes the answers of its holder with it; of everybody where that cannot be told."""
    record = unread.record
    if isinstance(record, Activity):
        if not unread.loses_row:
            return
    elif not isinstance(record, Grant | Tranche) or unread.field not in _PART_OF_THE_LIMIT:
        return
    is_split = isinstance(record, Activity) and record.action is Action.SPLIT  # of every grant, whatever it names
    number: Identifier | None = None if is_split else record.grant
    grant = grants.get(number.key) if number is not None else None
    holder = None if isinstance(record, Activity) else record.holder
    if holder is None and grant is not None:
        holder = grant.holder
    for whom, told in ((number, done.of_grant), (holder, done.of_holder)):
        if whom is not None:
            told.pop(whom.key, None)  # that it cannot be read says more than that it is missing
    done.unsettle(number, holder, unread.message)


def known_tranches(ledger: Ledger) -> list[Tranche]:
    """Every tranche that is known; a grant without any as one, where it does not matter when it is exercisable."""
    done = complete(ledger)
    tranches = [t for t in done.tranches if t.held_by.key not in done.of_holder and t.grant.key not in done.of_grant]
    known = {tranche.grant.key for tranche in done.tranches}
    whole = [
        as_one_tranche(g)
        for g in ledger.grants
        if g.grant.key not in known and None not in (g.holder, g.grant_date, g.shares)
    ]
    return tranches + whole
