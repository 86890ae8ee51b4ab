"""Who may grant options to whom (plan §2(b)): the board, and its committees of §2(b)(ii), (iii) and (iv).

While the stock is registered under the Exchange Act, the committee of §2(b)(iii) alone grants to officers, directors
and 5% shareholders; the committee of §2(b)(iv) never does. Registration is a fact of the Plan sheet ("Registered").
"""

import datetime
from collections.abc import Iterator

from plansheet.core.dates import date_text
from plansheet.core.numbers import shares_text
from plansheet.core.records import Grant, Holder, Ledger, Member
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import GrantingBody, Relationship
from plansheet.plan.eligibility import relationships
from plansheet.plan.ledger import people
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan
from plansheet.plan.unread import is_unread

_BODIES = {
    GrantingBody.BOARD: "the board",
    GrantingBody.OUTSIDE_COMMITTEE: "the committee of §2(b)(iii)",
    GrantingBody.SECOND_COMMITTEE: "the committee of §2(b)(iv)",
    GrantingBody.OTHER_COMMITTEE: "a committee of §2(b)(ii)",  # its powers are the board's
}


def restricted_as(holder: Holder) -> str | None:
    """As what somebody is among those for whom §2(b) reserves or excludes a committee; None for others.

    Of a relationship that is not clear ELIG002 tells.
    """
    told = relationships(holder.relationship) or frozenset()
    if Relationship.OFFICER in told:
        return "an officer"
    if Relationship.DIRECTOR in told:
        return "a director"
    return "a 5% shareholder" if holder.five_percent or holder.ten_percent else None


def _in_order(ledger: Ledger, terms: Terms) -> list[Grant]:
    """This plan's grants by date, those of one day by number."""
    day = datetime.date.max
    return sorted(of_this_plan(ledger, terms).values(), key=lambda g: (g.grant_date or day, g.grant.order))


def _to_restricted(ledger: Ledger, terms: Terms) -> Iterator[tuple[Grant, dict[str, object]]]:
    """This plan's grants to officers, directors and 5% shareholders, with the facts of each."""
    known = people(ledger)
    for grant in _in_order(ledger, terms):
        holder = known.get(grant.holder.key) if grant.holder is not None else None
        what = restricted_as(holder) if holder is not None else None
        if what is not None:
            yield grant, {"grant": grant.grant, "holder": grant.holder, "what": what}


_WITH_POWERS_OF_THE_BOARD = frozenset({GrantingBody.BOARD, GrantingBody.OTHER_COMMITTEE})
_NOT_REGISTERED = Unsettled(
    "who had to grant to officers, directors and 5% shareholders, and the committee of §2(b)(iii)",
    "the Plan sheet has no Registered; enter the day, if the stock is registered under the Exchange Act",
)
_NEEDS = ((Grant, "granted_by"), (Grant, "holder"), (Holder, "relationship"))


@rule(
    "AUTH001",
    Severity.ERROR,
    plan="§2(b)(iv)",
    message="Grant {grant} to {holder}, {what}, was made by the committee of §2(b)(iv), which may not make it.",
    fix=(
        "Rescind the grant (remove its rows from Grants and Activity) and have somebody who may make it grant anew, "
        "or correct Granted by."
    ),
    needs=_NEEDS,
)
def second_committee(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The second committee granted to an officer, a director or a 5% shareholder.

    Why: "such Committee shall not have the authority to administer or grant options to officers, directors and 5%
    shareholders of the Company", whether the stock is registered or not.
    Example: a stock option committee of one director that grants to the chief financial officer.
    Not covered: holders who became officers after the grant, for Holders has one relationship; employees whom the board
    did not designate.
    """
    unknown: list[Grant] = []
    for grant, facts in _to_restricted(ledger, terms):
        if grant.granted_by is GrantingBody.SECOND_COMMITTEE:
            yield Hit(grant, "granted_by", facts)
        elif grant.granted_by is None and not is_unread(ledger, grant, "granted_by"):
            unknown.append(grant)
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        what = f"the authority to grant to officers, directors and 5% shareholders: grant {unknown[0].grant}{more}"
        yield Unsettled(what, "Granted by is blank")


@rule(
    "AUTH002",
    Severity.ERROR,
    plan="§2(b)(iii)",
    law=("IRC §162(m)",),
    message=(
        "Grant {grant} to {holder}, {what}, was made by {body} on {date}; since {registered} the committee of "
        "§2(b)(iii) alone may make it."
    ),
    fix=(
        "Rescind the grant (remove its rows from Grants and Activity) and have the committee of §2(b)(iii) grant anew, "
        "or correct Granted by."
    ),
    needs=(*_NEEDS, (Grant, "grant_date")),
)
def sole_authority(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """While the stock is registered, another body than the committee granted to an officer, director or 5% shareholder.

    Why: the committee of outside directors has "the sole authority under the Plan to administer and grant options to
    officers, directors and 5% shareholders"; that takes it from the full board too.
    Example: a grant to the chief executive by resolution of the board, two years after the initial public offering.
    Not covered: a plan whose stock is not registered (Registered on the Plan sheet is blank), and grants before that
    day; grants by the second committee, which are AUTH001; a blank Granted by, of which AUTH001 tells.
    """
    if terms.registered is None:
        if any(
            g.granted_by in (GrantingBody.BOARD, GrantingBody.OTHER_COMMITTEE) for g, _ in _to_restricted(ledger, terms)
        ):
            yield _NOT_REGISTERED
        return
    for grant, facts in _to_restricted(ledger, terms):
        if grant.granted_by not in _WITH_POWERS_OF_THE_BOARD:
            continue
        if grant.grant_date is None:
            yield Unsettled(f"the authority to make grant {grant.grant}", "it has no Grant date")
        elif grant.grant_date >= terms.registered:
            dates = {"date": date_text(grant.grant_date), "registered": date_text(terms.registered)}
            yield Hit(grant, "granted_by", facts | dates | {"body": _BODIES[grant.granted_by]})


@rule(
    "AUTH003",
    Severity.ERROR,
    plan="§2(b)(iii)",
    law=("IRC §162(m)",),
    message="The committee of §2(b)(iii) that made grant {grant} on {date} {what}.",
    fix=(
        "Correct Committee if it is wrong, or rescind the grant (remove its rows from Grants and Activity) and have a "
        "committee that may make it grant anew."
    ),
    needs=(
        (Grant, "granted_by"),
        (Grant, "grant_date"),
        (Member, "committee"),
        (Member, "member"),
        (Member, "outside_director"),
        (Member, "non_employee"),
    ),
)
def sound_committee(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """On the day of a grant, the committee of outside directors had too few members, or one who may not be on it.

    Why: it is "a Committee of not less than two members, each member of which shall be an "outside director" within the
    meaning of Section 162(m) of the Code and a "non-employee director" as defined in Rule 16b-3".
    Example: one of two members resigns on 30 June, and the other alone makes the grants of July.
    Not covered: a plan whose stock is not registered (Registered on the Plan sheet is blank), and grants before that
    day; what makes a director an outside one. A cause is told once, on the member or on the first of the grants.
    """
    if terms.registered is None:
        if any(grant.granted_by is GrantingBody.OUTSIDE_COMMITTEE for grant in _in_order(ledger, terms)):
            yield _NOT_REGISTERED
        return
    unclear = next((u for u in ledger.unread if isinstance(u.record, Member) and u.field not in _FLAGS), None)
    unnamed = next((member for member in ledger.members if member.committee is None), None)
    made = [g for g in _in_order(ledger, terms) if g.granted_by is GrantingBody.OUTSIDE_COMMITTEE]
    if made and (unclear is not None or unnamed is not None):
        why = unclear.message if unclear is not None else f"the Committee of {unnamed and unnamed.member} is blank"
        yield Unsettled("the committee of §2(b)(iii)", why)
        return
    told: set[tuple[int, str]] = set()
    short: frozenset[str] | None = None
    for grant in made:
        if grant.grant_date is None:
            yield Unsettled(f"the committee that made grant {grant.grant}", "the grant has no Grant date")
            continue
        if grant.grant_date < terms.registered:
            continue
        members = _on(ledger, grant.grant_date)
        names = frozenset(member.member.key for member in members)
        facts: dict[str, object] = {"grant": grant.grant, "date": date_text(grant.grant_date)}
        if len(names) >= terms.committee_members:
            short = None
        elif names != short:
            short = names
            count = f"{len(names)} {'member' if len(names) == 1 else 'members'}"
            least = shares_text(terms.committee_members)
            yield Hit(grant, "granted_by", facts | {"what": f"had {count} by Committee; the plan asks for {least}"})
        for member in members:
            yield from _unfit(ledger, member, facts, told)


_FLAGS = {"outside_director": "outside director", "non_employee": "non-employee director"}


def _on(ledger: Ledger, day: datetime.date) -> list[Member]:
    """The committee of §2(b)(iii) on a day: a first and a last day are days of it."""
    return [
        member
        for member in ledger.members
        if member.committee is GrantingBody.OUTSIDE_COMMITTEE
        and (member.since is None or member.since <= day)
        and (member.until is None or member.until >= day)
    ]


def _unfit(
    ledger: Ledger, member: Member, facts: dict[str, object], told: set[tuple[int, str]]
) -> Iterator[Hit | Unsettled]:
    """In what a member may not be on the committee, each told once."""
    for name, text in _FLAGS.items():
        flag = getattr(member, name)
        if flag or (id(member), name) in told:
            continue
        told.add((id(member), name))
        if flag is False:
            yield Hit(member, name, facts | {"what": f"had {member.member} as a member, who is no {text}"})
        elif not is_unread(ledger, member, name):
            yield Unsettled(f"whether {member.member} may be on the committee of §2(b)(iii)", f"no yes or no as {text}")
