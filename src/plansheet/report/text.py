"""The report of a check as plain text: findings by workbook, what was not checked, one line that sums up."""

from collections.abc import Iterator, Sequence

from plansheet.workbook.checks import Checked, Found


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
        yield f"  not checked: {printable(missed.what)}: {printable(missed.why)}"


def _lines(found: Found) -> Iterator[str]:
    where = f"{found.sheet}!{found.cell}" if found.cell else found.sheet or "the workbook"
    rests_on = "; ".join(part for part in (f"plan {found.plan}" if found.plan else "", *found.law) if part)
    yield f"  {found.severity.value} {found.code} {printable(where)}: {printable(found.message)}"
    yield f"      {printable(found.fix)}{f' [{rests_on}]' if rests_on else ''}"


def _sum(checked: Sequence[Checked]) -> str:
    findings = sum(len(each.findings) for each in checked)
    cells = sum(each.recalculated for each in checked)
    unchecked = sum(each.verdict == "unchecked" for each in checked)
    missed = sum(len(each.not_checked) for each in checked)
    return (
        f"{_counted(len(checked), 'workbook')} given, {unchecked} of them unchecked; "
        f"{_counted(cells, 'plan-function cell')} calculated again; {_counted(findings, 'finding')}; "
        f"{_counted(missed, 'thing')} not checked."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def printable(text: str) -> str:
    """Text without control characters, which a file could use to rewrite what a terminal shows."""
    return "".join(c if c.isprintable() else " " for c in text)
