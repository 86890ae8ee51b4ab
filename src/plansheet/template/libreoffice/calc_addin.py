"""The worksheet functions as an add-in of LibreOffice Calc.

The program's own Python loads this file out of the extension; plansheet does not import it. That Python may be older
than the one plansheet needs, so nothing here is newer than Python 3.8, and what needs plansheet is loaded with care:
where it cannot be loaded, PLANSHEET_VERSION says why and every other function is #VALUE!.
"""

from __future__ import annotations

import datetime
import os
import struct
import sys
from collections.abc import Callable
from typing import Any

import uno
import unohelper

SERVICE = "plansheet.calc.Functions"
INTERFACE = "plansheet.calc.XFunctions"
"""Both as registration.py names them."""
ROWS = "[][]any"
"""The type of an answer of more than one cell."""
OLDEST_PYTHON = (3, 11)

# Calc knows an error in a cell as a NaN with the error's number in its low bits; it lets those of an add-in be, also
# within an array. These are the numbers that ERROR.TYPE knows and that a saved workbook shows as these errors.
_NOT_A_NUMBER = 0x7FF8_0000_0000_0000
_ERROR_NUMBERS = {
    "#NULL!": 521,
    "#DIV/0!": 532,
    "#VALUE!": 519,
    "#REF!": 524,
    "#NAME?": 525,
    "#NUM!": 503,
    "#N/A": 32767,
}
_DAY_0 = datetime.datetime(1899, 12, 30)

# The extension's own plansheet comes first: another one may be installed beside this Python.
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "pythonpath"))
_missing = ""
try:
    if sys.version_info < OLDEST_PYTHON:
        raise ImportError(
            "it needs Python {}.{} or later, and this program runs {}.{}; install a newer LibreOffice".format(
                *OLDEST_PYTHON, *sys.version_info[:2]
            )
        )
    from plansheet.excel import FUNCTIONS, ExcelError, as_shown
except Exception as error:  # the sheet says what it is; an add-in that does not load leaves #NAME? behind
    _missing = f"plansheet cannot work here: {error} (see README.md in the extension)"


class Functions:
    """The object that Calc calls: a method for every worksheet function, by its name."""

    def __init__(self, context: Any) -> None:
        reflection = context.ServiceManager.createInstanceWithContext("com.sun.star.reflection.CoreReflection", context)
        methods = reflection.forName(INTERFACE).getMethods()
        self._gives = {method.getName(): method.getReturnType().getName() for method in methods}

    def getTypes(self) -> tuple[Any, ...]:
        """The interfaces of this object."""
        lang = "com.sun.star.lang."
        names = (INTERFACE, lang + "XServiceName", lang + "XServiceInfo", lang + "XTypeProvider")
        return tuple(uno.getTypeByName(name) for name in names)

    def getImplementationId(self) -> Any:
        """Obsolete, and still asked for."""
        return uno.ByteSequence(b"")

    def getServiceName(self) -> str:
        """The name under which CalcAddIns.xcu describes the functions."""
        return SERVICE

    def getImplementationName(self) -> str:
        """The name under which the component is registered."""
        return SERVICE

    def supportsService(self, name: str) -> bool:
        """Whether this is a service of that name."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        """An add-in of Calc, and this one."""
        return ("com.sun.star.sheet.AddIn", SERVICE)

    def __getattr__(self, name: str) -> Callable[..., object]:
        gives = self.__dict__.get("_gives", {}).get(name)
        if gives is None:
            raise AttributeError(name)
        cells = _rows if gives == ROWS else _cell

        def function(document: Any, *arguments: object) -> object:
            return cells(_answer(name, document, arguments))

        return function


def _answer(name: str, document: Any, arguments: tuple[object, ...]) -> object:
    """What the function shows; arguments come as doubles and texts, ranges as tuples of rows, what is left out None."""
    if _missing:
        return _missing if name == "PLANSHEET_VERSION" else "#VALUE!"
    first = document.NullDate if document is not None and arguments else None
    if first is not None and (first.Year, first.Month, first.Day) != (_DAY_0.year, _DAY_0.month, _DAY_0.day):
        # Dates come as bare numbers: in another count they would be other days, and other years.
        sentence = (
            f"this document counts its days from {first.Year}-{first.Month:02}-{first.Day:02}; "
            "set 12/30/1899 in Tools > Options > LibreOffice Calc > Calculate > Date, then correct the dates"
        )
        return as_shown(name, ExcelError("#VALUE!", sentence))
    return as_shown(name, FUNCTIONS[name](*arguments))


def _rows(answer: object) -> tuple[tuple[object, ...], ...]:
    rows = answer if isinstance(answer, list) else [[answer]]
    return tuple(tuple(_cell(cell) for cell in row) for row in rows)


def _cell(cell: object) -> object:
    if type(cell) is float:
        return cell
    if isinstance(cell, str):
        is_error = cell in _ERROR_NUMBERS if _missing else isinstance(cell, ExcelError)
        return _error(cell) if is_error else cell
    if isinstance(cell, datetime.datetime):
        return (cell - _DAY_0) / datetime.timedelta(days=1)
    if isinstance(cell, (bool, int)):
        return float(cell)
    return "" if cell is None else cell


def _error(code: str) -> float:
    number = _ERROR_NUMBERS.get(code, _ERROR_NUMBERS["#VALUE!"])
    error: float = struct.unpack("<d", struct.pack("<Q", _NOT_A_NUMBER | number))[0]
    return error


# The loader of Python components looks for this name.
g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, SERVICE, ("com.sun.star.sheet.AddIn", SERVICE))
