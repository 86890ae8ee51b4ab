"""The products: every file from its facts, none edited by hand. Two builds of one hold the same parts."""

import datetime
from functools import partial
from pathlib import Path

from plansheet.plan.terms import atg_1996
from plansheet.template.add_in import write_add_in
from plansheet.template.check_sheets import write_calendar, write_checks
from plansheet.template.excel_files import ADD_IN_CHANGES, add_macros, add_versions, save
from plansheet.template.existing_sheets import write_existing
from plansheet.template.facts import Facts, sample, starter
from plansheet.template.flavour import BARE, CLASSIC, LITE, Flavour
from plansheet.template.help_sheet import write_help
from plansheet.template.ledgers import plan_table, write_ledgers, write_plan
from plansheet.template.libreoffice import build_extension
from plansheet.template.limit_sheets import write_by_grant, write_by_tranche, write_by_year
from plansheet.template.lite import main_py, requirements_txt
from plansheet.template.option_sheets import write_merger, write_schedules, write_split
from plansheet.template.pages import Book
from plansheet.template.pool_sheet import write_pool
from plansheet.template.start import write_start

_CALC_ID = 191029
"""The calculation engine of Excel 2019 and later: an older number would make Excel recalculate on opening."""
_INVENTED = "The people and their options are invented."
_TEMPLATE_TITLE = "Stock option plan workbook"

ADD_IN, TEMPLATE, LITE_TEMPLATE = "plansheet.xlam", "plansheet.xlsm", "plansheet-lite.xlsx"
LITE_MAIN, LITE_REQUIREMENTS = "main.py", "requirements.txt"
EXTENSION, CALC_TEMPLATE = "plansheet.oxt", "plansheet-libreoffice.xlsx"
PRODUCTS = {
    TEMPLATE: "the template, for Excel on Windows",
    ADD_IN: "the add-in, for your own workbooks in Excel on Windows; plansheet install puts it there",
    LITE_TEMPLATE: "the template for xlwings Lite: Excel on Windows, Mac and the web",
    LITE_MAIN: "to paste into xlwings Lite",
    LITE_REQUIREMENTS: "to paste into xlwings Lite",
    EXTENSION: "the extension for LibreOffice",
    CALC_TEMPLATE: "the template for LibreOffice with the extension",
}
"""Every file that people open or install, and what it is."""
THEIRS = frozenset({TEMPLATE, LITE_TEMPLATE, CALC_TEMPLATE, LITE_MAIN, LITE_REQUIREMENTS})
"""Those in which people type, or whose names files of their own may have."""


def build_sample(path: Path) -> None:
    """The sample workbook: a ledger of 120 grants with planted mistakes."""
    save(_written(path, sample(), BARE, "Sample of a stock option plan's ledgers"), path)


def build_existing(path: Path) -> None:
    """A cap table that was there before, with the functions in it."""
    book = Book(path, CLASSIC)
    _describe(book, "The functions in a cap table that was there before", starter().merger_date, _INVENTED)
    write_existing(book, starter())
    save(book, path)


def build_starter(path: Path, flavour: Flavour) -> None:
    """The template workbook without macros."""
    save(_written(path, starter(), flavour, _TEMPLATE_TITLE), path)


def build_template(path: Path) -> None:
    """The template workbook with its functions imported in VBA, for Excel on Windows."""
    from plansheet.template import vba  # it imports xlwings, which takes a second: not for the other commands

    book = _written(path, starter(), CLASSIC, _TEMPLATE_TITLE)
    add_macros(book, partial(vba.vba_project, vba.Host.WORKBOOK))
    save(book, path)


def build_add_in(path: Path) -> None:
    """The add-in: the same functions for every workbook that is open, for Excel on Windows."""
    from plansheet.template import vba

    book = Book(path, BARE)
    _describe(book, "plansheet: functions for stock option plans", atg_1996().adopted)
    write_add_in(book)
    add_macros(book, partial(vba.vba_project, vba.Host.ADD_IN))
    save(book, path, ADD_IN_CHANGES)


def build_products(folder: Path) -> list[Path]:
    """Write all PRODUCTS into a folder that is there."""
    build_add_in(folder / ADD_IN)
    build_template(folder / TEMPLATE)
    build_starter(folder / LITE_TEMPLATE, LITE)
    for name, text in ((LITE_MAIN, main_py()), (LITE_REQUIREMENTS, requirements_txt())):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    build_extension(folder / EXTENSION)
    build_starter(folder / CALC_TEMPLATE, BARE)
    return [folder / name for name in PRODUCTS]


def _written(path: Path, facts: Facts, flavour: Flavour, title: str) -> Book:
    """A workbook with all its sheets, still open."""
    book = Book(path, flavour)
    _describe(book, title, facts.merger_date, _INVENTED)
    plan = plan_table(facts, atg_1996())
    book.define_terms(plan)
    write_start(book, facts)
    write_plan(book, plan)
    write_ledgers(book, facts)
    for write in (write_by_tranche, write_by_year, write_by_grant, write_pool, write_split, write_merger):
        write(book, facts, plan)
    write_schedules(book, facts)
    for write in (write_checks, write_calendar):
        write(book, facts, plan)
    write_help(book)
    return book


def _describe(book: Book, title: str, created: datetime.date, comments: str = "") -> None:
    workbook = book.workbook
    workbook.set_properties(
        {
            "title": title,
            "author": "plansheet",
            "comments": comments,
            "created": datetime.datetime.combine(created, datetime.time()),
        }
    )
    add_versions(book)
    # Cached values are there and right: they must stay where the functions are not installed.
    workbook.set_calc_mode("auto", _CALC_ID)
    workbook.calc_on_load = False
