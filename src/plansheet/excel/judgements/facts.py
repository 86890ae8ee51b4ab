"""What is known of a workbook's formula cells: small records, which the floor above fills and the rules judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plansheet.core.numbers import Number
from plansheet.core.rule import Hit


class Place(NamedTuple):
    """Where a finding stands; ``subject`` is what it is about, the same wherever the row moves to."""

    sheet: str
    cell: str
    subject: str = ""


def hit(place: Place, **said: object) -> Hit:
    """A finding in a place, with the facts of its sentences."""
    return Hit(None, None, {"place": place} | said)


@dataclass(frozen=True, slots=True)
class Recalculated:
    """A plan-function cell: what was saved, what comes out now, and whether they are the same."""

    sheet: str
    cell: str
    formula: str
    function: str
    saved: object = None
    """A scalar, or rows where the formula fills more than one cell; None where nothing was calculated."""
    recomputed: object = None
    """A scalar or rows; None where it was not calculated."""
    same: bool = False
    unchecked: str | None = None
    """Why there is no verdict; completes the sentence "The cell ..."."""
    calculated: bool = True
    """False for a formula that the workbook saves no value for."""
    difference: str | None = None
    """For arrays: what differs, as a sentence."""
    rows: tuple[int, ...] = ()
    """For arrays: the rows of the sheet that differ."""

    @property
    def state(self) -> str:
        """The outcome in a word or two: same, different, never calculated or not checked."""
        if not self.calculated:
            return "never calculated"
        if self.unchecked is not None:
            return "not checked"
        return "same" if self.same else "different"


@dataclass(frozen=True, slots=True)
class Interruption:
    """Cells of a column, one below another, that differ from the formula that the others have."""

    place: Place
    cells: str
    """E5, or E5:E9."""
    holds: object
    """The formula or value of the first of them; None where they are blank."""
    formula: str
    """What the others have, as it would stand in the first of them."""
    others: int
    """How many cells of the column have it."""
    gives: object = None
    """What that formula gives in the first cell; None where it cannot be told."""
    constants: tuple[str, str] | None = None
    """The one number that differs from the others' formula: what stands here, what stands there."""


@dataclass(frozen=True, slots=True)
class ShortRange:
    """A call whose ranges leave out rows of the ledger that they lie in, and that no other call of the function has."""

    place: Place
    function: str
    given: str
    """The rows given, as Vesting!A2:A89."""
    ledger: str
    rows: tuple[int, ...]
    """The rows left out."""
    first: int
    last: int
    """The rows in which the ledger begins and ends."""
    changes_figures: bool
    """Whether rows given share a limit or a sum with the rows left out; otherwise those only have no answer."""


@dataclass(frozen=True, slots=True)
class ExtraRows:
    """A call whose ranges hold rows that are no records: the headings, or totals."""

    place: Place
    function: str
    given: str
    rows: tuple[int, ...]
    shows: str
    """What stands in the first of them."""


@dataclass(frozen=True, slots=True)
class ShiftedRanges:
    """A call whose ranges do not begin and end in the same rows."""

    place: Place
    function: str
    parameter: str
    given: str
    other_parameter: str
    other_given: str


@dataclass(frozen=True, slots=True)
class OtherColumn:
    """A call that takes a parameter from a column that holds something else."""

    place: Place
    function: str
    parameter: str
    given: str
    heading: str
    wanted: str
    """The heading of the column that the parameter is."""
    is_day_before_exercisable: bool
    """Whether it is the day of the grant or of the start of vesting, given as the day of first exercise."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A call without a parameter that would change its figures, and what it leaves out."""

    place: Place
    function: str
    given: str
    what: str


@dataclass(frozen=True, slots=True)
class OtherTerm:
    """A call with another figure or reading than the plan's."""

    place: Place
    function: str
    parameter: str
    given: object
    of_plan: object
    is_given: bool
    """False where the parameter is left out and the function takes its own."""


@dataclass(frozen=True, slots=True)
class CountedTwice:
    """A call whose reserve stands in its rows too."""

    place: Place
    function: str
    reserve: object


@dataclass(frozen=True, slots=True)
class OtherReserve:
    """A call that starts with another reserve than the plan's leaves for the start, or with none at all."""

    place: Place
    function: str
    reserve: Number
    wanted: Number | None
    """None, like the plan's, where no plan's reserve is stated."""
    of_plan: Number | None
    is_none: bool
    """Whether none is given, and none stands in the rows."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Formulas that refer to what is not there any more, or call what there never was."""

    place: Place
    cells: str
    what: str


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Formulas that add a typed number to a plan function's figure."""

    place: Place
    cells: str
    function: str
    number: str
    """With its sign."""


@dataclass(frozen=True, slots=True)
class Circular:
    """A plan function that uses its own result; ``path`` names the cells on the way, from it and back to it."""

    place: Place
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsedCell:
    """A cell that plan functions use and that holds what they cannot take."""

    place: Place
    shows: str
    parameter: str
    is_date: bool
    """Whether a date is wanted, and otherwise a number."""
    formulas: int
    first: str
    """How many formulas use it, and the first."""


@dataclass(frozen=True, slots=True)
class HiddenRows:
    """Rows that do not show and that a plan function counts."""

    place: Place
    rows: tuple[int, ...]
    filtered: bool
    formulas: int
    first: str


@dataclass(frozen=True, slots=True)
class OtherBook:
    """Cells that take their figures from another workbook."""

    place: Place
    book: str
    cells: int


@dataclass(frozen=True, slots=True)
class Changing:
    """Cells that plan functions or ledgers use and that give something else on another day."""

    place: Place
    cells: str
    function: str


@dataclass(frozen=True, slots=True)
class Settings:
    """How a workbook calculates, as far as its plan functions and ledgers are concerned."""

    manual: bool = False
    iterative: bool = False
    as_displayed: bool = False
    dates_of_1904: bool = False
    formulas: int = 0
    """Formulas that call plan functions, or that those or ledgers use."""
    never_calculated: int = 0
    """Formulas that hold the 0 of a program that writes workbooks and does not calculate."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the formula cells of one workbook."""

    results: Sequence[Recalculated] = ()
    typed_over: Sequence[Interruption] = ()
    unlike: Sequence[Interruption] = ()
    missing: Sequence[Interruption] = ()
    lost: Sequence[Lost] = ()
    misspelt: Sequence[Lost] = ()
    circular: Sequence[Circular] = ()
    adjusted: Sequence[Adjusted] = ()
    short_ranges: Sequence[ShortRange] = ()
    headings: Sequence[ExtraRows] = ()
    totals: Sequence[ExtraRows] = ()
    shifted: Sequence[ShiftedRanges] = ()
    other_columns: Sequence[OtherColumn] = ()
    without_holder: Sequence[LeftOut] = ()
    without_activity: Sequence[LeftOut] = ()
    other_limits: Sequence[OtherTerm] = ()
    other_readings: Sequence[OtherTerm] = ()
    reserves: Sequence[CountedTwice] = ()
    other_reserves: Sequence[OtherReserve] = ()
    texts: Sequence[UsedCell] = ()
    errors: Sequence[UsedCell] = ()
    hidden: Sequence[HiddenRows] = ()
    other_books: Sequence[OtherBook] = ()
    changing: Sequence[Changing] = ()
    settings: Settings = Settings()
