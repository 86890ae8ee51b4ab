"""The report of a check as plain text: findings by workbook, what was not checked, one line that sums up."""

from collections.abc import Iterator, Sequence
from textwrap import fill

from plansheet.core.rule import Severity
from plansheet.workbook.checks import Checked
from plansheet.workbook.findings import Found


def text_report(checked: Sequence[Checked]) -> str:
    """One block per workbook, and a last line with what was checked and what was not."""
    blocks = ["\n".join(_block(each)) for each in checked]
    return "\n\n".join([*blocks, _sum(checked)]) + "\n"


def _block(checked: Checked) -> Iterator[str]:
    yield f"{printable(checked.path)}: {checked.verdict}"
    for line in checked.taken_for:
        yield f"  {printable(line)}"
    for found in checked.findings:
        yield from _lines(found)
    for missed in checked.not_checked:
        if not missed.columns:
            yield f"  not checked: {printable(missed.what)}: {printable(missed.why)}"
    yield from _without_columns(checked)


def _without_columns(checked: Checked) -> Iterator[str]:
    """The rules that lack columns, by the columns: what to add, and what is then checked."""
    lacking = [missed for missed in checked.not_checked if missed.columns]
    if not lacking:
        return
    begins = f"  not checked for lack of columns: {_counted(len(lacking), 'rule')}; "
    if not checked.rows:  # all columns of all tables: no list that anybody reads
        yield f"{begins}no row of a ledger was read (plansheet explain CODE says which columns a rule needs)"
        return
    yield f"{begins}to have them checked, add these columns (plansheet explain CODE says more)"
    tables: dict[str, dict[str, list[str]]] = {}
    for missed in lacking:
        for table, heading in missed.columns:
            tables.setdefault(table, {}).setdefault(heading, []).append(missed.code)
    for table, columns in tables.items():
        lacked = ", ".join(f"{heading} ({' '.join(codes)})" for heading, codes in columns.items())
        yield fill(f"{table}: {lacked}", 118, initial_indent="      ", subsequent_indent="        ")


def _lines(found: Found) -> Iterator[str]:
    where = f"{found.sheet}!{found.cell}" if found.cell else found.sheet or "the workbook"
    rests_on = "; ".join(part for part in (f"plan {found.plan}" if found.plan else "", *found.law) if part)
    yield f"  {found.severity.value} {found.code} {printable(where)}: {printable(found.message)}"
    yield f"      {printable(found.fix)}{f' [{rests_on}]' if rests_on else ''}"


def _sum(checked: Sequence[Checked]) -> str:
    """What was checked and what was not."""
    unchecked = sum(each.verdict == "unchecked" for each in checked)
    missed = sum(not missed.columns for each in checked for missed in each.not_checked)
    without = sum(bool(missed.columns) for each in checked for missed in each.not_checked)
    left = [
        _counted(unchecked, "workbook"),
        _counted(missed, "thing in them", "things in them"),
        f"{_counted(without, 'rule')} for lack of columns",
    ]
    cells, rows = sum(each.recalculated for each in checked), sum(each.rows for each in checked)
    errors, warnings = (
        sum(found.severity is severity for each in checked for found in each.findings) for severity in Severity
    )
    what = ", ".join(
        [
            _counted(len(checked) - unchecked, "workbook"),
            f"{_counted(cells, 'plan-function cell')} calculated again",
            f"{_counted(rows, 'ledger row')} held against the rules",
        ]
    )
    found = f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
    return f"Checked: {what}: {found}. Not checked: {', '.join(left)}."


def _counted(number: int, noun: str, nouns: str = "") -> str:
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def printable(text: str) -> str:
    """Text without control characters, which a file could use to rewrite what a terminal shows."""
    return "".join(c if c.isprintable() else " " for c in text)
