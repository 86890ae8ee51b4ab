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
from importlib import import_module, resources
from types import ModuleType, SimpleNamespace
from typing import Any

import xlwings

import plansheet
from plansheet.excel import FUNCTIONS, SENTENCES_IN_CELLS
from plansheet.excel.reading import ERROR_NUMBERS
from plansheet.excel.signature import signature_of
from plansheet.excel.version import PLANSHEET_VERSION
from plansheet.template.vba_project import Module, ModuleKind, vba_project_bin
from plansheet.udfs import registered

SETTINGS = "plansheet"
"""The functions are set up in plansheet.conf: a sheet, a file beside the workbook, or one in the user's folder."""
DESCRIPTION = 255
"""Excel's function wizard shows this many characters of what a function does."""
_WIDTH = 120
_DOES_NOT_ANSWER = "plansheet does not answer: "


class Host(enum.Enum):
    """What carries the modules, by its file's name."""

    ADD_IN = "plansheet.xlam"
    WORKBOOK = "plansheet.xlsm"

    @property
    def project(self) -> str:
        """The name of its VBA project: both may be open at once."""
        return self.value.replace(".", "_")


# As Excel writes them for a workbook, a sheet, and a class.
_WORKBOOK_BASE = "0{00020819-0000-0000-C000-000000000046}"
_SHEET_BASE = "0{00020820-0000-0000-C000-000000000046}"
_CLASS_BASE = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
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
    Dim alerts As Boolean
    Dim asks As Boolean
    On Error Resume Next 'what is protected keeps its links
    If book.ProtectStructure Then Exit Sub
    links = book.LinkSources(xlExcelLinks)
    If Not IsArray(links) Then Exit Sub
    alerts = Application.DisplayAlerts
    asks = Application.AskToUpdateLinks
    Application.DisplayAlerts = False
    Application.AskToUpdateLinks = False
    For Each source In links
        If IsElsewhere(source) Then
            book.ChangeLink source, ThisWorkbook.FullName, xlLinkTypeExcelLinks
        End If
    Next source
    Application.DisplayAlerts = alerts
    Application.AskToUpdateLinks = asks
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
        Module("plansheet_udfs", ModuleKind.STANDARD, _with_crlf(with_excel_errors(generated_wrapper(host)))),
        Module("plansheet_errors", ModuleKind.STANDARD, _with_crlf(_errors())),
        Module("xlwings", ModuleKind.STANDARD, _with_crlf(_xlwings_module(host))),
        Module("Dictionary", ModuleKind.CLASS, _with_crlf(_dictionary())),
    )


# ---- What comes from xlwings -----------------------------------------------------------------------------------------


def _xlwings_module(host: Host) -> str:
    """xlwings' own module, for a project with settings of its own and without functions for a cell.

    It starts a program that its settings name, so nobody else's may count: in the add-in none of the workbook in front
    or of the folder where that lies, which may have come by mail. Nor may Python find a plansheet.py or csv.py in the
    folder where it is started (-P), or in one left blank in PYTHONPATH.
    """
    # The one works on the workbook in front, the other on the workbook that holds it.
    file, name = ("xlwings_custom_addin.bas", "myaddin") if host is Host.ADD_IN else ("xlwings.bas", "xlwings")
    head, constant = 'Attribute VB_Name = "xlwings"\n', "Public Const PROJECT_NAME As String = "
    text = _shipped(file)
    _look_for(text, file, f'Public Const XLWINGS_VERSION As String = "{xlwings.__version__}"\n')
    text = _replaced(text, file, head, f"{head}Option Private Module\n{_CHANGED}")
    text = _replaced(text, file, f'{constant}"{name}"\n', f'{constant}"{SETTINGS}"\n')
    for start in (_START_OF_UDFS, _START_OF_SCRIPTS):
        text = _replaced(text, file, start, start.replace(" -B ", " -B -P "))
    text = _replaced(text, file, _PYTHONPATH, f'{_PYTHONPATH[:-1]}, "%USERPROFILE%\\.{SETTINGS}")', times=4)
    if host is Host.WORKBOOK:
        return _without_sql(text, file)
    text = _without(text, file, "            'Workbook Sheet Config\n", "            'Add-in Sheet Config")
    return _without(text, file, "    ' Directory Config\n", "    ' User Config\n")


_CHANGED = "'Changed for plansheet: it has settings of its own, and none of somebody else's workbook or folder count.\n"
_START_OF_UDFS = 'tail = " -B -c ""'
_START_OF_SCRIPTS = 'PythonInterpreter & " -B -c ""'
_PYTHONPATH = 'GetConfig("PYTHONPATH")'


def _without(text: str, file: str, first: str, after: str) -> str:
    """A text without what stands from one line up to another."""
    _look_for(text, file, first)
    _look_for(text, file, after)
    before, rest = text.split(first)
    _look_for(rest, file, after)
    return before + after + rest.split(after)[1]


def _without_sql(text: str, file: str) -> str:
    """The worksheet function SQL belongs to xlwings' own add-in."""
    found = re.findall(r"^Function sql\(.*?^End Function\n", text, re.MULTILINE | re.DOTALL)
    if len(found) != 1 or found[0].count("xlwings.ext") != text.count("xlwings.ext"):
        raise _written_differently(file, "Function sql(")
    return text.replace(found[0], "")


def _dictionary() -> str:
    """xlwings' class for what Windows has and the Mac has not, as a project stores a class."""
    file = "addin/Dictionary.cls"
    name, exposed = 'Attribute VB_Name = "Dictionary"\n', "Attribute VB_Exposed = True\n"
    text = _replaced(_shipped(file), file, "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\n", "")
    text = _replaced(text, file, name, f'{name}Attribute VB_Base = "{_CLASS_BASE}"\n')
    stored = "Attribute VB_TemplateDerived = False\nAttribute VB_Customizable = False\n"
    return _replaced(text, file, exposed, f"{exposed}{stored}")


def _shipped(file: str) -> str:
    """A text of the installed xlwings, its lines ended by LF."""
    return (resources.files(xlwings) / file).read_bytes().decode("cp1252").replace("\r\n", "\n")


def _replaced(text: str, file: str, old: str, new: str, times: int = 1) -> str:
    _look_for(text, file, old, times)
    return text.replace(old, new)


def _look_for(text: str, file: str, wanted: str, times: int = 1) -> None:
    if text.count(wanted) != times:
        raise _written_differently(file, wanted, times)


def _written_differently(file: str, wanted: str, times: int = 1) -> ValueError:
    return ValueError(
        f"xlwings {xlwings.__version__} is installed, and its {file} is written differently: "
        f'"{wanted.splitlines()[0]}" does not stand there {"once" if times == 1 else f"{times} times"}. '
        "Install the xlwings that plansheet asks for."
    )


def generated_wrapper(host: Host) -> str:
    """The functions as xlwings' "Import Functions" would write them into this file."""
    written = io.StringIO()
    with _classic_xlwings() as classic:
        functions = SimpleNamespace(**registered(func=classic.xlfunc, arg=classic.xlarg))
        classic.generate_vba_wrapper("plansheet.udfs", functions, written, SimpleNamespace(Name=host.value))
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
        elif call := re.fullmatch(r"( +)(\w+) = (XLPy\.CallUDF\(.+\))", line):
            seen.append(("call", call[2]))
            lines.append(_folded(f"{call[1]}{call[2]} = AsExcelErrors({call[3]})"))
        elif failed := re.fullmatch(r"( +)(\w+) = Err\.Description", line):
            seen.append(("failed", failed[2]))
            lines.append(f"{failed[1]}{failed[2]} = {_when_the_call_fails(failed[2])}")
        else:
            lines.append(line)
    # One call for Excel, one for other programs of Office.
    wanted = [(what, name) for name in sorted(FUNCTIONS) for what in ("head", "call", "call", "failed")]
    if seen != wanted or wrapper.count("CallUDF") + wrapper.count("Err.") != 3 * len(FUNCTIONS):
        raise _written_differently("generated VBA", "the head, the two calls and the failure of each function")
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
        if lines[-1].strip() and len(lines[-1]) + len(part) > _WIDTH:
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
