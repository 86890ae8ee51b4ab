"""The records of a plan. Each heading and its synonyms stand once, here, on the record's field.

The template, the block arguments of worksheet functions, the workbook reader, the messages and the help all take them
from these fields. A record carries the row it came from, which is no part of what it says (absent from equality).
"""

import datetime
from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from enum import Enum
from typing import Any, NamedTuple

from plansheet.core.numbers import Number, ratio
from plansheet.core.words import Action, GrantType, Identifier


class Kind(Enum):
    """What a column's cells hold."""

    IDENTIFIER = "a grant number or a name"
    DATE = "a date"
    SHARES = "a number of shares"
    MONEY = "an amount in dollars"
    MONTHS = "a number of months"
    WORD = "a word of a list"
    FLAG = "yes or no"
    TEXT = "text"


class Column(NamedTuple):
    """A record's field as a heading: what it is called, what else it is called, what it holds."""

    name: str
    heading: str
    synonyms: tuple[str, ...]
    kind: Kind
    note: str
    recorded: bool


def _column(heading: str, *synonyms: str, kind: Kind, note: str, recorded: bool = False) -> Any:
    """A field with its heading. ``recorded``: a figure that somebody wrote down and a rule can recompute."""
    column = {"heading": heading, "synonyms": synonyms, "kind": kind, "note": note, "recorded": recorded}
    return field(default=None, metadata=column)


def _row() -> Any:
    return field(default=0, compare=False)


def columns(record: type[Any]) -> tuple[Column, ...]:
    """The headings of a record, in the order in which a sheet would show them."""
    return tuple(_columns(record))


def _columns(record: type[Any]) -> Iterator[Column]:
    each: Field[Any]
    for each in fields(record):
        if each.metadata:
            yield Column(each.name, **each.metadata)


def heading(record: type[Any], name: str) -> str:
    """The heading of one field."""
    return next(c.heading for c in columns(record) if c.name == name)


# Headings that several records share.
_GRANT = (
    "Grant", "Grant number", "Grant No.", "Grant #", "Grant ID", "Option", "Option number", "Option No.", "Option #",
    "Option ID", "Security ID", "Certificate number", "Certificate No.", "Certificate #", "Certificate",
)  # fmt: skip
_HOLDER = (
    "Holder", "Optionee", "Optionholder", "Participant", "Employee", "Employee name", "Stakeholder", "Shareholder",
    "Holder name", "Optionee name", "Optionholder name", "Participant name", "Stakeholder name", "Legal name",
    "Grantee", "Optionee ID", "Stakeholder ID", "Holder ID", "Employee ID", "Participant ID",
)  # fmt: skip
_TYPE = (
    "Type", "Option type", "Grant type", "Award type", "Base award type", "Plan type", "Instrument", "Security type",
    "Stock option type",
)  # fmt: skip
_GRANT_DATE = (
    "Grant date", "Date of grant", "Granted on", "Issue date", "Award date", "Agreement date", "Date granted",
)  # fmt: skip
_FMV = (
    "FMV", "Fair market value", "FMV at grant", "Grant date FMV", "FMV per share", "Fair market value per share",
    "Market price at time of grant", "Market value at grant", "Unrestricted market value", "UMV",
)  # fmt: skip
_SHARES = (
    "Shares", "Shares granted", "Granted", "Grant shares", "Number of options", "Options", "Number of shares",
    "Quantity", "Quantity granted", "Quantity issued", "Total granted", "Total awarded", "Grant quantity",
    "Options granted", "Options issued", "Number of securities", "Granted shares", "Vesting shares", "Vest shares",
    "Tranche shares", "Vest quantity", "Shares vesting",
)  # fmt: skip
_ISO_SHARES = ("ISO shares", "ISO")
_NSO_SHARES = ("NSO shares", "NSO", "NQ shares", "NQSO shares")


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody to whom options were granted (an optionee)."""

    holder: Identifier = _column(
        *_HOLDER, kind=Kind.IDENTIFIER, note="One line per person; the same spelling as in Grants."
    )
    relationship: str | None = _column(
        "Relationship", "Role", "Type of holder",
        kind=Kind.TEXT, note="Employee, officer, director, consultant or advisor (plan §3).",
    )  # fmt: skip
    ten_percent: bool | None = _column(
        "10% owner", "Ten percent owner", "10% holder", "10% shareholder", "Ten percent holder",
        kind=Kind.FLAG, note="Yes if the holder owns more than 10% of the voting power (plan §11(b)).",
    )  # fmt: skip
    country: str | None = _column("Country", kind=Kind.TEXT, note="Where the holder works (plan §23).")
    cashout: Number | None = _column(
        "Merger payment", "Cash-out payment", "Cash-out", "Merger consideration", "Option consideration",
        kind=Kind.MONEY, note="The payment recorded for the holder's options in a merger (plan §16(a)(iii)).",
        recorded=True,
    )  # fmt: skip
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Grant:
    """An option, as granted: in the shares and dollars of its own day."""

    grant: Identifier = _column(*_GRANT, kind=Kind.IDENTIFIER, note="The number of the grant; each grant once.")
    holder: Identifier | None = _column(*_HOLDER, kind=Kind.IDENTIFIER, note="Whose option it is.")
    plan: str | None = _column(
        "Plan", "Plan name", "Equity plan", "Share class or plan",
        kind=Kind.TEXT, note="Left blank: this plan. Other plans of the group count for the $100,000 limit only.",
    )  # fmt: skip
    grant_type: GrantType | None = _column(
        *_TYPE, kind=Kind.WORD, note="ISO or NSO, as designated at grant (plan §2(a), §11(a))."
    )
    grant_date: datetime.date | None = _column(
        *_GRANT_DATE, kind=Kind.DATE, note="The day on which the option was granted."
    )
    fmv: Number | None = _column(
        *_FMV,
        kind=Kind.MONEY,
        note="Fair market value per share on the grant date, which the $100,000 limit counts; not the price.",
    )
    exercise_price: Number | None = _column(
        "Exercise price", "Strike price", "Strike", "Grant price", "Option price", "Purchase price", "Price per share",
        "PPS", "Option exercise price per share",
        kind=Kind.MONEY, note="Price per share as granted, before any split (plan §6(a)).",
    )  # fmt: skip
    shares: Number | None = _column(*_SHARES, kind=Kind.SHARES, note="Shares granted, in shares of the grant date.")
    vesting_start: datetime.date | None = _column(
        "Vesting start", "Vest start date", "Vesting start date", "Vesting commencement", "Vesting commencement date",
        "VCD", "Vest from", "Vest start", "Grant vest date", "Start date for vesting",
        kind=Kind.DATE, note="Where the schedule is given by months: the day on which it starts.",
    )  # fmt: skip
    months: int | None = _column(
        "Months", "Vesting months", "Vesting period", "Vesting period (months)", "Months to vest",
        kind=Kind.MONTHS, note="Months until all shares are exercisable.",
    )  # fmt: skip
    cliff: int | None = _column(
        "Cliff", "Cliff months", "Vesting cliff", "Vesting cliff (months)",
        kind=Kind.MONTHS, note="Months until the first shares are exercisable.",
    )  # fmt: skip
    every: int | None = _column(
        "Every", "Vesting interval", "Vesting interval (months)", "Interval months",
        kind=Kind.MONTHS, note="Months from one installment to the next; left blank: 1.",
    )  # fmt: skip
    expires: datetime.date | None = _column(
        "Expires", "Expiration date", "Expiration", "Expire date", "Expiry", "Expiry date", "Option expiration",
        "Exercise by date", "Exercise expire date",
        kind=Kind.DATE, note="The last day of the option by its agreement (plan §7).",
    )  # fmt: skip
    iso_shares: Number | None = _column(
        *_ISO_SHARES, kind=Kind.SHARES, note="ISO shares as recorded, in today's shares.", recorded=True
    )
    nso_shares: Number | None = _column(
        *_NSO_SHARES, kind=Kind.SHARES, note="NSO shares as recorded, in today's shares.", recorded=True
    )
    split_price: Number | None = _column(
        "Price after split", "Adjusted price", "Adjusted exercise price", "Split-adjusted price", "Post-split price",
        kind=Kind.MONEY, note="Exercise price as adjusted for all splits since the grant (plan §15).", recorded=True,
    )  # fmt: skip
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Tranche:
    """An installment of a grant: so many shares, first exercisable on one date by service alone."""

    grant: Identifier = _column(*_GRANT, kind=Kind.IDENTIFIER, note="The number of the grant, spelled as in Grants.")
    holder: Identifier | None = _column(*_HOLDER, kind=Kind.IDENTIFIER, note="Whose option it is.")
    grant_type: GrantType | None = _column(*_TYPE, kind=Kind.WORD, note="ISO or NSO.")
    grant_date: datetime.date | None = _column(*_GRANT_DATE, kind=Kind.DATE, note="The day of the grant.")
    fmv: Number | None = _column(*_FMV, kind=Kind.MONEY, note="Fair market value per share on the grant date.")
    first_exercisable: datetime.date | None = _column(
        "First exercisable", "Vest date", "Vesting date", "Vests on", "Exercisable from", "First exercisable date",
        "Date first exercisable", "Exercisable on",
        kind=Kind.DATE,
        note="Left blank: only by a performance or change-in-control condition (Treas. Reg. §1.422-4(b)(4)).",
    )  # fmt: skip
    shares: Number | None = _column(
        *_SHARES, kind=Kind.SHARES, note="Shares of this installment, in shares of the grant date."
    )
    iso_shares: Number | None = _column(
        *_ISO_SHARES, kind=Kind.SHARES, note="ISO shares as recorded, in today's shares.", recorded=True
    )
    nso_shares: Number | None = _column(
        *_NSO_SHARES, kind=Kind.SHARES, note="NSO shares as recorded, in today's shares.", recorded=True
    )
    row: int = _row()

    @property
    def held_by(self) -> Identifier:
        """The holder of a tranche that has been completed from its grant."""
        assert self.holder is not None, f"the tranche of {self.grant} has no holder"
        return self.holder


class Ratio(NamedTuple):
    """A split: so many new shares for so many old."""

    new: Number
    old: Number

    @property
    def factor(self) -> Number:
        """New shares per old share."""
        return ratio(self.new, self.old)

    def __str__(self) -> str:
        return f"{float(self.new):g}-for-{float(self.old):g}"


@dataclass(frozen=True, slots=True)
class Activity:
    """A row of the plan's ledger of transactions, in the shares of its own day."""

    date: datetime.date | None = _column(
        "Date", "Event date", "Transaction date", "Activity date", "Effective date",
        kind=Kind.DATE, note="The day of the transaction; rows of one day count as listed.",
    )  # fmt: skip
    action: Action = _column(
        "Action", "Activity", "Transaction", "Transaction type", "Event", "Event type",
        kind=Kind.WORD, note="What happened: one of the list on the Help sheet.",
    )  # fmt: skip
    grant: Identifier | None = _column(
        *_GRANT,
        kind=Kind.IDENTIFIER,
        note="The grant concerned; ACCELERATE and APPROVAL without one concern all grants.",
    )
    shares: Number | None = _column(
        *_SHARES,
        kind=Kind.SHARES,
        note="Left blank: all that is left. A SPLIT holds its ratio as text, such as 3-for-2.",
    )
    grant_type: GrantType | None = _column(*_TYPE, kind=Kind.WORD, note="ISO or NSO, on GRANT rows.")
    ratio: Ratio | None = None
    row: int = _row()


Record = Holder | Grant | Tranche | Activity


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell of a record that cannot be read, or (``field`` None) a row that makes no record.

    The record holds None in the field. ``grant`` and ``holder`` tell whom it concerns, where that could be read.
    """

    record: Record
    field: str | None
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Everything that is known of a plan: the records, which columns they were read from, what could not be read.

    ``columns`` holds pairs of record type and field name, so that a rule can say which column it lacks.
    """

    holders: tuple[Holder, ...] = ()
    grants: tuple[Grant, ...] = ()
    tranches: tuple[Tranche, ...] = ()
    activity: tuple[Activity, ...] = ()
    columns: frozenset[tuple[type[Any], str]] = frozenset()
    unread: tuple[Unread, ...] = ()
