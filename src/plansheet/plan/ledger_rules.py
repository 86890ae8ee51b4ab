"""The rules of integrity, without which nothing in a ledger ties."""

import datetime
from collections.abc import Iterator

from plansheet.core.numbers import counted_text, shares_text
from plansheet.core.records import Activity, Grant, Ledger, Tranche, heading
from plansheet.core.rule import Hit, Severity, rule
from plansheet.plan.ledger import complete, headings_text, missing, shares_by_grant
from plansheet.plan.terms import Terms
from plansheet.plan.unread import is_unread


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
    told: set[tuple[type[object], str]] = set()
    records: list[Tranche | Activity] = [*ledger.tranches, *ledger.activity]
    for record in records:
        number = record.grant
        if number is None or number.key in known or (type(record), number.key) in told:
            continue  # one finding for a grant's rows of a kind, on the first
        told.add((type(record), number.key))
        what = "A tranche" if isinstance(record, Tranche) else f"{record.action}"
        yield Hit(record, "grant", {"what": what, "grant": number})


@rule(
    "LEDGER003",
    Severity.ERROR,
    plan="§5",
    message="Grant {grant} stands twice in Grants, first in row {row}.",
    fix="Give each grant one row and a number of its own.",
    needs=((Grant, "grant"),),
)
def duplicate_grant(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """Two rows of Grants have the same number.

    Why: record-keepers take the last of two rows without a word; the shares of the other are lost.
    Example: G-12 and g-12.
    Not covered: two numbers for what is one option.
    """
    seen: dict[str, Grant] = {}
    for grant in ledger.grants:
        first = seen.setdefault(grant.grant.key, grant)
        if first is not grant:
            yield Hit(grant, "grant", {"grant": grant.grant, "row": first.row})


@rule(
    "LEDGER004",
    Severity.ERROR,
    plan="§8",
    message="Grant {grant} is over {granted}, its tranches in Vesting add up to {total}.",
    fix="Correct the tranches or the number granted; the difference is {difference}.",
    needs=((Grant, "shares"), (Tranche, "shares")),
)
def tranches_add_up(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A grant's tranches do not add up to the shares granted.

    Why: shares without a tranche are in no year of the ISO limit and are never exercisable.
    Example: 1,000 shares granted, four tranches of 249.
    Not covered: grants whose tranches are built from a schedule; those add up by themselves.
    """
    totals = shares_by_grant(ledger.tranches)
    incomplete = {tranche.grant.key for tranche in ledger.tranches if tranche.shares is None}
    for grant in ledger.grants:
        if grant.shares is None or grant.grant.key in incomplete:
            continue
        total = totals.get(grant.grant.key)
        if total is None and grant.vesting_start is not None:
            continue
        if (total or 0) != grant.shares:
            facts: dict[str, object] = {
                "grant": grant.grant,
                "granted": counted_text(grant.shares),
                "total": shares_text(total or 0),
                "difference": shares_text(max(grant.shares - (total or 0), (total or 0) - grant.shares)),
            }
            yield Hit(grant, "shares", facts)


@rule(
    "LEDGER005",
    Severity.ERROR,
    plan="§5",
    message="{whose} {grant} {why}.",
    fix="Enter {what} of {of}grant {grant}; {unchecked} not checked.",
)
def uncountable_grant(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A grant or tranche lacks what its figures need: holder, date, shares, a schedule, a price or, of an ISO, a value.

    Why: one tranche without its value makes every later grant of the holder in that year wrong; without its date or
    value in Grants nothing tells whether a grant's price and period are lawful.
    Example: an ISO without FMV (an NSO needs none), or a cliff of 24 months in a schedule of 12.
    Not covered: cells that hold something that cannot be read; those are LEDGER001. What a grant lacks is told at its
    row of Grants, and not again at its tranches; of a column that is blank in all of several grants, only at tranches
    that lack it too, and where Vesting has no such column, at the first of each grant.
    """
    told = {
        u.record.grant.key
        for u in ledger.unread
        if isinstance(u.record, Grant | Tranche | Activity) and u.record.grant is not None
    }
    incomplete = [each for each in complete(ledger).incomplete if each.record.grant.key not in told]
    without_limit = {each.record.grant.key for each in incomplete}
    at_grant: dict[str, tuple[str, ...]] = {}
    for grant, fields in _blank_in_grants(ledger):
        key = grant.grant.key
        if key not in told:
            at_grant.setdefault(key, fields)
            yield _lacking(grant, fields[0], headings_text(fields), _LIMIT if key in without_limit else _ITS_FIGURES)
    once: set[str] = set()
    for each in incomplete:
        from_grant = set(at_grant.get(each.record.grant.key, ()))
        if isinstance(each.record, Tranche):
            from_grant.discard("shares")  # a tranche has its own
        if each.fields and from_grant.issuperset(each.fields):
            continue  # what the grant's row says is said once
        if isinstance(each.record, Tranche) and not any((Tranche, name) in ledger.columns for name in each.fields):
            if each.record.grant.key in once:
                continue
            once.add(each.record.grant.key)
        is_own = isinstance(each.record, Tranche) and "shares" in each.fields
        facts: dict[str, object] = {"why": each.why, "what": each.what, "unchecked": _LIMIT}
        facts |= {"whose": "A tranche of grant", "of": "the tranche of "} if is_own else {"whose": "Grant", "of": ""}
        yield Hit(each.record, "shares", {"grant": each.record.grant, **facts})
    for grant in ledger.grants:
        if (
            (Grant, "exercise_price") in ledger.columns
            and not grant.exercise_price
            and not is_unread(ledger, grant, "exercise_price")
        ):
            yield _lacking(grant, "exercise_price", heading(Grant, "exercise_price"), _PAYMENT)


_LIMIT = "its holder's limit of §11(c) was"
_PAYMENT = "its holder's payment in a merger was"
_ITS_FIGURES = "what rests on it was"


def _lacking(grant: Grant, name: str, what: str, unchecked: str) -> Hit:
    facts = {
        "whose": "Grant", "of": "", "grant": grant.grant, "why": f"has no {what}", "what": what, "unchecked": unchecked,
    }  # fmt: skip
    return Hit(grant, name, facts)


def _blank_in_grants(ledger: Ledger) -> Iterator[tuple[Grant, tuple[str, ...]]]:
    """Grants with blank cells in columns of Grants that they need; not where nobody filled in the column at all.

    Of such a column it is told where the tranches lack the same.
    """
    kept = {
        name
        for name in ("holder", "grant_date", "shares", "fmv")
        if (Grant, name) in ledger.columns
        and (len(ledger.grants) == 1 or any(getattr(grant, name) for grant in ledger.grants))
    }
    for grant in ledger.grants:
        fields = tuple(name for name in missing(grant) if name in kept)
        if fields:
            yield grant, fields


@rule(
    "LEDGER006",
    Severity.ERROR,
    plan="§5",
    message="Grant {grant} has {what}.",
    fix="Give the grant one of them; the limit of §11(c) was not checked for its holders.",
    needs=((Tranche, "shares"),),
)
def rows_disagree(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A tranche disagrees with its grant, or with an earlier tranche of it.

    Why: a grant has one holder, one grant date, one value and one type; with two, one of two answers is wrong.
    Example: FMV $10.00 in Grants and $1.00 in Vesting.
    Not covered: the exercise price, which only Grants holds.
    """
    for record, what in complete(ledger).disagreeing:
        yield Hit(record, "grant", {"grant": record.grant, "what": what})
