"""The rules that tie one table to another: Grants to Holders, and the rows of Activity to the grants they name."""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from plansheet.core.dates import date_text
from plansheet.core.numbers import Number, counted_text, ratio, shares_text
from plansheet.core.records import Activity, Grant, Holder, Ledger, heading
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.activity import grant_key, in_order, of_grant_text, row_text
from plansheet.plan.adjustment import Split, splits_of, splits_since
from plansheet.plan.iso_limit_rules import taken_only_what_is_there
from plansheet.plan.ledger import grants_by_key
from plansheet.plan.pool import Measure
from plansheet.plan.pool_rules import pool_breaks_off
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan
from plansheet.plan.unread import is_unread, lost_rows, why_lost

_GRANTING = (Action.GRANT, Action.SUBSTITUTE)
_BESIDE_AN_EXERCISE = frozenset({Action.TENDER, Action.TENDER_OTHER, Action.WITHHOLD, Action.NET_EXERCISE})
_KEPT_OF_IT = frozenset({Action.WITHHOLD, Action.NET_EXERCISE})
_MAY_COME_BEFORE = frozenset({*_GRANTING, Action.APPROVAL, Action.RESERVE, Action.SPLIT})


@rule(
    "LEDGER007",
    Severity.ERROR,
    plan="§5",
    message="Grant {grant} is held by {holder}, who is not in Holders.",
    fix="Enter {holder} in Holders, or correct the name in Grants.",
    needs=((Holder, "holder"), (Grant, "holder")),
)
def unknown_holder(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The holder of a grant is not in Holders.

    Why: who may be granted what depends on what the holder is to the company, and only Holders says that; a name
    spelled in two ways is two people to every limit.
    Example: a grant to "Ann Leigh" where Holders has "Ann Lee".
    Not covered: a workbook without a Holders table, or with one that lists only who has left; a holder without a grant.
    """
    nameless = [u for u in ledger.unread if isinstance(u.record, Holder) and u.field == "holder"]
    held = [grant for grant in ledger.grants if grant.holder is not None]
    if held and (nameless or not ledger.holders):
        yield Unsettled("the holders in Grants", nameless[0].message if nameless else "Holders has no rows")
        return
    known = {holder.holder.key for holder in ledger.holders}
    unknown = {g.holder.key: g for g in reversed(held) if g.holder is not None and g.holder.key not in known}
    if unknown and _lists_leavers(ledger):
        why = "Holders lists only those whose employment ended; add the others, and a column Relationship"
        yield Unsettled("whether the holders in Grants are known", why)
        return
    for grant in held:
        if grant.holder is not None and unknown.get(grant.holder.key) is grant:  # one finding, on the first grant
            yield Hit(grant, "holder", {"grant": grant.grant, "holder": grant.holder})


def _lists_leavers(ledger: Ledger) -> bool:
    """Whether Holders is a list of terminations: every row has one, and it says nothing else of anybody."""
    fields = {name for record, name in ledger.columns if record is Holder}
    return fields <= _OF_LEAVERS and all(holder.terminated is not None for holder in ledger.holders)


_OF_LEAVERS = frozenset(("holder", "terminated", "end_reason"))


@rule(
    "LEDGER008",
    Severity.ERROR,
    plan="§5",
    message="Holder {holder} stands twice in Holders, first in row {row}.",
    fix="Give each holder one row; two people of one name need two names.",
    needs=((Holder, "holder"),),
)
def duplicate_holder(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """Two rows of Holders have the same name.

    Why: of two rows the first counts, and what the other says is lost.
    Example: an officer in one row and an employee in another, both "Ann Lee".
    Not covered: one person under two names.
    """
    seen: dict[str, Holder] = {}
    for holder in ledger.holders:
        first = seen.setdefault(holder.holder.key, holder)
        if first is not holder:
            yield Hit(holder, "holder", {"holder": holder.holder, "row": first.row})


@rule(
    "LEDGER009",
    Severity.ERROR,
    plan="§5",
    message="{action} of grant {grant} in Activity has {recorded} as its {name}, Grants has {granted}.",
    fix="Correct {name} in Activity or {other} in Grants, by the option agreement.",
    needs=((Activity, "action"), (Activity, "grant"), (Grant, "grant")),
)
def granted_as_recorded(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A GRANT or SUBSTITUTE row of Activity says another date, number of shares or type than Grants.

    Why: the pool counts the row, every other limit the grant; with two figures one of the answers is wrong.
    Example: 10,000 shares in Grants, and a GRANT of 1,000 in Activity.
    Not covered: a grant that stands twice in Grants (LEDGER003); the shares of one with two rows (LEDGER010), or with a
    split between the two dates, until those agree.
    """
    rows = [row for row in ledger.activity if row.action.grants_option and row.grant is not None]
    often = Counter(grant_key(row) for row in rows)
    numbers = Counter(grant.grant.key for grant in ledger.grants)
    grants = {grant.grant.key: grant for grant in ledger.grants if numbers[grant.grant.key] == 1}
    splits = splits_of(ledger.activity)
    for row in rows:
        grant = grants.get(grant_key(row))
        if grant is None:
            continue
        for name, other, recorded, granted in _differing(row, grant, splits):
            if name == "shares" and often[grant.grant.key] > 1:
                continue
            facts: dict[str, object] = {"action": row.action, "grant": grant.grant}
            facts |= {"name": heading(Activity, name), "other": heading(Grant, other)}
            yield Hit(row, name, facts | {"recorded": recorded, "granted": granted})


def _differing(row: Activity, grant: Grant, splits: Sequence[Split]) -> Iterator[tuple[str, str, str, str]]:
    """In what a row and its grant differ: the fields of both, and what each says."""
    on, since = row.date, grant.grant_date
    if on is not None and since is not None and on != since:
        yield "date", "grant_date", date_text(on), date_text(since)
    # A row is in the shares of its own day, and so is the grant.
    same_measure = on is None or since is None or splits_since(on, splits) == splits_since(since, splits)
    if row.shares is not None and grant.shares is not None and row.shares != grant.shares and same_measure:
        yield "shares", "shares", shares_text(row.shares), shares_text(grant.shares)
    kind, designated = row.grant_type, grant.grant_type
    if kind is not None and designated is not None and kind is not designated:
        yield "grant_type", "grant_type", str(kind), str(designated)


@rule(
    "LEDGER010",
    Severity.ERROR,
    plan="§4, §5",
    message="Grant {grant} has {what}.",
    fix="Record each grant once in Activity: where it lists grants, the pool counts those rows alone.",
    needs=((Activity, "action"), (Activity, "grant"), (Grant, "grant")),
)
def granted_once(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A grant has no GRANT row in Activity, although others have one, or has two.

    Why: where Activity lists grants the pool is reckoned from its rows alone; a grant that is not among them uses no
    share of it, one that is there twice uses its shares twice.
    Example: 120 grants in Grants, and GRANT rows for 119 of them.
    Not covered: an Activity without any GRANT row, where the pool is reckoned from Grants; grants of other plans.
    """
    own = of_this_plan(ledger, terms)
    first: dict[str, Activity] = {}
    for row in ledger.activity:
        if row.action.grants_option and row.grant is not None and row.grant.key in own:
            earlier = first.setdefault(row.grant.key, row)
            if earlier is not row:
                what = f"a second {row.action} row in Activity, the first is row {earlier.row}"
                yield Hit(row, "grant", {"grant": row.grant, "what": what})
    missing = [own[key] for key in own if key not in first]
    if not first or not missing:
        return
    lost = why_lost(ledger, *_GRANTING)
    if lost is not None:
        yield Unsettled("whether every grant is in Activity", lost)
        return
    for grant in missing:
        if not is_unread(ledger, grant, "plan"):
            yield Hit(grant, "grant", {"grant": grant.grant, "what": "no GRANT row in Activity, where others have one"})


@rule(
    "LEDGER011",
    Severity.ERROR,
    plan="§6(b), §20",
    message="{action}{of_grant} on {date}: {what}.",
    fix=(
        "Record the EXERCISE of the same grant on the same day with the full number exercised, or correct the grant, "
        "the day or the shares of the row."
    ),
    needs=((Activity, "date"), (Activity, "action"), (Activity, "grant"), (Activity, "shares")),
)
def beside_an_exercise(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A TENDER, WITHHOLD or NET EXERCISE stands beside no EXERCISE, or more shares are kept than were exercised.

    Why: these rows say how an exercise was paid for; the EXERCISE beside them is always the full number. Without it the
    option still looks outstanding, and a tender brings back to the pool what nobody was issued.
    Example: a WITHHOLD of 400 shares where 300 were exercised that day, or a NET EXERCISE in place of an EXERCISE.
    Not covered: REPURCHASE, which may come years later; whether what was given is worth the price, or the tax.
    """
    rows = in_order(row for row in ledger.activity if row.date is not None)
    measure = Measure(rows)
    granted = {grant.grant.key: grant.grant_date for grant in ledger.grants}
    measures = [measure.of_row(at, row, granted.get(grant_key(row))) for at, row in enumerate(rows)]
    exercised: dict[tuple[str, datetime.date | None], Number | None] = {}
    for row, each in zip(rows, measures, strict=True):
        if row.action is Action.EXERCISE:
            before = exercised.get((grant_key(row), row.date), 0)
            # Of an EXERCISE without its number POOL004 tells.
            exercised[grant_key(row), row.date] = (
                None if before is None or row.shares is None else before + row.shares * each
            )
    lost = {grant_key(row): why for row, why in lost_rows(ledger, Action.EXERCISE)}
    kept: dict[tuple[str, datetime.date | None], Number] = {}
    for row, each in zip(rows, measures, strict=True):
        if row.action not in _BESIDE_AN_EXERCISE:
            continue
        place = grant_key(row), row.date
        unread = lost.get(grant_key(row)) or lost.get("")  # of a grant that cannot be told it may be any
        if unread is not None:
            yield Unsettled(row_text(row), unread)
        elif row.grant is None:
            yield _beside(row, "grant", "it names no grant")
        elif place not in exercised:
            yield _beside(row, "action", "Activity has no EXERCISE of the grant on that day")
        elif row.action in _KEPT_OF_IT and row.shares is None:
            yield Unsettled(row_text(row), f"row {row.row} of Activity gives no shares")
        elif row.action in _KEPT_OF_IT:
            full, already = exercised[place], kept.get(place, 0)
            kept[place] = already + (row.shares or 0) * each
            if full is not None and already <= full < kept[place]:
                with_it, of_it = counted_text(ratio(kept[place], each)), shares_text(ratio(full, each))
                yield _beside(row, "shares", f"with it {with_it} are kept of {of_it} exercised that day")


def _facts(row: Activity) -> dict[str, object]:
    return {"action": row.action, "of_grant": of_grant_text(row), "date": date_text(row.date) if row.date else "no day"}


def _beside(row: Activity, name: str, what: str) -> Hit:
    return Hit(row, name, _facts(row) | {"what": what})


@rule(
    "LEDGER012",
    Severity.WARNING,
    plan="§5",
    message="{action}{of_grant} is dated {date}, after the day of the check{others}; what is dated so counts already.",
    fix="Correct the date, or remove what has not happened yet.",
    needs=((Activity, "date"),),
)
def dated_in_the_future(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A row of Activity is dated after the day of the check.

    Why: rows dated in the future are applied; a year mistyped changes every figure from now on.
    Example: an exercise of 2051 that was one of 2015.
    Not covered: grants that stand in Grants alone; dates of vesting and expiry, which lie ahead by their nature. Of
    several rows the last day is told, with how many there are.
    """
    later = [(row.date, row) for row in ledger.activity if row.date is not None and row.date > as_of]
    if later:
        _, row = max(later, key=lambda each: each[0])
        more = len(later) - 1
        others = f", and {more} more row{'s' if more > 1 else ''}" if more else ""
        yield Hit(row, "date", _facts(row) | {"others": others})


@rule(
    "LEDGER013",
    Severity.ERROR,
    plan="§5",
    message="{action}{of_grant} is dated {date}, before the grant date {granted}.",
    fix="Correct one of the two dates.",
    needs=((Activity, "date"), (Activity, "grant"), (Grant, "grant_date")),
)
def before_its_grant(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A row of Activity concerns a grant before the day on which it was granted.

    Why: nothing happens to an option that is not yet there; one of the two dates is wrong.
    Example: a disposition of 2 March of shares under an option of 3 March.
    Not covered: exercises, endings and accelerations that VEST001 or POOL004 tell of; they also tell where more shares
    are taken than a grant has, so that no number falls below zero. An APPROVAL may come before a grant.
    """
    grants = grants_by_key(ledger)
    early: list[tuple[Activity, datetime.date]] = []
    for row in ledger.activity:
        grant = grants.get(grant_key(row))
        day = None if grant is None else grant.grant_date
        if row.action not in _MAY_COME_BEFORE and day is not None and row.date is not None and row.date < day:
            early.append((row, day))
    if not early:
        return
    elsewhere = [*taken_only_what_is_there.check(ledger, terms, as_of), *pool_breaks_off.check(ledger, terms, as_of)]
    told = {id(hit.record) for hit in elsewhere if isinstance(hit, Hit)}
    for row, day in early:
        if id(row) not in told:
            yield Hit(row, "date", _facts(row) | {"granted": date_text(day)})
