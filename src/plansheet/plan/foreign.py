"""Participants outside the United States (plan §23)."""

import datetime
import re
from collections.abc import Iterator, Sequence

from plansheet.core.numbers import Number, counted_text
from plansheet.core.records import Grant, Holder, Ledger
from plansheet.core.rule import Hit, Severity, rule
from plansheet.core.words import GrantType, fold, listed
from plansheet.plan.adjustment import Split, splits_of, splits_since
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan

_NAMES = "United States", "United States of America", "US", "US of America", "USA", "America"
_UNITED_STATES = frozenset(fold(article + name) for article in ("", "the ") for name in _NAMES)


_PARTS = re.compile(r"[,;/()\[\]]| - |-(?=[A-Z]{2}$)")


def is_foreign(country: str) -> bool:
    """Whether a country is another than the United States, of which a state may be named; points are no part of it."""
    parts = [fold(part) for part in (country, *_PARTS.split(country)) if any(map(str.isalnum, part))]
    plain = {part.replace(".", "") for part in parts}
    return bool(plain) and plain.isdisjoint(_UNITED_STATES | _NOT_SAID)


_NOT_SAID = frozenset({"n/a", "na", "none", "unknown"})


@rule(
    "FOREIGN001",
    Severity.WARNING,
    plan="§23",
    message="{holder} works in {country} and has {grants} over {shares}, of which {isos}.",
    fix=(
        "Record in the agreement what the board modified for the laws of {country}, if anything; the ISOs were checked "
        "as everybody's, and need an employee of the company wherever that is."
    ),
    needs=((Holder, "country"), (Grant, "holder")),
)
def options_abroad(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A holder who works outside the United States has ISOs.

    Why: the board may, "without amending the Plan, modify awards or options granted to participants who are foreign
    nationals or employed outside the United States"; whether it did is not in the ledger.
    Example: an employee in Germany with one ISO over 10,000 shares.
    Not covered: foreign nationals who work in the United States; the law of the other country; a blank country; NSOs,
    of which no figure of the plan is another abroad.
    """
    held: dict[str, list[Grant]] = {}
    for grant in of_this_plan(ledger, terms).values():
        if grant.holder is not None:
            held.setdefault(grant.holder.key, []).append(grant)
    splits = splits_of(ledger.activity)
    for holder in ledger.holders:
        grants = held.get(holder.holder.key, [])
        if not holder.country or not grants or not is_foreign(holder.country):
            continue
        isos = [str(g.grant) for g in grants if g.grant_type is GrantType.ISO]
        if not isos:
            continue
        facts = {
            "holder": holder.holder,
            "country": holder.country,
            "grants": f"{len(grants)} grant{'s' if len(grants) > 1 else ''}",
            "shares": counted_text(sum((_shares(grant, splits) for grant in grants), start=0)),
            "isos": f"{listed(isos)} {'is an ISO' if len(isos) == 1 else 'are ISOs'}",
        }
        yield Hit(holder, "country", facts)


def _shares(grant: Grant, splits: Sequence[Split]) -> Number:
    """The shares of a grant as adjusted for all splits since."""
    shares = grant.shares or 0
    return shares if grant.grant_date is None else shares * splits_since(grant.grant_date, splits).factor
