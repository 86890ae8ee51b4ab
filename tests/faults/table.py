"""Plants every fault of kinds.toml in every layout and prints what the check makes of each.

    python tests/faults/table.py [KIND or LAYOUT...] [--said]

x: found at the right cell. o: found, but elsewhere. -: missed. A dot: the layout has no place for the fault.
With --said also what the check said where it did not find a fault at the right cell.
"""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.judging import ELSEWHERE, MISSED, RIGHT, judged, kinds, of_clean
from faults.layouts import LAYOUTS
from faults.planting import Unfit

MARKS = {RIGHT: "x", ELSEWHERE: "o", MISSED: "-", "": "."}


def main(arguments: list[str]) -> None:
    wanted = [each for each in arguments if not each.startswith("--")]
    layouts = [each for each in LAYOUTS if each in wanted] or list(LAYOUTS)
    chosen = [each for each in kinds() if each in wanted] or list(kinds())
    for number, layout in enumerate(layouts, start=1):
        checked = of_clean(layout)[1]
        alarms = "".join(f"\n      {f.code} {f.sheet}!{f.cell} {f.message}" for f in checked.findings)
        read = len(checked.taken_for)
        print(f"{number:2} {layout}: {checked.verdict}, {read} ledgers, {checked.recalculated} formulas{alarms}")
        if checked.verdict == "unchecked":
            print("".join(f"      not checked: {n.what}: {n.why}\n" for n in checked.not_checked if not n.code), end="")
    print(f"\n{'':48}{''.join(f'{number:>3}' for number in range(1, len(layouts) + 1))}")
    counted: Counter[str] = Counter()
    for kind in chosen:
        outcomes = {layout: _outcome(kind, layout) for layout in layouts}
        marks = "".join(f"{MARKS[verdict]:>3}" for verdict, _ in outcomes.values())
        counted.update(verdict for verdict, _ in outcomes.values())
        print(f"{kind:48}{marks}")
        for layout, (verdict, said) in outcomes.items():
            if "--said" in arguments and verdict not in (RIGHT, ""):
                print(f"      {layout}: {verdict}" + "".join(f"\n         {each[:200]}" for each in said[:4]))
    planted = sum(number for verdict, number in counted.items() if verdict)
    print(f"\n{len(chosen)} kinds, {planted} planted: {counted[RIGHT]} found at the right cell, ", end="")
    print(f"{counted[ELSEWHERE]} elsewhere, {counted[MISSED]} missed")


def _outcome(kind: str, layout: str) -> tuple[str, tuple[str, ...]]:
    try:
        outcome = judged(kind, layout)
    except Unfit:
        return "", ()
    return outcome.verdict, outcome.said


if __name__ == "__main__":
    main(sys.argv[1:])
