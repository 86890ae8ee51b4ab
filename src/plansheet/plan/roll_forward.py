"""Options outstanding from one fiscal year to the next: the roll-forward in a company's note on stock options.

ASC 718-10-50-2(c) (before it, FAS 123 ¶47(a)): numbers and weighted-average exercise prices of options outstanding at
the beginning and the end of the year, exercisable at the end, and granted, exercised, forfeited or expired during it.
The whole table is on one basis, that of its last day: splits until then restate all earlier shares and prices (plan
§15(a); SAB Topic 4.C), without rounding, so that dollars are the same on every basis and the lines tie exactly.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from plansheet.core.dates import days_in
from plansheet.core.numbers import Number, ratio
from plansheet.core.records import Activity, Grant, Ledger, Tranche, Unread, heading
from plansheet.core.refusal import Reason, Refusal
from plansheet.core.words import Action, GrantType, Identifier, Moment
from plansheet.plan.approval_gate import activity_of
from plansheet.plan.ledger import Completed, as_one_tranche, complete, shares_by_grant, why_not_whole
from plansheet.plan.option_history import replay
from plansheet.plan.outstanding import is_made, past_its_period, until
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan


class Line(Enum):
    """The lines of a year, in the order of the note."""

    BEGINNING = "outstanding at beginning"
    GRANTED = "granted"
    EXERCISED = "exercised"
    FORFEITED = "forfeited"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    END = "outstanding at end"
    EXERCISABLE = "exercisable at end"


_LINES = {
    Action.EXERCISE: Line.EXERCISED,
    Action.FORFEIT: Line.FORFEITED,
    Action.EXPIRE: Line.EXPIRED,
    Action.CANCEL: Line.CANCELLED,
    Action.TERMINATE: Line.CANCELLED,
}
_NOT_NEEDED = frozenset({"holder", "grant_type", "fmv"})
_NEEDED_OF_GRANTS = frozenset(
    {"grant_date", "shares", "exercise_price", "expires", "plan", "vesting_start", "months", "cliff", "every"}
)


class Amount(NamedTuple):
    """Shares, and what they cost to exercise in all."""

    shares: Number
    dollars: Number

    @property
    def average(self) -> Number | None:
        """The weighted-average exercise price; None of no shares."""
        return ratio(self.dollars, self.shares) if self.shares else None


class Change(NamedTuple):
    """What came to options outstanding or left them on a day, in shares and price of the table's last day."""

    date: datetime.date
    grant: Grant
    line: Line
    shares: Number
    price: Number


class Gap(NamedTuple):
    """What the records do not tell, and since when figures depend on it (None: always)."""

    since: datetime.date | None
    message: str


class FiscalYear(NamedTuple):
    """A fiscal year, named by the calendar year in which it ends."""

    year: int
    first: datetime.date
    last: datetime.date


class YearOfOptions(NamedTuple):
    """A year's lines; a Refusal where the records do not tell."""

    year: FiscalYear
    lines: dict[Line, Amount | Refusal]


@dataclass(frozen=True, slots=True)
class FiscalYearEnd:
    """The day on which a company's fiscal years end; of 29 February and the like, the last day of the month."""

    month: int
    day: int

    def year(self, number: int) -> FiscalYear:
        """The fiscal year that ends in a calendar year."""
        return FiscalYear(number, self._end(number - 1) + datetime.timedelta(days=1), self._end(number))

    def of(self, day: datetime.date) -> int:
        """The fiscal year of a day."""
        return day.year + (day > self._end(day.year))

    def _end(self, year: int) -> datetime.date:
        return datetime.date(year, self.month, min(self.day, days_in(year, self.month)))


class OptionChanges:
    """Every change of the options of a plan until a day, and what cannot be told.

    ``all_plans``: grants under other plans of the group too. A grant of which nothing tells when it becomes exercisable
    is in every line but the last. Rows of Activity of grants that Grants does not have are passed over (LEDGER002).
    """

    def __init__(self, ledger: Ledger, terms: Terms, end: datetime.date, *, all_plans: bool = False) -> None:
        self.grants = _grants(ledger, terms, all_plans=all_plans)
        self.gaps: list[Gap] = []
        self.changes: list[Change] = []
        done = complete(_reduced(ledger, self.grants))
        unclear = dict(_unclear(ledger, self.grants, done))
        self._untold = [key for key in self.grants if key in done.unvested]
        whole = [_as_one(self.grants[key]) for key in self._untold if key not in unclear]
        tranches = [t for t in done.tranches if t.grant.key not in unclear]
        self._tranches = [t for t in [*tranches, *whole] if t.grant_date is not None]
        self._activity, self._words = self._as_replayed(activity_of(ledger, terms), unclear)
        self.gaps += [Gap(_since(ledger, key), why) for key, why in unclear.items()]
        self.gaps += [Gap(r.grant_date, why) for r, why in _without_number(ledger)]
        self._live_through(end)

    def _as_replayed(
        self, activity: Iterable[Activity], unclear: dict[str, str]
    ) -> tuple[list[Activity], dict[int, Action]]:
        """Rows as they can be replayed, and the words of those that had to be changed.

        Where nothing tells what is exercisable, a number forfeited or expired is taken from all there is; without a
        number it cannot be told.
        """
        rows: list[Activity] = []
        words: dict[int, Action] = {}
        for row in activity:
            key = row.grant.key if row.grant is not None else None
            if key is not None and key not in self.grants:
                continue
            if key in self._untold and row.action in (Action.FORFEIT, Action.EXPIRE):
                if row.shares is None and key not in unclear:
                    why = f"nothing tells when grant {row.grant} became exercisable, and its {row.action} depends on it"
                    self.gaps.append(Gap(row.date, why))
                row, word = replace(row, action=Action.CANCEL), row.action
                words[id(row)] = word
            rows.append(row)
        return rows, words

    def _live_through(self, end: datetime.date) -> None:
        options, broken = replay(self._made_by(end), until(self._activity, end, Moment.END_OF_DAY))
        self.gaps += [Gap(each.event.date, each.refusal.message.partition("; ")[0]) for each in broken]
        self._factors = {key: option.factor for key, option in options.items()}
        for key, option in options.items():
            grant, factor = self.grants[key], option.factor
            price = self.price(key)
            granted = sum((lot.shares for lot in option.lots), start=0)
            self.changes.append(Change(option.grant_date, grant, Line.GRANTED, granted * factor, price))
            for event, taken, _ in option.taken:
                if taken and event.date is not None:
                    line = _LINES[self._words.get(id(event), event.action)]
                    self.changes.append(Change(event.date, grant, line, taken * factor, price))
        self.changes.sort(key=lambda change: change.date)

    def _made_by(self, day: datetime.date) -> list[Tranche]:
        return [t for t in self._tranches if t.grant_date is not None and is_made(t.grant_date, day, Moment.END_OF_DAY)]

    def price(self, key: str) -> Number:
        """A grant's exercise price on the last day."""
        return ratio(self.grants[key].exercise_price or 0, self._factors[key])

    def exercisable(self, day: datetime.date) -> Amount | Refusal:
        """What is exercisable at the end of a day."""
        shares: Number = 0
        dollars: Number = 0
        for key, option in replay(self._made_by(day), until(self._activity, day, Moment.END_OF_DAY))[0].items():
            if key in self._untold and option.outstanding:
                return Refusal(Reason.UNKNOWN, f"nothing tells when grant {option.grant} becomes exercisable")
            there = option.exercisable(day) * ratio(self._factors[key], option.factor)
            shares += there
            dollars += there * self.price(key)
        return Amount(shares, dollars)


def roll_forward(changes: OptionChanges, years: Sequence[FiscalYear]) -> Iterator[YearOfOptions]:
    """Each year's lines; beginning + granted - exercised - forfeited - expired - cancelled = end, exactly.

    A year that depends on what cannot be told has Refusals, as have those after it.
    """
    for year in years:
        gaps = [gap.message for gap in changes.gaps if gap.since is None or gap.since <= year.last]
        gaps = list(dict.fromkeys([*gaps, *_over(changes, year.last)]))
        if gaps:
            more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
            refusal = Refusal(Reason.UNKNOWN, gaps[0] + more)
            yield YearOfOptions(year, dict.fromkeys(Line, refusal))
            continue
        lines: dict[Line, Amount | Refusal] = {line: _sum(changes, line, year) for line in Line}
        before = [change for change in changes.changes if change.date < year.first]
        until_end = [change for change in changes.changes if change.date <= year.last]
        lines[Line.BEGINNING], lines[Line.END] = _balance(before), _balance(until_end)
        lines[Line.EXERCISABLE] = changes.exercisable(year.last)
        yield YearOfOptions(year, lines)


def _sum(changes: OptionChanges, line: Line, year: FiscalYear) -> Amount:
    here = [c for c in changes.changes if c.line is line and year.first <= c.date <= year.last]
    return Amount(sum((c.shares for c in here), start=0), sum((c.shares * c.price for c in here), start=0))


def _balance(changes: Iterable[Change]) -> Amount:
    shares: Number = 0
    dollars: Number = 0
    for change in changes:
        signed = change.shares if change.line is Line.GRANTED else -change.shares
        shares += signed
        dollars += signed * change.price
    return Amount(shares, dollars)


def _over(changes: OptionChanges, day: datetime.date) -> Iterator[str]:
    """Options with shares left after their period, which cannot be outstanding (plan §7)."""
    left: dict[str, Number] = {}
    for change in changes.changes:
        if change.date <= day:
            signed = change.shares if change.line is Line.GRANTED else -change.shares
            left[change.grant.grant.key] = left.get(change.grant.grant.key, 0) + signed
    for key, shares in left.items():
        grant = changes.grants[key]
        why = past_its_period(grant.expires, day, shares) if shares else None
        if why is not None:
            yield f"grant {grant.grant}: {why}"


def _grants(ledger: Ledger, terms: Terms, *, all_plans: bool) -> Mapping[str, Grant]:
    if all_plans:
        return {grant.grant.key: grant for grant in ledger.grants}
    return of_this_plan(ledger, terms)


def _reduced(ledger: Ledger, grants: Mapping[str, Grant]) -> Ledger:
    """The ledger without what no figure here depends on: holder, type and value. Each grant is its own holder."""
    return replace(
        ledger,
        grants=tuple(replace(g, holder=g.grant, grant_type=GrantType.NSO, fmv=None) for g in grants.values()),
        tranches=tuple(
            replace(t, holder=None, grant_type=None, fmv=None) for t in ledger.tranches if t.grant.key in grants
        ),
        unread=tuple(_reduced_unread(ledger.unread)),
    )


def _reduced_unread(unread: Iterable[Unread]) -> Iterator[Unread]:
    for each in unread:
        record = each.record
        if isinstance(record, Grant) and each.field not in _NOT_NEEDED:
            yield replace(each, record=replace(record, holder=record.grant))
        elif isinstance(record, Tranche) and each.field not in _NOT_NEEDED:
            yield replace(each, record=replace(record, holder=None))
        elif isinstance(record, Activity):
            yield each


def _unclear(ledger: Ledger, grants: Mapping[str, Grant], done: Completed) -> Iterator[tuple[str, str]]:
    """Grants of whose options the records do not say enough, with the reason; the last of several stands."""
    totals = shares_by_grant(done.tranches)
    for key, grant in grants.items():
        total = totals.get(key)
        needed: dict[str, object] = {"exercise_price": grant.exercise_price or None}
        if total is None:
            needed |= {"grant_date": grant.grant_date, "shares": grant.shares}
        if missing := [heading(Grant, name) for name, value in needed.items() if value is None]:
            yield key, f"grant {grant.grant} has no {' and no '.join(missing)}"
        elif total is not None and (why := why_not_whole(grant, total)) is not None:
            yield key, why
        why = done.of_grant.get(key) or done.of_holder.get(key)
        if why is not None:
            yield key, why
    for unread in ledger.unread:
        record = unread.record
        if isinstance(record, Grant) and unread.field in _NEEDED_OF_GRANTS and _key(record) in grants:
            yield record.grant.key, unread.message
    seen: set[str] = set()
    for grant in ledger.grants:
        if grant.grant.key in seen and grant.grant.key in grants:
            yield grant.grant.key, f"grant {grant.grant} is listed twice"
        seen.add(grant.grant.key)


def _key(grant: Grant) -> str | None:
    """A grant's key; None where its number could not be read."""
    number: Identifier | None = grant.grant
    return number.key if number is not None else None


def _without_number(ledger: Ledger) -> Iterator[tuple[Grant, str]]:
    """Rows of Grants of which nobody can tell which option they are."""
    for unread in ledger.unread:
        if isinstance(unread.record, Grant) and unread.field == "grant":
            yield unread.record, unread.message


def _since(ledger: Ledger, key: str) -> datetime.date | None:
    """The first day of a grant, of several rows the earliest; None where one has no date."""
    days = [grant.grant_date for grant in ledger.grants if grant.grant.key == key]
    return None if None in days else min(day for day in days if day is not None)


def _as_one(grant: Grant) -> Tranche:
    """A grant of which nothing tells when it becomes exercisable, as one tranche."""
    return as_one_tranche(replace(grant, holder=grant.grant, grant_type=GrantType.NSO))
