"""The one sheet of the add-in, which nobody sees unless they look for it: what it is, and whose work is in it."""

from importlib.metadata import distribution

from plansheet import __version__
from plansheet.template.pages import Book

ABOUT = "About"
_WIDTH = 110


def write_add_in(book: Book) -> None:
    """The sheet About."""
    page = book.add(ABOUT)
    page.title("plansheet", "Worksheet functions for stock option plans, for every workbook that is open.")
    texts = (
        f"Version {__version__}. plansheet install puts it into Excel, plansheet doctor says whether it works.",
        "Nothing here is legal or tax advice.",
        "plansheet is under the MIT licence. The VBA module xlwings and the library it starts are part of xlwings "
        f"{distribution('xlwings').version}, under the BSD 3-clause licence that stands in the module.",
    )
    for row, text in enumerate(texts, start=3):
        page.write(row, 0, text, "wrapped")
        page.fit_height(row, {text: _WIDTH})
    page.widths((_WIDTH,))
