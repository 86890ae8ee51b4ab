"""The browser's Python (Pyodide) under Node, as xlwings Lite has it inside Excel, and the wheels that it is given."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUNNER = Path(__file__).with_name("pyodide.mjs")
GET_IT = "npm install --global pyodide@314.0.7"
OTHER_LICENCE = ("xlwings/pro/", "xlwings/server.py")
PATIENCE = 600  # seconds: a start takes some five, all calls less

Step = dict[str, str]


class Missing(Exception):
    """What is not installed, and how to install it."""


def pyodide_folder() -> Path:
    """Where npm has installed Pyodide; raises Missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Missing(f"there is no Node with npm here; install it, then: {GET_IT}")
    asked = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=True, timeout=PATIENCE)
    folder = Path(asked.stdout.strip()) / "pyodide"
    if not (folder / "pyodide.mjs").is_file():
        raise Missing(f"npm has no pyodide here: {GET_IT}")
    return folder


def own_wheel(into: Path) -> Path:
    """The wheel of this checkout, built now."""
    _pip("wheel", "--no-deps", "--wheel-dir", str(into), str(ROOT))
    return next(into.glob("plansheet-*.whl"))


def xlwings_wheel(into: Path) -> Path:
    """The part of the installed xlwings' wheel for any system that is under BSD, in a wheel of its own.

    Without the rest in it, that part is all that can have been used.
    """
    wanted = f"xlwings=={version('xlwings')}"
    _pip("download", "--no-deps", "--only-binary=:all:", "--platform", "any", "--dest", str(into), wanted)
    (whole,) = into.glob("xlwings-*-py3-none-any.whl")
    part = into / "bsd" / whole.name
    part.parent.mkdir()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(part, "w") as target:
        for name in source.namelist():
            if not name.startswith(OTHER_LICENCE):
                target.writestr(name, source.read(name))
    return part


def _pip(*arguments: str) -> None:
    """Run pip, three times at most, because networks pause."""
    command = [sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"]
    for _ in range(3):
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
        if run.returncode == 0:
            return
    raise AssertionError(f"pip {' '.join(arguments)}:\n{run.stderr}")


def unpack(wheel: Path) -> Step:
    return {"unpack": str(wheel)}


def python(text: str, given: object = None) -> Step:
    """Python text that ends with an expression, a text of JSON; it finds what it is given as `given`, in JSON."""
    return {"python": text, "given": json.dumps(given)}


def in_pyodide(folder: Path, steps: list[Step], work: Path) -> list[Any]:
    """The results of the Python steps, in order, all from one Pyodide."""
    asked, answered = work / "steps.json", work / "results.json"
    asked.write_text(json.dumps(steps), encoding="utf-8")
    command = ["node", str(RUNNER), str(folder), str(asked), str(answered)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    if run.returncode != 0:
        raise AssertionError(f"Pyodide stopped:\n{run.stdout}{run.stderr}")
    results: list[Any] = json.loads(answered.read_text(encoding="utf-8"))
    return results
