"""Substituted and assumed options (plan §16(a)(i), §16(b); IRC §424(a); Treas. Reg. §1.424-1(a)(5)): the two tests."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from plansheet.core.numbers import (
    CENT,
    Number,
    counted_text,
    dollars_text,
    ratio,
    round_down,
    round_half_up,
    round_up,
    shares_text,
)
from plansheet.core.records import Grant, Ledger, heading
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import GrantType
from plansheet.plan.ledger import substitutes
from plansheet.plan.terms import Terms


class Side(NamedTuple):
    """An option just before or just after a substitution: shares, price per share, value of a share."""

    shares: Number
    price: Number
    fmv: Number

    @property
    def spread(self) -> Number:
        """What all shares are worth over the aggregate price, never below zero."""
        return max(0, self.shares * (self.fmv - self.price))

    @property
    def ratio(self) -> Number:
        """Price to value, share by share."""
        return ratio(self.price, self.fmv)


@dataclass(frozen=True, slots=True)
class Substitution:
    """An option and its substitute, neither spread nor ratio rounded."""

    old: Side
    new: Side

    @property
    def keeps_spread(self) -> bool:
        """IRC §424(a)(1): the spread just after is not more than the one just before."""
        return self.new.spread <= self.old.spread

    @property
    def keeps_ratio(self) -> bool:
        """Treas. Reg. §1.424-1(a)(5): the ratio of price to value is, share by share, not more favourable."""
        return self.new.ratio >= self.old.ratio

    @property
    def passes(self) -> bool:
        """Whether both tests are met; equality meets them."""
        return self.keeps_spread and self.keeps_ratio


def substitute(
    shares: Number, exercise_price: Number, old_fmv: Number, new_fmv: Number, exchange: Number | None = None
) -> Substitution:
    """The substitute of an option at so many new shares per old share (left out: as the values are to each other).

    Whole shares down and price up to the cent: neither adds a benefit. Values and exchange are above zero.
    """
    new_per_old = ratio(old_fmv, new_fmv) if exchange is None else exchange
    new = Side(round_down(shares * new_per_old), round_up(ratio(exercise_price, new_per_old), CENT), new_fmv)
    return Substitution(Side(shares, exercise_price, old_fmv), new)


_NEEDS = (
    (Grant, "old_shares"), (Grant, "old_price"), (Grant, "old_fmv"), (Grant, "new_fmv"), (Grant, "shares"),
    (Grant, "exercise_price"),
)  # fmt: skip
_MESSAGE = "Grant {grant} in place of an older option: {tests}."
_FIX = "Correct the shares or the price: in place of {old_shares} at {old_price}, {shares} at {price} pass both."


@rule(
    "SUBST001",
    Severity.ERROR,
    plan="§16(a)(i), §16(b)",
    law=("IRC §424(a)", "Treas. Reg. §1.424-1(a)(5)"),
    message=_MESSAGE,
    fix=_FIX,
    needs=_NEEDS,
)
def iso_substituted(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option in place of an ISO gives more than the old one.

    Why: options substituted for ISOs "shall meet the requirements of Section 424(a)"; where they do not, a new option
    was granted on that day, and below its value it is no ISO. The spread may not grow, nor the price fall against the
    value of a share.
    Example: 1,000 shares at $0.88 worth $1.586928 become 1,416 at $0.62 worth $1.12: to the nearest cent, both tests
    fail; at $0.63 both are met.
    Not covered: whether the old rights were given up and the other terms kept; whether the values are right. Grants of
    every plan are tested, and one without a type is taken for an ISO.
    """
    for grant in _substitutes(ledger):
        if grant.grant_type is not GrantType.NSO:
            yield from _tested(grant)


@rule(
    "SUBST002",
    Severity.WARNING,
    plan="§16(b)",
    law=("Treas. Reg. §1.409A-1(b)(5)(v)(D)",),
    message=_MESSAGE,
    fix=_FIX,
    needs=_NEEDS,
)
def nso_substituted(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option in place of an NSO gives more than the old one.

    Why: the plan lets the board choose the terms; but a substitute that would not meet the tests for ISOs is a new
    option for IRC §409A, and below its value deferred pay.
    Example: 1,000 shares at $0.88 worth $1.586928 become 1,416 at $0.62 worth $1.12.
    Not covered: options from before IRC §409A; the other terms.
    """
    for grant in _substitutes(ledger):
        if grant.grant_type is GrantType.NSO:
            yield from _tested(grant)


_OLD_AND_NEW = ("old_shares", "old_price", "old_fmv", "new_fmv", "shares", "exercise_price")


def _substitutes(ledger: Ledger) -> list[Grant]:
    """Grants that say of an older option, or that Activity calls substitutes (§16(b))."""
    named = substitutes(ledger)
    says_so = [any(getattr(grant, name) is not None for name in _OLD_AND_NEW[:4]) for grant in ledger.grants]
    return [g for g, says in zip(ledger.grants, says_so, strict=True) if says or g.grant.key in named]


def _tested(grant: Grant) -> Iterator[Hit | Unsettled]:
    # A price of 0 is one: 50 shares at $0.00 have the spread of 100 at $50.00, and another ratio.
    values: list[Number | None] = [getattr(grant, name) for name in _OLD_AND_NEW]
    old_shares, old_price, old_fmv, new_fmv, shares, price = values
    if old_shares is None or old_price is None or not old_fmv or not new_fmv or shares is None or price is None:
        lacking = [
            heading(Grant, name)
            for name, value in zip(_OLD_AND_NEW, values, strict=True)
            if value is None or (name in ("old_fmv", "new_fmv") and not value)
        ]
        yield Unsettled(f"grant {grant.grant} as a substitute for an older option", f"it has no {', '.join(lacking)}")
        return
    found = Substitution(Side(old_shares, old_price, old_fmv), Side(shares, price, new_fmv))
    if found.passes:
        return
    right = substitute(old_shares, old_price, old_fmv, new_fmv).new
    facts: dict[str, object] = {
        "grant": grant.grant,
        "tests": ", and ".join(_failed(found)),
        "old_shares": counted_text(old_shares),
        "old_price": dollars_text(old_price),
        "shares": shares_text(right.shares),
        "price": dollars_text(right.price),
    }
    yield Hit(grant, "exercise_price" if not found.keeps_ratio else "shares", facts)


def _failed(found: Substitution) -> Iterator[str]:
    if not found.keeps_spread:
        after, before = found.new.spread, found.old.spread
        yield f"the spread after is ${_apart(after, before)}, more than ${_apart(before, after)} before (spread test)"
    if not found.keeps_ratio:
        after, before = found.new.ratio, found.old.ratio
        yield (
            f"the price is {_apart(after, before)} of a share's value after, less than {_apart(before, after)} before "
            "(ratio test)"
        )


def _apart(figure: Number, other: Number) -> str:
    """A figure with as many decimals, from two on, as tell it from the other."""
    decimals = CENT
    while round_half_up(figure, decimals) == round_half_up(other, decimals) and decimals < 15:
        decimals += 1
    return f"{float(round_half_up(figure, decimals)):,.{decimals}f}"
