"""The oracle against the regulation's own examples and the figures that practitioners published, before any engine."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest

from oracles.iso_limit import Event, Outcome, Tranche, iso_by_year, iso_limit, natural


def day(text: str) -> date:
    return date.fromisoformat(text)


def tranche(
    grant: str, made: str, fmv: str, first: str | None, shares: str, holder: str = "E", grant_type: str = "ISO"
) -> Tranche:
    when = day(first) if first else None
    return Tranche(grant, day(made), Fraction(fmv), when, Fraction(shares), holder, grant_type)


def event(when: str, action: str, grant: str | None = None, shares: str | None = None) -> Event:
    return Event(day(when), action, grant, Fraction(shares) if shares else None)


def split(when: str, new: str, old: str = "1") -> Event:
    return Event(day(when), "SPLIT", ratio=(Fraction(new), Fraction(old)))


def pairs(*figures: tuple[object, object] | str) -> list[Outcome]:
    return [
        figure if isinstance(figure, str) else (Fraction(str(figure[0])), Fraction(str(figure[1])))
        for figure in figures
    ]


TEN_YEARS = [tranche(f"G{year}", f"{year}-01-01", "10", f"{year}-01-01", "10000") for year in range(2004, 2014)]
EX_3 = [
    tranche("OPT1", "2004-04-01", "10", "2004-04-01", "6000"),
    tranche("OPT2", "2004-05-01", "10", "2006-05-01", "5000"),
    tranche("OPT3", "2004-06-01", "10", "2004-06-01", "4000"),
]
EX_4 = [
    tranche("OPT1", "2004-04-01", "10", "2005-04-01", "6000"),
    tranche("OPT2", "2004-05-01", "10", "2006-05-01", "4000"),
    tranche("OPT3", "2004-06-01", "10", "2005-06-01", "2000"),
]
EX_5 = [
    tranche("OPT1", "2004-04-01", "10", "2005-04-01", "6000"),
    tranche("OPT2", "2004-05-01", "10", "2005-05-01", "4000"),
    tranche("OPT3", "2004-06-01", "10", "2005-06-01", "4000"),
]
QUARTERS = [tranche("A", "2003-05-01", "10", f"{year}-05-01", "5000") for year in (2004, 2005, 2006, 2007)]
CLIFF = [tranche("A", "2000-03-15", "24", "2001-03-15", "4800")] + [
    tranche("A", "2000-03-15", "24", f"{2001 + month // 12}-{month % 12 + 1:02}-15", "400") for month in range(3, 39)
]


@pytest.mark.parametrize(
    ("rows", "activity", "expected"),
    [
        pytest.param(
            TEN_YEARS,
            [event("2014-01-01", "EXERCISE", row.grant, "10000") for row in TEN_YEARS],
            pairs(*[(10000, 0)] * 10),
            id="Ex. 1: ten years of $100,000, all exercised in one",
        ),
        pytest.param(
            [
                tranche("Y-OPT", "2004-01-01", "1", "2004-01-01", "100000"),
                tranche("Z-OPT", "2004-12-31", "1", "2004-12-31", "75000"),
            ],
            [],
            pairs((100000, 0), (0, 75000)),
            id="Ex. 2: order of grant",
        ),
        pytest.param(
            EX_3,
            [event("2004-07-15", "ACCELERATE")],
            pairs((6000, 0), (4000, 1000), (0, 4000)),
            id="Ex. 3: acceleration",
        ),
        pytest.param(EX_3, [], pairs((6000, 0), (5000, 0), (4000, 0)), id="Ex. 3(i): before the change in control"),
        pytest.param(
            EX_4,
            [event("2005-06-01", "EXERCISE", "OPT3", "2000"), event("2005-09-01", "ACCELERATE")],
            pairs((6000, 0), (2000, 2000), (2000, 0)),
            id="Ex. 4(ii): exercised before the trigger",
        ),
        pytest.param(
            EX_4,
            [event("2005-05-01", "ACCELERATE"), event("2005-06-01", "EXERCISE", "OPT3", "2000")],
            pairs((6000, 0), (4000, 0), (0, 2000)),
            id="Ex. 4(iii): exercised after the trigger",
        ),
        pytest.param(
            EX_5,
            [event("2004-12-31", "CANCEL", "OPT2")],
            pairs((6000, 0), (0, 0), (4000, 0)),
            id="Ex. 5(ii): cancelled on the last day before the year",
        ),
        pytest.param(
            EX_5,
            [event("2005-01-01", "CANCEL", "OPT2")],
            pairs((6000, 0), (4000, 0), (0, 4000)),
            id="Ex. 5(iii): cancelled on the first day of the year",
        ),
        pytest.param(
            [tranche("OPT1", "2004-01-01", "10", "2004-01-01", "15000")],
            [event("2004-06-01", "EXERCISE", "OPT1", "7500"), event("2005-06-01", "EXERCISE", "OPT1", "7500")],
            pairs((10000, 5000)),
            id="Ex. 6: in part an ISO",
        ),
        pytest.param(
            [
                tranche("A", "1995-03-06", "50", f"{year}-03-06", shares)
                for year, shares in ((1996, "5000"), (1997, "2500"), (1998, "2500"), (1999, "2500"))
            ],
            [],
            pairs((2000, 3000), (2000, 500), (2000, 500), (2000, 500)),
            id="PeopleSoft: 8,000 and 4,500",
        ),
        pytest.param(
            [tranche("OPT-1", "2020-01-15", "5", "2020-12-15", "114583")], [], pairs((20000, 94583)), id="Pulley"
        ),
        pytest.param(
            [tranche("A", "2014-06-01", "2", f"{year}-06-01", "25000") for year in (2015, 2016, 2017, 2018)],
            [event("2016-03-01", "ACCELERATE", "A")],
            pairs((25000, 0), (25000, 0), (25000, 0), (0, 25000)),
            id="Fairmark: 75,000 and 25,000",
        ),
        pytest.param(
            [
                tranche("A", "2001-02-01", "30", "2002-02-01", "4000"),
                tranche("B", "2001-06-01", "5", "2002-06-01", "100"),
            ],
            [],
            pairs((3333, 667), (0, 100)),
            id="the straddling share is NSO and its dollars go to nobody",
        ),
        pytest.param(
            [
                tranche("A-2", "2001-03-01", "10", "2002-03-01", "7000"),
                tranche("A-1", "2001-03-01", "10", "2002-03-01", "7000"),
            ],
            [],
            pairs((3000, 4000), (7000, 0)),
            id="same-day grants by grant number",
        ),
        pytest.param(
            CLIFF,
            [],
            pairs(
                *((4166, 634), *[(0, 400)] * 9),
                *(*[(400, 0)] * 10, (166, 234), (0, 400)),
                *(*[(400, 0)] * 10, (166, 234), (0, 400)),
                *[(400, 0)] * 3,
            ),
            id="48 months with a cliff",
        ),
        pytest.param(
            [tranche("A", "1999-08-02", "10", "2000-08-02", "10000")],
            [split("2000-03-01", "2")],
            pairs((20000, 0)),
            id="a split leaves the dollars",
        ),
        pytest.param(
            [
                tranche("A", "2001-02-01", "10", "2001-02-01", "10000"),
                tranche("B", "2001-03-01", "10", "2001-03-01", "5000"),
            ],
            [event("2001-04-01", "EXERCISE", "A", "10000"), event("2001-05-01", "DISPOSITION", "A", "10000")],
            pairs((10000, 0), (0, 5000)),
            id="Montgomery: a disposition frees nothing",
        ),
        pytest.param(
            QUARTERS,
            [event("2004-12-31", "ACCELERATE", "A")],
            pairs((5000, 0), (5000, 0), (0, 5000), (0, 5000)),
            id="acceleration on 31 December",
        ),
        pytest.param(
            [
                tranche("P", "2004-01-15", "10", None, "8000"),
                tranche("A", "2004-02-01", "10", "2004-02-01", "10000"),
            ],
            [event("2005-03-01", "PERFORMANCE MET", "P")],
            pairs((8000, 0), (10000, 0)),
            id="a goal counts in the year it is met",
        ),
        pytest.param(
            [
                tranche("A", "2001-03-01", "10", "2002-03-01", "10000"),
                tranche("B", "2001-06-01", "10", "2001-12-15", "6000"),
            ],
            [event("2002-05-10", "APPROVAL", "B")],
            pairs((10000, 0), (0, 6000)),
            id="not exercisable before approval",
        ),
    ],
)
def test_the_regulation_and_published_figures(
    rows: Sequence[Tranche], activity: Sequence[Event], expected: list[Outcome]
) -> None:
    assert iso_limit(rows, activity) == expected


ONE = [tranche("A", "2004-01-15", "10", "2004-06-01", "6000"), tranche("A", "2004-01-15", "10", "2005-06-01", "8000")]


@pytest.mark.parametrize(
    ("rows", "activity", "expected"),
    [
        pytest.param(
            [*ONE, tranche("N", "2004-02-01", "10", "2004-02-01", "50000", grant_type="NSO")],
            [event("2004-03-01", "CANCEL", "N", "1000")],
            pairs((6000, 0), (8000, 0), (0, 50000)),
            id="an NSO row keeps all its shares and takes no limit",
        ),
        pytest.param(
            ONE,
            [event("2004-06-01", "EXERCISE", "A", "6001")],
            pairs("#NUM!", "#NUM!"),
            id="one share too many",
        ),
        pytest.param(
            ONE, [event("2004-06-01", "EXERCISE", "A", "6000")], pairs((6000, 0), (8000, 0)), id="every share"
        ),
        pytest.param(
            ONE, [event("2004-05-31", "EXERCISE", "A", "1")], pairs("#NUM!", "#NUM!"), id="a day before exercisable"
        ),
        pytest.param(
            [*ONE, tranche("B", "2004-01-15", "1", "2004-06-01", "5"), tranche("C", "2004-01-15", "1", None, "5", "F")],
            [event("2004-05-01", "CANCEL", "B", "6")],
            pairs("#VALUE!", "#VALUE!", "#NUM!", (5, 0)),
            id="an impossible cancellation spoils its grant and its holder only",
        ),
        pytest.param(
            ONE,
            [event("2004-01-14", "CANCEL", "A", "1")],
            pairs("#NUM!", "#NUM!"),
            id="cancelled before it was granted",
        ),
        pytest.param(
            [*ONE, tranche("A", "2004-01-15", "10", None, "700")],
            [event("2004-07-01", "FORFEIT", "A", "900")],
            pairs((6000, 0), (7800, 0), (0, 0)),
            id="a forfeiture takes the latest first, the undated before all",
        ),
        pytest.param(
            ONE,
            [event("2004-07-01", "EXPIRE", "A"), event("2004-08-01", "FORFEIT", "A")],
            pairs((6000, 0), (0, 0)),
            id="expired shares of the year stay counted, forfeited shares of later years do not",
        ),
        pytest.param(
            [
                tranche("A", "2004-01-15", "10", "2004-06-01", "4000"),
                tranche("B", "2004-01-15", "10", "2004-09-01", "9000"),
            ],
            [event("2004-02-01", "TERMINATE", "A")],
            pairs((4000, 0), (6000, 3000)),
            id="what was due later in the year of the end stays counted",
        ),
        pytest.param(
            [tranche("A", "2004-01-15", "10", "2005-06-01", "300")],
            [
                event("2004-02-01", "CANCEL", "A", "100"),
                split("2004-02-01", "3", "2"),
                event("2004-02-01", "CANCEL", "A", "100"),
            ],
            pairs((200, 0)),
            id="rows of the day before and after the split are in their own shares",
        ),
        pytest.param(
            [
                tranche("A", "2004-02-01", "10", "2005-06-01", "300"),
                tranche("B", "2004-01-31", "10", "2005-06-01", "300"),
            ],
            [split("2004-02-01", "3", "2"), event("2004-01-31", "CANCEL", "B", "100")],
            pairs((300, 0), (300, 0)),
            id="a grant of the day of the split is in new shares already",
        ),
        pytest.param(
            [tranche("A", "2004-01-15", "10", "2004-06-01", "100")],
            [split("2004-09-01", "1.4169")],
            pairs(("141.69", 0)),
            id="wholly ISO is not rounded",
        ),
        pytest.param(
            [tranche("A", "2004-01-15", "7.03", "2004-06-01", "20000")],
            [split("2004-02-01", "3", "2"), split("2004-03-01", "3", "2")],
            pairs((32005, 12995)),
            id="floor once after all splits: 14,224 before them would have given 32,004",
        ),
        pytest.param(
            [
                tranche("A", "2004-01-15", "10", "2004-06-01", "5000"),
                tranche("A", "2004-01-15", "10", "2006-06-01", "1000"),
                tranche("A", "2004-01-15", "10", None, "3000"),
                tranche("A", "2004-01-15", "10", "2005-06-01", "7000"),
            ],
            [event("2004-05-01", "ACCELERATE", "A")],
            pairs((5000, 0), (0, 1000), (0, 3000), (5000, 2000)),
            id="accelerated rows stand at the trigger, then by the date in the sheet, the undated last",
        ),
        pytest.param(
            [tranche("A", "2004-01-15", "10", "2004-02-01", "4000"), tranche("P", "2004-01-20", "10", None, "9000")],
            [event("2005-02-01", "APPROVAL"), event("2004-05-01", "ACCELERATE"), event("2005-02-01", "EXERCISE", "P")],
            pairs((4000, 0), (6000, 3000)),
            id="a goal met before approval waits for it",
        ),
        pytest.param(
            [
                tranche("A", "2004-01-15", "10", "2004-02-01", "9000"),
                tranche("B", "2003-01-15", "10", "2007-02-01", "9000"),
            ],
            [event("2004-03-01", "EXERCISE", "A", "7000"), event("2004-03-01", "ACCELERATE", "B")],
            pairs((7000, 2000), (3000, 6000)),
            id="of one grant the exercised shares are protected and the others are not",
        ),
        pytest.param(
            [
                tranche("A", "2004-01-15", "10", "2004-02-01", "9000"),
                tranche("B", "2003-01-15", "10", "2007-02-01", "9000"),
            ],
            [event("2004-03-01", "ACCELERATE", "B"), event("2004-03-01", "EXERCISE", "A", "7000")],
            pairs((1000, 8000), (9000, 0)),
            id="the order of one day's rows is the order of the day",
        ),
        pytest.param(
            [
                tranche("A", "2004-01-15", "10", "2004-02-01", "15000"),
                tranche("A", "2004-01-15", "10", "2005-02-01", "8000"),
                tranche("C", "2004-01-01", "10", "2009-02-01", "9000"),
            ],
            [event("2005-03-01", "EXERCISE", "A", "16000"), event("2005-03-02", "ACCELERATE", "C")],
            pairs((10000, 5000), (1000, 7000), (9000, 0)),
            id="an exercise takes a year's NSO shares before a later year's ISO shares",
        ),
        pytest.param(
            [tranche("A", "2004-01-15", "10", "2004-02-01", "15000"), tranche("B", "2003-01-15", "10", None, "9000")],
            [event("2004-03-01", "EXERCISE", "A", "12000"), event("2004-04-01", "PERFORMANCE MET", "B")],
            pairs((10000, 5000), (0, 9000)),
            id="locked ISO shares may fill the year",
        ),
        pytest.param(
            [
                tranche("A", "2004-01-15", "10", "2003-05-01", "4000"),
                tranche("A", "2004-01-15", "10", "2003-04-01", "7000"),
            ],
            [event("2004-01-15", "EXERCISE", "A", "11000")],
            pairs((3000, 1000), (7000, 0)),
            id="vesting credit: exercisable at grant, in the order of the sheet's dates",
        ),
    ],
)
def test_the_contracts_sentences(rows: Sequence[Tranche], activity: Sequence[Event], expected: list[Outcome]) -> None:
    assert iso_limit(rows, activity) == expected


def test_exact_gives_the_straddling_share_to_both() -> None:
    rows = [tranche("A", "2001-02-01", "30", "2002-02-01", "4000")]
    assert iso_limit(rows, rounding="EXACT") == [(Fraction(10000, 3), Fraction(2000, 3))]
    assert iso_by_year(rows, rounding="EXACT") == {("E", 2002): (Fraction(120000), Fraction(100000))}
    assert iso_by_year(rows) == {("E", 2002): (Fraction(120000), Fraction(99990))}


def test_each_person_has_a_limit_however_the_name_is_typed() -> None:
    rows = [
        tranche("A", "2001-02-01", "10", "2002-02-01", "8000", "Ann"),
        tranche("B", "2001-02-01", "10", "2002-02-01", "8000", "\u00a0ANN "),
        tranche("C", "2001-02-01", "10", "2002-02-01", "8000", "Bob"),
    ]
    assert iso_limit(rows) == pairs((8000, 0), (2000, 6000), (8000, 0))
    dollars = {("Ann", 2002): (Fraction(160000), Fraction(100000)), ("Bob", 2002): (Fraction(80000), Fraction(80000))}
    assert iso_by_year(rows) == dollars


def test_natural_order() -> None:
    ordered = ["9", "10", "G2", "G10", "G-02", "g-2", "G-10", "GA"]
    assert sorted(set(ordered), key=natural) == ordered
