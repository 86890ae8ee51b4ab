"""The ledgers of a workbook: invented facts, completed with the figures that the plan's engines give.

The facts stand in sample/*.csv (the sample) and starter/*.csv (the template's example rows). What an administrator
would have recorded from them (ISO and NSO shares, prices after the split, merger payments) is computed here, except for
the mistakes of sample/story.toml, left in to be found.
"""

import datetime
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from plansheet.core.numbers import Number, exact
from plansheet.core.records import Activity, Grant, Holder, Tranche, heading
from plansheet.core.refusal import Refusal
from plansheet.core.words import Action, Identifier, Moment
from plansheet.excel.activity import read_activity_block
from plansheet.excel.grant_rows import read_grants
from plansheet.plan.adjustment import adjust, splits_of, splits_since
from plansheet.plan.iso_limit import TrancheSplit, classify
from plansheet.plan.merger import holder_payment
from plansheet.plan.outstanding import Outstanding, Rounding, options_at
from plansheet.plan.terms import atg_1996
from plansheet.template.tables import Cell, Table, number_cell, read_facts, read_text


class Position(NamedTuple):
    """An option with something left at a moment: shares and exercise price of that moment."""

    grant: str
    holder: str
    shares: Number
    price: Number


class Mistake(NamedTuple):
    """A deliberate mistake: the record it concerns, the cells recorded instead (heading to value), what is wrong."""

    sheet: str
    record: str
    first_exercisable: datetime.date | None
    cells: dict[str, Cell]
    sentence: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The completed ledgers as Excel tables, their records, the terms of a merger, the day of the checks."""

    holders: Table
    grants: Table
    vesting: Table
    activity: Table
    tranches: tuple[Tranche, ...]
    events: tuple[Activity, ...]
    merger_price: Number
    merger_date: datetime.date
    as_of: datetime.date
    mistakes: tuple[Mistake, ...]

    @property
    def is_sample(self) -> bool:
        """Whether mistakes were planted in the ledgers."""
        return bool(self.mistakes)

    @property
    def split(self) -> Activity:
        """The one split."""
        return next(event for event in self.events if event.action is Action.SPLIT)

    @property
    def scheduled(self) -> list[dict[str, Cell]]:
        """Grants whose schedule is given in months."""
        return [row for row in self.grants.records() if row[MONTHS] is not None]


GRANT = heading(Grant, "grant")
HOLDER = heading(Grant, "holder")
PRICE = heading(Grant, "exercise_price")
TYPE = heading(Grant, "grant_type")
GRANT_DATE = heading(Grant, "grant_date")
FMV = heading(Grant, "fmv")
MONTHS = heading(Grant, "months")
FIRST_EXERCISABLE = heading(Tranche, "first_exercisable")
SHARES = heading(Tranche, "shares")
ISO_SHARES = heading(Tranche, "iso_shares")
NSO_SHARES = heading(Tranche, "nso_shares")
SPLIT_PRICE = heading(Grant, "split_price")
CASHOUT = heading(Holder, "cashout")
LOOKED_UP = (HOLDER, TYPE, GRANT_DATE, FMV)
"""Columns of Vesting that Grants holds."""


@cache
def sample() -> Facts:
    """The sample, complete: a ledger of 120 grants with mistakes."""
    return _load("sample")


@cache
def starter() -> Facts:
    """The template's example rows, complete: a few grants that use every function."""
    return _load("starter")


def _load(folder: str) -> Facts:
    holders, grants = read_facts(folder, "Holders", Holder), read_facts(folder, "Grants", Grant)
    vesting, activity = read_facts(folder, "Vesting", Tranche), read_facts(folder, "Activity", Activity)
    events = tuple(event for event in read_activity_block(activity.block()) if isinstance(event, Activity))
    entries = read_grants(grants.block(), vesting.block()).tranches
    tranches = tuple(entry for entry in entries if isinstance(entry, Tranche))
    if len(events) < len(activity.rows) or len(tranches) < len(vesting.rows):
        raise ValueError(f"{folder} has a row that cannot be read; correct its activity.csv or vesting.csv")
    story = tomllib.loads(read_text(f"{folder}/story.toml"), parse_float=Decimal)
    merger_price, merger_date = exact(story["merger"]["price"]), story["merger"]["date"]
    mistakes = tuple(
        Mistake(
            entry["sheet"],
            entry["record"],
            entry.get("first_exercisable"),
            {name: number_cell(value) for name, value in entry.get("cells", {}).items()},
            entry["sentence"],
        )
        for entry in story.get("mistake", ())
    )
    split_prices = _split_prices(grants, tranches, events)
    at_merger = _at_merger(tranches, events, grants, merger_date)
    return Facts(
        holders=_recorded(_with_payments(holders, at_merger, merger_price), mistakes),
        grants=_recorded(_with_split_prices(grants, split_prices), mistakes),
        vesting=_recorded(_with_split(vesting, grants, tranches, events), mistakes),
        activity=activity,
        tranches=tranches,
        events=events,
        merger_price=merger_price,
        merger_date=merger_date,
        as_of=story.get("as_of", merger_date),
        mistakes=mistakes,
    )


def _split_prices(grants: Table, tranches: Sequence[Tranche], events: Sequence[Activity]) -> dict[str, Number]:
    """Exercise price after all splits (§15(a)(z)) of options granted before one and outstanding then."""
    rounding = Rounding.of(atg_1996())
    prices: dict[str, Number] = {}
    for split in (event for event in events if event.action is Action.SPLIT):
        before = options_at(tranches, events, {}, split.date, Moment.BEFORE_SPLIT, rounding)
        for row in grants.records():
            key = Identifier(str(row[GRANT])).key
            if key in before:
                since = splits_since(day_of(row[GRANT_DATE]), splits_of(events))
                adjusted = adjust(_number(row[SHARES]), _number(row[PRICE]), since, *rounding)
                assert not isinstance(adjusted, Refusal), adjusted.message
                prices[str(row[GRANT])] = adjusted[1]
    return prices


def _at_merger(
    tranches: Sequence[Tranche],
    events: Sequence[Activity],
    grants: Table,
    merger_date: datetime.date,
) -> tuple[Position, ...]:
    """Options outstanding just before the closing cancels them for cash (§16(a)(iii)), in the order of Grants."""
    rounding = Rounding.of(atg_1996())
    granted = {Identifier(str(row[GRANT])).key: _number(row[PRICE]) for row in grants.records()}
    left = options_at(tranches, events, granted, merger_date, Moment.BEFORE_MERGER, rounding)
    positions = []
    for row in grants.records():
        option = left.get(Identifier(str(row[GRANT])).key)
        if option is not None:
            assert isinstance(option, Outstanding) and isinstance(option.price, int | Fraction), option
            positions.append(Position(str(row[GRANT]), str(row[HOLDER]), option.shares, option.price))
    return tuple(positions)


def _with_split(vesting: Table, grants: Table, tranches: Sequence[Tranche], events: Sequence[Activity]) -> Table:
    """Vesting with what Grants says of each tranche, and with ISO and NSO shares in today's shares (§11(c))."""
    terms = atg_1996()
    of_grant = {row[GRANT]: row for row in grants.records()}
    answers = classify(tranches, events, terms.iso_limit, terms.rounding).tranches
    rows: list[dict[str, Cell]] = []
    for row, answer in zip(vesting.records(), answers, strict=True):
        assert isinstance(answer, TrancheSplit), answer.message
        looked_up = {name: of_grant[row[GRANT]][name] for name in LOOKED_UP}
        parts = {ISO_SHARES: number_cell(answer.iso), NSO_SHARES: number_cell(answer.nso)}
        rows.append({**row, **looked_up, **parts})
    return vesting.arranged((GRANT, *LOOKED_UP, FIRST_EXERCISABLE, SHARES, ISO_SHARES, NSO_SHARES), rows)


def _with_split_prices(grants: Table, prices: dict[str, Number]) -> Table:
    rows = [{**row, SPLIT_PRICE: _cell(prices.get(str(row[GRANT])))} for row in grants.records()]
    return grants.arranged((*grants.headings, SPLIT_PRICE), rows)


def _with_payments(holders: Table, positions: Sequence[Position], merger_price: Number) -> Table:
    """Holders with the payment by the plan's words (§16(a)(iii)); blank for those with nothing outstanding."""
    options: dict[str, list[tuple[Number, Number]]] = {}
    for position in positions:
        options.setdefault(position.holder, []).append((position.shares, position.price))
    payments = {holder: holder_payment(merger_price, held).plan for holder, held in options.items()}
    rows = [{**row, CASHOUT: _cell(payments.get(str(row[HOLDER])))} for row in holders.records()]
    return holders.arranged((*holders.headings, CASHOUT), rows)


def _recorded(table: Table, mistakes: Sequence[Mistake]) -> Table:
    """The table as it was recorded: with the mistakes."""
    rows = list(table.records())
    for mistake in mistakes:
        for row in rows:
            if mistake.sheet == table.name and mistake.record in row.values() and _is_tranche(row, mistake):
                row.update(mistake.cells)
    return table.arranged(table.headings, rows)


def _is_tranche(row: dict[str, Cell], mistake: Mistake) -> bool:
    first = row.get(FIRST_EXERCISABLE)
    return mistake.first_exercisable is None or (first is not None and day_of(first) == mistake.first_exercisable)


def _cell(value: Number | None) -> Cell:
    return None if value is None else number_cell(value)


def _number(cell: Cell) -> Number:
    assert isinstance(cell, int | float), cell
    return exact(cell)


def day_of(cell: Cell) -> datetime.date:
    """The day in a cell that holds one."""
    assert isinstance(cell, datetime.datetime), cell
    return cell.date()
