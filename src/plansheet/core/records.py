"""The records of a plan. Each heading and its synonyms stand once, here, on the record's field.

The template, the block arguments of worksheet functions, the workbook reader, the messages and the help all take them
from these fields. A record carries the row it came from, which is no part of what it says (absent from equality).
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from plansheet.core.numbers import Number, ratio
from plansheet.core.words import (
    Action,
    EndReason,
    GrantingBody,
    GrantType,
    HeldAs,
    Identifier,
    Relation,
    TransferWay,
    Word,
)


class Kind(Enum):
    """What a column's cells hold."""

    IDENTIFIER = "a grant number or a name"
    DATE = "a date"
    SHARES = "a number of shares"
    MONEY = "an amount in dollars"
    MONTHS = "a number of months"
    WORD = "a word of a list"
    FLAG = "yes or no"
    PERCENT = "a number of percent"
    TEXT = "text"


class Column(NamedTuple):
    """A record's field as a heading: what it is called, what else it is called, what it holds."""

    name: str
    heading: str
    synonyms: tuple[str, ...]
    kind: Kind
    note: str
    recorded: bool
    words: type[Word] | None
    """The list that a word is of; None where the cells hold no word."""


def _column(
    heading: str, *synonyms: str, kind: Kind, note: str, recorded: bool = False, words: type[Word] | None = None
) -> Any:
    """A field with its heading. ``recorded``: a figure that somebody wrote down and a rule can recompute."""
    column = {
        "heading": heading, "synonyms": synonyms, "kind": kind, "note": note, "recorded": recorded, "words": words,
    }  # fmt: skip
    return field(default=None, metadata=column)


def _row() -> Any:
    return field(default=0, compare=False)


def columns(record: type[Any]) -> tuple[Column, ...]:
    """The headings of a record, in the order in which a sheet would show them."""
    return _columns(record)  # type: ignore[arg-type]  # a class is hashable


@lru_cache(maxsize=32)  # asked for every row
def _columns(record: type[Any]) -> tuple[Column, ...]:
    return tuple(Column(each.name, **each.metadata) for each in fields(record) if each.metadata)


def heading(record: type[Any], name: str) -> str:
    """The heading of one field."""
    return next(c.heading for c in columns(record) if c.name == name)


NAME_PARTS: tuple[tuple[str, ...], ...] = (
    ("First name", "Given name", "Forename"),
    ("Middle name", "Second name", "Middle initial", "Middle", "MI"),
    ("Last name", "Surname", "Family name"),
    ("Corporate name",),
)
"""A holder's name in parts: headings of each, in the order in which they are joined; a middle name may be missing."""
NAMED_PERSONS = ("Employee", "Holder", "Optionee", "Participant", "Stakeholder", "Grantee", "Recipient")
"""What may stand before the heading of a part: Employee first name."""
SCHEDULES = ("Vesting schedule", "Vest schedule", "Vesting terms", "Vesting")
"""Headings of a schedule told in words (1/48 monthly, 12 month cliff), which stands for Months, Cliff and Every."""


class EventHeadings(NamedTuple):
    """Of columns that hold the events of one action alone: headings of the day, of the shares, of the kind of event."""

    dates: tuple[str, ...]
    shares: tuple[str, ...]
    kinds: tuple[str, ...] = ()


class NearMiss(NamedTuple):
    """Headings that are taken for a field by those in a hurry, and what they mean instead."""

    headings: tuple[str, ...]
    meaning: str


NEAR_MISSES = {
    "fmv": NearMiss(
        (
            "Fair value", "Fair value per option", "Fair value per share", "Grant date fair value", "Option value",
            "Option fair value", "Fair value of option", "ASC 718 value", "ASC 718 fair value", "FAS 123R value",
            "Expense per share", "Black-Scholes value", "Black-Scholes", "Value", "Value per share", "Share value",
            "FV", "FV per option", "FV per share", "Grant date fair value per share",
            "Grant date fair value per option",
        ),
        "may be the accounting value of the option",
    ),
    "first_exercisable": NearMiss(
        (
            "Grant vest date", "Vest start date", "Vest start", "Vesting start", "Vesting start date",
            "Vesting commencement date", "Vesting commencement", "Vest base date",
        ),
        "is the day from which vesting counts",
    ),
}  # fmt: skip
"""By field: headings that resemble it and mean something else. They are never taken for it, and are asked about."""


def _event(
    nouns: tuple[str, ...], participles: tuple[str, ...], kinds: tuple[str, ...] = (), more: tuple[str, ...] = ()
) -> EventHeadings:
    """The headings that are made of nouns (Cancellation) and participles (Cancelled, Canceled).

    The plural is the heading of a group over Date and Shares.
    """
    dates = [form for noun in nouns for form in (f"{noun} date", f"{noun}s date", f"Date of {noun}")]
    shares = [f"{noun} {what}" for each in nouns for noun in (each, f"{each}s") for what in ("shares", "quantity")]
    for done in participles:
        dates += [f"Date {done}", f"{done} on", f"{done} date"]
        shares += [
            f"{what} {done}" for what in ("Shares", "Options", "Quantity", "Number", "Number of shares", "Total")
        ]
        shares += [done, f"{done} shares", f"{done} quantity", f"{done} options"]
    return EventHeadings(tuple(dates), (*shares, *more), kinds)


EVENTS: dict[Action, EventHeadings] = {
    Action.EXERCISE: _event(
        ("Exercise",),
        ("Exercised",),
        more=tuple(
            f"Total number of {what} employee entitled to on exercise of the option before any cashless exercise or "
            "other adjustment"
            for what in ("shares", "securities")
        ),
    ),
    Action.CANCEL: _event(
        ("Cancel", "Cancellation", "Cancelation"), ("Cancelled", "Canceled"), ("Cancel type", "Cancellation type")
    ),
    Action.FORFEIT: _event(("Forfeit", "Forfeiture"), ("Forfeited",)),
    Action.EXPIRE: _event((), ("Lapsed", "Expired")),
    Action.TERMINATE: EventHeadings(  # a day alone is that on which employment ended
        ("Termination date", "Date of termination"),
        (
            "Shares terminated",
            "Options terminated",
            "Quantity terminated",
            "Number terminated",
            "Number of shares terminated",
            "Total terminated",
            "Terminated shares",
            "Terminated options",
        ),
    ),
}
"""Headings of one action's own columns, beside the grants or on a sheet of its own."""

# Headings that several records share.
_GRANT = (
    "Grant", "Grant number", "Grant No.", "Grant #", "Grant ID", "Option", "Option number", "Option No.", "Option #",
    "Option ID", "Security ID", "Certificate number", "Certificate No.", "Certificate #", "Certificate",
    "Certificate ID", "Security label", "Custom ID", "Award ID", "Award number", "Award No.", "Award #",
    "Option grant number", "Option grant No.", "Option grant #", "Option grant ID", "Grant reference",
    "Option reference", "Award reference",
)  # fmt: skip
HOLDER_NUMBERS = (
    "Holder ID", "Optionee ID", "Stakeholder ID", "Employee ID", "Participant ID", "Grantee ID", "Shareholder ID",
    "Holder number", "Optionee number", "Stakeholder number", "Employee number", "Participant number",
    "Grantee number", "Holder #", "Optionee #", "Stakeholder #", "Employee #", "Participant #", "Grantee #",
    "Wallet address",
)  # fmt: skip
"""Of the headings for a holder, those for a number; beside a name they say the same of the same person."""
_HOLDER = (
    "Holder", "Optionee", "Optionholder", "Participant", "Employee", "Employee name", "Stakeholder", "Shareholder",
    "Holder name", "Optionee name", "Optionholder name", "Participant name", "Stakeholder name", "Legal name",
    "Grantee", "Grantee name", "Shareholder name", "Name of holder", "Name of optionee", "Name of employee",
    "Recipient", "Recipient name", "Full name", "Name of option holder", "Name of grantee", "Name of participant",
    "Name of recipient", "Option recipient", *HOLDER_NUMBERS,
)  # fmt: skip
_TYPE = (
    "Type", "Option type", "Grant type", "Award type", "Base award type", "Plan type", "Instrument", "Security type",
    "Stock option type", "Award type name", "Type of option", "Type of grant", "Type of award", "ISO/NSO", "NSO/ISO",
    "ISO/NQSO", "ISO/NQ", "ISO or NSO", "ISO or NQSO",
)  # fmt: skip
_GRANT_DATE = (
    "Grant date", "Date of grant", "Granted on", "Issue date", "Award date", "Agreement date", "Date granted",
    "Date of award", "Date awarded", "Date issued", "Option grant date", "Date of option grant", "Option date",
    "Date of issuance", "Issuance date",
)  # fmt: skip
_FMV = (
    "FMV", "Fair market value", "FMV at grant", "Grant date FMV", "FMV per share", "Fair market value per share",
    "Market price at time of grant", "Market value at grant", "Unrestricted market value", "UMV",
    "FMV at grant date", "FMV on grant date", "Fair market value at grant", "Fair market value on grant date",
    "FMV at date of grant", "FMV on date of grant", "FMV at time of grant", "Fair market value at date of grant",
    "Fair market value on date of grant", "Market price at grant", "Market value at date of grant",
    "Grant date fair market value", "Unrestricted market value of a security at date of grant",
    "Unrestricted market value (UMV) of each share used to determine option exercise price",
)  # fmt: skip
_SHARES = (
    "Shares", "Shares granted", "Granted", "Grant shares", "Number of options", "Options", "Number of shares",
    "Quantity", "Quantity granted", "Quantity issued", "Total granted", "Total awarded", "Grant quantity",
    "Granted quantity", "Granted qty",
    "Options granted", "Options issued", "Number of securities", "Granted shares", "Vesting shares", "Vest shares",
    "Tranche shares", "Vest quantity", "Shares vesting", "Installment shares", "Number of options granted",
    "Number of shares granted", "Total options", "Total # options", "Total options granted", "Total shares granted",
    "Options awarded", "Shares awarded", "No. of options", "No. of shares", "Number granted", "Units granted",
    "Awards granted", "Award quantity", "Option shares", "Shares under option", "Number of shares under option",
    "Shares subject to option", "Number of shares subject to option",
    "Number of shares of common stock subject to option", "Awarded", "Shares to vest", "Vesting quantity",
    "Number of securities over which options granted", "Over how many shares in total were CSOP options granted",
)  # fmt: skip
_CONSENT = ("Consent", "Consent date", "Consented on", "Optionee consent", "Holder consent")
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
    five_percent: bool | None = _column(
        "5% owner", "Five percent owner", "5% holder", "5% shareholder", "Five percent holder",
        kind=Kind.FLAG, note="Yes if the holder is a 5% shareholder of the company (plan §2(b)(iii), (iv)).",
    )  # fmt: skip
    employer: str | None = _column(
        "Employer", "Employing company", "Employing entity", "Legal entity",
        kind=Kind.TEXT, note="The company that employs the holder; left blank: the plan's company (plan §1).",
    )  # fmt: skip
    employer_percent: Number | None = _column(
        "Group ownership", "Group ownership %", "Employer ownership", "Employer ownership %", "Ownership of employer",
        kind=Kind.PERCENT,
        note="Votes, in percent, by which the employer is parent or subsidiary: the least in the chain (plan §1).",
    )  # fmt: skip
    terminated: datetime.date | None = _column(
        "Employment ended", "Termination date", "Terminated", "Terminated on", "Last day employed",
        "Last day of employment", "Date of termination", "Service ended",
        kind=Kind.DATE, note="The last day of employment or service (plan §10); left blank: still there.",
    )  # fmt: skip
    end_reason: EndReason | None = _column(
        "Reason ended", "Termination reason", "Reason for termination", "Reason",
        kind=Kind.WORD, words=EndReason, note="TERMINATION, DISABILITY, DEATH or CAUSE (plan §10).",
    )  # fmt: skip
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Grant:
    """An option, as granted: in the shares and dollars of its own day."""

    grant: Identifier = _column(*_GRANT, kind=Kind.IDENTIFIER, note="The number of the grant; each grant once.")
    holder: Identifier | None = _column(*_HOLDER, kind=Kind.IDENTIFIER, note="Whose option it is.")
    plan: str | None = _column(
        "Plan", "Plan name", "Equity plan", "Share class or plan", "Class/plan",
        kind=Kind.TEXT, note="Left blank: this plan. Other plans of the group count for the $100,000 limit only.",
    )  # fmt: skip
    grant_type: GrantType | None = _column(
        *_TYPE, kind=Kind.WORD, words=GrantType, note="ISO or NSO, as designated at grant (plan §2(a), §11(a))."
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
        "PPS", "Option exercise price per share", "Exercise price per share", "Option exercise price",
        "Price or strike", "Strike price per share", "Per share exercise price", "Strike per share",
        "Option strike price", "Option price per share", "Grant price per share", "Award price",
        kind=Kind.MONEY, note="Price per share as granted, before any split (plan §6(a)).",
    )  # fmt: skip
    shares: Number | None = _column(*_SHARES, kind=Kind.SHARES, note="Shares granted, in shares of the grant date.")
    vesting_start: datetime.date | None = _column(
        "Vesting start", "Vest start date", "Vesting start date", "Vesting commencement", "Vesting commencement date",
        "VCD", "Vest from", "Vest start", "Grant vest date", "Start date for vesting", "Vest commencement date",
        "Vesting begin date", "Start of vesting",
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
        "Every", "Vesting interval", "Vesting interval (months)", "Interval months", "Vesting frequency",
        "Vest frequency",
        kind=Kind.MONTHS, note="Months from one installment to the next; left blank: 1.",
    )  # fmt: skip
    expires: datetime.date | None = _column(
        "Expires", "Expiration date", "Expiration", "Expire date", "Expiry", "Expiry date", "Option expiration",
        "Exercise by date", "Exercise expire date", "Grant expiration date", "Date of expiration", "Expires on",
        "Option expiration date", "Option expiry date", "Date option lapses", "Last date to exercise",
        "Last day to exercise",
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
    split_shares: Number | None = _column(
        "Shares after split", "Adjusted shares", "Split-adjusted shares", "Post-split shares",
        kind=Kind.SHARES, note="Shares granted as adjusted for all splits since the grant (plan §15).", recorded=True,
    )  # fmt: skip
    granted_by: GrantingBody | None = _column(
        "Granted by", "Granting body", "Approving body", "Approved by",
        kind=Kind.WORD, words=GrantingBody,
        note="BOARD, or the committee by its paragraph of the plan: COMMITTEE 2(b)(iii) or COMMITTEE 2(b)(iv).",
    )  # fmt: skip
    agreement: str | None = _column(
        "Agreement", "Agreement on file", "Option agreement", "Agreement number", "Agreement ID",
        kind=Kind.TEXT, note="What evidences the option, as filed (plan §5).",
    )  # fmt: skip
    designated: datetime.date | None = _column(
        "Designated ISO on", "ISO designated on", "ISO designation date",
        kind=Kind.DATE, note="Of an ISO: the day on which its agreement designated it as one (plan §11(a)).",
    )  # fmt: skip
    exercise_months: int | None = _column(
        "Months to exercise", "Months to exercise after termination", "Post-termination exercise months",
        "Post-termination exercise period", "PTEP months",
        kind=Kind.MONTHS, note="Months after employment ended within which the agreement lets exercise (plan §10).",
    )  # fmt: skip
    exercise_months_death: int | None = _column(
        "Months after death or disability", "Months to exercise after death or disability",
        kind=Kind.MONTHS, note="The same after death or disability (plan §10(ii)); left blank: as for any other end.",
    )  # fmt: skip
    transferable: bool | None = _column(
        "Transferable", "Transfer allowed", "Transfers allowed",
        kind=Kind.FLAG, note="Yes if the agreement lets the option be transferred otherwise than at death (plan §9).",
    )  # fmt: skip
    transferred: datetime.date | None = _column(
        "Transferred on", "Transferred", "Transfer date", "Date of transfer",
        kind=Kind.DATE, note="The day on which the option came to another person (plan §9).",
    )  # fmt: skip
    transferred_by: TransferWay | None = _column(
        "Transferred by", "Transfer by", "Way of transfer",
        kind=Kind.WORD, words=TransferWay, note="WILL, DESCENT or OTHER (plan §9).",
    )  # fmt: skip
    provisions: str | None = _column(
        "Additional provisions", "Additional terms", "Extra terms", "Other provisions", "Special terms",
        kind=Kind.TEXT, note="Further terms of the agreement, one or more, parted by semicolons (plan §12(a)).",
    )  # fmt: skip
    extended: datetime.date | None = _column(
        "Extended on", "Extension date", "Extended",
        kind=Kind.DATE, note="The day on which the time to exercise was extended (plan §12(b)(ii)).",
    )  # fmt: skip
    replaces: Identifier | None = _column(
        "Replaces", "Replaces grant", "Replacement for", "Regrant of", "Repricing of", "In substitution for",
        kind=Kind.IDENTIFIER, note="The cancelled option in whose place this one was granted (plan §21).",
    )  # fmt: skip
    consent: datetime.date | None = _column(
        *_CONSENT, kind=Kind.DATE, note="Of a replaced option: the day of the optionee's consent (plan §21)."
    )
    old_shares: Number | None = _column(
        "Old shares", "Shares before substitution",
        kind=Kind.SHARES, note="Of a substitute option: the shares under the old one (plan §16(b)).",
    )  # fmt: skip
    old_price: Number | None = _column(
        "Old price", "Price before substitution",
        kind=Kind.MONEY, note="Of a substitute option: the price per share of the old one (plan §16(b)).",
    )  # fmt: skip
    old_fmv: Number | None = _column(
        "Old FMV", "FMV before substitution",
        kind=Kind.MONEY, note="Of a substitute option: the old share's value just before the transaction.",
    )  # fmt: skip
    new_fmv: Number | None = _column(
        "New FMV", "FMV after substitution",
        kind=Kind.MONEY, note="Of a substitute option: the new share's value just after the transaction.",
    )  # fmt: skip
    assumed: bool | None = _column(
        "Assumed", "Assumed in merger", "Assumed by acquirer",
        kind=Kind.FLAG, note="Yes if the acquiring company assumed or replaced it in the merger (plan §16(a)(i)).",
    )  # fmt: skip
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Tranche:
    """An installment of a grant: so many shares, first exercisable on one date by service alone."""

    grant: Identifier = _column(*_GRANT, kind=Kind.IDENTIFIER, note="The number of the grant, spelled as in Grants.")
    holder: Identifier | None = _column(*_HOLDER, kind=Kind.IDENTIFIER, note="Whose option it is.")
    grant_type: GrantType | None = _column(*_TYPE, kind=Kind.WORD, words=GrantType, note="ISO or NSO.")
    grant_date: datetime.date | None = _column(*_GRANT_DATE, kind=Kind.DATE, note="The day of the grant.")
    fmv: Number | None = _column(*_FMV, kind=Kind.MONEY, note="Fair market value per share on the grant date.")
    first_exercisable: datetime.date | None = _column(
        "First exercisable", "Vest date", "Vesting date", "Vests on", "Exercisable from", "First exercisable date",
        "Date first exercisable", "Exercisable on", "Tranche date", "Installment date", "Exercisable date",
        "Date exercisable", "Date vested", "Vested date", "Vested on",
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
        "Date", "Event date", "Transaction date", "Activity date", "Effective date", "Date of event",
        "Date of transaction",
        kind=Kind.DATE, note="The day of the transaction; rows of one day count as listed.",
    )  # fmt: skip
    action: Action = _column(
        "Action", "Activity", "Transaction", "Transaction type", "Event", "Event type", "Activity type",
        "Type of transaction", "Type of event",
        kind=Kind.WORD, words=Action, note="What happened: one of the list on the Help sheet.",
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
    grant_type: GrantType | None = _column(*_TYPE, kind=Kind.WORD, words=GrantType, note="ISO or NSO, on GRANT rows.")
    fmv: Number | None = _column(
        "FMV on the day", "FMV", "Fair market value", "Fair market value per share", "FMV per share", "Market price",
        "Closing price", "Share price",
        kind=Kind.MONEY,
        note="On TENDER, NET EXERCISE and WITHHOLD rows: fair market value per share on the day (plan §6(b), §20).",
    )  # fmt: skip
    tax: Number | None = _column(
        "Minimum tax", "Minimum statutory tax", "Minimum withholding", "Statutory withholding", "Tax due",
        kind=Kind.MONEY, note="On WITHHOLD rows: the minimum statutory withholding of the exercise (plan §20).",
    )  # fmt: skip
    acquired: datetime.date | None = _column(
        "Acquired", "Acquired on", "Date acquired", "Acquisition date",
        kind=Kind.DATE,
        note="On TENDER rows, and TENDER OTHER of shares from the company: since when they were owned (plan §6(b)(i)).",
    )  # fmt: skip
    record_date: datetime.date | None = _column(
        "Record date", kind=Kind.DATE, note="On SPLIT rows: who held shares on this day gets new ones (plan §14)."
    )
    needs_approval: bool | None = _column(
        "Needs approval", "Requires approval", "Shareholder approval required",
        kind=Kind.FLAG, note="On AMEND rows: yes where IRC §422 asks for the shareholders (plan §19(a)).",
    )  # fmt: skip
    approved: datetime.date | None = _column(
        "Approved", "Approved on", "Shareholders approved", "Approval date", "Shareholder approval date",
        kind=Kind.DATE, note="On RESERVE and AMEND rows: the shareholders' approval (plan §19(a), §22(a)).",
    )  # fmt: skip
    adverse: bool | None = _column(
        "Adverse", "Adverse to holder", "Affects rights",
        kind=Kind.FLAG, note="On AMEND rows: yes where it affects rights under options granted before (plan §19(b)).",
    )  # fmt: skip
    consent: datetime.date | None = _column(*_CONSENT, kind=Kind.DATE, note="On AMEND rows: the optionees' consent.")
    ratio: Ratio | None = None
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a committee that grants options (plan §2(b))."""

    committee: GrantingBody | None = _column(
        "Committee",
        kind=Kind.WORD, words=GrantingBody, note="COMMITTEE 2(b)(iii) or COMMITTEE 2(b)(iv) (plan §2(b)).",
    )  # fmt: skip
    member: Identifier = _column(
        "Member", "Director", "Member name", "Committee member", kind=Kind.IDENTIFIER, note="One line per member."
    )
    outside_director: bool | None = _column(
        "Outside director", kind=Kind.FLAG, note="Yes if an outside director by IRC §162(m) (plan §2(b)(iii))."
    )
    non_employee: bool | None = _column(
        "Non-employee director", "Non-employee",
        kind=Kind.FLAG, note="Yes if a non-employee director by Rule 16b-3 (plan §2(b)(iii)).",
    )  # fmt: skip
    since: datetime.date | None = _column(
        "Member since", "Since", "From", "Appointed", kind=Kind.DATE, note="First day; left blank: from the start."
    )
    until: datetime.date | None = _column(
        "Member until", "Until", "Resigned", kind=Kind.DATE, note="Last day; left blank: still a member."
    )
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Holding:
    """Stock that a holder, a relative or an entity holds, for the 10% test (plan §11(b); IRC §424(d))."""

    holder: Identifier = _column(*_HOLDER, kind=Kind.IDENTIFIER, note="Whose 10% test it is; spelled as in Holders.")
    owner: str | None = _column("Owner", "Held by", kind=Kind.TEXT, note="Who has the stock; left blank: the holder.")
    relation: Relation | None = _column(
        "Relation", "Relation to holder", "Relationship to holder",
        kind=Kind.WORD, words=Relation,
        note="SELF, SPOUSE, SIBLING, ANCESTOR, DESCENDANT, ENTITY or NOT COUNTED, such as in-laws (IRC §424(d)).",
    )  # fmt: skip
    held_as: HeldAs | None = _column(
        "Held as", "Security held",
        kind=Kind.WORD, words=HeldAs, note="STOCK; OPTIONS and TREASURY do not count. Left blank: stock.",
    )  # fmt: skip
    votes: Number | None = _column(
        "Votes", "Votes held", "Voting shares", kind=Kind.SHARES, note="Votes that the stock has."
    )
    entity_percent: Number | None = _column(
        "Share of entity", "Share of entity %", "Interest in entity", "Interest in entity %",
        kind=Kind.PERCENT, note="Of stock held by an entity: the holder's part of it, in percent (IRC §424(d)(2)).",
    )  # fmt: skip
    votes_outstanding: Number | None = _column(
        "Votes outstanding", "Total votes", "Votes in all", "Total voting power",
        kind=Kind.SHARES, note="Votes of all stock of the company that is outstanding, treasury stock left out.",
    )  # fmt: skip
    held_on: datetime.date | None = _column(
        "As of", "As of date", "Held on",
        kind=Kind.DATE, note="The day from which the line holds, until a later one; left blank: from the start.",
    )  # fmt: skip
    row: int = _row()


ACTIVITY_ESSENTIALS = ("date", "action", "grant", "shares", "grant_type")
"""The columns of the contract; where one of them cannot be read, there is no row."""

Record = Holder | Grant | Tranche | Activity | Member | Holding
RECORDS: tuple[type[Any], ...] = (Holder, Grant, Tranche, Activity, Member, Holding)
TABLES: dict[type[Any], str] = {
    Holder: "Holders", Grant: "Grants", Tranche: "Vesting", Activity: "Activity", Member: "Committee",
    Holding: "Holdings",
}  # fmt: skip
"""What the ledger of each kind of record is called."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell of a record that cannot be read, or (``field`` None) a row that makes no record.

    The record holds None in the field. ``grant`` and ``holder`` tell whom it concerns, where that could be read.
    """

    record: Record
    field: str | None
    message: str

    @property
    def loses_row(self) -> bool:
        """Whether a row of Activity is missing from the ledger for it."""
        return isinstance(self.record, Activity) and (self.field is None or self.field in ACTIVITY_ESSENTIALS)


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
    members: tuple[Member, ...] = ()
    holdings: tuple[Holding, ...] = ()


def ledger_of(
    records: Mapping[type[Any], Iterable[Any]], columns_read: Iterable[tuple[type[Any], str]], unread: Iterable[Unread]
) -> Ledger:
    """A ledger from its records by kind."""
    holders, grants, tranches, activity, members, holdings = (tuple(records.get(kind, ())) for kind in RECORDS)
    return Ledger(holders, grants, tranches, activity, frozenset(columns_read), tuple(unread), members, holdings)
