"""Settings of a workbook that change figures or leave them uncalculated."""

from collections.abc import Iterator

from plansheet.core.rule import Hit, Severity, rule
from plansheet.excel.judgements.facts import Facts, Place, hit
from plansheet.excel.judgements.sentences import counted


@rule(
    "BOOK001",
    Severity.WARNING,
    plan="",
    message="The workbook is in manual calculation: {formulas} show what they gave when somebody last pressed F9.",
    fix="Set Formulas, Calculation Options to Automatic, and save the workbook.",
)
def manual_calculation(facts: Facts) -> Iterator[Hit]:
    """The workbook calculates only when it is told to.

    Why: a changed grant leaves every figure as it was, and Excel takes the setting over to other open workbooks.
    Example: a large sheet that was set to manual while it was filled.
    Not covered: workbooks without a plan function and without formulas in a ledger.
    """
    return _whole(facts, facts.settings.manual)


@rule(
    "BOOK002",
    Severity.WARNING,
    plan="",
    message="The workbook calculates with precision as displayed: {formulas} use numbers cut to their formats.",
    fix="Clear File, Options, Advanced, Set precision as displayed, and enter the prices that were cut again.",
)
def precision_as_displayed(facts: Facts) -> Iterator[Hit]:
    """Excel rounds every number to its format, for good.

    Why: a price of $0.125 shown as $0.13 becomes $0.13, and so does what is counted against the ISO limit.
    Example: the setting came with a workbook that an accountant used.
    Not covered: workbooks without a plan function and without formulas in a ledger.
    """
    return _whole(facts, facts.settings.as_displayed)


@rule(
    "BOOK003",
    Severity.WARNING,
    plan="",
    message="The workbook allows iterative calculation: of {formulas}, those that go round in a circle are not named.",
    fix="Clear File, Options, Formulas, Enable iterative calculation, and resolve the circle that Excel then names.",
)
def iterative_calculation(facts: Facts) -> Iterator[Hit]:
    """Circular formulas are calculated a number of times, and no longer named.

    Why: what comes out depends on how often Excel went round, and a circle made by mistake is never seen.
    Example: a financing model in which a price rests on the pool and the pool on the price.
    Not covered: workbooks without a plan function and without formulas in a ledger.
    """
    return _whole(facts, facts.settings.iterative)


@rule(
    "BOOK004",
    Severity.WARNING,
    plan="",
    message="The workbook counts its dates from 1904; they were read so, and {formulas} have them right.",
    fix="Enter its dates by hand, for copied ones come out four years and a day off; to change the system, clear "
    "File, Options, Advanced, Use 1904 date system, and enter the dates again.",
)
def dates_of_1904(facts: Facts) -> Iterator[Hit]:
    """The workbook counts the days from 1904, as Excel on the Mac once did, and others count them from 1900.

    Why: a grant date that is copied to another workbook changes by four years and a day, and still looks like a date.
    Example: 3 January 2005, pasted into a workbook of the 1900 system, is 2 January 2001.
    Not covered: dates that were copied before: they look like any other.
    """
    return _whole(facts, facts.settings.dates_of_1904)


@rule(
    "BOOK005",
    Severity.WARNING,
    plan="",
    message="The workbook was written by a program that does not calculate: {formulas} with 0 in place of a value.",
    fix="Open the workbook in Excel with plansheet at hand, let it calculate, save it, and check it again.",
)
def written_by_a_program(facts: Facts) -> Iterator[Hit]:
    """Formulas that plan functions or ledgers use hold the 0 that a program writes where nothing was calculated.

    Why: a plan function that is calculated again from such a 0 agrees with it and is wrong.
    Example: an export whose FMV column is a formula and was never opened in Excel.
    Not covered: plan functions without any saved value (CALC002), and programs that write values of their own.
    """
    number = facts.settings.never_calculated
    if number:
        yield hit(Place("", ""), formulas=counted(number, "formula"))


def _whole(facts: Facts, applies: bool) -> Iterator[Hit]:
    """A finding on the workbook as a whole, which has no cell."""
    if applies:
        yield hit(Place("", ""), formulas=counted(facts.settings.formulas, "formula"))
