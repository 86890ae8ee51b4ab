"""The rules of the $100,000 limit (plan §11(c)) and of exercisability (§8), over a whole ledger."""

import datetime
from collections.abc import Iterator
from functools import lru_cache

from plansheet.core.numbers import (
    Number,
    entered_text,
    round_dollars_text,
    same_as_shown,
)
from plansheet.core.records import Activity, Grant, Ledger, Tranche
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.plan.approval_gate import activity_of
from plansheet.plan.iso_limit import TrancheSplit, classify
from plansheet.plan.ledger import complete
from plansheet.plan.option_history import replay
from plansheet.plan.terms import Terms


@lru_cache(maxsize=1)  # several rules ask for the same ledger
def classify_ledger(ledger: Ledger, terms: Terms) -> list[tuple[Tranche | Grant, TrancheSplit]]:
    """Each tranche of holders that can be settled, with the record it stands on and its answer."""
    tranches, records = complete(ledger).settled()
    answers = classify(tranches, activity_of(ledger, terms), terms.iso_limit, terms.rounding).tranches
    return [(r, a) for r, a in zip(records, answers, strict=True) if isinstance(a, TrancheSplit)]


_LAW = ("IRC §422(d)", "Treas. Reg. §1.422-4")


@rule(
    "ISO001",
    Severity.ERROR,
    plan="§11(c)",
    law=_LAW,
    message=(
        "Tranche of grant {grant} first exercisable {day}: recorded {recorded}; "
        "under the {limit} limit it is {iso} ISO and {nso} NSO shares."
    ),
    fix="Enter {iso} in ISO shares and {nso} in NSO shares.",
    needs=((Tranche, "iso_shares"),),
)
def recorded_tranche_split(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """The ISO and NSO shares recorded for a tranche are not those of the yearly limit.

    Why: what exceeds the limit is a nonstatutory option from the start; recorded as ISO it is taxed and reported
    wrongly at exercise.
    Example: $60,000 and $50,000 of stock first exercisable in 2004: the later grant is ISO for $40,000.
    Not covered: options that fail to be ISOs for other reasons (price, term, holder).
    """
    for record, split in classify_ledger(ledger, terms):
        if isinstance(record, Tranche):
            for name, figures in _differs(record, split.iso, split.nso):
                day = record.first_exercisable.isoformat() if record.first_exercisable else "on a condition"
                facts = {"grant": record.grant, "day": day, "limit": round_dollars_text(terms.iso_limit)}
                yield Hit(record, name, facts | figures)


@rule(
    "ISO002",
    Severity.ERROR,
    plan="§11(c)",
    law=_LAW,
    message="Grant {grant}: recorded {recorded}; under the {limit} limit it is {iso} ISO and {nso} NSO shares.",
    fix="Enter {iso} in ISO shares and {nso} in NSO shares.",
    needs=((Grant, "iso_shares"),),
)
def recorded_grant_split(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """The ISO and NSO shares recorded for a grant are not those of the yearly limit.

    Why: as for a tranche; a grant is ISO in part and NSO in part by the years in which it becomes exercisable.
    Example: 12,500 shares of $50.00 over four years: 8,000 ISO and 4,500 NSO.
    Not covered: which of a grant's tranches are which; that is ISO001.
    """
    sums: dict[str, tuple[Number, Number]] = {}
    unvested = complete(ledger).unvested.values()
    for grant in unvested:
        if any(g.iso_shares is not None and g.holder == grant.holder for g in ledger.grants):
            yield Unsettled(f"the ISO shares of {grant.holder}", f"grant {grant.grant} has no tranches and no schedule")
    for record, split in classify_ledger(ledger, terms):
        iso, nso = sums.get(record.grant.key, (0, 0))
        sums[record.grant.key] = iso + split.iso, nso + split.nso
    for grant in ledger.grants:
        if grant.grant.key in sums:
            for name, figures in _differs(grant, *sums[grant.grant.key]):
                yield Hit(grant, name, {"grant": grant.grant, "limit": round_dollars_text(terms.iso_limit)} | figures)


def _differs(record: Tranche | Grant, iso: Number, nso: Number) -> Iterator[tuple[str, dict[str, object]]]:
    """The first of the two figures that is not as recorded, and both as sentences tell them."""
    recorded = {"iso_shares": (record.iso_shares, iso), "nso_shares": (record.nso_shares, nso)}
    for name, (written, right) in recorded.items():
        if written is not None and not same_as_shown(float(written), float(right)):
            kinds = (("ISO", record.iso_shares), ("NSO", record.nso_shares))
            told = " and ".join(f"{entered_text(n)} {kind}" for kind, n in kinds if n is not None)
            yield name, {"recorded": told, "iso": entered_text(iso), "nso": entered_text(nso)}
            return


@rule(
    "VEST001",
    Severity.ERROR,
    plan="§8",
    message="{why}.",
    fix="Correct the row, or the tranches' dates; the limit of §11(c) was not checked for the holder.",
    needs=((Activity, "action"), (Activity, "grant")),
)
def taken_only_what_is_there(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """More shares are exercised than were exercisable, or more ended than were left.

    Why: an option is exercisable only "in full or in installments at such time or times" as its agreement sets forth.
    Example: 500 shares exercised on 1 March of a tranche first exercisable on 1 June.
    Not covered: early exercise; where an agreement allows it, the grant date is the first exercisable date.
    """
    tranches, _ = complete(ledger).settled()
    for event, _, refusal in replay(tranches, activity_of(ledger, terms))[1]:
        why = refusal.message.partition("; ")[0]  # what to do stands in the fix
        yield Hit(event, "shares", {"why": why[0].upper() + why[1:]})
