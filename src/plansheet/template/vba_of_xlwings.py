"""The VBA module xlwings: what the functions need of the module that the installed xlwings ships.

It starts a program that a setting names. So nobody else's setting may count, and nothing of a workbook, which may have
come by mail, may reach the command: neither a sheet of it or a file beside it, nor its name or place. Nor may Python
find a plansheet.py or csv.py in the folder where it is started, neither by itself (-P) nor because a part of
PYTHONPATH is blank, as xlwings has it where nothing is set (what is blank is filtered out). And since a
formula in such a workbook may try to call whatever is public in a module, only what the functions call is.
"""

import re
from importlib import resources
from typing import NamedTuple

import xlwings

SETTINGS = "plansheet"
"""The functions are set up in one file, plansheet.conf in the user's folder."""
_FILE = "xlwings.bas"
_CALLED = "XLPy"


class _Edit(NamedTuple):
    """What is replaced in a text: ``old``, or from ``old`` up to ``before``."""

    old: str
    new: str = ""
    before: str = ""
    times: int = 1


_NO_PYTHON = f"""\
    PYTHON_WIN = Replace(PYTHON_WIN, "/", "\\")
    If PYTHON_WIN = "" Then
        Err.Raise 1002, Description:= _
            "no Python is named in {SETTINGS}.conf in your user folder; type plansheet install."
    ElseIf Mid$(PYTHON_WIN, 2, 2) <> ":\\" And Left$(PYTHON_WIN, 2) <> "\\\\" Then
        Err.Raise 1002, Description:= _
            "{SETTINGS}.conf in your user folder names " & PYTHON_WIN & " without its folder; type plansheet install."
    End If
"""
# Theirs is then the pythonw.exe that lies in the current folder or on the path.
_INTERPRETER = _Edit(
    """\
    If PYTHON_WIN = "" Then
        ' Legacy
        PYTHON_WIN = GetConfig("INTERPRETER", "pythonw")
    End If
""",
    _NO_PYTHON,
)
_KEPT: dict[str, tuple[_Edit, ...]] = {
    "XLPyCommand": (
        # whether the folder of the workbook is one for Python
        _Edit("    Dim DEBUG_UDFS As Boolean\n", "    Dim DEBUG_UDFS As Boolean\n\n", before="    ' The first 6 args"),
        # xlwings.utils.prepare_sys_path: whether the workbook's folder counts, two workbooks, three clouds, the paths
        _Edit(
            'PYTHONPATH = AddExcelDir & ";" & ThisWorkbook.FullName & ";" & ThisWorkbook.FullName & ";" & '
            'GetConfig("ONEDRIVE_CONSUMER_WIN") & ";" & GetConfig("ONEDRIVE_COMMERCIAL_WIN") & ";" & '
            'GetConfig("SHAREPOINT_WIN") & ";" & GetConfig("PYTHONPATH")\n    #Else\n        \' Other office apps\n',
            'PYTHONPATH = "False;;;" & '
            'GetConfig("ONEDRIVE_CONSUMER_WIN") & ";" & GetConfig("ONEDRIVE_COMMERCIAL_WIN") & ";" & '
            'GetConfig("SHAREPOINT_WIN") & ";" & GetConfig("PYTHONPATH")\n',
            before="    #End If\n\n    ' Escaping backslashes and quotes\n",
        ),
        _INTERPRETER,
        _Edit('"cmd.exe "', 'Environ("SystemRoot") & "\\System32\\cmd.exe "', times=2),
        _Edit('tail = " -B -c ""', 'tail = " -B -P -c ""'),
        _Edit('"\\"");import xlwings;', '"\\"");sys.path[:]=filter(None,sys.path);import xlwings;'),
    ),
    "XLPyLoadDLL": (_INTERPRETER,),
    _CALLED: (),
    "GetConfigFilePath": (),
    "GetConfig": (
        _Edit("    ' If source is provided, returns", before="    Dim configValue As String\n"),
        _Edit("    ' Sheet\n", before="    ' User Config\n"),
    ),
    "GetConfigFromFile": (),
    "WScript": (),
    "FileExists": (),
    "FileExistsOnWindows": (),
    "FileOrFolderExistsOnMac": (),
    "ParentFolder": (),
    "GetMacDir": (),
    "ExpandEnvironmentStrings": (),
}
"""The procedures that are kept, in the order of the file, and what is changed in each."""
_DECLARED = {"XLPyDLLActivateAuto", "LoadLibrary"}
"""What is kept of the functions of libraries."""
_HEAD = (
    _Edit(
        'Attribute VB_Name = "xlwings"\n',
        'Attribute VB_Name = "xlwings"\n'
        "Option Private Module\n"
        "'Changed for plansheet: only what its functions need is kept, and nothing but XLPy is public; settings come\n"
        "'from the file in the user's folder alone; nothing of a workbook reaches the command that starts Python.\n",
    ),
    _Edit("Public Const XLWINGS_VERSION", "Private Const XLWINGS_VERSION"),
    _Edit(
        'Public Const PROJECT_NAME As String = "xlwings"\n', f'Private Const PROJECT_NAME As String = "{SETTINGS}"\n'
    ),
)
_START = re.compile(r"^(?:Public |Private )?(?:Function|Sub) (\w+)\(", re.MULTILINE)
_END = re.compile(r"^End (?:Function|Sub)\n", re.MULTILINE)
_DECLARATION = re.compile(r"^( *)(?:Private |Public )?(Declare (?:PtrSafe )?Function (\w+) .*\n)", re.MULTILINE)


def xlwings_module() -> str:
    """The text of the module. Raises ValueError where the installed one is written otherwise."""
    text = shipped(_FILE)
    _look_for(text, f'Public Const XLWINGS_VERSION As String = "{xlwings.__version__}"\n')
    kept = [_edited(_procedure(text, name), edits) for name, edits in _KEPT.items()]
    _holds_what_it_calls("".join(kept), text)
    return "\n".join([_head(text[: _first(text)]).rstrip() + "\n", *kept])


def shipped(file: str) -> str:
    """A text of the installed xlwings, its lines ended by LF."""
    return (resources.files(xlwings) / file).read_bytes().decode("cp1252").replace("\r\n", "\n")


def written_differently(what: str, why: str) -> ValueError:
    """For a text of the installed xlwings that is not as it is known here."""
    return ValueError(
        f"xlwings {xlwings.__version__} is installed, and its {what} is written differently: {why}. "
        "Install the xlwings that plansheet asks for."
    )


def _first(text: str) -> int:
    """Where the procedures begin."""
    start = _START.search(text)
    return start.start() if start else len(text)


def _head(text: str) -> str:
    """What stands above the procedures: the licence, the functions of libraries that are needed, the constants."""

    def private(declaration: re.Match[str]) -> str:
        return f"{declaration[1]}Private {declaration[2]}" if declaration[3] in _DECLARED else ""

    declared = _DECLARATION.sub(private, _edited(text, _HEAD))
    return re.sub(r"^ *#If Mac Then\n *#End If\n", "", declared, flags=re.MULTILINE)  # nothing is left between


def _procedure(text: str, name: str) -> str:
    """A procedure of theirs, to be called by the others only."""
    starts = [start for start in _START.finditer(text) if start[1] == name]
    end = _END.search(text, starts[0].end()) if len(starts) == 1 else None
    if end is None:
        raise written_differently(_FILE, f"the procedure {name} does not stand there once")
    whole = text[starts[0].start() : end.end()]
    return re.sub("^(?:Public |Private )?", "Public " if name == _CALLED else "Private ", whole)


def _holds_what_it_calls(kept: str, text: str) -> None:
    """Raises ValueError if what is kept calls a procedure that is left out, or one of a library."""
    declared = {name.lower() for _, _, name in _DECLARATION.findall(text)}
    every = {name.lower() for name in _START.findall(text)} | declared
    code = "\n".join(re.sub(r'"[^"\n]*"', '""', line).partition("'")[0] for line in kept.splitlines())
    called = every & set(re.findall(r"\w+", code.lower()))
    if missing := called - {name.lower() for name in (*_KEPT, *_DECLARED)}:
        raise written_differently(_FILE, f"what is kept of it calls {', '.join(sorted(missing))}, which is left out")


def _edited(text: str, edits: tuple[_Edit, ...]) -> str:
    for edit in edits:
        _look_for(text, edit.old, edit.times)
        if not edit.before:
            text = text.replace(edit.old, edit.new)
            continue
        head, rest = text.split(edit.old)
        _look_for(rest, edit.before)
        text = head + edit.new + edit.before + rest.split(edit.before)[1]
    return text


def _look_for(text: str, wanted: str, times: int = 1) -> None:
    if text.count(wanted) != times:
        how_often = "once" if times == 1 else f"{times} times"
        raise written_differently(_FILE, f'"{wanted.splitlines()[0]}" does not stand there {how_often}')
