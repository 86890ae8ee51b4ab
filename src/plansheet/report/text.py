"""The report of a check as plain text: findings by mail and workbook, a table of the verdicts, what was left, a sum."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TextIO

from plansheet.core.rule import Severity
from plansheet.report.characters import printable
from plansheet.report.verdicts import Mail, Origin, Run, Verdict
from plansheet.workbook.checked import Checked, Found, NotChecked

_WIDTH = 118
_MOST_LISTS = 64


def write_text(run: Run, to: TextIO) -> None:
    """A block for each workbook, a table where there are several; the last line sums up what was checked."""
    total, last, lists = _Total(), None, _Lists()
    for verdict in run.verdicts():
        source = (verdict.origin.file, verdict.origin.mail)
        if verdict.origin.mail is not None and source != last:
            to.write(f"{_heading(verdict.origin, verdict.origin.mail)}\n\n")
        last = source
        total.add(verdict)
        to.writelines(f"{line}\n" for line in _block(verdict, lists))
        to.write("\n")
    if total.workbooks > 1:
        to.writelines(f"{line}\n" for line in _table(run, total))
        to.write("\n")
    _write_left(run, to)
    if run.interrupted:
        to.write(f"{printable(run.interrupted)}\n\n")
    to.write(f"{total.sentence()}\n")


def _heading(origin: Origin, mail: Mail) -> str:
    subject = f'"{mail.subject}"' if mail.subject else ""
    parts = [f"Mail from {mail.sender or 'a sender it does not name'}", subject, mail.date]
    return printable(f"{', '.join(filter(None, parts))} ({origin.file}):")


# --- A workbook -------------------------------------------------------------------------------------------------------


def _block(verdict: Verdict, lists: "_Lists") -> Iterator[str]:
    checked = verdict.checked
    yield f"{printable(checked.path)}: {checked.verdict}"
    if verdict.same_as:
        yield f"  the same file as {printable(verdict.same_as)}"
    for line in checked.taken_for:
        yield f"  {printable(line)}"
    for found in checked.findings:
        yield from _lines(found)
    if verdict.known:
        yield f"  left out, for the baseline has them: {_counted(verdict.known, 'finding')}"
    for missed in checked.not_checked:
        if not missed.columns:
            yield f"  not checked: {printable(missed.what)}: {printable(missed.why)}"
    yield from _without_columns(checked, lists)
    if verdict.annotated:
        yield f"  a copy with its findings: {printable(verdict.annotated)}"


class _Lists:
    """Where the lists of columns to add stand. Issuers lack the same ones, and a list is as long as all else."""

    def __init__(self) -> None:
        self._paths: dict[int, str] = {}

    def place(self, lacking: Sequence[NotChecked], path: str) -> str:
        """The workbook under which the same list stands; empty where it is to be told."""
        key = hash(tuple((missed.code, missed.columns) for missed in lacking))
        if key not in self._paths and len(self._paths) < _MOST_LISTS:
            self._paths[key] = path
            return ""
        return self._paths.get(key, "")


def _without_columns(checked: Checked, lists: _Lists) -> Iterator[str]:
    """The rules that lack columns, by the columns: what to add, and what is then checked."""
    lacking = [missed for missed in checked.not_checked if missed.columns]
    if not lacking:
        return
    begins = f"  not checked for lack of columns: {_counted(len(lacking), 'rule')}; "
    if not checked.rows:  # all columns of all tables: no list that anybody reads
        yield f"{begins}no row of a ledger was read (plansheet explain CODE says which columns a rule needs)"
        return
    if before := lists.place(lacking, checked.path):
        yield f"{begins}the same as in {printable(before)}"
        return
    yield f"{begins}to have them checked, add these columns (plansheet explain CODE says more)"
    tables: dict[str, dict[str, list[str]]] = {}
    for missed in lacking:
        for table, heading in missed.columns:
            tables.setdefault(table, {}).setdefault(heading, []).append(missed.code)
    for table, columns in tables.items():
        lacked = ", ".join(f"{heading} ({' '.join(codes)})" for heading, codes in columns.items())
        yield fill(f"{table}: {lacked}", _WIDTH, initial_indent="      ", subsequent_indent="        ")


def _lines(found: Found) -> Iterator[str]:
    where = f"{found.sheet}!{found.cell}" if found.cell else found.sheet or "the workbook"
    rests_on = "; ".join(part for part in (f"plan {found.plan}" if found.plan else "", *found.law) if part)
    yield f"  {found.severity.value} {found.code} {printable(where)}: {printable(found.message)}"
    yield f"      {printable(found.fix)}{f' [{rests_on}]' if rests_on else ''}"


# --- All of them ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Total:
    """What the last line says of a run."""

    workbooks: int = 0
    unchecked: int = 0
    missed: int = 0
    without: int = 0
    cells: int = 0
    rows: int = 0
    errors: int = 0
    warnings: int = 0
    known: int = 0
    widest: int = 0
    """Width of the longest path."""
    widest_sender: int = 0

    def add(self, verdict: Verdict) -> None:
        checked = verdict.checked
        errors, warnings, missed = _numbers(checked)
        self.workbooks += 1
        self.unchecked += checked.verdict == "unchecked"
        self.missed += missed
        self.without += len(checked.not_checked) - missed
        self.cells += checked.recalculated
        self.rows += checked.rows
        self.errors += errors
        self.warnings += warnings
        self.known += verdict.known
        self.widest = max(self.widest, _width(printable(checked.path)))
        self.widest_sender = max(self.widest_sender, _width(_sender(verdict)))

    def sentence(self) -> str:
        """What was checked and what was not."""
        what = [
            _counted(self.workbooks - self.unchecked, "workbook"),
            f"{_counted(self.cells, 'plan-function cell')} calculated again",
            f"{_counted(self.rows, 'ledger row')} held against the rules",
        ]
        found = [_counted(self.errors, "error"), _counted(self.warnings, "warning")]
        if self.known:
            found.append(f"{_counted(self.known, 'finding')} of the baseline left out")
        left = [
            _counted(self.unchecked, "workbook"),
            _counted(self.missed, "thing in them", "things in them"),
            f"{_counted(self.without, 'rule')} for lack of columns",
        ]
        return f"Checked: {', '.join(what)}: {', '.join(found)}. Not checked: {', '.join(left)}."


def _numbers(checked: Checked) -> tuple[int, int, int]:
    """Errors, warnings, and things not checked other than for lack of columns."""
    errors = sum(found.severity is Severity.ERROR for found in checked.findings)
    missed = sum(not missed.columns for missed in checked.not_checked)
    return errors, len(checked.findings) - errors, missed


_WIDTHS = {"Verdict": 9, "Errors": 8, "Warnings": 8, "Known": 8, "Not checked": 11}  # "unchecked" and 9,999,999
_TEXTS = ("Workbook", "From", "Verdict")
_WIDEST_SENDER = 26
_LEAST_PATH = 44


def _table(run: Run, total: _Total) -> Iterator[str]:
    """A line for each workbook; who sent it where mails are among them, and what is known where a baseline is."""
    widths = {name: width for name, width in _WIDTHS.items() if name != "Known" or total.known}
    if total.widest_sender:
        widths = {"From": max(len("From"), min(total.widest_sender, _WIDEST_SENDER)), **widths}
    room = max(_LEAST_PATH, _WIDTH - sum(widths.values()) - 2 * len(widths))
    widths = {"Workbook": max(len("Workbook"), min(total.widest, room)), **widths}
    yield _row(widths, {name: name for name in widths})
    for verdict in run.verdicts():
        errors, warnings, missed = _numbers(verdict.checked)
        numbers = {"Errors": errors, "Warnings": warnings, "Known": verdict.known, "Not checked": missed}
        texts = {"Workbook": verdict.checked.path, "From": _sender(verdict), "Verdict": verdict.checked.verdict}
        yield _row(widths, {**texts, **{name: f"{number:,}" for name, number in numbers.items()}})


def _row(widths: dict[str, int], cells: dict[str, str]) -> str:
    """Texts stand on the left, numbers on the right."""
    return "  ".join(
        _padded(printable(cells[name]), width) if name in _TEXTS else f"{cells[name]:>{width}}"
        for name, width in widths.items()
    )


def _padded(text: str, width: int) -> str:
    shown = _shortened(text, width)
    return f"{shown}{' ' * (width - _width(shown))}"


def _sender(verdict: Verdict) -> str:
    return printable(verdict.origin.mail.address) if verdict.origin.mail else ""


def _shortened(path: str, width: int) -> str:
    """A path without its middle where it is too long; its end says more than its beginning."""
    if _width(path) <= width:
        return path
    begin = _cut(path, (width - 3) // 3)
    end = _cut(path[::-1], width - 3 - _width(begin))[::-1]
    return f"{begin}...{end}"


def _cut(text: str, width: int) -> str:
    """As much of a text's beginning as fits."""
    taken = 0
    for position, letter in enumerate(text):
        taken += _width(letter)
        if taken > width:
            return text[:position]
    return text


def _width(text: str) -> int:
    """The columns of a terminal that a text fills: East Asian letters are wide, combining marks are nothing."""
    if text.isascii():
        return len(text)
    return sum((unicodedata.east_asian_width(c) in "WF") + (not unicodedata.combining(c)) for c in text)


def _write_left(run: Run, to: TextIO) -> None:
    empty = True
    for left in run.left():
        if empty:
            to.write("Left, for they are no workbooks and were not asked for by name:\n")
        to.write(f"  {printable(left.path)}: {printable(left.why)}\n")
        empty = False
    if not empty:
        to.write("\n")


def _counted(number: int, noun: str, nouns: str = "") -> str:
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"
