"""Bad input, blank input, and every form in which good input arrives: what contract and users may rely on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from plansheet.excel import (
    ADJUST_FOR_SPLIT,
    ISO_LIMIT_BY_GRANT,
    ISO_LIMIT_BY_YEAR,
    ISO_LIMIT_SPLIT,
    ISO_LIMIT_WHY,
    MERGER_CASHOUT,
    MERGER_CASHOUT_BY_HOLDER,
    POOL_AVAILABLE,
    POOL_LEDGER,
    SPLIT_TRANCHES,
    VEST_TRANCHES,
    ExcelError,
)
from sentences import ERROR_CELLS, assert_sentence, plain
from strategies.cells import column, serial

Rows = list[list[Any]]

FEBRUARY, MARCH, VEST = dt.datetime(2001, 2, 1), dt.datetime(2001, 3, 1), dt.datetime(2002, 2, 1)
BLANKS = (None, "", 0, 0.0)
ACTIONS = [
    *("RESERVE", "GRANT", "SUBSTITUTE", "EXERCISE", "CANCEL", "TERMINATE", "FORFEIT", "EXPIRE", "ACCELERATE"),
    *("PERFORMANCE MET", "APPROVAL", "SPLIT", "DISPOSITION", "TENDER", "TENDER OTHER", "WITHH", "NET EXERCISE"),
    "REPURCHASE",
]
ACTIVITY_HEADINGS = ["Date", "Action", "Grant", "Shares", "Type"]


# ---- Asking for an error ---------------------------------------------------------------------------------------------


def assert_error(value: object, code: str, *needles: str) -> None:
    """One error cell: the code, and a sentence that holds every needle and an order."""
    assert isinstance(value, ExcelError), value
    assert value == code
    assert str(value) == code
    assert_sentence(value.message, *needles)


def assert_row(row: list[Any], code: str, *needles: str) -> None:
    """A row of the result in which every cell is that error."""
    assert row
    for value in row:
        assert_error(value, code, *needles)


def assert_whole_call(value: object, *needles: str) -> None:
    """One error for the call, not a column."""
    assert_error(value, "#VALUE!", *needles)


def assert_all_rows(value: object, code: str, *needles: str) -> None:
    """One error for the call, or the error in every row: nothing of the answer can be had."""
    if isinstance(value, list):
        for row in value:
            assert_row(row, code, *needles)
    else:
        assert_error(value, code, *needles)


# ---- Sheets that are right -------------------------------------------------------------------------------------------

RIGHT = [[7000.0, 0.0], [3000.0, 4000.0], [7000.0, 0.0]]  # Osei's two grants share one limit, Chen has his own


def iso_columns(**changed: object) -> list[Any]:
    """The arguments of ISO_LIMIT_SPLIT for three grants; a keyword gives an argument, or one cell: `fmv_2=0`."""
    columns: dict[str, Any] = {
        "grant_id": ["A-1", "A-2", "B-1"],
        "grant_date": [FEBRUARY, MARCH, FEBRUARY],
        "fmv": [10.0, 10.0, 10.0],
        "first_exercisable": [VEST, VEST, VEST],
        "shares": [7000.0, 7000.0, 7000.0],
        "holder": ["Osei", "Osei", "Chen"],
        "grant_type": None,
        "activity": None,
        "limit": None,
        "rounding": None,
    }
    for key, value in changed.items():
        name, _, row = key.rpartition("_")
        if row.isdigit():
            columns[name] = [*columns[name]]
            columns[name][int(row) - 1] = value
        else:
            columns[key] = value
    tables = {"activity"}
    return [
        column(value) if isinstance(value, list) and name not in tables else value for name, value in columns.items()
    ]


def split(**changed: object) -> Any:
    return ISO_LIMIT_SPLIT(*iso_columns(**changed))


def activity(*rows: list[object]) -> Rows:
    return [ACTIVITY_HEADINGS, *([*row, *[None] * (5 - len(row))] for row in rows)]


def cashout(**changed: object) -> Any:
    """MERGER_CASHOUT for Osei's two grants and Chen's one, at $6.00."""
    return MERGER_CASHOUT(*cashout_columns(**changed))


def cashout_columns(**changed: object) -> list[Any]:
    columns: dict[str, Any] = {
        "merger_price": 6.0,
        "shares": [100.0, 200.0, 300.0],
        "exercise_price": [1.0, 2.0, 3.0],
        "holder": ["Osei", "Osei", "Chen"],
        "method": None,
    }
    for key, value in changed.items():
        name, _, row = key.rpartition("_")
        if row.isdigit():
            columns[name] = [*columns[name]]
            columns[name][int(row) - 1] = value
        else:
            columns[key] = value
    return [column(value) if isinstance(value, list) else value for value in columns.values()]


PAID = [[500.0], [800.0], [900.0]]


def pool(rows: list[list[object]], **named: object) -> Any:
    """POOL_AVAILABLE with 1,000 in reserve and rows of action, shares, grant, type, date."""
    action, shares, grant, grant_type, date = (
        column(cells) for cells in zip(*([*row, *[None] * (5 - len(row))] for row in rows), strict=True)
    )
    dated = date if any(cell is not None for [cell] in date) else None
    return POOL_AVAILABLE(
        named.get("reserve", 1000.0), action, shares, grant, grant_type, dated,
        named.get("as_of"), named.get("for_type"), named.get("recycling"),
    )  # fmt: skip


GRANTED = ["GRANT", 400.0, "A", "ISO"]


def test_the_sheets_are_right() -> None:
    assert split() == RIGHT
    assert cashout() == PAID
    assert pool([GRANTED]) == 600.0


# ---- Shapes ----------------------------------------------------------------------------------------------------------


def test_a_single_cell_is_a_range_of_one_row() -> None:
    assert ISO_LIMIT_SPLIT("A", FEBRUARY, 10.0, VEST, 12000.0) == [[10000.0, 2000.0]]
    assert ISO_LIMIT_SPLIT([["A"]], [[FEBRUARY]], [[10.0]], [[VEST]], [[12000.0]]) == [[10000.0, 2000.0]]
    assert MERGER_CASHOUT(6.0, 100.0, 1.0) == [[500.0]]
    assert ADJUST_FOR_SPLIT(100.0, 10.0, 2.0, 1.0) == [[200.0, 5.0]]
    assert SPLIT_TRANCHES(3.0, 3.0, 2.0) == [[4.0]]
    assert POOL_AVAILABLE(1000.0, "GRANT", 400.0) == 600.0


def test_a_row_of_cells_serves_as_a_column() -> None:
    assert ISO_LIMIT_SPLIT(
        [["A-1", "A-2"]], [[FEBRUARY, MARCH]], [[10.0, 10.0]], [[VEST, VEST]], [[7000.0, 7000.0]]
    ) == [
        [7000.0, 0.0],
        [3000.0, 4000.0],
    ]
    assert MERGER_CASHOUT(6.0, [[100.0, 200.0]], [[1.0, 2.0]]) == [[500.0], [800.0]]


def test_a_scalar_argument_may_be_a_range_of_one_cell() -> None:
    assert MERGER_CASHOUT([[6.0]], [[100.0]], [[1.0]], [["Osei"]], [["PLAN"]]) == [[500.0]]
    assert split(limit=[50000.0], rounding=["FLOOR"]) == [[5000.0, 2000.0], [0.0, 7000.0], [5000.0, 2000.0]]


def test_holder_and_type_may_be_one_cell_for_all_rows() -> None:
    assert split(holder="Osei") == [[7000.0, 0.0], [0.0, 7000.0], [3000.0, 4000.0]]
    assert split(holder=["Osei"]) == split(holder="Osei")  # the column of one cell
    assert split(grant_type="NSO") == [[0.0, 7000.0]] * 3
    assert cashout(holder="Osei") == PAID


def test_the_columns_of_a_block_stand_in_any_order_beside_others() -> None:
    rows = [
        ["kept by", "shares ", "GRANT", "date", "Action"],
        ["HR", 7000.0, "A-1", dt.datetime(2001, 12, 31), "CANCEL"],
    ]
    assert split(activity=rows) == [[0.0, 0.0], [7000.0, 0.0], [7000.0, 0.0]]


def test_blank_rows_of_a_block_and_a_block_without_rows_change_nothing() -> None:
    assert split(activity=activity()) == RIGHT
    assert split(activity=activity([None] * 5, [""] * 5, [0, 0, 0, 0, 0])) == RIGHT
    assert split(activity=None) == RIGHT


# ---- Blank rows and blank arguments ----------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", BLANKS, ids=repr)
def test_a_blank_row_gives_blank_cells(blank: object) -> None:
    blanks = {f"{name}_2": blank for name in ("grant_id", "grant_date", "fmv", "first_exercisable", "shares", "holder")}
    assert split(**blanks) == [[7000.0, 0.0], ["", ""], [7000.0, 0.0]]
    assert cashout(shares_2=blank, exercise_price_2=blank, holder_2=blank) == [[500.0], [""], [900.0]]
    assert ADJUST_FOR_SPLIT(column([100.0, blank]), column([10.0, blank]), 2.0, 1.0) == [[200.0, 5.0], ["", ""]]
    assert pool([GRANTED, [blank, blank, blank, blank], ["CANCEL", blank, "A"]]) == 1000.0


def test_a_row_is_blank_though_a_formula_filled_the_rest_of_it() -> None:
    assert split(grant_id_2="", grant_date_2=0, shares_2=None) == [[7000.0, 0.0], ["", ""], [7000.0, 0.0]]
    assert cashout(shares_3=0, exercise_price_3="") == [[500.0], [800.0], [""]]


def test_a_blank_row_gives_a_blank_sentence_and_no_line_in_the_ledger() -> None:
    why = ISO_LIMIT_WHY(*iso_columns(grant_id_2="", grant_date_2=0, shares_2=0))
    assert why[1] == [""]
    assert all(isinstance(row[0], str) and row[0] for row in (why[0], why[2]))
    ledger = POOL_LEDGER(1000.0, column(["GRANT", 0, "CANCEL"]), column([400.0, 0, 0]), column(["A", 0, "A"]))
    assert [row[1:5] for row in ledger[1:]] == [["GRANT", "A", -400.0, 600.0], ["CANCEL", "A", 400.0, 1000.0]]


@pytest.mark.parametrize("blank", [None, "", [[None]], [[""]]], ids=repr)
def test_an_optional_argument_given_a_blank_cell_takes_its_default(blank: object) -> None:
    arguments = iso_columns()
    assert ISO_LIMIT_SPLIT(*arguments[:6], blank, None, blank, blank) == RIGHT
    assert ISO_LIMIT_SPLIT(*arguments[:5], blank) == ISO_LIMIT_SPLIT(*arguments[:5])
    assert cashout(method=blank) == PAID
    assert ADJUST_FOR_SPLIT(101.0, 10.01, 3.0, 2.0, blank, blank) == [[151.0, 6.68]]
    date = column([FEBRUARY])
    assert POOL_AVAILABLE(1000.0, "GRANT", 400.0, "A", "ISO", date, blank, blank, blank) == 600.0
    assert VEST_TRANCHES("A", 4.0, FEBRUARY, 4.0, blank, blank) == VEST_TRANCHES("A", 4.0, FEBRUARY, 4.0)


# ---- Dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day",
    [
        dt.datetime(2002, 12, 31),
        dt.datetime(2002, 12, 31, 23, 59, 59),
        dt.date(2002, 12, 31),
        37621,
        37621.0,
        37621.99998,
        "2002-12-31",
        " 2002-12-31 ",
    ],
    ids=repr,
)
def test_a_date_arrives_in_any_of_its_forms(day: object) -> None:
    """One second later it would be another year, and the limit another's."""
    assert serial(dt.date(2002, 12, 31)) == 37621.0
    assert split(holder="E", first_exercisable=[VEST, day, dt.datetime(2003, 1, 1)]) == [
        [7000.0, 0.0],
        [3000.0, 4000.0],
        [7000.0, 0.0],
    ]
    summer = dt.datetime(2003, 6, 1)
    late_grants = {"grant_date": [dt.datetime(2003, 1, 1), day, FEBRUARY], "first_exercisable": [summer, summer, VEST]}
    assert split(holder="E", **late_grants) == [[3000.0, 4000.0], [7000.0, 0.0], [7000.0, 0.0]]


@pytest.mark.parametrize("text", ["03/04/05", "4 April 2005", "2005-4-3", "2005-02-30", "37621", "20050403"])
@pytest.mark.parametrize("name", ["grant_date", "first_exercisable"])
def test_a_date_as_text_is_never_guessed(text: str, name: str) -> None:
    result = split(**{f"{name}_2": text})
    assert_row(result[1], "#VALUE!", "row 2", name, text)
    assert_row(result[0], "#VALUE!", "row 2", name)
    assert result[2] == RIGHT[2]


def test_a_negative_or_impossible_serial_is_no_date() -> None:
    for number in (-1.0, 1e9, 2958466.0):
        result = split(grant_date_2=number)
        assert_row(result[1], "#VALUE!", "row 2", "grant_date")
        assert result[2] == RIGHT[2]


def test_dates_come_back_as_datetimes_shares_and_money_as_floats() -> None:
    for row in VEST_TRANCHES("A", 48, 36923, 12, 6, 3)[1:]:
        assert [type(value) for value in row] == [str, float, dt.datetime, float]
    for row in ISO_LIMIT_BY_YEAR(*iso_columns())[1:]:
        assert [type(value) for value in row] == [str, float, float, float, float, float, str]
    assert all(type(value) is float for row in split() for value in row)
    assert all(type(value) is float for row in cashout() for value in row)
    assert type(pool([GRANTED])) is float


# ---- Numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1,000", "7000", "7000 ", "$10", "ten"])
@pytest.mark.parametrize("name", ["fmv", "shares"])
def test_a_number_as_text_is_an_error(text: str, name: str) -> None:
    result = split(**{f"{name}_2": text})
    assert_row(result[1], "#VALUE!", "row 2", name, text.strip(), "number")
    assert_row(result[0], "#VALUE!", "row 2", name)
    assert result[2] == RIGHT[2]


@pytest.mark.parametrize(
    ("change", "needles"),
    [
        ({"fmv_2": 0}, ("fmv",)),
        ({"fmv_2": None}, ("fmv",)),
        ({"fmv_2": ""}, ("fmv",)),
        ({"fmv_2": -10.0}, ("fmv", "-10")),
        ({"shares_2": -1.0}, ("shares", "-1")),
        ({"grant_date_2": None}, ("grant_date",)),
        ({"grant_date_2": 0}, ("grant_date",)),
        ({"grant_id_2": ""}, ("grant",)),
        ({"grant_id_2": None}, ("grant",)),
        ({"grant_type": ["ISO", "RSU", "ISO"]}, ("type", "RSU", "ISO", "NSO")),
    ],
    ids=repr,
)
def test_a_bad_cell_costs_its_row_and_its_holder(change: dict[str, object], needles: tuple[str, ...]) -> None:
    result = split(**change)
    assert_row(result[1], "#VALUE!", "row 2", *needles)
    assert_row(result[0], "#VALUE!", "row 2", *needles)
    assert result[2] == RIGHT[2]


@pytest.mark.parametrize(
    ("change", "needles"),
    [
        ({"exercise_price_2": 0}, ("exercise_price",)),
        ({"exercise_price_2": None}, ("exercise_price",)),
        ({"exercise_price_2": -1.0}, ("exercise_price", "-1")),
        ({"exercise_price_2": "2.00"}, ("exercise_price", "2.00", "number")),
        ({"shares_2": -5.0}, ("shares", "-5")),
        ({"shares_2": "200"}, ("shares", "200", "number")),
    ],
    ids=repr,
)
def test_a_bad_cell_in_a_cash_out_costs_its_row_and_its_holder(
    change: dict[str, object], needles: tuple[str, ...]
) -> None:
    result = cashout(**change)
    assert_row(result[1], "#VALUE!", "row 2", *needles)
    assert_row(result[0], "#VALUE!", "row 2", *needles)
    assert result[2] == PAID[2]


@pytest.mark.parametrize("error", ERROR_CELLS)
def test_an_error_cell_is_passed_on_by_its_row(error: str) -> None:
    for name in ("grant_date", "fmv", "first_exercisable", "shares"):
        result = split(**{f"{name}_2": error})
        assert_row(result[1], error, "row 2", name, error)
        assert_row(result[0], "#VALUE!", "row 2", name)
        assert result[2] == RIGHT[2]
    for name in ("shares", "exercise_price"):
        result = cashout(**{f"{name}_2": error})
        assert_row(result[1], error, "row 2", name, error)
        assert_row(result[0], "#VALUE!", "row 2", name)
        assert result[2] == PAID[2]
    result = ADJUST_FOR_SPLIT(column([100.0, error]), column([10.0, 10.0]), 2.0, 1.0)
    assert result[0] == [200.0, 5.0]
    assert_row(result[1], error, "row 2", "shares", error)


def test_a_cell_at_the_end_of_the_doubles_costs_its_row_like_any_other() -> None:
    """Its fifteen digits, 1.79769313486232E+308, are no double any more."""
    result = split(fmv_2=-1.7976931348623157e308)
    assert_row(result[1], "#VALUE!", "row 2", "fmv", "enter a number")
    assert result[2] == RIGHT[2]


def test_each_option_of_a_split_stands_alone() -> None:
    result = ADJUST_FOR_SPLIT(
        column([100.0, "100", -1.0, 100.0, 9.0]), column([10.0, 10.0, 10.0, -2.0, 1.0]), 1.0, 10.0
    )
    assert result[0] == [10.0, 100.0]
    assert_row(result[1], "#VALUE!", "row 2", "shares", "100", "number")
    assert_row(result[2], "#VALUE!", "row 3", "shares", "-1")
    assert_row(result[3], "#VALUE!", "row 4", "exercise_price", "-2")
    assert result[4] == [0.0, 10.0]


def test_no_whole_share_left_to_carry_the_aggregate_price() -> None:
    shares, price = column([9.0, 10.0]), column([1.31, 1.31])
    result = ADJUST_FOR_SPLIT(shares, price, 1.0, 10.0, "PRESERVE_AGGREGATE")
    assert_row(result[0], "#NUM!", "row 1")
    assert result[1] == [1.0, 13.1]


@pytest.mark.parametrize("decimals", [-1.0, 1.5, "2", "two", 400.0])
def test_decimals_are_a_small_whole_number(decimals: object) -> None:
    assert_whole_call(ADJUST_FOR_SPLIT(100.0, 10.0, 3.0, 1.0, "DOWN_UP", decimals), "decimals")


@pytest.mark.parametrize("price", [None, "", 0, -6.0, "6.00", "#REF!"], ids=repr)
def test_a_merger_needs_its_price(price: object) -> None:
    error = price if price == "#REF!" else "#VALUE!"
    assert_all_rows(cashout(merger_price=price), error, "merger_price")


# ---- Whose option it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Osei", "osei"),
        ("Osei", " Osei "),
        ("Osei", "Osei\u00a0"),
        ("\u00a0OSEI", "Osei"),
        (1001, "1001"),
        (1001.0, "1001"),
        (1001, 1001.0),
        ("e-17", "E-17"),
    ],
)
def test_one_holder_in_two_spellings_has_one_limit(one: object, other: object) -> None:
    assert split(holder=[one, other, "Chen"]) == RIGHT
    assert cashout(merger_price=2.5, holder=[one, other, "Chen"], exercise_price=[1.0, 3.0, 3.0]) == [
        [50.0],
        [0.0],
        [0.0],
    ]


@pytest.mark.parametrize(
    ("in_the_rows", "in_the_activity"),
    [("A-1", "a-1"), ("A-1", " A-1\u00a0"), (1001, "1001"), (1001.0, "1001"), ("1001", 1001.0)],
)
def test_one_grant_in_two_spellings_is_one_grant(in_the_rows: object, in_the_activity: object) -> None:
    cancelled = activity([dt.datetime(2001, 12, 31), "CANCEL", in_the_activity])
    assert split(grant_id_1=in_the_rows, activity=cancelled) == [[0.0, 0.0], [7000.0, 0.0], [7000.0, 0.0]]


@pytest.mark.parametrize(
    ("first", "second"),
    [("G-2", "G-10"), (2, 10), ("2", "A"), (10, "A-1"), ("G2", "G10a"), ("CN-9", "CN-010"), ("G-2-9", "G-2-10")],
)
def test_grants_of_one_day_go_in_natural_order(first: object, second: object) -> None:
    same_day = {"grant_date": [FEBRUARY, FEBRUARY, FEBRUARY]}
    assert split(grant_id=[second, first, "B-1"], **same_day) == [[3000.0, 4000.0], [7000.0, 0.0], [7000.0, 0.0]]
    assert split(grant_id=[first, second, "B-1"], **same_day) == RIGHT


def test_holders_of_a_table_go_in_natural_order_as_first_spelled() -> None:
    holders = ["E-10", "e-2", "E-2"]
    assert [row[0] for row in ISO_LIMIT_BY_YEAR(*iso_columns(holder=holders))[1:]] == ["e-2", "E-10"]
    assert [row[0] for row in MERGER_CASHOUT_BY_HOLDER(*cashout_columns(holder=holders))[1:]] == ["e-2", "E-10"]


@pytest.mark.parametrize("blank", [None, "", " ", "\u00a0"], ids=["nothing", "empty", "space", "no-break space"])
def test_a_row_without_its_holder_may_be_anybodys(blank: object) -> None:
    for result in (split(holder_2=blank), cashout(holder_2=blank)):
        assert_row(result[1], "#VALUE!", "row 2", "holder")
        assert_row(result[0], "#VALUE!", "row 2", "holder")
        assert_row(result[2], "#VALUE!", "row 2", "holder")


def test_an_error_in_the_holder_column_may_be_anybodys() -> None:
    for result in (split(holder_2="#REF!"), cashout(holder_2="#REF!")):
        assert_row(result[1], "#REF!", "row 2", "holder")
        assert_row(result[0], "#VALUE!", "row 2", "holder")
        assert_row(result[2], "#VALUE!", "row 2", "holder")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"grant_date": [FEBRUARY, MARCH, FEBRUARY]}, "date"),
        ({"grant_date": [FEBRUARY] * 3, "fmv": [10.0, 10.01, 10.0]}, "fair market value"),
        ({"grant_date": [FEBRUARY] * 3, "grant_type": ["ISO", "NSO", "ISO"]}, "type"),
    ],
)
def test_rows_of_one_grant_that_disagree(change: dict[str, object], what: str) -> None:
    result = split(grant_id=["A-1", "a-1 ", "B-1"], **change)
    assert_row(result[0], "#VALUE!", "A-1", what)
    assert_row(result[1], "#VALUE!", "A-1", what)
    assert result[2] == RIGHT[2]


def test_a_grant_with_two_holders_costs_both() -> None:
    result = split(grant_id=["A-1", "A-1", "B-1"], grant_date=[FEBRUARY] * 3, holder=["Osei", "Osei-Mensah", "Chen"])
    assert_row(result[0], "#VALUE!", "A-1", "holder")
    assert_row(result[1], "#VALUE!", "A-1", "holder")
    assert result[2] == RIGHT[2]


def test_tranches_of_one_grant_that_agree() -> None:
    assert split(grant_id=["A-1", "A-1", "B-1"], grant_date=[FEBRUARY] * 3) == RIGHT


# ---- Words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    ["NSO", "nso", "NQ", "NQSO", "NQO", "Non-Qualified", "non qualified", "NON_QUALIFIED", "Nonstatutory", "n-q-s-o"],
)
def test_the_fields_words_for_a_non_statutory_option(word: str) -> None:
    assert split(grant_type=[word, "iso", " I-S-O "]) == [[0.0, 7000.0], [7000.0, 0.0], [7000.0, 0.0]]


@pytest.mark.parametrize("word", ["CANCEL", "cancel", "Canceled", "CANCELLED", " Can-celed "])
def test_the_fields_words_for_a_cancellation(word: str) -> None:
    assert split(activity=activity([dt.datetime(2001, 12, 31), word, "A-1"]))[0] == [0.0, 0.0]
    assert pool([GRANTED, [word, None, "A"]]) == 1000.0


@pytest.mark.parametrize(
    ("word", "action"),
    [
        ("Forfeited", "FORFEIT"),
        ("Stock swap", "TENDER"),
        ("stock_swap", "TENDER"),
        ("tender-other", "TENDER OTHER"),
        ("Net exercise", "NET EXERCISE"),
        ("NetExercise", "NET EXERCISE"),
        ("performance_met", "PERFORMANCE MET"),
        ("Withheld", "WITHHELD"),
    ],
)
def test_an_action_is_read_in_its_spellings(word: str, action: str) -> None:
    rows = [GRANTED, ["EXERCISE", 200.0, "A"]]
    spelled, named = ([*rows, [each, 100.0, "A"]] for each in (word, action))
    for recycling in ("PLAN", "NET"):
        assert pool(spelled, recycling=recycling) == pool(named, recycling=recycling)


@pytest.mark.parametrize("method", ["per_option", "Per Option", "PER-OPTION", "peroption"])
def test_a_method_is_read_in_its_spellings(method: str) -> None:
    underwater = {"exercise_price": [1.0, 12.0, 3.0]}
    assert cashout(method=method, **underwater) == cashout(method="PER_OPTION", **underwater) != cashout(**underwater)


@pytest.mark.parametrize(
    ("call", "needles"),
    [
        (lambda: split(rounding="ROUND"), ("rounding", "ROUND", "FLOOR", "EXACT")),
        (lambda: cashout(method="COMPANY_WIDE"), ("method", "COMPANY_WIDE", "PLAN", "PER_OPTION")),
        (lambda: MERGER_CASHOUT_BY_HOLDER(*cashout_columns(method="X")), ("method", "X", "PLAN", "PER_OPTION")),
        (
            lambda: ADJUST_FOR_SPLIT(1.0, 1.0, 2.0, 1.0, "NEAREST"),
            ("method", "NEAREST", "DOWN_UP", "PRESERVE_AGGREGATE", "EXACT"),
        ),
        (lambda: pool([GRANTED], recycling="GROSS"), ("recycling", "GROSS", "PLAN", "NET")),
        (lambda: pool([GRANTED], for_type="RSU"), ("for_type", "RSU", "ANY", "ISO")),
    ],
)
def test_an_unknown_method_costs_the_call_and_lists_the_known_ones(
    call: Callable[[], object], needles: tuple[str, ...]
) -> None:
    assert_whole_call(call(), *needles)


def test_an_unknown_action_lists_the_known_ones() -> None:
    result = split(activity=activity([dt.datetime(2002, 3, 1), "EXERCISED OFF", "A-1", 1.0]))
    assert_row(result[0], "#VALUE!", "activity", "Action", "EXERCISED OFF", *ACTIONS)
    assert_row(result[1], "#VALUE!", "activity", "Action", "EXERCISED OFF")
    assert result[2] == RIGHT[2]
    assert_error(pool([GRANTED, ["EXERCISED OFF", 1.0, "A"]]), "#VALUE!", "row 2", "action", "EXERCISED OFF", *ACTIONS)


# ---- One error for the whole call ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["grant_id", "grant_date", "fmv", "first_exercisable", "shares", "holder"])
def test_columns_of_unequal_height(name: str) -> None:
    short = {"grant_id": ["A", "B"], "grant_date": [FEBRUARY] * 2, "fmv": [1.0] * 2, "first_exercisable": [VEST] * 2}
    two = {**short, "shares": [1.0] * 2, "holder": ["E"] * 2}[name]
    needles = ("2", "3") if name != "grant_id" else ("2", "3", "grant")
    for function in (ISO_LIMIT_SPLIT, ISO_LIMIT_BY_YEAR, ISO_LIMIT_WHY):
        assert_whole_call(function(*iso_columns(**{name: two})), *needles)


def test_columns_of_unequal_height_elsewhere() -> None:
    assert_whole_call(cashout(shares=[1.0, 2.0]), "shares", "exercise_price", "2", "3")
    assert_whole_call(ADJUST_FOR_SPLIT(column([1.0, 2.0]), column([1.0]), 2.0, 1.0), "shares", "exercise_price")
    assert_whole_call(POOL_AVAILABLE(1.0, column(["GRANT"] * 2), column([1.0] * 3)), "action", "shares", "2", "3")
    assert_whole_call(POOL_LEDGER(1.0, column(["GRANT"] * 2), column([1.0] * 3)), "action", "shares", "2", "3")
    assert_whole_call(VEST_TRANCHES(column(["A", "B"]), 1.0, FEBRUARY, 12.0), "2", "1")


@pytest.mark.parametrize("empty", [[], [[]]], ids=repr)
def test_an_empty_range(empty: Rows) -> None:
    assert_whole_call(ISO_LIMIT_SPLIT(empty, empty, empty, empty, empty), "grant", "empty")
    assert_whole_call(MERGER_CASHOUT(6.0, empty, empty), "shares", "empty")
    assert_whole_call(ADJUST_FOR_SPLIT(empty, empty, 2.0, 1.0), "shares", "empty")
    assert_whole_call(SPLIT_TRANCHES(empty, 2.0, 1.0), "shares", "empty")
    assert_whole_call(POOL_AVAILABLE(1.0, empty, empty), "action", "empty")
    assert_whole_call(VEST_TRANCHES(empty, empty, empty, empty), "grant", "empty")
    assert_whole_call(ISO_LIMIT_BY_GRANT(empty), "grants", "header row")
    assert_whole_call(split(activity=empty), "activity", "header row")


def test_a_whole_column_is_too_much_and_a_hundred_thousand_rows_are_not() -> None:
    shares, price = [[1.0], *[[None]] * 99_999], [[1.0], *[[None]] * 99_999]
    result = MERGER_CASHOUT(6.0, shares, price)
    assert len(result) == 100_000
    assert result[:2] == [[5.0], [""]]
    assert_whole_call(MERGER_CASHOUT(6.0, [*shares, [None]], [*price, [None]]), "100,000", "shares")
    whole = [[None]] * 1_048_576
    assert_whole_call(ISO_LIMIT_SPLIT(whole, whole, whole, whole, whole), "100,000", "1,048,576")
    assert_whole_call(split(activity=[ACTIVITY_HEADINGS, *[[None] * 5] * 100_001]), "100,000", "activity")


@pytest.mark.parametrize("ratio", [(0, 1.0), (2.0, 0), (0.0, 0.0), (-2.0, 1.0), (None, 1.0), (2.0, "")], ids=repr)
def test_a_ratio_of_nothing(ratio: tuple[object, object]) -> None:
    wrong = "split_new" if ratio[0] in (0, -2.0, None) else "split_old"
    assert_whole_call(ADJUST_FOR_SPLIT(column([100.0]), column([10.0]), *ratio), wrong)
    assert_whole_call(SPLIT_TRANCHES(column([100.0]), *ratio), wrong)


def test_a_ratio_as_text_in_a_cell_for_a_number() -> None:
    assert_whole_call(ADJUST_FOR_SPLIT(100.0, 10.0, "3-for-2", 1.0), "split_new", "3-for-2")


@pytest.mark.parametrize("limit", [-1.0, "100,000", "#N/A"], ids=repr)
def test_a_limit_that_is_no_amount(limit: object) -> None:
    assert_all_rows(split(limit=limit), limit if limit == "#N/A" else "#VALUE!", "limit")


@pytest.mark.parametrize("heading", ["Date", "Action", "Grant"])
def test_a_block_without_a_needed_heading(heading: str) -> None:
    row = dict(zip(ACTIVITY_HEADINGS, [dt.datetime(2002, 3, 1), "EXERCISE", "A-1", 1.0, None], strict=True))
    del row[heading]
    assert_whole_call(split(activity=[list(row), list(row.values())]), "activity", heading)


@pytest.mark.parametrize("headings", [("Date", "Date"), ("Shares", " SHARES "), ("Grant", "grant")])
def test_a_block_with_two_headings_for_one_column(headings: tuple[str, str]) -> None:
    others = [heading for heading in ACTIVITY_HEADINGS if heading != headings[0]]
    assert_whole_call(split(activity=[[*others, *headings]]), "activity", headings[0])


@pytest.mark.parametrize("heading", ["Grant", "Grant date", "FMV", "Shares", "Vesting start"])
def test_grants_without_a_needed_heading(heading: str) -> None:
    grant = {"Grant": "A", "Holder": "E", "Grant date": FEBRUARY, "FMV": 10.0, "Shares": 1.0, "Vesting start": FEBRUARY}
    assert ISO_LIMIT_BY_GRANT([list(grant), list(grant.values())])[1:] == [["A", "E", 1.0, 0.0]]
    del grant[heading]
    assert_whole_call(ISO_LIMIT_BY_GRANT([list(grant), list(grant.values())]), "grants", heading)


@pytest.mark.parametrize("heading", ["Grant", "Shares"])
def test_vesting_without_a_needed_heading(heading: str) -> None:
    grants = [["Grant", "Holder", "Grant date", "FMV", "Shares", "Type"], ["A", "E", FEBRUARY, 10.0, 1.0, "ISO"]]
    tranche = {"Grant": "A", "First exercisable": VEST, "Shares": 1.0}
    assert ISO_LIMIT_BY_GRANT(grants, [list(tranche), list(tranche.values())])[1][2:] == [1.0, 0.0]
    del tranche[heading]
    assert_whole_call(ISO_LIMIT_BY_GRANT(grants, [list(tranche), list(tranche.values())]), "vesting", heading)


def swapped(early: int, late: int) -> Any:
    """That many grants first exercisable a year before, and after, their grant date; each holder has one."""
    grants = early + late
    return ISO_LIMIT_SPLIT(
        column([f"G-{number}" for number in range(grants)]),
        column([VEST] * grants),
        column([10.0] * grants),
        column([FEBRUARY] * early + [dt.datetime(2003, 2, 1)] * late),
        column([100.0] * grants),
        column([f"E-{number}" for number in range(grants)]),
    )


def test_columns_that_look_swapped() -> None:
    for early, late in ((3, 0), (4, 0), (3, 2), (4, 3)):
        assert_whole_call(swapped(early, late), "grant_date", "first_exercisable", "swap")


def test_vesting_credit_is_lawful() -> None:
    for early, late in ((1, 0), (2, 0), (2, 2), (3, 3), (3, 4)):
        assert swapped(early, late) == [[100.0, 0.0]] * (early + late)


# ---- The activity ----------------------------------------------------------------------------------------------------


def test_a_grant_outside_the_ranges_is_ignored_whatever_its_row_says() -> None:
    for row in (
        [dt.datetime(2002, 3, 1), "EXERCISE", "Z-9", 1e9],
        [dt.datetime(1999, 3, 1), "CANCEL", "Z-9"],
        ["03/04/05", "EXERCISE", "Z-9", "1,000"],
        [dt.datetime(2002, 3, 1), "ACCELERATE", "Z-9"],
    ):
        assert split(activity=activity(row)) == RIGHT


@pytest.mark.parametrize(
    ("row", "needles"),
    [
        ([dt.datetime(2002, 3, 1), "EXERCISE", "A-1", "1,000"], ("Shares", "1,000")),
        ([dt.datetime(2002, 3, 1), "EXERCISE", "A-1", -5.0], ("Shares", "-5")),
        ([dt.datetime(2002, 3, 1), "EXERCISE", "A-1", "#N/A"], ("Shares", "#N/A")),
        (["03/04/05", "EXERCISE", "A-1", 1000.0], ("Date", "03/04/05")),
        ([None, "EXERCISE", "A-1", 1000.0], ("date",)),
        (["#REF!", "CANCEL", "A-1"], ("Date", "#REF!")),
        ([dt.datetime(2001, 6, 1), "ACCELERATE", "A-1", 100.0], ("ACCELERATE", "first exercisable", "dates")),
    ],
    ids=repr,
)
def test_an_unreadable_row_of_a_known_grant_costs_its_holder(row: list[object], needles: tuple[str, ...]) -> None:
    result = split(activity=activity([dt.datetime(2002, 2, 2), "EXERCISE", "B-1", 1.0], row))
    for own in result[:2]:
        assert_row(own, "#VALUE!", "activity row 2", *needles)
    assert result[2] == RIGHT[2]


@pytest.mark.parametrize(
    "row",
    [
        [dt.datetime(2002, 3, 1), "EXERCISE", None, 1000.0],
        [dt.datetime(2002, 3, 1), "EXERCISE", "#N/A", 1000.0],
        [dt.datetime(2002, 3, 1), "CANCEL", "", None],
        [dt.datetime(2002, 3, 1), "PERFORMANCE MET", None, None],
        ["03/04/05", "ACCELERATE", None, None],
        ["03/04/05", "APPROVAL", None, None],
    ],
    ids=repr,
)
def test_an_unreadable_row_that_may_be_anybodys_costs_all(row: list[object]) -> None:
    assert_all_rows(split(activity=activity(row)), "#VALUE!", "activity row 1")


@pytest.mark.parametrize(
    "row",
    [
        [dt.datetime(2002, 3, 1), "EXERCISE", "A-1", 7001.0],
        [dt.datetime(2002, 3, 1), "CANCEL", "A-1", 7001.0],
        [dt.datetime(2002, 1, 31), "EXERCISE", "A-1", 1.0],
        [dt.datetime(2001, 1, 31), "EXERCISE", "A-1", 1.0],
        [dt.datetime(2001, 1, 31), "CANCEL", "A-1"],
        [dt.datetime(2001, 1, 31), "PERFORMANCE MET", "A-1"],
        [dt.datetime(2002, 3, 1), "FORFEIT", "A-1", 1.0],
        [dt.datetime(2002, 1, 31), "EXPIRE", "A-1", 1.0],
    ],
    ids=repr,
)
def test_more_than_is_there_or_too_early(row: list[object]) -> None:
    result = split(activity=activity(row))
    assert_row(result[0], "#NUM!", "row 1", "A-1", str(row[1]))
    assert_row(result[1], "#VALUE!", "A-1", str(row[1]))
    assert result[2] == RIGHT[2]
    assert [row[0] for row in ISO_LIMIT_BY_YEAR(*iso_columns(activity=activity(row)))[1:] if row[0] == "Chen"]


def test_the_message_of_an_over_exercise_holds_both_numbers() -> None:
    result = split(activity=activity([dt.datetime(2002, 3, 1), "EXERCISE", "A-1", 7001.0]))
    assert_row(result[0], "#NUM!", "7,001", "7,000", "2002-03-01")


def test_exactly_what_is_there() -> None:
    for word in ("EXERCISE", "CANCEL", "EXPIRE", "TERMINATE"):
        assert split(activity=activity([VEST, word, "A-1", 7000.0])) == RIGHT


@pytest.mark.parametrize("shares", [None, "", "ALL", " all "], ids=repr)
def test_empty_shares_are_all_that_is_left(shares: object) -> None:
    rows = activity([VEST, "EXERCISE", "A-1", 4000.0], [VEST, "CANCEL", "A-1", shares], [VEST, "CANCEL", "A-1", 1.0])
    assert_row(split(activity=rows)[0], "#NUM!", "A-1")
    assert split(activity=rows[:-1]) == RIGHT
    assert pool([GRANTED, ["EXERCISE", 100.0, "A"], ["EXPIRE", shares, "A"]]) == 900.0


def test_rows_of_one_day_go_as_listed_and_rows_of_two_days_by_date() -> None:
    cancel, exercise = [VEST, "CANCEL", "A-1", 4000.0], [VEST, "EXERCISE", "A-1", 4000.0]
    assert_row(split(activity=activity(cancel, exercise))[0], "#NUM!", "EXERCISE")
    assert_row(split(activity=activity(exercise, cancel))[0], "#NUM!", "CANCEL")
    early, late = [dt.datetime(2001, 12, 31), "CANCEL", "A-1", 4000.0], [VEST, "EXERCISE", "A-1", 3000.0]
    assert split(activity=activity(late, early)) == split(activity=activity(early, late))


def test_a_row_dated_in_the_future_is_applied() -> None:
    assert split(activity=activity([dt.datetime(9000, 1, 1), "SPLIT", None, "2-for-1"])) == [
        [14000.0, 0.0],
        [6000.0, 8000.0],
        [14000.0, 0.0],
    ]


@pytest.mark.parametrize("text", ["3-for-2", "3-FOR-2", "3:2", " 3-for-2 ", "3 for 2", "3 : 2"])
def test_a_ratio_is_text(text: str) -> None:
    expected = [[10500.0, 0.0], [4500.0, 6000.0], [10500.0, 0.0]]
    assert split(activity=activity([dt.datetime(2001, 6, 1), "SPLIT", None, text])) == expected
    assert pool([GRANTED, ["SPLIT", text]]) == 900.0


@pytest.mark.parametrize(
    ("ratio", "read_as"),
    [
        (dt.time(3, 2), "Excel read the ratio as a time"),
        (dt.datetime(1899, 12, 30, 3, 2), "Excel read the ratio as a"),
        (dt.datetime(2026, 3, 2), "Excel read the ratio as a"),
        (dt.date(2026, 3, 2), "Excel read the ratio as a"),
        (0.126388888888889, "Excel read the ratio as a"),
        (46083.0, "Excel read the ratio as a"),
        (1.5, "Excel read the ratio as a"),
        (2, "Excel read the ratio as a"),
    ],
    ids=repr,
)
def test_a_ratio_that_excel_has_read_as_something_else(ratio: object, read_as: str) -> None:
    result = split(activity=activity([dt.datetime(2001, 6, 1), "SPLIT", None, ratio]))
    assert_all_rows(result, "#VALUE!", read_as, "type 3-for-2")
    assert_error(pool([GRANTED, ["SPLIT", ratio]]), "#VALUE!", "row 2", read_as, "type 3-for-2")
    assert_whole_call(pool([GRANTED, ["SPLIT", ratio]]), "shares")


@pytest.mark.parametrize(
    "text", ["3/2", "three for two", "3-for-", "0-for-2", "3:0", "-3:2", "3:2:1", "", None], ids=repr
)
def test_a_ratio_that_is_none(text: object) -> None:
    result = split(activity=activity([dt.datetime(2001, 6, 1), "SPLIT", None, text]))
    assert_all_rows(result, "#VALUE!", "3-for-2")
    assert_error(pool([GRANTED, ["SPLIT", text]]), "#VALUE!", "3-for-2")


def test_the_headed_tables_show_the_sentence_in_cells() -> None:
    bad = iso_columns(fmv_2="10")
    why = ISO_LIMIT_WHY(*bad)
    assert_sentence(why[0][0], "row 2", "fmv")
    assert_sentence(why[1][0], "row 2", "fmv", "number")
    assert why[2] == ISO_LIMIT_WHY(*iso_columns())[2]
    for table, right in (
        (ISO_LIMIT_BY_YEAR(*bad), ISO_LIMIT_BY_YEAR(*iso_columns())),
        (
            MERGER_CASHOUT_BY_HOLDER(*cashout_columns(shares_2="200")),
            MERGER_CASHOUT_BY_HOLDER(*cashout_columns()),
        ),
        (
            ISO_LIMIT_BY_GRANT(*by_grant_blocks("10")),
            ISO_LIMIT_BY_GRANT(*by_grant_blocks(10.0)),
        ),
    ):
        assert table[0] == right[0]
        assert [row for row in table if "Chen" in row] == [row for row in right if "Chen" in row] != []
        shown = [value for row in table[1:] for value in row if isinstance(value, str) and "row 2" in plain(value)]
        assert shown
        for sentence in shown:
            assert_sentence(sentence, "row 2", "number")


def by_grant_blocks(fmv: object) -> tuple[Rows, Rows]:
    grants = [["A-1", "Osei", FEBRUARY, 10.0], ["A-2", "Osei", MARCH, fmv], ["B-1", "Chen", FEBRUARY, 10.0]]
    return (
        [["Grant", "Holder", "Grant date", "FMV", "Shares", "Type"], *([*grant, 7000.0, "ISO"] for grant in grants)],
        [["Grant", "First exercisable", "Shares"], *([grant[0], VEST, 7000.0] for grant in grants)],
    )


@pytest.mark.parametrize(
    ("changed", "row", "needles"),
    [
        ({}, 0, ("2002", "$0.00", "$70,000.00", "(b)(3)")),
        ({}, 1, ("2002", "$70,000.00", "$30,000.00", "(c)(1)")),
        ({"grant_type": ["NSO", "ISO", "ISO"]}, 0, ("NSO", "(b)(1)")),
        ({"first_exercisable_2": None}, 1, ("PERFORMANCE MET", "(b)(4)")),
        ({"activity": activity([dt.datetime(2001, 12, 31), "CANCEL", "A-2"])}, 1, ("cancelled", "(b)(5)")),
        ({"activity": activity([dt.datetime(2001, 6, 1), "ACCELERATE", "A-2"])}, 1, ("2001-06-01", "$0.00", "(b)(4)")),
    ],
)
def test_why_names_the_dollars_before_and_of_a_tranche_and_the_paragraph(
    changed: dict[str, object], row: int, needles: tuple[str, ...]
) -> None:
    why = ISO_LIMIT_WHY(*iso_columns(**changed))
    assert len(why) == 3
    assert [needle for needle in needles if needle not in why[row][0]] == [], why[row][0]
    assert not isinstance(why[row][0], ExcelError)


@pytest.mark.parametrize(
    ("schedule", "needles"),
    [
        ({"shares": "x"}, ("shares", "x", "number")),
        ({"shares": -1.0}, ("shares", "-1")),
        ({"start": "03/04/05"}, ("vesting start", "03/04/05")),
        ({"months": -1.0}, ("months", "-1")),
        ({"months": 2.5}, ("months", "2.5", "whole")),
        ({"months": 10.0**6}, ("months",)),
        ({"cliff": 13.0}, ("cliff", "13", "12")),
        ({"start": dt.datetime(9999, 12, 31)}, ("row 2",)),
    ],
    ids=repr,
)
def test_a_schedule_that_cannot_be_costs_its_grant(schedule: dict[str, object], needles: tuple[str, ...]) -> None:
    right: dict[str, Any] = {
        "grant_id": "A",
        "shares": 48.0,
        "start": FEBRUARY,
        "months": 12.0,
        "cliff": 6.0,
        "every": 3.0,
    }
    table = VEST_TRANCHES(*([[right[key]], [{**right, **schedule}[key]], [right[key]]] for key in right))
    alone = VEST_TRANCHES(*([[value]] for value in right.values()))
    assert table[:4] == alone
    assert table[-3:] == alone[1:]
    [bad] = table[4:-3]
    sentences = [value for value in bad if isinstance(value, str) and "row 2" in value]
    assert sentences
    assert_sentence(sentences[0], "row 2", *needles)


# ---- The pool --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "code", "needles"),
    [
        (["EXERCISE", 401.0, "A"], "#NUM!", ("401", "400")),
        (["CANCEL", 401.0, "A"], "#NUM!", ("401", "400")),
        (["EXERCISE", 1.0, "B"], "#NUM!", ("B",)),
        (["FORFEIT", None, "A"], "#N/A", ("give the number of shares",)),
        (["EXERCISE", "100", "A"], "#VALUE!", ("shares", "100", "number")),
        (["EXERCISE", -100.0, "A"], "#VALUE!", ("shares", "-100")),
        (["GRANT", 1.0, "B", "RSU"], "#VALUE!", ("type", "RSU", "ISO", "NSO")),
        (["EXERCISE", "#DIV/0!", "A"], "#DIV/0!", ("shares", "#DIV/0!")),
        (["#REF!", 1.0, "A"], "#REF!", ("action", "#REF!")),
    ],
    ids=repr,
)
def test_a_pool_with_a_row_that_cannot_be(row: list[object], code: str, needles: tuple[str, ...]) -> None:
    assert_error(pool([GRANTED, row]), code, "row 2", *needles)
    for right in (["EXERCISE", 400.0, "A"], ["CANCEL", 400.0, "A"], ["FORFEIT", 400.0, "A"]):
        assert isinstance(pool([GRANTED, right]), float)


def test_as_of_needs_dates_and_every_one_of_them() -> None:
    assert_error(pool([GRANTED], as_of=MARCH), "#VALUE!", "as_of", "event_date")
    dated = [[*GRANTED, FEBRUARY], ["GRANT", 100.0, "B", "ISO", MARCH]]
    assert pool(dated, as_of=FEBRUARY) == 600.0
    assert pool(dated, as_of=MARCH) == 500.0
    assert pool(dated, as_of=MARCH - dt.timedelta(days=1)) == 600.0
    assert_error(pool([*dated, ["GRANT", 100.0, "C", "ISO", ""]]), "#VALUE!", "row 3", "date")
    assert_error(pool([*dated, ["GRANT", 100.0, "C", "ISO", "03/04/05"]]), "#VALUE!", "row 3", "date", "03/04/05")
    assert_error(pool(dated, as_of="1 March"), "#VALUE!", "as_of", "1 March")


def test_types_that_the_answer_depends_on() -> None:
    rows = [["GRANT", 60.0, "I"], ["EXERCISE", 60.0, "I"], ["TENDER", 30.0, "I"], ["GRANT", 30.0, "N"]]
    assert_error(pool(rows, for_type="ISO"), "#N/A", "type")
    assert pool(rows) == 940.0
    assert pool(rows[:3], for_type="ISO") == 940.0


@pytest.mark.parametrize("reserve", ["1,000", "#REF!"], ids=repr)
def test_a_pool_needs_its_reserve(reserve: object) -> None:
    assert_error(pool([GRANTED], reserve=reserve), reserve if reserve == "#REF!" else "#VALUE!", "reserve")


# ---- Two tables that disagree ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "cell", "needle"),
    [("Holder", "Chen", "two holders"), ("FMV", 5.0, "two fair market values"), ("Type", "NSO", "two types")],
)
def test_vesting_that_contradicts_grants_costs_the_holders_concerned(heading: str, cell: object, needle: str) -> None:
    grants, vesting = by_grant_blocks(10.0)
    again = [[*row, text] for row, text in zip(vesting, [heading, "", cell, ""], strict=True)]
    table = ISO_LIMIT_BY_GRANT(grants, again)
    assert_error(table[2][2], "#VALUE!", "A-2", needle)
    assert table[1][2] == "#VALUE!"
    assert (table[3][2] == "#VALUE!") == (heading == "Holder")


@pytest.mark.parametrize("blank", [None, "", 0, [[None]], [[0]], [[""]]], ids=repr)
def test_a_blank_cell_for_an_optional_block_is_one_left_out(blank: object) -> None:
    assert split(activity=blank) == RIGHT
