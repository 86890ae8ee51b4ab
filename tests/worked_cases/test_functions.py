"""Every worked case of these functions, figure by figure, from the file that PLANSHEET_CASES names."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from plansheet.core.words import EndReason
from plansheet.excel import (
    ADJUST_FOR_SPLIT,
    ANNUAL_GRANT_ROOM,
    EXERCISE_DEADLINE,
    ISO_LAST_EXPIRY,
    ISO_LIMIT_BY_GRANT,
    ISO_LIMIT_BY_YEAR,
    ISO_LIMIT_SPLIT,
    MERGER_CASHOUT,
    MERGER_CASHOUT_BY_HOLDER,
    PLAN_LAST_GRANT,
    POOL_AVAILABLE,
    SPLIT_TRANCHES,
    SUBSTITUTE_OPTION,
)
from plansheet.plan.substitution import Side, Substitution
from plansheet.plan.termination import iso_deadline

CASES_FILE = os.environ.get("PLANSHEET_CASES")
pytestmark = pytest.mark.skipif(
    CASES_FILE is None, reason="PLANSHEET_CASES is unset: it names the file of worked cases"
)

NO_FUNCTION_GIVES = {
    "exercise_allocation",  # ISO_LIMIT_SPLIT has no column for what one exercise took
    "alternative_backfill",  # the reading that the project decided against
    "naive_nearest",  # likewise
}

Case = Mapping[str, Any]
Checker = Callable[[Any], None]  # given the expected figure


def all_cases() -> list[Case]:
    return json.loads(Path(CASES_FILE).read_text("utf-8"))["cases"] if CASES_FILE else []


def cases_of(function: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in all_cases() if case["function"] == function]


CHECKED: Counter[str] = Counter()  # figures compared, by case


def check_every_figure(case: Case, checkers: Mapping[str, Checker]) -> None:
    """No expected figure is passed over: each has a checker, or a reason above."""
    for key, expected in case["expected"].items():
        if key not in NO_FUNCTION_GIVES:
            checkers[key](expected)
            CHECKED[case["id"]] += 1


def number(figure: int | str) -> float:
    return float(Fraction(str(figure)))


def cell_price(figure: str) -> float:
    """A price as a cell holds it: fifteen digits of 10/3."""
    return float(format(number(figure), ".15g"))


def day(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def column(values: list[Any]) -> list[list[Any]]:
    return [[value] for value in values]


# ---- ISO_LIMIT_SPLIT ------------------------------------------------------------------------------------------------

ACTION_WORDS = {
    "DISQUALIFYING_DISPOSITION": "DISPOSITION",
    "PERFORMANCE_MET": "PERFORMANCE MET",
    "ACCELERATE": "ACCELERATE",
    "CANCEL": "CANCEL",
    "EXERCISE": "EXERCISE",
    "SPLIT": "SPLIT",
}


def activity_rows(case: Case) -> Iterator[list[Any]]:
    for event in case["inputs"].get("events", []):
        action, date = ACTION_WORDS[event["type"]], day(event["date"])
        if action == "SPLIT":
            yield [date, action, None, f"{event['num']}-for-{event['den']}"]
        elif action == "ACCELERATE":
            grants = [None] if event["grant_ids"] == "ALL" else event["grant_ids"]
            yield from ([date, action, grant, None] for grant in grants)
        else:
            yield [date, action, event["grant_id"], event.get("shares")]
    for grant in case["inputs"]["grants"]:
        if "approval_gate" in grant:
            yield [day(grant["approval_gate"]), "APPROVAL", grant["id"], None]


def first_exercisable(tranche: Case) -> dt.datetime | None:
    return None if tranche.get("performance_condition") else day(tranche["date"])


def year_counted(tranche: Case, grant: Case, case: Case) -> int:
    """The year in which the events of these cases put a tranche: enough to sort their rows by grant and year."""
    date = tranche["date"]
    for event in case["inputs"].get("events", []):
        concerned = event.get("grant_ids") == "ALL" or grant["id"] in (
            *event.get("grant_ids", ()),
            event.get("grant_id"),
        )
        brings_forward = event["type"] == "ACCELERATE" and event["date"] < date
        goal_met = event["type"] == "PERFORMANCE_MET" and bool(tranche.get("performance_condition"))
        if concerned and (brings_forward or goal_met):
            date = event["date"]
    return int(max(date, grant["grant_date"], grant.get("approval_gate", ""))[:4])


@pytest.mark.parametrize("case", cases_of("ISO_LIMIT_SPLIT"))
def test_iso_limit(case: Case) -> None:
    inputs = case["inputs"]
    assert set(inputs) <= {"grants", "events", "rounding", "backfill"}
    assert not inputs.get("backfill")
    rows = [(grant, tranche) for grant in inputs["grants"] for tranche in grant["tranches"]]
    activity = [["Date", "Action", "Grant", "Shares"], *activity_rows(case)]
    arguments = (
        column([grant["id"] for grant, _ in rows]),
        column([day(grant["grant_date"]) for grant, _ in rows]),
        column([number(grant["fmv"]) for grant, _ in rows]),
        column([first_exercisable(tranche) for _, tranche in rows]),
        column([tranche["shares"] for _, tranche in rows]),
        None,
        column([grant["type"] for grant, _ in rows]),
        activity if len(activity) > 1 else None,
        None,
        inputs.get("rounding"),
    )
    split = ISO_LIMIT_SPLIT(*arguments)
    fmv = {grant["id"]: Fraction(grant["fmv"]) for grant in inputs["grants"]}
    splits = [event for event in inputs.get("events", []) if event["type"] == "SPLIT"]

    def sums(key: Callable[[Case, Case], Any]) -> dict[Any, list[float]]:
        found: dict[Any, list[float]] = {}
        for (grant, tranche), shares in zip(rows, split, strict=True):
            total = found.setdefault(key(grant, tranche), [0.0, 0.0])
            total[0] += shares[0]
            total[1] += shares[1]
        return found

    def by_grant_year(expected: list[Case]) -> None:
        of_grant_year = sums(lambda grant, tranche: (grant["id"], year_counted(tranche, grant, case)))
        for line in expected:
            shares = of_grant_year.pop((line["grant_id"], line["year"]))
            assert shares == [number(line["iso_shares"]), number(line["nso_shares"])]
            if not splits:
                value = fmv[line["grant_id"]]
                assert number(line["iso_value"]) == float(value * Fraction(str(line["iso_shares"])))
                assert number(line["nso_value"]) == float(value * Fraction(str(line["nso_shares"])))
        assert all(shares == [0.0, 0.0] for shares in of_grant_year.values())  # disregarded, in neither column

    def by_year(expected: list[Case]) -> None:
        table = ISO_LIMIT_BY_YEAR(*arguments)
        assert [row[1:5] for row in table[1:]] == [
            [number(line[key]) for key in ("year", "counted_value", "iso_value", "nso_value")] for line in expected
        ]

    def by_grant(expected: list[Case]) -> None:
        figures = {line["grant_id"]: [number(line["iso_shares"]), number(line["nso_shares"])] for line in expected}
        of_grant = sums(lambda grant, _: grant["id"])
        assert {grant: shares for grant, shares in of_grant.items() if any(shares)} == figures
        if inputs.get("rounding") == "EXACT":
            return  # ISO_LIMIT_BY_GRANT has no such argument
        table = ISO_LIMIT_BY_GRANT(
            [
                ["Grant", "Grant date", "FMV", "Shares", "Type", "Holder"],
                *(
                    [grant["id"], day(grant["grant_date"]), number(grant["fmv"]), grant["shares"], grant["type"], "E"]
                    for grant in inputs["grants"]
                ),
            ],
            [
                ["Grant", "First exercisable", "Shares"],
                *([grant["id"], first_exercisable(tranche), tranche["shares"]] for grant, tranche in rows),
            ],
            activity if len(activity) > 1 else None,
        )
        assert table[0] == ["Grant", "Holder", "ISO", "NSO"]
        assert {row[0]: row[2:] for row in table[1:] if any(row[2:])} == figures

    check_every_figure(case, {"by_grant_year": by_grant_year, "by_year": by_year, "by_grant": by_grant})


# ---- ADJUST_FOR_SPLIT -----------------------------------------------------------------------------------------------


def check_adjusted_option(case: Case) -> None:
    inputs = case["inputs"]

    def adjusted(method: str) -> tuple[float, float]:
        [row] = ADJUST_FOR_SPLIT(inputs["shares"], number(inputs["price"]), inputs["num"], inputs["den"], method)
        return row[0], row[1]

    def check(method: str, expected: Case) -> None:
        shares, price = adjusted(method)
        assert (shares, price) == (number(expected["shares"]), number(expected["price"]))
        if method == "EXACT":  # its cells are the nearest doubles
            assert shares * price == pytest.approx(number(expected["aggregate"]), rel=1e-14)
        else:
            aggregate = Fraction(format(shares, ".15g")) * Fraction(format(price, ".15g"))
            assert aggregate == Fraction(expected["aggregate"])
        if "fraction_dropped" in expected:
            assert adjusted("EXACT")[0] - shares == number(expected["fraction_dropped"])

    methods = ("EXACT", "DOWN_UP", "PRESERVE_AGGREGATE")
    check_every_figure(case, {method: lambda expected, method=method: check(method, expected) for method in methods})


def check_plan_limits(case: Case) -> None:
    inputs = case["inputs"]
    ratio = f"{inputs['num']}-for-{inputs['den']}"

    def reserve(expected: int) -> None:
        assert POOL_AVAILABLE(inputs["reserve"], [["SPLIT"]], [[ratio]]) == number(expected)
        assert ADJUST_FOR_SPLIT(inputs["reserve"], 1.0, inputs["num"], inputs["den"])[0][0] == number(expected)

    def per_optionee_limit(expected: int) -> None:
        adjusted = ADJUST_FOR_SPLIT(inputs["per_optionee_limit"], 1.0, inputs["num"], inputs["den"])
        assert adjusted[0][0] == number(expected)

    check_every_figure(case, {"reserve": reserve, "per_optionee_limit": per_optionee_limit})


def check_tranches(case: Case) -> None:
    tranches, new, old = column(case["inputs"]["tranches"]), case["inputs"]["num"], case["inputs"]["den"]
    together = [row[0] for row in SPLIT_TRANCHES(tranches, new, old)]
    one_by_one = [row[0] for row in ADJUST_FOR_SPLIT(tranches, column([1.0] * len(tranches)), new, old)]

    def same(found: object) -> Checker:
        def check(expected: object) -> None:
            assert found == expected

        return check

    check_every_figure(
        case,
        {
            "total_shares": same(sum(together)),
            "cumulative_floor": same(together),
            "per_tranche_floor": same(one_by_one),
            "per_tranche_floor_total": same(sum(one_by_one)),
        },
    )


@pytest.mark.parametrize("case", cases_of("ADJUST_FOR_SPLIT"))
def test_adjust_for_split(case: Case) -> None:
    if "tranches" in case["inputs"]:
        check_tranches(case)
    elif "reserve" in case["inputs"]:
        check_plan_limits(case)
    else:
        check_adjusted_option(case)


# ---- MERGER_CASHOUT -------------------------------------------------------------------------------------------------


def check_options(case: Case) -> None:
    options = case["inputs"]["options"]
    merger_price = number(case["inputs"]["merger_price"])
    shares = column([option["shares"] for option in options])
    price = column([cell_price(option["price"]) for option in options])
    holder = column([option["optionee"] for option in options])

    def payments(method: str, holders: list[list[Any]] | None) -> dict[str, Fraction]:
        paid: dict[str, Fraction] = {}
        for option, [amount] in zip(options, MERGER_CASHOUT(merger_price, shares, price, holders, method), strict=True):
            paid[option["optionee"]] = paid.get(option["optionee"], Fraction(0)) + Fraction(format(amount, ".15g"))
        return paid

    def by_holder(method: str, column_number: int) -> Checker:
        def check(expected: Mapping[str, str]) -> None:
            figures = {name: Fraction(amount) for name, amount in expected.items()}
            assert payments(method, holder) == figures
            table = MERGER_CASHOUT_BY_HOLDER(merger_price, shares, price, holder)
            assert {row[0]: row[column_number] for row in table[1:]} == {
                name: float(amount) for name, amount in figures.items()
            }

        return check

    def total(method: str, holders: list[list[Any]] | None) -> Checker:
        def check(expected: str) -> None:
            assert sum(payments(method, holders).values()) == Fraction(expected)

        return check

    check_every_figure(
        case,
        {
            "PER_OPTIONEE_AGGREGATE": by_holder("PLAN", 2),
            "PER_OPTION_FLOOR": by_holder("PER_OPTION", 3),
            "total_per_optionee": total("PLAN", holder),
            "total_per_option": total("PER_OPTION", holder),
            "COMPANY_WIDE_AGGREGATE": total("PLAN", None),  # holder left out is one holder
            "per_optionee": total("PLAN", holder),
            "sum_of_rounded_rows": total("PER_OPTION", holder),
        },
    )


def check_fee_table(case: Case) -> None:
    """The fee table counts the options below the merger price alone; those above have any price above it."""
    inputs = case["inputs"]
    merger_price, in_the_money = number(inputs["merger_price"]), inputs["in_the_money_shares"]
    above = inputs["options_outstanding"] - in_the_money
    paid = MERGER_CASHOUT(
        merger_price,
        column([in_the_money, above]),
        column([number(inputs["in_the_money_wtd_avg_price"]), merger_price + 1]),
        None,
        "PER_OPTION",
    )

    def underwater_shares(expected: int) -> None:
        assert above == expected
        assert paid[1] == [0.0]

    def option_consideration(expected: str) -> None:
        assert paid[0] == [number(expected)]

    def total_transaction_value(expected: str) -> None:
        for_stock = Fraction(inputs["merger_price"]) * (inputs["shares_outstanding"] + inputs["rsus"])
        assert for_stock + Fraction(format(paid[0][0], ".15g")) == Fraction(expected)

    check_every_figure(
        case,
        {
            "underwater_shares": underwater_shares,
            "option_consideration": option_consideration,
            "total_transaction_value": total_transaction_value,
        },
    )


@pytest.mark.parametrize("case", cases_of("MERGER_CASHOUT"))
def test_merger_cashout(case: Case) -> None:
    if "options" in case["inputs"]:
        check_options(case)
    else:
        check_fee_table(case)


# ---- POOL_AVAILABLE -------------------------------------------------------------------------------------------------

PAYMENT_ROWS = {"tendered_plan_shares": "TENDER", "withheld_for_tax": "WITHHELD"}


def pool_rows(case: Case) -> Iterator[list[Any]]:
    """Action, shares, grant, type."""
    for event in case["inputs"]["events"]:
        known = {"type", "grant_id", "shares", "option_type", "num", "den", *PAYMENT_ROWS}
        assert set(event) <= known
        shares = f"{event['num']}-for-{event['den']}" if event["type"] == "SPLIT" else event.get("shares")
        yield [event["type"], shares, event.get("grant_id"), event.get("option_type")]
        for key, action in PAYMENT_ROWS.items():
            if key in event:
                yield [action, event[key], event["grant_id"], None]


@pytest.mark.parametrize("case", cases_of("POOL_AVAILABLE"))
def test_pool_available(case: Case) -> None:
    action, shares, grant, grant_type = (column(list(cells)) for cells in zip(*pool_rows(case), strict=True))

    def available(for_type: str, recycling: str | None = None) -> float:
        reserve = case["inputs"]["reserve"]
        return POOL_AVAILABLE(reserve, action, shares, grant, grant_type, None, None, for_type, recycling)

    def total_available(expected: int) -> None:
        assert available("ANY") == number(expected)

    def iso_available(expected: int) -> None:
        assert available("ISO") == number(expected)

    def alternative_net_issued(expected: Mapping[str, int]) -> None:
        assert available("ANY", "NET") == number(expected["total_available"])
        assert available("ISO", "NET") == number(expected["iso_available"])

    check_every_figure(
        case,
        {
            "total_available": total_available,
            "iso_available": iso_available,
            "alternative_net_issued": alternative_net_issued,
        },
    )


# ---- SUBSTITUTE_OPTION -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases_of("CHECK_424A"))
def test_substitution(case: Case) -> None:
    """Old and new option as given; what SUBSTITUTE_OPTION makes of the old one passes both tests."""
    old, new = (Side(*(Fraction(case["inputs"][f"{when}_{what}"]) for what in WHAT)) for when in ("old", "new"))
    found = Substitution(old, new)

    def dollars(figure: Fraction | int) -> Checker:
        def check(expected: str) -> None:
            assert round(float(figure), 2) == number(expected)

        return check

    def is_(figure: object) -> Checker:
        def check(expected: object) -> None:
            assert figure == (Fraction(expected) if isinstance(expected, str) else expected)

        return check

    check_every_figure(
        case,
        {
            "old_spread": dollars(old.spread),
            "new_spread": dollars(new.spread),
            "old_ratio": is_(old.ratio),
            "new_ratio": is_(new.ratio),
            "spread_ok": is_(found.keeps_spread),
            "ratio_ok": is_(found.keeps_ratio),
        },
    )
    cells = [number(case["inputs"][name]) for name in ("old_shares", "old_price", "old_fmv", "new_fmv")]
    assert SUBSTITUTE_OPTION(*cells)[0][-1] == "PASS"


WHAT = ("shares", "price", "fmv")


# ---- The yearly limit -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases_of("CHECK_PER_EMPLOYEE_LIMIT"))
def test_annual_grant_room(case: Case) -> None:
    inputs, year = case["inputs"], case["inputs"]["year"]
    assert set(inputs) <= {
        "year", "grants", "cancelled", "repriced_same_year", "pre_split_grants", "post_split_grants", "split",
    }  # fmt: skip
    day = {"pre_split_grants": dt.datetime(year, 1, 31), "grants": dt.datetime(year, 1, 31)}
    kinds = ("grants", "repriced_same_year", "pre_split_grants", "post_split_grants")
    grants = [(day.get(kind, dt.datetime(year, 12, 1)), shares) for kind in kinds for shares in inputs.get(kind, ())]
    activity: list[list[Any]] = [["Date", "Action", "Grant", "Shares"]]
    activity += [[dt.datetime(year, 6, 1), "CANCEL", "G-1", shares] for shares in inputs.get("cancelled", ())]
    if "split" in inputs:
        activity.append([dt.datetime(year, 3, 13), "SPLIT", None, "{}-for-{}".format(*inputs["split"])])
    days, shares = (column(list(cells)) for cells in zip(*grants, strict=True))
    [_, [_, granted, room]] = ANNUAL_GRANT_ROOM(year, days, shares, None, activity)

    def same(found: object) -> Checker:
        def check(expected: object) -> None:
            assert found == expected

        return check

    check_every_figure(case, {"counted": same(granted), "limit": same(granted + room), "passes": same(room >= 0)})


# ---- The option period, the time left to exercise, the plan's end ----------------------------------------------------


def is_day(found: object) -> Checker:
    def check(expected: str) -> None:
        assert found == day(expected)

    return check


def before(moment: dt.datetime, days: int = 1) -> dt.datetime:
    return moment - dt.timedelta(days=days)


@pytest.mark.parametrize("case", cases_of("CHECK_TERM"))
def test_option_period(case: Case) -> None:
    inputs = case["inputs"]
    last = ISO_LAST_EXPIRY(inputs["grant_date"], inputs["years"] == 5)

    def day_after(expected: Mapping[str, Any]) -> None:
        assert before(dt.datetime.fromisoformat(expected["date"])) == last
        assert expected["passes"] == (dt.datetime.fromisoformat(expected["date"]) <= last)

    check_every_figure(
        case,
        {
            "last_permitted_expiry": is_day(last),
            "conservative_expiry": is_day(before(last)),
            "day_after": day_after,
        },
    )


REASONS = {"VOLUNTARY": EndReason.TERMINATION, "DISABILITY_22e3": EndReason.DISABILITY}


@pytest.mark.parametrize("case", cases_of("CHECK_POST_TERMINATION"))
def test_time_left_to_exercise(case: Case) -> None:
    ended, reason = case["inputs"]["last_day_employed"], REASONS[case["inputs"]["reason"]]
    literal = iso_deadline(dt.date.fromisoformat(ended), reason, "LITERAL")

    def backward(expected: str) -> None:
        assert literal == dt.date.fromisoformat(expected)

    def ninety_days(expected: str) -> None:
        assert before(dt.datetime.fromisoformat(expected), 90) == day(ended)
        assert EXERCISE_DEADLINE(None, ended, str(reason)) < day(expected)

    check_every_figure(
        case,
        {
            "last_iso_date_conservative": is_day(EXERCISE_DEADLINE(None, ended, str(reason))),
            "last_iso_date_literal_backward_count": backward,
            "ninety_day_date": ninety_days,
        },
    )


@pytest.mark.parametrize("case", cases_of("CHECK_PLAN_TERM"))
def test_plan_term(case: Case) -> None:
    given = case["inputs"]["adopted"], case["inputs"]["stockholder_approved"]
    check_every_figure(
        case,
        {
            "plan_last_grant_date": is_day(PLAN_LAST_GRANT(*given)),
            "iso_last_grant_conservative": is_day(PLAN_LAST_GRANT(*given, "ISO")),
        },
    )


# ---- No silent gap --------------------------------------------------------------------------------------------------

RUNNERS = {
    "ISO_LIMIT_SPLIT": test_iso_limit,
    "ADJUST_FOR_SPLIT": test_adjust_for_split,
    "MERGER_CASHOUT": test_merger_cashout,
    "POOL_AVAILABLE": test_pool_available,
    "CHECK_424A": test_substitution,
    "CHECK_PER_EMPLOYEE_LIMIT": test_annual_grant_room,
    "CHECK_TERM": test_option_period,
    "CHECK_POST_TERMINATION": test_time_left_to_exercise,
    "CHECK_PLAN_TERM": test_plan_term,
}


def test_every_case_of_a_covered_function_is_run() -> None:
    mine = [case for case in all_cases() if case["function"] in RUNNERS]
    assert sum(len(cases_of(function)) for function in RUNNERS) == len(mine)
    for case in mine:
        CHECKED.pop(case["id"], None)
        RUNNERS[case["function"]](case)
        assert CHECKED[case["id"]] >= 1, f"{case['id']}: no figure was compared"
