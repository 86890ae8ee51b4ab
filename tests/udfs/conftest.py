"""The classic add-in for all tests of this folder that ask for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from udfs.windows import ClassicExcel, windows


@pytest.fixture(scope="module")
def excel() -> Iterator[ClassicExcel]:
    with windows() as classic:
        yield classic
