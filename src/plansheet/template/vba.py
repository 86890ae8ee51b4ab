"""The VBA modules of plansheet's add-in and of its workbook with macros, made from the xlwings that is installed.

xlwings' module and its library must be of one version, so both come from the same installation. What is changed in its
text is looked for first: a release that is written differently stops the build, and is not patched by guess.
"""

import enum
import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import xlwings

import plansheet
from plansheet.excel import FUNCTIONS, SENTENCES_IN_CELLS
from plansheet.excel.reading import ERROR_NUMBERS
from plansheet.excel.signature import signature_of
from plansheet.excel.version import PLANSHEET_VERSION
from plansheet.template.vba_of_xlwings import written_differently, xlwings_module
from plansheet.template.vba_project import Module, ModuleKind, vba_project_bin
from plansheet.udfs import registered

DESCRIPTION = 255
"""Excel's function wizard shows this many characters of what a function does."""
_WIDTH = 120
_DOES_NOT_ANSWER = "plansheet does not answer: "
# xlwings looks through the sheets of a workbook for Python code, to run it or, without a licence, to refuse the call.
_BY_EXCEL, _WITHOUT_WORKBOOK = ", ActiveWorkbook, Application.Caller", ", Nothing, Application.Caller"


class Host(enum.Enum):
    """What carries the modules, by its file's name."""

    ADD_IN = "plansheet.xlam"
    WORKBOOK = "plansheet.xlsm"

    @property
    def project(self) -> str:
        """The name of its VBA project: both may be open at once."""
        return self.value.replace(".", "_")


# As Excel writes them for a workbook and a sheet.
_WORKBOOK_BASE = "0{00020819-0000-0000-C000-000000000046}"
_SHEET_BASE = "0{00020820-0000-0000-C000-000000000046}"
_DOCUMENT = """\
Attribute VB_Name = "{name}"
Attribute VB_Base = "{base}"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = True
Attribute VB_Exposed = True
Attribute VB_TemplateDerived = False
Attribute VB_Customizable = True
"""

_RELINKING = f"""\
Option Explicit

'A formula keeps the path of the add-in with which it was entered. Where that path is another one than this add-in's,
'Excel would look for the functions there; so the links of each workbook that is opened are turned to this add-in.

Private WithEvents Host As Application

Private Sub Workbook_Open()
    Dim book As Workbook
    Set Host = Application
    For Each book In Application.Workbooks
        LinkToThisAddIn book
    Next book
End Sub

Private Sub Host_WorkbookOpen(ByVal Wb As Workbook)
    LinkToThisAddIn Wb
End Sub

Private Sub LinkToThisAddIn(ByVal book As Workbook)
    Dim links As Variant
    Dim source As Variant
    On Error GoTo AsItIs
    If book.ProtectStructure Then Exit Sub
    links = book.LinkSources(xlExcelLinks)
    If Not IsArray(links) Then Exit Sub
    For Each source In links
        If IsElsewhere(source) Then TurnLink book, source
    Next source
AsItIs:
End Sub

Private Sub TurnLink(ByVal book As Workbook, ByVal source As String)
    'On a protected sheet it cannot be turned, and stays as it is.
    Dim alerts As Boolean
    alerts = Application.DisplayAlerts
    On Error GoTo Tried
    Application.DisplayAlerts = False
    book.ChangeLink source, ThisWorkbook.FullName, xlLinkTypeExcelLinks
Tried:
    Application.DisplayAlerts = alerts
End Sub

Private Function IsElsewhere(ByVal source As String) As Boolean
    Dim fileName As String
    fileName = Mid$(source, InStrRev(Replace(source, "/", "\\"), "\\") + 1)
    If StrComp(fileName, "{Host.ADD_IN.value}", vbTextCompare) = 0 Then
        IsElsewhere = StrComp(source, ThisWorkbook.FullName, vbTextCompare) <> 0
    End If
End Function
"""

_ERRORS = """\
Attribute VB_Name = "plansheet_errors"
Option Explicit
Option Private Module

'xlwings gives errors as texts, which SUM passes over and IFERROR does not see. Here they become errors.

Public Function AsExcelErrors(ByRef answer As Variant) As Variant
    'One value, a row of values (one dimension), or rows of values (two dimensions).
    Dim changed() As Variant
    Dim i As Long
    Dim j As Long
    If Not IsArray(answer) Then
        AsExcelErrors = ErrorOrSame(answer)
        Exit Function
    End If
    If HasRows(answer) Then
        ReDim changed(LBound(answer, 1) To UBound(answer, 1), LBound(answer, 2) To UBound(answer, 2))
        For i = LBound(answer, 1) To UBound(answer, 1)
            For j = LBound(answer, 2) To UBound(answer, 2)
                changed(i, j) = ErrorOrSame(answer(i, j))
            Next j
        Next i
    Else
        ReDim changed(LBound(answer) To UBound(answer))
        For i = LBound(answer) To UBound(answer)
            changed(i) = ErrorOrSame(answer(i))
        Next i
    End If
    AsExcelErrors = changed
End Function

Public Function ErrorAndSentence(ByVal sentence As String) As Variant
    ErrorAndSentence = Array(CVErr({value}), sentence)
End Function

Private Function HasRows(ByRef answer As Variant) As Boolean
    Dim last As Long
    On Error GoTo OneDimension
    last = UBound(answer, 2)
    HasRows = True
OneDimension:
End Function

Private Function ErrorOrSame(ByVal cell As Variant) As Variant
    ErrorOrSame = cell
    If VarType(cell) <> vbString Then Exit Function
    Select Case cell
{table}
    End Select
End Function
"""


def vba_project(host: Host, sheets: int) -> bytes:
    """The vbaProject.bin of the add-in or the workbook, which has so many sheets."""
    return vba_project_bin(host.project, modules(host, sheets))


def modules(host: Host, sheets: int) -> tuple[Module, ...]:
    """The modules of the add-in or the workbook; a sheet's code name is Sheet1, Sheet2, and so on."""
    workbook = _DOCUMENT.format(name="ThisWorkbook", base=_WORKBOOK_BASE)
    if host is Host.ADD_IN:
        workbook += _RELINKING
    code_names = [f"Sheet{number}" for number in range(1, sheets + 1)]
    return (
        Module("ThisWorkbook", ModuleKind.DOCUMENT, _with_crlf(workbook)),
        *(
            Module(name, ModuleKind.DOCUMENT, _with_crlf(_DOCUMENT.format(name=name, base=_SHEET_BASE)))
            for name in code_names
        ),
        Module("plansheet_udfs", ModuleKind.STANDARD, _with_crlf(with_excel_errors(generated_wrapper()))),
        Module("plansheet_errors", ModuleKind.STANDARD, _with_crlf(_errors())),
        Module("xlwings", ModuleKind.STANDARD, _with_crlf(xlwings_module())),
    )


# ---- What comes from xlwings -----------------------------------------------------------------------------------------


def generated_wrapper() -> str:
    """The functions as xlwings' "Import Functions" would write them into the add-in."""
    written = io.StringIO()
    with _classic_xlwings() as classic:
        functions = SimpleNamespace(**registered(func=classic.xlfunc, arg=classic.xlarg))
        classic.generate_vba_wrapper("plansheet.udfs", functions, written, SimpleNamespace(Name=Host.ADD_IN.value))
    return written.getvalue()


@contextmanager
def _classic_xlwings() -> Iterator[Any]:
    """xlwings.udfs, which needs pywin32 and so Windows; elsewhere, for as long as this lasts, on stand-ins for that."""
    if sys.platform == "win32" or "xlwings.udfs" in sys.modules:
        yield import_module("xlwings.udfs")
        return
    stand_ins = _pywin32()
    before = {name: sys.modules[name] for name in stand_ins if name in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield import_module("xlwings.udfs")
    finally:
        for name in stand_ins:
            del sys.modules[name]
        sys.modules.update(before)
        sys.modules.pop("xlwings.udfs", None)
        vars(xlwings).pop("udfs", None)


def _pywin32() -> dict[str, ModuleType]:
    """As much of pywin32 as xlwings.udfs wants when it is imported; nothing of it is called here."""
    names = ("pythoncom", "pywintypes", "win32com", "win32com.client")
    stand_ins: dict[str, Any] = {name: ModuleType(name) for name in names}
    stand_ins["pythoncom"].CoInitialize = None
    stand_ins["win32com.client"].Dispatch = None
    return stand_ins


# ---- What is ours ----------------------------------------------------------------------------------------------------


def with_excel_errors(wrapper: str) -> str:
    """The module plansheet_udfs: the generated functions, described, and with errors where they give texts."""
    lines = [
        'Attribute VB_Name = "plansheet_udfs"',
        '#Const App = "Microsoft Excel"',
        f"'plansheet {plansheet.__version__}, xlwings {xlwings.__version__}",
        "'Written by plansheet from its functions; changes are lost when it is built again.",
        "",
    ]
    seen = []
    for line in wrapper.replace(" _\n", " ").splitlines():
        if (head := re.fullmatch(r"Function (\w+)\(.*\)", line)) and head[1] in FUNCTIONS:
            seen.append(("head", head[1]))
            lines += [_folded(line), *_attributes(head[1])]
        elif call := re.fullmatch(rf"( +)(\w+) = (XLPy\.CallUDF\(.+?)({_BY_EXCEL})?\)", line):
            seen.append(("call by Excel" if call[4] else "call", call[2]))
            by_excel = _WITHOUT_WORKBOOK if call[4] else ""
            lines.append(_folded(f"{call[1]}{call[2]} = AsExcelErrors({call[3]}{by_excel}))"))
        elif failed := re.fullmatch(r"( +)(\w+) = Err\.Description", line):
            seen.append(("failed", failed[2]))
            lines.append(f"{failed[1]}{failed[2]} = {_when_the_call_fails(failed[2])}")
        else:
            lines.append(line)
    # One call for Excel, one for other programs of Office.
    wanted = [(what, name) for name in sorted(FUNCTIONS) for what in ("head", "call by Excel", "call", "failed")]
    if seen != wanted or wrapper.count("CallUDF") + wrapper.count("Err.") != 3 * len(FUNCTIONS):
        raise written_differently(
            "generated VBA", "the head, the two calls and the failure of each function do not stand there once"
        )
    return "\n".join(lines) + "\n"


def _attributes(name: str) -> list[str]:
    """What Excel stores of a function: its description, and 14, its category "User Defined"."""
    summary = signature_of(FUNCTIONS[name]).summary.replace("§", "section ")
    if not summary.isascii() or "\\" in summary:
        raise ValueError(f"{name} is described with characters that VBA does not keep: {summary}")
    summary = summary[:DESCRIPTION].replace('"', '""')
    return [
        f'Attribute {name}.VB_Description = "{summary}"',
        f'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n14"',
    ]


def _when_the_call_fails(name: str) -> str:
    if name in SENTENCES_IN_CELLS:
        return "ErrorAndSentence(Err.Description)"
    if name == PLANSHEET_VERSION.__name__:
        return f'"{_DOES_NOT_ANSWER}" & Err.Description'
    return "CVErr(xlErrValue)"


def _folded(line: str) -> str:
    """A long line, continued after a comma: VBA takes 1,023 characters, and 24 continued lines."""
    lines, indent = [""], " " * (len(line) - len(line.lstrip()) + 8)
    for part in re.split(r"(?<=, )", line):
        continues = part.endswith(" ")  # and gets an underscore after its space
        if lines[-1].strip() and len(lines[-1]) + len(part) + continues > _WIDTH:
            lines.append(indent)
        lines[-1] += part
    return " _\n".join(part.rstrip() for part in lines)


def _errors() -> str:
    table = "\n".join(
        f'        Case "{error}": ErrorOrSame = CVErr({number})' for error, number in ERROR_NUMBERS.items()
    )
    return _ERRORS.format(table=table, value=ERROR_NUMBERS["#VALUE!"])


def _with_crlf(text: str) -> str:
    return text.replace("\n", "\r\n")
