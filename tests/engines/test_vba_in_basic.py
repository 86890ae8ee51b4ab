"""The VBA in LibreOffice's Basic, which reads a workbook's VBA project by itself and runs much of that language.

In the formulas a stand-in for xlwings' module and its library answers as they would. That module is run by itself, as a
64-bit Excel compiles it (Basic takes no heed of #If) and over stand-ins for its library and for WScript.Shell: it reads
a file of settings and composes the command that starts Python. Not shown here: that Excel compiles the project; the
library; the add-in's events; and Application.Caller, by which Basic does not know a cell, so that every call is taken
for one from a cell. An error with which a function answers is shown by Basic's cells as a text, "Error 2042".
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwings

from engines.basic import asked_of_basic
from plansheet.desktop.configuration import expanded, with_ours
from plansheet.excel import FUNCTIONS, SENTENCES_IN_CELLS
from plansheet.excel.reading import ERROR_NUMBERS
from plansheet.excel.signature import signature_of
from plansheet.template.vba import Host, modules, vba_project
from plansheet.template.vba_project import Module, ModuleKind, vba_project_bin

pytestmark = pytest.mark.engines

# ---- What is asked ---------------------------------------------------------------------------------------------------

VBA = "Option VBASupport 1\n"
STAND_IN = """Attribute VB_Name = "xlwings"
Option Private Module
Public Broken As Boolean

Public Function XLPy() As Object
    If Broken Then Err.Raise 1000, Description:="no Python here"
    Set XLPy = New Answers
End Function
"""
ANSWERS = """Attribute VB_Name = "Answers"
Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = False
Attribute VB_Exposed = False
Attribute VB_TemplateDerived = False
Attribute VB_Customizable = False

Public Function CallUDF(script, fname, args, Optional book)
    Dim i
    Dim rows(1, 1)
    Dim wanted
    If UBound(args) >= 0 Then wanted = args(0)
    Select Case wanted
    Case "raise": Err.Raise 1000, Description:="no Python here"
    Case "one": CallUDF = "#N/A"
    Case "row": CallUDF = Array("#NUM!", 2.5)
    Case "rows"
        rows(0, 0) = "#REF!"
        rows(0, 1) = 1
        rows(1, 0) = "#REF"
        rows(1, 1) = "#SPILL!"
        CallUDF = rows
    Case Else
        CallUDF = script & "." & fname
        For i = LBound(args) To UBound(args)
            CallUDF = CallUDF & " " & args(i)
        Next i
    End Select
End Function
"""
TELLING = """Function Told(answer) As String
    If IsError(answer) Then
        Told = CStr(answer)
    ElseIf VarType(answer) = vbDate Then
        Told = "Date " & CDbl(answer)
    Else
        Told = TypeName(answer) & " " & CStr(answer)
    End If
End Function

Function Row(answer) As String
    Dim i
    Row = LBound(answer) & " To " & UBound(answer) & ":"
    For i = LBound(answer) To UBound(answer)
        Row = Row & " " & Told(answer(i)) & ";"
    Next i
End Function

Function Table(answer) As String
    Dim i, j
    Table = LBound(answer, 1) & " To " & UBound(answer, 1) & ", " & LBound(answer, 2) & " To " & UBound(answer, 2) & ":"
    For i = LBound(answer, 1) To UBound(answer, 1)
        For j = LBound(answer, 2) To UBound(answer, 2)
            Table = Table & " " & Told(answer(i, j)) & ";"
        Next j
    Next i
End Function
"""
BOOK = """Option ClassModule
Public ProtectStructure As Boolean
Public IsLocked As Boolean
Public Sources As Variant
Public Done As String

Public Function LinkSources(kind)
    If kind = xlExcelLinks Then LinkSources = Sources
End Function

Public Sub ChangeLink(source, target, kind)
    Done = Done & source & " > " & target & " " & kind & Application.DisplayAlerts & "; "
    If IsLocked Then Err.Raise 1004
End Sub
"""
APPLICATION = """Option ClassModule
Public Alerts As Boolean
Public Switched As Integer
Public FullName As String
Public Workbooks As Variant

Public Property Get DisplayAlerts()
    DisplayAlerts = Alerts
End Property

Public Property Let DisplayAlerts(wanted)
    Alerts = wanted
    Switched = Switched + 1
End Property
"""
# What stands in for the library: it is loaded unless its folder is called otherwise.
DLL = """
Public Loaded As String

Public Function LoadLibrary(ByVal lpLibFileName As String) As Long
    Loaded = Loaded & lpLibFileName & "; "
    If InStr(Loaded, "no library") = 0 Then LoadLibrary = 1
End Function
"""
WSCRIPT_SHELL = """Option ClassModule
Public Function ExpandEnvironmentStrings(ByVal s As String) As String
    Dim parts, i
    parts = Split(s, "%")
    For i = 1 To UBound(parts) - 1 Step 2
        parts(i) = Environ(parts(i))
    Next i
    ExpandEnvironmentStrings = Join(parts, "")
End Function
"""


def source(host: Host, name: str) -> str:
    """A module as Basic takes it: without its attributes."""
    text = {module.name: module.source for module in modules(host, 1)}[name].replace("\r\n", "\n")
    return VBA + "".join(line for line in text.splitlines(keepends=True) if not line.startswith("Attribute "))


def relinking() -> str:
    """The add-in's ThisWorkbook over stand-ins for Excel's objects, open to be called."""
    text = source(Host.ADD_IN, "ThisWorkbook")
    for old, new in (
        ("Private WithEvents Host As Application", "Public Host As Object\nPublic Application As Object"),
        ("Private ", "Public "),
        ("As Workbook", "As Object"),
        ("ThisWorkbook.", "Application."),
    ):
        assert old in text
        text = text.replace(old, new)
    return text


def as_excel_compiles_it(text: str) -> str:
    """What is left of a module between #If and #End If in a 64-bit Excel on Windows."""
    true = {"VBA7": True, "Win64": True, "Mac": False, 'App = "Microsoft Excel"': True}
    lines, holds = [], [True]
    for line in text.splitlines(keepends=True):
        if found := re.fullmatch(r"#If (.+) Then", line.strip()):
            holds.append(true[found[1]])
        elif line.strip() == "#Else":
            holds[-1] = not holds[-1]
        elif line.strip() == "#End If":
            holds.pop()
        elif all(holds):
            lines.append(line)
    assert holds == [True]
    return "".join(lines)


def starting_python() -> str:
    """The module xlwings over stand-ins, open to be called."""
    text = as_excel_compiles_it(source(Host.ADD_IN, "xlwings"))
    text, declared = re.subn(r"^ *Private Declare .*\n", "", text, flags=re.MULTILINE)
    assert declared == 2
    for old, new in (
        ('CreateObject("WScript.Shell")', "New ShellOfWScript"),
        ('default As String = "", Optional source As String = ""', "default As String, Optional source As String"),
    ):  # the latter means the same, and Basic stumbles over a default that is empty
        assert text.count(old) == 1
        text = text.replace(old, new)
    return re.sub("^Private (Function|Sub)", r"Public \1", text, flags=re.MULTILINE) + DLL


LIBRARIES = {
    "good": {"plansheet_errors": source(Host.ADD_IN, "plansheet_errors"), "telling": VBA + TELLING},
    "bad": {"plansheet_errors": source(Host.ADD_IN, "plansheet_errors").replace("Next i", "Next j", 1)},
    "xlwings": {"ShellOfWScript": VBA + WSCRIPT_SHELL, "code": starting_python()},
    "links": {"Book": VBA + BOOK, "Program": VBA + APPLICATION, "code": relinking()},
    **{
        f"{host.name}_{name}": {name: source(host, name)}
        for host in Host
        for name in ("ThisWorkbook", "Sheet1", "plansheet_udfs", "plansheet_errors")
    },
}

# Name: what is put into x, and what AsExcelErrors makes of it.
ONES = {
    **{error: (f'x = "{error}"', f"Error {number}") for error, number in ERROR_NUMBERS.items()},
    "an unknown error": ('x = "#BUSY!"', "String #BUSY!"),
    "a part of an error": ('x = "#N/A "', "String #N/A "),
    "an error in small letters": ('x = "#n/a"', "String #n/a"),
    "a text": ('x = "G-1"', "String G-1"),
    "an empty text": ('x = ""', "String "),
    "a double": ("x = 2042.5", "Double 2042.5"),
    "the number of an error": ("x = CLng(2042)", "Long 2042"),
    "a truth": ("x = True", "Boolean True"),
    "a day": ("x = CDate(37226)", "Date 37226"),
    "nothing": ("x = Empty", "Empty "),
    "an error already": ("x = CVErr(2036)", "Error 2036"),
}
ROWS = {
    "from 0": ('Dim x(2)\nx(0) = "#N/A"\nx(1) = 1.5\nx(2) = "a"', "0 To 2: Error 2042; Double 1.5; String a;"),
    "from 1": ('Dim x(1 To 2)\nx(1) = "a"\nx(2) = "#NUM!"', "1 To 2: String a; Error 2036;"),
    "below 0": ('Dim x(-1 To 0)\nx(-1) = "#REF!"', "-1 To 0: Error 2023; Empty ;"),
    "of one": ('Dim x(0)\nx(0) = "#NAME?"', "0 To 0: Error 2029;"),
}
TABLES = {
    "from 0": (
        'Dim x(1, 1)\nx(0, 0) = "#N/A"\nx(0, 1) = "b"\nx(1, 0) = 3.5\nx(1, 1) = "#CALC!"',
        "0 To 1, 0 To 1: Error 2042; String b; Double 3.5; Error 2050;",
    ),
    "from 1 and 5": (
        'Dim x(1 To 2, 5 To 5)\nx(1, 5) = "#DIV/0!"\nx(2, 5) = True',
        "1 To 2, 5 To 5: Error 2007; Boolean True;",
    ),
    "of texts": ('Dim x(0, 1) As String\nx(0, 0) = "#N/A"\nx(0, 1) = "c"', "0 To 0, 0 To 1: Error 2042; String c;"),
}
HERE = r"C:\Users\Bo\XLSTART\plansheet.xlam"
THERE, ON_THE_WEB = r"C:\Users\Ann\plansheet.xlam", "https://example.org/add-ins/Plansheet.XLAM"
TURNED = f"{THERE} > {HERE} 1False; "
# Name: what differs from a workbook without links in an Excel that alerts; what is turned, without alerts; whether
# Excel alerts then, and how often that was switched.
LINKS = {
    "no links": ("", "", "True0"),
    "elsewhere": (f'book.Sources = Array("{THERE}")', TURNED, "True2"),
    "on the web": (f'book.Sources = Array("{ON_THE_WEB}")', TURNED.replace(THERE, ON_THE_WEB), "True2"),
    "among others": (
        rf'book.Sources = Array("C:\a\b.xlsx", "{THERE}", "C:\my-plansheet.xlam", "C:\plansheet.xlam\c.xlsx")',
        TURNED,
        "True2",
    ),
    "twice": (
        f'book.Sources = Array("{THERE}", "{ON_THE_WEB}")',
        TURNED + TURNED.replace(THERE, ON_THE_WEB),
        "True4",
    ),
    "others only": (r'book.Sources = Array("C:\a\b.xlsx")', "", "True0"),
    "here": (f'book.Sources = Array("{HERE.upper()}")', "", "True0"),
    "protected": (f'book.ProtectStructure = True\nbook.Sources = Array("{THERE}")', "", "True0"),
    "refused": (f'book.IsLocked = True\nbook.Sources = Array("{THERE}")', TURNED, "True2"),
    "refused twice": (
        f'book.IsLocked = True\nbook.Sources = Array("{THERE}", "{ON_THE_WEB}")',
        TURNED + TURNED.replace(THERE, ON_THE_WEB),
        "True4",
    ),
    "without alerts": (f'Application.Alerts = False\nbook.Sources = Array("{THERE}")', TURNED, "False2"),
}


def linked(change: str, how: str, seen: str = "book") -> str:
    return f"""Dim book
Set book = New Book
Set Application = New Program
Application.FullName = "{HERE}"
Application.Alerts = True
{change}
{how}
Asked = {seen}.Done & Application.DisplayAlerts & Application.Switched"""


USER = "R&D, O'Größe"
"""The name of the user's folder, with characters that mean something to cmd.exe or to Python."""
ENVIRONMENT = {"SystemRoot": r"C:\Windows", "JUERGENS": r"C:\Users\Jürgen Größe"}
PYTHONS = {
    "plain": r"C:\Python312\python.exe",
    "spaces": r"C:\Program Files\Python 3.12\python.exe",
    "an ampersand": r"D:\R&D\python.exe",
    "slashes": "D:/Python 3.12/python.exe",
    "slashes, on a server": "//server/tools/python.exe",
    "other letters": r"%JUERGENS%\python.exe",  # not spelled out: Basic's Input # reads plain ones only
    "on a server": r"\\server\Office tools\python.exe",
}
NONE_NAMED = "no Python is named in plansheet.conf in your user folder; type plansheet install."
WITHOUT_FOLDER = "plansheet.conf in your user folder names {} without its folder; type plansheet install."
REFUSED = {
    "no file": (None, NONE_NAMED),
    "an empty file": ("", NONE_NAMED),
    "another key": ('"SHOW CONSOLE","True"\r\n', NONE_NAMED),
    "an older key": ('"INTERPRETER","C:\\Python\\python.exe"\r\n', NONE_NAMED),
    "an environment of conda's": ('"CONDA PATH","C:\\conda"\r\n"CONDA ENV","base"\r\n', NONE_NAMED),
    **{
        f"named {python}": (f'"INTERPRETER_WIN","{python}"\r\n', WITHOUT_FOLDER.format(python))
        for python in ("python", "pythonw.exe", r"Scripts\python.exe", r"\Python\python.exe", "C:python.exe")
    },
}
# What GetConfig gives: the file, the question, the answer.
READ = {
    "a value": ('"INTERPRETER_WIN","C:\\a, b\\python.exe"\r\n', 'GetConfig("INTERPRETER_WIN")', r"C:\a, b\python.exe"),
    "in any case": ('"Show Console","True"\r\n', 'GetConfig("SHOW CONSOLE")', "True"),
    "the first": ('"A","1"\r\n"A","2"\r\n', 'GetConfig("A")', "1"),
    "a variable": ('"A","%SystemRoot%\\x"\r\n', 'GetConfig("A")', r"C:\Windows\x"),
    "not there": ('"A","1"\r\n', 'GetConfig("B")', ""),
    "not there, with a default": ('"A","1"\r\n', 'GetConfig("B", "%SystemRoot%")', r"C:\Windows"),
    "no file": (None, 'GetConfig("A", "b")', "b"),
}
# As XLPy does, which hands its own name to the library to be filled; Basic does not take that.
ASKING_PYTHON = """Dim answer
Loaded = ""
On Error GoTo failed
XLPyLoadDLL
answer = XLPyCommand()
failed:
Asked = Loaded & answer & Err.Description"""
ASKING_COMMAND = "Dim answer\nOn Error Resume Next\nanswer = XLPyCommand()\nAsked = answer & Err.Description"
ASKING_LIBRARY = 'Loaded = ""\nOn Error Resume Next\nXLPyLoadDLL\nAsked = Loaded'


def settings(python: str, more: str = "") -> str:
    """The file as plansheet install writes it."""
    return with_ours(more.encode(), python, "utf-8").decode()


def command(python: str, path: str = "", switch: str = "") -> str:
    """What is to start Python, by cmd.exe in the folder of Windows and by nothing else."""
    path = path.replace("\\", r"\\").replace("'", r"\'").replace("&", "^&")
    return (
        rf'C:\Windows\System32\cmd.exe {switch} /K ""{python}" -B -P -c "import sys, os;import xlwings.utils;'
        rf"xlwings.utils.prepare_sys_path(\"False;;;;;;{path}\");"
        """sys.path[:]=filter(None,sys.path);import xlwings; xlwings.serve('$(CLSID)')\"\""""
    )


SETTINGS = {
    **{f"starts: {name}": settings(python) for name, python in PYTHONS.items()},
    "starts with a console": settings(PYTHONS["plain"], '"SHOW CONSOLE","True"\r\n'),
    "starts with a search path": settings(PYTHONS["plain"], '"PYTHONPATH","%USERPROFILE%\\mine;"\r\n'),
    "no library": settings(r"C:\no library\python.exe"),
    **{f"refused: {name}": text for name, (text, _) in REFUSED.items() if text is not None},
    **{f"refused command: {name}": text for name, (text, _) in REFUSED.items() if text is not None},
    **{f"read: {name}": text for name, (text, *_) in READ.items() if text is not None},
}
"""The file of settings at a run, by its name; the others find none."""
RUNS = {
    **{f"one: {name}": ("good", f"Dim x\n{put}\nAsked = Told(AsExcelErrors(x))") for name, (put, _) in ONES.items()},
    **{f"row: {name}": ("good", f"{put}\nAsked = Row(AsExcelErrors(x))") for name, (put, _) in ROWS.items()},
    **{f"table: {name}": ("good", f"{put}\nAsked = Table(AsExcelErrors(x))") for name, (put, _) in TABLES.items()},
    "sentence": ("good", 'Asked = Row(ErrorAndSentence("Enter it."))'),
    **{f"compiles: {library}": (library, "Asked = 5") for library in LIBRARIES},
    **{f"links: {name}": ("links", linked(change, "LinkToThisAddIn book")) for name, (change, *_) in LINKS.items()},
    "opened later": ("links", linked(f'book.Sources = Array("{THERE}")', "Host_WorkbookOpen book")),
    "open already": (
        "links",
        linked(f'book.Sources = Array("{THERE}")\nApplication.Workbooks = Array(book)', "Workbook_Open"),
    ),
    **{f"starts: {name}": ("xlwings", ASKING_PYTHON) for name in PYTHONS},
    "starts with a console": ("xlwings", ASKING_COMMAND),
    "starts with a search path": ("xlwings", ASKING_COMMAND),
    "no library": ("xlwings", ASKING_LIBRARY),
    **{f"refused: {name}": ("xlwings", ASKING_PYTHON) for name in REFUSED},
    **{f"refused command: {name}": ("xlwings", ASKING_COMMAND) for name in REFUSED},
    **{f"read: {name}": ("xlwings", f"Asked = {question}") for name, (_, question, _) in READ.items()},
    "version": ("plansheet_xlsm", "Asked = PLANSHEET_VERSION()"),
    "version, broken": ("plansheet_xlsm", "Broken = True\nAsked = PLANSHEET_VERSION()"),
}

# ---- What is built, and run once -------------------------------------------------------------------------------------


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def workbook(path: Path, project: bytes, formulas: list[tuple[str, int, int]]) -> Path:
    """A workbook with macros, and with formulas (over so many rows and columns) below each other."""
    book = xlsxwriter.Workbook(str(path))
    book.add_vba_project(io.BytesIO(project), is_stream=True)
    book.set_vba_name("ThisWorkbook")
    sheet = book.add_worksheet()
    sheet.set_vba_name("Sheet1")
    at = 0
    for formula, rows, columns in formulas:
        sheet.write_array_formula(at, 0, at + rows - 1, columns - 1, f"{{{formula}}}", None, "saved")
        at += rows
    book.close()
    return path


def over_stand_ins() -> bytes:
    """The workbook's project, with stand-ins for what comes from xlwings, and for the cell that calls."""
    ours = [module for module in modules(Host.WORKBOOK, 1) if module.name != "xlwings"]
    in_cell = "TypeOf Application.Caller Is Range"
    at = next(i for i, module in enumerate(ours) if module.name == "plansheet_udfs")
    assert ours[at].source.count(in_cell) == len(FUNCTIONS)
    text, removed = re.subn(r", (?:_\r\n *)?Application\.Caller\)\)", "))", ours[at].source.replace(in_cell, "True"))
    assert removed == len(FUNCTIONS)
    ours[at] = replace(ours[at], source=text)
    ours.append(Module("xlwings", ModuleKind.STANDARD, crlf(STAND_IN)))
    ours.append(Module("Answers", ModuleKind.CLASS, crlf(ANSWERS)))
    return vba_project_bin("plansheet_xlsm", ours)


def call(name: str, first: object = 1) -> str:
    count = len(signature_of(FUNCTIONS[name]).arguments)
    arguments = [first, *range(2, count + 1)][:count]
    return f"={name}({','.join(str(argument) for argument in arguments)})"


# Each formula, and what its rows show.
FORMULAS: list[tuple[str, list[list[str]]]] = []
for _name in FUNCTIONS:
    _count = len(signature_of(FUNCTIONS[_name]).arguments)
    _passed = "".join(f" {number}" for number in range(1, _count + 1))
    FORMULAS.append((call(_name), [[f"plansheet.udfs.{_name}{_passed}"]]))
    if _count:
        FORMULAS.append((call(_name, '"one"'), [["Error 2042"]]))
        FORMULAS.append((call(_name, '"row"'), [["Error 2036", "2.5"]]))
        FORMULAS.append((call(_name, '"rows"'), [["Error 2023", "1"], ["#REF", "Error 2045"]]))
        _failed = ["Error 2015", "no Python here"] if _name in SENTENCES_IN_CELLS else ["Error 2015"]
        FORMULAS.append((call(_name, '"raise"'), [_failed]))


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("basic")
    built = [workbook(folder / f"{host.name}.xlsm", vba_project(host, 1), []) for host in Host]
    formulas = [(formula, len(rows), len(rows[0])) for formula, rows in FORMULAS]
    asked = {
        "built": [str(path) for path in built],
        "workbook": str(workbook(folder / "stand-ins.xlsm", over_stand_ins(), formulas)),
        "libraries": LIBRARIES,
        "runs": RUNS,
        "settings": SETTINGS,
        "file": rf"{folder / USER}\.plansheet\plansheet.conf",  # here a backslash is a letter like others
    }
    environment = {**ENVIRONMENT, "USERPROFILE": str(folder / USER), "LC_ALL": "C.UTF-8"}
    return {**asked_of_basic(asked, folder, environment), "home": environment["USERPROFILE"]}


# ---- What is shown ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", Host)
def test_libreoffice_reads_the_project_out_of_the_workbook(answers: Any, host: Host) -> None:
    (project,) = {name for name in answers["sources"][f"{host.name}.xlsm"] if name != "Standard"}
    assert project == host.project
    read = answers["sources"][f"{host.name}.xlsm"][project]
    assert set(read) == {module.name for module in modules(host, 1)}
    for name, text in read.items():
        wanted = source(host, name).removeprefix(VBA)
        assert text.rstrip("\n").endswith(wanted.rstrip("\n"))
        assert set(text[: text.rindex(wanted.rstrip("\n"))].splitlines()) <= {
            "",
            VBA.strip(),
            "Option ClassModule",
            *(f"Rem Attribute VBA_ModuleType=VBA{kind}Module" for kind in ("", "Class", "Document")),
        }


@pytest.mark.parametrize("library", [name for name in LIBRARIES if name != "bad"])
def test_our_modules_compile(answers: Any, library: str) -> None:
    assert answers["runs"][f"compiles: {library}"] == 5


def test_a_module_with_a_mistake_does_not_compile(answers: Any) -> None:
    assert answers["runs"]["compiles: bad"] is None


@pytest.mark.parametrize("name", ONES)
def test_one_value(answers: Any, name: str) -> None:
    assert answers["runs"][f"one: {name}"] == ONES[name][1]


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_values(answers: Any, name: str) -> None:
    assert answers["runs"][f"row: {name}"] == ROWS[name][1]


@pytest.mark.parametrize("name", TABLES)
def test_rows_of_values(answers: Any, name: str) -> None:
    assert answers["runs"][f"table: {name}"] == TABLES[name][1]


def test_an_error_with_its_sentence(answers: Any) -> None:
    assert answers["runs"]["sentence"] == "0 To 1: Error 2015; String Enter it.;"


def test_formulas_in_cells_show_what_is_answered(answers: Any) -> None:
    wanted = [row for _, rows in FORMULAS for row in rows]
    shown = [row[: len(wanted[at])] for at, row in enumerate(answers["cells"])]
    assert shown == wanted


def test_the_version_says_whether_python_answers(answers: Any) -> None:
    assert answers["runs"]["version"] == "plansheet.udfs.PLANSHEET_VERSION"
    assert answers["runs"]["version, broken"] == "plansheet does not answer: no Python here"


@pytest.mark.parametrize("name", LINKS)
def test_links_to_the_add_in(answers: Any, name: str) -> None:
    _, turned, afterwards = LINKS[name]
    assert answers["runs"][f"links: {name}"] == turned + afterwards


@pytest.mark.parametrize("when", ["opened later", "open already"])
def test_links_are_turned_whenever_a_workbook_was_opened(answers: Any, when: str) -> None:
    assert answers["runs"][when] == f"{TURNED}True2"


@pytest.mark.parametrize("name", READ)
def test_settings_are_read_from_the_users_file(answers: Any, name: str) -> None:
    assert answers["runs"][f"read: {name}"] == READ[name][2]


def library_in(folder: str) -> str:
    return rf"{folder}\xlwings64-{xlwings.__version__}.dll; "


@pytest.mark.parametrize("name", PYTHONS)
def test_the_python_that_is_named_is_started(answers: Any, name: str) -> None:
    python = expanded(PYTHONS[name], ENVIRONMENT).replace("/", "\\")
    library = library_in(python.rpartition("\\")[0])
    assert answers["runs"][f"starts: {name}"] == library + command(python)


def test_a_console_is_asked_for(answers: Any) -> None:
    assert answers["runs"]["starts with a console"] == command(PYTHONS["plain"], switch="/showconsole")


def test_a_search_path_of_the_users_own_is_handed_on(answers: Any) -> None:
    wanted = command(PYTHONS["plain"], rf"{answers['home']}\mine;")
    assert answers["runs"]["starts with a search path"] == wanted


@pytest.mark.parametrize("name", REFUSED)
def test_no_other_python_is_started_instead(answers: Any, name: str) -> None:
    """Neither by the library, which is not even loaded, nor in the command."""
    assert answers["runs"][f"refused: {name}"] == answers["runs"][f"refused command: {name}"] == REFUSED[name][1]


def test_the_library_is_looked_for_beside_python_and_one_folder_above(answers: Any) -> None:
    assert answers["runs"]["no library"] == library_in(r"C:\no library") + library_in("C:")
