"""Questions about a sheet's layout: two readings are possible, or none.

They stand here because PLAN_EXPLAIN explains them; the sheets are read on the floor above, which asks them. Each is
answered by a line of a mapping (plansheet map writes one, plansheet check --map takes it).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from plansheet.core.rule import Hit, Rule, Severity, rule
from plansheet.excel.judgements.facts import Place, hit


@dataclass(frozen=True, slots=True)
class Question:
    """What a sheet leaves open: the rule that asks, the cell that it asks about, the facts of its sentences."""

    code: str
    sheet: str
    cell: str
    facts: dict[str, str] = field(default_factory=dict)
    draft: str = ""
    """Lines of a mapping that answer it once they are completed."""


def sentences(question: Question) -> tuple[str, str]:
    """What is in doubt, and what to do."""
    card = next(each for each in globals().values() if isinstance(each, Rule) and each.code == question.code)
    return card.message.format(**question.facts), card.fix.format(**question.facts)


def _asked(code: str, questions: Sequence[Question]) -> Iterator[Hit]:
    for each in questions:
        if each.code == code:
            yield hit(Place(each.sheet, each.cell, each.facts.get("column", "")), **each.facts)


@rule(
    "MAP001",
    Severity.ERROR,
    plan="",
    message="{where} cannot be read as {table}: {first} and {second} both stand for {heading}.",
    fix="Give the ledger one of them, or say in a mapping which it is: {line}.",
)
def two_columns_for_one(questions: Sequence[Question]) -> Iterator[Hit]:
    """Two columns of a ledger stand for the same thing and hold different values.

    Why: whichever is taken, half of the figures rest on the other; a wrong one looks as right as the right one.
    Example: Strike price beside Option price, or Grant date beside Issue date with another day.
    Not covered: two columns that hold the same in every row, or of which one is empty; either is right.
    """
    return _asked("MAP001", questions)


@rule(
    "MAP002",
    Severity.ERROR,
    plan="",
    message="{where} look like {table} ({known}), and have no {lacking}; they were not read.",
    fix="Give the sheet a column for {wanted}, or say in a mapping which column it is: {line}.",
)
def lacks_its_key(questions: Sequence[Question]) -> Iterator[Hit]:
    """Rows look like a ledger and lack a column without which they cannot be one.

    Why: what is not read is not checked, and a sheet full of grants looks as if it had been.
    Example: a list of grants with holder, date and shares and no grant number.
    Not covered: a sheet where the workbook has the same kind of ledger elsewhere, and lists that resemble none.
    """
    return _asked("MAP002", questions)


@rule(
    "MAP003",
    Severity.WARNING,
    plan="",
    message="{taken} was taken for {heading}; {other}.",
    fix="Record in a mapping what is right: {line}.",
)
def one_of_two_readings(questions: Sequence[Question]) -> Iterator[Hit]:
    """A column was taken for what it most likely is, where another reading is possible.

    Why: a person who knows the sheet can tell in a moment; a program only guesses.
    Example: Date on a sheet named Granted, taken for the grant date; a stock ledger, taken for Grants.
    Not covered: headings that mean one thing only; what they were taken for stands in the report's first lines.
    """
    return _asked("MAP003", questions)


@rule(
    "MAP004",
    Severity.ERROR,
    plan="",
    message="{column} gives {heading} in {unit}; it was not read.",
    fix="Enter the numbers in {wanted} under a heading without {unit}.",
)
def another_unit(questions: Sequence[Question]) -> Iterator[Hit]:
    """A heading is known, and its numbers are in another unit.

    Why: 12 thousand shares read as 12 pass every limit.
    Example: Shares (000s), FMV (cents), Vesting period (years).
    Not covered: a unit that no heading tells.
    """
    return _asked("MAP004", questions)


@rule(
    "MAP005",
    Severity.WARNING,
    plan="",
    message="{column} gives {heading} in {currency}; the numbers were taken as dollars.",
    fix="Enter {heading} in dollars; the limits of the plan and of the law are in dollars.",
)
def another_currency(questions: Sequence[Question]) -> Iterator[Hit]:
    """A heading names a currency other than the dollar.

    Why: a limit in dollars, held against pounds or euros, is another limit.
    Example: FMV (£), or Exercise price in EUR.
    Not covered: a currency that only the number format shows.
    """
    return _asked("MAP005", questions)


@rule(
    "MAP006",
    Severity.WARNING,
    plan="",
    message="{what} were not read: {why}.",
    fix="Give what says something else other headings; remove a copy, or keep it and name it in a mapping as ignored.",
)
def told_twice(questions: Sequence[Question]) -> Iterator[Hit]:
    """Rows or columns repeat what another ledger of the workbook tells, and were not read.

    Why: read twice, every share would count twice; left out, a difference between the two is not seen.
    Example: columns Exercise date and Shares exercised beside the grants, and a ledger of Activity.
    Not covered: ranges that are calculated from the ledger by formulas; those follow it.
    """
    return _asked("MAP006", questions)


@rule(
    "MAP007",
    Severity.WARNING,
    plan="",
    message="{column} stands without {other}; it was not read.",
    fix="Enter {other}, or say in a mapping which column it is.",
)
def half_of_a_pair(questions: Sequence[Question]) -> Iterator[Hit]:
    """Of a day and a number of shares that belong together, a sheet has one.

    Why: shares without a day, or a day without shares, are no tranche and no exercise, and their loss changes figures.
    Example: Vest date 3 without Vest shares 3, or Shares exercised without Exercise date.
    Not covered: such columns beside a ledger of Activity or Vesting, which tells the same.
    """
    return _asked("MAP007", questions)


@rule(
    "MAP008",
    Severity.ERROR,
    plan="",
    message="{names} and {numbers} disagree: {what}, in rows {rows}; holders were told apart by {names}.",
    fix="Give each holder one name and one number, or say in a mapping which to go by: {line}.",
)
def name_and_number_disagree(questions: Sequence[Question]) -> Iterator[Hit]:
    """A holder's number has two names, or a name two numbers.

    Why: a holder taken for two has the yearly limit twice, and two taken for one share it.
    Example: employee 17 as Ada Arbor and as Ada B. Arbor.
    Not covered: names and numbers in different ledgers.
    """
    return _asked("MAP008", questions)


@rule(
    "MAP009",
    Severity.WARNING,
    plan="",
    message="{where} name grants ({grants}) and were not read: {why}.",
    fix=(
        "Give {what} a heading that is known, or say in a mapping what the columns are; of a list that is no ledger "
        'say table = "ignore".'
    ),
)
def passed_over(questions: Sequence[Question]) -> Iterator[Hit]:
    """Rows with the numbers of grants and with typed days and shares are part of no ledger that was read.

    Why: what is not read is not checked, and tranches or exercises under a heading that is lost are missed by nobody.
    Example: tranches whose column of shares has no heading any more.
    Not covered: rows that are calculated from a ledger, and those of which another question is asked. Lists without a
    day or without whole numbers are named as not read, and not asked about.
    """
    return _asked("MAP009", questions)


@rule(
    "MAP010",
    Severity.WARNING,
    plan="",
    message="{column} was not taken for {heading}: it {meaning}.",
    fix="Enter {heading} in a column with that heading; if this is it, rename it, or say so in a mapping: {line}.",
)
def resembles_a_field(questions: Sequence[Question]) -> Iterator[Hit]:
    """A ledger lacks a column, and has one whose heading is often taken for it and means something else.

    Why: an accounting value in place of fair market value moves the $100,000 limit, and looks like it.
    Example: Fair value (of the option, ASC 718) in a list of grants without FMV.
    Not covered: a ledger that has both; of fair market value, one of NSOs alone; rows that repeat another ledger.
    """
    return _asked("MAP010", questions)


@rule(
    "MAP011",
    Severity.ERROR,
    plan="",
    message="{first} and {second} may be swapped: in every row {what}.",
    fix="Give each column the heading of what it holds; if the headings are right, confirm them in a mapping: {line}.",
)
def columns_may_be_swapped(questions: Sequence[Question]) -> Iterator[Hit]:
    """Every row of a ledger of grants has in one column what belongs in another, by their order.

    Why: each cell alone looks right, and every limit is held against a price of 12,000 and 10 shares.
    Example: Shares under Exercise price and the prices under Shares, or the expiry under Grant date.
    Not covered: single rows, columns whose values could stand in either, and prices that are near to the FMV.
    """
    return _asked("MAP011", questions)
