"""Taxes withheld (plan §20): with shares never more than the minimum, and those of a cash payment for options."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from plansheet.core.dates import date_text
from plansheet.core.numbers import CENT, Number, counted_text, dollars_text, ratio, round_down, round_half_up
from plansheet.core.records import Activity, Ledger, heading
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.activity import of_grant_text
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import rows_of_this_plan
from plansheet.plan.unread import is_unread


def withhold_shares(tax: Number, fmv: Number) -> tuple[Number, Number]:
    """The most whole shares that may be kept for a tax, and what is left of it to be paid in cash."""
    shares = round_down(ratio(tax, fmv))  # "cannot exceed the Company's minimum statutory withholding obligations"
    return shares, tax - shares * fmv


@dataclass(frozen=True, slots=True)
class TaxRates:
    """Rates as parts of one (22% is 0.22) and the sums to which they hold; a tax whose rate is None is not computed."""

    below: Number
    above: Number
    threshold: Number
    social: Number | None = None
    social_base: Number = 0
    medicare: Number | None = None
    state: Number | None = None


class TaxLine(NamedTuple):
    """A tax: the wages that it is of, its rate, and the amount, rounded half up to the cent."""

    tax: str
    wages: Number
    rate: Number
    amount: Number


def cashout_taxes(
    payment: Number, prior_supplemental: Number, prior_wages: Number, rates: TaxRates
) -> Iterator[TaxLine]:
    """What is withheld from a cash payment for options: wages, of an ISO too, for no stock is transferred (IRC §421).

    prior_supplemental: supplemental wages paid earlier in the year, which use up the threshold (Treas. Reg.
    §31.3402(g)-1(a)(2)). prior_wages: all wages paid earlier in the year that social security was taken of, which use
    up its base and nothing else.
    """
    below = _room(payment, rates.threshold, prior_supplemental)
    yield _line("Federal income tax below the threshold", below, rates.below)
    yield _line("Federal income tax above the threshold", payment - below, rates.above)
    if rates.social is not None:
        yield _line("Social security", _room(payment, rates.social_base, prior_wages), rates.social)
    if rates.medicare is not None:
        yield _line("Medicare", payment, rates.medicare)
    if rates.state is not None:
        yield _line("State income tax", payment, rates.state)


def _room(payment: Number, most: Number, used: Number) -> Number:
    """As much of a payment as an upper bound of the year still takes."""
    return min(payment, max(0, most - used))


def _line(tax: str, wages: Number, rate: Number) -> TaxLine:
    return TaxLine(tax, wages, rate, round_half_up(wages * rate, CENT))


@rule(
    "TAX001",
    Severity.ERROR,
    plan="§20",
    message=(
        "WITHHOLD{of_grant} on {date} keeps {withheld} at {fmv}, {value} in all: more than the minimum statutory tax "
        "of {tax}, for which {most} may be kept at most."
    ),
    fix="Reduce what is withheld to {most}{and_cash}, or correct Minimum tax.",
    needs=((Activity, "tax"), (Activity, "fmv"), (Activity, "shares"), (Activity, "action")),
)
def no_more_than_the_minimum(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """Shares withheld for tax are worth more than the minimum statutory withholding.

    Why: "the total tax withholding where stock is being used to satisfy such tax obligations cannot exceed the
    Company's minimum statutory withholding obligations".
    Example: 2,709 shares at $6.00 for a tax of $16,250.85; 2,708 and $2.85 in cash are right.
    Not covered: the tax itself, which is taken as recorded; a tax divided over several rows; whether the stock is
    registered, which is TAX002.
    """
    for row in rows_of_this_plan(ledger, terms):
        if row.action is not Action.WITHHOLD or is_unread(ledger, row, "fmv", "tax"):
            continue  # what cannot be read is LEDGER001
        on = date_text(row.date) if row.date is not None else "a day not given"
        if row.shares is None or row.tax is None or row.fmv is None:
            yield Unsettled(f"the shares withheld{of_grant_text(row)} on {on}", f"{_blank(row)} is blank")
            continue
        value = row.shares * row.fmv
        if value > row.tax:
            most, cash = withhold_shares(row.tax, row.fmv)
            facts: dict[str, object] = {
                "withheld": counted_text(row.shares),
                "of_grant": of_grant_text(row),
                "date": on,
                "fmv": dollars_text(row.fmv),
                "value": dollars_text(value),
                "tax": dollars_text(row.tax),
                "most": counted_text(most),
                "and_cash": f" and have {dollars_text(cash)} paid in cash" if cash else "",
            }
            yield Hit(row, "shares", facts)


def _blank(row: Activity) -> str:
    return " and ".join(heading(Activity, name) for name in ("shares", "fmv", "tax") if getattr(row, name) is None)


@rule(
    "TAX002",
    Severity.ERROR,
    plan="§20",
    message="WITHHOLD{of_grant} on {date} is before {registered}, the day from which the stock is registered.",
    fix="Correct the date or Registered on the Plan sheet, or record in the agreement that the board allowed it.",
    needs=((Activity, "action"), (Activity, "date")),
)
def withheld_before_registration(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """Shares were withheld for tax before the stock was registered under the Exchange Act.

    Why: an optionee may pay the tax with shares "when the Common Stock is registered under the Exchange Act".
    Example: registered from 21 July 1999, shares withheld on 20 July 1999.
    Not covered: a plan whose stock is not registered at all (Registered on the Plan sheet is blank); an option whose
    agreement says otherwise, as the board may provide.
    """
    for row in rows_of_this_plan(ledger, terms):
        if row.action is not Action.WITHHOLD or row.date is None or terms.registered is None:
            continue
        if row.date < terms.registered:
            facts: dict[str, object] = {"of_grant": of_grant_text(row), "date": date_text(row.date)}
            yield Hit(row, "date", facts | {"registered": date_text(terms.registered)})
