"""Why a tranche is ISO or NSO, in one sentence: dollars used before it and by it, and the paragraph that decides."""

from plansheet.core.dates import date_text
from plansheet.core.numbers import Number, dollars_text, shares_text
from plansheet.plan.iso_limit import TrancheSplit

_REG = "Treas. Reg. §1.422-4"


def why(split: TrancheSplit, limit: Number) -> str:
    """The sentence of one tranche."""
    if split.by_designation:
        return f"NSO by designation: {shares_text(split.nso)} shares, none of which use the limit ({_REG}(b)(1))."
    cancelled = shares_text(split.disregarded)
    gone = f" {cancelled} cancelled shares are disregarded ((b)(5)(i))." if split.disregarded else ""
    if split.year is None:
        if split.iso == 0 and split.disregarded:
            return f"Cancelled before its condition was met: all {cancelled} shares are disregarded ({_REG}(b)(5)(i))."
        return (
            f"{shares_text(split.iso)} shares, exercisable only on a condition that is not met: they use no limit "
            f"until PERFORMANCE MET or ACCELERATE ({_REG}(b)(4)).{gone}"
        )
    if split.counted == 0 and split.disregarded:
        return f"{split.year}: cancelled before that year, all {cancelled} shares are disregarded ({_REG}(b)(5)(i))."
    return (
        f"{split.year}: {dollars_text(split.used_before)} of {dollars_text(limit)} used before it; it counts "
        f"{dollars_text(split.counted)} and uses {dollars_text(split.used)}: {shares_text(split.iso)} ISO and "
        f"{shares_text(split.nso)} NSO ({_REG}{_paragraph(split)}).{_moved(split)}{_events(split)}{gone}"
    )


def _paragraph(split: TrancheSplit) -> str:
    if split.nso == 0:
        return "(b)(3)"  # taken into account in the order granted, within the limit
    if split.iso == 0:
        return "(a)(2)"  # beyond the limit: treated as a nonstatutory option
    return "(c)(1)"  # one option, in part an ISO and in part not


def _events(split: TrancheSplit) -> str:
    counted = shares_text(split.still_counted)
    still = f" {counted} shares cancelled in that year still count ((b)(5)(ii))." if split.still_counted else ""
    kept = " Shares exercised before the trigger keep their status ((b)(4))." if split.locked else ""
    return still + kept


def _moved(split: TrancheSplit) -> str:
    if split.triggered is None or split.stands is None:
        return ""
    return f" First exercisable {date_text(split.stands)}, triggered {date_text(split.triggered)} ((b)(4))."
