"""How an option stands at the end of a day: shares left, exercisable and not (plan §7, §8, §10)."""

import datetime
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from plansheet.core.numbers import Number, counted_text, ratio
from plansheet.core.records import Activity, Grant, Ledger, Tranche, heading
from plansheet.core.rule import Unsettled
from plansheet.core.words import Action, GrantType, Identifier, Moment
from plansheet.plan.activity import grant_key
from plansheet.plan.approval_gate import approval_of
from plansheet.plan.ledger import as_one_tranche, complete, tranches_by_grant, why_not_whole
from plansheet.plan.option_history import LIFE_EVENTS, Option, replay
from plansheet.plan.outstanding import exercisability_asked, until
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import own_grants
from plansheet.plan.unread import is_unread


class Standing(NamedTuple):
    """An option with its history up to a day, in the shares of that day."""

    option: Option
    is_scheduled: bool
    """Whether the records say when it becomes exercisable."""

    @property
    def shares(self) -> Number:
        """Shares neither exercised nor ended."""
        return self.option.outstanding

    def exercisable(self, day: datetime.date) -> Number | None:
        """Those that had become exercisable by a day; None where nothing tells."""
        if not self.is_scheduled:
            return None
        lots = self.option.lots
        return sum((lot.live for lot in lots if lot.due is not None and lot.due <= day), start=0) * self.option.factor

    def unexercisable(self, day: datetime.date) -> Number | None:
        """Those that had not become exercisable by a day; None where nothing tells."""
        exercisable = self.exercisable(day)
        return None if exercisable is None else self.shares - exercisable


def ending_text(now: Standing, then: Standing, day: datetime.date) -> str:
    """What is left of an option, and its end on an earlier day that takes it, in the shares of that day.

    EXPIRE takes what was exercisable by then, FORFEIT the rest (an installment of later, a condition not met).
    """
    left = ratio(now.shares, now.option.factor)
    exercisable = now.exercisable(day)
    expire = left if exercisable is None else ratio(exercisable, now.option.factor)
    parts = ((Action.EXPIRE, expire), (Action.FORFEIT, left - expire))
    factor = then.option.factor
    return " and ".join(f"{action} of {counted_text(shares * factor)}" for action, shares in parts if shares)


def standing(ledger: Ledger, terms: Terms, grant: Grant, day: datetime.date) -> Standing | str:
    """An option of this plan, of Grants, at the end of a day, or the reason why that is not known."""
    records = _records(ledger)
    tranches = tranches_by_grant(ledger).get(grant.grant.key)
    is_scheduled = tranches is not None
    if tranches is None:
        if (why := complete(ledger).of_grant.get(grant.grant.key)) is not None:
            return why
        missing = [name for name in ("holder", "grant_date", "shares") if getattr(grant, name) is None]
        if missing:
            return f"grant {grant.grant} has no {', '.join(heading(Grant, name) for name in missing)}"
        if ledger.tranches:
            return f"grant {grant.grant} has no tranches"
        # As one tranche: what is left of it is known all the same, unless only a part by exercisability was ended.
        tranches = [as_one_tranche(grant)]
    events = until([*approval_of(terms), *records.events_of(grant.grant)], day, Moment.END_OF_DAY)
    why = _unclear(ledger, grant, tranches) or (None if is_scheduled else exercisability_asked(grant, events))
    if why is not None:
        return why
    options, broken = replay(tranches, events)
    if broken:
        return broken[0].refusal.message.partition("; ")[0]
    return Standing(options[grant.grant.key], is_scheduled)


def _unclear(ledger: Ledger, grant: Grant, tranches: list[Tranche]) -> str | None:
    """Why the tranches of a grant cannot be reckoned with."""
    done = complete(ledger)
    if grant.grant.key in _records(ledger).twice:
        return f"grant {grant.grant} is listed twice"
    why = done.of_grant.get(grant.grant.key) or done.of_holder.get(tranches[0].held_by.key)
    return why or why_not_whole(grant, sum((tranche.shares or 0 for tranche in tranches), start=0))


class _Records:
    """A ledger's events by grant, so that those of one option are not searched for among all."""

    def __init__(self, ledger: Ledger) -> None:
        times = Counter(grant.grant.key for grant in ledger.grants)
        self.twice = {key for key, number in times.items() if number > 1}
        self._of_grant: dict[str, list[tuple[int, Activity]]] = {}
        for at, row in enumerate(ledger.activity):
            if row.action in LIFE_EVENTS or row.action is Action.APPROVAL:
                self._of_grant.setdefault(grant_key(row), []).append((at, row))

    def events_of(self, grant: Identifier) -> list[Activity]:
        """What happened to a grant, or to all, as listed."""
        rows = [*self._of_grant.get(grant.key, ()), *self._of_grant.get("", ())]
        return [row for _, row in sorted(rows, key=lambda each: each[0])]


@lru_cache(maxsize=1)  # several rules ask for the same ledger
def _records(ledger: Ledger) -> _Records:
    return _Records(ledger)


# --- Which options a rule concerns -----------------------------------------------------------------------------------


def isos(ledger: Ledger, terms: Terms) -> Iterator[Grant | Unsettled]:
    """The ISOs of this plan; Unsettled for a grant that does not say whether it is one."""
    for grant in own_grants(ledger, terms):
        if grant.grant_type is GrantType.ISO:
            yield grant
        elif (question := untyped(ledger, grant)) is not None:
            yield question


def untyped(ledger: Ledger, grant: Grant) -> Unsettled | None:
    """That a grant does not say whether it is an ISO; None where it does, or its cell cannot be read."""
    if grant.grant_type is not None or is_unread(ledger, grant, "grant_type"):
        return None
    return Unsettled(f"what holds for ISOs, of grant {grant.grant}", "its Type is blank")


def merger_ended(terms: Terms, day: datetime.date) -> bool:
    """Whether a merger has ended the options by a day: paid for, or after a notice (plan §16(a)(ii), (iii))."""
    if terms.merger_date is None or terms.merger_date > day:
        return False
    return terms.merger_price is not None or terms.merger_notice is not None
