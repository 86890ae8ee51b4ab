"""Transfers of options (plan §9; IRC §422(b)(5)): by will or the laws of descent, or as an agreement lets."""

import datetime
from collections.abc import Iterator

from plansheet.core.dates import on_text
from plansheet.core.records import Grant, Holder, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import GrantType, TransferWay
from plansheet.plan.ledger import people
from plansheet.plan.standing import isos
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import own_grants
from plansheet.plan.unread import is_unread


def _is_transferred(grant: Grant) -> bool:
    return grant.transferred is not None or grant.transferred_by is not None


@rule(
    "TRANS001",
    Severity.ERROR,
    plan="§9",
    law=("IRC §422(b)(5)",),
    message="Grant {grant}, an ISO, came to another person{on} {way}.",
    fix="Enter WILL or DESCENT in Transferred by if it was so, or make the grant an NSO.",
    needs=((Grant, "grant_type"), (Grant, "transferred")),
)
def iso_transferred(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An ISO came to another person otherwise than at its holder's death.

    Why: an option that is transferred otherwise "than by will or the laws of descent and distribution" is no ISO,
    whatever its agreement says.
    Example: an ISO assigned to a family trust, or to a former spouse by a court order.
    Not covered: who exercised an option while its holder lived; a transfer to a trust that the law still takes for the
    holder's own.
    """
    for grant in isos(ledger, terms):
        if isinstance(grant, Unsettled):
            yield grant
        elif grant.transferred_by is TransferWay.OTHER:
            yield Hit(grant, "transferred_by", _facts(grant, "otherwise than by will or descent"))
        elif grant.transferred_by is None and _is_transferred(grant) and not is_unread(ledger, grant, "transferred_by"):
            yield Hit(grant, "transferred_by", _facts(grant, "in a way that Transferred by does not say"))


def _facts(grant: Grant, way: str) -> dict[str, object]:
    return {"grant": grant.grant, "on": on_text(grant.transferred), "way": way}


@rule(
    "TRANS002",
    Severity.ERROR,
    plan="§9",
    message="Grant {grant}, an NSO, came to another person{on}, not by will or descent; its agreement {lets}.",
    fix="Rescind the transfer, or enter Yes in Transferable if the agreement lets it be transferred.",
    needs=((Grant, "grant_type"), (Grant, "transferred"), (Grant, "transferable")),
)
def nso_transferred(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An NSO was transferred although its agreement does not let it.

    Why: "except as the Board of Directors may otherwise determine in an option agreement" no option is sold, assigned,
    transferred, pledged or encumbered.
    Example: an NSO given to a child, with nothing in its agreement that lets it.
    Not covered: to whom an agreement lets it be transferred, and on what conditions.
    """
    for grant in own_grants(ledger, terms):
        if grant.grant_type is not GrantType.NSO or grant.transferable or is_unread(ledger, grant, "transferable"):
            continue
        if grant.transferred_by is TransferWay.OTHER:
            lets = (
                "does not let it" if grant.transferable is False else "does not say that it may (Transferable is blank)"
            )
            yield Hit(grant, "transferred_by", {"grant": grant.grant, "on": on_text(grant.transferred), "lets": lets})
        elif grant.transferred_by is None and _is_transferred(grant) and not is_unread(ledger, grant, "transferred_by"):
            why = "Transferred by is blank, and its agreement does not let it be transferred otherwise than at death"
            yield Unsettled(f"the transfer of grant {grant.grant}", why)


@rule(
    "TRANS003",
    Severity.ERROR,
    plan="§9, §12(a)",
    law=("IRC §422(b)(5)",),
    message="Grant {grant} is an ISO, and its agreement lets it be transferred otherwise than at death.",
    fix="Correct Transferable if the agreement does not let it, or make the grant an NSO.",
    needs=((Grant, "grant_type"), (Grant, "transferable")),
)
def transferable_iso(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An ISO's agreement lets it be transferred.

    Why: an ISO "by its terms" is not transferable otherwise than by will or the laws of descent; a provision that lets
    it be is one that causes the option "to fail to qualify" (§12(a)), though nobody has used it.
    Example: Transferable is Yes in the row of an ISO.
    Not covered: agreements that name a beneficiary at death.
    """
    for grant in isos(ledger, terms):
        if isinstance(grant, Unsettled):
            yield grant
        elif grant.transferable:
            yield Hit(grant, "transferable", {"grant": grant.grant})


@rule(
    "TRANS004",
    Severity.WARNING,
    plan="§9",
    law=("IRC §422(b)(5)",),
    message="Grant {grant} came to another person by {way}{on}, but by Holders {holder} was still employed then.",
    fix="Enter the end of employment and DEATH in Holders, or correct Transferred by or Transferred on.",
    needs=((Grant, "transferred"), (Grant, "transferred_by"), (Grant, "holder"), (Holder, "terminated")),
)
def inherited_from_the_living(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option passed by will or descent on a day on which its holder, by Holders, was still there.

    Why: by will and by the laws of descent nothing passes in the holder's life; what passed then passed in another way,
    and an ISO is none any more.
    Example: Transferred by is DESCENT on 2005-03-01, and Employment ended is blank or 2005-04-01.
    Not covered: a holder whose employment had ended by then for another reason, and who may have died since; a holder
    who is not in Holders.
    """
    known = people(ledger)
    for grant in own_grants(ledger, terms):
        holder = known.get(grant.holder.key) if grant.holder is not None else None
        if grant.transferred_by not in (TransferWay.WILL, TransferWay.DESCENT) or holder is None:
            continue
        if is_unread(ledger, holder, "terminated") or is_unread(ledger, grant, "transferred"):
            continue  # LEDGER001 says so
        if holder.terminated is None or (grant.transferred is not None and grant.transferred < holder.terminated):
            facts: dict[str, object] = {"grant": grant.grant, "way": grant.transferred_by, "holder": holder.holder}
            yield Hit(grant, "transferred", facts | {"on": on_text(grant.transferred)})
