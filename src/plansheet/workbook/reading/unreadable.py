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
    "wrong password": (
        "The workbook is protected by a password, and it is none of those given.",
        "Add its password to the file of passwords, or save a copy without it in Excel, and check that.",
    ),
    "encryption": (
        "The workbook is encrypted in a way that is not opened here: {detail}.",
        "Open it in Excel, save a copy without protection, and check that.",
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
    "xml": (
        "This is an XML file of no kind that is known here, not a workbook.",
        "Ask the sender for the workbook that it was made from.",
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
    "mac": (
        "This is what a Mac keeps beside a file of the same name (AppleDouble), and not the file.",
        "Check the file of the same name.",
    ),
    "archive": (
        "This is an archive of another kind than .zip ({detail}), which is not opened here.",
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
    "container too large": (
        "It holds more than is opened here: {detail}.",
        "Open it with the program that made it, save what is in it to a folder, and check that.",
    ),
    "nested": (
        "It is nested deeper than is opened here: {detail}.",
        "Open it by hand, save the workbooks in it, and check those.",
    ),
    "too many": (
        "It was not looked at{detail}.",
        "Unpack it, and check what is in it in parts.",
    ),
    "nothing inside": (
        "There is no workbook in it{detail}.",
        "Ask the sender for the workbook.",
    ),
    "stopped": (
        "The file was given up: {detail}.",
        "Delete what does not belong to the plan from a copy, and check that; or let it take more (--time-limit, "
        "--memory-limit).",
    ),
    "archive empty": (
        "The zip archive holds no file.",
        "Ask the sender for the workbooks again.",
    ),
    "archive cut off": (
        "The zip archive is cut off: its end is missing.",
        "Copy or download it again, and compare the sizes.",
    ),
    "archive damaged": (
        "The zip archive is damaged: {detail}.",
        "Ask the sender for it again, or unpack it with another program and check what comes out.",
    ),
    "entry damaged": (
        "It cannot be unpacked: {detail}.",
        "Ask the sender for it again, or unpack the archive with another program and check what comes out.",
    ),
    "entry locked": (
        "It is locked in its zip archive by a password.",
        "Give the password (--password-file), or unpack the archive and check what comes out.",
    ),
    "entry locked otherwise": (
        "It is locked in its zip archive by a password, and it is none of those given.",
        "Add its password to the file of passwords, or unpack the archive and check what comes out.",
    ),
    "entry packed otherwise": (
        "It is packed in its zip archive in a way that is not read here: {detail}.",
        "Unpack the archive with the program that made it, and check what comes out.",
    ),
    "mail damaged": (
        "The mail is damaged: {detail}.",
        "Open it in a mail program, save what is attached, and check that; or ask the sender for it again.",
    ),
    "mail cut off": (
        "The mail breaks off before its end; what was attached behind is missing.",
        "Fetch or export the mail again, and compare the sizes.",
    ),
    "mail sealed": (
        "The content of the mail is sealed by {detail}, which is not opened here.",
        "Open the mail in the program that has its key, save what is attached, and check that.",
    ),
    "mail in pieces": (
        "The mail was sent in pieces, and this is one of them.",
        "Put the mail together in a mail program, save what is attached, and check that.",
    ),
    "attached elsewhere": (
        "The file is not in the mail: the mail only says where it lies.",
        "Open the mail, fetch the file from there, and check that.",
    ),
    "drawn in": (
        "It is an object of another program drawn into the mail, not an attached file.",
        "Open the mail in Outlook, open the object in its program, save it as a file, and check that.",
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
