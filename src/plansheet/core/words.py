"""Identifiers and the words of a ledger: what is the same, what comes first, what is known."""

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Self

_HYPHENS = str.maketrans(dict.fromkeys("-_‐‑‒–—−­ \t\r\n\u00a0\u2007\u202f"))
_RUNS = re.compile(r"[0-9]+|[^0-9]+")


class Identifier:
    """A grant's number or a holder's name: as first spelled, compared trimmed and without regard to case.

    A holder must never be two by a space (it would double the yearly limit): non-breaking and invisible spaces count
    as spaces, runs of them as one.
    """

    __slots__ = ("key", "order", "text")

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self.key = _identity(text)
        self.order = natural_order(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identifier) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Identifier({self.text!r})"


@lru_cache(maxsize=65_536)
def _identity(text: str) -> str:
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return " ".join(visible.split()).casefold()


NaturalOrder = tuple[tuple[int, int, str], ...]


def natural_order(key: str) -> tuple[NaturalOrder, str]:
    """A sorting key: runs of digits by value, digits before letters, so that G-2 comes before G-10."""
    return tuple(map(_run_order, _RUNS.findall(key))), key


def _run_order(run: str) -> tuple[int, int, str]:
    if run[0] not in "0123456789":
        return 1, 0, run
    digits = run.lstrip("0")
    return 0, len(digits), digits  # of two numbers without leading zeros the longer is the larger


def listed(texts: Sequence[str]) -> str:
    """Several as a sentence names them: G-1, G-2 and G-3."""
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last


class UnknownWord(ValueError):
    """A word that a list does not hold; the message names the words it does."""


class Word(Enum):
    """An enumeration read from a cell: without regard to case, spaces, hyphens and underscores."""

    def __init__(self, label: str, *synonyms: str) -> None:
        self.label = label
        self.synonyms = synonyms

    def __str__(self) -> str:
        return self.label

    @classmethod
    def read(cls, text: str) -> Self:
        """The member that the text names; UnknownWord lists the known ones."""
        member = _members(cls).get(fold(text))
        if member is None:
            raise UnknownWord(f'"{text}", which is not known; use one of: {", ".join(m.label for m in cls)}')
        return member  # type: ignore[return-value]  # the table of cls holds members of cls only

    @classmethod
    def knows(cls, text: str) -> bool:
        """Whether the text names a member."""
        return fold(text) in _members(cls)


def fold(text: str) -> str:
    """A word without case, spaces, hyphens and underscores."""
    return unicodedata.normalize("NFKC", text).translate(_HYPHENS).casefold()


@lru_cache(maxsize=64)
def _members(cls: type[Word]) -> dict[str, Word]:
    return {fold(word): member for member in cls for word in (member.label, *member.synonyms)}


class GrantType(Word):
    """Plan §2(a): an incentive stock option, or one that is not."""

    ISO = "ISO", "ISOs", "Incentive", "Incentive stock option", "Incentive stock options", "Statutory"
    NSO = (
        "NSO", "NSOs", "NQ", "NQs", "NQSO", "NQSOs", "NQO", "NQOs", "Non-Qualified", "Non-Qualified stock option",
        "Non-Qualified stock options", "Nonstatutory", "Nonstatutory option", "Nonstatutory stock option",
        "Nonstatutory stock options", "Non-Statutory Options",
    )  # fmt: skip


class Action(Word):
    """What a row of Activity records; one list for every function, each ignores those that do not concern it."""

    RESERVE = "RESERVE", "Reserve increase", "Authorize", "Authorized"
    GRANT = "GRANT", "Granted", "Award", "Issue", "Issued", "Issuance"
    SUBSTITUTE = "SUBSTITUTE", "Substituted", "Substitution"
    EXERCISE = "EXERCISE", "Exercised", "Purchase", "Purchased"
    CANCEL = "CANCEL", "Canceled", "Cancelled", "Cancellation", "Cancelation"
    TERMINATE = "TERMINATE", "Terminated", "Termination"
    FORFEIT = "FORFEIT", "Forfeited", "Forfeiture", "Pre-vest"
    EXPIRE = "EXPIRE", "Expired", "Expiration", "Expiry", "Lapse", "Lapsed", "Post-vest"
    ACCELERATE = "ACCELERATE", "Accelerated", "Acceleration"
    PERFORMANCE_MET = "PERFORMANCE MET", "Performance goal met", "Goal met", "Performance"
    APPROVAL = "APPROVAL", "Approved", "Shareholder approval", "Stockholder approval"
    SPLIT = "SPLIT", "Stock split", "Stock dividend", "Reverse split", "Forward split"
    DISPOSITION = "DISPOSITION", "Disqualifying disposition", "Disposed", "Sale", "Sold"
    TENDER = "TENDER", "Tendered", "Stock swap", "Swap"
    TENDER_OTHER = "TENDER OTHER", "Tender of other shares", "Tendered other"
    WITHHOLD = "WITHHOLD", "Withheld", "Withheld for tax", "Tax withholding", "Withholding"
    NET_EXERCISE = "NET EXERCISE", "Net exercised", "Net settlement"
    REPURCHASE = "REPURCHASE", "Repurchased", "Buyback"
    AMEND = "AMEND", "Amended", "Amendment"
    BLOCK = "BLOCK", "Blocked", "Blackout", "Blackout begins", "Suspended"
    RELEASE = "RELEASE", "Released", "Unblock", "Unblocked", "Blackout ends"

    @property
    def ends_options(self) -> bool:
        """Whether it takes unexercised shares out of an option."""
        return self in _ENDINGS

    @property
    def grants_option(self) -> bool:
        """Whether an option is granted by it, in place of another company's too."""
        return self is Action.GRANT or self is Action.SUBSTITUTE

    @property
    def needs_grant(self) -> bool:
        """Whether a row of it says nothing without a grant."""
        return self.ends_options or self.grants_option or self in (Action.EXERCISE, Action.PERFORMANCE_MET)


_ENDINGS = frozenset({Action.CANCEL, Action.TERMINATE, Action.FORFEIT, Action.EXPIRE})


class Relationship(Word):
    """What a person to whom options may be granted is to the company (plan §3)."""

    EMPLOYEE = "Employee", "Employees", "Full-time employee", "Part-time employee", "Full-time", "Part-time", "Staff"
    OFFICER = (
        "Officer", "Officers", "Executive officer", "Executive", "Chief executive officer", "CEO",
        "Chief financial officer", "CFO", "Chief operating officer", "COO", "Chief technology officer", "CTO",
        "President", "Vice president", "VP", "Senior vice president", "SVP", "Treasurer", "Secretary",
        "General counsel",
    )  # fmt: skip
    DIRECTOR = (
        "Director", "Directors", "Non-employee director", "Outside director", "Independent director", "Board member",
        "Member of the board", "Member of the board of directors",
    )  # fmt: skip
    CONSULTANT = "Consultant", "Consultants", "Contractor", "Contractors", "Independent contractor"
    ADVISOR = "Advisor", "Advisors", "Adviser", "Advisers"


class EndReason(Word):
    """Why an employment or other relationship ended, by which the time left to exercise differs (plan §10)."""

    TERMINATION = "TERMINATION", "Voluntary", "Involuntary", "Resigned", "Resignation", "Layoff", "Retirement", "Quit"
    DISABILITY = "DISABILITY", "Disabled", "Permanent disability", "Total and permanent disability"
    DEATH = "DEATH", "Died", "Deceased"
    CAUSE = "CAUSE", "For cause", "Termination for cause", "Misconduct"


class GrantingBody(Word):
    """Who granted an option (plan §2(b))."""

    BOARD = "BOARD", "Board of directors", "Full board", "Directors"
    OUTSIDE_COMMITTEE = (
        "COMMITTEE 2(b)(iii)",
        "2(b)(iii)",
        "§2(b)(iii)",
        "Compensation committee",
        "Outside committee",
        "Committee of outside directors",
    )
    SECOND_COMMITTEE = (
        "COMMITTEE 2(b)(iv)",
        "2(b)(iv)",
        "§2(b)(iv)",
        "Second committee",
        "Option committee",
        "Stock option committee",
    )
    OTHER_COMMITTEE = "COMMITTEE 2(b)(ii)", "2(b)(ii)", "§2(b)(ii)", "Other committee"


class TransferWay(Word):
    """How an option came to another person (plan §9)."""

    WILL = "WILL", "By will", "Bequest"
    DESCENT = "DESCENT", "Laws of descent and distribution", "Inheritance", "Intestacy"
    OTHER = (
        "OTHER",
        "Sale",
        "Sold",
        "Gift",
        "Assignment",
        "Assigned",
        "Pledge",
        "Pledged",
        "Encumbered",
        "Court order",
        "Domestic relations order",
        "Divorce",
        "Trust",
    )


class Provision(Word):
    """What an option agreement may have beside the plan's terms (plan §12(a))."""

    TRANSFERABLE = (
        "TRANSFERABLE", "Assignable", "Transfer allowed", "Transfer permitted", "Transferable in lifetime",
        "Transferable to family members", "Transferable to family", "Transferable to trusts", "Transferable to a trust",
        "Pledge allowed", "May be pledged",
    )  # fmt: skip
    BELOW_FMV = (
        "PRICE BELOW FMV", "Discount", "Discounted", "Discounted price", "Discount to FMV", "Price discount",
        "Exercise price below FMV", "Price below fair market value", "Exercise price below fair market value",
    )  # fmt: skip
    LONG_TERM = (
        "TERM OVER TEN YEARS", "Term longer than ten years", "Term over 10 years", "Term longer than 10 years",
        "Term of more than ten years", "Term of more than 10 years", "Exercisable after ten years",
        "Exercisable after 10 years",
    )  # fmt: skip
    CASH_ABOVE_SPREAD = (
        "CASH ALTERNATIVE ABOVE SPREAD", "Cash settlement above spread", "Tandem cash settlement above spread",
        "Tandem right above spread", "Tandem SAR above spread", "Cash alternative worth more than the spread",
        "Cash settlement worth more than the spread", "Tandem cash settlement worth more than the spread",
    )  # fmt: skip
    EXERCISE_BY_OTHERS = (
        "EXERCISE BY OTHERS IN LIFETIME", "Exercise by others", "Exercisable by others",
        "Exercisable by others in lifetime", "Exercisable by another in lifetime", "Exercisable by spouse",
        "Exercisable by family members", "Exercisable by trust",
    )  # fmt: skip
    TRANSFER_RESTRICTIONS = (
        "RESTRICTIONS ON TRANSFER", "Transfer restrictions", "Restriction on transfer", "Nontransferable",
        "Not transferable", "Lock-up", "Market standoff", "Right of first refusal", "First refusal", "ROFR",
        "Drag-along", "Transferable by will or descent only", "Legend", "Legends",
    )  # fmt: skip
    REPURCHASE = (
        "REPURCHASE RIGHT", "Repurchase rights", "Right of repurchase", "Repurchase", "Buyback right", "Call right",
        "Repurchase option", "Company repurchase right",
    )  # fmt: skip
    CASH_BONUS = "CASH BONUS", "Cash bonuses", "Bonus", "Tax bonus", "Commitment to pay cash bonus", "Gross-up"
    LOAN = "LOAN", "Loans", "Loan to exercise", "Commitment to lend", "Promissory note"
    GUARANTY = "GUARANTY", "Guarantee", "Guaranty of loan", "Guaranties", "Loan guaranty", "Loan guarantee"
    OTHER_PROPERTY = "OTHER PROPERTY", "Transfer of other property", "Property upon exercise"
    EARLY_EXERCISE = "EARLY EXERCISE", "Early exercise right", "Early exercisable", "Exercise before vesting"
    ACCELERATION = (
        "ACCELERATION", "Accelerated vesting", "Change in control acceleration", "Change of control acceleration",
        "Acceleration on change in control", "Acceleration on change of control", "Single trigger", "Double trigger",
        "Single-trigger acceleration", "Double-trigger acceleration",
    )  # fmt: skip

    @property
    def breaks_iso(self) -> bool:
        """Whether an option with it is no ISO (IRC §422(b); Treas. Reg. §1.422-5 for what is harmless)."""
        return self in _BREAKING


_BREAKING = frozenset(
    {
        Provision.TRANSFERABLE, Provision.BELOW_FMV, Provision.LONG_TERM, Provision.CASH_ABOVE_SPREAD,
        Provision.EXERCISE_BY_OTHERS,
    }
)  # fmt: skip


class Relation(Word):
    """Who holds stock that counts, or does not, as a holder's own (IRC §424(d))."""

    SELF = "SELF", "Own", "Holder", "Optionee"
    SPOUSE = "SPOUSE", "Husband", "Wife"
    SIBLING = "SIBLING", "Brother", "Sister", "Half-brother", "Half-sister", "Brother or sister"
    ANCESTOR = (
        "ANCESTOR",
        "Father",
        "Mother",
        "Parent",
        "Grandfather",
        "Grandmother",
        "Grandparent",
        "Great-grandparent",
    )
    DESCENDANT = (
        "DESCENDANT",
        "Son",
        "Daughter",
        "Child",
        "Grandson",
        "Granddaughter",
        "Grandchild",
        "Great-grandchild",
        "Lineal descendant",
    )
    ENTITY = "ENTITY", "Corporation", "Company", "Partnership", "Estate", "Trust"
    NOT_COUNTED = (
        "NOT COUNTED",
        "In-law",
        "Father-in-law",
        "Mother-in-law",
        "Brother-in-law",
        "Sister-in-law",
        "Son-in-law",
        "Daughter-in-law",
        "Parent-in-law",
        "Stepparent",
        "Stepfather",
        "Stepmother",
        "Stepchild",
        "Stepson",
        "Stepdaughter",
        "Uncle",
        "Aunt",
        "Nephew",
        "Niece",
        "Cousin",
        "Friend",
        "Other",
        "Unrelated",
    )


class HeldAs(Word):
    """What is held: stock has votes; options and treasury stock count for nothing (Treas. Reg. §1.422-2(f)(2))."""

    STOCK = "STOCK", "Common stock", "Shares", "Preferred stock", "Voting stock", "Restricted stock"
    OPTIONS = "OPTIONS", "Option", "Stock option", "Warrant", "Warrants", "Convertible"
    TREASURY = "TREASURY", "Treasury stock"


class Rounding(Word):
    """What becomes of the share that straddles the $100,000 limit."""

    FLOOR = "FLOOR", "Down", "Whole"
    EXACT = "EXACT", "Fractional", "None"


class SplitMethod(Word):
    """How an option's shares and price are rounded in a split (plan §15)."""

    DOWN_UP = ("DOWN_UP",)
    PRESERVE_AGGREGATE = "PRESERVE_AGGREGATE", "Preserve"
    EXACT = ("EXACT",)


class CashoutMethod(Word):
    """How a merger's cash payment is reckoned (plan §16(a)(iii))."""

    PLAN = "PLAN", "Per optionee", "Per holder"
    PER_OPTION = ("PER_OPTION",)


class Recycling(Word):
    """Whether shares withheld for tax or kept for the price come back to the pool (plan §4)."""

    PLAN = ("PLAN",)
    NET = ("NET",)


class YearlyLimitBasis(Word):
    """In which shares the yearly limit of plan §3 is given."""

    EACH_YEAR = ("EACH YEAR",)
    ALL_SPLITS = ("ALL SPLITS",)


class PoolView(Word):
    """Which options a number of available shares is for."""

    ANY = "ANY", "All", "Both", "NSO"
    ISO = ("ISO",)


class Moment(Word):
    """When on a day: after all that happened, or just before the split or the merger of that day."""

    END_OF_DAY = "END OF DAY", "After", "Close of business"
    BEFORE_SPLIT = "BEFORE SPLIT", "Split"
    BEFORE_MERGER = "BEFORE MERGER", "Merger", "Closing", "Before closing"
