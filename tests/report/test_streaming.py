"""Reports are written as they come: a run of many files takes no more memory than one of few."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any, TextIO

import pytest

from plansheet.report.json import write_json
from plansheet.report.junit import write_junit
from plansheet.report.sarif import write_sarif
from plansheet.report.text import write_text
from plansheet.report.verdicts import Left, Verdict
from report.runs import faulty, of


class Many:
    """A run of many workbooks, of which none is kept."""

    interrupted = ""

    def __init__(self, number: int) -> None:
        self.number = number

    def verdicts(self) -> Iterator[Verdict]:
        return (of(faulty(path=f"{position}.xlsx")) for position in range(self.number))

    def left(self) -> Iterator[Left]:
        return (Left(f"{position}.txt", "It is a letter.") for position in range(self.number))


class Nowhere:
    """What is written to it is not kept."""

    def write(self, text: str) -> int:
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.write(line)


@pytest.mark.parametrize("write", [write_json, write_text, write_junit, write_sarif])
def test_memory_is_flat_in_the_number_of_files(write: Any) -> None:
    def peak(number: int) -> int:
        nowhere: TextIO = Nowhere()  # type: ignore[assignment]  # as much of one as a report needs
        tracemalloc.start()
        write(Many(number), nowhere)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)  # what is made once
    few = peak(100)
    # What other threads of this process take meanwhile is counted too: a report that grows does so each time.
    assert any(peak(2_000) < few + 50_000 for _ in range(3))
