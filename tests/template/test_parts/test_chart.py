"""The chart of each file."""

from __future__ import annotations

from template.parts.chart import CHART
from template.parts.checking import Check, agree, each_of
from template.parts.reading import Package


@each_of(CHART)
def test_the_chart_of_the_pool_is_right_without_being_seen(workbook: Package, check: Check) -> None:
    agree(check, workbook)
