"""The $100,000 limit as frames (plan §11(c); IRC §422(d); Treas. Reg. §1.422-4): by tranche, by grant, by year."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from plansheet.core.numbers import Number, shares_text
from plansheet.core.records import Grant, Ledger, Tranche
from plansheet.core.refusal import Refusal
from plansheet.core.words import Identifier
from plansheet.excel.cells import CallFailed
from plansheet.excel.record_rows import has_key
from plansheet.excel.tranche_rows import refuse_swapped
from plansheet.frames.columns import days, dollars, frame, shares, texts, years
from plansheet.frames.reading import FrameLedger, Table, UnusableFrame
from plansheet.plan.approval_gate import activity_of
from plansheet.plan.iso_limit import TrancheSplit, YearUse, classify
from plansheet.plan.iso_limit_why import why
from plansheet.plan.ledger import Completed, complete
from plansheet.plan.terms import Terms, atg_1996


@dataclass(frozen=True, slots=True)
class _Line:
    """A tranche with its answer, or the sentence that says why it has none."""

    grant: Identifier | None = None
    tranche: Tranche | None = None
    split: TrancheSplit | None = None
    problem: str | None = None


def iso_split(book: FrameLedger, terms: Terms | None = None) -> pd.DataFrame:
    """ISO and NSO shares of each tranche under the yearly limit (plan §11(c); IRC §422(d)).

    Index: that of the vesting frame, a row per row of it, so that `vesting.join` fits (a blank row is all missing).
    Without one, a MultiIndex (grant, tranche): tranches built from the grants' schedules, numbered from 1. Where
    vesting is given, grants outside of it that have a schedule count for the limit and show in `iso_by_grant`.
    Columns: grant, holder, grant_type (string), first_exercisable (date, as it stands after all events), year (whose
    limit it uses; missing: none), iso_shares, nso_shares, disregarded (cancelled, in neither; all in shares after all
    splits), why (the sentence of ISO_LIMIT_WHY), problem.
    """
    terms = terms or atg_1996()
    answers = _Answers(book.ledger, terms)
    table = book.tables.get(Tranche)
    if table is not None:
        lines = list(answers.of_rows(table))
        return _split_frame(lines, terms, table.index)
    lines = list(answers.all_lines())
    numbered: dict[Identifier | None, int] = {}
    labels: list[tuple[str, int]] = []
    for line in lines:
        numbered[line.grant] = numbered.get(line.grant, 0) + 1
        labels.append((str(line.grant), numbered[line.grant]))
    index = pd.MultiIndex.from_arrays([texts(g for g, _ in labels), years(n for _, n in labels)])
    return _split_frame(lines, terms, index.set_names(["grant", "tranche"])).drop(columns="grant")


def _split_frame(lines: list[_Line], terms: Terms, index: "pd.Index[Any]") -> pd.DataFrame:
    splits = [line.split for line in lines]
    tranches = [line.tranche for line in lines]
    return frame(
        {
            "grant": texts(line.grant for line in lines),
            "holder": texts(t and t.holder for t in tranches),
            "grant_type": texts(t and t.grant_type for t in tranches),
            "first_exercisable": days(s and s.stands for s in splits),
            "year": years(s and s.year for s in splits),
            "iso_shares": shares(None if s is None else s.iso for s in splits),
            "nso_shares": shares(None if s is None else s.nso for s in splits),
            "disregarded": shares(None if s is None else s.disregarded for s in splits),
            "why": texts(None if s is None else why(s, terms.iso_limit) for s in splits),
            "problem": texts(line.problem for line in lines),
        },
        index,
    )


def iso_by_grant(book: FrameLedger, terms: Terms | None = None) -> pd.DataFrame:
    """ISO and NSO shares of each grant under the yearly limit (plan §11(c); IRC §422(d)).

    Index: that of the grants frame, a row per row of it; without one, a row per grant of vesting, numbered.
    Columns: grant, holder (string), iso_shares, nso_shares (in shares after all splits), problem.
    """
    answers = _Answers(book.ledger, terms or atg_1996())
    sums: dict[str, _Sum] = {}
    for line in answers.all_lines():
        if line.grant is not None:
            sums.setdefault(line.grant.key, _Sum(line.grant)).add(line)
    table = book.tables.get(Grant)
    if table is None:
        return _grant_frame(list(sums.values()), None)
    return _grant_frame([answers.of_grant_row(table, at, sums) for at in range(len(table.rows))], table.index)


class _Sum:
    """A grant's tranches added up."""

    def __init__(self, grant: Identifier | None, holder: Identifier | None = None, problem: str | None = None) -> None:
        self.grant, self.holder, self.problem = grant, holder, problem
        self.iso: Number | None = None
        self.nso: Number | None = None

    def add(self, line: _Line) -> None:
        """One more tranche; a problem of one is the grant's."""
        self.problem = self.problem or line.problem
        if self.holder is None and line.tranche is not None:
            self.holder = line.tranche.holder
        if self.problem is not None or line.split is None:
            self.iso = self.nso = None
        else:
            self.iso, self.nso = (self.iso or 0) + line.split.iso, (self.nso or 0) + line.split.nso


def _grant_frame(sums: list[_Sum], index: "pd.Index[Any] | None") -> pd.DataFrame:
    return frame(
        {
            "grant": texts(each.grant for each in sums),
            "holder": texts(each.holder for each in sums),
            "iso_shares": shares(each.iso for each in sums),
            "nso_shares": shares(each.nso for each in sums),
            "problem": texts(each.problem for each in sums),
        },
        index,
    )


def iso_by_year(book: FrameLedger, terms: Terms | None = None) -> pd.DataFrame:
    """Each holder's calendar years under the limit (plan §11(c); IRC §422(d)): ISO tranches with a date only.

    Index: a number. Columns: holder (string), year, counted, iso, over, headroom (dollars at grant-date value, not
    rounded), status (Reached, Approaching, OK), problem. Holders in natural order, then years; a holder that cannot be
    settled has one row without a year.
    """
    terms = terms or atg_1996()
    answers = _Answers(book.ledger, terms)
    refused = answers.refused_holders()
    uses: list[tuple[Identifier, YearUse | None]] = [
        (use.holder, use) for use in answers.years if use.holder not in refused
    ]
    uses += [(holder, None) for holder in refused]
    uses.sort(key=lambda each: each[0].order)
    lines = [use for _, use in uses]
    limit = terms.iso_limit
    return frame(
        {
            "holder": texts(holder for holder, _ in uses),
            "year": years(None if use is None else use.year for use in lines),
            "counted": dollars(None if use is None else use.counted for use in lines),
            "iso": dollars(None if use is None else use.iso for use in lines),
            "over": dollars(None if use is None else use.over for use in lines),
            "headroom": dollars(None if use is None else use.headroom(limit) for use in lines),
            "status": texts(None if use is None else use.status(limit, terms.approaching_dollars) for use in lines),
            "problem": texts(refused.get(holder) if use is None else None for holder, use in uses),
        }
    )


class _Answers:
    """Every tranche of a ledger with its answer, by the record on which it stands."""

    def __init__(self, ledger: Ledger, terms: Terms) -> None:
        self._ledger = ledger
        self._done = done = complete(ledger)
        self._holders = {grant.grant.key: grant.holder for grant in ledger.grants}
        try:
            refuse_swapped(done.tranches)
        except CallFailed as swapped:
            raise UnusableFrame(str(swapped)) from swapped
        self._bad_grants: dict[str, str] = {}
        self._bad_holders: dict[str, str] = {}
        for grant, what in _unusable(ledger, done):
            self._bad_grants.setdefault(grant.grant.key, what)
            if grant.holder is not None:
                self._bad_holders.setdefault(grant.holder.key, what)
        problems = [self._problem(t.grant, t.held_by) for t in done.tranches]
        good = [t for t, problem in zip(done.tranches, problems, strict=True) if problem is None]
        answer = classify(good, activity_of(ledger, terms), terms.iso_limit, terms.rounding)
        self.years = answer.years
        given = iter(answer.tranches)
        self._by_record: dict[int, list[_Line]] = {}
        for record, tranche, problem in zip(done.records, done.tranches, problems, strict=True):
            line = _line(tranche, next(given) if problem is None else problem)
            self._by_record.setdefault(id(record), []).append(line)

    def _problem(self, grant: Identifier | None, holder: Identifier | None) -> str | None:
        """Why a grant, or all of a holder, has no answer."""
        if grant is not None and (why := self._done.of_grant.get(grant.key) or self._bad_grants.get(grant.key)):
            return why
        if holder is None:
            return None
        unvested = self._done.unvested.get(holder.key)
        nothing = f"grant {unvested.grant} has no tranches and no schedule" if unvested is not None else None
        return self._done.of_holder.get(holder.key) or self._bad_holders.get(holder.key) or nothing

    def _lines(self, record: Tranche | Grant) -> list[_Line]:
        lines = self._by_record.get(id(record))
        if lines is not None:
            return lines
        problem = self._problem(record.grant, record.holder or self._holders.get(record.grant.key))
        return [_Line(record.grant, problem=problem or "it has no tranches")]

    def all_lines(self) -> Iterator[_Line]:
        """The tranches as listed, then those built from schedules, and a line for a grant that has none."""
        with_tranches = {tranche.grant.key for tranche in self._ledger.tranches}
        for tranche in self._ledger.tranches:
            yield from self._lines(tranche)
        for grant in self._ledger.grants:
            if grant.grant.key not in with_tranches:
                yield from self._lines(grant)

    def of_rows(self, table: Table) -> Iterator[_Line]:
        """A line for each row of a vesting frame."""
        for row in table.rows:
            if row is None or not isinstance(row.record, Tranche):
                yield _Line()
            elif not has_key(row.record):
                yield _Line(problem=row.unread[0].message)
            else:
                yield from self._lines(row.record)

    def of_grant_row(self, table: Table, at: int, sums: dict[str, "_Sum"]) -> "_Sum":
        """The sum of a row of a grants frame."""
        row = table.rows[at]
        if row is None or not isinstance(row.record, Grant):
            return _Sum(None)
        if not has_key(row.record):
            return _Sum(None, row.record.holder, row.unread[0].message)
        number = row.record.grant
        found = sums.get(number.key, _Sum(number, row.record.holder, "it has no tranches"))
        found.holder = found.holder or row.record.holder
        return found

    def refused_holders(self) -> dict[Identifier, str]:
        """Holders without an answer, with the sentence."""
        refused: dict[Identifier, str] = {}
        records: list[Tranche | Grant] = [*self._ledger.tranches, *self._ledger.grants]
        for record in records:
            holder = record.holder or self._holders.get(record.grant.key)
            if holder is not None and holder not in refused:
                problem = self._problem(record.grant, holder)
                lines = self._by_record.get(id(record), [])
                problem = problem or next((line.problem for line in lines if line.problem is not None), None)
                if problem is not None:
                    refused[holder] = problem
        return refused


def _line(tranche: Tranche, answer: TrancheSplit | Refusal | str) -> _Line:
    if isinstance(answer, TrancheSplit):
        return _Line(tranche.grant, tranche, answer)
    return _Line(tranche.grant, tranche, problem=answer if isinstance(answer, str) else answer.message)


def _unusable(ledger: Ledger, done: Completed) -> Iterator[tuple[Grant, str]]:
    """Grants that are listed twice, or whose tranches are not the shares granted."""
    totals = _totals(done.tranches)
    times = Counter(grant.grant.key for grant in ledger.grants)
    for grant in ledger.grants:
        total = totals.get(grant.grant.key)
        if times[grant.grant.key] > 1:
            yield grant, f"grant {grant.grant} is listed twice"
        elif grant.shares is not None and total is not None and total != grant.shares:
            added = f"add up to {shares_text(total)}, not {shares_text(grant.shares)}"
            yield grant, f"the tranches of grant {grant.grant} {added}"


def _totals(tranches: Iterable[Tranche]) -> dict[str, Number]:
    totals: dict[str, Number] = {}
    for tranche in tranches:
        totals[tranche.grant.key] = totals.get(tranche.grant.key, 0) + (tranche.shares or 0)
    return totals
