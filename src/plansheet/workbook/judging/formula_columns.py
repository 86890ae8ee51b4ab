"""The formulas of a workbook by column: runs of the same formula, one below another, and what interrupts them."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from plansheet.excel.reading import is_blank
from plansheet.workbook.formulas.regions import Region, rectangle
from plansheet.workbook.judging.relative import builds_on_rows_above, relative
from plansheet.workbook.reading.saved import LAST_ROW, Sheet, Workbook

FEWEST_OTHERS = 3
"""Cells that must have a formula before another of their column counts as unlike them: two may be a coincidence."""
_ONE_IN = 4
"""Where every fourth cell or more is another, the column is meant so (the first tranche of each grant, say)."""
_DIGIT = re.compile("[0-9]")
_PATTERN = 3
_LEAST_SPANS = (
    1 << 16
)  # columns of arrays that are kept for a sheet, and one for each of its cells: arrays do not overlap
"""Places in which the same other formula is no slip any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Cells of a column, one below another, that hold the same formula as it reads from their row."""

    sheet: Sheet
    column: int
    top: int
    bottom: int
    key: str
    is_array: bool = False
    """Whether it is an array formula that fills more than its cell: no neighbour is like it."""

    @property
    def formula(self) -> str:
        """The formula of the first cell."""
        return self.sheet.cells[self.top, self.column].formula or ""

    @property
    def cell(self) -> str:
        """The first cell."""
        return f"{get_column_letter(self.column)}{self.top}"

    @property
    def cells(self) -> str:
        """E5, or E5:E9."""
        return cells_text(self.column, self.top, self.bottom)

    def __len__(self) -> int:
        return self.bottom - self.top + 1


Columns = Mapping[tuple[str, int], Sequence[Run]]
"""The runs of each column, by sheet and column, from the top."""


def formula_columns(workbook: Workbook) -> dict[tuple[str, int], list[Run]]:
    """All formulas of a workbook as runs."""
    found: dict[tuple[str, int], list[Run]] = {}
    for sheet in workbook.sheets:
        rows: dict[int, list[int]] = {}
        for cell in sheet.formulas:
            rows.setdefault(cell.column, []).append(cell.row)
        for column, those in rows.items():
            found[sheet.name, column] = list(_runs(sheet, column, sorted(those)))
    return found


def _runs(sheet: Sheet, column: int, rows: Sequence[int]) -> Iterator[Run]:
    top = last = 0
    key: str | None = None
    for row in rows:
        cell = sheet.cells[row, column]
        is_array = cell.array_ref is not None and ":" in cell.array_ref
        own = relative(cell.formula or "", row)
        if key is not None and (own != key or row != last + 1 or is_array):
            yield Run(sheet, column, top, last, key)
            key = None
        if is_array:
            yield Run(sheet, column, row, row, own, True)
        elif key is None:
            top, key = row, own
        last = row
    if key is not None:
        yield Run(sheet, column, top, last, key)


@dataclass(frozen=True, slots=True)
class Body:
    """The data rows of a ledger or table: where a column is expected to hold the same throughout."""

    region: Region
    rows: frozenset[int] | None
    """The rows that hold a record; None where every row counts."""
    calculated: frozenset[int] = frozenset()
    """The columns in which Excel enters a formula in every new row."""
    grant: int | None = None
    """Of tranches, the column that says whose they are: those of a grant stand one below another."""

    def holds(self, sheet: Sheet, column: int) -> bool:
        """Whether a column of a sheet goes through it."""
        return self.region.sheet is sheet and self.region.left <= column <= self.region.right

    def has(self, row: int) -> bool:
        """Whether a row is one of a record."""
        return self.region.top <= row <= self.region.bottom and (self.rows is None or row in self.rows)

    def parts(self) -> list[list[int]]:
        """The rows of each grant, where it has several tranches one below another; none of what is no schedule."""
        found: list[list[int]] = []
        last: object = None
        for row in sorted(self.rows or ()) if self.grant is not None else ():
            cell = self.region.sheet.cells.get((row, self.grant or 0))
            value = cell.value if cell is not None else None
            if not found or value != last:
                found.append([])
            found[-1].append(row)
            last = value
        return found if any(len(rows) > 1 for rows in found) else []


@dataclass(frozen=True, slots=True)
class Piece:
    """Cells of a column, one below another: a run of a formula, typed ones (``key`` None) or blank ones."""

    top: int
    bottom: int
    key: str | None
    is_blank: bool = False

    def __len__(self) -> int:
        return self.bottom - self.top + 1


@dataclass(frozen=True, slots=True)
class Stranger:
    """A piece unlike the formula that the column has: ``like`` is a cell that has it, ``others`` how many do."""

    sheet: Sheet
    column: int
    piece: Piece
    usual: str
    like: int
    others: int

    @property
    def cells(self) -> str:
        """E5, or E5:E9."""
        return cells_text(self.column, self.piece.top, self.piece.bottom)


def cells_text(column: int, top: int, bottom: int) -> str:
    """Cells of a column, one below another: E5, or E5:E9."""
    letter = get_column_letter(column)
    return f"{letter}{top}" if top == bottom else f"{letter}{top}:{letter}{bottom}"


class Spills:
    """The cells that array formulas fill: they hold values, and nobody typed them."""

    def __init__(self, columns: Columns) -> None:
        spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
        used: dict[str, list[int]] = {}
        for name, column in sorted(columns):
            used.setdefault(name, []).append(column)
        rooms: dict[str, int] = {}
        for runs in columns.values():
            for run in runs:
                if run.is_array:
                    region = rectangle(run.sheet, run.sheet.cells[run.top, run.column].array_ref or "A1")
                    room = rooms.setdefault(run.sheet.name, _LEAST_SPANS + len(run.sheet.cells))
                    own = used[run.sheet.name]
                    asked = own[bisect_left(own, region.left) : bisect_right(own, region.right)][: max(0, room)]
                    rooms[run.sheet.name] = room - len(asked)
                    for column in asked:
                        spans.setdefault((run.sheet.name, column), []).append((region.top, region.bottom))
        self.spans = {key: sorted(each) for key, each in spans.items()}

    def fill(self, sheet: Sheet, row: int, column: int) -> bool:
        """Whether an array formula fills a cell."""
        spans = self.spans.get((sheet.name, column))
        if spans is None:
            return False
        at = bisect_right(spans, (row, LAST_ROW)) - 1  # arrays do not overlap
        return at >= 0 and spans[at][1] >= row


def strangers(runs: Sequence[Run], bodies: Iterable[Body], spills: Spills) -> Iterator[Stranger]:
    """What in a column is unlike the formula that most of its neighbours have, block by block."""
    sheet, column = runs[0].sheet, runs[0].column
    single = [run for run in runs if not run.is_array]
    around = [body for body in bodies if body.holds(sheet, column)]
    for body in around:
        yield from _strangers(sheet, column, list(_in_body(single, body, spills)), body)
    free = [run for run in single if not any(body.region.top <= run.top <= body.region.bottom for body in around)]
    for block in _free_blocks(free, spills):
        yield from _strangers(sheet, column, block, None)


def _in_body(runs: Sequence[Run], body: Body, spills: Spills) -> Iterator[Piece]:
    """The pieces of a column in the rows of a body, from the top; rows that are no records are passed over."""
    top, bottom = body.region.top, body.region.bottom
    own = [run for run in runs if run.bottom >= top and run.top <= bottom]
    if not own:
        return
    row = top
    for run in own:
        yield from _plain(own[0].sheet, own[0].column, range(row, run.top), body, spills)
        if body.has(max(run.top, top)):
            yield Piece(max(run.top, top), min(run.bottom, bottom), run.key)
        row = run.bottom + 1
    yield from _plain(own[0].sheet, own[0].column, range(row, bottom + 1), body, spills)


def _plain(sheet: Sheet, column: int, rows: range, body: Body, spills: Spills) -> Iterator[Piece]:
    """Rows without a formula: typed ones and blank ones; a word says why there is none, and is neither."""
    known = [
        (row, is_blank(cell.value) if (cell := sheet.cells.get((row, column))) is not None else True)
        for row in rows
        if body.has(row) and not spills.fill(sheet, row, column) and not _is_word(sheet, row, column)
    ]
    at = 0
    while at < len(known):
        first, blank = known[at]
        end = at
        while end + 1 < len(known) and known[end + 1] == (known[end][0] + 1, blank):
            end += 1
        yield Piece(first, known[end][0], None, blank)
        at = end + 1


def _is_word(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a cell holds a text without a figure, such as cancelled or n/a."""
    cell = sheet.cells.get((row, column))
    return cell is not None and cell.kind == "text" and not is_blank(cell.value) and not _DIGIT.search(str(cell.value))


def _free_blocks(runs: Sequence[Run], spills: Spills) -> Iterator[list[Piece]]:
    """Runs outside of bodies, joined where nothing but typed cells stand between two of them."""
    block: list[Piece] = []
    for run in runs:
        piece = Piece(run.top, run.bottom, run.key)
        between = range(block[-1].bottom + 1, run.top) if block else range(0)
        if block and all(_is_typed(run.sheet, row, run.column, spills) for row in between):
            block += [Piece(between[0], between[-1], None), piece] if between else [piece]
        else:
            yield block
            block = [piece]
    yield block


def _is_typed(sheet: Sheet, row: int, column: int, spills: Spills) -> bool:
    """Whether somebody typed into a cell what may stand for a formula's figure; a text may be a heading between."""
    cell = sheet.cells.get((row, column))
    is_figure = cell is not None and cell.kind not in ("blank", "text")
    return is_figure and not spills.fill(sheet, row, column)


def _strangers(sheet: Sheet, column: int, pieces: Sequence[Piece], body: Body | None) -> Iterator[Stranger]:
    sizes: Counter[str] = Counter()
    for piece in pieces:
        if piece.key is not None:
            sizes[piece.key] += len(piece)
    if not sizes or len(pieces) < 2:
        return
    usual, others = sizes.most_common(1)[0]
    fewest = 1 if body is not None and column in body.calculated else FEWEST_OTHERS
    odd = _odd_pieces(pieces, usual, has_end=body is not None)
    if others < fewest or not odd:
        return
    times = Counter(piece.key for piece in odd)
    ends = _first_or_last_of_grants(pieces, usual, body)
    like = next(piece.top for piece in pieces if piece.key == usual)
    for piece in odd:
        places = times[piece.key]
        if piece.key is not None:
            is_meant = places >= _PATTERN or len(piece) * 2 > others
        else:
            is_meant = places > 1 and (places * _ONE_IN > others or builds_on_rows_above(usual))
            blank = sum(len(p) for p in odd if p.is_blank)
            is_meant = is_meant or (piece.is_blank and blank > 1 and blank * _ONE_IN > others)
        if not is_meant and not (len(piece) == 1 and piece.top in ends):
            yield Stranger(sheet, column, piece, usual, like, others)


def _first_or_last_of_grants(pieces: Sequence[Piece], usual: str, body: Body | None) -> frozenset[int]:
    """The rows in which each grant begins or ends, where these have something else throughout, and with reason.

    The first day is typed where the others are counted from the row above; the last tranche is what the others leave.
    """
    parts = body.parts() if body is not None else []
    by_row = {row: piece for piece in pieces for row in range(piece.top, piece.bottom + 1)}
    if builds_on_rows_above(usual):
        ends = [by_row.get(rows[0]) for rows in parts]
        as_meant = all(piece is not None and piece.key is None and not piece.is_blank for piece in ends)
        return frozenset(rows[0] for rows in parts) if as_meant else frozenset()
    ends = [by_row.get(rows[-1]) for rows in parts]
    as_meant = all(piece is not None and piece.key is not None and builds_on_rows_above(piece.key) for piece in ends)
    return frozenset(rows[-1] for rows in parts) if as_meant else frozenset()


def _odd_pieces(pieces: Sequence[Piece], usual: str, *, has_end: bool) -> list[Piece]:
    """The pieces without the usual formula that stand between cells with it, or at an end of a body of records.

    At an end they must be fewer than the others, and the first may be another where the formula builds on rows above.
    """
    at = [position for position, piece in enumerate(pieces) if piece.key == usual]
    first, last = at[0], at[-1]
    size = sum(len(pieces[position]) for position in at)
    odd = [piece for piece in pieces[first:last] if piece.key != usual]
    if has_end:
        before, after = pieces[:first], pieces[last + 1 :]
        if not builds_on_rows_above(usual):
            odd += before if sum(map(len, before)) < size else []
        odd += after if sum(map(len, after)) < size else []
    return sorted(odd, key=lambda piece: piece.top)
