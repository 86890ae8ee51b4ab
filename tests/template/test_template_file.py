"""The template of each route as a person opens it: its sheets, what it says, what it does when its rows are gone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from plansheet import __version__
from plansheet.core.words import Action
from plansheet.excel import (
    FUNCTIONS,
    MERGER_CASHOUT,
    MERGER_CASHOUT_BY_HOLDER,
    OPTIONS_OUTSTANDING,
    PLAN_CHECK,
    PLAN_UNCHECKED,
)
from plansheet.excel.manual import ALL_RULES
from plansheet.excel.signature import signature_of
from plansheet.plan.terms import ASSUMED_ADOPTION, atg_1996
from plansheet.template import build_existing, build_products, build_starter
from plansheet.template.check_sheets import write_calendar, write_checks
from plansheet.template.facts import LOOKED_UP, Facts, starter
from plansheet.template.flavour import BARE, CLASSIC, LITE
from plansheet.template.ledgers import plan_table
from plansheet.template.limit_sheets import write_by_grant, write_by_tranche, write_by_year
from plansheet.template.pages import Book
from plansheet.template.pool_sheet import write_pool
from plansheet.template.start import NOT_KNOWN
from plansheet.template.tables import Table
from plansheet.workbook.checks import Options, check
from plansheet.workbook.formulas.recalc import recalculate

SHEETS = [
    "Start", "Plan", "Holders", "Grants", "Vesting", "Activity", "ISO limit", "ISO by year", "ISO by grant", "Pool",
    "Split", "Merger", "Schedules", "Checks", "Calendar", "Help",
]  # fmt: skip
AS_OF, EVE = dt.date(2006, 2, 1), dt.date(2006, 1, 31)  # the merger of the example, and the day on the sheet Checks

BUILDERS: dict[str, Callable[[Path], None]] = {
    "bare names": lambda path: build_starter(path, BARE),
    "spills followed": lambda path: build_starter(path, CLASSIC),
    "xlwings Lite": lambda path: build_starter(path, LITE),
    "a cap table": build_existing,
}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("built")
    paths = {name: folder / f"{name}.xlsx" for name in BUILDERS}
    for name, path in paths.items():
        BUILDERS[name](path)
    products = tmp_path_factory.mktemp("products")
    build_products(products)
    return {**paths, "macros": products / "plansheet.xlsm", "Lite": products / "plansheet-lite.xlsx"}


NO_PLAN_SHEET = ASSUMED_ADOPTION.what  # a cap table that was there before has none
WORKBOOKS = pytest.mark.parametrize("name", [*BUILDERS, "macros", "Lite"])
TEMPLATES = pytest.mark.parametrize("name", ["macros", "Lite"])


# ---- As the checker sees it ------------------------------------------------------------------------------------------


@WORKBOOKS
def test_it_is_clean_and_every_plan_function_cell_is_calculated_again(built: dict[str, Path], name: str) -> None:
    checked = check(built[name], Options(as_of=AS_OF))
    assert checked.verdict == "clean"
    assert {found.code for found in checked.findings} <= {"CASH002"}  # the example's merger has an option under water
    assert checked.recalculated >= 5
    assert [each.what for each in checked.not_checked if not each.why.startswith("no column")] in ([], [NO_PLAN_SHEET])


@WORKBOOKS
def test_a_figure_that_is_changed_is_found(built: dict[str, Path], name: str, tmp_path: Path) -> None:
    """The check above looks: one share more in the first result of a split, and it is not the same."""
    from plansheet.workbook.reading.reader import read

    workbook = read(built[name])
    sheet = next(s for s in workbook.sheets if s.name in ("ISO limit", "Calc"))
    key = next(k for k, cell in sorted(sheet.cells.items()) if cell.formula and "ISO_LIMIT_SPLIT" in cell.formula)
    cell = sheet.cells[key]
    assert isinstance(cell.value, int | float)
    sheet.cells[key] = replace(cell, value=cell.value + 1)
    assert {r.state for r in recalculate(workbook) if "ISO_LIMIT_SPLIT" in r.formula} == {"different"}


# ---- As a person sees it ---------------------------------------------------------------------------------------------


def texts(path: Path, sheet: str) -> list[str]:
    values = openpyxl.load_workbook(path, data_only=True)[sheet]
    return [str(cell.value) for row in values.iter_rows() for cell in row if cell.value is not None]


@TEMPLATES
def test_the_sheets_stand_in_the_order_of_the_work(built: dict[str, Path], name: str) -> None:
    book = openpyxl.load_workbook(built[name])
    assert [sheet.title for sheet in book] == SHEETS
    assert {sheet.sheet_state for sheet in book} == {"visible"}


@TEMPLATES
def test_start_says_in_five_lines_what_to_do(built: dict[str, Path], name: str) -> None:
    start = openpyxl.load_workbook(built[name], data_only=True)["Start"]
    assert (start["B4"].value, start["B5"].value) == (NOT_KNOWN, __version__)
    assert [cell.value for cell in start["A"] if isinstance(cell.value, int)] == [1, 2, 3, 4, 5]
    named = [cell.value for cell in start["A"] if cell.value in SHEETS]
    assert named == SHEETS[1:]
    assert [cell.hyperlink.location for cell in start["A"] if cell.hyperlink] == [f"'{n}'!A1" for n in named]
    whole = " ".join(texts(built[name], "Start"))
    assert "invented" in whole
    assert "Nothing here is legal or tax advice" in whole


@TEMPLATES
def test_help_explains_every_function_argument_action_rule_and_error(built: dict[str, Path], name: str) -> None:
    said = texts(built[name], "Help")
    for function in FUNCTIONS.values():
        signature = signature_of(function)
        assert {str(signature), signature.summary, *(argument.text for argument in signature.arguments)} <= set(said)
    assert {action.label for action in Action} <= set(said)
    assert {rule.title for rule in ALL_RULES} <= set(said)
    assert [text.split()[0] for text in said if re.match(r"[A-Z]+\d{3} \((error|warning)", text)] == [
        rule.code for rule in ALL_RULES
    ]
    assert {"#VALUE!", "#NUM!", "#N/A", "#SPILL!", "#NAME?"} <= set(said)


@TEMPLATES
def test_vesting_looks_up_what_grants_says_and_picks_its_row_of_the_split(built: dict[str, Path], name: str) -> None:
    book = openpyxl.load_workbook(built[name])
    formulas = {cell.value: book["Vesting"].cell(2, cell.column).value for cell in book["Vesting"][1]}
    grant = "Vesting[[#This Row],[Grant]]"
    for heading in LOOKED_UP:
        assert formulas[heading] == f'=IF({grant}="","",INDEX(Grants[{heading}],MATCH({grant},Grants[Grant],0)))'
    row = "ROW()-ROW(Vesting[[#Headers],[Grant]])"
    for column, heading in enumerate(("ISO shares", "NSO shares"), start=1):
        assert formulas[heading] == f"=INDEX(_xlfn.ANCHORARRAY('ISO limit'!$E$5),{row},{column})"
    split = book["ISO limit"]["E5"].value.text
    assert re.match(r"=(_xldudf_)?ISO_LIMIT_SPLIT\(Vesting\[Grant\],", split)


def test_results_follow_a_list_that_grows(built: dict[str, Path]) -> None:
    """What is calculated from the options outstanding names their spill as a whole, and no range that ends."""
    book = openpyxl.load_workbook(built["macros"])
    for sheet, cell, function in (("Split", "G12", "ADJUST_FOR_SPLIT"), ("Merger", "G11", "MERGER_CASHOUT")):
        formula = book[sheet][cell].value.text
        assert formula.startswith(f"={function}(")
        assert "INDEX(_xlfn.ANCHORARRAY($A$1" in formula
        assert not re.search(r"\$?[A-Z]+\$?\d+:\$?[A-Z]", formula)


# ---- With its example rows deleted -----------------------------------------------------------------------------------


def blank(table: Table, calculated: tuple[str, ...] = ()) -> Table:
    """What Excel leaves of a table whose rows are deleted: one blank row; calculated columns show nothing."""
    return Table(table.name, table.headings, (tuple("" if h in calculated else None for h in table.headings),))


@pytest.fixture
def emptied() -> Facts:
    facts = starter()
    return replace(
        facts,
        holders=blank(facts.holders),
        grants=blank(facts.grants),
        vesting=blank(facts.vesting, (*LOOKED_UP, "ISO shares", "NSO shares")),
        activity=blank(facts.activity),
    )


@pytest.mark.parametrize(
    "write", [write_by_tranche, write_by_year, write_by_grant, write_pool, write_checks, write_calendar]
)
def test_an_emptied_template_shows_no_error(emptied: Facts, tmp_path: Path, write: Any) -> None:
    book = Book(tmp_path / "emptied.xlsx", CLASSIC)
    write(book, emptied, plan_table(emptied, atg_1996()))  # would raise at the first error in a result
    book.workbook.close()


def test_an_emptied_template_is_told_that_there_is_nothing_to_check(emptied: Facts) -> None:
    blocks = [table.block() for table in (emptied.grants, emptied.vesting, emptied.activity, emptied.holders)]
    assert len(PLAN_CHECK(*blocks)) == 1
    assert {"Grants", "Vesting", "Activity", "Holders"} <= {what for what, _ in PLAN_UNCHECKED(*blocks)}


# ---- The rules -------------------------------------------------------------------------------------------------------


@TEMPLATES
def test_checks_and_calendar_are_as_of_the_day_typed_on_checks(built: dict[str, Path], name: str) -> None:
    book = openpyxl.load_workbook(built[name])
    checks, calendar = book["Checks"], book["Calendar"]
    assert (checks["B5"].value.date(), calendar["B5"].value) == (EVE, "=Checks!$B$5")
    ledgers = "Grants[#All],Vesting[#All],Activity[#All],Holders[#All],Plan[#All],$B$5"
    for sheet, cell, function in (
        (checks, "A9", "PLAN_CHECK"), (checks, "G9", "PLAN_UNCHECKED"), (calendar, "A7", "PLAN_CALENDAR")
    ):  # fmt: skip
        assert re.fullmatch(rf"=(_xldudf_)?{function}\({re.escape(ledgers)}\)", sheet[cell].value.text)


@TEMPLATES
def test_a_severity_and_an_overdue_day_stand_out_and_say_it_in_words(built: dict[str, Path], name: str) -> None:
    book = openpyxl.load_workbook(built[name])

    def rules(sheet: str) -> dict[str, Any]:
        marked = book[sheet].conditional_formatting
        return {" ".join(rule.formula): rule.dxf for area in marked for rule in area.rules}

    assert set(rules("Checks")) == {'"error"', '"warning"'}
    days = rules("Calendar")
    assert set(days) == {"0", "0 Plan_Warning_days"}
    assert {dxf.numFmt.formatCode.split('"')[1].strip() for dxf in days.values()} == {"overdue", "soon"}
    assert "overdue" in book["Calendar"]["B8"].number_format


@TEMPLATES
def test_findings_are_counted_and_a_refused_check_counts_nothing(built: dict[str, Path], name: str) -> None:
    checks = openpyxl.load_workbook(built[name])["Checks"]
    for row, word in ((6, "error"), (7, "warning")):
        formula = checks.cell(row, 2).value
        assert formula.startswith('=IF(ISERROR($A$9),"not checked",SUMPRODUCT(--($B$10:$B$')
        assert f'&""="{word}"))' in formula


def test_where_a_result_may_be_cut_off_nothing_is_counted_and_a_line_says_so(built: dict[str, Path]) -> None:
    said = texts(built["bare names"], "Checks")
    assert any("LibreOffice" in text for text in said)
    assert "Errors" not in said
    assert "Errors" in texts(built["macros"], "Checks")


def test_an_emptied_template_has_no_options_to_split_or_to_pay_for(emptied: Facts) -> None:
    rows = OPTIONS_OUTSTANDING(*(table.block() for table in (emptied.grants, emptied.vesting, emptied.activity)))
    assert rows == [["", "", "", "", ""]]
    shares, prices, holders = ([[row[at]] for row in rows] for at in (3, 4, 1))
    assert MERGER_CASHOUT(1, shares, prices, holders) == [[""]]
    assert len(MERGER_CASHOUT_BY_HOLDER(1, shares, prices, holders)) == 1
