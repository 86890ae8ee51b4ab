"""A command typed in an empty folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cli.typing_in import Run
from plansheet.batch.crew import Crew
from plansheet.batch.worker import Setup
from plansheet.cli import main


class Kept:
    """Worker processes that serve one command after the other, where the same is asked of them: most of a run is their
    start. Commands that a test starts as a process of its own have their own."""

    def __init__(self) -> None:
        self._crews: dict[tuple[Setup, int], Crew] = {}

    @contextmanager
    def crew(self, setup: Setup, jobs: int) -> Iterator[Crew]:
        crew = self._crews.get((setup, jobs)) or Crew(setup, jobs)
        self._crews[setup, jobs] = crew
        try:
            yield crew
        finally:
            if crew.is_busy:  # the command was ended in the middle
                self._crews.pop((setup, jobs)).close()

    def close(self) -> None:
        for crew in self._crews.values():
            crew.close()


@pytest.fixture(scope="session")
def kept() -> Iterator[Kept]:
    with closing(Kept()) as crews:
        yield crews


@pytest.fixture(autouse=True)
def _kept_workers(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plansheet.cli.checking.Crew", kept.crew)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command in an empty folder: its exit code, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # how argparse refuses
            code = int(ended.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command
