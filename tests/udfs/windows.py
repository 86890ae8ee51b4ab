"""xlwings as it is on Windows, for a system without Windows: its own classic code over fakes of what lies below it.

Faked are the modules of pywin32, three names of ctypes, and Excel's objects as far as a function call touches them. The
decorators, the VBA generator, the reading of ranges, the COM server's call and the conversions are those of xlwings.
"""

from __future__ import annotations

import asyncio  # noqa: F401  # with subprocess: imported now, under the system's own name
import atexit
import ctypes
import datetime as dt
import importlib
import subprocess  # noqa: F401  # see asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_EVEN, Decimal
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
import xlwings  # noqa: F401  # likewise, and with it pandas: numpy cannot be imported a second time

import plansheet

RANGE = "{00020846-0000-0000-C000-000000000046}"
MISSING = -2147352572  # DISP_E_PARAMNOTFOUND: VBA's optional argument left out
ERROR_NUMBERS = {  # Excel's XlCVError
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
    "#GETTING_DATA": 2043,
    "#SPILL!": 2045,
    "#CONNECT!": 2046,
    "#BLOCKED!": 2047,
    "#UNKNOWN!": 2048,
    "#FIELD!": 2049,
    "#CALC!": 2050,
    "#OF THE FUTURE!": 2077,
}


class ComTime(dt.datetime):
    """pywintypes.TimeType: a datetime that says it is UTC."""


class Dispatched:
    """win32com.client.CDispatch: any COM object of Excel's."""


class RawDispatch:
    """The pointer as it arrives, before win32com wraps it."""

    def __init__(self, com_object: Dispatched) -> None:
        self.com_object = com_object

    def GetTypeInfo(self) -> Any:
        return SimpleNamespace(GetDocumentation=lambda _: ("Range",))


class Currency:
    """A cell of a currency format: what it holds, and what COM makes of it."""

    def __init__(self, double: float) -> None:
        self.double = double

    @property
    def rounded(self) -> Decimal:
        return Decimal(repr(self.double)).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)


class Reference(Dispatched):
    """A range of the sheet, given cell by cell as a person thinks of it: numbers, texts, dates, errors, Currency."""

    def __init__(self, rows: list[list[Any]], book: Dispatched) -> None:
        self.rows = rows
        self.Worksheet = SimpleNamespace(Name="Grants", Parent=book)
        self.Row = self.Column = 1
        self.Rows, self.Columns = SimpleNamespace(Count=len(rows)), SimpleNamespace(Count=len(rows[0]))
        attributes = SimpleNamespace(iid=RANGE)
        self._oleobj_ = SimpleNamespace(GetTypeInfo=lambda: SimpleNamespace(GetTypeAttr=lambda: attributes))

    @property
    def Value(self) -> Any:
        return self._variants(formatted=True)

    @property
    def Value2(self) -> Any:
        return self._variants(formatted=False)

    def _variants(self, formatted: bool) -> Any:
        rows = tuple(tuple(variant(cell, formatted) for cell in row) for row in self.rows)
        return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def variant(cell: Any, formatted: bool) -> Any:
    """A cell as pywin32 delivers it, through Range.Value (formatted) or as Value2 and computed arrays have it."""
    if isinstance(cell, Currency):
        return cell.rounded if formatted else cell.double
    if isinstance(cell, dt.datetime):
        moment = ComTime(*cell.timetuple()[:6], tzinfo=dt.UTC)
        return moment if formatted else (cell - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    if isinstance(cell, str) and cell.startswith("#"):
        return -2146828288 + ERROR_NUMBERS[cell]
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


class Workbook(Dispatched):
    """The workbook that calls; its name tells the VBA generator whether it is an add-in."""

    def __init__(self, name: str) -> None:
        self.Name = name
        self.Worksheets = [SimpleNamespace(Name="Grants", Parent=self)]
        self.Application = SimpleNamespace(Hwnd=1)


class ClassicExcel:
    """The classic add-in's side of xlwings, and plansheet.udfs registered with it."""

    def __init__(self) -> None:
        self.generator = importlib.import_module("xlwings.udfs")
        self.server = importlib.import_module("xlwings.com_server")
        self.registered = importlib.import_module("plansheet.udfs")
        self.workbook = Workbook("Plan.xlsm")
        self._python = self.server.XLPython()

    def call(self, name: str, *arguments: Any) -> Any:
        """What VBA gets back. A list of rows is a range, a tuple of rows a computed array; ... is one left out.

        plansheet's VBA passes Nothing for the workbook, which arrives as None.
        """
        return self.call_of(None, name, *arguments)

    def call_of(self, workbook: Workbook | None, name: str, *arguments: Any) -> Any:
        """The same, called as xlwings' own VBA does where a workbook is given."""
        variants = tuple(self._argument(argument) for argument in arguments)
        caller = RawDispatch(Reference([[None]], self.workbook))
        book = None if workbook is None else RawDispatch(workbook)
        return self._python.CallUDF("plansheet.udfs", name, variants, book, caller)

    def _argument(self, argument: Any) -> Any:
        if argument is ...:
            return MISSING
        if isinstance(argument, list):
            return RawDispatch(Reference(argument, self.workbook))
        if isinstance(argument, tuple):
            return tuple(tuple(variant(cell, formatted=False) for cell in row) for row in argument)
        return variant(argument, formatted=False)


class FakeModule(ModuleType):
    """A module of pywin32; whatever is not set on it is a mock."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        mock = MagicMock(name=f"{self.__name__}.{name}")
        setattr(self, name, mock)
        return mock


def pywin32() -> dict[str, ModuleType]:
    names = [
        *("pythoncom", "pywintypes", "win32api", "win32con", "win32event", "win32gui", "win32process", "win32timezone"),
        *("win32com", "win32com.client", "win32com.server", "win32com.server.dispatcher", "win32com.server.exception"),
        *("win32com.server.policy", "win32com.server.util"),
    ]
    modules: dict[str, Any] = {name: FakeModule(name) for name in names}
    for name, module in modules.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, module)
    modules["pywintypes"].TimeType = ComTime
    modules["pywintypes"].IID = str
    modules["pywintypes"].com_error = type("com_error", (Exception,), {})
    modules["pythoncom"].__file__ = "pythoncom311.dll"
    modules["pythoncom"].IID_IDispatch = "IDispatch"
    modules["pythoncom"].TypeIIDs = {"IDispatch": RawDispatch}
    modules["win32process"].GetWindowThreadProcessId = lambda window: (1, 1)
    modules["win32timezone"].TimeZoneInfo = SimpleNamespace(utc=lambda: dt.UTC)
    modules["win32com.server.util"].unwrap.side_effect = modules["pywintypes"].com_error  # not one of ours
    client = modules["win32com.client"]
    client.CDispatch = Dispatched
    client.DispatchBaseClass = type("DispatchBaseClass", (), {})
    client.Dispatch = lambda pointer, **_: pointer.com_object if isinstance(pointer, RawDispatch) else pointer
    return modules


def belongs_to_the_test(module: str) -> bool:
    return module == "plansheet.udfs" or module.partition(".")[0] == "xlwings"


@contextmanager
def windows() -> Iterator[ClassicExcel]:
    """Within it, plansheet.udfs and xlwings are those of the classic add-in; afterwards they are as they were."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in sys.modules if belongs_to_the_test(name)]:
            patch.delitem(sys.modules, name)
        for name, module in pywin32().items():
            patch.setitem(sys.modules, name, module)
        for name in ("oledll", "windll", "PyDLL"):
            patch.setattr(ctypes, name, MagicMock(), raising=False)
        patch.setattr(plansheet, "udfs", None, raising=False)
        patch.delenv("XLWINGS_ON_SERVER", raising=False)
        with pytest.MonkeyPatch.context() as platform:
            platform.setattr(sys, "platform", "win32")
            excel = ClassicExcel()
        try:
            yield excel
        finally:
            excel.server.loop.close()
            atexit.unregister(sys.modules["xlwings._xlwindows"].cleanup)
            for name in [name for name in sys.modules if belongs_to_the_test(name)]:
                del sys.modules[name]
