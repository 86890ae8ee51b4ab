"""Every reason why a file cannot be read as a workbook: what it is or what is wrong with it, and what to do."""

from typing import Final

REASONS: Final[dict[str, tuple[str, str]]] = {
    "no file": (
        "The file cannot be opened: {detail}.",
        "Check the path, and that you may read the file.",
    ),
    "empty": (
        "The file is empty: it has 0 bytes.",
        "Copy or download it again; often only the name of a file arrives.",
    ),
    "lock": (
        "This is the note (~$) that Excel leaves beside a workbook while somebody has it open, not the workbook.",
        "Check the file of the same name without ~$.",
    ),
    "password": (
        "The workbook is protected by a password: its content is encrypted.",
        "Open it in Excel with its password, save a copy without it, and check that.",
    ),
    "zip password": (
        "{detail} inside the file is locked by a zip password, which Excel never sets.",
        "Unpack it with its password, or ask the sender for the workbook itself.",
    ),
    "xls": (
        "This is a workbook of Excel 97-2003 or older (.xls), whatever its name says.",
        "Open it in Excel, save it as Excel Workbook (.xlsx), and check that.",
    ),
    "xlsb": (
        "This is a binary workbook (.xlsb), whatever its name says.",
        "Open it in Excel, save it as Excel Workbook (.xlsx), and check that.",
    ),
    "strict": (
        "The workbook was saved as Strict Open XML Spreadsheet in an encoding that is not read here (only UTF-8 is).",
        "Open it in Excel, save it as Excel Workbook (.xlsx), not as Strict, and check that.",
    ),
    "ods": (
        "This is an OpenDocument file ({detail}), not an Excel workbook.",
        "If it is a spreadsheet, open it in LibreOffice, save it as Excel 2007-365 (.xlsx), and check that.",
    ),
    "numbers": (
        "This is a document of Apple Numbers, Pages or Keynote, not an Excel workbook.",
        "If it is a spreadsheet, open it in Numbers, export it to Excel, and check that.",
    ),
    "xml spreadsheet": (
        "This is an XML file ({detail}), not an Excel workbook.",
        "If it is a spreadsheet, open it in Excel, save it as Excel Workbook (.xlsx), and check that.",
    ),
    "html": (
        "This is a web page (HTML) under the name of a workbook: many web systems export tables so.",
        "Open it in Excel, save it as Excel Workbook (.xlsx), and check that.",
    ),
    "text": (
        "This is plain text or CSV, not a workbook.",
        "Open it in Excel, save it as Excel Workbook (.xlsx), and check that.",
    ),
    "pdf": (
        "This is a PDF file, not a workbook.",
        "Ask the sender for the workbook that it was printed from.",
    ),
    "word": (
        "This is a Word document, not a workbook.",
        "Check the workbook that it was made from; copy its table into a new workbook if there is none.",
    ),
    "powerpoint": (
        "This is a PowerPoint presentation, not a workbook.",
        "Check the workbook that it was made from.",
    ),
    "add-in": (
        "This is an Excel add-in (.xlam), which holds functions and no plan.",
        "Check the workbook that uses it.",
    ),
    "mail": (
        "This is a mail message, not a workbook.",
        "Save the attached workbook, and check that.",
    ),
    "zip": (
        "This is a zip archive, not a workbook{detail}.",
        "Unpack it, and check the workbooks in it.",
    ),
    "document": (
        "This is a document of another program (an OLE2 file without a workbook in it).",
        "Ask the sender for the workbook.",
    ),
    "other": (
        "The file is not a workbook: {detail}.",
        "Ask the sender for the workbook again, or find the right file.",
    ),
    "cut off": (
        "The file is cut off: it begins as a workbook and its end is missing.",
        "Copy or download it again, and compare the sizes.",
    ),
    "damaged": (
        "The workbook is damaged: {detail}.",
        "Open it in Excel, let Excel repair it, compare what is left with the original, save it and check that.",
    ),
    "no workbook": (
        "The file is packed like a workbook but holds none: {detail}.",
        "Ask the sender for the workbook again.",
    ),
    "no sheets": (
        "The workbook has no sheets.",
        "Ask the sender for the workbook again.",
    ),
    "too large": (
        "The workbook is larger than what is read here: {detail}.",
        "Delete the sheets, rows and pictures that do not belong to the plan from a copy, and check that.",
    ),
    "bomb": (
        "The file is packed as no spreadsheet program packs: {detail}. It would swell to fill the computer.",
        "Do not open it; ask the sender for the workbook.",
    ),
    "swollen": (
        "The workbook is written as no spreadsheet program writes, and would keep a computer busy: {detail}.",
        "Do not open it; ask the sender for the workbook.",
    ),
    "doctype": (
        "{detail} inside the workbook declares a document type (DOCTYPE), which no spreadsheet program writes.",
        "Do not open it; ask the sender for the workbook.",
    ),
    "unread": (
        "The workbook could not be read ({detail}), though Excel may open it.",
        "Open it in Excel, save it under a new name, and check that.",
    ),
}


class Unreadable(Exception):
    """A file that cannot be read as a workbook.

    ``kind`` is a key of REASONS; ``what`` says what the file is or what is wrong with it, ``fix`` what to do.
    """

    def __init__(self, kind: str, message: str, fix: str) -> None:
        super().__init__(kind, message, fix)  # all three, so that it survives the way back from a worker process
        self.kind = kind
        self.what = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what} {self.fix}"


def unreadable(kind: str, detail: str = "") -> Unreadable:
    """The Unreadable of a kind, its ``detail`` filled in."""
    message, fix = REASONS[kind]
    return Unreadable(kind, message.format(detail=detail), fix)
