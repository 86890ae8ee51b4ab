"""The two texts to paste into xlwings Lite, and the names under which its formulas are stored.

Lite runs Python inside Excel on Windows, on the Mac and on the web, and keeps these texts in the workbook.
"""

from plansheet import __version__

_STORED_BEFORE_THE_NAME = "_xldudf_"  # Excel's, for the custom functions of an Office add-in without a namespace


def main_py() -> str:
    """The whole of main.py."""
    return "# plansheet's worksheet functions, under their Excel names.\nfrom plansheet.udfs import *\n"


def requirements_txt() -> str:
    """What is added to the lines of requirements.txt; those that are there (xlwings, and what Lite needs) stay."""
    return (
        "# Below the lines that are here already. plansheet is not published yet: until it is, the address of its\n"
        "# wheel on your firm's own server stands here instead of the next line.\n"
        f"plansheet=={__version__}\n"
    )


def stored_name(function_name: str) -> str:
    """A worksheet function's name as a workbook stores it where Lite calculates; Excel shows it bare."""
    return f"{_STORED_BEFORE_THE_NAME}{function_name}"
