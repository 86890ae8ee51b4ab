"""The names of plansheet's files, and of what is in them."""

from __future__ import annotations

from typing import Any

from plansheet.core.records import Activity, Grant, Holder, Tranche

ADD_IN_FILE, TEMPLATE, LITE, SAMPLE = "plansheet.xlam", "plansheet.xlsm", "plansheet-lite.xlsx", "sample.xlsx"
WITH_SHEETS = (TEMPLATE, LITE, SAMPLE)
WITH_MACROS = (ADD_IN_FILE, TEMPLATE)
LEDGERS: dict[str, type[Any]] = {"Holders": Holder, "Grants": Grant, "Vesting": Tranche, "Activity": Activity}
