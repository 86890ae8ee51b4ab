"""The rules of stock splits (plan §14, §15), over a whole ledger."""

import datetime
from collections.abc import Iterable, Iterator

from plansheet.core.numbers import Number, dollars_text, entered_text, exact, ratio
from plansheet.core.records import Activity, Grant, Ledger
from plansheet.core.refusal import Refusal
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.adjustment import adjust, splits_since
from plansheet.plan.terms import Terms

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
    for grant, recorded, unrounded, right in _prices(ledger, terms):
        if recorded < unrounded:
            yield Hit(grant, "split_price", _price_facts(ledger, grant, recorded, unrounded, right))


@rule(
    "SPLIT002",
    Severity.WARNING,
    plan="§15(a)",
    message=(
        "Grant {grant}: the price after the {split} split is recorded as {recorded}; "
        "the plan's rounding gives {right} ({exact} before rounding)."
    ),
    fix="Enter {right} in Price after split, or record why the grant was rounded otherwise.",
    needs=_PRICE_NEEDS,
)
def price_rounded_as_chosen(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A price after a split keeps the aggregate, but is not the one that the plan's rounding gives.

    Why: one rounding for all options; a price higher than needed takes something from the holder (plan §19(b)).
    Example: $3.50 where $10.00 in a 3-for-1 split gives $3.34.
    Not covered: a price below the exact one, which is SPLIT001; one that is exact to the last digit is accepted.
    """
    if _unread_split(ledger) is not None:
        return  # SPLIT001 says so
    for grant, recorded, unrounded, right in _prices(ledger, terms):
        if recorded > unrounded and recorded != right:
            yield Hit(grant, "split_price", _price_facts(ledger, grant, recorded, unrounded, right))


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
    for grant in ledger.grants:
        recorded, price = grant.split_price, grant.exercise_price
        if recorded is None or price is None or grant.grant_date is None or recorded == price:
            continue
        if not _was_split(grant.grant_date, ledger.activity):
            facts = {"grant": grant.grant, "recorded": dollars_text(recorded), "price": dollars_text(price)}
            yield Hit(grant, "split_price", facts)


def _unread_split(ledger: Ledger) -> str | None:
    """The message of an unread row that may be a split."""
    for unread in ledger.unread:
        record = unread.record
        if unread.loses_row and isinstance(record, Activity) and record.action in (Action.SPLIT, None):
            return f"{unread.message}, and the prices depend on it"
    return None


def _was_split(granted: datetime.date, activity: Iterable[Activity]) -> bool:
    return any(row.action is Action.SPLIT and row.date is not None and row.date > granted for row in activity)


def _prices(ledger: Ledger, terms: Terms) -> Iterator[tuple[Grant, Number, Number, Number]]:
    """Grants with a recorded price: recorded, exact, and as the plan's rounding gives it."""
    for grant in ledger.grants:
        if grant.split_price is None or grant.exercise_price is None or grant.grant_date is None:
            continue
        if not _was_split(grant.grant_date, ledger.activity):
            continue
        split = splits_since(grant.grant_date, ledger.activity)
        answer = adjust(grant.shares or 0, grant.exercise_price, split, terms.split_method, terms.split_decimals)
        if not isinstance(answer, Refusal):
            # What a sheet can hold of an exact price has 15 digits.
            unrounded = exact(float(ratio(grant.exercise_price, split.factor)))
            yield grant, grant.split_price, unrounded, answer[1]


def _price_facts(ledger: Ledger, grant: Grant, recorded: Number, unrounded: Number, right: Number) -> dict[str, object]:
    assert grant.grant_date is not None
    split = splits_since(grant.grant_date, ledger.activity)
    shares = (grant.shares or 0) * split.factor
    return {
        "grant": grant.grant,
        "split": split,
        "recorded": _price_text(recorded),
        "exact": _price_text(unrounded),
        "right": _price_text(right),
        "loss": dollars_text(shares * (unrounded - recorded)),
    }


def _price_text(price: Number) -> str:
    """A price with every digit that is to be entered."""
    return dollars_text(price) if (price * 10**6).denominator == 1 else f"${entered_text(price)}"
