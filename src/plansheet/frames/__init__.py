"""Ledgers as pandas DataFrames: a frame per table in, frames out, by the same rules as the worksheet functions.

In: `ledger_of_frames(grants=..., vesting=..., activity=..., holders=..., committee=..., holdings=...)`, each with
columns under the headings of a sheet (any synonym, any order, with others between). A named index level counts as a
column. A missing value (NaN, NaT, None, pd.NA) is a blank cell, and as in a sheet a 0 in Shares of a transaction is one
too. A float is read by 15 significant digits, a float32 by the shortest decimals that make it. A timestamp is its civil
date; one in a time zone only at midnight there, since at another hour its day depends on the zone.

Out: no figure is ever binary floating point.

==================  ======================================================================================
shares              ``Int64`` where all are whole, else ``object`` of ``Decimal``
dollars             ``object`` of ``Decimal``: to the cent where the plan pays, else exact; a fraction that no
                    decimal ends (1/3) has 15 significant digits, as in a cell
dates               ``datetime64[s]`` (every day from year 1 to 9999, the same in each pandas)
years               ``Int64``
words and sentences ``string``
rows                ``object``: index labels of the frame given
==================  ======================================================================================

What has no answer is ``pd.NA``, with the sentence that says why in the column ``problem``; nothing is left out for it.
"""

from plansheet.frames.findings import Checked, check
from plansheet.frames.iso_limit import iso_by_grant, iso_by_year, iso_split
from plansheet.frames.merger import cashout
from plansheet.frames.pool import pool
from plansheet.frames.reading import FrameLedger, UnusableFrame, ledger_of_frames
from plansheet.frames.roll_forward import option_changes, roll_forward
from plansheet.frames.terms import plan_terms

__all__ = [
    "Checked",
    "FrameLedger",
    "UnusableFrame",
    "cashout",
    "check",
    "iso_by_grant",
    "iso_by_year",
    "iso_split",
    "ledger_of_frames",
    "option_changes",
    "plan_terms",
    "pool",
    "roll_forward",
]
