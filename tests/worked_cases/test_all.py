"""Every worked case belongs to a worksheet function or to a rule, and is run."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from plansheet.excel import FUNCTIONS
from plansheet.plan.rules import RULES
from worked_cases import test_functions, test_rules

CASES_FILE = os.environ.get("PLANSHEET_CASES")
pytestmark = pytest.mark.skipif(
    CASES_FILE is None, reason="PLANSHEET_CASES is unset: it names the file of worked cases"
)

ANSWERED_BY = {
    "ISO_LIMIT_SPLIT": ("ISO_LIMIT_SPLIT", "ISO_LIMIT_BY_YEAR", "ISO_LIMIT_BY_GRANT"),
    "ADJUST_FOR_SPLIT": ("ADJUST_FOR_SPLIT", "SPLIT_TRANCHES"),
    "MERGER_CASHOUT": ("MERGER_CASHOUT", "MERGER_CASHOUT_BY_HOLDER"),
    "POOL_AVAILABLE": ("POOL_AVAILABLE",),
    "CHECK_424A": ("SUBSTITUTE_OPTION", "SUBST001"),
    "CHECK_PER_EMPLOYEE_LIMIT": ("ANNUAL_GRANT_ROOM", "LIMIT001"),
    "CHECK_TERM": ("ISO_LAST_EXPIRY", "TERM001", "TERM002"),
    "CHECK_POST_TERMINATION": ("EXERCISE_DEADLINE", "END002"),
    "CHECK_PLAN_TERM": ("PLAN_LAST_GRANT", "PLAN001", "PLAN002"),
    "CHECK_PRICE_FLOOR": ("ISO_MIN_PRICE", "PRICE001"),
    "CHECK_TEN_PERCENT": ("TEN001",),
    "TENDER_SHARES": ("TENDER_SHARES",),
    "CHECK_TENDER_HOLDING": ("PAY001",),
    "WITHHOLD_SHARES": ("WITHHOLD_SHARES", "TAX001"),
    "MERGER_CASHOUT_WITHHOLDING": ("CASHOUT_WITHHOLDING",),
    "CHECK_GRANT_AUTHORITY": ("AUTH001", "AUTH003"),
    "CHECK_ISO_ELIGIBILITY": ("ELIG001", "ELIG003"),
    "CHECK_SHAREHOLDER_APPROVAL": ("APPROVE001", "APPROVE003", "APPROVE004"),
}


def all_cases() -> Counter[str]:
    return Counter(case["function"] for case in json.loads(Path(CASES_FILE or "").read_text("utf-8"))["cases"])


def test_every_case_is_answered_by_a_function_or_a_rule() -> None:
    assert set(all_cases()) == set(ANSWERED_BY)
    known = set(FUNCTIONS) | {rule.code for rule in RULES}
    assert {name for names in ANSWERED_BY.values() for name in names} - known == set()


def test_every_case_is_run() -> None:
    run = {name: len(test_functions.cases_of(name)) for name in test_functions.RUNNERS}
    for test in vars(test_rules).values():
        for mark in getattr(test, "pytestmark", ()):
            if mark.name == "parametrize":
                cases = [parameter.values[0] for parameter in mark.args[1]]
                run |= Counter(case["function"] for case in cases)
    assert run == all_cases()
