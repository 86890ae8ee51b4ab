"""Which files some paths lead to, in which order, and which are named and left."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from plansheet.batch.sources import NoSource, Sources
from plansheet.report.verdicts import Left


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def put(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b"x")


def found(*paths: str) -> list[tuple[str, bool]]:
    """Files with whether they were named themselves."""
    return [(Path(each[0]).as_posix(), each[1]) for each in Sources(paths) if not isinstance(each, Left)]


def left(*paths: str) -> dict[str, str]:
    return {Path(each.path).as_posix(): each.why for each in Sources(paths) if isinstance(each, Left)}


def test_folders_whatever_their_files_are_called() -> None:
    put("in/b.xlsx", "in/a.dat", "in/deep/er/c", "in/z.XLSM")
    assert found("in") == [("in/a.dat", False), ("in/b.xlsx", False), ("in/deep/er/c", False), ("in/z.XLSM", False)]


def test_hidden_files_notes_of_open_files_and_our_own_copies_are_named_and_left() -> None:
    put("in/.a.xlsx", "in/~$b.xlsx", "in/.~lock.c.xlsx#", "in/.git/d.xlsx", "in/e.findings.xlsx", "in/f.xlsx")
    assert found("in") == [("in/f.xlsx", False)]
    assert {name: why.split()[0] for name, why in left("in").items()} == {
        "in/.a.xlsx": "hidden", "in/~$b.xlsx": "the", "in/.~lock.c.xlsx#": "the", "in/.git": "hidden",
        "in/e.findings.xlsx": "a",
    }  # fmt: skip


def test_what_is_named_is_taken_whatever_it_is() -> None:
    put(".a.xlsx", "~$b.xlsx", "c.findings.xlsx")
    assert found(".a.xlsx", "~$b.xlsx", "c.findings.xlsx") == [
        (".a.xlsx", True), ("~$b.xlsx", True), ("c.findings.xlsx", True),
    ]  # fmt: skip
    assert found("-") == [("-", True)]


def test_patterns() -> None:
    put("in/b.xlsx", "in/a.xlsx", "in/deep/c.xlsx", "in/n.txt")
    assert found("in/*.xlsx") == [("in/a.xlsx", True), ("in/b.xlsx", True)]
    assert found("in/**/*.xlsx") == [("in/a.xlsx", True), ("in/b.xlsx", True), ("in/deep/c.xlsx", True)]
    assert found("in/*/") == [("in/deep/c.xlsx", False)]
    put("grants [final].xlsx")
    assert found("grants [final].xlsx") == [("grants [final].xlsx", True)]


def test_a_maildir_is_what_was_delivered() -> None:
    put("box/cur/1:2,S", "box/new/2", "box/tmp/3", "box/dovecot.index")
    assert found("box") == [("box/cur/1:2,S", False), ("box/new/2", False)]
    put("all/box/cur/1", "all/box/new/2", "all/box/tmp/3", "all/a.xlsx")
    assert found("all") == [("all/a.xlsx", False), ("all/box/cur/1", False), ("all/box/new/2", False)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_pipes_links_to_folders_and_links_to_nowhere() -> None:
    put("in/a.xlsx", "else/b.xlsx")
    os.mkfifo("in/pipe")
    Path("in/round").symlink_to(Path("in").resolve())
    Path("in/file.xlsx").symlink_to(Path("else/b.xlsx").resolve())
    Path("in/gone.xlsx").symlink_to("nowhere")
    Path("in/gone").symlink_to("nowhere")
    assert found("in") == [("in/a.xlsx", False), ("in/file.xlsx", False), ("in/gone.xlsx", False)]
    assert left("in")["in/pipe"] == "neither a file nor a folder"
    assert left("in")["in/round"] == "a link to a folder"
    assert "in/gone" in left("in")


@pytest.mark.parametrize("path", ["nothing.xlsx", "*.nothing", "empty", "a\0b", "x" * 5000])
def test_a_path_that_leads_to_nothing_is_told(path: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(NoSource, match="check the path"):
        found(path)


def test_own_outputs_are_left_out_of_folders() -> None:
    put("in/a.xlsx", "in/report.json")
    ours = Path("in/report.json").resolve()
    sources = Sources(["in", "in/report.json"], lambda path: path.resolve() == ours)
    assert [Path(each[0]).as_posix() for each in sources if not isinstance(each, Left)] == [
        "in/a.xlsx", "in/report.json",
    ]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_that_go_in_circles_end() -> None:
    put("in/a/b.xlsx", "in/c.xlsx", "in/.hidden/d.xlsx")
    Path("in/a/up").symlink_to("..")
    Path("in/a/here").symlink_to(".")
    assert found("in") == [("in/a/b.xlsx", False), ("in/c.xlsx", False)]
    assert found("in/**/*.xlsx") == found("in/**/**/*.xlsx") == [("in/a/b.xlsx", True), ("in/c.xlsx", True)]
    assert found("**/b.xlsx") == found("in/**/b.*") == [("in/a/b.xlsx", True)]
    assert found("in/**") == [("in/a/b.xlsx", True), ("in/c.xlsx", True)]
    assert sorted(set(found("in/**/"))) == [("in/a/b.xlsx", False), ("in/c.xlsx", False)]


@pytest.mark.skipif(sys.platform == "win32", reason="no paths of that length")
def test_a_folder_deeper_than_recursion_goes() -> None:
    deepest = "/".join(["in", *"d" * 1_200])
    os.makedirs("in")
    here = os.open("in", os.O_RDONLY)
    for _ in range(1_200):  # one after the other, for makedirs() goes by recursion itself
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("a.xlsx", os.O_CREAT, dir_fd=here))
    os.close(here)
    assert found("in") == [(f"{deepest}/a.xlsx", False)]
    for depth in range(1_200, 0, -1):  # pytest removes its folders by recursion too
        path = "/".join(["in", *"d" * depth])
        for name in os.listdir(path):
            if name == "a.xlsx":
                os.remove(f"{path}/{name}")
        os.rmdir(path)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights as POSIX has them")
def test_a_folder_that_cannot_be_listed_is_to_have_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    put("in/a.xlsx", "in/b/c.xlsx", "in/d.xlsx")
    listed = Path.iterdir

    def iterdir(path: Path) -> Iterator[Path]:
        if path.name == "b":  # where root runs the tests no right is lacking
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert found("in") == [("in/a.xlsx", False), ("in/b", True), ("in/d.xlsx", False)]
