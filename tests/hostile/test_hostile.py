"""Every hostile kind comes to what it is to come to, in bounded time and memory, without harm to its neighbours."""

from pathlib import Path

import pytest

from hostile.kind import Kind
from hostile.kinds import KINDS
from hostile.running import SECONDS, Outcome, outcomes
from hostile.table import TITLES
from plansheet.workbook.reading.unreadable import REASONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "hostile.md"
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


def test_the_page_has_every_kind_and_what_comes_of_it() -> None:
    lines = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = {cells[0].removeprefix("| "): cells[2] for cells in lines if cells[0] != "| Kind"}
    assert list(told) == [kind.name for kind in KINDS if not kind.container] + [k.name for k in KINDS if k.container]
    assert [
        kind.name
        for kind in KINDS
        if not kind.container and not told[kind.name].endswith(TITLES.get(kind.outcome, f"refused: {kind.outcome}"))
    ] == []
