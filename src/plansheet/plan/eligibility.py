"""Who may be granted which options (plan §1, §2(a), §3, §11(a); IRC §422(a)(2), §424(e), (f))."""

import datetime
import re
from collections.abc import Iterator

from plansheet.core.dates import date_text
from plansheet.core.numbers import entered_text
from plansheet.core.records import Grant, Holder, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import GrantType, Relationship, UnknownWord
from plansheet.plan.ledger import people
from plansheet.plan.statute import statute
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_this_plan
from plansheet.plan.unread import is_unread

_AND = re.compile(r"[,;/&+]|\band\b", re.IGNORECASE)
_EMPLOYED = frozenset({Relationship.EMPLOYEE, Relationship.OFFICER})


def relationships(text: str | None) -> frozenset[Relationship] | None:
    """What a person is to the company, one thing or several ("Officer and director"); None where it is not clear.

    All of the text has to be known: a director of sales is no director.
    """
    parts = [part for part in _AND.split(text or "") if part.strip()]
    try:
        return frozenset(map(Relationship.read, parts)) or None
    except UnknownWord:
        return None


def is_employed(holder: Holder | None) -> bool | None:
    """Whether somebody is an employee, as every officer is; None where Holders does not say it."""
    told = relationships(holder.relationship) if holder is not None else None
    return None if told is None else bool(told & _EMPLOYED)


def _held(ledger: Ledger, terms: Terms) -> Iterator[tuple[Grant, Holder]]:
    """This plan's grants with the lines of their holders."""
    known = people(ledger)
    for grant in of_this_plan(ledger, terms).values():
        if grant.holder is not None and grant.holder.key in known:  # who is not there is LEDGER007
            yield grant, known[grant.holder.key]


def _isos(ledger: Ledger, terms: Terms) -> Iterator[tuple[Grant, Holder]]:
    return ((grant, holder) for grant, holder in _held(ledger, terms) if grant.grant_type is GrantType.ISO)


def _facts(grant: Grant, holder: Holder) -> dict[str, object]:
    return {"grant": grant.grant, "holder": holder.holder}


@rule(
    "TYPE001",
    Severity.ERROR,
    plan="§2(a)",
    law=("IRC §422(b)",),
    message="Grant {grant} has no type.",
    fix="Enter ISO or NSO, as its option agreement designates it.",
    needs=((Grant, "grant_type"),),
)
def without_type(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A grant is coded neither as ISO nor as NSO.

    Why: an option is one or the other from its grant on, and price, term, limit and tax depend on it; without a type
    it is taken for an ISO, so that no limit is missed.
    Example: a grant entered with shares and price, its Type left for later.
    Not covered: a word that is neither (LEDGER001); whether the agreement says the same.
    """
    for grant in of_this_plan(ledger, terms).values():
        if grant.grant_type is None and not is_unread(ledger, grant, "grant_type"):
            yield Hit(grant, "grant_type", {"grant": grant.grant})


@rule(
    "ELIG001",
    Severity.ERROR,
    plan="§3, §11(a)",
    law=("IRC §422(a)(2)", "IRC §422(b)"),
    message="Grant {grant} is an ISO to {holder}, whose relationship is {relationship}: no employee.",
    fix="Make the option an NSO, or correct Relationship in Holders.",
    needs=((Holder, "relationship"), (Grant, "holder"), (Grant, "grant_type")),
)
def iso_to_employees(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An incentive stock option is granted to somebody who is not employed by the company.

    Why: "the class of employees to whom Incentive Stock Options may be granted shall be limited to all employees of the
    Company"; in other hands the option is a nonstatutory one from the start.
    Example: an ISO to a consultant, or to a director who is not also an officer or employee.
    Not covered: a relationship that was another on the grant date, for Holders has one; of a relationship that is blank
    or not clear ELIG002 tells.
    """
    for grant, holder in _isos(ledger, terms):
        if is_employed(holder) is False:
            yield Hit(grant, "grant_type", _facts(grant, holder) | {"relationship": _in_words(holder)})


def _in_words(holder: Holder) -> str:
    told = relationships(holder.relationship) or frozenset()
    return " and ".join(str(each).lower() for each in Relationship if each in told)


@rule(
    "ELIG002",
    Severity.WARNING,
    plan="§3",
    message='The relationship of {holder}, who holds grant {grant}, is "{relationship}", which the plan does not know.',
    fix="Enter one or more of these in Relationship, joined by and: {known}.",
    needs=((Holder, "relationship"), (Grant, "holder")),
)
def known_relationship(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """A holder is none of those to whom the plan lets options be granted, or it is not clear what the holder is.

    Why: "Options may be granted to persons who are, at the time of grant, employees, officers or directors of, or
    consultants or advisors to, the Company"; to nobody else.
    Example: "Supplier", or "Director of sales", who is an employee and no director.
    Not covered: whether the holder is what Holders says.
    """
    seen: set[str] = set()
    for grant, holder in _held(ledger, terms):
        if holder.holder.key in seen or is_unread(ledger, holder, "relationship"):
            continue
        seen.add(holder.holder.key)
        if holder.relationship is None:
            yield Unsettled(f"whether {holder.holder} may be granted options", "Relationship is blank in Holders")
        elif relationships(holder.relationship) is None:
            known = ", ".join(str(each).lower() for each in Relationship)
            told = " ".join(holder.relationship.split())
            yield Hit(holder, "relationship", _facts(grant, holder) | {"relationship": told, "known": known})


@rule(
    "ELIG003",
    Severity.ERROR,
    plan="§1, §3",
    law=("IRC §424(e)", "IRC §424(f)"),
    message=(
        "Grant {grant} is an ISO to {holder}, employed by {employer}, in which the group has {percent}% of the votes; "
        "of a parent or subsidiary it is {least}% or more."
    ),
    fix="Make the option an NSO, or correct Group ownership in Holders.",
    needs=((Holder, "employer"), (Holder, "employer_percent"), (Grant, "holder"), (Grant, "grant_type")),
)
def employer_in_group(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An incentive stock option is granted to an employee of a company that is no parent or subsidiary.

    Why: the plan's "Company" includes parent and subsidiaries as the Code defines them, by half of the votes or more;
    employees of a venture in which the company has less are not its employees.
    Example: 49.9% of the votes; at exactly 50% the employer belongs to the group.
    Not covered: the chain of companies (Group ownership is the least in it), and changes after the grant; an NSO to
    such an employee, who may be a consultant or advisor.
    """
    least = statute()["group_percent"].value
    asked: set[str] = set()
    for grant, holder in _isos(ledger, terms):
        percent = holder.employer_percent
        if is_employed(holder) is False or holder.holder.key in asked:
            continue
        if is_unread(ledger, holder, "employer", "employer_percent"):
            continue
        if holder.employer is None or (percent is None and _is_company(holder.employer, terms)):
            # Left blank, the employer is the plan's company; a percentage says that it is another.
            why = None if percent is None else f"Group ownership is {entered_text(percent)}%, and Employer is blank"
        else:
            why = f"Group ownership of {holder.employer} is blank" if percent is None else None
        if why is not None:
            asked.add(holder.holder.key)
            yield Unsettled(f"whether the employer of {holder.holder} belongs to the group", why)
        elif percent is not None and percent < least:
            facts = {"employer": holder.employer, "percent": entered_text(percent), "least": least}
            yield Hit(grant, "grant_type", _facts(grant, holder) | facts)


def _is_company(employer: str, terms: Terms) -> bool:
    """Whether an employer is the company with whose name the plan's title begins; one word of it is too little."""
    name, title = (re.findall(r"\w+", text.casefold()) for text in (employer, terms.title))
    return len(name) > 1 and title[: len(name)] == name


@rule(
    "ELIG004",
    Severity.ERROR,
    plan="§3",
    message="Grant {grant} to {holder} is dated {granted}; the employment had ended on {ended}.",
    fix="Rescind the grant (remove its rows from Grants and Activity), or correct one of the two dates.",
    needs=((Holder, "terminated"), (Grant, "holder"), (Grant, "grant_date")),
)
def still_there(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option is granted to somebody whose employment or service had ended.

    Why: options are for persons who are employees, officers, directors, consultants or advisors "at the time of grant".
    Example: employment that ended on 30 June, and a grant of 1 July; a grant on the last day itself may be.
    Not covered: who stays on as director or consultant, or comes back; Holders has one day for each person, so leave
    Employment ended blank for them.
    """
    for grant, holder in _held(ledger, terms):
        if holder.terminated is not None and grant.grant_date is not None and holder.terminated < grant.grant_date:
            facts = {"granted": date_text(grant.grant_date), "ended": date_text(holder.terminated)}
            yield Hit(grant, "grant_date", _facts(grant, holder) | facts)
