"""LibreOffice's Basic, driven from a Python that has LibreOffice's bridge."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 180  # seconds: a start takes some ten
BRIDGE = Path(__file__).with_name("basic_bridge.py")


def asked_of_basic(asked: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> Any:
    """The answers of basic_bridge.py; a test is skipped where there is no LibreOffice to ask."""
    program = office()
    run = subprocess.run(
        [bridged_python(program), "-c", BRIDGE.read_text(encoding="utf-8")],
        input=json.dumps({**asked, "program": program, "folder": str(folder)}),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, **environment},
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def office() -> str:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("there is no LibreOffice here: install it, with its bridge to Python (python3-uno)")
    return program


def bridged_python(program: str) -> str:
    """A Python that has LibreOffice's bridge: LibreOffice's own, or one of the system's."""
    folders = [Path(program).resolve().parent, *map(Path, os.get_exec_path())]
    for candidate in [folder / name for name in ("python", "python3") for folder in folders]:
        if candidate.is_file():
            run = subprocess.run([candidate, "-c", "import uno"], capture_output=True, check=False, timeout=PATIENCE)
            if run.returncode == 0:
                return str(candidate)
    pytest.skip("no Python here can talk to LibreOffice: install its bridge (python3-uno)")
