"""Stock splits (plan §15; Treas. Reg. §1.424-1(e)(4)(v)): shares and price of an option, and its tranches."""

import datetime
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from plansheet.core.numbers import Number, ratio, round_down, round_up, shares_text, whole_if_possible
from plansheet.core.records import Activity, Ratio
from plansheet.core.refusal import Reason, Refusal
from plansheet.core.words import Action, SplitMethod
from plansheet.plan.activity import in_order


def adjust(
    shares: Number, price: Number, split: Ratio, method: SplitMethod, decimals: int
) -> tuple[Number, Number] | Refusal:
    """An option's shares and price per share after a split, "without changing the aggregate purchase price" (§15(a)).

    DOWN_UP: whole shares down, price up to so many decimals: neither adds a benefit. PRESERVE_AGGREGATE: whole shares
    down, the whole old aggregate spread over them, price up. EXACT: both as they come out.
    """
    new_shares = whole_if_possible(Fraction(shares * split.factor))
    if method is SplitMethod.EXACT:
        return new_shares, ratio(price, split.factor)
    whole = round_down(new_shares)  # §15(b): no fractional shares will be issued
    if method is SplitMethod.DOWN_UP:
        return whole, round_up(ratio(price, split.factor), decimals)
    if whole == 0:
        return Refusal(
            Reason.IMPOSSIBLE,
            f"a {split} split leaves no whole share of {shares_text(shares)}, so that there is none to carry the "
            "aggregate price; use method DOWN_UP or EXACT",
        )
    return whole, round_up(ratio(shares * price, whole), decimals)


def split_tranches(shares: Iterable[Number], split: Ratio) -> list[Number]:
    """One grant's tranches, in the order of vesting, after a split: by cumulative floor, so that no share is lost."""
    before: Number = 0
    given: Number = 0
    after: list[Number] = []
    for tranche in shares:
        before += tranche
        total = round_down(before * split.factor)
        after.append(total - given)
        given = total
    return after


class Split(NamedTuple):
    """A split of a ledger: its day and its ratio."""

    date: datetime.date
    ratio: Ratio


def splits_of(activity: Iterable[Activity]) -> list[Split]:
    """The splits among a ledger's rows, in their order: found once, and not again for each of its grants."""
    rows = in_order(row for row in activity if row.action is Action.SPLIT)
    return [Split(row.date, row.ratio) for row in rows if row.date is not None and row.ratio is not None]


def splits_after(granted: datetime.date, splits: Iterable[Split]) -> list[Ratio]:
    """The splits after a grant's date: one granted on the day of a split is in new shares already."""
    return [split.ratio for split in splits if split.date > granted]


def splits_since(granted: datetime.date, splits: Iterable[Split]) -> Ratio:
    """All splits after a grant's date as one, chained multiplicatively."""
    factor = Fraction(1)
    for split in splits_after(granted, splits):
        factor *= Fraction(split.factor)
    return Ratio(factor.numerator, factor.denominator)


def adjust_in_turn(
    shares: Number, price: Number, splits: Iterable[Ratio], method: SplitMethod, decimals: int
) -> tuple[Number, Number] | Refusal:
    """Shares and price after several splits, rounded at each, as whoever adjusts on the day of a split does."""
    for split in splits:
        answer = adjust(shares, price, split, method, decimals)
        if isinstance(answer, Refusal):
            return answer
        shares, price = answer
    return shares, price
