"""Cancellation and new grant of options (plan §21; IRC §424(h)): which is in whose place, and by whose consent."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace

from plansheet.core.dates import date_text
from plansheet.core.numbers import Number, counted_text, dollars_text, ratio
from plansheet.core.records import Activity, Grant, Ledger, Tranche
from plansheet.core.refusal import Refusal
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action, Identifier, Moment
from plansheet.plan.activity import rows_by_grant
from plansheet.plan.adjustment import Split, splits_of, splits_since
from plansheet.plan.approval_gate import activity_of
from plansheet.plan.ledger import as_one_tranche, complete, grants_by_key, substitutes, tranches_by_grant
from plansheet.plan.outstanding import outstanding, until
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan
from plansheet.plan.unread import is_unread, why_lost

_CANCELS = frozenset({Action.CANCEL, Action.TERMINATE})


def _replacements(ledger: Ledger, terms: Terms) -> Iterator[Grant]:
    """This plan's options granted in place of another; a substitute for another company's option is §16(b)'s."""
    of_others = substitutes(ledger)
    for grant in of_this_plan(ledger, terms).values():
        if grant.replaces is not None and grant.grant.key not in of_others:
            yield grant


def _first_cancelled(ledger: Ledger) -> dict[str, datetime.date]:
    """The day on which an option was first cancelled, in whole or in part, by its key."""
    days: dict[str, datetime.date] = {}
    for row in ledger.activity:
        if row.action in _CANCELS and row.grant is not None and row.date is not None:
            days[row.grant.key] = min(row.date, days.get(row.grant.key, row.date))
    return days


def _wrongly_linked(grant: Grant, old: Grant | None) -> str | None:
    """Why a grant cannot be in the place of the option that it names, whether or not that was cancelled."""
    if old is None:
        return "which is not in Grants"
    if old.grant == grant.grant:
        return "which is itself"
    if old.holder is not None and grant.holder is not None and old.holder != grant.holder:
        return f"which is an option of {old.holder}"
    if old.grant_date is not None and grant.grant_date is not None and old.grant_date > grant.grant_date:
        return f"which was granted later, on {date_text(old.grant_date)}"
    return None


@rule(
    "REGRANT001",
    Severity.ERROR,
    plan="§21",
    law=("IRC §424(h)",),
    message="Grant {grant}{of_holder} replaces grant {old}, {why}.",
    fix="Correct Replaces of grant {grant}, or record the CANCEL of grant {old} on its day.",
    needs=(
        (Grant, "replaces"), (Grant, "holder"), (Grant, "grant_date"), (Activity, "action"), (Activity, "date"),
        (Activity, "grant"),
    ),
)  # fmt: skip
def replaces_what_was_cancelled(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option was granted in place of one that was not cancelled, or is not the holder's.

    Why: the plan lets the board effect "the cancellation of any or all outstanding options under the Plan and the grant
    in substitution therefor of new options"; an old option that goes on beside the new one is counted twice.
    Example: G-9 replaces G-1 on 1 March, and the CANCEL of G-1 is dated 2 March.
    Not covered: options that replace another company's (§16(b)), with a SUBSTITUTE row.
    """
    grants, cancelled = grants_by_key(ledger), _first_cancelled(ledger)
    for grant in _replacements(ledger, terms):
        assert grant.replaces is not None
        old = grants.get(grant.replaces.key)
        why = _wrongly_linked(grant, old)
        if why is None and grant.grant_date is None:
            yield Unsettled(f"what grant {grant.grant} replaces", "it has no grant date")
            continue
        if why is None and old is not None and grant.grant_date is not None:
            if cancelled.get(old.grant.key, datetime.date.max) <= grant.grant_date:
                continue
            if (unread := why_lost(ledger)) is not None:
                yield Unsettled(f"what grant {grant.grant} replaces", unread)
                continue
            why = f"of which Activity has no CANCEL by {date_text(grant.grant_date)}, the day of the new grant"
        of_holder = f" of {grant.holder}" if grant.holder is not None else ""
        yield Hit(grant, "replaces", {"grant": grant.grant, "of_holder": of_holder, "old": grant.replaces, "why": why})


@rule(
    "REGRANT002",
    Severity.ERROR,
    plan="§21",
    message="Grant {grant} replaces grant {old}, and {consent}.",
    fix="Enter the day of the optionee's consent in Consent; without it grant {old} goes on.",
    needs=((Grant, "replaces"), (Grant, "consent"), (Grant, "grant_date")),
)
def replaced_without_consent(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option was replaced without the optionee's consent by the day of the new grant.

    Why: the board may cancel and grant anew only "with the consent of the affected optionees".
    Example: a new grant of 1 March, a consent of 2 March, or none.
    Not covered: whether the consent covers the terms of the new option.
    """
    for grant in _replacements(ledger, terms):
        if is_unread(ledger, grant, "consent"):
            continue  # LEDGER001 says so
        facts = {"grant": grant.grant, "old": grant.replaces}
        if grant.consent is None:
            yield Hit(grant, "consent", facts | {"consent": "no consent is recorded"})
        elif grant.grant_date is not None and grant.consent > grant.grant_date:
            days = f"the consent is of {date_text(grant.consent)}, after the new grant of {date_text(grant.grant_date)}"
            yield Hit(grant, "consent", facts | {"consent": days})


@rule(
    "REGRANT003",
    Severity.WARNING,
    plan="§21, §3",
    law=("IRC §424(h)",),
    message=(
        "Grant {grant} was made to {holder} at {price} on {day}, the day on which grant {old} of the same holder at "
        "{old_price} was cancelled; Replaces is blank."
    ),
    fix="Enter {old} in Replaces and the day of the consent, or leave both blank if neither has to do with the other.",
    needs=(
        (Grant, "replaces"), (Grant, "holder"), (Grant, "grant_date"), (Grant, "exercise_price"), (Activity, "action"),
        (Activity, "date"), (Activity, "grant"),
    ),
)  # fmt: skip
def looks_repriced(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option was cancelled and another granted to its holder on one day at another price, and nothing links them.

    Why: that is what a repricing looks like; it needs the optionee's consent, and the new option is one more grant for
    the yearly limit.
    Example: G-1 at $9.00 cancelled and G-9 at $2.00 granted to the same holder on 1 March.
    Not covered: a cancellation on another day; a price that is the same, splits counted; grants without a price.
    """
    grants, own = grants_by_key(ledger), of_this_plan(ledger, terms)
    cancelled: dict[tuple[datetime.date, Identifier | None], list[Grant]] = {}
    for row in ledger.activity:
        old = grants.get(row.grant.key) if row.action in _CANCELS and row.grant is not None else None
        if old is not None and old.grant.key in own and row.date is not None:
            cancelled.setdefault((row.date, old.holder), []).append(old)
    splits = splits_of(ledger.activity)
    for grant in own.values():
        if grant.replaces is not None or not grant.exercise_price or grant.grant_date is None or grant.holder is None:
            continue
        if is_unread(ledger, grant, "replaces"):
            continue  # LEDGER001 says so
        for old in cancelled.get((grant.grant_date, grant.holder), []):
            if old.grant == grant.grant:
                continue
            price = _price_on(old, grant.grant_date, splits)
            if price is not None and price != grant.exercise_price:
                facts: dict[str, object] = {"grant": grant.grant, "holder": grant.holder, "old": old.grant}
                prices = {"price": dollars_text(grant.exercise_price), "old_price": dollars_text(price)}
                yield Hit(grant, "replaces", facts | prices | {"day": date_text(grant.grant_date)})
                break


def _price_on(grant: Grant, day: datetime.date, splits: Sequence[Split]) -> Number | None:
    """The price of an option on a day, unrounded, as adjusted for the splits until then."""
    if not grant.exercise_price or grant.grant_date is None:
        return None
    until_then = [split for split in splits if split.date <= day]
    return ratio(grant.exercise_price, splits_since(grant.grant_date, until_then).factor)


@rule(
    "REGRANT004",
    Severity.WARNING,
    plan="§21",
    message="Grant {old} was replaced by grant {grant} on {day}, but {left} of it {are} outstanding after that day.",
    fix="Record the CANCEL of the rest, or keep on file that only a part of grant {old} was replaced.",
    needs=(
        (Grant, "replaces"), (Grant, "holder"), (Grant, "grant_date"), (Grant, "shares"), (Activity, "action"),
        (Activity, "date"), (Activity, "grant"),
    ),
)  # fmt: skip
def replaced_in_part(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option was replaced, and a part of it goes on beside the new one.

    Why: §21 speaks of "the cancellation of any or all outstanding options"; a part may have been meant, or forgotten,
    and what was forgotten can be exercised at the old price.
    Example: of G-1 over 1,000 shares 400 are cancelled and replaced by G-9; 600 are left.
    Not covered: an option that was not cancelled at all, which is REGRANT001.
    """
    grants, cancelled = grants_by_key(ledger), _first_cancelled(ledger)
    tranches, rows = tranches_by_grant(ledger), rows_by_grant(activity_of(ledger, terms))
    for grant in _replacements(ledger, terms):
        assert grant.replaces is not None
        old = grants.get(grant.replaces.key)
        if old is None or grant.grant_date is None or _wrongly_linked(grant, old) is not None:
            continue
        if cancelled.get(old.grant.key, datetime.date.max) > grant.grant_date:
            continue
        key = old.grant.key
        left = _left(ledger, old, grant.grant_date, tranches.get(key, []), [*rows.get("", []), *rows.get(key, [])])
        if isinstance(left, Unsettled):
            yield left
        elif left:
            facts: dict[str, object] = {"old": old.grant, "grant": grant.grant, "day": date_text(grant.grant_date)}
            yield Hit(grant, "replaces", facts | {"left": counted_text(left), "are": "is" if left == 1 else "are"})


def _left(
    ledger: Ledger, old: Grant, day: datetime.date, tranches: list[Tranche], rows: list[Activity]
) -> Number | Unsettled:
    """What is left of an option at the end of a day, in its shares; without tranches as if always exercisable."""
    question = f"what was left of grant {old.grant} when it was replaced"
    why = complete(ledger).of_grant.get(old.grant.key) or why_lost(ledger)
    if why is not None:
        return Unsettled(question, why)
    if not tranches:
        if old.shares is None or old.grant_date is None:
            return Unsettled(question, "it has no number of shares or no grant date")
        if any(row.action is Action.FORFEIT for row in rows):
            return Unsettled(question, "nothing tells when it became exercisable, and a FORFEIT depends on it")
        tranches = [as_one_tranche(replace(old, holder=old.holder or old.grant))]
    left = outstanding(tranches, until(rows, day, Moment.END_OF_DAY))[old.grant.key]
    return Unsettled(question, left.message) if isinstance(left, Refusal) else left
