"""plansheet map and check --map, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.typing_in import CLEAN, FINDINGS, UNCHECKED, USAGE, Run, report_of
from workbook.books import GRANTS, Sheet, book
from workbook.layouts import ASKED, PLAN, a_sheet_for_each_event

BOOK = book(*a_sheet_for_each_event(PLAN))


def put(name: str, data: bytes = BOOK) -> Path:
    path = Path(name)
    path.write_bytes(data)
    return path


def test_a_mapping_goes_to_the_screen_or_to_a_file(run: Run) -> None:
    path = put("cap table.xlsx")
    code, shown, _ = run("map", path)
    assert code == CLEAN
    assert shown.startswith('# What plansheet reads in "cap table.xlsx"')
    assert 'action = "EXERCISE"' in shown
    code, told, _ = run("map", path, "--output", "mapping.toml")
    assert (code, Path("mapping.toml").read_text(encoding="utf-8")) == (CLEAN, shown)
    assert 'plansheet check --map mapping.toml "cap table.xlsx"' in told
    assert path.read_bytes() == BOOK


def test_a_mapping_is_never_written_over_another_file(run: Run) -> None:
    path = put("book.xlsx")
    for target in (path, put("mine.toml", b"mine")):
        code, _, complained = run("map", path, "--output", target)
        assert code == USAGE
        assert "a file of that name is there; name another file" in complained
    assert (path.read_bytes(), Path("mine.toml").read_bytes()) == (BOOK, b"mine")


def test_the_check_by_the_mapping_that_was_written_finds_the_same(run: Run) -> None:
    path = put("book.xlsx")
    run("map", path, "--output", "mapping.toml")
    plain = run("check", path, "--format", "json", "--as-of", "2011-01-31")
    mapped = run("check", path, "--format", "json", "--as-of", "2011-01-31", "--map", "mapping.toml")
    assert (mapped[0], mapped[2]) == (plain[0], plain[2])
    [one], [other] = (report_of(out)["workbooks"] for _, out, _ in (plain, mapped))
    assert {key: one[key] for key in ("findings", "verdict")} == {key: other[key] for key in ("findings", "verdict")}
    assert len(one["taken_for"]) == len(other["taken_for"]) == 4


def test_a_question_is_answered_by_a_mapping(run: Run) -> None:
    sheets, _ = ASKED["MAP001"]
    path = put("book.xlsx", book(*sheets))
    code, said, _ = run("check", path, "--allow-unchecked")
    assert (code, "error MAP001 Grants!H1" in said) == (FINDINGS, True)
    text = run("map", path)[1]
    draft = [line.removeprefix("# ").removeprefix("#") for line in text.splitlines()]
    Path("mapping.toml").write_text("\n".join(draft[draft.index("[[ledger]]") :]), encoding="utf-8")
    assert run("check", path, "--map", "mapping.toml")[0] == CLEAN


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe", "is no text in UTF-8; save it as UTF-8"),
        (b"[ledger", "is no TOML"),
        (b'[[ledger]]\nsheet = "A"\ntable = "Options"', 'has table = "Options"; write one of'),
    ],
)
def test_a_mapping_that_cannot_be_used_is_wrong_usage(run: Run, text: bytes | None, why: str) -> None:
    path = put("book.xlsx")
    if text is not None:
        put("mapping.toml", text)
    code, printed, complained = run("check", path, "--map", "mapping.toml")
    assert (code, printed) == (USAGE, "")
    assert complained.startswith("plansheet check: --map mapping.toml")
    assert why in complained


def test_a_sheet_that_one_of_several_workbooks_does_not_have(run: Run) -> None:
    mapping = '[[ledger]]\nsheet = "Grants"\ntable = "Grants"\nheader = 1\n[ledger.columns]\n'
    put("mapping.toml", f'{mapping}Grant = "A"\n"Grant date" = "D"\nShares = "G"\n'.encode())
    put("one.xlsx", book(Sheet("Grants", GRANTS)))
    put("two.xlsx", book(Sheet("Other", GRANTS)))
    code, said, _ = run("check", "one.xlsx", "two.xlsx", "--map", "mapping.toml")
    assert code == UNCHECKED
    assert "one.xlsx: clean" in said
    assert "two.xlsx: unchecked" in said
    assert 'names the sheet "Grants", which is not there; sheets: Other' in said


def test_a_file_that_is_no_workbook_has_no_mapping(run: Run) -> None:
    assert run("map", put("note.txt", b"a note"))[0] == UNCHECKED
    assert run("map", "nowhere.xlsx")[0] == USAGE
