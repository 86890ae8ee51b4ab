"""Shareholders' approval of the plan and of its amendments (plan §19(a), §22(a); IRC §422(b)(1))."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from plansheet.core.dates import date_text, months_after, on_text
from plansheet.core.numbers import Number, counted_text, ratio, shares_text, whole_if_possible
from plansheet.core.records import Activity, Grant, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.activity import in_order
from plansheet.plan.approval_gate import plan_approvals, plan_approved
from plansheet.plan.increase import Dependence, Dependent, Exercised, dependence, increases, reserved, taken_back
from plansheet.plan.pool import Measure, PoolLine, pool_ledger
from plansheet.plan.pool_rules import opening_reserve, pool_of, pool_rows, record_of
from plansheet.plan.standing import standing
from plansheet.plan.statute import statute
from plansheet.plan.terms import ASSUMED_ADOPTION, Terms
from plansheet.plan.this_plan import of_this_plan, own_grants, rows_of_this_plan
from plansheet.plan.unread import is_unread, why_lost


class Approval(Enum):
    """How it stands with an approval on some day."""

    IN_TIME = "approved in time"
    PENDING = "not approved, and still in time"
    LAPSED = "not approved in time"


def approval_deadline(adopted: datetime.date, months: int) -> datetime.date:
    """The last day for an approval, "within twelve months after" the adoption: the anniversary is still in time."""
    return months_after(adopted, months)


def approval(
    adopted: datetime.date, approved: datetime.date | None, as_of: datetime.date, months: int, months_before: int
) -> Approval:
    """Whether an approval came in time or still can (plan §22(a)); IRC §422(b)(1) counts it before the adoption too."""
    deadline = approval_deadline(adopted, months)
    if approved is not None:
        # Counted from the approval: a month's last day is within so many months of the same day, and not one later.
        in_time = approved <= deadline and approval_deadline(approved, months_before) >= adopted
        return Approval.IN_TIME if in_time else Approval.LAPSED
    return Approval.PENDING if as_of <= deadline else Approval.LAPSED


def _stands(adopted: datetime.date, approved: datetime.date | None, terms: Terms, as_of: datetime.date) -> Approval:
    return approval(adopted, approved, as_of, terms.approval_months, statute()["approval_months"].value)


def _was(approved: datetime.date | None) -> str:
    """What is recorded of an approval."""
    return "for which no approval is recorded" if approved is None else f"approved on {date_text(approved)}"


def _first_grant(ledger: Ledger, terms: Terms) -> Grant | None:
    own = (g for g in of_this_plan(ledger, terms).values() if g.grant_date is not None)
    return min(own, key=lambda g: g.grant_date or datetime.date.max, default=None)


# --- The plan -------------------------------------------------------------------------------------------------------


class _Gate(NamedTuple):
    """What an exercise had to wait for, and since when it need not; None: it still has to."""

    what: str
    approved: datetime.date | None


@rule(
    "APPROVE001",
    Severity.ERROR,
    plan="§22(a)",
    law=("IRC §422(b)(1)",),
    message="Grant {grant}: {shares} exercised on {day} before the shareholders approved {what}{when}.",
    fix="Rescind the exercise, or correct its date or that of the approval.",
    needs=((Activity, "action"), (Activity, "date"), (Activity, "grant"), (Activity, "shares")),
)
def exercised_before_approval(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option was exercised before the shareholders approved the plan, or the increase of the reserve it rests on.

    Why: "no option granted under the Plan shall become exercisable unless and until the Plan shall have been approved
    by the Company's shareholders"; the same holds for what an amendment was required to enable.
    Example: an increase adopted on 10 April 2001 and never approved, an exercise on 1 December 2001 of its shares.
    Not covered: increases of the reserve where Activity has no Approved; amendments other than those increases. Of
    several APPROVAL rows the first approves the plan, and Approved of the Plan sheet goes before them; what is
    exercisable waits for the last of all (APPROVE007, VEST001).
    """
    exercises = [row for row in rows_of_this_plan(ledger, terms) if row.action is Action.EXERCISE]
    approved = plan_approved(ledger, terms)
    if exercises and approved is None:
        why = why_lost(ledger, Action.APPROVAL)
        if why is None and terms.assumes("adopted"):
            yield ASSUMED_ADOPTION
        elif why is None and _stands(terms.adopted, None, terms, as_of) is Approval.PENDING:
            why = "the Plan sheet has no Approved, and Activity no APPROVAL row without a grant"
        if why is not None:  # otherwise it is APPROVE006
            yield Unsettled("whether options were exercised before the approval of the plan", why)
    of_option = _option_approvals(ledger)
    parts: dict[int, list[Exercised]] = {}
    for part in _increases_needed(ledger, terms).exercises:
        parts.setdefault(id(part.activity), []).append(part)
    for row in exercises:
        if row.date is None or row.grant is None:
            continue  # a row without its date or grant is LEDGER001
        gates = [_Gate("the plan", approved), _Gate("the option", of_option.get(row.grant.key))]
        closed = next((gate for gate in gates if gate.approved is not None and row.date < gate.approved), None)
        shares = row.shares
        for part in parts.get(id(row), []) if closed is None else []:
            opened = part.increase.approved
            if (opened is None or row.date < opened) and not _is_unread(ledger, part.increase):
                closed, shares = _Gate(_increase_text(part.increase), opened), part.shares
                break
        if closed is not None:
            yield Hit(row, "date", _exercise_facts(row, shares, closed))


def _option_approvals(ledger: Ledger) -> dict[str, datetime.date]:
    """The days of APPROVAL rows of one grant, of several the latest, by its key."""
    days: dict[str, datetime.date] = {}
    for row in ledger.activity:
        if row.action is Action.APPROVAL and row.grant is not None and row.date is not None:
            days[row.grant.key] = max(row.date, days.get(row.grant.key, row.date))
    return days


def _exercise_facts(row: Activity, shares: Number | None, gate: _Gate) -> dict[str, object]:
    assert row.date is not None
    number = "shares were" if shares is None else f"{counted_text(shares)} {'was' if shares == 1 else 'were'}"
    when = on_text(gate.approved) or "; no approval is recorded"
    return {"grant": row.grant, "shares": number, "day": date_text(row.date), "what": gate.what, "when": when}


@rule(
    "APPROVE002",
    Severity.ERROR,
    plan="§22(a)",
    law=("IRC §422(b)(1)",),
    message=(
        "The plan, adopted on {adopted}, was approved by the shareholders on {approved}, more than "
        "{months} months {late}."
    ),
    fix=(
        "Correct the day of the adoption or of the approval if one is wrong; otherwise record the end of every option "
        "on {deadline}, rescind what was exercised, and make no new grant under the plan."
    ),
    needs=((Grant, "grant_date"),),
)
def plan_not_approved_in_time(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The shareholders did not approve the plan in time.

    Why: "if such shareholder approval is not obtained within twelve months after the date of the Board's adoption of
    the Plan, options previously granted under the Plan shall not vest and shall terminate"; they do not become NSOs.
    Example: adopted on 10 April 2001, approved on 11 April 2002, one day late.
    Not covered: a plan of which no approval is recorded, which is APPROVE006; one whose options have all ended by the
    last day. Of several APPROVAL rows the first counts, and Approved of the Plan sheet before them.
    """
    first, approved = _first_grant(ledger, terms), plan_approved(ledger, terms)
    if first is None or approved is None:
        return
    if terms.assumes("adopted"):
        yield ASSUMED_ADOPTION
    elif _stands(terms.adopted, approved, terms, as_of) is Approval.LAPSED:
        deadline = approval_deadline(terms.adopted, terms.approval_months)
        if all(_is_over(ledger, terms, grant, deadline) for grant in own_grants(ledger, terms)):
            return
        is_late = approved > deadline
        late = f"later: its options ended on {date_text(deadline)}" if is_late else "earlier: too early to count"
        months = terms.approval_months if is_late else statute()["approval_months"].value
        facts = {"adopted": date_text(terms.adopted), "approved": date_text(approved), "late": late, "months": months}
        yield Hit(first, "grant_date", facts | {"deadline": date_text(deadline)})


def _is_over(ledger: Ledger, terms: Terms, grant: Grant, deadline: datetime.date) -> bool:
    """Whether an option is known to have ended by a day, and never to have been exercised."""
    if grant.grant_date is None or grant.grant_date > deadline:
        return False
    then = standing(ledger, terms, grant, deadline)
    return not isinstance(then, str) and not then.shares and not any(then.option.exercised.values())


@rule(
    "APPROVE006",
    Severity.WARNING,
    plan="§22(a)",
    law=("IRC §422(b)(1)",),
    message=(
        "No approval of the plan by the shareholders is recorded; the last day was {deadline}, and without it every "
        "option has ended."
    ),
    fix="Enter Approved on the Plan sheet, or record an APPROVAL without a grant in Activity.",
    needs=((Grant, "grant_date"), (Activity, "action"), (Activity, "approved")),
)
def plan_approval_unknown(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """No approval of the plan by the shareholders is recorded, and the time for it is over.

    Why: without it the options terminated; a ledger that holds approvals should hold the one on which all rests.
    Example: a plan adopted on 10 April 2001, checked on 11 April 2002, and no APPROVAL.
    Not covered: a ledger whose Activity has no Approved: it may simply not hold approvals; the grants after the first.
    """
    first = _first_grant(ledger, terms)
    if first is None or plan_approved(ledger, terms) is not None:
        return
    why = why_lost(ledger, Action.APPROVAL)
    if why is not None:
        yield Unsettled("the approval of the plan", why)
    elif terms.assumes("adopted"):
        yield ASSUMED_ADOPTION
    elif _stands(terms.adopted, None, terms, as_of) is Approval.LAPSED:
        deadline = approval_deadline(terms.adopted, terms.approval_months)
        yield Hit(first, "grant_date", {"deadline": date_text(deadline)})


@rule(
    "APPROVE007",
    Severity.WARNING,
    plan="§22(a)",
    message=(
        "Activity has an APPROVAL without a grant on {day}, beside {other}: every option counts as exercisable only "
        "from {last} on, the last of these days."
    ),
    fix=(
        "Record an amendment's approval in Approved of its row instead and remove this row; if it is the plan's, "
        "correct the other day."
    ),
    needs=((Activity, "action"), (Activity, "date")),
)
def approved_twice(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """The shareholders' approval of the plan is recorded with two days.

    Why: no option is exercisable "unless and until the Plan shall have been approved by the Company's shareholders",
    once; an APPROVAL without a grant holds back every option, and with it the year in which it counts for §11(c).
    Example: the plan approved on 14 June 1996, and the approval of an increase on 10 May 2001 as a second APPROVAL.
    Not covered: APPROVAL rows of one grant; two of the same day, which say the same.
    """
    rows = [(row.date, row) for row in plan_approvals(ledger) if row.date is not None]
    if not rows:
        return
    first = terms.approved or min(day for day, _ in rows)
    last = max(first, *(day for day, _ in rows))
    beside = "Approved of the Plan sheet" if terms.approved is not None else "that"
    for day, row in rows:
        if day != first:
            facts: dict[str, object] = {
                "day": date_text(day),
                "other": f"{beside} of {date_text(first)}",
                "last": date_text(last),
            }
            yield Hit(row, "date", facts)


# --- Increases of the reserve ---------------------------------------------------------------------------------------

_INCREASE_NEEDS = ((Activity, "approved"), (Activity, "action"), (Activity, "date"), (Activity, "shares"))


def _increases(ledger: Ledger, terms: Terms) -> list[Activity]:
    rows = pool_rows(ledger, terms)
    return increases(rows, opening_reserve(rows, terms), terms.adopted)


def _increase_text(row: Activity) -> str:
    assert row.date is not None
    return f"the increase of the reserve of {date_text(row.date)}"


def _lapsed(ledger: Ledger, terms: Terms, as_of: datetime.date) -> list[Activity]:
    """Increases that were not approved in time, their Approved readable."""
    return [
        row
        for row in _increases(ledger, terms)
        if row.date is not None
        and not _is_unread(ledger, row)
        and _stands(row.date, row.approved, terms, as_of) is Approval.LAPSED
    ]


def _is_unread(ledger: Ledger, row: Activity) -> bool:
    """Whether a row's word of an approval is there and cannot be read (LEDGER001 says so)."""
    return is_unread(ledger, row, "needs_approval", "approved")


def _increases_needed(ledger: Ledger, terms: Terms) -> Dependence:
    """What the grants needed of increases, as far as the pool can be reckoned; nothing where there is no Approved."""
    lines = [line for line in pool_of(ledger, terms) if isinstance(line, PoolLine)]
    if (Activity, "approved") not in ledger.columns or not lines:
        return Dependence([], [])
    rows = pool_rows(ledger, terms)
    return _needed_of(rows, lines, opening_reserve(rows, terms), terms)


def _needed_of(rows: Sequence[Activity], lines: Sequence[PoolLine], opening: Number, terms: Terms) -> Dependence:
    def in_time(row: Activity) -> bool:
        return row.date is not None and _stands(row.date, row.approved, terms, row.date) is Approval.IN_TIME

    return dependence(lines, opening, increases(rows, opening, terms.adopted), in_time)


def _unsure(rows: Sequence[Activity], back: Sequence[Activity], terms: Terms) -> Iterator[Unsettled]:
    """Increases taken back, where all is well only if Reserve of the Plan sheet no longer counts them."""
    added = reserved(rows)
    opening = opening_reserve(rows, terms)
    without = opening - ratio(sum(added[id(row)] for row in back), Measure(in_order(rows)).of_start)
    if without < 0 or _is_short(rows, back, opening, terms) or not _is_short(rows, back, without, terms):
        return
    for row in back:
        assert row.date is not None
        yield Unsettled(
            f"what was reserved before the increase of {date_text(row.date)}",
            f"it was taken back, and Reserve of the Plan sheet may still count its {counted_text(row.shares or 0)}; "
            "record what was reserved at first as a RESERVE row too",
        )


def _is_short(rows: Sequence[Activity], back: Sequence[Activity], opening: Number, terms: Terms) -> bool:
    """Whether a pool with that reserve at the start is over-granted, or has options that an increase had to enable."""
    lines = [line for line in pool_ledger(opening, rows, terms.recycling) if isinstance(line, PoolLine)]
    kept = [each for each in _needed_of(rows, lines, opening, terms).grants if each.outstanding + each.exercised]
    return any(line.available < 0 for line in lines) or any(each.increase is row for each in kept for row in back)


@rule(
    "APPROVE003",
    Severity.ERROR,
    plan="§19(a), §22(a)",
    law=("IRC §422(b)(1)", "Treas. Reg. §1.422-2(b)(2)"),
    message=("The reserve was increased by {shares} on {day}, {was}; the last day was {deadline}. {needed}."),
    fix=(
        "Enter the day of the approval in Approved, or take the increase back: record a RESERVE of -{to_record} on "
        "{deadline}, and reduce Reserve on the Plan sheet by {to_reduce}."
    ),
    needs=_INCREASE_NEEDS,
)
def increase_not_approved_in_time(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An increase of the reserve was not approved by the shareholders in time.

    Why: an increase is the adoption of a new plan for ISOs and needs the shareholders; without them "any options
    granted on or after the date of such amendment shall terminate to the extent that such amendment was required".
    Example: 6,000,000 shares added on 10 April 2001, no approval by 10 April 2002.
    Not covered: splits, which increase nothing; the first reserve, which is a part of the plan; a class of employees
    that an amendment adds.
    """
    rows = pool_rows(ledger, terms)
    back, added = taken_back(rows, _increases(ledger, terms)), reserved(rows)
    needed = _increases_needed(ledger, terms)
    lapsed = _lapsed(ledger, terms, as_of)
    open_questions = [line for line in pool_of(ledger, terms) if isinstance(line, Unsettled)] if lapsed else []
    ended = [row for row in lapsed if any(row is each for each in back)]
    yield from open_questions
    if ended and not open_questions:
        yield from _unsure(rows, ended, terms)
    for row in lapsed:
        if any(row is each for each in ended):
            continue
        assert row.date is not None and row.shares is not None
        deadline = approval_deadline(row.date, terms.approval_months)
        facts: dict[str, object] = {
            "shares": counted_text(row.shares),
            "to_record": shares_text(ratio(added[id(row)], _splits_after(rows, deadline))),
            "to_reduce": shares_text(added[id(row)]),
            "day": date_text(row.date),
            "was": _was(row.approved),
            "deadline": date_text(deadline),
            "needed": _grants_text([each for each in needed.grants if each.increase is row]),
        }
        yield Hit(row, "approved", facts)


def _splits_after(rows: Iterable[Activity], day: datetime.date) -> Number:
    """How many of the last day's shares a share at the end of a day stands for."""
    factor: Number = 1
    for row in rows:
        if row.ratio is not None and row.date is not None and row.date > day:
            factor = whole_if_possible(Fraction(factor * row.ratio.factor))
    return factor


_MOST_NAMED = 5


def _grants_text(dependents: Iterable[Dependent]) -> str:
    """The grants that needed an increase, in a sentence."""
    named = [f"{each.grant.grant} ({counted_text(each.needed)})" for each in dependents]
    if not named:
        return "No grant needing it is known"
    told = ", ".join(named[:_MOST_NAMED])
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return f"{'Grants' if len(named) > 1 else 'Grant'} needing it: {told}{more}"


@rule(
    "APPROVE004",
    Severity.ERROR,
    plan="§22(a)",
    law=("IRC §422(b)(1)", "Treas. Reg. §1.422-2(b)(2)"),
    message="Grant {grant} needed {needed} of {increase}, {was}: they ended on {deadline}, but {left}.",
    fix="Record the end of these shares (TERMINATE) on {deadline}, and rescind what was exercised of them.",
    needs=_INCREASE_NEEDS,
)
def option_without_approved_shares(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option is kept, or was exercised, though the increase that it needed was not approved in time.

    Why: it terminated to the extent that the increase was required to enable it; it is no NSO instead.
    Example: 168,011 shares were available; of a grant of 200,000 after an increase never approved 31,989 end.
    Not covered: an ISO that needed the increase only because the rest of the pool was tendered shares; the order within
    a grant: what the rest of the pool served counts as exercised first, and as ended last.
    """
    lapsed = _lapsed(ledger, terms, as_of)
    if lapsed:
        yield from (line for line in pool_of(ledger, terms) if isinstance(line, Unsettled))
    of_lapsed = set(map(id, lapsed))
    for each in _increases_needed(ledger, terms).grants:
        if id(each.increase) not in of_lapsed or not each.outstanding + each.exercised:
            continue
        assert each.increase.date is not None
        kept = ((each.outstanding, "outstanding"), (each.exercised, "exercised"))
        told = [
            f"{counted_text(number)} {'is' if number == 1 else 'are'} recorded as {how}"
            for number, how in kept
            if number
        ]
        facts: dict[str, object] = {
            "grant": each.grant.grant,
            "needed": counted_text(each.needed),
            "increase": _increase_text(each.increase),
            "was": _was(each.increase.approved),
            "deadline": date_text(approval_deadline(each.increase.date, terms.approval_months)),
            "left": " and ".join(told),
        }
        yield Hit(record_of(ledger, each.grant), "shares", facts)


# --- Other amendments -----------------------------------------------------------------------------------------------


@rule(
    "APPROVE005",
    Severity.ERROR,
    plan="§19(a), §22(a)",
    law=("IRC §422(b)(1)",),
    message="The amendment of {day} needs the shareholders, {was}; the last day was {deadline}.",
    fix="Enter the day of the approval in Approved, or record the end of what only the amendment enabled.",
    needs=((Activity, "action"), (Activity, "date"), (Activity, "needs_approval"), (Activity, "approved")),
)
def amendment_not_approved_in_time(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An amendment that needs the shareholders was not approved by them in time.

    Why: where IRC §422 requires the approval of the shareholders, "the Board of Directors may not effect such
    modification or amendment without such approval".
    Example: an amendment of the class of employees who may be granted ISOs, 13 months old and not approved.
    Not covered: which options the amendment was required to enable; an increase of the reserve, which is APPROVE003.
    """
    for row in ledger.activity:
        if row.action is not Action.AMEND or row.grant is not None or row.needs_approval is False:
            continue
        if _is_unread(ledger, row) or row.date is None:
            continue
        if row.needs_approval is None:
            yield Unsettled(
                f"the amendment of {date_text(row.date)}", "nothing tells whether it needs the shareholders"
            )
        elif _stands(row.date, row.approved, terms, as_of) is Approval.LAPSED:
            deadline = approval_deadline(row.date, terms.approval_months)
            facts = {"was": _was(row.approved), "deadline": date_text(deadline)}
            yield Hit(row, "approved", {"day": date_text(row.date), **facts})
