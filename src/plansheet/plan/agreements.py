"""Option agreements: on file (plan §5), designated as ISOs at grant (§11(a)), and what else stands in them (§12(a))."""

import datetime
from collections.abc import Iterator

from plansheet.core.dates import date_text
from plansheet.core.records import Grant, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Provision, UnknownWord
from plansheet.plan.standing import isos
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import own_grants
from plansheet.plan.unread import is_unread


@rule(
    "AGREE001",
    Severity.ERROR,
    plan="§5",
    message="Grant {grant} has no agreement on file.",
    fix="Enter what evidences grant {grant} in Agreement, or have it signed and filed.",
    needs=((Grant, "agreement"),),
)
def no_agreement(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """An option has no agreement on file.

    Why: "each option shall be evidenced in such form (written, electronic or otherwise) as the Board of Directors may
    determine"; what an option lets its holder do is known from its agreement alone.
    Example: a blank cell in the column Agreement.
    Not covered: what the agreement says, and whether it is signed; a ledger without the column.
    """
    for grant in own_grants(ledger, terms):
        if not grant.agreement and not is_unread(ledger, grant, "agreement"):
            yield Hit(grant, "agreement", {"grant": grant.grant})


@rule(
    "AGREE002",
    Severity.ERROR,
    plan="§11(a)",
    message="Grant {grant}, an ISO of {granted}, {when}.",
    fix="Enter in Designated ISO on the day that the agreement shows, or make the grant an NSO.",
    needs=((Grant, "grant_type"), (Grant, "grant_date"), (Grant, "designated")),
)
def not_designated_at_grant(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An ISO was not designated as one in its agreement at the time of grant.

    Why: all ISOs "shall, at the time of grant, be specifically designated as such in the option agreement covering such
    Incentive Stock Options".
    Example: granted on 2004-01-05, its agreement designated it on 2004-01-06.
    Not covered: a designation before the day of the grant, which stands in an agreement made ready for it.
    """
    for grant in isos(ledger, terms):
        if isinstance(grant, Unsettled):
            yield grant
        elif grant.grant_date is None or is_unread(ledger, grant, "designated"):
            continue
        elif grant.designated is None or grant.designated > grant.grant_date:
            late = f"was designated as one on {date_text(grant.designated)}, later" if grant.designated else None
            when = late or "has no day on which its agreement designated it as one"
            yield Hit(grant, "designated", {"grant": grant.grant, "granted": date_text(grant.grant_date), "when": when})


@rule(
    "PROV001",
    Severity.WARNING,
    plan="§12(a)",
    law=("IRC §422(b)",),
    message="Grant {grant} is an ISO, and its agreement has what no ISO may have: {provisions}.",
    fix="Correct Additional provisions if the agreement does not have it, or make the grant an NSO.",
    needs=((Grant, "grant_type"), (Grant, "provisions")),
)
def provision_breaks_iso(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An additional provision of an ISO's agreement keeps it from being an ISO.

    Why: additional provisions "shall not cause any Incentive Stock Option granted under the Plan to fail to qualify":
    transferable in lifetime, a price below value, a term over ten years, cash worth more than the spread.
    Example: "Transferable; Repurchase right" in the row of an ISO; the second does no harm.
    Not covered: a provision that is not on the list of those known is named as not checked; the wording of any.
    """
    for grant in isos(ledger, terms):
        if isinstance(grant, Unsettled):
            yield grant
            continue
        breaking: list[str] = []
        for text in filter(None, (part.strip(" .") for part in (grant.provisions or "").split(";"))):
            try:
                if Provision.read(text).breaks_iso:
                    breaking.append(f'"{text}"')
            except UnknownWord:
                why = "it is not on the list of known provisions; counsel says whether an ISO may have it"
                yield Unsettled(f'the provision "{text}" of grant {grant.grant}', why)
        if breaking:
            yield Hit(grant, "provisions", {"grant": grant.grant, "provisions": ", ".join(breaking)})
