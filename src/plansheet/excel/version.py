"""The version, so that a sheet can tell whether the functions are alive."""

from plansheet import __version__
from plansheet.excel.cells import worksheet


@worksheet
def PLANSHEET_VERSION() -> object:
    """The version of plansheet that calculates this sheet."""
    return __version__
