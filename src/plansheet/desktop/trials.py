"""What plansheet can try out by itself, with no spreadsheet program: functions with known answers, the file check."""

import datetime as dt
import importlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plansheet.excel import FUNCTIONS
from plansheet.workbook.checks import Options, check_bytes

Functions = Mapping[str, Callable[..., object]]


class TrialFailed(Exception):
    """A trial that came out otherwise than it must."""


@dataclass(frozen=True)
class Trial:
    """Something to try: ``run`` answers with a sentence, or raises."""

    what: str
    run: Callable[[], str]


def functions_answer(functions: Functions = FUNCTIONS) -> str:
    """Call two worksheet functions with cells as Excel sends them, and hold the answers against the known ones."""
    # The README's split: whole shares go down, the price goes up, plan §15
    _expect(functions, "ADJUST_FOR_SPLIT", (101.0, 10.01, 3.0, 2.0), [[151, 6.68]])
    _expect(functions, "POOL_AVAILABLE", (1000.0, "GRANT", 30.0), 970)
    return f"{len(functions)} functions; ADJUST_FOR_SPLIT and POOL_AVAILABLE gave the known answers."


def _expect(functions: Functions, name: str, cells: tuple[object, ...], known: object) -> None:
    answer = functions[name](*cells)
    if answer != known:
        raise TrialFailed(f"{name} answered {answer}, and the right answer is {known}")


def functions_register() -> str:
    """Load plansheet.udfs as the add-in does. What fails here fails in Excel, where it shows in cells only."""
    registered: list[str] = importlib.import_module("plansheet.udfs").__all__
    if set(registered) != set(FUNCTIONS):
        raise TrialFailed(f"{len(registered)} functions are registered, and there are {len(FUNCTIONS)}")
    return "plansheet.udfs, the part that Excel loads, loads."


def checker_finds() -> str:
    """Check a workbook in memory whose one saved value is wrong by a share."""
    for saved, verdict in ((970, "clean"), (971, "findings")):
        checked = check_bytes(_workbook('POOL_AVAILABLE(1000,"GRANT",30)', saved), "trial.xlsx", Options(dt.date.min))
        if checked.verdict != verdict:
            raise TrialFailed(f"a cell of 970 saved as {saved} was judged {checked.verdict}, and it is {verdict}")
    return "plansheet check told a right saved value from a wrong one."


TRIALS = (
    Trial("Worksheet functions", functions_answer),
    Trial("Loading for Excel", functions_register),
    Trial("File check", checker_finds),
)

_RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _workbook(formula: str, saved: int) -> bytes:
    """The smallest workbook with a formula and its saved value, as the parts that every .xlsx has."""
    quoted = formula.replace('"', "&quot;")
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_PARTS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_PARTS}.worksheet+xml"/></Types>',
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Pool" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1">'
        f"<f>{quoted}</f><v>{saved}</v></c></row></sheetData></worksheet>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{part}')
    return stream.getvalue()


def _relation(kind: str, target: str) -> str:
    one = f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_RELATED}">{one}</Relationships>'
