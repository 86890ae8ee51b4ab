"""Times in which options may not be exercised (plan §13(b)): from BLOCK to RELEASE."""

import datetime
from collections.abc import Iterator
from itertools import groupby

from plansheet.core.dates import date_text
from plansheet.core.records import Activity, Ledger
from plansheet.core.rule import Hit, Severity, Unsettled, rule
from plansheet.core.words import Action
from plansheet.plan.activity import grant_key, in_order
from plansheet.plan.terms import Terms
from plansheet.plan.this_plan import of_other_plans
from plansheet.plan.unread import lost_rows

_NEEDS = ((Activity, "action"), (Activity, "date"))


@rule(
    "BLOCK001",
    Severity.ERROR,
    plan="§13(b)",
    message="Grant {grant} was exercised on {exercised}, while {what} blocked since {blocked}.",
    fix="Rescind the exercise, or correct its date or those of BLOCK and RELEASE.",
    needs=_NEEDS,
)
def exercised_while_blocked(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit | Unsettled]:
    """An option was exercised in a time for which exercises were blocked.

    Why: where counsel determines that a registration, a consent or a disclosure is needed first, "such option may not
    be exercised, in whole or in part, unless" it "shall have been effected or obtained".
    Example: BLOCK on 2004-03-01, EXERCISE on 2004-03-15, RELEASE on 2004-04-01; the day of the release is free.
    Not covered: blocks that nobody recorded. A RELEASE ends a BLOCK of the same reach: without a grant that of all,
    with one that grant's.
    """
    if (why := _unread(ledger)) is not None:
        yield Unsettled("the exercises while blocked", why)
        return
    others = of_other_plans(ledger, terms)
    for exercise, block in _blocked(ledger):
        assert exercise.grant is not None and exercise.date is not None and block.date is not None
        if exercise.grant.key in others:
            continue
        facts = {
            "grant": exercise.grant,
            "exercised": date_text(exercise.date),
            "what": "exercises were" if block.grant is None else "it was",
            "blocked": date_text(block.date),
        }
        yield Hit(exercise, "date", facts)


@rule(
    "BLOCK002",
    Severity.WARNING,
    plan="§13(b)",
    message="The RELEASE on {released} {of} ends no BLOCK.",
    fix="Record the BLOCK that it ends, or remove the RELEASE.",
    needs=_NEEDS,
)
def release_without_block(ledger: Ledger, terms: Terms, as_of: datetime.date) -> Iterator[Hit]:
    """A RELEASE has no BLOCK before it.

    Why: a block that nobody recorded is one in which nobody checks the exercises.
    Example: a RELEASE of all options on 2004-04-01, and no BLOCK without a grant before it.
    Not covered: a BLOCK without RELEASE, which goes on.
    """
    if _unread(ledger) is not None:
        return  # BLOCK001 says so
    blocks: set[str] = set()
    for row in _dated(ledger):
        assert row.date is not None
        if row.action is Action.BLOCK:
            blocks.add(grant_key(row))
        elif row.action is Action.RELEASE and grant_key(row) not in blocks:
            of = "of all options" if row.grant is None else f"of grant {row.grant}"
            yield Hit(row, "action", {"released": date_text(row.date), "of": of})
        elif row.action is Action.RELEASE:
            blocks.discard(grant_key(row))


def _unread(ledger: Ledger) -> str | None:
    """Why the blocks are not known: a row that may be one cannot be read, and there are blocks."""
    kinds = (Action.BLOCK, Action.RELEASE)
    has_blocks = any(row.action in kinds for row in ledger.activity)
    lost = lost_rows(ledger, *kinds, Action.EXERCISE)
    return next((why for row, why in lost if has_blocks or row.action in kinds), None)


def _dated(ledger: Ledger) -> list[Activity]:
    return in_order(row for row in ledger.activity if row.date is not None)


def _blocked(ledger: Ledger) -> Iterator[tuple[Activity, Activity]]:
    """Exercises while a block was on, with the block. A day on which it is released is free from its beginning on."""
    blocks: dict[str, Activity] = {}
    for _, rows in groupby(_dated(ledger), key=lambda row: row.date):
        of_day = list(rows)
        for reach in {grant_key(row) for row in of_day if row.action is Action.RELEASE} & set(blocks):
            del blocks[reach]
        for row in of_day:
            if row.action is Action.BLOCK:
                blocks.setdefault(grant_key(row), row)
            elif row.action is Action.RELEASE:
                blocks.pop(grant_key(row), None)
            elif row.action is Action.EXERCISE and row.grant is not None:
                block = blocks.get(row.grant.key) or blocks.get("")
                if block is not None:
                    yield row, block
