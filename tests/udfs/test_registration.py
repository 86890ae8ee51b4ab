"""Every worksheet function as xlwings' own decorators and its VBA generator see it."""

from __future__ import annotations

import inspect
import io
import re
import typing

import pytest

from plansheet import udfs
from plansheet.excel import FUNCTIONS
from udfs.windows import ClassicExcel, Workbook

# [MS-VBAL] 3.3.5.2, every reserved identifier, in its groups.
RESERVED = """
Call Case Close Const Declare DefBool DefByte DefCur DefDate DefDbl DefInt DefLng DefLngLng DefLngPtr DefObj DefSng
DefStr DefVar Dim Do Else ElseIf End EndIf Enum Erase Event Exit For Friend Function Get Global GoSub GoTo If Implements
Input Let Lock Loop LSet Next On Open Option Print Private Public Put RaiseEvent ReDim Resume Return RSet Seek Select
Set Static Stop Sub Type Unlock Wend While With Write
Any As ByRef ByVal Each In New Shared Until WithEvents Optional ParamArray Preserve Spc Tab Then To
AddressOf And Eqv Imp Is Like Mod Not Or TypeOf Xor
Abs CBool CByte CCur CDate CDbl CDec CInt CLng CLngLng CLngPtr CSng CStr CVar CVErr Date Debug DoEvents Fix Int Len LenB
Me PSet Scale Sgn String
Array Circle InputB LBound UBound
Boolean Byte Currency Double Integer Long LongLong LongPtr Single Variant
True False Nothing Empty Null Rem
Attribute LineInput VB_Base VB_Control VB_Creatable VB_Customizable VB_Description VB_Exposed VB_Ext_KEY
VB_GlobalNameSpace VB_HelpID VB_Invoke_Func VB_Invoke_Property VB_Invoke_PropertyPut VB_Invoke_PropertyPutRef
VB_MemberFlags VB_Name VB_PredeclaredId VB_ProcData VB_TemplateDerived VB_UserMemId VB_VarDescription VB_VarHelpID
VB_VarMemberFlags VB_VarProcData VB_VarUserMemId
CDecl Decimal DefDec
"""
# Not reserved everywhere, but keywords in a statement, statements of the language, or names that change its meaning.
KEYWORDS_IN_PLACES = """
Access Alias Append Base Beep Begin Binary ChDir ChDrive Class Compare Database Error Explicit FileCopy Kill Left Lib
Line Load Mid MidB MkDir Module Name Object Off Output Property PtrSafe Random Randomize Read Reset RmDir SendKeys
SetAttr Step Text Time Unload Version Width
"""
# The generated functions use these; an argument of the same name would hide them.
USED_BY_THE_WRAPPER = "ActiveWorkbook App Application Caller CallUDF Err failed Range ThisWorkbook XLPy"
NOT_FOR_NAMES = {word.lower() for word in f"{RESERVED} {KEYWORDS_IN_PLACES} {USED_BY_THE_WRAPPER}".split()}
CELL_REFERENCE = re.compile(r"[A-Z]{1,3}[0-9]+|R[0-9]*C[0-9]*", re.IGNORECASE)  # Excel takes such a name for a cell
DESCRIPTION = 255  # Excel cuts what the function wizard shows

NAMES = pytest.mark.parametrize("name", FUNCTIONS)


def arguments_of(name: str) -> list[inspect.Parameter]:
    return list(inspect.signature(FUNCTIONS[name]).parameters.values())


# ---- As a module -----------------------------------------------------------------------------------------------------


def test_a_star_import_brings_the_functions_and_nothing_else() -> None:
    brought: dict[str, object] = {}
    exec("from plansheet.udfs import *", brought)  # the one line of a main.py
    assert set(brought) - {"__builtins__"} == set(FUNCTIONS)


@NAMES
def test_names_are_names_for_vba_and_for_a_cell(name: str) -> None:
    names = [name, *(argument.name for argument in arguments_of(name))]
    folded = [each.lower() for each in names]
    assert [each for each in names if each.lower() in NOT_FOR_NAMES] == []
    assert [each for each in names if not re.fullmatch(r"[A-Za-z]\w{0,254}", each)] == []
    assert len(set(folded)) == len(folded)  # VBA sees no difference in case
    assert not CELL_REFERENCE.fullmatch(name)


def test_no_two_functions_differ_by_case_only() -> None:
    assert len({name.lower() for name in FUNCTIONS}) == len(FUNCTIONS)


@NAMES
def test_arguments_are_positional_and_optional_ones_are_none(name: str) -> None:
    for argument in inspect.signature(getattr(udfs, name)).parameters.values():
        assert argument.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert argument.default in (inspect.Parameter.empty, None)


@NAMES
def test_no_type_hints_for_xlwings_to_stumble_over(name: str) -> None:
    function = getattr(udfs, name)
    assert typing.get_type_hints(function, include_extras=True) == {}
    assert {p.annotation for p in inspect.signature(function).parameters.values()} <= {inspect.Parameter.empty}
    assert inspect.signature(function).return_annotation is inspect.Signature.empty


# ---- As the classic decorators see it --------------------------------------------------------------------------------


def test_all_functions_are_registered_and_none_else(excel: ClassicExcel) -> None:
    module = excel.registered
    registered = {name for name in dir(module) if hasattr(getattr(module, name), "__xlfunc__")}
    assert registered == set(FUNCTIONS)
    assert {name: getattr(module, name).__xlfunc__["name"] for name in registered} == {
        name: name for name in registered
    }


@NAMES
def test_arguments_keep_names_order_and_defaults(excel: ClassicExcel, name: str) -> None:
    arguments = getattr(excel.registered, name).__xlfunc__["args"]
    assert [argument["name"] for argument in arguments] == [argument.name for argument in arguments_of(name)]
    optional = {a.name: a.default for a in arguments_of(name) if a.default is not inspect.Parameter.empty}
    assert {a["name"]: a["optional"] for a in arguments if "optional" in a} == optional
    assert [argument["name"] for argument in arguments if argument["vararg"]] == []


@NAMES
def test_every_argument_keeps_orientation_errors_and_doubles(excel: ClassicExcel, name: str) -> None:
    options = [argument["options"] for argument in getattr(excel.registered, name).__xlfunc__["args"]]
    wanted = {"ndim": 2, "err_to_str": True, "convert": excel.registered.StoredCells}
    assert options == [wanted] * len(arguments_of(name))


@NAMES
def test_answers_are_converted_by_their_own_type_at_once_and_only_when_needed(excel: ClassicExcel, name: str) -> None:
    function = getattr(excel.registered, name).__xlfunc__
    assert function["ret"]["options"] == {}
    assert (function["volatile"], function["async_mode"], function["sub"]) == (False, None, False)
    assert function["call_in_wizard"] is True  # False gives 0 when the workbook opens


@NAMES
def test_the_wizard_shows_whole_texts(excel: ClassicExcel, name: str) -> None:
    function = getattr(excel.registered, name).__xlfunc__
    texts = [function["ret"]["doc"], *(argument["doc"] for argument in function["args"])]
    docstring = inspect.getdoc(FUNCTIONS[name]) or ""
    assert [text for text in texts if not 0 < len(text) <= DESCRIPTION] == []
    assert [text for text in texts if not text.endswith(".")] == []
    unwrapped = " ".join(docstring.split())
    assert unwrapped.startswith(texts[0])
    entries = [f"{argument['name']}: {argument['doc']}" for argument in function["args"]]
    assert [entry for entry in entries if entry not in unwrapped] == []


# ---- As VBA ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["Plan.xlsm", "plansheet.xlam"])
def vba(excel: ClassicExcel, request: pytest.FixtureRequest) -> str:
    """The module that "Import Python UDFs" would write, its continued lines joined."""
    written = io.StringIO()
    excel.generator.generate_vba_wrapper("plansheet.udfs", excel.registered, written, Workbook(request.param))
    text = written.getvalue()
    assert max(map(len, text.splitlines())) < 1024  # VBA's longest line
    workbook = "ActiveWorkbook" if request.param.endswith(".xlam") else "ThisWorkbook"
    assert text.count(f", {workbook}, Application.Caller)") == len(FUNCTIONS)
    return text.replace(" _\n", " ")


def test_vba_has_every_function_once(vba: str) -> None:
    assert sorted(re.findall(r"^Function (\w+)\(", vba, re.MULTILINE)) == sorted(FUNCTIONS)
    assert vba.count("End Function") == len(FUNCTIONS)
    assert "Volatile" not in vba


@NAMES
def test_vba_passes_every_argument(vba: str, name: str) -> None:
    head = re.search(rf"^Function {name}\((.*)\)$", vba, re.MULTILINE)
    assert head is not None
    wanted = [
        argument.name if argument.default is inspect.Parameter.empty else f"Optional {argument.name}"
        for argument in arguments_of(name)
    ]
    assert [each for each in head[1].split(", ") if each] == wanted
    passed = ", ".join(argument.name for argument in arguments_of(name))
    assert vba.count(f'{name} = XLPy.CallUDF("plansheet.udfs", "{name}", Array({passed})') == 2  # Excel, and elsewhere
