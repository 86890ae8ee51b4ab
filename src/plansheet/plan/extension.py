"""Extensions of the time to exercise (plan §12(b)(ii); IRC §424(h))."""

import datetime
from collections.abc import Iterator

from plansheet.core.dates import date_text
from plansheet.core.records import Activity, Grant, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.activity import grant_key
from plansheet.plan.standing import isos
from plansheet.plan.terms import Terms
from plansheet.plan.unread import why_lost_of


@rule(
    "EXTEND001",
    Severity.ERROR,
    plan="§12(b)",
    law=("IRC §424(h)",),
    message=(
        "Grant {grant}, an ISO, was extended on {extended}, which by law is a new grant of that day; Activity does not "
        "end the old one on it."
    ),
    fix="Record a CANCEL of grant {grant} on {extended}, and the extended option as a grant with the FMV of that day.",
    needs=((Grant, "grant_type"), (Grant, "extended"), (Activity, "action"), (Activity, "date")),
)
def extension_not_regranted(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An ISO was extended, and is carried on as the old option.

    Why: an extension is a modification, and a modification is the granting of a new option: its price is held against
    the value of that day, its ten years and its place in the yearly limit begin anew.
    Example: an ISO's time to exercise was extended on 2004-06-01; no CANCEL of that day.
    Not covered: whether the new option is an ISO; an extension offered and not accepted; NSOs, for which an extension
    to at most the original ten years is harmless under IRC §409A, an exception that ISOs do not have.
    """
    ended = {(grant_key(row), row.date) for row in ledger.activity if row.action in (Action.CANCEL, Action.TERMINATE)}
    for grant in isos(ledger, terms):
        if isinstance(grant, Unsettled):
            yield grant
        elif grant.extended is not None and (grant.grant.key, grant.extended) not in ended:
            if (why := why_lost_of(ledger, grant.grant)) is not None:
                yield Unsettled(f"the extension of grant {grant.grant}", why)
            else:
                yield Hit(grant, "extended", {"grant": grant.grant, "extended": date_text(grant.extended)})
