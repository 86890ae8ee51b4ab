"""A plan's terms: its figures and policy choices, read from TOML as data. The ATG plan's are the default.

No figure of a plan stands in code: another plan is another file.
"""

import datetime
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from plansheet.core.numbers import Number, exact
from plansheet.core.records import Kind
from plansheet.core.rule import Unsettled
from plansheet.core.words import (
    CashoutMethod,
    Recycling,
    Rounding,
    SplitMethod,
    UnknownWord,
    Word,
    YearlyLimitBasis,
    fold,
)
from plansheet.plan.citations import SECTION, cited


class Term(NamedTuple):
    """One term as a sheet shows it: its value, where it stands, a sentence, and what else could be chosen."""

    name: str
    value: Number | str | datetime.date
    section: str
    law: str
    text: str
    known: tuple[str, ...]
    is_policy: bool
    is_assumption: bool = False
    """Whether the plan's text does not give the value: nothing is judged by it until somebody enters the true one."""

    @property
    def label(self) -> str:
        """The name as a sheet shows it."""
        return label(self.name)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a plan. Dollars, shares, percent, years, months and dates as their sentences say."""

    title: str
    reserve: Number
    yearly_grant_limit: Number | None
    iso_limit: Number
    iso_price_percent: Number
    ten_percent_price_percent: Number
    ten_percent_threshold: Number
    iso_term_years: int
    ten_percent_term_years: int
    tender_holding_months: int
    committee_members: int
    adopted: datetime.date
    plan_years: int
    approval_months: int
    rounding: Rounding
    leftover_dollars: str
    same_day_order: str
    approaching_dollars: Number
    split_method: SplitMethod
    split_decimals: int
    cashout_method: CashoutMethod
    recycling: Recycling
    nso_draws_first: str
    anniversary_expiry: str
    last_exercise_day: str
    yearly_limit_basis: YearlyLimitBasis
    cause_months: int
    warning_days: int
    pool_warning_percent: Number
    pool_warning_years: int
    listed: tuple[Term, ...]
    short: str = ""
    """What it is called where another plan's terms cite it."""
    sections: Mapping[str, str] | None = field(default_factory=dict, hash=False)  # not hashable, and compared
    """The sections of the default plan as this one numbers them; None: it is that plan."""
    approved: datetime.date | None = None
    registered: datetime.date | None = None
    merger_price: Number | None = None
    merger_date: datetime.date | None = None
    merger_notice: datetime.date | None = None
    merger_exercise_by: datetime.date | None = None
    merger_accelerates: bool | None = None
    merger_contingent: bool | None = None

    def assumes(self, name: str) -> bool:
        """Whether a term's value is an assumption, by which nothing may be judged."""
        return any(term.is_assumption for term in self.listed if term.name == name)

    def cited(self, text: str) -> str:
        """A text that cites the default plan's sections, with this plan's own."""
        return text if self.sections is None else cited(text, self.sections, atg_1996().short)


ASSUMED_ADOPTION = Unsettled(
    "what rests on the day of adoption: the last day to grant, approvals in time",
    "that day is an assumption of the terms; enter Adopted on the Plan sheet",
)


class Fact(NamedTuple):
    """What happened to a plan and is no term of it: what a Plan sheet holds for it, where it matters, a sentence."""

    kind: Kind
    section: str
    text: str


FACTS: dict[str, Fact] = {
    "approved": Fact(Kind.DATE, "§22(a)", "Day on which the shareholders approved the plan."),
    "registered": Fact(
        Kind.DATE, "§2(b)(iii)", "Day from which the stock is registered under the Exchange Act; left blank: it is not."
    ),
    "merger_price": Fact(Kind.MONEY, "§16(a)(iii)", "Cash per share that shareholders receive, dollars."),
    "merger_date": Fact(Kind.DATE, "§16(a)", "Day on which the merger closed."),
    "merger_notice": Fact(
        Kind.DATE, "§16(a)(ii)", "Day of the written notice that options end at the closing unless exercised before."
    ),
    "merger_exercise_by": Fact(Kind.DATE, "§16(a)(ii)", "Last day to exercise that the notice gives."),
    "merger_accelerates": Fact(
        Kind.FLAG, "§16(a)(iv)", "Yes if all options become exercisable immediately before the closing."
    ),
    "merger_contingent": Fact(
        Kind.FLAG, "§16(a)(iii)", "Yes if a part of the price is paid later (escrow, earn-out): not upon consummation."
    ),
}
"""What a Plan sheet may hold beside the plan's terms; each may be blank."""


def label(name: str) -> str:
    """A term's name as a sheet shows it: iso_limit is "ISO limit"."""
    words = name.replace("_", " ")
    words = words[0].upper() + words[1:]
    return re.sub(r"\b[Ii]so\b", "ISO", re.sub(r"\b[Nn]so\b", "NSO", words))


class UnusableTerms(ValueError):
    """A terms file that cannot be used; the message names the term and what to do."""


_CHOICES: dict[str, type[Word] | tuple[str, ...]] = {
    "rounding": Rounding,
    "leftover_dollars": ("LOST",),
    "same_day_order": ("GRANT NUMBER",),
    "split_method": SplitMethod,
    "cashout_method": CashoutMethod,
    "recycling": Recycling,
    "nso_draws_first": ("RECYCLED",),
    "anniversary_expiry": ("WARNING", "ERROR", "ACCEPT"),
    "last_exercise_day": ("EARLIER", "LITERAL"),
    "yearly_limit_basis": YearlyLimitBasis,
}
_WHOLE = frozenset(
    {
        "iso_term_years", "ten_percent_term_years", "tender_holding_months", "committee_members", "plan_years",
        "approval_months", "split_decimals", "cause_months", "warning_days", "pool_warning_years",
    }
)  # fmt: skip


NONE = "NONE"
"""What stands for a limit that a plan does not have."""
_MAY_BE_NONE = frozenset({"yearly_grant_limit"})


def read_terms(text: str, source: str) -> Terms:
    """Terms from the text of a TOML file; ``source`` is its name for messages."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as wrong:
        raise UnusableTerms(f"{source} is not readable as TOML: {wrong}") from wrong
    if stray := set(data) - {"title", "short", "plan", "policy", "sections"}:
        names = ", ".join(sorted(stray))
        raise UnusableTerms(f"{source} has {names} at its top; put each term under [plan.] or [policy.]")
    listed = tuple(
        _term(source, name, entry, group == "policy")
        for group in ("plan", "policy")
        for name, entry in _group(source, data, group).items()
    )
    values: dict[str, Any] = {term.name: _value(source, term) for term in listed}
    expected = set(Terms.__dataclass_fields__) - {"title", "listed", "short", "sections", *FACTS}
    if missing := expected - set(values):
        raise UnusableTerms(f"{source} has no {', '.join(sorted(missing))}; copy each from atg_1996.toml and set it")
    if unknown := set(values) - expected:
        raise UnusableTerms(f"{source} has {', '.join(sorted(unknown))}, which is no term; remove or rename it")
    title, short = str(data.get("title", source)), str(data.get("short", ""))
    return Terms(title=title, listed=listed, short=short, sections=_sections(source, data), **values)


def _sections(source: str, data: dict[str, Any]) -> dict[str, str]:
    """The table [sections]: this plan's own section for each of the default plan's that it names."""
    sections = _group(source, data, "sections")
    for ours, theirs in sections.items():
        if not SECTION.fullmatch(ours):
            raise UnusableTerms(f'{source}: {ours} under [sections] is no section; write it as "§11(c)"')
        if not isinstance(theirs, str) or not re.search(r"\w", theirs) or not theirs.isprintable():
            raise UnusableTerms(f'{source}: {ours} under [sections] is {theirs}; write a section such as "§6.4"')
    return {ours: theirs.strip() for ours, theirs in sections.items()}


def _group(source: str, data: dict[str, Any], name: str) -> dict[str, Any]:
    group = data.get(name, {})
    if not isinstance(group, dict):
        raise UnusableTerms(f"{source}: {name} is {group}; write a table [{name}]")
    return group


def _term(source: str, name: str, entry: Any, is_policy: bool) -> Term:
    if not isinstance(entry, dict) or "value" not in entry:
        raise UnusableTerms(f"{source}: {name} has no value; write value = ... below its heading")
    value = entry["value"]
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        try:
            value = exact(value)
        except (ValueError, OverflowError):
            raise UnusableTerms(f"{source}: {name} is {value}; write a number that a cell can hold") from None
    known = tuple(str(word) for word in entry.get("known", ()))
    section, law, text = (str(entry.get(key, "")) for key in ("section", "law", "text"))
    return Term(name, value, section, law, text, known, is_policy, entry.get("assumption") is True)


def _value(source: str, term: Term) -> object:
    value: object = term.value
    if term.name in _CHOICES:
        return _choice(source, term)
    if term.name == "adopted":
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            raise UnusableTerms(f"{source}: adopted is {value}; write a date such as 1996-04-25")
        return value
    if term.name in _MAY_BE_NONE and isinstance(value, str) and fold(value) == fold(NONE):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)) or value < 0:
        raise UnusableTerms(f"{source}: {term.name} is {value}; write a number, not below zero")
    if term.name in _WHOLE and value.denominator != 1:
        raise UnusableTerms(f"{source}: {term.name} is {float(value):g}; write a whole number")
    return value


def _choice(source: str, term: Term) -> object:
    """A policy's word: a member of its enumeration, or one of the words that are known for it."""
    words = _CHOICES[term.name]
    known = words if isinstance(words, tuple) else tuple(word.label for word in words)
    if isinstance(term.value, str):
        if not isinstance(words, tuple):
            with suppress(UnknownWord):
                return words.read(term.value)
        for word in known:
            if fold(word) == fold(term.value):
                return word
    raise UnusableTerms(f"{source}: {term.name} is {term.value}; use one of: {', '.join(known)}")


def with_values(terms: Terms, values: dict[str, Any], source: str) -> Terms:
    """The terms with those that a Plan sheet gives; ``values`` by field name, numbers exact, words as text."""
    listed = tuple(
        t._replace(value=values[t.name], is_assumption=False) if t.name in values else t for t in terms.listed
    )
    changed: dict[str, Any] = {t.name: _value(source, t) for t in listed if t.name in values}
    for name in FACTS:
        if name in values:
            changed[name] = values[name]
    return replace(terms, listed=listed, **changed)


@cache
def atg_1996() -> Terms:
    """The terms of the Art Technology Group plan, the default: the rules cite its sections."""
    name = "atg_1996.toml"
    return replace(read_terms(files("plansheet.plan").joinpath(name).read_text(encoding="utf-8"), name), sections=None)
