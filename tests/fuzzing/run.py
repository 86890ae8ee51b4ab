"""Fuzzes what reads other people's files, guided by the code that an input reaches.

    python tests/fuzzing/run.py guard|reader|check|mail|archive|outlook|tnef [--seconds N] [--corpus DIR] [--keep DIR]

Needs the extra `fuzz` (atheris, on Linux). The seeds are the hostile kinds of tests/hostile and, where
PLANSHEET_CORPUS is set, small files of that folder; of mails and archives also what is in them. A workbook is changed
inside its parts and packed again: bytes changed in a zip file only break its checksums. Only Unreadable may be
raised, a check may not fail, and nothing may take longer than five seconds. What breaks this is kept in --keep, and
the run goes on.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import atheris  # the extra `fuzz`

with atheris.instrument_imports(include=["plansheet", "email", "olefile", "oxmsg"]):
    import plansheet.batch.opening.containers
    import plansheet.workbook.checks  # noqa: F401  # so that what both bring is seen too

from fuzzing.mutation import MAIL_WORDS, lines_changed, mutated
from fuzzing.seeds import seeds
from fuzzing.targets import OPENED, SLOW, TARGETS

LARGEST, LARGEST_OPENED = 1 << 17, 1 << 15
"""Bytes of a workbook, and of a mail or an archive, whose attachment may be of any kind."""


class Found:
    """What was found: each kind of failure once."""

    def __init__(self, keep: Path) -> None:
        self.keep = keep
        self.runs = 0
        self.known: dict[str, int] = {}

    def take(self, what: str, data: bytes) -> None:
        """Keep an input, and say what it did."""
        self.known[what] = self.known.get(what, 0) + 1
        if self.known[what] == 1:
            path = self.keep / f"{len(self.known)}.bin"
            path.write_bytes(data)
            print(f"FOUND {what}: {path}", flush=True)


def guarded(target: Callable[[bytes], None], found: Found) -> Callable[[bytes], None]:
    """The target for the fuzzer, which goes on after a failure."""

    def run(data: bytes) -> None:
        found.runs += 1
        started = time.monotonic()
        try:
            target(data)
        except Exception as error:
            last = error.__traceback__
            while last is not None and last.tb_next is not None:
                last = last.tb_next
            where = f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last is not None else ""
            found.take(f"{type(error).__name__} at {where}: {str(error)[:150]}", data)
        if time.monotonic() - started > SLOW:
            found.take("slow", data)

    return run


def fuzz(target: str, seconds: int, corpus: Path, keep: Path) -> None:
    """Run one target; the fuzzer ends the process."""
    largest = LARGEST_OPENED if target in OPENED else LARGEST
    with tempfile.TemporaryDirectory() as made:  # stays empty of what was executed: the fuzzer does not come back
        Path(made, "seeds").mkdir()
        for at, data in enumerate(seeds(target, largest)):
            Path(made, "seeds", f"{at}.bin").write_bytes(data)
        settings = [f"-max_total_time={seconds}", f"-max_len={largest}", "-timeout=60", "-rss_limit_mb=4096"]
        settings.append(f"-artifact_prefix={keep}/")
        mutator = None if target in OPENED else mutated
        if target == "mail":
            mutator = _bytes_or_lines
        if target in OPENED:
            words = Path(made, "words")
            words.write_text("".join(f'"{_escaped(word)}"\n' for word in MAIL_WORDS), encoding="ascii")
            settings.append(f"-dict={words}")
        arguments = [sys.argv[0], *settings, "-print_final_stats=1", str(corpus), f"{made}/seeds"]
        atheris.Setup(arguments, guarded(TARGETS[target](), Found(keep)), custom_mutator=mutator)
        atheris.Fuzz()


def _bytes_or_lines(data: bytes, largest: int, seed: int) -> bytes:
    changed: bytes = lines_changed(data, largest, seed) if seed % 2 else atheris.Mutate(data, largest)
    return changed


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def told(lines: Iterable[str]) -> str:
    """The sum of a run, from what the fuzzer prints."""
    covered: list[str] = []
    found: list[str] = []
    runs = "0"
    for line in lines:
        print(line, end="", flush=True)
        if match := re.search(r"cov: (\d+)", line):
            covered.append(match[1])
        if match := re.match(r"stat::number_of_executed_units:\s*(\d+)", line):
            runs = match[1]
        if line.startswith("FOUND"):
            found.append(line.strip())
    reached = f"{covered[0]} to {covered[-1]}" if covered else "none"
    return "\n".join((f"{int(runs):,} runs, branches covered: {reached}, {len(found)} found", *found))


def main() -> None:
    """Run one target for some seconds, in a process of its own, and sum it up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, help="a folder that keeps what reached new code")
    parser.add_argument("--keep", type=Path, help="a folder for what was found")
    parser.add_argument("--within", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    corpus = chosen.corpus or Path(tempfile.mkdtemp(prefix="fuzzing-corpus-"))
    keep = chosen.keep or Path(tempfile.mkdtemp(prefix="fuzzing-found-"))
    for folder in (corpus, keep):
        folder.mkdir(parents=True, exist_ok=True)
    if chosen.within:
        fuzz(chosen.target, chosen.seconds, corpus, keep)
        return
    own = [sys.executable, __file__, chosen.target, "--within", "--seconds", str(chosen.seconds)]
    own += ["--corpus", str(corpus), "--keep", str(keep)]
    with subprocess.Popen(own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        print(told(process.stdout))


if __name__ == "__main__":
    main()
