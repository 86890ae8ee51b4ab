"""The sample workbook, from its facts to a file."""

import datetime
from pathlib import Path

from plansheet.template.about import write_about
from plansheet.template.ledgers import plan_table, write_ledgers, write_plan
from plansheet.template.limit_sheets import write_by_grant, write_by_tranche, write_by_year
from plansheet.template.option_sheets import write_merger, write_schedules, write_split
from plansheet.template.pages import Book
from plansheet.template.pool_sheet import write_pool
from plansheet.template.sample import load

_CALC_ID = 191029
"""The calculation engine of Excel 2019 and later: an older number would make Excel recalculate on opening."""


def build_sample(path: Path) -> None:
    """Write the sample workbook of the plan to ``path``; two builds hold the same."""
    sample = load()
    book = Book(path)
    workbook = book.workbook
    workbook.set_properties(
        {
            "title": "Sample of a stock option plan's ledgers",
            "author": "plansheet",
            "comments": "The people and their options are invented.",
            "created": datetime.datetime.combine(sample.merger_date, datetime.time()),
        }
    )
    # Cached values are there and right: they must stay where the functions are not installed.
    workbook.set_calc_mode("auto", _CALC_ID)
    workbook.calc_on_load = False
    plan = plan_table(sample)
    write_about(book, sample)
    write_plan(book, plan)
    write_ledgers(book, sample)
    for write in (write_by_tranche, write_by_year, write_by_grant, write_pool, write_split):
        write(book, sample, plan)
    write_merger(book, sample, plan)
    write_schedules(book, sample)
    workbook.close()
