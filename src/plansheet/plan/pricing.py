"""The least exercise price (plan §6(a), §11(b)(i); IRC §422(b)(4), (c)(5)), compared exactly."""

import datetime
from collections.abc import Iterator

from plansheet.core.numbers import CENT, Number, dollars_text, ratio, round_up, shares_text
from plansheet.core.records import Grant, Holder, Ledger, heading
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import GrantType
from plansheet.plan.ledger import substitutes
from plansheet.plan.ownership import ten_percent_owner
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan
from plansheet.plan.unread import is_unread


def price_floor(fmv: Number, ten_percent: bool, terms: Terms) -> Number:
    """The least exercise price of an ISO, not rounded."""
    percent = terms.ten_percent_price_percent if ten_percent else terms.iso_price_percent
    return ratio(fmv * percent, 100)


def minimum_price(fmv: Number, ten_percent: bool, terms: Terms, decimals: int) -> Number:
    """The least exercise price of an ISO with so many decimals: rounded up, for below the floor it is none."""
    return round_up(price_floor(fmv, ten_percent, terms), decimals)


_NEEDS = ((Grant, "exercise_price"), (Grant, "fmv"), (Grant, "grant_type"))
_PARTS = ("exercise_price", "fmv", "grant_type", "old_price")


@rule(
    "PRICE001",
    Severity.ERROR,
    plan="§6(a), §11(b)(i)",
    law=("IRC §422(b)(4)", "IRC §422(c)(5)"),
    message=(
        "ISO {grant}: the exercise price {price} is below {floor}, {percent}% of the fair market value {fmv}{whose}."
    ),
    fix=(
        "Correct Exercise price or FMV if one is recorded wrong; if not, enter NSO in Type: an ISO needs at least "
        "{least}."
    ),
    needs=_NEEDS,
)
def iso_below_floor(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An ISO's exercise price is below fair market value at grant, or below 110% of it for a 10% owner.

    Why: "the exercise price shall not be less than 100% of the fair market value ... or less than 110% of such fair
    market value in the case of options described in Section 11(b)"; below it the option is no ISO from the start.
    Example: $11.01 for a 10% owner at a value of $10.01; 110% are $11.011.
    Not covered: an option in place of another company's (with Old price), which plan §16(b) lets keep its price; how
    the board found the value.
    """
    is_told = (Holder, "ten_percent") in ledger.columns or bool(ledger.holdings)
    is_open = False
    for grant, price, why in _priced(ledger, terms, GrantType.ISO):
        if why is not None:
            yield Unsettled(f"the exercise price of grant {grant.grant}", why)
            continue
        is_owner = _is_owner(ledger, terms, grant)
        if price < _floor(grant, is_owner or False, terms):
            yield Hit(grant, "exercise_price", _facts(grant, price, is_owner or False, terms))
        elif is_owner is None and price < _floor(grant, True, terms):
            is_open = True
            if is_told:
                why = f"neither Holders nor Holdings tell whether {grant.holder or 'the holder'} is a 10% owner"
                yield Unsettled(f"whether {dollars_text(price)} is enough for ISO {grant.grant}", why)
    if is_open and not is_told:
        percent = shares_text(terms.ten_percent_price_percent)
        why = f"no column {heading(Holder, 'ten_percent')} in Holders, and no Holdings"
        yield Unsettled(f"the least price of {percent}% for 10% owners", why)


@rule(
    "PRICE002",
    Severity.WARNING,
    plan="§6(a)",
    law=("IRC §409A", "Treas. Reg. §1.409A-1(b)(5)"),
    message=(
        "NSO {grant}: the exercise price {price} is below the fair market value {fmv}; the plan allows it, but the "
        "option may be deferred compensation."
    ),
    fix="Correct Exercise price or FMV if one is recorded wrong; if not, have counsel judge the option.",
    needs=_NEEDS,
)
def nso_at_a_discount(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An NSO's exercise price is below fair market value at grant.

    Why: a stock right is exempt from IRC §409A only if its price "may never be less than the fair market value" at
    grant; with a discount the holder is taxed at vesting, with 20% more.
    Example: $4.99 at a value of $5.00.
    Not covered: options that were vested before 2005, to which the section does not apply; options in place of another
    company's.
    """
    for grant, price, why in _priced(ledger, terms, GrantType.NSO):
        if why is not None:
            yield Unsettled(f"the exercise price of grant {grant.grant}", why)
        elif grant.fmv is not None and price < grant.fmv:
            facts = {"grant": grant.grant, "price": dollars_text(price), "fmv": dollars_text(grant.fmv)}
            yield Hit(grant, "exercise_price", facts)


def _priced(ledger: Ledger, terms: Terms, grant_type: GrantType) -> Iterator[tuple[Grant, Number, str | None]]:
    """This plan's grants of a type with their prices, and why a price cannot be judged.

    One in place of another company's may keep its price (§16(b); IRC §424(a)); one without a price is LEDGER005, one
    with a cell that cannot be read LEDGER001.
    """
    for grant in of_this_plan(ledger, terms).values():
        if grant.grant_type not in (grant_type, None) or grant.old_price is not None:
            continue
        price = grant.exercise_price
        if not price or is_unread(ledger, grant, *_PARTS):
            continue
        if not grant.fmv:
            yield grant, price, f"it has no {heading(Grant, 'fmv')}"
        elif grant.grant.key in substitutes(ledger) and price < _floor(grant, True, terms):
            yield grant, price, f"it is a substitute option and has no {heading(Grant, 'old_price')}"
        elif grant.grant_type is not None:
            yield grant, price, None
        elif price < _floor(grant, True, terms):  # above it a price is enough for any option
            yield grant, price, f"it has no {heading(Grant, 'grant_type')}"


def _is_owner(ledger: Ledger, terms: Terms, grant: Grant) -> bool | None:
    if grant.holder is None or grant.grant_date is None:
        return None
    return ten_percent_owner(ledger, terms, grant.holder, grant.grant_date)


def _floor(grant: Grant, ten_percent: bool, terms: Terms) -> Number:
    return price_floor(grant.fmv or 0, ten_percent, terms)


def _facts(grant: Grant, price: Number, ten_percent: bool, terms: Terms) -> dict[str, object]:
    fmv = grant.fmv or 0
    return {
        "grant": grant.grant,
        "price": dollars_text(price),
        "floor": dollars_text(price_floor(fmv, ten_percent, terms)),
        "percent": shares_text(terms.ten_percent_price_percent if ten_percent else terms.iso_price_percent),
        "fmv": dollars_text(fmv),
        "whose": ", for a 10% owner" if ten_percent else "",
        "least": dollars_text(minimum_price(fmv, ten_percent, terms, CENT)),
    }
