"""What differs between the workbooks of one specification: functions' names in the file, and references to spills."""

from collections.abc import Callable
from dataclasses import dataclass

from plansheet.template.lite import stored_name


@dataclass(frozen=True, slots=True)
class Flavour:
    """A kind of workbook.

    name_in_file: a worksheet function's name as its formulas store it. follows_spills: formulas name a spill as a whole
    (A9#), so that they follow it when it grows; LibreOffice knows no such reference, there a range stands instead.
    """

    name_in_file: Callable[[str], str]
    follows_spills: bool


BARE = Flavour(str, follows_spills=False)
"""For every program that knows the functions by their names: the samples."""
CLASSIC = Flavour(str, follows_spills=True)
"""Excel for Windows with the VBA project."""
LITE = Flavour(stored_name, follows_spills=True)
"""Excel with xlwings Lite."""
