"""The rules of stock splits (plan §14, §15), over a whole ledger."""

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plansheet.core.dates import date_text, on_text
from plansheet.core.numbers import (
    Number,
    counted_text,
    dollars_text,
    entered_text,
    exact,
    ratio,
    round_down,
    shares_text,
)
from plansheet.core.records import Activity, Grant, Ledger, Ratio, heading
from plansheet.core.refusal import Refusal
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action, Moment, SplitMethod
from plansheet.plan.activity import in_order
from plansheet.plan.adjustment import Split, adjust, adjust_in_turn, splits_after, splits_of, splits_since
from plansheet.plan.approval_gate import activity_of
from plansheet.plan.ledger import complete, known_tranches
from plansheet.plan.outstanding import Outstanding, Rounding, options_at, outstanding
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_other_plans, of_this_plan, rows_of_this_plan
from plansheet.plan.unread import why_lost

_PRICE_NEEDS = ((Grant, "split_price"), (Grant, "exercise_price"), (Grant, "grant_date"), (Activity, "action"))


@rule(
    "SPLIT001",
    Severity.ERROR,
    plan="§15(a)",
    law=("Treas. Reg. §1.424-1(e)(4)(v)",),
    message=(
        "Grant {grant}: the price after the {split} split is recorded as {recorded}, below {exact}; "
        "the aggregate price falls by {loss}."
    ),
    fix="Enter {right} in Price after split.",
    needs=_PRICE_NEEDS,
)
def aggregate_price_kept(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A price after a split lowers what the holder pays in all.

    Why: the adjustment is made "without changing the aggregate purchase price"; a price rounded to the nearest cent
    can be a discount, which makes the adjustment a modification of the option.
    Example: $10.00 in a 3-for-1 split is $3.3333...; $3.33 lowers the price of 3,000 shares by $10, $3.34 does not.
    Not covered: the number of shares after the split.
    """
    why = _unread_split(ledger)
    if why is not None:
        yield Unsettled("the prices after splits in Grants", why)
        return
    for price in _prices(ledger, terms):
        if price.recorded < price.unrounded:
            yield Hit(price.grant, "split_price", price.facts())


@rule(
    "SPLIT002",
    Severity.WARNING,
    plan="§15(a)",
    message=(
        "Grant {grant}: the price after the {split} split is recorded as {recorded}; "
        "the plan's rounding gives {right}{unrounded}."
    ),
    fix="Enter {right} in Price after split, or record why the grant was rounded otherwise.",
    needs=_PRICE_NEEDS,
)
def price_rounded_as_chosen(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A price after a split keeps the aggregate, but is not the one that the plan's rounding gives.

    Why: one rounding for all options; a price higher than needed takes something from the holder (plan §19(b)).
    Example: $3.50 where $10.00 in a 3-for-1 split gives $3.34. After several splits the price rounded once and the
    one rounded at each split are both accepted: $10.01 after two 3-for-2 splits is $4.45 or $4.46.
    Not covered: a price below the exact one, which is SPLIT001; one that is exact to the last digit is accepted. Of
    PRESERVE_AGGREGATE, the aggregate of the shares granted is accepted beside that of the shares outstanding.
    """
    if _unread_split(ledger) is not None:
        return  # SPLIT001 says so
    for price in _prices(ledger, terms):
        if price.recorded > price.unrounded and price.recorded not in price.accepted:
            yield Hit(price.grant, "split_price", price.facts())


@rule(
    "SPLIT003",
    Severity.ERROR,
    plan="§15(a)",
    message=(
        "Grant {grant}: a price after split of {recorded} is recorded, other than its exercise price {price}, but "
        "Activity has no SPLIT after its grant date."
    ),
    fix="Record the split in Activity, or clear Price after split.",
    needs=_PRICE_NEEDS,
)
def price_without_split(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A price is recorded as adjusted for a split that the ledger does not have.

    Why: without the split every number of shares before it is counted too low or too high.
    Example: $5.00 after a 2-for-1 split of an option at $10.00, and no SPLIT row.
    Not covered: a price after split that equals the exercise price.
    """
    if _unread_split(ledger) is not None:
        return
    splits = splits_of(ledger.activity)
    for grant in ledger.grants:
        recorded, price = grant.split_price, grant.exercise_price
        if recorded is None or price is None or grant.grant_date is None or recorded == price:
            continue
        if not splits_after(grant.grant_date, splits):
            facts = {"grant": grant.grant, "recorded": dollars_text(recorded), "price": dollars_text(price)}
            yield Hit(grant, "split_price", facts)


_SHARES_NEEDS = ((Activity, "action"), (Activity, "shares"))


@rule(
    "SPLIT004",
    Severity.ERROR,
    plan="§15(b)",
    message="{action} of grant {grant}{on} is of {shares}; a part of a share is never issued.",
    fix="Enter {whole}: the fraction is left out, and the plan gives no cash for it.",
    needs=_SHARES_NEEDS,
)
def fraction_issued(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option was exercised for a number of shares that is not whole.

    Why: "no fractional shares will be issued under the Plan on account of any such adjustments"; a split may leave
    151.5 shares under an option, of which 151 can be exercised.
    Example: an EXERCISE of 151.5 shares of an option over 101 shares after a 3-for-2 split.
    Not covered: TENDER OTHER, which gives shares that the plan did not issue; fractions that are only carried; a row
    without a number, which is POOL004.
    """
    for row in rows_of_this_plan(ledger, terms):
        if row.action not in _OF_ISSUED_SHARES or row.grant is None:
            continue
        if row.shares is not None and row.shares.denominator != 1:
            facts = {"shares": counted_text(row.shares), "whole": counted_text(round_down(row.shares))}
            yield Hit(row, "shares", {"action": row.action, "grant": row.grant, "on": on_text(row.date), **facts})


_OF_ISSUED_SHARES = (Action.EXERCISE, Action.TENDER, Action.WITHHOLD, Action.NET_EXERCISE, Action.REPURCHASE)


@rule(
    "SPLIT005",
    Severity.ERROR,
    plan="§15(a)",
    message="Grant {grant}: {recorded} {are} recorded as those after all splits, {wrong}.",
    fix="Enter {right} in Shares after split{otherwise}.",
    needs=((Grant, "split_shares"), (Grant, "shares"), (Grant, "grant_date"), *_SHARES_NEEDS),
)
def shares_after_split(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The shares recorded as adjusted for splits are not those that the splits give.

    Why: an "appropriate and proportionate adjustment" of the shares under an option (y): more is a benefit that the
    split did not give, and fewer take from the holder what the plan promises (§19(b)).
    Example: 101 shares after a 3-for-2 split are 151.5, and 151 whole ones; 152 are too many, 150 too few. After
    several splits the shares rounded down once and those rounded down at each split are both accepted, and so is a
    fraction that is carried exactly.
    Not covered: what was exercised or cancelled since; the shares granted, restated, are meant.
    """
    unread, splits = _unread_split(ledger), splits_of(ledger.activity)
    for grant in ledger.grants:
        if grant.split_shares is None:
            continue
        lacking = [heading(Grant, name) for name in ("shares", "grant_date") if getattr(grant, name) is None]
        if unread is not None or lacking:
            yield Unsettled(f"the shares after splits of grant {grant.grant}", unread or f"it has no {lacking[0]}")
        elif (wrong := _shares_wrong(grant, splits, terms)) is not None:
            yield Hit(grant, "split_shares", wrong)


def _shares_wrong(grant: Grant, all_splits: Sequence[Split], terms: Terms) -> dict[str, object] | None:
    """What is wrong with the shares recorded after splits; None where they are as rounded once, or at each split."""
    recorded, granted, day = grant.split_shares, grant.shares, grant.grant_date
    assert recorded is not None and granted is not None and day is not None
    splits, split = splits_after(day, all_splits), splits_since(day, all_splits)
    unrounded = exact(float(granted * split.factor))  # what a sheet can hold of it has 15 digits
    right, accepted = unrounded, {unrounded}
    if terms.split_method is not SplitMethod.EXACT and splits:
        right = round_down(granted * split.factor)
        in_turn = granted
        for each in splits:
            in_turn = round_down(in_turn * each.factor)
        accepted |= {right, in_turn}
    if recorded in accepted:
        return None
    otherwise = ""
    if not splits:
        wrong = f"other than the {shares_text(granted)} granted, but Activity has no SPLIT after its grant date"
        otherwise = ", or record the split in Activity"
    elif recorded > unrounded:
        wrong = f"more than the {shares_text(unrounded)} that {shares_text(granted)} become in the {split} split"
    elif recorded < min(accepted):
        wrong = f"fewer than the {shares_text(min(accepted))} that {shares_text(granted)} become in the {split} split"
    else:
        wrong = f"neither whole shares nor the {shares_text(unrounded)} that the {split} split gives exactly"
    return {
        "grant": grant.grant, "recorded": counted_text(recorded), "right": shares_text(right), "wrong": wrong,
        "are": "is" if recorded == 1 else "are", "otherwise": otherwise,
    }  # fmt: skip


@rule(
    "SPLIT006",
    Severity.WARNING,
    plan="§14, §15(a)",
    message=(
        "EXERCISE of grant {grant} on {date} is after {record_date}, the record date of the {split} split, and before "
        "the split of {split_date}: its shares get no new ones."
    ),
    fix="Record what the board decided for its {shares}, bought in shares of before the split.",
    needs=((Activity, "record_date"), (Activity, "action"), (Activity, "date")),
)
def exercised_between_record_date_and_split(
    ledger: Ledger, terms: Terms, as_of: datetime.date
) -> Iterator[Hit | Unsettled]:
    """An option was exercised after the record date of a split and before the split.

    Why: "no adjustment shall be made for dividends or other rights for which the record date is prior to the date such
    stock certificate is issued": the shares issued get nothing of the split, and the option was not yet adjusted.
    Example: a 2-for-1 split of 13 March to holders of 6 March, and an EXERCISE on 8 March at the old price.
    Not covered: an EXERCISE on the record date itself; a certificate issued on another day than that of the EXERCISE.
    """
    others = of_other_plans(ledger, terms)
    rows = in_order(ledger.activity)
    for at, split in enumerate(rows):
        if split.action is not Action.SPLIT or split.date is None:
            continue
        earlier = [
            r for r in rows[:at] if r.action is Action.EXERCISE and (r.grant is None or r.grant.key not in others)
        ]
        if split.record_date is None:
            if earlier:
                yield Unsettled(f"the exercises before the SPLIT{on_text(split.date)} (§14)", "it has no Record date")
            continue
        for row in earlier:
            if row.date is not None and row.date > split.record_date:
                facts: dict[str, object] = {
                    "grant": row.grant, "date": date_text(row.date), "record_date": date_text(split.record_date),
                    "split": split.ratio, "split_date": date_text(split.date),
                    "shares": "shares" if row.shares is None else counted_text(row.shares),
                }  # fmt: skip
                yield Hit(row, "date", facts)


@rule(
    "SPLIT007",
    Severity.ERROR,
    plan="§14",
    message="The SPLIT on {date} has the record date {record_date}, which is later.",
    fix="Correct one of the two dates: who holds shares on the record date gets the new ones afterwards.",
    needs=((Activity, "record_date"), (Activity, "action"), (Activity, "date")),
)
def record_date_after_split(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A split's record date is later than the split.

    Why: the new shares go to those who hold shares on the record date; a later one cannot be, and what is reckoned from
    it is wrong (§14, last sentence).
    Example: a SPLIT on 13 March with the record date 31 March.
    Not covered: whether the dates are those that the board fixed.
    """
    for row in ledger.activity:
        date, record_date = row.date, row.record_date
        if row.action is Action.SPLIT and date is not None and record_date is not None and record_date > date:
            yield Hit(row, "record_date", {"date": date_text(date), "record_date": date_text(record_date)})


@rule(
    "SPLIT008",
    Severity.WARNING,
    plan="§15(a), §15(b)",
    message="Grant {grant}: the {split} split on {date} leaves {left} of a share of its {shares}, and no whole one.",
    fix="Record what the board decides for the option; until then it stays in the ledger.",
    needs=((Grant, "holder"), (Grant, "shares"), (Grant, "grant_date"), *_SHARES_NEEDS),
)
def no_whole_share_left(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A reverse split leaves an option without a whole share.

    Why: no fraction is issued, so that the option can no longer be exercised; the plan neither ends it nor gives cash.
    Example: an option with 9 shares left in a 1-for-10 split.
    Not covered: a fraction that an exercise has left.
    """
    rows = in_order(activity_of(ledger, terms))
    reverse = [(at, row, row.ratio) for at, row in enumerate(rows) if row.ratio is not None and row.ratio.factor < 1]
    if not reverse:
        return
    own, tranches = of_this_plan(ledger, terms), known_tranches(ledger)
    known = {tranche.grant.key for tranche in tranches}
    for grant in own.values():
        if grant.grant.key not in known:
            why = complete(ledger).of_grant.get(grant.grant.key) or "its holder, date, shares or tranches are not known"
            yield Unsettled(f"what a reverse split leaves of grant {grant.grant}", why)
    for at, row, split in reverse:
        made = [t for t in tranches if t.grant_date is not None and row.date is not None and t.grant_date < row.date]
        approvals = [later for later in rows[at:] if later.action is Action.APPROVAL]
        for key, shares in outstanding(made, [*rows[:at], *approvals]).items():
            if key not in own or isinstance(shares, Refusal):
                continue  # a history that cannot have happened is a finding of its own
            if shares >= 1 > shares * split.factor:
                facts = {"left": shares_text(shares * split.factor), "shares": shares_text(shares)}
                date = date_text(row.date) if row.date is not None else ""
                yield Hit(own[key], "shares", {"grant": own[key].grant, "split": split, "date": date, **facts})


def _unread_split(ledger: Ledger) -> str | None:
    """Why the splits are not all known."""
    why = why_lost(ledger, Action.SPLIT)
    return None if why is None else f"{why}, and the prices depend on it"


class _Price(NamedTuple):
    """A recorded price of a grant, after which split, exact, and as rounding may give it, the likeliest first."""

    grant: Grant
    split: Ratio
    recorded: Number
    unrounded: Number
    accepted: list[Number]

    def facts(self) -> dict[str, object]:
        shares = (self.grant.shares or 0) * self.split.factor
        return {
            "grant": self.grant.grant,
            "split": self.split,
            "recorded": _price_text(self.recorded),
            "exact": _price_text(self.unrounded),
            "unrounded": ""
            if self.accepted[0] == self.unrounded
            else f" ({_price_text(self.unrounded)} before rounding)",
            "right": _price_text(self.accepted[0]),
            "loss": dollars_text(shares * (self.unrounded - self.recorded)),
        }


def _prices(ledger: Ledger, terms: Terms) -> Iterator[_Price]:
    """Grants with a recorded price that a split has adjusted."""
    of_outstanding, all_splits = _aggregates_kept(ledger, terms), splits_of(ledger.activity)
    for grant in ledger.grants:
        if grant.split_price is None or grant.exercise_price is None or grant.grant_date is None:
            continue
        splits = splits_after(grant.grant_date, all_splits)
        if not splits:
            continue
        split = splits_since(grant.grant_date, all_splits)
        rounding = Rounding.of(terms)
        once = adjust(grant.shares or 0, grant.exercise_price, split, *rounding)
        in_turn = adjust_in_turn(grant.shares or 0, grant.exercise_price, splits, *rounding)
        found = [of_outstanding.get(grant.grant.key)]
        found += [None if isinstance(answer, Refusal) else answer[1] for answer in (once, in_turn)]
        accepted = [price for price in found if price is not None]
        if accepted:
            # What a sheet can hold of an exact price has 15 digits.
            unrounded = exact(float(ratio(grant.exercise_price, split.factor)))
            yield _Price(grant, split, grant.split_price, unrounded, accepted)


def _aggregates_kept(ledger: Ledger, terms: Terms) -> dict[str, Number]:
    """Prices that keep the aggregate "as to which such options remain exercisable" (§15(a)), by grant key."""
    if terms.split_method is not SplitMethod.PRESERVE_AGGREGATE:
        return {}
    prices = {grant.grant.key: grant.exercise_price for grant in ledger.grants}
    rounding = Rounding.of(terms)
    left = options_at(known_tranches(ledger), activity_of(ledger, terms), prices, None, Moment.END_OF_DAY, rounding)
    options = ((key, option) for key, option in left.items() if isinstance(option, Outstanding))
    return {key: o.price for key, o in options if o.price is not None and not isinstance(o.price, Refusal)}


def _price_text(price: Number) -> str:
    """A price with every digit that is to be entered."""
    return dollars_text(price) if (price * 10**6).denominator == 1 else f"${entered_text(price)}"
