"""The VBA modules: their text as the editor takes it, the functions, and the generator that writes them."""

from __future__ import annotations

import io
import re
import sys

import pytest
import xlwings

from plansheet.excel import FUNCTIONS, SENTENCES_IN_CELLS
from plansheet.excel.reading import ERROR_NUMBERS
from plansheet.excel.signature import signature_of
from plansheet.template import vba
from plansheet.template.vba import Host, generated_wrapper, modules, with_excel_errors
from plansheet.template.vba_project import ModuleKind
from template.vba_texts import HOSTS, source
from udfs.test_registration import NOT_FOR_NAMES
from udfs.windows import Workbook, windows

NAMES = pytest.mark.parametrize("name", FUNCTIONS)


def unfolded(text: str) -> str:
    """A text without continued lines and without comments that fill their line."""
    joined = re.sub(r" _\n +", "", re.sub(r", _\n +", ", ", text))
    return "".join(line for line in joined.splitlines(keepends=True) if not line.lstrip().startswith("'"))


# ---- The text as VBA takes it ----------------------------------------------------------------------------------------


@HOSTS
def test_lines_are_as_the_editor_takes_them(host: Host) -> None:
    for module in modules(host, 1):
        text = module.source
        assert text.encode("cp1252").decode("cp1252") == text
        assert text.startswith(f'Attribute VB_Name = "{module.name}"\r\n')
        assert text.endswith("\r\n")
        assert text.count("\r\n") == text.count("\n") == text.count("\r")
        lines = text.split("\r\n")
        assert max(map(len, lines)) < 1023
        code = [line for line in lines if not line.startswith("Attribute ")]
        assert module.name == "xlwings" or max(map(len, code)) <= 120  # to be read
        continued = "".join("_" if line.endswith(" _") else "." for line in lines)
        assert max(map(len, continued.split("."))) <= 24


def public_procedures(text: str) -> list[str]:
    """What a module offers to others: whatever does not say that it is private."""
    heads = re.findall(r"^ *((?:\w+ )*?)(?:Function|Sub) (\w+)", text, re.MULTILINE)
    return [name for words, name in heads if not {"Private", "End", "Exit"} & set(words.split())]


@HOSTS
def test_nothing_but_the_functions_can_be_entered_in_a_cell(host: Host) -> None:
    """What the two private modules offer to the first takes no path, no command and no name of a setting."""
    standard = {module.name: module.source for module in modules(host, 1) if module.kind is ModuleKind.STANDARD}
    private = [name for name, text in standard.items() if "\r\nOption Private Module\r\n" in text]
    assert private == ["plansheet_errors", "xlwings"]
    assert {name: public_procedures(text) for name, text in standard.items()} == {
        "plansheet_udfs": sorted(FUNCTIONS),
        "plansheet_errors": ["AsExcelErrors", "ErrorAndSentence"],
        "xlwings": ["XLPy"],
    }
    assert "\r\nPublic Function XLPy()\r\n" in standard["xlwings"]
    assert re.findall(r"^ *Public (?:Declare|Const|\w+ As).*", standard["xlwings"], re.MULTILINE) == []


@HOSTS
def test_no_name_is_given_twice(host: Host) -> None:
    public = [
        name.lower()
        for module in modules(host, 1)
        if module.kind is ModuleKind.STANDARD
        for name in set(re.findall(r"^ *(?:Public )?(?:Function|Sub|Const) (\w+)", module.source, re.MULTILINE))
    ]
    assert len(public) > len(FUNCTIONS)
    names = [*public, *(module.name.lower() for module in modules(host, 1)), host.project.lower()]
    assert [name for name in sorted(set(names)) if names.count(name) > 1] == []


DECLARED = re.compile(r"(?:\bDim|ByVal|ByRef|WithEvents|Function|Sub) (\w+)|^(\w+):$", re.MULTILINE)
USED_BY_OURS = {"asexcelerrors", "errorandsentence", "xlerrvalue"}


def test_no_reserved_word_is_a_name() -> None:
    for name in FUNCTIONS:
        arguments = {argument.name.lower() for argument in signature_of(FUNCTIONS[name]).arguments}
        assert arguments & (NOT_FOR_NAMES | USED_BY_OURS) == set()
    declared = {
        (match[1] or match[2]).lower()
        for text in (source(Host.ADD_IN, "plansheet_errors"), source(Host.ADD_IN, "ThisWorkbook"))
        for match in DECLARED.finditer(unfolded(text))
    }
    assert {"asexcelerrors", "answer", "changed", "host", "book", "onedimension"} <= declared
    assert declared & NOT_FOR_NAMES == set()


# ---- The generator, off Windows --------------------------------------------------------------------------------------


def test_the_generator_writes_off_windows_what_it_writes_there() -> None:
    assert sys.platform == "win32" or "xlwings.udfs" not in sys.modules
    off_windows = generated_wrapper()
    with windows() as classic:
        written = io.StringIO()
        add_in = Workbook(Host.ADD_IN.value)
        classic.generator.generate_vba_wrapper("plansheet.udfs", classic.registered, written, add_in)
        there = generated_wrapper()
        assert sys.modules["xlwings.udfs"] is classic.generator  # theirs is left to them
    assert off_windows == written.getvalue() == there


@pytest.fixture(scope="module")
def wrapper() -> str:
    return generated_wrapper()


@pytest.mark.skipif(sys.platform == "win32", reason="pywin32 is there")
def test_stand_ins_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    own = object()
    monkeypatch.setitem(sys.modules, "pywintypes", own)
    before = dict(sys.modules)
    generated_wrapper()
    new = {name.partition(".")[0] for name in set(sys.modules) - set(before)}
    assert new <= sys.stdlib_module_names
    assert {"pythoncom", "win32com", "win32com.client", "xlwings.udfs"} & set(sys.modules) == set()
    assert {name: module for name, module in sys.modules.items() if name in before} == before
    assert not hasattr(xlwings, "udfs")


@pytest.mark.skipif(sys.platform == "win32", reason="pywin32 is there")
def test_stand_ins_go_when_the_import_fails_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(vba, "import_module", failing)
    before = set(sys.modules)
    with pytest.raises(ImportError, match=r"xlwings\.udfs"):
        generated_wrapper()
    assert set(sys.modules) == before


# ---- The functions ---------------------------------------------------------------------------------------------------


def function(host: Host, name: str) -> list[str]:
    """The lines of a function in the module, without what stands before them."""
    (text,) = re.findall(rf"^Function {name}\(.*?^End Function$", source(host, "plansheet_udfs"), re.M | re.S)
    return [line.strip() for line in unfolded(text).splitlines()]


@HOSTS
@NAMES
def test_a_function_is_called_with_all_it_is_given_and_answers_with_errors(host: Host, name: str) -> None:
    signature = signature_of(FUNCTIONS[name])
    heads = [f"Optional {a.name}" if a.optional else a.name for a in signature.arguments]
    call = f'XLPy.CallUDF("plansheet.udfs", "{name}", Array({", ".join(a.name for a in signature.arguments)})'
    lines = function(host, name)
    if name in SENTENCES_IN_CELLS:
        failed = "ErrorAndSentence(Err.Description)"
    elif name == "PLANSHEET_VERSION":
        failed = '"plansheet does not answer: " & Err.Description'
    else:
        failed = "CVErr(xlErrValue)"
    assert lines[0] == f"Function {name}({', '.join(heads)})"
    assert lines[3:] == [
        '#If App = "Microsoft Excel" Then',
        "If TypeOf Application.Caller Is Range Then On Error GoTo failed",
        f"{name} = AsExcelErrors({call}, Nothing, Application.Caller))",
        "Exit Function",
        "#Else",
        f"{name} = AsExcelErrors({call}))",
        "Exit Function",
        "#End If",
        "failed:",
        f"{name} = {failed}",
        "End Function",
    ]


@NAMES
def test_the_wizard_says_what_a_function_gives(name: str) -> None:
    lines = function(Host.ADD_IN, name)
    described = re.fullmatch(rf'Attribute {name}\.VB_Description = "(.*)"', lines[1])
    assert described is not None
    text = described[1].replace('""', '"')
    assert text == signature_of(FUNCTIONS[name]).summary.replace("§", "section ")
    assert text.isascii()
    assert 0 < len(text) <= 255
    assert lines[2] == rf'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \n14"'


def test_a_description_is_cut_and_its_quotes_are_doubled(monkeypatch: pytest.MonkeyPatch, wrapper: str) -> None:
    def described(summary: str) -> str:
        name = "SPLIT_TRANCHES"
        summaries = {**FUNCTIONS, name: type(name, (), {"__doc__": summary, "__init__": lambda self: None})}
        monkeypatch.setattr(vba, "FUNCTIONS", summaries)
        (found,) = re.findall(rf'^Attribute {name}\.VB_Description = "(.*)"$', with_excel_errors(wrapper), re.M)
        return str(found)

    assert described('The "floor" of §15') == 'The ""floor"" of section 15'
    assert described("a" * 254 + '"bc') == "a" * 254 + '""'
    with pytest.raises(ValueError, match="SPLIT_TRANCHES is described with characters that VBA does not keep"):
        described("Rounded – down")
    with pytest.raises(ValueError, match="characters that VBA does not keep"):
        described(r"a \n b")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("failed:\n    SPLIT_TRANCHES = Err.Description\n", "failed:\n    SPLIT_TRANCHES = Err.Description()\n"),
        ("failed:\n    SPLIT_TRANCHES = Err.Description\n", "failed:\n    Exit Function\n"),
        ("SPLIT_TRANCHES = XLPy.CallUDF(", "SPLIT_TRANCHES = XLPy.Call(XLPy.CallUDF, "),
        ("SPLIT_TRANCHES = XLPy.CallUDF(", "SPLIT_TRANCHES = Python.CallUDF("),
        (", split_old), ActiveWorkbook, Application", ", split_old), ActiveWorkbook.Name, Application"),
        (", split_old), ActiveWorkbook, Application", ", split_old), ThisWorkbook, Application"),
        ("Function SPLIT_TRANCHES(", "Public Function SPLIT_TRANCHES("),
        ("Function SPLIT_TRANCHES(", "Function SPLIT_ROWS("),
        ("failed:\n    SPLIT_TRANCHES", "    MsgBox Err.Description\nfailed:\n    SPLIT_TRANCHES"),
    ],
)
def test_a_wrapper_written_differently_stops_the_build(wrapper: str, old: str, new: str) -> None:
    assert wrapper.count(old) in (1, 2)
    with pytest.raises(ValueError, match=rf"xlwings {re.escape(xlwings.__version__)} .* generated VBA"):
        with_excel_errors(wrapper.replace(old, new))


def test_lines_that_the_generator_continues_are_read_whole(wrapper: str) -> None:
    continued = re.sub(r"(Array\(\w+, \w+, )", r"\1 _\n", wrapper)
    assert continued.count(" _\n") > 10
    assert unfolded(with_excel_errors(continued)).replace(",  ", ", ") == unfolded(with_excel_errors(wrapper))


@HOSTS
def test_no_other_text_of_an_error_reaches_a_cell(host: Host) -> None:
    text = source(host, "plansheet_udfs")
    told = re.findall(r"^ *(\w+) = .*Err\.", text, re.MULTILINE)
    assert sorted(told) == sorted([*SENTENCES_IN_CELLS, "PLANSHEET_VERSION"])
    assert text.count("Err.") == len(told)
    assert text.count("CallUDF(") == text.count("AsExcelErrors(XLPy.CallUDF(") == 2 * len(FUNCTIONS)
    assert text.count("On Error") == text.count("Then On Error GoTo failed\n") == len(FUNCTIONS)
    errors = unfolded(source(host, "plansheet_errors"))
    assert "Err." not in errors
    assert re.findall(r"On Error .*", errors) == ["On Error GoTo OneDimension"]


# ---- Errors ----------------------------------------------------------------------------------------------------------


def test_the_table_of_errors_is_that_of_the_cells() -> None:
    table = re.findall(r'Case "(.+)": ErrorOrSame = CVErr\((\d+)\)', source(Host.ADD_IN, "plansheet_errors"))
    assert {error: int(number) for error, number in table} == ERROR_NUMBERS
    assert len(table) == len(ERROR_NUMBERS)


def test_an_error_of_a_whole_call_is_the_one_that_the_others_answer() -> None:
    assert f"Array(CVErr({ERROR_NUMBERS['#VALUE!']}), sentence)" in source(Host.ADD_IN, "plansheet_errors")


# ---- Links to the add-in ---------------------------------------------------------------------------------------------


def test_only_the_add_in_turns_links_and_only_to_itself() -> None:
    text = source(Host.ADD_IN, "ThisWorkbook")
    assert text.count("ChangeLink") == 1
    assert "book.ChangeLink source, ThisWorkbook.FullName, xlLinkTypeExcelLinks" in text
    assert f'StrComp(fileName, "{Host.ADD_IN.value}", vbTextCompare)' in text
    assert "Private Sub Workbook_Open()" in text
    assert "Private Sub Host_WorkbookOpen(ByVal Wb As Workbook)" in text
    kept = re.findall(r"(\w+) = Application\.DisplayAlerts\n", text)
    assert len(kept) == 1
    assert re.findall(r"Application\.DisplayAlerts = (\w+)\n", text) == ["False", kept[0]]
    assert "AskToUpdateLinks" not in text
    assert "Sub" not in source(Host.WORKBOOK, "ThisWorkbook")
