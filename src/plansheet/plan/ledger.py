"""The ledger as a whole: tranches completed from their grants, and the rules without which nothing ties."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from plansheet.core.numbers import Number, shares_text
from plansheet.core.records import Activity, Grant, Holder, Ledger, Tranche, Unread, heading
from plansheet.core.rule import Hit, Severity, rule
from plansheet.core.words import GrantType, Identifier, fold
from plansheet.plan.terms import Terms
from plansheet.plan.vesting import installments

_NO_PART_OF_THE_LIMIT = frozenset({"iso_shares", "nso_shares", "split_price", "exercise_price", "expires", "plan"})


@dataclass(slots=True)
class Completed:
    """Tranches that can be reckoned with, each with the record it stands on; and what could not be completed.

    unsettled: keys of grants and holders whose answers depend on something unread, with the reason.
    """

    tranches: list[Tranche] = field(default_factory=list)
    records: list[Tranche | Grant] = field(default_factory=list)
    unsettled: dict[str, str] = field(default_factory=dict)
    incomplete: list[tuple[Tranche | Grant, str]] = field(default_factory=list)

    def settled(self) -> tuple[list[Tranche], list[Tranche | Grant]]:
        """The tranches of holders whose every tranche is there."""
        pairs = [
            (t, r)
            for t, r in zip(self.tranches, self.records, strict=True)
            if t.held_by.key not in self.unsettled and t.grant.key not in self.unsettled
        ]
        return [t for t, _ in pairs], [r for _, r in pairs]


def complete(ledger: Ledger) -> Completed:
    """Every tranche with its grant's holder, type, date and value; from schedules where a grant has no tranches.

    A ledger's grants and tranches have a grant number, its holders a name; what else is missing unsettles an answer.
    """
    grants = {g.grant.key: g for g in reversed(ledger.grants)}
    done = Completed()
    with_tranches: set[str] = set()
    for tranche in ledger.tranches:
        with_tranches.add(tranche.grant.key)
        _add(done, tranche, _completed(tranche, grants.get(tranche.grant.key)))
    for grant in ledger.grants:
        if grant.grant.key in with_tranches:
            continue
        for tranche in _from_schedule(grant):
            _add(done, grant, tranche)
    for unread in ledger.unread:
        _unsettle(done, unread, grants)
    return done


def _completed(tranche: Tranche, grant: Grant | None) -> Tranche:
    if grant is None:
        return tranche
    return replace(
        tranche,
        holder=tranche.holder or grant.holder,
        grant_type=tranche.grant_type or grant.grant_type,
        grant_date=tranche.grant_date or grant.grant_date,
        fmv=tranche.fmv if tranche.fmv is not None else grant.fmv,
    )


def _missing(tranche: Tranche) -> str:
    """What a completed tranche still lacks; an NSO needs no value, nothing of it counts toward the limit."""
    needed = {"holder": tranche.holder, "grant_date": tranche.grant_date, "shares": tranche.shares}
    if tranche.grant_type is not GrantType.NSO:
        needed["fmv"] = tranche.fmv or None
    return ", ".join(heading(Tranche, name) for name, value in needed.items() if value is None)


def _from_schedule(grant: Grant) -> Iterator[Tranche]:
    if grant.vesting_start is None or grant.shares is None:
        return
    months = grant.months or 0
    for day, shares in installments(grant.shares, grant.vesting_start, months, grant.cliff or 0, grant.every or 1):
        yield Tranche(
            grant.grant, grant.holder, grant.grant_type, grant.grant_date, grant.fmv, day, shares, row=grant.row
        )


def _add(done: Completed, record: Tranche | Grant, tranche: Tranche) -> None:
    missing = _missing(tranche)
    if missing:
        why = f"grant {tranche.grant} has no {missing}"
        done.incomplete.append((record, missing))
        done.unsettled.setdefault(tranche.grant.key, why)
        if tranche.holder is not None:
            done.unsettled.setdefault(tranche.holder.key, why)
        return
    done.tranches.append(replace(tranche, grant_type=tranche.grant_type or GrantType.ISO, fmv=tranche.fmv or 1))
    done.records.append(record)


def _unsettle(done: Completed, unread: Unread, grants: dict[str, Grant]) -> None:
    """What could not be read takes the answers of its holder with it; of everybody where that cannot be told."""
    record = unread.record
    if isinstance(record, Holder) or unread.field in _NO_PART_OF_THE_LIMIT:
        return
    number: Identifier | None = record.grant
    grant = grants.get(number.key) if number is not None else None
    holder = None if isinstance(record, Activity) else record.holder
    if holder is None and grant is not None:
        holder = grant.holder
    if holder is not None:
        done.unsettled.setdefault(holder.key, unread.message)
    elif number is not None:
        done.unsettled.setdefault(number.key, unread.message)
    else:
        for tranche in done.tranches:
            done.unsettled.setdefault(tranche.held_by.key, unread.message)


def of_this_plan(ledger: Ledger, terms: Terms) -> dict[str, Grant]:
    """Grants under this plan by key: those of other plans of the group count for §11(c) only."""
    named = {fold(g.plan) for g in ledger.grants if g.plan}
    title = fold(terms.title)
    own = named if len(named) == 1 else {name for name in named if name in title}
    return {g.grant.key: g for g in ledger.grants if not g.plan or fold(g.plan) in own}


@rule(
    "LEDGER001",
    Severity.ERROR,
    plan="§5",
    message="{message}.",
    fix="Correct the cell; what depends on it was not checked.",
)
def unreadable_cell(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A cell of the ledger cannot be read.

    Why: an answer that rests on a cell that cannot be read would look right and be wrong.
    Example: a number of shares stored as the text "1,000", or the date 03/04/05 as text.
    Not covered: cells of columns that plansheet does not know.
    """
    for unread in ledger.unread:
        yield Hit(unread.record, unread.field, {"message": unread.message})


@rule(
    "LEDGER002",
    Severity.ERROR,
    plan="§5",
    message="{what} names grant {grant}, which is not in Grants.",
    fix="Enter grant {grant} in Grants, or correct the number.",
    needs=((Grant, "grant"),),
)
def unknown_grant(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A tranche or a transaction names a grant that is not in Grants.

    Why: the plan's options are those granted under it; shares of an unknown grant tie to nothing.
    Example: an EXERCISE of G-17 where the ledger ends at G-16.
    Not covered: a workbook without a Grants table.
    """
    known = {g.grant.key for g in ledger.grants}
    for tranche in ledger.tranches:
        if tranche.grant.key not in known:
            yield Hit(tranche, "grant", {"what": "A tranche", "grant": tranche.grant})
    for row in ledger.activity:
        if row.grant is not None and row.grant.key not in known:
            yield Hit(row, "grant", {"what": row.action, "grant": row.grant})


@rule(
    "LEDGER003",
    Severity.ERROR,
    plan="§5",
    message="Grant {grant} stands twice in Grants.",
    fix="Give each grant one row and a number of its own.",
    needs=((Grant, "grant"),),
)
def duplicate_grant(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """Two rows of Grants have the same number.

    Why: record-keepers take the last of two rows without a word; the shares of the other are lost.
    Example: G-12 and g-12.
    Not covered: two numbers for what is one option.
    """
    seen: set[str] = set()
    for grant in ledger.grants:
        if grant.grant.key in seen:
            yield Hit(grant, "grant", {"grant": grant.grant})
        seen.add(grant.grant.key)


@rule(
    "LEDGER004",
    Severity.ERROR,
    plan="§8",
    message="Grant {grant} is over {granted} shares, its tranches in Vesting add up to {total}.",
    fix="Correct the tranches or the number granted; the difference is {difference}.",
    needs=((Grant, "shares"), (Tranche, "shares")),
)
def tranches_add_up(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A grant's tranches do not add up to the shares granted.

    Why: shares without a tranche are in no year of the $100,000 limit and are never exercisable.
    Example: 1,000 shares granted, four tranches of 249.
    Not covered: grants whose tranches are built from a schedule; those add up by themselves.
    """
    totals: dict[str, Number] = {}
    incomplete: set[str] = set()
    for tranche in ledger.tranches:
        if tranche.shares is None:
            incomplete.add(tranche.grant.key)
        totals[tranche.grant.key] = totals.get(tranche.grant.key, 0) + (tranche.shares or 0)
    for grant in ledger.grants:
        if grant.shares is None or grant.grant.key in incomplete:
            continue
        total = totals.get(grant.grant.key)
        if total is None and grant.vesting_start is not None:
            continue
        if (total or 0) != grant.shares:
            facts: dict[str, object] = {
                "grant": grant.grant,
                "granted": shares_text(grant.shares),
                "total": shares_text(total or 0),
                "difference": shares_text(max(grant.shares - (total or 0), (total or 0) - grant.shares)),
            }
            yield Hit(grant, "shares", facts)


@rule(
    "LEDGER005",
    Severity.ERROR,
    plan="§5",
    message="Grant {grant} has no {missing}, neither in its tranche nor in Grants.",
    fix="Enter {missing} of grant {grant}; its holder's $100,000 limit was not checked.",
    needs=((Tranche, "shares"),),
)
def incomplete_tranche(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A tranche lacks what the $100,000 limit needs: holder, grant date, shares or, of an ISO, the value at grant.

    Why: one tranche without its value makes every later grant of the holder in that year wrong.
    Example: an ISO without FMV. An NSO needs none.
    Not covered: cells that hold something that cannot be read; those are LEDGER001.
    """
    told = {id(unread.record) for unread in ledger.unread}
    for record, missing in complete(ledger).incomplete:
        if id(record) not in told:
            yield Hit(record, "shares", {"grant": record.grant, "missing": missing})
