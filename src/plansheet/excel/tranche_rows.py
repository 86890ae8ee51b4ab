"""Tranche rows from ranges or blocks, and what a row that cannot be read takes down with it.

The answer of a tranche depends on its holder's other ISO tranches and on the activity of its holder's grants. So a
bad row refuses its holder's ISO rows, a row whose holder cannot be told refuses everybody's; nobody else loses one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from plansheet.core.numbers import Number
from plansheet.core.records import Activity, Tranche
from plansheet.core.refusal import Refusal
from plansheet.core.words import Action, GrantType, Identifier, Rounding
from plansheet.excel.activity import Unreadable
from plansheet.excel.cells import (
    CallFailed,
    Cells,
    ExcelError,
    column,
    column_for_all,
    equal_heights,
    first_bad,
    refused,
    row_error,
)
from plansheet.excel.reading import (
    BadCell,
    Read,
    as_amount,
    as_date,
    as_identifier,
    as_positive,
    as_word,
    is_blank_or_zero,
    read_column,
)
from plansheet.plan.iso_limit import IGNORED, TrancheSplit, YearUse, classify
from plansheet.plan.ledger import difference

ONE_HOLDER = Identifier("")


@dataclass(frozen=True, slots=True)
class UnreadTranche:
    """A tranche row that cannot be read; what could be read tells whom it concerns."""

    error: ExcelError
    grant: Identifier | None
    holder: Identifier | None
    is_nso: bool


Entry = Tranche | UnreadTranche | None
"""A row: a tranche, why there is none, or None for a blank row."""


def read_tranches(
    grant_id: Cells,
    grant_date: Cells,
    fmv: Cells,
    first_exercisable: Cells,
    shares: Cells,
    holder: Cells,
    grant_type: Cells,
) -> list[Entry]:
    """The entries of the range arguments of ISO_LIMIT_SPLIT and its companions."""
    ranges = {
        "grant": column(grant_id, "grant_id"),
        "grant date": column(grant_date, "grant_date"),
        "fmv": column(fmv, "fmv"),
        "first exercisable": column(first_exercisable, "first_exercisable"),
        "shares": column(shares, "shares"),
    }
    height = equal_heights(ranges)
    holders = column_for_all(holder, "holder", height)
    types = column_for_all(grant_type, "grant_type", height)
    if holders is not None:
        ranges["holder"] = holders
    if types is not None and not all(is_blank_or_zero(t) for t in types):
        ranges["type"] = types
    equal_heights(ranges)
    reads = {name: read_column(cells, _READERS[name]) for name, cells in ranges.items()}
    return list(entries(ranges, reads))


_READERS = {
    "grant": as_identifier,
    "grant date": as_date,
    "fmv": as_positive,
    "first exercisable": as_date,
    "shares": as_amount,
    "holder": as_identifier,
    "type": lambda cell: as_word(cell, GrantType),
}


def entries(ranges: dict[str, list[object]], reads: dict[str, Read]) -> Iterable[Entry]:
    """Tranches where every cell can be read; columns "holder" and "type" may be left out."""
    grants, dates, fmvs = reads["grant"].values, reads["grant date"].values, reads["fmv"].values
    firsts, shares = reads["first exercisable"].values, reads["shares"].values
    height = len(grants)
    holders = reads["holder"].values if "holder" in reads else [ONE_HOLDER] * height
    types = reads["type"].values if "type" in reads else [GrantType.ISO] * height
    bad = {position for read in reads.values() for position in read.bad}
    grant_cells, date_cells, share_cells = ranges["grant"], ranges["grant date"], ranges["shares"]
    for i in range(height):
        if (
            i not in bad
            and grants[i] is not None
            and dates[i] is not None
            and holders[i] is not None
            and types[i] is not None
        ):
            yield Tranche(grants[i], holders[i], types[i], dates[i], fmvs[i], firsts[i], shares[i] or 0, row=i + 1)
        elif all(is_blank_or_zero(cells[i]) for cells in (grant_cells, date_cells, share_cells)):
            yield None
        else:
            error = first_bad(i, reads) or _missing(i, grants[i], dates[i], holders[i])
            yield UnreadTranche(error, grants[i], holders[i], types[i] is GrantType.NSO)


def _missing(position: int, grant: object, date: object, holder: object) -> ExcelError:
    if grant is None:
        return row_error(position, "grant", BadCell("is blank; enter the number of the grant"))
    if date is None:
        return row_error(position, "grant date", BadCell("is blank; enter the day of the grant"))
    if holder is None:
        return row_error(position, "holder", BadCell("is blank; enter whose option it is"))
    return row_error(position, "type", BadCell("is blank; enter ISO or NSO"))


@dataclass(slots=True)
class Settled:
    """An answer, an error or None (blank) per row; the years counted; holders that have no answer."""

    rows: list[TrancheSplit | ExcelError | None]
    years: list[YearUse] = field(default_factory=list)
    refused: dict[Identifier, ExcelError] = field(default_factory=dict)

    def refuse(self, holder: Identifier, error: ExcelError) -> None:
        """A holder's answer is gone; what is impossible tells more than what depends on it."""
        if holder not in self.refused or (error == "#NUM!" and self.refused[holder] != "#NUM!"):
            self.refused[holder] = error


class _Blame:
    """Who loses the answer, and why: everybody, holders (their ISO rows, or all their rows), grants."""

    def __init__(self) -> None:
        self.everybody: str | None = None
        self.all_rows: str | None = None
        self.iso_of: dict[str, str] = {}
        self.all_of: dict[str, str] = {}
        self.grants: dict[str, str] = {}

    @property
    def nobody(self) -> bool:
        return not (self.everybody or self.all_rows or self.iso_of or self.all_of or self.grants)

    def of(self, tranche: Tranche) -> str | None:
        is_iso = tranche.grant_type is not GrantType.NSO
        return (
            self.all_rows
            or self.all_of.get(tranche.held_by.key)
            or self.grants.get(tranche.grant.key)
            or ((self.everybody or self.iso_of.get(tranche.held_by.key)) if is_iso else None)
        )


def settle(
    rows: Sequence[Entry],
    activity: Sequence[Activity | Unreadable | None],
    limit: Number,
    rounding: Rounding,
    of: str = "",
) -> Settled:
    """Every row's answer by the plan, or the error that stands in its place.

    of: what the rows are of, for messages, with a space after it; nothing for ranges.
    """
    refuse_swapped(rows)
    holder_of: dict[str, Identifier] = {}
    blame = _Blame()
    _blame_disagreement(rows, holder_of, blame)
    _blame_unread(rows, holder_of, blame)
    _blame_activity(activity, holder_of, blame)
    clean = blame.nobody
    good = [i for i, t in enumerate(rows) if isinstance(t, Tranche) and (clean or blame.of(t) is None)]
    tranches = [t for t in rows if isinstance(t, Tranche) and (clean or blame.of(t) is None)]
    events = [a for a in activity if isinstance(a, Activity)]
    answer = classify(tranches, events, limit, rounding)
    settled = Settled([None] * len(rows))
    for i, tranche, split in zip(good, tranches, answer.tranches, strict=True):
        if isinstance(split, Refusal):
            settled.rows[i] = refused(split, f"{of}row {tranche.row}: ")
            settled.refuse(tranche.held_by, refused(split))
        else:
            settled.rows[i] = split
    for i, entry in enumerate(rows):
        if isinstance(entry, UnreadTranche):
            settled.rows[i] = entry.error
            if entry.holder is not None and not entry.is_nso:
                settled.refuse(entry.holder, entry.error)
        elif entry is not None and settled.rows[i] is None:
            why = blame.of(entry) or ""
            message = f"{of}row {entry.row}: the answer depends on what cannot be read: {why}"
            settled.rows[i] = ExcelError("#VALUE!", message)
            settled.refuse(entry.held_by, ExcelError("#VALUE!", why))
    settled.years = [y for y in answer.years if y.holder not in settled.refused]
    return settled


def refuse_swapped(rows: Sequence[Entry]) -> None:
    """A vest date before the grant date is lawful (vesting credit); most of a sheet so is two columns swapped."""
    dated = [t for t in rows if isinstance(t, Tranche) and t.first_exercisable is not None]
    before = [t for t in dated if t.first_exercisable < t.grant_date]  # type: ignore[operator]  # both are dates here
    if 2 * len(before) > len(dated) and len({t.grant.key for t in dated}) >= 3:
        raise CallFailed(
            f"{len(before):,} of {len(dated):,} tranches are first exercisable before their grant date: "
            "grant_date and first_exercisable look swapped; give them in this order: grant_id, grant_date, fmv, "
            "first_exercisable, shares"
        )


def _blame_disagreement(rows: Sequence[Entry], holder_of: dict[str, Identifier], blame: _Blame) -> None:
    """A grant has one holder, one date, one value and one type."""
    first: dict[str, Tranche] = {}
    for tranche in rows:
        if not isinstance(tranche, Tranche):
            continue
        known = first.setdefault(tranche.grant.key, tranche)
        if known is tranche:
            holder_of[tranche.grant.key] = tranche.held_by
            continue
        if (
            (known.grant_date is tranche.grant_date or known.grant_date == tranche.grant_date)
            and (known.fmv is tranche.fmv or known.fmv == tranche.fmv)  # equal cells are read once
            and known.grant_type is tranche.grant_type
            and (known.holder is tranche.holder or known.holder == tranche.holder)
        ):
            continue
        what = difference(known, tranche)
        for holder in (known.held_by, tranche.held_by):
            blame.all_of.setdefault(
                holder.key,
                f"grant {tranche.grant} has {what} in rows {known.row} and {tranche.row}; give the grant one of them",
            )


def _blame_unread(rows: Sequence[Entry], holder_of: dict[str, Identifier], blame: _Blame) -> None:
    for entry in rows:
        if not isinstance(entry, UnreadTranche):
            continue
        why = entry.error.message
        if entry.grant is not None:
            blame.grants.setdefault(entry.grant.key, why)
        if entry.is_nso:
            continue  # Treas. Reg. §1.422-4(b)(1): nothing of an NSO counts for anybody
        holder = entry.holder or (holder_of.get(entry.grant.key) if entry.grant is not None else None)
        if holder is not None:
            blame.iso_of.setdefault(holder.key, why)
        else:
            blame.everybody = blame.everybody or why


def _blame_activity(
    activity: Sequence[Activity | Unreadable | None], holder_of: dict[str, Identifier], blame: _Blame
) -> None:
    for row in activity:
        if not isinstance(row, Unreadable) or row.action in IGNORED:
            continue
        why = f"Activity {row.message}"
        if row.action is Action.SPLIT:
            raise CallFailed(why, row.code)
        if row.grant is not None:
            holder = holder_of.get(row.grant.key)
            if holder is not None:
                blame.all_of.setdefault(holder.key, why)
            blame.grants.setdefault(row.grant.key, why)
        else:
            blame.all_rows = blame.all_rows or why
