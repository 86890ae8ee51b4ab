"""Warnings before it is too late: a year of the $100,000 limit that is full or nearly so (§11(c)), a pool that is
nearly empty (§4)."""

import datetime
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from plansheet.core.dates import add_months, date_text
from plansheet.core.numbers import (
    Number,
    counted_text,
    dollars_text,
    ratio,
    round_dollars_text,
    round_half_up,
    shares_text,
    were_text,
)
from plansheet.core.records import Activity, Grant, Ledger, Tranche
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.iso_limit import TrancheSplit
from plansheet.plan.iso_limit_rules import classify_ledger
from plansheet.plan.ledger import complete
from plansheet.plan.pool import PoolLine
from plansheet.plan.pool_rules import pool_of, record_of
from plansheet.plan.terms import ASSUMED_ADOPTION, Terms


class Part(NamedTuple):
    """A tranche of a holder's year, as classified."""

    record: Tranche | Grant
    split: TrancheSplit


def years_to_come(classified: Iterable[tuple[str, Part]], as_of: datetime.date) -> dict[tuple[str, int], list[Part]]:
    """The parts of each holder's year that counts and in which something becomes exercisable after the day."""
    years: dict[tuple[str, int], list[Part]] = {}
    for holder, part in classified:
        if part.split.year is not None and part.split.units[1]:
            years.setdefault((holder, part.split.year), []).append(part)
    return {
        key: parts
        for key, parts in years.items()
        if any(part.split.stands is not None and part.split.stands > as_of for part in parts)
    }


def first_to_fill(parts: Iterable[Part], limit: Number, room: Number) -> Part | None:
    """Of parts in the order of grant, the one that leaves less than so much room under the limit."""
    counted: Number = 0
    for part in parts:
        counted += part.split.counted
        if limit - counted < room:
            return part
    return None


@rule(
    "ISO003",
    Severity.WARNING,
    plan="§11(c)",
    law=("IRC §422(d)", "Treas. Reg. §1.422-4"),
    message=(
        "{holder}: ISOs for {counted} of stock become first exercisable in {year}, {state} the {limit} limit; {effect}."
    ),
    fix="Record what is over the limit as NSO, and give further options NSO shares or another year than {year}.",
)
def limit_approached(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A holder's ISOs reach, or nearly reach, the $100,000 limit of a year that is still to come.

    Why: what is granted beyond the limit is a nonstatutory option; before the grant it can still be given another
    schedule, or be an NSO by its terms.
    Example: $95,000 of stock first exercisable in 2012: of a new ISO that fits the year only $5,000 is one.
    Not covered: years in which nothing more becomes exercisable; an excess that is recorded in NSO shares, which is
    held against the limit by ISO001 and ISO002; holders whose tranches are not all known.
    """
    settled = _settled(ledger)
    granted = {id(r): (t.grant_date or as_of, t.grant.order) for t, r in settled}
    holders = {t.grant.key: t.held_by for t, _ in settled}
    classified = ((holders[r.grant.key].key, Part(r, a)) for r, a in classify_ledger(ledger, terms))
    for (_, year), parts in years_to_come(classified, as_of).items():
        ordered = sorted(parts, key=lambda part: (granted[id(part.record)], part.split.stands or as_of))
        full = first_to_fill(ordered, terms.iso_limit, terms.approaching_dollars)
        counted = sum((part.split.counted for part in parts), start=0)
        over = counted - terms.iso_limit
        if full is None or (over > 0 and _is_recorded(ledger, parts)):
            continue
        facts = {
            "holder": holders[full.record.grant.key],
            "counted": dollars_text(counted),
            "year": year,
            "limit": round_dollars_text(terms.iso_limit),
            "state": _state(over),
            "effect": f"{dollars_text(over)} of it is NSO"
            if over > 0
            else f"{dollars_text(-over)} is left for a further ISO in that year",
        }
        yield Hit(full.record, "first_exercisable" if isinstance(full.record, Tranche) else "vesting_start", facts)


def _settled(ledger: Ledger) -> list[tuple[Tranche, Tranche | Grant]]:
    return list(zip(*complete(ledger).settled(), strict=True))


def _state(over: Number) -> str:
    return "near" if over < 0 else "more than" if over > 0 else "exactly"


def _is_recorded(ledger: Ledger, parts: Iterable[Part]) -> bool:
    """Whether what exceeds the limit is recorded as NSO, tranche by tranche or by the grant."""
    of_grant = {g.grant.key for g in ledger.grants if g.nso_shares is not None}
    over = [part.record for part in parts if part.split.nso]
    return all(record.nso_shares is not None or record.grant.key in of_grant for record in over)


# --- The pool -------------------------------------------------------------------------------------------------------


class PoolOutlook(NamedTuple):
    """The pool on a day, and what was granted from a day on, in the shares of the last line."""

    line: PoolLine
    granted: Number


def pool_outlook(lines: Iterable[PoolLine], since: datetime.date, as_of: datetime.date) -> PoolOutlook | None:
    """The last line of a pool up to a day, with the grants after ``since``, restated for splits; None before any."""
    last: PoolLine | None = None
    granted: Number = 0
    for line in lines:
        row = line.activity
        if row.date is not None and row.date > as_of:
            break
        if row.action is Action.SPLIT and row.ratio is not None:
            granted = granted * row.ratio.factor
        elif row.action.grants_option and row.date is not None and row.date > since:
            granted -= line.change
        last = line
    return None if last is None else PoolOutlook(last, granted)


@rule(
    "POOL005",
    Severity.WARNING,
    plan="§4",
    message=(
        "The pool has {available} available; {granted} granted in the {years} years up to {day}, "
        "{average} a year, and the plan runs until {end}."
    ),
    fix=(
        "Reduce what is to be granted, or open the way to an increase of the reserve, which the shareholders must "
        "approve."
    ),
    needs=((Activity, "action"), (Activity, "shares"), (Activity, "date")),
)
def pool_runs_low(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The pool is smaller than what recent years granted.

    Why: an increase of the reserve needs the shareholders (plan §19(a)), who meet once a year; a grant made before it
    is void as far as the pool is short.
    Example: 200,000 shares available, 900,000 granted in three years: less than a year's grants are left.
    Not covered: what has been over-granted, which is POOL001; a plan that has ended (plan §22(b)); grants in place of
    cancelled ones, which count as granted although they need no new shares.
    """
    try:
        since, end = add_months(as_of, -12 * terms.pool_warning_years), add_months(terms.adopted, 12 * terms.plan_years)
    except ValueError:
        return  # the calendar does not reach so far
    if terms.assumes("adopted"):
        yield ASSUMED_ADOPTION
        return
    if as_of >= end:
        return
    lines: list[PoolLine] = []
    for line in pool_of(ledger, terms):
        if isinstance(line, Unsettled):
            yield line
        if not isinstance(line, PoolLine):
            break  # POOL004 says so, if the row has happened by the day
        lines.append(line)
    outlook = pool_outlook(lines, since, as_of)
    if outlook is None or outlook.granted <= 0 or outlook.line.available < 0:
        return
    average = ratio(outlook.granted, terms.pool_warning_years)
    if outlook.line.available * 100 < average * terms.pool_warning_percent:
        facts = {
            "available": counted_text(outlook.line.available),
            "granted": were_text(outlook.granted),
            "years": terms.pool_warning_years,
            "day": date_text(as_of),
            "average": shares_text(round_half_up(average, 0)),
            "end": date_text(end - datetime.timedelta(days=1)),
        }
        yield Hit(record_of(ledger, outlook.line.activity), "shares", facts)
