"""Plants every fault of kinds.toml in every layout and prints what the check makes of each.

    python tests/faults/table.py [KIND or LAYOUT...] [--said]
    python tests/faults/table.py --page > docs/faults.md

x: found at the right cell. o: found, but elsewhere. -: missed. A dot: the layout has no place for the fault.
With --said also what the check said where it did not find a fault at the right cell.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from inspect import getdoc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.judging import ELSEWHERE, MISSED, RIGHT, Outcome, alarms, judged, kinds
from faults.layouts import LAYOUTS
from faults.planting import Unfit

MARKS = {RIGHT: "x", ELSEWHERE: "o", MISSED: "-"}
Outcomes = dict[str, dict[str, Outcome]]
"""By kind and layout."""


def outcomes(chosen: Sequence[str], layouts: Sequence[str]) -> Outcomes:
    """What comes of each fault in each layout that has a place for it."""
    found: Outcomes = {kind: {} for kind in chosen}
    for kind in chosen:
        for layout in layouts:
            try:
                found[kind][layout] = judged(kind, layout)
            except Unfit:
                continue
    return found


def counted(found: Outcomes) -> str:
    """The sum of it, in a sentence."""
    verdicts = Counter(outcome.verdict for by_layout in found.values() for outcome in by_layout.values())
    return (
        f"{len(found)} kinds of faults, planted {verdicts.total():,} times: {verdicts[RIGHT]:,} found at the right "
        f"cell, {verdicts[ELSEWHERE]:,} elsewhere, {verdicts[MISSED]:,} missed."
    )


def table(found: Outcomes, layouts: Sequence[str], *, said: bool) -> Iterator[str]:
    """The lines of the table, clean workbooks first."""
    for number, layout in enumerate(layouts, start=1):
        said_of_clean = alarms(layout)
        yield f"{number:2} {layout}: {'as it should be' if not said_of_clean else ''}"
        yield from (f"      {each}" for each in said_of_clean)
    yield f"\n{'':48}{''.join(f'{number:>3}' for number in range(1, len(layouts) + 1))}"
    for kind, by_layout in found.items():
        marks = (MARKS[by_layout[layout].verdict] if layout in by_layout else "." for layout in layouts)
        yield f"{kind:48}{''.join(f'{mark:>3}' for mark in marks)}"
        for layout, outcome in by_layout.items():
            if said and outcome.verdict != RIGHT:
                yield "\n         ".join((f"      {layout}: {outcome.verdict}", *outcome.said[:4]))
    yield f"\n{counted(found)}"


def page(found: Outcomes) -> Iterator[str]:
    """The page of the documentation."""
    yield "# What the check finds\n"
    yield "Single faults as they happen in option ledgers, each planted alone in clean workbooks of the layouts below."
    yield "A fault counts as found only where the finding stands in the cell or row that is wrong, or where the check"
    yield "names the place as not checked and does not call the workbook clean. Clean workbooks have no finding.\n"
    yield f"{counted(found)}\n"
    yield "## The layouts\n"
    for made in LAYOUTS.values():
        yield f"- {(getdoc(made) or '').splitlines()[0]}"
    yield "\n## The faults\n"
    yield "| Fault | To be found in | Layouts | Found there |"
    yield "|---|---|---:|---:|"
    for kind, by_layout in found.items():
        right = sum(1 for outcome in by_layout.values() if outcome.verdict == RIGHT)
        yield f"| {kinds()[kind]['name']} | {kinds()[kind]['where']} | {len(by_layout)} | {right} |"


def main(arguments: Sequence[str]) -> None:
    layouts = [each for each in LAYOUTS if each in arguments] or list(LAYOUTS)
    chosen = [each for each in kinds() if each in arguments] or list(kinds())
    found = outcomes(chosen, layouts)
    lines = page(found) if "--page" in arguments else table(found, layouts, said="--said" in arguments)
    for line in lines:
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
