"""Every hostile kind comes to what it is to come to, in bounded time and memory, without harm to its neighbours."""

from pathlib import Path

import pytest

from hostile.kind import Kind
from hostile.kinds import KINDS
from hostile.running import SECONDS, Outcome, outcomes
from plansheet.workbook.reading.unreadable import REASONS

VERDICTS = {"clean", "findings", "unchecked"}
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


def test_there_are_more_than_a_hundred_kinds() -> None:
    assert len(KINDS) > 100
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert {kind.outcome for kind in KINDS if not kind.container} <= {*REASONS, *VERDICTS}


def test_a_kind_is_the_same_each_time() -> None:
    for kind in KINDS[::10]:
        if not kind.heavy:
            assert kind.build() == kind.build(), kind.name
