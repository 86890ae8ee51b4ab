"""Changes plan/ in small ways, one at a time, and sees whether a test notices.

    python tests/mutation/run.py [--sample N] [MODULE ...]

MODULE: a name in plansheet.plan, such as pool_rules; none: all of them. --sample: only so many changes, drawn evenly
from all of them (a score within three points of the whole one for 1,000, in a tenth of the time). Needs the extra
`mutation` (mutmut, which needs a system with fork). Prints each module's score and every change that no test noticed.
The checkout stays as it is: a copy is changed. mutmut passes over decorated functions, so that in the copy each rule's
card is laid on its check from below.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """

[tool.mutmut]
paths_to_mutate = ["src/plansheet/plan/"]
tests_dir = [{tests}]
also_copy = ["src", "tests", "pyproject.toml"]
do_not_mutate = ["*/__init__.py"]
pytest_add_cli_args = ["-n", "0"]
"""
TOO_WIDE = {"test_checking.py", "test_any_input.py", "test_manual.py"}
"""They run every rule or function once more, and would be run for every change of any."""
NOTICED = frozenset({"killed", "timeout", "segfault", "suspicious"})
RESULT = re.compile(r"^\s*plansheet\.plan\.(\w+)\.(\S+): (.+)$")


def undecorated(source: str) -> str:
    """The same module with `name = rule(...)(check)` below each check that stood under `@rule(...)`."""
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.FunctionDef) and len(node.decorator_list) == 1:
            [card] = node.decorator_list
            if isinstance(card, ast.Call) and ast.unparse(card.func) == "rule":
                check = f"_check_of_{node.name}"
                called = ast.get_source_segment(source, card)
                assert node.end_lineno is not None
                lines[node.end_lineno : node.end_lineno] = [f"\n\n{node.name} = {called}({check})\n"]
                lines[node.lineno - 1] = lines[node.lineno - 1].replace(node.name, check, 1)
                del lines[card.lineno - 1 : card.end_lineno]
    return "".join(lines)


def prepare(folder: Path) -> None:
    """A copy of what the tests need, ready to be changed."""
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for module in (folder / "src/plansheet/plan").glob("*.py"):
        module.write_text(undecorated(module.read_text("utf-8")), "utf-8")
    tests = ["tests/plan", *(f"tests/excel/{test.name}" for test in (ROOT / "tests/excel").glob("test_*.py"))]
    tests.append("tests/frames/test_roll_forward.py")  # the only face of plan/roll_forward.py
    settings = SETTINGS.format(tests=", ".join(f'"{test}"' for test in tests if Path(test).name not in TOO_WIDE))
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8") + settings, "utf-8")


def report(results: str) -> None:
    """Scores and survivors from what mutmut lists."""
    noticed: Counter[str] = Counter()
    made: Counter[str] = Counter()
    survivors: list[str] = []
    for line in results.splitlines():
        found = RESULT.match(line)
        if found is None or found[3] == "not checked":
            continue
        made[found[1]] += 1
        if found[3] in NOTICED:
            noticed[found[1]] += 1
        else:
            survivors.append(f"{found[1]}.{found[2]}: {found[3]}")
    for survivor in survivors:
        print(survivor)
    for module in sorted(made):
        print(f"{module:24} {noticed[module]:5} of {made[module]:5}  {noticed[module] / made[module]:6.1%}")
    total, all_made = sum(noticed.values()), sum(made.values())
    print(f"{'all':24} {total:5} of {all_made:5}  {total / max(all_made, 1):6.1%}")


def mutmut(folder: Path, *words: str, check: bool = True, quiet: bool = False) -> str:
    """Run mutmut in the copy; what it printed, where that was kept."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=folder,
        env=os.environ | {"HYPOTHESIS_PROFILE": "mutation"},
        stdout=subprocess.PIPE if quiet else None,
        text=True,
        check=check,
    )
    return done.stdout or ""


def drawn(folder: Path, modules: list[str], size: int) -> list[str]:
    """Names of `size` changes, the same ones for the same code."""
    mutmut(folder, "run", "no.such.change", check=False, quiet=True)  # makes the changes, runs none
    names = [
        f"plansheet.plan.{found[1]}.{found[2]}"
        for found in map(RESULT.match, mutmut(folder, "results", "--all", "true", quiet=True).splitlines())
        if found is not None and (not modules or found[1] in modules)
    ]
    return Random(0).sample(names, min(size, len(names)))


def main() -> None:
    """Make the copy, change it, report."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("modules", nargs="*", metavar="MODULE")
    words.add_argument("--sample", type=int, metavar="N")
    given = words.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="plansheet-mutation-"))
    prepare(folder)
    if given.sample:
        wanted = drawn(folder, given.modules, given.sample)
    else:
        wanted = [f"plansheet.plan.{module}.*" for module in given.modules]
    mutmut(folder, "run", *wanted, check=False)
    report(mutmut(folder, "results", "--all", "true", quiet=True))
    print(f"mutmut show NAME, in {folder}, shows a change")


if __name__ == "__main__":
    main()
