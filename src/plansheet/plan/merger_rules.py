"""The rules of a merger (plan §16(a)), over a whole ledger: the cash payment (iii), the notice (ii), the closing (iv).

What a merger is stands on the Plan sheet; where it has no merger, there is nothing to check.
"""

import datetime
from collections.abc import Iterable, Iterator
from functools import lru_cache

from plansheet.core.dates import date_text, days_after
from plansheet.core.numbers import Number, counted_text, dollars_text
from plansheet.core.records import Activity, Grant, Holder, Ledger
from plansheet.core.rule import Hit, Severity, TermOf, Unsettled, rule
from plansheet.core.words import Action, CashoutMethod, Identifier, Moment
from plansheet.plan.activity import in_order, row_text
from plansheet.plan.merger import HolderPayment, outstanding_at, payments
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan
from plansheet.plan.unread import why_lost


def _payments(ledger: Ledger, terms: Terms) -> dict[Identifier, HolderPayment | str]:
    """What each holder is to be paid, or why that cannot be told; nobody where no merger is known."""
    if terms.merger_price is None or terms.merger_date is None:
        return {}
    return payments(ledger, terms, terms.merger_price, terms.merger_date)


def _unsettled(holder: Identifier, why: str) -> Unsettled:
    return Unsettled(f"the merger payment of {holder}", why)


def _not_listed(ledger: Ledger, owed: Iterable[Identifier]) -> Iterator[Unsettled]:
    """Holders of options at the closing who have no line in Holders, where their payment would stand."""
    listed = {holder.holder for holder in ledger.holders}
    for holder in owed:
        if holder not in listed:
            yield _unsettled(holder, f"{holder} has options and is not in Holders")


def _given(terms: Terms, payment: HolderPayment) -> Number:
    return payment.plan if terms.cashout_method is CashoutMethod.PLAN else payment.per_option


@rule(
    "CASH001",
    Severity.ERROR,
    plan="§16(a)(iii)",
    message=(
        "The merger payment of {holder} is recorded as {recorded}; at {price} a share the plan gives {right}{readings}."
    ),
    fix="Pay {right} and enter it{or_choose}.",
    needs=((Holder, "cashout"), (Grant, "exercise_price"), (Activity, "action")),
)
def recorded_payment(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A holder's recorded payment in a merger is not what the plan gives.

    Why: the payment is the amount by which the merger price for all of a holder's options "exceeds (B) the aggregate
    exercise price of all such outstanding options": underwater options reduce it. Per option is market practice.
    Example: at $6.00, 10,000 shares at $1.31 and 5,000 at $12.00 give $16,900.00, per option $46,900.00.
    Not covered: a merger price paid later or in shares, which is CASH003; a payment that is not recorded, which is
    CASH004; taxes withheld from the payment. A fraction of a share that a split left may be paid or not.
    """
    if terms.merger_price is None or terms.merger_date is None:
        if _paid(ledger):
            yield Unsettled("the merger payments in Holders", "the Plan sheet has no Merger price or no Merger date")
        return
    owed = _payments(ledger, terms)
    of_whole_shares = payments(ledger, terms, terms.merger_price, terms.merger_date, whole_shares=True)
    for holder in ledger.holders:
        payment, of_whole = owed[holder.holder], of_whole_shares[holder.holder]
        if holder.cashout is None:
            continue
        if isinstance(payment, str) or isinstance(of_whole, str):
            yield _unsettled(holder.holder, str(payment))
        elif holder.cashout not in (_given(terms, payment), _given(terms, of_whole)):
            plan, per_option = dollars_text(payment.plan), dollars_text(payment.per_option)
            readings = f" (by the plan's words {plan}, with each option floored at zero {per_option})"
            choice = ", or set Cashout method on the Plan sheet if the board has decided otherwise"
            facts = {
                "holder": holder.holder,
                "recorded": dollars_text(holder.cashout),
                "price": dollars_text(terms.merger_price),
                "right": dollars_text(_given(terms, payment)),
                "readings": readings if payment.difference else "",
                "or_choose": choice if payment.difference else "",
            }
            yield Hit(holder, "cashout", facts)


@rule(
    "CASH002",
    Severity.WARNING,
    plan="§16(a)(iii)",
    message=(
        "The plan's words give {holder} {plan}, each option for itself {per_option}: {difference} more, because "
        "underwater options reduce the payment."
    ),
    fix="Pay {plan}, or set Cashout method on the Plan sheet to PER_OPTION if the board has decided so.",
    needs=((Holder, "holder"), (Grant, "exercise_price"), (Activity, "action")),
)
def readings_differ(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The two readings of a holder's payment in a merger differ, and the board has to say which one it takes.

    Why: by its words the plan nets all of a holder's options; but the board may also pay for those in the money (iii)
    and let the others end on notice (ii), and its construction is final (§2(b)(i)).
    Example: at $6.00, 10,000 shares at $1.31 and 5,000 at $12.00 give $16,900.00, per option $46,900.00.
    Not covered: a plan whose Cashout method is PER_OPTION, for which the question is decided; another payment than the
    plan's words give, which is CASH001.
    """
    if terms.cashout_method is not CashoutMethod.PLAN:
        return
    owed = _payments(ledger, terms)
    field = "cashout" if (Holder, "cashout") in ledger.columns else "holder"
    for holder in {each.holder: each for each in reversed(ledger.holders)}.values():
        payment = owed.get(holder.holder)
        if isinstance(payment, str):
            yield _unsettled(holder.holder, payment)
        elif payment is not None and payment.difference and holder.cashout in (None, payment.plan):
            facts = {
                "holder": holder.holder,
                "plan": dollars_text(payment.plan),
                "per_option": dollars_text(payment.per_option),
                "difference": dollars_text(payment.difference),
            }
            yield Hit(holder, field, facts)
    yield from _not_listed(ledger, owed)


@rule(
    "CASH003",
    Severity.WARNING,
    plan="§16(a)(iii)",
    law=("Treas. Reg. §1.409A-3(i)(5)(iv)(A)",),
    message=(
        "By Merger contingent a part of the price is paid later; the plan's Merger Price{of_price} is only what "
        "shareholders receive upon the closing."
    ),
    fix="Enter as Merger price what is paid upon the closing, and have counsel say how options share in the rest.",
)
def paid_later(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A part of the merger price is paid later than at the closing.

    Why: the plan pays on what holders of the stock "will receive upon consummation"; escrow, earn-out and holdbacks are
    outside these words. A later payment is deferred pay that IRC §409A bears only on the shareholders' own terms.
    Example: $6.00 a share, of which $0.60 stay in escrow for a year.
    Not covered: what the later part is worth; a price paid in shares, which §16(a)(i) is for.
    """
    if terms.merger_contingent:
        price = terms.merger_price
        yield Hit(
            TermOf("merger_contingent"), None, {"of_price": "" if price is None else f" of {dollars_text(price)}"}
        )


@rule(
    "CASH004",
    Severity.ERROR,
    plan="§16(a)(iii)",
    message="{holder} has options over {shares} at the closing on {closing}; {right} is due, no payment is recorded.",
    fix="Pay {right} and enter it in Merger payment.",
    needs=((Holder, "cashout"), (Grant, "exercise_price"), (Activity, "action")),
)
def payment_not_recorded(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A holder of options at the closing was not paid, although others were.

    Why: the payment goes "to the optionees" for "all such outstanding options (whether or not then exercisable)"; who
    is left out loses it.
    Example: two holders are paid at the closing; a third, whose option was not yet exercisable, has no payment.
    Not covered: a merger in which nobody is paid; options may then be assumed (i) or end on notice (ii). Where some are
    paid for and others assumed, say so of the others in Assumed.
    """
    if terms.merger_date is None or terms.merger_date > as_of:
        return
    owed, paid = _payments(ledger, terms), _paid(ledger)
    due = {name for name, payment in owed.items() if isinstance(payment, str) or _given(terms, payment) > 0}
    if due and not paid:
        yield Unsettled("the merger payments in Holders", "none is recorded; enter them if options were paid for")
        return
    for holder in ledger.holders:
        payment = owed.get(holder.holder)
        if holder.holder in paid or payment is None:
            continue
        if isinstance(payment, str):
            yield _unsettled(holder.holder, payment)
        elif _given(terms, payment) > 0:
            facts = {
                "holder": holder.holder,
                "shares": counted_text(payment.shares),
                "closing": date_text(terms.merger_date),
                "right": dollars_text(_given(terms, payment)),
            }
            yield Hit(holder, "cashout", facts)
    yield from _not_listed(ledger, owed)


@lru_cache(maxsize=1)  # asked for every row of the same ledger
def _paid(ledger: Ledger) -> frozenset[Identifier]:
    """Holders with a recorded payment."""
    return frozenset(holder.holder for holder in ledger.holders if holder.cashout is not None)


@rule(
    "MERGER001",
    Severity.ERROR,
    plan="§16(a)(ii)",
    message="{what} {wrong}.",
    fix="Correct the dates of the merger on the Plan sheet; without such a notice no option ends at the closing.",
)
def notice_window(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The time to exercise that a notice gives does not lie between the notice and the closing.

    Why: options end immediately before the closing "unless exercised by the optionee within a specified period
    following the date of such notice"; a period that ends before the notice or runs past the closing is none.
    Example: a notice of 1 December with a last day to exercise of 10 January, and the closing on 5 January.
    Not covered: whether the period is long enough, and whether the notice reached every holder.
    """
    notice, last, closing = terms.merger_notice, terms.merger_exercise_by, terms.merger_date
    if last is None:
        if notice is not None and closing is not None and notice >= closing:
            wrong = f"is not before the closing on {date_text(closing)}"
            yield Hit(TermOf("merger_notice"), None, {"what": f"The notice of {date_text(notice)}", "wrong": wrong})
        elif notice is not None:
            yield Unsettled("the notice of the merger", "the Plan sheet has no Merger exercise by, its last day")
        return
    wrongs = []
    if notice is None:
        wrongs.append("is given by no notice (Merger notice is blank)")
    elif last <= notice:
        wrongs.append(f"is not after the notice of {date_text(notice)}")
    if closing is None:
        yield Unsettled("the notice of the merger", "the Plan sheet has no Merger date")
    elif last > closing:
        wrongs.append(f"is after the closing on {date_text(closing)}")
    if wrongs:
        what = f"The last day to exercise, {date_text(last)},"
        yield Hit(TermOf("merger_exercise_by"), None, {"what": what, "wrong": " and ".join(wrongs)})


@rule(
    "MERGER002",
    Severity.ERROR,
    plan="§16(a)(ii)",
    message="EXERCISE of grant {grant} on {date} is after {last}, the last day that the notice of the merger gives.",
    fix="Rescind the exercise, or correct its date: after that day the option ends with the closing.",
    needs=((Activity, "date"), (Activity, "action")),
)
def exercised_after_the_window(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option was exercised after the last day of the notice and up to the closing.

    Why: "all unexercised options will terminate immediately prior to the consummation of such transaction unless
    exercised by the optionee within a specified period".
    Example: the notice lets exercise until 31 December, the closing is on 5 January, and an EXERCISE stands on 3
    January.
    Not covered: exercises after the closing, which are MERGER003; a merger whose notice or date is not known.
    """
    last, closing = terms.merger_exercise_by, terms.merger_date
    if last is None or closing is None:
        return
    for row, grant in _own_rows(ledger, terms):
        if row.action is Action.EXERCISE and row.date is not None and last < row.date <= closing:
            yield Hit(row, "date", {"grant": grant.grant, "date": date_text(row.date), "last": date_text(last)})


_OF_OPTIONS = frozenset({Action.EXERCISE, Action.ACCELERATE, Action.PERFORMANCE_MET})


@rule(
    "MERGER003",
    Severity.ERROR,
    plan="§16(a)",
    message="{what} on {date} is after the closing on {closing}, at which the plan's options ended ({how}).",
    fix="Correct the date, or the Merger date on the Plan sheet; what ends an option stands on the day of the closing.",
    needs=((Activity, "date"), (Activity, "action")),
)
def row_after_the_closing(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """Something is recorded of an option after the closing of the merger that ended it.

    Why: on notice options "terminate immediately prior to the consummation" (ii), and a payment is made "in exchange
    for the termination of such options" (iii); afterwards there is none to exercise, cancel or grant on this stock.
    Example: an EXERCISE the day after the closing, of an option whose holder was paid.
    Not covered: options that were assumed, and those of holders without a recorded payment, where no notice was given.
    """
    closing = terms.merger_date
    if closing is None:
        return
    listed = {grant.grant.key for row, grant in _own_rows(ledger, terms) if row.action.grants_option}
    for row, grant in _own_rows(ledger, terms):
        counts = row.action.ends_options or row.action in _OF_OPTIONS or row.action.grants_option
        how = _ended(ledger, terms, None if row.action.grants_option else grant.holder)
        if counts and how is not None and row.date is not None and row.date > closing and not grant.assumed:
            facts: dict[str, object] = {
                "what": f"{row.action} of grant {grant.grant}",
                "date": date_text(row.date),
                "how": how,
            }
            yield Hit(row, "date", facts | {"closing": date_text(closing)})
    how = _ended(ledger, terms, None)
    for key, grant in of_this_plan(ledger, terms).items():
        day = grant.grant_date
        if how is not None and day is not None and day > closing and key not in listed:
            facts = {"what": f"The grant of {grant.grant}", "date": date_text(day), "how": how}
            yield Hit(grant, "grant_date", facts | {"closing": date_text(closing)})


def _own_rows(ledger: Ledger, terms: Terms) -> Iterator[tuple[Activity, Grant]]:
    """Rows of a grant under this plan, with it."""
    own = of_this_plan(ledger, terms)
    for row in ledger.activity:
        if row.grant is not None and row.grant.key in own:
            yield row, own[row.grant.key]


def _ended(ledger: Ledger, terms: Terms, holder: Identifier | None) -> str | None:
    """By what a holder's options (left out: any) ended at the closing; None where nothing recorded says so."""
    if terms.merger_notice is not None:
        return f"notice of {date_text(terms.merger_notice)}"
    paid = _paid(ledger)
    if holder is None:
        return "options were paid for" if paid else None
    return f"{holder} was paid" if holder in paid else None


@rule(
    "MERGER006",
    Severity.ERROR,
    plan="§16(a)",
    message="Grant {grant} has {shares} outstanding after the closing on {closing}, though it ended there ({how}).",
    fix="Record its end on the day of the closing (TERMINATE).",
    needs=((Grant, "grant"), (Grant, "holder"), (Activity, "date"), (Activity, "action")),
)
def outstanding_after_the_closing(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option that a notice or a payment ended at the closing is still outstanding after it.

    Why: on notice options "terminate immediately prior to the consummation" (ii), and a payment is made "in exchange
    for the termination of such options" (iii); their shares return to the pool (§4).
    Example: a holder's payment is recorded, and no row of Activity ends the option.
    Not covered: options of holders without a recorded payment, where no notice was given; an end that is recorded on a
    later day, which is MERGER003.
    """
    closing = terms.merger_date
    if closing is None or closing >= as_of:
        return
    held, unclear = outstanding_at(ledger, terms, closing, Moment.END_OF_DAY)
    later = {row.grant for row in ledger.activity if row.action.ends_options and (row.date or closing) > closing}
    for holder in dict.fromkeys(g.holder for g in of_this_plan(ledger, terms).values() if g.holder is not None):
        how = _ended(ledger, terms, holder)
        if how is None:
            continue
        if holder.key in unclear and terms.merger_price is not None and holder in _paid(ledger):
            continue  # CASH001 says so of the payment
        if holder.key in unclear:
            yield Unsettled(f"whether the options of {holder} ended at the closing", unclear[holder.key])
            continue
        for option in held.get(holder.key, []):
            if option.grant.grant not in later:
                facts = {"grant": option.grant.grant, "shares": counted_text(option.shares), "how": how}
                yield Hit(option.grant, "grant", facts | {"closing": date_text(closing)})


@rule(
    "MERGER004",
    Severity.ERROR,
    plan="§16(a)(iv)",
    message="By Merger accelerates all options became exercisable, but {what}.",
    fix=(
        "Record an ACCELERATE without a grant on the day of the closing and list it above the rows that end options, "
        "or correct Merger accelerates."
    ),
    needs=((Activity, "date"), (Activity, "action"), (Activity, "grant")),
)
def acceleration_not_recorded(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """All options became exercisable before the closing, and the ledger does not have it.

    Why: an acceleration makes options first exercisable in the year of the closing, so that the $100,000 limit of that
    year is to be reckoned again (§11(c); Treas. Reg. §1.422-4(b)(4)).
    Example: Merger accelerates is yes, and the last rows of Activity are the cancellations of the closing.
    An ACCELERATE listed below the rows of that day which end options finds nothing left of them.
    Not covered: acceleration of single options, which the agreements may provide for.
    """
    closing = terms.merger_date
    if not terms.merger_accelerates or (closing is not None and closing > as_of):
        return
    what = "the acceleration at the merger"
    if closing is None:
        yield Unsettled(what, "the Plan sheet has no Merger date")
        return
    before = days_after(closing, -1)
    rows = [row for row in ledger.activity if row.action is Action.ACCELERATE and row.date in (before, closing)]
    lost = why_lost(ledger, Action.ACCELERATE)
    general = [row for row in rows if row.grant is None]
    if general:
        below = _first_ended(ledger, terms, closing)
        if below is not None and not any(_is_above(ledger, row, below) for row in general):
            told = f"the ACCELERATE on {date_text(closing)} stands below the {row_text(below)}, and takes nothing of it"
            yield Hit(general[0], "action", {"what": told})
        return
    if rows or lost is not None:
        why = lost or "ACCELERATE rows of the closing name single grants; leave Grant blank for all"
        yield Unsettled(what, why)
    else:
        missing = f"Activity has no ACCELERATE on {date_text(before)} or {date_text(closing)}"
        yield Hit(TermOf("merger_accelerates"), None, {"what": missing})


_TAKES_UNEXERCISABLE = frozenset({Action.FORFEIT, Action.CANCEL, Action.TERMINATE})


def _first_ended(ledger: Ledger, terms: Terms, closing: datetime.date) -> Activity | None:
    """The first row of the closing's day that ends shares of an option which an acceleration would take."""
    rows = (row for row, _ in _own_rows(ledger, terms) if row.date == closing)
    return next((row for row in rows if row.action in _TAKES_UNEXERCISABLE), None)


def _is_above(ledger: Ledger, row: Activity, other: Activity) -> bool:
    """Whether a row counts before another: by date, and of one day as listed."""
    return next(each is row for each in in_order(ledger.activity) if each is row or each is other)


@rule(
    "MERGER005",
    Severity.WARNING,
    plan="§16(a)(iv)",
    message="ACCELERATE of all options on {date}, the day of the closing, although Merger accelerates is no.",
    fix="Correct Merger accelerates on the Plan sheet if the board has accelerated all options, or remove the row.",
    needs=((Activity, "date"), (Activity, "action"), (Activity, "grant")),
)
def accelerated_all_the_same(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """All options were accelerated on the day of the closing, although the merger does not accelerate them.

    Why: whether options become exercisable "in full immediately prior to such event" is the board's to say; one of the
    two records is wrong, and the limit of the year depends on it (§11(c)).
    Example: Merger accelerates is no, and an ACCELERATE without a grant stands on the day of the closing.
    Not covered: an ACCELERATE of one grant, which its agreement may provide for.
    """
    if terms.merger_accelerates is not False or terms.merger_date is None:
        return
    for row in ledger.activity:
        if row.action is Action.ACCELERATE and row.grant is None and row.date == terms.merger_date:
            yield Hit(row, "action", {"date": date_text(terms.merger_date)})
