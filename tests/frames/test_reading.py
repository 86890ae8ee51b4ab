"""What a DataFrame may hold, and what is said of one that cannot be used."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from frames.making import ACTIVITY, book, day, table
from plansheet.core.records import Activity, Grant
from plansheet.core.words import Action, GrantType, Identifier
from plansheet.frames import UnusableFrame, iso_split, ledger_of_frames, plan_terms
from plansheet.frames.reading import RowLabel

GRANTED = dt.date(2004, 1, 5)


def read(name: str, column: object) -> object:
    """One column of grants, whose second row is read."""
    frame = pd.DataFrame({"Grant": ["G-0", "G-1"], name: column})
    ledger = ledger_of_frames(grants=frame).ledger
    field = {"Grant date": "grant_date", "Shares": "shares", "FMV": "fmv", "Type": "grant_type", "Plan": "plan"}[name]
    problems = [unread.message for unread in ledger.unread if unread.field == field]
    return problems[0] if problems else getattr(ledger.grants[1], field)


@pytest.mark.parametrize(
    "column",
    [
        pd.to_datetime(["2003-01-01 00:00", "2004-01-05 17:30"]),
        pd.Series(pd.to_datetime(["2003-01-01", "2004-01-05"])).astype("datetime64[ns]"),
        pd.Series(pd.to_datetime(["2003-01-01", "2004-01-05"])).dt.tz_localize("Asia/Tokyo"),
        pd.Series([None, pd.Timestamp(GRANTED)]).astype(object),
        [None, GRANTED],
        [None, dt.datetime(2004, 1, 5, 9)],
        ["2003-01-01", "2004-01-05"],
        pd.Series([np.datetime64("2003-01-01"), np.datetime64("2004-01-05")], dtype=object),
        [37622, 37991],
        pd.Categorical(["2003-01-01", "2004-01-05"]),
    ],
)
def test_a_day_in_any_dress(column: object) -> None:
    assert read("Grant date", column) == GRANTED


def test_a_moment_in_a_time_zone_is_no_day() -> None:
    moments = pd.Series(pd.to_datetime(["2004-01-05 00:00", "2004-01-05 23:00"])).dt.tz_localize("UTC")
    assert read("Grant date", moments) == (
        "Grants row 1: Grant date holds the moment 2004-01-05T23:00+00:00, which is not a date; enter a date"
    )


@pytest.mark.parametrize(
    "column",
    [
        np.array([1, 1000]),
        np.array([1.0, 1000.0]),
        np.array([1, 1000], dtype="float32"),
        np.array([1, 1000], dtype="int16"),
        pd.array([None, 1000], dtype="Int64"),
        pd.array([None, 1000], dtype="Float64"),
        pd.array([None, 1000], dtype="Float32"),
        [None, Decimal("1000.00")],
        [None, Fraction(1000)],
        [None, np.int64(1000)],
        pd.Categorical([1, 1000]),
    ],
)
def test_a_number_in_any_dress(column: object) -> None:
    assert read("Shares", column) == 1000
    assert type(read("Shares", column)) is int


@pytest.mark.parametrize(
    "column",
    [[1, 0.1], np.array([1, 0.1], "float32"), pd.array([1, 0.1], "Float32"), [None, Decimal("0.1")], [1, 0.1 + 2**-60]],
)
def test_a_fraction_is_the_decimal_that_is_shown(column: object) -> None:
    assert read("FMV", column) == Fraction(1, 10)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, Decimal("NaN"), "", "  "])
def test_what_is_missing_is_a_blank_cell(missing: object) -> None:
    for name in ("Grant date", "Shares", "Type", "Plan"):
        assert ledger_of_frames(grants=table(["Grant", name], [["G", missing]])).ledger.unread == ()


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1,000", 'holds the text "1,000"'),
        (True, "holds TRUE"),
        (np.bool_(True), "holds TRUE"),
        (-1, "below zero"),
        (np.inf, "what no cell can hold"),
        (Decimal("Infinity"), "Infinity"),
        ([1, 2], "which is not a number"),
        (pd.Timestamp("2004-01-05"), "holds a date or time"),
        (pd.Timedelta(days=1), "holds a date or time"),
    ],
)
def test_what_is_no_number_of_shares_is_said_with_its_row(cell: object, says: str) -> None:
    said = read("Shares", pd.Series([1, cell], dtype=object))
    assert isinstance(said, str)
    assert said.startswith("Grants row 1: Shares ")
    assert says in said


def test_pyarrow_columns_are_read() -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install pyarrow")
    frame = pd.DataFrame({"Grant": ["G-1"], "FMV": [0.1], "Shares": [1000], "Grant date": [pd.Timestamp(GRANTED)]})
    kinds = {"Grant": "string[pyarrow]", "FMV": "float[pyarrow]", "Shares": "int32[pyarrow]"}
    for when in ("timestamp[us][pyarrow]", "date32[pyarrow]"):
        [grant] = ledger_of_frames(grants=frame.astype(kinds | {"Grant date": when})).ledger.grants
        assert (grant.fmv, grant.shares, grant.grant_date) == (Fraction(1, 10), 1000, GRANTED)


def test_words_and_numbers_of_grants_are_read_as_in_a_sheet() -> None:
    frame = pd.DataFrame({"Certificate #": [1001.0, np.nan], "Award type": ["NQSO", None], "Optionee ID": [7, None]})
    [grant] = ledger_of_frames(grants=frame).ledger.grants
    assert (grant.grant, grant.grant_type, grant.holder) == (Identifier("1001"), GrantType.NSO, Identifier("7"))


def test_columns_that_are_not_known_are_kept_aside() -> None:
    read = book(grants=pd.DataFrame({"Colour": ["red"], "Option": ["G-1"], 7: [1]}))
    assert read.ignored == {"Grants": ["Colour", 7]}
    assert read.ledger.columns == {(Grant, "grant")}


def test_a_named_index_is_a_column_and_a_column_goes_before_it() -> None:
    frame = pd.DataFrame({"Option": ["G-1"], "Shares": [5]})
    assert book(grants=frame.set_index("Option")).ledger.grants == book(grants=frame).ledger.grants
    assert book(grants=frame.set_index("Option", drop=False)).ledger.grants == book(grants=frame).ledger.grants
    both = frame.assign(Holder="Ada").set_index(["Holder", "Option"])
    assert book(grants=both).ledger.grants[0].holder == Identifier("Ada")


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        ({"grants": [["Grant"]]}, "grants is a list; give a pandas DataFrame"),
        ({"grants": table(["Colour"], [])}, 'grants has no column Grant (its columns are "Colour")'),
        ({"vesting": table(["Grant"], [])}, "no column First exercisable and no column Shares"),
        ({"activity": table(["Date", "Action", "Shares"], [])}, "activity has no column Grant"),
        ({"grants": table(["Grant", "Option"], [])}, 'grants: both "Grant" and "Option" stand for Grant'),
        ({"grants": table(["Grant", "Grant"], [])}, 'both "Grant" and "Grant"'),
        ({"holders": pd.DataFrame()}, "holders has no column Holder (its columns are none)"),
    ],
)
def test_a_frame_that_cannot_be_used_is_refused_with_a_sentence(frames: dict[str, pd.DataFrame], says: str) -> None:
    with pytest.raises(UnusableFrame) as refused:
        ledger_of_frames(**frames)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("index", "told"),
    [
        (["TX-1", "TX-2"], "TX-2"),
        ([10, 20], "20"),
        (pd.to_datetime(["2001-01-01", "2001-01-02"]), "2001-01-02 00:00:00"),
    ],
)
def test_messages_name_the_row_by_its_label(index: object, told: str) -> None:
    activity = table(ACTIVITY, [[GRANTED, "GRANT", "G-1", 5], [GRANTED, "EXERCISE", "G-1", "five"]])
    [unread] = book(activity=activity.set_index(pd.Index(index))).ledger.unread
    assert unread.message.startswith(f'Activity row {told} (Shares) holds the text "five"')
    assert isinstance(unread.record.row, RowLabel)
    assert str(unread.record.row) == told


def test_a_zero_is_a_blank_as_in_a_sheet() -> None:
    """One ledger has one answer, whether Excel, the check of a workbook or a frame holds it."""
    rows = [[GRANTED, "FORFEIT", "G-1", cell] for cell in (0, 0.0, np.nan, "ALL", 3)]
    shares = [row.shares for row in book(activity=table(ACTIVITY, rows)).ledger.activity]
    assert shares == [None, None, None, None, 3]


def test_blank_rows_are_no_records_and_shift_nothing() -> None:
    activity = table(ACTIVITY, [[None] * 4, [GRANTED, "SPLIT", None, "3-for-2"], [np.nan, None, pd.NA, ""]])
    [row] = book(activity=activity).ledger.activity
    assert (row.action, int(row.row)) == (Action.SPLIT, 2)


def test_a_frame_without_rows_is_a_table_without_records() -> None:
    empty = book(activity=table(ACTIVITY, []), grants=table(["Grant"], []))
    assert (empty.ledger.activity, empty.ledger.grants) == ((), ())
    assert (Activity, "action") in empty.ledger.columns


def test_the_frames_are_not_changed() -> None:
    vesting = table(
        ["Grant", "First exercisable", "Shares", "Grant date", "FMV", "Holder"], [["G", GRANTED, 5, GRANTED, 1, "A"]]
    )
    before = vesting.copy(deep=True)
    iso_split(book(vesting=vesting))
    pd.testing.assert_frame_equal(vesting, before)


def test_terms_are_given_as_on_a_plan_sheet() -> None:
    terms = plan_terms(iso_limit=Decimal("200000"), rounding="exact", merger_price=4.31, merger_date=day("2011-01-05"))
    assert (terms.iso_limit, terms.rounding.name) == (200_000, "EXACT")
    assert (terms.merger_price, terms.merger_date) == (Fraction(431, 100), dt.date(2011, 1, 5))
    assert plan_terms(terms, rounding="FLOOR").iso_limit == 200_000


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"iso_limits": 1}, "iso_limits is no term; use one of: "),
        ({"rounding": "UP"}, "use one of: FLOOR, EXACT"),
        ({"merger_price": "six"}, 'merger_price holds the text "six"'),
        ({"reserve": -1}, "not below zero"),
    ],
)
def test_a_term_that_cannot_be_is_refused(values: dict[str, object], says: str) -> None:
    with pytest.raises(UnusableFrame, match=says):
        plan_terms(**values)


def test_what_runs_in_a_browser_needs_no_pandas() -> None:
    code = (
        "import sys; sys.modules['pandas'] = sys.modules['numpy'] = None\n"
        "import plansheet, plansheet.excel, plansheet.plan.rules, plansheet.plan.roll_forward\n"
        "assert 'plansheet.frames' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
