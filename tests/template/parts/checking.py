"""What a check is, and what it says of a package."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from template.parts.reading import Package


class Seen:
    """What a check has compared, and what it found wrong."""

    def __init__(self) -> None:
        self.compared = 0
        self.faults: list[str] = []

    def that(self, right: object, fault: str) -> None:
        self.compared += 1
        if not right:
            self.faults.append(fault)

    def same(self, found: object, wanted: object, where: str) -> None:
        self.that(found == wanted, f"{where}: {found!r} where {wanted!r} is expected")


Check = Callable[[Package, Seen], None]


def each_of(checks: Sequence[Check]) -> pytest.MarkDecorator:
    """Marks a test of every one of some checks, each under its name."""
    return pytest.mark.parametrize("check", checks, ids=lambda check: check.__name__)


def seen(check: Check, package: Package) -> Seen:
    result = Seen()
    check(package, result)
    return result


def agree(check: Check, package: Package) -> None:
    """Nothing is wrong, and the check has looked at something."""
    found = seen(check, package)
    assert found.faults == [], "\n".join(found.faults)
    assert found.compared > 0
