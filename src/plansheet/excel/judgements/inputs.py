"""What plan functions are given: ranges that miss rows or have too many, and cells that they cannot take."""

from collections.abc import Iterator, Sequence

from plansheet.core.numbers import shares_text
from plansheet.core.rule import Hit, Severity, rule
from plansheet.excel.judgements.facts import ExtraRows, Facts, OtherColumn, OtherTerm, ShortRange, UsedCell, hit
from plansheet.excel.judgements.sentences import counted, rows_text, shown


@rule(
    "INPUT001",
    Severity.ERROR,
    plan="",
    message="{function} is given {given} and leaves out {rows} of {ledger} ({number}), which would change its figures.",
    fix="Give it rows {first} to {last}, or columns of a table, which grow with it.",
)
def range_too_short(facts: Facts) -> Iterator[Hit]:
    """The ranges of a call leave out rows of the ledger that they lie in and that its figures rest on.

    Why: a row added below a range is not counted, and the figure looks as right as before.
    Example: ISO_LIMIT_SPLIT over rows 2 to 89 of a ledger that goes on to row 90, which is of the same holder.
    Not covered: SPLIT_TRANCHES, which takes one grant's rows; rows that another call of the function has; ranges that
    lie in no ledger that is known here.
    """
    return _short(facts, changes_figures=True)


@rule(
    "INPUT002",
    Severity.WARNING,
    plan="",
    message="{function} is given {given}; no cell has its answer for {rows} of {ledger} ({number}).",
    fix="Give it rows {first} to {last}, or see that these rows need no answer.",
)
def rows_without_answer(facts: Facts) -> Iterator[Hit]:
    """Rows of a ledger that no call of the function has, where the rows that it has do not rest on them.

    Why: a holder who was added below the range has no figure, and nobody is told.
    Example: ISO_LIMIT_SPLIT over the rows of Ada and Bo, and a third holder in the row below.
    Not covered: calls row by row, one cell each (FORM003 tells a row without its formula).
    """
    return _short(facts, changes_figures=False)


def _short(facts: Facts, *, changes_figures: bool) -> Iterator[Hit]:
    short: ShortRange
    for short in facts.short_ranges:
        if short.changes_figures is changes_figures:
            yield hit(
                short.place,
                function=short.function,
                given=short.given,
                ledger=short.ledger,
                rows=rows_text(short.rows),
                number=counted(len(short.rows), "row"),
                first=short.first,
                last=short.last,
            )


@rule(
    "INPUT003",
    Severity.ERROR,
    plan="",
    message='{function} is given {given} with the heading "{shows}" in {rows} as if it were a record.',
    fix="Give it ranges that begin below {rows}.",
)
def heading_in_range(facts: Facts) -> Iterator[Hit]:
    """A range that is to hold records begins with their heading.

    Why: the heading is taken for a grant or a number; the row has no answer, and those of the others may change.
    Example: A1:A90 where the headings stand in row 1.
    Not covered: blocks (Grants[#All]), which are given with their headings.
    """
    return _extra(facts.headings)


@rule(
    "INPUT004",
    Severity.ERROR,
    plan="",
    message="{function} is given {given} with the totals of {rows} ({shows}) as if they were records.",
    fix="Remove {rows} from its ranges, or give columns of a table, which do not hold its totals.",
)
def totals_in_range(facts: Facts) -> Iterator[Hit]:
    """A range that is to hold records holds a row of totals.

    Why: the total is counted as one more option, and everything is counted twice.
    Example: C2:C91 where C91 is =SUM(C2:C90).
    Not covered: totals that were typed, in a row that does not say Total.
    """
    return _extra(facts.totals)


def _extra(extra: Sequence[ExtraRows]) -> Iterator[Hit]:
    for each in extra:
        yield hit(each.place, function=each.function, given=each.given, rows=rows_text(each.rows), shows=each.shows)


@rule(
    "INPUT005",
    Severity.ERROR,
    plan="",
    message="{function} is given {given} as {parameter} and {other_given} as {other_parameter}: not the same rows.",
    fix="Make all of its ranges begin and end in the same rows.",
)
def shifted_ranges(facts: Facts) -> Iterator[Hit]:
    """The ranges of one call do not begin and end in the same rows.

    Why: each grant is counted with the value or the date of another, and the figures look right.
    Example: A2:A90 for the grants and C3:C91 for their FMV.
    Not covered: ranges on different sheets, ranges along a row, and the schedule of the new grant of ISO_MAX_GRANT.
    """
    for shifted in facts.shifted:
        yield hit(
            shifted.place,
            function=shifted.function,
            given=shifted.given,
            parameter=shifted.parameter,
            other_given=shifted.other_given,
            other_parameter=shifted.other_parameter,
        )


@rule(
    "INPUT006",
    Severity.ERROR,
    plan="",
    message='{function} takes {parameter} from {given}, under the heading "{heading}".',
    fix="Give it the column {wanted}.",
)
def other_column(facts: Facts) -> Iterator[Hit]:
    """A call takes a parameter from a column whose heading says that it holds something else.

    Why: the exercise price in place of the fair market value, or ISO shares in place of all shares, gives a figure that
    looks right.
    Example: fmv from the column "Exercise price".
    Not covered: columns whose headings are not known here.
    """
    return _other(facts, is_day=False)


@rule(
    "INPUT007",
    Severity.WARNING,
    plan="",
    message='{function} takes {parameter} from {given}, under the heading "{heading}": as if exercisable that day.',
    fix="Give it the column {wanted}, unless the options may be exercised from that day.",
)
def day_before_exercisable(facts: Facts) -> Iterator[Hit]:
    """The days of first exercise are taken from the days of grant, or from those on which vesting starts.

    Why: every dollar then counts in the year of the grant; that is right only where options may be exercised at once.
    Example: first_exercisable from the column "Grant date".
    Not covered: columns whose headings are not known here.
    """
    return _other(facts, is_day=True)


def _other(facts: Facts, *, is_day: bool) -> Iterator[Hit]:
    other: OtherColumn
    for other in facts.other_columns:
        if other.is_day_before_exercisable is is_day:
            yield hit(
                other.place,
                function=other.function,
                parameter=other.parameter,
                given=other.given,
                heading=other.heading,
                wanted=other.wanted,
            )


@rule(
    "INPUT008",
    Severity.ERROR,
    plan="",
    message='The text "{shows}" is given as {parameter}, where {wanted} is needed; {formulas}, the first {first}.',
    fix="Enter it as {wanted}: {how}.",
)
def text_in_range(facts: Facts) -> Iterator[Hit]:
    """A cell that plan functions take a number or a date from holds text.

    Why: it looks like a number; the functions give no answer for its row and what rests on it, and SUM passes over it.
    Example: 1,000 that came from another program as text, or 03/04/2005, of which nobody can tell day and month.
    Not covered: cells of a ledger that is known here, which LEDGER001 tells; dates such as 2005-04-03, which are read.
    """
    for cell in facts.texts:
        how = (
            "type the day again, in a cell formatted as a date"
            if cell.is_date
            else "select the column, then Data, Text to Columns, Finish turns all of it into numbers"
        )
        yield _used(cell, wanted="a date" if cell.is_date else "a number", how=how)


@rule(
    "INPUT009",
    Severity.ERROR,
    plan="",
    message="The error {shows} is given as {parameter}; {formulas}, the first {first}.",
    fix="Correct the cell; the functions give the same error for its row.",
)
def error_in_range(facts: Facts) -> Iterator[Hit]:
    """A cell that plan functions use holds an error.

    Why: the row has no answer, and neither has what is summed up over it.
    Example: #N/A from a lookup of a grant that is not in the list.
    Not covered: cells of a ledger that is known here, which LEDGER001 tells; errors that plan functions give (CALC003).
    """
    return (_used(cell) for cell in facts.errors)


def _used(cell: UsedCell, **said: object) -> Hit:
    use = f"{counted(cell.formulas, 'formula')} {'uses' if cell.formulas == 1 else 'use'} it"
    return hit(cell.place, parameter=cell.parameter, shows=cell.shows, formulas=use, first=f"in {cell.first}", **said)


@rule(
    "INPUT010",
    Severity.WARNING,
    plan="",
    message="{rows} of the sheet {do} not show{why}, and {formulas}.",
    fix="Show the rows and see whether they are to count; leave them out of the ranges if not.",
)
def hidden_rows(facts: Facts) -> Iterator[Hit]:
    """Rows that are hidden or filtered away lie in a ledger, or in a range of a plan function.

    Why: they are counted although nobody sees them: a filter changes what is shown, and no figure.
    Example: a ledger filtered to one holder, with the pool beside it.
    Not covered: hidden columns and hidden sheets, in which nothing is unusual.
    """
    for hidden in facts.hidden:
        one = len(hidden.rows) == 1
        by = f"{counted(hidden.formulas, 'formula')} {'counts' if hidden.formulas == 1 else 'count'}"
        in_formulas = f"{by} {'it' if one else 'them'}, the first in {hidden.first}"
        yield hit(
            hidden.place,
            rows=rows_text(hidden.rows).capitalize(),
            do="does" if one else "do",
            why=" (there is a filter)" if hidden.filtered else "",
            formulas=in_formulas if hidden.formulas else f"{'is' if one else 'are'} counted all the same",
        )


@rule(
    "INPUT011",
    Severity.WARNING,
    plan="",
    message="{cells} that plan functions or ledgers use {take} figures from another workbook: {book}.",
    fix="Enter the figures in this workbook as values, with the day on which they were taken.",
)
def other_workbook(facts: Facts) -> Iterator[Hit]:
    """Figures come from another workbook, as it was when it was last read.

    Why: nothing here can tell whether they are still the same, or whether that workbook still exists.
    Example: an FMV column that looks prices up in ='[valuations.xlsx]2010'!B7.
    Not covered: functions of an add-in, which are written in the same way and bring no figures.
    """
    for other in facts.other_books:
        yield hit(
            other.place,
            cells=counted(other.cells, "cell"),
            take="takes" if other.cells == 1 else "take",
            book=other.book,
        )


@rule(
    "INPUT012",
    Severity.WARNING,
    plan="",
    message="{cells} {rest} on {function}(): what a ledger or plan function takes from it changes by itself.",
    fix="Enter the day or number itself; only as_of may be today.",
)
def changes_by_itself(facts: Facts) -> Iterator[Hit]:
    """What a plan function or a ledger uses gives something else on another day.

    Why: a figure that was right when it was filed is another one when the workbook is opened again.
    Example: a grant date of =TODAY() in a row that was copied from a form.
    Not covered: as_of, for which today is a good answer; OFFSET and INDIRECT, which calculate often and give the same.
    """
    for changing in facts.changing:
        yield hit(
            changing.place,
            cells=changing.cells,
            rest="rest" if ":" in changing.cells else "rests",
            function=changing.function,
        )


@rule(
    "INPUT013",
    Severity.ERROR,
    plan="",
    message="{function} is given {given} without holder: {what} are taken for one, with one limit.",
    fix="Give it the column of the holders as holder.",
)
def holder_left_out(facts: Facts) -> Iterator[Hit]:
    """A call over the rows of several holders is not told whose they are.

    Why: without holder the function takes all rows for one holder's, whose limit or payment they then share.
    Example: ISO_LIMIT_SPLIT over a ledger of forty holders, with five ranges and no sixth.
    Not covered: ranges that lie in no ledger that is known here.
    """
    for left in facts.without_holder:
        yield hit(left.place, function=left.function, given=left.given, what=left.what)


@rule(
    "INPUT014",
    Severity.WARNING,
    plan="",
    message="{function} is given {given} without activity, which has {what}.",
    fix="Give it the block of Activity with its headings (Activity[#All]), or see that they change nothing here.",
)
def activity_left_out(facts: Facts) -> Iterator[Hit]:
    """A call is not told of the transactions that the workbook records.

    Why: it then knows of no split, no cancellation and no acceleration, and counts shares that are not there.
    Example: ISO_LIMIT_SPLIT without activity in a workbook whose Activity holds a 2-for-1 split.
    Not covered: activity that is given but misses rows (INPUT001).
    """
    for left in facts.without_activity:
        yield hit(left.place, function=left.function, given=left.given, what=left.what)


@rule(
    "INPUT015",
    Severity.ERROR,
    plan="",
    message="{function} takes a limit of {given}{how}; the plan's is {of_plan}.",
    fix="Give it the plan's limit, or correct ISO limit on the Plan sheet if that is wrong.",
)
def other_limit(facts: Facts) -> Iterator[Hit]:
    """A call counts against another limit than the plan's.

    Why: with a zero too many no option is ever over the limit.
    Example: a limit of 1,000,000 typed into ISO_LIMIT_SPLIT.
    Not covered: limits that cannot be calculated here.
    """
    return _terms(facts.other_limits)


@rule(
    "INPUT016",
    Severity.WARNING,
    plan="",
    message="{function} takes {given} as {parameter}{how}; the plan has {of_plan}.",
    fix="Give it the plan's choice, or change that on the Plan sheet if the board has decided so.",
)
def other_reading(facts: Facts) -> Iterator[Hit]:
    """A call reads the plan otherwise than its terms do.

    Why: two figures of one plan then differ, and nobody can tell which of them was decided.
    Example: rounding EXACT in one sheet, where the plan's terms have FLOOR.
    Not covered: MERGER_CASHOUT, of which both readings are often shown side by side.
    """
    return _terms(facts.other_readings)


def _terms(others: Sequence[OtherTerm]) -> Iterator[Hit]:
    for other in others:
        yield hit(
            other.place,
            function=other.function,
            parameter=other.parameter,
            given=shown(other.given),
            how="" if other.is_given else " (its own, for none is given)",
            of_plan=shown(other.of_plan),
        )


@rule(
    "INPUT017",
    Severity.ERROR,
    plan="",
    message="{function} starts with a reserve of {reserve}, and a RESERVE row of the same number adds it again.",
    fix="Give it 0 as reserve, or leave the row of the first reserve out of its ranges.",
)
def reserve_twice(facts: Facts) -> Iterator[Hit]:
    """The reserve is given to a call and stands in its rows too.

    Why: the shares available are too many by the whole reserve.
    Example: =POOL_AVAILABLE(1000000, Activity[Action], ...) where Activity begins with RESERVE 1,000,000.
    Not covered: a reserve of another number than every RESERVE row; it may be an earlier one.
    """
    for twice in facts.reserves:
        yield hit(twice.place, function=twice.function, reserve=shown(twice.reserve))


@rule(
    "INPUT018",
    Severity.ERROR,
    plan="",
    message="{function} starts without a reserve, and its rows have no RESERVE: every share granted is one too many.",
    fix="Give it the shares reserved at the start as reserve{wanted}, or record them as a RESERVE row of Activity.",
)
def no_reserve(facts: Facts) -> Iterator[Hit]:
    """A pool has no reserve: none is given to the call, and none stands in its rows.

    Why: the shares available are too few by the whole reserve; without its RESERVE row a ledger looks complete.
    Example: =POOL_AVAILABLE(0, Activity[Action], ...) where the first row of Activity, RESERVE 1,000,000, is gone.
    Not covered: a formula that adds the reserve itself; rows without a grant; rows that cannot be read; rows that have
    an increase and not the first reserve, where the Plan sheet has no Reserve (INPUT019).
    """
    for other in facts.other_reserves:
        if other.is_none:
            wanted = "" if other.wanted is None else f" ({shares_text(other.wanted)} by the plan's Reserve)"
            yield hit(other.place, function=other.function, wanted=wanted)


@rule(
    "INPUT019",
    Severity.WARNING,
    plan="",
    message="{function} starts with a reserve of {reserve}; the plan's is {of_plan}{left}.",
    fix=(
        "Give it {wanted} as reserve, record what is missing of an increase as a RESERVE row of its day, or correct "
        "Reserve on the Plan sheet."
    ),
)
def other_reserve(facts: Facts) -> Iterator[Hit]:
    """A pool starts with another reserve than the plan's.

    Why: the Plan sheet holds the whole reserve in today's shares; what its RESERVE rows do not say was there at the
    start. A reserve that was increased or split on one sheet only gives two figures of one pool.
    Example: =POOL_AVAILABLE(1000000, Activity[Action], ...) where Reserve on the Plan sheet is 1,200,000.
    Not covered: a workbook whose Plan sheet has no Reserve; figures as of a day before the last row, for ISOs alone, or
    row by row; a formula that adds to the pool; RESERVE rows that exceed the plan's reserve (POOL003).
    """
    for other in facts.other_reserves:
        if not other.is_none and other.wanted is not None:
            wanted = shares_text(other.wanted)
            is_left = other.wanted != other.of_plan
            yield hit(
                other.place,
                function=other.function,
                reserve=shares_text(other.reserve),
                of_plan=shares_text(other.of_plan or 0),
                left=f", of which the RESERVE and SPLIT rows leave {wanted} for the start" if is_left else "",
                wanted=wanted,
            )
