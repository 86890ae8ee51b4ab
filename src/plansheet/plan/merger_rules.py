"""The rules of a merger (plan §16(a)), over a whole ledger."""

import datetime
from collections.abc import Iterator

from plansheet.core.numbers import dollars_text
from plansheet.core.records import Activity, Grant, Holder, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import CashoutMethod
from plansheet.plan.ledger import complete
from plansheet.plan.merger import holder_payment, outstanding_at
from plansheet.plan.terms import Terms


@rule(
    "CASH001",
    Severity.ERROR,
    plan="§16(a)(iii)",
    message=(
        "The merger payment of {holder} is recorded as {recorded}; at {price} a share the plan gives {right} "
        "(by the plan's words {plan}, with each option floored at zero {per_option})."
    ),
    fix="Pay {right} and enter it, or set Cashout method on the Plan sheet if the board has decided otherwise.",
    needs=((Holder, "cashout"), (Grant, "exercise_price"), (Activity, "action")),
)
def recorded_payment(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A holder's recorded payment in a merger is not what the plan gives.

    Why: the payment is the amount by which the merger price for all of a holder's options "exceeds (B) the aggregate
    exercise price of all such outstanding options": underwater options reduce it. Per option is market practice.
    Example: at $6.00, 10,000 shares at $1.31 and 5,000 at $12.00 give $16,900.00, per option $46,900.00.
    Not covered: a merger price paid later or in shares; taxes withheld from the payment.
    """
    if terms.merger_price is None or terms.merger_date is None:
        if any(holder.cashout is not None for holder in ledger.holders):
            yield Unsettled("the merger payments in Holders", "the Plan sheet has no Merger price or no Merger date")
        return
    strange = {t.holder.key: t.grant for t in complete(ledger).strangers if t.holder is not None}
    held, unclear = outstanding_at(ledger, terms, terms.merger_date)
    for holder in ledger.holders:
        if holder.cashout is None:
            continue
        options = held.get(holder.holder.key, [])
        unpriced = next((option.grant.grant for option in options if not option.price), None)
        why = unclear.get(holder.holder.key) or (f"grant {unpriced} has no exercise price" if unpriced else None)
        if why is None and holder.holder.key in strange:
            why = f"grant {strange[holder.holder.key]} is not in Grants, so that its price is not known"
        if why is not None:
            yield Unsettled(f"the merger payment of {holder.holder}", why)
            continue
        payment = holder_payment(terms.merger_price, [(o.shares, o.price) for o in options if o.price is not None])
        right = payment.plan if terms.cashout_method is CashoutMethod.PLAN else payment.per_option
        if holder.cashout != right:
            facts = {
                "holder": holder.holder,
                "recorded": dollars_text(holder.cashout),
                "price": dollars_text(terms.merger_price),
                "right": dollars_text(right),
                "plan": dollars_text(payment.plan),
                "per_option": dollars_text(payment.per_option),
            }
            yield Hit(holder, "cashout", facts)
