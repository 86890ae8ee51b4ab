"""Headings as real sheets have them: which column of a record each means, and which mean none of it."""

from typing import Any

import pytest

from plansheet.core.records import EVENTS, NAME_PARTS, Activity, Grant, Holder, Tranche, columns
from plansheet.core.words import Action
from plansheet.excel.headings import TwoForOne, column_named, fold_heading, match_headings, other_currency, other_unit

SEEN: list[tuple[type[Any], str, tuple[str, ...]]] = [
    (Grant, "grant", (
        "Grant ID", "Grant Number", "Grant #", "Security ID", "custom_id", "securityLabel", "Certificate Number",
        "Cert. No.", "Option ref.", "Option Grant #",
    )),
    (Grant, "holder", (
        "Optionee ID", "Optionholder name", "Stakeholder Name", "Stakeholder ID", "Holder name", "Holder",
        "Participant name", "Employee", "Shareholder", "Shareholder [0]", "Stakeholder", "legal_name", "Wallet Address",
        "Employee #", "Emp. No.", "Emp ID", "Name of option holder",
    )),
    (Grant, "plan", ("Plan Name", "Share class or plan", "Equity plan", "class/plan")),
    (Grant, "grant_type", (
        "Award Type", "Base Award Type", "Option type", "Grant Type", "Plan Type", "Security type", "Instrument",
        "Type [37]", "stockOptionType", "awardTypeName", "ISO/NSO", "ISO or NSO", "Type of option",
    )),
    (Grant, "grant_date", (
        "Grant Date", "Date of grant", "1.\nDate of grant\n(yyyy-mm-dd)", "Issue Date", "issueDate", "Award Date",
        "agreement date", "Grant Dt.", "Option Grant Date",
    )),
    (Grant, "vesting_start", (
        "Vest Start Date", "Vest start date", "Vesting Start Date", "Vesting Commencement", "VCD",
        "Vesting commencement date", "Vest From", "Vest Start", "Grant Vest Date", "Start Date for Vesting",
        "Vesting Comm. Date",
    )),
    (Grant, "months", ("Vesting period (months)",)),
    (Grant, "cliff", ("Vesting cliff (months)",)),
    (Grant, "every", ("Vesting interval (months)",)),
    (Tranche, "first_exercisable", ("Vesting Date", "VestDate")),
    (Tranche, "shares", ("Vesting Shares", "VestShares")),
    (Grant, "shares", (
        "Shares Granted", "Grant Shares", "Number of options", "Options", "number of shares", "Quantity Issued",
        "Quantity Granted", "Granted", "Total Granted", "Total Awarded", "Grant Quantity", "No. of Options",
        "3.\nOver how many shares in total were CSOP options granted\ne.g. 100.00",
        "4.\nNumber of securities over which options granted\ne.g. 100.00",
        "# Options", "# Options Issued", "Total # Options", "Options [1]", "grantedShares", "# of shares",
        "Qty", "Granted Qty.", "Qty. granted", "No. Granted", "No. of shares subject to option", "Option Shares",
    )),
    (Grant, "exercise_price", (
        "Exercise Price", "Strike Price", "Strike", "Grant Price", "grantPrice", "Purchase price", "Price or strike",
        "PPS", "Price per share", "Option price", "5.\nOption exercise price per share\n£\ne.g. 10.1234",
        "12.\nExercise price per share\n£\ne.g. 10.1234", "Exercise price (USD)", "$ Exercise price", "Strike, in US$",
        "Strike/Share", "Exercise price / sh", "Per Share Exercise Price ($)",
    )),
    (Grant, "fmv", (
        "Grant Date FMV", "FMV at grant", "marketPriceAtTimeOfGrant",
        "4.\nUnrestricted market value (UMV) of each share used to determine option exercise price\n£\ne.g. 10.1234",
        "3.\nUnrestricted market value of a security at date of grant\n£\ne.g. 10.1234", "FMV_x000D_\n($)", "FMV¹",
        "FMV @ Grant", "FMV/Share", "Market Price at Grant",
    )),
    (Grant, "expires", (
        "Expiration Date", "Expiration", "Expire Date", "grantExpirationDate", "Exercise expire date",
        "exercise by date", "expiryDate", "optionExpiration", "Exp. Date", "Exp Dt", "7. Date option lapses",
    )),
    (Activity, "date", ("Date", "1.\nDate of event\n(yyyy-mm-dd)", "Transaction Date", "Trans. Date", "Txn date")),
    (Activity, "action", ("Trans Type", "Type of transaction")),
    (Holder, "relationship", ("Relationship", "Role", "Type of holder")),
]  # fmt: skip
"""Seen in files, exports and programs of other people; those that no record can hold stand below."""

TRAPS = (
    "Date", "Amount", "Amount of Tokens", "Fair Value", "Exercise Date FMV", "Modification Date FMV", "Hurdle price",
    "Expiration period (months)", "Expiration (months)", "Quantity Outstanding", "Outstanding", "Outstanding Units",
    "# Issued and Outstanding [16]", "# Fully Diluted Shares [7]", "Fully Diluted Shares**", "Vested", "Exercisable",
    "Sellable", "vestedQuantity", "Shares Exercised", "exercisedQuantity", "Shares Cancelled", "Cancel Date",
    "Board approval date", "Vest Period", "End Date for Vesting", "Vesting End", "Vesting schedule",
    "Investment Date [22]", "isoNsoSplit", "Stakeholder email", "Work Email", "Option value ($)", "Shares ($)",
    "Options (£)", "Shares (%)", "Exercise price (%)", "", "5.", "(1)", "Exp. price",
    "No.", "Qty. exercised", "No. cancelled", "Exercises shares",
)  # fmt: skip


@pytest.mark.parametrize(("record", "field", "seen"), [(r, f, seen) for r, f, every in SEEN for seen in every])
def test_a_heading_that_was_seen_is_read(record: type[Any], field: str, seen: str) -> None:
    assert match_headings(["Remarks", seen], record) == {field: 1}


@pytest.mark.parametrize("seen", TRAPS)
def test_a_heading_that_means_another_thing_is_not(seen: str) -> None:
    assert match_headings([seen], Grant) == {}


@pytest.mark.parametrize(
    ("seen", "field", "unit"),
    [
        ("Shares (000s)", "shares", "'000s"),
        ("Shares, in thousands", "shares", "thousands"),
        ("Options granted (in millions)", "shares", "millions"),
        ("FMV (¢)", "fmv", "¢"),
        ("Exercise price in pence", "exercise_price", "pence"),
        ("Vesting period (years)", "months", "years"),
        ("Vesting cliff in years", "cliff", "years"),
    ],
)
def test_a_heading_in_another_unit_is_known_and_not_read(seen: str, field: str, unit: str) -> None:
    column = column_named(seen, Grant)
    assert column is not None
    assert column.name == field
    said = other_unit(seen, column)
    assert said is not None
    assert said.said == unit
    assert match_headings([seen], Grant) == {}


@pytest.mark.parametrize(
    ("seen", "currency"),
    [
        ("FMV (£)", "£"), ("Exercise Price EUR", "EUR"), ("Strike\n£\ne.g. 10.1234", "£"), ("Strike in CHF", "CHF"),
        ("FMV ($)", None), ("FMV (USD)", None), ("Exercise price", None),
    ],
)  # fmt: skip
def test_the_currency_of_a_heading(seen: str, currency: str | None) -> None:
    assert other_currency(seen) == currency
    assert len(match_headings([seen], Grant)) == 1


def test_two_headings_that_differ_in_their_unit_are_two_for_one() -> None:
    with pytest.raises(TwoForOne, match=r'both "FMV" and "FMV \(\$\)" stand for FMV'):
        match_headings(["Grant", "FMV", "FMV ($)"], Grant)


def test_a_heading_of_an_events_own_column_is_none_of_a_grant() -> None:
    """Else every exercise would be a grant's date or shares; a part of a name would be a holder."""
    of_events = [text for headings in EVENTS.values() for texts in headings for text in texts]
    parts = [text for texts in NAME_PARTS for text in texts]
    assert [text for text in (*of_events, *parts) if column_named(text, Grant) or column_named(text, Tranche)] == []
    assert len({fold_heading(text) for text in of_events}) == len(of_events)


@pytest.mark.parametrize("action", EVENTS)
def test_each_actions_columns_have_a_day_and_shares(action: Action) -> None:
    assert EVENTS[action].dates
    assert EVENTS[action].shares
    assert action.needs_grant


def test_headings_are_read_as_quickly_whatever_is_in_them() -> None:
    """A heading is any text of a sheet."""
    for text in ("(" * 300, "1. " * 100, "£" * 300, "e.g. " * 60, " in " * 75, "[1]" * 100, "x" * 100_000, "\n" * 299):
        assert column_named(text, Grant) is None


def test_every_heading_is_a_text_that_needs_no_unit() -> None:
    for record in (Grant, Tranche, Activity, Holder):
        for column in columns(record):
            assert other_unit(column.heading, column) is None
            assert other_currency(column.heading) is None
