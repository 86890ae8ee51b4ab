"""Checks files in a process of bounded memory, as a worker does, and says what came of each.

    python running.py MEMORY < a line with a path and a name for each file

It prints a line of JSON when it begins a file and one when it ends, so that a hang or a crash names its file.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MEMORY = 2 << 30
SECONDS = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the check of a file came to."""

    outcome: str
    """A key of REASONS, a verdict, or what went wrong."""
    seconds: float
    megabytes: int
    said: Sequence[str]
    """Codes of findings, and what was not checked."""


def outcomes(files: Mapping[str, tuple[Path, str]], *, together: bool, seconds: float = SECONDS) -> dict[str, Outcome]:
    """What the check of each file came to; ``together``: in one process, ``seconds`` for all of them."""
    if together:
        return dict(_outcomes(files, seconds))
    return {name: outcome for name in files for _, outcome in _outcomes({name: files[name]}, seconds)}


def _outcomes(files: Mapping[str, tuple[Path, str]], seconds: float) -> Iterator[tuple[str, Outcome]]:
    lines = [json.dumps([name, str(path), file_name]) for name, (path, file_name) in files.items()]
    command = [sys.executable, str(Path(__file__)), str(MEMORY)]
    try:
        run = subprocess.run(
            command, input="\n".join(lines), capture_output=True, text=True, timeout=seconds, check=False
        )
        output, ended = run.stdout, f"died ({run.returncode}) {run.stderr[-300:]}"
    except subprocess.TimeoutExpired as late:
        output, ended = (late.stdout or b"").decode() if isinstance(late.stdout, bytes) else "", "hangs"
    begun: list[str] = []
    for line in map(json.loads, output.splitlines()):
        name = line.pop("name")
        if line:
            begun.remove(name)
            yield name, Outcome(**line)
        else:
            begun.append(name)
    for name in begun:
        yield name, Outcome(ended, seconds, 0, ())


def _main() -> None:
    import datetime as dt
    import re
    import time

    from plansheet.workbook.checks import Options, check_bytes
    from plansheet.workbook.reading.unreadable import REASONS

    with contextlib.suppress(ImportError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    sentences = {
        kind: re.compile(re.escape(f"{what} {fix}").replace(r"\{detail\}", ".*"), re.DOTALL)
        for kind, (what, fix) in REASONS.items()
    }
    for name, path, file_name in map(json.loads, sys.stdin):
        print(json.dumps({"name": name}), flush=True)
        data = Path(path).read_bytes()
        started = time.monotonic()
        checked = check_bytes(data, file_name, Options(as_of=dt.date(2011, 1, 31)))
        seconds = time.monotonic() - started
        reasons = [each.why for each in checked.not_checked if each.what == "the file"]
        kinds = [kind for why in reasons for kind, sentence in sentences.items() if sentence.fullmatch(why)]
        said = [f"{each.code} {each.sheet}!{each.cell}" for each in checked.findings[:40]]
        said += [f"{each.what}: {each.why}"[:300] for each in checked.not_checked[:40]]
        outcome = kinds[0] if kinds else checked.verdict
        line = {"name": name, "outcome": outcome, "seconds": seconds, "megabytes": peak(), "said": said}
        print(json.dumps(line), flush=True)


def peak() -> int:
    """Megabytes that the process had at most, 0 where Linux does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    _main()
