"""Every hostile kind comes to what it is to come to, in bounded time and memory, without harm to its neighbours."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hostile.kind import Kind
from hostile.kinds import KINDS
from hostile.opening import written
from hostile.running import SECONDS, Outcome, outcomes
from hostile.table import told as told_of
from plansheet.workbook.reading.unreadable import REASONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "hostile.md"
VERDICTS = {"clean", "findings", "unchecked"}
CONTAINERS = [kind for kind in KINDS if kind.container and not kind.heavy]
MEGABYTES = 100
"""That the parent may have; it takes a third of it to start."""
WORKBOOKS = [kind for kind in KINDS if not kind.container and not kind.heavy]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What came of each, checked one after the other by one process, as a worker does."""
    folder = tmp_path_factory.mktemp("hostile")
    files: dict[str, tuple[Path, str]] = {}
    for at, kind in enumerate(WORKBOOKS):
        path = folder / str(at)
        path.write_bytes(kind.build())
        files[kind.name] = path, kind.file_name
    return outcomes(files, together=True, seconds=SECONDS * 6)


@pytest.mark.parametrize("kind", WORKBOOKS, ids=lambda kind: kind.name)
def test_it_comes_to_what_it_is_to(kind: Kind, found: dict[str, Outcome]) -> None:
    outcome = found[kind.name]
    assert outcome.outcome == kind.outcome, outcome.said
    assert outcome.seconds < SECONDS
    assert not [line for line in outcome.said if "plansheet failed" in line]


class Run:
    """A batch over all archives and mails, in a process of its own."""

    def __init__(self, place: Path) -> None:
        self.place, self.files, temporary, here = place, place / "files", place / "temporary", place / "here"
        for folder in (self.files, temporary, here):
            folder.mkdir()
        self.kinds = written(CONTAINERS, self.files)
        self.before = self.there()
        script = str(Path(__file__).with_name("opening.py"))
        run = subprocess.run(
            [sys.executable, script, str(self.files)], cwd=here, env={**os.environ, "TMPDIR": str(temporary)},
            capture_output=True, text=True, timeout=SECONDS * 6, check=False,
        )  # fmt: skip
        assert run.stderr == ""
        self.told: dict[str, Any] = json.loads(run.stdout)
        self.outcomes = {kind.name: self.told["outcomes"][path] for path, kind in self.kinds.items()}

    def there(self) -> set[Path]:
        """All files around it."""
        return set(self.place.rglob("*"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("containers"))


@pytest.mark.parametrize("kind", CONTAINERS, ids=lambda kind: kind.name)
def test_an_archive_or_a_mail_comes_to_what_it_is_to(kind: Kind, run: Run) -> None:
    outcome = run.outcomes[kind.name]
    assert outcome["outcome"] == kind.outcome, outcome["said"]
    assert not [line for line in outcome["said"] if "plansheet failed" in line]


def test_archives_and_mails_write_nothing_but_numbered_copies_that_are_removed(run: Run) -> None:
    assert run.there() == run.before
    assert [name for name in run.told["wrote"] if not re.fullmatch(r"\d+-\d+|errors", name)] == []
    assert len(run.told["wrote"]) > 1
    for path in ("/etc/cron.d/ledger.xlsx", "C:\\Windows\\ledger.xlsx"):
        assert not Path(path).exists()


def test_the_report_of_archives_and_mails_is_safe_on_a_terminal(run: Run) -> None:
    assert [letter for letter in set(run.told["text"]) if letter != "\n" and not letter.isprintable()] == []
    assert "Traceback" not in run.told["text"]


def test_the_process_that_hands_out_archives_and_mails_stays_small(run: Run) -> None:
    assert run.told["megabytes"] < MEGABYTES


def test_there_are_more_than_a_hundred_kinds() -> None:
    assert len(KINDS) > 100
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert {kind.outcome for kind in KINDS if not kind.container} <= {*REASONS, *VERDICTS}


def test_a_kind_is_the_same_each_time() -> None:
    for kind in KINDS[::10]:
        if not kind.heavy:
            assert kind.build() == kind.build(), kind.name


def test_the_page_has_every_kind_and_what_comes_of_it() -> None:
    lines = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = {cells[0].removeprefix("| "): cells[2] for cells in lines if cells[0] != "| Kind"}
    assert list(told) == [kind.name for kind in KINDS if not kind.container] + [k.name for k in KINDS if k.container]
    wrong = [
        kind.name for kind in KINDS if told[kind.name] != (kind.outcome if kind.container else told_of(kind.outcome))
    ]
    assert wrong == []
