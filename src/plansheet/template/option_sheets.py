"""Sheets about options at a moment: the split (plan §15), the merger (§16(a)(iii)), schedules in months (§8)."""

from plansheet.core.records import Grant, heading
from plansheet.core.words import CashoutMethod, Moment
from plansheet.plan.terms import label
from plansheet.template.facts import FIRST_EXERCISABLE, GRANT, HOLDER, PRICE, SHARES, TYPE, Facts
from plansheet.template.ledgers import MERGER_DATE, MERGER_PRICE
from plansheet.template.pages import Argument, Book, Page, Spill, block_of, cell_of, literal, term_of
from plansheet.template.tables import Cell, Table, date_cell, number_cell

SPLIT, MERGER, SCHEDULES = "Split", "Merger", "Schedules"
_SCHEDULE = tuple(heading(Grant, name) for name in ("shares", "vesting_start", "months", "cliff", "every"))
_SCHEDULES = 28
"""Grants that can be typed on the sheet Schedules."""
_OPTIONS = ("text", "text", "text", "shares", "price")
_SHARES, _PRICE, _HOLDER = 3, 4, 1
"""Columns of the options outstanding."""


def _write_options(
    page: Page, row: int, facts: Facts, day: Argument, moment: Moment, rounding: list[Argument], before: str
) -> Spill:
    """The options outstanding at a moment, below their headings."""
    names = (GRANT, HOLDER, TYPE, f"{SHARES}{before}", f"{PRICE if not before else 'Price'}{before}")
    page.headings(row, 0, names, _OPTIONS)
    blocks = [block_of(table) for table in (facts.grants, facts.vesting, facts.activity)]
    arguments = [*blocks, day, literal(moment.label), *rounding]
    return page.call(row + 1, 0, "OPTIONS_OUTSTANDING", arguments, _OPTIONS, headed=False)


def write_split(book: Book, facts: Facts, plan: Table) -> None:
    """The options outstanding at the split, before and after, and the tranches of one of them."""
    page = book.add(SPLIT)
    ratio, day = facts.split.ratio, facts.split.date
    assert ratio is not None and day is not None
    page.title(
        "A stock split",
        "Options outstanding just before it, and after: whole shares down, price up to the cent, so that no benefit is "
        "added (plan §15). Record the split in Activity too.",
        "Fractions of shares stay in the ledger and are not issued. A second split adjusts the price in effect; "
        "plansheet check accepts that price, and the one rounded once after all splits, which can be a cent less.",
    )
    page.write(4, 0, "Day of the split", "label")
    page.write(4, _SHARES, date_cell(day), "typed date")
    for row, (text, value) in enumerate((("New shares", ratio.new), ("for old shares", ratio.old)), start=5):
        page.write(row, 0, text, "label")
        page.write(row, _SHARES, number_cell(value), "typed number")
    new, old, top = page.cell(5, _SHARES), page.cell(6, _SHARES), 10
    rounding = [term_of(plan, label(name)) for name in ("split_method", "split_decimals")]
    options = _write_options(page, top, facts, page.cell(4, _SHARES), Moment.BEFORE_SPLIT, rounding, " before")
    page.headings(top, 6, ("Shares after", "Price after"), ("shares", "price"))
    arguments = [options.part(_SHARES), options.part(_PRICE), new, old, *rounding]
    after = page.call(top + 1, 6, "ADJUST_FOR_SPLIT", arguments, ["shares", "price"], headed=False)
    for row, (text, spill, part) in enumerate((("before", options, _SHARES), ("after", after, 0)), start=7):
        page.write(row, 0, f"Shares of all options {text}", "label")
        page.calculate(row, _SHARES, f"=SUM({spill.part(part).text})", spill.total(part), "total shares")
    _write_tranches(page, top, facts, new, old)
    page.widths((9, 20, 7, 14, 13, 3, 13, 12, 3, 13, 14, 3, 13))
    page.freeze(top + 1)


def _write_tranches(page: Page, top: int, facts: Facts, new: Argument, old: Argument) -> None:
    """The installments of a grant whose number is typed, before and after."""
    page.write(4, 9, "Installments of grant", "label")
    example = str(facts.scheduled[0][GRANT])
    page.write(4, 12, example, "typed text")
    page.write(5, 9, "As granted; none of its shares may be lost.", "note")
    page.headings(top, 9, (FIRST_EXERCISABLE, "Shares before"), ("date", "shares"))
    page.headings(top, 12, ("Shares after",), ("shares",))
    vesting = facts.vesting
    of_grant = f"{vesting.name}[{GRANT}]=$M$5"
    days, shares = (f"{vesting.name}[{name}]" for name in (FIRST_EXERCISABLE, SHARES))
    rows = [r for r in vesting.records() if r[GRANT] == example]
    firsts = [["" if r[FIRST_EXERCISABLE] is None else r[FIRST_EXERCISABLE]] for r in rows]
    page.spill(top + 1, 9, f'=FILTER(IF({days}="","",{days}),{of_grant},"")', firsts, ["date"])
    numbers = page.spill(top + 1, 10, f'=FILTER({shares},{of_grant},"")', [[r[SHARES]] for r in rows], ["shares"])
    whole = Argument(numbers.text, numbers.rows)
    page.call(top + 1, 12, "SPLIT_TRANCHES", [whole, new, old], ["shares"], headed=False)


def write_merger(book: Book, facts: Facts, plan: Table) -> None:
    """The options outstanding at the closing, and their payment under both readings."""
    page = book.add(MERGER)
    page.title(
        "Cash for options in a merger",
        "Options outstanding just before the closing, exercisable or not (plan §16(a)(iii)). The plan's words net a "
        "holder's underwater options; market practice floors each at zero.",
        "What ends options on the day itself is taken for the closing's own: whoever left that day is listed too.",
    )
    for row, (term, style) in enumerate(((MERGER_PRICE, "price"), (MERGER_DATE, "date")), start=4):
        named = term_of(plan, term)
        page.write(row, 0, f"{term} (on the sheet Plan)", "label")
        page.calculate(row, _SHARES, f"={named.text}", cell_of(named), f"linked {style}")
    price, top = page.cell(4, _SHARES), 9
    rounding = [term_of(plan, label(name)) for name in ("split_method", "split_decimals")]
    options = _write_options(page, top, facts, page.cell(5, _SHARES), Moment.BEFORE_MERGER, rounding, "")
    methods = {CashoutMethod.PLAN: "By the plan's words", CashoutMethod.PER_OPTION: "Option by option"}
    page.headings(top, 6, tuple(methods.values()), ("dollars", "dollars"))
    for offset, (method, text) in enumerate(methods.items()):
        arguments = [price, options.part(_SHARES), options.part(_PRICE), options.part(_HOLDER), literal(method.label)]
        amounts = page.call(top + 1, 6 + offset, "MERGER_CASHOUT", arguments, ["dollars"], headed=False)
        page.write(6 + offset, 0, f"Total {text[0].lower()}{text[1:]}", "label")
        page.calculate(6 + offset, _SHARES, f"=SUM({amounts.text})", amounts.total(0), "total dollars")
    styles = ["text", "shares", "dollars", "dollars", "dollars"]
    page.call(top, 9, "MERGER_CASHOUT_BY_HOLDER", arguments[:-1], styles, headed=True)
    page.widths((9, 20, 6, 15, 12, 2, 14, 14, 2, 20, 11, 13, 13, 13))
    page.freeze(top + 1)


def write_schedules(book: Book, facts: Facts) -> None:
    """The installments of the grants whose schedule is given in months."""
    page = book.add(SCHEDULES)
    page.title(
        "Installments from schedules in months",
        "Type a grant's number: its schedule is looked up in Grants. What is earned so far is rounded down each "
        "time, so that no share is lost (plan §8). Copy the result to Vesting with Paste Special, Values.",
    )
    top = 3
    scheduled = facts.scheduled
    rows = max(_SCHEDULES, len(scheduled))
    styles = dict(zip(_SCHEDULE, ("shares", "date", "plain", "plain", "plain"), strict=True))
    page.headings(top, 0, (GRANT, *_SCHEDULE), ("text", *styles.values()))
    grants = facts.grants.name
    for row, record in enumerate([*scheduled, *[{}] * (rows - len(scheduled))], start=top + 1):
        page.write(row, 0, record.get(GRANT), "typed text")
        for column, name in enumerate(_SCHEDULE, start=1):
            found = f"INDEX({grants}[{name}],MATCH($A{row + 1},{grants}[{GRANT}],0))"
            value: Cell = record.get(name, 0) if record else ""  # INDEX gives 0 for an empty cell
            page.calculate(row, column, f'=IF($A{row + 1}="","",{found})', 0 if value is None else value, styles[name])
    arguments = [page.down(top + 1, column, rows) for column in range(1 + len(_SCHEDULE))]
    page.call(top, 7, "VEST_TRANCHES", arguments, ["text", "plain", "date", "shares"], headed=True)
    page.widths((10, 12, 14, 10, 10, 10, 3, 10, 10, 14, 12))
    page.freeze(top + 1)
