"""The faults of kinds.toml, each a small change: of the ledger, of the workbook, or of what was saved for it.

A change gives the places where a finding may stand. After a change of the ledger the workbook is laid out and
calculated, after one of the workbook it is calculated; what was saved is changed last. A fault that a layout has no
place for raises Unfit.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from faults.description import At, Book
from faults.ledger import Ledger

Spot = At | tuple[str, str, str | None]
"""A cell; or a ledger with the key of a record and a field (None: its row); or "formulas" with their subject."""

ANYWHERE: Spot = ("*", "", None)
FORMULAS = "formulas"


class Unfit(Exception):
    """The layout has no place for the fault."""


@dataclass(frozen=True)
class Fault:
    """A change, and of what: "ledger", "book" or "saved"; ``needs``: the columns without which nobody can find it."""

    of: str
    plant: Callable[..., Iterable[Spot]]
    needs: frozenset[tuple[str, str]] = frozenset()


FAULTS: dict[str, Fault] = {}
"""By kind."""

Ledgers = Callable[[Ledger], Iterable[Spot]]
Books = Callable[[Book], Iterable[Spot]]


def in_ledger(kind: str, *needs: tuple[str, str]) -> Callable[[Ledgers], Ledgers]:
    def register(plant: Ledgers) -> Ledgers:
        FAULTS[kind] = Fault("ledger", plant, frozenset(needs))
        return plant

    return register


def in_book(kind: str) -> Callable[[Books], Books]:
    def register(plant: Books) -> Books:
        FAULTS[kind] = Fault("book", plant)
        return plant

    return register


def in_saved(kind: str) -> Callable[[Books], Books]:
    def register(plant: Books) -> Books:
        FAULTS[kind] = Fault("saved", plant)
        return plant

    return register


def places(book: Book, spots: Iterable[Spot]) -> list[At]:
    """The cells of spots; raises Unfit where the layout has none of them."""
    found: list[At] = []
    for first, second, third in spots:
        if first == ANYWHERE[0]:
            found.append(("*", 0, 0))
        elif isinstance(second, int):
            assert isinstance(third, int)
            found.append((first, second, third))
        elif first == FORMULAS:
            named = book.formulas.items()
            found += [at for subject, cells in named if second in ("", subject) for at in cells]
        else:
            cells = book.places.get((first, second), {})
            found += [at for field, ats in cells.items() if third in (None, field) for at in ats]
    if not found:
        raise Unfit
    return found


def of_records(ledger: str, *keys: str, field: str | None = None) -> list[Spot]:
    return [(ledger, key, field) for key in keys]


def of_grant(number: str) -> list[Spot]:
    """A grant, its tranches and its GRANT row."""
    tranches = [f"{number}/{year}" for year in range(1, 5)]
    return [
        *of_records("Grants", number),
        *of_records("Vesting", *tranches),
        *of_records("Activity", f"GRANT {number}"),
    ]
