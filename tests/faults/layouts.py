"""One ledger laid out in many ways: our own sheets and those of others, as each program saves them."""

import datetime as dt
from collections.abc import Callable

from faults.description import Argument, Book, Call, Formula, Region
from faults.ledger import MERGER_DAY, OUTSTANDING, RESERVE_TODAY, SPLIT_DAY, Ledger, Row
from faults.parts import (
    POOL_ORDER,
    SPLIT_ORDER,
    Columns,
    adjusted_call,
    beside,
    block,
    column,
    headed,
    least_prices,
    picked,
    pool_call,
    put,
    split_call,
    summed,
)
from plansheet.excel import ExcelError

HOLDERS: Columns = {
    "holder": "Holder", "relationship": "Relationship", "ten_percent": "10% owner", "terminated": "Employment ended",
    "end_reason": "Reason ended",
}  # fmt: skip
GRANTS: Columns = {
    "grant": "Grant", "holder": "Holder", "grant_type": "Type", "grant_date": "Grant date", "fmv": "FMV",
    "exercise_price": "Exercise price", "shares": "Shares", "expires": "Expires",
    "exercise_months": "Months to exercise", "split_price": "Price after split", "split_shares": "Shares after split",
}  # fmt: skip
SCHEDULE: Columns = {"vesting_start": "Vesting start", "months": "Months", "cliff": "Cliff", "every": "Every"}
VESTING: Columns = {
    "grant": "Grant", "holder": "Holder", "grant_type": "Type", "grant_date": "Grant date", "fmv": "FMV",
    "first_exercisable": "First exercisable", "shares": "Shares",
}  # fmt: skip
RECORDED: Columns = {"iso_shares": "ISO shares", "nso_shares": "NSO shares"}
ACTIVITY: Columns = {
    "date": "Date", "action": "Action", "grant": "Grant", "shares": "Shares", "grant_type": "Type",
}  # fmt: skip


def template(ledger: Ledger) -> Book:
    """Our own sheets: every ledger an Excel table, the functions over its columns, spilled."""
    return _own(Book(), ledger)


def office_add_in(ledger: Ledger) -> Book:
    """The same as an Office add-in stores the functions' names."""
    return _own(Book(name_in_file=lambda name: f"_xldudf_PLANSHEET_{name}"), ledger)


def excel_add_in(ledger: Ledger) -> Book:
    """The same as an Excel add-in in another folder leaves them: [1]!NAME."""
    return _own(Book(name_in_file=lambda name: f"[1]!{name}", links=["file:///C:/AddIns/plansheet.xlam"]), ledger)


def _own(book: Book, ledger: Ledger) -> Book:
    _plan_sheet(book)
    put(book, "Holders", "Holders", ledger.Holders, HOLDERS, table="Holders")
    right = put(book, "Grants", "Grants", ledger.Grants, GRANTS | SCHEDULE, table="Grants", more=["Least price"])
    least_prices(book, right - 1)
    put(book, "Vesting", "Vesting", ledger.Vesting, VESTING | RECORDED, table="Vesting")
    put(book, "Activity", "Activity", ledger.Activity, ACTIVITY, table="Activity")
    _limit_and_pool(book, "spill")
    return book


def _plan_sheet(book: Book, more: dict[str, object] | None = None) -> None:
    terms = {"Adopted": dt.datetime(1996, 4, 25), "Approved": dt.datetime(1996, 5, 20), "Reserve": RESERVE_TODAY}
    rows: list[Row] = [{"key": term, "term": term, "value": value} for term, value in {**terms, **(more or {})}.items()]
    put(book, "Plan", "Plan", rows, {"term": "Term", "value": "Value"})


def _limit_and_pool(book: Book, array: str, height: int = 1) -> None:
    """A sheet with the split and one with the figures of the plan."""
    size = (height, 2)
    headed(book, "Limit", 1, 1, ("ISO shares", "NSO shares"))
    book.enter("split", ("Limit", 2, 1), Formula([split_call(book)], array=array, size=size))
    book.put(("Pool", 1, 1), "Available today")
    book.enter("pool", ("Pool", 1, 2), Formula([pool_call(book)]))
    book.put(("Pool", 2, 1), "ISO shares in all")
    all_iso = Formula([split_call(book)], "SUM(INDEX({0},0,1))", lambda rows: _total(rows, 0))
    book.enter("nested", ("Pool", 2, 2), all_iso)
    headed(book, "Split", 1, 1, ("Shares then", "Price then"))
    heights = book.columns["Grants", "shares"]
    size = (heights.bottom - heights.top + 1, 2)
    book.enter("amounts", ("Split", 2, 1), Formula([adjusted_call(book)], array=array, size=size))


def _total(rows: object, right: int) -> object:
    """What SUM makes of a column: its first error, or the sum of its numbers; texts count as nothing."""
    if not isinstance(rows, list):
        return rows
    cells = [row[right] for row in rows]
    errors = [cell for cell in cells if isinstance(cell, ExcelError)]
    return errors[0] if errors else sum(cell for cell in cells if isinstance(cell, float))


def after_merger(ledger: Ledger) -> Book:
    """Our own sheets after a merger for cash, with a Plan sheet; the board pays option by option."""
    book = Book(as_of=dt.date(2005, 7, 31))
    terms = {"Merger price": 5.8, "Merger date": MERGER_DAY, "Cashout method": "PER_OPTION"}
    _plan_sheet(book, terms)
    put(book, "Holders", "Holders", ledger.Holders, HOLDERS | {"cashout": "Merger payment"}, table="Holders")
    put(book, "Grants", "Grants", ledger.Grants, GRANTS, table="Grants")
    put(book, "Vesting", "Vesting", ledger.Vesting, VESTING | RECORDED, table="Vesting")
    put(book, "Activity", "Activity", ledger.Activity, ACTIVITY, table="Activity")
    _limit_and_pool(book, "spill")
    options = [{"key": number, "grant": number, "holder": h, "left": n, "paid": p} for number, h, n, p in OUTSTANDING]
    columns = {"grant": "Option", "holder": "Of", "left": "Shares left", "paid": "Price today"}
    right = put(book, "Merger", "Options", options, columns)
    book.put(("Merger", 1, right), "Payment")
    held = [column(book, "Options", field) for field in ("left", "paid", "holder")]
    [(sheet, row, value)] = book.places["Plan", "Merger price"]["value"]
    price = Argument(Region(sheet, row, value, row, value))
    call = Call("MERGER_CASHOUT", [price, *held, Argument(constant="PER_OPTION")])
    book.enter("payments", ("Merger", 2, right), Formula([call], array="spill"))
    return book


def plain(ledger: Ledger) -> Book:
    """Plain ranges, a sheet each; the split spills right beside the tranches."""
    book = Book()
    put(book, "Holders", "Holders", ledger.Holders, HOLDERS)
    right = put(book, "Grants", "Grants", ledger.Grants, GRANTS, more=["Least price"])
    least_prices(book, right - 1)
    right = put(book, "Vesting", "Vesting", ledger.Vesting, VESTING)
    put(book, "Activity", "Activity", ledger.Activity, ACTIVITY)
    headed(book, "Vesting", 1, right, RECORDED.values())
    book.enter("split", ("Vesting", 2, right), Formula([split_call(book)], array="spill"))
    book.put(("Activity", 1, 8), "Available")
    book.enter("pool", ("Activity", 2, 8), Formula([pool_call(book)]))
    book.put(("Activity", 4, 8), "Is there room for 10,000 more?")
    room = Formula([pool_call(book)], 'IF({0}>=10000,"yes","no")', _room)
    book.enter("question", ("Activity", 5, 8), room)
    return book


def libreoffice(ledger: Ledger) -> Book:
    """As LibreOffice saves it: array formulas in fixed blocks, addresses instead of tables."""
    book = Book(settings={"calcId": "0"})
    put(book, "Holders", "Holders", ledger.Holders, HOLDERS, 3, 1)
    right = put(book, "Grants", "Grants", ledger.Grants, GRANTS, 3, 1, more=["Least price"])
    least_prices(book, right - 1)
    put(book, "Vesting", "Vesting", ledger.Vesting, VESTING | RECORDED, 3, 1)
    put(book, "Activity", "Activity", ledger.Activity, ACTIVITY, 3, 1)
    for sheet in tuple(book.pages):
        book.put((sheet, 1, 1), f"{sheet} of the plan")
    _limit_and_pool(book, "fixed", len(ledger.Vesting))
    return book


def numbered(ledger: Ledger) -> Book:
    """Instructions above, numbered headings of several lines with units and examples, notes below."""
    book = Book()
    grants = {
        "grant": "1.\nGrant number", "holder": "2.\nName of optionee [1]",
        "grant_type": "3.\nOption type\n(ISO or NSO)",
        "grant_date": "4.\nDate of grant\n(yyyy-mm-dd)", "fmv": "5.\nFair market value per share\n$\ne.g. 10.1234",
        "exercise_price": "6.\nOption exercise price per share\n$\ne.g. 10.1234", "shares": "7.\nNumber of shares\n#",
        "expires": "8.\nExpiration date\n(yyyy-mm-dd)",
    }  # fmt: skip
    vesting = {
        "grant": "1.\nGrant number", "first_exercisable": "2.\nVesting date\n(yyyy-mm-dd)",
        "shares": "3.\nVest shares\n#", "iso_shares": "4.\nISO shares [2]", "nso_shares": "5.\nNSO shares [2]",
    }  # fmt: skip
    activity = {
        "date": "1.\nTransaction date\n(yyyy-mm-dd)", "action": "2.\nTransaction type", "grant": "3.\nGrant number",
        "shares": "4.\nNumber of shares\n#", "grant_type": "5.\nOption type\n(ISO or NSO)",
    }  # fmt: skip
    holders = {
        "holder": "1.\nOptionee name",
        "relationship": "2.\nRelationship",
        "ten_percent": "3.\n10% owner\n(yes/no)",
    }
    put(book, "Granted", "Grants", ledger.Grants, grants, 9, 1)
    put(book, "Vested", "Vesting", ledger.Vesting, vesting, 9, 1)
    put(book, "Transactions", "Activity", ledger.Activity, activity, 9, 2)
    put(book, "People", "Holders", ledger.Holders, holders, 9, 1)
    for page in book.pages.values():
        book.put((page.name, 1, 1), "Stock option plan")
        book.put((page.name, 2, 1), "Enter a line for each. Dates as yyyy-mm-dd, shares without decimals.")
        book.put((page.name, 4, 1), "Do not change the headings.")
        book.put((page.name, max(row for row, _ in page.cells) + 3, 1), "[1] As in the register of holders.")
    book.put(("Transactions", 5, 8), "Shares available")
    book.enter("pool", ("Transactions", 5, 9), Formula([pool_call(book)]))
    return book


def event_sheets(ledger: Ledger) -> Book:
    """A sheet for each kind of event: granted, exercised, cancelled, and the rest."""
    book = Book()
    put(book, "Holders", "Holders", ledger.Holders, HOLDERS)
    granted = {**GRANTS, "grant": "Grant number", "grant_date": "Date of grant", "shares": "Shares granted"}
    right = put(book, "Granted", "Grants", ledger.Grants, granted, more=["Least price"])
    least_prices(book, right - 1)
    vested = {"grant": "Grant number", "first_exercisable": "Vest date", "shares": "Vest shares"} | RECORDED
    put(book, "Vesting", "Vesting", ledger.Vesting, vested)
    rest = list(ledger.Activity)
    for sheet, action, headings in (
        ("Exercised", "EXERCISE", ("Grant number", "Exercise date", "Shares exercised")),
        ("Cancelled", "CANCEL", ("Grant number", "Cancellation date", "Shares cancelled")),
        ("Terminated", "TERMINATE", ("Grant number", "Termination date", "Shares terminated")),
    ):
        rows = [row for row in rest if row.get("action") == action]
        put(book, sheet, f"Activity {action}", rows, dict(zip(("grant", "date", "shares"), headings, strict=True)))
        rest = [row for row in rest if row.get("action") != action]
        for row in rows:
            book.places["Activity", str(row["key"])] = book.places[f"Activity {action}", str(row["key"])]
    rest = [row for row in rest if row.get("action") != "GRANT"]
    put(book, "Other events", "Activity", rest, {"date": "Date", "action": "Action", "shares": "Shares"})
    return book


def wide(ledger: Ledger) -> Book:
    """One row per grant, its installments side by side: Vest date 1, Vest shares 1, Vest date 2, ..."""
    book = Book()
    put(book, "Holders", "Holders", ledger.Holders, HOLDERS)
    tranches = {
        row.get("grant"): [t for t in ledger.Vesting if t.get("grant") == row.get("grant")] for row in ledger.Grants
    }
    columns = {**GRANTS} | RECORDED
    rows: list[Row] = []
    for grant in ledger.Grants:
        row = dict(grant)
        for number, tranche in enumerate(tranches[grant.get("grant")], start=1):
            row |= {f"date {number}": tranche["first_exercisable"], f"shares {number}": tranche["shares"]}
        rows.append(row)
    for number in range(1, max(map(len, tranches.values())) + 1):
        columns |= {f"date {number}": f"Vest date {number}", f"shares {number}": f"Vest shares {number}"}
    put(book, "Grants", "Grants", rows, columns)
    for grant in ledger.Grants:
        place = book.places["Grants", str(grant["key"])]
        for number, tranche in enumerate(tranches[grant.get("grant")], start=1):
            at = {"first_exercisable": place[f"date {number}"], "shares": place[f"shares {number}"]}
            book.places["Vesting", str(tranche["key"])] = at | {"grant": place["grant"]}
    put(book, "Activity", "Activity", ledger.Activity, ACTIVITY)
    book.put(("Activity", 1, 8), "Available")
    book.enter("pool", ("Activity", 2, 8), Formula([pool_call(book)]))
    return book


def side_by_side(ledger: Ledger) -> Book:
    """Two ledgers on each sheet with an empty column between them, a title above, totals rows below."""
    book = Book()
    _plan_sheet(book)
    book.put(("Options", 1, 2), "Options and holders")
    right = put(book, "Options", "Grants", ledger.Grants, GRANTS, 3, 2, total="shares")
    put(book, "Options", "Holders", ledger.Holders, HOLDERS, 3, right + 1)
    book.put(("Schedule", 1, 2), "Installments and transactions")
    right = put(book, "Schedule", "Vesting", ledger.Vesting, VESTING | RECORDED, 3, 2, total="shares")
    right = put(book, "Schedule", "Activity", ledger.Activity, ACTIVITY, 3, right + 1)
    _limit_and_pool(book, "spill")
    return book


def cap_table(ledger: Ledger) -> Book:
    """A cap table: one row per grant with its schedule in months, calculated columns in each row."""
    book = Book()
    columns = {
        "holder": "Stakeholder name", "grant": "Security ID", "grant_type": "Option type", "shares": "Quantity issued",
        "exercise_price": "Strike price", "fmv": "Market value at grant", "grant_date": "Issue date",
        "vesting_start": "Vesting commencement date", "months": "Vesting period (months)",
        "cliff": "Vesting cliff (months)", "every": "Interval months", "expires": "Expiration date",
    } | RECORDED  # fmt: skip
    book.put(("Cap table", 1, 1), "Example, Inc.: detailed cap table")
    more = ["Least price", "Latest expiry", "Shares now"]
    right = put(book, "Cap table", "Grants", ledger.Grants, columns, 4, 1, more=more)
    least_prices(book, right - 3)
    region = book.columns["Grants", "shares"]
    for row in range(region.top, region.bottom + 1):
        latest = Formula([Call("ISO_LAST_EXPIRY", [beside(book, "Grants", "grant_date", row)])])
        book.enter("expiries", (region.sheet, row, right - 2), latest)
        arguments = [beside(book, "Grants", each, row) for each in ("shares", "exercise_price")]
        adjusted = Call("ADJUST_FOR_SPLIT", [*arguments, Argument(constant=2), Argument(constant=1)])
        day = Argument(constant=f"DATE({SPLIT_DAY.year},{SPLIT_DAY.month},{SPLIT_DAY.day})")
        operands = [beside(book, "Grants", "grant_date", row), adjusted, beside(book, "Grants", "shares", row)]
        text = f"IF({{0}}<{day.constant},INDEX({{1}},1,1),{{2}})"
        book.enter("nested", (region.sheet, row, right - 1), Formula(operands, text, _today))
    book.put(("Transactions", 1, 1), "Example, Inc.: transactions")
    activity = {
        "date": "Transaction date", "grant": "Security ID", "action": "Transaction type", "shares": "Quantity",
        "grant_type": "Award type",
    }  # fmt: skip
    put(book, "Transactions", "Activity", ledger.Activity, activity, 4, 1)
    by_grant = Call("ISO_LIMIT_BY_GRANT", [block(book, "Grants"), Argument(), block(book, "Activity")])
    book.enter("by grant", ("Limits", 1, 1), Formula([by_grant], array="spill"))
    book.put(("Transactions", 2, 8), "Available")
    book.enter("pool", ("Transactions", 2, 9), Formula([pool_call(book)]))
    return book


def _today(granted: object, adjusted: object, shares: object) -> object:
    """What IF(granted<split, adjusted, shares) gives: to Excel a blank is before any day, a text after it."""
    if isinstance(granted, ExcelError):
        return granted
    is_before = granted is None or (isinstance(granted, dt.datetime) and granted < SPLIT_DAY)
    return (adjusted[0][0] if isinstance(adjusted, list) else adjusted) if is_before else shares


def calc_sheet(ledger: Ledger) -> Book:
    """Names, table columns and native functions around and inside the plan's, all on a sheet of their own."""
    book = Book()
    put(book, "Holders", "Holders", ledger.Holders, HOLDERS, table="People")
    right = put(book, "Vesting", "Vesting", ledger.Vesting, VESTING, table="Tranches", more=list(RECORDED.values()))
    put(book, "Grants", "Grants", ledger.Grants, GRANTS, table="Options")
    put(book, "Activity", "Activity", ledger.Activity, ACTIVITY)
    for field in POOL_ORDER:
        book.names[f"act_{field}"] = book.columns["Activity", field]
    for field in SPLIT_ORDER:
        book.names[f"vest_{field}"] = book.columns["Vesting", field]
    book.names["activity_all"] = book.blocks["Activity"]
    named = [Argument(name=f"vest_{field}") for field in SPLIT_ORDER]
    split = Call("ISO_LIMIT_SPLIT", [*named, Argument(name="activity_all")])
    headed(book, "Calc", 1, 1, RECORDED.values())
    book.enter("split", ("Calc", 2, 1), Formula([split], array="spill"))
    picked(book, right - 2, list(RECORDED.values()), Region("Calc", 2, 1, 1 + len(ledger.Vesting), 2))
    pool = Call("POOL_AVAILABLE", [Argument(constant=0), *(Argument(name=f"act_{field}") for field in POOL_ORDER)])
    book.enter("pool", ("Calc", 2, 4), Formula([pool]))
    book.enter("nested", ("Calc", 3, 4), Formula([split_call(book)], "SUM({0})", _whole))
    question = Formula([pool], 'IF({0}>0,"open","closed")', _open)
    book.enter("question", ("Calc", 4, 4), question)
    book.enter("let", ("Calc", 5, 4), Formula([pool], "_xlfn.LET(_xlpm.left,{0},_xlpm.left/1000)", _thousands))
    holder = column(book, "Vesting", "holder")
    of_ana = [_filtered(book, each, holder, "Ana Ortiz") for each in SPLIT_ORDER]
    ana = Call("ISO_LIMIT_SPLIT", [*of_ana, block(book, "Activity")])
    headed(book, "Calc", 1, 6, ("Ana, ISO", "Ana, NSO"))
    book.enter("filtered", ("Calc", 2, 6), Formula([ana], array="spill"))
    return book


def _thousands(left: object) -> object:
    return left / 1000 if isinstance(left, float) else left


def _open(left: object) -> object:
    return ("open" if left > 0 else "closed") if isinstance(left, float) else left


def _room(left: object) -> object:
    return ("yes" if left >= 10_000 else "no") if isinstance(left, float) else left


def subtotals(ledger: Ledger) -> Book:
    """Names in two columns, a heading that is a formula, a row of totals below the tranches of each grant."""
    book = Book()
    people = [{**row, **_names(row)} for row in ledger.Holders]
    names = {"first_name": "First name", "last_name": "Last name"}
    put(book, "Holders", "Holders", people, names | {f: h for f, h in HOLDERS.items() if f != "holder"}, 3, 2)
    grants = [{**row, **_names(row)} for row in ledger.Grants]
    columns = {"grant": "Option number"} | names | {f: h for f, h in GRANTS.items() if f not in ("grant", "holder")}
    put(book, "Grants", "Grants", grants, columns, 3, 2)
    for (_, _), at in book.places.items():
        if "first_name" in at:
            at["holder"] = [*at["first_name"], *at["last_name"]]
    book.put(("Grants", 1, 2), "Shares")
    label = Argument(Region("Grants", 1, 2, 1, 2))
    book.enter("heading", book.headings["Grants", "shares"], Formula([label], '{0}&" granted"', _granted))
    rows: list[Row] = []
    for grant in dict.fromkeys(row.get("grant") for row in ledger.Vesting):
        of_grant = [row for row in ledger.Vesting if row.get("grant") == grant]
        first = 4 + len(rows)
        rows += of_grant
        above = Region("Vesting", first, 4, first + len(of_grant) - 1, 4)
        if grant is not None:  # no blank row
            rows.append({"key": f"total {grant}", "grant": f"Total {grant}", "shares": summed(above)})
    columns = {"grant": "Option number", "first_exercisable": "Vests on", "shares": "Shares vesting"} | RECORDED
    put(book, "Vesting", "Vesting", rows, columns, 3, 2)
    put(book, "Activity", "Activity", ledger.Activity, ACTIVITY, 3, 2)
    book.put(("Activity", 1, 9), "Available")
    book.enter("pool", ("Activity", 2, 9), Formula([pool_call(book)]))
    return book


def _names(row: Row) -> Row:
    """First and last name of a holder, and what does not divide as the last name."""
    first, _, last = str(row.get("holder") or "").partition(" ")
    is_name = isinstance(row.get("holder"), str) and not isinstance(row.get("holder"), ExcelError)
    return {"first_name": first, "last_name": last} if is_name else {"last_name": row.get("holder")}


def _granted(label: object) -> object:
    return f"{label} granted"


def _whole(rows: object) -> object:
    first, second = _total(rows, 0), _total(rows, 1)
    return first if isinstance(first, str) else second if isinstance(second, str) else first + second  # type: ignore[operator]


def _filtered(book: Book, field: str, by: Argument, wanted: str) -> Argument:
    argument = column(book, "Vesting", field)

    def values(of: Book) -> object:
        assert argument.region is not None
        assert by.region is not None
        rows, keys = of.read(argument.region), of.read(by.region)
        assert isinstance(rows, list)
        assert isinstance(keys, list)
        return [row for row, [key] in zip(rows, keys, strict=True) if key == wanted]

    return Argument(
        argument.region, written=f'_xlfn._xlws.FILTER({argument.written},{by.written}="{wanted}")', values=values
    )


LAYOUTS: dict[str, Callable[[Ledger], Book]] = {
    made.__name__: made
    for made in (
        template, plain, libreoffice, office_add_in, excel_add_in, numbered, event_sheets, wide, side_by_side,
        cap_table, calc_sheet, after_merger, subtotals,
    )
}  # fmt: skip
