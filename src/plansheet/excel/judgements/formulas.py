"""Cells of a column that differ from the formula that the others have."""

from collections.abc import Iterator, Sequence

from plansheet.core.rule import Hit, Severity, rule
from plansheet.excel.judgements.facts import Facts, Interruption, hit
from plansheet.excel.judgements.sentences import counted, shown


@rule(
    "FORM001",
    Severity.ERROR,
    plan="",
    message="{cells} {hold} {holds}, typed over the formula that {others} of the column have{gives}.",
    fix="Enter the formula {formula} again in {cells}.",
)
def typed_over(facts: Facts) -> Iterator[Hit]:
    """Somebody typed over a formula in a column of which the other cells have it.

    Why: the figure no longer follows the cells that it came from, and nothing on the sheet shows it.
    Example: in a column of FMVs looked up by grant, one row holds 1.75 in place of the formula.
    Not covered: what was typed into a spill (CALC001), columns that no plan function and no ledger uses, a first row
    on which the others build, the first day of each grant where the others are counted from the row above, and columns
    in which every fourth row or more is typed; a word, such as cancelled, which says why there is no figure.
    """
    return _hits(facts.typed_over)


@rule(
    "FORM002",
    Severity.ERROR,
    plan="",
    message="{cells} {hold} {holds}, unlike the formula that {others} of the column have{differs}{gives}.",
    fix="Enter their formula {formula} in {cells}.",
)
def unlike_the_others(facts: Facts) -> Iterator[Hit]:
    """A formula is not the one that the other cells of its column have.

    Why: a formula that was changed in one row, or filled from the wrong one, gives a figure of another kind.
    Example: =E5*1.1 in a column where the cells above and below have *1.0 and the cells of their own rows.
    Not covered: a first row on which the others build, totals, the last tranche of each grant where it is what the
    others leave, and a form that returns in three places or more.
    """
    return _hits(facts.unlike)


@rule(
    "FORM003",
    Severity.WARNING,
    plan="",
    message="{cells} {are} blank; {others} of the column have a formula.",
    fix="Enter the formula {formula} in {cells}, or a word that says why there is none.",
)
def without_formula(facts: Facts) -> Iterator[Hit]:
    """A row of a ledger is without the formula that the other rows of the column have.

    Why: a row that was added without its formulas counts as nothing.
    Example: a new grant below the others; its FMV is looked up in every row but this.
    Not covered: columns in which every fourth row or more is blank, and ranges that are no ledger and no table.
    """
    return _hits(facts.missing)


@rule(
    "FORM004",
    Severity.ERROR,
    plan="",
    message="{cells} {refer} to {what}, which was deleted.",
    fix="Enter the formula in {cells} again with the cells that it is to use.",
)
def lost_reference(facts: Facts) -> Iterator[Hit]:
    """A formula of a plan function, or one that it or a ledger uses, refers to cells that were deleted.

    Why: the figure is gone, or (inside IFERROR) replaced by another one without a word.
    Example: =POOL_AVAILABLE(0,#REF!,Activity!D2:D90) after a column was deleted.
    Not covered: formulas that nothing of the plan uses.
    """
    for lost in facts.lost:
        yield hit(lost.place, cells=lost.cells, refer="refer" if ":" in lost.cells else "refers", what=lost.what)


@rule(
    "FORM005",
    Severity.ERROR,
    plan="",
    message="{cells} {call} {what}, which is no function; the nearest one is {nearest}.",
    fix="Enter {nearest} in {cells}, and calculate the workbook again.",
)
def misspelt_function(facts: Facts) -> Iterator[Hit]:
    """A formula that shows #NAME? calls a function whose name is nearly that of a plan function.

    Why: nothing was calculated, and a check that looks for plan functions does not see the cell.
    Example: =ISO_LIMIT_SPLT(A2:A90, ...).
    Not covered: names that are far from any plan function.
    """
    for lost in facts.misspelt:
        what, _, nearest = lost.what.partition(" ")
        call = "call" if ":" in lost.cells else "calls"
        yield hit(lost.place, cells=lost.cells, call=call, what=what, nearest=nearest)


@rule(
    "FORM006",
    Severity.ERROR,
    plan="",
    message="{cell} uses its own result: {path}.",
    fix="Make one formula of the circle use cells that do not depend on {cell}, and calculate the workbook again.",
)
def circular_formula(facts: Facts) -> Iterator[Hit]:
    """A plan function uses its own result, by way of other cells.

    Why: Excel shows 0 or the figure of an earlier calculation; which of them, nobody can tell from the saved workbook.
    Example: the shares of a new grant are what POOL_AVAILABLE leaves, and Activity has the grant already.
    Not covered: ways through OFFSET and INDIRECT; circles without a plan function.
    """
    for circle in facts.circular:
        yield hit(circle.place, cell=circle.path[0], path=" uses ".join(circle.path))


@rule(
    "FORM007",
    Severity.WARNING,
    plan="",
    message="{cells} {add} a typed number to what {function} gives: {number}.",
    fix="Record what the number stands for in the ledger, and take it out of the formula in {cells}.",
)
def number_added(facts: Facts) -> Iterator[Hit]:
    """A typed number is added to the figure of a plan function, or taken from it.

    Why: the figure is no longer the plan's, and no ledger says why.
    Example: =POOL_AVAILABLE(...)+100, to make it agree with another list.
    Not covered: numbers in cells of their own, days added to a date, a figure that is taken from a number, and numbers
    added by way of another cell or a name of LET.
    """
    for each in facts.adjusted:
        add = "add" if ":" in each.cells else "adds"
        yield hit(each.place, cells=each.cells, add=add, function=each.function, number=each.number)


def _hits(interruptions: Sequence[Interruption]) -> Iterator[Hit]:
    for each in interruptions:
        many = ":" in each.cells
        here, there = each.constants or ("", "")
        yield hit(
            each.place,
            cells=each.cells,
            hold="hold" if many else "holds",
            are="are" if many else "is",
            holds=shown(each.holds),
            formula=each.formula,
            others=counted(each.others, "cell"),
            gives="" if each.gives is None else f"; it gives {shown(each.gives)} in {each.place.cell}",
            differs=f" (with {here} for {there})" if each.constants else "",
        )
