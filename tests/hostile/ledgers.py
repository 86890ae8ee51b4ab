"""Ledgers that are sound by the letter, and made to keep the rules busy."""

import datetime as dt
from collections.abc import Sequence

from hostile.kind import Kind, noise
from workbook.books import ACTIVITY, GRANTED, GRANTS, HOLDERS, VESTING, Rows, Sheet, book

DAYS = [GRANTED + dt.timedelta(days=at) for at in range(1, 4_000)]


def ledger(
    *, grants: Rows = GRANTS, vesting: Rows = VESTING, activity: Rows = ACTIVITY, holders: Rows = HOLDERS
) -> bytes:
    return book(
        Sheet("Grants", grants), Sheet("Vesting", vesting), Sheet("Activity", activity), Sheet("Holders", holders)
    )


def events(*rows: Sequence[object]) -> bytes:
    return ledger(activity=[*ACTIVITY, *rows])


def same_action(action: str, number: int, grant: str = "", shares: object = "") -> bytes:
    return events(*([DAYS[at % len(DAYS)], action, grant, shares, ""] for at in range(number)))


def accelerated(number: int) -> bytes:
    """Each grant with a tranche a month, and everything accelerated again and again."""
    tranches = [["G-1", DAYS[at], 1, 1, 0] for at in range(2_000)]
    return ledger(
        vesting=[VESTING[0], *tranches],
        activity=[*ACTIVITY, *([DAYS[at], "ACCELERATE", "", "", ""] for at in range(number))],
    )


def one_holder(grants: int, tranches: int) -> bytes:
    """That many grants of one holder, with that many tranches each in one year."""
    own = [[f"G-{at}", "Ada", "ISO", DAYS[at % 300], 10, 10, tranches] for at in range(grants)]
    parts = [
        [f"G-{at}", dt.date(2008, 1, 1) + dt.timedelta(days=each % 300), 1, 1, 0]
        for at in range(grants)
        for each in range(tranches)
    ]
    acts = [[DAYS[at % 300], "GRANT", f"G-{at}", tranches, "ISO"] for at in range(grants)]
    return ledger(grants=[GRANTS[0], *own], vesting=[VESTING[0], *parts], activity=[ACTIVITY[0], *acts])


def splits(number: int) -> bytes:
    """Splits whose ratios have large primes."""
    return events(
        *([DAYS[at], "SPLIT", "", f"{1_000_000_007 + at * 2}:{999_999_937 - at * 2}", ""] for at in range(number))
    )


def wide(columns: int, text: str = "Heading") -> bytes:
    rows = [[*GRANTS[0], *(f"{text} {at}" for at in range(columns))], *GRANTS[1:]]
    return ledger(grants=rows)


def headings(rows: int) -> bytes:
    """The heading row again and again, with a grant below each."""
    return ledger(grants=[row for at in range(rows) for row in (GRANTS[0], [f"X-{at}", *GRANTS[1][1:]])])


def headings_only(rows: int, columns: int = 7) -> bytes:
    """Rows of nothing but headings."""
    row = [(GRANTS[0] * 300)[at] for at in range(columns)]
    return ledger(grants=[row] * rows)


def side_by_side(number: int) -> bytes:
    """The same ledger that many times beside itself."""
    return ledger(grants=[[cell for _ in range(number) for cell in (*row, None)] for row in GRANTS])


def long_names(characters: int, rows: int) -> bytes:
    name = noise(characters - 6).decode()
    own = [[f"{name}{at:06}", f"{name[::-1]}{at:06}", "ISO", GRANTED, 10, 10, 1] for at in range(rows)]
    return ledger(grants=[*GRANTS, *own])


def chained(number: int) -> bytes:
    """Each grant a regrant of the one before."""
    rows = [
        [*GRANTS[0], "Replaces"],
        *([f"G-{at}", "Ada", "ISO", DAYS[at], 10, 10, 1, f"G-{at - 1}"] for at in range(number)),
    ]
    return ledger(grants=rows)


def many_sheets(number: int) -> bytes:
    """A ledger on each of that many sheets."""
    return book(*(Sheet(f"Grants {at}", GRANTS) for at in range(number)))


def scheduled(rows: int) -> bytes:
    """Grants that vest monthly for a hundred years."""
    heads = [*GRANTS[0], "Vesting start", "Vesting months", "Every", "Cliff months"]
    own = [[f"G-{at}", f"H-{at}", "ISO", GRANTED, 10, 10, 1_000_000, GRANTED, 1_200, 1, 0] for at in range(rows)]
    return book(Sheet("Grants", [heads, *own]), Sheet("Activity", ACTIVITY))


LEDGERS: tuple[Kind, ...] = (
    Kind("2,000 ACCELERATE rows", "without a grant", "clean", lambda: same_action("ACCELERATE", 2_000)),
    Kind("2,000 ACCELERATE rows over 2,000 tranches", "each moves them all", "findings", lambda: accelerated(2_000)),
    Kind("2,000 RESERVE rows", "each more shares", "clean", lambda: same_action("RESERVE", 2_000, shares=1)),
    Kind(
        "20,000 RESERVE rows",
        "ten times that",
        "clean",
        lambda: same_action("RESERVE", 20_000, shares=1),
        heavy=True,
    ),
    Kind("2,000 CANCEL rows", "of the same grant", "clean", lambda: same_action("CANCEL", 2_000, "G-1", 1)),
    Kind("2,000 EXERCISE rows", "of the same grant", "findings", lambda: same_action("EXERCISE", 2_000, "G-1", 1)),
    Kind("2,000 TRANSFER rows", "of the same grant", "findings", lambda: same_action("TRANSFER", 2_000, "G-1", 1)),
    Kind("2,000 AMEND rows", "of the same grant", "clean", lambda: same_action("AMEND", 2_000, "G-1", "")),
    Kind("2,000 unknown actions", "a word that is none", "findings", lambda: same_action("DANCE", 2_000, "G-1", 1)),
    Kind("1,000 splits", "by ratios of large primes", "too large", lambda: splits(1_000)),
    Kind("200 splits", "by ratios of large primes", "findings", lambda: splits(200)),
    Kind(
        "500 grants of 40 tranches", "of one holder, in one year", "findings", lambda: one_holder(500, 40), heavy=True
    ),
    Kind("3,000 grants of one holder", "with two tranches each", "clean", lambda: one_holder(3_000, 2), heavy=True),
    Kind(
        "12,000 grants of one holder", "with two tranches each", "findings", lambda: one_holder(12_000, 2), heavy=True
    ),
    Kind(
        "20,000 CANCEL rows",
        "of the same grant",
        "findings",
        lambda: same_action("CANCEL", 20_000, "G-1", 1),
        heavy=True,
    ),
    Kind(
        "20,000 EXERCISE rows",
        "of the same grant",
        "findings",
        lambda: same_action("EXERCISE", 20_000, "G-1", 1),
        heavy=True,
    ),
    Kind(
        "20,000 TRANSFER rows",
        "of the same grant",
        "findings",
        lambda: same_action("TRANSFER", 20_000, "G-1", 1),
        heavy=True,
    ),
    Kind(
        "20,000 AMEND rows",
        "of the same grant",
        "clean",
        lambda: same_action("AMEND", 20_000, "G-1", ""),
        heavy=True,
    ),
    Kind(
        "20,000 ACCELERATE rows",
        "of the same grant",
        "clean",
        lambda: same_action("ACCELERATE", 20_000, "G-1", ""),
        heavy=True,
    ),
    Kind("one grant of 50,000 tranches", "of one share each", "findings", lambda: one_holder(1, 50_000), heavy=True),
    Kind("3,000 regrants", "each of the one before", "findings", lambda: chained(3_000)),
    Kind("1,000 grants of 1,200 months", "a million installments", "findings", lambda: scheduled(1_000), heavy=True),
    Kind("10,000 columns", "with a heading each that is unknown", "clean", lambda: wide(10_000), heavy=True),
    Kind(
        "10,000 columns of shares", "with the same known heading", "clean", lambda: wide(10_000, "Shares"), heavy=True
    ),
    Kind("1,000 numbered columns", "Vest date 1, Vest date 2, ...", "clean", lambda: wide(1_000, "Vest date")),
    Kind("5,000 rows of headings", "with a grant below each", "too large", lambda: headings(5_000), heavy=True),
    Kind(
        "10,000 rows of nothing but headings", "seven in each", "too large", lambda: headings_only(10_000), heavy=True
    ),
    Kind(
        "200 rows of 2,000 headings", "nothing but headings", "too large", lambda: headings_only(200, 2_000), heavy=True
    ),
    Kind("1,000 ledgers side by side", "in the columns of one sheet", "clean", lambda: side_by_side(1_000), heavy=True),
    Kind("500 ledgers", "a sheet each", "clean", lambda: many_sheets(500), heavy=True),
    Kind("names of 32,767 characters", "in 300 grants", "findings", lambda: long_names(32_767, 300), heavy=True),
    Kind(
        "heading of 32,767 characters",
        "of words that are known",
        "clean",
        lambda: wide(30, ("Grant date Shares " * 1_800)[:32_000]),
    ),
)
