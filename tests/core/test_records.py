"""Records: a heading stands once, on its field, and means one thing."""

import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from plansheet.core.records import RECORDS, Activity, Column, Grant, Holder, Kind, Ratio, Tranche, columns, heading
from plansheet.core.words import Action, Identifier
from plansheet.excel.headings import fold_heading, match_headings

SYNONYMS = Path(os.environ.get("PLANSHEET_CORPUS", "")).parent / "header-synonyms.csv"

EVERY_HEADING = [
    pytest.param(record, column, text, id=f"{record.__name__}.{column.name}: {text}")
    for record in RECORDS
    for column in columns(record)
    for text in (column.heading, *column.synonyms)
]


@pytest.mark.parametrize(("record", "column", "text"), EVERY_HEADING)
def test_each_heading_and_synonym_stands_for_its_field(record: type[Any], column: Column, text: str) -> None:
    assert match_headings(["Notes", text], record) == {column.name: 1}


@pytest.mark.parametrize("record", RECORDS)
def test_no_two_fields_of_a_record_share_a_heading(record: type[Any]) -> None:
    fields = {
        (fold_heading(text), column.name) for column in columns(record) for text in (column.heading, *column.synonyms)
    }
    assert [text for text, times in Counter(text for text, _ in fields).items() if times > 1] == []


@pytest.mark.parametrize("record", RECORDS)
def test_no_synonym_is_written_twice(record: type[Any]) -> None:
    for column in columns(record):
        folded = Counter(fold_heading(text) for text in (column.heading, *column.synonyms))
        assert {text for text, times in folded.items() if times > 1} == set(), column.heading


@pytest.mark.parametrize("record", RECORDS)
def test_the_same_heading_holds_the_same_kind_in_every_record(record: type[Any]) -> None:
    """A heading is written once and means the same everywhere: as a name, and as what its cells hold."""
    for other in RECORDS:
        kinds = {column.heading: (column.name, column.kind) for column in columns(other)}
        for column in columns(record):
            assert kinds.get(column.heading, (column.name, column.kind)) == (column.name, column.kind)


@pytest.mark.parametrize("record", RECORDS)
def test_every_column_says_what_to_enter(record: type[Any]) -> None:
    for column in columns(record):
        assert column.note.endswith("."), column.heading
        assert column.heading[0].isupper() or column.heading[0].isdigit()
        assert isinstance(column.kind, Kind)


@pytest.mark.parametrize(
    ("record", "headings"),
    [
        (Activity, ["Date", "Action", "Grant", "Shares", "Type"]),  # contract §2
        (Tranche, ["Grant", "Holder", "Type", "Grant date", "FMV", "First exercisable", "Shares"]),
        (Holder, ["Holder", "Relationship", "10% owner", "Country", "Merger payment"]),
    ],
)
def test_the_headings_that_the_contract_and_the_template_use(record: type[Any], headings: list[str]) -> None:
    assert [column.heading for column in columns(record)][: len(headings)] == headings


def test_a_field_knows_its_heading() -> None:
    assert heading(Tranche, "first_exercisable") == "First exercisable"
    assert heading(Grant, "split_price") == "Price after split"


def test_what_somebody_recorded_is_told_apart_from_facts() -> None:
    recorded = {(record, column.name) for record in RECORDS for column in columns(record) if column.recorded}
    figures = {(record, name) for record in (Grant, Tranche) for name in ("iso_shares", "nso_shares")}
    assert recorded == {*figures, (Grant, "split_price"), (Grant, "split_shares"), (Holder, "cashout")}


def test_the_row_is_no_part_of_what_a_record_says() -> None:
    assert Grant(Identifier("G-1"), shares=100, row=2) == Grant(Identifier("G-1"), shares=100, row=17)
    assert Activity(None, Action.SPLIT, ratio=Ratio(3, 2), row=2) == Activity(None, Action.SPLIT, ratio=Ratio(3, 2))


@pytest.mark.parametrize(
    ("ratio", "text", "factor"), [(Ratio(3, 2), "3-for-2", "3/2"), (Ratio(1, 10), "1-for-10", "1/10")]
)
def test_a_ratio_reads_as_people_say_it(ratio: Ratio, text: str, factor: str) -> None:
    assert (str(ratio), str(ratio.factor)) == (text, factor)


@pytest.mark.parametrize(
    "seen",
    [
        "EXERCISE PRICE",
        " exercise  price ",
        "Exercise\nprice",
        "Exercise_price",
        "Exercise\u00a0Price",
        "Exercise price [7]",  # a footnote mark
        "Exercise price*",
        "Exercise price (1)",
        "Exercise_x000D_\nprice",  # as files escape a line break
        "Exercise-price:",
    ],
)
def test_a_heading_is_known_however_it_was_typed(seen: str) -> None:
    assert match_headings([seen], Grant) == {"exercise_price": 0}


@pytest.mark.skipif(not SYNONYMS.is_file(), reason="PLANSHEET_CORPUS is not set: no headings seen in real sheets")
def test_the_plain_headings_seen_in_real_sheets_are_known() -> None:
    """Of each name seen for the columns that rules need, the plain ones: no footnotes, no two names in one."""
    wanted = {
        "grant_id": "grant", "holder": "holder", "option_type": "grant_type", "grant_date": "grant_date",
        "vest_start": "vesting_start", "exercise_price": "exercise_price", "expiration": "expires",
    }  # fmt: skip
    seen: dict[str, str] = {}
    with SYNONYMS.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            name = line["header_seen"]
            plain = not set("/\n[({") & set(name) and " .. " not in name and " OR " not in name and " + " not in name
            if plain and line["canonical"] in wanted:
                seen[name] = wanted[line["canonical"]]
    unknown = {name for name, field in seen.items() if list(match_headings([name], Grant)) != [field]}
    # "Date" is the day of a transaction here; a hurdle is no price.
    assert unknown == {"Date", "Hurdle price"}
    assert len(seen) > 30
