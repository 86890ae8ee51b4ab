"""What the tests of all commands share: exit codes, a command that is typed, a report that is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema

from plansheet.report.json import schema

VALIDATOR = jsonschema.Draft202012Validator(schema())
CLEAN, FINDINGS, USAGE, UNCHECKED = 0, 1, 2, 3

Run = Callable[..., tuple[int, str, str]]


def report_of(text: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(text)
    VALIDATOR.validate(report)
    return report
