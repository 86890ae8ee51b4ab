"""What tells LibreOffice of the functions: their types as IDL, their names and descriptions, the component."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from plansheet import __version__
from plansheet.excel.signature import Argument, Signature

COMPONENT = "calc_addin.py"
INTERFACE = ("plansheet", "calc", "XFunctions")
SERVICE = "plansheet.calc.Functions"
IDENTIFIER = "plansheet"
DISPLAY_NAME = "plansheet: a stock option plan's arithmetic"
PUBLISHER = "plansheet contributors"
LICENCE_FILE = "LICENSE.txt"
SUMMARY_FILE = "summary.txt"
SUMMARY = (
    "Worksheet functions for a stock option plan: the $100,000 limit of incentive stock options, stock splits, the "
    "payment in a merger, the share reserve, vesting. README.md in the extension says how they work in Calc.\n"
)

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_REGISTRY = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
_ADD_IN = "com.sun.star.sheet.AddIn"
# An argument of any other type would take a range or a single value, not both, and could not be left out. The document
# comes first and is no argument in a cell.
_DOCUMENT = "[in] com::sun::star::beans::XPropertySet document"
_ROWS, _VALUE = "sequence< sequence< any > >", "any"

ONE_CELL = frozenset({"POOL_AVAILABLE", "PLANSHEET_VERSION"})
"""Functions that never answer with more than one cell.

Calc takes one cell as an array of one row and column otherwise, and compares the text in it with no other text.
"""


def interface(signatures: Iterable[Signature]) -> str:
    """The functions as an interface of UNO, in IDL; LibreOffice reads it as it is."""
    *modules, name = INTERFACE
    lines = [f"interface {name} {{"]
    for signature in signatures:
        positions = range(len(signature.arguments))
        arguments = ", ".join([_DOCUMENT, *(f"[in] any {_argument(position)}" for position in positions)])
        answer = _VALUE if signature.name in ONE_CELL else _ROWS
        lines.append(f"    {answer} {signature.name}({arguments});")
    lines.append("};")
    for module in reversed(modules):
        lines = [f"module {module} {{", *lines, "};"]
    return "\n".join(lines) + "\n"


def add_in_functions(signatures: Iterable[Signature]) -> str:
    """CalcAddIns.xcu: each function's name as typed, its name in an xlsx file, and the texts of the function wizard."""
    functions = "".join(_set(signature.name, _function(signature)) for signature in signatures)
    service = _set(SERVICE, f'<node oor:name="AddInFunctions">\n{functions}</node>\n')
    return (
        f'{_XML}<oor:component-data {_REGISTRY} oor:name="CalcAddIns" oor:package="org.openoffice.Office">\n'
        f'<node oor:name="AddInInfo">\n{service}</node>\n</oor:component-data>\n'
    )


def _function(signature: Signature) -> str:
    return "".join(
        [
            _text("DisplayName", signature.name),
            _text("Description", signature.summary),
            '<prop oor:name="Category"><value>Add-In</value></prop>\n',
            _text("CompatibilityName", signature.name),
            f'<node oor:name="Parameters">\n{"".join(_parameters(signature.arguments))}</node>\n',
        ]
    )


def _parameters(arguments: Iterable[Argument]) -> Iterator[str]:
    for position, argument in enumerate(arguments):
        yield _set(_argument(position), _text("DisplayName", argument.name) + _text("Description", argument.text))


def _argument(position: int) -> str:
    """An argument's name in the IDL, by which its texts are found; the IDL would not take one such as grant_id."""
    return f"argument{position + 1}"


def _set(name: str, content: str) -> str:
    return f'<node oor:name={quoteattr(name)} oor:op="replace">\n{content}</node>\n'


def _text(name: str, text: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en">{escape(text)}</value></prop>\n'


def components() -> str:
    """The registration of the component: LibreOffice does not run it to learn what it is."""
    return (
        f'{_XML}<components xmlns="http://openoffice.org/2010/uno-components">\n'
        f'<component loader="com.sun.star.loader.Python" uri="{COMPONENT}">\n'
        f'<implementation name="{SERVICE}">\n<service name="{_ADD_IN}"/>\n<service name="{SERVICE}"/>\n'
        "</implementation>\n</component>\n</components>\n"
    )


def manifest(types: str, registration: str, names: str) -> str:
    """META-INF/manifest.xml: which file of the extension is what."""
    media = {
        types: "application/vnd.sun.star.uno-typelibrary;type=RDB",
        registration: "application/vnd.sun.star.uno-components",
        names: "application/vnd.sun.star.configuration-data",
    }
    entries = "".join(
        f'<manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{file}"/>\n'
        for file, kind in media.items()
    )
    namespace = "http://openoffice.org/2001/manifest"
    return f'{_XML}<manifest:manifest xmlns:manifest="{namespace}">\n{entries}</manifest:manifest>\n'


def description() -> str:
    """description.xml: what the Extension Manager shows."""
    return (
        f'{_XML}<description xmlns="http://openoffice.org/extensions/description/2006" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">\n'
        f'<identifier value="{IDENTIFIER}"/>\n<version value="{__version__}"/>\n<platform value="all"/>\n'
        f'<display-name><name lang="en">{escape(DISPLAY_NAME)}</name></display-name>\n'
        f'<publisher><name lang="en">{escape(PUBLISHER)}</name></publisher>\n'
        '<registration><simple-license accept-by="admin" default-license-id="MIT" suppress-if-required="true">'
        f'<license-text xlink:href="{LICENCE_FILE}" license-id="MIT" lang="en"/></simple-license></registration>\n'
        f'<extension-description><src xlink:href="{SUMMARY_FILE}" lang="en"/></extension-description>\n'
        "</description>\n"
    )
