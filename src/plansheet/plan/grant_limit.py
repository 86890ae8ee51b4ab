"""The shares granted to one employee in a calendar year (plan §3, §15(a)(w); Treas. Reg. §1.162-27(e)(2)(vi)).

Every grant counts in the year of its date, whatever became of it: one that is cancelled, has expired or was repriced
stays, and what is granted in its place is a new one. Splits of the year restate the limit and the grants before them;
all figures of a year are in the shares of its last day.
"""

import datetime
from collections.abc import Iterable, Iterator
from fractions import Fraction

from plansheet.core.numbers import Number, counted_text, shares_text, whole_if_possible
from plansheet.core.records import Activity, Grant, Ledger, Ratio, heading
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action, YearlyLimitBasis
from plansheet.plan.adjustment import splits_of
from plansheet.plan.eligibility import is_employed
from plansheet.plan.ledger import people
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import no_own_grants, of_this_plan
from plansheet.plan.unread import is_unread, why_lost


class Splits:
    """The splits of a ledger, as what they make of a share."""

    def __init__(self, activity: Iterable[Activity]) -> None:
        self._splits = splits_of(activity)

    def in_year(self, year: int, since: datetime.date | None = None) -> Number:
        """Shares at the end of a year for one of a day in it, or of its start.

        A grant dated on a split's date is in new shares already.
        """
        return self._product(
            ratio for day, ratio in self._splits if day.year == year and (since is None or day > since)
        )

    def before(self, year: int) -> Number:
        """Shares at the start of a year for one at the start of the ledger."""
        return self._product(ratio for day, ratio in self._splits if day.year < year)

    @staticmethod
    def _product(ratios: Iterable[Ratio]) -> Number:
        product = Fraction(1)
        for ratio in ratios:
            product *= ratio.factor
        return whole_if_possible(product)


def limit_of_year(year: int, terms: Terms, splits: Splits) -> Number | None:
    """The plan's limit at the end of a year; None where it has none."""
    limit = terms.yearly_grant_limit
    if limit is not None and terms.yearly_limit_basis is YearlyLimitBasis.ALL_SPLITS:
        limit *= splits.before(year)
    return None if limit is None else limit * splits.in_year(year)


@rule(
    "LIMIT001",
    Severity.ERROR,
    plan="§3, §15(a)",
    law=("Treas. Reg. §1.162-27(e)(2)(vi)",),
    message=(
        "With grant {grant}, {holder} is over the yearly limit: {granted} granted in {year}, the limit is {limit}; "
        "over by {over}."
    ),
    fix=(
        "Reduce the grants to {holder} in {year}, or rescind one (remove its rows from Grants and Activity); a CANCEL "
        "does not undo it."
    ),
    needs=((Grant, "holder"), (Grant, "grant_date"), (Grant, "shares")),
)
def yearly_limit(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An employee was granted options for more shares in a calendar year than the plan allows.

    Why: "the maximum number of shares with respect to which options may be granted to any employee under the Plan shall
    not exceed 500,000 shares of Common Stock during any calendar year"; cancelled, expired and repriced options count.
    Example: 300,000 shares granted in March, cancelled in May, and 250,000 granted in June: 550,000 of 500,000. In the
    year of a 2-for-1 split 400,000 before it and 300,000 after it are 1,100,000 of 1,000,000.
    Not covered: holders who by Holders are no employees, only directors, consultants or advisors, whom the plan's words
    do not limit; a grant repriced in place, without a grant of its own.
    """
    if terms.yearly_grant_limit is None:
        return
    whose = no_own_grants(ledger, terms)
    lost = why_lost(ledger, Action.SPLIT)
    if whose is not None or lost is not None:
        why = whose or f"{lost}, and the limit depends on the splits"
        yield Unsettled("the yearly limit of §3", why, whole=whose is not None)
        return
    splits = Splits(ledger.activity)
    doubtful: set[str] = set()
    for grant, why in _uncounted(ledger, terms):
        if grant.holder is None:
            yield Unsettled("the yearly limit of §3", why)
        elif grant.holder.key not in doubtful:
            doubtful.add(grant.holder.key)
            yield Unsettled(f"the yearly limit of {grant.holder}", why)
    for (holder, year), grants in _by_year(ledger, terms).items():
        limit = limit_of_year(year, terms, splits)
        if holder not in doubtful and limit is not None:
            yield from _over(year, grants, limit, splits)


def _over(year: int, grants: list[Grant], limit: Number, splits: Splits) -> Iterator[Hit]:
    """The grant of a holder's year that crosses the limit."""
    counted = [(grant, (grant.shares or 0) * splits.in_year(year, grant.grant_date)) for grant in grants]
    total = sum((shares for _, shares in counted), start=0)
    so_far: Number = 0
    for grant, shares in counted:
        so_far += shares
        if so_far > limit:
            facts: dict[str, object] = {"grant": grant.grant, "holder": grant.holder, "year": year}
            facts |= {"granted": counted_text(total), "limit": shares_text(limit), "over": shares_text(total - limit)}
            yield Hit(grant, "shares", facts)
            return


def _uncounted(ledger: Ledger, terms: Terms) -> Iterator[tuple[Grant, str]]:
    """This plan's grants of which nobody can tell whose, when, or over how much they are, with the reason."""
    known = people(ledger)
    for grant in of_this_plan(ledger, terms).values():
        if grant.holder is not None and is_employed(known.get(grant.holder.key)) is False:
            continue
        for name in ("holder", "grant_date", "shares"):
            # Of a cell that cannot be read LEDGER001 says that nothing that depends on it was checked.
            if getattr(grant, name) is None and not is_unread(ledger, grant, name):
                yield grant, f"grant {grant.grant} has no {heading(Grant, name)}"


def _by_year(ledger: Ledger, terms: Terms) -> dict[tuple[str, int], list[Grant]]:
    """This plan's grants to employees by holder and year, in the order of grant."""
    known = people(ledger)
    lacking = {
        g.holder.key
        for g in ledger.grants
        if g.holder is not None and is_unread(ledger, g, "plan", "grant_date", "shares")
    }
    years: dict[tuple[str, int], list[Grant]] = {}
    for grant in of_this_plan(ledger, terms).values():
        if grant.holder is None or grant.grant_date is None or grant.holder.key in lacking:
            continue
        if is_employed(known.get(grant.holder.key)) is not False:  # "to any employee"; who is not told counts
            years.setdefault((grant.holder.key, grant.grant_date.year), []).append(grant)
    for grants in years.values():
        grants.sort(key=lambda g: (g.grant_date or datetime.date.max, g.grant.order))
    return years
